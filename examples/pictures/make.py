"""Make the pictures of the README from an example: the terminal report, a page of the workbook, and the page of the proposal that a browser prints with its first chart.

    python examples/pictures/make.py

Needs the extra `reports`, LibreOffice, poppler's `pdftoppm` and `pdftotext`, and Chromium; what is missing is named, and nothing is drawn by hand.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.text import Text

import carboncalc
from carboncalc.cli.language import words
from carboncalc.reports import text
from carboncalc.reports.formats import document

HERE = Path(__file__).resolve().parent
EXAMPLE = HERE.parent / "cat-ba-electric-buses.yaml"
#: rows of the terminal that are shown
ROWS = 33


def program(*names: str) -> str:
    """Return the path of the first of these programs that is there."""
    found = next(filter(None, map(shutil.which, names)), None)
    if found is None:
        raise SystemExit(f"the pictures need {' or '.join(names)}")
    return found


def terminal(result: dict, width: int = 100) -> str:
    """Return the report as it looks on a terminal, as SVG; the font is the reader's own, since a picture must load nothing."""
    report = "\n".join(text.render(result, width, True, words("en")).split("\n")[:ROWS])
    console = Console(record=True, width=width, file=tempfile.TemporaryFile("w", encoding="utf-8"), force_terminal=True)
    console.print(Text.from_ansi(report))
    svg = console.export_svg(title=f"carboncalc estimate examples/{EXAMPLE.name}", unique_id="report")
    return re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL)


def run(*command: str) -> str:
    """Run a program and return what it prints; its own words are shown when it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{command[0]}: {done.stderr or done.stdout}")
    return done.stdout


def picture(pdf: str, words: str, output: Path) -> None:
    """Draw the first page of a PDF on which some words stand."""
    pages = run(program("pdftotext"), pdf, "-").split("\f")
    page = str(1 + next(i for i, page in enumerate(pages) if words in page))
    run(program("pdftoppm"), "-png", "-r", "80", "-f", page, "-l", page, "-singlefile", pdf, str(output))


def main() -> None:
    """Write the pictures beside this file."""
    office, browser = program("soffice", "libreoffice"), program("chromium", "chromium-browser", "google-chrome")
    result = carboncalc.estimate(EXAMPLE).to_dict()
    (HERE / "report.svg").write_text(terminal(result), encoding="utf-8")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for format in ("xlsx", "html"):
            (folder / f"proposal.{format}").write_bytes(document(format, words("en"))(result))
        run(office, "--headless", f"-env:UserInstallation=file://{place}/profile", "--convert-to", "pdf", "--outdir", place, f"{place}/proposal.xlsx")
        picture(f"{place}/proposal.pdf", "equation (2)", HERE / "workbook")
        run(browser, "--headless", "--no-sandbox", f"--print-to-pdf={place}/page.pdf", "--no-pdf-header-footer", f"file://{place}/proposal.html")
        picture(f"{place}/page.pdf", "Figure 1", HERE / "proposal")
    print(*sorted(p.name for p in HERE.iterdir() if p.suffix in (".svg", ".png")), file=sys.stderr)


if __name__ == "__main__":
    main()

"""Golden files: whole reports in every language, so that a change of a word or a number shows as a difference to be reviewed.

A format is a row of `FORMATS`: what makes its text, given the words of a language. Its files are ``tests/golden/<format>-<language>.txt``.
After a change that is wanted, write them anew and read what changed::

    python -m pytest tests/test_golden.py --golden
    git diff tests/golden
"""

import io
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path

import docx
import openpyxl
import pytest
from conftest import EN, JA, ROOT, VI

from carboncalc import library, portfolio
from carboncalc.cli import guiding
from carboncalc.compare import compare
from carboncalc.portfolio.tally import Tally, keep
from carboncalc.reports import diff, text, trace, workbook
from carboncalc.reports import portfolio as table
from carboncalc.reports import solve as break_even
from carboncalc.reports.formats import document, functions
from carboncalc.reports.guide.site import site
from carboncalc.reports.proposal import typesetting
from carboncalc.reports.proposal.markdown import render as write_markdown
from carboncalc.reports.proposal.outline import outline
from carboncalc.reports.words import Words
from carboncalc.result import Outcome
from carboncalc.solving import solve

GOLDEN = ROOT / "tests" / "golden"
BUSES, COMPOST, PARK, SOLAR = "cat-ba-electric-buses", "trang-cat-composting", "hai-phong-eco-industrial-park", "factory-rooftop-solar"


@cache
def outcome(name: str) -> Outcome:
    """Appraise an example under a name that is the same on every machine."""
    return portfolio.outcome(f"examples/{name}.yaml", (ROOT / "examples" / f"{name}.yaml").read_bytes())


def result(name: str) -> dict:
    """Return the result of an example."""
    found = outcome(name).result
    assert found is not None
    return dict(found)


def several(words: Words) -> str:
    """Return the table of three projects."""
    rows, tally = [keep(outcome(name)) for name in (BUSES, COMPOST, PARK)], Tally()
    for row in rows:
        tally.add(row)
    return table.render(rows, tally.to_dict(), 100, False, words)


def comment(words: Words) -> str:
    """Return the pull-request comment of two projects."""
    one, whole = functions("markdown", words)
    rows, tally = [keep(outcome(name), one(outcome(name))) for name in (BUSES, COMPOST)], Tally()
    for row in rows:
        tally.add(row)
    return "".join(whole(rows, tally.to_dict))


def broken_even(words: Words) -> str:
    """Return the break-evens of the buses."""
    path = ROOT / "examples" / f"{BUSES}.yaml"
    return break_even.render(solve(library.parse(path.read_bytes(), "buses.yaml"), "cost-effectiveness"), 100, False, words)


def changed(words: Words) -> str:
    """Return what two changes of the buses do."""
    content = (ROOT / "examples" / f"{BUSES}.yaml").read_text(encoding="utf-8")
    head = content.replace("annual_cost: 1 million JPY/year", "annual_cost: 2 million JPY/year").replace("years: 12", "years: 11")
    assert head != content
    return diff.render([compare(result(BUSES), dict(portfolio.outcome("head.yaml", head.encode()).result or {}))], [], [], 100, False, words)


def cells(words: Words) -> str:
    """Return every cell of the workbook of the solar roof, formulas as formulas."""
    book = openpyxl.load_workbook(io.BytesIO(workbook.render(result(SOLAR), words)))
    rows = [(sheet.title, cell.coordinate, cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value not in (None, "")]
    return "".join(f"{title}!{place}: {value}\n" for title, place, value in rows)


def word(words: Words) -> str:
    """Return the text of the Word document of the solar roof; that of an equation or a chart stands in its own test."""
    package = docx.Document(io.BytesIO(document("docx", words)(result(SOLAR))))
    lines = []
    for block in package.iter_inner_content():
        if isinstance(block, docx.text.paragraph.Paragraph):
            lines.append(f"[{block.style.name}] {block.text}".rstrip())
        else:
            lines += [" | ".join(cell.text for cell in row.cells) for row in block.rows]
    return "\n".join(lines) + "\n"


def typeset(words: Words) -> str:
    """Return what the PDF of the solar roof is set from: where its lines and pages break is the typesetter's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(typesetting, "families", lambda language, fonts, system: (None, ["Any font"]))  # else those of the machine
        patch.setattr(typesetting, "pdf", lambda data, fonts, system: json.dumps(data, ensure_ascii=False, indent=1).encode())
        return document("pdf", words)(result(SOLAR)).decode() + "\n"


def pages(words: Words) -> str:
    """Return two pages of the guide for Kenya: its first, and that of a methodology with a worked example."""
    found = dict(site(guiding.gather(words, "KE"), words))
    return "".join(found[name].decode() for name in ("index.html", "methodologies/jcm-ke-am002.html"))


def plain(format: str) -> Callable[[Words], str]:
    """Return a format that has no language, of a project and a file that is none."""

    def make(words: Words) -> str:
        one, whole = functions(format, words)
        found = [outcome(SOLAR), portfolio.outcome("not-one.yaml", b"carboncalc: 1\nproject: {}\n")]
        rows, tally = [keep(f, one(f)) for f in found], Tally()
        for row in rows:
            tally.add(row)
        return "".join(piece if isinstance(piece, str) else piece.decode() for piece in whole(rows, tally.to_dict))

    return make


#: formats that programs read: the same in every language
PLAIN = {format: plain(format) for format in ("json", "jsonl", "csv", "junit", "sarif", "github")}
FORMATS: dict[str, Callable[[Words], str]] = {
    "text": lambda words: text.render(result(BUSES), 80, False, words),
    "text-wide": lambda words: text.render(result(COMPOST), 140, False, words),
    "park": lambda words: text.render(result(PARK), 110, False, words),
    "markdown": comment,
    "portfolio": several,
    "trace": lambda words: (trace.render(result(COMPOST), "reduction[2028]", 100, False, words) or "") + "\n",
    "solve": broken_even,
    "diff": changed,
    "proposal": lambda words: write_markdown(outline(result(BUSES), words), words).decode(),
    "html": lambda words: document("html", words)(result(SOLAR)).decode(),
    "docx": word,
    "pdf": typeset,
    "xlsx": cells,
    "guide": pages,
}
LANGUAGES = [EN, JA, VI]
ROWS = [(format, words) for format in FORMATS for words in LANGUAGES] + [(format, EN) for format in PLAIN]


def place(format: str, words: Words) -> Path:
    """Return the golden file of a format."""
    return GOLDEN / (f"{format}.txt" if format in PLAIN else f"{format}-{words.language}.txt")


@pytest.mark.parametrize(("format", "words"), ROWS, ids=[place(*row).stem for row in ROWS])
def test_the_report_is_the_golden_one(format: str, words: Words, pytestconfig) -> None:
    path, made = place(format, words), {**FORMATS, **PLAIN}[format](words)
    if pytestconfig.getoption("--golden"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(made, encoding="utf-8")
    assert path.is_file(), "there is no golden file; the top of this module tells how to write it"
    assert made == path.read_text(encoding="utf-8")


def test_every_golden_file_has_its_format() -> None:
    assert set(GOLDEN.glob("*")) == {place(*row) for row in ROWS}


@pytest.mark.parametrize("format", PLAIN)
def test_what_programs_read_has_no_language(format: str) -> None:
    assert len({PLAIN[format](words) for words in LANGUAGES}) == 1

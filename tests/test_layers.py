"""Every arrow points down: the imports, compared with the table of rooms."""

import ast
import subprocess
import sys

import pytest
from conftest import ROOT

from carboncalc.library.cache import MAKERS

ROWS = [
    {"cli", "editor"},
    {"portfolio", "solving", "compare", "matching"},
    {"appraise"},
    {"simulation"},
    {"estimation", "uncertainty", "finance", "eligibility"},
    {"methodology", "programme", "procedure", "project", "factors", "catalogue", "scenarios"},
    {"formula", "library", "result"},
    {"units", "findings"},
]
LEVEL = {room: i for i, row in enumerate(ROWS) for room in row}
REPORTS_MAY = {"result", "findings", "formula", "units"}
PACKAGE = ROOT / "carboncalc"
FILES = sorted(p for p in PACKAGE.rglob("*.py") if "_data" not in p.parts)


def imported_names(source: str, package: list[str]) -> list[list[str]]:
    """Return what a module of a package imports from carboncalc: room first, then the names within it."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = [*base, *(node.module or "").split(".")] if node.module else base
            names = [[*module, alias.name] for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name.split(".") for alias in node.names]
        else:
            continue
        found += [name[1:] for name in names if name[0] == "carboncalc" and len(name) > 1]
    return [name for name in found if not name[0].startswith("_") and name[0][0].islower()]


def broken_arrows(room: str, names: list[list[str]]) -> list[str]:
    """Return the imports that a room must not make."""
    others = [name for name in names if name[0] != room]
    if room == "reports":
        return [".".join(name) for name in others if name[0] not in REPORTS_MAY]
    return [".".join(name) for name in others if (room != "cli" if name[0] == "reports" else name[0] not in LEVEL or LEVEL[name[0]] <= LEVEL[room])]


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_arrows_point_down(path) -> None:
    room = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    if room in ("__init__", "__main__"):
        return
    assert room in LEVEL or room == "reports", f"{room} has no place in the house"
    package = ["carboncalc", *path.relative_to(PACKAGE).parts[:-1]]
    assert broken_arrows(room, imported_names(path.read_text(encoding="utf-8"), package)) == []


@pytest.mark.parametrize(
    ("room", "line", "broken"),
    [
        ("units", "from ..findings import Finding", ["findings.Finding"]),  # inside a row
        ("finance", "from .appraise import appraise", ["appraise.appraise"]),  # up
        ("methodology", "import carboncalc.cli", ["cli"]),
        ("appraise", "from .reports import text", ["reports.text"]),  # only the command line renders
        ("appraise", "from . import elsewhere", ["elsewhere"]),  # not in the table
        ("reports", "from ..appraise import appraise", ["appraise.appraise"]),
        ("reports", "from ..library import read", ["library.read"]),
        ("reports", "from ..library import data_path", ["library.data_path"]),
        ("reports", "from ..units import show", []),
        ("estimation", "def f():\n    from .binding import bind\n    from .. import __version__", []),
        ("cli", "from ..reports import text", []),
    ],
)
def test_a_wrong_arrow_is_seen(room, line, broken) -> None:
    package = ["carboncalc", room] if "from .." in line or ".binding" in line else ["carboncalc"]
    assert broken_arrows(room, imported_names(line, package)) == broken


def test_help_imports_nothing_heavy() -> None:
    code = "import sys; sys.argv = ['carboncalc', '--help']\nfrom carboncalc.cli import main\ntry:\n    main()\nexcept SystemExit:\n    pass\nprint([m for m in ('pint', 'numpy', 'jsonschema') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip().endswith("[]")


def test_the_code_that_builds_what_is_cached_is_part_of_its_key() -> None:
    """What a builder is made of must be watched, or a changed compiler would read old output; the command line only keeps a file as it was read."""
    watched = {path: path.relative_to(PACKAGE).parts[0] for path in FILES if str(path.parent.relative_to(PACKAGE)) in (".", *MAKERS)}
    builders = [p for p in FILES if "cached(" in p.read_text(encoding="utf-8") and p.relative_to(PACKAGE).parts[0] != "cli"]
    assert len(builders) > 4 and set(builders) <= set(watched)
    waiting, seen = list(builders), set(builders)
    while waiting:
        path = waiting.pop()
        for name in imported_names(path.read_text(encoding="utf-8"), ["carboncalc", *path.relative_to(PACKAGE).parts[:-1]]):
            used = [p for p in FILES if p.relative_to(PACKAGE).parts[0].removesuffix(".py") == name[0]]
            assert set(used) <= set(watched), (path, name)
            waiting += [p for p in used if p not in seen]
            seen.update(used)


def test_a_plain_estimate_imports_nothing_it_does_not_need() -> None:
    code = "import sys; sys.argv = ['carboncalc', 'estimate', 'examples/factory-rooftop-solar.yaml', '-f', 'json']\nfrom carboncalc.cli import main\ntry:\n    main()\nexcept SystemExit:\n    pass\nprint(*sys.modules, file=sys.stderr)"
    warm = [subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT) for _ in range(2)][1]
    heavy = {
        "pint",
        "numpy",
        "jsonschema",
        "rich",
        "concurrent",
        "carboncalc.project.park",
        "carboncalc.finance.drawing",
        "carboncalc.uncertainty.drawing",
    }
    assert "carboncalc.appraise" in warm.stderr.split() and heavy.isdisjoint(warm.stderr.split())

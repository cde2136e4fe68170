"""Every arrow points down: the imports, compared with the table of rooms."""

import ast
import subprocess
import sys

import pytest
from conftest import ROOT

ROWS = [
    {"cli", "editor"},
    {"appraise"},
    {"estimation", "finance", "eligibility"},
    {"methodology", "programme", "project", "factors"},
    {"formula", "library", "result"},
    {"units", "findings"},
]
LEVEL = {room: i for i, row in enumerate(ROWS) for room in row}
REPORTS_MAY = {"result", "findings", "formula", "units"}
PACKAGE = ROOT / "carboncalc"
FILES = sorted(p for p in PACKAGE.rglob("*.py") if "_data" not in p.parts)


def imported_rooms(path) -> set[str]:
    """Return the rooms a file imports, its own left out."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    package = ["carboncalc", *parts[:-1]]
    rooms = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = [*base, *(node.module or "").split(".")] if node.module else base
            names = [[*module, alias.name] for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name.split(".") for alias in node.names]
        else:
            continue
        rooms |= {name[1] for name in names if name[0] == "carboncalc" and len(name) > 1}
    return rooms


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_arrows_point_down(path) -> None:
    room = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    if room in ("__init__", "__main__"):
        return
    others = {r for r in imported_rooms(path) if r != room and not r.startswith("_") and r[0].islower()}
    if room == "reports":
        assert others <= REPORTS_MAY
        return
    assert room in LEVEL, f"{room} has no place in the house"
    for other in others:
        if other == "reports":
            assert room == "cli"
            continue
        assert other in LEVEL, f"{other} has no place in the house"
        assert LEVEL[other] > LEVEL[room], f"{room} imports {other}"


def test_help_imports_nothing_heavy() -> None:
    code = "import sys; sys.argv = ['carboncalc', '--help']\nfrom carboncalc.cli import main\ntry:\n    main()\nexcept SystemExit:\n    pass\nprint([m for m in ('pint', 'numpy', 'jsonschema') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip().endswith("[]")

"""The mutation tester itself: which faults it makes, that each is put in place, and that its list of survivors speaks of the code as it is."""

import ast
import runpy
from pathlib import Path

import pytest
from conftest import ROOT

TOOL = runpy.run_path(str(ROOT / "benchmarks" / "mutants.py"))
SOURCE = '''\
"""Words of a module are not code."""
LIMIT = 3


def f(a: "int", b: int = 1) -> int:
    """Nor are those of a function."""
    if a < b and not a:
        raise ValueError("two words", "key")
    total = [x * 2 for x in (a, b) if x]
    total[0] += g(a, deep=True)
    return total[0]
'''


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    (tmp_path / "carboncalc").mkdir()
    path = tmp_path / "carboncalc" / "small.py"
    path.write_text(SOURCE, encoding="utf-8")
    found = []
    monkeypatch.setitem(TOOL["mutants"].__globals__, "ROOT", tmp_path)
    for mutant in TOOL["mutants"](path):
        assert mutant.function == ("f", 5)
        assert ast.unparse(mutant.tree) != ast.unparse(ast.parse(SOURCE))  # the fault is in the tree while its turn lasts
        found.append(f"{mutant.before} → {mutant.after}")
    return found


def test_the_faults(made: list[str]) -> None:
    expected = {
        "a < b and (not a) → True", "a < b and (not a) → False", "a < b and (not a) → a < b or not a", "a < b → a <= b", "a < b → a >= b", "not a → a",
        "raise ValueError('two words', 'key') → pass", "'key' → 'XXkey'", "x * 2 → x / 2", "2 → 3", "2 → 1", "0 → 1", "0 → -1",
        "for x in (a, b) if x → for x in (a, b)", "total[0] += g(a, deep=True) → total[0] -= g(a, deep=True)", "total[0] += g(a, deep=True) → pass",
        "g(a, deep=True) → g(a)", "True → False", "return total[0] → return None",
    }  # fmt: skip
    assert {" ".join(m.split()) for m in made} == expected


def test_the_list_of_survivors_speaks_of_the_code_as_it_is() -> None:
    listed = TOOL["listed"]()
    assert len(listed) > 50
    lines: dict[str, set[str]] = {}
    for key in listed:
        file, _, rest = key.partition(" | ")
        if file not in lines:
            lines[file] = {line.strip() for line in (ROOT / "carboncalc" / file).read_text(encoding="utf-8").splitlines()}
        assert any(rest.startswith(f"{line} | ") for line in lines[file] if line), key


def test_rooms_name_files_and_tests_that_exist() -> None:
    for patterns, tests in TOOL["ROOMS"].values():
        assert all(list((ROOT / "carboncalc").glob(p)) for p in patterns)
        assert all((ROOT / "tests" / f"test_{name}.py").exists() for name in tests)

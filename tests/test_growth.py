"""What the growth benchmark measures is valid, and the work in it grows by the same for each further item; times are never tested."""

import json
import runpy
from pathlib import Path

import pytest
from conftest import ROOT

import carboncalc
from carboncalc import library, programme
from carboncalc.findings import Invalid
from carboncalc.formula import proof, system

SERIES = runpy.run_path(str(ROOT / "benchmarks" / "growth.py"))["SERIES"]


@pytest.mark.parametrize("name", SERIES)
def test_a_series_is_valid_and_its_work_is_linear(name: str) -> None:
    make, sizes = SERIES[name]
    first = [f for f in carboncalc.check(make(sizes[0])) if f.severity == "error"]
    assert first == []
    assert [b / a for a, b in zip(sizes, sizes[1:], strict=False)] == [2, 2, 2]
    results = [carboncalc.estimate(make(n)).to_dict() for n in sizes[:3]]
    for part in ("steps", "quantities"):
        one, two, four = (len(result[part]) for result in results)
        assert four - two == 2 * (two - one), part


# --- programme files that a stranger wrote ----------------------------------------------------------------------------

LABEL = {"en": "x"}


def criterion(number: int, test: str) -> dict:
    return {"id": f"c{number}", "label": LABEL, "required": True, "test": test, "cite": "x", "confidence": "read"}


def version(name: str, **more: object) -> dict:
    return {"version": name, "in_force": {"from": "2025-01-01"}, **more}


def facts(n: int) -> dict:
    return {"facts": {f"f{i}": {"type": "boolean", "label": LABEL} for i in range(n)}, "criteria": [criterion(i, f"f{i}") for i in range(n)]}


def equations(formulas: list[str], first: str) -> dict:
    one = {"value": "1", "unit": "1", "source": "x", "confidence": "read", "label": LABEL}
    rows = {f"e{i}": {"label": LABEL, "unit": "1", "formula": formula, "cite": "x", "confidence": "read"} for i, formula in enumerate(formulas)}
    return {"constants": {"k": one}, "equations": rows, "criteria": [criterion(0, f"{first} > k")]}


def read(tmp_path: Path, *versions: dict) -> library.Document:
    path = tmp_path / "programme.yaml"
    path.write_text(json.dumps({"carboncalc": 1, "kind": "programme", "id": "x/y", "title": LABEL, "versions": versions}), encoding="utf-8")
    return programme._read(str(path))


def refused(tmp_path: Path, *versions: dict) -> list[str]:
    with pytest.raises(Invalid) as caught:
        programme._compile(read(tmp_path, *versions), "a")
    return [f.code for f in caught.value.findings]


def test_a_programme_is_read_once_for_all_its_versions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARBONCALC_CACHE", "off")
    for kept in ("_indexes", "_loaded"):
        monkeypatch.setattr(programme, kept, {})
    programme._read_once.cache_clear()
    times: list[str] = []
    monkeypatch.setattr(library, "read", lambda path, plain=library.read: times.append(str(path)) or plain(path))
    names = [v["version"] for v in programme.index("jcm/model-project")["versions"]]
    assert len(names) > 5
    for name in names:
        programme.load(f"jcm/model-project@{name}", None)
    assert len(times) == len(set(times))
    programme._read_once.cache_clear()


def test_versions_like_another_count_in_full(tmp_path: Path) -> None:
    """Some hundred lines would otherwise stand for as many copies of the whole."""
    n = 700
    others = [version(f"v{i}", like="a") for i in range(n)]
    assert len(read(tmp_path, version("a", **facts(10)), *others).data["versions"]) == n + 1
    assert refused(tmp_path, version("a", **facts(n)), *others) == ["CC107"]


def test_long_rows_of_versions_and_equations_nest_no_calls(tmp_path: Path) -> None:
    n = 1900  # Python nests about a thousand
    versions = [version(f"v{i}", like=f"v{i + 1}") for i in range(n)]
    assert read(tmp_path, *versions, version(f"v{n}", **facts(1))).data["versions"][0]["criteria"] == facts(1)["criteria"]
    before = [f"e{i + 1} + k" for i in range(n - 1)]
    found = programme._compile(read(tmp_path, version("a", **equations([*before, "k"], "e0"))), "a")
    assert found["system"]["order"] == [[f"e{i}"] for i in reversed(range(n))] + [["test__c0"]]
    ring = [f"previous(e{(i + 1) % n}) + k" for i in range(n)]
    assert [len(group) for group in programme._compile(read(tmp_path, version("a", **equations(ring, "e0"))), "a")["system"]["order"]] == [n, 1]
    assert refused(tmp_path, version("a", **equations([*before, "e0"], "e0"))) == ["CC123"]


def test_what_a_version_goes_without_is_taken_away_at_once(tmp_path: Path) -> None:
    n = 1000
    away = [name for i in range(1, n) for name in (f"f{i}", f"c{i}")]
    whole = read(tmp_path, version("a", **facts(n)), version("b", like="a", without=away)).data["versions"][1]
    assert {k: whole[k] for k in ("facts", "criteria")} == facts(1)
    twice = [version("a", **facts(2)), version("b", like="a", without=["f0", "f0", "facts", "f1", "c0"])]
    assert refused(tmp_path, *twice) == ["CC413", "CC413"]  # it is gone already; and so is the section that held the other


def test_only_so_many_names_are_guessed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr(system, "did_you_mean", lambda name, known: asked.append(len(known)) or "")
    strange = [criterion(i, " and ".join(f"g{i}_{j}" for j in range(20))) for i in range(500)]
    assert set(refused(tmp_path, version("a", criteria=strange))) == {"CC122", "CC107"}
    assert len(asked) >= 1 and sum(asked) <= system.GUESSES


@pytest.mark.parametrize("form", ["({} * k + k)", "(k - {} * k)", "min({} * k, k)", "where(k > 0, {} * k, k)"])
def test_a_nested_formula_is_proved_once(tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []
    plain = proof._Prover.value
    monkeypatch.setattr(proof._Prover, "value", lambda self, node, want: calls.append(1) or plain(self, node, want))
    counts = []
    for depth in (8, 16, 32):
        formula = "k"
        for _ in range(depth):
            formula = form.format(formula)
        calls.clear()
        programme._compile(read(tmp_path, version("a", **equations([formula], "e0"))), "a")
        counts.append(len(calls))
    assert counts[2] - counts[1] == 2 * (counts[1] - counts[0])

"""What the growth benchmark measures is valid, and the work in it grows by the same for each further item; times are never tested."""

import runpy

import pytest
from conftest import ROOT

import carboncalc

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

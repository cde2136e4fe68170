"""Public cases: what carboncalc gives for a project, beside what was published of it, within the rounding that was published.

`published` is a printed figure; `follows` is what printed figures give by hand, which shows that the chain of money reckons the same. Each file says which inputs were back-solved because no source prints them; run with ``-s`` to see the tables.
"""

import re

import pytest
from conftest import ROOT
from test_cases import arithmetic

import carboncalc
from carboncalc import library

FILES = sorted((ROOT / "tests" / "comparisons").glob("*.yaml"))
KEYS = {"carboncalc", "kind", "title", "source", "confidence", "back_solved", "conflict", "project", "compare"}


def value(result: dict, text: str) -> float:
    """Evaluate arithmetic over paths such as ``finance.subsidy``."""

    def look(match: re.Match[str]) -> str:
        found = result
        for step in match[0].split("."):
            found = found[step]
        return repr(float(found))

    return arithmetic(re.sub(r"[a-z]\w*(?:\.[a-z]\w*)+", look, text))


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_comparison(path) -> None:
    case = library.read(path).data
    assert set(case) <= KEYS
    assert case["confidence"] in ("read", "secondary")
    assert case["back_solved"].strip(), "say what was back-solved, or `nothing`"
    result = carboncalc.estimate(case["project"]).to_dict()
    print(f"\n{case['title']}\n  back-solved: {case['back_solved']}")
    for row in case["compare"]:
        ours = value(result, row["result"])
        (kind,) = {"published", "follows"} & set(row)
        print(f"  {row['what']:<34} {ours:>16.6g}  {kind:>9} {row[kind]:>12} ± {row['within']} {row['unit']}")
        assert abs(ours - row[kind]) <= row["within"], row["what"]
    assert any("published" in row for row in case["compare"])


def test_there_are_enough_of_them() -> None:
    assert len(FILES) >= 6
    assert sum("finance" in library.read(f).data["project"] for f in FILES) >= 4

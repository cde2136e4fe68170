"""Worked cases: each file under cases/ is a project and the numbers it must give, derived in front of the reader."""

import ast
import math
import re

import pytest
from conftest import ROOT

import carboncalc
from carboncalc import library, methodology

CASES = sorted((ROOT / "tests" / "cases").rglob("*.yaml"))


def arithmetic(text: object) -> float:
    """Evaluate arithmetic with exp; nothing else."""

    def value(node: ast.AST) -> float:
        match node:
            case ast.Constant(value=int() | float() as number):
                return float(number)
            case ast.UnaryOp(op=ast.USub(), operand=inner):
                return -value(inner)
            case ast.BinOp(left=left, op=op, right=right):
                a, b = value(left), value(right)
                return {
                    ast.Add: a + b,
                    ast.Sub: a - b,
                    ast.Mult: a * b,
                    ast.Div: a / b if b else math.nan,
                    ast.Pow: a**b if abs(b) < 50 else math.nan,
                }[type(op)]
            case ast.Call(func=ast.Name(id="exp"), args=[inner]):
                return math.exp(value(inner))
        raise ValueError(f"not arithmetic: {ast.dump(node)}")

    return value(ast.parse(str(text), mode="eval").body)


def read(result: dict, name: str) -> float:
    """Read one expected name from a result."""
    if name.startswith("total."):
        return result["totals"][name.removeprefix("total.")]
    if name.startswith("per_year."):
        return result["totals"][name.removeprefix("per_year.") + "_per_year"]
    if name.startswith("by_gas."):
        _, role, gas = name.split(".")
        return result["by_gas"][role][gas]
    symbol, index = re.fullmatch(r"(\w+)(?:\[(.*)\])?", name).groups()
    wanted = [w.strip() for w in (index or "").split(",") if w.strip()]
    if symbol in ("baseline", "project", "leakage", "reduction"):
        return next(row[symbol] for row in result["years"] if str(row["year"]) == wanted[0])
    rows = [r for r in [*result["steps"], *result["quantities"]] if r["name"] == symbol and [str(v) for v in r["index"].values()] == wanted]
    assert len(rows) == 1, f"{name}: {len(rows)} cells"
    return rows[0]["value"]


@pytest.mark.parametrize("path", CASES, ids=lambda p: str(p.relative_to(ROOT / "tests" / "cases")))
def test_case(path) -> None:
    case = library.read(path).data
    result = carboncalc.estimate(case["project"]).to_dict()
    tolerance = float(case["expect"]["tolerance"])
    for name, text in case["expect"]["values"].items():
        assert read(result, name) == pytest.approx(arithmetic(text), rel=tolerance, abs=1e-12), name
    codes = {f["code"] for f in result["findings"]}
    assert codes >= set(case["expect"].get("findings", []))


@pytest.mark.parametrize("id_", [*methodology.ids(), *(f"symbiosis/{kind}" for kind in methodology.exchanges())])
def test_every_methodology_has_cases(id_: str) -> None:
    folder = ROOT / "tests" / "cases" / id_
    files = list(folder.glob("*.yaml"))
    assert len(files) >= 2
    told = " ".join(str(library.read(f).data["source"]) for f in files)
    assert "http" in told or ".or.jp" in told or "Pipeline" in told or "announcements" in told or "no published figure" in told

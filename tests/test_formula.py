"""The formula language: what it refuses, how it renders, and that its readings agree."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carboncalc.formula import FormulaError, Sizes, Symbol, compile_system, excel, latex, parse, run, text
from carboncalc.formula.functions import floor, irr, irr_all, npv
from carboncalc.formula.system import Broken, Equation

GIVEN = {
    "N": Symbol("1", ("fleet", "year")),
    "DD": Symbol("km/year", ("fleet",)),
    "SEC": Symbol("kWh/km", ("fleet",)),
    "EF": Symbol("tCO2/MWh"),
    "P": Symbol("MW"),
    "D": Symbol("day/year"),
    "TDL": Symbol("%"),
    "CO2e": Symbol("tCO2e/year"),
    "CO2": Symbol("tCO2/year"),
    "climate": Symbol(None),
}


def broken(formula: str, unit: str | None = "1") -> FormulaError:
    names = {n: s for n, s in GIVEN.items() if n in formula}
    with pytest.raises(Broken) as caught:
        compile_system(names, [Equation("E", unit, formula)], ["fleet"], ["E"])
    return caught.value.errors[0][1]


@pytest.mark.parametrize(
    ("formula", "code", "offset", "advice"),
    [
        ("EF ^ P", "CC121", 3, "use **"),
        ("EF,P", "CC121", 0, "EF_km"),
        ("EF < P < D", "CC121", 0, "a < b and b < c"),
        ("EF × P", "CC121", 3, "use *"),
        ("P²", "CC121", 1, "use **2"),
        ("η * P", "CC121", 0, "Latin"),
        ("P.real", "CC121", 0, "underscore"),
        ("P[0]", "CC121", 0, "bare name"),
        ("__import__('os').system('x')", "CC121", 0, ""),
        ("().__class__", "CC121", 0, "underscore"),
        ("(lambda: 1)()", "CC121", 0, ""),
        ("[x for x in P]", "CC121", 0, ""),
        ("24 * P", "CC121", 0, "constants"),
        ("0.001 * P", "CC121", 0, "constants"),
        ("P if D else EF", "CC121", 0, "where"),
        ("open('x')", "CC121", 0, ""),
        ("sum(P)", "CC121", 0, "sum(x, set)"),
        ("P +", "CC120", 3, "brackets"),
        ("P * Q", "CC122", 4, ""),
        ("sum(N, flet)", "CC125", 7, "fleet"),
        ("P + D", "CC210", 0, ""),
        ("CO2 + CO2e", "CC210", 0, ""),
        ("exp(P)", "CC210", 0, ""),
        ("P ** D", "CC210", 0, ""),
        ("where(P, 1, 0)", "CC210", 0, "compare"),
        ("climate * P", "CC210", 0, ""),
        ("(" * 100 + "P" + ")" * 100, "CC210", 0, ""),
        ("-" * 200 + "P", "CC121", 79, "split"),
        ("P" * 3000, "CC120", 0, "split"),
    ],
)
def test_refused(formula: str, code: str, offset: int, advice: str) -> None:
    bad = broken(formula)
    assert bad.code == code
    assert abs(bad.offset - offset) <= 1
    assert advice in bad.help


def test_a_cycle_is_named() -> None:
    with pytest.raises(Broken) as caught:
        compile_system({}, [Equation("A", "1", "B + 1"), Equation("B", "1", "A + 1")], [], ["A"])
    assert "A → B → A" in caught.value.errors[0][1].message


def test_unused_quantities_are_refused() -> None:
    with pytest.raises(Broken) as caught:
        compile_system({"P": Symbol("MW"), "D": Symbol("day/year")}, [Equation("E", "MW", "P")], [], ["E"])
    assert [(n, e.code) for n, e in caught.value.errors] == [("D", "CC124")]


def test_constants_fall_out_of_units() -> None:
    """24 h a day, kW to MW, percent: nobody types them, the tree holds them."""
    system = compile_system({"P": Symbol("kW"), "D": Symbol("day/year")}, [Equation("E", "MWh/year", "P * D")], [], ["E"])
    assert text(system.trees["E"]) == "P * D * 0.024"
    assert run(system.statements(), {"P": 1000.0, "D": 350.0}, Sizes(1, {}))["E"] == 1000 * 350 * 24 / 1000


def test_order_of_the_file_does_not_matter() -> None:
    equations = [Equation("C", "1", "B * B"), Equation("A", "1", "x + 1"), Equation("B", "1", "A + 1")]
    results = []
    for shuffled in (equations, equations[::-1], [equations[1], equations[0], equations[2]]):
        system = compile_system({"x": Symbol("1")}, shuffled, [], ["C"])
        results.append(run(system.statements(), {"x": 2.0}, Sizes(1, {}))["C"])
    assert results == [16.0, 16.0, 16.0]


def test_a_stock_looks_one_year_back() -> None:
    system = compile_system(
        {"W": Symbol("t/year", ("year",)), "k": Symbol("1/year"), "period": Symbol("year")},
        [Equation("S", "t", "previous(S) * exp(-k * period) + W * period")],
        [],
        ["S"],
    )
    out = run(system.statements(), {"W": [10.0, 0.0, 5.0], "k": 0.4, "period": 1.0}, Sizes(3, {}))
    assert out["S"] == pytest.approx([10, 10 * math.exp(-0.4), 10 * math.exp(-0.8) + 5], rel=1e-15)


def test_two_stocks_that_need_each_other() -> None:
    equations = [Equation("A", "1", "previous(B) + 1"), Equation("B", "1", "A + previous(A)")]
    system = compile_system({}, equations, [], ["B"])
    out = run(system.statements(), {}, Sizes(3, {}))
    assert (out["A"], out["B"]) == ([1, 2, 4], [1, 3, 6])


@pytest.mark.parametrize("denominator", [0.0])
def test_division_by_zero_names_its_equation(denominator: float) -> None:
    system = compile_system({"a": Symbol("1"), "b": Symbol("1")}, [Equation("R", "1", "a / b")], [], ["R"])
    with pytest.raises(FormulaError, match="equation for R divides by zero"):
        run(system.statements(), {"a": 1.0, "b": denominator}, Sizes(1, {}))


def test_where_leaves_the_other_branch_alone() -> None:
    system = compile_system({"a": Symbol("1"), "b": Symbol("1")}, [Equation("R", "1", "where(b > 0, a / b, 0)")], [], ["R"])
    assert run(system.statements(), {"a": 1.0, "b": 0.0}, Sizes(1, {}))["R"] == 0


NAMES = st.sampled_from(["a", "b", "c"])
TREES = st.recursive(
    st.one_of(NAMES.map(lambda n: ["name", n]), st.sampled_from([["num", 0.0], ["num", 1.0]])),
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(["+", "-", "*"]), inner, inner).map(list),
        st.tuples(inner).map(lambda t: ["neg", t[0]]),
        st.tuples(inner, st.integers(0, 3)).map(lambda t: ["**", t[0], ["num", float(t[1])]]),
        st.tuples(st.sampled_from(["min", "max"]), inner, inner).map(lambda t: ["call", *t]),
    ),
    max_leaves=12,
)


@given(TREES)
def test_text_read_again_is_the_same_formula(tree: list[object]) -> None:
    assert _plain(parse(text(tree))) == _plain(tree)


def _plain(node: object) -> object:
    return node


@given(TREES, st.lists(st.integers(-3, 3), min_size=3, max_size=3))
def test_excel_text_computes_the_same(tree: list[object], values: list[int]) -> None:
    """The Excel formula, read as Python with Excel's precedence made explicit, gives the engine's number."""
    system = compile_system({n: Symbol("1") for n in "abc"}, [Equation("E", "1", text(tree))], [], ["E", *"abc"])
    given_values = dict(zip("abc", map(float, values), strict=True))
    mine = run(system.statements(), given_values, Sizes(1, {}))["E"]
    formula = excel(system.trees["E"], lambda name, at, back: f"({given_values[name]!r})", {}, 1, {})
    scope = {"MIN": min, "MAX": max, "__builtins__": {}}
    assert eval(formula.replace("^", "**"), scope) == pytest.approx(mine)  # noqa: S307


@pytest.mark.parametrize(
    ("x", "whole"), [(28.999999999999996, 29), (28.99999, 28), (29.0, 29), (-0.1, -1), (-1e-9, 0), (12345678.999999999, 12345679)]
)
def test_floor_takes_binary_noise_for_what_it_is(x: float, whole: int) -> None:
    import numpy as np

    assert floor(x) == whole
    system = compile_system({"a": Symbol("1")}, [Equation("E", "1", "floor(a)")], [], ["E", "a"])
    assert run(system.statements(), {"a": np.array([x])}, Sizes(1, {}), "numpy")["E"] == [whole]
    assert excel(system.trees["E"], lambda name, at, back: name, {}, 1, {}) == "INT(ROUND(a,6))"


def test_latex() -> None:
    tree = parse("(a + b) * c ** 2 / (1 - a)")
    assert latex(tree, lambda n: n) == r"\frac{\left(a + b\right) \cdot {c}^{2}}{1 - a}"


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=12), st.floats(1, 1e6))
def test_npv_at_the_irr_is_zero(flow: list[float], initial: float) -> None:
    for rate in irr_all(initial, flow):
        scale = initial + sum(abs(f) / (1 + rate) ** (i + 1) for i, f in enumerate(flow))
        assert npv(rate, initial, flow) == pytest.approx(0, abs=1e-6 * scale)


def test_irr_none_one_and_several() -> None:
    assert irr_all(100, [-1, -1]) == []
    assert irr(1_850_000, [240_000] * 10) == pytest.approx(0.0503578558, abs=1e-9)
    assert irr_all(100, [230, -132]) == pytest.approx([0.1, 0.2], abs=1e-9)
    assert irr(100, [230, -132]) is None

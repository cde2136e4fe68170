"""The formula language at its edges: brackets, refusals with their place, values in floats, arrays and Excel, and whole systems that are wrong."""

import math

import numpy as np
import pytest

from carboncalc.formula import FormulaError, Sizes, Symbol, System, compile_system, excel, latex, names, parse, run, text
from carboncalc.formula.functions import irr, irr_all, npv
from carboncalc.formula.grammar import children
from carboncalc.formula.program import looks_back
from carboncalc.formula.proof import prove
from carboncalc.formula.system import Broken, Equation

# --- reading and writing -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "a - (b - c)", "a - b - c", "a + (b + c)", "(a + b) * c", "a + b * c", "a / (b * c)", "a * b / c", "a * (b / c)",
        "-(a + b)", "-a * b", "-(a * b)", "--a", "a - -b", "a * -b", "(-a)**2", "-a**2", "a**-1", "a**(b + 1)", "(a**2)**2", "(a / b)**2", "a**9", "a**-9", "a**(b**c)", "a == (b < c)",
        "not (a and b)", "not a and b", "not a < b", "not not a", "(a or b) and c", "a or b and c", "a and (b and c)", "a and b and c", "a or (b or c)",
        'x in ("a", "b")', 'x in ("a",)', 'not x in ("a", "b")', 'x == "a"', "a <= b", "a >= b", "a != b", "a > b", "a + b < c", "a < b + c", "(a < b) == c",
        "where(a < b, c, 0)", "sum(a * b, fleet)", "sum(a, year) * b", "previous(a) * b", "lookup(t, a)", "min(a, b, c)", "max(a, 1)", "1 - a", "exp(-a)",
        "floor(a)", "min(a, b, c, d, e, f, g, h, i)", '"é^²" == x',
    ],
)  # fmt: skip
def test_only_the_brackets_that_are_needed(line: str) -> None:
    assert text(parse(line)) == line
    assert text(parse(f"  ( {line} ) ")) == line


def test_signs_for_people() -> None:
    tree = ["-", ["scale", 0.001, ["*", ["neg", ["name", "a"]], ["previous", "b"]]], ["name", "c"]]
    assert text(tree) == "-a * previous(b) * 0.001 - c"
    assert text(tree, signs=True) == "−a × previous(b) × 0.001 − c"
    assert text(tree, scales=False) == "-a * previous(b) - c"
    assert text(tree, lambda name, back: f"{name}.{int(back)}", scales=False) == "-a.0 * b.1 - c.0"


@pytest.mark.parametrize(
    ("line", "tree"),
    [
        ("a * 0.001", ["scale", 0.001, ["name", "a"]]),
        ("a * 2", ["scale", 2.0, ["name", "a"]]),
        ("a * b * 1e-06 / c", ["/", ["scale", 1e-06, ["*", ["name", "a"], ["name", "b"]]], ["name", "c"]]),
        ("a * 1", ["*", ["name", "a"], ["num", 1.0]]),  # a factor that the author may have written
        ("a * 0", ["*", ["name", "a"], ["num", 0.0]]),
    ],
)
def test_conversions_are_read_again_from_a_result(line: str, tree: list) -> None:
    assert parse(line, scales=True) == tree
    assert text(tree) == line


@pytest.mark.parametrize("line", ["0.001 * a", "a + 2", "a / 2", "2"])
def test_only_a_factor_behind_a_product_is_a_conversion(line: str) -> None:
    with pytest.raises(FormulaError) as caught:
        parse(line, scales=True)
    assert caught.value.code == "CC121"


@pytest.mark.parametrize("line", ["a * 2", "a * 0.001"])
def test_an_author_writes_no_conversion(line: str) -> None:
    with pytest.raises(FormulaError) as caught:
        parse(line)
    assert (caught.value.code, caught.value.offset) == ("CC121", 4)
    assert "constants:" in caught.value.help


@pytest.mark.parametrize(
    ("line", "code", "place", "words", "advice"),
    [
        ("  a ^ b", "CC121", "^", "not a power", "use **"),
        ("a, b", "CC121", "a, b", "comma", "EF_km"),
        ("c + (a < b < c)", "CC121", "a < b < c", "chain", "a < b and b < c"),
        ("a + b.c", "CC121", "b.c", "point", "underscore"),
        ("a + b[0]", "CC121", "b[0]", "square", "bare name"),
        ("a if b else c", "CC121", "a if b else c", "if/else", "where"),
        ("lambda: a", "CC121", "lambda: a", "defined", "expression itself"),
        ("1 + (a := b)", "CC121", "a := b", "assigned", "another equation"),
        ("{a}", "CC121", "{a}", "Set is not part", "explain formulas"),
        ("b + +a", "CC121", "+a", "plus sign", "delete it"),
        ("b + ~a", "CC121", "~a", "'~'", "not"),
        ("a // b", "CC121", "a // b", "operators", "floor()"),
        ("a is b", "CC121", "a is b", "comparison", "in"),
        ("a not in ('x',)", "CC121", "a not in ('x',)", "comparison", "in"),
        ("a + (x in y)", "CC121", "y", "list of texts", '("a", "b")'),
        ("x in ('a', b)", "CC121", "('a', b)", "list of texts", '("a", "b")'),
        ("x in (1,)", "CC121", "(1,)", "list of texts", '("a", "b")'),
        ("a + _b", "CC121", "_b", "underscore", "letter"),
        ("a * exp", "CC121", "exp", "function", "exp(x)"),
        ("sum(a)", "CC121", "sum(a)", "takes 2 arguments, not 1", "sum(x, set)"),
        ("sum(a, 1)", "CC121", "1", "index set", "sum(x, set)"),
        ("previous(a + b)", "CC121", "a + b", "name of a quantity", "previous(x)"),
        ("exp(a=1)", "CC121", "exp(a=1)", "plain arguments", "exp(x)"),
        ("max(*a)", "CC121", "max(*a)", "plain arguments", "max(a, b)"),
        ("maxx(a, b)", "CC121", "maxx(a, b)", "'maxx'", "did you mean `max`?"),
        ("zzz(a)", "CC121", "zzz(a)", "'zzz'", "functions: sum min max"),
        ("a.b(c)", "CC121", "a.b(c)", "'this'", "functions:"),
        ("max(a)", "CC121", "max(a)", "takes 2 to 9 arguments, not 1", "max(a, b)"),
        ("min(a,b,c,d,e,f,g,h,i,j)", "CC121", "min(a,b,c,d,e,f,g,h,i,j)", "takes 2 to 9 arguments, not 10", "min(a, b)"),
        ("exp(a, b)", "CC121", "exp(a, b)", "takes 1 arguments, not 2", "exp(x)"),
        ("a * 24", "CC121", "24", "the number 24", "constants:"),
        ("-2", "CC121", "2", "the number 2", "constants:"),
        ("a ** 10", "CC121", "10", "the number 10", "constants:"),
        ("a ** 2.5", "CC121", "2.5", "the number 2.5", "constants:"),
        ("a ** True", "CC121", "True", "the number True", "constants:"),
        ("a * é", "CC121", "é", "'é'", "Latin"),
        ("a * 2 ×", "CC121", "×", "'×'", "use *"),
        ("a b", "CC120", "b", "cannot read", "brackets"),
        ("   a b", "CC120", "b", "cannot read", "brackets"),
        ("   (a", "CC120", "(", "never closed", "brackets"),
    ],
)
def test_a_refusal_points_at_what_is_wrong(line: str, code: str, place: str, words: str, advice: str) -> None:
    with pytest.raises(FormulaError) as caught:
        parse(line)
    bad = caught.value
    assert bad.code == code
    assert words in bad.message
    assert advice in bad.help
    if code == "CC121":
        assert line[bad.offset : bad.offset + bad.width] == place
    else:
        assert bad.offset == line.index(place)


@pytest.mark.parametrize("line", ["a +", "  a +", ""])
def test_a_formula_that_ends_too_soon_points_at_its_end(line: str) -> None:
    with pytest.raises(FormulaError) as caught:
        parse(line)
    assert (caught.value.code, caught.value.offset) == ("CC120", max(len(line), 0))


def test_the_longest_and_the_deepest_formula() -> None:
    assert parse("a" * 2000) == ["name", "a" * 2000]
    with pytest.raises(FormulaError, match="longer than 2000"):
        parse("a" * 2001)
    assert parse("-" * 79 + "a")[0] == "neg"  # 80 levels
    with pytest.raises(FormulaError, match="nested too deeply"):
        parse("-" * 80 + "a")
    assert names(parse(" + ".join(f"(a{i} * b)" for i in range(78)))) == ["a0", "b", *(f"a{i}" for i in range(1, 78))]  # a level is left again


@pytest.mark.parametrize(
    ("line", "used"),
    [
        ("a + b * a", ["a", "b"]),
        ("previous(b) + a", ["b", "a"]),
        ("sum(a * b, fleet)", ["a", "b"]),  # a set is no quantity
        ('where(x in ("p", "q"), a, b)', ["x", "a", "b"]),
        ("a < b and not c", ["a", "b", "c"]),
        ("lookup(t, a)", ["t", "a"]),
        ("(a / b) ** -2", ["a", "b"]),
        ('x == "p"', ["x"]),
    ],
)
def test_names_in_order_of_appearance(line: str, used: list[str]) -> None:
    assert names(parse(line)) == used


def test_parts_of_a_formula() -> None:
    a, b = ["name", "a"], ["name", "b"]
    assert children(parse("max(a, b)")) == children(parse("a < b")) == children(parse("a + b")) == [a, b]
    assert children(parse("sum(a, fleet)")) == children(parse('a in ("p", "q")')) == children(parse("-a")) == [a]
    assert children(parse("1")) == children(parse('"p"')) == children(a) == children(parse("previous(a)")) == []


def test_a_conversion_has_one_part() -> None:
    assert names(["scale", 0.5, ["*", ["name", "a"], ["name", "b"]]]) == ["a", "b"]


# --- LaTeX ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("a - (b - c)", r"a - \left(b - c\right)"),
        ("a - b - c", "a - b - c"),
        ("a - b * c", r"a - b \cdot c"),
        ("a * -b", r"a \cdot -b"),
        ("a * (b + c)", r"a \cdot \left(b + c\right)"),
        ("(a + b) / (c - a)", r"\frac{a + b}{c - a}"),
        ("a * (b / c)", r"a \cdot \frac{b}{c}"),
        ("-(a + b)", r"-\left(a + b\right)"),
        ("(a + b) ** 2", r"{\left(a + b\right)}^{2}"),
        ("a ** (b + 1)", "{a}^{b + 1}"),
        ("not (a or b) and c", r"\lnot \left(a \lor b\right) \land c"),
        ("(a or b) and c", r"\left(a \lor b\right) \land c"),
        ("a and (b and c)", r"a \land \left(b \land c\right)"),
        ("a <= b", r"a \le b"),
        ("a >= b", r"a \ge b"),
        ("a != b", r"a \ne b"),
        ("a < b", "a < b"),
        ('x == "p"', r"x = \text{p}"),
        ('x in ("p", "q")', r"x \in \{\text{p}, \text{q}\}"),
        ("previous(a)", r"{a}\big|_{y-1}"),
        ("sum(a + b, fleet)", r"\sum_{\text{fleet}} \left(a + b\right)"),
        ("sum(a * b, fleet)", r"\sum_{\text{fleet}} a \cdot b"),
        ("a * sum(b, fleet) * c", r"\left(a \cdot \sum_{\text{fleet}} b\right) \cdot c"),
        ("-sum(b, fleet) * c", r"\left(-\sum_{\text{fleet}} b\right) \cdot c"),
        ("max(a, 0)", r"\max\left(a, 0\right)"),
    ],
)
def test_latex(line: str, shown: str) -> None:
    assert latex(parse(line), lambda name: name) == shown


@pytest.mark.parametrize(
    ("factor", "shown"), [(0.001, "0.001"), (1e-6, "10^{-6}"), (3.6e-6, r"3.6 \times 10^{-6}"), (2e15, r"2 \times 10^{15}"), (24.0, "24")]
)
def test_latex_of_a_conversion(factor: float, shown: str) -> None:
    tree = ["scale", factor, ["+", ["name", "a"], ["name", "b"]]]
    assert latex(tree, lambda name: name) == rf"\left(a + b\right) \cdot {shown}"
    assert latex(tree, lambda name: name, scales=False) == "a + b"
    assert latex(["*", tree, ["name", "c"]], lambda name: name, scales=False) == r"\left(a + b\right) \cdot c"


# --- Excel ---------------------------------------------------------------------------------------------


def sheet(line: str | list, years: int = 3, at: dict | None = None, span=None, **items: int) -> str:
    def cell(name: str, index: dict, back: bool) -> str:
        return name + "".join(f"{k[0]}{v}" for k, v in index.items()) + ("_before" if back else "")

    more = () if span is None else (span,)
    return excel(parse(line) if isinstance(line, str) else line, cell, items, years, at or {}, *more)


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("a - (b - c)", "a-(b-c)"),
        ("a - b - c", "a-b-c"),
        ("(a + b) * c", "(a+b)*c"),
        ("a / (b * c)", "a/(b*c)"),
        ("a * b / c", "a*b/c"),
        ("-a ** 2", "(-(a^2))"),  # -a^2 is a² in Excel
        ("(-a) ** 2", "(-a)^2"),
        ("(a ** 2) ** 2", "(a^2)^2"),
        ("a * b ** 2", "a*b^2"),
        ("a ** -1", "a^(-1)"),
        ("-(a + b)", "(-(a+b))"),
        ("a == b", "a=b"),
        ("a != b", "a<>b"),
        ("a <= b + c", "a<=b+c"),
        ("a + b < c", "a+b<c"),
        ("(a < b) == (b < c)", "(a<b)=(b<c)"),
        ('x == "p"', 'x="p"'),
        ('x in ("p", "q")', 'OR(x="p",x="q")'),
        ("a < b and b < c", "AND(a<b,b<c)"),
        ("a < b or not b < c", "OR(a<b,NOT(b<c))"),
        ("where(a < b, c, 0)", "IF(a<b,c,0)"),
        ("exp(-a)", "EXP((-a))"),
        ("previous(a) + b", "a_before+b"),
        ("sum(a * b, fleet)", "SUM(af0*bf0,af1*bf1)"),
        ("sum(a, year)", "SUM(ay0,ay1,ay2)"),
        ("max(a, b, 0)", "MAX(a,b,0)"),
        ("lookup(t, a)", "LOOKUP(a,t)"),
    ],
)
def test_excel(line: str, shown: str) -> None:
    assert sheet(line, fleet=2) == shown


def test_a_sum_over_a_range_is_written_as_one() -> None:
    def span(name: str, at: dict, over: str) -> str | None:
        return f"{name}:{over}" if name == "a" else None

    assert sheet("sum(a, fleet) + sum(b, fleet)", span=span, fleet=2) == "SUM(a:fleet)+SUM(bf0,bf1)"
    assert sheet("sum(a * a, fleet)", span=span, fleet=1) == "SUM(af0*af0)"
    assert sheet("npv(r, i + j, a)", span=span) == "(NPV(r,a:year)-(i+j))"
    assert sheet("irr(i, a)", span=span) == "IRR(a:flow)"


@pytest.mark.parametrize(("items", "sums"), [(0, 0), (1, 1), (250, 1), (251, 2), (501, 3)])
def test_a_long_sum_is_cut_where_excel_takes_no_more_arguments(items: int, sums: int) -> None:
    shown = sheet("sum(a, fleet)", fleet=items)
    assert shown.count("SUM(") == sums
    assert shown.count("af") == items
    if not items:
        assert shown == "0"
    if sums > 1:
        assert shown.startswith("(SUM(af0,af1,")
        assert "af249)+SUM(af250" in shown


def test_numbers_and_texts_in_excel() -> None:
    assert sheet(["scale", 1e-6, ["+", ["name", "a"], ["name", "b"]]]) == "(a+b)*1E-06"
    assert sheet(["num", -2.0]) == "(-2)"
    assert sheet(["cmp", "==", ["name", "x"], ["str", 'say "p"']]) == 'x="say ""p"""'


# --- computing -----------------------------------------------------------------------------------------

PLAIN = {n: Symbol("1") for n in "abc"} | {"x": Symbol(None), "t": Symbol("1")}


def value(line: str, library: str = "float", unit: str | None = "1", **given: object) -> object:
    symbols = {n: s for n, s in PLAIN.items() if n in given}
    system = compile_system(symbols, [Equation("E", unit, line)], [], ["E"])
    return run(system.statements(), given, Sizes(1, {}), library)["E"]


@pytest.mark.parametrize(
    ("line", "given", "expected"),
    [
        ("a - b - c", {"a": 7.0, "b": 2.0, "c": 1.0}, 4),
        ("a - (b - c)", {"a": 7.0, "b": 2.0, "c": 1.0}, 6),
        ("a / b * c", {"a": 8.0, "b": 2.0, "c": 4.0}, 16),
        ("-a ** 2", {"a": 3.0}, -9),
        ("a ** -1", {"a": 4.0}, 0.25),
        ("a ** b", {"a": 4.0, "b": 0.5}, 2),
        ("where(a < b, 1, 0)", {"a": 1.0, "b": 1.0}, 0),
        ("where(a <= b, 1, 0)", {"a": 1.0, "b": 1.0}, 1),
        ("where(a > b, 1, 0)", {"a": 1.0, "b": 1.0}, 0),
        ("where(a >= b, 1, 0)", {"a": 1.0, "b": 1.0}, 1),
        ("where(a == b, 1, 0)", {"a": 1.0, "b": 1.0}, 1),
        ("where(a != b, 1, 0)", {"a": 1.0, "b": 1.0}, 0),
        ("where(a > 0 and b > 0, 1, 0)", {"a": 1.0, "b": 0.0}, 0),
        ("where(a > 0 or b > 0, 1, 0)", {"a": 1.0, "b": 0.0}, 1),
        ("where(not a > 0, 1, 0)", {"a": 1.0}, 0),
        ("where(0 < a, 1, 0)", {"a": 1.0}, 1),
        ("min(a, b, c)", {"a": 3.0, "b": 1.0, "c": 2.0}, 1),
        ("max(a, b, c)", {"a": 3.0, "b": 1.0, "c": 5.0}, 5),
        ("exp(a)", {"a": 1.0}, math.e),
        ("floor(a)", {"a": 2.9}, 2),
    ],
)
def test_floats_and_arrays_agree(line: str, given: dict, expected: float) -> None:
    assert value(line, **given) == pytest.approx(expected, rel=1e-15)
    arrays = {n: np.array([v, v]) for n, v in given.items()}
    assert value(line, "numpy", **arrays) == pytest.approx([expected, expected], rel=1e-15)


@pytest.mark.parametrize(("x", "expected"), [("p", 1), ("q", 1), ("r", 0)])
def test_texts(x: str, expected: int) -> None:
    assert value('where(x in ("p", "q"), 1, 0)', x=x) == expected
    assert value('where(x == "p" or x == "q", 1, 0)', x=x) == expected
    assert value('where(x in ("p", "q"), 1 / a, 0)', "numpy", x=x, a=np.array([1.0])) == expected


def test_an_array_may_divide_by_zero_in_the_branch_that_does_not_hold() -> None:
    with np.errstate(all="raise"):
        assert list(value("where(a > 0, 1 / a, 0)", "numpy", a=np.array([0.0, 2.0]))) == [0, 0.5]


@pytest.mark.parametrize(("x", "step"), [(0.0, 10.0), (4.999, 10.0), (5.0, 20.0), (7.0, 20.0), (8.0, 5.0), (1e9, 5.0)])
def test_a_step_holds_from_where_it_begins(x: float, step: float) -> None:
    table = [(0.0, 10.0), (5.0, 20.0), (8.0, 5.0)]
    assert value("lookup(t, a)", t=table, a=x) == step
    assert list(value("lookup(t, a)", "numpy", t=table, a=np.array([x, 0.0]))) == [step, 10.0]


def test_a_text_chooses_one_branch_for_all_draws() -> None:
    with np.errstate(all="raise"):
        assert value('where(x == "p", 1 / a, 0)', "numpy", x="q", a=np.array([0.0, 1.0])) == 0


def test_money_over_time_in_the_language() -> None:
    """100 now, and 60 a year for two years: zero at about 13 %; 30 a year for two years: a rate below zero; −1 a year: none."""
    symbols = {"r": Symbol("1"), "i": Symbol("JPY"), "f": Symbol("JPY/year", ("year",))}
    system = compile_system(symbols, [Equation("V", "JPY", "npv(r, i, f)"), Equation("R", "1", "irr(i, f)")], [], ["V", "R"])
    flows = [60.0, 30.0, -1.0]
    alone = [run(system.statements(), {"r": 0.25, "i": 100.0, "f": [f, f]}, Sizes(2, {})) for f in flows]
    assert alone[0]["V"] == pytest.approx(60 / 1.25 + 60 / 1.25**2 - 100)
    assert alone[0]["R"] == pytest.approx(0.13066, abs=1e-5)
    assert alone[2]["R"] is None
    drawn = run(system.statements(), {"r": 0.25, "i": np.array([100.0] * 3), "f": [np.array(flows)] * 2}, Sizes(2, {}), "numpy")
    assert list(drawn["V"]) == pytest.approx([a["V"] for a in alone])
    assert list(drawn["R"])[:2] == pytest.approx([alone[0]["R"], alone[1]["R"]])
    assert math.isnan(drawn["R"][2])


def test_below_the_first_step_is_an_error() -> None:
    with pytest.raises(FormulaError, match="equation for E cannot be computed .below the first step") as caught:
        value("lookup(t, a)", t=[(1.0, 10.0)], a=0.999)
    assert caught.value.code == "CC220"


@pytest.mark.parametrize(("line", "words"), [("exp(a) + b", "too large"), ("1 / b", "divides by zero"), ("b ** -1", "divides by zero")])
def test_an_error_names_the_equation_it_is_in(line: str, words: str) -> None:
    """The second of three equations, and one that takes several lines of the program before it."""
    equations = [Equation("S", "1", "previous(S) + b"), Equation("E", "1", line), Equation("Z", "1", "E + sum(S, year)")]
    system = compile_system({n: PLAIN[n] for n in "ab" if n in line + "b"}, equations, [], ["Z"])
    with pytest.raises(FormulaError, match=f"equation for E .*{words}"):
        run(system.statements(), {"a": 1000.0, "b": 0.0}, Sizes(2, {}))


def test_a_sum_over_items_and_years_and_a_stock_by_item() -> None:
    symbols = {"n": Symbol("1", ("fleet", "year")), "d": Symbol("1", ("fleet",))}
    equations = [
        Equation("product", "1", "n * d"),
        Equation("doubled", "1", "d + d"),
        Equation("stock", "1", "previous(stock) + n * d"),
        Equation("year_total", "1", "sum(stock, fleet)"),
        Equation("all", "1", "sum(year_total, year)"),
    ]
    system = compile_system(symbols, equations, ["fleet"], ["all", "product", "doubled"])
    assert system.dims["stock"] == ("fleet", "year")
    assert system.dims["year_total"] == ("year",)
    assert system.dims["all"] == ()
    out = run(system.statements(), {"n": [[1.0, 2.0], [3.0, 4.0]], "d": [10.0, 100.0]}, Sizes(2, {"fleet": 2}))
    assert out["product"] == [[10, 20], [300, 400]]
    assert out["doubled"] == [20, 200]
    assert out["stock"] == [[10, 30], [300, 700]]
    assert out["year_total"] == [310, 730]
    assert out["all"] == 1040


def test_only_a_name_of_the_group_looks_back() -> None:
    tree = parse("a + previous(b)")
    assert looks_back(tree, ["b"])
    assert not looks_back(tree, ["a"])


def test_quantities_of_pint_carry_their_own_conversions() -> None:
    from carboncalc import units

    system = compile_system({"p": Symbol("kW"), "d": Symbol("day")}, [Equation("E", "MWh", "p * d")], [], ["E"])
    registry = units.registry()
    out = run(system.statements(scaled=False), {"p": 500 * registry.Unit("kW"), "d": 2 * registry.Unit("day")}, Sizes(1, {}), "pint")["E"]
    assert float(out.to("MWh").magnitude) == pytest.approx(500 * 48 / 1000)
    other = compile_system({"s": Symbol("%"), "n": Symbol("kWh")}, [Equation("X", "1", "exp(s)"), Equation("N", "kWh", "floor(n)")], [], ["X", "N"])
    out = run(other.statements(scaled=False), {"s": 50 * registry.Unit("percent"), "n": 2.9 * registry.Unit("kWh")}, Sizes(1, {}), "pint")
    assert float(out["X"]) == pytest.approx(math.exp(0.5))
    assert out["N"] == 2 * registry.Unit("kWh")
    assert run(system.statements(), {"p": 500.0, "d": 2.0}, Sizes(1, {}))["E"] == pytest.approx(24)


# --- money over time -----------------------------------------------------------------------------------


def test_present_value_by_hand() -> None:
    assert npv(0.25, 100.0, [50.0, 75.0]) == pytest.approx(50 / 1.25 + 75 / 1.25**2 - 100, rel=1e-15)
    assert npv(0.0, 100.0, [50.0, 75.0]) == 25


@pytest.mark.parametrize(
    ("initial", "flow", "rates"),
    [
        (100, [110], [0.1]),
        (100, [100], [0.0]),
        (100, [50], [-0.5]),
        (100, [0, 0, 800], [1.0]),
        (1, [1e6], [999_999.0]),
        (1e300, [1.1e300], [0.1]),  # the size of the amounts does not matter
        (1e-300, [1.1e-300], [0.1]),
        (0, [-100, 110], [0.1]),  # the cost may fall in a year of operation
        (100, [], []),
        (0, [0, 0], []),
        (-100, [50], []),
        (100, [230, -132], [0.1, 0.2]),
        (100, [220, -121], [0.1]),  # touches zero at 10 % without crossing
        (1000, [3300, -3620, 1320], [0.0, 0.1, 0.2]),
        (100, [1e-4], [-0.999999]),
    ],
)
def test_rates_of_return_by_hand(initial: float, flow: list[float], rates: list[float]) -> None:
    found = irr_all(initial, flow)
    assert found == sorted(found)
    assert found == pytest.approx(rates, abs=2e-7)
    assert irr(initial, flow) == (pytest.approx(rates[0], abs=2e-7) if len(rates) == 1 else None)


def test_no_rate_below_minus_99_9999_percent() -> None:
    assert irr_all(1, [1.1e-6]) == pytest.approx([-0.9999989], abs=1e-9)
    assert irr_all(1, [0.9e-6]) == []


# --- units ---------------------------------------------------------------------------------------------

UNITS = {
    "E": "MWh/year",
    "EF": "tCO2/MWh",
    "P": "kW",
    "D": "h/year",
    "s": "%",
    "one": "1",
    "I": "JPY",
    "F": "JPY/year",
    "x": None,
    "z": None,
    "T": "t/year",
}


@pytest.mark.parametrize(
    ("line", "unit", "proved"),
    [
        ("E * EF", "tCO2/year", "E * EF"),
        ("E * EF", "kgCO2/year", "E * EF * 1000"),
        ("P * D", "MWh/year", "P * D * 0.001"),
        ("E + P * D", "MWh/year", "E + P * D * 0.001"),
        ("P * D + E", "kWh/year", "P * D + E * 1000"),
        ("0 + E", "kWh/year", "0 + E * 1000"),
        ("s * E", "MWh/year", "s * E * 0.01"),
        ("one - s", "1", "one - s * 0.01"),
        ("1 - s", "%", "1 * 100 - s"),
        ("-E", "kWh/year", "-(E * 1000)"),
        ("E / D", "kW", "E / D * 1000"),
        ("max(E, 0)", "kWh/year", "max(E * 1000, 0)"),
        ("max(0, P * D, E)", "MWh/year", "max(0, P * D * 0.001, E)"),
        ("max(0, P * D, E) * EF", "kgCO2/year", "max(0, P * D, E * 1000) * EF"),  # in the unit of the first that has one
        ("where(E > 0, E, 0)", "kWh/year", "where(E > 0, E * 1000, 0)"),
        ("where(E > P * D, 0, E) / E", "1", "where(E > P * D * 0.001, 0, E) / E"),
        ("where(0 < E, 1, 0)", "1", "where(0 < E, 1, 0)"),
        ("(0 + P * D) * EF", "tCO2/year", "(0 + P * D) * EF * 0.001"),
        ("(P * D - 0) * EF", "kgCO2/year", "(P * D - 0) * EF"),
        ("where(x == z, 1, 0)", "1", "where(x == z, 1, 0)"),  # two texts
        ('where(x == "p", 1, 0)', "1", 'where(x == "p", 1, 0)'),
        ("where(x, 1, 0)", "1", "where(x, 1, 0)"),
        ("where(not x or E >= 0, 1, 0)", "1", "where(not x or E >= 0, 1, 0)"),
        ("exp(s)", "1", "exp(s * 0.01)"),
        ("exp(s)", "%", "exp(s * 0.01) * 100"),
        ("E ** 2 / E", "MWh/year", "E**2 / E"),
        ("(P * D) ** 2 / E", "MWh/year", "(P * D)**2 / E * 1e-06"),
        ("one ** s", "1", "one**(s * 0.01)"),
        ("sum(E, fleet)", "kWh/year", "sum(E * 1000, fleet)"),
        ("previous(E) + E", "kWh/year", "previous(E) * 1000 + E * 1000"),
        ("floor(E)", "kWh/year", "floor(E) * 1000"),  # whole megawatt-hours
        ("npv(s, I, F)", "JPY", "npv(s * 0.01, I, F)"),
        ("irr(I, F)", "%", "irr(I, F) * 100"),
    ],
)
def test_conversions_are_written_where_units_differ(line: str, unit: str, proved: str) -> None:
    assert text(prove(parse(line), unit, UNITS.__getitem__)) == proved


@pytest.mark.parametrize(
    ("line", "unit"),
    [
        ("E + EF", "MWh/year"),
        ("E * EF", "tCO2e/year"),
        ("E + 1", "MWh/year"),
        ("1 + E", "MWh/year"),
        ("max(E, EF)", "MWh/year"),
        ("max(E, 1) * EF", "tCO2/year"),
        ("where(E > EF, 1, 0)", "1"),
        ("where(E > 0, E, EF) * EF", "tCO2/year"),
        ("where(E, 1, 0)", "1"),
        ("where(x and E, 1, 0)", "1"),
        ("where(not E, 1, 0)", "1"),
        ("x + 1", "1"),
        ("-x", "1"),
        ("(E > 0) + 1", "1"),
        ("exp(E)", "1"),
        ("one ** E", "1"),
        ("E ** one", "1"),
        ("npv(E, I, F)", "JPY"),
        ("npv(s, I, I)", "JPY"),
        ("irr(I, E)", "1"),
        ("irr(I, F)", "JPY"),
        ("E ** 2", "MWh/year"),
    ],
)
def test_units_that_do_not_fit(line: str, unit: str) -> None:
    with pytest.raises(FormulaError) as caught:
        prove(parse(line), unit, UNITS.__getitem__)
    assert caught.value.code == "CC210"


def test_a_misfit_is_told_in_words() -> None:
    with pytest.raises(FormulaError) as caught:
        prove(parse("E + T"), "MWh/year", UNITS.__getitem__)
    assert caught.value.message == "units do not fit: mass per year where energy per year is wanted"


# --- whole systems -------------------------------------------------------------------------------------


def faults(symbols: dict, equations: list[Equation], wanted: list[str], sets: tuple[str, ...] = ("fleet",)) -> list[tuple[str, str]]:
    with pytest.raises(Broken) as caught:
        compile_system(symbols, equations, sets, wanted)
    assert all(bad.help for _, bad in caught.value.errors)
    return [(name, bad.code) for name, bad in caught.value.errors]


@pytest.mark.parametrize("name", ["_a", "1a", "a b", "é", "None", "True", "sum", "exp", "if", "and", "lambda", ""])
def test_names_that_no_symbol_may_have(name: str) -> None:
    assert faults({}, [Equation(name, "1", "1")], [name]) == [(name, "CC126")]
    assert (name, "CC126") in faults({name: Symbol("1")}, [Equation("E", "1", "1")], ["E"])


def test_a_symbol_defined_twice() -> None:
    assert faults({"a": Symbol("1")}, [Equation("a", "1", "1")], ["a"]) == [("a", "CC126")]
    assert faults({}, [Equation("E", "1", "1"), Equation("E", "1", "0")], ["E"]) == [("E", "CC126")]


def test_all_faults_are_told_at_once_and_where() -> None:
    equations = [Equation("A", "1", "inpt + 1"), Equation("B", "1", "sum(A, flet)"), Equation("C", "1", "A ^ B"), Equation("D", "1", "zzzzzz")]
    with pytest.raises(Broken) as caught:
        compile_system({"input": Symbol("1")}, equations, ["fleet"], ["C"])
    told = [(name, bad.code, bad.offset, bad.width) for name, bad in caught.value.errors]
    assert told == [("C", "CC121", 2, 1), ("A", "CC122", 0, 4), ("B", "CC125", 7, 4), ("D", "CC122", 0, 6)]
    helps = [bad.help for _, bad in caught.value.errors]
    assert helps[1] == "did you mean `input`?"
    assert helps[2] == "index sets: fleet, year"
    assert "declare it" in helps[3]
    assert str(caught.value).startswith("C: '^' is not a power here; A: 'inpt' is not defined")


def test_faults_of_units_and_unused_names_are_told_together() -> None:
    symbols = {"a": Symbol("t"), "b": Symbol("km"), "loose": Symbol("1")}
    equations = [Equation("E", "t", "a + b"), Equation("F", "1", "1")]
    assert faults(symbols, equations, ["E"]) == [("E", "CC210"), ("loose", "CC124"), ("F", "CC124")]


def test_a_cycle_points_at_the_name_that_closes_it() -> None:
    equations = [Equation("A", "1", "1 + B"), Equation("B", "1", "C"), Equation("C", "1", "1 + B")]
    with pytest.raises(Broken) as caught:
        compile_system({}, equations, [], ["A"])
    ((name, bad),) = caught.value.errors
    assert (name, bad.code, bad.offset, bad.width) == ("C", "CC123", 4, 1)
    assert bad.message == "a cycle: B → C → B"  # without A, which only leads to it
    assert "previous" in bad.help
    assert faults({}, [Equation("A", "1", "A")], ["A"]) == [("A", "CC123")]


def test_a_cycle_leaves_out_what_was_looked_at_before_it() -> None:
    equations = [Equation("A", "1", "B + C"), Equation("B", "1", "1"), Equation("C", "1", "A")]
    with pytest.raises(Broken) as caught:
        compile_system({}, equations, [], ["A"])
    assert caught.value.errors[0][1].message == "a cycle: A → C → A"


@pytest.fixture
def system() -> System:
    symbols = {"a": Symbol("1"), "b": Symbol("1", ("fleet",)), "w": Symbol("1", ("year",))}
    equations = [
        Equation("total", "1", "left + right"),
        Equation("left", "1", "a * a"),
        Equation("right", "1", "sum(b, fleet) + a"),
        Equation("stock", "1", "previous(stock) + w"),
        Equation("last", "1", "where(a > 0, sum(stock, year), total)"),
    ]
    return compile_system(symbols, equations, ["fleet"], ["last"])


def test_everything_stands_below_what_uses_it(system: System) -> None:
    order = [n for group in system.order for n in group]
    assert sorted(order) == ["last", "left", "right", "stock", "total"]
    for name in order:
        assert all(order.index(u) < order.index(name) for u in system.uses[name] if u in order and u != name)
    assert system.below("total") == ("left", "a", "right", "b")
    assert system.below("left") == ("a",)
    assert system.below("a") == ()
    assert set(system.below("last")) == {"a", "b", "w", "left", "right", "stock", "total"}
    assert system.given_below("total") == ("a", "b")
    assert set(system.given_below("last")) == {"a", "b", "w"}
    assert system.given_below("a") == ("a",)
    assert system.text("last") == "where(a > 0, sum(stock, year), total)"
    assert system.text("last", 3) == "sum(stock, year)"
    assert system.text("last", 4) == "total"


def test_index_sets_follow_from_what_is_used(system: System) -> None:
    assert {n: system.dims[n] for n in ("total", "right", "stock", "last", "b")} == {
        "total": (),
        "right": (),
        "stock": ("year",),
        "last": (),
        "b": ("fleet",),
    }
    symbols = {
        "b": Symbol("1", ("year", "fleet")),
        "c": Symbol("1", ("route",)),
        "r": Symbol("1"),
        "i": Symbol("1"),
        "f": Symbol("1/year", ("year",)),
    }
    equations = [Equation("X", "1", "b * c"), Equation("V", "1", "npv(r, i, f)"), Equation("R", "1", "irr(i, f)"), Equation("P", "1", "previous(c)")]
    made = compile_system(symbols, equations, ["route", "fleet"], ["X", "V", "R", "P"])
    assert made.dims["X"] == ("route", "fleet", "year")  # in the order of the sets, years last
    assert made.dims["V"] == made.dims["R"] == ()  # over all years, without a sum
    assert made.dims["P"] == ("route", "year")


def test_part_of_a_system_is_computed(system: System) -> None:
    given = {"a": 3.0, "b": [1.0, 2.0], "w": [5.0, 6.0]}
    sizes = Sizes(2, {"fleet": 2})
    out = run(system.statements(["left", "right", "total"]), given, sizes)
    assert (out["left"], out["right"], out["total"]) == (9, 6, 15)
    assert "stock" not in out
    assert run(system.statements(), given, sizes)["last"] == 5 + 11
    assert run(system.statements([]), given, sizes) == given


def test_a_system_survives_its_cache(system: System) -> None:
    import json

    assert System.from_json(json.loads(json.dumps(system.to_json()))) == system

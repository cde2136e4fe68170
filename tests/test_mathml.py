"""MathML is read again into LaTeX, that into a tree, and it is the tree of the engine."""

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from test_equation_faces import SIGNS, TREES, name, power, trees, value, word
from test_latex import fold, plain, read

from carboncalc.formula.layout import layout, symbol
from carboncalc.formula.mathml import marks
from carboncalc.formula.symbols import latex_of


def written(element: ET.Element) -> str:
    """Write as LaTeX what a browser shows."""
    kind, text = element.tag, element.text or ""
    inner = [written(child) for child in element]
    if kind == "mi":
        return rf"\operatorname{{{text}}}" if element.get("mathvariant") == "normal" else rf"\mathit{{{text}}}"
    if kind == "mn":
        return text.replace("−", "-")
    if kind == "mtext":
        return word(text)
    if kind == "mo":
        return {"\u2061": "", "(": r"\left(", ")": r"\right)", "{": r"\{", "}": r"\}", ",": ",", "|": r"\big|", "∑": r"\sum"}.get(text) or SIGNS.get(
            text, ""
        )
    if kind == "mfrac":
        return rf"\frac{{{inner[0]}}}{{{inner[1]}}}"
    if kind == "msup":
        return power(*inner)
    if kind == "munder":
        return rf"{inner[0]}_{{{inner[1]}}}"
    if kind == "msub":  # the year before; other indices are part of a symbol
        assert inner[1] == r"\mathit{y} - 1", inner
        return rf"{{{inner[0].removesuffix(' ' + chr(92) + 'big|')}}}\big|_{{y-1}}"
    assert kind == "mrow", kind
    return " ".join(inner)


def shown(tree: list) -> str:
    return written(ET.fromstring(marks(layout(tree, name))))


def test_the_equations_of_all_methodologies_and_programmes_are_those_of_the_engine() -> None:
    count = 0
    for _, found in trees():
        for tree in found.values():
            assert plain(fold(read(shown(tree)))) == plain(fold(plain(tree))), shown(tree)
            count += 1
    assert count > 600


@given(TREES)
def test_any_tree_reads_back_as_the_same_number(tree: list) -> None:
    try:
        wanted = value(tree)
    except (ZeroDivisionError, OverflowError):
        return
    assert value(read(shown(tree))) == pytest.approx(wanted, rel=1e-9, abs=1e-12), shown(tree)


@pytest.mark.parametrize(
    ("symbol_name", "latex", "wanted"),
    [
        ("EF_BL_km", None, "EF_{BL,km}"),
        ("SEC", None, "SEC"),
        ("y0", None, "y_{0}"),
        ("x_1", None, "x_{1}"),
        ("eta_BL", None, r"\eta_{BL}"),
        ("present_value", None, r"\text{present value}"),
        ("EF", "EF_{elect,y}", "EF_{elect,y}"),
        ("k", "e^{-k(13-M)/12}", "e^{-k(13-M)/12}"),
        ("W", r"\overline{ER}", r"\overline{ER}"),
        ("EF", r"\input{/etc/passwd}", "EF"),  # what is no symbol is not handed on
        ("EF", "</script><script>", "EF"),
        ("EF", "a}b{", "EF"),
        ("EF", "a__b", "EF"),
        ("$$<b>", None, r"\text{b}"),
        ("", None, r"\text{-}"),
    ],
)
def test_the_latex_of_a_name(symbol_name: str, latex: str | None, wanted: str) -> None:
    assert latex_of(symbol_name, latex) == wanted


@pytest.mark.parametrize("latex", ["", "_", "a_", "^{", "}{", r"\overline", r"\foo{x}", "{" * 500, "<&>", '"><script>', "x_" * 50])
def test_a_symbol_that_is_no_latex_is_text(latex: str) -> None:
    element = ET.fromstring(marks(symbol(latex)))
    assert {e.tag for e in element.iter()} <= {"mi", "mn", "mo", "mrow", "msub", "msup", "mtext", "mover", "msubsup", "mspace"}

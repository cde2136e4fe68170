"""Word's and Typst's equations are read again into LaTeX, that into a tree, and it is the tree of the engine."""

import operator
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_latex import fold, plain, read

from carboncalc import methodology, programme
from carboncalc.formula.layout import layout, symbol
from carboncalc.formula.omml import NAMESPACE, marks
from carboncalc.formula.typst import marks as typst_marks

SIGNS = {
    "·": r"\cdot", "×": r"\times", "−": "-", "+": "+", "=": "=", "≤": r"\le", "≥": r"\ge", "≠": r"\ne", "<": "<", ">": ">", "∈": r"\in",
    "∧": r"\land", "∨": r"\lor", "¬": r"\lnot",
}  # fmt: skip
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def parsed(inside: str) -> ET.Element:
    return ET.fromstring(f'<m:oMath xmlns:m="{NAMESPACE}" xmlns:w="{W}">{inside}</m:oMath>')


def from_word(element: ET.Element) -> str:
    """Write as LaTeX what Word shows; of a sum only what is printed, not how far its element says it reaches."""
    kind = element.tag.removeprefix(f"{{{NAMESPACE}}}")
    inner = {child.tag.removeprefix(f"{{{NAMESPACE}}}"): child for child in element}

    def of(*names: str) -> list[str]:
        return ["".join(from_word(c) for c in inner[name]) for name in names]

    if kind == "r":
        text = inner["t"].text or ""
        if "rPr" not in inner:
            return rf"\mathit{{{text}}}"
        return SIGNS.get(text) or word(text)
    if kind == "f":
        return r"\frac{{{}}}{{{}}}".format(*of("num", "den"))
    if kind == "sSup":
        return power(*of("e", "sup"))
    if kind == "d":
        begin, end = (inner["dPr"].find(f"{{{NAMESPACE}}}{n}").get(f"{{{NAMESPACE}}}val") for n in ("begChr", "endChr"))
        parts = ",".join("".join(from_word(c) for c in e) for e in element.findall(f"{{{NAMESPACE}}}e"))
        return {"()": rf"\left({parts}\right)", "{}": rf"\{{{parts}\}}", "|": rf"{{{parts}}}\big|"}[begin + end]
    if kind == "sSub":  # the year before; other indices are part of a symbol
        assert of("sub") == [r"\mathit{y}-1"]
        return of("e")[0] + "_{y-1}"
    if kind == "nary":
        return r"\sum_{{{}}} {}".format(*of("sub", "e"))
    if kind == "func":
        name, arguments = of("fName", "e")
        return name.replace(r"\text", r"\operatorname") + arguments
    assert kind == "oMath", kind
    return "".join(from_word(child) for child in element)


def word(text: str) -> str:
    """Write upright words: a number, a name of the tests, which begins with a sign of their own, or a text."""
    if text[:1] == "@":
        return rf"\mathit{{{text[1:]}}}"
    return text.replace("−", "-") if re.fullmatch(r"−?[0-9.]+", text) else rf"\text{{{text}}}"


def power(base: str, index: str) -> str:
    return f"{base}^{{{index}}}" if base == "10" else f"{{{base}}}^{{{index}}}"


class Typst:
    """Reads the part of Typst math that the face writes."""

    COMMANDS = {
        "plus": "+", "minus": "-", "dot.op": r"\cdot", "times": r"\times", "eq": "=", "eq.not": r"\ne", "lt": "<", "gt": ">", "lt.eq": r"\le",
        "gt.eq": r"\ge", "in": r"\in", "and": r"\land", "or": r"\lor", "not": r"\lnot", "comma": ",", "sum": r"\sum",
    }  # fmt: skip
    PAIRS = {"paren.l": r"\left(", "paren.r": r"\right)", "brace.l": r"\{", "brace.r": r"\}", "bar.v": r"\big|"}

    def __init__(self, text: str) -> None:
        self.tokens = re.findall(r'"(?:[^"\\]|\\.)*"|[a-z]+(?:\.[a-z]+)*|[(),:]|\S', text)
        self.i = 0

    def row(self) -> str:
        line = ""
        while self.i < len(self.tokens) and self.tokens[self.i] not in (",", ")"):
            line += self.one() + " "
        return line.strip()

    def one(self) -> str:
        token = self.tokens[self.i]
        self.i += 1
        if token[0] == '"':
            return word(re.sub(r"\\(.)", r"\1", token[1:-1]))
        if self.i == len(self.tokens) or self.tokens[self.i] != "(":
            return {**self.COMMANDS, **self.PAIRS}[token]
        arguments, named = self.arguments()
        if token == "italic":
            return arguments[0].replace(r"\text", r"\mathit")
        if token == "op":
            return arguments[0].replace(r"\text", r"\operatorname")
        if token == "frac":
            return r"\frac{{{}}}{{{}}}".format(*arguments)
        if token == "lr":
            return re.sub(r"^(.*) \\big\|$", r"{\1}\\big|", arguments[0])
        if token == "limits":
            return arguments[0]
        assert token == "attach", token
        if "t" in named:
            return power(arguments[0], named["t"])
        return f"{arguments[0]}_{{{named['b'].replace(chr(92) + 'mathit{y}', 'y')}}}"

    def arguments(self) -> tuple[list[str], dict[str, str]]:
        rows: list[str] = []
        named: dict[str, str] = {}
        while self.tokens[self.i] != ")":
            self.i += 1
            if self.tokens[self.i + 1] == ":":
                name = self.tokens[self.i]
                self.i += 2
                named[name] = self.row()
            else:
                rows.append(self.row())
        self.i += 1
        return rows, named


def trees() -> Iterator[tuple[str, dict]]:
    for id_ in methodology.ids():
        yield id_, methodology.load(id_).system.trees
    for id_ in programme.paths():
        for version in programme.versions(id_):
            found = programme.load(f"{id_}@{version['version']}", None)
            assert found is not None
            yield f"{id_}@{version['version']}", found.system.trees
    known = methodology.paths()
    for part in ("finance", "cash-flow", "credits"):
        yield part, methodology.load_file(known[f"carboncalc/{part}"], known).system.trees


def name(n: str) -> str:
    return rf"\text{{@{n}}}"


def same(tree: list) -> None:
    wanted = plain(fold(plain(tree)))
    for shown in (from_word(parsed(marks(layout(tree, name)))), Typst(typst_marks(layout(tree, name))).row()):
        assert plain(fold(read(shown))) == wanted, shown


def test_the_equations_of_all_methodologies_and_programmes_are_those_of_the_engine() -> None:
    count = 0
    for _, found in trees():
        for tree in found.values():
            same(tree)
            count += 1
    assert count > 600


LEAVES = st.sampled_from([["name", "a"], ["name", "EF_BL"], ["num", 1.0], ["num", 0.25], ["previous", "S"]])
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(["+", "-", "*", "/"]), inner, inner).map(list),
        st.tuples(st.just("neg"), inner).map(list),
        st.tuples(st.just("**"), inner, st.just(["num", 2.0])).map(list),
        st.tuples(st.just("sum"), inner, st.just("fleet")).map(list),
        st.tuples(st.just("call"), st.sampled_from(["min", "max"]), inner, inner).map(list),
    ),
    max_leaves=8,
)


VALUES = {"a": 1.7, "EF_BL": -0.3}


def value(tree: list) -> float:
    """Compute a tree with a sum of three equal items and a year before of its own."""
    kind, *parts = tree
    if kind in ("num", "name", "previous"):
        return {"num": lambda: parts[0], "name": lambda: VALUES[parts[0]], "previous": lambda: 2.3}[kind]()
    if kind == "sum":
        return 3 * value(parts[0])
    if kind == "call":
        return {"min": min, "max": max}[parts[0]](*map(value, parts[1:]))
    numbers = [value(part) for part in parts]
    return {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "**": operator.pow, "neg": operator.neg}[kind](*numbers)


@given(TREES)
def test_any_tree_reads_back_as_the_same_number(tree: list) -> None:
    try:
        wanted = value(tree)
    except (ZeroDivisionError, OverflowError):
        return
    for shown in (from_word(parsed(marks(layout(tree, name)))), Typst(typst_marks(layout(tree, name))).row()):
        assert value(read(shown)) == pytest.approx(wanted, rel=1e-9, abs=1e-12), shown


@pytest.mark.parametrize(
    ("latex", "plain_text"),
    [
        (r"EF_{BL,km}", "EFBL,km"),
        (r"\rho_i", "ρi"),
        (r"\Delta T_{RE}", "ΔTRE"),
        (r"M_{CH_4}", "MCH4"),
        (r"GWP_{CH4}", "GWPCH4"),
        (r"CH_{4,gen,PJ,T}", "CH4,gen,PJ,T"),
        (r"e^{-k(13-M)/12}", "e−k(13−M)/12"),
        (r"COD_{inflow}\,\eta_{COD,BL}", "CODinflow\u2009ηCOD,BL"),
        (r"\overline{ER}", "ER"),
        (r"DDOCm\,decomp_T", "DDOCm\u2009decompT"),
    ],
)
def test_the_indices_of_symbols(latex: str, plain_text: str) -> None:
    assert "".join(t.text or "" for t in parsed(marks(symbol(latex))).iter(f"{{{NAMESPACE}}}t")) == plain_text


@pytest.mark.parametrize("latex", ["", "_", "a_", "^{", "}{", r"\overline", r"\foo{x}", "a__b", "{" * 500, '"#panic()', "<&>", r"\text{", "x_" * 50])
def test_a_symbol_that_is_no_latex_is_text(latex: str) -> None:
    """A saved result may hold anything; it is shown and never run."""
    parsed(marks(symbol(latex)))
    outside = re.sub(r'"(?:[^"\\]|\\.)*"', "", typst_marks(symbol(latex)))
    assert re.fullmatch(r"(italic|attach|overline|plus|minus|lt|gt|eq|slash|thin|paren\.[lr]|[bt]:|[(), ])*", outside)

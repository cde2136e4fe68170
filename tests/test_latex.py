"""LaTeX is read again, symbol by symbol, and gives the number of the engine: what a document prints is what was computed."""

import re
from collections.abc import Callable

import pytest

from carboncalc import methodology, programme
from carboncalc.formula import latex

TOKEN = re.compile(r"\s*(\\[A-Za-z]+|\\[{}]|[0-9]+(?:\.[0-9]+)?|[A-Za-z]+|[^\s])")
FUNCTIONS = {r"\min": "min", r"\max": "max", r"\exp": "exp"}
COMPARE = {r"\le": "<=", r"\ge": ">=", "=": "==", r"\ne": "!=", "<": "<", ">": ">"}


class Reader:
    """Reads LaTeX with the precedence a person reads it with: a sum reaches to the end of its product, a fraction is one thing."""

    def __init__(self, text: str) -> None:
        self.tokens = TOKEN.findall(text)
        self.i = 0

    def peek(self, ahead: int = 0) -> str:
        return self.tokens[self.i + ahead] if self.i + ahead < len(self.tokens) else ""

    def take(self, *wanted: str) -> str:
        token = self.peek()
        assert not wanted or token in wanted, f"{token!r} where {wanted} is wanted, at {self.tokens[self.i - 3 : self.i + 3]}"
        self.i += 1
        return token

    def level(self, inner: Callable[[], list], signs: dict[str, str]) -> list:
        tree = inner()
        while self.peek() in signs:
            kind = signs[self.take()]
            tree = [kind, tree, inner()]
        return tree

    def whole(self) -> list:
        return self.level(lambda: self.level(self.denied, {r"\land": "and"}), {r"\lor": "or"})

    def denied(self) -> list:
        if self.peek() == r"\lnot":
            self.take()
            return ["not", self.denied()]
        left = self.plus()
        if self.peek() == r"\in":
            self.take()
            self.take(r"\{")
            words = [self.word()]
            while self.peek() == ",":
                self.take()
                words.append(self.word())
            self.take(r"\}")
            return ["in", left, words]
        if self.peek() in COMPARE:
            return ["cmp", COMPARE[self.take()], left, self.plus()]
        return left

    def plus(self) -> list:
        return self.level(self.times, {"+": "+", "-": "-"})

    def times(self) -> list:
        if self.peek() == "-":
            self.take()
            return ["neg", self.times()]
        tree = self.power()
        while self.peek() in (r"\cdot", r"\times"):
            self.take()
            tree = ["*", tree, self.power()]
        return tree

    def power(self) -> list:
        token = self.peek()
        if token == r"\sum":
            self.take()
            self.take("_")
            self.take("{")
            over = self.word()
            self.take("}")
            return ["sum", self.times(), over]
        if token == "{":
            base = self.group()
            if self.peek() == r"\big":
                for part in (r"\big", "|", "_", "{", "y", "-", "1", "}"):
                    self.take(part)
                return ["previous", base[1]]
            self.take("^")
            return ["**", base, self.group()]
        if re.fullmatch(r"[0-9.]+", token):
            self.take()
            number = float(token)
            if self.peek() == "^":  # 10^{-6}
                self.take()
                self.take("{")
                sign = -1.0 if self.peek() == "-" else 1.0
                if sign < 0:
                    self.take()
                number **= sign * float(self.take())
                self.take("}")
            return ["num", number]
        return self.atom()

    def atom(self) -> list:
        token = self.take()
        if token == r"\left":
            self.take("(")
            tree = self.whole()
            self.take(r"\right")
            self.take(")")
            return tree
        if token == r"\frac":
            return ["/", self.group(), self.group()]
        if token == r"\text":
            return ["str", self.rest()]
        if token == r"\mathit":
            return ["name", self.rest()]
        name = self.rest() if token == r"\operatorname" else FUNCTIONS[token]
        self.take(r"\left")
        self.take("(")
        arguments = [self.whole()]
        while self.peek() == ",":
            self.take()
            arguments.append(self.whole())
        self.take(r"\right")
        self.take(")")
        return ["call", name.lower(), *arguments]

    def group(self) -> list:
        self.take("{")
        tree = self.whole()
        self.take("}")
        return tree

    def word(self) -> str:
        self.take(r"\text")
        return self.rest()

    def rest(self) -> str:
        self.take("{")
        parts = []
        while self.peek() != "}":
            parts.append(self.take())
        self.take("}")
        return "".join(parts)


def plain(tree: object) -> object:
    """Return a tree with conversions as products, numbers to twelve digits, and signs in front of products."""
    if not isinstance(tree, list):
        return tree
    if tree[0] == "scale":
        tree = ["*", tree[2], ["num", tree[1]]]
    if tree[0] == "num":
        return ["num", float(f"{tree[1]:.11e}")] if tree[1] >= 0 else ["neg", ["num", float(f"{-tree[1]:.11e}")]]
    tree = [plain(part) for part in tree]
    if tree[0] in ("*", "/") and tree[1][0] == "neg":  # a sign in front of a product is that of the whole
        return ["neg", [tree[0], tree[1][1], tree[2]]]
    return tree


def read(text: str) -> object:
    reader = Reader(text)
    tree = reader.whole()
    assert reader.i == len(reader.tokens), f"left over: {reader.tokens[reader.i :]}"
    return tree


def fold(tree: object) -> object:
    """Join a mantissa and its power of ten, as they stand for one number."""
    if not isinstance(tree, list):
        return tree
    tree = [fold(part) for part in tree]
    if tree[0] == "*" and tree[2][0] == "num" and tree[1][0] == "*" and tree[1][2][0] == "num":
        return ["*", tree[1][1], ["num", tree[1][2][1] * tree[2][1]]]
    return tree


def again(tree: list) -> None:
    text = latex(tree, lambda n: rf"\mathit{{{n}}}")
    assert plain(fold(read(text))) == plain(fold(plain(tree))), text


@pytest.mark.parametrize("id_", methodology.ids())
def test_the_latex_of_a_methodology_is_its_equations(id_: str) -> None:
    for tree in methodology.load(id_).system.trees.values():
        again(tree)


def test_the_latex_of_programmes_and_parts_is_their_equations() -> None:
    for id_ in programme.paths():
        for version in programme.versions(id_):
            found = programme.load(f"{id_}@{version['version']}", None)
            assert found is not None
            for tree in found.system.trees.values():
                again(tree)
    for part in ("finance", "cash-flow", "credits"):
        known = methodology.paths()
        for tree in methodology.load_file(known[f"carboncalc/{part}"], known).system.trees.values():
            again(tree)


@pytest.mark.parametrize(
    ("tree", "shown"),
    [
        (["*", ["sum", ["name", "a"], "fleet"], ["name", "b"]], r"\left(\sum_{\text{fleet}} a\right) \cdot b"),
        (["*", ["name", "b"], ["sum", ["name", "a"], "fleet"]], r"b \cdot \sum_{\text{fleet}} a"),
        (["**", ["/", ["name", "a"], ["name", "b"]], ["num", 2.0]], r"{\left(\frac{a}{b}\right)}^{2}"),
    ],
)
def test_brackets_that_only_print_needs(tree: list, shown: str) -> None:
    assert latex(tree, lambda n: n) == shown

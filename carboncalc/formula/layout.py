"""How an equation stands on a page: a tree as fractions, indices and brackets, before any format has a say.

``layout`` puts the brackets where `render.latex` puts them; ``symbol`` takes apart the LaTeX of one name. Each face (OMML, Typst)
then writes these marks in its own words, and none of them decides about precedence.
"""

import re
import unicodedata
from collections.abc import Callable
from typing import Literal, NamedTuple

from .functions import FUNCTIONS
from .grammar import Node
from .render import _ATOM, _RANK, _ends_in_sum

Kind = Literal["row", "name", "number", "text", "sign", "space", "fraction", "sub", "sup", "over", "brackets", "set", "sum", "call", "previous"]


class Mark(NamedTuple):
    """A thing on the page.

    ``row`` parts side by side · ``name`` letters of a symbol, slanted · ``number`` · ``text`` upright words · ``sign`` an operator ·
    ``space`` thin · ``fraction`` over, under · ``sub`` and ``sup`` base, index · ``over`` a bar over its part · ``brackets`` round ones ·
    ``set`` parts in braces · ``sum`` over the set `text` · ``call`` the function `text` of its parts · ``previous`` of the year before.
    """

    kind: Kind
    text: str = ""
    parts: "tuple[Mark, ...]" = ()


_COMPARE = {"<=": "≤", ">=": "≥", "==": "=", "!=": "≠"}
_BARE = ("name", "number", "text", "sub", "over", "brackets", "call", "previous")  # what an exponent follows without brackets of its own


def layout(tree: Node, name: Callable[[str], str], scales: bool = True) -> Mark:
    """Lay a tree out; `name` gives the LaTeX of a symbol, and `scales` shows the conversions between units as factors."""

    def lay(node: Node, outer: int = 0) -> Mark:
        kind = node[0]
        if kind == "scale" and not scales:
            return lay(node[2], outer)
        rank = _ATOM if kind == "/" else _RANK.get(kind, _ATOM)
        mark = body(node, kind, rank)
        return Mark("brackets", parts=(mark,)) if rank < outer else mark

    def body(node: Node, kind: str, rank: int) -> Mark:
        if kind == "num":
            return _scientific(node[1])
        if kind == "str":
            return _words(node[1])
        if kind == "name":
            return symbol(name(node[1]))
        if kind == "previous":
            return Mark("previous", parts=(symbol(name(node[1])),))
        if kind == "scale":
            return _row(first(node[2], rank), Mark("sign", "·"), _scientific(node[1]))
        if kind == "neg":
            return _row(Mark("sign", "−"), last(node[1], rank))
        if kind in ("+", "-"):
            return _row(lay(node[1], rank), Mark("sign", "−" if kind == "-" else "+"), last(node[2], rank + 1))
        if kind == "*":
            return _row(first(node[1], rank), Mark("sign", "·"), last(node[2], rank + 1))
        if kind == "/":
            return Mark("fraction", parts=(lay(node[1]), lay(node[2])))
        if kind == "**":
            base = lay(node[1], _ATOM)
            if base.kind not in _BARE:
                base = Mark("brackets", parts=(base,))
            return Mark("sup", parts=(base, lay(node[2])))
        if kind == "cmp":
            return _row(lay(node[2], rank), Mark("sign", _COMPARE.get(node[1], str(node[1]))), lay(node[3], rank))
        if kind == "in":
            return _row(lay(node[1]), Mark("sign", "∈"), Mark("set", parts=tuple(_words(word) for word in node[2])))
        if kind in ("and", "or"):
            return _row(lay(node[1], rank), Mark("sign", "∧" if kind == "and" else "∨"), lay(node[2], rank + 1))
        if kind == "not":
            return _row(Mark("sign", "¬"), lay(node[1], rank))
        if kind == "sum":
            return Mark("sum", node[2], (lay(node[1], _RANK["*"]),))
        return Mark("call", re.findall("[A-Za-z]+", FUNCTIONS[node[1]].latex)[-1], tuple(lay(argument) for argument in node[2:]))

    def first(node: Node, rank: int) -> Mark:
        """Lay out what another factor follows: a sum, which reaches to the end of its product, is closed."""
        return Mark("brackets", parts=(lay(node),)) if _ends_in_sum(node) else lay(node, rank)

    def last(node: Node, rank: int) -> Mark:
        """Lay out what follows a sign: no second sign stands beside it."""
        return lay(node, _RANK["**"] if node[0] == "neg" else rank)

    return lay(tree)


def _row(*marks: Mark) -> Mark:
    flat: list[Mark] = []
    for mark in marks:
        flat += mark.parts if mark.kind == "row" else (mark,)
    return flat[0] if len(flat) == 1 else Mark("row", parts=tuple(flat))


#: controls, marks of direction and what XML cannot hold: a saved result may have them in a text
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]")


def _words(text: object) -> Mark:
    return Mark("text", _UNSEEN.sub("", str(text)))


def _scientific(value: float) -> Mark:
    mantissa, _, exponent = f"{value:.12g}".partition("e")
    if not exponent:
        return Mark("number", mantissa.replace("-", "−"))
    power = Mark("sup", parts=(Mark("number", "10"), Mark("number", str(int(exponent)).replace("-", "−"))))
    return power if mantissa == "1" else _row(Mark("number", mantissa.replace("-", "−")), Mark("sign", "×"), power)


_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|[^\W\d_]+|[0-9]+(?:\.[0-9]+)?|\s+|.", re.DOTALL)
_VERBATIM = ("\\mathit", "\\mathrm", "\\text", "\\operatorname")
_COMMANDS = {"\\cdot": Mark("sign", "·"), "\\times": Mark("sign", "×"), "\\,": Mark("space"), "\\;": Mark("space"), "\\ ": Mark("space")}


def symbol(latex: str) -> Mark:
    r"""Take the LaTeX of a name apart: letters, numbers, Greek letters, ``_`` and ``^``, groups, ``\overline``, ``\,`` and signs.

    What is not known is shown as the plain text it is, since a saved result may hold anything; nothing is left out.
    """
    tokens = _TOKEN.findall(_UNSEEN.sub("", latex))
    at = 0

    def row(depth: int) -> Mark:
        nonlocal at
        marks: list[Mark] = []
        while at < len(tokens) and not (depth and tokens[at] == "}"):
            if tokens[at] in ("_", "^") and marks:
                kind: Kind = "sub" if tokens[at] == "_" else "sup"
                at += 1
                marks[-1] = Mark(kind, parts=(marks[-1], one(depth, index=True)))
            else:
                marks.append(one(depth))
        return _row(*marks)

    def one(depth: int, index: bool = False) -> Mark:
        nonlocal at
        if at >= len(tokens):
            return Mark("row")
        token = tokens[at]
        at += 1
        if token == "{" and depth < 20:
            inner = row(depth + 1)
            at += 1  # the closing brace, if there is one
            return _upright(inner) if index else inner
        if token == "\\overline":
            return Mark("over", parts=(one(depth),))
        if token in _VERBATIM and at < len(tokens) and tokens[at] == "{":
            end = tokens.index("}", at) if "}" in tokens[at:] else len(tokens)
            words, at = "".join(tokens[at + 1 : end]), end + 1
            return Mark("name" if token == "\\mathit" else "text", words)
        if greek := _greek(token):
            return Mark("name", greek)
        if token in _COMMANDS:
            return _COMMANDS[token]
        if token.isspace():
            return Mark("row") if index is False else one(depth, True)
        if token[0].isdigit() or token[0].isalpha():
            if index and len(token) > 1:  # without braces only one character is an index, as in LaTeX
                at -= 1
                tokens[at] = token[1:]
                token = token[0]
            return Mark("number" if token[0].isdigit() else "name", token)
        return Mark("sign", "−" if token == "-" else token.removeprefix("\\"))

    return row(0)


def _greek(token: str) -> str | None:
    letter = token.removeprefix("\\").removeprefix("var")
    if token[0] != "\\" or not letter.isalpha():
        return None
    size = "CAPITAL" if letter[0].isupper() else "SMALL"
    try:
        return unicodedata.lookup(f"GREEK {size} LETTER {letter.replace('lambda', 'lamda')}")
    except KeyError:
        return None


def _upright(mark: Mark) -> Mark:
    """Return an index with its words upright and whole: ``CH4`` is a gas and ``PJ`` no product; a single letter stays slanted."""
    if mark.kind == "name" and len(mark.text) > 1:
        return Mark("text", mark.text)
    parts: list[Mark] = []
    for part in mark.parts:
        if mark.kind == "row" and parts and part.kind in _WORDS and parts[-1].kind in _WORDS:
            parts[-1] = Mark("text", parts[-1].text + part.text)
        else:
            parts.append(_upright(part))
    return _row(*parts) if mark.kind == "row" else mark._replace(parts=tuple(parts))


_WORDS = ("name", "number", "text")

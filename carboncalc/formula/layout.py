"""How an equation stands on a page: a tree as fractions, indices and brackets, before any format has a say.

``layout`` puts the brackets where `render.latex` puts them; ``symbol`` takes apart the LaTeX of one name. Each face (OMML, Typst)
then writes these marks in its own words, and none of them decides about precedence.
"""

import re
from collections.abc import Callable
from typing import Literal, NamedTuple

from . import symbols
from .functions import FUNCTIONS
from .grammar import Node
from .render import RANK, ends_in_sum, scientific

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


_ATOM = 9
_COMPARE = {"<=": "≤", ">=": "≥", "==": "=", "!=": "≠"}
_BARE = ("name", "number", "text", "sub", "over", "brackets", "call", "previous")  # what an exponent follows without brackets of its own


def layout(tree: Node, name: Callable[[str], str], scales: bool = True) -> Mark:
    """Lay a tree out; `name` gives the LaTeX of a symbol, and `scales` shows the conversions between units as factors."""

    def lay(node: Node, outer: int = 0) -> Mark:
        kind = node[0]
        if kind == "scale" and not scales:
            return lay(node[2], outer)
        rank = _ATOM if kind == "/" else RANK.get(kind, _ATOM)
        mark = body(node, kind, rank)
        return Mark("brackets", parts=(mark,)) if rank < outer else mark

    def body(node: Node, kind: str, rank: int) -> Mark:
        if kind == "num":
            return _scientific(node[1])
        if kind == "str":
            return Mark("text", node[1])
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
            return _row(lay(node[1]), Mark("sign", "∈"), Mark("set", parts=tuple(Mark("text", word) for word in node[2])))
        if kind in ("and", "or"):
            return _row(lay(node[1], rank), Mark("sign", "∧" if kind == "and" else "∨"), lay(node[2], rank + 1))
        if kind == "not":
            return _row(Mark("sign", "¬"), lay(node[1], rank))
        if kind == "sum":
            return Mark("sum", node[2], (lay(node[1], RANK["*"]),))
        return Mark("call", re.findall("[A-Za-z]+", FUNCTIONS[node[1]].latex)[-1], tuple(lay(argument) for argument in node[2:]))

    def first(node: Node, rank: int) -> Mark:
        """Lay out what another factor follows: a sum, which reaches to the end of its product, is closed."""
        return Mark("brackets", parts=(lay(node),)) if ends_in_sum(node) else lay(node, rank)

    def last(node: Node, rank: int) -> Mark:
        """Lay out what follows a sign: no second sign stands beside it."""
        return lay(node, RANK["**"] if node[0] == "neg" else rank)

    return lay(tree)


def _row(*marks: Mark) -> Mark:
    flat: list[Mark] = []
    for mark in marks:
        flat += mark.parts if mark.kind == "row" else (mark,)
    return flat[0] if len(flat) == 1 else Mark("row", parts=tuple(flat))


def _scientific(value: float) -> Mark:
    mantissa, exponent = scientific(value)
    number = Mark("number", mantissa.replace("-", "−"))
    if exponent is None:
        return number
    power = Mark("sup", parts=(Mark("number", "10"), Mark("number", str(exponent).replace("-", "−"))))
    return power if mantissa == "1" else _row(number, Mark("sign", "×"), power)


def symbol(latex: str) -> Mark:
    """Lay the LaTeX of a name out; what is no LaTeX of a symbol is shown as the text it is, since a saved result may hold anything."""
    try:
        return _mark(symbols.read(latex))
    except ValueError:
        return Mark("text", latex)


_KINDS: dict[str, Kind] = {"letters": "name", "text": "text", "number": "number"}


def _mark(read: symbols.Mark) -> Mark:
    kind, *parts = read
    if kind in _KINDS:
        return Mark(_KINDS[kind], parts[0])
    if kind == "sign":
        return Mark("space") if parts[0] == symbols.SMALL_SPACE else Mark("sign", "−" if parts[0] == "-" else parts[0])
    inner = [_mark(part) for part in parts]
    if kind == "row":
        return _row(*inner)
    if kind in ("sub", "sup"):
        inner[1] = _upright(inner[1])
    return Mark(kind, parts=tuple(inner))


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

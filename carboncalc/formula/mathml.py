"""A tree as presentation MathML, which browsers show and screen readers speak."""

from collections.abc import Callable
from html import escape

from .functions import FUNCTIONS
from .grammar import Node
from .render import RANK, ends_in_sum, scientific
from .symbols import SMALL_SPACE, Mark, latex_of, read

_ATOM = 9
_COMPARE = {"<=": "≤", ">=": "≥", "==": "=", "!=": "≠", "<": "<", ">": ">"}


def mathml(tree: Node, name: Callable[[str], str] = lambda n: latex_of(n), scales: bool = True) -> str:
    """Write a tree as presentation MathML, without the ``math`` element around it.

    Parameters
    ----------
    tree : Node
        Proved or not.
    name : callable, optional
        The LaTeX of a symbol, as `symbols` reads it.
    scales : bool
        Show the conversions between units as factors.
    """

    def write(node: Node, outer: int = 0) -> str:
        kind = node[0]
        if kind == "scale" and not scales:
            return write(node[2], outer)
        rank = _ATOM if kind == "/" else RANK.get(kind, _ATOM)
        line = body(node, kind, rank)
        return _fenced(line) if rank < outer else line

    def body(node: Node, kind: str, rank: int) -> str:
        if kind == "num":
            return _number(f"{node[1]:.15g}") if node[1] >= 0 else _row(_sign("-"), _number(f"{-node[1]:.15g}"))
        if kind == "str":
            return _text(node[1])
        if kind == "name":
            return symbol(name(node[1]))
        if kind == "previous":
            return f"<msub>{_fenced(symbol(name(node[1])), '[', ']')}{_row('<mi>y</mi>', _sign('-'), '<mn>1</mn>')}</msub>"
        if kind == "scale":
            return _row(first(node[2], rank), _sign("·"), _scale(node[1]))
        if kind == "neg":
            return _row(_sign("-"), write(node[1], rank))
        if kind in ("+", "-"):
            return _row(write(node[1], rank), _sign(kind), write(node[2], rank + 1))
        if kind == "*":
            return _row(first(node[1], rank), _sign("·"), write(node[2], rank + 1))
        if kind == "/":
            return f"<mfrac>{write(node[1])}{write(node[2])}</mfrac>"
        if kind == "**":
            base = _fenced(write(node[1])) if node[1][0] in ("/", "sum", "**") else write(node[1], _ATOM)
            return f"<msup>{base}{write(node[2])}</msup>"
        if kind == "cmp":
            return _row(write(node[2], rank), _sign(_COMPARE[node[1]]), write(node[3], rank))
        if kind == "in":
            words = _sign(",").join(_text(word) for word in node[2])
            return _row(write(node[1], rank), _sign("∈"), _fenced(words, "{", "}"))
        if kind in ("and", "or"):
            return _row(write(node[1], rank), _sign("∧" if kind == "and" else "∨"), write(node[2], rank + 1))
        if kind == "not":
            return _row(_sign("¬"), write(node[1], rank))
        if kind == "sum":
            return _row(f"<munder>{_sign('∑')}{_text(node[2])}</munder>", write(node[1], 6))
        inner = _sign(",").join(write(a) for a in node[2:])
        return _row(f'<mi mathvariant="normal">{_function(node[1])}</mi>', _sign("\u2061"), _fenced(inner))

    def first(node: Node, rank: int) -> str:
        """Write what another factor follows: a sum, which reaches to the end of its product, is closed."""
        return _fenced(write(node)) if ends_in_sum(node) else write(node, rank)

    return write(tree)


def symbol(latex: str) -> str:
    """Write the LaTeX of a symbol as MathML.

    Raises
    ------
    ValueError
        When it is not in the part of LaTeX that symbols use.
    """
    return _mark(read(latex))


def _mark(mark: Mark) -> str:
    kind = mark[0]
    if kind == "row":
        return _row(*(_mark(part) for part in mark[1:]))
    if kind == "letters":
        return f"<mi>{escape(mark[1])}</mi>" if len(mark[1]) == 1 else f'<mi mathvariant="italic">{escape(mark[1])}</mi>'
    if kind == "text":
        return _text(mark[1])
    if kind == "number":
        return _number(mark[1])
    if kind == "sign":
        return '<mspace width="0.17em"/>' if mark[1] == SMALL_SPACE else _sign(mark[1])
    if kind == "over":
        return f"<mover>{_mark(mark[1])}{_sign('¯')}</mover>"
    return f"<m{kind}>{_mark(mark[1])}{_mark(mark[2])}</m{kind}>"


def _row(*parts: str) -> str:
    return f"<mrow>{''.join(parts)}</mrow>"


def _fenced(line: str, left: str = "(", right: str = ")") -> str:
    return _row(_sign(left), line, _sign(right))


def _sign(text: str) -> str:
    return f"<mo>{escape('−' if text == '-' else text)}</mo>"


def _number(digits: str) -> str:
    return f"<mn>{digits}</mn>" if "e" not in digits else _scale(float(digits))


def _text(words: str) -> str:
    return f"<mtext>{escape(str(words))}</mtext>"


def _scale(value: float) -> str:
    """Write a conversion between units: twelve digits, a large or small one with its power of ten."""
    mantissa, exponent = scientific(value)
    if exponent is None:
        return f"<mn>{mantissa}</mn>"
    power = f"<msup><mn>10</mn>{_row(_sign('-') if exponent < 0 else '', f'<mn>{abs(exponent)}</mn>')}</msup>"
    return power if mantissa == "1" else _row(f"<mn>{mantissa}</mn>", _sign("×"), power)


def _function(name: str) -> str:
    return FUNCTIONS[name].latex.removeprefix("\\operatorname{").removesuffix("}").removeprefix("\\")

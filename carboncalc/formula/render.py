"""Explaining: a tree as text, LaTeX or an Excel formula, with the brackets it needs and no more."""

from collections.abc import Callable, Mapping, Sequence

from .functions import FLOOR_DIGITS, FUNCTIONS
from .grammar import Node

_RANK = {"or": 1, "and": 2, "not": 3, "cmp": 4, "in": 4, "+": 5, "-": 5, "*": 6, "/": 6, "scale": 6, "neg": 7, "**": 8}
_ATOM = 9


def _number(value: float) -> str:
    return repr(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)


def text(tree: Node, name: Callable[[str, bool], str] | None = None, scales: bool = True, signs: bool = False) -> str:
    """Write a tree as a line of text.

    Parameters
    ----------
    tree : Node
        Proved or not.
    name : callable, optional
        What to write for a name; the second argument is True for the year before. Default: the name.
    scales : bool
        Show the conversions between units as factors.
    signs : bool
        Use × and − for people; without it the text can be parsed again (when it shows no scales).
    """
    times, minus = (" × ", "−") if signs else (" * ", "-")
    label = name or (lambda n, back: f"previous({n})" if back else n)

    def write(node: Node, outer: int = 0) -> str:
        kind = node[0]
        if kind == "scale" and not scales:
            return write(node[2], outer)
        rank = _RANK.get(kind, _ATOM)
        line = body(node, kind, rank)
        return f"({line})" if rank < outer else line

    def body(node: Node, kind: str, rank: int) -> str:
        if kind == "num":
            return _number(node[1])
        if kind == "str":
            return f'"{node[1]}"'
        if kind == "name":
            return label(node[1], False)
        if kind == "previous":
            return label(node[1], True)
        if kind == "scale":
            return f"{write(node[2], rank)}{times}{_number(node[1])}"
        if kind == "neg":
            return f"{minus}{write(node[1], rank)}"
        if kind in ("+", "-"):
            return f"{write(node[1], rank)} {minus if kind == '-' else '+'} {write(node[2], rank + 1)}"
        if kind in ("*", "/"):
            return f"{write(node[1], rank)}{times if kind == '*' else ' / '}{write(node[2], rank + 1)}"
        if kind == "**":
            return f"{write(node[1], rank + 1)}**{write(node[2], rank + 1)}"
        if kind == "cmp":
            return f"{write(node[2], rank + 1)} {node[1]} {write(node[3], rank + 1)}"
        if kind == "in":
            listed = ", ".join('"' + word + '"' for word in node[2])
            return f"{write(node[1], rank + 1)} in ({listed}{',' if len(node[2]) == 1 else ''})"
        if kind in ("and", "or"):
            return f"{write(node[1], rank)} {kind} {write(node[2], rank + 1)}"
        if kind == "not":
            return f"not {write(node[1], rank)}"
        if kind == "sum":
            return f"sum({write(node[1])}, {node[2]})"
        return f"{node[1]}({', '.join(write(a) for a in node[2:])})"

    return write(tree)


def latex(tree: Node, name: Callable[[str], str], scales: bool = True) -> str:
    """Write a tree as LaTeX; `name` gives the LaTeX of a symbol."""

    def write(node: Node, outer: int = 0) -> str:
        kind = node[0]
        if kind == "scale" and not scales:
            return write(node[2], outer)
        rank = _ATOM if kind == "/" else _RANK.get(kind, _ATOM)
        line = body(node, kind, rank)
        return rf"\left({line}\right)" if rank < outer else line

    def body(node: Node, kind: str, rank: int) -> str:
        if kind == "num":
            return _number(node[1])
        if kind == "str":
            return rf"\text{{{node[1]}}}"
        if kind == "name":
            return name(node[1])
        if kind == "previous":
            return rf"{{{name(node[1])}}}\big|_{{y-1}}"
        if kind == "scale":
            return rf"{first(node[2], rank)} \cdot {_scientific(node[1])}"
        if kind == "neg":
            return f"-{write(node[1], rank)}"
        if kind in ("+", "-"):
            return f"{write(node[1], rank)} {kind} {write(node[2], rank + 1)}"
        if kind == "*":
            return rf"{first(node[1], rank)} \cdot {write(node[2], rank + 1)}"
        if kind == "/":
            return rf"\frac{{{write(node[1])}}}{{{write(node[2])}}}"
        if kind == "**":
            base = rf"\left({write(node[1])}\right)" if node[1][0] in ("/", "sum") else write(node[1], _ATOM)
            return f"{{{base}}}^{{{write(node[2])}}}"
        if kind == "cmp":
            return f"{write(node[2], rank)} {_LATEX_COMPARE.get(node[1], node[1])} {write(node[3], rank)}"
        if kind == "in":
            return _in(node, write)
        if kind in ("and", "or"):
            return rf"{write(node[1], rank)} \{'land' if kind == 'and' else 'lor'} {write(node[2], rank + 1)}"
        if kind == "not":
            return rf"\lnot {write(node[1], rank)}"
        if kind == "sum":
            return rf"\sum_{{\text{{{node[2]}}}}} {write(node[1], 6)}"
        inner = ", ".join(write(a) for a in node[2:])
        return rf"{FUNCTIONS[node[1]].latex}\left({inner}\right)"

    def first(node: Node, rank: int) -> str:
        """Write what another factor follows: a sum, which reaches to the end of its product, is closed."""
        return rf"\left({write(node)}\right)" if _ends_in_sum(node) else write(node, rank)

    return write(tree)


def _ends_in_sum(node: Node) -> bool:
    return node[0] == "sum" or (node[0] == "*" and _ends_in_sum(node[2])) or (node[0] == "neg" and _ends_in_sum(node[1]))


def _in(node: Node, write: Callable[[Node], str]) -> str:
    listed = ", ".join(r"\text{" + word + "}" for word in node[2])
    return write(node[1]) + r" \in \{" + listed + r"\}"


_LATEX_COMPARE = {"<=": r"\le", ">=": r"\ge", "==": "=", "!=": r"\ne"}


def _scientific(value: float) -> str:
    line = f"{value:.12g}"
    if "e" in line:
        mantissa, exponent = line.split("e")
        power = rf"10^{{{int(exponent)}}}"
        return power if mantissa == "1" else rf"{mantissa} \times {power}"
    return line


def excel(
    tree: Node,
    cell: Callable[[str, Mapping[str, int], bool], str],
    items: Mapping[str, int],
    years: int,
    at: Mapping[str, int],
    span: Callable[[str, Mapping[str, int], str], str | None] = lambda name, at, over: None,
) -> str:
    """Write a tree as an Excel formula in US English, without the leading ``=``.

    Parameters
    ----------
    tree : Node
        A proved tree.
    cell : callable
        ``cell(name, index, back)`` gives the reference of one value; `back` asks for the year before,
        for which the first year has no cell: the caller then returns ``0``. For the table of a look-up it
        gives two ranges, where the steps begin and their values.
    items, years : mapping and int
        Size of each index set, number of years.
    at : mapping
        Index at which the formula stands.
    span : callable, optional
        ``span(name, index, over)`` gives the range of a name over all of one index set, None when it has none; a sum then lists its
        addends. NPV asks for ``year``, IRR for ``flow``: the cost of year 0, negative, and the years after it.
    """

    def write(node: Node, at: Mapping[str, int], outer: int = 0) -> str:
        kind = node[0]
        rank = _RANK.get(kind, _ATOM)
        if kind == "**":
            rank = 7  # Excel binds unary minus tighter than ^, so brackets decide
        if kind == "neg":
            rank = _ATOM  # brings its brackets
        line = body(node, kind, rank, at)
        return f"({line})" if rank < outer else line

    def number(value: float) -> str:
        return _number(value).replace("e", "E")

    def body(node: Node, kind: str, rank: int, at: Mapping[str, int]) -> str:
        if kind == "num":
            return number(node[1]) if node[1] >= 0 else f"({number(node[1])})"
        if kind == "str":
            return '"' + str(node[1]).replace('"', '""') + '"'
        if kind == "name":
            return cell(node[1], at, False)
        if kind == "previous":
            return cell(node[1], at, True)
        if kind == "scale":
            return f"{write(node[2], at, rank)}*{number(node[1])}"
        if kind == "neg":
            return f"(-{write(node[1], at, _ATOM)})"
        if kind in ("+", "-", "*", "/"):
            return f"{write(node[1], at, rank)}{kind}{write(node[2], at, rank + 1)}"
        if kind == "**":
            return f"{write(node[1], at, _ATOM)}^{write(node[2], at, _ATOM)}"
        if kind == "cmp":
            sign = {"==": "=", "!=": "<>"}.get(node[1], node[1])
            return f"{write(node[2], at, rank + 1)}{sign}{write(node[3], at, rank + 1)}"
        if kind == "in":
            left = write(node[1], at, _ATOM)
            return "OR(" + ",".join(f'{left}="{word}"' for word in node[2]) + ")"
        if kind in ("and", "or"):
            return f"{kind.upper()}({write(node[1], at)},{write(node[2], at)})"
        if kind == "not":
            return f"NOT({write(node[1], at)})"
        if kind == "sum":
            return add_up(node[1], node[2], at)
        return call(node[1], node[2:], at)

    def add_up(inner: Node, over: str, at: Mapping[str, int]) -> str:
        size = years if over == "year" else items[over]
        if inner[0] == "name" and (whole := span(inner[1], at, over)):
            return f"SUM({whole})"
        addends = [write(inner, {**at, over: i}) for i in range(size)]
        groups = [addends[i : i + 250] for i in range(0, size, 250)]  # a function takes 255 arguments
        sums = [f"SUM({','.join(group)})" for group in groups] or ["0"]
        return sums[0] if len(sums) == 1 else f"({'+'.join(sums)})"

    def call(name: str, arguments: Sequence[Node], at: Mapping[str, int]) -> str:
        if name == "npv":
            flow = span(arguments[2][1], at, "year")
            return f"(NPV({write(arguments[0], at)},{flow})-{write(arguments[1], at, 7)})"
        if name == "irr":
            return f"IRR({span(arguments[1][1], at, 'flow')})"
        if name == "lookup":
            return f"LOOKUP({write(arguments[1], at)},{cell(arguments[0][1], at, False)})"
        if name == "floor":
            return f"INT(ROUND({write(arguments[0], at)},{FLOOR_DIGITS}))"
        return f"{FUNCTIONS[name].excel}({','.join(write(a, at) for a in arguments)})"

    return write(tree, at)

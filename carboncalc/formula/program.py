"""Computing: equations become one small Python program, run on floats, numpy arrays or pint quantities.

The program is generated from proved trees, never from text. A quantity over items and years is a nested
list, items first: ``N[item][year]``. Every equation is one comprehension, so a project costs microseconds a
cell; equations that look at the year before run as a loop over years.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from .functions import FLOOR_DIGITS, floor, irr, npv
from .grammar import FormulaError, Node, children


class Sizes(NamedTuple):
    """How many years, and how many items each index set has."""

    years: int
    sets: Mapping[str, int]


class Statement(NamedTuple):
    """One equation, or several that need each other's year before, as Python source, whose branches each kind of value writes its own way."""

    names: tuple[str, ...]
    source: str


def expression(tree: Node, dims: Callable[[str], Sequence[str]], scaled: bool = True) -> str:
    """Return a tree as a Python expression over the program's variables.

    Parameters
    ----------
    tree : Node
        A proved tree.
    dims : callable
        Index sets of a name, items before years.
    scaled : bool
        Write the conversions in (floats and arrays), or leave them to the values (pint quantities).
    """

    def cell(name: str, back: bool = False) -> str:
        index = "".join(f"[i_{s}]" for s in dims(name) if s != "year")
        if "year" in dims(name):
            index += "[y - 1]" if back else "[y]"
        return f"v_{name}{index}"

    def write(node: Node) -> str:
        kind = node[0]
        if kind == "num":
            return repr(int(node[1])) if node[1] == int(node[1]) else repr(node[1])
        if kind == "str":
            return repr(node[1])
        if kind == "name":
            return cell(node[1])
        if kind == "previous":
            return f"({cell(node[1], back=True)} if y else 0.0)"
        if kind == "scale":
            return f"({write(node[2])} * {node[1]!r})" if scaled else write(node[2])
        if kind == "neg":
            return f"(-{write(node[1])})"
        if kind in ("+", "-", "*", "/", "**"):
            return f"({write(node[1])} {kind} {write(node[2])})"
        if kind == "cmp":
            return f"({write(node[2])} {node[1]} {write(node[3])})"
        if kind == "in":
            return f"({write(node[1])} in {tuple(node[2])!r})"
        if kind in ("and", "or"):
            return f"_{kind}({write(node[1])}, {write(node[2])})"
        if kind == "not":
            return f"_not({write(node[1])})"
        if kind == "sum":
            index, values = ("y", "_Y") if node[2] == "year" else (f"i_{node[2]}", f"_S_{node[2]}")
            return f"_sum([{write(node[1])} for {index} in {values}])"
        if kind == "call":
            return call(node[1], node[2:])
        raise AssertionError(kind)

    def call(name: str, arguments: list[Node]) -> str:
        if name == "where":
            condition, holds, fails = map(write, arguments)
            return f"\x01{holds}\x02{condition}\x03{fails}\x04"
        if name in ("npv", "irr"):
            parts = [write(a) for a in arguments[:-1]] + [f"[{write(arguments[-1])} for y in _Y]"]
        else:
            parts = [write(a) for a in arguments]
        return f"_{name}({', '.join(parts)})"

    return write(tree)


def statement(names: Sequence[str], trees: Mapping[str, Node], dims: Callable[[str], Sequence[str]], scaled: bool = True) -> str:
    """Return Python source that computes one equation, or a group tied together by `previous`."""
    if len(names) == 1 and not looks_back(trees[names[0]], names):
        return f"v_{names[0]} = {_nested(expression(trees[names[0]], dims, scaled), dims(names[0]))}"
    lines = [f"v_{name} = {_nested('0.0', dims(name))}" for name in names]
    lines.append("for y in _Y:")
    for name in names:
        indent = " "
        for index in [s for s in dims(name) if s != "year"]:
            lines.append(f"{indent}for i_{index} in _S_{index}:")
            indent += " "
        place = "".join(f"[i_{s}]" for s in dims(name) if s != "year") + "[y]"
        lines.append(f"{indent}v_{name}{place} = {expression(trees[name], dims, scaled)}")
    return "\n".join(lines)


def _nested(inner: str, dims: Sequence[str]) -> str:
    for index in reversed(dims):
        inner = f"[{inner} for y in _Y]" if index == "year" else f"[{inner} for i_{index} in _S_{index}]"
    return inner


def looks_back(tree: Node, names: Sequence[str]) -> bool:
    """Tell whether a tree uses the year before of one of the names."""
    return (tree[0] == "previous" and tree[1] in names) or any(looks_back(child, names) for child in children(tree))


#: Only the branch that holds is computed for a plain number: 1/0 in the other does no harm, and Python's own branch costs a third of a call. Of
#: arrays both may be needed.
_BRANCH = {1: "(", 2: " if ", 3: " else ", 4: ")"}
_BRANCH_OF_ARRAYS = {1: "_where(lambda: ", 2: ", ", 3: ", lambda: ", 4: ")"}


# --- what the program may call, for each kind of value ------------------------------------------------


def _add_up(values: list[Any]) -> Any:
    """Add in order: the built-in sum rounds differently from one Python version to the next."""
    total: Any = 0.0
    for value in values:
        total = total + value
    return total


def _lookup(table: Sequence[tuple[float, float]], x: float) -> float:
    """Return the value of the last step that begins at or below x."""
    found = None
    for start, value in table:
        if x >= start:
            found = value
    if found is None:
        raise ValueError("below the first step of the table")
    return found


def _floats() -> dict[str, Any]:
    return {
        "exp": math.exp,
        "floor": floor,
        "min": min,
        "max": max,
        "and": lambda a, b: a and b,
        "or": lambda a, b: a or b,
        "not": lambda a: not a,
        "lookup": _lookup,
        "npv": npv,
        "irr": irr,
    }


def _arrays() -> dict[str, Any]:
    from functools import reduce

    import numpy as np

    def where(a: Callable[[], Any], condition: Any, b: Callable[[], Any]) -> Any:
        if isinstance(condition, (bool, np.bool_)):
            return a() if condition else b()
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(condition, a(), b())

    def steps(table: Sequence[tuple[float, float]], x: Any) -> Any:
        place = np.searchsorted([start for start, _ in table], x, side="right") - 1
        return np.asarray([value for _, value in table])[place]

    def rates(initial: Any, flow: list[Any]) -> Any:
        columns = np.broadcast_arrays(initial, *flow)
        rows = zip(*(np.ravel(c) for c in columns), strict=True)
        return np.array([math.nan if (r := irr(row[0], list(row[1:]))) is None else r for row in rows]).reshape(columns[0].shape)

    return {
        "exp": np.exp,
        "floor": lambda x: np.floor(np.round(x, FLOOR_DIGITS)),
        "min": lambda *a: reduce(np.minimum, a),
        "max": lambda *a: reduce(np.maximum, a),
        "where": where,
        "and": np.logical_and,
        "or": np.logical_or,
        "not": np.logical_not,
        "lookup": steps,
        "npv": npv,
        "irr": rates,
    }


def _quantities() -> dict[str, Any]:
    return {**_floats(), "floor": lambda x: type(x)(floor(x.magnitude), x.units) if hasattr(x, "units") else floor(x)}


LIBRARIES: dict[str, Callable[[], dict[str, Any]]] = {"float": _floats, "numpy": _arrays, "pint": _quantities}

#: what a statement takes from outside or from another: values, and the items of index sets
_NAME = re.compile(r"\b(?:v|_S)_\w+")
#: a program compiled to a function, by its source and kind of values, and the line on which each of its statements begins
_programs: dict[tuple[str, ...], tuple[Callable[..., dict[str, Any]], list[int]]] = {}


def run(statements: Sequence[Statement], values: Mapping[str, Any], sizes: Sizes, library: str = "float") -> dict[str, Any]:
    """Run a program and return its variables, the given ones included.

    Parameters
    ----------
    statements : sequence of Statement
        In an order in which each finds what it needs.
    values : mapping
        Given variables by name: a number, or nested lists over items and years.
    sizes : Sizes
        Number of years and of items.
    library : str
        ``float``, ``numpy`` or ``pint``: the kind of the values.

    Raises
    ------
    FormulaError
        CC220 when an equation divides by zero, overflows or leaves the real numbers.
    """
    key = (library, *[s.source for s in statements])
    if key not in _programs:
        _programs[key] = _compiled(statements, library)
    program, firsts = _programs[key]
    try:
        return program(values, range(sizes.years), sizes.sets)
    except (ArithmeticError, ValueError, TypeError) as bad:
        raise _explain(bad, statements, firsts) from None


def _compiled(statements: Sequence[Statement], library: str) -> tuple[Callable[..., dict[str, Any]], list[int]]:
    """Make a function of the statements: what it is given and computes are local variables, which Python finds fastest."""
    made = [name for s in statements for name in s.names]
    names = dict.fromkeys(name for s in statements for name in _NAME.findall(s.source))
    given = [f"{n} = given.get({n[2:]!r})" for n in names if n.startswith("v_") and n[2:] not in made]
    counts = [f"{n} = _range(sets[{n[3:]!r}])" for n in names if n.startswith("_S_")]
    lines = ["def program(given, _Y, sets):", " " + "; ".join([*given, *counts, "pass"])]
    firsts = []
    branch = _BRANCH_OF_ARRAYS if library == "numpy" else _BRANCH
    for s in statements:
        firsts.append(len(lines) + 1)
        lines += [" " + line for line in s.source.translate(branch).split("\n")]
    lines.append(f" return {{**given, {', '.join(f'{n!r}: v_{n}' for n in made)}}}")
    scope: dict[str, Any] = {
        "__builtins__": {},
        "_range": range,
        "_sum": _add_up,
        **{f"_{n}": function for n, function in LIBRARIES[library]().items()},
    }
    exec(compile("\n".join(lines), "<equations>", "exec"), scope)
    return scope["program"], firsts


def _explain(bad: Exception, statements: Sequence[Statement], firsts: list[int]) -> FormulaError:
    line, trace = 1, bad.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<equations>":
            line = trace.tb_lineno
        trace = trace.tb_next
    here = [s for s, first in zip(statements, firsts, strict=True) if first <= line][-1]
    what = {"ZeroDivisionError": "divides by zero", "OverflowError": "gives a number too large to hold"}.get(
        type(bad).__name__, f"cannot be computed ({bad})"
    )
    return FormulaError("CC220", f"the equation for {' and '.join(here.names)} {what}", "check the inputs it uses")

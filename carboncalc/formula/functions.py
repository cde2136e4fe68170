"""The functions of the formula language, each with its faces: usage, value, LaTeX and Excel.

The unit rule of a function is in ``proof``; what a function computes is in ``program`` (element by
element) or here (over a whole series of years).
"""

import math
from itertools import count
from typing import NamedTuple


class Function(NamedTuple):
    """What the other modules need to know about a function."""

    usage: str
    arguments: tuple[int, int]
    latex: str
    excel: str
    #: positions of arguments that are a whole series of years, not one cell
    series: tuple[int, ...] = ()


FUNCTIONS: dict[str, Function] = {
    "sum": Function("sum(x, set)", (2, 2), r"\sum", "SUM"),
    "min": Function("min(a, b)", (2, 9), r"\min", "MIN"),
    "max": Function("max(a, b)", (2, 9), r"\max", "MAX"),
    "where": Function("where(condition, a, b)", (3, 3), r"\operatorname{where}", "IF"),
    "floor": Function("floor(x)", (1, 1), r"\operatorname{floor}", "INT"),  # of x to FLOOR_DIGITS
    "exp": Function("exp(x)", (1, 1), r"\exp", "EXP"),
    "lookup": Function("lookup(table, x)", (2, 2), r"\operatorname{lookup}", "LOOKUP"),
    "previous": Function("previous(x)", (1, 1), "", ""),
    "npv": Function("npv(rate, initial, flow)", (3, 3), r"\operatorname{NPV}", "NPV", (2,)),
    "irr": Function("irr(initial, flow)", (2, 2), r"\operatorname{IRR}", "IRR", (1,)),
}


#: Digits after the point that count in `floor`: 29 % of 100 is 29, though binary numbers make it 28.999999999999996.
FLOOR_DIGITS = 6


def floor(x: float) -> float:
    """Return the largest whole number not above x; less than half a millionth below the next one counts as the next one."""
    return float(math.floor(round(x, FLOOR_DIGITS)))


def npv(rate: float, initial: float, flow: list[float]) -> float:
    """Return the net present value of a flow at the ends of years 1…n, less the initial cost in year 0.

    Parameters
    ----------
    rate : float
        Discount rate per year [1].
    initial : float
        Cost in year 0 [currency].
    flow : list of float
        Net benefit of each year [currency/year], received at its end.
    """
    total, factor = -initial, 1.0
    for amount in flow:
        factor = factor / (1.0 + rate)
        total = total + amount * factor
    return total


def irr(initial: float, flow: list[float]) -> float | None:
    """Return the internal rate of return [1], or None when there is none or more than one.

    See `irr_all`, which tells the two cases apart.
    """
    roots = irr_all(initial, flow)
    return roots[0] if len(roots) == 1 else None


def irr_all(initial: float, flow: list[float]) -> list[float]:
    """Return every rate from -99.9999 % up at which the net present value is zero, in rising order.

    A flow whose sign changes once has one at most; with more changes there may be none or several,
    and then no single number describes the project. The net present value is a polynomial of the discount factor 1/(1+r);
    between two turning points, the roots of its derivative, it only rises or only falls, so no root can be missed.
    A rate at which it touches zero without crossing counts once. Closer to -100 % the digits of 1+r are lost.

    Parameters
    ----------
    initial : float
        Cost in year 0 [currency].
    flow : list of float
        Net benefit of each year [currency/year], received at its end.
    """
    return sorted(1.0 / factor - 1.0 for factor in _positive_roots([-float(initial), *map(float, flow)]) if factor <= 1e6)


def _positive_roots(coefficients: list[float]) -> list[float]:
    """Return the distinct roots above zero of a polynomial, lowest power first, in rising order."""
    there = [i for i, c in enumerate(coefficients) if c]
    if not there:
        return []
    top = max(map(abs, coefficients))
    terms = [c / top for c in coefficients[there[0] : there[-1] + 1]]  # the size of the amounts does not matter, and must not overflow
    signs = [c > 0 for c in terms if c]
    changes = len([1 for a, b in zip(signs, signs[1:], strict=False) if a != b])
    if not changes:
        return []  # the rule of Descartes: at most as many roots as changes of sign
    turning = _positive_roots([i * c for i, c in enumerate(terms)][1:]) if changes > 1 else []
    turning = [x for x in turning if 0 < x < float("inf")]
    touching = [x for x in turning if abs(_horner(terms, x)[0]) <= 1e-14 * _horner([abs(c) for c in terms], x)[0]]
    edges = [0.0, *turning, float("inf")]
    above = [signs[0], *(_horner(terms, x)[0] > 0 for x in turning), signs[-1]]
    roots = list(touching)
    for low, high, at_low, at_high in zip(edges, edges[1:], above, above[1:], strict=False):
        if at_low != at_high and low not in touching and high not in touching:
            roots.append(_narrow(terms, low, high, at_low))
    return sorted(roots)


def _horner(terms: list[float], x: float) -> tuple[float, float]:
    """Return the value of a polynomial and its slope."""
    value = slope = 0.0
    for term in reversed(terms):
        slope = slope * x + value
        value = value * x + term
    return value, slope


def _narrow(terms: list[float], low: float, high: float, at_low: bool) -> float:
    """Find the one change of sign between two factors; the upper may be infinite, the lower zero.

    Newton's step where it stays inside the bracket, and at least every eighth time halves, so that it always arrives.
    """
    if high == float("inf"):
        high = max(1.0, 2.0 * low)
        while high < 1e300 and (_horner(terms, high)[0] > 0) == at_low:
            low, high = high, high * 2.0
    while low == 0.0 and high > 1e-300:
        if (_horner(terms, high / 2.0)[0] > 0) == at_low:
            low = high / 2.0
        else:
            high /= 2.0
    x = (low + high) / 2
    for turn in count(1):
        value, slope = _horner(terms, x)
        if value == 0.0:
            break
        if (value > 0) == at_low:
            low = x
        else:
            high = x
        step = x - value / slope if slope and turn % 8 else low
        after = step if low < step < high else (low + high) / 2
        if after in (x, low, high):
            break
        x = after
    return x

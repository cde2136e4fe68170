"""The functions of the formula language, each with its faces: usage, value, LaTeX and Excel.

The unit rule of a function is in ``proof``; what a function computes is in ``program`` (element by
element) or here (over a whole series of years).
"""

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
    "floor": Function("floor(x)", (1, 1), r"\operatorname{floor}", "INT"),
    "exp": Function("exp(x)", (1, 1), r"\exp", "EXP"),
    "lookup": Function("lookup(table, x)", (2, 2), r"\operatorname{lookup}", "LOOKUP"),
    "previous": Function("previous(x)", (1, 1), "", ""),
    "npv": Function("npv(rate, initial, flow)", (3, 3), r"\operatorname{NPV}", "NPV", (2,)),
    "irr": Function("irr(initial, flow)", (2, 2), r"\operatorname{IRR}", "IRR", (1,)),
}


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
    """Return every rate above -100 % at which the net present value is zero, in rising order.

    A flow whose sign changes once has at most one such rate; with more changes there may be several,
    and then no single number describes the project. The net present value is followed over the discount factor 1/(1+r)
    on a fine grid, and each change of sign is narrowed by bisection to the last bit.
    """
    flows = [-float(initial), *map(float, flow)]
    if not any(f > 0 for f in flows) or not any(f < 0 for f in flows):
        return []

    def value(rate: float) -> float:
        factor, total = 1.0, 0.0
        for amount in flows:
            total += amount * factor
            factor /= 1.0 + rate
        return total

    grid = [-0.99 + 0.01 * i for i in range(199)] + [1.0 * 1.05**i for i in range(1, 200)]
    roots: list[float] = []
    low, at_low = grid[0], value(grid[0])
    for high in grid[1:]:
        at_high = value(high)
        if at_high == 0.0:
            roots.append(high)
        elif at_low != 0.0 and (at_low < 0) != (at_high < 0):
            roots.append(_bisect(value, low, high, at_low))
        low, at_low = high, at_high
    return roots


def _bisect(value, low: float, high: float, at_low: float) -> float:  # type: ignore[no-untyped-def]
    for _ in range(200):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        at_middle = value(middle)
        if at_middle == 0.0:
            return middle
        if (at_middle < 0) == (at_low < 0):
            low, at_low = middle, at_middle
        else:
            high = middle
    return low

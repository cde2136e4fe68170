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

    A flow whose sign changes once has exactly one such rate (Descartes' rule, and the two ends differ in sign); it is found by Newton's
    steps kept inside a bracket. With more changes there may be several, and then no single number describes the project: the net present
    value is followed over a fine grid of rates, and each change of sign is narrowed down. Rates are looked for from -99 % to about
    1 600 000 % a year.
    """
    flows = [-float(initial), *map(float, flow)]
    signs = [f > 0 for f in flows if f]
    changes = sum(a != b for a, b in zip(signs, signs[1:]))  # noqa: B905
    if not changes:
        return []
    grid = (_LOW, _HIGH) if changes == 1 else _GRID
    roots: list[float] = []
    low, at_low = grid[0], _value(flows, grid[0])[0]
    for high in grid[1:]:
        at_high = _value(flows, high)[0]
        if at_high == 0.0:
            roots.append(high)
        elif at_low != 0.0 and (at_low < 0) != (at_high < 0):
            roots.append(_narrow(flows, low, high, at_low))
        low, at_low = high, at_high
    return roots


_GRID = tuple([-0.99 + 0.01 * i for i in range(199)] + [1.0 * 1.05**i for i in range(1, 200)])
_LOW, _HIGH = _GRID[0], _GRID[-1]


def _value(flows: list[float], rate: float) -> tuple[float, float]:
    """Return the net present value and its slope over the rate, by Horner's scheme in the discount factor."""
    factor = 1.0 / (1.0 + rate)
    value = slope = 0.0
    for amount in reversed(flows):
        slope = slope * factor + value
        value = value * factor + amount
    return value, -slope * factor * factor


def _narrow(flows: list[float], low: float, high: float, at_low: float) -> float:
    """Find the rate between two at which the value changes its sign: Newton's step where it stays inside, else halves."""
    rate = low if low > -0.5 else min(0.1, (low + high) / 2)  # an ordinary rate, when the bracket is the whole range
    rising = at_low < 0
    for _ in range(300):
        value, slope = _value(flows, rate)
        if value == 0.0:
            return rate
        if (value < 0) == rising:
            low = rate
        else:
            high = rate
        step = rate - value / slope if slope else low
        after = step if low < step < high else (low + high) / 2
        if after == rate or after in (low, high):
            break
        rate = after
    return rate

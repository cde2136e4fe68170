"""What many draws tell: mean, percentiles, how far they have converged, and which variable drives them."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from .drawing import Plan

#: the 95 % range is stable when what is left of its error moves an end by no more than this part of its width (IPCC 2006, vol. 1, ch. 3)
STABLE = 0.01
ENDS = {"p2_5": 0.025, "p97_5": 0.975}
_SHARES = {"p2_5": 0.025, "p10": 0.1, "median": 0.5, "p90": 0.9, "p97_5": 0.975}


class Line(NamedTuple):
    """Sums that make the correlation of one variable with the result, block after block."""

    both: float = 0.0
    own: float = 0.0
    square: float = 0.0


def summarise(values: Any, plan: Plan) -> dict[str, float]:
    """Return mean, standard deviation, standard error of the mean, and percentiles.

    Blocks are independent and each is a Latin hypercube, so the spread of their means tells the error of the mean; taken over the draws
    it would be overstated.
    """
    import numpy as np

    ordered = np.sort(values)
    means = [float(np.mean(values[a:b])) for a, b in _spans(plan)]
    mean = float(np.mean(values))
    error = math.sqrt(_total((m - mean) ** 2 for m in means) / (len(means) - 1) / len(means))
    spread = float(np.sqrt(np.mean((values - mean) ** 2) * len(values) / (len(values) - 1)))
    return {"mean": mean, "standard_deviation": spread, "standard_error": error, **percentiles(ordered)}


def percentiles(ordered: Any, shares: Mapping[str, float] = _SHARES) -> dict[str, float]:
    """Return percentiles of values in rising order, between neighbours where they fall there."""
    found = {}
    for name, share in shares.items():
        place = share * (len(ordered) - 1)
        i = min(int(place), len(ordered) - 2)
        low, high = float(ordered[i]), float(ordered[i + 1])
        found[name] = low + (high - low) * (place - i)
    return found


def convergence(values: Any, plan: Plan) -> dict[str, Any]:
    """Compare the two halves of the draws.

    Returns
    -------
    dict
        `halves`: how far mean and ends of the second half lie from those of the first, in parts of the width of the 95 % range; and
        whether the range is `stable`. The error that is left in the whole is half of the difference between its halves.
    """
    import numpy as np

    spans = _spans(plan)
    middle = spans[len(spans) // 2][0]
    whole = percentiles(np.sort(values))
    width = whole["p97_5"] - whole["p2_5"] or 1.0
    ends = [{"mean": float(np.mean(half)), **percentiles(np.sort(half), ENDS)} for half in (values[:middle], values[middle:])]
    moved = {name: (ends[1][name] - ends[0][name]) / width for name in ("mean", *ENDS)}
    return {"halves": moved, "stable": max(abs(moved[name]) for name in ENDS) / 2 <= STABLE}


def drivers(lines: Sequence[Line], result: Line, draws: int) -> tuple[list[float], float]:
    """Return the share of each variable in the variance, and how much of the variance a straight line in all of them explains.

    The share is the squared linear correlation of the draws with the result, scaled so that all add up to 1.
    """
    spread = result.square - result.own * result.own / draws
    squares = []
    for line in lines:
        own = line.square - line.own * line.own / draws
        both = line.both - line.own * result.own / draws
        squares.append(both * both / (own * spread) if own > 0.0 and spread > 0.0 else 0.0)
    whole = _total(squares)
    return [s / whole if whole else 0.0 for s in squares], min(whole, 1.0)


def line(values: Any, result: Any) -> Line:
    """Return the sums of one stretch of draws; added up by numpy itself, since a linear-algebra library may split a product among threads."""
    import numpy as np

    return Line(float(np.add.reduce(values * result)), float(np.add.reduce(values)), float(np.add.reduce(values * values)))


def add(a: Line, b: Line) -> Line:
    """Add the sums of two stretches."""
    return Line(a.both + b.both, a.own + b.own, a.square + b.square)


def _spans(plan: Plan) -> list[tuple[int, int]]:
    spans, start = [], 0
    for size in plan.blocks:
        spans.append((start, start + size))
        start += size
    return spans


def _total(values: Any) -> float:
    result = 0.0
    for value in values:
        result += value
    return result

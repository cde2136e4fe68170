"""Approach 1: propagation of error (IPCC 2006 Guidelines, volume 1, chapter 3, equations 3.1 and 3.2)."""

import math
from collections.abc import Iterable, Sequence


def together(effects: Sequence[float], correlations: Sequence[Sequence[float]] | None = None) -> float:
    """Combine the effects that half-ranges of variables have on a result, in its unit.

    For independent variables this is equation 3.1, where the result is a product and effects are in percent of it, and the numerator of
    equation 3.2, where it is a sum. In any other equation it is the first order of its series. A variable that several terms share has
    one effect, signs and all.

    Parameters
    ----------
    effects : sequence of float
        Change of the result when each variable alone moves up by its half-range [unit of the result].
    correlations : matrix, optional
        Correlations between the variables.
    """
    squares = _total(e * e for e in effects)
    if correlations is not None:
        squares += 2.0 * _total(correlations[i][j] * effects[i] * effects[j] for i in range(len(effects)) for j in range(i))
    return math.sqrt(max(squares, 0.0))


def _total(values: Iterable[float]) -> float:
    result = 0.0
    for value in values:
        result += value
    return result

"""Approach 1: propagation of error (IPCC 2006 Guidelines, volume 1, chapter 3, equations 3.1 to 3.4)."""

import math
from collections.abc import Sequence


def product(uncertainties: Sequence[float]) -> float:
    """Combine the uncertainties of independent factors of a product, each in percent of its factor (equation 3.1)."""
    return math.sqrt(_total(u * u for u in uncertainties))


def addition(uncertainties: Sequence[float], amounts: Sequence[float]) -> float:
    """Combine the uncertainties of independent addends, each in percent of its addend, to percent of the sum (equation 3.2)."""
    whole = abs(_total(amounts))
    return math.sqrt(_total((u * x) ** 2 for u, x in zip(uncertainties, amounts, strict=True))) / whole if whole else math.inf


def correction(half: float) -> float:
    """Return the factor by which a half-range above 100 % is to be corrected in a model of products (equation 3.3).

    The Guidelines calibrated it up to 230 %; below 100 % it is 1.
    """
    if half <= 100.0:
        return 1.0
    return float(((-0.720 + 1.0921 * half - 1.63e-3 * half**2 + 1.11e-5 * half**3) / half) ** 2)


def together(effects: Sequence[float], correlations: Sequence[Sequence[float]] | None = None) -> float:
    """Combine the effects that half-ranges of variables have on a result, in its unit.

    For independent variables this is equation 3.1 in products and equation 3.2 in sums, and in any other equation the first order of
    its series; a variable that several terms share has one effect, signs and all.

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


def _total(values: object) -> float:
    result = 0.0
    for value in values:  # type: ignore[attr-defined]
        result += value
    return result

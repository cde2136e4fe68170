"""The standard normal distribution and its inverse, on numbers and arrays, from numpy and the standard library alone."""

import math
from typing import Any

#: Wichura (1988), algorithm AS 241, PPND16: about 16 digits; numerator and denominator, highest power first
_CENTRE = (
    (2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457, 13731.693765509461125, 1971.5909503065514427, 133.14166789178437745, 3.387132872796366608),
    (5226.495278852545925, 28729.085735721942674, 39307.89580009271061, 21213.794301586595867, 5394.1960214247511077, 687.1870074920579083, 42.313330701600911252, 1.0),
)  # fmt: skip
_MIDDLE = (
    (7.7454501427834140764e-4, 0.0227238449892691845833, 0.24178072517745061177, 1.27045825245236838258, 3.64784832476320460504, 5.7694972214606914055, 4.6303378461565452959, 1.42343711074968357734),
    (1.05075007164441684324e-9, 5.475938084995344946e-4, 0.0151986665636164571966, 0.14810397642748007459, 0.68976733498510000455, 1.6763848301838038494, 2.05319162663775882187, 1.0),
)  # fmt: skip
_TAIL = (
    (2.01033439929228813265e-7, 2.71155556874348757815e-5, 0.0012426609473880784386, 0.026532189526576123093, 0.29656057182850489123, 1.7848265399172913358, 5.4637849111641143699, 6.6579046435011037772),
    (2.04426310338993978564e-15, 1.4215117583164458887e-7, 1.8463183175100546818e-5, 7.868691311456132591e-4, 0.0148753612908506148525, 0.13692988092273580531, 0.59983220655588793769, 1.0),
)  # fmt: skip
#: the smallest and the largest probability that a draw may have: a draw at infinity would be worth nothing
SMALLEST = 2.0**-60
LARGEST = 1.0 - 2.0**-53


def inverse(p: Any) -> Any:
    """Return the standard normal score below which a share `p` lies; p is an array of numbers above 0 and below 1.

    Wichura, M. J., "Algorithm AS 241: The percentage points of the normal distribution", Applied Statistics 37 (1988) 477-484.
    """
    import numpy as np

    p = np.asarray(p, dtype=float)
    q = p - 0.5
    r = 0.180625 - q * q
    score = q * _ratio(_CENTRE, r)
    outside = np.flatnonzero(r < 0.0)
    if outside.size:
        r = np.sqrt(-np.log(np.minimum(p.flat[outside], 1.0 - p.flat[outside])))
        far = np.where(r <= 5.0, _ratio(_MIDDLE, r - 1.6), _ratio(_TAIL, r - 5.0))
        score.flat[outside] = np.where(q.flat[outside] < 0.0, -far, far)
    return score


def _ratio(terms: tuple[tuple[float, ...], tuple[float, ...]], r: Any) -> Any:
    above, below = terms[0][0], terms[1][0]
    for a, b in zip(terms[0][1:], terms[1][1:], strict=True):
        above, below = above * r + a, below * r + b
    return above / below


def cumulative(z: float) -> float:
    """Return the share of a standard normal distribution below `z`."""
    return 0.5 * math.erfc(-z / math.sqrt(2.0))


def cumulatives(z: Any) -> Any:
    """Return `cumulative` of each number of an array."""
    import numpy as np

    return np.fromiter(map(cumulative, np.ravel(z).tolist()), float, np.size(z)).reshape(np.shape(z))

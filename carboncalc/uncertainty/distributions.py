"""From a value and its 95 % interval to a distribution, by the rules of the IPCC, truncated where physics says so.

The rules follow the 2006 IPCC Guidelines, volume 1, chapter 3, pages 3.23 to 3.24 and 3.61 to 3.62; each distribution says which
one it follows. The ends of an interval are its 2.5 and 97.5 percentiles.
"""

import math
from typing import Any, NamedTuple

from .normal import LARGEST, SMALLEST, cumulative, inverse

#: standard normal score of the 97.5 percentile; the Guidelines round it to 1.96
SCORE = 1.959963984540054
#: half-width over value up to which a normal distribution serves: a standard deviation of 30 % of the mean (page 3.24)
LARGE = 0.3 * SCORE
#: both sides are equal when they differ by no more than this part of the width: printed ends are rounded
EQUAL = 0.02
TAIL = 0.025


class Distribution(NamedTuple):
    """A distribution of one quantity, in the quantity's unit.

    `shape` is normal, lognormal or triangular. `first` and `second` are the mean and standard deviation of a normal one, those of the
    logarithm of a lognormal one, or the ends of a triangular one whose mode is the value. It is cut at `least` and `most`; `below` and
    `above` are the shares of the uncut distribution up to them.
    """

    shape: str
    value: float
    low: float
    high: float
    first: float
    second: float
    least: float
    most: float
    below: float
    above: float
    rule: str

    @property
    def cut(self) -> float:
        """The share of the uncut distribution that lies beyond its bounds."""
        return self.below + 1.0 - self.above

    def at(self, share: Any) -> Any:
        """Return the values below which shares of the distribution lie.

        Parameters
        ----------
        share : array
            Numbers from 0 to 1.
        """
        import numpy as np

        if self.cut:
            share = self.below + share * (self.above - self.below)
        share = np.clip(share, SMALLEST, LARGEST)
        if self.shape == "triangular":
            found = _triangle(share, self.first, self.value, self.second)
        elif self.shape == "lognormal":
            found = np.exp(self.first + self.second * inverse(share))
        else:
            found = self.first + self.second * inverse(share)
        return np.clip(found, self.least, self.most) if self.cut else found

    def one(self, share: float) -> float:
        """Return the value below which one share of the distribution lies."""
        import numpy as np

        return float(self.at(np.array([share]))[0])


def choose(value: float, low: float, high: float, least: float = -math.inf, most: float = math.inf) -> Distribution:
    """Choose the distribution of a quantity.

    Parameters
    ----------
    value, low, high : float
        The value and the ends of its 95 % interval, low <= value <= high and low < high.
    least, most : float
        What the quantity can be at least and at most.

    Notes
    -----
    - Both sides equal, half-width up to 59 % of the value: normal (page 3.23, "small, and symmetric"; page 3.24, a standard deviation of
      at most 30 % of the mean where the quantity cannot be negative).
    - Both sides equal and wider, of a quantity above zero: lognormal with the value as its mean and the half-width as its U
      (equations 3.5 and 3.6). Its 95 % interval is then not the one stated: from 100 % it runs from -65 % to +126 %.
    - The upper side longer, of a quantity above zero: lognormal through both ends (page 3.23, "non-negative" and "positively skewed").
      Its centre is then where the ends put it, not at the value.
    - Else, and where the value stands at an end: triangular with the value as its mode, 2.5 % beyond each end (page 3.23, "upper and
      lower limits and a preferred value").
    """
    down, up = value - low, high - value
    even = abs(up - down) <= EQUAL * (high - low)
    half = (high - low) / 2
    if even and (least < 0.0 or half <= LARGE * value):
        shape, first, second, rule = "normal", value, half / SCORE, "normal: small and symmetric (IPCC 2006, vol. 1, p. 3.23)"
    elif even and value > 0.0:
        first, second = of_mean(value, half / value * 100.0)
        shape, rule = "lognormal", "lognormal of this mean: symmetric, but too wide for a normal one (IPCC 2006, vol. 1, eq. 3.5, 3.6)"
    elif low > 0.0 and up > down > 0.0:
        first, second = (math.log(low) + math.log(high)) / 2, (math.log(high) - math.log(low)) / (2 * SCORE)
        shape, rule = "lognormal", "lognormal through both ends: the upper side is longer (IPCC 2006, vol. 1, p. 3.23)"
    else:
        first, second = support(value, low, high)
        shape, rule = "triangular", "triangular: limits and a preferred value (IPCC 2006, vol. 1, p. 3.23)"
    whole = Distribution(shape, value, low, high, first, second, least, most, 0.0, 1.0, rule)
    below, above = (_share(whole, bound) if math.isfinite(bound) else float(bound > 0) for bound in (least, most))
    bounds = " and ".join(f"{bound:g}" for bound, beyond in ((least, below), (most, 1.0 - above)) if beyond > 5e-5)
    return whole._replace(below=below, above=above, rule=rule + (f", cut at {bounds}" if bounds else ""))


def of_mean(mean: float, half: float) -> tuple[float, float]:
    """Return mean and standard deviation of the logarithm, from a mean and a half-range in percent of it (equations 3.5 and 3.6)."""
    variance = math.log(1.0 + (half / 200.0) ** 2)
    return math.log(mean) - variance / 2, math.sqrt(variance)


def support(mode: float, low: float, high: float) -> tuple[float, float]:
    """Return the ends of the triangular distribution with this mode that has 2.5 % below `low` and 2.5 % above `high`."""
    down, up = mode - low, high - mode
    left, right = down + 0.05 * (up + down), up + 0.05 * (up + down)
    for _ in range(500):  # (left - down)^2 = 2.5 % of width x left, and likewise on the right: a contraction
        width = left + right
        after = down + math.sqrt(TAIL * width * left), up + math.sqrt(TAIL * width * right)
        if after == (left, right):
            break
        left, right = after
    return mode - left, mode + right


def _share(d: Distribution, x: float) -> float:
    """Return the share of an uncut distribution below x."""
    if d.shape == "normal":
        return cumulative((x - d.first) / d.second)
    if d.shape == "lognormal":
        return cumulative((math.log(x) - d.first) / d.second) if x > 0.0 else 0.0
    start, end, mode = d.first, d.second, d.value
    if x <= start or x >= end:
        return float(x >= end)
    if x < mode:
        return (x - start) ** 2 / ((end - start) * (mode - start))
    return 1.0 - (end - x) ** 2 / ((end - start) * (end - mode))


def _triangle(share: Any, start: float, mode: float, end: float) -> Any:
    import numpy as np

    rising = start + np.sqrt(share * (end - start) * (mode - start))
    falling = end - np.sqrt((1.0 - share) * (end - start) * (end - mode))
    return np.where(share < (mode - start) / (end - start), rising, falling)

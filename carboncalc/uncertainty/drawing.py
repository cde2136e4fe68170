"""Drawing many variables at once: seeded, in blocks, the same numbers for any number of workers and any size of chunk.

A block is one Latin hypercube: each variable visits each of its equal slices once. Blocks have streams of their own, made of the
seed and the number of the block, and are independent, so that the spread of their means tells how far the whole has converged.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from .normal import cumulatives, inverse

#: draws of a block; fewer draws in all make smaller blocks, but there are always ten
BLOCK = 500
LEAST, MOST = 100, 200_000


class Plan(NamedTuple):
    """How many draws, from which seed."""

    draws: int
    seed: int

    @property
    def blocks(self) -> list[int]:
        """Draws of each block: equal, but for the last ones, which may have one less."""
        count = max(10, -(-self.draws // BLOCK))
        return [self.draws // count + (i < self.draws % count) for i in range(count)]


def plan(draws: int, seed: int | None = None) -> Plan:
    """Return a plan whose numbers are checked; the seed is 1 unless stated.

    Raises
    ------
    ValueError
        When they are out of range; the text is for the user.
    """
    if not LEAST <= draws <= MOST:
        raise ValueError(f"{draws} draws; take {LEAST} to {MOST}, such as 10000")
    if seed is not None and not 0 <= seed < 2**63:
        raise ValueError(f"a seed of {seed}; take a whole number from 0 up")
    return Plan(draws, 1 if seed is None else seed)


def shares(plan: Plan, variables: int, mixing: Sequence[Sequence[float]] | None = None) -> Iterator[Any]:
    """Yield, block by block, an array of numbers between 0 and 1: a row for each variable, a column for each draw.

    Parameters
    ----------
    plan : Plan
        Draws and seed.
    variables : int
        How many.
    mixing : lower triangle, optional
        Root of the matrix of correlations (`root`): a Gaussian copula. Without it the variables are independent.
    """
    import numpy as np

    for i, size in enumerate(plan.blocks):
        stream = np.random.Generator(np.random.PCG64(np.random.SeedSequence([plan.seed, i])))
        slices = stream.permuted(np.tile(np.arange(size, dtype=float), (variables, 1)), axis=1)
        slices += stream.random((variables, size))
        slices /= size
        yield slices if mixing is None else _mixed(slices, mixing)


def _mixed(slices: Any, mixing: Sequence[Sequence[float]]) -> Any:
    """Correlate: only rows that are mixed are changed; sums in a fixed order, since a linear-algebra library may split them among threads."""
    import numpy as np

    rows = [i for i, row in enumerate(mixing) if any(row[:i])]
    needed = sorted({*rows, *(j for i in rows for j in range(i) if mixing[i][j])})
    scores = {j: inverse(np.clip(slices[j], 2.0**-60, 1.0 - 2.0**-53)) for j in needed}
    for i in rows:
        mixed = mixing[i][i] * scores[i]
        for j in range(i):
            if mixing[i][j]:
                mixed = mixed + mixing[i][j] * scores[j]
        slices[i] = cumulatives(mixed)
    return slices


def root(correlations: Sequence[Sequence[float]]) -> list[list[float]] | None:
    """Return the lower triangle whose product with its mirror is the matrix (Cholesky), None when there is none.

    There is none when three or more correlations contradict each other: the matrix is not positive semi-definite.
    """
    n = len(correlations)
    lower = [[0.0] * n for _ in range(n)]
    for i in range(n):
        for j in range(i + 1):
            rest = correlations[i][j]
            for k in range(j):
                rest -= lower[i][k] * lower[j][k]
            if i == j:
                if rest < -1e-9:
                    return None
                lower[i][i] = max(rest, 0.0) ** 0.5
            elif lower[j][j] > 1e-6:
                lower[i][j] = rest / lower[j][j]
            elif abs(rest) > 1e-6:
                return None
    return lower

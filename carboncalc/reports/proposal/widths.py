"""How wide the columns of a table are: measured in half-widths of a letter, since no writer lays text out itself."""

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from .blocks import Table

#: half-widths in a line of a page at the size of tables
LINE = 104
#: a longer word breaks inside
WORD = 26
_WORDS = re.compile(r"[ \t\n\u3000/–—-]+")


class Widths(NamedTuple):
    """Shares of the width of the page, which sum to 1, and by how much the letters must shrink for the words to stay whole."""

    shares: Sequence[float]
    scale: float


def measure(text: str) -> int:
    """Return the width of a text in half-widths: Chinese and Japanese characters take two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 0 if unicodedata.combining(c) else 1 for c in text)


def widths(table: Table) -> Widths:
    """Return the widths of the columns of a table.

    Each column gets what its longest word needs, and of the rest in proportion to what its longest text would still take. Figures
    never break; when even the words do not fit, the letters shrink, to two thirds at the least.
    """
    least, wanted = [], []
    for i, (title, kind) in enumerate(table.columns):
        cells = [title, *(row[i] for row in table.rows)]
        word = max(_longest(cell) for cell in cells)
        whole = max(measure(cell) for cell in cells) + 2
        least.append(max(4, min(whole if kind == "r" else word + 2, WORD + 2)))
        wanted.append(max(least[-1], min(whole, 80 if kind == "w" else 40)))
    if sum(wanted) <= LINE:
        grow = [i for i, (_, kind) in enumerate(table.columns) if kind == "w"] or list(range(len(wanted)))
        spare = (LINE - sum(wanted)) / len(grow)
        taken = [w + spare * (i in grow) for i, w in enumerate(wanted)]
    elif sum(least) < LINE:
        spare = (LINE - sum(least)) / (sum(wanted) - sum(least))
        taken = [a + (b - a) * spare for a, b in zip(least, wanted, strict=True)]
    else:
        taken = [float(a) for a in least]
    total = sum(taken)
    return Widths([t / total for t in taken], min(1.0, max(2 / 3, LINE / total)))


def _longest(text: str) -> int:
    """Return the width of the longest word; between Japanese characters a line may break anywhere."""
    return max((min(measure(word), 8) if measure(word) > len(word) else measure(word) for word in _WORDS.split(text)), default=0)


def shorten(text: str, width: int) -> str:
    """Cut a text that is too wide for its place, with an ellipsis."""
    if measure(text) <= width:
        return text
    kept, taken = [], 0
    for c in text:
        taken += measure(c)
        if taken > width - 1:
            break
        kept.append(c)
    return "".join(kept).rstrip() + "…"

"""How wide the columns of a table are: measured in half-widths of a letter, since no writer lays text out itself."""

import math
import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from .blocks import Table

#: half-widths in a line of a page at the size of tables
LINE = 104
#: a longer word breaks inside, such as an address; in a column of short texts only twice as long a one does
WORD = 15
#: a column of texts as short as a date, a version or a symbol keeps them in one line
SHORT = 20
#: a longer text counts as this long: it wraps in any case
LONG = 120
#: what stays free at the edges of a cell
EDGE = 3
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
    are words, since their groups hang together; when even the words do not fit, the letters shrink, to two thirds at the least.
    """
    columns = [(kind, [title, *(row[i] for row in table.rows)]) for i, (title, kind) in enumerate(table.columns)]
    whole = [max(measure(cell) for cell in cells) + EDGE for _, cells in columns]
    words = [(kind, max(_longest(cell) for cell in cells)) for kind, cells in columns]
    # words of Vietnamese are short: a text gets some of them side by side
    least = [max(4, (min(max(word, 12), w - EDGE, WORD) if kind == "w" else word) + EDGE) for (kind, word), w in zip(words, whole, strict=True)]
    wanted = [max(a, min(w, LONG if kind == "w" else 24)) for a, w, (kind, _) in zip(least, whole, words, strict=True)]
    if sum(wanted) <= LINE:
        grow = [i for i, (_, kind) in enumerate(table.columns) if kind == "w"] or list(range(len(wanted)))
        spare = (LINE - sum(wanted)) / len(grow)
        return _shares([w + spare * (i in grow) for i, w in enumerate(wanted)], 1.0)
    kept = [w if kind == "l" and w <= SHORT else a for a, w, (kind, _) in zip(least, whole, words, strict=True)]
    if sum(kept) < 0.8 * LINE:
        least = kept
    # figures leave too little to the long texts: smaller letters make room
    room = 1.2 if any(kind == "w" for kind, _ in columns) else 1.0
    scale = min(1.0, max(0.8 if sum(least) < LINE else 2 / 3, LINE / (room * sum(least))))
    spare = max(0.0, (LINE / scale - sum(least)) / (sum(wanted) - sum(least) or 1))
    return _shares([a + (b - a) * spare for a, b in zip(least, wanted, strict=True)], scale)


def _shares(taken: Sequence[float], scale: float) -> Widths:
    whole = math.fsum(taken)
    return Widths([t / whole for t in taken], scale)


def _longest(text: str) -> int:
    """Return the width of the longest word; between Japanese characters a line may break anywhere."""
    return max((min(measure(word), 10) if measure(word) > len(word) else measure(word) for word in _WORDS.split(text)), default=0)


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

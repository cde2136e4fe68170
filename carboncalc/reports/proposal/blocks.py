"""What a document is made of. A writer takes these and nothing else, so that every format says the same.

All texts are plain: they come from the user too, and each writer makes them harmless in its own format.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from ...formula import Node


class Heading(NamedTuple):
    """A heading; `level` 1 is a numbered section of the document, 2 a part of it. `anchor` is unique and made of ``a-z0-9-``."""

    level: int
    text: str
    anchor: str


class Paragraph(NamedTuple):
    """A paragraph. `tone` says how it is meant, never by colour alone: ``plain``, ``lead`` (the answer of a section), ``warn`` or ``note``."""

    text: str
    tone: Literal["plain", "lead", "warn", "note"] = "plain"


class Items(NamedTuple):
    """A list; each row may have a heading of its own in front, else an empty text."""

    rows: Sequence[tuple[str, str]]
    ordered: bool = False


class Table(NamedTuple):
    """A table with a caption.

    Parameters
    ----------
    caption : str
        Says what is in it and in which unit.
    columns : sequence of (title, kind)
        `kind` is ``l`` left, ``r`` right (figures) or ``w`` a long text that wraps.
    rows : sequence of sequence of str
        As many cells as columns; the first names the row.
    last : bool
        The last row is a total.
    """

    caption: str
    columns: Sequence[tuple[str, str]]
    rows: Sequence[Sequence[str]]
    last: bool = False


class Figure(NamedTuple):
    """A chart as an SVG text, with its caption and what a reader who does not see it must know."""

    caption: str
    svg: str
    alternative: str


class Equation(NamedTuple):
    """An equation as published: left side, right side, its number in the document, what it gives, and where it stands.

    `symbols` gives the LaTeX of each name in the trees.
    """

    number: str
    left: str
    right: Node
    symbols: dict[str, str]
    label: str
    cite: str

    def name(self, n: str) -> str:
        """Return the LaTeX of a name in the trees."""
        return self.symbols.get(n, n)


class Cell(str):
    """A text of a table or list with something to it: where it leads, or that it is in another language than the page.

    `target` is a page of the same site and an anchor on it, from the root of the site. A writer that knows of neither shows the text.
    """

    target: str
    language: str

    def __new__(cls, text: str, target: str = "", language: str = "") -> "Cell":
        """Return the text with its target and language."""
        made = super().__new__(cls, text)
        made.target, made.language = target, language
        return made


class Listing(NamedTuple):
    """A text that a reader types or copies, its lines kept: a command or a file. Only the pages of a site have any."""

    caption: str
    text: str


Block = Heading | Paragraph | Items | Table | Figure | Equation


class Document(NamedTuple):
    """A whole document in one language, with the title page's lines."""

    language: str
    title: str
    lines: Sequence[str]
    blocks: Sequence[Block]

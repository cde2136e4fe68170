"""Lines and plain tables for the terminal report.

rich would do this, and does for the lists; importing it costs more than the whole estimate, and the report needs only
wrapping, alignment and eight colours.
"""

from typing import NamedTuple

from .words import Words

_STYLES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}


class Text(NamedTuple):
    """A text with a style such as ``bold green``; a style is never the only carrier of a meaning."""

    text: str
    style: str = ""


class Table:
    """Rows under titles; each column is a title and ``l`` left, ``r`` right, or ``w`` left and wrapping into the room that is left."""

    def __init__(self, *columns: tuple[str, str]) -> None:
        self.kinds = [kind for _, kind in columns]
        self.rows = [[Text(title, "dim") for title, _ in columns]]

    def add_row(self, *cells: str | Text) -> None:
        """Add a row, one cell a column."""
        self.rows.append([cell if isinstance(cell, Text) else Text(cell) for cell in cells])


def size(text: str) -> int:
    """Return the columns a text takes on a terminal: two for a wide character, none for a combining one."""
    if text.isascii():
        return len(text)
    from unicodedata import category, combining, east_asian_width

    return sum(0 if combining(c) or category(c) in _UNSEEN else 2 if east_asian_width(c) in "WF" else 1 for c in text)


#: marks set on or around the letter before, and joiners between letters
_UNSEEN = ("Mn", "Me", "Cf")


def wrap(text: str, room: int) -> list[str]:
    """Break a text into lines of at most `room` columns: at blanks, and where Japanese is set between its characters.

    What is longer than a line is cut, after a hyphen if it has one.
    """
    lines, line = [], ""
    for word in text.split(" "):
        blank = " "
        for piece in [word] if word.isascii() else _pieces(word):
            start = 0
            while (end := _fits(piece, start, room)) < len(piece):
                if line:
                    lines.append(line)
                    line = ""
                end = (piece.rfind("-", start, end) + 1) or end
                if not piece.isascii() and piece[end] in _NOT_FIRST and end > start + 1:
                    end -= 1
                lines.append(piece[start:end])
                start = end
            piece = piece[start:]
            if line and size(line) + len(blank) + size(piece) > room:
                lines.append(line)
                line = piece
            else:
                line = f"{line}{blank}{piece}" if line else piece
            blank = ""
    lines.append(line)
    return lines


#: what never begins a line of Japanese, and what never ends one (kinsoku)
_NOT_FIRST = frozenset("、。，．・：；？！）］｝〕〉》」』】％ー～々ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ,.:;?!)]}%…‥")
_NOT_LAST = frozenset("（［｛〔〈《「『【([{")


def _pieces(word: str) -> list[str]:
    """Cut a word where a line may break within it: before and after each wide character, but not between a number and what it counts."""
    from unicodedata import east_asian_width

    wide = [east_asian_width(c) in "WF" for c in word]
    pieces, start = [], 0
    for i in range(1, len(word)):
        before, after = word[i - 1], word[i]
        if (wide[i - 1] or wide[i]) and before not in _NOT_LAST and after not in _NOT_FIRST and not (before.isdigit() and wide[i]):
            pieces.append(word[start:i])
            start = i
    return [*pieces, word[start:]]


def _fits(word: str, start: int, room: int) -> int:
    """Return where to cut a word from `start` so that it takes at most `room` columns; past at least one character."""
    if len(word) - start <= room // 2:
        return len(word)
    end = start
    while end < len(word) and room >= 0:
        room -= size(word[end])
        end += room >= 0
    return max(end, start + 1)


class Page:
    """A page of a fixed width, in one language, that grows line by line."""

    def __init__(self, width: int, colour: bool, words: Words) -> None:
        self.width, self.colour, self.words = width, colour, words
        self.lines: list[str] = []

    def __str__(self) -> str:
        return "\n".join(self.lines) + "\n"

    def paint(self, text: str, style: str) -> str:
        """Return a text in a style, or bare on a page without colour."""
        if not self.colour or not style or not text:
            return text
        return f"\x1b[{';'.join(_STYLES[word] for word in style.split())}m{text}\x1b[0m"

    def write(self, text: str = "", style: str = "", indent: int = 0) -> None:
        """Write a paragraph."""
        for line in wrap(text, self.width - indent):
            self.lines.append((" " * indent + self.paint(line, style)).rstrip() if line else "")

    def title(self, text: str) -> None:
        """Write a title, a blank line before it."""
        self.write()
        self.write(text, "bold")

    def table(self, table: Table) -> None:
        """Write a table; its wrapping columns give way first when the page is narrow, and where that is not enough its rows are stacked."""
        widths = self._widths(table)
        if table.kinds[0] == "w" and any(w < max(size(row[i].text) for row in table.rows) for i, w in enumerate(widths) if table.kinds[i] != "w"):
            self._stack(table)
            return
        for row in table.rows:
            broken = [wrap(cell.text, width) if width else [""] for cell, width in zip(row, widths, strict=True)]
            for i in range(max(map(len, broken))):
                parts = []
                for cell, lines, width, kind in zip(row, broken, widths, table.kinds, strict=True):
                    text = lines[i] if i < len(lines) else ""
                    blank = " " * (width - size(text))
                    parts.append(blank + self.paint(text, cell.style) if kind == "r" else self.paint(text, cell.style) + blank)
                self.lines.append("  ".join(parts).rstrip())

    def _stack(self, table: Table) -> None:
        """Write each row as a paragraph: what it is about, and below it the other cells in the order of the titles."""
        titles = [cell.text for cell in table.rows[0] if cell.text]
        self.write(f"{titles[0]}: {', '.join(titles[1:])}", "dim")
        for first, *others in table.rows[1:]:
            self.write(first.text, first.style)
            self.write(" · ".join(cell.text for cell in others if cell.text), "", 2)

    def _widths(self, table: Table) -> list[int]:
        widths = [max(size(row[i].text) for row in table.rows) for i in range(len(table.kinds))]
        over = sum(widths) + 2 * (len(widths) - 1) - self.width
        while over > 0:
            soft = [i for i, kind in enumerate(table.kinds) if kind == "w" and widths[i] > 12] or [i for i, w in enumerate(widths) if w > 4]
            if not soft:
                break
            widths[max(soft, key=widths.__getitem__)] -= 1
            over -= 1
        return widths

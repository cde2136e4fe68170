"""A page while it is being written: the words, the blocks so far, and how values are shown in its cells. It knows of no result."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from typing import Any, Literal

from ..numbers import clean
from ..words import Words
from .blocks import Block, Cell, Figure, Heading, Paragraph, Table

Json = Mapping[str, Any]
_POWER = re.compile(r"(?<=\d)e([+-]\d+)$")
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


class Sheet:
    """A page while it is being written.

    Parameters
    ----------
    words : Words
        The language.
    """

    def __init__(self, words: Words) -> None:
        self.words = words
        self.blocks: list[Block] = []

    def part(self, text: str, anchor: str) -> None:
        """Begin a part of a section."""
        self.blocks.append(Heading(2, clean(text), anchor.replace("_", "-")))

    def say(self, text: str, tone: Literal["plain", "lead", "warn", "note"] = "plain") -> None:
        """Write a paragraph."""
        self.blocks.append(Paragraph(clean(text), tone))

    def table(self, caption: str, columns: Sequence[tuple[str, str]], rows: Iterable[Sequence[str]], last: bool = False) -> None:
        """Write a table; one without rows is left out."""
        kept = [[cell if isinstance(cell, Cell) else clean(cell) for cell in row] for row in rows]
        if kept:
            self.blocks.append(Table(clean(caption), [(clean(title), kind) for title, kind in columns], kept, last))

    def figure(self, caption: str, svg: str, alternative: str) -> None:
        """Show a chart."""
        self.blocks.append(Figure(clean(caption), svg, clean(alternative)))

    # -- cells ----------------------------------------------------------------------------------------------------------------------

    def listed(self, texts: Iterable[str]) -> str:
        """Join texts as the language lists them."""
        kept = [text for text in texts if text]
        return reduce(lambda a, b: self.words("document.list", first=a, second=b), kept) if kept else ""

    def percent(self, value: float | None, digits: int = 4) -> str:
        """Show a share in percent."""
        return "—" if value is None else self.words("document.share", value=self.words.figure(float(f"{value * 100:.{digits}g}")))

    def rounded(self, value: float | None, decimals: int = 1) -> str:
        """Show a number with fixed decimals, such as years of payback."""
        return "—" if value is None else self.words.figure(round(value, decimals))

    def between(self, low: float, high: float) -> str:
        """Show a range of amounts."""
        return self.words("document.between", low=self.words.amount(low), high=self.words.amount(high))

    def value(self, value: Any, unit: str | None, count: bool = False) -> str:
        """Show a value of a criterion or quantity without its unit: a share as percent, a day as a date."""
        if isinstance(value, str):
            return self.words.date(value) if unit == "day" and _DAY.fullmatch(value) else clean(value)
        if isinstance(value, float | int) and not isinstance(value, bool) and unit == "1" and not count:
            return self.percent(value)
        return _POWER.sub(lambda match: f"\u00a0×\u00a010{str(int(match[1])).translate(_RAISED)}", self.words.figure(value))

    def with_unit(self, value: Any, unit: str | None, count: bool = False) -> str:
        """Show a value and its unit."""
        shown = self.value(value, unit, count)
        return shown if value is None or isinstance(value, str | bool) or unit in (None, "1", "day") else f"{shown}\u00a0{clean(unit)}"

    def confidence(self, word: str | None) -> str:
        """Say how sure a value is."""
        return self.words(f"proposal.{word}") if word and self.words.has(f"proposal.{word}") else clean(word or "—")

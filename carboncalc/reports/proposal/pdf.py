"""The proposal as PDF/UA: tagged, with bookmarks, and the text of every equation and chart for who does not see it."""

from collections.abc import Iterator, Sequence
from typing import Any

from ... import formula
from ...formula.layout import Mark, layout, symbol
from ...formula.typst import marks
from ..numbers import clean
from ..words import Words
from . import typesetting
from .blocks import Block, Document, Equation, Figure, Heading, Items, Paragraph, Table
from .numbering import numbered
from .widths import shorten, widths

#: a longer word may break anywhere, as an address does; a row whose text is longer may go over two pages
WORD, ROW = 26, 1500


def render(document: Document, words: Words, fonts: Sequence[str] = (), system: bool = True) -> bytes:
    """Render a document.

    Parameters
    ----------
    document : Document
        The outline.
    words : Words
        The language of the document.
    fonts : sequence of str
        Folders of fonts to use besides those that come with typst.
    system : bool
        Look for a Japanese font among those of the system, too.

    Returns
    -------
    bytes
        A PDF; the same document and fonts give the same bytes, which hold no date.

    Raises
    ------
    ValueError
        When no font has a character of the document; the text is for the user.
    """
    _, names = typesetting.families(document.language, fonts, system)
    title = clean(document.title)
    data = {
        "language": document.language,
        "title": _soft(title),
        "name": title,
        "running": shorten(title, 90),
        "lines": [_soft(line) for line in document.lines],
        "contents": words("document.contents"),
        "blocks": [_block(block, label, words, names) for block, label in numbered(document, words)],
    }
    return typesetting.pdf(data, fonts, system)


def _block(block: Block, label: str, words: Words, names: Sequence[str]) -> dict[str, Any]:
    """Return what the template needs of a block."""
    if isinstance(block, Heading):
        return {"kind": "heading", "level": block.level, "text": _soft(block.text)}
    if isinstance(block, Paragraph):
        return {"kind": "paragraph", "tone": block.tone, "label": label, "text": _soft(block.text)}
    if isinstance(block, Items):
        return {"kind": "items", "ordered": block.ordered, "rows": [[_soft(head), _soft(text)] for head, text in block.rows]}
    if isinstance(block, Table):
        shares, scale = widths(block)
        return {
            "kind": "table", "label": label, "caption": _soft(block.caption), "shares": shares, "scale": scale, "last": block.last,
            "sides": ["right" if kind == "r" else "left" for _, kind in block.columns], "head": [_soft(title) for title, _ in block.columns],
            "rows": [{"whole": max(map(len, row), default=0) < ROW, "cells": [_soft(cell) for cell in row]} for row in block.rows],
        }  # fmt: skip
    if isinstance(block, Figure):
        return {
            "kind": "figure",
            "label": label,
            "caption": _soft(block.caption),
            "svg": typesetting.lettered(block.svg, names),
            "alternative": clean(block.alternative),
        }
    return _equation(block, label, words)


def _equation(block: Equation, label: str, words: Words) -> dict[str, Any]:
    left, right = symbol(block.left), layout(block.right, block.name)
    return {
        "kind": "equation", "label": label, "name": _soft(block.label), "math": f"{marks(left)} eq {marks(right)}",
        "pieces": [marks(piece) for piece in (left, *_pieces(right))],
        "spoken": f"{clean(block.left)} = {clean(formula.text(block.right, signs=True))}",
        "cite": _soft(words("document.where", cite=clean(block.cite))) if block.cite else "",
    }  # fmt: skip


def _pieces(mark: Mark) -> Iterator[Mark]:
    """Yield what typst does not break: a row breaks at its signs, in brackets too, but a fraction never does."""
    if mark.kind in ("row", "brackets"):
        for part in mark.parts:
            yield from _pieces(part)
    else:
        yield mark


def _soft(text: str) -> str:
    """Return a text in one line whose long words may break: after a sign, as in an address, or anywhere when there is none."""
    shown = clean(text)
    if len(shown) <= WORD:
        return shown
    parts: list[str] = []
    for word in shown.split(" "):
        run, made = 0, ""
        for c in word if len(word) > WORD and word.isascii() else ():
            made, run = made + c, run + 1
            if (run > 5 and c in "/_?&=.-") or run == WORD:
                made, run = made + "\u200b", 0
        parts.append(made or word)
    return " ".join(parts)

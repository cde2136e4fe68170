"""The proposal as one HTML file: no script, nothing loaded from elsewhere, readable on paper and by a screen reader."""

from base64 import b64encode
from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import Any

from ... import formula
from ...formula.layout import layout, symbol
from ...formula.mathml import marks
from ..numbers import clean
from ..words import Words
from .blocks import Cell, Document, Equation, Figure, Heading, Table
from .numbering import numbered
from .widths import shorten, widths

#: characters of the longest figure that stays in one line, and of a word that need not break
FIGURE, WORD = 18, 26
TEMPLATES = Path(__file__).resolve().parent.parent / "templates"


def render(document: Document, words: Words) -> bytes:
    """Render a document.

    Parameters
    ----------
    document : Document
        The outline.
    words : Words
        The language of the document.

    Returns
    -------
    bytes
        HTML in UTF-8; the same document gives the same bytes.
    """
    blocks = list(numbered(document, words))
    contents: list[dict[str, Any]] = []
    for block, number in blocks:
        if isinstance(block, Heading):
            row = {"anchor": block.anchor, "number": number, "text": block.text, "parts": []}
            (contents if block.level == 1 else contents[-1]["parts"]).append(row)
    style = _safe(styles("proposal.css"))
    style_hash = f"sha256-{b64encode(sha256(style.encode()).digest()).decode()}"
    return page("proposal.html.j2", blocks, words, document=document, contents=contents, style=style, style_hash=style_hash)


def page(template: str, blocks: Iterable[tuple[object, str]], words: Words, root: str = "", **more: object) -> bytes:
    """Render blocks, each with what stands in front of it, in a template; `root` leads from the page to the root of its site."""
    text = _template(template).render(
        blocks=[(type(block).__name__, block, label) for block, label in blocks],
        words=words,
        root=root,
        length=_length,
        shares=_shares,
        svg=_svg,
        math=_math,
        say=lambda text: _say(text, root) if isinstance(text, Cell) else text,
        shown=lambda text: shorten(text, 120),
        **more,
    )
    return bytes(text.encode("utf-8", "replace")) + b"\n"


def styles(*names: str) -> str:
    """Return style sheets as one, with the widths that columns of tables may have."""
    columns = "".join(f".c{n} {{ width: {n}%; }}\n" for n in range(1, 101))
    return "".join((TEMPLATES / name).read_text(encoding="utf-8") for name in names) + columns


@cache
def _template(name: str) -> Any:
    import jinja2

    room = jinja2.Environment(loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True, undefined=jinja2.StrictUndefined)
    return room.get_template(name)


def _say(text: Cell, root: str) -> Any:
    """Write a text that leads to another page, or that is in another language."""
    if text.target:
        return _safe(f'<a href="{escape(root + text.target, quote=True)}">{escape(text)}</a>')
    return _safe(f'<span lang="{escape(text.language, quote=True)}">{escape(text)}</span>') if text.language else str(text)


def _safe(text: str) -> Any:
    """Mark a text as HTML that carboncalc itself has written, with everything of a user's in it escaped."""
    from markupsafe import Markup

    return Markup(text)


def _length(cell: str) -> str:
    """Tell how a cell may break: a short figure never, a text between words, a word that is longer than a column anywhere."""
    longest = max(map(len, cell.split(" ")), default=0)
    return f"{' long' if len(cell) > FIGURE else ''}{' word' if longest > WORD and cell.isascii() or longest > 4 * WORD else ''}"


def _shares(block: Table) -> list[int]:
    """Return the widths of the columns in whole percent; the browser gives more to what needs more."""
    return [max(1, round(share * 100)) for share in widths(block).shares]


def _svg(block: Figure) -> Any:
    return _safe(block.svg)


def _math(block: Equation) -> Any:
    """Write an equation; what a reader without MathML hears is its text."""

    spoken = escape(clean(f"{block.left} = {formula.text(block.right, signs=True)}"), quote=True)
    return _safe(
        f'<math display="block" alttext="{spoken}"><mrow>{marks(symbol(block.left))}<mo>=</mo>{marks(layout(block.right, block.name))}</mrow></math>'
    )

"""What stands in front of a heading, a caption or an equation: its number, the same in every format."""

from collections.abc import Iterator

from ..words import Words
from .blocks import Block, Document, Equation, Figure, Heading, Paragraph, Table


def numbered(document: Document, words: Words) -> Iterator[tuple[Block, str]]:
    """Yield each block with its number: ``2`` or ``2.1``, ``Table 3``, ``Figure 1``, ``(4)``; a warning or note says that it is one."""
    section = part = tables = figures = 0
    for block in document.blocks:
        label = ""
        if isinstance(block, Heading):
            section, part = (section + 1, 0) if block.level == 1 else (section, part + 1)
            label = str(section) if block.level == 1 else f"{section}.{part}"
        elif isinstance(block, Table):
            tables += 1
            label = words("document.table", n=tables)
        elif isinstance(block, Figure):
            figures += 1
            label = words("document.figure", n=figures)
        elif isinstance(block, Equation):
            label = f"({block.number})"
        elif isinstance(block, Paragraph) and block.tone in ("warn", "note"):
            label = words("document.colon", name=words("document.warning" if block.tone == "warn" else "document.note"), text="")
        yield block, label

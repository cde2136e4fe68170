"""The proposal as Markdown (CommonMark with the tables of GitHub): equations as LaTeX, and of a chart what it shows in words.

No HTML stands in it: every character of a text that could be markup is escaped.
"""

import re

from ...formula import Node, latex
from ..numbers import clean
from ..words import Words
from .blocks import Block, Document, Equation, Figure, Heading, Items, Paragraph, Table
from .numbering import numbered

_SPECIAL = re.compile(r"[\\`*_{}\[\]<>#|~$&!@^]")
_LATEX = re.compile(r"[\\{}$&#%~^_<>]")
#: what begins a list, a quotation or a rule only at the beginning of a line
_FIRST = re.compile(r"^([+=-](?=\s|$|[=-])|[0-9]{1,9}(?=[.)](?:\s|$)))")


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
        Markdown in UTF-8; the same document gives the same bytes.
    """
    lines = [f"# {plain(document.title)}", "", *(f"{plain(line)}  " for line in document.lines), ""]
    for block, label in numbered(document, words):
        lines += [*_block(block, label, words), ""]
    return ("\n".join(lines).rstrip() + "\n").encode("utf-8", "replace")


def _block(block: Block, label: str, words: Words) -> list[str]:
    if isinstance(block, Heading):
        return [f"{'#' * (block.level + 1)} {label} {plain(block.text)}"]
    if isinstance(block, Paragraph):
        text = f"**{plain(block.text)}**" if block.tone == "lead" else plain(block.text)
        return [f"> **{plain(label)}** {text}" if label else text]
    if isinstance(block, Items):
        marks = (f"{i}." if block.ordered else "-" for i in range(1, len(block.rows) + 1))
        return [f"{mark} {f'**{plain(head)}** ' if head else ''}{plain(text)}" for mark, (head, text) in zip(marks, block.rows, strict=True)]
    if isinstance(block, Table):
        return [f"**{plain(label)}** {plain(block.caption)}", "", *_table(block)]
    if isinstance(block, Figure):
        return [f"**{plain(label)}** {plain(block.caption)}", "", f"> {plain(block.alternative)}"]
    return _equation(block, label, words)


def _table(block: Table) -> list[str]:
    rule = "|".join("---:" if kind == "r" else "---" for _, kind in block.columns)
    lines = [f"| {' | '.join(plain(title) for title, _ in block.columns)} |", f"|{rule}|"]
    for i, row in enumerate(block.rows):
        total = block.last and i == len(block.rows) - 1
        lines.append(f"| {' | '.join(f'**{plain(cell)}**' if total and cell.strip() else plain(cell) for cell in row)} |")
    return lines


def _equation(block: Equation, label: str, words: Words) -> list[str]:
    line = f"{block.left} = {latex(_tame(block.right), block.name)} \\tag{{{block.number}}}"
    lines = [f"**{plain(label)}** {plain(block.label)}", "", "$$", line.replace("$", ""), "$$"]
    return [*lines, "", plain(words("document.where", cite=block.cite))] if block.cite else lines


def _tame(tree: Node) -> Node:
    """Return a tree in whose texts nothing is LaTeX."""
    if tree[:1] == ["str"]:
        return ["str", _LATEX.sub(" ", str(tree[1]))]
    return [_tame(part) if isinstance(part, list) and part and isinstance(part[0], str) else part for part in tree]


def plain(text: str) -> str:
    """Return a text in which nothing is markup, a link or a mention."""
    shown = _SPECIAL.sub(lambda match: "\\" + match[0], clean(text)).strip()
    shown = shown.replace("://", "\\://").replace("www.", "www\\.")  # an address is shown, and never a link of a stranger's choice
    return _FIRST.sub(lambda match: "\\" + match[0] if not match[0][0].isdigit() else match[0] + "\\", shown)

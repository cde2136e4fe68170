"""The formats of `estimate`: each makes a text of every file, and a page of all texts.

A format for several files is a module with two functions. ``one(outcome)`` runs where the file was appraised and may see the whole
result; ``whole(rows, totals)`` joins the rows as they come, and asks for the totals only at the end, so that no format holds a whole
portfolio. Text is laid out by the command line itself, which knows the width of the terminal.

Formats that people read are in a language: both functions take its words too. What programs read has none.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from importlib import import_module
from typing import Any, NamedTuple

from ..result import Outcome, Row
from .words import Words

Json = Mapping[str, Any]
One = Callable[[Outcome], str | bytes]
Whole = Callable[[Iterable[Row], Callable[[], Json]], Iterator[str | bytes]]


class Format(NamedTuple):
    """A format: the module that writes it, the endings of file names that mean it, and whether it tells of findings itself.

    One that `needs` packages of an extra is bytes, of one project only; its module has ``render(result, words)`` and no more, or, below
    ``proposal``, ``render(document, words)``. `spoken` is one that is in a language.
    """

    module: str
    endings: tuple[str, ...]
    tells: bool = False
    needs: tuple[str, ...] = ()
    spoken: bool = False


FORMATS = {
    "text": Format("text", (".txt",), spoken=True),
    "json": Format("jsons", (".json",)),
    "jsonl": Format("jsonl", (".jsonl", ".ndjson")),
    "csv": Format("csvs", (".csv",)),
    "markdown": Format("markdown", (".md",), spoken=True),
    "junit": Format("junit", (".xml",), True),
    "sarif": Format("sarif", (".sarif",), True),
    "github": Format("github", (), True),
    "xlsx": Format("workbook", (".xlsx",), needs=("xlsxwriter",), spoken=True),
    "html": Format("proposal.html", (".html", ".htm"), needs=("jinja2",), spoken=True),
    "docx": Format("proposal.docx", (".docx",), needs=("docx", "typst"), spoken=True),
    "pdf": Format("proposal.pdf", (".pdf",), needs=("typst",), spoken=True),
}
#: formats of `report`, a document of one project; its Markdown is the whole proposal, not the comment that `estimate` writes
REPORTS = ("html", "markdown", "docx", "pdf", "xlsx")
#: formats of `check`: people's, programs', and those that tell of findings themselves
CHECKED = tuple(name for name, spec in FORMATS.items() if name in ("text", "json") or spec.tells)


def by_ending(name: str) -> str | None:
    """Return the format that a file name asks for."""
    return next((f for f, spec in FORMATS.items() if spec.endings and name.lower().endswith(spec.endings)), None)


def functions(name: str, words: Words, drawn: bool = False) -> tuple[One, Whole]:
    """Return the two functions of a format; some have others for a Monte Carlo run, since their columns are fixed before the first file.

    The words travel with them to a worker, once for each chunk of files.
    """
    module = import_module(f".{FORMATS[name].module}", __package__)
    if drawn and hasattr(module, "one_drawn"):
        return module.one_drawn, module.whole_drawn
    if FORMATS[name].spoken:
        return partial(module.one, words=words), partial(module.whole, words=words)
    return module.one, module.whole


def document(name: str, words: Words, fonts: Sequence[str] = ()) -> Callable[[Json], bytes]:
    """Return the function of a format that makes a document of one result; `fonts` are folders of fonts for a PDF.

    Raises
    ------
    ValueError
        When the extra is not installed; the text is for the user.
    """
    from importlib.util import find_spec

    for package in FORMATS[name].needs:
        if find_spec(package) is None:
            raise ValueError(f"the format {name} needs the package {package}; install it with: pip install 'carboncalc[reports]'")
    if name == "xlsx":
        return partial(import_module(f".{FORMATS[name].module}", __package__).render, words=words)
    from .proposal.outline import outline

    write = import_module(f".proposal.{name}", __package__).render
    more = {"fonts": fonts} if fonts else {}
    return lambda result: bytes(write(outline(result, words), words, **more))


def nothing(outcome: Outcome) -> str:
    """Make nothing of a file: the rows themselves are enough."""
    return ""

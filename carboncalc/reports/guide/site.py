"""The site: every page with its menu, written as HTML beside one style sheet. No script, nothing loaded from elsewhere."""

from collections.abc import Iterator

from ..proposal.blocks import Equation, Heading, Paragraph
from ..proposal.html import page as render
from ..proposal.html import styles
from ..words import Words
from . import methods, opening, programmes, tables
from .page import SECTIONS, Json, Page, path

STYLE = "style.css"
#: headings from which a page has a table of contents
CONTENTS = 3
#: more parts than these are told of the first section only, such as the newest version of a programme
PARTS = 12


def pages(data: Json, words: Words) -> list[Page]:
    """Make every page, in the order in which they are read.

    Parameters
    ----------
    data : mapping
        Plain data: ``facts`` by section, ``programmes``, ``methods`` (each with its worked example), ``catalogue``, ``grid``,
        ``glossary``, ``terms``, ``sources``, ``version`` and ``country``, the only one meant or None.
    words : Words
        The language.
    """
    made = list(methods.pages(data, words))
    return [
        opening.index(data, words),
        programmes.overview(data, words),
        *programmes.pages(data, words),
        methods.overview(data, words),
        *(page for page in made if page.section == "methodologies"),
        tables.parks(data, words),
        *(page for page in made if page.section == "parks"),
        tables.law(data, words),
        tables.factors(data, words),
        tables.glossary(data, words),
        opening.start(data, words),
        opening.certainty(data, words),
        tables.sources(data, words),
    ]


def site(data: Json, words: Words) -> Iterator[tuple[str, bytes]]:
    """Yield the files of the site: path from its root, with ``/``, and content. The same data give the same bytes."""
    yield STYLE, styles("proposal.css", "site.css").encode()
    found = pages(data, words)
    for i, page in enumerate(found):
        yield page.path, _render(page, found[i - 1] if i else None, found[i + 1] if i + 1 < len(found) else None, data, words)


def _render(page: Page, before: Page | None, after: Page | None, data: Json, words: Words) -> bytes:
    root = "../" * page.path.count("/")
    crumbs = [(words("guide.title_index"), path("index"))] if page.section != "index" else []
    if page.id:
        crumbs.append((words(f"guide.title_{page.section}"), path(page.section)))
    menu = [(words(f"guide.title_{s}"), path(s), "page" if page.path == path(s) else "true" if page.section == s else "") for s in SECTIONS]
    return render(
        "site.html.j2", list(_marked(page, words)), words, root, page=page, style=STYLE, crumbs=crumbs, menu=menu,
        contents=_contents(page), before=before, after=after, version=data["version"],
    )  # fmt: skip


def _contents(page: Page) -> list[tuple[Heading, list[Heading]]]:
    """Return the headings of a page, each with its parts; a short page has no need of them."""
    found: list[tuple[Heading, list[Heading]]] = []
    for block in page.blocks:
        if isinstance(block, Heading):
            if block.level == 1:
                found.append((block, []))
            else:
                found[-1][1].append(block)
    if sum(len(parts) for _, parts in found) > PARTS:
        found = [(heading, parts if i == 0 else []) for i, (heading, parts) in enumerate(found)]
    return found if len(found) >= CONTENTS else []


def _marked(page: Page, words: Words) -> Iterator[tuple[object, str]]:
    """Yield each block with what stands in front of it: the number of an equation, or that a text is a warning or a note."""
    for block in page.texts:
        label = ""
        if isinstance(block, Equation):
            label = f"({block.number})"
        elif isinstance(block, Paragraph) and block.tone in ("warn", "note"):
            label = words("document.colon", name=words("document.warning" if block.tone == "warn" else "document.note"), text="")
        yield block, label

"""A page of the guide while it is being written."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ... import units
from ...result import CONFIDENCE
from ..numbers import clean
from ..proposal.blocks import Block, Cell, Heading, Items, Listing
from ..proposal.sheet import Sheet
from ..words import Words

Json = Mapping[str, Any]
Columns = Sequence[tuple[str, str]]
#: what the menu of the site leads to, in its order
SECTIONS = ("index", "programmes", "methodologies", "parks", "law", "factors", "glossary", "start", "certainty", "sources")
#: those with more than one page have a folder of their own
FOLDERS = ("programmes", "methodologies", "parks")


class Page(Sheet):
    """A page while it is being written.

    Parameters
    ----------
    words : Words
        The language.
    section : str
        One of `SECTIONS`.
    title : str
        The title; empty takes that of the section.
    id_ : str
        Of a programme or methodology, whose page lies in the folder of its section.
    """

    def __init__(self, words: Words, section: str, title: str = "", id_: str = "") -> None:
        super().__init__(words)
        self.section, self.id = section, id_
        self.title = clean(title) or self.t(f"title_{section}")
        self.path = path(section, id_)
        self.texts: list[Block | Listing] = self.blocks  # type: ignore[assignment]  # a page of a site may have listings, a proposal has none

    def t(self, key: str, /, **values: object) -> str:
        """Return a text of the guide."""
        return self.words(f"guide.{key}", **values)

    def head(self, text: str, anchor: str) -> None:
        """Begin a section of the page."""
        self.blocks.append(Heading(1, clean(text), slug(anchor)))

    def items(self, rows: Iterable[tuple[str, str]], ordered: bool = False) -> None:
        """Write a list; one without rows is left out."""
        kept = list(rows)
        if kept:
            self.blocks.append(Items(kept, ordered))

    def listing(self, caption: str, text: str) -> None:
        """Show a text whose lines are kept."""
        self.texts.append(Listing(clean(caption), "\n".join(clean(line).rstrip() for line in text.rstrip("\n").split("\n"))))

    def columns(self, *keys: str) -> Columns:
        """Return columns by the keys of their titles; one that ends in ``:l`` or ``:r`` is short, or of figures."""
        return [(self.t(f"col_{key.partition(':')[0]}"), key.partition(":")[2] or "w") for key in keys]

    def source(self, source: Json) -> str:
        """Name a source: title, page and address."""
        return self.listed(self.words.of(source[key]) for key in ("title", "page", "address") if source.get(key))

    def cited(self, row: Json) -> str:
        """Say where a row of a programme is from."""
        return self.listed(self.words.of(row[key]) for key in ("cite", "source", "page") if row.get(key))

    def sector(self, sector: str) -> str:
        """Name a sector, as a heading does."""
        name = self.words(f"sector.{sector}")
        return name[:1].upper() + name[1:]

    def country(self, code: str) -> str:
        """Name a country; one without a name of ours keeps its code."""
        head, _, region = code.partition("-")
        name = self.words(f"country.{head}") if self.words.has(f"country.{head}") else head
        return self.words("document.bracket", text=name, more=region) if region else name

    def countries(self, codes: Sequence[str] | None) -> str:
        """Name countries; None is any."""
        return self.t("any_country") if codes is None else self.listed(self.country(code) for code in codes)

    def span(self, in_force: Json) -> str:
        """Show the days on which something is in force."""
        first = self.words.date(in_force["from"])
        return self.t("from_to", first=first, last=self.words.date(in_force["to"])) if in_force.get("to") else self.t("from_on", first=first)

    def stated(self, value: Any, unit: str | None) -> str:
        """Show a value as a data file writes it: ``90 %``, ``100 million JPY/year``, a day or a number."""
        if value is None:
            return self.t("not_known")
        if isinstance(value, str) and unit != "day":
            try:
                read = units.read_quantity(value)
            except units.UnitError:
                return clean(value)
            return self.with_unit(read.value, read.unit.text, count="%" not in value)
        return self.with_unit(value, unit, count=True)

    def counts(self, confidences: Iterable[str | None]) -> str:
        """Count rows by how sure they are."""
        return self.counted(Counter(word or "" for word in confidences))

    def counted(self, counts: Mapping[str, int]) -> str:
        """Show how many rows are how sure."""
        order = [word for word in CONFIDENCE if counts.get(word)]
        return (
            self.t("join").join(self.words("document.colon", name=self.confidence(word), text=self.words.figure(counts[word])) for word in order)
            or "—"
        )


def path(section: str, id_: str = "") -> str:
    """Return the file of a page, from the root of the site."""
    if id_:
        return f"{section}/{slug(id_)}.html"
    return f"{section}/index.html" if section in FOLDERS else f"{section}.html"


def slug(text: str) -> str:
    """Return a text as part of an address: ``jcm/vn-am007`` is ``jcm-vn-am007``."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def link(text: str, section: str, id_: str = "", anchor: str = "") -> Cell:
    """Return a text that leads to a page of the guide."""
    return Cell(clean(text), path(section, id_) + (f"#{slug(anchor)}" if anchor else ""))

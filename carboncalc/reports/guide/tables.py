"""The pages that are mostly tables: parks, checks of law, emission factors, the glossary, and the sources."""

from collections.abc import Iterable

from ...formula.symbols import latex_of, linear
from ..numbers import clean
from ..proposal.blocks import Cell
from ..words import LANGUAGES, Words
from . import programmes
from .page import Json, Page, link


def facts(page: Page, caption: str, rows: Iterable[Json], ordered: bool = False) -> None:
    """Write facts, each with its source and how sure it is; `ordered` ones are numbered."""
    shown = [[page.words.of(row["text"]), page.words.of(row["cite"]), page.confidence(row["confidence"])] for row in rows]
    if ordered:
        page.table(caption, page.columns("number:l", "step", "source", "confidence"), ([str(i), *row] for i, row in enumerate(shown, 1)))
    else:
        page.table(caption, page.columns("fact", "source", "confidence"), shown)


def parks(data: Json, words: Words) -> Page:
    """Write the page of eco-industrial parks: rule sets, kinds of exchange, and what keeps a tonne from being counted twice."""
    page = Page(words, "parks")
    t = page.t
    page.say(t("parks_lead"))
    rows = [p for p in data["programmes"] if programmes.kind_of(p) == "park"]
    if rows:
        page.head(t("parks_rules"), "rules")
        programmes.table(page, t("parks_rules"), rows)
    page.head(t("parks_law"), "law")
    facts(page, t("parks_law"), data["facts"]["parks"])
    page.head(t("exchanges"), "exchanges")
    page.say(t("exchanges_lead"))
    page.table(
        t("exchanges"),
        page.columns("exchange", "key:l", "sure"),
        [
            [link(words.of(m["title"]), "parks", m["id"]), m["id"].partition("/")[2], page.confidence(m["confidence"])]
            for m in data["methods"]
            if m["kind"] == "exchange"
        ],
    )
    page.head(t("counting"), "counting")
    page.say(t("counting_lead"))
    facts(page, t("counting"), data["facts"]["counting"])
    return page


def law(data: Json, words: Words) -> Page:
    """Write the page of the checks of law."""
    page = Page(words, "law")
    t = page.t
    page.say(t("law_lead"))
    rows = [p for p in data["programmes"] if programmes.kind_of(p) == "law"]
    programmes.table(page, t("kind_law"), rows)
    if data["country"] in (None, "VN"):
        page.head(t("viet_nam"), "viet-nam")
        facts(page, t("viet_nam"), data["facts"]["viet_nam"])
    return page


def factors(data: Json, words: Words) -> Page:
    """Write the emission factors of electricity by country, every value with its source."""
    page = Page(words, "factors")
    t = page.t
    page.say(t("factors_lead"))
    page.say(t("factors_definitions"), "warn")
    by_country: dict[str, list[Json]] = {}
    for entry in data["grid"]:
        by_country.setdefault(entry["country"], []).append(entry)
    for code in sorted(by_country, key=page.country):
        page.head(page.country(code), code)
        rows = []
        for entry in by_country[code]:
            label = words.of(entry["label"])
            for row in entry["values"]:
                value = page.with_unit(row["value"], row["unit"], count=True)
                notes = " ".join(words.of(row[key]) for key in ("note", "conflict") if row.get(key))
                rows.append(
                    [
                        label,
                        str(row.get("year") or "—"),
                        clean(row.get("method") or "—"),
                        value,
                        page.source(row["source"]),
                        page.confidence(row["confidence"]),
                        notes or "—",
                    ]
                )
        columns = page.columns("factor", "year:l", "method:l", "value", "source", "confidence", "remark")
        page.table(t("factors_of_country", country=page.country(code)), columns, rows)
    return page


def glossary(data: Json, words: Words) -> Page:
    """Write the glossary: symbol, unit, and the names in the three languages."""
    page = Page(words, "glossary")
    t = page.t
    page.say(t("glossary_lead"))
    page.head(t("symbols"), "symbols")
    tongues = [(t(f"language_{language}"), "w") for language in LANGUAGES]

    def named(label: Json) -> list[str]:
        return [Cell(clean(label.get(language, "—")), language="" if language == words.language else language) for language in LANGUAGES]

    rows = [
        [linear(latex_of(r["symbol"], r["latex"])), *named(r["label"]), r["unit"] if r["unit"] not in (None, "1") else "—"]
        for r in data["glossary"]["symbols"]
    ]
    page.table(t("glossary_symbols"), [*page.columns("symbol:l"), *tongues, *page.columns("unit:l")], rows)
    page.head(t("glossary_words"), "words")
    rows = [[row["id"], *named(row["label"])] for row in data["terms"]]
    page.table(t("glossary_words"), [*page.columns("id:l"), *tongues], rows)
    return page


def sources(data: Json, words: Words) -> Page:
    """Write the list of sources."""
    page = Page(words, "sources")
    t = page.t
    page.say(t("sources_lead"))
    page.head(t("sources_factors"), "factors")
    rows = [
        [words.of(s["title"]), clean(s.get("address") or "—"), words.date(str(s["accessed"])) if s.get("accessed") else "—"]
        for s in data["sources"].values()
    ]
    page.table(t("sources_factors"), page.columns("source", "address", "accessed"), rows)
    page.head(t("sources_methods"), "methodologies")
    rows = [[link(m["id"], section(m), m["id"]), page.source(m["source"]), page.confidence(m["confidence"])] for m in data["methods"]]
    page.table(t("sources_methods"), page.columns("id:l", "source", "confidence"), rows)
    page.head(t("sources_programmes"), "programmes")
    rows = [[link(p["id"], "programmes", p["id"]), page.source(p.get("source") or {}) or "—"] for p in data["programmes"]]
    page.table(t("sources_programmes"), page.columns("id:l", "source"), rows)
    return page


def section(method: Json) -> str:
    """Return the part of the site in which a methodology or kind of exchange stands."""
    return "methodologies" if method["kind"] == "methodology" else "parks"

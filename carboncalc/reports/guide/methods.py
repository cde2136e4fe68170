"""The pages of the methodologies and kinds of exchange: what each needs, its equations, and a worked example."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from ...formula.symbols import latex_of, linear
from ..numbers import clean
from ..proposal import method, reductions
from ..proposal.blocks import Equation
from ..proposal.draft import Draft
from ..words import Words
from .page import Json, Page, link
from .rules import Rules

#: a call of a function, which is no sentence
_CALL = re.compile(r"\b(?!in\b|and\b|or\b|not\b)\w+\s*\(")


def overview(data: Json, words: Words) -> Page:
    """Write the list of methodologies by sector and by country, and those that are known but not modelled."""
    page = Page(words, "methodologies")
    t = page.t
    page.say(t("methodologies_lead"))
    found = [m for m in data["methods"] if m["kind"] == "methodology"]
    page.head(t("by_sector"), "by-sector")
    for sector in dict.fromkeys(m["sector"] for m in found):
        rows = [m for m in found if m["sector"] == sector]
        page.part(page.sector(sector), f"sector-{sector}")
        table(page, t("of_sector", sector=page.sector(sector)), rows)
    page.head(t("by_country"), "by-country")
    codes = sorted({code for m in found for code in m["countries"] or ()}, key=page.country)
    rows = [
        [page.country(code), link(m["id"], "methodologies", m["id"]), words.of(m["title"]), page.sector(m["sector"])]
        for code in codes
        for m in found
        if code in (m["countries"] or ())
    ]
    page.table(t("by_country"), page.columns("country", "methodology:l", "title", "sector"), rows)
    anywhere = [[link(m["id"], "methodologies", m["id"]), words.of(m["title"]), page.sector(m["sector"])] for m in found if m["countries"] is None]
    page.table(t("for_any_country"), page.columns("methodology:l", "title", "sector"), anywhere)
    left = [
        [id_, page.country(row["country"]), words.of(row.get("title")) or "—", words.of(row["left_out"])]
        for id_, row in data["catalogue"].items()
        if row.get("left_out")
    ]
    if left:
        page.head(t("not_modelled"), "not-modelled")
        page.say(t("not_modelled_lead"))
        page.table(t("not_modelled"), page.columns("methodology:l", "country", "title_original", "reason"), left)
    return page


def table(page: Page, caption: str, rows: Sequence[Json]) -> None:
    """Write a table of methodologies."""
    page.table(
        caption,
        page.columns("methodology:l", "title", "countries", "sure"),
        [
            [link(m["id"], "methodologies", m["id"]), page.words.of(m["title"]), page.countries(m["countries"]), page.confidence(m["confidence"])]
            for m in rows
        ],
    )


def pages(data: Json, words: Words) -> Iterator[Page]:
    """Yield a page for each methodology and kind of exchange."""
    for one in data["methods"]:
        page = Page(words, "methodologies" if one["kind"] == "methodology" else "parks", words.of(one["title"]), one["id"])
        _heading(page, one)
        _conditions(page, one)
        _inputs(page, one)
        _equations(page, one)
        _factors(page, one)
        _example(page, one)
        yield page


def _heading(page: Page, one: Json) -> None:
    t, words = page.t, page.words
    rows = [
        (t("col_id"), one["id"]),
        (t("col_version"), one["version"]),
        (t("col_in_force"), page.span(one["in_force"]) if one.get("in_force") else t("not_stated")),
        (t("col_published_by"), words.of(one["publisher"])),
        (t("col_sector"), page.sector(one["sector"]) if one["sector"] else "—"),
        (t("col_countries"), page.countries(one["countries"])),
        (t("col_source"), page.source(one["source"])),
        (t("col_sure"), page.confidence(one["confidence"])),
        (t("col_equations"), page.counts(e["confidence"] for e in one["equations"])),
    ]
    page.table(t("at_a_glance"), page.columns("item:l", "entry"), rows)
    if one.get("note"):
        page.say(words.of(one["note"]))
    if one["not_covered"]:
        page.head(t("not_covered"), "not-covered")
        page.items(("", words.of(text)) for text in one["not_covered"])


def _conditions(page: Page, one: Json) -> None:
    t, words = page.t, page.words
    page.head(t("conditions"), "conditions")
    if not one["applicability"]:
        page.say(t("no_conditions"))
    names = {name: {"label": spec["label"]} for name, spec in one["symbols"].items() if spec.get("label")}
    rules = Rules(page, {"equations": names})
    rows = []
    for row in one["applicability"]:
        asked = words.of(row.get("ask")) or (t("computed_check") if _CALL.search(row["met"]) else rules.told(row["met"]))
        rows.append([words.of(row["label"]), asked, words.of(row.get("cite")) or "—", page.confidence(row.get("confidence"))])
    page.table(t("conditions"), page.columns("condition_name", "question", "source", "confidence"), rows)


def _inputs(page: Page, one: Json) -> None:
    t, words = page.t, page.words
    page.head(t("inputs"), "inputs")
    page.say(t("inputs_lead"))
    rows = []
    for name, spec in one["inputs"].items():
        choices = spec.get("text") or spec.get("of")
        units = [spec["unit"], *(o["unit"] for o in spec.get("instead", ()))] if "unit" in spec else []
        if isinstance(choices, list):
            kind = t("one_of", list=", ".join(map(str, choices)))
        else:
            kind = t("fuel_id") if choices == "fuel" else t("a_list") if "each" in spec else ", ".join(u if u != "1" else "—" for u in units) or "—"
        if spec.get("over") == "year":
            kind = t("by_year", kind=kind)
        default = spec.get("default") is not None
        need = t("has_default") if default else t("optional") if spec.get("optional") else t("needed")
        rows.append([name, words.of(spec["label"]), kind, _given(words, spec.get("example")), need])
    page.table(t("inputs"), page.columns("key:l", "meaning", "unit", "example", "need"), rows)


def _given(words: Words, example: Any) -> str:
    if isinstance(example, dict):
        return "; ".join(f"{key}: {words.written(str(value))}" for key, value in example.items())
    return "—" if example is None else words.written(clean(example))


def _equations(page: Page, one: Json) -> None:
    t, words, symbols = page.t, page.words, one["symbols"]
    page.head(t("equations"), "equations")
    shown: dict[str, None] = {}
    for number, spec in enumerate(one["equations"], 1):
        marks = {name: latex_of(name, symbols.get(name, {}).get("latex")) for name in spec["names"]}
        shown.update(dict.fromkeys(spec["names"]))
        cite = page.listed([words.of(spec["cite"]), page.confidence(spec["confidence"])])
        page.blocks.append(Equation(str(number), marks[spec["name"]], spec["tree"], marks, words.of(spec["label"]) or spec["name"], cite))
    rows = []
    for name in shown:
        spec = symbols.get(name, {})
        label = t(f"out_{name}") if words.has(f"guide.out_{name}") and not spec.get("label") else words.of(spec.get("label"))
        rows.append([linear(latex_of(name, spec.get("latex"))), label or name, clean(spec.get("unit") or "—") if spec.get("unit") != "1" else "—"])
    page.table(t("symbols"), page.columns("symbol:l", "meaning", "unit:l"), dict.fromkeys(map(tuple, rows)))


def _factors(page: Page, one: Json) -> None:
    t, words = page.t, page.words
    if one["factors"] or one["constants"] or one["parts"]:
        page.head(t("factors"), "factors")
    rows = [
        [linear(latex_of(f["symbol"], f.get("latex"))), words.of(f["label"]), f["id"], f["unit"], page.counted(f["values"])] for f in one["factors"]
    ]
    page.table(t("factors_of"), page.columns("symbol:l", "meaning", "factor_id", "unit:l", "sure"), rows)
    rows = [
        [
            linear(latex_of(c["symbol"], c.get("latex"))),
            words.of(c["label"]),
            page.stated(c["value"], None),
            page.source({"title": c["source"], **c}),
            page.confidence(c["confidence"]),
        ]
        for c in one["constants"]
    ]
    page.table(t("constants_of"), page.columns("symbol:l", "meaning", "value", "source", "confidence"), rows)
    rows = [[words.of(p["title"]), p["id"], page.source(p["source"]), page.confidence(p["confidence"])] for p in one["parts"]]
    page.table(t("parts_of"), page.columns("part", "id:l", "source", "confidence"), rows)


def _example(page: Page, one: Json) -> None:
    t = page.t
    example = one["example"]
    result = example["result"]
    page.head(t("example"), "example")
    page.say(t(f"example_{example['kind']}", source=page.words.of(example["source"])))
    for row in example["published"]:
        figure = page.words.amount(row["value"])
        page.say(t("published_figure", what=t(f"figure_{row['figure']}"), year=row["year"], value=figure))
    page.listing(t("example_file"), example["text"])
    draft = Draft(result, page.words)
    draft.blocks = page.blocks
    reductions.by_year(draft)
    yearly = page.words.amount(result["totals"]["reduction_per_year"])
    page.say(t("example_answer", yearly=yearly), "lead")
    columns = page.columns("value_of", "symbol:l", "value", "status", "source", "confidence")
    page.table(t("example_values"), columns, method.fixed(draft))
    page.head(t("cases"), "cases")
    page.say(t("cases_lead"))
    page.table(
        t("cases"),
        page.columns("file:l", "source"),
        [[case["file"], t("by_hand") if case["derived"] else page.words.of(case["source"])] for case in one["cases"]],
    )

"""The parts of the terminal report that only a park has: its exchanges, projects and physical savings."""

from collections.abc import Mapping
from typing import Any

from .layout import Page, Table, Text, size
from .numbers import clean
from .words import Words

Json = Mapping[str, Any]

#: kind of saving -> divisor and unit for show; electricity and heat are shown a thousand at a time
SAVED = {
    "electricity": (1000.0, "MWh"), "heat": (1000.0, "TJ"), "fuel": (1000.0, "TJ"), "water": (1.0, "m3"), "discharge": (1.0, "m3"), "material": (1.0, "t"),
    "waste": (1.0, "t"),
}  # fmt: skip


def overview(page: Page, result: Json) -> None:
    """Say how much of what is listed counts, and what is saved outside the fence."""
    words, exchanges, projects, totals = page.words, result["exchanges"], result["projects"], result["totals"]
    counted = sum(e["counted"] for e in exchanges)
    what = words("park.counted", counted=counted, n=len(exchanges)) if exchanges else words("park.no_exchanges")
    what += words.count("park.and_projects", len(projects)) if projects else ""
    page.write(words("park.overview", what=what, year=result["park"]["base_year"]))
    upstream = totals["reduction_upstream"]
    if upstream:
        page.write(words("park.upstream", amount=words.amount(upstream / len(result["years"]))))


def sections(page: Page, result: Json) -> None:
    """Write the tables of exchanges, physical savings and projects."""
    if result["exchanges"]:
        _exchanges(page, result)
    _savings(page, result)
    if result["projects"]:
        _projects(page, result)


def _exchanges(page: Page, result: Json) -> None:
    words, n = page.words, len(result["years"])
    wide = page.width >= 110
    page.title(words("park.exchanges"))
    columns = [(words("park.exchange"), "w")] + ([(words("park.kind"), "l"), (words("park.partners"), "w")] if wide else [])
    table = Table(
        *columns, (words("park.since"), "r"), (words("role.reduction"), "r"), (words("role.upstream"), "r"), (words("park.counts"), "l")
    )  # fmt: skip
    for e in result["exchanges"]:
        to = e["to"] if isinstance(e["to"], str) else ", ".join(e["to"])
        partners, kind = clean(f"{e['from']} → {to}"), words(f"exchange.{e['kind']}")
        what = [Text(clean(e["id"])), kind, Text(partners)] if wide else [Text(f"{clean(e['id'])} ({kind}): {partners}")]
        figures = [words.amount(e["totals"]["reduction_per_year"]), words.amount(e["totals"]["reduction_upstream"] / n)]
        counted = Text(f"✓ {words('say.yes')}", "green") if e["counted"] else Text(f"✗ {words('say.no')}", "yellow")
        table.add_row(*what, str(e["since"]), *figures, counted)
    page.table(table)
    for e in result["exchanges"]:
        if not e["counted"]:
            page.write(words("park.not_counted", id=clean(e["id"]), why=words.of(e["why"])), "yellow", 2)


def _savings(page: Page, result: Json) -> None:
    words, park = page.words, result["park"]["savings"]
    if not park:
        return
    rows = [(e["id"], e["savings"]) for e in result["exchanges"] if e["savings"]]
    page.title(words("park.savings"))
    kinds = [k for k in SAVED if k in park]
    titles = [f"{words(f'saved.{k}')}, {SAVED[k][1]}" for k in kinds]
    whole = words("park.park")
    if page.width >= max(size(str(id_)) for id_, _ in [*rows, (whole, {})]) + sum(size(title) + 2 for title in titles):
        table = Table((words("park.exchange"), "l"), *((title, "r") for title in titles))
        for id_, savings in rows:
            table.add_row(Text(clean(id_)), *(_saved(words, k, savings) for k in kinds))
        table.add_row(Text(whole, style="bold"), *(Text(_saved(words, k, park), style="bold") for k in kinds))
    else:
        table = Table((words("park.exchange"), "w"), (words("text.what"), "w"), (words("park.saved"), "r"), (words("say.unit"), "l"))
        for id_, savings in rows:
            for k in kinds:
                if savings.get(k, {}).get("total"):
                    table.add_row(Text(clean(id_)), words(f"saved.{k}"), _saved(words, k, savings), SAVED[k][1])
        for k in kinds:
            table.add_row(Text(whole, style="bold"), words(f"saved.{k}"), Text(_saved(words, k, park), style="bold"), SAVED[k][1])
    page.table(table)
    if any(row["per_year"] < 0 for _, s in rows for row in s.values()):
        page.write(words("park.negative"), "dim")


def _saved(words: Words, kind: str, savings: Json) -> str:
    row = savings.get(kind)
    return words.amount(row["per_year"] / SAVED[kind][0]) if row and row["total"] else ""


def _projects(page: Page, result: Json) -> None:
    words = page.words
    page.title(words("park.projects"))
    table = Table((words("role.project"), "w"), (words("say.methodology"), "l"), (words("park.a_year"), "r"), (words("park.in_all"), "r"))
    for p in result["projects"]:
        method = p["methodology"]["id"] if p["methodology"] else words("say.several_measures")
        table.add_row(Text(clean(p["id"])), method, words.amount(p["totals"]["reduction_per_year"]), words.amount(p["totals"]["reduction"]))
    page.table(table)
    page.write(words("park.own_report"), "dim")

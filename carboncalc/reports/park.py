"""The parts of the terminal report that only a park has: its exchanges, projects and physical savings."""

from collections.abc import Mapping
from typing import Any

from .layout import Page, Table, Text
from .numbers import amount, clean

Json = Mapping[str, Any]

#: kind of saving -> words and unit for show; electricity and heat are shown a thousand at a time
SAVED = {
    "electricity": ("electricity", 1000.0, "MWh"), "heat": ("heat passed on", 1000.0, "TJ"), "fuel": ("fuel", 1000.0, "TJ"), "water": ("fresh water", 1.0, "m3"),
    "discharge": ("discharge", 1.0, "m3"), "material": ("virgin material", 1.0, "t"), "waste": ("waste diverted", 1.0, "t"),
}  # fmt: skip


def overview(page: Page, result: Json) -> None:
    """Say how much of what is listed counts, and what is saved outside the fence."""
    exchanges, projects, totals = result["exchanges"], result["projects"], result["totals"]
    counted = sum(e["counted"] for e in exchanges)
    parts = [f"{counted} of {len(exchanges)} exchanges counted"] if exchanges else ["no exchanges"]
    parts += [f"{len(projects)} project{'s' if len(projects) != 1 else ''}"] if projects else []
    page.write(f"{' and '.join(parts)}, each once; base year {result['park']['base_year']}")
    upstream = totals["reduction_upstream"]
    if upstream:
        page.write(
            f"beside it {amount(upstream / len(result['years']))} tCO2e a year upstream, outside the fence: shown for information, not part of the reduction"
        )


def sections(page: Page, result: Json) -> None:
    """Write the tables of exchanges, physical savings and projects."""
    if result["exchanges"]:
        _exchanges(page, result)
    _savings(page, result)
    if result["projects"]:
        _projects(page, result)


def _title(page: Page, text: str) -> None:
    page.write()
    page.write(text, "bold")


def _exchanges(page: Page, result: Json) -> None:
    n = len(result["years"])
    wide = page.width >= 110
    _title(page, "Exchanges, tCO2e a year on average")
    columns = [("exchange", "w"), ("kind", "l"), ("from → to", "w")] if wide else [("exchange", "w")]
    table = Table(*columns, ("since", "r"), ("reduction", "r"), ("upstream", "r"), ("counted", "l"))
    for e in result["exchanges"]:
        to = e["to"] if isinstance(e["to"], str) else ", ".join(e["to"])
        partners = clean(f"{e['from']} → {to}")
        what = [Text(clean(e["id"])), e["kind"], Text(partners)] if wide else [Text(f"{clean(e['id'])} ({e['kind']}): {partners}")]
        figures = [amount(e["totals"]["reduction_per_year"]), amount(e["totals"]["reduction_upstream"] / n)]
        counted = Text("✓ yes", "green") if e["counted"] else Text("✗ no", "yellow")
        table.add_row(*what, str(e["since"]), *figures, counted)
    page.table(table)
    for e in result["exchanges"]:
        if not e["counted"]:
            page.write(clean(f"{e['id']}: not counted, {e['why']}"), "yellow", 2)


def _savings(page: Page, result: Json) -> None:
    park = result["park"]["savings"]
    if not park:
        return
    rows = [(e["id"], e["savings"]) for e in result["exchanges"] if e["savings"]]
    _title(page, "Physical savings a year on average")
    kinds = [k for k in SAVED if k in park]
    titles = [f"{SAVED[k][0]}, {SAVED[k][2]}" for k in kinds]
    if page.width >= max(len(str(id_)) for id_, _ in [*rows, ("park", {})]) + sum(len(title) + 2 for title in titles):
        table = Table(("exchange", "l"), *((title, "r") for title in titles))
        for id_, savings in rows:
            table.add_row(Text(clean(id_)), *(_saved(k, savings) for k in kinds))
        table.add_row(Text("park", style="bold"), *(Text(_saved(k, park), style="bold") for k in kinds))
    else:
        table = Table(("exchange", "w"), ("what", "w"), ("saved", "r"), ("unit", "l"))
        for id_, savings in rows:
            for k in kinds:
                if savings.get(k, {}).get("total"):
                    table.add_row(Text(clean(id_)), SAVED[k][0], _saved(k, savings), SAVED[k][2])
        for k in kinds:
            table.add_row(Text("park", style="bold"), SAVED[k][0], Text(_saved(k, park), style="bold"), SAVED[k][2])
    page.table(table)
    if any(row["per_year"] < 0 for _, s in rows for row in s.values()):
        page.write("A negative saving is what the exchange takes for preparation, transport or pumps.", "dim")


def _saved(kind: str, savings: Json) -> str:
    row = savings.get(kind)
    return amount(row["per_year"] / SAVED[kind][1]) if row and row["total"] else ""


def _projects(page: Page, result: Json) -> None:
    _title(page, "Projects of the park, tCO2e in its years")
    table = Table(("project", "w"), ("methodology", "l"), ("a year", "r"), ("in all", "r"))
    for p in result["projects"]:
        method = p["methodology"]["id"] if p["methodology"] else "several measures"
        table.add_row(Text(clean(p["id"])), method, amount(p["totals"]["reduction_per_year"]), amount(p["totals"]["reduction"]))
    page.table(table)
    page.write("Money and programmes of a project stand in the report of its own file.", "dim")

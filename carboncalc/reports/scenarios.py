"""Scenarios side by side: the file as it stands first, then each scenario, in one table."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from .layout import Page, Table, Text, size
from .numbers import amount, clean
from .uncertainty import between

Json = Mapping[str, Any]
WORDS = {"eligible": "✓ eligible", "not-eligible": "✗ not eligible", "undetermined": "? undetermined"}


def section(page: Page, result: Json) -> None:
    """Write the table; in bands, each beginning with the file as it stands, when there are more scenarios than the page is wide."""
    if not result.get("scenarios"):
        return
    page.title("Scenarios")
    titles, rows = table(result)
    label = max(size(text) for text, _ in rows)
    heads = ["as stated", *(title if size(title) <= 24 else s["id"] for title, s in zip(titles[1:], result["scenarios"], strict=True))]
    widths = [2 + max(size(head), *(size(cells[i]) for _, cells in rows)) for i, head in enumerate(heads)]
    band, first = [0], True
    for i in range(1, len(heads) + 1):
        if len(band) > 1 and (i == len(heads) or label + sum(widths[k] for k in (*band, i)) > page.width):
            if not first:
                page.write()
            first = False
            side = Table(("", "l"), *((heads[k], "r") for k in band))
            for text, cells in rows:
                side.add_row(text, *(Text(cells[k], "bold" if text == "reduction, tCO2e" else "") for k in band))
            page.table(side)
            band = [0]
        band.append(i)
    for found in result["scenarios"]:
        _notes(page, found)


def _notes(page: Page, found: Json) -> None:
    """Write what is to be known of a scenario and not of the file as it stands, each code once."""
    told: dict[str, list[Json]] = {}
    for f in found["findings"]:
        if f["severity"] != "info":
            told.setdefault(f["code"], []).append(f)
    for code, alike in told.items():
        more = f" (and {len(alike) - 1} more)" if len(alike) > 1 else ""
        page.write(clean(f"{found['id']}: {code} {alike[0]['severity']}: {alike[0]['message']}{more}"), "yellow", 2)


def table(result: Json) -> tuple[list[str], list[tuple[str, list[str]]]]:
    """Return the titles and the rows; a row in which nothing stands is left out."""
    every = [result, *result["scenarios"]]
    titles = ["as stated", *(clean(s["title"]) for s in result["scenarios"])]
    return titles, [(label, cells) for label, show in _rows(result) if any(cells := [show(one) for one in every])]


def _rows(result: Json) -> Iterator[tuple[str, Callable[[Json], str]]]:
    yield "baseline, tCO2e", lambda r: amount(r["totals"]["baseline"])
    yield "project, tCO2e", lambda r: amount(r["totals"]["project"])
    if any(r["totals"]["leakage"] for r in (result, *result["scenarios"])):
        yield "leakage, tCO2e", lambda r: amount(r["totals"]["leakage"])
    yield "reduction, tCO2e", lambda r: amount(r["totals"]["reduction"])
    yield "reduction, tCO2e/year", lambda r: amount(r["totals"]["reduction_per_year"])
    yield (
        "95 % range, tCO2e",
        lambda r: between(r["uncertainty"]["reduction"]["p2_5"], r["uncertainty"]["reduction"]["p97_5"]) if r["uncertainty"] else "",
    )
    yield "simple payback, years", lambda r: _money(r, "payback_years", lambda v: f"{v:.1f}")
    yield "net present value", lambda r: _money(r, "npv", amount)
    yield "internal rate of return", lambda r: _money(r, "irr", lambda v: f"{v * 100:.1f} %")
    yield "cost per tCO2e", lambda r: _money(r, "cost_per_tonne", amount)
    for id_ in dict.fromkeys(p["id"] for r in (result, *result["scenarios"]) for p in r["programmes"]):
        yield id_, lambda r, id_=id_: next((WORDS[p["verdict"]] for p in r["programmes"] if p["id"] == id_), "")  # type: ignore[misc]


def _money(result: Json, key: str, show: Callable[[float], str]) -> str:
    if not result["finance"]:
        return ""
    value = result["finance"]["without_subsidy"].get(key)
    return "—" if value is None else show(value)

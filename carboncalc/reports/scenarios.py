"""Scenarios side by side: the file as it stands first, then each scenario, in one table."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from .layout import Page, Table, Text, size
from .money import outcome
from .numbers import clean
from .uncertainty import between
from .words import Words

Json = Mapping[str, Any]


def section(page: Page, result: Json) -> None:
    """Write the table; in bands, each beginning with the file as it stands, when there are more scenarios than the page is wide."""
    words = page.words
    page.title(words("scenario.scenarios"))
    titles, rows = table(words, result)
    label = max(size(text) for text, _ in rows)
    heads = [titles[0], *(title if size(title) <= 24 else s["id"] for title, s in zip(titles[1:], result["scenarios"], strict=True))]
    widths = [2 + max(size(head), *(size(cells[i]) for _, cells in rows)) for i, head in enumerate(heads)]
    band, first = [0], True
    for i in range(1, len(heads) + 1):
        if len(band) > 1 and (i == len(heads) or label + sum(widths[k] for k in (*band, i)) > page.width):
            if not first:
                page.write()
            first = False
            side = Table(("", "l"), *((heads[k], "r") for k in band))
            for text, cells in rows:
                side.add_row(text, *(Text(cells[k], "bold" if text == words("scenario.reduction") else "") for k in band))
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
    words = page.words
    for code, alike in told.items():
        more = words("scenario.more", n=words.figure(len(alike) - 1)) if len(alike) > 1 else ""
        page.write(f"{found['id']}: {code} {words('severity.' + alike[0]['severity'])}: {words.finding(alike[0])[0]}{more}", "yellow", 2)


def table(words: Words, result: Json) -> tuple[list[str], list[tuple[str, list[str]]]]:
    """Return the titles and the rows; a row in which nothing stands is left out."""
    every = [result, *result["scenarios"]]
    titles = [words("scenario.as_stated"), *(clean(s["title"]) for s in result["scenarios"])]
    return titles, [(label, cells) for label, show in _rows(words, result) if any(cells := [show(one) for one in every])]


def _rows(words: Words, result: Json) -> Iterator[tuple[str, Callable[[Json], str]]]:
    amount = words.amount
    yield words("scenario.baseline"), lambda r: amount(r["totals"]["baseline"])
    yield words("scenario.project"), lambda r: amount(r["totals"]["project"])
    if any(r["totals"]["leakage"] for r in (result, *result["scenarios"])):
        yield words("scenario.leakage"), lambda r: amount(r["totals"]["leakage"])
    yield words("scenario.reduction"), lambda r: amount(r["totals"]["reduction"])
    yield words("scenario.reduction_per_year"), lambda r: amount(r["totals"]["reduction_per_year"])
    yield (
        words("scenario.range"),
        lambda r: between(words, r["uncertainty"]["reduction"]["p2_5"], r["uncertainty"]["reduction"]["p97_5"]) if r["uncertainty"] else "",
    )
    yield words("money.payback"), lambda r: _money(words, r, "payback_years")
    yield words("money.npv"), lambda r: _money(words, r, "npv")
    yield words("money.irr"), lambda r: _money(words, r, "irr")
    yield words("money.cost_per_tonne"), lambda r: _money(words, r, "cost_per_tonne")
    for id_ in dict.fromkeys(p["id"] for r in (result, *result["scenarios"]) for p in r["programmes"]):
        yield id_, lambda r, id_=id_: next((words.verdict(p["verdict"]) for p in r["programmes"] if p["id"] == id_), "")  # type: ignore[misc]


def _money(words: Words, result: Json, key: str) -> str:
    return outcome(words, key, result["finance"]["without_subsidy"].get(key)) if result["finance"] else ""

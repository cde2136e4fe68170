"""What a workbook shows as it was computed and does not compute anew: uncertainty, scenarios, and expected credits."""

from collections.abc import Mapping
from typing import Any

from .numbers import share
from .workbook_book import Book, Sheet, label, shown

Json = Mapping[str, Any]
NOTE = (
    "These figures are those of the project file. They do not follow a change in this workbook: change the project file and make the workbook anew."
)
_COLUMNS = ("point", "mean", "median", "standard_deviation", "p2_5", "p10", "p90", "p97_5")
_TITLES = ("point estimate", "mean of the draws", "median", "standard deviation", "2.5 %", "10 %", "90 %", "97.5 %")
_CREDITS = {
    "reduction": "Reduction", "issued": "Expected issuance", "japan": "To Japan", "host": "To the host country", "others": "To others",
    "transfer_limit": "Most that may leave the host country", "transferable": "Of Japan's, may leave",
}  # fmt: skip


def _begin(book: Book, title: str, about: str, widths: tuple[float, ...]) -> Sheet:
    sheet = book.sheet(title, f"{about} (fixed)", widths)
    book.text(sheet, 0, 0, about, "title")
    book.text(sheet, 1, 0, NOTE, "note")
    return sheet


def _numbers(book: Book, sheet: Sheet, row: int, first: int, values: Any) -> None:
    for i, value in enumerate(values):
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            book.number(sheet, row, first + i, value, "value")
        else:
            book.text(sheet, row, first + i, "" if value is None else value)


def uncertainty(book: Book, result: Json) -> None:
    """Write both approaches, the ranges of each year, and what each quantity adds; nothing where nothing was drawn."""
    found = result.get("uncertainty")
    if not found:
        return
    sheet = _begin(book, "Uncertainty", f"Monte Carlo, {found['draws']} draws, seed {found['seed']}", (38, *([14] * 9)))
    book.row(sheet, 3, ("Reduction", *_TITLES), "head")
    row = 4
    for key, words in (("reduction", "tCO2e in all years"), ("reduction_per_year", "tCO2e a year")):
        book.text(sheet, row, 0, words)
        _numbers(book, sheet, row, 1, [found[key][column] for column in _COLUMNS])
        row += 1
    first = found["approach_1"]
    book.text(sheet, row, 0, "error propagation (approach 1), tCO2e in all years")
    _numbers(book, sheet, row, 1, [found["reduction"]["point"], None, None, None, first["p2_5"], None, None, first["p97_5"]])
    book.text(sheet, row + 1, 0, "the range is stable" if found["convergence"]["stable"] else "the range is not stable yet: take more draws", "note")
    row += 3
    book.row(sheet, row, ("Year, tCO2e", "mean of the draws", "2.5 %", "97.5 %"), "head")
    for year in found["years"]:
        row += 1
        book.number(sheet, row, 0, year["year"], "value", "0")
        _numbers(book, sheet, row, 1, [year[k] for k in ("mean", "p2_5", "p97_5")])
    row += 2
    titles = ("Quantity", "Value", "Unit", "2.5 %", "97.5 %", "Reduction at 2.5 %", "Reduction at 97.5 %", "Share of the variance", "Distribution")
    book.row(sheet, row, titles, "head")
    for v in found["variables"]:
        row += 1
        book.text(sheet, row, 0, f"{label(result['symbols'], v.get('measure') or '', v['name']) or v['name']} ({v['id']})")
        _numbers(book, sheet, row, 1, [v["value"]])
        book.text(sheet, row, 2, shown(v["unit"]))
        tornado = v["tornado"]
        _numbers(book, sheet, row, 3, [tornado[k] for k in ("low", "high", "at_low", "at_high")])
        book.row(sheet, row, ("" if v["variance_share"] is None else share(v["variance_share"]), v["shape"]), first=7)


def scenarios(book: Book, result: Json) -> None:
    """Write the file as it stands beside each scenario; nothing where there is none."""
    if not result.get("scenarios"):
        return
    every = [{"title": "as stated", **result}, *result["scenarios"]]
    sheet = _begin(book, "Scenarios", "Scenarios side by side", (40, *([18] * len(every))))
    book.row(sheet, 3, ("", *(s["title"] for s in every)), "head")
    rows: list[tuple[str, list[Any]]] = [
        (f"{key.replace('_', ' ')}, {unit}", [s["totals"][key] for s in every])
        for key, unit in (
            ("baseline", "tCO2e"),
            ("project", "tCO2e"),
            ("leakage", "tCO2e"),
            ("reduction", "tCO2e"),
            ("reduction_per_year", "tCO2e/year"),
        )
    ]
    for column in ("without_subsidy", "with_subsidy"):
        for key, words in (
            ("payback_years", "payback, year"),
            ("npv", "net present value"),
            ("irr", "rate of return"),
            ("cost_per_tonne", "cost per tonne"),
        ):
            values = [((s["finance"] or {}).get(column) or {}).get(key) for s in every]
            rows.append((f"{words}, {column.replace('_', ' ')}", values))
    for id_ in dict.fromkeys(p["id"] for s in every for p in s["programmes"]):
        rows.append((id_, [next((p["verdict"] for p in s["programmes"] if p["id"] == id_), None) for s in every]))
    for row, (words, values) in enumerate([r for r in rows if any(v is not None for v in r[1])], 4):
        book.text(sheet, row, 0, words)
        _numbers(book, sheet, row, 1, values)


def credits(book: Book, result: Json) -> None:
    """Write the credits expected of each year and who receives them; nothing where the project does not ask."""
    found = result.get("credits")
    if not found:
        return
    sheet = _begin(book, "Credits", "Expected credits and their shares, tCO2e", (12, *([16] * len(_CREDITS))))
    book.row(sheet, 3, ("Year", *_CREDITS.values()), "head")
    row = 4
    for year in found["years"]:
        book.number(sheet, row, 0, year["year"], "year", "0")
        _numbers(book, sheet, row, 1, [year[key] for key in _CREDITS])
        row += 1
    book.text(sheet, row, 0, "total", "head")
    _numbers(book, sheet, row, 1, [found["totals"].get(key) for key in _CREDITS])
    for words, key in (
        ("Share of Japan", "share_japan"),
        ("Share of the host country", "share_host"),
        ("Share that may leave the host country", "transfer_cap"),
    ):
        row += 1
        book.text(sheet, row + 1, 0, f"{words}: {'not known' if found[key] is None else share(found[key])}", "plain")

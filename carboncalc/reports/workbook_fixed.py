"""What a workbook shows as it was computed and does not compute anew: uncertainty, scenarios, and expected credits."""

from collections.abc import Mapping
from typing import Any

from .workbook_book import Book, Sheet, shown

Json = Mapping[str, Any]
_COLUMNS = ("point", "mean", "median", "standard_deviation", "p2_5", "p10", "p90", "p97_5")
_CREDITS = ("reduction", "issued", "japan", "host", "others", "transfer_limit", "transferable")


def _begin(book: Book, title: str, about: str, widths: tuple[float, ...]) -> Sheet:
    sheet = book.sheet(title, book.words("workbook.fixed", about=about), widths)
    book.text(sheet, 0, 0, about, "title")
    book.text(sheet, 1, 0, book.words("workbook.fixed_note"), "note")
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
    words = book.words
    about = words("workbook.draws", draws=found["draws"], seed=found["seed"])
    sheet = _begin(book, words("workbook.uncertainty"), about, (38, *([14] * 9)))
    book.row(sheet, 3, (words("workbook.reduction"), *(words(f"drawn.{key}") for key in _COLUMNS)), "head")
    row = 4
    for key, unit in (("reduction", "workbook.in_all_years"), ("reduction_per_year", "workbook.a_year")):
        book.text(sheet, row, 0, words(unit))
        _numbers(book, sheet, row, 1, [found[key][column] for column in _COLUMNS])
        row += 1
    first = found["approach_1"]
    book.text(sheet, row, 0, words("workbook.approach_1"))
    _numbers(book, sheet, row, 1, [found["reduction"]["point"], None, None, None, first["p2_5"], None, None, first["p97_5"]])
    book.text(sheet, row + 1, 0, words("workbook.stable" if found["convergence"]["stable"] else "workbook.unstable"), "note")
    row += 3
    book.row(sheet, row, (words("workbook.year_tonnes"), *(words(f"drawn.{key}") for key in ("mean", "p2_5", "p97_5"))), "head")
    for year in found["years"]:
        row += 1
        book.number(sheet, row, 0, year["year"], "value", "0")
        _numbers(book, sheet, row, 1, [year[k] for k in ("mean", "p2_5", "p97_5")])
    row += 2
    titles = (
        "workbook.quantity",
        "workbook.value",
        "workbook.unit",
        "drawn.p2_5",
        "drawn.p97_5",
        "workbook.at_low",
        "workbook.at_high",
        "workbook.variance",
        "workbook.shape",
    )
    book.row(sheet, row, [words(title) for title in titles], "head")
    for v in found["variables"]:
        row += 1
        book.text(sheet, row, 0, f"{book.label(result['symbols'], v.get('measure') or '', v['name']) or v['name']} ({v['id']})")
        _numbers(book, sheet, row, 1, [v["value"]])
        book.text(sheet, row, 2, shown(v["unit"]))
        tornado = v["tornado"]
        _numbers(book, sheet, row, 3, [tornado[k] for k in ("low", "high", "at_low", "at_high")])
        book.row(sheet, row, ("" if v["variance_share"] is None else words.share(v["variance_share"]), words(f"shape.{v['shape']}")), first=7)


def scenarios(book: Book, result: Json) -> None:
    """Write the file as it stands beside each scenario; nothing where there is none."""
    if not result.get("scenarios"):
        return
    words = book.words
    every = [{"title": words("scenario.as_stated"), **result}, *result["scenarios"]]
    sheet = _begin(book, words("workbook.scenarios"), words("workbook.scenarios_about"), (40, *([18] * len(every))))
    book.row(sheet, 3, ("", *(s["title"] for s in every)), "head")
    rows: list[tuple[str, list[Any]]] = [
        (words(f"scenario.{key}"), [s["totals"][key] for s in every]) for key in ("baseline", "project", "leakage", "reduction", "reduction_per_year")
    ]
    for column in ("without_subsidy", "with_subsidy"):
        for key in ("payback_years", "npv", "irr", "cost_per_tonne"):
            values = [((s["finance"] or {}).get(column) or {}).get(key) for s in every]
            rows.append((words("workbook.money", figure=words(f"workbook_money.{key}"), column=words(f"money.{column}")), values))
    for id_ in dict.fromkeys(p["id"] for s in every for p in s["programmes"]):
        answers = [next((p["verdict"] for p in s["programmes"] if p["id"] == id_), None) for s in every]
        rows.append((id_, [None if answer is None else words(f"answer.{answer}") for answer in answers]))
    for row, (label, values) in enumerate([r for r in rows if any(v is not None for v in r[1])], 4):
        book.text(sheet, row, 0, label)
        _numbers(book, sheet, row, 1, values)


def credits(book: Book, result: Json) -> None:
    """Write the credits expected of each year and who receives them; nothing where the project does not ask."""
    found = result.get("credits")
    if not found:
        return
    words = book.words
    sheet = _begin(book, words("workbook.credits"), words("workbook.credits_about"), (12, *([16] * len(_CREDITS))))
    book.row(sheet, 3, (words("workbook.year"), *(words(f"workbook_credits.{key}") for key in _CREDITS)), "head")
    row = 4
    for year in found["years"]:
        book.number(sheet, row, 0, year["year"], "year", "0")
        _numbers(book, sheet, row, 1, [year[key] for key in _CREDITS])
        row += 1
    book.text(sheet, row, 0, words("say.total"), "head")
    _numbers(book, sheet, row, 1, [found["totals"].get(key) for key in _CREDITS])
    for key in ("share_japan", "share_host", "transfer_cap"):
        row += 1
        value = words("say.not_known") if found[key] is None else words.share(found[key])
        book.text(sheet, row + 1, 0, words(f"workbook_credits.{key}", value=value), "plain")

"""The sheets a user types in, and the factors: inputs as they were written, with the columns of a JCM monitoring plan."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from .. import units
from ..result import UNVERIFIED
from .words import Words
from .workbook_book import Book, Sheet, common, shape, shown
from .workbook_cells import SHARED, Cell, Cells

Json = Mapping[str, Any]
#: texts of the columns; those of the inputs are the columns of a JCM monitoring plan
INPUTS = (
    "parameter",
    "description",
    "item",
    "estimated",
    "unit",
    "monitoring",
    "source",
    "procedures",
    "comments",
    "equation_value",
    "equation_unit",
)
FACTORS = (
    "stated.symbol", "stated.description", "plan.item", "stated.value", "stated.unit", "plan.confidence", "stated.source", "plan.page", "plan.match", "plan.year",
    "plan.method", "plan.factor", "plan.low", "plan.high", "plan.notes",
)  # fmt: skip


class Written(NamedTuple):
    """An input as its author wrote it: number, unit, and what turns it into the unit of the equations."""

    value: float
    unit: str
    scale: float


def written(row: Json) -> Written:
    """Return how an input stands in the project file; what cannot be read again stands in the unit of the equations."""
    if row["given"]:
        try:
            quantity = units.read_quantity(row["given"])
            scale = units.scale(quantity.unit, units.parse(row["unit"]))
            if abs(quantity.value * scale - row["value"]) <= 1e-12 * abs(row["value"]):
                return Written(quantity.value, quantity.unit.text, scale)
        except units.UnitError:
            pass
    return Written(row["value"], row["unit"], 1.0)


def is_money(row: Json) -> bool:
    """Tell whether a quantity belongs to the finance block, which has a sheet of its own."""
    return str(row["path"] or "").startswith(("finance.", "programmes.")) or str(row["factor"] or "").startswith("finance.exchange.")


def is_credit(row: Json) -> bool:
    """Tell whether a quantity belongs to the credits block."""
    return row["name"] in ("share_japan", "share_host", "transfer_cap") and not row.get("measure")


def in_series(rows: Iterable[Json]) -> dict[tuple[Any, ...], list[Json]]:
    """Group the rows of one quantity that follow each other in time."""
    groups: dict[tuple[Any, ...], list[Json]] = {}
    for row in rows:
        fixed = tuple((k, v) for k, v in row["index"].items() if k != "year")
        groups.setdefault((row.get("measure") or "", row["name"], fixed), []).append(row)
    return groups


def inputs(book: Book, cells: Cells, result: Json) -> None:
    """Write the project, the inputs and, where some vary by year, a second sheet for those."""
    rows = [q for q in result["quantities"] if q["status"] in ("input", "default") and not is_money(q) and not is_credit(q)]
    groups = in_series(rows)
    words = book.words
    sheet = book.sheet(words("workbook.inputs"), words("workbook.inputs_about"), (11, 32, 16, 13, 11, 14, 26, 24, 30, 13, 12))
    page = sheet.page
    book.text(sheet, 0, 0, words("workbook.inputs_title"), "title")
    row = _project(book, cells, sheet, result)
    book.row(sheet, row, [words(f"plan.{key}") for key in INPUTS], "head")
    page.set_row(row, 30)
    page.freeze_panes(row + 1, 2)
    page.repeat_rows(row)
    several: list[tuple[int, tuple[Any, ...], list[Json]]] = []
    measure = ""
    for (owner, name, fixed), group in groups.items():
        row += 1
        if owner != measure:
            book.text(sheet, row, 0, words("workbook.measure", id=owner), "band")
            for column in range(1, len(INPUTS)):
                book.text(sheet, row, column, "", "band")
            measure, row = owner, row + 1
        first = group[0]
        book.row(sheet, row, (name, book.label(result["symbols"], owner, name), ", ".join(str(v) for _, v in fixed)))
        book.text(sheet, row, 4, shown(written(first).unit) if not isinstance(first["value"], str) else "")
        book.text(sheet, row, 5, words(f"monitoring.{first['monitoring']}") if first["monitoring"] in ("A", "B", "C") else "", "fill")
        book.text(sheet, row, 6, _source(words, first), "doubt" if first["confidence"] in UNVERIFIED else "fill")
        book.text(sheet, row, 7, "", "fill")
        book.text(sheet, row, 8, _comments(words, first), "fill")
        book.text(sheet, row, 10, shown(first["unit"]))
        symbol = result["symbols"].get(f"{owner}.{name}") or result["symbols"].get(name) or {}
        if isinstance(first["value"], str):
            book.text(sheet, row, 3, first["value"], "choice")
            book.text(sheet, row, 9, first["value"], "choice")
            place = book.name("_".join([owner, name, *(str(v) for _, v in fixed)]).strip("_"), sheet.at(row, 9))
            cells.add(owner, name, dict(fixed), Cell(sheet, row, 9, first["value"], place))
        elif "year" in first["index"] or symbol.get("by_year"):
            several.append((row, (owner, name, fixed), group))
        else:
            _constant(book, cells, sheet, row, (owner, name, fixed), first, symbol, result)
    if several:
        _by_year(book, cells, sheet, several, result)


def _project(book: Book, cells: Cells, sheet: Sheet, result: Json) -> int:
    """Write what holds for the whole project; returns the next free row."""
    project = result["project"]
    rows: list[tuple[str, str, Any]] = [
        ("", "project", project["title"]), ("", "place", ", ".join(x for x in (project.get("region"), project["country"]) if x)), ("country", "country", project["country"]),
        ("gwp", "gwp", result["gwp"]), ("first_year", "first_year", float(result["years"][0]["year"])),
        ("years", "years_estimated", float(len(result["years"]))), ("period", "period", 1.0),
    ]  # fmt: skip
    row = 2
    for name, key, value in rows:
        book.text(sheet, row, 1, book.words(f"workbook.{key}"))
        if isinstance(value, str):
            book.text(sheet, row, 3, value, "choice" if name else "plain")
        else:
            book.number(sheet, row, 3, value, "choice", "0")
        if name:
            book.text(sheet, row, 0, name)
            cells.add(SHARED, name, {}, Cell(sheet, row, 3, value, book.name(name, sheet.at(row, 3))))
        row += 1
    return row + 1


def _source(words: Words, row: Json) -> str:
    sure = f" ({words.mark(row['confidence'])})" if row["status"] == "default" else ""
    return words.source(row) + sure


def _comments(words: Words, row: Json) -> str:
    parts = [words.of(row["note"]), words.of(row["conflict"])]
    if row["range"]:
        low, high = (words.number(f"{end:.6g}") for end in row["range"])
        parts.append(words("workbook.range", span=words.span(low, high), unit=row["unit"]))
    if row["status"] == "default":
        parts.append(words("status.default"))
    return "; ".join(p for p in parts if p)


def limits(book: Book, sheet: Sheet, row: int, first: int, last: int, symbol: Json, scale: float, whole: bool) -> None:
    """Let cells take only numbers that the project file could state."""
    low, high = symbol.get("min", 0) / scale, symbol["max"] / scale if "max" in symbol else None
    words = book.words
    kind, most = (
        words("workbook.whole_number" if whole else "workbook.a_number"),
        "" if high is None else words("workbook.at_most", high=words.number(f"{high:g}")),
    )
    rule: dict[str, Any] = {
        "validate": "integer" if whole else "decimal", "criteria": ">=" if high is None else "between", "error_title": words("workbook.not_possible"),
        "error_message": words("workbook.limits", kind=kind, low=words.number(f"{low:g}"), most=most),
    }  # fmt: skip
    rule |= {"value": low} if high is None else {"minimum": low, "maximum": high}
    sheet.page.data_validation(row, first, row, last, rule)


def _constant(
    book: Book, cells: Cells, sheet: Sheet, row: int, key: tuple[str, str, tuple[Any, ...]], q: Json, symbol: Json, result: Json
) -> None:  # fmt: skip
    owner, name, fixed = key
    found = written(q)
    same = str(q["source"]).removeprefix("equal to ") if str(q["source"]).startswith("equal to ") else ""
    if same and (other := cells.get(owner, same, dict(fixed))):
        book.formula(sheet, row, 3, other.seen_from(sheet), q["value"], "choice", "0" if other.sheet is sheet else None)
    else:
        book.number(sheet, row, 3, found.value, "input")
        limits(book, sheet, row, 3, 3, symbol, found.scale, bool(symbol.get("count")))
    book.formula(sheet, row, 9, times(sheet.here(row, 3), found.scale), q["value"])
    place = book.name("_".join([owner, name, *(str(v) for _, v in fixed)]).strip("_"), sheet.at(row, 9))
    cells.add(owner, name, dict(fixed), Cell(sheet, row, 9, q["value"], place))


def times(address: str, scale: float) -> str:
    """Write a conversion of units."""
    return address if scale == 1.0 else f"{address}*{repr(scale).replace('e', 'E')}"


def _by_year(
    book: Book, cells: Cells, plan: Sheet, several: Sequence[tuple[int, tuple[Any, ...], list[Json]]], result: Json
) -> None:  # fmt: skip
    """Write the inputs that may differ from year to year: a line as written, and below it the same in the unit of the equations."""
    years = cells.years
    words = book.words
    sheet = book.sheet(words("workbook.by_year"), words("workbook.by_year_about"), (11, 34, 18, 13, *([11] * len(years))))
    book.text(sheet, 0, 0, words("workbook.by_year"), "title")
    book.text(sheet, 1, 0, words("workbook.by_year_note"), "note")
    book.row(sheet, 3, [words(f"plan.{key}") for key in ("parameter", "description", "item", "unit")], "head")
    for i, year in enumerate(years):
        book.number(sheet, 3, 4 + i, year, "year", "0")
    sheet.page.freeze_panes(4, 3)
    sheet.page.repeat_rows(3)
    row = 4
    for line, (owner, name, fixed), group in several:
        symbol = result["symbols"].get(f"{owner}.{name}") or result["symbols"].get(name) or {}
        held = series(group, years)
        unit, scale = written(group[0]).unit, written(group[0]).scale
        item = ", ".join(str(v) for _, v in fixed)
        book.row(sheet, row, (name, book.label(result["symbols"], owner, name), item, shown(unit)))
        book.row(sheet, row + 1, ("", words("workbook.in_equations"), item, shown(group[0]["unit"])))
        digits, last = common(v for v, _ in held), 4 + len(years) - 1
        stated = 0.0
        for i, (value, own) in enumerate(held):
            if own or not i:
                stated = written(own).value if own and written(own).unit == unit else value / scale
                book.number(sheet, row, 4 + i, stated, "input")
            else:
                book.formula(sheet, row, 4 + i, sheet.here(row, 3 + i), stated, "input", shape(stated))
            book.formula(sheet, row + 1, 4 + i, times(sheet.here(row, 4 + i), scale), value, "value", digits)
            cells.add(owner, name, {**dict(fixed), "year": years[i]}, Cell(sheet, row + 1, 4 + i, value))
        limits(book, sheet, row, 4, last, symbol, scale, bool(symbol.get("count")))
        place = book.name("_".join([owner, name, *(str(v) for _, v in fixed)]).strip("_"), sheet.range(row + 1, 4, last))
        book.formula(plan, line, 3, sheet.at(row, 4), written(group[0]).value, "value")
        book.text(plan, line, 9, words("workbook.see_by_year", name=place))
        row += 2


def series(group: Sequence[Json], years: Sequence[int]) -> list[tuple[float, Json | None]]:
    """Return the value of each year, and its row where the file states one for that year; each holds until the next."""
    starts = {r["index"].get("year", years[0]): r for r in group}
    held: list[tuple[float, Json | None]] = []
    for year in years:
        own = starts.get(year)
        held.append((own["value"] if own else held[-1][0], own))
    return held


def factors(book: Book, cells: Cells, result: Json) -> None:
    """Write the factors and constants, each with its citation; what is unverified is marked."""
    rows = [q for q in result["quantities"] if q["status"] == "factor" and not is_money(q) and not is_credit(q)]
    words = book.words
    sheet = book.sheet(words("workbook.factors"), words("workbook.factors_about"), (12, 34, 16, 12, 14, 14, 36, 24, 13, 7, 14, 24, 10, 10, 36))
    book.text(sheet, 0, 0, words("workbook.factors_title"), "title")
    book.row(sheet, 2, [words(key) for key in FACTORS], "head")
    sheet.page.freeze_panes(3, 2)
    sheet.page.repeat_rows(2)
    for row, q in enumerate(rows, 3):
        owner, name = q.get("measure") or "", q["name"]
        item = ", ".join(str(v) for v in q["index"].values())
        book.row(sheet, row, ("_".join(x for x in (owner, name) if x), book.label(result["symbols"], owner, name), item))
        book.number(sheet, row, 3, q["value"], "factor")
        book.row(sheet, row, (shown(q["unit"]),), first=4)
        book.text(sheet, row, 5, words.mark(q["confidence"]), "doubt" if q["confidence"] in UNVERIFIED else "text")
        notes = "; ".join(words.of(x) for x in (q["note"], q["conflict"]) if x)
        book.row(
            sheet,
            row,
            (
                words.origin(q["source"]),
                words.of(q["page"]),
                words(f"match.{q['match']}") if q["match"] else "",
                q["year"],
                words.of(q["method"]),
                q["factor"],
            ),
            first=6,
        )
        for i, end in enumerate(q["range"] or (None, None)):
            if end is None:
                book.text(sheet, row, 12 + i, "")
            else:
                book.number(sheet, row, 12 + i, end, "value")
        book.text(sheet, row, 14, notes)
        place = book.name("_".join([owner, name, *(str(v) for v in q["index"].values())]).strip("_"), sheet.at(row, 3))
        cells.add(owner, name, q["index"], Cell(sheet, row, 3, q["value"], place))

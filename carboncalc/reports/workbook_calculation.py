"""The calculation: every equation in its order as live formulas, years in columns, items in rows."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ..formula import Node, text
from .workbook_book import Book, Sheet, common, shown
from .workbook_cells import Cell, Cells, read, split

Json = Mapping[str, Any]
#: columns before the first year: symbol, item, unit, and what is the same in all years
FIRST = 4


class Block(NamedTuple):
    """One equation on its sheet: heading, formula, and the index of each line with the row it stands in."""

    name: str
    step: Json
    tree: Node
    shown: str
    lines: list[tuple[dict[str, Any], int]]
    yearly: bool


def calculation(book: Book, cells: Cells, result: Json, measure: str) -> None:
    """Write the sheet of one measure.

    Parameters
    ----------
    book, cells : Book and Cells
        Inputs and factors are in them already.
    result : mapping
        The JSON object, format 1.
    measure : str
        Id of the measure, empty where the project is one.
    """
    words, years = book.words, cells.years
    title = words("workbook.calculation_of", measure=measure) if measure else words("workbook.calculation")
    method = next((m["methodology"] for m in result.get("measures") or [] if m["id"] == measure), result["methodology"])
    about = words("workbook.calculation_about", id=method["id"], version=method["version"])
    sheet = book.sheet(title, about, (16, 34, 13, 13, *([12] * len(years))))
    book.text(sheet, 0, 0, f"{words.of(method['title'])} ({method['id']} {method['version']})", "title")
    book.text(sheet, 1, 0, words("workbook.equations_are", sure=words.mark(method["confidence"])), "note")
    book.row(sheet, 3, [words(f"workbook.{key}") for key in ("symbol", "item", "unit", "all_years")], "head")
    for i, year in enumerate(years):
        book.number(sheet, 3, FIRST + i, year, "year", "0")
        cells.add(measure, "year", {"year": year}, Cell(sheet, 3, FIRST + i, float(year)))
    sheet.page.freeze_panes(4, 3)
    sheet.page.repeat_rows(3)
    for block in _lay_out(book, cells, sheet, result, measure):
        _write(book, cells, sheet, block, measure, result["symbols"])


def _lay_out(book: Book, cells: Cells, sheet: Sheet, result: Json, measure: str) -> list[Block]:
    """Give every line its row, so that formulas may look ahead; parts of a sum stand above it."""
    groups: dict[str, list[Json]] = {}
    for step in result["steps"]:
        if (step.get("measure") or "") == measure and step["role"] not in ("finance", "credits"):
            groups.setdefault(step["name"], []).append(step)
    blocks: list[Block] = []
    row = 4
    for name, steps in groups.items():
        tree, parts = split(name, read(steps[0]["formula"]), lambda over: cells.size(measure, over) > 1)
        values = cells.compute(measure, parts)
        for part, inner in parts.items():
            dims = cells.dims_of(measure, inner)
            alone = tree[0] == "sum" and tree[1] == ["name", part]  # else the addends are in a unit that nobody declared
            block = Block(
                part,
                {**steps[0], "unit": steps[0]["unit"] if alone else ""},
                inner,
                book.words("workbook.each_addend", formula=text(inner)),
                [],
                "year" in dims,
            )
            row = _place(cells, sheet, block, measure, list(_addends(cells, measure, dims, values[part], {})), row)
            blocks.append(block)
        yearly = "year" in steps[0]["index"]
        block = Block(name, steps[0], tree, f"= {text(tree) if parts else steps[0]['formula']}", [], yearly)
        row = _place(cells, sheet, block, measure, [(s["index"], s["value"]) for s in steps], row)
        blocks.append(block)
    return blocks


def _addends(cells: Cells, measure: str, dims: Sequence[str], value: Any, at: Mapping[str, Any]) -> Any:
    if not dims:
        yield dict(at), value
        return
    labels: Sequence[Any] = cells.years if dims[0] == "year" else cells.items[measure][dims[0]]
    for item, inner in zip(labels, value, strict=True):
        yield from _addends(cells, measure, dims[1:], inner, {**at, dims[0]: item})


def _place(cells: Cells, sheet: Sheet, block: Block, measure: str, values: Sequence[tuple[Json, Any]], row: int) -> int:
    """Register the cells of a block below its two lines of heading; returns the next free row."""
    rows: dict[tuple[Any, ...], int] = {}
    row += 2
    for index, value in values:
        fixed = {k: v for k, v in index.items() if k != "year"}
        key = tuple(fixed.items())
        if key not in rows:
            rows[key] = row
            block.lines.append((fixed, row))
            row += 1
        column = FIRST + cells.years.index(index["year"]) if "year" in index else FIRST - 1
        cells.add(measure, block.name, index, Cell(sheet, rows[key], column, value))
    return row + 1


def _write(book: Book, cells: Cells, sheet: Sheet, block: Block, measure: str, symbols: Json) -> None:
    part = "__part" in block.name
    total = str(block.step["role"] or "").startswith("total-")
    owner = block.name.partition("__part")[0]
    top = block.lines[0][1] - 2
    width = FIRST + len(cells.years)
    words = book.words
    named = book.label(symbols, measure, owner) or words.of(block.step["label"])
    heading = words("workbook.by_addend", label=named) if part else named
    book.row(sheet, top, ("" if part else block.name, heading, "" if part else shown(block.step["unit"])), "band")
    book.text(sheet, top, 3, "" if part else f"{words.of(block.step['cite'])} ({words.mark(block.step['confidence'])})".strip(), "band")
    for column in range(FIRST, width):
        book.text(sheet, top, column, "", "band")
    book.text(sheet, top + 1, 1, block.shown, "equation")
    kind = "result" if total else "value"
    for fixed, row in block.lines:
        book.row(
            sheet,
            row,
            (
                owner if not part else "",
                ", ".join(str(v) for v in fixed.values()) or ("" if part else words("workbook.all")),
                shown(block.step["unit"]),
            ),
        )
        places = [{**fixed, "year": y} for y in cells.years] if block.yearly else [fixed]
        found = [cell for at in places if (cell := cells.get(measure, block.name, at))]
        digits = common(cell.value for cell in found)
        if block.yearly:
            book.text(sheet, row, FIRST - 1, "")
        for at, cell in zip(places, found, strict=True):
            book.formula(sheet, cell.row, cell.column, cells.formula(measure, block.tree, at, sheet), cell.value, kind, digits)
        if not part:
            wanted = "_".join([measure, block.name, *(str(v) for v in fixed.values())]).strip("_")
            book.name(wanted, sheet.range(row, found[0].column, found[-1].column))


def terms(cells: Cells, result: Json, measure: str, year: int, sheet: Sheet) -> str:
    """Write the energy-origin reduction of a year: terms of that origin, baseline less project and leakage."""
    parts = []
    seen = set()
    for step in result["steps"]:
        if (step.get("measure") or "") != measure or step.get("origin") != "energy" or step["role"] == "upstream" or step["name"] in seen:
            continue
        seen.add(step["name"])
        cell = cells.get(measure, step["name"], {"year": year})
        gwp = None if step["unit"] == "tCO2e/year" else cells.get(measure, f"GWP_{step['gas']}", {})
        if cell:
            sign = "+" if step["role"] == "baseline" else "-"
            parts.append(f"{sign}{cell.seen_from(sheet)}" + (f"*{gwp.seen_from(sheet)}" if gwp else ""))
    return "".join(parts).removeprefix("+") or "0"

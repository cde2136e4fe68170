"""The finance sheet: what was stated, the cash flow, and payback, value and rate of return as live formulas, without and with subsidy."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any, NamedTuple

from .. import units
from ..formula import Node, names
from .workbook_book import Book, Sheet, common, shape, shown
from .workbook_cells import SHARED, Cell, Cells, read
from .workbook_inputs import Written, in_series, is_money, limits, series, times, written

Json = Mapping[str, Any]
#: symbols of the finance block stand under this measure
MONEY = "$"
#: in place of a rate that a search did not find
_NOT_FOUND = -9


def finance(book: Book, cells: Cells, result: Json, reduction_per_year: Cell) -> Cells:
    """Write the sheet.

    Parameters
    ----------
    book, cells : Book and Cells
        The book, and the cells of the estimate.
    result : mapping
        The JSON object, format 1, with a finance block.
    reduction_per_year : Cell
        Mean annual reduction [tCO2e/year].

    Returns
    -------
    Cells
        Of the finance symbols.
    """
    block = result["finance"]
    years = [row["year"] for row in block["cash_flow"]]
    money = Cells(years)
    words = book.words
    sheet = book.sheet(words("workbook.finance"), words("workbook.finance_about"), (22, 40, 13, 16, *([13] * len(years))))
    book.text(sheet, 0, 0, words("workbook.finance_title", currency=block["currency"]), "title")
    book.text(sheet, 1, 0, words("workbook.finance_note"), "note")
    rows = [q for q in result["quantities"] if is_money(q) and not q.get("measure")]
    for name in ("first_year", "period"):
        if cell := cells.get(SHARED, name, {}):
            money.add(MONEY, name, {}, cell)
    money.add(MONEY, "reduction_per_year", {}, reduction_per_year)
    row = _stated(book, money, sheet, rows, result)
    row = _flow(book, money, sheet, rows, result, row)
    _results(book, money, sheet, result, row)
    sheet.page.freeze_panes(3, 2)
    return money


def _stated(book: Book, money: Cells, sheet: Sheet, rows: list[Json], result: Json) -> int:
    """Write single amounts, rates and what follows from other sheets; returns the next free row."""
    book.row(sheet, 2, [book.words(f"stated.{key}") for key in ("symbol", "description", "unit", "value", "as_stated", "unit", "source")], "head")
    row = 3
    for q in sorted(rows, key=lambda q: not q["name"].startswith("rate_")):
        name = q["name"]
        if name in ("benefit", "cost"):
            continue
        book.row(sheet, row, (name, book.label(result["symbols"], "", name), shown(q["unit"])))
        money.add(MONEY, name, {}, Cell(sheet, row, 3, q["value"], book.name(name, sheet.at(row, 3))))
        found, rate = _in_currency(q, money)
        book.row(sheet, row, (shown(found.unit), book.words.origin(q["source"])), first=5)
        if name == "lifetime":
            book.number(sheet, row, 3, q["value"], "choice")
            book.text(sheet, row, 4, "", "choice")
        elif name == "eligible_investment" and q["status"] == "default":
            book.formula(sheet, row, 3, _cell(money, "investment").seen_from(sheet), q["value"])
            book.text(sheet, row, 4, "", "choice")
        else:
            book.number(sheet, row, 4, found.value, "input")
            most = {"discount_rate": 0.999, "subsidy_rate": 1.0}
            limits(book, sheet, row, 4, 4, {"max": most[name]} if name in most else {}, found.scale, False)
            book.formula(sheet, row, 3, times(sheet.here(row, 4), found.scale) + _by(rate), q["value"])
        row += 1
    return row + 1


def _cell(money: Cells, name: str) -> Cell:
    cell = money.get(MONEY, name, {})
    assert cell is not None, name
    return cell


def _in_currency(q: Json, money: Cells) -> tuple[Written, Cell | None]:
    """Return an amount as stated, and the exchange rate that stands behind it where it is in another currency."""
    found = written(q)
    if q["given"] and found.unit == q["unit"]:
        stated = units.read_quantity(q["given"])
        if stated.unit.dimension == units.parse(q["unit"]).dimension:
            return found, None
        _, slash, per = q["unit"].partition("/")
        for _, name in list(money.found):
            if name.startswith("rate_"):
                try:
                    scale = units.scale(stated.unit, units.parse(name.removeprefix("rate_") + slash + per))
                except units.UnitError:
                    continue
                return Written(stated.value, stated.unit.text, scale), _cell(money, name)
    return found, None


def _by(rate: Cell | None) -> str:
    return f"*{rate.name}" if rate else ""


def _flow(book: Book, money: Cells, sheet: Sheet, rows: list[Json], result: Json, row: int) -> int:
    """Write benefit and cost of each year of operation; returns the next free row."""
    years = money.years[1:]
    book.row(sheet, row, [book.words(f"stated.{key}") for key in ("symbol", "cash_flow", "unit")], "head")
    for i, year in enumerate(money.years):
        book.number(sheet, row, 3 + i, year, "year", "0")
        money.add(MONEY, "year", {"year": year}, Cell(sheet, row, 3 + i, float(year)))
    row += 1
    for (_, name, _), group in in_series([q for q in rows if q["name"] in ("benefit", "cost")]).items():
        found, rate = _in_currency(group[0], money)
        label = book.label(result["symbols"], "", name)
        book.row(sheet, row, ("", book.words("workbook.label_as_stated", label=label), found.unit, ""))
        book.row(sheet, row + 1, (name, label, group[0]["unit"], ""))
        held = series(group, years)
        stated = 0.0
        for i, (value, own) in enumerate(held):
            if own or not i:
                mine, own_rate = _in_currency(own, money) if own else (found, rate)
                stated = mine.value if (mine.unit, own_rate) == (found.unit, rate) else value / found.scale / (rate.value if rate else 1.0)
                book.number(sheet, row, 4 + i, stated, "input")
            else:
                book.formula(sheet, row, 4 + i, sheet.here(row, 3 + i), stated, "input", shape(stated))
            book.formula(sheet, row + 1, 4 + i, times(sheet.here(row, 4 + i), found.scale) + _by(rate), value, digits="#,##0")
            money.add(MONEY, name, {"year": years[i]}, Cell(sheet, row + 1, 4 + i, value))
        book.name(name, sheet.range(row + 1, 4, 3 + len(years)))
        row += 2
    return row


class _Flow(NamedTuple):
    """The line of a cash flow from year 0 on, its last column, and how often its sign changes.

    Below it stand the signs, and below those the search for the rate.
    """

    row: int
    last: int
    changes: int


def _results(book: Book, money: Cells, sheet: Sheet, result: Json, row: int) -> None:
    """Write the equations of the finance model: those by year as lines, then the results, then the cash flows behind the rates of return."""
    values = {(s["name"], s["index"].get("year")): s["value"] for s in result["steps"] if s["role"] == "finance"}
    specs = {n: spec for n, spec in result["symbols"].items() if "formula" in spec}
    trees = {n: read(spec["formula"]) for n, spec in specs.items()}
    known = {name for _, name in money.found}
    order: list[str] = []
    lines: dict[str, int] = {}
    while ready := [n for n in specs if n not in order and set(names(trees[n])) - {n} <= known]:
        order += ready
        known |= set(ready)
        for name in ready:
            if "year" in money.dims_of(MONEY, trees[name]):
                lines[name] = row
                for i, year in enumerate(money.years):
                    money.add(MONEY, name, {"year": year}, Cell(sheet, row, 3 + i, values.get((name, year), 0.0)))
                row += 1
    row += 1
    book.row(sheet, row, [book.words(f"stated.{key}") for key in ("symbol", "result", "unit", "value", "equation")], "head")
    rows = {name: row + 1 + i for i, name in enumerate(n for n in specs if n in order and n not in lines)}
    for name, line in rows.items():
        book.row(sheet, line, (name, book.label(result["symbols"], "", name), shown(specs[name]["unit"])))
        book.text(sheet, line, 4, f"= {specs[name]['formula']}", "equation")
        money.add(MONEY, name, {}, Cell(sheet, line, 3, values.get((name, None)), book.name(name, sheet.at(line, 3))))
    for name, line in lines.items():
        _yearly(book, money, sheet, line, name, trees[name], specs[name], result, {y for n, y in values if n == name})
    row += len(rows) + 2
    # a net present value begins with the first year of operation; the investment of year 0 stands apart in it
    spans = {n: sheet.inside(line, 4, 2 + len(money.years)) for n, line in lines.items() if (n, money.years[0]) not in values}
    for name, line in rows.items():
        if trees[name][:2] == ["call", "irr"]:
            flow = _cash(book, money, sheet, name, trees[name], result, row)
            _rate(book, sheet, line, flow, values.get((name, None)))
            row += 3
        else:
            _single(book, money, sheet, line, trees[name], specs[name], values.get((name, None)), spans)


def _yearly(book: Book, money: Cells, sheet: Sheet, row: int, name: str, tree: Node, spec: Json, result: Json, there: set[Any]) -> None:
    """Write the cells of one line; a year in which the quantity has no value yet has none."""
    book.row(sheet, row, (name, book.label(result["symbols"], "", name), shown(spec["unit"])))
    cells = [cell for year in money.years if (cell := money.get(MONEY, name, {"year": year}))]
    digits = "#,##0" if spec["unit"] != "1" else common(cell.value for cell in cells)
    for year, cell in zip(money.years, cells, strict=True):
        if year in there:
            book.formula(sheet, row, cell.column, money.formula(MONEY, tree, {"year": year}, sheet), cell.value, digits=digits)
        else:
            book.number(sheet, row, cell.column, 0.0, "choice", "0")
    book.name(name, sheet.range(row, 3, 2 + len(money.years)))


def _single(book: Book, money: Cells, sheet: Sheet, row: int, tree: Node, spec: Json, value: float | None, spans: Mapping[str, str]) -> None:
    """Write a result; one that does not exist says so, and appears when an amount is changed so that it does."""
    none = book.words("answer.none")
    formula = money.formula(MONEY, tree, {}, sheet, spans)
    if "exists" in spec:
        formula = f'IF({money.formula(MONEY, read(spec["exists"]), {}, sheet)},{formula},"{none}")'
    book.formula(sheet, row, 3, formula, none if value is None else value, "result", "#,##0.0" if value is None else shape(value))


def _cash(book: Book, money: Cells, sheet: Sheet, name: str, tree: Node, result: Json, row: int) -> _Flow:
    """Write the flow from year 0 on, and how its sign goes on."""
    book.row(sheet, row, ("", book.words("workbook.flow_behind", label=book.label(result["symbols"], "", name)), result["finance"]["currency"]))
    book.row(sheet, row + 1, ("", book.words("workbook.its_sign"), ""))
    first = money.get(MONEY, tree[2][1], {})
    assert first is not None
    signs: list[int] = []
    for i, year in enumerate(money.years):
        column = 3 + i
        cell = money.get(MONEY, tree[3][1], {"year": year}) if i else first
        assert cell is not None
        value = cell.value if i else -cell.value
        own = (value > 0) - (value < 0)
        signs.append(own or (signs[-1] if signs else 0))
        book.formula(sheet, row, column, ("" if i else "-") + cell.seen_from(sheet, not i), value, digits="#,##0")
        sign = f"SIGN({sheet.here(row, column)})"
        sign = f"IF({sheet.here(row, column)}=0,{sheet.here(row + 1, column - 1)},{sign})" if i else sign
        book.formula(sheet, row + 1, column, sign, signs[-1], digits="0")
    return _Flow(row, 2 + len(money.years), sum(a != b and a != 0 for a, b in pairwise(signs)))


def _rate(book: Book, sheet: Sheet, row: int, flow: _Flow, value: float | None) -> None:
    """Write a rate of return, or why there is none.

    A spreadsheet searches from a start and may not arrive; where the sign changes once, the first of several starts that arrives serves.
    """
    line, flows = flow.row + 2, sheet.inside(flow.row, 3, flow.last)
    before, after = sheet.inside(flow.row + 1, 3, flow.last - 1), sheet.inside(flow.row + 1, 4, flow.last)
    changes, saved = sheet.here(line, 3), "0.1" if value is None else repr(value).replace("e", "E")
    book.row(sheet, line, ("", book.words("workbook.changes_of_sign"), ""))
    book.formula(sheet, line, 3, f"SUMPRODUCT(({after}<>{before})*({before}<>0))", flow.changes, digits="0")
    mean = f"2*SUM({flows})/({flow.last - 2}*-{sheet.here(flow.row, 3)})"
    found = value if value is not None and flow.changes == 1 else _NOT_FOUND
    for i, start in enumerate((saved, f"MAX(-0.9,{mean})", "-0.1", "-0.5", "-0.9", "1", "10")):
        earlier, search = sheet.here(line, 3 + i), f"IFERROR(IRR({flows},{start}),{_NOT_FOUND})"
        formula = f"IF(OR({changes}<>1,{earlier}>-1),{earlier},{search})" if i else f"IF({changes}=1,{search},{_NOT_FOUND})"
        book.formula(sheet, line, 4 + i, formula, found, digits="0.00%")
    last = sheet.here(line, 10)
    none, several = book.words("workbook.no_rate"), book.words("workbook.several_rates")
    # a rate that was found to be the only one although the sign changes more than once stays, with a remark beside it
    many = f'"{several}"' if value is None or flow.changes < 2 else f"IRR({flows},{saved})"
    formula = f'IF({changes}=1,IF({last}>=-0.999999,{last},"{none}"),IF({changes}=0,"{none}",{many}))'
    why = several if flow.changes > 1 else none
    book.formula(sheet, row, 3, formula, why if value is None else value, "result", "0.00%")
    if flow.changes > 1:
        book.text(sheet, row, 2, book.words("workbook.sign_changes", n=flow.changes))

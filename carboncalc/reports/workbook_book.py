"""The paper of a workbook: sheets, styles, names of cells; what makes it open clean, print well and come out the same byte by byte."""

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from .layout import size
from .numbers import clean
from .words import Words

Json = Mapping[str, Any]
#: XlsxWriter would write the time of day into the file
_CREATED = datetime(2000, 1, 1)
_FONT = {"font_size": 10, "valign": "top"}
_LINE = {"border": 1, "border_color": "#BFBFBF"}
STYLES: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 16, "font_color": "#1F3864"},
    "section": {"bold": True, "font_size": 12, "font_color": "#1F3864", "bottom": 2, "bottom_color": "#1F3864"},
    "head": {"bold": True, "font_color": "#FFFFFF", "bg_color": "#1F3864", "text_wrap": True, "valign": "vcenter", **_LINE},
    "year": {"bold": True, "font_color": "#FFFFFF", "bg_color": "#1F3864", "align": "right", "valign": "vcenter", "num_format": "0", **_LINE},
    "band": {"bold": True, "bg_color": "#D9E2F3"},
    "equation": {"font_name": "Consolas", "font_size": 9, "font_color": "#44546A"},
    "plain": {},
    "note": {"italic": True, "font_color": "#595959"},
    "text": {"text_wrap": True, "indent": 1, "align": "left", **_LINE},
    "input": {"bg_color": "#FFF2CC", "font_color": "#1F4E9C", "locked": False, **_LINE},
    "fill": {"bg_color": "#FFF2CC", "font_color": "#1F4E9C", "locked": False, "text_wrap": True, "indent": 1, "align": "left", **_LINE},
    "choice": {"bg_color": "#EDEDED", **_LINE},
    "factor": {"bg_color": "#E2EFDA", **_LINE},
    "doubt": {"bg_color": "#FCE4D6", "font_color": "#833C0B", "text_wrap": True, **_LINE},
    "value": {**_LINE},
    "result": {"bold": True, "bg_color": "#DDEBF7", **_LINE},
}
#: the colours that the first sheet explains
LEGEND = ("input", "choice", "factor", "doubt", "value", "result")
#: what a spreadsheet would take for the address of a cell, or refuses as a name
_ADDRESS = re.compile(r"(?i)([a-z]{1,3}[0-9]+|r[0-9]*c?[0-9]*|c[0-9]*|true|false)")


class Sheet(NamedTuple):
    """A sheet of the book and its title, as formulas quote it."""

    page: Any
    title: str
    widths: Sequence[float]
    #: lines of text of each row that has more than one
    lines: dict[int, int]

    def at(self, row: int, column: int, fixed: bool = True) -> str:
        """Return the address of a cell, for a formula on any sheet."""
        from xlsxwriter.utility import xl_rowcol_to_cell

        quoted = self.title.replace("'", "''")
        return f"'{quoted}'!{xl_rowcol_to_cell(row, column, fixed, fixed)}"

    def here(self, row: int, column: int) -> str:
        """Return the address of a cell, for a formula on the same sheet."""
        return self.at(row, column, False).rpartition("!")[2]

    def range(self, row: int, first: int, last: int, until: int | None = None) -> str:
        """Return the address of a range in one row, or down to the row `until`."""
        from xlsxwriter.utility import xl_range_abs

        quoted = self.title.replace("'", "''")
        return f"'{quoted}'!{xl_range_abs(row, first, row if until is None else until, last)}"

    def inside(self, row: int, first: int, last: int) -> str:
        """Return the address of a range in one row, for a formula on the same sheet."""
        return self.range(row, first, last).rpartition("!")[2]


class Book:
    """A workbook in the making.

    Parameters
    ----------
    title : str
        Of the project, for headers and the properties of the file.
    version : str
        Of carboncalc, for the footers.
    words : Words
        The language.
    """

    def __init__(self, title: str, version: str, words: Words) -> None:
        import xlsxwriter

        self.stream = io.BytesIO()
        plain = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        self.file = xlsxwriter.Workbook(self.stream, plain)
        self.title, self.version, self.words = clean(title), version, words
        self.file.set_properties({"title": self.title[:255], "author": "", "comments": f"carboncalc {version}", "created": _CREATED})
        self.styles: dict[tuple[str, str], Any] = {}
        self.titles: set[str] = set()
        self.names: set[str] = set()
        self.sheets: list[tuple[Sheet, str]] = []

    def sheet(self, title: str, about: str, widths: Sequence[float]) -> Sheet:
        """Begin a sheet, ready to print: landscape on A4, as wide as one page, with title, name and page numbers."""
        named = re.sub(r"[\[\]:*?/\\']", "-", clean(title))[:31]
        number = 2
        while named.lower() in self.titles or named.lower() == "history":
            named = f"{named[:27]} {number}"
            number += 1
        self.titles.add(named.lower())
        page = self.file.add_worksheet(named)
        for column, width in enumerate(widths):
            page.set_column(column, column, width)
        page.hide_gridlines(2)
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        page.set_margins(0.4, 0.4, 0.8, 0.7)
        page.set_header(f"&L&10{self.title[:90].replace('&', '&&')}&R&10&A")
        page.set_footer(f"&L&9carboncalc {self.version}&R&9&P / &N")
        page.protect("", {"format_columns": True, "format_rows": True})
        made = Sheet(page, named, widths, {})
        self.sheets.append((made, about))
        return made

    def label(self, symbols: Json, measure: str, name: str) -> str:
        """Return the name of a symbol in words, as its measure means it."""
        found = symbols.get(f"{measure}.{name}") or symbols.get(name) or {}
        return self.words.of(found.get("label"))

    def style(self, kind: str, digits: str = "") -> Any:
        """Return a style by its name, with a format of numbers."""
        if (kind, digits) not in self.styles:
            self.styles[kind, digits] = self.file.add_format(
                {"font_name": self.words("workbook.font"), **_FONT, **STYLES[kind], **({"num_format": digits} if digits else {})}
            )
        return self.styles[kind, digits]

    def text(self, sheet: Sheet, row: int, column: int, text: object, kind: str = "text") -> None:
        """Write a text as a text, whatever it looks like."""
        words = clean(text)[:32_000]
        if words:
            if STYLES[kind].get("text_wrap"):  # not every spreadsheet makes a row high enough by itself
                lines = -(-size(words) // max(1, int(sheet.widths[min(column, len(sheet.widths) - 1)] * 1.2 - 1)))
                sheet.lines[row] = min(max(lines, sheet.lines.get(row, 1)), 30)
            sheet.page.write_string(row, column, words, self.style(kind))
        else:
            sheet.page.write_blank(row, column, None, self.style(kind))

    def row(self, sheet: Sheet, row: int, cells: Iterable[object], kind: str = "text", first: int = 0) -> None:
        """Write texts side by side."""
        for i, cell in enumerate(cells):
            self.text(sheet, row, first + i, "" if cell is None else cell, kind)

    def number(self, sheet: Sheet, row: int, column: int, value: float, kind: str, digits: str | None = None) -> None:
        """Write a number that stays as it is."""
        sheet.page.write_number(row, column, value, self.style(kind, shape(value) if digits is None else digits))

    def formula(self, sheet: Sheet, row: int, column: int, formula: str, value: Any, kind: str = "value", digits: str | None = None) -> None:
        """Write a formula with the value it has, so that a reader who does not calculate sees it too."""
        if len(formula) > 8000:
            raise ValueError(f"a formula of {len(formula)} characters is longer than a spreadsheet takes")
        sheet.page.write_formula(
            row, column, "=" + formula, self.style(kind, shape(value) if digits is None else digits), "" if value is None else value
        )

    def name(self, wanted: str, address: str) -> str:
        """Give a cell a name, altered where a spreadsheet would not take it, and return it."""
        made = re.sub(r"[^A-Za-z0-9_]", "_", wanted)[:200]
        if not made[0].isalpha() or _ADDRESS.fullmatch(made):
            made += "_" if made[0].isalpha() else ""
            made = made if made[0].isalpha() else f"_{made}"
        number, start = 2, made
        while made.lower() in self.names:
            made = f"{start}_{number}"
            number += 1
        self.names.add(made.lower())
        self.file.define_name(made, "=" + address)
        return made

    def close(self) -> bytes:
        """Finish and return the file."""
        for sheet, _ in self.sheets:
            for row, lines in sheet.lines.items():
                if lines > 1:
                    sheet.page.set_row(row, 13.5 * lines + 1.5)
        self.file.close()
        return self.stream.getvalue()


def shape(value: Any) -> str:
    """Return a format of numbers that shows about four significant digits; the cell itself holds all of them."""
    if not isinstance(value, (int, float)) or isinstance(value, bool) or value == 0:
        return "General"
    amount = abs(value)
    if value == int(value) and amount < 1e15:
        return "0" if 1900 <= value <= 2200 else "#,##0"  # most likely a calendar year
    if amount >= 1e15 or amount < 1e-4:
        return "0.000E+00"
    for least, digits in ((1000, "#,##0"), (100, "#,##0.0"), (10, "#,##0.00"), (1, "#,##0.000"), (0.01, "0.0000")):
        if amount >= least:
            return digits
    return "0.000000"


def common(values: Iterable[Any]) -> str:
    """Return one format for a row of numbers, that of the largest."""
    numbers = [v for v in values if isinstance(v, (int, float)) and not isinstance(v, bool) and v == v]
    if numbers and all(v == int(v) for v in numbers):
        return "#,##0"
    largest = max(numbers, key=abs, default=0.0)
    return shape(largest + 0.1 if largest == int(largest) and abs(largest) < 1000 else largest)


def shown(unit: str | None) -> str:
    """Return a unit as a column shows it: nothing for a plain number."""
    return "" if unit in (None, "1") else str(unit)

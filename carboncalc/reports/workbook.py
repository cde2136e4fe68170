"""A workbook that a validator can recalculate: inputs, factors with citations, every equation live, results, finance and eligibility.

Everything is made from the result alone: its steps hold the proved equations, so a workbook can be made from a saved result
years later, without the libraries that made it.
"""

from collections.abc import Mapping
from typing import Any

from ..result import UNVERIFIED
from .numbers import clean, mark, share
from .workbook_answers import eligibility, findings, results, sources
from .workbook_book import LEGEND, Book, Sheet
from .workbook_calculation import calculation
from .workbook_cells import Cells
from .workbook_fixed import credits, scenarios, uncertainty
from .workbook_inputs import factors, inputs
from .workbook_money import finance

Json = Mapping[str, Any]


def render(result: Json) -> bytes:
    """Render one result.

    Parameters
    ----------
    result : mapping
        The JSON object of a project, format 1.

    Returns
    -------
    bytes
        An .xlsx file; the same result gives the same bytes.
    """
    book = Book(result["project"]["title"], result["version"])
    first = book.sheet("Structure", "This sheet", (20, 14, 100))
    cells = Cells([row["year"] for row in result["years"]])
    measures = [m["id"] for m in result.get("measures") or []] or [""]
    for measure in measures:
        own = [
            r
            for r in [*result["quantities"], *result["steps"]]
            if (r.get("measure") or "") == measure and r.get("role") not in ("finance", "credits")
        ]
        cells.meet(measure, own)
    page = book.sheet("Results", "Emissions and reductions of each year", (12, 20, 20, 20, 20, 20))
    inputs(book, cells, result)
    factors(book, cells, result)
    for measure in measures:
        calculation(book, cells, result, measure)
    known = results(book, cells, result, page)
    money = finance(book, cells, result, known["reduction_per_year"]) if result["finance"] else None
    if result["programmes"] or result["applicability"]:
        eligibility(book, result, known, money)
    credits(book, result)
    uncertainty(book, result)
    scenarios(book, result)
    findings(book, result)
    sources(book, result)
    _structure(book, first, result)
    return book.close()


def _structure(book: Book, first: Sheet, result: Json) -> None:
    """Write what the workbook is, what its sheets and colours mean, and how sure its figures are."""
    project, years = result["project"], result["years"]
    methods = [("", result["methodology"])] if result["methodology"] else [(f"{m['id']}: ", m["methodology"]) for m in result["measures"]]
    book.text(first, 0, 0, project["title"], "title")
    rows: list[tuple[str, str]] = [("Project", project["id"]), ("Place", ", ".join(x for x in (project.get("region"), project["country"]) if x))]
    rows.append(("Years", f"{years[0]['year']} to {years[-1]['year']}"))
    rows += [("Methodology", f"{id_}{m['title']['en']} ({m['id']}, version {m['version']}; equations {mark(m['confidence'])})") for id_, m in methods]
    rows.append(("Warming potentials", f"{result['gwp']}, over 100 years"))
    if project.get("conservative"):
        rows.append(("Conservative", "every free factor stands at the end of its 95 % range that claims less"))
    rests = result["rests_on"]
    doubtful = sum(q["confidence"] in UNVERIFIED for q in result["quantities"])
    rows.append(
        (
            "How sure",
            f"{share(rests['default'])} of gross emissions rest on at least one default, {share(rests['unverified'])} on at least one unverified value; {doubtful} values are unverified",
        )
    )
    rows.append(("Made by", f"carboncalc {result['version']}, from a result of format {result['carboncalc']}"))
    row = 2
    for words, text in rows:
        book.text(first, row, 0, words, "band")
        first.page.merge_range(row, 1, row, 2, "", book.style("text"))
        first.page.write_string(row, 1, clean(text)[:32_000], book.style("text"))
        row += 1
    row += 1
    book.row(first, row, ("Result", "tCO2e a year"), "head")
    book.text(first, row + 1, 0, "Emission reduction", "text")
    book.formula(first, row + 1, 1, "reduction_per_year", result["totals"]["reduction_per_year"], "result")
    row += 3
    book.row(first, row, ("Sheet", "", "What it holds"), "head")
    for sheet, about in book.sheets:
        row += 1
        quoted = sheet.title.replace("'", "''")
        first.page.write_url(row, 0, f"internal:'{quoted}'!A1", book.style("text"), sheet.title)
        book.row(first, row, ("", about), first=1)
    row += 2
    book.row(first, row, ("Colour", "", "What it means"), "head")
    for kind, words in LEGEND:
        row += 1
        book.text(first, row, 0, kind, kind)
        book.row(first, row, ("", words), first=1)
    row += 2
    for words in (
        "Sheets are protected without a password, so that formulas are not overwritten by accident; unprotect them to look around.",
        "Cells show few digits and hold all of them. Formulas are in US English with commas, as every spreadsheet reads them.",
        "Factors and choices are chosen by the project file, its years and its country: for another fuel, site or first year make the workbook anew.",
    ):
        book.text(first, row, 0, words, "note")
        row += 1

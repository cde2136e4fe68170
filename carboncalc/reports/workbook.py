"""A workbook that a validator can recalculate: inputs, factors with citations, every equation live, results, finance and eligibility.

Everything is made from the result alone: its steps hold the proved equations, so a workbook can be made from a saved result
years later, without the libraries that made it.
"""

from collections.abc import Mapping
from typing import Any

from ..result import UNVERIFIED
from .numbers import clean
from .words import Words
from .workbook_answers import eligibility, findings, results, sources
from .workbook_book import LEGEND, Book, Sheet
from .workbook_calculation import calculation
from .workbook_cells import Cells
from .workbook_fixed import credits, scenarios, uncertainty
from .workbook_inputs import factors, inputs
from .workbook_money import finance

Json = Mapping[str, Any]


def render(result: Json, words: Words) -> bytes:
    """Render one result.

    Parameters
    ----------
    result : mapping
        The JSON object of a project, format 1.
    words : Words
        The language; names of cells and the formulas themselves have none.

    Returns
    -------
    bytes
        An .xlsx file; the same result gives the same bytes.
    """
    words = words.about(result)
    book = Book(result["project"]["title"], result["version"], words)
    first = book.sheet(words("workbook.structure"), words("workbook.structure_about"), (20, 14, 100))
    cells = Cells([row["year"] for row in result["years"]])
    measures = [m["id"] for m in result.get("measures") or []] or [""]
    for measure in measures:
        own = [
            r
            for r in [*result["quantities"], *result["steps"]]
            if (r.get("measure") or "") == measure and r.get("role") not in ("finance", "credits")
        ]
        cells.meet(measure, own)
    page = book.sheet(words("workbook.results"), words("workbook.results_about"), (12, 20, 20, 20, 20, 20))
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
    words, project, years = book.words, result["project"], result["years"]
    methods = [("", result["methodology"])] if result["methodology"] else [(f"{m['id']}: ", m["methodology"]) for m in result["measures"]]
    book.text(first, 0, 0, project["title"], "title")
    rests = result["rests_on"]
    doubtful = sum(q["confidence"] in UNVERIFIED for q in result["quantities"])
    rows = [
        ("project", project["id"]), ("place", ", ".join(x for x in (project.get("region"), project["country"]) if x)),
        ("years", words.span(str(years[0]["year"]), str(years[-1]["year"]))),
        *(
            ("methodology", id_ + words("workbook.method", title=words.of(m["title"]), id=m["id"], version=m["version"], sure=words.mark(m["confidence"])))
            for id_, m in methods
        ),
        ("warming_potentials", words("workbook.over_100_years", gwp=result["gwp"])),
        *([("conservative", words("workbook.conservative_about"))] if project.get("conservative") else []),
        ("how_sure", words("workbook.rests_on", default=words.share(rests["default"]), unverified=words.share(rests["unverified"]), n=words.figure(doubtful))),
        ("made_by", words("workbook.made_by_about", version=result["version"], format=result["carboncalc"])),
    ]  # fmt: skip
    row = 2
    for key, text in rows:
        book.text(first, row, 0, words(f"workbook.{key}"), "band")
        first.page.merge_range(row, 1, row, 2, "", book.style("text"))
        first.page.write_string(row, 1, clean(text)[:32_000], book.style("text"))
        row += 1
    row += 1
    book.row(first, row, (words("workbook.result"), words("workbook.a_year")), "head")
    book.text(first, row + 1, 0, words("workbook.emission_reduction"), "text")
    book.formula(first, row + 1, 1, "reduction_per_year", result["totals"]["reduction_per_year"], "result")
    row += 3
    book.row(first, row, (words("workbook.sheet"), "", words("workbook.what_it_holds")), "head")
    for sheet, about in book.sheets:
        row += 1
        quoted = sheet.title.replace("'", "''")
        first.page.write_url(row, 0, f"internal:'{quoted}'!A1", book.style("text"), sheet.title)
        book.row(first, row, ("", about), first=1)
    row += 2
    book.row(first, row, (words("workbook.colour"), "", words("workbook.what_it_means")), "head")
    for kind in LEGEND:
        row += 1
        book.text(first, row, 0, words(f"colour.{kind}"), kind)
        book.row(first, row, ("", words(f"colour_about.{kind}")), first=1)
    row += 2
    for key in ("protected", "digits", "chosen"):
        book.text(first, row, 0, words(f"workbook.{key}"), "note")
        row += 1

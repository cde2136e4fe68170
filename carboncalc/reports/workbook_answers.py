"""Results by year, the criteria of programmes, what was found, and the sources."""

from collections.abc import Mapping
from typing import Any

from ..formula import names
from ..result import CONFIDENCE, UNVERIFIED
from .words import Words
from .workbook_book import Book, Sheet, common, shape, shown
from .workbook_calculation import terms
from .workbook_cells import SHARED, Cell, Cells, read
from .workbook_money import MONEY

Json = Mapping[str, Any]
KEYS = ("baseline", "project", "leakage", "reduction", "reduction_energy")
#: what rules call a result of the finance sheet
_FROM_MONEY = {
    "investment": "investment", "eligible_investment": "eligible_investment", "net_benefit_first_year": "net_benefit_first", "payback": "payback",
    "payback_subsidised": "payback_subsidised", "present_value": "present_value", "present_value_subsidised": "present_value_subsidised",
    "return_rate": "return_rate", "return_rate_subsidised": "return_rate_subsidised",
}  # fmt: skip
_IN_YEARS = ("payback", "payback_subsidised", "return_rate", "return_rate_subsidised")
#: a spreadsheet counts days from the end of 1899, Python from the year 1
_EPOCH = 693_594.0


def results(book: Book, cells: Cells, result: Json, sheet: Sheet) -> dict[str, Cell]:
    """Write emissions and reductions by year; returns the cells of sums and means, by the names that rules use."""
    measures = [m["id"] for m in result.get("measures") or []] or [""]
    jcm = any(m["scheme"] == "jcm" for m in [result["methodology"] or result["measures"][0]["methodology"]])
    words = book.words
    head = ("year", "reference_emissions" if jcm else "baseline_emissions", "project_emissions", "leakage", "emission_reduction", "energy_origin")
    book.text(sheet, 0, 0, words("workbook.results_title"), "title")
    book.row(sheet, 2, [words(f"workbook.{key}") for key in head], "head")
    sheet.page.freeze_panes(3, 1)
    years = result["years"]
    for row, found in enumerate(years, 3):
        book.number(sheet, row, 0, found["year"], "year", "0")
        for column, role in enumerate(KEYS, 1):
            at = {"year": found["year"]}
            if role == "reduction":
                formula = f"{sheet.here(row, 1)}-{sheet.here(row, 2)}-{sheet.here(row, 3)}"
            elif role == "reduction_energy":
                formula = "+".join(f"({terms(cells, result, m, found['year'], sheet)})" for m in measures)
            else:
                symbols = [
                    (m, s["name"]) for m in measures for s in result["steps"] if s["role"] == f"total-{role}" and (s.get("measure") or "") == m
                ]
                seen = [cell for key in dict.fromkeys(symbols) if (cell := cells.get(*key, at))]
                formula = "+".join(cell.seen_from(sheet, False) for cell in seen) or "0"
            digits = common(r[role] for r in years)
            book.formula(sheet, row, column, formula, found[role], "result" if role == "reduction" else "value", digits)
    row, n = 3 + len(years), len(years)
    book.text(sheet, row, 0, words("say.total"), "head")
    book.text(sheet, row + 1, 0, words("workbook.mean_year"), "head")
    known = {name: cell for name in ("country", "first_year", "years") if (cell := cells.get(SHARED, name, {}))}
    for column, role in enumerate(KEYS, 1):
        span = f"{sheet.here(3, column)}:{sheet.here(row - 1, column)}"
        total = result["totals"][role]
        book.formula(sheet, row, column, f"SUM({span})", total, "result")
        book.formula(sheet, row + 1, column, f"{sheet.here(row, column)}/years", total / n, "result")
        for line, suffix, value in ((row, "total", total), (row + 1, "per_year", total / n)):
            name = f"{role}_{suffix}"
            known[name] = Cell(sheet, line, column, value, book.name(name, sheet.at(line, column)))
    sheet.page.fit_to_pages(1, 1)
    _chart(book, sheet, n)
    return known


def _chart(book: Book, sheet: Sheet, n: int) -> None:
    chart = book.file.add_chart({"type": "column"})
    for column, colour in ((1, "#8497B0"), (2, "#F4B183"), (4, "#548235")):
        chart.add_series({
            "name": [sheet.title, 2, column], "categories": [sheet.title, 3, 0, 2 + n, 0], "values": [sheet.title, 3, column, 2 + n, column],
            "fill": {"color": colour}, "gap": 60,
        })  # fmt: skip
    chart.set_y_axis(
        {"name": book.words("workbook.a_year"), "num_format": "#,##0", "major_gridlines": {"visible": True, "line": {"color": "#D9D9D9"}}}
    )
    chart.set_legend({"position": "bottom"})
    chart.set_size({"width": 820, "height": 320})
    sheet.page.insert_chart(6 + n, 0, chart, {"description": book.words("workbook.chart")})


def eligibility(book: Book, result: Json, known: Mapping[str, Cell], money: Cells | None) -> None:
    """Write each programme with its criteria: those that compare numbers compare them live."""
    words = book.words
    sheet = book.sheet(words("workbook.eligibility"), words("workbook.eligibility_about"), (30, 16, 6, 16, 13, 12, 15, 9, 20, 40, 40))
    book.text(sheet, 0, 0, words("workbook.eligibility"), "title")
    row = 2
    for number, programme in enumerate(result["programmes"]):
        row = _programme(book, sheet, programme, _figures(book, sheet, programme, number, known, money, row), row)
    if result["applicability"]:
        book.text(sheet, row, 0, words("workbook.conditions"), "section")
        book.row(sheet, row + 1, (words("workbook.condition"), words("workbook.answer")), "head")
        row += 2
        for c in result["applicability"]:
            answer = words(f"condition.{c['answer']}")
            label, asked, sure = words.of(c["label"]) or c["id"], words.of(c["ask"]), words.mark(c["confidence"])
            book.row(sheet, row, (label, answer, "", "", "", "", "", "", sure, c["cite"], asked))
            row += 1


def _figures(
    book: Book, sheet: Sheet, programme: Json, number: int, known: Mapping[str, Cell], money: Cells | None, row: int
) -> tuple[Cells, int]:  # fmt: skip
    """Write the figures that a programme's comparisons use; those of other sheets follow them."""
    cells = Cells([])
    figures = (programme.get("rules") or {}).get("figures", {})
    book.text(sheet, row, 0, f"{book.words.of(programme['title']) or programme['id']} ({programme['id']} {programme['version'] or ''})", "section")
    if not figures:
        return cells, row + 2
    row += 3
    book.row(sheet, row, (book.words("workbook.figure"), book.words("workbook.value"), "", "", book.words("workbook.unit")), "head")
    for name, figure in figures.items():
        row += 1
        value, unit = figure["value"], figure["unit"]
        book.text(sheet, row, 0, book.words.of(figure["label"]) or _outcome(book.words, name))
        book.row(sheet, row, ("", "", shown(unit)), first=2)
        if isinstance(value, (list, tuple)):
            for i, (start, step) in enumerate(value):
                book.text(sheet, row + i, 2, book.words("workbook.from"))
                book.number(sheet, row + i, 3, start, "factor")
                book.number(sheet, row + i, 1, step, "factor")
            last = row + len(value) - 1
            ranges = ",".join(sheet.range(row, c, c, last).rpartition("!")[2] for c in (3, 1))
            cells.add("", name, {}, Cell(sheet, row, 1, value, ranges))
            row = last
            continue
        linked = _linked(name, figure, known, money)
        kind = (
            "input"
            if figure["kind"] in ("entry", "facts") and not isinstance(value, str)
            else "factor"
            if figure["kind"] == "constants"
            else "choice"
        )
        if linked:
            book.formula(sheet, row, 1, linked, book.words("answer.none") if value is None else value, "value", "#,##0.0" if value is None else None)
        elif value is None:
            book.text(sheet, row, 1, book.words("workbook.not_stated"), "choice")
            continue
        elif isinstance(value, bool):
            sheet.page.write_boolean(row, 1, value, book.style(kind))
        elif isinstance(value, str):
            book.text(sheet, row, 1, value, kind)
        elif unit == "day" and value > 600_000:
            value -= _EPOCH
            book.number(sheet, row, 1, value, kind, "yyyy-mm-dd")
        else:
            book.number(sheet, row, 1, value, kind)
        cells.add("", name, {}, Cell(sheet, row, 1, value))
    return cells, row + 1


def _outcome(words: Words, name: str) -> str:
    """Name what the estimate itself gives to the rules; an outcome of a later version by its symbol."""
    return words(f"outcome.{name}") if words.has(f"outcome.{name}") else name.replace("_", " ")


def _linked(name: str, figure: Json, known: Mapping[str, Cell], money: Cells | None) -> str:
    """Return the formula of a figure that another sheet holds."""
    if figure["kind"] == "outcome" and name in known:
        return known[name].name
    if money is None or not isinstance(figure["value"], (int, float, type(None))):
        return ""
    if name == "subsidy_rate" and (cell := money.get(MONEY, name, {})) and cell.value == figure["value"]:
        return cell.name
    if figure["kind"] != "outcome" or not (cell := money.get(MONEY, _FROM_MONEY.get(name, ""), {})):
        return ""
    if name in _IN_YEARS:
        return cell.name
    if not cell.value or figure["value"] is None:
        return ""
    ratio = figure["value"] / cell.value  # rules are in yen
    if abs(ratio - 1) < 1e-12:
        return cell.name
    rates = [c.name for (_, n) in money.found if n.startswith("rate_") and (c := money.get(MONEY, n, {})) and abs(ratio / c.value - 1) < 1e-12]
    return f"{cell.name}*{rates[0]}" if rates else ""


def _programme(book: Book, sheet: Sheet, programme: Json, figures: tuple[Cells, int], start: int) -> int:
    cells, row = figures
    rules = programme.get("rules") or {"equations": {}, "positive": {}}
    words = book.words
    head = ("criterion", "value", "", "threshold", "unit", "answer", "margin", "required", "confidence", "clause", "missing")
    book.row(sheet, row + 1, [words(f"judged.{key}") if key else "" for key in head], "head")
    first = row + 2
    for line, c in enumerate(programme["criteria"], first):
        _criterion(book, sheet, line, c, cells, rules)
    row = first + len(programme["criteria"])
    if programme["criteria"]:
        answers, needed = (f"{sheet.here(first, c)}:{sheet.here(row - 1, c)}" for c in (5, 7))
        counts = {key: f'COUNTIFS({answers},"{words(f"answer.{key}")}",{needed},"{words("say.yes")}")' for key in ("fail", "unknown")}
        no, open_, yes = (words(f"answer.{key}") for key in ("not-eligible", "undetermined", "eligible"))
        verdict = f'IF({counts["fail"]}>0,"{no}",IF({counts["unknown"]}>0,"{open_}","{yes}"))'
        book.formula(sheet, start + 1, 1, verdict, words(f"answer.{programme['verdict']}"), "result")
    else:
        book.text(sheet, start + 1, 1, words(f"answer.{programme['verdict']}"), "result")
    book.text(sheet, start + 1, 0, words("workbook.answer"), "head")
    return row + 2


def _criterion(book: Book, sheet: Sheet, row: int, c: Json, cells: Cells, rules: Json) -> None:
    words = book.words
    book.text(sheet, row, 0, words.of(c["label"]) or c["id"])
    book.row(sheet, row, (c["compare"],), first=2)
    book.row(sheet, row, (shown(c["unit"]),), first=4)
    live = c["verdict"] in ("pass", "fail") and _live(book, sheet, row, c, cells, rules)
    if not live:
        for column, value in ((1, c["value"]), (3, c["threshold"])):
            if value is None:
                book.text(sheet, row, column, "")
            elif isinstance(value, (bool, str)):
                book.text(sheet, row, column, words.value(value, c["unit"]))
            else:
                book.number(sheet, row, column, value, "value")
        book.text(sheet, row, 5, words(f"answer.{c['verdict']}"), "result")
        book.text(sheet, row, 6, "")
    book.row(sheet, row, (words("say.yes" if c["required"] else "say.no"),), first=7)
    book.text(sheet, row, 8, words.mark(c["confidence"]), "doubt" if c["confidence"] in UNVERIFIED else "text")
    helps = words("judged.facts", facts=", ".join(c["missing"])) if c["missing"] else words.of(c.get("fix")) if c["verdict"] == "fail" else ""
    book.row(sheet, row, (c["cite"], helps), first=9)


def _live(book: Book, sheet: Sheet, row: int, c: Json, cells: Cells, rules: Json) -> bool:
    """Write value, threshold, answer and margin as formulas, when everything they use has a cell."""
    sides = {part: _side(rules["equations"], f"{part}__{c['id'].replace('-', '_')}") for part in ("value", "threshold", "test")}
    there = {part: side for part, side in sides.items() if side is not None}
    if not there or any(not set(names(side)) <= {name for _, name in cells.found} for side in there.values()):
        return False
    none, passes, fails = (book.words(f"answer.{key}") for key in ("none", "pass", "fail"))
    formulas = {part: cells.formula("", side, {}, sheet) for part, side in there.items()}
    positive = rules["positive"].get(c["id"])
    above = cells.get("", positive, {}) if positive else None
    if above:
        formulas["value"] = f'IF({above.seen_from(sheet)}>0,{formulas["value"]},"{none}")'
    digits = "yyyy-mm-dd" if c["unit"] == "day" and isinstance(c["value"], str) else None
    for part, column in (("value", 1), ("threshold", 3)):
        held = _serial(c[part], c["unit"])
        if part in formulas or part == "value":
            held = none if held is None else held
            book.formula(sheet, row, column, formulas.get(part, formulas.get("test", "")), held, "value", digits or shape(held))
        else:
            book.text(sheet, row, column, "")
    a, b, sign = sheet.here(row, 1), sheet.here(row, 3), {"==": "="}.get(c["compare"], c["compare"])
    if "test" in formulas:
        book.formula(sheet, row, 5, f'IF({formulas["test"]},"{passes}","{fails}")', book.words(f"answer.{c['verdict']}"), "result")
        book.text(sheet, row, 6, "")
        return True
    # what does not exist is longer than any limit; a price per tonne that does not exist because nothing is reduced passes none
    without = fails if positive or c["compare"].startswith("<") else passes
    answer = f'IF(ISNUMBER({a}),IF({a}{sign}{b},"{passes}","{fails}"),"{without}")'
    book.formula(sheet, row, 5, answer, book.words(f"answer.{c['verdict']}"), "result")
    margin = f"{b}-{a}" if c["compare"].startswith("<") else f"{a}-{b}"
    book.formula(sheet, row, 6, f'IF(ISNUMBER({a}),{margin},"")', "" if c["margin"] is None else c["margin"])
    return True


def _side(equations: Json, name: str) -> Any:
    """Return one side of a comparison with every equation of the rules put in its place; None when there is none."""
    if name not in equations:
        return None

    def put(node: Any) -> Any:
        if node[0] == "name" and node[1] in equations:
            return put(read(equations[node[1]]))
        return [put(child) if isinstance(child, list) and not (node[0] == "in" and i == 2) else child for i, child in enumerate(node)]

    return put(read(equations[name]))


def _serial(value: Any, unit: str | None) -> Any:
    """Return a day as a spreadsheet counts it."""
    if isinstance(value, str) and unit == "day":
        from datetime import date

        return date.fromisoformat(value).toordinal() - _EPOCH
    return value


def findings(book: Book, result: Json) -> None:
    """Write warnings and notes."""
    words = book.words
    sheet = book.sheet(words("workbook.findings"), words("workbook.findings_about"), (9, 10, 70, 60, 30))
    book.text(sheet, 0, 0, words("workbook.findings"), "title")
    book.row(sheet, 2, [words(f"workbook.{key}") for key in ("code", "severity", "message", "what_helps", "place_in_file")], "head")
    sheet.page.freeze_panes(3, 0)
    sheet.page.repeat_rows(2)
    for row, f in enumerate(result["findings"], 3):
        place = words("workbook.line", line=f["line"], column=f["column"]) if f["line"] else ""
        book.row(sheet, row, (f["code"], words(f"severity.{f['severity']}"), *words.finding(f), place))
    if not result["findings"]:
        book.text(sheet, 3, 2, words("workbook.nothing"))


def sources(book: Book, result: Json) -> None:
    """Write every source once, with what rests on it."""
    words = book.words
    sheet = book.sheet(words("workbook.sources"), words("workbook.sources_about"), (70, 20, 60, 18))
    book.text(sheet, 0, 0, words("workbook.sources"), "title")
    book.row(sheet, 2, [words(f"workbook.{key}") for key in ("source", "key", "quantities", "weakest")], "head")
    sheet.page.freeze_panes(3, 0)
    sheet.page.repeat_rows(2)
    found: dict[tuple[str, str], list[Json]] = {}
    for q in result["quantities"]:
        if q["status"] != "input":
            found.setdefault((words.origin(q["source"]), str(q.get("source_id") or "")), []).append(q)
    row = 3
    for method in [result["methodology"]] if result["methodology"] else [m["methodology"] for m in result["measures"]]:
        source = method["source"] or {}
        title = ", ".join(words.of(source[k]) for k in ("title", "address", "page") if source.get(k))
        book.row(sheet, row, (title or method["id"], method["id"], words("workbook.equations")))
        book.text(sheet, row, 3, words.mark(method["confidence"]), "doubt" if method["confidence"] in UNVERIFIED else "text")
        row += 1
    for (title, key), rows in sorted(found.items()):
        weakest = max((q["confidence"] for q in rows), key=CONFIDENCE.index)
        book.row(sheet, row, (title, key, ", ".join(dict.fromkeys(q["name"] for q in rows))))
        book.text(sheet, row, 3, words.mark(weakest), "doubt" if weakest in UNVERIFIED else "text")
        row += 1

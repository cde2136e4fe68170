"""The terminal report: what a funding proposal needs, on one page, at 80 columns or 160."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from ..result import UNVERIFIED
from . import money, park, scenarios, uncertainty
from .layout import Page, Table, Text
from .numbers import amount, clean, english, figure, mark, share, short, symbol
from .programmes import details

Json = Mapping[str, Any]

VERDICTS = {"pass": ("✓ pass", "green"), "fail": ("✗ fail", "red"), "unknown": ("? unknown", "yellow")}
SUMMARY = {"eligible": ("✓ eligible", "green"), "not-eligible": ("✗ not eligible", "red"), "undetermined": ("? undetermined", "yellow")}
PAPERS = {"met": ("✓ met", "green"), "not-met": ("✗ not met", "red"), "missing": ("? missing", "yellow")}
SEVERITY = {"error": "red", "warning": "yellow", "info": "cyan"}


def render(result: Json, width: int, colour: bool) -> str:
    """Render one result.

    Parameters
    ----------
    result : mapping
        The JSON object, format 1.
    width : int
        Columns.
    colour : bool
        Use the eight standard colours; meaning never rests on them.
    """
    page = Page(width, colour)
    _headline(page, result)
    if "park" in result:
        park.overview(page, result)
    _years(page, result, width)
    if "park" in result:
        park.sections(page, result)
    _shares(page, result)
    uncertainty.section(page, result)
    scenarios.section(page, result)
    _assumptions(page, result, width)
    if result["finance"]:
        money.finance(page, result["finance"], width)
    if result.get("credits"):
        money.credits(page, result["credits"])
    for programme in result["programmes"]:
        _programme(page, programme, width)
    _conditions(page, result)
    _notes(page, result["findings"])
    return str(page)


def _title(page: Page, text: str) -> None:
    page.title(text)


def _headline(page: Page, result: Json) -> None:
    project, totals, years = result["project"], result["totals"], result["years"]
    page.write(clean(project["title"]), "bold")
    where = ", ".join(clean(x) for x in (project.get("region"), project["country"]) if x)
    span = f"{years[0]['year']}–{years[-1]['year']}" if len(years) > 1 else str(years[0]["year"])
    page.write(f"{where} · {span} · GWP {result['gwp']}" + (" · conservative" if project.get("conservative") else ""), "dim")
    for id_, method in _methods(result):
        page.write(f"{id_}{clean(method['title']['en'])} ({method['id']} {method['version']}; equations {mark(method['confidence'])})", "dim")
    page.write()
    verb = "reduces" if totals["reduction"] >= 0 else "adds"
    line = f"{verb} {amount(abs(totals['reduction_per_year']))} tCO2e a year on average"
    if len(years) > 1:
        line += f", {amount(abs(totals['reduction']))} tCO2e in {len(years)} years"
    page.write(line, "bold green" if totals["reduction"] >= 0 else "bold red")
    for programme in result["programmes"]:
        word, style = _verdict(programme)
        page.write(f"{word[0]} {programme['id']}: {word[2:]}", style)


def _methods(result: Json) -> Iterable[tuple[str, Json]]:
    if result["methodology"]:
        yield "", result["methodology"]
    for measure in result.get("measures") or []:
        yield f"{clean(measure['id'])}: ", measure["methodology"]


def _years(page: Page, result: Json, width: int) -> None:
    jcm = any(m["scheme"] == "jcm" for _, m in _methods(result))
    leaks = any(row["leakage"] for row in result["years"])
    _title(page, "Emissions by year, tCO2e")
    columns = (
        [("year", "l"), ("reference" if jcm else "baseline", "r"), ("project", "r")]
        + ([("leakage", "r")] if leaks else [])
        + [("reduction", "r"), ("", "l")]
    )
    table = Table(*columns)
    room = max(8, min(40, width - 16 * (len(columns) - 1)))
    top = max(abs(row["reduction"]) for row in result["years"]) or 1.0
    for row in result["years"]:
        cells = (
            [str(row["year"]), amount(row["baseline"]), amount(row["project"])]
            + ([amount(row["leakage"])] if leaks else [])
            + [amount(row["reduction"])]
        )
        bar = _bar(abs(row["reduction"]) / top, room)
        table.add_row(*cells, Text(bar, style="green" if row["reduction"] >= 0 else "red"))
    totals = result["totals"]
    cells = (
        ["total", amount(totals["baseline"]), amount(totals["project"])]
        + ([amount(totals["leakage"])] if leaks else [])
        + [amount(totals["reduction"])]
    )
    table.add_row(*(Text(c, style="bold") for c in cells), "")
    page.table(table)
    page.write("Figures are rounded for show and may not add up; the JSON keeps every digit.", "dim")


def _bar(part: float, room: int) -> str:
    eighths = round(part * room * 8)
    return "█" * (eighths // 8) + ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")[eighths % 8]


def _shares(page: Page, result: Json) -> None:
    _title(page, "By gas and by origin, tCO2e over all years")
    gases = [g for g in result["by_gas"]["baseline"] if any(result["by_gas"][r].get(g) for r in ("baseline", "project", "leakage"))] or ["CO2"]
    table = Table(("", "l"), *((g, "r") for g in gases), ("energy origin", "r"), ("other origin", "r"))
    for role in ("baseline", "project", "leakage"):
        if any(result["by_gas"][role].values()):
            origin = result["by_origin"][role]
            table.add_row(role, *(amount(result["by_gas"][role].get(g, 0.0)) for g in gases), amount(origin["energy"]), amount(origin["non-energy"]))
    origins = {
        o: sum(s * result["by_origin"][r][o] for r, s in (("baseline", 1), ("project", -1), ("leakage", -1))) for o in ("energy", "non-energy")
    }
    by_gas = {g: sum(s * result["by_gas"][r].get(g, 0.0) for r, s in (("baseline", 1), ("project", -1), ("leakage", -1))) for g in gases}
    table.add_row("reduction", *(amount(by_gas[g]) for g in gases), amount(origins["energy"]), amount(origins["non-energy"]))
    page.table(table)
    rests = result["rests_on"]
    page.write(
        f"{share(rests['default'])} of the emissions counted rest on at least one default value, {share(rests['unverified'])} on at least one unverified value.",
    )


def _assumptions(page: Page, result: Json, width: int) -> None:
    _title(page, "Assumptions")
    wide = width >= 120
    columns = [("what", "w"), ("value", "r"), ("unit", "l"), ("from", "l")] + (
        [("source", "w"), ("confidence", "l")] if wide else [("confidence", "l")]
    )
    table = Table(*columns)
    grouped = "park" in result
    for heading, q in _grouped(result["quantities"]) if grouped else (("", q) for q in result["quantities"]):
        if heading:
            table.add_row(Text(clean(heading), "bold"), *([""] * (len(columns) - 1)))
        label = symbol(result, q).get("label", {}).get("en") or q["name"]
        index = ", ".join(clean(v) for v in ([q["measure"]] if q.get("measure") and not grouped else []) + list(q["index"].values()))
        value = figure(q["value"])
        chosen = isinstance(q["value"], str) and not wide  # a choice is a word: in the wrapping column it is not cut
        if q["range"] and wide:
            value += f" ({figure(q['range'][0])} to {figure(q['range'][1])})"
        doubtful = q["confidence"] in UNVERIFIED
        kind = q["match"] or q["status"]
        if q["year"] and q["match"] in ("exact", "carried-forward"):
            kind += f" {q['year']}"
        what = clean(label) + (f" [{index}]" if index else "") + (f": {value}" if chosen else "")
        cells = [Text(what), "" if chosen else value, q["unit"] if q["unit"] != "1" else "", kind]
        if wide:
            source = ", ".join(clean(s) for s in (q["source"], q["page"]) if s)
            cells.append(Text(source))
        cells.append(Text("unverified" if doubtful else q["confidence"], style="yellow" if doubtful else ""))
        table.add_row(*cells)
    page.table(table)
    if not wide:
        page.write("Sources: `carboncalc trace`, or 120 columns and more.", "dim")


def _grouped(quantities: Sequence[Json]) -> Iterable[tuple[str, Json]]:
    """Order quantities by measure, the first of each with its name as heading; a factor that several share stands once, before them."""
    keys = [(q["name"], q["factor"], q["value"], str(q["index"])) for q in quantities]
    users: dict[tuple[Any, ...], set[str]] = {}
    for q, key in zip(quantities, keys, strict=True):
        users.setdefault(key, set()).add(q.get("measure", ""))
    groups: dict[str, list[Json]] = {"": []}
    for q, key in zip(quantities, keys, strict=True):
        if not q["factor"] or len(users[key]) == 1:
            groups.setdefault(q.get("measure", ""), []).append(q)
        elif users[key]:
            groups[""].append(q)
            users[key] = set()
    if groups[""] and len(groups) > 1:
        groups = {"shared": groups.pop(""), **groups}
    for name, rows in groups.items():
        for i, q in enumerate(rows):
            yield (name if i == 0 else ""), q


def _verdict(programme: Json) -> tuple[str, str]:
    """Return the verdict in words, never a yes without its unverified thresholds, and its colour."""
    word, style = SUMMARY[programme["verdict"]]
    if programme.get("wording"):
        word = f"{word[0]} {clean(programme['wording']['en'])}"
    count = programme["unverified"]
    if count and programme["verdict"] == "eligible":
        word += f", subject to {count} unverified threshold{'s' if count != 1 else ''}"
    elif count:
        word += f" ({count} of the thresholds unverified)"
    return word, style


def _programme(page: Page, programme: Json, width: int) -> None:
    word, style = _verdict(programme)
    version = f" {programme['version']}" if programme["version"] else ""
    _title(page, clean(f"{programme['title']['en']} ({programme['id']}{version})"))
    page.write(word, f"bold {style}")
    if not programme["criteria"]:
        return
    table = Table(("criterion", "w"), ("answer", "l"), ("value", "r"), ("threshold", "r"), ("margin", "r"), ("", "l"))
    for c in programme["criteria"]:
        answer, colour = VERDICTS[c["verdict"]]
        compare = f"{c['compare']} " if c["compare"] and c["threshold"] is not None else ""
        percent = c["unit"] == "1" and not c.get("count") and not isinstance(c["value"], bool)
        show: Callable[[Any], str] = figure if c.get("count") else _percent if percent else short  # a count may be a year, which is never grouped
        doubtful = c["confidence"] in UNVERIFIED
        unit = f" [{c['unit']}]" if c["unit"] not in (None, "1", "day") and width >= 70 else ""
        table.add_row(
            Text(clean(c["label"]["en"]) + unit + ("" if c["required"] else " (shown, not required)")),
            Text(answer, style=colour), show(c["value"]), compare + show(c["threshold"]) if c["threshold"] is not None else "", show(c["margin"]) if c["margin"] is not None else "",
            Text("unverified" if doubtful else "", style="yellow"),
        )  # fmt: skip
    page.table(table)
    law = programme.get("check", "financing") != "financing"  # what a law says is worth as much as its clause
    for c in programme["criteria"]:
        cite = f" ({c['cite']})" if law else ""
        proof = f" Paper: {c['paper']['en']}." if c.get("paper") else ""
        if c["verdict"] == "unknown":
            page.write(clean(f"{c['id']}: state {', '.join(c['missing'])}{cite}.{proof}"), "yellow", 2)
        elif c["verdict"] == "fail":
            page.write(clean(f"{c['id']}: {english(c['why'])} {english(c['fix'])}{cite}{proof}"), "", 2)
    passed = [c for c in programme["criteria"] if c["verdict"] == "pass" and c.get("paper")]
    if passed:
        page.write("Papers that prove what passes", "dim")
        for c in passed:
            item = f"{c['value']}, {c['item']['en']}. " if c.get("item") else ""
            page.write(clean(f"{c['id']}: {item}{c['paper']['en']}" + (f" ({c['cite']})" if law else "")), "", 2)
    if programme.get("dossier"):
        _dossier(page, programme["dossier"], {c["id"]: c["verdict"] for c in programme["criteria"]})
    details(page, programme, width)


def _dossier(page: Page, papers: Sequence[Json], verdicts: Mapping[str, str]) -> None:
    """List the papers of the application: how far each is, and the criteria that hold it up."""
    met = sum(paper["status"] == "met" for paper in papers)
    page.write(f"Dossier: {met} of {len(papers)} papers met", "bold")
    table = Table(("paper", "w"), ("answer", "l"), ("rests on", "w"), ("", "l"))
    for paper in papers:
        word, style = PAPERS[paper["status"]]
        open_ = [id_ for id_ in paper["criteria"] if verdicts[id_] == ("fail" if paper["status"] == "not-met" else "unknown")]
        rests = ", ".join(open_ or paper["criteria"]) or "to be written; proves no criterion"
        doubtful = paper["confidence"] in UNVERIFIED
        table.add_row(clean(paper["label"]["en"]), Text(word, style), clean(rests), Text("unverified" if doubtful else "", "yellow"))
    page.table(table)


def _percent(value: Any) -> str:
    return "—" if value is None else f"{value * 100:.4g} %"


def _conditions(page: Page, result: Json) -> None:
    rows = [row for row in result["applicability"] if row["answer"] != "met"]
    if not rows:
        return
    _title(page, "To be shown by the applicant")
    for row in rows:
        text = english(row["ask"]) if row["answer"] == "ask" else f"not met: {row['label']['en']}"
        page.write(f"□ {clean(text)}", "" if row["answer"] == "ask" else "yellow", 2)


def _notes(page: Page, findings: Sequence[Json]) -> None:
    if not findings:
        return
    _title(page, "Findings")
    for f in findings:
        if f.get("suppressed"):
            page.write(clean(f"{f['code']} {f['severity']}, ignored: {f['message']}"), "dim", 2)
            page.write(clean(f"reason: {f['suppressed']}"), "dim", 4)
            continue
        page.write(clean(f"{f['code']} {f['severity']}: {f['message']}"), SEVERITY[f["severity"]], 2)
        if f["help"]:
            page.write(clean(f["help"]), "dim", 4)


def render_findings(findings: Sequence[Json], width: int, colour: bool) -> str:
    """Render findings as ``file:line:column: CODE message``, the line, a caret and the remedy."""

    def paint(text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if colour else text

    lines = []
    for f in findings:
        tone = {"error": "31", "warning": "33", "info": "36"}[f["severity"]]
        place = ":".join(clean(x) for x in (f["file"], f["line"], f["column"]) if x)
        lines.append(
            f"{place + ': ' if place else ''}{paint(f['code'], tone)} {clean(f['message'])}"
            + ("" if f["severity"] == "error" else f" [{f['severity']}{', ignored' if f.get('suppressed') else ''}]")
        )
        if f.get("source") and f["line"]:
            source, column, span = _window(f["source"].replace("\t", " "), f["column"], f["width"] or 1, max(width - 4, 20))
            lines += ["  |", f"  | {clean(source)}", f"  | {' ' * (column - 1)}{paint('^' * span, tone)}"]
        if f.get("suppressed"):
            lines.append(f"  = reason: {clean(f['suppressed'])}")
        elif f["help"]:
            lines.append(f"  = help: {clean(f['help'])}")
        lines.append("")
    return "\n".join(lines).rstrip("\n")


def _window(source: str, column: int, span: int, room: int) -> tuple[str, int, int]:
    """Cut a long source line around its caret."""
    if len(source) <= room:
        return source, column, min(span, max(1, len(source) - column + 1))
    start = max(0, min(column - 1 - room // 3, len(source) - room))
    return source[start : start + room], column - start, max(1, min(span, room - (column - start)))

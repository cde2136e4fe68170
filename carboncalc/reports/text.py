"""The terminal report: what a funding proposal needs, on one page, at 80 columns or 160."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..result import UNVERIFIED
from .layout import Page, Table, Text, size
from .numbers import clean, symbol
from .programmes import details
from .words import SIGNS, STYLES, Words

Json = Mapping[str, Any]

SEVERITY = {"error": "red", "warning": "yellow", "info": "cyan"}


def render(result: Json, width: int, colour: bool, words: Words) -> str:
    """Render one result.

    Parameters
    ----------
    result : mapping
        The JSON object, format 1.
    width : int
        Columns.
    colour : bool
        Use the eight standard colours; meaning never rests on them.
    words : Words
        The language.
    """
    page = Page(width, colour, words.about(result))
    _headline(page, result)
    if "park" in result:  # each section that few reports have is imported with the first that has it: all of them are felt at start-up
        from . import park

        park.overview(page, result)
        _years(page, result, width)
        park.sections(page, result)
    else:
        _years(page, result, width)
    _shares(page, result)
    if result.get("uncertainty"):
        from . import uncertainty

        uncertainty.section(page, result)
    if result.get("scenarios"):
        from . import scenarios

        scenarios.section(page, result)
    _assumptions(page, result, width)
    if result["finance"] or result.get("credits"):
        from . import money

        money.section(page, result, width)
    for programme in result["programmes"]:
        _programme(page, programme, width)
    _conditions(page, result)
    notes(page, result["findings"])
    return str(page)


def _headline(page: Page, result: Json) -> None:
    words, project, totals, years = page.words, result["project"], result["totals"], result["years"]
    page.write(clean(project["title"]), "bold")
    where = ", ".join(clean(x) for x in (project.get("region"), project["country"]) if x)
    span = f"{years[0]['year']}–{years[-1]['year']}" if len(years) > 1 else str(years[0]["year"])
    page.write(f"{where} · {span} · GWP {result['gwp']}" + (f" · {words('text.conservative')}" if project.get("conservative") else ""), "dim")
    for id_, method in _methods(result):
        page.write(
            id_
            + words(
                "text.method", title=words.of(method["title"]), id=method["id"], version=method["version"], sure=words.mark(method["confidence"])
            ),
            "dim",
        )
    page.write()
    line = words("text.reduces" if totals["reduction"] >= 0 else "text.adds", amount=words.amount(abs(totals["reduction_per_year"])))
    if len(years) > 1:
        line += words("text.in_years", amount=words.amount(abs(totals["reduction"])), n=len(years))
    page.write(line, "bold green" if totals["reduction"] >= 0 else "bold red")
    for programme in result["programmes"]:
        sign, word = _verdict(words, programme)
        page.write(f"{sign} {programme['id']}: {word}", STYLES[sign])


def _methods(result: Json) -> Iterable[tuple[str, Json]]:
    if result["methodology"]:
        yield "", result["methodology"]
    for measure in result.get("measures") or []:
        yield f"{clean(measure['id'])}: ", measure["methodology"]


def _years(page: Page, result: Json, width: int) -> None:
    words = page.words
    jcm = any(m["scheme"] == "jcm" for _, m in _methods(result))
    roles = ["baseline", "project", *(["leakage"] if any(row["leakage"] for row in result["years"]) else []), "reduction"]
    page.title(words("text.emissions_by_year"))
    titles = [words("say.year"), *(words("role.reference" if jcm and role == "baseline" else "role." + role) for role in roles)]
    totals = [words("say.total"), *(words.amount(result["totals"][role]) for role in roles)]
    rows = [[str(row["year"]), *(words.amount(row[role]) for role in roles)] for row in result["years"]]
    taken = sum(2 + max(size(cells[i]) for cells in (titles, totals, *rows)) for i in range(len(titles)))
    table = Table((titles[0], "l"), *((title, "r") for title in titles[1:]), ("", "l"))
    room = max(8, min(40, width - 16 * len(titles), width - taken))
    top = max(abs(row["reduction"]) for row in result["years"]) or 1.0
    for row, cells in zip(result["years"], rows, strict=True):
        bar = _bar(abs(row["reduction"]) / top, room)
        table.add_row(*cells, Text(bar, style="green" if row["reduction"] >= 0 else "red"))
    table.add_row(*(Text(c, style="bold") for c in totals), "")
    page.table(table)
    page.write(words("text.rounded"), "dim")


def _bar(part: float, room: int) -> str:
    eighths = round(part * room * 8)
    return "█" * (eighths // 8) + ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")[eighths % 8]


def _shares(page: Page, result: Json) -> None:
    words, amount = page.words, page.words.amount
    page.title(words("text.by_gas_and_origin"))
    gases = [g for g in result["by_gas"]["baseline"] if any(result["by_gas"][r].get(g) for r in ("baseline", "project", "leakage"))] or ["CO2"]
    table = Table(("", "l"), *((g, "r") for g in gases), (words("origin.energy"), "r"), (words("origin.non-energy"), "r"))
    for role in ("baseline", "project", "leakage"):
        if any(result["by_gas"][role].values()):
            origin = result["by_origin"][role]
            cells = [amount(result["by_gas"][role].get(g, 0.0)) for g in gases]
            table.add_row(words("role." + role), *cells, amount(origin["energy"]), amount(origin["non-energy"]))
    origins = {
        o: sum(s * result["by_origin"][r][o] for r, s in (("baseline", 1), ("project", -1), ("leakage", -1))) for o in ("energy", "non-energy")
    }
    by_gas = {g: sum(s * result["by_gas"][r].get(g, 0.0) for r, s in (("baseline", 1), ("project", -1), ("leakage", -1))) for g in gases}
    table.add_row(words("role.reduction"), *(amount(by_gas[g]) for g in gases), amount(origins["energy"]), amount(origins["non-energy"]))
    page.table(table)
    rests = result["rests_on"]
    page.write(words("text.rests_on", default=words.share(rests["default"]), unverified=words.share(rests["unverified"])))


def _assumptions(page: Page, result: Json, width: int) -> None:
    words = page.words
    page.title(words("text.assumptions"))
    wide = width >= 120
    sure = (words("say.confidence"), "l")
    columns = [(words("text.what"), "w"), (words("say.value"), "r"), (words("say.unit"), "l"), (words("text.from"), "l")]
    table = Table(*columns, *([(words("say.source"), "w"), sure] if wide else [sure]))
    grouped = "park" in result
    for heading, q in _grouped(result["quantities"]) if grouped else (("", q) for q in result["quantities"]):
        if heading:
            shown = words("text.shared") if heading == _SHARED else clean(heading)
            table.add_row(Text(shown, "bold"), *([""] * (len(table.kinds) - 1)))
        label = words.of(symbol(result, q).get("label")) or q["name"]
        index = ", ".join(clean(v) for v in ([q["measure"]] if q.get("measure") and not grouped else []) + list(q["index"].values()))
        value = words.figure(q["value"])
        chosen = isinstance(q["value"], str) and not wide  # a choice is a word: in the wrapping column it is not cut
        if q["range"] and wide:
            value += f" ({words.span(words.figure(q['range'][0]), words.figure(q['range'][1]))})"
        kind = words(f"match.{q['match']}") if q["match"] else words(f"status.{q['status']}")
        if q["year"] and q["match"] in ("exact", "carried-forward"):
            kind += f" {q['year']}"
        what = clean(label) + (f" [{index}]" if index else "") + (f": {value}" if chosen else "")
        cells = [Text(what), "" if chosen else value, q["unit"] if q["unit"] != "1" else "", kind]
        if wide:
            cells.append(Text(words.source(q)))
        doubtful = q["confidence"] in UNVERIFIED
        cells.append(Text(words("confidence.unverified" if doubtful else f"confidence.{q['confidence']}"), style="yellow" if doubtful else ""))
        table.add_row(*cells)
    page.table(table)
    if not wide:
        page.write(words("text.sources_are"), "dim")


#: no measure can have this as its id
_SHARED = " shared"


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
        groups = {_SHARED: groups.pop(""), **groups}
    for name, rows in groups.items():
        for i, q in enumerate(rows):
            yield (name if i == 0 else ""), q


def _verdict(words: Words, programme: Json) -> tuple[str, str]:
    """Return the sign of a verdict and its words, never a yes without its unverified thresholds."""
    verdict, count = programme["verdict"], programme["unverified"]
    word = words.of(programme["wording"]) if programme.get("wording") else words("verdict." + verdict)
    if count and verdict == "eligible":
        word += words.count("verdict.subject_to", count)
    elif count:
        word += words("verdict.of_thresholds", n=count)
    return SIGNS[verdict], word


def _programme(page: Page, programme: Json, width: int) -> None:
    words = page.words
    sign, word = _verdict(words, programme)
    version = f" {programme['version']}" if programme["version"] else ""
    page.title(f"{words.of(programme['title'])} ({programme['id']}{clean(version)})")
    page.write(f"{sign} {word}", f"bold {STYLES[sign]}")
    if not programme["criteria"]:
        return
    titles = [words("criterion." + key) for key in ("answer", "value", "threshold", "margin")]
    table = Table((words("criterion.criterion"), "w"), (titles[0], "l"), *((title, "r") for title in titles[1:]), ("", "l"))
    for c in programme["criteria"]:
        compare = f"{c['compare']} " if c["compare"] else ""
        value, threshold, margin = (words.value(c[key], c["unit"], bool(c.get("count"))) for key in ("value", "threshold", "margin"))
        doubtful = c["confidence"] in UNVERIFIED
        unit = f" [{c['unit']}]" if c["unit"] not in (None, "1", "day") and width >= 70 else ""
        table.add_row(
            Text(words.of(c["label"]) + unit + ("" if c["required"] else words("criterion.shown_only"))),
            Text(words.verdict(c["verdict"]), style=STYLES[SIGNS[c["verdict"]]]), value, compare + threshold if c["threshold"] is not None else "", margin if c["margin"] is not None else "",
            Text(words("confidence.unverified") if doubtful else "", style="yellow"),
        )  # fmt: skip
    page.table(table)
    law = programme.get("check", "financing") != "financing"  # what a law says is worth as much as its clause
    for c in programme["criteria"]:
        cite = f" ({clean(c['cite'])})" if law else ""
        proof = words("programme.paper", paper=words.of(c["paper"])) if c.get("paper") else ""
        if c["verdict"] == "unknown":
            page.write(words("programme.state", id=c["id"], facts=clean(", ".join(c["missing"])), cite=cite) + words("say.stop") + proof, "yellow", 2)
        elif c["verdict"] == "fail":
            page.write(f"{c['id']}: {words.of(c['why'])} {words.of(c['fix'])}{cite}{proof}", "", 2)
    passed = [c for c in programme["criteria"] if c["verdict"] == "pass" and c.get("paper")]
    if passed:
        page.write(words("programme.papers_that_prove"), "dim")
        for c in passed:
            item = words("programme.item", item=clean(c["value"]), label=words.of(c["item"])) if c.get("item") else ""
            page.write(f"{c['id']}: {item}{words.of(c['paper'])}" + (f" ({clean(c['cite'])})" if law else ""), "", 2)
    if programme.get("dossier"):
        _dossier(page, programme["dossier"], {c["id"]: c["verdict"] for c in programme["criteria"]})
    details(page, programme, width)


def _dossier(page: Page, papers: Sequence[Json], verdicts: Mapping[str, str]) -> None:
    """List the papers of the application: how far each is, and the criteria that hold it up."""
    words = page.words
    met = sum(paper["status"] == "met" for paper in papers)
    page.write(words("programme.dossier", met=met, n=len(papers)), "bold")
    table = Table((words("programme.document"), "w"), (words("criterion.answer"), "l"), (words("programme.rests_on"), "w"), ("", "l"))
    for paper in papers:
        status = paper["status"]
        open_ = [id_ for id_ in paper["criteria"] if verdicts[id_] == ("fail" if status == "not-met" else "unknown")]
        rests = ", ".join(open_ or paper["criteria"]) or words("programme.to_be_written")
        doubtful = paper["confidence"] in UNVERIFIED
        word = words(f"paper.{status}")
        table.add_row(
            words.of(paper["label"]), Text(f"{SIGNS[status]} {word}", STYLES[SIGNS[status]]), clean(rests), Text(words("confidence.unverified") if doubtful else "", "yellow")
        )  # fmt: skip
    page.table(table)


def _conditions(page: Page, result: Json) -> None:
    rows = [row for row in result["applicability"] if row["answer"] != "met"]
    if not rows:
        return
    page.title(page.words("text.to_be_shown"))
    for row in rows:
        asked = row["answer"] == "ask"
        text = page.words.of(row["ask"]) if asked else page.words("text.not_met", label=page.words.of(row["label"]))
        page.write(f"□ {text}", "" if asked else "yellow", 2)


def notes(page: Page, findings: Sequence[Json]) -> None:
    """Write what was found, each with its remedy; what the file silences with its reason."""
    if not findings:
        return
    words = page.words
    page.title(words("text.findings"))
    for f in findings:
        message, help_ = words.finding(f)
        severity = words("severity." + f["severity"])
        if f.get("suppressed"):
            page.write(f"{f['code']} {words('text.ignored', severity=severity)}: {message}", "dim", 2)
            page.write(words("text.reason", reason=clean(f["suppressed"])), "dim", 4)
            continue
        page.write(f"{f['code']} {severity}: {message}", SEVERITY[f["severity"]], 2)
        if help_:
            page.write(help_, "dim", 4)


def render_findings(findings: Sequence[Json], width: int, colour: bool, words: Words) -> str:
    """Render findings as ``file:line:column: CODE message``, the line, a caret and the remedy."""

    def paint(text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if colour else text

    lines = []
    for f in findings:
        tone = {"error": "31", "warning": "33", "info": "36"}[f["severity"]]
        place = ":".join(clean(x) for x in (f["file"], f["line"], f["column"]) if x)
        message, help_ = words.finding(f)
        severity = words("severity." + f["severity"])
        kind = words("text.ignored", severity=severity) if f.get("suppressed") else severity
        lines.append(f"{place + ': ' if place else ''}{paint(f['code'], tone)} {message}" + ("" if f["severity"] == "error" else f" [{kind}]"))
        if f.get("source") and f["line"]:
            source, column, span = _window(f["source"].replace("\t", " "), f["column"], f["width"] or 1, max(width - 4, 20))
            lines += ["  |", f"  | {clean(source)}", f"  | {' ' * (column - 1)}{paint('^' * span, tone)}"]
        if f.get("suppressed"):
            lines.append(f"  = {words('text.reason', reason=clean(f['suppressed']))}")
        elif help_:
            lines.append(f"  = {words('text.help', help=help_)}")
        lines.append("")
    return "\n".join(lines).rstrip("\n")


def _window(source: str, column: int, span: int, room: int) -> tuple[str, int, int]:
    """Cut a long source line around its caret."""
    if len(source) <= room:
        return source, column, min(span, max(1, len(source) - column + 1))
    start = max(0, min(column - 1 - room // 3, len(source) - room))
    return source[start : start + room], column - start, max(1, min(span, room - (column - start)))

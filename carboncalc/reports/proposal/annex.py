"""The annexes: the equations with their symbols and citations, the data with their sources, and the basis of the calculation."""

from collections.abc import Iterator, Sequence

from ...formula import FormulaError, names, parse
from ...formula.symbols import latex_of
from ..numbers import clean, symbol
from .blocks import Equation
from .draft import Draft, Json
from .method import amounts, fixed, groups, in_emissions, origin


def equations(draft: Draft) -> None:
    """Write each equation once, in the order of the calculation, and the symbols."""
    t = draft.t
    draft.section("equations")
    draft.say(t("equations_lead"))
    shown: dict[str, Json] = {}
    number = 0
    for i, (title, steps) in enumerate(_chapters(draft), 1):
        draft.part(title, f"equations-{i}")
        for step in steps:
            number += 1
            equation = _equation(draft, step, str(number))
            draft.blocks.append(equation)
            for name in equation.symbols:
                row: Json = {"name": name, "measure": step.get("measure")}
                shown.setdefault(f"{draft.mark(row)} {draft.meaning(row)}", row)
    rows = []
    for row in shown.values():
        found = symbol(draft.result, row)
        unit = found.get("unit")
        rows.append((draft.mark(row), draft.meaning(row), unit if unit not in (None, "1") else "—"))
    draft.table(t("symbols"), [(t("symbol"), "l"), (t("meaning"), "w"), (t("unit"), "l")], dict.fromkeys(rows))


def _chapters(draft: Draft) -> Iterator[tuple[str, list[Json]]]:
    """Yield the equations of each methodology, then those of the park, and those of money; each equation once."""
    owner = _owners(draft)
    chapters: dict[str, dict[tuple[str, str], Json]] = {}
    for step in draft.result["steps"]:
        if step["role"] in ("finance", "credits"):
            title = draft.t("equations_finance")
        elif (method := owner.get(step.get("measure"))) is not None:
            title = draft.t("equations_of", what=f"{method['id']} {method['version']}")
        else:
            title = draft.t("equations_park" if draft.result.get("park") else "equations")
        chapters.setdefault(title, {}).setdefault((step["name"], step["formula"]), step)
    last = draft.t("equations_finance")
    for title in sorted(chapters, key=lambda title: title == last):
        yield title, list(chapters[title].values())


def _owners(draft: Draft) -> dict[str | None, Json]:
    """Return the methodology of each measure; a step of a project in a park has the project's id in front."""
    result = draft.result
    found: dict[str | None, Json] = {}
    if result["methodology"]:
        found[None] = result["methodology"]
    for measure in result.get("measures") or []:
        found[measure["id"]] = measure["methodology"]
    for exchange in result.get("exchanges") or []:
        found[exchange["id"]] = exchange["methodology"]
    for project in result.get("projects") or []:
        if project["methodology"]:
            found[project["id"]] = project["methodology"]
        for measure in project["measures"] or []:
            found[f"{project['id']}.{measure['id']}"] = measure["methodology"]
    return found


def _mark(draft: Draft, row: Json) -> str:
    return latex_of(row["name"], symbol(draft.result, row).get("latex"))


def _equation(draft: Draft, step: Json, number: str) -> Equation:
    try:
        right = parse(step["formula"], scales=True)
    except FormulaError:  # a formula of a later version, or one that is no formula: it stands as text
        right = ["str", clean(step["formula"])]
    marks = {name: _mark(draft, {"name": name, "measure": step.get("measure")}) for name in (step["name"], *names(right))}
    return Equation(number, marks[step["name"]], right, marks, draft.meaning(step), clean(step["cite"] or ""))


def data(draft: Draft) -> None:
    """Write the factors and default values, the data on money, and the list of sources."""
    t, words = draft.t, draft.words
    draft.section("annex_data")
    if words.language != "en":
        draft.say(t("cited_as_is"), "note")
    columns = [(t("parameter"), "w"), (t("symbol"), "l"), (t("amount"), "w"), (t("status_of"), "w"), (t("source"), "w"), (t("confidence"), "w")]
    draft.table(t("fixed"), columns, fixed(draft))
    columns = [(t("parameter"), "w"), (t("amount"), "w"), (t("status_of"), "w"), (t("source"), "w"), (t("confidence"), "w")]
    others = groups(q for q in draft.result["quantities"] if not in_emissions(q) and not (isinstance(q["value"], str) and not q["factor"]))
    draft.table(
        t("money_data"),
        columns,
        (
            (
                draft.label(q[0]),
                amounts(draft, q),
                t(q[0]["status"]),
                origin(draft, q[0]),
                "—" if q[0]["status"] == "input" else draft.confidence(q[0]["confidence"]),
            )
            for q in others
        ),
    )
    draft.table(t("source_list"), [(t("source"), "w"), (t("used_for"), "w")], _sources(draft))


def _sources(draft: Draft) -> Iterator[Sequence[str]]:
    """Yield each source once, with what it gives."""
    found: dict[str, dict[str, None]] = {}
    for method in (m for _, m in draft.methods):
        given = method["source"]
        text = ", ".join(str(given[key]) for key in ("title", "address") if given.get(key))
        found.setdefault(text, {})[method["id"]] = None
    for q in draft.result["quantities"]:
        if q["factor"]:
            found.setdefault(q["source"], {})[q["factor"]] = None
    for source, used in found.items():
        yield source, draft.listed(used)


def basis(draft: Draft) -> None:
    """Write the versions that the calculation used, and how figures are rounded."""
    t, words, result = draft.t, draft.words, draft.result
    draft.section("basis")
    rows = [(t("calculator"), str(result["version"])), (t("result_format"), str(result["carboncalc"])), (t("gwp"), str(result["gwp"]))]
    rows += [(words.of(m["title"]), f"{m['id']} {m['version']}") for _, m in draft.methods]
    rows += [(words.of(p["title"]), f"{p['id']} {p['version'] or '—'}") for p in result["programmes"]]
    draft.table(t("versions"), [(t("item"), "w"), (t("version"), "w")], rows)
    for _, method in draft.methods:
        if method.get("note"):
            draft.say(words("document.colon", name=t("method_note", id=method["id"]), text=words.of(method["note"])), "note")
    draft.say(t("rounding"))

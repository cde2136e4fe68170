"""Programmes beyond their criteria: what does not apply, what sources disagree on, the procedure with its dates; and which programme fits."""

from collections.abc import Mapping, Sequence
from typing import Any

from ..result import UNVERIFIED
from .layout import Page, Table, Text
from .numbers import clean
from .words import SIGNS, STYLES, Words

Json = Mapping[str, Any]


def details(page: Page, programme: Json, width: int) -> None:
    """Write what the criteria of a programme leave to be told, and its procedure.

    Parameters
    ----------
    page : Page
        The page so far; the table of the criteria stands on it.
    programme : mapping
        One of the result's `programmes`.
    width : int
        Columns.
    """
    words = page.words
    for criterion in programme["criteria"]:
        if not criterion.get("applies", True):
            page.write(words("programme.does_not_apply", id=criterion["id"]), "dim", 2)
        for conflict in criterion.get("conflicts", ()):
            line = words("programme.sources_disagree", id=criterion["id"], conflict=words.remark(conflict))
            page.write(line, "yellow" if criterion["confidence"] == "conflicting" else "dim", 2)
    if programme.get("timeline"):
        _timeline(page, programme, width)


def _timeline(page: Page, programme: Json, width: int) -> None:
    words, rows = page.words, programme["timeline"]
    page.write()
    dated = any(row["due"] for row in rows)
    heading = words("programme.procedure", id=programme["id"])
    page.write(heading + (words("programme.counted_from", day=words.day(programme["at"])) if dated else ""), "bold")
    columns = [(words("programme.step"), "w"), (words("programme.days"), "r"), *([(words("programme.by"), "l")] if dated else []), ("", "l")]
    table = Table(*columns)
    for row in rows:
        due = words.day(row["due"]) if row["due"] else ""
        if row["latest"] and row["latest"] != row["due"]:
            due = words.span(due, words.day(row["latest"]))
        label = words.of(row["label"]) + (words("programme.optional") if row.get("optional") else "")
        doubt = words("confidence.unverified") if row["confidence"] in UNVERIFIED else ""
        table.add_row(Text(label), _days(words, row), *([due] if dated else []), Text(doubt, style="yellow"))
    page.table(table)
    if any(row["days"] is None and not row["due"] and not row["calendar"] for row in rows):
        page.write(words("programme.days_not_known"), "dim")
    if any(row["working"] for row in rows):
        page.write(words("programme.working_days"), "dim")


def _days(words: Words, row: Json) -> str:
    """Show how long a step takes, in days."""
    if row["days"] is None:
        return "" if row["due"] or row["calendar"] else words("say.not_known")
    days = words.span(words.figure(row["days"]), words.figure(row["at_most"])) if row["at_most"] else words.figure(row["days"])
    return days + (words("programme.working") if row["working"] else "")


def render_matches(rows: Sequence[Json], width: int, colour: bool, words: Words) -> str:
    """Render which programmes fit a project, best fit first.

    Parameters
    ----------
    rows : sequence of mapping
        As `matching.match` returns them.
    width : int
        Columns.
    colour : bool
        Use the eight standard colours; meaning never rests on them.
    words : Words
        The language.
    """
    page = Page(width, colour, words)
    for row in rows:
        sign, count = SIGNS[row["verdict"]], row["unverified"]
        answer = words.of(row["wording"]) if row["wording"] else words("verdict." + row["verdict"])
        if count:
            answer += words.count("verdict.subject_to" if row["verdict"] == "eligible" else "verdict.unverified_thresholds", count)
        page.write(clean(f"{sign} {row['id']} {row['version'] or ''}").rstrip() + f": {answer}", f"bold {STYLES[sign]}")
        page.write(words.of(row["title"]) + (words("programme.applied_for", day=words.day(row["at"])) if row["at"] else ""), "dim", 2)
        if row["version"] is None:
            spans = (words("programme.version", version=k["version"], **in_force(words, k)) for k in row["known"])
            page.write(words("programme.no_call", versions=clean(", ".join(spans))), "", 2)
        for criterion in row["fails"]:
            page.write(f"✗ {criterion['id']}{_against(words, criterion)}: {words.of(criterion['why'])} {words.of(criterion['fix'])}", "", 2)
        for criterion in row["unknown"]:
            page.write("? " + words("programme.state", id=criterion["id"], facts=clean(", ".join(criterion["missing"])), cite=""), "", 2)
    if not rows:
        page.write(words("programme.none_fits"))
    return str(page)


def in_force(words: Words, span: Json) -> dict[str, str]:
    """Return the days between which something is in force, as the placeholders ``from`` and ``to``."""
    return {"from": words.day(span["from"]), "to": words.day(span["to"]) if span.get("to") else words("say.open")}


def _against(words: Words, criterion: Json) -> str:
    """Show a value beside what it is held against."""
    if criterion["threshold"] is None or criterion["value"] is None or isinstance(criterion["value"], bool):
        return ""
    unit = criterion["unit"]
    percent = unit == "1" and not criterion["count"]
    value, threshold = (
        words.percent(x) if percent else words.value(x, unit) if isinstance(x, str) else words.short(x)
        for x in (criterion["value"], criterion["threshold"])
    )
    shown = f"{criterion['compare']} {threshold}" + (f" {unit}" if unit not in (None, "1", "day") else "")
    doubt = words("programme.threshold_unverified") if criterion["confidence"] in UNVERIFIED else ""
    return words("programme.against", value=value, threshold=shown, doubt=doubt)

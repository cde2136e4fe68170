"""Programmes beyond their criteria: what does not apply, what sources disagree on, the procedure with its dates; and which programme fits."""

from collections.abc import Mapping, Sequence
from typing import Any

from ..result import UNVERIFIED
from .layout import Page, Table, Text
from .numbers import clean, english, short

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
    for criterion in programme["criteria"]:
        if not criterion.get("applies", True):
            page.write(f"{criterion['id']}: does not apply to this project", "dim", 2)
        for conflict in criterion.get("conflicts", ()):
            page.write(clean(f"{criterion['id']}: sources disagree: {conflict}"), "yellow" if criterion["confidence"] == "conflicting" else "dim", 2)
    if programme.get("timeline"):
        _timeline(page, programme, width)


def _timeline(page: Page, programme: Json, width: int) -> None:
    page.write()
    dated = any(row["due"] for row in programme["timeline"])
    page.write(f"Procedure of {programme['id']}" + (f", counted from {programme['at']}" if dated else ""), "bold")
    table = Table(("step", "w"), ("days", "r"), *([("by", "l")] if dated else []), ("", "l"))
    for row in programme["timeline"]:
        days = (
            "not known"
            if row["days"] is None
            else str(row["days"]) + (f" to {row['at_most']}" if row["at_most"] else "") + (" w" if row["working"] else "")
        )
        if row["days"] is None and (row["due"] or row["calendar"]):
            days = ""
        due = row["due"] or ""
        if row["latest"] and row["latest"] != row["due"]:
            due += f" to {row['latest']}"
        label = clean(row["label"]["en"]) + (" (not for every project)" if row.get("optional") else "")
        doubt = "unverified" if row["confidence"] in UNVERIFIED else ""
        table.add_row(Text(label), days, *([due] if dated else []), Text(doubt, style="yellow"))
    page.table(table)
    if any(row["days"] is None and not row["due"] and not row["calendar"] for row in programme["timeline"]):
        page.write("No text seen tells how long the steps marked not known take; what comes after them has no date.", "dim")
    if any(row["working"] for row in programme["timeline"]):
        page.write("w: working days, Monday to Friday; public holidays are not known here, so the real day is later.", "dim")


MARKS = {"eligible": ("✓", "green"), "not-eligible": ("✗", "red"), "undetermined": ("?", "yellow")}


def render_matches(rows: Sequence[Json], width: int, colour: bool) -> str:
    """Render which programmes fit a project, best fit first.

    Parameters
    ----------
    rows : sequence of mapping
        As `matching.match` returns them.
    width : int
        Columns.
    colour : bool
        Use the eight standard colours; meaning never rests on them.
    """
    page = Page(width, colour)
    for row in rows:
        sign, style = MARKS[row["verdict"]]
        count = row["unverified"]
        words = clean(row["wording"]["en"]) if row["wording"] else row["verdict"].replace("-", " ")
        many = "s" if count != 1 else ""
        doubt = (
            (f", subject to {count} unverified threshold{many}" if row["verdict"] == "eligible" else f" ({count} unverified threshold{many})")
            if count
            else ""
        )
        page.write(clean(f"{sign} {row['id']} {row['version'] or ''}").rstrip() + f": {words}{doubt}", f"bold {style}")
        page.write(clean(row["title"]["en"]) + (f"; applied for on {row['at']}" if row["at"] else ""), "dim", 2)
        if row["version"] is None:
            spans = ", ".join(f"{k['version']} ({k['from']} to {k.get('to', 'open')})" for k in row["known"])
            page.write(clean(f"no call is known for this day; known: {spans}"), "", 2)
        for criterion in row["fails"]:
            page.write(clean(f"✗ {criterion['id']}{_against(criterion)}: {english(criterion['why'])} {english(criterion['fix'])}"), "", 2)
        for criterion in row["unknown"]:
            page.write(clean(f"? {criterion['id']}: state {', '.join(criterion['missing'])}"), "", 2)
    if not rows:
        page.write("no programme fits the search")
    return str(page)


def _against(criterion: Json) -> str:
    """Show a value beside what it is held against."""
    if criterion["threshold"] is None or criterion["value"] is None or isinstance(criterion["value"], bool):
        return ""
    percent = criterion["unit"] == "1" and not criterion["count"]
    value, threshold = (f"{x * 100:.4g} %" if percent else short(x) for x in (criterion["value"], criterion["threshold"]))
    unit = f" {criterion['unit']}" if criterion["unit"] not in (None, "1", "day") else ""
    doubt = ", unverified" if criterion["confidence"] in UNVERIFIED else ""
    return f" ({value}, should be {criterion['compare']} {threshold}{unit}{doubt})"

"""What stands below the table of a programme: rules that do not apply, conflicts of the sources, and the procedure with its dates."""

from collections.abc import Mapping
from typing import Any

from .layout import Page, Table, Text
from .numbers import clean

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
    page.write(f"Procedure of {programme['id']}" + (f", counted from {programme['at']}" if programme["at"] else ""), "bold")
    dated = any(row["due"] for row in programme["timeline"])
    table = Table(("step", "w"), ("days", "r"), *([("by", "l")] if dated else []), ("", "l"))
    for row in programme["timeline"]:
        days = (
            "not known"
            if row["days"] is None
            else str(row["days"]) + (f" to {row['at_most']}" if row["at_most"] else "") + (" w" if row["working"] else "")
        )
        if row["days"] is None and row["due"]:
            days = ""
        due = row["due"] or ""
        if row["latest"] and row["latest"] != row["due"]:
            due += f" to {row['latest']}"
        label = clean(row["label"]["en"]) + (" (not for every project)" if row.get("optional") else "")
        doubt = "unverified" if row["confidence"] in ("recalled", "conflicting") else ""
        table.add_row(Text(label), days, *([due] if dated else []), Text(doubt, style="yellow"))
    page.table(table)
    if any(row["days"] is None and not row["due"] for row in programme["timeline"]):
        page.write("No text seen tells how long the steps marked not known take; what comes after them has no date.", "dim")
    if any(row["working"] for row in programme["timeline"]):
        page.write("w: working days, Monday to Friday; public holidays are not known here, so the real day is later.", "dim")

"""Appraising: one project or one park, from its file to its result."""

from typing import TYPE_CHECKING

from ..findings import Finding, did_you_mean, error
from ..library import Document
from ..result import Result
from .single import VERSION, appraise_project

if TYPE_CHECKING:
    from ..uncertainty.drawing import Plan

__all__ = ["VERSION", "appraise"]


def appraise(document: Document, plan: "Plan | None" = None) -> Result:
    """Appraise a project, or a park (``kind: park``).

    Parameters
    ----------
    document : Document
        A parsed file.
    plan : Plan, optional
        Draws and seed of a Monte Carlo run of a project; without it the result has no uncertainty.

    Returns
    -------
    Result
        Its findings hold what the user should know; there are no errors among them.

    Raises
    ------
    Invalid
        With every fault found, when a number cannot be given.
    """
    data = document.data
    if isinstance(data, dict):
        kind = data.get("kind", "project")
        if kind == "project" and "park" in data and "project" not in data:
            raise error("CC112", "the key `kind` is missing: a file with `park:` is a park", "add `kind: park`", document.place(("park",), key=True))
        if kind == "park":
            from .park import appraise_park

            return _undrawn(appraise_park(document), document) if plan else appraise_park(document)
        if kind != "project":
            help_ = did_you_mean(str(kind), ("project", "park")) or "write `kind: park`, or leave `kind` out for a project"
            raise error("CC113", f"`kind` is '{str(kind)[:60]}'; expected project or park", help_, document.place(("kind",)))
    return appraise_project(document, plan)


def _undrawn(park: Result, document: Document) -> Result:
    """Say of a park that it was not drawn."""
    why = "draw its projects one by one; an uncertainty of the whole park is not computed"
    note = Finding("CC566", "info", "draws were asked for, and a park is not drawn", why, document.place(("kind",), key=True))
    return Result({**park.tree, "findings": [*park.tree["findings"], note.to_dict()]})

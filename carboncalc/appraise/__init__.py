"""Appraising: one project or one park, from its file to its result."""

from ..library import Document
from ..result import Result
from .single import VERSION, appraise_project

__all__ = ["VERSION", "appraise"]


def appraise(document: Document) -> Result:
    """Appraise a project, or a park (``kind: park``).

    Parameters
    ----------
    document : Document
        A parsed file.

    Returns
    -------
    Result
        Its findings hold what the user should know; there are no errors among them.

    Raises
    ------
    Invalid
        With every fault found, when a number cannot be given.
    """
    if isinstance(document.data, dict) and document.data.get("kind") == "park":
        from .park import appraise_park

        return appraise_park(document)
    return appraise_project(document)

"""carboncalc: greenhouse-gas reductions of a project, and whether it fits the Joint Crediting Mechanism.

>>> import carboncalc
>>> result = carboncalc.estimate("examples/cat-ba-electric-buses.yaml")
>>> result.totals["reduction"]

The commands of the command line use these functions and nothing below them.
"""

from collections.abc import Mapping
from os import PathLike
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .findings import Finding
    from .result import Result

__version__ = "0.1.0"
__all__ = ["__version__", "check", "estimate", "solve"]


def estimate(source: "str | PathLike[str] | Mapping[str, Any]", **options: Any) -> "Result":
    """Estimate a project.

    Parameters
    ----------
    source : path or mapping
        A project file, or its content.
    **options
        ``conservative`` and ``gwp`` replace what the file says.

    Returns
    -------
    Result
        Numbers, steps, quantities and findings; see `Result.to_dict`.

    Raises
    ------
    carboncalc.findings.Invalid
        When the project cannot be estimated; its ``findings`` say why and where.
    OSError
        When the file cannot be read.
    """
    from .appraise import appraise

    return appraise(_document(source, options))


def check(source: "str | PathLike[str] | Mapping[str, Any]", **options: Any) -> "list[Finding]":
    """Return every finding on a project, errors included; an empty list means nothing to say.

    Takes what `estimate` takes.
    """
    from .appraise import appraise
    from .findings import Finding, Invalid, Place

    try:
        tree = appraise(_document(source, options)).to_dict()
    except Invalid as bad:
        return bad.findings
    return [
        Finding(
            f["code"], f["severity"], f["message"], f["help"], Place(f["file"] or "", f["line"] or 0, f["column"] or 0, f["source"] or "", f["width"])
        )
        for f in tree["findings"]
    ]


def solve(source: "str | PathLike[str] | Mapping[str, Any]", *, for_: str, **options: Any) -> dict[str, Any]:
    """Find the value of each single number that would make a goal come true.

    Parameters
    ----------
    source : path or mapping
        A project file, or its content.
    for_ : str
        ``cost-effectiveness``, ``jcm/model-project/cost-effectiveness``, ``eligible``, ``reduction>=1000 tCO2e/year``,
        ``cost-effectiveness<=3000 JPY/tCO2e``.
    **options
        Those of `estimate`.

    Returns
    -------
    dict
        Plain data: ``goal``, ``inputs`` with the smallest relative change first, ``switches``, ``findings``.

    Raises
    ------
    ValueError
        When the project has no such goal, or several programmes have it.
    carboncalc.findings.Invalid
        When the project cannot be estimated.
    OSError
        When the file cannot be read.
    """
    from .solving import solve as break_even

    return break_even(_document(source, options), for_)


def _document(source: Any, options: Mapping[str, Any]) -> Any:
    from . import library

    if isinstance(source, library.Document):
        document = source
    elif isinstance(source, Mapping):
        import json

        text = json.dumps(source, ensure_ascii=False, indent=1, default=str)  # JSON is YAML: one reader, places included
        document = library.parse(text, "<mapping>")
    else:
        document = library.read(source)
    unknown = set(options) - {"conservative", "gwp"}
    if unknown:
        raise TypeError(f"there is no option {', '.join(sorted(unknown))}; options: conservative, gwp")
    if options and isinstance(document.data, dict):
        document.data.update({k: v for k, v in options.items() if v is not None})
    return document

"""carboncalc: greenhouse-gas reductions of a project, and whether it fits the Joint Crediting Mechanism.

>>> import carboncalc
>>> result = carboncalc.estimate("examples/cat-ba-electric-buses.yaml")
>>> result.totals["reduction"]

`check` lists what is wrong with a file, `estimate_many` takes a whole portfolio to any executor, and `solve` finds the break-even of each number.
"""

from collections.abc import Iterable, Iterator, Mapping
from os import PathLike, fspath
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from .findings import Finding
    from .result import Result
    from .uncertainty.drawing import Plan

__version__ = "0.1.0"
__all__ = ["__version__", "check", "estimate", "estimate_many", "solve"]


def estimate(source: "str | PathLike[str] | Mapping[str, Any]", **options: Any) -> "Result":
    """Estimate a project.

    Parameters
    ----------
    source : path or mapping
        A project file, or its content.
    **options
        ``conservative`` and ``gwp`` replace what the file says; ``draws`` (100 to 200 000) and ``seed`` (default 1) ask for a Monte Carlo run,
        which needs ``carboncalc[mc]``.

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
    ValueError
        When there are too few or too many draws.
    ImportError
        When draws are asked for and numpy is not installed; the text says how to install it.
    """
    from .appraise import appraise

    plan = _plan(options)
    return appraise(_document(source, options), plan)


def check(source: "str | PathLike[str] | Mapping[str, Any]", **options: Any) -> "list[Finding]":
    """Return every finding on a project, errors included; an empty list means nothing to say.

    Takes what `estimate` takes.
    """
    from .appraise import appraise
    from .findings import Invalid

    try:
        plan = _plan(options)
        tree = appraise(_document(source, options), plan).to_dict()
    except Invalid as bad:
        return bad.findings
    return [_finding(f) for f in tree["findings"]]


def estimate_many(
    paths: "Iterable[str | PathLike[str]]",
    executor: "Executor | None" = None,
    workers: int = 2,
    draws: int | None = None,
    seed: int | None = None,
) -> "Iterator[tuple[str, Result | list[Finding]]]":
    """Estimate many project files, in order, here or on the workers of any executor.

    Parameters
    ----------
    paths : iterable of path
        Files, folders and globs, as the command line takes them.
    executor : concurrent.futures.Executor, optional
        A pool of processes, a Dask client's ``get_executor()``, or any other; None works in this process.
    workers : int
        How many workers the executor has.
    draws, seed : int, optional
        As for `estimate`.

    Yields
    ------
    tuple
        The file, and its result, or the findings that say why there is none. One file that is wrong never stops the others.

    Raises
    ------
    OSError
        When a path names nothing.
    """
    import json

    from .portfolio import find, run
    from .reports import jsonl
    from .result import Result

    files = [(path, None) for path in find([fspath(p) for p in paths])]
    for row in run(files, jsonl.one, executor, workers, plan=_plan({"draws": draws, "seed": seed})):
        yield row.file, Result(json.loads(row.text)) if row.totals is not None else [_finding(f) for f in row.findings]


def _plan(options: dict[str, Any]) -> "Plan | None":
    """Take draws and seed out of the options."""
    draws, seed = options.pop("draws", None), options.pop("seed", None)
    if draws is None:
        if seed is not None:
            raise TypeError("estimate() takes a seed only together with draws")
        return None
    from .uncertainty.drawing import plan

    return plan(draws, seed)


def _finding(f: Mapping[str, Any]) -> "Finding":
    from .findings import Finding, Place

    place = Place(f["file"] or "", f["line"] or 0, f["column"] or 0, f["source"] or "", f["width"])
    return Finding(f["code"], f["severity"], f["message"], f["help"], place, f.get("suppressed", ""))


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
        raise TypeError(f"there is no option {', '.join(sorted(unknown))}; options: conservative, draws, gwp, seed")
    if options and isinstance(document.data, dict):
        document.data.update({k: v for k, v in options.items() if v is not None})
    return document

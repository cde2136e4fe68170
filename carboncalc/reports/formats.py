"""The formats of `estimate`: each makes a text of every file, and a page of all texts.

A format for several files is a module with two functions. ``one(outcome)`` runs where the file was appraised and may see the whole
result; ``whole(rows, totals)`` joins the rows as they come, and asks for the totals only at the end, so that no format holds a whole
portfolio. Text is laid out by the command line itself, which knows the width of the terminal.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import import_module
from typing import Any, NamedTuple

from ..result import Outcome, Row

Json = Mapping[str, Any]
One = Callable[[Outcome], str]
Whole = Callable[[Iterable[Row], Callable[[], Json]], Iterator[str]]


class Format(NamedTuple):
    """A format: the module that writes it, the endings of file names that mean it, and whether it tells of findings itself.

    One that `needs` a package of an extra is bytes, of one project only; its module has ``render(result)`` and no more.
    """

    module: str
    endings: tuple[str, ...]
    tells: bool = False
    needs: str = ""


FORMATS = {
    "text": Format("text", (".txt",)),
    "json": Format("jsons", (".json",)),
    "jsonl": Format("jsonl", (".jsonl", ".ndjson")),
    "csv": Format("csvs", (".csv",)),
    "markdown": Format("markdown", (".md",)),
    "junit": Format("junit", (".xml",), True),
    "sarif": Format("sarif", (".sarif",), True),
    "github": Format("github", (), True),
    "xlsx": Format("workbook", (".xlsx",), needs="xlsxwriter"),
}
#: formats of `check`: people's, programs', and those that tell of findings themselves
CHECKED = tuple(name for name, spec in FORMATS.items() if name in ("text", "json") or spec.tells)


def by_ending(name: str) -> str | None:
    """Return the format that a file name asks for."""
    return next((f for f, spec in FORMATS.items() if spec.endings and name.lower().endswith(spec.endings)), None)


def functions(name: str, drawn: bool = False) -> tuple[One, Whole]:
    """Return the two functions of a format; some have others for a Monte Carlo run, since their columns are fixed before the first file."""
    module = import_module(f".{FORMATS[name].module}", __package__)
    if drawn and hasattr(module, "one_drawn"):
        return module.one_drawn, module.whole_drawn
    return module.one, module.whole


def document(name: str) -> Callable[[Json], bytes]:
    """Return the function of a format that makes a document of one result.

    Raises
    ------
    ValueError
        When the extra is not installed; the text is for the user.
    """
    need(name, FORMATS[name].needs)
    render: Callable[[Json], bytes] = import_module(f".{FORMATS[name].module}", __package__).render
    return render


def need(name: str, *packages: str) -> None:
    """Tell whether a format can be made here, before anything of it is.

    Raises
    ------
    ValueError
        When a package of the extra is not installed; the text is for the user.
    """
    from importlib.util import find_spec

    for package in packages:
        if find_spec(package) is None:
            raise ValueError(f"the format {name} needs the package {package}; install it with: pip install 'carboncalc[reports]'")


def nothing(outcome: Outcome) -> str:
    """Make nothing of a file: the rows themselves are enough."""
    return ""

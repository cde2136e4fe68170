"""report: a document of a project, or of a result that was saved."""

import os
import sys
from collections.abc import Sequence

from ..findings import did_you_mean
from ..portfolio import find, outcome
from ..portfolio.tally import DONE, INVALID, USAGE
from ..reports.formats import REPORTS, by_ending, document
from ..reports.words import Words
from ..result import Outcome
from ..uncertainty.drawing import Plan
from .comparing import results, saved_results
from .estimating import drawing_plan
from .language import words as words_of
from .streams import colour, columns, overwrites, reason, say, standard_input, write

#: what a result that comes through a pipe is called
SAVED = "the saved result"


def report(
    path: str,
    format: str | None,
    output: str | None,
    lang: str | None,
    project: str | None,
    draws: int | None,
    seed: int | None,
    fonts: Sequence[str],
    quiet: bool,
    no_color: bool,
    width: int | None,
) -> int:
    """Run ``carboncalc report``; return the exit code."""
    format = format or (output and by_ending(output)) or "html"
    try:
        if format not in REPORTS:
            raise ValueError(f"there is no format '{format}' of a report; {did_you_mean(format, REPORTS) or 'formats: ' + ', '.join(REPORTS)}")
        if fonts and format != "pdf":
            raise ValueError(f"--font-path is for pdf; the format is {format}")
        missing = next((folder for folder in fonts if not os.path.isdir(folder)), None)
        if missing:
            raise ValueError(f"--font-path: {missing} is no folder")
        if output is None and format != "markdown" and sys.stdout.isatty():
            raise ValueError("this format is no text for a terminal; name a file with -o")
        if overwrites(output, [path] if os.path.isfile(path) else []):
            return USAGE
        words = words_of(lang)
        render = document(format, words, fonts)
        found = _chosen(path, _read(path, drawing_plan(draws, seed)), project)
        if found.result is None:
            _tell(found, columns(width), no_color, words)
            return INVALID if found.readable else USAGE
        if format == "xlsx" and found.result.get("park"):
            raise ValueError(f"the format xlsx is made of a project; {found.file} is a park: name one of its projects, or use another format")
        try:
            made = render(found.result)
        except KeyError as lacking:
            if not found.file.endswith((".json", ".jsonl")) and found.file != SAVED:
                raise
            raise ValueError(
                f"{found.file} was saved without {lacking}, which a report needs; estimate the project again and save the result"
            ) from None
        if not write([made], output, document=True):
            return USAGE
    except (ValueError, ImportError) as bad:
        say(str(bad))
        return USAGE
    except OSError as bad:
        say(reason(bad))
        return USAGE
    warnings = sum(f["severity"] == "warning" and not f.get("suppressed") for f in found.findings)
    if warnings and not quiet:
        say(f"{warnings} warning{'s' if warnings != 1 else ''}; the document lists {'them' if warnings != 1 else 'it'} under risks")
    return DONE


def _read(path: str, plan: Plan | None) -> list[Outcome]:
    """Return what a path holds; a saved result needs nothing but itself."""
    if path == "-":
        content = standard_input()
        if content.lstrip()[:1] == b"{" and b'"totals"' in content:
            return _undrawn(saved_results(SAVED, content.decode("utf-8")), plan)
        return [outcome("<stdin>", content, plan)]
    if path.endswith((".json", ".jsonl")):
        return _undrawn(results(path), plan)
    return [outcome(file, None, plan) for file in find([path])]


def _undrawn(found: list[Outcome], plan: Plan | None) -> list[Outcome]:
    if plan is not None:
        raise ValueError("--draws needs a project file: a saved result is reported as it was saved")
    return found


def _chosen(path: str, found: Sequence[Outcome], project: str | None) -> Outcome:
    """Return the one that the document is about."""
    ids = [_id(one) for one in found]
    if project is not None:
        fitting = [one for one, id_ in zip(found, ids, strict=True) if id_ == project]
        if len(fitting) != 1:
            why = "no project" if not fitting else f"{len(fitting)} projects"
            raise ValueError(f"{path} holds {why} with the id '{project}'; {did_you_mean(project, ids) or 'ids: ' + ', '.join(ids[:20])}")
        return fitting[0]
    if not found:
        raise ValueError(f"{path} holds no project")
    if len(found) > 1:
        raise ValueError(f"{path} holds {len(found)} projects, and a report is about one: name it with --project ID; ids: {', '.join(ids[:20])}")
    return found[0]


def _id(found: Outcome) -> str:
    return str((found.result.get("park") or found.result["project"])["id"]) if found.result is not None else found.file


def _tell(found: Outcome, width: int, no_color: bool, words: Words) -> None:
    from ..reports import text

    print(text.render_findings(found.findings, width, colour(no_color, sys.stderr), words), file=sys.stderr)

"""estimate, check and trace: files in, results or findings out, and the exit code."""

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from ..findings import did_you_mean
from ..portfolio import Gate, Tally, find, outcome, parse_gate, run
from ..portfolio.running import Item
from ..portfolio.tally import DONE, INVALID, USAGE, keep
from ..reports.formats import CHECKED, FORMATS, by_ending, document, functions, nothing
from ..reports.words import Words
from ..result import Outcome, Row
from .executors import NoExecutor, Workers, open_workers
from .language import words as words_of
from .streams import colour, columns, overwrites, progress, reason, say, standard_input, write

if TYPE_CHECKING:
    from ..uncertainty.drawing import Plan


def estimate(
    paths: list[str],
    format: str | None,
    output: str | None,
    gates: list[str],
    quiet: bool,
    no_color: bool,
    width: int | None,
    jobs: int | None = None,
    executor: str | None = None,
    exclude: Sequence[str] = (),
    draws: int | None = None,
    seed: int | None = None,
    lang: str | None = None,
) -> int:
    """Run ``carboncalc estimate``; return the exit code."""
    format = format or (output and by_ending(output)) or "text"
    try:
        drawing = drawing_plan(draws, seed)
        wanted = _gates(gates)
        _known(format, FORMATS)
        words = words_of(lang, format == "text" and output is None and sys.stdout.isatty())
        items = _items(paths, exclude)
        if overwrites(output, [path for path, _ in items]):
            return USAGE
        if FORMATS[format].needs:
            return _document(items, format, output, Tally(wanted), quiet, no_color, columns(width), drawing, words)
        with open_workers(executor, jobs, len(items)) as workers:
            return _estimate(items, format, output, wanted, quiet, no_color, columns(width), workers, drawing, words)
    except (ValueError, NoExecutor, ImportError) as bad:
        say(str(bad))
    except OSError as bad:
        say(reason(bad))
    return USAGE


def drawing_plan(draws: int | None, seed: int | None) -> "Plan | None":
    if draws is None:
        if seed is not None:
            raise ValueError("--seed needs --draws, such as --draws 10000")
        return None
    from ..uncertainty import need_numpy
    from ..uncertainty.drawing import plan

    need_numpy()
    return plan(draws, seed)


def _estimate(
    items: Sequence[Item],
    format: str,
    output: str | None,
    gates: list[Gate],
    quiet: bool,
    no_color: bool,
    width: int,
    workers: Workers,
    plan: "Plan | None",
    words: Words,
) -> int:
    tally = Tally(gates)
    single = len(items) == 1
    to_terminal = output is None and colour(no_color, sys.stdout)
    if single and format in ("text", "json"):  # the full report, or the result itself
        found = outcome(*items[0], plan)
        row = keep(found)
        tally.add(row)
        _tell([row], width, no_color, words)
        pieces: Iterable[str | bytes] = [_single(found, format, width, to_terminal, words)] if found.result is not None else []
    else:
        one, whole = (nothing, None) if format == "text" else functions(format, words, plan is not None)
        rows = _counted(run(items, one, workers.executor, workers.size, plan=plan), tally, len(items), quiet, width, no_color, words)
        pieces = whole(rows, tally.to_dict) if whole else _table(rows, tally, width, to_terminal, words)
    if not write(pieces, output):
        return USAGE
    _after(tally, quiet)
    return tally.code()


def _document(
    items: Sequence[Item], format: str, output: str | None, tally: Tally, quiet: bool, no_color: bool, width: int, plan: "Plan | None", words: Words
) -> int:
    """Make a document, which holds one project."""
    render = document(format, words)
    if len(items) != 1:
        raise ValueError(
            f"the format {format} holds one project, and {len(items)} files are given: make one document at a time, or use csv for a table"
        )
    if output is None and sys.stdout.isatty():
        raise ValueError("this format is no text for a terminal; name a file with -o")
    found = outcome(*items[0], plan)
    if format == "xlsx" and found.result is not None and found.result.get("park"):
        raise ValueError(f"the format {format} is made of a project; {found.file} is a park: name one of its projects")
    row = keep(found)
    tally.add(row)
    _tell([row], width, no_color, words)
    if found.result is not None and not write([render(found.result)], output, document=True):
        return USAGE
    _after(tally, quiet)
    return tally.code()


def _single(found: Outcome, format: str, width: int, coloured: bool, words: Words) -> str:
    assert found.result is not None
    if format == "json":
        from ..result import to_json

        return to_json(found.result) + "\n"
    from ..reports import text

    return text.render(found.result, width, coloured, words)


def _table(rows: Iterable[Row], tally: Tally, width: int, coloured: bool, words: Words) -> Iterator[str]:
    from ..reports import portfolio

    kept = list(rows)
    if any(row.totals is not None for row in kept):
        yield portfolio.render(kept, tally.to_dict(), width, coloured, words)


def _counted(rows: Iterable[Row], tally: Tally, total: int, quiet: bool, width: int, no_color: bool, words: Words) -> Iterator[Row]:
    """Tally rows as they pass, tell on standard error what is invalid, and show how far the work is."""
    with progress(total, quiet) as step:
        for row in rows:
            tally.add(row)
            step.clear()
            _tell([row], width, no_color, words)
            step.advance()
            yield row


def _tell(rows: Iterable[Row], width: int, no_color: bool, words: Words) -> None:
    bad = [f for row in rows if row.totals is None for f in row.findings]
    if bad:
        from ..reports import text

        print(text.render_findings(bad, width, colour(no_color, sys.stderr), words), file=sys.stderr)


def _after(tally: Tally, quiet: bool) -> None:
    """Say which gates fired, and which ids stand twice: a project counted twice doubles its tonnes."""
    for id_, first, second in tally.twice:
        say(f"the id '{id_}' stands in {first} and in {second}; both are counted in the totals: give each project an id of its own")
    if not quiet:
        for gate, file, why in tally.fired:
            say(f"--fail-on {gate}: {file}: {why}")


def _gates(texts: list[str]) -> list[Gate]:
    return [parse_gate(text) for text in texts]


def _known(format: str, formats: Iterable[str]) -> None:
    if format not in formats:
        raise ValueError(f"there is no format '{format}'; {did_you_mean(format, formats) or 'formats: ' + ', '.join(formats)}")


def _items(paths: Iterable[str], exclude: Sequence[str] = ()) -> list[Item]:
    """Return the files; standard input is read here, since no worker has it."""
    return [("<stdin>", standard_input()) if path == "-" else (path, None) for path in find(paths, exclude)]


def check(
    paths: list[str],
    format: str | None,
    gates: list[str],
    quiet: bool,
    no_color: bool,
    output: str | None = None,
    exclude: Sequence[str] = (),
    lang: str | None = None,
) -> int:
    """Run ``carboncalc check``; return the exit code."""
    format = format or (output and by_ending(output)) or "text"
    try:
        tally = Tally(_gates(gates))
        _known(format, CHECKED)
        words = words_of(lang, format == "text" and output is None and sys.stdout.isatty())
        items = _items(paths, exclude)
        if overwrites(output, [path for path, _ in items]):
            return USAGE
        found = [outcome(*item) for item in items]
    except (ValueError, OSError) as bad:
        say(reason(bad) if isinstance(bad, OSError) else str(bad))
        return USAGE
    for o in found:
        tally.add(keep(o))
    if not write(_checked(found, format, tally, no_color, words), output):
        return USAGE
    if not quiet:
        wrong, n = tally.invalid + tally.unreadable, len(found)
        say(f"{n} file{'s' if n != 1 else ''} checked, {f'{wrong} invalid' if wrong else 'all valid'}")
        _after(tally, quiet)
    return tally.code()


def _checked(found: Sequence[Outcome], format: str, tally: Tally, no_color: bool, words: Words) -> Iterable[str | bytes]:
    if format == "json":
        import json

        files = [{"file": o.file, "valid": o.result is not None, "findings": o.findings} for o in found]
        return [json.dumps({"carboncalc": 1, "files": files}, ensure_ascii=False, indent=2) + "\n"]
    if format != "text":
        one, whole = functions(format, words)
        return whole([keep(o, one(o)) for o in found], tally.to_dict)
    findings: list[dict[str, Any]] = [f for o in found for f in o.findings]
    if not findings:
        return []
    from ..reports import text

    return [text.render_findings(findings, columns(None), colour(no_color, sys.stdout), words) + "\n"]


def trace(path: str, quantity: str | None, no_color: bool, width: int | None, lang: str | None = None) -> int:
    """Run ``carboncalc trace``; return the exit code."""
    try:
        words = words_of(lang, sys.stdout.isatty())
        items = _items([path])
    except (OSError, ValueError) as bad:
        say(reason(bad) if isinstance(bad, OSError) else str(bad))
        return USAGE
    if len(items) != 1 or os.path.isdir(path):
        say("trace takes one project file")
        return USAGE
    found = outcome(*items[0])
    row = keep(found)
    if found.result is None:
        _tell([row], columns(width), no_color, words)
        return INVALID if found.readable else USAGE
    from ..reports import trace as tracing

    page = tracing.render(found.result, quantity or "", columns(width), colour(no_color, sys.stdout), words)
    if page is None:
        names = tracing.names(found.result)
        say(f"there is no quantity '{quantity}'; {did_you_mean(quantity or '', names) or 'quantities: ' + ', '.join(names)}")
        return USAGE
    return DONE if write([page + "\n"], None) else USAGE

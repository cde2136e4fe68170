"""diff and lock: read projects or saved results, compare, print."""

import json
import os
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from .. import compare as comparing
from .. import library
from ..compare.diff import FIGURES
from ..compare.lock import FORMAT, Locked, name
from ..findings import did_you_mean
from ..portfolio import find, outcome
from ..portfolio.tally import DONE, GATE, INVALID, USAGE
from ..reports.words import Words
from ..result import Outcome, saved
from .language import words as words_of
from .streams import colour, columns, overwrites, reason, say, write

DIFF_FORMATS = ("text", "markdown", "json")


def diff(
    base: str, head: str, format: str | None, output: str | None, figure: str, no_color: bool, width: int | None, lang: str | None = None
) -> int:
    """Run ``carboncalc diff``; return the exit code."""
    format = format or ("json" if output and output.endswith(".json") else "markdown" if output and output.endswith(".md") else "text")
    if format not in DIFF_FORMATS:
        say(f"there is no format '{format}' of a difference; formats: {', '.join(DIFF_FORMATS)}")
        return USAGE
    if figure not in FIGURES:
        say(f"there is no figure '{figure}'; {did_you_mean(figure, FIGURES) or 'figures: ' + ', '.join(FIGURES)}")
        return USAGE
    if overwrites(output, [p for side in (base, head) for p in ([side] if os.path.isfile(side) else [])]):
        return USAGE
    try:
        words = words_of(lang, format == "text" and output is None and sys.stdout.isatty())
        sides = [results(path) for path in (base, head)]
    except (OSError, ValueError) as bad:
        say(reason(bad) if isinstance(bad, OSError) else str(bad))
        return USAGE
    broken = [o for side in sides for o in side if o.result is None]
    if broken:
        _tell(broken, columns(width), no_color, words)
        return INVALID
    old, new = ([o.result for o in side if o.result is not None] for side in sides)
    if len(old) == len(new) == 1:  # two files name two states of one project, whatever their ids
        pairs, added, removed = [(old[0], new[0])], list[Any](), list[Any]()
    else:
        pairs, added, removed = comparing.pair_up(old, new)
    differences = [comparing.compare(a, b, figure) for a, b in pairs]
    from ..reports import diff as rendering

    if format == "json":
        page = (
            json.dumps({"carboncalc": 1, "differences": differences, "added": _ids(added), "removed": _ids(removed)}, ensure_ascii=False, indent=1)
            + "\n"
        )
    elif format == "markdown":
        page = rendering.render_markdown(differences, added, removed, words)
    else:
        page = rendering.render(differences, added, removed, columns(width), output is None and colour(no_color, sys.stdout), words)
    return DONE if write([page], output) else USAGE


def _ids(results: Iterable[Any]) -> list[str]:
    return [(r.get("park") or r["project"])["id"] for r in results]


def results(path: str) -> list[Outcome]:
    """Return the results of project files, or of a saved result of one or of several."""
    if path.endswith((".json", ".jsonl")):
        with open(path, "rb", opener=library.regular):
            pass  # a pipe or a device would keep us waiting
        return saved_results(path)
    return [outcome(file) for file in find([path])]


def saved_results(path: str, text: str | None = None) -> list[Outcome]:
    """Return what was saved, once it has the shape of results; a `text` is what the file holds when it is not to be opened."""
    trees = saved(path, text)
    for tree in trees:
        _follows_the_schema(path, tree)
    return [Outcome(path, tree, list(tree["findings"])) for tree in trees]


def _follows_the_schema(path: str, tree: Any) -> None:
    """Refuse a saved result that was edited out of shape, before anything is compared with it."""
    from ..library.schema import valid

    rules = library.schema("result")
    if not valid(tree, rules, rules):
        import jsonschema

        fault = jsonschema.exceptions.best_match(jsonschema.Draft7Validator(rules).iter_errors(tree))
        where = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in fault.absolute_path).lstrip(".") if fault else ""
        raise ValueError(
            f"{path} is not a result of this format: wrong at `{where or 'the top'}`; save one with `carboncalc estimate PROJECT -o result.json`"
        )


def _tell(broken: Sequence[Outcome], width: int, no_color: bool, words: Words) -> None:
    from ..reports import text

    print(text.render_findings([f for o in broken for f in o.findings], width, colour(no_color, sys.stderr), words), file=sys.stderr)


def lock(paths: list[str], check: bool, output: str, no_color: bool, exclude: Sequence[str] = (), lang: str | None = None) -> int:
    """Run ``carboncalc lock``; return the exit code."""
    try:
        words = words_of(lang, sys.stdout.isatty())
        locked = _read(output) if check else None
        files = find(paths, exclude)
        if overwrites(output, files):
            return USAGE
        rows, broken = [], []
        for file in files:
            content = library.content(file)
            found = outcome(file, content)
            if found.result is None:
                broken.append(found)
            else:
                rows.append(Locked(name(file, os.path.dirname(output)), content, found.result))
    except (OSError, ValueError) as bad:
        say(reason(bad) if isinstance(bad, OSError) else str(bad))
        return USAGE
    if broken:
        _tell(broken, columns(None), no_color, words)
        return INVALID
    if locked is None:
        text = json.dumps(comparing.lock(rows), ensure_ascii=False, indent=1) + "\n"
        if not write([text], output):
            return USAGE
        say(f"{output}: {len(rows)} project{'s' if len(rows) != 1 else ''} locked")
        return DONE
    return _compared(comparing.check(locked, rows), output, words)


def _read(path: str) -> dict[str, Any]:
    try:
        with open(path, encoding="utf-8", opener=library.regular) as file:
            data = json.load(file)
    except FileNotFoundError:
        raise ValueError(f"there is no {path}; write it with `carboncalc lock PROJECT…`, commit it, then check against it") from None
    except ValueError as bad:
        raise ValueError(f"{path} is not a lock file: {bad}") from None
    except RecursionError:
        raise ValueError(f"{path} is not a lock file: nested too deeply") from None
    if not isinstance(data, dict) or data.get("carboncalc-lock") != FORMAT:
        raise ValueError(f"{path} is not a lock file of format {FORMAT}; write it anew with `carboncalc lock`")
    return data


def _compared(found: list[dict[str, Any]], output: str, words: Words) -> int:
    for d in found:
        line = words(f"lock.{d['kind']}", name=d["name"], old=_shown(words, d["old"]), new=_shown(words, d["new"]))
        moved = d["kind"] == "answer" and isinstance(d["new"], float) and isinstance(d["old"], float)
        by = f" ({words.number(format(d['new'] - d['old'], '+.6g'))} tCO2e)" if moved else ""
        print(("✗ " if d["fails"] else "~ ") + line + by + ("" if d["fails"] or d["old"] != d["new"] else words("lock.same_value")))
    fails = any(d["fails"] for d in found)
    say(f"{output}: {'answers differ' if fails else 'every answer is the one locked'}")
    return GATE if fails else DONE


def _shown(words: Words, value: Any) -> str:
    return words.number(f"{value:.10g}") if isinstance(value, float) else words("lock.new") if value is None else str(value)

"""estimate, check and trace: read files, collect results and findings, print, decide the exit code."""

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from glob import glob
from typing import Any, NamedTuple

from ..appraise import appraise
from ..findings import Invalid, did_you_mean
from ..library import Document, parse, read
from ..result import to_json

DONE, GATE, USAGE, INVALID = 0, 1, 2, 3
GATES = ("invalid", "warning", "not-eligible", "undetermined")
FORMATS = {"text": (".txt",), "json": (".json",)}


class Outcome(NamedTuple):
    """One file: its result, or why there is none."""

    file: str
    result: Mapping[str, Any] | None
    findings: list[dict[str, Any]]


def say(text: str) -> None:
    """Write a line for people, to standard error."""
    print(f"carboncalc: {text}", file=sys.stderr)


def colour(no_color: bool, stream: Any) -> bool:
    """Tell whether to colour: a terminal, and nobody asked for none."""
    return not no_color and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb" and bool(stream.isatty())


def columns(width: int | None) -> int:
    """Return the width of the report."""
    if width:
        return width
    import shutil

    return max(40, min(shutil.get_terminal_size((100, 24)).columns, 200))


def files(paths: Iterable[str]) -> list[str]:
    """Expand folders and globs; in a fixed order, each file once.

    Raises
    ------
    OSError
        When a path names nothing.
    """
    found: list[str] = []
    for path in paths:
        if path == "-":
            found.append(path)
        elif os.path.isdir(path):
            inside = sorted(p for ending in ("*.yaml", "*.yml") for p in glob(os.path.join(glob_safe(path), "**", ending), recursive=True))
            if not inside:
                raise FileNotFoundError(f"no .yaml files in the folder {path}")
            found += inside
        elif os.path.exists(path):
            found.append(path)
        else:
            matched = sorted(p for p in glob(path, recursive=True) if os.path.isfile(p))
            if not matched:
                raise FileNotFoundError(f"there is no file {path}")
            found += matched
    return list(dict.fromkeys(found))


def glob_safe(path: str) -> str:
    """Escape a folder name for glob."""
    from glob import escape

    return escape(path)


def open_document(path: str) -> Document:
    """Read a project file or standard input."""
    return parse(sys.stdin.buffer.read(), "<stdin>") if path == "-" else read(path)


def appraise_file(path: str) -> Outcome:
    """Appraise one file; a fault becomes findings.

    Raises
    ------
    OSError
        When the file cannot be read.
    """
    try:
        result = appraise(open_document(path)).tree
    except Invalid as bad:
        return Outcome(path, None, [f.to_dict() for f in bad.findings])
    return Outcome(path, result, result["findings"])


def code(outcomes: list[Outcome], gates: list[str]) -> int:
    """Decide the exit code, before and apart from any format."""
    if any(o.result is None for o in outcomes):
        return INVALID
    for o in outcomes:
        assert o.result is not None
        verdicts = {p["verdict"] for p in o.result["programmes"]}
        if ("warning" in gates and any(f["severity"] == "warning" for f in o.findings)) or verdicts & set(gates):
            return GATE
    return DONE


def _usage(gates: list[str], format: str | None) -> str | None:
    for gate in gates:
        if gate not in GATES:
            return f"--fail-on {gate} is not a gate; {did_you_mean(gate, GATES) or 'gates: ' + ', '.join(GATES)}"
    if format is not None and format not in FORMATS:
        return f"there is no format '{format}'; {did_you_mean(format, FORMATS) or 'formats: ' + ', '.join(FORMATS)}"
    return None


def _collect(paths: list[str]) -> list[Outcome] | None:
    try:
        return [appraise_file(path) for path in files(paths)]
    except OSError as bad:
        say(f"{bad.strerror or bad}{': ' + str(bad.filename) if bad.filename else ''}")
        return None


def estimate(paths: list[str], format: str | None, output: str | None, gates: list[str], quiet: bool, no_color: bool, width: int | None) -> int:
    """Run ``carboncalc estimate``; return the exit code."""
    if format is None:
        format = next((f for f, endings in FORMATS.items() if output and output.endswith(endings)), "text")
    wrong = _usage(gates, format)
    if wrong:
        say(wrong)
        return USAGE
    outcomes = _collect(paths)
    if outcomes is None:
        return USAGE
    bad = [f for o in outcomes if o.result is None for f in o.findings]
    if bad:
        from ..reports import text

        print(text.render_findings(bad, columns(width), colour(no_color, sys.stderr)), file=sys.stderr)
    page = _json(outcomes) if format == "json" else _text(outcomes, columns(width), output is None and colour(no_color, sys.stdout))
    if page and not _write(page, output):
        return USAGE
    return code(outcomes, gates)


def _json(outcomes: list[Outcome]) -> str:
    good = [o.result for o in outcomes if o.result is not None]
    if len(outcomes) == 1:
        return to_json(good[0]) if good else ""
    invalid = [{"file": o.file, "findings": o.findings} for o in outcomes if o.result is None]
    return to_json({"carboncalc": 1, "results": good, "totals": totals(good), "invalid": invalid})


def totals(results: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """Add up the totals of several results, in order; a project that a park among them holds counts through the park only."""
    keys = ("baseline", "project", "leakage", "reduction", "reduction_energy", "reduction_per_year")
    out = dict.fromkeys(keys, 0.0)
    held = {project["id"] for result in results for project in result.get("projects", [])}
    for result in results:
        if result["project"]["id"] in held:
            continue
        for key in keys:
            out[key] += result["totals"][key]
    return out


def _text(outcomes: list[Outcome], width: int, coloured: bool) -> str:
    from ..reports import text

    good = [o.result for o in outcomes if o.result is not None]
    if not good:
        return ""
    if len(outcomes) == 1:
        return text.render(good[0], width, coloured)
    return text.render_portfolio(good, totals(good), width, coloured)


def _write(page: str, output: str | None) -> bool:
    """Print, or write beside and rename, so that no half file is ever left."""
    if output is None:
        try:
            sys.stdout.write(page if page.endswith("\n") else page + "\n")
        except UnicodeEncodeError:
            sys.stdout.buffer.write(page.encode(sys.stdout.encoding or "ascii", "replace") + b"\n")
        return True
    temporary = f"{output}.{os.getpid()}.part"
    try:
        with open(temporary, "w", encoding="utf-8") as file:
            file.write(page if page.endswith("\n") else page + "\n")
        os.replace(temporary, output)
    except OSError as bad:
        if os.path.exists(temporary):
            os.remove(temporary)
        say(f"cannot write {output}: {bad.strerror}")
        return False
    return True


def check(paths: list[str], format: str | None, gates: list[str], quiet: bool, no_color: bool) -> int:
    """Run ``carboncalc check``; return the exit code."""
    wrong = _usage(gates, format)
    if wrong:
        say(wrong)
        return USAGE
    outcomes = _collect(paths)
    if outcomes is None:
        return USAGE
    findings = [f for o in outcomes for f in o.findings]
    if format == "json":
        import json

        print(
            json.dumps(
                {"carboncalc": 1, "files": [{"file": o.file, "valid": o.result is not None, "findings": o.findings} for o in outcomes]},
                ensure_ascii=False,
                indent=2,
            )
        )
        return code(outcomes, gates)
    if findings:
        from ..reports import text

        print(text.render_findings(findings, columns(None), colour(no_color, sys.stdout)))
    if not quiet:
        wrong_count = sum(o.result is None for o in outcomes)
        n = len(outcomes)
        say(
            f"{n} file{'s' if n != 1 else ''} checked, {wrong_count} invalid"
            if wrong_count
            else f"{n} file{'s' if n != 1 else ''} checked, all valid"
        )
    return code(outcomes, gates)


def trace(path: str, quantity: str | None, no_color: bool, width: int | None) -> int:
    """Run ``carboncalc trace``; return the exit code."""
    outcomes = _collect([path])
    if outcomes is None:
        return USAGE
    if len(outcomes) != 1:
        say("trace takes one project file")
        return USAGE
    outcome = outcomes[0]
    from ..reports import text
    from ..reports import trace as tracing

    if outcome.result is None:
        print(text.render_findings(outcome.findings, columns(width), colour(no_color, sys.stderr)), file=sys.stderr)
        return INVALID
    page = tracing.render(outcome.result, quantity or "", columns(width), colour(no_color, sys.stdout))
    if page is None:
        names = tracing.names(outcome.result)
        say(f"there is no quantity '{quantity}'; {did_you_mean(quantity or '', names) or 'quantities: ' + ', '.join(names)}")
        return USAGE
    _write(page, None)
    return DONE

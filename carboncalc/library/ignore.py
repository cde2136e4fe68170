"""Comments that silence a warning or note where it arises: ``# carboncalc: ignore[CC521] reason``."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import yaml

from ..findings import MOST, Finding, Place
from .yaml import Document

# possessive (`*+`) and without a second way to read a run of blanks, so that the time stays in step with the length
_COMMENT = re.compile(r"#[ \t]*+carboncalc\b[ \t]*+:?+[ \t]*+ignore\b.*$", re.MULTILINE)
_FORM = r"#\s*+carboncalc\s*+:\s*+ignore\s*+\[([^\]]*+)\]\s*+(.*)$"  # compiled when there is a comment
_CODE = r"CC[1-5][0-9]{2}$"
_FORMS = "write `# carboncalc: ignore[CC521] reason`, several codes as `ignore[CC521, CC522]`"


class Ignore(NamedTuple):
    """One comment: where it stands, the line it speaks for, its codes and its reason."""

    place: Place
    line: int
    codes: tuple[str, ...]
    reason: str


def suppress(document: Document, findings: Sequence[Finding]) -> list[Finding]:
    """Mark the warnings and notes that comments of the file silence, and tell of comments that do nothing.

    Parameters
    ----------
    document : Document
        The file, with its text.
    findings : sequence of Finding
        What was found; errors are never silenced.

    Returns
    -------
    list of Finding
        The same findings in order, those silenced with their reason, then CC550 for a comment without a reason, CC551 for
        one that silences nothing, and CC552 for one that cannot be read.
    """
    if not _COMMENT.search(document.text):
        return list(findings)
    ignores, told = _read(document)
    used: set[tuple[int, str]] = set()
    result = []
    at: dict[tuple[int, str], list[int]] = {}
    for i, ignore in enumerate(ignores):
        for code in ignore.codes:
            at.setdefault((ignore.line, code), []).append(i)
    for finding in findings:
        reason = ""
        if finding.severity != "error" and finding.place.file == document.file:
            for i in at.get((finding.place.line, finding.code), ()):
                used.add((i, finding.code))
                reason = reason or ignores[i].reason
        result.append(finding._replace(suppressed=reason) if reason else finding)
    for i, ignore in enumerate(ignores):
        if not ignore.reason:
            told.append(Finding("CC550", "warning", "a comment that ignores findings gives no reason, so it ignores nothing", _FORMS, ignore.place))
            continue
        idle = [code for code in ignore.codes if (i, code) not in used]
        if idle:
            message = f"nothing to ignore: no {' or '.join(idle)} arises on line {ignore.line}"
            told.append(
                Finding("CC551", "warning", message, "delete the comment, or put it on the line of the finding or the line above", ignore.place)
            )
    told.sort(key=lambda f: (f.place.line, f.place.column))
    if len(told) > MOST:
        told[MOST:] = [
            Finding("CC107", "warning", f"more than {MOST} comments that do nothing: the rest is not shown", "mend these first", told[MOST].place)
        ]
    return result + told


def _read(document: Document) -> tuple[list[Ignore], list[Finding]]:
    ignores, told = [], []
    lines = document.text.split("\n")
    below = _content_below(lines)
    for line, column, text in _comments(document.text):
        place = document.spot(line, column, len(text))
        match = re.match(_FORM, text)
        codes = tuple(dict.fromkeys(c.strip() for c in match[1].split(","))) if match else ()
        if not match or not all(re.match(_CODE, code) for code in codes):
            told.append(Finding("CC552", "warning", f"the comment `{text.strip()[:60]}` cannot be read, so it ignores nothing", _FORMS, place))
            continue
        own = lines[line][:column].strip()  # it speaks for its own line, or for the next one with content when it stands alone
        ignores.append(Ignore(place, (line if own else below[line]) + 1, codes, match[2].strip()))
    return ignores, told


def _content_below(lines: Sequence[str]) -> list[int]:
    """Return for each line the next one with content, or itself when there is none."""
    found, content = list(range(len(lines))), -1
    for number in reversed(range(len(lines))):
        if content >= 0:
            found[number] = content
        if lines[number].strip() and not lines[number].lstrip().startswith("#"):
            content = number
    return found


def _comments(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield the comments addressed to carboncalc: 0-based line and column, and text. A ``#`` inside a text is no comment."""
    candidates = []
    for number, line in enumerate(text.split("\n")):
        for match in re.finditer(r"(?:^|(?<=\s))#", line):
            if _COMMENT.match(line[match.start() :]):
                candidates.append((number, match.start(), line[match.start() :].rstrip("\r")))
                break
    if not candidates:
        return
    spans = []
    for token in yaml.scan(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
        if isinstance(token, yaml.ScalarToken) and (token.style or token.end_mark.line > token.start_mark.line):
            spans.append(((token.start_mark.line, token.start_mark.column), (token.end_mark.line, token.end_mark.column)))
    for number, column, comment in candidates:
        if not any(start <= (number, column) < end for start, end in spans):
            yield number, column, comment

"""SARIF 2.1.0: findings for code scanning, with stable rules, relative paths, 1-based places and fingerprints without lines."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from ..result import Outcome, Row
from .numbers import clean
from .places import relative

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
HOME = "https://pypi.org/project/carboncalc/"
_LEVELS = {"error": "error", "warning": "warning", "info": "note"}
#: what code scanning takes in one run; the rest is left out and said so
MOST = 25_000


def one(outcome: Outcome) -> str:
    """Write the results of a file, one a line: the rule, a tab, and the result."""
    lines, seen = [], dict[str, int]()
    for f in outcome.findings:
        print_ = _fingerprint(f["code"], relative(f["file"] or outcome.file), f["source"] or "", f["message"])
        seen[print_] = seen.get(print_, 0) + 1
        lines.append(f"{f['code']}\t{_write(_result(outcome.file, f, f'{print_}:{seen[print_]}'))}\n")
    return "".join(lines)


def whole(rows: Iterable[Row], totals: Callable[[], Mapping[str, Any]]) -> Iterator[str]:
    """Join the results into one run."""
    yield f'{{"$schema": "{SCHEMA}", "version": "2.1.0", "runs": [{{"columnKind": "unicodeCodePoints", "results": ['
    codes: set[str] = set()
    count, comma, invalid = 0, "", False
    for row in rows:
        invalid |= row.totals is None
        for line in row.text.splitlines():
            code, _, result = line.partition("\t")
            count += 1
            if count <= MOST:
                codes.add(code)
                yield f"{comma}\n{result}"
                comma = ","
    rules = [_rule(code) for code in sorted(codes)]
    tool = {"driver": {"name": "carboncalc", "informationUri": HOME, "rules": rules}}
    run = {"executionSuccessful": not invalid}
    if count > MOST:
        told = {"level": "warning", "message": {"text": f"{count - MOST} further findings are left out: a run holds at most {MOST}"}}
        run["toolExecutionNotifications"] = [told]  # type: ignore[assignment]
    yield f'\n], "invocations": [{_write(run)}], "tool": {_write(tool)}}}]}}\n'


def _result(file: str, f: Mapping[str, Any], fingerprint: str) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(relative(f["file"] or file))}}
    if f["line"]:
        physical["region"] = {
            "startLine": f["line"],
            "startColumn": max(f["column"] or 1, 1),
            "endColumn": max(f["column"] or 1, 1) + max(f["width"] or 1, 1),
        }
    text = clean(f["message"]) + (f". {clean(f['help'])}" if f["help"] else "")
    return {
        "ruleId": f["code"],
        "level": _LEVELS[f["severity"]],
        "message": {"text": text},
        "locations": [{"physicalLocation": physical}],
        "partialFingerprints": {"carboncalc/v1": fingerprint},
        **({"suppressions": [{"kind": "inSource", "justification": clean(f["suppressed"])}]} if f.get("suppressed") else {}),
    }


def _rule(code: str) -> dict[str, Any]:
    page = f"carboncalc explain {code}"
    return {
        "id": code,
        "shortDescription": {"text": f"carboncalc finding {code}"},
        "help": {"text": f"`{page}` says what it is, why it matters and how to mend it"},
    }


def _fingerprint(*parts: str) -> str:
    """Name a finding by what it says and the line's words, not by its number: lines move."""
    from hashlib import sha256

    return sha256("\0".join(" ".join(p.split()) for p in parts).encode()).hexdigest()[:24]


def _uri(path: str) -> str:
    from urllib.parse import quote

    return quote(path)


def _write(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)

"""JUnit XML: a test suite for each project, a test case for each criterion and one for validity."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from ..result import UNVERIFIED, Outcome, Row
from .numbers import clean, figure
from .places import relative

Json = Mapping[str, Any]
#: characters that no XML may hold, whatever the escape
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def one(outcome: Outcome) -> str:
    """Write the suite of a file."""
    name = relative(outcome.file)
    result = outcome.result
    cases, counts = [_validity(name, outcome)], {"tests": 1, "failures": 0, "errors": 0 if result is not None else 1, "skipped": 0}
    for programme in result["programmes"] if result is not None else []:
        label = f"{name}.{programme['id']}" + (f"@{programme['version']}" if programme["version"] else "")
        for c in programme["criteria"]:
            kind = _kind(c)
            counts["tests"] += 1
            counts["failures"] += kind == "failure"
            counts["skipped"] += kind == "skipped"
            cases.append(_case(label, c["id"], kind, _words(c)))
    totals = " ".join(f'{key}="{value}"' for key, value in counts.items())
    title = (result.get("park") or result["project"])["id"] if result is not None else name
    return f"  <testsuite name={_attribute(title)} {totals}>\n{''.join(cases)}  </testsuite>\n"


def whole(rows: Iterable[Row], totals: Callable[[], Mapping[str, Any]]) -> Iterator[str]:
    """Join the suites."""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="carboncalc">\n'
    for row in rows:
        yield row.text
    yield "</testsuites>\n"


def _validity(name: str, outcome: Outcome) -> str:
    errors = [f for f in outcome.findings if f["severity"] == "error"]
    if not errors:
        return _case(name, "valid", "", "")
    places = (f"{relative(f['file'] or outcome.file)}:{f['line'] or ''}:{f['column'] or ''}" for f in errors)
    told = "\n".join(clean(f"{place}: {f['code']} {f['message']}") for place, f in zip(places, errors, strict=True))
    return _case(name, "valid", "error", told)


def _kind(criterion: Json) -> str:
    """Tell how a criterion stands; one that is shown but not required never fails a build."""
    if criterion["verdict"] == "pass":
        return ""
    return "failure" if criterion["verdict"] == "fail" and criterion["required"] else "skipped"


def _words(c: Json) -> str:
    if c["verdict"] == "unknown":
        return f"missing: {', '.join(c['missing'])}"
    unit = f" {c['unit']}" if c["unit"] not in (None, "1") else ""
    parts = [f"value {figure(c['value'])}{unit}"] if c["value"] is not None else []
    if c["threshold"] is not None:
        parts.append(f"threshold {c['compare'] or ''} {figure(c['threshold'])}{unit}")
    if c["margin"] is not None:
        parts.append(f"margin {figure(c['margin'])}{unit}")
    sure = " (unverified)" if c["confidence"] in UNVERIFIED else ""
    return "; ".join([*parts, f"{c['cite']}{sure}"]) + ("" if c["required"] else "; shown, not required")


def _case(group: str, name: str, kind: str, words: str) -> str:
    head = f"    <testcase classname={_attribute(group)} name={_attribute(name)}"
    if not kind:
        return head + "/>\n"
    first = _attribute(words.partition("\n")[0])
    body = "" if kind == "skipped" else escape(_legal(words))
    return f"{head}><{kind} message={first}>{body}</{kind}></testcase>\n" if body else f"{head}><{kind} message={first}/></testcase>\n"


def _attribute(text: str) -> str:
    return quoteattr(_legal(clean(text)))


def _legal(text: str) -> str:
    return _ILLEGAL.sub("\ufffd", text)

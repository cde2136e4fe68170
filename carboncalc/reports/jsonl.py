"""JSON Lines: one full result a line; a line of an invalid file has its name and its findings."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from ..result import FORMAT, Outcome, Row

_write = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), check_circular=False).encode


def one(outcome: Outcome) -> str:
    """Write a result, or what is wrong with the file."""
    if outcome.result is None:
        return _write({"carboncalc": FORMAT, "file": outcome.file, "invalid": True, "findings": outcome.findings})
    return "{" + ",".join(f"{_write(key)}:{_steps(value) if key == 'steps' else _write(value)}" for key, value in outcome.result.items()) + "}"


#: what stands around index and value in the steps of an equation, by the identity of what it uses, which is kept
_written: dict[tuple[Any, ...], tuple[Any, str, str, str]] = {}


def _steps(steps: Sequence[Mapping[str, Any]]) -> str:
    """Write the steps, more than half of a result: what the cells of an equation share is written once and copied."""
    lines: list[str] = []
    equation: Mapping[str, Any] = {}
    before = between = after = ""
    for step in steps:
        if not equation or step["uses"] is not equation["uses"] or step["name"] != equation["name"] or step.get("measure") != equation.get("measure"):
            equation = step
            _, before, between, after = _around(step)
        lines.append(f"{before}{_index(step['index'])}{between}{_value(step['value'])}{after}")
    return "[" + ",".join(lines) + "]"


def _around(step: Mapping[str, Any]) -> tuple[Any, str, str, str]:
    """Return what stands before the index of a step, between index and value, and after the value."""
    key = (id(step["uses"]), *(step.get(k) for k in ("name", "formula", "unit", "role", "label", "cite", "confidence", "measure")))
    if key in _written:
        return _written[key]
    parts: list[list[str]] = [[], [], []]
    part = 0
    for name, value in step.items():
        if name in ("index", "value"):
            parts[part].append(f"{_write(name)}:")
            part += 1
        else:
            parts[part].append(f"{_write(name)}:{_write(value)}")
    if len(_written) > 4096:
        _written.clear()
    found = _written[key] = (step["uses"], "{" + ",".join(parts[0]), ",".join(["", *parts[1]]), ",".join(["", *parts[2]]) + "}")
    return found


def _index(index: Mapping[str, Any]) -> str:
    year = index.get("year")
    return f'{{"year":{year}}}' if len(index) == 1 and type(year) is int else _write(index)


def _value(value: Any) -> str:
    if type(value) is float and value - value == 0.0:
        return repr(value)
    return _write(value)  # refuses what is not finite


def whole(rows: Iterable[Row], totals: Callable[[], Mapping[str, Any]]) -> Iterator[str]:
    """Join the lines."""
    for row in rows:
        yield row.text + "\n"

"""JSON Lines: one full result a line; a line of an invalid file has its name and its findings."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from json.encoder import encode_basestring as _text
from typing import Any

from ..result import FORMAT, Cells, Kept, Outcome, Row

_write = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), check_circular=False).encode


def one(outcome: Outcome) -> str:
    """Write a result, or what is wrong with the file."""
    if outcome.result is None:
        return _write({"carboncalc": FORMAT, "file": outcome.file, "invalid": True, "findings": outcome.findings})
    return _object(outcome.result, _PARTS)


#: what has been written of parts that many results share, by their identity; they are kept with it, so that no other takes it over
_written: dict[int, tuple[Any, str]] = {}


def _once(part: Mapping[str, Any]) -> str:
    """Write what never changes when it is first met, and copy it from then on."""
    found = _written.get(id(part))
    if found is None:
        if len(_written) > 16384:
            _written.clear()
        found = _written[id(part)] = (part, _write(part))
    return found[1]


def _part(value: Any) -> str:
    return _once(value) if isinstance(value, Kept) else _write(value)


def _object(value: Mapping[str, Any], parts: Mapping[str, Callable[[Any], str]]) -> str:
    return "{" + ",".join([f"{_text(key)}:{parts.get(key, _part)(inner)}" for key, inner in value.items()]) + "}"


def _rows(value: Sequence[Any], write: Callable[[Any], str] = _part) -> str:
    return "[" + ",".join(map(write, value)) + "]"


def _steps(steps: Sequence[Any]) -> str:
    """Write the steps, more than half of a result: what the cells of an equation share, and the places of a set of years, are written once."""
    lines: list[str] = []
    written: dict[int, list[str]] = {}
    for c in steps:
        if not isinstance(c, Cells):
            return _write(steps)
        if id(c.places) not in written:
            written[id(c.places)] = [_write(place) for place in c.places]
        before, between = f'{{"name":{_text(c.name)},"index":', f',{_once(c.shared)[1:-1]},"value":'
        after = f',"measure":{_text(c.measure)}}}' if c.measure else "}"
        lines += [
            f"{before}{place}{between}{repr(value) if value.__class__ is float else _write(value)}{after}"
            for place, value in zip(written[id(c.places)], c.values, strict=True)
        ]
    return "[" + ",".join(lines) + "]"


_RULES: dict[str, Callable[[Any], str]] = {"rules": lambda rules: _object(rules, {}), "timeline": _rows, "dossier": _rows}
_PARTS: dict[str, Callable[[Any], str]] = {
    "steps": _steps, "quantities": _rows, "symbols": lambda rows: _object(rows, {}), "programmes": lambda rows: _rows(rows, lambda p: _object(p, _RULES)),
}  # fmt: skip


def whole(rows: Iterable[Row], totals: Callable[[], Mapping[str, Any]]) -> Iterator[str]:
    """Join the lines."""
    for row in rows:
        yield row.text + "\n"

"""JSON Lines: one full result a line; a line of an invalid file has its name and its findings."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from ..result import FORMAT, Outcome, Row

_write = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), check_circular=False).encode


def one(outcome: Outcome) -> str:
    """Write a result, or what is wrong with the file."""
    if outcome.result is None:
        return _write({"carboncalc": FORMAT, "file": outcome.file, "invalid": True, "findings": outcome.findings})
    return _write(outcome.result)


def whole(rows: Iterable[Row], totals: Callable[[], Mapping[str, Any]]) -> Iterator[str]:
    """Join the lines."""
    for row in rows:
        yield row.text + "\n"

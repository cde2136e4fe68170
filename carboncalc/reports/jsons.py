"""JSON for several files: results, totals and what is invalid, written as the results come."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from ..result import FORMAT, Outcome, Row
from .jsonl import pieces


def one(outcome: Outcome) -> bytes:
    """Write a result, or what is wrong with the file."""
    return b"".join(pieces(outcome))


def whole(rows: Iterable[Row], totals: Callable[[], Mapping[str, Any]]) -> Iterator[bytes]:
    """Join results into one object; an invalid file stands under ``invalid`` with its findings."""
    invalid: list[bytes] = []
    yield b'{\n "carboncalc": %d,\n "results": [' % FORMAT
    comma = b""
    for row in rows:
        if row.totals is None:
            invalid.append(row.text)
        else:
            yield comma + b"\n  " + row.text
            comma = b","
    yield (b"\n ]" if comma else b"]") + b',\n "totals": %b,\n "invalid": [' % _write(totals())
    yield b",".join(b"\n  " + text for text in invalid) + (b"\n ]\n}\n" if invalid else b"]\n}\n")


def _write(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, allow_nan=False).encode("utf-8", "backslashreplace")

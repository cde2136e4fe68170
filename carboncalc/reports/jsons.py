"""JSON for several files: results, totals and what is invalid, written as the results come."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from ..result import FORMAT, Outcome, Row
from .jsonl import one as line

one: Callable[[Outcome], str] = line


def whole(rows: Iterable[Row], totals: Callable[[], Mapping[str, Any]]) -> Iterator[str]:
    """Join results into one object; an invalid file stands under ``invalid`` with its findings."""
    invalid: list[str] = []
    yield f'{{\n "carboncalc": {FORMAT},\n "results": ['
    comma = ""
    for row in rows:
        if row.totals is None:
            invalid.append(row.text)
        else:
            yield f"{comma}\n  {row.text}"
            comma = ","
    yield ("\n ]" if comma else "]") + f',\n "totals": {_write(totals())},\n "invalid": ['
    yield ",".join(f"\n  {text}" for text in invalid) + ("\n ]\n}\n" if invalid else "]\n}\n")


def _write(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)

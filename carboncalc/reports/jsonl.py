"""JSON Lines: one full result a line; a line of an invalid file has its name and its findings.

The lines are UTF-8 already where they are made, on the worker: what the library alone decides, more than half of a line, is then copied
from one line to the next and never encoded again.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import groupby
from typing import Any

from ..result import FORMAT, Cells, Kept, Outcome, Parts, Row

_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), check_circular=False).encode


def one(outcome: Outcome) -> bytes:
    """Write a result, or what is wrong with the file, as a line."""
    return b"".join([*pieces(outcome), b"\n"])  # here: to end the line later would copy all of it


def pieces(outcome: Outcome) -> list[bytes]:
    """Write a result, or what is wrong with the file, as the pieces of a JSON object."""
    if outcome.result is None:
        return [_write({"carboncalc": FORMAT, "file": outcome.file, "invalid": True, "findings": outcome.findings})]
    out: list[bytes] = []
    _object(out, outcome.result.made() if isinstance(outcome.result, Parts) else outcome.result, _PARTS)
    return out


def _write(value: Any) -> bytes:
    return _encode(value).encode("utf-8", "backslashreplace")


@lru_cache(4096)
def _text(value: str) -> bytes:
    """Write a name; the same few thousand come again and again."""
    return _write(value)


#: what has been written of parts that many results share, by their identity; they are kept with it, so that no other takes it over
_written: dict[int, tuple[Any, bytes]] = {}


def _once(part: Any) -> bytes:
    """Write what never changes when it is first met, and copy it from then on."""
    found = _written.get(id(part))
    if found is None:
        if len(_written) > 8192:
            _written.clear()
        found = _written[id(part)] = (part, _write(part))
    return found[1]


def _object(out: list[bytes], value: Mapping[str, Any], parts: "Writers") -> None:
    """Write an object; what none of its parts writes is written in one go."""
    plain: dict[str, Any] = {}
    comma = b"{"
    for key, inner in value.items():
        write = parts.get(key)
        if write is None and inner.__class__ is not Kept:
            plain[key] = inner
            continue
        if plain:
            out += (comma, _write(plain)[1:-1])
            plain, comma = {}, b","
        out += (comma, _text(key), b":")
        comma = b","
        if write is None:
            out.append(_once(inner))
        else:
            write(out, inner)
    out += (comma, _write(plain)[1:]) if plain else (b"}",) if comma == b"," else (b"{}",)


def _rows(out: list[bytes], value: Sequence[Any]) -> None:
    """Write a list of objects; those in a row that no other result shares are written in one go."""
    comma = b"["
    for kept, rows in groupby(value, lambda row: row.__class__ is Kept):
        for text in map(_once, rows) if kept else [_write(list(rows))[1:-1]]:
            out += (comma, text)
            comma = b","
    out.append(b"]" if value else b"[]")


def _programmes(out: list[bytes], value: Sequence[Any]) -> None:
    for i, programme in enumerate(value):
        out.append(b"," if i else b"[")
        _object(out, programme, _PROGRAMME)
    out.append(b"]" if value else b"[]")


def _steps(out: list[bytes], steps: Sequence[Any]) -> None:
    """Write the steps, more than half of a result: what the cells of an equation share, and the places of a set of years, are written once."""
    if not steps or not isinstance(steps[0], Cells):
        out.append(_write(steps))
        return
    written: dict[int, list[bytes]] = {}
    start = b"["
    for c in steps:
        if id(c.places) not in written:
            written[id(c.places)] = [_place(place) for place in c.places]
        before, between = b'{"name":%b,"index":' % _text(c.name), b',%b,"value":' % _once(c.shared)[1:-1]
        after = b',"measure":%b},' % _text(c.measure) if c.measure else b"},"
        last, text = None, b""
        for place, value in zip(written[id(c.places)], c.values, strict=True):
            if value.__class__ is not float:
                text, last = _write(value), None
            elif value != last or not value:  # half of the numbers are those of the year before, and finding the digits takes longest
                text, last = repr(value).encode(), value
            out += (start, before, place, between, text)
            start = after
    out += (start[:-1], b"]")


def _place(place: Mapping[str, Any]) -> bytes:
    return b"{" + b",".join([b"%b:%b" % (_text(key), _text(at) if isinstance(at, str) else b"%d" % at) for key, at in place.items()]) + b"}"


def _shared(out: list[bytes], value: Mapping[str, Any]) -> None:
    _object(out, value, {})


Writers = Mapping[str, Callable[[list[bytes], Any], None]]
_PROGRAMME: Writers = {"rules": _shared, "timeline": _rows, "dossier": _rows}
_PARTS: Writers = {"steps": _steps, "quantities": _rows, "symbols": _shared, "programmes": _programmes}


def whole(rows: Iterable[Row], totals: Callable[[], Mapping[str, Any]]) -> Iterator[bytes]:
    """Join the lines."""
    for row in rows:
        yield row.text

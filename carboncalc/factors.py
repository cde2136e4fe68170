"""The factor library: one number at a time, chosen by country, year and method, and how well it matched."""

import json
from collections.abc import Mapping, Sequence
from os.path import isdir, join
from typing import Any, NamedTuple

from . import library, units
from .findings import Finding, Invalid, did_you_mean
from .result import UNVERIFIED as UNVERIFIED


class Choice(NamedTuple):
    """A factor as chosen: its value with unit and 95 % interval, where it is from and how it matched."""

    id: str
    value: float
    unit: str
    low: float | None
    high: float | None
    match: str
    year: int | None
    method: str | None
    source: str
    page: str
    confidence: str
    note: Any = None  # of the library by language; of the user's own value, a text
    conflict: dict[str, str] | None = None


class NoFactor(LookupError):
    """No value can be chosen: CC301 unknown id, CC302 nothing up to that year, CC303 unknown method."""

    def __init__(self, code: str, message: str, help: str = "") -> None:
        super().__init__(message)
        self.code, self.message, self.help = code, message, help


_topics: dict[str, dict[str, str]] = {}
_entries: dict[str, dict[str, Any]] = {}
_sources: dict[str, Any] = {}
_fuels: list[str] = []


def topic(name: str) -> dict[str, str]:
    """Return one topic of the library: id -> its entry as JSON text, decoded when it is asked for."""
    if name not in _topics:
        if not name.isidentifier() or not isdir(join(library.data_path("factors"), name)):
            return {}
        files = library.data_files(join("factors", name))
        _topics[name] = library.cached_texts(f"factors-{name}", files, lambda: _build(files))
    return _topics[name]


def label(id_: str) -> dict[str, str] | None:
    """Return what a factor is called, by language; None when the library has no such id."""
    found: dict[str, str] | None = (entry(id_) or {}).get("label")
    return found


def _build(files: Sequence[str]) -> dict[str, str]:
    entries: dict[str, str] = {}
    for path in files:
        document = library.read(path)
        problems = library.validate(document, library.schema("factors"))
        if problems:
            raise Invalid(problems)
        for id_, entry in document.data["factors"].items():
            if id_ in entries:
                raise Invalid(
                    [Finding("CC310", "error", f"the factor {id_} stands in two files", "keep one", document.place(("factors", id_), key=True))]
                )
            rows = [_row(document, ("factors", id_, "values", i), row) for i, row in enumerate(entry["values"])]
            entries[id_] = json.dumps({**entry, "values": rows})
    return entries


def _row(document: library.Document, path: tuple[str | int, ...], row: Mapping[str, Any]) -> dict[str, Any]:
    kept = dict(row)
    if row["value"] is None:
        return kept
    try:
        quantity = units.read_quantity(row["value"])
        kept["value"], kept["unit"] = quantity.value, quantity.unit.text
        if "range" in row:
            low, high = (units.read_quantity(r) for r in row["range"])
            kept["range"] = [q.value if q.unit.text == "1" else q.to(quantity.unit.text).value for q in (low, high)]
    except units.UnitError as bad:
        raise Invalid([Finding(bad.code, "error", bad.message, bad.help, document.place(path))]) from None
    return kept


def entry(id_: str) -> dict[str, Any] | None:
    """Return the entry of an id, None when the library has no such id."""
    if id_ not in _entries:
        found = topic(id_.split(".")[0]).get(id_)
        if found is None:
            return None
        _entries[id_] = json.loads(found)
    return _entries[id_]


def topics() -> list[str]:
    """List the topics of the library: its folders."""
    from os import scandir

    return sorted(e.name for e in scandir(library.data_path("factors")) if e.is_dir())


def ids() -> list[str]:
    """List every id of the library."""
    return [id_ for name in topics() for id_ in topic(name)]


def source(key: str) -> dict[str, Any]:
    """Return a source by its key: title, address, date of access, licence."""
    if not _sources:
        path = join(library.data_path("factors"), "sources.yaml")
        _sources.update(library.cached("sources", [path], lambda: library.read(path).data["sources"]))
    found = _sources.get(key)
    return found if found is not None else {"title": key}


def fuels() -> list[str]:
    """List the fuel ids that have a CO2 factor."""
    if not _fuels:
        _fuels.extend(id_.split(".")[1] for id_ in topic("fuel") if id_.endswith(".co2"))
    return _fuels


def fuel(id_: str) -> dict[str, str]:
    """Return what a fuel is called, by language."""
    found: dict[str, str] = (entry(f"fuel.{id_}.co2") or {}).get("name", {})
    return found


def choose(id_: str, country: str = "", year: int | None = None, methods: Sequence[str] = (), method: str | None = None) -> Choice:
    """Choose a value.

    Parameters
    ----------
    id_ : str
        Factor id, with or without the country at its end.
    country : str
        ISO code; a value of this country is preferred to the parent's.
    year : int, optional
        Values of later years are never used.
    methods : sequence of str
        Methods in the order the methodology prefers; without it the entry's default method.
    method : str, optional
        The one method the user insists on.

    Raises
    ------
    NoFactor
        CC301, CC302 or CC303.
    """
    key = (id_, country, year, tuple(methods), method)
    if key not in _chosen:
        _chosen[key] = _choose(*key)
    return _chosen[key]


#: a portfolio asks for the same few hundred choices again and again
_chosen: dict[tuple[str, str, int | None, tuple[str, ...], str | None], Choice] = {}


def _choose(id_: str, country: str, year: int | None, methods: Sequence[str], method: str | None) -> Choice:
    names = [f"{id_}.{country}", id_] if country else [id_]
    found = [(n, e) for n in names if (e := entry(n)) is not None]
    if not found:
        raise NoFactor(
            "CC301",
            f"the factor library has no `{id_}`" + (f" for {country} or as a default" if country else ""),
            did_you_mean(id_, topic(id_.split(".")[0])) or "give a value of your own under `factors:`",
        )
    wanted: list[str] = [method] if method else [m for m in methods if any(m == r.get("method") for _, e in found for r in e["values"])]
    if method and not any(method == r.get("method") for _, e in found for r in e["values"]):
        known = sorted({str(r.get("method")) for _, e in found for r in e["values"]})
        raise NoFactor("CC303", f"`{found[0][0]}` has no method '{method}'", did_you_mean(method, known) or "methods: " + ", ".join(known))
    late: list[int] = []
    for chosen in list[str | None](wanted) or [None]:
        for name, record in found:
            rows = [
                r for r in record["values"] if r["value"] is not None and (r.get("method") == chosen if chosen else _is_default(r, record["values"]))
            ]
            usable = [r for r in rows if year is None or r.get("year") is None or r["year"] <= year]
            late += [r["year"] for r in rows if r not in usable]
            if usable:
                row = max(usable, key=lambda r: r.get("year") or 0)
                return _choice(name, row, _match(id_, name, row, year))
    when = f"; its first value is of {min(late)}" if late else ""
    raise NoFactor(
        "CC302",
        f"`{found[0][0]}` has no value" + ("" if year is None else f" for {year} or before{when}"),
        "a later value is never used for an earlier year; give a value of your own under `factors:`",
    )


def _is_default(row: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> bool:
    methods = {r.get("method") for r in rows}
    if len(methods) == 1:
        return True
    default = {r.get("method") for r in rows if r.get("default")}
    return row.get("method") in default


def _match(asked: str, name: str, row: Mapping[str, Any], year: int | None) -> str:
    if asked.startswith("gwp."):
        return "exact"  # the set is named in the project
    if name != asked or name.rsplit(".", 1)[-1].isupper():
        return "exact" if row.get("year") in (None, year) else "carried-forward"
    start = asked + "."
    return "parent" if any(i[len(start) :][:2].isupper() for i in topic(asked.split(".")[0]) if i.startswith(start)) else "default"


def _choice(name: str, row: Mapping[str, Any], match: str) -> Choice:
    low, high = row.get("range", (None, None))
    return Choice(
        name, row["value"], row["unit"], low, high, match, row.get("year"), row.get("method"),
        str(row["source"]), str(row.get("page", "")), row["confidence"], row.get("note"), row.get("conflict"),
    )  # fmt: skip

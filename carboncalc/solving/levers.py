"""Levers: every number a project file states, how it is changed in the data, and how far it may plausibly move."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from .. import methodology, programme, units
from . import writing
from .writing import YEAR, Path

#: how far a number without limits of its own is moved, as a multiple of its present value
REACH = 1000.0
MAX_YEARS = 100
_STATED = ("inputs", "measures", "finance", "enterprises", "land", "exchanges", "facts")
_SKIPPED = ("id", "title", "source", "monitoring", "note", "methodology", "currency", "since", "range")
#: limits of the finance block that are not told by units
_FINANCE: dict[str, dict[str, Any]] = {"discount_rate": {"min": 0, "max": 0.99}}


#: what is to be known of a change, by its kind
NOTES = {
    "from-year": "from {year} on", "earlier-stay": "earlier years stay", "in-proportion": "all years in proportion; the value from {year} is shown",
    "others-give-way": "the other shares give way in proportion", "not-stated": "not stated yet",
}  # fmt: skip


class Lever(NamedTuple):
    """One number that may be changed alone.

    Values are in the unit as the user wrote it, with ``million`` and the like multiplied out. `write` returns the file's data with the
    number changed, sharing what is unchanged; `show` spells a value as it may stand in the file. `notes` are kinds of `NOTES`, each with its year.
    """

    path: str
    name: str
    label: str
    unit: str
    now: float | None
    given: str | None
    whole: bool
    low: float
    high: float
    basis: str
    notes: tuple[tuple[str, str], ...]
    ratio: bool
    write: Callable[[float | str], Any]
    show: Callable[[float], str]
    programme: int | None = None
    symbol: str = ""


class Switch(NamedTuple):
    """One choice that may be changed alone: a yes-or-no fact, or a text out of a list."""

    path: str
    name: str
    label: str
    now: bool | str | None
    to: bool | str
    data: Any
    programme: int | None = None
    symbol: str = ""


def stated(data: Mapping[str, Any], tree: Mapping[str, Any]) -> list[Lever]:
    """List what may be changed: quantities of inputs, finance and programme entries, quantity and date facts, and the years estimated.

    Parameters
    ----------
    data : mapping
        The project file as plain data.
    tree : mapping
        Its result; tells which version of each programme was applied.
    """
    found = []
    head = data.get("project") or data.get("park") or {}
    last = int(head["first_year"]) + int(head["years"]) - 1
    kind = "project" if "project" in data else "park"
    for path, raw, spec in _leaves(data):
        lever = _lever(data, path, raw, spec, last)
        if lever:
            found.append(lever)
    spec = {"label": {"en": "Years estimated"}, "count": True, "min": 1, "max": MAX_YEARS}
    years = _lever(data, (kind, "years"), head["years"], spec, last)
    if years:
        found.append(years)
    return found + [lever for i, name, rule, raw in _facts(data, tree) if (lever := _fact(data, i, name, rule, raw))]


def unstated(data: Mapping[str, Any], tree: Mapping[str, Any], names: Iterable[str]) -> tuple[list[Lever], list[Switch]]:
    """Return the facts and entries that are not stated and have one of these names, as levers and switches of their own."""
    wanted = set(names)
    numbers: list[Lever] = []
    switches: list[Switch] = []
    for i, name, rule, raw in _facts(data, tree, stated=False):
        if raw is not None or rule.get("symbol", name) not in wanted:
            continue
        if rule.get("type") == "boolean":
            switches += [_switch(data, i, name, rule, None, to)._replace(symbol=name) for to in (True, False)]
        elif lever := _fact(data, i, name, rule, None):
            numbers.append(lever._replace(symbol=rule.get("symbol", name)))
    return numbers, switches


def choices(data: Mapping[str, Any], tree: Mapping[str, Any]) -> list[Switch]:
    """List the yes-or-no facts, each turned round, and the listed texts of inputs, each other choice."""
    found = [_switch(data, i, n, rule, raw, not raw) for i, n, rule, raw in _facts(data, tree) if rule.get("type") == "boolean" and raw is not None]
    for path, raw, spec in _leaves(data):
        if isinstance(spec.get("text"), list) and isinstance(raw, str):
            found += [
                Switch(writing.dotted(data, path), writing.short(data, path), spec["label"]["en"], raw, to, writing.put(data, path, to))
                for to in spec["text"]
                if to != raw
            ]
    return found


# --- finding ------------------------------------------------------------------------------------------------


def _leaves(data: Mapping[str, Any]) -> Iterator[tuple[Path, Any, Mapping[str, Any]]]:
    """Walk the parts of a file where quantities stand; a series by year and a quantity in the long form are one leaf."""
    for key in _STATED:
        if key == "measures":
            for i, measure in enumerate(data.get("measures") or []):
                yield from _walk(measure["inputs"], ("measures", i, "inputs"), _specs(measure["methodology"]))
        elif key in data:
            specs = _specs(data["methodology"]) if key == "inputs" else _FINANCE if key == "finance" else {}
            yield from _walk(data[key], (key,), specs)


def _specs(name: str) -> Mapping[str, Any]:
    return methodology.load(name).inputs


def _walk(node: Any, path: Path, specs: Mapping[str, Any], name: str = "") -> Iterator[tuple[Path, Any, Mapping[str, Any]]]:
    spec = specs.get(name, {})
    if isinstance(node, dict) and not ("value" in node or (node and all(YEAR.match(str(k)) for k in node))):
        for key, value in node.items():
            if key not in _SKIPPED:
                yield from _walk(
                    value,
                    (*path, key),
                    {name: {**spec, "one_of": path}} if "shares" in spec else specs,
                    name if "shares" in spec else (f"{name}.{key}" if name else key),
                )
    elif isinstance(node, list):
        for i, value in enumerate(node):
            yield from _walk(value, (*path, i), specs, name)
    else:
        yield path, node, spec


def _facts(data: Mapping[str, Any], tree: Mapping[str, Any], stated: bool = True) -> Iterator[tuple[int, str, Mapping[str, Any], Any]]:
    """Yield the entries and facts that the applied version of each programme asks for: number, name, rule and what is written."""
    for i, entry in enumerate(data.get("programmes") or []):
        version = tree["programmes"][i]["version"]
        if version is None:
            continue
        found = programme.load(f"{tree['programmes'][i]['id']}@{version}", None)
        if found is None:
            continue
        facts = entry.get("facts") or {}
        for kind, given in (("entry", entry), ("facts", facts)):
            for name, rule in found.rules.get(kind, {}).items():
                if given.get(name) is not None or not stated:
                    yield i, name, {**rule, "kind": kind}, given.get(name)


# --- making -------------------------------------------------------------------------------------------------


def _lever(data: Mapping[str, Any], path: Path, raw: Any, spec: Mapping[str, Any], last: int) -> Lever | None:
    if "text" in spec:
        return None
    if isinstance(raw, dict) and "value" in raw:
        return _lever(data, (*path, "value"), raw["value"], spec, last)
    notes: list[tuple[str, str]] = []
    series: dict[str, units.Quantity] = {}
    if isinstance(raw, dict):
        series = {k: q for k, v in raw.items() if (q := writing.read(v)) is not None}
        running = [k for k in series if int(k) <= last]
        if len(series) != len(raw) or not running:
            return None
        newest = max(running, key=int)
        read = series[newest]
        if spec.get("count"):
            path, series = (*path, newest), {}
            notes += [("from-year", newest), *([("earlier-stay", newest)] if len(raw) > 1 else [])]
        elif len(raw) > 1:
            notes.append(("in-proportion", newest))
    else:
        read = writing.read(raw)  # type: ignore[assignment]
    if read is None:
        return None
    now, unit = read.value, read.unit.text
    if unit == "1" and 1900 <= now <= 2200 and ((spec.get("default") or {}).get("formula") == "first_year" or not spec):
        return None  # a calendar year is a date, not a quantity
    whole = bool(spec.get("count")) or (unit == "year" and now == int(now)) or (not spec and isinstance(raw, int) and unit == "1")
    low, high, basis = _bounds(spec, now, unit, whole)
    if series and now == 0:
        return None  # in proportion to nothing

    def write(value: float | str) -> Any:
        if series:
            k = (writing.amount(value) / now) if now else 1.0
            return writing.put(data, path, {year: writing.spell(q.value * k, q.unit.text, writing.half_width(q, k)) for year, q in series.items()})
        if "one_of" in spec:
            return writing.shared(data, path, writing.amount(value), spec)
        k = writing.amount(value) / now if now else 0.0
        return writing.ranged(data, path, writing.entry(value, unit, whole, writing.half_width(read, k)), k)

    if "one_of" in spec:
        siblings = writing.at(data, path[:-1])
        if len(siblings) < 2:
            return None
        notes.append(("others-give-way", ""))
    return Lever(
        writing.dotted(data, path), writing.short(data, path), spec.get("label", {}).get("en") or str(writing.key_of(path)).replace("_", " "), unit, now, str(raw) if not isinstance(raw, dict) else str(now),
        whole, low, high, basis, tuple(notes), True, write, lambda v: writing.text(v, unit, whole),
    )  # fmt: skip


def _fact(data: Mapping[str, Any], i: int, name: str, rule: Mapping[str, Any], raw: Any) -> Lever | None:
    kind = rule.get("type", "quantity")
    path: Path = ("programmes", i, name) if rule["kind"] == "entry" else ("programmes", i, "facts", name)
    if kind == "date":
        return _day(data, i, path, rule, raw)
    if kind != "quantity":
        return None
    read = writing.read(raw) if raw is not None else None
    if raw is not None and read is None:
        return None
    unit = read.unit.text if read else "%" if rule.get("unit", "1") == "1" and rule.get("max") == 1 else rule.get("unit", "1")
    now = read.value if read else None
    whole = bool(rule.get("count")) or (unit == "year" and (now is None or now == int(now)))
    low, high, basis = _bounds(rule, now, unit, whole)

    def write(value: float | str) -> Any:
        return writing.put(data, path, writing.entry(value, unit, whole))

    return Lever(
        writing.dotted(data, path), writing.short(data, path), rule["label"]["en"], unit, now, None if raw is None else str(raw), whole, low, high, basis,
        () if read else (("not-stated", ""),), read is not None, write, lambda v: writing.text(v, unit, whole), i,
    )  # fmt: skip


def _day(data: Mapping[str, Any], i: int, path: Path, rule: Mapping[str, Any], raw: Any) -> Lever:
    """Make a lever of a date: a whole number of days, ten years to either side."""
    head = data.get("project") or data.get("park") or {}
    middle = date.fromisoformat(str(raw)) if raw is not None else date(int(head["first_year"]), 1, 1)
    now = float(middle.toordinal())

    def show(value: float) -> str:
        return date.fromordinal(int(value)).isoformat()

    def write(value: float | str) -> Any:
        return writing.put(data, path, value if isinstance(value, str) else show(value))

    basis = "ten years to either side of " + ("the date stated" if raw is not None else "the first year of operation")
    return Lever(
        writing.dotted(data, path), writing.short(data, path), rule["label"]["en"], "day", now if raw is not None else None, None if raw is None else str(raw), True,
        now - 3653, now + 3653, basis, () if raw is not None else (("not-stated", ""),), False, write, show, i,
    )  # fmt: skip


def _switch(data: Mapping[str, Any], i: int, name: str, rule: Mapping[str, Any], now: Any, to: bool) -> Switch:
    path: Path = ("programmes", i, "facts", name)
    return Switch(writing.dotted(data, path), writing.short(data, path), rule["label"]["en"], now, to, writing.put(data, path, to), i)


def _bounds(spec: Mapping[str, Any], now: float | None, unit: str, whole: bool) -> tuple[float, float, str]:
    """Return how far a number may plausibly move, in its own unit, and why so far."""

    def limit(name: str) -> float | None:
        return _converted(spec[name], spec.get("unit", "1"), unit) if name in spec else None

    low, high = limit("min"), limit("max")
    cited = spec.get("plausible")
    if cited is not None:
        ends = cited.get("range") if isinstance(cited, Mapping) else cited
        pair = [None if (q := writing.read(end)) is None else _converted(q.value, q.unit.text, unit) for end in ends or []]
        if len(pair) == 2 and pair[0] is not None and pair[1] is not None:
            source = cited.get("source") if isinstance(cited, Mapping) else None
            return min(pair[0], now or pair[0]), max(pair[1], now or pair[1]), "plausible range" + (f": {source}" if source else "")
    if high is None and unit == "%" and (now is None or 0 <= now <= 100):
        high = 100.0
    if high is None and unit == "year" and whole:
        low, high = max(low or 1.0, 1.0), float(MAX_YEARS)
    if high is not None:
        return max(low or 0.0, 0.0) if low is None or low >= 0 else low, high, "the limits of the input"
    far = "a thousandth to a thousand times the present value"
    if now is None or now == 0:
        example = writing.read(spec.get("example"))
        size = None if example is None else _converted(example.value, example.unit.text, unit)
        return low or 0.0, (size or 1.0) * REACH, "up to a thousand times the example of the methodology" if size else "up to a thousand"
    if whole:
        return low if low is not None else 0.0, max(now, 1.0) * REACH, "whole numbers up to a thousand times the present value"
    near, away = sorted((now / REACH, now * REACH))
    return max(near, low) if low is not None else near, away, far


def _converted(value: float, unit: str, target: str) -> float | None:
    """Convert a limit to the unit written; None when the user states the quantity in another dimension."""
    try:
        return units.convert(float(value), unit, target)
    except units.UnitError:
        return None

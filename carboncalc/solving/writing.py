"""Writing: how a changed number is put into the data of a project, and how it and its place are spelled."""

import re
from collections.abc import Mapping
from typing import Any

from .. import units

Path = tuple[str | int, ...]
YEAR = re.compile(r"[0-9]{4}$")


def read(raw: Any) -> units.Quantity | None:
    try:
        return units.read_quantity(raw)
    except units.UnitError:
        return None


def amount(value: float | str) -> float:
    return units.read_quantity(value).value if isinstance(value, str) else value


def half_width(q: units.Quantity, k: float) -> float | None:
    return None if q.high is None else abs((q.high - q.value) * k)


def spell(value: float, unit: str, half: float | None = None, whole: bool = False) -> str | float:
    number: float = int(value) if whole else value
    if unit == "1" and half is None:
        return number
    tail = "" if unit == "1" else f" {unit}"
    return f"{number!r}{tail}" + ("" if half is None else f" ± {half!r}{tail}")


def entry(value: float | str, unit: str, whole: bool, half: float | None = None) -> str | float:
    """Return what stands in the file for a value or for its text; a plain number is no text."""
    return value if isinstance(value, str) and unit != "1" else spell(amount(value), unit, half, whole)


def text(value: float, unit: str, whole: bool) -> str:
    """Spell a value as a person would write it in the file: ``78.63 million JPY``, ``54 900 km/year``, ``46``."""
    word = ""
    if re.match(r"[A-Z]{3}\b", unit) and not whole:
        for size, name in ((1e9, " billion"), (1e6, " million")):
            if abs(value) >= size:
                value, word = _scaled(value, size), name
                break
    digits = f"{int(value)}" if value == int(value) and abs(value) < 1e15 else repr(value)
    if "e" not in digits:
        sign, digits = ("-", digits[1:]) if digits[0] == "-" else ("", digits)
        left, point, right = digits.partition(".")
        digits = sign + f"{int(left):,}".replace(",", " ") + point + right
    return digits + word + ("" if unit == "1" else f" {unit}")


def _scaled(value: float, size: float) -> float:
    from decimal import Decimal

    return float(Decimal(repr(value)) / Decimal(int(size)))


def shared(data: Mapping[str, Any], path: Path, value: float, spec: Mapping[str, Any]) -> Any:
    """Change one share of several; the others keep their proportions, and the sum its total."""
    rows = {k: units.read_quantity(v, "1").value for k, v in at(data, path[:-1]).items()}
    own = units.convert(value, units.read_quantity(at(data, path)).unit.text, "1")
    whole = units.read_quantity(spec.get("total", "100 %"), "1").value
    rest = sum(v for k, v in rows.items() if k != path[-1])
    k = (whole - own) / rest if rest else 1.0
    return put(data, path[:-1], {name: own if name == path[-1] else v * k for name, v in rows.items()})


def ranged(data: Mapping[str, Any], path: Path, value: Any, k: float) -> Any:
    """Write a value; the interval of its long form keeps its width relative to the value."""
    changed = put(data, path, value)
    above = at(data, path[:-1])
    if path[-1] != "value" or not isinstance(above, dict) or "range" not in above:
        return changed
    if k == 0:
        return put(changed, path[:-1], {key: v for key, v in above.items() if key != "range"} | {"value": value})
    ends = []
    for end in above["range"]:
        q = read(end)
        ends.append(end if q is None else spell(q.value * k, q.unit.text))
    return put(changed, (*path[:-1], "range"), sorted(ends, key=amount))


def put(node: Any, path: Path, value: Any) -> Any:
    """Return the data with one value replaced; containers on the way are copied, the rest is shared."""
    if not path:
        return value
    key = path[0]
    if isinstance(node, list):
        assert isinstance(key, int)
        return [*node[:key], put(node[key], path[1:], value), *node[key + 1 :]]
    copy = dict(node or {})
    copy[key] = put(copy.get(key), path[1:], value)
    return copy


def at(node: Any, path: Path) -> Any:
    for key in path:
        node = node[key]
    return node


def key_of(path: Path) -> str | int:
    return next(p for p in reversed(path) if isinstance(p, str) and p != "value" and not YEAR.match(p))


def dotted(data: Mapping[str, Any], path: Path) -> str:
    """Name a place for people and scripts: list entries by their id."""
    words, node = [], data
    for key in path:
        node = node.get(key) if isinstance(node, dict) else node[key] if isinstance(node, list) else None  # type: ignore[assignment]
        words.append(str(node["id"]) if isinstance(key, int) and isinstance(node, dict) and "id" in node else str(key))
    return ".".join(w for w in words if w != "value")


def short(data: Mapping[str, Any], path: Path) -> str:
    """Name a number in few words: its key, and the ids of the entries it stands in."""
    ids, node = [], data
    for key in path:
        node = node.get(key) if isinstance(node, dict) else node[key] if isinstance(node, list) else None  # type: ignore[assignment]
        if isinstance(key, int) and isinstance(node, dict) and "id" in node:
            ids.append(str(node["id"]))
    if path[0] == "programmes" and len(data["programmes"]) == 1:
        ids = []
    name = key_of(path)
    above = path[path.index(name) - 1] if path.index(name) else ""
    if isinstance(above, str) and above not in ("inputs", "finance", "facts", "project", "park"):
        name = f"{above}.{name}"
    return str(name) + (f" ({', '.join(ids)})" if ids else "")

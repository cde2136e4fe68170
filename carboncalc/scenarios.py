"""Scenarios: a project file with some of its values changed, each as a document of its own with every value at its place."""

import re
from collections.abc import Iterator
from typing import Any

from . import library
from .findings import Finding, Invalid

_YEAR = re.compile(r"[0-9]{4}$")
#: what a scenario may change
PARTS = ("inputs", "measures", "factors", "finance", "programmes", "correlations", "conservative", "gwp")


def overlays(document: library.Document) -> Iterator[tuple[str, str, library.Document]]:
    """Yield id, title and document of each scenario of a project.

    A mapping is merged key by key and a list by the ids of its entries; a quantity (a value by year, or in the long form) is replaced
    whole, and null takes a key away. The scenarios themselves are no part of what they change.

    Raises
    ------
    Invalid
        CC152 for a scenario that changes nothing.
    """
    faults = []
    base = {k: v for k, v in document.data.items() if k != "scenarios"}
    marks = {**document.marks, id(base): document.marks.get(id(document.data), {})}
    for id_, changes in document.data["scenarios"].items():
        changed = {k: v for k, v in changes.items() if k in PARTS}
        if not changed:
            at = document.place(("scenarios", id_), key=True)
            faults.append(
                Finding("CC152", "error", f"the scenario '{id_}' changes nothing", "write what it changes below it, or delete the scenario", at)
            )
            continue
        marks[id(changed)] = document.marks.get(id(changes), {})
        data = _merged(base, changed, marks)
        yield id_, str(changes.get("title") or id_), document._replace(data=data, marks=marks)
    if faults:
        raise Invalid(faults)


def _merged(old: Any, new: Any, marks: library.Marks) -> Any:
    if isinstance(old, dict) and isinstance(new, dict) and not (_quantity(old) or _quantity(new)):
        merged = {k: _merged(old[k], v, marks) if k in old else v for k, v in new.items() if v is not None}
        result: Any = {**{k: v for k, v in old.items() if k not in new}, **merged}
        places, theirs = dict(marks.get(id(old), {})), marks.get(id(new), {})
        for key in new:
            # a container that was merged stands where it first stood; what replaced a value stands in the scenario
            if key in theirs and not (key in old and isinstance(old[key], (dict, list)) and result.get(key) is not new[key]):
                places[key] = theirs[key]
        marks[id(result)] = places
        return result
    if isinstance(old, list) and isinstance(new, list) and all(isinstance(x, dict) and "id" in x for x in (*old, *new)):
        return _by_id(old, new, marks)
    return new


def _by_id(old: list[Any], new: list[Any], marks: library.Marks) -> list[Any]:
    result = list(old)
    places, theirs = dict(marks.get(id(old), {})), marks.get(id(new), {})
    ids = [str(x["id"]).partition("@")[0] for x in old]
    for i, entry in enumerate(new):
        name = str(entry["id"]).partition("@")[0]
        if name in ids:
            result[ids.index(name)] = _merged(old[ids.index(name)], entry, marks)
        else:
            if i in theirs:
                places[len(result)] = theirs[i]
            result.append(entry)
    marks[id(result)] = places
    return result


def _quantity(node: dict[str, Any]) -> bool:
    return "value" in node or bool(node) and all(_YEAR.match(str(k)) for k in node)

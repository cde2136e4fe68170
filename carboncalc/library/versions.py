"""Versions that state only what differs: ``like: fy2025`` takes the rest from another version of the same file.

A call of a new year repeats most of the year before, and thirteen copies of one label would drift apart. So a version
may name another one it is like and state only the differences:

- a mapping by name (constants, facts …), and the criteria and contradictions by their ids, are merged entry by entry; any other list, such as
  the steps of a procedure, has an order and is stated whole;
- an entry stated again keeps what the thing *is* (label, unit, formula) but nothing of what a source *says* of it (value, source,
  page, confidence, note, conflict): a new year's figure never carries the old year's citation;
- ``without`` names entries, or whole sections, that the version has not;
- the version's own name, dates and note are never taken over.

Every value keeps the place where it was written.
"""

from collections.abc import Mapping
from typing import Any

from ..findings import MOST, Finding, Invalid, error
from .yaml import MAX_NODES, Document, Marks

OWN = ("version", "in_force", "note", "like", "without")
MERGED_BY_ID = ("criteria", "contradictions")
SAID_OF_CRITERIA = ("cite", "confidence", "note")
SAID = ("value", "steps", "source", "page", "conflict", "others", *SAID_OF_CRITERIA)


def unfold(document: Document) -> Document:
    """Return a document whose versions are whole.

    Raises
    ------
    Invalid
        CC413 when a version is like one that does not exist, like itself in a ring, or without something the other has not; CC107 when the whole
        versions hold more values than a file may.
    """
    rows = document.data.get("versions") if isinstance(document.data, dict) else None
    if not isinstance(rows, list) or not all(isinstance(r, dict) and isinstance(r.get("version"), str) for r in rows):
        return document  # the schema says what is wrong
    if not any("like" in r or "without" in r for r in rows):
        return document
    whole = _Unfolding(document, rows)
    merged = [whole.version(i) for i in range(len(rows))]
    if whole.findings:
        raise Invalid(dict.fromkeys(whole.findings))
    whole.marks[id(merged)] = document.marks[id(rows)]
    root = {**document.data, "versions": merged}
    whole.marks[id(root)] = document.marks[id(document.data)]
    return Document(root, document.file, document.text, whole.marks)


class _Unfolding:
    def __init__(self, document: Document, rows: list[dict[str, Any]]) -> None:
        self.document, self.rows = document, rows
        self.number = {row["version"]: i for i, row in enumerate(rows)}
        self.marks: Marks = dict(document.marks)
        self.findings: list[Finding] = []
        self.done: dict[int, dict[str, Any]] = {}
        self.values = 0
        self.sizes: dict[int, int] = {}

    def fail(self, i: int, key: str, message: str, help: str) -> None:
        self.findings.append(Finding("CC413", "error", message, help, self.document.place(("versions", i, key))))
        if len(self.findings) > MOST:
            raise Invalid(self.findings)

    def version(self, i: int) -> dict[str, Any]:
        """Return a version, made whole together with those it is like: from the last one of the row on, which is like no other."""
        row = {i: None}
        while (other := self.like(i, row)) is not None:
            i = other
            row[i] = None
        base: dict[str, Any] = {}
        for j in reversed(row):
            base = self.done[j] = self.done[j] if j in self.done else self.whole(j, base)
        return base

    def like(self, i: int, above: Mapping[int, None]) -> int | None:
        """Return the version that one is like; None for none, or when it cannot be used."""
        own = self.rows[i]
        if i in self.done or "like" not in own:
            return None
        other = self.number.get(str(own["like"]))
        if other is None:
            self.fail(i, "like", f"no version is called '{own['like']}'", "versions: " + ", ".join(self.number))
        elif other in above:
            names = [self.rows[j]["version"] for j in (*above, other)]
            self.fail(i, "like", "versions that are like each other: " + " → ".join(names), "let one of them be whole")
            return None
        return other

    def whole(self, i: int, base: Mapping[str, Any]) -> dict[str, Any]:
        own = self.rows[i]
        if "without" in own and "like" not in own:
            self.fail(i, "without", "`without` takes something away from another version, and none is named", "name it with `like:`")
        result = self.merge({k: v for k, v in base.items() if k not in OWN}, base, own)
        without = own.get("without")
        for name in self.drop(result, [n for n in without if isinstance(n, str)] if isinstance(without, list) else []):
            self.fail(i, "without", f"'{own.get('like')}' has no entry '{name}' to go without", "delete the name")
        result.pop("like", None)
        result.pop("without", None)
        self.values += self.size(result)
        if self.values > MAX_NODES:
            place = self.document.place(("versions", i))
            raise error("CC107", f"more than {MAX_NODES} values, versions that are like others counted in full", "split the file", place)
        return result

    def size(self, value: Any) -> int:
        """Count the values of a part; what versions share is counted once for each, and looked at once."""
        if not isinstance(value, (dict, list)):
            return 1
        if id(value) not in self.sizes:
            self.sizes[id(value)] = 1 + sum(map(self.size, value.values() if isinstance(value, dict) else value))
        return self.sizes[id(value)]

    def merge(self, base: Mapping[str, Any], base_at: Any, own: dict[str, Any]) -> dict[str, Any]:
        """Merge two versions, section by section."""
        result = dict(base)
        for key, value in own.items():
            old = base.get(key)
            if isinstance(value, dict) and isinstance(old, dict) and key not in OWN:
                result[key] = self.named(old, value)
            elif key in MERGED_BY_ID and isinstance(value, list) and isinstance(old, list):
                result[key] = self.listed(old, value)
            else:
                result[key] = value
        return self.marked(result, base_at, own)

    def named(self, old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
        result = {**old, **{name: self.entry(old.get(name), value, SAID) for name, value in new.items()}}
        return self.marked(result, old, new)

    def listed(self, old: list[Any], new: list[Any]) -> list[Any]:
        marks = self.marks
        rows = {_id(r, i): (r, marks[id(old)].get(i)) for i, r in enumerate(old)}
        for i, r in enumerate(new):
            key = _id(r, f"+{i}")
            rows[key] = (self.entry(rows[key][0] if key in rows else None, r, SAID_OF_CRITERIA), marks[id(new)].get(i))
        result = [r for r, _ in rows.values()]
        marks[id(result)] = {i: mark for i, (_, mark) in enumerate(rows.values()) if mark}
        return result

    def entry(self, old: Any, new: Any, said: tuple[str, ...]) -> Any:
        """Merge one entry: what it is stays, what a source says of it is stated anew."""
        if not isinstance(old, dict) or not isinstance(new, dict):
            return new
        return self.marked({**{k: v for k, v in old.items() if k not in said}, **new}, old, new)

    def drop(self, version: dict[str, Any], names: list[str]) -> list[str]:
        """Take sections, and entries out of sections, away; return the names that stand for neither."""
        holders: dict[str, list[str]] = {}  # entry -> the sections that hold it
        for key, section in version.items():
            for name in section if isinstance(section, dict) and key not in OWN else _ids(section) if key in MERGED_BY_ID else ():
                holders.setdefault(name, []).append(key)
        gone: dict[str, set[str]] = {}
        strange = []
        for name in names:
            dropped = name not in OWN and version.pop(name, None) is not None
            inside = [key for key in holders.pop(name, ()) if key in version]
            for key in inside:
                gone.setdefault(key, set()).add(name)
            if not dropped and not inside:
                strange.append(name)
        for key, away in gone.items():
            section = version.get(key)
            if isinstance(section, dict):
                version[key] = self.marked({k: v for k, v in section.items() if k not in away}, section, {})
            elif isinstance(section, list):
                kept = [(r, self.marks[id(section)].get(i)) for i, r in enumerate(section) if _id(r, None) not in away]
                version[key] = [r for r, _ in kept]
                self.marks[id(version[key])] = {i: mark for i, (_, mark) in enumerate(kept) if mark}
        return strange

    def marked(self, result: dict[str, Any], old: Any, new: Any) -> dict[str, Any]:
        """Give a merged mapping the places of the values it was made of."""
        places = {**self.marks.get(id(old), {}), **self.marks.get(id(new), {})}
        self.marks[id(result)] = {k: places[k] for k in result if k in places}
        return result


def _id(row: Any, otherwise: Any) -> Any:
    return row["id"] if isinstance(row, dict) and isinstance(row.get("id"), str) else otherwise


def _ids(section: Any) -> set[str]:
    return {name for row in section if (name := _id(row, None)) is not None} if isinstance(section, list) else set()

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

from ..findings import Finding, Invalid
from .yaml import Document, Marks

OWN = ("version", "in_force", "note", "like", "without")
MERGED_BY_ID = ("criteria", "contradictions")
SAID_OF_CRITERIA = ("cite", "confidence", "note")
SAID = ("value", "steps", "source", "page", "conflict", "others", *SAID_OF_CRITERIA)


def unfold(document: Document) -> Document:
    """Return a document whose versions are whole.

    Raises
    ------
    Invalid
        CC413 when a version is like one that does not exist, like itself in a ring, or without something the other has not.
    """
    rows = document.data.get("versions") if isinstance(document.data, dict) else None
    if not isinstance(rows, list) or not all(isinstance(r, dict) and isinstance(r.get("version"), str) for r in rows):
        return document  # the schema says what is wrong
    if not any("like" in r or "without" in r for r in rows):
        return document
    whole = _Unfolding(document, rows)
    merged = [whole.version(i, ()) for i in range(len(rows))]
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

    def fail(self, i: int, key: str, message: str, help: str) -> None:
        self.findings.append(Finding("CC413", "error", message, help, self.document.place(("versions", i, key))))

    def version(self, i: int, above: tuple[int, ...]) -> dict[str, Any]:
        if i in self.done:
            return self.done[i]
        own = self.rows[i]
        base: dict[str, Any] = {}
        if "like" in own:
            other = self.number.get(str(own["like"]))
            if other is None:
                self.fail(i, "like", f"no version is called '{own['like']}'", "versions: " + ", ".join(self.number))
            elif other in (*above, i):
                names = [self.rows[j]["version"] for j in (*above, i, other)]
                self.fail(i, "like", "versions that are like each other: " + " → ".join(names), "let one of them be whole")
            else:
                base = self.version(other, (*above, i))
        elif "without" in own:
            self.fail(i, "without", "`without` takes something away from another version, and none is named", "name it with `like:`")
        result = self.merge({k: v for k, v in base.items() if k not in OWN}, base, own)
        for name in own.get("without") or ():
            if not self.drop(result, name):
                self.fail(i, "without", f"'{own.get('like')}' has no entry '{name}' to go without", "delete the name")
        result.pop("like", None)
        result.pop("without", None)
        self.done[i] = result
        return result

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

    def drop(self, version: dict[str, Any], name: Any) -> bool:
        found = name not in OWN and version.pop(name, None) is not None
        for key, section in list(version.items()):
            if isinstance(section, dict) and key not in OWN and name in section:
                version[key] = self.marked({k: v for k, v in section.items() if k != name}, section, {})
                found = True
            elif key in MERGED_BY_ID and isinstance(section, list) and any(_id(r, None) == name for r in section):
                kept = [(r, self.marks[id(section)].get(i)) for i, r in enumerate(section) if _id(r, None) != name]
                version[key] = [r for r, _ in kept]
                self.marks[id(version[key])] = {i: mark for i, (_, mark) in enumerate(kept) if mark}
                found = True
        return found

    def marked(self, result: dict[str, Any], old: Any, new: Any) -> dict[str, Any]:
        """Give a merged mapping the places of the values it was made of."""
        places = {**self.marks.get(id(old), {}), **self.marks.get(id(new), {})}
        self.marks[id(result)] = {k: places[k] for k in result if k in places}
        return result


def _id(row: Any, otherwise: Any) -> Any:
    return row["id"] if isinstance(row, dict) and "id" in row else otherwise

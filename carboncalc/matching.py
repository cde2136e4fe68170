"""Which programmes fit a project: every programme of the library is tested on what the project file already states."""

from collections.abc import Mapping
from typing import Any

from . import programme
from .appraise import appraise
from .findings import Invalid
from .library import Document

_RANK = ("eligible", "undetermined", "not-eligible")


def match(document: Document, at: str | None = None) -> list[dict[str, Any]]:
    """Test a project against every programme that is open to its country.

    A fact given for one programme serves another that asks for a fact of the same name and kind, and so do the rate asked for, the number of
    similar projects and the legal life. A programme that the file names is tested as it stands there.

    Parameters
    ----------
    document : Document
        A parsed project file.
    at : str, optional
        Day of application for all of them, ``2025-09-30``; without it the one day that the file names for programmes of the same scheme
        or country, or for all; else the newest version of each is taken.

    Returns
    -------
    list of dict
        Best fit first: `verdict`, the criteria that fail with their reason, and those that are unknown with the facts that are missing.

    Raises
    ------
    Invalid
        What `appraise` raises for the project itself.
    """
    data = document.data if isinstance(document.data, dict) else {}
    own = data.get("programmes", [])
    if not isinstance(own, list) or not all(isinstance(e, dict) and isinstance(e.get("id"), str) for e in own):
        appraise(document)  # which says what is wrong with them
        own = []
    wide = _Wider(document, own)
    entries = [wide.dated(e, at) if at else e for e in own]
    named = {e["id"].partition("@")[0] for e in own}
    country = (data.get("project") or {}).get("country", "")
    entries += [wide.entry(id_, at or _day(own, id_)) for id_ in programme.paths() if id_ not in named and _open(id_, country)]
    try:
        answers = appraise(wide.document(entries)).tree["programmes"]
    except Invalid as bad:  # a fact that several programmes share is wrong once
        raise Invalid(dict.fromkeys(bad.findings)) from None
    return sorted(
        (_row(a) for a in answers), key=lambda r: (_RANK.index(r["verdict"]), not r["version"], len(r["fails"]), len(r["unknown"]), r["id"])
    )


def _day(own: list[Any], id_: str) -> str | None:
    """Return the one day of application that the file names for programmes of this scheme or country, or for all."""
    for some in ([e for e in own if e["id"].partition("/")[0] == id_.partition("/")[0]], own):
        days = {e.get("at") for e in some}
        if len(days) == 1:
            return str(day) if (day := days.pop()) else None
    return None


def _open(id_: str, country: str) -> bool:
    head = programme.index(id_)
    return head.get("subject", "project") == "project" and country in head.get("countries", [country])


class _Wider:
    """Makes a wider project file out of one, every value keeping its place."""

    def __init__(self, document: Document, own: list[Any]) -> None:
        self.source, self.own = document, own
        self.marks = dict(document.marks)
        self.facts: dict[str, tuple[tuple[Any, ...], Mapping[str, Any]]] = {}
        self.keys: dict[str, Mapping[str, Any]] = {}
        for entry in own:
            found = programme.load(entry["id"], entry.get("at")) if entry["id"].partition("@")[0] in programme.paths() else None
            specs = found.rules.get("facts", {}) if found else {}
            for name in entry.get("facts") or {}:
                if name in specs:
                    self.facts.setdefault(name, (_kind(specs[name]), entry["facts"]))
            for key in entry:
                self.keys.setdefault(key, entry)

    def entry(self, id_: str, day: str | None) -> dict[str, Any]:
        """Return an entry for another programme, with all that it asks and the file states."""
        found = programme.load(id_, day)
        rules: Mapping[str, Any] = found.rules if found else {}
        asked = [*rules.get("entry", {}), *(s["instead_factor"]["key"] for s in rules.get("entry", {}).values() if "instead_factor" in s)]
        result = self.taken({key: self.keys[key] for key in asked if key in self.keys})
        facts = {n: source for n, spec in rules.get("facts", {}).items() for kind, source in [self.facts.get(n, ((), {}))] if kind == _kind(spec)}
        whole = {"id": id_, **({"at": day} if day else {}), **result, **({"facts": self.taken(facts)} if facts else {})}
        first = self.own[0] if self.own else None
        self.marks[id(whole)] = {**self.marks.get(id(first), {}), **self.marks[id(result)]}
        return whole

    def dated(self, entry: dict[str, Any], at: str) -> dict[str, Any]:
        """Return an entry of the file with another day of application."""
        result = {**entry, "at": at}
        self.marks[id(result)] = self.marks.get(id(entry), {})
        return result

    def taken(self, sources: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
        """Take values, and their places, from the mappings that hold them."""
        result = {name: source[name] for name, source in sources.items()}
        self.marks[id(result)] = {name: self.marks[id(source)][name] for name, source in sources.items() if name in self.marks.get(id(source), {})}
        return result

    def document(self, entries: list[dict[str, Any]]) -> Document:
        """Return the project with these programmes."""
        data = {**self.source.data, "programmes": entries}
        self.marks[id(data)] = self.marks.get(id(self.source.data), {})
        stated = self.marks.get(id(self.own), {})
        self.marks[id(entries)] = {i: stated.get(i, stated[0]) for i in range(len(entries))} if stated else {}
        return Document(data, self.source.file, self.source.text, self.marks)


def _kind(spec: Mapping[str, Any]) -> tuple[Any, ...]:
    return spec["type"], spec.get("unit"), spec.get("count", False)


def _row(answer: Mapping[str, Any]) -> dict[str, Any]:
    required = [c for c in answer["criteria"] if c["required"]]
    return {
        **{k: answer[k] for k in ("id", "version", "title", "at", "verdict", "wording", "confidence", "unverified", "in_force")},
        "known": [] if answer["version"] else [{"version": v["version"], **v["in_force"]} for v in programme.index(answer["id"])["versions"]],
        "fails": [
            {k: c[k] for k in ("id", "label", "value", "compare", "threshold", "unit", "count", "confidence", "why", "fix")}
            for c in required
            if c["verdict"] == "fail"
        ],
        "unknown": [{k: c[k] for k in ("id", "label", "missing")} for c in required if c["verdict"] == "unknown"],
    }

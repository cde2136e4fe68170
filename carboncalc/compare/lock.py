"""The lock: what an answer was made of, with a hash of each piece, and whether the library still gives that answer.

A lock names every methodology (with the parts it is built from), factor and programme that some projects use. A newer library may
change any of them; what counts is whether an answer moves, so checking estimates anew and compares, and then says which pieces
changed.
"""

import json
from collections.abc import Iterable, Mapping
from hashlib import sha256
from os.path import relpath
from typing import Any, NamedTuple

from .. import factors, library, methodology, programme

FORMAT = 1
Json = Mapping[str, Any]


class Locked(NamedTuple):
    """A project to be locked: its file as the lock names it, the bytes it holds, and its result."""

    file: str
    content: bytes
    result: Json


def lock(projects: Iterable[Locked]) -> dict[str, Any]:
    """Return the lock of some projects, as JSON has it.

    Parameters
    ----------
    projects : iterable of Locked
        Files with their results by the library of today.
    """
    rows = list(projects)
    pieces: dict[str, dict[str, Any]] = {"methodologies": {}, "factors": {}, "programmes": {}}
    for row in rows:
        for kind, found in _pieces(row.result).items():
            pieces[kind] |= found
    return {
        "carboncalc-lock": FORMAT,
        "version": rows[0].result["version"] if rows else None,
        **{kind: dict(sorted(found.items())) for kind, found in pieces.items()},
        "projects": {row.file: _project(row) for row in rows},
    }


def check(locked: Json, projects: Iterable[Locked]) -> list[dict[str, Any]]:
    """Compare a lock with the library of today.

    Returns
    -------
    list of dict
        One for each difference: ``kind`` (``answer``, ``file``, ``unlocked``, ``methodologies``, ``factors``, ``programmes``), ``name``,
        ``old``, ``new``, and ``fails``: whether an answer moved or cannot be vouched for. A piece that changed without moving an answer
        is told and does not fail.
    """
    rows = list(projects)
    now = lock(rows)
    found = []
    for file, new in now["projects"].items():
        old = locked["projects"].get(file)
        if old is None:
            found.append(_difference("unlocked", file, None, new["reduction"], True))
        elif old["sha256"] != new["sha256"]:
            found.append(_difference("file", file, old["sha256"], new["sha256"], True))
        else:
            found += [
                _difference("answer", f"{file}: {key}", old[key], new[key], True)
                for key in ("reduction", "reduction_per_year")
                if old[key] != new[key]
            ]
            verdicts = dict.fromkeys([*old["verdicts"], *new["verdicts"]])
            pairs = {name: (old["verdicts"].get(name), new["verdicts"].get(name)) for name in verdicts}
            found += [_difference("answer", f"{file}: {name}", a, b, True) for name, (a, b) in pairs.items() if a != b]
    for kind in ("methodologies", "factors", "programmes"):
        for name, new in now[kind].items():
            old = locked[kind].get(name)
            if old is None:
                found.append(_difference(kind, name, None, _named(new), False))
            elif old["sha256"] != new["sha256"]:
                found.append(_difference(kind, name, _named(old), _named(new), False))
    return found


def _difference(kind: str, name: str, old: Any, new: Any, fails: bool) -> dict[str, Any]:
    return {"kind": kind, "name": name, "old": old, "new": new, "fails": fails}


def _named(piece: Json) -> str:
    if "value" in piece:
        return f"{piece['value']:g} {piece['unit']}"
    return f"version {piece['version']}"


def _project(row: Locked) -> dict[str, Any]:
    totals = row.result["totals"]
    verdicts = {f"{p['id']}@{p['version']}": p["verdict"] for p in row.result["programmes"]}
    return {
        "id": (row.result.get("park") or row.result["project"])["id"],
        "sha256": sha256(row.content).hexdigest(),
        "reduction": totals["reduction"],
        "reduction_per_year": totals["reduction_per_year"],
        "verdicts": verdicts,
    }


def _pieces(result: Json) -> dict[str, dict[str, Any]]:
    known = methodology.paths()
    names = {path: id_ for id_, path in known.items()}
    methods = [m for row in [result, *result.get("exchanges", []), *result.get("projects", [])] for m in _methods(row)]
    used = {names[file]: file for m in methods for file in methodology.files(known[m["id"]], known)}
    shared = (("finance", ("finance", "cash-flow")), ("credits", ("credits",)))
    used |= {f"carboncalc/{part}": known[f"carboncalc/{part}"] for block, parts in shared if result.get(block) for part in parts}
    return {
        "methodologies": {id_: {"version": library.read(file).data.get("version"), "sha256": _file(file)} for id_, file in used.items()},
        "factors": {q["factor"]: _factor(q) for q in result["quantities"] if q["factor"] and q["match"] != "override"},
        "programmes": {f"{p['id']}@{p['version']}": _programme(p) for p in result["programmes"] if p["version"]},
    }


def _methods(row: Json) -> list[Json]:
    """Return the methodologies of a result, or of an exchange or project of a park."""
    return [row["methodology"]] if row.get("methodology") else [m["methodology"] for m in row.get("measures") or []]


def _factor(q: Json) -> dict[str, Any]:
    """Hash the row of the library that was chosen; later editions that were not chosen leave it alone."""
    entry = factors.entry(q["factor"]) or {"values": []}
    rows = [r for r in entry["values"] if r.get("year") == q["year"] and r.get("method") == q["method"]]
    return {
        "value": q["value"],
        "unit": q["unit"],
        "year": q["year"],
        "source": q.get("source_id") or q["source"],
        "page": q["page"],
        "sha256": _json(rows),
    }


def _programme(p: Json) -> dict[str, Any]:
    found = programme.load(f"{p['id']}@{p['version']}", None)
    assert found is not None
    return {"version": p["version"], "sha256": _json([found.meta, found.rules])}


def _file(path: str) -> str:
    with open(path, "rb") as file:
        return sha256(file.read().replace(b"\r\n", b"\n")).hexdigest()


def _json(value: Any) -> str:
    return sha256(json.dumps(value, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def name(path: str, folder: str) -> str:
    """Return how a lock names a file: relative to its own folder, with strokes."""
    return relpath(path, folder or ".").replace("\\", "/")

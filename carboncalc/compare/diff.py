"""diff: two projects or saved results side by side, and what of the change came from where."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .. import library
from ..appraise import appraise
from ..estimation.summing import total
from ..findings import Invalid
from .attribution import Part, attribute
from .changes import ABSENT, WORDS, Change, changes, mixed

Json = Mapping[str, Any]
FIGURES = ("reduction", "reduction_per_year", "reduction_energy", "baseline", "project", "leakage")


def compare(base: Json, head: Json, figure: str = "reduction") -> dict[str, Any]:
    """Compare two results of a project.

    Each result carries the project file it was made from. The base's file is estimated anew with the library of today: what that
    changes came from factors, methodologies and code; the rest came from the changes in the file.

    Parameters
    ----------
    base, head : mapping
        Results, format 1.
    figure : str
        The figure to share out, one of `FIGURES`.

    Returns
    -------
    dict
        ``figures`` old and new of each total; ``parts`` with kind, name, old, new and amount, which with ``rounding``
        (what floats lose in their last bits) sum to the change of `figure` exactly;
        ``without_effect`` the changes that moved nothing; ``programmes`` whose verdict or criteria changed.
    """
    old, new = base["totals"][figure], head["totals"][figure]
    now = _estimate(base["input"])
    if now is None:  # the library of today refuses the old file: nothing finer can be said
        parts, rest = [_row("code", "the file cannot be estimated by this version", None, None, new - old)], []
    else:
        anew = now["totals"][figure]
        parts = _library_parts(base, now, figure) if anew != old else []
        rest = _file_parts(base, head, figure, anew, new)
    shown, silent = [*parts], list[dict[str, Any]]()
    for part in rest:
        rows = [_change(c) for c in part.changes]
        kinds = {c.kind for c in part.changes}
        kind = "methodology" if "methodology" in kinds else "factors" if kinds == {"factors"} else "inputs"
        name = ", ".join(row["name"] for row in rows)
        row = _row(kind, name, rows[0]["old"] if len(rows) == 1 else None, rows[0]["new"] if len(rows) == 1 else None, part.amount)
        (shown if part.amount else silent).append(row)
    return {
        "id": _head(head)["id"], "figure": figure, "old": old, "new": new, "change": new - old,
        "figures": {key: [base["totals"][key], head["totals"][key]] for key in FIGURES},
        "parts": shown, "rounding": (new - old) - total(row["amount"] for row in shown), "without_effect": silent, "programmes": _programmes(base, head), "finance": _finance(base, head),
        "versions": [base["version"], head["version"]],
    }  # fmt: skip


def pair_up(base: Sequence[Json], head: Sequence[Json]) -> tuple[list[tuple[Json, Json]], list[Json], list[Json]]:
    """Match results by project id: pairs, those that are new, and those that are gone."""
    old, new = ({_head(r)["id"]: r for r in rows} for rows in (base, head))
    pairs = [(old[id_], new[id_]) for id_ in old if id_ in new]
    return pairs, [new[id_] for id_ in new if id_ not in old], [old[id_] for id_ in old if id_ not in new]


def _head(result: Json) -> Json:
    found: Json = result.get("park") or result["project"]
    return found


def _estimate(data: Json) -> Json | None:
    """Estimate a file as it would be, without its scenarios; None when it is no valid project."""
    try:
        return appraise(library.Document({k: v for k, v in data.items() if k != "scenarios"}, "<mixed>", "", {})).tree
    except Invalid:
        return None


def _answer(data: Json, figure: str) -> float | None:
    tree = _estimate(data)
    return None if tree is None else tree["totals"][figure]


def _file_parts(base: Json, head: Json, figure: str, anew: float, new: float) -> list[Part]:
    """Share out what the changes in the file did, and set aside those that are only words."""
    found = changes(base["input"], head["input"])
    numbers = [c for c in found if c.path[-1] not in WORDS]
    words = [Part((c,), 0.0) for c in found if c.path[-1] in WORDS]
    redone = _answer(head["input"], figure)
    if redone != new:  # the head is a saved result too, and the library of today answers otherwise
        rest = attribute(numbers, lambda done: _answer(mixed(base["input"], done), figure), anew, redone) if redone is not None else []
        reached = redone if redone is not None else anew
        gone = Change(("library of the second result",), ABSENT, ABSENT, "factors")
        return [*rest, Part((gone,), new - reached), *words]
    return [*attribute(numbers, lambda done: _answer(mixed(base["input"], done), figure), anew, new), *words]


def _library_parts(base: Json, now: Json, figure: str) -> list[dict[str, Any]]:
    """Share out what a newer library does to an old file: each factor whose value moved, then methodology, then code.

    A factor's share is found by putting its old value back in today's estimate, one factor after the other.
    """
    new_values = _factors(now)
    moved = {id_: (q, new_values[id_]) for id_, q in _factors(base).items() if id_ in new_values and q["value"] != new_values[id_]["value"]}
    data: dict[str, Any] = dict(base["input"])
    before, rows = now["totals"][figure], []
    for id_, (old, new) in moved.items():
        put_back = {**(data.get("factors") or {}), id_: {"value": f"{old['value']!r} {old['unit']}", "source": old["source"] or "saved result"}}
        value = _answer({**data, "factors": put_back}, figure)
        if value is None:
            continue
        data["factors"] = put_back
        rows.append(_row("factors", id_, f"{old['value']:g} {old['unit']}", f"{new['value']:g} {new['unit']}", before - value))
        before = value
    left = before - base["totals"][figure]
    if left:
        changed = _methods(base) != _methods(now) or _formulas(base) != _formulas(now)
        kind = "methodology" if changed else "code"
        words = {"methodology": "equations", "code": "version"}[kind]
        old_words, new_words = (_methods(base), _methods(now)) if changed else (base["version"], now["version"])
        rows.append(_row(kind, words, old_words, new_words, left))
    return rows


def _factors(result: Json) -> dict[str, Json]:
    return {q["factor"]: q for q in result["quantities"] if q["factor"] and q["match"] != "override" and q["value"] is not None}


def _methods(result: Json) -> str:
    methods = [result["methodology"]] if result.get("methodology") else [m["methodology"] for m in result.get("measures") or []]
    return ", ".join(f"{m['id']} {m['version']}" for m in methods)


def _formulas(result: Json) -> set[tuple[str, str]]:
    return {(s["name"], s["formula"]) for s in result["steps"] if s["role"] not in ("finance", "credits")}


def _row(kind: str, name: str, old: Any, new: Any, amount: float) -> dict[str, Any]:
    return {"kind": kind, "name": name, "old": old, "new": new, "amount": amount}


def _change(change: Change) -> dict[str, Any]:
    return {"name": change.name, "old": _words(change.base), "new": _words(change.head)}


def _words(value: Any) -> str | None:
    if value is ABSENT:
        return None
    if isinstance(value, Mapping) and "value" in value:
        return str(value["value"])
    if isinstance(value, Mapping):
        return ", ".join(f"{k}: {_words(v)}" for k, v in value.items())
    return f"{len(value)} entries" if isinstance(value, list) else str(value)


def _programmes(base: Json, head: Json) -> list[dict[str, Any]]:
    old, new = ({p["id"]: p for p in r["programmes"]} for r in (base, head))
    rows = []
    for id_ in dict.fromkeys([*old, *new]):
        a, b = old.get(id_), new.get(id_)
        before, after = ({c["id"]: c for c in p["criteria"]} if p else {} for p in (a, b))
        moved = [
            {"id": c, "old": _criterion(before.get(c)), "new": _criterion(after.get(c))}
            for c in dict.fromkeys([*before, *after])
            if _criterion(before.get(c)) != _criterion(after.get(c))
        ]
        if moved or a is None or b is None or a["verdict"] != b["verdict"]:
            rows.append({"id": id_, "old": a["verdict"] if a else None, "new": b["verdict"] if b else None, "criteria": moved})
    return rows


def _criterion(c: Json | None) -> dict[str, Any] | None:
    return None if c is None else {k: c[k] for k in ("verdict", "value", "threshold", "unit")}


def _finance(base: Json, head: Json) -> dict[str, list[Any]]:
    def flat(result: Json) -> dict[str, Any]:
        block = result["finance"]
        columns: Iterable[str] = ("without_subsidy", "with_subsidy")
        return {f"{c}.{k}": v for c in columns if block and block[c] for k, v in block[c].items()}

    old, new = flat(base), flat(head)
    return {key: [old.get(key), new.get(key)] for key in dict.fromkeys([*old, *new]) if old.get(key) != new.get(key)}

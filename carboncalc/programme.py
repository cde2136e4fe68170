"""Financing programmes and laws: dated rule sets, each criterion a formula over facts and results."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from . import library, units
from .findings import Finding, Invalid, did_you_mean, error
from .formula import Symbol, System, compile_system
from .formula.system import Broken, Equation

#: what a rule may use of the project or the park and its results
OUTCOMES: dict[str, str | None] = {
    "country": None,
    "at": "day",
    "first_year": "1",
    "years": "1",
    "reduction_per_year": "tCO2e/year",
    "reduction_total": "tCO2e",
    "reduction_energy_per_year": "tCO2e/year",
    "reduction_energy_total": "tCO2e",
    "baseline_per_year": "tCO2e/year",
    "project_per_year": "tCO2e/year",
    "investment": "JPY",
    "eligible_investment": "JPY",
    "net_benefit_first_year": "JPY/year",
    "payback": "year",
    "payback_subsidised": "year",
    "present_value": "JPY",
    "present_value_subsidised": "JPY",
    "return_rate": "1",
    "return_rate_subsidised": "1",
    "mandated": None,
    # of a park
    "enterprises_total": "1",
    "enterprises_recp": "1",
    "enterprises_recp_aware": "1",
    "enterprises_iso": "1",
    "enterprises_symbiosis_plan": "1",
    "land_total": "ha",
    "land_green": "ha",
    "exchanges": "1",
    "participants": "1",
    "enterprise_exchanges": "1",
    "report_due_year": "1",
    # of the methodology: whether it makes solar power; absent when the methodology does not tell
    "solar_power": None,
}


class Programme(NamedTuple):
    """One version of a programme: what it asks, its tables, and its compiled rules."""

    id: str
    version: str
    meta: dict[str, Any]
    rules: dict[str, Any]
    system: System


def paths() -> dict[str, str]:
    """Return id -> file; the folder is read once in a run."""
    if not _paths:
        _paths.update(library.data_names("programmes"))
    return _paths


_paths: dict[str, str] = {}


def index(id_: str) -> dict[str, Any]:
    """Return what is needed to choose a version: title, countries, lists held elsewhere, and each version's name and dates, oldest first."""

    def build() -> dict[str, Any]:
        data = _read_once(paths()[id_]).data
        rows = [{"version": v["version"], "in_force": v["in_force"]} for v in data["versions"]]
        held = {name: rows_ for name, rows_ in data.get("lists", {}).items() if isinstance(rows_, str)}
        head = {k: data[k] for k in ("title", "countries", "subject", "check", "wording") if k in data}
        return {**head, "lists": held, "versions": sorted(rows, key=lambda v: str(v["in_force"]["from"]))}

    if id_ not in _indexes:
        _indexes[id_] = library.cached("programme-index-" + id_.replace("/", "-"), [paths()[id_]], build)
    return _indexes[id_]


_indexes: dict[str, dict[str, Any]] = {}


def headline(id_: str) -> dict[str, Any]:
    """Return a programme file as data, its versions whole."""
    found: dict[str, Any] = library.cached("programme-text-" + id_.replace("/", "-"), [paths()[id_]], lambda: _read_once(paths()[id_]).data)
    return found


def is_mandate(name: str) -> bool:
    """Tell whether a programme asks if the law obliges to do what the project does; an unknown name is no mandate."""
    id_ = name.partition("@")[0]
    return id_ in paths() and index(id_).get("check") == "mandate"


def versions(id_: str) -> list[Mapping[str, Any]]:
    """List the versions of a programme, oldest first."""
    return sorted(headline(id_)["versions"], key=lambda v: v["in_force"]["from"])


def open_to(id_: str, country: str) -> bool:
    """Tell whether a country may be meant: named by the programme, or in its lists with a day of signature."""
    head = index(id_)
    if "countries" in head:
        return country in head["countries"]
    newest = load(id_, None)
    assert newest is not None
    listed = newest.meta["lists"].values()
    return not listed or any((rows["rows"].get(country) or {"value": None})["value"] is not None for rows in listed)


def load(name: str, at: str | None) -> Programme | None:
    """Load the version named, or the newest in force on a date.

    Parameters
    ----------
    name : str
        ``jcm/model-project`` or ``jcm/model-project@fy2025``.
    at : str or None
        Date of application, ``2025-09-30``; None takes the newest version.

    Returns
    -------
    Programme or None
        None when no version is known for the date: an older one is never used in its place.

    Raises
    ------
    Invalid
        CC404 for an unknown programme or version.
    """
    id_, _, version = name.partition("@")
    known = paths()
    if id_ not in known:
        raise error("CC404", f"there is no programme '{id_}'", did_you_mean(id_, known) or "`carboncalc programmes` lists them")
    head = index(id_)
    rows = head["versions"]
    if version:
        fitting = [v for v in rows if v["version"] == version]
        if not fitting:
            raise error(
                "CC404",
                f"'{id_}' has no version '{version}'",
                did_you_mean(version, [v["version"] for v in rows]) or "versions: " + ", ".join(v["version"] for v in rows),
            )
    elif at is None:
        fitting = rows
    else:
        fitting = [v for v in rows if v["in_force"]["from"] <= at <= v["in_force"].get("to", "9999")]
    if not fitting:
        return None
    chosen = fitting[-1]["version"]
    if (id_, chosen) not in _loaded:
        files = [known[id_], *dict.fromkeys(known[other] for other in head["lists"].values() if other in known)]
        _loaded[id_, chosen] = _load(id_, chosen, files)
    return _loaded[id_, chosen]


_loaded: dict[tuple[str, str], Programme] = {}


def _load(id_: str, chosen: str, files: list[str]) -> Programme:
    raw = library.cached(f"programme-{id_.replace('/', '-')}-{chosen}", files, lambda: _compile(_read_once(paths()[id_]), chosen))
    return Programme(id_, chosen, raw["meta"], raw["rules"], System.from_json(raw["system"]))


def _read(path: str) -> library.Document:
    document = library.unfold(library.read(path))
    problems = library.validate(document, library.schema("programme"))
    if problems:
        raise Invalid(problems)
    return document


#: kept for a while: the index and the versions are built from a file one after the other, each when it is asked for
_read_once = lru_cache(maxsize=4)(_read)


def _check_units(document: library.Document, path: tuple[str | int, ...], node: Any) -> None:
    """Refuse units outside the vocabulary, wherever a rule states one."""
    for step, inner in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        if step == "unit" and isinstance(inner, str):
            try:
                units.parse(inner)
            except units.UnitError as bad:
                raise error(bad.code, bad.message, bad.help, document.place((*path, step))) from None
        _check_units(document, (*path, step), inner)


def _lists(document: library.Document) -> dict[str, Any]:
    found = {}
    for name, rows in document.data.get("lists", {}).items():
        if isinstance(rows, str):
            held = headline(rows).get("lists", {}) if rows in paths() else {}
            if not isinstance(held.get(name), dict):
                raise error("CC413", f"{rows} holds no list `{name}`", "name the programme that holds it", document.place(("lists", name)))
            rows = held[name]
        found[name] = {**rows, "rows": {c: row if isinstance(row, dict) else {"value": row} for c, row in rows["rows"].items()}}
    return found


def key(criterion: str, part: str) -> str:
    """Name the equation that holds one part of a criterion, or of a contradiction."""
    return f"{part}__{criterion.replace('-', '_')}"


def _compile(document: library.Document, version: str) -> dict[str, Any]:
    number = next(i for i, v in enumerate(document.data["versions"]) if v["version"] == version)
    rules = document.data["versions"][number]
    _check_units(document, ("versions", number), rules)
    symbols = {name: Symbol(unit) for name, unit in OUTCOMES.items()}
    for spec in rules.get("entry", {}).values():
        symbols[spec["symbol"]] = Symbol(spec["unit"])
    for name, spec in rules.get("facts", {}).items():
        symbols[name] = Symbol({"boolean": None, "text": None, "date": "day"}.get(spec["type"], spec.get("unit", "1")))
        if "choices" in spec:
            symbols[f"{name}_group"] = Symbol(None)
    for kind in ("constants", "tables"):
        for name, spec in rules.get(kind, {}).items():
            symbols[name] = Symbol(spec["unit"])
    equations = [Equation(n, e["unit"], e["formula"]) for n, e in rules.get("equations", {}).items()]
    where: dict[str, tuple[str | int, ...]] = {n: ("versions", number, "equations", n, "formula") for n in rules.get("equations", {})}
    for i, criterion in enumerate(rules["criteria"]):
        for part, unit in (("value", criterion.get("unit")), ("threshold", criterion.get("unit")), ("test", None)):
            if part in criterion:
                equations.append(Equation(key(criterion["id"], part), unit, criterion[part]))
                where[key(criterion["id"], part)] = ("versions", number, "criteria", i, part)
        for j, formula in enumerate(criterion.get("applies", [])):
            equations.append(Equation(key(criterion["id"], f"applies{j}"), None, formula))
            where[key(criterion["id"], f"applies{j}")] = ("versions", number, "criteria", i, "applies", j)
    for i, row in enumerate(rules.get("contradictions", [])):
        equations.append(Equation(key(row["id"], "contradiction"), None, row["test"]))
        where[key(row["id"], "contradiction")] = ("versions", number, "contradictions", i, "test")
    names = {w for e in equations for w in re.findall(r"[A-Za-z]\w*", e.formula)}
    symbols = {n: s for n, s in symbols.items() if n in names}
    try:
        system = compile_system(symbols, equations, [], [e.name for e in equations])
    except Broken as broken:
        findings = []
        for name, bad in broken.errors:
            place = document.place(where.get(name, ("versions", number)))
            findings.append(
                Finding(bad.code, "error", f"{name}: {bad.message}", bad.help, place._replace(column=place.column + bad.offset, width=bad.width))
            )
        raise Invalid(findings) from None
    meta = {**{k: v for k, v in document.data.items() if k != "versions"}, "lists": _lists(document)}
    return {"meta": meta, "rules": rules, "system": system.to_json()}

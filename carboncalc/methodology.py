"""Methodologies: a YAML file and the parts it shares become one checked, ordered, proved set of equations."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from . import library, units
from .findings import Finding, Invalid, Place, did_you_mean, error
from .formula import FormulaError, Symbol, System, compile_system, names, parse
from .formula.system import Broken, Equation
from .result import CONFIDENCE as CONFIDENCE

#: given to every methodology by the engine
BUILT_IN: dict[str, tuple[str | None, tuple[str, ...]]] = {
    "year": ("1", ("year",)),
    "first_year": ("1", ()),
    "years": ("1", ()),
    "period": ("year", ()),
    "country": (None, ()),
    "gwp": (None, ()),
}
#: results that applicability conditions may use
OUTCOMES = {"reduction_per_year": "tCO2e/year", "reduction_max": "tCO2e/year", "baseline_per_year": "tCO2e/year"}
ROLES = ("baseline", "project", "leakage")
#: savings outside the fence (scope 3): shown beside the balance, never in it
UPSTREAM = "upstream"
#: what an equation marked ``saves:`` may save in a year, and the unit it must be in, so that savings of a park add up
SAVES = {
    "electricity": "kWh/year", "heat": "GJ/year", "fuel": "GJ/year", "water": "m3/year", "discharge": "m3/year", "material": "t/year", "waste": "t/year",
}  # fmt: skip
_BRACES = re.compile(r"\{(\w+)\}")


class Methodology(NamedTuple):
    """A methodology ready to compute with.

    `inputs` is what the user writes, by name, with list fields as ``list.field``; `factors`, `constants` and
    `equations` are by symbol; `sets` are the index sets in nesting order.
    """

    id: str
    meta: dict[str, Any]
    inputs: dict[str, dict[str, Any]]
    factors: dict[str, dict[str, Any]]
    constants: dict[str, dict[str, Any]]
    equations: dict[str, dict[str, Any]]
    totals: dict[str, dict[str, Any]]
    applicability: list[dict[str, Any]]
    sets: list[str]
    system: System
    checks: System


_loaded: dict[str, Methodology] = {}
_paths: dict[str, str] = {}


def paths() -> dict[str, str]:
    """Return id -> file of every methodology and part; the folder is read once in a run."""
    if not _paths:
        _paths.update(library.data_names("methodologies"))
    return _paths


def ids() -> list[str]:
    """List the methodologies a project may name."""
    return [i for i in paths() if headline(i)["kind"] == "methodology"]


def exchanges() -> list[str]:
    """List the kinds of exchange a park may name; the methodology of a kind is ``symbiosis/<kind>``."""
    return [i.partition("/")[2] for i in paths() if headline(i)["kind"] == "exchange"]


def headline(id_: str) -> dict[str, Any]:
    """Return the descriptive keys of a methodology file, without compiling it."""
    path = paths()[id_]

    def read() -> dict[str, Any]:
        data = library.read(path).data
        return {k: v for k, v in data.items() if k not in ("equations", "factors", "constants")}

    result: dict[str, Any] = library.cached("headline-" + id_.replace("/", "-"), [path], read)
    return result


def load(name: str, kind: str = "methodology") -> Methodology:
    """Load a methodology by ``publisher/id`` or ``publisher/id@version``.

    Parameters
    ----------
    name : str
        Its id, with or without a version.
    kind : str
        ``methodology`` for a project; ``exchange`` for an exchange of a park.

    Raises
    ------
    Invalid
        CC115 for an unknown id or version, and every fault of the file itself.
    """
    id_, _, version = name.partition("@")
    if id_ not in _loaded:
        known = paths()
        if id_ not in known or id_.startswith("carboncalc/"):
            raise error("CC115", f"there is no methodology '{id_}'", did_you_mean(id_, known) or "`carboncalc methods` lists them")
        _loaded[id_] = load_file(known[id_], known)
    found = _loaded[id_]
    if found.meta["kind"] == "exchange" and kind != "exchange":
        raise error(
            "CC115",
            f"'{id_}' is a kind of exchange in a park, not a methodology of a project",
            "state it under `exchanges:` of a park (`kind: park`)",
        )
    if found.meta["kind"] != kind:
        raise error("CC115", f"'{id_}' is a part that methodologies share, not a methodology", "`carboncalc methods` lists the methodologies")
    if version and version != found.meta["version"]:
        raise error(
            "CC115", f"'{id_}' is known in version {found.meta['version']}, not {version}", f"write `{id_}` or `{id_}@{found.meta['version']}`"
        )
    return found


def files(path: str, known: Mapping[str, str]) -> list[str]:
    """List every file a methodology is built from, itself first; read as text, so that nothing is parsed for a cache key."""
    seen = [path]
    waiting = [path]
    while waiting:
        with open(waiting.pop(), encoding="utf-8", errors="replace") as file:  # what is wrong with the text is told when it is parsed
            for use in re.findall(r"use:\s*([\w/.-]+)", file.read()):
                if use in known and known[use] not in seen:
                    seen.append(known[use])
                    waiting.append(known[use])
    return seen


def load_file(path: str, known: Mapping[str, str] | None = None) -> Methodology:
    """Load one file; its parts are found among the shipped ones."""
    parts = dict(known if known is not None else paths())
    seen = files(path, parts)
    raw = library.cached("methodology-" + re.sub(r"\W+", "-", "/".join(path.rsplit("/", 2)[-2:])), seen, lambda: _compile(path, parts))
    return Methodology(**{**raw, "system": System.from_json(raw["system"]), "checks": System.from_json(raw["checks"])})


# --- compiling: from here on only when the cache has nothing ---------------------------------------------


class _Draft:
    """A file while it is put together with its parts; remembers where each thing was written."""

    def __init__(self) -> None:
        self.inputs: dict[str, dict[str, Any]] = {}
        self.factors: dict[str, dict[str, Any]] = {}
        self.constants: dict[str, dict[str, Any]] = {}
        self.equations: dict[str, dict[str, Any]] = {}
        self.given: dict[str, tuple[dict[str, Any], Place]] = {}
        self.sets: list[str] = []
        self.applicability: list[dict[str, Any]] = []
        self.where: dict[str, tuple[library.Document, tuple[str | int, ...]]] = {}
        self.conditions: dict[str, tuple[library.Document, tuple[str | int, ...]]] = {}


def _compile(path: str, parts: Mapping[str, str]) -> dict[str, Any]:
    document = _read(path)
    draft = _Draft()
    _inputs(document, draft)
    _add(document, draft, parts, {})
    data = document.data
    if data["kind"] == "part":
        for name, spec in data.get("given", {}).items():
            if not spec.get("set"):
                draft.constants.setdefault(name, {**spec, "given": True})
                draft.where[name] = (document, ("given", name))
            elif name not in draft.sets:
                draft.sets.append(name)
    for name, (spec, place) in draft.given.items():
        if not spec.get("set") and not spec.get("text") and name not in _symbols(draft) and name not in draft.equations:
            raise error("CC122", f"the part needs `{name}` and nothing provides it", f"add `{name}:` under `with:`", place)
    symbols = _symbols(draft)
    equations = [Equation(n, e.get("unit"), e["formula"]) for n, e in draft.equations.items()]
    equations += [Equation(f"exists_{n}", None, e["exists"]) for n, e in draft.equations.items() if "exists" in e]
    terms = [n for n, e in draft.equations.items() if "role" in e]
    rows = [r for r in draft.applicability if "met" in r]
    used_by_rows = {w for r in rows for w in re.findall(r"[A-Za-z]\w*", r["met"])}
    used_by_ids = {w for f in draft.factors.values() for w in _BRACES.findall(f["id"])}
    texts = [n for n, s in symbols.items() if s.unit is None]
    wanted = [*terms, *BUILT_IN, *(n for n in used_by_rows if n in symbols or n in draft.equations), *(t for t in texts if t in used_by_ids)]
    wanted += _used_by_ranges(draft)
    wanted += [n for n, e in draft.equations.items() if n not in terms and ("saves" in e or e.get("report"))]
    if data["kind"] == "part":
        wanted += [e.name for e in equations]
    _check_units(draft)
    _check_defaults(draft)
    _check_ranges(draft)
    if data["kind"] != "part" and not terms:
        raise error(
            "CC112", "no equation has a `role:`, so nothing is baseline or project", "mark the terms", document.place(("equations",), key=True)
        )
    try:
        system = compile_system(symbols, equations, draft.sets, wanted)
    except Broken as broken:
        raise Invalid([_place_formula(draft, name, bad) for name, bad in broken.errors]) from None
    _check_terms(document, draft, system)
    _check_conditional(document, draft, system)
    checks = _checks(draft, rows, system)
    meta = {k: v for k, v in data.items() if k not in ("inputs", "factors", "constants", "equations", "parts", "totals", "applicability")}
    return {
        "id": data["id"], "meta": meta, "inputs": draft.inputs, "factors": draft.factors, "constants": draft.constants,
        "equations": draft.equations, "totals": data.get("totals", {}), "applicability": draft.applicability,
        "sets": draft.sets, "system": system.to_json(), "checks": checks.to_json(),
    }  # fmt: skip


def _read(path: str) -> library.Document:
    document = library.read(path)
    problems = library.validate(document, library.schema("methodology"))
    if problems:
        raise Invalid(problems)
    return document


def _add(document: library.Document, draft: _Draft, parts: Mapping[str, str], provided: Mapping[str, str], depth: int = 0) -> None:
    """Take factors, constants, equations and conditions of a file, its parts first."""
    data = document.data
    for i, part in enumerate(data.get("parts", [])):
        if part["use"] not in parts or depth > 5:
            raise error("CC115", f"there is no part '{part['use']}'", did_you_mean(part["use"], parts), document.place(("parts", i, "use")))
        inner = _read(parts[part["use"]])
        _inputs(inner, draft, top=False)
        given = inner.data.get("given", {})
        for name, formula in part.get("with", {}).items():
            if name not in given:
                raise error(
                    "CC111",
                    f"the part {part['use']} does not ask for `{name}`",
                    did_you_mean(name, given),
                    document.place(("parts", i, "with", name), key=True),
                )
            if formula != name:
                spec = given[name]
                draft.equations[name] = {
                    "label": spec.get("label", {}),
                    "unit": spec.get("unit", "1"),
                    "formula": formula,
                    "cite": spec.get("cite", ""),
                    "confidence": max(
                        data["confidence"], spec.get("confidence", "read"), key=CONFIDENCE.index
                    ),  # the file that writes the formula vouches for it
                    "latex": spec.get("latex"),
                    "if_given": spec.get("if_given"),
                }
                draft.where[name] = (document, ("parts", i, "with", name))
        for name, spec in given.items():
            draft.given[name] = (spec, document.place(("parts", i)))
        _add(inner, draft, parts, part.get("with", {}), depth + 1)
    for kind, place in (("factors", draft.factors), ("constants", draft.constants), ("equations", draft.equations)):
        for name, spec in data.get(kind, {}).items():
            if name in draft.factors or name in draft.constants or name in draft.equations:
                if kind == "equations" or depth == 0:  # two parts may share a factor such as GWP_CH4; they mean the same
                    raise error("CC126", f"the symbol {name} is defined twice", "rename one of them", document.place((kind, name), key=True))
                continue
            place[name] = dict(spec)
            draft.where[name] = (document, (kind, name))
    for i, row in enumerate(data.get("applicability", [])):
        if row["id"] in draft.conditions:
            raise error("CC126", f"the condition {row['id']} is defined twice", "rename one of them", document.place(("applicability", i, "id")))
        draft.applicability.append(row)
        draft.conditions[row["id"]] = (document, ("applicability", i, "met"))


def _inputs(document: library.Document, draft: _Draft, top: bool = True) -> None:
    for name, spec in document.data.get("inputs", {}).items():
        if name in draft.inputs:
            continue
        if "each" in spec:
            if spec["each"] not in draft.sets:
                draft.sets.append(spec["each"])
            draft.inputs[name] = {k: v for k, v in spec.items() if k != "fields"} | {"fields": list(spec["fields"])}
            for field, inner in spec["fields"].items():
                draft.inputs[f"{name}.{field}"] = _choices(inner) | {"in": spec["each"]}
                _note(document, draft, ("inputs", name, "fields", field), field, inner)
        else:
            if "shares" in spec and spec["shares"] not in draft.sets:
                draft.sets.append(spec["shares"])
            draft.inputs[name] = _choices(spec)
            _note(document, draft, ("inputs", name), name, spec)
    for name, spec in list(draft.inputs.items()):
        for alternative in spec.get("instead", []):
            symbol, flag = spec["symbol"], f"by_{alternative['symbol']}"
            if symbol not in draft.equations:
                draft.equations[symbol] = {
                    "label": spec["label"], "unit": spec["unit"], "formula": f"where({flag}, {alternative['formula']}, given_{symbol})",
                    "cite": spec.get("cite", ""), "confidence": spec.get("confidence", "read"), "variant": flag, "if_given": name if spec.get("optional") else None,
                    "shown": alternative["formula"],
                }  # fmt: skip
                draft.where[symbol] = draft.where.get(symbol, (document, ("inputs",)))


def _choices(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Part the words to choose from, which the user writes, from their names by language."""
    key = "of" if "shares" in spec else "text"
    words = spec.get(key)
    return {**spec, key: list(words), "choices": words} if isinstance(words, dict) else dict(spec)


def _note(document: library.Document, draft: _Draft, path: tuple[str | int, ...], name: str, spec: Mapping[str, Any]) -> None:
    draft.where[spec.get("symbol", name)] = (document, path)


def _symbols(draft: _Draft) -> dict[str, Symbol]:
    """Return every given quantity with unit and index sets."""
    found = {name: Symbol(unit, dims) for name, (unit, dims) in BUILT_IN.items()}
    text_sets: dict[str, str | None] = {}
    for name, spec in draft.inputs.items():
        if "each" in spec:
            continue
        plain = name.rsplit(".", 1)[-1]
        over = [spec["in"]] if "in" in spec else []
        if "shares" in spec:
            over.append(spec["shares"])
        if spec.get("over") == "year":
            over.append("year")
        if "text" in spec:
            text_sets[plain] = spec.get("in")
            found[plain] = Symbol(None, tuple(over))
        elif "instead" in spec:
            found[f"given_{spec['symbol']}"] = Symbol(spec["unit"], tuple(over))
            for alternative in spec["instead"]:
                found[alternative["symbol"]] = Symbol(alternative["unit"], tuple(over))
                found[f"by_{alternative['symbol']}"] = Symbol(None, tuple(o for o in over if o != "year"))
        else:
            found[spec["symbol"]] = Symbol(spec["unit"], tuple(over))
    for name, (spec, _) in draft.given.items():
        if spec.get("text") and name not in found:
            found[name] = Symbol(None)
    for name, spec in draft.factors.items():
        over = []
        for word in _BRACES.findall(spec["id"]):
            index = word if word in draft.sets else text_sets.get(word)
            if index and index not in over:
                over.append(index)
        spec["sets"] = over
        found[name] = Symbol(spec["unit"], (*over, "year") if spec.get("over") == "year" else tuple(over))
    for name, spec in draft.constants.items():
        over = [spec["over"]] if isinstance(spec.get("over"), str) else list(spec.get("over", []))
        found[name] = Symbol(None if spec.get("text") else spec["unit"], tuple(over))
    return found


def _place_formula(draft: _Draft, name: str, bad: Any) -> Finding:
    if name not in draft.where:
        return Finding(bad.code, "error", bad.message, bad.help)
    document, path = draft.where[name]
    spec = document.data
    for step in path:
        spec = spec[step]
    if isinstance(spec, dict) and "formula" in spec and bad.code != "CC124":
        place = document.place((*path, "formula"))
        shift = 1 if place.source[place.column - 1 : place.column] in ('"', "'") else 0
        place = place._replace(column=place.column + bad.offset + shift, width=bad.width)
    elif isinstance(spec, str):
        place = document.place(path)
        place = place._replace(column=place.column + bad.offset, width=bad.width)
    else:
        place = document.place(path, key=True)
    return Finding(bad.code, "error", f"{name}: {bad.message}" if bad.code in ("CC210",) else bad.message, bad.help, place)


def _check_terms(document: library.Document, draft: _Draft, system: System) -> None:
    for name, spec in draft.equations.items():
        if "role" not in spec and "saves" not in spec:
            continue
        gas = spec.get("gas")
        where, path = draft.where[name]
        if "saves" in spec and spec["unit"] != SAVES[spec["saves"]]:
            raise error(
                "CC210",
                f"{name} saves {spec['saves']} in {spec['unit']}; expected {SAVES[spec['saves']]}",
                "every saving of one kind is in one unit, so that they add up",
                where.place((*path, "unit")),
            )
        if "role" in spec and spec["unit"] not in (f"t{gas}/year", "tCO2e/year"):
            raise error(
                "CC210",
                f"the term {name} is in {spec['unit']}; expected t{gas}/year or tCO2e/year",
                "state its gas and an amount per year",
                where.place((*path, "unit")),
            )
        extra = [d for d in system.dims[name] if d != "year"]
        if extra:
            raise error(
                "CC125", f"the term {name} still ranges over {', '.join(extra)}", f"sum it: `sum(…, {extra[0]})`", where.place((*path, "formula"))
            )


def _check_units(draft: _Draft) -> None:
    """Refuse units outside the vocabulary, and values that are not in the unit they are declared with."""
    findings = []
    for name, (document, path) in draft.where.items():
        spec = document.data
        for step in path:
            spec = spec[step]
        if not isinstance(spec, dict) or "unit" not in spec:
            continue
        for part in ("unit", "value"):
            if part in spec and spec[part] is not None:
                try:
                    if part == "unit":
                        units.parse(spec["unit"])
                    else:
                        units.read_quantity(spec["value"], spec["unit"])
                except units.UnitError as bad:
                    findings.append(Finding(bad.code, "error", f"{name}: {bad.message}", bad.help, document.place((*path, part))))
                    break
        for i, other in enumerate(spec.get("instead", [])):
            try:
                units.parse(other["unit"])
            except units.UnitError as bad:
                findings.append(Finding(bad.code, "error", f"{name}: {bad.message}", bad.help, document.place((*path, "instead", i, "unit"))))
    if findings:
        raise Invalid(findings)


def _check_defaults(draft: _Draft) -> None:
    """Refuse a default that cannot be read, or that is equal to something not known when it is filled in: only what always is there, and stands above it, is."""
    known = {*BUILT_IN}
    for name, spec in draft.inputs.items():
        default = spec.get("default", {})
        stated: list[tuple[tuple[str, ...], Any, str]] = []
        if "value" in default and "symbol" in spec:
            stated.append((("default", "value"), default["value"], spec["unit"]))
        if "shares" in spec and "total" in spec:
            stated.append((("total",), spec["total"], "1"))
        for below, raw, unit in stated:
            try:
                units.read_quantity(raw, unit)
            except units.UnitError as bad:
                document, path = draft.where[spec["symbol"]]
                raise error(bad.code, f"the {below[0]} of {name}: {bad.message}", bad.help, document.place((*path, *below))) from None
        equal_to = default.get("formula")
        if equal_to is not None and equal_to not in known:
            document, path = draft.where[spec["symbol"]]
            raise error(
                "CC122",
                f"the default is equal to '{equal_to}', which is not known there",
                "name an input that stands above it and is not optional, or `first_year`",
                document.place((*path, "default", "formula")),
            )
        if "symbol" in spec and not spec.get("optional"):
            known.add(spec["symbol"])


def _used_by_ranges(draft: _Draft) -> list[str]:
    """List the symbols that stand beside an input only to judge whether it is plausible."""
    used: list[str] = []
    for name, spec in draft.inputs.items():
        for rule in spec.get("plausible", ()):
            used += _BRACES.findall(str(rule["range"]))
            used += [_beside(draft, name, rule["per"])["symbol"]] if "per" in rule and _beside(draft, name, rule["per"]) else []
    return used


def _beside(draft: _Draft, name: str, other: str) -> dict[str, Any]:
    """Return the input that stands beside another: in its list, or else in the project; empty when there is none with a number."""
    group = name.rpartition(".")[0]
    spec = draft.inputs.get(f"{group}.{other}") or draft.inputs.get(other) or {}
    return spec if "symbol" in spec else {}


def _check_ranges(draft: _Draft) -> None:
    """Refuse a range of plausible values whose unit is not that of its input, or of the input per another."""
    findings = []
    for name, spec in draft.inputs.items():
        for i, rule in enumerate(spec.get("plausible", ())):
            document, path = draft.where[spec.get("symbol", name.rpartition(".")[2])]
            per = _beside(draft, name, rule["per"]) if "per" in rule else None
            try:
                unit = units.parse(rule["unit"] + (f"*{per['unit']}" if per else ""))
                accepted = [units.parse(u) for u in (spec["unit"], *(o["unit"] for o in spec.get("instead", [])))]
                if per != {} and not any(unit.dimension == u.dimension for u in accepted):
                    units.scale(unit, accepted[0])
            except units.UnitError as bad:
                findings.append(Finding(bad.code, "error", f"{name}: {bad.message}", bad.help, document.place((*path, "plausible", i, "unit"))))
                continue
            fields_ = [n.rpartition(".")[2] for n in draft.inputs]
            strange = [w for w in _BRACES.findall(str(rule["range"])) if w not in fields_] + ([rule["per"]] if per == {} else [])
            if strange:
                key = "per" if per == {} else "range"
                message, help_ = (
                    f"{name}: there is no input `{strange[0]}` beside it",
                    did_you_mean(strange[0], fields_) or "name an input of the file",
                )
                findings.append(Finding("CC122", "error", message, help_, document.place((*path, "plausible", i, key))))
    if findings:
        raise Invalid(findings)


def _check_conditional(document: library.Document, draft: _Draft, system: System) -> None:
    """Refuse an equation that always holds but uses something optional."""
    optional = {}
    for name, spec in draft.inputs.items():
        if spec.get("optional"):
            for symbol in (spec.get("symbol"), name.rsplit(".", 1)[-1]):
                if symbol:
                    optional[symbol] = name
    for kind in (draft.factors, draft.equations):
        optional |= {n: s["if_given"] for n, s in kind.items() if s.get("if_given")}
    for name, uses in system.uses.items():
        own = draft.equations.get(name, {}).get("if_given")
        for used in uses:
            if used in optional and own != optional[used] and not used.startswith("given_"):
                where, path = draft.where[name]
                raise error(
                    "CC127",
                    f"{name} uses {used}, which exists only when `{optional[used]}` is given",
                    f"add `if_given: {optional[used]}`",
                    where.place(path, key=True),
                )


def _checks(draft: _Draft, rows: list[dict[str, Any]], system: System) -> System:
    known = {**system.units, **OUTCOMES}
    dims = {**system.dims, **dict.fromkeys(OUTCOMES, ())}
    equations = {"met_" + r["id"].replace("-", "_"): (Equation("met_" + r["id"].replace("-", "_"), None, r["met"]), r["id"]) for r in rows}

    def located(name: str, fault: FormulaError) -> Finding:
        where, path = draft.conditions[equations[name][1]]
        place = where.place(path)
        shift = fault.offset + (place.source[place.column - 1 : place.column] in ('"', "'"))
        return Finding(
            fault.code,
            "error",
            f"applicability {equations[name][1]}: {fault.message}",
            fault.help,
            place._replace(column=place.column + shift, width=fault.width),
        )

    used = []
    for name, (equation, _) in equations.items():
        try:
            used += [n for n in names(parse(equation.formula)) if n in known]
        except FormulaError as fault:
            raise Invalid([located(name, fault)]) from None
    symbols = {n: Symbol(known[n], tuple(dims[n])) for n in used}
    try:
        return compile_system(symbols, [e for e, _ in equations.values()], system_sets(system), list(equations))
    except Broken as broken:
        raise Invalid([located(name, bad) for name, bad in broken.errors]) from None


def chosen_by(factor: Mapping[str, Any]) -> list[str]:
    """List the choices and index sets that make up the id of a factor."""
    return _BRACES.findall(factor.get("id", ""))


def system_sets(system: System) -> list[str]:
    """List the index sets that occur in a system."""
    return sorted({d for dims in system.dims.values() for d in dims if d != "year"})


def fields(found: Methodology) -> Iterator[tuple[str, dict[str, Any]]]:
    """Walk the inputs as the user writes them: name, or ``list.field``."""
    yield from found.inputs.items()

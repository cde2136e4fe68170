"""Eligibility: each criterion answers pass, fail or unknown, with value, threshold, margin and clause."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from . import factors, methodology, programme, units
from .findings import Finding, Invalid, did_you_mean
from .formula import Sizes, run, text
from .project import Project

_COMPARE = {
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    "==": lambda a, b: a == b,
}
_OWN_KEYS = ("id", "at", "facts", "asset_class", "note")


def judge(project: Project, i: int, entry: Mapping[str, Any], outcome: Mapping[str, Any]) -> tuple[dict[str, Any], list[Finding]]:
    """Test one programme.

    Parameters
    ----------
    project : Project
        Checked file.
    i : int
        Number of the entry in the project's list.
    entry : mapping
        The programme's entry in the project file.
    outcome : mapping
        Results by the names of `programme.OUTCOMES`; an absent name is a missing fact.

    Returns
    -------
    tuple
        The programme as the JSON result shows it, and findings.

    Raises
    ------
    Invalid
        CC404 unknown programme, CC405 unknown fact or key, CC426 facts that contradict each other, CC430 a text that is no
        choice, CC2xx quantities.
    """
    path = ("programmes", i)
    at = entry.get("at")
    if at is not None:
        _date(project, at, (*path, "at"))
    try:
        found = programme.load(entry["id"], at)
    except Invalid as bad:
        raise Invalid([f._replace(place=project.place(*path, "id")) if not f.place.file else f for f in bad.findings]) from None
    if found is None:
        return _no_call(project, entry, path)
    findings: list[Finding] = []
    if at is None and "@" not in entry["id"]:
        findings.append(
            Finding(
                "CC411",
                "info",
                f"no application date is given for {found.id}; its newest version {found.version} is used",
                "add `at: 2025-09-30`",
                project.place(*path),
            )
        )
    values = _values(project, found, entry, path, outcome)
    supposed, notes = _suppose(project, found, values, path)
    computed = _compute(found, values)
    _contradictions(project, found, entry, path, values, supposed, computed)
    criteria = [_criterion(found, row, values, computed, supposed) for row in found.rules["criteria"]]
    findings += notes + _duties(project, found, criteria, path)
    required = [c for c in criteria if c["required"]]
    if any(c["verdict"] == "fail" for c in required):
        verdict = "not-eligible"
    elif any(c["verdict"] == "unknown" for c in required):
        verdict = "undetermined"
    else:
        verdict = "eligible"
    weakest = max((c["confidence"] for c in required), key=methodology.CONFIDENCE.index, default="read")
    answer = {
        "id": found.id, "version": found.version, "title": found.meta["title"], "check": found.meta.get("check", "financing"), "at": at,
        "verdict": verdict, "wording": found.meta.get("wording", {}).get(verdict), "confidence": weakest,
        "unverified": sum(c["confidence"] in factors.UNVERIFIED for c in required), "in_force": found.rules["in_force"], "criteria": criteria,
        "dossier": _dossier(found.rules.get("dossier", []), criteria), "rules": _rules(found, values),
    }  # fmt: skip
    return answer, findings


def _rules(found: programme.Programme, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the equations behind the criteria, and the figures they use, so that a saved result can be computed anew.

    Figures are by name: value, None where it does not exist or nobody stated it; unit, label, and where it comes from.
    """
    rows = found.rules["criteria"]
    parts = [programme.key(row["id"], p) for row in rows for p in ("value", "threshold", "test") if p in row]
    names = _closure(found, parts)
    stated = {spec["symbol"]: ("entry", spec) for spec in found.rules.get("entry", {}).values()}
    stated |= {name: (kind, spec) for kind in ("facts", "constants", "tables") for name, spec in found.rules.get(kind, {}).items()}
    leaves = {leaf for name in names for leaf in _leaves(found, name)} | {row["positive"] for row in rows if "positive" in row}
    figures = {}
    for leaf in sorted(leaves):
        kind, spec = stated.get(leaf, ("outcome", {}))
        value = None if values.get(leaf) == float("inf") else values.get(leaf)
        figures[leaf] = {
            "value": value,
            "unit": found.system.units.get(leaf) or programme.OUTCOMES.get(leaf),
            "label": spec.get("label", {}),
            "kind": kind,
        }
    return {
        "equations": {name: text(found.system.trees[name]) for name in names},
        "positive": {row["id"]: row["positive"] for row in rows if "positive" in row},
        "figures": figures,
    }


def _dossier(papers: Sequence[Mapping[str, Any]], criteria: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """List the papers of the application, each as far along as the criteria it proves.

    ``met`` when all of them pass, ``not-met`` when one fails, else ``missing``: a fact is not known yet, or the paper
    proves no criterion (a letter) and the file cannot tell whether it is written.
    """
    verdicts = {c["id"]: c["verdict"] for c in criteria}
    rows = []
    for paper in papers:
        answers = {verdicts[id_] for id_ in paper["criteria"]}
        status = "not-met" if "fail" in answers else "met" if answers == {"pass"} else "missing"
        rows.append({**{k: paper[k] for k in ("id", "label")}, "status": status, **{k: paper[k] for k in ("criteria", "cite", "confidence")}})
    return rows


def _no_call(project: Project, entry: Mapping[str, Any], path: tuple[str | int, ...]) -> tuple[dict[str, Any], list[Finding]]:
    id_ = entry["id"].partition("@")[0]
    rows = programme.versions(id_)
    spans = ", ".join(f"{v['version']} ({v['in_force']['from']} to {v['in_force'].get('to', 'open')})" for v in rows)
    note = Finding(
        "CC411",
        "warning",
        f"no rules of {id_} are known for {entry['at']}",
        f"known: {spans}; name one as `{id_}@{rows[-1]['version']}` to test against it all the same",
        project.place(*path, "at"),
    )
    head = programme.headline(id_)
    answer = {
        "id": id_,
        "version": None,
        "title": head["title"],
        "check": head.get("check", "financing"),
        "at": entry["at"],
        "verdict": "undetermined",
        "wording": head.get("wording", {}).get("undetermined"),
        "confidence": "recalled",
        "unverified": 0,
        "in_force": None,
        "criteria": [],
        "dossier": [],
    }
    return answer, [note]


def _date(project: Project, raw: Any, path: tuple[str | int, ...]) -> float:
    try:
        return float(date.fromisoformat(str(raw)).toordinal())
    except ValueError:
        raise Invalid([Finding("CC113", "error", f"'{raw}' is not a date", "write it as `2025-09-30`", project.place(*path))]) from None


def _values(
    project: Project, found: programme.Programme, entry: Mapping[str, Any], path: tuple[str | int, ...], outcome: Mapping[str, Any]
) -> dict[str, Any]:
    rules = found.rules
    values: dict[str, Any] = dict(outcome)
    findings: list[Finding] = []
    if entry.get("at"):
        values["at"] = _date(project, entry["at"], (*path, "at"))
    asked = rules.get("entry", {})
    for name in entry:
        if name not in asked and name not in _OWN_KEYS:
            findings.append(
                Finding(
                    "CC405",
                    "error",
                    f"{found.id} has no `{name}`",
                    did_you_mean(name, [*asked, *_OWN_KEYS]) or "keys: " + ", ".join([*_OWN_KEYS, *asked]),
                    project.place(*path, name, key=True),
                )
            )
    for name, spec in asked.items():
        if entry.get(name) is not None:
            try:
                values[spec["symbol"]] = _number(entry[name], spec)
            except units.UnitError as bad:
                findings.append(Finding(bad.code, "error", f"`{name}`: {bad.message}", bad.help, project.place(*path, name)))
        elif "instead_factor" in spec and entry.get(spec["instead_factor"]["key"]):
            key = spec["instead_factor"]["key"]
            id_ = spec["instead_factor"]["id"].replace("{" + key + "}", str(entry[key]))
            try:
                choice = factors.choose(id_)
                values[spec["symbol"]] = units.convert(choice.value, choice.unit, spec["unit"])
            except factors.NoFactor as bad:
                start = id_.rpartition(".")[0] + "."
                known = [f[len(start) :] for f in factors.topic(id_.split(".")[0]) if f.startswith(start)]
                findings.append(
                    Finding(
                        bad.code,
                        "error",
                        f"there is no {key} '{entry[key]}'",
                        did_you_mean(str(entry[key]), known) or "known: " + ", ".join(known),
                        project.place(*path, key),
                    )
                )
    facts = entry.get("facts") or {}
    known_facts = rules.get("facts", {})
    for name, raw in facts.items():
        here = (*path, "facts", name)
        if name not in known_facts:
            findings.append(
                Finding(
                    "CC405",
                    "error",
                    f"{found.id} asks for no fact `{name}`",
                    did_you_mean(name, known_facts) or "facts: " + ", ".join(known_facts),
                    project.place(*here, key=True),
                )
            )
        elif raw is not None:
            try:
                values[name] = _fact(project, raw, known_facts[name], here)
                _chosen(project, found, name, values, here)
            except Invalid as bad:
                findings += bad.findings
    if findings:
        raise Invalid(findings)
    for name, spec in rules.get("constants", {}).items():
        values[name] = units.read_quantity(spec["value"], spec["unit"]).value
    for name, spec in rules.get("tables", {}).items():
        values[name] = [(float(start), units.read_quantity(value, spec["unit"]).value) for start, value in spec["steps"].items()]
    return values


def _choices(found: programme.Programme, name: str) -> dict[str, Mapping[str, Any]]:
    """Return the rows that a text may be taken from; factors of the library may be rows too."""
    listed = found.rules["choices"][found.rules["facts"][name]["choices"]]
    rows: dict[str, Mapping[str, Any]] = dict(listed["rows"])
    if "factors" in listed:
        start, end = listed["factors"].split("{row}")
        for id_ in factors.topic(start.split(".")[0]):
            if id_.startswith(start) and id_.endswith(end):
                rows[id_[len(start) : -len(end)]] = {"label": (factors.entry(id_) or {})["label"], "group": "listed", "factor": id_}
    return rows


def _chosen(project: Project, found: programme.Programme, name: str, values: dict[str, Any], path: tuple[str | int, ...]) -> None:
    """Check a text against its choices and keep the group it belongs to."""
    if "choices" not in found.rules["facts"][name]:
        return
    rows = _choices(found, name)
    if values[name] not in rows:
        near = did_you_mean(values[name], rows) or (f"one of: {', '.join(rows)};" if len(rows) < 20 else "")
        help_ = f"{near} `carboncalc explain {found.id}` lists them".strip()
        raise Invalid([Finding("CC430", "error", f"`{name}`: {found.id} knows no '{values[name]}'", help_, project.place(*path))])
    values[f"{name}_group"] = rows[values[name]]["group"]


def _suppose(project: Project, found: programme.Programme, values: dict[str, Any], path: tuple[str | int, ...]) -> tuple[set[str], list[Finding]]:
    """Fill in facts that nobody stated: from a mandate tested before, from the default, or the choice that the methodology suggests.

    Returns
    -------
    tuple
        Names of the facts that rest on a suggestion, whose criteria are no surer than `recalled`; and what the user should know.
    """
    supposed: set[str] = set()
    findings: list[Finding] = []
    for name, spec in found.rules.get("facts", {}).items():
        if name in values:
            continue
        if spec.get("instead") in values:
            values[name] = values[spec["instead"]]
            findings.append(
                Finding(
                    "CC429",
                    "info",
                    f"`{name}` follows from {values.get('mandated_by')}",
                    "mend the facts given there when it is wrong",
                    project.place(*path),
                )
            )
        elif "default" in spec:
            values[name] = _fact(project, spec["default"], spec, (*path, "facts", name))
        elif "choices" in spec:
            rows = found.rules["choices"][spec["choices"]]["rows"]
            likely = [{k for k, row in rows.items() if id_ in row.get("suggested_for", ())} for id_ in _methodologies(project)]
            every = list(dict.fromkeys(k for k in rows if any(k in keys for keys in likely)))
            if not every:
                continue
            words = " or ".join(f"{k} ({rows[k]['label']['en']})" for k in every)
            if all(likely) and len(every) == 1:
                values[name] = every[0]
                values[f"{name}_group"] = rows[every[0]]["group"]
                supposed |= {name, f"{name}_group"}
                said = f"`{name}` is not stated; the methodology suggests {words}"
            else:
                said = f"`{name}` is not stated and the methodology does not settle it: {words}"
            findings.append(Finding("CC425", "info", said, f"state it under `facts:`, such as `{name}: {every[0]}`", project.place(*path)))
    return supposed, findings


def _methodologies(project: Project) -> list[str]:
    rows = project.data.get("measures") or [project.data]
    return [str(row["methodology"]).partition("@")[0] for row in rows if "methodology" in row]


def _contradictions(
    project: Project, found: programme.Programme, entry: Mapping[str, Any], path: tuple[str | int, ...], values: Mapping[str, Any],
    supposed: set[str], computed: Mapping[str, Any],
) -> None:  # fmt: skip
    """Refuse statements that cannot hold together; a suggestion never contradicts what somebody stated."""
    findings = []
    for row in found.rules.get("contradictions", []):
        name = programme.key(row["id"], "contradiction")
        stated = [f for f in row["of"] if (entry.get("facts") or {}).get(f) is not None]
        if stated and computed.get(name) and not supposed & _leaves(found, name):
            findings.append(
                Finding("CC426", "error", row["say"]["en"], "correct one of the facts, or leave one out", project.place(*path, "facts", stated[0]))
            )
    if findings:
        raise Invalid(findings)


def _duties(project: Project, found: programme.Programme, criteria: Sequence[Mapping[str, Any]], path: tuple[str | int, ...]) -> list[Finding]:
    """Warn of criteria that a programme marks as worth it, and of programmes the measure should be tested against too."""
    findings = []
    rows = {row["id"]: row for row in found.rules["criteria"] if "warns" in row}
    for c in criteria:
        if c["id"] in rows and c["verdict"] == "fail":
            about = f"{c['item']['en']}{_amounts(found, rows[c['id']]['value'], c['value'])}: " if c["item"] else ""
            words = rows[c["id"]]["warns"]["en"]
            findings.append(Finding("CC428", "warning", about + words, f"{c['fix']} ({c['cite']})", project.place(*path)))
    tested = {e["id"].partition("@")[0] for e in project.data.get("programmes", [])}
    for other in found.rules.get("see_also", []):
        if other["programme"] not in tested and set(other["methodologies"]) & set(_methodologies(project)):
            findings.append(
                Finding(
                    "CC427", "warning", f"{other['programme']} is not tested: {other['why']['en']}", f"add `- id: {other['programme']}` under `programmes:`",
                    project.place(*path),
                )
            )  # fmt: skip
    return findings


def _amounts(found: programme.Programme, name: str, value: str) -> str:
    """Return what the factor library says of a choice, such as ``, 2 907 941 tCO2e/year in 2025``."""
    id_ = _choices(found, name)[value].get("factor")
    rows = (factors.entry(id_) or {})["values"] if id_ else []
    return "".join(f", {row['value']:_.0f} {row['unit']} in {row['year']}".replace("_", " ") for row in rows)


def _number(raw: Any, spec: Mapping[str, Any]) -> float:
    value = units.read_quantity(raw, spec["unit"]).value
    if spec.get("count") and value != int(value):
        raise units.UnitError("CC217", f"'{raw}' is not a whole number", "counts are whole numbers")
    if value < spec.get("min", 0) or value > spec.get("max", float("inf")):
        raise units.UnitError("CC214", f"'{raw}' is outside what it can be", f"between {spec.get('min', 0)} and {spec.get('max', 'any')}")
    return value


def _fact(project: Project, raw: Any, spec: Mapping[str, Any], path: tuple[str | int, ...]) -> Any:
    kind = spec["type"]
    if kind == "boolean":
        if not isinstance(raw, bool):
            raise Invalid(
                [
                    Finding(
                        "CC113",
                        "error",
                        f"`{path[-1]}` is '{raw}'",
                        "write true or false, or leave it out when it is not known",
                        project.place(*path),
                    )
                ]
            )
        return raw
    if kind == "date":
        return _date(project, raw, path)
    if kind == "text":
        return str(raw)
    try:
        return _number(raw, {"unit": "1", **spec})
    except units.UnitError as bad:
        raise Invalid([Finding(bad.code, "error", f"`{path[-1]}`: {bad.message}", bad.help, project.place(*path))]) from None


def _criterion(
    found: programme.Programme, row: Mapping[str, Any], values: Mapping[str, Any], out: Mapping[str, Any], supposed: set[str]
) -> dict[str, Any]:
    """Answer one criterion; a value it needs and nobody gave makes it unknown, never a no."""
    parts = [programme.key(row["id"], p) for p in ("value", "threshold", "test") if p in row]
    missing = sorted({_asked(found, m) for p in parts for m in _missing(found, p, values)})
    guessed = any(supposed & _leaves(found, p) for p in parts)
    answer = {
        "id": row["id"], "label": row["label"], "required": row.get("required", True), "verdict": "unknown", "value": None, "threshold": None,
        "compare": row.get("compare"), "unit": row.get("unit"), "margin": None, "cite": row["cite"],
        "confidence": max(row["confidence"], "recalled", key=methodology.CONFIDENCE.index) if guessed else row["confidence"], "missing": missing,
        "why": row.get("why", {}).get("en", ""), "fix": row.get("fix", {}).get("en", ""), "paper": row.get("paper"), "count": row.get("count", False),
        "item": None,
    }  # fmt: skip
    if not missing and "positive" in row and values[row["positive"]] <= 0:
        return {
            **answer,
            "verdict": "fail",
            "threshold": out.get(programme.key(row["id"], "threshold")),
        }  # nothing is reduced: no price per tonne exists
    value = out.get(programme.key(row["id"], "value"))
    threshold = out.get(programme.key(row["id"], "threshold"))
    answer["value"], answer["threshold"] = _shown(value, row), _shown(threshold, row)
    if isinstance(value, str) and "choices" in found.rules.get("facts", {}).get(row["value"], {}):
        answer["item"] = _choices(found, row["value"])[value]["label"]
    if missing:
        return answer
    if "test" in row:
        passed = bool(out[programme.key(row["id"], "test")])
        answer["value"] = passed if value is None else answer["value"]
    else:
        assert value is not None and threshold is not None
        passed = _COMPARE[row["compare"]](value, threshold)
        if abs(value) != float("inf"):
            answer["margin"] = threshold - value if row["compare"].startswith("<") else value - threshold
    answer["verdict"] = "pass" if passed else "fail"
    return answer


def _compute(found: programme.Programme, values: Mapping[str, Any]) -> dict[str, Any]:
    """Compute every part of every criterion that has what it needs."""
    parts = []
    for row in found.rules["criteria"]:
        nothing = "positive" in row and values.get(row["positive"], 1.0) <= 0
        names = [programme.key(row["id"], p) for p in ("value", "threshold", "test") if p in row and not (nothing and p == "value")]
        parts += [n for n in names if not _missing(found, n, values)]
    names = [programme.key(row["id"], "contradiction") for row in found.rules.get("contradictions", [])]
    parts += [n for n in names if not _missing(found, n, values)]
    return run(found.system.statements(_closure(found, parts)), values, Sizes(0, {}))


def _shown(value: Any, row: Mapping[str, Any]) -> Any:
    if isinstance(value, float) and row.get("unit") == "day" and value > 600_000:
        return date.fromordinal(int(value)).isoformat()
    return None if isinstance(value, float) and abs(value) == float("inf") else value


def _missing(found: programme.Programme, name: str, values: Mapping[str, Any]) -> list[str]:
    if name in found.system.uses:
        return [m for u in found.system.uses[name] for m in _missing(found, u, values)]
    return [] if name in values else [name]


def _leaves(found: programme.Programme, name: str) -> set[str]:
    """Return everything given that a rule rests on."""
    return set(_missing(found, name, {}))


def _asked(found: programme.Programme, name: str) -> str:
    """Return the fact to state for a name that is missing: a group comes with its text."""
    fact = name.removesuffix("_group")
    return fact if fact in found.rules.get("facts", {}) else name


def _closure(found: programme.Programme, names: list[str]) -> list[str]:
    seen: list[str] = []
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name in found.system.uses and name not in seen:
            seen.append(name)
            waiting += found.system.uses[name]
    return seen

"""Eligibility: each criterion answers pass, fail or unknown, with value, threshold, margin and clause."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from . import factors, methodology, procedure, programme, units
from .findings import Finding, Invalid, did_you_mean
from .formula import Sizes, run
from .formula.program import Statement
from .project import Project
from .result import Kept

_COMPARE = {
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    "==": lambda a, b: a == b,
}
_OWN_KEYS = ("id", "at", "facts", "asset_class", "note", "rules")


class Known(NamedTuple):
    """What is known of the names that rules use: values, how sure the unsure ones are, what other sources say, and what to tell of them.

    `others` holds other values of a name, each with its source; a verdict that would change with one of them is conflicting. `stated` holds
    the sources of the rules that the project file states anew.
    """

    values: dict[str, Any]
    doubts: dict[str, str]
    others: dict[str, list[tuple[Any, str]]]
    conflicts: dict[str, list[str]]
    stated: dict[str, str]
    findings: list[Finding]


class Rule(NamedTuple):
    """A criterion made ready: the names of its equations, what they rest on, and the answer while nothing is known.

    `needs` are the given names below each equation, `given` those below value, threshold and test, `deciding` those below the conditions; `asks` is
    what a file would state for each. `used` is everything that value, threshold and test rest on.
    """

    row: Mapping[str, Any]
    value: str
    threshold: str
    test: str
    conditions: tuple[str, ...]
    needs: dict[str, frozenset[str]]
    given: frozenset[str]
    deciding: frozenset[str]
    asks: dict[str, str]
    used: tuple[str, ...]
    unknown: dict[str, Any]


def judge(
    project: Project, i: int, entry: Mapping[str, Any], outcome: Mapping[str, Any], shared: Mapping[str, Any] | None = None
) -> tuple[dict[str, Any], list[Finding]]:
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
    shared : mapping, optional
        Facts at the top of the file, for all its programmes: this one takes those it asks for, its own entry first.

    Returns
    -------
    tuple
        The programme as the JSON result shows it, and findings.

    Raises
    ------
    Invalid
        CC404 unknown programme, CC405 unknown fact or key, CC414 a rule stated without its source, CC415 a fact that the methodology denies,
        CC416 a legal life that is not that of its class, CC426 facts that contradict each other, CC430 a text that is no choice,
        CC2xx quantities.
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
    known = _known(project, found, entry, path, outcome, shared or {})
    supposed, notes = _suppose(project, found, known.values, path)
    known.doubts.update(dict.fromkeys(supposed, "recalled"))
    rules = criteria_of(found)
    computed = _compute(found, known.values, rules)
    _contradictions(project, found, entry, path, known.values, supposed, computed)
    lacking = _lacking(found, known.values)
    criteria = [_criterion(found, rule, known.values, computed, lacking) for rule in rules]
    _sure(found, rules, criteria, known)
    findings += known.findings + notes + _duties(project, found, criteria, path)
    required = [c for c in criteria if c["required"]]
    verdicts = {c["verdict"] for c in required}
    verdict = "not-eligible" if "fail" in verdicts else "undetermined" if "unknown" in verdicts else "eligible"
    weakest = max((c["confidence"] for c in required), key=methodology.CONFIDENCE.index, default="read")
    answer = {
        "id": found.id, "version": found.version, "title": found.meta["title"], "check": found.meta.get("check", "financing"), "at": at,
        "verdict": verdict, "wording": found.meta.get("wording", {}).get(verdict), "confidence": weakest,
        "unverified": sum(c["confidence"] in factors.UNVERIFIED for c in required), "in_force": found.rules["in_force"], "criteria": criteria,
        "dossier": _dossier(found, criteria), "timeline": procedure.timeline(found.rules.get("steps", []), at),
        "rules": _basis(found, known.values),
    }  # fmt: skip
    return answer, findings


def _basis(found: programme.Programme, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the equations behind the criteria, and the figures they use, so that a saved result can be computed anew.

    Figures are by name: value, None where it does not exist or nobody stated it; unit, label, and where it comes from.
    """
    equations, rows = found.system.once("basis", lambda: (_equations(found), _leaf_rows(found)))
    figures = {}
    for name, row in rows.items():
        value = values.get(name)
        figures[name] = {"value": None if value == float("inf") else value, **row}
    return {**equations, "figures": figures}


def _equations(found: programme.Programme) -> dict[str, Any]:
    rows = found.rules["criteria"]
    texts = {name: found.system.text(name) for name in _closure(found, [p for rule in criteria_of(found) for p in _parts(rule)])}
    return {"equations": Kept(texts), "positive": Kept({row["id"]: row["positive"] for row in rows if "positive" in row})}


def _leaf_rows(found: programme.Programme) -> dict[str, dict[str, Any]]:
    stated = {spec["symbol"]: ("entry", spec) for spec in found.rules.get("entry", {}).values()}
    stated |= {name: (kind, spec) for kind in ("facts", "constants", "tables") for name, spec in found.rules.get(kind, {}).items()}
    made = _equations(found)
    leaves = {leaf for name in made["equations"] for leaf in found.system.given_below(name)} | set(made["positive"].values())
    return {
        name: {
            "unit": found.system.units.get(name) or programme.OUTCOMES.get(name),
            "label": stated[name][1]["label"] if name in stated else {},
            "kind": stated[name][0] if name in stated else "outcome",
        }
        for name in sorted(leaves)
    }


def chances(project: Project, i: int, entry: Mapping[str, Any], outcome: Mapping[str, Any], drawn: Mapping[str, Any]) -> dict[str, Any]:
    """Test each criterion of a programme on results that are arrays, one number for each draw.

    Parameters
    ----------
    project, i, entry
        As for `judge`.
    outcome : mapping
        Results as `judge` was given them.
    drawn : mapping
        Those of them that are uncertain, as arrays.

    Returns
    -------
    dict
        Criterion id -> whether it passes, an array or, where it rests on nothing that was drawn, one answer; None where a fact is missing.
    """
    import numpy as np

    found = programme.load(entry["id"], entry.get("at"))
    if found is None:
        return {}
    values = _known(project, found, entry, ("programmes", i), outcome, {}).values
    _suppose(project, found, values, ("programmes", i))
    values |= drawn
    answers: dict[str, Any] = {}
    for rule in criteria_of(found):
        row, parts = rule.row, _parts(rule)
        if rule.given - values.keys():
            answers[row["id"]] = None
            continue
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            out = run(found.system.statements(_closure(found, parts)), values, Sizes(0, {}), "numpy")
            passed = out[rule.test] if rule.test else _COMPARE[row["compare"]](out[rule.value], out[rule.threshold])
        if "positive" in row:
            passed = np.logical_and(passed, values[row["positive"]] > 0)
        answers[row["id"]] = passed
    return answers


def rests_on(entry: Mapping[str, Any], names: Iterable[str]) -> bool:
    """Tell whether a criterion of a programme uses one of these results."""
    found = programme.load(entry["id"], entry.get("at"))
    return found is not None and any(set(names) & set(used) for used in found.system.uses.values())


def _dossier(found: programme.Programme, criteria: Sequence[Mapping[str, Any]]) -> list[Kept]:
    """List the papers of the application, each as far along as the criteria it proves.

    ``met`` when all of them pass, ``not-met`` when one fails, else ``missing``: a fact is not known yet, or the paper
    proves no criterion (a letter) and the file cannot tell whether it is written.
    """
    verdicts = {c["id"]: c["verdict"] for c in criteria}
    rows = []
    for paper in found.rules.get("dossier", []):
        answers = {verdicts[id_] for id_ in paper["criteria"]}
        status = "not-met" if "fail" in answers else "met" if answers == {"pass"} else "missing"
        rows.append(found.system.once(("paper", paper["id"], status), _paper, paper, status))
    return rows


def _paper(paper: Mapping[str, Any], status: str) -> Kept:
    return Kept({**{k: paper[k] for k in ("id", "label")}, "status": status, **{k: paper[k] for k in ("criteria", "cite", "confidence")}})


def _no_call(project: Project, entry: Mapping[str, Any], path: tuple[str | int, ...]) -> tuple[dict[str, Any], list[Finding]]:
    id_ = entry["id"].partition("@")[0]
    rows = programme.index(id_)["versions"]
    spans = ", ".join(f"{v['version']} ({v['in_force']['from']} to {v['in_force'].get('to', 'open')})" for v in rows)
    note = Finding(
        "CC411",
        "warning",
        f"no rules of {id_} are known for {entry['at']}",
        f"known: {spans}; name one as `{id_}@{rows[-1]['version']}` to test against it all the same",
        project.place(*path, "at"),
    )
    head = programme.index(id_)
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
        "timeline": [],
    }
    return answer, [note]


def _date(project: Project, raw: Any, path: tuple[str | int, ...]) -> float:
    try:
        return float(date.fromisoformat(str(raw)).toordinal())
    except ValueError:
        raise Invalid([Finding("CC113", "error", f"'{raw}' is not a date", "write it as `2025-09-30`", project.place(*path))]) from None


def _known(
    project: Project,
    found: programme.Programme,
    entry: Mapping[str, Any],
    path: tuple[str | int, ...],
    outcome: Mapping[str, Any],
    shared: Mapping[str, Any],
) -> Known:
    rules = found.rules
    known = Known(dict(outcome), {}, {}, {}, {}, [])
    values, faults = known.values, list[Finding]()
    if entry.get("at"):
        values["at"] = _date(project, entry["at"], (*path, "at"))
    asked = rules.get("entry", {})
    for name in entry:
        if name not in asked and name not in _OWN_KEYS:
            faults.append(
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
                faults.append(Finding(bad.code, "error", f"`{name}`: {bad.message}", bad.help, project.place(*path, name)))
        if "instead_factor" in spec and entry.get(spec["instead_factor"]["key"]):
            faults += _instead(project, name, spec, entry, path, known)
    own = entry.get("facts") or {}
    known_facts = rules.get("facts", {})
    for name, raw in ({n: v for n, v in shared.items() if n in known_facts} | own).items():
        here = (*path, "facts", name) if name in own else ("facts", name)
        if name not in known_facts:
            faults.append(
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
                faults += bad.findings
                continue
            if name in outcome and outcome[name] != values[name]:
                message = f"`{name}` is {_plain(raw)}, and the methodology says {_plain(outcome[name])}"
                faults.append(Finding("CC415", "error", message, "delete the fact, or take another methodology", project.place(*here)))
    for name, spec in known_facts.items():
        if "list" in spec and name not in values:
            _from_list(name, found.meta["lists"][spec["list"]], project.country, known)
    _rules(found, known)
    faults += _own_rules(project, found, entry, path, known)
    if faults:
        raise Invalid(faults)
    return known


def _rules(found: programme.Programme, known: Known) -> None:
    """Take the constants and tables of the programme; one whose value no text tells stays missing."""
    read = found.system.once("numbers", _numbers, found)
    known.values.update(read.values)
    known.doubts.update(read.doubts)
    known.conflicts.update({name: list(texts) for name, texts in read.conflicts.items()})
    known.others.update({name: list(rows) for name, rows in read.others.items()})


def _numbers(found: programme.Programme) -> Known:
    known = Known({}, {}, {}, {}, {}, [])
    for name, spec in found.rules.get("constants", {}).items():
        known.doubts[name] = spec["confidence"]
        if spec.get("conflict"):
            known.conflicts[name] = [spec["conflict"]]
        if spec["value"] is not None:
            known.values[name] = _constant(spec["value"], spec["unit"])
            for other in spec.get("others", ()):
                known.others.setdefault(name, []).append((_constant(other["value"], spec["unit"]), f"{other['value']} by {other['source']}"))
    for name, spec in found.rules.get("tables", {}).items():
        known.doubts[name] = spec["confidence"]
        if spec.get("conflict"):
            known.conflicts[name] = [spec["conflict"]]
        known.values[name] = _table(spec["steps"], spec["unit"])
    for name, spec in found.rules.get("equations", {}).items():
        known.doubts[name] = spec["confidence"]
    return known


def _constant(raw: Any, unit: str) -> float:
    if unit == "day" and isinstance(raw, str) and raw[4:5] == "-":
        return float(date.fromisoformat(raw).toordinal())
    return units.read_quantity(raw, unit).value


def _table(steps: Mapping[str, Any], unit: str) -> list[tuple[float, float]]:
    rows = sorted((float(start), units.read_quantity(value, unit).value) for start, value in steps.items())
    if not rows or rows[0][0] > 0:
        raise ValueError("the steps do not begin at 0")
    return rows


def _own_rules(project: Project, found: programme.Programme, entry: Mapping[str, Any], path: tuple[str | int, ...], known: Known) -> list[Finding]:
    """Take the constants and tables that the user has read in the guideline of the call, each with its source."""
    faults = []
    stated = entry.get("rules") or {}
    rules = {**found.rules.get("constants", {}), **found.rules.get("tables", {})}
    for name, own in stated.items():
        here = (*path, "rules", name)
        if name not in rules:
            help_ = did_you_mean(name, rules) or "rules: " + ", ".join(rules)
            faults.append(Finding("CC405", "error", f"{found.id} {found.version} has no rule `{name}`", help_, project.place(*here, key=True)))
            continue
        part = "steps" if name in found.rules.get("tables", {}) else "value"
        if not isinstance(own, dict) or set(own) != {part, "source"} or not own["source"] or (part == "steps" and not isinstance(own[part], dict)):
            form = "{steps: {0: 50 %}, source: …}" if part == "steps" else "{value: …, source: …}"
            message = f"the rule `{name}` needs its {part} and the text it was read in"
            faults.append(Finding("CC414", "error", message, f"write `{name}: {form}`", project.place(*here)))
            continue
        try:
            read = _table if part == "steps" else _constant
            known.values[name] = read(own[part], rules[name]["unit"])
        except (units.UnitError, ValueError) as bad:
            code, help_ = (bad.code, bad.help) if isinstance(bad, units.UnitError) else ("CC113", "write it as `carboncalc explain` shows it")
            faults.append(Finding(code, "error", f"`{name}`: {getattr(bad, 'message', bad)}", help_, project.place(*here, part)))
            continue
        known.doubts[name] = "secondary"  # read by the user, not by us
        known.others.pop(name, None)
        known.conflicts.pop(name, None)
        known.stated[name] = str(own["source"])
    return faults


def _from_list(name: str, listed: Mapping[str, Any], country: str, known: Known) -> None:
    """Take a date from a list by country; a country that the list has not has no such day, one without a day is not known."""
    row = listed["rows"].get(country)
    if row is None:
        known.values[name] = float("inf")
        return
    known.doubts[name] = row.get("confidence", listed["confidence"])
    if row["value"] is None:
        return
    known.values[name] = _constant(row["value"], "day")
    for other in row.get("others", ()):
        known.others.setdefault(name, []).append((_constant(other["value"], "day"), f"{other['value']} by {other['source']}"))


def _instead(
    project: Project, name: str, spec: Mapping[str, Any], entry: Mapping[str, Any], path: tuple[str | int, ...], known: Known
) -> list[Finding]:
    """Take a value from the factor library by its class; where the file states both, the two must agree."""
    key = spec["instead_factor"]["key"]
    id_ = spec["instead_factor"]["id"].replace("{" + key + "}", str(entry[key]))
    try:
        choice = factors.choose(id_)
    except factors.NoFactor as bad:
        start = id_.rpartition(".")[0] + "."
        names = [f[len(start) :] for f in factors.topic(id_.split(".")[0]) if f.startswith(start)]
        help_ = did_you_mean(str(entry[key]), names) or "known: " + ", ".join(names)
        return [Finding(bad.code, "error", f"there is no {key} '{entry[key]}'", help_, project.place(*path, key))]
    value, symbol = units.convert(choice.value, choice.unit, spec["unit"]), spec["symbol"]
    record = factors.entry(choice.id) or {}
    rows = record["values"]
    spans = [(r.get("range") or (r["value"], r["value"])) for r in rows if r["value"] is not None]
    if symbol in known.values:
        if not any(
            units.convert(a, choice.unit, spec["unit"]) <= known.values[symbol] <= units.convert(b, choice.unit, spec["unit"]) for a, b in spans
        ):
            known_lives = " or ".join(f"{a:g}" if a == b else f"{a:g} to {b:g}" for a, b in spans)
            message = f"`{name}` is {known.values[symbol]:g} {spec['unit']}, and the {key} '{entry[key]}' has {known_lives}"
            return [
                Finding("CC416", "error", message, f"keep `{name}` or `{key}`, or take the class of the final product", project.place(*path, name))
            ]
    else:
        known.values[symbol] = value
        known.doubts[symbol] = choice.confidence
        for row in rows:
            if row["value"] is not None and row["value"] != choice.value:
                said = f"{row['value']:g} {row['unit']} by the method {row['method']}"
                known.others.setdefault(symbol, []).append((units.convert(row["value"], row["unit"], spec["unit"]), said))
    told = "; ".join(t["en"] for t in (record.get("note"), choice.conflict) if t)
    if told:
        message = f"{key} {entry[key]}: {value:g} {spec['unit']} ({choice.confidence}); {told}"
        known.findings.append(
            Finding(
                "CC417", "info", message, "the class is that of the final product of the plant served, not of the machine", project.place(*path, key)
            )
        )
    return []


def _plain(raw: Any) -> str:
    return {True: "true", False: "false"}.get(raw, str(raw)) if isinstance(raw, bool) else str(raw)


def _choices(found: programme.Programme, name: str) -> dict[str, Mapping[str, Any]]:
    """Return the rows that a text may be taken from; factors of the library may be rows too."""
    return found.system.once(("choices", name), _listed, found, name)


def _listed(found: programme.Programme, name: str) -> dict[str, Mapping[str, Any]]:
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
        if not computed.get(name):
            continue
        stated = [f for f in row["of"] if (entry.get("facts") or {}).get(f) is not None]
        if stated and supposed.isdisjoint(found.system.given_below(name)):
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
            findings.append(Finding("CC428", "warning", about + words, f"{c['fix'].get('en', '')} ({c['cite']})", project.place(*path)))
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


def criteria_of(found: programme.Programme) -> list[Rule]:
    """Return the criteria of a programme, made ready once for all projects."""
    return found.system.once("criteria", lambda: [_rule(found, row) for row in found.rules["criteria"]])


def _rule(found: programme.Programme, row: Mapping[str, Any]) -> Rule:
    named = {part: programme.key(row["id"], part) for part in ("value", "threshold", "test") if part in row}
    conditions = tuple(programme.key(row["id"], f"applies{j}") for j in range(len(row.get("applies", ()))))
    needs = {name: frozenset(found.system.given_below(name)) for name in (*named.values(), *conditions)}
    unknown = {
        "id": row["id"], "label": row["label"], "required": row.get("required", True), "verdict": "unknown", "value": None, "threshold": None,
        "compare": row.get("compare"), "unit": row.get("unit"), "margin": None, "cite": row["cite"],
        "confidence": row["confidence"], "missing": [],
        "why": row.get("why", {}), "fix": row.get("fix", {}), "paper": row.get("paper"), "count": row.get("count", False),
        "item": None,
    }  # fmt: skip
    return Rule(
        row, named.get("value", ""), named.get("threshold", ""), named.get("test", ""), conditions, needs,
        frozenset().union(*(needs[n] for n in named.values())), frozenset().union(*(needs[n] for n in conditions)),
        {name: _asked(found, name) for given in needs.values() for name in given},
        tuple(sorted({u for name in named.values() for u in found.system.below(name)})), unknown,
    )  # fmt: skip


def _parts(rule: Rule) -> list[str]:
    return [name for name in (rule.value, rule.threshold, rule.test) if name]


def _lacking(found: programme.Programme, values: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return by criterion what nobody gave, as the file would state it; where it is not clear whether a criterion applies, that is the first question."""
    known = frozenset(found.system.once("given", _given, found) & values.keys())
    return found.system.once(("lacking", known), _lacks, found, known)


def _lacks(found: programme.Programme, known: frozenset[str]) -> dict[str, list[str]]:
    return {rule.row["id"]: sorted({rule.asks[n] for n in (rule.deciding - known or rule.given - known)}) for rule in criteria_of(found)}


def _criterion(
    found: programme.Programme, rule: Rule, values: Mapping[str, Any], out: Mapping[str, Any], lacking: Mapping[str, list[str]]
) -> dict[str, Any]:
    """Answer one criterion; a value it needs and nobody gave makes it unknown, never a no."""
    row = rule.row
    value, threshold = out.get(rule.value), out.get(rule.threshold)
    answer = {**rule.unknown, "missing": lacking[row["id"]]}
    if rule.conditions and any(out.get(name) is False for name in rule.conditions):
        return {**answer, "verdict": "pass", "threshold": _shown(threshold, row), "missing": [], "applies": False}
    if not answer["missing"] and "positive" in row and values[row["positive"]] <= 0:
        return {**answer, "verdict": "fail", "threshold": threshold}  # nothing is reduced: no price per tonne exists
    answer["value"], answer["threshold"] = _shown(value, row), _shown(threshold, row)
    if isinstance(value, str) and "choices" in found.rules.get("facts", {}).get(row["value"], {}):
        item = _choices(found, row["value"])[value]
        answer["item"] = factors.label(item["factor"]) if "factor" in item else item["label"]
    if answer["missing"]:
        return answer
    if rule.test:
        passed = bool(out[rule.test])
        answer["value"] = passed if value is None else answer["value"]
    else:
        assert value is not None and threshold is not None
        passed = _COMPARE[row["compare"]](value, threshold)
        if abs(value) != float("inf"):
            answer["margin"] = threshold - value if row["compare"].startswith("<") else value - threshold
    answer["verdict"] = "pass" if passed else "fail"
    return answer


def _sure(found: programme.Programme, rules: Sequence[Rule], answers: Sequence[dict[str, Any]], known: Known) -> None:
    """Say how sure each answer is, and what other sources say; most rest on what the programme alone decides, the same for all projects."""
    plain = found.system.once("sure", _sure_of_itself, found, rules)
    special = {n for n, _ in known.doubts.items() - found.system.once("numbers", _numbers, found).doubts.items()} | known.others.keys()
    for rule, answer, (confidence, conflicts) in zip(rules, answers, plain, strict=True):
        if known.stated or not special.isdisjoint(rule.used):
            confidence, conflicts = _surety(found, rule, answer, known)
        if known.stated:
            answer["cite"] = "; ".join([answer["cite"], *(f"{u} as stated: {known.stated[u]}" for u in rule.used if u in known.stated)])
        answer["confidence"], answer["conflicts"] = confidence, conflicts


def _sure_of_itself(found: programme.Programme, rules: Sequence[Rule]) -> list[tuple[str, list[str]]]:
    known = _numbers(found)._replace(others={})
    return [_surety(found, rule, {}, known) for rule in rules]


def _surety(found: programme.Programme, rule: Rule, answer: Mapping[str, Any], known: Known) -> tuple[str, list[str]]:
    """Return how sure an answer is: no surer than the least sure value it rests on, and conflicting when another source's value changes it."""
    doubts = {rule.row["confidence"], *(known.doubts[u] for u in rule.used if u in known.doubts)}
    conflicts = [text for u in rule.used if u in known.conflicts for text in known.conflicts[u]]
    for name in (u for u in rule.used if u in known.others):
        for value, text in known.others[name]:
            values = {**known.values, name: value}
            other = _criterion(found, rule, values, _compute(found, values, [rule]), _lacking(found, values))["verdict"]
            changes = other != answer["verdict"] and answer.get("applies", True)
            doubts |= {"conflicting"} if changes else set()
            conflicts.append(f"{name}: {text}" + (f"; the answer would then be {other}" if changes else ""))
    return max(doubts, key=methodology.CONFIDENCE.index), conflicts


def _compute(found: programme.Programme, values: Mapping[str, Any], rules: Sequence[Rule]) -> dict[str, Any]:
    """Compute every part of some criteria, and every contradiction, that has what it needs."""
    nothing = frozenset(r.value for r in rules if "positive" in r.row and values.get(r.row["positive"], 1.0) <= 0)
    known = frozenset(found.system.once("given", _given, found) & values.keys())
    key = ("program", known, nothing, rules[0].row["id"] if len(rules) == 1 else "")
    return run(found.system.once(key, _program, found, rules, known, nothing), values, Sizes(0, {}))


def _given(found: programme.Programme) -> frozenset[str]:
    return frozenset(n for n in found.system.units if n not in found.system.uses)


def _program(found: programme.Programme, rules: Sequence[Rule], known: frozenset[str], nothing: frozenset[str]) -> list[Statement]:
    names = [name for rule in rules for name, needed in rule.needs.items() if needed <= known and name not in nothing]
    contradictions = [programme.key(row["id"], "contradiction") for row in found.rules.get("contradictions", [])]
    names += [n for n in contradictions if known.issuperset(found.system.given_below(n))]
    return found.system.statements(_closure(found, names))


def _shown(value: Any, row: Mapping[str, Any]) -> Any:
    if not isinstance(value, float):
        return value
    if row.get("unit") == "day" and 600_000 < value < float("inf"):
        return date.fromordinal(int(value)).isoformat()
    return None if abs(value) == float("inf") else value


def _asked(found: programme.Programme, name: str) -> str:
    """Name what is missing as the file would state it: a group comes with its text, a value that no text tells stands under `rules:`."""
    if name in found.rules.get("constants", {}):
        return f"rules.{name}"
    fact = name.removesuffix("_group")
    return fact if fact in found.rules.get("facts", {}) else name


def _closure(found: programme.Programme, names: list[str]) -> list[str]:
    return list(dict.fromkeys(n for name in names for n in (name, *found.system.below(name)) if n in found.system.uses))

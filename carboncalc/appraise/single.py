"""One project from start to end: file, estimate, money, programmes, result."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from .. import eligibility, factors, finance, library, methodology, programme, project
from ..estimation import Estimate, estimate, of_money, of_project
from ..estimation.running import MAX_CELLS, too_many
from ..estimation.summing import by_gas, by_origin, by_year, rests_on, total
from ..findings import MOST, Finding, Invalid, did_you_mean, error
from ..result import FORMAT, Cells, Kept, Later, Parts, Result

if TYPE_CHECKING:
    from ..uncertainty.drawing import Plan

VERSION = "0.1.0"
#: what limits an input, for those who edit it elsewhere
_BOUNDS: tuple[str, ...] = ("min", "max", "count")


def appraise_project(document: library.Document, plan: "Plan | None" = None) -> Result:
    """Appraise a project; see `carboncalc.appraise.appraise`."""
    found = project.load(document)
    tree = _appraised(found, plan)
    if "scenarios" in found.data:
        from .. import scenarios  # few files have any

        needed = (1 + len(found.data["scenarios"])) * (sum(len(c.places) for c in tree["steps"]) + len(tree["quantities"]))
        if needed > 10 * MAX_CELLS:
            words = f"the scenarios need {needed:_} numbers; the most is {10 * MAX_CELLS:_}".replace("_", " ")
            raise error("CC145", words, "keep some of the scenarios in another file", found.place("scenarios", key=True))
        tree["scenarios"] = [_scenario(id_, title, other, plan, tree["findings"]) for id_, title, other in scenarios.overlays(document)]
    return Result(tree)


def _scenario(id_: str, title: str, document: library.Document, plan: "Plan | None", known: list[dict[str, Any]]) -> dict[str, Any]:
    """Appraise a scenario like any project, and keep what is compared, and the findings that the file as it stands has not."""
    try:
        tree = _appraised(project.load(document), plan)
    except Invalid as bad:
        raise Invalid([f._replace(message=f"scenario '{id_}': {f.message}") for f in bad.findings]) from None
    kept = {k: tree[k] for k in ("gwp", "totals", "years", "finance", "programmes", "uncertainty")}
    return {
        "id": id_, "title": title, "conservative": tree["project"]["conservative"], **kept, "findings": [f for f in tree["findings"] if f not in known],
    }  # fmt: skip


def _appraised(found: project.Project, plan: "Plan | None") -> Parts:
    estimates = estimate_all(found, project.measures(found))
    years = estimates[0][1].years
    if len(estimates) > 1:
        years = by_year([t for _, e in estimates for t in e.terms], found.first_year, found.years)
    n = len(years)
    totals = role_totals(years)
    totals["reduction_per_year"] = totals["reduction"] / n
    findings = [f for _, e in estimates for f in e.findings] + doubts(found, estimates) + unused(found, [e for _, e in estimates])
    money = finance.assess(found, totals["reduction_per_year"])
    if money:
        findings += money.findings
    programmes = _programmes(found, [e for _, e in estimates], totals, n, money, findings)
    findings += of_money(found)
    credits = finance.allocate(found, years, (c for _, e in estimates for c in e.cells), programmes)
    findings += credits.findings if credits else []
    uncertainty = None
    if plan or "correlations" in found.data:
        from .. import simulation

        simulation.check(found, estimates, money)
    if plan:
        case = simulation.Case(found, estimates, totals, money, programmes, lambda t, m: _outcome(found, [e for _, e in estimates], t, n, m))
        uncertainty, notes = simulation.simulate(case, plan)
        findings += notes
    tree = _tree(found, estimates, years, totals, money, credits, programmes, uncertainty, findings)
    if not _clear(tree, estimates, money, credits):
        refuse_infinite(found, tree)
    return tree


def estimate_all(found: project.Project, measures: Sequence[project.Measure], kind: str = "methodology") -> list[tuple[str, Estimate]]:
    """Estimate every measure; faults of all of them are reported together."""
    estimates, faults, size = list[tuple[str, Estimate]](), list[Finding](), 0
    for measure in measures:
        if len(faults) > MOST:
            break
        try:
            method = methodology.load(measure.methodology, kind)
        except Invalid as bad:
            faults += [f if f.place.file else f._replace(place=found.place(*measure.named_at)) for f in bad.findings]
            continue
        try:
            e = estimate(found, method, measure)
            size += sum(len(c.places) for c in e.cells) + len(e.binding.quantities)
            if size > MAX_CELLS:
                raise too_many(found, size, measure)
            estimates.append((measure.id, e))
        except Invalid as bad:
            faults += bad.findings
    if faults:
        raise Invalid(faults)
    return estimates


def doubts(found: project.Project, estimates: Sequence[tuple[str, Estimate]]) -> list[Finding]:
    """Tell what looks wrong in a measure as a whole: its years, its size, and that it changes nothing."""
    findings = []
    for measure, (_, e) in zip(project.measures(found), estimates, strict=True):
        findings += of_project(found, e.binding, e.years, measure.inputs_at)
    return findings


def role_totals(years: list[dict[str, Any]]) -> dict[str, float]:
    return {role: total(r[role] for r in years) for role in ("baseline", "project", "leakage", "reduction", "reduction_energy")}


def unused(found: project.Project, estimates: list[Estimate]) -> list[Finding]:
    """Warn of factors that the file states and no measure uses."""
    used = {key for e in estimates for key in e.binding.overrides}
    asked = [q["factor"].removesuffix(f".{found.country}") for e in estimates for q in e.binding.quantities if q["factor"]]
    return [
        Finding(
            "CC306",
            "warning",
            f"the factor `{key}` is given but nothing here uses it",
            did_you_mean(key, asked) or "factors used here: " + ", ".join(dict.fromkeys(asked)),
            found.place("factors", key, key=True),
        )
        for key in found.data.get("factors") or {}
        if key not in used
    ]


def _programmes(
    found: project.Project, estimates: list[Estimate], totals: Mapping[str, float], n: int, money: finance.Finance | None, findings: list[Finding]
) -> list[dict[str, Any]]:
    entries = found.data.get("programmes", [])
    if not entries:
        return []
    outcome = _outcome(found, estimates, totals, n, money)
    answers: dict[int, dict[str, Any]] = {}
    faults = []
    for i in sorted(range(len(entries)), key=lambda i: not programme.is_mandate(entries[i]["id"])):  # what the law orders anyway is asked first
        try:
            answers[i], notes = eligibility.judge(found, i, entries[i], outcome)
        except Invalid as bad:
            faults += bad.findings
            if len(faults) > MOST:
                break
            continue
        if answers[i]["check"] == "mandate" and answers[i]["verdict"] == "not-eligible":
            outcome |= {"mandated": True, "mandated_by": f"{answers[i]['id']} {answers[i]['version']}"}
        findings += notes
    if faults:
        raise Invalid(faults)
    return [answers[i] for i in range(len(entries))]


def _outcome(found: project.Project, estimates: list[Estimate], totals: Mapping[str, Any], n: int, money: finance.Finance | None) -> dict[str, Any]:
    """Return the results that rules may use, by the names of `programme.OUTCOMES`; arrays when the totals are arrays."""
    outcome = balance(found, totals, n) | _solar(estimates)
    if money:
        outcome |= _money_outcome(found, money)
    return outcome


def balance(found: project.Project, totals: Mapping[str, Any], n: int) -> dict[str, Any]:
    """Return what rules may use of any balance over n years, of a project or a park."""
    return {
        "country": found.country, "first_year": float(found.first_year), "years": float(n),
        "reduction_per_year": totals["reduction_per_year"], "reduction_total": totals["reduction"],
        "reduction_energy_per_year": totals["reduction_energy"] / n, "reduction_energy_total": totals["reduction_energy"],
        "baseline_per_year": totals["baseline"] / n, "project_per_year": totals["project"] / n,
    }  # fmt: skip


def _solar(estimates: list[Estimate]) -> dict[str, bool]:
    """Tell whether solar power is made; a methodology for any renewable power does not tell."""
    measures = [str(e.methodology.meta.get("measure", {}).get("en", "")) for e in estimates]
    if any(m.startswith("solar power") for m in measures):
        return {"solar_power": True}
    return {} if any(m.startswith("renewable power") for m in measures) else {"solar_power": False}


def _money_outcome(found: project.Project, money: finance.Finance) -> dict[str, Any]:
    """Return the finance results that rules may use, in JPY; a payback that does not exist is longer than any limit."""
    rate = finance.Money(found, "JPY").rate(money.currency, ("finance", "currency")) if money.currency != "JPY" else 1.0
    v = money.values
    outcome: dict[str, Any] = {name: v[name] * rate for name in ("investment", "eligible_investment") if name in v}
    outcome["net_benefit_first_year"] = money.block["net_benefit_first_year"] * rate
    for suffix in ("", "_subsidised"):
        if v.get(f"present_value{suffix}") is not None:
            outcome[f"present_value{suffix}"] = v[f"present_value{suffix}"] * rate
        if v.get(f"return_rate{suffix}") is not None:
            outcome[f"return_rate{suffix}"] = v[f"return_rate{suffix}"]
    columns = {"payback": "without_subsidy", "payback_subsidised": "with_subsidy"}
    for name, column in columns.items():
        if money.block[column] is not None:
            years = money.block[column]["payback_years"]
            outcome[name] = float("inf") if years is None else years
    return {k: x for k, x in outcome.items() if k in programme.OUTCOMES}


def _tree(
    found: project.Project,
    estimates: list[tuple[str, Estimate]],
    years: list[dict[str, Any]],
    totals: dict[str, float],
    money: finance.Finance | None,
    credits: finance.Credits | None,
    programmes: list[dict[str, Any]],
    uncertainty: dict[str, Any] | None,
    findings: list[Finding],
) -> Parts:
    many = "measures" in found.data
    first = estimates[0][1]
    terms = [t for _, e in estimates for t in e.terms]

    @cache
    def rows() -> tuple[list[Cells], list[dict[str, Any]], dict[str, Any]]:
        cells, quantities, symbols = list[Cells](), list[dict[str, Any]](), dict[str, Any]()
        for id_, e in estimates:
            gather(e, id_ if many else "", cells, quantities, symbols)
        for more in (money, credits):
            if more:
                cells, quantities, symbols = cells + more.cells, quantities + more.quantities, symbols | more.symbols
                symbols |= {u: _BUILT_IN[u] for c in more.cells for u in c.shared["uses"] if u in _BUILT_IN}
        name_factors(quantities, symbols)
        return cells, quantities, symbols

    def choices() -> dict[str, Any]:
        return {word: name for _, e in estimates for word, name in chosen(e).items()}

    findings = library.suppress(found.document, list(dict.fromkeys(findings)))
    return Parts(
        {
            "carboncalc": FORMAT,
            "version": VERSION,
            "project": heading(found),
            "methodology": None if many else method_row(first.methodology),
            "measures": [
                {
                    "id": id_,
                    "methodology": method_row(e.methodology),
                    "totals": role_totals(e.years),
                }
                for id_, e in estimates
            ]
            if many
            else None,
            "gwp": found.gwp,
            "years": years,
            "totals": totals,
            "by_gas": Later(by_gas, (terms,)),
            "by_origin": Later(by_origin, (terms,)),
            "rests_on": Later(rests_on, (terms,)),
            "steps": Later(lambda: rows()[0]),
            "quantities": Later(lambda: rows()[1]),
            "symbols": Later(lambda: rows()[2]),
            "choices": Later(choices),
            "applicability": Later(lambda: [row for _, e in estimates for row in conditions(e)]),
            "uncertainty": uncertainty,
            "finance": money.block if money else None,
            "credits": credits.block if credits else None,
            "programmes": programmes,
            "findings": [f.to_dict() for f in findings],
            "input": found.data,
            "scenarios": None,
        }
    )


def heading(found: project.Project) -> dict[str, Any]:
    """Return what a result says first of a project or a park."""
    return {
        "id": found.id, "title": found.title, "country": found.country, "region": found.region or None, "first_year": found.first_year,
        "years": found.years, "conservative": found.conservative,
    }  # fmt: skip


def _clear(tree: Parts, estimates: list[tuple[str, Estimate]], money: finance.Finance | None, credits: finance.Credits | None) -> bool:
    """Tell that all numbers are finite from those that the others are made of; most files need no closer look, which would make every part.

    No sum by year, role, gas or origin is larger than all terms together, and the equations of money refuse what is not finite.
    """
    cells = [c for _, e in estimates for c in e.cells]
    rows = [q for _, e in estimates for q in e.binding.quantities if q.__class__ is not Kept]  # what the library alone decides is finite
    for more in (money, credits):
        if more:
            cells, rows = cells + more.cells, rows + more.quantities
    numbers = [n for q in rows for n in (q["value"], *(q["range"] or ())) if n.__class__ not in _COUNTED]
    answers = [c for p in tree["programmes"] for c in p["criteria"]]
    numbers += [n for c in answers for n in (c["value"], c["threshold"], c["margin"]) if n.__class__ not in _COUNTED]
    return (
        sum([abs(a) for _, e in estimates for t in e.terms for a in t.amounts]) < 1e300
        and _finite([v for c in cells for v in c.values])
        and _finite(numbers)
        and _finite(tree["credits"])
        and _finite(tree["uncertainty"])
    )


def refuse_infinite(found: project.Project, tree: Mapping[str, Any]) -> None:
    """Refuse a result that holds a number no format can write: an amount so large that a step, an interval or a sum overflows.

    Raises
    ------
    Invalid
        CC220, with the quantity or the part of the result.
    """
    own = [n for q in tree["quantities"] if q.__class__ is not Kept for n in (q["value"], q["range"])]  # what the library alone decides is finite
    if _finite([v for c in tree["steps"] for v in c.values]) and _finite(own):
        verdicts = [c[k] for p in tree["programmes"] for c in p["criteria"] for k in ("value", "threshold", "margin")]
        wrong = [name for name in _NUMBERS if not _finite(tree.get(name))] + ([] if _finite(verdicts) else ["programmes"])
        if not wrong:
            return
        words = f"a number under `{wrong[0]}` of the result is not finite"
    else:
        rows = [(c.name, v) for c in tree["steps"] for v in c.values] + [(q["name"], [q["value"], q["range"]]) for q in tree["quantities"]]
        words = f"{next(name for name, value in rows if not _finite([value]))} or its interval is not a finite number"
    raise error("CC220", words, "check the size and the units of the inputs", found.place("inputs" if "inputs" in found.data else "gwp", key=True))


#: the parts of a result that hold numbers only, beside a few words
_NUMBERS = (
    "totals", "years", "measures", "by_gas", "by_origin", "rests_on", "finance", "credits", "uncertainty", "exchanges", "projects", "park",
)  # fmt: skip


def _finite(value: Any) -> bool:
    """Tell whether every number in lists and mappings is finite: what is not, less itself, is not zero."""
    if value.__class__ is list:
        try:
            sum_ = sum(value)
        except TypeError:  # there are texts, gaps or lists in it
            pass
        else:
            if sum_.__class__ in (float, int) and sum_ - sum_ == 0:  # at once: no sum is finite of which an addend is not
                return True
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, (list, tuple)) else (value,):
        kind = inner.__class__
        if kind is float:
            if inner - inner != 0.0:
                return False
        elif kind not in _COUNTED and (kind is complex or (isinstance(inner, (dict, list, tuple)) and not _finite(inner))):
            return False
    return True


_COUNTED = {str, int, bool, type(None)}


def gather(e: Estimate, mark: str, cells: list[Cells], quantities: list[dict[str, Any]], symbols: dict[str, Any]) -> None:
    """Add the cells, quantities and symbols of an estimate, marked as those of a measure.

    A symbol that another measure uses for something else is kept under ``measure.symbol``.
    """
    cells += [c._replace(measure=mark) for c in e.cells] if mark else e.cells
    quantities += [{**q, "measure": mark} for q in e.binding.quantities] if mark else e.binding.quantities
    for name, row in _symbols(e).items():
        symbols[name if symbols.get(name, row) == row else f"{mark}.{name}"] = row


def name_factors(quantities: Sequence[Mapping[str, Any]], symbols: dict[str, Any]) -> None:
    """Call what the engine itself looked up as the factor library calls it."""
    for q in quantities:
        if q["name"] not in symbols and q["factor"] and (label := factors.label(q["factor"])):
            symbols[q["name"]] = {"label": label, "latex": None, "unit": q["unit"]}


def method_row(found: methodology.Methodology) -> dict[str, Any]:
    meta = found.meta
    return {
        "id": found.id, "version": meta["version"], "title": meta["title"], "confidence": meta["confidence"], "source": meta.get("source"),
        "scheme": meta["publisher"].get("scheme"), "note": meta.get("note"),
    }  # fmt: skip


#: what the engine itself provides, by language
_BUILT_IN = {
    name: Kept({"label": {"en": en, "ja": ja, "vi": vi}, "latex": None, "unit": unit})
    for name, unit, en, ja, vi in (
        ("year", "1", "calendar year", "暦年", "năm dương lịch"),
        ("first_year", "1", "first year of operation", "操業開始年", "năm vận hành đầu tiên"),
        ("years", "1", "years estimated", "推計年数", "số năm ước tính"),
        ("period", "year", "one reporting year", "報告期間（1年）", "kỳ báo cáo một năm"),
    )
}
_UPSTREAM = {
    "en": "savings upstream, outside the fence", "ja": "境界外（上流）の節減量", "vi": "phần tiết kiệm thượng nguồn, ngoài ranh giới",
}  # fmt: skip


def chosen(e: Estimate) -> dict[str, Any]:
    """Return the words of an estimate that were chosen from a list (options, fuels, types of waste), each with its name by language."""
    specs = e.methodology.inputs.values()
    names = {word: label for spec in specs for word, label in spec.get("choices", {}).items()}
    sets = {spec["shares"] for spec in specs if "shares" in spec}
    texts = {name.rpartition(".")[2] for name, spec in e.methodology.inputs.items() if "text" in spec}
    found: dict[str, Any] = {}
    for q in e.binding.quantities:
        words = [q["value"]] if q["name"] in texts else [q["index"][s] for s in sets if s in q["index"]]
        found |= {word: names.get(word) or factors.fuel(word) for word in words}
    return found


def _symbols(e: Estimate) -> dict[str, Kept]:
    """Return label, LaTeX and unit of every symbol that the result names."""
    upstream = bool(e.upstream)
    rows = e.methodology.system.once(("symbols", upstream), _rows, e.methodology, upstream)
    used = {q["name"] for q in e.binding.quantities}
    for c in e.cells:
        used.add(c.name)
        used.update(c.shared["uses"])
    return {n: row for n, row in rows.items() if n in used}


def _rows(found: methodology.Methodology, upstream: bool) -> dict[str, Kept]:
    rows: dict[str, Any] = {}
    for name, spec in found.inputs.items():
        if "text" in spec:
            rows[name.rpartition(".")[2]] = {"label": spec["label"], "latex": None, "unit": None}
        elif "symbol" in spec:
            bounds: dict[str, Any] = {k: spec[k] for k in _BOUNDS if k in spec} | ({"max": 1} if "shares" in spec else {})
            bounds |= {"by_year": True} if spec.get("over") == "year" else {}
            rows[spec["symbol"]] = {"label": spec["label"], "latex": spec.get("latex"), "unit": spec["unit"], **bounds}
            for other in spec.get("instead", []):
                rows[other["symbol"]] = {"label": spec["label"], "latex": other.get("latex"), "unit": other["unit"], **bounds}
    for kind in (found.factors, found.constants, found.equations):
        for name, spec in kind.items():
            rows[name] = {"label": spec.get("label", {}), "latex": spec.get("latex"), "unit": spec.get("unit")}
    if upstream:
        rows["upstream_y"] = {"label": _UPSTREAM, "latex": None, "unit": "tCO2e/year"}
    for role, spec in found.totals.items():
        rows[spec.get("symbol", f"{role}_y")] = {"label": spec.get("label", {}), "latex": spec.get("latex"), "unit": "tCO2e/year"}
    return {n: Kept(row) for n, row in rows.items()} | _BUILT_IN


def conditions(e: Estimate) -> list[dict[str, Any]]:
    failed = {f.message.partition(":")[0] for f in e.findings if f.code == "CC403"}
    rows = []
    for row in e.methodology.applicability:
        answer = "ask" if "ask" in row else ("not-met" if row["label"]["en"] in failed else "met")
        rows.append(
            {
                "id": row["id"],
                "label": row["label"],
                "answer": answer,
                "ask": row.get("ask"),
                "cite": row.get("cite"),
                "confidence": row.get("confidence"),
            }
        )
    return rows

"""One project from start to end: file, estimate, money, programmes, result."""

from collections.abc import Mapping
from typing import Any

from . import eligibility, factors, finance, library, methodology, programme, project
from .estimation import Estimate, estimate
from .estimation.summing import by_gas, by_origin, by_year, rests_on, total
from .findings import Finding, Invalid, did_you_mean
from .result import FORMAT, Result

VERSION = "0.1.0"
#: what limits an input, for those who edit it elsewhere
_BOUNDS: tuple[str, ...] = ("min", "max", "count")


def appraise(document: library.Document) -> Result:
    """Appraise a project.

    Parameters
    ----------
    document : Document
        A parsed project file.

    Returns
    -------
    Result
        Its findings hold what the user should know; there are no errors among them.

    Raises
    ------
    Invalid
        With every fault found, when a number cannot be given.
    """
    found = project.load(document)
    estimates = _estimates(found)
    years = by_year([t for _, e in estimates for t in e.terms], found.first_year, found.years)
    n = len(years)
    totals = _totals(years)
    totals["reduction_per_year"] = totals["reduction"] / n
    findings = [f for _, e in estimates for f in e.findings] + _unused(found, [e for _, e in estimates])
    money = finance.assess(found, totals["reduction_per_year"])
    if money:
        findings += money.findings
    programmes = _programmes(found, totals, n, money, findings)
    return Result(_tree(found, estimates, years, totals, money, programmes, findings))


def _estimates(found: project.Project) -> list[tuple[str, Estimate]]:
    """Estimate every measure; faults of all of them are reported together."""
    estimates, faults = [], []
    for measure in project.measures(found):
        try:
            method = methodology.load(measure.methodology)
        except Invalid as bad:
            faults += [f if f.place.file else f._replace(place=found.place(*measure.named_at)) for f in bad.findings]
            continue
        try:
            estimates.append((measure.id, estimate(found, method, measure)))
        except Invalid as bad:
            faults += bad.findings
    if faults:
        raise Invalid(faults)
    return estimates


def _totals(years: list[dict[str, Any]]) -> dict[str, float]:
    return {role: total(r[role] for r in years) for role in ("baseline", "project", "leakage", "reduction", "reduction_energy")}


def _unused(found: project.Project, estimates: list[Estimate]) -> list[Finding]:
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
    found: project.Project, totals: Mapping[str, float], n: int, money: finance.Finance | None, findings: list[Finding]
) -> list[dict[str, Any]]:
    entries = found.data.get("programmes", [])
    if not entries:
        return []
    outcome: dict[str, Any] = {
        "country": found.country, "first_year": float(found.first_year), "years": float(n),
        "reduction_per_year": totals["reduction_per_year"], "reduction_total": totals["reduction"],
        "reduction_energy_per_year": totals["reduction_energy"] / n, "reduction_energy_total": totals["reduction_energy"],
        "baseline_per_year": totals["baseline"] / n, "project_per_year": totals["project"] / n,
    }  # fmt: skip
    if money:
        outcome |= _money_outcome(found, money)
    answers: dict[int, dict[str, Any]] = {}
    faults = []
    for i in sorted(range(len(entries)), key=lambda i: not programme.is_mandate(entries[i]["id"])):  # what the law orders anyway is asked first
        try:
            answers[i], notes = eligibility.judge(found, i, entries[i], outcome)
        except Invalid as bad:
            faults += bad.findings
            continue
        if answers[i]["check"] == "mandate" and answers[i]["verdict"] == "not-eligible":
            outcome |= {"mandated": True, "mandated_by": f"{answers[i]['id']} {answers[i]['version']}"}
        findings += notes
    if faults:
        raise Invalid(faults)
    return [answers[i] for i in range(len(entries))]


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
    programmes: list[dict[str, Any]],
    findings: list[Finding],
) -> dict[str, Any]:
    many = "measures" in found.data
    first = estimates[0][1]
    terms = [t for _, e in estimates for t in e.terms]
    steps: list[dict[str, Any]] = []
    quantities: list[dict[str, Any]] = []
    symbols: dict[str, Any] = {}
    for id_, e in estimates:
        mark = {"measure": id_} if many else {}
        steps += [{**s, **mark} for s in e.steps] if many else e.steps
        quantities += [{**q, **mark} for q in e.binding.quantities] if many else e.binding.quantities
        own = _symbols(e)
        symbols |= {f"{id_}.{n}": row for n, row in own.items() if symbols.get(n, row) != row}  # a name may mean something else in another measure
        symbols = own | symbols
    if money:
        steps, quantities, symbols = steps + money.steps, quantities + money.quantities, symbols | money.symbols
    for q in quantities:  # what the engine itself looked up is called as the factor library calls it
        if q["name"] not in symbols and (entry := factors.entry(q["factor"] or "")):
            symbols[q["name"]] = {"label": entry["label"], "latex": None, "unit": q["unit"]}
    findings = list(dict.fromkeys(findings))
    return {
        "carboncalc": FORMAT,
        "version": VERSION,
        "project": {
            "id": found.id,
            "title": found.title,
            "country": found.country,
            "region": found.region or None,
            "first_year": found.first_year,
            "years": found.years,
            "conservative": found.conservative,
        },
        "methodology": None if many else _method(first.methodology),
        "measures": [
            {
                "id": id_,
                "methodology": _method(e.methodology),
                "totals": _totals(by_year(e.terms, found.first_year, found.years)),
            }
            for id_, e in estimates
        ]
        if many
        else None,
        "gwp": found.gwp,
        "years": [{k: r[k] for k in ("year", "baseline", "project", "leakage", "reduction", "reduction_energy")} for r in years],
        "totals": totals,
        "by_gas": by_gas(terms),
        "by_origin": by_origin(terms),
        "rests_on": rests_on(terms),
        "steps": steps,
        "quantities": quantities,
        "symbols": symbols,
        "applicability": [row for _, e in estimates for row in _conditions(e)],
        "uncertainty": None,
        "finance": money.block if money else None,
        "programmes": programmes,
        "findings": [f.to_dict() for f in findings],
        "input": found.data,
    }


def _method(found: methodology.Methodology) -> dict[str, Any]:
    meta = found.meta
    return {
        "id": found.id, "version": meta["version"], "title": meta["title"], "confidence": meta["confidence"], "source": meta.get("source"),
        "scheme": meta["publisher"].get("scheme"), "note": meta.get("note"),
    }  # fmt: skip


def _symbols(e: Estimate) -> dict[str, Any]:
    found = e.methodology
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
    for role, spec in found.totals.items():
        rows[spec.get("symbol", f"{role}_y")] = {"label": spec.get("label", {}), "latex": spec.get("latex"), "unit": "tCO2e/year"}
    used = {s["name"] for s in e.steps} | {q["name"] for q in e.binding.quantities} | {u for s in e.steps for u in s["uses"]}
    labels = {"year": "calendar year", "first_year": "first year of operation", "years": "years estimated", "period": "one reporting year"}
    rows |= {n: {"label": {"en": text}, "latex": None, "unit": "year" if n == "period" else "1"} for n, text in labels.items()}
    return {n: rows[n] for n in rows if n in used}


def _conditions(e: Estimate) -> list[dict[str, Any]]:
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

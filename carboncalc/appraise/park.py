"""One park from start to end: exchanges, projects, what counts once, certificates, result."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from .. import eligibility, library, programme, project
from ..estimation import Estimate
from ..estimation.running import Saving
from ..estimation.summing import Term, by_gas, by_origin, by_year, rests_on, series, total
from ..findings import Finding, Invalid, did_you_mean
from ..methodology import ROLES, UPSTREAM
from ..project.park import Exchange, Member, Park, load_park
from ..result import FORMAT, Cells, Result
from .single import (
    VERSION,
    balance,
    chosen,
    conditions,
    doubts,
    estimate_all,
    gather,
    heading,
    method_row,
    name_factors,
    refuse_infinite,
    role_totals,
    unused,
)

#: how the park file names what programmes ask of its enterprises and its land
_ENTERPRISES = {
    "total": "enterprises_total", "recp_with_results": "enterprises_recp", "recp_aware": "enterprises_recp_aware", "iso_certified": "enterprises_iso",
    "symbiosis_plan": "enterprises_symbiosis_plan",
}  # fmt: skip
_LAND = {"total": "land_total", "green_and_shared": "land_green"}


class _Part(NamedTuple):
    """What an exchange or a project adds to the park, in the years of the park."""

    terms: list[Term]
    upstream: list[Term]
    savings: list[Saving]


def appraise_park(document: library.Document) -> Result:
    """Appraise a park; see `carboncalc.appraise.appraise`."""
    park = load_park(document)
    exchanges, members = _estimates(park)
    findings = list(park.notes)
    for exchange, e in exchanges:
        if exchange.why:
            findings.append(exchange.why)
        else:
            findings += [f for f in e.findings if f.code != "CC501"] + _negative(park, exchange, e) + _unstated(park, exchange, e)
    for member, rows in members:
        told = [f for _, e in rows for f in e.findings] + doubts(member.project, rows) + unused(member.project, [e for _, e in rows])
        findings += _of_member(park, member, told)
        findings += _outside(park, member)
    findings += unused(park.base, [e for _, e in exchanges])
    links = [_Part([], [], []) if x.why else _Part(e.terms, e.upstream, e.savings) for x, e in exchanges]
    parts = [_member_part(park, member, rows) for member, rows in members]
    every = links + parts
    whole = _Part([t for p in every for t in p.terms], [t for p in every for t in p.upstream], [s for p in every for s in p.savings])
    years = _years(park, whole)
    totals = _totals(years)
    programmes = _programmes(park, totals, findings)
    cells: list[Cells] = []
    quantities: list[dict[str, Any]] = []
    symbols: dict[str, Any] = {}
    choices: dict[str, Any] = {}
    asked: dict[tuple[Any, ...], dict[str, Any]] = {}
    for mark, e in _marked(exchanges, members):
        gather(e, mark, cells, quantities, symbols)
        choices |= chosen(e)
        asked |= {(row["id"], row["ask"] and row["ask"]["en"], row["cite"]): row for row in conditions(e)}  # many exchanges ask the same
    name_factors(quantities, symbols)
    sums = list(_sums(years, cells))
    symbols |= {c.name: {"label": _TOTALS[c.shared["role"].removeprefix("total-")], "latex": None, "unit": c.shared["unit"]} for c in sums}
    base = park.base
    head = heading(base)
    tree = {
        "carboncalc": FORMAT,
        "version": VERSION,
        "project": head,
        "park": {
            **head, "base_year": park.base_year, "enterprises": park.enterprises, "land": park.land,
            "participants": _participants(x for x in park.exchanges if x.lawful), "savings": _savings(park, whole.savings),
        },
        "methodology": None,
        "measures": None,
        "gwp": base.gwp,
        "years": years,
        "totals": totals,
        "exchanges": [_exchange_row(park, x, e, part) for (x, e), part in zip(exchanges, links, strict=True)],
        "projects": [_member_row(park, m, rows, part) for (m, rows), part in zip(members, parts, strict=True)],
        "by_gas": by_gas(whole.terms),
        "by_origin": by_origin(whole.terms),
        "rests_on": rests_on(whole.terms),
        "steps": [*sums, *cells],
        "quantities": quantities,
        "symbols": symbols,
        "choices": choices,
        "applicability": list(asked.values()),
        "uncertainty": None,
        "finance": None,
        "credits": None,
        "programmes": programmes,
        "findings": [f.to_dict() for f in library.suppress(park.base.document, list(dict.fromkeys(findings)))],
        "input": {**base.data, "projects": [m.project.data for m in park.members]} if park.members else base.data,
    }  # fmt: skip
    refuse_infinite(base, tree)
    return Result(tree)


_Exchanges = Sequence[tuple[Exchange, Estimate]]
_Members = Sequence[tuple[Member, list[tuple[str, Estimate]]]]


def _estimates(park: Park) -> tuple[_Exchanges, _Members]:
    """Estimate every exchange, counted or not, and every project; faults of all of them are reported together."""
    faults: list[Finding] = []
    rows: list[tuple[str, Estimate]] = []
    members = []
    try:
        rows = estimate_all(park.base, [x.measure for x in park.exchanges], "exchange")
    except Invalid as bad:
        faults += bad.findings
    for member in park.members:
        try:
            members.append((member, estimate_all(member.project, project.measures(member.project))))
        except Invalid as bad:
            faults += bad.findings
    if faults:
        raise Invalid(faults)
    return [(x, e) for x, (_, e) in zip(park.exchanges, rows, strict=True)], members


def _marked(exchanges: _Exchanges, members: _Members) -> Iterable[tuple[str, Estimate]]:
    """Name what counts: an exchange or a project by its id, a measure of a project as ``project/measure``."""
    for exchange, e in exchanges:
        if not exchange.why:
            yield exchange.id, e
    for member, rows in members:
        for id_, e in rows:
            yield f"{member.project.id}/{id_}" if id_ else member.project.id, e


# --- what counts --------------------------------------------------------------------------------------------


def _member_part(park: Park, member: Member, rows: list[tuple[str, Estimate]]) -> _Part:
    """Cut a project to the years of the park; a year it does not estimate adds nothing."""
    shift = park.base.first_year - member.project.first_year

    def cut(amounts: list[float]) -> list[float]:
        return [amounts[y + shift] if 0 <= y + shift < len(amounts) else 0.0 for y in range(park.base.years)]

    return _Part(
        [t._replace(amounts=cut(t.amounts)) for _, e in rows for t in e.terms],
        [t._replace(amounts=cut(t.amounts)) for _, e in rows for t in e.upstream],
        [s._replace(amounts=cut(s.amounts)) for _, e in rows for s in e.savings],
    )


def _years(park: Park, part: _Part) -> list[dict[str, Any]]:
    rows = by_year(part.terms, park.base.first_year, park.base.years)
    for row, amount in zip(rows, series(part.upstream, park.base.years), strict=True):
        row["reduction_upstream"] = amount
    return rows


def _totals(years: list[dict[str, Any]]) -> dict[str, float]:
    totals = role_totals(years)
    totals["reduction_upstream"] = total(row["reduction_upstream"] for row in years)
    totals["reduction_per_year"] = totals["reduction"] / len(years)
    return totals


def _savings(park: Park, savings: list[Saving]) -> dict[str, dict[str, Any]]:
    table: dict[str, dict[str, Any]] = {}
    for saving in savings:
        row = table.setdefault(saving.kind, {"unit": saving.unit.removesuffix("/year"), "total": 0.0, "per_year": 0.0})
        row["total"] += total(saving.amounts)
    for row in table.values():
        row["per_year"] = row["total"] / park.base.years
    return table


def _exchange_row(park: Park, exchange: Exchange, e: Estimate, part: _Part) -> dict[str, Any]:
    row = exchange.measure.inputs
    years = _years(park, part)
    return {
        "id": exchange.id, "title": row.get("title"), "kind": exchange.kind, "from": exchange.donor, "to": row.get("to", list(exchange.recipients)),
        "stream": row.get("stream"), "since": exchange.since, "counted": exchange.why is None,
        "why": exchange.why.message.partition("not counted: ")[2] if exchange.why else None, "methodology": method_row(e.methodology),
        "years": years, "totals": _totals(years), "savings": _savings(park, part.savings),
    }  # fmt: skip


def _member_row(park: Park, member: Member, rows: list[tuple[str, Estimate]], part: _Part) -> dict[str, Any]:
    years = _years(park, part)
    many = "measures" in member.project.data
    return {
        "id": member.project.id, "title": member.project.title, "file": member.file, "methodology": None if many else method_row(rows[0][1].methodology),
        "measures": [{"id": id_, "methodology": method_row(e.methodology)} for id_, e in rows] if many else None,
        "years": years, "totals": _totals(years),
    }  # fmt: skip


#: the sums over a park, by role and language
_TOTALS = {
    "reduction": {"en": "reduction of the park", "ja": "工業団地の排出削減量", "vi": "lượng giảm phát thải của khu"},
    "baseline": {"en": "baseline of the park", "ja": "工業団地のベースライン排出量", "vi": "phát thải đường cơ sở của khu"},
    "project": {"en": "project of the park", "ja": "工業団地のプロジェクト排出量", "vi": "phát thải dự án của khu"},
    "leakage": {"en": "leakage of the park", "ja": "工業団地のリーケージ", "vi": "rò rỉ của khu"},
    UPSTREAM: {"en": "savings upstream of the park", "ja": "工業団地の上流における節減量", "vi": "phần tiết kiệm thượng nguồn của khu"},
}


def _sums(years: list[dict[str, Any]], cells: list[Cells]) -> Iterator[Cells]:
    """Yield the sums over exchanges and projects, so that the total of the park can be followed down."""
    for role in ("reduction", *ROLES, UPSTREAM):
        names = list(dict.fromkeys(c.name for c in cells if c.shared["role"] == f"total-{role}"))
        if not names:
            continue
        key = "reduction_upstream" if role == UPSTREAM else role
        shared = {
            "label": _TOTALS[role]["en"], "role": f"total-{role}", "unit": "tCO2e/year",
            "formula": " + ".join(f"sum({name}, member)" for name in names), "uses": names,
            "cite": "exchanges and projects of the park, each once", "confidence": "read",
        }  # fmt: skip
        yield Cells(f"{role}_park", shared, [{"year": row["year"]} for row in years], [row[key] for row in years])


# --- what the reader must know ------------------------------------------------------------------------------


def _unstated(park: Park, exchange: Exchange, e: Estimate) -> list[Finding]:
    """Say which energy of an exchange is taken as zero because nothing is stated, and other doubts of a validator."""
    row = exchange.measure.inputs
    at = park.base.place(*exchange.measure.inputs_at, "id")
    findings = []
    name = f"the exchange '{exchange.id}'"
    if exchange.kind == "steam" and row.get("pumping") is None:
        message = f"{name} states no electricity of pumps: taken as zero"
        findings.append(Finding("CC514", "warning", message, "add `pumping: 40 MWh/year`, or `pumping: 0 MWh/year` where there is none", at))
    if exchange.kind in ("steam", "power") and not row.get("waste_heat") and row.get("extra_fuel_use") is None:
        findings.append(
            Finding(
                "CC515", "warning", f"{name} states no extra fuel of '{exchange.donor}': zero holds for true waste heat only",
                "add `waste_heat: true` where the heat would be lost otherwise, else `extra_fuel:` and `extra_fuel_use:`", at,
            )
        )  # fmt: skip
    if str(row.get("material", "")).strip().lower() in ("co2", "carbon dioxide") and e.binding.values["s"] == 1:
        findings.append(
            Finding(
                "CC516", "warning", f"{name} takes CO2 for sale one for one: it counts only where it displaces CO2 from fossil production",
                "state the part that displaces fossil CO2 under `sub_ratio:`", park.base.place(*exchange.measure.inputs_at, "sub_ratio"),
            )
        )  # fmt: skip
    last = park.base.first_year + park.base.years - 1
    if exchange.since > last:
        findings.append(
            Finding(
                "CC519", "warning", f"{name} begins in {exchange.since}, after the last year {last}: it adds nothing", "lengthen the park, or delete it",
                park.base.place(*exchange.measure.inputs_at, "since"),
            )
        )  # fmt: skip
    return findings


def _negative(park: Park, exchange: Exchange, e: Estimate) -> list[Finding]:
    """Say once in which years an exchange emits more inside the fence than it saves there."""
    rows = [row for row in e.years if row["reduction"] < 0]
    if not rows:
        return []
    worst = min(rows, key=lambda row: float(row["reduction"]))
    message = (
        f"the exchange '{exchange.id}' emits more inside the fence than it saves there, in {len(rows)} of {park.base.years} years: "
        f"{-worst['reduction']:.6g} tCO2e in {worst['year']}"
    )
    help_ = "it counts in the total, nothing is clipped; what it saves outside the fence is shown as upstream"
    return [Finding("CC501", "warning", message, help_, park.base.place(*exchange.measure.inputs_at, "id"))]


def _of_member(park: Park, member: Member, findings: Iterable[Finding]) -> list[Finding]:
    """Point at the park's entry: in its own file a finding of a project is told with its own line, and not twice in a portfolio."""
    where = park.base.place("projects", member.number)
    heard = library.suppress(member.project.document, list(findings))  # what its own file silences stays silent; CC55x are told with that file
    told = [f for f in heard if not f.code.startswith("CC55")]
    return [f._replace(message=f"project '{member.project.id}': {f.message}", place=where) for f in told]


def _outside(park: Park, member: Member) -> list[Finding]:
    """Say which years of a project are not the park's."""
    first, last = park.base.first_year, park.base.first_year + park.base.years - 1
    own_first, own_last = member.project.first_year, member.project.first_year + member.project.years - 1
    if first <= own_first and own_last <= last:
        return []
    outside = "none of them" if own_last < first or own_first > last else f"{max(first, own_first)} to {min(last, own_last)}"
    message = f"the project '{member.project.id}' is estimated from {own_first} to {own_last}; of its years {outside} count in the park"
    where = park.base.place("projects", member.number)
    return [Finding("CC517", "warning" if outside == "none of them" else "info", message, f"the park covers {first} to {last}", where)]


# --- certificates -------------------------------------------------------------------------------------------


def _participants(exchanges: Iterable[Exchange]) -> list[str]:
    return sorted({name for x in exchanges for name in x.partners})


def _programmes(park: Park, totals: Mapping[str, float], findings: list[Finding]) -> list[dict[str, Any]]:
    base = park.base
    entries = base.data.get("programmes", [])
    shared = base.data.get("facts") or {}
    answers: list[dict[str, Any]] = []
    faults: list[Finding] = []
    known: set[str] = set()
    for i, entry in enumerate(entries):
        try:
            facts, of_enterprise = _asked(entry)
            known |= set() if of_enterprise else facts  # what is known of the park is not known of one enterprise
            outcome = _outcome(park, totals, entry)
            if of_enterprise:
                outcome["enterprise_exchanges"] = _of_enterprise(park, i, entry)
                entry = {k: v for k, v in entry.items() if k != "enterprise"}
            answer, notes = eligibility.judge(base, i, entry, outcome, {} if of_enterprise else shared)
        except Invalid as bad:
            faults += [f if f.place.file else f._replace(place=base.place("programmes", i, "id")) for f in bad.findings]
            continue
        answers.append(answer)
        findings += notes
    if not faults or known:
        listed = "facts: " + ", ".join(sorted(known)) if known else "name a programme under `programmes:`"
        faults += [
            Finding(
                "CC405", "error", f"no programme here asks for the fact `{n}`", did_you_mean(n, known) or listed, base.place("facts", n, key=True)
            )
            for n in shared
            if n not in known
        ]
    if faults:
        raise Invalid(list(dict.fromkeys(faults)))
    return answers


def _asked(entry: Mapping[str, Any]) -> tuple[set[str], bool]:
    """Return the facts that a programme asks for, of all its versions where none is in force on the date, and whether it judges one enterprise."""
    at = entry.get("at")
    found = programme.load(entry["id"], at if isinstance(at, str) else None)
    rules = [found.rules] if found else programme.versions(entry["id"].partition("@")[0])
    facts = {name for row in rules for name in row.get("facts", {})}
    return facts, any(
        "enterprise_exchanges" in str(criterion.get(part)) for row in rules for criterion in row["criteria"] for part in ("value", "test")
    )


def _outcome(park: Park, totals: Mapping[str, float], entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return what rules may use of the park, by the names of `programme.OUTCOMES`; what is not stated is absent.

    Reports are due for the year before the one the park is assessed in.
    """
    running, assessed = _running(park, entry)
    outcome = balance(park.base, totals, park.base.years) | {
        "exchanges": float(len(running)), "participants": float(len(_participants(running))), "report_due_year": float(assessed - 1),
    }  # fmt: skip
    outcome |= {_ENTERPRISES[k]: float(v) for k, v in park.enterprises.items()}
    outcome |= {_LAND[k]: v for k, v in park.land.items()}
    assert set(outcome) <= set(programme.OUTCOMES)
    return outcome


def _running(park: Park, entry: Mapping[str, Any]) -> tuple[list[Exchange], int]:
    """Return the lawful exchanges carried out by the year of assessment, and that year: of `at`, without it the first year of the park."""
    at = entry.get("at")
    assessed = int(at[:4]) if isinstance(at, str) else park.base.first_year
    return [x for x in park.exchanges if x.lawful and x.since <= assessed], assessed


def _of_enterprise(park: Park, i: int, entry: Mapping[str, Any]) -> float:
    """Count the exchanges that the enterprise under test takes part in."""
    name, place = entry.get("enterprise"), park.base.place
    names = _participants(park.exchanges)
    if not isinstance(name, str):
        message = f"{entry['id']} judges one enterprise, and the key `enterprise` is missing or no name"
        raise Invalid([Finding("CC112", "error", message, "add `enterprise: paper-mill`", place("programmes", i))])
    if name not in names and did_you_mean(name, names):
        message = f"no exchange names an enterprise '{name}'"
        raise Invalid([Finding("CC405", "error", message, did_you_mean(name, names), place("programmes", i, "enterprise"))])
    return float(sum(name in x.partners for x in _running(park, entry)[0]))

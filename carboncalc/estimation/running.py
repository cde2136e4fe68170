"""Running: the equations on floats, the sums by role and gas, and every cell as a step to follow."""

from collections.abc import Iterator, Mapping, Sequence
from math import prod
from typing import Any, NamedTuple

from .. import factors
from ..findings import Finding, Invalid, error
from ..formula import FormulaError, run
from ..methodology import OUTCOMES, ROLES, SAVES, UPSTREAM, Methodology, chosen_by
from ..project import Measure, Project
from ..result import Cells, Kept
from .binding import Binding, bind, of_library
from .plausibility import judge
from .summing import Term, by_year, series, total


class Saving(NamedTuple):
    """A physical flow that a measure saves each year, in the unit of `methodology.SAVES`."""

    kind: str
    name: str
    unit: str
    amounts: list[float]


class Estimate(NamedTuple):
    """What a measure emits and saves, with every step and quantity behind it.

    `terms` make the balance, which `years` adds up; `upstream` are savings outside the fence, which never enter it.
    """

    methodology: Methodology
    binding: Binding
    values: dict[str, Any]
    terms: list[Term]
    years: list[dict[str, Any]]
    cells: list[Cells]
    findings: list[Finding]
    upstream: list[Term]
    savings: list[Saving]


def estimate(project: Project, found: Methodology, measure: Measure) -> Estimate:
    """Estimate one measure.

    Parameters
    ----------
    project : Project
        Checked file.
    found : Methodology
        The methodology of the measure.
    measure : Measure
        Its inputs and their place in the file.

    Raises
    ------
    Invalid
        Whatever makes a number impossible.
    """
    binding = bind(project, found, measure)
    _bounded(project, found, binding, measure)
    if project.conservative:
        binding = _conservative(project, found, binding)
    try:
        values = run(found.system.statements(binding.active), binding.values, binding.sizes)
    except FormulaError as bad:
        raise error(bad.code, bad.message, bad.help, project.place(*measure.inputs_at, key=True)) from None
    gwps = _gwps(project, found, binding)
    terms, upstream = _summands(found, binding, values, gwps, _marks(found, binding))
    years = by_year(terms, project.first_year, project.years)
    _finite(project, years, measure)
    findings = list(binding.findings) + _notes(project, found, binding, values, years, measure) + judge(project, found, measure, binding)
    rows = [*_cells(found, binding, values), *_totals(found, terms, upstream, years)]
    return Estimate(found, binding, values, terms, years, rows, findings, upstream, _savings(found, binding, values))


#: numbers of one file, read or computed; and how many more may be computed while the conservative ends are tried
MAX_CELLS = 100_000
MAX_TRIED = 20_000_000


def cells(found: Methodology, binding: Binding) -> int:
    """Count the numbers of a measure: one for each quantity read, and for each equation one an item and year."""
    sizes = {**binding.sizes.sets, "year": binding.sizes.years}
    return len(binding.quantities) + sum(prod(sizes[d] for d in found.system.dims[name]) for name in binding.active)


def too_many(project: Project, needed: int, measure: Measure) -> Invalid:
    """Build the fault of a file that needs more numbers than are computed."""
    return error(
        "CC145",
        f"the file needs {needed:_} numbers (items × years × equations); the most is {MAX_CELLS:_}".replace("_", " "),
        "split the list over several files, which `carboncalc estimate` adds up, or estimate fewer years",
        project.place(*measure.inputs_at, key=True),
    )


def _bounded(project: Project, found: Methodology, binding: Binding, measure: Measure) -> None:
    most = len(binding.quantities) + len(binding.active) * binding.sizes.years * prod(n or 1 for n in binding.sizes.sets.values())
    if most <= MAX_CELLS and not project.conservative:
        return
    needed = cells(found, binding)
    if needed > MAX_CELLS:
        raise too_many(project, needed, measure)
    tried = 2 * needed * sum(map(movable, binding.quantities)) if project.conservative else 0
    if tried > MAX_TRIED:
        raise error(
            "CC145",
            f"to find the conservative ends {tried:_} numbers would be computed; the most is {MAX_TRIED:_}".replace("_", " "),
            "split the list over several files, which `carboncalc estimate` adds up",
            project.place("conservative", key=True),
        )


def redraw(project: Project, e: Estimate, values: Mapping[str, Any]) -> list[Term]:
    """Run the equations of an estimate again on other values, which may be arrays with one number for each draw.

    Returns
    -------
    list of Term
        Its amounts are arrays where they depend on one.

    Raises
    ------
    Invalid
        CC220 when an equation cannot be computed.
    """
    found, binding = e.methodology, e.binding
    gwps = _gwps(project, found, binding)
    try:
        out = run(found.system.statements(binding.active), values, binding.sizes, "numpy")
    except FormulaError as bad:
        raise error(bad.code, f"in a draw, {bad.message}", bad.help, project.place("project", key=True)) from None
    terms = []
    for name, spec in _terms(found, binding):
        factor = 1.0 if spec["unit"] == "tCO2e/year" else gwps[spec["gas"]]
        amounts = [(out[name][y] if "year" in found.system.dims[name] else out[name]) * factor for y in range(binding.sizes.years)]
        terms.append(Term(name, spec["role"], spec["gas"], spec["origin"], amounts, False, False))
    return terms


def _terms(found: Methodology, binding: Binding) -> Iterator[tuple[str, dict[str, Any]]]:
    active = set(binding.active)
    for name, spec in found.equations.items():
        if "role" in spec and name in active:
            yield name, spec


def _gwps(project: Project, found: Methodology, binding: Binding) -> dict[str, float]:
    """Return the factor that turns a term's gas into CO2e; terms already in CO2e take none."""
    result = {}
    for _, spec in _terms(found, binding):
        gas = spec["gas"]
        if spec["unit"] != "tCO2e/year" and gas not in result:
            choice = factors.choose(f"gwp.{project.gwp}.{gas}")
            result[gas] = choice.value
            symbol = f"GWP_{gas}"
            if not any(q["name"] == symbol for q in binding.quantities):
                spec = {"unit": choice.unit, "fixed": True}
                binding.quantities.append(found.system.once((symbol, id(choice)), of_library, symbol, choice, spec))
    return result


def _in_year(value: Any, dims: tuple[str, ...], y: int) -> float:
    return float(value[y] if "year" in dims else value)


def _marks(found: Methodology, binding: Binding) -> dict[str, tuple[bool, bool]]:
    """Tell of each term whether its derivation uses at least one default, and at least one unverified, value."""
    defaults = {q["name"] for q in binding.quantities if q["status"] == "default" or q["match"] in ("default", "parent")}
    doubtful = {q["name"] for q in binding.quantities if q["confidence"] in factors.UNVERIFIED}
    leaves = {name: found.system.once(("leaves", name), _leaves, found, name) for name, _ in _terms(found, binding)}
    return {name: (not below.isdisjoint(defaults), not below.isdisjoint(doubtful)) for name, below in leaves.items()}


def _summands(
    found: Methodology, binding: Binding, values: Mapping[str, Any], gwps: Mapping[str, float], marks: Mapping[str, tuple[bool, bool]]
) -> tuple[list[Term], list[Term]]:
    """Return the terms of the balance, and the savings upstream of it."""
    terms: list[Term] = []
    upstream: list[Term] = []
    for name, spec in _terms(found, binding):
        factor = 1.0 if spec["unit"] == "tCO2e/year" else gwps[spec["gas"]]
        amounts = [_in_year(values[name], found.system.dims[name], y) * factor for y in range(binding.sizes.years)]
        (upstream if spec["role"] == UPSTREAM else terms).append(Term(name, spec["role"], spec["gas"], spec["origin"], amounts, *marks[name]))
    return terms, upstream


def _savings(found: Methodology, binding: Binding, values: Mapping[str, Any]) -> list[Saving]:
    active = set(binding.active)
    return [
        Saving(spec["saves"], name, SAVES[spec["saves"]], [_in_year(values[name], found.system.dims[name], y) for y in range(binding.sizes.years)])
        for name, spec in found.equations.items()
        if "saves" in spec and name in active
    ]


def _finite(project: Project, years: list[dict[str, Any]], measure: Measure) -> None:
    for row in years:
        for role in (*ROLES, "reduction"):
            if isinstance(row[role], complex) or row[role] - row[role] != 0:
                raise error(
                    "CC220",
                    f"the {role} emissions of {row['year']} are not a finite number",
                    "check the size and the units of the inputs",
                    project.place(*measure.inputs_at, key=True),
                )


def _cells(found: Methodology, binding: Binding, values: Mapping[str, Any]) -> Iterator[Cells]:
    """Yield what every equation gave: equation by equation, item by item, year by year."""
    active = set(binding.active)
    places: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for name, dims, variant, shared in found.system.once("cells", _equations, found):
        if name not in active:
            continue
        if dims not in places:
            places[dims] = _places(dims, binding)
        index, flat = places[dims], _flat(values[name], len(dims))
        if variant:
            stated = [i for i, place in enumerate(index) if _stated_otherwise(binding, name, place)]
            index, flat = [index[i] for i in stated], [flat[i] for i in stated]
        if index:
            yield Cells(name, shared, index, flat)


def _equations(found: Methodology) -> list[tuple[str, tuple[str, ...], bool, Kept]]:
    order = [n for group in found.system.order for n in group if n in found.equations]
    return [(n, found.system.dims[n], "variant" in found.equations[n], _shared(found, n)) for n in order]


def _shared(found: Methodology, name: str) -> Kept:
    spec, uses = found.equations[name], found.system.uses[name]
    if "variant" in spec:  # where(by_V, formula, as given)
        uses = [u for u in uses if u not in (spec["variant"], f"given_{name}")]
    shared = Kept(
        label=spec["label"].get("en", name), role=spec.get("role"), unit=spec["unit"], formula=found.system.text(name, 3 if "variant" in spec else None),
        uses=uses, cite=spec.get("cite", ""), confidence=spec.get("confidence"),
    )  # fmt: skip
    if "role" in spec:
        shared |= {"gas": spec["gas"], "origin": spec["origin"]}
    return shared


def _places(dims: tuple[str, ...], binding: Binding) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [{}]
    for d in dims:
        labels: list[Any] = [int(y) for y in binding.values["year"]] if d == "year" else binding.items[d]
        rows = [{**row, d: label} for row in rows for label in labels]
    return rows


def _flat(value: Any, depth: int) -> list[Any]:
    if depth < 2:
        return value if depth else [value]
    return [cell for inner in value for cell in _flat(inner, depth - 1)]


def _stated_otherwise(binding: Binding, name: str, index: Mapping[str, Any]) -> bool:
    flags = binding.variants.get(name, {})
    return any(flags.get(str(v), False) for v in [*index.values(), ""])


def _totals(found: Methodology, terms: list[Term], upstream: list[Term], years: list[dict[str, Any]]) -> Iterator[Cells]:
    """Yield the sums by role, the reduction, and the savings upstream where there are any, as equations of their own."""
    index = [{"year": row["year"]} for row in years]
    names = tuple((t.role, t.name) for t in (*terms, *upstream))
    for role, name, shared in found.system.once(("totals", names), _sums, found, names):
        yield Cells(name, shared, index, series(upstream, len(years)) if role == UPSTREAM else [row[role] for row in years])


def _sums(found: Methodology, names: Sequence[tuple[str, str]]) -> list[tuple[str, str, Kept]]:
    """Return role, symbol and what its cells share of each sum of the terms of some roles."""
    summed = {role: [name for of, name in names if of == role] for role in (*ROLES, UPSTREAM)}
    rows = [(role, _symbol(found, role), _total_of(found, role, summed[role])) for role in ROLES if summed[role] or role in found.totals]
    there = [_symbol(found, role) for role in ROLES if summed[role] or role in found.totals or role == "baseline"]
    rows.append(("reduction", _symbol(found, "reduction"), _total(found, "reduction", " - ".join(there), there)))
    return rows + ([(UPSTREAM, f"{UPSTREAM}_y", _total_of(found, UPSTREAM, summed[UPSTREAM]))] if summed[UPSTREAM] else [])


def _symbol(found: Methodology, role: str) -> str:
    return str(found.totals.get(role, {}).get("symbol", f"{role}_y"))


def _total_of(found: Methodology, role: str, names: Sequence[str]) -> Kept:
    """Return what the sum of some terms shares; each is in CO2e."""
    parts, uses = [], []
    for name in names:
        spec = found.equations[name]
        factor = [] if spec["unit"] == "tCO2e/year" else [f"GWP_{spec['gas']}"]
        parts.append(" * ".join([name, *factor]))
        uses += [name, *factor]
    shared = _total(found, role, " + ".join(parts) or "0", list(dict.fromkeys(uses)))
    if role == UPSTREAM:
        shared |= {"label": "savings upstream, outside the fence", "cite": "sum of what is saved outside the fence"}
    return shared


def _total(found: Methodology, role: str, formula: str, uses: list[str]) -> Kept:
    spec = found.totals.get(role, {})
    return Kept(
        label=spec.get("label", {}).get("en", f"{role} emissions"), role=f"total-{role}", unit="tCO2e/year", formula=formula, uses=uses,
        cite=spec.get("cite", ""), confidence=spec.get("confidence", found.meta["confidence"]),
    )  # fmt: skip


def _notes(
    project: Project, found: Methodology, binding: Binding, values: Mapping[str, Any], years: list[dict[str, Any]], measure: Measure
) -> list[Finding]:
    """Say what a reader of the number must know: scope of the methodology, negative years, unverified values."""
    findings = []
    meta = found.meta
    at = project.place(*measure.named_at)
    scheme = meta["publisher"].get("scheme", "")
    if "countries" in meta and project.country not in meta["countries"]:
        approved = ", ".join(meta["countries"])
        findings.append(
            Finding(
                "CC401",
                "warning",
                f"{found.id} is approved for {approved}, not for {project.country}: there is no approved JCM methodology for this in {project.country}; one would have to be proposed",
                "use the figure as an indication, and plan a methodology proposal to the Joint Committee",
                at,
            )
        )
    if scheme == "cdm":
        findings.append(
            Finding(
                "CC402",
                "info",
                f"{found.id} serves as a calculation basis only: it is a CDM methodology, and the CDM closes at the end of 2026",
                "a JCM project needs a methodology approved by its Joint Committee",
                at,
            )
        )
    for row in years:
        if row["reduction"] < 0:
            findings.append(
                Finding(
                    "CC501",
                    "warning",
                    f"in {row['year']} the project emits {-row['reduction']:.6g} tCO2e more than the {'reference' if scheme == 'jcm' else 'baseline'}",
                    "the negative year counts in the total; nothing is clipped",
                    at,
                )
            )
    findings += _applicability(project, found, values, binding, years, at)
    doubtful = sorted({(q["factor"] or q["name"]) for q in binding.quantities if q["confidence"] in factors.UNVERIFIED})
    if doubtful:
        findings.append(
            Finding(
                "CC304",
                "info",
                f"{len(doubtful)} value{'s are' if len(doubtful) != 1 else ' is'} unverified: {', '.join(doubtful)}",
                "check them against the source before the figure leaves the house",
                at,
            )
        )
    if meta["confidence"] in factors.UNVERIFIED:
        findings.append(
            Finding(
                "CC307",
                "info",
                f"the equations of {found.id} are {meta['confidence']}: they were not seen in the document itself",
                "compare them with the document before the figure leaves the house",
                at,
            )
        )
    return findings


def _applicability(
    project: Project, found: Methodology, values: Mapping[str, Any], binding: Binding, years: list[dict[str, Any]], at: Any
) -> list[Finding]:
    reductions = [row["reduction"] for row in years]
    outcome = {
        "reduction_per_year": sum(reductions) / len(reductions),
        "reduction_max": max(reductions),
        "baseline_per_year": sum(r["baseline"] for r in years) / len(years),
    }
    assert set(outcome) == set(OUTCOMES)
    findings = []
    try:
        answers = run(found.checks.statements(), {**values, **outcome}, binding.sizes)
    except FormulaError as bad:
        return [Finding(bad.code, "warning", f"an applicability condition {bad.message}", bad.help, at)]
    for row in found.applicability:
        if "met" in row:
            answer = answers["met_" + row["id"].replace("-", "_")]
            if not _all(answer):
                findings.append(
                    Finding(
                        "CC403", row.get("severity", "warning"), f"{row['label']['en']}: {row['message']['en']}", str(row.get("cite", "")).strip(), at
                    )
                )
    return findings


def _all(answer: Any) -> bool:
    return all(_all(a) for a in answer) if isinstance(answer, list) else bool(answer)


def _leaves(found: Methodology, name: str) -> set[str]:
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        here = waiting.pop()
        if here not in seen:
            seen.add(here)
            waiting += found.system.uses.get(here, []) + chosen_by(found.factors.get(here, {}))
    return seen


#: what a moved factor says of itself
_CENTRAL = {
    "en": "conservative end of the 95 % interval; central value {:.6g}",
    "ja": "95 %区間の保守側の端。中心値{:.6g}",
    "vi": "đầu thận trọng của khoảng 95 %; giá trị trung tâm {:.6g}",
}


def _said(note: Any, language: str) -> str | None:
    """Return a note of the library in a language; the user's own text has only the one it is written in."""
    return str(note[language]) if isinstance(note, dict) else note and str(note)


def _conservative(project: Project, found: Methodology, binding: Binding) -> Binding:
    """Move every free factor to the end of its 95 % interval that claims less.

    The end is found by trying both: the one with the smaller reduction is the upper end for what feeds project
    emissions and the lower end for what feeds the baseline, and stays right where a factor feeds both.
    """

    gwps = _gwps(project, found, binding)
    marks = _marks(found, binding)
    statements = found.system.statements(binding.active)

    def claimed(values: Mapping[str, Any]) -> tuple[float, float]:
        terms, upstream = _summands(found, binding, run(statements, values, binding.sizes), gwps, marks)
        reduction = total(row["reduction"] for row in by_year(terms, project.first_year, project.years))
        return reduction, total(series(upstream, project.years))

    values = dict(binding.values)
    rows = []
    for q in binding.quantities:
        if not movable(q):
            rows.append(q)
            continue
        ends = [(claimed(_with(binding.values, q, binding, end)), end) for end in q["range"]]
        end = min(ends)[1] if ends[0][0] != ends[1][0] else q["value"]
        values = _with(values, q, binding, end)
        rows.append(
            {
                **q,
                "value": end,
                "note": {k: "; ".join(x for x in (_said(q["note"], k), text.format(q["value"])) if x) for k, text in _CENTRAL.items()},
            }
        )
    return binding._replace(values=values, quantities=rows)


def movable(q: Mapping[str, Any]) -> bool:
    """Tell whether `conservative: true` moves a quantity to an end of its interval: a factor or default that nobody fixed."""
    free = q["status"] in ("factor", "default") and q["match"] != "override"
    return bool(q["range"]) and free and not fixed(q)


def fixed(q: Mapping[str, Any]) -> bool:
    """Tell whether a quantity is what the methodology, or the choice of a GWP set, says it is: a rule, not a measurement."""
    return bool(q.get("fixed")) or q["method"] == "fixed by the methodology"


def _with(values: Mapping[str, Any], q: Mapping[str, Any], binding: Binding, value: float) -> dict[str, Any]:
    """Return the values with one quantity replaced."""
    old = values[q["name"]]
    if q["index"]:
        (index, item), *_ = q["index"].items()
        i = binding.items[index].index(item)
        new: Any = [([value] * len(c) if isinstance(c, list) else value) if k == i else c for k, c in enumerate(old)]
    else:
        new = [value] * len(old) if isinstance(old, list) else value
    return {**values, q["name"]: new}

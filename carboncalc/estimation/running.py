"""Running: the equations on floats, the sums by role and gas, and every cell as a step to follow."""

from collections.abc import Iterator, Mapping
from math import prod
from typing import Any, NamedTuple

from .. import factors
from ..findings import Finding, Invalid, error
from ..formula import FormulaError, run
from ..methodology import OUTCOMES, ROLES, SAVES, UPSTREAM, Methodology, chosen_by
from ..project import Measure, Project
from .binding import Binding, bind, from_choice, record
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

    `terms` make the balance; `upstream` are savings outside the fence, which never enter it.
    """

    methodology: Methodology
    binding: Binding
    values: dict[str, Any]
    terms: list[Term]
    steps: list[dict[str, Any]]
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
    steps = list(_steps(found, binding, values)) + _total_steps(found, terms, years) + _upstream_steps(found, upstream, years)
    return Estimate(found, binding, values, terms, steps, findings, upstream, _savings(found, binding, values))


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
                binding.quantities.append(record(symbol, choice.value, choice.unit, None) | from_choice(choice, 1.0) | {"fixed": True})
    return result


def _in_year(value: Any, dims: tuple[str, ...], y: int) -> float:
    return float(value[y] if "year" in dims else value)


def _marks(found: Methodology, binding: Binding) -> dict[str, tuple[bool, bool]]:
    """Tell of each term whether its derivation uses at least one default, and at least one unverified, value."""
    defaults = {q["name"] for q in binding.quantities if q["status"] == "default" or q["match"] in ("default", "parent")}
    doubtful = {q["name"] for q in binding.quantities if q["confidence"] in factors.UNVERIFIED}
    leaves = {name: _leaves(found, name) for name, _ in _terms(found, binding)}
    return {name: (bool(below & defaults), bool(below & doubtful)) for name, below in leaves.items()}


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


def _steps(found: Methodology, binding: Binding, values: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield every computed cell: equation by equation, item by item, year by year."""
    active = set(binding.active)
    years = [int(y) for y in binding.values["year"]]
    for group in found.system.order:
        for name in group:
            if name not in active:
                continue
            spec = found.equations[name]
            dims, uses = found.system.dims[name], found.system.uses[name]
            shown = found.system.text(name, 3 if "variant" in spec else None)  # where(by_V, formula, as given)
            if "variant" in spec:
                uses = [u for u in uses if u not in (spec["variant"], f"given_{name}")]
            base = {
                "label": spec["label"].get("en", name),
                "role": spec.get("role"),
                "unit": spec["unit"],
                "formula": shown,
                "uses": uses,
                "cite": spec.get("cite", ""),
                "confidence": spec.get("confidence"),
            }
            if "role" in spec:
                base |= {"gas": spec["gas"], "origin": spec["origin"]}
            for index, value in _cells(values[name], dims, binding, years):
                if "variant" in spec and not _stated_otherwise(binding, name, index):
                    continue
                yield {"name": name, "index": index, **base, "value": value}


def _cells(value: Any, dims: tuple[str, ...], binding: Binding, years: list[int]) -> Iterator[tuple[dict[str, Any], Any]]:
    if not dims:
        yield {}, value
        return
    first, rest = dims[0], dims[1:]
    labels: list[Any] = years if first == "year" else binding.items[first]
    for label, inner in zip(labels, value, strict=True):
        for index, cell in _cells(inner, rest, binding, years):
            yield {first: label, **index}, cell


def _stated_otherwise(binding: Binding, name: str, index: Mapping[str, Any]) -> bool:
    flags = binding.variants.get(name, {})
    return any(flags.get(str(v), False) for v in [*index.values(), ""])


def _total_steps(found: Methodology, terms: list[Term], years: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Write the sums by role, and the reduction, as steps of their own."""
    symbols = {role: found.totals.get(role, {}).get("symbol", f"{role}_y") for role in (*ROLES, "reduction")}
    steps = []
    for role in ROLES:
        formula, uses = _sum_of(found, [t for t in terms if t.role == role])
        if uses or role in found.totals:
            steps += _total(found, role, symbols[role], formula or "0", uses, years)
    there = ["baseline", *(r for r in ROLES[1:] if any(s["role"] == f"total-{r}" for s in steps))]
    names = [symbols[r] for r in there]
    return steps + _total(found, "reduction", symbols["reduction"], " - ".join(names), names, years)


def _sum_of(found: Methodology, terms: list[Term]) -> tuple[str, list[str]]:
    """Write the sum of some terms, each in CO2e, and name what it uses."""
    parts, uses = [], []
    for term in terms:
        factor = [] if found.equations[term.name]["unit"] == "tCO2e/year" else [f"GWP_{term.gas}"]
        parts.append(" * ".join([term.name, *factor]))
        uses += [term.name, *factor]
    return " + ".join(parts), list(dict.fromkeys(uses))


def _upstream_steps(found: Methodology, upstream: list[Term], years: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Write the sum of the savings upstream, where there are any, as a step of its own."""
    if not upstream:
        return []
    formula, uses = _sum_of(found, upstream)
    amounts = series(upstream, len(years))
    rows = [{"year": row["year"], UPSTREAM: amount} for row, amount in zip(years, amounts, strict=True)]
    steps = _total(found, UPSTREAM, f"{UPSTREAM}_y", formula, uses, rows)
    return [{**s, "label": "savings upstream, outside the fence", "cite": "sum of what is saved outside the fence"} for s in steps]


def _total(found: Methodology, role: str, symbol: str, formula: str, uses: list[str], years: list[dict[str, Any]]) -> list[dict[str, Any]]:
    spec = found.totals.get(role, {})
    base = {
        "label": spec.get("label", {}).get("en", f"{role} emissions"),
        "role": f"total-{role}",
        "unit": "tCO2e/year",
        "formula": formula,
        "uses": uses,
        "cite": spec.get("cite", ""),
        "confidence": spec.get("confidence", found.meta["confidence"]),
    }
    return [{"name": symbol, "index": {"year": row["year"]}, **base, "value": row[role]} for row in years]


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

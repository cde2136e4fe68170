"""Running: the equations on floats, the sums by role and gas, and every cell as a step to follow."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from .. import factors
from ..findings import Finding, error
from ..formula import FormulaError, run, text
from ..methodology import OUTCOMES, ROLES, Methodology
from ..project import Project
from .binding import Binding, Path, bind, from_choice, record

ORIGINS = ("energy", "non-energy")
GASES = ("CO2", "CH4", "N2O")


class Estimate(NamedTuple):
    """What a measure emits and saves, in tCO2e, with every step and quantity behind it."""

    methodology: Methodology
    binding: Binding
    values: dict[str, Any]
    years: list[dict[str, Any]]
    by_gas: dict[str, dict[str, float]]
    by_origin: dict[str, dict[str, float]]
    steps: list[dict[str, Any]]
    findings: list[Finding]
    rests_on: dict[str, float]


def estimate(project: Project, found: Methodology, content: Mapping[str, Any], path: Path = ()) -> Estimate:
    """Estimate one measure.

    Parameters
    ----------
    project : Project
        Checked file.
    found : Methodology
        Its methodology.
    content : mapping
        The measure, or the whole project when it is one measure.
    path : tuple
        Place of the measure in the file.

    Raises
    ------
    Invalid
        Whatever makes a number impossible.
    """
    binding = bind(project, found, content, path)
    if project.conservative:
        binding = _conservative(project, found, binding)
    try:
        values = run(found.system.statements(binding.active), binding.values, binding.sizes)
    except FormulaError as bad:
        raise error(bad.code, bad.message, bad.help, project.place(*path, "inputs", key=True)) from None
    gwps = _gwps(project, found, binding)
    sums = _sums(found, binding, values, gwps)
    _finite(project, sums, path)
    years, by_gas, by_origin = sums
    findings = list(binding.findings) + _notes(project, found, binding, values, years, path)
    steps = list(_steps(found, binding, values)) + _total_steps(found, binding, values, gwps, project)
    return Estimate(found, binding, values, years, by_gas, by_origin, steps, findings, _rests_on(found, binding, values, gwps))


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


def _sums(
    found: Methodology, binding: Binding, values: Mapping[str, Any], gwps: Mapping[str, float]
) -> tuple[list[dict[str, Any]], dict[str, dict[str, float]], dict[str, dict[str, float]]]:
    rows: list[dict[str, Any]] = [{"year": int(y), **dict.fromkeys(ROLES, 0.0)} for y in binding.values["year"]]
    by_gas: dict[str, dict[str, float]] = {role: dict.fromkeys(GASES, 0.0) for role in ROLES}
    by_origin: dict[str, dict[str, float]] = {role: dict.fromkeys(ORIGINS, 0.0) for role in ROLES}
    for name, spec in _terms(found, binding):
        role, gas = spec["role"], spec["gas"]
        factor = 1.0 if spec["unit"] == "tCO2e/year" else gwps[gas]
        dims = found.system.dims[name]
        for y, row in enumerate(rows):
            amount = _in_year(values[name], dims, y) * factor
            row[role] += amount
            by_gas[role][gas] = by_gas[role].get(gas, 0.0) + amount
            by_origin[role][spec["origin"]] += amount
            key = "reduction_energy" if spec["origin"] == "energy" else "reduction_other"
            row[key] = row.get(key, 0.0) + (amount if role == "baseline" else -amount)
    for row in rows:
        row["reduction"] = row["baseline"] - row["project"] - row["leakage"]
        row.setdefault("reduction_energy", 0.0)
        row.pop("reduction_other", None)
    return rows, by_gas, by_origin


def _finite(project: Project, sums: Any, path: Path) -> None:
    for row in sums[0]:
        for role in (*ROLES, "reduction"):
            if isinstance(row[role], complex) or row[role] - row[role] != 0:
                raise error(
                    "CC220",
                    f"the {role} emissions of {row['year']} are not a finite number",
                    "check the size and the units of the inputs",
                    project.place(*path, "inputs", key=True),
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
            tree, dims = found.system.trees[name], found.system.dims[name]
            shown, uses = text(tree), found.system.uses[name]
            if "variant" in spec:
                tree = tree[3]  # where(by_V, formula, as given)
                shown, uses = text(tree), [u for u in uses if u not in (spec["variant"], f"given_{name}")]
            base = {
                "label": spec["label"].get("en", name),
                "role": spec.get("role"),
                "unit": spec["unit"],
                "formula": shown,
                "uses": uses,
                "cite": spec.get("cite", ""),
                "confidence": spec.get("confidence"),
            }
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


def _total_steps(
    found: Methodology, binding: Binding, values: Mapping[str, Any], gwps: Mapping[str, float], project: Project
) -> list[dict[str, Any]]:
    """Write the sums by role, and the reduction, as steps of their own."""
    steps = []
    years = [int(y) for y in binding.values["year"]]
    symbols = {role: found.totals.get(role, {}).get("symbol", f"{role}_y") for role in (*ROLES, "reduction")}
    sums: dict[str, list[float]] = {}
    for role in ROLES:
        parts, uses = [], []
        amounts = [0.0] * len(years)
        for name, spec in _terms(found, binding):
            if spec["role"] != role:
                continue
            plain = spec["unit"] == "tCO2e/year"
            parts.append(name if plain else f"{name} * GWP_{spec['gas']}")
            uses += [name] if plain else [name, f"GWP_{spec['gas']}"]
            factor = 1.0 if plain else gwps[spec["gas"]]
            for y in range(len(years)):
                amounts[y] += _in_year(values[name], found.system.dims[name], y) * factor
        sums[role] = amounts
        if parts or role in found.totals:
            steps += _total(found, role, symbols[role], " + ".join(parts) or "0", list(dict.fromkeys(uses)), years, amounts)
    there = [r for r in ROLES[1:] if any(s["role"] == f"total-{r}" for s in steps)]
    formula = " - ".join([symbols["baseline"], *(symbols[r] for r in there)])
    amounts = [sums["baseline"][y] - sums["project"][y] - sums["leakage"][y] for y in range(len(years))]
    steps += _total(found, "reduction", symbols["reduction"], formula, [symbols["baseline"], *(symbols[r] for r in there)], years, amounts)
    return steps


def _total(found: Methodology, role: str, symbol: str, formula: str, uses: list[str], years: list[int], amounts: list[float]) -> list[dict[str, Any]]:
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
    return [{"name": symbol, "index": {"year": year}, **base, "value": amount} for year, amount in zip(years, amounts, strict=True)]


def _notes(
    project: Project, found: Methodology, binding: Binding, values: Mapping[str, Any], years: list[dict[str, Any]], path: Path
) -> list[Finding]:
    """Say what a reader of the number must know: scope of the methodology, negative years, unverified values."""
    findings = []
    meta = found.meta
    at = project.place(*path, "methodology")
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
                f"{len(doubtful)} values are unverified: {', '.join(doubtful)}",
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
                    Finding("CC403", row.get("severity", "warning"), f"{row['label']['en']}: {row['message']}", f"{row.get('cite', '')}".strip(), at)
                )
    return findings


def _all(answer: Any) -> bool:
    return all(_all(a) for a in answer) if isinstance(answer, list) else bool(answer)


def _rests_on(found: Methodology, binding: Binding, values: Mapping[str, Any], gwps: Mapping[str, float]) -> dict[str, float]:
    """Return the share of gross emissions whose derivation uses at least one default, or unverified, value."""
    status = {"default": set(), "unverified": set()}  # type: dict[str, set[str]]
    for q in binding.quantities:
        if q["status"] == "default" or q["match"] in ("default", "parent"):
            status["default"].add(q["name"])
        if q["confidence"] in factors.UNVERIFIED:
            status["unverified"].add(q["name"])
    gross, touched = 0.0, {"default": 0.0, "unverified": 0.0}
    for name, spec in _terms(found, binding):
        factor = 1.0 if spec["unit"] == "tCO2e/year" else gwps[spec["gas"]]
        amount = sum(abs(_in_year(values[name], found.system.dims[name], y)) * factor for y in range(binding.sizes.years))
        gross += amount
        leaves = _leaves(found, name)
        for kind, marked in status.items():
            if leaves & marked:
                touched[kind] += amount
    return {kind: (amount / gross if gross else 0.0) for kind, amount in touched.items()}


def _leaves(found: Methodology, name: str) -> set[str]:
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        here = waiting.pop()
        if here not in seen:
            seen.add(here)
            waiting += found.system.uses.get(here, [])
    return seen


def _conservative(project: Project, found: Methodology, binding: Binding) -> Binding:
    """Move every free factor to the end of its 95 % interval that claims less.

    The end is found by trying both: the one with the smaller reduction is the upper end for what feeds project
    emissions and the lower end for what feeds the baseline, and stays right where a factor feeds both.
    """

    def total(values: Mapping[str, Any]) -> float:
        out = run(found.system.statements(binding.active), values, binding.sizes)
        gwps = _gwps(project, found, binding)
        return float(sum(r["reduction"] for r in _sums(found, binding, out, gwps)[0]))

    values = dict(binding.values)
    rows = []
    for q in binding.quantities:
        movable = (
            q["range"]
            and q["status"] in ("factor", "default")
            and q["match"] != "override"
            and not q.get("fixed")
            and q["method"] != "fixed by the methodology"
        )
        if not movable:
            rows.append(q)
            continue
        ends = [(total(_with(binding.values, q, binding, end)), end) for end in q["range"]]
        end = min(ends)[1] if ends[0][0] != ends[1][0] else q["value"]
        values = _with(values, q, binding, end)
        rows.append(
            {
                **q,
                "value": end,
                "note": "; ".join(x for x in (q["note"], f"conservative end of the 95 % interval; central value {q['value']:.6g}") if x),
            }
        )
    return binding._replace(values=values, quantities=rows)


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

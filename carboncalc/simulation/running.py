"""Running: evaluate the whole system on many draws, and report both approaches side by side."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from .. import eligibility, finance
from ..estimation import Estimate, redraw
from ..estimation.summing import Term, by_year, total
from ..finance.drawing import RATES, draw
from ..findings import Finding, Invalid
from ..project import Project
from ..uncertainty import need_numpy
from ..uncertainty.drawing import Plan, root, shares
from ..uncertainty.propagation import together
from ..uncertainty.summary import ENDS, Line, add, convergence, drivers, line, percentiles, summarise
from .variables import Cell, Variable, correlations, find, of_money, placed

TOTALS = ("baseline", "project", "leakage", "reduction", "reduction_energy")
#: numbers that the equations may hold at once
ROOM = 4_000_000
#: draws made at once
SLAB = 10_000
#: part of a half-range by which a variable is moved to see the slope
STEP = 1e-3
#: a departure of the mean that is worth a warning, in parts of the point estimate and in standard errors
DEPARTS, ERRORS = 0.01, 3.0
#: a coefficient of variation from which approach 1 is out of its depth (IPCC 2006, vol. 1, p. 3.24, "less than 0.3")
DEPTH = 0.3

Outcome = Callable[[Mapping[str, Any], finance.Finance | None], dict[str, Any]]


class Case(NamedTuple):
    """A project as appraised on its stated values, and how its results become what programmes ask for."""

    project: Project
    estimates: Sequence[tuple[str, Estimate]]
    totals: Mapping[str, float]
    money: finance.Finance | None
    programmes: Sequence[Mapping[str, Any]]
    outcome: Outcome


class Drawn(NamedTuple):
    """Totals over the years and results of each year, as arrays, and the cells that were put in."""

    totals: dict[str, Any]
    years: list[Any]


def simulate(case: Case, plan: Plan) -> tuple[dict[str, Any] | None, list[Finding]]:
    """Draw a project and return the `uncertainty` block of the result, with findings.

    Parameters
    ----------
    case : Case
        The project as appraised.
    plan : Plan
        How many draws, and the seed.

    Returns
    -------
    tuple
        The block, None when nothing has an interval; and what the user should know.

    Raises
    ------
    NoNumpy
        When the extra is not installed.
    Invalid
        CC150, CC151 for correlations that cannot be; CC220 when draws leave the finite numbers.
    """
    np = need_numpy()
    variables, held = find(case.project, case.estimates, case.money)
    matrix = correlations(case.project, variables)
    at = case.project.place("project", key=True)
    if not variables:
        why = "state what is uncertain: `1.2 kWh/km ± 10 %`, or `{value: …, range: [low, high]}`"
        return None, [Finding("CC562", "info", "nothing here has a 95 % interval, so there is nothing to draw", why, at)]
    ends = _ends(case, variables)
    drawn, lines, result, criteria = _draws(case, plan, variables, matrix)
    wrong = plan.draws - int(np.count_nonzero(np.isfinite(drawn.totals["reduction"])))
    if wrong:
        why = f"in {wrong} of {plan.draws} draws the reduction is not a finite number"
        raise Invalid([Finding("CC220", "error", why, "an interval reaches a value at which an equation breaks: narrow it", at)])
    reduction = {"point": case.totals["reduction"], **summarise(drawn.totals["reduction"], plan)}
    stable = convergence(drawn.totals["reduction"], plan)
    driving, explained = drivers(lines, result, plan.draws)
    first = _propagated(case, variables, ends, matrix)
    rows = [
        _row(case, v, ends, i, part, effect)
        for i, (v, part, effect) in enumerate(zip(variables, driving, first["effects"], strict=True))
    ]  # fmt: skip
    block = {
        "method": "monte-carlo", "draws": plan.draws, "seed": plan.seed, "reduction": reduction,
        "reduction_per_year": {k: v / case.project.years for k, v in reduction.items()},
        **{role: {"point": case.totals[role], **_short(drawn.totals[role])} for role in ("baseline", "project", "leakage") if _moves(drawn.totals[role])},
        "years": [{"year": case.project.first_year + y, **_short(values)} for y, values in enumerate(drawn.years)],
        "exceeded_90": reduction["p10"], "conservative": reduction["p2_5"], "convergence": stable,
        "approach_1": {k: v for k, v in first.items() if k != "effects"},
        "variables": sorted(rows, key=lambda row: -row["variance_share"]), "explained": explained,
        "correlations": [{"between": list(row["between"]), "r": row["r"]} for row in case.project.data.get("correlations") or []],
        "held": [h._asdict() for h in held], "programmes": criteria,
    }  # fmt: skip
    return block, _findings(case, plan, block, variables, lines, at)


def check(project: Project, estimates: Sequence[tuple[str, Estimate]], money: finance.Finance | None) -> None:
    """Check the correlations that a project states, drawn or not.

    Raises
    ------
    Invalid
        CC150, CC151.
    """
    correlations(project, find(project, estimates, money)[0])


# --- evaluating -----------------------------------------------------------------------------------------------


def _evaluate(case: Case, cells: Sequence[tuple[Cell, Any]], size: int) -> Drawn:
    """Run every measure on arrays of `size` numbers, in stretches that fit into memory; a stretch changes nothing in the numbers."""
    computed = sum(len(c.places) for _, e in case.estimates for c in e.cells)
    stretch = max(16, min(size, ROOM // max(computed, 1)))
    parts = []
    for start in range(0, size, stretch):
        here = slice(start, start + stretch)
        terms = [t for own in _terms(case, [(cell, values[here]) for cell, values in cells]) for t in own]
        parts.append(_added(case, terms, min(stretch, size - start)))
    return _joined(parts)


def _terms(case: Case, cells: Sequence[tuple[Cell, Any]]) -> list[list[Term]]:
    """Run the equations of every measure with cells put in."""
    import numpy as np

    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        return [redraw(case.project, e, placed(e, i, cells)) for i, (_, e) in enumerate(case.estimates)]


def _added(case: Case, terms: Sequence[Term], size: int) -> tuple[dict[str, Any], list[Any]]:
    import numpy as np

    rows = by_year(terms, case.project.first_year, case.project.years)
    totals = {role: np.broadcast_to(total(row[role] for row in rows), (size,)) for role in TOTALS}
    return totals, [np.broadcast_to(row["reduction"], (size,)) for row in rows]


def _joined(parts: Sequence[tuple[dict[str, Any], list[Any]]]) -> Drawn:
    import numpy as np

    if len(parts) == 1:
        return Drawn(*parts[0])
    return Drawn(
        {role: np.concatenate([p[0][role] for p in parts]) for role in TOTALS}, [np.concatenate(c) for c in zip(*(p[1] for p in parts), strict=True)]
    )


def _draws(
    case: Case, plan: Plan, variables: Sequence[Variable], matrix: list[list[float]] | None
) -> tuple[Drawn, list[Line], Line, list[dict[str, Any]]]:
    """Draw and evaluate slab by slab; keep the totals, and the sums that tell which variable drives the result."""
    import numpy as np

    mixing = root(matrix) if matrix else None
    parts, money = [], []
    lines, result = [Line()] * len(variables), Line()
    waiting: list[Any] = []
    blocks = plan.blocks
    for i, block in enumerate(shares(plan, len(variables), mixing)):
        waiting.append(block)
        if i + 1 < len(blocks) and sum(b.shape[1] for b in waiting) + blocks[i + 1] <= SLAB:
            continue
        drawn = np.concatenate(waiting, axis=1)
        waiting = []
        cells = [(cell, cell.distribution.at(drawn[k])) for k, v in enumerate(variables) for cell in v.cells]
        part = _evaluate(case, cells, drawn.shape[1])
        parts.append((part.totals, part.years))
        mine = part.totals["reduction"]
        firsts = {id(v.cells[0]): k for k, v in enumerate(variables)}
        for cell, values in cells:
            if (k := firsts.get(id(cell))) is not None:
                lines[k] = add(lines[k], line(values, mine))
        result = add(result, line(mine, mine))
        money.append(of_money(case.money, cells) if case.money else {})
    whole = _joined(parts)
    together_ = {name: _stacked([m[name] for m in money]) for name in money[0]}
    return whole, lines, result, _criteria(case, whole, together_)


def _stacked(pieces: Sequence[Any]) -> Any:
    import numpy as np

    if isinstance(pieces[0], list):
        return [np.concatenate(years) if isinstance(years[0], np.ndarray) else years[0] for years in zip(*pieces, strict=True)]
    return np.concatenate(pieces)


def _criteria(case: Case, drawn: Drawn, money: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return for each programme the share of draws that pass each criterion, and all that are required."""
    import numpy as np

    entries = case.project.data.get("programmes") or []
    if not entries:
        return []
    paid = case.money
    if paid:
        rates = "benefit" in money or "cost" in money or "investment" in money
        asked = rates and any(eligibility.rests_on(entry, RATES) for entry in entries)
        paid = draw(paid, {**money, "reduction_per_year": drawn.totals["reduction"] / case.project.years}, asked)
    totals = {**drawn.totals, "reduction_per_year": drawn.totals["reduction"] / case.project.years}
    point, outcome = case.outcome(case.totals, case.money), case.outcome(totals, paid)
    moving = {name: value for name, value in outcome.items() if isinstance(value, np.ndarray)}
    rows = []
    for i, (entry, told) in enumerate(zip(entries, case.programmes, strict=True)):
        answers = eligibility.chances(case.project, i, entry, point | _mandates(case.programmes, i), moving)
        passed = {id_: None if answer is None else float(np.mean(answer)) for id_, answer in answers.items()}
        required = [answers[c["id"]] for c in told["criteria"] if c["required"]]
        known = [answer for answer in required if answer is not None]
        whole = float(np.mean(np.logical_and.reduce(np.broadcast_arrays(*known), axis=0))) if known else None
        if len(known) < len(required) and whole != 0.0:
            whole = None  # what is missing may still decide; one that fails in every draw has decided
        rows.append(
            {
                "id": told["id"],
                "version": told["version"],
                "eligible": whole,
                "criteria": [{"id": id_, "probability": p} for id_, p in passed.items()],
            }
        )
    return rows


def _mandates(programmes: Sequence[Mapping[str, Any]], i: int) -> dict[str, Any]:
    """Return what a mandate tested in the same file has answered, as the judge of the stated values saw it."""
    found = [p for p in programmes if p.get("check") == "mandate" and p["verdict"] == "not-eligible" and p is not programmes[i]]
    return {"mandated": True, "mandated_by": f"{found[-1]['id']} {found[-1]['version']}"} if found else {}


# --- approach 1 and the tornado: one run, in which each variable moves alone -------------------------------------------


class Ends(NamedTuple):
    """Results with each variable alone at its 2.5 and 97.5 percentile, and at a small step down and up; the last column is the centre."""

    values: Drawn
    terms: list[tuple[str, str, str, Any]]
    percentiles: list[tuple[float, float]]
    steps: list[float]


def _ends(case: Case, variables: Sequence[Variable]) -> Ends:
    import numpy as np

    n = len(variables)
    size = 4 * n + 1
    cells, found, steps = [], [], []
    for k, v in enumerate(variables):
        step = 0.0
        for cell in v.cells:
            d = cell.distribution
            half = max(d.value - d.low, d.high - d.value)
            values = np.full(size, d.value)
            values[4 * k : 4 * k + 4] = [d.one(0.025), d.one(0.975), max(d.value - STEP * half, d.least), min(d.value + STEP * half, d.most)]
            if cell is v.cells[0]:
                found.append((float(values[4 * k]), float(values[4 * k + 1])))
                step = float(values[4 * k + 3] - values[4 * k + 2]) / half
            cells.append((cell, values))
        steps.append(step)
    drawn = _terms(case, cells)
    terms = [
        (id_, t.name, t.role, np.broadcast_to(total(t.amounts), (size,)))
        for (id_, _), own in zip(case.estimates, drawn, strict=True)
        for t in own
    ]  # fmt: skip
    return Ends(Drawn(*_added(case, [t for own in drawn for t in own], size)), terms, found, steps)


def _effects(column: Any, ends: Ends) -> list[float]:
    """Return what a half-range of each variable does to a result, to first order."""
    return [float(column[4 * k + 3] - column[4 * k + 2]) / step for k, step in enumerate(ends.steps)]


def _propagated(case: Case, variables: Sequence[Variable], ends: Ends, matrix: list[list[float]] | None) -> dict[str, Any]:
    """Return approach 1: half-widths of the reduction, and of its terms as if they shared nothing."""
    point = case.totals["reduction"]
    effects = _effects(ends.values.totals["reduction"], ends)
    half = together(effects, matrix)
    halves = [(id_, name, role, float(column[-1]), together(_effects(column, ends), matrix)) for id_, name, role, column in ends.terms]
    return {
        "half_width": half, "percent": half / abs(point) * 100.0 if point else None, "p2_5": point - half, "p97_5": point + half,
        "independent_half_width": together([h for *_, h in halves]),
        "terms": [
            {"name": name, "role": role, "value": value, "half_width": h, **({"measure": id_} if id_ else {})} for id_, name, role, value, h in halves
        ],
        "effects": effects,
    }  # fmt: skip


def _row(case: Case, v: Variable, ends: Ends, k: int, part: float, effect: float) -> dict[str, Any]:
    d, q = v.first, v.cells[0].row
    low, high = ends.percentiles[k]
    column = ends.values.totals["reduction"]
    measure = case.estimates[v.cells[0].measure][0] if v.cells[0].measure >= 0 else ""
    return {
        "id": v.name, "name": q["name"], "index": {s: x for s, x in q["index"].items() if s != "year"}, **({"measure": measure} if measure else {}),
        "unit": q["unit"], "value": d.value, "range": [d.low, d.high], "shape": d.shape, "rule": d.rule, "cut": d.cut, "uses": len(v.cells),
        "tornado": {"low": low, "high": high, "at_low": float(column[4 * k]), "at_high": float(column[4 * k + 1])},
        "effect": effect, "variance_share": part,
    }  # fmt: skip


# --- reporting ------------------------------------------------------------------------------------------------


def _short(values: Any) -> dict[str, float]:
    import numpy as np

    return {"mean": float(np.mean(values)), **percentiles(np.sort(values), ENDS)}


def _moves(values: Any) -> bool:
    return bool((values != 0.0).any())


def _findings(case: Case, plan: Plan, block: Mapping[str, Any], variables: Sequence[Variable], lines: Sequence[Line], at: Any) -> list[Finding]:
    findings = []
    reduction, point = block["reduction"], case.totals["reduction"]
    off = reduction["mean"] - point
    if abs(off) > ERRORS * reduction["standard_error"] and abs(off) > DEPARTS * abs(point):
        effects = {row["id"]: row["effect"] for row in block["variables"]}
        shifts = []
        for v, sums in zip(variables, lines, strict=True):
            half = max(v.first.value - v.first.low, v.first.high - v.first.value)
            shifts.append((abs(effects[v.name] * (sums.own / plan.draws - v.first.value) / half), v.name))
        worst = [name for shift, name in sorted(shifts, reverse=True)[:3] if shift > 0.1 * abs(off)]
        side = "above" if off > 0 else "below"
        share = f"{abs(off / point) * 100:.3g} % " if point else ""
        findings.append(
            Finding(
                "CC560",
                "warning",
                f"the mean of the draws is {share}{side} the point estimate: {reduction['mean']:.6g} tCO2e, not {point:.6g} tCO2e",
                ("the values stand off the centre of their intervals: " + ", ".join(worst) if worst else "the equations are not straight lines")
                + "; quote the mean or the lower end, not the point alone",
                at,
            )
        )
    if not block["convergence"]["stable"]:
        findings.append(
            Finding(
                "CC561",
                "info",
                "the ends of the 95 % range are not stable: they may move by more than 1 % of its width with other draws",
                f"raise --draws above {plan.draws}",
                at,
            )
        )
    deep = [v.name for v in variables if max(v.first.value - v.first.low, v.first.high - v.first.value) > DEPTH * 1.96 * abs(v.first.value)]
    if deep:
        findings.append(
            Finding(
                "CC563",
                "info",
                f"approach 1 is out of its depth: the coefficient of variation is above 0.3 for {', '.join(deep)}",
                "judge by the Monte Carlo range",
                at,
            )
        )
    if block["held"]:
        named = "; ".join(f"{h['name']} ({h['why']})" for h in block["held"])
        findings.append(Finding("CC565", "info", f"not drawn: {named}", "their uncertainty is not in the range shown", at))
    return findings

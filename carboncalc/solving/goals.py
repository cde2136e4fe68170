"""Goals: what should come true of a result, a criterion, a target for a figure, or a whole verdict."""

import operator
from collections.abc import Callable, Collection, Mapping
from typing import Any, NamedTuple

from .. import units
from ..findings import did_you_mean
from .search import INVALID, Probe

Tree = Mapping[str, Any]

_COMPARE: dict[str, Callable[[float, float], bool]] = {"<=": operator.le, ">=": operator.ge, "<": operator.lt, ">": operator.gt, "==": operator.eq}
_ROLES = ("baseline", "project", "leakage", "reduction", "reduction_energy")
#: figure of the finance block -> where it stands, its unit, and what `=` asks of it
_MONEY = {
    "payback": ("payback_years", "year", "<="),
    "npv": ("npv", "{currency}", ">="),
    "irr": ("irr", "1", ">="),
    "cost_per_tonne": ("cost_per_tonne", "{currency}/tCO2e", "<="),
}
#: every figure a target may name; `=` asks to reach it: from below, or from above for what should be small
TARGETS = {
    **{name: "<=" if name in ("project", "leakage") else ">=" for name in _ROLES},
    **{f"{name}_per_year": "<=" if name in ("project", "leakage") else ">=" for name in _ROLES},
    **{name: sense for name, (_, _, sense) in _MONEY.items()},
    **{f"{name}_subsidised": sense for name, (_, _, sense) in _MONEY.items()},
}


class UnknownGoal(ValueError):
    """A goal that this project does not have, with what it might have been."""


class Goal(NamedTuple):
    """What should come true; `programme` is the number of a programme in the result, `name` the criterion or figure."""

    text: str
    kind: str  # criterion, target or verdict
    label: str
    name: str
    programme: int | None = None
    compare: str | None = None
    threshold: float | None = None
    unit: str | None = None


def parse(text: str, tree: Tree) -> Goal:
    """Read a goal.

    Parameters
    ----------
    text : str
        ``cost-effectiveness``, ``jcm/model-project/cost-effectiveness``, ``eligible``, ``reduction>=1000 tCO2e/year``,
        ``cost-effectiveness<=3000 JPY/tCO2e``.
    tree : mapping
        The result it is asked of.

    Raises
    ------
    UnknownGoal
        When the result has no such criterion or figure, or several programmes have it; the message lists what there is.
    """
    for mark in ("<=", ">=", "="):
        left, found, right = text.partition(mark)
        if found:
            return _target(text.strip(), left.strip(), mark, right.strip(), tree)
    return _criterion(text.strip(), tree)


def names(tree: Tree) -> list[str]:
    """List every goal of a result that needs no number."""
    found = []
    for row in tree["programmes"]:
        found += [c["id"] for c in row["criteria"]] + ["eligible"]
    short = [n for n in dict.fromkeys(found) if found.count(n) == 1]
    return short + [f"{row['id']}/{n}" for row in tree["programmes"] for n in [*(c["id"] for c in row["criteria"]), "eligible"] if n not in short]


def _criterion(text: str, tree: Tree) -> Goal:
    scope, _, name = text.rpartition("/")
    rows = [(i, row) for i, row in enumerate(tree["programmes"]) if scope in ("", row["id"], f"{row['id']}@{row['version']}")]
    fitting = [(i, row) for i, row in rows if row["criteria"] and (name == "eligible" or any(c["id"] == name for c in row["criteria"]))]
    if len(fitting) > 1:
        ids = [row["id"] for _, row in fitting]
        scopes = [id_ if ids.count(id_) == 1 else f"{id_}@{row['version']}" for id_, (_, row) in zip(ids, fitting, strict=True)]
        raise UnknownGoal(f"'{name}' is asked by several programmes; write " + " or ".join(f"`{scope}/{name}`" for scope in scopes))
    if not fitting:
        if rows and not any(row["criteria"] for _, row in rows):
            raise UnknownGoal(f"no rules of {rows[0][1]['id']} are known for {rows[0][1]['at']}; `carboncalc check` tells more")
        if not tree["programmes"]:
            raise UnknownGoal(f"'{text}' is no figure, and the project names no programme; add `programmes:`, or give a target: {_figures()}")
        raise UnknownGoal(
            f"there is no criterion '{text}'; {did_you_mean(text, [*names(tree), *TARGETS]) or 'criteria: ' + ', '.join(names(tree))}; or a target: {_figures()}"
        )
    i, row = fitting[0]
    if name == "eligible":
        return Goal(f"{row['id']}/eligible", "verdict", row["title"]["en"], "eligible", i)
    c = next(c for c in row["criteria"] if c["id"] == name)
    return Goal(f"{row['id']}/{name}", "criterion", c["label"]["en"], name, i, c["compare"], None, c["unit"])


def _figures() -> str:
    return ", ".join(TARGETS) + "; such as `reduction>=1000 tCO2e/year`"


def _target(text: str, name: str, mark: str, right: str, tree: Tree) -> Goal:
    try:
        if name in TARGETS:
            unit = _unit(name, right, tree)
            sense = TARGETS[name] if mark == "=" else mark
            if unit.endswith("/year") and name in _ROLES:
                name += "_per_year"
            return Goal(text, "target", name.replace("_", " "), name, None, sense, units.read_quantity(right, unit).value, unit)
        try:
            goal = _criterion(name, tree)
        except UnknownGoal:
            known = did_you_mean(name, [*TARGETS, *names(tree)])
            raise UnknownGoal(f"there is no figure '{name}'; {known or 'figures: ' + ', '.join(TARGETS)}") from None
        c = _row(goal, tree)
        if c is None or c["compare"] is None or c["unit"] in (None, "day"):
            raise UnknownGoal(f"'{name}' has no number to compare; write `--for {name}`")
        sense = c["compare"] if mark == "=" else mark
        return goal._replace(text=text, compare=sense, threshold=units.read_quantity(right, c["unit"]).value)
    except units.UnitError as bad:
        raise UnknownGoal(f"`{text}`: {bad}; {bad.help}") from None


def _unit(name: str, right: str, tree: Tree) -> str:
    if name.removesuffix("_per_year") in _ROLES:
        if name.endswith("_per_year"):
            return "tCO2e/year"
        return "tCO2e/year" if units.read_quantity(right).unit.dimension == units.parse("tCO2e/year").dimension else "tCO2e"
    if not tree["finance"]:
        raise UnknownGoal(f"there is no `{name}`: the project has no `finance:`")
    if name.endswith("_subsidised") and tree["finance"]["with_subsidy"] is None:
        raise UnknownGoal(f"there is no `{name}`: no programme entry states a `subsidy_rate`")
    return _MONEY[name.removesuffix("_subsidised")][1].format(currency=tree["finance"]["currency"])


def _row(goal: Goal, tree: Tree) -> Mapping[str, Any] | None:
    assert goal.programme is not None
    return next((c for c in tree["programmes"][goal.programme]["criteria"] if c["id"] == goal.name), None)


def figure(goal: Goal, tree: Tree) -> float | None:
    """Return the figure a target is about; a payback that does not exist is longer than any limit."""
    name = goal.name
    if name.removesuffix("_per_year") in _ROLES:
        total: float = tree["totals"][name.removesuffix("_per_year")]
        return total / len(tree["years"]) if name.endswith("_per_year") else total
    column = tree["finance"]["with_subsidy" if name.endswith("_subsidised") else "without_subsidy"]
    value: float | None = column[_MONEY[name.removesuffix("_subsidised")][0]]
    return float("inf") if value is None and name.startswith("payback") else value


def missing(goal: Goal, tree: Tree) -> dict[str, list[str]]:
    """Return, of the criteria the goal rests on, those that are unknown, with the facts each lacks."""
    if goal.kind == "target":
        return {}
    return {c["id"]: c["missing"] for c in _relevant(goal, tree) if c["verdict"] == "unknown"}


def _relevant(goal: Goal, tree: Tree) -> list[Mapping[str, Any]]:
    assert goal.programme is not None
    criteria: list[Mapping[str, Any]] = tree["programmes"][goal.programme]["criteria"]
    return [c for c in criteria if (c["required"] if goal.kind == "verdict" else c["id"] == goal.name)]


def look(goal: Goal, tree: Tree | None, held: Collection[str] = (), only: Collection[str] | None = None) -> Probe:
    """Say whether a result meets the goal, and by how much.

    Parameters
    ----------
    goal : Goal
        What is asked.
    tree : mapping or None
        The result; None for a file that became invalid.
    held : collection of str
        Criteria that lack a fact whatever else is changed: they are not counted against a verdict.
    only : collection of str, optional
        Count these criteria and no others: for the value of a missing fact.
    """
    if tree is None:
        return INVALID
    if goal.kind == "target":
        value = figure(goal, tree)
        return _compared(goal, value, tree)
    rows = _relevant(goal, tree)
    rows = [c for c in rows if (c["id"] in only if only is not None else c["id"] not in held or c["verdict"] == "fail")]
    if goal.threshold is not None:
        return _compared(goal, rows[0]["value"] if rows else None, tree)
    figures = {c["id"]: (c["verdict"], c["value"], c["threshold"]) for c in rows}
    scores = {c["id"]: _score(c) for c in rows}
    blind = any(c["verdict"] != "pass" and scores[c["id"]] is None for c in rows)
    known = [s for s in scores.values() if s is not None]
    ok = bool(rows) and all(c["verdict"] == "pass" for c in rows)
    return Probe(ok, None if blind or not known else min(known), figures, scores, tree)


def _compared(goal: Goal, value: Any, tree: Tree) -> Probe:
    assert goal.compare is not None and goal.threshold is not None
    if value is None:
        return Probe(False, None, {goal.name: ("unknown", None)}, {}, tree)
    ok = _COMPARE[goal.compare](value, goal.threshold)
    gap = (goal.threshold - value) * (1 if goal.compare.startswith("<") else -1)
    score = None if abs(gap) == float("inf") else gap / (abs(goal.threshold) or 1.0)
    return Probe(ok, score, {goal.name: ("pass" if ok else "fail", value)}, {goal.name: score}, tree)


def _score(c: Mapping[str, Any]) -> float | None:
    """Return the margin of a criterion relative to its threshold, so that criteria of different units can be compared."""
    if c["margin"] is None:
        return None
    threshold = c["threshold"] if isinstance(c["threshold"], (int, float)) else 0.0
    margin: float = c["margin"]
    return margin / (abs(threshold) or 1.0)

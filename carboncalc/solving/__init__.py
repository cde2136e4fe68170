"""Break-even: the value of each single number that would make a criterion pass, a figure reach a target, or a programme eligible.

Every evaluation is a whole re-appraisal of the project with one number of its data changed, so an answer is what `estimate` would say.
"""

from collections.abc import Mapping
from typing import Any

from .. import library
from ..appraise import appraise
from ..findings import Finding, Invalid
from ..result import FORMAT
from . import goals, levers
from .goals import TARGETS, UnknownGoal
from .levers import NOTES, Lever, Switch
from .search import Edge, Found, Probe, Region, seek

__all__ = ["TARGETS", "UnknownGoal", "solve"]


def solve(document: library.Document, for_: str) -> dict[str, Any]:
    """Find what would make a goal come true, one change at a time.

    Parameters
    ----------
    document : Document
        A parsed project file.
    for_ : str
        A criterion (``cost-effectiveness``, or with its programme ``jcm/model-project/cost-effectiveness``), a target
        (``reduction>=1000 tCO2e/year``; see `TARGETS`), a criterion with a threshold of one's own
        (``cost-effectiveness<=3000 JPY/tCO2e``), or ``eligible`` for the whole verdict.

    Returns
    -------
    dict
        Plain data: ``goal``, ``inputs`` (the smallest relative change first), ``smallest`` (the path of that one), ``switches``, ``findings``. A value is exact in ``value`` and rounded into the
        passing side in ``shown``, which may be written into the file: the shown value passes and one step of its last digit less fails.

    Raises
    ------
    UnknownGoal
        When the project has no such goal, or several.
    Invalid
        When the project itself cannot be appraised.
    """
    return _Solver(document, for_).solve()


class _Solver:
    def __init__(self, document: library.Document, for_: str) -> None:
        self.data = {k: v for k, v in document.data.items() if k != "scenarios"} if isinstance(document.data, dict) else document.data
        self.document = document._replace(data=self.data)
        self.tree = appraise(document).tree
        self.count = 1
        self.goal = goals.parse(for_, self.tree)
        self.lacking = goals.missing(self.goal, self.tree)
        self.now = goals.look(self.goal, self.tree, self.lacking)

    def solve(self) -> dict[str, Any]:
        inputs: list[dict[str, Any]] = []
        turned: list[dict[str, Any]] = []
        if self.goal.kind != "criterion" or not self.lacking:
            inputs = [self.row(lever, seek(lever, self.ask(lever), self.now), self.now) for lever in levers.stated(self.data, self.tree)]
            turned = [row for switch in levers.choices(self.data, self.tree) if (row := self.turn(switch, None)) is not None]
        inputs += self.unstated(turned)
        inputs.sort(key=_order)
        first = inputs[0] if inputs and inputs[0]["status"] == "needed" and inputs[0]["answers"][0]["change"] is not None else None
        found = any(row["answers"] for row in inputs) or any(row["passes"] for row in turned)
        return {
            "carboncalc": FORMAT,
            "version": self.tree["version"],
            "project": {k: (self.tree.get("park") or self.tree["project"])[k] for k in ("id", "title")},
            "goal": self.describe(),
            "smallest": None if first is None else first["path"],
            "inputs": inputs,
            "switches": turned,
            "findings": [*self.reasons(), *(f.to_dict() for f in self.findings(inputs, found))],
            "appraisals": self.count,
        }

    # --- asking ---------------------------------------------------------------------------------------------

    def appraise(self, data: Any) -> Mapping[str, Any] | None:
        """Appraise changed data; None when they make no valid project."""
        self.count += 1
        try:
            return appraise(self.document._replace(data=data)).tree
        except Invalid:
            return None

    def ask(self, lever: Lever, only: list[str] | None = None) -> Any:
        def probe(value: float | str) -> Probe:
            return goals.look(self.goal, self.appraise(lever.write(value)), self.lacking, only)

        return probe

    def unstated(self, turned: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Solve for each fact that is not stated, where it is the only one its criteria lack."""
        rows = []
        single = {names[0] for names in self.lacking.values() if len(names) == 1}
        numbers, choices = levers.unstated(self.data, self.tree, single)
        for lever in (n for n in numbers if n.programme == self.goal.programme):
            only = [c for c, names in self.lacking.items() if names == [lever.symbol]]
            nothing = goals.look(self.goal, self.tree, (), only)
            rows.append(self.row(lever, seek(lever, self.ask(lever, only), nothing), nothing))
        for switch in (c for c in choices if c.programme == self.goal.programme):
            row = self.turn(switch, [c for c, names in self.lacking.items() if names == [switch.symbol]])
            turned += [row] if row is not None else []
        return rows

    # --- telling --------------------------------------------------------------------------------------------

    def row(self, lever: Lever, found: Found, now: Probe) -> dict[str, Any]:
        answers = [a for region in found.regions for a in self.answers(lever, region, now.ok)]
        answers.sort(key=lambda a: abs(a["change"]) if a["change"] is not None else 0.0)
        if not found.matters:
            status = "no-effect"
        elif answers:
            status = "passes" if now.ok else "needed"
        else:
            status = "always" if now.ok else "none"
        best = None
        if status == "none" and found.best and self.goal.kind != "verdict":
            best = {"at": lever.show(_short(found.best[0])), "figure": self.figure(found.best[1])}
        return {
            "path": lever.path, "name": lever.name, "label": lever.label, "unit": lever.unit, "now": lever.now, "given": lever.given,
            "shown_now": None if lever.now is None else lever.show(lever.now), "whole": lever.whole, "range": [lever.low, lever.high],
            "shown_range": [lever.show(_short(lever.low)), lever.show(_short(lever.high))], "range_basis": lever.basis,
            "note": "; ".join(NOTES[kind].format(year=year) for kind, year in lever.notes), "notes": [{"kind": k, "year": year} for k, year in lever.notes],
            "status": status, "answers": answers, "best": best, "blocked_by": found.blocked_by, "never": found.never,
        }  # fmt: skip

    def answers(self, lever: Lever, region: Region, inside: bool) -> list[dict[str, Any]]:
        """Tell a region: when the present value passes, each of its ends; else the end nearest to it and how far the region goes."""
        low, high = region
        if inside or lever.now is None:
            return [self.answer(lever, edge, None) for edge in (low, high) if edge]
        above = low is not None and low.value > lever.now
        near, far = (low, high) if above else (high, low)
        assert near is not None
        return [self.answer(lever, near, far)]

    def answer(self, lever: Lever, edge: Edge, far: Edge | None) -> dict[str, Any]:
        now = lever.now
        return {
            "compare": ">=" if edge.up else "<=", "value": edge.value, "shown": edge.shown, "shown_value": edge.shown_value, "step": edge.step,
            "until": None if far is None else {"value": far.value, "shown": far.shown},
            "change": (edge.shown_value - now) / abs(now) if now and lever.ratio else None,
            "invalid_beyond": edge.invalid_beyond, "figure": self.figure(edge.probe), "after": _after(edge.probe.tree),
        }  # fmt: skip

    def turn(self, switch: Switch, only: list[str] | None) -> dict[str, Any] | None:
        """Tell what a choice does; None when it changes nothing that the goal rests on."""
        probe = goals.look(self.goal, self.appraise(switch.data), self.lacking, only)
        if only is None and probe.figures == self.now.figures:
            return None
        return {
            "path": switch.path, "name": switch.name, "label": switch.label, "now": switch.now, "to": switch.to, "passes": probe.ok,
            "figure": self.figure(probe), "after": _after(probe.tree),
        }  # fmt: skip

    def figure(self, probe: Probe) -> Any:
        """Return the figure of a criterion or target at a probe; a whole verdict has none."""
        if not probe.figures or self.goal.kind == "verdict":
            return None
        value = probe.figures[self.goal.name][1]
        return None if isinstance(value, float) and abs(value) == float("inf") else value

    def describe(self) -> dict[str, Any]:
        goal, row = self.goal, None
        if goal.programme is not None:
            program = self.tree["programmes"][goal.programme]
            row = next((c for c in program["criteria"] if c["id"] == goal.name), None)
        told = goal.threshold if goal.threshold is not None or row is None else row["threshold"]
        ok: bool | None = self.now.ok
        if self.lacking and (goal.kind == "criterion" or self.now.ok):
            ok = None
        if goal.kind == "target" and self.now.figures == {goal.name: ("unknown", None)}:
            ok = None
        return {
            "for": goal.text, "kind": goal.kind, "name": goal.name, "label": goal.label, "labels": row["label"] if row else None, "unit": goal.unit, "compare": goal.compare, "threshold": told,
            "count": bool(row and row["count"]),
            "programme": None if goal.programme is None else self.tree["programmes"][goal.programme]["id"],
            "programme_version": None if goal.programme is None else self.tree["programmes"][goal.programme]["version"],
            "figure": self.figure(self.now), "passes": ok, "missing": dict(self.lacking),
            "unverified": None if goal.programme is None else self.tree["programmes"][goal.programme]["unverified"],
            "confidence": row["confidence"] if row is not None and goal.threshold is None else None, "cite": row["cite"] if row is not None else None,
            "now": _after(self.tree),
        }  # fmt: skip

    def reasons(self) -> list[Mapping[str, Any]]:
        """Return what the result says of a money figure that does not exist."""
        absent = self.goal.kind == "target" and self.figure(self.now) is None
        return [f for f in self.tree["findings"] if absent and f["code"] in ("CC407", "CC408", "CC409", "CC410")]

    def findings(self, inputs: list[dict[str, Any]], found: bool) -> list[Finding]:
        rows = []
        for id_, facts in self.lacking.items():
            rows.append(
                Finding(
                    "CC451", "info", f"`{id_}` cannot be answered: {', '.join(facts) or 'a fact'} {'is' if len(facts) < 2 else 'are'} not stated",
                    "state it in the programme's entry of the project file" if len(facts) < 2 else "state all of them; each alone leaves it unknown",
                )
            )  # fmt: skip
        if not found and not (self.now.ok and not self.lacking):
            rows.append(
                Finding(
                    "CC450", "info", f"no single change within its range makes `{self.goal.text}` come true",
                    "change two inputs at once" if inputs else "state what is missing first",
                )
            )  # fmt: skip
        return rows


def _short(value: float) -> float:
    """Round to six digits what is shown and not to be substituted; a day number has six or seven."""
    return value if value == int(value) else float(f"{value:.6g}")


def _after(tree: Mapping[str, Any] | None) -> list[dict[str, Any]] | None:
    """Summarise the verdict of every programme: which required criteria fail and which are unknown."""
    if tree is None:
        return None
    return [
        {
            "id": row["id"], "version": row["version"], "verdict": row["verdict"],
            "fails": [c["id"] for c in row["criteria"] if c["required"] and c["verdict"] == "fail"],
            "unknown": [c["id"] for c in row["criteria"] if c["required"] and c["verdict"] == "unknown"],
        }
        for row in tree["programmes"]
    ]  # fmt: skip


def _order(row: Mapping[str, Any]) -> tuple[int, float]:
    """Sort the smallest relative change first; then what cannot be compared so, then what never passes, then what does not matter."""
    rank = {"needed": 0, "passes": 0, "none": 2, "always": 3, "no-effect": 4}[row["status"]]
    change = row["answers"][0]["change"] if row["answers"] else None
    return (rank + 1, 0.0) if rank == 0 and change is None else (rank, abs(change or 0.0))

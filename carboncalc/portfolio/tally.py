"""The tally: what a portfolio adds up, and the exit code, decided once and apart from any format."""

from collections.abc import Sequence
from typing import Any

from ..result import Outcome, Row
from .gates import Gate, figures

DONE, GATE, USAGE, INVALID = 0, 1, 2, 3
KEYS = ("baseline", "project", "leakage", "reduction", "reduction_energy", "reduction_per_year")


def keep(outcome: Outcome, text: str | bytes = "") -> Row:
    """Return what a portfolio keeps of a file: small and plain, so that it travels between processes."""
    counts = dict.fromkeys(("error", "warning", "info"), 0)
    for finding in outcome.findings:
        counts[finding["severity"]] += not finding.get("suppressed")
    result = outcome.result
    if result is None:
        return Row(outcome.file, None, None, None, None, None, [], counts, {}, outcome.readable, [dict(f) for f in outcome.findings], text)
    head = result.get("park") or result["project"]
    method = result.get("methodology")
    return Row(
        outcome.file, head["id"], head["title"], head["country"], method["id"] if method else "park" if result.get("park") else "several measures",
        {k: result["totals"][k] for k in KEYS}, [(p["id"], p["verdict"], p["unverified"]) for p in result["programmes"]], counts, figures(result), True, [], text,
        tuple(p["id"] for p in result.get("projects", [])),
    )  # fmt: skip


class Tally:
    """Totals of a portfolio, grown row by row, with the gates that fired.

    A project that a park of the portfolio holds counts through the park only.

    Parameters
    ----------
    gates : sequence of Gate
        What shall fail the run.
    """

    def __init__(self, gates: Sequence[Gate] = ()) -> None:
        self.gates = list(gates)
        self.fired: list[tuple[str, str, str]] = []
        self.files = self.invalid = self.unreadable = 0
        #: of each project its id, its figures in the order of `KEYS`, and its groups: what a portfolio of any size keeps of a file
        self.rows: list[tuple[str, tuple[float, ...], tuple[tuple[str, str], ...]]] = []
        self._alike: dict[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]] = {}
        self.held: set[str] = set()
        self.ids: dict[str, str] = {}
        self.twice: list[tuple[str, str, str]] = []

    def add(self, row: Row) -> None:
        """Count one file."""
        self.files += 1
        self.fired += [(gate.text, row.file, why) for gate in self.gates if (why := gate.fires(row))]
        if row.totals is None:
            self.invalid += row.readable
            self.unreadable += not row.readable
            return
        assert row.id is not None
        if row.id in self.ids:
            self.twice.append((row.id, self.ids[row.id], row.file))
        self.ids.setdefault(row.id, row.file)
        self.held |= set(row.holds)
        # a yes that rests on unverified thresholds is never counted among the plain ones
        said = {f"{id_} {verdict}" + (", unverified" if verdict == "eligible" and unverified else "") for id_, verdict, unverified in row.verdicts}
        verdicts = (("by_verdict", verdict) for verdict in sorted(said) or ["no programme"])
        groups = (("by_methodology", str(row.methodology)), ("by_country", str(row.country)), *verdicts)
        self.rows.append((row.id, tuple(row.totals[key] for key in KEYS), self._alike.setdefault(groups, groups)))

    def to_dict(self) -> dict[str, Any]:
        """Return the totals as JSON shows them: sums [tCO2e, tCO2e/year], then by methodology, country and verdict.

        A project stands once for each of its verdicts, so the groups of `by_verdict` may overlap; the others add up to the whole.
        """
        totals = dict.fromkeys(KEYS, 0.0)
        groups: dict[str, dict[str, dict[str, float]]] = {"by_methodology": {}, "by_country": {}, "by_verdict": {}}
        through = []
        for id_, values, places in self.rows:
            if id_ in self.held:
                through.append(id_)
                continue
            figures_ = dict(zip(KEYS, values, strict=True))
            for key in KEYS:
                totals[key] += figures_[key]
            for kind, place in places:
                sums = groups[kind].setdefault(place, {"projects": 0, "reduction": 0.0, "reduction_per_year": 0.0})
                sums["projects"] += 1
                for name in ("reduction", "reduction_per_year"):
                    sums[name] += figures_[name]
        counts = {"projects": self.files - self.invalid - self.unreadable, "invalid": self.invalid + self.unreadable}
        parks = {"counted_in_parks": through} if through else {}
        return {**totals, **counts, **parks, **{kind: dict(sorted(rows.items())) for kind, rows in groups.items()}}

    def code(self) -> int:
        """Return the exit code: the worst of all files."""
        if self.invalid:
            return INVALID
        if self.unreadable:
            return USAGE
        return GATE if any(gate != "invalid" for gate, _, _ in self.fired) else DONE

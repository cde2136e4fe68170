"""Gates: what makes a run fail in continuous integration, besides files that are invalid."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from .. import units
from ..findings import did_you_mean
from ..result import Row

WORDS = ("invalid", "warning", "not-eligible", "undetermined")
#: figures a gate may compare, with the unit a bare number has
FIGURES = {
    "reduction": "tCO2e",
    "reduction_per_year": "tCO2e/year",
    "reduction_energy": "tCO2e",
    "baseline": "tCO2e",
    "project": "tCO2e",
    "leakage": "tCO2e",
    "payback_years": "year",
    "irr": "1",
    "npv": "1",
    "cost_per_tonne": "1",
}
_COMPARISON = re.compile(r"\s*([a-z_]+)\s*(<=|>=|<|>)\s*(.+?)\s*$")


class Gate(NamedTuple):
    """One ``--fail-on``: a word, or a figure that must not be below or above a limit."""

    text: str
    figure: str | None = None
    compare: str = ""
    limit: float = 0.0

    def fires(self, row: Row) -> str:
        """Return why the gate fires for a file, or an empty text.

        A figure that does not exist (a rate of return without finance) fires too: a gate that cannot see does not pass.
        """
        if self.figure is None:
            return self._word(row)
        if row.totals is None:
            return ""  # invalid files have their own exit code
        value = row.figures.get(self.figure)
        if value is None:
            return f"{self.figure} does not exist"
        hit = {"<": value < self.limit, "<=": value <= self.limit, ">": value > self.limit, ">=": value >= self.limit}[self.compare]
        return f"{self.figure} is {value:.6g}" if hit else ""

    def _word(self, row: Row) -> str:
        if self.text == "invalid":
            return "" if row.totals is not None else "the file is invalid"
        if self.text == "warning":
            return f"{row.counts['warning']} warnings" if row.counts["warning"] else ""
        programmes = [id_ for id_, verdict, _ in row.verdicts if verdict == self.text]
        return f"{', '.join(programmes)}: {self.text}" if programmes else ""


def parse_gate(text: str) -> Gate:
    """Read a gate: one of `WORDS`, or a comparison such as ``reduction<1000`` or ``reduction_per_year < 1 ktCO2e/year``.

    Raises
    ------
    ValueError
        With the words for the user.
    """
    if text in WORDS:
        return Gate(text)
    match = _COMPARISON.match(text)
    if not match:
        raise ValueError(
            f"'{text}' is not a gate; {did_you_mean(text, WORDS) or 'gates: ' + ', '.join(WORDS) + ', or a comparison such as reduction<1000'}"
        )
    figure, compare, limit = match.groups()
    if figure not in FIGURES:
        raise ValueError(f"there is no figure '{figure}' to compare; {did_you_mean(figure, FIGURES) or 'figures: ' + ', '.join(FIGURES)}")
    try:
        read = units.read_quantity(limit)
        value = read.value if read.unit.text == "1" else read.to(FIGURES[figure]).value
    except units.UnitError as bad:
        raise ValueError(f"--fail-on '{text}': {bad.message}; {bad.help}") from None
    return Gate(text, figure, compare, value)


def figures(result: Mapping[str, Any]) -> dict[str, float | None]:
    """Return the figures of a result that gates may compare."""
    found: dict[str, float | None] = {k: result["totals"].get(k) for k in FIGURES if k in result["totals"]}
    if result.get("finance"):
        found |= {k: result["finance"]["without_subsidy"].get(k) for k in ("payback_years", "irr", "npv", "cost_per_tonne")}
    return found

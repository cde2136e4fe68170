"""The terminal's table of several projects, with totals by methodology, country and verdict."""

from collections.abc import Mapping, Sequence
from typing import Any

from ..result import Row
from .layout import Page, Table, Text
from .numbers import amount, clean, doubt
from .text import SUMMARY

_GROUPS = {"by_methodology": "methodology", "by_country": "country", "by_verdict": "programme and verdict"}


def render(rows: Sequence[Row], totals: Mapping[str, Any], width: int, colour: bool) -> str:
    """Render rows and totals.

    Parameters
    ----------
    rows : sequence of Row
        Every file, the invalid ones too.
    totals : mapping
        As the JSON of several projects has them.
    width : int
        Columns.
    colour : bool
        Use colour; meaning never rests on it.
    """
    page = Page(width, colour)
    good = [row for row in rows if row.totals is not None]
    page.write()
    page.write(f"{len(good)} project{'s' if len(good) != 1 else ''}", "bold")
    table = Table(("project", "l"), ("methodology", "l"), ("tCO2e/year", "r"), ("tCO2e", "r"), ("verdict", "w"), ("warnings", "r"))
    for row in good:
        assert row.totals is not None
        marks = [f"{SUMMARY[verdict][0][0]}\u00a0{id_.rpartition('/')[2]}{doubt(verdict, unverified)}" for id_, verdict, unverified in row.verdicts]
        verdicts = ", ".join(marks) or "—"  # the mark and the programme: a law makes nobody eligible
        figures = (amount(row.totals["reduction_per_year"]), amount(row.totals["reduction"]))
        table.add_row(Text(clean(row.id)), str(row.methodology), *figures, verdicts, str(row.counts["warning"]))
    sums = (Text(amount(totals["reduction_per_year"]), style="bold"), Text(amount(totals["reduction"]), style="bold"))
    table.add_row(Text("total", style="bold"), "", *sums, "", "")
    page.table(table)
    if totals.get("counted_in_parks"):
        page.write(f"Counted through the park that holds it, not once more: {', '.join(map(clean, totals['counted_in_parks']))}.", "dim")
    for row in rows:
        if row.totals is None:
            page.write(f"✗ {clean(row.file)}: invalid, not counted", "red")
    for key, label in _GROUPS.items():
        if len(totals[key]) > 1:
            _group(page, label, totals[key])
    page.write("Figures are rounded for show and may not add up; the JSON keeps every digit.", "dim")
    return str(page)


def _group(page: Page, label: str, groups: Mapping[str, Any]) -> None:
    page.write()
    table = Table((label, "w"), ("projects", "r"), ("tCO2e/year", "r"), ("tCO2e", "r"))
    for name, sums in groups.items():
        table.add_row(Text(clean(name)), str(sums["projects"]), amount(sums["reduction_per_year"]), amount(sums["reduction"]))
    page.table(table)

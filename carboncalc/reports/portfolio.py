"""The terminal's table of several projects, with totals by methodology, country and verdict."""

from collections.abc import Mapping, Sequence
from typing import Any

from ..result import Row
from .layout import Page, Table, Text
from .numbers import clean
from .words import SIGNS, Words

_GROUPS = {"by_methodology": "say.methodology", "by_country": "say.country", "by_verdict": "portfolio.programme_and_verdict"}


def render(rows: Sequence[Row], totals: Mapping[str, Any], width: int, colour: bool, words: Words) -> str:
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
    words : Words
        The language.
    """
    page = Page(width, colour, words)
    good = [row for row in rows if row.totals is not None]
    page.write()
    page.write(words.count("portfolio.projects", len(good)), "bold")
    table = Table(
        (words("role.project"), "l"), (words("say.methodology"), "l"), (words("portfolio.a_year"), "r"), (words("portfolio.in_all"), "r"), (words("say.verdict"), "w"),
        (words("portfolio.warnings"), "r"),
    )  # fmt: skip
    for row in good:
        assert row.totals is not None
        marks = [f"{SIGNS[verdict]}\u00a0{id_.rpartition('/')[2]}{words.doubt(verdict, unverified)}" for id_, verdict, unverified in row.verdicts]
        verdicts = ", ".join(marks) or "—"  # the mark and the programme: a law makes nobody eligible
        figures = (words.amount(row.totals["reduction_per_year"]), words.amount(row.totals["reduction"]))
        table.add_row(Text(clean(row.id)), methodology(words, row), *figures, verdicts, words.figure(row.counts["warning"]))
    sums = (Text(words.amount(totals["reduction_per_year"]), style="bold"), Text(words.amount(totals["reduction"]), style="bold"))
    table.add_row(Text(words("say.total"), style="bold"), "", *sums, "", "")
    page.table(table)
    if totals.get("counted_in_parks"):
        page.write(words("portfolio.counted_in_parks", ids=", ".join(map(clean, totals["counted_in_parks"]))), "dim")
    for row in rows:
        if row.totals is None:
            page.write("✗ " + words("portfolio.invalid", file=clean(row.file)), "red")
    for key, title in _GROUPS.items():
        if len(totals[key]) > 1:
            _group(page, words(title), totals[key])
    page.write(words("text.rounded"), "dim")
    return str(page)


def methodology(words: Words, row: Row) -> str:
    """Return the methodology of a row, or what it is where it has none of its own."""
    return words(_NONE[row.methodology]) if row.methodology in _NONE else str(row.methodology)


#: what the tally says in place of a methodology
_NONE = {"park": "park.park", "several measures": "say.several_measures"}


def _group(page: Page, label: str, groups: Mapping[str, Any]) -> None:
    words = page.words
    page.write()
    table = Table((label, "w"), (words("portfolio.number"), "r"), (words("portfolio.a_year"), "r"), (words("portfolio.in_all"), "r"))
    for name, sums in groups.items():
        table.add_row(
            Text(_place(words, name)), words.figure(sums["projects"]), words.amount(sums["reduction_per_year"]), words.amount(sums["reduction"])
        )
    page.table(table)


def _place(words: Words, name: str) -> str:
    """Return the name of a group: an id or country as it is, a verdict of a programme in words."""
    if name in _NONE:
        return words(_NONE[name])
    if name == "no programme":
        return words("portfolio.no_programme")
    id_, _, rest = name.partition(" ")
    verdict, _, doubt = rest.partition(", ")
    if not words.has(f"verdict.{verdict}"):
        return clean(name)
    return f"{id_} {words(f'verdict.{verdict}')}" if not doubt else words("portfolio.doubtful", id=id_, verdict=words(f"verdict.{verdict}"))

"""Golden files: whole reports in every language, so that a change of a word or a number shows as a difference to be reviewed.

A format is a row of `FORMATS`: what makes its text, given the words of a language. Its files are ``tests/golden/<format>-<language>.txt``.
After a change that is wanted, write them anew and read what changed::

    python -m pytest tests/test_golden.py --golden
    git diff tests/golden
"""

from collections.abc import Callable
from functools import cache

import pytest
from conftest import EN, JA, ROOT, VI

from carboncalc import library, portfolio
from carboncalc.compare import compare
from carboncalc.portfolio.tally import Tally, keep
from carboncalc.reports import diff, text, trace
from carboncalc.reports import portfolio as table
from carboncalc.reports import solve as break_even
from carboncalc.reports.formats import functions
from carboncalc.reports.words import Words
from carboncalc.result import Outcome
from carboncalc.solving import solve

GOLDEN = ROOT / "tests" / "golden"
BUSES, COMPOST, PARK = "cat-ba-electric-buses", "trang-cat-composting", "hai-phong-eco-industrial-park"


@cache
def outcome(name: str) -> Outcome:
    """Appraise an example under a name that is the same on every machine."""
    return portfolio.outcome(f"examples/{name}.yaml", (ROOT / "examples" / f"{name}.yaml").read_bytes())


def result(name: str) -> dict:
    """Return the result of an example."""
    found = outcome(name).result
    assert found is not None
    return dict(found)


def several(words: Words) -> str:
    """Return the table of three projects."""
    rows, tally = [keep(outcome(name)) for name in (BUSES, COMPOST, PARK)], Tally()
    for row in rows:
        tally.add(row)
    return table.render(rows, tally.to_dict(), 100, False, words)


def comment(words: Words) -> str:
    """Return the pull-request comment of two projects."""
    one, whole = functions("markdown", words)
    rows, tally = [keep(outcome(name), one(outcome(name))) for name in (BUSES, COMPOST)], Tally()
    for row in rows:
        tally.add(row)
    return "".join(whole(rows, tally.to_dict))


def broken_even(words: Words) -> str:
    """Return the break-evens of the buses."""
    path = ROOT / "examples" / f"{BUSES}.yaml"
    return break_even.render(solve(library.parse(path.read_bytes(), "buses.yaml"), "cost-effectiveness"), 100, False, words)


def changed(words: Words) -> str:
    """Return what two changes of the buses do."""
    content = (ROOT / "examples" / f"{BUSES}.yaml").read_text(encoding="utf-8")
    head = content.replace("annual_cost: 1 million JPY/year", "annual_cost: 2 million JPY/year").replace("years: 12", "years: 11")
    assert head != content
    return diff.render([compare(result(BUSES), dict(portfolio.outcome("head.yaml", head.encode()).result or {}))], [], [], 100, False, words)


FORMATS: dict[str, Callable[[Words], str]] = {
    "text": lambda words: text.render(result(BUSES), 80, False, words),
    "text-wide": lambda words: text.render(result(COMPOST), 140, False, words),
    "park": lambda words: text.render(result(PARK), 110, False, words),
    "markdown": comment,
    "portfolio": several,
    "trace": lambda words: (trace.render(result(COMPOST), "reduction[2028]", 100, False, words) or "") + "\n",
    "solve": broken_even,
    "diff": changed,
}


@pytest.mark.parametrize("words", [EN, JA, VI], ids=lambda words: words.language)
@pytest.mark.parametrize("format", FORMATS)
def test_the_report_is_the_golden_one(format: str, words: Words, pytestconfig) -> None:
    path, made = GOLDEN / f"{format}-{words.language}.txt", FORMATS[format](words)
    if pytestconfig.getoption("--golden"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(made, encoding="utf-8")
    assert path.is_file(), "there is no golden file; the top of this module tells how to write it"
    assert made == path.read_text(encoding="utf-8")


def test_every_golden_file_has_its_format() -> None:
    assert {p.stem for p in GOLDEN.glob("*")} == {f"{format}-{words.language}" for format in FORMATS for words in (EN, JA, VI)}

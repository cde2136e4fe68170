"""Markdown for a pull-request comment: a sentence, a small table, and the details folded away."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from ..result import Outcome, Row
from . import scenarios
from .numbers import amount, clean, doubt, figure, mark
from .uncertainty import sentences

Json = Mapping[str, Any]
#: lets a job find its own comment again
TAG = "<!-- carboncalc -->"
_SPECIAL = re.compile(r"[&<>\\`*_{}\[\]()#!|~@$:]")
WORDS = {"eligible": "✓ eligible", "not-eligible": "✗ not eligible", "undetermined": "? undetermined"}


def one(outcome: Outcome) -> str:
    """Write the folded details of a file."""
    if outcome.result is None:
        lines = [f"- `{f['code']}` {_place(f)}{plain(f['message'])}" + (f" — {plain(f['help'])}" if f["help"] else "") for f in outcome.findings]
        return _fold(f"✗ {plain(outcome.file)}: invalid", lines)
    result = outcome.result
    lines = [
        _headline(result),
        "",
        *_years(result),
        *sentences(result.get("uncertainty")),
        *_scenarios(result),
        *_programmes(result),
        *_findings(result),
    ]
    return _fold(plain((result.get("park") or result["project"])["title"]), lines)


def whole(rows: Iterable[Row], totals: Callable[[], Mapping[str, Any]]) -> Iterator[str]:
    """Join the table and the details; what was said of each file is kept until the table above it is complete."""
    kept = list(rows)
    sums = totals()
    good = [row for row in kept if row.totals is not None]
    yield f"{TAG}\n{_sentence(good, len(kept) - len(good), sums)}\n\n"
    if good:
        yield "| project | methodology | tCO2e/year | tCO2e | verdict | warnings |\n|---|---|---:|---:|---|---:|\n"
        for row in good:
            assert row.totals is not None
            verdict = ", ".join(f"{plain(id_)}: {WORDS[verdict]}{doubt(verdict, unverified)}" for id_, verdict, unverified in row.verdicts) or "—"
            figures = f"{amount(row.totals['reduction_per_year'])} | {amount(row.totals['reduction'])}"
            yield f"| {plain(row.id or '')} | {plain(row.methodology or '')} | {figures} | {verdict} | {row.counts['warning']} |\n"
        if len(good) > 1:
            yield f"| **total** | | **{amount(sums['reduction_per_year'])}** | **{amount(sums['reduction'])}** | | |\n"
        yield "\n"
    for row in kept:
        yield row.text


def plain(text: str) -> str:
    """Return a text in which nothing is markup, a link or a mention."""
    return _SPECIAL.sub(lambda match: f"&#{ord(match[0])};", clean(text))  # entities hold in Markdown and inside HTML tags


def _sentence(good: list[Row], invalid: int, sums: Json) -> str:
    broken = f" {invalid} file{'s are' if invalid > 1 else ' is'} invalid." if invalid else ""
    if not good:
        return f"**Nothing could be estimated.**{broken}"
    what = plain(good[0].title or "") if len(good) == 1 else f"{len(good)} projects"
    verb = "reduces" if len(good) == 1 else "reduce"
    return f"**{what} {verb} {amount(sums['reduction_per_year'])} tCO2e a year, {amount(sums['reduction'])} tCO2e in all.**{broken}"


def _headline(result: Json) -> str:
    methods = [result["methodology"]] if result.get("methodology") else [m["methodology"] for m in result.get("measures") or []]
    named = ", ".join(f"{plain(m['id'])} {plain(m['version'])} (equations {mark(m['confidence'])})" for m in methods)
    rests = result["rests_on"]
    return f"{named}{'; ' if named else ''}GWP {result['gwp']}; {rests['default'] * 100:.0f} % rests on defaults, {rests['unverified'] * 100:.0f} % on unverified values."


def _years(result: Json) -> list[str]:
    lines = ["| year | baseline | project | leakage | reduction |", "|---|---:|---:|---:|---:|"]
    lines += [
        f"| {r['year']} | {amount(r['baseline'])} | {amount(r['project'])} | {amount(r['leakage'])} | {amount(r['reduction'])} |"
        for r in result["years"]
    ]
    return [*lines, "", "tCO2e; figures are rounded for show and may not add up.", ""]


def _scenarios(result: Json) -> list[str]:
    if not result.get("scenarios"):
        return []
    titles, rows = scenarios.table(result)
    lines = ["| scenario | " + " | ".join(map(plain, titles)) + " |", "|---|" + "---:|" * len(titles)]
    return [*lines, *(f"| {plain(label)} | " + " | ".join(map(plain, cells)) + " |" for label, cells in rows), ""]


def _programmes(result: Json) -> list[str]:
    lines = []
    for p in result["programmes"]:
        word = f"{WORDS[p['verdict']][0]} {plain(p['wording']['en'])}" if p.get("wording") else WORDS[p["verdict"]]
        lines += [f"**{plain(p['id'])} {plain(p['version'] or '')}**: {word}{doubt(p['verdict'], p['unverified'])}", ""]
        law = p.get("check", "financing") != "financing"
        for c in p["criteria"]:
            cite = f" ({plain(c['cite'])})" if law else ""
            if c["verdict"] == "unknown":
                lines.append(f"- ? {c['id']}: missing {plain(', '.join(c['missing']))}{cite}")
            elif c["verdict"] == "fail":
                unit = f" {plain(c['unit'])}" if c["unit"] not in (None, "1") else ""
                against = f"; asked {plain(c['compare'] or '')} {figure(c['threshold'])}" if c["threshold"] is not None else ""
                lines.append(f"- ✗ {c['id']}: {figure(c['value'])}{unit}{against}{cite}")
        lines.append("")
    return lines


def _findings(result: Json) -> list[str]:
    """List the warnings; those that the file silences are folded away with their reasons."""
    told = [f for f in result["findings"] if f["severity"] != "info" and not f.get("suppressed")]
    silent = [f for f in result["findings"] if f.get("suppressed")]
    lines = [f"- `{f['code']}` {_place(f)}{plain(f['message'])}" for f in told]
    ignored = [f"- `{f['code']}` {_place(f)}{plain(f['message'])} — ignored: {plain(f['suppressed'])}" for f in silent]
    return lines + (["", _fold(f"{len(silent)} ignored with a reason", ignored)] if silent else [])


def _place(f: Json) -> str:
    return f"line {f['line']}: " if f["line"] else ""


def _fold(title: str, lines: list[str]) -> str:
    body = "\n".join(lines).rstrip()
    return f"<details><summary>{title}</summary>\n\n{body}\n\n</details>\n\n"

"""Markdown for a pull-request comment: a sentence, a small table, and the details folded away."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from ..result import Outcome, Row
from . import scenarios
from .numbers import clean
from .portfolio import methodology
from .uncertainty import sentences
from .words import SIGNS, Words

Json = Mapping[str, Any]
#: lets a job find its own comment again
TAG = "<!-- carboncalc -->"
_SPECIAL = re.compile(r"[&<>\\`*_{}\[\]()#!|~@$:]")


def one(outcome: Outcome, words: Words) -> str:
    """Write the folded details of a file."""
    if outcome.result is None:
        lines = []
        for f in outcome.findings:
            message, help_ = words.finding(f)
            lines.append(f"- `{f['code']}` {_place(words, f)}{plain(message)}" + (f" — {plain(help_)}" if help_ else ""))
        return _fold(f"✗ {words('markdown.invalid', file=plain(outcome.file))}", lines)
    result, words = outcome.result, words.about(outcome.result)
    lines = [
        _headline(words, result),
        "",
        *_years(words, result),
        *sentences(words, result.get("uncertainty")),
        *_scenarios(words, result),
        *_programmes(words, result),
        *_findings(words, result),
    ]
    return _fold(plain((result.get("park") or result["project"])["title"]), lines)


def whole(rows: Iterable[Row], totals: Callable[[], Mapping[str, Any]], words: Words) -> Iterator[str]:
    """Join the table and the details; what was said of each file is kept until the table above it is complete."""
    kept = list(rows)
    sums, amount = totals(), words.amount
    good = [row for row in kept if row.totals is not None]
    yield f"{TAG}\n{_sentence(words, good, len(kept) - len(good), sums)}\n\n"
    if good:
        titles = (
            words(key) for key in ("role.project", "say.methodology", "portfolio.a_year", "portfolio.in_all", "say.verdict", "portfolio.warnings")
        )
        yield f"| {' | '.join(titles)} |\n|---|---|---:|---:|---|---:|\n"
        for row in good:
            assert row.totals is not None
            verdict = ", ".join(f"{plain(id_)}: {words.verdict(verdict)}{words.doubt(verdict, n)}" for id_, verdict, n in row.verdicts) or "—"
            figures = f"{amount(row.totals['reduction_per_year'])} | {amount(row.totals['reduction'])}"
            yield f"| {plain(row.id or '')} | {plain(methodology(words, row))} | {figures} | {verdict} | {words.figure(row.counts['warning'])} |\n"
        if len(good) > 1:
            yield f"| **{words('say.total')}** | | **{amount(sums['reduction_per_year'])}** | **{amount(sums['reduction'])}** | | |\n"
        yield "\n"
    for row in kept:
        yield row.text


def plain(text: str) -> str:
    """Return a text in which nothing is markup, a link or a mention."""
    return _SPECIAL.sub(lambda match: f"&#{ord(match[0])};", clean(text))  # entities hold in Markdown and inside HTML tags


def _sentence(words: Words, good: list[Row], invalid: int, sums: Json) -> str:
    broken = words.count("markdown.files_invalid", invalid) if invalid else ""
    if not good:
        return f"**{words('markdown.nothing')}**{broken}"
    figures = {"yearly": words.amount(sums["reduction_per_year"]), "whole": words.amount(sums["reduction"])}
    told = (
        words("markdown.one_reduces", what=plain(good[0].title or ""), **figures)
        if len(good) == 1
        else words("markdown.several_reduce", n=words.figure(len(good)), **figures)
    )
    return f"**{told}**{broken}"


def _headline(words: Words, result: Json) -> str:
    methods = [result["methodology"]] if result.get("methodology") else [m["methodology"] for m in result.get("measures") or []]
    named = ", ".join(words("markdown.method", id=plain(m["id"]), version=plain(m["version"]), sure=words.mark(m["confidence"])) for m in methods)
    rests = result["rests_on"]
    return words(
        "markdown.rests_on", methods=f"{named}; " if named else "", gwp=result["gwp"], default=words.share(rests["default"]), unverified=words.share(rests["unverified"])
    )  # fmt: skip


def _years(words: Words, result: Json) -> list[str]:
    roles = ("baseline", "project", "leakage", "reduction")
    titles = (words("say.year"), *(words(f"role.{role}") for role in roles))
    lines = [f"| {' | '.join(titles)} |", "|---|---:|---:|---:|---:|"]
    lines += [f"| {r['year']} | " + " | ".join(words.amount(r[role]) for role in roles) + " |" for r in result["years"]]
    return [*lines, "", words("markdown.rounded"), ""]


def _scenarios(words: Words, result: Json) -> list[str]:
    if not result.get("scenarios"):
        return []
    titles, rows = scenarios.table(words, result)
    lines = [f"| {words('scenario.scenario')} | " + " | ".join(map(plain, titles)) + " |", "|---|" + "---:|" * len(titles)]
    return [*lines, *(f"| {plain(label)} | " + " | ".join(map(plain, cells)) + " |" for label, cells in rows), ""]


def _programmes(words: Words, result: Json) -> list[str]:
    lines = []
    for p in result["programmes"]:
        word = f"{SIGNS[p['verdict']]} {plain(words.of(p['wording']))}" if p.get("wording") else words.verdict(p["verdict"])
        lines += [f"**{plain(p['id'])} {plain(p['version'] or '')}**: {word}{words.doubt(p['verdict'], p['unverified'])}", ""]
        law = p.get("check", "financing") != "financing"
        for c in p["criteria"]:
            cite = f" ({plain(c['cite'])})" if law else ""
            if c["verdict"] == "unknown":
                lines.append(f"- ? {c['id']}: {words('markdown.missing', facts=plain(', '.join(c['missing'])))}{cite}")
            elif c["verdict"] == "fail":
                unit = f" {plain(c['unit'])}" if c["unit"] not in (None, "1") else ""
                asked = f"{plain(c['compare'] or '')} {_figure(words, c['threshold'], c['unit'])}"
                against = words("markdown.asked", threshold=asked) if c["threshold"] is not None else ""
                lines.append(f"- ✗ {c['id']}: {_figure(words, c['value'], c['unit'])}{unit}{against}{cite}")
        lines.append("")
    return lines


def _figure(words: Words, value: Any, unit: str | None) -> str:
    return words.value(value, unit) if isinstance(value, str) else words.figure(value)


def _findings(words: Words, result: Json) -> list[str]:
    """List the warnings; those that the file silences are folded away with their reasons."""
    told = [f for f in result["findings"] if f["severity"] != "info" and not f.get("suppressed")]
    silent = [f for f in result["findings"] if f.get("suppressed")]
    lines = [_finding(words, f) for f in told]
    ignored = [f"{_finding(words, f)} — {words('markdown.ignored', reason=plain(f['suppressed']))}" for f in silent]
    return lines + (["", _fold(words("markdown.ignored_with_reason", n=words.figure(len(silent))), ignored)] if silent else [])


def _finding(words: Words, f: Json) -> str:
    return f"- `{f['code']}` {_place(words, f)}{plain(words.finding(f)[0])}"


def _place(words: Words, f: Json) -> str:
    return words("markdown.line", n=f["line"]) if f["line"] else ""


def _fold(title: str, lines: list[str]) -> str:
    body = "\n".join(lines).rstrip()
    return f"<details><summary>{title}</summary>\n\n{body}\n\n</details>\n\n"

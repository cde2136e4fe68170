"""The rendering of `diff`: a tree for the terminal, and Markdown for a comment."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .layout import Page, Table, Text
from .markdown import TAG, plain
from .numbers import clean
from .words import Words

Json = Mapping[str, Any]


def render(differences: Sequence[Json], added: Sequence[Json], removed: Sequence[Json], width: int, colour: bool, words: Words) -> str:
    """Render differences as a tree.

    Parameters
    ----------
    differences : sequence of mapping
        What `compare.compare` returned, one for each project on both sides.
    added, removed : sequence of mapping
        Results on one side only.
    width : int
        Columns.
    colour : bool
        Use colour; meaning never rests on it.
    words : Words
        The language.
    """
    page = Page(width, colour, words)
    page.write(words("diff.legend"), "dim")
    for d in differences:
        _one(page, d)
    for sign, style, rows in (("+", "green", added), ("-", "red", removed)):
        for r in rows:
            page.write()
            page.write(f"{sign} {clean(_id(r))}: {words.amount(r['totals']['reduction'])} tCO2e", style)
    moved = [d for d in differences if d["change"]]
    if len(differences) + len(added) + len(removed) > 1:
        page.write()
        counts = {"changed": len(moved), "unchanged": len(differences) - len(moved), "added": len(added), "removed": len(removed)}
        page.write(words("diff.in_all", **counts, change=words.signed(_whole(differences, added, removed))), "bold")
    return str(page)


def _one(page: Page, d: Json) -> None:
    words, amount = page.words, page.words.amount
    page.write()
    yearly = d["figure"] == "reduction_per_year"
    unit, figure = words("portfolio.a_year" if yearly else "portfolio.in_all"), words(f"figure.{d['figure']}")
    if not d["change"]:
        page.write("  " + words("diff.unchanged", id=clean(d["id"]), figure=figure, amount=amount(d["new"]), unit=unit), "bold")
    else:
        share = f", {words.percent(d['change'] / abs(d['old']), '+.3g')}" if d["old"] else ""
        moved = f"~ {clean(d['id'])}: {figure} {amount(d['old'])} → {amount(d['new'])} {unit} ({words.signed(d['change'])}{share})"
        page.write(moved, "bold green" if d["change"] > 0 else "bold red")
    rows = [key for key, (old, new) in d["figures"].items() if old != new and key != d["figure"] and key in ("baseline", "project", "leakage")]
    for key in rows:
        old, new = d["figures"][key]
        page.write(f"~ {words(f'figure.{key}')} {amount(old)} → {amount(new)} tCO2e ({words.signed(new - old)})", "", 4)
    table = Table((words("diff.because"), "w"), ("", "l"), (unit, "r"))
    for part in d["parts"]:
        moved_by = Text(words.signed(part["amount"]), style="green" if part["amount"] > 0 else "red")
        table.add_row(f"{_sign(part)} {_part(words, part)}", words(f"change.{part['kind']}"), moved_by)
    if d["parts"]:
        page.table(table)
    for part in d["without_effect"]:
        page.write(f"{_sign(part)} {words('diff.no_effect_on', change=_part(words, part), figure=figure)}", "dim", 2)
    for p in d["programmes"]:
        page.write(f"~ {clean(p['id'])}: {_verdict(words, p['old'])} → {_verdict(words, p['new'])}", "" if p["old"] == p["new"] else "bold", 2)
        for c in p["criteria"]:
            page.write(f"~ {clean(c['id'])}: {_criterion(words, c['old'])} → {_criterion(words, c['new'])}", "", 6)
    for key, (old, new) in d["finance"].items():
        show = words.figure if key.endswith("payback_year") else amount
        column, _, name = key.partition(".")
        label = words("diff.finance", key=words(f"finance_figure.{name}"), column=words(f"finance_column.{column}"))
        page.write(f"~ {label}: {show(old)} → {show(new)}", "", 2)


def render_markdown(differences: Sequence[Json], added: Sequence[Json], removed: Sequence[Json], words: Words) -> str:
    """Render differences as a pull-request comment: a sentence, a small table, the causes folded away."""
    change, amount, signed = _whole(differences, added, removed), words.amount, words.signed
    moved = [d for d in differences if d["change"]]
    lines = [TAG, f"**{_sentence(words, change, len(moved), len(differences))}**", ""]
    if moved or added or removed:
        titles = [words(key) for key in ("role.project", "diff.previous", "diff.new", "diff.difference")]
        lines += [f"| {' | '.join(titles)} |", "|---|---:|---:|---:|"]
        lines += [f"| {plain(d['id'])} | {amount(d['old'])} | {amount(d['new'])} | {signed(d['change'])} |" for d in moved]
        lines += [f"| + {plain(_id(r))} | | {amount(r['totals']['reduction'])} | {signed(r['totals']['reduction'])} |" for r in added]
        lines += [f"| - {plain(_id(r))} | {amount(r['totals']['reduction'])} | | {signed(-r['totals']['reduction'])} |" for r in removed]
        lines += ["", words("diff.rounded"), ""]
    still = len(differences) - len(moved)
    if still:
        lines += [words.count("diff.still", still), ""]
    for d in differences:
        if d["parts"] or d["without_effect"] or d["programmes"]:
            lines += _details(words, d)
    return "\n".join(lines).rstrip() + "\n"


def _details(words: Words, d: Json) -> Iterable[str]:
    yield f"<details><summary>{plain(d['id'])}</summary>"
    yield ""
    if d["parts"]:
        yield f"| {words('diff.because')} | {words('diff.kind')} | tCO2e |"
        yield "|---|---|---:|"
        for part in d["parts"]:
            yield f"| {_sign(part)} {plain(_part(words, part))} | {words('change.' + part['kind'])} | {words.signed(part['amount'])} |"
        yield ""
    for part in d["without_effect"]:
        yield f"- {words('diff.no_effect', change=plain(_part(words, part)))}"
    for p in d["programmes"]:
        old, new = (words.verdict(p[side]) if p[side] else words("diff.not_asked") for side in ("old", "new"))
        yield f"- {plain(p['id'])}: {old} → {new}"
        for c in p["criteria"]:
            yield f"  - {plain(c['id'])}: {plain(_criterion(words, c['old']))} → {plain(_criterion(words, c['new']))}"
    yield ""
    yield "</details>"
    yield ""


def _whole(differences: Sequence[Json], added: Sequence[Json], removed: Sequence[Json]) -> float:
    total = 0.0
    for change in [*(d["change"] for d in differences), *(r["totals"]["reduction"] for r in added), *(-r["totals"]["reduction"] for r in removed)]:
        total += change
    return total


def _sentence(words: Words, change: float, moved: int, all_: int) -> str:
    if not moved and not change:
        return words("diff.none_changes", n=all_)
    return words("diff.adds" if change >= 0 else "diff.takes_away", amount=words.amount(abs(change)))


def _id(result: Json) -> str:
    return str((result.get("park") or result["project"])["id"])


def _sign(part: Json) -> str:
    return "+" if part["old"] is None and part["new"] is not None else "-" if part["new"] is None and part["old"] is not None else "~"


def _part(words: Words, part: Json) -> str:
    """Say what changed, and from what to what where it is one change."""
    if part["old"] is None and part["new"] is None:
        return words.of(part["name"])
    show = words.of if part["kind"] in ("methodology", "code") else lambda text: words.written(words.of(text))  # a version is no number
    return f"{words.of(part['name'])} " + " → ".join(show(x) for x in (part["old"], part["new"]) if x is not None)


def _verdict(words: Words, verdict: str | None) -> str:
    return words(f"verdict.{verdict}") if verdict else words("diff.not_asked")


def _criterion(words: Words, c: Json | None) -> str:
    if c is None:
        return words("diff.not_asked")
    return words(f"verdict.{c['verdict']}") + (f" ({words.figure(c['value'])})" if c["value"] is not None else "")

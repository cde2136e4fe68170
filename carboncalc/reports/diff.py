"""The rendering of `diff`: a tree for the terminal, and Markdown for a comment."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .layout import Page, Table, Text
from .markdown import TAG, WORDS, plain
from .numbers import amount, clean, figure

Json = Mapping[str, Any]
LEGEND = "~ changed  + added  - removed"
_KINDS = {"inputs": "input", "factors": "factor", "methodology": "methodology", "code": "code"}


def render(differences: Sequence[Json], added: Sequence[Json], removed: Sequence[Json], width: int, colour: bool) -> str:
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
    """
    page = Page(width, colour)
    page.write(LEGEND, "dim")
    for d in differences:
        _one(page, d)
    for sign, style, rows in (("+", "green", added), ("-", "red", removed)):
        for r in rows:
            page.write()
            page.write(f"{sign} {clean(_id(r))}: {amount(r['totals']['reduction'])} tCO2e", style)
    moved = [d for d in differences if d["change"]]
    if len(differences) + len(added) + len(removed) > 1:
        page.write()
        change = _whole(differences, added, removed)
        page.write(
            f"{len(moved)} changed, {len(differences) - len(moved)} unchanged, {len(added)} added, {len(removed)} removed; {signed(change)} tCO2e in all",
            "bold",
        )
    return str(page)


def _one(page: Page, d: Json) -> None:
    page.write()
    unit = "tCO2e/year" if d["figure"] == "reduction_per_year" else "tCO2e"
    if not d["change"]:
        page.write(f"  {clean(d['id'])}: {d['figure']} unchanged, {amount(d['new'])} {unit}", "bold")
    else:
        share = f", {d['change'] / abs(d['old']) * 100:+.3g} %" if d["old"] else ""
        words = f"~ {clean(d['id'])}: {d['figure']} {amount(d['old'])} → {amount(d['new'])} {unit} ({signed(d['change'])}{share})"
        page.write(words, "bold green" if d["change"] > 0 else "bold red")
    rows = [key for key, (old, new) in d["figures"].items() if old != new and key != d["figure"] and key in ("baseline", "project", "leakage")]
    for key in rows:
        old, new = d["figures"][key]
        page.write(f"~ {key} {amount(old)} → {amount(new)} tCO2e ({signed(new - old)})", "", 4)
    table = Table(("because", "w"), ("", "l"), (unit, "r"))
    for part in d["parts"]:
        table.add_row(
            f"{_sign(part)} {_words(part)}", _KINDS[part["kind"]], Text(signed(part["amount"]), style="green" if part["amount"] > 0 else "red")
        )
    if d["parts"]:
        page.table(table)
    for part in d["without_effect"]:
        page.write(f"{_sign(part)} {_words(part)} (no effect on {d['figure']})", "dim", 2)
    for p in d["programmes"]:
        page.write(f"~ {p['id']}: {p['old'] or 'not asked'} → {p['new'] or 'not asked'}", "" if p["old"] == p["new"] else "bold", 2)
        for c in p["criteria"]:
            page.write(f"~ {c['id']}: {_criterion(c['old'])} → {_criterion(c['new'])}", "", 6)
    for key, (old, new) in d["finance"].items():
        show = figure if key.endswith("payback_year") else amount
        page.write(f"~ finance {key}: {show(old)} → {show(new)}", "", 2)


def render_markdown(differences: Sequence[Json], added: Sequence[Json], removed: Sequence[Json]) -> str:
    """Render differences as a pull-request comment: a sentence, a small table, the causes folded away."""
    change = _whole(differences, added, removed)
    moved = [d for d in differences if d["change"]]
    lines = [TAG, f"**{_sentence(change, len(moved), len(differences))}**", ""]
    if moved or added or removed:
        lines += ["| project | previous | new | difference |", "|---|---:|---:|---:|"]
        lines += [f"| {plain(d['id'])} | {amount(d['old'])} | {amount(d['new'])} | {signed(d['change'])} |" for d in moved]
        lines += [f"| + {plain(_id(r))} | | {amount(r['totals']['reduction'])} | {signed(r['totals']['reduction'])} |" for r in added]
        lines += [f"| - {plain(_id(r))} | {amount(r['totals']['reduction'])} | | {signed(-r['totals']['reduction'])} |" for r in removed]
        lines += ["", "tCO2e in all years; figures are rounded for show.", ""]
    still = len(differences) - len(moved)
    if still:
        lines += [f"{still} project{'s' if still != 1 else ''} unchanged.", ""]
    for d in differences:
        if d["parts"] or d["without_effect"] or d["programmes"]:
            lines += _details(d)
    return "\n".join(lines).rstrip() + "\n"


def _details(d: Json) -> Iterable[str]:
    yield f"<details><summary>{plain(d['id'])}</summary>"
    yield ""
    if d["parts"]:
        yield "| because | kind | tCO2e |"
        yield "|---|---|---:|"
        for part in d["parts"]:
            yield f"| {_sign(part)} {plain(_words(part))} | {_KINDS[part['kind']]} | {signed(part['amount'])} |"
        yield ""
    for part in d["without_effect"]:
        yield f"- {plain(_words(part))}: no effect"
    for p in d["programmes"]:
        yield f"- {plain(p['id'])}: {WORDS.get(p['old'], 'not asked')} → {WORDS.get(p['new'], 'not asked')}"
        for c in p["criteria"]:
            yield f"  - {c['id']}: {plain(_criterion(c['old']))} → {plain(_criterion(c['new']))}"
    yield ""
    yield "</details>"
    yield ""


def signed(value: float) -> str:
    """Show a change with its sign."""
    return f"+{amount(value)}" if value > 0 else amount(value)


def _whole(differences: Sequence[Json], added: Sequence[Json], removed: Sequence[Json]) -> float:
    total = 0.0
    for change in [*(d["change"] for d in differences), *(r["totals"]["reduction"] for r in added), *(-r["totals"]["reduction"] for r in removed)]:
        total += change
    return total


def _sentence(change: float, moved: int, all_: int) -> str:
    if not moved and not change:
        return f"No project changes its tonnes ({all_} compared)."
    return f"The change {'adds' if change >= 0 else 'takes away'} {amount(abs(change))} tCO2e of reductions."


def _id(result: Json) -> str:
    return str((result.get("park") or result["project"])["id"])


def _sign(part: Json) -> str:
    return "+" if part["old"] is None and part["new"] is not None else "-" if part["new"] is None and part["old"] is not None else "~"


def _words(part: Json) -> str:
    if part["old"] is None and part["new"] is None:
        return clean(part["name"])
    return clean(part["name"]) + " " + " → ".join(clean(x) for x in (part["old"], part["new"]) if x is not None)


def _criterion(c: Json | None) -> str:
    if c is None:
        return "not asked"
    return str(c["verdict"]) + (f" ({figure(c['value'])})" if c["value"] is not None else "")

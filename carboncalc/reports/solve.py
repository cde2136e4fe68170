"""The break-even table: what each number would have to be, and what the programmes say then."""

from collections.abc import Mapping, Sequence
from typing import Any

from ..result import UNVERIFIED
from .layout import Page, Table, Text
from .numbers import amount, clean, figure, mark
from .text import SEVERITY, SUMMARY

Json = Mapping[str, Any]

#: from this width on the range of each number stands beside it
WIDE = 118


def render(found: Json, width: int, colour: bool) -> str:
    """Render what `carboncalc.solve` found.

    Parameters
    ----------
    found : mapping
        Its plain data.
    width : int
        Columns.
    colour : bool
        Use the eight standard colours; meaning never rests on them.
    """
    page = Page(width, colour)
    _headline(page, found)
    _numbers(page, found, width)
    _ranges(page, found, width)
    _switches(page, found)
    _findings(page, found["findings"])
    return str(page)


def _headline(page: Page, found: Json) -> None:
    goal = found["goal"]
    page.write(clean(found["project"]["title"]), "bold")
    where = f" {goal['programme_version']}" if goal["programme_version"] else ""
    page.write(clean(f"{goal['for']}{where}: what each number would have to be, changed alone"), "dim")
    page.write()
    if goal["kind"] == "verdict":
        text, style = _verdicts([r for r in goal["now"] if r["id"] == goal["programme"]])[0]
        page.write(f"now: {text}" + (f", {goal['unverified']} of the thresholds unverified" if goal["unverified"] else ""), style)
        return
    text, style = {True: ("✓ pass", "green"), False: ("✗ fail", "red"), None: ("? unknown", "yellow")}[goal["passes"]]
    line = f"{goal['label']}: {text}"
    if goal["compare"]:
        line += f"; now {_value(goal['figure'], goal)}, wanted {goal['compare']} {_value(goal['threshold'], goal)}" + (
            f" {goal['unit']}" if goal["unit"] not in (None, "1", "day") else ""
        )
    if goal["confidence"] in UNVERIFIED:
        line += f" (threshold {mark(goal['confidence'])})"
    page.write(clean(line), style)


def _value(value: Any, goal: Json) -> str:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return f"{value * 100:.4g} %" if goal["unit"] == "1" and not goal["count"] else amount(float(value))
    return figure(value)


def _numbers(page: Page, found: Json, width: int) -> None:
    rows = [row for row in found["inputs"] if row["answers"]]
    if rows:
        wide = width >= WIDE
        passing = any(row["status"] == "passes" for row in rows)
        table = Table(
            ("number", "w"), ("now", "r"), ("passes at" if passing else "needed", "l"), ("change", "r"), *([("range tried", "l")] if wide else [])
        )
        for row in rows:
            for answer in row["answers"]:
                needed = Text(f"{answer['compare']} {clean(answer['shown'])}", "" if row["status"] == "passes" else "bold")
                span = [_span(row)] if wide else []
                table.add_row(clean(row["name"]), clean(row["shown_now"] or "not stated"), needed, _change(answer["change"]), *span)
        page.write()
        page.table(table)
        first = next((row for row in rows if row["path"] == found["smallest"]), None)
        if first is not None:
            answer = first["answers"][0]
            page.write(
                f"Smallest single change: {clean(first['name'])} {answer['compare']} {_tied(answer['shown'])} ({_tied(_change(answer['change']))})",
                "bold",
            )
    for row in rows:
        for text in _remarks(row):
            page.write(clean(f"{row['name']}: ") + text, "dim", 2)
    _then(page, found, rows)
    _others(page, found)


def _others(page: Page, found: Json) -> None:
    """List the numbers that have no answer, with the reason."""
    none = [row for row in found["inputs"] if row["status"] == "none"]
    if none:
        page.write()
        page.write("No value in range", "bold")
    reasons: dict[str, list[str]] = {}
    for row in none:
        best = row["best"]
        if row["blocked_by"]:
            reasons.setdefault(f"no effect on {', '.join(row['blocked_by'])}", []).append(clean(row["name"]))
        elif best and best["figure"] is not None:
            page.write(f"{clean(row['name'])}: at best {_value(best['figure'], found['goal'])}, at {_tied(best['at'])}", "", 2)
        else:
            what = f"{', '.join(row['never'])} fails at every value tried" if row["never"] else "no value mends all at once"
            reasons.setdefault(what, []).append(clean(row["name"]))
    for what, names in reasons.items():
        page.write(f"{', '.join(names)}: {what}", "", 2)
    for status, words in (("always", "Passes at every valid value tried: "), ("no-effect", "No effect: ")):
        names = [clean(row["name"]) for row in found["inputs"] if row["status"] == status]
        if names:
            page.write()
            page.write(words + ", ".join(names) + ".")


def _then(page: Page, found: Json, rows: Sequence[Json]) -> None:
    """Say what the programme asked about answers after each change, and any other whose answer changes; those together that lead to the same."""
    groups: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        for answer in row["answers"]:
            for programme, verdict in zip(answer["after"], _verdicts(answer["after"]), strict=True):
                asked = programme["id"] == found["goal"]["programme"] and row["status"] != "passes"
                if asked or verdict not in _verdicts(found["goal"]["now"]):
                    names = groups.setdefault(verdict, [])
                    names += [clean(row["name"])] if clean(row["name"]) not in names else []
    if groups:
        page.write()
        page.write("What the programmes say then", "bold")
    for (text, style), names in groups.items():
        page.write(f"{text} — {', '.join(names)}", style, 2)


def _verdicts(after: Sequence[Json]) -> list[tuple[str, str]]:
    found = []
    for row in after:
        text, style = SUMMARY[row["verdict"]]
        open_ = "; ".join(
            f"{', '.join(row[key])} {word}"
            for key, word in (("fails", "fails" if len(row["fails"]) == 1 else "fail"), ("unknown", "unknown"))
            if row[key]
        )
        found.append((f"{clean(row['id'])} {text}" + (f" ({clean(open_)})" if open_ else ""), style))
    return found


def _tied(text: str) -> str:
    """Keep a value and its unit on one line."""
    return clean(text).replace(" ", "\u00a0")


def _span(row: Json) -> str:
    return f"{_tied(row['shown_range'][0])} to {_tied(row['shown_range'][1])}"


def _change(change: float | None) -> str:
    if change is None:
        return ""
    if abs(change) < 0.0005:
        return "0 %" if change == 0 else "< 0.1 %"
    if change > 9.995:
        return f"× {amount(change + 1)}"
    return f"{change * 100:+.3g} %".replace("-", "−") if abs(change) < 9.995 else f"{amount(change * 100)} %"


def _remarks(row: Json) -> list[str]:
    remarks = [row["note"]] if row["note"] else []
    for answer in row["answers"]:
        if answer["until"]:
            remarks.append(f"passes no further than {_tied(answer['until']['shown'])}")
        if answer["invalid_beyond"]:
            remarks.append(f"short of {_tied(answer['shown'])} the file is no valid project")
    return remarks


def _ranges(page: Page, found: Json, width: int) -> None:
    rows = [row for row in found["inputs"] if row["status"] != "no-effect" and not row["blocked_by"]]
    if not rows:
        return
    groups: dict[str, list[str]] = {}
    for row in rows:
        told = clean(row["name"]) if width >= WIDE and row["answers"] else f"{clean(row['name'])} {_span(row)}"
        groups.setdefault(row["range_basis"], []).append(told)
    page.write()
    page.write("Ranges tried", "bold")
    for basis, names in groups.items():
        page.write(f"{clean(basis)}: {'; '.join(names)}", "dim", 2)
    page.write("A range says what was tried, not what can be reached.", "dim", 2)


def _switches(page: Page, found: Json) -> None:
    goal = found["goal"]
    rows = [row for row in found["switches"] if row["passes"] != bool(goal["passes"]) or row["now"] is None]
    if not rows:
        return
    page.write()
    page.write("Choices", "bold")
    for row in rows:
        now = "not stated" if row["now"] is None else figure(row["now"])
        page.write(
            clean(f"{row['name']} {figure(row['to'])} (now {now}): {'passes' if row['passes'] else 'fails'}"), "green" if row["passes"] else "red", 2
        )


def _findings(page: Page, findings: Sequence[Json]) -> None:
    if not findings:
        return
    page.write()
    page.write("Findings", "bold")
    for f in findings:
        page.write(clean(f"{f['code']} {f['severity']}: {f['message']}"), SEVERITY[f["severity"]], 2)
        if f["help"]:
            page.write(clean(f["help"]), "dim", 4)

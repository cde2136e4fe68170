"""The break-even table: what each number would have to be, and what the programmes say then."""

from collections.abc import Mapping, Sequence
from typing import Any

from ..result import UNVERIFIED
from .layout import Page, Table, Text
from .numbers import clean
from .text import notes
from .words import SIGNS, STYLES, Words

Json = Mapping[str, Any]

#: from this width on the range of each number stands beside it
WIDE = 118


def render(found: Json, width: int, colour: bool, words: Words) -> str:
    """Render what `carboncalc.solve` found.

    Parameters
    ----------
    found : mapping
        Its plain data.
    width : int
        Columns.
    colour : bool
        Use the eight standard colours; meaning never rests on them.
    words : Words
        The language.
    """
    page = Page(width, colour, words)
    _headline(page, found)
    _numbers(page, found, width)
    _ranges(page, found, width)
    _switches(page, found)
    notes(page, found["findings"])
    return str(page)


def _headline(page: Page, found: Json) -> None:
    words, goal = page.words, found["goal"]
    page.write(clean(found["project"]["title"]), "bold")
    where = f" {goal['programme_version']}" if goal["programme_version"] else ""
    page.write(words("solve.what", goal=clean(f"{goal['for']}{where}")), "dim")
    page.write()
    if goal["kind"] == "verdict":
        text, style = _verdicts(words, [r for r in goal["now"] if r["id"] == goal["programme"]])[0]
        page.write(words("solve.now_is", text=text) + (words("solve.unverified", n=goal["unverified"]) if goal["unverified"] else ""), style)
        return
    answer = {True: "pass", False: "fail", None: "unknown"}[goal["passes"]]
    label = words(f"goal.{goal['name']}") if goal["kind"] == "target" else words.of(goal["labels"])
    line = f"{label}: {words.verdict(answer)}"
    if goal["compare"]:
        unit = f" {goal['unit']}" if goal["unit"] not in (None, "1", "day") else ""
        wanted = f"{goal['compare']} {_value(words, goal['threshold'], goal)}{unit}"
        line += words("solve.wanted", now=_value(words, goal["figure"], goal), wanted=wanted)
    if goal["confidence"] in UNVERIFIED:
        line += words("solve.threshold_is", sure=words.mark(goal["confidence"]))
    page.write(clean(line), STYLES[SIGNS[answer]])


def _value(words: Words, value: Any, goal: Json) -> str:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return words.percent(value) if goal["unit"] == "1" and not goal["count"] else words.amount(float(value))
    return words.value(value, goal["unit"])


def _numbers(page: Page, found: Json, width: int) -> None:
    words = page.words
    rows = [row for row in found["inputs"] if row["answers"]]
    if rows:
        wide = width >= WIDE
        passing = any(row["status"] == "passes" for row in rows)
        table = Table(
            (words("solve.number"), "w"), (words("solve.now"), "r"), (words("solve.passes_at" if passing else "solve.needed"), "l"), (words("solve.change"), "r"),
            *([(words("solve.range_tried"), "l")] if wide else []),
        )  # fmt: skip
        for row in rows:
            for answer in row["answers"]:
                needed = Text(f"{answer['compare']} {words.written(clean(answer['shown']))}", "" if row["status"] == "passes" else "bold")
                span = [_span(words, row)] if wide else []
                now = words.written(clean(row["shown_now"])) if row["shown_now"] else words("solve.not_stated")
                table.add_row(clean(row["name"]), now, needed, _change(words, answer["change"]), *span)
        page.write()
        page.table(table)
        first = next((row for row in rows if row["path"] == found["smallest"]), None)
        if first is not None:
            answer = first["answers"][0]
            page.write(
                words(
                    "solve.smallest", name=clean(first["name"]), value=f"{answer['compare']} {_tied(words, answer['shown'])}",
                    change=_change(words, answer["change"]).replace(" ", "\u00a0"),
                ),
                "bold",
            )  # fmt: skip
    for row in rows:
        for text in _remarks(words, row):
            page.write(f"{clean(row['name'])}: {text}", "dim", 2)
    _then(page, found, rows)
    _others(page, found)


def _others(page: Page, found: Json) -> None:
    """List the numbers that have no answer, with the reason."""
    words = page.words
    none = [row for row in found["inputs"] if row["status"] == "none"]
    if none:
        page.write()
        page.write(words("solve.no_value"), "bold")
    reasons: dict[str, list[str]] = {}
    for row in none:
        best = row["best"]
        if row["blocked_by"]:
            reasons.setdefault(words("solve.no_effect_on", names=", ".join(row["blocked_by"])), []).append(clean(row["name"]))
        elif best and best["figure"] is not None:
            at = words("solve.at_best", figure=_value(words, best["figure"], found["goal"]), at=_tied(words, best["at"]))
            page.write(f"{clean(row['name'])}: {at}", "", 2)
        else:
            what = words("solve.always_fails", names=", ".join(row["never"])) if row["never"] else words("solve.none_mends_all")
            reasons.setdefault(what, []).append(clean(row["name"]))
    for what, names in reasons.items():
        page.write(f"{', '.join(names)}: {what}", "", 2)
    for status, key in (("always", "solve.always"), ("no-effect", "solve.no_effect")):
        names = [clean(row["name"]) for row in found["inputs"] if row["status"] == status]
        if names:
            page.write()
            page.write(words(key, names=", ".join(names)))


def _then(page: Page, found: Json, rows: Sequence[Json]) -> None:
    """Say what the programme asked about answers after each change, and any other whose answer changes; those together that lead to the same."""
    words = page.words
    now = _verdicts(words, found["goal"]["now"])
    groups: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        for answer in row["answers"]:
            for programme, verdict in zip(answer["after"], _verdicts(words, answer["after"]), strict=True):
                asked = programme["id"] == found["goal"]["programme"] and row["status"] != "passes"
                if asked or verdict not in now:
                    names = groups.setdefault(verdict, [])
                    names += [clean(row["name"])] if clean(row["name"]) not in names else []
    if groups:
        page.write()
        page.write(words("solve.then"), "bold")
    for (text, style), names in groups.items():
        page.write(f"{text} — {', '.join(names)}", style, 2)


def _verdicts(words: Words, after: Sequence[Json]) -> list[tuple[str, str]]:
    found = []
    for row in after:
        open_ = "; ".join(words.count(f"solve.{key}", len(row[key]), names=", ".join(row[key])) for key in ("fails", "unknown") if row[key])
        text = f"{clean(row['id'])} {words.verdict(row['verdict'])}" + (f" ({clean(open_)})" if open_ else "")
        found.append((text, STYLES[SIGNS[row["verdict"]]]))
    return found


def _tied(words: Words, text: str) -> str:
    """Keep a value and its unit on one line."""
    return words.written(clean(text)).replace(" ", "\u00a0")


def _span(words: Words, row: Json) -> str:
    return words.span(*(_tied(words, end) for end in row["shown_range"]))


def _change(words: Words, change: float | None) -> str:
    if change is None:
        return ""
    if abs(change) < 0.0005:
        return words.share(0.0) if change == 0 else f"< {words.percent(0.001, '.1f')}"
    if change > 9.995:
        return f"× {words.amount(change + 1)}"
    return words.percent(change, "+.3g").replace("-", "−") if abs(change) < 9.995 else f"{words.amount(change * 100)}{words('number.percent')}"


def _remarks(words: Words, row: Json) -> list[str]:
    remarks = [words(f"solve_note.{note['kind']}", year=note["year"]) for note in row["notes"]]
    remarks = ["; ".join(remarks)] if remarks else []
    for answer in row["answers"]:
        if answer["until"]:
            remarks.append(words("solve.no_further", value=_tied(words, answer["until"]["shown"])))
        if answer["invalid_beyond"]:
            remarks.append(words("solve.invalid_beyond", value=_tied(words, answer["shown"])))
    return remarks


def _ranges(page: Page, found: Json, width: int) -> None:
    words = page.words
    rows = [row for row in found["inputs"] if row["status"] != "no-effect" and not row["blocked_by"]]
    if not rows:
        return
    groups: dict[str, list[str]] = {}
    for row in rows:
        told = clean(row["name"]) if width >= WIDE and row["answers"] else f"{clean(row['name'])} {_span(words, row)}"
        groups.setdefault(_basis(words, row), []).append(told)
    page.write()
    page.write(words("solve.ranges_tried"), "bold")
    for basis, names in groups.items():
        page.write(f"{basis}: {'; '.join(names)}", "dim", 2)
    page.write(words("solve.range_says"), "dim", 2)


def _basis(words: Words, row: Json) -> str:
    """Say why a number was tried so far and no further; a plausible range names its source behind a colon."""
    basis, _, source = row["range_basis"].partition(": ")
    return words.of(basis) + (f": {clean(source)}" if source else "")


def _switches(page: Page, found: Json) -> None:
    words, goal = page.words, found["goal"]
    rows = [row for row in found["switches"] if row["passes"] != bool(goal["passes"]) or row["now"] is None]
    if not rows:
        return
    page.write()
    page.write(words("solve.choices"), "bold")
    for row in rows:
        now = words("solve.not_stated") if row["now"] is None else words.figure(row["now"])
        line = words("solve.passes_with" if row["passes"] else "solve.fails_with", name=clean(row["name"]), to=words.figure(row["to"]), now=now)
        page.write(line, "green" if row["passes"] else "red", 2)

"""The steps of a procedure, with dates counted from the day of application."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from .result import Kept

Span = tuple[date | None, date | None]
#: timelines of a portfolio, by the identity of their steps, which are kept, and the day
_made: dict[tuple[int, str | None], tuple[Any, list[Kept]]] = {}


def timeline(steps: Sequence[Mapping[str, Any]], at: str | None) -> list[Kept]:
    """Date the steps of a procedure.

    The first step is the application: it falls on `at` when it has no length of its own. Every other step counts from the end of the one
    above it, or of the one it names; a step whose length no text tells has no end, nor has anything that counts from it. What only
    some projects go through (`optional`) is dated itself, and the step after it counts from the one before. A duty that
    falls on days of the year (`calendar`) is not counted from anything. Working
    days are Monday to Friday: the holidays of a country and year are not known here, so a real procedure ends later rather than sooner.

    Parameters
    ----------
    steps : sequence of mapping
        As in the programme's file.
    at : str or None
        Day of application, ``2025-09-30``; None leaves every date open.

    Returns
    -------
    list of dict
        One row a step: its length [days], and its first and last day; `latest` when each step so far takes as long as it may.
    """
    if not steps:
        return []
    if (id(steps), at) not in _made:
        if len(_made) > 256:
            _made.clear()
        _made[id(steps), at] = (steps, _timeline(steps, at))
    return _made[id(steps), at][1]


def _timeline(steps: Sequence[Mapping[str, Any]], at: str | None) -> list[Kept]:
    ends: dict[str, Span] = {}
    above: Span = (date.fromisoformat(at), date.fromisoformat(at)) if at else (None, None)
    rows = []
    for i, step in enumerate(steps):
        days, most = step.get("days"), step.get("at_most", step.get("days"))
        working, skipped = step.get("working", False), step.get("optional", False)
        start = ends[step["after"]] if "after" in step else above
        end: Span = (_later(start[0], days, working), _later(start[1], most, working))
        calendar = step.get("calendar", False)
        if days is None:
            end = start if i == 0 and not calendar else (None, None)
        ends[step["id"]] = end
        above = above if skipped else end
        rows.append(
            Kept(
                {
                    **{k: step[k] for k in ("id", "label")},
                    "days": days,
                    "at_most": step.get("at_most"),
                    "working": working,
                    "optional": skipped,
                    "calendar": calendar,
                    "start": _text(start[0]),
                    "due": _text(end[0]),
                    "latest": _text(end[1]),
                    **{k: step[k] for k in ("cite", "confidence")},
                }
            )
        )
    return rows


def _later(start: date | None, days: int | None, working: bool) -> date | None:
    """Return the day that many days later; the day of the start itself is not counted."""
    if start is None or days is None:
        return None
    if not working:
        return start + timedelta(days)
    day = start
    while days:
        day += timedelta(1)
        days -= day.weekday() < 5
    return day


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None

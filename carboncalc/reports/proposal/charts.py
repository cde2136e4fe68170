"""Charts as SVG: vector graphics that print in black and white, that a screen reader can name, and that hold no script.

Series are told apart by hatching and by their names, never by colour alone. The same result gives the same bytes.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import sha256
from html import escape
from math import ceil, floor, log10
from typing import Any

from ..layout import size, wrap
from ..numbers import clean
from ..words import Words

Json = Mapping[str, Any]

#: width of a chart, and of the room left and right of the plot [px]
WIDTH, LEFT, RIGHT = 720, 92, 16
_LATIN = "'Noto Sans','Segoe UI','Helvetica Neue',Arial,'Liberation Sans','DejaVu Sans'"
_WIDE = "'Noto Sans CJK JP','Noto Sans JP','Hiragino Sans','Yu Gothic',Meiryo,IPAexGothic"
#: a Japanese font has few of the letters of Vietnamese, so it comes first in Japanese only
FONTS = {"ja": f"{_WIDE},{_LATIN},sans-serif"}
OTHER_FONTS = f"{_LATIN},{_WIDE},sans-serif"
#: dark enough beside white for print and for weak eyes: (line, fill) of what was before, of the project, and of the reduction
TONES = {"before": ("#3d3d3d", "#d9d9d9"), "project": ("#8a4b00", "#f3c98b"), "reduction": ("#00507a", "#4c9ec9"), "other": ("#5b2a6e", "#c9a6d6")}


class Page:
    """An SVG that grows; `name` and `more` are what a screen reader says of it."""

    def __init__(self, height: float, name: str, more: str, language: str) -> None:
        self.height, self.fonts = height, FONTS.get(language, OTHER_FONTS)
        self.name, self.more = clean(name), clean(more)
        self.key = "c" + sha256(f"{name}\n{more}".encode()).hexdigest()[:8]
        self.parts: list[str] = []

    def __str__(self) -> str:
        key = self.key
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {_n(self.height)}" width="{WIDTH}" height="{_n(self.height)}" role="img" '
            f'aria-labelledby="{key}t {key}d" font-family="{self.fonts}" font-size="13">'
            f'<title id="{key}t">{escape(self.name)}</title><desc id="{key}d">{escape(self.more)}</desc><defs>{self._patterns()}</defs>'
            f'<rect width="{WIDTH}" height="{_n(self.height)}" fill="#ffffff"/>{"".join(self.parts)}</svg>'
        )

    def _patterns(self) -> str:
        strokes = {"before": "", "project": "M0 0L8 8M-2 6L2 10M6 -2L10 2", "reduction": "", "other": "M0 4H8M4 0V8"}
        return "".join(
            f'<pattern id="{self.key}{tone}" width="8" height="8" patternUnits="userSpaceOnUse"><rect width="8" height="8" fill="{TONES[tone][1]}"/>'
            + (f'<path d="{path}" stroke="{TONES[tone][0]}" stroke-width="1.4"/>' if path else "")
            + "</pattern>"
            for tone, path in strokes.items()
        )

    def box(self, x: float, y: float, width: float, height: float, tone: str) -> None:
        """Draw a bar."""
        line = f'stroke="{TONES[tone][0]}" stroke-width="{1 if width > 3 else 0.4}"'
        self.parts.append(
            f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(max(width, 0.5))}" height="{_n(max(height, 0.0))}" fill="url(#{self.key}{tone})" {line}/>'
        )

    def line(self, x1: float, y1: float, x2: float, y2: float, colour: str = "#b5b5b5", width: float = 1, dash: str = "") -> None:
        """Draw a straight line."""
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self.parts.append(f'<path d="M{_n(x1)} {_n(y1)}L{_n(x2)} {_n(y2)}" stroke="{colour}" stroke-width="{_n(width)}" fill="none"{dashed}/>')

    def path(self, points: Sequence[tuple[float, float]], colour: str, dash: str = "") -> None:
        """Draw a line through points."""
        way = "L".join(f"{_n(x)} {_n(y)}" for x, y in points)
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self.parts.append(f'<path d="M{way}" stroke="{colour}" stroke-width="2.2" fill="none" stroke-linejoin="round"{dashed}/>')

    def dot(self, x: float, y: float, colour: str, hollow: bool) -> None:
        """Draw a point of a line; hollow ones belong to the second line."""
        self.parts.append(
            f'<circle cx="{_n(x)}" cy="{_n(y)}" r="3.2" fill="{"#ffffff" if hollow else colour}" stroke="{colour}" stroke-width="1.6"/>'
        )

    def text(self, x: float, y: float, text: str, anchor: str = "start", weight: str = "", size: float = 0) -> None:
        """Write a text."""
        more = (f' font-weight="{weight}"' if weight else "") + (f' font-size="{_n(size)}"' if size else "")
        self.parts.append(f'<text x="{_n(x)}" y="{_n(y)}" text-anchor="{anchor}" fill="#1a1a1a"{more}>{escape(clean(text))}</text>')

    def legend(self, y: float, series: Iterable[tuple[str, str]]) -> float:
        """Write the names of the series, in as many lines as they need; return where the next thing may stand."""
        x = float(LEFT)
        for tone, name in series:
            width = 24 + 7.2 * size(name) + 18
            if x + width > WIDTH and x > LEFT:
                x, y = float(LEFT), y + 20
            self.box(x, y - 11, 16, 12, tone)
            self.text(x + 22, y, name)
            x += width
        return y + 12


def _n(value: float) -> str:
    """Write a place in the picture: two decimals, so that the same picture is the same text."""
    shown = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if shown == "-0" else shown


def ticks(low: float, high: float, about: int = 5) -> list[float]:
    """Return round numbers from below `low` to above `high`, zero among them."""
    low, high = min(low, 0.0), max(high, 0.0)
    span = high - low
    if not 0.0 < span < 1e300:
        return [0.0, 1.0]
    raw = span / about
    power = 10.0 ** floor(log10(raw))
    step = next((m * power for m in (1.0, 2.0, 2.5, 5.0, 10.0) if m * power >= raw * 0.999), 10.0 * power)
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    return [i * step for i in range(first, last + 1)]


def _axis(page: Page, marks: Sequence[float], top: float, bottom: float, words: Words) -> Callable[[float], float]:
    """Draw the lines of the values with their figures; return where a value stands."""
    low, high = marks[0], marks[-1]

    def at(value: float) -> float:
        return bottom - (value - low) / (high - low) * (bottom - top)

    for value in marks:
        page.line(LEFT, at(value), WIDTH - RIGHT, at(value), "#555555" if value == 0 else "#d0d0d0", 1.2 if value == 0 else 1)
        page.text(LEFT - 6, at(value) + 4.5, short(value, marks, words), "end")
    return at


def short(value: float, marks: Sequence[float], words: Words) -> str:
    """Show a figure of an axis: a large one in the words of the language."""
    if max(abs(mark) for mark in marks) >= 1e6:
        return words.short(value)
    shown = float(f"{value:.12g}")
    return words.amount(shown) if abs(shown) >= 1000 else words.figure(shown)


def _below(page: Page, labels: Sequence[str], places: Sequence[float], y: float) -> None:
    """Write the years below the plot, as many as there is room for, always the first and the last."""
    room = (WIDTH - LEFT - RIGHT) / 44
    every = max(1, ceil(len(labels) / room))
    every = next((n for n in (1, 2, 5, 10, 20, 50, 100) if n >= every), every)
    for i, (label, x) in enumerate(zip(labels, places, strict=True)):
        last = len(labels) - 1
        if i == last or (i % every == 0 and (last - i) * (places[1] - places[0] if last else 0) > 40):
            page.text(x, y, label, "middle")


def years(result: Json, words: Words, before: str, more: str) -> str:
    """Draw reference or baseline emissions, project emissions with leakage, and reductions of each year [tCO2e].

    Parameters
    ----------
    result : mapping
        The JSON object.
    words : Words
        The language.
    before, more : str
        What the emissions without the project are called, and what a screen reader says.
    """
    rows = result["years"]
    page = Page(350, words("proposal.chart_years"), more, words.language)
    after = [row["project"] + row["leakage"] for row in rows]
    values = [v for row, a in zip(rows, after, strict=True) for v in (row["baseline"], a, row["reduction"])]
    top = page.legend(22, [("before", before), ("project", words("chart.project")), ("reduction", words("chart.reductions"))]) + 26
    page.text(LEFT - 6, top - 14, "tCO2e", "end")
    at = _axis(page, ticks(min(values), max(values)), top, 312, words)
    room = (WIDTH - LEFT - RIGHT) / len(rows)
    bar = min(room * 0.27, 34)
    places = []
    for i, (row, a) in enumerate(zip(rows, after, strict=True)):
        middle = LEFT + room * (i + 0.5)
        places.append(middle)
        for k, (tone, value) in enumerate((("before", row["baseline"]), ("project", a), ("reduction", row["reduction"]))):
            page.box(middle + (k - 1.5) * bar, min(at(value), at(0)), bar, abs(at(value) - at(0)), tone)
    _below(page, [str(row["year"]) for row in rows], places, 334)
    return str(page)


def gases(rows: Sequence[tuple[str, float, float, float]], words: Words, before: str, more: str) -> str:
    """Draw a group of bars for each gas, over all years [tCO2e].

    Parameters
    ----------
    rows : sequence of (gas, before, after, reduction)
    words, before, more
        As in `years`.
    """
    page = Page(60 + 84 * len(rows), words("proposal.chart_gases"), more, words.language)
    top = page.legend(22, [("before", before), ("project", words("chart.project")), ("reduction", words("chart.reductions"))]) + 8
    low = min(0.0, *(v for row in rows for v in row[1:]))
    high = max(0.0, *(v for row in rows for v in row[1:]))
    room = WIDTH - LEFT - RIGHT - 190  # left and right of the bars stand their figures
    scale = room / ((high - low) or 1.0)
    zero = LEFT + (95 if low < 0 else 0) + (0 - low) * scale
    for i, (gas, *values) in enumerate(rows):
        y = top + 78 * i
        page.text(LEFT - 10, y + 38, gas, "end", "bold")
        for k, (tone, value) in enumerate(zip(("before", "project", "reduction"), values, strict=True)):
            x = zero + min(value, 0.0) * scale
            page.box(x, y + 22 * k, abs(value) * scale, 18, tone)
            if value < 0:
                page.text(x - 5, y + 22 * k + 14, words.amount(value), "end")
            else:
                page.text(zero + value * scale + 5, y + 22 * k + 14, words.amount(value))
    page.line(zero, top - 4, zero, top + 78 * len(rows) - 8, "#555555", 1.2)
    return str(page)


def cash(rows: Sequence[Json], subsidised: bool, words: Words, more: str) -> str:
    """Draw the cumulative cash flow, without subsidy as a full line and with it as a dashed one.

    Parameters
    ----------
    rows : sequence of mapping
        The `cash_flow` of a result [currency].
    subsidised : bool
        There is a subsidy.
    words, more
        As in `years`.
    """
    page = Page(330, words("proposal.chart_cash"), more, words.language)
    lines = [("cumulative", "chart.without", "#00507a", "")] + ([("cumulative_subsidised", "chart.with", "#8a4b00", "7 4")] if subsidised else [])
    x = float(LEFT)
    for key, name, colour, dash in lines:
        page.line(x, 18, x + 34, 18, colour, 2.2, dash)
        page.dot(x + 17, 18, colour, key != "cumulative")
        page.text(x + 42, 22, words(name))
        x += 42 + 7.2 * size(words(name)) + 24
    values = [row[key] for row in rows for key, *_ in lines]
    at = _axis(page, ticks(min(values), max(values)), 46, 292, words)
    room = (WIDTH - LEFT - RIGHT) / len(rows)
    places = [LEFT + room * (i + 0.5) for i in range(len(rows))]
    for key, _, colour, dash in lines:
        points = [(x, at(row[key])) for x, row in zip(places, rows, strict=True)]
        page.path(points, colour, dash)
        for px, py in points if len(points) <= 40 else points[:: len(points) - 1]:
            page.dot(px, py, colour, key != "cumulative")
    _below(page, [str(row["year"]) for row in rows], places, 314)
    return str(page)


def tornado(rows: Sequence[tuple[str, Json]], point: float, words: Words, more: str) -> str:
    """Draw how far each quantity alone moves the reductions [tCO2e].

    Parameters
    ----------
    rows : sequence of (name, tornado)
        Longest first; a tornado holds the reductions ``at_low`` and ``at_high``.
    point : float
        The point estimate, at which the bars meet.
    words, more
        As in `years`.
    """
    step = 46
    page = Page(84 + step * len(rows), words("proposal.tornado"), more, words.language)
    top = page.legend(22, [("project", words("chart.low")), ("reduction", words("chart.high"))]) + 34
    ends = [point, *(ends[key] for _, ends in rows for key in ("at_low", "at_high"))]
    left, right = 24 + 70, WIDTH - 24 - 70  # the figures stand outside the bars
    span = (max(ends) - min(ends)) or 1.0

    def at(value: float) -> float:
        return float(left + (value - min(ends)) / span * (right - left))

    page.text(at(point), top - 10, words.amount(point), "middle", "bold")
    for i, (name, ends_) in enumerate(rows):
        y = top + step * i
        lines = wrap(clean(name), 84)
        page.text(24, y + 12, lines[0] + ("…" if len(lines) > 1 else ""), size=12.5)
        pair = sorted((("project", ends_["at_low"]), ("reduction", ends_["at_high"])), key=lambda p: -abs(p[1] - point))
        for tone, value in pair:  # where both ends lie on one side the nearer one is drawn on top
            page.box(min(at(value), at(point)), y + 18, abs(at(value) - at(point)), 15, tone)
        low, high = sorted(value for _, value in pair)
        page.text(min(at(low), at(point)) - 5, y + 30, words.amount(min(low, point)), "end", size=12)
        page.text(max(at(high), at(point)) + 5, y + 30, words.amount(max(high, point)), size=12)
    page.line(at(point), top - 4, at(point), top + step * len(rows) - 8, "#1a1a1a", 1.4)
    return str(page)

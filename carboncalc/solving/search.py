"""Search: where along one number the answer turns, found by scanning, closing in, and substituting back."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from .levers import Lever

_TOLERANCE = 1e-11
_DIGITS = 4
_STEPS = 4  # of a scan, per factor of ten


class Probe(NamedTuple):
    """What one re-appraisal says: whether the goal is met, by how much of its threshold, and the figures behind it.

    `score` is above zero when met and below when not, None when no number says how far; `scores` has it for each criterion or target that
    counts, and `figures` whether each is met and its numbers. A file that became invalid has no figures.
    """

    ok: bool
    score: float | None
    figures: Mapping[str, tuple[Any, ...]] | None
    scores: Mapping[str, float | None]
    tree: Mapping[str, Any] | None


INVALID = Probe(False, None, None, {}, None)

Ask = Callable[[float | str], Probe]


class Edge(NamedTuple):
    """An end of a passing region: the last value that passes, as found and as shown, and whether the file is invalid beyond."""

    value: float
    shown: str
    shown_value: float
    step: float
    up: bool
    probe: Probe
    invalid_beyond: bool


class Region(NamedTuple):
    """Values that pass, from `low` to `high`; an end that is None lies at or beyond the end of the range."""

    low: Edge | None
    high: Edge | None


class Found(NamedTuple):
    """What the scan of a number found: the passing regions next to its present value, and the value that comes nearest.

    `matters` is false when nothing that counts depends on the number. Of what fails now, `blocked_by` names what does not depend on it, and
    `never` what depends on it and fails at every value tried.
    """

    matters: bool
    blocked_by: list[str]
    never: list[str]
    regions: list[Region]
    best: tuple[float, Probe] | None


def seek(lever: Lever, ask: Ask, now: Probe) -> Found:
    """Find the passing regions next to the present value of a number.

    The range is scanned first, so that an answer that turns more than once is seen; between two points that differ the turn is closed in on
    to eleven digits, and between points where the answer comes near to turning its nearest approach is looked at as well.

    Parameters
    ----------
    lever : Lever
        The number.
    ask : callable
        Re-appraises the project with a value, or with the text of one.
    now : Probe
        The answer at present.
    """
    probes: dict[float, Probe] = {}
    if lever.now is not None:
        probes[lever.now] = now

    def at(x: float) -> Probe:
        if x not in probes:
            probes[x] = ask(x)
        return probes[x]

    points = grid(lever)
    stride = max(1, len(points) // 9)
    quick = [at(x) for x in (points[0], points[-1], *points[3 * stride : -1 : 3 * stride])]
    valid = [p.figures for p in quick if p.figures is not None]
    if lever.now is not None and now.figures is not None and valid:
        moved = {id_ for figures in valid for id_, figure in now.figures.items() if not _same(figures.get(id_), figure)}
        blocked = [id_ for id_, figure in now.figures.items() if figure[0] != "pass" and id_ not in moved]
        if not moved or blocked:
            return Found(bool(moved), blocked, [], [], None)
    for x in points[::stride]:
        at(x)
    if not _steady([probes[x] for x in sorted(probes)]):  # it may turn more than once
        for x in points:
            at(x)
    _approach(lever, at, probes)
    xs = sorted(probes)
    runs = _runs(xs, probes)
    middle = lever.now
    if middle is None:
        chosen = runs
    elif now.ok:
        chosen = [r for r in runs if xs[r[0]] <= middle <= xs[r[1]]]
    else:
        chosen = [r for r in runs if xs[r[1]] < middle][-1:] + [r for r in runs if xs[r[0]] > middle][:1]
    regions = [_region(lever, at, ask, xs, run, now.ok) for run in chosen]
    scored = [(p.score, x) for x, p in probes.items() if p.score is not None]
    best = max(scored)[1] if scored else None
    valid = [p.figures for p in probes.values() if p.figures is not None]
    never = [id_ for id_ in now.figures or {} if all(figures[id_][0] != "pass" for figures in valid)]
    return Found(True, [], never, regions, None if best is None else (best, probes[best]))


def grid(lever: Lever) -> list[float]:
    """Return the points to scan: even steps between fixed limits that begin at zero, else even factors around the present value."""
    low, high, now = lever.low, lever.high, lever.now
    points = {low, high} | ({now} if now is not None else set())
    if not lever.ratio and lever.unit == "day":
        points |= {low + (high - low) * k / 20 for k in range(21)}
    elif lever.whole:
        base, k = max(abs(now or 0.0), 1.0), 0
        while base * 10 ** (k / _STEPS) < max(abs(low), abs(high)):
            points |= {sign * round(base * 10 ** (e * k / _STEPS)) for sign in (1, -1) for e in (1, -1)}
            k += 1
        points |= {low + k for k in range(5)}
        if now is not None:
            points |= {now - 1, now + 1}
    elif 0 < high <= 100 * max(now or 0.0, 0.0) or (low == 0 and now is None) or low < 0 < high:
        points |= {low + (high - low) * k / 20 for k in range(21)}
        if now:
            points |= {now * 0.95, now * 1.05}
    else:
        base = abs(now) if now else abs(high) / 1000
        sign = -1.0 if high <= 0 else 1.0
        points |= {sign * base * 10 ** (k / _STEPS) for k in range(-3 * _STEPS, 3 * _STEPS + 1)}
        points |= {sign * base * k for k in (0.95, 1.05)} if now else set()
    if lever.whole:
        points = {float(int(p)) for p in points}
    return sorted(p for p in points if low <= p <= high or p == now)


def _same(one: tuple[Any, ...] | None, other: tuple[Any, ...]) -> bool:
    """Tell whether two figures agree but for the noise of the last digits."""
    return one is not None and all(
        abs(a - b) <= 1e-12 * abs(b) if isinstance(a, float) and isinstance(b, float) and abs(b) != float("inf") else a == b
        for a, b in zip(one, other, strict=True)
    )


def _steady(probes: list[Probe]) -> bool:
    """Tell whether the score only rises or only falls along the points."""
    scores = [p.score for p in probes]
    known = [s for s in scores if s is not None]
    return len(known) == len(scores) and known in (sorted(known), sorted(known, reverse=True))


def _approach(lever: Lever, at: Callable[[float], Probe], probes: dict[float, Probe]) -> None:
    """Where the score turns round between two scanned points without changing its sign, look whether it does change it in between."""
    xs = sorted(probes)
    for a, b, c in zip(xs, xs[1:], xs[2:], strict=False):
        left, mid, right = probes[a], probes[b], probes[c]
        if left.score is None or mid.score is None or right.score is None or not left.ok == mid.ok == right.ok:
            continue
        sign = -1.0 if mid.ok else 1.0
        heights = [sign * p.score for p in (left, mid, right) if p.score is not None]
        slack = 1e-9 * abs(heights[1])
        if heights[1] > heights[0] + slack and heights[1] > heights[2] + slack:
            _climb(lever, at, (a, b, c), sign, mid.ok)


def _climb(lever: Lever, at: Callable[[float], Probe], triple: tuple[float, float, float], sign: float, ok: bool) -> None:
    """Golden-section search around a peak, until the answer turns or the peak is known well enough."""
    a, b, c = triple
    for _ in range(24):
        x = b + 0.381966 * (c - b) if c - b > b - a else b - 0.381966 * (b - a)
        x = float(round(x)) if lever.whole else x
        if x in (a, b, c):
            return
        probe = at(x)
        if probe.ok != ok or probe.score is None:
            return
        score = at(b).score
        assert score is not None
        if sign * probe.score > sign * score:
            a, b, c = (b, x, c) if x > b else (a, x, b)
        else:
            a, c = (a, x) if x > b else (x, c)
        if c - a <= 1e-7 * max(abs(a), abs(c)):
            return


def _runs(xs: list[float], probes: Mapping[float, Probe]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for i, x in enumerate(xs):
        if probes[x].ok:
            runs = [*runs[:-1], (runs[-1][0], i)] if runs and runs[-1][1] == i - 1 else [*runs, (i, i)]
    return runs


def _region(lever: Lever, at: Callable[[float], Probe], ask: Ask, xs: list[float], run: tuple[int, int], inside: bool) -> Region:
    """Close in on both ends of a passing region; where the file becomes invalid is no break-even, unless the way from the present value leads there."""

    def edge(passing: float, failing: float) -> Edge | None:
        on_the_way = not inside and lever.now is not None and min(passing, lever.now) <= failing <= max(passing, lever.now)
        return _edge(lever, at, ask, passing, failing, inside) if at(failing).figures is not None or on_the_way else None

    first, last = run
    return Region(edge(xs[first], xs[first - 1]) if first else None, edge(xs[last], xs[last + 1]) if last < len(xs) - 1 else None)


def _edge(lever: Lever, at: Callable[[float], Probe], ask: Ask, passing: float, failing: float, inside: bool) -> Edge:
    """Close in on a turn between a passing and a failing value, and round the passing one to as few digits as bear substitution."""
    p, q = _close(lever, at, passing, failing)
    up = p > q  # values above it pass
    beyond = at(q).figures is None
    if lever.whole:
        return Edge(p, lever.show(p), p, 1.0, up, at(p), beyond)
    for digits in range(_DIGITS, 17):
        rounded, step = _outward(p, digits, up)
        for value in (rounded, _stepped(rounded, step, up)):  # the turn is known to a tolerance only: the next value may still pass
            if inside and lever.now is not None and (value > lever.now if up else value < lever.now):
                continue  # rounded past the present value
            shown = lever.show(value)
            probe = ask(shown)
            if not probe.ok:
                break
            if not ask(lever.show(_stepped(value, step, up))).ok:
                return Edge(p, shown, value, step, up, probe, beyond)
    return Edge(p, lever.show(p), p, abs(p - q), up, at(p), beyond)


def _close(lever: Lever, at: Callable[[float], Probe], passing: float, failing: float) -> tuple[float, float]:
    """Return neighbours, one passing and one failing.

    Chandrupatla's method: inverse quadratic interpolation of the score of what fails at the failing end, bisection where that is not safe or
    no score is known. (T. R. Chandrupatla, Advances in Engineering Software 28, 1997, 145-149; recalled.)
    """
    turning = [id_ for id_, figure in (at(failing).figures or {}).items() if figure[0] != "pass"]

    def height(x: float) -> float | None:
        scores = [at(x).scores.get(id_) for id_ in turning]
        return None if not scores or None in scores else min(s for s in scores if s is not None)

    new, old, before = passing, failing, failing
    t = 0.5
    for _ in range(200):
        gap = abs(new - old)
        if gap <= (1 if lever.whole else _TOLERANCE * max(abs(new), abs(old))):
            break
        x = new + t * (old - new)
        inner, outer = sorted((new, old))
        if lever.whole:
            x = min(max(float(round(x)), inner + 1), outer - 1)
        if not inner < x < outer:
            break
        if at(x).ok == at(new).ok:
            before = new
        else:
            before, old = old, new
        new = x
        t = _interpolated(*((v, height(v)) for v in (new, old, before)))
        least = 0.5 * _TOLERANCE * max(abs(new), abs(old)) / abs(new - old) if new != old else 0.5
        t = min(max(t, least), 1 - least)
    return (new, old) if at(new).ok else (old, new)


def _interpolated(first: tuple[float, float | None], second: tuple[float, float | None], third: tuple[float, float | None]) -> float:
    """Return how far from the first towards the second end the zero is to be sought."""
    (x1, f1), (x2, f2), (x3, f3) = first, second, third
    if f1 is None or f2 is None or f3 is None or x2 in (x1, x3) or f1 == f2 or f3 in (f1, f2):
        return 0.5
    xi, phi = (x1 - x2) / (x3 - x2), (f1 - f2) / (f3 - f2)
    if not (0 <= phi * phi < xi and (1 - phi) ** 2 < 1 - xi):
        return 0.5
    return f1 / (f2 - f1) * f3 / (f2 - f3) + (x3 - x1) / (x2 - x1) * f1 / (f3 - f1) * f2 / (f3 - f2)


def _outward(value: float, digits: int, up: bool) -> tuple[float, float]:
    """Round to significant digits into the passing side; return the value and one unit of its last digit."""
    from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

    exact = Decimal(repr(value))
    unit = Decimal(1).scaleb(exact.adjusted() - digits + 1) if exact else Decimal(1).scaleb(1 - digits)
    return float((exact / unit).to_integral_value(ROUND_CEILING if up else ROUND_FLOOR) * unit), float(unit)


def _stepped(value: float, step: float, up: bool) -> float:
    from decimal import Decimal

    return float(Decimal(repr(value)) - Decimal(repr(step)) * (1 if up else -1))

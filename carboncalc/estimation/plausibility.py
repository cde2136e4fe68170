"""Plausibility: values outside what cited sources have seen are told, never refused.

A range is no number of its own: it is spanned by the cited values of the factor library that a methodology names for an
input (`plausible:`). What no source bounds is not judged.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from .. import factors, units
from ..findings import Finding, Place, error
from ..methodology import CONFIDENCE, Methodology
from ..project import Measure, Project
from .binding import Binding

#: a stated exchange rate may part from every cited one by this factor before it is told; rates move, slips are larger
FAR_RATE = 1.25
#: a project may begin this many years after the newest dated value it rests on
FAR_YEARS = 20
#: no methodology of the library was written before
EARLIEST = 2000
#: where no least value is known, a value is told when it is this many times below the least that was seen
FAR_BELOW = 100
#: words of a unit that are taken for one another
_SLIPS = (
    ("tCO2", "kgCO2"), ("kgCO2", "tCO2"),
    ("Wh", "kWh"), ("kWh", "Wh"), ("kWh", "MWh"), ("MWh", "GWh"), ("MWh", "kWh"), ("GWh", "MWh"), ("GWh", "kWh"), ("TJ", "GJ"), ("GJ", "TJ"), ("MJ", "GJ"), ("GJ", "MJ"),
    ("MW", "kW"), ("kW", "MW"), ("kg", "g"), ("g", "kg"), ("t", "kg"), ("kg", "t"), ("mg", "g"), ("g", "mg"), ("mg", "kg"), ("L", "m3"), ("m3", "L"),
    ("L/km", "L/100km"), ("L/100km", "L/km"), ("km", "m"), ("m", "km"), ("1", "%"), ("%", "1"), ("km", "100km"),
)  # fmt: skip
_WORD = re.compile(r"\{(\w+)\}")


class Span(NamedTuple):
    """What the cited values of a factor, or of several, span: both ends in the unit asked for, and the value behind each."""

    low: float
    high: float
    unit: str
    ends: tuple[tuple[str, str, str], tuple[str, str, str]]

    def cited(self, above: bool = False) -> str:
        """Say what the ends are, of which source and how sure; `above` leaves the lower end out."""
        ends = self.ends[1:] if above else self.ends
        sure = max((end[2] for end in ends), key=CONFIDENCE.index)
        return "; ".join([" to ".join(dict.fromkeys(e[0] for e in ends)), *dict.fromkeys(e[1] for e in ends), sure])


_spans: dict[tuple[tuple[str, ...], str], Span | None] = {}


def span(patterns: Sequence[str], unit: str) -> Span | None:
    """Return what the library's values span.

    Parameters
    ----------
    patterns : sequence of str
        Factor ids; ``*`` stands for any word of an id.
    unit : str
        The unit of the ends.

    Returns
    -------
    Span or None
        None when no value is known.

    Raises
    ------
    UnitError
        CC203 when a value has another dimension.
    """
    key = (tuple(patterns), unit)
    if key not in _spans:
        _spans[key] = _span(*key)
    return _spans[key]


def _span(patterns: Sequence[str], unit: str) -> Span | None:
    ends: list[tuple[float, Mapping[str, Any], str]] = []
    for id_ in [i for p in patterns for i in _ids(p)]:
        entry = factors.entry(id_) or {"values": ()}
        for row in entry["values"]:
            if row["value"] is not None:
                scale = units.scale(units.parse(row["unit"]), units.parse(unit))
                ends += [(x * scale, row, entry["label"]["en"]) for x in (row["value"], *row.get("range", ()))]
    if not ends:
        return None
    low, high = min(ends, key=lambda e: e[0]), max(ends, key=lambda e: e[0])
    return Span(low[0], high[0], unit, (_end(low), _end(high)))


def _end(end: tuple[float, Mapping[str, Any], str]) -> tuple[str, str, str]:
    _, row, label = end
    return label, f"{factors.source(str(row['source']))['title']}, {row['page']}", str(row["confidence"])


def _ids(pattern: str) -> list[str]:
    if "*" not in pattern:
        return [pattern]
    match = re.compile(re.escape(pattern).replace(r"\*", "[^.]*")).fullmatch
    return [id_ for id_ in factors.topic(pattern.split(".")[0]) if match(id_)]


def judge(project: Project, found: Methodology, measure: Measure, binding: Binding) -> list[Finding]:
    """Compare what the user wrote with what cited sources have seen.

    Raises
    ------
    Invalid
        CC203 when a range of the library does not fit its methodology.
    """
    findings: list[Finding] = []
    inputs = found.system.once("plausible", _judged, found)
    for q in binding.quantities:
        if q["status"] == "input" and q["name"] in inputs:
            name, spec = inputs[q["name"]]
            for rule, known in _rules(project, spec["plausible"], q, measure):
                finding = _outside(project, found, binding, name.rpartition(".")[2], q, rule, known)
                findings += [finding] if finding else []
        elif q["match"] == "override":
            findings += _own_factor(project, q)
    return findings


def _judged(found: Methodology) -> dict[str, tuple[str, dict[str, Any]]]:
    """Return the inputs that a range is known for, by symbol."""
    rows = [(s.get("symbol", n), (n, s)) for n, s in found.inputs.items()]
    rows += [(o["symbol"], (n, s)) for n, s in found.inputs.items() for o in s.get("instead", [])]
    return {symbol: (n, s) for symbol, (n, s) in rows if s.get("plausible")}


def _path(project: Project, q: Mapping[str, Any]) -> tuple[str | int, ...]:
    """Turn the path that a quantity keeps as text into the path of its value."""
    node: Any = project.data
    path: list[str | int] = []
    for step in q["path"].split("."):
        key: str | int = int(step) if isinstance(node, list) else step
        path.append(key)
        node = node[key]
    return tuple(path)


def _rules(project: Project, rules: Sequence[Mapping[str, Any]], q: Mapping[str, Any], measure: Measure) -> Iterator[tuple[Mapping[str, Any], Span]]:
    """Yield for each code the first rule whose range is known and is of the dimension in which the value is written."""
    done = set()
    for rule in rules:
        if rule["code"] in done:
            continue
        if "per" not in rule and units.parse(rule["unit"]).dimension != units.parse(q["unit"]).dimension:
            continue
        beside = _beside(q, measure)
        patterns = [rule["range"]] if isinstance(rule["range"], str) else rule["range"]
        words = {word: beside.get(word) for p in patterns for word in _WORD.findall(p)}
        if not all(isinstance(text, str) for text in words.values()):
            continue
        try:
            known = span([p.format_map(words) for p in patterns], rule["unit"])
        except units.UnitError as bad:
            raise error(bad.code, f"the range {rule['range']}: {bad.message}", bad.help, _place(project, q)) from None
        if known is not None and (known.low < known.high or rule.get("only") == "above"):  # one point is no range
            done.add(rule["code"])
            yield rule, known


def _beside(q: Mapping[str, Any], measure: Measure) -> Mapping[str, Any]:
    """Return the inputs among which a quantity stands: those of its item, or of the project."""
    steps = q["path"].split(".")[len(measure.inputs_at) :]
    rows = measure.inputs[steps[0]]
    return rows[int(steps[1])] if isinstance(rows, list) else measure.inputs


def _outside(
    project: Project, found: Methodology, binding: Binding, name: str, q: Mapping[str, Any], rule: Mapping[str, Any], known: Span
) -> Finding | None:
    value, words = q["value"], f"`{name}`"
    if "per" in rule:
        spec = _sibling(found, q, rule["per"])
        divisor = _at(binding, spec["symbol"], q, project)
        if divisor is None or not (value or divisor):
            return None
        value *= units.scale(units.parse(q["unit"]), units.parse(f"{rule['unit']}*{spec['unit']}"))
        value = value / divisor if divisor else float("inf")
        words += f" per `{rule['per']}`"
    else:
        value *= units.scale(units.parse(q["unit"]), units.parse(rule["unit"]))
    above = rule.get("only") == "above"
    if value > known.high * (1 + 1e-9):
        side = "above"
    elif value < (known.low / FAR_BELOW if above else known.low) * (1 - 1e-9) or (above and value < known.low and _slip(q, value, known, 1)):
        side = "below"
    else:
        return None
    between = f"at most {_shown(known.high, known.unit)}" if above and side == "above" else f"{_low(known)} to {_shown(known.high, known.unit)}"
    message = f"{words} is {_shown(value, known.unit)}, {side} what is known: {between} ({known.cited(above and side == 'above')})"
    help_ = _slip(q, value, known, 2) or "check the number and its unit"
    return Finding(
        rule["code"], "warning", message, f"{help_}; if it is right, say why: `# carboncalc: ignore[{rule['code']}] reason`", _place(project, q)
    )


def _place(project: Project, q: Mapping[str, Any]) -> Place:
    return project.place(*_path(project, q))


def _sibling(found: Methodology, q: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return what a methodology says of an input beside a quantity: in the same list, or else of the project."""
    steps = q["path"].split(".")
    return next(found.inputs[n] for n in (*(f"{step}.{name}" for step in steps), name) if n in found.inputs)


def _at(binding: Binding, symbol: str, q: Mapping[str, Any], project: Project) -> float | None:
    """Return the value of another input for the item and the year of a quantity."""
    value = binding.values.get(symbol)
    for index, item in q["index"].items():
        if index != "year" and isinstance(value, list):
            value = value[binding.items[index].index(item)]
    if isinstance(value, list):
        value = value[q["index"].get("year", project.first_year) - project.first_year]
    return value if isinstance(value, float) else None


def _slip(q: Mapping[str, Any], value: float, known: Span, slack: float) -> str:
    """Name the unit that would bring the value into its range, give or take a factor, when another unit was probably meant."""
    low, high = known.low / slack, known.high * slack
    written = _written(q["given"])
    for other, factor in _others(written):
        if low <= value * factor <= high:
            return f"is it {'a plain number' if other == '1' else f'`{other}`'} instead of `{written}`?"
    for factor in (1000.0, 0.001):
        if low <= value * factor <= high:
            return "it is a factor of 1,000 out of its range: is a thousands mark or a decimal point in the wrong place?"
    return ""


@lru_cache(256)
def _others(written: str) -> list[tuple[str, float]]:
    """Return the units that may be mistaken for one, with the factor to it."""
    found = []
    for old, new in _SLIPS:
        other = "/".join(new if word == old else word for word in written.split("/")) if "/" not in old else (new if written == old else written)
        if other == written:
            continue
        try:
            found.append((other, units.scale(units.parse(other), units.parse(written))))
        except units.UnitError:
            continue
    return found


def _written(given: str) -> str:
    """Return the unit of a value as it stands in the file."""
    try:
        _, rest = units.read_number(given)
    except units.UnitError:
        return "1"
    return re.split(r"±|\+/?-", rest)[0].strip() or "1"


def _low(known: Span) -> str:
    return _shown(known.low, known.unit if known.unit == "1" else None)


def _shown(value: float, unit: str | None) -> str:
    if value == float("inf"):
        return "without limit"
    if unit == "1":
        return f"{value * 100:.6g} %"
    return f"{value:.6g}" + (f" {unit}" if unit else "")


def _own_factor(project: Project, q: Mapping[str, Any]) -> list[Finding]:
    """Compare a factor of the user's own with every value the library has for it."""
    id_ = q["factor"]
    key = next(k for k in (f"{id_}.{project.country}", id_) if k in (project.data.get("factors") or {}))
    raw = project.data["factors"][key]
    place = project.place("factors", key, "value") if isinstance(raw, dict) else project.place("factors", key)
    if id_.startswith("gwp."):
        return _other_set(project, q, place)
    if q.get("fixed"):
        message = f"`{key}` replaces a value that the methodology fixes: the result is no longer that of the methodology"
        return [
            Finding(
                "CC532", "warning", message, "delete it; if the document prints another value, say so: `# carboncalc: ignore[CC532] reason`", place
            )
        ]
    known = next((k for i in (f"{id_}.{project.country}", id_) if (k := span([i], q["unit"])) and k.low < k.high), None)
    if known is None or known.low * (1 - 1e-9) <= q["value"] <= known.high * (1 + 1e-9):
        return []
    side = "above" if q["value"] > known.high else "below"
    between = f"{_low(known)} to {_shown(known.high, known.unit)}"
    message = f"`{key}` is {_shown(q['value'], q['unit'])}, {side} every value of the library: {between} ({known.cited()})"
    advice = "check the number and its unit; if it is right, say why: `# carboncalc: ignore[CC529] reason`"
    return [Finding("CC529", "warning", message, advice, place)]


def _other_set(project: Project, q: Mapping[str, Any], place: Place) -> list[Finding]:
    """Tell of a global warming potential that is not that of its assessment report, and of which it is."""
    _, report, gas = q["factor"].split(".", 2)
    entry = factors.entry(q["factor"])
    if entry is None or q["value"] in _values(q["factor"]):
        return []
    others = [other for other in ("SAR", "AR4", "AR5", "AR6") if other != report and q["value"] in _values(f"gwp.{other}.{gas}")]
    right = ", ".join(f"{value:g}" for value in _values(q["factor"]))
    message = f"the GWP of {gas} is stated as {q['value']:g}; {report} has {right}" + (
        f", and {q['value']:g} is of {' and '.join(others)}" if others else ""
    )
    advice = f"delete it, or name the set you mean: `gwp: {others[0] if others else report}`"
    return [Finding("CC530", "warning", message, advice, place)]


def _values(id_: str) -> list[float]:
    return [row["value"] for row in (factors.entry(id_) or {"values": ()})["values"] if row["value"] is not None]


def of_project(project: Project, binding: Binding, years: Sequence[Mapping[str, Any]], inputs_at: tuple[str | int, ...]) -> list[Finding]:
    """Tell of years far from the data, and of a project that changes nothing."""
    findings = []
    dated = [q for q in binding.quantities if q["status"] != "input" and q["year"]]
    newest = max((q["year"] for q in [q for q in dated if not q.get("fixed")] or dated), default=None)  # what a methodology fixes ages slowly
    if project.first_year < EARLIEST:
        findings.append(
            Finding(
                "CC540",
                "warning",
                f"the project begins in {project.first_year}, before {EARLIEST}",
                "check `first_year`: it is the first year of operation",
                project.place("project", "first_year"),
            )
        )
    elif newest is not None and project.first_year - newest > FAR_YEARS:
        late = f"the project begins in {project.first_year}, {project.first_year - newest} years after the newest dated value it uses ({newest})"
        findings.append(
            Finding("CC540", "warning", late, "check `first_year`; a grid of that year is not known today", project.place("project", "first_year"))
        )
    largest = max(years, key=lambda row: max(row["baseline"], row["project"]))
    cap = span(["industry.ets-cap.VN"], "tCO2e/year")
    if cap and max(largest["baseline"], largest["project"]) > cap.high:
        size = f"{max(largest['baseline'], largest['project']):.3g} tCO2e in {largest['year']}"
        message = f"the project is about {size}, more than the 110 largest emitters of Viet Nam together may emit in a year: {cap.high:.3g} ({cap.cited(above=True)})"
        findings.append(Finding("CC542", "warning", message, "check the size and the units of the inputs", project.place(*inputs_at, key=True)))
    if all(row["reduction"] == 0 for row in years):
        same = any(row["baseline"] for row in years)
        message = (
            "baseline and project are identical in every year: nothing is reduced"
            if same
            else "neither baseline nor project emits anything: nothing is reduced"
        )
        findings.append(
            Finding("CC541", "warning", message, "check that the project's values are not those of the baseline", project.place(*inputs_at, key=True))
        )
    return findings


def of_money(project: Project) -> list[Finding]:
    """Tell of exchange rates far from every cited one, and of lifetimes that no cited class of assets has."""
    raw = project.data.get("finance") or {}
    findings = []
    for code, given in (raw.get("exchange_rates") or {}).items():
        unit = f"{raw['currency']}/{code}"
        stated = units.read_quantity(given, unit).value  # above zero: finance has read it before
        known = _rates(code, raw["currency"])
        if known and not known[0] / FAR_RATE <= stated <= known[1] * FAR_RATE:
            advice = (
                f"is it the wrong way round? One {code} is so many {raw['currency']}"
                if known[0] / FAR_RATE <= 1 / stated <= known[1] * FAR_RATE
                else "check the number"
            )
            between = f"{known[0]:.4g} to {known[1]:.4g} {unit}"
            message = f"the rate of {code} is {stated:.4g} {unit}; cited rates are {between} ({known[2]})"
            findings.append(Finding("CC528", "warning", message, advice, project.place("finance", "exchange_rates", code)))
    for i, entry in enumerate(project.data.get("programmes") or ()):
        if "durable_years" in entry:
            findings += _life(project, entry["durable_years"], ("programmes", i, "durable_years"))
    if "lifetime" in raw:
        findings += _life(project, raw["lifetime"], ("finance", "lifetime"))
    return findings


def _life(project: Project, raw: Any, path: tuple[str | int, ...]) -> list[Finding]:
    """Compare years of life with the legal durable years of every class of assets; what is no time is told elsewhere."""
    if isinstance(raw, dict) and "value" in raw:
        raw, path = raw["value"], (*path, "value")
    try:
        years = units.read_quantity(raw, "year").value
    except units.UnitError:
        return []
    known = span(["finance.durable-years.*"], "year")
    if known is None or known.low <= years <= known.high:
        return []
    message = f"`{path[-1] if path[-1] != 'value' else path[-2]}` is {years:g} years; the legal durable years known are {known.low:g} to {known.high:g} ({known.cited()})"
    return [Finding("CC527", "warning", message, "check the number of years", project.place(*path))]


def _rates(code: str, currency: str) -> tuple[float, float, str] | None:
    """Return the span of the cited rates of a currency, whichever way they are quoted, and their source."""
    straight = span([f"finance.exchange.{code}.{currency}"], f"{currency}/{code}")
    if straight:
        return straight.low, straight.high, straight.cited()
    turned = span([f"finance.exchange.{currency}.{code}"], f"{code}/{currency}")
    return (1 / turned.high, 1 / turned.low, turned.cited()) if turned else None

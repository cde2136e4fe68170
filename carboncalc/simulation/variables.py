"""What is uncertain in a project: quantities with a 95 % interval, those of one origin as one variable."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ..estimation import Estimate, fixed, movable
from ..finance import Finance
from ..findings import Finding, Invalid, did_you_mean
from ..project import Project
from ..uncertainty.distributions import Distribution, choose
from ..uncertainty.drawing import root

#: where the cells of the finance block live, beside those of the measures 0, 1, …
MONEY = -1


class Cell(NamedTuple):
    """One quantity that is drawn: in which measure, its row in the result, its distribution."""

    measure: int
    row: Mapping[str, Any]
    distribution: Distribution


class Variable(NamedTuple):
    """One random variable: an input of the project, or a factor however many equations use it."""

    name: str
    cells: list[Cell]

    @property
    def first(self) -> Distribution:
        """The distribution that stands for the variable in a report."""
        return self.cells[0].distribution


class Held(NamedTuple):
    """A quantity that has an interval and is not drawn, and why."""

    name: str
    why: str


def find(project: Project, estimates: Sequence[tuple[str, Estimate]], money: Finance | None) -> tuple[list[Variable], list[Held]]:
    """Return the variables in the order of the file and the equations, and what is held.

    A factor is known by its id, edition and method, so that it is one variable in baseline and project and in every measure; an input by
    its path, so that all years of a series move together. What the methodology fixes is a rule and not drawn; what `conservative: true`
    has moved to an end of its interval is not drawn either, since that would count its uncertainty twice.
    """
    variables: dict[str, Variable] = {}
    held: dict[str, Held] = {}
    rows = [(i, q) for i, (_, e) in enumerate(estimates) for q in e.binding.quantities]
    rows += [(MONEY, q) for q in (money.quantities if money else [])]
    for measure, q in rows:
        if not q["range"] or isinstance(q["value"], str) or not q["range"][0] < q["range"][1]:
            continue
        name = _name(q, estimates[measure][0] if measure >= 0 else "")
        if fixed(q):
            held[name] = Held(name, "fixed by the methodology")
            continue
        if project.conservative and movable(q):
            held[name] = Held(name, "at the conservative end of its interval")
            continue
        low, high = (float(end) for end in q["range"])
        least, most = _bounds(estimates[measure][1], q) if measure >= 0 else (0.0, 1.0 if q["unit"] == "1" else math.inf)
        cell = Cell(measure, q, choose(float(q["value"]), low, high, least, most))
        variables.setdefault(name, Variable(name, [])).cells.append(cell)
    return list(variables.values()), list(held.values())


def _name(q: Mapping[str, Any], measure: str) -> str:
    """Name a variable: a factor by id and edition, an input by its path with the ids of measure and item in place of numbers."""
    if q["factor"]:
        edition = ", ".join(str(x) for x in (q["year"], q["method"]) if x)
        return f"{q['factor']} ({edition})" if edition else str(q["factor"])
    if not q["path"]:
        return str(q["name"])
    steps = str(q["path"]).split(".")
    if steps[0] == "measures":
        steps = [measure, *steps[3:]]
    item = next((str(x) for s, x in q["index"].items() if s != "year"), None)
    kept = [item if item and s.isdigit() and len(s) < 4 else s for s in steps if not (s == "value" or (s.isdigit() and len(s) == 4))]
    return ".".join(kept).removeprefix("inputs.")


def _bounds(e: Estimate, q: Mapping[str, Any]) -> tuple[float, float]:
    """Return what a quantity can be.

    An input has the limits that its methodology sets, zero below unless it says otherwise. A factor is not negative unless its interval
    is, and a plain number whose interval lies within 0 to 1 is taken for a share.
    """
    for spec in e.methodology.inputs.values():
        if q["name"] in (spec.get("symbol"), *(o["symbol"] for o in spec.get("instead", []))):
            most = spec.get("max", 1.0 if "shares" in spec else math.inf)
            return float(spec.get("min", 0.0)), float(most)
    low, high = q["range"]
    return (0.0 if low >= 0.0 else -math.inf), (1.0 if q["unit"] == "1" and 0.0 <= low <= high <= 1.0 else math.inf)


# --- correlations ---------------------------------------------------------------------------------------------


def correlations(project: Project, variables: Sequence[Variable]) -> list[list[float]] | None:
    """Return the matrix of correlations that the project states, None when it states none.

    Raises
    ------
    Invalid
        CC150 for a name that is no variable or stands twice, CC151 for correlations that contradict each other.
    """
    stated = project.data.get("correlations") or []
    if not stated:
        return None
    known: dict[str, int] = {}
    for i, v in enumerate(variables):
        for alias in _aliases(v):
            known[alias] = i if alias not in known else -1  # a symbol of two variables names neither
    known = {alias: i for alias, i in known.items() if i >= 0}
    matrix = [[float(i == j) for j in range(len(variables))] for i in range(len(variables))]
    faults: list[Finding] = []
    seen: set[frozenset[int]] = set()
    for k, row in enumerate(stated):
        places = []
        for n, name in enumerate(row["between"]):
            if name not in known:
                help_ = did_you_mean(name, known) or "uncertain here: " + ", ".join(_aliases(v)[0] for v in variables)
                at = project.place("correlations", k, "between", n)
                faults.append(Finding("CC150", "error", f"'{name}' is not an uncertain quantity of this project", help_, at))
            else:
                places.append(known[name])
        if len(places) < 2:
            continue
        if len(set(places)) < 2 or frozenset(places) in seen:
            what = "correlates a quantity with itself" if len(set(places)) < 2 else "states a pair twice"
            at = project.place("correlations", k, "between")
            faults.append(Finding("CC150", "error", f"`correlations` {what}", "name two different quantities, each pair once", at))
            continue
        seen.add(frozenset(places))
        a, b = places
        matrix[a][b] = matrix[b][a] = float(row["r"])
    if not faults and root(matrix) is None:
        faults.append(
            Finding(
                "CC151",
                "error",
                "the correlations contradict each other: no quantities can be correlated so",
                "weaken one of them; two quantities that go with a third go with each other (the matrix is not positive semi-definite)",
                project.place("correlations", key=True),
            )
        )
    if faults:
        raise Invalid(faults)
    return matrix


def _aliases(v: Variable) -> list[str]:
    """Return the names by which a file may call a variable: a factor's id, an input's path, its symbol."""
    return list(dict.fromkeys([v.name.partition(" (")[0], v.name, *(str(c.row["name"]) for c in v.cells)]))


# --- in the place of the stated values --------------------------------------------------------------------------


def placed(e: Estimate, measure: int, cells: Sequence[tuple[Cell, Any]]) -> dict[str, Any]:
    """Return the values of a measure with drawn ones in their places; shares of a whole are scaled back to it."""
    values = dict(e.binding.values)
    touched: set[str] = set()
    for cell, drawn in cells:
        if cell.measure == measure:
            q = cell.row
            name = f"given_{q['name']}" if f"given_{q['name']}" in values else q["name"]
            values[name] = _put(values[name], _where(e, q), drawn, _until(e, q))
            touched.add(name)
    for spec in e.methodology.inputs.values():
        if "shares" in spec and spec["symbol"] in touched:
            whole = math.fsum(e.binding.values[spec["symbol"]])
            drawn = values[spec["symbol"]]
            there = sum(drawn[1:], drawn[0])
            values[spec["symbol"]] = [share * (whole / there) for share in drawn]
    return values


def _where(e: Estimate, q: Mapping[str, Any]) -> int | None:
    return next((e.binding.items[s].index(item) for s, item in q["index"].items() if s != "year"), None)


def _until(e: Estimate, q: Mapping[str, Any]) -> range | None:
    """Return the years that a value stated for a year holds, as positions; None for a value of all years."""
    if "year" not in q["index"]:
        return None
    first = int(e.binding.values["year"][0])
    own = {k: v for k, v in q["index"].items() if k != "year"}
    starts = [
        row["index"]["year"]
        for row in e.binding.quantities
        if row["name"] == q["name"] and "year" in row["index"] and {k: v for k, v in row["index"].items() if k != "year"} == own
    ]
    later = [year for year in starts if year > q["index"]["year"]]
    return range(q["index"]["year"] - first, (min(later) - first) if later else e.binding.sizes.years)


def _put(old: Any, item: int | None, drawn: Any, years: range | None) -> Any:
    if item is not None:
        return [_put(x, None, drawn, years) if i == item else x for i, x in enumerate(old)]
    if isinstance(old, list):
        return [drawn if years is None or y in years else x for y, x in enumerate(old)]
    return drawn


def of_money(money: Finance, cells: Sequence[tuple[Cell, Any]]) -> dict[str, Any]:
    """Return the drawn values of the finance block by symbol; a series by year is a list of arrays."""
    drawn: dict[str, Any] = {}
    years = [int(y) for y in money.values["year"]]
    for cell, values in cells:
        if cell.measure == MONEY:
            name, start = cell.row["name"], cell.row["index"].get("year", years[0])
            old = drawn.get(name, money.values[name])
            starts = [q["index"].get("year", years[0]) for q in money.quantities if q["name"] == name]
            end = min((s for s in starts if s > start), default=years[-1] + 1)
            drawn[name] = [values if start <= y < end else x for y, x in zip(years, old, strict=True)] if isinstance(old, list) else values
    return drawn

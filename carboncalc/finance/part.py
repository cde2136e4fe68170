"""Running a part of the shipped equations on given values, and giving every cell for a step."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from .. import methodology
from ..formula import FormulaError, Sizes, run
from ..result import Cells, Kept


class Solved(NamedTuple):
    """A part after running: its equations, those that have a value, and the values."""

    part: methodology.Methodology
    active: list[str]
    out: dict[str, Any]


def solve(name: str, values: Mapping[str, Any], years: int) -> Solved:
    """Run ``carboncalc/<name>``; what rests on a quantity that is not given, or does not exist, has no value.

    Raises
    ------
    FormulaError
        CC220 when an equation has no finite value.
    """
    found = part(name)
    active, conditional, asked = found.system.once(("active", frozenset(values)), _active, found, values)
    sizes = Sizes(years, {})
    out = run(found.system.statements(asked), values, sizes)
    if conditional:
        existing = [n for n in conditional if out["exists_" + n]]
        active = [n for n in active if n not in conditional or n in existing]
        out = run(found.system.statements(existing), out, sizes)
    for n in active:
        for value in out[n] if isinstance(out[n], list) else [out[n]]:
            if value is not None and value - value != 0:
                raise FormulaError("CC220", f"the equation for {n} gives a number too large to hold", "check the inputs it uses")
    return Solved(found, active, out)


def _active(found: methodology.Methodology, values: Mapping[str, Any]) -> tuple[list[str], list[str], list[str]]:
    """Return the equations whose quantities are all given, those of them that may have no value, and what is asked first."""
    absent = {s for s in found.meta["given"] if s not in values}
    active = [n for n in found.equations if absent.isdisjoint(found.system.given_below(n))]
    conditional = [n for n in active if found.equations[n].get("exists")]
    return active, conditional, [n for n in active if n not in conditional] + ["exists_" + c for c in conditional]


_parts: dict[str, methodology.Methodology] = {}


def part(name: str) -> methodology.Methodology:
    """Return ``carboncalc/<name>``."""
    if name not in _parts:
        known = methodology.paths()
        _parts[name] = methodology.load_file(known[f"carboncalc/{name}"], known)
    return _parts[name]


def cells(solved: Solved, role: str, years: Sequence[int], currency: str = "") -> Iterator[Cells]:
    """Yield what every equation gave, to be shown as steps of the result; units written in JPY stand for the currency."""
    index, active = [{"year": year} for year in years], set(solved.active)
    for name, yearly, shared in solved.part.system.once(("cells", role, currency), _equations, solved.part, role, currency):
        if name in active:
            yield Cells(name, shared, index, solved.out[name]) if yearly else Cells(name, shared, [{}], [solved.out[name]])


def _equations(found: methodology.Methodology, role: str, currency: str) -> list[tuple[str, bool, Kept]]:
    order = [n for group in found.system.order for n in group if n in found.equations]
    return [(n, "year" in found.system.dims[n], _shared(found, n, role, currency)) for n in order]


def _shared(found: methodology.Methodology, name: str, role: str, currency: str) -> Kept:
    spec = found.equations[name]
    return Kept(
        label=spec["label"]["en"], role=role, unit=in_currency(spec["unit"], currency), formula=found.system.text(name),
        uses=found.system.uses[name], cite=spec["cite"], confidence=spec["confidence"],
    )  # fmt: skip


def symbols(solved: Solved, currency: str = "") -> dict[str, Kept]:
    """Return label, LaTeX and unit of every symbol of the part, and its equation: what does not exist has no step, and may exist in a workbook."""
    return solved.part.system.once(("symbols", currency), _symbols, solved.part, currency)


def _symbols(found: methodology.Methodology, currency: str) -> dict[str, Kept]:
    system = found.system
    return {
        name: Kept(
            label=spec["label"], latex=spec.get("latex"), unit=in_currency(spec.get("unit", "1"), currency),
            **{key: system.text(n) for key, n in (("formula", name), ("exists", f"exists_{name}")) if n in system.trees},
        )
        for name, spec in {**found.equations, **found.meta["given"]}.items()
    }  # fmt: skip


def in_currency(unit: str, currency: str) -> str:
    """Return a unit of the part in the project's currency."""
    return unit.replace("JPY", currency) if currency else unit


def row(name: str, value: float, unit: str, path: str | None, **more: Any) -> dict[str, Any]:
    """Return a quantity as the result shows it: by default something the project file states."""
    return {
        "name": name, "index": {}, "value": value, "unit": unit, "status": "input", "match": None, "range": None, "source": "project file",
        "page": None, "confidence": "read", "factor": None, "year": None, "method": None, "given": None, "monitoring": None, "note": None,
        "conflict": None, "path": path, **more,
    }  # fmt: skip


def cited(choice: Any) -> dict[str, Any]:
    """Return what a quantity taken from the factor library says of its origin."""
    from .. import factors

    return {
        "status": "default", "match": choice.match, "source": factors.source(choice.source)["title"], "source_id": choice.source, "page": choice.page,
        "confidence": choice.confidence, "factor": choice.id, "year": choice.year, "method": choice.method, "note": choice.note or None,
        "conflict": choice.conflict or None,
    }  # fmt: skip

"""Summing: the terms of one estimate or of many, added up by year, role, gas and origin."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from ..methodology import ROLES

ORIGINS = ("energy", "non-energy")
GASES = ("CO2", "CH4", "N2O")


class Term(NamedTuple):
    """One addend of the balance: what an equation with a role contributes each year [tCO2e].

    `default` and `unverified` tell whether its derivation uses at least one such value.
    """

    name: str
    role: str
    gas: str
    origin: str
    amounts: list[float]
    default: bool
    unverified: bool


def by_year(terms: Iterable[Term], first_year: int, years: int) -> list[dict[str, Any]]:
    """Add up each year: baseline, project, leakage, reduction, and the energy-origin reduction [tCO2e]."""
    sums = {role: [0.0] * years for role in ROLES}
    energy = [0.0] * years
    for term in terms:
        sums[term.role] = [a + b for a, b in zip(sums[term.role], term.amounts, strict=True)]
        if term.origin == "energy":
            energy = [a + b if term.role == "baseline" else a - b for a, b in zip(energy, term.amounts, strict=True)]
    return [
        {"year": first_year + y, "baseline": base, "project": own, "leakage": leak, "reduction": base - own - leak, "reduction_energy": part}
        for y, (base, own, leak, part) in enumerate(zip(*sums.values(), energy, strict=True))
    ]


def by_gas(terms: Iterable[Term]) -> dict[str, dict[str, float]]:
    """Add up all years by role and gas [tCO2e]."""
    table: dict[str, dict[str, float]] = {role: dict.fromkeys(GASES, 0.0) for role in ROLES}
    for term in terms:
        table[term.role][term.gas] = table[term.role].get(term.gas, 0.0) + total(term.amounts)
    return table


def by_origin(terms: Iterable[Term]) -> dict[str, dict[str, float]]:
    """Add up all years by role and origin [tCO2e]."""
    table: dict[str, dict[str, float]] = {role: dict.fromkeys(ORIGINS, 0.0) for role in ROLES}
    for term in terms:
        table[term.role][term.origin] += total(term.amounts)
    return table


def rests_on(terms: Sequence[Term]) -> dict[str, float]:
    """Return the share of gross emissions whose derivation uses at least one default, or unverified, value."""
    gross = total(abs(a) for t in terms for a in t.amounts)
    return {kind: total(abs(a) for t in terms if getattr(t, kind) for a in t.amounts) / gross if gross else 0.0 for kind in ("default", "unverified")}


def series(terms: Iterable[Term], years: int) -> list[float]:
    """Add up terms year by year, whatever their role [tCO2e]."""
    rows = [term.amounts for term in terms]
    return [total(row[y] for row in rows) for y in range(years)]


def total(values: Iterable[float]) -> float:
    """Add in order: the same bytes on every version of Python, unlike `sum`, which compensates since 3.12."""
    result = 0.0
    for value in values:
        result += value
    return result

"""Money in several currencies: read in one of them, by rates that the file states or a source gives for a fiscal year."""

import re
from datetime import date
from typing import Any

from .. import factors, units
from ..findings import Finding, Invalid, error
from ..project import Project
from .part import cited, row

Path = tuple[str | int, ...]


class Money:
    """Converts amounts to one currency by stated or cited rates, and remembers the rates it used."""

    def __init__(self, project: Project, currency: str) -> None:
        self.project, self.currency = project, currency
        self.rates: dict[str, tuple[float, dict[str, Any]]] = {}

    def read(self, raw: Any, path: Path, per: str = "") -> float:
        """Read an amount, or an amount `per` something, in the one currency.

        Raises
        ------
        Invalid
            CC2xx for the quantity, CC406 when no rate is known.
        """
        try:
            return units.read_quantity(raw).to(self.currency + per).value
        except units.UnitError as bad:
            for code in _currencies(raw):
                if code != self.currency:
                    return self._converted(raw, code, path, per)
            raise error(bad.code, f"`{path[1]}`: {bad.message}", bad.help, self.project.place(*path)) from None

    def _converted(self, raw: Any, code: str, path: Path, per: str) -> float:
        try:
            amount = units.read_quantity(raw, code + per).value
        except units.UnitError as bad:
            raise error(bad.code, f"`{path[1]}`: {bad.message}", bad.help, self.project.place(*path)) from None
        return amount * self.rate(code, path)

    def rate(self, code: str, path: Path) -> float:
        """Return how much one unit of another currency is in this one.

        Parameters
        ----------
        code : str
            The other currency.
        path : tuple
            What needs the rate, for the message.

        Raises
        ------
        Invalid
            CC406 when no rate is known.
        """
        if code == self.currency:
            return 1.0
        if code not in self.rates:
            self.rates[code] = self._rate(code, path)
        return self.rates[code][0]

    def _rate(self, code: str, path: Path) -> tuple[float, dict[str, Any]]:
        name, unit = f"rate_{code}", f"{self.currency}/{code}"
        given = stated_rates(self.project)
        own = (self.project.data.get("finance") or {}).get("currency")
        for known, value in given.items():  # a file in VND that states VND/JPY has said what a dong is in yen, too
            if (known, own) in ((code, self.currency), (self.currency, code)):
                value = value if own == self.currency else 1.0 / value
                written = str(self.project.data["finance"]["exchange_rates"][known])
                return value, row(name, value, unit, f"finance.exchange_rates.{known}", given=written)
        year, _ = rate_year(self.project)
        late = ""
        for id_, turn in ((f"finance.exchange.{code}.{self.currency}", False), (f"finance.exchange.{self.currency}.{code}", True)):
            try:
                choice = factors.choose(id_, year=year)
            except factors.NoFactor as bad:
                late = bad.message if bad.code == "CC302" else late
                continue
            value = 1.0 / choice.value if turn else choice.value
            return value, row(name, value, unit, None, **cited(choice))
        raise error(
            "CC406",
            f"no exchange rate from {code} to {self.currency} is known" + (f": {late}" if late else ""),
            f"give it: `exchange_rates: {{{code}: … {unit}}}`",
            self.project.place(*path),
        )

    def carried(self) -> list[Finding]:
        """Say of each cited rate that is of an earlier fiscal year than the one asked for."""
        asked, why = rate_year(self.project)
        return [
            Finding(
                "CC435",
                "info",
                f"the rate of {code} to {self.currency} is of {row['year']}; none of the fiscal year {asked} ({why}) is known",
                f"state the rate of the call under `exchange_rates: {{{code}: … {row['unit']}}}`",
                self.project.place("finance", key=True),
            )
            for code, (_, row) in self.rates.items()
            if row["match"] == "carried-forward"
        ]


def rate_year(project: Project) -> tuple[int, str]:
    """Return the Japanese fiscal year (April to March, named after its first year) whose rates apply, and why.

    A proposal is costed when it is handed in: the fiscal year of the first application date that the file states. Without one it is
    that of the first year of operation. A later year's rate is never used.
    """
    for entry in project.data.get("programmes") or []:
        try:
            at = date.fromisoformat(str(entry.get("at")))
        except ValueError:
            continue  # absent, or no date: the programme says so
        return at.year - (at.month < 4), f"application on {at.isoformat()}"
    return project.first_year, "first year of operation"


def stated_rates(project: Project) -> dict[str, float]:
    """Read the rates that the file states, each in the project's currency per unit, whether used or not.

    Raises
    ------
    Invalid
        CC2xx for an unknown currency or a wrong unit, CC214 for a rate that is not above zero, CC412 for a rate of the currency to itself.
    """
    block = project.data.get("finance") or {}
    rates, faults = {}, []
    for code, raw in (block.get("exchange_rates") or {}).items():
        here = project.place("finance", "exchange_rates", code)
        unit = f"{block['currency']}/{code}"
        if code == block["currency"]:
            faults.append(
                Finding("CC412", "error", f"a rate of {code} to itself", "give the rates of the other currencies, or change `currency`", here)
            )
            continue
        try:
            currency(code)
            rates[code] = units.read_quantity(raw, unit).value
        except units.UnitError as bad:
            faults.append(Finding(bad.code, "error", f"the rate of {code}: {bad.message}", bad.help, here))
            continue
        if rates[code] <= 0:
            faults.append(Finding("CC214", "error", f"the rate of {code} is '{raw}'", f"write what one {code} costs, such as `0.0061 {unit}`", here))
    if faults:
        raise Invalid(faults)
    return rates


def currency(code: str) -> None:
    """Refuse what is not a currency.

    Raises
    ------
    UnitError
        CC201 for an unknown word, CC203 for a unit of something else.
    """
    if dict(units.parse(code).dimension) != {f"[{code}]": 1}:
        raise units.UnitError("CC203", f"'{code}' is not a currency", "such as `JPY`, `VND`, `USD`")


def _currencies(raw: Any) -> list[str]:
    """List the currencies named in an amount; what only looks like one is told with the amount."""
    found = []
    for word in re.findall(r"\b[A-Z]{3}\b", raw) if isinstance(raw, str) else ():
        try:
            currency(word)
        except units.UnitError:
            continue
        found.append(word)
    return found

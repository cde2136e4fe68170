"""Reading the finance block: amounts, series by year, shares; what cannot be money is refused where it stands."""

from collections.abc import Mapping
from typing import Any, NoReturn

from .. import units
from ..findings import Finding, Invalid, Place
from ..project import Project
from .money import Money, Path, currency, stated_rates
from .part import row


class Reader:
    """Reads one finance block; keeps every quantity as the result shows it, and what the user should know."""

    def __init__(self, project: Project, raw: Mapping[str, Any]) -> None:
        self.project, self.raw = project, raw
        self.currency = raw["currency"]
        self.findings: list[Finding] = []
        self.quantities: list[dict[str, Any]] = []
        try:
            currency(self.currency)
        except units.UnitError as bad:
            self.stop(bad.code, bad.message, bad.help, ("finance", "currency"))
        self.stated = stated_rates(project)
        self.money = Money(project, self.currency)

    def read(self) -> tuple[dict[str, Any], int]:
        """Return the values by symbol, and the lifetime in whole years.

        Raises
        ------
        Invalid
            CC2xx for quantities, CC406 for a missing rate, CC412 for money that contradicts itself.
        """
        raw, project = self.raw, self.project
        lifetime = self._plain("lifetime", "year", float(project.years))
        if lifetime != int(lifetime) or not 1 <= lifetime <= 100:
            self.stop("CC412", f"a lifetime of {lifetime:g} years", "write whole years from 1 to 100", ("finance", "lifetime"))
        n = int(lifetime)
        investment = self._amount("investment")
        values: dict[str, Any] = {"lifetime": lifetime, "investment": investment, "eligible_investment": investment}
        if "eligible_investment" in raw:
            values["eligible_investment"] = self._amount("eligible_investment")
        else:
            self._note("eligible_investment", investment, self.currency, status="default", match="default", source="equal to the investment")
        if values["eligible_investment"] > investment * (1 + 1e-12):
            self.stop(
                "CC412",
                "the eligible investment is larger than the investment",
                "the eligible part is at most the whole",
                ("finance", "eligible_investment"),
            )
        values["benefit"] = self._series("annual_benefit", n)
        values["cost"] = self._series("annual_cost", n)
        if "discount_rate" in raw:
            values["discount_rate"] = self._plain("discount_rate", "1", None)
        rate = self._subsidy_rate()
        if rate is not None:
            values["subsidy_rate"] = rate
        self._rates()
        return values, n

    def stop(self, code: str, message: str, help: str, path: Path) -> NoReturn:
        """Raise the one error that ends the reading."""
        raise Invalid([*self.findings, Finding(code, "error", message, help, self.project.place(*path))])

    def info(self, code: str, message: str, help: str, place: Place | None = None) -> None:
        """Keep something the user should know."""
        self.findings.append(Finding(code, "info", message, help, place or self.project.place("finance", key=True)))

    def _subsidy_rate(self) -> float | None:
        """Return the subsidy rate asked for: the first programme entry with a rate decides."""
        rates: list[tuple[float, str]] = []
        for i, entry in enumerate(self.project.data.get("programmes", [])):
            if "subsidy_rate" in entry:
                raw, path = _inner(entry["subsidy_rate"], ("programmes", i, "subsidy_rate"))
                try:
                    rate = units.read_quantity(raw, "1").value
                except units.UnitError as bad:
                    self.stop(bad.code, f"`subsidy_rate`: {bad.message}", bad.help, path)
                if not 0 <= rate <= 1:
                    self.stop("CC412", f"a subsidy rate of {rate * 100:g} %", "a rate is between 0 % and 100 % of the eligible investment", path)
                rates.append((rate, entry["id"]))
                if len(rates) == 1:
                    self._note("subsidy_rate", rate, "1", given=str(raw), path=".".join(map(str, path)))
                elif rate != rates[0][0]:
                    self.info(
                        "CC437",
                        f"finance reckons with the subsidy of {rates[0][1]}, {rates[0][0] * 100:g} %, not with that of {entry['id']}, {rate * 100:g} %",
                        "the first rate in the file counts; put the one that you mean first",
                        self.project.place(*path),
                    )
        return rates[0][0] if rates else None

    def _rates(self) -> None:
        """Find the rate to yen that programmes need, and say which stated rates change nothing and which cited ones are old."""
        yen = Money(self.project, "JPY")
        if self.project.data.get("programmes"):
            yen.rate(self.currency, ("finance", "currency"))
        for money in (self.money, yen):
            self.quantities += [kept for _, kept in money.rates.values()]
            self.findings += money.carried()
        used = {*self.money.rates, *(["JPY"] if yen.rates else [])}
        for code in self.stated:
            if code not in used:
                self.info(
                    "CC436",
                    f"no amount is in {code}, so its rate changes nothing",
                    "delete it, or write the amount in its own currency",
                    self.project.place("finance", "exchange_rates", code, key=True),
                )

    def _plain(self, name: str, unit: str, default: float | None) -> float:
        if name not in self.raw:
            assert default is not None
            self._note(name, default, unit, status="default", match="default", source="equal to the years of the project")
            return default
        raw, path = _inner(self.raw[name], ("finance", name))
        try:
            value = units.read_quantity(raw, unit).value
        except units.UnitError as bad:
            self.stop(bad.code, f"`{name}`: {bad.message}", bad.help, path)
        if value < 0 or (name == "discount_rate" and value >= 1):
            self.stop("CC214", f"`{name}` is '{raw}'", "write a share such as `8 %`" if unit == "1" else "write a positive number", path)
        self._note(name, value, unit, given=str(raw), range=self._interval(name, raw, value, path), **_origin(self.raw[name]))
        return value

    def _amount(self, name: str) -> float:
        raw, path = _inner(self.raw[name], ("finance", name))
        value = self.money.read(raw, path)
        if value < 0:
            self.stop("CC214", f"`{name}` is below zero", "write what is paid as a positive amount", path)
        self._note(name, value, self.currency, given=str(raw), range=self._interval(name, raw, value, path), **_origin(self.raw[name]))
        return value

    def _series(self, name: str, n: int) -> list[float]:
        symbol, unit = name.removeprefix("annual_"), f"{self.currency}/year"
        first, last = self.project.first_year, self.project.first_year + n - 1
        if name not in self.raw:
            self._note(symbol, 0.0, unit, f"finance.{name}", status="default", match="default", source="none given")
            return [0.0] * n
        raw, path = _inner(self.raw[name], ("finance", name))
        if not isinstance(raw, dict):
            value = self._flow(name, raw, path)
            self._note(
                symbol, value, unit, f"finance.{name}", given=str(raw), range=self._interval(name, raw, value, path), **_origin(self.raw[name])
            )
            return [value] * n
        starts = sorted((int(k), k) for k in raw if str(k).isdigit())
        if len(starts) != len(raw) or not starts or starts[0][0] > first:
            self.stop("CC216", f"`{name}` by year begins with {first}", f"write `{{{first}: …, …}}`; each value holds until the next", path)
        result: list[float] = []
        for i, (year, key) in enumerate(starts):
            value = self._flow(name, raw[key], (*path, key))
            until = starts[i + 1][0] if i + 1 < len(starts) else last + 1
            held = min(until, last + 1) - max(year, first)
            if year > last:
                self.findings.append(
                    Finding(
                        "CC216",
                        "warning",
                        f"`{name}` has a value for {year}, after the last year of the lifetime, {last}",
                        "delete it or lengthen `lifetime`",
                        self.project.place(*path, key, key=True),
                    )
                )
            elif held > 0:
                result += [value] * held
                self._note(
                    symbol,
                    value,
                    unit,
                    f"finance.{name}",
                    index={"year": max(year, first)},
                    given=str(raw[key]),
                    range=self._spread(raw[key], value),
                    **_origin(self.raw[name]),
                )
        return result

    def _flow(self, name: str, raw: Any, path: Path) -> float:
        value = self.money.read(raw, path, "/year")
        if value < 0:
            other = "annual_cost" if name == "annual_benefit" else "annual_benefit"
            self.stop("CC214", f"`{name}` is below zero", f"write it as a positive amount under `{other}`", path)
        return value

    def _interval(self, name: str, raw: Any, value: float, path: Path) -> list[float] | None:
        """Return the 95 % interval of a quantity: of its long form, or behind ±."""
        stated = self.raw[name].get("range") if isinstance(self.raw[name], dict) else None
        if stated is None:
            return self._spread(raw, value)
        written = units.read_quantity(raw)
        try:
            read = [units.read_quantity(end) for end in stated]
            ends = [q.value if q.unit.text == "1" else q.to(written.unit.text).value for q in read]
        except units.UnitError as bad:
            self.stop(bad.code, f"`range` of `{name}`: {bad.message}", bad.help, (*path[:-1], "range"))
        if not ends[0] <= written.value <= ends[1]:
            self.stop("CC218", f"the range of `{name}` does not hold the value", "write `range: [low, high]` around the value", (*path[:-1], "range"))
        return [value * end / written.value for end in ends] if written.value else None

    def _spread(self, raw: Any, value: float) -> list[float] | None:
        written = units.read_quantity(raw)
        if written.low is None or written.high is None or not written.value:
            return None
        return [value * written.low / written.value, value * written.high / written.value]

    def _note(self, name: str, value: float, unit: str, path: str = "", **more: Any) -> None:
        self.quantities.append(row(name, value, unit, path or f"finance.{name}", **more))


def _inner(raw: Any, path: Path) -> tuple[Any, Path]:
    return (raw["value"], (*path, "value")) if isinstance(raw, dict) and "value" in raw else (raw, path)


def _origin(raw: Any) -> dict[str, Any]:
    """Return the source and the note that the long form of a quantity states."""
    return {k: str(raw[k]) for k in ("source", "note", "monitoring") if k in raw} if isinstance(raw, dict) and "value" in raw else {}

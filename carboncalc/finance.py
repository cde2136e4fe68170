"""Money: payback, net present value, rate of return and cost per tonne, always without and with subsidy.

The equations are data (``methodologies/carboncalc/finance.yaml``), so they are proved, traced and exported
like any methodology; this module reads the finance block and says why a result does not exist.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple, NoReturn

from . import factors, methodology, units
from .findings import Finding, Invalid
from .formula import FormulaError, Sizes, run, text
from .formula.functions import irr_all
from .project import Project

PAIR = ("payback", "npv", "irr", "cost_per_tonne")


class Finance(NamedTuple):
    """Results in the project's currency, with the steps and quantities behind them."""

    currency: str
    values: dict[str, Any]
    block: dict[str, Any]
    steps: list[dict[str, Any]]
    quantities: list[dict[str, Any]]
    symbols: dict[str, Any]
    findings: list[Finding]


def model() -> methodology.Methodology:
    """Return the finance equations."""
    known = methodology.paths()
    return methodology.load_file(known["carboncalc/finance"], known)


def assess(project: Project, reduction_per_year: float) -> Finance | None:
    """Read the finance block and compute; None when the project has none.

    Parameters
    ----------
    project : Project
        Checked file.
    reduction_per_year : float
        Mean annual reduction [tCO2e/year].

    Raises
    ------
    Invalid
        CC2xx for quantities, CC406 for a missing exchange rate, CC412 for money that contradicts itself.
    """
    raw = project.data.get("finance")
    if raw is None:
        return None
    return _Reader(project, raw).read(reduction_per_year)


class Money:
    """Converts amounts to one currency by stated or cited rates, and remembers the rates it used."""

    def __init__(self, project: Project, currency: str) -> None:
        self.project, self.currency = project, currency
        self.rates: dict[str, tuple[float, dict[str, Any]]] = {}

    def read(self, raw: Any, path: tuple[str | int, ...], per: str = "") -> float:
        """Read an amount, or an amount `per` something, in the one currency.

        Raises
        ------
        Invalid
            CC2xx for the quantity, CC406 when no rate is known.
        """
        try:
            quantity = units.read_quantity(raw)
            return quantity.to(self.currency + per).value
        except units.UnitError as bad:
            for code in _currencies(raw):
                if code != self.currency:
                    return self.converted(raw, code, path, per)
            raise Invalid([Finding(bad.code, "error", f"`{path[-1]}`: {bad.message}", bad.help, self.project.place(*path))]) from None

    def converted(self, raw: Any, code: str, path: tuple[str | int, ...], per: str) -> float:
        try:
            amount = units.read_quantity(raw, code + per).value
        except units.UnitError as bad:
            raise Invalid([Finding(bad.code, "error", f"`{path[-1]}`: {bad.message}", bad.help, self.project.place(*path))]) from None
        return amount * self.rate(code, path)

    def rate(self, code: str, path: tuple[str | int, ...]) -> float:
        """Return how much one unit of another currency is in the project's."""
        if code == self.currency:
            return 1.0
        if code not in self.rates:
            self.rates[code] = self._rate(code, path)
        return self.rates[code][0]

    def _rate(self, code: str, path: tuple[str | int, ...]) -> tuple[float, dict[str, Any]]:
        unit = f"{self.currency}/{code}"
        given = (self.project.data.get("finance") or {}).get("exchange_rates", {})
        row: dict[str, Any] = {
            "name": f"rate_{code}",
            "index": {},
            "unit": unit,
            "range": None,
            "page": None,
            "factor": None,
            "year": None,
            "method": None,
            "monitoring": None,
            "note": None,
            "conflict": None,
            "path": None,
            "given": None,
        }
        if code in given:
            here = ("finance", "exchange_rates", code)
            try:
                value = units.read_quantity(given[code], unit).value
            except units.UnitError as bad:
                raise Invalid([Finding(bad.code, "error", f"the rate of {code}: {bad.message}", bad.help, self.project.place(*here))]) from None
            return value, {
                **row,
                "value": value,
                "status": "input",
                "match": None,
                "source": "project file",
                "confidence": "read",
                "given": str(given[code]),
                "path": ".".join(here),
            }
        for id_, turn in ((f"finance.exchange.{code}.{self.currency}", False), (f"finance.exchange.{self.currency}.{code}", True)):
            try:
                choice = factors.choose(id_, year=self.project.first_year)
            except factors.NoFactor:
                continue
            value = 1.0 / choice.value if turn else choice.value
            source = factors.source(choice.source)["title"]
            return value, {
                **row,
                "value": value,
                "status": "default",
                "match": choice.match,
                "source": source,
                "source_id": choice.source,
                "page": choice.page,
                "confidence": choice.confidence,
                "factor": choice.id,
                "year": choice.year,
                "method": choice.method,
                "note": choice.note or None,
            }
        raise Invalid(
            [
                Finding(
                    "CC406",
                    "error",
                    f"no exchange rate from {code} to {self.currency} is known",
                    f"give it: `exchange_rates: {{{code}: … {unit}}}`",
                    self.project.place(*path),
                )
            ]
        )


def _currencies(raw: Any) -> list[str]:
    import re

    return [w for w in re.findall(r"\b[A-Z]{3}\b", str(raw)) if f"[{w}]" in dict(units.parse(w).dimension)] if isinstance(raw, str) else []


class _Reader:
    def __init__(self, project: Project, raw: Mapping[str, Any]) -> None:
        self.project, self.raw = project, raw
        self.currency = raw["currency"]
        self.money = Money(project, self.currency)
        self.findings: list[Finding] = []
        self.quantities: list[dict[str, Any]] = []

    def read(self, reduction_per_year: float) -> Finance:
        raw, project = self.raw, self.project
        lifetime = self.plain("lifetime", "year", float(project.years))
        if lifetime != int(lifetime) or not 1 <= lifetime <= 100:
            self.stop("CC412", f"a lifetime of {lifetime:g} years", "write whole years from 1 to 100", ("finance", "lifetime"))
        n = int(lifetime)
        investment = self.amount("investment")
        values: dict[str, Any] = {
            "year": [float(project.first_year + i) for i in range(n)],
            "first_year": float(project.first_year),
            "years": float(n),
            "period": 1.0,
            "investment": investment,
            "eligible_investment": self.amount("eligible_investment") if "eligible_investment" in raw else investment,
            "benefit": self.series("annual_benefit", n),
            "cost": self.series("annual_cost", n),
            "lifetime_reduction": reduction_per_year * n,
        }
        if "eligible_investment" not in raw:
            self.note("eligible_investment", investment, self.currency, "default", "equal to the investment")
        if values["eligible_investment"] > investment * (1 + 1e-12):
            self.stop(
                "CC412",
                "the eligible investment is larger than the investment",
                "the eligible part is at most the whole",
                ("finance", "eligible_investment"),
            )
        rate = self.plain("discount_rate", "1", None) if "discount_rate" in raw else None
        if rate is not None:
            values["discount_rate"] = rate
        values["subsidy"] = self.subsidy(values["eligible_investment"])
        return self.compute(values, n)

    def subsidy(self, eligible: float) -> float | None:
        """Return the subsidy asked for: the first programme entry with a rate decides."""
        for i, entry in enumerate(self.project.data.get("programmes", [])):
            if "subsidy_rate" in entry:
                path = ("programmes", i, "subsidy_rate")
                try:
                    rate = units.read_quantity(entry["subsidy_rate"], "1").value
                except units.UnitError as bad:
                    self.stop(bad.code, f"`subsidy_rate`: {bad.message}", bad.help, path)
                if not 0 <= rate <= 1:
                    self.stop("CC412", f"a subsidy rate of {rate * 100:g} %", "a rate is between 0 % and 100 % of the eligible investment", path)
                return rate * eligible
        return None

    def compute(self, values: dict[str, Any], n: int) -> Finance:
        found = model()
        absent = {s for s in ("discount_rate", "subsidy") if values.get(s) is None}
        values = {k: v for k, v in values.items() if v is not None}
        active = [name for name in found.equations if not _reaches(found, name, absent)]
        conditions = {name: e["exists"] for name, e in found.equations.items() if e.get("exists") and name in active}
        sizes = Sizes(n, {})
        try:
            first = run(found.system.statements([a for a in active if a not in conditions] + ["exists_" + c for c in conditions]), values, sizes)
            holds = {name for name in conditions if first.get("exists_" + name)}
            active = [a for a in active if a not in conditions or a in holds]
            out = run(found.system.statements(active), values, sizes)
        except FormulaError as bad:
            self.stop(bad.code, bad.message, bad.help, ("finance",))
        self.explain(values, out, found, absent)
        shown = [a for a in active if not a.startswith("exists_")]
        steps = list(_steps(found, shown, out, values["year"], self.currency))
        block = self.block(values, out, n)
        self.quantities += [row for _, row in self.money.rates.values()]
        return Finance(self.currency, {**values, **out}, block, steps, self.quantities, _symbols(found, self.currency), self.findings)

    def block(self, values: Mapping[str, Any], out: Mapping[str, Any], n: int) -> dict[str, Any]:
        def column(suffix: str) -> dict[str, Any]:
            return {
                "payback_years": out.get(f"payback{suffix}"),
                "npv": out.get(f"present_value{suffix}"),
                "irr": out.get(f"return_rate{suffix}"),
                "cost_per_tonne": out.get(f"cost_per_tonne{suffix}"),
            }

        flow = [
            {"year": int(y), "benefit": b, "cost": c, "net": b - c} for y, b, c in zip(values["year"], values["benefit"], values["cost"], strict=True)
        ]
        return {
            "currency": self.currency, "investment": values["investment"], "eligible_investment": values["eligible_investment"], "subsidy": values.get("subsidy"),
            "lifetime_years": n, "discount_rate": values.get("discount_rate"), "net_benefit_first_year": flow[0]["net"],
            "without_subsidy": column(""), "with_subsidy": column("_subsidised") if "subsidy" in values else None, "cash_flow": flow,
        }  # fmt: skip

    def explain(self, values: Mapping[str, Any], out: Mapping[str, Any], found: methodology.Methodology, absent: set[str]) -> None:
        """Say why a result is null."""
        place = self.project.place("finance", key=True)

        def info(code: str, message: str, help: str) -> None:
            self.findings.append(Finding(code, "info", message, help, place))

        if "payback" not in out:
            info(
                "CC407",
                "there is no payback: the first full year's net benefit is not above zero",
                "state `annual_benefit` and `annual_cost` of an ordinary year",
            )
        if "lifetime_reduction" in values and values["lifetime_reduction"] <= 0:
            info("CC410", "there is no cost per tonne: the lifetime reduction is not above zero", "see the emissions by year")
        if "discount_rate" in absent:
            info("CC410", "there is no net present value: no discount rate is given", "add `discount_rate: 8 %`")
        for suffix, off in (("", 0.0), ("_subsidised", values.get("subsidy", 0.0))):
            if f"return_rate{suffix}" in out and out[f"return_rate{suffix}"] is None:
                roots = irr_all(values["investment"] - off, [b - c for b, c in zip(values["benefit"], values["cost"], strict=True)])
                which = " with subsidy" if suffix else ""
                if roots:
                    info(
                        "CC409",
                        f"there are {len(roots)} internal rates of return{which}: " + ", ".join(f"{r * 100:.4g} %" for r in roots),
                        "the net flow changes sign more than once; judge by the net present value",
                    )
                else:
                    info(
                        "CC408",
                        f"there is no internal rate of return{which}: the net flow never repays the cost, or never has one",
                        "judge by the net present value",
                    )

    # --- reading ------------------------------------------------------------------------------------

    def stop(self, code: str, message: str, help: str, path: tuple[str | int, ...]) -> NoReturn:
        raise Invalid([*self.findings, Finding(code, "error", message, help, self.project.place(*path))])

    def plain(self, name: str, unit: str, default: float | None) -> float:
        if name not in self.raw:
            assert default is not None
            self.note(name, default, unit, "default", "equal to the years of the project")
            return default
        raw, path = self.value_of(self.raw[name], ("finance", name))
        try:
            value = units.read_quantity(raw, unit).value
        except units.UnitError as bad:
            self.stop(bad.code, f"`{name}`: {bad.message}", bad.help, path)
        if value < 0 or (name == "discount_rate" and value >= 1):
            self.stop("CC214", f"`{name}` is '{raw}'", "write a share such as `8 %`" if unit == "1" else "write a positive number", path)
        self.note(name, value, unit, "input", "project file", str(raw))
        return value

    def value_of(self, raw: Any, path: tuple[str | int, ...]) -> tuple[Any, tuple[str | int, ...]]:
        return (raw["value"], (*path, "value")) if isinstance(raw, dict) and "value" in raw else (raw, path)

    def amount(self, name: str) -> float:
        if name not in self.raw:
            self.stop("CC112", f"`finance` has no `{name}`", f"add `{name}: 120 million {self.currency}`", ("finance",))
        raw, path = self.value_of(self.raw[name], ("finance", name))
        value = self.money.read(raw, path)
        if value < 0:
            self.stop("CC214", f"`{name}` is below zero", "write what is paid as a positive amount", path)
        self.note(name, value, self.currency, "input", "project file", str(raw))
        return value

    def series(self, name: str, n: int) -> list[float]:
        symbol = name.removeprefix("annual_")
        if name not in self.raw:
            self.note(symbol, 0.0, f"{self.currency}/year", "default", "none given")
            return [0.0] * n
        raw, path = self.value_of(self.raw[name], ("finance", name))
        if not isinstance(raw, dict):
            value = self.money.read(raw, path, "/year")
            self.note(symbol, value, f"{self.currency}/year", "input", "project file", str(raw))
            return [value] * n
        steps = sorted((int(k), k) for k in raw if str(k).isdigit())
        if len(steps) != len(raw) or not steps or steps[0][0] > self.project.first_year:
            self.stop(
                "CC216",
                f"`{name}` by year begins with {self.project.first_year}",
                f"write `{{{self.project.first_year}: …, …}}`; each value holds until the next",
                path,
            )
        result = []
        for i in range(n):
            year = self.project.first_year + i
            key = [k for y, k in steps if y <= year][-1]
            value = self.money.read(raw[key], (*path, key), "/year")
            if not i or raw[key] is not raw.get(str(year - 1)) and str(year) in raw:
                self.note(symbol, value, f"{self.currency}/year", "input", "project file", str(raw[key]), year)
            result.append(value)
        return result

    def note(self, name: str, value: float, unit: str, status: str, source: str, given: str | None = None, year: int | None = None) -> None:
        self.quantities.append({
            "name": name, "index": {"year": year} if year else {}, "value": value, "unit": unit, "status": status, "match": "default" if status == "default" else None, "range": None,
            "source": source, "page": None, "confidence": "read", "factor": None, "year": None, "method": None, "given": given, "monitoring": None, "note": None, "conflict": None, "path": f"finance.{name}",
        })  # fmt: skip


def _reaches(found: methodology.Methodology, name: str, absent: set[str]) -> bool:
    uses = found.system.uses.get(name, [])
    return any(u in absent or _reaches(found, u, absent) for u in uses)


def _steps(found: methodology.Methodology, active: list[str], out: Mapping[str, Any], years: list[float], currency: str) -> Any:
    for group in found.system.order:
        for name in group:
            if name not in active:
                continue
            spec = found.equations[name]
            base = {
                "label": spec["label"]["en"],
                "role": "finance",
                "unit": _currency_unit(spec["unit"], currency),
                "formula": text(found.system.trees[name]),
                "uses": found.system.uses[name],
                "cite": spec.get("cite", ""),
                "confidence": spec.get("confidence"),
            }
            if "year" in found.system.dims[name]:
                for year, value in zip(years, out[name], strict=True):
                    yield {"name": name, "index": {"year": int(year)}, **base, "value": value}
            else:
                yield {"name": name, "index": {}, **base, "value": out[name]}


def _currency_unit(unit: str, currency: str) -> str:
    return unit.replace("JPY", currency)


def _symbols(found: methodology.Methodology, currency: str) -> dict[str, Any]:
    rows, trees = {}, found.system.trees
    for name, spec in {**found.equations, **(found.meta.get("given") or {})}.items():
        if not name.startswith("exists_"):
            rows[name] = {"label": spec.get("label", {}), "latex": spec.get("latex"), "unit": _currency_unit(spec.get("unit", "1"), currency)}
            # a payback that does not exist has no step, and may exist once an amount is changed in a workbook
            rows[name] |= {part: text(trees[n]) for part, n in (("formula", name), ("exists", f"exists_{name}")) if n in trees}
    return rows

"""Computing the finance results and the cash flow, and saying why a result does not exist."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from ..findings import Finding
from ..formula import FormulaError
from ..formula.functions import irr_all
from ..project import Project
from ..result import Cells
from .part import Solved, cells, solve, symbols
from .reading import Reader


class Finance(NamedTuple):
    """Results in the project's currency, with the steps and quantities behind them."""

    currency: str
    values: dict[str, Any]
    block: dict[str, Any]
    cells: list[Cells]
    quantities: list[dict[str, Any]]
    symbols: dict[str, Any]
    findings: list[Finding]


_MEAN: dict[str, Any] = {
    "label": "Mean annual reduction", "role": "finance", "unit": "tCO2e/year", "formula": "sum(reduction, year) / years", "uses": [],
    "cite": "mean of the years estimated", "confidence": "read",
}  # fmt: skip


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
    reader = Reader(project, raw)
    read, n = reader.read()
    first = project.first_year
    years = [first + i for i in range(n)]
    shared = {"first_year": float(first), "period": 1.0}
    values = {**read, **shared, "year": [float(y) for y in years], "years": float(n), "reduction_per_year": reduction_per_year}
    try:
        results = solve("finance", values, n)
        flow_values: dict[str, Any] = {k: results.out[k] for k in ("investment", "subsidy", "discount_rate") if k in results.out}
        # year 0, in which the investment is paid, comes before the first year of operation and has no benefit yet
        flow_values |= {
            **shared,
            "year": [float(first - 1), *values["year"]],
            "years": float(n + 1),
            "net_benefit": [0.0, *results.out["net_benefit"]],
        }
        flow = solve("cash-flow", flow_values, n + 1)
    except FormulaError as bad:
        reader.stop(bad.code, bad.message, bad.help, ("finance",))
    _explain(reader, results.out, flow.out)
    currency = reader.currency
    mean = Cells("reduction_per_year", _MEAN, [{}], [reduction_per_year])
    rows = [mean, *cells(results, "finance", years, currency), *cells(flow, "finance", [first - 1, *years], currency)]
    return Finance(
        currency, results.out, _block(reader, results.out, flow, n), rows, reader.quantities,
        {**symbols(flow, currency), **symbols(results, currency), **_rate_symbols(reader.quantities)}, reader.findings,
    )  # fmt: skip


def _rate_symbols(quantities: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a label for each exchange rate that was used."""
    words = {"en": "Exchange rate of {}", "ja": "{}の為替レート", "vi": "Tỷ giá {}"}
    rates = {q["name"]: q["unit"] for q in quantities if q["name"].startswith("rate_")}
    return {
        name: {"label": {lang: text.format(name.removeprefix("rate_")) for lang, text in words.items()}, "latex": None, "unit": unit}
        for name, unit in rates.items()
    }


def _block(reader: Reader, out: Mapping[str, Any], flow: Solved, n: int) -> dict[str, Any]:
    def column(suffix: str) -> dict[str, Any]:
        year = flow.out.get(f"payback_year{suffix}")
        return {
            "payback_years": out.get(f"payback{suffix}"),
            "payback_year": None if year is None else int(year),
            "npv": out.get(f"present_value{suffix}"),
            "irr": out.get(f"return_rate{suffix}"),
            "cost_per_tonne": out.get(f"cost_per_tonne{suffix}"),
        }

    subsidy = out.get("subsidy")
    columns = {
        "year": [int(year) for year in flow.out["year"]], "investment": [out["investment"], *[0.0] * n],
        "subsidy": [None] * (n + 1) if subsidy is None else [subsidy, *[0.0] * n], "benefit": [0.0, *out["benefit"]], "cost": [0.0, *out["cost"]],
    }  # fmt: skip
    nothing = [None] * (n + 1)
    for suffix in ("", "_subsidised"):
        columns |= {f"{key}{suffix}": flow.out.get(f"{key}_flow{suffix}", nothing) for key in ("net", "cumulative", "discounted")}
    rows = [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]
    return {
        "currency": reader.currency, "investment": out["investment"], "eligible_investment": out["eligible_investment"], "subsidy": subsidy,
        "lifetime_years": n, "discount_rate": out.get("discount_rate"), "net_benefit_first_year": out["net_benefit_first"],
        "without_subsidy": column(""), "with_subsidy": None if subsidy is None else column("_subsidised"), "cash_flow": rows,
    }  # fmt: skip


def _explain(reader: Reader, out: Mapping[str, Any], flow: Mapping[str, Any]) -> None:
    """Say why a result is null."""
    if "payback" not in out:
        reader.info(
            "CC407",
            "there is no payback: the first full year's net benefit is not above zero",
            "state `annual_benefit` and `annual_cost` of an ordinary year",
        )
    if out["lifetime_reduction"] <= 0:
        reader.info("CC410", "there is no cost per tonne: the lifetime reduction is not above zero", "see the emissions by year")
    if "discount_rate" not in out:
        reader.info("CC410", "there is no net present value: no discount rate is given", "add `discount_rate: 8 %`")
    for suffix, which in (("", ""), ("_subsidised", " with subsidy")):
        if f"return_rate{suffix}" not in out:
            continue
        if f"payback_year{suffix}" not in flow:
            last, short = int(flow["year"][-1]), f"{-flow[f'cumulative_flow{suffix}'][-1]:,.0f}".replace(",", " ")
            reader.info(
                "CC438",
                f"the investment{which} is never paid back: at the end of {last}, the last year of the lifetime, {short} {reader.currency} are missing",
                "see the cash flow; a simple payback reckons with the first year's net benefit for ever",
            )
        if out[f"return_rate{suffix}"] is None:
            roots = irr_all(out[f"investment{suffix}"], out["net_benefit"])
            if roots:
                reader.info(
                    "CC409",
                    f"there are {len(roots)} internal rates of return{which}: " + ", ".join(f"{r * 100:.4g} %" for r in roots),
                    "the net flow changes sign more than once; judge by the net present value",
                )
            else:
                reader.info(
                    "CC408",
                    f"there is no internal rate of return{which}: the net flow never repays the cost, or never has one",
                    "judge by the net present value",
                )

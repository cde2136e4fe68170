"""Money in the terminal report: results without and with subsidy, and the cash flow where the page is wide enough."""

from collections.abc import Callable, Mapping
from typing import Any

from .layout import Page, Table, Text
from .numbers import amount

Json = Mapping[str, Any]

#: columns that the whole cash flow needs
WIDE = 120


def finance(page: Page, block: Json, width: int) -> None:
    """Write the finance results, and the cash flow by year on a wide page."""
    page.title(f"Finance, {block['currency']}")
    pair: list[Json] = [block["without_subsidy"], block["with_subsidy"] or {}]
    table = Table(("", "l"), ("without subsidy", "r"), ("with subsidy", "r"))
    subsidy = block["subsidy"]
    table.add_row("investment", amount(block["investment"]), amount(block["investment"] - subsidy) if subsidy is not None else "—")
    rows: list[tuple[str, str, Callable[[Any], str]]] = [
        ("simple payback, years", "payback_years", lambda v: "—" if v is None else f"{v:.1f}"),
        ("paid back by cash flow in", "payback_year", lambda v: "—" if v is None else str(v)),
        ("net present value", "npv", amount),
        ("internal rate of return", "irr", lambda v: "—" if v is None else f"{v * 100:.1f} %"),
        ("cost per tCO2e", "cost_per_tonne", amount),
    ]
    for label, key, show in rows:
        table.add_row(label, *(show(column.get(key)) for column in pair))
    page.table(table)
    rate = f"{block['discount_rate'] * 100:g} %" if block["discount_rate"] is not None else "none"
    page.write(f"Lifetime {block['lifetime_years']} years; discount rate {rate}; subsidy {amount(subsidy)}.", "dim")
    if width < WIDE:
        page.write(f"Cash flow by year: {WIDE} columns and more.", "dim")
    else:
        _cash_flow(page, block)


def _cash_flow(page: Page, block: Json) -> None:
    """Write one row a year; columns that hold nothing are left out."""
    page.title(f"Cash flow by year, {block['currency']}")
    rows = block["cash_flow"]
    columns = [(k, k.replace("_subsidised", ", subsidised")) for k in rows[0] if k != "year" and any(row[k] for row in rows)]
    table = Table(("year", "l"), *((title, "r") for _, title in columns))
    for row in rows:
        table.add_row(str(row["year"]), *(Text(amount(row[key]), "red" if row[key] < 0 else "") for key, _ in columns))
    page.table(table)

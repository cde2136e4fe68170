"""Money and credits in the terminal report: results without and with subsidy, the cash flow where there is room, and who receives the credits."""

from collections.abc import Callable, Mapping
from typing import Any

from .layout import Page, Table, Text
from .numbers import amount, grouped

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


#: a column of money is shown in the largest of these in which its greatest amount keeps three digits before the point
_SCALES = ((1e9, "billion "), (1e6, "million "), (1e3, "thousand "), (1.0, ""))


def _cash_flow(page: Page, block: Json) -> None:
    """Write one row a year; columns that hold nothing are left out."""
    rows = block["cash_flow"]
    keys = [k for k in rows[0] if k != "year" and any(row[k] for row in rows)]
    top = max((abs(row[key]) for row in rows for key in keys), default=0.0)
    scale, word = next(((s, w) for s, w in _SCALES if top >= 1e2 * s), _SCALES[-1])
    page.title(f"Cash flow by year, {word}{block['currency']}")
    table = Table(("year", "l"), *((k.replace("_subsidised", ", subsidised"), "r") for k in keys))
    for row in rows:
        table.add_row(str(row["year"]), *(Text(_scaled(row[key] / scale), "red" if row[key] < 0 else "") for key in keys))
    page.table(table)


def _scaled(value: float) -> str:
    """Show an amount of a scaled column: as many decimals in every row, so that the points stand below each other."""
    return grouped(f"{value:.1f}") if value else "0"


def credits(page: Page, block: Json) -> None:
    """Write the expected credits by year; a column that rests on a share nobody stated is left out, and the share named."""
    page.title("Expected credits, tCO2e")
    percent = {key: f" {block[name] * 100:g} %" for key, name in _SHARES.items() if block[name] is not None}
    columns = [(k, title + percent.get(k, "")) for k, title in _CREDITS.items() if k not in _SHARES or block["totals"][k] is not None]
    table = Table(("year", "l"), *((title, "r") for _, title in columns))
    for row in block["years"]:
        table.add_row(str(row["year"]), *(amount(row[key]) for key, _ in columns))
    table.add_row(Text("total", "bold"), *(Text(amount(block["totals"].get(key)) if key != "reduction" else "", "bold") for key, _ in columns))
    page.table(table)
    rounding = "Whole tonnes, rounded down each year" if block["round_down"] else "Not rounded; JCM credits are whole tonnes: `round_down: true`"
    missing = f"; not stated: {', '.join(block['missing'])}" if block["missing"] else ""
    page.write(f"{rounding}{missing}. An expectation, not an issuance.", "dim")


_CREDITS = {"reduction": "reduction", "issued": "issued", "japan": "Japan", "host": "host", "others": "others", "transferable": "Japan's, may leave"}
_SHARES = {"japan": "share_japan", "host": "share_host", "others": "share_others", "transferable": "transfer_cap"}

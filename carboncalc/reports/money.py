"""Money and credits in the terminal report: results without and with subsidy, the cash flow where there is room, and who receives the credits."""

from collections.abc import Callable, Mapping
from typing import Any

from .layout import Page, Table, Text
from .numbers import grouped
from .words import Words

Json = Mapping[str, Any]

#: columns that the whole cash flow needs
WIDE = 120


def section(page: Page, result: Json, width: int) -> None:
    """Write what the project earns and who receives its credits, each where the file states it."""
    if result["finance"]:
        _finance(page, result["finance"], width)
    if result.get("credits"):
        _credits(page, result["credits"])


def _finance(page: Page, block: Json, width: int) -> None:
    """Write the finance results, and the cash flow by year on a wide page."""
    words, amount = page.words, page.words.amount
    page.title(words("money.finance", currency=block["currency"]))
    pair: list[Json] = [block["without_subsidy"], block["with_subsidy"] or {}]
    table = Table(("", "l"), (words("money.without_subsidy"), "r"), (words("money.with_subsidy"), "r"))
    subsidy = block["subsidy"]
    table.add_row(words("money.investment"), amount(block["investment"]), amount(block["investment"] - subsidy) if subsidy is not None else "—")
    for key, label in (
        ("payback_years", "payback"),
        ("payback_year", "payback_year"),
        ("npv", "npv"),
        ("irr", "irr"),
        ("cost_per_tonne", "cost_per_tonne"),
    ):
        table.add_row(words(f"money.{label}"), *(outcome(words, key, column.get(key)) for column in pair))
    page.table(table)
    rate = words.percent(block["discount_rate"], "g") if block["discount_rate"] is not None else words("money.no_rate")
    page.write(words("money.rests_on", n=words.number(str(block["lifetime_years"])), rate=rate, subsidy=amount(subsidy)), "dim")
    if width < WIDE:
        page.write(words("money.cash_flow_at", n=WIDE), "dim")
    else:
        _cash_flow(page, block)


def outcome(words: Words, key: str, value: float | None) -> str:
    """Show one of the results of an investment, by its key in the result; a dash is one that does not exist."""
    if value is None:
        return "—"
    shows: dict[str, Callable[[float], str]] = {
        "payback_years": lambda v: words.number(f"{v:.1f}"), "payback_year": lambda v: str(v), "irr": lambda v: words.percent(v, ".1f"),
    }  # fmt: skip
    return shows.get(key, words.amount)(value)


#: a column of money is shown in the largest of these in which its greatest amount keeps three digits before the point
_SCALES = ((1e9, "billion"), (1e6, "million"), (1e3, "thousand"), (1.0, "one"))


def _cash_flow(page: Page, block: Json) -> None:
    """Write one row a year; columns that hold nothing are left out."""
    words, rows = page.words, block["cash_flow"]
    keys = [k for k in rows[0] if k != "year" and any(row[k] for row in rows)]
    top = max((abs(row[key]) for row in rows for key in keys), default=0.0)
    scale, size = next(((s, w) for s, w in _SCALES if top >= 1e2 * s), _SCALES[-1])
    page.title(words("money.cash_flow", currency=words(f"money_scale.{size}", currency=block["currency"])))
    table = Table((words("say.year"), "l"), *((words(f"cash_flow.{k}"), "r") for k in keys))
    for row in rows:
        table.add_row(str(row["year"]), *(Text(_scaled(words, row[key] / scale), "red" if row[key] < 0 else "") for key in keys))
    page.table(table)


def _scaled(words: Words, value: float) -> str:
    """Show an amount of a scaled column: as many decimals in every row, so that the points stand below each other."""
    return words.number(grouped(f"{value:.1f}")) if value else "0"


def _credits(page: Page, block: Json) -> None:
    """Write the expected credits by year; a column that rests on a share nobody stated is left out, and the share named."""
    words, amount = page.words, page.words.amount
    page.title(words("credits.expected"))
    percent = {key: f" {words.percent(block[name], 'g')}" for key, name in _SHARES.items() if block[name] is not None}
    columns = [k for k in _CREDITS if k not in _SHARES or block["totals"][k] is not None]
    table = Table((words("say.year"), "l"), *((words(f"credits.{k}") + percent.get(k, ""), "r") for k in columns))
    for row in block["years"]:
        table.add_row(str(row["year"]), *(amount(row[key]) for key in columns))
    sums = (Text(amount(block["totals"].get(key)) if key != "reduction" else "", "bold") for key in columns)
    table.add_row(Text(words("say.total"), "bold"), *sums)
    page.table(table)
    missing = words("credits.not_stated", names=", ".join(block["missing"])) if block["missing"] else ""
    page.write(words("credits.rounded" if block["round_down"] else "credits.not_rounded") + missing + words("credits.expectation"), "dim")


_CREDITS = ("reduction", "issued", "japan", "host", "others", "transferable")
_SHARES = {"japan": "share_japan", "host": "share_host", "others": "share_others", "transferable": "transfer_cap"}

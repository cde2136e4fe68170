"""Money: the costs and their funding, the viability with and without subsidy, the cash flow, and the cost of a tonne."""

from collections.abc import Callable
from typing import Any

from . import charts
from .draft import Draft, Json


def finance(draft: Draft) -> None:
    """Write the section; without costs in the file, what the form asks."""
    t = draft.t
    draft.section("finance")
    block = draft.result["finance"]
    if block:
        _costs(draft, block)
        _viability(draft, block)
        _cash_flow(draft, block)
    else:
        draft.say(t("no_finance"), "warn")
    draft.fill("finance_fill", [(t("quotations"), ""), (t("equity"), ""), *draft.stated("no-other-japanese-subsidy"), (t("other_support"), "")])


def _costs(draft: Draft, block: Json) -> None:
    t, amount = draft.t, draft.words.amount
    rest = block["investment"] - block["eligible_investment"]
    rows = [(t("investment"), amount(block["investment"])), (t("eligible_investment"), amount(block["eligible_investment"]))]
    if rest:
        rows.append((t("ineligible_investment"), amount(rest)))
    if block["subsidy"] is not None:
        rows += [(t("subsidy"), amount(block["subsidy"])), (t("own_funds"), amount(block["investment"] - block["subsidy"]))]
        rate = next((q["value"] for q in draft.result["quantities"] if q["name"] == "subsidy_rate"), None)
        if rate is not None:
            rows.append((t("subsidy_rate"), draft.percent(rate)))
    draft.table(t("costs", currency=block["currency"]), [(t("item"), "w"), (t("amount"), "r")], rows)


def _viability(draft: Draft, block: Json) -> None:
    t, amount, subsidy = draft.t, draft.words.amount, block["subsidy"]
    cases: list[Json] = [block["without_subsidy"], block["with_subsidy"] or {}]
    kinds: list[tuple[str, str, Callable[[Any], str]]] = [
        ("payback_years", t("payback_years"), draft.rounded),
        ("payback_year", t("payback_year"), lambda v: "—" if v is None else str(int(v))),
        ("npv", t("npv"), amount),
        ("irr", t("irr"), lambda v: draft.percent(v, 3)),
        ("cost_per_tonne", t("cost_per_tonne", currency=block["currency"]), amount),
    ]
    rows = [(t("investment"), amount(block["investment"]), "—" if subsidy is None else amount(block["investment"] - subsidy))]
    rows += [(label, show(cases[0].get(key)), show(cases[1].get(key))) for key, label, show in kinds]
    draft.table(t("viability", currency=block["currency"]), [(t("figure_of"), "w"), (t("without"), "r"), (t("with"), "r")], rows)
    rate = t("no_rate") if block["discount_rate"] is None else draft.percent(block["discount_rate"])
    draft.say(t("finance_basis", years=draft.words.count("document.years", block["lifetime_years"]), rate=rate), "note")


def _cash_flow(draft: Draft, block: Json) -> None:
    t, amount, currency = draft.t, draft.words.amount, block["currency"]
    rows = block["cash_flow"]
    subsidised = any(row.get("subsidy") for row in rows)
    values = {"last": amount(rows[-1]["cumulative"])} | ({"last_subsidised": amount(rows[-1]["cumulative_subsidised"])} if subsidised else {})
    more = t("chart_cash_both" if subsidised else "chart_cash_more", title=t("chart_cash"), currency=currency, **values)
    draft.figure(draft.words("document.list", first=t("chart_cash"), second=currency), charts.cash(rows, subsidised, draft.words, more), more)
    keys = ["benefit", "cost", "net", "cumulative", *(["net_subsidised", "cumulative_subsidised"] if subsidised else [])]
    columns = [(t("year"), "l"), (t("investment"), "r"), *((t(f"flow_{key}"), "r") for key in keys)]
    draft.table(
        t("cash_flow", currency=currency), columns, ([str(row["year"]), *(amount(row[key]) for key in ("investment", *keys))] for row in rows)
    )


def value(draft: Draft) -> None:
    """Write the section on cost-effectiveness."""
    t, words, result = draft.t, draft.words, draft.result
    draft.section("value")
    rows = [
        (words.of(c["label"]), words.of(p["title"]), *draft.compared(c), t(c["verdict"]), draft.confidence(c["confidence"]))
        for p in result["programmes"]
        for c in p["criteria"]
        if c["id"].startswith("cost-effectiveness") and c.get("applies", True)
    ]
    if rows:
        draft.say(t("value_lead"))
        columns = [
            (t("criterion"), "w"),
            (t("programme"), "w"),
            (t("amount"), "w"),
            (t("threshold"), "w"),
            (t("answer"), "l"),
            (t("confidence"), "w"),
        ]
        draft.table(t("value_table"), columns, rows)
    else:
        draft.say(t("value_none"))
    block = result["finance"]
    costs = []
    if block:
        costs = [
            (
                t("cost_per_tonne", currency=block["currency"]),
                *(words.amount((block[case] or {}).get("cost_per_tonne")) for case in ("without_subsidy", "with_subsidy")),
            )
        ]
    draft.table(t("value_cost"), [(t("figure_of"), "w"), (t("without"), "r"), (t("with"), "r")], costs)
    durable = draft.known("durable_years")
    if rows and durable is not None and block and block["subsidy"] is not None:
        terms = [
            (t("subsidy"), words.amount(block["subsidy"]), block["currency"]),
            (t("reduction_yearly"), words.amount(result["totals"]["reduction_per_year"]), "tCO2e/year"),
            (t("durable_years"), words.figure(durable), "year"),
        ]
        draft.table(t("value_terms"), [(t("item"), "w"), (t("amount"), "r"), (t("unit"), "l")], terms)

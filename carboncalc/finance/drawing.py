"""Finance on arrays: one number for each draw of a Monte Carlo run."""

from collections.abc import Mapping
from typing import Any

from ..formula import Sizes, run
from .flows import Finance
from .part import part

#: the iterative result, which costs more than all others together: computed only when a rule asks for it
RATES = ("return_rate", "return_rate_subsidised")


def draw(money: Finance, drawn: Mapping[str, Any], rates: bool) -> Finance:
    """Return finance results with some quantities drawn.

    Parameters
    ----------
    money : Finance
        Results of the values as stated.
    drawn : mapping
        Arrays by symbol: ``reduction_per_year``, and whatever else of the finance block is uncertain.
    rates : bool
        Compute the internal rate of return too.

    Returns
    -------
    Finance
        Arrays where a result depends on what is drawn. A result that does not exist in a draw is infinite there if it is a payback (longer
        than any limit), else not a number.
    """
    import numpy as np

    found = part("finance")
    values = {n: money.values[n] for n in (*found.meta["given"], "year", "first_year", "years", "period") if n in money.values} | dict(drawn)
    if drawn.keys() >= {"investment"} and not drawn.keys() & {"eligible_investment"}:
        values["eligible_investment"] = np.minimum(values["eligible_investment"], drawn["investment"])
    values |= {n: money.values[n] for n in found.equations if n in money.values}
    moved = {*drawn, *(["eligible_investment"] if "investment" in drawn else [])}
    order = [n for group in found.system.order for n in group]
    for name in order:
        if moved.intersection(found.system.uses[name]):
            moved.add(name)
    names: list[str] = []
    for name in (n for n in order if n in moved and (rates or n not in RATES)):
        there = name in money.values or name.startswith("exists_") or f"exists_{name}" in moved
        if there and all(u in values or u in names for u in found.system.uses[name]):
            names.append(name)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        out = run(found.system.statements(names), values, Sizes(len(money.values["year"]), {}), "numpy")
    for name in names:
        if f"exists_{name}" in names:
            out[name] = np.where(out["exists_" + name], out[name], np.inf if name.startswith("payback") else np.nan)
    block = {**money.block, "net_benefit_first_year": out.get("net_benefit_first", money.block["net_benefit_first_year"])}
    for column, suffix in (("without_subsidy", ""), ("with_subsidy", "_subsidised")):
        if block[column] is not None:
            block[column] = {**block[column], "payback_years": out.get(f"payback{suffix}", block[column]["payback_years"])}
    return money._replace(values={**money.values, **out}, block=block)

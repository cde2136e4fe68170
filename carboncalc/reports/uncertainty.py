"""How sure the tonnes are: both approaches side by side, a tornado in characters, and the chance of each criterion."""

from collections.abc import Mapping, Sequence
from typing import Any

from .layout import Page, Table, Text, size
from .numbers import amount, clean, figure, grouped, share, short, symbol

Json = Mapping[str, Any]
#: rows of the tornado; what is left moves the result less than all of these
ROWS = 12


def section(page: Page, result: Json) -> None:
    """Write the section of one result; nothing when nothing was drawn."""
    found = result.get("uncertainty")
    if not found:
        return
    page.title(f"Uncertainty: Monte Carlo, {grouped(str(found['draws']))} draws, seed {found['seed']}")
    _range(page, found)
    _tornado(page, result, found)
    _chances(page, found)


def _range(page: Page, found: Json) -> None:
    whole, yearly, first = found["reduction"], found["reduction_per_year"], found["approach_1"]
    table = Table(("reduction", "l"), ("tCO2e", "r"), ("tCO2e/year", "r"))
    years = whole["point"] / yearly["point"] if yearly["point"] else 1.0
    table.add_row("point estimate", amount(whole["point"]), amount(yearly["point"]))
    for label, key in (("mean of the draws", "mean"), ("median", "median")):
        table.add_row(label, amount(whole[key]), amount(yearly[key]))
    table.add_row(
        Text("95 % range, Monte Carlo (approach 2)", "bold"), *(Text(between(row["p2_5"], row["p97_5"]), "bold") for row in (whole, yearly))
    )
    table.add_row(
        "95 % range, error propagation (approach 1)", between(first["p2_5"], first["p97_5"]), between(first["p2_5"] / years, first["p97_5"] / years)
    )
    table.add_row("exceeded with 90 % probability (P90)", amount(found["exceeded_90"]), amount(yearly["p10"]))
    table.add_row("conservative: lower end of the range", amount(found["conservative"]), amount(yearly["p2_5"]))
    page.table(table)
    error = f"Standard error of the mean {amount(whole['standard_error'])} tCO2e; "
    page.write(error + ("the range is stable." if found["convergence"]["stable"] else "the range is not stable yet: take more draws."), "dim")
    apart = first["independent_half_width"]
    if abs(apart - first["half_width"]) > 0.005 * first["half_width"]:
        page.write(
            f"Approach 1 with every term on its own would say ± {amount(apart)} tCO2e; terms share quantities, so it is ± {amount(first['half_width'])} tCO2e.",
            "dim",
        )


def between(low: float, high: float) -> str:
    """Show a range."""
    return f"{amount(low)} to {amount(high)}"


def _tornado(page: Page, result: Json, found: Json) -> None:
    point = result["totals"]["reduction"]
    moving = [row for row in found["variables"] if _reach(row, point) > 0.0]  # uncertain money moves no tonnes
    rows = sorted(moving, key=lambda row: -_reach(row, point))[:ROWS]
    if not rows:
        return
    ends = [point, *(row["tornado"][k] for row in rows for k in ("at_low", "at_high"))]
    room = max(16, min(48, page.width - 46))
    page.write("What moves it: each quantity alone at its 2.5 percentile (░) and its 97.5 percentile (█)", "dim")
    left, right = min(ends), max(ends)
    table = Table(("quantity", "w"), (_scale(left, point, right, room), "l"), ("variance", "r"))
    for row in rows:
        drawn = _bar(row["tornado"]["at_low"], row["tornado"]["at_high"], point, left, right, room)
        table.add_row(_name(result, row), drawn, _percent(row["variance_share"]))
    page.table(table)
    more = len(moving) - len(rows)
    if more:
        page.write(f"and {more} quantit{'ies' if more > 1 else 'y'} more, each moving it less.", "dim")
    lines = "" if found["correlations"] else f"; straight lines explain {share(found['explained'])} of it"
    page.write(f"Variance: squared linear correlation with the draws, scaled to 100 %{lines}.", "dim")


def _reach(row: Json, point: float) -> float:
    return float(max(abs(row["tornado"]["at_low"] - point), abs(row["tornado"]["at_high"] - point)))


def _name(result: Json, row: Json) -> str:
    label = symbol(result, row).get("label", {}).get("en") or row["name"]
    index = (
        [clean(v) for v in ([row["measure"]] if row.get("measure") else []) + list(row["index"].values())]
        if row["uses"] == 1
        else [row["id"].partition(" (")[0]]
    )
    unit = f" {row['unit']}" if row["unit"] != "1" else ""
    low, high = (row["tornado"][end] for end in ("low", "high"))
    show = short if high >= 1e6 else lambda value: figure(float(f"{value:.3g}"))
    return clean(label) + (f" [{', '.join(index)}]" if index else "") + f", {show(low)} to {show(high)}{unit}"


def _bar(at_low: float, at_high: float, point: float, left: float, right: float, room: int) -> str:
    """Draw both sides of the centre; where they overlap the nearer end lies on top."""
    width = (right - left) or 1.0

    def column(value: float) -> int:
        return round((value - left) / width * (room - 1))

    cells = [" "] * room
    for value, mark in sorted(((at_low, "░"), (at_high, "█")), key=lambda pair: -abs(pair[0] - point)):
        for i in range(min(column(value), column(point)), max(column(value), column(point)) + 1):
            cells[i] = mark
    cells[column(point)] = "│"
    return "".join(cells)


def _scale(left: float, point: float, right: float, room: int) -> str:
    """Write the ends, and the centre where there is room between them."""
    first, last, middle = amount(left), amount(right), amount(point)
    place = round((point - left) / ((right - left) or 1.0) * (room - 1)) - size(middle) // 2
    line = first + " " * (room - size(first) - size(last)) + last
    if place > size(first) and place + size(middle) < room - size(last):
        line = line[:place] + middle + line[place + size(middle) :]
    return line


def _percent(value: float) -> str:
    return f"{value * 100:.0f} %" if value >= 0.005 else "< 1 %"


def _chances(page: Page, found: Json) -> None:
    for programme in found["programmes"]:
        open_ = [c for c in programme["criteria"] if c["probability"] is not None and 0.0 < c["probability"] < 1.0]
        missing = sum(c["probability"] is None for c in programme["criteria"])
        whole = programme["eligible"]
        words = (
            f"passes with a probability of {chance(whole)}"
            if whole is not None
            else f"unknown: {missing} answer{'s are' if missing != 1 else ' is'} missing"
        )
        page.write(f"{programme['id']}: {words}", "bold")
        if open_:
            page.write("; ".join(f"{c['id']} {chance(c['probability'])}" for c in open_), "", 2)
        page.write(f"{'All other' if open_ else 'All'} answers are the same in every draw.", "dim", 2)


def chance(value: float) -> str:
    """Show a probability; never rounded to certain or impossible."""
    if value in (0.0, 1.0):
        return f"{value * 100:.0f} %"
    return f"{min(max(value * 100, 0.1), 99.9):.3g} %"


def cells(found: Json | None) -> dict[str, Any]:
    """Return what a table of many projects shows of the uncertainty."""
    if not found:
        return {}
    whole = found["reduction"]
    return {
        "draws": found["draws"],
        "seed": found["seed"],
        "reduction_mean_tCO2e": whole["mean"],
        "reduction_p2_5_tCO2e": whole["p2_5"],
        "reduction_p97_5_tCO2e": whole["p97_5"],
        "reduction_P90_tCO2e": found["exceeded_90"],
    }


def sentences(found: Json | None) -> Sequence[str]:
    """Return the uncertainty in a few sentences of Markdown."""
    if not found:
        return ()
    whole, first = found["reduction"], found["approach_1"]
    lines = [
        f"Monte Carlo, {found['draws']} draws, seed {found['seed']}: mean {amount(whole['mean'])} tCO2e, 95 % range {between(whole['p2_5'], whole['p97_5'])}; "
        f"exceeded with 90 % probability: {amount(found['exceeded_90'])}. Error propagation: {between(first['p2_5'], first['p97_5'])}.",
        "",
    ]
    for programme in found["programmes"]:
        if programme["eligible"] is not None:
            lines += [f"{programme['id']} passes with a probability of {chance(programme['eligible'])}.", ""]
    return lines

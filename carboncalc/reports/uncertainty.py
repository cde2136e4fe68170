"""How sure the tonnes are: both approaches side by side, a tornado in characters, and the chance of each criterion."""

from collections.abc import Mapping, Sequence
from typing import Any

from .layout import Page, Table, Text, size
from .numbers import clean, grouped, symbol
from .words import Words

Json = Mapping[str, Any]
#: rows of the tornado; what is left moves the result less than all of these
ROWS = 12


def section(page: Page, result: Json) -> None:
    """Write the section of a result that was drawn."""
    words, found = page.words, result["uncertainty"]
    page.title(words("uncertainty.monte_carlo", draws=words.number(grouped(str(found["draws"]))), seed=found["seed"]))
    _range(page, found)
    _tornado(page, result, found)
    _chances(page, found)


def _range(page: Page, found: Json) -> None:
    words, amount = page.words, page.words.amount
    whole, yearly, first = found["reduction"], found["reduction_per_year"], found["approach_1"]
    table = Table((words("role.reduction"), "l"), ("tCO2e", "r"), (words("portfolio.a_year"), "r"))
    years = whole["point"] / yearly["point"] if yearly["point"] else 1.0
    for label, key in (("point", "point"), ("mean", "mean"), ("median", "median")):
        table.add_row(words(f"uncertainty.{label}"), amount(whole[key]), amount(yearly[key]))
    table.add_row(Text(words("uncertainty.range_2"), "bold"), *(Text(between(words, row["p2_5"], row["p97_5"]), "bold") for row in (whole, yearly)))
    table.add_row(
        words("uncertainty.range_1"), between(words, first["p2_5"], first["p97_5"]), between(words, first["p2_5"] / years, first["p97_5"] / years)
    )
    table.add_row(words("uncertainty.exceeded_90"), amount(found["exceeded_90"]), amount(yearly["p10"]))
    table.add_row(words("uncertainty.conservative"), amount(found["conservative"]), amount(yearly["p2_5"]))
    page.table(table)
    error = words("uncertainty.standard_error", amount=amount(whole["standard_error"]))
    page.write(error + words("uncertainty.stable_after" if found["convergence"]["stable"] else "uncertainty.unstable_after"), "dim")
    apart = first["independent_half_width"]
    if abs(apart - first["half_width"]) > 0.005 * first["half_width"]:
        page.write(words("uncertainty.terms_share", apart=amount(apart), together=amount(first["half_width"])), "dim")


def between(words: Words, low: float, high: float) -> str:
    """Show a range."""
    return words.span(words.amount(low), words.amount(high))


def _tornado(page: Page, result: Json, found: Json) -> None:
    point = result["totals"]["reduction"]
    moving = [row for row in found["variables"] if _reach(row, point) > 0.0]  # uncertain money moves no tonnes
    rows = sorted(moving, key=lambda row: -_reach(row, point))[:ROWS]
    if not rows:
        return
    ends = [point, *(row["tornado"][k] for row in rows for k in ("at_low", "at_high"))]
    room = max(16, min(48, page.width - 46))
    words = page.words
    page.write(words("uncertainty.what_moves_it"), "dim")
    left, right = min(ends), max(ends)
    table = Table((words("uncertainty.quantity"), "w"), (_scale(words, left, point, right, room), "l"), (words("uncertainty.variance"), "r"))
    for row in rows:
        drawn = _bar(row["tornado"]["at_low"], row["tornado"]["at_high"], point, left, right, room)
        table.add_row(_name(words, result, row), drawn, _percent(words, row["variance_share"]))
    page.table(table)
    more = len(moving) - len(rows)
    if more:
        page.write(words.count("uncertainty.more", more), "dim")
    lines = "" if found["correlations"] else words("uncertainty.explained", share=words.share(found["explained"]))
    page.write(words("uncertainty.variance_is", lines=lines), "dim")


def _reach(row: Json, point: float) -> float:
    return float(max(abs(row["tornado"]["at_low"] - point), abs(row["tornado"]["at_high"] - point)))


def _name(words: Words, result: Json, row: Json) -> str:
    label = words.of(symbol(result, row).get("label")) or row["name"]
    index = (
        [clean(v) for v in ([row["measure"]] if row.get("measure") else []) + list(row["index"].values())]
        if row["uses"] == 1
        else [row["id"].partition(" (")[0]]
    )
    unit = f" {row['unit']}" if row["unit"] != "1" else ""
    low, high = (row["tornado"][end] for end in ("low", "high"))
    show = words.short if high >= 1e6 else lambda value: words.figure(float(f"{value:.3g}"))
    return clean(label) + (f" [{', '.join(index)}]" if index else "") + f", {words.span(show(low), show(high))}{unit}"


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


def _scale(words: Words, left: float, point: float, right: float, room: int) -> str:
    """Write the ends, and the centre where there is room between them."""
    first, last, middle = words.amount(left), words.amount(right), words.amount(point)
    place = round((point - left) / ((right - left) or 1.0) * (room - 1)) - size(middle) // 2
    line = first + " " * (room - size(first) - size(last)) + last
    if place > size(first) and place + size(middle) < room - size(last):
        line = line[:place] + middle + line[place + size(middle) :]
    return line


def _percent(words: Words, value: float) -> str:
    return words.share(value) if value >= 0.005 else f"< {words.share(0.01)}"


def _chances(page: Page, found: Json) -> None:
    words = page.words
    for programme in found["programmes"]:
        open_ = [c for c in programme["criteria"] if c["probability"] is not None and 0.0 < c["probability"] < 1.0]
        whole = programme["eligible"]
        if whole is not None:
            page.write(words("uncertainty.passes", id=programme["id"], chance=chance(words, whole)), "bold")
        else:
            missing = sum(c["probability"] is None for c in programme["criteria"])
            page.write(words.count("uncertainty.unknown", missing, id=programme["id"]), "bold")
        if open_:
            page.write("; ".join(f"{c['id']} {chance(words, c['probability'])}" for c in open_), "", 2)
        page.write(words("uncertainty.all_other_same" if open_ else "uncertainty.all_same"), "dim", 2)


def chance(words: Words, value: float) -> str:
    """Show a probability; never rounded to certain or impossible."""
    if value in (0.0, 1.0):
        return words.share(value)
    return words.percent(min(max(value * 100, 0.1), 99.9) / 100, ".3g")


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


def sentences(words: Words, found: Json | None) -> Sequence[str]:
    """Return the uncertainty in a few sentences of Markdown."""
    if not found:
        return ()
    whole, first = found["reduction"], found["approach_1"]
    lines = [
        words(
            "uncertainty.summary", draws=words.figure(found["draws"]), seed=found["seed"], mean=words.amount(whole["mean"]),
            range=between(words, whole["p2_5"], whole["p97_5"]), exceeded=words.amount(found["exceeded_90"]), propagated=between(words, first["p2_5"], first["p97_5"]),
        ),
        "",
    ]  # fmt: skip
    for programme in found["programmes"]:
        if programme["eligible"] is not None:
            lines += [words("uncertainty.passes_sentence", id=programme["id"], chance=chance(words, programme["eligible"])), ""]
    return lines

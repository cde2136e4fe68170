"""The emission reductions: by year, gas, origin and measure, their uncertainty, and the scenarios."""

from collections.abc import Callable, Iterator

from . import charts
from .draft import Draft, Json
from .widths import shorten

#: what adds to the reductions, and what takes from them
SIGNS = (("baseline", 1.0), ("project", -1.0), ("leakage", -1.0))
#: rows of the tornado; what is left moves the result less than all of these
ROWS = 12


def reductions(draft: Draft) -> None:
    """Write the section."""
    draft.section("reductions")
    by_year(draft)
    _shares(draft)
    if draft.result.get("credits"):
        _credits(draft, draft.result["credits"])
    if draft.result["uncertainty"]:
        _uncertainty(draft, draft.result["uncertainty"])
    if draft.result.get("scenarios"):
        _scenarios(draft)


def by_year(draft: Draft) -> None:
    t, amount, result = draft.t, draft.words.amount, draft.result
    years, totals = result["years"], result["totals"]
    keys = ["baseline", "project", *(["leakage"] if any(row["leakage"] for row in years) else []), "reduction"]
    if any(row.get("reduction_upstream") for row in years):
        keys.append("reduction_upstream")
    titles = {"baseline": draft.before, "reduction_upstream": "upstream"}
    columns = [(t("year"), "l"), *((t(titles.get(key, key)), "r") for key in keys)]
    rows = [[str(row["year"]), *(amount(row[key]) for key in keys)] for row in years]
    low, high = (best(years, key=lambda row: row["reduction"]) for best in (min, max))
    more = t(
        "chart_years_more", title=t("chart_years"), first=years[0]["year"], last=years[-1]["year"], low=amount(low["reduction"]),
        low_year=low["year"], high=amount(high["reduction"]), high_year=high["year"],
    )  # fmt: skip
    if low["reduction"] == high["reduction"]:
        more = t("chart_years_same", title=t("chart_years"), first=years[0]["year"], last=years[-1]["year"], each=amount(low["reduction"]))
    draft.figure(t("chart_years"), charts.years(result, draft.words, t(draft.before), more), more)
    draft.table(t("by_year"), columns, [*rows, [t("total"), *(amount(totals[key]) for key in keys)]], last=True)
    draft.say(t("rounding"), "note")


def _shares(draft: Draft) -> None:
    t, amount, result = draft.t, draft.words.amount, draft.result
    by_gas, by_origin = result["by_gas"], result["by_origin"]
    roles = [role for role, _ in SIGNS if any(by_gas[role].values()) or role != "leakage"]
    gases = [g for g in by_gas["baseline"] if any(by_gas[role].get(g) for role in roles)] or ["CO2"]

    def net(table: Json, key: str) -> float:
        return float(sum(sign * table[role].get(key, 0.0) for role, sign in SIGNS))

    def rows(table: Json, keys: list[str]) -> Iterator[list[str]]:
        for role in roles:
            yield [t(draft.before if role == "baseline" else role), *(amount(table[role].get(key, 0.0)) for key in keys)]
        yield [t("reduction"), *(amount(net(table, key)) for key in keys)]

    listed = "; ".join(draft.words("document.colon", name=gas, text=amount(net(by_gas, gas))) for gas in gases)
    more = t("chart_gases_more", title=t("chart_gases"), list=listed)
    bars = [
        (gas, by_gas["baseline"].get(gas, 0.0), sum(by_gas[r].get(gas, 0.0) for r in roles if r != "baseline"), net(by_gas, gas)) for gas in gases
    ]
    if len(gases) > 1:
        draft.figure(t("chart_gases"), charts.gases(bars, draft.words, t(draft.before), more), more)
    draft.table(t("by_gas"), [(t("role"), "w"), *((gas, "r") for gas in gases)], rows(by_gas, gases), last=True)
    origins = ["energy", "non-energy"]
    draft.table(t("by_origin"), [(t("role"), "w"), *((t(o), "r") for o in origins)], rows(by_origin, origins), last=True)
    keys = ["baseline", "project", "leakage", "reduction"]
    columns = [(t("measure"), "w"), *((t(draft.before if key == "baseline" else key), "r") for key in keys)]
    draft.table(t("by_measure"), columns, ([m["id"], *(amount(m["totals"][key]) for key in keys)] for m in result.get("measures") or []))


def _credits(draft: Draft, block: Json) -> None:
    t, amount = draft.t, draft.words.amount
    shares = {"japan": "share_japan", "host": "share_host", "others": "share_others", "transferable": "transfer_cap"}
    keys = [key for key in ("reduction", "issued", *shares) if key not in shares or block["totals"][key] is not None]
    columns = [(t("year"), "l")]
    for key in keys:
        share = block[shares[key]] if key in shares else None
        columns.append((t(key) if share is None else draft.words("document.bracket", text=t(key), more=draft.percent(share)), "r"))
    rows = [[str(row["year"]), *(amount(row[key]) for key in keys)] for row in block["years"]]
    total = [t("total"), *(amount(block["totals"].get(key)) if key != "reduction" else amount(draft.result["totals"]["reduction"]) for key in keys)]
    draft.part(t("credits_role"), "credits")
    draft.table(t("credits"), columns, [*rows, total], last=True)
    if block["round_down"]:
        draft.say(t("rounded_down"), "note")
    if block["missing"]:
        draft.say(t("share_missing", what=draft.listed(t(word) for word in block["missing"])), "note")
    draft.say(t("credits_note"), "note")


def _uncertainty(draft: Draft, found: Json) -> None:
    t, words = draft.t, draft.words
    amount, between = words.amount, draft.between
    draft.part(t("uncertainty"), "uncertainty")
    draft.say(t("drawn", draws=words.figure(found["draws"]), seed=str(found["seed"])))
    whole, yearly, first = found["reduction"], found["reduction_per_year"], found["approach_1"]
    years = whole["point"] / yearly["point"] if yearly["point"] else 1.0
    rows = [
        (t("point"), amount(whole["point"]), amount(yearly["point"])),
        (t("mean"), amount(whole["mean"]), amount(yearly["mean"])),
        (t("median"), amount(whole["median"]), amount(yearly["median"])),
        (t("monte_carlo"), between(whole["p2_5"], whole["p97_5"]), between(yearly["p2_5"], yearly["p97_5"])),
        (t("propagation"), between(first["p2_5"], first["p97_5"]), between(first["p2_5"] / years, first["p97_5"] / years)),
        (t("p90"), amount(found["exceeded_90"]), amount(yearly["p10"])),
        (t("lower"), amount(found["conservative"]), amount(yearly["p2_5"])),
    ]
    draft.table(t("range_table"), [(t("statistic"), "w"), (t("all_years"), "r"), (t("per_year"), "r")], rows)
    draft.say(t("stable" if found["convergence"]["stable"] else "unstable"), "note" if found["convergence"]["stable"] else "warn")
    _tornado(draft, found)
    _chances(draft, found)


def _tornado(draft: Draft, found: Json) -> None:
    t, amount = draft.t, draft.words.amount
    point = draft.result["totals"]["reduction"]

    def reach(row: Json) -> float:
        return float(max(abs(row["tornado"]["at_low"] - point), abs(row["tornado"]["at_high"] - point)))

    rows = sorted((row for row in found["variables"] if reach(row) > 0.0), key=lambda row: -reach(row))[:ROWS]
    if not rows:
        return
    named = [(draft.named(row, _items(row)), row["tornado"]) for row in rows]
    more = t("tornado_more", title=t("tornado"), point=amount(point))
    draft.figure(t("tornado"), charts.tornado(named, point, draft.words, more), more)
    columns = [(t("quantity"), "w"), (t("its_range"), "w"), (t("at_low"), "r"), (t("at_high"), "r"), (t("variance"), "r")]
    cells = []
    for (name, ends), row in zip(named, rows, strict=True):
        span = draft.spanned(row, *(float(f"{ends[end]:.3g}") for end in ("low", "high")))
        cells.append((name, span, amount(ends["at_low"]), amount(ends["at_high"]), draft.percent(row["variance_share"], 2)))
    draft.table(t("tornado"), columns, cells)


def _items(row: Json) -> list[object]:
    """Return what tells a variable from others of its name; one that several share has only its id."""
    if row["uses"] != 1:
        return [row["id"].partition(" (")[0]]
    return [*([row["measure"]] if row.get("measure") else []), *row["index"].values()]


def _chances(draft: Draft, found: Json) -> None:
    t = draft.t
    labels = {(p["id"], c["id"]): draft.words.of(c["label"]) for p in draft.result["programmes"] for c in p["criteria"]}
    titles = {p["id"]: draft.words.of(p["title"]) for p in draft.result["programmes"]}
    rows = []
    for programme in found["programmes"]:
        for c in programme["criteria"]:
            if c["probability"] is not None and 0.0 < c["probability"] < 1.0:
                rows.append(
                    (titles.get(programme["id"], programme["id"]), labels.get((programme["id"], c["id"]), c["id"]), chance(draft, c["probability"]))
                )
        rows.append(
            (
                titles.get(programme["id"], programme["id"]),
                t("whole"),
                t("no_chance") if programme["eligible"] is None else chance(draft, programme["eligible"]),
            )
        )
    draft.table(t("chances"), [(t("programme"), "w"), (t("criterion"), "w"), (t("probability"), "r")], rows)


def chance(draft: Draft, value: float) -> str:
    """Show a probability; never rounded to certain or impossible."""
    return draft.percent(value if value in (0.0, 1.0) else min(max(value, 0.001), 0.999), 3)


def _scenarios(draft: Draft) -> None:
    t, words, result = draft.t, draft.words, draft.result
    every = [result, *result["scenarios"]]
    currency = result["finance"]["currency"] if result["finance"] else ""
    rows = [[label, *(show(one) for one in every)] for label, show in _figures(draft, every, currency)]
    draft.part(t("scenarios"), "scenarios")
    titles = [t("as_stated"), *(s["title"] for s in result["scenarios"])]
    for start in range(1, len(titles), 4):  # a page holds the file as it stands and four others
        some = [0, *range(start, min(start + 4, len(titles)))]
        columns = [(t("figure_of"), "w"), *((shorten(words.of(titles[i]), 60), "r") for i in some)]
        draft.table(t("scenarios"), columns, [[row[0], *(row[i + 1] for i in some)] for row in rows])
    named = {p["id"]: words.of(p["title"]) for one in every for p in one["programmes"]}
    answers = [{p["id"]: draft.verdict(p) for p in one["programmes"]} for one in every]
    columns = [(t("scenario_of"), "w"), *((name, "w") for name in named.values())]
    if named:
        rows = [[title, *(said.get(id_, "—") for id_ in named)] for title, said in zip(titles, answers, strict=True)]
        draft.table(t("scenario_verdicts"), columns, rows)


def _figures(draft: Draft, every: list[Json], currency: str) -> Iterator[tuple[str, Callable[[Json], str]]]:
    t, words = draft.t, draft.words
    unit = words("document.list", first="{}", second="tCO2e")
    for key in ("baseline", "project", *(["leakage"] if any(r["totals"]["leakage"] for r in every) else []), "reduction"):
        yield unit.format(t(draft.before if key == "baseline" else key)), lambda r, key=key: words.amount(r["totals"][key])  # type: ignore[misc]
    yield unit.format(t("reduction_yearly")), lambda r: words.amount(r["totals"]["reduction_per_year"])
    if any(r["uncertainty"] for r in every):
        yield t("range_95"), lambda r: draft.between(*(r["uncertainty"]["reduction"][k] for k in ("p2_5", "p97_5"))) if r["uncertainty"] else "—"
    if any(r["finance"] for r in every):
        yield t("payback_years"), lambda r: _money(r, "payback_years", draft.rounded)
        yield words("document.list", first=t("npv"), second=currency), lambda r: _money(r, "npv", words.amount)
        yield t("irr"), lambda r: _money(r, "irr", lambda v: draft.percent(v, 3))
        yield t("cost_per_tonne", currency=currency), lambda r: _money(r, "cost_per_tonne", words.amount)


def _money(result: Json, key: str, show: Callable[[float | None], str]) -> str:
    return show(result["finance"]["without_subsidy"].get(key)) if result["finance"] else "—"

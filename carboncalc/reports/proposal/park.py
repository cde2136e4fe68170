"""What only a park has: its exchanges, the savings they bring, and its projects."""

from collections.abc import Iterator, Sequence

from .draft import Draft, Json

#: kind of saving → unit for show, and how many of the result's units it is
SAVED = {
    "electricity": ("MWh", 1000.0), "heat": ("TJ", 1000.0), "fuel": ("TJ", 1000.0), "water": ("m3", 1.0), "discharge": ("m3", 1.0), "material": ("t", 1.0), "waste": ("t", 1.0),
}  # fmt: skip


def exchanges(draft: Draft) -> None:
    """Write the exchanges and the physical savings."""
    t, words, result = draft.t, draft.words, draft.result
    rows, totals, park = result["exchanges"], result["totals"], result["park"]
    draft.section("exchanges")
    counted = sum(e["counted"] for e in rows)
    draft.say(t("park_lead", counted=counted, all=len(rows), projects=len(result["projects"]), base=park["base_year"]), "lead")
    if totals["reduction_upstream"]:
        draft.say(t("park_upstream", amount=words.amount(totals["reduction_upstream"] / len(result["years"]))), "note")
    firms = park.get("enterprises") or {}
    if all(key in firms for key in ("total", "iso_certified", "recp_with_results")):
        draft.say(t("enterprises", **{key: words.figure(firms[key]) for key in ("total", "iso_certified", "recp_with_results")}))
    columns = [
        (t("exchange"), "w"), (t("kind_of"), "w"), (t("partners_of"), "w"), (t("since"), "r"), (t("reduction"), "r"), (t("upstream"), "r"), (t("counted"), "w"),
    ]  # fmt: skip
    draft.table(t("exchange_table"), columns, (_exchange(draft, e) for e in rows))
    columns = [(t("saving"), "w"), (t("amount"), "r"), (t("unit"), "l")]
    draft.table(t("savings"), columns, _savings(draft, park["savings"] or {}))


def _exchange(draft: Draft, e: Json) -> Sequence[str]:
    t, amount = draft.t, draft.words.amount
    to = e["to"] if isinstance(e["to"], str) else draft.listed(e["to"])
    upstream = amount(e["totals"]["reduction_upstream"] / len(draft.result["years"]))
    name = draft.words("document.bracket", text=e["title"], more=e["id"]) if e["title"] else e["id"]
    counted = t("counted_yes") if e["counted"] else t("counted_no", why=e["why"])
    return name, draft.confidence(e["kind"]), f"{e['from']} → {to}", str(e["since"]), amount(e["totals"]["reduction_per_year"]), upstream, counted


def _savings(draft: Draft, savings: Json) -> Iterator[Sequence[str]]:
    for key, (unit, size) in SAVED.items():
        if savings.get(key, {}).get("total"):
            yield draft.t(key), draft.words.amount(savings[key]["per_year"] / size), f"{unit}/year"


def members(draft: Draft) -> None:
    """Write the projects of the park."""
    t, result = draft.t, draft.result
    if not result["projects"]:
        return
    draft.section("members")
    columns = [(t("title"), "w"), (t("methodology"), "w"), (t("per_year"), "r"), (t("all_years"), "r")]
    rows = []
    for p in result["projects"]:
        inner = [p["methodology"]] if p["methodology"] else [m["methodology"] for m in p["measures"] or []]
        name = draft.words("document.bracket", text=p["title"], more=p["id"])
        rows.append(
            (name, draft.listed(m["id"] for m in inner), *(draft.words.amount(p["totals"][key]) for key in ("reduction_per_year", "reduction")))
        )
    draft.table(t("member_table"), columns, rows)

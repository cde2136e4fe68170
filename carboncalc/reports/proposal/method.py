"""Methodology, sources and monitoring: which rules the estimate follows, what is counted, and what is to be measured."""

from collections.abc import Iterable, Sequence
from math import fsum

from .draft import Draft, Json, unverified


def method(draft: Draft) -> None:
    """Write the methodologies and how far their eligibility criteria are met."""
    t = draft.t
    draft.section("method")
    columns = [(t("methodology"), "w"), (t("version"), "l"), (t("equations_confidence"), "w"), (t("source"), "w")]
    draft.table(
        t("methods"),
        columns,
        (
            (
                draft.words("document.bracket", text=draft.words.of(m["title"]), more=m["id"]),
                m["version"],
                draft.confidence(m["confidence"]),
                _source(draft, m["source"]),
            )
            for _, m in draft.methods
        ),
    )
    columns = [(t("criterion"), "w"), (t("question"), "w"), (t("answer"), "w"), (t("cite"), "w"), (t("confidence"), "w")]
    rows = [
        (draft.words.of(row["label"]), draft.words.of(row["ask"]) or "—", t(row["answer"]), row["cite"], draft.confidence(row["confidence"]))
        for row in draft.result["applicability"]
    ]
    draft.table(t("criteria_method"), columns, rows)


def _source(draft: Draft, source: Json) -> str:
    return ", ".join(str(source[key]) for key in ("title", "page", "address") if source.get(key))


def sources(draft: Draft) -> None:
    """Write the terms of the estimate, the parameters to be monitored, and the other data that the project states."""
    t = draft.t
    draft.section("sources")
    columns = [(t("term"), "w"), (t("role"), "w"), (t("gas"), "l"), (t("origin"), "w"), (t("all_years"), "r")]
    draft.table(t("source_terms"), columns, _terms(draft))
    stated = groups(q for q in draft.result["quantities"] if q["status"] == "input" and in_emissions(q))
    watched = [rows for rows in stated if rows[0]["monitoring"]]
    others = [rows for rows in stated if not rows[0]["monitoring"] and not isinstance(rows[0]["value"], str)]
    columns = [(t("parameter"), "w"), (t("symbol"), "l"), (t("estimate"), "w"), (t("option"), "w"), (t("source"), "w"), (t("frequency"), "w")]
    frequency = f"[ {t('applicant')} ]"
    if not watched:
        draft.say(t("nothing_monitored"), "note")
    draft.table(
        t("monitored"),
        columns,
        (
            (
                draft.label(q[0]),
                draft.mark(q[0]),
                amounts(draft, q),
                t(f"option_{q[0]['monitoring']}"),
                origin(draft, q[0]),
                q[0].get("frequency") or frequency,
            )
            for q in watched
        ),
    )
    columns = [(t("parameter"), "w"), (t("symbol"), "l"), (t("estimate"), "w"), (t("source"), "w")]
    draft.table(t("stated_inputs"), columns, ((draft.label(q[0]), draft.mark(q[0]), amounts(draft, q), origin(draft, q[0])) for q in others))


def _terms(draft: Draft) -> Iterable[Sequence[str]]:
    """Yield each term of the emissions once, added over years and items."""
    sums: dict[tuple[str, str], list[Json]] = {}
    for step in draft.result["steps"]:
        if step["role"] in ("baseline", "project", "leakage", "upstream") and step.get("gas"):
            sums.setdefault((step.get("measure", ""), step["name"]), []).append(step)
    for (measure, _), steps in sums.items():
        first = steps[0]
        origin_ = draft.t(first["origin"]) if first.get("origin") else "—"
        unit = first["unit"].removesuffix("/year")
        role = draft.t(draft.before if first["role"] == "baseline" else first["role"])
        yield (
            draft.named(first, [measure] if measure else []),
            role,
            first["gas"],
            origin_,
            f"{draft.words.amount(fsum(step['value'] for step in steps))}\u00a0{unit}",
        )


def in_emissions(q: Json) -> bool:
    """Tell whether a quantity is one of the emissions, not of money or of a programme."""
    return not (q.get("path") or q["factor"] or "").startswith(("finance.", "programmes.", "credits."))


def groups(quantities: Iterable[Json]) -> list[list[Json]]:
    """Put the rows of a quantity that varies by year together."""
    found: dict[tuple[object, ...], list[Json]] = {}
    for q in quantities:
        items = tuple((k, v) for k, v in q["index"].items() if k != "year")
        found.setdefault((q.get("measure"), q["name"], items, q["source"], q["page"]), []).append(q)
    return list(found.values())


def amounts(draft: Draft, rows: Sequence[Json]) -> str:
    """Show a quantity with its unit and range; one that varies by year with the years from which its values hold."""
    shown = []
    for q in rows:
        text = draft.quantity(q, q["value"])
        if q["range"]:
            text = draft.words("document.bracket", text=text, more=draft.t("range", span=draft.spanned(q, *q["range"])))
        year = q["index"].get("year")
        shown.append(draft.words("document.colon", name=year, text=text) if year and len(rows) > 1 else text)
    return "; ".join(shown)


def origin(draft: Draft, q: Json) -> str:
    """Say where a value comes from."""
    if q["status"] == "input" and q["source"] == "project file":
        return draft.listed([draft.t("own_data"), str(q["note"] or "")])
    return ", ".join(str(x) for x in (q["source"], q["page"], q["note"] if q["status"] == "input" else "") if x)


def fixed(draft: Draft) -> Iterable[Sequence[str]]:
    """Yield the factors and default values of the emissions: what, symbol, value, kind, source, confidence."""
    shared: dict[tuple[object, ...], list[list[Json]]] = {}
    for rows in groups(q for q in draft.result["quantities"] if q["status"] != "input" and in_emissions(q)):
        first = rows[0]
        key = (first["name"], first["factor"], str([(q["value"], q["index"]) for q in rows]), first["source"]) if first["factor"] else (id(first),)
        shared.setdefault(key, []).append(rows)
    for alike in shared.values():
        rows = alike[0]
        first = rows[0]
        one = len(alike) == 1
        label = draft.label(first) if one else draft.named(first, [v for k, v in first["index"].items() if k != "year"])
        kind = draft.t("override" if first["match"] == "override" else first["status"])
        year = f", {first['year']}" if first["year"] else ""
        yield (
            label,
            draft.mark(first),
            amounts(draft, rows),
            kind,
            origin(draft, first) + year,
            draft.confidence(max(rows, key=unverified)["confidence"]),
        )

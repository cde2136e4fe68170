"""The pages of the programmes and laws: what each version asks, on which days, with which sources."""

from collections.abc import Iterator, Sequence

from ..words import Words
from .page import Json, Page, link, slug
from .rules import Rules


def overview(data: Json, words: Words) -> Page:
    """Write the list of programmes, by what they are about."""
    page = Page(words, "programmes")
    page.say(page.t("programmes_lead"))
    for kind in ("financing", "law", "park"):
        rows = [p for p in data["programmes"] if kind_of(p) == kind]
        if rows:
            page.head(page.t(f"kind_{kind}"), kind)
            table(page, page.t(f"kind_{kind}"), rows)
    return page


def kind_of(programme: Json) -> str:
    """Tell what a programme is about: money to apply for, a law on the facts of a project, or a park."""
    return "park" if programme.get("subject") == "park" else "law" if programme.get("check") in ("law", "mandate") else "financing"


def table(page: Page, caption: str, rows: Sequence[Json]) -> None:
    """Write a table of programmes, each with its newest version."""
    shown = []
    for programme in rows:
        newest = programme["versions"][-1]
        shown.append(
            [
                link(page.words.of(programme["title"]), "programmes", programme["id"]),
                page.words.of(programme.get("publisher")) or "—",
                page.countries(programme.get("countries")) if not programme["lists"] else page.t("partners_only"),
                page.span(newest["in_force"]),
                page.counts(row["confidence"] for row in newest["criteria"]),
            ]
        )
    page.table(caption, page.columns("programme", "run_by", "countries", "newest", "sure"), shown)


def pages(data: Json, words: Words) -> Iterator[Page]:
    """Yield a page for each programme."""
    titles = {m["id"]: words.of(m["title"]) for m in data["methods"]}
    known = {p["id"] for p in data["programmes"]}
    for programme in data["programmes"]:
        page = Page(words, "programmes", words.of(programme["title"]), programme["id"])
        _heading(page, programme)
        for n, version in enumerate(reversed(programme["versions"])):
            _version(page, programme, version, n == 0, titles, known)
        _lists(page, programme)
        _acts(page, programme)
        yield page


def _heading(page: Page, programme: Json) -> None:
    t, words = page.t, page.words
    rows = [
        (t("col_id"), programme["id"]),
        (t("col_kind"), t(f"kind_{kind_of(programme)}")),
        (t("col_run_by"), words.of(programme.get("publisher")) or "—"),
        (t("col_countries"), page.countries(programme.get("countries")) if not programme["lists"] else t("partners_only")),
        (t("col_source"), page.source(programme.get("source") or {}) or "—"),
    ]
    page.table(t("at_a_glance"), page.columns("item:l", "entry"), rows)
    if programme.get("note"):
        page.say(words.of(programme["note"]))
    if programme.get("wording"):
        words_of = programme["wording"]
        page.say(t("wording", **{key.replace("-", "_"): words.of(words_of[key]) for key in ("eligible", "not-eligible", "undetermined")}), "note")
    page.table(
        t("versions"),
        page.columns("version:l", "in_force", "sure"),
        [
            [
                link(v["version"], "programmes", programme["id"], f"v-{v['version']}"),
                page.span(v["in_force"]),
                page.counts(c["confidence"] for c in v["criteria"]),
            ]
            for v in reversed(programme["versions"])
        ],
    )


def _version(page: Page, programme: Json, version: Json, newest: bool, titles: Json, known: set[str]) -> None:
    t, words, name = page.t, page.words, version["version"]
    page.head(t("version_newest" if newest else "version_of", version=name), f"v-{name}")
    page.say(t("version_days", days=page.span(version["in_force"])), "lead" if newest else "plain")
    if version.get("note"):
        page.say(words.of(version["note"]))
    _criteria(page, version, name)
    _values(page, version, name)
    _facts(page, version, name)
    _papers(page, version, name)
    _steps(page, version, name)
    for key, listed in version.get("choices", {}).items():
        page.part(words.of(listed["label"]), slug(f"{name}-{key}"))
        rows = [[code, words.of(row["label"]), row["group"]] for code, row in listed["rows"].items()]
        caption = words("document.bracket", text=words.of(listed["label"]), more=page.cited(listed))
        page.table(caption, page.columns("row:l", "meaning", "group:l"), rows)
    also = [row for row in version.get("see_also", ()) if row["programme"] in known]
    if also:
        page.part(t("see_also"), slug(f"{name}-see-also"))
        page.items((link(row["programme"], "programmes", row["programme"]), words.of(row["why"])) for row in also)


def _criteria(page: Page, version: Json, name: str) -> None:
    t, words = page.t, page.words
    rules = Rules(page, version)
    page.part(t("criteria"), slug(f"{name}-criteria"))
    rows = []
    for row in version["criteria"]:
        label = words.of(row["label"])
        label = label if row.get("required", True) else words("proposal.shown_only", label=label)
        shown = [rules.condition(row)]
        if row.get("paper"):
            shown.append(words("proposal.papers_proof", what=words.of(row["paper"])))
        if row.get("note"):
            shown.append(words("document.colon", name=words("document.note"), text=words.of(row["note"])))
        why = [words.of(row[key]) if key == "why" else t("otherwise", fix=words.of(row[key])) for key in ("why", "fix") if row.get(key)]
        rows.append([label, _sentences(page, shown), " ".join(why) or "—", words.of(row["cite"]), page.confidence(row["confidence"])])
    page.table(t("criteria_of", version=name), page.columns("criterion", "condition", "why", "source", "confidence"), rows)


def _sentences(page: Page, texts: Sequence[str]) -> str:
    """Join sentences; one that ends in a mark of its own needs no other."""
    *before, last = texts
    return "".join(text + (" " if text.endswith(("?", ".", "？", "。")) else page.t("sentence")) for text in before) + last


def _values(page: Page, version: Json, name: str) -> None:
    t, words = page.t, page.words
    rows = []
    for spec in [*version.get("constants", {}).values(), *version.get("tables", {}).values()]:
        if "steps" in spec:
            value = "; ".join(
                t("from_step", start=words.figure(float(start)), value=page.stated(v, spec["unit"])) for start, v in spec["steps"].items()
            )
        else:
            value = page.stated(spec["value"], spec["unit"])
        for other in spec.get("others", ()):
            value += "; " + t(
                "also", value=page.stated(other["value"], spec["unit"]), source=words.of(other["source"]), sure=page.confidence(other["confidence"])
            )
        notes = [words.of(spec["note"])] if spec.get("note") else []
        notes += [words("proposal.conflict", what=words.of(spec["conflict"]))] if spec.get("conflict") else []
        rows.append([words.of(spec["label"]), value, " ".join(notes) or "—", page.cited(spec), page.confidence(spec["confidence"])])
    if rows:
        page.part(t("values"), slug(f"{name}-values"))
        page.table(t("values_of", version=name), page.columns("value_of", "value", "remark", "source", "confidence"), rows)


def _facts(page: Page, version: Json, name: str) -> None:
    t, words = page.t, page.words
    rows = [
        [fact, words.of(spec["label"]), words.of(spec.get("ask")) or "—", t(f"type_{spec['type']}")]
        for fact, spec in version.get("facts", {}).items()
    ]
    rows += [[key, words.of(spec["label"]), "—", t("type_quantity")] for key, spec in version.get("entry", {}).items()]
    if rows:
        page.part(t("facts"), slug(f"{name}-facts"))
        page.table(t("facts_of", version=name), page.columns("key:l", "meaning", "question", "type:l"), rows)


def _papers(page: Page, version: Json, name: str) -> None:
    t, words = page.t, page.words
    labels = {row["id"]: words.of(row["label"]) for row in version["criteria"]}
    rows = [
        [
            words.of(p["label"]),
            page.listed(labels.get(c, c) for c in p["criteria"]) or words("proposal.no_criterion"),
            words.of(p["cite"]),
            page.confidence(p["confidence"]),
        ]
        for p in version.get("dossier", ())
    ]
    if rows:
        page.part(t("papers"), slug(f"{name}-papers"))
        sets = version.get("sets")
        if sets:
            page.say(words.count("guide.sets", sets["number"], cite=words.of(sets["cite"]), sure=page.confidence(sets["confidence"])))
        page.table(t("papers_of", version=name), page.columns("paper", "proves", "source", "confidence"), rows)


def _steps(page: Page, version: Json, name: str) -> None:
    t, words = page.t, page.words
    labels = {step["id"]: words.of(step["label"]) for step in version.get("steps", ())}
    rows = []
    for i, step in enumerate(version.get("steps", ()), 1):
        label = labels[step["id"]]
        after = labels[step["after"]] if "after" in step else t("step_above") if i > 1 else t("application")
        rows.append(
            [
                words.figure(i),
                words("proposal.optional", label=label) if step.get("optional") else label,
                _days(page, step),
                t("calendar") if step.get("calendar") else after,
                words.of(step["cite"]),
                page.confidence(step["confidence"]),
            ]
        )
    if rows:
        page.part(t("steps"), slug(f"{name}-steps"))
        page.table(t("steps_of", version=name), page.columns("number:l", "step", "days", "counted_from", "source", "confidence"), rows)


def _days(page: Page, step: Json) -> str:
    words = page.words
    if "days" not in step:
        return page.t("not_known")
    shown = words.count("document.days", step["days"])
    if "at_most" in step:
        shown = words("proposal.up_to", low=shown, high=words.count("document.days", step["at_most"]))
    return words("proposal.working_days", days=shown) if step.get("working") else shown


def _lists(page: Page, programme: Json) -> None:
    t, words = page.t, page.words
    for key, listed in programme["lists"].items():
        page.head(words.of(listed["label"]), key)
        if listed["held"] != programme["id"]:
            page.items([("", link(t("list_elsewhere"), "programmes", listed["held"], key))])
            continue
        rows = []
        for code, row in sorted(listed["rows"].items(), key=lambda pair: (pair[1]["value"] or "9999", pair[0])):
            others = [
                t("also", value=page.stated(o["value"], "day"), source=words.of(o["source"]), sure=page.confidence(o["confidence"]))
                for o in row.get("others", ())
            ]
            notes = "; ".join([*others, *([words.of(row["note"])] if row.get("note") else [])])
            source = words.of(row.get("source")) or page.cited(listed)
            sure = page.confidence(row.get("confidence") or listed["confidence"])
            rows.append([page.country(code), words.date(row["value"]) if row["value"] else t("not_signed"), notes or "—", source, sure])
        page.table(words.of(listed["label"]), page.columns("country", "day", "remark", "source", "confidence"), rows)


def _acts(page: Page, programme: Json) -> None:
    acts = programme.get("acts") or ()
    if acts:
        page.head(page.t("acts"), "acts")
    rows = []
    for act in acts:
        day = page.words.date(act["date"]) if act.get("date") else "—"
        span = page.span(act["in_force"]) if act.get("in_force") else page.t("not_known")
        rows.append([act["id"], page.words.of(act["label"]), day, span, page.words.of(act["cite"]), page.confidence(act["confidence"])])
    page.table(page.t("acts"), page.columns("act", "subject", "date", "in_force", "source", "confidence"), rows)

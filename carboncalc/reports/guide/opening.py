"""The pages for who begins: what the mechanism offers, how to start, and how sure the figures are."""

from collections.abc import Iterable

from ...result import CONFIDENCE, UNVERIFIED
from ..words import Words
from .page import Json, Page, link
from .tables import facts, section

#: the sections of the first page, in the order of a reader's questions
QUESTIONS = ("offers", "who", "paid", "credits", "steps")
#: the commands of the page on how to start: a key of its text, and what to type
COMMANDS = (
    ("install", "pip install 'carboncalc[reports]'"),
    ("find", "carboncalc methods solar --country VN"),
    ("template", "carboncalc init jcm/vn-am007 -o project.yaml"),
    ("check", "carboncalc check project.yaml"),
    ("estimate", "carboncalc estimate project.yaml"),
    ("match", "carboncalc programmes --match project.yaml --at 2025-05-01"),
    ("trace", "carboncalc trace project.yaml reduction"),
    ("report", "carboncalc report project.yaml --lang {language} -o proposal.html"),
)


def index(data: Json, words: Words) -> Page:
    """Write the first page."""
    page = Page(words, "index")
    t = page.t
    page.say(t("index_lead"), "lead")
    page.say(t("index_unofficial"), "warn")
    for key in QUESTIONS:
        page.head(t(f"facts_{key}"), key)
        facts(page, t(f"facts_{key}"), data["facts"][key], ordered=key == "steps")
    page.head(t("where_next"), "next")
    page.items(
        [
            (link(t(f"title_{where}"), where), t(f"next_{where}"))
            for where in ("start", "programmes", "methodologies", "parks", "law", "factors", "glossary", "certainty", "sources")
        ]
    )
    return page


def start(data: Json, words: Words) -> Page:
    """Write how to start: the commands, one after the other."""
    page = Page(words, "start")
    t = page.t
    page.say(t("start_lead"))
    for key, command in COMMANDS:
        page.head(t(f"start_{key}"), key)
        page.say(t(f"start_{key}_more"))
        page.listing(t("command"), command.format(language=words.language))
        if key == "template":
            example = next((m["example"] for m in data["methods"] if m["id"] == "jcm/vn-am007"), None)
            if example:
                page.listing(t("start_file"), example["text"])
    page.head(t("start_other"), "other")
    page.say(t("start_other_more"))
    return page


def certainty(data: Json, words: Words) -> Page:
    """Write what the words of confidence mean, and what is unverified."""
    page = Page(words, "certainty")
    t = page.t
    page.say(t("certainty_lead"))
    page.head(t("confidence_words"), "words")
    page.table(
        t("confidence_words"),
        page.columns("confidence:l", "means", "shown_as"),
        [[page.confidence(word), t(f"means_{word}"), t("marked" if word in UNVERIFIED else "unmarked")] for word in CONFIDENCE],
    )
    page.head(t("counted_methods"), "methodologies")
    page.table(
        t("counted_methods"),
        page.columns("id:l", "title", "sure", "equations"),
        [
            [
                link(m["id"], section(m), m["id"]),
                words.of(m["title"]),
                page.confidence(m["confidence"]),
                page.counts(e["confidence"] for e in m["equations"]),
            ]
            for m in data["methods"]
        ],
    )
    page.head(t("counted_programmes"), "programmes")
    page.table(
        t("counted_programmes"),
        page.columns("programme", "criteria_counted", "values_counted"),
        [
            [
                link(words.of(p["title"]), "programmes", p["id"]),
                page.counts(c["confidence"] for c in p["versions"][-1]["criteria"]),
                page.counts(v["confidence"] for v in _values(p["versions"][-1])),
            ]
            for p in data["programmes"]
        ],
    )
    page.head(t("counted_facts"), "facts")
    unsure = [row for rows in data["facts"].values() for row in rows if row["confidence"] in UNVERIFIED]
    facts(page, t("counted_facts"), unsure)
    return page


def _values(version: Json) -> Iterable[Json]:
    return [*version.get("constants", {}).values(), *version.get("tables", {}).values()]

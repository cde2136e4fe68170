"""What others require: monitoring and reporting, programmes and laws, the host country, environment and society, and the risks."""

from collections.abc import Iterator, Sequence

from .draft import Draft, Json, rough, unverified
from .method import amounts, groups, origin


def mrv(draft: Draft) -> None:
    """Write the plan of measuring, reporting and verifying."""
    t = draft.t
    draft.section("mrv")
    draft.say(t("mrv_asks"))
    asked = ("mrv_who", "mrv_devices", "mrv_quality", "mrv_archive", "mrv_report", "mrv_period")
    draft.fill("mrv_fill", [*draft.stated("monitoring"), *((t(key), "") for key in asked)])


def programmes(draft: Draft) -> None:
    """Write each programme: the verdict, its criteria, what is missing, papers and dates."""
    t = draft.t
    draft.section("programmes")
    if not draft.result["programmes"]:
        draft.say(t("no_programme"))
        return
    draft.say(t("programmes_lead"))
    for i, programme in enumerate(draft.result["programmes"], 1):
        _programme(draft, programme, i)


def _programme(draft: Draft, programme: Json, number: int) -> None:
    t, words = draft.t, draft.words
    version = f"{programme['id']} {programme['version']}" if programme["version"] else programme["id"]
    title = words("document.bracket", text=words.of(programme["title"]), more=version)
    draft.part(title, f"programme-{number}")
    draft.say(words("document.colon", name=t("verdict"), text=draft.verdict(programme)), "lead")
    if programme["version"] is None:
        draft.say(t("no_call"), "warn")
    columns = [
        (t("criterion"), "w"), (t("answer"), "l"), (t("amount"), "w"), (t("threshold"), "w"), (t("margin"), "r"), (t("cite"), "w"), (t("confidence"), "w"),
    ]  # fmt: skip
    draft.table(t("criteria", programme=words.of(programme["title"])), columns, (_criterion(draft, c) for c in programme["criteria"]))
    columns = [(t("criterion"), "w"), (t("open_points"), "w")]
    draft.table(t("open_points"), columns, _open(draft, programme["criteria"]))
    _dossier(draft, programme)
    _timeline(draft, programme)


def _criterion(draft: Draft, c: Json) -> Sequence[str]:
    unit, count = c["unit"], c.get("count", False)
    label = draft.words.of(c["label"])
    answer = draft.t(c["verdict"]) if c.get("applies", True) else draft.t("not_applicable")
    value, threshold = draft.compared(c)
    against = f"{_COMPARE.get(c['compare'], '')} {threshold}".strip() if c["threshold"] is not None else "—"
    if unit == "day" and c["margin"] is not None:
        margin = draft.words.count("document.days", c["margin"])
    else:
        margin = draft.value(rough(c["margin"], unit, count), unit, count)
    shown = label if c["required"] else draft.t("shown_only", label=label)
    return shown, answer, value, against, margin, c["cite"], draft.confidence(c["confidence"])


_COMPARE = {"<=": "≤", ">=": "≥", "==": "=", "!=": "≠", "<": "<", ">": ">"}


def _open(draft: Draft, criteria: Sequence[Json]) -> Iterator[Sequence[str]]:
    """Yield what a criterion leaves to be told: facts that are missing, why it fails, its paper, and what sources disagree on."""
    t, words = draft.t, draft.words
    for c in criteria:
        told = []
        if c["verdict"] == "unknown" and c["missing"]:
            told.append(t("missing_facts", what=draft.listed(c["missing"])))
        if c["verdict"] == "fail":
            told.append(f"{words.of(c['why'])} {words.of(c['fix'])}")
        if c.get("paper"):
            told.append(t("papers_proof", what=words.of(c["paper"])))
        if c.get("item"):
            told.append(words.of(c["item"]))
        told += [t("conflict", what=words.remark(conflict)) for conflict in c.get("conflicts", ())]
        if told:
            yield words.of(c["label"]), "; ".join(text.rstrip(" ;") for text in told)


def _dossier(draft: Draft, programme: Json) -> None:
    t, words = draft.t, draft.words
    labels = {c["id"]: words.of(c["label"]) for c in programme["criteria"]}
    columns = [(t("paper"), "w"), (t("state"), "l"), (t("rests_on"), "w"), (t("cite"), "w"), (t("confidence"), "w")]
    draft.table(
        t("dossier"),
        columns,
        (
            (words.of(p["label"]), t(p["status"]), draft.listed(labels.get(id_, id_) for id_ in p["criteria"]) or t("no_criterion"), p["cite"], draft.confidence(p["confidence"]))
            for p in programme.get("dossier") or []
        ),
    )  # fmt: skip


def _timeline(draft: Draft, programme: Json) -> None:
    t, words = draft.t, draft.words
    steps = programme.get("timeline") or []
    columns = [(t("step"), "w"), (t("days"), "l"), (t("due"), "l"), (t("cite"), "w"), (t("confidence"), "w")]
    draft.table(t("timeline"), columns, (_step(draft, step) for step in steps))
    if any(step["working"] for step in steps):
        draft.say(t("working_note"), "note")
    if steps and programme["in_force"] and programme["in_force"].get("to"):
        held = [words.date(day) for day in (programme["in_force"]["from"], programme["in_force"]["to"])]
        draft.say(words("document.colon", name=t("version"), text=words("document.between", low=held[0], high=held[1])), "note")


def _step(draft: Draft, step: Json) -> Sequence[str]:
    t, words = draft.t, draft.words
    label = words.of(step["label"])
    if step["days"] is None:
        days = "—" if step["due"] or step["calendar"] else t("not_known")
    else:
        days = words.count("document.days", step["days"])
        if step["at_most"]:
            days = t("up_to", low=words.figure(step["days"]), high=words.count("document.days", step["at_most"]))
        days = t("working_days", days=days) if step["working"] else days
    due = words.date(step["due"]) if step["due"] else "—"
    if step["latest"] and step["latest"] != step["due"]:
        due = t("up_to", low=due, high=words.date(step["latest"])) if step["due"] else words.date(step["latest"])
    return t("optional", label=label) if step.get("optional") else label, days, due, step["cite"], draft.confidence(step["confidence"])


def development(draft: Draft) -> None:
    """Write what the host country gains."""
    t = draft.t
    draft.section("development")
    draft.say(t("development_asks"))
    draft.fill("development", [*draft.stated("credit-share"), *((t(key), "") for key in ("sdg", "transfer", "jobs", "ndc", "sdip"))])


def environment(draft: Draft) -> None:
    """Write how the environment and the people around are protected."""
    t = draft.t
    draft.section("environment")
    draft.say(t("environment_asks"))
    draft.fill("environment", [*draft.stated("legal-compliance"), *((t(key), "") for key in ("eia", "stakeholders", "pollution", "safety"))])


def risks(draft: Draft) -> None:
    """Write the findings of the check, the values nobody has verified, and the risks that a form asks for."""
    t, words, result = draft.t, draft.words, draft.result
    draft.section("risks")
    if result["findings"]:
        draft.say(t("risks_lead"))
        draft.table(
            t("findings"),
            [(t("code"), "l"), (t("severity"), "l"), (t("message"), "w"), (t("remedy"), "w")],
            (_finding(draft, f) for f in result["findings"]),
        )
    else:
        draft.say(t("no_findings"))
    doubtful = groups(q for q in result["quantities"] if unverified(q))
    if doubtful:
        draft.say(words.count("proposal.unverified_lead", len(doubtful)), "warn")
    columns = [(t("parameter"), "w"), (t("amount"), "w"), (t("confidence"), "w"), (t("source"), "w")]
    rows = [
        (
            draft.label(q[0]),
            amounts(draft, q),
            draft.confidence(q[0]["confidence"]),
            "; ".join(x for x in (origin(draft, q[0]), _conflict(draft, q[0])) if x),
        )
        for q in doubtful
    ]
    draft.table(t("unverified"), columns, rows)
    draft.fill("risk_fill", [(t(f"risk_{key}"), "") for key in ("build", "run", "market", "law", "partner")])


def _finding(draft: Draft, f: Json) -> Sequence[str]:
    message, remedy = draft.words.finding(f)
    if f.get("suppressed"):
        remedy = draft.t("ignored", why=f["suppressed"])
    return f["code"], draft.t(f["severity"]), message, remedy or "—"


def _conflict(draft: Draft, q: Json) -> str:
    return draft.t("conflict", what=draft.words.of(q["conflict"])) if q.get("conflict") else ""

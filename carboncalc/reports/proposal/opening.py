"""The first sections: the answer, then what the project is, who carries it out, with what technology, and where."""

from .draft import Draft, Json


def summary(draft: Draft) -> None:
    """Write the answer: the reductions, what they rest on, the key figures, and the verdicts."""
    draft.section("summary")
    draft.say(headline(draft), "lead")
    result, t = draft.result, draft.t
    negative = [str(row["year"]) for row in result["years"] if row["reduction"] < 0]
    if negative and result["totals"]["reduction"] >= 0:
        draft.say(t("negative", years=draft.listed(negative)), "warn")
    rests = result["rests_on"]
    share = {key: draft.percent(rests[key], 2) for key in ("default", "unverified")}
    draft.say(t("rests", **share), "warn" if rests["unverified"] else "plain")
    columns = [(t("figure_of"), "w"), (t("amount"), "r"), (t("unit"), "l")]
    draft.table(t("key_figures"), columns, _key_figures(draft))
    columns = [(t("programme"), "w"), (t("version"), "l"), (t("applied"), "l"), (t("verdict"), "w")]
    rows = [
        (draft.words.of(p["title"]), p["version"] or "—", draft.value(p["at"], "day") if p["at"] else "—", draft.verdict(p))
        for p in result["programmes"]
    ]
    if rows:
        draft.table(t("verdicts"), columns, rows)
    else:
        draft.say(t("no_programme"))


def headline(draft: Draft) -> str:
    """Say the reductions in a sentence."""
    totals, words = draft.result["totals"], draft.words
    shown = {"yearly": words.amount(abs(totals["reduction_per_year"])), "all": words.amount(abs(totals["reduction"]))}
    years = words.count("document.years", len(draft.result["years"]))
    return draft.t("reduces" if totals["reduction"] >= 0 else "adds", **shown, years=years, span=draft.span())


def _key_figures(draft: Draft) -> list[tuple[str, str, str]]:
    result, t, amount = draft.result, draft.t, draft.words.amount
    totals = result["totals"]
    rows = [(t("reduction_yearly"), amount(totals["reduction_per_year"]), "tCO2e/year"), (t("reduction_all"), amount(totals["reduction"]), "tCO2e")]
    if result["uncertainty"]:
        drawn = result["uncertainty"]["reduction"]
        rows.append((t("range_95"), draft.between(drawn["p2_5"], drawn["p97_5"]), "tCO2e"))
    rows += [(t(draft.before), amount(totals["baseline"]), "tCO2e"), (t("project"), amount(totals["project"]), "tCO2e")]
    if totals["leakage"]:
        rows.append((t("leakage"), amount(totals["leakage"]), "tCO2e"))
    money = result["finance"]
    if money:
        currency = money["currency"]
        rows.append((t("investment"), amount(money["investment"]), currency))
        if money["subsidy"] is not None:
            rows.append((t("subsidy"), amount(money["subsidy"]), currency))
        for key, case in (("without", money["without_subsidy"]), ("with", money["with_subsidy"])):
            if case:
                rows.append((draft.words("document.list", first=t("irr"), second=t(key)), draft.percent(case["irr"], 3), ""))
        rows.append((t("value_cost"), amount(money["without_subsidy"]["cost_per_tonne"]), f"{currency}/tCO2e"))
    for programme in result["programmes"]:
        for c in programme["criteria"]:
            if c["id"] == "cost-effectiveness" and c["value"] is not None:
                rows.append((draft.words.of(c["label"]), amount(c["value"]), c["unit"]))
    return rows


def purpose(draft: Draft) -> None:
    """Write what the project is."""
    t, result = draft.t, draft.result
    project: Json = result.get("park") or result["project"]
    draft.section("purpose")
    rows = [
        (t("park_title" if result.get("park") else "title"), project["title"]),
        (t("country"), draft.country()),
        (t("region"), project["region"] or ""),
    ]
    rows += [(t("operation"), str(project["first_year"])), (t("estimated"), draft.span())]
    for id_, method in draft.methods:
        name = t("measure_of", id=id_) if id_ else t("methodology")
        rows.append((name, draft.words("document.bracket", text=draft.words.of(method["title"]), more=f"{method['id']} {method['version']}")))
    rows += [(t("gwp"), str(result["gwp"])), (t("conservative"), draft.words.figure(bool(project.get("conservative"))))]
    draft.fill("facts_project", rows)
    draft.fill("purpose_fill", [(t(key), "") for key in ("purpose_activity", "purpose_policy", "purpose_spread")])


def consortium(draft: Draft) -> None:
    """Write who carries the project out, as far as anybody has said."""
    draft.section("consortium")
    draft.say(draft.t("consortium_asks"))
    asked = ("representative", "partners", "owner", "roles", "record", "contact")
    draft.fill("consortium", [*draft.stated("japanese-representative"), *((draft.t(key), "") for key in asked)])


def technology(draft: Draft) -> None:
    """Write what is installed: the choices the project file makes, and what a form asks beyond them."""
    t, result = draft.t, draft.result
    draft.section("technology")
    draft.say(t("technology_asks"))
    choices = [q for q in result["quantities"] if isinstance(q["value"], str) and not q["factor"] and q["unit"] in (None, "1")]
    rows = [(draft.label(q), q["value"]) for q in choices]
    draft.table(t("technology_inputs"), [(t("item"), "w"), (t("entry"), "w")], rows)
    similar = draft.known("similar_projects")
    known = (t("similar"), "" if similar is None else draft.words.figure(similar))
    draft.fill("technology", [(t("maker"), ""), (t("novelty"), ""), known, (t("advantage"), ""), (t("upkeep"), "")])


def site(draft: Draft) -> None:
    """Write where and when: what the file states, and what a form asks beyond it."""
    t, result = draft.t, draft.result
    project: Json = result.get("park") or result["project"]
    draft.section("site")
    draft.say(t("site_asks"))
    money = result["finance"]
    lifetime = draft.words.count("document.years", money["lifetime_years"]) if money else ""
    rows = [(t("country"), draft.country()), (t("region"), project["region"] or ""), (t("address"), ""), (t("land"), ""), (t("permits"), "")]
    rows += [
        *draft.stated("not-started", "completion-window"),
        (t("schedule"), ""),
        (t("operation"), str(project["first_year"])),
        (t("lifetime"), lifetime),
    ]
    draft.fill("site", rows)

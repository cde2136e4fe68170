"""Answers of a programme at their edges: margins on the right side, what a missing fact names, doubts that follow a value, and faults where they stand."""

import json
from typing import Any

import numpy as np
import pytest
import test_viet_nam_law as vn
from test_model_projects import PLANT, judge, of, project, row, whole

from carboncalc import eligibility, factors, programme
from carboncalc.findings import Invalid
from carboncalc.formula import System
from carboncalc.methodology import CONFIDENCE

YEAR = of("fy2025")
INFINITE = float("inf")


def faults(name: str, known: dict[str, Any], country: str = "VN") -> list:
    with pytest.raises(Invalid) as caught:
        judge(name, known, country)
    return caught.value.findings


def fault(name: str, known: dict[str, Any], country: str = "VN"):
    (one,) = faults(name, known, country)
    assert one.help
    assert one.severity == "error"
    assert one.place.line > 0
    return one


# --- margins --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("criterion", "known", "verdict", "value", "threshold", "margin"),
    [
        ("subsidy-rate", {"subsidy_rate": "45 %", "similar_projects": 0}, "pass", 0.45, 0.5, 0.05),  # at most: what is left below the ceiling
        ("subsidy-rate", {"subsidy_rate": "60 %", "similar_projects": 0}, "fail", 0.6, 0.5, -0.1),
        ("payback", {"payback_subsidised": 4.5}, "pass", 4.5, 3.0, 1.5),  # at least: what is above the floor
        ("payback", {"payback_subsidised": 2.0}, "fail", 2.0, 3.0, -1.0),
        ("energy-origin-co2", {"reduction_energy_per_year": 7.0}, "pass", 7.0, 0, 7.0),
        ("completion-window", {"completion": "2028-01-30"}, "pass", "2028-01-30", "2028-01-31", 1),  # days are shown as dates, margins in days
        ("call-window", {"at": "2025-10-02"}, "fail", "2025-10-02", "2025-09-30", -2),
    ],
)
def test_a_margin_is_positive_where_the_criterion_passes(
    criterion: str, known: dict, verdict: str, value: Any, threshold: Any, margin: float
) -> None:
    found = row(YEAR, criterion, known)
    assert found["verdict"] == verdict
    assert (found["value"], found["threshold"]) == (pytest.approx(value) if isinstance(value, float) else value, threshold)
    assert found["margin"] == pytest.approx(margin)
    assert found["missing"] == []


def test_what_is_known_is_shown_though_the_answer_is_not() -> None:
    one = row(YEAR, "subsidy-rate", {"subsidy_rate": "45 %"})
    assert (one["verdict"], one["value"], one["threshold"], one["margin"], one["missing"]) == ("unknown", 0.45, None, None, ["similar_projects"])
    other = row(YEAR, "subsidy-rate", {"similar_projects": 4})
    assert (other["verdict"], other["value"], other["threshold"], other["missing"]) == ("unknown", None, 0.3, ["subsidy_rate"])


def test_a_yes_or_no_is_its_own_value() -> None:
    for answer in (True, False):
        found = row(YEAR, "japanese-representative", {"japanese_representative": answer})
        assert (found["value"], found["verdict"], found["threshold"], found["margin"]) == (answer, "pass" if answer else "fail", None, None)
    started = row(YEAR, "not-started", {"started_before_grant": True})
    assert (started["value"], started["verdict"]) == (False, "fail")  # the test is `not started`


def test_an_answer_says_why_and_what_to_do() -> None:
    (version,) = [v for v in programme.versions("jcm/model-project") if v["version"] == "fy2025"]
    for spec in version["criteria"]:
        found = row(YEAR, spec["id"], {})
        assert found["why"] == spec["why"]
        assert found["fix"] == spec["fix"]
        assert found["cite"].startswith(spec["cite"])
        assert (found["unit"], found["compare"], found["required"]) == (spec.get("unit"), spec.get("compare"), spec.get("required", True))


# --- a criterion that asks for something above zero, or does not apply -------------------------------------


@pytest.mark.parametrize(("reduction", "verdict"), [(1.0, "pass"), (0.0, "fail"), (-5.0, "fail")])
def test_without_a_reduction_there_is_no_price_per_tonne(reduction: float, verdict: str) -> None:
    known = {
        **PLANT,
        "reduction_per_year": reduction,
        "subsidy_rate": "50 %",
        "similar_projects": 0,
        "eligible_investment": 80_000.0 * (reduction == 1),
    }
    found = row(YEAR, "cost-effectiveness", known)
    assert (found["verdict"], found["threshold"], found["missing"]) == (verdict, 4000.0, [])
    if reduction <= 0:
        assert (found["value"], found["margin"]) == (None, None)
    else:
        assert (found["value"], found["margin"]) == (80_000 * 0.5 / 10, 0)


def test_a_rule_that_does_not_apply_is_met_and_asks_for_nothing() -> None:
    found = row(YEAR, "silicon-solar-limit", {"solar_power": False})
    assert (found["verdict"], found["applies"], found["missing"], found["value"], found["threshold"]) == ("pass", False, [], None, 3.0)
    unclear = row(YEAR, "silicon-solar-limit", {"silicon_solar_number": 1})
    assert unclear["verdict"] == "unknown"
    assert unclear["missing"] == ["solar_power"]  # whether it applies is the first question
    assert "applies" not in unclear


# --- how sure --------------------------------------------------------------------------------------------


def test_a_value_of_the_file_is_no_surer_than_its_reader() -> None:
    rules = {"cap": {"value": "1 billion JPY", "source": "GEC guideline, p. 5"}}
    found = row(YEAR, "subsidy-cap", {"subsidy_rate": "50 %", "eligible_investment": 2e9, "rules": rules})
    assert (found["verdict"], found["threshold"], found["confidence"]) == ("pass", 1e9, "secondary")
    assert found["cite"].endswith("cap as stated: GEC guideline, p. 5")
    assert row(YEAR, "subsidy-cap", {"subsidy_rate": "50 %", "eligible_investment": 2e9})["confidence"] == "read"


def test_a_rule_of_the_file_settles_a_conflict() -> None:
    share = {"credit_share_japan": "50 %"}
    assert "law firm" in row(YEAR, "credit-share", share)["conflicts"][0]
    stated = row(YEAR, "credit-share", {**share, "rules": {"share_floor": {"value": "60 %", "source": "guideline"}}})
    assert (stated["verdict"], stated["conflicts"]) == ("fail", [])


def test_the_weakest_required_criterion_gives_the_confidence_of_the_whole() -> None:
    answer, _ = judge(YEAR, whole("fy2025"))
    required = [c["confidence"] for c in answer["criteria"] if c["required"]]
    assert {"read", "recalled"} <= set(required)
    assert answer["confidence"] == "recalled"
    assert answer["unverified"] == required.count("recalled") + required.count("conflicting")


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        ({}, "eligible"),
        ({"japanese_representative": False}, "not-eligible"),
        ({"ineligible_costs": True}, "eligible"),
        ({"payback_subsidised": None}, "undetermined"),
    ],
)
def test_only_what_is_required_decides(change: dict, verdict: str) -> None:
    known = {k: v for k, v in {**whole("fy2025"), **change}.items() if v is not None}
    assert judge(YEAR, known)[0]["verdict"] == verdict


def test_a_fault_weighs_more_than_a_gap() -> None:
    assert judge(YEAR, {"japanese_representative": False})[0]["verdict"] == "not-eligible"


# --- equations and figures behind the answer --------------------------------------------------------------


def test_figures_behind_the_answers() -> None:
    known = {**whole("fy2025"), "payback_subsidised": INFINITE}
    rules = judge(YEAR, known)[0]["rules"]
    assert list(rules) == ["equations", "positive", "figures"]
    assert rules["positive"] == {"cost-effectiveness": "reduction_per_year", "cost-effectiveness-energy": "reduction_energy_per_year"}
    figures = rules["figures"]
    assert list(figures) == sorted(figures)
    kinds = {name: (f["kind"], f["unit"], f["value"]) for name, f in figures.items()}
    assert kinds["subsidy_rate"] == ("entry", "1", 0.3)
    assert kinds["completion"][:2] == ("facts", "day")
    assert kinds["cap"] == ("constants", "JPY", 2e9)
    assert kinds["ceiling"] == ("tables", "1", [(0.0, 0.5), (1.0, 0.4), (4.0, 0.3)])
    assert kinds["reduction_per_year"] == ("outcome", "tCO2e/year", 2000.0)
    assert kinds["payback_subsidised"] == ("outcome", "year", None)  # a payback that does not exist
    assert kinds["silicon_solar_number"] == ("facts", "1", None)  # that nobody stated
    assert figures["cap"]["label"]["en"] == "Largest subsidy of a project"
    assert figures["reduction_per_year"]["label"] == {}
    for part in ("value__subsidy_rate", "threshold__subsidy_rate", "test__not_started"):
        assert part in rules["equations"]


def test_each_version_has_figures_of_its_own() -> None:
    """Also when they are asked for in turn."""
    for _ in range(2):
        assert (
            judge(of("fy2025"), {})[0]["rules"]["figures"]["deadline"]["value"] != judge(of("fy2020"), {})[0]["rules"]["figures"]["deadline"]["value"]
        )


# --- what is stated ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("known", "code", "words", "advice"),
    [
        ({"at": "2025-13-01"}, "CC113", "'2025-13-01' is not a date", "2025-09-30"),
        ({"completion": "soon"}, "CC113", "'soon' is not a date", "2025-09-30"),
        ({"japanese_representative": "maybe"}, "CC113", "`japanese_representative` is 'maybe'", "true or false"),
        ({"japanese_representativ": True}, "CC405", "asks for no fact `japanese_representativ`", "japanese_representative"),
        ({"zzzzz": True}, "CC405", "asks for no fact `zzzzz`", "facts: "),
        ({"credit_share_japan": "50 kg"}, "CC203", "`credit_share_japan`: ", "write"),
        ({"similar_projects": 1.5}, "CC217", "`similar_projects`: '1.5' is not a whole number", "whole numbers"),
        ({"similar_projects": -1}, "CC214", "`similar_projects`: '-1' is outside", "between 0 and any"),
        ({"subsidy_rate": "101 %"}, "CC214", "`subsidy_rate`: '101 %' is outside", "between 0 and 1"),
        ({"asset_class": "buss"}, "CC301", "there is no asset_class 'buss'", "bus"),
        ({"asset_class": "zzzzzzz"}, "CC301", "there is no asset_class 'zzzzzzz'", "known: "),
        ({"rules": {"capp": {"value": "1 JPY", "source": "s"}}}, "CC405", "has no rule `capp`", "cap"),
        ({"rules": {"zzzzz": {"value": "1 JPY", "source": "s"}}}, "CC405", "has no rule `zzzzz`", "rules: "),
        ({"rules": {"cap": {"value": "1 JPY"}}}, "CC414", "`cap` needs its value", "{value: …, source: …}"),
        ({"rules": {"cap": {"value": "1 JPY", "source": ""}}}, "CC414", "`cap` needs its value", "source"),
        ({"rules": {"cap": "1 JPY"}}, "CC414", "`cap` needs its value", "source"),
        ({"rules": {"ceiling": {"value": "50 %", "source": "s"}}}, "CC414", "`ceiling` needs its steps", "{steps: {0: 50 %}, source: …}"),
        ({"rules": {"ceiling": {"steps": "50 %", "source": "s"}}}, "CC414", "`ceiling` needs its steps", "{steps: {0: 50 %}, source: …}"),
        ({"rules": {"ceiling": {"steps": {"1": "50 %"}, "source": "s"}}}, "CC113", "do not begin at 0", "explain"),
        ({"rules": {"ceiling": {"steps": {}, "source": "s"}}}, "CC113", "do not begin at 0", "explain"),
        ({"rules": {"ceiling": {"steps": {"0": "50 kg"}, "source": "s"}}}, "CC203", "`ceiling`: ", "write"),
        ({"rules": {"cap": {"value": "1 kg", "source": "s"}}}, "CC203", "`cap`: ", "write"),
        ({"rules": {"deadline": {"value": "2026-02-30", "source": "s"}}}, "CC113", "`deadline`: ", "explain"),
    ],
)
def test_a_fault_in_an_entry(known: dict, code: str, words: str, advice: str) -> None:
    found = fault(YEAR, known)
    assert found.code == code, found.message
    assert words in found.message
    assert advice in found.help


def test_every_fault_of_an_entry_is_told() -> None:
    known = {
        "zzzzz": True,
        "subsidy_rate": "5 kg",
        "rules": {"zzzzz": {"value": "1", "source": "s"}},
        "completion": "soon",
        "started_before_grant": 1,
    }
    assert sorted(f.code for f in faults(YEAR, known)) == ["CC113", "CC113", "CC203", "CC405", "CC405"]


def test_keys_of_an_entry_are_its_own_or_those_asked_for() -> None:
    entry = {
        "id": YEAR,
        "note": "x",
        "at": "2025-09-30",
        "facts": {},
        "rules": {},
        "asset_class": "bus-transport-operator",
        "subsidy_rat": "30 %",
        "zzz": 1,
    }
    with pytest.raises(Invalid) as caught:
        eligibility.judge(project(entry), 0, entry, {})
    near, far = caught.value.findings
    assert (near.code, far.code) == ("CC405", "CC405")
    assert "subsidy_rate" in near.help
    assert far.help.startswith("keys: id, at, facts, asset_class, note, rules, ")


def test_a_step_may_begin_at_zero_only() -> None:
    table = {"ceiling": {"steps": {"0": "45 %", "0.5": "20 %"}, "source": "s"}}
    assert row(YEAR, "subsidy-rate", {"subsidy_rate": "45 %", "similar_projects": 0, "rules": table})["threshold"] == 0.45
    assert row(YEAR, "subsidy-rate", {"subsidy_rate": "45 %", "similar_projects": 1, "rules": table})["threshold"] == 0.2


@pytest.mark.parametrize(("life", "fits"), [("5 year", True), ("4 year", False), ("6 year", False)])
def test_a_life_and_its_class_agree(life: str, fits: bool) -> None:
    """Buses of a transport operator: five years."""
    known = {"asset_class": "bus-transport-operator", "durable_years": life}
    if fits:
        judge(YEAR, known)
        return
    found = fault(YEAR, known)
    assert found.code == "CC416"
    assert found.message == f"`durable_years` is {life}, and the asset_class 'bus-transport-operator' has 5"


def test_a_class_of_several_lives_lists_them() -> None:
    found = fault(YEAR, {"asset_class": "composting-plant", "durable_years": "9 year"})
    assert "'composting-plant' has 8 or 17" in found.message or "'composting-plant' has 17 or 8" in found.message


def test_a_fact_that_the_methodology_denies() -> None:
    entry = {"id": YEAR, "facts": {"solar_power": True}}
    with pytest.raises(Invalid) as caught:
        eligibility.judge(project(entry), 0, entry, {"solar_power": False})
    (found,) = caught.value.findings
    assert (found.code, found.message) == ("CC415", "`solar_power` is true, and the methodology says false")
    eligibility.judge(project(entry), 0, entry, {"solar_power": True})


def test_shared_facts_serve_those_programmes_that_ask_and_the_entry_comes_first() -> None:
    shared = {"japanese_representative": True, "of_another_programme": True}
    entry = {"id": YEAR, "facts": {"started_before_grant": False}}
    answer, _ = eligibility.judge(project(entry), 0, entry, {}, shared)
    verdicts = {c["id"]: c["verdict"] for c in answer["criteria"]}
    assert (verdicts["japanese-representative"], verdicts["not-started"], verdicts["no-other-japanese-subsidy"]) == ("pass", "pass", "unknown")
    own = {"id": YEAR, "facts": {"japanese_representative": False}}
    assert {c["id"]: c["verdict"] for c in eligibility.judge(project(own), 0, own, {}, shared)[0]["criteria"]}["japanese-representative"] == "fail"


def test_a_fact_left_open_is_not_known() -> None:
    entry = {"id": YEAR, "facts": {"japanese_representative": None}}
    answer, _ = eligibility.judge(project(entry), 0, entry, {})
    (found,) = [c for c in answer["criteria"] if c["id"] == "japanese-representative"]
    assert (found["verdict"], found["missing"]) == ("unknown", ["japanese_representative"])


# --- which call -------------------------------------------------------------------------------------------


def notes(entry: dict) -> list[tuple[str, str]]:
    return [(f.code, f.severity) for f in eligibility.judge(project(entry), 0, entry, {})[1]]


def test_without_a_date_the_newest_version_is_taken_and_told() -> None:
    entry = {"id": "jcm/model-project"}
    answer, (note,) = eligibility.judge(project(entry), 0, entry, {})
    assert (note.code, note.severity) == ("CC411", "info")
    assert answer["version"] == programme.versions("jcm/model-project")[-1]["version"]
    assert answer["version"] in note.message
    assert notes({"id": YEAR}) == []
    assert notes({"id": "jcm/model-project", "at": "2025-09-30"}) == []


def test_outside_every_call_nothing_is_tested() -> None:
    entry = {"id": "jcm/model-project", "at": "1999-01-01"}
    answer, (note,) = eligibility.judge(project(entry), 0, entry, {})
    assert (note.code, note.severity) == ("CC411", "warning")
    newest = programme.versions("jcm/model-project")[-1]["version"]
    assert f"`jcm/model-project@{newest}`" in note.help
    told = {
        k: answer[k] for k in ("id", "version", "check", "at", "verdict", "confidence", "unverified", "in_force", "criteria", "dossier", "timeline")
    }
    assert told == {
        "id": "jcm/model-project", "version": None, "check": "financing", "at": "1999-01-01", "verdict": "undetermined", "confidence": "recalled",
        "unverified": 0, "in_force": None, "criteria": [], "dossier": [], "timeline": [],
    }  # fmt: skip
    assert set(answer["title"]) == {"en", "ja", "vi"}


@pytest.mark.parametrize("at", ["2025-13-01", "soon", 2025])
def test_a_date_that_is_none_is_outside_no_call(at: object) -> None:
    found = fault("jcm/model-project", {"at": at})
    assert found.code == "CC113"
    assert str(at) in found.place.source
    assert found.place.source[found.place.column - 1 :].strip('"').startswith(str(at))


@pytest.mark.parametrize("entry", [{"id": "jcm/model-projekt"}, {"id": "jcm/model-project@fy1900"}])
def test_an_unknown_programme_is_told_where_its_name_stands(entry: dict) -> None:
    with pytest.raises(Invalid) as caught:
        eligibility.judge(project(entry), 0, entry, {})
    (found,) = caught.value.findings
    assert found.code == "CC404"
    assert found.place.column > 1


# --- papers -------------------------------------------------------------------------------------------------


def test_a_paper_is_as_far_as_the_criteria_it_proves() -> None:
    def paper(*criteria: str) -> dict:
        return {"id": "p", "label": {"en": "P"}, "criteria": list(criteria), "cite": "c", "confidence": "read"}

    rows = [{"id": "yes", "verdict": "pass"}, {"id": "no", "verdict": "fail"}, {"id": "open", "verdict": "unknown"}]
    papers = [paper("yes"), paper("yes", "yes"), paper("yes", "open"), paper("yes", "no"), paper("open", "no"), paper()]
    found = []
    for one in papers:
        made_up = programme.Programme("a", "1", {}, {"dossier": [one]}, System([], {}, {}, {}, {}))
        found += eligibility._dossier(made_up, rows)
    assert [p["status"] for p in found] == ["met", "met", "missing", "not-met", "not-met", "missing"]
    assert found[2] == {"id": "p", "label": {"en": "P"}, "status": "missing", "criteria": ["yes", "open"], "cite": "c", "confidence": "read"}


# --- on draws -----------------------------------------------------------------------------------------------


def test_each_draw_is_judged_as_a_project_of_its_own() -> None:
    reductions = [999.0, 1000.0, 1001.0, 0.0, -1.0]
    known = {**PLANT, "subsidy_rate": "50 %", "similar_projects": 0, "eligible_investment": 80e6}  # 4000 JPY/tCO2e at 1000 t a year
    outcome = {k: v for k, v in known.items() if k in programme.OUTCOMES}
    entry = {"id": YEAR, "durable_years": "10 year", "subsidy_rate": "50 %", "similar_projects": 0, "facts": {"started_before_grant": False}}
    drawn = {"reduction_per_year": np.array(reductions)}
    found = eligibility.chances(project(entry), 0, entry, outcome, drawn)
    assert list(found["cost-effectiveness"]) == [False, True, True, False, False]
    for reduction, passed in zip(reductions, found["cost-effectiveness"], strict=True):
        assert row(YEAR, "cost-effectiveness", {**known, "reduction_per_year": reduction})["verdict"] == ("pass" if passed else "fail")
    assert found["japanese-representative"] is None  # a fact is missing
    assert found["payback"] is None
    assert np.all(found["not-started"])
    assert np.all(found["subsidy-rate"])
    assert eligibility.chances(project(entry), 0, {**entry, "id": "jcm/model-project", "at": "1999-01-01"}, outcome, drawn) == {}


def test_what_a_programme_rests_on() -> None:
    entry = {"id": YEAR}
    assert eligibility.rests_on(entry, ["payback_subsidised"])
    assert not eligibility.rests_on(entry, ["return_rate", "reductions"])
    assert not eligibility.rests_on({"id": "jcm/model-project", "at": "1999-01-01"}, ["payback_subsidised"])


def test_the_answer_is_the_same_when_asked_twice() -> None:
    first, second = (json.dumps(judge(YEAR, whole("fy2025"))[0], default=str) for _ in range(2))
    assert first == second


# --- doubts: no answer is surer than anything it rests on ----------------------------------------------------

EVERY = [f"{id_}@{v['version']}" for id_ in programme.paths() for v in programme.versions(id_)]


@pytest.mark.parametrize("name", EVERY)
def test_no_answer_is_surer_than_a_rule_it_rests_on(name: str) -> None:
    found = programme.load(name, None)
    assert found is not None
    rules = {n: spec["confidence"] for kind in ("constants", "tables", "equations") for n, spec in found.rules.get(kind, {}).items()}
    for c in judge(name, {})[0]["criteria"]:
        parts = [programme.key(c["id"], p) for p in ("value", "threshold", "test")]
        used = {u for p in parts if p in found.system.uses for u in found.system.below(p)}
        (own,) = [r["confidence"] for r in found.rules["criteria"] if r["id"] == c["id"]]
        weakest = max([own, *(rules[u] for u in used & rules.keys())], key=CONFIDENCE.index)
        assert CONFIDENCE.index(c["confidence"]) >= CONFIDENCE.index(weakest), c["id"]


def test_doubts_of_tables_equations_and_constants(monkeypatch: pytest.MonkeyPatch) -> None:
    """One weak rule of each kind under a criterion that is sure of itself."""
    from copy import deepcopy

    shipped = programme.load(YEAR, None)
    assert shipped is not None
    for kind, rule, criterion in (
        ("tables", "ceiling", "subsidy-rate"),
        ("constants", "cap", "subsidy-cap"),
        ("constants", "payback_floor", "payback"),
    ):
        rules = deepcopy(shipped.rules)
        (row_,) = [r for r in rules["criteria"] if r["id"] == criterion]
        row_["confidence"] = "read"
        rules[kind][rule] |= {"confidence": "secondary", "conflict": "another text says otherwise"}
        changed = shipped._replace(rules=rules, system=deepcopy(shipped.system))  # what is kept of a system belongs to its rules
        monkeypatch.setattr(programme, "load", lambda id_, at, changed=changed: changed)
        found = row(YEAR, criterion, {})
        assert found["confidence"] == "secondary", rule
        assert found["conflicts"] == ["another text says otherwise"]


def test_a_country_of_the_list_is_as_sure_as_its_row() -> None:
    found = programme.load(YEAR, None)
    assert found is not None
    listed = found.meta["lists"]["partner_countries"]
    (own,) = [r["confidence"] for r in found.rules["criteria"] if r["id"] == "partner-country"]
    seen = set()
    for country, line in listed["rows"].items():
        if line.get("others"):
            continue
        expected = max(own, line.get("confidence", listed["confidence"]), key=CONFIDENCE.index)
        assert row(YEAR, "partner-country", {"at": "2030-01-01"}, country)["confidence"] == expected, country
        seen.add(expected)
    assert len(seen) > 1


def test_another_value_that_changes_nothing_is_told_without_its_answer() -> None:
    """Mexico signed on 26 or 25 July 2014: for a call of 2020 it is all the same."""
    found = row(YEAR, "partner-country", {"at": "2020-01-01"}, "MX")
    shipped = programme.load(YEAR, None)
    assert shipped is not None
    (other,) = shipped.meta["lists"]["partner_countries"]["rows"]["MX"]["others"]
    assert f"signed: 2014-07-25 by {other['source']}" in found["conflicts"]
    assert "would then" not in found["conflicts"][0]


# --- choices, suggestions, duties --------------------------------------------------------------------------

DECREE = {"id": vn.DECREE, "at": "2026-11-02"}
OPEN = {k: v for k, v in vn.SHOWN.items() if k != "annex_item"}


def told(code: str, *entries: dict, **project: Any) -> list[dict]:
    return [f for f in vn.estimate(*entries, **project)["findings"] if f["code"] == code]


def test_few_choices_are_listed_and_many_are_looked_up() -> None:
    (few,) = vn.refused({**DECREE, "facts": {**vn.SHOWN, "ets_facility": "qqqqqq"}})
    plants = [id_.split(".")[2] for id_ in factors.topic("ets") if id_.startswith("ets.allocation.") and id_.endswith(".VN")]
    assert few.code == "CC430"
    assert few.help == f"one of: {', '.join(['none', 'other', *plants])}; `carboncalc explain {vn.DECREE}` lists them"
    (many,) = vn.refused({**DECREE, "facts": {**vn.SHOWN, "annex_item": "qqqqqq"}})
    assert many.help == f"`carboncalc explain {vn.DECREE}` lists them"


def test_lives_are_looked_up_among_lives() -> None:
    help_ = fault(YEAR, {"asset_class": "qqqqqqq"}).help
    assert help_.removeprefix("known: ").split(", ") == [
        i.removeprefix("finance.durable-years.") for i in factors.topic("finance") if "durable-years." in i
    ]


def test_a_suggestion_is_taken_only_where_the_methodology_settles_it() -> None:
    (one,) = told("CC425", {**DECREE, "facts": OPEN}, method="cdm/ams-iii-f")
    assert (one["severity"], one["message"]) == ("info", "`annex_item` is not stated; the methodology suggests 02-IV.1 (Compost production)")
    assert one["help"] == "state it under `facts:`, such as `annex_item: 02-IV.1`"
    (two,) = told("CC425", {**DECREE, "facts": OPEN}, method="jcm/mm-am005")
    assert two["message"].startswith("`annex_item` is not stated and the methodology does not settle it: 01-I.6 (")
    assert " or 01-III.3 (" in two["message"]
    assert two["help"] == "state it under `facts:`, such as `annex_item: 01-I.6`"
    verdicts = {c["id"]: c for c in vn.answer(vn.DECREE, OPEN, method="jcm/mm-am005")["criteria"]}
    assert verdicts["annex-list"]["missing"] == ["annex_item"]


MANDATE = {"id": vn.MANDATE, "at": "2026-11-02", "facts": {"clinker_capacity": "3000 t/day"}}


def test_a_duty_tested_above_answers_the_question_below() -> None:
    beyond = {**DECREE, "facts": {k: v for k, v in vn.SHOWN.items() if k != "required_by_law"}}
    (one,) = told("CC429", MANDATE, beyond, method="jcm/mm-am005")
    assert one["message"] == "`required_by_law` follows from vn/cement-waste-heat strategy-2021"
    assert one["severity"] == "info"


@pytest.mark.parametrize("id_", [vn.MANDATE, f"{vn.MANDATE}@strategy-2021"])
def test_a_duty_that_is_tested_is_not_warned_of(id_: str) -> None:
    (one,) = told("CC427", {**DECREE, "facts": vn.SHOWN}, method="jcm/mm-am005")
    assert one["severity"] == "warning"
    assert told("CC427", {**MANDATE, "id": id_}, {**DECREE, "facts": {**vn.SHOWN, "required_by_law": True}}, method="jcm/mm-am005") == []


def test_a_warning_names_the_choice_it_is_about_and_its_amounts() -> None:
    (one,) = told("CC428", {**DECREE, "facts": {**vn.SHOWN, "ets_facility": "chinfon-cement"}})
    assert one["severity"] == "warning"
    assert one["message"].startswith("Chinfon Cement (Minh Duc, Thuy Nguyen), 2 907 941 tCO2e/year in 2025, ")
    (other,) = told("CC428", {**DECREE, "facts": {**vn.SHOWN, "ets_facility": "other"}})
    assert "tCO2e/year in" not in other["message"]


def test_a_contradiction_is_shown_at_the_fact_that_is_stated() -> None:
    (one,) = vn.refused(MANDATE, {**DECREE, "facts": {**vn.SHOWN, "required_by_law": False}}, method="jcm/mm-am005")
    assert one.code == "CC426"
    assert one.place.source.strip().startswith('"required_by_law": false')

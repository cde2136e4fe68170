"""Programmes: versions that state only what differs, sister programmes of the JCM in pairs, procedures with dates, contradictions, and which fits a project."""

import json
from datetime import date
from typing import Any

import pytest
from conftest import EN, ROOT
from hypothesis import given, settings
from hypothesis import strategies as st
from test_cli import run
from test_model_projects import judge, row, verdict

import carboncalc
from carboncalc import factors, library, matching, procedure, programme
from carboncalc.findings import Invalid
from carboncalc.library.schema import valid
from carboncalc.reports import text
from carboncalc.reports.layout import Page

UNVERIFIED = ("recalled", "conflicting")
YES = True


def answer(fact: str, met: bool = True) -> tuple[dict, list[dict]]:
    return {fact: met}, [{fact: not met}]


def limit(met: dict[str, Any], *missed: dict[str, Any]) -> tuple[dict, list[dict]]:
    return met, list(missed)


PARTNER = limit({"signed": "2013-07-02", "at": "2013-07-02"}, {"at": "2013-07-01"})
ENERGY = limit({"reduction_energy_per_year": 0.001}, {"reduction_energy_per_year": 0.0})
RATE = {"subsidy_rate": "50 %"}
TECH = {"small_company": False, "eligible_cost_yearly": "100000001 JPY/year"}
FGAS = {
    "partner-country": PARTNER,
    "recovers-and-destroys": answer("recovers_and_destroys"),
    "sdg-human-rights": answer("sdg_human_rights"),
    "quantifiable": answer("quantifiable"),
    "no-other-japanese-subsidy": answer("other_japanese_subsidy", False),
    "jcm-registration": answer("jcm_registration_likely"),
}
GRANT = {"jfjcm_grant": "5 million USD", "project_cost": "50 million USD"}

#: programme -> criterion -> what just meets it, and each change that just misses it
PAIRS: dict[str, dict[str, tuple[dict, list[dict]]]] = {
    "jcm/scheme@2013": {"partner-country": PARTNER, "operation-start": limit({"operation_start": "2013-01-01"}, {"operation_start": "2012-12-31"})},
    "jcm/scheme@2025": {"partner-country": PARTNER, "operation-start": limit({"operation_start": "2013-01-01"}, {"operation_start": "2012-12-31"})},
    "jcm/eco-lease@2020": {
        "partner-country": PARTNER,
        "leased": answer("leased"),
        "energy-origin-co2": ENERGY,
        "japanese-representative": answer("japanese_representative"),
        "no-other-japanese-subsidy": answer("other_japanese_subsidy", False),
        "not-started": answer("started_before_grant", False),
    },
    "jcm/new-technology@fy2024": {
        "partner-country": PARTNER,
        "subsidy-rate": limit({**RATE, **TECH}, {"subsidy_rate": "50.1 %"}, {"eligible_cost_yearly": "100 million JPY/year"}),
        "new-in-country": limit({"similar_projects": 0}, {"similar_projects": 1}),
        "model-project-next": answer("model_project_next"),
    },
    "jcm/synergy@fy2025": {
        "partner-country": PARTNER,
        "energy-origin-co2": ENERGY,
        "second-problem": answer("second_problem"),
        "shown-in-japan": answer("shown_in_japan"),
        "new-in-country": limit({"similar_projects": 0}, {"similar_projects": 1}),
        "no-waste-services": answer("waste_services", False),
        "completion-window": limit({"completion": "2026-03-31"}, {"completion": "2026-04-01"}),
    },
    "jcm/synergy-study@fy2026": {"study-cap": limit({"study_cost": "20 million JPY/year"}, {"study_cost": "20000001 JPY/year"})},
    "jcm/city-to-city@fy2026": {
        "city-partnership": answer("city_partnership"),
        "study-cap": limit({"study_cost": "20 million JPY/year"}, {"study_cost": "20000001 JPY/year"}),
        "study-years": limit({"study_years": "6 year"}, {"study_years": "7 year"}),
        "energy-origin-co2": ENERGY,
    },
    "jcm/meti-study@fy2026": {"study-cap": limit({"study_cost": "440 million JPY/year"}, {"study_cost": "440000001 JPY/year"})},
    "jcm/nedo-demonstration@2023": {
        "partner-country": PARTNER,
        "demonstration": answer("demonstration"),
        "subsidy-rate": limit({"subsidy_rate": "100 %"}),  # nothing is above the whole
    },
    "jcm/f-gas@fy2018": {**FGAS, "subsidy-cap": limit({**RATE, "eligible_investment": 80e6}, {"eligible_investment": 80e6 + 2})},
    "jcm/f-gas@fy2022": {**FGAS, "subsidy-cap": limit({**RATE, "eligible_investment": 120e6}, {"eligible_investment": 120e6 + 2})},
    "jcm/adb-jfjcm@2014": {
        "partner-country": PARTNER,
        "adb-financed": answer("adb_financed"),
        "grant-share": limit(GRANT, {"jfjcm_grant": "5000001 USD"}, {"project_cost": "49999999 USD"}),
        "grant-cap": limit(
            {"jfjcm_grant": "10 million USD", "project_cost": "50 million USD"}, {"jfjcm_grant": "10000001 USD"}, {"project_cost": "49999999 USD"}
        ),
    },
    "jcm/unido@2024": {"japanese-representative": answer("japanese_representative")},
}
ROWS = [(name, criterion) for name, rows in PAIRS.items() for criterion in rows]
EVERY = [f"{id_}@{v['version']}" for id_ in programme.paths() for v in programme.versions(id_)]


@pytest.mark.parametrize(("name", "criterion"), ROWS)
def test_a_criterion_just_met_and_just_missed(name: str, criterion: str) -> None:
    met, misses = PAIRS[name][criterion]
    assert verdict(name, criterion, met) == "pass"
    for change in misses:
        assert verdict(name, criterion, {**met, **change}) == "fail", change
    for gone in met:
        if gone == "signed":
            continue  # taken from the list of partner countries
        found = row(name, criterion, {k: v for k, v in met.items() if k != gone})
        assert (found["verdict"], found["missing"]) == ("unknown", [gone])


def test_every_sister_criterion_stands_in_the_table() -> None:
    for name in EVERY:
        id_, _, version = name.partition("@")
        if not id_.startswith("jcm/") or id_ == "jcm/model-project":
            continue
        (rules,) = [v for v in programme.versions(id_) if v["version"] == version]
        known = set(PAIRS.get(name, PAIRS.get("jcm/f-gas@fy2022", {})))
        assert {c["id"] for c in rules["criteria"]} - known <= {"country"}, name
        for c in rules["criteria"]:
            assert {"en", "ja", "vi"} == set(c["label"])
            assert c["why"]
            assert c["fix"]


@pytest.mark.parametrize(("company", "cost", "ceiling"), [
    (True, "100000001 JPY/year", 2 / 3), (True, "100 million JPY/year", 2 / 3), (False, "100000001 JPY/year", 1 / 2), (False, "100 million JPY/year", 1 / 3),
])  # fmt: skip
def test_rates_of_the_new_technology_demonstration(company: bool, cost: str, ceiling: float) -> None:
    known = {"small_company": company, "eligible_cost_yearly": cost}
    for rate, expected in ((ceiling, "pass"), (ceiling + 0.0001, "fail")):
        found = row("jcm/new-technology", "subsidy-rate", {**known, "subsidy_rate": rate})
        assert (found["verdict"], found["threshold"]) == (expected, ceiling)


def test_countries_of_the_calls_that_name_them() -> None:
    for country in ("KE", "ET", "TN", "SN"):
        assert verdict("jcm/unido", "country", {}, country) == "pass"
    assert verdict("jcm/unido", "country", {}, "VN") == "fail"
    for country in ("IN", "BR", "MY", "ZA", "TR"):  # candidates in 2025
        assert verdict("jcm/synergy", "partner-country", {"at": "2025-04-17"}, country) == "pass"
    assert verdict("jcm/synergy", "partner-country", {"at": "2025-04-17"}, "FR") == "fail"
    assert verdict("jcm/synergy", "partner-country", {"at": "2025-04-17"}, "VN") == "pass"


@pytest.mark.parametrize(("name", "at", "version"), [
    ("jcm/new-technology", "2024-04-14", None), ("jcm/new-technology", "2024-04-15", "fy2024"), ("jcm/new-technology", "2025-04-01", None),
    ("jcm/f-gas", "2019-04-01", None), ("jcm/f-gas", "2018-04-01", "fy2018"), ("jcm/f-gas", "2022-04-01", "fy2022"), ("jcm/f-gas", "2024-04-01", "fy2024"),
    ("jcm/unido", "2024-07-17", None), ("jcm/unido", "2024-09-13", "2024"), ("jcm/unido", "2024-09-14", None),
    ("jcm/synergy-study", "2026-03-13", "fy2026"), ("jcm/synergy-study", "2026-03-14", None),
    ("jcm/scheme", "2013-01-07", None), ("jcm/scheme", "2025-03-31", "2013"), ("jcm/scheme", "2025-04-01", "2025"),
])  # fmt: skip
def test_the_call_in_force_on_the_day(name: str, at: str, version: str | None) -> None:
    assert judge(name, {"at": at})[0]["version"] == version


def test_the_cap_of_f_gas_changed_and_is_then_not_known() -> None:
    known = {"subsidy_rate": "50 %", "eligible_investment": 100e6}  # 50 million JPY
    assert verdict("jcm/f-gas", "subsidy-cap", {**known, "at": "2019-03-31"}) == "fail"  # cap of 40 million
    assert verdict("jcm/f-gas", "subsidy-cap", {**known, "at": "2022-04-01"}) == "pass"  # of 60 million
    assert row("jcm/f-gas", "subsidy-cap", {**known, "at": "2024-04-01"})["missing"] == ["rules.cap"]


def test_conflicting_sources_count_only_where_they_change_the_answer() -> None:
    small, large = ({"study_cost": f"{n} million JPY/year"} for n in (250, 251))
    assert row("jcm/meti-study", "study-cap", small)["confidence"] == "read"
    assert row("jcm/meti-study", "study-cap", large)["confidence"] == "conflicting"
    assert row("jcm/nedo-demonstration", "subsidy-rate", {"subsidy_rate": "10 %"})["confidence"] == "conflicting"  # the text itself is


# versions that state only what differs ---------------------------------------------------------------------------------------------

BASE = """
versions:
  - version: b
    in_force: {from: 2025-01-01}
    note: {en: of b}
    facts: {x: {type: boolean, label: {en: X}}}
    constants:
      cap: {value: 2, unit: "1", label: {en: Cap}, source: s, page: p, confidence: read, note: n}
      least: {value: 1, unit: "1", label: {en: Floor}, source: s, confidence: read}
    criteria:
      - {id: one, label: {en: One}, test: x, cite: c, confidence: read, why: {en: w}}
      - {id: two, label: {en: Two}, value: cap, unit: "1", compare: ">=", threshold: least, cite: c, confidence: read}
    steps:
      - {id: a, label: {en: A}, cite: c, confidence: read}
"""


def unfolded(more: str) -> library.Document:
    return library.unfold(library.parse(BASE + more, "x.yaml"))


def test_a_version_takes_what_it_does_not_state() -> None:
    found = unfolded("""
  - version: a
    like: b
    in_force: {from: 2024-01-01, to: 2024-12-31}
    without: [one, x]
    constants:
      cap: {value: 3, source: t, confidence: recalled}
    criteria:
      - {id: two, cite: d, confidence: secondary}
      - {id: three, label: {en: Three}, test: x, cite: d, confidence: read}
""")
    old, new = found.data["versions"]
    assert new["constants"]["cap"] == {"value": 3, "unit": "1", "label": {"en": "Cap"}, "source": "t", "confidence": "recalled"}  # no page, no note
    assert new["constants"]["least"] == old["constants"]["least"]
    assert [c["id"] for c in new["criteria"]] == ["two", "three"]
    assert new["criteria"][0] == {**old["criteria"][1], "cite": "d", "confidence": "secondary"}
    assert "x" not in new["facts"]
    assert "note" not in new
    assert "like" not in new
    assert new["steps"] == old["steps"]
    places = [
        found.place(("versions", 1, *path)).line
        for path in (("constants", "cap", "value"), ("constants", "cap", "unit"), ("criteria", 0, "cite"), ("criteria", 0, "value"))
    ]
    assert places == [21, 8, 23, 12]
    assert old["constants"]["cap"]["value"] == 2


def test_a_list_in_order_is_stated_whole_and_a_section_can_go() -> None:
    steps = "    steps:\n      - {id: b, label: {en: B}, cite: c, confidence: read}\n"
    found = unfolded(
        "  - {version: a, like: b, in_force: {from: 2024-01-01}, without: [steps]}\n  - version: c\n    like: a\n    in_force: {from: 2023-01-01}\n"
        + steps
    )
    assert "steps" not in found.data["versions"][1]
    assert [s["id"] for s in found.data["versions"][2]["steps"]] == ["b"]


@pytest.mark.parametrize(("more", "words", "line"), [
    ("  - {version: a, like: z, in_force: {from: 2024-01-01}}\n", "no version is called 'z'", 15),
    ("  - {version: a, like: a, in_force: {from: 2024-01-01}}\n", "a → a", 15),
    ("  - {version: a, like: c, in_force: {from: 2024-01-01}}\n  - {version: c, like: a, in_force: {from: 2023-01-01}}\n", "a → c → a", 16),
    ("  - {version: a, like: b, in_force: {from: 2024-01-01}, without: [nothing]}\n", "no entry 'nothing'", 15),
    ("  - {version: a, in_force: {from: 2024-01-01}, without: [one]}\n", "none is named", 15),
])  # fmt: skip
def test_a_version_that_is_like_nothing_is_an_error(more: str, words: str, line: int) -> None:
    with pytest.raises(Invalid) as caught:
        unfolded(more)
    assert {f.code for f in caught.value.findings} == {"CC413"}
    assert words in caught.value.findings[0].message
    assert caught.value.findings[0].place.line == line


def test_the_whole_version_must_follow_the_strict_schema() -> None:
    rules = library.schema("programme")
    head = {"carboncalc": 1, "kind": "programme", "id": "x/y", "title": {"en": "X"}}
    whole = unfolded("").data["versions"][0]
    assert not library.validate(library.parse(json.dumps({**head, "versions": [whole]})), rules)
    for name, key in (("cap", "unit"), ("cap", "label"), ("cap", "source"), ("cap", "confidence")):
        broken = json.loads(json.dumps(whole))
        del broken["constants"][name][key]
        assert library.validate(library.parse(json.dumps({**head, "versions": [broken]})), rules), key


def test_a_list_of_another_programme_must_be_there(tmp_path, monkeypatch) -> None:
    file = tmp_path / "programmes" / "x" / "y.yaml"
    file.parent.mkdir(parents=True)
    file.write_text("carboncalc: 1\nkind: programme\nid: x/y\ntitle: {en: Y}\nlists: {partner_countries: x/z}" + BASE, encoding="utf-8")
    with pytest.raises(Invalid) as caught:
        programme._compile(programme._read(str(file)), "b")
    assert [(f.code, f.place.line) for f in caught.value.findings] == [("CC413", 5)]


# procedures ------------------------------------------------------------------------------------------------------------------------


def step(id_: str, **more: Any) -> dict[str, Any]:
    return {"id": id_, "label": {"en": id_}, "cite": "c", "confidence": "read", **more}


def dates(steps: list[dict], at: str | None) -> list[tuple[str | None, str | None]]:
    return [(r["due"], r["latest"]) for r in procedure.timeline(steps, at)]


def test_a_timeline_counts_from_the_application() -> None:
    steps = [step("apply"), step("check", days=7), step("decide", days=60, at_most=90), step("pay"), step("end", days=10)]
    # 2025-09-30 + 7 = 10-07; + 60 = 12-06, + 90 = 2026-01-05; then a step of unknown length, after which nothing has a date
    assert dates(steps, "2025-09-30") == [("2025-09-30",) * 2, ("2025-10-07",) * 2, ("2025-12-06", "2026-01-05"), (None, None), (None, None)]
    assert dates(steps, None) == [(None, None)] * 5
    assert [r["days"] for r in procedure.timeline(steps, None)] == [None, 7, 60, None, 10]


def test_a_step_may_count_from_another_and_may_be_left_out() -> None:
    steps = [step("apply"), step("extra", days=5, optional=True), step("opinions", days=15), step("report", days=40, after="apply")]
    assert [d for d, _ in dates(steps, "2025-01-01")] == ["2025-01-01", "2025-01-06", "2025-01-16", "2025-02-10"]


@given(start=st.dates(date(2000, 1, 1), date(2100, 1, 1)), days=st.integers(1, 200))
def test_working_days_are_monday_to_friday(start: date, days: int) -> None:
    (_, found) = procedure.timeline([step("apply"), step("work", days=days, working=True)], start.isoformat())
    end = date.fromisoformat(found["due"])
    between = [date.fromordinal(n).weekday() for n in range(start.toordinal() + 1, end.toordinal() + 1)]
    assert sum(d < 5 for d in between) == days
    assert end.weekday() < 5


def test_the_cycle_of_the_scheme() -> None:
    rows = {r["id"]: r for r in judge("jcm/scheme", {"at": "2020-01-01"})[0]["timeline"]}
    # 7 days for completeness, 15 for the public, then 60 and at most 90 for the committee
    assert [rows[k]["due"] for k in ("completeness", "public-input", "methodology-decision")] == ["2020-01-08", "2020-01-23", "2020-03-23"]
    assert rows["methodology-decision"]["latest"] == "2020-04-22"
    assert rows["registration"]["due"] is None
    newer = judge("jcm/scheme", {"at": "2025-09-30"})[0]
    assert [r["id"] for r in newer["timeline"]][:2] == ["pin", "no-objection"]
    assert "credit-allocation" in [d["id"] for d in newer["dossier"]]
    assert "pdd" not in [d["id"] for d in newer["dossier"]]


def test_the_project_idea_in_viet_nam_counts_from_the_valid_dossier() -> None:
    rows = {r["id"]: r for r in judge("vn/decree-112-2026", {"at": "2026-11-02"})[0]["timeline"]}  # a Monday
    # two working days until the dossier is valid; from there ten for the agencies and fifteen for the result
    assert [rows[k]["due"] for k in ("idea-completeness", "idea-opinions", "idea-result")] == ["2026-11-04", "2026-11-18", "2026-11-25"]
    assert rows["registration-result"]["due"] is None  # when it is asked for is the applicant's choice


def test_a_duty_of_the_calendar_is_not_counted_from_the_application() -> None:
    steps = [step("report", calendar=True), step("check", days=5)]
    assert dates(steps, "2026-01-05") == [(None, None), (None, None)]
    page = Page(80, False, EN)
    rows = judge("vn/ghg-inventory-decree-06-2022", {"at": "2026-11-02"})[0]["timeline"]
    assert rows
    text.details(page, {"id": "x", "at": "2026-11-02", "criteria": [], "timeline": rows}, 80)
    assert "not known" not in str(page)
    assert "counted from" not in str(page)


def test_the_appraisal_of_a_park_counts_from_its_dossier() -> None:
    rules = programme.versions("vn/eip-decree-35-2022")[0]
    found = {r["id"]: r["due"] for r in procedure.timeline(rules["steps"], "2026-01-05")}  # a Monday
    assert found == {
        "submit": "2026-01-05",
        "consult": "2026-01-08",
        "opinions": "2026-01-23",
        "appraisal": "2026-02-14",
        "certificate": None,
        "yearly-report": None,
    }


@pytest.mark.parametrize("name", EVERY)
def test_steps_name_steps_above_them(name: str) -> None:
    id_, _, version = name.partition("@")
    (rules,) = [v for v in programme.versions(id_) if v["version"] == version]
    seen: list[str] = []
    for s in rules.get("steps", []):
        assert s["id"] not in seen
        assert s.get("after", s["id"]) in [*seen, s["id"]]
        assert s.get("at_most", 10**6) >= s.get("days", 0)
        seen.append(s["id"])


@pytest.mark.parametrize("width", ["60", "80", "120"])
def test_the_report_shows_the_procedure(tmp_path, width: str) -> None:
    path = tmp_path / "p.yaml"
    source = (ROOT / "examples" / "trang-cat-composting.yaml").read_text(encoding="utf-8")
    path.write_text(source + "  - id: jcm/scheme@2013\n    at: 2020-01-01\n", encoding="utf-8")
    page = run("estimate", str(path), "--width", width).stdout
    assert "Procedure of jcm/scheme, counted from 2020-01-01" in page
    assert "2020-03-23 to 2020-04-22" in page
    assert "not known" in page
    assert "does not apply to this project" in " ".join(page.split())
    assert "sources disagree" in page
    assert max(map(len, page.split("\n"))) <= int(width)


def test_working_days_are_told_as_such() -> None:
    page = Page(80, False, EN)
    rows = procedure.timeline(programme.versions("vn/eip-decree-35-2022")[0]["steps"], "2026-01-05")
    text.details(page, {"id": "x", "at": "2026-01-05", "criteria": [], "timeline": rows}, 80)
    assert "3 w" in str(page)
    assert "public holidays are not known here" in " ".join(str(page).split())


# facts and contradictions ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("facts", "bad"), [
    ({"started_before_grant": True, "works_start": "2026-01-14", "grant_decision": "2026-01-15"}, False),
    ({"started_before_grant": True, "works_start": "2026-01-15", "grant_decision": "2026-01-15"}, True),
    ({"started_before_grant": False, "works_start": "2026-01-15", "grant_decision": "2026-01-15"}, False),
    ({"started_before_grant": False, "works_start": "2026-01-14", "grant_decision": "2026-01-15"}, True),
    ({"works_start": "2026-01-14", "grant_decision": "2026-01-15"}, False),
    ({"works_start": "2026-01-14", "completion": "2026-01-14"}, False),
    ({"works_start": "2026-01-15", "completion": "2026-01-14"}, True),
])  # fmt: skip
def test_contradictory_facts_are_refused(facts: dict, bad: bool) -> None:
    if not bad:
        judge("jcm/model-project", facts)
        return
    with pytest.raises(Invalid) as caught:
        judge("jcm/model-project", facts)
    assert [f.code for f in caught.value.findings] == ["CC426"]


@pytest.mark.parametrize(("life", "class_", "bad"), [
    ("5 year", "bus-transport-operator", False), ("6 year", "bus-transport-operator", True), ("17 year", "composting-plant", False), ("9 year", "composting-plant", True),
    ("7 year", "ev-charger", False), ("9 year", "ev-charger", True),
])  # fmt: skip
def test_a_life_must_be_one_of_its_class(life: str, class_: str, bad: bool) -> None:
    known = {"durable_years": life, "asset_class": class_}
    if not bad:
        judge("jcm/model-project", known)
        return
    with pytest.raises(Invalid) as caught:
        judge("jcm/model-project", known)
    assert [f.code for f in caught.value.findings] == ["CC416"]


def test_a_fact_of_one_name_is_of_one_kind_everywhere() -> None:
    kinds: dict[str, set] = {}
    for name in EVERY:
        id_, _, version = name.partition("@")
        (rules,) = [v for v in programme.versions(id_) if v["version"] == version]
        for fact, spec in rules.get("facts", {}).items():
            kinds.setdefault(fact, set()).add((spec["type"], spec.get("unit", "1"), spec.get("count", False)))
    assert not {fact: kind for fact, kind in kinds.items() if len(kind) > 1}


# verdicts are never surer than what they rest on -----------------------------------------------------------------------------------

VALUES = {"boolean": [True, False], "date": ["2012-01-01", "2024-06-01", "2030-01-01"], "text": ["any"]}


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_an_unverified_threshold_never_gives_an_unqualified_verdict(data) -> None:
    name = data.draw(st.sampled_from(EVERY))
    found = programme.load(name, None)
    assert found is not None
    known: dict[str, Any] = {}
    for fact, spec in found.rules.get("facts", {}).items():
        choices = VALUES.get(spec["type"]) or [f"{n} {spec.get('unit', '1')}".removesuffix(" 1") for n in (0, 1, 30)]
        if "choices" in spec:
            choices = list(found.rules["choices"][spec["choices"]]["rows"])[:5]
        if spec.get("max") == 1:
            choices = ["0 %", "50 %", "100 %"]
        if spec.get("min"):
            choices = [c for c in choices if not str(c).startswith("0")]
        known[fact] = data.draw(st.sampled_from([None, *choices]))
    for key, spec in found.rules.get("entry", {}).items():
        known[key] = data.draw(st.sampled_from([None, "1 year" if spec["unit"] == "year" else 1 if spec.get("count") else "30 %"]))
    for outcome, unit in programme.OUTCOMES.items():
        if outcome in found.system.units and unit is not None and outcome not in ("at", "country"):
            known[outcome] = data.draw(st.sampled_from([None, 0.0, 1.0, 1e3, 1e9]))
    known = {k: v for k, v in known.items() if v is not None}
    if data.draw(st.booleans()):
        known["at"] = "2024-06-01"
    try:
        answer_, _ = judge(name, known)
    except Invalid as bad:
        assert {f.code for f in bad.findings} <= {"CC415", "CC426"}  # noqa: PT017 - drawn facts may contradict each other, and nothing else is wrong with them
        return
    required = [c for c in answer_["criteria"] if c["required"]]
    verdicts = {c["verdict"] for c in required}
    assert answer_["verdict"] == ("not-eligible" if "fail" in verdicts else "undetermined" if "unknown" in verdicts else "eligible")
    doubtful = [c["id"] for c in required if c["confidence"] in UNVERIFIED]
    assert answer_["unverified"] == len(doubtful)
    assert (answer_["confidence"] in UNVERIFIED) is bool(doubtful)
    for c in answer_["criteria"]:
        assert (c["verdict"] == "unknown") is bool(c["missing"])
        parts = [programme.key(c["id"], p) for p in ("value", "threshold", "test")]
        used = {u for p in parts for u in found.system.uses.get(p, ())}
        for kind in ("constants", "tables"):
            for rule, spec in found.rules.get(kind, {}).items():
                assert rule not in used or spec["confidence"] not in UNVERIFIED or c["confidence"] in UNVERIFIED
    page = Page(120, False, EN)
    text._programme(page, answer_, 120)
    if answer_["verdict"] == "eligible" and doubtful:
        assert f"eligible, subject to {len(doubtful)} unverified" in str(page)
    schema = library.schema("result")
    assert valid(answer_, schema["properties"]["programmes"]["items"], schema)
    declared = schema["properties"]["programmes"]["items"]["properties"]
    assert set(answer_) <= set(declared)
    for part in ("criteria", "timeline", "dossier"):
        assert all(set(r) <= set(declared[part]["items"]["properties"]) for r in answer_[part])


@pytest.mark.parametrize("name", [n for n in PAIRS if n != "jcm/unido@2024"])
def test_a_sister_programme_that_fits_says_what_is_unverified(name: str) -> None:
    known = {k: v for met, _ in PAIRS[name].values() for k, v in met.items()}
    if name == "jcm/adb-jfjcm@2014":
        known |= GRANT
    answer_, _ = judge(name, known)
    assert answer_["verdict"] == "eligible"
    page = Page(120, False, EN)
    text._programme(page, answer_, 120)
    assert ("subject to" in str(page)) is bool(answer_["unverified"])


# which fits ------------------------------------------------------------------------------------------------------------------------


def rows_of(example: str, at: str | None = None) -> dict[str, dict]:
    return {r["id"]: r for r in matching.match(library.read(ROOT / "examples" / f"{example}.yaml"), at)}


def test_matching_tells_why_not_and_what_is_missing() -> None:
    rows = rows_of("trang-cat-composting")
    model = rows["jcm/model-project"]
    assert (model["version"], model["verdict"], model["at"]) == ("fy2025", "not-eligible", "2025-09-30")
    assert "energy-origin-co2" in [f["id"] for f in model["fails"]]
    synergy = rows["jcm/synergy"]
    assert synergy["at"] == "2025-09-30"  # the one day that the file names
    fails = {f["id"]: f for f in synergy["fails"]}
    assert fails["completion-window"]["value"] == "2027-06-30"  # a fact given for the model projects serves here too
    assert {"second-problem": ["second_problem"]}.items() <= {u["id"]: u["missing"] for u in synergy["unknown"]}.items()
    assert rows["jcm/new-technology"]["version"] is None
    assert rows["jcm/new-technology"]["known"] == [{"version": "fy2024", "from": "2024-04-15", "to": "2025-03-31"}]
    assert not [id_ for id_ in rows if id_.startswith(("vn/eip", "vn/eco", "un/"))]  # of parks


def test_matching_on_another_day() -> None:
    rows = rows_of("trang-cat-composting", "2024-04-15")
    assert rows["jcm/new-technology"]["version"] == "fy2024"
    assert rows["jcm/model-project"]["version"] == "fy2024"
    assert {r["at"] for r in rows.values()} == {"2024-04-15"}
    assert rows_of("trang-cat-composting", "2026-04-01")["jcm/model-project"]["version"] is None


def test_matching_agrees_with_the_estimate() -> None:
    for path in sorted((ROOT / "examples").glob("*.yaml")):
        own = {p["id"]: (p["version"], p["verdict"]) for p in carboncalc.estimate(path).to_dict()["programmes"]}
        found = {r["id"]: (r["version"], r["verdict"]) for r in matching.match(library.read(path))}
        assert own.items() <= found.items()


def test_a_fault_in_a_shared_fact_points_at_the_project_file(tmp_path) -> None:
    path = tmp_path / "p.yaml"
    source = (ROOT / "examples" / "trang-cat-composting.yaml").read_text(encoding="utf-8")
    path.write_text(source.replace("completion: 2027-06-30", "completion: 2027-06-31"), encoding="utf-8")
    with pytest.raises(Invalid) as caught:
        matching.match(library.read(path))
    line = next(i for i, text_ in enumerate(path.read_text(encoding="utf-8").split("\n"), 1) if "2027-06-31" in text_)
    assert {(f.code, f.place.line) for f in caught.value.findings} == {("CC113", line)}


def test_a_project_without_programmes_can_be_matched() -> None:
    data = library.read(ROOT / "examples" / "trang-cat-composting.yaml").data
    del data["programmes"]
    rows = {r["id"]: r for r in matching.match(library.parse(json.dumps(data)), "2025-09-30")}
    assert rows["jcm/model-project"]["version"] == "fy2025"
    assert "subsidy_rate" in {m for u in rows["jcm/model-project"]["unknown"] for m in u["missing"]}


def test_the_command_matches() -> None:
    example = str(ROOT / "examples" / "factory-rooftop-solar.yaml")
    done = run("programmes", "--match", example)
    assert (done.returncode, done.stderr) == (0, "")
    assert "jcm/model-project fy2025: eligible, subject to" in done.stdout
    assert "no call is known for this day; known: fy2024" in done.stdout
    first = json.loads(run("programmes", "--match", example, "--json").stdout)[0]
    assert (first["id"], first["verdict"]) == ("jcm/model-project", "eligible")
    assert run("programmes", "--match", example, "--at", "2025-13-01").returncode == 2
    assert run("programmes", "--match", example, "--country", "VN").returncode == 2
    assert run("programmes", "--match", "none.yaml").returncode == 2
    bad = run("programmes", "--match", "-", stdin="carboncalc: 1\n")
    assert bad.returncode == 3
    assert "CC112" in bad.stderr
    assert [r["id"] for r in json.loads(run("programmes", "f-gas", "--match", example, "--json").stdout)] == ["jcm/f-gas"]


def test_explain_shows_rules_steps_lists_and_versions() -> None:
    page = run("explain", "jcm/scheme").stdout
    assert "VN  2013-07-02" in page
    assert "conflicting: 2014-07-25 by memory; recalled  UNVERIFIED" in page
    assert "60 days, at most 90" in page
    older = run("explain", "jcm/model-project@fy2017").stdout
    assert "cap = not known" in older
    assert "Versions: fy2013" in older
    assert "finance.durable-years" in "\n".join(factors.topic("finance"))

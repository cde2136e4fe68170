"""Eco-industrial parks: each criterion just met, just missed and with a fact missing; which decree holds on a date."""

import json

import jsonschema
import pytest

from carboncalc import eligibility, library, programme
from carboncalc.project import Project

PARK = "vn/eip-decree-35-2022"
ENTERPRISE = "vn/eco-enterprise-decree-35-2022"
OLD = "vn/eip-decree-82-2018"
FORM = "vn/eip-form-a5"
FRAMEWORK = "un/eip-framework-2.0"
ALL = [PARK, ENTERPRISE, OLD, FORM, FRAMEWORK]

REPORTED = {"report_due_year": 2025.0}
MONITORED = {"input_output_monitoring": True, "monitoring_report": 2025, **REPORTED}
PUBLISHED = {"public_report": 2025, **REPORTED}
YES = [
    "ghg_programme", "input_output_monitoring", "risk_monitoring", "climate_risk_plan", "eip_support_unit", "social_infrastructure", "social_staff",
    "community_budget", "linkage_plan", "eip_promotion", "local_labour", "sme_supply", "local_suppliers", "fees_cover",
]  # fmt: skip


def answer(fact: str) -> tuple[dict, list[dict]]:
    """Met by a yes, missed by a no."""
    return {fact: True}, [{fact: False}]


def limit(fact: str, met: str | int, missed: str | int, **others: str | float) -> tuple[dict, list[dict]]:
    return {fact: met, **others}, [{fact: missed}]


#: programme -> criterion -> what just meets it, and each change that just misses it
PAIRS: dict[str, dict[str, tuple[dict, list[dict]]]] = {
    PARK: {
        "legal-compliance": answer("legal_compliance"),
        "basic-services": answer("basic_services"),
        "input-output-monitoring": (MONITORED, [{"monitoring_report": 2024}, {"input_output_monitoring": False}]),
        "public-report": (PUBLISHED, [{"public_report": 2024}]),
        "symbiosis": (
            {"exchanges": 1.0, "enterprises_iso": 2.0, "participants": 2.0},
            [{"exchanges": 0.0, "participants": 0.0}, {"enterprises_iso": 1.0}],
        ),
        "recp-share": (
            {"enterprises_recp": 14.0, "enterprises_total": 70.0},
            [{"enterprises_recp": 13.0}, {"enterprises_total": 71.0}, {"enterprises_total": 0.0}],
        ),
        "land-share": ({"land_green": 65.75, "land_total": 263.0}, [{"land_green": 65.74}, {"land_total": 263.1}, {"land_total": 0.0}]),
        "worker-housing": answer("worker_housing"),
    },
    ENTERPRISE: {
        "park-certified": answer("park_certified"),
        "legal-compliance": answer("legal_compliance"),
        "symbiosis": ({"enterprise_exchanges": 1.0, "iso_system": True}, [{"enterprise_exchanges": 0.0}, {"iso_system": False}]),
        "cleaner-production": answer("recp_results"),
        "yearly-report": ({"enterprise_report": 2025, **REPORTED}, [{"enterprise_report": 2024}]),
    },
    OLD: {
        "legal-compliance": answer("legal_compliance"),
        "basic-services": answer("basic_services"),
        "recp-awareness": ({"enterprises_recp_aware": 63.0, "enterprises_total": 70.0}, [{"enterprises_recp_aware": 62.0}]),
        "recp-share": ({"enterprises_recp": 14.0, "enterprises_total": 70.0}, [{"enterprises_recp": 13.0}]),
        "land-share": ({"land_green": 65.75, "land_total": 263.0}, [{"land_green": 65.74}]),
        "symbiosis": ({"exchanges": 1.0}, [{"exchanges": 0.0}]),
        "symbiosis-plan": ({"enterprises_symbiosis_plan": 7.0, "enterprises_total": 70.0}, [{"enterprises_symbiosis_plan": 6.0}]),
        "worker-housing": answer("worker_housing"),
        "input-output-monitoring": (MONITORED, [{"monitoring_report": 2024}, {"input_output_monitoring": False}]),
        "public-report": (PUBLISHED, [{"public_report": 2024}]),
    },
    FORM: {  # a form is complete or not known to be: no answer makes it fail; nor is there a share of reuse too low to be told
        "complete": ({**dict.fromkeys(YES, False), "exchanges": 0.0, "wastewater_reused": "0 %", **PUBLISHED}, []),
        "env-1": ({"exchanges": 1.0}, [{"exchanges": 0.0}]),
        "env-3": ({"wastewater_reused": "0 %"}, []),
        "env-4": answer("ghg_programme"),
        "env-5": answer("input_output_monitoring"),
        "env-6": (PUBLISHED, [{"public_report": 2024}]),
        "pm-1": answer("risk_monitoring"),
        "pm-2": answer("climate_risk_plan"),
        "pm-3": answer("eip_support_unit"),
        "pm-4": answer("new_eip_registered"),
        "soc-3": answer("social_infrastructure"),
        "soc-5": answer("social_staff"),
        "soc-7": answer("community_budget"),
        "eco-1": answer("linkage_plan"),
        "eco-2": answer("eip_promotion"),
        "eco-3": answer("local_labour"),
        "eco-4": answer("sme_supply"),
        "eco-5": answer("local_suppliers"),
        "eco-6": answer("fees_cover"),
    },
    FRAMEWORK: {
        "management-entity": answer("management_entity"),
        "property-services": answer("property_services"),
        "monitoring": answer("risk_monitoring"),
        "climate-risk-plan": answer("climate_risk_plan"),
        "legal-register": answer("legal_register"),
        "master-plan": limit("master_plan_reviewed", 2021, 2020, **REPORTED),  # assessed in 2026: five years, six years
        "park-management-system": answer("park_ems"),
        "firms-management-system": limit("large_firms_ems", "40 %", "39.9 %"),
        "energy-metered": limit("energy_metered", "90 %", "89.9 %"),
        "renewable-share": limit("renewable_share", "30 %", "29.9 %", grid_renewable_share="30 %"),
        "carbon-intensity": answer("carbon_targets"),
        "energy-intensity": answer("energy_targets"),
        "heat-recovery": answer("heat_recovery"),
        "efficiency-programme": answer("efficiency_programme"),
        "water-demand": limit("water_demand_safe", "100 %", "99.9 %"),
        "wastewater-treated": limit("wastewater_treated", "95 %", "94.9 %"),
        "wastewater-reused": limit("wastewater_reused", "50 %", "49.9 %"),
        "waste-reused": limit("waste_reused", "20 %", "19.9 %"),
        "waste-landfilled": limit("waste_landfilled", "49.9 %", "50 %"),
        "hazardous-handling": limit("hazardous_handled", "100 %", "99.9 %"),
        "open-space": limit("open_space", "5 %", "4.9 %"),
        "ghg-programme": answer("ghg_programme"),
        "firms-emission-strategy": limit("firms_emission_strategy", "50 %", "49.9 %"),
        "polluters-risk-framework": limit("polluters_risk", "30 %", "29.9 %"),
        "safety-systems": limit("firms_safety", "75 %", "74.9 %"),
        "grievance-systems": limit("firms_grievance", "75 %", "74.9 %"),
        "harassment-systems": limit("firms_harassment", "75 %", "74.9 %"),
        "skills-programmes": limit("firms_skills", "75 %", "74.9 %"),
        "grievances-addressed": limit("grievances_addressed", "100 %", "99.9 %"),
        "grievances-concluded": limit("grievances_concluded", "60 %", "59.9 %"),
        "safety-issues": limit("safety_issues_solved", "100 %", "99.9 %"),
        "workers-satisfied": limit("workers_satisfied", "80 %", "79.9 %"),
        "women-trained": limit("women_trained", "20 %", "19.9 %"),
        "community-satisfied": limit("community_satisfied", "80 %", "79.9 %"),
        "outreach-events": limit("outreach_events", 2, 1),
        "local-workers": limit("local_workers", "60 %", "59.9 %"),
        "permanent-jobs": limit("permanent_jobs", "25 %", "24.9 %"),
        "firms-local-purchase": limit("firms_local_purchase", "25 %", "24.9 %"),
        "park-local-purchase": limit("park_local_purchase", "90 %", "89.9 %"),
        "occupancy": limit("occupancy", "50 %", "49.9 %"),
    },
}
ROWS = [(id_, criterion) for id_, rows in PAIRS.items() for criterion in rows]


def judge(id_: str, known: dict, **entry: str) -> tuple[dict, list]:
    """Judge a park of which only `known` is known: outcomes by their names, the rest as facts."""
    entry_ = {"id": id_, **entry, "facts": {k: v for k, v in known.items() if k not in programme.OUTCOMES}}
    document = library.parse(json.dumps({"programmes": [entry_]}), "<mapping>")
    park = Project(document, "park", "Park", "VN", "Hai Phong", 2027, 5, "AR5", False)
    return eligibility.judge(park, 0, entry_, {k: v for k, v in known.items() if k in programme.OUTCOMES})


def verdict(id_: str, criterion: str, known: dict) -> dict:
    (row,) = [c for c in judge(id_, known)[0]["criteria"] if c["id"] == criterion]
    return row


def everything(id_: str) -> dict:
    return {k: v for met, _ in PAIRS[id_].values() for k, v in met.items()}


@pytest.mark.parametrize(("id_", "criterion"), ROWS)
def test_a_criterion_just_met_and_just_missed(id_: str, criterion: str) -> None:
    met, misses = PAIRS[id_][criterion]
    row = verdict(id_, criterion, met)
    assert (row["verdict"], row["missing"]) == ("pass", [])
    for change in misses:
        assert verdict(id_, criterion, {**met, **change})["verdict"] == "fail", change


@pytest.mark.parametrize(("id_", "criterion"), ROWS)
def test_a_missing_fact_is_never_a_no(id_: str, criterion: str) -> None:
    met, _ = PAIRS[id_][criterion]
    for name in met:
        row = verdict(id_, criterion, {k: v for k, v in met.items() if k != name})
        assert (row["verdict"], row["missing"]) == ("unknown", [name])


@pytest.mark.parametrize("id_", ALL)
def test_every_criterion_stands_in_the_table(id_: str) -> None:
    for version in programme.versions(id_):
        assert [c["id"] for c in version["criteria"]] == list(PAIRS[id_])


def test_the_decree_has_the_criteria_and_thresholds_promised() -> None:
    answer_, _ = judge(PARK, everything(PARK))
    assert [c["id"] for c in answer_["criteria"]] == [
        "legal-compliance", "basic-services", "input-output-monitoring", "public-report", "symbiosis", "recp-share", "land-share", "worker-housing",
    ]  # fmt: skip
    shown = {c["id"]: (c["value"], c["compare"], c["threshold"], c["count"]) for c in answer_["criteria"] if c["compare"]}
    assert shown == {
        "input-output-monitoring": (2025, ">=", 2025, True),
        "public-report": (2025, ">=", 2025, True),
        "symbiosis": (1, ">=", 1, True),
        "recp-share": (14 / 70, ">=", 0.2, False),  # READ
        "land-share": (65.75 / 263, ">=", 0.25, False),  # RECALLED
    }
    assert {c["id"] for c in answer_["criteria"] if c["confidence"] == "recalled"} == {"land-share", "worker-housing"}
    assert (answer_["verdict"], answer_["confidence"], answer_["unverified"]) == ("eligible", "recalled", 2)


@pytest.mark.parametrize("id_", ALL)
def test_verdict_follows_the_criteria(id_: str) -> None:
    whole = everything(id_)
    assert judge(id_, whole)[0]["verdict"] == "eligible"
    assert judge(id_, {})[0]["verdict"] == "undetermined"
    for criterion, (_, misses) in PAIRS[id_].items():
        required = verdict(id_, criterion, {})["required"]
        for change in misses:
            assert judge(id_, {**whole, **change})[0]["verdict"] == ("not-eligible" if required else "eligible")


def test_the_form_counts_its_answers_and_asks_for_each() -> None:
    assert len(PAIRS[FORM]) == 1 + 18
    asked = verdict(FORM, "complete", {})["missing"]
    assert set(asked) == {*YES, "exchanges", "wastewater_reused", "public_report", "report_due_year"}
    answers = {**dict.fromkeys(YES, True), "exchanges": 3.0, "wastewater_reused": "40 %", **PUBLISHED}
    assert verdict(FORM, "complete", answers)["value"] == 17  # 14 yes, the links, the share and the report
    assert verdict(FORM, "complete", {**answers, "fees_cover": False, "exchanges": 0.0})["value"] == 15


def test_the_framework_is_recalled_throughout() -> None:
    answer_, _ = judge(FRAMEWORK, {})
    assert {c["confidence"] for c in answer_["criteria"]} == {"recalled"}


@pytest.mark.parametrize(("id_", "at", "version"), [
    (OLD, "2020-01-01", "2018"), (PARK, "2020-01-01", None), (ENTERPRISE, "2020-01-01", None),
    (OLD, "2018-07-09", None), (OLD, "2018-07-10", "2018"), (OLD, "2022-07-14", "2018"), (OLD, "2022-07-15", None),
    (PARK, "2022-07-14", None), (PARK, "2022-07-15", "2022"), (ENTERPRISE, "2022-07-15", "2022"),
    (FORM, "2025-01-23", None), (FORM, "2025-01-24", "2025"), (FRAMEWORK, "2020-12-31", None), (FRAMEWORK, "2021-01-01", "2.0"),
])  # fmt: skip
def test_the_rules_in_force_on_the_date_are_taken(id_: str, at: str, version: str | None) -> None:
    answer_, notes = judge(id_, everything(id_), at=at)
    assert answer_["version"] == version
    assert [n.code for n in notes] == ([] if version else ["CC411"])
    assert answer_["verdict"] == ("eligible" if version else "undetermined")
    assert bool(answer_["criteria"]) == bool(version)


@pytest.mark.parametrize("id_", [PARK, ENTERPRISE])
def test_the_dossier_is_as_far_as_its_criteria(id_: str) -> None:
    def status(known: dict) -> dict[str, str]:
        return {d["id"]: d["status"] for d in judge(id_, known)[0]["dossier"]}

    whole = everything(id_)
    papers = judge(id_, whole)[0]["dossier"]
    assert set(status({}).values()) == {"missing"}
    assert status(whole) == {d["id"]: "met" if d["criteria"] else "missing" for d in papers}
    assert status({**whole, "legal_compliance": False}) == {
        d["id"]: "not-met" if "legal-compliance" in d["criteria"] else "met" if d["criteria"] else "missing" for d in papers
    }
    unknown = {k: v for k, v in whole.items() if k != "legal_compliance"}
    assert status(unknown) == {d["id"]: "missing" if "legal-compliance" in d["criteria"] or not d["criteria"] else "met" for d in papers}


@pytest.mark.parametrize("id_", ALL)
def test_papers_prove_criteria_that_exist(id_: str) -> None:
    for version in programme.versions(id_):
        required = {c["id"] for c in version["criteria"] if c.get("required", True)}
        proved = {c for d in version.get("dossier", []) for c in d["criteria"]}
        assert proved <= {c["id"] for c in version["criteria"]}
        assert not proved or required <= proved
        for row in version["criteria"]:
            assert {"en", "ja", "vi"} == set(row["paper"]) == set(row["label"]), row["id"]
            assert row["why"]
            assert row["fix"]


def test_sets_and_days_are_those_of_the_decree() -> None:
    (park,), (enterprise,) = programme.versions(PARK), programme.versions(ENTERPRISE)
    assert (park["sets"]["number"], enterprise["sets"]["number"]) == (6, 5)
    assert {s["id"]: (s["days"], s.get("working", False)) for s in park["steps"] if "days" in s} == {
        "consult": (3, True), "opinions": (15, False), "appraisal": (40, False),
    }  # fmt: skip
    assert {s["id"]: (s["days"], s.get("working", False)) for s in enterprise["steps"] if "days" in s} == {"consult": (3, True)}


def test_one_fact_feeds_every_rule_set_that_asks_for_it() -> None:
    kinds: dict[str, set] = {}
    for id_ in ALL:
        for version in programme.versions(id_):
            assert not set(version.get("facts", {})) & set(programme.OUTCOMES)
            for name, spec in version.get("facts", {}).items():
                kinds.setdefault(name, set()).add((spec["type"], spec.get("unit"), spec.get("count", False)))
    assert not {name: kind for name, kind in kinds.items() if len(kind) > 1}


@pytest.mark.parametrize("id_", ALL)
@pytest.mark.parametrize("at", [None, "2001-01-01"])
def test_the_answer_follows_the_result_schema(id_: str, at: str | None) -> None:
    answer_, _ = judge(id_, everything(id_), **({"at": at} if at else {}))
    rules = library.schema("result")
    declared = rules["properties"]["programmes"]["items"]["properties"]
    jsonschema.validate(answer_, {**rules["properties"]["programmes"]["items"], "definitions": rules.get("definitions", {})})
    assert set(answer_) <= set(declared)
    for part in ("criteria", "dossier"):
        for row in answer_[part]:
            assert set(row) <= set(declared[part]["items"]["properties"])

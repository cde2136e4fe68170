"""JCM Model Projects: each threshold just met and just missed in every fiscal year, and both sides of each date at which a rule changed."""

import json
from datetime import date, timedelta
from typing import Any

import pytest

import carboncalc
from carboncalc import eligibility, library, programme
from carboncalc.project import Project

ID = "jcm/model-project"
YEARS = [f"fy{year}" for year in range(2013, 2026)]
ENTRY = ("subsidy_rate", "similar_projects", "durable_years", "asset_class", "rules", "at")
CONTRACT = [
    "partner-country", "japanese-representative", "energy-origin-co2", "subsidy-rate", "subsidy-cap", "cost-effectiveness", "payback",
    "no-other-japanese-subsidy", "not-started", "completion-window", "credit-share",
]  # fmt: skip
#: 1000 t a year for 10 years: a subsidy of 40 million JPY is 4000 JPY/tCO2e
PLANT = {"reduction_per_year": 1000.0, "reduction_energy_per_year": 1000.0, "durable_years": "10 year"}


def project(entry: dict, country: str = "VN") -> Project:
    document = library.parse(json.dumps({"programmes": [entry]}), "<mapping>")
    return Project(document, "p", "P", country, "", 2027, 10, "AR5", False)


def judge(name: str, known: dict[str, Any], country: str = "VN") -> tuple[dict, list]:
    """Judge a project of which only `known` is known: outcomes, keys of the entry and facts by their names."""
    outcome = {k: v for k, v in known.items() if k in programme.OUTCOMES and k != "at"} | {"country": country}
    facts = {k: v for k, v in known.items() if k not in outcome and k not in ENTRY}
    entry = {"id": name, **{k: v for k, v in known.items() if k in ENTRY}, "facts": facts}
    return eligibility.judge(project(entry, country), 0, entry, outcome)


def row(name: str, criterion: str, known: dict[str, Any], country: str = "VN") -> dict:
    (found,) = [c for c in judge(name, known, country)[0]["criteria"] if c["id"] == criterion]
    return found


def verdict(name: str, criterion: str, known: dict[str, Any], country: str = "VN") -> str:
    return row(name, criterion, known, country)["verdict"]


def of(year: str) -> str:
    return f"{ID}@{year}"


def day(text: str, later: int = 0) -> str:
    return (date.fromisoformat(text) + timedelta(later)).isoformat()


@pytest.mark.parametrize("year", YEARS)
def test_every_year_has_the_criteria_promised(year: str) -> None:
    (version,) = [v for v in programme.versions(ID) if v["version"] == year]
    found = [c["id"] for c in version["criteria"]]
    assert [c for c in found if c in CONTRACT] == CONTRACT
    for c in version["criteria"]:
        assert {"en", "ja", "vi"} == set(c["label"])
        assert c["why"]
        assert c["fix"]
    for kind in ("constants", "tables", "entry", "facts"):
        for spec in version.get(kind, {}).values():
            assert {"en", "ja", "vi"} == set(spec["label"])


# rates -------------------------------------------------------------------------------------------------------------------------

FLAT = {0: 50, 9: 50}
STEPS = {0: 50, 1: 40, 3: 40, 4: 30, 40: 30}  # RECALLED; 50 % without precedent and the range 30 to 50 % READ
RATES = {year: FLAT if year <= "fy2015" else STEPS for year in YEARS}


@pytest.mark.parametrize(("year", "similar", "ceiling"), [(y, n, c) for y in YEARS for n, c in RATES[y].items()])
def test_rate(year: str, similar: int, ceiling: int) -> None:
    for rate, expected in ((f"{ceiling} %", "pass"), (f"{ceiling}.1 %", "fail")):
        assert verdict(of(year), "subsidy-rate", {"subsidy_rate": rate, "similar_projects": similar}) == expected


@pytest.mark.parametrize(
    ("year", "confidence"), [("fy2013", "recalled"), ("fy2014", "read"), ("fy2015", "read"), ("fy2016", "recalled"), ("fy2025", "recalled")]
)
def test_how_sure_the_rate_is(year: str, confidence: str) -> None:
    assert row(of(year), "subsidy-rate", {})["confidence"] == confidence


def test_the_steps_begin_with_fiscal_year_2016() -> None:
    fifth_of_its_kind = {"subsidy_rate": "40 %", "similar_projects": 4}
    assert verdict(ID, "subsidy-rate", {**fifth_of_its_kind, "at": "2016-03-31"}) == "pass"
    assert verdict(ID, "subsidy-rate", {**fifth_of_its_kind, "at": "2016-04-01"}) == "fail"


# amounts -----------------------------------------------------------------------------------------------------------------------

KNOWN_CAP = [y for y in YEARS if y >= "fy2018"]
READ_CAP = {"fy2018", "fy2022", "fy2025"}


@pytest.mark.parametrize("year", KNOWN_CAP)
def test_cap_of_two_billion(year: str) -> None:
    assert verdict(of(year), "subsidy-cap", {"subsidy_rate": "50 %", "eligible_investment": 4e9}) == "pass"
    assert verdict(of(year), "subsidy-cap", {"subsidy_rate": "50 %", "eligible_investment": 4e9 + 2}) == "fail"
    assert row(of(year), "subsidy-cap", {})["confidence"] == ("read" if year in READ_CAP else "recalled")


@pytest.mark.parametrize("year", [y for y in YEARS if y < "fy2018"])
@pytest.mark.parametrize(("criterion", "rule"), [("subsidy-cap", "rules.cap"), ("cost-effectiveness", "rules.ceiling_per_tonne")])
def test_a_threshold_that_no_text_tells_is_unknown_and_named(year: str, criterion: str, rule: str) -> None:
    found = row(of(year), criterion, {"subsidy_rate": "50 %", "eligible_investment": 1e6, **PLANT})
    assert (found["verdict"], found["missing"]) == ("unknown", [rule])


def test_a_threshold_read_in_the_guideline_is_stated_with_its_source() -> None:
    rules = {"cap": {"value": "1 billion JPY", "source": "GEC guideline FY2017, p. 5"}}
    known = {"subsidy_rate": "50 %", "rules": rules}
    found = row(of("fy2017"), "subsidy-cap", {**known, "eligible_investment": 2e9})
    assert (found["verdict"], found["threshold"]) == ("pass", 1e9)
    assert found["cite"].endswith("cap as stated: GEC guideline FY2017, p. 5")
    assert verdict(of("fy2017"), "subsidy-cap", {**known, "eligible_investment": 2e9 + 2}) == "fail"
    steps = {"ceiling": {"steps": {"0": "45 %"}, "source": "GEC guideline FY2025, p. 7"}}
    assert verdict(of("fy2025"), "subsidy-rate", {"subsidy_rate": "45 %", "similar_projects": 99, "rules": steps}) == "pass"
    assert verdict(of("fy2025"), "subsidy-rate", {"subsidy_rate": "46 %", "similar_projects": 0, "rules": steps}) == "fail"


def test_the_smallest_subsidy_of_2018() -> None:
    assert verdict(of("fy2018"), "subsidy-minimum", {"subsidy_rate": "50 %", "eligible_investment": 100e6}) == "pass"
    assert verdict(of("fy2018"), "subsidy-minimum", {"subsidy_rate": "50 %", "eligible_investment": 100e6 - 2}) == "fail"
    having = [v["version"] for v in programme.versions(ID) if any(c["id"] == "subsidy-minimum" for c in v["criteria"])]
    assert having == ["fy2018"]


@pytest.mark.parametrize("year", [y for y in YEARS if y >= "fy2018"])
@pytest.mark.parametrize(("similar", "ceiling"), [(0, 4000), (9, 4000), (10, 3000)])  # RECALLED
@pytest.mark.parametrize("criterion", ["cost-effectiveness", "cost-effectiveness-energy"])
def test_subsidy_per_tonne(year: str, similar: int, ceiling: int, criterion: str) -> None:
    subsidy = ceiling * 1000 * 10  # JPY/t × t/year × years
    known = {**PLANT, "subsidy_rate": "50 %", "similar_projects": similar}
    assert verdict(of(year), criterion, {**known, "eligible_investment": 2 * subsidy}) == "pass"
    missed = row(of(year), criterion, {**known, "eligible_investment": 2 * subsidy + 2000})
    assert (missed["verdict"], missed["confidence"]) == ("fail", "recalled")
    assert missed["value"] == pytest.approx(ceiling + 1000 / 10000)  # 1000 JPY more over 10 000 t


def test_energy_origin_is_counted_apart() -> None:
    known = {**PLANT, "subsidy_rate": "50 %", "similar_projects": 0, "eligible_investment": 80e6, "reduction_energy_per_year": 500.0}
    assert verdict(of("fy2025"), "cost-effectiveness", known) == "pass"  # 40 million JPY / 10 000 t
    assert verdict(of("fy2025"), "cost-effectiveness-energy", known) == "fail"  # over 5000 t


def test_the_ceiling_per_tonne_is_known_from_2018_on() -> None:
    known = {**PLANT, "subsidy_rate": "10 %", "similar_projects": 0, "eligible_investment": 1e6}
    assert verdict(ID, "cost-effectiveness", {**known, "at": "2018-03-31"}) == "unknown"
    assert verdict(ID, "cost-effectiveness", {**known, "at": "2018-04-06"}) == "pass"


@pytest.mark.parametrize("year", YEARS)
def test_payback_energy_share_and_yes_or_no(year: str) -> None:
    pairs: list[tuple[str, dict, dict]] = [
        ("payback", {"payback_subsidised": 3.0}, {"payback_subsidised": 2.99}),
        ("energy-origin-co2", {"reduction_energy_per_year": 0.001}, {"reduction_energy_per_year": 0.0}),
        ("credit-share", {"credit_share_japan": "50 %"}, {"credit_share_japan": "49.9 %"}),
        ("japanese-representative", {"japanese_representative": True}, {"japanese_representative": False}),
        ("no-other-japanese-subsidy", {"other_japanese_subsidy": False}, {"other_japanese_subsidy": True}),
        ("not-started", {"started_before_grant": False}, {"started_before_grant": True}),
        ("eligible-cost", {"ineligible_costs": False}, {"ineligible_costs": True}),
    ]
    for criterion, met, missed in pairs:
        assert verdict(of(year), criterion, met) == "pass", criterion
        assert verdict(of(year), criterion, missed) == "fail", criterion
        unknown = row(of(year), criterion, {})
        assert (unknown["verdict"], unknown["missing"]) == ("unknown", list(met)), criterion


def test_a_payback_that_does_not_exist_is_long_enough() -> None:
    found = row(of("fy2025"), "payback", {"payback_subsidised": float("inf")})
    assert (found["verdict"], found["value"], found["margin"]) == ("pass", None, None)


# time --------------------------------------------------------------------------------------------------------------------------

LAST_DAY = {f"fy{y}": f"{y + 3}-01-31" for y in range(2015, 2026)}  # FY2020 READ, the others by its pattern


@pytest.mark.parametrize(("year", "last"), list(LAST_DAY.items()))
def test_completion(year: str, last: str) -> None:
    assert verdict(of(year), "completion-window", {"completion": last}) == "pass"
    assert verdict(of(year), "completion-window", {"completion": day(last, 1)}) == "fail"
    assert row(of(year), "completion-window", {})["confidence"] == ("read" if year == "fy2020" else "recalled")


@pytest.mark.parametrize("year", ["fy2013", "fy2014"])
def test_no_text_tells_the_last_day_of_the_first_years(year: str) -> None:
    assert row(of(year), "completion-window", {"completion": "2016-01-31"})["missing"] == ["rules.deadline"]


@pytest.mark.parametrize(("year", "ends"), [
    ("fy2015", "2015-12-18"), ("fy2016", "2016-12-02"), ("fy2018", "2018-05-14"), ("fy2020", "2020-10-30"), ("fy2021", "2021-10-29"), ("fy2022", "2022-11-30"),
    ("fy2023", "2023-11-30"), ("fy2025", "2025-09-30"),
])  # fmt: skip
def test_an_application_after_the_last_deadline(year: str, ends: str) -> None:
    for at, expected in ((ends, "pass"), (day(ends, 1), "fail")):
        answer, _ = judge(ID, {"at": at})
        assert answer["version"] == year
        assert verdict(ID, "call-window", {"at": at}) == expected


@pytest.mark.parametrize(("at", "expected"), [("2016-05-16", "pass"), ("2016-05-17", "fail"), ("2016-09-04", "fail"), ("2016-09-05", "pass")])
def test_between_the_two_calls_of_2016_none_is_open(at: str, expected: str) -> None:
    assert verdict(ID, "call-window", {"at": at}) == expected


@pytest.mark.parametrize("year", ["fy2013", "fy2014", "fy2017", "fy2019", "fy2024"])
def test_a_window_that_no_text_tells_is_not_tested(year: str) -> None:
    assert "call-window" not in [c["id"] for c in judge(of(year), {})[0]["criteria"]]


@pytest.mark.parametrize(("at", "version"), [
    ("2013-03-31", None), ("2013-04-01", "fy2013"), ("2014-03-31", "fy2013"), ("2014-04-01", "fy2014"),
    ("2015-03-31", "fy2014"), ("2015-04-19", None), ("2015-04-20", "fy2015"), ("2016-04-01", "fy2016"), ("2017-04-01", "fy2017"),
    ("2018-03-31", "fy2017"), ("2018-04-05", None), ("2018-04-06", "fy2018"), ("2019-04-04", None), ("2019-04-05", "fy2019"),
    ("2020-04-05", None), ("2020-04-06", "fy2020"), ("2021-04-06", None), ("2021-04-07", "fy2021"), ("2022-04-08", None), ("2022-04-09", "fy2022"),
    ("2023-04-05", None), ("2023-04-06", "fy2023"), ("2024-04-04", None), ("2024-04-05", "fy2024"), ("2025-04-06", None), ("2025-04-07", "fy2025"),
    ("2026-03-31", "fy2025"), ("2026-04-01", None), ("2026-09-30", None),
])  # fmt: skip
def test_the_call_in_force_on_the_day(at: str, version: str | None) -> None:
    answer, notes = judge(ID, {"at": at})
    assert answer["version"] == version
    if version is None:
        assert (answer["verdict"], answer["criteria"], [n.code for n in notes]) == ("undetermined", [], ["CC411"])
        assert f"for {at}" in notes[0].message


@pytest.mark.parametrize("year", [y for y in YEARS if y != "fy2013" and y != "fy2014"])
def test_monitoring_to_the_end_of_the_legal_life(year: str) -> None:
    known = {"asset_class": "solar-electricity-business"}  # 17 years
    assert verdict(of(year), "monitoring", {**known, "monitoring_years": "17 year"}) == "pass"
    assert verdict(of(year), "monitoring", {**known, "monitoring_years": "16 year"}) == "fail"
    assert row(of(year), "monitoring", {"monitoring_years": "16 year"})["missing"] == ["durable_years"]


@pytest.mark.parametrize("year", ["fy2013", "fy2014"])
def test_monitoring_once_ran_to_fiscal_year_2020(year: str) -> None:
    assert verdict(of(year), "monitoring", {"monitoring_until": "2021-03-31"}) == "pass"
    assert verdict(of(year), "monitoring", {"monitoring_until": "2021-03-30"}) == "fail"


# what holds for some projects only -----------------------------------------------------------------------------------------------


def test_three_silicon_solar_projects_from_2025_on() -> None:
    solar = {"solar_power": True}
    assert verdict(of("fy2025"), "silicon-solar-limit", {**solar, "silicon_solar_number": 3}) == "pass"
    assert verdict(of("fy2025"), "silicon-solar-limit", {**solar, "silicon_solar_number": 4}) == "fail"
    assert verdict(of("fy2025"), "silicon-solar-limit", {**solar, "silicon_solar_number": 0}) == "pass"  # perovskite
    assert row(of("fy2025"), "silicon-solar-limit", solar)["missing"] == ["silicon_solar_number"]
    assert row(of("fy2025"), "silicon-solar-limit", {})["missing"] == ["solar_power"]
    other = row(of("fy2025"), "silicon-solar-limit", {"solar_power": False, "silicon_solar_number": 9})
    assert (other["verdict"], other["applies"]) == ("pass", False)
    for at, there in (("2025-03-31", False), ("2025-04-07", True)):
        assert ("silicon-solar-limit" in [c["id"] for c in judge(ID, {"at": at})[0]["criteria"]]) is there


@pytest.mark.parametrize(("methodology", "inputs", "missing"), [
    ("jcm/vn-am007", {"electricity_generated": "1 GWh/year", "connection": "grid"}, ["silicon_solar_number"]),
    ("cdm/ams-i-d", {"electricity_supplied": "1 GWh/year", "capacity": "1 MW", "margin_weights": "first-period"}, ["solar_power"]),
    ("jcm/mm-am005", {"electricity_supplied": "1 GWh/year", "auxiliary_capacity": "0 MW"}, []),
])  # fmt: skip
def test_the_methodology_tells_whether_it_is_solar_power(methodology: str, inputs: dict, missing: list[str]) -> None:
    result = carboncalc.estimate({
        "carboncalc": 1,
        "project": {"id": "x", "title": "x", "country": "VN", "first_year": 2027, "years": 1},
        "methodology": methodology,
        "gwp": "AR5",
        "inputs": inputs,
        "factors": {"electricity.grid": {"value": "0.8 tCO2/MWh", "source": "test"}},
        "programmes": [{"id": ID, "at": "2025-09-30"}],
    }).to_dict()  # fmt: skip
    (found,) = [c for c in result["programmes"][0]["criteria"] if c["id"] == "silicon-solar-limit"]
    assert found["missing"] == missing
    assert found.get("applies", True) is bool(missing)


def test_thai_solar_power_in_2023() -> None:
    for similar, expected in ((0, "pass"), (1, "fail")):
        assert verdict(of("fy2023"), "thai-solar", {"solar_power": True, "similar_projects": similar}, "TH") == expected
        assert verdict(of("fy2023"), "thai-solar", {"solar_power": True, "similar_projects": similar}, "VN") == "pass"
        assert verdict(of("fy2023"), "thai-solar", {"solar_power": False, "similar_projects": similar}, "TH") == "pass"
    assert verdict(of("fy2023"), "thai-solar", {"similar_projects": 1}, "VN") == "pass"  # what it makes does not matter there
    having = [v["version"] for v in programme.versions(ID) if any(c["id"] == "thai-solar" for c in v["criteria"])]
    assert having == ["fy2023"]


# partner countries ---------------------------------------------------------------------------------------------------------------

PARTNERS = programme.load("jcm/scheme", None).meta["lists"]["partner_countries"]["rows"]  # type: ignore[union-attr]
SIGNED = {country: r for country, r in PARTNERS.items() if r["value"]}


def test_the_list_is_that_of_the_pipeline_and_oman() -> None:
    assert len([c for c, r in SIGNED.items() if r["value"] <= "2026-02-28"]) == 31
    assert SIGNED["OM"]["value"] == "2026-04-10"  # 32nd, SECONDARY
    assert {c for c, r in PARTNERS.items() if r["value"] is None} == {"BR", "MY"}
    assert SIGNED["VN"]["value"] == "2013-07-02"


@pytest.mark.parametrize("country", list(SIGNED))
@pytest.mark.parametrize("name", [of("fy2025"), "jcm/scheme@2025"])
def test_a_country_counts_from_the_day_it_signed(country: str, name: str) -> None:
    signed = SIGNED[country]["value"]
    assert verdict(name, "partner-country", {"at": signed}, country) == "pass"
    assert verdict(name, "partner-country", {"at": day(signed, -1)}, country) == "fail"


@pytest.mark.parametrize(("country", "kept", "other"), [
    ("MX", "2014-07-26", "2014-07-25"), ("LK", "2022-10-11", "2022-10-10"), ("AE", "2023-04-16", "2023-04-11"), ("IN", "2025-08-07", "2025-08-29"),
])  # fmt: skip
def test_conflicting_days_of_signature_are_told(country: str, kept: str, other: str) -> None:
    first, last = sorted((kept, other))
    for at, confidence in ((day(first, -1), "read"), (first, "conflicting"), (day(last, -1), "conflicting"), (last, "read")):
        found = row(of("fy2025"), "partner-country", {"at": at}, country)
        assert found["confidence"] == confidence, at
        assert any(other in text for text in found["conflicts"])
        assert any("would then be" in text for text in found["conflicts"]) is (confidence == "conflicting")
    chosen = row(of("fy2025"), "partner-country", {"at": first, "signed": first}, country)
    assert (chosen["verdict"], chosen["confidence"], chosen["conflicts"]) == ("pass", "read", [])  # the user has decided


def test_candidates_are_unknown_strangers_are_not_and_a_missing_day_is_named() -> None:
    assert row(of("fy2025"), "partner-country", {"at": "2025-09-30"}, "BR")["missing"] == ["signed"]
    assert verdict(of("fy2025"), "partner-country", {"at": "2025-09-30"}, "FR") == "fail"
    assert row(of("fy2025"), "partner-country", {}, "VN")["missing"] == ["at"]
    assert verdict(of("fy2025"), "partner-country", {"at": "2025-09-30", "signed": "2025-09-30"}, "BR") == "pass"


# the whole ---------------------------------------------------------------------------------------------------------------------

WHOLE = {
    **PLANT, "reduction_per_year": 2000.0, "subsidy_rate": "30 %", "similar_projects": 0, "eligible_investment": 170e6, "payback_subsidised": 5.0, "japanese_representative": True,
    "other_japanese_subsidy": False, "started_before_grant": False, "completion": "2016-01-31", "credit_share_japan": "50 %", "monitoring_years": "10 year",
    "solar_power": False,
}  # fmt: skip


def whole(year: str) -> dict[str, Any]:
    (version,) = [v for v in programme.versions(ID) if v["version"] == year]
    known = {**WHOLE, "at": max(version["in_force"]["from"], "2014-01-01")}
    facts = version["facts"]
    if year in ("fy2013", "fy2014"):
        known["monitoring_until"] = "2021-03-31"
    wanted = set(facts) | set(ENTRY) | set(programme.OUTCOMES)
    missing = {
        c: v
        for c, v in {"cap": "2 billion JPY", "ceiling_per_tonne": "4000 JPY/tCO2e", "deadline": "2016-03-31"}.items()
        if c in version["constants"] and version["constants"][c]["value"] is None
    }
    known["rules"] = {name: {"value": value, "source": "guideline of the year, p. 1"} for name, value in missing.items()}
    return {k: v for k, v in known.items() if k in wanted}


@pytest.mark.parametrize("year", YEARS)
def test_eligible_is_always_subject_to_what_is_unverified(year: str) -> None:
    known = whole(year)
    answer, _ = judge(of(year), known)
    assert [c["id"] for c in answer["criteria"] if c["required"] and c["verdict"] != "pass"] == []
    assert answer["verdict"] == "eligible"
    assert answer["unverified"] == sum(c["required"] and c["confidence"] in ("recalled", "conflicting") for c in answer["criteria"]) > 0
    without = {k: v for k, v in known.items() if k != "rules"}
    assert judge(of(year), without)[0]["verdict"] == ("eligible" if year >= "fy2018" else "undetermined")


@pytest.mark.parametrize("year", YEARS)
def test_a_life_of_unsure_length_makes_its_criteria_unsure(year: str) -> None:
    known = {k: v for k, v in whole(year).items() if k != "durable_years"}
    for criterion in ("cost-effectiveness", "monitoring"):
        if year in ("fy2013", "fy2014") and criterion == "monitoring":
            continue
        assert row(of(year), criterion, {**known, "asset_class": "cement-plant"})["confidence"] == "recalled"


def test_two_lives_of_one_class_are_both_tried() -> None:
    """Composting: 8 years as fertiliser, 17 as waste treatment; 45 million JPY / (1000 t × 8) is above 4000, / (1000 t × 17) below."""
    known = {
        "reduction_per_year": 1000.0,
        "subsidy_rate": "50 %",
        "similar_projects": 0,
        "eligible_investment": 90e6,
        "asset_class": "composting-plant",
    }
    found = row(of("fy2025"), "cost-effectiveness", known)
    assert (found["verdict"], found["value"], found["confidence"]) == ("fail", 45e6 / 8000, "conflicting")
    assert "would then be pass" in found["conflicts"][0]
    decided = row(of("fy2025"), "cost-effectiveness", {**known, "durable_years": "17 year"})
    assert (decided["verdict"], decided["value"]) == ("pass", 45e6 / 17000)


def test_the_class_of_a_machine_is_told_to_follow_the_final_product() -> None:
    _, notes = judge(of("fy2025"), {"asset_class": "steam-power", "at": "2025-09-30"})
    (note,) = [n for n in notes if n.code == "CC417"]
    assert "class of the works" in note.message
    assert not [n for n in judge(of("fy2025"), {"asset_class": "bus-transport-operator", "at": "2025-09-30"})[1] if n.code == "CC417"]

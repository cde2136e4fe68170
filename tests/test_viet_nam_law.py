"""Law of Viet Nam: each threshold just met and just missed, on both sides of its dates, and what a missing fact leaves open."""

import jsonschema
import pytest
from conftest import EN, ROOT
from hypothesis import given, settings
from hypothesis import strategies as st

import carboncalc
from carboncalc import factors, library, methodology, programme
from carboncalc.findings import Invalid
from carboncalc.reports import markdown, text
from carboncalc.result import Outcome

DECREE = "vn/decree-112-2026"
MANDATE = "vn/cement-waste-heat"
INVENTORY = "vn/ghg-inventory-decree-06-2022"
ALL = [DECREE, MANDATE, INVENTORY]
SHOWN = {
    "required_by_law": False, "common_practice": False, "needs_carbon_revenue": True, "continues_after_crediting": True,
    "sustainable_development": True, "annex_item": "01-II.1", "transfer_share": "50 %", "ets_facility": "none",
}  # fmt: skip

#: inputs of methodologies by the examples that use them
INPUTS = {
    "cdm/ams-iii-c": "cat-ba-electric-buses", "cdm/ams-iii-f": "trang-cat-composting", "cdm/ams-iii-i": "ngoc-hai-fish-port-wastewater",
    "jcm/mm-am005": "hai-phong-cement-waste-heat", "jcm/vn-am007": "factory-rooftop-solar",
}  # fmt: skip


def estimate(*entries: dict, method: str = "jcm/vn-am007", country: str = "VN", first_year: int = 2027, years: int = 3) -> dict:
    inputs = library.read(ROOT / "examples" / f"{INPUTS[method]}.yaml").data["inputs"]
    inputs.pop("fleet", None)
    if method == "cdm/ams-iii-c":
        inputs["fleet"] = [{
            "id": "bus", "vehicles": 10, "distance": "40000 km/year", "baseline_fuel": "diesel", "baseline_fuel_use": "35 L/100km",
            "electricity_use": "1.1 kWh/km",
        }]  # fmt: skip
    return carboncalc.estimate({
        "carboncalc": 1, "project": {"id": "p", "title": "P", "country": country, "first_year": first_year, "years": years},
        "methodology": method, "gwp": "AR5", "inputs": inputs, "programmes": list(entries),
        **({"factors": {"electricity.grid": {"value": "0.5 tCO2/MWh", "source": "test"}}} if country != "VN" or first_year < 2020 else {}),
    }).to_dict()  # fmt: skip


def answer(id_: str, facts: dict, at: str = "2026-11-02", **project) -> dict:
    (found,) = estimate({"id": id_, "at": at, "facts": facts}, **project)["programmes"]
    return found


def row(found: dict, criterion: str) -> dict:
    (one,) = [c for c in found["criteria"] if c["id"] == criterion]
    return one


def codes(result: dict) -> list[str]:
    return [f["code"] for f in result["findings"]]


def refused(*entries: dict, **project) -> list:
    with pytest.raises(Invalid) as caught:
        estimate(*entries, **project)
    return caught.value.findings


# --- Decree 112/2026 ------------------------------------------------------------------------------------


def test_the_decree_has_the_criteria_promised() -> None:
    found = answer(DECREE, SHOWN)
    promised = ["beyond-law", "advanced-technology", "barrier", "annex-list", "transfer-cap"]
    assert [c["id"] for c in found["criteria"] if c["id"] in promised] == promised
    assert (found["verdict"], found["confidence"], found["unverified"]) == ("eligible", "read", 0)
    assert found["wording"]["en"].endswith("on the facts given")
    assert all("Art. " in c["cite"] for c in found["criteria"])


@pytest.mark.parametrize(
    ("fact", "criterion"),
    [
        ("required_by_law", "beyond-law"), ("common_practice", "advanced-technology"), ("needs_carbon_revenue", "barrier"),
        ("continues_after_crediting", "continues-after-crediting"), ("sustainable_development", "sustainable-development"),
        ("annex_item", "annex-list"), ("transfer_share", "transfer-cap"),
    ],
)  # fmt: skip
def test_every_part_is_needed_and_a_missing_fact_is_named(fact: str, criterion: str) -> None:
    """All three parts of additionality and both of sustainability, each alone."""
    opposite = {"annex_item": "none", "transfer_share": "90.1 %"}.get(fact) if isinstance(SHOWN[fact], str) else not SHOWN[fact]
    failed = answer(DECREE, {**SHOWN, fact: opposite})
    assert (row(failed, criterion)["verdict"], failed["verdict"]) == ("fail", "not-eligible")
    left_out = answer(DECREE, {k: v for k, v in SHOWN.items() if k != fact})
    assert (row(left_out, criterion)["verdict"], left_out["verdict"]) == ("unknown", "undetermined")
    assert row(left_out, criterion)["missing"] == [fact]


@pytest.mark.parametrize(
    ("item", "adjusted", "met", "missed", "cap"),
    [
        ("01-II.1", True, "90 %", "90.01 %", 0.9), ("02-IV.1", True, "50 %", "50.01 %", 0.5),
        ("01-II.1", False, "90 %", "90.01 %", 0.9), ("02-IV.1", False, "90 %", "90.01 %", 0.9), ("none", True, "0 %", "0.01 %", 0.0),
    ],
)  # fmt: skip
def test_the_cap_by_list_and_adjustment(item: str, adjusted: bool, met: str, missed: str, cap: float) -> None:
    facts = {**SHOWN, "annex_item": item, "corresponding_adjustment": adjusted}
    assert row(answer(DECREE, {**facts, "transfer_share": met}), "transfer-cap")["verdict"] == "pass"
    failed = row(answer(DECREE, {**facts, "transfer_share": missed}), "transfer-cap")
    assert (failed["verdict"], failed["threshold"]) == ("fail", cap)


def test_an_adjustment_is_assumed_when_none_is_stated() -> None:
    assert row(answer(DECREE, {**SHOWN, "annex_item": "02-IV.1"}), "transfer-cap")["threshold"] == 0.5


@pytest.mark.parametrize(("at", "version"), [("2026-05-18", None), ("2026-05-19", "2026"), ("2030-01-01", "2026")])
def test_the_first_day_in_force(at: str, version: str | None) -> None:
    result = estimate({"id": DECREE, "at": at, "facts": SHOWN})
    (found,) = result["programmes"]
    assert (found["version"], found["verdict"]) == (version, "eligible" if version else "undetermined")
    assert ("CC411" in codes(result)) is (version is None)


def test_the_project_stands_in_viet_nam() -> None:
    result = estimate({"id": DECREE, "facts": SHOWN}, method="cdm/ams-iii-f", country="TH")
    assert row(result["programmes"][0], "host-country")["verdict"] == "fail"


# --- Annex I --------------------------------------------------------------------------------------------

#: list and section -> number of items, counted in the annex a second time
ITEMS = {
    "01-I": 6, "01-II": 3, "01-III": 4, "01-VI": 5, "01-VII": 7,
    "02-I": 4, "02-II": 2, "02-III": 2, "02-IV": 6, "02-V": 4, "02-VI": 4,
}  # fmt: skip


def annex() -> dict:
    (version,) = programme.versions(DECREE)
    return version["choices"]["annex_items"]["rows"]


def test_the_annex_is_whole() -> None:
    numbered = [f"{section}.{n + 1}" for section, count in ITEMS.items() for n in range(count)]
    assert list(annex()) == [*numbered, "02-VII", "none"]
    for key, item in annex().items():
        assert {"en", "ja", "vi"} == set(item["label"]), key
        assert item["group"] == {"01": "list-01", "02": "list-02"}.get(key[:2], "no-list")


@pytest.mark.parametrize("item", annex())
def test_every_item_is_shown_with_its_words(item: str) -> None:
    found = row(answer(DECREE, {**SHOWN, "annex_item": item}), "annex-list")
    assert (found["value"], found["item"]) == (item, annex()[item]["label"])
    assert found["verdict"] == ("fail" if item == "none" else "pass")


def test_suggestions_name_methodologies_that_exist() -> None:
    suggested = [id_ for item in annex().values() for id_ in item.get("suggested_for", [])]
    (version,) = programme.versions(DECREE)
    assert set(suggested) <= set(methodology.ids())
    for other in version["see_also"]:
        assert set(other["methodologies"]) <= set(methodology.ids())
        assert other["programme"] in programme.paths()


@pytest.mark.parametrize(("method", "item"), [("cdm/ams-iii-c", "01-II.1"), ("cdm/ams-iii-f", "02-IV.1"), ("cdm/ams-iii-i", "02-IV.5")])
def test_typical_projects_get_their_item_suggested_as_unverified(method: str, item: str) -> None:
    facts = {k: v for k, v in SHOWN.items() if k != "annex_item"}
    result = estimate({"id": DECREE, "at": "2026-11-02", "facts": facts}, method=method)
    (found,) = result["programmes"]
    listed, cap = row(found, "annex-list"), row(found, "transfer-cap")
    assert (listed["verdict"], listed["value"], listed["confidence"]) == ("pass", item, "recalled")
    assert cap["confidence"] == "recalled"
    assert (found["verdict"], found["unverified"]) == ("eligible", 2)
    assert "CC425" in codes(result)


@pytest.mark.parametrize(("method", "words"), [("jcm/vn-am007", None), ("jcm/mm-am005", ("01-I.6", "01-III.3"))])
def test_a_methodology_that_settles_nothing_leaves_the_item_open(method: str, words: tuple[str, ...] | None) -> None:
    """New rooftop solar power is named by no item; waste heat of cement by two."""
    facts = {k: v for k, v in SHOWN.items() if k != "annex_item"}
    result = estimate({"id": DECREE, "at": "2026-11-02", "facts": facts}, method=method)
    listed = row(result["programmes"][0], "annex-list")
    assert (listed["verdict"], listed["missing"]) == ("unknown", ["annex_item"])
    told = [f["message"] for f in result["findings"] if f["code"] == "CC425"]
    assert len(told) == bool(words)
    assert all(w in told[0] for w in words or ())


def test_the_item_of_the_user_wins_over_the_suggestion() -> None:
    result = estimate({"id": DECREE, "at": "2026-11-02", "facts": {**SHOWN, "annex_item": "01-II.3"}}, method="cdm/ams-iii-c")
    listed = row(result["programmes"][0], "annex-list")
    assert (listed["value"], listed["confidence"]) == ("01-II.3", "read")
    assert "CC425" not in codes(result)


def test_two_measures_of_different_items_settle_nothing() -> None:
    data = library.read(ROOT / "examples" / "cat-ba-electric-buses.yaml").data
    compost = library.read(ROOT / "examples" / "trang-cat-composting.yaml").data
    measures = [{"id": "a", "methodology": "cdm/ams-iii-c", "inputs": data.pop("inputs")}]
    measures.append({"id": "b", "methodology": compost["methodology"], "inputs": compost["inputs"]})
    del data["methodology"], data["finance"]
    facts = {k: v for k, v in SHOWN.items() if k != "annex_item"}
    data |= {"measures": measures, "programmes": [{"id": DECREE, "at": "2026-11-02", "facts": facts}]}
    result = carboncalc.estimate(data).to_dict()
    assert row(result["programmes"][0], "annex-list")["verdict"] == "unknown"
    (told,) = [f["message"] for f in result["findings"] if f["code"] == "CC425"]
    assert "01-II.1" in told
    assert "02-IV.1" in told


@pytest.mark.parametrize(("fact", "said", "near"), [
    ("annex_item", "01-II.9", "01-II.1"), ("annex_item", "1-II.1", "01-II.1"), ("ets_facility", "chinfon-cemnt", "chinfon-cement"),
])  # fmt: skip
def test_an_unknown_item_is_refused_with_a_suggestion(fact: str, said: str, near: str) -> None:
    (finding,) = refused({"id": DECREE, "at": "2026-11-02", "facts": {**SHOWN, fact: said}})
    assert finding.code == "CC430"
    assert f"did you mean `{near[:5]}" in finding.help
    assert finding.place.line > 1


# --- contradictions ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("change", "pointed"), [
    ({"required_by_law": True, "beyond_law": True}, "beyond_law"), ({"required_by_law": False, "beyond_law": False}, "beyond_law"),
    ({"annex_item": "01-II.1", "transfer_cap": "50 %"}, "transfer_cap"), ({"annex_item": "02-IV.1", "transfer_cap": "90 %"}, "transfer_cap"),
    ({"annex_item": "01-II.1", "transfer_cap": "50 %", "corresponding_adjustment": False}, "transfer_cap"),
    ({"annex_item": "02-II.2", "ets_facility": "chinfon-cement"}, "ets_facility"),
])  # fmt: skip
def test_contradictory_facts_are_refused_where_they_stand(change: dict, pointed: str) -> None:
    (finding,) = refused({"id": DECREE, "at": "2026-11-02", "facts": {**SHOWN, **change}})
    assert finding.code == "CC426"
    assert f'"{pointed}"' in finding.place.source
    assert finding.help


@pytest.mark.parametrize("change", [
    {"required_by_law": False, "beyond_law": True}, {"annex_item": "01-II.1", "transfer_cap": "90 %"}, {"annex_item": "02-IV.1", "transfer_cap": "50 %"},
    {"annex_item": "02-IV.1", "transfer_cap": "90 %", "corresponding_adjustment": False}, {"annex_item": "02-II.2", "ets_facility": "none"},
])  # fmt: skip
def test_facts_that_agree_are_accepted(change: dict) -> None:
    assert row(answer(DECREE, {**SHOWN, **change}), "beyond-law")["verdict"] == "pass"


def test_a_suggestion_contradicts_nobody() -> None:
    facts = {k: v for k, v in SHOWN.items() if k != "annex_item"} | {"transfer_cap": "50 %"}
    found = answer(DECREE, facts, method="cdm/ams-iii-c")  # suggested: 01-II.1, 90 %
    assert row(found, "annex-list")["value"] == "01-II.1"


# --- waste heat of cement lines -----------------------------------------------------------------------------


@pytest.mark.parametrize(("capacity", "last_year", "verdict"), [
    ("2500 t/day", 2026, "not-eligible"), ("2499.99 t/day", 2026, "eligible"),
    ("2500 t/day", 2025, "eligible"), ("104.17 t/h", 2026, "not-eligible"), ("104.16 t/h", 2026, "eligible"),
])  # fmt: skip
def test_the_duty_by_size_and_year(capacity: str, last_year: int, verdict: str) -> None:
    found = answer(MANDATE, {"clinker_capacity": capacity}, method="jcm/mm-am005", first_year=last_year - 2)
    assert found["verdict"] == verdict
    assert row(found, "before-deadline")["value"] == last_year


@pytest.mark.parametrize(("at", "version"), [
    ("2011-08-28", None), ("2011-08-29", "decision-1488-2011"), ("2020-12-31", "decision-1488-2011"), ("2021-01-01", "strategy-2021"),
])  # fmt: skip
def test_the_order_of_the_date(at: str, version: str | None) -> None:
    assert answer(MANDATE, {"clinker_capacity": "3000 t/day"}, at=at, method="jcm/mm-am005")["version"] == version


@pytest.mark.parametrize(("facts", "last_year", "verdict"), [
    ({"new_line": False}, 2014, "eligible"), ({"new_line": False}, 2015, "not-eligible"),
    ({"new_line": True}, 2014, "not-eligible"), ({"new_line": True, "waste_fuel_line": True}, 2015, "eligible"),
    ({"new_line": False, "waste_fuel_line": True}, 2015, "not-eligible"), ({}, 2015, "undetermined"),
    ({"new_line": False, "clinker_capacity": "2499.99 t/day"}, 2015, "eligible"),
])  # fmt: skip
def test_the_earlier_order(facts: dict, last_year: int, verdict: str) -> None:
    facts = {"clinker_capacity": "2500 t/day", **facts}
    found = answer(MANDATE, facts, at="2013-01-01", first_year=last_year - 2)
    assert found["verdict"] == verdict
    if verdict == "undetermined":
        assert row(found, "not-mandated")["missing"] == ["new_line"]


def test_a_line_of_unknown_size_leaves_it_open() -> None:
    found = answer(MANDATE, {}, method="jcm/mm-am005")
    assert (found["verdict"], row(found, "not-mandated")["missing"]) == ("undetermined", ["clinker_capacity"])


@pytest.mark.parametrize("turned", [False, True])
def test_mandatory_waste_heat_is_not_additional(turned: bool) -> None:
    """The duty answers `required_by_law`, whichever of the two stands first."""
    facts = {k: v for k, v in SHOWN.items() if k != "required_by_law"}
    entries = [{"id": MANDATE, "at": "2026-11-02", "facts": {"clinker_capacity": "3000 t/day"}}, {"id": DECREE, "at": "2026-11-02", "facts": facts}]
    result = estimate(*(reversed(entries) if turned else entries), method="jcm/mm-am005")
    assert [p["id"] for p in result["programmes"]] == ([DECREE, MANDATE] if turned else [MANDATE, DECREE])
    decree = next(p for p in result["programmes"] if p["id"] == DECREE)
    failed = row(decree, "beyond-law")
    assert (failed["verdict"], failed["cite"]) == ("fail", "Decree 112/2026, Art. 3(17)(a)")
    assert decree["verdict"] == "not-eligible"
    assert "on the facts given" in decree["wording"]["en"]
    assert "CC429" in codes(result)


def test_a_line_below_the_size_leaves_other_laws_open() -> None:
    facts = {k: v for k, v in SHOWN.items() if k != "required_by_law"}
    small = {"id": MANDATE, "at": "2026-11-02", "facts": {"clinker_capacity": "2400 t/day"}}
    result = estimate(small, {"id": DECREE, "at": "2026-11-02", "facts": facts}, method="jcm/mm-am005")
    assert row(result["programmes"][1], "beyond-law")["missing"] == ["required_by_law"]


def test_denying_a_duty_that_the_file_shows_is_refused() -> None:
    big = {"id": MANDATE, "at": "2026-11-02", "facts": {"clinker_capacity": "3000 t/day"}}
    (finding,) = refused(big, {"id": DECREE, "at": "2026-11-02", "facts": SHOWN}, method="jcm/mm-am005")
    assert finding.code == "CC426"
    assert '"required_by_law"' in finding.place.source


@pytest.mark.parametrize(("method", "warned"), [("jcm/mm-am005", True), ("jcm/vn-am007", False)])
def test_a_duty_that_nobody_tests_is_warned_of(method: str, warned: bool) -> None:
    result = estimate({"id": DECREE, "at": "2026-11-02", "facts": SHOWN}, method=method)
    assert ("CC427" in codes(result)) is warned


# --- plants with allowances ---------------------------------------------------------------------------------


def test_a_plant_with_allowances_is_warned_of_with_its_allowances() -> None:
    result = estimate({"id": DECREE, "at": "2026-11-02", "facts": {**SHOWN, "ets_facility": "chinfon-cement"}})
    (warning,) = [f for f in result["findings"] if f["code"] == "CC428"]
    assert warning["severity"] == "warning"
    for words in ("Chinfon", "2 907 941", "3 182 009", "31 December", "30 %", "15 %"):
        assert words in warning["message"]
    assert result["programmes"][0]["verdict"] == "eligible"  # a warning, no verdict
    other = estimate({"id": DECREE, "at": "2026-11-02", "facts": {**SHOWN, "ets_facility": "other"}})
    assert "CC428" in codes(other)
    assert "CC428" not in codes(estimate({"id": DECREE, "at": "2026-11-02", "facts": SHOWN}))


def test_allowances_of_hai_phong() -> None:
    """Typed a second time; 2026 over 2025 is one number a sector."""
    rows = {
        "hai-phong-thermal-power": (10_239_469, 11_217_642), "chinfon-cement": (2_907_941, 3_182_009), "vicem-hai-phong": (1_217_320, 1_332_050),
        "viet-y-steel": (33_053, 38_533), "viet-nhat-steel": (902, 1_052), "hoa-phat-kinh-mon": (4_494_857, 5_240_036),
        "vicem-hoang-thach": (2_701_207, 2_955_791), "thanh-cong-3": (357_054, 390_705),
    }  # fmt: skip
    ids = {i.split(".")[2] for i in factors.topic("ets") if i.startswith("ets.allocation.")}
    assert ids == set(rows)
    for id_, (first, second) in rows.items():
        assert [factors.choose("ets.allocation." + id_, "VN", year).value for year in (2025, 2026)] == [first, second]
        sector = 1.0955 if "power" in id_ else 1.1658 if "steel" in id_ or "hoa-phat" in id_ else 1.0942
        assert second / first == pytest.approx(sector, abs=0.7 / first + 5e-5)
    assert [factors.choose("ets.cap", "VN", year).value for year in (2025, 2026)] == [243_082_392, 268_391_454]
    for limit, share in (("offset-limit", 30), ("borrowing-limit", 15)):
        assert factors.choose(f"ets.{limit}", "VN")[1:3] == (share, "%")


# --- the duty to report ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("at", ["2023-01-01", "2025-08-01", "2026-09-25"])
@pytest.mark.parametrize(("criterion", "met", "missed", "missing"), [
    ("below-emissions", {"emissions": "2999.99 tCO2e/year"}, {"emissions": "3000 tCO2e/year"}, ["emissions"]),
    ("below-energy", {"energy_use": "999.99 toe/year", "facility_kind": "industry"}, {"energy_use": "1 ktoe/year"}, ["energy_use"]),
    ("below-energy", {"energy_use": "41867 GJ/year", "facility_kind": "freight-transport"}, {"energy_use": "41868 GJ/year"}, ["energy_use"]),
    ("below-energy", {"energy_use": "5000 toe/year", "facility_kind": "other"}, {"facility_kind": "commercial-building"}, ["energy_use"]),
    ("below-waste", {"waste_treated": "64999.99 t/year", "facility_kind": "solid-waste"}, {"waste_treated": "65000 t/year"}, ["waste_treated"]),
])  # fmt: skip
def test_thresholds_of_the_inventory(at: str, criterion: str, met: dict, missed: dict, missing: list[str]) -> None:
    assert row(answer(INVENTORY, met, at=at), criterion)["verdict"] == "pass"
    assert row(answer(INVENTORY, {**met, **missed}, at=at), criterion)["verdict"] == "fail"
    unknown = row(answer(INVENTORY, {k: v for k, v in met.items() if k not in missing}, at=at), criterion)
    assert (unknown["verdict"], unknown["missing"]) == ("unknown", missing)


@pytest.mark.parametrize(("facts", "verdict", "words"), [
    ({"on_list": True}, "not-eligible", "obliged to report, on the facts given"),
    ({"on_list": False}, "eligible", "not obliged to report, on the facts given"),
    ({"emissions": "1 MtCO2e/year"}, "undetermined", "unknown whether obliged, on the facts given"),
    ({"on_list": False, "emissions": "3000 tCO2e/year"}, "eligible", "not obliged to report, on the facts given"),
])  # fmt: skip
def test_only_the_list_obliges(facts: dict, verdict: str, words: str) -> None:
    found = answer(INVENTORY, facts)
    assert (found["verdict"], found["wording"]["en"]) == (verdict, words)


@pytest.mark.parametrize(("at", "version", "decision"), [
    ("2022-01-06", None, ""), ("2022-01-07", "2022", "13/2024"), ("2025-07-31", "2022", "13/2024"), ("2025-08-01", "2025", "13/2024"),
    ("2026-03-23", "2025", "13/2024"), ("2026-09-24", "2025", "13/2024"), ("2026-09-25", "2026", "42/2026"),
])  # fmt: skip
def test_the_list_of_the_date(at: str, version: str | None, decision: str) -> None:
    found = answer(INVENTORY, {"on_list": False}, at=at)
    assert found["version"] == version
    if version:
        assert decision in row(found, "not-on-list")["cite"]


def test_waste_in_an_office_is_refused() -> None:
    facts = {"facility_kind": "commercial-building", "waste_treated": "70000 t/year"}
    (finding,) = refused({"id": INVENTORY, "at": "2026-11-02", "facts": facts})
    assert finding.code == "CC426"


def test_reporting_groups_are_told_as_steps() -> None:
    old, *new = programme.versions(INVENTORY)
    assert "steps" not in old
    for version in new:
        steps = {s["id"]: s for s in version["steps"]}
        assert [i for i in steps if i.startswith("group-")] == ["group-a", "group-b", "group-c"]
        for group, year, day in (("group-a", "2024", "31 March"), ("group-b", "2026", "1 December"), ("group-c", "2028", "1 December")):
            assert year in steps[group]["label"]["en"]
            assert day in steps[group]["label"]["en"]


# --- form -----------------------------------------------------------------------------------------------------


def test_days_of_the_decree() -> None:
    (version,) = programme.versions(DECREE)
    assert {s["id"]: (s["days"], s.get("working", False)) for s in version["steps"] if "days" in s} == {
        "idea-completeness": (2, True), "idea-supplement": (15, True), "idea-opinions": (10, True), "idea-result": (15, True),
        "registration-completeness": (2, True), "registration-supplement": (15, True), "registration-opinions": (30, False),
        "registration-result": (45, False), "issuance": (25, True), "transfer-approval": (25, True), "transfer-notice": (15, True),
    }  # fmt: skip


@pytest.mark.parametrize("id_", ALL)
def test_labels_papers_and_texts(id_: str) -> None:
    head = programme.headline(id_)
    three = {"en", "ja", "vi"}
    assert all(set(words) == three for words in head["wording"].values())
    for version in head["versions"]:
        ids = {c["id"] for c in version["criteria"]}
        for c in version["criteria"]:
            assert set(c["label"]) == set(c["paper"]) == three
            assert c["why"]
            assert c["fix"]
        for part in (*version.get("steps", []), *version.get("dossier", []), *version["facts"].values()):
            assert set(part["label"]) == three
        for paper in version.get("dossier", []):
            assert set(paper["criteria"]) <= ids
        for contradiction in version.get("contradictions", []):
            assert set(contradiction["of"]) <= set(version["facts"])


@pytest.mark.parametrize("id_", ALL)
@pytest.mark.parametrize("at", ["2001-01-01", "2026-11-02"])
def test_the_answer_follows_the_result_schema(id_: str, at: str) -> None:
    result = estimate({"id": id_, "at": at, "facts": {}})
    jsonschema.validate(result, library.schema("result"))
    declared = library.schema("result")["properties"]["programmes"]["items"]["properties"]
    assert set(result["programmes"][0]) <= set(declared)


@settings(max_examples=40, deadline=None)
@given(known=st.dictionaries(st.sampled_from(sorted(SHOWN)), st.just(True)))
def test_fewer_facts_never_turn_a_yes_into_a_no(known: dict) -> None:
    facts = {k: v for k, v in SHOWN.items() if k in known}
    found = answer(DECREE, facts)
    assert not [c for c in found["criteria"] if c["verdict"] == "fail"]
    assert found["verdict"] == ("eligible" if set(SHOWN) - {"ets_facility"} <= set(known) else "undetermined")
    assert {m for c in found["criteria"] for m in c["missing"]} == set(SHOWN) - set(known)


def test_the_report_speaks_of_the_facts_given_and_cites_every_clause() -> None:
    big = {"id": MANDATE, "at": "2026-11-02", "facts": {"clinker_capacity": "3000 t/day"}}
    facts = {k: v for k, v in SHOWN.items() if k != "required_by_law"}
    result = estimate(big, {"id": DECREE, "at": "2026-11-02", "facts": facts}, method="jcm/mm-am005")
    page = text.render(result, 300, False, EN)
    assert "✗ not additional, or outside the lists or the cap, on the facts given" in page
    assert "✗ mandated, so that the reduction is what the law asks for, on the facts given" in page
    assert "01-II.1" in page
    assert annex()["01-II.1"]["label"]["en"] in page
    for found in result["programmes"]:
        for c in found["criteria"]:
            assert c["cite"] in page
    short = markdown.one(Outcome("p.yaml", result, []), EN)
    assert "not additional, or outside the lists or the cap, on the facts given" in short
    assert "Decree 112/2026, Art. 3(17)(a)" in short.replace("&#40;", "(").replace("&#41;", ")").replace("\\", "")


def test_only_a_mandate_is_asked_first() -> None:
    assert programme.is_mandate(MANDATE)
    assert programme.is_mandate(f"{MANDATE}@strategy-2021")
    assert not programme.is_mandate(DECREE)
    assert not programme.is_mandate("vn/nothing")

"""Parks: what counts, once; what is shown and does not count; one file for several certificates."""

import copy
import json
import os
import shutil

import jsonschema
import pytest
from conftest import EN, ROOT
from hypothesis import given, settings
from hypothesis import strategies as st

import carboncalc
from carboncalc import library
from carboncalc.compare import compare, lock
from carboncalc.compare.lock import Locked
from carboncalc.findings import Invalid
from carboncalc.portfolio import Tally, keep, outcome
from carboncalc.reports import text, trace

EXAMPLE = ROOT / "examples" / "hai-phong-eco-industrial-park.yaml"
CONTRACT = ROOT / "tests" / "parks" / "valid" / "dinh-vu.yaml"
STEAM = {
    "id": "steam", "kind": "steam", "from": "plant", "to": "mill", "since": 2027, "heat": "90 TJ/year", "displaced_fuel": "anthracite",
    "boiler_efficiency": "80 %", "pumping": "0 MWh/year", "waste_heat": True,
}  # fmt: skip
SOLAR = {
    "carboncalc": 1, "project": {"id": "solar", "title": "Solar", "country": "VN", "first_year": 2027, "years": 3}, "methodology": "jcm/vn-am007", "gwp": "AR5",
    "inputs": {"electricity_generated": "1000 MWh/year", "connection": "grid"},
}  # fmt: skip


def park(*exchanges: dict, **more: object) -> dict:
    """Return a park of three years."""
    head = {"id": "p", "title": "P", "country": "VN", "first_year": 2027, "years": 3}
    head |= {k: more.pop(k) for k in ("first_year", "years", "base_year") if k in more}
    return {"carboncalc": 1, "kind": "park", "park": head, "gwp": "AR5", "exchanges": list(exchanges), **more}


def estimate(*exchanges: dict, **more: object) -> dict:
    return carboncalc.estimate(park(*exchanges, **more)).to_dict()


def errors(data: object) -> list:
    return [f for f in carboncalc.check(data) if f.severity == "error"]


def written(folder, **files: dict):
    for name, data in files.items():
        (folder / f"{name}.yaml").write_text(json.dumps(data), encoding="utf-8")
    return folder / "park.yaml"


def test_the_park_of_the_contract() -> None:
    result = carboncalc.estimate(CONTRACT).to_dict()
    jsonschema.validate(result, library.schema("result"))
    steam, water = result["exchanges"]
    assert steam["totals"]["reduction_per_year"] == pytest.approx(90 / 0.8 * 98.3)  # TJ ÷ efficiency × t/TJ
    grid = next(q["value"] for q in result["quantities"] if q["name"] == "EF_EL")
    assert water["totals"]["reduction_per_year"] == pytest.approx(384 * (0.5 - 0.3) * grid)  # thousand m3 × kWh/m3 = MWh
    assert water["savings"]["water"] == {"unit": "m3", "total": 5 * 384000.0, "per_year": 384000.0}
    assert {c["id"]: c["verdict"] for c in result["programmes"][0]["criteria"]} == {
        "legal-compliance": "unknown", "basic-services": "pass", "input-output-monitoring": "unknown", "public-report": "pass", "symbiosis": "pass",
        "recp-share": "pass", "land-share": "pass", "worker-housing": "unknown",
    }  # fmt: skip


def parts(result: dict) -> list[dict]:
    return [*result["exchanges"], *result["projects"]]


@pytest.mark.parametrize("path", [EXAMPLE, CONTRACT], ids=lambda p: p.stem)
def test_the_total_is_exchanges_plus_projects_each_once(path) -> None:
    result = carboncalc.estimate(path).to_dict()
    for key in ("baseline", "project", "leakage", "reduction", "reduction_energy", "reduction_upstream", "reduction_per_year"):
        assert result["totals"][key] == pytest.approx(sum(p["totals"][key] for p in parts(result)), rel=1e-12, abs=1e-9), key
    for i, row in enumerate(result["years"]):
        assert row["reduction"] == pytest.approx(sum(p["years"][i]["reduction"] for p in parts(result)), rel=1e-12)
    for kind, saved in result["park"]["savings"].items():
        assert saved["total"] == pytest.approx(sum(e["savings"].get(kind, {"total": 0})["total"] for e in result["exchanges"]), rel=1e-12), kind
    for project in result["projects"]:  # the years that both cover, from its own file
        alone = carboncalc.estimate(path.parent / project["file"]).to_dict()
        both = {r["year"]: r["reduction"] for r in alone["years"]}
        assert [r["reduction"] for r in project["years"]] == [both.get(r["year"], 0.0) for r in project["years"]]


@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_the_order_in_the_file_changes_nothing(data) -> None:
    content = library.read(EXAMPLE).data
    before = carboncalc.estimate(EXAMPLE).to_dict()
    content = copy.deepcopy(content)
    content["exchanges"] = data.draw(st.permutations(content["exchanges"]))
    content["projects"] = data.draw(st.permutations(content["projects"]))
    moved = library.parse(json.dumps(content), str(EXAMPLE))
    after = carboncalc.estimate(moved).to_dict()
    assert after["totals"] == pytest.approx(before["totals"], rel=1e-12)
    for kind in ("exchanges", "projects"):
        assert {p["id"]: p["totals"] for p in after[kind]} == {p["id"]: p["totals"] for p in before[kind]}
    assert [p["verdict"] for p in after["programmes"]] == [p["verdict"] for p in before["programmes"]]


def test_the_balance_of_a_park_closes_and_conservative_never_claims_more() -> None:
    result = carboncalc.estimate(EXAMPLE).to_dict()
    totals = result["totals"]
    assert totals["reduction"] == pytest.approx(totals["baseline"] - totals["project"] - totals["leakage"], rel=1e-12)
    for role in ("baseline", "project", "leakage"):
        assert sum(result["by_gas"][role].values()) == pytest.approx(totals[role], rel=1e-12)
    content = library.read(EXAMPLE).data | {"projects": []}
    central = carboncalc.estimate(content).totals
    careful = carboncalc.estimate({**content, "conservative": True}).totals
    assert careful["reduction"] < central["reduction"]
    assert careful["reduction_upstream"] <= central["reduction_upstream"]
    assert carboncalc.estimate(EXAMPLE).to_json() == carboncalc.estimate(EXAMPLE).to_json()


def test_savings_outside_the_fence_never_enter_the_reduction() -> None:
    ash = {
        "id": "ash",
        "kind": "by-product",
        "from": "a",
        "to": "b",
        "since": 2027,
        "mass": "1000 t/year",
        "sub_ratio": 1,
        "preparation": "5 kWh/t",
        "distance": "2 km",
    }
    without, with_ = estimate(ash), estimate({**ash, "virgin_factor": "0.9 tCO2e/t"})
    assert with_["totals"]["reduction_upstream"] == pytest.approx(3 * 900)
    assert without["totals"]["reduction_upstream"] == 0
    assert with_["totals"]["reduction"] == without["totals"]["reduction"] < 0
    for key in ("by_gas", "by_origin", "rests_on"):
        assert with_[key] == without[key]


# --- what counts, in pairs ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "more", "code"),
    [
        ({}, {}, None),
        ({"required_by_law": False}, {}, None),
        ({"required_by_law": True}, {}, "CC511"),
        ({"since": 2027}, {"base_year": 2027}, None),
        ({"since": 2026}, {}, "CC512"),  # the base year is the first year unless stated
        ({"since": 2026}, {"base_year": 2026}, None),
        ({"since": 2025}, {"base_year": 2026}, "CC512"),
    ],
)
def test_what_counts(change: dict, more: dict, code: str | None) -> None:
    result = estimate({**STEAM, **change}, **more)
    (row,) = result["exchanges"]
    assert row["counted"] == (code is None)
    assert bool(row["why"]) == (code is not None)
    assert bool(result["totals"]["reduction"]) == (code is None)
    assert bool(result["park"]["savings"]) == (code is None)
    found = [f for f in result["findings"] if f["code"] in ("CC511", "CC512", "CC513")]
    assert [f["code"] for f in found] == ([code] if code else [])
    assert all(f["line"] and "not counted" in f["message"] for f in found)


@pytest.mark.parametrize(
    ("change", "counted"),
    [({}, True), ({"hazardous": False}, True), ({"hazardous": True}, False), ({"hazardous": True, "licensed_route": False}, False), ({"hazardous": True, "licensed_route": True}, True)],
)  # fmt: skip
def test_hazardous_waste_needs_a_licensed_route(change: dict, counted: bool) -> None:
    oil = {
        "id": "oil", "kind": "waste-fuel", "from": "a", "to": "b", "since": 2027, "mass": "100 t/year", "heating_value": "40 GJ/t", "displaced_fuel": "anthracite",
        "waste_fuel": "waste-oil", "fossil_share": "100 %", "preparation": 0, "distance": "0 km",
    }  # fmt: skip
    oil["preparation"] = "0 kWh/t"
    result = estimate({**oil, **change}, programmes=[{"id": "vn/eip-decree-35-2022"}])
    assert result["exchanges"][0]["counted"] == counted
    assert result["park"]["participants"] == (["a", "b"] if counted else [])  # without a licence it is no symbiosis either
    assert next(c["value"] for c in result["programmes"][0]["criteria"] if c["id"] == "symbiosis") == float(counted)


def test_an_exchange_that_does_not_count_is_still_checked() -> None:
    assert [f.code for f in errors(park({**STEAM, "required_by_law": True, "boiler_efficiency": "110 %"}))] == ["CC214"]


@pytest.mark.parametrize(
    ("first", "second", "code"),
    [
        ({}, {"from": "mill", "to": "plant"}, "CC135"),
        ({}, {}, "CC135"),
        ({"stream": "40 bar"}, {"stream": "40 bar"}, "CC135"),
        ({"stream": "40 bar"}, {}, "CC135"),  # the second may be the same flow
        ({}, {"stream": "40 bar"}, "CC135"),
        ({"stream": "40 bar"}, {"stream": "6 bar"}, None),
        ({}, {"to": "bakery"}, None),
    ],
)
def test_an_exchange_that_both_partners_list_is_refused(first: dict, second: dict, code: str | None) -> None:
    found = errors(park({**STEAM, **first}, {**STEAM, "id": "bought", **second}))
    assert [f.code for f in found] == ([code] if code else [])


def test_another_kind_between_the_same_partners_is_another_exchange() -> None:
    power = {
        "id": "power",
        "kind": "power",
        "from": "plant",
        "to": "mill",
        "since": 2027,
        "electricity_generated": "10 MWh/year",
        "auxiliary_use": "0 MWh/year",
    }
    assert not errors(park(STEAM, power))


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({}, []),
        ({"pumping": None}, ["CC514"]),
        ({"waste_heat": None}, ["CC515"]),
        ({"waste_heat": None, "extra_fuel": "diesel", "extra_fuel_use": "0 TJ/year"}, []),
        ({"since": 2029}, []),
        ({"since": 2030}, ["CC519"]),
        ({"pumping": "99999 MWh/year"}, ["CC501"]),
    ],
)
def test_what_a_validator_would_ask(change: dict, codes: list[str]) -> None:
    row = {k: v for k, v in {**STEAM, **change}.items() if v is not None}
    assert [f["code"] for f in estimate(row)["findings"] if f["severity"] == "warning"] == codes


@pytest.mark.parametrize(("ratio", "told"), [("100 %", True), (1, True), ("99 %", False)])
def test_carbon_dioxide_for_sale_is_not_one_for_one(ratio: object, told: bool) -> None:
    gas = {
        "id": "g",
        "kind": "by-product",
        "from": "a",
        "to": "b",
        "since": 2027,
        "material": "CO2",
        "mass": "10 t/year",
        "sub_ratio": ratio,
        "preparation": "0 kWh/t",
        "distance": "0 km",
    }
    assert ("CC516" in [f["code"] for f in estimate(gas)["findings"]]) == told


# --- projects -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "years", "shared", "severity"),
    [
        (2027, 3, [2027, 2028, 2029], None),
        (2025, 4, [2027, 2028], "info"),
        (2029, 9, [2029], "info"),
        (2030, 3, [], "warning"),
        (2020, 7, [], "warning"),
    ],
)
def test_a_project_counts_in_the_years_of_the_park(tmp_path, first: int, years: int, shared: list[int], severity: str | None) -> None:
    solar = copy.deepcopy(SOLAR)
    solar["project"] |= {"first_year": first, "years": years}
    result = carboncalc.estimate(written(tmp_path, solar=solar, park=park(projects=["solar.yaml"]))).to_dict()
    assert [r["year"] for r in result["years"] if r["reduction"]] == shared
    assert [f["severity"] for f in result["findings"] if f["code"] == "CC517"] == ([severity] if severity else [])


def test_faults_of_a_project_stand_in_its_own_file(tmp_path) -> None:
    broken = {**SOLAR, "inputs": {"electricity_generated": "1000 GWhh/year", "connection": "grid"}}
    (fault,) = errors(written(tmp_path, solar=broken, park=park(projects=["solar.yaml"])))
    assert (fault.code, os.path.basename(fault.place.file)) == ("CC201", "solar.yaml")


def test_a_mapping_has_no_folder_to_look_in() -> None:
    assert [f.code for f in errors(park(projects=["solar.yaml"]))] == ["CC131"]


def test_a_saved_result_holds_its_projects_and_can_be_estimated_anew() -> None:
    result = carboncalc.estimate(CONTRACT).to_dict()
    again = carboncalc.estimate(result["input"]).to_dict()
    assert again["totals"] == result["totals"]
    assert again["projects"][0]["file"] is None
    assert again["input"] == result["input"]
    wrong = copy.deepcopy(result["input"])
    wrong["projects"][0]["inputs"]["fleet"][0]["distance"] = "45 000 kWh"
    (fault,) = errors(wrong)
    assert fault.code == "CC203"
    assert "45 000 kWh" in fault.place.source
    assert [f.code for f in errors({**wrong, "projects": 2 * result["input"]["projects"]})] == ["CC132"]


def test_a_difference_of_parks_names_the_exchange() -> None:
    old = carboncalc.estimate(CONTRACT).to_dict()
    content = copy.deepcopy(old["input"])
    content["exchanges"][0]["heat"] = "100 TJ/year"
    found = compare(old, carboncalc.estimate(content).to_dict())
    assert [(part["name"], part["amount"]) for part in found["parts"]] == [("exchanges.steam.heat", pytest.approx(5 * 10 / 0.8 * 98.3))]


def test_a_lock_names_the_kinds_of_exchange_and_the_methodologies_of_projects() -> None:
    locked = lock([Locked("p.yaml", b"", carboncalc.estimate(CONTRACT).to_dict())])
    assert {"symbiosis/steam", "symbiosis/water-reuse", "symbiosis/link", "cdm/ams-iii-c"} <= set(locked["methodologies"])


def test_in_a_portfolio_a_project_counts_through_its_park(tmp_path) -> None:
    path = written(tmp_path, solar=SOLAR, other={**SOLAR, "project": {**SOLAR["project"], "id": "other"}}, park=park(STEAM, projects=["solar.yaml"]))
    for order in (["solar", "other", "park"], ["park", "other", "solar"]):
        tally = Tally()
        for name in order:
            tally.add(keep(outcome(str(path.with_name(f"{name}.yaml")))))
        totals = tally.to_dict()
        parts_ = [carboncalc.estimate(path).totals["reduction"], carboncalc.estimate(tmp_path / "other.yaml").totals["reduction"]]
        assert totals["reduction"] == pytest.approx(sum(parts_), rel=1e-12)
        assert totals["counted_in_parks"] == ["solar"]
        assert sum(g["reduction"] for g in totals["by_methodology"].values()) == pytest.approx(sum(parts_), rel=1e-12)


def test_a_link_does_not_lead_out_of_the_folder(tmp_path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    written(tmp_path, solar=SOLAR)
    try:
        os.symlink(tmp_path / "solar.yaml", inside / "solar.yaml")
    except OSError:
        pytest.skip("no symbolic links here")
    assert [f.code for f in errors(written(inside, park=park(projects=["solar.yaml"])))] == ["CC131"]


def test_two_files_with_one_id_count_twice_and_are_refused(tmp_path) -> None:
    path = written(tmp_path, solar=SOLAR, again=SOLAR, park=park(projects=["solar.yaml", "again.yaml"]))
    assert [f.code for f in errors(path)] == ["CC132"]


def test_a_conservative_park_tells_of_a_project_that_is_not(tmp_path) -> None:
    path = written(tmp_path, solar=SOLAR, park={**park(projects=["solar.yaml"]), "conservative": True})
    assert "CC518" in [f.code for f in carboncalc.check(path)]
    path = written(tmp_path, solar={**SOLAR, "conservative": True}, park={**park(projects=["solar.yaml"]), "conservative": True})
    assert "CC518" not in [f.code for f in carboncalc.check(path)]


def test_several_measures_of_a_project_add_up(tmp_path) -> None:
    shutil.copy(ROOT / "tests" / "projects" / "valid" / "two-measures.yaml", tmp_path)
    path = written(tmp_path, park=park(STEAM, projects=["two-measures.yaml"], years=2))
    result = carboncalc.estimate(path).to_dict()
    alone = carboncalc.estimate(tmp_path / "two-measures.yaml").totals["reduction"]
    assert result["projects"][0]["totals"]["reduction"] == pytest.approx(alone, rel=1e-12)
    assert {s.get("measure") for s in result["steps"]} == {None, "steam", "two/solar", "two/buses"}


# --- certificates -------------------------------------------------------------------------------------------


def criterion(result: dict, programme: str, id_: str) -> dict:
    rows = next(p for p in result["programmes"] if p["id"] == programme)["criteria"]
    return next(c for c in rows if c["id"] == id_)


def test_one_file_feeds_every_certificate() -> None:
    result = carboncalc.estimate(EXAMPLE).to_dict()
    assert [p["id"] for p in result["programmes"]] == ["vn/eip-decree-35-2022", "vn/eip-decree-82-2018", "vn/eip-form-a5", "un/eip-framework-2.0"]
    assert criterion(result, "vn/eip-decree-82-2018", "recp-awareness")["value"] == pytest.approx(62 / 68)
    assert (
        criterion(result, "vn/eip-form-a5", "env-3")["value"]
        == criterion(result, "un/eip-framework-2.0", "wastewater-reused")["value"]
        == pytest.approx(0.35)
    )
    assert {d["status"] for d in result["programmes"][0]["dossier"]} <= {"met", "not-met", "missing"}
    assert result["programmes"][0]["dossier"]


def test_a_fact_of_the_entry_wins_over_one_of_the_park() -> None:
    both = estimate(
        STEAM,
        facts={"basic_services": True},
        programmes=[{"id": "vn/eip-decree-35-2022", "facts": {"basic_services": False}}, {"id": "vn/eip-decree-82-2018@2018"}],
    )
    assert criterion(both, "vn/eip-decree-35-2022", "basic-services")["verdict"] == "fail"
    assert criterion(both, "vn/eip-decree-82-2018", "basic-services")["verdict"] == "pass"


@pytest.mark.parametrize(
    ("at", "count", "due"), [(None, 1.0, 2026.0), ("2026-12-31", 0.0, 2025.0), ("2027-01-01", 1.0, 2026.0), ("2028-01-01", 2.0, 2027.0)]
)
def test_the_date_decides_which_links_are_carried_out_and_which_report_is_due(at: str | None, count: float, due: float) -> None:
    entry = {"id": "vn/eip-decree-35-2022"} | ({"at": at} if at else {})
    later = {**STEAM, "id": "later", "to": "bakery", "since": 2028}
    result = estimate(STEAM, later, facts={"public_report": 2026}, programmes=[entry])
    assert criterion(result, "vn/eip-decree-35-2022", "symbiosis")["value"] == count
    assert criterion(result, "vn/eip-decree-35-2022", "public-report")["threshold"] == due


def test_what_is_not_stated_of_a_park_is_unknown_and_never_a_no() -> None:
    result = estimate(STEAM, programmes=[{"id": "vn/eip-decree-35-2022"}])
    for id_, missing in (
        ("recp-share", ["enterprises_recp", "enterprises_total"]),
        ("land-share", ["land_green", "land_total"]),
        ("symbiosis", ["enterprises_iso"]),
    ):
        assert criterion(result, "vn/eip-decree-35-2022", id_)["verdict"] == "unknown"
        assert criterion(result, "vn/eip-decree-35-2022", id_)["missing"] == missing


@pytest.mark.parametrize(("name", "count"), [("mill", 1.0), ("plant", 1.0), ("shipyard", 0.0)])
def test_an_eco_enterprise_is_judged_by_its_own_links_and_facts(name: str, count: float) -> None:
    entries = [{"id": "vn/eip-decree-35-2022"}, {"id": "vn/eco-enterprise-decree-35-2022", "enterprise": name, "facts": {"iso_system": True}}]
    result = estimate(STEAM, facts={"legal_compliance": True}, programmes=entries)
    assert criterion(result, "vn/eco-enterprise-decree-35-2022", "symbiosis")["value"] == count
    assert criterion(result, "vn/eco-enterprise-decree-35-2022", "legal-compliance")["verdict"] == "unknown"  # the park's is not the enterprise's
    assert criterion(result, "vn/eip-decree-35-2022", "legal-compliance")["verdict"] == "pass"
    assert [f.code for f in errors(park(STEAM, programmes=[{"id": "vn/eco-enterprise-decree-35-2022"}]))] == ["CC112"]
    assert [f.code for f in errors(park(STEAM, programmes=[{"id": "vn/eip-decree-35-2022", "enterprise": "mill"}]))] == ["CC405"]


# --- what is shown ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [60, 80, 100, 140])
def test_the_report_shows_what_counts_and_what_does_not(width: int) -> None:
    page = text.render(carboncalc.estimate(EXAMPLE).to_dict(), width, False, EN)
    assert max(map(len, page.split("\n"))) <= width
    flat = " ".join(page.split())
    assert "6 of 9 exchanges counted and 2 projects" in flat
    assert "kiln-heat: not counted, the law requires it, so it is the baseline" in flat
    assert "upstream, outside the fence" in flat
    assert "Physical savings a year on average" in page


def test_a_trace_goes_from_the_park_to_the_sources_of_one_exchange() -> None:
    result = carboncalc.estimate(EXAMPLE).to_dict()
    page = trace.render(result, "", 100, False, EN)
    assert page.startswith("reduction_park[2027]")
    for member in ("ER_y[steam-to-paper, 2027]", "ER_y[ngoc-hai-fish-port-wastewater, 2027]", "ER_p[factory-rooftop-solar, 2027]"):
        assert member in page
    one = trace.render(result, "PE_EL[fly-ash,2028]", 100, False, EN)
    assert one.startswith("PE_EL[fly-ash, 2028]")
    assert "EC[fly-ash, 2028]" in one
    assert "steam-to-paper" not in one
    assert trace.render(result, "upstream[2031]", 100, False, EN).startswith("upstream_park[2031]")


def test_every_scalar_step_of_an_exchange_can_be_recomputed() -> None:
    result = carboncalc.estimate(EXAMPLE).to_dict()
    ids = {e["id"] for e in result["exchanges"] if e["counted"]}
    checked = 0
    for step in result["steps"]:
        if step.get("measure") not in ids or "sum(" in step["formula"] or "where(" in step["formula"]:
            continue
        rows = [r for r in [*result["steps"], *result["quantities"]] if r.get("measure") == step["measure"]]
        scope = {
            u: next(r["value"] for r in rows if r["name"] == u and all(step["index"].get(k) == v for k, v in r["index"].items()))
            for u in step["uses"]
        }
        assert eval(step["formula"], {"__builtins__": {}}, scope) == pytest.approx(step["value"], rel=1e-12, abs=1e-12)  # noqa: S307
        checked += 1
    assert checked > 200


def test_a_project_cannot_name_a_kind_of_exchange() -> None:
    with pytest.raises(Invalid) as caught:
        carboncalc.estimate({**SOLAR, "methodology": "symbiosis/steam"})
    assert caught.value.findings[0].code == "CC115"
    assert "exchanges:" in caught.value.findings[0].help


def test_a_file_that_forgot_its_kind_is_told_so() -> None:
    data = park(STEAM)
    del data["kind"]
    (fault,) = errors(data)
    assert (fault.code, fault.help) == ("CC112", "add `kind: park`")

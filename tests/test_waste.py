"""Waste methodologies: one landfill model for all that use TOOL04, origins apart, conditions in pairs around their limits."""

import math

import pytest
from conftest import ROOT

import carboncalc
from carboncalc import library

SITE = {"disposal_site": "unmanaged-deep", "climate": "tropical-wet"}
SHARES = {"food": "60 %", "paper": "15 %", "wood": "5 %", "inert": "20 %"}


def run(methodology: str, inputs: dict, years: int = 3, factors: dict | None = None) -> dict:
    project = {"id": "waste", "title": "Waste", "country": "VN", "first_year": 2027, "years": years}
    return carboncalc.estimate(
        {"carboncalc": 1, "project": project, "methodology": methodology, "gwp": "AR5", "inputs": inputs, "factors": factors or {}}
    ).to_dict()


def series(result: dict, name: str) -> list[float]:
    return [s["value"] for s in result["steps"] if s["name"] == name]


def told(result: dict, words: str) -> bool:
    return any(f["code"] == "CC403" and words in f["message"] for f in result["findings"])


BIOGAS = {"biogas": "300000 m3/year", "biogas_ncv": "21.5 MJ/m3", "reference_fuel": "diesel", "electricity_consumed": "100 MWh/year"}
BURNING = {"electricity_supplied": "3000 MWh/year", "furnace": "continuous-stoker"}


def test_the_same_waste_is_the_same_methane_in_every_methodology_with_tool04() -> None:
    waste = {"waste": {2027: "10000 t/year", 2028: "4000 t/year"}, "composition": SHARES, **SITE}
    first, *others = (
        series(run(id_, waste | more), "BE_CH4_SWDS")
        for id_, more in (("cdm/ams-iii-f", {}), ("cdm/acm0022", {}), ("jcm/vn-am004", BIOGAS), ("jcm/mm-am001", BURNING))
    )
    assert len(first) == 3
    assert all(other == first for other in others)


def test_energy_and_methane_of_waste_to_energy_stay_apart_and_sum() -> None:
    result = carboncalc.estimate(ROOT / "examples" / "trang-cat-waste-to-energy.yaml").to_dict()
    origins = result["by_origin"]
    gwp = {q["name"]: q["value"] for q in result["quantities"]}
    assert origins["baseline"]["energy"] == pytest.approx(math.fsum(series(result, "RE")), rel=1e-12)
    assert origins["baseline"]["non-energy"] == pytest.approx(math.fsum(series(result, "BE_CH4_SWDS")), rel=1e-12)
    assert origins["project"]["energy"] == pytest.approx(math.fsum(series(result, "PE_FC")), rel=1e-12)
    burning = (
        math.fsum(series(result, "PE_waste_CO2"))
        + math.fsum(series(result, "PE_waste_CH4")) * gwp["GWP_CH4"]
        + math.fsum(series(result, "PE_waste_N2O")) * gwp["GWP_N2O"]
    )
    assert origins["project"]["non-energy"] == pytest.approx(burning, rel=1e-12)
    assert result["totals"]["reduction_energy"] == pytest.approx(origins["baseline"]["energy"] - origins["project"]["energy"], rel=1e-12)


@pytest.mark.parametrize(("supplied", "expected"), [("2750 MWh/year", False), ("2749.9 MWh/year", True)])
def test_fossil_carbon_against_electricity(supplied: str, expected: bool) -> None:
    """1000 t of plastics hold 750 t of fossil carbon: 2750 tCO2, as much as 2750 MWh displace at 1 t a MWh."""
    inputs = {"waste": "1000 t/year", "composition": {"plastics": "100 %"}, **SITE, "furnace": "batch-stoker", "electricity_supplied": supplied}
    result = run("jcm/mm-am001", inputs, factors={"electricity.grid": {"value": "1 tCO2/MWh", "source": "round"}})
    assert series(result, "PE_waste_CO2") == [2750.0] * 3
    assert told(result, "fossil CO2 of the waste") is expected


@pytest.mark.parametrize(("gas", "expected"), [("300000 m3/year", False), ("299999 m3/year", True)])
def test_gas_yield_of_the_draft(gas: str, expected: bool) -> None:
    inputs = {"waste": "10000 t/year", "composition": {"food": "100 %"}, **SITE, **BIOGAS, "biogas": gas}
    assert told(run("jcm/vn-am004", inputs), "less biogas") is expected


@pytest.mark.parametrize(("rate", "share", "expected"), [("0 %", 1, False), ("49.9 %", 0.501, False), ("50 %", 0, True), ("100 %", 0, True)])
def test_compliance_with_the_law(rate: str, share: float, expected: bool) -> None:
    inputs = {"waste": "10000 t/year", "composition": {"food": "100 %"}, **SITE}
    whole = series(run("cdm/acm0022", inputs), "BE_CH4_SWDS")
    result = run("cdm/acm0022", inputs | {"compliance_rate": rate})
    assert series(result, "BE_CH4_SWDS") == pytest.approx([v * share for v in whole], rel=1e-12, abs=1e-12)
    assert told(result, "obeyed by half") is expected


@pytest.mark.parametrize(("share", "gas", "expected"), [("40 %", "1 m3/year", False), ("40 %", "0 m3/year", True), ("0 %", "1 m3/year", True)])
def test_digested_waste_and_gas_belong_together(share: str, gas: str, expected: bool) -> None:
    inputs = {"waste": "10000 t/year", "composition": {"food": "100 %"}, **SITE, "digested_share": share, "biogas": gas}
    assert told(run("cdm/acm0022", inputs), "digested") is expected


def test_a_digested_share_needs_its_gas() -> None:
    project = {"id": "x", "title": "x", "country": "VN", "first_year": 2027, "years": 1}
    inputs = {"waste": "1 t/year", "composition": {"food": "100 %"}, **SITE, "digested_share": "10 %"}
    found = carboncalc.check({"carboncalc": 1, "project": project, "methodology": "cdm/acm0022", "gwp": "AR5", "inputs": inputs})
    assert [f.code for f in found] == ["CC116"]


def test_deposits_split_or_reordered_are_the_same_site() -> None:
    """Two halves are the whole, in any order; a deposit of the other scenario is not touched by it."""
    document = library.read(ROOT / "examples" / "trang-cat-landfill-methane.yaml").data
    before = carboncalc.estimate(document).totals
    food = document["inputs"]["deposits"].pop(0)
    document["inputs"]["deposits"] += [{**food, "id": f"food-{i}", "waste": "64050 t/year"} for i in (1, 2)]
    after = carboncalc.estimate(document).totals
    assert after["baseline"] == pytest.approx(before["baseline"], rel=1e-12)
    assert after["project"] == before["project"]


def test_the_same_deposits_on_both_sides_save_nothing() -> None:
    row = {"type": "food", "disposal_site": "managed-anaerobic", "waste": "1000 t/year"}
    deposits = [{"id": s, "scenario": s, **row} for s in ("baseline", "project")]
    result = run("ipcc/swds-fod-2006", {"deposits": deposits, "climate": "temperate-wet", "cover": "covered"}, years=30)
    assert result["totals"]["baseline"] > 0
    assert result["totals"]["reduction"] == 0

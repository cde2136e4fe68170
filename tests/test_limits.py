"""Limits of methodologies: just met says nothing, just missed says CC403."""

import pytest

import carboncalc
from carboncalc.findings import Invalid

PLANT = {"electricity_supplied": "20 GWh/year", "margin_weights": "first-period"}
RECOVERY = {"waste_energy_before": "500 TJ/year", "waste_energy": "400 TJ/year", "margin_weights": "simplified"}
VEHICLES = {"id": "bus", "fuel": "diesel", "fuel_use_before": "1 kg/km", "fuel_use": "0 t/year"}
BOILER = {
    "id": "boiler",
    "baseline_fuel": "diesel",
    "baseline_fuel_use": "1 t/year",
    "baseline_output": "1 TJ/year",
    "project_fuel": "natural-gas",
    "project_fuel_use": "0 t/year",
}
#: tonnes of diesel at 43 GJ/t and 74.1 kgCO2/GJ that make the 60 000 t of small-scale type III
DIESEL = 60000 / (43 * 74.1e-3)


@pytest.mark.parametrize(
    ("methodology", "met", "missed"),
    [
        ("cdm/ams-i-d", {**PLANT, "capacity": "15 MW"}, {**PLANT, "capacity": "15.001 MW"}),
        (
            "cdm/ams-i-d",
            {**PLANT, "capacity": "4.001 MW", "reservoir_area": "1 km2", "total_generation": "20 GWh/year"},
            {**PLANT, "capacity": "4 MW", "reservoir_area": "1 km2", "total_generation": "20 GWh/year"},
        ),
        ("cdm/ams-iii-q", {**RECOVERY, "grid_electricity": "75000 MWh/year"}, {**RECOVERY, "grid_electricity": "75001 MWh/year"}),
        (
            "cdm/ams-iii-bc",
            {"fleet": [{**VEHICLES, "activity": f"{DIESEL * 1000 - 1} km/year"}]},
            {"fleet": [{**VEHICLES, "activity": f"{DIESEL * 1000 + 1} km/year"}]},
        ),
        (
            "cdm/ams-iii-b",
            {"processes": [{**BOILER, "output": f"{DIESEL - 1} TJ/year"}]},
            {"processes": [{**BOILER, "output": f"{DIESEL + 1} TJ/year"}]},
        ),
    ],
)
def test_limits_in_pairs(methodology: str, met: dict, missed: dict) -> None:
    for inputs, expected in ((met, False), (missed, True)):
        result = carboncalc.estimate({
            "carboncalc": 1,
            "project": {"id": "x", "title": "x", "country": "VN", "first_year": 2027, "years": 1},
            "methodology": methodology,
            "gwp": "AR5",
            "inputs": inputs,
            "factors": {"electricity.grid": {"value": "0.8 tCO2/MWh", "source": "test"}},
        }).to_dict()  # fmt: skip
        assert ("CC403" in {f["code"] for f in result["findings"]}) is expected


def test_freight_without_a_load_is_refused_not_guessed() -> None:
    with pytest.raises(Invalid) as caught:
        carboncalc.estimate({
            "carboncalc": 1,
            "project": {"id": "x", "title": "x", "country": "VN", "first_year": 2027, "years": 1},
            "methodology": "cdm/ams-iii-bc",
            "gwp": "AR5",
            "inputs": {"fleet": [{**VEHICLES, "activity": "1000 tkm/year"}]},
        })  # fmt: skip
    assert "zero" in caught.value.findings[0].message

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
CHILLER = {"id": "chiller", "electricity_use": "1000 MWh/year", "capacity": "1760 kW", "cop": 6.5, "temperature_difference": "30 K"}
COOLER = {"id": "cooler", "electricity_use": "1000 MWh/year", "reference_cop": 5.8}
LIGHTING = {"id": "hall", "electricity_use": "100 MWh/year", "reference_efficacy": "80 lm/W"}
HEAT = {"reference_fuel": "natural-gas", "reference_efficiency": "100 %"}
COGENERATION = {**HEAT, "electricity_generated": "1000 MWh/year", "heat_supplied": "1 TJ/year", "fuel": "natural-gas"}
HEAT_ONLY = {"heat_supplied": "1 TJ/year", "reference_fuel": "lignite", "reference_efficiency": "60 %", "electricity_use": "0 MWh/year"}
PUMP = {**HEAT, "heat_pump_electricity": "500 MWh/year"}
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
        # 300 and 1500 US tons of refrigeration are 1055.056 and 5275.279 kW
        ("jcm/id-am002", {"chillers": [{**CHILLER, "capacity": "1055.06 kW"}]}, {"chillers": [{**CHILLER, "capacity": "1055.05 kW"}]}),
        ("jcm/id-am002", {"chillers": [{**CHILLER, "capacity": "5275.27 kW"}]}, {"chillers": [{**CHILLER, "capacity": "5275.29 kW"}]}),
        ("jcm/id-am002", {"chillers": [{**CHILLER, "cop": 6.001}]}, {"chillers": [{**CHILLER, "cop": 6.0}]}),
        ("jcm/bd-am001", {"chillers": [{**CHILLER, "cop": 5.331}]}, {"chillers": [{**CHILLER, "cop": 5.33}]}),
        ("jcm/th-am005", {"equipment": [{**COOLER, "cop": 5.801}]}, {"equipment": [{**COOLER, "cop": 5.8}]}),
        ("jcm/id-am020", {"lighting": [{**LIGHTING, "efficacy": "80.1 lm/W"}]}, {"lighting": [{**LIGHTING, "efficacy": "80 lm/W"}]}),
        (
            "jcm/id-am020",
            {"lighting": [{**LIGHTING, "efficacy": "90 lm/W", "electricity_use": "1 kW", "operating_hours": "1 h/year"}]},
            {"lighting": [{**LIGHTING, "efficacy": "90 lm/W", "electricity_use": "1 kW", "operating_hours": "0 h/year"}]},
        ),
        (
            "jcm/vn-am003",
            {"equipment": [{"id": "x", "electricity_use": "1 MWh/year", "efficiency": 3.41, "reference_efficiency": 3.4}]},
            {"equipment": [{"id": "x", "electricity_use": "1 MWh/year", "efficiency": 3.4, "reference_efficiency": 3.4}]},
        ),
        (
            "jcm/id-am022",
            {"cooling_supplied": "1000 MWh/year", "reference_cop": 5, "electricity_use": "199.9 MWh/year"},
            {"cooling_supplied": "1000 MWh/year", "reference_cop": 5, "electricity_use": "200 MWh/year"},
        ),
        ("jcm/th-am009", {**COGENERATION, "fuel_use": "95.9 t/year"}, {**COGENERATION, "fuel_use": "95.8 t/year"}),  # 3600 + 1000 GJ at 48 GJ/t
        (
            "jcm/id-am015",
            {**HEAT, "heat_supplied": "48 TJ/year", "fuel": "natural-gas", "fuel_use": "1000 t/year"},
            {**HEAT, "heat_supplied": "48 TJ/year", "fuel": "natural-gas", "fuel_use": "999.9 t/year"},
        ),
        ("jcm/mn-am002", {**HEAT_ONLY, "efficiency": "75 %", "capacity": "100 kW"}, {**HEAT_ONLY, "efficiency": "75 %", "capacity": "99.9 kW"}),
        ("jcm/mn-am002", {**HEAT_ONLY, "efficiency": "75 %", "capacity": "3.15 MW"}, {**HEAT_ONLY, "efficiency": "75 %", "capacity": "3.151 MW"}),
        ("jcm/mn-am002", {**HEAT_ONLY, "efficiency": "60.1 %", "capacity": "1 MW"}, {**HEAT_ONLY, "efficiency": "60 %", "capacity": "1 MW"}),
        (
            "jcm/th-am008",
            {**PUMP, "heating_cop": 3.2, "cooling_cop": 3.19, "reference_cop": 4.5},
            {**PUMP, "heating_cop": 3.2, "cooling_cop": 3.2, "reference_cop": 4.5},
        ),
        ("jcm/cr-am003", {**PUMP, "heating_cop": 3.97}, {**PUMP, "heating_cop": 3.96}),  # 0.8 t/MWh is 3.9612 times 3.6 GJ of gas
        (
            "jcm/th-am007",
            {"electricity_supplied": "4381 MWh/year", "auxiliary_capacity": "0.5 MW"},
            {"electricity_supplied": "4380 MWh/year", "auxiliary_capacity": "0.5 MW"},
        ),
        (
            "jcm/la-am003",
            {"transformers": [{"id": "a", "units": 1, "reference_loss": "200 W", "project_loss": "199 W"}], "outage_rate": "0 %"},
            {"transformers": [{"id": "a", "units": 1, "reference_loss": "200 W", "project_loss": "200 W"}], "outage_rate": "0 %"},
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


@pytest.mark.parametrize(("tons", "below", "from_here"), [(450, 4.92, 5.33), (550, 5.33, 5.59), (825, 5.59, 5.85)])
def test_the_reference_cop_steps_at_its_limits(tons: int, below: float, from_here: float) -> None:
    limit = tons * 3.51685284
    for capacity, expected in ((limit - 0.001, below), (limit + 0.001, from_here)):
        result = carboncalc.estimate({
            "carboncalc": 1,
            "project": {"id": "x", "title": "x", "country": "ID", "first_year": 2027, "years": 1},
            "methodology": "jcm/id-am002",
            "gwp": "AR5",
            "inputs": {"chillers": [{**CHILLER, "capacity": f"{capacity} kW"}]},
        }).to_dict()  # fmt: skip
        assert [s["value"] for s in result["steps"] if s["name"] == "COP_RE"] == [expected]


@pytest.mark.parametrize(
    ("methodology", "inputs", "given", "wanted"),
    [
        ("jcm/id-am002", {"chillers": [CHILLER]}, "generator_hours", "generator_capacity"),
        ("jcm/id-am002", {"chillers": [CHILLER]}, "grid_import", "generator_hours"),
        ("jcm/th-am008", {**PUMP, "heating_cop": 3.2}, "cooling_cop", "reference_cop"),
    ],
)
def test_what_belongs_together_is_asked_for_together(methodology: str, inputs: dict, given: str, wanted: str) -> None:
    value = {"generator_hours": "100 h/year", "grid_import": "100 MWh/year", "cooling_cop": 2}[given]
    with pytest.raises(Invalid) as caught:
        carboncalc.estimate({
            "carboncalc": 1,
            "project": {"id": "x", "title": "x", "country": "ID", "first_year": 2027, "years": 1},
            "methodology": methodology,
            "gwp": "AR5",
            "inputs": {**inputs, given: value},
        })  # fmt: skip
    assert [(f.code, wanted in f.message) for f in caught.value.findings] == [("CC116", True)]

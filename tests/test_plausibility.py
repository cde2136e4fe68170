"""Plausibility: each threshold just met and just missed, the unit that was meant, and ranges that fit their methodologies."""

import copy
import re
from typing import Any

import pytest
from conftest import ROOT

import carboncalc
from carboncalc import factors, library, methodology, units
from carboncalc.estimation import plausibility
from carboncalc.estimation.plausibility import span

BUSES = {
    "carboncalc": 1,
    "project": {"id": "p", "title": "P", "country": "VN", "first_year": 2027, "years": 3},
    "methodology": "cdm/ams-iii-c",
    "gwp": "AR5",
    "inputs": {
        "fleet": [
            {
                "id": "bus", "vehicles": 10, "distance": "60000 km/year", "baseline_fuel": "diesel", "baseline_fuel_use": "35 L/100km",
                "electricity_use": "1.2 kWh/km",
            },
        ],
    },
    "finance": {"currency": "JPY", "investment": "100 million JPY", "annual_benefit": "9 million JPY/year"},
}  # fmt: skip
CEMENT = {**BUSES, "methodology": "jcm/mm-am005", "inputs": {"electricity_supplied": "42 GWh/year", "auxiliary_capacity": "0.4 MW"}}
SOLAR = {**BUSES, "methodology": "jcm/vn-am007", "inputs": {"electricity_generated": "2700 MWh/year", "connection": "grid"}}
WATER = {
    **BUSES,
    "methodology": "cdm/ams-iii-i",
    "inputs": {
        "flow": "200 m3/day", "operating_days": "300 day/year", "cod_in": "2 kg/m3", "cod_out": "0.1 kg/m3", "baseline_treatment": "anaerobic-lagoon-deep",
        "electricity_use": "0.9 kWh/m3",
    },
}  # fmt: skip
POWER = {
    **BUSES,
    "methodology": "cdm/ams-i-d",
    "inputs": {"electricity_supplied": "8784 MWh/year", "capacity": "1 MW", "margin_weights": "first-period"},
}
HEAT = {
    **BUSES,
    "methodology": "cdm/ams-iii-q",
    "inputs": {
        "waste_energy_before": "500 TJ/year", "waste_energy": "500 TJ/year", "captive_electricity": "10 GWh/year", "captive_fuel": "diesel",
        "captive_efficiency": "57 %", "margin_weights": "first-period",
    },
}  # fmt: skip
STATED = {
    **BUSES,
    "project": {**BUSES["project"], "country": "BD"},
    "methodology": "jcm/bd-am002",
    "inputs": {"electricity_generated": "2700 MWh/year", "reference_factor": {"value": "0.45 tCO2/MWh", "source": "s"}},
}
del STATED["finance"]
FLEET = {
    **BUSES,
    "methodology": "cdm/ams-iii-bc",
    "inputs": {
        "fleet": [{"id": "a", "fuel": "diesel", "fuel_use_before": "46.8 L/100km", "activity": "1000000 km/year", "fuel_use": "285000 L/year"}]
    },
}


def edited(base: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    data = copy.deepcopy(base)
    for path, value in changes.items():
        *above, last = path.split("/")
        node: Any = data
        for step in above:
            node = node[int(step)] if isinstance(node, list) else node.setdefault(step, {})
        node[last] = value
    return data


def told(base: dict[str, Any], **changes: Any) -> list[Any]:
    found = carboncalc.check(edited(base, {k.replace("__", "/"): v for k, v in changes.items()}))
    assert not [f for f in found if f.severity == "error"], found
    return [f for f in found if f.code.startswith("CC5") and f.code != "CC501"]


F = "inputs__fleet__0__"
PAIRS = [
    # the highest figure of electric buses is the 7.83 MJ/km of the EIB, the lowest the 0.697 kWh/km of a small bus modelled for 2030
    ("CC520", BUSES, {F + "electricity_use": "2.175 kWh/km"}, {F + "electricity_use": "2.176 kWh/km"}),
    ("CC520", BUSES, {F + "vehicle_class": "bus", F + "electricity_use": "0.697 kWh/km"}, {F + "vehicle_class": "bus", F + "electricity_use": "0.696 kWh/km"}),
    ("CC520", BUSES, {F + "electricity_use": "0.00698 kWh/km"}, {F + "electricity_use": "0.00696 kWh/km"}),  # a hundredth of the least bus: no class is named
    ("CC521", BUSES, {F + "baseline_fuel_use": "46.8 L/100km"}, {F + "baseline_fuel_use": "46.9 L/100km"}),
    ("CC521", BUSES, {F + "vehicle_class": "bus", F + "baseline_fuel_use": "19.9 L/100km"}, {F + "vehicle_class": "bus", F + "baseline_fuel_use": "19.8 L/100km"}),
    ("CC521", FLEET, {F + "fuel_use_before": "46.8 L/100km"}, {F + "fuel_use_before": "46.9 L/100km"}),
    ("CC522", BUSES, {F + "distance": "146000 km/year"}, {F + "distance": "146001 km/year"}),  # 400 km on 365 days
    ("CC523", SOLAR, {"inputs__capacity": "2.7 MW"}, {"inputs__capacity": "2.71 MW"}),  # 2,700 MWh: 1,000 h
    ("CC523", SOLAR, {"inputs__capacity": "1.8 MW"}, {"inputs__capacity": "1.79 MW"}),  # 1,500 h
    ("CC523", POWER, {}, {"inputs__electricity_supplied": "8785 MWh/year"}),  # 366 days of 24 h at 1 MW
    ("CC524", CEMENT, {"inputs__clinker": "1000000 t/year"}, {"inputs__clinker": "930000 t/year"}),  # 42 and 45.2 kWh/t of at most 45
    ("CC524", CEMENT, {"inputs__clinker": "1900000 t/year"}, {"inputs__clinker": "1910000 t/year"}),  # 22.1 and 21.99 kWh/t of at least 22
    ("CC525", WATER, {"inputs__cod_in": "42 kg/m3"}, {"inputs__cod_in": "42.1 kg/m3"}),  # starch, the strongest of the IPCC table
    ("CC525", WATER, {"inputs__cod_in": "300 mg/L"}, {"inputs__cod_in": "2 mg/L", "inputs__cod_out": "0 mg/L"}),
    ("CC526", HEAT, {}, {"inputs__captive_efficiency": "57.1 %"}),
    ("CC526", HEAT, {"inputs__captive_efficiency": "0.6 %"}, {"inputs__captive_efficiency": "0.5 %"}),  # 50 % was meant
    ("CC527", BUSES, {"finance__lifetime": "57 year"}, {"finance__lifetime": "58 year"}),
    ("CC528", BUSES, {"finance__exchange_rates": {"USD": "198 JPY/USD"}}, {"finance__exchange_rates": {"USD": "204 JPY/USD"}}),  # 162.436 × 1.25 = 203.0
    ("CC529", BUSES, {"factors": {"electricity.grid": {"value": "0.9185 tCO2/MWh", "source": "s"}}}, {"factors": {"electricity.grid": {"value": "0.92 tCO2/MWh", "source": "s"}}}),
    ("CC540", BUSES, {"project__first_year": 2044}, {"project__first_year": 2045}),  # the newest dated value, of grid losses, is of 2024
    ("CC540", SOLAR, {"project__first_year": 2037}, {"project__first_year": 2038}),  # all that is dated is the fixed factor, of 2017
    ("CC540", STATED, {"project__first_year": 2000}, {"project__first_year": 1999}),
    ("CC541", BUSES, {F + "vehicles": 1}, {F + "vehicles": 0}),
]  # fmt: skip


@pytest.mark.parametrize(("code", "base", "met", "missed"), PAIRS, ids=[f"{p[0]}-{i}" for i, p in enumerate(PAIRS)])
def test_thresholds(code, base, met, missed) -> None:
    assert code not in [f.code for f in told(base, **met)]
    findings = [f for f in told(base, **missed) if f.code == code]
    assert len(findings) == 1, findings
    assert findings[0].severity == "warning"
    assert findings[0].help


def test_margin_of_the_grid() -> None:
    base = edited(POWER, {"inputs/operating_margin": "0.8 tCO2/MWh", "inputs/build_margin": "0.4 tCO2/MWh"})
    assert not told(base)
    (finding,) = told(base, inputs__operating_margin="800 tCO2/MWh")
    assert (finding.code, finding.help.partition(";")[0]) == ("CC531", "is it `kgCO2/MWh` instead of `tCO2/MWh`?")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("1200 kWh/km", "is it `Wh/km` instead of `kWh/km`?"),
        ("1.2 Wh/km", "is it `kWh/km` instead of `Wh/km`?"),
        ("1.2 MWh/km", "is it `kWh/km` instead of `MWh/km`?"),
        ("120 kWh/km", "is it `kWh/100km` instead of `kWh/km`?"),
        ("5 kWh/km", "check the number and its unit"),
    ],
)
def test_the_unit_that_was_meant(written, meant) -> None:
    (finding,) = told(BUSES, **{F + "electricity_use": written})
    assert finding.help.startswith(meant)


def test_a_finding_says_value_range_source_and_how_sure() -> None:
    (finding,) = told(BUSES, **{F + "electricity_use": "2.3 kWh/km"})
    for words in ("2.3 kWh/km", "2.175 kWh/km", "EIB Project Carbon Footprint Methodologies", "Table A1.7, p. 36; read"):
        assert words in finding.message
    (both,) = told(BUSES, **{F + "vehicle_class": "bus", F + "electricity_use": "0.5 kWh/km"})
    assert both.message.endswith("secondary)")  # the lower end is an output of a model


def test_each_year_is_judged_at_its_own_place() -> None:
    path = ROOT / "tests" / "projects" / "invalid" / "a-part-is-no-method.yaml"
    text = path.read_text(encoding="utf-8").replace("cdm/tool05", "cdm/ams-iii-c")
    text = text.replace("distance: 40000 km/year", "distance: {2027: 40000 km/year, 2028: 400000 km/year}")
    (finding,) = [f for f in carboncalc.check(library.parse(text, "p.yaml")) if f.code == "CC522"]
    line = text.split("\n")[finding.place.line - 1]
    assert line[finding.place.column - 1 :].startswith("400000 km/year")


def test_a_gwp_of_another_set_is_named() -> None:
    base = edited(WATER, {"factors": {"gwp.AR5.CH4": {"value": "25 tCO2e/tCH4", "source": "s"}}})
    (finding,) = told(base)
    assert finding.code == "CC530"
    assert "25 is of AR4" in finding.message
    assert not told(edited(WATER, {"factors": {"gwp.AR5.CH4": {"value": "28 tCO2e/tCH4", "source": "s"}}}))


def test_a_rate_the_wrong_way_round_is_seen() -> None:
    (finding,) = told(BUSES, finance__exchange_rates={"USD": "0.0066 JPY/USD"})
    assert (finding.code, finding.help.startswith("is it the wrong way round?")) == ("CC528", True)


def test_what_no_source_bounds_is_not_judged() -> None:
    assert not told(BUSES, **{F + "baseline_fuel": "lpg", F + "baseline_fuel_use": "200 L/100km"})


RULES = [
    (id_, name, rule)
    for id_ in methodology.ids()
    for name, spec in methodology.load(id_).inputs.items()
    for rule in spec.get("plausible", ())
]  # fmt: skip


@pytest.mark.parametrize(("id_", "name", "rule"), RULES, ids=[f"{i}-{n}-{r['code']}" for i, n, r in RULES])
def test_every_range_is_known_in_its_unit(id_, name, rule) -> None:
    inputs = methodology.load(id_).inputs
    patterns = [rule["range"]] if isinstance(rule["range"], str) else rule["range"]
    found = []
    for pattern in patterns:
        words = re.findall(r"\{(\w+)\}", pattern)
        filled = [pattern]
        for word in words:
            text = next(s["text"] for n, s in inputs.items() if n.rpartition(".")[2] == word)
            filled = [p.replace(f"{{{word}}}", choice) for p in filled for choice in (factors.fuels() if text == "fuel" else text)]
        found += [s for p in filled if (s := span([p], rule["unit"])) is not None]
    assert found
    assert all(0 <= s.low <= s.high for s in found)


def test_a_span_needs_one_dimension() -> None:
    with pytest.raises(units.UnitError, match="expected energy per distance"):
        span(["transport.bus.distance"], "kWh/km")


@pytest.mark.parametrize("path", sorted((ROOT / "examples").glob("*.yaml")), ids=lambda p: p.stem)
def test_examples_are_plausible(path) -> None:
    codes = {f.code for f in carboncalc.check(path)}
    assert not {c for c in codes if "CC520" <= c <= "CC559"}


def test_nothing_is_found_twice() -> None:
    assert plausibility.judge.__doc__
    codes = [f.code for f in told(BUSES, **{F + "vehicle_class": "bus", F + "electricity_use": "9 kWh/km"})]
    assert codes == ["CC520"]

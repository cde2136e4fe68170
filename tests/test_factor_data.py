"""The factor library, file by file: form, citations, and numbers against lists typed a second time."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

try:  # the vocabulary of units, where the package is installed next to the data
    from carboncalc import units
except ImportError:  # pragma: no cover
    units = None  # type: ignore[assignment]

ROOT = Path(__file__).resolve().parent.parent / "factors"
FILES = sorted(path for path in ROOT.rglob("*.yaml") if path.name != "sources.yaml")
NAMES = [str(path.relative_to(ROOT)) for path in FILES]

CONFIDENCE = {"read", "secondary", "recalled", "conflicting"}
STATUS = {"not-found", "not-assessed", "no-default"}
FILE_KEYS = {"carboncalc", "kind", "title", "note", "factors"}
FACTOR_KEYS = {"label", "name", "note", "biogenic", "values"}
VALUE_KEYS = {
    *("value", "range", "range_kind", "distribution", "year", "date", "status", "method", "default"),
    *("source", "page", "confidence", "note", "conflict"),
}
REQUIRED = {"value", "year", "method", "source", "page", "confidence"}

#: Printed ranges that leave out their own printed value; the data says so under ``conflict``.
OUT_OF_RANGE = {"wastewater.organics-removal.septic", "wastewater.n2o.septic-land"}

SEGMENT = r"(?:[a-z0-9]+(?:-[a-z0-9]+)*)"
COUNTRY = r"(?:[A-Z]{2}(?:-[a-z]+(?:-[a-z]+)*)?)"
ID = re.compile(
    rf"gwp\.(SAR|AR4|AR5|AR5-CCF|AR6)\.[A-Z][A-Za-z0-9]*(-fossil|-nonfossil)?"
    rf"|finance\.exchange\.[A-Z]{{3}}\.[A-Z]{{3}}"
    rf"|{SEGMENT}(?:\.{SEGMENT})+(?:\.{COUNTRY})?"
)
NUMBER = re.compile(r"(-?\d+(?:\.\d+)?)(?: (\S.*))?")


class Strict(yaml.SafeLoader):
    """A safe loader that keeps dates as text and refuses a key written twice."""


Strict.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in rules if tag != "tag:yaml.org,2002:timestamp"]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _mapping(loader: Strict, node: yaml.MappingNode) -> dict[Any, Any]:
    keys = [loader.construct_object(key, deep=True) for key, _ in node.value]
    twice = {key for key in keys if keys.count(key) > 1}
    assert not twice, f"{node.start_mark}: written twice: {sorted(twice)}"
    return loader.construct_mapping(node, deep=True)


Strict.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def load(path: Path) -> dict[str, Any]:
    data = yaml.load(path.read_text(encoding="utf-8"), Loader=Strict)
    assert isinstance(data, dict)
    return data


SOURCES: dict[str, dict[str, str]] = load(ROOT / "sources.yaml")["sources"]
CONTENT = {name: load(path) for name, path in zip(NAMES, FILES, strict=True)}
FACTORS: dict[str, dict[str, Any]] = {factor: entry for data in CONTENT.values() for factor, entry in data["factors"].items()}


def values() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every value of the library with the id it belongs to."""
    for factor, entry in FACTORS.items():
        for value in entry["values"]:
            yield factor, value


def number(value: dict[str, Any]) -> Decimal:
    match = NUMBER.fullmatch(value["value"])
    assert match, value["value"]
    return Decimal(match[1])


def value_of(factor: str, method: str | None = None, year: int | None = None) -> str | None:
    """The text of the one value of an id, of its default, or of the method and year named."""
    found = [
        value for value in FACTORS[factor]["values"] if (value["method"] == method if method else True) and (value["year"] == year if year else True)
    ]
    if method is None and len(found) > 1:
        found = [value for value in found if value.get("default")]
    assert len(found) == 1, (factor, method, year, found)
    text = found[0]["value"]
    assert text is None or isinstance(text, str)
    return text


def amount(factor: str, method: str | None = None, year: int | None = None) -> Decimal:
    text = value_of(factor, method, year)
    assert text is not None, factor
    return Decimal(text.split(" ")[0])


# --- form ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_file(name: str) -> None:
    data = CONTENT[name]
    assert data["carboncalc"] == 1
    assert data["kind"] == "factors"
    assert data["title"].strip()
    assert set(data) <= FILE_KEYS
    assert data["factors"]
    for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
        assert len(line) <= 160, line
        assert "\t" not in line
        assert line == line.rstrip()


@pytest.mark.parametrize("name", NAMES)
def test_keys(name: str) -> None:
    for factor, entry in CONTENT[name]["factors"].items():
        assert set(entry) <= FACTOR_KEYS, factor
        assert entry["values"], factor
        assert entry["label"]["en"].strip(), factor
        assert set(entry["label"]) <= {"en", "ja", "vi"}, factor
        assert entry.get("biogenic", True) is True, factor
        for value in entry["values"]:
            assert set(value) <= VALUE_KEYS, factor
            assert set(value) >= REQUIRED, factor
            assert isinstance(value["year"], int), factor
            assert value.get("default", True) is True, factor
            for key in ("method", "source", "page", "range_kind", "distribution", "date", "status"):
                if key in value:
                    assert isinstance(value[key], str) and value[key].strip(), (factor, key)


def test_ids_are_well_formed_and_unique() -> None:
    files = defaultdict(list)
    for name, data in CONTENT.items():
        for factor in data["factors"]:
            assert ID.fullmatch(factor), factor
            files[factor].append(name)
    assert {factor: names for factor, names in files.items() if len(names) > 1} == {}


def test_sources() -> None:
    cited = {value["source"] for _, value in values()}
    assert cited - set(SOURCES) == set(), "cited, not in sources.yaml"
    assert set(SOURCES) - cited == set(), "in sources.yaml, never cited"
    for key, source in SOURCES.items():
        assert set(source) <= {"title", "address", "accessed", "seen", "licence"}, key
        assert source["title"].strip(), key
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", source["accessed"]), key
        assert source.get("address", "https://").startswith(("https://", "http://")), key


def test_sources_that_were_not_seen_give_no_read_values() -> None:
    for factor, value in values():
        if SOURCES[value["source"]].get("seen", "").startswith(("not seen", "not opened")):
            assert value["confidence"] != "read", factor


def test_confidence() -> None:
    for factor, value in values():
        assert value["confidence"] in CONFIDENCE, factor
        if value["confidence"] == "conflicting":
            assert value.get("conflict"), factor


def test_value_text() -> None:
    for factor, value in values():
        if value["value"] is None:
            assert value["status"] in STATUS, factor
            assert "range" not in value and "default" not in value, factor
            continue
        assert "status" not in value, factor
        assert isinstance(value["value"], str), f"{factor}: a bare number loses its zeros, quote it"
        assert NUMBER.fullmatch(value["value"]), (factor, value["value"])


@pytest.mark.skipif(units is None, reason="carboncalc.units is not there yet")
def test_units_are_in_the_vocabulary_and_one_dimension_per_id() -> None:
    dimensions = defaultdict(set)
    for factor, value in values():
        if value["value"] is not None:
            dimensions[factor].add(units.read_quantity(value["value"]).unit.dimension)
    assert {factor: found for factor, found in dimensions.items() if len(found) > 1} == {}


def test_ranges() -> None:
    outside = set()
    for factor, value in values():
        if "range" not in value:
            assert "range_kind" not in value and "distribution" not in value, factor
            continue
        low, high = (Decimal(str(end)) for end in value["range"])
        assert low <= high, factor
        if not low <= number(value) <= high:
            assert value.get("conflict"), factor
            outside.add(factor)
    assert outside == OUT_OF_RANGE


def test_years_ascend_within_a_method() -> None:
    for factor, entry in FACTORS.items():
        by_method = defaultdict(list)
        for value in entry["values"]:
            by_method[value["method"]].append(value["year"])
            if "date" in value:
                assert value["date"].startswith(f"{value['year']}-"), factor
        for method, years in by_method.items():
            assert years == sorted(set(years)), (factor, method)


def test_one_default_where_several_methods() -> None:
    for factor, entry in FACTORS.items():
        methods = {value["method"] for value in entry["values"]}
        chosen = {value["method"] for value in entry["values"] if value.get("default")}
        assert len(chosen) == (1 if len(methods) > 1 else 0), (factor, methods, chosen)
        # a method is the default as a whole: each of its values says so
        for value in entry["values"]:
            if value["method"] in chosen and value["value"] is not None:
                assert value.get("default"), (factor, value["year"])


# --- tables against a second list -----------------------------------------------------------------------

GWP_SPECIES = 30
#: Sum over the species of a set, null counted as 0.
GWP_SUMS = {"SAR": "88204", "AR4": "122029", "AR5": "120004", "AR5-CCF": "135451", "AR6": "135449.1"}
GWP_SETS = ("SAR", "AR4", "AR5", "AR5-CCF", "AR6")
GWP_TABLE = {
    "CO2": (1, 1, 1, 1, 1),
    "CH4": (21, 25, 28, 34, "27.9"),
    "CH4-fossil": (21, 25, 30, 36, "29.8"),
    "CH4-nonfossil": (21, 25, 28, 34, "27.0"),
    "N2O": (310, 298, 265, 298, 273),
    "SF6": (23900, 22800, 23500, 26087, 25200),
    "NF3": (None, 17200, 16100, 17885, 17400),
    "HFC23": (11700, 14800, 12400, 13856, 14600),
    "HFC32": (650, 675, 677, 817, 771),
    "HFC125": (2800, 3500, 3170, 3691, 3740),
    "HFC134a": (1300, 1430, 1300, 1549, 1530),
    "HFC143a": (3800, 4470, 4800, 5508, 5810),
    "HFC152a": (140, 124, 138, 167, 164),
    "HFC227ea": (2900, 3220, 3350, 3860, 3600),
    "HFC236fa": (6300, 9810, 8060, 8998, 8690),
    "HFC245fa": (None, 1030, 858, 1032, 962),
    "CF4": (6500, 7390, 6630, 7349, 7380),
    "C2F6": (9200, 12200, 11100, 12340, 12400),
    "HCFC22": (1500, 1810, 1760, 2106, 1960),
}


@pytest.mark.parametrize("report", GWP_SETS)
def test_gwp_set(report: str) -> None:
    prefix = f"gwp.{report}."
    entries = [entry["values"] for factor, entry in FACTORS.items() if factor.startswith(prefix)]
    assert len(entries) == GWP_SPECIES
    assert all(len(found) == 1 for found in entries)
    assert sum(number(found[0]) for found in entries if found[0]["value"]) == Decimal(GWP_SUMS[report])
    column = GWP_SETS.index(report)
    for species, row in GWP_TABLE.items():
        gas = species.split("-")[0]
        expected = None if row[column] is None else f"{row[column]} kgCO2e/kg{gas}"
        assert value_of(prefix + species) == expected


#: NCV (TJ/Gg) with range, CO2 (kg/TJ) with range.
FUELS = {
    "diesel": ("43.0", 41.4, 43.3, 74100, 72600, 74800),
    "gasoline": ("44.3", 42.5, 44.8, 69300, 67500, 73000),
    "fuel-oil": ("40.4", 39.8, 41.7, 77400, 75500, 78800),
    "kerosene": ("43.8", 42.4, 45.2, 71900, 70800, 73700),
    "jet-kerosene": ("44.1", 42, 45, 71500, 69700, 74400),
    "lpg": ("47.3", 44.8, 52.2, 63100, 61600, 65600),
    "natural-gas": ("48.0", 46.5, 50.4, 56100, 54300, 58300),
    "cng": ("48.0", 46.5, 50.4, 56100, 54300, 58300),
    "lng": ("48.0", 46.5, 50.4, 56100, 54300, 58300),
    "anthracite": ("26.7", 21.6, 32.2, 98300, 94600, 101000),
    "coking-coal": ("28.2", 24, 31, 94600, 87300, 101000),
    "other-bituminous-coal": ("25.8", 19.9, 30.5, 94600, 89500, 99700),
    "sub-bituminous-coal": ("18.9", 11.5, 26, 96100, 92800, 100000),
    "lignite": ("11.9", 5.5, 21.6, 101000, 90900, 115000),
    "petroleum-coke": ("32.5", 29.7, 41.9, 97500, 82900, 115000),
    "coke-oven-coke": ("28.2", 25.1, 30.2, 107000, 95700, 119000),
    "waste-oil": ("40.2", 20.3, 80, 73300, 72200, 74400),
    "wood": ("15.6", 7.9, 31, 112000, 95000, 132000),
    "other-primary-solid-biomass": ("11.6", 5.9, 23, 100000, 84700, 117000),
    "charcoal": ("29.5", 14.9, 58, 112000, 95000, 132000),
    "biodiesel": ("27.0", 13.6, 54, 70800, 59800, 84300),
    "landfill-gas": ("50.4", 25.4, 100, 54600, 46200, 66000),
    "biogas": ("50.4", 25.4, 100, 54600, 46200, 66000),
}


@pytest.mark.parametrize("fuel", FUELS)
def test_fuel(fuel: str) -> None:
    ncv, ncv_low, ncv_high, co2, co2_low, co2_high = FUELS[fuel]
    (heat,) = FACTORS[f"fuel.{fuel}.ncv"]["values"]
    (gas,) = FACTORS[f"fuel.{fuel}.co2"]["values"]
    assert (heat["value"], heat["range"]) == (f"{ncv} TJ/Gg", [ncv_low, ncv_high])
    assert (gas["value"], gas["range"]) == (f"{co2} kgCO2/TJ", [co2_low, co2_high])


def ipcc_fuels() -> list[str]:
    """The 53 fuels of the tables, without cng and lng, which repeat natural gas."""
    listed = CONTENT["fuel/ipcc-2006.yaml"]["factors"]
    return [factor.split(".")[1] for factor in listed if factor.endswith(".co2") and factor.split(".")[1] not in ("cng", "lng")]


def test_fuel_sums() -> None:
    fuels = ipcc_fuels()
    assert len(fuels) == 53
    heats = [value_of(f"fuel.{fuel}.ncv") for fuel in fuels]
    assert heats.count(None) == 1  # industrial waste
    assert sum(Decimal(text.split(" ")[0]) for text in heats if text) == Decimal("1674.29")
    assert sum(amount(f"fuel.{fuel}.co2") for fuel in fuels) == 4578800
    assert sum(amount(f"fuel.{fuel}.carbon") for fuel in fuels) == Decimal("1248.6")


@pytest.mark.parametrize("fuel", ipcc_fuels())
def test_carbon_content_agrees_with_co2(fuel: str) -> None:
    # kgC/GJ x 44/12 x 1000 = kgCO2/TJ; both are printed rounded
    carbon, co2 = amount(f"fuel.{fuel}.carbon"), amount(f"fuel.{fuel}.co2")
    assert float(carbon) * 44 / 12 * 1000 == pytest.approx(float(co2), rel=0.01)


@pytest.mark.parametrize(
    ("gas", "sector", "total"),
    [
        ("ch4", "energy-industries", "472"),
        ("ch4", "manufacturing", "563"),
        ("ch4", "commercial", "2393"),
        ("ch4", "residential", "5583"),
        ("n2o", "energy-industries", "60.9"),
        ("n2o", "manufacturing", "60.9"),
        ("n2o", "commercial", "57.8"),
        ("n2o", "residential", "57.8"),
    ],
)
def test_stationary_sums(gas: str, sector: str, total: str) -> None:
    assert sum(amount(f"fuel.{fuel}.{gas}.{sector}") for fuel in ipcc_fuels()) == Decimal(total)


def test_biogenic_fuels() -> None:
    marked = {factor.split(".")[1] for factor, entry in FACTORS.items() if entry.get("biogenic") and ".qd-2626" not in factor}
    assert marked == {
        *("wood", "black-liquor", "other-primary-solid-biomass", "charcoal", "biogasoline", "biodiesel"),
        *("other-liquid-biofuels", "landfill-gas", "sludge-gas", "biogas", "municipal-waste-biomass"),
    }


def test_diesel_per_litre() -> None:
    # 0.84 kg/L x 43.0 MJ/kg x 74.1 g/MJ
    assert amount("fuel.diesel.density") * amount("fuel.diesel.ncv") * amount("fuel.diesel.co2") / 10**6 == Decimal("2.676492")


VIET_NAM_GRID = {
    **{2010: "0.5408", 2011: "0.5429", 2012: "0.5603", 2013: "0.5657", 2014: "0.6612", 2015: "0.8154", 2016: "0.9185"},
    **{2017: "0.8649", 2018: "0.9130", 2019: "0.8458", 2020: "0.8041", 2021: "0.7221", 2022: "0.6766", 2023: "0.6592"},
}


def test_grid_of_viet_nam() -> None:
    series = {value["year"]: value["value"] for value in FACTORS["electricity.grid.VN"]["values"] if value["method"] == "dcc-cm"}
    assert series == {year: f"{text} tCO2/MWh" for year, text in VIET_NAM_GRID.items()} | {2024: None, 2025: None}


def test_grid_of_partner_countries() -> None:
    countries = [factor for factor in FACTORS if re.fullmatch(r"electricity\.grid\.[A-Z]{2}", factor)]
    assert len(countries) == 31
    assert sum(amount(factor, "ifi-om") for factor in countries) == Decimal("19.623")
    assert sum(amount(factor, "ifi-cm-consumption") for factor in countries) == Decimal("12.727")
    assert sum(amount(factor, "ifi-v2-lv") for factor in countries) == Decimal("14.713")
    averages = [factor for factor in FACTORS if factor.startswith("electricity.average.")]
    assert sum(amount(factor) for factor in averages) == Decimal("14.73788")
    assert len(averages) == 30  # Palau is not in the set


DECAY = {  # tropical wet, tropical dry, temperate wet, temperate dry
    "food": ("0.4", "0.085", "0.185", "0.06"),
    "garden": ("0.17", "0.065", "0.1", "0.05"),
    "paper": ("0.07", "0.045", "0.06", "0.04"),
    "wood": ("0.035", "0.025", "0.03", "0.02"),
    "textiles": ("0.07", "0.045", "0.06", "0.04"),
    "nappies": ("0.17", "0.065", "0.1", "0.05"),
    "sludge": ("0.4", "0.085", "0.185", "0.06"),
    "inert": ("0", "0", "0", "0"),
    "plastics": ("0", "0", "0", "0"),
    "bulk": ("0.17", "0.065", "0.09", "0.05"),
}
CLIMATES = ("tropical-wet", "tropical-dry", "temperate-wet", "temperate-dry")


@pytest.mark.parametrize("waste", DECAY)
def test_decay(waste: str) -> None:
    assert tuple(value_of(f"waste.k.{climate}.{waste}") for climate in CLIMATES) == tuple(f"{k} 1/year" for k in DECAY[waste])


def test_composition_sets() -> None:
    # the sums the sources themselves arrive at
    for name, total in (("viet-nam-2019", "100.1"), ("se-asia-2019", "100.0"), ("se-asia-2006", "100.7")):
        prefix = f"waste.composition.{name}."
        found = [entry["values"][0] for factor, entry in FACTORS.items() if factor.startswith(prefix)]
        assert sum(number(value) for value in found if value["value"]) == Decimal(total)


def test_japan_ordinance_sums() -> None:
    heats = [factor for factor in FACTORS if factor.endswith(".gcv.JP")]
    first = {factor: value for factor in heats for value in FACTORS[factor]["values"] if value["year"] == 2010}
    assert len(first) == 20
    assert sum(number(value) for value in first.values()) == Decimal("752.7")
    carbons = [value for factor in heats for value in FACTORS[factor.replace(".gcv.", ".carbon-gross.")]["values"]]
    assert sum(number(value) for value in carbons if value["year"] == 2010) == Decimal("0.3966")


SPOT_CHECKS = {
    "fuel.diesel.density": "0.84 kg/L",
    "fuel.diesel.ch4.road": "3.9 kgCH4/TJ",
    "fuel.gasoline.ch4.road": "33 kgCH4/TJ",
    "fuel.diesel.n2o.off-road": "28.6 kgN2O/TJ",
    "fuel.peat.n2o.commercial": "1.4 kgN2O/TJ",
    "fuel.hard-coal.ncv.VN": "20.91 TJ/kt",
    "fuel.diesel.toe.VN": "0.88 toe/kL",
    "electricity.losses": "20 %",
    "electricity.captive": "0.533 tCO2/MWh",
    "electricity.captive.VN": "0.533 tCO2/MWh",
    "electricity.grid.ID-jamali": "0.619 tCO2/MWh",
    "electricity.grid.TH": "0.351 tCO2/MWh",
    "waste.doc.food": "0.15 tC/t",
    "waste.doc.garden": "0.20 tC/t",
    "waste.doc.paper": "0.40 tC/t",
    "waste.doc.wood": "0.43 tC/t",
    "waste.doc.textiles": "0.24 tC/t",
    "waste.doc.nappies": "0.24 tC/t",
    "waste.doc.sludge": "0.05 tC/t",
    "waste.doc.inert": "0.00 tC/t",
    "waste.mcf.managed-anaerobic": "1.0",
    "waste.mcf.managed-semi-aerobic": "0.5",
    "waste.mcf.unmanaged-deep": "0.8",
    "waste.mcf.unmanaged-shallow": "0.4",
    "waste.mcf.uncategorised": "0.6",
    "waste.docf": "0.5",
    "waste.docf.food": "0.7",
    "waste.tool04.phi.application-b.tropical-wet": "0.85",
    "waste.tool04.phi.application-b.tropical-dry": "0.80",
    "waste.tool04.phi.application-a.temperate-wet": "0.75",
    "waste.amt003.docf.food": "0.7",
    "waste.amt003.docf.paper": "0.5",
    "waste.amt003.docf.wood": "0.1",
    "waste.amt003.ox.soil-cover": "0.383",
    "waste.amt003.ox.no-cover": "0.1",
    "waste.tool14.leak": "0.028",
    "waste.incineration.ch4.continuous-stoker": "0.2 kgCH4/Gg",
    "waste.incineration.n2o.municipal-continuous": "50 gN2O/t",
    "waste.tool13.electricity": "0.01 MWh/t",
    "waste.tool13.ch4": "0.002 tCH4/t",
    "waste.tool13.n2o": "0.0002 tN2O/t",
    "waste.composting.ch4.wet": "4 kgCH4/t",
    "waste.composting.n2o.wet": "0.24 kgN2O/t",
    "waste.anaerobic-digestion.ch4.wet": "0.8 kgCH4/t",
    "wastewater.b0.cod": "0.25 kgCH4/kg",
    "wastewater.uf.baseline": "0.89",
    "wastewater.uf.project": "1.12",
    "wastewater.mcf.anaerobic-lagoon-deep": "0.8",
    "wastewater.mcf.anaerobic-lagoon-shallow": "0.2",
    "wastewater.mcf.anaerobic-reactor": "0.8",
    "wastewater.mcf.septic": "0.5",
    "wastewater.mcf.untreated-river": "0.1",
    "wastewater.mcf.untreated-stagnant-sewer": "0.5",
    "wastewater.mcf.aerobic-well-managed": "0",
    "wastewater.mcf.aerobic-overloaded": "0.3",
    "transport.bus.diesel-standard.fuel-use": "13.45 MJ/km",
    "cement.clinker.process": "0.52 tCO2/t",
    "finance.durable-years.bus-transport-operator": "5 year",
    "finance.durable-years.solar-electricity-business": "17 year",
    "finance.durable-years.waste-treatment-plant": "17 year",
    "finance.durable-years.cement-plant": "9 year",
}


@pytest.mark.parametrize("factor", SPOT_CHECKS)
def test_spot_check(factor: str) -> None:
    assert value_of(factor) == SPOT_CHECKS[factor]


def test_methods_chosen_by_name() -> None:
    assert value_of("electricity.grid.VN", "jcm-conservative") == "0.333 tCO2/MWh"
    assert value_of("electricity.grid.TH", "jcm-conservative") == "0.319 tCO2/MWh"
    assert value_of("electricity.grid.ID-jamali", "jcm-conservative-captive") == "0.533 tCO2/MWh"
    assert value_of("electricity.losses", "tool05-baseline") == "3 %"
    assert value_of("electricity.losses.VN", "carbon-footprint-2023") == "18.5 %"
    assert value_of("wastewater.mcf.aerobic-well-managed", "ipcc-2019-domestic") == "0.03"
    assert value_of("finance.exchange.USD.JPY", "fiscal-year-average", 2025) == "150.74 JPY/USD"
    assert value_of("finance.exchange.USD.JPY", "fiscal-year-average", 2023) == "144.66 JPY/USD"


def test_dong_rates_are_the_quotients_their_notes_say() -> None:
    for value in FACTORS["finance.exchange.VND.JPY"]["values"]:
        quoted = float(value["note"]["en"].removeprefix("1 / ").rstrip("."))
        assert float(number(value)) == pytest.approx(1 / quoted, rel=1e-6)
        assert re.fullmatch(r"0\.00[1-9]\d{5} JPY/VND", value["value"])  # six significant digits

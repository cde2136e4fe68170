"""What must always hold: floats, arrays and pint quantities agree; scaling scales; units of input do not matter."""

import math

import numpy as np
import pytest
from conftest import EN, ROOT
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import carboncalc
from carboncalc import library, methodology, project, units
from carboncalc.cli.templates import template
from carboncalc.estimation import bind
from carboncalc.formula import run
from carboncalc.project.park import load_park

EXCHANGES = [f"symbiosis/{kind}" for kind in methodology.exchanges()]
#: the example projects; the other methodologies are tested with their template
EXAMPLES = {
    "cdm/ams-iii-c": "cat-ba-electric-buses",
    "cdm/ams-iii-f": "trang-cat-composting",
    "cdm/ams-iii-i": "ngoc-hai-fish-port-wastewater",
    "jcm/mm-am005": "hai-phong-cement-waste-heat",
    "jcm/id-am001": "hai-phong-cement-waste-heat",
    "jcm/vn-am007": "factory-rooftop-solar",
    "jcm/mm-am001": "trang-cat-waste-to-energy",
    "ipcc/swds-fod-2019": "trang-cat-landfill-methane",
}


def bound(id_: str):
    if id_.startswith("symbiosis/"):
        park = load_park(library.read(ROOT / "examples" / "hai-phong-eco-industrial-park.yaml"))
        method = methodology.load(id_, "exchange")
        return park.base, method, bind(park.base, method, next(x.measure for x in park.exchanges if x.measure.methodology == id_))
    if id_ in EXAMPLES:
        document = library.read(ROOT / "examples" / f"{EXAMPLES[id_]}.yaml")
        document.data["methodology"] = id_
    else:
        document = library.parse(template(methodology.load(id_), "VN", EN))
    found = project.load(document)
    method = methodology.load(id_)
    return found, method, bind(found, method, project.measures(found)[0])


def moved(value, factors):
    """Multiply every number of a nested value by a factor of its own, within a few percent."""
    if isinstance(value, list):
        return [moved(v, factors) for v in value]
    if isinstance(value, bool) or not isinstance(value, float):
        return value
    return value * next(factors)


def mapped(value, function):
    if isinstance(value, list):
        return [mapped(v, function) for v in value]
    return function(value) if isinstance(value, float) and not isinstance(value, bool) else value


def close(a, b, tolerance=1e-12):
    if isinstance(a, list):
        assert len(a) == len(b)
        for x, y in zip(a, b, strict=True):
            close(x, y, tolerance)
    elif isinstance(a, float):
        assert b == pytest.approx(a, rel=tolerance, abs=1e-300)


@pytest.mark.parametrize("id_", [*methodology.ids(), *EXCHANGES])
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_float_numpy_and_pint_agree(id_: str, data) -> None:
    """Pint computes without any conversion written into the program: it finds the same scales by itself."""
    _, method, binding = bound(id_)
    factors = iter(lambda: data.draw(st.floats(0.9, 1.1)), None)
    fixed = {"year", "first_year", "years", "period"}
    values = {n: (v if n in fixed else moved(v, factors)) for n, v in binding.values.items()}
    floats = run(method.system.statements(binding.active), values, binding.sizes)
    arrays = run(
        method.system.statements(binding.active), {n: mapped(v, lambda x: np.array([x, x])) for n, v in values.items()}, binding.sizes, "numpy"
    )
    registry = units.registry()

    def quantity(name):
        unit = method.system.units.get(name)
        spelled = registry.parse_expression(units.spell(unit)) if unit else None
        return lambda x: x if unit in (None, "1") else x * spelled

    amounts = {n: mapped(v, quantity(n)) for n, v in values.items()}
    quantities = run(method.system.statements(binding.active, scaled=False), amounts, binding.sizes, "pint")
    for name in binding.active:
        unit = registry.parse_expression(units.spell(method.system.units[name]))

        def plain(x, unit=unit):
            ratio = x / unit
            return float(ratio.to("dimensionless").magnitude) if hasattr(ratio, "to") else float(ratio)

        def of(value, function):
            return [of(v, function) for v in value] if isinstance(value, list) else function(value)

        # numpy's exp and the C library's may differ in the last bit, which 1 - exp(-k) of a slow decay magnifies
        close(floats[name], of(arrays[name], lambda x: float(np.ravel(x)[0])), 1e-11)
        close(floats[name], of(quantities[name], plain))


def amounts(method) -> set[str]:
    """Return the symbols that say how much, in each form they may be stated in: what is per year (but not days), flows per day, and powers."""
    found = {s["symbol"]: s["unit"] for s in method.inputs.values() if "symbol" in s}
    for spec in method.inputs.values():
        if "instead" in spec:
            found |= {f"given_{spec['symbol']}": spec["unit"]} | {other["symbol"]: other["unit"] for other in spec["instead"]}
    return {n for n, unit in found.items() if (unit.endswith("/year") and unit != "day/year") or unit in ("m3/day", "MW")}


@pytest.mark.parametrize("id_", [*methodology.ids(), *EXCHANGES])
@pytest.mark.parametrize("k", [0.5, 3.0, 1000.0])
def test_scaling_all_amounts_scales_the_result(id_: str, k: float) -> None:
    _, method, binding = bound(id_)
    scaled = {n: (mapped(v, lambda x: x * k) if n in amounts(method) else v) for n, v in binding.values.items()}
    one = run(method.system.statements(binding.active), binding.values, binding.sizes)
    many = run(method.system.statements(binding.active), scaled, binding.sizes)
    for name, spec in method.equations.items():
        if "role" in spec and name in binding.active:
            close(mapped(one[name], lambda x: x * k), many[name])


@pytest.mark.parametrize(
    ("example", "change"),
    [
        ("cat-ba-electric-buses", {"distance": "35770000 m/year", "baseline_fuel_use": "0.35 L/km ± 10 %", "electricity_use": "1100 Wh/km"}),
        ("cat-ba-electric-buses", {"distance": "35.77e6 m/year", "baseline_fuel_use": "350 mL/km", "electricity_use": "3.96 MJ/km"}),
    ],
)
def test_another_unit_changes_nothing(example: str, change: dict) -> None:
    document = library.read(ROOT / "examples" / f"{example}.yaml").data
    before = carboncalc.estimate(document).totals["reduction"]
    document["inputs"]["fleet"][0].update(change)
    assert carboncalc.estimate(document).totals["reduction"] == pytest.approx(before, rel=1e-12)


@pytest.mark.parametrize(
    ("example", "name", "other"),
    [
        ("trang-cat-composting", "waste", "40 t/day"),
        ("trang-cat-composting", "waste", "14.6 kt/year"),
        ("hai-phong-cement-waste-heat", "electricity_supplied", "158.4 TJ/year"),
        ("hai-phong-cement-waste-heat", "auxiliary_capacity", "400 kW"),
        ("factory-rooftop-solar", "electricity_generated", "2.7 GWh/year"),
        ("ngoc-hai-fish-port-wastewater", "flow", "200 000 L/day"),
        ("ngoc-hai-fish-port-wastewater", "cod_in", "1.8 kg/m3"),
    ],
)
def test_another_unit_changes_nothing_elsewhere(example: str, name: str, other: str) -> None:
    document = library.read(ROOT / "examples" / f"{example}.yaml").data
    before = carboncalc.estimate(document).totals["reduction"]
    if other == "40 t/day":  # a day is a time and a year is not: a rate per day is refused, not guessed
        document["inputs"][name] = other
        assert [f.code for f in carboncalc.check(document)] == ["CC203"]
        return
    document["inputs"][name] = other
    assert carboncalc.estimate(document).totals["reduction"] == pytest.approx(before, rel=1e-12)


@pytest.mark.parametrize("example", sorted({*EXAMPLES.values(), "trang-due-factory-chillers"}))
def test_the_balance_closes_and_conservative_never_claims_more(example: str) -> None:
    path = ROOT / "examples" / f"{example}.yaml"
    result = carboncalc.estimate(path).to_dict()
    totals = result["totals"]
    assert totals["reduction"] == pytest.approx(totals["baseline"] - totals["project"] - totals["leakage"], rel=1e-12)
    for role in ("baseline", "project", "leakage"):
        assert math.fsum(result["by_gas"][role].values()) == pytest.approx(totals[role], rel=1e-12, abs=1e-12)
        assert math.fsum(result["by_origin"][role].values()) == pytest.approx(totals[role], rel=1e-12, abs=1e-12)
        assert math.fsum(row[role] for row in result["years"]) == pytest.approx(totals[role], rel=1e-12, abs=1e-12)
    careful = carboncalc.estimate(path, conservative=True)
    assert careful.totals["reduction"] <= totals["reduction"]


def test_same_input_same_bytes() -> None:
    path = ROOT / "examples" / "cat-ba-electric-buses.yaml"
    assert carboncalc.estimate(path).to_json() == carboncalc.estimate(path).to_json()


def test_every_step_can_be_recomputed_from_what_it_uses() -> None:
    """The formula of each scalar step, with the values of what it uses, gives the step: the trace tells the truth."""
    result = carboncalc.estimate(ROOT / "examples" / "hai-phong-cement-waste-heat.yaml").to_dict()
    checked = 0
    for step in result["steps"]:
        if step["role"] == "finance" or "sum(" in step["formula"]:
            continue
        scope = {}
        for used in step["uses"]:
            rows = [
                r
                for r in [*result["steps"], *result["quantities"]]
                if r["name"] == used and all(step["index"].get(k) == v for k, v in r["index"].items())
            ]
            scope[used] = rows[0]["value"]
        assert eval(step["formula"], {"__builtins__": {}}, scope) == pytest.approx(step["value"], rel=1e-12)  # noqa: S307
        checked += 1
    assert checked >= 40


def test_a_result_cannot_be_changed() -> None:
    result = carboncalc.estimate(ROOT / "examples" / "factory-rooftop-solar.yaml")
    with pytest.raises(TypeError):
        result.totals["reduction"] = 0.0
    with pytest.raises(AttributeError):
        result.extra = 1
    copy = result.to_dict()
    copy["totals"]["reduction"] = 0.0
    assert result.totals["reduction"] > 0

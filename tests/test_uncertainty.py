"""Uncertainty: the published examples of the IPCC, distributions that keep their ends and bounds, and draws that anybody can repeat."""

import csv
import json
import math
import os
import statistics
import subprocess
import sys

import pytest
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st

import carboncalc
from carboncalc import library
from carboncalc.findings import Invalid
from carboncalc.uncertainty import distributions, drawing, normal, propagation, summary

np = pytest.importorskip("numpy")

BUS = ROOT / "examples" / "cat-ba-electric-buses.yaml"
FINLAND = ROOT / "tests" / "uncertainty" / "finland-2003.csv"


def drawn(project, draws: int = 10_000, seed: int = 1) -> dict:
    """Return the uncertainty block of a project."""
    return carboncalc.estimate(project, draws=draws, seed=seed).to_dict()["uncertainty"]


def power(**inputs: str) -> dict:
    """Return a project whose reduction is the electricity supplied, less what the auxiliaries take, times the grid factor."""
    return {
        "carboncalc": 1, "project": {"id": "power", "title": "Power", "country": "VN", "first_year": 2027, "years": 1},
        "methodology": "jcm/mm-am005", "gwp": "AR5",
        "inputs": {"electricity_supplied": "44 GWh/year", "auxiliary_capacity": "0.5 MW", **inputs},
    }  # fmt: skip


# --- the published examples: IPCC 2006 Guidelines, volume 1, chapter 3 --------------------------------------------


def finland() -> list[dict[str, str]]:
    """Read Tables 3.4 and 3.5: the inventory of Finland 2003."""
    with open(FINLAND, encoding="utf-8") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def test_approach_1_gives_the_published_total_of_finland() -> None:
    """Table 3.4, page 3.50: 15.9 % of 67 730 Gg; the printed rows, in whole percents and tonnes, give 15.88 % of 67 735."""
    rows = finland()
    assert len(rows) == 100
    amounts = [float(r["year_t"]) for r in rows]
    assert abs(sum(amounts) - 67_730) < 10  # the rows are printed in whole Gg
    combined = [propagation.together([float(r["activity"]), float(r["factor"])]) for r in rows]  # equation 3.1, column G
    for r, u in zip(rows, combined, strict=True):
        assert abs(u - float(r["combined"])) <= 1.7, r  # columns E and F are printed in whole percents
    whole = propagation.together([u * x for u, x in zip(combined, amounts, strict=True)]) / sum(amounts)  # equation 3.2
    assert round(whole, 1) == 15.9
    assert round((whole / 100) ** 2, 4) == 0.0252  # foot of column H


def test_approach_2_gives_the_published_range_of_finland() -> None:
    """Table 3.5, page 3.56: -14 % to +15 %, from the intervals of its columns D to F, with the rules of this program.

    Removals and emissions of land (3.B) are differences that may be of either sign, so they have no bound at zero.
    """
    variables, places = [], []
    for i, r in enumerate(finland()):
        kinds = ("activity", "factor") if r["factor_minus"] else ("combined",)
        least = -math.inf if r["category"].startswith("3.B") else 0.0
        for kind in kinds:
            low, high = 1 - float(r[f"{kind}_minus"]) / 100, 1 + float(r[f"{kind}_plus"]) / 100
            variables.append(distributions.choose(1.0, low, high, least))
            places.append(i)
    plan = drawing.Plan(20_000, 1)
    totals = []
    for block in drawing.shares(plan, len(variables)):
        factors = [np.ones(block.shape[1]) for _ in finland()]
        for k, (d, i) in enumerate(zip(variables, places, strict=True)):
            factors[i] = factors[i] * d.at(block[k])
        totals.append(sum(float(r["year_t"]) * f for r, f in zip(finland(), factors, strict=True)))
    found = summary.summarise(np.concatenate(totals), plan)
    assert round((found["p2_5"] / found["mean"] - 1) * 100) == -14
    assert round((found["p97_5"] / found["mean"] - 1) * 100) == 15
    assert abs(found["mean"] / 67_730 - 1) < 0.01
    assert abs(found["p2_5"] / 58_490 - 1) < 0.01  # page 3.43
    assert abs(found["p97_5"] / 78_130 - 1) < 0.01


def test_the_published_lognormal_example() -> None:
    """Page 3.62: a mean of 1.0 and a half-range of 100 % have a geometric mean of 0.89, a deviation of 1.60, and run from -65 % to +126 %."""
    centre, spread = distributions.of_mean(1.0, 100.0)
    assert (round(math.exp(centre), 2), round(math.exp(spread), 2)) == (0.89, 1.60)
    ends = [round((math.exp(centre + score * spread) - 1) * 100) for score in (-1.96, 1.96)]  # equation 3.7
    assert ends == [-65, 126]
    d = distributions.choose(1.0, 0.0, 2.0, 0.0)
    assert [round((d.one(share) - 1) * 100) for share in (0.025, 0.975)] == [-65, 126]


# --- distributions ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("p", [1e-300, 1e-20, 1e-9, 0.001, 0.025, 0.074, 0.076, 0.3, 0.5, 0.8, 0.975, 1 - 1e-9])
def test_the_inverse_normal(p: float) -> None:
    mine = float(normal.inverse(np.array([p]))[0])
    if p > 1e-12:
        assert mine == pytest.approx(statistics.NormalDist().inv_cdf(p), rel=1e-12, abs=1e-15)
    assert normal.cumulative(mine) == pytest.approx(p, rel=1e-11)


@pytest.mark.parametrize(
    ("value", "low", "high", "most", "shape", "why"),
    [
        (100.0, 90.0, 110.0, math.inf, "normal", "small, and symmetric"),
        (100.0, 41.3, 158.7, math.inf, "normal", "a deviation of 29.9 % of the mean"),
        (100.0, 41.0, 159.0, math.inf, "lognormal", "a deviation of 30.1 % of the mean"),
        (3.9, 1.3, 12.0, math.inf, "lognormal", "N2O of diesel, IPCC 2006 vol. 2 table 3.2.2"),
        (43.0, 41.4, 43.3, math.inf, "triangular", "heat of diesel: the lower side is longer"),
        (0.8, 0.8, 1.0, 1.0, "triangular", "the value stands at an end"),
        (0.2, 0.0, 0.3, 1.0, "triangular", "an end at zero"),
    ],
)
def test_the_rules(value, low, high, most, shape, why) -> None:
    d = distributions.choose(value, low, high, 0.0, most)
    assert d.shape == shape, why
    if value == 100.0 or d.cut > 1e-3:
        return  # a lognormal of this mean, or a cut distribution, has other ends than the ones stated
    assert d.one(0.025) == pytest.approx(low, rel=1e-9)
    assert d.one(0.975) == pytest.approx(high, rel=1e-9)


@pytest.mark.parametrize(
    ("mode", "low", "high", "ends"),
    [
        (43.0, 41.4, 43.3, (41.0579, 43.4679)),
        (0.8, 0.8, 1.0, (0.7939, 1.0381)),
        (4.0, 0.03, 8.0, (-1.116, 9.150)),
        (0.24, 0.06, 0.6, (-0.0052, 0.6881)),
    ],
)
def test_a_triangle_leaves_two_and_a_half_percent_beyond_each_end(mode, low, high, ends) -> None:
    assert distributions.support(mode, low, high) == pytest.approx(ends, abs=5e-4)


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
@settings(max_examples=200, deadline=None)
def test_a_share_stays_a_share(a: float, b: float, c: float) -> None:
    low, value, high = sorted((a, b, c))
    if high - low < 1e-6:
        return
    d = distributions.choose(value, low, high, 0.0, 1.0)
    found = d.at(np.linspace(0.0, 1.0, 1001))
    assert found.min() >= 0.0
    assert found.max() <= 1.0
    assert (np.diff(found) >= 0.0).all()  # shares in rising order give values in rising order


def test_composition_stays_whole() -> None:
    data = library.read(ROOT / "examples" / "trang-cat-composting.yaml").data
    data["inputs"]["composition"]["food"] = {"value": "75 %", "range": ["60 %", "90 %"]}
    from carboncalc import methodology, project
    from carboncalc.estimation import estimate
    from carboncalc.simulation.variables import find, placed

    found = project.load(library.parse(json.dumps(data, default=str), "x"))
    measure = project.measures(found)[0]
    e = estimate(found, methodology.load(measure.methodology), measure)
    variables, _ = find(found, [("", e)], None)
    cells = [(c, c.distribution.at(np.array([0.1, 0.5, 0.9]))) for v in variables for c in v.cells]
    values = placed(e, 0, cells)
    symbol = e.methodology.inputs["composition"]["symbol"]
    assert sum(values[symbol][1:], values[symbol][0]) == pytest.approx([1.0, 1.0, 1.0], rel=1e-14)
    assert len({round(float(x), 6) for x in values[symbol][0]}) == 3


# --- draws ----------------------------------------------------------------------------------------------------


def test_a_straight_line_has_the_mean_of_its_point() -> None:
    """The reduction of waste-heat power is linear in the electricity supplied, so the mean of the draws is the reduction itself."""
    found = drawn(power(electricity_supplied="44 GWh/year ± 10 %"))
    whole = found["reduction"]
    assert abs(whole["mean"] - whole["point"]) < 3 * whole["standard_error"]
    spread = (44_000 * 0.1 / 1.959964) * whole["point"] / (44_000 - 0.5 * 365 * 24)  # of a normal distribution: 1.96 deviations are 10 %
    assert whole["standard_deviation"] == pytest.approx(spread, rel=0.01)
    assert whole["p97_5"] - whole["p2_5"] == pytest.approx(2 * 1.959964 * spread, rel=0.02)
    assert found["approach_1"]["half_width"] == pytest.approx(1.959964 * spread, rel=1e-9)
    assert found["explained"] == pytest.approx(1.0, abs=1e-9)


def codes(project, draws: int = 10_000) -> set[str]:
    return {f["code"] for f in carboncalc.estimate(project, draws=draws).to_dict()["findings"]}


def test_a_skewed_interval_warns_and_an_even_one_does_not() -> None:
    assert "CC560" in codes(power(electricity_supplied={"value": "44 GWh/year", "range": [40, 80]}))
    assert "CC560" not in codes(power(electricity_supplied={"value": "44 GWh/year", "range": [40, 48]}))


@pytest.mark.parametrize(("high", "warned"), [(50.0, True), (46.2, False)])
def test_a_departure_below_one_percent_is_no_warning(high: float, warned: bool) -> None:
    """Lognormal from 42 to `high` GWh: its mean lies 4.3 % or 0.1 % above 44, and the reduction a little more."""
    assert ("CC560" in codes(power(electricity_supplied={"value": "44 GWh/year", "range": [42, high]}))) is warned


def buses(**more: object) -> dict:
    """Return two fleets on one grid factor and one fuel: the factor is shared by both."""
    row = {"vehicles": 10, "distance": "40000 km/year", "baseline_fuel": "diesel", "baseline_fuel_use": "250 g/km", "electricity_use": "1 kWh/km"}
    return {
        "carboncalc": 1, "project": {"id": "x", "title": "x", "country": "VN", "first_year": 2027, "years": 3}, "methodology": "cdm/ams-iii-c", "gwp": "AR5",
        "inputs": {"fleet": [{"id": "a", **row}, {"id": "b", **row}]},
        "factors": {
            "fuel.diesel.ncv": {"value": "43 GJ/t", "source": "x"}, "fuel.diesel.co2": {"value": "74.1 tCO2/TJ", "source": "x"},
            "electricity.losses": {"value": "0 %", "source": "x"}, "electricity.grid": {"value": "0.6 tCO2/MWh ± 20 %", "source": "x"},
        }, **more,
    }  # fmt: skip


def test_a_factor_shared_by_two_items_is_one_variable() -> None:
    """Spread of a sum with a shared factor: 2 x s and not sqrt(2) x s. Project emissions are 2 x 10 x 40 000 km x 3 years x 0.6 kg = 1 440 t."""
    found = drawn(buses())
    (only,) = found["variables"]
    assert only["uses"] == 1
    assert found["approach_1"]["half_width"] == pytest.approx(0.2 * 1440, rel=1e-9)
    assert found["reduction"]["standard_deviation"] == pytest.approx(0.2 * 1440 / 1.959964, rel=0.01)
    apart = buses()
    del apart["factors"]["electricity.grid"]
    for i, row in enumerate(apart["inputs"]["fleet"]):
        apart["inputs"]["fleet"][i] = {**row, "electricity_use": "1 kWh/km ± 20 %"}
    spread = drawn(apart)["reduction"]
    grid = carboncalc.estimate(apart).to_dict()["totals"]["project"]
    assert spread["standard_deviation"] == pytest.approx(0.2 * grid / math.sqrt(2) / 1.959964, rel=0.02)


def test_the_spread_of_a_difference_with_a_shared_factor() -> None:
    """Heat of diesel in baseline and project: it cancels as far as the fuel burned is the same, and adds nothing to what is left."""
    project = {
        "carboncalc": 1, "project": {"id": "x", "title": "x", "country": "VN", "first_year": 2027, "years": 1}, "methodology": "cdm/ams-iii-bc", "gwp": "AR5",
        "inputs": {"fleet": [{"id": "t", "fuel": "diesel", "fuel_use_before": "300 g/km", "activity": "1000000 km/year", "fuel_use": "285 t/year"}]},
        "factors": {"fuel.diesel.ncv": {"value": "43 GJ/t ± 5 %", "source": "x"}, "fuel.diesel.co2": {"value": "74.1 tCO2/TJ", "source": "x"}},
    }  # fmt: skip
    found = drawn(project)
    (only,) = found["variables"]
    assert only["uses"] == 1
    point = (300 - 285) * 43 * 74.1 / 1000  # t x GJ/t x kg/GJ
    assert found["reduction"]["point"] == pytest.approx(point, rel=1e-9)
    assert found["approach_1"]["half_width"] == pytest.approx(0.05 * point, rel=1e-6)
    assert found["approach_1"]["independent_half_width"] == pytest.approx(0.05 * math.hypot(300, 285) * 43 * 74.1 / 1000, rel=1e-6)
    assert found["reduction"]["standard_deviation"] == pytest.approx(0.05 * point / 1.959964, rel=0.01)


@pytest.mark.parametrize("r", [-0.8, 0.0, 0.8, 1.0])
def test_a_stated_correlation(r: float) -> None:
    """Two fleets whose use is uncertain: variance of the sum is 2 s^2 (1 + r)."""
    project = buses(correlations=[{"between": ["fleet.a.electricity_use", "fleet.b.electricity_use"], "r": r}])
    del project["factors"]["electricity.grid"]
    project["inputs"]["fleet"] = [{**row, "electricity_use": "1 kWh/km ± 20 %"} for row in project["inputs"]["fleet"]]
    found = drawn(project, 20_000)
    one = carboncalc.estimate(project).to_dict()["totals"]["project"] / 2 * 0.2 / 1.959964
    assert found["reduction"]["standard_deviation"] == pytest.approx(one * math.sqrt(2 * (1 + r)), rel=0.02)
    assert found["approach_1"]["half_width"] == pytest.approx(1.959964 * one * math.sqrt(2 * (1 + r)), rel=1e-6)


def test_roots_of_correlations() -> None:
    assert drawing.root([[1.0, 0.9, -0.9], [0.9, 1.0, 0.9], [-0.9, 0.9, 1.0]]) is None
    matrix = [[1.0, 0.9, 0.7], [0.9, 1.0, 0.9], [0.7, 0.9, 1.0]]
    lower = drawing.root(matrix)
    assert [[sum(a * b for a, b in zip(x, y, strict=True)) for y in lower] for x in lower] == [pytest.approx(row) for row in matrix]


def test_the_error_of_the_mean_falls_with_the_root_of_the_draws() -> None:
    errors = [drawn(BUS, n)["reduction"]["standard_error"] for n in (4_000, 64_000)]
    assert 2.5 < errors[0] / errors[1] < 6.5  # sixteen times the draws: four times as sure, as far as an error is known from few blocks
    means = [drawn(BUS, 10_000, seed)["reduction"] for seed in range(1, 13)]
    centre = statistics.mean(m["mean"] for m in means)
    spread = statistics.stdev(m["mean"] for m in means)
    claimed = statistics.mean(m["standard_error"] for m in means)
    assert 0.5 < spread / claimed < 2.0  # the error that one run claims is the spread that twelve runs show
    assert all(abs(m["mean"] - centre) < 5 * claimed for m in means)


@pytest.mark.parametrize("draws", [100, 101, 777, 5000, 10_001])
def test_blocks_hold_all_draws_and_each_slice_once(draws: int) -> None:
    plan = drawing.Plan(draws, 3)
    blocks = list(drawing.shares(plan, 2))
    assert sum(b.shape[1] for b in blocks) == draws
    for block in blocks:
        size = block.shape[1]
        assert sorted(np.floor(block[0] * size)) == list(range(size))


def test_stretches_change_nothing(monkeypatch) -> None:
    from carboncalc.simulation import running

    whole = drawn(BUS, 2_000)
    monkeypatch.setattr(running, "ROOM", 4_000)
    assert drawn(BUS, 2_000) == whole


def command(*arguments: object, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "carboncalc", *map(str, arguments)], capture_output=True, text=True, cwd=ROOT, env={**os.environ, **environment}
    )


def test_the_same_bytes_for_any_number_of_workers_and_threads(tmp_path) -> None:
    text = BUS.read_text(encoding="utf-8")
    for i in range(3):
        (tmp_path / f"{i}.yaml").write_text(text.replace("id: cat-ba-electric-buses", f"id: bus-{i}"), encoding="utf-8")
    options = ("estimate", tmp_path, "-f", "jsonl", "--draws", 1000, "--seed", 7)
    one = command(*options, "--jobs", 1, OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
    assert one.returncode == 0
    assert command(*options, "--jobs", 4, OMP_NUM_THREADS="4", OPENBLAS_NUM_THREADS="4").stdout == one.stdout
    assert command(*options[:-1], 8, "--jobs", 1).stdout != one.stdout


def test_many_projects_from_python(tmp_path) -> None:
    (tmp_path / "bus.yaml").write_text(BUS.read_text(encoding="utf-8"), encoding="utf-8")
    ((_, result),) = carboncalc.estimate_many([tmp_path], draws=1000, seed=5)
    assert result["uncertainty"]["reduction"]["mean"] == drawn(BUS, 1000, 5)["reduction"]["mean"]
    with pytest.raises(TypeError, match="only together with draws"):
        carboncalc.estimate(BUS, seed=5)


# --- what is drawn, and what is not -----------------------------------------------------------------------------------


def test_what_the_methodology_fixes_or_conservative_moved_is_held() -> None:
    data = library.read(BUS).data
    data["conservative"] = True
    found = drawn(data, 1000)
    assert {h["name"] for h in found["held"]} == {"fuel.diesel.ncv (2006, ipcc-2006)", "fuel.diesel.co2 (2006, ipcc-2006)"}
    assert {v["id"] for v in found["variables"]} == {"fleet.bus-50-seats.baseline_fuel_use", "fleet.bus-50-seats.electricity_use"}


def test_an_interval_beyond_what_can_be_is_refused_before_anything_is_drawn() -> None:
    project = buses()
    project["inputs"]["fleet"][0] |= {"renewable_share": {"value": "50 %", "range": ["20 %", "130 %"]}}
    with pytest.raises(Invalid, match="CC218"):
        carboncalc.estimate(project, draws=1000)
    project["inputs"]["fleet"][0] |= {"renewable_share": {"value": "50 %", "range": ["20 %", "90 %"]}}
    assert drawn(project, 1000)


def test_nothing_to_draw() -> None:
    result = carboncalc.estimate(power(), draws=1000).to_dict()
    assert result["uncertainty"] is None
    assert "CC562" in {f["code"] for f in result["findings"]}


def test_a_park_says_that_it_is_not_drawn() -> None:
    park = ROOT / "examples/hai-phong-eco-industrial-park.yaml"
    assert "CC566" in codes(park, 1000)
    assert "CC566" not in {f["code"] for f in carboncalc.estimate(park).to_dict()["findings"]}


def test_the_tornado_is_what_the_project_would_give() -> None:
    """Each end of the tornado is the reduction that a file with that value alone would have."""
    found = drawn(BUS, 1000)
    for row in found["variables"]:
        for end, at in (("low", "at_low"), ("high", "at_high")):
            data = library.read(BUS).data
            value = f"{row['tornado'][end]!r} {row['unit']}"
            if row["id"].startswith("fuel."):
                data["factors"] = {row["id"].partition(" (")[0]: {"value": value, "source": "x"}}
            else:
                data["inputs"]["fleet"][0][row["id"].rpartition(".")[2]] = value
            assert row["tornado"][at] == pytest.approx(carboncalc.estimate(data).totals["reduction"], rel=1e-9)
    assert sum(row["variance_share"] for row in found["variables"]) == pytest.approx(1.0)


def test_the_chance_of_a_criterion() -> None:
    """The threshold of cost-effectiveness in the middle of the draws passes with one half; beyond them, never or always."""
    data = library.read(BUS).data
    result = carboncalc.estimate(data, draws=20_000).to_dict()
    found = {c["id"]: c["probability"] for c in result["uncertainty"]["programmes"][0]["criteria"]}
    below = sum(y <= 0 for y in [result["uncertainty"]["reduction"]["p2_5"]])
    assert below == 1  # so the draws lie on both sides of zero
    assert 0.75 < found["energy-origin-co2"] < 0.85
    assert found["partner-country"] == 1.0
    assert found["credit-share"] is None
    assert found["cost-effectiveness"] == 0.0
    assert result["uncertainty"]["programmes"][0]["eligible"] == 0.0  # whatever the missing fact is
    assert result["uncertainty"]["programmes"][1]["eligible"] is None
    median = result["uncertainty"]["reduction_per_year"]["median"]
    yen = 4000 * median * 5 / 0.5  # subsidy per tonne is half of the investment / (reduction per year x 5 years), at most 4 000 JPY
    data["finance"]["investment"] = f"{yen!r} JPY"
    half = {c["id"]: c["probability"] for c in drawn(data, 20_000)["programmes"][0]["criteria"]}
    assert half["cost-effectiveness"] == pytest.approx(0.5, abs=0.01)


def test_money_may_be_uncertain_too() -> None:
    """A payback of 120 / 12 = 10 years: with a benefit of 12 ± 25 % it is above 10 years in one half of the draws."""
    data = library.read(BUS).data
    data["finance"] = {"currency": "JPY", "investment": "40 million JPY", "annual_benefit": "8 million JPY/year ± 25 %", "discount_rate": "8 %"}
    data["programmes"] = [data["programmes"][0]]  # asks for half of it: 20 / 8 = 2.5 years, and 3 years are the least
    found = {c["id"]: c["probability"] for c in drawn(data, 20_000)["programmes"][0]["criteria"]}
    limit = (20 / 3 - 8) / (8 * 0.25 / 1.959964)  # a benefit below 20 / 3 million passes
    assert found["payback"] == pytest.approx(normal.cumulative(limit), abs=0.01)


def test_the_range_of_money_is_checked() -> None:
    data = library.read(BUS).data
    data["finance"]["investment"] = {"value": "120 million JPY", "range": ["130 million JPY", "140 million JPY"]}
    with pytest.raises(Invalid) as caught:
        carboncalc.estimate(data)
    assert caught.value.findings[0].code == "CC218"


# --- the command line ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--seed", "3"], "--seed needs --draws"),
        (["--draws", "99"], "take 100 to 200000"),
        (["--draws", "200001"], "take 100 to 200000"),
        (["--draws", "1000", "--seed", "-1"], "from 0 up"),
    ],
)
def test_wrong_options(options, words) -> None:
    done = command("estimate", BUS, *options)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_without_numpy_one_line_says_how_to_install_it(tmp_path) -> None:
    (tmp_path / "numpy.py").write_text("raise ImportError('not here')\n", encoding="utf-8")
    done = command("estimate", BUS, "--draws", 1000, PYTHONPATH=f"{tmp_path}{os.pathsep}{ROOT}")
    assert done.returncode == 2
    assert done.stderr.strip() == "carboncalc: Monte Carlo needs an extra: pip install 'carboncalc[mc]'"
    assert command("estimate", BUS, PYTHONPATH=f"{tmp_path}{os.pathsep}{ROOT}").returncode == 0


def test_the_csv_has_columns_of_draws_only_when_asked() -> None:
    plain = command("estimate", BUS, "-f", "csv").stdout.splitlines()
    asked = command("estimate", BUS, "-f", "csv", "--draws", 1000).stdout.splitlines()
    assert "reduction_P90_tCO2e" not in plain[0]
    assert asked[0].startswith(plain[0])
    row = dict(zip(asked[0].split(","), next(csv.reader([asked[1]])), strict=True))
    assert float(row["reduction_mean_tCO2e"]) == drawn(BUS, 1000)["reduction"]["mean"]


@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_text_fits_the_page(width: int) -> None:
    text = command("estimate", BUS, "--draws", 1000, "--width", width).stdout
    assert "Uncertainty: Monte Carlo, 1 000 draws, seed 1" in text.replace("\u00a0", " ")
    assert "energy-origin-co2 8" in text
    assert max(map(len, text.splitlines())) <= width

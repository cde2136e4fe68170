"""Wastewater: the methane of the example term by term, thresholds in pairs, choices and their defaults."""

from fractions import Fraction

import pytest
from conftest import ROOT

import carboncalc
from carboncalc import library, methodology

EXAMPLE = ROOT / "examples" / "ngoc-hai-fish-port-wastewater.yaml"


def project(method: str = "cdm/ams-iii-i", factors: dict | None = None, **inputs) -> dict:
    plain = {
        "flow": "1000 m3/day",
        "operating_days": "330 day/year",
        "cod_in": "2 kg/m3",
        "cod_out": "0 kg/m3",
        "baseline_treatment": "anaerobic-lagoon-deep",
        "electricity_use": "0 kWh/m3",
    }
    return {
        "carboncalc": 1,
        "project": {"id": "x", "title": "x", "country": "VN", "first_year": 2027, "years": 1},
        "methodology": method,
        "gwp": "AR5",
        "inputs": plain | ({"flare": "enclosed"} if method == "cdm/ams-iii-h" else {}) | inputs,
        "factors": factors or {},
    }


def told(data: dict) -> list[str]:
    """Return the names of the applicability conditions that are not met."""
    return [f["message"].split(":")[0] for f in carboncalc.estimate(data).findings if f["code"] == "CC403"]


def test_the_methane_of_the_example_splits_by_term_and_sums() -> None:
    result = carboncalc.estimate(EXAMPLE).to_dict()
    water, gwp, b0 = 200 * 300, 28, Fraction("0.25")  # m3 a year
    low, high = Fraction("0.89"), Fraction("1.12")
    by_hand = {
        "BE_ww_treatment": water * Fraction("1.7") * b0 * Fraction("0.2") * low * gwp / 1000,  # what the pond removes
        "BE_ww_discharge": water * Fraction("0.1") * b0 * Fraction("0.1") * low * gwp / 1000,  # what it lets go to the sea
        "PE_ww_treatment": Fraction(0),  # well managed
        "PE_ww_discharge": water * Fraction("0.1") * b0 * Fraction("0.1") * high * gwp / 1000,
        "PE_s_final": 6 * Fraction("0.257") * high * Fraction("0.5") * Fraction("0.5") * Fraction(16, 12) * gwp,
    }
    equations = methodology.load("cdm/ams-iii-i").equations
    methane = {s["name"] for s in result["steps"] if s["role"] in ("baseline", "project") and equations[s["name"]]["gas"] == "CH4"}
    assert methane == set(by_hand)
    for step in result["steps"]:
        if step["name"] in by_hand:
            assert step["value"] == pytest.approx(float(by_hand[step["name"]]), rel=1e-14)
    for role, prefix in (("baseline", "BE_"), ("project", "PE_")):
        whole = 10 * sum(v for n, v in by_hand.items() if n.startswith(prefix))
        assert result["by_gas"][role]["CH4"] == pytest.approx(float(whole), rel=1e-14)
    assert result["by_origin"]["baseline"] == {"energy": 0.0, "non-energy": result["by_gas"]["baseline"]["CH4"]}
    assert result["by_origin"]["project"]["energy"] == result["by_gas"]["project"]["CO2"]
    assert result["totals"]["reduction_energy"] == -result["by_gas"]["project"]["CO2"]


@pytest.mark.parametrize(
    ("method", "met", "missed"),
    [
        # 330 day/year × 2 kg/m3 × 0.25 × 0.8 × 0.89 × 28 = 3.28944 t for each m3/day
        ("cdm/ams-iii-i", 18240, 18241),
        # the same less 330 × 2 × 0.25 × 0.8 × 1.12 × 28 × (0.1 + 0.9 × 0.1) = 0.78651 t lost: 2.50292 t
        ("cdm/ams-iii-h", 23971, 23972),
    ],
)
def test_the_small_scale_limit(method: str, met: int, missed: int) -> None:
    assert "At most 60 kt CO2e a year" not in told(project(method, flow=f"{met} m3/day"))
    assert "At most 60 kt CO2e a year" in told(project(method, flow=f"{missed} m3/day"))


@pytest.mark.parametrize("method", ["cdm/ams-iii-i", "cdm/ams-iii-h"])
def test_the_water_leaves_no_dirtier_than_it_came(method: str) -> None:
    assert told(project(method, cod_out="2000 mg/L")) == []
    assert told(project(method, cod_out="2000.1 mg/L")) == ["COD is removed"]
    assert told(project(method, cod_out_baseline="2 kg/m3")) == []
    assert told(project(method, cod_out_baseline="2.0001 kg/m3")) == ["COD is removed"]


@pytest.mark.parametrize(("treatment", "rows"), [("septic", 0), ("untreated-river", 1), ("untreated-stagnant-sewer", 1)])
def test_an_effluent_needs_a_treatment(treatment: str, rows: int) -> None:
    assert len(told(project(baseline_treatment=treatment, cod_out_baseline="1 kg/m3"))) == rows
    assert told(project(baseline_treatment=treatment)) == []


@pytest.mark.parametrize("method", ["cdm/ams-iii-i", "cdm/ams-iii-h"])
@pytest.mark.parametrize("treatment", methodology.load("cdm/ams-iii-i").inputs["baseline_treatment"]["text"])
@pytest.mark.parametrize("edition", ["ipcc-2006", "ipcc-2019"])
def test_each_baseline_has_a_factor_in_both_editions(method: str, treatment: str, edition: str) -> None:
    result = carboncalc.estimate(project(method, {f"wastewater.mcf.{treatment}": edition}, baseline_treatment=treatment)).to_dict()
    chosen = next(q for q in result["quantities"] if q["name"] == "MCF_BL")
    assert (chosen["factor"], chosen["method"]) == (f"wastewater.mcf.{treatment}", edition)


def test_2006_is_the_default_and_the_text_default_is_as_if_written() -> None:
    plain = carboncalc.estimate(project(cod_out="0.1 kg/m3")).to_dict()
    written = project(
        cod_out="0.1 kg/m3", plant_operation="well-managed", discharge="river", factors={"wastewater.mcf.anaerobic-lagoon-deep": "ipcc-2006"}
    )
    assert carboncalc.estimate(written).to_dict()["totals"] == plain["totals"]


@pytest.mark.parametrize("given", ["sludge", "sludge_disposal", "baseline_sludge", "baseline_sludge_disposal"])
def test_sludge_is_stated_with_its_site(given: str) -> None:
    value = "managed-anaerobic" if "disposal" in given else "1 t/year"
    (finding,) = [f for f in carboncalc.check(project(**{given: value})) if f.severity == "error"]
    assert finding.code == "CC116"


def test_no_sludge_no_sludge_factor() -> None:
    names = {q["name"] for q in carboncalc.estimate(project()).to_dict()["quantities"]}
    assert not names & {"DOC_s", "DOC_Fs", "F_s", "EF_comp"}


def test_a_digester_without_recovery_is_no_reduction() -> None:
    """All of the gas lost and all of the water treated as before: what remains is the distance between UF_PJ and UF_BL."""
    own = {"wastewater.capture-efficiency": {"value": "0", "source": "test"}}
    result = carboncalc.estimate(project("cdm/ams-iii-h", own, baseline_treatment="anaerobic-reactor")).to_dict()
    assert result["totals"]["project"] / result["totals"]["baseline"] == pytest.approx(1.12 / 0.89, rel=1e-14)


@pytest.mark.parametrize("id_", methodology.ids())
def test_a_text_default_is_one_of_the_choices(id_: str) -> None:
    for name, spec in methodology.load(id_).inputs.items():
        if "text" in spec and "default" in spec:
            assert spec["default"]["value"] in spec["text"], name


def test_the_example_says_what_is_illustrative() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    assert "Illustrative: every figure" in text
    assert library.read(EXAMPLE).data["methodology"] == "cdm/ams-iii-i"

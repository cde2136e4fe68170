"""The text report: names for people, years as years, choices among the assumptions, and the papers of an application."""

import re

import pytest
from conftest import EN, ROOT
from test_eip import ALL, PAIRS, PARK, everything, judge

import carboncalc
from carboncalc import library, methodology
from carboncalc.estimation.running import _leaves
from carboncalc.reports import text, trace

WASTEWATER = carboncalc.estimate(ROOT / "examples" / "ngoc-hai-fish-port-wastewater.yaml").to_dict()
BUSES = carboncalc.estimate(ROOT / "examples" / "cat-ba-electric-buses.yaml").to_dict()
WIDTHS = (60, 80, 160)


def flat(page: str) -> str:
    return re.sub(r"\s+", " ", page)


def with_programme(id_: str, known: dict) -> dict:
    """A project's result in which one programme was judged."""
    return {**BUSES, "programmes": [judge(id_, known)[0]]}


def row(result: dict, name: str, **index: str) -> dict:
    (found,) = [q for q in result["quantities"] if q["name"] == name and q["index"] == index]
    return found


@pytest.mark.parametrize("result", [WASTEWATER, BUSES], ids=["wastewater", "buses"])
def test_every_quantity_of_a_methodology_has_a_name_in_three_languages(result: dict) -> None:
    for q in result["quantities"]:
        if not str(q["path"]).startswith("finance."):
            assert {"en", "ja", "vi"} <= set(result["symbols"][q["name"]]["label"]), q["name"]
    page = text.render(result, 160, False, EN)
    assert "GWP_CO2" not in page
    assert "GWP-100 of CO2, IPCC AR5" in page


def test_a_choice_has_a_row_whether_given_or_left_to_its_default() -> None:
    given, left = row(WASTEWATER, "baseline_treatment"), row(WASTEWATER, "discharge")
    assert (given["value"], given["unit"], given["status"], given["given"]) == ("anaerobic-lagoon-shallow", "1", "input", "anaerobic-lagoon-shallow")
    assert given["path"] == "inputs.baseline_treatment"
    assert (left["value"], left["unit"], left["status"], left["match"]) == ("river", "1", "default", "default")
    assert left["source"] == "a river, lake or the sea unless stated"
    assert row(BUSES, "baseline_fuel", fleet="bus-50-seats")["value"] == "diesel"
    for width in WIDTHS:
        page = flat(text.render(WASTEWATER, width, False, EN))
        assert "river" in page
        assert "anaerobic-lagoon-shallow" in page.replace("- ", "-")


def test_a_choice_counts_where_it_picks_a_factor() -> None:
    """The methane correction factor of the plant is picked by `plant_operation`: what uses the factor rests on the choice."""
    found = methodology.load("cdm/ams-iii-i")
    assert found.factors["MCF_PJ"]["id"] == "wastewater.mcf.aerobic-{plant_operation}"
    assert "plant_operation" in _leaves(found, "PE_ww_treatment")
    stated = library.read(ROOT / "examples" / "ngoc-hai-fish-port-wastewater.yaml").data
    stated["inputs"] |= {"plant_operation": "well-managed", "discharge": "river"}
    assert carboncalc.estimate(stated).to_dict()["totals"] == WASTEWATER["totals"]


def test_a_choice_in_a_formula_is_quoted_when_followed() -> None:
    page = trace.render(WASTEWATER, "COD_rem_BL", 100, False, EN)
    assert page is not None
    assert 'where("anaerobic-lagoon-shallow" in ("untreated-river", "untreated-stagnant-sewer"), 0, 1.8 kg/m3 - 0.1 kg/m3)' in page
    assert "written as `anaerobic-lagoon-shallow`" in page


@pytest.mark.parametrize("width", [40, 50])
def test_no_word_is_cut_on_a_narrow_terminal(width: int) -> None:
    page = text.render({**WASTEWATER, "programmes": [judge(PARK, everything(PARK))[0]]}, width, False, EN)
    assert max(map(len, page.split("\n"))) <= width
    assert "what: value, unit, from, confidence" in page
    for words in ("Wastewater treated per operating day", "200 · m3/day · input · read", "✓ pass · 2025 · >= 2025", "Dossier: 3 of 4 papers met"):
        assert words in flat(page)


@pytest.mark.parametrize("width", WIDTHS)
def test_years_in_criteria_are_not_grouped(width: int) -> None:
    page = text.render(with_programme(PARK, everything(PARK)), width, False, EN)
    assert "2025" in page
    assert "2\u00a0025" not in page


@pytest.mark.parametrize("id_", ALL)
@pytest.mark.parametrize("width", WIDTHS)
def test_the_report_names_every_paper_once(id_: str, width: int) -> None:
    first = next(iter(PAIRS[id_]))
    met, misses = PAIRS[id_][first]
    for known in ({}, everything(id_), {**everything(id_), **met, **(misses[0] if misses else {})}):
        result = with_programme(id_, known)
        (answer,) = result["programmes"]
        whole = text.render(result, width, False, EN)
        assert max(map(len, whole.split("\n"))) <= width
        page = flat(whole)
        for c in answer["criteria"]:
            if width == max(WIDTHS):
                assert c["paper"]["en"] in page
        if answer["dossier"]:
            met_ = sum(d["status"] == "met" for d in answer["dossier"])
            assert f"Dossier: {met_} of {len(answer['dossier'])} papers met" in page
            for status, word in (("met", "✓ met"), ("not-met", "✗ not met"), ("missing", "? missing")):
                assert page.count(word) == sum(d["status"] == status for d in answer["dossier"])


def test_a_paper_that_is_held_up_says_by_what() -> None:
    page = flat(text.render(with_programme(PARK, {**everything(PARK), "worker_housing": False}), 160, False, EN))
    assert "Self-assessment against Art. 37 ✗ not met worker-housing unverified" in page
    assert "Registration letter ? missing to be written; proves no criterion unverified" in page
    assert "Report on operation ✓ met basic-services, input-output-monitoring, public-report, symbiosis, recp-share" in page
    unknown = {k: v for k, v in everything(PARK).items() if k != "worker_housing"}
    page = flat(text.render(with_programme(PARK, unknown), 160, False, EN))
    assert "worker-housing: state worker_housing. Paper: Plan or agreement on housing for workers." in page
    assert "Other documents ? missing worker-housing" in page


def test_a_formula_under_with_is_as_sure_as_the_file_that_writes_it() -> None:
    """TOOL05 asks for the electricity; how AMS-III.I works it out is said by AMS-III.I, whose equations are recalled."""
    steps = {s["name"]: s for s in WASTEWATER["steps"]}
    assert steps["EC"]["confidence"] == "recalled"

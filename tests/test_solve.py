"""Break-even answers: substituted back they pass, one step less fails, and what has no answer says why."""

import copy
import json
import os
import subprocess
import sys

import pytest
from conftest import EN, ROOT
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import carboncalc
from carboncalc import library, programme
from carboncalc.reports import solve as report
from carboncalc.solving import TARGETS, UnknownGoal, goals, levers, search

EXAMPLES = sorted((ROOT / "examples").glob("*.yaml"))
BUS = ROOT / "examples" / "cat-ba-electric-buses.yaml"
COMPOST = ROOT / "examples" / "trang-cat-composting.yaml"
CEMENT = ROOT / "examples" / "hai-phong-cement-waste-heat.yaml"
SOLAR = ROOT / "examples" / "factory-rooftop-solar.yaml"
JCM = "jcm/model-project"


def data(path):
    content = library.read(path).data
    if content.get("kind") == "park":  # with its projects in full, so that it stands without its folder
        return copy.deepcopy(carboncalc.estimate(path).to_dict()["input"])
    return content


def by_path(found):
    return {row["path"]: row for row in found["inputs"]}


def criterion(tree, goal):
    row = next(r for r in tree["programmes"] if r["id"] == goal.rpartition("/")[0])
    return next(c for c in row["criteria"] if c["id"] == goal.rpartition("/")[2])


def come_true(goal: str, content, lacking=()) -> bool:
    """Appraise afresh and judge without the help of the solver; a verdict leaves out what lacks a fact from the start."""
    tree = carboncalc.estimate(content).to_dict()
    if goal.endswith("/eligible"):
        row = next(r for r in tree["programmes"] if r["id"] == goal.rpartition("/")[0])
        return all(c["verdict"] == "pass" for c in row["criteria"] if c["required"] and c["id"] not in lacking)
    if "=" in goal:
        name, sense, right = goal.replace("<=", " <= ").replace(">=", " >= ").split(" ", 2)
        number = float(right.split()[0])
        years = len(tree["years"])
        figure = tree["totals"]["reduction"] / years if name == "reduction_per_year" else tree["finance"]["without_subsidy"][name]
        return figure <= number if sense == "<=" else figure >= number
    return criterion(tree, goal)["verdict"] == "pass"


def substitute(content, found) -> int:
    """Check every answer of a solved goal: as shown it passes, one step less it does not; return how many there were."""
    tree = carboncalc.estimate(content).to_dict()
    goal, lacking = found["goal"]["for"], found["goal"]["missing"]
    known = {lever.path: lever for lever in levers.stated(content, tree)}
    checked = 0
    for row in found["inputs"]:
        if row["path"] not in known:
            continue  # a fact that is not stated: tested apart
        for answer in row["answers"]:
            write, show = known[row["path"]].write, known[row["path"]].show
            sign = 1 if answer["compare"] == ">=" else -1
            assert come_true(goal, write(answer["shown"]), lacking), (goal, row["path"], answer)
            less = answer["shown_value"] - sign * answer["step"]
            if not answer["invalid_beyond"]:
                assert not come_true(goal, write(show(float(f"{less:.15g}"))), lacking), (goal, row["path"], answer)
            checked += 1
    return checked


def numeric(path) -> list[str]:
    tree = carboncalc.estimate(path).to_dict()
    return [f"{r['id']}/{c['id']}" for r in tree["programmes"] for c in r["criteria"] if c["compare"]] + [
        f"{r['id']}/eligible" for r in tree["programmes"][:1]
    ]


@pytest.mark.parametrize(("path", "goal"), [(p, g) for p in EXAMPLES for g in numeric(p)], ids=lambda v: getattr(v, "stem", v))
def test_answers_substituted_back_pass_and_one_step_less_fails(path, goal: str) -> None:
    content = data(path)
    found = carboncalc.solve(content, for_=goal)
    assert found["goal"]["for"] == goal
    assert found["appraisals"] <= 400
    substitute(content, found)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.stem)
@pytest.mark.parametrize("times", [0.999, 3])
def test_a_target_on_either_side_of_the_present(path, times: float) -> None:
    content = data(path)
    now = carboncalc.estimate(content).totals["reduction_per_year"]
    found = carboncalc.solve(content, for_=f"reduction_per_year>={now * times!r} tCO2e/year")
    assert found["goal"]["passes"] == (times < 1)
    assert substitute(content, found) >= 1


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    vehicles=st.integers(1, 4000),
    distance=st.floats(5e3, 2e5),
    fuel=st.floats(10, 80),
    electricity=st.floats(0.3, 3),
    rate=st.floats(0.1, 100),
    investment=st.floats(1e6, 5e9),
    goal=st.sampled_from(["cost-effectiveness", "eligible", "subsidy-cap", "energy-origin-co2", "subsidy-rate"]),
)
def test_varied_projects(vehicles, distance, fuel, electricity, rate, investment, goal: str) -> None:
    content = data(BUS)
    content["inputs"]["fleet"][0] |= {
        "vehicles": vehicles, "distance": f"{distance!r} km/year", "baseline_fuel_use": f"{fuel!r} L/100km ± 7 %", "electricity_use": f"{electricity!r} kWh/km",
    }  # fmt: skip
    content["finance"]["investment"] = f"{investment!r} JPY"
    content["programmes"][0]["subsidy_rate"] = f"{rate!r} %"
    content["programmes"][0]["facts"]["credit_share_japan"] = "50 %"
    substitute(content, carboncalc.solve(content, for_=f"{JCM}/{goal}"))


def test_the_shown_text_stands_in_the_file_as_it_is() -> None:
    text = BUS.read_text(encoding="utf-8")
    row = by_path(carboncalc.solve(BUS, for_=f"{JCM}/cost-effectiveness"))["finance.investment"]
    (answer,) = row["answers"]
    # 60 000 000 JPY of subsidy at 50 %; at the ceiling the investment falls in the ratio 4 000 / 130 966
    assert answer["value"] == pytest.approx(120e6 * 4000 / 130965.63082944609, rel=1e-9)
    assert answer["shown"] == "3.665 million JPY"
    for written, verdict in (("3.665 million JPY", "pass"), ("3.666 million JPY", "fail")):
        document = library.parse(text.replace("investment: 120 million JPY", f"investment: {written}"))
        assert criterion(carboncalc.estimate(document).to_dict(), f"{JCM}/cost-effectiveness")["verdict"] == verdict


def test_counts_are_whole_and_of_the_latest_step() -> None:
    row = by_path(carboncalc.solve(BUS, for_="reduction_per_year>=100 tCO2e/year"))["inputs.fleet.bus-50-seats.vehicles.2030"]
    (answer,) = row["answers"]
    assert row["whole"] and answer["step"] == 1
    assert row["now"] == 30
    content = data(BUS)
    for n, reached in ((answer["value"], True), (answer["value"] - 1, False)):
        assert n == int(n)
        content["inputs"]["fleet"][0]["vehicles"] = {"2027": 1, "2028": 10, "2030": int(n)}
        assert (carboncalc.estimate(content).totals["reduction_per_year"] >= 100) is reached


def test_a_series_by_year_moves_in_proportion() -> None:
    row = by_path(carboncalc.solve(BUS, for_="npv>=0 JPY"))["finance.annual_benefit"]
    (answer,) = row["answers"]
    assert row["now"] == 14e6  # that of 2030, the latest
    k = answer["shown_value"] / 14e6
    content = data(BUS)
    content["finance"]["annual_benefit"] = {"2027": f"{1e6 * k} JPY/year", "2028": f"{5e6 * k} JPY/year", "2030": f"{14e6 * k} JPY/year"}
    assert 0 <= carboncalc.estimate(content).to_dict()["finance"]["without_subsidy"]["npv"] < 2e4 * 12


def test_the_interval_of_an_input_keeps_its_relative_width() -> None:
    content = data(BUS)
    known = {lever.path: lever for lever in levers.stated(content, carboncalc.estimate(content).to_dict())}
    fleet = known["inputs.fleet.bus-50-seats.baseline_fuel_use"].write(70.0)["inputs"]["fleet"][0]
    assert fleet["baseline_fuel_use"] == "70.0 L/100km ± 7.0 L/100km"
    fleet = known["inputs.fleet.bus-50-seats.electricity_use"].write("2.2 kWh/km")["inputs"]["fleet"][0]
    assert fleet["electricity_use"]["range"] == [2.0, 2.6]
    assert content["inputs"]["fleet"][0]["baseline_fuel_use"] == "35 L/100km ± 10 %"  # what was handed over stays as it is


def test_one_share_moves_and_the_others_give_way() -> None:
    content = data(COMPOST)
    known = {lever.path: lever for lever in levers.stated(content, carboncalc.estimate(content).to_dict())}
    shares = known["inputs.composition.food"].write("90 %")["inputs"]["composition"]
    assert shares == pytest.approx({"food": 0.9, "garden": 0.08, "inert": 0.02})


def test_nothing_handed_over_is_changed() -> None:
    document = library.read(SOLAR)
    before = copy.deepcopy(document.data)
    first = carboncalc.solve(document, for_=f"{JCM}/cost-effectiveness")
    assert document.data == before
    assert carboncalc.solve(document, for_=f"{JCM}/cost-effectiveness") == first


# --- the whole verdict ------------------------------------------------------------------------------------------


def test_the_whole_verdict_of_the_buses() -> None:
    """Only cost-effectiveness fails and one fact is missing: a single change leaves nothing failing, and the verdict open."""
    found = carboncalc.solve(BUS, for_=f"{JCM}/eligible")
    rows = [row for row in found["inputs"] if row["status"] == "needed"]
    changes = [abs(row["answers"][0]["change"]) for row in rows if row["answers"][0]["change"] is not None]
    assert changes == sorted(changes)
    assert rows[0]["path"] == "finance.investment"
    assert all(row["answers"][0]["after"][0]["verdict"] == "undetermined" for row in rows if row["now"] is not None)
    share = by_path(found)[f"programmes.{JCM}.facts.credit_share_japan"]
    assert (share["now"], share["answers"][0]["compare"], share["answers"][0]["shown"]) == (None, ">=", "50 %")
    assert {f["code"] for f in found["findings"]} == {"CC451"}
    content = data(BUS)
    for row in rows:
        if row["now"] is None:
            content["programmes"][0]["facts"][row["path"].rpartition(".")[2]] = row["answers"][0]["shown"]
    content["finance"]["investment"] = rows[0]["answers"][0]["shown"]
    assert carboncalc.estimate(content).to_dict()["programmes"][0]["verdict"] == "eligible"


def test_a_change_must_mend_all_that_fails() -> None:
    """Two criteria fail: a change that mends one of them only is no answer; a rate that mends both is."""
    content = data(SOLAR)
    content["programmes"][0]["subsidy_rate"] = "40 %"  # above the ceiling of 30 % after four projects, and too dear a tonne
    found = carboncalc.solve(content, for_=f"{JCM}/eligible")
    rows = by_path(found)
    assert rows["inputs.electricity_generated"]["status"] == "none"
    assert rows["inputs.electricity_generated"]["blocked_by"] == ["subsidy-rate"]
    (answer,) = rows[f"programmes.{JCM}.subsidy_rate"]["answers"]
    assert answer["value"] < 30
    assert answer["after"][0]["verdict"] == "eligible"


def test_an_eligible_project_is_told_its_margins() -> None:
    found = carboncalc.solve(CEMENT, for_=f"{JCM}/eligible")
    rows = by_path(found)
    assert found["goal"]["passes"] is True
    assert rows["inputs.electricity_supplied"]["answers"][0]["shown"] == "26.04 GWh/year"
    assert {a["compare"] for a in rows["finance.investment"]["answers"]} == {">=", "<="}  # a short payback below, the ceiling above
    assert rows["programmes.jcm/model-project.facts.completion"]["answers"][0]["shown"] == "2028-01-31"
    assert {s["path"].rpartition(".")[2] for s in found["switches"] if not s["passes"]} == {
        "japanese_representative", "other_japanese_subsidy", "started_before_grant",
    }  # fmt: skip


def test_where_a_file_becomes_invalid_is_no_break_even() -> None:
    """The eligible part is at most the whole investment: a bound of the file, not of the criterion."""
    content = data(SOLAR)
    content["finance"]["eligible_investment"] = "200 million JPY"
    rows = by_path(carboncalc.solve(content, for_=f"{JCM}/subsidy-cap"))
    assert rows["finance.eligible_investment"]["status"] == "always"
    rows = by_path(carboncalc.solve(content, for_=f"{JCM}/cost-effectiveness<=4000 JPY/tCO2e"))
    assert rows["finance.eligible_investment"]["status"] == "always"  # 300 million JPY, the whole, would still pass
    assert rows["finance.investment"]["status"] == "no-effect"
    content["finance"]["investment"] = "400 million JPY"
    rows = by_path(carboncalc.solve(content, for_=f"{JCM}/cost-effectiveness<=4000 JPY/tCO2e"))
    assert [(a["compare"], a["shown"]) for a in rows["finance.eligible_investment"]["answers"]] == [("<=", "339.6 million JPY")]


def test_never_passing_is_told() -> None:
    found = carboncalc.solve(COMPOST, for_=f"{JCM}/energy-origin-co2")
    assert not any(row["answers"] for row in found["inputs"])
    assert not any(row["passes"] for row in found["switches"])
    assert [f["code"] for f in found["findings"]] == ["CC450"]
    rows = by_path(found)
    assert rows["inputs.electricity_use"]["status"] == "none"
    assert rows["finance.investment"]["status"] == "no-effect"
    assert rows["inputs.fuel_use"]["best"]["at"] == "0.0015 L/t"


def test_choices_and_missing_yes_or_no() -> None:
    content = data(SOLAR)
    content["programmes"][0]["facts"] |= {"started_before_grant": True}
    found = carboncalc.solve(content, for_=f"{JCM}/eligible")
    assert [(s["path"].rpartition(".")[2], s["to"]) for s in found["switches"] if s["passes"]] == [("started_before_grant", False)]
    assert not found["findings"]
    del content["programmes"][0]["facts"]["started_before_grant"]
    found = carboncalc.solve(content, for_=f"{JCM}/not-started")
    assert [(s["now"], s["to"], s["passes"]) for s in found["switches"]] == [(None, True, False), (None, False, True)]
    assert found["goal"]["passes"] is None


def test_a_missing_entry_is_solved_for() -> None:
    """Without durable years there is no price of a tonne; the years that make it cheap enough are given, and are whole."""
    content = data(SOLAR)
    del content["programmes"][0]["asset_class"]
    found = carboncalc.solve(content, for_=f"{JCM}/cost-effectiveness")
    (row,) = found["inputs"]
    (answer,) = row["answers"]
    assert (row["path"], row["now"], row["whole"]) == (f"programmes.{JCM}.durable_years", None, True)
    for years, verdict in ((answer["value"], "pass"), (answer["value"] - 1, "fail")):
        content["programmes"][0]["durable_years"] = f"{years:.0f} year"
        assert criterion(carboncalc.estimate(content).to_dict(), f"{JCM}/cost-effectiveness")["verdict"] == verdict
    del content["programmes"][0]["subsidy_rate"], content["programmes"][0]["durable_years"]
    found = carboncalc.solve(content, for_=f"{JCM}/cost-effectiveness")
    assert not found["inputs"]
    assert found["findings"][0]["code"] == "CC451"
    assert "durable_years, subsidy_rate" in found["findings"][0]["message"]


# --- answers that turn more than once -------------------------------------------------------------------------------

MADE_UP = """
carboncalc: 1
kind: programme
id: test/window
title: {{en: A rate neither small nor large}}
publisher: nobody
source: {{title: made up for a test}}
versions:
  - version: v1
    in_force: {{from: 2020-01-01}}
    entry:
      rate: {{symbol: rate, unit: "1", max: 1, label: {{en: Rate}}}}
    constants:
      whole: {{value: {whole}, unit: "1", label: {{en: Twice the best rate}}, source: made up, page: "1", confidence: read}}
      least: {{value: {floor}, unit: "1", label: {{en: Least product}}, source: made up, page: "1", confidence: read}}
    criteria:
      - id: cost-effectiveness
        label: {{en: Product of a rate and what is left}}
        value: rate * (whole - rate)
        unit: "1"
        compare: "{compare}"
        threshold: least
        cite: made up
        confidence: read
        why: {{en: It turns twice.}}
        fix: {{en: Take the middle.}}
"""


@pytest.fixture
def made_up(tmp_path, monkeypatch):
    def make(whole: str, floor: str, rate: str, compare: str = ">=", **more):
        path = tmp_path / "window.yaml"
        path.write_text(MADE_UP.format(whole=whole, floor=floor, compare=compare), encoding="utf-8")
        known = programme.paths()
        monkeypatch.setattr(programme, "_loaded", {})
        monkeypatch.setattr(programme, "paths", lambda: {**known, "test/window": str(path)})
        content = data(SOLAR)
        content["programmes"] = [*more.get("beside", []), {"id": "test/window", "rate": rate}]
        return content

    return make


def answers(content):
    (row,) = [row for row in carboncalc.solve(content, for_="test/window/cost-effectiveness")["inputs"] if row["answers"]]
    return [(a["compare"], a["shown"], a["until"] and a["until"]["shown"]) for a in row["answers"]]


def test_a_window_is_found_whole(made_up) -> None:
    # rate × (1 − rate) ≥ 0.24 between 40 % and 60 %
    assert answers(made_up("100 %", "0.24", "10 %")) == [(">=", "40 %", "60 %")]
    assert answers(made_up("100 %", "0.24", "90 %")) == [("<=", "60 %", "40 %")]
    assert answers(made_up("100 %", "0.24", "41 %")) == [(">=", "40 %", None), ("<=", "60 %", None)]


def test_a_narrow_window_between_the_points_scanned_is_found(made_up) -> None:
    # (rate − 0.4263)² ≤ 1e-8: between 42.62 % and 42.64 %
    floor = f"{0.4263**2 - 1e-8:.12f}"
    ((sense, shown, until),) = answers(made_up("0.8526", floor, "90 %"))
    assert (sense, shown, until) == ("<=", "42.64 %", "42.62 %")


def test_a_gap_leaves_the_nearest_answer_on_either_side(made_up) -> None:
    assert sorted(answers(made_up("100 %", "0.24", "45 %", "<="))) == [("<=", "40 %", None), (">=", "60 %", None)]


def test_a_criterion_of_two_programmes_must_be_named_in_full(made_up) -> None:
    content = made_up("100 %", "0.24", "10 %", beside=data(SOLAR)["programmes"][:1])
    for goal in ("cost-effectiveness", "eligible"):
        with pytest.raises(UnknownGoal, match=f"`{JCM}/{goal}` or `test/window/{goal}`"):
            carboncalc.solve(content, for_=goal)
    found = carboncalc.solve(content, for_=f"{JCM}@fy2025/cost-effectiveness")
    assert len(found["inputs"][0]["answers"][0]["after"]) == 2


# --- goals -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("goal", "message"),
    [
        ("cost-effectivness", "did you mean `cost-effectiveness`"),
        ("paybak<=5 year", "did you mean `payback`"),
        ("payback<=5", "has no unit"),
        ("reduction>=5 t", "expected"),
        ("not-started>=1", "has no number to compare"),
        ("zzz", "criteria: partner-country"),
        ("vn/decree/cost-effectiveness", "there is no criterion"),
    ],
)
def test_an_unknown_goal_says_what_there_is(goal: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        carboncalc.solve(BUS, for_=goal)


def test_goals_without_a_programme_or_money() -> None:
    content = data(SOLAR)
    del content["programmes"], content["finance"]
    assert carboncalc.solve(content, for_="reduction=1000tCO2e/year")["goal"]["compare"] == ">="
    with pytest.raises(UnknownGoal, match="names no programme"):
        carboncalc.solve(content, for_=f"{JCM}/eligible")
    with pytest.raises(UnknownGoal, match="no `finance:`"):
        carboncalc.solve(content, for_="npv>=0 JPY")
    content["finance"] = {"currency": "JPY", "investment": "1 million JPY", "annual_benefit": "1 million JPY/year"}
    found = carboncalc.solve(content, for_="npv>=0 JPY")  # no discount rate
    assert (found["goal"]["passes"], [f["code"] for f in found["findings"]]) == (None, ["CC410", "CC450"])
    with pytest.raises(UnknownGoal, match="`subsidy_rate`"):
        carboncalc.solve(content, for_="irr_subsidised>=8 %")


def test_no_rules_for_the_date() -> None:
    content = data(SOLAR)
    del content["programmes"][1:]
    content["programmes"][0]["at"] = "1999-01-01"
    for goal in ("eligible", "cost-effectiveness", f"{JCM}/cost-effectiveness"):
        with pytest.raises(UnknownGoal, match="no rules of jcm/model-project are known for 1999-01-01"):
            carboncalc.solve(content, for_=goal)


def test_measures_and_their_numbers_are_named_apart() -> None:
    found = carboncalc.solve(ROOT / "tests" / "projects" / "valid" / "two-measures.yaml", for_="reduction>=1 tCO2e")
    names = [row["name"] for row in found["inputs"]]
    assert len(set(names)) == len(names)
    assert all(row["path"].startswith("measures.") for row in found["inputs"] if "(" in row["name"])


@pytest.mark.parametrize("name", TARGETS)
def test_every_target_is_a_figure_of_the_result(name: str) -> None:
    tree = carboncalc.estimate(CEMENT).to_dict()
    unit = {"payback": "year", "npv": "JPY", "irr": "", "cost_per_tonne": "JPY/tCO2e"}.get(name.removesuffix("_subsidised"))
    unit = unit if unit is not None else "tCO2e/year" if name.endswith("_per_year") else "tCO2e"
    goal = goals.parse(f"{name}=1 {unit}", tree)
    assert isinstance(goals.figure(goal, tree), float)
    assert goal.compare in ("<=", ">=")


def test_a_total_is_told_from_a_yearly_figure_by_its_unit() -> None:
    totals = carboncalc.estimate(SOLAR).totals
    for text, figure in (("reduction>=1 tCO2e", totals["reduction"]), ("reduction>=1 tCO2e/year", totals["reduction_per_year"])):
        assert carboncalc.solve(SOLAR, for_=text)["goal"]["figure"] == pytest.approx(figure, rel=1e-12)


def test_a_threshold_of_ones_own() -> None:
    content = data(SOLAR)
    found = carboncalc.solve(content, for_=f"{JCM}/cost-effectiveness<=3000 JPY/tCO2e")
    row = by_path(found)[f"programmes.{JCM}.subsidy_rate"]
    content["programmes"][0]["subsidy_rate"] = row["answers"][0]["shown"]
    assert 2990 < criterion(carboncalc.estimate(content).to_dict(), f"{JCM}/cost-effectiveness")["value"] <= 3000


# --- ranges and rounding ---------------------------------------------------------------------------------------------------


def test_ranges_come_from_the_input_the_literature_or_the_present_value() -> None:
    assert levers._bounds({"unit": "1", "max": 1, "label": {}}, 5.0, "%", False)[:2] == (0, 100)
    assert levers._bounds({"unit": "kWh/km", "plausible": ["0.8 kWh/km", "1500 Wh/km"]}, 1.1, "kWh/km", False)[:2] == (0.8, 1.5)
    cited = {"unit": "kWh/km", "plausible": {"range": ["0.8 kWh/km", "1.5 kWh/km"], "source": "a study"}}
    assert levers._bounds(cited, 1100.0, "Wh/km", False) == (800, 1500, "plausible range: a study")
    assert levers._bounds({"unit": "g/km"}, 35.0, "L/100km", False)[:2] == (0.035, 35000)
    assert levers._bounds({"unit": "day/year", "max": 366}, 300.0, "day/year", False)[:2] == (0, 366)
    assert levers._bounds({"unit": "1", "count": True}, 30.0, "1", True)[:2] == (0, 30000)
    assert levers._bounds({}, 15.0, "year", True)[:2] == (1, 100)
    assert levers._bounds({}, -2.0, "JPY", False)[:2] == (-2000, -0.002)


@pytest.mark.parametrize(
    ("value", "digits", "up", "shown"), [(168.8043, 4, True, 168.9), (168.8043, 4, False, 168.8), (0.0012341, 3, True, 0.00124), (1234567.0, 3, False, 1230000.0), (50.0, 4, True, 50.0), (-2.341, 3, True, -2.34)]
)  # fmt: skip
def test_rounding_goes_outward(value: float, digits: int, up: bool, shown: float) -> None:
    assert search._outward(value, digits, up)[0] == shown


# --- the command -------------------------------------------------------------------------------------------------------------


def run(*arguments: str, stdin: str | None = None) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "carboncalc", "solve", *arguments], capture_output=True, text=True, input=stdin, cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)}, encoding="utf-8",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("path", "goal"), [(BUS, f"{JCM}/eligible"), (COMPOST, f"{JCM}/cost-effectiveness"), (COMPOST, f"{JCM}/energy-origin-co2"), (CEMENT, f"{JCM}/eligible")], ids=lambda v: getattr(v, "stem", v)
)  # fmt: skip
def test_the_table_fits_its_width(path, goal: str) -> None:
    found = carboncalc.solve(path, for_=goal)
    for width in (60, 80, 120):
        page = report.render(found, width, False, EN)
        assert max(map(len, page.splitlines())) <= width
        assert "\x1b" not in page
        assert ("Smallest single change" in page) is (found["smallest"] is not None)
        for row in found["inputs"]:
            assert row["name"].split(" ")[0] in page
            for answer in row["answers"]:
                assert width < 80 or answer["shown"] in page


def test_the_command() -> None:
    done = run(str(BUS), "--for", f"{JCM}/cost-effectiveness", "--json")
    assert json.loads(done.stdout) == json.loads(json.dumps(carboncalc.solve(str(BUS), for_=f"{JCM}/cost-effectiveness")))
    assert run("-", "--for", f"{JCM}/cost-effectiveness", "--json", stdin=BUS.read_text(encoding="utf-8")).stdout == done.stdout
    never = run(str(COMPOST), "--for", f"{JCM}/energy-origin-co2", "--width", "100")
    assert never.returncode == 0
    assert "CC450" in never.stdout
    wrong = run(str(BUS), "--for", "cost-effectivness")
    assert wrong.returncode == 2
    assert "did you mean `cost-effectiveness`" in wrong.stderr
    assert run("nowhere.yaml", "--for", "eligible").returncode == 2
    assert run(str(BUS)).returncode == 2
    invalid = run(str(ROOT / "tests" / "projects" / "invalid" / "kwhh.yaml"), "--for", "eligible")
    assert (invalid.returncode, invalid.stdout) == (3, "")
    assert "CC201" in invalid.stderr

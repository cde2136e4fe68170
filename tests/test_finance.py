"""Money: agreement with a library that many use, flows without or with several rates of return, currencies, and impossible money."""

import copy
import json
import re

import jsonschema
import pytest
import pyxirr
from conftest import EN, ROOT
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import carboncalc
from carboncalc import library
from carboncalc.finance.part import solve
from carboncalc.findings import Invalid
from carboncalc.formula.functions import floor, irr, irr_all, npv

AMOUNTS = st.floats(0, 1e6).map(lambda x: round(x, 2))


def project(finance: dict, **more) -> dict:
    """A plant that saves 1 000 MWh at 0.5 t/MWh, 500 t a year, in each of three years."""
    return {
        "carboncalc": 1,
        "project": {"id": "x", "title": "x", "country": "VN", "first_year": 2027, "years": 3},
        "methodology": "jcm/vn-am007",
        "gwp": "AR5",
        "inputs": {"electricity_generated": "1000 MWh/year", "connection": "grid"},
        "factors": {"electricity.grid": {"value": "0.5 tCO2/MWh", "source": "test"}},
        "finance": {"currency": "JPY", "investment": "100 JPY", **finance},
        **more,
    }


def subsidised(rate: str, id_: str = "jcm/model-project", **more) -> dict:
    return {"id": id_, "at": "2025-09-30", "subsidy_rate": rate, **more}


def money(finance: dict, **more) -> dict:
    return carboncalc.estimate(project(finance, **more)).to_dict()["finance"]


def codes(finance: dict, **more) -> list[str]:
    return [f["code"] for f in carboncalc.estimate(project(finance, **more)).to_dict()["findings"]]


def refused(finance: dict, **more):
    with pytest.raises(Invalid) as caught:
        carboncalc.estimate(project(finance, **more))
    (finding,) = caught.value.findings
    assert finding.help
    assert finding.place.line > 1
    return finding


# --- against pyxirr ------------------------------------------------------------------------------------


@given(st.floats(1, 1e7), st.lists(AMOUNTS, min_size=1, max_size=40), st.floats(-0.5, 1))
def test_net_present_value_agrees_with_pyxirr(initial: float, flow: list[float], rate: float) -> None:
    theirs = pyxirr.npv(rate, [-initial, *flow], start_from_zero=True)
    assert npv(rate, initial, flow) == pytest.approx(theirs, rel=1e-9, abs=1e-9 * initial)


@given(st.floats(1, 1e6), st.lists(AMOUNTS, min_size=1, max_size=40))
def test_rate_of_return_agrees_with_pyxirr(initial: float, flow: list[float]) -> None:
    """An investment and then only benefits: one rate at most, and one exactly when anything comes back."""
    mine = irr(initial, flow)
    if not any(flow):
        assert mine is None
        return
    theirs = pyxirr.irr([-initial, *flow])
    assume(theirs is not None and theirs > -0.9999)  # it searches from a guess, and does not arrive where nearly nothing comes back
    assert mine == pytest.approx(theirs, rel=1e-6, abs=1e-6)


@given(st.lists(st.floats(-0.6, 2), min_size=2, max_size=4, unique=True))
def test_every_rate_of_a_flow_with_several_is_found(rates: list[float]) -> None:
    rates = sorted(rates)
    assume(min(b - a for a, b in zip(rates, rates[1:], strict=False)) > 0.02)
    flow = [-1.0]
    for r in rates:  # the product of 1 − (1 + r) x over the rates, x the discount factor, has its roots at 1 / (1 + r)
        flow = [a - b * (1 + r) for a, b in zip([*flow, 0.0], [0.0, *flow], strict=True)]
    assert irr_all(-flow[0], flow[1:]) == pytest.approx(rates, abs=1e-6)
    assert irr(-flow[0], flow[1:]) is None


def test_rates_closer_than_a_percent_are_told_apart() -> None:
    assert irr_all(1, [1.052 + 1.058, -1.052 * 1.058]) == pytest.approx([0.052, 0.058], abs=1e-9)


def test_a_value_that_touches_zero_without_crossing_counts_once() -> None:
    assert irr_all(1, [2.2, -1.21]) == pytest.approx([0.1], abs=1e-7)


@settings(deadline=None)
@given(st.floats(0.5, 1e6), st.lists(st.floats(-1e5, 1e6), min_size=1, max_size=25), st.floats(0, 0.5))
def test_the_cash_flow_adds_up(investment: float, benefit: list[float], rate: float) -> None:
    """The discounted flow sums to the net present value, the plain one to the last cumulative; year 0 holds the investment."""
    n = len(benefit)
    given_values = {"first_year": 2027.0, "period": 1.0, "investment": investment, "net_benefit": [0.0, *benefit], "discount_rate": rate}
    out = solve("cash-flow", {**given_values, "year": [2026.0 + i for i in range(n + 1)], "years": n + 1.0}, n + 1).out
    scale = investment + sum(map(abs, benefit))
    assert out["net_flow"][0] == -investment
    assert sum(out["discounted_flow"]) == pytest.approx(npv(rate, investment, benefit), abs=1e-9 * scale)
    assert sum(out["net_flow"]) == pytest.approx(out["cumulative_flow"][-1], abs=1e-9 * scale)
    reached = [y for y, c in zip(out["year"], out["cumulative_flow"], strict=True) if c >= 0]
    assert out.get("payback_year") == (reached[0] if reached else None)


# --- results that exist, and those that do not ---------------------------------------------------------


def test_by_hand() -> None:
    """100 now, 60 − 10 a year for three years, a tenth of interest, half of 80 as a subsidy; 1 500 t."""
    got = money(
        {"eligible_investment": "80 JPY", "annual_benefit": "60 JPY/year", "annual_cost": "10 JPY/year", "discount_rate": "10 %"},
        programmes=[subsidised("50 %")],
    )
    assert got["subsidy"] == 40
    assert got["without_subsidy"]["payback_years"] == 100 / 50
    assert got["with_subsidy"]["payback_years"] == 60 / 50
    value = 50 / 1.1 + 50 / 1.1**2 + 50 / 1.1**3
    assert got["without_subsidy"]["npv"] == pytest.approx(value - 100)
    assert got["with_subsidy"]["npv"] == pytest.approx(value - 60)
    assert got["without_subsidy"]["irr"] == pytest.approx(pyxirr.irr([-100, 50, 50, 50]))
    assert got["with_subsidy"]["irr"] == pytest.approx(pyxirr.irr([-60, 50, 50, 50]))
    assert got["without_subsidy"]["cost_per_tonne"] == 100 / 1500
    assert got["with_subsidy"]["cost_per_tonne"] == 60 / 1500
    assert (got["without_subsidy"]["payback_year"], got["with_subsidy"]["payback_year"]) == (2028, 2028)
    rows = got["cash_flow"]
    assert [r["year"] for r in rows] == [2026, 2027, 2028, 2029]
    assert [r["net"] for r in rows] == [-100, 50, 50, 50]
    assert [r["cumulative"] for r in rows] == [-100, -50, 0, 50]
    assert [r["cumulative_subsidised"] for r in rows] == [-60, -10, 40, 90]
    assert [(r["investment"], r["subsidy"], r["benefit"], r["cost"]) for r in rows] == [(100, 40, 0, 0)] + [(0, 0, 60, 10)] * 3
    assert sum(r["discounted_subsidised"] for r in rows) == pytest.approx(got["with_subsidy"]["npv"])


def test_without_a_subsidy_or_a_discount_rate_their_columns_are_null() -> None:
    got = money({"annual_benefit": "50 JPY/year"})
    assert got["with_subsidy"] is None
    assert {r[k] for r in got["cash_flow"] for k in r if k.endswith("_subsidised") or k in ("subsidy", "discounted")} == {None}


def test_benefits_that_vary_by_year_hold_until_the_next() -> None:
    rows = money({"lifetime": "5 year", "annual_benefit": {"2027": "10 JPY/year", "2029": "40 JPY/year"}, "annual_cost": {"2020": "1 JPY/year"}})[
        "cash_flow"
    ]
    assert [r["benefit"] for r in rows] == [0, 10, 10, 40, 40, 40]
    assert [r["cost"] for r in rows] == [0, 1, 1, 1, 1, 1]


def test_a_value_after_the_lifetime_is_told() -> None:
    assert "CC216" in codes({"annual_benefit": {"2027": "60 JPY/year", "2030": "90 JPY/year"}})
    assert "CC216" not in codes({"annual_benefit": {"2027": "60 JPY/year", "2029": "90 JPY/year"}})


@pytest.mark.parametrize(
    ("finance", "code", "null"),
    [
        ({"annual_benefit": "10 JPY/year", "annual_cost": "10 JPY/year"}, "CC407", "payback_years"),  # nothing left in the first year
        ({"annual_benefit": {"2027": "9 JPY/year", "2028": "900 JPY/year"}, "annual_cost": "10 JPY/year"}, "CC407", "payback_years"),
        ({"annual_cost": "10 JPY/year"}, "CC408", "irr"),
        ({"annual_benefit": "33 JPY/year"}, "CC438", "payback_year"),  # 99 of 100 in three years
        ({"annual_benefit": {"2027": "230 JPY/year", "2028": "0 JPY/year"}, "annual_cost": {"2027": "0 JPY/year", "2028": "132 JPY/year", "2029": "0 JPY/year"}}, "CC409", "irr"),
    ],
)  # fmt: skip
def test_a_result_that_does_not_exist_is_null_and_told(finance: dict, code: str, null: str) -> None:
    assert money(finance)["without_subsidy"][null] is None
    assert code in codes(finance)


@pytest.mark.parametrize(
    ("finance", "code"),
    [
        ({"annual_benefit": "10.001 JPY/year", "annual_cost": "10 JPY/year"}, "CC407"),
        ({"annual_benefit": "40 JPY/year"}, "CC408"),
        ({"annual_benefit": "34 JPY/year"}, "CC438"),
        ({"annual_benefit": "40 JPY/year"}, "CC409"),
    ],
)
def test_and_is_not_told_where_it_exists(finance: dict, code: str) -> None:
    assert code not in codes(finance)


def test_both_rates_are_named() -> None:
    finance = {"annual_benefit": {"2027": "230 JPY/year", "2028": "0 JPY/year"}, "annual_cost": {"2027": "0 JPY/year", "2028": "132 JPY/year", "2029": "0 JPY/year"}}  # fmt: skip
    (told,) = [f["message"] for f in carboncalc.estimate(project(finance)).to_dict()["findings"] if f["code"] == "CC409"]
    assert "10 %" in told
    assert "20 %" in told


def test_a_subsidy_may_pay_back_what_the_project_alone_does_not() -> None:
    got = money({"annual_benefit": "25 JPY/year"}, programmes=[subsidised("40 %")])
    assert got["without_subsidy"]["payback_year"] is None
    assert got["with_subsidy"]["payback_year"] == 2029  # 60 against 3 × 25
    told = [f["message"] for f in carboncalc.estimate(project({"annual_benefit": "25 JPY/year"}, programmes=[subsidised("40 %")])).findings if f["code"] == "CC438"]  # fmt: skip
    assert len(told) == 1
    assert "with subsidy" not in told[0]


@settings(deadline=None, max_examples=25)
@given(st.integers(1, 10**6), st.integers(1, 10**5), st.integers(0, 100), st.integers(1, 100))
def test_a_subsidy_is_worth_its_amount(investment: int, benefit: int, rate: int, eligible: int) -> None:
    """Paid in year 0, a subsidy adds itself to the net present value and takes its share off payback and cost per tonne."""
    finance = {"investment": f"{investment} JPY", "eligible_investment": f"{investment * eligible / 100} JPY", "annual_benefit": f"{benefit} JPY/year", "discount_rate": "8 %"}  # fmt: skip
    got = money(finance, programmes=[subsidised(f"{rate} %")])
    one, other = got["without_subsidy"], got["with_subsidy"]
    assert got["subsidy"] == pytest.approx(investment * eligible * rate / 1e4)
    assert other["npv"] - one["npv"] == pytest.approx(got["subsidy"], abs=1e-6 * investment)
    for key in ("payback_years", "cost_per_tonne"):
        assert other[key] == pytest.approx(one[key] * (1 - rate * eligible / 1e4), abs=1e-9 * one[key])
    if one["irr"] is not None and other["irr"] is not None:
        assert other["irr"] >= one["irr"] - 1e-12


def test_every_step_of_the_cash_flow_can_be_followed() -> None:
    result = carboncalc.estimate(project({"annual_benefit": "60 JPY/year", "discount_rate": "8 %"}, programmes=[subsidised("50 %")])).to_dict()
    years = [s["index"]["year"] for s in result["steps"] if s["name"] == "cumulative_flow"]
    assert years == [2026, 2027, 2028, 2029]
    known = {s["name"] for s in result["steps"]} | {q["name"] for q in result["quantities"]} | {"year", "first_year", "years", "period"}
    assert [(s["name"], u) for s in result["steps"] for u in s["uses"] if s["role"] == "finance" and u not in known] == []
    assert not list(jsonschema.Draft7Validator(library.schema("result")).iter_errors(json.loads(carboncalc.estimate(project({})).to_json())))
    assert not list(jsonschema.Draft7Validator(library.schema("result")).iter_errors(result))


def test_every_year_of_cash_flow_and_credits_can_be_recomputed_from_what_it_uses() -> None:
    """The formula as the trace prints it, on the values the trace prints, gives the step."""
    finance = {"annual_benefit": {"2027": "60 JPY/year", "2028": "20 JPY/year"}, "annual_cost": "10 JPY/year", "discount_rate": "8 %"}
    credits = {"share_japan": "55 %", "share_host": "10 %", "transfer_cap": "50 %", "round_down": True}
    result = carboncalc.estimate(project(finance, programmes=[subsidised("50 %")], credits=credits)).to_dict()
    rows = [*result["steps"], *result["quantities"]]
    functions = {
        "max": max,
        "min": min,
        "floor": floor,
        "where": lambda c, a, b: a if c else b,
        "whole_tonnes": True,
        "period": 1,
        "first_year": 2027,
    }
    checked = 0
    for step in result["steps"]:
        year = step["index"].get("year")
        if step["role"] not in ("finance", "credits") or year is None:
            continue

        def at(name: str, year: int) -> float:
            dated = [r for r in rows if r["name"] == name and r["index"].get("year", year) <= year]
            return dated[-1]["value"] if dated else 0.0

        scope = {name: year if name == "year" else at(name, year) for name in step["uses"] if name not in functions}
        before = {f"before_{name}": at(name, year - 1) for name in re.findall(r"previous\((\w+)\)", step["formula"])}
        formula = re.sub(r"previous\((\w+)\)", r"before_\1", step["formula"])
        assert eval(formula, {"__builtins__": {}}, {**functions, **scope, **before}) == pytest.approx(step["value"], rel=1e-12)  # noqa: S307
        checked += 1
    assert checked >= 4 * 9 + 3 * 8


def test_two_subsidy_rates_and_the_first_counts() -> None:
    two = [subsidised("50 %"), subsidised("30 %", "jcm/model-project@fy2025")]
    assert money({"annual_benefit": "60 JPY/year"}, programmes=two)["subsidy"] == 50
    assert "CC437" in codes({"annual_benefit": "60 JPY/year"}, programmes=two)
    assert "CC437" not in codes({"annual_benefit": "60 JPY/year"}, programmes=[two[0], {**two[1], "subsidy_rate": "50 %"}])


# --- currencies ----------------------------------------------------------------------------------------


def rate_of(finance: dict, code: str, **more) -> dict:
    (row,) = [q for q in carboncalc.estimate(project(finance, **more)).to_dict()["quantities"] if q["name"] == f"rate_{code}"]
    return row


@pytest.mark.parametrize(
    ("at", "year", "value"),
    [
        ("2025-04-01", 2025, 150.74),  # the first day of the fiscal year
        ("2025-03-31", 2024, 152.44),  # and the day before
        ("2021-11-29", 2021, 112.38),
    ],
)
def test_the_rate_is_that_of_the_fiscal_year_handed_in(at: str, year: int, value: float) -> None:
    row = rate_of({"investment": "1 million USD"}, "USD", programmes=[{"id": "jcm/model-project@fy2025", "at": at}])
    assert (row["year"], row["value"], row["match"], row["method"]) == (year, value, "exact", "fiscal-year-average")


def test_without_an_earlier_date_it_is_that_of_the_first_year_and_an_older_one_is_told() -> None:
    row = rate_of({"investment": "1 million USD"}, "USD")
    assert (row["year"], row["match"]) == (2026, "carried-forward")
    assert "CC435" in codes({"investment": "1 million USD"})
    earlier = {"id": "x", "title": "x", "country": "VN", "first_year": 2026, "years": 3}
    assert "CC435" not in codes({"investment": "1 million USD"}, project=earlier)


def test_a_rate_of_later_years_only_is_never_used() -> None:
    finding = refused({"investment": "1 million VND"}, project={"id": "x", "title": "x", "country": "VN", "first_year": 2019, "years": 3})
    assert finding.code == "CC406"
    assert "2024" in finding.message


def test_several_currencies_in_one_file() -> None:
    got = money({
        "exchange_rates": {"VND": "0.006 JPY/VND", "USD": "150 JPY/USD"}, "investment": "1 billion VND",
        "annual_benefit": {"2027": "10000 USD/year", "2028": "1 million JPY/year"}, "annual_cost": "10 million VND/year",
    })  # fmt: skip
    assert got["investment"] == 1e9 * 0.006
    assert [r["net"] for r in got["cash_flow"][1:]] == [1.5e6 - 60e3, 1e6 - 60e3, 1e6 - 60e3]


def test_a_rate_stated_for_another_currency_serves_in_both_directions() -> None:
    """A file in VND that says what a yen costs has also said what its dong are worth where a programme counts in yen."""
    finance = {"currency": "VND", "investment": "1.6 billion VND", "exchange_rates": {"JPY": "160 VND/JPY"}, "annual_benefit": "1 billion VND/year"}
    result = carboncalc.estimate(project(finance, programmes=[subsidised("50 %", durable_years="10 year")])).to_dict()
    (cost,) = [c for c in result["programmes"][0]["criteria"] if c["id"] == "cost-effectiveness"]
    assert cost["value"] == pytest.approx(0.8e9 / 160 / (500 * 10))
    assert "CC436" not in {f["code"] for f in result["findings"]}


@settings(deadline=None, max_examples=25)
@given(st.integers(1, 10**6), st.integers(1, 10**5), st.integers(1, 500))
def test_the_currency_of_a_file_changes_amounts_only(investment: int, benefit: int, rate: int) -> None:
    """The same money in yen and in dong at one rate: payback and rate of return stay, value and cost per tonne scale."""
    block = {"investment": f"{investment} JPY", "annual_benefit": f"{benefit} JPY/year", "discount_rate": "8 %"}
    yen, dong = money(block), money({**block, "currency": "VND", "exchange_rates": {"JPY": f"{rate} VND/JPY"}})
    for key, scale in (("payback_years", 1), ("irr", 1), ("npv", rate), ("cost_per_tonne", rate)):
        one, other = yen["without_subsidy"][key], dong["without_subsidy"][key]
        assert (one is None) == (other is None)
        if one is not None:
            assert other == pytest.approx(one * scale, rel=1e-9, abs=1e-9 * (investment * rate if key == "npv" else 1))


def test_a_rate_that_changes_nothing_is_told() -> None:
    assert "CC436" in codes({"exchange_rates": {"VND": "0.0061 JPY/VND"}})
    assert "CC436" not in codes({"exchange_rates": {"VND": "0.0061 JPY/VND"}, "annual_cost": "100 VND/year"})


# --- impossible money ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("finance", "code", "words"),
    [
        ({"investment": "-1 JPY"}, "CC214", "investment"),
        ({"annual_benefit": "-5 JPY/year"}, "CC214", "annual_benefit"),
        ({"annual_benefit": {"2027": "5 JPY/year", "2028": "-5 JPY/year"}}, "CC214", "annual_benefit"),
        ({"annual_cost": "-5 JPY/year"}, "CC214", "annual_cost"),
        ({"eligible_investment": "101 JPY"}, "CC412", "eligible"),
        ({"lifetime": "0 year"}, "CC412", "lifetime of 0"),
        ({"lifetime": "101 year"}, "CC412", "lifetime of 101"),
        ({"discount_rate": "-100 %"}, "CC214", "discount_rate"),
        ({"discount_rate": "100 %"}, "CC214", "discount_rate"),
        ({"currency": "XYZ", "investment": "1 JPY"}, "CC201", "XYZ"),
        ({"annual_cost": "5 MYR/year"}, "CC406", "MYR"),
        ({"exchange_rates": {"XYZ": "5 JPY/XYZ"}}, "CC201", "XYZ"),  # a currency that does not exist, though nothing uses it
        ({"exchange_rates": {"MYR": "5 JPY/USD"}}, "CC203", "MYR"),
        ({"exchange_rates": {"MYR": "0 JPY/MYR"}}, "CC214", "MYR"),
        ({"exchange_rates": {"MYR": "-35 JPY/MYR"}}, "CC214", "MYR"),
        ({"exchange_rates": {"JPY": "1 JPY/JPY"}}, "CC412", "JPY to itself"),
        ({"investment": "1e308 JPY", "annual_cost": "1e308 JPY/year"}, "CC220", "too large"),
    ],
)
def test_impossible_money_is_refused_where_it_stands(finance: dict, code: str, words: str) -> None:
    finding = refused(finance)
    assert finding.code == code, finding.message
    assert words in finding.message
    if code not in ("CC220",):
        assert re.search(r"JPY|year|%|XYZ", finding.place.source), finding.place


@pytest.mark.parametrize("rate", ["101 %", "-1 %"])
def test_a_subsidy_above_the_cost_is_refused(rate: str) -> None:
    finding = refused({}, programmes=[subsidised(rate)])
    assert finding.code == "CC412"
    assert rate in finding.place.source


@pytest.mark.parametrize("finance", [{"eligible_investment": "100 JPY"}, {"lifetime": "1 year"}, {"lifetime": "100 year"}, {"discount_rate": "99 %"}])
def test_the_last_possible_values_are_taken(finance: dict) -> None:
    assert not [f for f in carboncalc.check(project(copy.deepcopy(finance))) if f.severity == "error"]


def test_the_whole_cost_as_a_subsidy_costs_nothing() -> None:
    got = money({"annual_benefit": "60 JPY/year"}, programmes=[subsidised("100 %")])
    assert got["with_subsidy"]["payback_years"] == 0
    assert got["with_subsidy"]["cost_per_tonne"] == 0
    assert got["with_subsidy"]["irr"] is None


def test_the_terminal_shows_the_cash_flow_where_there_is_room() -> None:
    from carboncalc.reports import text

    result = carboncalc.estimate(ROOT / "examples" / "cat-ba-electric-buses.yaml").tree
    wide, narrow = text.render(result, 160, False, EN), text.render(result, 80, False, EN)
    assert "Cash flow by year, million JPY" in wide  # 120 million yen in one column
    assert "2026" in wide
    assert "Cash flow by year: 120 columns" in narrow
    assert max(len(line) for line in wide.splitlines()) <= 160

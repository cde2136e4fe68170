"""Money and credits at their edges: what is written down of each amount, where a fault is shown, and each draw reckoned as a project of its own."""

import json
from typing import Any

import numpy as np
import pytest
import test_credits
from test_finance import money, project, rate_of, refused, subsidised

import carboncalc
from carboncalc import library, units
from carboncalc.finance import assess
from carboncalc.finance.drawing import draw
from carboncalc.finance.money import currency, rate_year
from carboncalc.findings import Invalid
from carboncalc.formula import FormulaError
from carboncalc.project import load
from carboncalc.result import steps as steps_of

# --- what is written down of an amount -------------------------------------------------------------------


def rows(finance: dict, **more) -> list[dict]:
    return carboncalc.estimate(project(finance, **more)).to_dict()["quantities"]


def written(finance: dict, name: str, **more) -> dict:
    (found,) = [q for q in rows(finance, **more) if q["name"] == name]
    return {k: v for k, v in found.items() if v not in (None, {})}


INPUT = {"status": "input", "source": "project file", "confidence": "read"}
DEFAULT = {"status": "default", "match": "default", "confidence": "read"}


@pytest.mark.parametrize(
    ("finance", "name", "expected"),
    [
        ({}, "investment", {**INPUT, "value": 100, "unit": "JPY", "given": "100 JPY", "path": "finance.investment"}),
        ({}, "eligible_investment", {**DEFAULT, "value": 100, "unit": "JPY", "source": "equal to the investment", "path": "finance.eligible_investment"}),
        ({}, "lifetime", {**DEFAULT, "value": 3, "unit": "year", "source": "equal to the years of the project", "path": "finance.lifetime"}),
        ({}, "cost", {**DEFAULT, "value": 0, "unit": "JPY/year", "source": "none given", "path": "finance.annual_cost"}),
        (
            {"investment": {"value": "100 JPY", "range": ["90 JPY", 120], "source": "offer", "note": "N", "monitoring": "B"}},
            "investment",
            {**INPUT, "value": 100, "unit": "JPY", "given": "100 JPY", "path": "finance.investment", "range": [90, 120], "source": "offer", "note": "N", "monitoring": "B"},
        ),
        (
            {"investment": "2 million USD ± 10 %", "exchange_rates": {"USD": "150 JPY/USD"}},
            "investment",
            {**INPUT, "value": 300e6, "unit": "JPY", "given": "2 million USD ± 10 %", "path": "finance.investment", "range": [270e6, 330e6]},
        ),
        (
            {"investment": {"value": "2 million USD", "range": [1, "3 million USD"]}, "exchange_rates": {"USD": "150 JPY/USD"}},
            "investment",
            {**INPUT, "value": 300e6, "unit": "JPY", "given": "2 million USD", "path": "finance.investment", "range": [150, 450e6]},
        ),
        (
            {"annual_benefit": "60 JPY/year ± 10 %"},
            "benefit",
            {**INPUT, "value": 60, "unit": "JPY/year", "given": "60 JPY/year ± 10 %", "path": "finance.annual_benefit", "range": [54, 66]},
        ),
        ({"discount_rate": "8 % ± 1"}, "discount_rate", {**INPUT, "value": 0.08, "unit": "1", "given": "8 % ± 1", "path": "finance.discount_rate", "range": [0.07, 0.09]}),
        ({"lifetime": {"value": "4 year"}}, "lifetime", {**INPUT, "value": 4, "unit": "year", "given": "4 year", "path": "finance.lifetime"}),
    ],
)  # fmt: skip
def test_an_amount_is_written_down_with_its_origin(finance: dict, name: str, expected: dict) -> None:
    found = written(finance, name)
    assert found == {"name": name, **{k: pytest.approx(v) if isinstance(v, float | list) else v for k, v in expected.items()}}


def test_nothing_has_no_interval() -> None:
    """An interval is kept relative to its value, and nothing has none."""
    assert "range" not in written({"investment": "0 JPY ± 1 JPY"}, "investment")


def test_a_series_is_written_down_by_the_year_from_which_it_holds() -> None:
    series = {"2020": "10 JPY/year ± 1 JPY/year", "2028": "20 JPY/year", "2030": "30 JPY/year"}
    found = [q for q in rows({"lifetime": "3 year", "annual_cost": series}) if q["name"] == "cost"]
    assert [(q["index"], q["value"], q["given"], q["range"], q["path"]) for q in found] == [
        ({"year": 2027}, 10, "10 JPY/year ± 1 JPY/year", pytest.approx([9, 11]), "finance.annual_cost"),
        ({"year": 2028}, 20, "20 JPY/year", None, "finance.annual_cost"),
    ]
    assert [r["cost"] for r in money({"lifetime": "3 year", "annual_cost": series})["cash_flow"]] == [0, 10, 20, 20]


def test_a_series_in_the_long_form_keeps_its_source() -> None:
    series = {"value": {"2027": "10 JPY/year", "2028": "20 JPY/year"}, "source": "contract", "note": "N"}
    found = [q for q in rows({"annual_cost": series}) if q["name"] == "cost"]
    assert [(q["value"], q["source"], q["note"]) for q in found] == [(10, "contract", "N"), (20, "contract", "N")]


def test_a_rate_that_changes_nothing_is_shown_where_it_stands() -> None:
    result = carboncalc.estimate(project({"exchange_rates": {"VND": "0.0061 JPY/VND"}})).to_dict()
    (found,) = [f for f in result["findings"] if f["code"] == "CC436"]
    assert (found["line"], found["column"]) == (26, 4)  # the key, not its value
    assert found["message"] == "no amount is in VND, so its rate changes nothing"


def test_a_value_that_another_replaces_before_the_first_year_does_not_count() -> None:
    series = {"2020": "10 JPY/year", "2025": "20 JPY/year"}
    assert [r["cost"] for r in money({"annual_cost": series})["cash_flow"]] == [0, 20, 20, 20]
    assert [q["value"] for q in rows({"annual_cost": series}) if q["name"] == "cost"] == [20]


def test_the_first_subsidy_rate_is_written_down() -> None:
    two = [subsidised("50 %"), subsidised("30 %", "jcm/model-project@fy2025")]
    found = written({"annual_benefit": "60 JPY/year"}, "subsidy_rate", programmes=two)
    assert found == {**INPUT, "name": "subsidy_rate", "value": 0.5, "unit": "1", "given": "50 %", "path": "programmes.0.subsidy_rate"}
    result = carboncalc.estimate(project({"annual_benefit": "60 JPY/year"}, programmes=two)).to_dict()
    (told,) = [f for f in result["findings"] if f["code"] == "CC437"]
    assert told["message"] == "finance reckons with the subsidy of jcm/model-project, 50 %, not with that of jcm/model-project@fy2025, 30 %"


def test_a_cited_rate_is_written_down_with_its_source() -> None:
    row = rate_of({"investment": "1 million USD"}, "USD")
    assert (row["unit"], row["status"], row["factor"], row["source_id"]) == ("JPY/USD", "default", "finance.exchange.USD.JPY", "ecb-reference-rates")
    own = rate_of({"investment": "1 million USD", "exchange_rates": {"USD": "150 JPY/USD"}}, "USD")
    assert (own["value"], own["status"], own["given"], own["path"]) == (150, "input", "150 JPY/USD", "finance.exchange_rates.USD")


def test_a_cited_rate_serves_in_both_directions() -> None:
    """What a dollar costs in yen also says what a yen costs in dollars."""
    yen = rate_of({"investment": "1 million USD"}, "USD")["value"]
    dollar = rate_of({"currency": "USD", "investment": "1 million JPY"}, "JPY")
    assert dollar["value"] == pytest.approx(1 / yen, rel=1e-15)
    assert dollar["unit"] == "USD/JPY"


@pytest.mark.parametrize(
    ("programmes", "year", "why"),
    [
        ([], 2027, "first year of operation"),
        ([{"id": "a"}], 2027, "first year of operation"),
        ([{"id": "a", "at": "2025-04-01"}], 2025, "application on 2025-04-01"),
        ([{"id": "a", "at": "2025-03-31"}], 2024, "application on 2025-03-31"),
        ([{"id": "a", "at": "soon"}, {"id": "b", "at": "2024-12-31"}, {"id": "c", "at": "2020-12-31"}], 2024, "application on 2024-12-31"),
    ],
)
def test_the_fiscal_year_of_the_rates(programmes: list, year: int, why: str) -> None:
    found = load(library.parse(json.dumps(project({})), "<test>"))
    found.data["programmes"] = programmes
    assert rate_year(found) == (year, why)


# --- faults where they stand -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("finance", "code", "message", "source"),
    [
        ({"investment": {"value": "100 JPY", "range": [101, 120]}}, "CC218", "the range of `investment` does not hold the value", '"range": ['),
        ({"investment": {"value": "100 JPY", "range": [90, 99]}}, "CC218", "the range of `investment` does not hold the value", '"range": ['),
        (
            {"investment": {"value": "100 JPY", "range": ["90 kg", 120]}},
            "CC203",
            "`range` of `investment`: 'kg' is mass; expected JPY such as 'JPY'",
            '"range": [',
        ),
        ({"annual_benefit": {"2028": "1 JPY/year"}}, "CC216", "`annual_benefit` by year begins with 2027", '"annual_benefit": {'),
        ({"lifetime": "2.5 year"}, "CC412", "a lifetime of 2.5 years", '"lifetime": "2.5 year"'),
        ({"lifetime": "-1 year"}, "CC214", "`lifetime` is '-1 year'", '"lifetime": "-1 year"'),
        ({"lifetime": {"value": "5 kg"}}, "CC203", "`lifetime`: 'kg' is mass; expected reporting years such as 'year'", '"value": "5 kg"'),
        ({"investment": "5 kg"}, "CC203", "`investment`: 'kg' is mass; expected JPY such as 'JPY'", '"investment": "5 kg"'),
        ({"investment": "5 VND/JPY"}, "CC203", "`investment`: 'VND/JPY' is VND per JPY; expected VND such as 'VND'", '"investment": "5 VND/JPY"'),
        ({"investment": "5 XXX"}, "CC201", "`investment`: 'XXX' is not a unit carboncalc knows", '"investment": "5 XXX"'),
        (
            {"annual_benefit": "5 JPY"},
            "CC203",
            "`annual_benefit`: 'JPY' is JPY; expected JPY per year such as 'JPY/year'",
            '"annual_benefit": "5 JPY"',
        ),
        (
            {"annual_benefit": "5 USD"},
            "CC203",
            "`annual_benefit`: 'USD' is USD; expected USD per year such as 'USD/year'",
            '"annual_benefit": "5 USD"',
        ),
        ({"annual_benefit": "-5 JPY/year"}, "CC214", "`annual_benefit` is below zero", '"annual_benefit": "-5 JPY/year"'),
        (
            {"eligible_investment": "100.001 JPY"},
            "CC412",
            "the eligible investment is larger than the investment",
            '"eligible_investment": "100.001 JPY"',
        ),
        (
            {"investment": "1e308 JPY", "annual_cost": "1e308 JPY/year"},
            "CC220",
            "the equation for cumulative_flow gives a number too large to hold",
            '"finance": {',
        ),
        ({"investment": {"value": "5 kg"}}, "CC203", "`investment`: 'kg' is mass; expected JPY such as 'JPY'", '"value": "5 kg"'),
        (
            {"annual_cost": {"2027": "5 kg/year"}},
            "CC203",
            "`annual_cost`: 'kg/year' is mass per year; expected JPY per year such as 'JPY/year'",
            '"2027": "5 kg/year"',
        ),
        ({"annual_cost": "5 MYR/year"}, "CC406", "no exchange rate from MYR to JPY is known", '"annual_cost": "5 MYR/year"'),
    ],
)
def test_a_fault_of_the_block(finance: dict, code: str, message: str, source: str) -> None:
    found = refused(finance)
    assert (found.code, found.message) == (code, message)
    assert found.place.source.strip().rstrip(",") == source


@pytest.mark.parametrize("word", ["kg", "JPY/year", "JPY*VND", "1", "kJPY"])
def test_what_is_no_currency(word: str) -> None:
    currency("VND")
    with pytest.raises(units.UnitError) as caught:
        currency(word)
    assert caught.value.code == ("CC201" if word == "kJPY" else "CC203")


@pytest.mark.parametrize(("name", "other"), [("annual_benefit", "annual_cost"), ("annual_cost", "annual_benefit")])
def test_an_amount_below_zero_belongs_on_the_other_side(name: str, other: str) -> None:
    assert f"`{other}`" in refused({name: "-5 JPY/year"}).help


@pytest.mark.parametrize("finance", [{"investment": {"value": "100 JPY", "range": [100, 120]}}, {"investment": {"value": "100 JPY", "range": [90, 100]}}, {"investment": "0 JPY"}, {"annual_benefit": "0 JPY/year"}, {"discount_rate": "0 %"}])  # fmt: skip
def test_the_ends_that_are_still_possible(finance: dict) -> None:
    money(finance)


@pytest.mark.parametrize(("rate", "code"), [("50 kg", "CC203"), ("150 %", "CC412")])
def test_a_fault_of_the_subsidy_stands_with_the_programme(rate: str, code: str) -> None:
    found = refused({}, programmes=[subsidised(rate)])
    assert found.code == code
    assert found.place.source.strip() == f'"subsidy_rate": "{rate}"'
    assert found.message.startswith("a subsidy rate of 150 %" if code == "CC412" else "`subsidy_rate`: 'kg' is mass")


@pytest.mark.parametrize(("rate", "subsidy"), [("0 %", 0), ("100 %", 100)])
def test_the_smallest_and_the_largest_subsidy(rate: str, subsidy: int) -> None:
    assert money({"annual_benefit": "60 JPY/year"}, programmes=[subsidised(rate)])["subsidy"] == subsidy


def told(finance: dict, code: str, **more) -> list[str]:
    return [f["message"] for f in carboncalc.estimate(project(finance, **more)).to_dict()["findings"] if f["code"] == code]


def test_what_is_missing_at_the_end_is_told_with_and_without_subsidy() -> None:
    words = "is never paid back: at the end of 2029, the last year of the lifetime, {} JPY are missing"
    assert told({"investment": "1 million JPY", "annual_benefit": "25 JPY/year"}, "CC438", programmes=[subsidised("10 %")]) == [
        "the investment " + words.format("999 925"),
        "the investment with subsidy " + words.format("899 925"),
    ]


def test_several_rates_of_return_are_told_with_and_without_subsidy() -> None:
    """−100, 230, −132 is zero at 10 and 20 %; −90, 230, −132 at 1 / 1.1… and beyond: each is told with its own."""
    flow = {"annual_benefit": {"2027": "230 JPY/year", "2028": "0 JPY/year"}, "annual_cost": {"2027": "0 JPY/year", "2028": "132 JPY/year", "2029": "0 JPY/year"}}  # fmt: skip
    plain, less = told(flow, "CC409", programmes=[subsidised("10 %")])
    assert plain == "there are 2 internal rates of return: 10 %, 20 %"
    roots = sorted(1 / x - 1 for x in np.roots([-132, 230, -90]))
    assert less == "there are 2 internal rates of return with subsidy: " + ", ".join(f"{r * 100:.4g} %" for r in roots)


def test_no_reduction_no_cost_per_tonne() -> None:
    more = {"methodology": "jcm/mm-am005", "inputs": {"electricity_supplied": "0 MWh/year", "auxiliary_capacity": "0 MW"}}
    assert money({"annual_benefit": "60 JPY/year"}, **more)["without_subsidy"]["cost_per_tonne"] is None
    assert any("no cost per tonne" in t for t in told({"annual_benefit": "60 JPY/year"}, "CC410", **more))
    assert not any("no cost per tonne" in t for t in told({"annual_benefit": "60 JPY/year"}, "CC410"))


def test_without_a_discount_rate_there_is_no_present_value() -> None:
    assert any("no net present value" in t for t in told({}, "CC410"))
    assert not told({"discount_rate": "8 %"}, "CC410")


def test_symbols_and_steps_are_in_the_currency_of_the_file() -> None:
    finance = {
        "currency": "VND",
        "investment": "1 million JPY",
        "exchange_rates": {"JPY": "160 VND/JPY"},
        "annual_benefit": "60 VND/year",
        "discount_rate": "8 %",
    }
    found = assess(load(library.parse(json.dumps(project(finance)), "<test>")), 500.0)
    assert found is not None
    assert found.currency == "VND"
    assert found.symbols["rate_JPY"] == {
        "label": {"en": "Exchange rate of JPY", "ja": "JPYの為替レート", "vi": "Tỷ giá JPY"},
        "latex": None,
        "unit": "VND/JPY",
    }
    assert found.symbols["net_flow"]["unit"] == "VND"
    assert found.symbols["investment"]["unit"] == "VND"
    assert found.symbols["present_value"]["formula"].startswith("npv(")
    rows = steps_of(found.cells)
    steps = {s["name"]: s for s in rows}
    assert steps["reduction_per_year"]["value"] == 500
    assert (steps["reduction_per_year"]["role"], steps["reduction_per_year"]["unit"], steps["reduction_per_year"]["index"]) == (
        "finance",
        "tCO2e/year",
        {},
    )
    assert {s["role"] for s in rows} == {"finance"}
    assert not [s for s in rows if "JPY" in s["unit"]]
    assert [s["index"]["year"] for s in rows if s["name"] == "net_flow"] == [2026, 2027, 2028, 2029]
    assert [s["index"]["year"] for s in rows if s["name"] == "net_benefit"] == [2027, 2028, 2029]


def test_a_project_without_money_has_no_finance() -> None:
    plain = {k: v for k, v in project({}).items() if k != "finance"}
    assert assess(load(library.parse(json.dumps(plain), "<test>")), 500.0) is None
    assert carboncalc.estimate(plain).to_dict()["finance"] is None


def test_a_number_too_large_to_hold_is_refused_and_not_shown() -> None:
    from carboncalc.finance.part import solve

    given = {
        "first_year": 2027.0,
        "years": 1.0,
        "year": [2027.0],
        "period": 1.0,
        "lifetime": 1.0,
        "reduction_per_year": 1.0,
        "eligible_investment": 1.0,
    }
    assert solve("finance", {**given, "investment": 1e300, "benefit": [1.0], "cost": [0.0]}, 1).out["net_benefit"] == [1.0]
    with pytest.raises(FormulaError, match="gives a number too large to hold") as caught:
        solve("finance", {**given, "investment": 1.0, "benefit": [1.7e308], "cost": [-1.7e308]}, 1)
    assert caught.value.code == "CC220"


# --- on draws ------------------------------------------------------------------------------------------------

DRAWN = {"investment": [80.0, 100.0, 150.0], "benefit": [60.0, 40.0, 10.0]}


@pytest.mark.parametrize("names", [["investment"], ["benefit"], ["investment", "benefit"]])
@pytest.mark.parametrize("more", [{}, {"discount_rate": "8 %"}])
@pytest.mark.parametrize("programmes", [[], [subsidised("50 %")]])
def test_each_draw_is_reckoned_as_a_project_of_its_own(names: list[str], more: dict, programmes: list) -> None:
    """The eligible part, when none is stated, is at most the investment drawn."""
    stated = {"investment": 100.0, "benefit": 40.0}

    def of(values: dict) -> Any:
        finance = {
            "investment": f"{values['investment']} JPY",
            "annual_benefit": f"{values['benefit']} JPY/year",
            "annual_cost": "10 JPY/year",
            **more,
        }
        if "investment" in names:
            finance["eligible_investment"] = f"{min(100.0, values['investment'])} JPY"
        return assess(load(library.parse(json.dumps(project(finance, programmes=programmes)), "<test>")), 500.0)

    columns = {n: np.array(DRAWN[n]) for n in names}
    given = {n: [v] * 3 if n == "benefit" else v for n, v in columns.items()}
    found = draw(of(stated), given, True)
    quick = draw(of(stated), given, False)
    for i in range(3):
        alone = of({**stated, **{n: float(v[i]) for n, v in columns.items()}})
        for name, missing in (
            ("payback", np.inf),
            ("payback_subsidised", np.inf),
            ("return_rate", np.nan),
            ("present_value", np.nan),
            ("cost_per_tonne", np.nan),
            ("subsidy", 0),
        ):
            if name not in found.values:
                assert name not in alone.values or not programmes
                continue
            drawn = np.broadcast_to(found.values[name], (3,))[i]
            expected = alone.values.get(name)
            assert drawn == pytest.approx(missing if expected is None else expected, nan_ok=True), (name, i)
    assert found.block["currency"] == "JPY"
    for column, suffix in (("without_subsidy", ""), ("with_subsidy", "_subsidised")):
        if found.block[column] is not None:
            assert np.all(found.block[column]["payback_years"] == found.values[f"payback{suffix}"])
    if "benefit" in names:
        assert list(found.block["net_benefit_first_year"]) == [50, 30, 0]
    assert np.all(np.asarray(quick.values["return_rate"], dtype=float) == of(stated).values["return_rate"])  # not reckoned anew unless asked for


# --- credits --------------------------------------------------------------------------------------------------


def credit_rows(credits: dict, **more) -> dict[str, dict]:
    found = test_credits.estimate(credits, **more)["quantities"]
    return {
        q["name"]: {k: v for k, v in q.items() if v not in (None, {})} for q in found if q["name"] in ("share_japan", "share_host", "transfer_cap")
    }


SHARE = {"unit": "1", "status": "input", "source": "project file", "confidence": "read"}
ANNEX = {"id": "vn/decree-112-2026", "facts": {"annex_item": "02-I.2", "corresponding_adjustment": True}}


def test_a_share_is_written_down_with_its_origin() -> None:
    found = credit_rows({"share_japan": {"value": "60 %", "source": "MoU", "note": "N"}, "share_host": "10 %"}, programmes=[ANNEX])
    assert found["share_japan"] == {
        **SHARE,
        "name": "share_japan",
        "value": 0.6,
        "source": "MoU",
        "note": "N",
        "given": "60 %",
        "path": "credits.share_japan",
    }
    assert found["share_host"] == {**SHARE, "name": "share_host", "value": 0.1, "given": "10 %", "path": "credits.share_host"}
    cap = {"status": "default", "match": "default", "source": "vn/decree-112-2026 2026", "page": "Decree 112/2026, Art. 6(1) and (2)"}
    assert found["transfer_cap"] == {**SHARE, **cap, "name": "transfer_cap", "value": 0.5}
    fact = credit_rows({"share_host": "10 %"}, programmes=[test_credits.FACT])["share_japan"]
    origin = {"status": "default", "match": "default", "source": "fact credit_share_japan of jcm/model-project@fy2025", "given": "55 %"}
    assert fact == {**SHARE, **origin, "name": "share_japan", "value": 0.55}


@pytest.mark.parametrize(
    ("credits", "more", "code", "message", "source"),
    [
        ({"share_japan": "60 %", "share_host": "41 %"}, {}, "CC441", "Japan and the host country together receive 101 % of the credits", '"share_host": "41 %"'),
        ({"share_japan": "95 %"}, {"country": "TH"}, "CC441", "Japan and the host country together receive 105 % of the credits", '"share_japan": "95 %"'),
        (
            {"transfer_cap": "90 %", "share_japan": "60 %"}, {"programmes": [ANNEX]}, "CC442",
            "`transfer_cap` is 90 %, and the cap of vn/decree-112-2026 is 50 %", '"transfer_cap": "90 %"',
        ),
        (
            {"share_japan": "54.9 %"}, {"programmes": [test_credits.FACT]}, "CC442",
            "the Government of Japan alone receives 55 % of the credits, and all of Japan 54.9 %", '"credit_share_japan": "55 %"',
        ),
        ({"share_japan": {"value": "5 t"}}, {}, "CC203", "`share_japan`: 't' is mass; expected a plain number such as '1'", '"value": "5 t"'),
        ({"share_japan": {"value": "101 %"}}, {}, "CC214", "a share of '101 %'", '"value": "101 %"'),
    ],
)  # fmt: skip
def test_a_fault_of_the_credits(credits: dict, more: dict, code: str, message: str, source: str) -> None:
    found = test_credits.refused(credits, **more)
    assert (found.code, found.message) == (code, message)
    assert found.place.source.strip().rstrip(",") == source


def test_shares_that_the_file_does_not_state_are_shown_at_the_block() -> None:
    fact = {"id": "jcm/model-project@fy2025", "facts": {"credit_share_japan": "95 %"}}
    found = test_credits.refused({}, country="TH", programmes=[fact])
    assert (found.code, found.place.source.strip()) == ("CC441", '"credits": {},')


@pytest.mark.parametrize("share", ["0 %", "100 %"])
def test_a_share_of_nothing_or_of_all(share: str) -> None:
    assert test_credits.estimate({"share_japan": share, "share_host": "0 %"})["credits"]["totals"]["japan"] == (0 if share == "0 %" else 1500)


def test_findings_of_the_credits() -> None:
    result = test_credits.estimate({"share_japan": "60 %"}, programmes=[ANNEX])
    found = {f["code"]: f for f in result["findings"] if f["code"] in ("CC440", "CC443")}
    assert found["CC440"]["message"] == "Japan's share of 60 % is above the 50 % that may leave the host country: 150 tCO2e would have to stay"
    assert (found["CC440"]["severity"], found["CC443"]["severity"]) == ("warning", "info")
    assert "share_host" in found["CC443"]["help"]
    assert found["CC443"]["line"] == 22
    assert found["CC440"]["line"] == 23
    by_fact = test_credits.estimate({"transfer_cap": "50 %"}, programmes=[test_credits.FACT])["findings"]
    assert [f["line"] for f in by_fact if f["code"] == "CC440"] == [22]  # Japan's share does not stand in the block
    more = test_credits.shared([500, -20.5], {"share_japan": "50 %", "share_host": "0 %"}).findings
    assert more[0].message == "no credits are expected for 2028: the project emits 20.5 tCO2e more"
    assert more[0].place.source[more[0].place.column - 1 :].startswith('"credits"')
    assert test_credits.shared([500, 0.0], {"share_japan": "50 %", "share_host": "0 %"}).findings == []


def test_the_sum_of_the_measures_is_a_step() -> None:
    two = library.read(test_credits.ROOT / "tests" / "projects" / "valid" / "two-measures.yaml").data
    two["credits"] = {"share_japan": "50 %", "share_host": "10 %"}
    many = [s for s in carboncalc.estimate(two).to_dict()["steps"] if s["name"] == "credited_reduction"]
    assert many[0]["formula"] == " + ".join(f"sum({u}, measure)" for u in many[0]["uses"])
    (one, *_) = (s for s in test_credits.estimate({})["steps"] if s["name"] == "credited_reduction")
    assert one == {
        "name": "credited_reduction", "index": {"year": 2027}, "label": "Reduction of all measures", "role": "credits", "unit": "tCO2e/year",
        "formula": one["uses"][0], "uses": one["uses"], "cite": "sum over the measures", "confidence": "read", "value": 500.0,
    }  # fmt: skip
    assert len(one["uses"]) == 1


def test_what_the_two_shares_leave_goes_to_others() -> None:
    assert test_credits.estimate({"share_japan": "60 %", "share_host": "10 %"})["credits"]["share_others"] == pytest.approx(0.3)
    assert test_credits.estimate({"share_japan": "60 %"})["credits"]["share_others"] is None
    assert test_credits.estimate({"share_host": "60 %"})["credits"]["share_others"] is None
    with pytest.raises(Invalid):
        test_credits.estimate({"share_japan": "60 %", "share_host": "40.000001 %"})

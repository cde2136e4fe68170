"""Credits: the parts make the whole, rounding never adds, shares and caps come from where they are stated."""

import json
import math

import jsonschema
import pytest
from conftest import EN, ROOT
from hypothesis import given, settings
from hypothesis import strategies as st

import carboncalc
from carboncalc import library, project
from carboncalc.finance import allocate
from carboncalc.findings import Invalid

SHARE = st.integers(0, 1000).map(lambda n: n / 1000)


def plant(credits: dict | None, megawatt_hours: object = 1000, country: str = "VN", **more) -> dict:
    """A plant at 0.5 t/MWh: 1 000 MWh are 500 t a year, in each of three years."""
    return {
        "carboncalc": 1,
        "project": {"id": "x", "title": "x", "country": country, "first_year": 2027, "years": 3},
        "methodology": "jcm/mm-am005",
        "gwp": "AR5",
        "inputs": {"electricity_supplied": f"{megawatt_hours} MWh/year", "auxiliary_capacity": "0 MW"},
        "factors": {"electricity.grid": {"value": "0.5 tCO2/MWh", "source": "test"}},
        **({} if credits is None else {"credits": credits}),
        **more,
    }


def estimate(credits: dict | None, *args, **more) -> dict:
    return carboncalc.estimate(plant(credits, *args, **more)).to_dict()


def codes(result: dict) -> set[str]:
    return {f["code"] for f in result["findings"]}


def shared(reductions: list[float], credits: dict, programmes: list | None = None, country: str = "VN", **more):
    """Share out given reductions, without an estimate around them."""
    found = project.load(library.parse(json.dumps(plant(credits, country=country, **more)), "<test>"))
    return allocate(found, [{"year": 2027 + i, "reduction": r} for i, r in enumerate(reductions)], [], programmes or [])


def refused(credits: dict, **more):
    with pytest.raises(Invalid) as caught:
        carboncalc.estimate(plant(credits, **more))
    (finding,) = caught.value.findings
    assert finding.help
    assert finding.place.line > 1
    return finding


def test_by_hand() -> None:
    """999 MWh are 499.5 t: 499 are issued; 60 % of them 299.4, 10 % 49.9, and what the two whole parts leave is 151; half may leave."""
    block = estimate({"share_japan": "60 %", "share_host": "10 %", "transfer_cap": "50 %", "round_down": True}, 999)["credits"]
    row = {"year": 2027, "reduction": 499.5, "issued": 499, "japan": 299, "host": 49, "others": 151, "transfer_limit": 249, "transferable": 249}
    assert block["years"] == [{**row, "year": y} for y in (2027, 2028, 2029)]
    assert block["totals"] == {key: 3 * value for key, value in row.items() if key not in ("year", "reduction")}
    assert block["missing"] == []


def test_without_rounding_nothing_is_cut() -> None:
    block = estimate({"share_japan": "60 %", "share_host": "10 %"}, 999)["credits"]
    assert block["round_down"] is False
    assert block["totals"]["issued"] == pytest.approx(3 * 499.5)
    assert block["totals"]["japan"] == pytest.approx(3 * 299.7)
    assert block["totals"]["others"] == pytest.approx(3 * 499.5 * 0.3)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.floats(-1e3, 1e7), min_size=1, max_size=3), SHARE, SHARE, SHARE)
def test_the_parts_make_the_whole_and_rounding_never_adds(reductions: list[float], japan: float, rest: float, cap: float) -> None:
    stated = {"share_japan": japan, "share_host": math.floor((1 - japan) * rest * 1000) / 1000, "transfer_cap": cap}
    exact, whole = (shared(reductions, {**stated, "round_down": cut}).block for cut in (False, True))
    for before, after in zip(exact["years"], whole["years"], strict=True):
        assert after["japan"] + after["host"] + after["others"] == after["issued"]  # whole tonnes add up to the last one
        assert before["japan"] + before["host"] + before["others"] == pytest.approx(before["issued"], rel=1e-12, abs=1e-9)
        for key in ("issued", "japan", "host", "transfer_limit", "transferable"):
            assert after[key] == int(after[key])
            assert 0 <= after[key] <= before[key] + 1e-6  # half a millionth of a tonne is taken for binary noise
            assert before[key] < after[key] + 3
        assert after["others"] >= 0
        assert after["transferable"] <= min(after["japan"], after["transfer_limit"])
    for block in (exact, whole):
        assert block["totals"]["issued"] == pytest.approx(sum(r["issued"] for r in block["years"]))
        assert block["totals"]["transferable"] <= cap * block["totals"]["issued"] + 1e-6


@pytest.mark.parametrize(("share", "japan"), [("29 %", 29), ("28.9 %", 28), ("57 %", 57), ("70 %", 70)])
def test_a_whole_share_is_not_lost_to_binary_numbers(share: str, japan: int) -> None:
    """0.29 × 100 is 28.999999999999996 for a computer, and 29 t for everybody else."""
    assert shared([100], {"share_japan": share, "share_host": "0 %", "round_down": True}).block["years"][0]["japan"] == japan


def test_a_year_that_emits_more_is_issued_nothing_and_told() -> None:
    found = shared([500, -20, 500], {"share_japan": "50 %", "share_host": "0 %"})
    assert [r["issued"] for r in found.block["years"]] == [500, 0, 500]
    assert found.block["years"][1]["reduction"] == -20
    assert [f.code for f in found.findings] == ["CC439"]
    assert "2028" in found.findings[0].message


@pytest.mark.parametrize(("share", "told"), [("50 %", False), ("50.1 %", True)])
def test_a_share_above_the_cap_is_told(share: str, told: bool) -> None:
    result = estimate({"share_japan": share, "share_host": "0 %", "transfer_cap": "50 %"})
    assert ("CC440" in codes(result)) is told
    assert result["credits"]["totals"]["transferable"] == pytest.approx(1500 * 0.5)


@pytest.mark.parametrize(("host", "code"), [("40 %", None), ("40.1 %", "CC441")])
def test_shares_up_to_their_whole(host: str, code: str | None) -> None:
    credits = {"share_japan": "60 %", "share_host": host}
    if code is None:
        assert estimate(credits)["credits"]["share_others"] == pytest.approx(0, abs=1e-15)
    else:
        finding = refused(credits)
        assert finding.code == code
        assert host in finding.place.source


@pytest.mark.parametrize(
    ("credits", "code"),
    [
        ({"share_japan": "101 %"}, "CC214"),
        ({"share_japan": "-1 %"}, "CC214"),
        ({"transfer_cap": "90"}, "CC214"),
        ({"share_host": "5 t"}, "CC203"),
        ({"share_jpan": "50 %"}, "CC111"),
        ({"round_down": "yes"}, "CC113"),
    ],
)
def test_what_is_no_share_is_refused(credits: dict, code: str) -> None:
    assert refused(credits).code == code


def test_a_share_that_nobody_stated_is_null_and_told() -> None:
    result = estimate({})
    block = result["credits"]
    assert block["missing"] == ["share_japan", "share_host", "transfer_cap"]
    assert block["totals"]["issued"] == 1500
    assert {v for k, v in block["totals"].items() if k != "issued"} == {None}
    told = [f for f in result["findings"] if f["code"] == "CC443"]
    assert len(told) == 2
    assert "at least 50 %" in told[0]["help"]


def test_thailand_has_announced_what_it_keeps() -> None:
    result = estimate({"share_japan": "50 %"}, country="TH")
    assert result["credits"]["share_host"] == 0.1
    (row,) = [q for q in result["quantities"] if q["name"] == "share_host"]
    assert (row["confidence"], row["match"], row["factor"]) == ("secondary", "carried-forward", "finance.credit-share.host.TH")
    assert estimate({"share_japan": "50 %", "share_host": "20 %"}, country="TH")["credits"]["share_host"] == 0.2


FACT = {"id": "jcm/model-project@fy2025", "facts": {"credit_share_japan": "55 %"}}


def test_a_fact_of_a_programme_serves_as_the_share() -> None:
    result = estimate({"share_host": "10 %"}, programmes=[FACT])
    assert result["credits"]["share_japan"] == 0.55
    (row,) = [q for q in result["quantities"] if q["name"] == "share_japan"]
    assert "credit_share_japan" in row["source"]


def test_the_government_cannot_receive_more_than_all_of_japan() -> None:
    assert estimate({"share_japan": "55 %", "share_host": "10 %"}, programmes=[FACT])["credits"]["share_japan"] == 0.55
    finding = refused({"share_japan": "54.9 %", "share_host": "10 %"}, programmes=[FACT])
    assert finding.code == "CC442"
    assert "55 %" in finding.place.source


def cap(threshold: float | None) -> list[dict]:
    criterion = {"id": "transfer-cap", "threshold": threshold, "cite": "Art. 6(1)", "confidence": "read"}
    return [{"id": "vn/decree", "version": "2026", "criteria": [{"id": "annex-list", "threshold": None}, criterion]}]


def test_the_cap_is_that_of_the_programme_that_sets_one() -> None:
    stated = {"share_japan": "60 %", "share_host": "0 %"}
    found = shared([1000], stated, cap(0.5))
    assert (found.block["transfer_cap"], found.block["totals"]["transferable"]) == (0.5, 500)
    (row,) = [q for q in found.quantities if q["name"] == "transfer_cap"]
    assert (row["source"], row["page"]) == ("vn/decree 2026", "Art. 6(1)")
    assert shared([1000], stated, cap(None)).block["transfer_cap"] is None
    assert shared([1000], {**stated, "transfer_cap": "50 %"}, cap(0.5)).block["transfer_cap"] == 0.5
    with pytest.raises(Invalid) as caught:
        shared([1000], {**stated, "transfer_cap": "90 %"}, cap(0.5))
    assert caught.value.findings[0].code == "CC442"


@pytest.mark.parametrize(("item", "adjusted", "limit"), [("01-I.6", True, 0.9), ("02-I.2", True, 0.5), ("02-I.2", False, 0.9)])
def test_the_caps_of_the_decree_on_transfer_reach_the_credits(item: str, adjusted: bool, limit: float) -> None:
    entry = {"id": "vn/decree-112-2026", "facts": {"annex_item": item, "corresponding_adjustment": adjusted}}
    result = estimate({"share_japan": "60 %", "share_host": "0 %"}, programmes=[entry])
    assert result["credits"]["transfer_cap"] == limit
    assert ("CC440" in codes(result)) is (limit < 0.6)


def test_credits_follow_from_the_estimate_and_the_result_keeps_its_form() -> None:
    two = library.read(ROOT / "tests" / "projects" / "valid" / "two-measures.yaml").data
    two["credits"] = {"share_japan": "50 %", "share_host": "10 %", "transfer_cap": "50 %"}
    for result in (estimate({"share_japan": "50 %"}), carboncalc.estimate(two).to_dict(), estimate(None)):
        assert not list(jsonschema.Draft7Validator(library.schema("result")).iter_errors(result))
        if result["credits"]:
            assert [r["reduction"] for r in result["credits"]["years"]] == [r["reduction"] for r in result["years"]]
            known = {s["name"] for s in result["steps"]} | {q["name"] for q in result["quantities"]} | {"year", "period", "whole_tonnes"}
            assert {u for s in result["steps"] if s["role"] == "credits" for u in s["uses"]} <= known
    assert estimate(None)["credits"] is None


def test_the_terminal_shows_who_receives_them() -> None:
    from carboncalc.reports import text

    page = text.render(estimate({"share_japan": "60 %", "round_down": True}), 80, False, EN)
    assert "Expected credits" in page
    assert "Japan 60 %" in page
    assert "not stated: share_host, transfer_cap" in page


def test_a_result_kept_without_credits_is_still_shown() -> None:
    from carboncalc.reports import text

    kept = estimate(None)
    del kept["credits"]
    assert "Expected credits" not in text.render(kept, 80, False, EN)

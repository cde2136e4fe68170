"""Scenarios: each is the file with its changes, appraised like any other, and a fault in it stands where it was written."""

import csv
import io

import pytest
from conftest import ROOT

import carboncalc
from carboncalc import library
from carboncalc.findings import Invalid

TEXT = (ROOT / "examples" / "cat-ba-electric-buses.yaml").read_text(encoding="utf-8")
LINES = TEXT.count("\n")


def appraised(tmp_path, scenarios: str) -> dict:
    """Appraise the bus example with scenarios below it."""
    path = tmp_path / "buses.yaml"
    path.write_text(TEXT + "scenarios:\n" + scenarios, encoding="utf-8")
    return carboncalc.estimate(path).to_dict()


def kept(result: dict) -> dict:
    return {k: result[k] for k in ("totals", "years", "finance", "programmes")}


def test_without_scenarios_there_are_none(tmp_path) -> None:
    assert carboncalc.estimate(ROOT / "examples" / "cat-ba-electric-buses.yaml").to_dict()["scenarios"] is None


@pytest.mark.parametrize(
    ("scenario", "old", "new"),
    [
        ("inputs: {fleet: [{id: bus-50-seats, renewable_share: 100 %}]}", "renewable_share: 0 %", "renewable_share: 100 %"),
        ("inputs: {fleet: [{id: bus-50-seats, vehicles: {2027: 5}}]}", "vehicles: {2027: 1, 2028: 10, 2030: 30}", "vehicles: {2027: 5}"),
        ("finance: {discount_rate: 3 %}", "discount_rate: 8 %", "discount_rate: 3 %"),
        ("finance: {discount_rate: null}", "  discount_rate: 8 %\n", ""),
        (
            "programmes: [{id: jcm/model-project, facts: {japanese_representative: false}}]",
            "japanese_representative: true",
            "japanese_representative: false",
        ),
        ("gwp: AR4", "gwp: AR5", "gwp: AR4"),
    ],
)
def test_a_scenario_is_the_file_with_its_change(tmp_path, scenario: str, old: str, new: str) -> None:
    (found,) = appraised(tmp_path, f"  other:\n    {scenario}\n")["scenarios"]
    assert TEXT.count(old) == 1
    path = tmp_path / "changed.yaml"
    path.write_text(TEXT.replace(old, new), encoding="utf-8")
    assert kept(found) == kept(carboncalc.estimate(path).to_dict())


def test_the_file_as_it_stands_does_not_change(tmp_path) -> None:
    plain = carboncalc.estimate(ROOT / "examples" / "cat-ba-electric-buses.yaml").to_dict()
    with_one = appraised(tmp_path, "  low: {inputs: {fleet: [{id: bus-50-seats, electricity_use: 1.3 kWh/km}]}}\n")
    assert kept(plain) == kept(with_one)
    assert [s["id"] for s in with_one["scenarios"]] == ["low"]


def test_a_quantity_is_replaced_whole(tmp_path) -> None:
    """The interval of the old value would not hold the new one."""
    (found,) = appraised(tmp_path, "  low: {inputs: {fleet: [{id: bus-50-seats, electricity_use: 2 kWh/km}]}}\n")["scenarios"]
    assert found["totals"]["reduction"] < 0


def test_an_entry_with_a_new_id_is_added(tmp_path) -> None:
    row = "{id: van, vehicles: 5, distance: 10000 km/year, baseline_fuel: gasoline, baseline_fuel_use: 80 g/km, electricity_use: 0.2 kWh/km}"
    result = appraised(tmp_path, f"  more: {{inputs: {{fleet: [{row}]}}}}\n")
    assert result["scenarios"][0]["totals"]["baseline"] > result["totals"]["baseline"]


def test_a_grid_factor_by_year(tmp_path) -> None:
    """Half the grid factor from 2030 on halves project emissions from then on."""
    path = "factors: {electricity.grid: {value: {2027: 0.6592 tCO2/MWh, 2030: 0.3296 tCO2/MWh}, source: a path}}"
    same = "factors: {electricity.grid: {value: 0.6592 tCO2/MWh, source: constant}}"
    (first, second) = appraised(tmp_path, f"  greener:\n    {path}\n  same:\n    {same}\n")["scenarios"]
    for a, b in zip(first["years"], second["years"], strict=True):
        assert a["project"] == pytest.approx(b["project"] * (0.5 if a["year"] >= 2030 else 1.0), rel=1e-12)


def test_a_factor_that_cannot_vary_says_so(tmp_path) -> None:
    path = "factors: {electricity.losses: {value: {2027: 6 %, 2030: 5 %}, source: a path}}"
    with pytest.raises(Invalid) as caught:
        appraised(tmp_path, f"  better:\n    {path}\n")
    (finding,) = caught.value.findings
    assert (finding.code, finding.place.line) == ("CC216", LINES + 3)


@pytest.mark.parametrize(
    ("scenario", "code", "line", "column"),
    [
        ("  low:\n    inputs:\n      fleet:\n        - id: bus-50-seats\n          electricity_use: 1.1 kWh\n", "CC203", 6, 28),
        ("  low:\n    inputs:\n      flet: []\n", "CC111", 4, 7),
        ("  low:\n    finance:\n      investment: 5 kg\n", "CC203", 4, 19),
        ("  low:\n    programmes:\n      - {id: jcm/model-projekt}\n", "CC404", 4, 14),
        ("  low: {title: Only a name}\n", "CC152", 2, 3),
        ("  low: {input: {}}\n", "CC111", 2, 9),
    ],
)
def test_a_fault_stands_where_it_was_written(tmp_path, scenario: str, code: str, line: int, column: int) -> None:
    with pytest.raises(Invalid) as caught:
        appraised(tmp_path, scenario)
    finding = caught.value.findings[0]
    assert (finding.code, finding.place.line, finding.place.column) == (code, LINES + line, column), finding.message


def test_what_was_not_changed_keeps_its_place(tmp_path) -> None:
    """A fault that a scenario brings out in the rest of the file is shown there."""
    with pytest.raises(Invalid) as caught:
        appraised(tmp_path, "  low:\n    programmes: [{id: jcm/model-project, subsidy_rate: 150 %}]\n    finance: {currency: VND}\n")
    assert caught.value.findings[0].place.line > LINES


def test_scenarios_are_drawn_too(tmp_path) -> None:
    pytest.importorskip("numpy")
    path = tmp_path / "buses.yaml"
    path.write_text(TEXT + "scenarios:\n  solar: {inputs: {fleet: [{id: bus-50-seats, renewable_share: 100 %}]}}\n", encoding="utf-8")
    result = carboncalc.estimate(path, draws=1000).to_dict()
    (found,) = result["scenarios"]
    assert found["uncertainty"]["reduction"]["point"] == found["totals"]["reduction"]
    assert found["uncertainty"]["reduction"]["p2_5"] > result["uncertainty"]["reduction"]["p97_5"]


def test_the_overlay_leaves_the_document_alone() -> None:
    from carboncalc.scenarios import overlays

    document = library.parse(TEXT + "scenarios:\n  a: {gwp: AR4}\n  b: {inputs: {fleet: [{id: bus-50-seats, renewable_share: 50 %}]}}\n", "x")
    before = repr(document.data)
    assert [id_ for id_, _, _ in overlays(document)] == ["a", "b"]
    assert repr(document.data) == before


def test_a_row_of_csv_tells_each_scenario() -> None:
    from carboncalc.portfolio import outcome
    from carboncalc.reports.csvs import COLUMNS, one

    found = outcome(str(ROOT / "tests" / "projects" / "valid" / "scenarios-and-correlations.yaml"))
    assert found.result is not None
    (row,) = csv.DictReader(io.StringIO(one(found)), COLUMNS)
    told = dict(pair.split("=") for pair in row["scenarios_tCO2e_per_year"].split())
    assert {id_: float(value) for id_, value in told.items()} == {s["id"]: s["totals"]["reduction_per_year"] for s in found.result["scenarios"]}

"""What the libraries tell of themselves: the list of methodologies, the page of one, the glossary."""

import json

import pytest
from conftest import ROOT

from carboncalc import factors, library, methodology
from carboncalc.cli.explaining import explain, held
from carboncalc.cli.glossary import collect
from carboncalc.cli.listing import fits, methods

SECTORS = library.schema("methodology")["properties"]["sector"]["enum"]


@pytest.fixture
def listed(capsys):
    """Return a function that lists methodologies and returns exit code, JSON rows and what was said."""

    def run(search: str = "", **filters: str) -> tuple[int, list[dict], str]:
        chosen = {"country": None, "sector": None, "measure": None, **filters}
        code = methods(search, chosen["country"], chosen["sector"], chosen["measure"], True)
        out, err = capsys.readouterr()
        return code, json.loads(out) if out else [], err

    return run


def ids(answer: tuple[int, list[dict], str]) -> set[str]:
    return {row["id"] for row in answer[1]}


def test_every_methodology_says_where_it_belongs() -> None:
    for id_ in methodology.ids():
        head = methodology.headline(id_)
        assert head["sector"] in SECTORS
        assert head["measure"]


def test_filters_narrow_and_agree(listed) -> None:
    everything = ids(listed())
    assert everything == set(methodology.ids())
    for sector in SECTORS:
        found = listed(sector=sector)
        assert found[0] == 0
        assert all(row["sector"] == sector for row in found[1])
    assert set.union(*(ids(listed(sector=sector)) for sector in SECTORS)) == everything
    assert {"cdm/ams-iii-h", "cdm/ams-iii-i"} <= ids(listed(sector="wastewater"))
    solar = listed(measure="solar", country="vn")
    assert "jcm/vn-am007" in ids(solar)
    assert all("solar" in row["measure"]["en"] and (row["countries"] is None or "VN" in row["countries"]) for row in solar[1])
    assert ids(listed(measure="太陽光")) == ids(listed(measure="dien mat troi")) == ids(listed(measure="solar power"))
    assert ids(listed("methane", sector="wastewater")) <= ids(listed(sector="wastewater"))


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("solar viet", "jcm/vn-am007"),
        ("太陽光 ベトナム", "jcm/vn-am007"),
        ("điện mặt trời", "jcm/vn-am007"),
        ("dien mat troi", "jcm/vn-am007"),  # a keyboard without accents
        ("AMS-III-C", "cdm/ams-iii-c"),
        ("排水", "cdm/ams-iii-i"),
    ],
)
def test_a_search_reads_titles_in_three_languages(listed, search: str, found: str) -> None:
    assert found in ids(listed(search))


def test_a_mark_that_makes_another_letter_is_no_accent() -> None:
    assert fits("ga", "Gà")
    assert fits("ガス", "バイオガス")
    assert not fits("カス", "バイオガス")


@pytest.mark.parametrize(
    ("filters", "said"),
    [
        ({"sector": "wast"}, "there is no sector 'wast'; did you mean `waste`?"),
        ({"sector": "xyz"}, "there is no sector 'xyz'; sectors: energy, industry"),
        ({"measure": "sollar"}, "no measure is called 'sollar'; did you mean `solar`?"),
        ({"measure": "xyz"}, "no measure is called 'xyz'; measures: "),
        ({"country": "Vietnam"}, "--country 'Vietnam' is not a country code; write two letters, such as VN"),
    ],
)
def test_a_filter_that_nothing_could_fit_is_wrong_usage(listed, filters: dict, said: str) -> None:
    code, rows, err = listed(**filters)
    assert (code, rows) == (2, [])
    assert said in err


def test_a_search_that_finds_nothing_is_an_answer(listed) -> None:
    code, rows, _ = listed("no such thing at all")
    assert (code, rows) == (0, [])


def test_a_row_tells_what_it_needs_and_how_sure_we_are(listed) -> None:
    rows = {row["id"]: row for row in listed()[1]}
    need = [ask["name"] for ask in rows["cdm/ams-iii-i"]["needs"]]
    assert need == ["flow", "operating_days", "cod_in", "cod_out", "baseline_treatment", "electricity_use"]
    assert [ask["name"] for ask in rows["cdm/ams-iii-c"]["needs"]][:3] == ["fleet", "fleet.vehicles", "fleet.distance"]
    assert sum(rows["cdm/ams-iii-i"]["equations"].values()) == len(methodology.load("cdm/ams-iii-i").equations)
    for row in rows.values():
        assert {ask["name"] for ask in row["needs"] + row["optional"]} == set(methodology.load(row["id"]).inputs)
        assert {"en", "ja", "vi"} <= set(row["title"])


@pytest.mark.parametrize("width", ["40", "60", "80", "160"])
def test_the_list_fits_a_narrow_terminal(capsys, monkeypatch, width: str) -> None:
    monkeypatch.setenv("COLUMNS", width)
    assert methods("", None, None, None, False) == 0
    page = capsys.readouterr().out
    assert max(map(len, page.split("\n"))) <= int(width)
    assert all(id_ in page for id_ in methodology.ids())


@pytest.mark.parametrize("id_", methodology.ids())
def test_the_page_of_a_methodology_leaves_nothing_out(id_: str, capsys) -> None:
    assert explain(id_, False) == 0
    page = capsys.readouterr().out
    assert explain(id_, True) == 0
    data = json.loads(capsys.readouterr().out)
    found = methodology.load(id_)
    for name, spec in found.inputs.items():
        assert f"  {name}  [" in page
        if "example" in spec:
            assert f"such as `{name.rpartition('.')[2]}: " in page
    for part in methodology.headline(id_).get("parts", []):
        assert part["use"] in {p["id"] for p in data["parts"]}
    for part in data["parts"]:
        assert part["source"]["title"] in page
    for row in found.applicability:
        assert f"  {row['id']}: " in page
    for line in found.meta.get("not_covered", []):
        assert line["en"] in page
    assert {case["file"] for case in data["cases"]} == {p.name for p in (ROOT / "tests" / "cases" / id_).glob("*.yaml")}
    assert all(case["title"] in page for case in data["cases"])
    for name, spec in data["factors"].items():
        assert spec["values"], f"{name}: the library has no value that {spec['id']} could be"


def test_the_page_counts_the_values_a_factor_may_be() -> None:
    sets = [id_ for id_ in factors.topic("gwp") if id_.endswith(".CH4")]
    assert sum(held("gwp.{gwp}.CH4", []).values()) == sum(len(factors.entry(id_)["values"]) for id_ in sets)
    assert held("fuel.{fuel}.co2", ["ipcc-2006"]) == {
        "read": sum(r["method"] == "ipcc-2006" for f in factors.fuels() for r in factors.entry(f"fuel.{f}.co2")["values"])
    }
    assert held("fuel.no-such-fuel.co2", []) == {}
    assert sum(held("electricity.losses", []).values()) > sum(held("electricity.losses.VN", []).values()) > 0  # of any country, of one


def test_the_glossary_names_every_symbol_and_factor() -> None:
    names = collect()
    assert {row["id"] for row in names["factors"]} == set(factors.ids())
    known = methodology.paths()
    rows: dict[str, set[str]] = {}
    for row in names["symbols"]:
        assert {"en", "ja", "vi"} <= set(row["label"]), row["symbol"]
        rows.setdefault(row["symbol"], set()).update(row["used_in"])
    for id_, path in known.items():
        found = methodology.load_file(path, known)
        for symbol in [*found.factors, *found.equations]:
            assert id_ in rows[symbol], (id_, symbol)
    assert [r["symbol"].lower() for r in names["symbols"]] == sorted(r["symbol"].lower() for r in names["symbols"])


def test_a_symbol_with_two_meanings_stands_twice(capsys) -> None:
    assert explain("glossary", False) == 0
    page = capsys.readouterr().out
    assert "Baseline emissions · ベースライン排出量 · Phát thải đường cơ sở" in page
    meanings = {row["label"]["en"] for row in collect()["symbols"] if row["symbol"] == "BE"}
    assert {"Baseline emissions of the grid", "Baseline emissions of the vehicles replaced"} <= meanings

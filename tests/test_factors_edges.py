"""Choosing a factor at its edges, on a small library of invented values: years, methods, countries, and how the match is named."""

from pathlib import Path

import pytest

from carboncalc import factors, library
from carboncalc.findings import Invalid

LIBRARY = """\
carboncalc: 1
kind: factors
title: Invented
factors:
  heat.grid.VN:
    label: {en: Heat of Viet Nam}
    values:
      - {value: 0.6 t/MWh, year: 2020, method: mean, default: true, source: s1, page: p. 1, confidence: read}
      - {value: 0.5 t/MWh, year: 2022, method: mean, default: true, source: s1, page: p. 2, confidence: read, note: {en: N}, conflict: {en: C}}
      - {value: 0.4 t/MWh, year: 2021, method: margin, source: s2, page: p. 3, confidence: recalled, range: [0.3, 500 kg/MWh]}
      - {value: null, year: 2023, method: mean, default: true, source: s1, page: p. 4, confidence: recalled}
  heat.grid:
    label: {en: Heat of the world}
    values:
      - {value: 0.9 t/MWh, method: margin, default: true, source: s3, page: p. 5, confidence: secondary}
      - {value: 0.8 t/MWh, method: other, source: s3, page: p. 5, confidence: secondary}
  heat.loss:
    label: {en: Loss}
    values:
      - {value: 7 %, year: 2019, source: s1, page: p. 6, confidence: read}
  heat.none:
    label: {en: Not known}
    values:
      - {value: null, year: 2020, source: s1, page: p. 8, confidence: recalled}
  gwp.AR5.CH4:
    label: {en: Methane}
    values:
      - {value: 28 tCO2e/tCH4, year: 2013, source: s1, page: p. 7, confidence: read}
"""


@pytest.fixture(autouse=True)
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A library of two topics, instead of the shipped one."""
    for name in ("heat", "gwp"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.yaml").write_text(LIBRARY, encoding="utf-8")
    (tmp_path / "sources.yaml").write_text("carboncalc: 1\nkind: sources\nsources:\n  s1: {title: First source}\n", encoding="utf-8")
    monkeypatch.setattr(library, "data_path", lambda kind: {"factors": str(tmp_path)}[kind])
    monkeypatch.setattr(library, "data_files", lambda kind: sorted(str(p) for p in (tmp_path / kind.removeprefix("factors/")).glob("*.yaml")))
    for name in ("_topics", "_entries", "_sources", "_chosen"):
        monkeypatch.setattr(factors, name, {})
    monkeypatch.setattr(factors, "_fuels", [])
    monkeypatch.setenv("CARBONCALC_CACHE", "off")
    return tmp_path


def refused(*args, **more) -> factors.NoFactor:
    with pytest.raises(factors.NoFactor) as caught:
        factors.choose(*args, **more)
    assert str(caught.value) == caught.value.message
    return caught.value


@pytest.mark.parametrize(
    ("country", "year", "more", "value", "match", "of"),
    [
        ("VN", 2020, {}, 0.6, "exact", 2020),
        ("VN", 2021, {}, 0.6, "carried-forward", 2020),
        ("VN", 2022, {}, 0.5, "exact", 2022),
        ("VN", 2050, {}, 0.5, "carried-forward", 2022),  # 2023 has no value yet
        ("VN", None, {}, 0.5, "carried-forward", 2022),  # of no year asked for: the newest
        ("VN", 2021, {"method": "margin"}, 0.4, "exact", 2021),
        ("VN", 2030, {"methods": ["margin", "mean"]}, 0.4, "carried-forward", 2021),  # in the order preferred
        ("VN", 2030, {"methods": ["nobody's", "mean"]}, 0.5, "carried-forward", 2022),
        ("VN", 2030, {"methods": ["nobody's"]}, 0.5, "carried-forward", 2022),  # none of them: the entry's default
        ("VN", 2020, {"methods": ["margin"]}, 0.9, "parent", None),  # the country's first is of 2021
        ("VN", 2020, {"methods": ["mean", "margin"]}, 0.6, "exact", 2020),
        ("VN", 2030, {"method": "other"}, 0.8, "parent", None),
        ("VN", 2019, {}, 0.9, "parent", None),  # by its own default
        ("TH", 2022, {}, 0.9, "parent", None),
        ("", 2022, {}, 0.9, "parent", None),
    ],
)
def test_a_value_of_the_grid(country: str, year: int | None, more: dict, value: float, match: str, of: int | None) -> None:
    found = factors.choose("heat.grid", country, year, **more)
    assert (found.value, found.match, found.year) == (value, match, of)
    assert found.id == ("heat.grid.VN" if of else "heat.grid")
    assert found.unit == "t/MWh"


def test_a_value_that_holds_everywhere_is_a_default() -> None:
    found = factors.choose("heat.loss", "VN", 2022)
    assert (found.value, found.unit, found.match, found.year) == (7, "%", "default", 2019)


def test_a_warming_potential_is_exact_since_the_project_names_its_set() -> None:
    assert factors.choose("gwp.AR5.CH4", "VN", 2030).match == "exact"


def test_an_id_with_its_country_is_no_default() -> None:
    assert factors.choose("heat.grid.VN", year=2022).match == "exact"
    assert factors.choose("heat.grid.VN", year=2024).match == "carried-forward"


def test_a_choice_says_where_it_is_from() -> None:
    found = factors.choose("heat.grid", "VN", 2022)
    assert (found.method, found.source, found.page, found.confidence, found.note, found.conflict) == (
        "mean",
        "s1",
        "p. 2",
        "read",
        {"en": "N"},
        {"en": "C"},
    )
    assert (found.low, found.high) == (None, None)
    other = factors.choose("heat.grid", "VN", 2021, method="margin")
    assert (other.note, other.conflict, other.page) == (None, None, "p. 3")
    assert (other.low, other.high) == (0.3, 0.5)  # a bare end is in the value's unit, 500 kg are half a tonne
    assert factors.source("s1")["title"] == "First source"
    assert factors.source("nobody's") == {"title": "nobody's"}


def test_a_later_value_is_never_used_for_an_earlier_year() -> None:
    bad = refused("heat.loss", "VN", 2018)
    assert (bad.code, bad.message) == ("CC302", "`heat.loss` has no value for 2018 or before; its first value is of 2019")
    assert factors.choose("heat.loss", "VN", 2019).value == 7
    assert refused("heat.grid.VN", year=2019).message.endswith("; its first value is of 2020")  # the earliest of two
    assert "never used" in bad.help
    assert refused("heat.grid", "VN", 2019, method="mean").message.startswith("`heat.grid.VN` has no value for 2019")  # the country's own is named
    assert refused("heat.none", "VN", 2022).message == "`heat.none` has no value for 2022 or before"
    assert refused("heat.none").message == "`heat.none` has no value"


def test_an_unknown_id() -> None:
    bad = refused("heat.grit", "VN")
    assert (bad.code, bad.message) == ("CC301", "the factor library has no `heat.grit` for VN or as a default")
    assert "heat.grid" in bad.help
    assert refused("heat.grit").message == "the factor library has no `heat.grit`"
    far = refused("qqqq.zzzz")
    assert (far.code, far.help) == ("CC301", "give a value of your own under `factors:`")


def test_an_unknown_method() -> None:
    bad = refused("heat.grid", "VN", 2022, method="meen")
    assert (bad.code, bad.message) == ("CC303", "`heat.grid.VN` has no method 'meen'")
    assert "mean" in bad.help
    assert refused("heat.grid", "VN", 2022, method="zzzzzz").help == "methods: margin, mean, other"


def test_what_the_library_lists() -> None:
    assert factors.topics() == ["gwp", "heat"]
    assert set(factors.topic("heat")) == {"heat.grid.VN", "heat.grid", "heat.loss", "heat.none", "gwp.AR5.CH4"}
    assert factors.topic("nothing") == {}
    assert factors.topic("../heat") == {}  # a topic is a word, and no way out of the library
    assert factors.entry("heat.nothing") is None
    assert [r["value"] for r in (factors.entry("heat.grid.VN") or {})["values"]] == [0.6, 0.5, 0.4, None]
    assert factors.ids().count("heat.loss") == 2  # both invented topics hold the same file


def test_fuels_are_those_with_carbon(small: Path) -> None:
    (small / "fuel").mkdir()
    text = LIBRARY.replace("heat.grid.VN", "fuel.coke.co2").replace("heat.grid", "fuel.coke.ncv").replace("heat.loss", "fuel.peat.co2")
    (small / "fuel" / "a.yaml").write_text(text, encoding="utf-8")
    assert factors.fuels() == ["coke", "peat"]


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("heat.loss:", "heat.grid:", None, None),  # two entries of one name in one file: a duplicate key
        ("value: 7 %", "value: 7 parsecs", "CC201", 20),
        ("range: [0.3, 500 kg/MWh]", "range: [0.3, 500 kWh]", "CC203", 10),
        ("confidence: secondary}\n      - {value: 0.8", "confidence: sure}\n      - {value: 0.8", None, None),
    ],
)
def test_a_library_file_at_fault_is_refused_where_it_stands(small: Path, old: str, new: str, code: str | None, line: int | None) -> None:
    assert old in LIBRARY
    (small / "heat" / "a.yaml").write_text(LIBRARY.replace(old, new), encoding="utf-8")
    with pytest.raises(Invalid) as caught:
        factors.topic("heat")
    found = caught.value.findings[0]
    assert found.severity == "error"
    if code is not None:
        assert (found.code, found.place.line) == (code, line)


def test_a_factor_stands_in_one_file(small: Path) -> None:
    (small / "heat" / "b.yaml").write_text(LIBRARY, encoding="utf-8")
    with pytest.raises(Invalid) as caught:
        factors.topic("heat")
    (found,) = caught.value.findings
    assert (found.code, found.severity, found.place.line) == ("CC310", "error", 5)
    assert found.place.file.endswith("b.yaml")

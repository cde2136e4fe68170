"""Units: every accepted spelling, every refusal, and pint's agreement with the table."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carboncalc import units
from carboncalc.units.__main__ import table
from carboncalc.units.vocabulary import REFUSED, TABLE

with open(TABLE, encoding="utf-8") as _file:
    WORDS = json.load(_file)["units"]


def test_table_is_what_pint_reads() -> None:
    with open(TABLE, encoding="utf-8") as file:
        assert json.load(file) == json.loads(json.dumps(table()))


@pytest.mark.parametrize("word", list(WORDS))
def test_every_word_means_to_pint_what_it_means_here(word: str) -> None:
    unit = units.parse(word)
    quantity = units.registry().parse_expression(units.spell(word))
    assert {k: int(v) for k, v in quantity.dimensionality.items()} == dict(unit.dimension)
    assert float(quantity.to_base_units().magnitude) == pytest.approx(unit.factor, rel=1e-14)


@given(st.lists(st.tuples(st.sampled_from(sorted(WORDS)), st.integers(1, 2)), min_size=1, max_size=4), st.integers(0, 3))
def test_compounds_agree_with_pint_and_survive_their_own_spelling(parts: list[tuple[str, int]], above: int) -> None:
    spelled = [word + (f"**{power}" if power > 1 else "") for word, power in parts]
    text = "*".join(spelled[:above] or ["1"]) + "".join("/" + s for s in spelled[above:])
    unit = units.parse(text)
    quantity = 1.0 * units.registry().parse_expression(units.spell(text))
    assert {k: int(v) for k, v in quantity.dimensionality.items()} == dict(unit.dimension)
    assert float(quantity.to_base_units().magnitude) == pytest.approx(unit.factor, rel=1e-9)
    again = units.parse(unit.text)
    assert again.dimension == unit.dimension
    assert again.factor == pytest.approx(unit.factor, rel=1e-12)


@pytest.mark.parametrize(
    ("text", "number", "unit"),
    [
        ("44 GWh/year", 44, "GWh/year"),
        ("35 L/100km", 35, "L/100km"),
        ("12 %", 12, "%"),
        ("30", 30, "1"),
        ("120 million JPY", 120e6, "JPY"),
        ("8 billion VND", 8e9, "VND"),
        ("12 000 t/year", 12000, "t/year"),
        ("12_000 t/year", 12000, "t/year"),
        ("12\u00a0000 t", 12000, "t"),
        ("1e3 kg", 1000, "kg"),
        ("5 t CO2e/year", 5, "tCO2e/year"),
        ("5 tCO2eq", 5, "tCO2e"),
        ("0.002 t CH4/t", 0.002, "tCH4/t"),
        ("3 kgCO2e/kg CH4", 3, "kgCO2e/kgCH4"),
        ("384000 m3/year", 384000, "m3/year"),
        ("2 m³", 2, "m3"),
        ("2 m^3", 2, "m3"),
        ("2500 mg/L", 2500, "mg/L"),
        ("1 pkm", 1, "pkm"),
        ("50 kWp", 50, "kWp"),
        ("3 tce", 3, "tce"),
        ("1 kt", 1, "kt"),
    ],
)
def test_accepted(text: str, number: float, unit: str) -> None:
    quantity = units.read_quantity(text)
    assert (quantity.value, quantity.unit.text) == (number, unit)


@pytest.mark.parametrize(
    ("text", "expected", "code", "advice"),
    [
        ("5 ton", "t", "CC201", "metric tonne"),
        ("5 Nm3", "m3", "CC201", "reference state"),
        ("5 Nm^3", "m3", "CC201", "reference state"),
        ("5 RT", "kW", "CC201", "kW"),
        ("5 month", "year", "CC201", "day"),
        ("5 degC*kg", "kg", "CC201", "shifted zero"),
        ("5 kWhh", "kWh", "CC201", "did you mean `kWh`"),
        ("5 mkg", "kg", "CC201", ""),
        ("1,2 kWh/km", "kWh/km", "CC205", "point"),
        ("1,000 t", "t", "CC205", "space or an underscore"),
        ("1.000.000 VND", "VND", "CC205", "space or an underscore"),
        ("44", "GWh/year", "CC207", "44 GWh/year"),
        ("44 GWh", "GWh/year", "CC203", "GWh/year"),
        ("kWh", "kWh", "CC204", "number first"),
        ("5 5 kg", "kg", "CC201", ""),
        ("12 00 kg", "kg", "CC201", ""),
        ("5 kg/0m", "kg/m", "CC201", ""),
        ("5 kg//m", "kg/m", "CC202", ""),
        ("12 % ± 2 %", "1", "CC208", "range"),
        ("5 kg ± -1 %", "kg", "CC208", "positive"),
        ("5 kgCH4", "kgCO2e", "CC203", ""),
        ("5 VND", "JPY", "CC203", ""),
        (True, "1", "CC204", ""),
        ([1], "1", "CC204", ""),
        (float("nan"), "1", "CC206", ""),
        ("1e400 kg", "kg", "CC206", ""),
    ],
)
def test_refused(text: object, expected: str, code: str, advice: str) -> None:
    with pytest.raises(units.UnitError) as caught:
        units.read_quantity(text, expected)
    assert caught.value.code == code
    assert advice in caught.value.help
    assert caught.value.help


@pytest.mark.parametrize("word", sorted(REFUSED))
def test_every_refused_word_says_what_to_write(word: str) -> None:
    with pytest.raises(units.UnitError) as caught:
        units.parse(word)
    assert "write" in caught.value.help


def test_a_year_is_a_reporting_period() -> None:
    """10 MW for a day has no 365.25 in it, and t/year × year is t."""
    assert units.parse("t/year*year").dimension == units.parse("t").dimension
    assert units.convert(10, "MW*day", "MWh") == 240.0
    with pytest.raises(units.UnitError):
        units.convert(1, "year", "day")


def test_scales_are_clean() -> None:
    assert units.convert(1.0, "kWh", "MJ") == 3.6
    assert units.convert(1.0, "L/100km", "L/km") == 0.01
    assert units.convert(1.0, "TJ/Gg", "GJ/t") == 1.0
    assert units.convert(1.0, "m3/day", "m3/h") == pytest.approx(1 / 24, rel=1e-15)


def test_gases_and_currencies_do_not_add() -> None:
    for a, b in (("kgCH4", "kgCO2e"), ("VND", "JPY"), ("kgCO2", "kgCO2e"), ("kg", "kgCO2")):
        with pytest.raises(units.UnitError):
            units.scale(units.parse(a), units.parse(b))


def test_intervals() -> None:
    quantity = units.read_quantity("1.2 kWh/km ± 10 %")
    assert (quantity.low, quantity.high) == pytest.approx((1.08, 1.32))
    quantity = units.read_quantity("5 t ± 200 kg", "kg")
    assert (quantity.value, quantity.low, quantity.high) == (5000, 4800, 5200)

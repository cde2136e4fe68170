"""Units at their edges: how a dimension is named, how a unit is spelled back, and the last text, size and number taken, with the first refused."""

import pytest

from carboncalc import units
from carboncalc.units import describe, parse, read_quantity, snap


def refusal(text: object, expected: str | None = None) -> units.UnitError:
    with pytest.raises(units.UnitError) as caught:
        read_quantity(text, expected)
    return caught.value


@pytest.mark.parametrize(
    ("unit", "words"),
    [
        ("1", "a plain number"),
        ("day/day", "a plain number"),
        ("kWh/km", "energy per distance"),
        ("kWh/m2", "energy per area"),
        ("m3/day", "volume per time"),
        ("1/m3", "number per volume"),
        ("1/m2", "number per area"),
        ("m**4", "distance × distance × distance × distance"),  # no name for it
        ("1/year", "number per year"),
        ("year", "reporting years"),
        ("MW", "power"),
        ("t*km", "distance × mass"),
        ("kg*kg", "mass × mass"),
        ("tCO2e/MWh", "mass of CO2e per energy"),
        ("VND/tCO2e", "VND per mass of CO2e"),
        ("tCO2/year", "mass of CO2 per year"),
        ("kgN2O", "mass of N2O"),
        ("tC", "mass of carbon"),
        ("kgCO2e/kgCH4", "CO2e per CH4"),  # the masses fall out
        ("kg*kgCH4", "mass of CH4 × mass"),  # one mass belongs to the gas, the other stays
        ("kWh/kgCH4", "energy per mass of CH4"),
        ("1/kg/kgCH4", "number per mass of CH4 per mass"),
    ],
)
def test_a_dimension_in_words(unit: str, words: str) -> None:
    assert describe(parse(unit)) == words


def test_a_wrong_dimension_is_told_in_words_with_a_unit_to_write() -> None:
    bad = refusal("44 GWh", "kWh/km")
    assert bad.message == "'GWh' is energy; expected energy per distance such as 'kWh/km'"
    assert bad.help == "write the value in `kWh/km` or another unit of energy per distance"


@pytest.mark.parametrize(
    ("written", "spelled", "factor"),
    [
        ("kWh/100 km", "kWh/100km", 3.6e6 / 100_000),  # a count below the stroke divides
        ("t/100km", "t/100km", 1000 / 100_000),
        ("MWh/100 t/100 km", "MWh/100t/100km", 3.6e9 / 100_000 / 100_000),
        (
            "L/100 km day",
            "L/100km/day",
            1e-3 / 100_000 / 86_400,
        ),  # the count stands before the first word only; a blank binds tighter than the stroke
        ("kg/1m", "kg/m", 1.0),
        ("percent", "%", 0.01),
        ("‰", "‰", 0.001),
        ("kg CO2-e", "kgCO2e", 1.0),
        ("tCO2-eq", "tCO2e", 1000.0),
        ("t CH4/t", "tCH4/t", 1.0),
        ("kg*CH4", "kgCH4", 1.0),
        ("kWh*t CH4", "kWh*tCH4", 3.6e9),
        ("kg/CH4", "kg/CH4", 1.0),  # above and below the stroke: no mass of methane
        ("t**2 CO2e", "t**2*CO2e", 1e6),
        ("t C", "tC", 1000.0),
        ("kg N/t", "kgN/t", 1e-3),
        ("kWh m**0", "kWh", 3.6e6),  # a power of zero says nothing
        ("m CH4", "m*CH4", 1.0),  # a metre of methane is no mass
        ("kg CO2e CH4", "kgCO2e*CH4", 1.0),
        ("1*kg", "kg", 1.0),
        ("km^2", "km2", 1e6),
        ("km^3", "km**3", 1e9),
        ("m^4", "m**4", 1.0),
        ("kg^2", "kg**2", 1.0),
        ("m^-2", "1/m**2", 1.0),
        ("m3^2", "m3**2", 1.0),
        ("m³/day", "m3/day", 1 / 86_400),
        ("W·h", "W*h", 3600.0),
        ("kWh/kg/m", "kWh/kg/m", 3.6e6),
        ("kWh/kg*m", "kWh*m/kg", 3.6e6),  # a stroke holds for one word, as in pint
    ],
)
def test_one_spelling_and_one_scale(written: str, spelled: str, factor: float) -> None:
    unit = parse(written)
    assert unit.text == spelled
    assert unit.factor == pytest.approx(factor, rel=1e-12)
    assert parse(spelled)[1:] == unit[1:]


@pytest.mark.parametrize("mass", ["mg", "g", "kg", "t", "kt", "Mt", "Gg", "Tg"])
def test_a_mass_and_its_gas_are_one_word(mass: str) -> None:
    assert parse(f"{mass} CH4").text == parse(f"{mass}*CH4").text == f"{mass}CH4"
    assert parse(f"kWh/{mass} CO2e").text == f"kWh/{mass}CO2e"


@pytest.mark.parametrize("text", ["L/100km", "kWh/100 km", "t/100km/100kg", "1/year", "m**-2", "%", "1"])
def test_pint_reads_a_count_below_the_stroke_as_it_is_read_here(text: str) -> None:
    quantity = 1.0 * units.registry().parse_expression(units.spell(text))
    mine = parse(text)
    size = float(quantity.to_base_units().magnitude) if hasattr(quantity, "to_base_units") else quantity
    assert size == pytest.approx(mine.factor, rel=1e-12)


@pytest.mark.parametrize(
    ("text", "code", "advice"),
    [
        ("5 /kg", "CC202", "kWh/km"),
        ("5 kg*", "CC202", "kWh/km"),
        ("5 kg/*m", "CC202", "kWh/km"),
        ("5 m**2^2", "CC202", "one exponent"),
        ("5 kWh/100", "CC201", "explain units"),  # a count without a word
        ("5 GWhh/year", "CC201", "did you mean `GWh`?"),
        ("5 kgXyz", "CC201", "explain units"),  # a mass, and no gas
        ("5 zzzzzz", "CC201", "`carboncalc explain units` lists the accepted units"),
    ],
)
def test_what_is_no_unit(text: str, code: str, advice: str) -> None:
    bad = refusal(text)
    assert bad.code == code
    assert advice in bad.help


def test_the_word_at_fault_is_named_with_the_unit_it_stands_in() -> None:
    assert refusal("5 kWh/kmm").message == "'kmm' is not a unit carboncalc knows (in 'kWh/kmm')"
    assert refusal("5 kmm").message == "'kmm' is not a unit carboncalc knows"


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("-5 kg ± 10 %", -5.5, -4.5),  # the lower end is the lower one below zero too
        ("5 kg ± 1", 4, 6),  # without a unit: that of the value
        ("5 t ± 200 kg", 4.8, 5.2),
        ("5 kg ± 0 kg", 5, 5),
        ("30 ± 2", 28, 32),
        ("12 % +/- 2", 10, 14),
        ("5 kg +- 1 %", 4.95, 5.05),
    ],
)
def test_the_ends_of_an_interval(text: str, low: float, high: float) -> None:
    quantity = read_quantity(text)
    assert (quantity.low, quantity.high) == pytest.approx((low, high))
    if quantity.unit.text == "kg":
        grams = read_quantity(text, "g")
        assert (grams.low, grams.high) == pytest.approx((1000 * low, 1000 * high))


@pytest.mark.parametrize(("text", "advice"), [("30 ± 10 %", "value: …"), ("12 % ± 2 %", "12 %"), ("5 kg ± -1", "positive")])
def test_an_interval_that_can_be_read_in_two_ways(text: str, advice: str) -> None:
    bad = refusal(text)
    assert bad.code == "CC208"
    assert advice in bad.help


def test_one_interval_only() -> None:
    assert refusal("5 kg ± 1 kg ± 2 kg").code == "CC201"  # nothing of it is passed over


def test_a_value_without_an_interval_has_none_in_any_unit() -> None:
    assert read_quantity("5 t", "kg") == units.Quantity(5000.0, parse("kg"), None, None)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5 thousand t", 5e3),
        ("1.5 million t", 1.5e6),
        ("2 billion t", 2e9),
        ("2 trillion t", 2e12),
        ("-3 t", -3),
        ("−3 t", -3),  # the typographic minus
        ("1e-3 t", 0.001),
        ("0.000 t", 0),
        ("0 t", 0),
        ("5e-310 t", 5e-310),  # the smallest sizes a number can have
    ],
)
def test_numbers(text: str, value: float) -> None:
    assert read_quantity(text).value == value


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("1e-400 t", "CC206", "too small"),
        ("-1e-400 t", "CC206", "too small"),
        ("1e400 t", "CC206", "too large"),
        ("-1e400 t", "CC206", "too large"),
        (float("inf"), "CC206", "finite"),
        (float("-inf"), "CC206", "finite"),
        (float("nan"), "CC206", "finite"),
        ("1,5 t", "CC205", "a comma"),
        ("1.5.2 t", "CC205", "cannot read"),
        ("007 t", "CC204", "007"),
        ({"value": 1}, "CC204", ", read a mapping"),
        ([1], "CC204", ", read a list"),
        (None, "CC204", ", read nothing"),
        (True, "CC204", ", read true or false"),
        ((), "CC204", ", read tuple"),
    ],
)
def test_what_is_no_number(text: object, code: str, words: str) -> None:
    bad = refusal(text)
    assert bad.code == code
    assert words in bad.message


@pytest.mark.parametrize("raw", [44, 44.0, "44"])
def test_a_missing_unit_is_offered_as_it_would_be_written(raw: object) -> None:
    bad = refusal(raw, "GWh/year")
    assert bad.code == "CC207"
    assert bad.message == "'44' has no unit; expected energy per year such as 'GWh/year'"
    assert "write `44 GWh/year`" in bad.help


def test_a_percentage_where_a_size_is_wanted_is_a_wrong_dimension_and_not_a_missing_unit() -> None:
    assert refusal("44 %", "GWh/year").code == "CC203"


def test_the_longest_texts() -> None:
    """A text in the wrong place is not read to its end: 400 characters for a quantity, 200 for a unit."""
    assert read_quantity("5" + " " * 397 + "kg").value == 5
    bad = refusal("5" + " " * 398 + "kg")
    assert (bad.code, "401" in bad.message) == ("CC204", True)
    assert parse("kg" + "*1" * 99).text == "kg"
    with pytest.raises(units.UnitError, match="201 characters") as caught:
        parse("kg " + "*1" * 99)
    assert caught.value.code == "CC202"


def test_a_long_text_is_shown_shortened() -> None:
    assert refusal("x" * 60).message.endswith(f"'{'x' * 60}'")
    assert refusal("x" * 61).message.endswith(f"'{'x' * 57}…'")


@pytest.mark.parametrize(("above", "below"), [("Tg**9*Tg**9*Tg**9", ""), ("1", "/Tg**9/Tg**9/Tg**9")])
def test_a_unit_outside_what_can_be_computed_with(above: str, below: str) -> None:
    """1e9 kg to the 27th is 1e243 and computes; to the 36th it is 1e324, more than a number holds."""
    assert parse(above + below).factor == pytest.approx(1e-243 if below else 1e243, rel=1e-9)
    with pytest.raises(units.UnitError, match="too large or too small") as caught:
        parse(f"{above}*Tg**9" if not below else f"{above}{below}/Tg**9")
    assert caught.value.code == "CC202"


def test_a_power_that_no_number_holds() -> None:
    """1e40 km to the ninth is 1e387 m9: too large already before anything is multiplied."""
    with pytest.raises(units.UnitError, match="too large or too small"):
        parse("kWh/1" + "0" * 40 + "km**-9")


@pytest.mark.parametrize(
    ("number", "clean"),
    [
        (3.5999999999999996, 3.6),
        (-0.30000000000000004, -0.3),
        (1 / 24, 1 / 24),
        (1 / 3, 1 / 3),
        (1 + 1e-14, 1 + 1e-14),  # more than the noise of one operation: left as it is
        (1e-20 / 3, 1e-20 / 3),
    ],
)
def test_only_binary_noise_is_cleaned(number: float, clean: float) -> None:
    assert snap(number) == clean

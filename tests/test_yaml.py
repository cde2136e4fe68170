"""The YAML reader: every trap of PyYAML's defaults, each once, and hostile input."""

import pytest

from carboncalc.findings import Invalid
from carboncalc.library import parse


def value(text: str) -> object:
    return parse(f"x: {text}").data["x"]


@pytest.mark.parametrize(("text", "number"), [("1e6", 1e6), ("1.0e6", 1e6), ("1E-3", 1e-3), ("1.0e+6", 1e6), ("2.5E-3", 2.5e-3), ("-4e2", -400.0)])
def test_exponents_are_numbers(text: str, number: float) -> None:
    assert value(text) == number
    assert isinstance(value(text), float)


@pytest.mark.parametrize(
    "text",
    ["NO", "No", "no", "ON", "on", "off", "yes", "Y", "True", "FALSE", "12:30", "12:30:00", "010", "0x1F", "0o17", "2024-01-01", "1_000", "12 %"],
)
def test_these_stay_text(text: str) -> None:
    assert value(text) == text


def test_country_no_stays_norway() -> None:
    assert parse("project: {country: NO}").data == {"project": {"country": "NO"}}


def test_only_true_and_false_are_booleans() -> None:
    assert value("true") is True
    assert value("false") is False


@pytest.mark.parametrize(
    ("text", "line", "column", "first"), [("a: 1\nb: 2\na: 3\n", 3, 1, 1), ("p:\n  q: 1\n  q: 2\n", 3, 3, 2), ("- {k: 1, k: 2}\n", 1, 10, 1)]
)
def test_a_duplicate_key_names_both_lines(text: str, line: int, column: int, first: int) -> None:
    with pytest.raises(Invalid) as caught:
        parse(text)
    (finding,) = caught.value.findings
    assert finding.code == "CC108"
    assert (finding.place.line, finding.place.column) == (line, column)
    assert f"line {first}" in finding.message


def test_a_comma_in_braces_is_not_swallowed() -> None:
    with pytest.raises(Invalid) as caught:
        parse("e: {formula: max(a - b, 0)}\n")
    (finding,) = caught.value.findings
    assert finding.code == "CC102"
    assert finding.place.column == 25
    assert "quotes" in finding.help
    assert parse('e: {formula: "max(a - b, 0)"}\n').data == {"e": {"formula": "max(a - b, 0)"}}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a:\n\tb: 1\n", "CC103"),
        ("", "CC104"),
        ("a: 1\n---\nb: 2\n", "CC104"),
        ("? {a: 1}\n: 2\n", "CC104"),
        ("a: !!python/object/apply:os.system ['true']\n", "CC105"),
        ("a: !!str 5\n", "CC105"),
        ("a: *nowhere\n", "CC106"),
        ("a: &x [*x]\n", "CC106"),
        ("<<: {a: 1}\n", "CC106"),
        ("[" * 5000, "CC107"),
        ("a: 1e999\n", "CC109"),
        ("a: .nan\n", "CC109"),
        ("a: .inf\n", "CC109"),
        ("a: " + "9" * 400 + "\n", "CC109"),
        ("a: [1, 2\n", "CC102"),
        ("a: b: c\n", "CC102"),
        ("a: \x07\n", "CC101"),
    ],
)
def test_refused(text: str, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse(text)
    assert caught.value.findings[0].code == code
    assert caught.value.findings[0].help
    assert caught.value.findings[0].place.line >= 1


def test_an_alias_bomb_is_counted_in_full() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 9)]
    with pytest.raises(Invalid) as caught:
        parse("\n".join(lines))
    assert caught.value.findings[0].code == "CC107"


def test_a_bounded_alias_is_fine() -> None:
    assert parse("a: &x {b: 1}\nc: *x\n").data == {"a": {"b": 1}, "c": {"b": 1}}


def test_places() -> None:
    document = parse("a:\n  - {b: 12 kWh}\n", "f.yaml")
    place = document.place(("a", 0, "b"))
    assert (place.file, place.line, place.column, place.width) == ("f.yaml", 2, 9, 6)
    assert document.place(("a", 0, "b"), key=True).column == 6
    assert document.place(("a", 0, "missing")).line == 2


def test_not_utf8() -> None:
    with pytest.raises(Invalid) as caught:
        parse(b"a: 1\nb: \xff\n")
    assert (caught.value.findings[0].code, caught.value.findings[0].place.line) == ("CC101", 2)

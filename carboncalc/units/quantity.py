"""Reading a quantity as a person writes it: number, unit, and how sure it is."""

import re
from functools import lru_cache
from typing import NamedTuple

from .vocabulary import Unit, UnitError, describe, parse, scale


class Quantity(NamedTuple):
    """A number with its unit and, when stated, its 95 % interval in the same unit."""

    value: float
    unit: Unit
    low: float | None = None
    high: float | None = None

    def to(self, target: str) -> "Quantity":
        """Return the quantity in another unit; raises UnitError CC203 on another dimension."""
        unit = parse(target)
        if unit is self.unit:
            return self
        factor = scale(self.unit, unit)
        low = None if self.low is None else self.low * factor
        high = None if self.high is None else self.high * factor
        return Quantity(self.value * factor, unit, low, high)


_BLANKS = " \u00a0\u202f\u2009"
_NUMBER = re.compile(
    rf"\s*(?P<number>[-+−]?(?:[1-9][0-9]{{0,2}}(?:[{_BLANKS}_][0-9]{{3}})+(?![0-9])|0(?![0-9])|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?)"
    r"(?P<word>\s+(?:thousand|million|billion|trillion)\b)?"
)
_WORDS = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
_SPREAD = re.compile(r"\s*(?:±|\+/-|\+-)\s*")


def read_number(text: str) -> tuple[float, str]:
    """Read the number at the start of a text; return it and the rest.

    Raises
    ------
    UnitError
        CC204 when there is no number, CC205 for a comma, CC206 for a number too large or too small to hold.
    """
    match = _NUMBER.match(text)
    if not match:
        raise UnitError(
            "CC204", f"expected a number with a unit, read '{_short(text)}'", "write a number first, such as `44 GWh/year`, without leading zeros"
        )
    rest = text[match.end() :]
    if rest[:1] == "," or rest[:1] == ".":
        raise UnitError(
            "CC205",
            f"a comma in '{_short(text)}': it could be a decimal or a thousands mark"
            if rest[0] == ","
            else f"cannot read the number in '{_short(text)}'",
            "write decimals with a point (`1.2`) and group thousands with a space or an underscore (`12 000`, `12_000`)",
        )
    digits = match["number"].replace("−", "-").translate({ord(c): None for c in _BLANKS + "_"})
    value = float(digits) * _WORDS.get((match["word"] or "").strip(), 1.0)
    if value in (float("inf"), float("-inf")):
        raise UnitError("CC206", f"the number in '{_short(text)}' is too large", "write a number below 1e300")
    if value == 0 and re.match(r"[-+]?[0.]*[1-9]", digits):
        raise UnitError("CC206", f"the number in '{_short(text)}' is too small to hold and would become 0", "write a larger number in a smaller unit")
    return value, rest


def read_quantity(raw: object, expected: str | None = None) -> Quantity:
    """Read a quantity.

    Parameters
    ----------
    raw : str, int or float
        As written in the file: ``44 GWh/year``, ``1.2 kWh/km ± 10 %``, ``30``.
    expected : str, optional
        A unit of the dimension wanted; the result is converted to it. Without it any unit is taken.

    Returns
    -------
    Quantity
        In `expected`, or in the unit written.

    Raises
    ------
    UnitError
        CC201 to CC208; the message says what was read, what was expected and how to write it.
    """
    if isinstance(raw, bool) or not isinstance(raw, (int, float, str)):
        raise UnitError("CC204", f"expected a number with a unit, read {_kind(raw)}", "write a quantity such as `44 GWh/year`")
    if isinstance(raw, str):
        quantity = _read(raw)
    else:
        quantity = Quantity(float(raw), parse("1"))
        if quantity.value != quantity.value or quantity.value in (float("inf"), float("-inf")):
            raise UnitError("CC206", "not a finite number", "write an ordinary number")
    if expected is None:
        return quantity
    target = parse(expected)
    if not quantity.unit.dimension and quantity.unit.text == "1" and target.dimension:
        shown = f"{raw:g}" if isinstance(raw, float) else str(raw)
        raise UnitError(
            "CC207",
            f"'{_short(shown)}' has no unit; expected {describe(target)} such as '{target.text}'",
            f"write `{_short(shown)} {target.text}` if that is the unit meant",
        )
    return quantity.to(expected)


@lru_cache(4096)  # a portfolio writes the same amounts again and again
def _read(text: str) -> Quantity:
    value, rest = read_number(text)
    parts = _SPREAD.split(rest, maxsplit=1)
    unit = parse(parts[0].strip())
    if len(parts) == 1:
        return Quantity(value, unit)
    width, rest = read_number(parts[1])
    spread = parse(rest.strip())
    if width < 0:
        raise UnitError("CC208", f"the interval in '{_short(text)}' is negative", "write the half-width as a positive number")
    if spread.text == "%" and unit.text in ("%", "1"):
        raise UnitError(
            "CC208",
            f"'{_short(text)}' can be read as percent of the value or as percentage points",
            "state the interval: `{value: 12 %, range: [11 %, 13 %]}`"
            if unit.text == "%"
            else "state the interval: `{value: …, range: [low, high]}`",
        )
    half = abs(value) * width / 100 if spread.text == "%" else width * scale(spread if rest.strip() else unit, unit)
    return Quantity(value, unit, value - half, value + half)


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "…"


def _kind(raw: object) -> str:
    return {"dict": "a mapping", "list": "a list", "bool": "true or false", "NoneType": "nothing"}.get(type(raw).__name__, type(raw).__name__)

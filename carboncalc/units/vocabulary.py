"""The closed vocabulary: spelling, dimension and scale of every unit that may be written."""

import json
import re
from functools import lru_cache
from os.path import dirname, join
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import pint

HERE = dirname(__file__)
DEFINITIONS = join(HERE, "units.txt")
TABLE = join(HERE, "table.json")

Dimension = tuple[tuple[str, int], ...]


class UnitError(ValueError):
    """A unit or quantity that cannot be read, or that has the wrong dimension.

    Parameters
    ----------
    code : str
        Finding code, CC2xx.
    message : str
        What was read and what was expected.
    help : str
        How to write it.
    """

    def __init__(self, code: str, message: str, help: str = "") -> None:
        super().__init__(message)
        self.code, self.message, self.help = code, message, help


class Unit(NamedTuple):
    """A unit in its normal spelling, with its scale to the base units and its dimension."""

    text: str
    factor: float
    dimension: Dimension


#: Spellings that look right and are not; each has its own advice.
REFUSED = {
    "ton": "'ton' is 907 kg in the United States and 1016 kg in Britain; write `t` for the metric tonne",
    "tons": "'tons' is ambiguous; write `t` for the metric tonne",
    "tonne": "write `t` for the metric tonne",
    "tonnes": "write `t` for the metric tonne",
    "Nm3": "a normal cubic metre needs its reference state (0 °C or 15 °C, 1 atm); write `m3` at the metered state or give the mass in `kg`",
    "Nm": "a normal cubic metre needs its reference state (0 °C or 15 °C, 1 atm); write `m3` at the metered state or give the mass in `kg`",
    "Sm3": "a standard cubic metre needs its reference state; write `m3` at the metered state or give the mass in `kg`",
    "RT": "the refrigeration ton is not used; write the cooling power in `kW`",
    "TR": "the refrigeration ton is not used; write the cooling power in `kW`",
    "USRt": "the refrigeration ton is not used; write the cooling power in `kW` (1 USRt = 3.5169 kW)",
    "gal": "the gallon is ambiguous (US or imperial); write `L`",
    "gallon": "the gallon is ambiguous (US or imperial); write `L`",
    "MMBtu": "write `GJ` (1 MMBtu = 1.055056 GJ)",
    "Btu": "write `kJ` (1 Btu = 1.055056 kJ)",
    "month": "months differ in length; write `day` or `year`",
    "months": "months differ in length; write `day` or `year`",
    "week": "write `day`",
    "yr": "write `year`",
    "y": "write `year`",
    "a": "write `year`",
    "years": "write `year`",
    "annum": "write `year`",
    "d": "write `day`",
    "days": "write `day`",
    "hr": "write `h`",
    "hour": "write `h`",
    "hours": "write `h`",
    "degC": "a temperature in °C has a shifted zero and cannot be multiplied; write a temperature difference in `K`",
    "°C": "a temperature in °C has a shifted zero and cannot be multiplied; write a temperature difference in `K`",
    "degF": "write a temperature difference in `K`",
    "l": "write `L` for the litre",
    "litre": "write `L`",
    "litres": "write `L`",
    "liter": "write `L`",
    "KWH": "write `kWh`",
    "kwh": "write `kWh`",
    "Kwh": "write `kWh`",
    "KWh": "write `kWh`",
    "mwh": "write `MWh`",
    "MWH": "write `MWh`",
    "Mwh": "write `MWh`",
    "mWh": "write `MWh` for megawatt-hours",
    "KG": "write `kg`",
    "Kg": "write `kg`",
    "T": "write `t` for the metric tonne",
    "KM": "write `km`",
    "$": "write the currency as `USD`",
    "¥": "write the currency as `JPY`",
    "₫": "write the currency as `VND`",
    "đ": "write the currency as `VND`",
    "VNĐ": "write the currency as `VND`",
    "yen": "write the currency as `JPY`",
    "dong": "write the currency as `VND`",
}

_GLUED = re.compile(r"(mg|g|kg|t|kt|Mt|Gg|Tg|mol|kmol)([A-Z][A-Za-z0-9]*)$")
_SPELLINGS = str.maketrans({"²": "2", "³": "3", "·": "*", "×": "*", "\u00a0": " ", "\u202f": " ", "\u2009": " "})

_atoms: dict[str, tuple[float, dict[str, int]]] = {}
_known: dict[str, Unit] = {}


def _table() -> dict[str, tuple[float, dict[str, int]]]:
    if not _atoms:
        with open(TABLE, encoding="utf-8") as file:
            _atoms.update(json.load(file)["units"])
    return _atoms


def snap(number: float) -> float:
    """Clean a scale of binary noise, so that kWh to MJ is 3.6 and not 3.5999999999999996.

    A number is moved to its 12-digit decimal only when that is within a few units of the last place;
    1/24 has no short decimal and stays as it is.
    """
    clean = float(f"{number:.12g}")
    return clean if abs(clean - number) <= 4e-15 * abs(number) else number


def parse(text: str) -> Unit:
    """Read a unit.

    Parameters
    ----------
    text : str
        A unit in any accepted spelling, such as ``tCO2e/MWh``, ``kg CH4/t`` or ``L/100km``.

    Returns
    -------
    Unit
        Normal spelling, scale to base units and dimension.

    Raises
    ------
    UnitError
        CC201 for a unit outside the vocabulary, CC202 for a spelling that cannot be read.
    """
    try:
        return _known[text]
    except KeyError:
        unit = _known[text] = _parse(text)
        return unit


#: the longest unit of the shipped data has 30 characters
MAX_LENGTH = 200


def _parse(text: str) -> Unit:
    if len(text) > MAX_LENGTH:
        raise UnitError("CC202", f"a unit of {len(text)} characters", "write units like `kWh/km` or `tCO2e/year`")
    factor, words = 1.0, []
    dimension: dict[str, int] = {}
    for word, power, number in _words(text):
        scale_, dims = _table()[word]
        try:
            factor *= (scale_ * number) ** power
        except (OverflowError, ZeroDivisionError):
            factor = 0.0
        for name, exponent in dims.items():
            dimension[name] = dimension.get(name, 0) + exponent * power
        words.append((word, power, number))
    if not 1e-300 < factor < 1e300:
        raise UnitError("CC202", f"the unit '{text}' is too large or too small to compute with", "write units like `kWh/km` or `tCO2e/year`")
    dims_ = tuple(sorted((name, exponent) for name, exponent in dimension.items() if exponent))
    return Unit(_normal(words), snap(factor), dims_)


def _words(text: str) -> list[tuple[str, int, float]]:
    """Split a unit into (vocabulary word, power, number in front); a blank binds tighter than a stroke."""
    clean = text.translate(_SPELLINGS).strip()
    if not clean:
        return []
    words: list[tuple[str, int, float]] = []
    sign = 1
    for piece in re.split(r"(/|\*(?!\*)(?<!\*\*))", clean):
        piece = piece.strip()
        if piece == "/":
            sign = -1
        elif piece == "*":
            sign = 1
        elif piece == "1":
            continue
        elif not piece:
            raise UnitError("CC202", f"cannot read the unit '{text}'", "write units like `kWh/km` or `tCO2e/year`")
        else:
            words.extend((word, power * sign, number) for word, power, number in _group(piece, text, sign < 0))
    return words


def _group(piece: str, text: str, below: bool) -> list[tuple[str, int, float]]:
    number = 1.0
    match = re.match(r"([0-9]+)\s*(?=[^\s0-9])", piece)
    if match and below and int(match[1]):
        # `L/100km`: a count of the unit below the stroke; above it a number belongs to the value
        number, piece = float(match[1]), piece[match.end() :]
    words = []
    for part in piece.split():
        for word, power in _atom(part, text):
            words.append((word, power, number))
            number = 1.0
    return words


def _atom(part: str, text: str) -> list[tuple[str, int]]:
    table = _table()
    if part == "%":
        return [("percent", 1)]
    if part == "‰":
        return [("permille", 1)]
    if part in table:
        return [(part, 1)]
    if part in REFUSED:
        raise UnitError("CC201", f"the unit '{part}' is not accepted", REFUSED[part])
    for suffix in ("CO2eq", "CO2-eq", "CO2-e"):
        if part.endswith(suffix):
            return _atom(part[: -len(suffix)] + "CO2e", text)
    glued = _GLUED.match(part)
    if glued and glued[2] in table:
        return [(glued[1], 1), (glued[2], 1)]
    power = re.fullmatch(r"(.+?)(?:\*\*|\^)(-?[0-9])", part)
    if power:
        if power[1] in ("m", "km") and power[2] in ("2", "3") and power[1] + power[2] in table:
            return [(power[1] + power[2], 1)]
        if power[1][-1].isdigit() and ("^" in power[1] or "**" in power[1]):
            raise UnitError("CC202", f"cannot read the unit '{text}': a power of a power", "write one exponent, such as `m**3`")
        return [(word, exponent * int(power[2])) for word, exponent in _atom(power[1], text)]
    raise UnitError("CC201", f"'{part}' is not a unit carboncalc knows" + (f" (in '{text}')" if part != text else ""), _advice(part))


def _advice(part: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(part, list(_table()), n=1)
    if near:
        return f"did you mean `{near[0]}`?"
    return "`carboncalc explain units` lists the accepted units"


def _normal(words: list[tuple[str, int, float]]) -> str:
    """One spelling per unit: mass and gas glued (``tCO2e``), numerator first, `%` for percent."""
    glued: list[tuple[str, int, float]] = []
    gases = {word for word, _, _ in words if _is_gas(word)}
    for word, power, number in words:
        if glued and word in gases and glued[-1][1] == power and glued[-1][0] in ("mg", "g", "kg", "t", "kt", "Mt", "Gg", "Tg"):
            glued[-1] = (glued[-1][0] + word, power, glued[-1][2])
        else:
            glued.append((word, power, number))

    def spelled(word: str, power: int, number: float) -> str:
        name = {"percent": "%", "permille": "‰"}.get(word, word)
        return (f"{number:g}" if number != 1 else "") + name + (f"**{power}" if power != 1 else "")

    above = "*".join(spelled(w, p, n) for w, p, n in glued if p > 0)
    below = "".join("/" + spelled(w, -p, n) for w, p, n in glued if p < 0)
    return (above or "1") + below


def _is_gas(word: str) -> bool:
    return word in ("C", "N") or bool(re.fullmatch(r"(H?C?FC|[CNS])[0-9A-Za-z]*[0-9][0-9a-zA-Z]*", word))


def scale(source: Unit, target: Unit) -> float:
    """Return the factor that turns a value in `source` into a value in `target`.

    Raises
    ------
    UnitError
        CC203 when the dimensions differ.
    """
    if source.dimension != target.dimension:
        raise UnitError(
            "CC203",
            f"'{source.text}' is {describe(source)}; expected {describe(target)} such as '{target.text}'",
            f"write the value in `{target.text}` or another unit of {describe(target)}",
        )
    return snap(source.factor / target.factor)


def convert(value: float, source: str, target: str) -> float:
    """Convert a value between two units of the same dimension."""
    return value * scale(parse(source), parse(target))


_PHRASES = {
    (): "a plain number",
    (("[energy]", 1),): "energy",
    (("[mass]", 1),): "mass",
    (("[length]", 1),): "distance",
    (("[length]", 2),): "area",
    (("[length]", 3),): "volume",
    (("[time]", 1),): "time",
    (("[reporting_year]", 1),): "reporting years",
    (("[energy]", 1), ("[time]", -1)): "power",
}


@lru_cache(1024)  # an amount in another currency meets the error of a wrong dimension on its way
def describe(unit: Unit) -> str:
    """Name a dimension in words, for messages: ``energy per distance``, ``mass of CO2e per energy``."""
    if unit.dimension in _PHRASES:
        return _PHRASES[unit.dimension]
    above: list[str] = []
    below: list[str] = []
    rest = dict(unit.dimension)
    for name in [n for n in rest if n in ("[CO2e]", "[CO2]", "[CH4]", "[N2O]", "[carbon]")]:
        sign = rest[name]
        (above if sign > 0 else below).append(name.strip("[]"))
        del rest[name]
    for words, sign in ((above, 1), (below, -1)):
        if words and rest.get("[mass]", 0) * sign > 0:
            words[0] = f"mass of {words[0]}"
            rest["[mass]"] -= sign
    for name, exponent in rest.items():
        if exponent:
            word = {"[reporting_year]": "year", "[length]": "distance"}.get(name, name.strip("[]"))
            if name == "[length]" and abs(exponent) in (2, 3):
                word, exponent = {2: "area", 3: "volume"}[abs(exponent)], exponent // abs(exponent)
            (above if exponent > 0 else below).extend([word] * abs(exponent))
    return " × ".join(above or ["number"]) + "".join(f" per {word}" for word in below)


_registry: "pint.UnitRegistry[float] | None" = None


def registry() -> "pint.UnitRegistry[float]":
    """Return the one pint registry, built from ``units.txt``; imports pint when first called."""
    global _registry
    if _registry is None:
        import pint

        _registry = pint.UnitRegistry(DEFINITIONS)
    return _registry


def spell(text: str) -> str:
    """Spell a unit for pint: ``tCO2e/MWh`` becomes ``t ** 1 * CO2e ** 1 * MWh ** -1``."""
    words = _words(text)
    parts = [f"({number!r} ** {power}) * {word} ** {power}" for word, power, number in words]
    return " * ".join(parts) or "1"

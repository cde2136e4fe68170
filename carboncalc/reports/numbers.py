"""Numbers as English reports and machine formats show them, and texts made harmless; the JSON keeps every digit, these are for show.

Reports ask `words.Words`, which puts the marks of its language into the same digits.
"""

import re
from collections.abc import Mapping
from typing import Any

#: what moves the cursor, turns the direction of writing, or is not seen at all; joiners stay, since some scripts need them
_CONTROL = "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ud800-\udfff\ufffe\uffff]"  # no pattern yet: most runs show nothing that holds one, and compiling is felt at start-up
_BREAKS = "[\t\n\u2028\u2029]"


def clean(text: object) -> str:
    """Return a text in one line and without control characters, so that nothing in a file can move the cursor."""
    shown = str(text)
    return shown if shown.isprintable() else re.sub(_CONTROL, "", re.sub(_BREAKS, " ", shown))


#: a spreadsheet takes a cell that begins with one of these for a formula; the wide forms too, where Japanese is set
_ACTIVE = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def inert(text: object) -> str:
    """Return a text that no spreadsheet runs when it stands in a cell: an apostrophe in front makes it text."""
    shown = clean(text)
    return "'" + shown if shown.lstrip().startswith(_ACTIVE) else shown


def symbol(result: Mapping[str, Any], row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return label, LaTeX and unit of a row's name, as its measure means it."""
    found: Mapping[str, Any] = result["symbols"].get(f"{row.get('measure')}.{row['name']}") or result["symbols"].get(row["name"], {})
    return found


def amount(value: float | None) -> str:
    """Show an amount of tonnes or money: no decimals from 100 up, else three significant digits."""
    if value is None:
        return "—"
    if value == 0:
        return "0"
    if abs(value) >= 99.95:
        return grouped(f"{value:.0f}")
    text = f"{value:.3g}" if abs(value) >= 0.001 else f"{value:.2e}"
    return "−" + text[1:] if value < 0 else text


def figure(value: Any) -> str:
    """Show a factor or input: up to six significant digits, thousands grouped."""
    if value is None:
        return "—"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return clean(value)
    if value == int(value) and 1900 <= value <= 2200:
        return str(int(value))  # most likely a calendar year
    if value == int(value) and abs(value) < 1e15:
        return grouped(str(int(value)))
    text = f"{value:.6g}" if not 1e6 <= abs(value) < 1e15 else f"{value:.0f}"
    return grouped(text) if "e" not in text else text


def grouped(digits: str) -> str:
    """Group thousands with a no-break space."""
    sign, digits = ("−", digits[1:]) if digits.startswith("-") else ("", digits)
    whole, point, rest = digits.partition(".")
    return f"{sign}{int(whole):,}".replace(",", "\u00a0") + point + rest


def cell(name: str, index: Mapping[str, Any]) -> str:
    """Name one cell: ``BE[bus, 2027]``."""
    return f"{name}[{', '.join(str(v) for v in index.values())}]" if index else name

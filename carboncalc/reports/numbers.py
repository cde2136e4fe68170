"""Numbers as people read them; the JSON keeps every digit, these are for show."""

import re
from collections.abc import Mapping
from typing import Any

from ..result import UNVERIFIED

#: what moves the cursor, turns the direction of writing, or is not seen at all; joiners stay, since some scripts need them
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ud800-\udfff\ufffe\uffff]")
_BREAKS = re.compile("[\t\n\u2028\u2029]")


def clean(text: object) -> str:
    """Return a text in one line and without control characters, so that nothing in a file can move the cursor."""
    shown = str(text)
    return shown if shown.isprintable() else _CONTROL.sub("", _BREAKS.sub(" ", shown))


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


def short(value: Any) -> str:
    """Show an amount in few characters: ``60 m``, ``2 bn``."""
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return figure(value)
    for size, word in ((1e9, "bn"), (1e6, "m")):
        if abs(value) >= size:
            return f"{value / size:.4g}".replace("-", "−") + f"\u00a0{word}"
    return amount(float(value))


def grouped(digits: str) -> str:
    """Group thousands with a no-break space."""
    sign, digits = ("−", digits[1:]) if digits.startswith("-") else ("", digits)
    whole, point, rest = digits.partition(".")
    return f"{sign}{int(whole):,}".replace(",", "\u00a0") + point + rest


def share(value: float) -> str:
    """Show a share in percent."""
    return f"{value * 100:.0f} %"


def cell(name: str, index: Mapping[str, Any]) -> str:
    """Name one cell: ``BE[bus, 2027]``."""
    return f"{name}[{', '.join(str(v) for v in index.values())}]" if index else name


def mark(confidence: str | None) -> str:
    """Return the confidence word, with a warning where it is not enough."""
    return f"{confidence}, unverified" if confidence in UNVERIFIED else (confidence or "—")


def doubt(verdict: str, unverified: int) -> str:
    """Return what must stand behind a yes that rests on unverified thresholds."""
    return f" ({unverified} unverified)" if verdict == "eligible" and unverified else ""


def own(value: Any, unit: str | None) -> str:
    """Show a value with its unit; a plain share of one as percent, a plain number bare."""
    if isinstance(value, (bool, str)) or value is None:
        return figure(value)
    if unit in (None, "1"):
        return figure(value)
    return f"{figure(value)} {unit}"

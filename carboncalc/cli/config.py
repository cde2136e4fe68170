"""Settings of a team: `carboncalc.toml`, or `[tool.carboncalc]` in `pyproject.toml`, of the nearest folder upwards.

A flag beats an environment variable, which beats the file. The file only gives defaults to options that exist: a key that no
option has is an error, not a wish.
"""

import os
from typing import Any

from .. import library
from ..findings import did_you_mean

#: key in the file -> parameter of the commands, and what it must be
KEYS: dict[str, tuple[str, str]] = {
    "format": ("format", "a format"),
    "fail-on": ("fail_on", "a list of gates"),
    "exclude": ("exclude", "a list of texts"),
    "jobs": ("jobs", "a whole number"),
    "executor": ("executor", "a text"),
    "width": ("width", "a whole number"),
    "quiet": ("quiet", "true or false"),
    "no-color": ("no_color", "true or false"),
    "lang": ("lang", "a language"),
}
NAMES = ("carboncalc.toml", "pyproject.toml")


class BadConfig(Exception):
    """The file cannot be used; the text says where and why."""


def find(folder: str) -> str | None:
    """Return the nearest settings file upwards; a `pyproject.toml` counts when it has the table."""
    while True:
        for name in NAMES:
            path = os.path.join(folder, name)
            if os.path.isfile(path) and (name == NAMES[0] or _has_table(path)):
                return path
        above = os.path.dirname(folder)
        if above == folder:
            return None
        folder = above


def _has_table(path: str) -> bool:
    try:
        with open(path, "rb") as file:
            return b"tool.carboncalc" in file.read()
    except OSError:
        return False


def read(path: str) -> dict[str, Any]:
    """Read the settings as parameters of the commands.

    Raises
    ------
    BadConfig
        For a file that is not TOML, an unknown key or a value of the wrong kind, with its line.
    """
    import tomllib

    from ..portfolio.gates import parse_gate  # only where there is a file: it brings the whole appraisal

    shown = os.path.relpath(path) if os.path.isabs(path) else path
    try:
        with open(path, encoding="utf-8", opener=library.regular) as file:
            text = file.read()
        data = tomllib.loads(text)
    except OSError as bad:
        raise BadConfig(f"{shown}: {bad.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as bad:
        raise BadConfig(f"{shown}: not TOML: {bad}") from None
    table = data.get("tool", {}).get("carboncalc", {}) if os.path.basename(path) == "pyproject.toml" else data
    settings = {}
    for key, value in table.items():
        where = f"{shown}:{_line(text, key)}"
        if key not in KEYS:
            raise BadConfig(f"{where}: unknown key `{key}`; {did_you_mean(key, KEYS) or 'keys: ' + ', '.join(KEYS)}")
        name, kind = KEYS[key]
        if not _fits(kind, value):
            raise BadConfig(f"{where}: `{key}` is {value!r}; expected {kind}")
        if kind == "a list of gates":
            try:
                for gate in value:
                    parse_gate(gate)
            except ValueError as bad:
                raise BadConfig(f"{where}: {bad}") from None
        settings[name] = value
    return settings


def _fits(kind: str, value: Any) -> bool:
    if kind == "true or false":
        return isinstance(value, bool)
    if kind == "a whole number":
        return isinstance(value, int) and not isinstance(value, bool) and value > 0
    if kind == "a format":
        from ..reports.formats import FORMATS

        return value in FORMATS
    if kind == "a language":
        from ..reports.words import LANGUAGES

        return value in LANGUAGES
    if kind == "a text":
        return isinstance(value, str)
    return isinstance(value, list) and all(isinstance(word, str) for word in value)


def _line(text: str, key: str) -> int:
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip().removeprefix('"').startswith(key):
            return number
    return 1


def defaults(path: str | None) -> dict[str, dict[str, Any]]:
    """Return the settings by command, each with the options it has.

    Parameters
    ----------
    path : str or None
        The file named by the user; None looks upwards from the working folder.
    """
    found = path or find(os.getcwd())
    if found is None:
        return {}
    settings = read(found)
    from ..reports.formats import CHECKED

    check = {"fail_on", "exclude", "quiet", "no_color", "lang"} | ({"format"} if settings.get("format") in CHECKED else set())
    return {
        "estimate": settings,
        "check": {k: v for k, v in settings.items() if k in check},
        "report": {k: v for k, v in settings.items() if k in ("quiet", "width", "no_color", "lang")},
        "lock": {k: v for k, v in settings.items() if k in ("exclude", "no_color", "lang")},
        **{name: {k: v for k, v in settings.items() if k in ("width", "no_color", "lang")} for name in ("trace", "solve", "diff")},
        **{name: {k: v for k, v in settings.items() if k == "lang"} for name in ("explain", "factors", "methods", "programmes", "init")},
    }

"""Which language a report is in, and its words."""

import os
from typing import Any

from .. import library
from ..findings import did_you_mean
from ..reports.words import ENGLISH, LANGUAGES, Words


def words(language: str | None, terminal: bool = False) -> Words:
    """Return the words of a language.

    Parameters
    ----------
    language : str or None
        What the user asked for, with ``--lang``, ``CARBONCALC_LANG`` or a settings file.
    terminal : bool
        The report goes to a terminal: there the language of the system counts when nobody asked for one. A file or a pipe is
        English then, so that the same command gives the same bytes on every machine.

    Raises
    ------
    ValueError
        When there is no such language; the text is for the user.
    """
    chosen = language or (_system() if terminal else None) or "en"
    if chosen not in LANGUAGES:
        raise ValueError(f"there is no language '{chosen}'; {did_you_mean(chosen.lower(), LANGUAGES) or 'languages: ' + ', '.join(LANGUAGES)}")
    return Words(chosen, lambda: _texts(chosen))


def _system() -> str | None:
    """Return the language of the system, if it is one of ours; the first variable that is set decides, as POSIX has it."""
    named = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    language = named[:2].lower()
    return language if language in LANGUAGES and not named[2:3].isalpha() else None


def _texts(language: str) -> Any:
    """Return a catalogue; one of another language holds the English of the findings too, by which a finding is known, and English neither."""
    own, english = (os.path.join(library.data_path("locale"), f"{name}.yaml") for name in (language, "en"))

    def build() -> Any:
        texts = library.read(own).data
        if language == "en":
            return {section: texts[section] for section in texts if section not in ("findings", "finding_titles")}
        return {**texts, ENGLISH: library.read(english).data["findings"]}

    return library.cached(f"locale-{language}", [own, english], build)

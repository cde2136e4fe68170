"""The words of a language, and its way of writing numbers and dates.

A renderer is handed `Words` and asks them for everything that a reader reads; the texts themselves are data, in ``locale/``.
"""

from collections.abc import Mapping
from typing import Any

from . import numbers

LANGUAGES = ("en", "ja", "vi")
#: section of a catalogue that is not English: the English of its `findings`, by which a finding is known
ENGLISH = "english_findings"


class Words:
    """One language.

    Parameters
    ----------
    language : str
        ``en``, ``ja`` or ``vi``.
    texts : mapping
        Section → key → text, as the catalogue has them; a text that counts is a mapping with ``one`` and ``other``.
    """

    def __init__(self, language: str, texts: Mapping[str, Mapping[str, Any]]) -> None:
        self.language = language
        self._texts = texts
        marks = texts["number"]
        self._marks = str.maketrans({"\u00a0": marks["group"], ".": marks["decimal"]})

    def __call__(self, key: str, /, **values: object) -> str:
        """Return the text of ``section.key`` with its placeholders filled.

        Raises
        ------
        KeyError
            When the catalogue has no such key: a fault of the code, which a test looks for.
        """
        section, _, name = key.partition(".")
        text = self._texts[section][name]
        return text.format(**values) if values else str(text)

    def count(self, key: str, n: int, **values: object) -> str:
        """Return the form of a text for `n`, which is also its placeholder ``{n}``."""
        section, _, name = key.partition(".")
        forms = self._texts[section][name]
        return str(forms["one" if n == 1 else "other"]).format(n=self.figure(n), **values)

    def has(self, key: str) -> bool:
        """Tell whether there is a text for a key that is made from a word of the result."""
        section, _, name = key.partition(".")
        return name in self._texts.get(section, {})

    def pairs(self, code: str) -> list[tuple[str, str]]:
        """Return the texts of a finding code, or of ``common``, as templates: English, and this language."""
        own = self._texts["findings"].get(code, ())
        return list(zip(self._texts.get(ENGLISH, self._texts["findings"]).get(code, ()), own, strict=True))

    def number(self, digits: str) -> str:
        """Put the marks of the language into digits with a point; blanks that do not break group thousands."""
        return digits.translate(self._marks)

    def of(self, label: Mapping[str, str] | str | None) -> str:
        """Return a label of the result in this language; one that was never translated stays English."""
        if label is None or isinstance(label, str):
            return numbers.clean(label or "")
        return numbers.clean(label.get(self.language) or label.get("en") or "")

    def amount(self, value: float | None) -> str:
        """Show an amount of tonnes or money; see `numbers.amount`."""
        return numbers.amount(value).translate(self._marks)

    def figure(self, value: Any) -> str:
        """Show a factor or input; see `numbers.figure`."""
        if isinstance(value, bool):
            return self("say.yes" if value else "say.no")
        return numbers.figure(value) if isinstance(value, str) else numbers.figure(value).translate(self._marks)

    def date(self, day: str) -> str:
        """Show a day that the result holds as ``2025-09-30``."""
        year, month, number = day.split("-")
        return self("date.day", year=int(year), month=self("date.months").split()[int(month) - 1], day=int(number))

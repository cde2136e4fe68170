"""The words of a language, and its way of writing numbers and dates.

A renderer is handed `Words` and asks them for everything that a reader reads; the texts themselves are data, in ``locale/``.
"""

import re
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from ..result import UNVERIFIED
from . import numbers

LANGUAGES = ("en", "ja", "vi")
#: section of a catalogue that is not English: the English of its `findings`, by which a finding is known
ENGLISH = "english_findings"

#: how a verdict looks before its word, so that its meaning rests neither on the word nor on a colour
SIGNS = {
    "pass": "✓",
    "fail": "✗",
    "unknown": "?",
    "eligible": "✓",
    "not-eligible": "✗",
    "undetermined": "?",
    "met": "✓",
    "not-met": "✗",
    "missing": "?",
}
STYLES = {"✓": "green", "✗": "red", "?": "yellow"}

#: how the source of a value begins that was taken from another
_EQUAL = "equal to "
_DAY = r"\d{4}-\d\d-\d\d"  # no pattern yet: compiling is felt at start-up
#: a number as a project file has it, thousands grouped with blanks, and how large it is
_WRITTEN = r"(?<![\w.-])(-?(?:\d{1,3}(?:[ \u00a0]\d{3})+|\d+)(?:\.\d+)?(?:e[+-]?\d+)?)(?: (million\b|billion\b|%))?(?![\w.])"


Texts = Mapping[str, Mapping[str, Any]]


class Words:
    """One language.

    Parameters
    ----------
    language : str
        ``en``, ``ja`` or ``vi``.
    texts : mapping, or callable that returns it
        Section → key → text, as the catalogue has them; a text that counts is a mapping with ``one`` and ``other``. A callable is
        called with the first text: a run that shows nothing to people reads no catalogue.
    labels : mapping, optional
        English → label by language, for names within the message of a finding; see `about`.
    """

    def __init__(self, language: str, texts: Texts | Callable[[], Texts], labels: Mapping[str, Mapping[str, str]] | None = None) -> None:
        self.language = language
        self._source = texts
        self._labels = labels or {}

    @cached_property
    def _texts(self) -> Texts:
        return self._source() if callable(self._source) else self._source

    @cached_property
    def _marks(self) -> Mapping[int, str]:
        marks = self._texts["number"]
        return str.maketrans({"\u00a0": marks["group"], ".": marks["decimal"]})

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel to a worker with the texts read: it may stand on another machine."""
        return Words, (self.language, self._texts, self._labels)

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
        return list(zip(self._texts[ENGLISH].get(code, ()), own, strict=True))

    def of(self, label: Mapping[str, str] | str | None) -> str:
        """Return a label of the result in this language; one that was never translated stays English.

        A label without languages is one that the code wrote: the section ``label`` has those, under their English text.
        """
        if isinstance(label, Mapping):
            if text := label.get(self.language):
                return numbers.clean(text)
            label = label.get("en")
        text = numbers.clean(label or "")
        return str(self._texts["label"].get(text, text))

    def origin(self, source: str | None) -> str:
        """Return the source of a quantity: a citation as it stands, or what the code says in place of one."""
        if source and source.startswith(_EQUAL):
            return self("say.equal_to", formula=self.of(source.removeprefix(_EQUAL)))
        return self.of(source)

    def source(self, row: Mapping[str, Any]) -> str:
        """Return source and page of a quantity."""
        return ", ".join(x for x in (self.origin(row["source"]), self.of(row["page"])) if x)

    def about(self, result: Mapping[str, Any]) -> "Words":
        """Return these words for one result, whose findings name its inputs and conditions by their labels."""
        if self.language == "en":
            return self
        from .finding_words import labels_of

        return Words(self.language, self._texts, labels_of(result))

    def finding(self, found: Mapping[str, Any]) -> tuple[str, str]:
        """Return message and remedy of a finding."""
        if self.language == "en":
            return numbers.clean(found["message"]), numbers.clean(found["help"] or "")
        from .finding_words import translate  # patterns, which English does not need

        message, help_ = translate(found, self, self._labels)
        return numbers.clean(message), numbers.clean(help_)

    def remark(self, conflict: str) -> str:
        """Return what another source says of a threshold, one of the `conflicts` of a criterion."""
        if self.language == "en":
            return numbers.clean(conflict)
        from .finding_words import remark

        return numbers.clean(remark(conflict, self))

    def verdict(self, verdict: str) -> str:
        """Return a verdict, or the state of a paper, with its sign: ``✓ pass``."""
        return f"{SIGNS[verdict]} {self('verdict.' + verdict)}"

    def mark(self, confidence: str | None) -> str:
        """Return the confidence word, with a warning where it is not enough."""
        if not confidence:
            return "—"
        word = self("confidence." + confidence)
        return self("confidence.doubtful", word=word) if confidence in UNVERIFIED else word

    def doubt(self, verdict: str, unverified: int) -> str:
        """Return what must stand behind a yes that rests on unverified thresholds."""
        return self("verdict.with_unverified", n=self.figure(unverified)) if verdict == "eligible" and unverified else ""

    # --- numbers and dates --------------------------------------------------------------------------------------

    def number(self, digits: str) -> str:
        """Put the marks of the language into digits with a point, such as ``f"{value:.1f}"``; blanks that do not break group thousands."""
        return digits.translate(self._marks)

    def amount(self, value: float | None) -> str:
        """Show an amount of tonnes or money; see `numbers.amount`."""
        return self.number(numbers.amount(value))

    def signed(self, value: float) -> str:
        """Show a change with its sign."""
        return f"+{self.amount(value)}" if value > 0 else self.amount(value)

    def figure(self, value: Any) -> str:
        """Show a factor or input; see `numbers.figure`."""
        if isinstance(value, bool):
            return self("say.yes" if value else "say.no")
        return numbers.figure(value) if isinstance(value, str) else self.number(numbers.figure(value))

    def short(self, value: Any) -> str:
        """Show an amount in few characters: ``60 m``, ``2 bn``."""
        if not isinstance(value, (int, float)) or isinstance(value, bool):
            return self.figure(value)
        return self._large(value) if abs(value) >= 1e6 else self.amount(float(value))

    def _large(self, value: float) -> str:
        """Show four digits of a large amount in the words of the language, which need not be those of a million: Japanese counts in 億 and 万."""
        marks = self._texts["number"]
        word = "billion" if abs(value) >= marks["billion_is"] else "million"
        digits = f"{value / marks[word + '_is']:.4g}"
        return self.number(numbers.grouped(digits) if "e" not in digits else digits.replace("-", "−")) + str(marks[word])

    def percent(self, value: float | None, digits: str = ".4g") -> str:
        """Show a share of one in percent; `digits` is a format such as ``.1f``."""
        return "—" if value is None else self.number(format(value * 100, digits)) + self("number.percent")

    def share(self, value: float) -> str:
        """Show a share in whole percent."""
        return self.percent(value, ".0f")

    def own(self, value: Any, unit: str | None) -> str:
        """Show a value with its unit; a plain number bare."""
        if isinstance(value, (bool, str)) or value is None or unit in (None, "1"):
            return self.figure(value)
        return f"{self.figure(value)} {unit}"

    def written(self, text: str) -> str:
        """Show a quantity that stands in the notation of a project file, such as ``54 900 km/year``, with the marks of this language."""
        if self.language == "en":
            return text

        def put(match: re.Match[str]) -> str:
            digits, word = match[1].replace(" ", "\u00a0"), match[2]
            if word in (None, "%"):
                return self.number(digits) + (self("number.percent") if word else "")
            from decimal import Decimal  # rarely needed, and not quick to import

            value = Decimal(digits.replace("\u00a0", "")) * (10**9 if word == "billion" else 10**6)
            marks = self._texts["number"]
            word = "billion" if abs(value) >= marks["billion_is"] else "million"
            return self.number(numbers.grouped(f"{(value / marks[word + '_is']).normalize():f}")) + str(marks[word])

        return re.sub(_WRITTEN, put, re.sub(_DAY, lambda match: self.day(match[0]), text))

    def span(self, low: str, high: str) -> str:
        """Show a range of two texts."""
        return self("say.span", low=low, high=high)

    def date(self, day: str) -> str:
        """Show a day that the result holds as ``2025-09-30``."""
        year, month, number = day.split("-")
        return self("date.day", year=int(year), month=self("date.months").split()[int(month) - 1], day=int(number))

    def day(self, day: str) -> str:
        """Show a day in few characters, for a table."""
        year, month, number = map(int, day.split("-"))
        return self("date.short", year=year, month=month, day=number)

    def value(self, value: Any, unit: str | None, count: bool = False) -> str:
        """Show what a criterion compares: a share of one in percent, a day as a day, a count (which may be a year) whole."""
        if isinstance(value, str):
            return self.day(value) if unit == "day" and re.fullmatch(_DAY, value) else numbers.clean(value)
        if isinstance(value, bool) or count or value is None:
            return self.figure(value)
        return self.percent(value) if unit == "1" else self.short(value)

"""A proposal while it is being written: a page with the result it is made of, and how rows of the result are shown."""

from collections.abc import Iterable, Sequence
from typing import Any

from ...formula.symbols import latex_of, linear
from ...result import UNVERIFIED
from ..numbers import clean, symbol
from ..words import Words
from .blocks import Heading
from .sheet import Json as Json
from .sheet import Sheet


class Draft(Sheet):
    """A proposal while it is being written.

    Parameters
    ----------
    result : mapping
        The JSON object, format 1.
    words : Words
        The language.
    """

    def __init__(self, result: Json, words: Words) -> None:
        super().__init__(words)
        self.result = result
        self.methods: list[tuple[str, Json]] = list(methods(result))
        #: a JCM methodology speaks of reference emissions where others speak of a baseline
        self.before = "reference" if any(m["scheme"] == "jcm" for _, m in self.methods) and not result.get("park") else "baseline"

    def t(self, key: str, /, **values: object) -> str:
        """Return a text of the proposal."""
        return self.words(f"proposal.{key}", **values)

    def section(self, key: str) -> None:
        """Begin a section."""
        self.blocks.append(Heading(1, self.t(key), key.replace("_", "-")))

    def fill(self, key: str, rows: Iterable[tuple[str, str]]) -> None:
        """Write what a form asks for: an empty entry is the applicant's to fill in, and says so."""
        todo = f"[ {self.t('applicant')} ]"
        self.table(self.t("fill_caption", what=self.t(key)), [(self.t("item"), "w"), (self.t("entry"), "w")], [[a, b or todo] for a, b in rows])

    # -- cells ----------------------------------------------------------------------------------------------------------------------

    def compared(self, c: Json) -> tuple[str, str]:
        """Show what a criterion compares; what rounding would make equal is shown with more digits."""
        unit, count = c["unit"], c.get("count", False)
        value, threshold = (self.with_unit(rough(c[key], unit, count), unit, count) for key in ("value", "threshold"))
        if value == threshold and c["value"] != c["threshold"]:
            value, threshold = (self.with_unit(c[key], unit, count) for key in ("value", "threshold"))
        return value, threshold

    def quantity(self, q: Json, value: Any) -> str:
        """Show a value of a quantity with its unit: in percent where the project file has it so, or where it is a share by nature."""
        share = "%" in str(q.get("given") or "") or symbol(self.result, q).get("max") == 1
        return self.with_unit(value, q["unit"], count=not share)

    def spanned(self, q: Json, low: float, high: float) -> str:
        """Show a range of a quantity, its unit once."""
        first, last = self.quantity(q, low), self.quantity(q, high)
        unit = f"\u00a0{clean(q['unit'])}"
        return self.words("document.between", low=first.removesuffix(unit), high=last)

    def span(self) -> str:
        """Show the years estimated."""
        years = self.result["years"]
        first, last = years[0]["year"], years[-1]["year"]
        return str(first) if first == last else self.t("span", first=first, last=last)

    def country(self) -> str:
        """Name the host country; one that is no partner of the JCM has its code only."""
        code = clean(self.result["project"]["country"])
        key = f"country.{code}"
        return self.words("document.bracket", text=self.words(key), more=code) if self.words.has(key) else code

    def verdict(self, programme: Json) -> str:
        """Return a verdict in words, never without its unverified thresholds."""
        word = self.words.of(programme["wording"]) if programme.get("wording") else self.t(programme["verdict"])
        count = programme["unverified"]
        if not count:
            return word
        return self.words.count("proposal.subject" if programme["verdict"] == "eligible" else "proposal.besides", count, verdict=word)

    def label(self, row: Json) -> str:
        """Name a step or quantity: its label, the measure and the items it stands for."""
        return self.named(row, [*([row["measure"]] if row.get("measure") else []), *(v for k, v in row["index"].items() if k != "year")])

    def named(self, row: Json, index: Sequence[object]) -> str:
        """Name a row with items of one's own choice."""
        label = self.meaning(row)
        return f"{label} [{self.listed(clean(v) for v in index)}]" if index else label

    def meaning(self, row: Json) -> str:
        """Return what a name stands for."""
        return self.words.of(symbol(self.result, row).get("label") or row.get("label")) or clean(row["name"])

    def mark(self, row: Json) -> str:
        """Return the symbol of a row in a line of text, as its equations print it."""
        return linear(latex_of(row["name"], symbol(self.result, row).get("latex")))

    def known(self, name: str) -> Any:
        """Return what a programme was told of a figure, such as the legal durable years; None when none was."""
        rules = (p["rules"]["figures"].get(name) for p in self.result["programmes"] if p.get("rules"))
        return next((figure["value"] for figure in rules if figure and figure["value"] is not None), None)

    def stated(self, *ids: str) -> list[tuple[str, str]]:
        """Return what the project file states for criteria, wherever a programme asks it; what it leaves open is empty."""
        found: dict[str, tuple[str, str]] = {}
        for programme in self.result["programmes"]:
            for c in programme["criteria"]:
                if c["id"] in ids:
                    known = c["verdict"] != "unknown" and c["value"] is not None
                    if known or c["id"] not in found:
                        found[c["id"]] = (self.words.of(c["label"]), self.with_unit(c["value"], c["unit"], c.get("count", False)) if known else "")
        return [found[id_] for id_ in ids if id_ in found]


def methods(result: Json) -> Iterable[tuple[str, Json]]:
    """Yield each methodology with the measure that uses it; in a park, each with its first exchange or project."""
    if result["methodology"]:
        yield "", result["methodology"]
    for measure in result.get("measures") or []:
        yield clean(measure["id"]), measure["methodology"]
    seen = set()
    for member in [*(result.get("exchanges") or []), *(result.get("projects") or [])]:
        inner = [member["methodology"]] if member.get("methodology") else [m["methodology"] for m in member.get("measures") or []]
        for method in inner:
            if method["id"] not in seen:
                seen.add(method["id"])
                yield clean(member["id"]), method


def rough(value: Any, unit: str | None, count: bool) -> Any:
    """Round an amount as amounts are shown: to whole ones from 100 up, else to three digits; a share, a count or a day stays."""
    if isinstance(value, str | bool) or value is None or count or unit in ("1", "day"):
        return value
    return float(f"{value:.0f}" if abs(value) >= 99.95 else f"{value:.3g}")


def unverified(row: Json) -> bool:
    """Tell whether a row is to be compared with its source."""
    return row["confidence"] in UNVERIFIED

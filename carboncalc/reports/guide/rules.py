"""A criterion as a sentence: the names of its formula give way to what they stand for, and constants show their values."""

import re

from ..numbers import clean
from .page import Json, Page

_TABLE = re.compile(r"lookup\((\w+), (\w+)\)")
_TOKEN = re.compile(r'"[^"]*"|[A-Za-z_]\w*|[<>!=]=|[*/<>]|\d+(?:\.\d+)?')
_SIGNS = {"<=": "≤", ">=": "≥", "==": "=", "!=": "≠", "*": "×", "/": "÷"}
_WORDS = ("and", "or", "not", "in", "where", "min", "max", "True", "False")
_CALL, _ONLY = re.compile(r":\("), re.compile(r",\s*\)")
_ONE = re.compile(r"(not )?([A-Za-z_]\w*)")


class Rules:
    """The rules of one version of a programme.

    Parameters
    ----------
    page : Page
        The page on which they are told.
    rules : mapping
        The version as its file has it, whole.
    """

    def __init__(self, page: Page, rules: Json) -> None:
        self.page, self.rules = page, rules
        self.entry = {spec["symbol"]: spec for spec in rules.get("entry", {}).values()}

    def condition(self, row: Json) -> str:
        """Tell what must hold for a criterion to be met."""
        page = self.page
        rule = row.get("test")
        asked = _ONE.fullmatch(rule) if rule else None
        if rule is None:
            text = f"{self.told(row['value'])} {_SIGNS.get(row['compare'], row['compare'])} {self.told(row['threshold'])}"
        elif asked and asked[2] in self.rules.get("facts", {}):
            fact = self.rules["facts"][asked[2]]
            text = page.t("no_to" if asked[1] else "yes_to", what=page.words.of(fact.get("ask")) or page.words.of(fact["label"]))
        else:
            text = self.told(rule)
        if row.get("applies"):
            only = f" {page.t('word_and')} ".join(map(self.told, row["applies"]))
            text = page.t("only_if", only=only, text=text)
        return text

    def told(self, formula: str) -> str:
        """Write a formula with the labels of its names."""
        pieces = _TABLE.split(formula)  # a text, and the table and the key of each look-up behind it
        text = self._words(pieces[0])
        for table, by, rest in zip(pieces[1::3], pieces[2::3], pieces[3::3], strict=True):
            text += self.page.t("by_table", table=self._word(table), by=self._word(by)) + self._words(rest)
        return _ONLY.sub(")", _CALL.sub(": (", text))

    def _words(self, formula: str) -> str:
        return clean(_TOKEN.sub(lambda match: self._word(match[0]), formula))

    def _word(self, token: str) -> str:
        page, rules = self.page, self.rules
        if token.startswith('"'):
            code = token.strip('"')
            return page.country(code) if page.words.has(f"country.{code}") else code
        if token in _SIGNS or token in ("<", ">"):
            return _SIGNS.get(token, token)
        if token[0].isdigit():
            return page.words.figure(float(token))
        if token in _WORDS:
            return page.t(f"word_{token.lower()}")
        constant = rules.get("constants", {}).get(token)
        if constant:
            value = page.stated(constant["value"], constant["unit"])
            return page.words("document.bracket", text=self._quoted(page.words.of(constant["label"])), more=value)
        for kind in ("facts", "tables", "equations"):
            spec = rules.get(kind, {}).get(token) or rules.get(kind, {}).get(token.removesuffix("_group"))
            if spec:
                return self._quoted(page.words.of(spec["label"]))
        if token in self.entry:
            return self._quoted(page.words.of(self.entry[token]["label"]))
        return self._quoted(page.t(f"out_{token}") if page.words.has(f"guide.out_{token}") else token)

    def _quoted(self, text: str) -> str:
        return self.page.t("quote", text=text)

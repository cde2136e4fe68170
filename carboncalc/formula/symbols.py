r"""Symbols as they are printed: the LaTeX of a name, read into parts that MathML, Word and Typst can write.

Methodologies give their symbols in a small part of LaTeX: letters, Greek letters, digits, ``_`` and ``^`` with groups, ``\overline``,
``\text``, a small space, and signs. What is read is a tree of plain lists, ``[kind, …]``::

    row part…        parts side by side
    letters text     a symbol of one or several letters, set in italics; Greek letters are themselves
    text text        words, set upright
    number digits
    sign text        + - / ( ) , and the small space "\u2009"
    sub base below   sup base above   over inside

A saved result may hold any text: `latex_of` gives back only what can be read, and makes a symbol of the name otherwise.
"""

import re
from typing import Any

Mark = list[Any]

GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "varepsilon": "ε", "zeta": "ζ", "eta": "η", "theta": "θ", "kappa": "κ", "lambda": "λ",
    "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ", "phi": "φ", "varphi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω",
    "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Pi": "Π", "Sigma": "Σ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω",
}  # fmt: skip
SMALL_SPACE = "\u2009"
_TOKEN = re.compile(r"\s*(\\text\{[^{}\\$&#%~^]*\}|\\[A-Za-z]+|\\,|[A-Za-z]+|[0-9]+(?:\.[0-9]+)?|[{}_^]|[-+/(),])")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


def read(latex: str) -> Mark:
    """Read the LaTeX of a symbol.

    Raises
    ------
    ValueError
        When it is not in the part of LaTeX that symbols use.
    """
    tokens: list[str] = []
    at = 0
    latex = latex.strip()
    while at < len(latex):
        found = _TOKEN.match(latex, at)
        if found is None or len(tokens) > 200:
            raise ValueError(f"not the LaTeX of a symbol: {latex[:80]!r}")
        tokens.append(found[1])
        at = found.end()
    reader = _Reader(tokens)
    tree = reader.row()
    if reader.at < len(tokens) or tree == ["row"]:
        raise ValueError(f"not the LaTeX of a symbol: {latex[:80]!r}")
    return tree


class _Reader:
    def __init__(self, tokens: list[str]) -> None:
        self.tokens, self.at, self.depth = tokens, 0, 0

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self) -> str:
        token = self.peek()
        self.at += 1
        return token

    def row(self) -> Mark:
        parts = []
        while self.peek() not in ("", "}"):
            part = self.atom()
            while self.peek() in ("_", "^"):
                kind = "sub" if self.take() == "_" else "sup"
                part = [kind, part, self.atom(single=True)]
            parts.append(part)
        return parts[0] if len(parts) == 1 else ["row", *parts]

    def atom(self, single: bool = False) -> Mark:
        """Read one thing; after ``_`` and ``^`` a `single` letter or digit, as LaTeX has it."""
        token = self.take()
        if token == "{":
            self.depth += 1
            inside = self.row()
            if self.depth > 20 or self.take() != "}":
                raise ValueError("not the LaTeX of a symbol: a group that is not closed")
            self.depth -= 1
            return inside
        if token.startswith("\\text{"):
            return ["text", token[6:-1]]
        if token == "\\,":
            return ["sign", SMALL_SPACE]
        if token == "\\overline":
            return ["over", self.atom(single=True)]
        if token[:1] == "\\" and token[1:] in GREEK:
            return ["letters", GREEK[token[1:]]]
        if single and len(token) > 1 and token[0] != "\\":
            self.at -= 1
            self.tokens[self.at] = token[1:]
            token = token[0]
        if token[:1].isascii() and token[:1].isalpha():
            return ["letters", token]
        if token[:1].isdigit():
            return ["number", token]
        if token in ("-", "+", "/", "(", ")", ","):
            return ["sign", token]
        raise ValueError(f"not the LaTeX of a symbol: {token!r} cannot stand here")


def latex_of(name: str, latex: str | None = None) -> str:
    """Return the LaTeX of a symbol: the methodology's own, or one made of the name.

    Parameters
    ----------
    name : str
        ``EF_BL_km``: a base and its subscripts; ``present_value``: words, since it begins with a small word.
    latex : str, optional
        What the methodology says; what is no LaTeX of a symbol is not used.
    """
    if latex:
        try:
            read(latex)
        except ValueError:
            pass
        else:
            return latex
    if not _NAME.fullmatch(name):
        return rf"\text{{{re.sub(r'[^A-Za-z0-9 .,:-]', ' ', name)[:60].strip() or '?'}}}"
    base, *below = [part for part in name.split("_") if part]
    if base.islower() and len(base) > 2 and base not in GREEK:
        return rf"\text{{{name.replace('_', ' ').strip()}}}"
    letters, digits = re.fullmatch(r"(.*?)([0-9]*)", base).groups()  # type: ignore[union-attr]
    below = [*([digits] if digits else []), *below]
    head = rf"\{letters}" if letters in GREEK else letters
    return rf"{head}_{{{','.join(below)}}}" if below else head

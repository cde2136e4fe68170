"""The LaTeX of a name: what its methodology prints, or a symbol made of the name itself."""

import re

from .layout import Mark, symbol

_GREEK = [
    "alpha",
    "beta",
    "gamma",
    "delta",
    "epsilon",
    "zeta",
    "eta",
    "theta",
    "kappa",
    "mu",
    "nu",
    "xi",
    "pi",
    "rho",
    "sigma",
    "tau",
    "phi",
    "varphi",
    "chi",
    "psi",
    "omega",
]
#: the part of LaTeX that symbols use; a text of any other kind, from a saved result of a stranger, is not handed on as LaTeX
_KNOWN = re.compile(
    r"(?:\\(?:overline|text|" + "|".join(_GREEK) + r"|Delta|Sigma|Phi|Omega|Gamma|Lambda|Theta|Pi|Psi|lambda)\b|\\,|[A-Za-z0-9_^{}+\-/(),. ])+"
)
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


def latex_of(name: str, latex: str | None = None) -> str:
    """Return the LaTeX of a symbol.

    Parameters
    ----------
    name : str
        ``EF_BL_km``: a base and its indices; ``present_value``: words, since it begins with a small word.
    latex : str, optional
        What the methodology prints; what is no LaTeX of a symbol is not used.
    """
    if latex and len(latex) <= 200 and _KNOWN.fullmatch(latex) and _balanced(latex):
        return latex
    if not _NAME.fullmatch(name):
        return rf"\text{{{re.sub('[^A-Za-z0-9 .,:-]', ' ', name)[:60].strip() or '-'}}}"
    base, *below = [part for part in name.split("_") if part]
    if base.islower() and len(base) > 2 and base not in _GREEK:
        return rf"\text{{{name.replace('_', ' ').strip()}}}"
    letters = base.rstrip("0123456789")
    below = [*([base[len(letters) :]] if letters != base else []), *below]
    head = rf"\{letters}" if letters in _GREEK else letters
    return rf"{head}_{{{','.join(below)}}}" if below else head


def linear(latex: str) -> str:
    """Write the LaTeX of a symbol in a line of plain text: ``EF_BL,km``, ``ρ_i``."""

    def write(mark: Mark) -> str:
        parts = [write(part) for part in mark.parts]
        if mark.kind in ("sub", "sup"):
            return f"{parts[0]}{'_' if mark.kind == 'sub' else '^'}{parts[1]}"
        return mark.text + "".join(parts)

    return write(symbol(latex))


def _balanced(latex: str) -> bool:
    """Tell whether every group is closed, and no index stands without something before and behind it."""
    depth = 0
    for char in latex:
        depth += {"{": 1, "}": -1}.get(char, 0)
        if depth < 0:
            return False
    return depth == 0 and not re.search(r"[_^](?:[_^} ]|$)|(?:^|[{ _^])[_^]|\{\}", latex)

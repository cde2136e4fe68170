"""Typst math. Every word of the data stands in quotation marks, so that no name can be a command."""

from .layout import Mark


def marks(mark: Mark) -> str:
    """Write marks."""
    kind, text, parts = mark
    inner = [marks(part) for part in parts]
    if kind == "row":
        return _beside(mark) or '""'
    if kind == "name":
        return f"italic({_quoted(text)})"
    if kind in ("number", "text"):
        return _quoted(text)
    if kind == "sign":
        return _SIGNS.get(text) or _quoted(text)
    if kind == "space":
        return "thin"
    if kind == "fraction":
        return f"frac({inner[0]}, {inner[1]})"
    if kind == "sub":
        return f"attach({inner[0]}, b: {inner[1]})"
    if kind == "sup" and parts[0].kind == "sub":
        base, index = (marks(part) for part in parts[0].parts)
        return f"attach({base}, b: {index}, t: {inner[1]})"
    if kind == "sup":
        return f"attach({inner[0]}, t: {inner[1]})"
    if kind == "over":
        return f"overline({inner[0]})"
    if kind == "brackets":
        return f"lr(paren.l {inner[0]} paren.r)"
    if kind == "set":
        return f"lr(brace.l {' comma '.join(inner)} brace.r)"
    if kind == "sum":
        return f"attach(limits(sum), b: {_quoted(text)}) {inner[0]}"
    if kind == "call":
        return f"op({_quoted(text)}) lr(paren.l {' comma '.join(inner)} paren.r)"
    return f'attach(lr({inner[0]} bar.v), b: italic("y") minus "1")'


def _beside(mark: Mark) -> str:
    """Write parts side by side: with blanks around a command, and none between the letters of one symbol, where they would be seen."""
    line = ""
    for part in mark.parts:
        shown = marks(part)
        line += f" {shown} " if part.kind == "space" or shown in _SIGNS.values() else shown
    return line


_SIGNS = {
    "+": "plus", "−": "minus", "·": "dot.op", "×": "times", "=": "eq", "≠": "eq.not", "<": "lt", ">": "gt", "≤": "lt.eq", "≥": "gt.eq",
    "∈": "in", "∧": "and", "∨": "or", "¬": "not", "(": "paren.l", ")": "paren.r", "/": "slash",
}  # fmt: skip


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

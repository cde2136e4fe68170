"""Presentation MathML: an equation that browsers show and screen readers speak."""

from html import escape

from .layout import Mark


def marks(mark: Mark) -> str:
    """Write marks, each as one element."""
    kind, text, parts = mark
    inner = [marks(part) for part in parts]
    if kind == "row":
        return _row(*inner)
    if kind == "name":
        return f"<mi>{escape(text)}</mi>" if len(text) == 1 else f'<mi mathvariant="italic">{escape(text)}</mi>'
    if kind == "number":
        return f"<mn>{escape(text)}</mn>"
    if kind == "text":
        return f"<mtext>{escape(str(text))}</mtext>"
    if kind == "sign":
        return _sign(text)
    if kind == "space":
        return '<mspace width="0.17em"/>'
    if kind == "fraction":
        return f"<mfrac>{inner[0]}{inner[1]}</mfrac>"
    if kind == "sup" and parts[0].kind == "sub":
        return f"<msubsup>{''.join(marks(part) for part in parts[0].parts)}{inner[1]}</msubsup>"
    if kind in ("sub", "sup"):
        return f"<m{kind}>{inner[0]}{inner[1]}</m{kind}>"
    if kind == "over":
        return f'<mover accent="true">{inner[0]}<mo stretchy="true">‾</mo></mover>'
    if kind == "brackets":
        return _row(_sign("("), *inner, _sign(")"))
    if kind == "set":
        return _row(_sign("{"), _listed(inner), _sign("}"))
    if kind == "sum":
        return _row(f"<munder>{_sign('∑')}<mtext>{escape(text)}</mtext></munder>", *inner)
    if kind == "call":
        return _row(f'<mi mathvariant="normal">{escape(text)}</mi>', _sign("\u2061"), _row(_sign("("), _listed(inner), _sign(")")))
    return f"<msub>{_row(*inner, _sign('|'))}{_row('<mi>y</mi>', _sign('−'), '<mn>1</mn>')}</msub>"


def _row(*parts: str) -> str:
    return f"<mrow>{''.join(parts)}</mrow>"


def _listed(parts: list[str]) -> str:
    return _sign(",").join(parts)


def _sign(text: str) -> str:
    return f"<mo>{escape(text)}</mo>"

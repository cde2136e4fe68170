"""Office Math Markup (ECMA-376 part 1, 22.1): an equation that Word shows, edits and reads aloud as its own."""

from .layout import Mark

NAMESPACE = "http://schemas.openxmlformats.org/officeDocument/2006/math"


def marks(mark: Mark) -> str:
    """Write marks; the prefixes ``m`` and ``w`` are those of every Word document."""
    kind, text, parts = mark
    inner = [marks(part) for part in parts]
    if kind == "row":
        return "".join(inner)
    if kind == "name":
        return _run(text)
    if kind in ("number", "text", "sign"):
        return _run(text, plain=True)
    if kind == "space":
        return _run("\u2009", plain=True)
    if kind == "fraction":
        return f"<m:f><m:num>{inner[0]}</m:num><m:den>{inner[1]}</m:den></m:f>"
    if kind == "sub":
        return f"<m:sSub><m:e>{inner[0]}</m:e><m:sub>{inner[1]}</m:sub></m:sSub>"
    if kind == "sup" and parts[0].kind == "sub":
        base, index = (marks(part) for part in parts[0].parts)
        return f"<m:sSubSup><m:e>{base}</m:e><m:sub>{index}</m:sub><m:sup>{inner[1]}</m:sup></m:sSubSup>"
    if kind == "sup":
        return f"<m:sSup><m:e>{inner[0]}</m:e><m:sup>{inner[1]}</m:sup></m:sSup>"
    if kind == "over":
        return f'<m:bar><m:barPr><m:pos m:val="top"/></m:barPr><m:e>{inner[0]}</m:e></m:bar>'
    if kind == "brackets":
        return _delimited("(", ")", inner)
    if kind == "set":
        return _delimited("{", "}", inner)
    if kind == "sum":
        properties = '<m:naryPr><m:chr m:val="∑"/><m:limLoc m:val="undOvr"/><m:supHide m:val="1"/></m:naryPr>'
        return f"<m:nary>{properties}<m:sub>{_run(text, plain=True)}</m:sub><m:sup/><m:e>{inner[0]}</m:e></m:nary>"
    if kind == "call":
        return f"<m:func><m:fName>{_run(text, plain=True)}</m:fName><m:e>{_delimited('(', ')', inner)}</m:e></m:func>"
    before = _run("y", plain=False) + _run("−1", plain=True)
    return f"<m:sSub><m:e>{_delimited('', '|', inner)}</m:e><m:sub>{before}</m:sub></m:sSub>"


def _run(text: str, plain: bool = False) -> str:
    style = '<m:rPr><m:sty m:val="p"/></m:rPr>' if plain else ""
    font = '<w:rPr><w:rFonts w:ascii="Cambria Math" w:hAnsi="Cambria Math"/></w:rPr>'
    shown = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f'<m:r>{style}{font}<m:t xml:space="preserve">{shown}</m:t></m:r>'


def _delimited(begin: str, end: str, inner: list[str]) -> str:
    signs = f'<m:begChr m:val="{begin}"/><m:sepChr m:val=","/><m:endChr m:val="{end}"/>'
    return f"<m:d><m:dPr>{signs}</m:dPr>{''.join(f'<m:e>{e}</m:e>' for e in inner)}</m:d>"

"""The parts of a Word document that are the same for every project: styles, numbering and settings of a language.

The template that comes with python-docx is American: Letter paper, blue headings, fonts of a theme and a compatibility mode of 2010.
These parts replace it.
"""

from typing import NamedTuple
from xml.sax.saxutils import quoteattr

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


class Face(NamedTuple):
    """The fonts of a language: for Latin letters, for Japanese, and the language tags that Word checks the spelling by."""

    latin: str
    wide: str
    language: str
    wide_language: str


FACES = {
    "en": Face("Calibri", "Yu Gothic", "en-GB", "ja-JP"),
    "ja": Face("Times New Roman", "Yu Mincho", "en-GB", "ja-JP"),
    "vi": Face("Times New Roman", "Yu Mincho", "vi-VN", "ja-JP"),  # as Decree 30/2020 on clerical work has it
}
#: what stands in for a font that a machine lacks
ALTERNATIVES = {"Yu Mincho": "MS Mincho", "Yu Gothic": "MS Gothic", "Calibri": "Carlito", "Times New Roman": "Liberation Serif"}
INK = "1F3A5F"


def _style(id_: str, name: str, paragraph: str = "", run: str = "", based: str = "Normal", extra: str = "", kind: str = "paragraph") -> str:
    base = f"<w:basedOn w:val={quoteattr(based)}/>" if based else ""
    default = ' w:default="1"' if id_ in ("Normal", "TableNormal") else ""
    return (
        f'<w:style w:type="{kind}"{default} w:styleId="{id_}"><w:name w:val="{name}"/>{base}<w:qFormat/>'
        f"<w:pPr>{paragraph}</w:pPr><w:rPr>{run}</w:rPr>{extra}</w:style>"
    )


def _size(points: float, bold: bool = False, colour: str = "") -> str:
    half = int(points * 2)
    return (
        f'{"<w:b/><w:bCs/>" if bold else ""}{f"<w:color w:val={quoteattr(colour)}/>" if colour else ""}<w:sz w:val="{half}"/><w:szCs w:val="{half}"/>'
    )


def _spacing(before: int = 0, after: int = 0, line: int = 240) -> str:
    return f'<w:spacing w:before="{before}" w:after="{after}" w:line="{line}" w:lineRule="auto"/>'


def _box(sides: tuple[str, ...], size: int, colour: str) -> str:
    return "<w:pBdr>" + "".join(f'<w:{side} w:val="single" w:sz="{size}" w:space="6" w:color="{colour}"/>' for side in sides) + "</w:pBdr>"


def styles(language: str) -> str:
    """Write the part ``styles.xml`` of a language."""
    face = FACES[language]
    fonts = f'<w:rFonts w:ascii="{face.latin}" w:hAnsi="{face.latin}" w:cs="{face.latin}" w:eastAsia="{face.wide}"/>'
    tongue = f'<w:lang w:val="{face.language}" w:eastAsia="{face.wide_language}"/>'
    keep = "<w:keepNext/><w:keepLines/>"
    all_sides = ("top", "left", "bottom", "right")
    cells = '<w:tblCellMar><w:top w:w="30" w:type="dxa"/><w:left w:w="70" w:type="dxa"/><w:bottom w:w="30" w:type="dxa"/><w:right w:w="70" w:type="dxa"/></w:tblCellMar>'
    lines = "".join(
        f'<w:{side} w:val="single" w:sz="{size}" w:space="0" w:color="{colour}"/>'
        for side, size, colour in (("top", 8, INK), ("bottom", 8, INK), ("insideH", 4, "BFC7D1"))
    )
    made = [
        _style("Normal", "Normal", f"<w:widowControl/>{_spacing(0, 120, 264)}", based=""),
        _style("Title", "Title", f"<w:keepLines/>{_spacing(600, 160)}", _size(22, True, INK)),
        _style("Subtitle", "Subtitle", _spacing(0, 60), _size(11)),
        _style(
            "Heading1",
            "heading 1",
            f'{keep}<w:numPr><w:numId w:val="3"/></w:numPr>{_spacing(360, 120)}<w:outlineLvl w:val="0"/>',
            _size(15, True, INK),
        ),
        _style(
            "Heading2",
            "heading 2",
            f'{keep}<w:numPr><w:ilvl w:val="1"/><w:numId w:val="3"/></w:numPr>{_spacing(240, 80)}<w:outlineLvl w:val="1"/>',
            _size(12, True, INK),
        ),
        _style("TOCHeading", "TOC Heading", f"<w:keepNext/>{_spacing(480, 120)}", _size(13, True, INK)),
        _style("TOC1", "toc 1", _spacing(40, 20)),
        _style("TOC2", "toc 2", f'{_spacing(0, 10)}<w:ind w:left="440"/>', _size(9.5)),
        _style("Caption", "caption", f"{keep}{_spacing(200, 80)}", _size(9.5, True, INK)),
        _style("FigureCaption", "Figure Caption", f"<w:keepLines/>{_spacing(60, 200)}", based="Caption"),
        _style("Lead", "Lead", f'<w:keepLines/>{_box(("left",), 24, INK)}{_spacing(60, 160, 276)}<w:ind w:left="160"/>', _size(11.5, True)),
        _style("Warning", "Warning", f'<w:keepLines/>{_box(all_sides, 8, "8A4B00")}{_spacing(120, 160)}<w:ind w:left="140" w:right="140"/>'),
        _style("Note", "Note", f'<w:keepLines/>{_box(("left",), 8, "7F8994")}{_spacing(60, 120)}<w:ind w:left="160"/>', _size(9.5)),
        _style("ListBullet", "List Bullet", '<w:numPr><w:numId w:val="1"/></w:numPr>' + _spacing(0, 60, 252)),
        _style("ListNumber", "List Number", '<w:numPr><w:numId w:val="2"/></w:numPr>' + _spacing(0, 60, 252)),
        _style("Cell", "Cell", _spacing(), _size(9)),
        _style("Equation", "Equation", f"<w:keepNext/>{_spacing(120, 20)}"),
        _style("Citation", "Citation", f"<w:keepLines/>{_spacing(0, 160)}", _size(9)),
        _style("Header", "header", _spacing(), _size(8.5, colour="595F69")),
        _style("Footer", "footer", f'{_spacing()}<w:jc w:val="center"/>', _size(8.5, colour="595F69")),
        _style("TableNormal", "Normal Table", based="", kind="table"),
        _style("Figures", "Figures", based="TableNormal", kind="table", extra=f"<w:tblPr><w:tblBorders>{lines}</w:tblBorders>{cells}</w:tblPr>"),
    ]
    defaults = f"<w:docDefaults><w:rPrDefault><w:rPr>{fonts}{_size(10.5)}{tongue}</w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>"
    return f'<w:styles xmlns:w="{W}">{defaults}{"".join(made)}</w:styles>'


def numbering(lists: int) -> str:
    """Write the part ``numbering.xml``: bullets, numbers, the numbers of the headings, and as many lists that begin at 1 again."""

    def level(i: int, form: str, text: str, hang: int, style: str = "") -> str:
        linked = f'<w:pStyle w:val="{style}"/>' if style else ""
        place = f'<w:pPr><w:ind w:left="{hang}" w:hanging="{hang}"/></w:pPr>'
        return f'<w:lvl w:ilvl="{i}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>{linked}<w:lvlText w:val="{text}"/><w:lvlJc w:val="left"/>{place}</w:lvl>'

    kinds = [
        level(0, "bullet", "•", 340),
        level(0, "decimal", "%1.", 400),
        level(0, "decimal", "%1", 500, "Heading1") + level(1, "decimal", "%1.%2", 640, "Heading2"),
    ]
    abstract = "".join(
        f'<w:abstractNum w:abstractNumId="{i}"><w:multiLevelType w:val="multilevel"/>{levels}</w:abstractNum>' for i, levels in enumerate(kinds)
    )
    first = "".join(f'<w:num w:numId="{i + 1}"><w:abstractNumId w:val="{i}"/></w:num>' for i in range(3))
    again = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    more = "".join(f'<w:num w:numId="{i + 4}"><w:abstractNumId w:val="1"/>{again}</w:num>' for i in range(lists))
    return f'<w:numbering xmlns:w="{W}">{abstract}{first}{more}</w:numbering>'


def settings(language: str) -> str:
    """Write the part ``settings.xml``: Word of today, not the compatibility mode; equations break before an operator."""
    face = FACES[language]
    math = "http://schemas.openxmlformats.org/officeDocument/2006/math"
    return (
        f'<w:settings xmlns:w="{W}" xmlns:m="{math}"><w:zoom w:percent="100"/><w:defaultTabStop w:val="720"/>'
        '<w:characterSpacingControl w:val="doNotCompress"/><w:compat>'
        '<w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>'
        '<m:mathPr><m:mathFont m:val="Cambria Math"/><m:brkBin m:val="before"/><m:brkBinSub m:val="--"/><m:dispDef/>'
        '<m:defJc m:val="left"/><m:naryLim m:val="undOvr"/></m:mathPr>'
        f'<w:themeFontLang w:val="{face.language}" w:eastAsia="{face.wide_language}"/>'
        '<w:decimalSymbol w:val="."/><w:listSeparator w:val=","/></w:settings>'
    )


def fonts(language: str) -> str:
    """Write the part ``fontTable.xml``, which says what stands in for a font that a machine lacks."""
    face = FACES[language]
    rows = "".join(f'<w:font w:name="{name}"><w:altName w:val="{ALTERNATIVES[name]}"/></w:font>' for name in (face.latin, face.wide))
    return f'<w:fonts xmlns:w="{W}">{rows}<w:font w:name="Cambria Math"><w:altName w:val="Cambria"/></w:font></w:fonts>'

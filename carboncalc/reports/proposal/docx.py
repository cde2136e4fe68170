"""The proposal for Word: real headings, tables whose first row repeats, equations that Word edits, and charts as vectors.

python-docx keeps the package together; what stands in it is written here. Nothing asks to be updated when the file is opened: the
table of contents is a field that holds what Word would put there, headings without page numbers.
"""

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from ...formula.layout import Mark, layout, symbol
from ...formula.omml import NAMESPACE, marks
from ..numbers import clean
from ..words import Words
from . import docx_parts, typesetting
from .blocks import Block, Document, Equation, Figure, Heading, Items, Paragraph, Table
from .numbering import numbered
from .widths import shorten, widths

#: A4 with margins of 22 mm, in twentieths of a point
PAGE, MARGIN = (11906, 16838), 1247
TEXT = PAGE[0] - 2 * MARGIN
_EMU = 635  # in a twentieth of a point
_SVG = "http://schemas.microsoft.com/office/drawing/2016/SVG/main"
_STYLES = {"plain": "Normal", "lead": "Lead", "warn": "Warning", "note": "Note"}


def render(document: Document, words: Words) -> bytes:
    """Render a document.

    Parameters
    ----------
    document : Document
        The outline.
    words : Words
        The language of the document.

    Returns
    -------
    bytes
        A .docx file; the same document gives the same bytes.
    """
    import docx

    package = docx.Document()
    body = _Body(package, document, words)
    parts = docx_parts
    _replace(package, "styles", parts.styles(document.language))
    _replace(package, "numbering", parts.numbering(body.lists))
    _replace(package, "settings", parts.settings(document.language))
    _replace(package, "fontTable", parts.fonts(document.language))
    _drop(package, ("stylesWithEffects", "customXml", "thumbnail", "extended-properties", "theme", "webSettings"))
    _page(package, shorten(clean(document.title), 90))
    element = package.element.body
    for child in _parse(f"<w:body>{''.join(body.xml)}</w:body>"):
        element.insert(len(element) - 1, child)  # the last one holds the page
    _properties(package, document)
    held = io.BytesIO()
    package.save(held)
    return _dateless(held.getvalue())


class _Body:
    """Writes the blocks, one after the other."""

    def __init__(self, package: Any, document: Document, words: Words) -> None:
        self.package, self.words, self.language = package, words, document.language
        self.lists = self.pictures = 0
        self.bookmarks = {block.anchor: f"_Toc{i:08d}" for i, block in enumerate(b for b in document.blocks if isinstance(b, Heading))}
        title = clean(document.title)
        self.xml = [_paragraph("Title", _run(title, more='<w:sz w:val="22"/><w:szCs w:val="22"/>' if len(title) > 300 else ""))]
        self.xml += [_paragraph("Subtitle", _run(line)) for line in document.lines]
        self.xml += self.contents(document)
        first = True
        for block, label in numbered(document, words):
            self.xml += self.block(block, label, first and isinstance(block, Heading))
            first = first and not isinstance(block, Heading)

    def contents(self, document: Document) -> Iterator[str]:
        """Yield the table of contents as Word would make it, so that it need not be made again."""
        headings = [(block, label) for block, label in numbered(document, self.words) if isinstance(block, Heading)]
        if not headings:
            return
        yield _paragraph("TOCHeading", _run(self.words("document.contents")))
        begin = (
            '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> TOC \\o "1-2" \\n \\h \\z \\u </w:instrText></w:r>'
        )
        begin += '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        for heading, label in headings:
            link = f'<w:hyperlink w:anchor={quoteattr(self.bookmarks[heading.anchor])} w:history="1">{_run(f"{label}  {heading.text}")}</w:hyperlink>'
            yield _paragraph(f"TOC{heading.level}", begin + link)
            begin = ""
        yield _paragraph("Normal", '<w:r><w:fldChar w:fldCharType="end"/></w:r>')

    def block(self, block: Block, label: str, first: bool) -> Iterator[str]:
        """Yield the paragraphs and tables of a block."""
        if isinstance(block, Heading):
            mark = self.bookmarks[block.anchor]
            id_ = int(mark[4:])
            inside = f'<w:bookmarkStart w:id="{id_}" w:name="{mark}"/>{_run(block.text)}<w:bookmarkEnd w:id="{id_}"/>'
            yield _paragraph(f"Heading{block.level}", inside, "<w:pageBreakBefore/>" if first else "")
        elif isinstance(block, Paragraph):
            yield _paragraph(_STYLES[block.tone], _run(label, True) + _run(block.text))
        elif isinstance(block, Items):
            yield from self.items(block)
        elif isinstance(block, Table):
            yield _paragraph("Caption", _run(f"{label}  {clean(block.caption)}"))
            yield _table(block)
            yield '<w:p><w:pPr><w:spacing w:before="0" w:after="0" w:line="160" w:lineRule="exact"/></w:pPr></w:p>'
        elif isinstance(block, Figure):
            yield _paragraph("Normal", self.picture(block), "<w:keepNext/>")
            yield _paragraph("FigureCaption", _run(f"{label}  {clean(block.caption)}"))
        else:
            yield from self.equation(block, label)

    def items(self, block: Items) -> Iterator[str]:
        """Yield the rows of a list; an ordered one begins at 1."""
        number = ""
        if block.ordered:
            self.lists += 1
            number = f'<w:numPr><w:ilvl w:val="0"/><w:numId w:val="{self.lists + 3}"/></w:numPr>'
        for head, text in block.rows:
            inside = _run(head, True) + ("<w:r><w:br/></w:r>" if head and text else "") + _run(text)
            yield _paragraph("ListNumber" if block.ordered else "ListBullet", inside, number)

    def equation(self, block: Equation, label: str) -> Iterator[str]:
        """Yield what an equation gives, the equation with its number at the right margin, and where it is published."""
        left = marks(symbol(block.left)) + marks(Mark("sign", "="))
        math = f"<m:oMathPara><m:oMath>{left}{marks(layout(block.right, block.name))}</m:oMath></m:oMathPara>"
        number, whole = 760, TEXT
        cells = ((whole - number, _paragraph("Equation", math)), (number, _paragraph("Equation", _run(label), '<w:jc w:val="right"/>')))
        row = "".join(f'<w:tc><w:tcPr><w:tcW w:w="{w}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>{p}</w:tc>' for w, p in cells)
        grid = "".join(f'<w:gridCol w:w="{w}"/>' for w, _ in cells)
        properties = f'<w:tblW w:w="{whole}" w:type="dxa"/><w:tblLayout w:type="fixed"/>'
        yield _paragraph("Citation", _run(block.label, True), "<w:keepNext/>" + '<w:spacing w:before="120" w:after="0"/>')
        yield f"<w:tbl><w:tblPr>{properties}</w:tblPr><w:tblGrid>{grid}</w:tblGrid><w:tr><w:trPr><w:cantSplit/></w:trPr>{row}</w:tr></w:tbl>"
        yield _paragraph("Citation", _run(self.words("document.where", cite=clean(block.cite)) if block.cite else ""))

    def picture(self, block: Figure) -> str:
        """Return a chart: the vector for who can show it, and a raster of it for who cannot."""
        from docx.opc.constants import RELATIONSHIP_TYPE
        from docx.opc.packuri import PackURI
        from docx.opc.part import Part

        self.pictures += 1
        part = self.package.part
        raster, image = part.get_or_add_image(io.BytesIO(typesetting.png(block.svg, self.language)))
        vector = Part(PackURI(f"/word/media/chart{self.pictures}.svg"), "image/svg+xml", block.svg.encode(), part.package)
        link = part.relate_to(vector, RELATIONSHIP_TYPE.IMAGE)
        wide = min(TEXT, round(image.px_width / typesetting.PPI * 1440)) * _EMU
        high = round(wide * image.px_height / image.px_width)
        name = f'id="{self.pictures}" name="chart{self.pictures}"'
        blip = (
            f'<a:blip r:embed="{raster}"><a:extLst><a:ext uri="{{96DAC541-7B7A-43D3-8B79-37D633B846F1}}">'
            f'<asvg:svgBlip xmlns:asvg="{_SVG}" r:embed="{link}"/></a:ext></a:extLst></a:blip>'
        )
        return (
            f'<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{wide}" cy="{high}"/>'
            f"<wp:docPr {name} descr={quoteattr(clean(block.alternative))}/>"
            '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture">'
            f"<pic:pic><pic:nvPicPr><pic:cNvPr {name}/><pic:cNvPicPr/></pic:nvPicPr>"
            f"<pic:blipFill>{blip}<a:stretch><a:fillRect/></a:stretch></pic:blipFill>"
            f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{wide}" cy="{high}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr>'
            "</pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
        )


def _table(block: Table) -> str:
    shares, scale = widths(block)
    wide = [round(TEXT * share) for share in shares]
    wide[-1] += TEXT - sum(wide)
    size = f'<w:sz w:val="{round(18 * scale)}"/><w:szCs w:val="{round(18 * scale)}"/>' if scale < 1 else ""
    sides = ["right" if kind == "r" else "left" for _, kind in block.columns]

    def row(cells: Sequence[str], bold: bool, keep: bool, head: bool = False, total: bool = False) -> str:
        shade = '<w:shd w:val="clear" w:color="auto" w:fill="E9EDF2"/>' if head else ""
        above = f'<w:tcBorders><w:top w:val="single" w:sz="8" w:space="0" w:color="{docx_parts.INK}"/></w:tcBorders>' if total else ""
        made = []
        for text, width, side in zip(cells, wide, sides, strict=True):
            place = ("<w:keepNext/>" if keep else "") + f'<w:jc w:val="{side}"/>'
            properties = f'<w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{above}{shade}</w:tcPr>'
            made.append(f"<w:tc>{properties}{_paragraph('Cell', _run(text, bold, size), place)}</w:tc>")
        kinds = "<w:cantSplit/>" + ("<w:tblHeader/>" if head else "")
        return f"<w:tr><w:trPr>{kinds}</w:trPr>{''.join(made)}</w:tr>"

    count = len(block.rows)
    rows = [row([title for title, _ in block.columns], True, True, head=True)]
    for i, cells in enumerate(block.rows):
        total = block.last and i == count - 1
        rows.append(row(cells, total, keep=i == count - 2, total=total))
    look = f'<w:tblLook w:val="0{"4E" if block.last else "4A"}0" w:firstRow="1" w:lastRow="{int(block.last)}" w:firstColumn="1" w:lastColumn="0" w:noHBand="0" w:noVBand="1"/>'
    properties = f'<w:tblStyle w:val="Figures"/><w:tblW w:w="{TEXT}" w:type="dxa"/><w:tblLayout w:type="fixed"/>{look}'
    properties += f"<w:tblCaption w:val={quoteattr(shorten(clean(block.caption), 200))}/>"
    grid = "".join(f'<w:gridCol w:w="{w}"/>' for w in wide)
    return f"<w:tbl><w:tblPr>{properties}</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"


def _run(text: str, bold: bool = False, more: str = "") -> str:
    properties = ("<w:b/><w:bCs/>" if bold else "") + more
    inside = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{inside}<w:t xml:space="preserve">{escape(clean(text))}</w:t></w:r>' if text else ""


def _paragraph(style: str, inside: str, properties: str = "") -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{properties}</w:pPr>{inside}</w:p>'


def _parse(xml: str) -> Any:
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    declared = f'{nsdecls("w", "r", "wp", "a", "pic")} xmlns:m="{NAMESPACE}"'
    return parse_xml(re.sub(r"^<(\S+?)(?=[\s>])", rf"<\1 {declared}", xml))


def _replace(package: Any, name: str, xml: str) -> None:
    """Put a part of our own in the place of the template's."""
    from docx.opc.part import XmlPart
    from docx.oxml import parse_xml

    part = next(rel.target_part for rel in package.part.rels.values() if rel.reltype.endswith("/" + name))
    if isinstance(part, XmlPart):
        part._element = parse_xml(xml)
    else:
        part._blob = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{xml}'.encode()


def _drop(package: Any, names: Sequence[str]) -> None:
    """Take parts out that say nothing about this document, such as the picture of an empty page."""
    for rels in (package.part.rels, package.part.package.rels):
        for id_ in [id_ for id_, rel in rels.items() if rel.reltype.endswith(tuple("/" + name for name in names))]:
            del rels[id_]


def _page(package: Any, title: str) -> None:
    """Set A4, the title above each page but the first, and the numbers of the pages below."""
    from docx.shared import Twips

    section = package.sections[0]
    section.page_width, section.page_height = Twips(PAGE[0]), Twips(PAGE[1])
    section.left_margin = section.right_margin = Twips(MARGIN)
    section.top_margin, section.bottom_margin = Twips(1360), Twips(1247)
    section.header_distance = section.footer_distance = Twips(620)
    section.different_first_page_header_footer = True
    section.header.paragraphs[0].text = title
    field = '<w:fldSimple w:instr=" {} "><w:r><w:t>1</w:t></w:r></w:fldSimple>'
    pages = field.format("PAGE") + _run(" / ") + field.format("NUMPAGES")
    for footer in (section.footer, section.first_page_footer):
        old = footer.paragraphs[0]._p
        old.getparent().replace(old, _parse(_paragraph("Footer", pages)))


def _properties(package: Any, document: Document) -> None:
    """Set title and language, and leave out the dates: the same document is the same file on any day."""
    properties = package.core_properties
    properties.title, properties.language, properties.author, properties.comments = clean(document.title)[:255], document.language, "carboncalc", ""
    element = properties._element
    for child in list(element):
        if child.tag.endswith(("}created", "}modified", "}lastModifiedBy", "}revision")):
            element.remove(child)


def _dateless(package: bytes) -> bytes:
    """Pack the parts again with one date for all."""
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type, info.create_system, info.external_attr = zipfile.ZIP_DEFLATED, 0, 0
            new.writestr(info, old.read(name))
    return held.getvalue()

"""The proposal as Word and PDF files: what is read back from the file is what the blocks say, and nothing in a text does anything."""

import io
import re
import shutil
import subprocess
import unicodedata
import xml.etree.ElementTree as ET
import zipfile
from functools import cache
from pathlib import Path

import docx as word
import pdfplumber
import pypdf
import pytest
from conftest import ROOT, needs_japanese_font
from hypothesis import given
from hypothesis import strategies as st
from test_equation_faces import trees

import carboncalc
from carboncalc.cli.language import words
from carboncalc.formula.symbols import latex_of
from carboncalc.reports import formats
from carboncalc.reports.numbers import clean
from carboncalc.reports.proposal import docx, pdf, typesetting
from carboncalc.reports.proposal.blocks import Document, Equation, Figure, Heading, Items, Paragraph, Table
from carboncalc.reports.proposal.numbering import numbered
from carboncalc.reports.proposal.outline import outline
from carboncalc.reports.proposal.widths import measure, shorten, widths

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
LANGUAGES = ("en", "ja", "vi")
#: those whose PDF is set; Japanese takes a font of the system
SET = ("en", pytest.param("ja", marks=needs_japanese_font), "vi")
A4 = (595.28, 841.89)
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 200" width="600" height="200" font-family="sans-serif"><text x="9" y="99">{}</text></svg>'
HOSTILE = (
    '=HYPERLINK("http://example.org")', "<script>alert(1)</script>", "[red]x[/red]", '#import "x": *', '#read("/etc/passwd")', "]]>", "$x$", "@ref <label>",
    "*bold* _slanted_ `raw`", "a\u202eb", "a\x07b\x00c", "&lt; & &#x41;", "\\u{41} \\", "{{ 7 * 7 }}", "// comment /* */", "- 1. + = Head", "\ufffe\ufffff",
)  # fmt: skip


@cache
def real(language: str, name: str = "cat-ba-electric-buses") -> Document:
    result = carboncalc.estimate(ROOT / "examples" / f"{name}.yaml").to_dict()
    return outline(result, words(language))


@cache
def as_word(language: str) -> bytes:
    return docx.render(real(language), words(language))


@cache
def as_pdf(language: str) -> bytes:
    return pdf.render(real(language), words(language))


def of(*blocks: object, title: str = "Title", language: str = "en") -> Document:
    return Document(language, title, ["A line"], list(blocks))  # type: ignore[arg-type]


def table(*rows: list[str], caption: str = "Caption") -> Table:
    return Table(caption, [("What", "w"), ("Value", "r")], rows)


def parts(package: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(package)) as file:
        return {name: file.read(name) for name in file.namelist()}


def main(package: bytes) -> ET.Element:
    return ET.fromstring(parts(package)["word/document.xml"])


def text_of(element: ET.Element) -> str:
    return "".join(t.text or "" for t in element.iter(f"{W}t"))


def data_tables(package: bytes) -> list[ET.Element]:
    """Return the tables whose first row repeats; an equation and its number stand in one without."""
    return [t for t in main(package).iter(f"{W}tbl") if t.find(f".//{W}tblHeader") is not None]


def kind(document: Document, wanted: type) -> list:
    return [block for block in document.blocks if isinstance(block, wanted)]


def squeezed(text: str) -> str:
    """Return a text without what a line break may change, in the letters that ligatures and slanted symbols stand for."""
    return re.sub(r"[\s\u200b]+", "", unicodedata.normalize("NFKC", text))


@cache
def read(file: bytes, running: str) -> str:
    """Return the text of a PDF without what stands at the head and foot of each page."""
    pages = []
    all_pages = pypdf.PdfReader(io.BytesIO(file)).pages
    for i, page in enumerate(all_pages, 1):
        pages.append(squeezed(page.extract_text()).removeprefix(squeezed(running)).removesuffix(f"{i}/{len(all_pages)}"))
    return "".join(pages)


# -- Word ----------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_word_holds_what_the_blocks_say(language: str) -> None:
    document = real(language)
    opened = word.Document(io.BytesIO(as_word(language)))
    headings = [(int(p.style.name[-1]), p.text) for p in opened.paragraphs if p.style.name.startswith("Heading")]
    assert headings == [(h.level, h.text) for h in kind(document, Heading)]
    said = [p.text for p in opened.paragraphs]
    for block, label in numbered(document, words(language)):
        if isinstance(block, Paragraph):
            assert label + block.text in said
        if isinstance(block, Table | Figure):
            assert f"{label}  {block.caption}" in said
    shown = [[[text_of(cell) for cell in row.iter(f"{W}tc")] for row in t.iter(f"{W}tr")] for t in data_tables(as_word(language))]
    assert shown == [[[title for title, _ in t.columns], *map(list, t.rows)] for t in kind(document, Table)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_word_tables_are_laid_out_for_paper(language: str) -> None:
    for shown, block in zip(data_tables(as_word(language)), kind(real(language), Table), strict=True):
        rows = shown.findall(f"{W}tr")
        assert [row.find(f".//{W}tblHeader") is not None for row in rows] == [True] + [False] * len(block.rows)
        assert all(row.find(f".//{W}cantSplit") is not None for row in rows)
        for row in rows:
            sides = [cell.find(f".//{W}jc").get(f"{W}val") for cell in row.findall(f"{W}tc")]
            assert sides == ["right" if kind == "r" else "left" for _, kind in block.columns]
        grid = [int(column.get(f"{W}w")) for column in shown.iter(f"{W}gridCol")]
        assert sum(grid) == docx.TEXT and min(grid) > 300


@pytest.mark.parametrize("language", LANGUAGES)
def test_word_opens_clean(language: str) -> None:
    """All parts are XML, all relations lead somewhere, and no field asks to be updated."""
    found = parts(as_word(language))
    for name, content in found.items():
        if name.endswith((".xml", ".rels", ".svg")):
            ET.fromstring(content)
    for target in re.findall(rb'Target="([^"]+)"', found["word/_rels/document.xml.rels"]):
        assert f"word/{target.decode()}" in found
    everything = b"".join(found.values())
    assert b"TargetMode" not in everything and b"dirty" not in everything and b"updateFields" not in everything
    marks = {b.get(f"{W}name") for b in main(as_word(language)).iter(f"{W}bookmarkStart")}
    links = [link.get(f"{W}anchor") for link in main(as_word(language)).iter(f"{W}hyperlink")]
    assert set(links) == marks and len(links) == len(kind(real(language), Heading))


@pytest.mark.parametrize("language", LANGUAGES)
def test_word_knows_its_page_language_and_title(language: str) -> None:
    opened = word.Document(io.BytesIO(as_word(language)))
    section = opened.sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    assert section.header.paragraphs[0].text == "Electric buses on Cat Ba island"
    assert "PAGE" in ET.tostring(ET.fromstring(parts(as_word(language))["word/footer1.xml"]), encoding="unicode")
    assert (opened.core_properties.title, opened.core_properties.language) == (real(language).title, language)
    defaults = ET.fromstring(parts(as_word(language))["word/styles.xml"]).find(f"{W}docDefaults")
    lang, fonts = defaults.find(f".//{W}lang"), defaults.find(f".//{W}rFonts")
    assert lang.get(f"{W}val") == {"en": "en-GB", "ja": "en-GB", "vi": "vi-VN"}[language]
    assert lang.get(f"{W}eastAsia") == "ja-JP"
    assert fonts.get(f"{W}eastAsia").startswith("Yu ")


@pytest.mark.parametrize("language", LANGUAGES)
def test_word_charts_are_vectors_with_a_raster_and_their_meaning(language: str) -> None:
    found, figures = parts(as_word(language)), kind(real(language), Figure)
    assert [found[f"word/media/chart{i + 1}.svg"].decode() for i in range(len(figures))] == [f.svg for f in figures]
    told = [p.get("descr") for p in main(as_word(language)).iter("{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr")]
    assert told == [f.alternative for f in figures]
    rasters = [content for name, content in found.items() if name.endswith(".png")]
    assert len(rasters) == len(figures) and all(r.startswith(b"\x89PNG") for r in rasters)


def test_word_equations_are_its_own_with_their_numbers() -> None:
    shown = [t for t in main(as_word("en")).iter(f"{W}tbl") if t.find(f".//{M}oMath") is not None]
    equations = kind(real("en"), Equation)
    assert [text_of(t) for t in shown] == [f"({e.number})" for e in equations]
    assert all("=" in [t.text for t in s.iter(f"{M}t")] for s in shown)


def test_ordered_lists_each_begin_at_one() -> None:
    document = of(Items([("", "a"), ("Head", "b")], True), Items([("", "c")], True), Items([("", "d")]))
    numbers = [p.find(f".//{W}numId") for p in main(docx.render(document, words("en"))).iter(f"{W}p") if text_of(p) in ("a", "Headb", "c", "d")]
    assert [n.get(f"{W}val") if n is not None else None for n in numbers] == ["4", "4", "5", None]


@pytest.mark.parametrize("language", LANGUAGES)
def test_word_bytes_are_the_same_on_any_day(language: str) -> None:
    again = docx.render(real(language), words(language))
    assert again == as_word(language)
    with zipfile.ZipFile(io.BytesIO(again)) as file:
        assert {info.date_time for info in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert b"<dcterms:" not in parts(again)["docProps/core.xml"]


# -- PDF -----------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", SET)
def test_the_pdf_holds_what_the_blocks_say(language: str) -> None:
    document = real(language)
    there = read(as_pdf(language), shorten(document.title, 90))
    for block, label in numbered(document, words(language)):
        if isinstance(block, Heading | Paragraph):
            assert squeezed(label + block.text) in there
        elif isinstance(block, Table):
            assert squeezed(label + block.caption) in there
            for text in [title for title, _ in block.columns] + [cell for row in block.rows for cell in row]:
                assert squeezed(text) in there
        elif isinstance(block, Figure):
            assert squeezed(label + block.caption) in there
        elif isinstance(block, Equation):
            assert squeezed(label) in there and squeezed(block.label) in there


@pytest.mark.parametrize("language", SET)
def test_the_pdf_can_be_read_aloud(language: str) -> None:
    """PDF/UA: title, language, tags, bookmarks, and words for every chart and equation."""
    document = real(language)
    opened = pypdf.PdfReader(io.BytesIO(as_pdf(language)))
    root = opened.trailer["/Root"]
    assert root["/Lang"].startswith(language) and root["/MarkInfo"]["/Marked"]
    assert opened.metadata.title == document.title and opened.metadata.creation_date is None
    assert b"pdfuaid" in root["/Metadata"].get_data()

    def flat(entries: list) -> list[str]:
        return [title for e in entries for title in (flat(e) if isinstance(e, list) else [e.title])]

    assert flat(opened.outline) == [f"{label} {block.text}" for block, label in numbered(document, words(language)) if isinstance(block, Heading)]
    kinds: dict[str, int] = {}
    told = []
    for number in range(1, int(opened.trailer["/Size"])):
        thing = opened.get_object(number)
        if isinstance(thing, dict) and "/S" in thing and "/P" in thing:
            kinds[thing["/S"]] = kinds.get(thing["/S"], 0) + 1
            told += [thing["/Alt"]] if "/Alt" in thing else []
    assert kinds["/Table"] == len(kind(document, Table)) and kinds["/TH"] >= 2 * kinds["/Table"]
    assert kinds["/Formula"] == len(kind(document, Equation))
    assert {f.alternative for f in kind(document, Figure)} <= set(told)


@pytest.mark.parametrize(
    "language", [pytest.param("en", marks=pytest.mark.slow), pytest.param("ja", marks=[pytest.mark.slow, needs_japanese_font]), "vi"]
)
def test_nothing_is_printed_beyond_the_margins(language: str) -> None:
    with pdfplumber.open(io.BytesIO(as_pdf(language))) as opened:
        for page in opened.pages:
            assert (page.width, page.height) == pytest.approx(A4, abs=0.1)
            assert all(c["x0"] > 60 and c["x1"] < A4[0] - 60 for c in page.chars)


@pytest.mark.parametrize("language", SET)
def test_pdf_bytes_are_the_same_twice(language: str) -> None:
    assert pdf.render(real(language), words(language)) == as_pdf(language)


def test_the_letters_of_vietnamese_come_with_the_package() -> None:
    every = "".join(chr(c) for c in [*range(0x1EA0, 0x1EFA), *map(ord, "ĂăÂâĐđÊêÔôƠơƯư")])
    assert squeezed(every) in read(pdf.render(of(Paragraph(every)), words("vi"), system=False), "Title")


def test_a_missing_font_is_an_error_that_names_the_characters(tmp_path: Path) -> None:
    document = of(Heading(1, "排出削減量", "a"), table(["値", "1"]), language="ja")
    with pytest.raises(ValueError, match=r"no font has the characters .*排.*出.*fonts-ipaexfont-gothic.*--font-path DIR"):
        pdf.render(document, words("ja"), fonts=[str(tmp_path)], system=False)
    with pytest.raises(ValueError, match=r"U\+1F6B2"):
        pdf.render(of(Paragraph("🚲")), words("en"), system=False)
    with pytest.raises(ValueError, match="there is no folder of fonts"):
        pdf.render(of(), words("en"), fonts=[str(tmp_path / "none")])


def test_a_character_that_only_a_chart_has_is_not_lost() -> None:
    with pytest.raises(ValueError, match="no font has the characters 億"):
        pdf.render(of(Figure("c", SVG.format("億"), "a")), words("en"), system=False)


def test_a_folder_of_fonts_is_used(tmp_path: Path) -> None:
    path = next((font.path for font in typesetting._fonts((), True) if font.family == "IPAexGothic"), None)
    if path is None:
        pytest.skip("IPAexGothic is not installed")
    shutil.copy(path, tmp_path)
    made = pdf.render(of(Paragraph("排出削減量"), language="ja"), words("ja"), fonts=[str(tmp_path)], system=False)
    assert "排出削減量" in read(made, "Title")


# -- both ----------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_is_only_text(text: str) -> None:
    document = of(
        Heading(1, text, "a"), Heading(2, text, "b"), Paragraph(text), Paragraph(text, "warn"), Items([(text, text)]), table([text, text], caption=text),
        Figure(text, SVG.format("chart"), text), Equation("1", text, ["*", ["name", "x"], ["str", text]], {"x": text}, text, text), title=text,
    )  # fmt: skip
    shown = clean(text)
    package = docx.render(document, words("en"))
    opened = word.Document(io.BytesIO(package))
    assert [p.text for p in opened.paragraphs if p.style.name.startswith("Heading")] == [shown, shown]
    assert text_of(data_tables(package)[0].findall(f"{W}tr")[1]) == shown + shown
    root = main(package)
    assert {i.text.split()[0] for i in root.iter(f"{W}instrText")} == {"TOC"} and root.find(f".//{W}object") is None
    assert b"TargetMode" not in b"".join(parts(package).values())
    made = pdf.render(document, words("en"), system=False)
    there = read(made, shorten(shown, 90))
    assert there.count(squeezed(shown)) >= 9
    opened_pdf = pypdf.PdfReader(io.BytesIO(made))
    actions = [a.get_object() for page in opened_pdf.pages for a in page.get("/Annots", [])]
    assert all("/A" not in a or a["/A"]["/S"] == "/GoTo" for a in actions) and "/OpenAction" not in opened_pdf.trailer["/Root"]


@pytest.mark.parametrize(
    "name", ["x" * 5000, "word " * 1000, pytest.param("長" * 5000, marks=needs_japanese_font), "https://example.org/" + "a/" * 2400]
)
def test_a_very_long_name_keeps_the_layout(name: str) -> None:
    document = of(Heading(1, "Section", "a"), table([name, "1 000"], ["a", "2"]), Paragraph(name), title=name)
    package = docx.render(document, words("en"))
    assert measure(word.Document(io.BytesIO(package)).sections[0].header.paragraphs[0].text) <= 90
    made = pdf.render(document, words("en"))
    with pdfplumber.open(io.BytesIO(made)) as opened:
        assert len(opened.pages) < 20
        assert all(c["x0"] > 60 and c["x1"] < A4[0] - 60 and c["bottom"] < A4[1] - 20 for page in opened.pages for c in page.chars)


def test_a_very_long_equation_stays_on_the_page() -> None:
    tree = ["name", "EF_grid"]
    for i in range(40):
        tree = [("+", "*", "-")[i % 3], tree, ["name", f"EF_{i}"]]
    blocks = [Equation(str(i), "EF_y", t, {}, "Name", "Cite") for i, t in enumerate((tree, ["/", tree, tree], ["**", tree, ["num", 2.0]]))]
    with pdfplumber.open(io.BytesIO(pdf.render(of(*blocks), words("en"), system=False))) as opened:
        assert all(c["x0"] > 60 and c["x1"] < A4[0] - 60 for page in opened.pages for c in page.chars)


def test_the_equations_of_all_methodologies_can_be_printed() -> None:
    blocks = [
        Equation(str(i), latex_of(name), tree, {}, f"{id_} {name}", "") for id_, found in trees() for i, (name, tree) in enumerate(found.items(), 1)
    ]
    document = of(*blocks)
    made = read(pdf.render(document, words("en"), system=False), "Title")
    assert all(squeezed(block.label) in made for block in blocks)
    assert len(list(main(docx.render(document, words("en"))).iter(f"{M}oMath"))) == len(blocks)


@pytest.mark.parametrize(("format", "package"), [("docx", "docx"), ("docx", "typst"), ("pdf", "typst")])
def test_a_missing_extra_is_one_clear_error(format: str, package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name, parent=None: None if name == package else object())
    with pytest.raises(ValueError, match=rf"{format} needs the package {package}; install it with: pip install 'carboncalc\[reports\]'"):
        formats.document(format, words("en"))


TEXT = st.lists(st.sampled_from(["a", "word ", "-", "/", "排出", "1\u00a0000", ", "]), max_size=30).map("".join)


@given(
    st.integers(1, 9).flatmap(
        lambda n: st.tuples(
            st.lists(st.sampled_from("lrw"), min_size=n, max_size=n), st.lists(st.lists(TEXT, min_size=n, max_size=n), min_size=1, max_size=4)
        )
    )
)
def test_the_columns_of_any_table_share_the_page(drawn: tuple[list[str], list[list[str]]]) -> None:
    kinds, rows = drawn
    shares, scale = widths(Table("", [("Title", kind) for kind in kinds], rows))
    assert sum(shares) == pytest.approx(1) and min(shares) > 0.005 and 2 / 3 <= scale <= 1


@given(TEXT, st.integers(1, 40))
def test_a_shortened_text_fits(text: str, width: int) -> None:
    shown = shorten(text, width)
    assert measure(shown) <= width and (shown == text or text.startswith(shown[:-1]))


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize("language", LANGUAGES)
def test_another_program_opens_the_word_file(language: str, tmp_path: Path) -> None:
    document = real(language)
    (tmp_path / "proposal.docx").write_bytes(as_word(language))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    subprocess.run(
        ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", tmp_path, tmp_path / "proposal.docx"], check=True, timeout=240
    )
    made = (tmp_path / "proposal.pdf").read_bytes()
    with pdfplumber.open(io.BytesIO(made)) as opened:
        there = squeezed("".join(page.extract_text() for page in opened.pages))
        assert 10 < len(opened.pages) < 30
        assert all(c["x0"] > 55 and c["x1"] < A4[0] - 55 for page in opened.pages for c in page.chars if c["text"].strip())
    for heading in kind(document, Heading):
        assert there.count(squeezed(heading.text)) >= 2  # in the table of contents and in its place

"""The proposal: every project as a document in three languages, with the figures of the result and nothing a reader could be hurt by."""

import json
import re
import shutil
from base64 import b64encode
from functools import cache
from hashlib import sha256
from html.parser import HTMLParser
from io import BytesIO
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from conftest import ROOT
from markdown_it import MarkdownIt

import carboncalc
from carboncalc import library
from carboncalc.cli.language import words
from carboncalc.cli.reporting import report
from carboncalc.reports import formats
from carboncalc.reports.proposal import charts, html, markdown
from carboncalc.reports.proposal.blocks import Document, Equation, Figure, Heading, Paragraph, Table
from carboncalc.reports.proposal.outline import outline
from carboncalc.reports.words import LANGUAGES

BUSES = ROOT / "examples" / "cat-ba-electric-buses.yaml"
SOLAR = ROOT / "examples" / "factory-rooftop-solar.yaml"
FILES = {p.stem: p for folder in ("examples", "tests/projects/valid") for p in sorted((ROOT / folder).glob("*.yaml"))}
NAMES = [*FILES, "drawn", "negative", "sixty-years", "bare"]


@cache
def saved(name: str) -> str:
    """Return a result as JSON; a test that changes it changes its own copy."""
    if name == "drawn":
        found = carboncalc.estimate(FILES["scenarios-and-correlations"], draws=400)
    elif name in ("negative", "sixty-years", "bare"):
        found = carboncalc.estimate(changed(name))
    else:
        found = carboncalc.estimate(FILES[name])
    return found.to_json()


def changed(name: str) -> dict:
    project = library.read(str(BUSES)).data
    if name == "negative":
        project["inputs"]["fleet"][0]["electricity_use"] = "1.35 kWh/km"
    elif name == "sixty-years":
        project["project"]["years"] = 60
    else:
        del project["finance"], project["programmes"]
    return project


def result(name: str) -> dict:
    return json.loads(saved(name))


@cache
def document(name: str, language: str) -> Document:
    return outline(result(name), words(language))


@cache
def page(name: str, language: str) -> str:
    return html.render(document(name, language), words(language)).decode()


class Page(HTMLParser):
    """Reads HTML strictly: what opens is closed in order; and keeps what the tests ask about."""

    VOID = ("meta", "br", "hr", "img", "col", "link", "input", "wbr")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.headings: list[int] = []
        self.tables: list[list[list[tuple[str, str | None, str]]]] = []
        self.captions: list[str] = []
        self.text: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == [], self.open

    def handle_starttag(self, tag: str, given: list[tuple[str, str | None]]) -> None:
        at = {k: v or "" for k, v in given}
        assert len(at) == len(given), f"an attribute stands twice in {tag}"
        self.tags.add(tag)
        self.attributes += at.items()
        if "id" in at:
            self.ids.append(at["id"])
        if "href" in at:
            self.links.append(at["href"])
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "table":
            self.tables.append([])
        elif tag == "caption":
            assert self.open[-1] == "table"
            self.captions.append("")
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("th", "td"):
            self.tables[-1][-1].append((tag, at.get("scope"), ""))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, given: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, given)
        if tag not in self.VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes another element"

    def handle_data(self, data: str) -> None:
        self.text.append(data)
        if "caption" in self.open:
            self.captions[-1] += data
        if self.open and self.open[-1] in ("th", "td"):
            tag, scope, before = self.tables[-1][-1][-1]
            self.tables[-1][-1][-1] = (tag, scope, before + data)


def tables(found: Document) -> list[Table]:
    return [block for block in found.blocks if isinstance(block, Table)]


def table(found: Document, caption: str) -> Table:
    (one,) = [t for t in tables(found) if t.caption == caption]
    return one


BOTH = pytest.mark.parametrize(("name", "language"), [(n, lang) for n in NAMES for lang in LANGUAGES])


@BOTH
def test_html_is_whole_and_named_for_who_does_not_see_it(name: str, language: str) -> None:
    text = page(name, language)
    found = Page(text)
    assert text.startswith("<!DOCTYPE html>")
    assert f'<html lang="{language}">' in text
    assert len(found.ids) == len(set(found.ids))
    assert {link.removeprefix("#") for link in found.links} <= set(found.ids)
    assert found.headings[0] == 1
    assert found.headings.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(found.headings))
    assert len(found.captions) == len(found.tables)
    assert all(found.captions)
    for rows in found.tables:
        assert all((tag, scope) == ("th", "col") for tag, scope, _ in rows[0])
        for row in rows[1:]:
            assert len(row) == len(rows[0])
            assert row[0][:2] == ("th", "row")
            assert all(tag == "td" for tag, _, _ in row[1:])


@BOTH
def test_html_shows_the_tables_of_the_document(name: str, language: str) -> None:
    shown = [[[text for _, _, text in row] for row in rows] for rows in Page(page(name, language)).tables]
    assert shown == [[[title for title, _ in t.columns], *(list(row) for row in t.rows)] for t in tables(document(name, language))]


@BOTH
def test_markdown_read_again_shows_the_tables_of_the_document(name: str, language: str) -> None:
    text = markdown.render(document(name, language), words(language)).decode()
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(text)
    shown: list[list[list[str]]] = []
    for i, token in enumerate(tokens):
        assert token.type != "html_block"
        for child in token.children or ():
            assert child.type not in ("html_inline", "link_open", "image", "code_inline"), child.content
        if token.type == "table_open":
            shown.append([])
        elif token.type == "tr_open":
            shown[-1].append([])
        elif token.type in ("th_open", "td_open"):
            shown[-1][-1].append("".join(child.content for child in tokens[i + 1].children or ()))
    wanted = [[[title for title, _ in t.columns], *([cell.strip() for cell in row] for row in t.rows)] for t in tables(document(name, language))]
    assert shown == wanted


@BOTH
def test_the_figures_are_those_of_the_result(name: str, language: str) -> None:
    found, w, shown = document(name, language), words(language), result(name)
    t = {key: w(f"proposal.{key}") for key in ("by_year", "total", "key_figures", "range_table")}
    by_year = table(found, t["by_year"])
    keys = ["baseline", "project", *(["leakage"] if any(row["leakage"] for row in shown["years"]) else []), "reduction"]
    for row, year in zip(by_year.rows, shown["years"], strict=False):
        assert list(row[: len(keys) + 1]) == [str(year["year"]), *(w.amount(year[key]) for key in keys)]
    assert list(by_year.rows[-1][: len(keys) + 1]) == [t["total"], *(w.amount(shown["totals"][key]) for key in keys)]
    assert len(by_year.rows) == len(shown["years"]) + 1
    figures = {row[0]: row[1] for row in table(found, t["key_figures"]).rows}
    assert figures[w("proposal.reduction_all")] == w.amount(shown["totals"]["reduction"])
    lead = next(block for block in found.blocks if isinstance(block, Paragraph))
    assert w.amount(abs(shown["totals"]["reduction_per_year"])) in lead.text
    money = shown["finance"]
    if money:
        viability = table(found, w("proposal.viability", currency=money["currency"]))
        npv = next(row for row in viability.rows if row[0] == w("proposal.npv"))
        assert npv[1] == w.amount(money["without_subsidy"]["npv"])
        assert npv[2] == w.amount((money["with_subsidy"] or {}).get("npv"))
        flow = table(found, w("proposal.cash_flow", currency=money["currency"]))
        assert [row[5] for row in flow.rows] == [w.amount(row["cumulative"]) for row in money["cash_flow"]]
    if shown["uncertainty"]:
        rows = {row[0]: row[1] for row in table(found, t["range_table"]).rows}
        assert rows[w("proposal.mean")] == w.amount(shown["uncertainty"]["reduction"]["mean"])
    for programme in shown["programmes"]:
        criteria = next(t for t in tables(found) if t.caption == w("proposal.criteria", programme=w.of(programme["title"])))
        assert len(criteria.rows) == len(programme["criteria"])


@pytest.mark.parametrize("name", NAMES)
def test_every_equation_stands_once_with_its_number_and_its_citation(name: str) -> None:
    found = [block for block in document(name, "en").blocks if isinstance(block, Equation)]
    assert [e.number for e in found] == [str(i + 1) for i in range(len(found))]
    cites = {step["cite"] for step in result(name)["steps"]}
    assert {e.cite for e in found} == cites
    text = page(name, "en")
    assert text.count("<math ") == len(found)
    for piece in re.findall(r"<math .*?</math>", text, re.DOTALL):
        ElementTree.fromstring(piece)


@pytest.mark.parametrize("language", ["ja", "vi"])
def test_no_english_of_the_catalogue_stands_in_another_language(language: str) -> None:
    english, other = (words(lang)._texts for lang in ("en", language))
    wanted = {
        text
        for section in ("document", "proposal", "chart")
        for key, text in english[section].items()
        if isinstance(text, str) and " " in text and "{" not in text and other[section][key] != text
    }
    for name in NAMES:
        cells = {cell for t in tables(document(name, language)) for row in [[title for title, _ in t.columns], *t.rows] for cell in row}
        cells |= {block.text for block in document(name, language).blocks if isinstance(block, Heading | Paragraph)}
        cells |= {block.caption for block in document(name, language).blocks if isinstance(block, Table | Figure)}
        assert cells & wanted == set(), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_file_does_not_tell_is_left_to_the_applicant(language: str) -> None:
    """No participant is invented: the entry says who has to fill it in."""
    w = words(language)
    fill = table(document("bare", language), w("proposal.fill_caption", what=w("proposal.consortium")))
    assert {row[1] for row in fill.rows} == {f"[ {w('proposal.applicant')} ]"}
    assert w("proposal.no_finance") in page("bare", language)
    assert w("proposal.no_programme") in page("bare", language)


def test_jcm_speaks_of_reference_emissions_and_the_cdm_of_a_baseline() -> None:
    assert "Reference emissions" in page("factory-rooftop-solar", "en")
    assert "Baseline emissions" not in page("factory-rooftop-solar", "en")
    assert "Baseline emissions" in page("cat-ba-electric-buses", "en")
    assert "Reference emissions" not in page("cat-ba-electric-buses", "en")


def test_a_yes_never_stands_without_its_unverified_thresholds() -> None:
    (row,) = [row for row in table(document("factory-rooftop-solar", "en"), "Verdicts on the programmes and laws tested").rows if "JCM" in row[0]]
    assert row[3] == "eligible, subject to 5 unverified thresholds"


def test_years_with_more_emissions_than_before_are_named() -> None:
    assert "The project adds emissions" in page("negative", "en")
    assert "In these years the project emits more than it avoids: 2027" in page("trang-cat-waste-to-energy", "en")


def test_a_threshold_just_missed_never_looks_met() -> None:
    """3 999.6 and 4 000.4 are both shown as 4 000: beside each other they get the digits that tell them apart."""
    shown = result("factory-rooftop-solar")
    (c,) = [c for c in shown["programmes"][0]["criteria"] if c["id"] == "cost-effectiveness"]
    c.update(value=4000.4, threshold=4000.0, verdict="fail")
    found = outline(shown, words("en"))
    rows = [row for t in tables(found) for row in t.rows if row[0] == "Subsidy per tonne" and len(row) > 3]
    figures = [("4\u00a0000.4\u00a0JPY/tCO2e", shown) for shown in ("4\u00a0000\u00a0JPY/tCO2e", "≤ 4\u00a0000\u00a0JPY/tCO2e")]
    assert [(row[2], row[3]) for row in rows] == figures


# -- charts ------------------------------------------------------------------------------------------------------------------------------

SVG = "{http://www.w3.org/2000/svg}"


def drawings(name: str, language: str) -> list[ElementTree.Element]:
    return [ElementTree.fromstring(block.svg) for block in document(name, language).blocks if isinstance(block, Figure)]


@BOTH
def test_a_chart_is_named_and_told_without_colour(name: str, language: str) -> None:
    for picture in drawings(name, language):
        title, more = picture.find(f"{SVG}title"), picture.find(f"{SVG}desc")
        assert title is not None and title.text
        assert more is not None and more.text
        assert picture.get("role") == "img"
        assert picture.get("aria-labelledby") == f"{title.get('id')} {more.get('id')}"
        assert {e.tag for e in picture.iter()} <= {SVG + t for t in ["svg", "title", "desc", "defs", "pattern", "rect", "path", "circle", "text"]}
        assert not any(key.startswith("on") or "href" in key for e in picture.iter() for key in e.attrib)
        for rect in picture.iter(f"{SVG}rect"):
            assert float(rect.get("height", "")) >= 0
            assert float(rect.get("width", "")) > 0
        fills = {rect.get("fill", "") for rect in picture.iter(f"{SVG}rect")}
        assert all(fill.startswith(("url(#", "#")) for fill in fills)


def test_sixty_years_stay_legible() -> None:
    picture = drawings("sixty-years", "en")[0]
    labels = [(float(e.get("x", "")), e.text) for e in picture.iter(f"{SVG}text") if re.fullmatch(r"20\d\d", e.text or "")]
    assert labels[0][1] == "2027"
    assert labels[-1][1] == "2086"
    assert all(b[0] - a[0] >= 34 for a, b in pairwise(labels))


@pytest.mark.parametrize(("language", "shown"), [("en", "1\u00a0000"), ("ja", "1,000"), ("vi", "1.000")])
def test_an_axis_is_written_as_the_language_writes_numbers(language: str, shown: str) -> None:
    assert shown in [e.text for e in drawings("sixty-years", language)[0].iter(f"{SVG}text")]


@pytest.mark.parametrize(
    ("low", "high", "wanted"),
    [
        (0.0, 0.0, [0.0, 1.0]),
        (0.0, 10.0, [0.0, 2.0, 4.0, 6.0, 8.0, 10.0]),
        (-3.0, 9.0, [-2.5 * 2, -2.5, 0.0, 2.5, 5.0, 7.5, 10.0]),
        (2e-7, 9e-7, [0.0, 2e-7, 4e-7, 6e-7, 8e-7, 1e-6]),
    ],
)
def test_the_lines_of_an_axis_are_round_and_hold_the_values(low: float, high: float, wanted: list[float]) -> None:
    assert charts.ticks(low, high) == pytest.approx(wanted)


# -- harmless ----------------------------------------------------------------------------------------------------------------------------

HOSTILE = [
    '=HYPERLINK("http://example.com","x")',
    "<script>alert(1)</script>",
    "[red]x[/red]",
    "x" * 5000,
    "長" * 5000,
    '"><img src=x onerror=alert(1)><svg onload=alert(1)>',
    "</title></style></svg></math><b>",
    "{{ 7*7 }}{% raw %}{0}",
    "$$\\input{/etc/passwd}$$ \\tag{9}",
    "a|b|c\n\n| x |\n|---|\n# no heading",
    "![x](http://example.com/x.png) [y](javascript:alert(1)) <http://example.com> www.example.com @someone `code` ~~x~~ ***",
    "\u202eoverridden\u0000\u200b",
    "- item\n1. item\n> quotation\n---",
]
#: what a form, a language or a program chooses, and no user writes
WORDS_OF_THE_PROGRAM = {
    "role", "status", "confidence", "verdict", "answer", "severity", "origin", "gas", "match", "formula", "unit", "compare", "check", "scheme", "kind",
    "gwp", "currency", "monitoring", "code", "at", "from", "to", "due", "latest", "start", "name", "uses", "missing", "version", "value", "threshold",
}  # fmt: skip


def poisoned(node: object, text: str, key: str = "") -> object:
    """Return a result in which every text that a user or a stranger may write is `text`."""
    if isinstance(node, dict):
        return {k: v if k in WORDS_OF_THE_PROGRAM or k == "input" else poisoned(v, text, k) for k, v in node.items()}
    if isinstance(node, list):
        return [poisoned(v, text, key) for v in node]
    if isinstance(node, str) and not (key in ("id", "measure", "path", "factor") or key in ("between",)):
        return text
    return node


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("name", ["factory-rooftop-solar", "drawn"])
def test_a_hostile_text_is_harmless_anywhere(name: str, text: str) -> None:
    shown = poisoned(result(name), text)
    assert isinstance(shown, dict)
    shown["project"]["title"] = shown["project"]["id"] = text
    w = words("en")
    made = outline(shown, w)
    written = html.render(made, w).decode()
    found, clean = Page(written), Page(page(name, "en"))
    assert found.tags <= clean.tags
    assert {k for k, _ in found.attributes} <= {k for k, _ in clean.attributes}
    assert all(link.startswith("#") for link in found.links)
    assert "\u202e" not in written
    assert "\x00" not in written
    assert len(re.search("<title>(.*?)</title>", written, re.DOTALL)[1]) < 1000  # type: ignore[index]
    tokens = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(markdown.render(made, w).decode())
    kinds = {child.type for token in tokens for child in token.children or ()} | {token.type for token in tokens}
    assert not kinds & {"html_inline", "html_block", "link_open", "image", "code_inline", "s_open", "code_block", "fence"}
    assert sum(token.type == "heading_open" for token in tokens) == 1 + sum(isinstance(block, Heading) for block in made.blocks)
    assert sum(token.type == "table_open" for token in tokens) == len(tables(made))


def test_html_loads_nothing_and_runs_nothing() -> None:
    for name in NAMES:
        text = page(name, "ja")
        found = Page(text)
        assert not found.tags & {"script", "link", "img", "iframe", "object", "embed", "form", "base"}
        assert not any(key.startswith("on") or key in ("src", "srcset", "style", "action") for key, _ in found.attributes)
        assert all(link.startswith("#") for link in found.links)
        (style,) = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
        assert "url(" not in style
        assert "@import" not in style
        policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
        assert policy
        digest = b64encode(sha256(style.encode()).digest()).decode()
        assert policy[1].replace("&#39;", "'") == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def test_the_same_result_gives_the_same_bytes() -> None:
    for render in (html.render, markdown.render):
        made = [render(outline(result("drawn"), words("vi")), words("vi")) for _ in range(2)]
        assert made[0] == made[1]


# -- the command -------------------------------------------------------------------------------------------------------------------------


def run(path: object, output: object = None, format: str | None = None, **more: object) -> int:
    given = {"lang": None, "project": None, "draws": None, "seed": None, "fonts": [], "quiet": True, "no_color": True, "width": 80, **more}
    return report(str(path), format, None if output is None else str(output), **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(("ending", "begins"), [("html", b"<!DOCTYPE html>"), ("md", b"# Solar"), ("docx", b"PK"), ("pdf", b"%PDF"), ("xlsx", b"PK")])
def test_a_saved_result_needs_no_library(tmp_path, monkeypatch, ending: str, begins: bytes) -> None:
    """Years later the factors, methodologies and programmes that made a result may be gone: the report is the same."""
    kept, fresh, late = tmp_path / "result.json", tmp_path / f"fresh.{ending}", tmp_path / f"late.{ending}"
    kept.write_text(saved("factory-rooftop-solar"), encoding="utf-8")
    assert run(SOLAR, fresh, lang="vi") == 0
    found = library.data_path

    def gone(kind: str) -> str:
        if kind not in ("locale", "schemas"):
            raise FileNotFoundError(kind)
        return found(kind)

    for module in (library, library.data):
        monkeypatch.setattr(module, "data_path", gone)
    assert run(kept, late, lang="vi") == 0
    assert late.read_bytes()[: len(begins)] == begins
    if ending in ("html", "md"):
        assert late.read_bytes().replace(b"\r", b"") == fresh.read_bytes()


def test_a_result_comes_through_a_pipe(tmp_path, monkeypatch) -> None:
    from carboncalc.cli import reporting

    piped, straight = tmp_path / "piped.html", tmp_path / "straight.html"
    assert run(SOLAR, straight) == 0
    for content in (saved("factory-rooftop-solar").encode(), SOLAR.read_bytes()):
        monkeypatch.setattr(reporting, "standard_input", lambda content=content: content)
        assert run("-", piped) == 0
        assert "Solar power on factory roofs" in piped.read_text(encoding="utf-8")
    monkeypatch.setattr(reporting, "standard_input", lambda: saved("factory-rooftop-solar").encode()[:-20])
    assert run("-", piped) == 2


def test_estimate_makes_the_same_document(tmp_path) -> None:
    from carboncalc.cli.estimating import estimate

    one, other = tmp_path / "one.html", tmp_path / "other.html"
    assert run(BUSES, one) == 0
    assert estimate([str(BUSES)], None, str(other), [], True, True, None) == 0
    assert one.read_bytes() == other.read_bytes()


def test_a_park_has_a_report(tmp_path) -> None:
    made = tmp_path / "park.html"
    assert run(FILES["hai-phong-eco-industrial-park"], made) == 0
    assert "Industrial symbiosis: the exchanges" in made.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"format": "word"}, "there is no format 'word' of a report"),
        ({"format": "html", "lang": "fr"}, "there is no language 'fr'"),
        ({"format": "html", "fonts": ["."]}, "--font-path is for pdf"),
        ({"format": "pdf", "fonts": ["no-such-folder"]}, "no-such-folder is no folder"),
        ({"format": "html", "seed": 1}, "--seed needs --draws"),
        ({"format": "html", "project": "another"}, "no project with the id 'another'"),
    ],
)
def test_wrong_usage_is_explained(capsys, tmp_path, more: dict, message: str) -> None:
    assert run(SOLAR, tmp_path / "x", **more) == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "x").exists()


def test_one_of_several_saved_results_is_named(capsys, tmp_path) -> None:
    several = tmp_path / "all.jsonl"
    several.write_text("\n".join(json.dumps(result(name)) for name in ("factory-rooftop-solar", "cat-ba-electric-buses")), encoding="utf-8")
    assert run(several, tmp_path / "x.html") == 2
    assert "name it with --project ID; ids: factory-rooftop-solar, cat-ba-electric-buses" in capsys.readouterr().err
    assert run(several, tmp_path / "x.html", project="cat-ba-electric-buses") == 0
    assert "Electric buses" in (tmp_path / "x.html").read_text(encoding="utf-8")
    assert run(several, tmp_path / "y.html", project="cat-ba-electric-buses", draws=100) == 2
    assert "a saved result is reported as it was saved" in capsys.readouterr().err


def test_a_saved_result_that_lacks_what_a_report_needs_is_named(capsys, tmp_path) -> None:
    old = result("factory-rooftop-solar")
    del old["rests_on"]
    (tmp_path / "old.json").write_text(json.dumps(old), encoding="utf-8")
    assert run(tmp_path / "old.json", tmp_path / "x.html") == 2
    assert "old.json was saved without 'rests_on', which a report needs; estimate the project again" in capsys.readouterr().err


def test_an_invalid_project_has_findings_and_no_document(capsys, tmp_path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("carboncalc: 1\n", encoding="utf-8")
    assert run(bad, tmp_path / "x.html") == 3
    assert "CC1" in capsys.readouterr().err
    assert not (tmp_path / "x.html").exists()


def test_a_missing_package_is_one_sentence(monkeypatch) -> None:
    import importlib.util

    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ValueError, match=r"the format html needs the package jinja2; install it with: pip install 'carboncalc\[reports\]'"):
        formats.document("html", words("en"))


# -- in a browser ------------------------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_browser_finds_nothing_that_shuts_a_reader_out(tmp_path, language: str) -> None:
    """axe-core in Chromium finds no violation, on a wide screen, a narrow one and a dark one; and the pages print."""
    api = pytest.importorskip("playwright.sync_api")
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    pypdf = pytest.importorskip("pypdf")
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None:
        pytest.skip("needs Chromium")
    with api.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        for name in ("drawn", "money-and-credits", "hai-phong-eco-industrial-park"):
            file = tmp_path / f"{name}.html"
            file.write_text(page(name, language), encoding="utf-8")
            for width, scheme in ((1200, "light"), (360, "dark")):
                tab = chromium.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
                tab.goto(file.as_uri())
                told = axe.run(tab).response["violations"]
                assert [(v["id"], v["nodes"][0]["html"]) for v in told] == []
                assert tab.evaluate("document.documentElement.scrollWidth") <= width  # nothing sticks out of a narrow screen
                tab.close()
            tab = chromium.new_page()
            tab.goto(file.as_uri())
            printed = pypdf.PdfReader(BytesIO(tab.pdf(prefer_css_page_size=True))).pages
            assert len(printed) >= 5
            assert [round(float(side) / 72 * 25.4) for side in printed[0].mediabox[2:]] == [210, 297]
            tab.close()
        chromium.close()

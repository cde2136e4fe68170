"""The guide: a site of every programme and methodology in three languages, whose links hold and whose worked examples are the engine's figures."""

import math
import posixpath
import re
import shutil
from functools import cache
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from conftest import ROOT

import carboncalc
from carboncalc import library, methodology, programme
from carboncalc.cli import guiding
from carboncalc.cli.language import words
from carboncalc.reports.guide import site as guide
from carboncalc.reports.guide.opening import COMMANDS
from carboncalc.reports.guide.page import SECTIONS, Page, path
from carboncalc.reports.guide.rules import Rules
from carboncalc.reports.proposal.blocks import Heading, Listing, Paragraph, Table
from carboncalc.reports.words import LANGUAGES

METHODS = [*methodology.ids(), *(f"symbiosis/{kind}" for kind in methodology.exchanges())]
EMPTY = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "path", "rect", "line", "circle", "polyline"}


@cache
def data() -> dict:
    return guiding.gather(words("en"), None)


@cache
def pages(language: str) -> dict[str, Page]:
    return {page.path: page for page in guide.pages(data(), words(language))}


@cache
def files(language: str) -> dict[str, bytes]:
    return dict(guide.site(data(), words(language)))


class Read(HTMLParser):
    """What a page holds: tags in order with their attributes, and every fault of nesting."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.faults: list[str] = []
        self.headings: list[int] = []
        self.feed(text)
        self.faults += [f"<{tag}> is never closed" for tag in self.open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag in EMPTY:
            return
        if not self.open or self.open[-1] != tag:
            self.faults.append(f"</{tag}> closes {self.open[-1:]}")
        else:
            self.open.pop()

    def all(self, name: str) -> list[str]:
        return [attributes[name] or "" for _, attributes in self.tags if name in attributes]


@cache
def read(language: str) -> dict[str, Read]:
    return {name: Read(content.decode()) for name, content in files(language).items() if name.endswith(".html")}


def cells(page: Page) -> set[str]:
    """Return every text of a page that stands in its own language, whole."""
    found: set[str] = {page.title}
    for block in page.texts:
        if isinstance(block, Heading | Paragraph):
            found.add(block.text)
        elif isinstance(block, Listing):
            found.add(block.caption)
        elif isinstance(block, Table):
            found |= {block.caption, *(title for title, _ in block.columns)}
            found |= {str(cell) for row in block.rows for cell in row if not getattr(cell, "language", "")}
    return found


def table(page: Page, key: str, **values: object) -> Table:
    wanted = page.words(key, **values)
    return next(block for block in page.blocks if isinstance(block, Table) and block.caption == wanted)


# -- the site as a whole -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_parses_and_is_in_its_language(language: str) -> None:
    for name, page in read(language).items():
        assert page.faults == [], name
        assert page.tags[0] == ("html", {"lang": language})
        ids = page.all("id")
        assert len(ids) == len(set(ids)), name
        assert page.headings[0] == 1
        assert page.headings.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(page.headings)), name
        assert sum(tag == "main" for tag, _ in page.tags) == 1
        assert sum(tag == "title" for tag, _ in page.tags) == 1 + any(tag == "svg" for tag, _ in page.tags)
        assert sum(tag == "table" for tag, _ in page.tags) == sum(tag == "caption" for tag, _ in page.tags)
        assert all(attributes.get("scope") in ("col", "row") for tag, attributes in page.tags if tag == "th"), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_link_and_anchor_resolves(language: str) -> None:
    anchors = {name: set(page.all("id")) for name, page in read(language).items()}
    reached = set()
    for name, page in read(language).items():
        for target in page.all("href"):
            assert "://" not in target and not target.startswith("/"), f"{name}: {target} is not relative"
            file, _, anchor = target.partition("#")
            whole = posixpath.normpath(posixpath.join(posixpath.dirname(name), file)) if file else name
            assert whole in files(language), f"{name}: {target}"
            assert not anchor or anchor in anchors[whole], f"{name}: {target}"
            reached.add(whole)
        for key in ("aria-labelledby", "aria-describedby"):
            for ids in page.all(key):
                assert set(ids.split()) <= anchors[name], f"{name}: {ids}"
    assert reached == set(files(language))  # no page is an orphan


def test_previous_and_next_lead_through_every_page_once() -> None:
    at, seen = "index.html", ["index.html"]
    while True:
        follow = [a["href"] for tag, a in read("en")[at].tags if tag == "a" and a.get("rel") == "next"]
        if not follow:
            break
        at = posixpath.normpath(posixpath.join(posixpath.dirname(at), str(follow[0])))
        seen.append(at)
    assert sorted(seen) == sorted(read("en"))


@pytest.mark.parametrize(
    "name", ["index.html", "glossary.html", "programmes/index.html", "programmes/jcm-model-project.html", "parks/symbiosis-steam.html"]
)
def test_the_menu_says_where_the_reader_is(name: str) -> None:
    current = [a for _, a in read("en")[name].tags if a.get("aria-current") in ("page", "true") and "href" in a]
    assert len(current) == 1
    assert current[0]["aria-current"] == ("true" if name.count("-") else "page")


def test_the_pages_load_their_style_sheet_and_nothing_else() -> None:
    for name, page in read("ja").items():
        tags = {tag for tag, _ in page.tags}
        assert not tags & {"script", "style", "img", "iframe", "object", "embed", "form", "base"}, name
        assert not any(key.startswith("on") or key in ("src", "srcset", "style", "action") for _, a in page.tags for key in a), name
        links = [a for tag, a in page.tags if tag == "link"]
        assert [a["rel"] for a in links] == ["stylesheet"]
        (policy,) = [a["content"] for tag, a in page.tags if a.get("http-equiv") == "Content-Security-Policy"]
        assert policy == "default-src 'none'; style-src 'self' file:; base-uri 'none'; form-action 'none'"
    style = files("ja")["style.css"].decode()
    assert "url(" not in style
    assert "@import" not in style


@pytest.mark.parametrize("language", ["ja", "vi"])
def test_no_english_of_the_catalogue_stands_in_another_language(language: str) -> None:
    english, other = (words(lang)._texts for lang in ("en", language))
    wanted = {
        text
        for section in ("document", "proposal", "guide", "country")
        for key, text in english[section].items()
        if isinstance(text, str) and " " in text.strip() and "{" not in text and other[section][key] != text
    }
    for name, page in pages(language).items():
        assert cells(page) & wanted == set(), name


def test_the_catalogues_of_the_guide_hold_the_same_keys_and_placeholders() -> None:
    english = words("en")._texts
    for language in ("ja", "vi"):
        other = words(language)._texts
        for section in ("guide", "country"):
            assert list(other[section]) == list(english[section])
            for key, text in english[section].items():
                assert set(re.findall(r"\{\w+\}", str(text))) == set(re.findall(r"\{\w+\}", str(other[section][key]))), key


def test_every_text_of_the_guide_is_used() -> None:
    """What no page asks for is not kept."""
    code = "".join(p.read_text(encoding="utf-8") for p in (ROOT / "carboncalc" / "reports").rglob("*") if p.suffix in (".py", ".j2"))
    made = ("title_", "next_", "facts_", "kind_", "word_", "out_", "example_", "figure_", "language_", "start_", "means_", "type_", "col_")
    columns = set(re.findall(r'"(\w+)(?::[lr])?"', code))
    for key in words("en")._texts["guide"]:
        assert f'"{key}"' in code or f'"guide.{key}"' in code or key.startswith(made), key
        if key.startswith("col_"):
            assert key.removeprefix("col_") in columns or f'"{key}"' in code, key
        if key.startswith("out_"):
            name = key.removeprefix("out_")
            assert name in programme.OUTCOMES or name in methodology.BUILT_IN or name in methodology.OUTCOMES, key


def test_every_outcome_that_a_rule_may_use_has_words() -> None:
    for name in {*programme.OUTCOMES, *methodology.BUILT_IN, *methodology.OUTCOMES}:
        assert words("en").has(f"guide.out_{name}"), name


def test_the_same_data_give_the_same_bytes() -> None:
    assert dict(guide.site(data(), words("vi"))) == files("vi")


# -- facts -------------------------------------------------------------------------------------------------------------------------------


def test_each_fact_has_three_languages_a_citation_and_its_confidence() -> None:
    found = guiding.own()
    assert set(found["facts"]) == {"offers", "who", "paid", "credits", "steps", "viet_nam", "parks", "counting"}
    for section, rows in found["facts"].items():
        for row in rows:
            assert set(row) == {"text", "cite", "confidence"}, section
            assert set(row["text"]) == set(LANGUAGES)
            assert len(set(row["text"].values())) == 3
            assert all(text.strip() for text in row["text"].values())
            assert row["cite"].strip()
            assert row["confidence"] in methodology.CONFIDENCE
            if re.search(r"memory|inference|no text seen|not seen in any", row["cite"]):
                assert row["confidence"] == "recalled", row["cite"]
    assert all(set(row["label"]) == set(LANGUAGES) for row in found["terms"])


def test_numbers_of_a_fact_are_the_same_in_each_language() -> None:
    """A digit that one language has and another has not is a slip; months and grouped thousands are written differently."""
    for rows in guiding.own()["facts"].values():
        for row in rows:
            numbers = [set(re.findall(r"(?<!\d)\d{2,}(?!\d)", re.sub(r"(?<=\d)[.,](?=\d{3})", "", text))) for text in row["text"].values()]
            years = [{n for n in found if len(n) == 4} for found in numbers]
            assert years[0] <= years[1] | years[2], row["text"]["en"]


def test_an_unverified_fact_is_marked_on_its_page() -> None:
    for language in LANGUAGES:
        shown = {
            str(row[0]): str(row[-1]) for page in pages(language).values() for block in page.blocks if isinstance(block, Table) for row in block.rows
        }
        for rows in guiding.own()["facts"].values():
            for row in rows:
                if row["confidence"] in ("recalled", "conflicting") and row["text"][language] in shown:
                    assert words(language)(f"proposal.{row['confidence']}") == shown[row["text"][language]]


# -- programmes --------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("id_", sorted(programme.paths()))
def test_a_programme_has_its_page_with_every_version(id_: str) -> None:
    page = pages("en")[path("programmes", id_)]
    told = cells(page)
    for version in programme.versions(id_):
        rows = table(page, "guide.criteria_of", version=version["version"]).rows
        assert [str(row[-2]) for row in rows] == [c["cite"] for c in version["criteria"]]
        assert [str(row[-1]) for row in rows] == [page.confidence(c["confidence"]) for c in version["criteria"]]
        for row, c in zip(rows, version["criteria"], strict=True):
            assert row[1].strip()
            assert all(c[key]["en"] in row[2] for key in ("why", "fix") if key in c)
        assert {c["label"]["en"] for c in version.get("constants", {}).values()} <= told
        assert set(version.get("facts", {})) <= told
        assert {step["label"]["en"] for step in version.get("steps", ()) if not step.get("optional")} <= told
        assert page.words.date(version["in_force"]["from"]) in " ".join(told)


def test_the_partner_countries_stand_with_their_days_and_what_other_sources_say() -> None:
    page = pages("en")[path("programmes", "jcm/scheme")]
    rows: dict[str, list[str]] = {}
    for block in page.blocks:
        if isinstance(block, Table) and block.caption == "Day of signature by country":
            rows = {str(row[0]): [str(cell) for cell in row] for row in block.rows}
    assert rows["Viet Nam"][1] == "2 July 2013"
    assert "29 August 2025" in rows["India"][2]
    assert rows["Brazil"][1] == "not signed as far as is known"


@pytest.mark.parametrize(
    ("language", "formula", "told"),
    [
        ("en", "subsidy <= cap", "‘Subsidy asked for’ ≤ ‘Largest subsidy’ (2 000 000 000 JPY)"),
        ("ja", "reduction_energy_per_year > 0", "「エネルギー起源の年平均排出削減量」 > 0"),
        ("vi", 'country in ("VN",)', "“Nước thực hiện dự án” thuộc (Việt Nam)"),
        ("en", "subsidy_rate <= lookup(ceiling, similar_projects)", "‘Rate’ ≤ ‘Ceiling’ for ‘Similar projects’"),
        ("en", "not started", "not: ‘Works begun’"),
        ("en", "where(started, 1, 2)", "by case: (‘Works begun’, 1, 2)"),
        ("en", "unheard_of >= 3", "‘unheard_of’ ≥ 3"),
    ],
)
def test_a_rule_is_told_in_words(language: str, formula: str, told: str) -> None:
    rules = {
        "entry": {
            "subsidy": {"symbol": "subsidy", "label": {"en": "Subsidy asked for"}},
            "rate": {"symbol": "subsidy_rate", "label": {"en": "Rate"}},
        },
        "facts": {"started": {"label": {"en": "Works begun"}}, "similar_projects": {"label": {"en": "Similar projects"}}},
        "constants": {"cap": {"value": "2000 million JPY", "unit": "JPY", "label": {"en": "Largest subsidy"}}},
        "tables": {"ceiling": {"label": {"en": "Ceiling"}}},
    }
    assert Rules(Page(words(language), "programmes"), rules).told(formula).replace("\u00a0", " ") == told


# -- methodologies -----------------------------------------------------------------------------------------------------------------------


def example(id_: str) -> dict:
    return next(m for m in data()["methods"] if m["id"] == id_)["example"]


@pytest.mark.parametrize("id_", METHODS)
def test_a_methodology_has_its_page_and_its_example_is_the_engines(id_: str) -> None:
    section = "parks" if id_.startswith("symbiosis/") else "methodologies"
    for language in LANGUAGES:
        page = pages(language)[path(section, id_)]
        shown = table(page, "proposal.by_year")
        (listing,) = [block.text for block in page.texts if isinstance(block, Listing)]
        again = carboncalc.estimate(library.parse(listing, "listing.yaml").data).to_dict()  # what the page shows is the file, whole
        amount = page.words.amount
        assert [str(row[0]) for row in shown.rows[:-1]] == [str(year["year"]) for year in again["years"]]
        assert [row[-1] for row in shown.rows[:-1]] == [amount(year["reduction"]) for year in again["years"]]
        assert shown.rows[-1][-1] == amount(again["totals"]["reduction"])
        assert shown.rows[-1][1] == amount(again["totals"]["baseline"])
        if language == "en":
            assert again["totals"] == example(id_)["result"]["totals"]


def test_a_published_figure_is_met_by_the_example() -> None:
    seen = 0
    for id_ in METHODS:
        found = example(id_)
        for row in found["published"]:
            seen += 1
            (year,) = [y for y in found["result"]["years"] if str(y["year"]) == row["year"]]
            assert math.isclose(year[row["figure"]], row["value"], rel_tol=0.05), id_
    assert seen >= 5


def test_a_published_example_is_called_so_and_another_is_not() -> None:
    for id_ in METHODS:
        found = example(id_)
        section = "parks" if id_.startswith("symbiosis/") else "methodologies"
        told = " ".join(cells(pages("en")[path(section, id_)]))
        assert ("A published project" in told) == (found["kind"] == "published")
        assert ("no published project stands behind" in told) == (found["kind"] == "computed")
        assert found["kind"] == "computed" or not found["source"].startswith("derived")


@pytest.mark.parametrize("id_", METHODS)
def test_every_equation_and_symbol_of_a_methodology_is_named(id_: str) -> None:
    method = next(m for m in data()["methods"] if m["id"] == id_)
    for equation in method["equations"]:
        assert equation["label"]["en"]
        assert equation["confidence"] in methodology.CONFIDENCE
        for name in equation["names"]:
            label = (method["symbols"].get(name) or {}).get("label")
            assert label or words("en").has(f"guide.out_{name}") or name.startswith(("given_", "by_", "exists_")), name


# -- nobody is hurt ----------------------------------------------------------------------------------------------------------------------

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)><svg onload=alert(1)>',
    "</title></style></svg></math></code></pre><b>",
    "{{ 7*7 }}{% raw %}{0}",
    "\u202eoverridden\u0000\u200b",
    "javascript:alert(1)",
    "長" * 3000,
]
#: what a schema chooses, and no text of a library
FIXED = {
    "id", "kind", "confidence", "countries", "sector", "check", "subject", "version", "in_force", "country", "held", "value", "steps", "unit", "formula", "test", "threshold",
    "compare", "applies", "type", "result", "tree", "names", "name", "scheme", "date", "from", "to", "figure", "year", "met", "programme", "group", "symbol", "latex", "accessed", "of",
    "after", "days", "at_most", "sets", "criteria_ids",
}  # fmt: skip


def poisoned(node: object, text: str, key: str = "") -> object:
    if isinstance(node, dict):
        return {
            k: v if k in FIXED and not isinstance(v, dict) or k in ("result", "in_force", "values") else poisoned(v, text, k) for k, v in node.items()
        }
    if isinstance(node, list):
        return [poisoned(v, text, key) for v in node]
    return text if isinstance(node, str) and key not in FIXED else node


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_text_of_a_library_is_harmless(text: str) -> None:
    few = {**data(), "methods": data()["methods"][:2] + data()["methods"][-1:], "programmes": data()["programmes"][:3] + data()["programmes"][-2:]}
    clean = {name: Read(content.decode()) for name, content in guide.site(few, words("en")) if name.endswith(".html")}
    made = {name: content.decode() for name, content in guide.site(poisoned(few, text), words("en")) if name.endswith(".html")}  # type: ignore[arg-type]
    assert set(made) == set(clean)
    for name, written in made.items():
        found = Read(written)
        assert found.faults == [], name
        assert {tag for tag, _ in found.tags} <= {tag for tag, _ in clean[name].tags} | {"math", "mrow", "mtext"}, name
        assert {k for _, a in found.tags for k in a} <= {k for _, a in clean[name].tags for k in a}, name
        assert all(re.fullmatch(r"[a-z0-9./#-]*", target) for target in found.all("href")), name
        assert "\u202e" not in written
        assert "\x00" not in written


# -- the command -------------------------------------------------------------------------------------------------------------------------


def test_the_command_writes_the_site_and_leaves_other_files(tmp_path, capsys) -> None:
    folder = tmp_path / "portal" / "guide"
    folder.mkdir(parents=True)
    (folder / "logo.svg").write_text("<svg/>")
    (folder / "parks").mkdir()
    (folder / "parks" / "notes.txt").write_text("mine")
    assert guiding.guide(str(folder), "vi", "mn", False) == 0
    assert "index.html" in capsys.readouterr().err
    assert (folder / "logo.svg").read_text() == "<svg/>"
    assert (folder / "parks" / "notes.txt").read_text() == "mine"
    written = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    assert not any(name.endswith(".part") for name in written)
    assert "methodologies/jcm-mn-am002.html" in written
    assert "methodologies/jcm-vn-am007.html" not in written  # not for Mongolia
    assert "programmes/vn-decree-112-2026.html" not in written
    one = (folder / "methodologies" / "jcm-mn-am002.html").read_text(encoding="utf-8")
    assert '<html lang="vi">' in one
    assert f"title: {methodology.headline('jcm/mn-am002')['title']['vi']}" in one  # the file of the example, too
    for name in written - {"logo.svg", "parks/notes.txt"}:
        for target in Read((folder / name).read_text(encoding="utf-8")).all("href") if name.endswith(".html") else ():
            file = target.partition("#")[0]
            assert not file or posixpath.normpath(posixpath.join(posixpath.dirname(name), file)) in written, f"{name}: {target}"


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"lang": "fr"}, "there is no language 'fr'"),
        ({"country": "Viet Nam"}, "--country 'Viet Nam' is not a country code; write two letters, such as VN"),
    ],
)
def test_wrong_usage_is_explained(tmp_path, capsys, more: dict, message: str) -> None:
    assert guiding.guide(str(tmp_path / "site"), more.get("lang"), more.get("country"), False) == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "site").exists()


def test_a_folder_that_cannot_be_written_is_told(tmp_path, capsys, monkeypatch) -> None:
    monkeypatch.setattr(guiding, "gather", lambda words, country: data())
    (tmp_path / "file").write_text("in the way")
    assert guiding.guide(str(tmp_path / "file"), "en", None, False) == 2
    told = capsys.readouterr().err
    assert f"cannot write {tmp_path / 'file'}" in told
    assert (tmp_path / "file").read_text() == "in the way"


def test_a_missing_package_is_one_sentence(tmp_path, capsys, monkeypatch) -> None:
    monkeypatch.setattr(guiding, "find_spec", lambda name: None)
    assert guiding.guide(str(tmp_path / "site"), "en", None, False) == 2
    assert capsys.readouterr().err == "carboncalc: the guide needs the package jinja2; install it with: pip install 'carboncalc[reports]'\n"


def test_the_commands_of_the_first_steps_are_commands() -> None:
    import typer

    from carboncalc.cli.app import app

    known = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    for _, line in COMMANDS:
        program, command, *rest = line.split()
        if program == "carboncalc":
            options = {o for p in known[command].params for o in p.opts}
            assert {word for word in rest if word.startswith("-")} <= options, line
    assert set(SECTIONS) >= {"start", "glossary"}


# -- in a browser ------------------------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_browser_finds_nothing_that_shuts_a_reader_out(tmp_path, language: str) -> None:
    """axe-core in Chromium finds no violation, on a wide screen, a narrow one and a dark one; the style sheet is loaded, and nothing sticks out."""
    api = pytest.importorskip("playwright.sync_api")
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None:
        pytest.skip("needs Chromium")
    for name, content in files(language).items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    with api.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        for name in ("index.html", "programmes/jcm-new-technology.html", "methodologies/jcm-vn-am007.html", "glossary.html"):
            for width, scheme in ((1200, "light"), (320, "light"), (1200, "dark")):
                tab = chromium.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
                tab.goto((tmp_path / name).as_uri())
                assert tab.evaluate("getComputedStyle(document.querySelector('.menu ul')).display") == "flex"
                assert tab.evaluate("document.documentElement.scrollWidth") <= width
                told = axe.run(tab).response["violations"]
                assert [(v["id"], v["nodes"][0]["html"]) for v in told] == []
                tab.close()
        chromium.close()

"""Findings in Japanese and Vietnamese: every sentence that a result can hold has a template, and no value is lost or changed."""

import re
from collections.abc import Iterator
from string import Formatter

import pytest
from conftest import ROOT
from test_explain_pages import FOLDER, PAGES, TRIED, embed
from test_findings import INVALID, VALID

import carboncalc
from carboncalc import library, methodology, programme
from carboncalc.cli.language import words
from carboncalc.findings import Finding, Invalid
from carboncalc.reports import finding_words
from carboncalc.reports.finding_words import labels_of, remark, title, translate
from carboncalc.reports.words import ENGLISH, LANGUAGES, Words

TEXTS = {name: library.read(ROOT / "carboncalc" / "locale" / f"{name}.yaml").data for name in LANGUAGES}
OTHERS = [words("ja"), words("vi")]
#: a language whose every text is the English one: what goes through it must come out as it went in
MIRROR = Words("mirror", {**TEXTS["en"], ENGLISH: TEXTS["en"]["findings"]})
#: helps that are the clause a condition comes from: citations are not translated
CITED = {"CC403"}
#: help taken from the description of a whole file
OF_A_FILE = "a carboncalc project file, format 1"


def placeholders(template: str) -> list[str]:
    return sorted(name for _, name, _, _ in Formatter().parse(template) if name is not None)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def told(document) -> tuple[list[Finding], dict]:
    """Return the findings of a file, and its labels when it has a result."""
    try:
        tree = carboncalc.estimate(document).to_dict()
    except Invalid as bad:
        return bad.findings, {}
    return carboncalc.check(document), labels_of(tree)


def untold(found: Finding) -> Iterator[str]:
    """Yield what of a finding has no template, or comes back from its template as something else."""
    row = found.to_dict()
    message, help_ = translate(row, MIRROR)
    if plain(message) != plain(found.message):
        yield f"{found.code} {found.severity} message: {found.message} → {message}"
    if plain(help_) != plain(found.help):
        yield f"{found.code} {found.severity} help: {found.help} → {help_}"
    for language in OTHERS:
        texts = translate(row, language)
        for text, english in zip(texts, (found.message, found.help), strict=True):
            cited = english == found.help and (found.code in CITED or english.startswith(OF_A_FILE))
            if english and not cited and text == english:
                yield f"{found.code} {found.severity} in {language.language}: {english}"


# --- the templates --------------------------------------------------------------------------------------------


def test_the_templates_of_all_languages_hold_the_same_placeholders() -> None:
    assert list(TEXTS["ja"]["findings"]) == list(TEXTS["vi"]["findings"]) == list(TEXTS["en"]["findings"])
    for code, rows in TEXTS["en"]["findings"].items():
        assert len(set(rows)) == len(rows), code
        for name in ("ja", "vi"):
            others = TEXTS[name]["findings"][code]
            assert [placeholders(t) for t in others] == [placeholders(t) for t in rows], (code, name)
        for template in rows:
            names = placeholders(template)
            assert len(set(names)) == len(names), f"{code}: a placeholder stands once: {template}"
            for other in ("ja", "vi"):
                own = TEXTS[other]["findings"][code][rows.index(template)]
                fixed = re.findall("`[^`]+`", re.sub("`{[a-z]+}`", "", template))
                assert all(word in own for word in fixed), f"{code}: what is in backticks is the same: {own}"


SAMPLES = {
    "n": "2 027.5",
    "q": "35.25 kWh/km",
    "c": "recalled",
    "d": "mass of CO2 per year",
    "t": "`x` per `y`",
    "l": "x (fixed by the methodology)",
    "w": "cap",
}


@pytest.mark.parametrize("code", TEXTS["en"]["findings"])
def test_a_sentence_made_with_a_template_is_known_again(code: str) -> None:
    for template in TEXTS["en"]["findings"][code]:
        values = {n: SAMPLES[n[0]] if re.fullmatch("[nqcdtlw][0-9]?", n) else f"some-{n}" for n in placeholders(template)}
        sentence = template.format(**values)
        if code in ("dimension", "conflict"):
            said = finding_words._say(code, sentence, MIRROR, {}, 6)
        else:
            said, _ = translate({"code": code, "message": sentence, "help": ""}, MIRROR)
        assert said is not None
        assert plain(said) == sentence


def test_the_codes_and_their_titles_are_those_of_the_pages() -> None:
    assert set(TEXTS["en"]["findings"]) - {"common", "dimension", "conflict"} <= set(PAGES)
    assert TEXTS["en"]["finding_titles"] == {code: page["title"] for code, page in sorted(PAGES.items())}
    for language in OTHERS:
        titles = [title(code, language) for code in PAGES]
        assert not set(titles) & {page["title"] for page in PAGES.values()}
        assert all(titles)


# --- what is said ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", VALID, ids=lambda p: p.stem)
def test_every_finding_of_a_valid_file_has_a_template(path) -> None:
    assert [text for f in told(path)[0] for text in untold(f)] == []


def test_every_finding_of_the_files_that_show_one_has_a_template() -> None:
    missing = [f"{path.name}: {text}" for path in INVALID for f in told(path)[0] for text in untold(f)]
    assert missing == []


def test_every_finding_of_the_pages_has_a_template(tmp_path) -> None:
    for other in FOLDER.glob("*.yaml"):
        (tmp_path / other.name).write_text(other.read_text(encoding="utf-8"), encoding="utf-8")
    missing, seen = [], set()
    for code in TRIED:
        file, _, name = PAGES[code]["in"].partition(".")
        if file in ("file", "bytes", "methodology"):
            continue
        for part in ("failing", "passing"):
            path = tmp_path / f"{code}.yaml"
            path.write_text(embed((FOLDER / f"{file}.yaml").read_text(encoding="utf-8"), name, PAGES[code][part]), encoding="utf-8")
            found, _ = told(path)
            seen |= {f.code for f in found}
            missing += [text for f in found for text in untold(f)]
    assert missing == []
    assert len(seen) > 70


def test_what_draws_and_targets_tell_has_a_template() -> None:
    solar = ROOT / "examples" / "factory-rooftop-solar.yaml"
    waste = ROOT / "examples" / "trang-cat-waste-to-energy.yaml"
    park = ROOT / "examples" / "hai-phong-eco-industrial-park.yaml"
    found = [f for path in (solar, waste, park) for f in carboncalc.estimate(path, draws=200, seed=1).to_dict()["findings"]]
    assert {"CC561", "CC566"} <= {f["code"] for f in found}
    rows = [Finding(f["code"], f["severity"], f["message"], f["help"]) for f in found]
    assert [text for f in rows for text in untold(f)] == []


def test_what_data_files_say_in_findings_has_a_template() -> None:
    """A condition of a methodology, a contradiction, a warning and a neighbour of a programme are sentences of data files."""
    sentences = set()
    for path in library.data_files("methodologies"):
        for row in library.read(path).data.get("applicability", []):
            if "message" in row:
                message = row["message"]
                sentences.add(("CC403", f"{row['label']['en']}: {message if isinstance(message, str) else message['en']}"))
    for id_ in programme.paths():
        for version in programme.versions(id_):
            sentences |= {("CC426", row["say"]["en"]) for row in version.get("contradictions", [])}
            sentences |= {("CC427", f"{row['programme']} is not tested: {row['why']['en']}") for row in version.get("see_also", [])}
            sentences |= {("CC428", f"Some works: {row['warns']['en']}") for row in version["criteria"] if "warns" in row}
    assert len(sentences) > 40
    missing = [text for code, sentence in sorted(sentences) for text in untold(Finding(code, "warning", sentence))]
    assert missing == []


def test_what_other_sources_say_has_a_template() -> None:
    texts = set()
    for path in VALID:
        for row in carboncalc.estimate(path).to_dict()["programmes"]:
            texts |= {text for c in row["criteria"] for text in c.get("conflicts", ())}
    for id_ in programme.paths():
        for version in programme.versions(id_):
            rules = {**version.get("constants", {}), **version.get("tables", {})}
            texts |= {row["conflict"] for row in rules.values() if "conflict" in row}
            texts |= {f"x: {o['value']} by {o['source']}" for row in rules.values() for o in row.get("others", ())}
    assert len(texts) > 4
    for text in texts:
        assert plain(remark(text, MIRROR)) == text
        assert all(remark(text, language) != text for language in OTHERS), text
        assert remark(text, words("en")) == text


def test_faults_of_methodology_files_have_templates() -> None:
    missing = []
    for path in sorted((ROOT / "tests" / "methodologies" / "broken").glob("*.yaml")):
        with pytest.raises(Invalid) as bad:
            methodology.load_file(str(path))
        missing += [text for f in bad.value.findings for text in untold(f)]
    assert missing == []


# --- values ---------------------------------------------------------------------------------------------------


def say(code: str, message: str, language: str, labels=None) -> str:
    return translate({"code": code, "message": message, "help": None}, words(language), labels)[0]


@pytest.mark.parametrize(
    ("code", "message", "ja", "vi"),
    [
        ("CC439", "no credits are expected for 2027: the project emits 0.125 tCO2e more", "0.125 tCO2e", "0,125 tCO2e"),
        ("CC439", "no credits are expected for 2027: the project emits 4.79e+09 tCO2e more", "4.79e+09 tCO2e", "4,79e+09 tCO2e"),
        (
            "CC438",
            "the investment is never paid back: at the end of 2041, the last year of the lifetime, 30 000 000 JPY are missing",
            "30,000,000 JPY",
            "30.000.000 JPY",
        ),
        ("CC439", "no credits are expected for 2027: the project emits 0.125 tCO2e more", "2027年", "2027"),
        ("CC205", "`distance`: a comma in '1,2 km': it could be a decimal or a thousands mark", "'1,2 km'", "'1,2 km'"),
        ("CC115", "'cdm/ams-iii-c' is known in version 16.0, not 15.0", "16.0", "16.0"),
        ("CC304", "2 values are unverified: waste.amt003.f, waste.doc.food.2.5", "waste.doc.food.2.5", "waste.doc.food.2.5"),
    ],
)
def test_numbers_take_the_marks_of_the_language_and_what_the_user_wrote_does_not(code, message, ja, vi) -> None:
    assert ja in say(code, message, "ja")
    assert vi in say(code, message, "vi")


def test_a_quantity_with_a_dimension_is_said_in_full() -> None:
    message = "project 'bus': `distance`: 'km' is distance; expected distance per year such as 'km/year'"
    assert say("CC203", message, "ja") == "プロジェクト「bus」：`distance`：'km'は距離の単位である。'km/year'のような年当たりの距離の単位を用いる"
    assert say("CC203", message, "vi") == "dự án 'bus': `distance`: 'km' là quãng đường; cần quãng đường trên năm như 'km/year'"


def test_names_within_a_message_are_taken_from_the_result() -> None:
    labels = labels_of({"inputs": [{"label": {"en": "Yield of the plant", "ja": "設備の収率", "vi": "Hiệu suất thu hồi"}}]})
    message = "the input `yield` is missing: Yield of the plant"
    assert say("CC112", message, "ja", labels) == "入力`yield`がない：設備の収率"
    assert say("CC112", message, "vi", labels) == "thiếu đầu vào `yield`: Hiệu suất thu hồi"
    assert say("CC112", message, "vi") == "thiếu đầu vào `yield`: Yield of the plant"


@pytest.mark.parametrize("language", ["ja", "vi"])
def test_a_sentence_without_a_template_stays_english_after_the_title_of_its_code(language: str) -> None:
    finding = {"code": "CC304", "message": "nobody has written this", "help": "nor this"}
    assert translate(finding, words(language)) == (f"{title('CC304', words(language))}: nobody has written this", "nor this")
    assert translate(finding, words("en")) == ("nobody has written this", "nor this")
    strange = {"code": "XX999", "message": "of a result of another version", "help": ""}
    assert translate(strange, words(language)) == ("XX999: of a result of another version", "")


@pytest.mark.parametrize("language", ["ja", "vi"])
def test_a_hostile_sentence_is_answered_at_once(language: str) -> None:
    """A saved result is a stranger's file: braces are no placeholders, and a long sentence costs no more than its length."""
    for message in (
        "{0.__class__} {ids}",
        "3 values are unverified: {0.__class__}",
        "`" * 20_000,
        "the rate of " * 5_000,
        "a per " * 5_000,
        " is b, above what is known: c (d; " * 500,
    ):
        for code in ("CC304", "CC203"):
            assert "{" not in message or "{0.__class__}" in say(code, message, language)

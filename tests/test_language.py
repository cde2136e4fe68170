"""One catalogue for three languages: nothing missing, nothing left over, nothing English in a Japanese or Vietnamese report."""

import ast
import io
import os
import re
import string
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from xml.etree import ElementTree

import pytest
from conftest import EN, JA, ROOT, VI
from hypothesis import given
from hypothesis import strategies as st

from carboncalc import library, methodology, portfolio, programme
from carboncalc.cli.explaining import explain
from carboncalc.cli.language import words as words_of
from carboncalc.cli.templates import template
from carboncalc.compare import compare
from carboncalc.compare.diff import FIGURES
from carboncalc.portfolio.tally import keep
from carboncalc.reports import diff, numbers, text, trace
from carboncalc.reports import solve as break_even
from carboncalc.reports.formats import functions
from carboncalc.reports.layout import size, wrap
from carboncalc.reports.words import LANGUAGES, SIGNS, Words
from carboncalc.result import Outcome
from carboncalc.solving import TARGETS, solve
from carboncalc.solving.levers import NOTES

TEXTS = {language: library.read(ROOT / "carboncalc" / "locale" / f"{language}.yaml").data for language in LANGUAGES}
SOURCES = {p: ast.parse(p.read_text(encoding="utf-8")) for p in sorted((ROOT / "carboncalc").rglob("*.py")) if "_data" not in p.parts}
EXAMPLES = sorted(p.stem for p in (ROOT / "examples").glob("*.yaml"))
BUSES = "cat-ba-electric-buses"


def keys(language: str) -> dict[str, object]:
    """Return section.key → text."""
    return {f"{section}.{key}": value for section, texts in TEXTS[language].items() for key, value in texts.items()}


def forms(value: object) -> dict[str, str]:
    """Return the forms of a text: one, or two where it counts."""
    return {form: str(words) for form, words in value.items()} if isinstance(value, dict) else {"": str(value)}


def placeholders(words: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(words) if name is not None}


# --- the catalogue ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_the_catalogues_have_the_same_keys_and_placeholders(language) -> None:
    ours, english = keys(language), keys("en")
    assert list(ours) == list(english)
    for key, value in english.items():
        assert forms(value).keys() == forms(ours[key]).keys(), key
        for form, words in forms(value).items():
            assert placeholders(words) == placeholders(forms(ours[key])[form]), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_that_counts_has_two_forms(language) -> None:
    for key, value in keys(language).items():
        assert set(forms(value)) in ({""}, {"one", "other"}), key
        assert len({frozenset(placeholders(form)) for form in forms(value).values()}) == 1, key


def test_japanese_is_written_in_japanese_and_vietnamese_in_vietnamese() -> None:
    """A text of several English words that stands the same in another catalogue was forgotten."""
    for language in LANGUAGES[1:]:
        same = [k for k, v in keys(language).items() if v == keys("en")[k] and re.search(r"[A-Za-z]{3,} [a-z]{3,}", str(v))]
        assert same == []
    assert all(re.search("[\u3040-\u9fff]", str(v)) for k, v in keys("ja").items() if re.search(r"[a-z]{3,} [a-z]{3,}", str(keys("en")[k])))


def calls() -> Iterator[tuple[str, str, ast.expr]]:
    """Yield each text that the code asks for: the section of a short way, the name of the method, and the expression of the key."""
    for path, tree in SOURCES.items():
        short = "guide" if path.parent.name == "guide" else "proposal"
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and node.args:
                f = node.func
                name = f.id if isinstance(f, ast.Name) else f.attr if isinstance(f, ast.Attribute) else ""
                on_words = isinstance(f, ast.Attribute) and ast.unparse(f.value).endswith(("words", "self"))
                if name in ("words", "self", "t") or (name in ("count", "has") and on_words):
                    yield short, name, node.args[0]


def parts(key: ast.expr) -> Iterator[str]:
    """Yield the keys an expression may be, with ``*`` for what is filled in."""
    if isinstance(key, ast.Constant) and isinstance(key.value, str):
        yield key.value
    elif isinstance(key, ast.IfExp):
        yield from parts(key.body)
        yield from parts(key.orelse)
    elif isinstance(key, ast.JoinedStr):
        yield "".join(str(v.value) if isinstance(v, ast.Constant) else "*" for v in key.values)
    elif isinstance(key, ast.BinOp) and isinstance(key.op, ast.Add):
        for left in parts(key.left):
            yield left.removesuffix("*") + "*"


def asked() -> set[str]:
    """Return the keys that the code asks for; the proposal and the guide have a short way to their own section, ``draft.t("title")``."""
    keys_ = {key for _, name, expression in calls() if name != "t" for key in parts(expression) if "." in key}
    return keys_ | {f"{short}.{key}" for short, name, expression in calls() if name == "t" for key in parts(expression)}


def enumerated(schema: str, name: str) -> set[str]:
    """Return the words that a schema allows at a key."""
    found: set[str] = set()

    def walk(node: object) -> None:
        if isinstance(node, dict):
            spec = node.get(name)
            found.update(x for x in (spec.get("enum", []) if isinstance(spec, dict) else []) if isinstance(x, str))
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(library.schema(schema))
    return found


HEADS = [methodology.headline(id_) for id_ in methodology.ids()]
#: sections whose keys are words of the result or of the data, and all the words there are
MADE = {
    "verdict": {v for v in SIGNS if v not in ("met", "not-met", "missing")},
    "paper": {"met", "not-met", "missing"},
    "answer": enumerated("result", "verdict"),
    "condition": enumerated("result", "answer"),
    "match": enumerated("result", "match"),
    "status": {"input", "factor", "default"},
    "confidence": enumerated("result", "confidence"),
    "severity": enumerated("result", "severity"),
    "exchange": enumerated("park", "kind"),
    "saved": enumerated("methodology", "saves"),
    "saving": enumerated("methodology", "saves"),
    "sector": enumerated("methodology", "sector"),
    "goal": set(TARGETS),
    "figure": set(FIGURES),
    "solve_note": set(NOTES),
    "monitoring": {"A", "B", "C"},
    "outcome": set(programme.OUTCOMES),
}  # fmt: skip


def test_every_word_of_the_data_has_a_text() -> None:
    for section, words in MADE.items():
        assert words, section
        assert words <= set(TEXTS["en"][section]), section


def test_every_key_that_the_code_asks_for_exists() -> None:
    known = keys("en")
    assert len(asked()) > 400
    for key in asked():
        pattern = re.compile(re.escape(key).replace(r"\*", ".+"))
        assert any(pattern.fullmatch(k) for k in known), key


def test_every_key_is_used() -> None:
    """A key stands in the code as it is; or its section does, and its name is a word of the data or stands in the code by itself."""
    constants = {n.value for tree in SOURCES.values() for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    patterns = [re.compile(re.escape(key).replace(r"\*", "(.+)")) for key in asked() if "*" in key]
    made = set().union(*MADE.values())
    for key in keys("en"):
        section, _, name = key.partition(".")
        if key in constants or section in ("number", "label"):
            continue
        tails = {m[1] for pattern in patterns if (m := pattern.fullmatch(key))}
        assert tails, f"{key} is never asked for"
        assert name in MADE.get(section, ()) or any(
            tail in constants or tail in made or section in ("measure", "value_status", "fact_type", "shape", "outcome") for tail in tails
        ), key


def test_what_the_code_puts_into_a_result_is_in_the_code() -> None:
    code = "\n".join(p.read_text(encoding="utf-8") for p in SOURCES)
    made = {f"{role} of the park" for role in ("baseline", "project", "leakage", "reduction")}
    made |= {
        "the investment",
        "the years of the project",
        "ten years to either side of the date stated",
        "ten years to either side of the first year of operation",
    }
    assert [label for label in TEXTS["en"]["label"] if f'"{label}"' not in code and label not in made] == []
    assert all(key == value for key, value in TEXTS["en"]["label"].items())


# --- numbers and dates --------------------------------------------------------------------------------------

babel = pytest.importorskip("babel.numbers")
from babel.dates import format_date  # noqa: E402

LOCALES = {"ja": "ja_JP", "vi": "vi_VN"}
DECIMALS = st.decimals(-(10**14), 10**14, places=3)


@given(DECIMALS, st.integers(0, 3), st.sampled_from([JA, VI]))
def test_digits_are_written_as_babel_writes_them(value: Decimal, places: int, words: Words) -> None:
    digits = f"{value:.{places}f}"
    pattern = "#,##0" + ("." + "0" * places if places else "")
    written = babel.format_decimal(Decimal(digits), format=pattern, locale=LOCALES[words.language])
    assert words.number(numbers.grouped(digits)).replace("−", "-") == written


@given(st.floats(-1e14, 1e14), st.sampled_from([JA, VI]))
def test_babel_reads_the_number_that_the_json_holds(value: float, words: Words) -> None:
    """Every way of showing a number keeps its digits; only the marks are others."""
    for shown, english in ((words.amount(value), numbers.amount(value)), (words.figure(value), numbers.figure(value))):
        if "e" not in shown:
            plain = english.replace("\u00a0", "").replace("−", "-")
            assert babel.parse_decimal(shown.replace("−", "-"), locale=LOCALES[words.language]) == Decimal(plain)


@given(st.floats(0, 10), st.sampled_from([JA, VI]))
def test_shares_are_written_as_babel_writes_them(value: float, words: Words) -> None:
    shown = Decimal(f"{value * 100:.1f}")
    assert words.percent(value, ".1f") == babel.format_percent(shown / 100, format="0.0%", locale=LOCALES[words.language])


@given(st.dates(date(1990, 1, 1), date(2199, 12, 31)))
def test_dates_are_written_as_babel_writes_them(day: date) -> None:
    iso = day.isoformat()
    assert EN.date(iso) == format_date(day, "long", "en_GB") and EN.day(iso) == iso
    assert JA.date(iso) == JA.day(iso) == format_date(day, "long", "ja_JP")
    assert VI.date(iso) == format_date(day, "'ngày' d 'tháng' M 'năm' y", "vi_VN")  # as Decree 30/2020 has it
    assert VI.day(iso) == format_date(day, "dd/MM/y", "vi_VN")


@pytest.mark.parametrize(
    ("written", "ja", "vi"),
    [
        ("54 900 km/year", "54,900 km/year", "54.900 km/year"),
        ("1.2 kWh/km", "1.2 kWh/km", "1,2 kWh/km"),
        ("78.63 million JPY", "7,863万 JPY", "78,63\u00a0triệu JPY"),
        ("120 million JPY", "1.2億 JPY", "120\u00a0triệu JPY"),
        ("8 billion VND", "80億 VND", "8\u00a0tỷ VND"),
        ("1.527 %", "1.527%", "1,527%"),
        ("35 L/100km", "35 L/100km", "35 L/100km"),
        ("2025-09-30", "2025年9月30日", "30/09/2025"),
        ("1.5e-05 g", "1.5e-05 g", "1,5e-05 g"),
        ("cdm/ams-iii-c", "cdm/ams-iii-c", "cdm/ams-iii-c"),
    ],
)
def test_a_quantity_of_a_project_file_is_shown_with_the_marks_of_the_language(written, ja, vi) -> None:
    assert (EN.written(written), JA.written(written), VI.written(written)) == (written, ja, vi)


@pytest.mark.parametrize(
    ("value", "en", "ja", "vi"), [(60e6, "60\u00a0m", "6,000万", "60\u00a0triệu"), (1.94e9, "1.94\u00a0bn", "19.4億", "1,94\u00a0tỷ")]
)
def test_large_amounts_are_counted_in_the_words_of_the_language(value, en, ja, vi) -> None:
    assert (EN.short(value), JA.short(value), VI.short(value)) == (en, ja, vi)


# --- the reports --------------------------------------------------------------------------------------------


@cache
def outcome(name: str) -> Outcome:
    return portfolio.outcome(f"examples/{name}.yaml", (ROOT / "examples" / f"{name}.yaml").read_bytes())


def cells(content: bytes) -> str:
    """Return every text of a workbook: in cells, in formulas, names of sheets and messages of validation."""
    found = []
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        for name in book.namelist():
            if name.startswith("xl/") and name.endswith(".xml") and "theme" not in name and "styles" not in name:
                for e in ElementTree.fromstring(book.read(name)).iter():
                    found += [e.text or "", *(v for k, v in e.attrib.items() if k in ("name", "error", "errorTitle", "descr"))]
    return "\n".join(found)


def pages(name: str, words: Words) -> dict[str, str]:
    """Return everything that people read of an example."""
    found = outcome(name)
    assert found.result is not None
    tree = dict(found.result)
    one, _ = functions("markdown", words)
    made = {f"text {width}": text.render(tree, width, False, words) for width in (60, 140)}
    made |= {"markdown": one(found), "trace": trace.render(tree, "", 100, False, words) or ""}
    if not tree.get("park"):
        pytest.importorskip("xlsxwriter")
        from carboncalc.reports import workbook

        made["workbook"] = cells(workbook.render(tree, words))
    return made


@cache
def english() -> list[str]:
    """Return what stands between the placeholders of the English texts, where it is long enough to be known again."""
    found = {piece for value in keys("en").values() for form in forms(value).values() for piece, _, _, _ in string.Formatter().parse(form)}
    return sorted(piece.strip(" ;,.:()") for piece in found if len(piece.split()) > 2 and len(piece) > 14)


def data_texts(name: str) -> str:
    """Return every English text that the result itself holds: notes, citations and findings of the data."""
    found: list[str] = []

    def walk(node: object) -> None:
        if isinstance(node, dict):
            for value in node.values():
                walk(value)
        elif isinstance(node, (list, tuple)):
            for value in node:
                walk(value)
        elif isinstance(node, str):
            found.append(node)

    walk(dict(outcome(name).result or {}))
    return "\n".join(found)


@pytest.mark.parametrize("words", [JA, VI], ids=lambda words: words.language)
@pytest.mark.parametrize("name", EXAMPLES)
def test_no_english_of_the_catalogue_is_left(name, words) -> None:
    held = data_texts(name)
    for format, page in pages(name, words).items():
        flat = " ".join(page.split())
        assert [piece for piece in english() if piece in flat and piece not in held] == [], format


@pytest.mark.parametrize("words", [JA, VI], ids=lambda words: words.language)
def test_no_english_is_left_in_solve_and_diff(words) -> None:
    path, tree = ROOT / "examples" / f"{BUSES}.yaml", dict(outcome(BUSES).result or {})
    other = dict(outcome("trang-cat-composting").result or {})
    rows = [compare(tree, other), compare(tree, tree)]
    made = {
        "solve": break_even.render(solve(library.parse(path.read_bytes(), "x"), "cost-effectiveness"), 140, False, words),
        "target": break_even.render(solve(library.parse(path.read_bytes(), "x"), "reduction>=1000 tCO2e/year"), 140, False, words),
        "diff": diff.render(rows, [tree], [other], 100, False, words),
        "comment": diff.render_markdown(rows, [tree], [other], words),
    }
    for format, page in made.items():
        assert [piece for piece in english() if piece in " ".join(page.split())] == [], format


@pytest.mark.parametrize("words", [JA, VI], ids=lambda words: words.language)
def test_ids_units_and_citations_stay_as_they_are(words) -> None:
    tree = dict(outcome(BUSES).result or {})
    page = " ".join(text.render(tree, 300, False, words).split())
    for q in tree["quantities"]:
        assert q["unit"] in (None, "1") or q["unit"] in page
        assert not q["factor"] or " ".join(str(q["source"]).split()) in page
    for applied in tree["programmes"]:
        assert applied["id"] in page
    followed = trace.render(tree, "reduction[2030]", 300, False, words) or ""
    assert all(s["cite"] in followed for s in tree["steps"] if s["name"] == "BE_y")


def test_a_criterion_shows_its_dates_and_shares_in_the_language() -> None:
    tree = dict(outcome(BUSES).result or {})
    assert "<= 2025年9月30日" in text.render(tree, 140, False, JA)
    assert "<= 30/09/2025" in text.render(tree, 140, False, VI)
    assert "2025-09-30" not in text.render(tree, 140, False, VI)


@pytest.mark.parametrize("name", EXAMPLES)
@pytest.mark.parametrize("width", [60, 80, 140])
def test_a_japanese_page_keeps_its_width_and_its_line_ends(name, width) -> None:
    """No line is wider than the page, none begins with a mark that closes, and none ends with one that opens (kinsoku)."""
    for line in text.render(dict(outcome(name).result or {}), width, False, JA).splitlines():
        assert size(line) <= width
        assert not line.strip().startswith(tuple("、。，）」』・：；"))
        assert not line.rstrip().endswith(tuple("（「『"))


@given(st.text("あ漢、。（）「」ーa1 -%年", max_size=60), st.integers(6, 40))
def test_wrapping_loses_nothing(words: str, room: int) -> None:
    lines = wrap(words, room)
    assert "".join("".join(lines).split()) == "".join(words.split())
    assert all(size(line) <= room for line in lines)


def test_the_arguments_of_a_function_and_a_decimal_comma_are_told_apart() -> None:
    tree = dict(outcome(BUSES).result or {})
    step = {**tree["steps"][0], "formula": "min(1.5 * a, 2.5)", "uses": [], "name": "x", "role": "", "index": {}}
    page = trace.render({**tree, "steps": [step]}, "x", 100, False, VI) or ""
    assert "min(1,5 × a; 2,5)" in page


# --- asking for a language ----------------------------------------------------------------------------------


def run(*args: str, cwd: object = ROOT, **env: str) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if k not in ("LANG", "LC_ALL", "LC_MESSAGES", "CARBONCALC_LANG")}
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    command = [sys.executable, "-m", "carboncalc", *args]
    return subprocess.run(command, capture_output=True, encoding="utf-8", cwd=cwd, env={**clean, "PYTHONPATH": path, "PYTHONUTF8": "1", **env})


@pytest.mark.parametrize(
    ("env", "asked_for", "terminal", "language"),
    [
        ({"LANG": "ja_JP.UTF-8"}, None, True, "ja"),
        ({"LANG": "ja_JP.UTF-8"}, None, False, "en"),  # a file or a pipe gives the same bytes on every machine
        ({"LANG": "ja_JP.UTF-8"}, "vi", True, "vi"),
        ({"LANG": "ja_JP.UTF-8", "LC_ALL": "C.UTF-8"}, None, True, "en"),  # the first that is set decides
        ({"LANG": "en_GB.UTF-8", "LC_MESSAGES": "vi_VN"}, None, True, "vi"),
        ({"LANG": "fr_FR.UTF-8"}, None, True, "en"),
        ({"LANG": "jam_JM"}, None, True, "en"),  # another language that begins alike
        ({}, None, True, "en"),
        ({}, "ja", False, "ja"),
    ],
)
def test_which_language_counts(env, asked_for, terminal, language, monkeypatch) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    assert words_of(asked_for, terminal).language == language


def test_a_flag_beats_the_environment_beats_the_settings(tmp_path) -> None:
    (tmp_path / "carboncalc.toml").write_text('lang = "vi"\n', encoding="utf-8")
    file, ja, vi, en = str(ROOT / "examples" / f"{BUSES}.yaml"), "年別排出量", "Phát thải theo năm", "Emissions by year"
    assert vi in run("estimate", file, cwd=tmp_path).stdout
    assert ja in run("estimate", file, cwd=tmp_path, CARBONCALC_LANG="ja").stdout
    assert en in run("estimate", file, "--lang", "en", cwd=tmp_path, CARBONCALC_LANG="ja").stdout
    assert en in run("estimate", file, LANG="ja_JP.UTF-8").stdout  # no terminal
    (tmp_path / "carboncalc.toml").write_text('lang = "jp"\n', encoding="utf-8")
    done = run("estimate", file, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "") and "carboncalc.toml:1: `lang`" in done.stderr


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="no pseudo-terminals here")
def test_a_terminal_is_spoken_to_in_the_language_of_the_system() -> None:
    main, side = os.openpty()
    env = {k: v for k, v in os.environ.items() if k not in ("LC_ALL", "LC_MESSAGES", "CARBONCALC_LANG")}
    command = [sys.executable, "-m", "carboncalc", "trace", f"examples/{BUSES}.yaml", "IR"]
    done = subprocess.Popen(command, stdout=side, cwd=ROOT, env={**env, "LANG": "ja_JP.UTF-8", "PYTHONUTF8": "1"})
    done.wait()
    os.close(side)
    assert "年間技術改善係数" in os.read(main, 4096).decode()
    os.close(main)


COMMANDS = [
    ("estimate", f"examples/{BUSES}.yaml"),
    ("estimate", f"examples/{BUSES}.yaml", "-f", "json"),
    ("check", f"examples/{BUSES}.yaml"),
    ("trace", f"examples/{BUSES}.yaml"),
    ("solve", f"examples/{BUSES}.yaml", "--for", "cost-effectiveness"),
    ("diff", f"examples/{BUSES}.yaml", f"examples/{BUSES}.yaml"),
    ("lock", f"examples/{BUSES}.yaml", "--check"),
    ("programmes", "--match", f"examples/{BUSES}.yaml"),
    ("programmes",),
    ("methods",),
    ("factors", "grid"),
    ("explain", "CC201"),
    ("init", "cdm/ams-iii-c"),
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_language_that_there_is_not(command) -> None:
    done = run(*command, "--lang", "jp")
    assert (done.returncode, done.stdout) == (2, "")
    assert "there is no language 'jp'" in done.stderr and "ja" in done.stderr


@pytest.mark.parametrize("format", ["json", "jsonl", "csv", "junit", "sarif", "github"])
def test_what_programs_read_has_no_language(format) -> None:
    """Nor do the words travel with it: the functions of such a format are those of its module."""
    assert functions(format, JA) == functions(format, EN)


def test_the_same_bytes_from_two_processes() -> None:
    one, two = (run("estimate", "examples", "-f", "markdown", "--lang", "ja", "--jobs", jobs).stdout for jobs in ("1", "2"))
    assert one == two and "プロジェクト9件の排出削減量" in one


@pytest.mark.parametrize(("words", "told"), [(JA, "# 運転開始年"), (VI, "# năm vận hành đầu tiên")], ids=["ja", "vi"])
def test_a_template_in_every_language_is_a_valid_project(words, told) -> None:
    for id_ in methodology.ids():
        page = template(methodology.load(id_), "VN", words)
        assert told in page
        assert portfolio.outcome("t.yaml", page.encode()).result is not None, id_


@pytest.mark.parametrize(
    "subject", ["cdm/ams-iii-c", "jcm/model-project", "vn/decree-112-2026", "cost-effectiveness", "CC201", "electricity.grid.VN", "glossary"]
)
def test_explain_in_every_language(subject, capsys) -> None:
    shown = {}
    for language in LANGUAGES:
        assert explain(subject, False, language) == 0
        shown[language] = capsys.readouterr().out
    assert len(set(shown.values())) == 3
    assert [len(page.splitlines()) for page in shown.values()] == [len(shown["en"].splitlines())] * 3


def test_words_travel_to_a_worker_in_few_bytes() -> None:
    import pickle

    one, _ = functions("markdown", JA)
    assert len(pickle.dumps(one)) < 200_000  # once for each chunk of files, whose results are longer
    found = outcome(BUSES)
    assert pickle.loads(pickle.dumps(one))(found) == one(found) and keep(found).id == BUSES

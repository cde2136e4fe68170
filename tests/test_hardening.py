"""Hostile and broken surroundings: texts that act, files that are none, outputs that cannot be written, sizes out of all proportion, spoilt caches."""

import csv
import io
import json
import os
import random
import re
import resource
import runpy
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree

import pytest
from conftest import EN, ROOT

import carboncalc
from carboncalc import library, portfolio, units
from carboncalc.estimation import running
from carboncalc.findings import MOST, Invalid
from carboncalc.library import cache
from carboncalc.portfolio.tally import keep
from carboncalc.reports import diff, text, trace
from carboncalc.reports import portfolio as table
from carboncalc.reports.formats import FORMATS, functions
from carboncalc.reports.layout import size, wrap
from carboncalc.reports.numbers import clean, inert
from carboncalc.result import Outcome, to_json

SOLAR = ROOT / "examples" / "factory-rooftop-solar.yaml"
#: what a text may try: move the cursor, turn the writing, be a formula, markup, a command, the end of a quotation
HOSTILE = (
    "=cmd|' /C calc'!A1 \x1b[31m\x1b]8;;http://x\x07 \x9b2J \r\n::error::x%0A::warning::y [red]x[/red] <script>alert(1)</script> ]]> --> ```| **b** "
    "[l](javascript:x) ![i](http://x) @team &amp; \u202eevil\u2066 \u200b\u200f\ufeff \u2028 \u2029 \x85 \x00 \"'"
)
ACTS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")


def project(**changes: object) -> dict:
    head = {"id": "x", "title": "x", "country": "VN", "first_year": 2027, "years": 1}
    inputs = {"electricity_generated": "1000 MWh/year", "connection": "grid"}
    return {"carboncalc": 1, "project": head, "methodology": "jcm/vn-am007", "gwp": "AR5", "inputs": inputs} | changes


def outcome(data: dict | str, name: str = "x.yaml") -> Outcome:
    """Appraise a project; control characters are escaped, and what YAML cannot escape stays as it is."""
    content = data if isinstance(data, str) else json.dumps(data)
    if "\\ud83d" in content:
        content = json.dumps(data, ensure_ascii=False)
    return portfolio.outcome(name, content.encode())


def codes(data: dict | str) -> list[str]:
    return [f["code"] for f in outcome(data).findings]


def pages(found: Outcome, width: int = 40) -> dict[str, str]:
    """Return an outcome in every format."""
    tally = portfolio.Tally()
    tally.add(keep(found))
    made = {"findings": text.render_findings(found.findings, width, False, EN)}
    if found.result is not None:
        made["text"] = text.render(found.result, width, False, EN)
        made["trace"] = trace.render(found.result, "", width, False, EN) or ""
        made["table"] = table.render([keep(found)], tally.to_dict(), width, False, EN)
        made["json"] = to_json(found.result)
    for name, spec in FORMATS.items():
        if name not in ("text", "json") and not spec.needs:
            one, whole = functions(name, EN)
            made[name] = "".join(p if isinstance(p, str) else p.decode() for p in whole([keep(found, one(found))], tally.to_dict))
    return made


def run(*arguments: object, stdin: str | None = None, cwd: Path = ROOT, limit: float = 60, **options: object) -> subprocess.CompletedProcess:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "80", **options.pop("env", {})}  # type: ignore[dict-item]
    command = [sys.executable, "-m", "carboncalc", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, input=stdin, cwd=cwd, env=environment, encoding="utf-8", timeout=limit, **options)  # type: ignore[call-overload]


# --- texts --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def hostile() -> Outcome:
    """A valid project whose every free text is hostile, with a warning and a criterion that fails."""
    quantity = {"value": "1000 MWh/year", "range": [900, 1100], "source": HOSTILE, "note": HOSTILE}
    data = project(inputs={"electricity_generated": quantity, "connection": "grid"})
    data["project"] |= {"title": HOSTILE, "region": HOSTILE}
    data["factors"] = {"electricity.grid": {"value": "0.5 tCO2/MWh", "source": HOSTILE, "note": HOSTILE}, HOSTILE.replace("\x00", ""): "1 t"}
    data["finance"] = {"currency": "JPY", "investment": "1 million JPY"}
    data["programmes"] = [{"id": "jcm/model-project", "at": "2025-09-30", "subsidy_rate": "50 %", "note": HOSTILE}]
    found = outcome(data, f"{HOSTILE.replace('/', '').replace(chr(0), '')}.yaml")
    assert found.result is not None, [f["message"] for f in found.findings]
    assert "CC306" in [f["code"] for f in found.findings]
    return found


@pytest.fixture(scope="module")
def refused() -> Outcome:
    """A project that is invalid in several hostile ways."""
    data = project(inputs={"electricity_generated": HOSTILE, "connection": HOSTILE, "note" + HOSTILE: 1})
    found = outcome(data, f"{HOSTILE.replace('/', '').replace(chr(0), '')}.yaml")
    assert found.result is None
    return found


@pytest.mark.parametrize("valid", [True, False])
def test_nothing_in_a_text_acts(hostile: Outcome, refused: Outcome, valid: bool) -> None:
    made = pages(hostile if valid else refused)
    for name in ("text", "trace", "table", "findings", "markdown", "csv", "junit", "sarif", "github"):
        assert not ACTS.search(made.get(name, "").replace("\n", "")), name
    for name in ("json", "jsonl"):  # every character of the file, none of them bare
        assert not re.search("[\x00-\x1f]", made.get(name, "").replace("\n", "")), name
    assert all(size(line) <= 40 for name in ("text", "table") for line in made.get(name, "").split("\n"))
    for name in ("jsonl", "sarif"):
        json.loads(made[name])
    ElementTree.fromstring(made["junit"])


@pytest.mark.parametrize("valid", [True, False])
def test_markup_and_commands_stay_text(hostile: Outcome, refused: Outcome, valid: bool) -> None:
    made = pages(hostile if valid else refused)
    assert "<script" not in made["markdown"]
    assert not re.search(r"(?<!!)\[l\]\(|@team|\*\*b\*\*|!\[i\]", made["markdown"])
    assert all(line.startswith(("::error ", "::warning ", "::notice ")) for line in made["github"].splitlines())
    assert all(line.count("::") >= 2 and "\r" not in line for line in made["github"].splitlines())
    rows = list(csv.reader(io.StringIO(made["csv"])))
    assert len(rows) == 2 and len(rows[0]) == len(rows[1])
    assert not any(cell.startswith(("=", "+", "@", "\t")) for cell in rows[1])
    assert all(ord(c) < 0xD800 or ord(c) > 0xDFFF for page in made.values() for c in page)


def test_a_workbook_holds_hostile_texts_as_texts(hostile: Outcome) -> None:
    pytest.importorskip("xlsxwriter")
    import zipfile

    from carboncalc.reports import workbook

    with zipfile.ZipFile(io.BytesIO(workbook.render(hostile.result, EN))) as book:
        for name in book.namelist():
            if name.endswith(".xml"):
                tree = ElementTree.fromstring(book.read(name))
                formulas = [e.text or "" for e in tree.iter() if e.tag.endswith("}f")]
                assert not any("cmd" in f or "HYPERLINK" in f.upper() for f in formulas), name
                assert not any(ACTS.search((e.text or "").replace("\n", "")) for e in tree.iter()), name
                assert not any("http://x" in value for e in tree.iter() for value in e.attrib.values()), name


@pytest.mark.parametrize("name", ["text", "markdown"])
def test_diff_of_hostile_projects(hostile: Outcome, name: str) -> None:
    from carboncalc.compare import compare

    other = outcome(project(inputs={"electricity_generated": {"value": "900 MWh/year", "source": HOSTILE}, "connection": "grid"}))
    found = compare(other.result, hostile.result)
    sides = [found], [hostile.result], [hostile.result]
    page = diff.render(*sides, 60, False, EN) if name == "text" else diff.render_markdown(*sides, EN)
    assert not ACTS.search(page.replace("\n", ""))
    assert "<script" not in page or name == "text"


def test_explain_and_other_commands_print_hostile_words_plainly() -> None:
    for arguments in (
        ("explain", "\x1b[31mx"),
        ("init", "\x1b[31mx"),
        ("trace", SOLAR, "\x1b[31mx"),
        ("check", "no\x1b[31m.yaml"),
        ("schema", "\x1b[31mx"),
    ):
        done = run(*arguments)
        assert done.returncode == 2
        assert "\x1b" not in done.stdout + done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize("start", ["=", "+", "-", "@", " =", "\t=", "\r\n=", "\u200b=", "\ufeff=", "＝", "＠", "\u00a0="])
def test_no_cell_begins_as_a_formula(start: str) -> None:
    assert inert(f"{start}1+1").startswith("'")
    assert inert(f"x{start}1") == clean(f"x{start}1")


@pytest.mark.parametrize(
    ("raw", "shown"),
    [("a\u202eb", "ab"), ("a\u200bb", "ab"), ("a\ufeffb", "ab"), ("a\u2028b", "a b"), ("a\ud800b", "ab"), ("Hải Phòng 海防", "Hải Phòng 海防"), ("👩\u200d🔧", "👩\u200d🔧")],
)  # fmt: skip
def test_clean(raw: str, shown: str) -> None:
    assert clean(raw) == shown


@pytest.mark.parametrize("title", ["x" * 5000, "水" * 5000, "x y " * 1250, "e\u0301" * 2500, "\u200d" * 4000 + "x", "-" * 5000, "👩\u200d🔧" * 1000])
def test_a_title_of_5000_characters_is_laid_out_at_40_columns(title: str) -> None:
    data = project()
    data["project"]["title"] = title
    made = pages(outcome(data))
    for name in ("text", "table"):
        assert max(size(line) for line in made[name].split("\n")) <= 40, name
    data["project"]["title"] = title + "xx" * 3000
    assert codes(data) == ["CC113"]


def test_wrapping_a_word_takes_time_in_step_with_its_length() -> None:
    assert "".join(wrap("水" * 20_000, 40)) == "水" * 20_000
    assert wrap("ab-cdef", 4) == ["ab-", "cdef"]
    start = time.process_time()
    wrap("水" * 400_000, 40)
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    "raw",
    [
        b"\xff\xfea\x00",
        "carboncalc: 1".encode("utf-16"),
        "carboncalc: 1".encode("utf-32"),
        "título: é".encode("latin-1"),
        b"a: \x00\n",
        b"\x89PNG\r\n",
    ],
)
def test_what_is_not_utf8_text_is_refused(raw: bytes) -> None:
    found = portfolio.outcome("x", raw)
    assert [f["code"] for f in found.findings] == ["CC101"]


def test_a_byte_order_mark_changes_nothing() -> None:
    raw = json.dumps(project()).encode()
    with_mark, without = portfolio.outcome("x", b"\xef\xbb\xbf" + raw), portfolio.outcome("x", raw)
    assert with_mark == without


def test_what_json_cannot_hold_is_refused_from_python_too() -> None:
    endless: dict = {}
    endless["a"] = endless
    deep: dict = {}
    for _ in range(5000):
        deep = {"a": deep}
    for changes, code in (
        ({"inputs": {"a": "\ud800"}}, "CC101"),
        ({"inputs": endless}, "CC107"),
        ({"inputs": deep}, "CC107"),
        ({"gwp": 10**400}, "CC109"),
    ):
        assert [f.code for f in carboncalc.check(project(**changes))] == [code]


# --- sizes --------------------------------------------------------------------------------------------------


def fleet(vehicles: int, years: int = 1, **more: object) -> dict:
    row = {"vehicles": 2, "distance": "45000 km/year", "baseline_fuel": "diesel", "baseline_fuel_use": "35 L/100km", "electricity_use": "1.2 kWh/km"}
    data = project(methodology="cdm/ams-iii-c", inputs={"fleet": [{"id": f"b{i}", **row} for i in range(vehicles)]}, **more)
    data["project"]["years"] = years
    return data


def test_the_numbers_of_a_file_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = [f for f in outcome(fleet(30_000 // 12, 100)).findings if f["severity"] == "error"]
    assert [f["code"] for f in asked] == ["CC145"]
    numbers = int(re.sub(r"\D", "", asked[0]["message"].partition("numbers")[0]))
    assert numbers > running.MAX_CELLS
    monkeypatch.setattr(running, "MAX_CELLS", 1)
    needed = int(re.sub(r"\D", "", outcome(fleet(3, 4)).findings[0]["message"].partition("numbers")[0]))
    for limit, refused in ((needed, False), (needed - 1, True)):
        monkeypatch.setattr(running, "MAX_CELLS", limit)
        assert ("CC145" in codes(fleet(3, 4))) is refused


def test_the_tries_for_conservative_ends_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    data = fleet(3, 4, conservative=True)
    assert "CC145" not in codes(data)
    monkeypatch.setattr(running, "MAX_TRIED", 10)
    assert codes(data) == ["CC145"]
    assert "CC145" not in codes(fleet(3, 4))


@pytest.mark.parametrize(("entries", "refused"), [(500, False), (501, True)])
def test_measures_of_a_file(entries: int, refused: bool) -> None:
    one = {"methodology": "jcm/vn-am007", "inputs": project()["inputs"]}
    data = project(measures=[{"id": f"m{i}", **one} for i in range(entries)])
    del data["methodology"], data["inputs"]
    assert ("CC145" in codes(data)) is refused


def test_the_same_fault_in_every_row_is_told_two_hundred_times() -> None:
    found = outcome(project(methodology="cdm/ams-iii-c", inputs={"fleet": [{"id": f"b{i}"} for i in range(10_000)]})).findings
    assert len(found) == MOST + 1
    assert [f["code"] for f in found[-2:]] == ["CC112", "CC107"]


HEAD = "carboncalc: 1\nproject: {id: x, title: x, country: VN, first_year: 2027, years: 1}\ngwp: AR5\nmethodology: jcm/vn-am007\n"
QUANTITY = HEAD + "inputs: {connection: grid, electricity_generated: %s}\n"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("#" * 5_000_001, "CC101"),
        ("a: " + "[" * 100_000, "CC107"),
        ("a: " + "{a: " * 100_000, "CC107"),
        ("- " * 100_000, "CC107"),
        ("a: [" + "1," * 300_000 + "]", "CC107"),
        ("".join(f"k{i}: 1\n" for i in range(50_000)), "CC107"),
        (HEAD + "inputs: {" + "".join(f"k{i}: 1, " for i in range(2_001)) + "}", "CC107"),
        (HEAD + "inputs: {" + "".join(f"k{i}: 1, " for i in range(1_990)) + "}", "CC111"),
        (HEAD + "inputs: {? " + "k" * 20_001 + " : 1}", "CC107"),
        (HEAD.replace("title: x", "title: " + "x" * 20_001), "CC107"),
        (QUANTITY % ("9" * 400), "CC109"),
        (QUANTITY % ("9" * 400 + " MWh/year"), "CC204"),
        (QUANTITY % ("9" * 380 + " MWh/year"), "CC206"),
        (QUANTITY % ("1000 " + "MWh/" * 4_000 + "year"), "CC204"),
        (QUANTITY % ("1000 MWh" + "^2" * 20), "CC202"),
        (QUANTITY % "1000 MWh/9999999999999999999999999999999999999999999999999999999999999km^9", "CC202"),
        (QUANTITY % ("'1" + " " * 19_000 + "x'"), "CC204"),
        (QUANTITY % ("[" + "1," * 100_000 + "]"), "CC204"),
        (QUANTITY % "{0x7E3: 1000 MWh/year}", "CC113"),
        (QUANTITY % "{²: 1000 MWh/year}", "CC113"),
        (QUANTITY % "{٢٠٢٧: 1000 MWh/year}", "CC113"),
        (QUANTITY % "{2027.0: 1000 MWh/year}", "CC113"),
        (QUANTITY % '{2027: 1 MWh/year, "2027\\n": 1000 MWh/year}', "CC113"),
        (QUANTITY.replace("id: x", 'id: "x\\n"') % "1 MWh/year", "CC113"),
        (QUANTITY.replace("country: VN", 'country: "VN\\n"') % "1 MWh/year", "CC113"),
        (QUANTITY.replace("years: 1", "years: 1000000") % "1 MWh/year", "CC113"),
        (QUANTITY.replace("2027", "-1") % "1 MWh/year", "CC113"),
        (HEAD + "inputs: &a {b: *a}\n", "CC106"),
        (HEAD + "measures: [" + ", ".join(f"{{id: m{i}, methodology: x, inputs: {{}}}}" for i in range(15_000)) + "]", "CC113"),
        (QUANTITY % "1 MWh/year" + "programmes: [" + ", ".join(f"{{id: x{i}}}" for i in range(15_000)) + "]", "CC145"),
        (QUANTITY % "1 MWh/year" + "# carboncalc" + " " * 1_000_000 + "x\n", ""),
        (QUANTITY % "1 MWh/year" + "# carboncalc: ignore[" + " " * 1_000_000 + "\n", ""),
        (QUANTITY % "1 MWh/year" + "# carboncalc: ignore[CC521] x\n" * 50_000, ""),
        (QUANTITY % "1 MWh/year" + "\n" * 4_000_000, ""),
        (QUANTITY % ("{" + ", ".join(f"{y}: 1 MWh/year" for y in range(2027, 4000)) + "}"), ""),
        (QUANTITY % "1 MWh/year" + "factors: {" + ", ".join(f"f{i}: 1 t" for i in range(1_990)) + "}\n", ""),
    ],
    ids=lambda value: value[-40:].replace("\n", " ") if len(value) > 8 else value or "valid",
)  # fmt: skip
def test_absurd_sizes_are_answered_in_a_second(content: str, code: str) -> None:
    start = time.process_time()
    found = outcome(content)
    took = time.process_time() - start
    errors = [f["code"] for f in found.findings if f["severity"] == "error"]
    assert errors[:1] == ([code] if code else [])
    assert took < 3  # the limit is one second; a busy machine may need longer
    assert "Traceback" not in text.render_findings(found.findings, 80, False, EN)


def test_a_quantity_has_at_most_400_characters() -> None:
    assert units.read_quantity("1" + " " * 398 + "t").unit.text == "t"
    with pytest.raises(units.UnitError) as caught:
        units.read_quantity("1" + " " * 399 + "t")
    assert caught.value.code == "CC204"


def test_brackets_of_a_formula_are_counted() -> None:
    from carboncalc.formula import FormulaError, parse

    assert parse("(" * 60 + "a" + ")" * 60) == ["name", "a"]
    for formula in ("(" * 900 + "a" + ")" * 900, "-" * 1500 + "a", "a+" * 900 + "a", "not " * 400 + "a", "a" * 2001, "min(" * 90 + "a" + ",b)" * 90):
        with pytest.raises(FormulaError) as caught:
            parse(formula)
        assert caught.value.code in ("CC120", "CC121")


# --- numbers that are none ------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", ["1e308", "9e307", "1e300", "1e-300", "1e308 ± 100 %"])
@pytest.mark.parametrize("path", sorted((ROOT / "examples").glob("*.yaml")), ids=lambda p: p.stem)
def test_no_number_is_too_large_for_a_format(path: Path, number: str) -> None:
    content = path.read_text(encoding="utf-8")
    quantities = list(re.finditer(r"(?<=: )[0-9][0-9 .]*[0-9](?= [A-Za-z%])", content))
    assert quantities
    for match in quantities:
        value, _, spread = number.partition(" ")
        end = content.find("\n", match.end())
        line = content[match.end() : end]
        if spread and ("," in line or "}" in line or "±" in line or "#" in line):
            continue
        found = portfolio.outcome(str(path), (content[: match.start()] + value + line + (f" {spread}" if spread else "") + content[end:]).encode())
        for name, page in pages(found, 80).items():
            assert not re.search(r"(?<![A-Za-z-])(NaN|nan|-?Infinity|inf)(?![A-Za-z-])", page), name


def test_json_refuses_what_is_not_a_number() -> None:
    found = outcome(project())
    for wrong in (float("nan"), float("inf")):
        tree = {**found.result, "totals": {**found.result["totals"], "reduction": wrong}}
        with pytest.raises(ValueError, match="JSON"):
            to_json(tree)
        for name in ("jsonl", "json"):
            with pytest.raises(ValueError, match="JSON"):
                functions(name, EN)[0](found._replace(result=tree))


# --- files that are none ----------------------------------------------------------------------------------------


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    """A folder of things that are named as projects and are none."""
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    (tmp_path / "gone.yaml").symlink_to("nowhere.yaml")
    (tmp_path / "zero.yaml").symlink_to("/dev/zero")
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "self").symlink_to(tmp_path)
    (tmp_path / "other-self").symlink_to(tmp_path)
    (tmp_path / "good.yaml").write_text(json.dumps(project()), encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("name", ["pipe.yaml", "loop.yaml", "gone.yaml", "zero.yaml", "/dev/zero", "/dev/tty", "/proc/self/mem"])
def test_what_is_no_regular_file_is_refused_at_once(odd: Path, name: str) -> None:
    done = run("check", name, cwd=odd, limit=20)
    assert done.returncode == 2
    assert "CC100" in done.stdout or "there is no file" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_folder_with_odd_things_is_told_whole(odd: Path) -> None:
    done = run("estimate", ".", "-f", "jsonl", cwd=odd, limit=30)
    assert done.returncode == 2
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row.get("file", "").removeprefix("./") for row in rows if row.get("invalid")] == ["gone.yaml", "loop.yaml", "pipe.yaml", "zero.yaml"]
    assert [row["project"]["id"] for row in rows if "project" in row] == ["x"]
    assert "no .yaml files" in run("check", "folder.yaml", cwd=odd).stderr


def test_links_to_their_own_folder_do_not_trap_a_glob(odd: Path) -> None:
    (odd / "a" / "b").mkdir(parents=True)
    (odd / "a" / "b" / "deep.yaml").write_text(json.dumps(project()), encoding="utf-8")
    found = portfolio.find([f"{odd}/**/*.yaml"])
    assert [os.path.relpath(p, odd) for p in found] == ["a/b/deep.yaml", "gone.yaml", "good.yaml", "loop.yaml", "pipe.yaml", "zero.yaml"]
    assert portfolio.find([f"{odd}/**/**/deep.yaml"]) == [f"{odd}/a/b/deep.yaml"]
    assert portfolio.find([f"{odd}/[g]*.yaml"]) == [f"{odd}/gone.yaml", f"{odd}/good.yaml"]


def test_folders_nested_deeper_than_python_calls(tmp_path: Path) -> None:
    deep = "/".join("d" for _ in range(1200))
    here = os.getcwd()
    os.chdir(tmp_path)
    try:
        for step in deep.split("/"):
            os.mkdir(step)
            os.chdir(step)
        Path("deep.yaml").write_text("a", encoding="utf-8")
        os.chdir(tmp_path)
        assert portfolio.find(["."]) == [f"./{deep}/deep.yaml"]
        assert portfolio.find(["**/*.yaml"]) == [f"{deep}/deep.yaml"]
    finally:
        os.chdir(tmp_path)
        depth = 0
        while os.path.isdir("d"):
            os.chdir("d")
            depth += 1
        Path("deep.yaml").unlink(missing_ok=True)
        for _ in range(depth):  # what removes temporary folders calls itself once a level
            os.chdir("..")
            os.rmdir("d")
        os.chdir(here)


def test_a_name_that_is_not_utf8(tmp_path: Path) -> None:
    name = os.fsencode(tmp_path) + b"/\xff\xfe.yaml"
    with open(name, "wb") as file:
        file.write(json.dumps(project(gwp="AR9")).encode())
    (tmp_path / "good.yaml").write_text(json.dumps(project()), encoding="utf-8")
    for format in ("text", "json", "jsonl", "csv", "markdown", "junit", "sarif", "github"):
        out = tmp_path / f"out.{format}"
        done = run("estimate", tmp_path, "-f", format, "-o", out)
        assert (done.returncode, "Traceback" in done.stderr) == (3, False), done.stderr
        assert out.read_text(encoding="utf-8")


def test_standard_input_without_an_end(tmp_path: Path) -> None:
    with open("/dev/zero", "rb") as endless:
        done = subprocess.run(
            [sys.executable, "-m", "carboncalc", "check", "-"], stdin=endless, capture_output=True, cwd=ROOT, timeout=60, check=False
        )
    assert done.returncode == 3
    assert b"CC101" in done.stdout


def test_other_files_that_commands_read_are_regular_too(odd: Path) -> None:
    os.mkfifo(odd / "saved.json")
    os.mkfifo(odd / "carboncalc.lock")
    os.mkfifo(odd / "settings.toml")
    for arguments in (
        ("diff", "saved.json", "good.yaml"),
        ("lock", "good.yaml", "--check"),
        ("lock", "pipe.yaml"),
        ("--config", "settings.toml", "check", "good.yaml"),
    ):
        done = run(*arguments, cwd=odd, limit=20)
        assert done.returncode == 2, arguments
        assert "not a regular file" in done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "content",
    ["", "[" * 100_000, "{}", "[]", "null", '{"carboncalc": 1, "totals": {}, "input": {}}', '{"carboncalc": 1, "totals": {"reduction": 1e999}, "input": {}}', "NaN", "9" * 5000, "\ufeff{}", '{"results": [1]}', "\x00"],
)  # fmt: skip
def test_a_spoilt_saved_result_is_refused_with_a_word(content: str, tmp_path: Path) -> None:
    saved = tmp_path / "saved.json"
    saved.write_text(content, encoding="utf-8")
    done = run("diff", saved, SOLAR)
    assert done.returncode == 2
    assert done.stderr.startswith("carboncalc: ")
    assert "Traceback" not in done.stderr


def test_a_saved_result_is_held_to_its_schema(tmp_path: Path) -> None:
    from carboncalc.cli.comparing import results

    tree = json.loads(to_json(portfolio.outcome("x", SOLAR.read_bytes()).result))
    saved = tmp_path / "saved.json"
    saved.write_text(json.dumps(tree), encoding="utf-8")
    assert results(str(saved))[0].result == tree
    tree["programmes"] = [["x"]]
    saved.write_text(json.dumps(tree), encoding="utf-8")
    with pytest.raises(ValueError, match=r"wrong at `programmes\[0\]`"):
        results(str(saved))


# --- outputs ------------------------------------------------------------------------------------------------------


def test_an_output_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    kept = tmp_path / "kept.json"
    kept.write_text("before", encoding="utf-8")

    def full() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))

    done = run("estimate", SOLAR, "-o", kept, preexec_fn=full, env={"CARBONCALC_CACHE": "off"})
    assert done.returncode == 2
    assert "cannot write" in done.stderr
    assert [p.name for p in tmp_path.iterdir()] == ["kept.json"]
    assert kept.read_text(encoding="utf-8") == "before"
    for place in ("no/such/folder.json", ".", "kept.json/below.json"):
        done = run("estimate", SOLAR, "-f", "json", "-o", place, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (2, "")
        assert f"cannot write {place}" in done.stderr
    assert [p.name for p in tmp_path.iterdir()] == ["kept.json"]


@pytest.mark.parametrize("arguments", [("estimate",), ("estimate", SOLAR, "-f", "csv"), ("check",), ("lock",), ("diff", SOLAR)])
def test_an_output_never_replaces_what_is_read(arguments: tuple[object, ...], tmp_path: Path) -> None:
    project_file = tmp_path / "project.yaml"
    project_file.write_bytes(SOLAR.read_bytes())
    (tmp_path / "link.json").symlink_to("project.yaml")
    for output in ("project.yaml", "./project.yaml", "link.json"):
        done = run(*arguments, "project.yaml", "-o", output, cwd=tmp_path)
        assert done.returncode == 2
        assert "one of the files to read" in done.stderr
    assert project_file.read_bytes() == SOLAR.read_bytes()


def test_an_output_that_is_a_link_or_a_pipe_stays_one(tmp_path: Path) -> None:
    (tmp_path / "real.json").write_text("before", encoding="utf-8")
    (tmp_path / "real.json").chmod(0o640)
    (tmp_path / "link.json").symlink_to("real.json")
    assert run("estimate", SOLAR, "-o", tmp_path / "link.json").returncode == 0
    assert (tmp_path / "link.json").is_symlink()
    assert json.loads((tmp_path / "real.json").read_text(encoding="utf-8"))["carboncalc"] == 1
    assert stat.S_IMODE((tmp_path / "real.json").stat().st_mode) == 0o640
    os.mkfifo(tmp_path / "pipe.json")
    with subprocess.Popen(["cat", str(tmp_path / "pipe.json")], stdout=subprocess.PIPE) as reader:
        assert run("estimate", SOLAR, "-o", tmp_path / "pipe.json").returncode == 0
        assert reader.stdout is not None
        assert json.loads(reader.stdout.read())["carboncalc"] == 1
    assert stat.S_ISFIFO((tmp_path / "pipe.json").stat().st_mode)


def shell(line: str) -> tuple[int, str, str]:
    line = f"carboncalc() {{ '{sys.executable}' -m carboncalc \"$@\"; }}; {line}"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, cwd=ROOT, timeout=60, check=False)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="no /dev/full here")
@pytest.mark.parametrize("command", ["estimate", "estimate examples -f csv", "check -f json", "trace", "explain CC201 #", "schema #", "methods #"])
def test_a_full_disk_behind_standard_output(command: str) -> None:
    code, _, errors = shell(f"carboncalc {command.replace(' #', ' > /dev/full #')} {SOLAR} > /dev/full")
    assert code == 2
    assert "cannot write" in errors
    assert "Traceback" not in errors


@pytest.mark.parametrize("command", ["estimate", "estimate examples -f json", "trace", "schema #", "factors #"])
def test_a_reader_that_goes_away_is_no_error(command: str) -> None:
    code, out, errors = shell(f"set -o pipefail; carboncalc {command.replace(' #', ' | head -c 10 #')} {SOLAR} | head -c 10")
    assert (code, len(out), errors) == (0, 10, "")


def test_closed_streams(tmp_path: Path) -> None:
    code, _, errors = shell(f"carboncalc estimate {SOLAR} >&-")
    assert (code, errors) == (2, "carboncalc: standard output is closed; `-o FILE` writes a file\n")
    code, _, errors = shell(f"carboncalc estimate {SOLAR} -o {tmp_path}/a.json >&-")
    assert (code, errors, (tmp_path / "a.json").exists()) == (0, "", True)
    code, out, _ = shell(f"carboncalc check nowhere.yaml {SOLAR} 2>&-")
    assert (code, out) == (2, "")
    code, _, errors = shell("carboncalc check - <&-")
    assert (code, errors) == (2, "carboncalc: standard input is closed\n")


# --- the cache ------------------------------------------------------------------------------------------------------


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CARBONCALC_CACHE", str(tmp_path / "cache"))
    (tmp_path / "data.yaml").write_text("a: 1\n", encoding="utf-8")
    return tmp_path


def built(folder: Path, value: object = ("fresh",)) -> tuple[object, bool]:
    """Ask the cache; return the value and whether it had to be built."""
    calls = []

    def build() -> object:
        calls.append(1)
        return list(value) if isinstance(value, tuple) else value

    return cache.cached("thing", [str(folder / "data.yaml")], build), bool(calls)


def spoilt(folder: Path) -> Path:
    (file,) = [p for p in (folder / "cache").iterdir() if p.name.startswith("thing")]
    return file


def test_a_cache_is_used_when_whole(kept: Path) -> None:
    assert built(kept) == (["fresh"], True)
    assert built(kept, ("other",)) == (["fresh"], False)
    (kept / "data.yaml").write_text("a: 2\n", encoding="utf-8")
    assert built(kept, ("other",)) == (["other"], True)


def test_changed_data_with_the_same_time_and_size_is_seen(kept: Path) -> None:
    built(kept)
    before = (kept / "data.yaml").stat()
    (kept / "data.yaml").write_text("a: 2\n", encoding="utf-8")
    os.utime(kept / "data.yaml", ns=(before.st_atime_ns, before.st_mtime_ns))
    assert built(kept, ("other",)) == (["other"], True)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda raw: b"",
        lambda raw: raw[:-1],
        lambda raw: raw[: len(raw) // 2],
        lambda raw: raw.replace(b"fresh", b"wrong"),
        lambda raw: raw + b" ",
        lambda raw: b"{}",
        lambda raw: b'["wrong"]',
        lambda raw: raw.partition(b"\n")[2],
        lambda raw: raw.partition(b"\n")[0] + b"\n" + b'["wrong"]',
        lambda raw: b"[" * 100_000,
        lambda raw: b"\xff\xfe\x00",
        lambda raw: b"null\nnull",
    ],
)
def test_a_spoilt_cache_is_built_again(kept: Path, spoil) -> None:
    built(kept)
    file = spoilt(kept)
    file.write_bytes(spoil(file.read_bytes()))
    assert built(kept, ("new",)) == (["new"], True)
    assert built(kept) == (["new"], False), "and is whole again"


def test_a_cache_file_under_another_name_is_not_used(kept: Path) -> None:
    """Two entries exchanged, each whole in itself, would be a wrong number without a word."""
    built(kept)
    first = spoilt(kept)
    (kept / "data.yaml").write_text("a: 2\n", encoding="utf-8")
    built(kept, ("second",))
    second = next(p for p in (kept / "cache").iterdir() if p != first)
    second.write_bytes(first.read_bytes())
    assert built(kept, ("second",)) == (["second"], True)


@pytest.mark.parametrize("texts", [{}, {"a": "1"}, {"b.x": '{"é": 1}', "a": '"\\n\\t"', "c": ""}])
def test_texts_are_kept_like_values(kept: Path, texts: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    texts = {name: text.encode("ascii", "backslashreplace").decode() for name, text in texts.items()}
    calls: list[int] = []

    def ask() -> list[tuple[str, str]]:
        return list(cache.cached_texts("thing", [str(kept / "data.yaml")], lambda: calls.append(1) or texts).items())

    assert ask() == ask() == list(texts.items())
    assert len(calls) == 1
    spoilt(kept).write_bytes(spoilt(kept).read_bytes()[:-1] + b"!")
    assert ask() == list(texts.items())
    assert len(calls) == 2
    monkeypatch.setenv("CARBONCALC_CACHE", "off")
    assert ask() == list(texts.items())


def test_numbers_stay_right_whatever_the_cache_holds(tmp_path: Path) -> None:
    """Every cache file of a real run is replaced by JSON of a right-looking or wrong shape."""
    env = {"CARBONCALC_CACHE": str(tmp_path)}
    first = run("estimate", SOLAR, "-f", "json", env=env)
    assert first.returncode == 0
    rng = random.Random(5)
    for _ in range(4):
        for file in tmp_path.iterdir():
            raw = file.read_bytes()
            numbers = list(re.finditer(rb"[0-9]+\.[0-9]+", raw))
            if numbers and rng.random() < 0.7:
                m = rng.choice(numbers)
                file.write_bytes(raw[: m.start()] + b"0.001" + raw[m.end() :])
            else:
                file.write_bytes(rng.choice([b"{}", b"[]", b"1", b'{"a": 1}', raw[: len(raw) // 2], b""]))
        again = run("estimate", SOLAR, "-f", "json", env=env)
        assert (again.stdout, again.stderr, again.returncode) == (first.stdout, "", 0)


@pytest.mark.parametrize(
    "kind", ["a file", "read-only", "a link", "a link to nothing", "a pipe in the place of an entry", "a folder in the place of an entry"]
)
def test_a_cache_that_is_no_ordinary_folder(kept: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    place = kept / "cache"
    if kind == "a file":
        place.write_text("mine", encoding="utf-8")
    elif kind == "a link":
        (kept / "real").mkdir()
        place.symlink_to("real")
    elif kind == "a link to nothing":
        place.symlink_to("nowhere/at/all")
    else:
        built(kept, ("old",))
        entry = spoilt(kept)
        if kind == "read-only":
            entry.unlink()
            place.chmod(0o500)
            monkeypatch.setattr(os, "replace", _denied)  # root may write anywhere
        else:
            entry.unlink()
            os.mkfifo(entry) if "pipe" in kind else entry.mkdir()
    try:
        assert built(kept) == (["fresh"], True)
        assert built(kept)[0] == ["fresh"]
    finally:
        if kind == "read-only":
            place.chmod(0o700)
    if kind == "a file":
        assert place.read_text(encoding="utf-8") == "mine"
    if kind == "a link":
        assert len(list((kept / "real").iterdir())) == 1


def _denied(*_: object) -> None:
    raise PermissionError(13, "denied")


def test_sweeping_leaves_what_is_not_ours(kept: Path) -> None:
    place = kept / "cache"
    place.mkdir()
    old = [place / "report.docx", place / "notes-2024.json", place / f"factors-{'a' * 32}.json", place / f"factors-{'b' * 32}.json.123.456"]
    for file in old:
        file.write_text("x", encoding="utf-8")
        os.utime(file, (0, 0))
    built(kept)
    assert sorted(p.name for p in place.iterdir() if not p.name.startswith("thing")) == ["notes-2024.json", "report.docx"]


WRITER = """
import sys
sys.path.insert(0, {root!r})
from carboncalc.library import cache
value = {{"n": {n}, "rows": list(range(20000))}}
while True:
    cache._write({place!r}, {path!r}, __import__("json").dumps(value).encode())
"""


def test_processes_that_write_at_once_and_are_killed(kept: Path) -> None:
    """Two processes write the same entry in a loop and are killed; a reader never sees anything but a whole value of one of them."""
    built(kept)
    path = str(spoilt(kept))
    writers = [subprocess.Popen([sys.executable, "-c", WRITER.format(root=str(ROOT), n=n, place=str(kept / "cache"), path=path)]) for n in (1, 2)]
    seen = set()
    try:
        end = time.monotonic() + 30
        while seen < {1, 2} and time.monotonic() < end:
            value, was_built = built(kept)
            assert not was_built
            if isinstance(value, dict):
                assert value["rows"] == list(range(20000))
                seen.add(value["n"])
    finally:
        for writer in writers:
            writer.kill()
            writer.wait()
    assert seen == {1, 2}
    value, was_built = built(kept)
    assert not was_built and value["rows"] == list(range(20000))


def test_two_cold_starts_at_once(tmp_path: Path) -> None:
    env = {**os.environ, "PYTHONPATH": str(ROOT), "CARBONCALC_CACHE": str(tmp_path / "new")}
    command = [sys.executable, "-m", "carboncalc", "estimate", str(SOLAR), "-f", "json"]
    both = [subprocess.Popen(command, env=env, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(3)]
    answers = {p.communicate(timeout=120) for p in both}
    assert len(answers) == 1
    assert answers.pop()[1] == b""
    assert [p.returncode for p in both] == [0, 0, 0]
    assert not [p for p in (tmp_path / "new").iterdir() if not p.name.endswith(".json")]


# --- fuzzing ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ["structured", "raw"])
def test_a_few_hundred_spoilt_files(engine: str) -> None:
    """A small run of the fuzzer; `python benchmarks/fuzz.py 100000` is the large one."""
    fuzz = runpy.run_path(str(ROOT / "benchmarks" / "fuzz.py"))
    counts, failures = fuzz["run"](fuzz[engine](300, 20261125))
    assert failures == {}
    assert sum(n for name, n in counts.items() if name.endswith("tried")) == 300


def test_the_fuzzer_sees_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    """A traceback is found, named by its place, and its input made smaller."""
    fuzz = runpy.run_path(str(ROOT / "benchmarks" / "fuzz.py"))
    given = fuzz["Input"]("project", json.dumps(project(), indent=1).encode())
    assert fuzz["try_out"](given) is None
    whole = library.parse

    def broken(raw: bytes, file: str = "") -> object:
        if b"gwp" in raw:
            raise KeyError("gwp")
        return whole(raw, file)

    monkeypatch.setattr(portfolio.running, "parse", broken)
    found = fuzz["try_out"](given)
    assert found is not None and found.name.startswith("KeyError in ")
    assert b"gwp" in fuzz["smaller"](given, found.name).raw
    assert len(fuzz["smaller"](given, found.name).raw) < 40


def test_a_year_with_a_point_is_that_year() -> None:
    """JSON Schema takes 2.0 for a whole number, so must we."""
    plain, pointed = project(), project()
    plain["project"]["years"], pointed["project"]["years"] = 2, 2.0
    pointed["project"]["first_year"] = 2027.0
    found = outcome(pointed).result
    assert found is not None
    assert [row["year"] for row in found["years"]] == [2027, 2028]
    assert found["project"] == outcome(plain).result["project"]


def test_versions_of_any_shape_are_left_to_the_schema(tmp_path: Path) -> None:
    from carboncalc import programme

    for odd in ("without: [[x]]", "without: 3", "criteria: [{id: [x]}]", "criteria: [3]", "constants: [x]", "like: [x]"):
        file = tmp_path / "p.yaml"
        file.write_text(
            f"versions:\n  - {{version: a, criteria: [{{id: [x]}}]}}\n  - {{version: b, like: a, {odd}}}\n".replace("like: a, like", "like"),
            encoding="utf-8",
        )
        with pytest.raises(Invalid):
            programme._read(str(file))


def test_a_fault_from_a_stranger_s_methodology_or_programme_is_told(tmp_path: Path) -> None:
    """What the fuzzer found in data files: each is refused when it is loaded."""
    from carboncalc import methodology, programme

    vehicles = Path(methodology.paths()["cdm/ams-iii-c"]).read_text(encoding="utf-8")
    file = tmp_path / "m.yaml"
    file.write_bytes(b"\xff" + vehicles.encode())
    with pytest.raises(Invalid) as caught:
        methodology.load_file(str(file))
    assert caught.value.findings[0].code == "CC101"
    assert "default: {formula: first_year" in vehicles
    file.write_text(vehicles.replace("default: {formula: first_year", "default: {formula: last_year"), encoding="utf-8")
    with pytest.raises(Invalid) as caught:
        methodology.load_file(str(file))
    assert (caught.value.findings[0].code, caught.value.findings[0].place.line > 1) == ("CC122", True)
    for default, code in (("{value: 0 kg}", "CC203"), ("{value: x}", "CC204"), ("{}", "CC112"), ("{confidence: read}", "CC112")):
        file.write_text(re.sub(r"default: \{value: [^}]*\}", f"default: {default}", vehicles, count=1), encoding="utf-8")
        with pytest.raises(Invalid) as caught:
            methodology.load_file(str(file))
        assert caught.value.findings[0].code == code, default
    assert "{symbol: SFC_V, unit: L/km" in vehicles
    file.write_text(vehicles.replace("{symbol: SFC_V, unit: L/km", "{symbol: SFC_V, unit: m999"), encoding="utf-8")
    with pytest.raises(Invalid) as caught:
        methodology.load_file(str(file))
    assert caught.value.findings[0].code == "CC201"
    compost = Path(methodology.paths()["cdm/ams-iii-f"]).read_text(encoding="utf-8")
    without_types = re.sub(r"\n    of:(\n {6}[^\n]*)+", "", compost, count=1)
    assert without_types != compost
    file.write_text(without_types, encoding="utf-8")
    with pytest.raises(Invalid) as caught:
        methodology.load_file(str(file))
    assert (caught.value.findings[0].code, "`of`" in caught.value.findings[0].message) == ("CC112", True)
    rules = Path(programme.paths()["vn/cement-waste-heat"]).read_text(encoding="utf-8")
    assert re.search(r"unit: [^\n,}]+", rules)
    file.write_text(re.sub(r"unit: [^\n,}]+", "unit: The list", rules, count=1), encoding="utf-8")
    with pytest.raises(Invalid) as caught:
        document = programme._read(str(file))
        programme._compile(document, document.data["versions"][0]["version"])
    assert caught.value.findings[0].code == "CC201"

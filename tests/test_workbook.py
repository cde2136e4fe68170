"""Workbooks: the number in the JSON, in the cell and from a second engine is one number, and a changed input leads to the same result as a changed file."""

import copy
import io
import json
import os
import random
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import pytest
from conftest import EN, JA, ROOT, VI

import carboncalc
from carboncalc import library, methodology, programme
from carboncalc.cli.templates import template
from carboncalc.findings import Invalid
from carboncalc.formula import parse, text
from carboncalc.library import parse as read_text
from carboncalc.reports import workbook
from carboncalc.reports.words import Words
from carboncalc.reports.workbook_inputs import is_money

PROJECTS = [
    p for folder in ("examples", "tests/cases") for p in sorted((ROOT / folder).rglob("*.yaml")) if "kind: park" not in p.read_text(encoding="utf-8")
]
EXAMPLES = [p for p in PROJECTS if p.parent.name == "examples"]
CASES = [p for p in PROJECTS if p.parent.name != "examples"]
BUS = ROOT / "examples" / "cat-ba-electric-buses.yaml"
NASTY = "=HYPERLINK(1) <script>alert(1)</script> [red]x[/red] & \u202e\x07" + "x" * 5000
#: recalculates what it opens, whatever the file says; without it LibreOffice shows the cached values of XlsxWriter
_HARD = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"><item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>"""
office = pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")


def estimate(path: Path) -> dict:
    data = library.read(str(path)).data
    return carboncalc.estimate(data["project"] if "expect" in data else data).to_dict()


def cells(content: bytes, values: bool) -> dict[tuple[str, str], object]:
    """Return every cell that is not empty, by sheet and address."""
    book = openpyxl.load_workbook(io.BytesIO(content), data_only=values)
    return {(s.title, c.coordinate): c.value for s in book for row in s.iter_rows() for c in row if c.value is not None}


def formulas_of(content: bytes) -> list[tuple[str, str]]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    return [(s.title, c.coordinate) for s in book for row in s.iter_rows() for c in row if c.data_type == "f"]


def calculated(content: bytes) -> dict[tuple, object]:
    """Read the calculation sheets as a person does: measure, symbol, item and year to cached value."""
    book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    found = {}
    for sheet in book:
        if sheet.title != "Calculation" and not sheet.title.startswith("Calc "):
            continue
        rows = list(sheet.iter_rows(values_only=True))
        years = rows[3][4:]
        measure = sheet.title.removeprefix("Calc ") if sheet.title != "Calculation" else ""
        for row in rows[4:]:
            if row[0] and not any(v is not None for v in row[3:]):
                continue
            numbers = [v for v in row[3:] if isinstance(v, (int, float))]
            if row[0] and numbers:
                item = "" if row[1] == "all" else row[1]
                found |= {(measure, row[0], item, y): v for y, v in zip(("", *years), row[3:], strict=True) if v is not None}
    return found


def assert_same(result: dict, content: bytes) -> None:
    """Every step stands in its cell, to the last digit."""
    there = calculated(content)
    steps = [s for s in result["steps"] if s["role"] != "finance"]
    for s in steps:
        item = ", ".join(str(v) for k, v in s["index"].items() if k != "year")
        item = "" if item == "all" else item  # as a line without an item is called
        assert there[s.get("measure", ""), s["name"], item, s["index"].get("year", "")] == s["value"], s["name"]


def recalculated(contents: dict[str, bytes], folder: Path) -> dict[str, bytes]:
    """Open workbooks in LibreOffice, calculate everything anew, and save them."""
    (folder / "in").mkdir(parents=True)
    profile = folder / "profile" / "user"
    profile.mkdir(parents=True)
    (profile / "registrymodifications.xcu").write_text(_HARD, encoding="utf-8")
    for name, content in contents.items():
        (folder / "in" / f"{name}.xlsx").write_bytes(content)
    files = sorted(str(p) for p in (folder / "in").iterdir())
    for i in range(0, len(files), 50):  # it silently leaves out what goes beyond some 240 files
        command = [
            "soffice",
            "--headless",
            f"-env:UserInstallation=file://{folder / 'profile'}",
            "--convert-to",
            "xlsx",
            "--outdir",
            str(folder / "out"),
        ]
        subprocess.run([*command, *files[i : i + 50]], check=True, capture_output=True, timeout=600)
    return {name: (folder / "out" / f"{name}.xlsx").read_bytes() for name in contents}


def differences(content: bytes, again: bytes) -> list[tuple]:
    """Compare the cached value of every formula with that of a second engine, relative 1e-9."""
    mine, theirs = cells(content, True), cells(again, True)
    places = formulas_of(content)
    assert places
    return [(*p, mine.get(p), theirs.get(p)) for p in places if not same(mine.get(p), theirs.get(p))]


def same(a: object, b: object) -> bool:
    if isinstance(a, (int, float)) and isinstance(b, (int, float)):
        return a == pytest.approx(b, rel=1e-9, abs=1e-300)
    return (a or "") == (b or "")


# --- the equations are in the result ---------------------------------------------------------------------


@pytest.mark.parametrize("id_", methodology.ids())
def test_the_text_of_a_formula_is_read_as_the_tree_that_was_proved(id_: str) -> None:
    for tree in methodology.load(id_).system.trees.values():
        assert parse(text(tree), scales=True) == tree


def test_the_text_of_a_rule_is_read_as_the_tree_that_was_proved() -> None:
    for id_ in programme.paths():
        for version in programme.versions(id_):
            found = programme.load(f"{id_}@{version['version']}", None)
            assert found is not None
            for tree in found.system.trees.values():
                assert parse(text(tree), scales=True) == tree


# --- cached values ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [*EXAMPLES, *CASES], ids=lambda p: p.stem)
def test_every_step_stands_in_its_cell(path: Path) -> None:
    result = estimate(path)
    assert_same(result, workbook.render(result, EN))


@pytest.mark.parametrize("id_", methodology.ids())
def test_every_template_makes_a_workbook(id_: str) -> None:

    result = template_result(id_)
    assert_same(result, workbook.render(result, EN))


def test_results_finance_and_answers_stand_in_their_cells() -> None:
    result = estimate(BUS)
    seen = cells(workbook.render(result, EN), True)
    assert [seen["Results", f"E{4 + i}"] for i in range(12)] == [y["reduction"] for y in result["years"]]
    assert seen["Results", "E16"] == result["totals"]["reduction"]
    assert seen["Results", "F16"] == result["totals"]["reduction_energy"]
    money = {seen["Finance", f"A{r}"]: seen.get(("Finance", f"D{r}")) for r in range(1, 60) if ("Finance", f"A{r}") in seen}
    for column, suffix in (("without_subsidy", ""), ("with_subsidy", "_subsidised")):
        block = result["finance"][column]
        assert money[f"present_value{suffix}"] == block["npv"]
        assert money[f"return_rate{suffix}"] == block["irr"]
        assert money[f"cost_per_tonne{suffix}"] == block["cost_per_tonne"]
        assert money[f"payback{suffix}"] == "none"  # the first year has no net benefit
    answers = {seen["Eligibility", f"A{r}"]: seen.get(("Eligibility", f"F{r}")) for r in range(1, 90) if ("Eligibility", f"A{r}") in seen}
    for p in result["programmes"]:
        for c in p["criteria"]:
            assert answers[c["label"]["en"]] == c["verdict"], c["id"]


# --- a second engine -------------------------------------------------------------------------------------


QUICK = ("cat-ba-electric-buses", "hai-phong-cement-waste-heat", "trang-cat-landfill-methane")
ALL = [*(p.stem for p in EXAMPLES), *methodology.ids()]


@pytest.mark.parametrize("name", [pytest.param(name, marks=() if name in QUICK else pytest.mark.slow) for name in ALL])
def test_another_engine_computes_the_same(name: str, tmp_path: Path) -> None:
    """Every example, and the template of every methodology; most of them slowly, since this engine is thorough and slow."""
    result = template_result(name) if "/" in name else estimate(ROOT / "examples" / f"{name}.yaml")
    content = workbook.render(result, EN)
    found = by_formulas(content, tmp_path)
    mine = cells(content, True)
    wrong = [(p, mine.get(p), found[p]) for p in formulas_of(content) if not same(_plain(mine.get(p)), found[p])]
    assert wrong == []


def template_result(id_: str) -> dict:
    """Return what the template of a methodology gives."""
    from carboncalc.appraise import appraise

    return appraise(read_text(template(methodology.load(id_), "VN", EN), "t.yaml")).to_dict()


def test_wrong_cached_values_are_seen(tmp_path: Path) -> None:
    """Else a check by recalculation could compare the cached values with themselves."""
    result = estimate(BUS)
    content = workbook.render(spoiled(result), EN)
    found = by_formulas(content, tmp_path)
    assert cells(content, True)["Results", "E4"] == 7.0
    assert found["Results", "E4"] == pytest.approx(result["years"][0]["reduction"], rel=1e-9)
    assert found["Results", "E16"] == pytest.approx(result["totals"]["reduction"], rel=1e-9)


def spoiled(result: dict) -> dict:
    """Put a wrong number into everything computed; inputs and factors stay."""
    wrong = copy.deepcopy(result)
    for step in wrong["steps"]:
        step["value"] = 7.0
    for row in wrong["years"]:
        row.update({k: 7.0 for k in row if k != "year"})
    wrong["totals"] = dict.fromkeys(wrong["totals"], 7.0)
    return wrong


def by_formulas(content: bytes, folder: Path) -> dict[tuple[str, str], object]:
    import formulas

    path = folder / "x.xlsx"
    path.write_bytes(content)
    solution = formulas.ExcelModel().loads(str(path)).finish().calculate()
    titles = {s.title.upper(): s.title for s in openpyxl.load_workbook(path)}
    found = {}
    for key, ranges in solution.items():
        sheet, mark, address = str(key).rpartition("!")
        title = titles.get(sheet.partition("]")[2].strip("'"))
        if mark and ":" not in address and title:
            value = ranges.value[0, 0]
            found[title, address] = value.item() if hasattr(value, "item") else value
    return found


def _plain(value: object) -> object:
    from datetime import datetime

    return (value - datetime(1899, 12, 30)).days if isinstance(value, datetime) else value


@office
@pytest.mark.slow
def test_libreoffice_computes_the_same_for_every_methodology(tmp_path: Path) -> None:
    results = {p.stem: estimate(p) for p in EXAMPLES}
    results |= {"-".join(p.relative_to(ROOT / "tests" / "cases").with_suffix("").parts): estimate(p) for p in CASES}
    for id_ in methodology.ids():
        results["template-" + id_.replace("/", "-")] = template_result(id_)
    contents = {name: workbook.render(result, EN) for name, result in results.items()}
    again = recalculated({**contents, "spoiled": workbook.render(spoiled(results[BUS.stem]), EN)}, tmp_path)
    assert {name: bad for name in contents if (bad := differences(contents[name], again[name]))} == {}
    assert cells(again["spoiled"], True)["Results", "E16"] == pytest.approx(results[BUS.stem]["totals"]["reduction"], rel=1e-9)


# --- in another language ---------------------------------------------------------------------------------


def without_words(content: bytes) -> list[tuple[int, str, str]]:
    """Return every formula with the number of its sheet; sheets by number in it too, and texts left out."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    found = []
    for number, sheet in enumerate(book):
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and cell.value.startswith("="):
                    told = re.sub(r"'([^']+)'!", lambda m: f"{book.sheetnames.index(m[1])}!", cell.value)
                    found.append((number, cell.coordinate, re.sub('"[^"]*"', '""', told)))
    return found


@pytest.mark.parametrize("words", [JA, VI], ids=lambda words: words.language)
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.stem)
def test_formulas_and_names_of_cells_are_the_same_in_every_language(path: Path, words: Words) -> None:
    english, told = (workbook.render(estimate(path), w) for w in (EN, words))
    assert without_words(told) == without_words(english)
    names = [list(openpyxl.load_workbook(io.BytesIO(c)).defined_names) for c in (english, told)]
    assert names[0] == names[1]


@office
@pytest.mark.slow
@pytest.mark.parametrize("words", [JA, VI], ids=lambda words: words.language)
def test_libreoffice_computes_the_same_in_every_language(words: Words, tmp_path: Path) -> None:
    """Answers are words, and formulas count them: what is computed anew is what was written."""
    contents = {p.stem: workbook.render(estimate(p), words) for p in EXAMPLES}
    again = recalculated({**contents, "spoiled": workbook.render(spoiled(estimate(BUS)), words)}, tmp_path)
    assert {name: bad for name in contents if (bad := differences(contents[name], again[name]))} == {}
    assert cells(again["spoiled"], True)[words("workbook.results"), "E16"] == pytest.approx(estimate(BUS)["totals"]["reduction"], rel=1e-9)


# --- an input changed in the sheet and in the file -------------------------------------------------------


def changed(path: Path, seed: int) -> tuple[dict, bytes, list[str]]:
    """Change three inputs at random, in the file and in its workbook; returns the result of the file, and the workbook."""
    result = estimate(path)
    dice = random.Random(f"{path.stem} {seed}")
    rows = [q for q in result["quantities"] if q["status"] == "input" and q["given"] and not isinstance(q["value"], str) and q["path"]]
    rows = [
        q for q in rows if "type" not in q["index"] and ("inputs" in q["path"] or q["name"] in ("investment", "discount_rate", "benefit", "cost"))
    ]
    data, book, told = copy.deepcopy(result["input"]), openpyxl.load_workbook(io.BytesIO(workbook.render(result, EN))), []
    dice.shuffle(rows)
    after = result
    for q in rows:
        trial = copy.deepcopy(data)
        place = where(book, result, q)
        if place is None:
            continue
        cell, unit = place
        value = (
            float(round(q["value"] * dice.choice((2, 3)) + 1))
            if cell.value == int(cell.value) and unit == ""
            else cell.value * dice.uniform(0.5, 1.4)
        )
        put(trial, q, f"{value!r} {unit}".strip())
        try:
            after = carboncalc.estimate(trial).to_dict()
        except Invalid:
            continue  # a share above one, or a range that no longer holds the value
        cell.value, data = value, trial
        told.append(f"{q['path']} = {value!r} {unit}")
        if len(told) == 3:
            break
    out = io.BytesIO()
    book.save(out)
    return after, out.getvalue(), told


def where(book: openpyxl.Workbook, result: dict, q: dict):
    """Find the cell to type a quantity in, and the unit beside it."""
    name, item = q["name"], ", ".join(str(v) for k, v in q["index"].items() if k != "year")
    if is_money(q):
        sheet = book["Finance"]
        for row in sheet.iter_rows(max_row=60):
            if row[0].value == name and name in ("benefit", "cost"):
                above = sheet[row[0].row - 1]
                column = 4 + (q["index"].get("year", result["years"][0]["year"]) - result["years"][0]["year"])
                return above[column], above[2].value or ""
            if row[0].value == name and row[4].value is not None:
                return row[4], row[5].value or ""
        return None
    symbol = result["symbols"].get(f"{q.get('measure')}.{name}") or result["symbols"][name]
    by_year = "year" in q["index"] or symbol.get("by_year")
    measure = ""
    for row in book["Inputs by year" if by_year else "Inputs"].iter_rows():
        if str(row[0].value).startswith("Measure "):
            measure = row[0].value.removeprefix("Measure ")
        if row[0].value == name and (row[2].value or "") == item and measure == (q.get("measure") or "" if not by_year else measure):
            if by_year:
                if sum(r[0].value == name and (r[2].value or "") == item for r in book["Inputs by year"].iter_rows()) > 1:
                    return None  # two measures share the symbol
                return row[4 + q["index"].get("year", result["years"][0]["year"]) - result["years"][0]["year"]], row[3].value or ""
            return row[3], row[4].value or ""
    return None


def put(data: dict, q: dict, written: str) -> None:
    steps = q["path"].split(".")
    if is_money(q):
        steps[-1] = {"benefit": "annual_benefit", "cost": "annual_cost"}.get(q["name"], q["name"])
        if "year" in q["index"]:
            steps.append(str(q["index"]["year"]))
    here = data
    for step in steps[:-1]:
        here = here[int(step) if isinstance(here, list) else step]
    if isinstance(here, dict):
        here.pop("range", None)
    here[steps[-1]] = written


def assert_follows(after: dict, seen: dict[tuple[str, str], object], told: list[str]) -> None:
    n = len(after["years"])
    for column, role in zip("BCDEF", ("baseline", "project", "leakage", "reduction", "reduction_energy"), strict=True):
        mine = [y[role] for y in after["years"]] + [after["totals"][role]]
        scale = max(map(abs, mine))
        assert [seen["Results", f"{column}{4 + i}"] for i in range(n + 1)] == pytest.approx(mine, rel=1e-9, abs=1e-12 * scale), told
    if after["finance"]:
        money = {v: seen.get(("Finance", "D" + a[1:])) for (s, a), v in seen.items() if s == "Finance" and a[0] == "A"}
        for column, suffix in (("without_subsidy", ""), ("with_subsidy", "_subsidised")):
            for key, name in (("npv", "present_value"), ("irr", "return_rate"), ("cost_per_tonne", "cost_per_tonne"), ("payback_years", "payback")):
                value = (after["finance"][column] or {}).get(key)
                if value is not None:
                    assert money[name + suffix] == pytest.approx(value, rel=1e-7 if key == "irr" else 1e-9, abs=1e-9), (told, name)
                elif name + suffix in money:
                    assert isinstance(money[name + suffix], str), (told, name)


@pytest.mark.parametrize("seed", range(2))
def test_a_changed_input_leads_to_the_same_result(seed: int, tmp_path: Path) -> None:
    after, content, told = changed(BUS, seed)
    assert len(told) == 3
    assert_follows(after, by_formulas(content, tmp_path), told)


@office
@pytest.mark.slow
def test_changed_inputs_lead_to_the_same_result_in_libreoffice(tmp_path: Path) -> None:
    trials = {f"{path.stem}-{seed}": changed(path, seed) for path in EXAMPLES for seed in range(6)}
    again = recalculated({name: content for name, (_, content, _) in trials.items()}, tmp_path)
    for name, (after, _, told) in trials.items():
        assert len(told) == 3, name
        assert_follows(after, cells(again[name], True), [name, *told])


# --- a clean file ----------------------------------------------------------------------------------------


def test_the_same_bytes_each_time_and_from_a_saved_result() -> None:
    result = estimate(BUS)
    assert workbook.render(result, EN) == workbook.render(json.loads(json.dumps(result)), EN)


def nasty() -> dict:
    result = estimate(BUS)
    result["project"]["title"] = NASTY
    result["quantities"][0]["source"] = "=1+1"
    result["findings"][0]["message"] = "@SUM(1)"
    for row in [*result["quantities"], *result["steps"]]:
        if "fleet" in row["index"]:
            row["index"]["fleet"] = "=cmd|' /C calc'!A0"
    return result


def test_hostile_texts_are_texts() -> None:
    content = workbook.render(nasty(), EN)
    book = openpyxl.load_workbook(io.BytesIO(content))
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    assert "HYPERLINK" not in cell.value
                    assert not {"|", "@"} & set(cell.value)
                assert cell.hyperlink is None or cell.hyperlink.location
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        assert not [n for n in file.namelist() if "externalLink" in n or n.endswith(".bin")]
        for name in file.namelist():
            assert b"\x07" not in file.read(name)


def test_names_are_legal_and_point_at_cells() -> None:
    result = estimate(BUS)
    text_ = json.dumps(result).replace('"SEC"', '"BE1"').replace('"EF_elect"', '"R1C1"').replace('"RS"', '"c"').replace('"TDL"', '"be1"')
    text_ = text_.replace("SEC * (1 - RS) * EF_elect / (1 - TDL)", "BE1 * (1 - c) * R1C1 / (1 - be1)")
    content = workbook.render(json.loads(text_), EN)
    book = openpyxl.load_workbook(io.BytesIO(content))
    names = list(book.defined_names)
    assert len({n.lower() for n in names}) == len(names)
    for name in names:
        assert not openpyxl.utils.cell.COORD_RE.match(name), name
        assert name.lower() not in ("r", "c", "r1c1", "be1")
        sheet, _, address = book.defined_names[name].attr_text.rpartition("!")
        assert book[sheet.strip("'")][address.replace("$", "")]
    assert_same(json.loads(text_), content)


def test_formulas_are_us_english_and_cells_protected() -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook.render(estimate(BUS), EN)))
    for sheet in book:
        assert sheet.protection.sheet
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f" and not str(cell.value).startswith("=IF(SUMPRODUCT"):
                    assert ";" not in cell.value
                if not cell.protection.locked and isinstance(cell.value, (int, float)) and not isinstance(cell.value, bool):
                    assert sheet.title in ("Inputs", "Inputs by year", "Finance", "Eligibility")
    assert book["Inputs"]["D16"].protection.locked is False
    assert book["Inputs"]["J16"].protection.locked
    rules = {str(r.sqref): r for r in book["Inputs"].data_validations.dataValidation}
    share = next(r for a, r in rules.items() if book["Inputs"]["A" + a[1:]].value == "RS")
    assert (share.operator or "between", float(share.formula1), float(share.formula2)) == ("between", 0.0, 100.0)  # in percent, as it is written


def test_uncertainty_scenarios_and_credits_are_shown_as_fixed(tmp_path: Path) -> None:
    data = copy.deepcopy(library.read(str(BUS)).data)
    data["scenarios"] = {"cheap": {"title": "A cheaper bus", "gwp": "AR4"}, "dear": {"finance": {"investment": "200 million JPY"}}}
    data["credits"] = {"share_japan": "50 %", "share_host": "40 %"}
    path = tmp_path / "p.yaml"
    path.write_text(json.dumps(data), encoding="utf-8")
    out = tmp_path / "x.xlsx"
    assert command("estimate", str(path), "-o", str(out), "--draws", "500", "--seed", "1").returncode == 0
    result = json.loads(command("estimate", str(path), "-f", "json", "--draws", "500", "--seed", "1").stdout)
    seen = cells(out.read_bytes(), True)
    assert seen["Uncertainty", "C5"] == pytest.approx(result["uncertainty"]["reduction"]["mean"], rel=1e-15)
    assert seen["Scenarios", "C8"] == pytest.approx(result["scenarios"][0]["totals"]["reduction"], rel=1e-15)
    assert seen["Credits", "C5"] == pytest.approx(result["credits"]["years"][0]["issued"], rel=1e-15)
    assert all("do not follow" in seen[title, "A2"] for title in ("Uncertainty", "Scenarios", "Credits"))


def test_several_rates_of_return_are_told() -> None:
    data = library.read(str(BUS)).data
    data["project"]["years"] = 2
    data["programmes"] = []
    data["finance"] = {"currency": "JPY", "investment": "100 JPY", "annual_benefit": {"2027": "230 JPY/year", "2028": "0 JPY/year"}, "annual_cost": {"2027": "0 JPY/year", "2028": "132 JPY/year"}}  # fmt: skip
    result = carboncalc.estimate(data).to_dict()
    assert result["finance"]["without_subsidy"]["irr"] is None
    seen = cells(workbook.render(result, EN), True)
    rates = [seen["Finance", "D" + a[1:]] for (s, a), v in seen.items() if s == "Finance" and v == "return_rate"]
    assert rates == ["several are possible: the net flow changes its sign more than once"]
    data["finance"]["annual_benefit"] = "0 JPY/year"
    seen = cells(workbook.render(carboncalc.estimate(data).to_dict(), EN), True)
    rates = [seen["Finance", "D" + a[1:]] for (s, a), v in seen.items() if s == "Finance" and v == "return_rate"]
    assert rates == ["none: the net flow never repays the cost, or never has one"]


def test_a_large_portfolio_of_items_fits(tmp_path: Path) -> None:
    data = library.read(str(BUS)).data
    bus = data["inputs"]["fleet"][0]
    data["inputs"]["fleet"] = [{**bus, "id": f"route-{i}"} for i in range(300)]
    del data["programmes"], data["finance"]
    result = carboncalc.estimate(data).to_dict()
    content = workbook.render(result, EN)
    assert max(len(v) for v in cells(content, False).values() if isinstance(v, str) and v.startswith("=")) < 500
    assert_same(result, content)


# --- the command -----------------------------------------------------------------------------------------


def command(*arguments: str, **environment: str) -> subprocess.CompletedProcess:
    env = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    return subprocess.run([sys.executable, "-m", "carboncalc", *arguments], capture_output=True, cwd=ROOT, env=env)


def test_the_command_writes_one_workbook(tmp_path: Path) -> None:
    out = tmp_path / "x.xlsx"
    assert command("estimate", str(BUS), "-o", str(out)).returncode == 0
    done = command("estimate", str(BUS), "-f", "xlsx")
    assert done.stdout == out.read_bytes()
    assert openpyxl.load_workbook(out).sheetnames[:3] == ["Structure", "Results", "Inputs"]
    several = command("estimate", "examples", "-o", str(tmp_path / "y.xlsx"))
    assert several.returncode == 2
    assert b"holds one project, and" in several.stderr
    assert command("estimate", str(BUS), "-o", str(out), "--fail-on", "not-eligible").returncode == 1
    park = command("estimate", "examples/hai-phong-eco-industrial-park.yaml", "-o", str(tmp_path / "z.xlsx"))
    assert (park.returncode, b"is a park" in park.stderr) == (2, True)


def test_a_missing_extra_is_one_clear_error(tmp_path: Path) -> None:
    hidden = tmp_path / "sitecustomize.py"
    hidden.write_text(
        "import sys\nsys.modules['xlsxwriter'] = None\nimport importlib.util as u\nold = u.find_spec\nu.find_spec = lambda n, p=None: None if n == 'xlsxwriter' else old(n, p)\n"
    )
    done = command("estimate", str(BUS), "-o", str(tmp_path / "x.xlsx"), PYTHONPATH=f"{tmp_path}{os.pathsep}{ROOT}")
    assert done.returncode == 2
    assert b"pip install 'carboncalc[reports]'" in done.stderr
    assert b"Traceback" not in done.stderr
    assert not (tmp_path / "x.xlsx").exists()


def test_an_invalid_project_makes_no_workbook(tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text(BUS.read_text(encoding="utf-8").replace("gwp: AR5", "gwp: AR9"), encoding="utf-8")
    assert command("estimate", str(bad), "-o", str(tmp_path / "x.xlsx")).returncode == 3
    assert not (tmp_path / "x.xlsx").exists()

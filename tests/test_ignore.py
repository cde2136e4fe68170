"""Comments that silence a finding where it arises: form, reach, what they never silence, and what each report makes of them."""

import json
from typing import Any

import pytest
from conftest import EN, ROOT

import carboncalc
from carboncalc import library
from carboncalc.portfolio import gates, running
from carboncalc.portfolio.tally import keep
from carboncalc.reports import csvs, github, markdown, sarif, text

FILE = """\
carboncalc: 1
project: {id: p, title: P, country: VN, first_year: 2027, years: 3}
methodology: cdm/ams-iii-c
gwp: AR5
inputs:
  fleet:
    - id: bus
      vehicles: 10
      distance: 40000 km/year
      baseline_fuel: diesel
      baseline_fuel_use: 50 L/100km%s
      electricity_use: 3 kWh/km%s
"""


def checked(first: str = "", second: str = "", source: str = FILE) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for f in carboncalc.check(library.parse(source % (first, second), "p.yaml")):
        found.setdefault(f.code, []).append(f)
    return found


def reason(found: dict[str, list[Any]], code: str) -> str:
    (finding,) = found[code]
    return str(finding.suppressed)


def test_on_the_line_of_the_finding() -> None:
    found = checked("  # carboncalc: ignore[CC521] articulated buses of 1998")
    assert reason(found, "CC521") == "articulated buses of 1998"
    assert reason(found, "CC520") == ""
    assert not {"CC550", "CC551", "CC552"} & set(found)


@pytest.mark.parametrize("between", ["", "\n", "\n      # another remark\n"])
def test_on_the_line_above(between) -> None:
    found = checked("\n      # carboncalc: ignore[CC520] measured on a hill route" + between)
    assert reason(found, "CC520") == "measured on a hill route"
    assert reason(found, "CC521") == ""


def test_a_comment_after_a_value_does_not_reach_the_next_line() -> None:
    found = checked("  # carboncalc: ignore[CC520] hill route")
    assert reason(found, "CC520") == ""
    (idle,) = found["CC551"]
    assert (idle.place.line, idle.place.column) == (11, 38)


def test_several_codes() -> None:
    bus = "{id: bus, vehicles: 10, distance: 40000 km/year, baseline_fuel: diesel, baseline_fuel_use: 50 L/100km, electricity_use: 3 kWh/km}"
    source = FILE.partition("    - id: bus")[0] + f"    # carboncalc: ignore[CC521, CC520] old fleet\n    - {bus}%s%s\n"
    found = checked(source=source)
    assert reason(found, "CC520") == reason(found, "CC521") == "old fleet"


@pytest.mark.parametrize(
    ("comment", "code"),
    [
        ("# carboncalc: ignore[CC521]", "CC550"),  # no reason
        ("# carboncalc: ignore[CC521]   ", "CC550"),
        ("# carboncalc: ignore[CC521] x", None),  # just a reason
        ("#carboncalc:ignore[CC521] x", None),
        ("# carboncalc: ignore[CC520] x", "CC551"),  # nothing of the kind here
        ("# carboncalc: ignore[CC521, CC520] x", "CC551"),  # half of it idle
        ("# carboncalc: ignore CC521 x", "CC552"),
        ("# carboncalc: ignore x", "CC552"),
        ("# carboncalc: ignore[] x", "CC552"),
        ("# carboncalc: ignore[521] x", "CC552"),
        ("# carboncalc: ignore[CC999] x", "CC552"),
        ("# carboncalc ignore[CC521] x", "CC552"),
        ("# the file of carboncalc: 1", None),
    ],
)
def test_form(comment, code) -> None:
    found = checked("  " + comment)
    assert sorted({"CC550", "CC551", "CC552"} & set(found)) == ([code] if code else [])
    if code:
        assert found[code][0].severity == "warning"
        assert found[code][0].place.line == 11
        assert found[code][0].help
    assert (reason(found, "CC521") == "x") == ("[CC521" in comment and code in (None, "CC551"))


def test_an_error_is_never_silenced() -> None:
    found = checked("  # carboncalc: ignore[CC207] known", source=FILE.replace("50 L/100km", "50"))
    assert [f.severity for f in found["CC207"]] == ["error"]
    assert reason(found, "CC207") == ""


def test_a_hash_in_a_text_is_no_comment() -> None:
    title = '"P # carboncalc: ignore[CC521] no"'
    found = checked(source=FILE.replace("title: P", f"title: {title}"))
    assert not {"CC550", "CC551", "CC552"} & set(found)
    block = "region: |\n    first\n    # carboncalc: ignore[CC521] no\n  first_year"
    source = FILE.replace(
        "project: {id: p, title: P, country: VN, first_year: 2027, years: 3}",
        f"project:\n  id: p\n  title: P\n  country: VN\n  {block}: 2027\n  years: 3",
    )
    found = checked(source=source)
    assert not {"CC550", "CC551", "CC552"} & set(found)


def test_a_comment_after_a_block_of_text_counts() -> None:
    source = FILE + "finance:\n  currency: JPY\n  investment: 1 million JPY\n  annual_benefit: 1 million JPY/year\n"
    found = checked(source=source + "  lifetime: 60 year   # carboncalc: ignore[CC527] a dam\n")
    assert reason(found, "CC527") == "a dam"


def outcome(*comments: str) -> Any:
    return running.outcome("p.yaml", (FILE % comments).encode())


def test_what_is_silenced_does_not_fail_a_gate() -> None:
    gate = gates.parse_gate("warning")
    both = outcome("  # carboncalc: ignore[CC521] old fleet", "  # carboncalc: ignore[CC520] hill route")
    left = [f["code"] for f in both.findings if f["severity"] == "warning" and not f.get("suppressed")]
    assert left == ["CC501"] * 3  # a bus at 3 kWh/km emits more than a diesel bus, and that is told
    assert gate.fires(keep(both)) == "3 warnings"
    assert gate.fires(keep(outcome("", ""))) == "5 warnings"


def test_every_report_shows_it() -> None:
    out = outcome("  # carboncalc: ignore[CC521] old fleet", "")
    silent = [f for f in out.findings if f.get("suppressed")]
    assert [(f["code"], f["suppressed"]) for f in silent] == [("CC521", "old fleet")]
    page = text.render_findings(out.findings, 100, False, EN)
    assert "[warning, ignored]" in page
    assert "= reason: old fleet" in page
    assert "ignored: old fleet" in markdown.one(out, EN)
    results = [json.loads(line.partition("\t")[2]) for line in sarif.one(out).splitlines()]
    marked = [r for r in results if "suppressions" in r]
    assert [(r["ruleId"], r["suppressions"]) for r in marked] == [("CC521", [{"kind": "inSource", "justification": "old fleet"}])]
    assert "CC521" not in github.one(out)
    assert "CC521" not in csvs.one(out)
    assert "CC520" in csvs.one(out)


def test_in_a_park_and_in_its_projects(tmp_path) -> None:
    folder = ROOT / "tests" / "explain"
    solar = (folder / "solar.yaml").read_text(encoding="utf-8")
    park = (folder / "park.yaml").read_text(encoding="utf-8")
    noisy = solar.replace("  connection: grid", "  connection: grid\n  capacity: 25 MW")
    (tmp_path / "solar.yaml").write_text(noisy, encoding="utf-8")
    (tmp_path / "park.yaml").write_text(park.replace("pumping: 45 MWh/year", "since: 2027").replace("    since: 2027\n", "", 1), encoding="utf-8")
    found = {f.code: f for f in carboncalc.check(tmp_path / "park.yaml")}
    assert (found["CC514"].suppressed, found["CC523"].suppressed) == ("", "")
    place = found["CC514"].place
    lines = (tmp_path / "park.yaml").read_text(encoding="utf-8").split("\n")
    lines[place.line - 1] += "   # carboncalc: ignore[CC514] gravity does it"
    (tmp_path / "park.yaml").write_text("\n".join(lines), encoding="utf-8")
    quiet = noisy.replace("2700 MWh/year", "2700 MWh/year   # carboncalc: ignore[CC523] the first tenth of the plant")
    (tmp_path / "solar.yaml").write_text(quiet, encoding="utf-8")
    found = {f.code: f for f in carboncalc.check(tmp_path / "park.yaml")}
    assert (found["CC514"].suppressed, found["CC523"].suppressed) == ("gravity does it", "the first tenth of the plant")
    assert not {"CC550", "CC551", "CC552"} & set(found)

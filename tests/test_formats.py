"""Formats for continuous integration, each read again by a second reader, and the gates and exit codes above them."""

import csv
import io
import json
import os
import subprocess
import sys

import jsonschema
import pytest
from conftest import EN, ROOT

import carboncalc
from carboncalc.library import schema
from carboncalc.portfolio import Tally, find, keep, outcome, parse_gate, run
from carboncalc.reports.formats import FORMATS, by_ending, functions

BUS = ROOT / "examples" / "cat-ba-electric-buses.yaml"
EXAMPLES = sorted((ROOT / "examples").glob("*.yaml"))
NASTY = "=HYPERLINK(1) <script>alert(1)</script> [red]x[/red] | `a` @me #1 \u202e%0A::error::x"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A portfolio: every example, one invalid file, and one with a hostile title."""
    place = tmp_path_factory.mktemp("portfolio")
    for path in EXAMPLES:
        (place / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    text = BUS.read_text(encoding="utf-8")
    (place / "broken.yaml").write_text(text.replace("gwp: AR5", "gwp: AR9"), encoding="utf-8")
    nasty = text.replace("title: Electric buses on Cat Ba island", f"title: {json.dumps(NASTY)}").replace("id: cat-ba-electric-buses", "id: nasty")
    (place / "nasty.yaml").write_text(nasty, encoding="utf-8")
    return place


def command(*arguments: str, cwd=ROOT) -> subprocess.CompletedProcess:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "100"}
    return subprocess.run(
        [sys.executable, "-m", "carboncalc", *arguments], capture_output=True, text=True, cwd=cwd, env=environment, encoding="utf-8"
    )


def render(folder, format: str) -> str:
    one, whole = functions(format, EN)
    tally = Tally()

    def rows():
        for row in run([(str(p), None) for p in sorted(folder.glob("*.yaml"))], one):
            tally.add(row)
            yield row

    return "".join(p if isinstance(p, str) else p.decode() for p in whole(rows(), tally.to_dict))


def test_json_lines_are_full_results(folder) -> None:
    lines = [json.loads(line) for line in render(folder, "jsonl").splitlines()]
    assert len(lines) == len(EXAMPLES) + 2
    for line in lines:
        if line.get("invalid"):
            assert [f["code"] for f in line["findings"]] == ["CC113"]
        else:
            jsonschema.validate(line, schema("result"))
    alone = carboncalc.estimate(folder / BUS.name).to_dict()
    assert next(line for line in lines if line.get("project", {}).get("id") == "cat-ba-electric-buses") == alone


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.stem)
def test_what_results_share_is_written_as_json_writes_it(path) -> None:
    one, _ = functions("jsonl", EN)
    for _ in range(2):  # when it is first met, and copied
        found = outcome(str(path))
        plain = json.dumps(found.result, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        assert one(outcome(str(path), packed=True)).decode() == one(found).decode() == plain + "\n"


def test_json_of_several_has_results_totals_and_what_is_invalid(folder) -> None:
    whole = json.loads(render(folder, "json"))
    good = whole["results"]
    assert [len(good), len(whole["invalid"])] == [len(EXAMPLES) + 1, 1]
    held = {p["id"] for r in good for p in r.get("projects", [])}
    assert set(whole["totals"]["counted_in_parks"]) == held  # through their park, not once more
    assert whole["totals"]["reduction"] == pytest.approx(sum(r["totals"]["reduction"] for r in good if r["project"]["id"] not in held), rel=1e-14)
    for kind in ("by_methodology", "by_country"):
        assert sum(g["reduction"] for g in whole["totals"][kind].values()) == pytest.approx(whole["totals"]["reduction"], rel=1e-12)


def test_csv_has_every_digit_and_runs_nothing(folder) -> None:
    rows = list(csv.DictReader(io.StringIO(render(folder, "csv"))))
    assert len(rows) == len(EXAMPLES) + 2
    bus = next(r for r in rows if r["id"] == "cat-ba-electric-buses")
    assert float(bus["reduction_tCO2e"]) == carboncalc.estimate(BUS).totals["reduction"]
    assert [r["valid"] for r in rows].count("false") == 1
    nasty = next(r for r in rows if r["id"] == "nasty")
    assert nasty["title"].startswith("'=HYPERLINK")
    assert not any(cell.lstrip().startswith(("=", "+", "@")) for r in rows for cell in r.values())


def test_junit_is_read_by_another_reader(folder) -> None:
    import junitparser

    suites = junitparser.JUnitXml.fromstring(render(folder, "junit").encode())
    by_name = {s.name: s for s in suites}
    result = carboncalc.estimate(BUS).to_dict()
    criteria = [c for p in result["programmes"] for c in p["criteria"]]
    suite = by_name["cat-ba-electric-buses"]
    assert suite.tests == len(list(suite)) == len(criteria) + 1
    assert suite.failures == sum(c["verdict"] == "fail" and c["required"] for c in criteria)
    assert suite.failures > 0
    assert suite.skipped == sum(c["verdict"] == "unknown" or (c["verdict"] == "fail" and not c["required"]) for c in criteria)
    broken = next(s for s in suites if s.errors)
    assert "CC113" in next(iter(broken)).result[0].message


def test_sarif_is_read_by_another_reader(folder) -> None:
    from sarif_pydantic import Sarif

    text = render(folder, "sarif")
    log = Sarif.model_validate_json(text)
    found = log.runs[0]
    assert {r.rule_id for r in found.results} <= {rule.id for rule in found.tool.driver.rules}
    prints = [r.partial_fingerprints["carboncalc/v1"] for r in found.results]
    assert len(set(prints)) == len(prints)
    for r in json.loads(text)["runs"][0]["results"]:
        place = r["locations"][0]["physicalLocation"]
        assert not place["artifactLocation"]["uri"].startswith("/")
        if "region" in place:
            assert place["region"]["startLine"] >= 1
            assert place["region"]["startColumn"] >= 1
            assert place["region"]["endColumn"] > place["region"]["startColumn"]


def test_sarif_fingerprints_do_not_move_with_lines(tmp_path) -> None:
    def prints(text: str) -> list[str]:
        path = tmp_path / "p.yaml"
        path.write_text(text, encoding="utf-8")
        one, _ = functions("sarif", EN)
        return [json.loads(line.split("\t")[1])["partialFingerprints"]["carboncalc/v1"] for line in one(outcome(str(path))).splitlines()]

    text = BUS.read_text(encoding="utf-8")
    assert prints(text) == prints("# a comment\n# another\n" + text)


def test_github_annotations_cannot_be_forged(folder) -> None:
    lines = render(folder, "github").splitlines()
    assert all(line.startswith(("::error file=", "::warning file=", "::notice file=")) for line in lines)
    errors = [line for line in lines if line.startswith("::error")]
    assert len(errors) == 1
    assert ",line=" in errors[0]
    assert ",title=CC113::" in errors[0]


def test_markdown_is_a_comment_without_markup_of_its_own(folder) -> None:
    text = render(folder, "markdown")
    assert text.startswith("<!-- carboncalc -->\n**")
    assert "<script" not in text
    assert "@me" not in text
    assert text.count("<details>") == text.count("</details>") == len(EXAMPLES) + 2
    table = [line for line in text.splitlines() if line.startswith("|") and line.split("|")[1].strip().startswith("nasty")]
    assert table[0].count("|") == 7
    assert "eligible (6 unverified)" in text


@pytest.mark.parametrize("format", [f for f, spec in FORMATS.items() if f != "text" and not spec.needs])
def test_the_same_bytes_for_any_number_of_workers(folder, format: str) -> None:
    alone = command("estimate", ".", "-f", format, cwd=folder)
    assert alone.returncode == 3
    for jobs in ("2", "3"):
        assert command("estimate", ".", "-f", format, "--jobs", jobs, cwd=folder).stdout == alone.stdout
    assert command("estimate", ".", "-f", format, cwd=folder).stdout == alone.stdout


@pytest.mark.parametrize("format", list(FORMATS))
def test_the_exit_code_never_depends_on_the_format(folder, tmp_path, format: str) -> None:
    file = ("-o", str(tmp_path / "out"))
    assert command("estimate", str(folder / BUS.name), "-f", format, *file).returncode == 0
    assert command("estimate", str(folder / BUS.name), "-f", format, *file, "--fail-on", "not-eligible").returncode == 1
    assert command("estimate", str(folder / "broken.yaml"), "-f", format, "--fail-on", "invalid").returncode == 3
    assert command("estimate", str(folder / "none.yaml"), "-f", format).returncode == 2


def test_formats_by_ending() -> None:
    assert by_ending("a.JSONL") == "jsonl"
    assert by_ending("x/report.md") == "markdown"
    assert by_ending("x.unknown") is None


@pytest.mark.parametrize(
    ("gate", "fires"),
    [
        ("reduction<1099.5", False),
        ("reduction<1099.6", True),
        ("reduction_per_year <= 91 tCO2e/year", False),
        ("reduction_per_year < 0.1 ktCO2e/year", True),
        ("irr<5%", True),
        ("leakage>0", False),
        ("not-eligible", True),
        ("undetermined", True),
        ("warning", False),
        ("invalid", False),
    ],
)
def test_gates_just_met_and_just_missed(gate: str, fires: bool) -> None:
    assert bool(parse_gate(gate).fires(keep(outcome(str(BUS))))) is fires


@pytest.mark.parametrize(
    ("gate", "word"), [("warnings", "did you mean `warning`"), ("reductoin<5", "`reduction`"), ("reduction<5 kWh", "kWh"), ("a<b<c", "figure")]
)
def test_a_wrong_gate_is_told(gate: str, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        parse_gate(gate)
    assert command("estimate", str(BUS), "--fail-on", gate).returncode == 2


def test_a_gate_that_cannot_see_does_not_pass(tmp_path) -> None:
    bare = tmp_path / "bare.yaml"
    text = BUS.read_text(encoding="utf-8")
    bare.write_text(text[: text.index("finance:")], encoding="utf-8")
    assert "does not exist" in parse_gate("irr>0").fires(keep(outcome(str(bare))))


def test_an_id_that_stands_twice_is_told(folder, tmp_path) -> None:
    (tmp_path / "a.yaml").write_text(BUS.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "b.yaml").write_text(BUS.read_text(encoding="utf-8"), encoding="utf-8")
    done = command("estimate", str(tmp_path), "-f", "csv")
    assert "stands in" in done.stderr
    assert done.returncode == 0


def test_files_are_found_once_and_links_do_not_trap(tmp_path) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (inner / "p.yml").write_text("x: 1\n", encoding="utf-8")
    (inner / "loop").symlink_to(tmp_path)
    (tmp_path / "dead.yaml").symlink_to(tmp_path / "nowhere")
    (tmp_path / ".hidden.yaml").write_text("x: 1\n", encoding="utf-8")
    found = find([str(tmp_path), str(inner / "p.yml")])
    assert [os.path.relpath(f, tmp_path) for f in found] == [os.path.join("a", "b", "p.yml"), "dead.yaml"]
    assert outcome(found[1]).readable is False
    assert command("estimate", str(tmp_path / "dead.yaml"), "-f", "json").returncode == 2


def test_no_half_written_file_is_left(tmp_path, folder) -> None:
    out = tmp_path / "out.csv"
    assert command("estimate", str(folder), "-o", str(out)).returncode == 3
    assert [p.name for p in tmp_path.iterdir()] == ["out.csv"]
    assert command("estimate", str(folder), "-o", str(tmp_path / "no" / "out.csv")).returncode == 2
    assert command("estimate", str(folder / "broken.yaml"), "-o", str(tmp_path / "x.json")).returncode == 3
    assert [p.name for p in tmp_path.iterdir()] == ["out.csv"]

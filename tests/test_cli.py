"""The command line from outside: formats, exit codes, messages."""

import json
import os
import subprocess
import sys

import jsonschema
import pytest
from conftest import ROOT

from carboncalc import methodology, programme
from carboncalc.library import schema

EXAMPLES = sorted((ROOT / "examples").glob("*.yaml"))
BUS = str(ROOT / "examples" / "cat-ba-electric-buses.yaml")


def run(*arguments: str, stdin: str | None = None, cwd=ROOT, **env: str) -> subprocess.CompletedProcess:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "100", **env}
    return subprocess.run(
        [sys.executable, "-m", "carboncalc", *arguments], capture_output=True, text=True, input=stdin, cwd=cwd, env=environment, encoding="utf-8"
    )


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.stem)
def test_json_follows_its_schema(path) -> None:
    done = run("estimate", str(path), "-f", "json")
    assert (done.returncode, done.stderr) == (0, "")
    jsonschema.validate(json.loads(done.stdout), schema("result"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.stem)
@pytest.mark.parametrize("width", ["60", "80", "160"])
def test_text_fits_its_width(path, width: str) -> None:
    done = run("estimate", str(path), "--width", width)
    assert done.returncode == 0
    assert max(len(line) for line in done.stdout.split("\n")) <= int(width)
    assert "\x1b" not in done.stdout
    assert "tCO2e a year on average" in done.stdout
    assert "unverified" in done.stdout


def test_several_projects_make_a_table_with_totals() -> None:
    done = run("estimate", "examples")
    assert done.returncode == 0
    assert all(p.stem in done.stdout for p in EXAMPLES)
    both = json.loads(run("estimate", "examples/*.yaml", "-f", "json").stdout)
    held = {p["id"] for r in both["results"] for p in r.get("projects", [])}
    assert held
    assert both["totals"]["reduction"] == pytest.approx(sum(r["totals"]["reduction"] for r in both["results"] if r["project"]["id"] not in held))
    assert [r["project"]["id"] for r in both["results"]] == [p.stem for p in EXAMPLES]


def test_standard_input() -> None:
    with open(BUS, encoding="utf-8") as file:
        done = run("estimate", "-", "-f", "json", stdin=file.read())
    assert json.loads(done.stdout)["project"]["id"] == "cat-ba-electric-buses"
    bad = run("check", "-", stdin="carboncalc: 1\n")
    assert bad.returncode == 3
    assert "<stdin>:1:1: CC112" in bad.stdout


def test_exit_codes(tmp_path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("carboncalc: 1\nproject: 3\n", encoding="utf-8")
    assert run("estimate", BUS).returncode == 0
    assert run("estimate", BUS, "--fail-on", "warning").returncode == 0
    assert run("estimate", BUS, "--fail-on", "not-eligible").returncode == 1
    assert run("estimate", BUS, "--fail-on", "not-eligible", "-f", "json").returncode == 1
    assert run("estimate", str(ROOT / "examples" / "hai-phong-cement-waste-heat.yaml"), "--fail-on", "warning").returncode == 1
    assert run("estimate", str(tmp_path / "none.yaml")).returncode == 2
    assert run("estimate", BUS, "-f", "docs").returncode == 2
    assert run("estimate", BUS, "--fail-on", "anything").returncode == 2
    assert run("estimate").returncode == 2
    assert run("nonsense").returncode == 2
    assert run("estimate", str(wrong)).returncode == 3
    mixed = run("estimate", str(wrong), BUS, "-f", "json")
    assert mixed.returncode == 3
    assert len(json.loads(mixed.stdout)["results"]) == 1
    assert run("estimate", BUS, "-o", str(tmp_path / "no" / "such" / "folder.json")).returncode == 2


def test_output_file_takes_its_format_from_the_suffix(tmp_path) -> None:
    out = tmp_path / "result.json"
    assert run("estimate", BUS, "-o", str(out)).returncode == 0
    assert json.loads(out.read_text(encoding="utf-8"))["carboncalc"] == 1
    assert [p.name for p in tmp_path.iterdir()] == ["result.json"]


def test_an_invalid_file_prints_no_number(tmp_path) -> None:
    wrong = tmp_path / "wrong.yaml"
    with open(BUS, encoding="utf-8") as file:
        wrong.write_text(file.read().replace("35 L/100km ± 10 %", "35 kWhh").replace("gwp: AR5", "gwp: AR5\ngwb: 1"), encoding="utf-8")
    for format in ("text", "json"):
        done = run("estimate", str(wrong), "-f", format)
        assert (done.returncode, done.stdout) == (3, "")
        assert "CC111 unknown key `gwb`" in done.stderr
        assert "did you mean `gwp`?" in done.stderr
        assert "Traceback" not in done.stderr


def test_trace() -> None:
    done = run("trace", BUS, "EF_PJ_km[bus-50-seats]")
    assert done.returncode == 0
    assert "SEC × (1 - RS) × EF_elect / (1 - TDL)" in done.stdout
    assert "electricity.losses.VN" in done.stdout
    assert "recalled, unverified" in done.stdout
    assert run("trace", BUS).stdout.startswith("ER_y[2027]")
    wrong = run("trace", BUS, "EF_PJ")
    assert wrong.returncode == 2
    assert "did you mean" in wrong.stderr


@pytest.mark.parametrize("id_", methodology.ids())
def test_a_template_passes_check(id_: str, tmp_path) -> None:
    country = (methodology.headline(id_).get("countries") or ["VN"])[0]
    done = run("init", id_, "--country", country)
    assert done.returncode == 0
    checked = run("check", "-", stdin=done.stdout)
    assert checked.returncode == 0, checked.stdout
    assert run("estimate", "-", "-f", "json", stdin=done.stdout).returncode == 0


@pytest.mark.parametrize(
    "subject",
    [
        *methodology.paths(),
        *programme.paths(),
        "CC201",
        "cc111",
        "fuel.diesel.co2",
        "gwp.AR5.CH4",
        "cost-effectiveness",
        "units",
        "formulas",
        "glossary",
    ],
)
def test_explain(subject: str) -> None:
    if subject.startswith("carboncalc/"):
        return
    done = run("explain", subject)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout) > 40
    json.loads(run("explain", subject, "--json").stdout)


def test_explain_suggests() -> None:
    done = run("explain", "fuel.disel.co2")
    assert done.returncode == 2
    assert "did you mean `fuel.diesel.co2`?" in done.stderr


def test_lists() -> None:
    found = json.loads(run("factors", "diesel density", "--json").stdout)
    assert {f["id"] for f in found} >= {"fuel.diesel.density"}
    assert all(f["id"].split(".")[-1].startswith("VN") for f in json.loads(run("factors", "--country", "vn", "--json").stdout))
    listed = [m["id"] for m in json.loads(run("methods", "--country", "VN", "--json").stdout)]
    assert listed == sorted(listed)
    assert {"cdm/ams-iii-c", "cdm/ams-iii-f", "jcm/vn-am007"} <= set(listed)
    assert all(m["countries"] is None or "VN" in m["countries"] for m in json.loads(run("methods", "--country", "VN", "--json").stdout))
    listed = [(p["id"], p["version"]) for p in json.loads(run("programmes", "--json").stdout)]
    assert [v for id_, v in listed if id_ == "jcm/model-project"] == [f"fy{year}" for year in range(2013, 2026)]
    assert {"jcm/model-project", "jcm/scheme"} <= {p["id"] for p in json.loads(run("programmes", "--country", "vn", "--json").stdout)}
    closed = {p["id"] for p in json.loads(run("programmes", "--country", "MY", "--json").stdout)}
    assert "jcm/model-project" not in closed  # not signed as far as is known
    assert not [i for i in closed if i.startswith("vn/")]
    on_a_day = [p["version"] for p in json.loads(run("programmes", "model", "--at", "2018-05-14", "--json").stdout) if p["id"] == "jcm/model-project"]
    assert on_a_day == ["fy2018"]
    assert run("programmes", "--at", "14.5.2018").returncode == 2
    assert "cdm/ams-iii-c" in run("methods").stdout
    assert "fuel.diesel.co2" in run("factors", "diesel co2").stdout


def test_schema() -> None:
    assert json.loads(run("schema").stdout)["title"] == "carboncalc project, format 1"
    assert json.loads(run("schema", "result").stdout)["properties"]["carboncalc"] == {"const": 1}
    assert run("schema", "projekt").returncode == 2


def test_a_filter_of_the_list_that_cannot_fit_is_wrong_usage() -> None:
    done = run("methods", "--sector", "transprot")
    assert (done.returncode, done.stdout) == (2, "")
    assert "did you mean `transport`?" in done.stderr
    assert "jcm/vn-am007" in run("methods", "solar", "power", "--country", "VN").stdout


def test_only_the_command_asked_for_is_built(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Its help is the same as beside all others, and whatever may list or guess commands has them all."""
    import typer.main

    from carboncalc.cli import app

    built: list[str] = []
    plain = typer.main.get_command_from_info
    monkeypatch.setattr(typer.main, "get_command_from_info", lambda **of: built.append(of["command_info"].callback.__name__) or plain(**of))

    def shown(*arguments: str, whole: bool = False) -> tuple[str, list[str]]:
        built.clear()
        monkeypatch.setattr(sys, "argv", ["carboncalc", *arguments])
        with pytest.raises(SystemExit):
            app.app() if whole else app.run(list(arguments))
        return "".join(capsys.readouterr()), list(built)

    names = [c.callback.__name__ for c in app.app.registered_commands]
    for name in names:
        narrow, wide = shown(name, "--help"), shown(name, "--help", whole=True)
        assert narrow == (wide[0], [name]) and wide[1] == names
    for arguments in ((), ("--help",), ("estimat",), ("--config", "x", "estimate"), ("--version",)):
        assert shown(*arguments) == shown(*arguments, whole=True)
        assert built == names
    assert "Did you mean 'estimate'?" in shown("estimat")[0]


def test_every_command_has_help_and_stands_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for command in ("estimate", "check", "trace", "explain", "factors", "methods", "programmes", "init", "schema"):
        done = run(command, "--help")
        assert done.returncode == 0
        assert len(done.stdout) > 100
        assert f"`{command}" in readme


def test_version() -> None:
    import carboncalc

    assert run("--version").stdout.strip() == f"carboncalc {carboncalc.__version__}"


def test_a_broken_cache_does_no_harm(tmp_path) -> None:
    first = run("estimate", BUS, "-f", "json", CARBONCALC_CACHE=str(tmp_path))
    for file in tmp_path.iterdir():
        file.write_text("{broken", encoding="utf-8")
    assert run("estimate", BUS, "-f", "json", CARBONCALC_CACHE=str(tmp_path)).stdout == first.stdout
    assert run("estimate", BUS, "-f", "json", CARBONCALC_CACHE="off").stdout == first.stdout
    assert run("estimate", BUS, "-f", "json", CARBONCALC_CACHE="/proc/nowhere").stdout == first.stdout


def test_a_hostile_title_is_harmless(tmp_path) -> None:
    nasty = tmp_path / "nasty.yaml"
    with open(BUS, encoding="utf-8") as file:
        nasty.write_text(
            file.read().replace("title: Electric buses on Cat Ba island", 'title: "[red]x[/red] \\e[31m =HYPERLINK(1) <script>"'), encoding="utf-8"
        )
    done = run("estimate", str(nasty))
    assert done.returncode == 0
    assert "\x1b" not in done.stdout
    assert "[red]x[/red]" in done.stdout

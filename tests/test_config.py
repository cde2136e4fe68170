"""Settings of a team, the hook and the action."""

import json
import os
import subprocess
import sys

import pytest
from conftest import ROOT

from carboncalc import library
from carboncalc.cli.config import KEYS, BadConfig, read

BUS = ROOT / "examples" / "cat-ba-electric-buses.yaml"


def run(*arguments: str, cwd, **env: str) -> subprocess.CompletedProcess:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "100", **env}
    return subprocess.run(
        [sys.executable, "-m", "carboncalc", *arguments], capture_output=True, text=True, cwd=cwd, env=environment, encoding="utf-8"
    )


@pytest.fixture
def team(tmp_path):
    """A folder with a project below it."""
    (tmp_path / "projects" / "old").mkdir(parents=True)
    (tmp_path / "projects" / "bus.yaml").write_text(BUS.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "projects" / "old" / "x.yaml").write_text("carboncalc: 1\n", encoding="utf-8")
    return tmp_path


def test_the_nearest_file_upwards_gives_defaults(team) -> None:
    (team / "carboncalc.toml").write_text('format = "csv"\nfail-on = ["not-eligible"]\nexclude = ["old"]\n', encoding="utf-8")
    done = run("estimate", ".", cwd=team / "projects")
    assert done.stdout.startswith("file,valid,id")
    assert done.returncode == 1
    assert "x.yaml" not in done.stdout
    assert run("check", ".", cwd=team / "projects").returncode == 1


def test_a_flag_beats_the_environment_beats_the_file(team) -> None:
    (team / "pyproject.toml").write_text('[tool.carboncalc]\nformat = "csv"\nexclude = ["old"]\n', encoding="utf-8")
    assert run("estimate", "projects", cwd=team).stdout.startswith("file,valid")
    assert run("estimate", "projects", cwd=team, CARBONCALC_FORMAT="jsonl").stdout.startswith('{"carboncalc"')
    assert run("estimate", "projects", "-f", "junit", cwd=team, CARBONCALC_FORMAT="jsonl").stdout.startswith("<?xml")
    assert run("estimate", "projects", "-o", "out.json", cwd=team).returncode == 0
    json.loads((team / "out.json").read_text(encoding="utf-8"))


def test_a_pyproject_without_the_table_is_passed_over(team) -> None:
    (team / "carboncalc.toml").write_text('format = "json"\nexclude = ["old"]\n', encoding="utf-8")
    (team / "projects" / "pyproject.toml").write_text("[project]\nname = 'x'\n", encoding="utf-8")
    assert run("estimate", ".", cwd=team / "projects").stdout.startswith("{")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("\nformt = 'csv'\n", "carboncalc.toml:2: unknown key `formt`; did you mean `format`?"),
        ("format = 'xslx'\n", "expected a format"),
        ("jobs = 0\n", "expected a whole number"),
        ("jobs = true\n", "expected a whole number"),
        ("fail-on = 'warning'\n", "expected a list of gates"),
        ("fail-on = ['warnings']\n", "did you mean `warning`"),
        ("quiet = 'yes'\n", "expected true or false"),
        ("quiet = \n", "not TOML"),
    ],
)
def test_wrong_settings_are_errors(team, text: str, told: str) -> None:
    (team / "carboncalc.toml").write_text(text, encoding="utf-8")
    done = run("estimate", "projects", cwd=team)
    assert done.returncode == 2
    assert told in done.stderr
    assert done.stdout == ""


def test_a_named_file(team) -> None:
    (team / "x.toml").write_text('format = "csv"\n', encoding="utf-8")
    assert run("--config", "x.toml", "estimate", "projects/bus.yaml", cwd=team).stdout.startswith("file,valid")
    assert run("--config", "none.toml", "estimate", "projects/bus.yaml", cwd=team).returncode == 2


def test_every_key_is_read(tmp_path) -> None:
    path = tmp_path / "carboncalc.toml"
    path.write_text(
        'format="csv"\nfail-on=["irr<5%"]\nexclude=["a"]\njobs=2\nexecutor="dask:x"\nwidth=90\nquiet=true\nno-color=true\nlang="ja"\n',
        encoding="utf-8",
    )
    assert set(read(str(path))) == {name for name, _ in KEYS.values()}
    path.write_text("x = 1\n", encoding="utf-8")
    with pytest.raises(BadConfig):
        read(str(path))


def test_the_hook_names_commands_that_run(team) -> None:
    hooks = library.read(ROOT / ".pre-commit-hooks.yaml").data
    for hook in hooks:
        words = hook["entry"].split()
        assert words[0] == "carboncalc"
        assert run(*words[1:2], "--help", cwd=team).returncode == 0
    (team / "projects" / "old" / "x.yaml").unlink()
    assert run("check", "projects/bus.yaml", cwd=team).returncode == 0
    assert run("lock", "projects", cwd=team).returncode == 0
    assert run(*hooks[1]["entry"].split()[1:], cwd=team).returncode == 0


def test_the_action_runs_as_written(team) -> None:
    """Run the script of the action's second step as a runner would, with the module in place of the installed command."""
    steps = library.read(ROOT / "action.yml").data["runs"]["steps"]
    script = next(s["run"] for s in steps if s["name"] == "Estimate")
    assert "${{" not in script
    home = team / "carboncalc" / "bin"
    home.mkdir(parents=True)
    command = home / "carboncalc"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m carboncalc "$@"\n', encoding="utf-8")
    command.chmod(0o755)

    def act(**inputs: str) -> subprocess.CompletedProcess:
        env = {**os.environ, "PYTHONPATH": str(ROOT), "RUNNER_TEMP": str(team), "GITHUB_STEP_SUMMARY": str(team / "summary.md"), **inputs}
        return subprocess.run(["bash", "-e", "-c", script], capture_output=True, text=True, cwd=team, env=env, encoding="utf-8")

    done = act(PATHS="projects", FAIL_ON="invalid", SARIF="out.sarif", SUMMARY="true")
    assert done.returncode == 3  # x.yaml is invalid
    assert "::error file=projects/old/x.yaml" in done.stdout
    assert json.loads((team / "out.sarif").read_text(encoding="utf-8"))["version"] == "2.1.0"
    assert (team / "summary.md").read_text(encoding="utf-8").startswith("<!-- carboncalc -->")
    assert act(PATHS="projects/bus.yaml", FAIL_ON="invalid\nreduction<2000", SARIF="", SUMMARY="false").returncode == 1
    assert act(PATHS="projects/bus.yaml", FAIL_ON="", SARIF="", SUMMARY="false").returncode == 0


def test_completion_offers_commands() -> None:
    env = {"_CARBONCALC_COMPLETE": "complete_bash", "COMP_WORDS": "carboncalc est", "COMP_CWORD": "1"}
    code = "import sys; sys.argv = ['carboncalc']; from carboncalc.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT), **env})
    assert "estimate" in done.stdout

"""The README is true: what it shows is run, and every command and option it names exists."""

import os
import re
import shlex
import shutil
import subprocess
import sys

import pytest
import typer
from conftest import ROOT
from test_cases import arithmetic, read

import carboncalc
from carboncalc import library, methodology
from carboncalc.cli.app import app

README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = [library.parse(text, f"README.md, block {i}") for i, text in enumerate(re.findall(r"```yaml\n(.*?)```", README, re.S))]
COMMANDS = {name: {o for p in c.params for o in p.opts} for name, c in typer.main.get_command(app).commands.items()}
GENERAL = {o for p in typer.main.get_command(app).params for o in p.opts}
PLAIN = [line for line in re.findall(r"(?:^|`)carboncalc ([a-z]+ [^`\n]+)", README, re.M) if not re.search(r"\b[A-Z]{2,}\b(?![-_/0-9])|…", line)]


def block(kind: str) -> library.Document:
    """Return the one YAML block of a kind; a project file states none."""
    (found,) = [b for b in BLOCKS if b.data.get("kind", "project") == kind]
    return found


def test_the_project_shown_is_estimated() -> None:
    result = carboncalc.estimate(block("project").data)
    assert result.totals["reduction"] > 0


def test_the_sister_methodology_shown_is_the_whole_of_it(tmp_path, monkeypatch) -> None:
    """Compiled from the README's own text in place of the shipped file, it gives what the README's case expects."""
    shown, case = block("methodology").data, block("case").data
    known = methodology.paths()
    assert shown == library.read(known[shown["id"]]).data
    assert case in [library.read(path).data for path in (ROOT / "tests" / "cases" / shown["id"]).glob("*.yaml")]
    here = tmp_path / "shown.yaml"
    (text,) = [t for t in re.findall(r"```yaml\n(.*?)```", README, re.S) if f"id: {shown['id']}" in t and "kind: methodology" in t]
    here.write_text(text, encoding="utf-8")
    monkeypatch.setattr(methodology, "paths", lambda: {**known, shown["id"]: str(here)})
    monkeypatch.setattr(methodology, "_loaded", {})
    result = carboncalc.estimate(case["project"]).to_dict()
    assert result["methodology"]["id"] == shown["id"]
    for name, expected in case["expect"]["values"].items():
        assert read(result, name) == pytest.approx(arithmetic(expected), rel=float(case["expect"]["tolerance"]), abs=1e-12), name


def test_the_sister_named_for_its_own_factor_has_one() -> None:
    found = library.read(methodology.paths()["jcm/th-am001"]).data
    assert "`carboncalc/methodologies/jcm/th-am001.yaml`" in README
    assert found["parts"][0]["use"] == "jcm/displaced-electricity"
    assert found["parts"][0]["with"]["EF_RE"] in found["factors"]


def test_every_command_of_the_table_exists_and_every_command_stands_in_it() -> None:
    rows = re.findall(r"^\| ((?:`[a-z]+[^`|]*`(?:, )?)+) \| (.*) \|$", README.partition("## Commands")[2].partition("\n## ")[0], re.M)
    named: set[str] = set()
    for first, told in rows:
        commands = [words.split()[0] for words in re.findall(r"`([^`]+)`", first)]
        named |= set(commands)
        for option in re.findall(r"(?<![\w-])--?[a-z][a-z-]*", first + told):
            assert all(option in COMMANDS[c] for c in commands), (first, option)
    assert named == set(COMMANDS)


def test_every_option_named_anywhere_exists() -> None:
    shell = "\n".join(re.findall(r"```sh\n(.*?)```", README, re.S))
    for option in re.findall(r"(?<![\w-])--[a-z][a-z-]*", README.replace(shell, "")):
        assert any(option in options for options in [GENERAL, *COMMANDS.values()]), option
    for name in re.findall(r"(?:^|`|/)carboncalc ([a-z]+)", README, re.M):
        assert name in COMMANDS, name


@pytest.mark.parametrize("line", PLAIN)
def test_every_command_shown_runs(line: str, tmp_path) -> None:
    """What a command writes, it writes where it runs: beside a copy of the examples."""
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    command, path = [sys.executable, "-m", "carboncalc", *shlex.split(line)], {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, encoding="utf-8", env=path)
    assert done.returncode == 0
    output = re.search(r" -o (\S+)", line)
    if output:
        assert (tmp_path / output[1]).exists()
    else:
        assert done.stdout
        assert done.stderr == ""


def test_commands_were_found_to_run() -> None:
    assert len(PLAIN) >= 4


def test_every_file_and_folder_named_exists() -> None:
    for path in re.findall(r"`((?:carboncalc|factors|schemas|examples|tests|benchmarks)/[\w./-]*)`", README):
        assert (ROOT / path).exists(), path

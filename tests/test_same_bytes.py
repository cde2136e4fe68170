"""The same input gives the same bytes: on any Python from 3.11 on, and with or without libyaml."""

import os
import shutil
import subprocess
import sys
from glob import glob
from pathlib import Path

import pytest
import yaml
from conftest import ROOT

from carboncalc import library
from carboncalc.findings import Invalid
from carboncalc.library import yaml as reader

DATA = [p for folder in ("carboncalc", "factors", "examples", "tests") for p in sorted((ROOT / folder).rglob("*.yaml")) if "_data" not in p.parts]


def content(path: Path) -> object:
    """Return what a file holds, or that it cannot be read."""
    try:
        return library.read(path).data
    except Invalid:
        return None


@pytest.mark.parametrize("folder", ["carboncalc", "factors", "examples", "tests"])
def test_every_file_reads_the_same_without_libyaml(folder: str, monkeypatch) -> None:
    files = [p for p in DATA if p.relative_to(ROOT).parts[0] == folder]
    assert files
    fast = [content(p) for p in files]
    monkeypatch.setattr(reader, "_LOADER", yaml.SafeLoader)
    assert [p for p, held in zip(files, fast, strict=True) if held is not None and content(p) != held] == []


def others() -> list[str]:
    """Find interpreters of other versions that are new enough."""
    here = sys.version_info[:2]
    found = []
    for minor in range(11, 20):
        name = f"python3.{minor}"
        places = [shutil.which(name), *sorted(glob(os.path.expanduser(f"~/.pyenv/versions/3.{minor}.*/bin/{name}")))]
        for place in places:
            if place and (3, minor) != here and subprocess.run([place, "-c", ""], capture_output=True).returncode == 0:
                found.append(place)
                break
    return found


def test_the_newest_python_gives_the_same_bytes(tmp_path) -> None:
    """Run another interpreter on this one's pure-Python packages; what is compiled in them falls back to Python, libyaml too."""
    newest = others()[-1:]
    if not newest:
        pytest.skip("no other Python here")
    packages = os.pathsep.join([str(ROOT), *(p for p in sys.path if "site-packages" in p)])
    outputs = []
    for python in (sys.executable, newest[0]):
        env = {**os.environ, "PYTHONPATH": packages, "CARBONCALC_CACHE": str(tmp_path / Path(python).name)}
        done = subprocess.run([python, "-m", "carboncalc", "estimate", "examples", "-f", "jsonl"], capture_output=True, env=env, cwd=ROOT)
        assert done.returncode == 0, done.stderr[-2000:]
        outputs.append(done.stdout)
    assert outputs[0] == outputs[1]

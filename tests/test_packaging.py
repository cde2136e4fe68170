"""The data travel with the package: in a wheel under _data, in a clone beside the package."""

import json
import os
import subprocess
import sys

import pytest
from conftest import ROOT

EXAMPLE = str(ROOT / "examples" / "factory-rooftop-solar.yaml")
WHERE = "from carboncalc.library import data_path; print(data_path('factors'), data_path('schemas'), sep='\\n')"


def python(*arguments: str, path: object, cache: object) -> str:
    """Run Python from the root folder with one more place to import from; return what it prints."""
    env = {**os.environ, "PYTHONPATH": str(path), "CARBONCALC_CACHE": str(cache)}
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, cwd="/", env=env)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def pip(*arguments: str) -> None:
    """Run pip; skip where there is no pip, or where its index cannot be reached for hatchling. A build that fails is a failure."""
    done = subprocess.run([sys.executable, "-m", "pip", *arguments], capture_output=True, text=True)
    offline = "No matching distribution found for hatchling" in done.stderr or "No module named pip" in done.stderr
    if done.returncode and offline:
        pytest.skip("no wheel can be built here: no pip, or no index to fetch hatchling from")
    assert done.returncode == 0, done.stderr


def test_a_wheel_runs_from_anywhere(tmp_path) -> None:
    pip("wheel", "-q", "--no-deps", "-w", str(tmp_path), str(ROOT))
    (wheel,) = tmp_path.glob("*.whl")
    folder = tmp_path / "installed"
    pip("install", "-q", "--no-deps", "--target", str(folder), str(wheel))
    data = folder / "carboncalc" / "_data"
    assert python("-c", WHERE, path=folder, cache=tmp_path / "cache").split() == [str(data / "factors"), str(data / "schemas")]
    assert (data / "factors" / "sources.yaml").is_file()
    assert '"cases": []' not in python("-m", "carboncalc", "explain", "cdm/ams-iii-c", "--json", path=folder, cache=tmp_path / "cache")
    printed = python("-m", "carboncalc", "estimate", EXAMPLE, "-f", "json", path=folder, cache=tmp_path / "cache")
    clone = python("-m", "carboncalc", "estimate", EXAMPLE, "-f", "json", path=ROOT, cache=tmp_path / "other")
    assert json.loads(printed)["totals"]["reduction"] > 0
    assert printed == clone


def test_a_clone_falls_back_to_the_folders_beside_the_package(tmp_path) -> None:
    assert python("-c", WHERE, path=ROOT, cache=tmp_path).split() == [str(ROOT / "factors"), str(ROOT / "schemas")]

"""The data travel with the package: in a wheel under _data, in a clone beside the package."""

import os
import subprocess
import sys
import zipfile

import pytest
from conftest import ROOT


def test_a_wheel_runs_from_anywhere(tmp_path) -> None:
    built = subprocess.run([sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(tmp_path), str(ROOT)], capture_output=True, text=True)
    if built.returncode:
        pytest.skip(f"no wheel can be built here: {built.stderr.strip()[-200:]}")
    (wheel,) = tmp_path.glob("*.whl")
    folder = tmp_path / "installed"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    assert (folder / "carboncalc" / "_data" / "factors" / "sources.yaml").is_file()
    env = {**os.environ, "PYTHONPATH": str(folder), "CARBONCALC_CACHE": str(tmp_path / "cache")}
    example = str(ROOT / "examples" / "factory-rooftop-solar.yaml")
    done = subprocess.run([sys.executable, "-m", "carboncalc", "estimate", example, "-f", "json"], capture_output=True, text=True, cwd="/", env=env)
    assert (done.returncode, done.stderr) == (0, "")
    where = subprocess.run(
        [sys.executable, "-c", "from carboncalc.library import data_path; print(data_path('factors'))"],
        capture_output=True,
        text=True,
        cwd="/",
        env=env,
    )
    assert str(folder) in where.stdout

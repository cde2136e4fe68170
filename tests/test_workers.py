"""Workers: pools and clusters give what one process gives, also when one of them dies."""

import os
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import pytest
from conftest import ROOT

import carboncalc
from carboncalc.portfolio import run
from carboncalc.reports.jsonl import one

BUS = ROOT / "examples" / "cat-ba-electric-buses.yaml"


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Sixty projects that differ, one of them invalid."""
    place = tmp_path_factory.mktemp("many")
    text = BUS.read_text(encoding="utf-8")
    for i in range(60):
        changed = text.replace("id: cat-ba-electric-buses", f"id: bus-{i:02}").replace("vehicles: {2027: 1,", f"vehicles: {{2027: {i + 1},")
        (place / f"{i:02}.yaml").write_text(changed if i != 17 else changed.replace("gwp: AR5", "gwp: AR9"), encoding="utf-8")
    return [(str(p), None) for p in sorted(place.iterdir())]


@pytest.fixture(scope="module")
def alone(files):
    """What one process makes of them."""
    return list(run(files, one))


def test_sixty_projects_differ(alone) -> None:
    assert len({row.text for row in alone}) == 60
    assert [row.totals is None for row in alone].count(True) == 1


@pytest.mark.parametrize("chunk", [1, 7, 64])
def test_any_executor_gives_the_same_rows(files, alone, chunk: int) -> None:
    with ThreadPoolExecutor(3) as threads:
        assert list(run(files, one, threads, 3, chunk)) == alone
    with ProcessPoolExecutor(2) as pool:
        assert list(run(files, one, pool, 2, chunk)) == alone


def dies_once(outcome) -> str:
    """Render like the others, but kill the worker process that first meets project 30."""
    mark = os.environ["CARBONCALC_TEST_MARK"]
    if outcome.file.endswith("30.yaml") and not os.path.exists(mark):
        with open(mark, "w") as file:
            file.write("x")
        os._exit(1)
    return one(outcome)


def test_a_pool_whose_worker_dies_loses_and_doubles_nothing(files, alone, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("CARBONCALC_TEST_MARK", str(tmp_path / "mark"))
    with ProcessPoolExecutor(2) as pool:
        assert list(run(files, dies_once, pool, 2, 4)) == alone
    assert (tmp_path / "mark").exists()


def test_estimate_many(files) -> None:
    told = list(carboncalc.estimate_many([os.path.dirname(files[0][0])]))
    assert [file for file, _ in told] == [file for file, _ in files]
    assert told[0][1].to_dict() == carboncalc.estimate(files[0][0]).to_dict()
    assert [f.code for f in told[17][1]] == ["CC113"]


def wait_for(check, seconds: float = 30.0) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.05)


def test_a_dask_cluster_that_loses_a_worker_loses_and_doubles_nothing(files, alone, tmp_path) -> None:
    """A real scheduler and two workers on loopback; one worker is killed while it works."""
    distributed = pytest.importorskip("distributed")
    address = tmp_path / "scheduler.json"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    dask = [sys.executable, "-m", "distributed.cli.dask_scheduler"], [sys.executable, "-m", "distributed.cli.dask_worker"]
    options = ["--host", "127.0.0.1", "--no-dashboard"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": environment, "cwd": tmp_path}
    started = [subprocess.Popen([*dask[0], *options, "--port", "0", "--scheduler-file", str(address)], **quiet)]
    try:
        wait_for(lambda: address.exists() and address.stat().st_size > 0)
        for _ in range(2):
            started.append(
                subprocess.Popen(
                    [*dask[1], *options, "--scheduler-file", str(address), "--nthreads", "1", "--no-nanny", "--memory-limit", "0"], **quiet
                )
            )
        with distributed.Client(scheduler_file=str(address), timeout=30) as client:
            wait_for(lambda: len(client.scheduler_info()["workers"]) == 2)
            rows = []
            for row in run(files, one, client.get_executor(), 2, 2):
                rows.append(row)
                if len(rows) == 6:
                    started[2].kill()
            assert rows == alone
            scheduler = client.scheduler.address
            wait_for(lambda: len(client.scheduler_info()["workers"]) == 1)
        command = [
            sys.executable,
            "-m",
            "carboncalc",
            "estimate",
            os.path.dirname(files[0][0]),
            "-f",
            "jsonl",
            "--executor",
            f"dask:{scheduler}",
            "-q",
        ]
        done = subprocess.run(command, capture_output=True, text=True, env=environment, encoding="utf-8")
        assert done.returncode == 3
        assert done.stdout.splitlines(keepends=True) == [row.text.decode() for row in alone]
    finally:
        for process in started:
            process.kill()
            process.wait()


def test_a_cluster_that_is_not_there_is_told() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "carboncalc", "estimate", str(BUS), "--executor", "dusk:tcp://127.0.0.1:1"],
        capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 2
    assert "dask:tcp://" in done.stderr

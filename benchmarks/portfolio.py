"""What a portfolio costs: a folder of mixed projects, against reading and checking the same files and nothing else.

    python benchmarks/portfolio.py [projects] [rounds]

Writes variants of the examples into a throw-away folder and runs, in turn: `yaml.CSafeLoader` plus `jsonschema` with the project
schema, `estimate -f jsonl`, `-f csv`, and jsonl with two workers. Prints medians, ratios, and peak memory for the folder and for one
ten times as large. Ratios are of processor time, start-up and workers included, which other work on the machine disturbs least; how much faster
two workers are is of the time on the clock, and says little on a machine that is not idle. Nothing is asserted: timings are read by people.
"""

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = [p for p in sorted((ROOT / "examples").glob("*.yaml")) if "kind: park" not in p.read_text(encoding="utf-8")]

READ_AND_CHECK = """
import glob, json, sys, jsonschema, yaml
rules = json.load(open(sys.argv[2], encoding="utf-8"))
check = jsonschema.Draft7Validator(rules)
for path in sorted(glob.glob(sys.argv[1] + "/*.yaml")):
    with open(path, "rb") as file:
        data = yaml.load(file, yaml.CSafeLoader)
    if not check.is_valid(data):
        raise SystemExit(path)
"""


def write(folder: Path, count: int) -> None:
    """Write variants of the examples: ids and first years differ, so that no two files are the same."""
    texts = [p.read_text(encoding="utf-8") for p in EXAMPLES]
    for i in range(count):
        text = re.sub(r"(?m)^(\s+id: )([\w-]+)$", rf"\g<1>\g<2>-{i}", texts[i % len(texts)], count=1)
        text = re.sub(r": (\d{4}-\d{2}-\d{2})$", r': "\1"', text, flags=re.M)  # CSafeLoader makes dates and whole numbers of these,
        text = re.sub(r"([{,] ?)(\d{4}):", r'\1"\2":', text)  # and the schema would refuse the file at once
        (folder / f"{i:06}.yaml").write_text(text, encoding="utf-8")


def once(command: list[str], compiled: str) -> tuple[float, float, float]:
    """Run a command; return seconds on the clock and of processors, and the peak memory of its largest process in MB.

    Python keeps what it compiles in a folder of its own, as `pip install` does: a machine that forbids it would compile every module anew
    with each run, which is half of a start and no part of the work.
    """
    surroundings = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    surroundings |= {"PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": compiled}
    start = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=surroundings, cwd="/")
    _, status, usage = os.wait4(child.pid, 0)
    if os.waitstatus_to_exitcode(status) not in (0,):
        print("failed:", *command)
    return time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main(count: int, rounds: int) -> None:
    """Measure and print."""
    estimate = [sys.executable, "-m", "carboncalc", "estimate"]
    with tempfile.TemporaryDirectory() as small, tempfile.TemporaryDirectory() as large, tempfile.TemporaryDirectory() as compiled:
        write(Path(small), count)
        schema = ROOT / "schemas" / "project.schema.json"
        commands = {
            "CSafeLoader + jsonschema": [sys.executable, "-c", READ_AND_CHECK, small, str(schema)],
            "jsonl, one worker": [*estimate, small, "-f", "jsonl", "--jobs", "1"],
            "csv, one worker": [*estimate, small, "-f", "csv", "--jobs", "1"],
            "jsonl, two workers": [*estimate, small, "-f", "jsonl", "--jobs", "2"],
        }
        for command in commands.values():
            once(command, compiled)
        walls: dict[str, list[float]] = {name: [] for name in commands}
        times: dict[str, list[float]] = {name: [] for name in commands}
        peak = dict.fromkeys(commands, 0.0)
        for _ in range(rounds):
            for name, command in commands.items():
                wall, busy, memory = once(command, compiled)
                walls[name].append(wall)
                times[name].append(busy)
                peak[name] = max(peak[name], memory)
        floor = times["CSafeLoader + jsonschema"]
        for name, busy_times in times.items():
            ratio = statistics.median(a / b for a, b in zip(busy_times, floor, strict=True))
            clock, busy = statistics.median(walls[name]), statistics.median(busy_times)
            per = busy / count * 1000
            print(f"{name:26} {clock:6.2f} s, busy {busy:6.2f} s   {per:5.2f} ms a file   ratio {ratio:4.2f}   peak {peak[name]:6.1f} MB")
        one, two = walls["jsonl, one worker"], walls["jsonl, two workers"]
        print(f"two workers are {statistics.median(a / b for a, b in zip(one, two, strict=True)):.2f} times as fast as one")
        write(Path(large), count * 10)
        wall, _, memory = once([*estimate, large, "-f", "jsonl", "--jobs", "1"], compiled)
        print(
            f"ten times the files, jsonl  {wall:6.2f} s   peak {memory:6.1f} MB, {memory / peak['jsonl, one worker']:.2f} times the peak of one part"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000, int(sys.argv[2]) if len(sys.argv) > 2 else 5)

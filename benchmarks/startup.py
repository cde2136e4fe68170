"""What a user waits for: one estimate, against `python -c "import yaml"` in the same environment.

    python benchmarks/startup.py [runs]

Builds a wheel into a throw-away environment, warms the cache, runs the commands in turn and prints medians,
ratios and peak memory. Nothing is asserted: timings are read by people.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "examples" / "cat-ba-electric-buses.yaml"


def once(command: list[str], env: dict[str, str]) -> tuple[float, float]:
    """Run a command; return wall seconds and peak memory in MB."""
    start = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=env, cwd="/")
    _, status, usage = os.wait4(child.pid, 0)
    if status:
        print("failed:", *command)
    return time.perf_counter() - start, usage.ru_maxrss / 1024


def main(runs: int) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        venv = Path(folder) / "venv"
        subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
        subprocess.run([str(venv / "bin" / "pip"), "install", "-q", "--compile", str(ROOT)], check=True)
        python, carboncalc = str(venv / "bin" / "python"), str(venv / "bin" / "carboncalc")
        env = {**os.environ, "CARBONCALC_CACHE": str(Path(folder) / "cache")}
        commands = {
            "import yaml": [python, "-c", "import yaml"],
            "estimate -f json": [carboncalc, "estimate", str(EXAMPLE), "-f", "json"],
            "estimate": [carboncalc, "estimate", str(EXAMPLE), "--width", "100"],
            "check": [carboncalc, "check", str(EXAMPLE)],
            "--help": [carboncalc, "--help"],
        }
        for command in commands.values():
            once(command, env)
        times: dict[str, list[float]] = {name: [] for name in commands}
        memory: dict[str, float] = dict.fromkeys(commands, 0.0)
        for _ in range(runs):
            for name, command in commands.items():
                wall, peak = once(command, env)
                times[name].append(wall)
                memory[name] = max(memory[name], peak)
        floor = times["import yaml"]
        for name in commands:
            ratio = statistics.median(a / b for a, b in zip(times[name], floor, strict=True))
            print(f"{name:18} median {statistics.median(times[name]) * 1000:6.1f} ms   ratio {ratio:4.2f}   peak {memory[name]:5.1f} MB")
        done = subprocess.run(
            [python, "-X", "importtime", carboncalc, "--help"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=env
        )
        modules = {line.rsplit("|", 1)[-1].strip() for line in done.stderr.splitlines()}
        for name in ("pint", "numpy", "jsonschema", "rich"):
            print(f"--help imports {name}: {'yes' if name in modules else 'no'}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 21)

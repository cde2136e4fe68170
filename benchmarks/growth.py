"""How time grows with the size of a project: waste types, streams, fleet rows, years, and exchanges of a park.

    python benchmarks/growth.py [runs]

Each series doubles one number three times and leaves all else as it is. Printed are the best processor time of `runs` estimates with their JSON, the time
of one item against that of the smallest size, what one more item costs in each doubling, and the exponent p of time ~ n^p (least squares on
logarithms). Linear growth has equal costs of one more item, and p at 1 or, where a fixed part weighs, below it. Nothing is asserted: timings are
read by people.
"""

import gc
import math
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # this clone, whatever is installed

import carboncalc  # noqa: E402

File = dict[str, Any]
TYPES = ("food", "garden", "paper", "wood", "textiles", "nappies", "sludge", "inert")


def project(years: int, **content: Any) -> File:
    """Return a project file as a mapping."""
    head = {"id": "growth", "title": "Growth", "country": "VN", "region": "Hai Phong", "first_year": 2027, "years": years}
    return {"carboncalc": 1, "project": head, "gwp": "AR5", **content}


def waste(types: int) -> File:
    """Return the inputs of composting with so many types of waste, in equal shares."""
    shares = dict.fromkeys(TYPES[:types], f"{100 / types:.10f} %")
    return {"waste": "14600 t/year", "composition": shares, "disposal_site": "unmanaged-deep", "climate": "tropical-wet"}


def waste_types(n: int) -> File:
    """Composting of n types of waste over 20 years; the library knows eight types."""
    return project(20, methodology="cdm/ams-iii-f", inputs=waste(n))


def waste_streams(n: int) -> File:
    """Add up n composting measures of four types each over 20 years."""
    return project(20, measures=[{"id": f"stream-{i}", "methodology": "cdm/ams-iii-f", "inputs": waste(4)} for i in range(n)])


def fleet_rows(n: int, years: int = 10) -> File:
    """Electric vehicles in n groups."""
    row = {"vehicles": 10, "distance": "45000 km/year", "baseline_fuel": "diesel", "baseline_fuel_use": "35 L/100km", "electricity_use": "1.2 kWh/km"}
    return project(years, methodology="cdm/ams-iii-c", inputs={"fleet": [{"id": f"group-{i}", **row} for i in range(n)]})


def years_of_a_fleet(n: int) -> File:
    """Twenty groups of vehicles over n years."""
    return fleet_rows(20, n)


def years_of_waste(n: int) -> File:
    """Composting of four types of waste over n years, each year's waste decaying in all that follow."""
    return project(n, methodology="cdm/ams-iii-f", inputs=waste(4))


def exchanges(n: int) -> File:
    """Return a park with n exchanges, steam and water in turn."""
    kinds = (
        {"kind": "steam", "from": "power-plant", "heat": "90 TJ/year", "displaced_fuel": "anthracite", "boiler_efficiency": "80 %"},
        {"kind": "water-reuse", "from": "wwtp", "volume": "384000 m3/year", "energy_supply": "0.5 kWh/m3", "energy_reuse": "0.3 kWh/m3"},
    )
    return {
        "carboncalc": 1, "kind": "park", "gwp": "AR5",
        "park": {"id": "growth", "title": "Growth", "country": "VN", "region": "Hai Phong", "first_year": 2027, "years": 10},
        "enterprises": {"total": n + 2}, "land": {"total": "263 ha", "green_and_shared": "105 ha"},
        "exchanges": [{"id": f"link-{i}", "to": f"enterprise-{i}", "since": 2027, **kinds[i % 2]} for i in range(n)],
    }  # fmt: skip


SERIES: dict[str, tuple[Callable[[int], File], Sequence[int]]] = {
    "waste types": (waste_types, (1, 2, 4, 8)),
    "waste streams": (waste_streams, (8, 16, 32, 64)),
    "fleet rows": (fleet_rows, (50, 100, 200, 400)),
    "years, fleet": (years_of_a_fleet, (12, 24, 48, 96)),
    "years, decaying waste": (years_of_waste, (12, 24, 48, 96)),
    "exchanges of a park": (exchanges, (24, 48, 96, 192)),
}


def best(contents: Sequence[File], runs: int) -> list[float]:
    """Return the best processor time of each content with its JSON [s], taken in turn: what else the machine does counts least."""
    times = [math.inf] * len(contents)
    for _ in range(runs):
        for i, content in enumerate(contents):
            start = time.process_time()
            carboncalc.estimate(content).to_json()
            times[i] = min(times[i], time.process_time() - start)
    return times


def exponent(sizes: Sequence[int], times: Sequence[float]) -> float:
    """Return p of the least-squares line log t = p log n + c."""
    x, y = [math.log(n) for n in sizes], [math.log(t) for t in times]
    mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
    return sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True)) / sum((a - mean_x) ** 2 for a in x)


def main(runs: int) -> None:
    """Measure and print."""
    gc.set_threshold(50_000)  # as the command line does
    for name, (make, sizes) in SERIES.items():
        faults = [f for f in carboncalc.check(make(sizes[0])) if f.severity == "error"]
        if faults:
            print(f"{name}: not measured, {faults[0].code} {faults[0].message}")
            continue
        times = best([make(n) for n in sizes], runs)
        print(f"{name}: exponent {exponent(sizes, times):.2f}")
        for i, (n, t) in enumerate(zip(sizes, times, strict=True)):
            more = f"   one more costs {(t - times[i - 1]) / (n - sizes[i - 1]) * 1000:7.3f} ms" if i else ""
            print(f"  n = {n:4}   {t * 1000:8.1f} ms   per item {t / n / (times[0] / sizes[0]):5.2f} of the first{more}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 7)

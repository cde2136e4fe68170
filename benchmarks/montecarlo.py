"""What Monte Carlo costs: 10 000 draws of the bus example, against the same computation written by hand in numpy.

    python benchmarks/montecarlo.py [draws] [runs]

Both draw the four uncertain quantities of ``examples/cat-ba-electric-buses.yaml``, evaluate AMS-III.C for twelve years on arrays, and
return mean, standard deviation and percentiles of the reduction, and the 95 % range of baseline, project and each year. The product also
does approach 1, the tornado, the shares of the variance, convergence, and the chance of every criterion; its time is printed with and
without a plain estimate. Times are the best of all runs, taken in turn. Nothing is asserted: timings are read by people.
"""

import math
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # this clone, whatever is installed

import numpy as np  # noqa: E402

from carboncalc import library  # noqa: E402
from carboncalc.appraise import appraise  # noqa: E402
from carboncalc.uncertainty.distributions import support  # noqa: E402
from carboncalc.uncertainty.drawing import Plan  # noqa: E402

BUS = Path(__file__).resolve().parent.parent / "examples" / "cat-ba-electric-buses.yaml"


def by_hand(draws: int, grid: float, losses: float, density: float) -> dict[str, object]:
    """Do the bus example as one would for this one project."""
    stream = np.random.default_rng(1)
    fuel = stream.normal(0.35, 0.035 / 1.959964, draws)
    use = np.exp(stream.normal((math.log(1.0) + math.log(1.3)) / 2, (math.log(1.3) - math.log(1.0)) / (2 * 1.959964), draws))
    low, high = support(43000, 41400, 43300)
    heat = stream.triangular(low, 43000, high, draws)
    low, high = support(74.1e-6, 72.6e-6, 74.8e-6)
    carbon = stream.triangular(low, 74.1e-6, high, draws)
    buses = np.array([1, 10, 10] + [30] * 9, dtype=float)
    before = fuel * density * heat * carbon
    after = use * grid / (1 - losses)
    baseline = [before * 0.99**y * 35770 * n / 1e6 for y, n in enumerate(buses)]
    project = [after * 35770 * n / 1e6 for n in buses]
    years = [b - p for b, p in zip(baseline, project, strict=True)]
    whole = sum(years[1:], years[0])
    found: dict[str, object] = {"mean": whole.mean(), "sd": whole.std(ddof=1), "percentiles": np.percentile(whole, [2.5, 10, 50, 90, 97.5])}
    for name, values in (("baseline", sum(baseline)), ("project", sum(project))):
        found[name] = np.percentile(values, [2.5, 97.5])
    found["years"] = [(y.mean(), *np.percentile(y, [2.5, 97.5])) for y in years]
    return found


def main(draws: int, runs: int) -> None:
    """Measure and print."""
    document = library.read(BUS)
    tree = appraise(document).tree
    value = {q["name"]: q["value"] for q in tree["quantities"]}
    best = {"by hand": math.inf, "estimate": math.inf, "estimate --draws": math.inf}
    for _ in range(runs):
        for name, call in (
            ("by hand", lambda: by_hand(draws, value["EF_elect"] * 1000, value["TDL"], value["rho"])),
            ("estimate", lambda: appraise(document)),
            ("estimate --draws", lambda: appraise(document, Plan(draws, 1))),
        ):
            start = time.perf_counter()
            call()
            best[name] = min(best[name], time.perf_counter() - start)
    hand = by_hand(draws, value["EF_elect"] * 1000, value["TDL"], value["rho"])
    mine = appraise(document, Plan(draws, 1)).tree["uncertainty"]["reduction"]
    print(f"mean of the draws: by hand {hand['mean']:.1f} tCO2e, estimate {mine['mean']:.1f} tCO2e")
    for name, seconds in best.items():
        print(f"{name:18} {seconds * 1000:7.2f} ms")
    added = best["estimate --draws"] - best["estimate"]
    print(f"draws alone        {added * 1000:7.2f} ms   {added / best['by hand']:.2f} times the computation by hand")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000, int(sys.argv[2]) if len(sys.argv) > 2 else 30)

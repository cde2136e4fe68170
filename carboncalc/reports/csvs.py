"""CSV: one row a file, full precision, for a spreadsheet or a data frame."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from ..result import Outcome, Row
from .numbers import inert
from .uncertainty import cells

COLUMNS = (
    "file", "valid", "id", "title", "country", "methodology", "version", "gwp", "first_year", "years", "baseline_tCO2e", "project_tCO2e", "leakage_tCO2e", "reduction_tCO2e",
    "reduction_energy_tCO2e", "reduction_tCO2e_per_year", "currency", "investment", "payback_years", "npv", "irr", "cost_per_tonne", "programmes", "unverified_thresholds", "errors", "warnings", "codes", "scenarios_tCO2e_per_year",
)  # fmt: skip
#: columns of a Monte Carlo run, there only when draws were asked for
DRAWN = ("draws", "seed", "reduction_mean_tCO2e", "reduction_p2_5_tCO2e", "reduction_p97_5_tCO2e", "reduction_P90_tCO2e")


def one(outcome: Outcome, columns: Sequence[str] = COLUMNS) -> str:
    """Write the row of a file."""
    found = {"file": inert(outcome.file), "valid": "true" if outcome.result is not None else "false"}
    told = [f for f in outcome.findings if not f.get("suppressed")]
    severities = [f["severity"] for f in told]
    found |= {"errors": str(severities.count("error")), "warnings": str(severities.count("warning"))}
    found["codes"] = " ".join(sorted({f["code"] for f in told if f["severity"] != "info"}))
    if outcome.result is not None:
        found |= _result(outcome.result)
    return _line(found.get(column, "") for column in columns)


def one_drawn(outcome: Outcome) -> str:
    """Write the row of a file that was drawn."""
    return one(outcome, (*COLUMNS, *DRAWN))


def whole(rows: Iterable[Row], totals: Callable[[], Mapping[str, Any]], columns: Sequence[str] = COLUMNS) -> Iterator[str]:
    """Join the rows under their titles."""
    yield _line(columns)
    for row in rows:
        yield row.text


def whole_drawn(rows: Iterable[Row], totals: Callable[[], Mapping[str, Any]]) -> Iterator[str]:
    """Join the rows of files that were drawn."""
    return whole(rows, totals, (*COLUMNS, *DRAWN))


def _result(result: Mapping[str, Any]) -> dict[str, str]:
    head, totals, method = result.get("park") or result["project"], result["totals"], result.get("methodology") or {}
    years = result["years"]
    measures = " ".join(m["methodology"]["id"] for m in result.get("measures") or [])
    found: dict[str, Any] = {
        "id": head["id"], "title": inert(head["title"]), "country": head["country"], "methodology": method.get("id", measures), "version": method.get("version", ""),
        "gwp": result["gwp"], "first_year": years[0]["year"], "years": len(years), "baseline_tCO2e": totals["baseline"], "project_tCO2e": totals["project"],
        "leakage_tCO2e": totals["leakage"], "reduction_tCO2e": totals["reduction"], "reduction_energy_tCO2e": totals["reduction_energy"],
        "reduction_tCO2e_per_year": totals["reduction_per_year"], "programmes": " ".join(f"{p['id']}={p['verdict']}" for p in result["programmes"]),
        "unverified_thresholds": sum(p["unverified"] for p in result["programmes"]),
        "scenarios_tCO2e_per_year": " ".join(f"{s['id']}={s['totals']['reduction_per_year']!r}" for s in result.get("scenarios") or []),
    }  # fmt: skip
    if result["finance"]:
        money = result["finance"]
        found |= {"currency": money["currency"], "investment": money["investment"]}
        found |= {k: money["without_subsidy"].get(k) for k in ("payback_years", "npv", "irr", "cost_per_tonne")}
    found |= cells(result.get("uncertainty"))
    return {k: "" if v is None else repr(v) if isinstance(v, float) else str(v) for k, v in found.items()}


def _line(cells: Iterable[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(list(cells))
    return out.getvalue()

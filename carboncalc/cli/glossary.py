"""The glossary: symbol, unit and name in each language, gathered from the methodologies and the factor library."""

import json
from collections.abc import Mapping
from typing import Any

from .. import factors, methodology
from ..reports.words import LANGUAGES, Words


def collect() -> dict[str, list[dict[str, Any]]]:
    """Collect the names of everything that can stand in a report: symbols of the methodologies, factors of the library.

    Returns
    -------
    dict
        ``symbols``: symbol, LaTeX, unit, label by language and the files that use it so, a symbol with two meanings twice;
        ``factors``: id, unit and label by language.
    """
    rows: dict[str, dict[str, Any]] = {}
    known = methodology.paths()
    for id_, path in known.items():
        found = methodology.load_file(path, known)
        inputs = {s.get("symbol", n.rpartition(".")[2]): {"unit": None, **s} for n, s in found.inputs.items() if "each" not in s}
        totals = {s["symbol"]: {**s, "unit": "tCO2e/year"} for s in found.totals.values()}
        for symbol, spec in [x for kind in (inputs, found.factors, found.constants, found.equations, totals) for x in kind.items()]:
            if spec.get("label"):
                row = {"symbol": symbol, "latex": spec.get("latex"), "unit": spec.get("unit"), "label": spec["label"], "used_in": []}
                used = rows.setdefault(json.dumps([symbol, row["unit"], row["label"]]), row)["used_in"]
                if id_ not in used:
                    used.append(id_)
    units_ = {id_: [v["unit"] for v in (factors.entry(id_) or {})["values"] if v["value"] is not None] for id_ in factors.ids()}
    return {
        "symbols": sorted(rows.values(), key=lambda r: (r["symbol"].lower(), r["symbol"], r["label"]["en"], r["unit"] or "")),
        "factors": [{"id": id_, "unit": next(iter(units_[id_]), None), "label": factors.label(id_)} for id_ in sorted(units_)],
    }


def render(found: Mapping[str, list[dict[str, Any]]], words: Words) -> str:
    """Render the glossary as text, the names in the reader's language first."""
    lines = [words("glossary.symbols")]
    for row in found["symbols"]:
        unit = f"  [{row['unit']}]" if row["unit"] not in (None, "1") else ""
        where = ", ".join(row["used_in"]) if len(row["used_in"]) < 4 else words("glossary.files", n=len(row["used_in"]), one=row["used_in"][0])
        lines += [f"  {row['symbol']}{unit}  {_languages(words, row['label'])}", f"        {where}"]
    lines += ["", words("explain.factors")]
    lines += [
        f"  {row['id']}" + (f"  [{row['unit']}]" if row["unit"] not in (None, "1") else "") + f"  {_languages(words, row['label'])}"
        for row in found["factors"]
    ]
    return "\n".join(lines)


def _languages(words: Words, label: Mapping[str, str]) -> str:
    return " · ".join(label[language] for language in dict.fromkeys((words.language, *LANGUAGES)) if language in label)

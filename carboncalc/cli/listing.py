"""factors, methods, programmes and schema: what the libraries hold."""

import json
import sys
from typing import Any

from .. import factors as library_of_factors
from .. import library, methodology, programme
from ..findings import did_you_mean
from .estimating import DONE, USAGE, colour, columns, say


def is_date(text: str) -> bool:
    """Tell whether a text is a date; say so when it is not."""
    from datetime import date

    try:
        date.fromisoformat(text)
    except ValueError:
        say(f"--at {text} is not a date; write it as 2025-09-30")
        return False
    return True


def fits(search: str | None, *texts: str) -> bool:
    words = (search or "").lower().split()
    whole = " ".join(texts).lower()
    return all(word in whole for word in words)


def _print(rows: list[dict[str, Any]], keys: dict[str, str], as_json: bool, nothing: str) -> int:
    if as_json:
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return DONE
    if not rows:
        say(nothing)
        return DONE
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(width=columns(None), no_color=not colour(False, sys.stdout), highlight=False)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for key, title in keys.items():
        table.add_column(title, overflow="fold", no_wrap=key == "id" and len(rows) < 2000, justify="right" if key == "value" else "left")
    for row in rows:
        table.add_row(*(Text(str(row.get(key) if row.get(key) is not None else "—")) for key in keys))
    console.print(table)
    return DONE


def factors(search: str | None, country: str | None, as_json: bool) -> int:
    """Run ``carboncalc factors``."""
    rows = []
    for id_ in library_of_factors.ids():
        tail = id_.rsplit(".", 1)[-1]
        if country and tail.split("-")[0] != country.upper():
            continue
        if not fits(search, id_):
            entry = library_of_factors.entry(id_) or {}
            if not fits(search, id_, *(entry.get("label") or {}).values()):
                continue
        entry = library_of_factors.entry(id_) or {}
        for value in entry["values"] if as_json else _newest(entry["values"]):
            rows.append({
                "id": id_, "label": entry["label"]["en"], "value": value["value"], "unit": value.get("unit"), "range": value.get("range"), "year": value.get("year"), "method": value.get("method"),
                "default": bool(value.get("default")) or len({v.get("method") for v in entry["values"]}) == 1, "match_note": value.get("status"), "source": value["source"], "page": value.get("page"), "confidence": value["confidence"],
            })  # fmt: skip
    near = did_you_mean(search or "", {i.split(".")[0] for i in library_of_factors.ids()})
    return _print(
        rows,
        {"id": "id", "value": "value", "unit": "unit", "year": "year", "method": "method", "confidence": "confidence", "label": "what it is"},
        as_json,
        f"no factor fits; {near or 'try one word, such as `diesel` or `grid`'}",
    )


def _newest(values: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of each method the newest value; the whole history is in --json and in explain."""
    newest: dict[Any, dict[str, Any]] = {}
    for value in values:
        if value["value"] is not None:
            newest[value.get("method")] = value
    return list(newest.values())


def methods(search: str | None, country: str | None, as_json: bool) -> int:
    """Run ``carboncalc methods``."""
    rows = []
    for id_ in methodology.ids():
        head = methodology.headline(id_)
        countries = head.get("countries")
        if country and countries and country.upper() not in countries:
            continue
        if not fits(search, id_, *head["title"].values(), head.get("sector", ""), head.get("measure", "")):
            continue
        rows.append({
            "id": id_, "version": head["version"], "title": head["title"]["en"], "countries": ", ".join(countries) if countries else "any", "scheme": head["publisher"].get("scheme"), "scope": head.get("scope"),
            "sector": head.get("sector"), "measure": head.get("measure"), "inputs": list(head.get("inputs", {})), "confidence": head["confidence"],
        })  # fmt: skip
    keys = {
        "id": "id",
        "version": "version",
        "countries": "for",
        "sector": "sector",
        "measure": "measure",
        "confidence": "equations",
        "title": "title",
    }
    return _print(rows, keys, as_json, "no methodology fits")


def programmes(search: str | None, country: str | None, at: str | None, as_json: bool) -> int:
    """Run ``carboncalc programmes``; a date leaves the versions in force on it."""
    if at is not None and not is_date(at):
        return USAGE
    rows = []
    for id_ in programme.paths():
        head = programme.headline(id_)
        if country and not programme.open_to(id_, country.upper()):
            continue
        if not fits(search, id_, *head["title"].values()):
            continue
        for version in programme.versions(id_):
            span = version["in_force"]
            if at is not None and not span["from"] <= at <= span.get("to", "9999"):
                continue
            rows.append(
                {
                    "id": id_,
                    "version": version["version"],
                    "from": span["from"],
                    "to": span.get("to"),
                    "criteria": [c["id"] for c in version["criteria"]],
                    "title": head["title"]["en"],
                }
            )
    return _print(rows, {"id": "id", "version": "version", "from": "from", "to": "to", "title": "title"}, as_json, "no programme fits")


def schema(name: str) -> int:
    """Run ``carboncalc schema``."""
    try:
        found = library.schema(name)
    except OSError:
        known = [f.replace("\\", "/").rsplit("/", 1)[-1].removesuffix(".schema.json") for f in library.data_files("schemas", ".schema.json")]
        say(f"there is no schema '{name}'; {did_you_mean(name, known) or 'schemas: ' + ', '.join(known)}")
        return USAGE
    print(json.dumps(found, ensure_ascii=False, indent=2))
    return DONE

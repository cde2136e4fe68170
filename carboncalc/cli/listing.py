"""factors, methods, programmes and schema: what the libraries hold."""

import json
import sys
from collections.abc import Mapping
from typing import Any

from .. import factors as library_of_factors
from .. import library, methodology, programme
from ..factors import UNVERIFIED
from ..findings import did_you_mean
from ..portfolio.tally import DONE, USAGE
from ..reports.words import Words
from .language import words as words_of
from .streams import colour, columns, say

_KANA_MARKS = "\u3099\u309a"  # the marks that make が of か are no accents


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
    """Tell whether texts hold every word of a search, accents and case apart."""
    words = _plain(search or "").split()
    whole = _plain(" ".join(texts))
    return all(word in whole for word in words)


def _plain(text: str) -> str:
    """Fold case and accents, so that `dien mat troi` finds điện mặt trời."""
    if text.isascii():
        return text.lower()
    from unicodedata import combining, normalize

    return normalize("NFC", "".join(c for c in normalize("NFD", text.casefold()) if not combining(c) or c in _KANA_MARKS)).replace("đ", "d")


def _language(lang: str | None, as_json: bool) -> Words | None:
    """Return the words of a list; None when there is no such language, which is said."""
    try:
        return words_of(lang, not as_json and sys.stdout.isatty())
    except ValueError as bad:
        say(str(bad))
        return None


def _print(rows: list[dict[str, Any]], keys: dict[str, str], words: Words | None, nothing: str) -> int:
    """Print rows as a table under titles of the catalogue, or as JSON without words."""
    if words is None:
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
        table.add_column(words(title), overflow="fold", no_wrap=key == "id" and len(rows) < 2000, justify="right" if key == "value" else "left")
    for row in rows:
        table.add_row(*(Text(str(row.get(key) if row.get(key) is not None else "—")) for key in keys))
    console.print(table)
    return DONE


def factors(search: str | None, country: str | None, as_json: bool, lang: str | None = None) -> int:
    """Run ``carboncalc factors``."""
    words = _language(lang, as_json)
    if words is None:
        return USAGE
    rows = []
    for id_ in library_of_factors.ids():
        tail = id_.rsplit(".", 1)[-1]
        if country and tail.split("-")[0] != country.upper():
            continue
        if not fits(search, id_) and not fits(search, id_, *(library_of_factors.label(id_) or {}).values()):
            continue
        entry = library_of_factors.entry(id_) or {}
        for value in entry["values"] if as_json else _newest(entry["values"]):
            rows.append({
                "id": id_, "label": entry["label"]["en"], "labels": entry["label"], "value": value["value"], "unit": value.get("unit"), "range": value.get("range"), "year": value.get("year"), "method": value.get("method"),
                "default": bool(value.get("default")) or len({v.get("method") for v in entry["values"]}) == 1, "match_note": value.get("status"), "source": value["source"], "page": value.get("page"), "confidence": value["confidence"],
            })  # fmt: skip
    if not as_json:
        rows = [
            {**row, "label": words.of(row["labels"]), "value": words.number(str(row["value"])), "confidence": words(f"confidence.{row['confidence']}")} for row in rows
        ]  # fmt: skip
    near = did_you_mean(search or "", {i.split(".")[0] for i in library_of_factors.ids()})
    return _print(
        rows,
        {
            "id": "list.id",
            "value": "say.value",
            "unit": "say.unit",
            "year": "say.year",
            "method": "list.method",
            "confidence": "say.confidence",
            "label": "list.what_it_is",
        },
        words if not as_json else None,
        f"no factor fits; {near or 'try one word, such as `diesel` or `grid`'}",
    )


def _newest(values: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of each method the newest value; the whole history is in --json and in explain."""
    newest: dict[Any, dict[str, Any]] = {}
    for value in values:
        if value["value"] is not None:
            newest[value.get("method")] = value
    return list(newest.values())


def methods(search: str | None, country: str | None, sector: str | None, measure: str | None, as_json: bool, lang: str | None = None) -> int:
    """Run ``carboncalc methods``."""
    words = _language(lang, as_json)
    if words is None:
        return USAGE
    heads = {id_: methodology.headline(id_) for id_ in methodology.ids()}
    wrong = _wrong_filter(heads, country, sector, measure)
    if wrong:
        say(wrong)
        return USAGE
    rows = []
    for id_, head in heads.items():
        if country and country.upper() not in head.get("countries", [country.upper()]):
            continue
        if (sector and head.get("sector") != sector.lower()) or not fits(measure, *head.get("measure", {}).values()):
            continue
        if fits(search, id_, *head["title"].values(), head.get("sector", ""), *head.get("measure", {}).values()):
            rows.append(_method(methodology.load(id_)))
    if as_json:
        print(json.dumps(rows, ensure_ascii=False, indent=2))
    elif rows:
        print(_methods(rows, columns(None), colour(False, sys.stdout), words), end="")
    else:
        say("no methodology fits; try fewer words, or `carboncalc methods` for all")
    return DONE


def _wrong_filter(heads: Mapping[str, Any], country: str | None, sector: str | None, measure: str | None) -> str | None:
    """Say what is wrong with a filter: a word that no methodology could ever carry is a slip, not an empty answer."""
    if country is not None and not (len(country) == 2 and country.isascii() and country.isalpha()):
        return f"--country '{country}' is not a country code; write two letters, such as VN"
    sectors = library.schema("methodology")["properties"]["sector"]["enum"]
    if sector is not None and sector.lower() not in sectors:
        return f"there is no sector '{sector}'; {did_you_mean(sector.lower(), sectors) or 'sectors: ' + ', '.join(sectors)}"
    told = [head["measure"] for head in heads.values() if "measure" in head]
    measures = sorted({m["en"] for m in told})
    if measure is not None and not any(fits(measure, *m.values()) for m in told):
        words = {word for m in measures for word in m.split()}
        return f"no measure is called '{measure}'; {did_you_mean(measure.lower(), [*measures, *words]) or 'measures: ' + ', '.join(measures)}"
    return None


def _method(found: methodology.Methodology) -> dict[str, Any]:
    """Return what a reader who chooses between methodologies asks of one."""
    meta = found.meta
    equations: dict[str, int] = {}
    for spec in found.equations.values():
        if "variant" not in spec:
            equations[spec["confidence"]] = equations.get(spec["confidence"], 0) + 1
    needed = [n for n, s in found.inputs.items() if _needed(s) and _needed(found.inputs[n.partition(".")[0]])]
    return {
        "id": found.id, "version": meta["version"], "title": meta["title"], "publisher": meta["publisher"]["name"], "scheme": meta["publisher"]["scheme"],
        "scope": meta.get("scope"), "sector": meta.get("sector"), "measure": meta.get("measure"), "countries": meta.get("countries"), "in_force": meta.get("in_force"),
        "confidence": meta["confidence"], "equations": {word: equations[word] for word in methodology.CONFIDENCE if word in equations},
        "needs": [_ask(n, found.inputs[n]) for n in needed], "optional": [_ask(n, s) for n, s in found.inputs.items() if n not in needed],
        "source": meta["source"], "not_covered": meta.get("not_covered", []),
    }  # fmt: skip


def _needed(spec: Mapping[str, Any]) -> bool:
    return "default" not in spec and not spec.get("optional")


def _ask(name: str, spec: Mapping[str, Any]) -> dict[str, Any]:
    text = spec.get("text")
    return {
        "name": name, "label": spec["label"], "unit": spec.get("unit"), "choices": text if isinstance(text, list) else None, "choice_labels": spec.get("choices"),
        "kind": "list" if "each" in spec else "shares" if "shares" in spec else "fuel" if text == "fuel" else "choice" if text else "quantity",
        "over_years": spec.get("over") == "year", "example": spec.get("example"),
    }  # fmt: skip


def _methods(rows: list[dict[str, Any]], width: int, coloured: bool, words: Words) -> str:
    """Render the list: a few lines for each methodology, which read the same at any width."""
    from ..reports.layout import Page
    from .explaining import kind

    page = Page(width, coloured, words)
    for row in rows:
        page.write(f"{row['id']} {row['version']}", "bold")
        page.write(words.of(row["title"]), "", 2)
        where = words("list.for", countries=", ".join(row["countries"]) if row["countries"] else words("say.any_country"))
        sort = ": ".join(kind(words, key, row[key]) for key in ("sector", "measure") if row[key])
        page.write(sort + words("say.break") + where if sort else where, "dim", 2)
        counts = ", ".join(words("confidence.counted", n=words.figure(n), word=words(f"confidence.{key}")) for key, n in row["equations"].items())
        sure = words("list.sure", whole=words.mark(row["confidence"]), counts=counts)
        page.write(sure, "yellow" if row["confidence"] in UNVERIFIED else "", 2)
        page.write(words("list.needs", names="; ".join(_needs(words, row["needs"]))), "", 2)
        page.write()
    page.write(words.count("list.methodologies", len(rows)), "dim")
    return str(page)


def _needs(words: Words, asked: list[dict[str, Any]]) -> list[str]:
    """Name the inputs with their units, the fields of a list behind it."""
    told = []
    for ask in asked:
        if "." in ask["name"]:
            continue
        fields = [f["name"].partition(".")[2] + _unit(words, f) for f in asked if f["name"].startswith(ask["name"] + ".")]
        told.append(ask["name"] + _unit(words, ask) + (words("list.with", fields=", ".join(fields)) if fields else ""))
    return told


def _unit(words: Words, ask: dict[str, Any]) -> str:
    return f" [{ask['unit']}]" if ask["unit"] not in (None, "1") else f" [{words('input_kind.' + ask['kind'])}]" if ask["kind"] != "quantity" else ""


def programmes(search: str | None, country: str | None, at: str | None, as_json: bool, lang: str | None = None) -> int:
    """Run ``carboncalc programmes``; a date leaves the versions in force on it."""
    words = _language(lang, as_json)
    if words is None:
        return USAGE
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
                    "from": span["from"] if as_json else words.day(span["from"]),
                    "to": span.get("to") if as_json else words.day(span["to"]) if "to" in span else None,
                    "criteria": [c["id"] for c in version["criteria"]],
                    "title": head["title"]["en"] if as_json else words.of(head["title"]),
                }
            )
    return _print(
        rows,
        {"id": "list.id", "version": "list.version", "from": "list.from", "to": "list.to", "title": "list.title"},
        words if not as_json else None,
        "no programme fits",
    )


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

"""guide: a static site of what the programmes ask and how reductions are computed, gathered from the libraries."""

import os
import re
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from os.path import basename, dirname, join
from typing import Any

from .. import __version__, catalogue, factors, library, methodology, programme
from ..appraise import appraise
from ..portfolio.tally import DONE, USAGE
from ..reports.words import Words
from .explaining import cases_of, held, parts_of
from .glossary import collect
from .language import words as words_of
from .streams import reason, say, write
from .templates import template

#: how the source of a case begins whose figures were worked out for it
DERIVED = "derived"
FACTS = join(dirname(dirname(__file__)), "guide.yaml")


def guide(folder: str, lang: str | None, country: str | None, quiet: bool) -> int:
    """Run ``carboncalc guide``; return the exit code."""
    try:
        words = words_of(lang)
        if country is not None and not (len(country) == 2 and country.isascii() and country.isalpha()):
            raise ValueError(f"--country '{country}' is not a country code; write two letters, such as VN")
        if find_spec("jinja2") is None:
            raise ValueError("the guide needs the package jinja2; install it with: pip install 'carboncalc[reports]'")
        from ..reports.guide.site import site

        files = list(site(gather(words, country and country.upper()), words))  # all of them, before the first is written
        for path, content in files:
            place = join(folder, *path.split("/"))
            os.makedirs(dirname(place), exist_ok=True)
            if not write([content], place):
                return USAGE
    except ValueError as bad:
        say(str(bad))
        return USAGE
    except OSError as bad:
        say(f"cannot write {folder}: {reason(bad)}")
        return USAGE
    if not quiet:
        say(f"{len(files)} files in {folder}; open {join(folder, 'index.html')}")
    return DONE


def own() -> dict[str, Any]:
    """Return what the guide tells beside the libraries: facts by section, with text by language, citation and confidence; and terms."""
    found: dict[str, Any] = library.cached("guide", [FACTS], lambda: library.read(FACTS).data)
    return found


def gather(words: Words, country: str | None) -> dict[str, Any]:
    """Collect what the pages are made of.

    Parameters
    ----------
    words : Words
        The language, in which the files of the worked examples are titled.
    country : str or None
        Leave out programmes, methodologies and factors that are not for this country.
    """
    return {
        "version": __version__,
        "country": country,
        "facts": own()["facts"],
        "programmes": [_programme(id_) for id_ in programme.paths() if country is None or programme.open_to(id_, country)],
        "methods": list(_methods(words, country)),
        "catalogue": {id_: row for id_, row in catalogue.known().items() if country in (None, row["country"])},
        "grid": list(_grid(country)),
        "glossary": collect(),
        "terms": own()["terms"],
        "sources": _sources(),
    }


def _sources() -> dict[str, Any]:
    path = join(library.data_path("factors"), "sources.yaml")
    found: dict[str, Any] = library.cached("sources", [path], lambda: library.read(path).data["sources"])
    return found


def _programme(id_: str) -> dict[str, Any]:
    head = programme.headline(id_)
    newest = programme.load(id_, None)
    assert newest is not None
    lists = {
        name: {**listed, "held": head["lists"][name] if isinstance(head["lists"][name], str) else id_}
        for name, listed in newest.meta["lists"].items()
    }
    return {**head, "versions": programme.versions(id_), "lists": lists}


def _methods(words: Words, country: str | None) -> Iterator[dict[str, Any]]:
    """Yield each methodology and each kind of exchange as plain data, with its worked example."""
    known = methodology.paths()
    for id_ in [*methodology.ids(), *(f"symbiosis/{kind}" for kind in methodology.exchanges())]:
        if country is not None and country not in methodology.headline(id_).get("countries", [country]):
            continue
        found = methodology.load_file(known[id_], known)
        meta = found.meta
        example = _example(found, words)
        yield {
            "id": id_,
            "kind": meta["kind"],
            "version": meta["version"],
            "title": meta["title"],
            "in_force": meta.get("in_force"),
            "publisher": meta["publisher"]["name"],
            "sector": meta.get("sector"),
            "countries": meta.get("countries"),
            "source": meta["source"],
            "confidence": meta["confidence"],
            "note": meta.get("note"),
            "not_covered": meta.get("not_covered", []),
            "inputs": found.inputs,
            "applicability": found.applicability,
            "equations": [*_equations(found), *_totals(found, example["result"])],
            "symbols": _symbols(found, example["result"]),
            "factors": [{"symbol": n, **spec, "values": held(spec["id"], spec.get("method", []))} for n, spec in found.factors.items()],
            "constants": [{"symbol": n, **spec} for n, spec in found.constants.items() if spec.get("value") is not None],
            "parts": parts_of(id_),
            "cases": [{**case, "derived": case["source"].startswith(DERIVED)} for case in cases_of(id_)],
            "example": example,
        }


def _equations(found: methodology.Methodology) -> Iterator[dict[str, Any]]:
    from ..formula import names

    for group in found.system.order:
        for name in group:
            spec = found.equations.get(name)
            if spec is not None and "variant" not in spec:
                tree = found.system.trees[name]
                yield {
                    "name": name,
                    "tree": tree,
                    "names": list(dict.fromkeys([name, *names(tree)])),
                    "label": spec["label"],
                    "cite": spec.get("cite", ""),
                    "confidence": spec.get("confidence"),
                }


def _totals(found: methodology.Methodology, result: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the sums over the terms, as the calculation of the example forms them."""
    from ..formula import names, parse

    steps = {step["name"]: step for step in result["steps"]}
    for spec in found.totals.values():
        step = steps.get(spec["symbol"])
        if step is not None:
            tree = parse(step["formula"], scales=True)
            used = list(dict.fromkeys([step["name"], *names(tree)]))
            yield {
                "name": step["name"],
                "tree": tree,
                "names": used,
                "label": spec["label"],
                "cite": spec.get("cite", ""),
                "confidence": step["confidence"],
            }


def _symbols(found: methodology.Methodology, result: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return label, LaTeX and unit of every symbol; those that the calculator itself adds, such as a GWP, come from the result."""
    rows: dict[str, Any] = {name: spec for name, spec in result["symbols"].items() if "." not in name}
    rows |= {s.get("symbol", n.rpartition(".")[2]): s for n, s in found.inputs.items() if "each" not in s}
    rows = {
        **rows,
        **found.factors,
        **found.constants,
        **found.equations,
        **{s["symbol"]: {**s, "unit": "tCO2e/year"} for s in found.totals.values()},
    }
    return {name: {key: spec.get(key) for key in ("label", "latex", "unit")} for name, spec in rows.items()}


def _example(found: methodology.Methodology, words: Words) -> dict[str, Any]:
    """Work an example: a published project where a case holds one, else the template with its example figures; an exchange has a case of its own."""
    import yaml

    cases = [library.read(path).data for path in _files(found.id)]
    chosen = next((case for case in cases if not _told(case["source"]).startswith(DERIVED)), None)
    kind = "published" if chosen else "computed"
    if chosen is None and found.meta["kind"] == "exchange":
        chosen = cases[0]
    project = chosen["project"] if chosen else library.parse(template(found, "VN", words), f"{basename(found.id)}.yaml").data
    head = "park" if project.get("kind") == "park" else "project"
    project = _plain({**project, head: {**project[head], "title": words.of(found.meta["title"])}})
    if kind == "computed":
        project.pop("factors", None)  # a value of a test is no example: the library's own is taken
    text = yaml.safe_dump(project, allow_unicode=True, sort_keys=False, default_flow_style=False, width=100)
    result = appraise(library.parse(text, f"{found.id.replace('/', '-')}.yaml")).to_dict()
    return {
        "kind": kind,
        "source": _told(chosen["source"]) if chosen and kind == "published" else "",
        "text": text,
        "result": result,
        "published": _published(chosen) if chosen and kind == "published" else [],
    }


def _plain(node: Any) -> Any:
    """Return a project with its years as numbers, as people write them."""
    if isinstance(node, dict):
        return {int(key) if str(key).isdigit() else key: _plain(value) for key, value in node.items()}
    return [_plain(value) for value in node] if isinstance(node, list) else node


def _files(id_: str) -> list[str]:
    return library.data_files(join("tests", "cases", *id_.split("/")))


def _told(source: Any) -> str:
    return ", ".join(str(source[key]) for key in ("title", "page", "address") if source.get(key)) if isinstance(source, Mapping) else str(source)


def _published(case: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the figures of a year that the case compares with, where they are printed as numbers."""
    found = []
    for name, value in case["expect"]["values"].items():
        match = re.fullmatch(r"(reduction|baseline|project)\[(\d{4})\]", name)
        if match and isinstance(value, int | float):
            found.append({"figure": match[1], "year": match[2], "value": float(value)})
    return found


def _grid(country: str | None) -> Iterator[dict[str, Any]]:
    """Yield the factors of electricity that belong to a country, with the sources of their values."""
    for id_ in sorted(factors.topic("electricity")):
        place = id_.rpartition(".")[2]
        if place[:2].isupper() and country in (None, place[:2]) and id_.split(".")[1] in ("grid", "average", "captive"):
            entry = factors.entry(id_) or {}
            values = [
                {**row, "source": {**factors.source(row["source"]), "page": row.get("page")}} for row in entry["values"] if row["value"] is not None
            ]
            yield {"id": id_, "country": place[:2], "label": entry["label"], "values": values}

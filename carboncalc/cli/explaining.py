"""explain: the page of a finding code, factor, methodology, programme or criterion."""

import json
from collections.abc import Mapping
from os.path import dirname, join
from typing import Any

from .. import factors, library, methodology, programme, units
from ..findings import Invalid, did_you_mean
from ..formula import text
from .estimating import DONE, USAGE, say


def pages() -> dict[str, Any]:
    """Return the pages of the finding codes."""
    path = join(dirname(dirname(__file__)), "findings.yaml")
    found: dict[str, Any] = library.cached("findings", [path], lambda: library.read(path).data)
    return found


def explain(subject: str, as_json: bool) -> int:
    """Run ``carboncalc explain``."""
    for look in (_code, _words, _factor, _methodology, _programme, _criterion):
        try:
            found = look(subject)
        except Invalid as bad:
            for finding in bad.findings:
                say(f"{finding.place.file}:{finding.place.line}: {finding.code} {finding.message}")
            return USAGE
        if found is not None:
            page, data = found
            print(json.dumps(data, ensure_ascii=False, indent=2) if as_json else page.rstrip())
            return DONE
    known = [*pages(), "units", "formulas", *methodology.ids(), *programme.paths(), *factors.ids()]
    say(
        f"nothing is called '{subject}'; {did_you_mean(subject, known) or 'try a finding code, a factor id, a methodology, a programme or a criterion'}"
    )
    return USAGE


def _code(subject: str) -> tuple[str, Any] | None:
    page = pages().get(subject.upper())
    if page is None:
        return None
    lines = [f"{subject.upper()}: {page['title']}", "", "What", _indent(page["what"]), "", "Why", _indent(page["why"])]
    for key, title in (("failing", "Fails"), ("passing", "Passes"), ("fix", "Fix")):
        if page.get(key):
            lines += ["", title, _indent(page[key])]
    return "\n".join(lines), page


def _words(subject: str) -> tuple[str, Any] | None:
    if subject == "units":
        with open(units.vocabulary.DEFINITIONS, encoding="utf-8") as file:
            content = file.read()
        return content, {"units": content}
    if subject == "formulas":
        from ..formula import grammar
        from ..formula.functions import FUNCTIONS

        page = (grammar.__doc__ or "") + "\nFunctions\n" + "\n".join(f"    {f.usage}" for f in FUNCTIONS.values())
        return page, {"functions": [f.usage for f in FUNCTIONS.values()]}
    return None


def _factor(subject: str) -> tuple[str, Any] | None:
    entry = factors.entry(subject) if "." in subject else None
    if entry is None:
        return None
    lines = [f"{subject}: {entry['label']['en']}"]
    if entry.get("note"):
        lines += ["", _indent(entry["note"])]
    methods: dict[str, list[Mapping[str, Any]]] = {}
    for row in entry["values"]:
        methods.setdefault(str(row.get("method")), []).append(row)
    for method, rows in methods.items():
        default = " (default)" if len(methods) == 1 or any(r.get("default") for r in rows) else ""
        lines += ["", f"Method {method}{default}"]
        for row in rows:
            value = f"{row['value']:g} {row['unit']}" if row["value"] is not None else f"— ({row.get('status', 'none')})"
            between = f"  [{row['range'][0]:g} to {row['range'][1]:g}]" if row.get("range") else ""
            doubt = "  UNVERIFIED" if row["confidence"] in factors.UNVERIFIED else ""
            lines.append(f"  {row.get('year', '')}  {value}{between}  {row['confidence']}{doubt}")
            source = factors.source(row["source"])
            lines.append(f"        {source['title']}" + (f", {row['page']}" if row.get("page") else ""))
            if source.get("address"):
                lines.append(f"        {source['address']}")
            for key in ("note", "conflict"):
                if row.get(key):
                    lines.append(_indent(f"{key}: {row[key]}", 8))
    return "\n".join(lines), {"id": subject, **entry}


def _methodology(subject: str) -> tuple[str, Any] | None:
    if subject.partition("@")[0] not in methodology.paths() or subject.startswith("carboncalc/"):
        return None
    id_ = subject.partition("@")[0]
    known = methodology.paths()
    found = methodology.load(subject) if methodology.headline(id_)["kind"] == "methodology" else methodology.load_file(known[id_], known)
    meta = found.meta
    lines = [f"{found.id} {meta['version']}: {meta['title']['en']}"]
    where = ", ".join(meta["countries"]) if "countries" in meta else "any country"
    lines += [
        f"{meta['publisher']['name']}; for {where}; equations {meta['confidence']}"
        + ("  UNVERIFIED" if meta["confidence"] in factors.UNVERIFIED else "")
    ]
    if meta.get("source"):
        lines.append("Source: " + ", ".join(str(meta["source"][k]) for k in ("title", "page", "address") if meta["source"].get(k)))
    if meta.get("note"):
        lines += ["", _indent(meta["note"]["en"])]
    if found.inputs:
        lines += ["", "Inputs"]
    for name, spec in found.inputs.items():
        unit = ", ".join(spec["text"]) if isinstance(spec.get("text"), list) else (spec.get("text") or spec.get("unit") or "list")
        need = "" if not ("default" in spec or spec.get("optional")) else "  optional"
        lines.append(f"  {name}  [{unit}]  {spec['label']['en']}{need}")
    lines += ["", "Equations"]
    for group in found.system.order:
        for name in group:
            if name not in found.equations or "variant" in found.equations[name]:
                continue
            spec = found.equations[name]
            role = f"  ({spec['role']}, {spec['gas']}, {spec['origin']})" if "role" in spec else ""
            role += f"  (saves {spec['saves']})" if "saves" in spec else ""
            lines.append(f"  {name} = {text(found.system.trees[name], scales=False)}  [{spec['unit']}]{role}")
            lines.append(f"        {spec['label'].get('en', '')}; {spec.get('cite', '')}; {spec.get('confidence', '')}")
    if found.factors:
        lines += ["", "Factors"]
    for name, spec in found.factors.items():
        lines.append(f"  {name}  {spec['id']}  [{spec['unit']}]" + (f"  method {', '.join(spec['method'])}" if spec.get("method") else ""))
    if found.constants:
        lines += ["", "Constants"]
    for name, spec in found.constants.items():
        if "value" in spec:
            lines.append(f"  {name} = {spec['value']}  {spec['confidence']}; {spec['source']}" + (f", {spec['page']}" if spec.get("page") else ""))
    if found.applicability:
        lines += ["", "Applies when"]
    for row in found.applicability:
        lines.append(f"  {row['id']}: {row['label']['en']}" + (f" ({row['met']})" if "met" in row else f" — {row['ask']}"))
    if meta.get("not_covered"):
        lines += ["", "Left out", *(f"  {line}" for line in meta["not_covered"])]
    data = {
        "id": found.id,
        **meta,
        "inputs": found.inputs,
        "factors": found.factors,
        "constants": found.constants,
        "equations": found.equations,
        "applicability": found.applicability,
    }
    return "\n".join(lines), data


def _programme(subject: str) -> tuple[str, Any] | None:
    if subject.partition("@")[0] not in programme.paths():
        return None
    found = programme.load(subject, None)
    assert found is not None
    rules = found.rules
    lines = [
        f"{found.id} {found.version}: {found.meta['title']['en']}",
        f"in force {rules['in_force']['from']} to {rules['in_force'].get('to', 'open')}; {found.meta.get('publisher', '')}",
    ]
    for note in (found.meta.get("note"), rules.get("note")):
        if note:
            lines += ["", _indent(note["en"] if isinstance(note, dict) else note)]
    lines += ["", "Criteria"]
    for row in rules["criteria"]:
        lines += _rule(row)
    lines += ["", "Facts to state under `facts:`"]
    lines += [f"  {name} ({spec['type']}): {spec.get('ask') or spec['label']['en']}" for name, spec in rules.get("facts", {}).items()]
    return "\n".join(lines), {"id": found.id, "version": found.version, **found.meta, **rules}


def _rule(row: Mapping[str, Any]) -> list[str]:
    rule = row.get("test") or f"{row['value']} {row['compare']} {row['threshold']}"
    doubt = "  UNVERIFIED" if row["confidence"] in factors.UNVERIFIED else ""
    lines = [
        f"  {row['id']}: {row['label']['en']}" + ("" if row.get("required", True) else " (not required)"),
        f"        {rule}" + (f"  [{row['unit']}]" if row.get("unit") not in (None, "1") else ""),
    ]
    lines.append(f"        {row['cite']}; {row['confidence']}{doubt}")
    for key in ("why", "fix"):
        if row.get(key):
            lines.append(_indent(f"{key}: {row[key]['en']}", 8))
    return lines


def _criterion(subject: str) -> tuple[str, Any] | None:
    lines: list[str] = []
    rows = []
    for id_ in programme.paths():
        for version in programme.versions(id_):
            for row in version["criteria"]:
                if row["id"] == subject:
                    lines += [f"{id_} {version['version']}", *_rule(row), ""]
                    rows.append({"programme": id_, "version": version["version"], **row})
    return ("\n".join(lines), rows) if rows else None


def _indent(words: str, by: int = 2) -> str:
    return "\n".join(" " * by + line for line in str(words).rstrip().split("\n"))

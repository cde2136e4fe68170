"""explain: the page of a finding code, factor, methodology, programme or criterion."""

import json
import re
from collections.abc import Mapping, Sequence
from os.path import basename, dirname, join
from typing import Any

from .. import factors, library, methodology, programme, units
from ..findings import Invalid, did_you_mean
from ..formula import text
from ..portfolio.tally import DONE, USAGE
from ..reports.numbers import mark
from .streams import say


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
    known = [*pages(), "findings", "units", "formulas", "glossary", *methodology.ids(), *programme.paths(), *_criteria(), *factors.ids()]
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


def markdown() -> str:
    """Write the pages of all finding codes as Markdown: the reference that a site publishes."""
    lines = ["# Findings", ""]
    lines += ["What carboncalc finds, by code: what it means, why it matters, and how to mend it. `carboncalc explain CODE` prints one page.", ""]
    for code, page in pages().items():
        lines += [f"## {code}: {page['title']}", "", page["what"], "", page["why"], ""]
        for key, title in (("failing", "Fails:"), ("passing", "Passes:")):
            if page.get(key):
                lines += [title, "", "```yaml", str(page[key]).rstrip("\n"), "```", ""]
        lines += [page["fix"], ""]
    return "\n".join(lines)


def _words(subject: str) -> tuple[str, Any] | None:
    if subject == "findings":
        return markdown(), pages()
    if subject == "units":
        with open(units.vocabulary.DEFINITIONS, encoding="utf-8") as file:
            content = file.read()
        return content, {"units": content}
    if subject == "glossary":
        from .glossary import collect, render

        names = collect()
        return render(names), names
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
    lines += [f"{meta['publisher']['name']}; for {where}; equations {mark(meta['confidence'])}"]
    if "sector" in meta:
        lines.append("; ".join(f"{key} {meta[key]}" for key in ("sector", "measure", "scope") if key in meta))
    lines.append("Source: " + _source(meta["source"]))
    if meta.get("note"):
        lines += ["", _indent(meta["note"]["en"])]
    parts = parts_of(id_)
    if parts:
        lines += ["", "Parts"]
    for part in parts:
        lines += [f"  {part['id']} {part['version']}: {part['title']['en']} ({mark(part['confidence'])})", f"        {_source(part['source'])}"]
    if found.inputs:
        lines += ["", "Inputs"]
    for name, spec in found.inputs.items():
        lines += _input(name, spec)
    lines += ["", "Equations"]
    for group in found.system.order:
        for name in group:
            if name not in found.equations or "variant" in found.equations[name]:
                continue
            spec = found.equations[name]
            role = f"  ({spec['role']}, {spec['gas']}, {spec['origin']})" if "role" in spec else ""
            role += f"  (saves {spec['saves']})" if "saves" in spec else ""
            lines.append(f"  {name} = {text(found.system.trees[name], scales=False)}  [{spec['unit']}]{role}")
            lines.append(f"        {spec['label'].get('en', '')}; {spec.get('cite', '')}; {mark(spec.get('confidence'))}")
    if found.factors:
        lines += ["", "Factors"]
    library_values = {name: held(spec["id"], spec.get("method", [])) for name, spec in found.factors.items()}
    for name, spec in found.factors.items():
        lines.append(f"  {name}  {spec['id']}  [{spec['unit']}]" + (f"  method {', '.join(spec['method'])}" if spec.get("method") else ""))
        lines.append(f"        {spec['label']['en']}; {_counted(library_values[name])}")
    if found.constants:
        lines += ["", "Constants"]
    for name, spec in found.constants.items():
        if "value" in spec:
            lines.append(f"  {name} = {spec['value']}  {mark(spec['confidence'])}; {_source({'title': spec['source'], **spec})}")
            lines.append(f"        {spec['label']['en']}")
    if found.applicability:
        lines += ["", "Applies when"]
    for row in found.applicability:
        lines.append(f"  {row['id']}: {row['label']['en']}" + (f" ({row['met']})" if "met" in row else f" — {row['ask']}"))
        told = "; ".join(x for x in (row.get("cite", ""), mark(row["confidence"]) if "confidence" in row else "") if x)
        lines += [f"        {told}"] if told else []
    if meta.get("not_covered"):
        lines += ["", "Left out", *(f"  {line}" for line in meta["not_covered"])]
    cases = cases_of(id_)
    if cases:
        lines += ["", "Worked cases"]
    for case in cases:
        lines += [f"  {case['file']}: {case['title']}", f"        {case['source']}"]
    data = {
        "id": found.id, **meta, "parts": parts, "inputs": found.inputs,
        "factors": {name: {**spec, "values": library_values[name]} for name, spec in found.factors.items()},
        "constants": found.constants, "equations": found.equations, "applicability": found.applicability, "cases": cases,
    }  # fmt: skip
    return "\n".join(lines), data


def _source(source: Mapping[str, Any]) -> str:
    return ", ".join(str(source[key]) for key in ("title", "page", "address") if source.get(key))


def parts_of(id_: str) -> list[dict[str, Any]]:
    """Return the parts of a methodology, and theirs, each with the document it is from."""
    found: dict[str, dict[str, Any]] = {}
    waiting = [p["use"] for p in methodology.headline(id_).get("parts", [])]
    while waiting:
        name = waiting.pop(0)
        if name not in found:
            head = methodology.headline(name)
            found[name] = {key: head[key] for key in ("id", "version", "title", "source", "confidence")}
            waiting += [p["use"] for p in head.get("parts", [])]
    return list(found.values())


def _input(name: str, spec: Mapping[str, Any]) -> list[str]:
    """Write what one input is: unit or choices, label, example, and the default with its confidence."""
    choices = spec.get("text") or spec.get("of")
    units_ = [spec["unit"], *(other["unit"] for other in spec.get("instead", []))] if "unit" in spec else []
    kind = ", ".join(choices) if isinstance(choices, list) else choices or " or ".join(units_) or "list"
    default = spec.get("default")
    need = "optional" if default is not None or spec.get("optional") else "needed"
    years = ", may vary by year" if spec.get("over") == "year" else ""
    lines = [f"  {name}  [{kind}]  {spec['label']['en']}; {need}{years}"]
    if spec.get("example") is not None and not isinstance(spec["example"], Mapping):
        lines.append(f"        such as `{name.rpartition('.')[2]}: {spec['example']}`")
    elif spec.get("example"):
        lines.append(f"        such as `{name}: {{{', '.join(f'{k}: {v}' for k, v in spec['example'].items())}}}`")
    if spec.get("help"):
        lines.append(f"        {spec['help']}")
    for rule in spec.get("plausible", ()):
        ids = rule["range"] if isinstance(rule["range"], str) else ", ".join(rule["range"])
        per = f" per `{rule['per']}`" if "per" in rule else ""
        lines.append(f"        judged{per} by {ids} [{rule['unit']}]{', its upper end' if 'only' in rule else ''}; {rule['code']}")
    if default is not None:
        if "factor" in default:
            words = f"{default['factor']}; {_counted(held(default['factor'], spec.get('method', [])))}"
        else:
            given = f"equal to {default['formula']}" if "formula" in default else default["value"]
            words = f"{given}; " + "; ".join(str(default[k]) for k in ("source", "page") if default.get(k)) + f" ({mark(default.get('confidence'))})"
        lines.append(f"        default {words}")
    return lines


def held(id_: str, methods: Sequence[str]) -> dict[str, int]:
    """Count by confidence the values of the library that a factor may turn out to be."""
    pattern = re.compile(re.sub(r"\\\{\w+\\\}", "[^.]+", re.escape(id_)) + r"(\.[A-Z]{2})?")
    counts: dict[str, int] = {}
    for name in factors.topic(id_.split(".")[0]):
        if pattern.fullmatch(name):
            rows = [row for row in (factors.entry(name) or {})["values"] if row["value"] is not None]
            for row in [row for row in rows if row.get("method") in methods] or rows:
                counts[row["confidence"]] = counts.get(row["confidence"], 0) + 1
    return {word: counts[word] for word in methodology.CONFIDENCE if word in counts}


def _counted(counts: Mapping[str, int]) -> str:
    n = sum(counts.values())
    if not n:
        return "no value in the library"
    return f"{n} value{'s' if n != 1 else ''} in the library: " + ", ".join(f"{counts[word]} {mark(word)}" for word in counts)


def cases_of(id_: str) -> list[dict[str, str]]:
    """Return the worked cases of a methodology: what each shows, and whether its figures are published or derived."""
    try:
        paths = library.data_files(join("tests", "cases", *id_.split("/")))
    except FileNotFoundError:
        return []  # a part is worked in the cases of what uses it
    found = []
    for path in paths:
        data = library.read(path).data
        found.append({"file": basename(path), "title": data["title"], "source": _told(data["source"])})
    return found


def _told(source: Any) -> str:
    return _source(source) if isinstance(source, Mapping) else str(source)


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
    lines += ["", "Facts to state under `facts:`"] if rules.get("facts") else []
    lines += [f"  {name} ({spec['type']}): {spec.get('ask') or spec['label']['en']}" for name, spec in rules.get("facts", {}).items()]
    for listed in rules.get("choices", {}).values():
        lines += ["", f"{listed['label']['en']} ({listed['source']}; {listed['confidence']})"]
        lines += [f"  {key}: {row['label']['en']}" for key, row in listed["rows"].items()]
        if "factors" in listed:
            lines.append(f"  and those of `carboncalc factors {listed['factors'].partition('.{')[0]}`")
    lines += _values(rules) + _steps(rules) + _lists(found.meta["lists"])
    if found.meta.get("acts"):
        lines += ["", "Legal acts"]
    for act in found.meta.get("acts", []):
        since = f", in force {act['in_force']['from']} to {act['in_force'].get('to', 'open')}" if "in_force" in act else ""
        day = f" of {act['date']}" if "date" in act else ""
        lines.append(f"  {act['id']}{day}{since}: {act['label']['en']} ({act['confidence']}; {act['cite']})")
    others = [v["version"] for v in programme.versions(found.id)]
    if len(others) > 1:
        lines += ["", f"Versions: {', '.join(others)}; `carboncalc explain {found.id}@{others[0]}` shows one"]
    return "\n".join(lines), {"id": found.id, "version": found.version, **found.meta, **rules}


def _values(rules: Mapping[str, Any]) -> list[str]:
    """Show the constants and tables of a version, which an entry may state anew under `rules:`."""
    lines = ["", "Values of the rules; one read elsewhere is stated under `rules:` with its source"] if rules.get("constants") else []
    for name, spec in {**rules.get("constants", {}), **rules.get("tables", {})}.items():
        steps = ", ".join(f"from {start}: {value}" for start, value in spec.get("steps", {}).items())
        value = steps or ("not known" if spec["value"] is None else spec["value"])
        lines.append(f"  {name} = {value}  {spec['label']['en']}; {_doubt(spec)}")
        lines.append(f"        {spec['source']}" + (f", {spec['page']}" if spec.get("page") else ""))
        lines += [_indent(f"{key}: {spec[key]}", 8) for key in ("note", "conflict") if spec.get(key)]
        lines += [f"        also {other['value']}: {other['source']}; {_doubt(other)}" for other in spec.get("others", ())]
    return lines


def _steps(rules: Mapping[str, Any]) -> list[str]:
    lines = ["", "Steps"] if rules.get("steps") else []
    for step in rules.get("steps", ()):
        days = f"{step['days']} {'working ' if step.get('working') else ''}days" if "days" in step else "duration not known"
        most = f", at most {step['at_most']}" if "at_most" in step else ""
        lines += [f"  {step['label']['en']}: {days}{most}", f"        {step['cite']}; {_doubt(step)}"]
    if rules.get("dossier"):
        lines += ["", "Papers", *(f"  {paper['label']['en']}  {paper['cite']}; {_doubt(paper)}" for paper in rules["dossier"])]
    return lines


def _lists(lists: Mapping[str, Any]) -> list[str]:
    lines: list[str] = []
    for listed in lists.values():
        lines += ["", f"{listed['label']['en']} ({listed['source']}; {listed['confidence']})"]
        for country, row in listed["rows"].items():
            own = f"; {row['source']}" if row.get("source") else ""
            doubt = f"; {_doubt(row)}" if row.get("confidence") else ""
            lines.append(
                f"  {country}  {row['value'] or 'not signed as far as is known'}{own}{doubt}" + (f"; {row['note']}" if row.get("note") else "")
            )
            lines += [f"      conflicting: {other['value']} by {other['source']}; {_doubt(other)}" for other in row.get("others", ())]
    return lines


def _doubt(row: Mapping[str, Any]) -> str:
    return f"{row['confidence']}" + ("  UNVERIFIED" if row["confidence"] in factors.UNVERIFIED else "")


def _rule(row: Mapping[str, Any]) -> list[str]:
    rule = row.get("test") or f"{row['value']} {row['compare']} {row['threshold']}"
    rule = " and ".join(row["applies"]) + ": " + rule if row.get("applies") else rule
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


def _criteria() -> list[str]:
    return [row["id"] for id_ in programme.paths() for version in programme.versions(id_) for row in version["criteria"]]


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

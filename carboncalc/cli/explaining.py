"""explain: the page of a finding code, factor, methodology, programme or criterion."""

import json
import re
import sys
from collections.abc import Mapping, Sequence
from os.path import basename, dirname, join
from typing import Any

from .. import factors, library, methodology, programme, units
from ..findings import Invalid, did_you_mean
from ..formula import text
from ..portfolio.tally import DONE, USAGE
from ..reports.programmes import in_force
from ..reports.words import Words
from .language import words as words_of
from .streams import say


def pages() -> dict[str, Any]:
    """Return the pages of the finding codes."""
    path = join(dirname(dirname(__file__)), "findings.yaml")
    found: dict[str, Any] = library.cached("findings", [path], lambda: library.read(path).data)
    return found


def explain(subject: str, as_json: bool, lang: str | None = None) -> int:
    """Run ``carboncalc explain``."""
    try:
        words = words_of(lang, not as_json and sys.stdout.isatty())
    except ValueError as bad:
        say(str(bad))
        return USAGE
    for look in (_code, _subject, _factor, _methodology, _programme, _criterion):
        try:
            found = look(subject, words)
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


def _code(subject: str, words: Words) -> tuple[str, Any] | None:
    page = pages().get(subject.upper())
    if page is None:
        return None
    lines = [f"{subject.upper()}: {words.of(page['title'])}"]
    for key in ("what", "why", "failing", "passing", "fix"):
        if page.get(key):
            told = page[key] if isinstance(page[key], str) else words.of(page[key])  # an example keeps its lines
            lines += ["", words(f"explain.{key}"), _indent(told)]
    return "\n".join(lines), page


def markdown(words: Words) -> str:
    """Write the pages of all finding codes as Markdown: the reference that a site publishes."""
    lines = [f"# {words('explain.findings')}", "", words("explain.findings_about"), ""]
    for code, page in pages().items():
        lines += [f"## {code}: {words.of(page['title'])}", "", words.of(page["what"]), "", words.of(page["why"]), ""]
        for key in ("failing", "passing"):
            if page.get(key):
                lines += [words(f"explain.{key}") + ":", "", "```yaml", str(page[key]).rstrip("\n"), "```", ""]
        lines += [words.of(page["fix"]), ""]
    return "\n".join(lines)


def _subject(subject: str, words: Words) -> tuple[str, Any] | None:
    if subject == "findings":
        return markdown(words), pages()
    if subject == "units":
        with open(units.vocabulary.DEFINITIONS, encoding="utf-8") as file:
            content = file.read()
        return content, {"units": content}
    if subject == "glossary":
        from .glossary import collect, render

        names = collect()
        return render(names, words), names
    if subject == "formulas":
        from ..formula import grammar
        from ..formula.functions import FUNCTIONS

        page = (grammar.__doc__ or "") + f"\n{words('explain.functions')}\n" + "\n".join(f"    {f.usage}" for f in FUNCTIONS.values())
        return page, {"functions": [f.usage for f in FUNCTIONS.values()]}
    return None


def _factor(subject: str, words: Words) -> tuple[str, Any] | None:
    entry = factors.entry(subject) if "." in subject else None
    if entry is None:
        return None
    lines = [f"{subject}: {words.of(entry['label'])}"]
    if entry.get("note"):
        lines += ["", _indent(words.of(entry["note"]))]
    methods: dict[str, list[Mapping[str, Any]]] = {}
    for row in entry["values"]:
        methods.setdefault(str(row.get("method")), []).append(row)
    for method, rows in methods.items():
        default = words("explain.is_default") if len(methods) == 1 or any(r.get("default") for r in rows) else ""
        lines += ["", words("explain.method", method=method, default=default)]
        for row in rows:
            nothing = kind(words, "value_status", row["status"]) if "status" in row else words("say.none")
            value = f"{words.number(format(row['value'], 'g'))} {row['unit']}" if row["value"] is not None else f"— ({nothing})"
            between = f"  [{words.span(*(words.number(format(end, 'g')) for end in row['range']))}]" if row.get("range") else ""
            lines.append(f"  {row.get('year', '')}  {value}{between}  {_doubt(words, row)}")
            source = factors.source(row["source"])
            lines.append(f"        {source['title']}" + (f", {words.of(row['page'])}" if row.get("page") else ""))
            if source.get("address"):
                lines.append(f"        {source['address']}")
            for key in ("note", "conflict"):
                if row.get(key):
                    lines.append(_indent(words(f"trace.{key}", text=words.of(row[key])), 8))
    return "\n".join(lines), {"id": subject, **entry}


def _methodology(subject: str, words: Words) -> tuple[str, Any] | None:
    if subject.partition("@")[0] not in methodology.paths() or subject.startswith("carboncalc/"):
        return None
    id_ = subject.partition("@")[0]
    known = methodology.paths()
    found = methodology.load(subject) if methodology.headline(id_)["kind"] == "methodology" else methodology.load_file(known[id_], known)
    meta = found.meta
    lines = [f"{found.id} {meta['version']}: {words.of(meta['title'])}"]
    where = ", ".join(meta["countries"]) if "countries" in meta else words("say.any_country")
    lines += [words("explain.published", publisher=words.of(meta["publisher"]["name"]), countries=where, sure=words.mark(meta["confidence"]))]
    if "sector" in meta:
        lines.append(
            words("say.break").join(
                words(f"explain.{key}", name=kind(words, key, meta[key])) for key in ("sector", "measure", "scope") if key in meta
            )
        )
    lines.append(words("explain.source", source=_source(words, meta["source"])))
    if meta.get("note"):
        lines += ["", _indent(words.of(meta["note"]))]
    parts = parts_of(id_)
    if parts:
        lines += ["", words("explain.parts")]
    for part in parts:
        lines += [
            f"  {part['id']} {part['version']}: {words.of(part['title'])} ({words.mark(part['confidence'])})",
            f"        {_source(words, part['source'])}",
        ]
    if found.inputs:
        lines += ["", words("explain.inputs")]
    for name, spec in found.inputs.items():
        lines += _input(words, name, spec)
    lines += ["", words("explain.equations")]
    for group in found.system.order:
        for name in group:
            if name not in found.equations or "variant" in found.equations[name]:
                continue
            spec = found.equations[name]
            role = f"  ({words('role.' + spec['role'])}, {spec['gas']}, {words('origin_word.' + spec['origin'])})" if "role" in spec else ""
            role += "  " + words("explain.saves", kind=words(f"saving.{spec['saves']}")) if "saves" in spec else ""
            lines.append(f"  {name} = {text(found.system.trees[name], scales=False)}  [{spec['unit']}]{role}")
            lines.append(f"        {words.of(spec['label'])}; {words.of(spec.get('cite', ''))}; {words.mark(spec.get('confidence'))}")
    if found.factors:
        lines += ["", words("explain.factors")]
    library_values = {name: held(spec["id"], spec.get("method", [])) for name, spec in found.factors.items()}
    for name, spec in found.factors.items():
        lines.append(
            f"  {name}  {spec['id']}  [{spec['unit']}]"
            + ("  " + words("explain.by_method", names=", ".join(spec["method"])) if spec.get("method") else "")
        )
        lines.append(f"        {words.of(spec['label'])}; {_counted(words, library_values[name])}")
    if found.constants:
        lines += ["", words("explain.constants")]
    for name, spec in found.constants.items():
        if "value" in spec:
            lines.append(
                f"  {name} = {_given(words, spec['value'])}  {words.mark(spec['confidence'])}; {_source(words, {'title': spec['source'], **spec})}"
            )
            lines.append(f"        {words.of(spec['label'])}")
    if found.applicability:
        lines += ["", words("explain.applies_when")]
    for row in found.applicability:
        lines.append(f"  {row['id']}: {words.of(row['label'])}" + (f" ({row['met']})" if "met" in row else f" — {words.of(row['ask'])}"))
        told = "; ".join(x for x in (words.of(row.get("cite", "")), words.mark(row["confidence"]) if "confidence" in row else "") if x)
        lines += [f"        {told}"] if told else []
    if meta.get("not_covered"):
        lines += ["", words("explain.left_out"), *(f"  {words.of(line)}" for line in meta["not_covered"])]
    cases = cases_of(id_)
    if cases:
        lines += ["", words("explain.cases")]
    for case in cases:
        lines += [f"  {case['file']}: {words.of(case['title'])}", f"        {words.of(case['source'])}"]
    data = {
        "id": found.id, **meta, "parts": parts, "inputs": found.inputs,
        "factors": {name: {**spec, "values": library_values[name]} for name, spec in found.factors.items()},
        "constants": found.constants, "equations": found.equations, "applicability": found.applicability, "cases": cases,
    }  # fmt: skip
    return "\n".join(lines), data


def kind(words: Words, key: str, name: Any) -> str:
    """Return a word such as a sector in the language; a new one stands as it is written, and what has languages of its own needs no catalogue."""
    return words.of(name) if isinstance(name, Mapping) else words(f"{key}.{name}") if words.has(f"{key}.{name}") else str(name)


def _given(words: Words, value: Any) -> str:
    """Show a number of the data as it stands there, with the marks of the language."""
    return words.written(str(value))


def _source(words: Words, source: Mapping[str, Any]) -> str:
    return ", ".join(words.of(source[key]) for key in ("title", "page", "address") if source.get(key))


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


def _input(words: Words, name: str, spec: Mapping[str, Any]) -> list[str]:
    """Write what one input is: unit or choices, label, example, and the default with its confidence."""
    choices = spec.get("text") or spec.get("of")
    units_ = [spec["unit"], *(other["unit"] for other in spec.get("instead", []))] if "unit" in spec else []
    sort = (
        ", ".join(choices)
        if isinstance(choices, list)
        else kind(words, "input_kind", choices)
        if choices
        else words("explain.or").join(units_) or words("explain.list")
    )
    default = spec.get("default")
    need = words("explain.optional" if default is not None or spec.get("optional") else "explain.needed")
    years = words("explain.may_vary") if spec.get("over") == "year" else ""
    lines = [f"  {name}  [{sort}]  {words.of(spec['label'])}{words('say.break')}{need}{years}"]
    if spec.get("example") is not None and not isinstance(spec["example"], Mapping):
        lines.append("        " + words("explain.such_as", example=f"{name.rpartition('.')[2]}: {spec['example']}"))
    elif spec.get("example"):
        lines.append("        " + words("explain.such_as", example=f"{name}: {{{', '.join(f'{k}: {v}' for k, v in spec['example'].items())}}}"))
    if spec.get("help"):
        lines.append(f"        {words.of(spec['help'])}")
    for rule in spec.get("plausible", ()):
        ids = rule["range"] if isinstance(rule["range"], str) else ", ".join(rule["range"])
        per = words("explain.per", name=rule["per"]) if "per" in rule else ""
        only = words("explain.upper_end") if "only" in rule else ""
        lines.append("        " + words("explain.judged", per=per, ids=ids, unit=rule["unit"], only=only, code=rule["code"]))
    if default is not None:
        if "factor" in default:
            told = f"{default['factor']}; {_counted(words, held(default['factor'], spec.get('method', [])))}"
        else:
            given = words("explain.equal_to", formula=default["formula"]) if "formula" in default else _given(words, default["value"])
            source = "; ".join(words.of(default[k]) for k in ("source", "page") if default.get(k))
            told = f"{given}; {source} ({words.mark(default.get('confidence'))})"
        lines.append("        " + words("explain.default", value=told))
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


def _counted(words: Words, counts: Mapping[str, int]) -> str:
    n = sum(counts.values())
    if not n:
        return words("explain.no_value")
    return words.count(
        "explain.values", n, counts=", ".join(words("confidence.counted", n=words.figure(counts[key]), word=words.mark(key)) for key in counts)
    )


def cases_of(id_: str) -> list[dict[str, str]]:
    """Return the worked cases of a methodology: what each shows, and whether its figures are published or derived."""
    try:
        paths = library.data_files(join("tests", "cases", *id_.split("/")))
    except FileNotFoundError:
        return []  # a part is worked in the cases of what uses it
    found = []
    for path in paths:
        data = library.read(path).data
        found.append(
            {
                "file": basename(path),
                "title": data["title"],
                "source": data["source"] if isinstance(data["source"], str) else _source(words_of("en"), data["source"]),
            }
        )
    return found


def _programme(subject: str, words: Words) -> tuple[str, Any] | None:
    if subject.partition("@")[0] not in programme.paths():
        return None
    found = programme.load(subject, None)
    assert found is not None
    rules = found.rules
    lines = [
        f"{found.id} {found.version}: {words.of(found.meta['title'])}",
        words("explain.in_force", publisher=words.of(found.meta.get("publisher", "")), **in_force(words, rules["in_force"])),
    ]
    for note in (found.meta.get("note"), rules.get("note")):
        if note:
            lines += ["", _indent(words.of(note))]
    lines += ["", words("explain.criteria")]
    for row in rules["criteria"]:
        lines += _rule(words, row)
    lines += ["", words("explain.facts")] if rules.get("facts") else []
    lines += [
        f"  {name} ({words('fact_type.' + spec['type'])}): {words.of(spec.get('ask')) or words.of(spec['label'])}" for name, spec in rules.get("facts", {}).items()
    ]  # fmt: skip
    for listed in rules.get("choices", {}).values():
        lines += ["", _listed(words, listed)]
        lines += [f"  {key}: {words.of(row['label'])}" for key, row in listed["rows"].items()]
        if "factors" in listed:
            lines.append("  " + words("explain.and_those_of", topic=listed["factors"].partition(".{")[0]))
    lines += _values(words, rules) + _steps(words, rules) + _lists(words, found.meta["lists"])
    if found.meta.get("acts"):
        lines += ["", words("explain.acts")]
    for act in found.meta.get("acts", []):
        since = words("explain.act_in_force", **in_force(words, act["in_force"])) if "in_force" in act else ""
        sure = words(f"confidence.{act['confidence']}")
        day = words("explain.of_day", day=words.day(act["date"])) if "date" in act else ""
        lines.append(f"  {act['id']}{day}{since}: {words.of(act['label'])} ({sure}; {act['cite']})")
    others = [v["version"] for v in programme.versions(found.id)]
    if len(others) > 1:
        lines += ["", words("explain.versions", names=", ".join(others), one=f"{found.id}@{others[0]}")]
    return "\n".join(lines), {"id": found.id, "version": found.version, **found.meta, **rules}


def _listed(words: Words, listed: Mapping[str, Any]) -> str:
    sure = words(f"confidence.{listed['confidence']}")
    return f"{words.of(listed['label'])} ({words.of(listed['source'])}; {sure})"


def _values(words: Words, rules: Mapping[str, Any]) -> list[str]:
    """Show the constants and tables of a version, which an entry may state anew under `rules:`."""
    lines = ["", words("explain.values_of_rules")] if rules.get("constants") else []
    for name, spec in {**rules.get("constants", {}), **rules.get("tables", {})}.items():
        steps = ", ".join(words("explain.from", start=start, value=_given(words, value)) for start, value in spec.get("steps", {}).items())
        value = steps or (words("say.not_known") if spec["value"] is None else _given(words, spec["value"]))
        lines.append(f"  {name} = {value}  {words.of(spec['label'])}; {_doubt(words, spec)}")
        lines.append(f"        {words.of(spec['source'])}" + (f", {words.of(spec['page'])}" if spec.get("page") else ""))
        lines += [_indent(words(f"trace.{key}", text=words.of(spec[key])), 8) for key in ("note", "conflict") if spec.get(key)]
        lines += [
            "        " + words("explain.also", value=_given(words, other["value"]), source=words.of(other["source"]), sure=_doubt(words, other)) for other in spec.get("others", ())
        ]  # fmt: skip
    return lines


def _steps(words: Words, rules: Mapping[str, Any]) -> list[str]:
    lines = ["", words("explain.steps")] if rules.get("steps") else []
    for step in rules.get("steps", ()):
        days = (
            words("explain.working_days" if step.get("working") else "explain.days", n=step["days"])
            if "days" in step
            else words("explain.no_duration")
        )
        most = words("explain.at_most", n=step["at_most"]) if "at_most" in step else ""
        lines += [f"  {words.of(step['label'])}: {days}{most}", f"        {step['cite']}; {_doubt(words, step)}"]
    if rules.get("dossier"):
        lines += ["", words("explain.papers")]
        lines += [f"  {words.of(paper['label'])}  {paper['cite']}; {_doubt(words, paper)}" for paper in rules["dossier"]]
    return lines


def _lists(words: Words, lists: Mapping[str, Any]) -> list[str]:
    lines: list[str] = []
    for listed in lists.values():
        lines += ["", _listed(words, listed)]
        for country, row in listed["rows"].items():
            own = f"; {words.of(row['source'])}" if row.get("source") else ""
            doubt = f"; {_doubt(words, row)}" if row.get("confidence") else ""
            value = _given(words, row["value"]) if row["value"] else words("explain.not_signed")
            lines.append(f"  {country}  {value}{own}{doubt}" + (f"; {words.of(row['note'])}" if row.get("note") else ""))
            lines += [
                "      "
                + words("explain.conflicting", value=_given(words, other["value"]), source=words.of(other["source"]), sure=_doubt(words, other))
                for other in row.get("others", ())
            ]
    return lines


def _doubt(words: Words, row: Mapping[str, Any]) -> str:
    return words(f"confidence.{row['confidence']}") + (f"  {words('explain.unverified')}" if row["confidence"] in factors.UNVERIFIED else "")


def _rule(words: Words, row: Mapping[str, Any]) -> list[str]:
    rule = row.get("test") or f"{row['value']} {row['compare']} {row['threshold']}"
    rule = " and ".join(row["applies"]) + ": " + rule if row.get("applies") else rule  # the language of the rules, not of the reader
    lines = [
        f"  {row['id']}: {words.of(row['label'])}" + ("" if row.get("required", True) else words("explain.not_required")),
        f"        {rule}" + (f"  [{row['unit']}]" if row.get("unit") not in (None, "1") else ""),
    ]
    lines.append(f"        {row['cite']}; {_doubt(words, row)}")
    for key in ("why", "fix"):
        if row.get(key):
            lines.append(_indent(words(f"explain.rule_{key}", text=words.of(row[key])), 8))
    return lines


def _criteria() -> list[str]:
    return [row["id"] for id_ in programme.paths() for version in programme.versions(id_) for row in version["criteria"]]


def _criterion(subject: str, words: Words) -> tuple[str, Any] | None:
    lines: list[str] = []
    rows = []
    for id_ in programme.paths():
        for version in programme.versions(id_):
            for row in version["criteria"]:
                if row["id"] == subject:
                    lines += [f"{id_} {version['version']}", *_rule(words, row), ""]
                    rows.append({"programme": id_, "version": version["version"], **row})
    return ("\n".join(lines), rows) if rows else None


def _indent(words: str, by: int = 2) -> str:
    return "\n".join(" " * by + line for line in str(words).rstrip().split("\n"))

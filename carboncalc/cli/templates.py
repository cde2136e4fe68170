"""init: a commented template made from the methodology itself, so that it always passes `check`."""

import sys
from collections.abc import Mapping
from typing import Any

from .. import methodology
from ..findings import Invalid
from ..portfolio.tally import DONE, USAGE
from ..reports.words import Words
from .language import words as words_of
from .streams import say, write


def init(name: str, output: str | None, country: str, lang: str | None = None) -> int:
    """Run ``carboncalc init``."""
    try:
        words = words_of(lang, output is None and sys.stdout.isatty())
        found = methodology.load(name)
    except Invalid as bad:
        for finding in bad.findings:
            say(f"{finding.message}; {finding.help}" if finding.help else finding.message)
        return USAGE
    except ValueError as bad:
        say(str(bad))
        return USAGE
    return DONE if write([template(found, country.upper(), words)], output) else USAGE


def template(found: methodology.Methodology, country: str, words: Words) -> str:
    """Return the template as YAML text, its comments in a language."""
    lines = [
        "# yaml-language-server: $schema=../schemas/project.schema.json",
        f"# {words('template.replace')}",
        "carboncalc: 1",
        "project:",
        f"  id: my-{found.id.split('/')[1]}-project",
        f"  title: {_quoted(words.of(found.meta['title']))}",
        f"  country: {found.meta.get('countries', [country])[0] if country not in found.meta.get('countries', [country]) else country}",
        "  region: ",
        f"  first_year: 2027               # {words('template.first_year')}",
        f"  years: 10                      # {words('template.years')}",
        f"methodology: {found.id}",
        f"gwp: AR5                         # {words('template.gwp')}",
        "inputs:",
    ]
    lines = [line for line in lines if line.strip() != "region:"]
    for field, spec in found.inputs.items():
        if "." in field:
            continue
        lines += _input(words, found, field, spec)
    lines += [
        f"# factors: {{}}                    # {words('template.factors')}",
        "# finance: {currency: JPY, investment: 100 million JPY}",
        "# credits: {share_japan: 50 %, share_host: 10 %, round_down: true}",
    ]
    return "\n".join(lines) + "\n"


def _input(words: Words, found: methodology.Methodology, name: str, spec: Mapping[str, Any]) -> list[str]:
    if "each" in spec:
        lines = [f"  {name}:{_pad(name, 2)}# {words('template.one_entry', label=words.of(spec['label']))}", f"    - id: {spec['each']}-1"]
        for field in spec["fields"]:
            lines += _line(words, field, found.inputs[f"{name}.{field}"], "      ")
        return lines
    if "shares" in spec:
        example = spec.get("example")
        if not isinstance(example, dict):
            rest = [t for t in spec["of"] if t != spec["of"][0]]
            example = {spec["of"][0]: "60 %", rest[-1]: "40 %"}
        about = words("template.shares", label=words.of(spec["label"]), types=", ".join(spec["of"]))
        lines = [f"  {name}:{_pad(name, 2)}# {about}"]
        return lines + [f"    {kind}: {share}" for kind, share in example.items()]
    return _line(words, name, spec, "  ")


def _line(words: Words, name: str, spec: Mapping[str, Any], indent: str) -> list[str]:
    optional = "default" in spec or spec.get("optional")
    example = spec.get("example")
    if example is None and isinstance(spec.get("text"), list):
        example = spec["text"][0]
    if isinstance(example, dict):
        example = "{" + ", ".join(f"{k}: {v}" for k, v in example.items()) + "}"
    about = words.of(spec["label"])
    if isinstance(spec.get("text"), list):
        about += ": " + ", ".join(spec["text"])
    elif "unit" in spec and spec["unit"] != "1":
        about += f" [{words('explain.or').join([spec['unit'], *(other['unit'] for other in spec.get('instead', []))])}]"
    if optional:
        about += words("template.optional")
    start = f"{indent}{'# ' if optional else ''}{name}: {example if example is not None else ''}"
    return [f"{start}{' ' * max(1, 36 - len(start))}# {about}"]


def _pad(name: str, indent: int) -> str:
    return " " * max(1, 36 - len(name) - indent - 1)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

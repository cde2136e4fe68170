"""init: a commented template made from the methodology itself, so that it always passes `check`."""

from collections.abc import Mapping
from typing import Any

from .. import methodology
from ..findings import Invalid
from ..portfolio.tally import DONE, USAGE
from .streams import say, write


def init(name: str, output: str | None, country: str) -> int:
    """Run ``carboncalc init``."""
    try:
        found = methodology.load(name)
    except Invalid as bad:
        for finding in bad.findings:
            say(f"{finding.message}; {finding.help}" if finding.help else finding.message)
        return USAGE
    return DONE if write([template(found, country.upper())], output) else USAGE


def template(found: methodology.Methodology, country: str) -> str:
    """Return the template as YAML text."""
    lines = [
        "# yaml-language-server: $schema=../schemas/project.schema.json",
        "# Replace every figure: they are examples, not defaults.",
        "carboncalc: 1",
        "project:",
        f"  id: my-{found.id.split('/')[1]}-project",
        f"  title: {_quoted(found.meta['title']['en'])}",
        f"  country: {found.meta.get('countries', [country])[0] if country not in found.meta.get('countries', [country]) else country}",
        "  region: ",
        "  first_year: 2027               # first year of operation",
        "  years: 10                      # years estimated",
        f"methodology: {found.id}",
        "gwp: AR5                         # SAR, AR4, AR5 or AR6; AR5 is what the Paris Agreement's rules use",
        "inputs:",
    ]
    lines = [line for line in lines if line.strip() != "region:"]
    for field, spec in found.inputs.items():
        if "." in field:
            continue
        lines += _input(found, field, spec)
    lines += [
        "# factors: {}                    # choose a factor's method or give a value of your own",
        "# finance: {currency: JPY, investment: 100 million JPY}",
        "# credits: {share_japan: 50 %, share_host: 10 %, round_down: true}",
    ]
    return "\n".join(lines) + "\n"


def _input(found: methodology.Methodology, name: str, spec: Mapping[str, Any]) -> list[str]:
    if "each" in spec:
        lines = [f"  {name}:{_pad(name, 2)}# {spec['label']['en']}; one entry per item", f"    - id: {spec['each']}-1"]
        for field in spec["fields"]:
            lines += _line(field, found.inputs[f"{name}.{field}"], "      ")
        return lines
    if "shares" in spec:
        example = spec.get("example")
        if not isinstance(example, dict):
            rest = [t for t in spec["of"] if t != spec["of"][0]]
            example = {spec["of"][0]: "60 %", rest[-1]: "40 %"}
        lines = [f"  {name}:{_pad(name, 2)}# {spec['label']['en']}; adds up to 100 %. Types: {', '.join(spec['of'])}"]
        return lines + [f"    {kind}: {share}" for kind, share in example.items()]
    return _line(name, spec, "  ")


def _line(name: str, spec: Mapping[str, Any], indent: str) -> list[str]:
    optional = "default" in spec or spec.get("optional")
    example = spec.get("example")
    if example is None and isinstance(spec.get("text"), list):
        example = spec["text"][0]
    if isinstance(example, dict):
        example = "{" + ", ".join(f"{k}: {v}" for k, v in example.items()) + "}"
    words = spec["label"]["en"]
    if isinstance(spec.get("text"), list):
        words += ": " + ", ".join(spec["text"])
    elif "unit" in spec and spec["unit"] != "1":
        others = "".join(f" or {o['unit']}" for o in spec.get("instead", []))
        words += f" [{spec['unit']}{others}]"
    if optional:
        words += " (optional)"
    start = f"{indent}{'# ' if optional else ''}{name}: {example if example is not None else ''}"
    return [f"{start}{' ' * max(1, 36 - len(start))}# {words}"]


def _pad(name: str, indent: int) -> str:
    return " " * max(1, 36 - len(name) - indent - 1)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

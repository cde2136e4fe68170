"""The schemas that editors read: their fixed part, and the inputs of every methodology and kind of exchange.

``python -m carboncalc.editor`` writes them into ``schemas/project.schema.json`` and ``park.schema.json``; a test keeps them current. Checking a
file on the command line uses the fixed part only, because the methodology itself then says what is wrong, in its own words.
"""

import json
from typing import Any

from . import factors, library, methodology


def project_schema() -> dict[str, Any]:
    """Return the whole schema of a project file."""
    fixed = {k: v for k, v in library.schema("project").items() if k != "allOf"}
    definitions = {k: v for k, v in fixed["definitions"].items() if not k.startswith("inputs-")}
    rules = []
    for id_ in methodology.ids():
        found = methodology.load(id_)
        named = {"properties": {"methodology": {"pattern": f"^{id_}(@.*)?$"}}, "required": ["methodology"]}
        name = "inputs-" + id_.replace("/", "-")
        definitions[name] = _inputs(found)
        inputs = {"properties": {"inputs": {"$ref": f"#/definitions/{name}"}}}
        rules.append({"if": named, "then": inputs})
        rules.append({"properties": {"measures": {"items": {"if": named, "then": inputs}}}})
    return {**fixed, "definitions": definitions, "allOf": rules}


def park_schema() -> dict[str, Any]:
    """Return the whole schema of a park file: what a project has too is taken from there."""
    fixed = library.schema("park")
    whole = library.schema("project")
    shared = {k: whole["properties"][k] for k in ("gwp", "conservative", "factors")}
    exchange = {k: v for k, v in fixed["definitions"]["exchange"].items() if k != "allOf"}
    rules = []
    for kind in methodology.exchanges():
        inputs = _inputs(methodology.load(f"symbiosis/{kind}", "exchange"))
        own = {k: v for k, v in inputs["properties"].items() if k not in exchange["properties"]}
        named = {"properties": {"kind": {"const": kind}}, "required": ["kind"]}
        rules.append({"if": named, "then": {"properties": own, "required": [k for k in inputs["required"] if k in own]}})
    definitions = {k: whole["definitions"][k] for k in ("quantity", "one")} | {"exchange": {**exchange, "allOf": rules}}
    return {**fixed, "properties": {**fixed["properties"], **shared}, "definitions": definitions}


def _inputs(found: methodology.Methodology) -> dict[str, Any]:
    properties: dict[str, Any] = {}
    for name, spec in found.inputs.items():
        if "." in name:
            continue
        if "each" in spec:
            properties[name] = _list(found, name, spec)
        elif "shares" in spec:
            properties[name] = _shares(spec)
        else:
            properties[name] = _value(spec)
    required = [n for n, s in found.inputs.items() if "." not in n and _needed(s)]
    words = f"the inputs of {found.id}: {', '.join(properties)}"
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False, "description": words}


def _list(found: methodology.Methodology, name: str, spec: dict[str, Any]) -> dict[str, Any]:
    inner = {field: found.inputs[f"{name}.{field}"] for field in spec["fields"]}
    named = {
        "id": {
            "type": "string",
            "pattern": "^[A-Za-z0-9][A-Za-z0-9_-]{0,60}$",
            "description": "a name of its own in this list, of letters, digits, - and _, such as `bus-12m`",
        },
        "title": {"type": "string", "description": "free text"},
    }
    needed = ["id", *(field for field in inner if _needed(inner[field]))]
    item = {"type": "object", "properties": named | {f: _value(s) for f, s in inner.items()}, "required": needed, "additionalProperties": False}
    example = _flow({"id": "…"} | {field: inner[field].get("example", "…") for field in needed[1:]})
    return {"type": "array", "minItems": 1, "items": item, "description": _words(spec, "list", f"- {example}")}


def _shares(spec: dict[str, Any]) -> dict[str, Any]:
    example = spec.get("example", {spec["of"][0]: "100 %"})
    share = {"allOf": [{"$ref": "#/definitions/one"}]}
    kinds = {kind: {**share, "description": f"share of {kind} such as `{example.get(kind, '10 %')}`"} for kind in spec["of"]}
    words = _words(spec, f"shares adding up to {spec.get('total', '100 %')}", _flow(example))
    return {"type": "object", "minProperties": 1, "properties": kinds, "additionalProperties": False, "description": words}


def _needed(spec: dict[str, Any]) -> bool:
    return "default" not in spec and not spec.get("optional")


def _value(spec: dict[str, Any]) -> dict[str, Any]:
    if "text" in spec:
        fuel = spec["text"] == "fuel"
        choices = sorted(factors.fuels()) if fuel else spec["text"]
        return {"enum": choices, "description": _words(spec, "fuel" if fuel else "one of a list", spec.get("example", choices[0]))}
    unit = (
        "a whole number"
        if spec.get("count")
        else " or ".join(["plain or %" if u == "1" else u for u in (spec["unit"], *(o["unit"] for o in spec.get("instead", [])))])
    )
    kind = "quantity" if spec.get("over") == "year" else "one"
    return {"allOf": [{"$ref": f"#/definitions/{kind}"}], "description": _words(spec, unit, spec.get("example", "…"))}


def _flow(content: dict[str, Any]) -> str:
    return "{" + ", ".join(f"{key}: {value}" for key, value in content.items()) + "}"


def _words(spec: dict[str, Any], unit: str, example: Any) -> str:
    """Write what an editor shows: label, unit, example, and the line of help where there is one."""
    return f"{spec['label']['en']} [{unit}], such as `{example}`" + (f". {spec['help']['en']}" if "help" in spec else "")


if __name__ == "__main__":
    for schema, content in (("project", project_schema()), ("park", park_schema())):
        with open(f"{library.data_path('schemas')}/{schema}.schema.json", "w", encoding="utf-8") as out:
            out.write(json.dumps(content, indent=1, ensure_ascii=False) + "\n")

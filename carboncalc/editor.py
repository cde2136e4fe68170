"""The project schema that editors read: its fixed part, and the inputs of every methodology.

``python -m carboncalc.editor`` writes them into ``schemas/project.schema.json``; a test keeps the file current. Checking a
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


def _inputs(found: methodology.Methodology) -> dict[str, Any]:
    properties: dict[str, Any] = {}
    for name, spec in found.inputs.items():
        if "." in name:
            continue
        if "each" in spec:
            fields = {field: _value(found.inputs[f"{name}.{field}"]) for field in spec["fields"]}
            needed = ["id", *(f for f in spec["fields"] if _needed(found.inputs[f"{name}.{f}"]))]
            named = {
                "id": {"type": "string", "description": "a name of its own in this list"},
                "title": {"type": "string", "description": "free text"},
            }
            item = {"type": "object", "properties": named | fields, "required": needed, "additionalProperties": False}
            properties[name] = {"type": "array", "minItems": 1, "items": item, "description": spec["label"]["en"]}
        elif "shares" in spec:
            kinds = {kind: {"$ref": "#/definitions/quantity"} for kind in spec["of"]}
            properties[name] = {
                "type": "object",
                "properties": kinds,
                "additionalProperties": False,
                "description": f"{spec['label']['en']}; adds up to 100 %",
            }
        else:
            properties[name] = _value(spec)
    required = [n for n, s in found.inputs.items() if "." not in n and _needed(s)]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _needed(spec: dict[str, Any]) -> bool:
    return "default" not in spec and not spec.get("optional")


def _value(spec: dict[str, Any]) -> dict[str, Any]:
    words = spec["label"]["en"]
    if spec.get("text") == "fuel":
        return {"enum": sorted(factors.fuels()), "description": words}
    if "text" in spec:
        return {"enum": spec["text"], "description": words}
    unit = "a whole number" if spec.get("count") else " or ".join([spec["unit"], *(o["unit"] for o in spec.get("instead", []))])
    return {"allOf": [{"$ref": "#/definitions/quantity"}], "description": f"{words} [{unit}], such as `{spec.get('example', '…')}`"}


if __name__ == "__main__":
    text = json.dumps(project_schema(), indent=1, ensure_ascii=False) + "\n"
    with open(f"{library.data_path('schemas')}/project.schema.json", "w", encoding="utf-8") as out:
        out.write(text)

"""JSON Schema: a quick look that says yes, and the jsonschema package for everything else.

Importing jsonschema and checking one file costs more than the whole estimate, and almost every file is
valid. So a small walker over the few keywords our schemas use answers "valid" at once; only when it
does not is jsonschema, the authority, asked what is wrong. A test holds the two to the same verdict.
"""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from ..findings import MOST, Finding, did_you_mean
from .cache import cached
from .data import data_path
from .yaml import Document

_schemas: dict[str, Any] = {}
_TYPES = {"object": (dict,), "array": (list,), "string": (str,), "number": (int, float), "integer": (int,), "boolean": (bool,), "null": (type(None),)}


def schema(name: str) -> Any:
    """Return a shipped schema by name: ``project``, ``methodology``, ``factors``, ``programme``, ``result``…"""
    if name not in _schemas:
        with open(f"{data_path('schemas')}/{name}.schema.json", encoding="utf-8") as file:
            _schemas[name] = json.load(file)
    return _schemas[name]


def fixed_part(name: str) -> Any:
    """Return a schema without what is generated from the methodologies, nine tenths of it: for projects, whose inputs are checked in the methodology's words."""

    def build() -> Any:
        whole = schema(name)
        definitions = {k: v for k, v in whole["definitions"].items() if not k.startswith("inputs-")}
        return {**{k: v for k, v in whole.items() if k != "allOf"}, "definitions": definitions}

    key = f"{name}-fixed"
    if key not in _schemas:
        _schemas[key] = cached(f"schema-{key}", (), build)  # the state of every schema is part of the name of whatever is kept
    return _schemas[key]


def validate(document: Document, rules: Any) -> list[Finding]:
    """Check a document against a schema; one finding with its place for each fault, none when valid."""
    if valid(document.data, rules, rules):
        return []
    import jsonschema

    findings: list[Finding] = []
    validator = jsonschema.validators.extend(jsonschema.Draft7Validator, {"pattern": _pattern})  # type: ignore[no-untyped-call]
    for problem in validator(rules).iter_errors(document.data):
        findings += _findings(document, problem)
        if len(findings) > MOST:
            break
    findings.sort(key=lambda f: (f.place.line, f.place.column))
    return list(dict.fromkeys(findings))


def _strict(pattern: str) -> str:
    """Read a `$` at the end as JSON Schema does: the end, and not the line end before it."""
    return pattern[:-1] + r"\Z" if pattern.endswith("$") else pattern


def _pattern(validator: Any, want: str, data: Any, rules: Any) -> Iterator[Any]:
    import jsonschema

    if isinstance(data, str) and not re.search(_strict(want), data):
        yield jsonschema.ValidationError(f"{data!r} does not match {want!r}")


def valid(data: Any, rules: Any, root: Any) -> bool:
    """Tell whether data fit a schema; knows the keywords our schemas use and no others."""
    if rules is True:
        return True
    if rules is False:
        return False
    for word, want in rules.items():
        check = _CHECKS.get(word)
        if check is not None and not check(data, want, rules, root):
            return False
    return True


def _type(data: Any, want: Any, rules: Any, root: Any) -> bool:
    for name in (want,) if isinstance(want, str) else want:
        if name == "number" or name == "integer":
            if isinstance(data, bool):
                continue
            if isinstance(data, int) or (isinstance(data, float) and (name == "number" or data.is_integer())):
                return True
        elif isinstance(data, _TYPES[name]):
            return True
    return False


def _ref(data: Any, want: str, rules: Any, root: Any) -> bool:
    target = root
    for step in want.removeprefix("#/").split("/"):
        target = target[step]
    return valid(data, target, root)


def _properties(data: Any, want: Any, rules: Any, root: Any) -> bool:
    return not isinstance(data, dict) or all(valid(data[k], sub, root) for k, sub in want.items() if k in data)


def _additional(data: Any, want: Any, rules: Any, root: Any) -> bool:
    if not isinstance(data, dict):
        return True
    known = rules.get("properties", {})
    patterns = rules.get("patternProperties", {})
    return all(valid(v, want, root) for k, v in data.items() if k not in known and not any(re.search(p, k) for p in patterns))


def _pattern_properties(data: Any, want: Any, rules: Any, root: Any) -> bool:
    return not isinstance(data, dict) or all(valid(v, sub, root) for p, sub in want.items() for k, v in data.items() if re.search(p, k))


def _if(data: Any, want: Any, rules: Any, root: Any) -> bool:
    branch = rules.get("then", True) if valid(data, want, root) else rules.get("else", True)
    return valid(data, branch, root)


_CHECKS: dict[str, Any] = {
    "type": _type,
    "$ref": _ref,
    "properties": _properties,
    "additionalProperties": _additional,
    "patternProperties": _pattern_properties,
    "if": _if,
    "required": lambda d, w, r, root: not isinstance(d, dict) or all(k in d for k in w),
    "propertyNames": lambda d, w, r, root: not isinstance(d, dict) or all(valid(k, w, root) for k in d),
    "minProperties": lambda d, w, r, root: not isinstance(d, dict) or len(d) >= w,
    "items": lambda d, w, r, root: not isinstance(d, list) or all(valid(x, w, root) for x in d),
    "minItems": lambda d, w, r, root: not isinstance(d, list) or len(d) >= w,
    "maxItems": lambda d, w, r, root: not isinstance(d, list) or len(d) <= w,
    "enum": lambda d, w, r, root: any(d == x and isinstance(d, bool) == isinstance(x, bool) for x in w),
    "const": lambda d, w, r, root: d == w and isinstance(d, bool) == isinstance(w, bool),
    "pattern": lambda d, w, r, root: not isinstance(d, str) or re.search(_strict(w), d) is not None,
    "minLength": lambda d, w, r, root: not isinstance(d, str) or len(d) >= w,
    "maxLength": lambda d, w, r, root: not isinstance(d, str) or len(d) <= w,
    "minimum": lambda d, w, r, root: isinstance(d, bool) or not isinstance(d, (int, float)) or d >= w,
    "maximum": lambda d, w, r, root: isinstance(d, bool) or not isinstance(d, (int, float)) or d <= w,
    "allOf": lambda d, w, r, root: all(valid(d, sub, root) for sub in w),
    "anyOf": lambda d, w, r, root: any(valid(d, sub, root) for sub in w),
    "oneOf": lambda d, w, r, root: sum(valid(d, sub, root) for sub in w) == 1,
    "not": lambda d, w, r, root: not valid(d, w, root),
}

_NAMES = {
    "object": "a mapping (`key: value`)",
    "array": "a list (`- …`)",
    "string": "a text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "null": "nothing",
}


def _findings(document: Document, problem: Any) -> list[Finding]:
    path = tuple(problem.absolute_path)
    word, want, data, rules = problem.validator, problem.validator_value, problem.instance, problem.schema
    place = document.place(path)
    name = f"`{path[-1]}`" if path and isinstance(path[-1], str) else "this value"
    if word == "additionalProperties":
        known = list(rules.get("properties", {}))
        patterns = rules.get("patternProperties", {})
        strange = [k for k in data if k not in known and not any(re.search(p, k) for p in patterns)]
        return [
            Finding(
                "CC111",
                "error",
                f"unknown key `{_short(k)}`",
                did_you_mean(k, known) or "keys here: " + ", ".join(known),
                document.place((*path, k), key=True),
            )
            for k in strange[: MOST + 1]
        ]
    if word == "required":
        missing = [k for k in want if k not in data]
        return [
            Finding(
                "CC112",
                "error",
                f"the key `{k}` is missing" + (f" in {name}" if path and isinstance(path[-1], str) else ""),
                _hint(rules.get("properties", {}).get(k)) or f"add `{k}: …`",
                place,
            )
            for k in missing
        ]
    if word == "propertyNames" or (problem.parent is not None and problem.parent.validator == "propertyNames"):
        return [
            Finding("CC111", "error", f"'{_short(str(data))}' cannot be a key here", rules.get("description", "") or "see `carboncalc schema`", place)
        ]
    if word == "not":
        return (
            [Finding("CC113", "error", rules.get("description", "a combination that cannot stand"), "delete one of the two", place)]
            if isinstance(data, dict)
            else []
        )
    expected = rules.get("description") or (want if isinstance(want, str) and word == "type" else "")
    if word in ("anyOf", "oneOf"):
        return [_best(document, problem, place, name, expected)]
    if word == "type":
        wanted = " or ".join(_NAMES.get(t, t) for t in ([want] if isinstance(want, str) else want))
        return [
            Finding("CC113", "error", f"{name} is {_kind(data)}; expected {wanted}", rules.get("description", "") or "see `carboncalc schema`", place)
        ]
    if word in ("enum", "const"):
        choices = [str(x) for x in (want if word == "enum" else [want])]
        return [
            Finding(
                "CC113",
                "error",
                f"{name} is '{_short(str(data))}'; expected {'one of ' if len(choices) > 1 else ''}{', '.join(choices)}",
                did_you_mean(str(data), choices) or "take one of these",
                place,
            )
        ]
    if word == "pattern":
        return [
            Finding(
                "CC113",
                "error",
                f"{name} is '{_short(str(data))}'" + (f"; expected {expected}" if expected else ", which has the wrong form"),
                "write it in that form",
                place,
            )
        ]
    bounds = {
        "minimum": "at least",
        "maximum": "at most",
        "minItems": "at least this many entries:",
        "minLength": "at least this many characters:",
        "maxLength": "at most this many characters:",
        "minProperties": "at least this many keys:",
    }
    return [
        Finding("CC113", "error", f"{name} must be {bounds.get(word, word)} {want}", rules.get("description", "") or "see `carboncalc schema`", place)
    ]


def _best(document: Document, problem: Any, place: Any, name: str, expected: str) -> Finding:
    """Of the alternatives, report on the one whose type fits the value; otherwise on all at once."""
    fitting = [e for e in problem.context if e.validator != "type" or e.relative_path]
    if isinstance(problem.instance, (dict, list)) and fitting:
        deepest = max(fitting, key=lambda e: len(e.absolute_path))
        inner = _findings(document, deepest)
        if inner:
            return inner[0]
    return Finding(
        "CC113", "error", f"{name} is {_kind(problem.instance)}" + (f"; expected {expected}" if expected else ""), "write it in that form", place
    )


def _hint(rules: Any) -> str:
    return str(rules.get("description", "")) if isinstance(rules, dict) else ""


def _kind(data: Any) -> str:
    kind = {dict: "a mapping", list: "a list", bool: "true or false", type(None): "empty"}.get(type(data))
    return kind or f"'{_short(str(data))}'"


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "…"


def walk_keywords(rules: Any) -> Sequence[str]:
    """List every keyword of a schema, for the test that the quick look knows them all."""
    found: list[str] = []
    if isinstance(rules, dict):
        for key, value in rules.items():
            found.append(key)
            if key in ("properties", "definitions", "patternProperties"):
                for sub in value.values():
                    found += walk_keywords(sub)
            elif key in ("enum", "const", "default", "examples", "required"):
                continue
            elif isinstance(value, list):
                for sub in value:
                    found += walk_keywords(sub)
            else:
                found += walk_keywords(value)
    return found

"""Schemas: current, known to the quick look, and the quick look agrees with jsonschema."""

import copy
import json
import re

import jsonschema
import pytest
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st

from carboncalc import editor, factors, library, methodology
from carboncalc.library.schema import _CHECKS, valid, walk_keywords

NAMES = [p.name.removesuffix(".schema.json") for p in sorted((ROOT / "schemas").glob("*.schema.json"))]
NOTES = {"$schema", "$id", "title", "description", "default", "examples", "definitions", "then", "else"}
FILES = sorted((ROOT / "examples").glob("*.yaml"))
EXAMPLES = [p for p in FILES if library.read(p).data.get("kind") != "park"]
PARKS = [p for p in FILES if p not in EXAMPLES] + [ROOT / "tests" / "parks" / "valid" / "dinh-vu.yaml"]


@pytest.mark.parametrize("name", ["project", "park"])
def test_the_schemas_of_editors_are_current(name: str) -> None:
    """Run `python -m carboncalc.editor` when this fails."""
    made = {"project": editor.project_schema, "park": editor.park_schema}[name]()
    assert json.loads((ROOT / "schemas" / f"{name}.schema.json").read_text(encoding="utf-8")) == made


@pytest.mark.parametrize("name", NAMES)
def test_schemas_are_sound_and_use_known_keywords_only(name: str) -> None:
    rules = library.schema(name)
    jsonschema.Draft7Validator.check_schema(rules)
    assert set(walk_keywords(rules)) <= set(_CHECKS) | NOTES


@pytest.mark.parametrize("kind", ["methodologies", "programmes", "factors"])
def test_every_data_file_follows_its_schema(kind: str) -> None:
    for path in library.data_files(kind):
        document = library.read(path)
        rules = library.schema({"part": "methodology", "exchange": "methodology"}.get(document.data["kind"], document.data["kind"]))
        assert valid(document.data, rules, rules) == jsonschema.Draft7Validator(rules).is_valid(document.data), path
        assert not library.validate(document, rules), path


def test_the_fixed_part_of_the_project_schema_stands_alone() -> None:
    fixed, whole = library.fixed_part("project"), library.schema("project")
    references = set(re.findall(r'"\$ref": "#/definitions/([^"]+)"', json.dumps(fixed)))
    assert references and references <= set(fixed["definitions"])
    assert {k: v for k, v in whole.items() if k not in ("allOf", "definitions")} == {k: v for k, v in fixed.items() if k != "definitions"}
    assert all(whole["definitions"][name] == rules for name, rules in fixed["definitions"].items())


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.stem)
def test_an_editor_accepts_the_examples_and_refuses_a_wrong_input(path) -> None:
    data = library.read(path).data
    check = jsonschema.Draft7Validator(library.schema("project"))
    assert not list(check.iter_errors(data))

    def inputs(project: dict) -> dict:
        return project["inputs"] if "inputs" in project else project["measures"][0]["inputs"]

    wrong = copy.deepcopy(data)
    inputs(wrong)["wast"] = "1 t/year"
    assert list(check.iter_errors(wrong))
    missing = copy.deepcopy(data)
    del inputs(missing)[next(iter(inputs(missing)))]
    assert list(check.iter_errors(missing))


@pytest.mark.parametrize("path", PARKS, ids=lambda p: p.stem)
def test_an_editor_accepts_the_parks_and_refuses_a_missing_input(path) -> None:
    data = library.read(path).data
    check = jsonschema.Draft7Validator(library.schema("park"))
    assert not list(check.iter_errors(data))
    for row in data["exchanges"]:
        name = next(k for k in row if k in ("heat", "volume", "mass", "electricity_generated", "users"))
        kept = row.pop(name)
        assert list(check.iter_errors(data)), name
        row[name] = kept


def test_the_park_schema_knows_every_kind_of_exchange() -> None:
    assert sorted(library.schema("park")["definitions"]["exchange"]["properties"]["kind"]["enum"]) == sorted(methodology.exchanges())


def places(node, path=()):
    yield path
    for key, value in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        yield from places(value, (*path, key))


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_the_quick_look_agrees_with_jsonschema(data) -> None:
    document = library.read(data.draw(st.sampled_from(EXAMPLES + PARKS))).data
    rules = library.schema(document.get("kind", "project"))
    path = data.draw(st.sampled_from([p for p in places(document) if p]))
    node = document
    for step in path[:-1]:
        node = node[step]
    change = data.draw(st.sampled_from([None, True, 0, -1, 1.5, "", "x", [], {}, {"value": 1}, "2025-09-30", "VN", "DELETE", "RENAME"]))
    if change == "DELETE":
        del node[path[-1]]
    elif change == "RENAME" and isinstance(node, dict):
        node["strange"] = node.pop(path[-1])
    else:
        node[path[-1]] = change
    assert valid(document, rules, rules) == jsonschema.Draft7Validator(rules).is_valid(document)


@pytest.mark.parametrize("id_", list(methodology.paths()))
def test_every_quantity_has_its_name_in_three_languages(id_: str) -> None:
    data = library.read(methodology.paths()[id_]).data
    specs = {**data.get("factors", {}), **data.get("constants", {}), **data.get("equations", {}), **data.get("totals", {}), **data.get("inputs", {})}
    for spec in list(specs.values()):
        specs |= spec.get("fields", {})
    for name, spec in specs.items():
        assert {"en", "ja", "vi"} <= set(spec["label"]), name
    assert {"en", "ja", "vi"} <= set(data["title"])


def test_the_first_word_of_a_factor_is_its_folder() -> None:
    for name in factors.topics():
        assert all(id_.split(".")[0] == name for id_ in factors.topic(name))

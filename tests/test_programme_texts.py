"""Every text of a programme that a person reads is there in English, Japanese and Vietnamese."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from conftest import ROOT

from carboncalc import library, programme

LANGUAGES = ("en", "ja", "vi")
#: what reports and `explain` print of a programme; citations, sources, pages and what another source says (`conflict`) stay as they are
TEXTS = ("title", "note", "label", "why", "fix", "ask", "say", "warns", "paper", "eligible", "not-eligible", "undetermined")
#: how a criterion or a fact must be told
NEEDED = {"criteria": ("label", "why", "fix"), "contradictions": ("say",), "see_also": ("why",)}
JAPANESE = re.compile("[\u3040-\u30ff\u4e00-\u9fff]")
CODE = re.compile("`[^`]+`")

PROGRAMMES = sorted(programme.paths())


def texts(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Walk a programme file and yield each text for people with its path."""
    for key, value in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        here = (*path, key)
        if path == ("source",):
            continue  # the title of a document is a citation
        if key in TEXTS or isinstance(value, dict) and "en" in value:
            yield here, value
        else:
            yield from texts(value, here)


@pytest.mark.parametrize("id_", PROGRAMMES)
def test_every_text_is_in_three_languages(id_: str) -> None:
    found = list(texts(library.read(programme.paths()[id_]).data))
    assert found
    for path, text in found:
        assert isinstance(text, dict), f"{path} is English only: {text}"
        assert tuple(text) == LANGUAGES, f"{path}: {text}"
        assert all(isinstance(t, str) and t.strip() == t and t for t in text.values()), path
        assert JAPANESE.search(text["ja"]), f"{path}: {text['ja']}"
        assert not JAPANESE.search(text["en"] + text["vi"]), path
        codes = sorted(CODE.findall(text["en"]))
        assert sorted(CODE.findall(text["ja"])) == sorted(CODE.findall(text["vi"])) == codes, f"{path}: what is in backticks is the same"


@pytest.mark.parametrize("id_", PROGRAMMES)
def test_what_every_entry_must_tell(id_: str) -> None:
    for version in programme.versions(id_):
        for section, keys in NEEDED.items():
            for row in version.get(section, ()):
                assert set(keys) <= set(row), f"{version['version']} {section} {row.get('id')}"
        for name, spec in version.get("facts", {}).items():
            assert {"label", "ask"} <= set(spec), f"{version['version']} {name}"


def test_the_result_carries_the_texts_as_the_library_holds_them() -> None:
    """What depends on the library alone is one object in all results: a batch of a thousand projects holds each text once."""
    from carboncalc.appraise import appraise

    document = library.read(ROOT / "examples" / "hai-phong-cement-waste-heat.yaml")
    first, second = (appraise(document).tree["programmes"] for _ in range(2))
    told = 0
    for one, other in zip(first, second, strict=True):
        for a, b in zip(one["criteria"], other["criteria"], strict=True):
            for key in ("label", "why", "fix", "paper"):
                if a[key]:
                    assert tuple(a[key]) == LANGUAGES
                    assert a[key] is b[key]
                    told += 1
    assert told > 20

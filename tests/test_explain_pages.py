"""The pages of the finding codes: what fails on a page really fails, with that code, and what passes really passes."""

import re
from pathlib import Path

import pytest
from conftest import EN, ROOT

import carboncalc
from carboncalc import library, methodology
from carboncalc.cli.explaining import markdown, pages
from carboncalc.findings import Invalid

PAGES = library.read(ROOT / "carboncalc" / "findings.yaml").data
TRIED = [c for c, page in PAGES.items() if "in" in page]
FOLDER = ROOT / "tests" / "explain"


def embed(base: str, name: str, snippet: str) -> str:
    """Put an example into a file: at the line ``# @name``, in the place of the keys it brings itself."""
    if name == "formula":
        return re.sub(r"formula: P \* D - x", lambda _: snippet, base, count=1)
    lines = base.split("\n")
    at = next(i for i, line in enumerate(lines) if line.strip() == f"# @{name}")
    indent = len(lines[at]) - len(lines[at].lstrip())
    keys = set(re.findall(r"^([\w.]+):", snippet, re.MULTILINE))
    kept, skipping = [], False
    for line in lines[:at]:
        deep = len(line) - len(line.lstrip())
        if deep <= indent and line.strip():
            skipping = deep == indent and line.strip().partition(":")[0] in keys
        kept += [] if skipping else [line]
    return "\n".join([*kept, *(" " * indent + line for line in snippet.rstrip().split("\n")), *lines[at + 1 :]])


def codes(where: str, snippet: str, tmp_path: Path) -> set[str]:
    """Return the codes that an example brings about, errors of the file included."""
    if where in ("file", "bytes"):
        text = snippet.encode().decode("unicode_escape") if where == "bytes" else snippet
        try:
            library.parse(text, "example.yaml")
        except Invalid as bad:
            return {f.code for f in bad.findings}
        return set()
    file, _, name = where.partition(".")
    text = embed((FOLDER / f"{file}.yaml").read_text(encoding="utf-8"), name, snippet)
    if file == "methodology":
        path = tmp_path / "example.yaml"
        path.write_text(text, encoding="utf-8")
        try:
            methodology.load_file(str(path))
        except Invalid as bad:
            return {f.code for f in bad.findings}
        return set()
    if file == "park":  # a park names project files beside it
        for other in FOLDER.glob("*.yaml"):
            (tmp_path / other.name).write_text(other.read_text(encoding="utf-8"), encoding="utf-8")
        path = tmp_path / "example.yaml"
        path.write_text(text, encoding="utf-8")
        found = carboncalc.check(path)
    else:
        found = carboncalc.check(library.parse(text, "example.yaml"))
    return {f.code for f in found} | {"error" for f in found if f.severity == "error"}


@pytest.mark.parametrize("code", TRIED)
def test_what_fails_fails(code, tmp_path) -> None:
    assert code in codes(PAGES[code]["in"], PAGES[code]["failing"], tmp_path)


@pytest.mark.parametrize("code", TRIED)
def test_what_passes_passes(code, tmp_path) -> None:
    found = codes(PAGES[code]["in"], PAGES[code]["passing"], tmp_path)
    assert code not in found
    assert "error" not in found, found
    if PAGES[code]["in"].startswith(("file", "bytes", "methodology")):
        assert not found


def test_every_page_is_whole_and_tried_or_says_why_not() -> None:
    for code, page in PAGES.items():
        assert {"title", "what", "why", "fix"} <= set(page), code
        assert ("in" in page) != ("by_hand" in page), f"{code}: say where its examples are tried (in), or why they cannot be (by_hand)"
        if "in" in page:
            assert {"failing", "passing"} <= set(page), code
    assert len(TRIED) >= 0.9 * len(PAGES)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda p: p.stem)
def test_the_files_for_examples_are_themselves_right(path, tmp_path) -> None:
    if path.stem == "methodology":
        assert methodology.load_file(str(path)).id == "test/example"
    else:
        found = carboncalc.check(path)
        assert not [f for f in found if f.severity == "error" or f.code >= "CC502"]


def test_the_list_of_all_pages_is_complete() -> None:
    text = markdown(EN)
    for code, page in pages().items():
        assert f"## {code}: {page['title']}" in text
        for key in ("what", "why", "failing", "passing", "fix"):
            for line in str(page.get(key, "")).splitlines():
                assert line in text, (code, key)

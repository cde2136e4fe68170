"""Finding codes: each has a page, each page has a code; broken files fail where and how they say."""

import re

import pytest
from conftest import ROOT

import carboncalc
from carboncalc import library, methodology
from carboncalc.findings import Invalid

INVALID = sorted((ROOT / "tests" / "projects" / "invalid").glob("*.yaml")) + sorted((ROOT / "tests" / "parks" / "invalid").glob("*.yaml"))
VALID = sorted((ROOT / "tests" / "projects" / "valid").glob("*.yaml")) + sorted((ROOT / "examples").glob("*.yaml"))
VALID += sorted((ROOT / "tests" / "parks" / "valid").glob("*.yaml"))
BROKEN = sorted((ROOT / "tests" / "methodologies" / "broken").glob("*.yaml"))


def test_codes_and_pages_are_the_same_set() -> None:
    used = set()
    for path in (ROOT / "carboncalc").rglob("*.py"):
        used |= set(re.findall(r"\bCC[0-9]{3}\b", path.read_text(encoding="utf-8")))
    pages = set(library.read(ROOT / "carboncalc" / "findings.yaml").data)
    assert used == pages


def told(path) -> tuple[str, int, int]:
    """Read what a file says of itself in its first line: ``# CC201 12:7 …``."""
    match = re.match(r"# (CC[0-9]{3}) ([0-9]+):([0-9]+)", path.read_text(encoding="utf-8"))
    assert match, f"{path} must begin with `# CODE line:column`"
    return match[1], int(match[2]), int(match[3])


@pytest.mark.parametrize("path", INVALID, ids=lambda p: p.stem)
def test_invalid_projects(path) -> None:
    code, line, column = told(path)
    with pytest.raises(Invalid) as caught:
        carboncalc.estimate(path)
    first = caught.value.findings[0]
    assert (first.code, first.place.line, first.place.column) == (code, line, column), first.message
    assert first.help
    assert len([f for f in caught.value.findings if f.severity == "error"]) == 1, "one fault per file"


@pytest.mark.parametrize("path", VALID, ids=lambda p: p.stem)
def test_valid_projects(path) -> None:
    assert not [f for f in carboncalc.check(path) if f.severity == "error"]


@pytest.mark.parametrize("path", BROKEN, ids=lambda p: p.stem)
def test_broken_methodologies(path) -> None:
    code, line, column = told(path)
    with pytest.raises(Invalid) as caught:
        methodology.load_file(str(path))
    first = caught.value.findings[0]
    assert (first.code, first.place.line, first.place.column) == (code, line, column), first.message
    assert first.help


def test_several_faults_are_reported_together() -> None:
    findings = carboncalc.check({
        "carboncalc": 1,
        "project": {"id": "x", "title": "x", "country": "VN", "first_year": 2027, "years": 1},
        "methodology": "jcm/mm-am005",
        "gwp": "AR5",
        "inputs": {"electricity_supplied": "44 GWh", "auxiliary_capacity": "0,5 MW", "operating_day": "350 day/year"},
    })  # fmt: skip
    assert sorted(f.code for f in findings) == ["CC111", "CC203", "CC205"]


@pytest.mark.parametrize("name", ["electricity_supplied", "auxiliary_capacity"])
def test_each_missing_input_is_named(name: str) -> None:
    data = library.read(ROOT / "examples" / "hai-phong-cement-waste-heat.yaml").data
    del data["inputs"][name]
    (finding,) = [f for f in carboncalc.check(data) if f.severity == "error"]
    assert finding.code == "CC112"
    assert name in finding.message

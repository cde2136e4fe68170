"""Finding codes: each has a page, each page has a code; broken files fail where and how they say."""

import re

import pytest
from conftest import ROOT

import carboncalc
from carboncalc import library, methodology
from carboncalc.findings import Finding, Invalid

INVALID = sorted((ROOT / "tests" / "projects" / "invalid").glob("*.yaml")) + sorted((ROOT / "tests" / "parks" / "invalid").glob("*.yaml"))
VALID = sorted((ROOT / "tests" / "projects" / "valid").glob("*.yaml")) + sorted((ROOT / "examples").glob("*.yaml"))
VALID += sorted((ROOT / "tests" / "parks" / "valid").glob("*.yaml"))
#: codes of methodology files, of the factor library and of the system, and notes that are no fault of the file
OF_OTHER_FILES = {
    *("CC100", "CC120", "CC121", "CC122", "CC123", "CC124", "CC125", "CC126", "CC127", "CC210", "CC310"),
    *("CC304", "CC307", "CC402", "CC407", "CC408", "CC409", "CC410", "CC425", "CC429", "CC435", "CC436", "CC437", "CC438", "CC443"),
    *("CC413", "CC417"),  # of programme files, and a note on a class of assets
    *("CC450", "CC451"),  # of a question put to `solve`
    *("CC560", "CC561", "CC562", "CC563", "CC565", "CC566", "CC567", "CC568"),  # of numbers that are drawn
    *("CC511", "CC512", "CC517", "CC518"),  # notes on a park and its projects
}
BROKEN = sorted((ROOT / "tests" / "methodologies" / "broken").glob("*.yaml"))


def test_codes_and_pages_are_the_same_set() -> None:
    used = set()
    for path in [*(ROOT / "carboncalc").rglob("*.py"), *(ROOT / "carboncalc" / "methodologies").rglob("*.yaml")]:
        used |= set(re.findall(r"\bCC[0-9]{3}\b", path.read_text(encoding="utf-8")))
    pages = set(library.read(ROOT / "carboncalc" / "findings.yaml").data)
    assert used == pages


def told(path) -> tuple[str, str, int, int]:
    """Read what a file says of itself in its first line: ``# CC201 12:7 …``, for a warning ``# CC520 warning 12:7 …``.

    A file whose first line is part of its fault says it in a file beside it that ends in ``.expect``.
    """
    beside = path.with_suffix(".expect")
    first = (beside if beside.exists() else path).read_bytes().partition(b"\n")[0].decode("utf-8")
    match = re.match(r"# (CC[0-9]{3}) (?:(warning|info) )?([0-9]+):([0-9]+)", first)
    assert match, f"{path} must begin with `# CODE line:column`"
    return match[1], match[2] or "error", int(match[3]), int(match[4])


def findings_of(path) -> list[Finding]:
    try:
        return carboncalc.check(path)
    except Invalid as bad:
        return bad.findings


@pytest.mark.parametrize("path", INVALID, ids=lambda p: p.stem)
def test_invalid_projects(path) -> None:
    code, severity, line, column = told(path)
    found = findings_of(path)
    errors = [f for f in found if f.severity == "error"]
    hits = [f for f in found if f.severity == severity and (f.code, f.place.line, f.place.column) == (code, line, column)]
    assert len(hits) == 1, [(f.code, f.place.line, f.place.column, f.message) for f in found]
    assert hits[0].help
    assert len(errors) == (severity == "error"), "one fault per file"
    if severity == "error":
        with pytest.raises(Invalid):
            carboncalc.estimate(path)
    else:  # what follows from the fault is told too: years that emit more, a limit that is passed
        others = {f.code for f in found if f.severity == "warning"} - {code}
        assert others <= {"CC401", "CC403", "CC501"}


def test_the_suite_of_wrong_inputs_is_broad() -> None:
    seen = [told(path) for path in INVALID]
    assert len(seen) >= 120
    of_projects = {c for c in library.read(ROOT / "carboncalc" / "findings.yaml").data if c not in OF_OTHER_FILES}
    assert of_projects - {code for code, *_ in seen} == set()


@pytest.mark.parametrize("path", VALID, ids=lambda p: p.stem)
def test_valid_projects(path) -> None:
    assert not [f for f in carboncalc.check(path) if f.severity == "error"]


@pytest.mark.parametrize("path", BROKEN, ids=lambda p: p.stem)
def test_broken_methodologies(path) -> None:
    code, _, line, column = told(path)
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

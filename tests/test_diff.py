"""diff and lock: what changed, exactly shared out, and whether the library still gives the locked answers."""

import copy
import json
import os
import shutil
import subprocess
import sys

import pytest
from conftest import ROOT
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import carboncalc
from carboncalc import library
from carboncalc.compare import ABSENT, changes, compare, mixed, pair_up
from carboncalc.estimation.summing import total
from carboncalc.findings import Invalid

BUS = ROOT / "examples" / "cat-ba-electric-buses.yaml"
EXAMPLES = sorted((ROOT / "examples").glob("*.yaml"))


def bus() -> dict:
    return copy.deepcopy(library.read(BUS).data)


def result(data: dict) -> dict:
    return carboncalc.estimate(data).to_dict()


def run(*arguments: str, cwd=ROOT, root=ROOT) -> subprocess.CompletedProcess:
    environment = {**os.environ, "PYTHONPATH": str(root), "COLUMNS": "100"}
    return subprocess.run(
        [sys.executable, "-m", "carboncalc", *arguments], capture_output=True, text=True, cwd=cwd, env=environment, encoding="utf-8"
    )


def test_a_project_does_not_differ_from_itself() -> None:
    found = compare(result(bus()), result(bus()))
    assert (found["change"], found["parts"], found["without_effect"], found["programmes"], found["finance"]) == (0.0, [], [], [], {})


def test_all_changes_applied_give_the_other_file() -> None:
    for base in EXAMPLES:
        for head in EXAMPLES:
            a, b = library.read(base).data, library.read(head).data
            assert mixed(a, changes(a, b)) == b
            assert mixed(a, []) == a


def test_entries_of_a_list_are_matched_by_id() -> None:
    a, b = bus(), bus()
    more = {**b["inputs"]["fleet"][0], "id": "bus-30-seats", "vehicles": 3}
    b["inputs"]["fleet"].insert(0, more)
    found = changes(a, b)
    assert [(c.name, c.base is ABSENT) for c in found] == [("inputs.fleet.bus-30-seats", True)]
    assert [c.name for c in changes(b, a)] == ["inputs.fleet.bus-30-seats"]


def test_one_changed_input_is_the_whole_cause() -> None:
    changed = bus()
    changed["inputs"]["fleet"][0]["baseline_fuel_use"] = "38 L/100km"
    found = compare(result(bus()), result(changed))
    assert [(p["kind"], p["name"], p["amount"]) for p in found["parts"]] == [
        ("inputs", "inputs.fleet.bus-50-seats.baseline_fuel_use", found["change"])
    ]


def test_what_two_changes_do_together_is_shared_evenly() -> None:
    changed = bus()
    fleet = changed["inputs"]["fleet"][0]
    fleet["vehicles"] = {2027: 2, 2028: 20, 2030: 60}  # doubled
    fleet["distance"] = {"value": "100000 km/year"}  # doubled, if the example has 50 000
    base = bus()
    base["inputs"]["fleet"][0]["distance"] = {"value": "50000 km/year"}
    found = compare(result(base), result(changed))
    one, two = (p["amount"] for p in found["parts"])
    assert one == pytest.approx(two, rel=1e-12)  # R doubled twice: 4 R - R = 3 R, each 1.5 R
    assert one == pytest.approx(1.5 * found["old"], rel=1e-12)


CHANGES = {
    "vehicles": st.integers(0, 200).map(lambda n: (("inputs", "fleet", 0, "vehicles"), n)),
    "fuel": st.integers(20, 60).map(lambda n: (("inputs", "fleet", 0, "baseline_fuel_use"), f"{n} L/100km")),
    "electricity": st.integers(5, 30).map(lambda n: (("inputs", "fleet", 0, "electricity_use"), f"{n / 10} kWh/km")),
    "gwp": st.sampled_from(["SAR", "AR4", "AR5", "AR6"]).map(lambda g: (("gwp",), g)),
    "years": st.integers(1, 30).map(lambda n: (("project", "years"), n)),
    "first": st.integers(2027, 2028).map(lambda n: (("project", "first_year"), n)),
    "grid": st.integers(1, 9).map(lambda n: (("factors", "electricity.grid"), {"value": f"0.{n} tCO2/MWh", "source": "test"})),
    "conservative": st.booleans().map(lambda b: (("conservative",), b)),
    "title": st.sampled_from(["a", "b"]).map(lambda t: (("project", "title"), t)),
}


def changed(data: dict, some: list) -> dict:
    data = copy.deepcopy(data)
    for path, value in some:
        here = data
        for step in path[:-1]:
            here = here[step] if isinstance(here, list) else here.setdefault(step, {})
        here[path[-1]] = value
    return data


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.one_of(*CHANGES.values()), max_size=6),
    st.lists(st.one_of(*CHANGES.values()), max_size=6),
    st.sampled_from(["reduction", "baseline", "reduction_per_year"]),
)
def test_the_parts_sum_to_the_whole_to_the_last_bit(left: list, right: list, figure: str) -> None:
    try:
        base, head = result(changed(bus(), left)), result(changed(bus(), right))
    except Invalid:  # a first year before the first vehicles, for one
        assume(False)
    found = compare(base, head, figure)
    summed = total(p["amount"] for p in found["parts"])
    assert summed + found["rounding"] == found["change"]
    assert abs(found["rounding"]) <= 1e-12 * max([abs(p["amount"]) for p in found["parts"]], default=0.0)
    back = compare(head, base, figure)
    assert back["change"] == -found["change"]


def test_another_methodology_and_its_inputs_are_one_cause() -> None:
    compost = next(p for p in EXAMPLES if "compost" in p.stem)
    found = compare(result(bus()), carboncalc.estimate(compost).to_dict())
    kinds = [p["kind"] for p in found["parts"]]
    assert kinds.count("methodology") == 1
    assert total(p["amount"] for p in found["parts"]) + found["rounding"] == found["change"]


def older(factor: str, value: str) -> dict:
    """Return a result as an older library with another value of a factor would have saved it."""
    own = bus()
    own["factors"] = {**own.get("factors", {}), factor: {"value": value, "source": "older edition"}}
    tree = result(own)
    tree["input"] = bus()
    for q in tree["quantities"]:
        if q["factor"] and q["factor"].startswith(factor) and q["match"] == "override":
            q["match"], q["factor"] = "exact", f"{factor}.VN"
    return tree


def test_a_newer_factor_in_the_library_is_the_cause() -> None:
    found = compare(older("electricity.grid", "0.7221 tCO2/MWh"), result(bus()))
    assert [(p["kind"], p["name"]) for p in found["parts"]] == [("factors", "electricity.grid.VN")]
    assert found["parts"][0]["old"].startswith("0.7221")
    assert found["parts"][0]["amount"] == found["change"] != 0


def test_library_and_file_together() -> None:
    new = bus()
    new["inputs"]["fleet"][0]["vehicles"] = 40
    found = compare(older("electricity.grid", "0.7221 tCO2/MWh"), result(new))
    assert [p["kind"] for p in found["parts"]] == ["factors", "inputs"]
    assert total(p["amount"] for p in found["parts"]) + found["rounding"] == found["change"]


def test_an_answer_that_neither_file_nor_factors_explain_is_the_code() -> None:
    tree = result(bus())
    tree["totals"]["reduction"] -= 5.0
    found = compare(tree, result(bus()))
    assert [(p["kind"], p["amount"]) for p in found["parts"]] == [("code", found["change"])]


def test_projects_are_paired_by_id() -> None:
    a, b, c = ({"project": {"id": i}, "totals": {}} for i in "abc")
    assert pair_up([a, b], [b, c]) == ([(b, b)], [c], [a])


def test_the_command(tmp_path) -> None:
    head = tmp_path / "head.yaml"
    head.write_text(BUS.read_text(encoding="utf-8").replace("35 L/100km ± 10 %", "38 L/100km"), encoding="utf-8")
    done = run("diff", str(BUS), str(head))
    assert done.returncode == 0
    assert "baseline_fuel_use" in done.stdout
    assert "→" in done.stdout
    assert run("diff", str(BUS), str(head), "-f", "markdown").stdout.startswith("<!-- carboncalc -->\n**The change adds")
    data = json.loads(run("diff", str(BUS), str(head), "-f", "json").stdout)
    assert data["differences"][0]["parts"][0]["amount"] == data["differences"][0]["change"]
    saved = tmp_path / "saved.json"
    assert run("estimate", str(BUS), "-o", str(saved)).returncode == 0
    assert json.loads(run("diff", str(saved), str(head), "-f", "json").stdout) == data
    assert "unchanged" in run("diff", str(saved), str(BUS)).stdout
    folders = run("diff", str(ROOT / "examples"), str(ROOT / "examples"))
    assert f"0 changed, {len(EXAMPLES)} unchanged" in folders.stdout
    assert run("diff", str(BUS), str(tmp_path / "none.yaml")).returncode == 2
    assert run("diff", str(BUS), str(head), "--of", "reductoin").returncode == 2
    broken = tmp_path / "broken.yaml"
    broken.write_text("carboncalc: 1\n", encoding="utf-8")
    assert run("diff", str(BUS), str(broken)).returncode == 3
    saved.write_text('{"carboncalc": 1, "x": NaN}', encoding="utf-8")
    assert "no number" in run("diff", str(saved), str(BUS)).stderr


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """A copy of the program whose library can be changed."""
    place = tmp_path_factory.mktemp("clone")
    for folder in ("carboncalc", "factors", "schemas", "examples"):
        shutil.copytree(ROOT / folder, place / folder, ignore=shutil.ignore_patterns("__pycache__"))
    return place


def test_a_lock_catches_a_changed_factor_and_says_by_how_much(clone) -> None:
    arguments = ("lock", "examples", "-o", "carboncalc.lock")
    assert run(*arguments, cwd=clone, root=clone).returncode == 0
    first = (clone / "carboncalc.lock").read_bytes()
    assert run(*arguments, cwd=clone, root=clone).returncode == 0
    assert (clone / "carboncalc.lock").read_bytes() == first
    held = json.loads(first)
    assert set(held["projects"]) == {f"examples/{p.name}" for p in EXAMPLES}
    assert {"cdm/ams-iii-c", "cdm/tool05", "carboncalc/finance", "carboncalc/cash-flow"} <= set(held["methodologies"])
    assert all(len(piece["sha256"]) == 64 for kind in ("methodologies", "factors", "programmes") for piece in held[kind].values())
    assert run(*arguments, "--check", cwd=clone, root=clone).returncode == 0

    grid = clone / "factors" / "electricity" / "VN.yaml"
    text = grid.read_text(encoding="utf-8")
    assert "0.6592" in text
    grid.write_text(text.replace("0.6592", "0.6000"), encoding="utf-8")
    done = run(*arguments, "--check", cwd=clone, root=clone)
    assert done.returncode == 1
    assert "electricity.grid.VN: 0.6592 tCO2/MWh → 0.6 tCO2/MWh" in done.stdout
    assert "tCO2e)" in done.stdout
    grid.write_text(text, encoding="utf-8")

    method = clone / "carboncalc" / "methodologies" / "cdm" / "tool05.yaml"
    method.write_text(method.read_text(encoding="utf-8") + "# a word more\n", encoding="utf-8")
    done = run(*arguments, "--check", cwd=clone, root=clone)
    assert done.returncode == 0  # another text, the same answers: told, not failed
    assert "cdm/tool05" in done.stdout

    example = clone / "examples" / BUS.name
    example.write_text(example.read_text(encoding="utf-8") + "# changed\n", encoding="utf-8")
    done = run(*arguments, "--check", cwd=clone, root=clone)
    assert done.returncode == 1
    assert "has changed since it was locked" in done.stdout


def test_a_missing_or_foreign_lock_is_told(tmp_path) -> None:
    assert run("lock", str(BUS), "--check", "-o", str(tmp_path / "none.lock")).returncode == 2
    (tmp_path / "x.lock").write_text("[]", encoding="utf-8")
    assert "not a lock file" in run("lock", str(BUS), "--check", "-o", str(tmp_path / "x.lock")).stderr

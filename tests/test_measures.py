"""Several measures in one project: results add up and stay apart, also where measures share the names of their quantities."""

import pytest
from conftest import EN, ROOT

import carboncalc
from carboncalc.reports import text, trace

FACTORY = carboncalc.estimate(ROOT / "examples" / "trang-due-factory-chillers.yaml").to_dict()
IDS = [m["id"] for m in FACTORY["measures"]]


def test_the_total_is_that_of_the_measures() -> None:
    assert IDS == ["cogeneration", "chillers", "lighting"]
    for role in ("baseline", "project", "leakage", "reduction", "reduction_energy"):
        assert FACTORY["totals"][role] == pytest.approx(sum(m["totals"][role] for m in FACTORY["measures"]), rel=1e-12)


@pytest.mark.parametrize("id_", IDS)
def test_a_measure_gives_the_same_alone(id_: str) -> None:
    document = carboncalc.library.read(ROOT / "examples" / "trang-due-factory-chillers.yaml").data
    (measure,) = [m for m in document["measures"] if m["id"] == id_]
    alone = {k: v for k, v in document.items() if k not in ("measures", "finance", "programmes")}
    alone |= {"methodology": measure["methodology"], "inputs": measure["inputs"]}
    (within,) = [m["totals"] for m in FACTORY["measures"] if m["id"] == id_]
    assert carboncalc.estimate(alone).totals["reduction"] == pytest.approx(within["reduction"], rel=1e-12)


def test_a_name_shared_by_measures_keeps_the_label_of_each() -> None:
    """The electricity of the chillers and that of the lighting are both EC, the reference efficiencies both eta_RE."""
    page = " ".join(text.render(FACTORY, 400, False, EN).split())
    assert "Electricity of the project chiller [chillers, chiller-1]" in page
    assert "Reference efficacy printed in the methodology [lighting, halls]" in page
    assert "Efficiency of the reference boiler printed in the methodology [cogeneration]" in page


@pytest.mark.parametrize("id_", IDS)
def test_a_derivation_stays_within_its_measure(id_: str) -> None:
    page = trace.render(FACTORY, f"reduction[{id_},2028]", 100, False, EN)
    assert page is not None
    assert page.startswith(f"ER_p[{id_}, 2028]")
    assert not any(f"[{other}" in page for other in IDS if other != id_)

"""A word that is almost right is answered with the right one, wherever words are read."""

import copy
import subprocess
import sys
from typing import Any

import pytest
from conftest import ROOT

import carboncalc
from carboncalc import library

BUSES = library.read(ROOT / "tests" / "explain" / "buses.yaml").data
WASTE = library.read(ROOT / "tests" / "explain" / "waste.yaml").data


def with_(base: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    data = copy.deepcopy(base)
    *above, last = path.split("/")
    node: Any = data
    for step in above:
        node = node[int(step)] if isinstance(node, list) else node.setdefault(step, {})
    node[last] = value
    return data


WORDS = [
    # keys of the file, level by level
    (BUSES, "gwpp", "AR5", "CC111", "gwp"),
    (BUSES, "project/contry", "VN", "CC111", "country"),
    (BUSES, "finance/anual_benefit", "1 JPY/year", "CC111", "annual_benefit"),
    (BUSES, "finance/exchange_rate", {}, "CC111", "exchange_rates"),
    (BUSES, "programmes/0/subsidy_rat", "30 %", "CC405", "subsidy_rate"),
    (BUSES, "inputs/flete", [], "CC111", "fleet"),
    (BUSES, "inputs/fleet/0/vehicels", 3, "CC111", "vehicles"),
    (BUSES, "inputs/fleet/0/distance", {"value": "40000 km/year", "sorce": "x"}, "CC111", "source"),
    (BUSES, "factors/electricity.grid", {"value": "0.7 tCO2/MWh", "sorce": "x"}, "CC111", "source"),
    (WASTE, "inputs/composition", {"fod": "80 %", "inert": "20 %"}, "CC113", "food"),
    # choices
    (BUSES, "gwp", "AR55", "CC113", "AR5"),
    (WASTE, "inputs/disposal_site", "unmanaged-depp", "CC113", "unmanaged-deep"),
    (WASTE, "inputs/climate", "tropical-wett", "CC113", "tropical-wet"),
    # the library
    (BUSES, "inputs/fleet/0/baseline_fuel", "disel", "CC301", "diesel"),
    (BUSES, "inputs/fleet/0/electricity_use", "1.2 kWhh/km", "CC201", "kWh"),
    (BUSES, "factors/electricity.gird", {"value": "0.7 tCO2/MWh", "source": "x"}, "CC306", "electricity.grid"),
    (BUSES, "factors/electricity.grid", "ifi-omm", "CC303", "ifi-om"),
    (BUSES, "methodology", "cdm/ams-iii-cc", "CC115", "cdm/ams-iii-c"),
    (BUSES, "methodology", "ams-iii-c", "CC115", "cdm/ams-iii-c"),
    # programmes
    (BUSES, "programmes/0/id", "jcm/model-projects", "CC404", "jcm/model-project"),
    (BUSES, "programmes/0/id", "jcm/model-project@fy2052", "CC404", "fy2025"),
    (BUSES, "programmes/0/facts", {"japanese_representativ": True}, "CC405", "japanese_representative"),
    (BUSES, "programmes/0/asset_class", "bus-transport-operater", "CC301", "bus-transport-operator"),
    # money
    (BUSES, "finance/investment", "100 million JPI", "CC201", "JPY"),
    (BUSES, "finance/currency", "JYP", "CC201", "JPY"),
]


@pytest.mark.parametrize(("base", "path", "value", "code", "meant"), WORDS, ids=[f"{w[1]}-{w[4]}" for w in WORDS])
def test_in_a_project(base, path, value, code, meant) -> None:
    found = [f for f in carboncalc.check(with_(base, path, value)) if f.code == code]
    assert found, [(f.code, f.message) for f in carboncalc.check(with_(base, path, value))]
    assert f"did you mean `{meant}`?" in found[0].help, found[0]


COMMANDS = [
    (["explain", "electricity.gird.VN"], "electricity.grid.VN"),
    (["explain", "cdm/ams-iii-cc"], "cdm/ams-iii-c"),
    (["explain", "jcm/model-projct"], "jcm/model-project"),
    (["explain", "cost-efectiveness"], "cost-effectiveness"),
    (["explain", "glosary"], "glossary"),
    (["explain", "finding"], "findings"),
    (["init", "cdm/ams-iii-cc"], "cdm/ams-iii-c"),
    (["estimate", "examples/factory-rooftop-solar.yaml", "-f", "jsn"], "json"),
    (["estimate", "examples/factory-rooftop-solar.yaml", "--fail-on", "warnig"], "warning"),
    (["estimate", "examples/factory-rooftop-solar.yaml", "--fail-on", "reducton<5"], "reduction"),
    (["trace", "examples/factory-rooftop-solar.yaml", "net_benfit"], "net_benefit"),
]


@pytest.mark.parametrize(("arguments", "meant"), COMMANDS, ids=[" ".join(c[0][:1] + c[0][-1:]) for c in COMMANDS])
def test_on_the_command_line(arguments, meant) -> None:
    done = subprocess.run([sys.executable, "-m", "carboncalc", *arguments], capture_output=True, text=True, cwd=ROOT, encoding="utf-8", check=False)
    assert done.returncode == 2
    assert f"did you mean `{meant}`?" in done.stderr, done.stderr

"""Write ``table.json`` from ``units.txt`` with pint: ``python -m carboncalc.units``."""

import json
import re

from .vocabulary import DEFINITIONS, TABLE, registry, snap


def table() -> dict[str, object]:
    """Return scale and dimension of every unit in ``units.txt``, as pint reads them."""
    units = registry()
    with open(DEFINITIONS, encoding="utf-8") as file:
        names = re.findall(r"^(\w+) =", file.read(), re.MULTILINE)
    rows = {}
    for name in names:
        base = (1 * units.Unit(name)).to_base_units()
        dims = {str(key): int(float(str(power))) for key, power in sorted(units.Unit(name).dimensionality.items())}
        rows[name] = [snap(float(base.magnitude)), dims]
    return {"generated_by": "python -m carboncalc.units", "units": rows}


if __name__ == "__main__":
    with open(TABLE, "w", encoding="utf-8") as out:
        rows = table()
        body = ",\n".join(f"  {json.dumps(k)}: {json.dumps(v)}" for k, v in rows["units"].items())  # type: ignore[attr-defined]
        out.write(f'{{"generated_by": {json.dumps(rows["generated_by"])}, "units": {{\n{body}\n}}}}\n')

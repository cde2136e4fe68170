"""Binding: what the user wrote, the defaults and the chosen factors become the values of a methodology's symbols."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from .. import factors, units
from ..findings import MOST, Finding, Invalid, did_you_mean
from ..formula import Sizes
from ..methodology import Methodology
from ..project import Measure, Project
from ..result import Kept

Path = tuple[str | int, ...]
_WORD = re.compile(r"\{(\w+)\}")
_YEAR = re.compile(r"[0-9]{4}\Z")


class Binding(NamedTuple):
    """Values by symbol, and a record of each quantity for the report.

    `quantities` has one row for each number or choice given, defaulted or looked up; `active` names the equations that
    apply; `variants` says for each symbol stated in another dimension which items are stated so.
    """

    values: dict[str, Any]
    sizes: Sizes
    items: dict[str, list[str]]
    quantities: list[dict[str, Any]]
    active: list[str]
    variants: dict[str, dict[str, bool]]
    findings: list[Finding]
    overrides: list[str]


def bind(project: Project, found: Methodology, measure: Measure) -> Binding:
    """Read every input of a measure and look up every factor it needs.

    Raises
    ------
    Invalid
        All faults together: CC111 to CC116 and CC2xx in the inputs, CC3xx in the factors.
    """
    return _Binder(project, found, measure).bind()


class _Binder:
    def __init__(self, project: Project, found: Methodology, measure: Measure) -> None:
        self.project, self.found = project, found
        self.inputs = measure.inputs
        self.besides = measure.besides
        self.path, self.named_at = measure.inputs_at, measure.named_at
        self.overrides: Mapping[str, Any] = project.data.get("factors") or {}
        self.used_overrides: set[str] = set()
        self.years = list(range(project.first_year, project.first_year + project.years))
        self.findings: list[Finding] = []
        self.quantities: list[dict[str, Any]] = []
        self.items: dict[str, list[str]] = {}
        self.values: dict[str, Any] = {
            "year": [float(y) for y in self.years],
            "first_year": float(project.first_year),
            "years": float(project.years),
            "period": 1.0,
            "country": project.country,
            "gwp": project.gwp,
        }
        self.given: set[str] = set()
        self.variants: dict[str, dict[str, bool]] = {}

    def fail(self, code: str, message: str, help: str, path: Path, key: bool = False) -> None:
        self.findings.append(Finding(code, "error", message, help, self.project.place(*path, key=key)))
        if len(self.findings) > MOST:
            raise Invalid(self.findings)

    def bind(self) -> Binding:
        self.strange_keys()
        for name, spec in self.found.inputs.items():
            if "." in name:
                continue
            path = (*self.path, name)
            if name in self.inputs and self.inputs[name] is not None:
                self.given.add(name)
                if "each" in spec:
                    self.several(name, spec, path)
                elif "shares" in spec:
                    self.shares(spec, self.inputs[name], path)
                else:
                    self.one(name, spec, self.inputs[name], path, None)
            elif "each" in spec or not ("default" in spec or spec.get("optional")):
                self.fail("CC112", f"the input `{name}` is missing: {spec['label']['en']}", _example(name, spec), self.path, key=True)
            else:
                self.absent(name, spec, None)
        for name, spec in self.found.inputs.items():
            if spec.get("with") and name in self.given and spec["with"] not in self.given:
                missing = spec["with"]
                advice = f"give both or neither; {_example(missing, self.found.inputs[missing])}"
                self.fail("CC116", f"`{name}` needs `{missing}` beside it", advice, (*self.path, name), key=True)
        if not any(f.severity == "error" for f in self.findings):
            self.whole()
            self.constants()
            active = self.active()
            self.chosen(active)
        if any(f.severity == "error" for f in self.findings):
            raise Invalid(self.findings)
        sizes = Sizes(len(self.years), {s: len(self.items.get(s, [])) for s in self.found.sets})
        return Binding(self.values, sizes, self.items, self.quantities, active, self.variants, self.findings, sorted(self.used_overrides))

    def whole(self) -> None:
        """Refuse a part above its whole in any year, such as more steam returned than sent."""
        for name, spec in self.found.inputs.items():
            if "at_most" not in spec or name not in self.given or spec["at_most"] not in self.given:
                continue
            other = self.found.inputs[spec["at_most"]]
            mine, whole = (self.values[s["symbol"]] for s in (spec, other))
            for i, year in enumerate(self.years):
                part, all_ = (v[i] if isinstance(v, list) else v for v in (mine, whole))
                if part > all_:
                    message = f"`{name}` is {part:.6g} {spec['unit']} in {year}, above `{spec['at_most']}` with {all_:.6g} {other['unit']}"
                    self.fail("CC510", message, "a part cannot exceed its whole; check the units and which is which", (*self.path, name))
                    break

    # --- inputs ---------------------------------------------------------------------------------------

    def strange_keys(self) -> None:
        known = [n for n in self.found.inputs if "." not in n]
        for key in self.inputs:
            if key not in known and key not in self.besides:
                self.fail(
                    "CC111",
                    f"unknown input `{key}` for {self.found.id}",
                    did_you_mean(key, [*known, *self.besides]) or "inputs: " + ", ".join(known),
                    (*self.path, key),
                    key=True,
                )

    def several(self, name: str, spec: Mapping[str, Any], path: Path) -> None:
        rows = self.inputs[name]
        if not isinstance(rows, list) or not rows:
            self.fail("CC113", f"`{name}` is a list with at least one entry", "write `- id: …` and its fields, indented", path)
            return
        ids: dict[str, None] = {}
        fields = {f: self.found.inputs[f"{name}.{f}"] for f in spec["fields"]}
        for i, row in enumerate(rows):
            here = (*path, i)
            if not isinstance(row, dict):
                self.fail("CC113", f"each entry of `{name}` is a mapping", "write `- id: …` and its fields, indented", here)
                continue
            id_ = row.get("id")
            if not isinstance(id_, str) or not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,60}", id_):
                self.fail(
                    "CC112",
                    f"an entry of `{name}` has no `id` of letters, digits, - and _",
                    "give each entry an id of its own, such as `id: bus-12m`",
                    (*here, "id") if "id" in row else here,
                )
                continue
            if id_ in ids:
                self.fail("CC114", f"the id '{id_}' stands twice in `{name}`", "give each entry an id of its own", (*here, "id"))
                continue
            ids[id_] = None
            for key in row:
                if key not in fields and key not in ("id", "title"):
                    self.fail(
                        "CC111",
                        f"unknown key `{key}` in `{name}`",
                        did_you_mean(key, fields) or "keys: id, title, " + ", ".join(fields),
                        (*here, key),
                        key=True,
                    )
            for field, inner in fields.items():
                if row.get(field) is not None:
                    self.one(field, inner, row[field], (*here, field), (spec["each"], id_))
                elif "default" in inner or inner.get("optional"):
                    self.absent(field, inner, (spec["each"], id_))
                else:
                    self.fail("CC112", f"`{field}` is missing in the entry '{id_}': {inner['label']['en']}", _example(field, inner), here)
        self.items[spec["each"]] = list(ids)

    def shares(self, spec: Mapping[str, Any], raw: Any, path: Path) -> None:
        if not isinstance(raw, dict) or not raw:
            self.fail("CC113", f"`{path[-1]}` is a mapping of shares", "write `food: 60 %`, one line a type", path)
            return
        whole, names = 0.0, []
        for key, value in raw.items():
            if key not in spec["of"]:
                self.fail(
                    "CC113", f"unknown type `{key}`", did_you_mean(key, spec["of"]) or "types: " + ", ".join(spec["of"]), (*path, key), key=True
                )
                continue
            names.append(key)
            before = len(self.findings)
            self.one(str(path[-1]), {**spec, "min": 0, "max": 1}, value, (*path, key), (spec["shares"], key))
            if len(self.findings) == before:
                whole += self.values[spec["symbol"]][-1]
        self.items[spec["shares"]] = names
        total = units.read_quantity(spec.get("total", "100 %"), "1").value
        if not any(f.severity == "error" for f in self.findings) and abs(whole - total) > 1e-6:
            self.fail(
                "CC215",
                f"the shares of `{path[-1]}` add up to {whole * 100:.6g} %; expected {total * 100:.6g} %",
                "complete them, for example with `inert`",
                path,
            )

    def one(self, name: str, spec: Mapping[str, Any], raw: Any, path: Path, at: tuple[str, str] | None) -> None:
        """Read one input, of the project or of one item."""
        if "text" in spec:
            self.text(name, spec, raw, path, at)
            return
        extra: dict[str, Any] = {}
        if isinstance(raw, dict) and "value" in raw:
            strange = [k for k in raw if k not in ("value", "range", "source", "monitoring", "note")]
            for key in strange:
                self.fail(
                    "CC111",
                    f"unknown key `{key}` in the long form of a quantity",
                    did_you_mean(key, ("value", "range", "source", "monitoring", "note")) or "keys: value, range, source, monitoring, note",
                    (*path, key),
                    key=True,
                )
            extra = {k: raw[k] for k in ("source", "monitoring", "note") if k in raw}
            if "monitoring" in raw and raw["monitoring"] not in ("A", "B", "C"):
                self.fail(
                    "CC113",
                    f"`monitoring` is '{raw['monitoring']}'; expected A (public data), B (invoices) or C (meter)",
                    "write A, B or C",
                    (*path, "monitoring"),
                )
            for key in ("source", "note"):
                if key in raw and not isinstance(raw[key], str):
                    self.fail("CC113", f"`{key}` is '{raw[key]}'; expected a text", "put it in quotes", (*path, key))
            extra["range"] = raw.get("range")
            raw, path = raw["value"], (*path, "value")
        if isinstance(raw, dict):
            self.by_year(name, spec, raw, path, at, extra)
            return
        read = self.quantity(spec, raw, path)
        if read is None:
            return
        symbol, quantity = read
        stated = extra.pop("range", None)
        low, high = self.interval(quantity, stated, path)
        self.within(spec, low, high, path if stated is None else (*path[:-1], "range"))
        series = spec.get("over") == "year"
        self.store(spec, symbol, [quantity.value] * len(self.years) if series else quantity.value, at)
        self.keep(name, spec, symbol, quantity.value, quantity.unit.text, at, raw, (low, high), path, extra)

    def by_year(
        self, name: str, spec: Mapping[str, Any], raw: Mapping[str, Any], path: Path, at: tuple[str, str] | None, extra: dict[str, Any]
    ) -> None:
        if not raw or not all(_YEAR.match(str(k)) for k in raw):
            self.fail(
                "CC113",
                f"`{name}` is a mapping that is neither by year nor in the long form",
                "write `{2027: 1, 2030: 5}` or `{value: …, range: […]}`",
                path,
            )
            return
        if spec.get("over") != "year":
            self.fail("CC216", f"`{name}` cannot vary by year in {self.found.id}", "give one value", path)
            return
        steps = sorted((int(k), v, k) for k, v in raw.items())
        if steps[0][0] > self.years[0]:
            self.fail(
                "CC216",
                f"`{name}` has no value for {self.years[0]}, the first year; it begins in {steps[0][0]}",
                f"add `{self.years[0]}: …`; each value holds until the next",
                path,
            )
            return
        values: list[float] = []
        symbols = set()
        for i, (year, value, key) in enumerate(steps):
            read = self.quantity(spec, value, (*path, key))
            if read is None:
                return
            symbols.add(read[0])
            until = steps[i + 1][0] if i + 1 < len(steps) else self.years[-1] + 1
            first, last = max(year, self.years[0]), min(until, self.years[-1] + 1)
            if year > self.years[-1] and (not i or steps[i - 1][0] <= self.years[-1]):  # told once, however many follow
                self.findings.append(
                    Finding(
                        "CC216",
                        "warning",
                        f"`{name}` has a value for {year}, after the last year {self.years[-1]}",
                        "delete it or lengthen the project",
                        self.project.place(*path, key, key=True),
                    )
                )
            self.within(spec, read[1].low, read[1].high, (*path, key))
            if last > first:
                values += [read[1].value] * (last - first)
                self.keep(
                    name,
                    spec,
                    read[0],
                    read[1].value,
                    read[1].unit.text,
                    at,
                    value,
                    (read[1].low, read[1].high),
                    (*path, key),
                    dict(extra),
                    year=first,
                )
        if len(symbols) > 1:
            self.fail("CC203", f"`{name}` changes its dimension from year to year", "use one unit throughout", path)
            return
        self.store(spec, symbols.pop(), values, at)

    def quantity(self, spec: Mapping[str, Any], raw: Any, path: Path) -> tuple[str, units.Quantity] | None:
        """Read a number in the unit of its symbol, or of a symbol it may be stated as instead."""
        symbol, unit = spec["symbol"], spec["unit"]
        try:
            read = units.read_quantity(raw)
            for other in spec.get("instead", []):
                if read.unit.dimension == units.parse(other["unit"]).dimension:
                    symbol, unit = other["symbol"], other["unit"]
            quantity = units.read_quantity(raw, unit)
        except units.UnitError as bad:
            help_ = bad.help
            if bad.code in ("CC203", "CC207") and "instead" in spec:
                help_ += "; or " + ", ".join(f"`{o['unit']}`" for o in spec["instead"])
            self.fail(bad.code, f"`{path[-1] if isinstance(path[-1], str) else path[-2]}`: {bad.message}", help_, path)
            return None
        if spec.get("count"):
            if read.unit.text != "1":
                self.fail("CC217", f"'{raw}' is not a count", "write a whole number without a unit", path)
                return None
            if quantity.value != int(quantity.value):
                self.fail("CC217", f"'{raw}' is not a whole number", "counts are whole numbers", path)
                return None
        for bound, word, beyond in (
            ("min", "below", quantity.value < spec.get("min", 0)),
            ("max", "above", quantity.value > spec.get("max", float("inf"))),
        ):
            if beyond and (bound in spec or bound == "min"):
                limit = spec.get(bound, 0)
                shown = f"{limit * 100:g} %" if unit == "1" and "%" in str(raw) else f"{limit:g} {unit if unit != '1' else ''}".strip()
                self.fail(
                    "CC214",
                    f"'{raw}' is {word} {shown}, the {'least' if bound == 'min' else 'most'} that `{spec['label']['en']}` can be",
                    "check the sign and the unit",
                    path,
                )
                return None
        return symbol, quantity

    def interval(self, quantity: units.Quantity, raw: Any, path: Path) -> tuple[float | None, float | None]:
        if raw is None:
            return quantity.low, quantity.high
        here = (*path[:-1], "range")
        if not isinstance(raw, list) or len(raw) != 2:
            self.fail("CC218", "a range is two numbers", "write `range: [low, high]`", here)
            return None, None
        ends = []
        for i, end in enumerate(raw):
            try:
                read = units.read_quantity(end)
                ends.append(
                    self.in_written_unit(read, quantity, path)
                    if read.unit.text == "1" and quantity.unit.dimension or isinstance(end, (int, float))
                    else read.to(quantity.unit.text).value
                )
            except units.UnitError as bad:
                self.fail(bad.code, bad.message, bad.help, (*here, i))
                return None, None
        if not ends[0] <= quantity.value <= ends[1]:
            self.fail("CC218", f"the range [{raw[0]}, {raw[1]}] does not hold the value", "write `range: [low, high]` around the value", here)
        return ends[0], ends[1]

    def within(self, spec: Mapping[str, Any], low: float | None, high: float | None, path: Path) -> None:
        """Refuse an interval that reaches where the value itself could not be."""
        if low is None or high is None:
            return
        least, most = spec.get("min", 0), spec.get("max", float("inf"))
        if low < least - 1e-12 or high > most + 1e-12:
            end, limit = (low, least) if low < least - 1e-12 else (high, most)
            message = f"the interval of `{spec['label']['en']}` reaches {end:.6g}; the {'least' if end is low else 'most'} it can be is {limit:g}"
            self.fail("CC218", message, "state both ends: `{value: …, range: [low, high]}`", path)

    def in_written_unit(self, read: units.Quantity, quantity: units.Quantity, path: Path) -> float:
        """Bare numbers of a range are in the unit in which the value was written."""
        raw = self.project.document.data
        for step in path:
            raw = raw[step]
        written = units.read_quantity(raw)
        return read.value * units.scale(written.unit, quantity.unit)

    def text(self, name: str, spec: Mapping[str, Any], raw: Any, path: Path, at: tuple[str, str] | None) -> None:
        choices = factors.fuels() if spec["text"] == "fuel" else spec["text"]
        if not isinstance(raw, str) or (isinstance(choices, list) and raw not in choices):
            listed = ", ".join(choices[:12]) + (" …" if len(choices) > 12 else "")
            self.fail(
                "CC301" if spec["text"] == "fuel" else "CC113",
                f"`{name}` is '{raw}', which is not {'a fuel of the factor library' if spec['text'] == 'fuel' else 'a choice here'}",
                did_you_mean(str(raw), choices) or f"choices: {listed}",
                path,
            )
            return
        self.store({"symbol": name}, name, raw, at)
        self.keep(name, spec, name, raw, "1", at, raw, (None, None), path, {})

    def absent(self, name: str, spec: Mapping[str, Any], at: tuple[str, str] | None) -> None:
        """Fill in the default of an input that is not given."""
        default = spec.get("default")
        if default is None:
            if at and "instead" not in spec:
                self.store(spec, spec.get("symbol", name), None, at)  # so that the other items keep their places
            return
        series = spec.get("over") == "year"
        if "factor" in default:
            choice = self.look_up(name, default["factor"], spec.get("method", []), self.path, {})
            if choice is None:
                return
            value = units.convert(choice.value, choice.unit, spec["unit"])
            scale = units.scale(units.parse(choice.unit), units.parse(spec["unit"]))
            kept = record(spec["symbol"], value, spec["unit"], at) | from_choice(choice, scale) | {"status": "default"}
        elif "formula" in default:
            if default["formula"] not in self.values:  # the input it equals is wrong or missing, and that has been told
                return
            value = self.values[default["formula"]]
            kept = record(spec["symbol"], value, spec["unit"], at) | {
                "status": "default",
                "match": "default",
                "source": f"equal to {default['formula']}",
                "confidence": default.get("confidence", "read"),
            }
        else:
            value = default["value"] if "text" in spec else units.read_quantity(default["value"], spec["unit"]).value
            kept = record(spec.get("symbol", name), value, spec.get("unit", "1"), at) | {
                "status": "default", "match": "default", "source": default.get("source", "methodology"), "page": default.get("page"), "confidence": default.get("confidence", self.found.meta["confidence"]),
            }  # fmt: skip
        if isinstance(value, list):
            value = value[0]
        self.store(spec, kept["name"], [value] * len(self.years) if series else value, at)
        self.quantities.append(kept)

    # --- keeping --------------------------------------------------------------------------------------

    def store(self, spec: Mapping[str, Any], symbol: str, value: Any, at: tuple[str, str] | None) -> None:
        names = {symbol: value}
        if "instead" in spec:
            names = {f"given_{spec['symbol']}": None}
            for other in spec["instead"]:
                names[other["symbol"]] = None
                names[f"by_{other['symbol']}"] = symbol == other["symbol"]
            names[f"given_{spec['symbol']}" if symbol == spec["symbol"] else symbol] = value
            self.variants.setdefault(spec["symbol"], {})[at[1] if at else ""] = symbol != spec["symbol"]
        for name, content in names.items():
            if at:
                self.values.setdefault(name, []).append(content)
            else:
                self.values[name] = content

    def keep(
        self,
        name: str,
        spec: Mapping[str, Any],
        symbol: str,
        value: float | str,
        unit: str,
        at: tuple[str, str] | None,
        raw: Any,
        ends: tuple[float | None, float | None],
        path: Path,
        extra: dict[str, Any],
        year: int | None = None,
    ) -> None:
        kept = record(symbol, value, unit, at, year)
        kept["given"], kept["source"], kept["note"] = str(raw), extra.get("source") or "project file", extra.get("note")
        kept["monitoring"] = extra.get("monitoring") or spec.get("monitoring")
        kept["range"] = None if ends[0] is None else [ends[0], ends[1]]
        kept["path"] = _path(path)
        self.quantities.append(kept)

    # --- constants and factors ------------------------------------------------------------------------

    def constants(self) -> None:
        for kept in self.found.system.once("constants", _constants, self.found):
            self.values[kept["name"]] = kept["value"]
            self.quantities.append(kept)

    def active(self) -> list[str]:
        """Return the equations that apply to what was given."""
        found = self.found.equations
        return self.found.system.once(
            ("active", frozenset(self.given)), lambda: [n for n, e in found.items() if not e.get("if_given") or e["if_given"] in self.given]
        )

    def chosen(self, active: Sequence[str]) -> None:
        for symbol, spec, only in self.found.system.once(("chosen", frozenset(self.given)), self.asked, active):
            if not spec["sets"]:
                if only and not any(self.values.get(flag) for flag in only):
                    self.values[symbol] = None
                    continue
                self.values[symbol] = self.factor(symbol, spec, {}, 0)
                continue
            index = spec["sets"][0]
            cells: list[Any] = []
            for i, item in enumerate(self.items.get(index, [])):
                if only and not any(self.values[flag][i] for flag in only):
                    cells.append(None)
                    continue
                cells.append(self.factor(symbol, spec, {index: item}, i))
            self.values[symbol] = cells

    def asked(self, active: Sequence[str]) -> list[tuple[str, dict[str, Any], list[str]]]:
        """Return the factors that equations in use ask for; one that only variants use is asked for where one of their flags holds."""
        rows = []
        system = self.found.system
        for symbol, spec in self.found.factors.items():
            users = [self.found.equations[n] for n in active if symbol in system.uses[n]]
            if (spec.get("if_given") and spec["if_given"] not in self.given) or (not users and system.uses):
                continue
            rows.append((symbol, spec, [v["variant"] for v in users] if users and all("variant" in v for v in users) else []))
        return rows

    def factor(self, symbol: str, spec: Mapping[str, Any], index: Mapping[str, str], i: int) -> Any:
        id_ = spec["id"]
        for word in self.found.system.once(("words", id_), _WORD.findall, id_):
            value = index[word] if word in index else self.values.get(word)
            id_ = id_.replace(f"{{{word}}}", str(value[i] if isinstance(value, list) else value))
        at = next(iter(index.items())) if index else None
        key = self.override(id_) if self.overrides else None
        own = self.overrides[key] if key else None
        if key and isinstance(own, dict) and isinstance(own.get("value"), dict):
            return self.path_of(symbol, id_, key, own, spec, at)
        choice = self.look_up(symbol, id_, spec.get("method", ()), self.named_at, spec)
        if choice is None:
            return None
        try:
            if choice.match == "override":
                if choice.unit == "1":
                    units.read_quantity(choice.value, spec["unit"])  # says that the unit is missing
                kept: dict[str, Any] = of_library(symbol, choice, spec)
            else:
                kept = self.found.system.once((symbol, id(choice)), of_library, symbol, choice, spec)
        except units.UnitError as bad:
            self.findings.append(Finding(bad.code, "error", f"`{choice.id}`: {bad.message}", bad.help, self.override_place(id_)))
            return None
        self.quantities.append(kept | {"index": index} if at else kept)
        return [kept["value"]] * len(self.years) if spec.get("over") == "year" else kept["value"]

    def look_up(self, symbol: str, id_: str, methods: Sequence[str], path: Path, spec: Mapping[str, Any]) -> factors.Choice | None:
        key = self.override(id_) if self.overrides else None
        method: str | None = None
        if key is not None:
            self.used_overrides.add(key)
            own = self.overrides[key]
            if isinstance(own, str) and re.fullmatch(r"[a-z][a-z0-9-]*", own):
                method = own
            else:
                return self.own(id_, key, own)
        try:
            return factors.choose(id_, self.project.country, self.project.first_year, methods, method)
        except factors.NoFactor as bad:
            place = self.project.place("factors", key) if key else self.blame(id_, path)
            self.findings.append(Finding(bad.code, "error", bad.message, bad.help, place))
            return None

    def blame(self, id_: str, path: Path) -> Any:
        """Point at the text input that led to a factor, or at the methodology."""
        if id_.split(".")[0] == "fuel":
            for name, spec in self.found.inputs.items():
                if spec.get("text") == "fuel" and "." not in name and name in self.inputs:
                    return self.project.place(*self.path, name)
        return self.project.place(*path)

    def override(self, id_: str) -> str | None:
        """Return the key under which the file states a choice or a value of its own for a factor."""
        return next((k for k in (f"{id_}.{self.project.country}", id_) if k in self.overrides), None)

    def path_of(
        self, symbol: str, id_: str, key: str, own: Mapping[str, Any], spec: Mapping[str, Any], at: tuple[str, str] | None
    ) -> list[float] | None:
        """Take values of the user's own by year, each holding until the next."""
        self.used_overrides.add(key)
        before, faults = len(self.quantities), len(self.findings)
        self.by_year(
            key, {**spec, "symbol": symbol}, own["value"], ("factors", key, "value"), at, {k: own[k] for k in ("source", "note") if k in own}
        )
        if any(f.severity == "error" for f in self.findings[faults:]):
            return None
        for q in self.quantities[before:]:
            q.update(status="factor", match="override", factor=id_, method="own value")
        self.no_source(key, own)
        found: Any = self.values.pop(symbol)
        return list(found[-1] if at else found)

    def no_source(self, key: str, extra: Mapping[str, Any]) -> None:
        """Warn of a value of the user's own that names no source."""
        if not extra.get("source"):
            message = f"`{key}` replaces the library's value and names no source"
            self.findings.append(Finding("CC305", "warning", message, 'add `source: "…"`', self.project.place("factors", key, key=True)))

    def own(self, id_: str, key: str, own: Any) -> factors.Choice | None:
        """Take a value of the user's own in place of the library's."""
        path: Path = ("factors", key)
        extra = own if isinstance(own, dict) else {"value": own}
        inner = (*path, "value") if isinstance(own, dict) else path
        try:
            read = units.read_quantity(extra["value"])
            ends = [units.read_quantity(r) for r in extra["range"]] if extra.get("range") else None
            interval: list[float | None] = (
                [q.value if q.unit.text == "1" else q.to(read.unit.text).value for q in ends] if ends else [read.low, read.high]
            )
        except units.UnitError as bad:
            self.fail(bad.code, f"`{key}`: {bad.message}", bad.help, inner)
            return None
        most = 1.0 if read.unit.dimension == () and self.is_share(id_) else float("inf")
        if not 0 <= read.value * read.unit.factor <= most:
            why = "below zero" if read.value < 0 else "above 100 %"
            self.fail("CC214", f"`{key}` is '{extra['value']}', {why}", "check the sign and the unit", inner)
            return None
        low, high = interval
        if low is not None and high is not None and not low <= read.value <= high:
            self.fail("CC218", "the range does not hold the value", "write `range: [low, high]` around the value", (*path, "range"))
            return None
        self.no_source(key, extra)
        return factors.Choice(
            id_,
            read.value,
            read.unit.text,
            low,
            high,
            "override",
            None,
            "own value",
            extra.get("source") or "project file, no source given",
            "",
            "read",
            extra.get("note"),
        )

    def is_share(self, id_: str) -> bool:
        """Tell whether the library states a factor in percent, so that it is a part of a whole."""
        entries = [factors.entry(i) for i in (f"{id_}.{self.project.country}", id_)]
        return any(row.get("unit") == "%" for e in entries if e for row in e["values"])

    def override_place(self, id_: str) -> Any:
        key = self.override(id_)
        if key is None:
            return self.project.place("methodology")
        return self.project.place("factors", key, "value") if isinstance(self.overrides[key], dict) else self.project.place("factors", key)


def _constants(found: Methodology) -> list[Kept]:
    rows = []
    for symbol, spec in found.constants.items():
        more = {
            "status": "factor", "match": "exact", "source": spec["source"], "page": spec.get("page"), "confidence": spec["confidence"],
            "note": spec.get("note"), "range": [units.read_quantity(r).value for r in spec["range"]] if "range" in spec else None,
            "method": "fixed by the methodology",
        }  # fmt: skip
        rows.append(Kept(record(symbol, units.read_quantity(spec["value"], spec["unit"]).value, spec["unit"], None) | more))
    return rows


def of_library(symbol: str, choice: factors.Choice, spec: Mapping[str, Any]) -> Kept:
    """Return the record of a factor in the unit of its symbol."""
    scale = units.scale(units.parse(choice.unit), units.parse(spec["unit"]))
    return Kept(record(symbol, choice.value * scale, spec["unit"], None) | from_choice(choice, scale) | {"fixed": bool(spec.get("fixed"))})


def record(symbol: str, value: Any, unit: str, at: tuple[str, str] | None, year: int | None = None) -> dict[str, Any]:
    """Return the record of one quantity, with every key a report may ask for."""
    index: dict[str, Any] = {}
    if at:
        index[at[0]] = at[1]
    if year is not None:
        index["year"] = year
    return {
        "name": symbol, "index": index, "value": value, "unit": unit, "status": "input", "match": None, "range": None, "source": None,
        "page": None, "confidence": "read", "factor": None, "year": None, "method": None, "given": None, "monitoring": None, "note": None, "conflict": None, "path": None,
    }  # fmt: skip


def from_choice(choice: factors.Choice, scale: float) -> dict[str, Any]:
    """Return what a chosen factor adds to the record of its quantity."""
    own = choice.match == "override"
    title = choice.source if own else factors.source(choice.source)["title"]
    return {
        "status": "factor", "match": choice.match, "source": title, "source_id": None if own else choice.source, "page": choice.page or None, "confidence": choice.confidence,
        "factor": choice.id, "year": choice.year, "method": choice.method, "note": choice.note or None, "conflict": choice.conflict or None,
        "range": None if choice.low is None or choice.high is None else [choice.low * scale, choice.high * scale],
    }  # fmt: skip


def _path(path: Path) -> str:
    return ".".join(map(str, path))


def _example(name: str, spec: Mapping[str, Any]) -> str:
    if "each" in spec:
        return f"add `{name}:` with one entry per item"
    example = spec.get("example")
    return f"add `{name}: {example}`" if example is not None and not isinstance(example, dict) else f"add `{name}: …`"

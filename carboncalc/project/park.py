"""Park files: the park, its exchanges and its projects, with what counts and what does not."""

import os
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from .. import library, units
from ..findings import Finding, Invalid, did_you_mean
from .single import Measure, Project, load, twice

Path = tuple[str | int, ...]

#: what an exchange of every kind may say; the rest are the inputs of its kind
_COMMON = ("id", "title", "kind", "from", "to", "stream", "required_by_law", "note")
#: what only some kinds may say beside their inputs
_ONLY = {
    "steam": ("waste_heat",),
    "power": ("waste_heat",),
    "by-product": ("material", "hazardous", "licensed_route"),
    "waste-fuel": ("hazardous", "licensed_route"),
}
#: parts of the enterprises and of the land, which cannot exceed the total
_PARTS = {"enterprises": ("recp_with_results", "recp_aware", "iso_certified", "symbiosis_plan"), "land": ("green_and_shared",)}


class Exchange(NamedTuple):
    """One link of industrial symbiosis.

    `why` says why it does not count, or is None; `lawful` is false for hazardous waste without a licensed route,
    which is no symbiosis at all.
    """

    measure: Measure
    kind: str
    donor: str
    recipients: tuple[str, ...]
    since: int
    why: Finding | None
    lawful: bool

    @property
    def id(self) -> str:
        """The id in the file."""
        return self.measure.id

    @property
    def partners(self) -> tuple[str, ...]:
        """Donor and recipients."""
        return tuple(dict.fromkeys((self.donor, *self.recipients)))


class Member(NamedTuple):
    """A project of the park: its number in the list, its file as the park names it (None where its content stands there), and that content."""

    number: int
    file: str | None
    project: Project


class Park(NamedTuple):
    """A park whose file, and the files of its projects, have the right form; quantities of exchanges are not read yet.

    `base` is the park seen as a project: place, years, GWP set and document.
    """

    base: Project
    base_year: int
    enterprises: dict[str, int]
    land: dict[str, float]
    exchanges: list[Exchange]
    members: list[Member]
    notes: list[Finding]


def load_park(document: library.Document) -> Park:
    """Check the form of a park, and load the projects it names.

    Raises
    ------
    Invalid
        CC111 to CC116 for the form, CC130 to CC138 for projects and exchanges that cannot stand, CC510 for a part above
        its whole, CC2xx for the land, and every fault of the files of its projects.
    """
    data = document.data
    problems = library.validate(document, _rules())
    if problems:
        raise Invalid(problems)
    head = data["park"]
    base = Project(
        document, head["id"], head["title"], head["country"], head.get("region", ""), head["first_year"], head["years"],
        data["gwp"], data.get("conservative", False),
    )  # fmt: skip
    base_year = head.get("base_year", base.first_year)
    faults = twice(document, data.get("programmes", []), ("programmes",)) + twice(document, data.get("exchanges", []), ("exchanges",))
    if base_year > base.first_year:
        message = f"the base year {base_year} is after the first year {base.first_year}"
        faults.append(
            Finding("CC137", "error", message, "the base year is the year that reductions are compared with", base.place("park", "base_year"))
        )
    enterprises = {k: int(v) for k, v in (data.get("enterprises") or {}).items()}
    land = _land(base, faults)
    _above(base, "enterprises", enterprises, faults)
    _above(base, "land", land, faults)
    exchanges = [_exchange(base, base_year, i, row) for i, row in enumerate(data.get("exchanges", []))]
    faults += _listed_twice(base, exchanges)
    notes: list[Finding] = []
    members = list(_members(base, {e.id for e in exchanges}, faults, notes))
    if faults:
        raise Invalid(faults)
    return Park(base, base_year, enterprises, land, exchanges, members, notes)


def _rules() -> dict[str, Any]:
    """Return the fixed part of the schema; inputs of exchanges are checked with their kind, in its words."""
    rules: dict[str, Any] = library.schema("park")
    definitions = rules["definitions"]
    exchange = {k: v for k, v in definitions["exchange"].items() if k != "allOf"}
    return {**rules, "definitions": {**definitions, "exchange": exchange}}


def _land(base: Project, faults: list[Finding]) -> dict[str, float]:
    land = {}
    for name, raw in (base.data.get("land") or {}).items():
        try:
            land[name] = units.read_quantity(raw, "ha").value
        except units.UnitError as bad:
            faults.append(Finding(bad.code, "error", f"`{name}`: {bad.message}", bad.help, base.place("land", name)))
    return land


def _above(base: Project, block: str, values: Mapping[str, float], faults: list[Finding]) -> None:
    for name in _PARTS[block]:
        if values.get(name, 0) > values.get("total", float("inf")):
            message = f"`{name}` is {values[name]:g}, above the total of {values['total']:g}{' ha' if block == 'land' else ''}"
            faults.append(Finding("CC510", "error", message, "a part cannot exceed its whole; check which is which", base.place(block, name)))
    for name, value in values.items():
        if value < 0:
            faults.append(Finding("CC214", "error", f"`{name}` is below 0", "check the sign", base.place(block, name)))


# --- exchanges ------------------------------------------------------------------------------------------


def _exchange(base: Project, base_year: int, i: int, row: Mapping[str, Any]) -> Exchange:
    at: Path = ("exchanges", i)
    measure = Measure(row["id"], f"symbiosis/{row['kind']}", row, at, (*at, "kind"), (*_COMMON, *_ONLY.get(row["kind"], ())))
    users = row.get("users") if row["kind"] == "shared-infrastructure" else None
    names = [u.get("id") for u in users if isinstance(u, dict)] if isinstance(users, list) else [row.get("to")]
    lawful = not row.get("hazardous") or row.get("licensed_route") is True
    why = _not_counted(base, base_year, at, row, lawful)
    return Exchange(measure, row["kind"], row["from"], tuple(n for n in names if isinstance(n, str)), row["since"], why, lawful)


def _not_counted(base: Project, base_year: int, at: Path, row: Mapping[str, Any], lawful: bool) -> Finding | None:
    """Say why an exchange is listed and not counted; None when it counts."""
    name = f"the exchange '{row['id']}' is listed and not counted: "
    if row.get("required_by_law"):
        return Finding(
            "CC511", "info", name + "the law requires it, so it is the baseline",
            "its reduction is zero; take `required_by_law` away only if no law or permit demands it", base.place(*at, "required_by_law", key=True),
        )  # fmt: skip
    if not lawful:
        denied = row.get("licensed_route") is False
        return Finding(
            "CC513", "warning", name + f"it is hazardous waste {'without' if denied else 'and nothing is said of'} a licensed route, so it is no lawful symbiosis",
            "state `licensed_route: true` when carrier and recipient hold the licence for it", base.place(*at, "hazardous", key=True),
        )  # fmt: skip
    if row["since"] < base_year:
        return Finding(
            "CC512", "info", name + f"it began in {row['since']}, before the base year {base_year}",
            "what ran before the base year is in the baseline; `base_year:` of the park sets another", base.place(*at, "since"),
        )  # fmt: skip
    return None


def _listed_twice(base: Project, exchanges: list[Exchange]) -> list[Finding]:
    """Refuse an exchange that both partners list, one with itself, and keys that contradict each other."""
    faults = []
    seen: dict[tuple[str, frozenset[str]], list[Exchange]] = {}
    for i, exchange in enumerate(exchanges):
        at: Path = ("exchanges", i)
        row = exchange.measure.inputs
        if exchange.recipients == (exchange.donor,):
            message = f"'{exchange.donor}' exchanges with itself"
            faults.append(
                Finding("CC136", "error", message, "an exchange has two partners; use within a firm is a project of its own", base.place(*at, "to"))
            )
        if exchange.kind == "shared-infrastructure" and "to" in row:
            message = "shared infrastructure has no `to`: its users stand under `users:`"
            faults.append(Finding("CC138", "error", message, "delete `to`, and list every user", base.place(*at, "to", key=True)))
        if row.get("waste_heat") and ("extra_fuel" in row or "extra_fuel_use" in row):
            message = "`waste_heat: true` says that the donor burns no extra fuel, and extra fuel is stated"
            faults.append(Finding("CC138", "error", message, "keep one of the two", base.place(*at, "waste_heat", key=True)))
        if "licensed_route" in row and not row.get("hazardous"):
            message = "`licensed_route` is for hazardous waste, and `hazardous: true` is not stated"
            faults.append(Finding("CC138", "error", message, "add `hazardous: true`, or delete it", base.place(*at, "licensed_route", key=True)))
        pair, stream = frozenset(exchange.partners), row.get("stream")
        others = seen.setdefault((exchange.kind, pair), [])
        first = next((e for e in others if stream is None or e.measure.inputs.get("stream") in (None, stream)), None)
        if first is not None:
            message = (
                f"'{exchange.id}' and '{first.id}' look like one exchange listed twice: both {exchange.kind} between {' and '.join(sorted(pair))}"
            )
            help_ = "list it once, by donor or by recipient; two real flows of a pair are told apart by different `stream:` names on both"
            faults.append(Finding("CC135", "error", message, help_, base.place(*at, "id")))
        others.append(exchange)
    return faults


# --- projects -------------------------------------------------------------------------------------------


def _members(base: Project, taken: set[str], faults: list[Finding], notes: list[Finding]) -> Iterator[Member]:
    names = base.data.get("projects") or []
    if any(isinstance(name, str) for name in names) and base.document.file.startswith("<"):
        faults.append(
            Finding(
                "CC131", "error", "a park that is not a file has no folder to look for its projects in",
                "save the park as a file beside its projects, or give each project in full", base.place("projects", key=True),
            )
        )  # fmt: skip
        return
    folder = os.path.dirname(base.document.file)
    root = os.path.realpath(folder or ".")
    files: dict[str, str] = {}
    ids: dict[str, str] = dict.fromkeys(taken, "an exchange")
    for i, name in enumerate(names):
        where = base.place("projects", i)
        if not isinstance(name, str):  # a project in full, as a saved result of a park holds it
            inner = library.Document(name, base.document.file, base.document.text, base.document.marks)
            yield from _kept(base, i, None, inner, ids, faults, notes)
            continue
        real = os.path.realpath(os.path.join(root, name)) if "\0" not in name else ""
        if os.path.isabs(name) or not real.startswith(root.rstrip(os.sep) + os.sep):
            faults.append(
                Finding(
                    "CC131", "error", f"'{name}' is outside the folder of the park",
                    "keep the project in that folder or below it, and name it by its path from there", where,
                )
            )  # fmt: skip
            continue
        if real == os.path.realpath(base.document.file):
            faults.append(Finding("CC133", "error", "the park names itself as a project", "name project files only", where))
            continue
        if real in files:
            faults.append(Finding("CC132", "error", f"the project '{name}' stands twice: first as '{files[real]}'", "a project counts once", where))
            continue
        files[real] = name
        try:
            document = library.read(real, os.path.join(folder, name))
        except OSError as bad:
            faults.append(Finding("CC130", "error", f"the project file '{name}' cannot be read: {bad.strerror}", _near(real, name), where))
            continue
        except Invalid as bad:
            faults += bad.findings
            continue
        yield from _kept(base, i, name, document, ids, faults, notes)


def _kept(
    base: Project, i: int, name: str | None, document: library.Document, ids: dict[str, str], faults: list[Finding], notes: list[Finding]
) -> Iterator[Member]:
    """Check one project, and that the park does not hold it already."""
    where = base.place("projects", i)
    found = _member(base, name or f"project {i + 1}", document, where, faults)
    if found is None:
        return
    if found.id in ids:
        message = f"the id '{found.id}' of '{name or found.id}' is taken already by {ids[found.id]}"
        faults.append(Finding("CC132", "error", message, "a project counts once; give different projects different ids", where))
        return
    ids[found.id] = f"'{name or found.id}'"
    if base.conservative and not found.conservative:
        message = f"the park is conservative and the project '{found.id}' is not: it enters with central values"
        notes.append(Finding("CC518", "warning", message, "write `conservative: true` in the project too", where))
    yield Member(i, name, found)


def _member(base: Project, name: str, document: library.Document, where: Any, faults: list[Finding]) -> Project | None:
    if isinstance(document.data, dict) and document.data.get("kind") == "park":
        faults.append(
            Finding("CC133", "error", f"'{name}' is a park, and a park holds projects only", "list its projects and exchanges here instead", where)
        )
        return None
    try:
        found = load(document)
    except Invalid as bad:
        faults += bad.findings
        return None
    if found.gwp != base.gwp:
        faults.append(
            Finding(
                "CC134", "error", f"the project '{found.id}' uses the GWP set {found.gwp} and the park {base.gwp}: their tCO2e do not add up",
                f"write `gwp: {base.gwp}` in '{name}', or `gwp: {found.gwp}` in the park", where,
            )
        )  # fmt: skip
        return None
    return found


def _near(real: str, name: str) -> str:
    """Suggest a file of the same folder."""
    try:
        beside = sorted(f for f in os.listdir(os.path.dirname(real)) if f.endswith((".yaml", ".yml")))
    except OSError:
        beside = []
    return did_you_mean(os.path.basename(name), beside) or "name it by its path from the folder of the park"

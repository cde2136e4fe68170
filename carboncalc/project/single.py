"""Project files: read, checked against their schema, and kept with the place of every value."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from .. import library
from ..findings import Finding, Invalid, Place

MAX_YEARS = 100
#: measures, exchanges or programmes of one file
MAX_ENTRIES = 500


class Measure(NamedTuple):
    """What is estimated with one methodology: its inputs, and where the file states them and names the methodology.

    `besides` names what stands among the inputs and belongs to the list it is in, as the partners of an exchange.
    """

    id: str
    methodology: str
    inputs: Mapping[str, Any]
    inputs_at: tuple[str | int, ...]
    named_at: tuple[str | int, ...]
    besides: tuple[str, ...] = ()


class Project(NamedTuple):
    """A project whose file has the right form; its quantities are not read yet."""

    document: library.Document
    id: str
    title: str
    country: str
    region: str
    first_year: int
    years: int
    gwp: str
    conservative: bool

    @property
    def data(self) -> dict[str, Any]:
        """The file as plain data."""
        found: dict[str, Any] = self.document.data
        return found

    def place(self, *path: str | int, key: bool = False) -> Place:
        """Return the place of a value in the file."""
        return self.document.place(path, key)


def load(document: library.Document) -> Project:
    """Check the form of a project.

    Raises
    ------
    Invalid
        CC111 to CC113 for what the schema refuses, CC114 for an id used twice.
    """
    data = document.data
    problems = library.validate(document, library.fixed_part("project"))
    if problems:
        raise Invalid(problems)
    head = data["project"]
    findings = twice(document, data.get("programmes", []), ("programmes",)) + twice(document, data.get("measures", []), ("measures",))
    if findings:
        raise Invalid(findings)
    return Project(
        document, head["id"], head["title"], head["country"], head.get("region", ""), int(head["first_year"]), int(head["years"]),  # 10.0 is whole too
        data["gwp"], data.get("conservative", False),
    )  # fmt: skip


def measures(project: Project) -> list[Measure]:
    """Return each measure; a project without a list is one measure without an id."""
    if "measures" in project.data:
        rows = list(enumerate(project.data["measures"]))
        return [Measure(m["id"], m["methodology"], m["inputs"], ("measures", i, "inputs"), ("measures", i, "methodology")) for i, m in rows]
    return [Measure("", project.data["methodology"], project.data["inputs"], ("inputs",), ("methodology",))]


def twice(document: library.Document, rows: Any, path: tuple[str | int, ...]) -> list[Finding]:
    """Return a fault for each id that stands twice in a list, and one for a list that is too long.

    Every entry is a whole calculation of its own, unlike the items of an input.
    """
    if len(rows) > MAX_ENTRIES:
        message = f"`{path[-1]}` has {len(rows)} entries; the most is {MAX_ENTRIES}"
        return [Finding("CC145", "error", message, "split the file; `carboncalc estimate` adds up several", document.place(path, key=True))]
    seen: set[str] = set()
    findings = []
    for i, row in enumerate(rows):
        if row["id"] in seen:
            findings.append(
                Finding("CC114", "error", f"the id '{row['id']}' stands twice", "every id is used once", document.place((*path, i, "id")))
            )
        seen.add(row["id"])
    return findings

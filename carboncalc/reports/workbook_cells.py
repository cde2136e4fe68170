"""Which cell holds which quantity, and the formulas over them: the equations of the result, with addresses in place of symbols."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from ..formula import Node, Sizes, names, parse, run
from ..formula.grammar import children
from ..formula.program import Statement, statement
from ..formula.render import excel
from .workbook_book import Sheet

Json = Mapping[str, Any]
Index = Mapping[str, Any]
#: what the engine gives to every methodology stands under this measure
SHARED = "*"


class Cell(NamedTuple):
    """Where a value stands: sheet, row, column; the name of the cell, if it has one; the value as computed."""

    sheet: Sheet
    row: int
    column: int
    value: Any
    name: str = ""

    def seen_from(self, sheet: Sheet, fixed: bool = True) -> str:
        """Return the name or address for a formula on a sheet."""
        if self.name:
            return self.name
        address = self.sheet.at(self.row, self.column, fixed)
        return address.rpartition("!")[2] if sheet is self.sheet else address


class Cells:
    """All cells of a book by measure, symbol and index.

    Parameters
    ----------
    years : sequence of int
        The years estimated, or of the cash flow.
    """

    def __init__(self, years: Sequence[int]) -> None:
        self.years = list(years)
        self.found: dict[tuple[str, str], dict[tuple[str, ...], dict[tuple[Any, ...], Cell]]] = {}
        self.items: dict[str, dict[str, list[str]]] = {}

    def meet(self, measure: str, rows: Iterable[Json]) -> None:
        """Learn the items of each index set of a measure, in their order."""
        sets = self.items.setdefault(measure, {})
        for row in rows:
            for key, item in row["index"].items():
                if key != "year" and item not in sets.setdefault(key, []):
                    sets[key].append(item)

    def add(self, measure: str, name: str, index: Index, cell: Cell) -> None:
        """Keep the cell of a quantity."""
        self.found.setdefault((measure, name), {}).setdefault(tuple(index), {})[tuple(index.values())] = cell

    def get(self, measure: str, name: str, at: Index) -> Cell | None:
        """Return the cell of a quantity as seen from an index: what is the same for all years or items serves each."""
        for where in (measure, SHARED):
            for dims, cells in self.found.get((where, name), {}).items():
                if all(d in at for d in dims) and (cell := cells.get(tuple(at[d] for d in dims))):
                    return cell
        return None

    def dims(self, measure: str, name: str) -> list[str]:
        """Return the index sets of a quantity, years last."""
        seen = {d for dims in self.found.get((measure, name), self.found.get((SHARED, name), {})) for d in dims}
        return [s for s in [*self.items.get(measure, {}), "year"] if s in seen]

    def dims_of(self, measure: str, tree: Node) -> list[str]:
        """Return the index sets of an expression, years last."""
        seen: set[str] = set()
        if tree[0] in ("name", "previous"):
            seen = set(self.dims(measure, tree[1]))
        inner = children(tree)
        for i, child in enumerate(inner):
            below = set(self.dims_of(measure, child))
            flow = tree[0] == "call" and tree[1] in ("npv", "irr") and i == len(inner) - 1
            seen |= below - {"year"} if flow else below
        if tree[0] == "sum":
            seen -= {tree[2]}
        return [s for s in [*self.items.get(measure, {}), "year"] if s in seen]

    def size(self, measure: str, over: str) -> int:
        """Return how many years, or items of a set, there are."""
        return len(self.years) if over == "year" else len(self.items[measure].get(over, []))

    def formula(self, measure: str, tree: Node, at: Index, sheet: Sheet, spans: Mapping[str, str] | None = None) -> str:
        """Write an expression as it stands at an index.

        Parameters
        ----------
        measure : str
            Whose symbols they are.
        tree : Node
            A proved tree.
        at : mapping
            Index set to item or year.
        sheet : Sheet
            Where the formula stands.
        spans : mapping, optional
            Ranges of a whole series of years, for NPV and IRR.
        """
        sets: dict[str, list[Any]] = {**self.items.get(measure, {}), "year": self.years}

        def labels(at: Mapping[str, int]) -> dict[str, Any]:
            return {k: sets[k][i] for k, i in at.items()}

        def cell(name: str, at: Mapping[str, int], back: bool) -> str:
            if back and at["year"] == 0:
                return "0"
            found = self.get(measure, name, labels({**at, "year": at["year"] - 1} if back else at))
            return found.seen_from(sheet, "year" not in at) if found else "NA()"  # in a branch that is not taken

        def span(name: str, at: Mapping[str, int], over: str) -> str | None:
            if spans and name in spans:
                return spans[name]
            cells = [self.get(measure, name, labels({**at, over: i})) for i in range(self.size(measure, over))]
            return _range([c for c in cells if c], sheet) if cells and all(cells) else None

        places = {k: sets[k].index(v) for k, v in at.items()}
        return excel(tree, cell, {k: len(v) for k, v in self.items.get(measure, {}).items()}, len(self.years), places, span)

    def compute(self, measure: str, parts: Mapping[str, Node]) -> dict[str, Any]:
        """Compute expressions over cells that are known, in their order: values as nested lists, items first."""
        made = {name: self.dims_of(measure, tree) for name, tree in parts.items()}

        def dims(name: str) -> list[str]:
            return made.get(name) or self.dims(measure, name)

        values = {n: self._nested(measure, n, dims(n), {}) for tree in parts.values() for n in names(tree) if n not in parts}
        statements = [Statement((n,), statement([n], {n: tree}, dims)) for n, tree in parts.items()]
        sizes = Sizes(len(self.years), {s: len(v) for s, v in self.items.get(measure, {}).items()})
        return {n: v for n, v in run(statements, values, sizes).items() if n in parts}

    def _nested(self, measure: str, name: str, dims: Sequence[str], at: Index) -> Any:
        if not dims:
            cell = self.get(measure, name, at)
            return cell.value if cell else None
        labels: Sequence[Any] = self.years if dims[0] == "year" else self.items[measure][dims[0]]
        return [self._nested(measure, name, dims[1:], {**at, dims[0]: item}) for item in labels]


def _range(cells: Sequence[Cell], sheet: Sheet) -> str | None:
    """Return the range of cells that stand in one line without a gap, None when they do not."""
    first, last = cells[0], cells[-1]
    down = all(c.sheet is first.sheet and c.column == first.column and c.row == first.row + i for i, c in enumerate(cells))
    across = all(c.sheet is first.sheet and c.row == first.row and c.column == first.column + i for i, c in enumerate(cells))
    if not (down or across):
        return None
    address = first.sheet.range(first.row, first.column, last.column, last.row)
    return address.rpartition("!")[2].replace("$", "") if sheet is first.sheet else address


def read(formula: str) -> Node:
    """Read the formula of a step, conversions included, as the tree that was proved."""
    return parse(formula, scales=True)


def split(name: str, tree: Node, large: Any) -> tuple[Node, dict[str, Node]]:
    """Take what is added up out of a formula, so that each addend has a row of its own.

    Parameters
    ----------
    name : str
        The quantity, for the names of the parts.
    tree : Node
        Its formula.
    large : callable
        Tells whether an index set has more than one member.

    Returns
    -------
    tuple
        The formula over the parts, and the parts in computing order.
    """
    parts: dict[str, Node] = {}

    def walk(node: Any) -> Any:
        if not isinstance(node, list):
            return node
        inner = [walk(child) for child in node]
        if inner[0] == "sum" and isinstance(inner[1], list) and inner[1][0] != "name" and large(inner[2]):
            part = f"{name}__part{len(parts) + 1}"
            parts[part] = inner[1]
            inner[1] = ["name", part]
        return inner

    return walk(tree), parts

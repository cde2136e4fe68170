"""Many equations as one checked whole: names known, order found, units proved, nothing left over."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from ..findings import MOST, did_you_mean
from .functions import FUNCTIONS
from .grammar import FormulaError, Node, children, names, parse
from .program import Statement, statement
from .proof import prove
from .render import text

#: names compared for suggestions in one system; an unknown name of a file in which so many are strange is told without one
GUESSES = 20_000
Made = TypeVar("Made")
_RESERVED = {"False", "None", "True"}


class Symbol(NamedTuple):
    """A quantity that is given: its unit (None for a text or a truth value) and its index sets."""

    unit: str | None
    dims: tuple[str, ...] = ()


class Equation(NamedTuple):
    """A quantity that is computed, as the author wrote it."""

    name: str
    unit: str | None
    formula: str


class System(NamedTuple):
    """Equations in computing order, each with its proved tree and its index sets."""

    order: list[list[str]]
    trees: dict[str, Node]
    dims: dict[str, tuple[str, ...]]
    units: dict[str, str | None]
    uses: dict[str, list[str]]

    def statements(self, active: Iterable[str] | None = None, scaled: bool = True) -> list[Statement]:
        """Return the program of the active equations (default: all)."""
        key = (scaled, None if active is None else tuple(active))
        return self.once(key, self._statements, key[1], scaled)

    def text(self, name: str, branch: int | None = None) -> str:
        """Return an equation as text, or one branch of it."""
        return self.once((name, branch), self._text, name, branch)

    def _text(self, name: str, branch: int | None) -> str:
        return text(self.trees[name] if branch is None else self.trees[name][branch])

    def below(self, name: str) -> tuple[str, ...]:
        """Return every name that an equation rests on, each once; nothing for a name that is given."""
        return self.once(("below", name), self._below, name)

    def _below(self, name: str) -> tuple[str, ...]:
        seen: dict[str, None] = {}
        waiting = list(self.uses.get(name, ()))[::-1]
        while waiting:
            here = waiting.pop()
            if here not in seen:
                seen[here] = None
                waiting += self.uses.get(here, ())[::-1]
        return tuple(seen)

    def given_below(self, name: str) -> tuple[str, ...]:
        """Return the given names that a name rests on; a given name rests on itself."""
        return self.once(("given", name), self._given_below, name)

    def _given_below(self, name: str) -> tuple[str, ...]:
        return tuple(n for n in (self.below(name) if name in self.uses else (name,)) if n not in self.uses)

    def once(self, key: Any, make: Callable[..., Made], *of: Any) -> Made:
        """Return what was made of this system, or of the file it belongs to, under a key: made when first asked for, and kept for all projects."""
        found = _memory.get(id(self.trees))
        if found is None:
            found = _memory[id(self.trees)] = (self.trees, {})
        try:
            kept: Made = found[1][key]
        except KeyError:
            kept = found[1][key] = make(*of)
        return kept

    def _statements(self, active: tuple[str, ...] | None, scaled: bool) -> list[Statement]:
        chosen = None if active is None else set(active)
        result = []
        for group in self.order:
            kept = [name for name in group if chosen is None or name in chosen]
            if kept:
                result.append(Statement(tuple(kept), statement(kept, self.trees, self.dims.__getitem__, scaled)))
        return result

    def to_json(self) -> dict[str, Any]:
        """Return the system in JSON types, for the cache."""
        return self._asdict()

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> "System":
        """Return the system kept by `to_json`."""
        return cls(raw["order"], raw["trees"], {k: tuple(v) for k, v in raw["dims"].items()}, raw["units"], raw["uses"])


#: what has been made of a system, by the identity of its trees, which are kept so that no other takes it over
_memory: dict[int, tuple[dict[str, Node], dict[Any, Any]]] = {}


class Broken(Exception):
    """One or more equations are wrong; pairs of equation name and error."""

    def __init__(self, errors: Sequence[tuple[str, FormulaError]]) -> None:
        super().__init__("; ".join(f"{name}: {bad.message}" for name, bad in errors))
        self.errors = list(errors)


def compile_system(symbols: Mapping[str, Symbol], equations: Sequence[Equation], sets: Sequence[str], wanted: Iterable[str]) -> System:
    """Check equations and put them in order.

    Parameters
    ----------
    symbols : mapping
        Given quantities by name.
    equations : sequence of Equation
        In any order.
    sets : sequence of str
        Index sets in the order in which they nest; ``year`` is always last.
    wanted : iterable of str
        Names whose values are used outside; what no wanted name needs is an error.

    Raises
    ------
    Broken
        Every error found: CC120, CC121 (grammar), CC122 (unknown name), CC123 (cycle), CC124 (unused),
        CC125 (index sets), CC126 (a name used twice or not allowed), CC210 (units).
    """
    errors: list[tuple[str, FormulaError]] = []
    trees: dict[str, Node] = {}
    texts = {e.name: e.formula for e in equations}
    for equation in equations:
        bad_name = _bad_name(equation.name)
        if bad_name:
            errors.append((equation.name, FormulaError("CC126", bad_name, "choose another symbol")))
        if equation.name in symbols or equation.name in trees:
            errors.append((equation.name, FormulaError("CC126", f"the symbol {equation.name} is defined twice", "rename one of them")))
        try:
            trees[equation.name] = parse(equation.formula)
        except FormulaError as bad:
            errors.append((equation.name, bad))
    errors += [(n, FormulaError("CC126", text_, "choose another symbol")) for n in symbols if (text_ := _bad_name(n))]
    known = {**{n: s.unit for n, s in symbols.items()}, **{e.name: e.unit for e in equations}}
    guesses = GUESSES // max(len(known), 1)
    for name, tree in trees.items():
        strange = _unknown(tree, texts[name], known, sets, guesses)
        guesses -= len(strange)
        errors += [(name, bad) for bad in strange]
        if len(errors) > MOST:
            break
    if errors:
        raise Broken(errors)

    uses = {name: names(tree) for name, tree in trees.items()}
    order = _order(trees, uses, texts)
    dims = _dims(symbols, trees, uses, order, sets)
    proved: dict[str, Node] = {}
    for equation in equations:
        try:
            proved[equation.name] = prove(trees[equation.name], equation.unit, known.__getitem__)
        except FormulaError as bad:
            errors.append((equation.name, bad))
    errors += _unused(symbols, uses, wanted)
    if errors:
        raise Broken(errors)
    return System(order, proved, dims, known, uses)


def _bad_name(name: str) -> str:
    if not name.isidentifier() or not name.isascii() or name.startswith("_") or name in _RESERVED:
        return f"'{name}' cannot be a symbol: use Latin letters, digits and underscores, beginning with a letter"
    if name in FUNCTIONS:
        return f"'{name}' is the name of a function"
    from keyword import iskeyword

    return f"'{name}' is a word of the formula language" if iskeyword(name) else ""


def _unknown(tree: Node, text: str, known: Mapping[str, Any], sets: Sequence[str], guesses: int) -> list[FormulaError]:
    errors: list[FormulaError] = []
    for name in names(tree):
        if name not in known:
            near = did_you_mean(name, known) if len(errors) < guesses else ""
            declare = "declare it as an input, factor, constant or equation"
            errors.append(FormulaError("CC122", f"'{name}' is not defined", near or declare, _find(text, name), len(name)))

    def walk(node: Node) -> None:
        if node[0] == "sum" and node[2] not in sets and node[2] != "year":
            errors.append(
                FormulaError(
                    "CC125", f"'{node[2]}' is not an index set", "index sets: " + ", ".join([*sets, "year"]), _find(text, node[2]), len(node[2])
                )
            )
        for child in children(node):
            walk(child)

    walk(tree)
    return errors


def _find(text: str, name: str) -> int:
    import re

    match = re.search(rf"\b{re.escape(name)}\b", text)
    return match.start() if match else 0


def _order(trees: Mapping[str, Node], uses: Mapping[str, list[str]], texts: Mapping[str, str]) -> list[list[str]]:
    """Group equations that need each other's year before, and put the groups in computing order."""
    rank = {name: i for i, name in enumerate(_sorted({name: [u for u in _now(tree) if u in trees] for name, tree in trees.items()}, texts))}
    groups = _components({name: [u for u in used if u in trees] for name, used in uses.items()})
    return [sorted(group, key=rank.__getitem__) for group in groups]


def _now(tree: Node) -> list[str]:
    found = [tree[1]] if tree[0] == "name" else []
    for child in children(tree):
        found += _now(child)
    return found


def _sorted(edges: Mapping[str, list[str]], texts: Mapping[str, str]) -> list[str]:
    """Put what is used before what uses it; a stack and not a recursion, since a file may hold more equations than Python nests calls.

    Raises
    ------
    Broken
        CC123 for a cycle.
    """
    done: dict[str, None] = {}
    path: dict[str, Iterator[str]] = {}
    for start in edges:
        if start not in done:
            path[start] = iter(edges[start])
        while path:
            name = next(reversed(path))
            for used in path[name]:
                if used in path:
                    raise Broken([(name, _cycle([*path, used], texts[name]))])
                if used not in done:
                    path[used] = iter(edges[used])
                    break
            else:
                del path[name]
                done[name] = None
    return list(done)


def _cycle(path: Sequence[str], text: str) -> FormulaError:
    """Name the cycle that the last step of a path closes."""
    used = path[-1]
    ring = " → ".join(path[path.index(used) :])
    return FormulaError("CC123", f"a cycle: {ring}", "no value can come first; use previous(x) for the year before", _find(text, used), len(used))


def _components(edges: Mapping[str, list[str]]) -> list[list[str]]:
    """Strongly connected components in dependency order (Tarjan, with a stack of its own)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    open_: dict[str, None] = {}
    path: list[tuple[str, Iterator[str]]] = []
    result: list[list[str]] = []

    def enter(name: str) -> None:
        index[name] = low[name] = len(index)
        open_[name] = None
        path.append((name, iter(edges[name])))

    for start in edges:
        if start not in index:
            enter(start)
        while path:
            name, left = path[-1]
            for used in left:
                if used not in index:
                    enter(used)
                    break
                if used in open_:
                    low[name] = min(low[name], index[used])
            else:
                path.pop()
                if path:
                    above = path[-1][0]
                    low[above] = min(low[above], low[name])
                if low[name] == index[name]:
                    group = [open_.popitem()[0]]
                    while group[-1] != name:
                        group.append(open_.popitem()[0])
                    result.append(group)
    return result


def _dims(
    symbols: Mapping[str, Symbol], trees: Mapping[str, Node], uses: Mapping[str, list[str]], order: Sequence[Sequence[str]], sets: Sequence[str]
) -> dict[str, tuple[str, ...]]:
    """Infer index sets: what the used quantities range over, less what is summed."""
    nesting = [*[s for s in sets if s != "year"], "year"]
    found: dict[str, set[str]] = {name: set(symbol.dims) for name, symbol in symbols.items()}

    def of(node: Node) -> set[str]:
        if node[0] == "name":
            return found.get(node[1], set())
        if node[0] == "previous":
            return found.get(node[1], set()) | {"year"}
        inner: set[str] = set()
        last = len(children(node)) - 1
        for i, child in enumerate(children(node)):
            below = of(child)
            if node[0] == "call" and node[1] in ("npv", "irr") and i == last:
                below = below - {"year"}
            inner |= below
        return inner - {node[2]} if node[0] == "sum" else inner

    for group in order:
        users: dict[str, list[str]] = {name: [] for name in group}
        for name in group:
            for used in uses[name]:
                if used in users:
                    users[used].append(name)
        waiting = dict.fromkeys(group)
        while waiting:  # what uses a name is looked at again only when the name has grown
            name = next(iter(waiting))
            del waiting[name]
            grown = found.get(name, set()) | of(trees[name])
            if grown != found.get(name):
                found[name] = grown
                waiting |= dict.fromkeys(users[name])
    return {name: tuple(s for s in nesting if s in over) for name, over in found.items()}


def _unused(symbols: Mapping[str, Symbol], uses: Mapping[str, list[str]], wanted: Iterable[str]) -> list[tuple[str, FormulaError]]:
    reached: set[str] = set()
    waiting = list(wanted)
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += uses.get(name, [])
    loose = [n for n in [*symbols, *uses] if n not in reached]
    return [(n, FormulaError("CC124", f"{n} is declared and nothing uses it", "use it in an equation or delete it")) for n in loose]

"""The result: one plain tree, frozen once made; every format is a reading of it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

FORMAT = 1
#: how sure a value or an equation is, surest first, and which of these are shown as unverified
CONFIDENCE = ("read", "secondary", "recalled", "conflicting")
UNVERIFIED = CONFIDENCE[2:]


class Kept(dict[str, Any]):
    """A part of a result that comes from the library alone: made once, never changed, and shared by all results that hold it."""


class Later(NamedTuple):
    """A part of a result that is made when somebody asks for it."""

    make: Callable[..., Any]
    of: tuple[Any, ...] = ()


class Parts(dict[str, Any]):
    """The parts of a result, some of them `Later`: a table of totals and verdicts, of thousands of projects, asks for few."""

    def __getitem__(self, key: str) -> Any:
        part = super().__getitem__(key)
        if part.__class__ is Later:
            part = self[key] = part.make(*part.of)
        return part

    def get(self, key: str, default: Any = None) -> Any:
        """Return a part, or the default."""
        try:
            return self[key]
        except KeyError:
            return default

    def made(self) -> dict[str, Any]:
        """Return all parts."""
        return {key: self[key] for key in self}


class Cells(NamedTuple):
    """The steps of one equation: its name, what they share, place (item and year) and value of each, and their measure where there are several.

    A large result is mostly steps, and what the cells of an equation share is most of a step.
    """

    name: str
    shared: Mapping[str, Any]
    places: Sequence[Mapping[str, Any]]
    values: Sequence[Any]
    measure: str = ""


def steps(cells: Iterable[Cells]) -> list[dict[str, Any]]:
    """Return every cell as a step of its own, as the JSON object has them."""
    return [
        {"name": c.name, "index": index, **c.shared, "value": value, **({"measure": c.measure} if c.measure else {})}
        for c in cells
        for index, value in zip(c.places, c.values, strict=True)
    ]


class Result:
    """A finished result.

    Wraps the JSON object of the contract. Nothing can be changed through it: mappings are read-only views
    and lists are tuples; `to_dict` gives a copy of one's own.

    Parameters
    ----------
    tree : mapping
        The JSON object, format 1; its steps may be `Cells`, and other parts `Later`.
    """

    __slots__ = ("_tree", "packed")
    _tree: Mapping[str, Any] | None
    packed: Parts

    def __init__(self, tree: Mapping[str, Any]) -> None:
        object.__setattr__(self, "packed", tree if isinstance(tree, Parts) else Parts(tree))
        object.__setattr__(self, "_tree", None)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a result cannot be changed")

    def __getitem__(self, key: str) -> Any:
        return _frozen(self.tree[key])

    def __contains__(self, key: object) -> bool:
        return key in self.packed

    def __repr__(self) -> str:
        totals = self.packed["totals"]
        return f"<Result {self.packed['project']['id']}: {totals['reduction_per_year']:.6g} tCO2e/year>"

    @property
    def totals(self) -> Mapping[str, float]:
        """Sums over the years [tCO2e], and the mean annual reduction [tCO2e/year]."""
        frozen: Mapping[str, float] = _frozen(self.packed["totals"])
        return frozen

    @property
    def years(self) -> tuple[Mapping[str, float], ...]:
        """Emissions and reduction of each year [tCO2e]."""
        frozen: tuple[Mapping[str, float], ...] = _frozen(self.packed["years"])
        return frozen

    @property
    def findings(self) -> tuple[Mapping[str, Any], ...]:
        """Warnings and notes."""
        frozen: tuple[Mapping[str, Any], ...] = _frozen(self.packed["findings"])
        return frozen

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON object as a copy."""
        copy: dict[str, Any] = _thawed(self.tree)
        return copy

    @property
    def tree(self) -> Mapping[str, Any]:
        """The JSON object itself, for renderers; it is not to be changed. `packed` is the same with its steps as `Cells`, made as far as asked for."""
        if self._tree is None:
            tree = self.packed.made()
            rows = tree["steps"]
            object.__setattr__(self, "_tree", {**tree, "steps": steps(rows)} if rows and isinstance(rows[0], Cells) else tree)
        assert self._tree is not None
        return self._tree

    def to_json(self) -> str:
        """Return the JSON text: full precision, the same bytes for the same input and versions."""
        return to_json(self.tree)


def to_json(tree: Any) -> str:
    """Write a result, or several, as JSON: one line for each step, quantity and finding.

    Numbers are never rounded, and not-a-number is refused.
    """
    import json

    write = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode  # without an indent the encoder in C does the work

    def lines(value: Any) -> str:
        if isinstance(value, list) and value and isinstance(value[0], dict):
            return "[\n  " + ",\n  ".join(map(write, value)) + "\n ]"
        return write(value)

    return "{\n " + ",\n ".join(f"{write(key)}: {lines(value)}" for key, value in tree.items()) + "\n}"


def _frozen(value: Any) -> Any:
    if isinstance(value, dict):
        return MappingProxyType({k: _frozen(v) for k, v in value.items()})
    if isinstance(value, (list, tuple)):
        return tuple(_frozen(v) for v in value)
    return value


def _thawed(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {k: _thawed(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_thawed(v) for v in value]
    return value


class Outcome(NamedTuple):
    """One file: its result, or why there is none."""

    file: str
    result: Mapping[str, Any] | None
    findings: list[dict[str, Any]]
    readable: bool = True


class Row(NamedTuple):
    """What a portfolio keeps of one file: its heading, totals [tCO2e] and verdicts, and the text, or UTF-8, that a format made of it.

    `verdicts` are of each programme: id, verdict, and how many of its thresholds are unverified. `totals` is None when the file is
    invalid; then `findings` holds what is wrong with it. `holds` are the ids of the projects of a park.
    """

    file: str
    id: str | None
    title: str | None
    country: str | None
    methodology: str | None
    totals: dict[str, float] | None
    verdicts: list[tuple[str, str, int]]
    counts: dict[str, int]
    figures: dict[str, float | None]
    readable: bool
    findings: list[dict[str, Any]]
    text: Any
    holds: tuple[str, ...] = ()


def saved(path: str, text: str | None = None) -> list[dict[str, Any]]:
    """Read saved results: one JSON object, several under ``results``, or JSON Lines.

    Parameters
    ----------
    path : str
        The file, or the name under which it is spoken of.
    text : str, optional
        What it holds, when it is not to be read from the path.

    Raises
    ------
    OSError
        When the file cannot be read.
    ValueError
        When it does not hold results of format 1; the text is for the user.
    """
    import json

    def refuse(word: str) -> float:
        raise ValueError(f"{path} holds {word[:40]}, which is no number that can be held")

    def number(word: str) -> float:
        value = float(word)
        return refuse(word) if value - value != 0 else value

    def whole_number(word: str) -> int:
        return int(word) if len(word) <= 300 else int(refuse(word))

    if text is None:
        with open(path, encoding="utf-8") as file:
            text = file.read()
    read = json.JSONDecoder(parse_constant=refuse, parse_float=number, parse_int=whole_number).decode
    try:
        if path.endswith(".jsonl"):
            trees = [read(line) for line in text.split("\n") if line.strip()]
        else:
            whole = read(text)
            trees = whole["results"] if isinstance(whole, dict) and isinstance(whole.get("results"), list) else [whole]
    except json.JSONDecodeError as bad:
        raise ValueError(f"{path}:{bad.lineno}:{bad.colno}: not JSON: {bad.msg}") from None
    except RecursionError:
        raise ValueError(f"{path}: not a result: nested too deeply") from None
    good = [t for t in trees if not (isinstance(t, dict) and t.get("invalid") is True)]
    for tree in good:
        if not isinstance(tree, dict) or tree.get("carboncalc") != FORMAT or not isinstance(tree.get("totals"), dict) or "input" not in tree:
            raise ValueError(f"{path} is not a result of format {FORMAT}; save one with `carboncalc estimate PROJECT -o result.json`")
    return good

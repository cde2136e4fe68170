"""Changes: where two project files differ, each difference small enough to be applied alone."""

import copy
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

Step = str | int
#: nothing stands there
ABSENT: Any = object()
#: what a project says of itself and no number depends on
WORDS = ("title", "region", "id", "source", "note", "monitoring", "contact")


class Change(NamedTuple):
    """One difference: where it stands, what stood there and what stands there now.

    The entries of a list are matched by their `id`, so a path names an entry by its id and not by its place. `kind` is
    ``inputs``, ``factors`` or ``methodology``.
    """

    path: tuple[Step, ...]
    base: Any
    head: Any
    kind: str

    @property
    def name(self) -> str:
        """The place in words: ``inputs.fleet.bus-12m.vehicles``."""
        return ".".join(str(step) for step in self.path)


def changes(base: Mapping[str, Any], head: Mapping[str, Any]) -> list[Change]:
    """List the differences between two project files, in the order of the files."""
    return list(_walk((), base, head))


def _walk(path: tuple[Step, ...], base: Any, head: Any) -> Iterator[Change]:
    if _same(base, head):
        return
    if path and path[-1] in ("inputs", "measures") and _methods(base) != _methods(head):
        yield Change(path, base, head, "methodology")
        return
    if isinstance(base, Mapping) and isinstance(head, Mapping) and not _quantity(base) and not _quantity(head):
        for key in dict.fromkeys([*base, *head]):
            yield from _walk((*path, key), base.get(key, ABSENT), head.get(key, ABSENT))
        return
    if _listed(base) and _listed(head):
        old, new = ({row["id"]: row for row in rows} for rows in (base, head))
        for id_ in dict.fromkeys([*old, *new]):
            yield from _walk((*path, id_), old.get(id_, ABSENT), new.get(id_, ABSENT))
        return
    yield Change(path, base, head, _kind(path))


def _same(base: Any, head: Any) -> bool:
    return type(base) is type(head) and bool(base == head)


def _methods(value: Any) -> Any:
    return {row["id"]: row.get("methodology") for row in value} if _listed(value) else None


def _quantity(value: Mapping[str, Any]) -> bool:
    """Tell a quantity in its long form or by year, which changes as one, from a block of many."""
    return "value" in value or all(str(key).isdigit() for key in value)


def _listed(value: Any) -> bool:
    """Tell a list whose entries have ids of their own."""
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(row, Mapping) and isinstance(row.get("id"), str) for row in value)
        and len({row["id"] for row in value}) == len(value)
    )


def _kind(path: tuple[Step, ...]) -> str:
    if "methodology" in path:
        return "methodology"
    return "factors" if path[0] in ("factors", "gwp", "conservative") else "inputs"


def mixed(base: Mapping[str, Any], chosen: Iterable[Change]) -> dict[str, Any]:
    """Return the base file with some changes applied."""
    data: dict[str, Any] = copy.deepcopy(dict(base))
    for change in chosen:
        _apply(data, change.path, change.head)
    return data


def _apply(data: Any, path: tuple[Step, ...], value: Any) -> None:
    for step in path[:-1]:
        data = _below(data, step)
    last = path[-1]
    if isinstance(data, list):
        places = [i for i, row in enumerate(data) if row.get("id") == last]
        if value is ABSENT:
            del data[places[0]]
        elif places:
            data[places[0]] = copy.deepcopy(value)
        else:
            data.append(copy.deepcopy(value))
    elif value is ABSENT:
        data.pop(last, None)
    else:
        data[last] = copy.deepcopy(value)


def _below(data: Any, step: Step) -> Any:
    return next(row for row in data if row.get("id") == step) if isinstance(data, list) else data[step]

"""Running: each file appraised once, in order, in this process or on the workers of any executor.

Files travel in chunks: sending one at a time costs a cluster thirty times the work itself. Each worker also renders what
the chosen format wants of a file, so that large results never travel, and only a few chunks are under way at once, so that
memory does not grow with the number of files.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from ..appraise import appraise
from ..findings import Finding, Invalid, Place
from ..library import parse, read
from ..result import Outcome, Row
from .tally import keep

if TYPE_CHECKING:
    from concurrent.futures import Executor  # importing it brings logging: a fifth of a short run

    from ..uncertainty.drawing import Plan

CHUNK = 64
#: a path, and its content where the worker cannot or should not read the file itself
Item = tuple[str, bytes | None]


def outcome(path: str, content: bytes | None = None, plan: "Plan | None" = None, packed: bool = False) -> Outcome:
    """Appraise one file; whatever is wrong with it becomes findings.

    Parameters
    ----------
    path : str
        The file, or the name under which findings show its content.
    content : bytes, optional
        What the file holds, when it is not to be read from the path.
    plan : Plan, optional
        Draws and seed of a Monte Carlo run.
    packed : bool
        Leave the steps as `Cells`: a portfolio writes them, or never looks at them.
    """
    place = (
        path if path.isascii() else path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    )  # not UTF-8: opened as it is, shown as it can be
    try:
        document = read(path, place) if content is None else parse(content, place)
        found = appraise(document, plan)
        tree = found.packed if packed else found.tree
    except Invalid as bad:
        return Outcome(place, None, [f.to_dict() for f in bad.findings])
    except OSError as bad:
        why = Finding("CC100", "error", f"the file cannot be read: {bad.strerror or bad}", "check the path and who may read it", Place(place))
        return Outcome(place, None, [why.to_dict()], readable=False)
    return Outcome(place, tree, list(tree["findings"]))


def run(
    items: Sequence[Item],
    each: Callable[[Outcome], str | bytes],
    executor: "Executor | None" = None,
    workers: int = 2,
    chunk: int = CHUNK,
    plan: "Plan | None" = None,
) -> Iterator[Row]:
    """Appraise files and yield a row for each, in their order whatever the number of workers.

    Parameters
    ----------
    items : sequence of (str, bytes or None)
        Files, with content where it is not to be read by the worker.
    each : callable
        What the format makes of one outcome; importable on the workers.
    executor : concurrent.futures.Executor, optional
        Where to work; None works here.
    workers : int
        How many chunks the executor works on at a time.
    chunk : int
        Files a task.
    plan : Plan, optional
        Draws and seed; every file is drawn from the same seed, whoever does it.
    """
    if executor is None:
        for item in items:
            yield _row(item, each, plan)
        return
    size = max(1, min(chunk, -(-len(items) // (workers * 16))))  # small enough that at the end none waits long for another
    parts = deque(items[i : i + size] for i in range(0, len(items), size))
    waiting: deque[tuple[Sequence[Item], Any]] = deque()
    while parts or waiting:
        while parts and len(waiting) < workers * 2:
            part = parts.popleft()
            waiting.append((part, _submit(executor, part, each, plan)))
        part, future = waiting.popleft()
        yield from _result(part, future, each, plan)


def _submit(executor: "Executor", part: Sequence[Item], each: Callable[[Outcome], str | bytes], plan: "Plan | None") -> Any:
    from concurrent.futures import BrokenExecutor

    try:
        return executor.submit(rows, list(part), each, plan)
    except BrokenExecutor:
        return None


def _result(part: Sequence[Item], future: Any, each: Callable[[Outcome], str | bytes], plan: "Plan | None") -> Iterable[Row]:
    """Wait for a chunk; when its worker died, do it here: each file is told once, none is lost."""
    from concurrent.futures import BrokenExecutor

    if future is not None:
        try:
            done: list[Row] = future.result()
            return done
        except BrokenExecutor:
            pass
    return rows(part, each, plan)


def rows(items: Sequence[Item], each: Callable[[Outcome], str | bytes], plan: "Plan | None" = None) -> list[Row]:
    """Appraise one chunk; runs on a worker."""
    return [_row(item, each, plan) for item in items]


def _row(item: Item, each: Callable[[Outcome], str | bytes], plan: "Plan | None") -> Row:
    found = outcome(*item, plan, packed=True)
    return keep(found, each(found))

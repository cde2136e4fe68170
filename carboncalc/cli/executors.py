"""Workers by name: this process, a pool of processes, or a Dask cluster."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from concurrent.futures import Executor

#: from this many files on, starting a pool is repaid
POOL_FROM = 200


class NoExecutor(Exception):
    """The workers asked for are not to be had; the text says why and what to do."""


class Workers(NamedTuple):
    """An executor, None for this process, and how many workers it has."""

    executor: "Executor | None"
    size: int


@contextmanager
def open_workers(executor: str | None, jobs: int | None, files: int) -> Iterator[Workers]:
    """Open the workers for a run and close them after it.

    Parameters
    ----------
    executor : str or None
        ``dask:ADDRESS``, such as ``dask:tcp://127.0.0.1:8786``.
    jobs : int or None
        Processes; None takes one for each core when there are many files.
    files : int
        How many there are to do.

    Raises
    ------
    NoExecutor
        For an executor that is unknown, not installed or not reached.
    """
    if executor is not None:
        with _dask(executor) as workers:
            yield workers
        return
    count = jobs if jobs is not None else (_cores() if files >= POOL_FROM else 1)
    if files > 1:
        settle()
    if count <= 1 or files <= 1:
        yield Workers(None, 1)
        return
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(count, initializer=settle) as pool:
        yield Workers(pool, count)


def settle() -> None:
    """Let the collector look less often: results hold no rings, so it would walk them, and the library, a thousand times and find nothing."""
    import gc

    gc.freeze()
    gc.set_threshold(100_000, 20, 50)


def _cores() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on this system
        return os.cpu_count() or 1


@contextmanager
def _dask(name: str) -> Iterator[Workers]:
    kind, _, address = name.partition(":")
    if kind != "dask" or not address:
        raise NoExecutor(f"there is no executor '{name}'; write `--executor dask:tcp://HOST:PORT`")
    try:
        from distributed import Client
    except ImportError:
        raise NoExecutor("a Dask cluster needs an extra: pip install 'carboncalc[dask]'") from None
    try:
        client = Client(address, timeout=10)
    except (OSError, ValueError) as bad:
        raise NoExecutor(f"no Dask scheduler answers at {address}: {bad}") from None
    with client:
        count = sum(client.ncores().values())
        if not count:
            raise NoExecutor(f"the scheduler at {address} has no workers; start one with `dask worker {address}`")
        yield Workers(client.get_executor(), count)

"""A disk cache of what is built from data files: keyed by their content, safe to lose at any moment.

Only checked, compiled data is kept, as JSON (nothing in it can run); never a result.
"""

import json
import os
from collections.abc import Callable, Iterable
from typing import Any

from .data import _PACKAGE


def folder() -> str | None:
    """Return the cache folder, or None when ``CARBONCALC_CACHE`` is ``off``."""
    chosen = os.environ.get("CARBONCALC_CACHE")
    if chosen == "off":
        return None
    if chosen:
        return chosen
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.join(base, "carboncalc")


def cached(name: str, files: Iterable[str], build: Callable[[], Any]) -> Any:
    """Return `build()`, or what an earlier call with the same file contents and the same code returned.

    Parameters
    ----------
    name : str
        What is built; part of the file name.
    files : iterable of str
        The data files it is built from.
    build : callable
        Makes the value: JSON types only. Called when the cache has nothing usable.
    """
    place = folder()
    if place is None:
        return _plain(build())
    path = os.path.join(place, f"{name}-{_key(files)}.json")
    try:
        with open(path, "rb") as file:
            return json.loads(file.read())
    except (OSError, ValueError):
        pass  # absent, unreadable or damaged: build it again
    value = _plain(build())
    _write(place, path, value)
    return value


def _key(files: Iterable[str]) -> str:
    from _blake2 import blake2b  # hashlib pulls in OpenSSL: 4 ms at start-up

    digest = blake2b(digest_size=16)
    for path in files:
        with open(path, "rb") as file:
            content = file.read()
        digest.update(b"%d:" % len(content))
        digest.update(content)
    digest.update(_code().encode())
    return digest.hexdigest()


_stamp: list[str] = []


def _code() -> str:
    """Name the state of the package's own code, so that a changed compiler never reads old output."""
    if _stamp:
        return _stamp[0]
    stamps = []
    for folder_, _, names in os.walk(_PACKAGE):
        if "_data" in folder_ or "__pycache__" in folder_:
            continue
        for name in sorted(names):
            if name.endswith((".py", ".txt", ".json")):
                state = os.stat(os.path.join(folder_, name))
                stamps.append(f"{name}:{state.st_size}:{state.st_mtime_ns}")
    _stamp.append("|".join(sorted(stamps)))
    return _stamp[0]


def _plain(value: Any) -> Any:
    """Return the value as JSON gives it back, so that a cold and a warm run see the same thing."""
    return json.loads(json.dumps(value))


def _write(place: str, path: str, value: Any) -> None:
    """Write beside and rename, so that another process never sees half a file."""
    temporary = f"{path}.{os.getpid()}"
    try:
        os.makedirs(place, exist_ok=True)
        with open(temporary, "w", encoding="utf-8") as file:
            json.dump(value, file, ensure_ascii=False)
        os.replace(temporary, path)
        _sweep(place)
    except OSError:
        _forget(temporary)


def _sweep(place: str) -> None:
    """Drop what nobody has written for a month, so that the folder does not grow for ever."""
    from time import time

    limit = time() - 30 * 24 * 3600
    for name in os.listdir(place):
        path = os.path.join(place, name)
        if os.stat(path).st_mtime < limit:
            _forget(path)


def _forget(path: str) -> None:
    try:
        os.remove(path)
    except OSError:
        pass

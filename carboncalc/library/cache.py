"""A disk cache of what is built from data files: keyed by their content, safe to lose, to spoil or to share at any moment.

Only checked, compiled data is kept, as JSON (nothing in it can run); never a result. The first line of a cache file is a digest of its own
name and of the rest: what is cut off, edited, or kept under another name is not used, and is built again. That guards against damage, not
against somebody who may write into your cache and means to deceive you.
"""

import json
import os
import re
from _thread import get_ident
from collections.abc import Callable, Iterable
from typing import Any

from .data import _PACKAGE, data_path
from .yaml import regular


def folder() -> str | None:
    """Return the cache folder, or None when ``CARBONCALC_CACHE`` is ``off``."""
    chosen = os.environ.get("CARBONCALC_CACHE")
    if chosen == "off":
        return None
    if chosen:
        return chosen
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return None if base.startswith("~") else os.path.join(base, "carboncalc")  # nobody's home: no cache, rather than a folder named ~ here


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
    return json.loads(_kept(name, files, lambda: json.dumps(build())))  # a cold and a warm run see the same thing


def cached_texts(name: str, files: Iterable[str], build: Callable[[], dict[str, str]]) -> dict[str, str]:
    """Return many texts by name as `cached` would; kept as lines, the names in the first, so that those a run does not need are not decoded.

    Parameters
    ----------
    name, files
        As for `cached`.
    build : callable
        Makes the texts. Each is the JSON of something, which is ASCII without a tab or a line end; so are the names.
    """

    def lines() -> str:
        texts = build()
        return "\n".join(["\t".join(texts), *texts.values()])

    names, *texts = _kept(name, files, lines).split("\n")
    return dict(zip(names.split("\t"), texts, strict=False))  # no texts have no names, which are split into one


def _kept(name: str, files: Iterable[str], build: Callable[[], str]) -> str:
    """Return the text that the cache holds, or build and keep it."""
    place = folder()
    if place is None:
        return build()
    path = os.path.join(place, f"{name}-{_key(files)}.json")
    try:
        with open(path, "rb", buffering=0, opener=regular) as file:
            found = memoryview(file.readall())
        if found[:_STATED] == _digest(path, found[_STATED:]):
            return str(found[_STATED:], "ascii")
    except (OSError, ValueError):
        pass  # absent, unreadable or damaged: build it again
    content = build()
    _write(place, path, content.encode("ascii"))
    return content


def _digest(path: str, content: "bytes | memoryview") -> bytes:
    """Return the first line of a cache file."""
    from _blake2 import blake2b

    digest = blake2b(os.path.basename(path).encode() + b"\n", digest_size=16)
    digest.update(content)
    return digest.hexdigest().encode() + b"\n"


#: length of the first line
_STATED = 33


def _key(files: Iterable[str]) -> str:
    from _blake2 import blake2b  # hashlib pulls in OpenSSL: 4 ms at start-up

    digest = blake2b(digest_size=16)
    for path in files:
        with open(path, "rb", buffering=0) as file:
            content = file.readall()
        digest.update(b"%d:" % len(content))
        digest.update(content)
    digest.update(_code().encode())
    return digest.hexdigest()


_stamp: list[str] = []
#: the code that makes what is kept: the modules of the package itself, which build, and these rooms, the only ones that they build with
MAKERS = ("", "formula", "library", "units")


def _code() -> str:
    """Name the state of the code that makes what is kept, and of the schemas, so that a changed compiler never reads old output.

    The time of the last change of the file's entry (ctime) is part of it: an editor or an archive may set mtime back, but not that.
    """
    if _stamp:
        return _stamp[0]
    stamps = []
    for place in (*(os.path.join(_PACKAGE, room) for room in MAKERS), data_path("schemas")):
        with os.scandir(place) as entries:
            for entry in entries:
                if entry.name.endswith((".py", ".txt", ".json")):
                    state = entry.stat()
                    stamps.append(f"{entry.name}:{state.st_size}:{state.st_mtime_ns}:{state.st_ctime_ns}")
    _stamp.append("|".join(sorted(stamps)))
    return _stamp[0]


def _write(place: str, path: str, content: bytes) -> None:
    """Write beside and rename, so that another process never sees half a file; each thread beside its own, so that none writes into another's."""
    temporary = f"{path}.{os.getpid()}.{get_ident()}"
    try:
        os.makedirs(place, exist_ok=True)
        with open(temporary, "wb") as file:
            file.write(_digest(path, content) + content)
        os.replace(temporary, path)
        _sweep(place)
    except OSError:
        _forget(temporary)


#: what this module writes, half-written files of a killed process too
_OURS = r".+-[0-9a-f]{32}\.json(\.[0-9.]+)?"


def _sweep(place: str) -> None:
    """Drop what nobody has written for a month, so that the folder does not grow for ever; a file that is not ours is never touched."""
    from time import time

    limit = time() - 30 * 24 * 3600
    with os.scandir(place) as entries:
        for entry in entries:
            if re.fullmatch(_OURS, entry.name) and entry.stat(follow_symlinks=False).st_mtime < limit:
                _forget(entry.path)


def _forget(path: str) -> None:
    try:
        os.remove(path)
    except OSError:
        pass

"""Files: what a user names on the command line becomes a fixed list of project files."""

import os
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatch
from glob import glob, has_magic

_ENDINGS = (".yaml", ".yml")


def find(paths: Iterable[str], exclude: Sequence[str] = ()) -> list[str]:
    """Expand folders and globs; in a fixed order, each file once.

    Folders are walked whole, except what begins with a point; a link to a folder is not followed, so no loop of links can trap
    the walk. ``-`` stands for standard input.

    Parameters
    ----------
    paths : iterable of str
        Files, folders, globs.
    exclude : sequence of str
        Globs; a file or folder that is met on a walk and whose name or path fits one is left out. A file named outright is taken all the same.

    Raises
    ------
    OSError
        When a path names nothing.
    """
    found: dict[str, None] = {}
    for path in paths:
        if path == "-":
            found.setdefault(path)
        elif os.path.isdir(path):
            inside = list(_walk(path, exclude))
            if not inside:
                raise FileNotFoundError(f"no .yaml files in the folder {path}")
            found.update(dict.fromkeys(inside))
        elif os.path.lexists(path):
            found.setdefault(path)
        else:
            matched = sorted(p for p in glob(path, recursive=True) if os.path.isfile(p)) if has_magic(path) else []
            if not matched:
                raise FileNotFoundError(f"there is no file {path}")
            found.update(dict.fromkeys(matched))
    return list(found)


def _walk(folder: str, exclude: Sequence[str]) -> Iterator[str]:
    with os.scandir(folder) as entries:
        rows = sorted(entries, key=lambda e: e.name)
    for entry in rows:
        if entry.name.startswith(".") or any(fnmatch(name, e) for e in exclude for name in (entry.name, entry.path)):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(entry.path, exclude)
        elif entry.name.endswith(_ENDINGS) and (entry.is_file() or entry.is_symlink()):
            yield entry.path

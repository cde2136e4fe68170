"""Files: what a user names on the command line becomes a fixed list of project files."""

import os
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatch
from glob import glob, has_magic
from os.path import join

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
            matched = sorted(p for p in _globbed(path) if not os.path.isdir(p)) if has_magic(path) else []
            if not matched:
                raise FileNotFoundError(f"there is no file {path}")
            found.update(dict.fromkeys(matched))
    return list(found)


def _walk(folder: str, exclude: Sequence[str]) -> Iterator[str]:
    """Yield the project files of a folder and all below it; a stack and not a recursion, since folders may be nested deeper than Python calls."""
    waiting = [_entries(folder)]
    while waiting:
        entry = next(waiting[-1], None)
        if entry is None:
            waiting.pop()
        elif entry.name.startswith(".") or any(fnmatch(name, e) for e in exclude for name in (entry.name, entry.path)):
            continue
        elif entry.is_dir(follow_symlinks=False):
            waiting.append(_entries(entry.path))
        elif entry.name.endswith(_ENDINGS):  # a pipe or a broken link too: what is named as a project and cannot be read is told
            yield entry.path


def _entries(folder: str) -> "Iterator[os.DirEntry[str]]":
    with os.scandir(folder) as entries:
        return iter(sorted(entries, key=lambda e: e.name))


def _globbed(pattern: str) -> Iterable[str]:
    """Expand a glob; ``**`` stands for any folders and, unlike in `glob`, never follows a link: two links to their own folder make 2**40 paths."""
    before, stars, after = pattern.partition("**")
    if not stars or (before and not before.endswith(("/", os.sep))) or not after.startswith(("/", os.sep)):
        return glob(pattern)
    roots = glob(before) if has_magic(before) else [before]
    rest = after.lstrip("/" + os.sep)
    while rest.startswith(("**/", "**" + os.sep)):  # twice any folders is any folders
        rest = rest[2:].lstrip("/" + os.sep)
    return {path for root in roots for folder in _folders(root) for path in _globbed(join(folder, rest))}


def _folders(root: str) -> Iterator[str]:
    waiting = [root]
    while waiting:
        folder = waiting.pop()
        yield folder
        try:
            waiting += [join(folder, e.name) for e in _entries(folder or ".") if e.is_dir(follow_symlinks=False) and not e.name.startswith(".")]
        except OSError:
            continue  # a folder that cannot be listed holds nothing that a glob may find

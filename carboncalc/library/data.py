"""Where the packaged data is: in a wheel under ``_data``, in a clone or an editable install beside the package."""

from collections.abc import Iterator
from os import scandir
from os.path import dirname, isdir, join

_PACKAGE = dirname(dirname(__file__))


def data_path(kind: str) -> str:
    """Return the folder of one kind of data.

    Parameters
    ----------
    kind : str
        ``factors``, ``schemas``, ``methodologies``, ``programmes``, ``locale``, or ``tests/cases`` and below.
    """
    for folder in (join(_PACKAGE, kind), join(_PACKAGE, "_data", kind), join(dirname(_PACKAGE), kind)):
        if isdir(folder):
            return folder
    raise FileNotFoundError(f"carboncalc is not installed whole: its folder '{kind}' is missing")


def data_files(kind: str, suffix: str = ".yaml") -> list[str]:
    """List the data files of one kind, folder by folder, in a fixed order."""
    return list(data_names(kind, suffix).values())


def data_names(kind: str, suffix: str = ".yaml") -> dict[str, str]:
    """Return name -> file of one kind, in the same order: the path is the name, ``jcm/vn-am007``."""
    return dict(_walk(data_path(kind), "", suffix))


def _walk(folder: str, above: str, suffix: str) -> Iterator[tuple[str, str]]:
    for entry in sorted(scandir(folder), key=lambda e: e.name):
        if entry.is_dir():
            yield from _walk(entry.path, f"{above}{entry.name}/", suffix)
        elif entry.name.endswith(suffix):
            yield above + entry.name.removesuffix(suffix), entry.path

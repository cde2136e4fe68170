"""Where the packaged data is: in a wheel under ``_data``, in a clone or an editable install beside the package."""

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
    return _walk(data_path(kind), suffix)


def _walk(folder: str, suffix: str) -> list[str]:
    found = []
    for entry in sorted(scandir(folder), key=lambda e: e.name):
        if entry.is_dir():
            found += _walk(entry.path, suffix)
        elif entry.name.endswith(suffix):
            found.append(entry.path)
    return found

"""Places of findings as other programs want them."""

import os


def relative(file: str) -> str:
    """Return a path relative to the working folder, with strokes, so that no output names a machine's own folders."""
    if file.startswith("<"):
        return file.strip("<>")
    try:
        path = os.path.relpath(file)
    except ValueError:  # another drive
        path = os.path.basename(file)
    return path.replace(os.sep, "/")

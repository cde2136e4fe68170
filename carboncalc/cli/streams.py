"""Where output goes: standard output or a file, written whole or not at all, and chatter to standard error."""

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any


def say(text: str) -> None:
    """Write a line for people, to standard error."""
    print(f"carboncalc: {text}", file=sys.stderr)


def colour(no_color: bool, stream: Any) -> bool:
    """Tell whether to colour: a terminal, and nobody asked for none."""
    return not no_color and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb" and bool(stream.isatty())


def columns(width: int | None) -> int:
    """Return the width of the report."""
    if width:
        return width
    import shutil

    return max(40, min(shutil.get_terminal_size((100, 24)).columns, 200))


def write(pieces: Iterable[str | bytes], output: str | None) -> bool:
    """Print pieces as they come, or write beside and rename, so that no half file is ever left."""
    if output is None:
        for piece in pieces:
            if isinstance(piece, bytes):
                if sys.stdout.isatty():
                    say("this format is no text for a terminal; name a file with -o")
                    return False
                sys.stdout.buffer.write(piece)
                continue
            try:
                sys.stdout.write(piece)
            except UnicodeEncodeError:
                sys.stdout.flush()
                sys.stdout.buffer.write(piece.encode(sys.stdout.encoding or "ascii", "replace"))
        return True
    temporary = f"{output}.{os.getpid()}.part"
    written = False
    try:
        with open(temporary, "wb") as file:
            for piece in pieces:
                file.write(piece if isinstance(piece, bytes) else piece.encode("utf-8"))
                written = True
        if written:  # nothing to show of an invalid file leaves what stood there before
            os.replace(temporary, output)
    except OSError as bad:
        say(f"cannot write {output}: {bad.strerror}")
        return False
    finally:
        if os.path.exists(temporary):
            os.remove(temporary)
    return True


class Progress:
    """A count on the last line of a terminal's standard error; silent anywhere else."""

    def __init__(self, total: int, shown: bool) -> None:
        self.total, self.shown, self.done, self.length = total, shown, 0, 0

    def advance(self) -> None:
        """Count one file."""
        self.done += 1
        if self.shown and (self.done % 16 == 0 or self.done == self.total):
            text = f"carboncalc: {self.done}/{self.total} files"
            print("\r" + text, end="", file=sys.stderr, flush=True)
            self.length = len(text)

    def clear(self) -> None:
        """Take the count away, for a message or at the end."""
        if self.length:
            print("\r" + " " * self.length + "\r", end="", file=sys.stderr, flush=True)
            self.length = 0


@contextmanager
def progress(total: int, quiet: bool) -> Iterator[Progress]:
    """Show progress while files are worked through, on a terminal only."""
    shown = Progress(total, not quiet and total > 16 and sys.stderr.isatty())
    try:
        yield shown
    finally:
        shown.clear()

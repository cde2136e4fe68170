"""Where output goes: standard output or a file, written whole or not at all, and chatter to standard error."""

import io
import os
import stat
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import IO, Any

from ..reports.numbers import clean


def say(text: str) -> None:
    """Write a line for people, to standard error."""
    print(f"carboncalc: {clean(text)}", file=sys.stderr)


def reason(bad: OSError) -> str:
    """Say why a file cannot be read or written, and which."""
    return f"{bad.strerror or bad}{': ' + str(bad.filename) if bad.filename else ''}"


def standard_input() -> bytes:
    """Read standard input, one byte beyond the largest file at most: a pipe may never end.

    Raises
    ------
    OSError
        When it is closed.
    """
    from ..library.yaml import MAX_BYTES

    if sys.stdin is None:
        raise OSError("standard input is closed")
    return sys.stdin.buffer.read(MAX_BYTES + 1)


def colour(no_color: bool, stream: Any) -> bool:
    """Tell whether to colour: a terminal, and nobody asked for none."""
    return not no_color and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb" and bool(stream.isatty())


def columns(width: int | None) -> int:
    """Return the width of the report."""
    if width:
        return width
    import shutil

    return max(40, min(shutil.get_terminal_size((100, 24)).columns, 200))


def write(pieces: Iterable[str | bytes], output: str | None, document: bool = False) -> bool:
    """Print pieces as they come, or write beside and rename, so that no half file is ever left. Bytes are UTF-8, or those of a document.

    Returns
    -------
    bool
        False when it could not be written, which is told on standard error.
    """
    if output is None:
        return _print(pieces, document)
    place = os.path.realpath(output)  # a link is written through, not replaced
    try:
        if os.path.exists(place) and not stat.S_ISREG(os.stat(place).st_mode):
            with open(place, "wb") as file:  # a device or a pipe: nothing can stand beside it, and renaming would destroy it
                file.writelines(map(_encoded, pieces))
            return True
    except OSError as bad:
        return _cannot(output, bad)
    temporary = f"{place}.{os.getpid()}.part"
    written = False
    try:
        with _beside(place, temporary) as file:
            for piece in pieces:
                file.write(_encoded(piece))
                written = True
        if written:  # nothing to show of an invalid file leaves what stood there before
            os.replace(temporary, place)
    except OSError as bad:
        return _cannot(output, bad)
    finally:
        if os.path.exists(temporary):
            os.remove(temporary)
    return True


def _encoded(piece: str | bytes) -> bytes:
    return piece if isinstance(piece, bytes) else piece.encode("utf-8", "backslashreplace")


def _beside(place: str, temporary: str) -> IO[bytes]:
    """Open a new file with the permissions of the one it will replace; a name of a file that waits there already is not followed."""
    mode = stat.S_IMODE(os.stat(place).st_mode) if os.path.exists(place) else 0o666
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    return open(handle, "wb")


def _cannot(output: str, bad: OSError) -> bool:
    say(f"cannot write {output}: {bad.strerror or bad}")
    return False


def _print(pieces: Iterable[str | bytes], document: bool) -> bool:
    if sys.__stdout__ is None:
        say("standard output is closed; `-o FILE` writes a file")
        return False
    straight = document or (sys.stdout.encoding or "").lower() == "utf-8"
    for piece in pieces:
        if isinstance(piece, bytes) and straight:
            sys.stdout.flush()  # what was written as text comes first
            sys.stdout.buffer.write(piece)
            continue
        text = piece if isinstance(piece, str) else piece.decode()
        try:
            sys.stdout.write(text)
        except UnicodeEncodeError:
            sys.stdout.flush()
            sys.stdout.buffer.write(text.encode(sys.stdout.encoding or "ascii", "backslashreplace"))
    return True


class Gone(Exception):
    """The reader of standard output went away, or (with a reason) it cannot be written; no OSError, which a command would take for a fault of a file."""


class _Checked(io.FileIO):
    """Standard output itself, where every failing write of every command comes by."""

    def write(self, data: Any) -> int:
        try:
            return super().write(data) or 0
        except BrokenPipeError:
            raise Gone from None
        except OSError as bad:
            raise Gone(bad.strerror) from None


def guard() -> None:
    """Make sure of the streams: closed ones lead nowhere instead of into each other, and a failing standard output ends the program as `Gone`."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))
    if sys.__stdout__ is not None and sys.stdout is sys.__stdout__ and not sys.stdout.isatty():
        raw = _Checked(sys.stdout.fileno(), "w", closefd=False)
        sys.stdout = io.TextIOWrapper(io.BufferedWriter(raw), encoding=sys.stdout.encoding, errors=sys.stdout.errors)


def gone(why: Gone) -> int:
    """Leave standard output behind and return the exit code: a reader that goes away (``| head``) is no error, a full disk is."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what is still in the buffer cannot go anywhere
    if not why.args:
        return 0
    say(f"cannot write standard output: {why.args[0]}")
    return 2


def overwrites(output: str | None, inputs: Iterable[str]) -> bool:
    """Tell, and say so, whether the output would be written over one of the files it is made from."""
    for path in inputs:
        if output and os.path.exists(path) and os.path.exists(output) and os.path.samefile(path, output) and stat.S_ISREG(os.stat(output).st_mode):
            say(f"{output} is one of the files to read; write the output elsewhere")
            return True
    return False


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

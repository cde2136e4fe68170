"""The program around the commands: its memory, its streams, and how it ends."""

import gc
import os
import sys


def main() -> None:
    """Run the command line; a reader that goes away (``| head``) is not an error."""
    gc.set_threshold(50_000)  # a short run makes few cycles; the default would walk the heap dozens of times, from the imports below on
    from .app import run
    from .streams import Gone, gone, guard

    guard()
    try:
        run(sys.argv[1:])
    except Gone as why:
        sys.exit(gone(why))
    except KeyboardInterrupt:
        sys.exit(130)


def script() -> None:
    """Run the command line as a program of its own, and leave without tearing the interpreter down.

    Everything printed is flushed first; what is skipped is the freeing of memory that the system takes back anyway, a tenth of the wait.
    """
    code: object = 0
    try:
        main()
    except SystemExit as done:
        code = done.code
    from .streams import Gone, gone

    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except Gone as why:
        code = gone(why) or code  # a gate that fired stays fired
    except (OSError, ValueError):
        code = code or 0
    os._exit(code if isinstance(code, int) else 0 if code is None else 1)

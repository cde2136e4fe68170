"""The command line: parse, call, print, exit code. Nothing is computed here and nothing heavy is imported."""

from .program import main, script

__all__ = ["main", "script"]

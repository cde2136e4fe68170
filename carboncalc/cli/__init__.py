"""The command line: parse, call, print, exit code. Nothing is computed here and nothing heavy is imported."""

from .app import main

__all__ = ["main"]

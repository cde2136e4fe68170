"""Run the command line with ``python -m carboncalc``."""

from .cli import script

script()

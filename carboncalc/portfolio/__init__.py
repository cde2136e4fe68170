"""Many projects: find the files, appraise them here or on workers, add them up, and judge them by gates."""

from .files import find
from .gates import Gate, parse_gate
from .running import outcome, run
from .tally import Tally, keep

__all__ = ["Gate", "Tally", "find", "keep", "outcome", "parse_gate", "run"]

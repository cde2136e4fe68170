"""What changed between two projects or results and why, and whether the library still gives a locked answer."""

from .attribution import Part, attribute
from .changes import ABSENT, Change, changes, mixed
from .diff import compare, pair_up
from .lock import check, lock

__all__ = ["ABSENT", "Change", "Part", "attribute", "changes", "check", "compare", "lock", "mixed", "pair_up"]

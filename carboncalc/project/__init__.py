"""Project and park files: read, checked against their schema, and kept with the place of every value.

A park is loaded by ``park``, which no plain project imports.
"""

from .single import MAX_YEARS, Measure, Project, load, measures

__all__ = ["MAX_YEARS", "Measure", "Project", "load", "measures"]

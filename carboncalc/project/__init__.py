"""Project and park files: read, checked against their schema, and kept with the place of every value."""

from .park import Exchange, Member, Park, load_park
from .single import MAX_YEARS, Measure, Project, load, measures

__all__ = ["MAX_YEARS", "Exchange", "Measure", "Member", "Park", "Project", "load", "load_park", "measures"]

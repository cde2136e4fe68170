"""Estimating: bind a project to its methodology, run the equations, and keep every step."""

from .binding import Binding, bind
from .plausibility import of_money, of_project
from .running import Estimate, estimate, fixed, movable, redraw

__all__ = ["Binding", "Estimate", "bind", "estimate", "fixed", "movable", "of_money", "of_project", "redraw"]

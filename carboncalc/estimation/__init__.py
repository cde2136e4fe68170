"""Estimating: bind a project to its methodology, run the equations, and keep every step."""

from .binding import Binding, bind
from .running import Estimate, estimate, fixed, movable, redraw

__all__ = ["Binding", "Estimate", "bind", "estimate", "fixed", "movable", "redraw"]

"""Estimating: bind a project to its methodology, run the equations, and keep every step."""

from .binding import Binding, bind
from .plausibility import of_money, of_project
from .running import Estimate, estimate

__all__ = ["Binding", "Estimate", "bind", "estimate", "of_money", "of_project"]

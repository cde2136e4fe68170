"""Simulating: a project drawn many times, with its money and its programmes, and how sure its tonnes are.

``variables`` finds what is uncertain and puts drawn values in the place of the stated ones, ``running`` draws, evaluates and reports.
"""

from .running import Case, check, simulate

__all__ = ["Case", "check", "simulate"]

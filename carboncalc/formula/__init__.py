"""The formula language: one text per equation, read five ways.

``grammar`` reads it, ``proof`` proves its units, ``program`` computes it on floats, arrays or pint
quantities, ``render`` explains it (text, LaTeX, Excel), and ``system`` orders many equations into one
checked whole. See ``grammar`` for what may be written.
"""

from .grammar import FormulaError, Node, names, parse
from .program import LIBRARIES, Sizes, run
from .render import excel, latex, text
from .system import Symbol, System, compile_system

__all__ = [
    "LIBRARIES",
    "FormulaError",
    "Node",
    "Sizes",
    "Symbol",
    "System",
    "compile_system",
    "excel",
    "latex",
    "names",
    "parse",
    "run",
    "text",
]

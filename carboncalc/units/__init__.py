"""Units and quantities: one closed vocabulary, read once, converted by plain numbers.

Reading a quantity and converting a value cost a dict look-up; pint is imported only where equations are
proved (`registry`) and where ``table.json`` is written. See ``units.txt`` for the vocabulary.
"""

from .quantity import Quantity, read_number, read_quantity
from .vocabulary import Unit, UnitError, convert, describe, parse, registry, scale, snap, spell

__all__ = [
    "Quantity",
    "Unit",
    "UnitError",
    "convert",
    "describe",
    "parse",
    "read_number",
    "read_quantity",
    "registry",
    "scale",
    "snap",
    "spell",
]

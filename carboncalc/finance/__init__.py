"""Money and credits: payback, net present value, rate of return, cost per tonne and cash flow, and who receives the credits.

The equations are data (``methodologies/carboncalc``), so they are proved, traced and exported like any methodology.
``money`` converts currencies, ``reading`` reads the finance block, ``flows`` computes and says why a result does not
exist, ``credits`` does the same for the credits; ``part`` runs the equations for both.
``drawing`` does so on arrays; only a simulation imports it.
"""

from .credits import Credits, allocate
from .flows import Finance, assess
from .money import Money

__all__ = ["Credits", "Finance", "Money", "allocate", "assess"]

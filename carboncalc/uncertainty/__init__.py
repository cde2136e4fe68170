"""Uncertainty: distributions from 95 % intervals, draws, and the two approaches of the IPCC.

``distributions`` turns an interval into a distribution and says by which rule, ``normal`` has the normal distribution itself,
``drawing`` draws many variables at once, ``propagation`` is approach 1 and ``summary`` says what many draws tell. numpy is an
extra and is imported when a draw is asked for.
"""

from types import ModuleType

INSTALL = "pip install 'carboncalc[mc]'"


class NoNumpy(ImportError):
    """Monte Carlo was asked for and its extra is not installed; the text says how to install it."""


def need_numpy() -> ModuleType:
    """Return numpy.

    Raises
    ------
    NoNumpy
        When it is not installed.
    """
    try:
        import numpy
    except ImportError:
        raise NoNumpy(f"Monte Carlo needs an extra: {INSTALL}") from None
    return numpy

"""Attribution: a difference between two answers shared out among its causes, so that the parts sum to the whole.

The changes are applied one after the other, once from the first to the last and once from the last to the first, and each
gets the mean of what it did in the two: what two changes do together (more buses, and each drives further) is shared evenly
between them. Two changes that cannot stand alone (another methodology and its inputs) are taken together.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import isfinite
from typing import NamedTuple

from .changes import Change

#: one answer for a set of changes, None where the mixture is no valid project
Answer = Callable[[Sequence[Change]], float | None]


class Part(NamedTuple):
    """What some changes did together to the answer."""

    changes: tuple[Change, ...]
    amount: float


def attribute(found: Sequence[Change], answer: Answer, base: float, head: float) -> list[Part]:
    """Share out ``head - base`` among changes.

    Parameters
    ----------
    found : sequence of Change
        All of them together turn the base into the head.
    answer : callable
        The answer with some changes applied to the base.
    base, head : float
        The answers with none and with all applied.

    Returns
    -------
    list of Part
        In the order of the changes; as exact numbers they add up to ``head - base``, as floats to within their last bits.
    """
    blocks = _blocks(list(found), answer)
    forward = _pass(blocks, answer, base, head)
    backward = _pass(blocks[::-1], answer, base, head)
    if forward is None:  # no order of single steps works: one part for all
        return [Part(tuple(found), head - base)] if found else []
    amounts = [(a + b) / 2 for a, b in zip(forward, backward[::-1], strict=True)] if backward is not None else forward
    return [Part(tuple(block), float(amount)) for block, amount in zip(blocks, amounts, strict=True)]


def _blocks(found: list[Change], answer: Answer) -> list[list[Change]]:
    """Group changes so that after each group the file is a valid project."""
    blocks: list[list[Change]] = []
    done: list[Change] = []
    waiting: list[Change] = []
    for change in found:
        waiting.append(change)
        if answer([*done, *waiting]) is not None:
            blocks.append(waiting)
            done += waiting
            waiting = []
    if waiting:
        blocks.append(waiting)
    return blocks


def _pass(blocks: Sequence[Sequence[Change]], answer: Answer, base: float, head: float) -> list[Fraction] | None:
    before, done = Fraction(base), list[Change]()
    amounts = []
    for i, block in enumerate(blocks):
        done += block
        value = head if i == len(blocks) - 1 else answer(done)
        if value is None or not isfinite(value):
            return None
        amounts.append(Fraction(value) - before)
        before = Fraction(value)
    return amounts

"""Proving the units of an equation, and writing the conversions it needs into its tree.

A value keeps the unit in which it is declared (MWh, g/km), because that is what a validator sees. Where
the units of a product differ from the unit wanted only by scale, the proof puts a ``scale`` node there:
the 24 of ``EC_CAP [MW] * D [day/year]`` in MWh/year, the 10⁻⁶ of grams to tonnes. Nobody types them.
"""

from collections.abc import Callable
from typing import Any

from .. import units
from .grammar import FormulaError, Node

_units_of: dict[str, Any] = {}


def unit_of(text: str) -> Any:
    """Return the pint unit for a unit in carboncalc's spelling."""
    if text not in _units_of:
        registry = units.registry()
        _units_of[text] = registry.Quantity(1.0, registry.dimensionless) * registry.parse_expression(units.spell(text))
    return _units_of[text]


def prove(tree: Node, want: str | None, unit: Callable[[str], str | None]) -> Node:
    """Prove a formula and return its tree with the conversions written in.

    Parameters
    ----------
    tree : Node
        From `grammar.parse`.
    want : str or None
        The unit of the result; None for a condition or a text.
    unit : callable
        Unit text of a name; None for a text or a truth value.

    Raises
    ------
    FormulaError
        CC210 when dimensions do not fit.
    """
    prover = _Prover(unit)
    if want is None:
        return prover.condition(tree)
    return prover.value(tree, unit_of(want))[0]


class _Prover:
    def __init__(self, unit: Callable[[str], str | None]) -> None:
        self.unit = unit

    def value(self, node: Node, want: Any) -> tuple[Node, Any]:
        """Prove a value; `want` is a quantity of one unit, or None when any unit will do."""
        kind = node[0]
        if kind == "num":
            if node[1] == 0.0 and want is not None:
                return node, want  # zero is zero in every unit
            return self.fit(node, unit_of("1"), want)
        if kind in ("name", "previous"):
            text = self.unit(node[1])
            if text is None:
                raise FormulaError("CC210", f"'{node[1]}' is not a number", "compare it in a condition")
            return self.fit(node, unit_of(text), want)
        if kind == "neg":
            inner, have = self.value(node[1], want)
            return ["neg", inner], have
        if kind in ("+", "-"):
            sides, unit = self.alike(node[1:], want)
            return [kind, *sides], unit
        if kind in ("*", "/"):
            left, a = self.value(node[1], None)
            right, b = self.value(node[2], None)
            return self.fit([kind, left, right], a * b if kind == "*" else a / b, want)
        if kind == "**":
            return self.power(node, want)
        if kind == "sum":
            inner, have = self.value(node[1], want)
            return ["sum", inner, node[2]], have
        if kind == "call":
            return self.call(node, want)
        raise FormulaError("CC210", "a condition stands where a number is wanted", "use `where(condition, a, b)`")

    def alike(self, nodes: list[Node], want: Any) -> tuple[list[Node], Any]:
        """Prove values of one unit: the one wanted, or that of the first value that is no bare zero. Each is proved once: nested, twice is 2**depth."""
        proved: dict[int, Node] = {}
        if want is None:
            first = next((i for i, node in enumerate(nodes) if node != ["num", 0.0]), 0)
            proved[first], want = self.value(nodes[first], None)
        return [proved[i] if i in proved else self.value(node, want)[0] for i, node in enumerate(nodes)], want

    def power(self, node: Node, want: Any) -> tuple[Node, Any]:
        _, base, exponent = node
        if exponent[0] == "num":
            left, have = self.value(base, None)
            return self.fit(["**", left, exponent], have ** int(exponent[1]), want)
        plain = unit_of("1")
        return self.fit(["**", self.value(base, plain)[0], self.value(exponent, plain)[0]], plain, want)

    def call(self, node: Node, want: Any) -> tuple[Node, Any]:
        name, arguments = node[1], node[2:]
        plain = unit_of("1")
        if name in ("min", "max"):
            proved, unit = self.alike(arguments, want)
            return ["call", name, *proved], unit
        if name == "where":
            condition = self.condition(arguments[0])
            proved, unit = self.alike(arguments[1:], want)
            return ["call", name, condition, *proved], unit
        if name == "exp":
            return self.fit(["call", name, self.value(arguments[0], plain)[0]], plain, want)
        if name == "floor":
            inner, have = self.value(arguments[0], None)
            return self.fit(["call", name, inner], have, want)
        if name == "lookup":
            return self.fit(["call", name, arguments[0], self.value(arguments[1], plain)[0]], unit_of(self.unit(arguments[0][1]) or "1"), want)
        if name == "npv":
            rate, initial, flow = arguments
            start, money = self.value(initial, None)
            flow_ = self.value(flow, money / unit_of("year"))[0]
            return self.fit(["call", name, self.value(rate, plain)[0], start, flow_], money, want)
        start, money = self.value(arguments[0], None)
        flow_ = self.value(arguments[1], money / unit_of("year"))[0]
        return self.fit(["call", name, start, flow_], plain, want)

    def condition(self, node: Node) -> Node:
        kind = node[0]
        if kind in ("and", "or"):
            return [kind, self.condition(node[1]), self.condition(node[2])]
        if kind == "not":
            return [kind, self.condition(node[1])]
        if kind == "in":
            return node
        if kind == "cmp":
            _, operator, left, right = node
            if "str" in (left[0], right[0]) or self.is_text(left) or self.is_text(right):
                return node
            first, have = self.value(left if left != ["num", 0.0] else right, None)
            if left == ["num", 0.0]:
                return ["cmp", operator, left, first]
            return ["cmp", operator, first, self.value(right, have)[0]]
        if kind == "name" and self.unit(node[1]) is None:
            return node
        raise FormulaError("CC210", "a number stands where a condition is wanted", "compare it, as in `x > 0`")

    def is_text(self, node: Node) -> bool:
        return node[0] == "name" and self.unit(node[1]) is None

    def fit(self, node: Node, have: Any, want: Any) -> tuple[Node, Any]:
        if want is None:
            return node, have
        if have.dimensionality != want.dimensionality:
            raise FormulaError(
                "CC210", f"units do not fit: {_words(have)} where {_words(want)} is wanted", "check the factors of this product and the declared unit"
            )
        factor = units.snap(float((have / want).to_base_units().magnitude))
        if factor == 1.0:
            return node, want
        return ["scale", factor, node], want


def _words(quantity: Any) -> str:
    dims = tuple(sorted((str(name), int(power)) for name, power in quantity.dimensionality.items()))
    return units.describe(units.Unit("", 1.0, dims))

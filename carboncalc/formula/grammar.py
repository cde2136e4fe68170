"""Reading a formula into a tree; the grammar is frozen.

::

    + - * / **          arithmetic; ** takes a small whole exponent, or any plain number on a plain base
    < <= > >= == !=     one comparison at a time
    and or not          logic on comparisons
    x in ("a", "b")     choice among texts
    min max where floor exp lookup sum previous, and the registered functions

Numbers are 0 and 1, and whole exponents up to 9: every other constant is a named, cited quantity or falls
out of the units. A formula is text from a data file, so it is parsed with `ast` and never evaluated as
Python; nothing outside the list above survives `parse`.

A tree is made of plain lists, ``[kind, …]``, so that it can be kept in a JSON cache:
``num str name + - * / ** neg cmp and or not in call sum previous scale``.
"""

from typing import Any

from .functions import FUNCTIONS

Node = list[Any]

MAX_LENGTH = 2000

_FORBIDDEN = {
    "^": ("'^' is not a power here", "use **"),
    "×": ("'×' is not an operator here", "use *"),
    "·": ("'·' is not an operator here", "use *"),
    "÷": ("'÷' is not an operator here", "use /"),
    "²": ("'²' is not a power here", "use **2"),
    "³": ("'³' is not a power here", "use **3"),
    "−": ("'−' is a typographic minus", "use -"),
    "≤": ("'≤' is not an operator here", "use <="),
    "≥": ("'≥' is not an operator here", "use >="),
}


class FormulaError(ValueError):
    """A formula that cannot be read, ordered or proved.

    Parameters
    ----------
    code : str
        Finding code.
    message, help : str
        What is wrong, and how to write it.
    offset, width : int
        Place inside the formula text, in characters.
    """

    def __init__(self, code: str, message: str, help: str = "", offset: int = 0, width: int = 1) -> None:
        super().__init__(message)
        self.code, self.message, self.help, self.offset, self.width = code, message, help, offset, width


def parse(text: str, scales: bool = False) -> Node:
    """Read a formula.

    Parameters
    ----------
    text : str
        As its author wrote it, or as `render.text` wrote a proved tree.
    scales : bool
        Read numbers other than 0 and 1 too: in the formulas of a result they are the conversions between units, and become ``scale``
        nodes again. So a result, saved years ago, still holds its equations.

    Raises
    ------
    FormulaError
        CC120 when the text is not a formula, CC121 when it uses something outside the grammar.
    """
    import ast

    if len(text) > MAX_LENGTH:
        raise FormulaError("CC120", f"a formula longer than {MAX_LENGTH} characters", "split it into several equations")
    quoted = False
    for offset, char in enumerate(text):
        quoted ^= char == '"'
        if char in _FORBIDDEN and not quoted:
            raise FormulaError("CC121", *_FORBIDDEN[char], offset)
        if ord(char) > 127 and not quoted:
            raise FormulaError("CC121", f"the character '{char}' is not used in formulas", "write names in Latin letters", offset)
    shift = len(text) - len(text.lstrip())
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as bad:
        column = getattr(bad, "offset", None)
        place = shift + column - 1 if column else len(text)
        raise FormulaError("CC120", f"cannot read the formula: {getattr(bad, 'msg', 'too deep')}", "check brackets and operators", place) from None
    return _Reader(shift, scales).read(tree.body)


class _Reader:
    def __init__(self, shift: int, scales: bool = False) -> None:
        self.shift, self.scales = shift, scales
        self.depth = 0

    def refuse(self, node: Any, message: str, help: str = "") -> FormulaError:
        width = (node.end_col_offset or node.col_offset + 1) - node.col_offset if node.lineno == node.end_lineno else 1
        return FormulaError("CC121", message, help, node.col_offset + self.shift, width)

    def read(self, node: Any) -> Node:
        self.depth += 1
        if self.depth > 80:
            raise self.refuse(node, "the formula is nested too deeply", "split it into several equations")
        kind = type(node).__name__
        reader = getattr(self, f"_{kind.lower()}", None)
        if reader is None:
            raise self.refuse(node, *_ADVICE.get(kind, (f"{kind} is not part of the formula language", "see `carboncalc explain formulas`")))
        result: Node = reader(node)
        self.depth -= 1
        return result

    def _constant(self, node: Any) -> Node:
        value = node.value
        if isinstance(value, str):
            return ["str", value]
        if type(value) in (int, float) and value in (0, 1):
            return ["num", float(value)]
        shown = repr(value)
        raise self.refuse(node, f"the number {shown} has no unit and no source", "give it a name, a unit and a citation under `constants:`")

    def _name(self, node: Any) -> Node:
        if node.id.startswith("_"):
            raise self.refuse(node, f"the name '{node.id}' begins with an underscore", "begin names with a letter")
        if node.id in FUNCTIONS:
            raise self.refuse(node, f"'{node.id}' is a function", f"write `{FUNCTIONS[node.id].usage}`")
        return ["name", node.id]

    def _binop(self, node: Any) -> Node:
        kind = {"Add": "+", "Sub": "-", "Mult": "*", "Div": "/", "Pow": "**"}.get(type(node.op).__name__)
        if kind is None:
            raise self.refuse(node, "only + - * / ** are operators here", "use ** for a power and floor() for whole parts")
        left = self.read(node.left)
        if kind == "**":
            return ["**", left, self._exponent(node.right)]
        if self.scales and kind == "*" and type(getattr(node.right, "value", None)) in (int, float) and node.right.value not in (0, 1):
            return ["scale", float(node.right.value), left]
        return [kind, left, self.read(node.right)]

    def _exponent(self, node: Any) -> Node:
        sign, inner = 1, node
        if type(node).__name__ == "UnaryOp" and type(node.op).__name__ == "USub":
            sign, inner = -1, node.operand
        if type(inner).__name__ == "Constant" and type(inner.value) is int and 0 <= inner.value <= 9:
            return ["num", float(sign * inner.value)]
        return self.read(node)

    def _unaryop(self, node: Any) -> Node:
        kind = type(node.op).__name__
        if kind == "USub":
            return ["neg", self.read(node.operand)]
        if kind == "Not":
            return ["not", self.read(node.operand)]
        if kind == "Invert":
            raise self.refuse(node, "'~' is not an operator here", "use `not` for a condition and - for a value")
        raise self.refuse(node, "a plus sign in front of a value does nothing", "delete it")

    def _boolop(self, node: Any) -> Node:
        kind = "and" if type(node.op).__name__ == "And" else "or"
        tree = self.read(node.values[0])
        for value in node.values[1:]:
            tree = [kind, tree, self.read(value)]
        return tree

    def _compare(self, node: Any) -> Node:
        if len(node.ops) > 1:
            raise self.refuse(node, "a chain of comparisons", "write `a < b and b < c`")
        kind = {"Lt": "<", "LtE": "<=", "Gt": ">", "GtE": ">=", "Eq": "==", "NotEq": "!=", "In": "in"}.get(type(node.ops[0]).__name__)
        if kind is None:
            raise self.refuse(node, "this comparison is not part of the formula language", "use < <= > >= == != in")
        left, right = self.read(node.left), node.comparators[0]
        if kind == "in":
            elements = getattr(right, "elts", None)
            if elements is None or not all(type(e).__name__ == "Constant" and isinstance(e.value, str) for e in elements):
                raise self.refuse(right, "`in` takes a list of texts", 'write `x in ("a", "b")`')
            return ["in", left, [e.value for e in elements]]
        return ["cmp", kind, left, self.read(right)]

    def _call(self, node: Any) -> Node:
        name = getattr(node.func, "id", None)
        if name not in FUNCTIONS:
            from difflib import get_close_matches

            near = get_close_matches(str(name), list(FUNCTIONS), n=1)
            raise self.refuse(
                node,
                f"'{name or 'this'}' is not a function of the formula language",
                f"did you mean `{near[0]}`?" if near else "functions: " + " ".join(FUNCTIONS),
            )
        function = FUNCTIONS[name]
        if node.keywords or any(type(a).__name__ == "Starred" for a in node.args):
            raise self.refuse(node, "functions take plain arguments", f"write `{function.usage}`")
        low, high = function.arguments
        if not low <= len(node.args) <= high:
            raise self.refuse(
                node, f"{name} takes {low if low == high else f'{low} to {high}'} arguments, not {len(node.args)}", f"write `{function.usage}`"
            )
        if name == "sum":
            index = getattr(node.args[1], "id", None)
            if index is None:
                raise self.refuse(node.args[1], "the second argument of sum is an index set", f"write `{function.usage}`")
            return ["sum", self.read(node.args[0]), index]
        if name == "previous":
            target = getattr(node.args[0], "id", None)
            if target is None:
                raise self.refuse(node.args[0], "previous takes the name of a quantity", f"write `{function.usage}`")
            return ["previous", target]
        return ["call", name, *(self.read(a) for a in node.args)]


_ADVICE = {
    "Tuple": ("a comma makes a list here, not a name or a number", "name indices in `over:` and write one name, such as `EF_km`"),
    "Attribute": ("a point inside a name is not allowed", "use an underscore"),
    "Subscript": ("square brackets are not used", "an index follows from `over:`; write the bare name"),
    "IfExp": ("if/else is not part of the formula language", "write `where(condition, a, b)`"),
    "Lambda": ("functions cannot be defined in a formula", "write the expression itself"),
    "NamedExpr": ("values cannot be assigned in a formula", "write another equation"),
    "JoinedStr": ("formatted text is not part of the formula language", "write a plain text in quotes"),
}


def names(tree: Node) -> list[str]:
    """List the names a tree uses, each once, in order of appearance; `previous` counts."""
    found: dict[str, None] = {}

    def walk(node: Node) -> None:
        kind = node[0]
        if kind in ("name", "previous"):
            found.setdefault(node[1])
        for child in children(node):
            walk(child)

    walk(tree)
    return list(found)


def children(node: Node) -> list[Node]:
    """List the sub-trees of a node."""
    kind = node[0]
    if kind in ("num", "str", "name", "previous"):
        return []
    if kind == "in":
        return [node[1]]
    if kind == "cmp":
        return node[2:4]
    if kind == "call":
        return node[2:]
    if kind == "sum":
        return [node[1]]
    if kind == "scale":
        return [node[2]]
    return node[1:]

"""Following one number: formula, the same with numbers, the result, and so on down to the sources."""

import re
from collections.abc import Mapping
from typing import Any

from .numbers import cell, clean, symbol
from .words import Words

Json = Mapping[str, Any]
_ROLES = ("baseline", "project", "leakage", "reduction", "upstream")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


def names(result: Json) -> list[str]:
    """List what can be traced: symbols, and the roles."""
    roles = [r for r in _ROLES if r != "upstream" or any(s["role"] == "total-upstream" for s in result["steps"])]
    return list(dict.fromkeys([*roles, *(s["name"] for s in result["steps"]), *(q["name"] for q in result["quantities"])]))


def render(result: Json, name: str, width: int, colour: bool, words: Words) -> str | None:
    """Render the derivation of a quantity; None when there is no such quantity.

    Parameters
    ----------
    result : mapping
        The JSON object, format 1.
    name : str
        ``BE``, ``EF_BL_km[bus,2027]``, ``BE[chillers,2027]`` where there are several measures, a role such as ``reduction``,
        or empty for the reduction of the first year.
    width : int
        Columns; long lines are left long, so that they can be copied.
    colour : bool
        Use colour.
    words : Words
        The language.
    """
    match = re.fullmatch(r"\s*([\w-]+)\s*(?:\[([^\]]*)\])?\s*", name or "reduction")
    if not match:
        return None
    wanted = [p.strip() for p in (match[2] or "").split(",") if p.strip()]
    tracer = _Tracer(result, colour, words)
    found = tracer.find(match[1], wanted)
    if found is None:
        return None
    tracer.walk(found, 0)
    return "\n".join(tracer.lines)


class _Tracer:
    def __init__(self, result: Json, colour: bool, words: Words) -> None:
        self.result, self.colour, self.words = result, colour, words
        self.lines: list[str] = []
        self.seen: set[str] = set()
        self.rows: dict[str, list[Json]] = {}
        self.groups: dict[tuple[Any, str], dict[tuple[Any, ...], list[Json]]] = {}
        for row in [*result["steps"], *result["quantities"]]:
            self.rows.setdefault(row["name"], []).append(row)

    def find(self, name: str, wanted: list[str]) -> Json | None:
        totals: list[Json] = [s for s in self.result["steps"] if s["role"] == f"total-{name}"]
        rows = totals if name in _ROLES else self.rows.get(name, [])
        for row in rows:
            if all(w in [str(v) for v in row["index"].values()] or w == row.get("measure") for w in wanted):
                return row
        return None

    def at(self, name: str, user: Json, back: bool = False) -> list[Json]:
        """Return the cells of a name that a row uses: one, or all items of a sum; only those of its own measure."""
        index: Mapping[str, Any] = user["index"]
        year = index.get("year")
        if back and year is not None:
            year -= 1
        fitting = self._fitting(name, user)
        dated = [r for r in fitting if "year" in r["index"]]
        if not dated or year is None:
            return fitting
        if any("formula" in r for r in dated):
            return [r for r in dated if r["index"]["year"] == year]
        latest: dict[str, Json] = {}  # an input that varies by year has one row per change
        for r in dated:
            if r["index"]["year"] <= year:
                latest[str({k: v for k, v in r["index"].items() if k != "year"})] = r
        return list(latest.values())

    def _fitting(self, name: str, user: Json) -> list[Json]:
        """Return the cells of a name in all years that belong to a row's items; grouped once, so that a long list is not gone through for each item."""
        measure, index = user.get("measure"), user["index"]
        if (measure, name) not in self.groups:
            groups: dict[tuple[Any, ...], list[Json]] = {}
            for r in self.rows.get(name, []):
                if not measure or r.get("measure") == measure:
                    groups.setdefault(tuple((k, v) for k, v in r["index"].items() if k != "year"), []).append(r)
            self.groups[measure, name] = groups
        groups = self.groups[measure, name]
        own_key = tuple((k, index.get(k)) for k, _ in next(iter(groups), ()))
        if own_key in groups and len({tuple(k for k, _ in key) for key in list(groups)[:2]}) == 1 and None not in dict(own_key).values():
            return groups[own_key]
        return [r for key, rows in groups.items() if all(index.get(k, v) == v for k, v in key) for r in rows]

    def key(self, row: Json) -> str:
        return cell(row["name"], {"measure": row["measure"], **row["index"]} if row.get("measure") else row["index"])

    def label(self, row: Json) -> str:
        """Return what a row is: the name of its symbol in the language, or the sentence that a step carries itself."""
        own, named = row.get("label"), symbol(self.result, row).get("label")
        return self.words.of(named if named and (not own or own == named.get("en")) else own)

    def walk(self, row: Json, depth: int) -> None:
        key = self.key(row)
        pad = "  " * depth
        label = self.label(row)
        if "formula" not in row:
            self.leaf(row, pad, label)
            return
        if key in self.seen:
            self.lines.append(f"{pad}{self.bold(key)} = {self.words.own(row['value'], row['unit'])}   {self.words('trace.above')}")
            return
        self.seen.add(key)
        self.lines.append(f"{pad}{self.bold(key)}   {label}")
        self.lines.append(f"{pad}  = {clean(row['formula']).replace(' * ', ' × ')}")
        self.lines.append(f"{pad}  = {self.numbers(row)}")
        self.lines.append(f"{pad}  = {self.bold(self.words.own(row['value'], row['unit']))}")
        self.lines.append(f"{pad}    {self.words.of(row['cite'])} ({self.words.mark(row.get('confidence'))})")
        for name in row["uses"]:
            back = f"previous({name})" in row["formula"]
            for used in self.at(name, row, back):
                if used is not row:
                    self.walk(used, depth + 1)

    def leaf(self, q: Json, pad: str, label: str) -> None:
        words, key = self.words, self.key(q)
        if key in self.seen:
            self.lines.append(f"{pad}{self.bold(key)} = {words.own(q['value'], q['unit'])}   {words('trace.above')}")
            return
        self.seen.add(key)
        self.lines.append(f"{pad}{self.bold(key)} = {words.own(q['value'], q['unit'])}   {label}")
        kind = ", ".join(
            str(x) for x in (words(f"status.{q['status']}"), q["match"] and words(f"match.{q['match']}"), words.of(q["method"]), q["year"]) if x
        )
        self.lines.append(f"{pad}    {kind}: {words.source(q)} ({words.mark(q['confidence'])})" + (f"; {q['factor']}" if q["factor"] else ""))
        extra = []
        if q["range"]:
            extra.append(words("trace.range", span=words.span(*(words.figure(end) for end in q["range"]))))
        if q["given"]:
            extra.append(words("trace.written_as", given=clean(q["given"])))
        if q["monitoring"]:
            extra.append(words("trace.monitoring", option=q["monitoring"]))
        if extra:
            self.lines.append(f"{pad}    " + "; ".join(extra))
        for about in ("note", "conflict"):
            if q[about]:
                self.lines.append(f"{pad}    " + words(f"trace.{about}", text=words.of(q[about])))

    def numbers(self, row: Json) -> str:
        """Put the numbers into a formula; a sum over several items shows the list of each."""
        words = self.words

        def put(match: re.Match[str]) -> str:
            name = match[0]
            if name not in row["uses"]:
                return name
            if name == "year":
                return str(row["index"].get("year", name))
            cells = self.at(name, row)
            if not cells:
                return str(self.result["project"]["first_year"]) if name == "first_year" else ("1 year" if name == "period" else name)
            shown = [f'"{clean(c["value"])}"' if isinstance(c["value"], str) else words.own(c["value"], c["unit"]) for c in cells]
            return shown[0] if len(set(shown)) == 1 else "{" + "; ".join(shown) + "}"

        def before(match: re.Match[str]) -> str:
            cells = self.at(match[1], row, back=True)
            return words.own(cells[0]["value"], cells[0]["unit"]) if cells else "0"

        formula = row["formula"]
        if words.number(".") == ",":  # a comma within numbers cannot part the arguments of a function, too
            formula = formula.replace(", ", "; ")
        parts = re.split(r"previous\((\w+)\)", formula)
        out = ""
        for i, part in enumerate(parts):
            out += _NAME.sub(put, _digits(words, part)) if i % 2 == 0 else before(re.fullmatch(r"(\w+)", part))  # type: ignore[arg-type]
        return out.replace(" * ", " × ")

    def bold(self, text: str) -> str:
        return f"\x1b[1m{text}\x1b[0m" if self.colour else text


def _digits(words: Words, formula: str) -> str:
    """Put the marks of the language into the numbers of a formula, its conversions between units."""
    return re.sub(r"(?<![\w.])\d+\.\d+", lambda match: words.number(match[0]), formula)

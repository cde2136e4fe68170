"""The one YAML reader: strict, safe on hostile input, and every value keeps its line and column.

Built on libyaml's events, so that types, duplicate keys and depth are decided here and nowhere else.
Plain scalars follow YAML 1.2: only ``true``/``false`` are booleans, there are no octal, base-60 or date
types, and ``1e6`` is a number.
"""

import os
import re
import stat
from errno import EINVAL
from functools import lru_cache
from os import PathLike
from typing import Any, NamedTuple

import yaml
from yaml.events import MappingEndEvent, MappingStartEvent, ScalarEvent, SequenceEndEvent, SequenceStartEvent

from ..findings import Invalid, Place, error

MAX_BYTES = 5_000_000
MAX_DEPTH = 60
_TOO_DEEP = (f"nested more than {MAX_DEPTH} levels deep", "flatten the file")
MAX_NODES = 200_000
MAX_TEXT = 20_000
MAX_KEYS = 2_000

_INT = re.compile(r"[-+]?(?:0|[1-9][0-9]*)$")
_FLOAT = re.compile(r"[-+]?(?:0|[1-9][0-9]*)(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?$")
_WORDS = {"": None, "~": None, "null": None, "true": True, "false": False}
#: how a text begins that may be no text
_SPECIAL = frozenset(["", *"~ntf.+-0123456789"])
_STARTS = (MappingStartEvent, SequenceStartEvent)
_ENDS = (MappingEndEvent, SequenceEndEvent)
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

#: per container: key or index -> (key line, key column, value line, value column), all 0-based
Marks = dict[int, dict[Any, tuple[int, int, int, int]]]


class Document(NamedTuple):
    """A parsed file: plain dicts, lists and scalars, with the place of each."""

    data: Any
    file: str
    text: str
    marks: Marks

    def place(self, path: "tuple[str | int, ...]" = (), key: bool = False) -> Place:
        """Return the place of the value at `path`, or of its key; of the nearest parent when there is none."""
        node = self.data
        first = next(iter(self.marks.get(id(node), {}).values()), (0, 0, 0, 0))  # past the comments at the top
        line, column = first[:2]
        width = 1
        for i, step in enumerate(path):
            step = str(step) if isinstance(node, dict) else step
            mark = self.marks.get(id(node), {}).get(step)
            if mark is None:
                break
            last = key and i == len(path) - 1
            line, column = mark[:2] if last else mark[2:]
            node = node[step]
            scalar = str(step) if last else (node if isinstance(node, str) else "")
            width = max(len(scalar) if "\n" not in scalar else 1, 1)
        return self.spot(line, column, width)

    def spot(self, line: int, column: int, width: int = 1) -> Place:
        """Return the place of a 0-based line and column."""
        lines = _lines(self.text)
        source = lines[line].rstrip("\r") if 0 <= line < len(lines) else ""
        return Place(self.file, line + 1, column + 1, source[:400], max(1, min(width, len(source) - column)))


@lru_cache(maxsize=1)
def _lines(text: str) -> list[str]:
    """Split a text once, however many findings ask for a line of it."""
    return text.split("\n")


def read(path: "str | PathLike[str]", name: str | None = None) -> Document:
    """Read a YAML file.

    Raises
    ------
    OSError
        When the file cannot be opened.
    Invalid
        CC101 to CC109 for what is wrong inside it.
    """
    return parse(content(path), name if name is not None else str(path))


def content(path: "str | PathLike[str]") -> bytes:
    """Return the bytes of a file that a user named, at most one more than `MAX_BYTES`.

    Raises
    ------
    OSError
        When it cannot be opened, or is no regular file: a pipe or a device may never end, or never begin.
    """
    with open(path, "rb", opener=regular) as file:
        size = (
            os.fstat(file.fileno()).st_size or MAX_BYTES
        )  # /proc tells none. Asking for no more than there is: room for 5 MB takes longer than reading
        return file.read(min(size, MAX_BYTES) + 1)


def regular(path: str, flags: int) -> int:
    """Open a file for `open` (its ``opener``), and refuse at once, without waiting, what is not a regular file."""
    found = os.open(path, flags | getattr(os, "O_NONBLOCK", 0))  # a pipe that nobody writes to would keep us waiting here
    if not stat.S_ISREG(os.fstat(found).st_mode):
        os.close(found)
        raise OSError(EINVAL, "not a regular file; `-` reads standard input", path)
    return found


def parse(raw: bytes | str, file: str = "<stdin>") -> Document:
    """Parse YAML text; see `read`."""
    if len(raw) > MAX_BYTES:
        raise error("CC101", f"the file is larger than {MAX_BYTES // 1_000_000} MB", "split it into smaller files", Place(file, 1, 1))
    if isinstance(raw, bytes):
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError as bad:
            before = raw[: bad.start]
            line = before.count(b"\n") + 1
            column = bad.start - (before.rfind(b"\n") + 1) + 1
            raise error("CC101", "the file is not UTF-8 text", "save it as UTF-8", Place(file, line, column)) from None
    else:
        text = raw.removeprefix("\ufeff")
        if not text.isascii() and (half := re.search("[\ud800-\udfff]", text)):
            line, column = text.count("\n", 0, half.start()), half.start() - (text.rfind("\n", 0, half.start()) + 1)
            raise error("CC101", "half of a surrogate pair, which is no character", "delete it", Place(file, line + 1, column + 1))
    return _Builder(text, file).build()


class _Builder:
    def __init__(self, text: str, file: str) -> None:
        self.text, self.file = text, file
        self.marks: Marks = {}

    def fail(self, code: str, message: str, help: str, mark: Any, width: int = 1) -> Invalid:
        document = Document(None, self.file, self.text, {})
        return error(code, message, help, document.spot(mark.line, mark.column, width))

    def build(self) -> Document:
        try:
            return self._build()
        except yaml.MarkedYAMLError as bad:
            raise self._syntax(bad) from None
        except yaml.reader.ReaderError as bad:
            line = self.text.count("\n", 0, bad.position)
            column = bad.position - (self.text.rfind("\n", 0, bad.position) + 1)
            place = Document(None, self.file, self.text, {}).spot(line, column)
            raise error("CC101", "a control character that YAML does not allow", "delete it", place) from None

    def _syntax(self, bad: Any) -> Invalid:
        mark = bad.problem_mark or bad.context_mark
        problem = str(bad.problem or bad.context or "cannot be read")
        lines = self.text.splitlines()
        line = lines[mark.line] if mark.line < len(lines) else ""
        if "\t" in line[: mark.column + 1] or "'\\t'" in problem:
            return self.fail("CC103", "a tab in the indentation", "indent with spaces", mark)
        if "maximum nesting depth" in problem:  # PyYAML 6.0.4 and newer count while they scan, before our builder sees the event
            return self.fail("CC107", *_TOO_DEEP, mark)
        if "undefined alias" in problem or "found undefined" in problem:
            return self.fail("CC106", "an alias whose anchor is not finished or does not exist", "repeat the value instead", mark)
        if "'%'" in problem or "'@'" in problem or "'`'" in problem:
            return self.fail("CC102", f"not YAML: {problem}", 'put the text in quotes: "…"', mark)
        if bad.context and "flow mapping" in str(bad.context):
            return self.fail("CC102", f"not YAML: {problem}", "inside { } a text with a comma, colon or bracket needs quotes", mark)
        return self.fail("CC102", f"not YAML: {problem}", "check the indentation and the quotes around this place", mark)

    def _build(self) -> Document:
        loader = _LOADER(self.text)
        try:
            root, done, nodes = None, False, 0
            # the container being filled with its marks, the key that waits for a value with its event, the start of the container and the nodes
            # before it; those around it wait on the stack. A file is some hundred events: what each costs decides what a portfolio costs
            container: Any = None
            marks: dict[Any, tuple[int, int, int, int]] = {}
            key: Any = None
            key_event: Any = None
            start: Any = None
            before = 0
            stack: list[Any] = []
            anchors: dict[str, tuple[Any, int]] = {}
            get_event = loader.get_event
            while True:
                event = get_event()
                kind = type(event)
                if kind is ScalarEvent:
                    if event.tag is not None and event.tag != "!":
                        raise self._tagged(event)
                    nodes += 1
                    value: Any = event.value
                    if len(value) > MAX_TEXT:
                        raise self.fail(
                            "CC107", f"a text of {len(value)} characters", f"keep each text below {MAX_TEXT} characters; attach what is longer", event.start_mark
                        )  # fmt: skip
                    if value[:1] in _SPECIAL and event.implicit[0] and (key is not None or container.__class__ is not dict):
                        value = self._plain(value, event)
                    if event.anchor:
                        anchors[event.anchor] = (value, 1)
                elif kind in _STARTS:
                    if event.tag is not None and event.tag != "!":
                        raise self._tagged(event)
                    nodes += 1
                    if len(stack) >= MAX_DEPTH:
                        raise self.fail("CC107", *_TOO_DEEP, event.start_mark)
                    if key is None and container.__class__ is dict:
                        raise self.fail("CC104", "a key must be a plain word", "write `key: value`", event.start_mark)
                    stack.append((container, marks, key, key_event, start, before))
                    container, marks, key, start, before = {} if kind is MappingStartEvent else [], {}, None, event, nodes
                    self.marks[id(container)] = marks
                    continue
                elif kind in _ENDS:
                    value, event = container, start
                    if event.anchor:
                        anchors[event.anchor] = (value, nodes - before)
                    container, marks, key, key_event, start, before = stack.pop()
                elif kind is yaml.AliasEvent:
                    if event.anchor not in anchors:
                        raise self.fail("CC106", f"the alias *{event.anchor} has no finished anchor", "repeat the value instead", event.start_mark)
                    value, size = anchors[event.anchor]
                    nodes += size
                elif kind is yaml.StreamEndEvent:
                    break
                else:
                    if kind is yaml.DocumentStartEvent and done:
                        raise self.fail("CC104", "a second YAML document in one file", "keep one document per file", event.start_mark)
                    continue
                mark = event.start_mark
                if nodes > MAX_NODES:
                    raise self.fail("CC107", f"more than {MAX_NODES} values, aliases counted in full", "split the file", mark)
                if container.__class__ is dict:
                    if key is None:
                        self._key(container, value, mark)
                        key, key_event = value, event
                        continue
                    at = key_event.start_mark
                    if value is None and start.flow_style:
                        self._empty(key, key_event, mark)
                    container[key] = value
                    marks[key] = (at.line, at.column, mark.line, mark.column)
                    key = None
                elif container is None:
                    root, done = value, True
                else:
                    marks[len(container)] = (mark.line, mark.column, mark.line, mark.column)
                    container.append(value)
        finally:
            loader.dispose()
        if not done:
            raise error("CC104", "the file is empty", "`carboncalc init METHODOLOGY` writes a template", Place(self.file, 1, 1))
        return Document(root, self.file, self.text, self.marks)

    def _tagged(self, event: Any) -> Invalid:
        return self.fail("CC105", f"the tag {event.tag} is not used here", "delete the tag", event.start_mark)

    def _key(self, container: Any, key: Any, mark: Any) -> None:
        """Refuse what cannot be a key of a mapping."""
        if key.__class__ is not str:
            raise self.fail("CC104", "a key must be a plain word", "write `key: value`", mark)
        if key == "<<":
            raise self.fail("CC106", "merge keys (<<) are not used here", "repeat the values instead", mark, 2)
        if len(container) >= MAX_KEYS:
            raise self.fail("CC107", f"more than {MAX_KEYS} keys in one mapping", "split the file", mark)
        if key in container:
            first = self.marks[id(container)][key][0] + 1
            raise self.fail("CC108", f"the key `{key}` stands twice: first on line {first}, again here", "keep one of them", mark, len(key))

    def _empty(self, key: str, key_event: Any, mark: Any) -> None:
        """Refuse a key in { } without a value: a text was cut off at its comma."""
        if (mark.line, mark.column) == (key_event.end_mark.line, key_event.end_mark.column):
            raise self.fail(
                "CC102",
                f"`{key[:40]}` stands in {{ }} without a value: a comma ends a text there",
                'put a text with a comma in quotes: "…, …"',
                key_event.start_mark,
                len(key),
            )

    def _plain(self, text: str, event: Any) -> Any:
        """Return what a text means that begins like a number or a word of YAML."""
        if text in _WORDS:
            return _WORDS[text]
        if text[0] in "0123456789-+":
            if _INT.match(text):
                if len(text) > 300:
                    raise self.fail("CC109", "a number with more than 300 digits", "write it with an exponent", event.start_mark, len(text))
                return int(text)
            if _FLOAT.match(text):
                number = float(text)
                if number == 0 and re.match(r"[-+]?[0.]*[1-9]", text):
                    small = f"the number {text[:40]} is too small to hold and would become 0"
                    raise self.fail("CC109", small, "write an ordinary number", event.start_mark, len(text))
                if number - number != 0:
                    raise self.fail(
                        "CC109", f"the number {text[:40]} is too large to hold", "write a number below 1e300", event.start_mark, len(text)
                    )
                return number
        if text.lower() in (".nan", ".inf", "+.inf", "-.inf"):
            raise self.fail("CC109", f"{text} is not a finite number", "write an ordinary number", event.start_mark, len(text))
        return text

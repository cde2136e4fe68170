"""GitHub annotations: workflow commands that mark findings in the changed file; errors before warnings."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from ..result import Outcome, Row
from .numbers import clean
from .places import relative

_COMMANDS = {"error": "error", "warning": "warning", "info": "notice"}
_ORDER = ("error", "warning", "info")


def one(outcome: Outcome) -> str:
    """Write the annotations of a file: its findings but those it silences, and a notice for every programme it does not pass."""
    lines = []
    for f in sorted((f for f in outcome.findings if not f.get("suppressed")), key=lambda f: _ORDER.index(f["severity"])):
        message = f["message"] + (f"\n{f['help']}" if f["help"] else "")
        lines.append(_command(_COMMANDS[f["severity"]], f["file"] or outcome.file, f["line"], f["column"], f["code"], message))
    for programme in outcome.result["programmes"] if outcome.result else []:
        if programme["verdict"] != "eligible":
            blocking = [c["id"] for c in programme["criteria"] if c["required"] and c["verdict"] != "pass"]
            words = f"{programme['verdict']}: {', '.join(blocking)}" if blocking else programme["verdict"]
            lines.append(_command("notice", outcome.file, 1, 1, programme["id"], words))
    return "".join(line + "\n" for line in lines)


def whole(rows: Iterable[Row], totals: Callable[[], Mapping[str, Any]]) -> Iterator[str]:
    """Join the annotations."""
    for row in rows:
        yield row.text


def _command(kind: str, file: str, line: int | None, column: int | None, code: str, message: str) -> str:
    # the message keeps its line breaks, escaped; nothing else that could end the command or begin another survives
    text = "%0A".join(_data(clean(part)) for part in message.split("\n"))
    place = f"file={_property(relative(file))}" + (f",line={line}" if line else "") + (f",col={column}" if line and column else "")
    return f"::{kind} {place},title={_property(code)}::{text}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")

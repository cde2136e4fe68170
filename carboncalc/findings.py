"""One shape for every error, warning and note, and the exception that carries them."""

from collections.abc import Iterable
from itertools import islice
from typing import Literal, NamedTuple

Severity = Literal["error", "warning", "info"]


class Place(NamedTuple):
    """Where a value stands: file, 1-based line and column, the source line and the width to underline."""

    file: str = ""
    line: int = 0
    column: int = 0
    source: str = ""
    width: int = 1


NOWHERE = Place()


class Finding(NamedTuple):
    """Something the user should know, with its place and its remedy; `suppressed` is the reason why it counts no longer."""

    code: str
    severity: Severity
    message: str
    help: str = ""
    place: Place = NOWHERE
    suppressed: str = ""

    def to_dict(self) -> dict[str, object]:
        """Return the finding as the JSON result shows it; one that the file itself silences keeps its reason."""
        place = self.place
        found: dict[str, object] = {
            "code": self.code,
            "severity": self.severity,
            "message": self.message,
            "help": self.help,
            "file": place.file or None,
            "line": place.line or None,
            "column": place.column or None,
            "source": place.source or None,
            "width": place.width,
        }
        return found | {"suppressed": self.suppressed} if self.suppressed else found


#: of one file; a generated file with one mistake in it has that mistake in every row
MOST = 200


class Invalid(Exception):
    """The file cannot be used; carries every finding met so far, errors among them."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings: list[Finding] = list(islice(findings, MOST + 1))
        if len(self.findings) > MOST:
            self.findings[MOST:] = [
                Finding("CC107", "error", f"more than {MOST} faults: the rest is not shown", "mend these first", self.findings[0].place)
            ]
        super().__init__("; ".join(f"{f.code} {f.message}" for f in self.findings))


def error(code: str, message: str, help: str = "", place: Place = NOWHERE) -> Invalid:
    """Build the exception for a single error."""
    return Invalid([Finding(code, "error", message, help, place)])


def did_you_mean(word: str, words: Iterable[str]) -> str:
    """Return a suggestion such as ``did you mean `fleet`?``, or an empty text."""
    from difflib import get_close_matches

    if len(word) > 100:
        return ""
    near = get_close_matches(word, list(words), n=1, cutoff=0.6)
    return f"did you mean `{near[0]}`?" if near else ""

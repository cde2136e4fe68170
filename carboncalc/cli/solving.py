"""solve: the break-even of each number, as a table or as JSON."""

import sys

from .. import library
from ..findings import Invalid
from ..portfolio.tally import DONE, INVALID, USAGE
from ..result import to_json
from ..solving import UnknownGoal
from ..solving import solve as break_even
from .language import words as words_of
from .streams import colour, columns, reason, say, standard_input, write


def solve(path: str, for_: str, as_json: bool, no_color: bool, width: int | None, lang: str | None = None) -> int:
    """Run ``carboncalc solve``; return the exit code."""
    try:
        words = words_of(lang, not as_json and sys.stdout.isatty())
    except ValueError as bad:
        say(str(bad))
        return USAGE
    try:
        document = library.parse(standard_input(), "<stdin>") if path == "-" else library.read(path)
        found = break_even(document, for_)
    except OSError as bad:
        say(reason(bad))
        return USAGE
    except UnknownGoal as bad:
        say(str(bad))
        return USAGE
    except Invalid as bad:
        from ..reports import text

        print(text.render_findings([f.to_dict() for f in bad.findings], columns(width), colour(no_color, sys.stderr), words), file=sys.stderr)
        return INVALID
    if as_json:
        write([to_json(found) + "\n"], None)
    else:
        from ..reports import solve as report

        write([report.render(found, columns(width), colour(no_color, sys.stdout), words)], None)
    return DONE

"""programmes --match: which programmes fit a project, and why the others do not."""

import json
import sys

from ..findings import Invalid
from ..portfolio.tally import DONE, INVALID, USAGE
from .language import words as words_of
from .listing import fits, is_date
from .streams import colour, columns, say, standard_input


def match(path: str, at: str | None, search: str | None, country: str | None, as_json: bool, lang: str | None = None) -> int:
    """Run ``carboncalc programmes --match PROJECT``; return the exit code."""
    if country is not None:
        say("--country and --match exclude each other: the project names its country")
        return USAGE
    if at is not None and not is_date(at):
        return USAGE
    try:
        words = words_of(lang, not as_json and sys.stdout.isatty())
    except ValueError as bad:
        say(str(bad))
        return USAGE
    from ..library import parse, read
    from ..matching import match as compare

    try:
        document = parse(standard_input(), "<stdin>") if path == "-" else read(path)
        rows = [r for r in compare(document, at) if fits(search, r["id"], *r["title"].values())]
    except OSError as bad:
        say(f"{bad.strerror or bad}: {path}")
        return USAGE
    except Invalid as bad:
        from ..reports import text

        print(text.render_findings([f.to_dict() for f in bad.findings], columns(None), colour(False, sys.stderr), words), file=sys.stderr)
        return INVALID
    if as_json:
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return DONE
    from ..reports.programmes import render_matches

    print(render_matches(rows, columns(None), colour(False, sys.stdout), words), end="")
    return DONE

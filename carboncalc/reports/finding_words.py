"""What a finding says, in another language.

A finding is written in English where it arises, with its values in the sentence. Here the sentence is held against the English templates of
its code in the catalogue, and the values found are put into the template of the other language. A sentence without a template is never
lost: it stays English, after the title of its code.
"""

import re
from collections.abc import Mapping
from functools import cache
from string import Formatter
from typing import Any

from .words import Words

Labels = Mapping[str, Mapping[str, str]]

_NUMBER = r"[-−]?(?:\d{1,3}(?:[ \u00a0]\d{3})+|\d+)(?:\.\d+)?(?:e[-+]?\d+)?"
#: a placeholder says by its first letter what it may be; any other name is an id, a unit or a citation and is taken over as it stands
_KINDS = {
    "n": _NUMBER,
    "q": _NUMBER + r"(?: (?:million |billion )?\S+)?",
    "c": "read|secondary|recalled|conflicting",
    "t": ".+?",  # a text with a template, or a label, of its own
    "d": ".+?",  # a dimension
    "l": ".+?",  # several such texts, with semicolons between
    "w": r"\S+?",  # one word
}
_KIND = re.compile("[nqctdlw][0-9]?")
_LEADING = re.compile(_NUMBER)
#: deep enough for a project of a park whose quantity has a value of the wrong unit
_DEPTH = 6
#: characters; no sentence of ours is as long, and a stranger's is not worth the search
_LONGEST = 4_000


def translate(finding: Mapping[str, Any], words: Words, labels: Labels | None = None) -> tuple[str, str]:
    """Return the message and the help of a finding in a language.

    Parameters
    ----------
    finding : mapping
        As the result holds it: `code`, `message` and `help`.
    words : Words
        The language.
    labels : mapping, optional
        English → label by language, for names within a message; see `labels_of`.

    Returns
    -------
    tuple of str
        Message and help. What has no template stays English; a message then follows the title of its code.
    """
    code, message, help_ = str(finding["code"]), str(finding["message"]), str(finding["help"] or "")
    if words.language == "en":
        return message, help_
    known = labels or {}
    said = _say(code, message, words, known, _DEPTH)
    if said is None:
        said = f"{title(code, words)}: {message}"
    return said, _say(code, help_, words, known, _DEPTH) or help_


def remark(text: str, words: Words) -> str:
    """Return what another source says of a threshold, one of the `conflicts` of a criterion; without a template it stays English."""
    return text if words.language == "en" else _say("conflict", text, words, {}, _DEPTH) or text


def title(code: str, words: Words) -> str:
    """Return the title of the page of a finding code."""
    key = f"finding_titles.{code}"
    return words(key) if words.has(key) else code


def labels_of(result: Any) -> dict[str, Mapping[str, str]]:
    """Collect the labels of a result by their English: a message names inputs and conditions by them."""
    found: dict[str, Mapping[str, str]] = {}
    nodes = [result]
    while nodes:
        node = nodes.pop()
        if isinstance(node, list):
            nodes += node
        elif isinstance(node, dict):
            if isinstance(node.get("en"), str):
                found[node["en"]] = node
            else:
                nodes += node.values()
    return found


def _say(code: str, text: str, words: Words, labels: Labels, depth: int) -> str | None:
    """Say a text in the other language by the first template that it fits; None when it fits none."""
    if not text or not depth or len(text) > _LONGEST:
        return None
    for group in dict.fromkeys((code, "common")):
        for english, own in words.pairs(group):
            match = _pattern(english).fullmatch(text)
            if match:
                return own.format(**{name: _value(code, name, raw, words, labels, depth - 1) for name, raw in match.groupdict().items()})
    return None


def _value(code: str, name: str, raw: str, words: Words, labels: Labels, depth: int) -> str:
    """Write what a placeholder holds."""
    kind = name[0] if _KIND.fullmatch(name) else ""
    if kind in ("n", "q"):
        return _LEADING.sub(lambda number: words.number(number[0].replace(" ", "\u00a0")), raw, count=1)
    if kind == "d":
        return _say("dimension", raw, words, labels, depth) or raw
    if kind == "l":
        return "; ".join(_say(code, part, words, labels, depth) or part for part in raw.split("; "))
    if kind in ("t", "c"):
        return words.of(labels[raw]) if raw in labels else _say(code, raw, words, labels, depth) or raw
    return raw


@cache
def _pattern(template: str) -> re.Pattern[str]:
    """Turn a template into the pattern of the sentences that were made with it; what stands in quotes holds none."""
    parts: list[str] = []
    for text, name, _, _ in Formatter().parse(template):
        parts.append(re.escape(text))
        if name is not None:
            quote = text[-1:] if text[-1:] in ("'", "`") else ""
            any_ = f"[^{quote}]+?" if quote else ".+?"
            parts.append(f"(?P<{name}>{_KINDS.get(name[0], any_) if _KIND.fullmatch(name) else any_})")
    return re.compile("".join(parts), re.DOTALL)

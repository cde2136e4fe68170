"""The outline of a proposal: its sections in the order of the forms, made of a result and the words of a language, and of nothing else.

The sections are those that the forms of the JCM and of GEC ask for. What a project file does not tell, such as the members of a
consortium, is not invented: the section says what the form asks and leaves a table to fill in.
"""

from ..numbers import clean
from ..words import Words
from . import annex, method, money, opening, park, reductions, requirements
from .blocks import Document
from .draft import Draft, Json


def outline(result: Json, words: Words) -> Document:
    """Write the proposal of a project or park.

    Parameters
    ----------
    result : mapping
        The JSON object, format 1, of a project or a park; also one that was saved by an earlier version.
    words : Words
        The language.
    """
    draft = Draft(result, words.about(result))
    opening.summary(draft)
    opening.purpose(draft)
    opening.consortium(draft)
    if result.get("park"):
        park.exchanges(draft)
        park.members(draft)
    opening.technology(draft)
    opening.site(draft)
    method.method(draft)
    method.sources(draft)
    reductions.reductions(draft)
    money.finance(draft)
    money.value(draft)
    requirements.mrv(draft)
    requirements.programmes(draft)
    requirements.development(draft)
    requirements.environment(draft)
    requirements.risks(draft)
    annex.equations(draft)
    annex.data(draft)
    annex.basis(draft)
    subject = result.get("park") or result["project"]
    return Document(words.language, clean(subject["title"]), _lines(draft, subject), draft.blocks)


def _lines(draft: Draft, subject: Json) -> list[str]:
    """Return the lines of the title page: what it is, where and when, the answer, by which methodologies, and what made it."""
    where = draft.listed(clean(x) for x in (subject["region"], draft.country()) if x)
    lines = [draft.t("kind_park" if draft.result.get("park") else "kind"), draft.t("place", place=where, span=draft.span()), opening.headline(draft)]
    lines += [draft.words("document.bracket", text=draft.words.of(m["title"]), more=f"{m['id']} {m['version']}") for _, m in draft.methods[:6]]
    return [*lines, draft.words("document.made", version=clean(draft.result["version"]))]

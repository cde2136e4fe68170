"""Numbers and technologies: what a JCM methodology is called here, against the list of what its number stands for."""

import re

import pytest

from carboncalc import catalogue, methodology

KNOWN = catalogue.known()
SHIPPED = [i for i in methodology.ids() if re.match(r"jcm/[a-z]{2}-[ap]m[0-9]", i)]
#: versions later than any project of the registry uses, seen elsewhere
LATER = {"jcm/mn-am003": "3.0", "jcm/th-am003": "2.0"}


@pytest.mark.parametrize("id_", SHIPPED)
def test_a_number_stands_for_its_technology(id_: str) -> None:
    """Country, technology, scope and version of every shipped methodology are those of the list."""
    head, row = methodology.headline(id_), KNOWN[id_]
    number = id_.removeprefix("jcm/").replace("-", "_").upper()
    assert head["source"]["title"].startswith(number)
    assert head["countries"] == [row["country"]]
    assert row["keyword"] in f"{head['title']['en']} {head['measure']['en']}".lower()
    assert head["scope"] == row.get("scope", head["scope"])
    if "versions" in row:
        assert head["version"] in [*row["versions"], LATER.get(id_)]


@pytest.mark.parametrize("id_", KNOWN)
def test_the_list_agrees_with_itself(id_: str) -> None:
    """The number's letters are its country's; the technology is in the title, or in the registry's words for a project."""
    row = KNOWN[id_]
    assert id_.removeprefix("jcm/")[:2].upper() == row["country"]
    words = [row["title"]] if "title" in row else row["projects"].values()
    assert any(row["keyword"] in w.lower() for w in words)
    assert ("title" in row) == ("confidence" in row)
    assert ("source" in row) == (row.get("confidence") in ("read", "secondary"))
    for project in [*row.get("projects", {}), *row.get("more_projects", [])]:
        assert project.startswith(row["country"])


def test_what_is_known_is_modelled_or_left_out_with_a_reason() -> None:
    assert set(SHIPPED) <= set(KNOWN)
    assert {i for i, row in KNOWN.items() if "left_out" not in row} == set(SHIPPED)

"""What methodologies are known to exist, by number: the ones modelled here, and the ones left out with the reason."""

from os.path import dirname, join
from typing import Any

from . import library
from .findings import Invalid

PATH = join(dirname(__file__), "catalogue.yaml")


def known() -> dict[str, dict[str, Any]]:
    """Return id -> what is known of it.

    Returns
    -------
    dict
        `country`, `measure` and `keyword` always; `title` with its `confidence` and `source`, `scope`, `versions` and
        `projects` (number -> title in the registry) where they were seen; `left_out`, the reason, when no methodology of
        that id is shipped.

    Raises
    ------
    Invalid
        Every fault of the file against its schema.
    """

    def read() -> dict[str, Any]:
        document = library.read(PATH)
        problems = library.validate(document, library.schema("catalogue"))
        if problems:
            raise Invalid(problems)
        found: dict[str, Any] = document.data["methodologies"]
        return found

    result: dict[str, dict[str, Any]] = library.cached("catalogue", [PATH], read)
    return result

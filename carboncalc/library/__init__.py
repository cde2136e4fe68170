"""Files: strict YAML with places, JSON Schema, the packaged data, and the disk cache."""

from .cache import cached, cached_texts
from .data import data_files, data_names, data_path
from .ignore import suppress
from .schema import fixed_part, schema, validate
from .versions import unfold
from .yaml import Document, Marks, content, parse, read, regular

__all__ = [
    "Document",
    "Marks",
    "cached",
    "cached_texts",
    "content",
    "data_files",
    "data_names",
    "data_path",
    "fixed_part",
    "parse",
    "read",
    "regular",
    "schema",
    "suppress",
    "unfold",
    "validate",
]

"""Files: strict YAML with places, JSON Schema, the packaged data, and the disk cache."""

from .cache import cached
from .data import data_files, data_path
from .ignore import suppress
from .schema import schema, validate
from .versions import unfold
from .yaml import Document, Marks, parse, read

__all__ = ["Document", "Marks", "cached", "data_files", "data_path", "parse", "read", "schema", "suppress", "unfold", "validate"]

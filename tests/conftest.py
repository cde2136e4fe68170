"""Tests read the repository's own data and never a user's cache."""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("CARBONCALC_CACHE", tempfile.mkdtemp(prefix="carboncalc-test-"))

ROOT = Path(__file__).resolve().parent.parent

from carboncalc.cli.language import words  # noqa: E402

#: the languages of the reports
EN, JA, VI = map(words, ("en", "ja", "vi"))

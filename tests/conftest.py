"""Tests read the repository's own data and never a user's cache."""

import os
import tempfile
from pathlib import Path

import pytest

os.environ.setdefault("CARBONCALC_CACHE", tempfile.mkdtemp(prefix="carboncalc-test-"))

ROOT = Path(__file__).resolve().parent.parent

from carboncalc.cli.language import words  # noqa: E402

#: the languages of the reports
EN, JA, VI = map(words, ("en", "ja", "vi"))


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let `--golden` write the golden files anew; see test_golden.py."""
    parser.addoption("--golden", action="store_true", help="write the files of tests/golden anew")

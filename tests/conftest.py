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


def japanese_font() -> bool:
    """Tell whether the system has a font to set Japanese in; none is shipped, and a PDF without one is an error."""
    from carboncalc.reports.proposal.typesetting import WIDE, _fonts

    return any(font.family in WIDE for font in _fonts((), True))


needs_japanese_font = pytest.mark.skipif(not japanese_font(), reason="no Japanese font is installed, such as fonts-ipaexfont-gothic")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let `--golden` write the golden files anew; see test_golden.py."""
    parser.addoption("--golden", action="store_true", help="write the files of tests/golden anew")

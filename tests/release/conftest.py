"""Two views to write: the data as it ships, and what real pages state, with all their oddities."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.release.writing import write_one
from twingraph.build import read_view
from twingraph.model.records import View
from twingraph.release.content import Content

Write = Callable[[View, str], Path]


@pytest.fixture(scope="session")
def odd() -> View:
    """Circles of towns, counties, a former partner; no coordinates, and seldom a date."""
    return read_view(ROOT / "tests" / "data" / "pages")


@pytest.fixture(scope="session")
def write(tmp_path_factory: pytest.TempPathFactory) -> Write:
    """Writes one file that a release offers, by its name, of a view."""

    def written(view: View, name: str) -> Path:
        return write_one(name, tmp_path_factory.mktemp("export"), Content(view))

    return written

"""What many tests stand on: the data as it ships, merged, and a release built of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from twingraph.build import Built, build, read_view
from twingraph.model.records import View

ROOT = Path(__file__).parent.parent

FOUNDING = ROOT / "tests" / "data" / "founding"
"""The founding source alone, frozen: new data never breaks a test that stands on it."""


@pytest.fixture(scope="session")
def view() -> View:
    """The merged view of the founding data."""
    return read_view(FOUNDING)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """A release of the founding data, built once."""
    return build(FOUNDING, tmp_path_factory.mktemp("release") / "public")


@pytest.fixture(scope="session")
def release(built: Built) -> Path:
    """The folder of that release."""
    return built.out

"""What many tests stand on: the data as it ships, merged, and a release built of it."""

from __future__ import annotations

import os
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


@pytest.fixture(scope="session")
def world() -> View:
    """The merged view of data/ as it ships."""
    return read_view(ROOT / "data")


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """A release of data/, built once; a violation of a shape would end the build."""
    return build(ROOT / "data", tmp_path_factory.mktemp("shipped") / "public")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of shared data: $TWINGRAPH_SHARED, or `shared` beside the repository."""
    named = os.environ.get("TWINGRAPH_SHARED")
    places = [Path(named)] if named else [ROOT.parent / "shared", ROOT.parent.parent / "shared"]
    for place in places:
        if (place / "data").is_dir():
            return place / "data"
    pytest.skip(f"no shared data at {' or '.join(map(str, places))}: set TWINGRAPH_SHARED")

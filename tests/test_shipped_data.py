"""What data/ publishes: it is whole, keeps the rules, and holds the founding data unchanged."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import FOUNDING, ROOT
from twingraph.build import Built

FILES = [path.relative_to(FOUNDING) for path in sorted((FOUNDING / "sources").rglob("*.yaml"))]


def test_it_becomes_a_release(shipped: Built) -> None:
    assert (shipped.out / "SHA256SUMS").exists()


@pytest.mark.parametrize("name", FILES, ids=str)
def test_the_founding_sources_stand_in_it_unchanged(name: Path) -> None:
    assert (ROOT / "data" / name).read_bytes() == (FOUNDING / name).read_bytes()

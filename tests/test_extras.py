"""Without an extra: what needs it says so, or does without."""

from __future__ import annotations

import asyncio
import math
import sys
from itertools import combinations
from pathlib import Path

import pytest

from twingraph.errors import UsageError
from twingraph.sources.wikidata.compressed import opened
from twingraph.web import network_layout


@pytest.fixture
def without(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if a package were not installed."""
    monkeypatch.setitem(sys.modules, request.param, None)


@pytest.mark.parametrize("without", ["zstandard"], indirect=True)
@pytest.mark.usefixtures("without")
def test_a_dump_in_zstandard_names_its_extra(tmp_path: Path) -> None:
    dump = tmp_path / "dump.json.zst"
    dump.write_bytes(b"\x28\xb5\x2f\xfd and more")
    with pytest.raises(UsageError, match=r"pip install 'twingraph\[zstd\]'"), opened(dump):
        pass


def test_without_igraph_the_network_is_one_disc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network_layout, "is_installed", lambda: False)
    made = asyncio.run(network_layout.layout_of(30, [(0, 1), (1, 2)]))
    far = [math.hypot(x, y) for x, y in made.places]
    assert far == sorted(far), "the first are in the middle"
    assert min(math.dist(a, b) for a, b in combinations(made.places, 2)) > 0.9
    assert set(made.communities) == {0} and made.weights[0] == 30

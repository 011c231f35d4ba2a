"""Without an extra: what needs it says so, or does without."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from twingraph.errors import UsageError
from twingraph.sources.wikidata.compressed import opened
from twingraph.web import svg

EDGES = [("a", "b", "a--b"), ("b", "c", "b--c")]


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


def test_without_igraph_the_network_is_a_circle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(svg, "laid_out_by_forces", lambda: False)
    places, kept = svg.network({"a": 1, "b": 2, "c": 1}, EDGES)
    assert kept == EDGES
    assert {round(x * x + y * y) for x, y in places.values()} == {1_000_000}
    assert len(set(places.values())) == 3

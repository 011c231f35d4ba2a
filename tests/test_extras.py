"""Without an extra: what needs it says so, or does without."""

from __future__ import annotations

import asyncio
import math
import sys
from importlib.metadata import PackageNotFoundError
from itertools import combinations
from pathlib import Path

import pytest

from tests import command
from twingraph.errors import UsageError
from twingraph.sources.wikidata.compressed import opened
from twingraph.spark import session
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


@pytest.mark.parametrize(
    "argv",
    [
        ("build", "--engine", "spark"),
        ("harvest", "wikidata-dump", "dump.json", "--engine", "spark"),
    ],
)
def test_spark_names_its_extra(
    argv: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "version", _not_found)
    done = command.run(tmp_path, *argv)
    assert done.returncode == 2
    assert "needs pyspark: pip install 'twingraph[spark]'" in done.stderr


def _not_found(name: str) -> str:
    raise PackageNotFoundError(name)


def test_a_pandas_that_spark_cannot_use_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "version", {"pyspark": "4.3.0", "pandas": "3.1.1"}.__getitem__)
    done = command.run(tmp_path, "build", "--engine", "spark")
    assert done.returncode == 2
    assert "Spark needs pandas below 3, 3.1.1 is installed" in done.stderr


def test_without_igraph_the_network_is_one_disc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network_layout, "is_installed", lambda: False)
    made = asyncio.run(network_layout.layout_of(30, [(0, 1), (1, 2)]))
    far = [math.hypot(x, y) for x, y in made.places]
    assert far == sorted(far), "the first are in the middle"
    assert min(math.dist(a, b) for a, b in combinations(made.places, 2)) > 0.9
    assert set(made.communities) == {0} and made.weights[0] == 30

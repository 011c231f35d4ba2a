"""The score of our catalogue by the methodology of data.europa.eu, file by file over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
import rdflib
import requests
from rdflib import DCAT, DCTERMS

from tests.release.metadata_quality import COMPLIANCE, full, score
from tests.release.test_catalogue import MANDATORY, unwaived, with_tables
from tests.static_host import served

BASE = "https://w3id.org/twingraph/"


@pytest.fixture(scope="module")
def graph(release: Path) -> rdflib.Graph:
    return rdflib.Graph().parse(release / "catalog.ttl")


@pytest.fixture(scope="module")
def compliant(graph: rdflib.Graph) -> bool:
    """Whether the official shapes of DCAT-AP 3.0.1 find nothing that stands."""
    return unwaived(with_tables(graph), MANDATORY) == []


@pytest.fixture(scope="module")
def reachable(release: Path) -> Iterator[Callable[[str], bool]]:
    """Whether an address of the release answers a HEAD on a web host."""
    with served(release) as host:
        yield cache(
            lambda address: requests.head(address.replace(BASE, host), timeout=10).status_code < 400
        )


def test_there_are_405_points_to_be_had() -> None:
    assert sum(full().values()) == 405


def test_our_catalogue_has_them_all(
    graph: rdflib.Graph, compliant: bool, reachable: Callable[[str], bool]
) -> None:
    had = score(graph, compliant, reachable)
    assert {name for name, points in full().items() if had[name] != points} == set()
    each = score(graph, compliant, reachable, mean=True)
    lost = {name for name, points in full().items() if each[name] != points}
    # README.md, "For the harvester", says why: Parquet is in neither vocabulary, and TSV in one.
    assert lost == {"interoperability: non-proprietary", "interoperability: machine-readable"}
    assert sum(each.values()) > 390


def test_what_is_taken_away_is_lost(graph: rdflib.Graph, reachable: Callable[[str], bool]) -> None:
    """The score can fail: without a property its points are gone, and no others."""
    for predicate, name in (
        (DCAT.keyword, "findability: keywords"),
        (DCTERMS.temporal, "findability: time-based search"),
        (DCAT.byteSize, "contextuality: file size"),
        (DCTERMS.rights, "contextuality: rights"),
    ):
        less = rdflib.Graph()
        less += graph
        less.remove((None, predicate, None))
        had = score(less, True, reachable)
        assert {n for n, points in full().items() if had[n] != points} == {name}
    assert score(graph, False, reachable)[COMPLIANCE] == 0
    assert sum(score(graph, True, lambda _: False).values()) == 405 - 80

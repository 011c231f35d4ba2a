"""The stores that tests run against, and a base for each test to have a dataset of its own."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.sparql.remote import servers
from tests.sparql.remote.servers import Server
from twingraph.build import Built
from twingraph.sparql.remote.client import Patience, StoreClient
from twingraph.sparql.remote.discovery import find_endpoints

_NUMBERS = count()


@pytest.fixture(scope="session")
def release(built: Built) -> Path:
    """The release of the founding data, not the small one of the tests around."""
    return built.out


@pytest.fixture(scope="session")
def virtuoso(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with servers.virtuoso(tmp_path_factory.mktemp("virtuoso")) as server:
        yield server


@pytest.fixture
def oxigraph() -> Iterator[Server]:
    with servers.oxigraph() as server:
        yield server


@pytest.fixture(params=["oxigraph", "virtuoso"])
def server(request: pytest.FixtureRequest) -> Server:
    found: Server = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def base() -> str:
    return f"https://example.org/{next(_NUMBERS)}/"


@pytest.fixture
def client(server: Server) -> Iterator[StoreClient]:
    with client_of(server) as found:
        yield found


def client_of(server: Server) -> StoreClient:
    """A client that may write, and does not wait long."""
    patience = Patience(attempts=2, first=0.01, longest=0.05)
    return StoreClient(find_endpoints(server.url, server.credentials), server.credentials, patience)


def graphs_below(server: Server, base: str) -> set[str]:
    """The named graphs of a dataset that hold something, without the base."""
    query = (
        "SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } "
        f'FILTER(STRSTARTS(STR(?g), "{base}")) }}'
    )
    return {line.removeprefix(base) for line in server.csv(query)}

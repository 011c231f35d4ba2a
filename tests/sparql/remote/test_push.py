"""Push: a release in a store, whole at every moment, whatever happens on the way."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.sparql.remote.conftest import client_of, graphs_below
from tests.sparql.remote.releases import TOWNS, mixture, write
from tests.sparql.remote.servers import Server
from twingraph.errors import ServiceError, UsageError
from twingraph.sparql.remote.client import StoreClient
from twingraph.sparql.remote.discovery import find_endpoints
from twingraph.sparql.remote.endpoints import Credentials, Endpoints
from twingraph.sparql.remote.push import push

WHOLE = {"graph/merged", "graph/one", "graph/two", "store/state"}


def shown(server: Server, base: str) -> list[str]:
    return server.csv(mixture(base))


def all_of(generation: int, graphs: int = 3) -> list[str]:
    return [f"{generation},{graphs * TOWNS}"]


def test_a_release_is_loaded_and_nothing_else_stays(
    server: Server, client: StoreClient, base: str, tmp_path: Path
) -> None:
    pushed = push(write(tmp_path, base, 1), client)
    assert pushed.switched
    assert pushed.uploaded == pushed.triples == 3 * (TOWNS + 1) + 1
    assert shown(server, base) == all_of(1)
    assert graphs_below(server, base) == WHOLE


def test_the_same_release_again_changes_nothing(
    client: StoreClient, base: str, tmp_path: Path
) -> None:
    first = push(write(tmp_path, base, 1), client)
    again = push(tmp_path, client)
    assert (again.release, again.uploaded, again.switched) == (first.release, 0, False)


def test_readers_see_one_release_or_the_other(oxigraph: Server, base: str, tmp_path: Path) -> None:
    """Of the store itself; test_serve.py asks the same through the service, of all stores."""
    with client_of(oxigraph) as client:
        push(write(tmp_path, base, 0), client)
        seen: list[list[str]] = []
        done = threading.Event()

        def poll() -> None:
            while not done.is_set():
                seen.append(shown(oxigraph, base))

        reader = threading.Thread(target=poll)
        reader.start()
        try:
            for generation in range(1, 6):
                push(write(tmp_path, base, generation), client, chunk=25)
        finally:
            done.set()
            reader.join()
    seen.append(shown(oxigraph, base))
    assert len(seen) > 20
    generations = [whole[0].split(",")[0] for whole in seen]
    assert all(whole == all_of(int(g)) for whole, g in zip(seen, generations, strict=True))
    assert generations == sorted(generations)
    assert set(generations) >= {"0", "5"}


def test_a_source_that_is_gone_leaves_no_graph(
    server: Server, client: StoreClient, base: str, tmp_path: Path
) -> None:
    push(write(tmp_path, base, 1, ("one", "two")), client)
    push(write(tmp_path, base, 2, ("two", "three")), client)
    assert graphs_below(server, base) == (WHOLE - {"graph/one"}) | {"graph/three"}
    triples = "http://rdfs.org/ns/void#triples"
    query = f"SELECT ?n WHERE {{ GRAPH <{base}store/state> {{ ?s <{triples}> ?n }} }}"
    assert server.csv(query) == [str(3 * (TOWNS + 1) + 1)]


class Killed(BaseException):
    """Stands for a process that ends at once: nothing catches it."""


class Mortal(StoreClient):
    """A client that is killed when a number of its requests have been answered."""

    def die_after(self, requests: int) -> Mortal:
        self.left = requests
        return self

    def _send(self, url: str, body: bytes, media_type: str, accept: str = "*/*") -> Any:
        answer = super()._send(url, body, media_type, accept)
        self.left -= 1
        if not self.left:
            raise Killed
        return answer


def test_a_run_killed_anywhere_is_taken_up_again(
    oxigraph: Server, base: str, tmp_path: Path
) -> None:
    old, new = write(tmp_path / "old", base, 1), write(tmp_path / "new", base, 2)
    endpoints = find_endpoints(oxigraph.url, oxigraph.credentials)
    # How long a whole run is, from the old release to the new.
    with client_of(oxigraph) as client:
        push(old, client)
        counting = Mortal(endpoints, oxigraph.credentials).die_after(-1)
        push(new, counting, chunk=40)
        steps = -1 - counting.left
    assert steps > 40
    for last in [*range(1, steps, 4), steps]:
        with client_of(oxigraph) as client:
            push(old, client)
            with pytest.raises(Killed):
                push(new, Mortal(endpoints, oxigraph.credentials).die_after(last), chunk=40)
            assert shown(oxigraph, base) in (all_of(1), all_of(2)), last
            push(new, client, chunk=40)
        assert shown(oxigraph, base) == all_of(2), last
        assert graphs_below(oxigraph, base) == WHOLE, last


def test_what_is_loaded_is_not_loaded_again(
    server: Server, client: StoreClient, base: str, tmp_path: Path
) -> None:
    write(tmp_path, base, 1)
    kill = _on_call("add", 4)
    with pytest.raises(Killed):
        push(tmp_path, kill(client.endpoints, server.credentials), chunk=20)
    pushed = push(tmp_path, client, chunk=20)
    # Three pieces of twenty were written down as loaded.
    assert pushed.uploaded == pushed.triples - 60
    assert shown(server, base) == all_of(1)


def test_what_another_broken_run_left_is_removed(
    server: Server, client: StoreClient, base: str, tmp_path: Path
) -> None:
    kill = _on_call("add", 3)
    with pytest.raises(Killed):
        push(write(tmp_path, base, 1), kill(client.endpoints, server.credentials), chunk=20)
    assert graphs_below(server, base) - WHOLE
    push(write(tmp_path, base, 2), client)
    assert graphs_below(server, base) == WHOLE
    assert shown(server, base) == all_of(2)


def _on_call(method: str, number: int) -> type[StoreClient]:
    """A client that dies in the given call of a method."""
    calls = 0

    def dying(self: StoreClient, *arguments: object) -> None:
        nonlocal calls
        calls += 1
        if calls == number:
            raise Killed
        original: Callable[..., None] = getattr(StoreClient, method)
        original(self, *arguments)

    return type("Dying", (StoreClient,), {method: dying})


def test_two_runs_at_once_never_mix(
    server: Server, client: StoreClient, base: str, tmp_path: Path
) -> None:
    """A second run sweeps what a first has prepared, in the moment before the first switches."""
    push(write(tmp_path / "old", base, 0), client)
    one, two = write(tmp_path / "one", base, 1), write(tmp_path / "two", base, 2)

    class Overtaken(StoreClient):
        def update(self, *operations: str) -> None:
            if "?less" in operations[0]:
                push(two, client)
            super().update(*operations)

    with pytest.raises(ServiceError, match="another push changed the store at the same time"):
        push(one, Overtaken(client.endpoints, server.credentials))
    assert shown(server, base) == all_of(2)
    push(one, client)
    assert shown(server, base) == all_of(1)
    assert graphs_below(server, base) == WHOLE


def test_without_a_graph_store_the_data_goes_by_updates(
    server: Server, client: StoreClient, base: str, tmp_path: Path
) -> None:
    endpoints = Endpoints(client.endpoints.query, client.endpoints.update)
    with StoreClient(endpoints, server.credentials) as by_update:
        push(write(tmp_path, base, 1), by_update, chunk=50)
    assert shown(server, base) == all_of(1)


def test_the_default_graph_is_the_merged_view_where_it_is_one(
    oxigraph: Server, base: str, tmp_path: Path
) -> None:
    query = f"SELECT DISTINCT ?generation WHERE {{ ?town <{base}ns#generation> ?generation }}"
    with client_of(oxigraph) as client:
        for generation in (1, 2):
            push(write(tmp_path, base, generation), client)
            assert oxigraph.csv(query) == [str(generation)]


def test_a_default_graph_of_others_is_left_alone(
    oxigraph: Server, base: str, tmp_path: Path
) -> None:
    said: list[str] = []
    with client_of(oxigraph) as client:
        client.update('INSERT DATA { <urn:a> <urn:b> "theirs" }')
        push(write(tmp_path, base, 1), client, said.append)
    assert oxigraph.csv("SELECT ?o WHERE { ?s ?p ?o }") == ["theirs"]
    assert any("default graph holds other data" in line for line in said)
    assert shown(oxigraph, base) == all_of(1)


def test_a_store_that_loses_triples_is_found_out(
    server: Server, client: StoreClient, base: str, tmp_path: Path
) -> None:
    class Losing(StoreClient):
        def add(self, graph: str, triples: object) -> None:
            super().add(graph, list(triples)[1:])  # type: ignore[call-overload]

    push(write(tmp_path, base, 1), client)
    losing = Losing(client.endpoints, server.credentials)
    with pytest.raises(ServiceError, match=r"the store has \d+ of the \d+ triples sent for"):
        push(write(tmp_path, base, 2), losing)
    assert shown(server, base) == all_of(1)
    assert graphs_below(server, base) == WHOLE


def test_a_store_without_an_address_for_updates_is_refused(tmp_path: Path, base: str) -> None:
    with pytest.raises(UsageError, match="--update-url"):
        push(write(tmp_path, base, 1), StoreClient(Endpoints("http://localhost/q"), Credentials()))

"""The service before a store: a push is seen at once and whole, and a store that is down, slow or
lies is answered for in words."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from tests.sparql.odd_queries import ODD
from tests.sparql.remote.conftest import client_of
from tests.sparql.remote.releases import TOWNS, mixture, write
from tests.sparql.remote.servers import Server, free_port, oxigraph
from tests.sparql.remote.service import ask, before
from twingraph.errors import ServiceError, UsageError
from twingraph.serve.store_service import StoreService
from twingraph.sparql.limits import Limits
from twingraph.sparql.query_engine import CUT_HEADER, Answer, SparqlRequest
from twingraph.sparql.remote.layout import GraphNames, StoreState
from twingraph.sparql.remote.push import push
from twingraph.sparql.result_formats import CSV, JSON

ALL = "SELECT * WHERE { ?s ?p ?o }"


def rows(answer: Answer) -> list[dict[str, str]]:
    assert isinstance(answer.body, bytes)
    assert answer.status == 200, answer.body
    found = json.loads(answer.body)["results"]["bindings"]
    return [{name: term["value"] for name, term in row.items()} for row in found]


def said(answer: Answer) -> str:
    assert isinstance(answer.body, bytes)
    return answer.body.decode()


# --- a push under a running service --------------------------------------------------------------


def test_readers_see_one_release_or_the_other(server: Server, base: str, tmp_path: Path) -> None:
    with client_of(server) as client:
        push(write(tmp_path, base, 0), client)
        seen: list[list[dict[str, str]]] = []
        pushed = 0

        def pushes() -> None:
            nonlocal pushed
            # On a busy machine more pushes are wanted until enough was asked between them.
            while pushed < 4 or len(seen) <= 20:
                pushed += 1
                push(write(tmp_path, base, pushed), client)

        async def poll(service: StoreService) -> None:
            pushing = asyncio.create_task(asyncio.to_thread(pushes))
            while not pushing.done():
                seen.append(rows(await ask(service, mixture(base, merged_in_default=True))))
            await pushing
            seen.append(rows(await ask(service, mixture(base, merged_in_default=True))))

        before(server.url, poll, base=base)
    assert all(len(found) == 1 for found in seen), [found for found in seen if len(found) != 1]
    assert {found[0]["n"] for found in seen} == {str(3 * TOWNS)}
    generations = [int(found[0]["generation"]) for found in seen]
    assert generations == sorted(generations)
    assert {0, pushed} <= set(generations)


def test_the_graphs_follow_the_release(server: Server, base: str, tmp_path: Path) -> None:
    query = "SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } }"
    with client_of(server) as client:
        push(write(tmp_path, base, 1, ("one", "two")), client)

        async def work(service: StoreService) -> None:
            first = {row["g"] for row in rows(await ask(service, query))}
            assert first == {f"{base}graph/one", f"{base}graph/two"} == set(service.graphs)
            second = write(tmp_path, base, 2, ("two", "three"))
            await asyncio.to_thread(push, second, client)
            found = {row["g"] for row in rows(await ask(service, query))}
            assert found == {f"{base}graph/two", f"{base}graph/three"} == set(service.graphs)
            assert service.generation == 2

        before(server.url, work, base=base)


def test_nothing_beyond_the_dataset_is_seen(server: Server, base: str, tmp_path: Path) -> None:
    theirs = f"{base}theirs"
    with client_of(server) as client:
        push(write(tmp_path, base, 1), client)
        client.update(f"INSERT DATA {{ GRAPH <{theirs}> {{ <urn:a> <urn:b> <urn:c> }} }}")

    async def work(service: StoreService) -> None:
        for query in (
            f"SELECT * FROM <{theirs}> WHERE {{ ?s ?p ?o }}",
            f"SELECT * FROM NAMED <{theirs}> WHERE {{ GRAPH ?g {{ ?s ?p ?o }} }}",
            f"SELECT * WHERE {{ GRAPH <{theirs}> {{ ?s ?p ?o }} }}",
            f"SELECT * WHERE {{ GRAPH <{base}store/state> {{ ?s ?p ?o }} }}",
            "SELECT * WHERE { ?s <urn:b> ?o }",
        ):
            assert rows(await ask(service, query)) == [], query
        job = SparqlRequest(ALL, JSON, None, default_graphs=(theirs,))
        assert rows(await service.engine.run(job)) == []
        one = SparqlRequest(ALL, JSON, None, default_graphs=(f"{base}graph/one",))
        assert len(rows(await service.engine.run(one))) == TOWNS + 1
        merged = f"SELECT * FROM <{base}graph/merged> WHERE {{ ?s ?p ?o }}"
        assert rows(await ask(service, merged)) != []

    before(server.url, work, base=base)


def test_no_odd_query_is_a_fault_of_ours(tmp_path: Path) -> None:
    base = "https://example.org/odd/"
    with oxigraph() as server, client_of(server) as client:
        push(write(tmp_path, base, 0), client)

        async def work(service: StoreService) -> None:
            told = {query: (await ask(service, query)).status for query in ODD}
            assert {q: status for q, status in told.items() if status not in (200, 400)} == {}

        before(server.url, work, base=base)


def test_a_result_is_cut_in_the_open(server: Server, base: str, tmp_path: Path) -> None:
    with client_of(server) as client:
        push(write(tmp_path, base, 1), client)

    async def work(service: StoreService) -> None:
        as_json, as_csv = [await ask(service, ALL, kind) for kind in (JSON, CSV)]
        assert len(rows(as_json)) == 7
        assert json.loads(said(as_json))["cut"] == "first 7 of more"
        assert as_json.headers[CUT_HEADER] == as_csv.headers[CUT_HEADER] == "first 7 of more"
        assert said(as_csv).count("\r\n") == 8
        graph = await ask(service, "CONSTRUCT WHERE { ?s ?p ?o }")
        assert graph.headers[CUT_HEADER] == "first 7 of more"

    before(server.url, work, Limits(rows=7), base=base)


# --- stores that are down, slow or lie -----------------------------------------------------------

BASE = "https://example.org/lies/"
Reply = Callable[[BaseHTTPRequestHandler], None]


def _result(variables: list[str], *found: dict[str, str]) -> bytes:
    bindings = [
        {name: {"type": "literal", "value": value} for name, value in row.items()} for row in found
    ]
    document = {"head": {"vars": variables}, "results": {"bindings": bindings}}
    return json.dumps(document).encode()


class Liar:
    """A store that says rightly which release it holds, and answers queries as it is told to."""

    def __init__(self, reply: Reply | None = None) -> None:
        self.queries: list[str] = []
        self.reply = reply or whole(_result(["s"]))
        state = StoreState("one", (GraphNames(BASE).merged,), 1)
        lines = [line.split(" ", 2) for line in state.triples_of(GraphNames(BASE))]
        told = [{"property": p[1:-1], "value": o.removesuffix(" .")[1:-1]} for _, p, o in lines]
        liar = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                query = parse_qs(body)["query"][0]
                if "DISTINCT ?graph" in query:
                    whole(_result(["graph"], {"graph": GraphNames(BASE).state}))(self)
                elif "?property ?value" in query:
                    whole(_result(["property", "value"], *told))(self)
                elif "AS ?one" in query:
                    whole(_result(["one"], {"one": "1"}))(self)
                else:
                    liar.queries.append(query)
                    liar.reply(self)

            def log_message(self, format: str, *arguments: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Liar:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def asked(self, query: str, limits: Limits | None = None) -> Answer:
        """What the service before it answers."""

        async def work(service: StoreService) -> Answer:
            return await ask(service, query)

        return before(self.url, work, limits, base=BASE)


def whole(body: bytes, media_type: str = JSON, status: int = 200, **headers: str) -> Reply:
    """An answer in good form."""

    def reply(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Type", media_type)
        handler.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return reply


def broken_off(handler: BaseHTTPRequestHandler) -> None:
    """Less than was promised."""
    handler.send_response(200)
    handler.send_header("Content-Type", JSON)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    handler.wfile.write(_result(["s"], {"s": "one"}))
    handler.close_connection = True


def endless(handler: BaseHTTPRequestHandler) -> None:
    """Blanks for ever."""
    handler.send_response(200)
    handler.send_header("Content-Type", JSON)
    handler.send_header("Connection", "close")
    handler.end_headers()
    handler.close_connection = True
    try:
        handler.wfile.write(b'{"head": {"vars": ["s"]}, ')
        while True:
            handler.wfile.write(b" " * 65536)
    except OSError:
        pass


def hangs_up(handler: BaseHTTPRequestHandler) -> None:
    """Nothing at all."""
    handler.close_connection = True


def slow(handler: BaseHTTPRequestHandler) -> None:
    """A head, and then silence until the service has left."""
    handler.send_response(200)
    handler.send_header("Content-Type", JSON)
    handler.end_headers()
    handler.wfile.write(b"{")
    handler.close_connection = True
    handler.connection.settimeout(30)
    with suppress(OSError):
        handler.rfile.read(1)


RESULT = _result(["s"], {"s": "one"})


WRONG = {
    "SELECT * WHERE {": "the query cannot be parsed",
    "SELECT * WHERE { SERVICE <http://127.0.0.1:1/> {} }": "SERVICE is not followed",
    "SELECT * WHERE { SERVICE SILENT <http://127.0.0.1:1/> {} }": "SERVICE is not followed",
    "INSERT DATA { <urn:a> <urn:b> 1 }": "takes queries only",
    "{" * 5000: "nested",
    "SELECT (<bif:sleep>(9) AS ?x) {}": "the function <bif:sleep> is not called",
    "SELECT * { ?a ?p ?b FILTER(?a<?b&&?b>?a) }": "put spaces around its < and >",
}


def test_what_is_wrong_never_reaches_the_store() -> None:
    async def work(service: StoreService) -> list[Answer]:
        return [await ask(service, query) for query in WRONG]

    with Liar() as liar:
        answers = before(liar.url, work, base=BASE)
    for answer, message in zip(answers, WRONG.values(), strict=True):
        assert (answer.status, message in said(answer)) == (400, True), said(answer)
    assert liar.queries == []


LIES: dict[str, tuple[Reply, int, str]] = {
    "a page": (whole(b"<h1>Hello</h1>", "text/html"), 502, "answers with text/html"),
    "an error page": (whole(b"<h1>Oh</h1>", "text/html", 500), 502, "failed (500)"),
    "a redirect": (whole(b"", status=302, Location="http://127.0.0.1:1/"), 502, "leads elsewhere"),
    "a closed door": (whole(b"", status=401), 502, "does not let this service in"),
    "busy": (whole(b"", status=503, Retry_After="7"), 503, "is busy"),
    "late": (whole(b"", status=504), 504, "ran out of time"),
    "no": (whole(b"no\nsecret", "text/plain", 400), 400, "does not take this query: no\n"),
    "half a result": (whole(RESULT[:-9]), 502, "answers with what is no result"),
    "null": (whole(b"null"), 502, "answers with what is no result"),
    "given up": (whole(RESULT, X_SQL_State="S1TAT"), 504, "ran out of time midway"),
    "broken off": (broken_off, 502, "broke its answer off"),
    "endless": (endless, 502, "too large"),
    "nothing": (hangs_up, 503, "cannot be reached"),
    "slow": (slow, 504, "5 seconds from its arrival"),
}


@pytest.fixture(scope="module")
def lied() -> dict[str, Answer]:
    """What the service answers to each."""

    async def work(service: StoreService) -> dict[str, Answer]:
        answers = {}
        for name, (reply, _, _) in LIES.items():
            liar.reply = reply
            answers[name] = await ask(service, ALL)
        return answers

    with Liar() as liar:
        return before(liar.url, work, Limits(seconds=5, size=200_000), base=BASE)


@pytest.mark.parametrize("lie", LIES)
def test_what_a_lying_store_says_is_not_passed_on(lie: str, lied: dict[str, Answer]) -> None:
    answer, (_, status, message) = lied[lie], LIES[lie]
    assert (answer.status, message in said(answer)) == (status, True), said(answer)
    assert ("Retry-After" in answer.headers) == (status in (503, 504))


def test_a_cut_by_the_store_is_said() -> None:
    with Liar(whole(_result(["s"], {"s": "1"}, {"s": "2"}), X_SPARQL_MaxRows="2")) as liar:
        answer = liar.asked(ALL)
    assert answer.headers[CUT_HEADER] == "first 1 of more"


def test_as_many_rows_as_the_query_wants_are_not_cut() -> None:
    with Liar(whole(_result(["s"], {"s": "1"}, {"s": "2"}), X_SPARQL_MaxRows="2")) as liar:
        answer = liar.asked(f"{ALL} LIMIT 2")
    assert CUT_HEADER not in answer.headers
    assert len(rows(answer)) == 2


def test_a_store_that_goes_away_makes_the_service_unready() -> None:
    async def work(service: StoreService) -> Answer:
        assert service.ready
        await asyncio.to_thread(liar.__exit__)
        answer = await ask(service, ALL)
        await service.reload()
        assert not service.ready
        return answer

    liar = Liar().__enter__()
    answer = before(liar.url, work, base=BASE)
    assert answer.status == 503
    assert answer.headers["Retry-After"] == "5"


@contextmanager
def _refused(message: str, kind: type[Exception] = ServiceError) -> Iterator[None]:
    with pytest.raises(kind, match=message):
        yield


async def _nothing(service: StoreService) -> None:
    pass


def test_a_service_does_not_start_before_a_store_that_is_down() -> None:
    with _refused("cannot be reached"):
        before(f"http://127.0.0.1:{free_port()}", _nothing)


def test_a_service_does_not_start_before_an_empty_store(oxigraph: Server) -> None:
    with _refused("holds no release: push one"):
        before(oxigraph.url, _nothing)


def test_a_password_in_the_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(UsageError, match="no place for a password") as error:
        before("http://me:secret@localhost/", _nothing)
    assert "secret" not in str(error.value)

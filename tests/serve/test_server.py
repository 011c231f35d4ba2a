"""The whole service over HTTP, with the clients people use."""

from __future__ import annotations

import concurrent.futures
import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from urllib.parse import quote
from xml.dom.minidom import Document

import pytest
import requests
from pyoxigraph import NamedNode, RdfFormat, Store
from rdflib import URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import CSV, JSON, POST, TURTLE, XML, SPARQLWrapper

from tests.service import BASE, COSTLY, QUADS, Server, write_release
from twingraph.release.publish import seal
from twingraph.serve.description import FUNCTIONS

NAMES = "SELECT ?name { ?s <http://www.w3.org/2004/02/skos/core#prefLabel> ?name } ORDER BY ?name"
SD = "http://www.w3.org/ns/sparql-service-description#"
EXTENSION_FUNCTION = NamedNode(f"{SD}extensionFunction")


def get(server: Server, query: str, **headers: str) -> requests.Response:
    return requests.get(server.endpoint, params={"query": query}, headers=headers, timeout=20)


# --- clients ---------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", POST])
@pytest.mark.parametrize("form", [JSON, XML])
def test_sparqlwrapper(server: Server, method: str, form: str) -> None:
    client = SPARQLWrapper(server.endpoint)
    client.setMethod(method)
    client.setQuery(NAMES)
    client.setReturnFormat(form)
    found = client.query().convert()
    text = found.toxml() if isinstance(found, Document) else json.dumps(found, ensure_ascii=False)
    assert "Pečovská" in text


@pytest.mark.parametrize(
    ("query", "form"), [(NAMES, CSV), ("CONSTRUCT WHERE { ?s ?p ?o } LIMIT 3", TURTLE)]
)
def test_sparqlwrapper_other_formats(server: Server, query: str, form: str) -> None:
    client = SPARQLWrapper(server.endpoint)
    client.setQuery(query)
    client.setReturnFormat(form)
    assert client.query().convert()


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
def test_rdflib_sparql_store(server: Server, method: str) -> None:
    store = SPARQLStore(server.endpoint, method=method)
    label = URIRef("http://www.w3.org/2004/02/skos/core#prefLabel")
    assert {str(row[0][2]) for row in store.triples((None, label, None))} == {
        'A "quoted"\tname',
        "Pečovská <b>",
    }
    assert bool(store.query("ASK { ?s ?p ?o }"))
    graph = store.query("CONSTRUCT WHERE { ?s ?p ?o } LIMIT 2").graph
    assert graph is not None and len(graph) == 2


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_curl(server: Server) -> None:
    arguments = ["curl", "-sSf", "-H", "Accept: text/csv", "--data-urlencode", f"query={NAMES}"]
    out = subprocess.run([*arguments, server.endpoint], capture_output=True, check=True, text=True)
    assert out.stdout.splitlines() == ["name", '"A ""quoted""\tname"', "Pečovská <b>"]


# --- HTTP ------------------------------------------------------------------------------------


def test_service_description(server: Server) -> None:
    answer = requests.get(server.endpoint, headers={"Accept": "application/n-triples"}, timeout=9)
    store = Store()
    store.load(answer.content, RdfFormat.N_TRIPLES)
    endpoint = NamedNode(server.endpoint)
    assert list(store.quads_for_pattern(None, NamedNode(f"{SD}endpoint"), endpoint))
    names = {q.object for q in store.quads_for_pattern(None, NamedNode(f"{SD}name"), None)}
    assert names == {NamedNode(f"{BASE}graph/one"), NamedNode(f"{BASE}graph/two")}
    functions = {q.object for q in store.quads_for_pattern(None, EXTENSION_FUNCTION, None)}
    assert len(functions) == len(FUNCTIONS)


POINT = '"POINT(22.6 50.2)"^^<http://www.opengis.net/ont/geosparql#wktLiteral>'
METRE = "<http://www.opengis.net/def/uom/OGC/1.0/metre>"
ARGUMENTS = {"distance": f"{POINT}, {POINT}, {METRE}", "sf": f"{POINT}, {POINT}"}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_that_is_described_is_computed(server: Server, function: str) -> None:
    name = function.rpartition("/")[2]
    arguments = ARGUMENTS.get(name, ARGUMENTS["sf"] if name.startswith("sf") else POINT)
    found = get(server, f"SELECT (<{function}>({arguments}) AS ?value) {{}}").json()
    assert "value" in found["results"]["bindings"][0]


def test_head_options_and_cors(server: Server) -> None:
    head = requests.head(server.endpoint, params={"query": NAMES}, timeout=9)
    whole = get(server, NAMES)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["Content-Length"] == str(len(whole.content))
    assert whole.headers["Access-Control-Allow-Origin"] == "*"
    assert whole.headers["Vary"] == "Accept"
    preflight = requests.options(server.endpoint, timeout=9)
    assert preflight.status_code == 204
    assert "POST" in preflight.headers["Access-Control-Allow-Methods"]


@pytest.mark.parametrize("path", ["nothing", "../../etc/passwd", "%2e%2e/%2e%2e/etc/passwd", "%00"])
def test_404(server: Server, path: str) -> None:
    request = requests.Request("GET", server.url).prepare()
    request.url = server.url + path
    with requests.Session() as session:
        assert session.send(request, timeout=9).status_code == 404


def test_406_and_405_and_413(server: Server) -> None:
    assert get(server, NAMES, Accept="image/png").status_code == 406
    assert requests.delete(server.endpoint, timeout=9).status_code == 405
    large = requests.post(server.endpoint, data={"query": "#" * (2 << 20)}, timeout=9)
    assert large.status_code == 413
    direct = {"Content-Type": "application/sparql-query"}
    body = iter([b"#" * (1 << 20), b"#" * (1 << 20)])
    # Sent in chunks, so that nothing announces the length.
    try:
        chunked = requests.post(server.endpoint, data=body, headers=direct, timeout=9)
        assert chunked.status_code == 413
    except requests.ConnectionError:
        pass  # The server hung up before all of it was sent.


def test_a_syntax_error_names_the_place(server: Server) -> None:
    answer = get(server, "SELECT ?x {")
    assert answer.status_code == 400
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert "1:12" in answer.text


def test_large_results_are_streamed_and_cut_in_the_open(server: Server) -> None:
    answer = get(server, "SELECT * { ?s ?p ?o }")
    assert answer.headers["Transfer-Encoding"] == "chunked"
    assert answer.json()["cut"] == "first 3000 of more"
    for form in ("application/json", "application/sparql-results+xml", "text/csv"):
        table = get(server, "SELECT * { ?s ?p ?o }", Accept=form)
        assert table.headers["Twingraph-Result-Cut"] == "first 3000 of more"


def test_answers_are_remembered_but_not_those_that_change(server: Server) -> None:
    assert get(server, NAMES).content == get(server, NAMES).content
    fresh = "SELECT (UUID() AS ?x) {}"
    assert get(server, fresh).content != get(server, fresh).content
    assert 'outcome="remembered"' in requests.get(server.metrics, timeout=9).text


def test_operations(server: Server) -> None:
    assert requests.get(f"{server.url}health", timeout=9).text == "healthy\n"
    assert requests.get(f"{server.url}ready", timeout=9).text == "ready\n"
    figures = requests.get(server.metrics, timeout=9).text
    assert 'twingraph_requests_total{route="health",status="200"}' in figures
    assert 'twingraph_queries{lane="quick",state="running"} 0.0' in figures
    assert requests.get(f"{server.url}metrics", timeout=9).status_code == 404


@pytest.mark.parametrize(
    ("query", "statuses"),
    [
        ("ASK { <http://secret.example/> ?p ?o }", {200}),
        ("SELECT (<http://secret.example/f>(1) AS ?x) {}", {400}),
        ("SELECT * { VALUES ?u { <http://secret.example/> } SERVICE ?u { ?s ?p ?o } }", {400}),
        ("SELECT * { SERVICE SILENT <http://secret.example/> { ?s ?p ?o } }", {200}),
        ("SELECT (<http://secret.example/>" + "+1" * 200_000 + " AS ?x) {}", {400}),
        ("SELECT * { ?a <http://secret.example/> ?b", {400}),
        ("SELECT * { ?a ?b ?c . ?d ?e ?f FILTER(?a != <http://secret.example/>) } ORDER BY ?c ?f",
         {422, 504}),
    ],
    ids=["answered", "function", "service", "silent", "crash", "syntax", "memory"],
)  # fmt: skip
def test_the_log_holds_no_query(server: Server, query: str, statuses: set[int]) -> None:
    assert requests.post(server.endpoint, {"query": query}, timeout=20).status_code in statuses
    assert get(server, "ASK {}").status_code == 200
    time.sleep(0.2)
    log = server.log.read_text()
    assert "secret.example" not in log and "Traceback" not in log
    entries = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    assert entries[-1]["path"] == "/sparql" and entries[-1]["status"] == 200


# --- bad manners -----------------------------------------------------------------------------


def talk(server: Server, data: bytes, wait: float = 5.0) -> bytes:
    """Send bytes; all that comes back until the server closes."""
    with socket.create_connection(("127.0.0.1", server.port), wait) as connection:
        received = b""
        with contextlib.suppress(ConnectionError):
            connection.sendall(data)
        with contextlib.suppress(ConnectionError):
            while chunk := connection.recv(65536):
                received += chunk
        return received


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"nonsense\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nbad header\r\n\r\n", b"400"),
        (b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", b"400"),
        (b"GET /sparql?query=ASK", b"408"),
        (b"", b"408"),
        (
            b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n"
            b"Content-Type: application/sparql-query\r\n\r\nASK",
            b"408",
        ),
        (b"GET /sparql?query=" + b"a" * 200_000, b"431"),
        (
            b"GET /sparql?query=" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
            b"4",
        ),
        (b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X-Y: z\r\n" * 20_000, b"431"),
    ],
    ids=[
        "nonsense", "header", "bytes", "half a head", "silence", "half a body", "long url",
        "long whole url", "many headers",
    ],
)  # fmt: skip
def test_bad_requests_get_a_clear_end(server: Server, data: bytes, status: bytes) -> None:
    answer = talk(server, data)
    # A client that goes on sending may meet a reset before it reads the answer.
    assert answer.startswith(b"HTTP/1.1 " + status) or (answer == b"" and len(data) > 65536)
    assert get(server, "ASK {}").status_code == 200


def test_a_head_that_comes_in_pieces_is_a_head(server: Server) -> None:
    head = b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    with socket.create_connection(("127.0.0.1", server.port), 5) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for number in range(len(head)):
            connection.sendall(head[number : number + 1])
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 200")


def test_requests_may_follow_before_the_answer(server: Server) -> None:
    """Pipelined, and one with a body as long as any may be that arrives with its head."""
    query = b"ASK {} #" + b"x" * 500_000
    post = (
        b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
        b"Content-Length: %d\r\n\r\n%b" % (len(query), query)
    )
    get = b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n"
    answers = talk(server, post + get + get.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
    assert answers.count(b"HTTP/1.1 200") == 3


def test_what_follows_a_request_is_bounded(server: Server) -> None:
    """A head without an end, sent while the request before it is being answered."""
    slow = b"GET /sparql?query=" + quote(COSTLY).encode() + b" HTTP/1.1\r\nHost: x\r\n\r\n"
    begun = time.monotonic()
    talk(server, slow + b"GET / HTTP/1.1\r\n" + b"X-Y: z\r\n" * (1 << 20))
    assert time.monotonic() - begun < 2
    assert get(server, "ASK {}").status_code == 200


def test_the_next_head_of_a_connection_has_its_time_too(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port), 5) as connection:
        for _ in range(2):
            connection.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
            assert connection.recv(65536).startswith(b"HTTP/1.1 200")
            time.sleep(0.6)
        connection.sendall(b"GET /health HTTP/1.1\r\n")
        assert connection.recv(65536).startswith(b"HTTP/1.1 408")


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="Linux alone has it")
def test_who_does_not_read_is_left(tmp_path: Path) -> None:
    folder = tmp_path / "public"
    write_release(folder)
    (folder / "large.csv").write_bytes(b"x" * (32 << 20))
    seal(folder)
    running = Server(folder, "http_limits.STALL_SECONDS = 1.0")
    try:
        with socket.create_connection(("127.0.0.1", running.port), 30) as connection:
            connection.sendall(b"GET /large.csv HTTP/1.1\r\nHost: x\r\n\r\n")
            time.sleep(4)
            received = 0
            with contextlib.suppress(ConnectionError):
                while chunk := connection.recv(1 << 20):
                    received += len(chunk)
        assert received < 32 << 20
    finally:
        assert running.stop() == 0


def test_slow_clients_leave_room_for_others(server: Server) -> None:
    slow = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(100)]
    try:
        for connection in slow:
            connection.sendall(b"GET /sparql?query=ASK")
        assert get(server, "ASK {}").elapsed.total_seconds() < 1
        time.sleep(1.5)
        assert all(c.recv(100).startswith(b"HTTP/1.1 408") for c in slow)
    finally:
        for connection in slow:
            connection.close()


def status(server: Server, query: str) -> int:
    try:
        return requests.post(server.endpoint, {"query": query}, timeout=60).status_code
    except requests.exceptions.ChunkedEncodingError:
        return 0


def test_hostile_queries_leave_the_cheap_ones_alone(server: Server) -> None:
    hostile = [
        COSTLY,
        "SELECT * { ?s (!<a:a>|^!<a:b>)* ?o . ?o (!<a:a>|^!<a:b>)* ?x . ?x ?y ?z }",
        'SELECT * { ?a ?b ?c . ?d ?e ?f FILTER(REGEX(CONCAT(STR(?c), STR(?f)), "(a*)*b")) }',
        "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?c ?f",
        "SELECT * { {" + "{" * 5000,
        "SELECT (1" + "+1" * 20_000 + " AS ?x) {}",
    ]
    with concurrent.futures.ThreadPoolExecutor(8) as threads:
        sent = [threads.submit(status, server, q) for q in hostile * 2]
        times: list[float] = []
        while not all(one.done() for one in sent):
            begun = time.perf_counter()
            assert get(server, f"SELECT ({len(times)} AS ?x) {{}}").status_code == 200
            times.append(time.perf_counter() - begun)
    # 0: it had begun to answer when its time was over, and was broken off.
    assert {one.result() for one in sent} <= {0, 200, 400, 422, 503, 504}
    # Most of a look-up's time here is the client's own, on cores that others use as well.
    assert sorted(times)[len(times) // 2] < 0.2


# --- life ------------------------------------------------------------------------------------


def test_a_new_release_takes_over_without_a_request_dropped(tmp_path: Path) -> None:
    folder = tmp_path / "public"
    write_release(folder)
    running = Server(folder)
    try:
        statuses: set[int] = set()
        answers: list[str] = []
        with concurrent.futures.ThreadPoolExecutor(1) as threads, requests.Session() as session:
            write_release(folder, QUADS.replace("Pečovská", "Nová"))
            changed = threads.submit(os.kill, running.process.pid, signal.SIGHUP)
            end = time.monotonic() + 20
            while time.monotonic() < end and "Nová" not in "".join(answers[-1:]):
                answer = session.get(running.endpoint, params={"query": NAMES}, timeout=9)
                statuses.add(answer.status_code)
                answers.append(answer.text)
            changed.result()
        assert statuses == {200}
        assert "Nová" in answers[-1]
    finally:
        assert running.stop() == 0


def test_a_release_that_is_bad_or_vanishes_changes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "public"
    write_release(folder)
    running = Server(folder)
    try:
        file = folder / "twingraph.nq.gz"
        file.write_bytes(b"no release")
        deadline = time.monotonic() + 15
        while "stays as it is" not in running.log.read_text():
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert get(running, NAMES).status_code == 200
        file.unlink()
        os.kill(running.process.pid, signal.SIGHUP)
        time.sleep(0.5)
        assert get(running, NAMES).status_code == 200
    finally:
        assert running.stop() == 0


def test_preparations_begin_before_all_is_loaded(tmp_path: Path) -> None:
    write_release(tmp_path / "release")
    code = """
import asyncio
from twingraph.serve.release_service import ReleaseService
ReleaseService.loaded = lambda self: asyncio.Event().wait()
ReleaseService.prepare = lambda self: sys.stderr.write("prepared\\n")
"""
    server = Server(tmp_path / "release", code)
    assert get(server, "ASK {}").status_code == 200
    assert server.stop() == 0
    assert server.log.read_text().count("prepared") == 1


def test_the_store_process_is_started_again(tmp_path: Path) -> None:
    folder = tmp_path / "public"
    write_release(folder)
    running = Server(folder)
    try:
        children = f"/proc/{running.process.pid}/task/{running.process.pid}/children"
        os.kill(int(Path(children).read_text().split()[0]), signal.SIGKILL)
        deadline = time.monotonic() + 15
        while get(running, f"SELECT ({time.monotonic_ns()} AS ?x) {{}}").status_code != 200:
            assert time.monotonic() < deadline
            time.sleep(0.1)
    finally:
        assert running.stop() == 0


def test_what_has_begun_is_answered_before_the_end(tmp_path: Path) -> None:
    folder = tmp_path / "public"
    write_release(folder)
    running = Server(folder, "settings = dict(limits=Limits(seconds=1.5))")
    with concurrent.futures.ThreadPoolExecutor(1) as threads:
        asked = threads.submit(get, running, COSTLY)
        time.sleep(0.5)
        assert running.stop() == 0
        assert "1.5 seconds" in asked.result().text
    children = subprocess.run(
        ["pgrep", "-f", str(folder)], capture_output=True, text=True, check=False
    )
    assert children.stdout == ""

"""What one client can hold: bodies, idle connections, places. Deadlines are a second here."""

from __future__ import annotations

import contextlib
import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.service import Server
from twingraph.serve import http_limits
from twingraph.serve.clients import client_of, shortened

PLACES = 20
FROM_ONE = 5


@pytest.fixture(scope="module")
def small(release: Path) -> Iterator[Server]:
    """A service with room for few, behind a proxy at 127.0.0.9 that it believes."""
    code = (
        "http_limits.HEAD_SECONDS = http_limits.BODY_SECONDS = http_limits.LINGER_SECONDS = 1.0\n"
        f"http_limits.FROM_ONE_CLIENT = {FROM_ONE}\n"
        "from twingraph.serve import server\n"
        f"server.CONNECTIONS = {PLACES}\n"
        "settings = dict(proxies=('127.0.0.9',))\n"
    )
    running = Server(release, code)
    yield running
    assert running.stop() == 0


def connected(server: Server, source: str = "127.0.0.1") -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), 10, (source, 0))


def ended(connection: socket.socket) -> tuple[bytes, float]:
    """All that comes until the other side closes, and after how many seconds."""
    received, begun = b"", time.monotonic()
    with contextlib.suppress(ConnectionError):
        while chunk := connection.recv(65536):
            received += chunk
    return received, time.monotonic() - begun


GET = b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n"


def test_no_deadline_is_longer_than_half_a_minute() -> None:
    bounds = (http_limits.HEAD_SECONDS, http_limits.BODY_SECONDS, http_limits.STALL_SECONDS)
    assert all(seconds < 30 for seconds in (*bounds, http_limits.LINGER_SECONDS))


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        (b"GET", b"/health", b"200"),
        (b"GET", b"/sparql?query=ASK%7B%7D", b"200"),
        (b"GET", b"/nowhere", b"404"),
        (b"DELETE", b"/sparql", b"405"),
        (b"POST", b"/nowhere", b"405"),
        (b"OPTIONS", b"/sparql", b"204"),
    ],
)
@pytest.mark.parametrize("length", [b"Content-Length: 9", b"Transfer-Encoding: chunked"])
def test_a_body_that_nobody_reads_ends_the_connection(
    small: Server, method: bytes, path: bytes, status: bytes, length: bytes
) -> None:
    with connected(small) as connection:
        head = b"%b %b HTTP/1.1\r\nHost: x\r\n%b\r\n\r\n" % (method, path, length)
        connection.sendall(head + (b"x" if b"9" in length else b"9\r\nx"))
        answer, seconds = ended(connection)
    assert answer.startswith(b"HTTP/1.1 " + status)
    assert seconds < 3


def test_a_byte_now_and_then_keeps_no_connection_open(small: Server) -> None:
    with connected(small) as connection:
        connection.sendall(b"POST /health HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\n")
        begun = time.monotonic()
        with contextlib.suppress(ConnectionError):
            while time.monotonic() - begun < 8:
                connection.sendall(b"x")
                time.sleep(0.1)
        assert time.monotonic() - begun < 4


def test_who_still_sends_can_read_the_refusal(small: Server) -> None:
    body = b"x" * (8 << 20)
    head = b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
    with connected(small) as connection:
        with contextlib.suppress(ConnectionError):
            connection.sendall(head + b"Content-Length: %d\r\n\r\n" % len(body) + body)
        answer, _ = ended(connection)
    assert answer.startswith(b"HTTP/1.1 413")


def test_a_whole_body_leaves_the_connection_open(small: Server) -> None:
    with connected(small) as connection:
        for _ in range(3):
            post = b"POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n123456789"
            connection.sendall(post)
            assert connection.recv(65536).startswith(b"HTTP/1.1 405")


def test_idle_connections_end(small: Server) -> None:
    with connected(small) as silent, connected(small) as answered:
        answered.sendall(GET)
        assert answered.recv(65536).startswith(b"HTTP/1.1 200")
        assert ended(silent)[1] < 3
        assert ended(answered)[1] < 3


def test_one_address_cannot_take_all_places(small: Server) -> None:
    time.sleep(1.5)  # Those of other tests are gone.
    greedy = [connected(small) for _ in range(2 * PLACES)]
    try:
        for connection in greedy:
            with contextlib.suppress(ConnectionError):
                connection.sendall(GET)
        with connected(small, "127.0.0.2") as other:
            other.sendall(GET)
            assert other.recv(65536).startswith(b"HTTP/1.1 200")
        first = [connection.recv(65536) for connection in greedy[:FROM_ONE]]
        assert all(answer.startswith(b"HTTP/1.1 200") for answer in first)
        rest = [ended(connection)[0] for connection in greedy[FROM_ONE:]]
        # Sent before it was read, a request may end the connection before the refusal is there.
        assert {answer[:12] for answer in rest} <= {b"HTTP/1.1 429", b""}
    finally:
        for connection in greedy:
            connection.close()
    time.sleep(0.2)
    with connected(small) as again:  # Whoever has left makes room.
        again.sendall(GET)
        assert again.recv(65536).startswith(b"HTTP/1.1 200")


def test_a_proxy_has_the_connections_of_many(small: Server) -> None:
    through = [connected(small, "127.0.0.9") for _ in range(2 * FROM_ONE)]
    try:
        for number, connection in enumerate(through):
            forwarded = b"X-Forwarded-For: 192.0.2.%d" % number
            connection.sendall(GET[:-2] + forwarded + b"\r\n\r\n")
            assert connection.recv(65536).startswith(b"HTTP/1.1 200")
    finally:
        for connection in through:
            connection.close()
    assert {f"192.0.2.{n}" for n in range(2 * FROM_ONE)} <= logged_clients(small)


def test_who_is_no_proxy_is_not_believed(small: Server) -> None:
    requests.get(f"{small.url}health", headers={"X-Forwarded-For": "198.51.100.7"}, timeout=9)
    assert "198.51.100.7" not in logged_clients(small)


def logged_clients(server: Server) -> set[str]:
    time.sleep(0.2)
    lines = server.log.read_text().splitlines()
    return {json.loads(line)["client"] for line in lines if line.startswith("{")}


# --- who a client is -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "client", "short"),
    [
        ("192.0.2.17", "192.0.2.17", "192.0.2.0"),
        ("::ffff:192.0.2.17", "192.0.2.17", "192.0.2.0"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", "2001:db8:1::"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64", "2001:db8:1::"),
        ("2001:db8:1:3::9", "2001:db8:1:3::/64", "2001:db8:1::"),
        ("fe80::1%eth0", "fe80::/64", "fe80::"),
        ("unknown", "unknown", ""),
        ("", "", ""),
        ("9" * 60_000, "9" * 64, ""),
    ],
)
def test_a_client_is_an_address_or_a_network(host: str, client: str, short: str) -> None:
    assert (client_of(host), shortened(host)) == (client, short)

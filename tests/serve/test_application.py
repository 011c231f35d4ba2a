"""What all requests and responses have in common, without a server."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from httpx2 import Response as Answer
from prometheus_client import generate_latest
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from tests.service import client_of
from twingraph.serve.application import LOOPBACK, Address, application
from twingraph.serve.monitoring import LOGGER, LogSettings
from twingraph.serve.release_service import ReleaseService


async def _first(request: Request) -> Response:
    return PlainTextResponse("first")


async def _second(request: Request) -> Response:
    return PlainTextResponse(str(request.base_url))


async def _refuses(request: Request) -> Response:
    raise HTTPException(410, "it is gone", {"Retry-After": "9"})


ROUTES = [
    Route("/a", _first, name="first"),
    Route("/refuses", _refuses),
    Route("/{any:path}", _second, name="second"),
    Route("/a", _second),
    Route("/b", _first),
]


@pytest.fixture
def service() -> ReleaseService:
    return ReleaseService(Path("none"))


def test_the_first_route_that_matches_answers(service: ReleaseService) -> None:
    client = client_of(service, ROUTES)
    assert client.get("/a").text == "first"
    assert client.get("/b").text == client.get("/").text == "http://testserver/"
    assert client.post("/a").status_code == client.delete("/b").status_code == 405
    figures = generate_latest(service.metrics.registry).decode()
    assert 'twingraph_requests_total{route="first",status="200"} 1.0' in figures
    assert 'twingraph_requests_total{route="first",status="405"} 1.0' in figures


def test_a_service_may_be_known_by_another_address(service: ReleaseService) -> None:
    address = Address("https://data.example.org", frozenset({"other.example.org"}))
    client = TestClient(application(service, address=address, routes=ROUTES))
    for host in ("localhost:8000", "other.example.org"):
        assert client.get("/b", headers={"Host": host}).text == "https://data.example.org/"


@pytest.mark.parametrize(
    ("host", "base"),
    [
        ("localhost", "http://localhost/"),
        ("LOCALHOST:8000", "http://LOCALHOST:8000/"),
        ("127.0.0.1:8000", "http://127.0.0.1:8000/"),
        ("[::1]:8000", "http://[::1]:8000/"),
        ("data.example.org", "http://data.example.org/"),
        *((host, "http://testserver/") for host in (
            "evil.example", "evil.example:8000", "localhost.evil.example", "localhost@evil.example",
            "localhost:80:80", "localhost/evil", "data.example.org.", "[::1", "<script>", "", "a b",
            "localhost:123456", "x" * 300, "\xff",
        )),
    ],
)  # fmt: skip
def test_no_host_is_told_again_but_one_of_the_services_own(
    service: ReleaseService, host: str, base: str
) -> None:
    address = Address(hosts=frozenset({*LOOPBACK, "data.example.org"}))
    client = TestClient(application(service, address=address, routes=ROUTES))
    assert client.get("/b", headers={b"Host": host.encode("latin-1")}).text == base


def test_robots_are_kept_from_questions_and_filters(service: ReleaseService) -> None:
    answer = client_of(service).get("/robots.txt")
    assert "\nSitemap: http://testserver/sitemap.xml\n" in answer.text
    assert answer.headers["Content-Type"].startswith("text/plain")
    rules = [line.split(": ") for line in answer.text.splitlines() if "llow: " in line]

    def allowed(address: str) -> bool:
        """As RFC 9309 has it, section 2.2.2: the longest rule counts."""
        matching = [
            (len(rule), kind == "Allow")
            for kind, rule in rules
            if re.match(".*".join(map(re.escape, rule.split("*"))), address)
        ]
        return max(matching, default=(0, True))[1]

    for address in (
        *("/", "/towns", "/towns?page=2", "/towns?lang=pl", "/municipality/pl-sieniawa.html"),
        *("/twingraph.ttl", "/ns", "/.well-known/void", "/static/pages.js"),
    ):
        assert allowed(address), address
    for address in (
        *(
            "/sparql",
            "/sparql?query=ASK",
            "/query",
            "/query?example=x",
            "/reconcile",
            "/search?q=x",
        ),
        *("/towns?country=POL", "/towns?country=POL&page=2", "/towns?page=2&country=POL"),
        "/partnerships?lang=pl&status=active",
    ):
        assert not allowed(address), address


def test_whom_to_tell_of_a_hole(service: ReleaseService) -> None:
    path = "/.well-known/security.txt"
    assert client_of(service).get(path).status_code == 404
    named = TestClient(application(service, contact="mailto:security@example.org"))
    answer = named.get(path)
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    fields = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert fields["Contact"] == "mailto:security@example.org"
    left = datetime.fromisoformat(fields["Expires"]) - datetime.now(UTC)
    assert 80 < left.days < 365
    assert fields["Canonical"] == "http://testserver/.well-known/security.txt"


@pytest.mark.parametrize(("short", "shown"), [(False, "192.0.2.17"), (True, "192.0.2.0")])
def test_addresses_in_the_log(
    service: ReleaseService, caplog: pytest.LogCaptureFixture, short: bool, shown: str
) -> None:
    log = LogSettings(short_addresses=short)
    client = TestClient(application(service, log, routes=ROUTES), client=("192.0.2.17", 1))
    with caplog.at_level("INFO", LOGGER):
        client.get("/a?who=me")
    (line,) = [json.loads(record.message) for record in caplog.records if record.name == LOGGER]
    assert line["client"] == shown and "query" not in line


def _common(answer: Answer) -> bool:
    headers = answer.headers
    exposed = headers["Access-Control-Expose-Headers"].split(", ")
    return (
        headers["Access-Control-Allow-Origin"] == "*"
        and headers["Vary"] == "Accept"
        and {"Content-Range", "Retry-After", "Twingraph-Result-Cut"} <= set(exposed)
    )


def test_every_response_has_the_common_headers(service: ReleaseService) -> None:
    client = client_of(service, ROUTES)
    gone = client.get("/refuses")
    assert (gone.status_code, gone.text, gone.headers["Retry-After"]) == (410, "it is gone\n", "9")
    starting = client.get("/sparql?query=ASK%7B%7D")
    assert starting.status_code == 503 and starting.headers["Retry-After"]
    assert all(map(_common, (client.get("/a"), gone, starting, client.options("/a"))))

"""What all requests and responses have in common, without a server."""

from __future__ import annotations

from pathlib import Path

import pytest
from httpx2 import Response as Answer
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from tests.service import client_of
from twingraph.serve.application import application
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
    figures = service.metrics.exposition().decode()
    assert 'twingraph_requests_total{route="first",status="200"} 1.0' in figures
    assert 'twingraph_requests_total{route="first",status="405"} 1.0' in figures


def test_a_service_may_be_known_by_another_address(service: ReleaseService) -> None:
    app = application(service, public="https://data.example.org", routes=ROUTES)
    client = TestClient(app, headers={"Host": "localhost:8000"})
    assert client.get("/b").text == "https://data.example.org/"


def _common(answer: Answer) -> bool:
    headers = answer.headers
    return headers["Access-Control-Allow-Origin"] == "*" and headers["Vary"] == "Accept"


def test_every_response_has_the_common_headers(service: ReleaseService) -> None:
    client = client_of(service, ROUTES)
    gone = client.get("/refuses")
    assert (gone.status_code, gone.text, gone.headers["Retry-After"]) == (410, "it is gone\n", "9")
    starting = client.get("/sparql?query=ASK%7B%7D")
    assert starting.status_code == 503 and starting.headers["Retry-After"]
    assert all(map(_common, (client.get("/a"), gone, starting, client.options("/a"))))

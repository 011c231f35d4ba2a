"""What is compressed, what is not, and that validators and caches know of it."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from tests.service import client_of
from twingraph.serve.release_service import ReleaseService
from twingraph.serve.representations import conditional

PLAIN = {"Accept-Encoding": "identity"}
TEXT = b"the same words, again and again. " * 6000


async def _page(request: Request) -> Response:
    return conditional(request, Response(TEXT, media_type="text/html"))


async def _short(request: Request) -> Response:
    return Response(b"short", media_type="text/html")


async def _picture(request: Request) -> Response:
    return Response(TEXT, media_type="image/png")


async def _packed(request: Request) -> Response:
    headers = {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    return Response(gzip.compress(TEXT), media_type="text/html", headers=headers)


async def _part(request: Request) -> Response:
    return Response(TEXT, 206, media_type="text/html", headers={"Content-Range": "bytes 0-9/99"})


async def _streamed(request: Request) -> Response:
    return StreamingResponse(iter([TEXT, TEXT]), media_type="text/csv")


@pytest.fixture(scope="module")
def client() -> TestClient:
    handlers = (_page, _short, _picture, _packed, _part, _streamed)
    routes = [Route(f"/{handler.__name__[1:]}", handler) for handler in handlers]
    return client_of(ReleaseService(Path("none")), routes)


def test_text_is_compressed_for_who_takes_it(client: TestClient) -> None:
    packed = client.get("/page", headers={"Accept-Encoding": "br;q=1, gzip;q=0.8"})
    plain = client.get("/page", headers={"Accept-Encoding": "gzip;q=0"})
    assert packed.content == plain.content == TEXT
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < len(TEXT) / 50
    assert "content-encoding" not in plain.headers
    for answer in (packed, plain):
        assert "Accept-Encoding" in answer.headers["vary"] and "Accept," in answer.headers["vary"]


def test_both_forms_are_known_by_their_tags(client: TestClient) -> None:
    packed = client.get("/page", headers={"Accept-Encoding": "gzip"}).headers["etag"]
    plain = client.get("/page", headers={"Accept-Encoding": "identity"}).headers["etag"]
    assert packed == f"W/{plain}"
    for tag in (packed, plain):
        for coding in ("gzip", "identity"):
            headers = {"If-None-Match": tag, "Accept-Encoding": coding}
            answer = client.get("/page", headers=headers)
            assert answer.status_code == 304 and "content-encoding" not in answer.headers
            assert answer.headers["etag"] == (packed if coding == "gzip" else plain)


@pytest.mark.parametrize("path", ["/short", "/picture", "/part"])
def test_what_stays_as_it_is(client: TestClient, path: str) -> None:
    answer = client.get(path, headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in answer.headers
    assert answer.content in (TEXT, b"short")


def test_what_is_made_while_it_is_sent_is_packed_piece_by_piece(client: TestClient) -> None:
    packed = client.get("/streamed", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-length" not in packed.headers
    assert packed.content == TEXT * 2 == client.get("/streamed", headers=PLAIN).content


def test_what_is_compressed_already_is_not_packed_twice(client: TestClient) -> None:
    assert client.get("/packed", headers={"Accept-Encoding": "gzip"}).content == TEXT


def test_a_head_tells_of_the_same(client: TestClient) -> None:
    headers = {"Accept-Encoding": "gzip"}
    head, got = client.head("/page", headers=headers), client.get("/page", headers=headers)
    assert head.headers["etag"] == got.headers["etag"]
    assert head.headers["content-length"] == got.headers["content-length"]

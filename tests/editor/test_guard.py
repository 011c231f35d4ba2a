"""A server that writes files answers its own pages alone."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from twingraph.editor.guard import OwnPagesOnly

OWN = "127.0.0.1:8001"


async def _page(request: Request) -> Response:
    return HTMLResponse("<p>here</p>", headers={"Access-Control-Allow-Origin": "*"})


CLIENT = TestClient(
    OwnPagesOnly(
        Starlette(routes=[Route("/", _page, methods=["GET", "POST", "DELETE"])]),
        frozenset({OWN, "localhost:8001"}),
    ),
    base_url=f"http://{OWN}",
)


def test_its_own_page_may_post() -> None:
    for host in (OWN, "localhost:8001", "LOCALHOST:8001"):
        origin = f"http://{host.lower()}"
        assert CLIENT.post("/", headers={"host": host, "origin": origin}).status_code == 200
    assert CLIENT.post("/", headers={"sec-fetch-site": "same-origin"}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "https://example.org"},
        {"origin": "null"},
        {"origin": f"https://{OWN}"},
        {"origin": "http://127.0.0.1:9000"},
        {"origin": "http://localhost:8001"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
        {"origin": "https://example.org", "sec-fetch-site": "same-origin"},
    ],
    ids=str,
)
def test_a_page_elsewhere_may_not(headers: dict[str, str]) -> None:
    assert CLIENT.post("/", headers=headers).status_code == 403


@pytest.mark.parametrize("host", ["example.org", "example.org:8001", "127.0.0.1", "", "localhost"])
def test_a_name_elsewhere_that_leads_here_is_refused(host: str) -> None:
    """DNS rebinding."""
    assert CLIENT.get("/", headers={"host": host}).status_code == 421
    own = {"host": host, "origin": f"http://{host}"}
    assert CLIENT.post("/", headers=own).status_code == 421


def test_other_methods_are_not_known() -> None:
    assert CLIENT.delete("/").status_code == 405
    assert CLIENT.options("/", headers={"origin": "https://example.org"}).status_code == 405


def test_nobody_elsewhere_reads_it() -> None:
    headers = CLIENT.get("/").headers
    assert not [name for name in headers if name.startswith("access-control-")]
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["cache-control"] == "private, no-cache"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "unsafe-inline" not in headers["content-security-policy"]

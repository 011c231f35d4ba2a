"""Who may speak to a server that writes files: a browser on this machine, from its own pages.

A page elsewhere can send a form to a loopback address, and a name elsewhere can be made to lead
there (DNS rebinding). So a request has to name the server by its loopback address (Host), what is
posted has to come from a page of it (Origin, or Sec-Fetch-Site where a browser sends no Origin),
and no page elsewhere may read an answer (no CORS).
"""

from __future__ import annotations

from typing import Final

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from twingraph.serve.response_headers import missing

_READING: Final = ("GET", "HEAD")
_OF_CORS: Final = b"access-control-"
_OWN: Final = [
    (b"cross-origin-resource-policy", b"same-origin"),
    # A page stands as it was for who goes back to it.
    (b"cache-control", b"private, no-cache"),
]


class OwnPagesOnly:
    """ASGI middleware: lets through what comes from the pages at some hosts (`localhost:8001`)."""

    def __init__(self, app: ASGIApp, hosts: frozenset[str]) -> None:
        self._app = app
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = _completed(message["headers"])
            await send(message)

        refusal = self._refusal(scope)
        await (refusal or self._app)(scope, receive, sent)

    def _refusal(self, scope: Scope) -> PlainTextResponse | None:
        headers = Headers(scope=scope)
        if headers.getlist("host") != [headers.get("host", "")] or (
            headers["host"].lower() not in self._hosts
        ):
            return PlainTextResponse("this server answers to its loopback address alone\n", 421)
        if scope["method"] in _READING:
            return None
        if scope["method"] != "POST":
            return PlainTextResponse("GET, HEAD, POST\n", 405)
        return None if _is_own(headers) else PlainTextResponse(
            "only a page of this server may send it a form\n", 403
        )  # fmt: skip


def _is_own(headers: Headers) -> bool:
    origins = headers.getlist("origin")
    if origins:
        return origins == [f"http://{headers['host'].lower()}"]
    return headers.getlist("sec-fetch-site") == ["same-origin"]


def _completed(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """The headers of the service's responses, but nothing for pages elsewhere."""
    own = [header for header in headers if header[0] != b"cache-control"]
    every = [*own, *missing(own), *_OWN]
    return [header for header in every if not header[0].startswith(_OF_CORS)]

"""A request and a response, free of any server."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from twingraph.sparql.query_engine import Answer

Response = Answer


class Refused(Exception):
    """The request gets an error: its status, its message in plain text, and headers."""

    def __init__(self, status: int, message: str, headers: Mapping[str, str] | None = None) -> None:
        self.status = status
        self.headers = dict(headers or {})
        super().__init__(message)

    def response(self) -> Response:
        """The error as a response."""
        headers = {"Content-Type": "text/plain; charset=utf-8", **self.headers}
        return Response(self.status, headers, f"{self}\n".encode(), "refused")


async def _no_body(limit: int) -> bytes:
    return b""


@dataclass(frozen=True, slots=True)
class Request:
    """A request as handlers see it. Header names are in lower case; `body` reads up to a number of
    bytes and raises Refused (413) for more; `gone` returns when the client has left."""

    method: str = "GET"
    path: str = "/"
    query: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Callable[[int], Awaitable[bytes]] = _no_body
    gone: Callable[[], Awaitable[None]] | None = None
    raw_path: str = ""
    """The path as it was sent, percent-encoded."""
    origin: str = "http://localhost"
    """Scheme and host the client used: what absolute IRIs of this service begin with."""


Handler = Callable[[Request], Awaitable[Response]]


def text(status: int, message: str, headers: Mapping[str, str] | None = None) -> Response:
    """A response in plain text."""
    found = {"Content-Type": "text/plain; charset=utf-8", **(headers or {})}
    return Response(status, found, f"{message}\n".encode())


def require_method(request: Request, allowed: tuple[str, ...]) -> None:
    """Refuse another method than these (405)."""
    if request.method not in allowed:
        raise Refused(
            405, f"{request.method} is not for this resource", {"Allow": ", ".join(allowed)}
        )

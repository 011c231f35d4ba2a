"""The ASGI application: a table of routes, and what all responses have in common.

A part of the service (the endpoint, linked data, pages) is a list of routes. A handler takes a
Request and returns a Response or raises Refused; it knows nothing of ASGI.
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from twingraph.errors import UsageError
from twingraph.serve import description, protocol
from twingraph.serve.access_log import AccessLog
from twingraph.serve.assets import Assets, assets
from twingraph.serve.messages import Handler, Refused, Request, Response, require_method, text
from twingraph.serve.metrics import CONTENT_TYPE
from twingraph.serve.negotiate import choose
from twingraph.serve.security import secured
from twingraph.serve.service import Service
from twingraph.sparql.query_engine import CUT_HEADER, Broken
from twingraph.sparql.result_formats import GRAPH_OFFERS, HTML, content_type

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

_LOG = logging.getLogger("twingraph.serve")
_BODY_SECONDS: Final = 30.0
_ORIGIN: Final = re.compile(r"[A-Za-z0-9._~-]+(:[0-9]{1,5})?|\[[0-9A-Fa-f:.]+\](:[0-9]{1,5})?")
_READ_METHODS: Final = ("GET", "HEAD", "OPTIONS")
_COMMON: Final = [
    # Open data: any page may ask. The one cookie looked at holds the language of pages, no more.
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", f"{CUT_HEADER}, Retry-After, ETag, Link".encode()),
    (b"x-content-type-options", b"nosniff"),
]


@dataclass(frozen=True, slots=True)
class Route:
    """A handler for the paths that match a pattern in full, and that it knows. `name` is for the
    metrics."""

    name: str
    pattern: str
    handler: Handler
    knows: Callable[[str], bool] = lambda path: True


class Application:
    """Callable as ASGI 3. `open` and `close` are awaited with the server's start and end."""

    def __init__(
        self,
        service: Service,
        routes: Iterable[Route],
        log: AccessLog | None = None,
        public: str | None = None,
    ) -> None:
        self._service = service
        self._routes = [(re.compile(route.pattern), route) for route in routes]
        plain = [r for _, r in self._routes if re.escape(r.pattern) == r.pattern]
        self._exact = {route.pattern: route for route in reversed(plain)}
        self._log = log or AccessLog()
        self._public = public.rstrip("/") if public else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            kind = (await receive())["type"]
            if kind == "lifespan.shutdown":
                await self._service.close()
            await send({"type": f"{kind}.complete"})
            if kind == "lifespan.shutdown":
                return

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = time.perf_counter()
        route = self._find(scope["path"])
        request = _request(scope, receive, self._public)
        response = await self._response(request, route)
        sent = await _sent(response, request.method, send)
        seconds = time.perf_counter() - begun
        name = route.name if route else "none"
        self._service.metrics.request(name, response.status, seconds)
        self._log.write(
            scope["client"][0] if scope.get("client") else "",
            request.method,
            request.path,
            request.query,
            {
                "status": response.status,
                "bytes": sent,
                "ms": round(seconds * 1000, 1),
                "outcome": response.outcome,
                "lane": response.lane,
            },
        )

    def _find(self, path: str) -> Route | None:
        exact = self._exact.get(path)
        if exact is not None:
            return exact
        matching = (route for pattern, route in self._routes if pattern.fullmatch(path))
        return next((route for route in matching if route.knows(path)), None)

    async def _response(self, request: Request, route: Route | None) -> Response:
        try:
            if route is None:
                return text(404, "there is nothing here")
            if request.method == "OPTIONS":
                return _preflight()
            return await route.handler(request)
        except Refused as refused:
            return refused.response()
        except Exception:
            _LOG.exception("%s %s failed", request.method, request.path)
            return text(500, "something went wrong here; it has been noted")


def _preflight() -> Response:
    """For browsers that ask whether they may (CORS)."""
    headers = {
        "Access-Control-Allow-Methods": "GET, HEAD, POST, OPTIONS",
        "Access-Control-Allow-Headers": "Accept, Content-Type, If-None-Match, If-Range, Range",
        "Access-Control-Max-Age": "86400",
    }
    return Response(204, headers, b"")


def _request(scope: Scope, receive: Receive, public: str | None) -> Request:
    headers: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    host = headers.get("host", "")
    if not _ORIGIN.fullmatch(host):
        host = "localhost"
    return Request(
        method=scope["method"],
        path=scope["path"],
        raw_path=scope["raw_path"].decode("latin-1"),
        query=scope["query_string"],
        headers=headers,
        body=partial(_body, receive, headers),
        gone=partial(_gone, receive),
        origin=public or f"{scope['scheme']}://{host}",
    )


_CLOSE: Final = {"Connection": "close"}


async def _body(receive: Receive, headers: Mapping[str, str], limit: int) -> bytes:
    declared = headers.get("content-length", "0")
    if declared.isdigit() and int(declared) > limit:
        raise _too_large(limit)
    parts, size = [], 0
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise Refused(400, "the request was broken off", _CLOSE)
                parts.append(message.get("body", b""))
                size += len(parts[-1])
                if size > limit:
                    raise _too_large(limit)
                if not message.get("more_body"):
                    return b"".join(parts)
    except TimeoutError as error:
        raise Refused(408, "the request took too long to arrive", _CLOSE) from error


def _too_large(limit: int) -> Refused:
    return Refused(413, f"a request may have {limit} bytes", _CLOSE)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _sent(response: Response, method: str, send: Send) -> int:
    """Send a response; the number of bytes of its body that went out."""
    body = response.body
    plain = secured({name.lower(): value for name, value in response.headers.items()})
    headers = [(name.encode(), value.encode("latin-1")) for name, value in plain.items()]
    bare = response.status in (204, 304)
    if isinstance(body, bytes) and not bare and b"content-length" not in dict(headers):
        headers.append((b"content-length", str(len(body)).encode()))
    if not any(name == b"vary" for name, _ in headers):
        headers.append((b"vary", b"Accept"))
    await send(
        {
            "type": "http.response.start",
            "status": response.status,
            "headers": headers + _COMMON,
        }
    )
    if isinstance(body, bytes):
        await send({"type": "http.response.body", "body": body})
        return len(body)
    return await _streamed(body, method, send, response)


async def _streamed(body: AsyncIterator[bytes], method: str, send: Send, response: Response) -> int:
    size = 0
    try:
        if method != "HEAD":
            async for chunk in body:
                size += len(chunk)
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
    except Broken as error:
        # Returning without the end makes the server break the connection off.
        response.outcome = "broken"
        _LOG.warning("an answer was broken off: %s", error)
    finally:
        close = getattr(body, "aclose", None)
        if close is not None:
            await close()
    return size


# --- the endpoint and what operators ask -------------------------------------------------------


def endpoint_routes(service: Service, page: Handler | None = None) -> list[Route]:
    """The SPARQL endpoint. `page` answers a browser that comes without a query."""

    async def sparql(request: Request) -> Response:
        asked = service.asked
        if asked is None:
            return text(503, "the service is starting up", {"Retry-After": "5"})
        response = await protocol.respond(request, asked, describe, service.limits.body)
        service.metrics.query(response.outcome, response.lane)
        return response

    async def describe(request: Request) -> Response:
        accept = request.headers.get("accept")
        # Machines that take anything get data: a browser asks for HTML by name.
        offers = (*GRAPH_OFFERS, HTML) if page else GRAPH_OFFERS
        media_type = choose(accept, offers)
        if media_type == HTML and page:
            return await page(request)
        if media_type is None or service.asked is None:
            raise Refused(406, f"the description is there as {', '.join(GRAPH_OFFERS)}")
        try:
            await service.loaded()
        except UsageError as error:
            raise Refused(503, "the service is starting up", {"Retry-After": "5"}) from error
        body = description.written(
            media_type,
            f"{request.origin}{request.path}",
            service.base,
            tuple(service.graphs),
            service.quads,
            service.limits,
        )
        return Response(200, {"Content-Type": content_type(media_type)}, body)

    return [Route("sparql", "/sparql", sparql)]


def operator_routes(service: Service) -> list[Route]:
    """Health (is the process there), readiness (are queries answered) and metrics."""

    async def health(request: Request) -> Response:
        require_method(request, _READ_METHODS)
        return text(200, "healthy", {"Cache-Control": "no-store"})

    async def ready(request: Request) -> Response:
        require_method(request, _READ_METHODS)
        if service.ready:
            return text(200, "ready", {"Cache-Control": "no-store"})
        return text(503, "not ready", {"Retry-After": "5", "Cache-Control": "no-store"})

    async def metrics(request: Request) -> Response:
        require_method(request, _READ_METHODS)
        return Response(200, {"Content-Type": CONTENT_TYPE}, service.metrics.exposition())

    return [
        Route("health", "/health", health),
        Route("ready", "/ready", ready),
        Route("metrics", "/metrics", metrics),
    ]


# --- what pages load ---------------------------------------------------------------------------


def asset_routes(files: Assets | None = None) -> list[Route]:
    """Styles, scripts and outlines."""
    found = files or assets()
    return [Route("static", r"/static/[A-Za-z0-9._-]+", found.respond)]

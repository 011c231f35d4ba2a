"""The one place where the parts of the service are put together: an ASGI application.

The first route that matches a path answers it, so the general ones come last.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from twingraph.serve.compression import Compression
from twingraph.serve.files import FileRoute, asset_routes
from twingraph.serve.http_limits import RequestLimits
from twingraph.serve.monitoring import AccessLog, LogSettings
from twingraph.serve.notices import notice_routes
from twingraph.serve.ontology import OntologyPage
from twingraph.serve.pages import Pages
from twingraph.serve.pages.release_pages import ReleasePages
from twingraph.serve.protocol import SparqlEndpoint
from twingraph.serve.querying.page import query_page, query_routes
from twingraph.serve.read_model import ReadModel
from twingraph.serve.reconciling import Reconciling
from twingraph.serve.representations import refusal
from twingraph.serve.resources import Resources
from twingraph.serve.response_headers import ResponseHeaders
from twingraph.serve.service import Service, operator_routes
from twingraph.serve.vocabulary import Vocabulary

LOOPBACK: Final = ("localhost", "127.0.0.1", "[::1]")


def application(
    service: Service,
    log: LogSettings | None = None,
    address: Address | None = None,
    contact: str = "",
    routes: Iterable[Route] | None = None,
) -> ASGIApp:
    """All that is served over a service, with what requests and responses have in common.

    `contact` is whom to tell of a hole, as a URI. `routes` may stand for all but the endpoint.
    """
    endpoint = SparqlEndpoint(service, query_page(service))
    served = routes_over(service, contact) if routes is None else routes
    others = Starlette(
        routes=list(_with_fixed_paths_indexed(served)),
        exception_handlers={HTTPException: _refusal_response},
    )

    pages, packed = Compression(others), Compression(endpoint)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] != "/sparql":
            await pages(scope, receive, send)
        # A look-up takes so little that what compresses nothing would be seen in its time.
        elif any(name == b"accept-encoding" for name, _ in scope["headers"]):
            await packed(scope, receive, send)
        else:
            await endpoint(scope, receive, send)

    addressed = Addressed(app, address or Address())
    return AccessLog(ResponseHeaders(RequestLimits(addressed)), service.metrics, log)


def routes_over(service: Service, contact: str = "") -> list[Route]:
    """All routes over a service but the endpoint."""
    model = ReadModel(service)
    pages = Pages(service, model)
    return [
        *operator_routes(service),
        *notice_routes(contact),
        *asset_routes(),
        *query_routes(service),
        FileRoute(service),
        *Reconciling(service, model).routes(),
        *Vocabulary(service, OntologyPage(service).respond).routes(),
        *pages.routes(),
        *ReleasePages(service).routes(),
        *Resources(service, pages.thing, pages.missing).routes(),
    ]


async def _refusal_response(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return refusal(error)


class FixedPaths(BaseRoute):
    """Routes whose paths have no parameter, as one: the right one is found at once. To try a
    hundred patterns in turn takes as long as all else that is done for a request."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._routes: dict[str, Route] = {}
        for route in routes:
            self._routes.setdefault(route.path, route)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        route = self._routes.get(scope["path"])
        if route is None:
            return Match.NONE, {}
        match, found = route.matches(scope)
        return match, {**found, "route": route}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        await scope["route"].handle(scope, receive, send)


def _with_fixed_paths_indexed(routes: Iterable[Route]) -> Iterator[BaseRoute]:
    for fixed, some in groupby(routes, lambda route: "{" not in route.path):
        if fixed:
            yield FixedPaths(some)
        else:
            yield from some


@dataclass(frozen=True, slots=True)
class Address:
    """What the service is known by: `public`, a scheme and a host, whatever a request says; without
    it, the Host of a request where it is one of `hosts`."""

    public: str = ""
    hosts: frozenset[str] = frozenset(LOOPBACK)


class Addressed:
    """ASGI middleware: requests come to an address that the service is known by. Where their own
    Host names another, it is the one that the connection was made to: nobody makes the service
    tell others, or a cache, an address of his choice."""

    def __init__(self, app: ASGIApp, address: Address) -> None:
        self._app = app
        self._hosts = address.hosts
        self._scheme, self._public, *_ = urlsplit(address.public)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        given = [value for name, value in scope["headers"] if name == b"host"]
        if self._public:
            scope["scheme"] = self._scheme
            _set_host(scope, self._public)
        elif len(given) != 1 or not self._is_known(given[0]):
            _set_host(scope, _own_host(scope))
        await self._app(scope, receive, send)

    def _is_known(self, host: bytes) -> bool:
        found = HOST.fullmatch(host)
        return found is not None and found[1].decode().lower() in self._hosts


HOST: Final = re.compile(rb"([A-Za-z0-9._-]{1,255}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")
_USUAL_PORTS: Final = {"http": 80, "https": 443}


def _own_host(scope: Scope) -> str:
    host, port = scope.get("server") or ("localhost", None)
    host = f"[{host}]" if ":" in host else host
    return host if port in (None, _USUAL_PORTS.get(scope["scheme"])) else f"{host}:{port}"


def _set_host(scope: Scope, host: str) -> None:
    others = (header for header in scope["headers"] if header[0] != b"host")
    scope["headers"] = [(b"host", host.encode()), *others]

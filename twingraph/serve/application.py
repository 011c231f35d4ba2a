"""The one place where the parts of the service are put together: an ASGI application.

The first route that matches a path answers it, so the general ones come last.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
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
from twingraph.serve.monitoring import AccessLog
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


def application(
    service: Service,
    log_queries: bool = False,
    public: str | None = None,
    routes: Iterable[Route] | None = None,
) -> ASGIApp:
    """All that is served over a service, with what requests and responses have in common.

    `public` is the scheme and host that the service is known by; otherwise those of each request.
    `routes` may stand for all but the endpoint.
    """
    endpoint = SparqlEndpoint(service, query_page(service))
    others = Starlette(
        routes=list(_with_fixed_paths_indexed(routes_over(service) if routes is None else routes)),
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

    addressed = PublicAddress(app, public) if public else app
    return AccessLog(ResponseHeaders(RequestLimits(addressed)), service.metrics, log_queries)


def routes_over(service: Service) -> list[Route]:
    """All routes over a service but the endpoint."""
    model = ReadModel(service)
    pages = Pages(service, model)
    return [
        *operator_routes(service),
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


class PublicAddress:
    """ASGI middleware: requests come to the address that the service is known by, whatever their
    own Host says."""

    def __init__(self, app: ASGIApp, public: str) -> None:
        self._app = app
        self._scheme, host, *_ = urlsplit(public)
        self._host = (b"host", host.encode())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["scheme"] = self._scheme
        scope["headers"] = [self._host, *(h for h in scope["headers"] if h[0] != b"host")]
        await self._app(scope, receive, send)

"""SPARQL 1.1 Protocol, its query operation, over whatever answers queries."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final
from urllib.parse import unquote_to_bytes

from pyoxigraph import NamedNode
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from yarl import URL

from twingraph.errors import UsageError
from twingraph.serve import description
from twingraph.serve.negotiation import accepted, choose, header, posted_type
from twingraph.serve.representations import Handler, refusal
from twingraph.serve.service import Service, starting_up
from twingraph.sparql.query_engine import Answer, SparqlRequest
from twingraph.sparql.result_formats import (
    GRAPH_OFFERS,
    HTML,
    NAMED_FORMATS,
    SOLUTION_OFFERS,
    content_type,
)

FORM: Final = "application/x-www-form-urlencoded"
QUERY: Final = "application/sparql-query"
UPDATE: Final = "application/sparql-update"
METHODS: Final = ("GET", "HEAD", "POST", "OPTIONS")
_MOST_PARAMETERS: Final = 1000

Parameters = list[tuple[str, str]]


class SparqlEndpoint:
    """An ASGI application. `page` answers a browser that comes without a query.

    It stands beside Starlette's routes: to be one of them would take an answer that is remembered
    a tenth longer.
    """

    name = "sparql"
    """As a route, for the figures."""

    def __init__(self, service: Service, page: Handler) -> None:
        self._service = service
        self._page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["route"] = self
        request = Request(scope, receive, send)
        try:
            response = await self.respond(request)
        except HTTPException as error:
            response = refusal(error)
        await response(scope, receive, send)

    async def respond(self, request: Request) -> Response:
        """The response to a request at the endpoint. Raises HTTPException."""
        if request.method not in METHODS:
            raise HTTPException(405, headers={"Allow": ", ".join(METHODS)})
        engine = self._service.engine
        job = await query_of(request)
        if job is None:
            return await self._description(request)
        answer = await engine.run(job, lambda: _client_left(request))
        self._service.metrics.query(answer.outcome, answer.lane)
        request.scope["state"].update(outcome=answer.outcome, lane=answer.lane)
        return response_of(answer)

    async def _description(self, request: Request) -> Response:
        # Machines that take anything get data: a browser asks for HTML by name.
        media_type = accepted(request, (*GRAPH_OFFERS, HTML))
        if media_type == HTML:
            return await self._page(request)
        if media_type is None:
            raise HTTPException(406, f"the description is there as {', '.join(GRAPH_OFFERS)}")
        service = self._service
        try:
            await service.loaded()
        except UsageError as error:
            raise starting_up() from error
        endpoint = f"{request.base_url}sparql"
        graphs = tuple(service.graphs)
        body = description.serialized(
            media_type, endpoint, service.base, graphs, service.quads, service.limits
        )
        return Response(body, headers={"Content-Type": content_type(media_type)})


async def _client_left(request: Request) -> None:
    """Return when the client has left."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


# --- from a request to a query -----------------------------------------------------------------


async def query_of(request: Request) -> SparqlRequest | None:
    """The query that a request is about; None for a GET without one. Raises HTTPException for what
    is no query operation (sections 2.1 and 2.2)."""
    parameters = pairs_of(request.scope["query_string"], _MOST_PARAMETERS)
    if request.method == "POST":
        return _sparql_request(parameters + await _posted_parameters(request), request)
    if not {"query", "update"} & {name for name, _ in parameters}:
        return None
    return _sparql_request(parameters, request)


async def _posted_parameters(request: Request) -> Parameters:
    media_type, parameters = posted_type(request)
    charset = parameters.get("charset", "utf-8").lower()
    if media_type == UPDATE:
        raise _no_updates()
    if media_type not in (FORM, QUERY):
        posted = {"Accept-Post": f"{FORM}, {QUERY}"}
        raise HTTPException(415, f"a query is posted as {FORM} or {QUERY}", posted)
    if charset not in ("utf-8", "utf8"):
        raise HTTPException(415, f"a query is posted in UTF-8, not in {charset}")
    body = await request.body()
    if media_type == FORM:
        return pairs_of(body, _MOST_PARAMETERS)
    try:
        return [("query", body.decode())]
    except UnicodeDecodeError as error:
        raise HTTPException(400, "the query is not UTF-8") from error


def pairs_of(encoded: bytes, most: int) -> Parameters:
    """The parameters of an address or of a posted form, in their order. Raises HTTPException (400)
    for more than so many, and for what is not UTF-8."""
    if encoded.count(b"&") >= most:
        raise HTTPException(400, f"more than {most} parameters")
    try:
        text = encoded.decode()
        # The standard library's decoder takes as long as all else that is done for a look-up here.
        found = list(URL.build(path="/", query_string=text, encoded=True).query.items())
        if any(_REPLACED in name or _REPLACED in value for name, value in found):
            unquote_to_bytes(text).decode()
    except UnicodeDecodeError as error:
        raise HTTPException(400, "the parameters are not UTF-8") from error
    return found


_REPLACED: Final = "\ufffd"
"""What stands, decoded, for bytes that are not UTF-8; and for itself."""


async def posted_pairs(request: Request, most: int, most_bytes: int) -> Parameters:
    """The parameters of a posted form, in their order. Raises HTTPException: 415 for what is posted
    otherwise, 413 for more than so many bytes, 400 as `pairs_of`."""
    if posted_type(request)[0] != FORM:
        raise HTTPException(415, f"the form is posted as {FORM}")
    body = await request.body()
    if len(body) > most_bytes:
        raise HTTPException(413, f"the form may have {most_bytes} bytes")
    return pairs_of(body, most)


async def form_of(request: Request, most: int) -> dict[str, str]:
    """The parameters of an address and of a posted form; of several of one name the last. Raises
    HTTPException: 415 for what is posted otherwise, 400 as `pairs_of`."""
    found = pairs_of(request.scope["query_string"], most)
    if request.method == "POST":
        if posted_type(request)[0] != FORM:
            raise HTTPException(415, f"parameters are posted as a form ({FORM})")
        found += pairs_of(await request.body(), most)
    return dict(found)


def _no_updates() -> HTTPException:
    return HTTPException(403, "this endpoint takes queries, no updates")


def _sparql_request(parameters: Parameters, request: Request) -> SparqlRequest:
    values: dict[str, list[str]] = {}
    for name, value in parameters:
        values.setdefault(name, []).append(value)
    if "update" in values:
        raise _no_updates()
    queries = values.get("query", [])
    if len(queries) != 1:
        raise HTTPException(400, f"a request holds one query, this one {len(queries)}")
    accept = _format(values.get("format", [])) or header(request, "accept")
    return SparqlRequest(
        queries[0],
        choose(accept, SOLUTION_OFFERS),
        choose(accept, GRAPH_OFFERS),
        _graphs(values.get("default-graph-uri")),
        _graphs(values.get("named-graph-uri")),
    )


def _format(names: list[str]) -> str | None:
    """The media types that a parameter asks for: it decides before the header, since who writes an
    address can often write no header. None without one."""
    name = next(filter(None, names), "").lower()
    if not name:
        return None
    if name not in NAMED_FORMATS:
        known = ", ".join(one for one in NAMED_FORMATS if "/" not in one)
        raise HTTPException(
            400, f"format={name[:40]!r} is not known here: {known}, or a media type"
        )
    return ", ".join(NAMED_FORMATS[name])


def _graphs(names: list[str] | None) -> tuple[str, ...] | None:
    for name in names or []:
        try:
            NamedNode(name)
        except ValueError as error:
            raise HTTPException(400, f"{name!r} is no IRI of a graph") from error
    return None if names is None else tuple(names)


# --- from an answer to a response --------------------------------------------------------------


def response_of(answer: Answer) -> Response:
    """An answer as a response, whole or as it arrives."""
    if isinstance(answer.body, bytes):
        return Response(answer.body, answer.status, answer.headers)
    return _Arriving(answer.body, answer)


class _Arriving(Response):
    """An answer that is sent on while it arrives. Raises Broken where its end does not."""

    def __init__(self, body: AsyncIterator[bytes], answer: Answer) -> None:
        super().__init__(None, answer.status, answer.headers)
        del self.headers["Content-Length"]
        self._chunks = body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        start = {"status": self.status_code, "headers": self.raw_headers}
        await send({"type": "http.response.start", **start})
        try:
            if scope["method"] != "HEAD":
                async for chunk in self._chunks:
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        finally:
            close = getattr(self._chunks, "aclose", None)
            if close is not None:
                await close()

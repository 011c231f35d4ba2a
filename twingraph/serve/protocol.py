"""SPARQL 1.1 Protocol, its query operation, as a function of a request and a pool of workers."""

from __future__ import annotations

import re
from binascii import a2b_qp
from email.message import Message
from typing import Final
from urllib.parse import unquote_to_bytes

from pyoxigraph import NamedNode

from twingraph.serve.messages import Handler, Refused, Request, Response, require_method
from twingraph.serve.negotiate import choose
from twingraph.sparql.query_engine import QueryEngine, SparqlRequest
from twingraph.sparql.result_formats import GRAPH_OFFERS, SOLUTION_OFFERS

METHODS: Final = ("GET", "HEAD", "POST", "OPTIONS")
FORM: Final = "application/x-www-form-urlencoded"
QUERY: Final = "application/sparql-query"
UPDATE: Final = "application/sparql-update"
_MOST_PARAMETERS: Final = 1000

Parameters = list[tuple[str, str]]


async def respond(
    request: Request, pool: QueryEngine, describe: Handler, body_limit: int
) -> Response:
    """The response to a request at the endpoint.

    `describe` answers a GET without a query: the service description, or a page for people.
    Raises Refused for what is no query operation (sections 2.1 and 2.2).
    """
    require_method(request, METHODS)
    if request.method == "POST":
        job = await _posted(request, body_limit)
    else:
        parameters = _parameters(request.query)
        if not {"query", "update"} & {name for name, _ in parameters}:
            return await describe(request)
        job = _job(parameters, request)
    return await pool.run(job, request.gone)


async def _posted(request: Request, body_limit: int) -> SparqlRequest:
    media_type, charset = _content_type(request)
    if media_type == UPDATE:
        raise _no_updates()
    if media_type not in (FORM, QUERY):
        raise Refused(415, f"a query is posted as {FORM} or {QUERY}", {"Accept-Post": _POSTABLE})
    if charset not in ("", "utf-8", "utf8"):
        raise Refused(415, f"a query is posted in UTF-8, not in {charset}")
    body = await request.body(body_limit)
    if media_type == FORM:
        return _job(_parameters(request.query) + _parameters(body), request)
    return _job([*_parameters(request.query), ("query", _decoded(body))], request)


_POSTABLE: Final = f"{FORM}, {QUERY}"


def _content_type(request: Request) -> tuple[str, str]:
    message = Message()
    message["Content-Type"] = request.headers.get("content-type", "")
    charset = message.get_content_charset("")
    return message.get_content_type() if message["Content-Type"] else "", charset


def _parameters(encoded: bytes) -> Parameters:
    if not encoded:
        return []
    pairs = encoded.split(b"&")
    if len(pairs) > _MOST_PARAMETERS:
        raise Refused(400, f"more than {_MOST_PARAMETERS} parameters")
    try:
        return [
            (_unquoted(name), _unquoted(value))
            for name, _, value in (pair.partition(b"=") for pair in pairs if pair)
        ]
    except UnicodeDecodeError as error:
        raise Refused(400, "the parameters are not UTF-8") from error


_QUOTED_PRINTABLE_DIFFERS: Final = re.compile(rb"[\r\n]|%(?![0-9A-Fa-f]{2})")


def _unquoted(value: bytes) -> str:
    """A form's value, decoded. Raises UnicodeDecodeError.

    Percent-encoding is quoted-printable with another sign, for which Python has a decoder in C:
    the standard one for this takes a third of the time that a look-up spends in this process.
    """
    value = value.replace(b"+", b" ")
    if b"%" not in value:
        return value.decode()
    if _QUOTED_PRINTABLE_DIFFERS.search(value):
        return unquote_to_bytes(value).decode()
    return a2b_qp(value.replace(b"=", b"=3D").replace(b"%", b"=")).decode()


def _decoded(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise Refused(400, "the query is not UTF-8") from error


def _no_updates() -> Refused:
    return Refused(403, "this endpoint takes queries, no updates")


def _job(parameters: Parameters, request: Request) -> SparqlRequest:
    values: dict[str, list[str]] = {}
    for name, value in parameters:
        values.setdefault(name, []).append(value)
    if "update" in values:
        raise _no_updates()
    queries = values.get("query", [])
    if len(queries) != 1:
        raise Refused(400, f"a request holds one query, this one {len(queries)}")
    accept = request.headers.get("accept")
    return SparqlRequest(
        queries[0],
        choose(accept, SOLUTION_OFFERS),
        choose(accept, GRAPH_OFFERS),
        _graphs(values.get("default-graph-uri")),
        _graphs(values.get("named-graph-uri")),
    )


def _graphs(names: list[str] | None) -> tuple[str, ...] | None:
    for name in names or []:
        try:
            NamedNode(name)
        except ValueError as error:
            raise Refused(400, f"{name!r} is no IRI of a graph") from error
    return None if names is None else tuple(names)

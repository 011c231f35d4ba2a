"""Ask whatever is served, from inside the service: what pages and linked data are made of.

The same way as a stranger's query, with the same bounds, whether a release or a remote store is
behind it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Final, cast

import orjson
import pyoxigraph as ox

from twingraph.serve.messages import Refused, Response
from twingraph.sparql.query_engine import CUT_HEADER, QueryEngine, SparqlRequest
from twingraph.sparql.result_formats import JSON, N_TRIPLES

Row = dict[str, ox.NamedNode | ox.BlankNode | ox.Literal]
"""A solution: its bound variables."""

_PASSED_ON: Final = ("Retry-After",)


async def select(engine: QueryEngine, query: str) -> list[Row]:
    """The solutions of a SELECT query. Raises Refused where the query could not be answered, or
    not in full: what is shown to people is never silently cut."""
    body = await _body(await engine.run(SparqlRequest(query, JSON, None)))
    try:
        return list(_rows(body))
    except SyntaxError as error:
        # The engine's reader stops at the member in which a result says that it is cut.
        cut = orjson.loads(body).get("cut")
        raise _not_in_full(cut) if cut else Refused(502, f"no result: {error}") from error


def _rows(body: bytes) -> Iterator[Row]:
    solutions = cast(
        ox.QuerySolutions, ox.parse_query_results(body, format=ox.QueryResultsFormat.JSON)
    )
    names = [variable.value for variable in solutions.variables]
    for one in solutions:
        yield {n: term for n, term in zip(names, one, strict=True) if term is not None}


async def ntriples(engine: QueryEngine, query: str) -> list[str]:
    """The triples of a CONSTRUCT query as lines of canonical N-Triples: for hundreds of
    thousands. Raises Refused, as `select` does."""
    body = await _body(await engine.run(SparqlRequest(query, None, N_TRIPLES)))
    return body.decode().split("\n")[:-1]


async def construct(engine: QueryEngine, query: str) -> list[ox.Triple]:
    """The triples of a CONSTRUCT or DESCRIBE query. Raises Refused, as `select` does."""
    body = await _body(await engine.run(SparqlRequest(query, None, N_TRIPLES)))
    return [quad.triple for quad in ox.parse(body, format=ox.RdfFormat.N_TRIPLES)]


async def _body(answer: Response) -> bytes:
    body = answer.body
    if not isinstance(body, bytes):
        stream: AsyncIterator[bytes] = body
        body = b"".join([chunk async for chunk in stream])
    if answer.status != 200:
        headers = {name: answer.headers[name] for name in _PASSED_ON if name in answer.headers}
        raise Refused(answer.status, body.decode("utf-8", "replace").strip(), headers)
    if CUT_HEADER in answer.headers:
        raise _not_in_full(answer.headers[CUT_HEADER])
    return body


def _not_in_full(cut: str) -> Refused:
    return Refused(500, f"more than the service may show at once: {cut}")

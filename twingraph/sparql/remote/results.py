"""What a store answered, in the format that a client asked for."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, Final, cast

import pyoxigraph as ox

from twingraph.sparql import result_formats as formats
from twingraph.sparql.bounded_results import (
    AnswerBuffer,
    acceptable,
    write_graph,
    write_solutions,
)
from twingraph.sparql.limits import Limits
from twingraph.sparql.query_engine import Answer
from twingraph.sparql.query_rewriting import RewrittenQuery
from twingraph.sparql.remote.async_client import StoreFailed, StoreReply

SOLUTIONS: Final = (formats.JSON, "application/json")
"""What is asked of a store for SELECT and ASK, and what it may call that."""
GRAPHS: Final = {
    formats.N_TRIPLES: ox.RdfFormat.N_TRIPLES,
    "text/plain": ox.RdfFormat.N_TRIPLES,
    formats.TURTLE: ox.RdfFormat.TURTLE,
}
"""The same for CONSTRUCT and DESCRIBE."""


def converted(
    reply: StoreReply,
    query: RewrittenQuery,
    accepted: tuple[str | None, str | None],
    limits: Limits,
) -> Answer:
    """A store's answer to a query, as one of two media types: for solutions, for a graph.

    Raises StoreFailed for what is no result, Unanswerable where the client accepts no format of its
    kind.
    """
    most = reply.most_rows
    if most is not None and (query.limit is None or query.limit > most):
        # The store says that it stops there; whether it did, only fewer rows could tell.
        limits = replace(limits, rows=min(limits.rows, max(most - 1, 0)))
    if query.form in ("SELECT", "ASK"):
        media_type = acceptable(accepted[0], formats.SOLUTION_OFFERS)
    else:
        media_type = acceptable(accepted[1], formats.GRAPH_OFFERS)
    answer = AnswerBuffer()
    try:
        _write(answer, reply, query.form, media_type, limits)
        return Answer(answer.status, answer.headers, answer.take(), lane="store")
    except (SyntaxError, ValueError, LookupError, TypeError, AttributeError):
        pass
    # Raised out here, without the error before it: the engine's readers must not leave the thread.
    what = "answers with what is no result" if reply.whole else "has an answer that is too large"
    raise StoreFailed(502, what)


def _write(
    answer: AnswerBuffer, reply: StoreReply, form: str, media_type: str, limits: Limits
) -> None:
    if form == "ASK":
        answer.head(200, media_type)
        answer.write(_boolean(reply.body).serialize(format=formats.SOLUTIONS[media_type]) or b"")
    elif form == "SELECT":
        found = ox.parse_query_results(reply.body, format=ox.QueryResultsFormat.JSON)
        write_solutions(answer, limits, media_type, cast(ox.QuerySolutions, found))
    else:
        quads = ox.parse(reply.body, GRAPHS[reply.media_type])
        write_graph(answer, limits, media_type, (quad.triple for quad in quads))


def _boolean(body: bytes) -> ox.QueryBoolean:
    document: Any = json.loads(body)
    value = document.get("boolean")
    if value is None:
        # Virtuoso's form of it: one row for yes, none for no.
        rows = document["results"]["bindings"]
        value = bool(rows) and rows[0]["__ASK_RETVAL"]["value"] == "1"
    if not isinstance(value, bool):
        raise ValueError("neither true nor false")
    written = json.dumps({"head": {}, "boolean": value}).encode()
    return cast(ox.QueryBoolean, ox.parse_query_results(written, format=ox.QueryResultsFormat.JSON))

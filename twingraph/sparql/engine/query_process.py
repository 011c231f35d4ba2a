"""A query process: one query at a time is parsed, run, and its result written to a socket.

It is forked with the store in memory, shut in (see sandbox), and may be killed at any moment.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from typing import Any

from pyoxigraph import QueryBoolean, QueryTriples

from twingraph.sparql import result_formats as formats
from twingraph.sparql.bounded_results import (
    AnswerBuffer,
    Unanswerable,
    acceptable,
    write_graph,
    write_solutions,
)
from twingraph.sparql.datasets import Datasets
from twingraph.sparql.engine import frames
from twingraph.sparql.engine.sandbox import copied_memory, resident_memory
from twingraph.sparql.lexer import UPDATE_FORMS, mentions
from twingraph.sparql.limits import Limits, too_much_memory
from twingraph.sparql.query_engine import SparqlRequest
from twingraph.sparql.query_syntax import (
    deeper_than,
    form,
    needs_service,
    readable_tokens,
    undeclared_prefixes,
)

# Deeper than any query a person writes, and well before the parser runs out of stack.
DEEPEST = 256


class AnswerWriter(AnswerBuffer):
    """An answer on its way out, once it is whole: at once up to `hold` bytes, otherwise in pieces
    for which whoever reads them may take his time."""

    def __init__(self, connection: socket.socket, hold: int, store: int) -> None:
        super().__init__()
        self._connection = connection
        self._hold = hold
        self._store = store

    def end(self, cut: str = "") -> None:
        super().end(cut)
        body = self.take()
        if len(body) < self._hold:
            self._send_head(frames.ANSWER, body)
            return
        self.headers["Content-Length"] = str(len(body))
        self._send_head(frames.HEAD)
        for start in range(0, len(body), frames.CHUNK):
            self._connection.sendall(frames.frame(frames.DATA, body[start : start + frames.CHUNK]))
        self._connection.sendall(frames.frame(frames.END))

    def fail(self, status: int, message: str) -> None:
        """Answer with an error instead."""
        self.head(status, "text/plain")
        self.write(message.encode("utf-8", "replace") + b"\n")
        self.end()

    def _send_head(self, kind: bytes, body: bytes = b"") -> None:
        self._connection.sendall(
            frames.answer_frame(kind, self.status, self.headers, self._copied(), body)
        )

    def _copied(self) -> int:
        """Bytes of memory that were made its own beyond as much as the store has."""
        return max(0, copied_memory() - self._store)


WARM_UP = SparqlRequest("SELECT * { ?s ?p ?o } LIMIT 1", formats.JSON, None)


def work(connection: socket.socket, datasets: Datasets, limits: Limits) -> None:
    """Answer one request after the other until the other end is closed."""
    # The first answer is to nobody, and ignored: the pages of memory that any look-up copies are
    # copied before somebody waits.
    store = resident_memory()
    _answer(AnswerWriter(connection, limits.hold, store), datasets, limits, WARM_UP)
    connection.sendall(frames.frame(frames.READY, b"%d" % os.getpid()))
    arriving = frames.Frames()
    while data := connection.recv(frames.CHUNK):
        for _, payload in arriving.feed(data):
            request = frames.read_request(payload)
            reply = AnswerWriter(connection, limits.hold, store)
            _answer(reply, datasets, limits, request)


def _answer(
    reply: AnswerWriter, datasets: Datasets, limits: Limits, request: SparqlRequest
) -> None:
    try:
        _run(reply, datasets, limits, request)
    except Unanswerable as error:
        reply.fail(error.status, str(error))
    except MemoryError:
        reply.fail(422, too_much_memory(limits.memory))
    except (OSError, RuntimeError) as error:
        # The engine's word for an evaluation that failed, because of what the query asks for: a
        # function that it does not know, a service where it finds none.
        reply.fail(400, f"the query failed: {error}")
    except Exception as error:
        # Nothing that is known. The message may repeat the query, which is for nobody's log.
        reply.fail(500, f"the query could not be answered ({type(error).__name__})")


def _run(reply: AnswerWriter, datasets: Datasets, limits: Limits, request: SparqlRequest) -> None:
    result = _evaluate(datasets, request)
    if isinstance(result, QueryBoolean):
        media_type = acceptable(request.solutions, formats.SOLUTION_OFFERS)
        reply.head(200, media_type)
        reply.write(result.serialize(format=formats.SOLUTIONS[media_type]) or b"")
        reply.end()
    elif isinstance(result, QueryTriples):
        write_graph(reply, limits, acceptable(request.graph, formats.GRAPH_OFFERS), result)
    else:
        media_type = acceptable(request.solutions, formats.SOLUTION_OFFERS)
        write_solutions(reply, limits, media_type, result)


def _evaluate(datasets: Datasets, request: SparqlRequest) -> Any:
    query = request.query.removeprefix("\ufeff")  # A byte order mark is none of SPARQL's.
    _refuse(query)
    try:
        view = datasets.view(query, request.default_graphs, request.named_graphs)
        return view.store.query(
            query,
            base_iri=datasets.base,
            default_graph=view.default,
            named_graphs=view.named,
        )
    except SyntaxError as error:
        hint = _hint(query, datasets.prefixes)
        raise Unanswerable(400, f"the query cannot be parsed: {error}{hint}") from error
    except ValueError as error:
        raise Unanswerable(400, str(error) or "the query cannot be parsed") from error


def _refuse(query: str) -> None:
    """Refuse what the engine has no words of its own for. Raises Unanswerable."""
    if mentions(query, "SERVICE") and needs_service(readable_tokens(query)):
        raise Unanswerable(400, "SERVICE is not followed from here")
    brackets = sum(map(query.count, "{(["))
    if brackets > DEEPEST and deeper_than(readable_tokens(query), DEEPEST):
        raise Unanswerable(400, f"the query is nested more than {DEEPEST} brackets deep")


def _hint(query: str, known: Mapping[str, str]) -> str:
    operation = form(readable_tokens(query))
    if operation in UPDATE_FORMS:
        return f"\n{operation} is an update; this endpoint takes queries only"
    missing = undeclared_prefixes(readable_tokens(query))
    lines = [f"PREFIX {name}: <{known[name]}>" for name in missing if name in known]
    lines += [f"PREFIX {name}: <…>" for name in missing if name not in known]
    return (
        "".join(["\nnot declared in the query:", *(f"\n{one}" for one in lines)]) if lines else ""
    )

"""A query process: one query at a time, parsed, run and written out, between two sockets' ends.

It is forked with the store in memory, shut in (see sandbox), and may be killed at any moment.
"""

from __future__ import annotations

import gc
import socket
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import IO, Any, Protocol, cast

from pyoxigraph import QueryBoolean, QueryTriples, Triple, serialize

from twingraph.namespaces import VOCABULARIES
from twingraph.sparql import result_formats as formats
from twingraph.sparql.datasets import Datasets
from twingraph.sparql.engine import frames as wire
from twingraph.sparql.engine.answers import CUT_HEADER
from twingraph.sparql.engine.sandbox import Dirtied
from twingraph.sparql.lexer import UPDATE_FORMS, mentions
from twingraph.sparql.limits import Limits, too_much_memory
from twingraph.sparql.query_syntax import (
    deeper_than,
    form,
    needs_service,
    readable_tokens,
    undeclared_prefixes,
)
from twingraph.sparql.result_writers import ROWS

# Deeper than any query a person writes, and well before the parser runs out of stack.
DEEPEST = 256


class Unanswerable(Exception):
    """The query gets an error instead of a result: `status` and the message, as plain text."""

    def __init__(self, status: int, message: str) -> None:
        self.status = status
        super().__init__(message)


class Out(Protocol):
    """Where an answer is written to; the methods are those of Reply."""

    total: int

    def head(self, status: int, media_type: str) -> None: ...
    def hold_all(self) -> None: ...
    def write(self, data: bytes) -> int: ...
    def end(self, cut: str = "") -> None: ...


class Reply:
    """An answer on its way out: held back up to `hold` bytes, streamed from then on."""

    def __init__(self, connection: socket.socket, hold: int, dirtied: Dirtied) -> None:
        self._connection = connection
        self._hold = hold
        self._dirtied = dirtied
        self._begun = time.perf_counter()
        self._status = 0
        self._media_type = ""
        self._held: list[bytes] = []
        self._waiting = 0
        self.total = 0
        self.started = False

    def head(self, status: int, media_type: str) -> None:
        """Say how the answer begins; nothing is sent yet."""
        self._status, self._media_type = status, formats.content_type(media_type)

    def hold_all(self) -> None:
        """Send nothing before the answer is complete: its format cannot say at its end that it is
        cut, so the head must."""
        self._hold = sys.maxsize

    def write(self, data: bytes) -> int:
        """Add to the body, as a binary file does."""
        self._held.append(data if type(data) is bytes else bytes(data))
        self._waiting += len(data)
        self.total += len(data)
        if self._waiting >= (wire.CHUNK if self.started else self._hold):
            self._flush()
        return len(data)

    def flush(self) -> None:
        """Nothing: the engine flushes as it sees fit, we when there is enough."""

    def end(self, cut: str = "") -> None:
        """Send what is left. A cut is said in the head where the head has not left yet."""
        if not self.started and self.total <= wire.CHUNK:
            body = b"".join(self._held)
            self._connection.sendall(
                wire.whole(self._status, self._dirtied_now(), self._media_type, cut, body)
            )
            return
        if not self.started:
            self._begin({"Content-Length": str(self.total)} | ({CUT_HEADER: cut} if cut else {}))
        self._flush(wire.note(wire.END, {"dirtied": self._dirtied_now(), "cut": cut}))

    def fail(self, status: int, message: str) -> None:
        """Answer with an error; where an answer has begun already, break it off."""
        if self.started:
            self._connection.sendall(
                wire.note(wire.BROKEN, {"dirtied": self._dirtied_now(), "error": message})
            )
            return
        self._held, self._waiting, self.total = [], 0, 0
        self.head(status, "text/plain")
        self.write(message.encode("utf-8", "replace") + b"\n")
        self.end()

    def _dirtied_now(self) -> int:
        return self._dirtied.after(time.perf_counter() - self._begun)

    def _begin(self, headers: dict[str, str]) -> None:
        self.started = True
        headers["Content-Type"] = self._media_type
        head = {"status": self._status, "headers": headers}
        self._connection.sendall(wire.note(wire.HEAD, head))

    def _flush(self, last: bytes = b"") -> None:
        if not self.started:
            self._begin({})
        body = b"".join(self._held)
        self._held, self._waiting = [], 0
        frames = [
            wire.frame(wire.DATA, body[start : start + wire.CHUNK])
            for start in range(0, len(body), wire.CHUNK)
        ]
        self._connection.sendall(b"".join([*frames, last]))


def work(connection: socket.socket, datasets: Datasets, limits: Limits) -> None:
    """Answer one job after the other until the other end is closed."""
    # Nothing here makes cycles of references, and looking for them takes a third of a look-up.
    gc.disable()
    _warm_up(datasets, limits)
    frames, dirtied = wire.Frames(), Dirtied()
    while data := connection.recv(wire.CHUNK):
        for _, payload in frames.feed(data):
            _answer(Reply(connection, limits.hold, dirtied), datasets, limits, payload)


class _Nobody:
    """Takes an answer that nobody waits for."""

    total = 0

    def head(self, status: int, media_type: str) -> None: ...
    def hold_all(self) -> None: ...
    def write(self, data: bytes) -> int:
        return len(data)

    def end(self, cut: str = "") -> None: ...


def _warm_up(datasets: Datasets, limits: Limits) -> None:
    """Answer a look-up to nobody: the first copies pages that all others find copied."""
    job = wire.Job("SELECT * { ?s ?p ?o } LIMIT 1", formats.JSON, None)
    write_solutions(_Nobody(), limits, formats.JSON, _evaluate(datasets, job))


def _answer(reply: Reply, datasets: Datasets, limits: Limits, payload: bytes) -> None:
    job = wire.Job.decoded(payload)
    try:
        _run(reply, datasets, limits, job)
    except Unanswerable as error:
        reply.fail(error.status, str(error))
    except MemoryError:
        reply.fail(500, too_much_memory(limits.memory))
    except (OSError, RuntimeError) as error:
        # The engine's word for an evaluation that failed, because of what the query asks for: a
        # function that it does not know, a service where it finds none.
        reply.fail(400, f"the query failed: {error}")


def _run(reply: Reply, datasets: Datasets, limits: Limits, job: wire.Job) -> None:
    result = _evaluate(datasets, job)
    if isinstance(result, QueryBoolean):
        media_type = acceptable(job.solutions, formats.SOLUTION_OFFERS)
        reply.head(200, media_type)
        reply.write(result.serialize(format=formats.SOLUTIONS[media_type]) or b"")
        reply.end()
    elif isinstance(result, QueryTriples):
        write_graph(reply, limits, acceptable(job.graph, formats.GRAPH_OFFERS), result)
    else:
        media_type = acceptable(job.solutions, formats.SOLUTION_OFFERS)
        write_solutions(reply, limits, media_type, result)


def _evaluate(datasets: Datasets, job: wire.Job) -> Any:
    query = job.query.removeprefix("\ufeff")  # A byte order mark is none of SPARQL's.
    _refuse(query)
    try:
        view = datasets.view(query, job.default_graphs, job.named_graphs)
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


def acceptable(media_type: str | None, offers: Iterable[str]) -> str:
    """The media type. Raises Unanswerable (406) where the client accepts none of the offers."""
    if media_type is None:
        raise Unanswerable(406, f"this kind of query is answered as: {', '.join(offers)}")
    return media_type


def write_solutions(reply: Out, limits: Limits, media_type: str, solutions: Any) -> None:
    """Write solutions in a format, as far as the limits go, and say where they are cut."""
    rows = ROWS[formats.SOLUTIONS[media_type]]()
    if not rows.tells:
        reply.hold_all()
    reply.head(200, media_type)
    reply.write(rows.opening([variable.value for variable in solutions.variables]).encode())
    cut, row, write = "", rows.row, reply.write
    for number, solution in enumerate(solutions):
        if number >= limits.rows or reply.total >= limits.size:
            cut = _cut_after(number)
            break
        write(row(solution).encode())
    reply.write(rows.closing(cut).encode())
    reply.end(cut)


def _cut_after(number: int) -> str:
    """The statement that a result is cut."""
    return f"first {number} of more"


class _Cut:
    """An iterable of triples that ends at the limits and knows whether there was more."""

    def __init__(self, triples: Iterator[Triple], reply: Out, limits: Limits) -> None:
        self._triples, self._reply, self._limits = triples, reply, limits
        self.cut = ""

    def __iter__(self) -> Iterator[Triple]:
        for number, triple in enumerate(islice(self._triples, self._limits.rows + 1)):
            if number >= self._limits.rows or self._reply.total >= self._limits.size:
                self.cut = _cut_after(number)
                return
            yield triple


_COMMENTS = {"text/turtle": "# {}\n", "application/n-triples": "# {}\n"}


def write_graph(reply: Out, limits: Limits, media_type: str, triples: Any) -> None:
    """Write triples in a format, as far as the limits go, and say where they are cut."""
    comment = _COMMENTS.get(media_type)
    if comment is None:
        reply.hold_all()
    reply.head(200, media_type)
    bounded = _Cut(triples, reply, limits)
    output = cast(IO[bytes], reply)  # All that the engine needs of a file is `write`.
    serialize(bounded, output, formats.GRAPHS[media_type], prefixes=VOCABULARIES)
    if comment and bounded.cut:
        reply.write(comment.format(bounded.cut).encode())
    reply.end(bounded.cut)

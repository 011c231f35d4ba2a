"""Queries answered by a store elsewhere, with the manners of our own.

A query is first run on nothing, in a process that may be killed: that finds what is wrong with it,
and what it costs to parse. Then it is written anew (see vetting) and sent. The answer is read to
its end, at most so far, before a byte of it leaves: what is broken is never passed on as whole.

Which release the store holds is asked again after each answer. Where it has changed meanwhile, the
query is asked anew: so an answer is of one release even where the store itself does not keep a
query apart from an update (Virtuoso does not, as it comes).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, cast

import aiohttp
import pyoxigraph as ox

from twingraph.errors import ServiceError
from twingraph.sparql import result_formats as formats
from twingraph.sparql.bounded_results import (
    Unanswerable,
    acceptable,
    write_graph,
    write_solutions,
)
from twingraph.sparql.datasets import ALL, asks_for_examples
from twingraph.sparql.limits import Limits
from twingraph.sparql.query_engine import CUT_HEADER, Answer, QueryEngine, SparqlRequest, refusal
from twingraph.sparql.query_rewriting import NotSent, Vetted, vet
from twingraph.sparql.remote.layout import Names, State, read_state, solutions, state_query

Gone = Callable[[], Awaitable[None]]

PLACES: Final = 8
"""Queries at the store at once. Each holds at most three times the size of an answer."""
_QUEUE: Final = 64
_AGAIN: Final = 5
_TRIES: Final = 4
_LONG_QUERY: Final = 20_000
_WORDS: Final = 300
_ACCEPT_GRAPH: Final = f"{formats.N_TRIPLES}, {formats.TURTLE};q=0.9"
_READ_AS: Final = {
    formats.N_TRIPLES: ox.RdfFormat.N_TRIPLES,
    "text/plain": ox.RdfFormat.N_TRIPLES,
    formats.TURTLE: ox.RdfFormat.TURTLE,
}
_JSON: Final = (formats.JSON, "application/json")


class Failed(Exception):
    """The store gave no answer that can be passed on; `answer` is what the client gets."""

    def __init__(self, status: int, message: str, retry_after: int | None = None) -> None:
        self.answer = refusal(
            status, f"the store behind this service {message}", "store", retry_after
        )
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class _Reply:
    """What the store said: the media type, the body as far as it was read, whether that is all,
    and the rows after which the store says it has cut."""

    media_type: str
    body: bytes
    whole: bool
    most_rows: int | None


class RemoteStore:
    """A store, asked over HTTP. `rehearse` runs queries on nothing."""

    def __init__(
        self,
        url: str,
        names: Names,
        limits: Limits,
        rehearse: QueryEngine,
        session: aiohttp.ClientSession,
        on_state: Callable[[State | None], None] = lambda state: None,
    ) -> None:
        self._url, self._names, self._limits = url, names, limits
        self._rehearse, self._session, self._on_state = rehearse, session, on_state
        self._places = asyncio.Semaphore(PLACES)
        self._inside = 0
        self._known: State | None = None

    @property
    def busy(self) -> dict[str, int]:
        """What runs and what waits, for the metrics."""
        running = min(self._inside, PLACES)
        return {"running": running, "waiting": self._inside - running}

    async def state(self) -> State:
        """Which release the store holds now. Raises Failed."""
        reply = await self._exchange([("query", state_query(self._names))], formats.JSON)
        try:
            found = read_state(solutions(json.loads(reply.body)))
        except (ServiceError, ValueError) as error:
            raise Failed(502, "does not say clearly which release it holds") from error
        if found != self._known:
            self._known = found
            self._on_state(found)
        if found is None:
            raise Failed(503, "holds no release at the moment", _AGAIN)
        return found

    async def run(self, job: SparqlRequest, gone: Gone | None = None) -> Answer:
        """As a pool's own. Errors are answers too."""
        if self._inside >= PLACES + _QUEUE:
            return refusal(503, "too many queries at once; try again later", "busy", 1)
        self._inside += 1
        work = asyncio.create_task(self._run(job))
        left = asyncio.create_task(_until(gone))
        try:
            await asyncio.wait((work, left), return_when=asyncio.FIRST_COMPLETED)
            return await work if work.done() else Answer(499, {}, b"", "gone")
        finally:
            self._inside -= 1
            for task in (work, left):
                task.cancel()

    async def _run(self, job: SparqlRequest) -> Answer:
        rehearsed = await self._rehearsed(SparqlRequest(job.query, job.solutions, job.graph))
        # A function that is not known here fails only when it is called: that is told below.
        if rehearsed.status not in (200, 500):
            return rehearsed
        if job.default_graphs is job.named_graphs is None and asks_for_examples(job.query):
            return rehearsed  # They are here; the store knows nothing of them.
        try:
            vetted = await self._vetted(job.query)
        except NotSent as error:
            return refusal(400, str(error), "refused")
        if rehearsed.status != 200:
            return rehearsed
        again = await self._rehearsed(SparqlRequest(vetted.text, job.solutions, job.graph))
        if again.status == 400:
            message = "the query can be read in two ways: put spaces around its < and >"
            return refusal(400, message, "refused")
        if again.status != 200:
            return again
        try:
            async with asyncio.timeout(self._limits.seconds), self._places:
                return await self._asked(job, vetted)
        except TimeoutError:
            limit = f"{self._limits.seconds:g} seconds"
            return refusal(504, f"the query was given up: it may take {limit}", "timeout")
        except Failed as failed:
            return failed.answer
        except Unanswerable as error:
            return refusal(error.status, str(error), "refused")

    async def _vetted(self, query: str) -> Vetted:
        if len(query) < _LONG_QUERY:
            return vet(query, self._names.base)
        return await asyncio.to_thread(vet, query, self._names.base)

    async def _rehearsed(self, job: SparqlRequest) -> Answer:
        answer = await self._rehearse.run(job)
        if not isinstance(answer.body, bytes):
            parts = [part async for part in answer.body]
            answer = Answer(answer.status, answer.headers, b"".join(parts), answer.outcome)
        return answer

    async def _asked(self, job: SparqlRequest, vetted: Vetted) -> Answer:
        accept = formats.JSON if vetted.form in ("SELECT", "ASK") else _ACCEPT_GRAPH
        state = self._known or await self.state()
        for _ in range(_TRIES):
            reply = await self._exchange(self._fields(job, vetted, state), accept)
            now = await self.state()
            if now == state:
                return await asyncio.to_thread(_converted, reply, vetted.form, job, self._limits)
            state = now
        raise Failed(503, "changes its release all the time", _AGAIN)

    def _fields(self, job: SparqlRequest, vetted: Vetted, state: State) -> list[tuple[str, str]]:
        """The form that is posted: the query and its dataset, which never goes beyond our own
        graphs, whatever else is in the store."""
        sources = state.sources(self._names)
        if job.default_graphs is None and job.named_graphs is None:
            default, named = vetted.default, vetted.named
            if not default and not named:
                default, named = [self._names.merged], list(sources)
        else:
            default, named = list(job.default_graphs or ()), list(job.named_graphs or ())
        ours = {self._names.merged, *sources}
        every = {f"{self._names.base}{ALL}": sources}
        # A graph that is nowhere, so that what is asked for is nothing, and not everything.
        nothing = (f"{self._names.base}store/nothing",)
        fields = [("query", vetted.text)]
        fields += [
            ("default-graph-uri", graph) for graph in _known(default, ours, every) or nothing
        ]
        if vetted.asks_for_graphs:
            fields += [("named-graph-uri", graph) for graph in _known(named, ours, {}) or nothing]
        return fields

    async def _exchange(self, fields: list[tuple[str, str]], accept: str) -> _Reply:
        try:
            async with self._session.post(
                self._url,
                data=aiohttp.FormData(fields),
                headers={"Accept": accept},
                allow_redirects=False,
            ) as response:
                await _judge(response)
                return await self._read(response, accept)
        except (aiohttp.ClientSSLError, aiohttp.ClientConnectorCertificateError) as error:
            raise Failed(502, "has no secure connection") from error
        except aiohttp.ClientPayloadError as error:
            raise Failed(502, "broke its answer off") from error
        except (aiohttp.ClientConnectionError, OSError) as error:
            raise Failed(503, "cannot be reached", _AGAIN) from error
        except (aiohttp.ClientError, ValueError) as error:
            raise Failed(502, "does not answer as HTTP wants it") from error

    async def _read(self, response: aiohttp.ClientResponse, accept: str) -> _Reply:
        media_type = response.content_type
        expected = _JSON if accept == formats.JSON else tuple(_READ_AS)
        if media_type not in expected:
            raise Failed(502, f"answers with {media_type[:80]}, which is no result")
        if response.headers.get("X-SQL-State", "").startswith("S1TAT"):
            raise Failed(504, "ran out of time midway")
        parts, size, most = [], 0, self._limits.size * 2
        async for part in response.content.iter_any():
            parts.append(part)
            size += len(part)
            if size > most:
                break
        rows = response.headers.get("X-SPARQL-MaxRows", "")
        return _Reply(
            media_type, b"".join(parts), size <= most, int(rows) if rows.isdecimal() else None
        )


async def _until(gone: Gone | None) -> None:
    if gone is not None:
        await gone()
    else:
        await asyncio.Event().wait()


def _known(
    asked: Sequence[str], ours: set[str], every: Mapping[str, Sequence[str]]
) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for name in asked:
        for graph in every.get(name, (name,)):
            if graph in ours:
                found[graph] = None
    return tuple(found)


async def _judge(response: aiohttp.ClientResponse) -> None:
    status = response.status
    if status == 200:
        return
    if 300 <= status < 400:
        raise Failed(502, "leads elsewhere, where it is not followed")
    if status in (401, 403):
        raise Failed(502, f"does not let this service in ({status})")
    if status in (429, 503):
        after = response.headers.get("Retry-After", "")
        raise Failed(503, "is busy", min(int(after), 3600) if after.isdecimal() else _AGAIN)
    if status == 504:
        raise Failed(504, "ran out of time")
    if status == 400 and response.content_type == "text/plain":
        words = (await response.content.read(4 * _WORDS)).decode("utf-8", "replace")
        line = next(iter(words.split("\n")), "")[:_WORDS]
        raise Failed(400, f"does not take this query: {line}")
    raise Failed(502, f"failed ({status})")


# --- what came, as what was asked for ----------------------------------------------------------


class _Sink:
    """Takes what is written out, and makes an answer of it."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._status, self._media_type, self._cut = 200, "", ""
        self.total = 0

    def head(self, status: int, media_type: str) -> None:
        self._status, self._media_type = status, media_type

    def hold_all(self) -> None:
        """Nothing: all is held."""

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        self.total += len(data)
        return len(data)

    def flush(self) -> None:
        """Nothing: the engine flushes as it sees fit."""

    def end(self, cut: str = "") -> None:
        self._cut = cut

    def answer(self) -> Answer:
        headers = {"Content-Type": formats.content_type(self._media_type)}
        if self._cut:
            headers[CUT_HEADER] = self._cut
        return Answer(self._status, headers, b"".join(self._parts), lane="store")


def _converted(reply: _Reply, form: str, job: SparqlRequest, limits: Limits) -> Answer:
    """The store's answer in the format that the client asked for. Raises Failed for what is no
    result, Unanswerable where the client accepts no format of its kind."""
    sink = _Sink()
    if reply.most_rows is not None:
        # The store says that it stops there; whether it did, only fewer rows could tell.
        limits = replace(limits, rows=min(limits.rows, max(reply.most_rows - 1, 0)))
    solved = form in ("SELECT", "ASK")
    offers = formats.SOLUTION_OFFERS if solved else formats.GRAPH_OFFERS
    media_type = acceptable(job.solutions if solved else job.graph, offers)
    try:
        _write(sink, reply, form, media_type, limits)
        return sink.answer()
    except (SyntaxError, ValueError, KeyError, TypeError, AttributeError):
        whole = reply.whole
    # Raised out here, without the error before it: the engine's readers must not leave the thread.
    raise Failed(
        502, "answers with what is no result" if whole else "has an answer that is too large"
    )


def _write(sink: _Sink, reply: _Reply, form: str, media_type: str, limits: Limits) -> None:
    if form == "ASK":
        sink.head(200, media_type)
        sink.write(_boolean(reply.body).serialize(format=formats.SOLUTIONS[media_type]) or b"")
    elif form == "SELECT":
        json_format = ox.QueryResultsFormat.JSON
        found = cast(ox.QuerySolutions, ox.parse_query_results(reply.body, format=json_format))
        write_solutions(sink, limits, media_type, found)
    else:
        quads = ox.parse(reply.body, _READ_AS[reply.media_type])
        write_graph(sink, limits, media_type, (quad.triple for quad in quads))


def _boolean(body: bytes) -> ox.QueryBoolean:
    document: Any = json.loads(body)
    value = document.get("boolean")
    if value is None:
        # Virtuoso's form of it.
        value = document["results"]["bindings"][0]["__ASK_RETVAL"]["value"] == "1"
    if not isinstance(value, bool):
        raise ValueError("neither true nor false")
    written = json.dumps({"head": {}, "boolean": value}).encode()
    return cast(ox.QueryBoolean, ox.parse_query_results(written, format=ox.QueryResultsFormat.JSON))

"""Queries answered by a store elsewhere, with the manners of our own.

A query is first run on nothing, in a process that may be killed: that finds what is wrong with it,
and what it costs to parse. Then it is written anew (see query_rewriting) and sent. The answer is
read to its end, at most so far, before a byte of it leaves: what is broken is never passed on as
whole.

Which release the store holds is asked again after each answer. Where it has changed meanwhile, the
query is asked anew: so an answer is of one release even where the store itself does not keep a
query apart from an update (Virtuoso does not, as it comes).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from twingraph.errors import ServiceError
from twingraph.sparql import result_formats as formats
from twingraph.sparql.bounded_results import Unanswerable
from twingraph.sparql.datasets import ALL, asks_for_examples
from twingraph.sparql.limits import Limits
from twingraph.sparql.query_engine import (
    CLIENT,
    Answer,
    Gone,
    QueryEngine,
    SparqlRequest,
    refusal,
    timed_out,
)
from twingraph.sparql.query_rewriting import RewrittenQuery, UnclearQuery, UnsafeQuery, rewrite
from twingraph.sparql.remote.async_client import (
    ASK_AGAIN,
    AsyncStoreClient,
    StoreFailed,
    StoreReply,
)
from twingraph.sparql.remote.layout import (
    GraphNames,
    StoreState,
    read_state,
    solutions,
    state_query,
)
from twingraph.sparql.remote.results import GRAPHS, SOLUTIONS, converted
from twingraph.sparql.turns import Places

PLACES: Final = 8
"""Queries at the store at once. Each holds at most three times the size of an answer."""
OF_ONE_CLIENT: Final = 6
"""Of these, those of one client: what runs elsewhere cannot be taken back for another."""
_QUEUE: Final = 256
_TRIES: Final = 4
_LONG_QUERY: Final = 2_000
"""Characters from which on others would wait for it to be written anew."""
_ACCEPT_GRAPH: Final = f"{formats.N_TRIPLES}, {formats.TURTLE};q=0.9"


class RemoteEngine:
    """A QueryEngine over a store. `rehearsal` runs queries on nothing; `on_state` is told each
    time that the store holds another release, or none."""

    def __init__(
        self,
        client: AsyncStoreClient,
        names: GraphNames,
        limits: Limits,
        rehearsal: QueryEngine,
        on_state: Callable[[StoreState | None], None] = lambda state: None,
    ) -> None:
        self._client, self._names, self._limits = client, names, limits
        self._rehearsal, self._on_state = rehearsal, on_state
        self._places = Places(PLACES, OF_ONE_CLIENT)
        self._inside = 0
        self._state: StoreState | None = None

    @property
    def busy(self) -> dict[str, int]:
        """What runs and what waits, for the metrics."""
        return {"running": self._places.taken, "waiting": self._inside - self._places.taken}

    async def state(self) -> StoreState:
        """Which release the store holds now. Raises StoreFailed."""
        query = [("query", state_query(self._names))]
        reply = await self._client.query(query, formats.JSON, SOLUTIONS)
        try:
            found = read_state(solutions(json.loads(reply.body)))
        except (ServiceError, ValueError) as error:
            raise StoreFailed(502, "does not say clearly which release it holds") from error
        if found != self._state:
            self._state = found
            self._on_state(found)
        if found is None:
            raise StoreFailed(503, "holds no release at the moment", ASK_AGAIN)
        return found

    async def run(self, request: SparqlRequest, gone: Gone | None = None) -> Answer:
        """As a pool's own. Errors are answers too."""
        if self._inside >= PLACES + _QUEUE:
            return refusal(503, "too many queries at once; try again later", "busy", 1)
        self._inside += 1
        work = asyncio.create_task(self._in_time(request))
        left = asyncio.create_task(_client_gone(gone))
        try:
            await asyncio.wait((work, left), return_when=asyncio.FIRST_COMPLETED)
            return await work if work.done() else Answer(499, {}, b"", "gone")
        finally:
            self._inside -= 1
            for task in (work, left):
                task.cancel()

    async def _in_time(self, request: SparqlRequest) -> Answer:
        try:
            async with asyncio.timeout(self._limits.seconds):
                return await self._run(request)
        except TimeoutError:
            return timed_out(self._limits.seconds)

    async def _run(self, request: SparqlRequest) -> Answer:
        plain = replace(request, default_graphs=None, named_graphs=None)
        if request == plain and asks_for_examples(request.query):
            return await self._rehearsed(plain)  # They are here; the store knows nothing of them.
        rewritten, unclear = None, ""
        try:
            rewritten = await self._rewritten(request.query)
        except UnsafeQuery as error:
            return refusal(400, str(error), "refused")
        except UnclearQuery as error:
            unclear = str(error)
        rehearsed = await self._rehearsed(plain)
        if rehearsed.status != 200:
            return rehearsed
        if rewritten is None:
            return refusal(400, unclear, "refused")
        again = await self._rehearsed(replace(plain, query=rewritten.text))
        if again.status == 400:
            message = "the query can be read in two ways: put spaces around its < and >"
            return refusal(400, message, "refused")
        return await self._within_limits(request, rewritten) if again.status == 200 else again

    async def _rewritten(self, query: str) -> RewrittenQuery:
        if len(query) < _LONG_QUERY:
            return rewrite(query, self._names.base)
        return await asyncio.to_thread(rewrite, query, self._names.base)

    async def _rehearsed(self, request: SparqlRequest) -> Answer:
        answer = await self._rehearsal.run(request)
        if not isinstance(answer.body, bytes):
            answer.body = b"".join([part async for part in answer.body])
        return answer

    async def _within_limits(self, request: SparqlRequest, rewritten: RewrittenQuery) -> Answer:
        try:
            async with self._places.one(CLIENT.get()):
                reply = await self._reply(request, rewritten)
                accepted = (request.solutions, request.graph)
                return await asyncio.to_thread(converted, reply, rewritten, accepted, self._limits)
        except StoreFailed as error:
            message = f"the store behind this service {error}"
            return refusal(error.status, message, "store", error.retry_after)
        except Unanswerable as error:
            return refusal(error.status, str(error), "refused")

    async def _reply(self, request: SparqlRequest, rewritten: RewrittenQuery) -> StoreReply:
        """What the store says while it holds one release."""
        solved = rewritten.form in ("SELECT", "ASK")
        accept, expected = (formats.JSON, SOLUTIONS) if solved else (_ACCEPT_GRAPH, tuple(GRAPHS))
        state = self._state or await self.state()
        for _ in range(_TRIES):
            fields = self._fields(request, rewritten, state)
            reply = await self._client.query(fields, accept, expected)
            now = await self.state()
            if now == state:
                return reply
            state = now
        raise StoreFailed(503, "changes its release all the time", ASK_AGAIN)

    def _fields(
        self, request: SparqlRequest, rewritten: RewrittenQuery, state: StoreState
    ) -> list[tuple[str, str]]:
        """The form that is posted: the query and its dataset, which never goes beyond our own
        graphs, whatever else is in the store."""
        sources = state.sources(self._names)
        default, named = rewritten.dataset
        if request.default_graphs is not None or request.named_graphs is not None:
            default, named = list(request.default_graphs or ()), list(request.named_graphs or ())
        elif not default and not named:
            default, named = [self._names.merged], list(sources)
        ours = {self._names.merged, *sources}
        every = {f"{self._names.base}{ALL}": sources}
        # A graph that is nowhere, so that what is asked for is nothing, and not everything.
        nothing = (f"{self._names.base}store/nothing",)
        graphs = {"default-graph-uri": _own_graphs(default, ours, every) or nothing}
        if rewritten.asks_for_graphs:
            graphs["named-graph-uri"] = _own_graphs(named, ours, {}) or nothing
        return [
            ("query", rewritten.text),
            *((field, graph) for field, names in graphs.items() for graph in names),
        ]


async def _client_gone(gone: Gone | None) -> None:
    if gone is not None:
        await gone()
    else:
        await asyncio.Event().wait()


def _own_graphs(
    asked: Sequence[str], ours: set[str], every: Mapping[str, Sequence[str]]
) -> tuple[str, ...]:
    """The graphs that are asked for and ours, each once."""
    named = (graph for name in asked for graph in every.get(name, (name,)))
    return tuple(dict.fromkeys(graph for graph in named if graph in ours))

"""The pool: answers queries from a release in memory, in processes that may be killed.

This is the scheduler's input and output, in one event loop; nothing here blocks. Connections and
deaths of processes, the clock and clients that leave are its events, what it decides is carried
out. All decisions are in scheduler.py.
"""

from __future__ import annotations

import asyncio
import math
import signal
from collections.abc import AsyncIterator, Callable
from itertools import count
from pathlib import Path
from typing import Final

from twingraph.errors import UsageError
from twingraph.sparql.engine import actions, frames
from twingraph.sparql.engine.actions import Action, Reason
from twingraph.sparql.engine.process_client import StoreProcess, WorkerConnection
from twingraph.sparql.engine.scheduler import Scheduler
from twingraph.sparql.lexer import mentions
from twingraph.sparql.limits import Limits, too_much_memory
from twingraph.sparql.query_engine import (
    CLIENT,
    Answer,
    Broken,
    Gone,
    SparqlRequest,
    refusal,
    timed_out,
)

_TICK: Final = 0.01
"""Seconds between two looks at the time: the first lane's slice."""
_BUFFER: Final = 1 << 17
"""Bytes of an answer that wait for a client, or twice as many, before its worker has to."""
_CRASHES: Final[dict[int, Reason]] = {
    signal.SIGSEGV: Reason.NESTED,
    signal.SIGABRT: Reason.MEMORY,
    signal.SIGKILL: Reason.MEMORY,
}


def _beyond_merged(request: SparqlRequest) -> bool:
    """Whether a query may ask for more than the merged view."""
    named = request.default_graphs is not None or request.named_graphs is not None
    return named or mentions(request.query, "GRAPH", "FROM")


class _PendingQuery:
    """A request on its way: who waits for it, and what has come for it."""

    def __init__(self, number: int, request: SparqlRequest, gone: Gone | None) -> None:
        self.number = number
        self.frame = frames.request_frame(request)
        self.gone = gone
        self.watch: asyncio.Task[None] | None = None
        self.answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self.reply: Answer | None = None
        """What a worker has sent; it becomes the answer when the scheduler says so."""
        self.body: asyncio.StreamReader | None = None
        """Where its body arrives, where that does not come with the head."""


class Pool:
    """Processes over one release. Open it with `await Pool.open(...)`; `close` ends them."""

    store: StoreProcess
    """What is loaded."""

    def __init__(self, limits: Limits, on_lost: Callable[[], None] | None = None) -> None:
        self._limits = limits
        self._on_lost = on_lost
        self._loop = asyncio.get_running_loop()
        self._scheduler = Scheduler(limits)
        self._workers: dict[int, WorkerConnection] = {}
        self._queries: dict[int, _PendingQuery] = {}
        self._numbers = count()
        self._ticking: asyncio.TimerHandle | None = None
        self.figures = self._scheduler.figures

    @classmethod
    async def open(
        cls,
        path: Path,
        base: str,
        limits: Limits,
        on_lost: Callable[[], None] | None = None,
        merged: int = 0,
        examples: bytes = b"",
    ) -> Pool:
        """Load a release's N-Quads file in a process of its own and start the first workers.

        `merged` is how many quads of it are the merged view, where queries of that alone are to be
        answered before the rest is loaded: others wait for it. `examples` are queries as RDF
        (N-Triples), see datasets.py. `on_lost` is called when that process is lost. Raises
        UsageError where the file cannot be loaded.
        """
        pool = cls(limits, on_lost)
        pool.store = StoreProcess(pool, path, base, limits, merged, examples)
        try:
            await pool.store.begun()
        except BaseException:
            await pool.close()
            raise
        return pool

    async def run(self, request: SparqlRequest, gone: Gone | None = None) -> Answer:
        """Answer a query. Errors are answers too; a body that still arrives must be read to its
        end or closed. Cancelling this stops the query."""
        if not self.store.whole and _beyond_merged(request) and not await self._whole_in_time():
            return refusal(503, "the service is still starting up", "unavailable", 5)
        number = next(self._numbers)
        query = self._queries[number] = _PendingQuery(number, request, gone)
        self._carry_out(self._scheduler.arrived(number, CLIENT.get(), self._loop.time()))
        self._tick_later()
        try:
            return await query.answer
        except asyncio.CancelledError:
            self._left(number)
            raise

    async def _whole_in_time(self) -> bool:
        try:
            async with asyncio.timeout(self._limits.seconds):
                await self.store.loaded()
        except (UsageError, TimeoutError):
            return False
        return True

    async def drain(self, seconds: float) -> None:
        """Wait until every query that has begun is answered, but not for ever."""
        end = self._loop.time() + seconds
        while self._queries and self._loop.time() < end:
            await asyncio.sleep(0.05)

    async def close(self) -> None:
        """End all processes."""
        self._on_lost = None
        await self.store.close()

    # --- events --------------------------------------------------------------------------------

    def _tick_later(self) -> None:
        if self._ticking is None and self._queries:
            self._ticking = self._loop.call_later(_TICK, self._tick)

    def _tick(self) -> None:
        self._ticking = None
        spent = {worker: self._workers[worker].processor_time for worker in self._scheduler.busy}
        self._carry_out(self._scheduler.ticked(self._loop.time(), spent))
        for number, query in self._queries.items():
            # Not before: to watch the client of each look-up costs a tenth of it.
            if query.watch is None and query.gone is not None:
                query.watch = self._loop.create_task(self._watch(number, query.gone))
        self._tick_later()

    async def _watch(self, number: int, gone: Gone) -> None:
        await gone()
        self._left(number)

    def _left(self, number: int) -> None:
        self._carry_out(self._scheduler.left(number, self._loop.time()))

    def loaded(self) -> None:
        """All of the release is there."""
        self._carry_out(self._scheduler.loaded(self._loop.time()))

    def lost(self) -> None:
        """The process that holds the store has ended, and its workers with it."""
        self._carry_out(self._scheduler.lost(self._loop.time()))
        if self._on_lost is not None:
            self._on_lost()

    def started(self, worker: WorkerConnection) -> None:
        """A worker stands ready."""
        self._workers[worker.number] = worker
        spent = worker.processor_time
        self._carry_out(self._scheduler.started(worker.number, spent, self._loop.time()))

    def ended(self, worker: WorkerConnection, by_signal: int) -> None:
        """A worker has ended by itself."""
        self._workers.pop(worker.number, None)
        reason = _CRASHES.get(by_signal, Reason.FAILED)
        self._carry_out(self._scheduler.ended(worker.number, reason, self._loop.time()))

    def received(self, worker: WorkerConnection, kind: bytes, payload: bytes) -> None:
        """A frame has come from a worker, about the request that it works on."""
        query = self._queries.get(self._scheduler.request_of(worker.number))
        if query is not None:  # Else whoever asked has left while it was ahead.
            self._keep(query, worker, kind, payload)
        now = self._loop.time()
        if kind == frames.HEAD:
            self._carry_out(self._scheduler.streams(worker.number, now))
        elif kind != frames.DATA:
            spent, worn = worker.processor_time, worker.copied >= self._limits.retire
            self._carry_out(self._scheduler.answered(worker.number, spent, worn, now))

    def _keep(
        self, query: _PendingQuery, worker: WorkerConnection, kind: bytes, payload: bytes
    ) -> None:
        if kind in (frames.ANSWER, frames.HEAD):
            query.reply, worker.copied = frames.read_answer(payload)
        if kind == frames.HEAD and query.reply is not None:
            query.body = asyncio.StreamReader(_BUFFER)
            query.body.set_transport(worker.transport)
            query.reply.body = self._stream(query.number, query.body)
        elif kind == frames.DATA and query.body is not None:
            query.body.feed_data(payload)
        elif kind == frames.END and query.body is not None:
            query.body.feed_eof()
            worker.transport.resume_reading()  # Its next answer need not wait for this client.

    async def _stream(self, number: int, body: asyncio.StreamReader) -> AsyncIterator[bytes]:
        try:
            while chunk := await body.read(_BUFFER):
                yield chunk
        finally:
            self._left(number)

    # --- actions -------------------------------------------------------------------------------

    def _carry_out(self, decided: list[Action]) -> None:
        for action in decided:
            match action:
                case actions.Send(worker, request):
                    self._workers[worker].send(self._queries[request].frame)
                case actions.Deliver(request, lane, complete):
                    query = self._over(request) if complete else self._queries[request]
                    self._deliver(query, lane)
                case actions.Refuse(request, reason, lane, wait):
                    self._refuse(self._over(request), reason, lane, wait)
                case actions.Fork(worker):
                    self.store.fork(worker)
                case actions.Lower(worker):
                    self.store.lower(self._workers[worker])
                case actions.Kill(worker):
                    self.store.kill(self._workers.pop(worker))

    def _over(self, request: int) -> _PendingQuery:
        query = self._queries.pop(request)
        if query.watch is not None:
            query.watch.cancel()
        return query

    def _deliver(self, query: _PendingQuery, lane: str) -> None:
        if query.reply is not None and not query.answer.done():
            query.reply.lane = lane
            if query.reply.status >= 400:
                query.reply.outcome = "refused" if query.reply.status < 500 else "failed"
            query.answer.set_result(query.reply)

    def _refuse(self, query: _PendingQuery, reason: Reason, lane: str, wait: float) -> None:
        if not query.answer.done():
            query.answer.set_result(self._refusal(reason, lane, wait))
        elif query.body is not None:
            query.body.set_exception(Broken("the query was stopped midway"))

    def _refusal(self, reason: Reason, lane: str, wait: float) -> Answer:
        limits = self._limits
        later = 1 if lane == limits.lanes[0].name else math.ceil(limits.seconds)
        match reason:
            case Reason.BUSY:
                return refusal(503, "too many queries at once; try again later", "busy", later)
            case Reason.SHARE:
                message = "you have more queries at once than others who wait; send fewer at a time"
                return refusal(429, message, "share", later)
            case Reason.BUDGET:
                message = (
                    f"your queries have had {limits.budget:g} seconds of processing within a "
                    "minute, and others wait; try again later"
                )
                return refusal(429, message, "budget", max(1, math.ceil(wait)))
            case Reason.TIMEOUT:
                return timed_out(limits.seconds)
            case Reason.LEFT:
                return refusal(499, "the client has gone", "abandoned")
            case Reason.NESTED:
                return refusal(400, "the query is nested too deeply for the engine", "crashed")
            case Reason.MEMORY:
                return refusal(422, too_much_memory(limits.memory), "memory")
            case Reason.UNAVAILABLE:
                return refusal(503, "the service is starting up again", "unavailable", 2)
            case Reason.FAILED:
                return refusal(500, "the query could not be answered", "failed")

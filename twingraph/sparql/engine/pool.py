"""The pool: which query runs in which worker, for how long, and what is killed when.

All of it happens in one event loop; nothing here blocks. Lanes are explained in limits.py.
"""

from __future__ import annotations

import asyncio
import signal
import time
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

from twingraph.errors import UsageError
from twingraph.sparql.engine.answers import CUT_HEADER, Answer, Channel, refusal
from twingraph.sparql.engine.frames import BROKEN, DATA, END, HEAD, WHOLE, Job
from twingraph.sparql.engine.process_client import KeeperLink, Worker
from twingraph.sparql.lexer import mentions
from twingraph.sparql.limits import Lane, Limits, too_much_memory

Gone = Callable[[], Awaitable[None]]
"""Returns when the client has gone away."""

_ENOUGH = 1 << 18
"""Bytes that wait for a client before its worker is paused."""
_REMEMBERED = 10_000
_BEHIND = 7
"""Queries sent to a worker of the first lane ahead of time, so that it need not be woken for each:
changing between processes costs more than a look-up itself."""


def _beyond_merged(job: Job) -> bool:
    """Whether a query may ask for more than the merged view."""
    named = job.default_graphs is not None or job.named_graphs is not None
    return named or mentions(job.query, "GRAPH", "FROM")


class Task:
    """A query on its way through the lanes."""

    def __init__(self, job: Job, gone: Gone | None, answer: asyncio.Future[Answer]) -> None:
        self.frame = job.encoded()
        self.text = hash(job.query)
        self.gone = gone
        self.answer = answer
        self.watch: asyncio.Task[None] | None = None
        self.timer: asyncio.TimerHandle | None = None
        self.deadline = 0.0
        self.worker: Worker | None = None
        self.channel = Channel()
        self.head: Answer | None = None

    @property
    def over(self) -> bool:
        """Whether nobody waits for it any more, or it has been delivered to the end."""
        return self.answer.cancelled() or (self.answer.done() and self.channel.ended)


class _Line:
    """A lane at work: who runs in it and who waits for it."""

    def __init__(self, number: int, lane: Lane) -> None:
        self.number = number
        self.lane = lane
        self.running: set[Worker] = set()
        self.waiting: deque[Task] = deque()

    @property
    def free(self) -> bool:
        return len(self.running) < self.lane.places

    @property
    def full(self) -> bool:
        return not self.free and len(self.waiting) >= self.lane.queue


class Pool:
    """Workers over one release. Open it with `await Pool.open(...)`; `close` ends its processes."""

    def __init__(self, link: KeeperLink, limits: Limits) -> None:
        self.limits = limits
        self.graphs = link.graphs
        self._link = link
        self._loop = asyncio.get_running_loop()
        self._lines = [_Line(number, lane) for number, lane in enumerate(limits.lanes)]
        self._ready: list[Worker] = []
        self._known: OrderedDict[int, int] = OrderedDict()
        self._idle = asyncio.Event()
        self._idle.set()
        self._tasks: set[Task] = set()
        self.closed = False

    @classmethod
    async def open(
        cls,
        path: Path,
        base: str,
        limits: Limits,
        on_lost: Callable[[], None] | None = None,
        merged: int = 0,
    ) -> Pool:
        """Load a release's N-Quads file in a process of its own and start the first workers.

        `merged` is how many quads of it are the merged view, where queries of that alone are to be
        answered before the rest is loaded: others wait for it. `on_lost` is called when that
        process is lost. Raises UsageError where the file cannot be loaded.
        """
        link = await KeeperLink.open(path, base, limits, merged)
        pool = cls(link, limits)
        link.on_whole = pool._became_whole
        link.on_lost = lambda: pool._lost(on_lost)
        pool._replenish()
        try:
            await pool._born_first()
        except BaseException:
            await pool.close()
            raise
        return pool

    async def _born_first(self) -> None:
        while not self._ready:
            if not self._link.alive:
                await self._link.loaded()  # Which says why not, where it says so.
                raise UsageError("the process that holds the store has ended")
            await asyncio.sleep(0.002)

    @property
    def alive(self) -> bool:
        """Whether queries can be answered."""
        return not self.closed and self._link.alive

    @property
    def quads(self) -> int:
        """How many are loaded."""
        return self._link.quads

    @property
    def whole(self) -> bool:
        """Whether the release is loaded to its end."""
        return self._link.whole

    async def loaded(self) -> None:
        """Wait for that. Raises UsageError where the rest cannot be loaded."""
        await self._link.loaded()

    def figures(self) -> dict[str, dict[str, int]]:
        """What runs and what waits, by lane; for the metrics."""
        return {
            line.lane.name: {"running": len(line.running), "waiting": len(line.waiting)}
            for line in self._lines
        }

    @property
    def deaths(self) -> dict[str, int]:
        """How many workers have ended, by cause."""
        return self._link.deaths

    async def run(self, job: Job, gone: Gone | None = None) -> Answer:
        """Answer a query. Errors are answers too; a body that still arrives must be read to its
        end or closed. Cancelling this stops the query."""
        if not self.alive:
            return refusal(503, "the service is starting up again", "unavailable", 2)
        if not self.whole and _beyond_merged(job) and not await self._whole_in_time():
            return refusal(503, "the service is still starting up", "unavailable", 5)
        task = Task(job, gone, self._loop.create_future())
        line = self._lines[self._known.get(task.text, 0)]
        if line.full:
            return self._busy(line)
        self._tasks.add(task)
        self._idle.clear()
        self._enter(task, line)
        try:
            return await task.answer
        except asyncio.CancelledError:
            self._abandon(task)
            raise

    async def _whole_in_time(self) -> bool:
        try:
            async with asyncio.timeout(self.limits.seconds):
                await self.loaded()
        except (UsageError, TimeoutError):
            return False
        return True

    def _became_whole(self) -> None:
        """What was forked before has only the merged view."""
        ready, self._ready = self._ready, []
        for worker in ready:
            self._put_back(worker)
        self._replenish()

    def _put_back(self, worker: Worker) -> None:
        """Keep an idle worker for the next query, if it is good for any."""
        if self._outdated(worker):
            self._link.retire(worker)
            self._replenish()
        else:
            self._ready.append(worker)

    def _outdated(self, worker: Worker) -> bool:
        return worker.dirtied >= self.limits.retire or (worker.partial and self.whole)

    # --- the way of a task ---------------------------------------------------------------------

    def _enter(self, task: Task, line: _Line) -> None:
        if line.number:
            self._watch_client(task)
        if not line.waiting:
            if line.free and self._ready:
                self._start(task, line, self._ready.pop())
                return
            if self._sent_ahead(task, line):
                return
        line.waiting.append(task)
        task.timer = self._loop.call_later(self.limits.seconds, self._waited, task, line)

    def _sent_ahead(self, task: Task, line: _Line) -> bool:
        """Whether a worker of the first lane could be given the task behind the one it has."""
        # Where a costly query is not moved on, none may be made to wait for it.
        if line.number or line.free or line.lane.slice is None:
            return False
        worker = min(line.running, key=lambda one: len(one.behind))
        if len(worker.behind) >= _BEHIND or self._outdated(worker):
            return False
        self._cancel_timer(task)
        task.worker = worker
        worker.behind.append(task)
        worker.send(task.frame)
        return True

    def _send_back(self, worker: Worker) -> None:
        """Take the tasks behind a worker's own to others; this one must not be used any more."""
        line = self._lines[0]
        behind, worker.behind = worker.behind, deque()
        worker.overtaken = bool(behind) or worker.overtaken
        for task in reversed(behind):
            if task in self._tasks:
                task.worker = None
                line.waiting.appendleft(task)

    def _waited(self, task: Task, line: _Line) -> None:
        if task in line.waiting:
            line.waiting.remove(task)
            self._finish(task, self._busy(line))

    def _busy(self, line: _Line) -> Answer:
        wait = 1 if line.number == 0 else int(self.limits.seconds)
        return refusal(503, "too many queries at once; try again later", "busy", wait)

    def _start(self, task: Task, line: _Line, worker: Worker) -> None:
        task.worker = worker
        line.running.add(worker)
        worker.line = line.number
        self._lower(worker, line)
        worker.send(task.frame)
        self._has_turn(task, line, worker)

    def _has_turn(self, task: Task, line: _Line, worker: Worker) -> None:
        worker.task = task
        task.deadline = self._loop.time() + self.limits.seconds
        worker.spent_before = worker.processor_time()
        self._arm(task, line)

    def _lower(self, worker: Worker, line: _Line) -> None:
        if line.lane.priority != "normal":
            self._link.slow(worker, idle=line.lane.priority == "idle")

    def _arm(self, task: Task, line: _Line) -> None:
        self._cancel_timer(task)
        left = task.deadline - self._loop.time()
        wait = left if line.lane.slice is None else min(left, line.lane.slice)
        task.timer = self._loop.call_later(max(wait, 0.001), self._tick, task, line)

    def _tick(self, task: Task, line: _Line) -> None:
        """A slice of time is over, by the clock on the wall: by the processor's as well?"""
        worker = task.worker
        if worker is None or worker.task is not task:
            return
        if task not in self._tasks:
            self._stop(worker)  # It was sent ahead, and nobody waits for it any more.
        elif self._loop.time() >= task.deadline:
            self._stop(worker)
            self._finish(task, self._too_long())
        elif line.lane.slice is not None and worker.spent() >= line.lane.slice:
            self._move_on(task, line)
        else:
            self._arm(task, line)

    def _too_long(self) -> Answer:
        limit = f"{self.limits.seconds:g} seconds"
        return refusal(500, f"the query was stopped: it may take {limit}", "timeout")

    def _move_on(self, task: Task, line: _Line) -> None:
        """To the next lane: with its worker where a place is free, otherwise to start again."""
        worker = task.worker
        assert worker is not None
        if line.number + 1 == len(self._lines):
            self._arm(task, line)
            return
        onward = self._lines[line.number + 1]
        self._send_back(worker)
        self._remember(task, onward.number)
        self._watch_client(task)
        if onward.free and not onward.waiting:
            line.running.discard(worker)
            onward.running.add(worker)
            worker.line = onward.number
            self._lower(worker, onward)
            self._arm(task, onward)
            self._replenish()
            self._let_in(line)
            self._deliver(task)
        elif task.answer.done():
            self._arm(task, onward)  # Half delivered, it cannot start again: it may stay.
        else:
            self._stop(worker)
            self._begin_again(task, onward)

    def _begin_again(self, task: Task, line: _Line) -> None:
        task.worker, task.head, task.channel = None, None, Channel()
        if line.full:
            self._finish(task, self._busy(line))
        else:
            self._enter(task, line)

    def _let_in(self, line: _Line) -> None:
        while line.waiting and line.free and self._ready:
            self._start(line.waiting.popleft(), line, self._ready.pop())
        while line.waiting and self._sent_ahead(line.waiting[0], line):
            line.waiting.popleft()

    def _let_in_all(self) -> None:
        for line in self._lines:
            self._let_in(line)

    def _remember(self, task: Task, number: int) -> None:
        self._known[task.text] = number
        self._known.move_to_end(task.text)
        if len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)

    def _forget(self, task: Task, worker: Worker) -> None:
        """A query that was cheap this time starts in the first lane the next time."""
        quick = self._lines[0].lane.slice
        if quick is not None and worker.spent() < quick:
            self._known.pop(task.text, None)

    # --- what workers say ----------------------------------------------------------------------

    def heard(self, worker: Worker, frames: list[tuple[bytes, bytes]]) -> None:
        """Frames have come from a worker."""
        waiting: Task | None = None
        for kind, payload in frames:
            task = worker.task
            if task is None:
                return
            waiting = task
            if kind == WHOLE:
                task.head = worker.whole(payload)
            elif kind == HEAD:
                task.head = worker.head(payload)
            elif kind == DATA:
                task.channel.put(payload)
            else:
                cut = worker.note_end(payload)
                if cut and task.head is not None and not task.answer.done():
                    task.head.headers[CUT_HEADER] = cut
            if kind in (WHOLE, END, BROKEN):
                self._done(task, worker, broken=kind == BROKEN)
                waiting = None
        if waiting is not None:
            self._go_on(waiting, worker)

    def _go_on(self, task: Task, worker: Worker) -> None:
        """More is to come: pass on what is there, and slow a worker down that is ahead."""
        if task.channel.waiting > _ENOUGH:
            worker.pause()
            if worker.line == 0:
                self._move_on(task, self._lines[0])
                return
        self._deliver(task)

    def _deliver(self, task: Task) -> None:
        """Let the head of an answer go, once it can no longer have to begin again."""
        worker = task.worker
        if task.head is None or task.answer.done() or worker is None:
            return
        if worker.line == 0 and len(self._lines) > 1:
            return
        task.head.lane = self._lines[worker.line].lane.name
        task.head.body = self._stream(task)
        task.answer.set_result(task.head)

    async def _stream(self, task: Task) -> AsyncIterator[bytes]:
        try:
            while chunk := await task.channel.next():
                if task.worker is not None:
                    task.worker.resume()
                yield chunk
        finally:
            self._abandon(task)

    def _done(self, task: Task, worker: Worker, broken: bool) -> None:
        line = self._lines[worker.line]
        self._forget(task, worker)
        answer = task.head
        task.channel.end("the query failed midway" if broken else None)
        task.worker = worker.task = None
        if answer is not None and not task.answer.done():
            answer.lane = line.lane.name
            if not answer.body:
                answer.body = task.channel.drain()
            if answer.status >= 400:
                answer.outcome = "refused" if answer.status < 500 else "failed"
            self._finish(task, answer)
        else:
            self._over(task)
        if worker.behind and line.number == 0:
            self._has_turn(worker.behind.popleft(), line, worker)
            self._let_in(line)
        else:
            self._reuse(worker, line)

    def _reuse(self, worker: Worker, line: _Line) -> None:
        line.running.discard(worker)
        if worker.overtaken:
            self._link.kill(worker)  # It still has the queries that others have answered.
            self._replenish()
        elif line.number == 0 and not self.closed:
            self._put_back(worker)
        else:
            self._link.retire(worker)
            self._replenish()
        self._let_in_all()

    def died(self, worker: Worker, by_signal: int) -> None:
        """A worker has ended by itself: the query it had has ended it."""
        task = worker.task
        self._lines[worker.line].running.discard(worker)
        self._send_back(worker)
        if worker in self._ready:
            self._ready.remove(worker)
        if task is not None:
            worker.task = task.worker = None
            self._remember(task, min(1, len(self._lines) - 1))
            self._finish(task, self._crash(by_signal))
        self._replenish()
        self._let_in_all()

    def _crash(self, by_signal: int) -> Answer:
        if by_signal == signal.SIGSEGV:
            return refusal(400, "the query is nested too deeply for the engine", "crashed")
        if by_signal in (signal.SIGABRT, signal.SIGKILL):
            return refusal(500, too_much_memory(self.limits.memory), "memory")
        return refusal(500, "the query could not be answered", "failed")

    def born(self, worker: Worker) -> None:
        """A worker asked for is ready."""
        self._put_back(worker)
        self._let_in_all()

    # --- endings -------------------------------------------------------------------------------

    def _watch_client(self, task: Task) -> None:
        """Notice a client that leaves: only for queries that last, for it costs a little."""
        if task.gone is None or task.watch is not None:
            return

        async def leave(gone: Gone) -> None:
            await gone()
            self._abandon(task)

        task.watch = self._loop.create_task(leave(task.gone))

    def _abandon(self, task: Task) -> None:
        """Nobody wants the answer any more."""
        if task not in self._tasks:
            return
        for line in self._lines:
            if task in line.waiting:
                line.waiting.remove(task)
        if task.worker is not None and task.worker.task is task:
            self._stop(task.worker)
        self._finish(task, refusal(499, "the client has gone", "abandoned"))

    def _stop(self, worker: Worker) -> None:
        """Kill a worker in the middle of its work; another stands ready."""
        self._lines[worker.line].running.discard(worker)
        self._send_back(worker)
        if worker.task is not None:
            worker.task.worker = None
            worker.task = None
        self._link.kill(worker)
        self._replenish()
        self._loop.call_soon(self._let_in_all)

    def _finish(self, task: Task, answer: Answer) -> None:
        if not task.answer.done():
            task.answer.set_result(answer)
            task.channel.end()
        elif not task.channel.ended:
            task.channel.end("the query was stopped midway")
        self._over(task)

    def _over(self, task: Task) -> None:
        self._cancel_timer(task)
        if task.watch is not None and task.watch is not asyncio.current_task():
            task.watch.cancel()
        self._tasks.discard(task)
        if not self._tasks:
            self._idle.set()

    @staticmethod
    def _cancel_timer(task: Task) -> None:
        if task.timer is not None:
            task.timer.cancel()
            task.timer = None

    def _replenish(self) -> None:
        if self.closed or not self._link.alive:
            return
        first = self._lines[0]
        wanted = first.lane.places + self.limits.spares
        have = len(self._ready) + len(first.running) + self._link.expected
        for _ in range(wanted - have):
            self._link.fork(self)

    def _lost(self, on_lost: Callable[[], None] | None) -> None:
        for task in list(self._tasks):
            for line in self._lines:
                if task in line.waiting:
                    line.waiting.remove(task)
            self._finish(task, refusal(503, "the service is starting up again", "unavailable", 2))
        if not self.closed and on_lost is not None:
            on_lost()

    async def drain(self, seconds: float) -> None:
        """Wait until every query that has begun is answered, but not for ever."""
        end = time.monotonic() + seconds
        while self._tasks and time.monotonic() < end:
            try:
                await asyncio.wait_for(self._idle.wait(), end - time.monotonic())
            except TimeoutError:
                return

    async def close(self) -> None:
        """End all processes."""
        self.closed = True
        self._lost(None)
        await self._link.close()

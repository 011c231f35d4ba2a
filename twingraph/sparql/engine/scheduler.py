"""Which query runs in which worker, for how long, and what is killed when: a state machine.

No input, no output, no clock: each method is an event, and gives the actions that it calls for, in
order. `pool.py` brings the events and carries the actions out. Requests and workers are numbers
here; lanes are explained in limits.py. A request is

              ┌── its worker was killed, or left the first lane ──┐
              ▼                                                   │
    arrived ► WAITING ► (a place is free) ► RUNNING ► answered ► Deliver
              ▲ │ │                           ▲ │ │
              │ │ └► (none is) ► AHEAD ───────┘ │ └► too long, crashed, left ► Refuse
              │ └► too long, too many, left     │
              │       ► Refuse                  └► slice used up, or a large answer
              │                                     ├► the next lane has a place: RUNNING there
              └─────────────────────────────────────┴► otherwise its worker is killed

and a worker is

    Fork ► STARTING ► IDLE ⇄ BUSY in the first lane ► BUSY in a later lane ► Kill
                        └──────┴► outdated, or has copied much memory ► Kill

A request that is AHEAD was sent to a worker of the first lane behind the one that it works on.
What has left of an answer is never asked for again: then the request stays where it is.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from twingraph.sparql.engine import actions
from twingraph.sparql.engine.actions import Action, Reason
from twingraph.sparql.limits import Lane, Limits

AHEAD: Final = 7
"""Requests sent to a worker beside the one it works on, so that it need not be woken for each:
changing between processes costs more than a look-up itself."""


@dataclass(slots=True, eq=False)
class _RequestState:
    number: int
    lane: _LaneState
    deadline: float = 0.0
    worker: _WorkerState | None = None
    over: bool = False
    delivered: bool = False


@dataclass(slots=True, eq=False)
class _WorkerState:
    number: int
    lane: _LaneState
    spent: float
    """The processor time it had used when it began with the first of its requests."""
    requests: deque[_RequestState] = field(default_factory=deque)
    """The one it works on, then those ahead."""
    worn: bool = False


@dataclass(slots=True, eq=False)
class _LaneState:
    limits: Lane
    next: _LaneState | None
    running: dict[int, _WorkerState] = field(default_factory=dict)
    waiting: deque[_RequestState] = field(default_factory=deque)

    @property
    def free(self) -> bool:
        return len(self.running) < self.limits.places

    def allows(self, seconds: float) -> bool:
        return self.limits.slice is None or seconds < self.limits.slice


class Scheduler:
    """Events, each with the time by any one clock. Processor time is a worker's since its start."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        lane = None
        self._lanes: list[_LaneState] = []
        for bounds in reversed(limits.lanes):
            lane = _LaneState(bounds, lane)
            self._lanes.insert(0, lane)
        self._first = self._lanes[0]
        self._requests: dict[int, _RequestState] = {}
        self._workers: dict[int, _WorkerState] = {}
        self._idle: list[_WorkerState] = []
        self._starting: set[int] = set()
        self._forked = self._outdated = 0
        self._actions: list[Action] = []
        self._lost = False

    @property
    def busy(self) -> list[int]:
        """The workers that have a request, last lane first: who moves on there makes room."""
        return [worker for lane in reversed(self._lanes) for worker in lane.running]

    def request_of(self, worker: int) -> int:
        """What a busy worker works on."""
        return self._workers[worker].requests[0].number

    def figures(self) -> dict[str, dict[str, int]]:
        """What runs and what waits, by lane."""
        return {
            lane.limits.name: {"running": len(lane.running), "waiting": len(lane.waiting)}
            for lane in self._lanes
        }

    def loaded(self, now: float) -> list[Action]:
        """The store can be asked, or holds more than before: workers started until now lack it."""
        self._outdated = self._forked
        idle, self._idle = self._idle, []
        for worker in idle:
            self._rest(worker)
        return self._assign(now)

    def lost(self, now: float) -> list[Action]:
        """All workers are gone, and none can be started any more."""
        self._lost = True
        for request in list(self._requests.values()):
            self._end(request, Reason.UNAVAILABLE)
        for worker in list(self._workers.values()):
            self._kill(worker)
        return self._assign(now)

    def arrived(self, request: int, now: float) -> list[Action]:
        """A request has come."""
        arrived = self._requests[request] = _RequestState(request, self._first)
        if self._lost:
            self._refuse(arrived, Reason.UNAVAILABLE)
        else:
            self._wait(arrived, self._first, now)
        return self._assign(now)

    def left(self, request: int, now: float) -> list[Action]:
        """Nobody wants the answer any more."""
        if request in self._requests:
            self._end(self._requests[request], Reason.LEFT)
        return self._assign(now)

    def started(self, worker: int, spent: float, now: float) -> list[Action]:
        """A worker stands ready."""
        self._starting.discard(worker)
        started = self._workers[worker] = _WorkerState(worker, self._first, spent)
        self._rest(started)
        return self._assign(now)

    def ended(self, worker: int, reason: Reason, now: float) -> list[Action]:
        """A worker has ended by itself: through the request that it worked on, if any."""
        self._starting.discard(worker)
        if worker in self._workers:
            ended = self._workers[worker]
            current = ended.requests[0] if ended.requests else None
            self._forget(ended)
            if current:
                self._refuse(current, reason)
        return self._assign(now)

    def streams(self, worker: int, now: float) -> list[Action]:
        """An answer has begun that is too large to be held back."""
        sender = self._workers[worker]
        request = sender.requests[0]
        if request.over:
            self._kill(sender)
        elif sender.lane is not self._first or self._moves_on(sender, now):
            self._deliver(request)
        return self._assign(now)

    def answered(self, worker: int, spent: float, worn: bool, now: float) -> list[Action]:
        """An answer is complete. `worn`: the worker has copied too much memory."""
        sender = self._workers[worker]
        request = sender.requests.popleft()
        sender.spent, sender.worn = spent, worn
        if not request.over:
            self._deliver(request, complete=True)
        if sender.requests:
            sender.requests[0].deadline = now + self._limits.seconds
        else:
            del sender.lane.running[sender.number]
            self._rest(sender)
        return self._assign(now)

    def ticked(self, now: float, spent: Mapping[int, float]) -> list[Action]:
        """Time has passed; `spent` is the processor time of busy workers."""
        for request in list(self._requests.values()):
            if now >= request.deadline:
                self._end(request, Reason.TIMEOUT if self._runs(request) else Reason.BUSY)
        for number, seconds in spent.items():
            worker = self._workers.get(number)
            if worker and worker.requests:
                self._check(worker, seconds - worker.spent, now)
        return self._assign(now)

    def _check(self, worker: _WorkerState, seconds: float, now: float) -> None:
        if worker.requests[0].over:
            self._kill(worker)  # Whoever asked has left while it was ahead.
        elif not worker.lane.allows(seconds):
            self._moves_on(worker, now)

    # --- what becomes of a request -------------------------------------------------------------

    def _wait(self, request: _RequestState, lane: _LaneState, now: float) -> None:
        request.lane, request.worker = lane, None
        request.deadline = now + self._limits.seconds
        if len(lane.running) + len(lane.waiting) >= lane.limits.places + lane.limits.queue:
            self._refuse(request, Reason.BUSY)
        else:
            lane.waiting.append(request)

    @staticmethod
    def _runs(request: _RequestState) -> bool:
        return request.worker is not None and request.worker.requests[0] is request

    def _end(self, request: _RequestState, reason: Reason) -> None:
        """Refuse it wherever it is. Of one that is ahead its worker need not know."""
        if request.worker is None:
            request.lane.waiting.remove(request)
        elif self._runs(request):
            self._kill(request.worker)
        self._refuse(request, reason)

    def _refuse(self, request: _RequestState, reason: Reason) -> None:
        if not request.over:
            request.over = True
            del self._requests[request.number]
            self._actions.append(actions.Refuse(request.number, reason, request.lane.limits.name))

    def _deliver(self, request: _RequestState, complete: bool = False) -> None:
        request.delivered = True
        if complete:
            request.over = True
            del self._requests[request.number]
        self._actions.append(actions.Deliver(request.number, request.lane.limits.name, complete))

    def _moves_on(self, worker: _WorkerState, now: float) -> bool:
        """Whether the request goes on with its worker: in the next lane, if there is one."""
        request, onward = worker.requests[0], worker.lane.next
        if onward is None:
            return True
        if onward.free and not onward.waiting:
            self._take_back(worker)
            del worker.lane.running[worker.number]
            self._place(worker, onward)
            request.lane = onward
        elif not request.delivered:
            self._kill(worker)
            self._wait(request, onward, now)
            return False
        return True

    # --- what becomes of a worker --------------------------------------------------------------

    def _place(self, worker: _WorkerState, lane: _LaneState) -> None:
        worker.lane = lane
        lane.running[worker.number] = worker
        if lane.limits.priority != "normal":
            self._actions.append(actions.Lower(worker.number, lane.limits.priority))

    def _rest(self, worker: _WorkerState) -> None:
        if worker.lane is not self._first or self._unfit(worker):
            self._kill(worker)
        else:
            self._idle.append(worker)

    def _unfit(self, worker: _WorkerState) -> bool:
        return worker.worn or worker.number <= self._outdated

    def _kill(self, worker: _WorkerState) -> None:
        self._forget(worker)
        self._actions.append(actions.Kill(worker.number))

    def _forget(self, worker: _WorkerState) -> None:
        self._take_back(worker)
        worker.lane.running.pop(worker.number, None)
        if worker in self._idle:
            self._idle.remove(worker)
        del self._workers[worker.number]

    def _take_back(self, worker: _WorkerState) -> None:
        """Let others have what is ahead. The worker has it still: it must be killed before it gets
        there, as everyone is who leaves the first lane."""
        while len(worker.requests) > 1:
            request = worker.requests.pop()
            if not request.over:
                request.worker = None
                request.lane.waiting.appendleft(request)

    # --- giving out work -----------------------------------------------------------------------

    def _assign(self, now: float) -> list[Action]:
        """Let in as many requests as there are places, and have as many workers as are wanted."""
        for lane in self._lanes:
            while lane.waiting and (worker := self._available(lane)):
                self._send(lane.waiting.popleft(), worker, now)
        wanted = self._first.limits.places + self._limits.spares
        have = len(self._starting) + len(self._idle) + len(self._first.running)
        for _ in range(0 if self._lost else wanted - have):
            self._forked += 1
            self._starting.add(self._forked)
            self._actions.append(actions.Fork(self._forked))
        wanted_actions, self._actions = self._actions, []
        return wanted_actions

    def _available(self, lane: _LaneState) -> _WorkerState | None:
        if lane.free:
            return self._idle.pop() if self._idle else None
        # Where a costly query is not moved on, none may be made to wait for it.
        if lane is self._first and lane.next:
            worker = min(lane.running.values(), key=lambda worker: len(worker.requests))
            if len(worker.requests) <= AHEAD and not self._unfit(worker):
                return worker
        return None

    def _send(self, request: _RequestState, worker: _WorkerState, now: float) -> None:
        if not worker.requests:
            self._place(worker, request.lane)
            request.deadline = now + self._limits.seconds
        worker.requests.append(request)
        request.worker = worker
        self._actions.append(actions.Send(worker.number, request.number))

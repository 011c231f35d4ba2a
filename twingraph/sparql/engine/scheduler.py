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
              │       ► Refuse                  ├► slice used up, or a large answer
              │                                 │   ├► the next lane has a place: RUNNING there
              ├─────────────────────────────────┼───┴► otherwise its worker is killed
              └─────────────────────────────────┴► its place goes to a client that has less

and a worker is

    Fork ► STARTING ► IDLE ⇄ BUSY in the first lane ► BUSY in a later lane ► Kill
                        └──────┴► outdated, or has copied much memory ► Kill

A request that is AHEAD was sent to a worker of the first lane behind the one that it works on.
What has left of an answer is never asked for again: then the request stays where it is, or is
broken off.

Between clients there are turns, in every lane. Beyond the first lane a place may also be taken back
for a client that waits: from one that has used up its budget (which is told so), else from one that
holds at least two places more (whose request begins again). While no other client waits, nothing of
this binds.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from twingraph.sparql.engine import actions
from twingraph.sparql.engine.actions import Action, Reason
from twingraph.sparql.limits import Lane, Limits
from twingraph.sparql.turns import Budgets, Turns

AHEAD: Final = 7
"""Requests sent to a worker beside the one it works on, so that it need not be woken for each:
changing between processes costs more than a look-up itself."""
READING: Final = 2.0
"""Seconds that a client may take over an answer, before it has less claim to its place than one
that waits."""


@dataclass(slots=True, eq=False)
class _RequestState:
    number: int
    client: str
    lane: _LaneState
    deadline: float
    worker: _WorkerState | None = None
    over: bool = False
    begun: float | None = None
    """The processor time that its worker had used when it began with it. Of one that was ahead,
    when it was first looked at: the worker may be further than its answers have come."""
    delivered: float | None = None
    """Since when its answer leaves."""

    def reading(self, now: float) -> float:
        """For how long its answer has been leaving."""
        return 0.0 if self.delivered is None else now - self.delivered


@dataclass(slots=True, eq=False)
class _WorkerState:
    number: int
    lane: _LaneState
    spent: float
    """The processor time it had used when it began with the first of its requests."""
    charged: float
    """The processor time that clients were charged with."""
    requests: deque[_RequestState] = field(default_factory=deque)
    """The one it works on, then those ahead."""
    worn: bool = False

    @property
    def client(self) -> str:
        """Whose request it works on."""
        return self.requests[0].client


@dataclass(slots=True, eq=False)
class _LaneState:
    limits: Lane
    next: _LaneState | None
    running: dict[int, _WorkerState] = field(default_factory=dict)
    waiting: Turns[_RequestState] = field(default_factory=Turns)

    @property
    def free(self) -> bool:
        return len(self.running) < self.limits.places

    @property
    def full(self) -> bool:
        return len(self.running) + len(self.waiting) >= self.limits.places + self.limits.queue

    def allows(self, seconds: float) -> bool:
        return self.limits.slice is None or seconds < self.limits.slice

    def shared(self, client: str) -> bool:
        """Whether a client other than this one runs or waits here."""
        running = any(worker.client != client for worker in self.running.values())
        return running or self.waiting.others(client)


class Scheduler:
    """Events, each with the time by any one clock. Processor time is a worker's since its start."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._budgets = Budgets(limits.budget)
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

    def arrived(self, request: int, client: str, now: float) -> list[Action]:
        """A request of a client has come."""
        deadline = now + self._limits.seconds
        arrived = _RequestState(request, client, self._first, deadline)
        self._requests[request] = arrived
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
        started = self._workers[worker] = _WorkerState(worker, self._first, spent, spent)
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
            self._deliver(request, now)
        return self._assign(now)

    def answered(self, worker: int, spent: float, worn: bool, now: float) -> list[Action]:
        """An answer is complete. `worn`: the worker has copied too much memory."""
        sender = self._workers[worker]
        self._charge(sender, spent, now)
        request = sender.requests.popleft()
        sender.spent, sender.worn = spent, worn
        if not request.over:
            self._deliver(request, now, complete=True)
        if not sender.requests:
            del sender.lane.running[sender.number]
            self._rest(sender)
        return self._assign(now)

    def ticked(self, now: float, spent: Mapping[int, float]) -> list[Action]:
        """Time has passed; `spent` is the processor time of busy workers."""
        for request in list(self._requests.values()):
            if now >= request.deadline:
                self._end(request, Reason.TIMEOUT)
        for number, seconds in spent.items():
            worker = self._workers.get(number)
            if worker and worker.requests:
                self._charge(worker, seconds, now)
                self._check(worker, seconds, now)
        return self._assign(now)

    def _charge(self, worker: _WorkerState, spent: float, now: float) -> None:
        # Look-ups, be they many, are nobody's reason to refuse a client's other queries.
        if spent > worker.charged and worker.lane is not self._first:
            self._budgets.charge(worker.client, spent - worker.charged, now)
        worker.charged = max(spent, worker.charged)

    def _check(self, worker: _WorkerState, spent: float, now: float) -> None:
        request, lane = worker.requests[0], worker.lane
        if request.begun is None:
            request.begun = spent
        seconds = spent - request.begun
        if request.over:
            self._kill(worker)  # Whoever asked has left while it was ahead.
        elif not lane.allows(max(seconds, request.reading(now))):
            self._moves_on(worker, now)
            # Whoever only reads has had the lane's time, too.
            if worker.lane is lane and request.worker and lane.waiting.others(request.client):
                self._end(request, Reason.SHARE)

    # --- what becomes of a request -------------------------------------------------------------

    def _wait(self, request: _RequestState, lane: _LaneState, now: float) -> None:
        request.lane, request.worker = lane, None
        over = self._over_budget(request.client, now)
        if over and lane is not self._first and lane.waiting.others(request.client):
            self._refuse(request, Reason.BUDGET, over)
        elif not lane.full or self._crowded_out(request, lane):
            lane.waiting.add(request)

    def _crowded_out(self, request: _RequestState, lane: _LaneState) -> bool:
        """Whether a full lane has room after all: whoever waits with the most has to leave, were it
        the one that comes."""
        client, most = lane.waiting.longest()
        mine = sum(one.client == request.client for one in lane.waiting)
        if most > mine + 1:
            crowded = lane.waiting.last_of(client)
            lane.waiting.remove(crowded)
            self._refuse(crowded, Reason.SHARE)
            return True
        alone = mine == 0 or not lane.shared(request.client)
        self._refuse(request, Reason.BUSY if alone else Reason.SHARE)
        return False

    def _over_budget(self, client: str, now: float) -> float:
        return self._budgets.wait(client, now)

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

    def _refuse(self, request: _RequestState, reason: Reason, wait: float = 0.0) -> None:
        if not request.over:
            request.over = True
            del self._requests[request.number]
            lane = request.lane.limits.name
            self._actions.append(actions.Refuse(request.number, reason, lane, wait))

    def _deliver(self, request: _RequestState, now: float, complete: bool = False) -> None:
        request.delivered = now
        if complete:
            request.over = True
            del self._requests[request.number]
        self._actions.append(actions.Deliver(request.number, request.lane.limits.name, complete))

    def _moves_on(self, worker: _WorkerState, now: float) -> bool:
        """Whether the request goes on with its worker: in the next lane, if there is one."""
        request, onward = worker.requests[0], worker.lane.next
        if onward is None:
            return True
        mine = self._places(request.client) - (worker.lane is not self._first)
        if onward.free:
            waits = onward.waiting.others(request.client)
            room = not waits or self._places(self._next_client(onward, now)) > mine
        else:
            room = self._takes_place(onward, request.client, mine, now)
        if room:
            self._take_back(worker)
            del worker.lane.running[worker.number]
            self._place(worker, onward)
            request.lane = onward
        elif request.delivered is None:
            self._kill(worker)
            self._wait(request, onward, now)
            return False
        return True

    # --- what becomes of a worker --------------------------------------------------------------

    def _place(self, worker: _WorkerState, lane: _LaneState) -> None:
        worker.lane = lane
        lane.running[worker.number] = worker
        if lane.limits.priority != "normal":
            self._actions.append(actions.Lower(worker.number))

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
                request.lane.waiting.back(request)

    # --- giving out work -----------------------------------------------------------------------

    def _assign(self, now: float) -> list[Action]:
        """Let in as many requests as there are places, and have as many workers as are wanted."""
        while self._first.waiting and (worker := self._available(self._first)):
            self._send(self._first.waiting.next(), worker)
        for lane in self._lanes[1:]:
            self._fill(lane, now)
        wanted = self._first.limits.places + self._limits.spares
        have = len(self._starting) + len(self._idle) + len(self._first.running)
        for _ in range(0 if self._lost else wanted - have):
            self._forked += 1
            self._starting.add(self._forked)
            self._actions.append(actions.Fork(self._forked))
        wanted_actions, self._actions = self._actions, []
        return wanted_actions

    def _fill(self, lane: _LaneState, now: float) -> None:
        """Let in who waits for a lane beyond the first, by turns."""
        while lane.waiting:
            if worker := self._available(lane):
                self._send(lane.waiting.next(lambda one: self._over_budget(one, now) > 0), worker)
            elif lane.free:
                break
            else:
                client = self._next_client(lane, now)
                if not self._takes_place(lane, client, self._places(client), now):
                    break

    def _next_client(self, lane: _LaneState, now: float) -> str:
        """Whose turn it is: who is over the budget comes after all others."""
        return lane.waiting.first(lambda client: self._over_budget(client, now) > 0)

    def _takes_place(self, lane: _LaneState, client: str, mine: int, now: float) -> bool:
        """Whether a place of a lane was taken back for a client that holds so many beyond the first
        lane."""
        worker = min(
            self._with_less_claim(lane, client, mine, now),
            # Whose answer leaves already cannot begin again; of the others as little as may be is
            # done twice.
            key=lambda one: (one.requests[0].delivered is not None, one.charged - one.spent),
            default=None,
        )
        if worker is None:
            return False
        request, over = worker.requests[0], self._over_budget(worker.client, now)
        self._kill(worker)
        if over:
            self._refuse(request, Reason.BUDGET, over)
        elif request.delivered is not None:
            self._refuse(request, Reason.SHARE)
        else:
            request.worker = None
            lane.waiting.again(request)
        return True

    def _with_less_claim(
        self, lane: _LaneState, client: str, mine: int, now: float
    ) -> Iterator[_WorkerState]:
        others = [one for one in lane.running.values() if one.client != client]
        if not self._over_budget(client, now):
            broke = [one for one in others if self._over_budget(one.client, now)]
            if broke:
                return iter(broke)
        return (
            one
            for one in others
            if self._places(one.client) >= mine + 2
            and (one.requests[0].delivered is None or one.requests[0].reading(now) > READING)
        )

    def _places(self, client: str) -> int:
        """How many places beyond the first lane a client holds."""
        later = (worker for lane in self._lanes[1:] for worker in lane.running.values())
        return sum(worker.client == client for worker in later)

    def _available(self, lane: _LaneState) -> _WorkerState | None:
        if lane.free:
            return self._idle.pop() if self._idle else None
        # Where a costly query is not moved on, none may be made to wait for it.
        if lane is self._first and lane.next:
            worker = min(lane.running.values(), key=lambda worker: len(worker.requests))
            if len(worker.requests) <= AHEAD and not self._unfit(worker):
                return worker
        return None

    def _send(self, request: _RequestState, worker: _WorkerState) -> None:
        request.worker, request.begun = worker, None
        if not worker.requests:
            request.begun = worker.spent
            self._place(worker, request.lane)
        worker.requests.append(request)
        self._actions.append(actions.Send(worker.number, request.number))

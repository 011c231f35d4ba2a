"""The scheduler without any process: whatever happens in whatever order, its promises hold."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from twingraph.sparql.engine.actions import (
    Action,
    Deliver,
    Fork,
    Kill,
    Lower,
    Reason,
    Refuse,
    Send,
)
from twingraph.sparql.engine.scheduler import AHEAD, Scheduler
from twingraph.sparql.limits import Lane, Limits

SECONDS = 10.0
LANES = (
    Lane("quick", places=2, queue=3, slice=0.01, priority="normal"),
    Lane("steady", places=1, queue=2, slice=1.0, priority="low"),
    Lane("slow", places=1, queue=1, slice=None, priority="idle"),
)
LIMITS = Limits(seconds=SECONDS, spares=1, lanes=LANES)


@dataclass
class Worker:
    """A process as the scheduler's actions have made it: what it was sent and has not answered."""

    started: bool = False
    sent: deque[int] = field(default_factory=deque)
    begun: float = 0.0
    spent: float = 0.0


class Processes:
    """Carries out actions as the pool would, and holds each against what was promised."""

    def __init__(self, limits: Limits = LIMITS) -> None:
        self.limits = limits
        self.scheduler = Scheduler(limits)
        self.now = 0.0
        self.workers: dict[int, Worker] = {}
        self.pending: dict[int, float] = {}
        """Since when each request that is not over has waited."""
        self.over: dict[int, Action] = {}
        self.begun_to_leave: set[int] = set()
        self.lost = False
        self.done(self.scheduler.loaded(self.now))

    def done(self, actions: list[Action]) -> list[Action]:
        for action in actions:
            match action:
                case Fork(worker):
                    assert worker not in self.workers and not self.lost
                    self.workers[worker] = Worker()
                case Send(worker, request):
                    self._sent(self.workers[worker], request)
                case Kill(worker):
                    self._killed(self.workers.pop(worker))
                case Lower(worker, priority):
                    assert worker in self.workers and priority != "normal"
                case Deliver(request, _, complete):
                    assert request in self.pending
                    if complete:
                        self._ended(request, action)
                    else:
                        assert request not in self.begun_to_leave
                        self.begun_to_leave.add(request)
                case Refuse(request, _, _):
                    self._ended(request, action)
        return actions

    def _sent(self, worker: Worker, request: int) -> None:
        assert worker.started
        assert request in self.pending and request not in self.begun_to_leave
        if not worker.sent:
            worker.begun = self.now
        worker.sent.append(request)
        assert len(worker.sent) <= 1 + AHEAD

    def _killed(self, worker: Worker) -> None:
        if worker.sent and worker.sent[0] in self.pending:
            self.pending[worker.sent[0]] = self.now

    def _ended(self, request: int, action: Action) -> None:
        del self.pending[request]  # KeyError: answered twice.
        self.over[request] = action

    def arrive(self, request: int) -> list[Action]:
        self.pending[request] = self.now
        return self.done(self.scheduler.arrived(request, self.now))

    def start(self, worker: int) -> list[Action]:
        self.workers[worker].started = True
        return self.done(self.scheduler.started(worker, 0.0, self.now))

    def answer(self, worker: int, worn: bool = False) -> list[Action]:
        at_work = self.workers[worker]
        assert self.scheduler.request_of(worker) == at_work.sent.popleft()
        at_work.begun = self.now
        return self.done(self.scheduler.answered(worker, at_work.spent, worn, self.now))

    def tick(self, seconds: float, spent: float = 0.0) -> list[Action]:
        self.now += seconds
        for worker in self.scheduler.busy:
            self.workers[worker].spent += spent
        known = {number: self.workers[number].spent for number in self.scheduler.busy}
        return self.done(self.scheduler.ticked(self.now, known))

    def ahead(self) -> list[int]:
        sent = (list(worker.sent)[1:] for worker in self.workers.values())
        return [request for behind in sent for request in behind if request in self.pending]

    def starting(self) -> list[int]:
        return [number for number, worker in self.workers.items() if not worker.started]

    def running(self, lane: int) -> int:
        return self.scheduler.figures()[LANES[lane].name]["running"]


class Anything(RuleBasedStateMachine):
    """All events, in any order."""

    @initialize()
    def begin(self) -> None:
        self.it = Processes()
        self.requests = 0
        for worker in self.it.starting():
            self.it.start(worker)

    @rule()
    def arrive(self) -> None:
        self.requests += 1
        self.it.arrive(self.requests)

    @precondition(lambda self: self.it.pending)
    @rule(data=st.data())
    def leave(self, data: st.DataObject) -> None:
        request = data.draw(st.sampled_from(list(self.it.pending)))
        self.it.done(self.it.scheduler.left(request, self.it.now))
        assert request in self.it.over

    @precondition(lambda self: self.it.ahead())
    @rule(data=st.data())
    def leave_before_its_turn(self, data: st.DataObject) -> None:
        request = data.draw(st.sampled_from(self.it.ahead()))
        self.it.done(self.it.scheduler.left(request, self.it.now))
        assert request in self.it.over

    @precondition(lambda self: self.it.starting())
    @rule(data=st.data())
    def start(self, data: st.DataObject) -> None:
        self.it.start(data.draw(st.sampled_from(self.it.starting())))

    @precondition(lambda self: self.it.scheduler.busy)
    @rule(data=st.data(), worn=st.booleans())
    def answer(self, data: st.DataObject, worn: bool) -> None:
        self.it.answer(data.draw(st.sampled_from(self.it.scheduler.busy)), worn)

    @precondition(lambda self: self.it.scheduler.busy)
    @rule(data=st.data())
    def stream(self, data: st.DataObject) -> None:
        worker = data.draw(st.sampled_from(self.it.scheduler.busy))
        if self.it.scheduler.request_of(worker) not in self.it.begun_to_leave:
            self.it.done(self.it.scheduler.streams(worker, self.it.now))

    @precondition(lambda self: self.it.workers)
    @rule(data=st.data())
    def die(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(list(self.it.workers)))
        worker = self.it.workers.pop(number)
        current = worker.sent[0] if worker.sent else None
        self.it.done(self.it.scheduler.ended(number, Reason.MEMORY, self.it.now))
        assert current is None or current in self.it.over

    @rule(seconds=st.sampled_from([0.01, 1.0, 6.0]), spent=st.sampled_from([0.0, 0.02, 2.0]))
    def tick(self, seconds: float, spent: float) -> None:
        self.it.tick(seconds, spent)
        for worker in self.it.workers.values():
            if worker.sent and worker.sent[0] in self.it.pending:
                assert self.it.now - worker.begun < SECONDS
        # None works for nobody, once it is looked at.
        for number in self.it.scheduler.busy:
            assert self.it.workers[number].sent[0] in self.it.pending
        begun = {worker.sent[0] for worker in self.it.workers.values() if worker.sent}
        for request in self.it.pending.keys() - begun:
            assert self.it.now - self.it.pending[request] < SECONDS

    @rule()
    def load(self) -> None:
        before = set(self.it.workers)
        self.it.done(self.it.scheduler.loaded(self.it.now))
        assert all(
            self.it.workers[n].sent or n in self.it.starting()
            for n in before & set(self.it.workers)
        )

    @precondition(lambda self: self.requests > 20)
    @rule()
    def lose(self) -> None:
        self.it.lost = True
        self.it.done(self.it.scheduler.lost(self.it.now))
        assert not self.it.pending

    @invariant()
    def no_more_workers_than_allowed_and_none_missing(self) -> None:
        if self.it.lost:
            return
        assert len(self.it.workers) <= LIMITS.processes
        later = self.it.running(1) + self.it.running(2)
        assert len(self.it.workers) - later == LANES[0].places + LIMITS.spares

    @invariant()
    def lanes_keep_their_bounds(self) -> None:
        for lane in LANES:
            found = self.it.scheduler.figures()[lane.name]
            assert found["running"] <= lane.places
            # Those taken back from a worker that moves on were let in before.
            back = (1 + AHEAD) * lane.places if lane is LANES[0] else 0
            assert found["waiting"] <= lane.places + lane.queue + back

    def teardown(self) -> None:
        """Where all workers answer, everyone gets an answer."""
        for _ in range(1000):
            for worker in self.it.starting():
                self.it.start(worker)
            for worker in self.it.scheduler.busy:
                self.it.answer(worker)
            if not self.it.pending and not self.it.scheduler.busy:
                break
        assert not self.it.pending
        assert set(self.it.over) == set(range(1, self.requests + 1))


Anything.TestCase.settings = settings(max_examples=150, stateful_step_count=60, deadline=None)
TestAnything = Anything.TestCase


@pytest.fixture
def two() -> Processes:
    """One place and one spare."""
    lanes = (replace(LANES[0], places=1), *LANES[1:])
    it = Processes(replace(LIMITS, lanes=lanes))
    for worker in it.starting():
        it.start(worker)
    return it


def test_a_cheap_query_is_answered_by_a_worker_that_stays(two: Processes) -> None:
    [send] = two.arrive(1)
    assert isinstance(send, Send)
    assert two.answer(send.worker) == [Deliver(1, "quick", True)]
    assert two.arrive(2) == [Send(send.worker, 2)]


def test_what_is_ahead_of_a_costly_query_goes_to_others(two: Processes) -> None:
    [first] = two.arrive(1)
    assert isinstance(first, Send)
    assert two.arrive(2) == [Send(first.worker, 2)]
    moved, *rest = two.tick(0.01, 0.02)
    assert moved == Lower(first.worker, "low")
    [again] = [action for action in rest if isinstance(action, Send)]
    assert again.request == 2 and again.worker != first.worker
    # Its worker has the second query still: it ends with the first.
    assert Kill(first.worker) in two.answer(first.worker)


def test_a_costly_query_that_finds_no_place_begins_again(two: Processes) -> None:
    [first] = two.arrive(1)
    two.tick(0.01, 0.02)
    two.start(two.starting()[0])
    [second] = two.arrive(2)
    assert isinstance(first, Send) and isinstance(second, Send)
    assert Kill(second.worker) in two.tick(0.01, 0.02)
    assert two.scheduler.figures()["steady"] == {"running": 1, "waiting": 1}
    two.start(two.starting()[0])
    assert [a.request for a in two.answer(first.worker) if isinstance(a, Send)] == [2]


def test_what_has_begun_to_leave_is_not_begun_again(two: Processes) -> None:
    [first] = two.arrive(1)
    assert isinstance(first, Send)
    assert Deliver(1, "steady", False) in two.done(two.scheduler.streams(first.worker, two.now))
    two.start(two.starting()[0])
    [blocker] = two.arrive(2)
    assert isinstance(blocker, Send)
    two.tick(0.01, 1.5)  # The first moves on to the last lane, the second takes its place.
    two.start(two.starting()[0])
    [third] = two.arrive(3)
    assert isinstance(third, Send)
    assert two.done(two.scheduler.streams(blocker.worker, two.now)) == [Deliver(2, "steady", False)]
    killed, *_ = two.tick(0.01, 1.5)  # The last lane is full: the second stays where it is.
    assert killed == Kill(third.worker)
    assert blocker.worker in two.workers


def test_time_is_up(two: Processes) -> None:
    [first] = two.arrive(1)
    assert isinstance(first, Send)
    assert two.tick(SECONDS - 1) == []
    two.arrive(2)
    killed, refused, *_ = two.tick(1)
    assert (killed, refused) == (Kill(first.worker), Refuse(1, Reason.TIMEOUT, "quick"))
    assert 2 in two.pending


def test_too_many_are_refused_at_once(two: Processes) -> None:
    found = [two.arrive(number) for number in range(1, 20)]
    admitted = 1 + AHEAD + LANES[0].queue
    assert all(not isinstance(actions[-1], Refuse) for actions in found[:admitted] if actions)
    assert found[admitted] == [Refuse(admitted + 1, Reason.BUSY, "quick")]


def test_a_worker_that_has_copied_much_is_replaced(two: Processes) -> None:
    [first] = two.arrive(1)
    assert isinstance(first, Send)
    actions = two.answer(first.worker, worn=True)
    assert [type(action) for action in actions] == [Deliver, Kill, Fork]


@pytest.mark.parametrize("large", [False, True])
def test_nobody_waits_for_what_left_while_it_was_ahead(two: Processes, large: bool) -> None:
    [first] = two.arrive(1)
    assert isinstance(first, Send)
    two.arrive(2)
    assert two.done(two.scheduler.left(2, two.now)) == [Refuse(2, Reason.LEFT, "quick")]
    assert two.answer(first.worker) == [Deliver(1, "quick", True)]
    streams = two.scheduler.streams
    actions = two.done(streams(first.worker, two.now)) if large else two.tick(0.01)
    assert actions[0] == Kill(first.worker)


def test_the_time_of_a_query_begins_with_its_turn(two: Processes) -> None:
    [first] = two.arrive(1)
    assert isinstance(first, Send)
    two.arrive(2)
    two.tick(SECONDS - 1)
    two.answer(first.worker)
    assert two.tick(SECONDS - 1) == []
    assert Refuse(2, Reason.TIMEOUT, "quick") in two.tick(1)

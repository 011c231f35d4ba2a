"""The scheduler without any process: whatever happens in whatever order, its promises hold."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field, replace
from itertools import count

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
    Lane("steady", places=1, queue=2, slice=1.0, priority="idle"),
    Lane("slow", places=1, queue=1, slice=None, priority="idle"),
)
BUDGET = 5.0
LIMITS = Limits(seconds=SECONDS, budget=BUDGET, spares=1, lanes=LANES)
CLIENTS = ("ann", "bob", "cas")


@dataclass
class Worker:
    """A process as the scheduler's actions have made it: what it was sent and has not answered."""

    started: bool = False
    sent: deque[int] = field(default_factory=deque)
    begun: float = 0.0
    """What it had spent when it began with the first that was sent."""
    spent: float = 0.0


class Processes:
    """Carries out actions as the pool would, and holds each against what was promised."""

    def __init__(self, limits: Limits = LIMITS) -> None:
        self.limits = limits
        self.scheduler = Scheduler(limits)
        self.now = 0.0
        self.workers: dict[int, Worker] = {}
        self.pending: dict[int, float] = {}
        """Since when each request that is not over is here."""
        self.clients: dict[int, str] = {}
        """Who sent each request."""
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
                    del self.workers[worker]
                case Lower(worker):
                    assert worker in self.workers
                case Deliver(request, _, complete):
                    assert request in self.pending
                    if complete:
                        self._ended(request, action)
                    else:
                        assert request not in self.begun_to_leave
                        self.begun_to_leave.add(request)
                case Refuse(request, reason, _, wait):
                    self._refused(request, reason, wait)
                    self._ended(request, action)
        return actions

    def _refused(self, request: int, reason: Reason, wait: float) -> None:
        """Turns and budgets bind only while somebody else is there."""
        if reason in (Reason.SHARE, Reason.BUDGET):
            others = {self.clients[one] for one in self.pending} - {self.clients[request]}
            assert others
        assert (wait > 0) == (reason is Reason.BUDGET)

    def _sent(self, worker: Worker, request: int) -> None:
        assert worker.started
        assert request in self.pending and request not in self.begun_to_leave
        worker.sent.append(request)
        assert len(worker.sent) <= 1 + AHEAD

    def _ended(self, request: int, action: Action) -> None:
        del self.pending[request]  # KeyError: answered twice.
        self.over[request] = action

    def arrive(self, request: int, client: str = "ann") -> list[Action]:
        self.pending[request], self.clients[request] = self.now, client
        return self.done(self.scheduler.arrived(request, client, self.now))

    def start(self, worker: int) -> list[Action]:
        self.workers[worker].started = True
        return self.done(self.scheduler.started(worker, 0.0, self.now))

    def answer(self, worker: int, worn: bool = False) -> list[Action]:
        at_work = self.workers[worker]
        assert self.scheduler.request_of(worker) == at_work.sent.popleft()
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

    @rule(client=st.sampled_from(CLIENTS))
    def arrive(self, client: str) -> None:
        self.requests += 1
        self.it.arrive(self.requests, client)

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
        # None works for nobody, once it is looked at.
        for number in self.it.scheduler.busy:
            assert self.it.workers[number].sent[0] in self.it.pending
        for since in self.it.pending.values():
            assert self.it.now - since < SECONDS

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


Anything.TestCase.settings = settings(max_examples=150, stateful_step_count=60)
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
    assert moved == Lower(first.worker)
    [again] = [action for action in rest if isinstance(action, Send)]
    assert again.request == 2 and again.worker != first.worker
    # Its worker has the second query still: it ends with the first.
    assert Kill(first.worker) in two.answer(first.worker)


def test_what_was_ahead_does_not_answer_for_what_was_before_it(two: Processes) -> None:
    [first] = two.arrive(1)
    assert isinstance(first, Send)
    two.arrive(2)
    # Both are done by the time the first answer is seen, which was slow to be read.
    two.answer(first.worker)
    assert two.tick(0.01, 0.02) == []
    assert two.answer(first.worker) == [Deliver(2, "quick", True)]


def test_what_was_ahead_and_is_costly_moves_on(two: Processes) -> None:
    [first] = two.arrive(1)
    assert isinstance(first, Send)
    two.arrive(2)
    two.answer(first.worker)
    two.tick(0.01, 0.02)
    assert Lower(first.worker) in two.tick(0.01, 0.02)


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


def test_the_time_of_a_query_begins_with_its_arrival(two: Processes) -> None:
    [first] = two.arrive(1)
    assert isinstance(first, Send)
    two.arrive(2)
    two.tick(SECONDS - 1)
    two.answer(first.worker)
    killed, refused, *_ = two.tick(1)
    assert (killed, refused) == (Kill(first.worker), Refuse(2, Reason.TIMEOUT, "quick"))


# --- between clients -------------------------------------------------------------------------


@pytest.fixture
def taken(two: Processes) -> Processes:
    """Both places beyond the first lane are ann's: steady and slow."""
    for request, spent in ((1, 1.5), (2, 0.02)):
        two.arrive(request, "ann")
        two.tick(0.01, 0.02)
        two.tick(0.01, spent)
        start_all(two)
    assert [two.running(lane) for lane in range(3)] == [0, 1, 1]
    return two


def start_all(it: Processes) -> None:
    for worker in it.starting():
        it.start(worker)


def sent(actions: list[Action]) -> list[int]:
    return [action.request for action in actions if isinstance(action, Send)]


def test_who_has_no_place_takes_one_of_who_has_two(taken: Processes) -> None:
    taken.arrive(3, "bob")
    # Ann's in the same lane makes room, and waits to begin again.
    assert sent(taken.tick(0.01, 0.02)) == []
    assert taken.scheduler.figures()["steady"] == {"running": 1, "waiting": 1}
    assert not taken.over
    assert {taken.scheduler.request_of(worker) for worker in taken.scheduler.busy} == {1, 3}
    # Now each of them has one: nothing more is taken.
    taken.arrive(4, "ann")
    start_all(taken)
    taken.tick(0.01, 0.02)
    assert not taken.over
    assert {taken.scheduler.request_of(worker) for worker in taken.scheduler.busy} == {1, 3}


def test_who_has_used_up_the_budget_leaves_to_others(two: Processes) -> None:
    two.arrive(1, "ann")
    two.tick(0.01, 0.02)
    two.tick(0.01, 2.0)
    assert two.tick(0.01, BUDGET) == []  # While nobody else is there, it may go on.
    start_all(two)
    two.arrive(2, "bob")
    two.tick(0.01, 0.02)
    start_all(two)
    *_, refused = [a for a in two.tick(0.01, 1.5) if isinstance(a, Refuse)]
    assert (refused.request, refused.reason) == (1, Reason.BUDGET)
    assert 20 < refused.wait < 60
    assert two.running(2) == 1 and 2 in two.pending


def test_who_has_used_up_the_budget_is_told_so_at_once(taken: Processes) -> None:
    taken.tick(0.01, BUDGET)
    taken.arrive(3, "bob")
    taken.tick(0.01, 0.02)
    start_all(taken)
    taken.arrive(4, "cas")
    taken.tick(0.01, 0.02)
    start_all(taken)
    taken.arrive(5, "ann")
    refused = [a for a in taken.tick(0.01, 0.02) if isinstance(a, Refuse)]
    assert [(r.request, r.reason) for r in refused] == [(5, Reason.BUDGET)]
    # What is cheap has a lane of its own.
    start_all(taken)
    [send] = taken.arrive(6, "ann")
    assert isinstance(send, Send)
    assert taken.answer(send.worker)[0] == Deliver(6, "quick", True)


def test_look_ups_use_up_no_budget(two: Processes) -> None:
    for request in range(1000):
        [send] = two.arrive(request, "ann")
        assert isinstance(send, Send)
        two.workers[send.worker].spent += 0.009
        two.answer(send.worker)
        two.now += 0.001
    assert two.scheduler._budgets.used("ann", two.now) == 0


def test_a_full_house_is_full_of_whom_it_is_full_of(two: Processes) -> None:
    quick = 1 + AHEAD + LANES[0].queue
    for request in range(quick):
        two.arrive(request, "ann")
    # There is room for bob, once and twice; then each has as many as the other.
    assert two.arrive(100, "bob") == [Refuse(quick - 1, Reason.SHARE, "quick")]
    assert two.arrive(101, "bob") == [Refuse(101, Reason.SHARE, "quick")]
    assert two.arrive(102, "cas") == [Refuse(quick - 2, Reason.SHARE, "quick")]
    # All wait with one each.
    assert two.arrive(103, "dan") == [Refuse(103, Reason.BUSY, "quick")]


def test_who_does_not_read_loses_the_place_to_who_waits(two: Processes) -> None:
    two.arrive(1, "cas")
    two.tick(0.01, 0.02)
    two.tick(0.01, 1.5)  # It has the last lane.
    start_all(two)
    [reader] = two.arrive(2, "ann")
    assert isinstance(reader, Send)
    two.done(two.scheduler.streams(reader.worker, two.now))
    start_all(two)
    two.arrive(3, "bob")
    two.tick(0.01, 0.02)
    assert two.scheduler.figures()["steady"] == {"running": 1, "waiting": 1}
    start_all(two)
    two.tick(0.5)
    assert not two.over
    actions = two.tick(0.5)  # A second that the lane gives, though no processor was used.
    assert two.over[2] == Refuse(2, Reason.SHARE, "steady")
    assert sent(actions) == [3]


class Machine:
    """Two cores, queries that take some seconds of a processor, and clients that send without a
    pause: how long each takes, by the clock."""

    STEP = 0.01

    def __init__(self) -> None:
        self.it = Processes(Limits(spares=2))
        self.numbers = count()
        self.cost: dict[int, float] = {}
        self.arrived: dict[int, float] = {}
        self.took: dict[int, float] = {}
        start_all(self.it)

    def send(self, client: str, seconds: float) -> int:
        request = next(self.numbers)
        self.cost[request], self.arrived[request] = seconds, self.it.now
        self.it.arrive(request, client)
        return request

    def step(self) -> None:
        """Some time passes: what is at work gets on, what is forked stands ready."""
        it = self.it
        busy = it.scheduler.busy
        # What can be done within a step costs nothing here.
        for worker in busy:
            it.workers[worker].spent += self.STEP * min(1.0, 2 / len(busy))
        for worker in busy:
            at_work = it.workers.get(worker)
            while at_work and at_work.sent and self.done(worker, at_work):
                pass
        start_all(it)
        known = {worker: it.workers[worker].spent for worker in it.scheduler.busy}
        it.now += self.STEP
        it.done(it.scheduler.ticked(it.now, known))

    def done(self, worker: int, at_work: Worker) -> bool:
        request = at_work.sent[0]
        if at_work.spent - at_work.begun < self.cost[request]:
            return False
        self.it.answer(worker)
        at_work.begun = at_work.spent
        if request in self.it.over:
            self.took[request] = self.it.now - self.arrived[request]
        return True

    def keeps(self, client: str, number: int, seconds: float) -> None:
        """A client that has always so many queries on the way, whatever becomes of them."""
        on_the_way = [r for r in self.it.pending if self.it.clients[r] == client]
        for _ in range(number - len(on_the_way)):
            self.send(client, seconds)

    def until(self, request: int, parallel: int) -> float:
        """How long a request takes, while another client keeps so many on the way."""
        while request not in self.it.over:
            self.keeps("eve", parallel, 60.0)
            self.step()
        assert isinstance(self.it.over[request], Deliver), self.it.over[request]
        return self.took[request]


@pytest.mark.parametrize(
    ("parallel", "before"), [(8, 1.0), (8, 20.0), (24, 1.0), (24, 20.0), (24, 90.0), (200, 20.0)]
)
def test_a_client_without_pause_holds_up_nobody(parallel: int, before: float) -> None:
    quiet = Machine()
    alone = quiet.until(quiet.send("bob", 2.0), 0)
    it = Machine()
    while it.it.now < before:
        it.keeps("eve", parallel, 60.0)
        it.step()
    assert it.until(it.send("bob", 2.0), parallel) < 3 * alone
    # What is cheap takes a few steps at most, even of the one who sends the others.
    for client in ("bob", "eve" if parallel < 100 else "bob") * 20:
        assert it.until(it.send(client, 0.0003), parallel) < 0.1
    if parallel < 100:  # Nobody is refused for want of room.
        told = {a.reason for a in it.it.over.values() if isinstance(a, Refuse)}
        assert told <= {Reason.TIMEOUT, Reason.BUDGET}


def test_three_clients_get_as_much_as_each_other() -> None:
    it = Machine()
    while it.it.now < 60:
        for client in ("ann", "bob", "eve"):
            it.keeps(client, {"ann": 1, "bob": 4, "eve": 30}[client], 1.5)
        it.step()
    answered = Counter(it.it.clients[request] for request in it.took)
    # Ann asks for one after the other, and cannot have as much of three places as who sends many.
    assert answered["ann"] >= 8
    assert 0.5 < answered["bob"] / answered["eve"] < 2

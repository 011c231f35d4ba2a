"""Turns between clients that wait, and what each of them has used lately: none of it has a clock.

A client is a text, such as an address; "" is the service itself. Whoever waits with many requests
is as one who waits with one: after each of them it is the others' turn.
"""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict, deque
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final, Generic, Protocol, TypeVar

MINUTE: Final = 60.0
_FORGET: Final = 1000
"""Clients from which on those are forgotten that have used nothing of late."""


class Waiting(Protocol):
    """What waits for its turn."""

    @property
    def client(self) -> str: ...


W = TypeVar("W", bound=Waiting)


class Turns(Generic[W]):
    """What waits, in the order in which it is to be served: the clients in turn, of each the one
    that came first."""

    def __init__(self) -> None:
        self._queues: OrderedDict[str, deque[W]] = OrderedDict()
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[W]:
        for queue in self._queues.values():
            yield from queue

    def add(self, one: W) -> None:
        """Let one wait, behind its client's others."""
        self._queue(one.client).append(one)
        self._length += 1

    def again(self, one: W) -> None:
        """Let one wait that has had its turn, before its client's others."""
        self._queue(one.client).appendleft(one)
        self._length += 1

    def back(self, one: W) -> None:
        """Let one wait as if its turn had not come yet."""
        self.again(one)
        self._queues.move_to_end(one.client, last=False)

    def _queue(self, client: str) -> deque[W]:
        return self._queues.setdefault(client, deque())

    def remove(self, one: W) -> None:
        """It waits no more. Raises ValueError where it did not."""
        queue = self._queues[one.client]
        queue.remove(one)
        self._length -= 1
        if not queue:
            del self._queues[one.client]

    def next(self, worse: Callable[[str], bool] = lambda client: False) -> W:
        """The one whose turn it is, which waits no more; its client comes last from now on. Clients
        that are `worse` come after all others. Raises LookupError where nobody waits."""
        client = self.first(worse)
        queue = self._queues.pop(client)
        one = queue.popleft()
        self._length -= 1
        if queue:
            self._queues[client] = queue
        return one

    def first(self, worse: Callable[[str], bool] = lambda client: False) -> str:
        """The client whose turn it is. Raises LookupError where nobody waits."""
        if not self._queues:
            raise LookupError("nobody waits")
        return next((c for c in self._queues if not worse(c)), next(iter(self._queues)))

    def others(self, client: str) -> bool:
        """Whether another client waits."""
        return len(self._queues) > (client in self._queues)

    def longest(self) -> tuple[str, int]:
        """The client that waits with the most, and with how many; ("", 0) where nobody waits."""
        counts = ((client, len(queue)) for client, queue in self._queues.items())
        return max(counts, key=lambda found: found[1], default=("", 0))

    def last_of(self, client: str) -> W:
        """Of a client that waits, the one that would be served last."""
        return self._queues[client][-1]


class Budgets:
    """Seconds of processing that each client has used, of so many a minute.

    What was used is forgiven bit by bit, so that a client that has used up all may use more after a
    while, and a minute later as much as at first. The service itself, client "", has no bound.
    """

    def __init__(self, a_minute: float) -> None:
        self._a_minute = a_minute
        self._used: dict[str, tuple[float, float]] = {}
        """Of each client the seconds, and when they were reckoned."""

    def charge(self, client: str, seconds: float, now: float) -> None:
        """A client has used so many more seconds."""
        if client:
            self._used[client] = self.used(client, now) + seconds, now
            if len(self._used) > _FORGET and not len(self._used) % _FORGET:
                self._used = {c: u for c, u in self._used.items() if self.used(c, now)}

    def used(self, client: str, now: float) -> float:
        """What a client has used and is not forgiven yet, in seconds."""
        used, then = self._used.get(client, (0.0, now))
        return max(0.0, used - (now - then) * self._a_minute / MINUTE)

    def wait(self, client: str, now: float) -> float:
        """Seconds until a client may use more; 0 where it may now."""
        over = self.used(client, now) - self._a_minute
        return max(0.0, over * MINUTE / self._a_minute) if over > 0 else 0.0


@dataclass(slots=True, eq=False)
class _Asking:
    client: str
    given: asyncio.Future[None] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


class Places:
    """A number of places, given out by turns between clients, of whom each has at most so many."""

    def __init__(self, number: int, of_one_client: int) -> None:
        self._number, self._most = number, of_one_client
        self._held: Counter[str] = Counter()
        self._waiting: Turns[_Asking] = Turns()

    @property
    def taken(self) -> int:
        """How many are taken."""
        return self._held.total()

    @asynccontextmanager
    async def one(self, client: str) -> AsyncIterator[None]:
        """Hold a place, once it is the client's turn."""
        waiting = _Asking(client)
        self._waiting.add(waiting)
        self._give()
        try:
            await waiting.given
            yield
        finally:
            if waiting.given.done() and not waiting.given.cancelled():
                self._held[client] -= 1
                self._held += Counter()  # Whoever holds none is forgotten.
                self._give()
            elif waiting in self._waiting:
                self._waiting.remove(waiting)

    def _full(self, client: str) -> bool:
        return self._held[client] >= self._most

    def _give(self) -> None:
        while self.taken < self._number and self._waiting:
            if self._full(self._waiting.first(self._full)):
                return
            chosen = self._waiting.next(self._full)
            if not chosen.given.cancelled():
                self._held[chosen.client] += 1
                chosen.given.set_result(None)

"""Turns between clients that wait, and what each of them has used lately: no clock, no waiting.

A client is a text, such as an address; "" is the service itself. Whoever waits with many requests
is as one who waits with one: after each of them it is the others' turn.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
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

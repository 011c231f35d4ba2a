"""When the next request may start.

Rules of mediawiki.org, "Wikidata Query Service/User Manual", Query limits, and of "API:Etiquette":
requests one after another, 60 seconds of query processing in a minute, 30 errors in a minute, and
after a 429 nothing before the time it names. What counts is the whole program, so all requests of
a client pass one gate.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Final

from twingraph.errors import ServiceError

MINUTE: Final = 60.0
PROCESSING: Final = 60.0
"""Seconds of query processing in a minute."""
ERRORS: Final = 25
"""Errors in a minute; the service bans at 30."""


class Clock:
    """The machine's own clock. Tests have one that need not be waited for."""

    def monotonic(self) -> float:
        """Seconds that never run backwards."""
        return time.monotonic()

    def now(self) -> datetime:
        """The time of day in UTC."""
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


class Gate:
    """Lets requests through: a few at once, queries one at a time, none while told to wait."""

    def __init__(self, clock: Clock, at_once: int) -> None:
        self._clock = clock
        self._slots = threading.Semaphore(at_once)
        self._query = threading.Lock()
        self._lock = threading.Lock()
        self._not_before = clock.monotonic()
        self._processing: deque[tuple[float, float]] = deque()
        self._errors: deque[float] = deque()
        self._closed: ServiceError | None = None

    @contextmanager
    def request(self) -> Iterator[None]:
        """Wait for a slot, and hold it while the request runs.

        Raises the error that closed the gate.
        """
        with self._slots:
            self._wait(query=False)
            yield

    @contextmanager
    def query(self) -> Iterator[None]:
        """The same for a SPARQL query, whose time counts against the minute's budget."""
        with self._query, self._slots:
            self._wait(query=True)
            started = self._clock.monotonic()
            try:
                yield
            finally:
                with self._lock:
                    self._processing.append((started, self._clock.monotonic()))

    def hold(self, seconds: float) -> None:
        """Nothing starts for so long."""
        with self._lock:
            self._not_before = max(self._not_before, self._clock.monotonic() + seconds)

    def failed(self) -> None:
        """Count an answer that was an error."""
        with self._lock:
            self._errors.append(self._clock.monotonic())

    def close(self, error: ServiceError) -> None:
        """Nothing starts any more."""
        with self._lock:
            self._closed = error

    def _wait(self, *, query: bool) -> None:
        while True:
            with self._lock:
                if self._closed:
                    raise self._closed
                seconds = self._seconds(query)
            if seconds <= 0:
                return
            self._clock.sleep(seconds)

    def _seconds(self, query: bool) -> float:
        """How long to wait from now; not more than 0 for not at all."""
        now = self._clock.monotonic()
        while self._errors and self._errors[0] <= now - MINUTE:
            self._errors.popleft()
        seconds = self._not_before - now
        if len(self._errors) >= ERRORS:
            seconds = max(seconds, self._errors[0] + MINUTE - now)
        return max(seconds, self._over_budget(now)) if query else seconds

    def _over_budget(self, now: float) -> float:
        while self._processing and self._processing[0][1] <= now - MINUTE:
            self._processing.popleft()
        spent = sum(end - max(start, now - MINUTE) for start, end in self._processing)
        # Time leaves the window as fast as it passes, from the oldest query on.
        return max(spent - PROCESSING, 0.0)

"""What answers queries, whatever is behind it: a pool of workers, or a store elsewhere."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

from twingraph.sparql.engine.answers import Answer
from twingraph.sparql.engine.frames import Job


class QueryEngine(Protocol):
    """Answers a query; never raises for what the query asks: an error is an Answer too."""

    async def run(self, job: Job, gone: Callable[[], Awaitable[None]] | None = None) -> Answer:
        """The answer to a query. `gone` returns when the client has left: the work is dropped."""

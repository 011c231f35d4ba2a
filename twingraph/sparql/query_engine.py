"""What answers queries, whatever is behind it: a pool of processes, or a store elsewhere."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final, Protocol

CUT_HEADER: Final = "Twingraph-Result-Cut"
"""Says that a result is cut, in every format."""

CLIENT: Final = ContextVar("client", default="")
"""On whose behalf something is done: set with each request of a client, and followed by all that is
asked for its answer. "" is the service itself."""

Gone = Callable[[], Awaitable[None]]
"""Returns when the client has left."""


@dataclass(frozen=True, slots=True)
class SparqlRequest:
    """A query and how it is to be answered. Media types are None where the client accepts none of
    a kind; graphs are None where the request names none."""

    query: str
    solutions: str | None
    graph: str | None
    default_graphs: tuple[str, ...] | None = None
    named_graphs: tuple[str, ...] | None = None


@dataclass(slots=True)
class Answer:
    """Status, headers and body. `outcome` is one word for the log and the metrics."""

    status: int
    headers: dict[str, str]
    body: bytes | AsyncIterator[bytes]
    outcome: str = "answered"
    lane: str = ""


class Broken(Exception):
    """An answer ended before its end: the connection must be broken off, so that nobody takes what
    was delivered for the whole."""


def refusal(status: int, message: str, outcome: str, retry_after: int | None = None) -> Answer:
    """An error as an answer, in plain text."""
    headers = {"Content-Type": "text/plain; charset=utf-8"}
    if retry_after is not None:
        headers["Retry-After"] = str(retry_after)
    return Answer(status, headers, f"{message}\n".encode(), outcome)


def timed_out(seconds: float) -> Answer:
    """The answer to a query that has had its time."""
    message = (
        f"the query was stopped: it has {seconds:g} seconds from its arrival, waiting included"
    )
    return refusal(504, message, "timeout", math.ceil(seconds))


class QueryEngine(Protocol):
    """Answers a query on behalf of CLIENT; never raises for what the query asks: an error is an
    Answer too."""

    async def run(self, request: SparqlRequest, gone: Gone | None = None) -> Answer:
        """The answer to a query. When `gone` returns, the work is dropped."""

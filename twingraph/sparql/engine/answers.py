"""What comes back from the pool: a whole answer, or a head and a body that still arrives."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final

CUT_HEADER: Final = "Twingraph-Result-Cut"
"""Says that a result is cut, where that is known before the first byte leaves."""

Body = bytes | AsyncIterator[bytes]


@dataclass(slots=True)
class Answer:
    """Status, headers and body. `outcome` is one word for the log and the metrics."""

    status: int
    headers: dict[str, str]
    body: Body
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


class Channel:
    """Chunks from a worker to a client: the worker is told to pause while too many wait."""

    def __init__(self) -> None:
        self._chunks: deque[bytes] = deque()
        self._arrived = asyncio.Event()
        self._error: str | None = None
        self.waiting = 0
        self.ended = False

    def put(self, chunk: bytes) -> None:
        """Add what has arrived."""
        self._chunks.append(chunk)
        self.waiting += len(chunk)
        self._arrived.set()

    def end(self, error: str | None = None) -> None:
        """Say that nothing more will come; with an error, that something should have."""
        self.ended, self._error = True, error
        self._arrived.set()

    def drain(self) -> bytes:
        """All that waits, at once."""
        whole = b"".join(self._chunks) if len(self._chunks) != 1 else self._chunks[0]
        self._chunks.clear()
        self.waiting = 0
        return whole

    async def next(self) -> bytes:
        """The next bytes, or b"" at the end. Raises Broken where the answer is cut short."""
        while not self._chunks and not self.ended:
            self._arrived.clear()
            await self._arrived.wait()
        if not self._chunks and self._error is not None:
            raise Broken(self._error)
        return self.drain()

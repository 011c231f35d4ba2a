"""Answers remembered as long as their release is served: a release never changes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Final

from twingraph.sparql.engine.answers import Answer
from twingraph.sparql.engine.frames import Job
from twingraph.sparql.lexer import mentions
from twingraph.sparql.limits import MIB
from twingraph.sparql.query_engine import QueryEngine
from twingraph.sparql.query_syntax import has_keyword, readable_tokens

LARGEST: Final = 1 << 16
# Each evaluation of these gives something else (SPARQL 1.1 Query, sections 17.4.2 to 17.4.5).
_VOLATILE: Final = ("RAND", "NOW", "UUID", "STRUUID", "BNODE")
# A longer query is not looked at for them more than at a glance: others wait meanwhile.
_LONG: Final = 1 << 12


class Remembering:
    """Asks a pool, and keeps small answers by query, formats and dataset; the ones not asked for
    longest are forgotten first. `size` bounds the bytes kept."""

    def __init__(self, pool: QueryEngine, size: int = 64 * MIB) -> None:
        self._pool = pool
        self._size = size
        self._kept: OrderedDict[Job, Answer] = OrderedDict()
        self._bytes = 0

    async def run(self, job: Job, gone: Callable[[], Awaitable[None]] | None = None) -> Answer:
        """As the pool's own."""
        known = self._kept.get(job)
        if known is not None:
            self._kept.move_to_end(job)
            return Answer(known.status, known.headers, known.body, "remembered")
        answer = await self._pool.run(job, gone)
        if _worth_keeping(job, answer):
            self._keep(job, answer)
        return answer

    def _keep(self, job: Job, answer: Answer) -> None:
        if job not in self._kept:
            self._bytes += _cost(job, answer)
        self._kept[job] = answer
        while self._bytes > self._size:
            self._bytes -= _cost(*self._kept.popitem(last=False))


def _cost(job: Job, answer: Answer) -> int:
    body = answer.body if isinstance(answer.body, bytes) else b""
    # The rest is what the objects themselves take.
    return len(body) + len(job.query.encode()) + 1000


def _worth_keeping(job: Job, answer: Answer) -> bool:
    return (
        answer.status == 200
        and isinstance(answer.body, bytes)
        and len(answer.body) <= LARGEST
        and len(job.query) <= LARGEST
        and not _volatile(job.query)
    )


def _volatile(query: str) -> bool:
    # Most look-ups call nothing at all: that is seen at a glance.
    if not mentions(query, *_VOLATILE):
        return False
    return len(query) > _LONG or has_keyword(readable_tokens(query), *_VOLATILE)

"""Answers kept for as long as their release is served: a release never changes."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

from twingraph.sparql.lexer import mentions
from twingraph.sparql.limits import MIB
from twingraph.sparql.query_engine import Answer, Gone, QueryEngine, SparqlRequest
from twingraph.sparql.query_syntax import has_keyword, readable_tokens

LARGEST: Final = 1 << 16
# Each evaluation of these gives something else (SPARQL 1.1 Query, sections 17.4.2 to 17.4.5).
_VOLATILE: Final = ("RAND", "NOW", "UUID", "STRUUID", "BNODE")
# A longer query is not looked at for them more than at a glance: others wait meanwhile.
_LONG: Final = 1 << 12


class AnswerCache:
    """A query engine that keeps another's small answers, by query, formats and dataset; the ones
    not asked for longest are dropped first. `size` bounds the bytes kept."""

    def __init__(self, engine: QueryEngine, size: int = 64 * MIB) -> None:
        self._engine = engine
        self._size = size
        self._kept: OrderedDict[SparqlRequest, Answer] = OrderedDict()
        self._bytes = 0

    async def run(self, request: SparqlRequest, gone: Gone | None = None) -> Answer:
        """As the engine's own."""
        known = self._kept.get(request)
        if known is not None:
            self._kept.move_to_end(request)
            return Answer(known.status, known.headers, known.body, "remembered")
        answer = await self._engine.run(request, gone)
        if _worth_keeping(request, answer):
            self._keep(request, answer)
        return answer

    def _keep(self, request: SparqlRequest, answer: Answer) -> None:
        if request not in self._kept:
            self._bytes += _cost(request, answer)
        self._kept[request] = answer
        while self._bytes > self._size:
            self._bytes -= _cost(*self._kept.popitem(last=False))


def _cost(request: SparqlRequest, answer: Answer) -> int:
    body = answer.body if isinstance(answer.body, bytes) else b""
    # The rest is what the objects themselves take.
    return len(body) + len(request.query.encode()) + 1000


def _worth_keeping(request: SparqlRequest, answer: Answer) -> bool:
    return (
        answer.status == 200
        and isinstance(answer.body, bytes)
        and len(answer.body) <= LARGEST
        and len(request.query) <= LARGEST
        and not _volatile(request.query)
    )


def _volatile(query: str) -> bool:
    # Most look-ups call nothing at all: that is seen at a glance.
    if not mentions(query, *_VOLATILE):
        return False
    return len(query) > _LONG or has_keyword(readable_tokens(query), *_VOLATILE)

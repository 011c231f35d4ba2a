"""The read model of what is served: the records of its merged view, read once a release.

It is read by a few plain queries, so that it works over any store.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from itertools import chain
from typing import Final

from twingraph.model.lookup import Lookup
from twingraph.rdf.mapping import SOURCE, A, tg
from twingraph.rdf.terms import Term
from twingraph.rdf.triples import statement
from twingraph.serve.messages import Refused
from twingraph.serve.service import Service
from twingraph.serve.sparql_client import ntriples
from twingraph.sparql.query_engine import QueryEngine
from twingraph.sparql.readback import PROPERTIES, TYPES, lookup_of

PAGE: Final = 60_000
"""Triples asked for at once: below what one answer may hold."""

_TOGETHER: Final = 3
_PARTNER: Final = tg("partner")


class ReadModel:
    """The look-up of the release that a service serves now."""

    def __init__(self, service: Service) -> None:
        self._service = service
        service.preparations.append(self.current)
        self._lookup: Lookup | None = None
        self._generation = -1
        self._turn = asyncio.Lock()

    async def current(self) -> Lookup:
        """The look-up; read anew where another release is served. Raises Refused where nothing
        is, or where the store does not answer in full."""
        engine = self._service.asked
        if engine is None:
            raise Refused(503, "the service is starting up", {"Retry-After": "5"})
        async with self._turn:
            generation = self._service.generation
            if self._lookup is None or self._generation != generation:
                self._lookup = await read(engine, self._service.base)
                self._generation = generation
            return self._lookup


async def read(engine: QueryEngine, base: str) -> Lookup:
    """Read the records of the merged view. Raises Refused, as `current` does."""
    turns = asyncio.Semaphore(_TOGETHER)
    # What is most of a large release is asked for by itself: one page of each is enough.
    rest = [name for name in PROPERTIES if name != _PARTNER]
    types = f"VALUES ?o {{ {' '.join(TYPES)} }} BIND({A} AS ?p) ?s ?p ?o"
    patterns = (types, _having(rest), _having([_PARTNER]), _having([SOURCE]))
    *described, sourced = await asyncio.gather(*(_all(engine, one, turns) for one in patterns))
    # Not in the loop: meanwhile others are answered.
    statements = map(statement, chain(*described))
    return await asyncio.to_thread(lookup_of, statements, map(statement, sourced), base)


def _having(properties: Iterable[Term]) -> str:
    return f"VALUES ?p {{ {' '.join(properties)} }} ?s ?p ?o"


async def _all(engine: QueryEngine, pattern: str, turns: asyncio.Semaphore) -> list[str]:
    """All triples of a pattern, page by page, each a line."""
    lines: list[str] = []
    async with turns:
        while True:
            page = await ntriples(
                engine,
                f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {pattern} }} LIMIT {PAGE} OFFSET {len(lines)}",
            )
            lines += page
            if len(page) < PAGE:
                break
    # Pages of an unordered result hold together only where the store walks the same way each
    # time; sorting 100,000 triples again for each page would be the other way.
    if len(lines) > PAGE and len(set(lines)) != len(lines):
        raise Refused(502, "the store gives its triples in another order each time")
    return lines

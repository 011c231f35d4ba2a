"""The read model of what is served: the records of its merged view, read once a release.

They are read from the release's N-Triples; over a store, by a few plain queries.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from typing import Final

from starlette.exceptions import HTTPException

from twingraph.errors import UsageError
from twingraph.model.lookup import Lookup
from twingraph.rdf.mapping import SOURCE, A, tg
from twingraph.rdf.terms import Term
from twingraph.rdf.triples import lines, statement
from twingraph.release.parallel import without_collector
from twingraph.serve.service import Service
from twingraph.serve.sparql_client import ntriples
from twingraph.sparql.query_engine import QueryEngine
from twingraph.sparql.readback import PROPERTIES, TYPES, lookup_of

PAGE: Final = 60_000
"""Triples asked for at once: below what one answer may hold."""

_TOGETHER: Final = 3
# What is most of a large release is asked for by itself: one page of each is enough.
_MOST: Final = (tg("partner"), tg("statedBy"), SOURCE)
_WANTED: Final = frozenset(name.encode() for name in (A, *PROPERTIES))


class ReadModel:
    """The look-up of the release that a service serves now."""

    def __init__(self, service: Service) -> None:
        self._service = service
        service.preparations.append(self.current)
        self._lookup: Lookup | None = None
        self._generation = -1
        self._turn = asyncio.Lock()

    async def current(self) -> Lookup:
        """The look-up; read anew where another release is served. Raises HTTPException where
        nothing is, or where the store does not answer in full."""
        engine = self._service.engine
        async with self._turn:
            generation = self._service.generation
            if self._lookup is None or self._generation != generation:
                self._lookup = await self._read(engine)
                self._generation = generation
            return self._lookup

    async def _read(self, engine: QueryEngine) -> Lookup:
        folder, base = self._service.folder, self._service.base
        # In a file the statements are there already, and nobody's query waits for this one; where
        # it is missing or damaged, what was loaded holds the same.
        if folder:
            with contextlib.suppress(UsageError):
                return await asyncio.to_thread(of_release, folder.path, base)
        return await read(engine, base)


def of_release(release: Path, base: str) -> Lookup:
    """The records of a release folder. Raises UsageError where its dump cannot be read."""
    wanted = (line for line in lines(release) if line.split(b" ", 2)[1] in _WANTED)
    with without_collector():  # Which would stop all else, for ever longer.
        return lookup_of((statement(line.decode()[:-1]) for line in wanted), base)


async def read(engine: QueryEngine, base: str) -> Lookup:
    """The records of what an engine answers from. Raises HTTPException, as `current` does."""
    turns = asyncio.Semaphore(_TOGETHER)
    rest = [name for name in PROPERTIES if name not in _MOST]
    types = f"VALUES ?o {{ {' '.join(TYPES)} }} BIND({A} AS ?p) ?s ?p ?o"
    patterns = (types, _having(rest), *(_having([name]) for name in _MOST))
    found = await asyncio.gather(*(_all(engine, one, turns) for one in patterns))
    # Not in the loop: meanwhile others are answered.
    return await asyncio.to_thread(lookup_of, map(statement, chain(*found)), base)


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
        raise HTTPException(502, "the store gives its triples in another order each time")
    return lines

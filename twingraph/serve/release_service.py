"""Which release is served; a new one takes its place without a request being dropped."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Sequence
from pathlib import Path

from twingraph.errors import UsageError
from twingraph.serve.querying import examples
from twingraph.serve.release_folder import QUADS, ReleaseFolder
from twingraph.serve.service import Service
from twingraph.sparql.answer_cache import AnswerCache
from twingraph.sparql.engine.pool import Pool
from twingraph.sparql.limits import Limits
from twingraph.sparql.result_formats import N_TRIPLES

_LOG = logging.getLogger("twingraph.serve")
_AGAIN = 5.0
_LINGER = 10.0
_LARGE = 200_000
"""Quads of a merged view that is worth having before the rest: below it is a second or two."""


class ReleaseService(Service):
    """A release folder and the pool over it."""

    def __init__(self, release: Path, limits: Limits | None = None, poll: float = 2.0) -> None:
        super().__init__(release, limits)
        self._poll = poll
        self._pool: Pool | None = None
        self._seen: tuple[int, ...] | None = None
        self._turn = asyncio.Lock()
        self._pools: set[Pool] = set()

    @property
    def graphs(self) -> Sequence[str]:
        """The graphs of the sources."""
        return self._pool.store.graphs if self._pool else ()

    @property
    def quads(self) -> int:
        """How many quads are served."""
        return self._pool.store.quads if self._pool else 0

    @property
    def ready(self) -> bool:
        """Whether all queries are answered."""
        return self._answers and self._pool is not None and self._pool.store.whole

    @property
    def _answers(self) -> bool:
        return self._pool is not None and self._pool.store.alive

    async def start(self) -> None:
        """Load the release, of a large one no more than the merged view: the rest follows. Raises
        UsageError where that fails: there is nothing to serve."""
        await self._load()
        self.metrics.watch(
            lambda: self._pool.figures() if self._pool else {},
            lambda: self._pool.store.deaths if self._pool else {},
        )
        self._spawn(self._watch())

    async def loaded(self) -> None:
        """Wait for the rest. Raises UsageError where it cannot be loaded."""
        if self._pool is not None:
            await self._pool.store.loaded()

    async def reload(self) -> None:
        """Load the release again; where that fails, keep serving what was."""
        try:
            await self._load()
        except UsageError as error:
            self.metrics.loads.labels("failed").inc()
            _LOG.error("the release stays as it is: %s", error)

    async def _load(self) -> None:
        async with self._turn:
            seen = self._state()
            folder = ReleaseFolder.of(self.release)
            # Where something is served, it is until the next release is there whole.
            merged = 0 if self._answers or folder.merged < _LARGE else folder.merged
            about = examples.serialized(N_TRIPLES, f"{folder.base}sparql")
            pool = await Pool.open(
                folder.quads, folder.base, self.limits, self._on_store_lost, merged, about
            )
            before, self._pool, self._seen = self._pool, pool, seen
            self.folder, self.base = folder, folder.base
            self._engine = AnswerCache(pool)
            self._pools.add(pool)
            self.generation += 1
        if before is not None:
            self._spawn(self._retire(before))
        if pool.store.whole:
            self._complete(pool)
        else:
            _LOG.info("serving the merged view of %s; the sources' graphs follow", self.release)
            self._spawn(self._complete_later(pool))

    async def _complete_later(self, pool: Pool) -> None:
        try:
            await pool.store.loaded()
        except UsageError as error:
            self.metrics.loads.labels("failed").inc()
            _LOG.error("the release cannot be served: %s", error)
        else:
            self._complete(pool)

    def _complete(self, pool: Pool) -> None:
        self.metrics.loads.labels("loaded").inc()
        self.metrics.quads.set(pool.store.quads)
        _LOG.info("serving %d quads of %s", pool.store.quads, self.release)
        if self.generation > 1:  # For the first, the server does: its parts must be there.
            self.prepare()

    async def _retire(self, pool: Pool) -> None:
        # A page asks several queries, one after the other: between two of them the pool is idle
        # and still needed.
        await asyncio.sleep(_LINGER)
        await pool.drain(self.limits.seconds * 2)
        await pool.close()
        self._pools.discard(pool)

    def _state(self) -> tuple[int, ...] | None:
        """What tells one release from the next: the very file, by number, size and time."""
        try:
            found = os.stat(self.release / QUADS)
        except OSError:
            return None
        return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(self._poll)
            now = self._state()
            # A release that has vanished is still being served from memory.
            if now is not None and now != self._seen:
                self._seen = now
                await self.reload()

    def _on_store_lost(self) -> None:
        _LOG.error("the process that holds the store was lost; starting another")
        self._spawn(self._recover())

    async def _recover(self) -> None:
        while not self._answers:
            await self.reload()
            if not self._answers:
                await asyncio.sleep(_AGAIN)

    async def close(self) -> None:
        """End everything."""
        await super().close()
        for pool in list(self._pools):
            await pool.close()

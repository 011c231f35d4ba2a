"""The service before a store elsewhere: what is read there is served, a push is seen at once."""

from __future__ import annotations

import asyncio
import gzip
import logging
import tempfile
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Final

from twingraph.errors import ServiceError
from twingraph.serve.querying import examples
from twingraph.serve.service import Service
from twingraph.sparql.engine.pool import Pool
from twingraph.sparql.limits import Lane, Limits
from twingraph.sparql.remote.async_client import AsyncStoreClient, StoreFailed
from twingraph.sparql.remote.client import Patience, StoreClient
from twingraph.sparql.remote.discovery import find_base, find_endpoints
from twingraph.sparql.remote.endpoints import Credentials, Endpoints, checked
from twingraph.sparql.remote.layout import GraphNames, StoreState
from twingraph.sparql.remote_engine import PLACES, RemoteEngine
from twingraph.sparql.result_formats import N_TRIPLES

_LOG = logging.getLogger("twingraph.serve")
_LANES: Final = (
    Lane("quick", places=1, queue=256, slice=0.03, priority="normal"),
    Lane("slow", places=1, queue=16, slice=None, priority="idle"),
)
_POLL: Final = 2.0
_PATIENCE: Final = Patience(attempts=3, answer=30.0)


class StoreService(Service):
    """A store and the way to ask it. `store` is its URL, or that of its endpoint for queries;
    `base` the base of the dataset's IRIs, which need not be given where the store holds one."""

    def __init__(
        self,
        store: str,
        release: Path,
        limits: Limits | None = None,
        credentials: Credentials | None = None,
        base: str = "",
    ) -> None:
        super().__init__(release, limits, base)
        self.store = checked(store)
        self._credentials = credentials or Credentials()
        self._names = GraphNames(base)
        self._remote: RemoteEngine | None = None
        self._state: StoreState | None = None
        self._reached = False
        self._open = AsyncExitStack()

    @property
    def ready(self) -> bool:
        """Whether the store was reached when it was last asked, and holds a release."""
        return self._reached and self._state is not None

    @property
    def graphs(self) -> Sequence[str]:
        """The graphs of the sources."""
        return self._state.sources(self._names) if self._state else ()

    @property
    def quads(self) -> int:
        """How many quads are served."""
        return self._state.triples if self._state else 0

    async def start(self) -> None:
        """Find the store and its release. Raises UsageError, ServiceError."""
        endpoints, self._names, scheme = await asyncio.to_thread(
            _find_dataset, self.store, self._credentials, self._names
        )
        self.base = self._names.base
        folder = Path(self._open.enter_context(tempfile.TemporaryDirectory(prefix="twingraph-")))
        nothing = folder / "nothing.nq.gz"
        nothing.write_bytes(gzip.compress(b""))
        limits = replace(self.limits, lanes=_LANES, spares=1)
        about = examples.serialized(N_TRIPLES, f"{self.base}sparql")
        rehearsal = await Pool.open(nothing, self.base, limits, examples=about)
        self._open.push_async_callback(rehearsal.close)
        client = AsyncStoreClient(
            endpoints.query, self._credentials, scheme, 2 * PLACES, 2 * self.limits.size
        )
        await self._open.enter_async_context(client)
        remote = RemoteEngine(client, self._names, self.limits, rehearsal, self._on_changed)
        self._engine = self._remote = remote
        try:
            await remote.state()
        except StoreFailed as error:
            raise ServiceError(f"{self.store}: the store {error}") from error
        self._reached = True
        self.metrics.watch(lambda: {"store": remote.busy}, lambda: rehearsal.store.deaths)
        self._spawn(self._watch())

    async def loaded(self) -> None:
        """Return: a push is seen when it is whole."""

    async def reload(self) -> None:
        """Look which release the store holds."""
        assert self._remote is not None, "it has been started"
        try:
            async with asyncio.timeout(self.limits.seconds):
                await self._remote.state()
            self._reached = True
        except (StoreFailed, TimeoutError) as error:
            if self._reached:
                _LOG.error("the store %s", str(error) or "does not answer in time")
            self._reached = False

    async def close(self) -> None:
        """End everything."""
        await super().close()
        await self._open.aclose()

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(_POLL)
            await self.reload()

    def _on_changed(self, state: StoreState | None) -> None:
        self._state = state
        self.generation += 1
        self.metrics.loads.labels("loaded" if state else "failed").inc()
        self.metrics.quads.set(self.quads)
        if state:
            _LOG.info("serving %d quads of %s, release %s", self.quads, self.store, state.release)
            if self.generation > 1:  # For the first, the server does: its parts must be there.
                self.prepare()


def _find_dataset(
    store: str, credentials: Credentials, names: GraphNames
) -> tuple[Endpoints, GraphNames, str]:
    """The endpoints of a store, the dataset in it, and how it asks who we are."""
    endpoints = find_endpoints(store, credentials, _PATIENCE)
    with StoreClient(endpoints, credentials, _PATIENCE) as client:
        return endpoints, GraphNames(names.base or find_base(client)), client.scheme

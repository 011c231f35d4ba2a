"""What is served, whatever is behind it: a release in memory, or a store elsewhere."""

from __future__ import annotations

import asyncio
import contextlib
import gc
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

from twingraph.serve.folder import ReleaseFolder
from twingraph.serve.messages import Refused
from twingraph.serve.metrics import Metrics
from twingraph.sparql.limits import Limits
from twingraph.sparql.query_engine import QueryEngine


class Service(ABC):
    """What the parts of the service ask of that. `asked` is always the current one: take it once
    a request, and the request stays with it."""

    generation = 0
    """How many releases were seen; what is cached of one is stale in the next."""

    def __init__(self, release: Path, limits: Limits | None = None) -> None:
        self.release = release
        self.limits = limits or Limits()
        self.metrics = Metrics()
        self.preparations: list[Callable[[], Awaitable[object]]] = []
        """What parts of the service do with a new release before anybody asks for it."""
        self._background: set[asyncio.Task[None]] = set()

    @property
    @abstractmethod
    def name(self) -> str:
        """What is served, for people."""

    @property
    @abstractmethod
    def base(self) -> str:
        """The base of the dataset's own IRIs."""

    @property
    @abstractmethod
    def folder(self) -> ReleaseFolder | None:
        """The release as files, where there are some."""

    @property
    @abstractmethod
    def asked(self) -> QueryEngine | None:
        """What to put queries to, or None while there is nothing."""

    @property
    @abstractmethod
    def ready(self) -> bool:
        """Whether queries are answered."""

    @property
    @abstractmethod
    def graphs(self) -> Sequence[str]:
        """The graphs of the sources."""

    @property
    @abstractmethod
    def quads(self) -> int:
        """How many quads are served."""

    @abstractmethod
    async def start(self) -> None:
        """Begin to serve. Raises UsageError or ServiceError where there is nothing to serve."""

    @abstractmethod
    async def reload(self) -> None:
        """Look for a new release; where that fails, keep serving what was."""

    @abstractmethod
    async def loaded(self) -> None:
        """Wait until all there is to serve is there; queries may be answered earlier. Raises
        UsageError where what `start` began with cannot be loaded to its end."""

    def prepare(self) -> None:
        """Begin all preparations for the release that is served now."""
        for preparation in self.preparations:
            self._spawn(self._prepared(preparation))

    @staticmethod
    async def _prepared(preparation: Callable[[], Awaitable[object]]) -> None:
        # Where that fails, whoever asks first is told why.
        with contextlib.suppress(Refused):
            await preparation()
        gc.freeze()  # It stays: the collector need not go through it for ever again.

    def reload_soon(self) -> None:
        """Reload in the background (SIGHUP)."""
        self._spawn(self.reload())

    async def close(self) -> None:
        """End everything."""
        for task in list(self._background):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

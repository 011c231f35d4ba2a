"""What is served, whatever is behind it: a release in memory, or a store elsewhere."""

from __future__ import annotations

import asyncio
import contextlib
import gc
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from twingraph.namespaces import BASE
from twingraph.serve.monitoring import Metrics
from twingraph.serve.release_folder import ReleaseFolder
from twingraph.sparql.limits import Limits
from twingraph.sparql.query_engine import QueryEngine


class Service(ABC):
    """A release or a store, as the parts of the service see it."""

    def __init__(self, release: Path, limits: Limits | None = None, base: str = BASE) -> None:
        self.release = release
        self.base = base
        """The base of the dataset's own IRIs; of a release or store, once it is found."""
        self.folder: ReleaseFolder | None = None
        """The release as files, where there are some."""
        self.generation = 0
        """How many releases were seen; what is cached of one is stale in the next."""
        self.limits = limits or Limits()
        self.metrics = Metrics()
        self.preparations: list[Callable[[], Awaitable[object]]] = []
        """What parts of the service do with a new release before anybody asks for it."""
        self.endings: list[Callable[[], None]] = []
        """What they do when nothing is served any more."""
        self._engine: QueryEngine | None = None
        self._background: set[asyncio.Task[None]] = set()

    @property
    def engine(self) -> QueryEngine:
        """What to put queries to. It is always the current one: take it once a request, and the
        request stays with its release. Raises HTTPException (503) while there is nothing."""
        if self._engine is None:
            raise starting_up()
        return self._engine

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
            self._spawn(self._run_preparation(preparation))

    @staticmethod
    async def _run_preparation(preparation: Callable[[], Awaitable[object]]) -> None:
        # Where that fails, whoever asks first is told why.
        with contextlib.suppress(HTTPException):
            await preparation()
        gc.freeze()  # It stays: the collector need not go through it for ever again.

    def reload_soon(self) -> None:
        """Reload in the background (SIGHUP)."""
        self._spawn(self.reload())

    async def close(self) -> None:
        """End everything."""
        for end in self.endings:
            end()
        for task in list(self._background):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)


def starting_up() -> HTTPException:
    """What is answered while there is nothing to serve."""
    return HTTPException(503, "the service is starting up", {"Retry-After": "5"})


def operator_routes(service: Service) -> list[Route]:
    """Health (is the process there) and readiness (are queries answered)."""
    fresh = {"Cache-Control": "no-store"}

    async def health(request: Request) -> Response:
        return PlainTextResponse("healthy\n", headers=fresh)

    async def ready(request: Request) -> Response:
        if service.ready:
            return PlainTextResponse("ready\n", headers=fresh)
        return PlainTextResponse("not ready\n", 503, fresh | {"Retry-After": "5"})

    return [Route("/health", health), Route("/ready", ready)]

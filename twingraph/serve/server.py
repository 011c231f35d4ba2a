"""From settings to a running HTTP server, and back in good order."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import gc
import logging
import resource
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final, cast

import uvicorn
import uvloop
from starlette.types import ASGIApp

from twingraph.errors import UsageError
from twingraph.serve.http_limits import BoundedConnection, Connections, give_up_on_stalled
from twingraph.serve.monitoring import LOGGER, LogSettings
from twingraph.serve.release_service import ReleaseService
from twingraph.serve.service import Service
from twingraph.sparql.limits import Limits
from twingraph.sparql.remote.endpoints import Credentials

CONNECTIONS: Final = 1000
BACKLOG: Final = 1024
_GRACE: Final = 35


@dataclass(frozen=True, slots=True)
class Settings:
    """What an operator decides."""

    release: Path = Path("public")
    host: str = "127.0.0.1"
    port: int = 8000
    public: str | None = None
    """Scheme and host that the service is known by, whatever a request says."""
    hosts: tuple[str, ...] = ()
    """Without that: the hosts that requests may name, beside `host` and this machine's own."""
    proxies: tuple[str, ...] = ()
    """Addresses or networks of proxies that are believed who their clients are, and whether those
    came by https (X-Forwarded-For, X-Forwarded-Proto)."""
    limits: Limits = field(default_factory=Limits)
    log: LogSettings = LogSettings()
    metrics: tuple[str, int] | None = None
    """An address of their own for the figures; otherwise nobody is shown them."""
    contact: str = ""
    """Whom to tell of a hole, as a URI (security.txt)."""
    store: str = ""
    """The URL of a store to put the service before, instead of a release in memory."""
    base: str = ""
    """The base of the dataset's IRIs, where the store holds several."""
    credentials: Credentials = Credentials()
    """Who the service is to that store."""

    def service(self) -> Service:
        """What is to be served. Raises UsageError for what is no URL of a store."""
        if self.store:
            from twingraph.serve.store_service import StoreService  # A release needs no client.

            return StoreService(self.store, self.release, self.limits, self.credentials, self.base)
        return ReleaseService(self.release, self.limits)


def run(settings: Settings, announce: Callable[[str], None] = lambda url: None) -> None:
    """Serve until SIGTERM or SIGINT. SIGHUP loads the release anew.

    `announce` is called with the service's address once it answers. Raises UsageError where the
    release cannot be loaded or the address is not to be had.
    """
    with _bound_listener(settings) as listener, _ending_on_signals():
        uvloop.run(_serve(settings, listener, announce))


@contextlib.contextmanager
def _figures_shown(service: Service, settings: Settings) -> Iterator[None]:
    if settings.metrics is None:
        yield
        return
    host, port = settings.metrics
    with contextlib.ExitStack() as shown:
        try:
            shown.enter_context(service.metrics.served_at(host, port))
        except OSError as error:
            reason = error.strerror or error
            raise UsageError(f"cannot show metrics at {host}:{port}: {reason}") from error
        yield


@contextlib.contextmanager
def _ending_on_signals() -> Iterator[None]:
    """Let SIGTERM and SIGINT end the loading of a release, and the process with status 0.

    uvicorn takes both over while it serves, and raises them again when it has ended.
    """
    signals = (signal.SIGTERM, signal.SIGINT)
    before = {number: signal.signal(number, signal.default_int_handler) for number in signals}
    try:
        with contextlib.suppress(KeyboardInterrupt):
            yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


async def _serve(
    settings: Settings, listener: socket.socket, announce: Callable[[str], None]
) -> None:
    service = settings.service()
    with _figures_shown(service, settings):
        await _serve_shown(service, settings, listener, announce)


async def _serve_shown(
    service: Service,
    settings: Settings,
    listener: socket.socket,
    announce: Callable[[str], None],
) -> None:
    try:
        # Another process loads the release: meanwhile, the parts are put together here.
        _, app = await asyncio.gather(
            service.start(), asyncio.to_thread(_application, service, settings)
        )
        server = uvicorn.Server(_config(app, settings))
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, service.reload_soon)
        # What is there now stays; the collector need not go through it for ever again.
        gc.collect()
        gc.freeze()
        announce(_address(listener))
        service.prepare()
        loading = asyncio.create_task(_load_rest(service, server))
        await server.serve(sockets=[listener])
        if loading.done():
            loading.result()
        loading.cancel()
    finally:
        await service.close()


def _application(service: Service, settings: Settings) -> ASGIApp:
    # Half a second that need not be waited for.
    from twingraph.serve.application import LOOPBACK, Address, application

    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    named = frozenset(name.lower() for name in (*LOOPBACK, host, *settings.hosts))
    address = Address(settings.public or "", named)
    return application(service, settings.log, address, settings.contact)


async def _load_rest(service: Service, server: uvicorn.Server) -> None:
    """Where not all of what is served can be loaded, serve no longer."""
    try:
        await service.loaded()
    except UsageError:
        server.should_exit = True
        raise


def _config(app: ASGIApp, settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=cast(Any, partial(BoundedConnection, Connections(settings.proxies))),
        ws="none",
        lifespan="off",
        proxy_headers=bool(settings.proxies),
        forwarded_allow_ips=list(settings.proxies),
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=_GRACE,
        limit_concurrency=CONNECTIONS,
        backlog=BACKLOG,
    )


def _bound_listener(settings: Settings) -> socket.socket:
    _allow_descriptors()
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        listener = socket.create_server(
            (settings.host, settings.port), family=family, backlog=BACKLOG
        )
    except (OSError, OverflowError) as error:
        raise UsageError(_cannot_listen(settings, error)) from error
    give_up_on_stalled(listener)
    return listener


def _cannot_listen(settings: Settings, error: Exception) -> str:
    # Where it cannot bind, Python names the address as well.
    reason = str(getattr(error, "strerror", None) or error).partition(" (while")[0]
    cure = "; stop what listens there, or choose another --port"
    busy = isinstance(error, OSError) and error.errno == errno.EADDRINUSE
    return f"cannot listen on {settings.host}:{settings.port}: {reason}{cure if busy else ''}"


def _allow_descriptors() -> None:
    """As many open connections as we mean to serve, where the system lets us."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = CONNECTIONS + 200
    if soft != resource.RLIM_INFINITY and soft < wanted:
        ceiling = wanted if hard == resource.RLIM_INFINITY else min(hard, wanted)
        resource.setrlimit(resource.RLIMIT_NOFILE, (ceiling, hard))


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def log_to_stderr(quiet: bool = False) -> None:
    """Send the service's own words and the access log to standard error.

    `quiet`: only what went wrong.
    """
    plain = logging.StreamHandler(sys.stderr)
    plain.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
    bare = logging.StreamHandler(sys.stderr)
    for name, handler in (("twingraph.serve", plain), ("uvicorn", plain), (LOGGER, bare)):
        logger = logging.getLogger(name)
        logger.addHandler(handler)
        few = quiet or name == "uvicorn"
        logger.setLevel(logging.WARNING if few else logging.INFO)
        logger.propagate = False

"""What is noted of each request: figures for Prometheus, and one JSON object a line.

What people ask is their own affair: the query string is left out unless the operator wants it.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Final

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    start_http_server,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from twingraph.serve.clients import shortened
from twingraph.sparql.query_engine import Broken

LOGGER: Final = "twingraph.access"
_LOG = logging.getLogger("twingraph.serve")
_BUCKETS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


class _Workers(Collector):
    """Lanes and workers, read from the pool when asked, in whatever thread."""

    def __init__(
        self,
        lanes: Callable[[], Mapping[str, Mapping[str, int]]],
        deaths: Callable[[], Mapping[str, int]],
    ) -> None:
        self._lanes, self._deaths = lanes, deaths

    def collect(self) -> Iterable[Metric]:
        lanes = GaugeMetricFamily(
            "twingraph_queries", "Queries in each lane now", labels=["lane", "state"]
        )
        for lane, states in self._lanes().items():
            for state, number in states.items():
                lanes.add_metric([lane, state], number)
        ended = CounterMetricFamily(
            "twingraph_workers_ended", "Query processes that ended, by signal", labels=["signal"]
        )
        for signal, number in list(self._deaths().items()):
            ended.add_metric([signal], number)
        return [lanes, ended]


class Metrics:
    """What is counted of requests, queries and releases, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "twingraph_requests", "Requests", ["route", "status"], registry=self.registry
        )
        self._seconds = Histogram(
            "twingraph_request_seconds", "Time to the response's end", ["route"],
            buckets=_BUCKETS, registry=self.registry,
        )  # fmt: skip
        self._queries = Counter(
            "twingraph_query_outcomes", "Queries, by how they ended", ["outcome", "lane"],
            registry=self.registry,
        )  # fmt: skip
        # Looking a label up takes longer than counting.
        self._request_of = cache(lambda route, status: self._requests.labels(route, str(status)))
        self._seconds_of = cache(lambda route: self._seconds.labels(route))
        self._query_of = cache(lambda outcome, lane: self._queries.labels(outcome, lane))
        self.quads = Gauge("twingraph_quads", "Quads served", registry=self.registry)
        self.loads = Counter(
            "twingraph_release_loads", "Releases loaded", ["result"], registry=self.registry
        )

    def watch(
        self,
        lanes: Callable[[], Mapping[str, Mapping[str, int]]],
        deaths: Callable[[], Mapping[str, int]],
    ) -> None:
        """Read the workers' figures from these functions."""
        self.registry.register(_Workers(lanes, deaths))

    def request(self, route: str, status: int, seconds: float) -> None:
        """Count a request. `route` is the name of the route, never the path: that is unbounded."""
        self._request_of(route, status).inc()
        self._seconds_of(route).observe(seconds)

    def query(self, outcome: str, lane: str) -> None:
        """Count a query."""
        self._query_of(outcome, lane).inc()

    @contextmanager
    def served_at(self, host: str, port: int) -> Iterator[None]:
        """Show the figures at an address of their own, for operators alone. Raises OSError where
        that is not to be had."""
        server, thread = start_http_server(port, host, self.registry)
        try:
            yield
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


@dataclass(frozen=True, slots=True)
class LogSettings:
    """What the access log has: what is asked, or not; addresses in full, or without what tells one
    customer from the next."""

    queries: bool = False
    short_addresses: bool = False


class AccessLog:
    """ASGI middleware, the outermost. The line goes to the logger `twingraph.access`, where
    somebody listens to it. What answers a query names its `outcome` and `lane` in the state of the
    request's scope."""

    def __init__(self, app: ASGIApp, metrics: Metrics, settings: LogSettings | None = None) -> None:
        self._app = app
        self._metrics = metrics
        self._settings = settings or LogSettings()
        self._logger = logging.getLogger(LOGGER)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = time.perf_counter()
        status, size = 500, 0

        async def counted(message: Message) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
            size += len(message.get("body", b""))
            await send(message)

        scope.setdefault("state", {})
        try:
            await self._app(scope, receive, counted)
        except Broken as error:
            # Returning without the end makes the server break the connection off.
            scope["state"]["outcome"] = "broken"
            _LOG.warning("an answer was broken off: %s", error)
        finally:
            self._note(scope, status, size, time.perf_counter() - begun)

    def _note(self, scope: Scope, status: int, size: int, seconds: float) -> None:
        route = scope.get("route")
        self._metrics.request(route.name if route else "none", status, seconds)
        if not self._logger.isEnabledFor(logging.INFO):
            return
        state = scope["state"]
        host = scope["client"][0] if scope.get("client") else ""
        line = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "client": shortened(host) if self._settings.short_addresses else host,
            "method": scope["method"],
            "path": scope["path"],
        }
        if self._settings.queries and scope["query_string"]:
            line["query"] = scope["query_string"].decode("utf-8", "replace")
        line |= {
            "status": status,
            "bytes": size,
            "ms": round(seconds * 1000, 1),
            "outcome": state.get("outcome", "refused" if status >= 400 else "answered"),
            "lane": state.get("lane", ""),
        }
        self._logger.info(json.dumps(line, ensure_ascii=False))

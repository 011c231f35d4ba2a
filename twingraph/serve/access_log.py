"""What is noted of each request: figures for Prometheus, and one JSON object a line.

What people ask is their own affair: the query string is left out unless the operator wants it.
"""

from __future__ import annotations

import json
import logging
import time
from datetime import UTC, datetime
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from twingraph.serve.metrics import Metrics
from twingraph.sparql.query_engine import Broken

LOGGER: Final = "twingraph.access"
_LOG = logging.getLogger("twingraph.serve")


class AccessLog:
    """ASGI middleware, the outermost. The line goes to the logger `twingraph.access`, where
    somebody listens to it. What answers a query names its `outcome` and `lane` in the state of the
    request's scope."""

    def __init__(self, app: ASGIApp, metrics: Metrics, queries: bool = False) -> None:
        self._app = app
        self._metrics = metrics
        self._queries = queries
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
        line = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "client": scope["client"][0] if scope.get("client") else "",
            "method": scope["method"],
            "path": scope["path"],
        }
        if self._queries and scope["query_string"]:
            line["query"] = scope["query_string"].decode("utf-8", "replace")
        line |= {
            "status": status,
            "bytes": size,
            "ms": round(seconds * 1000, 1),
            "outcome": state.get("outcome", "refused" if status >= 400 else "answered"),
            "lane": state.get("lane", ""),
        }
        self._logger.info(json.dumps(line, ensure_ascii=False))

"""One JSON object a line for each request. What people ask is their own affair: the query string
is left out unless the operator wants it."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import Any, Final

LOGGER: Final = "twingraph.access"


class AccessLog:
    """Writes to the logger `twingraph.access`, where somebody listens to it."""

    def __init__(self, queries: bool = False) -> None:
        self._queries = queries
        self._logger = logging.getLogger(LOGGER)

    def write(
        self, client: str, method: str, path: str, query: bytes, entry: dict[str, Any]
    ) -> None:
        """Log one request; `entry` holds status, bytes, milliseconds, outcome and lane."""
        if not self._logger.isEnabledFor(logging.INFO):
            return
        line = {"time": datetime.now(UTC).isoformat(timespec="milliseconds"), "client": client}
        line |= {"method": method, "path": path}
        if self._queries and query:
            line["query"] = query.decode("utf-8", "replace")
        self._logger.info(json.dumps(line | entry, ensure_ascii=False))

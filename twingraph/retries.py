"""Trying again: which failures of a service over HTTP may pass, and how long to wait for that.

One policy for all clients; what tries again is tenacity. (urllib3's Retry sees neither what a body
says nor that other requests of this program must wait too, and its waiting cannot be tested.)
"""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

import requests
import tenacity

PASSING: Final = frozenset({429, 502, 503, 504})
"""Statuses: too many requests, and what is between us and the service, or itself, restarts."""
BROKEN: Final = (
    requests.ConnectionError,
    requests.Timeout,
    requests.exceptions.ChunkedEncodingError,
    requests.exceptions.ContentDecodingError,
)
"""A connection that failed; but for an SSLError, which is one of them, and stays."""
_LONGEST_ASKED: Final = 120.0


class Again(Exception):
    """The same request may succeed later: not before `wait` seconds, if that is given."""

    def __init__(self, reason: str, wait: float | None = None, status: int | None = None) -> None:
        super().__init__(reason)
        self.wait = wait
        self.status = status


def policy(attempts: int, first: float, longest: float) -> dict[str, Any]:
    """Arguments of tenacity.Retrying and AsyncRetrying: up to so many attempts wherever Again is
    raised, the last Again reraised.

    Waits double from `first` seconds to `longest`; a service that asks for longer gets that, up to
    two minutes.
    """
    backoff = tenacity.wait_exponential(first, longest) + tenacity.wait_random(0, first)

    def wait(state: tenacity.RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = error.wait if isinstance(error, Again) else None
        return max(backoff(state), min(asked or 0.0, _LONGEST_ASKED))

    return {
        "retry": tenacity.retry_if_exception_type(Again),
        "stop": tenacity.stop_after_attempt(attempts),
        "wait": wait,
        "reraise": True,
    }


def retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds that a Retry-After header asks for: a number of them, or a date (RFC 9110, section
    10.2.3); None for neither."""
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        when = parsedate_to_datetime(text)
    except ValueError:
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return max((when - now).total_seconds(), 0.0)

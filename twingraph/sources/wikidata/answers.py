"""What an answer means: use it, try again and when, split the question, or stop.

| answer                                         | what follows                                |
|------------------------------------------------|---------------------------------------------|
| 429                                            | again after Retry-After, else 60 s or more  |
| 502, 503, 504, broken connection, cut-off body | again after Retry-After, else by backoff    |
| 200 with API error `maxlag`, `ratelimited`     | again after Retry-After, else 5 s, 60 s     |
| 200 or 500 that names a query timeout          | QueryTimeout: ask less                      |
| any that says "You have been banned until"     | Banned: stop at once                        |
| 400, 403, anything else                        | ServiceError                                |

Sources: mediawiki.org, "Wikidata Query Service/User Manual" (Query limits) and "Manual:Maxlag
parameter"; RFC 9110, section 10.2.3 (Retry-After).
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final, NoReturn

import requests

from twingraph.errors import ServiceError
from twingraph.retries import PASSING, Again, retry_after

BAN: Final = b"You have been banned until"
UNNAMED_WAIT: Final = 60.0
"""Seconds to wait after a 429 that names no time."""

_TIMEOUTS = (b"QueryTimeoutException", b"java.util.concurrent.TimeoutException")
_LAGGED = {"maxlag": 5.0, "ratelimited": UNNAMED_WAIT, "readonly": 5.0}


class Banned(ServiceError):
    """The service has banned this client; it must not ask again before the time named."""


class QueryTimeout(ServiceError):
    """A query took the service too long. The same query would again: ask for less."""


class TooMuch(ServiceError):
    """The service fails over the size of what was asked: ask for less at once."""


class NotFound(ServiceError):
    """There is nothing at an address (404)."""


def read(response: requests.Response, now: datetime) -> Any:
    """The JSON of an answer. Raises Again, Banned, QueryTimeout, NotFound or ServiceError."""
    if response.status_code == 200:
        with suppress(ValueError):
            return _usable(response.json(), response, now)
    return _failed(response, now)


def _failed(response: requests.Response, now: datetime) -> NoReturn:
    body, status = response.content, response.status_code
    where = response.url.partition("?")[0]
    if BAN in body:
        raise Banned(f"{where}: {_first_line(body)}")
    if status in PASSING:
        raise Again(f"HTTP {status}", _retry_after(response, now, status), status)
    if any(name in body for name in _TIMEOUTS):
        raise QueryTimeout(f"{where}: the query took too long")
    if status == 200:
        raise Again("the body is no JSON, or was cut off")
    if status == 403:
        raise ServiceError(
            f"{where} refuses this client (HTTP 403): {_first_line(body)}."
            " Check the contact given: it must name who runs this"
        )
    error = NotFound if status == 404 else ServiceError
    raise error(f"{where} answered HTTP {status}: {_first_line(body)}")


def api_error(document: Mapping[str, Any]) -> tuple[str, str] | None:
    """The code and the text of an API answer that is an error, though HTTP says 200."""
    error = document.get("error")
    if not isinstance(error, Mapping):
        return None
    return str(error.get("code", "")), str(error.get("info", ""))


def _retry_after(response: requests.Response, now: datetime, status: int) -> float | None:
    # A date is by the service's clock: measure it against the service's own Date, if it has one.
    with suppress(KeyError, ValueError):
        now = parsedate_to_datetime(response.headers["Date"])
    asked = retry_after(response.headers.get("Retry-After", ""), now)
    return UNNAMED_WAIT if asked is None and status == 429 else asked


def _usable(document: Any, response: requests.Response, now: datetime) -> Any:
    failure = api_error(document) if isinstance(document, Mapping) else None
    if failure and (failure[0] in _LAGGED or failure[0].startswith("internal_api_error")):
        asked = retry_after(response.headers.get("Retry-After", ""), now)
        least = _LAGGED.get(failure[0], 0.0)
        raise Again(f"{failure[0]}: {failure[1]}", max(asked or 0.0, least))
    return document


def _first_line(body: bytes) -> str:
    text = body[:2000].decode("utf-8", "replace").strip()
    return text.splitlines()[0][:300] if text else "no explanation"

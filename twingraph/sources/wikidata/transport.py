"""One polite request at a time: paced, retried as long as it makes sense, every failure named."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import requests
import tenacity

from twingraph.errors import ServiceError
from twingraph.retries import BROKEN, Again, policy
from twingraph.sources.wikidata import answers
from twingraph.sources.wikidata.answers import Banned
from twingraph.sources.wikidata.pacing import Clock, Gate, SystemClock
from twingraph.sources.wikidata.settings import Settings


@dataclass(frozen=True, slots=True)
class _Request:
    method: str
    url: str
    fields: Mapping[str, str]
    accept: str


class Transport(AbstractContextManager["Transport"]):
    """Sends requests under the rules. Use as a context manager, or call `close`."""

    def __init__(self, settings: Settings, clock: Clock | None = None) -> None:
        self.settings = settings
        self.clock = clock or SystemClock()
        self._gate = Gate(self.clock, settings.at_once)
        self._session = requests.Session()
        self._session.headers.update(
            {"User-Agent": settings.user_agent, "Accept-Encoding": "gzip", "Accept": "*/*"}
        )

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def get(self, url: str, fields: Mapping[str, str], *, give_back: int | None = None) -> Any:
        """The JSON of a GET.

        An answer with the status `give_back` raises Again at once instead of being retried: the
        caller wants to ask for less. Raises ServiceError, and its subclasses in `answers`.
        """
        request = _Request("GET", url, fields, "application/json")
        return self._ask(request, self._gate.request, give_back)

    def query(self, text: str) -> Any:
        """The JSON of a SPARQL query. Raises the same, and QueryTimeout."""
        # A long query does not fit a URL; a short one, sent by GET, can be cached on the way.
        method = "GET" if len(text) < 1500 else "POST"
        accept = "application/sparql-results+json"
        request = _Request(method, self.settings.sparql, {"query": text}, accept)
        return self._ask(request, self._gate.query, None)

    def _ask(
        self,
        request: _Request,
        slot: Callable[[], AbstractContextManager[None]],
        give_back: int | None,
    ) -> Any:
        settings = self.settings
        retrying = tenacity.Retrying(
            **policy(
                settings.attempts,
                settings.first_wait,
                settings.longest_backoff,
                lambda again: again.status != (give_back or 0),
            ),
            sleep=self.clock.sleep,
        )
        try:
            return retrying(self._once, request, slot)
        except Again as error:
            if give_back is not None and error.status == give_back:
                self._gate.hold(settings.first_wait)
                raise
            raise ServiceError(
                f"{request.url} still fails after {settings.attempts} attempts: {error}"
            ) from error

    def _once(self, request: _Request, slot: Callable[[], AbstractContextManager[None]]) -> Any:
        with slot():
            try:
                return answers.read(self._send(request), self.clock.now())
            except Again as error:
                self._gate.failed()
                self._hold(request, error)
                raise
            except Banned as error:
                self._gate.close(error)
                raise
            except ServiceError:
                self._gate.failed()
                raise

    def _hold(self, request: _Request, error: Again) -> None:
        """What is told to one request holds for all; and too long a wait ends the run."""
        if error.wait is None:
            return
        if error.wait > self.settings.longest_wait:
            raise ServiceError(
                f"{request.url} asks to wait {error.wait:.0f} s ({error}): start again after that;"
                " what was fetched is kept"
            ) from error
        self._gate.hold(error.wait)

    def _send(self, request: _Request) -> requests.Response:
        settings = self.settings
        get = request.method == "GET"
        try:
            return self._session.request(
                request.method,
                request.url,
                params=dict(request.fields) if get else None,
                data=None if get else dict(request.fields),
                headers={"Accept": request.accept},
                timeout=(settings.connect_timeout, settings.read_timeout),
            )
        except requests.exceptions.SSLError as error:
            raise ServiceError(f"{request.url}: {error}") from error
        except BROKEN as error:
            raise Again(f"{type(error).__name__}: {error}") from error
        except requests.RequestException as error:
            raise ServiceError(f"{request.url}: {error}") from error

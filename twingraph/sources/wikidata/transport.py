"""One polite request at a time: paced, retried as long as it makes sense, every failure named."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from functools import partial
from typing import Any, Final

import requests
import tenacity

from twingraph.errors import ServiceError
from twingraph.retries import BROKEN, Again, policy
from twingraph.sources.wikidata import answers
from twingraph.sources.wikidata.answers import Banned, TooMuch
from twingraph.sources.wikidata.pacing import Clock, Gate
from twingraph.sources.wikidata.settings import WikibaseSettings

_JSON: Final = {"Accept": "application/json"}
_RESULTS: Final = {"Accept": "application/sparql-results+json"}
_LONGEST_IN_URL: Final = 1500

Send = Callable[..., requests.Response]
Slot = Callable[[], AbstractContextManager[None]]


class Transport:
    """Sends requests under the rules. Call `close` at the end."""

    def __init__(self, settings: WikibaseSettings, clock: Clock | None = None) -> None:
        self.settings = settings
        self.clock = clock or Clock()
        self._gate = Gate(self.clock, settings.at_once)
        self._session = requests.Session()
        self._session.headers.update(
            {"User-Agent": settings.user_agent, "Accept-Encoding": "gzip", "Accept": "*/*"}
        )

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def get(self, url: str, fields: Mapping[str, str], *, too_much: int | None = None) -> Any:
        """The JSON of a GET.

        An answer with the status `too_much` raises TooMuch at once instead of being retried: the
        caller wants to ask for less. Raises ServiceError, and its subclasses in `answers`.
        """
        send = partial(self._session.get, url, params=dict(fields), headers=_JSON)
        return self._ask(url, send, self._gate.request, too_much)

    def query(self, text: str) -> Any:
        """The JSON of a SPARQL query. Raises the same, and QueryTimeout."""
        # A long query does not fit a URL; a short one, sent by GET, can be cached on the way.
        url, fields = self.settings.sparql, {"query": text}
        if len(text) < _LONGEST_IN_URL:
            send = partial(self._session.get, url, params=fields, headers=_RESULTS)
        else:
            send = partial(self._session.post, url, data=fields, headers=_RESULTS)
        return self._ask(url, send, self._gate.query, None)

    def _ask(self, url: str, send: Send, slot: Slot, too_much: int | None) -> Any:
        settings = self.settings
        rules = policy(settings.attempts, settings.first_wait, settings.longest_backoff)
        retrying = tenacity.Retrying(**rules, sleep=self.clock.sleep)
        try:
            return retrying(self._once, url, send, slot, too_much)
        except Again as error:
            raise ServiceError(
                f"{url} still fails after {settings.attempts} attempts: {error}"
            ) from error

    def _once(self, url: str, send: Send, slot: Slot, too_much: int | None) -> Any:
        with slot():
            try:
                return answers.read(self._send(url, send), self.clock.now())
            except Again as error:
                self._gate.failed()
                self._hold(url, error)
                if too_much is not None and error.status == too_much:
                    self._gate.hold(self.settings.first_wait)
                    raise TooMuch(f"{url}: {error}") from error
                raise
            except Banned as error:
                self._gate.close(error)
                raise
            except ServiceError:
                self._gate.failed()
                raise

    def _hold(self, url: str, error: Again) -> None:
        """What is told to one request holds for all; and too long a wait ends the run."""
        if error.wait is None:
            return
        if error.wait > self.settings.longest_wait:
            raise ServiceError(
                f"{url} asks to wait {error.wait:.0f} s ({error}): start again after that;"
                " what was fetched is kept"
            ) from error
        self._gate.hold(error.wait)

    def _send(self, url: str, send: Send) -> requests.Response:
        try:
            return send(timeout=(self.settings.connect_timeout, self.settings.read_timeout))
        except requests.exceptions.SSLError as error:
            raise ServiceError(f"{url}: {error}") from error
        except BROKEN as error:
            raise Again(f"{type(error).__name__}: {error}") from error
        except requests.RequestException as error:
            raise ServiceError(f"{url}: {error}") from error

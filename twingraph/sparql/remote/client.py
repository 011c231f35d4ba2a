"""A store over HTTP: queries, updates and uploads, retried as long as that makes sense.

Everything sent is safe to be sent again: graphs are sets, and updates are written so that a second
run of one changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final
from urllib.parse import urlencode

import requests
import tenacity
from requests.auth import HTTPBasicAuth, HTTPDigestAuth

from twingraph.errors import ServiceError
from twingraph.retries import BROKEN, PASSING, Again, policy, retry_after
from twingraph.sparql.remote.endpoints import PASSWORD, TOKEN, USER, Credentials, Endpoints
from twingraph.sparql.remote.layout import Solution, solutions
from twingraph.sparql.result_formats import JSON, N_TRIPLES

_LARGEST: Final = 64 << 20
_SHOWN: Final = 300

_StoreAnswer = tuple[requests.Response, bytes]
"""What a store answers, and its body."""


class RequestTooLarge(ServiceError):
    """The store takes no request of this size (413): send less at once."""


class NoEndpoint(ServiceError):
    """There is nothing at this address (404, 405), or no SPARQL endpoint."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How often and how long, in seconds. `answer` bounds the time to the next byte: a store that
    switches a large release says nothing until it has."""

    attempts: int = 6
    first: float = 0.5
    longest: float = 30.0
    connect: float = 10.0
    answer: float = 900.0


class StoreClient(AbstractContextManager["StoreClient"]):
    """One store. Use as a context manager. Whatever fails arises as ServiceError.

    `scheme` is how the store has been told who we are: bearer, digest, basic, or "" not at all.
    """

    def __init__(
        self, endpoints: Endpoints, credentials: Credentials, patience: Patience | None = None
    ) -> None:
        self.endpoints = endpoints
        self.scheme = "bearer" if credentials.token else ""
        self._credentials = credentials
        self._patience = patience or Patience()
        self._session = requests.Session()
        self._session.headers["User-Agent"] = "twingraph"
        # Set where there is none as well: requests would look for credentials in ~/.netrc.
        self._session.auth = partial(_authorize, credentials.token)

    def __exit__(self, *_: object) -> None:
        self._session.close()

    def select(self, query: str) -> list[Solution]:
        """The solutions of a SELECT query. Raises NoEndpoint where the answer is none."""
        url = self.endpoints.query
        # As a form: Virtuoso 7.2 never answers a query that is posted directly.
        form = urlencode({"query": query}).encode()
        response, body = self._send(url, form, "application/x-www-form-urlencoded", accept=JSON)
        try:
            return solutions(json.loads(body))
        except ValueError as error:
            kind = response.headers.get("Content-Type", "nothing known")
            raise NoEndpoint(
                f"{url} does not answer as a SPARQL store does, but with {kind}"
            ) from error

    def ask(self, pattern: str) -> bool:
        """Whether a pattern has a solution. (Virtuoso answers ASK in a form of its own.)"""
        return bool(self.select(f"SELECT (1 AS ?one) WHERE {{ {pattern} }} LIMIT 1"))

    def takes_updates(self) -> bool:
        """Whether there is anything at the address for updates. Nothing is changed."""
        try:
            url, wait = self.endpoints.update, self._patience.connect
            with self._session.get(url, timeout=wait, allow_redirects=False, stream=True) as found:
                return found.status_code != 404
        except requests.RequestException:
            return False

    def update(self, *operations: str) -> None:
        """Run an update of one operation or more."""
        body = " ;\n".join(operations).encode()
        self._send(self.endpoints.update, body, "application/sparql-update")

    def add(self, graph: str, triples: Iterable[str]) -> None:
        """Add triples, as lines of N-Triples, to a graph. Raises RequestTooLarge."""
        lines = "\n".join(triples)
        if self.endpoints.graphs:
            url = f"{self.endpoints.graphs}?{urlencode({'graph': graph})}"
            self._send(url, f"{lines}\n".encode(), N_TRIPLES)
        else:
            self.update(f"INSERT DATA {{ GRAPH <{graph}> {{\n{lines}\n}} }}")

    def _send(self, url: str, body: bytes, media_type: str, accept: str = "*/*") -> _StoreAnswer:
        patience = self._patience
        headers = {"Content-Type": media_type, "Accept": accept}
        retrying = tenacity.Retrying(**policy(patience.attempts, patience.first, patience.longest))
        try:
            return retrying(self._once, url, body, headers)
        except Again as error:
            raise ServiceError(f"{url}: {error} ({patience.attempts} attempts)") from error

    def _once(self, url: str, body: bytes, headers: Mapping[str, str]) -> _StoreAnswer:
        answer = self._post(url, body, headers)
        if answer[0].status_code == 401 and self._authenticate(answer[0]):
            answer = self._post(url, body, headers)
        if answer[0].status_code >= 300:
            raise self._failure(url.partition("?")[0], *answer)
        return answer

    def _post(self, url: str, body: bytes, headers: Mapping[str, str]) -> _StoreAnswer:
        try:
            with self._session.post(
                url,
                data=body,
                headers=headers,
                timeout=(self._patience.connect, self._patience.answer),
                # Nowhere else than where the operator said.
                allow_redirects=False,
                stream=True,
            ) as response:
                return response, _read(response)
        except requests.exceptions.SSLError as error:
            raise ServiceError(f"{url}: no secure connection: {_root_cause(error)}") from error
        except BROKEN as error:
            raise Again(f"the store cannot be reached: {_root_cause(error)}") from error
        except requests.RequestException as error:
            raise ServiceError(f"{url}: {_root_cause(error)}") from error

    def _authenticate(self, response: requests.Response) -> bool:
        """Say who we are in the way the store asks for; whether that is new to it."""
        if not self._credentials.user or self.scheme:
            return False
        asked = response.headers.get("WWW-Authenticate", "").lower()
        self.scheme = "digest" if "digest" in asked else "basic"
        way = HTTPDigestAuth if self.scheme == "digest" else HTTPBasicAuth
        self._session.auth = way(self._credentials.user, self._credentials.password)
        return True

    def _failure(self, url: str, response: requests.Response, body: bytes) -> Exception:
        status, words = response.status_code, _words(response, body)
        if status in PASSING or b"deadlock" in body[:2000].lower():
            wait = retry_after(response.headers.get("Retry-After"), datetime.now(UTC))
            return Again(f"the store answers {status}: {words}", wait)
        match status:
            case 401:
                return ServiceError(f"{url}: {self._refused()}")
            case 403:
                return ServiceError(f"{url}: the store does not allow it (403): {words}")
            case 404 | 405 | 501:
                return NoEndpoint(
                    f"{url}: there is no such endpoint ({status}); is the address right?"
                )
            case 413:
                return RequestTooLarge(f"{url}: the store takes no request of this size (413)")
        if status < 400:
            target = response.headers.get("Location", "elsewhere")
            return NoEndpoint(f"{url} leads to {target} ({status}): name the address itself")
        return ServiceError(f"{url}: the store answers {status}: {words}")

    def _refused(self) -> str:
        if self._credentials.token:
            return f"the store does not accept the token in {TOKEN} (401)"
        if self._credentials.user:
            return f"the store does not accept {USER} and {PASSWORD} (401)"
        return f"the store asks who you are (401): set {USER} and {PASSWORD}, or {TOKEN}"


def _authorize(token: str, request: requests.PreparedRequest) -> requests.PreparedRequest:
    if token:
        request.headers["Authorization"] = f"Bearer {token}"
    return request


def _read(response: requests.Response) -> bytes:
    """A body that is small, as all are that are asked for here. Raises ServiceError for one that
    does not end."""
    body = bytearray()
    for part in response.iter_content(1 << 16):
        body += part
        if len(body) > _LARGEST:
            raise ServiceError(f"{response.url}: an answer without end")
    return bytes(body)


def _words(response: requests.Response, body: bytes) -> str:
    """What the store says, short and on one line; pages for people say nothing of use."""
    if "html" in response.headers.get("Content-Type", ""):
        return response.reason or "an error page"
    text = body[: _SHOWN * 4].decode("utf-8", "replace")
    return " ".join(text.split())[:_SHOWN] or response.reason


def _root_cause(error: Exception) -> str:
    """The innermost reason, without the addresses of Python objects."""
    inner: Any = error
    while isinstance(inner, Exception):
        deeper = getattr(inner, "reason", None) or (inner.args[0] if inner.args else None)
        if not isinstance(deeper, Exception):
            break
        inner = deeper
    text = str(inner)
    return text.rpartition(">: ")[2] if "object at 0x" in text else text

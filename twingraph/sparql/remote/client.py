"""A store over HTTP: queries, updates and uploads, retried as long as that makes sense.

Everything sent is safe to be sent again: graphs are sets, and updates are written so that a second
run of one changes nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Any, Final
from urllib.parse import urlencode

import requests
import tenacity
from requests.auth import AuthBase, HTTPBasicAuth, HTTPDigestAuth

from twingraph.errors import ServiceError
from twingraph.sparql.remote.endpoints import PASSWORD, TOKEN, USER, Credentials, Endpoints
from twingraph.sparql.remote.layout import Binding, solutions

JSON: Final = "application/sparql-results+json"
_PASSING: Final = frozenset({429, 502, 503, 504})
_BROKEN: Final = (
    requests.ConnectionError,
    requests.Timeout,
    requests.exceptions.ChunkedEncodingError,
    requests.exceptions.ContentDecodingError,
)
_LARGEST: Final = 64 << 20
_SHOWN: Final = 300


class TooLarge(ServiceError):
    """The store takes no request of this size (413): send less at once."""


class NotFound(ServiceError):
    """There is nothing at this address (404, 405), or no SPARQL endpoint."""


class _Passing(Exception):
    """What may be gone in a moment; `wait` is what the store asks for, in seconds."""

    def __init__(self, message: str, wait: float | None = None) -> None:
        self.wait = wait
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Patience:
    """How often and how long. `answer` bounds the time to the next byte: a store that switches a
    large release says nothing until it has."""

    attempts: int = 6
    first: float = 0.5
    longest: float = 30.0
    connect: float = 10.0
    answer: float = 900.0


class _Nobody(AuthBase):
    """No credentials; requests would otherwise look for some in ~/.netrc."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        return request


class _Bearer(AuthBase):
    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class Client:
    """One store. Use as a context manager. Whatever fails arises as ServiceError."""

    def __init__(
        self, endpoints: Endpoints, credentials: Credentials, patience: Patience | None = None
    ) -> None:
        self.endpoints = endpoints
        self._credentials = credentials
        self._patience = patience or Patience()
        self._session = requests.Session()
        self._session.headers["User-Agent"] = "twingraph"
        self._session.auth = _Bearer(credentials.token) if credentials.token else _Nobody()

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._session.close()

    @property
    def scheme(self) -> str:
        """How the store has been told who we are: bearer, digest, basic, or "" not at all."""
        ways = {_Bearer: "bearer", HTTPDigestAuth: "digest", HTTPBasicAuth: "basic"}
        return ways.get(type(self._session.auth), "")

    def select(self, query: str) -> list[Binding]:
        """The solutions of a SELECT query."""
        return solutions(self._query(query))

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
        self._send(
            self.endpoints.update,
            " ;\n".join(operations).encode(),
            {"Content-Type": "application/sparql-update"},
        )

    def add(self, graph: str, triples: Iterable[str]) -> None:
        """Add triples, as lines of N-Triples, to a graph. Raises TooLarge."""
        body = "\n".join(triples)
        if not self.endpoints.graphs:
            self.update(f"INSERT DATA {{ GRAPH <{graph}> {{\n{body}\n}} }}")
            return
        self._send(
            self.endpoints.graphs,
            f"{body}\n".encode(),
            {"Content-Type": "application/n-triples"},
            {"graph": graph},
        )

    def _query(self, query: str) -> Any:
        # As a form: Virtuoso 7.2 never answers a query that is posted directly.
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": JSON}
        url = self.endpoints.query
        response = self._send(url, urlencode({"query": query}).encode(), headers)
        try:
            return response.json()
        except ValueError as error:
            kind = response.headers.get("Content-Type", "nothing known")
            raise NotFound(
                f"{url} does not answer as a SPARQL store does, but with {kind}"
            ) from error

    def _send(
        self,
        url: str,
        body: bytes,
        headers: Mapping[str, str],
        parameters: Mapping[str, str] | None = None,
    ) -> requests.Response:
        patience = self._patience
        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(_Passing),
            stop=tenacity.stop_after_attempt(patience.attempts),
            wait=_wait(
                tenacity.wait_exponential(patience.first, patience.longest)
                + tenacity.wait_random(0, patience.first)
            ),
            reraise=True,
        )
        try:
            return retrying(self._once, url, body, headers, parameters)
        except _Passing as error:
            raise ServiceError(f"{url}: {error} ({patience.attempts} attempts)") from error

    def _once(
        self,
        url: str,
        body: bytes,
        headers: Mapping[str, str],
        parameters: Mapping[str, str] | None,
    ) -> requests.Response:
        response = self._posted(url, body, headers, parameters)
        if response.status_code == 401 and self._authenticate(response):
            response = self._posted(url, body, headers, parameters)
        self._judge(url, response)
        return response

    def _posted(
        self,
        url: str,
        body: bytes,
        headers: Mapping[str, str],
        parameters: Mapping[str, str] | None,
    ) -> requests.Response:
        patience = self._patience
        try:
            response = self._session.post(
                url,
                data=body,
                params=parameters,
                headers=dict(headers),
                timeout=(patience.connect, patience.answer),
                # Nowhere else than where the operator said.
                allow_redirects=False,
                stream=True,
            )
            _read(response)
            return response
        except requests.exceptions.SSLError as error:
            raise ServiceError(f"{url}: no secure connection: {_reason(error)}") from error
        except _BROKEN as error:
            raise _Passing(f"the store cannot be reached: {_reason(error)}") from error
        except requests.RequestException as error:
            raise ServiceError(f"{url}: {_reason(error)}") from error

    def _authenticate(self, response: requests.Response) -> bool:
        """Say who we are in the way the store asks for; whether that is new to it."""
        if not self._credentials.user or not isinstance(self._session.auth, _Nobody):
            return False
        asked = response.headers.get("WWW-Authenticate", "").lower()
        way = HTTPDigestAuth if "digest" in asked else HTTPBasicAuth
        self._session.auth = way(self._credentials.user, self._credentials.password)
        return True

    def _judge(self, url: str, response: requests.Response) -> None:
        status = response.status_code
        if status < 300:
            return
        if status in _PASSING or "deadlock" in response.text[:2000].lower():
            wait = retry_after(response.headers.get("Retry-After"), datetime.now(UTC))
            raise _Passing(f"the store answers {status}: {_words(response)}", wait)
        if status == 401:
            raise ServiceError(f"{url}: {self._who()}")
        if status == 403:
            raise ServiceError(f"{url}: the store does not allow it (403): {_words(response)}")
        if status in (404, 405, 501):
            raise NotFound(f"{url}: there is no such endpoint ({status}); is the address right?")
        if status == 413:
            raise TooLarge(f"{url}: the store takes no request of this size (413)")
        if status < 400:
            target = response.headers.get("Location", "elsewhere")
            raise NotFound(f"{url} leads to {target} ({status}): name the address itself")
        raise ServiceError(f"{url}: the store answers {status}: {_words(response)}")

    def _who(self) -> str:
        if self._credentials.token:
            return f"the store does not accept the token in {TOKEN} (401)"
        if self._credentials.user:
            return f"the store does not accept {USER} and {PASSWORD} (401)"
        return f"the store asks who you are (401): set {USER} and {PASSWORD}, or {TOKEN}"


def _read(response: requests.Response) -> None:
    """Read a body that is small, as all are that are asked for here.

    Raises ServiceError for one that does not end.
    """
    parts, size = [], 0
    for part in response.iter_content(1 << 16):
        parts.append(part)
        size += len(part)
        if size > _LARGEST:
            response.close()
            raise ServiceError(f"{response.url}: an answer without end")
    response._content = b"".join(parts)


def _wait(backoff: Callable[[tenacity.RetryCallState], float]) -> Any:
    def wait(state: tenacity.RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = error.wait if isinstance(error, _Passing) else None
        return max(backoff(state), min(asked or 0.0, 120.0))

    return wait


def retry_after(value: str | None, now: datetime) -> float | None:
    """The seconds of a Retry-After header (RFC 9110, section 10.2.3), or None."""
    if value is None:
        return None
    try:
        seconds = float(value)
        return seconds if math.isfinite(seconds) and seconds >= 0 else None
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(value) - now).total_seconds())
    except (ValueError, TypeError):
        return None


def _words(response: requests.Response) -> str:
    """What the store says, short and on one line; pages for people say nothing of use."""
    if "html" in response.headers.get("Content-Type", ""):
        return response.reason or "an error page"
    return " ".join(response.text[: _SHOWN * 4].split())[:_SHOWN] or response.reason


def _reason(error: Exception) -> str:
    """The innermost reason, without the addresses of Python objects."""
    inner: object = error
    while isinstance(inner, Exception):
        deeper = getattr(inner, "reason", None) or (inner.args[0] if inner.args else None)
        if not isinstance(deeper, Exception):
            break
        inner = deeper
    text = str(inner)
    return text.rpartition(">: ")[2] if "object at 0x" in text else text

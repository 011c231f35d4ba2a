"""A store asked by a running service: queries alone, bounded, every failure in words that a
stranger may read."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import aiohttp
import tenacity

from twingraph.retries import Again, policy, retry_after
from twingraph.sparql.remote.endpoints import Credentials

ASK_AGAIN: Final = 5
"""Seconds after which a client may ask again, where nobody has said more."""
_LONGEST_WAIT: Final = 3600
_WORDS: Final = 300


class StoreFailed(Exception):
    """The store gave no answer that can be passed on: the status that the service's own client
    gets, what the store did, and the seconds after which to ask again, where that may help."""

    def __init__(self, status: int, message: str, retry_after: int | None = None) -> None:
        self.status, self.retry_after = status, retry_after
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class StoreReply:
    """What the store said: the media type, the body as far as it was read, whether that is all,
    and the rows after which the store says it has cut."""

    media_type: str
    body: bytes
    whole: bool
    most_rows: int | None


class AsyncStoreClient(AbstractAsyncContextManager["AsyncStoreClient"]):
    """A store's endpoint for queries, asked as `scheme` says (see StoreClient). Open it in a
    running event loop. No answer is read beyond `most` bytes."""

    def __init__(
        self, url: str, credentials: Credentials, scheme: str, connections: int, most: int
    ) -> None:
        self._url, self._most = url, most
        user, password = credentials.user, credentials.password
        digest = [aiohttp.DigestAuthMiddleware(user, password)] if scheme == "digest" else []
        headers = {"User-Agent": "twingraph"}
        if scheme == "bearer":
            headers["Authorization"] = f"Bearer {credentials.token}"
        self._session = aiohttp.ClientSession(
            headers=headers,
            auth=aiohttp.BasicAuth(user, password, "utf-8") if scheme == "basic" else None,
            middlewares=digest,
            connector=aiohttp.TCPConnector(limit=connections),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None, connect=10),
        )

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()

    async def query(
        self, fields: Sequence[tuple[str, str]], accept: str, expected: Sequence[str]
    ) -> StoreReply:
        """Post a query as a form; the answer is of one of the expected media types. Raises
        StoreFailed."""
        # A connection that was left open may be closed at the very moment it is used. A store that
        # is busy is not asked again from here: whoever waits is told when to come back.
        retrying = tenacity.AsyncRetrying(**policy(2, 0.05, 0.05))
        try:
            return await retrying(self._once, list(fields), accept, expected)
        except Again as error:
            raise StoreFailed(503, str(error), ASK_AGAIN) from error

    async def _once(
        self, fields: list[tuple[str, str]], accept: str, expected: Sequence[str]
    ) -> StoreReply:
        form, headers = aiohttp.FormData(fields), {"Accept": accept}
        try:
            async with self._session.post(
                self._url, data=form, headers=headers, allow_redirects=False
            ) as response:
                await _check_status(response)
                return await self._read(response, expected)
        except (aiohttp.ClientSSLError, aiohttp.ClientConnectorCertificateError) as error:
            raise StoreFailed(502, "has no secure connection") from error
        except aiohttp.ClientPayloadError as error:
            raise StoreFailed(502, "broke its answer off") from error
        except (aiohttp.ClientConnectionError, OSError) as error:
            raise Again("cannot be reached") from error
        except (aiohttp.ClientError, ValueError) as error:
            raise StoreFailed(502, "does not answer as HTTP wants it") from error

    async def _read(self, response: aiohttp.ClientResponse, expected: Sequence[str]) -> StoreReply:
        media_type = response.content_type
        if media_type not in expected:
            raise StoreFailed(502, f"answers with {media_type[:80]}, which is no result")
        if response.headers.get("X-SQL-State", "").startswith("S1TAT"):
            raise StoreFailed(504, "ran out of time midway", ASK_AGAIN)
        body = bytearray()
        async for part in response.content.iter_any():
            body += part
            if len(body) > self._most:
                break
        rows = response.headers.get("X-SPARQL-MaxRows", "")
        most_rows = int(rows) if rows.isdecimal() else None
        return StoreReply(media_type, bytes(body), len(body) <= self._most, most_rows)


async def _check_status(response: aiohttp.ClientResponse) -> None:
    status = response.status
    if status == 200:
        return
    if 300 <= status < 400:
        raise StoreFailed(502, "leads elsewhere, where it is not followed")
    if status in (401, 403):
        raise StoreFailed(502, f"does not let this service in ({status})")
    if status in (429, 503):
        asked = retry_after(response.headers.get("Retry-After"), datetime.now(UTC))
        wait = ASK_AGAIN if asked is None else int(min(asked, _LONGEST_WAIT))
        raise StoreFailed(503, "is busy", wait)
    if status == 504:
        raise StoreFailed(504, "ran out of time", ASK_AGAIN)
    if status == 400 and response.content_type == "text/plain":
        words = (await response.content.read(4 * _WORDS)).decode("utf-8", "replace")
        raise StoreFailed(400, f"does not take this query: {words.partition(chr(10))[0][:_WORDS]}")
    raise StoreFailed(502, f"failed ({status})")

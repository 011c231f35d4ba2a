"""Pages, lists and documents travel compressed (gzip) where the client takes that.

Files have their own way, in `files`: they are sent in ranges, and some lie compressed already.
"""

from __future__ import annotations

import asyncio
from typing import Final

from isal import igzip, isal_zlib
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from twingraph.serve.negotiation import accepted_codings, header

_WORTH_IT: Final = 1000
_ON_THE_LOOP: Final = 100_000
"""Bytes that are compressed in less than a millisecond: above, a thread does it."""
_LEVEL: Final = 2
_GZIP: Final = 31
"""zlib's number for the window of 32 KiB in the form of gzip."""
# Not pictures: Chromium cancels the download of one that it has to unpack, where another came
# before it from the same page.
_MEDIA_TYPES: Final = ("text/", "application/")


class Compression:
    """ASGI middleware: compresses the responses that are text, whole or piece by piece as they are
    made.

    The entity tag of a compressed response is a weak one, as its bytes are others (RFC 9110,
    section 8.8.1); If-None-Match compares weakly. All of them say that they depend on the codings
    that the client takes.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        taken = accepted_codings(header(Request(scope), "accept-encoding") or "")
        start: Message | None = None
        packing = None

        async def compressed(message: Message) -> None:
            nonlocal start, packing
            if message["type"] == "http.response.start":
                start = message
                return
            if start:
                first, start = start, None
                headers = MutableHeaders(raw=first["headers"])
                if _depends_on_coding(first, message):
                    headers["Vary"] = f"{headers.get('Vary', 'Accept')}, Accept-Encoding"
                    tag = headers.get("ETag", "W/")
                    if "gzip" in taken and not tag.startswith("W/"):
                        headers["ETag"] = f"W/{tag}"
                    if "gzip" in taken and message.get("body"):
                        headers["Content-Encoding"] = "gzip"
                        if message.get("more_body"):
                            packing = isal_zlib.compressobj(_LEVEL, wbits=_GZIP)
                            del headers["Content-Length"]
                        else:
                            message = {**message, "body": await gzipped(message["body"])}
                            headers["Content-Length"] = str(len(message["body"]))
                await send(first)
            if packing:
                body = packing.compress(message.get("body", b""))
                end = b"" if message.get("more_body") else packing.flush()
                message = {**message, "body": body + end}
            await send(message)

        await self._app(scope, receive, compressed)


def _depends_on_coding(start: Message, body: Message) -> bool:
    """Whether a response is one that is compressed, or says that the client has such a one."""
    headers = MutableHeaders(raw=start["headers"])
    if "Accept-Encoding" in headers.get("Vary", "") or "Content-Encoding" in headers:
        return False
    return start["status"] == 304 or (
        start["status"] == 200
        and len(body.get("body", b"")) >= _WORTH_IT
        and headers.get("Content-Type", "").startswith(_MEDIA_TYPES)
    )


async def gzipped(body: bytes) -> bytes:
    """Some content compressed, the same bytes each time."""
    if len(body) < _ON_THE_LOOP:
        return igzip.compress(body, _LEVEL, mtime=0)
    return await asyncio.to_thread(igzip.compress, body, _LEVEL, mtime=0)

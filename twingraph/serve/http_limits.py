"""What a client may make the service hold, and for how long.

uvicorn itself bounds the number of connections and how long one may stay idle between requests. It
waits for ever for the end of a request's head, takes a head of any length, keeps a connection open
for the rest of a body that nobody reads, and lets one address take all connections: nothing in its
settings, and no ASGI application, sees a request before its head is whole. So `BoundedConnection`
is uvicorn's own protocol with bounds (408, 429, 431). `RequestLimits` bounds what comes after the
head (408, 413). A client that does not read its answer is the kernel's to give up.
"""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from collections.abc import Callable, Collection
from ipaddress import ip_address, ip_network
from typing import Any, Final, cast

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from twingraph.serve.clients import client_of
from twingraph.sparql.query_engine import CLIENT

HEAD_BYTES: Final = 1 << 16
"""Request line and headers; a query in a GET must fit."""
HEAD_SECONDS: Final = 10.0
BODY_BYTES: Final = 1 << 20
BODY_SECONDS: Final = 20.0
STALL_SECONDS: Final = 25.0
"""How long a client may leave an answer unread."""
LINGER_SECONDS: Final = 2.0
"""How long what still arrives is thrown away after a last answer: a client that is still sending
would not read it otherwise."""
FROM_ONE_CLIENT: Final = 100
"""Connections at once."""

_END_OF_HEAD: Final = b"\r\n\r\n"


class Connections:
    """How many connections each client has. Those from a trusted proxy are many clients', and not
    counted."""

    def __init__(self, trusted: Collection[str] = ()) -> None:
        self._trusted = [ip_network(one) for one in trusted]
        self._open: Counter[str] = Counter()

    def opened(self, host: str) -> bool:
        """Count one more; whether there may be one more."""
        client = client_of(host)
        self._open[client] += 1
        return self._open[client] <= FROM_ONE_CLIENT or self._is_trusted(host)

    def closed(self, host: str) -> None:
        """Count one less."""
        client = client_of(host)
        self._open[client] -= 1
        if not self._open[client]:
            del self._open[client]

    def _is_trusted(self, host: str) -> bool:
        try:
            return any(ip_address(host) in network for network in self._trusted)
        except ValueError:
            return False


class BoundedConnection(HttpToolsProtocol):
    """A connection: uvicorn's, which gets a bounded head in bounded time.

    While no request is being answered a deadline runs, for the next head. What the parser calls as
    it reads (`on_…`) says where in a request it stands.
    """

    def __init__(self, connections: Connections, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._connections = connections
        self._host = ""
        self._in_head = self._whole = True
        """Whether it waits for a head or its end, and whether nothing of a body is to come."""
        self._answering = 0
        self._received = 0
        self._tail = b""
        self._ending = False
        self._deadline: asyncio.TimerHandle | None = None

    # --- the socket --------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        buffer = _WriteBuffer(cast(asyncio.Transport, transport), self._finish, self.loop)
        super().connection_made(cast(asyncio.Transport, buffer))
        self._host = self.client[0] if self.client else ""
        if self._connections.opened(self._host):
            self._expect_head()
        else:
            self._refuse(b"429 Too Many Requests", b"too many connections from one address\n")

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_clock()
        self._connections.closed(self._host)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._ending:
            return
        if self._in_head:
            self._received += self._length_in_head(data)
        super().data_received(data)
        if self._in_head and self._received > HEAD_BYTES:
            self._too_long()

    def _length_in_head(self, data: bytes) -> int:
        seen = self._tail + data
        end = seen.find(_END_OF_HEAD)
        self._tail = seen[-3:]
        return len(data) if end < 0 else end - len(seen) + len(data)

    # --- the parser --------------------------------------------------------------------------

    def on_message_begin(self) -> None:
        """The first byte of a request is there."""
        self._whole = False
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Its head is."""
        length = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
        if max(length, self._received) > HEAD_BYTES:
            self._too_long()
        if self._ending:
            return
        self._in_head, self._received, self._tail = False, 0, b""
        self._answering += 1
        self._stop_clock()
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A piece of its body is."""
        if not self._ending:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """All of it is."""
        self._in_head = self._whole = True
        if not self._ending:
            super().on_message_complete()

    def on_response_complete(self) -> None:
        """An answer was written."""
        self._answering -= 1
        super().on_response_complete()
        if not self._whole and not self._answering:
            self.transport.close()  # Nobody reads the rest of its body.
        elif not self._answering and not self.transport.is_closing():
            self._expect_head()

    # --- ends --------------------------------------------------------------------------------

    def _expect_head(self) -> None:
        self._stop_clock()
        self._deadline = self.loop.call_later(HEAD_SECONDS, self._too_slow)

    def _stop_clock(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _too_long(self) -> None:
        if self._answering:  # It would stand in the middle of the answer.
            self.transport.abort()
        elif not self._ending:
            self._refuse(b"431 Request Header Fields Too Large", b"the request is too long\n")

    def _too_slow(self) -> None:
        self._refuse(b"408 Request Timeout", b"the request took too long to arrive\n")

    def _refuse(self, status: bytes, message: bytes) -> None:
        self.transport.write(
            b"HTTP/1.1 %b\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: %d\r\n"
            b"connection: close\r\n\r\n%b" % (status, len(message), message)
        )
        self.transport.close()

    def _finish(self, transport: asyncio.Transport) -> None:
        """Close, all being written. Where a client still sends, closing at once would throw away
        what it has not read: say that this is the end, and give it time to see so."""
        self._ending = True
        self._stop_clock()
        if self._whole or not transport.can_write_eof():
            transport.close()
            return
        self.flow.resume_reading()
        transport.write_eof()
        self._deadline = self.loop.call_later(LINGER_SECONDS, transport.abort)


class _WriteBuffer:
    """Stands for a transport, and sends what is written in one turn of the loop at once.

    uvicorn writes the head of a response and its body one after the other, and uvloop sends each as
    it comes: two system calls and two packets, of which the client wakes up twice. For an answer
    that is remembered that is a quarter of all the time.
    """

    def __init__(
        self,
        transport: asyncio.Transport,
        finish: Callable[[asyncio.Transport], None],
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self._transport = transport
        self._finish = finish
        self._loop = loop
        self._closing = False
        self._written: list[bytes] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Send soon."""
        if self._closing:
            return
        if not self._written:
            self._loop.call_soon(self.flush)
        self._written.append(data)

    def flush(self) -> None:
        """Send now."""
        written, self._written = self._written, []
        if written and not self._transport.is_closing():
            self._transport.write(b"".join(written))

    def close(self) -> None:
        """Send, then close."""
        if not self._closing:
            self.flush()
            self._closing = True
            self._finish(self._transport)

    def is_closing(self) -> bool:
        """Whether it was closed."""
        return self._closing or self._transport.is_closing()


class RequestLimits:
    """ASGI middleware: a body is bounded in length and must arrive in bounded time. Whoever reads
    another raises HTTPException (408, 413). What is done for the request is done for its client."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        CLIENT.set(client_of(scope["client"][0]) if scope.get("client") else "")
        if scope["method"] not in ("GET", "HEAD"):  # The body of these is read by nobody.
            receive = _bounded_receive(scope, receive)
        await self._app(scope, receive, send)


_CLOSE: Final = {"Connection": "close"}


def _bounded_receive(scope: Scope, receive: Receive) -> Receive:
    """A channel on which a bounded body arrives, and after it that the client has left."""
    declared = int(Headers(scope=scope).get("content-length", 0))
    arrived, deadline, whole = 0, 0.0, False

    async def bounded() -> Message:
        nonlocal arrived, deadline, whole
        if whole:
            return await receive()
        if declared > BODY_BYTES:
            raise _too_large()
        deadline = deadline or asyncio.get_running_loop().time() + BODY_SECONDS
        try:
            async with asyncio.timeout_at(deadline):
                message = await receive()
        except TimeoutError as error:
            raise HTTPException(408, "the request took too long to arrive", _CLOSE) from error
        if message["type"] == "http.disconnect":
            raise HTTPException(400, "the request was broken off", _CLOSE)
        arrived += len(message.get("body", b""))
        if arrived > BODY_BYTES:
            raise _too_large()
        whole = not message.get("more_body")
        return message

    return bounded


def _too_large() -> HTTPException:
    return HTTPException(413, f"a request may have {BODY_BYTES} bytes", _CLOSE)


def give_up_on_stalled(listener: socket.socket) -> None:
    """Let the kernel break off a connection that was accepted here, where its client leaves what
    was sent unread for STALL_SECONDS."""
    if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux (RFC 5482); elsewhere TCP's own patience.
        milliseconds = int(STALL_SECONDS * 1000)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, milliseconds)

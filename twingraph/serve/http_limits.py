"""What a client may make the service hold, and for how long.

uvicorn itself bounds the number of connections and how long one may stay idle between requests. It
waits for ever for the end of a request's head and takes a head of any length: nothing in its
settings, and no ASGI application, sees a request before its head is whole. So `BoundedConnection`
stands between the socket and uvicorn's own protocol (408, 431). `RequestLimits` bounds what comes
after the head (408, 413). A client that does not read its answer is the kernel's to give up.
"""

from __future__ import annotations

import asyncio
import socket
from typing import Any, Final, cast

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

HEAD_BYTES: Final = 1 << 16
"""Request line and headers; a query in a GET must fit."""
HEAD_SECONDS: Final = 10.0
BODY_BYTES: Final = 1 << 20
BODY_SECONDS: Final = 30.0
STALL_SECONDS: Final = 30.0
"""How long a client may leave an answer unread."""

_CONNECTION: Final = "twingraph.connection"
_END_OF_HEAD: Final = b"\r\n\r\n"


class BoundedConnection(asyncio.Protocol):
    """A connection: uvicorn's protocol, which gets no more than a bounded head, in bounded time.

    While no request is being answered a deadline runs, for its head. RequestLimits says, by way of
    the state of each request's scope, when one begins and ends.
    """

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        self._loop = _loop or asyncio.get_running_loop()
        state = {**app_state, _CONNECTION: self}
        self._http = HttpToolsProtocol(config, server_state, state, self._loop)
        self._transport: asyncio.Transport
        self._requests = 0
        self._in_head = True
        self._received = 0
        self._tail = b""
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        buffer = _WriteBuffer(cast(asyncio.Transport, transport), self._loop)
        self._transport = cast(asyncio.Transport, buffer)
        self._http.connection_made(self._transport)
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._end_head()
        self._http.connection_lost(exc)

    def eof_received(self) -> None:
        self._http.eof_received()

    def pause_writing(self) -> None:
        self._http.pause_writing()

    def resume_writing(self) -> None:
        self._http.resume_writing()

    def data_received(self, data: bytes) -> None:
        if self._in_head:
            self._count_head(data)
        else:
            self._received += len(data)
        if self._in_head and self._received > HEAD_BYTES:
            self._refuse(b"431 Request Header Fields Too Large", b"the request is too long\n")
        elif self._received > HEAD_BYTES + BODY_BYTES:
            # Beyond any body: the heads of requests that are to wait for the answer to this one.
            self._transport.abort()
        else:
            self._http.data_received(data)

    def request_begins(self) -> None:
        """An application was called: the head is whole."""
        self._requests += 1
        self._end_head()

    def request_ends(self) -> None:
        """The application has answered."""
        self._requests -= 1
        if not self._requests and not self._transport.is_closing():
            self._expect_head()

    def _count_head(self, data: bytes) -> None:
        seen = self._tail + data
        end = seen.find(_END_OF_HEAD)
        self._tail = seen[-3:]
        self._received += len(data) if end < 0 else end - len(seen) + len(data)
        if end >= 0 and self._received <= HEAD_BYTES:
            self._end_head()

    def _expect_head(self) -> None:
        self._end_head()
        self._in_head, self._received, self._tail = True, 0, b""
        self._deadline = self._loop.call_later(HEAD_SECONDS, self._too_slow)

    def _end_head(self) -> None:
        self._in_head = False
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _too_slow(self) -> None:
        self._refuse(b"408 Request Timeout", b"the request took too long to arrive\n")

    def _refuse(self, status: bytes, message: bytes) -> None:
        self._end_head()
        self._transport.write(
            b"HTTP/1.1 %b\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: %d\r\n"
            b"connection: close\r\n\r\n%b" % (status, len(message), message)
        )
        self._transport.close()


class _WriteBuffer:
    """Stands for a transport, and sends what is written in one turn of the loop at once.

    uvicorn writes the head of a response and its body one after the other, and uvloop sends each as
    it comes: two system calls and two packets, of which the client wakes up twice. For an answer
    that is remembered that is a quarter of all the time.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._written: list[bytes] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Send soon."""
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
        self.flush()
        self._transport.close()


class RequestLimits:
    """ASGI middleware: a body is bounded in length and must arrive in bounded time. Whoever reads
    another raises HTTPException (408, 413)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] not in ("GET", "HEAD"):  # The body of these is read by nobody.
            receive = _bounded_receive(scope, receive)
        connection = scope["state"].get(_CONNECTION)
        if connection is None:
            await self._app(scope, receive, send)
            return
        connection.request_begins()
        try:
            await self._app(scope, receive, send)
        finally:
            connection.request_ends()


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

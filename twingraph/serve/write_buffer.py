"""A transport that sends what is written in one turn of the loop at once.

uvicorn writes the head of a response and its body one after the other, and uvloop sends each as it
comes: two system calls and two packets, of which the client wakes up twice. For an answer that is
remembered that is a quarter of all the time.
"""

from __future__ import annotations

import asyncio
from typing import Any


class WriteBuffer:
    """Stands for a transport, before it."""

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

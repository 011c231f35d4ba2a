"""Frames between the service and a worker: one byte of kind, four of length, the payload."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

JOB: Final = b"J"
"""To the worker: a Job."""
HEAD: Final = b"H"
"""From the worker: status and headers, before the first byte of the answer."""
DATA: Final = b"D"
END: Final = b"E"
"""The answer is complete; what it cost."""
BROKEN: Final = b"B"
"""The answer failed after its head was sent: what was delivered must not look complete."""

_PREFIX = struct.Struct("!cI")
CHUNK: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class Job:
    """A query as a worker gets it. Media types are None where the client accepts none of a kind;
    graphs are None where the request names none."""

    query: str
    solutions: str | None
    graph: str | None
    default_graphs: list[str] | None = None
    named_graphs: list[str] | None = None

    def encoded(self) -> bytes:
        """The job as a frame."""
        fields = (
            self.query,
            self.solutions,
            self.graph,
            self.default_graphs,
            self.named_graphs,
        )
        return frame(JOB, json.dumps(fields).encode())

    @classmethod
    def decoded(cls, payload: bytes) -> Job:
        """The job of a frame's payload."""
        return cls(*json.loads(payload))


def frame(kind: bytes, payload: bytes = b"") -> bytes:
    """One frame."""
    return _PREFIX.pack(kind, len(payload)) + payload


def note(kind: bytes, content: Any) -> bytes:
    """One frame that holds JSON."""
    return frame(kind, json.dumps(content).encode())


class Frames:
    """Frames out of bytes that arrive in pieces of any size."""

    def __init__(self) -> None:
        self._pending = b""

    def feed(self, data: bytes) -> Iterator[tuple[bytes, bytes]]:
        """Take bytes in; give the frames that are complete, as (kind, payload)."""
        data = self._pending + data if self._pending else data
        position = 0
        while len(data) - position >= _PREFIX.size:
            kind, length = _PREFIX.unpack_from(data, position)
            end = position + _PREFIX.size + length
            if end > len(data):
                break
            yield kind, data[position + _PREFIX.size : end]
            position = end
        self._pending = data[position:]

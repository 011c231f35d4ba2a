"""Frames between the service and a worker: one byte of kind, four of length, the payload."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import orjson

JOB: Final = b"J"
"""To the worker: a Job."""
WHOLE: Final = b"W"
"""From the worker: a whole answer in one frame, as most are."""
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
    default_graphs: tuple[str, ...] | None = None
    named_graphs: tuple[str, ...] | None = None

    def encoded(self) -> bytes:
        """The job as a frame."""
        fields = (
            self.query,
            self.solutions,
            self.graph,
            self.default_graphs,
            self.named_graphs,
        )
        return frame(JOB, orjson.dumps(fields))

    @classmethod
    def decoded(cls, payload: bytes) -> Job:
        """The job of a frame's payload."""
        return cls(*orjson.loads(payload))


def frame(kind: bytes, payload: bytes = b"") -> bytes:
    """One frame."""
    return _PREFIX.pack(kind, len(payload)) + payload


def note(kind: bytes, content: Any) -> bytes:
    """One frame that holds JSON."""
    return frame(kind, json.dumps(content).encode())


_WHOLE = struct.Struct("!HIBB")


def whole(status: int, dirtied: int, media_type: str, cut: str, body: bytes) -> bytes:
    """A whole answer as a frame: status and pages dirtied, Content-Type, cut, body. In binary: it
    is written and read for each look-up."""
    kind, statement = media_type.encode(), cut.encode()
    fixed = _WHOLE.pack(status, min(dirtied >> 12, 0xFFFFFFFF), len(kind), len(statement))
    return frame(WHOLE, b"".join([fixed, kind, statement, body]))


def whole_parts(payload: bytes) -> tuple[int, int, str, str, bytes]:
    """What `whole` was given."""
    status, pages, kind, statement = _WHOLE.unpack_from(payload)
    middle = _WHOLE.size + kind
    end = middle + statement
    media_type, cut = payload[_WHOLE.size : middle].decode(), payload[middle:end].decode()
    return status, pages << 12, media_type, cut, payload[end:]


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

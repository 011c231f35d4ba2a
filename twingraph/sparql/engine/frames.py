"""Frames between the service and a query process: one byte of kind, four of length, the payload."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

import orjson

from twingraph.sparql.query_engine import Answer, SparqlRequest

REQUEST: Final = b"Q"
"""To the process: a SparqlRequest."""
READY: Final = b"R"
"""From the process, once: it takes requests from now on. Its id."""
ANSWER: Final = b"A"
"""From the process: a whole answer, as most are: its head on a line, then its body."""
HEAD: Final = b"H"
"""From the process: status and headers of an answer too large to be held back."""
DATA: Final = b"D"
"""A piece of its body."""
END: Final = b"E"
"""It is complete."""

_PREFIX = struct.Struct("!cI")
CHUNK: Final = 1 << 16


def frame(kind: bytes, payload: bytes = b"") -> bytes:
    """One frame."""
    return _PREFIX.pack(kind, len(payload)) + payload


def request_frame(request: SparqlRequest) -> bytes:
    """A request as a frame."""
    return frame(REQUEST, orjson.dumps(request))


def read_request(payload: bytes) -> SparqlRequest:
    """The request of a frame's payload."""
    return SparqlRequest(**orjson.loads(payload))


def answer_frame(
    kind: bytes, status: int, headers: dict[str, str], copied: int, body: bytes = b""
) -> bytes:
    """An answer, or the head of one, with the bytes of memory that the process has copied."""
    return frame(kind, b"%b\n%b" % (orjson.dumps((status, headers, copied)), body))


def read_answer(payload: bytes) -> tuple[Answer, int]:
    """What `answer_frame` was given."""
    head, _, body = payload.partition(b"\n")
    status, headers, copied = orjson.loads(head)
    return Answer(status, headers, body), copied


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

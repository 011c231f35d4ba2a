"""Text or bytes to a binary file, piece by piece, in memory that does not grow with the graph."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import BinaryIO

_PIECES_AT_ONCE = 4096


def write_text(pieces: Iterable[str], out: BinaryIO) -> None:
    """Write pieces of text as UTF-8, some thousand at a time."""
    rest = iter(pieces)
    while some := list(islice(rest, _PIECES_AT_ONCE)):
        out.write("".join(some).encode())


def write_bytes(pieces: Iterable[bytes], out: BinaryIO) -> None:
    """Write pieces of bytes, some thousand at a time."""
    rest = iter(pieces)
    while some := list(islice(rest, _PIECES_AT_ONCE)):
        out.write(b"".join(some))

"""Text or bytes to a binary file, piece by piece, in memory that does not grow with the graph."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import BinaryIO, Protocol, TypeVar

from twingraph.rdf.terms import Description

T = TypeVar("T")

_PIECES_AT_ONCE = 4096


class GraphWriter(Protocol):
    """Writes a graph that it is given bit by bit, so that several can be written in one walk."""

    def add(self, descriptions: Iterable[Description]) -> None:
        """Write some more descriptions."""

    def end(self) -> None:
        """Write what stands after the last of them."""


def some_at_a_time(items: Iterable[T]) -> Iterator[Sequence[T]]:
    """Items in lists of some thousand."""
    rest = iter(items)
    while some := list(islice(rest, _PIECES_AT_ONCE)):
        yield some


def write_text(pieces: Iterable[str], out: BinaryIO) -> None:
    """Write pieces of text as UTF-8, some thousand at a time."""
    for some in some_at_a_time(pieces):
        out.write("".join(some).encode())


def write_bytes(pieces: Iterable[bytes], out: BinaryIO) -> None:
    """Write pieces of bytes, some thousand at a time."""
    for some in some_at_a_time(pieces):
        out.write(b"".join(some))

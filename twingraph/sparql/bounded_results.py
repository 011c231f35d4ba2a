"""Results written out as far as the limits go, with a word on where they are cut."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import IO, Any, Protocol, cast

from pyoxigraph import Triple, serialize

from twingraph.namespaces import VOCABULARIES
from twingraph.sparql import result_formats as formats
from twingraph.sparql.limits import Limits
from twingraph.sparql.result_writers import ROWS


class Unanswerable(Exception):
    """The query gets an error instead of a result: `status` and the message, as plain text."""

    def __init__(self, status: int, message: str) -> None:
        self.status = status
        super().__init__(message)


class Out(Protocol):
    """Where an answer is written to; `hold_all`: send nothing
    before the answer is complete, for its format cannot say at its end that it is cut."""

    total: int

    def head(self, status: int, media_type: str) -> None: ...
    def hold_all(self) -> None: ...
    def write(self, data: bytes) -> int: ...
    def end(self, cut: str = "") -> None: ...


def acceptable(media_type: str | None, offers: Iterable[str]) -> str:
    """The media type. Raises Unanswerable (406) where the client accepts none of the offers."""
    if media_type is None:
        raise Unanswerable(406, f"this kind of query is answered as: {', '.join(offers)}")
    return media_type


def write_solutions(reply: Out, limits: Limits, media_type: str, solutions: Any) -> None:
    """Write solutions in a format, as far as the limits go, and say where they are cut."""
    rows = ROWS[formats.SOLUTIONS[media_type]]()
    if not rows.tells:
        reply.hold_all()
    reply.head(200, media_type)
    reply.write(rows.opening([variable.value for variable in solutions.variables]).encode())
    cut, row, write = "", rows.row, reply.write
    for number, solution in enumerate(solutions):
        if number >= limits.rows or reply.total >= limits.size:
            cut = _cut_after(number)
            break
        write(row(solution).encode())
    reply.write(rows.closing(cut).encode())
    reply.end(cut)


def _cut_after(number: int) -> str:
    """The statement that a result is cut."""
    return f"first {number} of more"


class _Cut:
    """An iterable of triples that ends at the limits and knows whether there was more."""

    def __init__(self, triples: Iterator[Triple], reply: Out, limits: Limits) -> None:
        self._triples, self._reply, self._limits = triples, reply, limits
        self.cut = ""

    def __iter__(self) -> Iterator[Triple]:
        for number, triple in enumerate(islice(self._triples, self._limits.rows + 1)):
            if number >= self._limits.rows or self._reply.total >= self._limits.size:
                self.cut = _cut_after(number)
                return
            yield triple


_COMMENTS = {"text/turtle": "# {}\n", "application/n-triples": "# {}\n"}


def write_graph(reply: Out, limits: Limits, media_type: str, triples: Any) -> None:
    """Write triples in a format, as far as the limits go, and say where they are cut."""
    comment = _COMMENTS.get(media_type)
    if comment is None:
        reply.hold_all()
    reply.head(200, media_type)
    bounded = _Cut(triples, reply, limits)
    output = cast(IO[bytes], reply)  # All that the engine needs of a file is `write`.
    serialize(bounded, output, formats.GRAPHS[media_type], prefixes=VOCABULARIES)
    if comment and bounded.cut:
        reply.write(comment.format(bounded.cut).encode())
    reply.end(bounded.cut)

"""Results written out as far as the limits go, with a word on where they are cut."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import IO, Any, cast

from pyoxigraph import Triple, serialize

from twingraph.namespaces import VOCABULARIES
from twingraph.sparql import result_formats as formats
from twingraph.sparql.limits import Limits
from twingraph.sparql.query_engine import CUT_HEADER
from twingraph.sparql.result_writers import ROWS


class Unanswerable(Exception):
    """The query gets an error instead of a result: `status` and the message, as plain text."""

    def __init__(self, status: int, message: str) -> None:
        self.status = status
        super().__init__(message)


class AnswerBuffer:
    """An answer as it is written: held here until it is whole, so that its head can say that it is
    cut, whatever its format, and an error in it is an error status."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self.total = 0
        """Bytes that were written."""
        self._held: list[bytes] = []

    def head(self, status: int, media_type: str) -> None:
        """Say how the answer begins, instead of all that was written before."""
        self._held.clear()  # Without joining it: there may be no memory for that.
        self.total = 0
        self.status = status
        self.headers = {"Content-Type": formats.content_type(media_type)}

    def write(self, data: bytes) -> int:
        """Add to the body, as a binary file does."""
        self._held.append(data if type(data) is bytes else bytes(data))
        self.total += len(data)
        return len(data)

    def flush(self) -> None:
        """Nothing: the engine flushes as it sees fit, we when there is enough."""

    def end(self, cut: str = "") -> None:
        """It is complete, or cut as the head will say."""
        if cut:
            self.headers[CUT_HEADER] = cut

    def take(self) -> bytes:
        """What is held, which is no longer."""
        body = b"".join(self._held)
        self._held = []
        return body


def acceptable(media_type: str | None, offers: Iterable[str]) -> str:
    """The media type. Raises Unanswerable (406) where the client accepts none of the offers."""
    if media_type is None:
        raise Unanswerable(406, f"this kind of query is answered as: {', '.join(offers)}")
    return media_type


def write_solutions(reply: AnswerBuffer, limits: Limits, media_type: str, solutions: Any) -> None:
    """Write solutions in a format, as far as the limits go, and say where they are cut."""
    rows = ROWS[formats.SOLUTIONS[media_type]]()
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


_COMMENTS = {"text/turtle": "# {}\n", "application/n-triples": "# {}\n"}


def write_graph(reply: AnswerBuffer, limits: Limits, media_type: str, triples: Any) -> None:
    """Write triples in a format, as far as the limits go, and say where they are cut."""
    comment = _COMMENTS.get(media_type)
    reply.head(200, media_type)
    cut = ""

    def bounded() -> Iterator[Triple]:
        nonlocal cut
        for number, triple in enumerate(triples):
            if number >= limits.rows or reply.total >= limits.size:
                cut = _cut_after(number)
                return
            yield triple

    output = cast(IO[bytes], reply)  # All that the engine needs of a file is `write`.
    serialize(bounded(), output, formats.GRAPHS[media_type], prefixes=VOCABULARIES)
    if comment and cut:
        reply.write(comment.format(cut).encode())
    reply.end(cut)

"""N-Triples and N-Quads: terms are held in the very form that these formats write."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import BinaryIO

from twingraph.rdf.chunks import write_text
from twingraph.rdf.terms import Description, Term


def lines(descriptions: Iterable[Description], graph: Term | None = None) -> Iterator[str]:
    """Descriptions as canonical N-Triples, or as N-Quads of a graph, a line a statement."""
    end = f" {graph} .\n" if graph else " .\n"
    for subject, statements in descriptions:
        for predicate, object_ in statements:
            yield f"{subject} {predicate} {object_}{end}"


def ntriples(descriptions: Iterable[Description], statements: int = 10_000) -> Iterator[bytes]:
    """Descriptions as canonical N-Triples, in pieces of so many statements."""
    rest = lines(descriptions)
    while piece := "".join(islice(rest, statements)):
        yield piece.encode()


def write_ntriples(descriptions: Iterable[Description], out: BinaryIO) -> None:
    """Write descriptions to a binary file as canonical N-Triples, in the order they come."""
    write_text(lines(descriptions), out)


def write_nquads(descriptions: Iterable[Description], graph: Term | None, out: BinaryIO) -> None:
    """Write descriptions as canonical N-Quads of one graph; None is the default graph.

    A dataset is written graph after graph, to the same file.
    """
    write_text(lines(descriptions, graph), out)


class NTriplesWriter:
    """Writes descriptions to a binary file as canonical N-Triples, in the order they come."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out

    def add(self, descriptions: Iterable[Description]) -> None:
        """Write some more descriptions."""
        write_ntriples(descriptions, self._out)

    def end(self) -> None:
        """Nothing stands after the last of them."""

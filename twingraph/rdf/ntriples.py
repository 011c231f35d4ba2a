"""N-Triples and N-Quads: terms are held in the very form that these formats write."""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO

from twingraph.rdf.chunks import write_text
from twingraph.rdf.terms import Description, Term


def write_ntriples(descriptions: Iterable[Description], out: BinaryIO) -> None:
    """Write descriptions to a binary file as canonical N-Triples, in the order they come."""
    NTriplesWriter(out).add(descriptions)


class NTriplesWriter:
    """Writes descriptions to a binary file as canonical N-Triples, in the order they come."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out

    def add(self, descriptions: Iterable[Description]) -> None:
        """Write some more descriptions."""
        write_text(
            (
                f"{subject} {predicate} {object_} .\n"
                for subject, statements in descriptions
                for predicate, object_ in statements
            ),
            self._out,
        )

    def end(self) -> None:
        """Nothing stands after the last of them."""


def write_nquads(descriptions: Iterable[Description], graph: Term | None, out: BinaryIO) -> None:
    """Write descriptions as canonical N-Quads of one graph; None is the default graph.

    A dataset is written graph after graph, to the same file.
    """
    if graph is None:
        write_ntriples(descriptions, out)
        return
    write_text(
        (
            f"{subject} {predicate} {object_} {graph} .\n"
            for subject, statements in descriptions
            for predicate, object_ in statements
        ),
        out,
    )

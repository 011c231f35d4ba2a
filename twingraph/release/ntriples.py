"""N-Triples and N-Quads: terms are held in the very form that these formats write."""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO

from twingraph.release.stream import write_text
from twingraph.terms import Description, Term


def write_ntriples(descriptions: Iterable[Description], out: BinaryIO) -> None:
    """Write descriptions to a binary file as canonical N-Triples, in the order they come."""
    write_text(
        (
            f"{subject} {predicate} {object_} .\n"
            for subject, statements in descriptions
            for predicate, object_ in statements
        ),
        out,
    )


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

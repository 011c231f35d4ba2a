"""Compact JSON-LD: the context embedded, one flat `@graph`, one node object a line."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, BinaryIO, Final

from twingraph.namespaces import TG
from twingraph.rdf.chunks import some_at_a_time, write_text
from twingraph.rdf.jsonld.context import Context
from twingraph.rdf.jsonld.nodes import Nodes
from twingraph.rdf.terms import Description, Statement, Term

SIGNATURE: Final = Term(f"<{TG}signature>")
_BETWEEN: Final = ",\n    "


def write_jsonld(
    descriptions: Iterable[Description],
    context: Mapping[str, Any],
    out: BinaryIO,
    nested: Collection[Term] = (SIGNATURE,),
) -> None:
    """Write descriptions to a binary file as one JSON-LD document, as `JsonldWriter` does."""
    writer = JsonldWriter(context, out, nested)
    writer.add(descriptions)
    writer.end()


class JsonldWriter:
    """Writes descriptions to a binary file as one compact JSON-LD document.

    `context` is the content of a context file (with or without the outer `@context`); terms,
    coercions, containers, aliases and prefixes are taken from it. A description is nested in an
    earlier one when that one points to it with a predicate of `nested` and nothing but others
    nested in it stands between; all other links are IRIs. What no term can express is written
    under its full IRI, so nothing is lost. Raises ValueError for a context that is not supported
    (see `Context`).
    """

    def __init__(
        self, context: Mapping[str, Any], out: BinaryIO, nested: Collection[Term] = (SIGNATURE,)
    ) -> None:
        read = Context(context)
        self._nested, self._out = frozenset(nested), out
        self._nodes = Nodes(read, nested=self._nested)
        self._before = "\n    "
        # What others may yet be nested in, the statements that name them, and those found.
        self._held: Description | None = None
        self._waiting: dict[Term, Statement] = {}
        self._children: dict[Statement, str] = {}
        head = json.dumps(read.source, ensure_ascii=False, indent=2).replace("\n", "\n  ")
        write_text([f'{{\n  "@context": {head},\n  "@graph": ['], out)

    def add(self, descriptions: Iterable[Description]) -> None:
        """Write some more descriptions; the last may be held until its nested ones have come."""
        self._write(self._found(descriptions))

    def end(self) -> None:
        """Write what is held, and close the document."""
        self._write(self._released())
        write_text(["\n  ]\n}\n"], self._out)

    def _write(self, nodes: Iterable[str]) -> None:
        for some in some_at_a_time(nodes):
            self._out.write(f"{self._before}{_BETWEEN.join(some)}".encode())
            self._before = _BETWEEN

    def _found(self, descriptions: Iterable[Description]) -> Iterator[str]:
        nodes, nested = self._nodes, self._nested
        for description in descriptions:
            subject, statements = description
            if not statements:
                continue
            if self._held:
                if subject in self._waiting:
                    self._children[self._waiting.pop(subject)] = nodes.node(description)
                    continue
                yield from self._released()
            node = nodes.alone(description)
            if node is not None:
                yield node
            else:
                self._held = description
                self._waiting = {
                    statement[1]: statement for statement in statements if statement[0] in nested
                }

    def _released(self) -> Iterator[str]:
        if self._held:
            yield self._nodes.node(self._held, self._children)
            self._held, self._waiting, self._children = None, {}, {}

"""Compact JSON-LD: the context embedded, one flat `@graph`, one node object a line."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, BinaryIO, Final

from twingraph.namespaces import TG
from twingraph.release.context import Context
from twingraph.release.nodes import Nodes
from twingraph.release.stream import write_text
from twingraph.terms import Description, Statement, Term

SIGNATURE: Final = Term(f"<{TG}signature>")


def write_jsonld(
    descriptions: Iterable[Description],
    context: Mapping[str, Any],
    out: BinaryIO,
    nested: Collection[Term] = (SIGNATURE,),
) -> None:
    """Write descriptions to a binary file as one compact JSON-LD document.

    `context` is the content of a context file (with or without the outer `@context`); terms,
    coercions, containers, aliases and prefixes are taken from it. A description is nested in an
    earlier one when that one points to it with a predicate of `nested` and nothing but others
    nested in it stands between; all other links are IRIs. What no term can express is written
    under its full IRI, so nothing is lost. Raises ValueError for a context that is not supported
    (see `Context`).
    """
    read = Context(context)
    nodes = Nodes(read)
    head = json.dumps(read.source, ensure_ascii=False, indent=2).replace("\n", "\n  ")
    write_text([f'{{\n  "@context": {head},\n  "@graph": ['], out)
    write_text(_lines(_nodes(descriptions, nodes, frozenset(nested))), out)
    write_text(["\n  ]\n}\n"], out)


def _lines(nodes: Iterable[str]) -> Iterator[str]:
    before = "\n    "
    for node in nodes:
        yield before
        yield node
        before = ",\n    "


def _nodes(
    descriptions: Iterable[Description], nodes: Nodes, nested: frozenset[Term]
) -> Iterator[str]:
    held: Description | None = None
    waiting: dict[Term, Statement] = {}
    children: dict[Statement, str] = {}
    for description in descriptions:
        subject, statements = description
        if not statements:
            continue
        if subject in waiting:
            children[waiting.pop(subject)] = nodes.node(description)
            continue
        if held:
            yield nodes.node(held, children)
            held, waiting, children = None, {}, {}
        # A dictionary of the statements is the fastest way to ask for a few predicates.
        if nested.isdisjoint(dict(statements)) or not nodes.can_compact(description):
            yield nodes.node(description)
        else:
            held = description
            waiting = {
                statement[1]: statement for statement in statements if statement[0] in nested
            }
    if held:
        yield nodes.node(held, children)

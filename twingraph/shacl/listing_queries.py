"""Queries that list what a check found, for people to run on a release.

Each asks in SPARQL, with prefixes, for the nodes that may break a shape (`constraint_queries`). It
is given where it finds just the results: that is known of constraints on what is there or not, and
counted of all others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from io import BytesIO
from typing import Final

import pyoxigraph as ox
from rdflib import URIRef

from twingraph.errors import UsageError
from twingraph.namespaces import VOCABULARIES, XSD
from twingraph.rdf.ntriples import ntriples
from twingraph.rdf.terms import Description
from twingraph.shacl.constraint_queries import FOCUS, VALUE, QueryCompiler, Subclasses
from twingraph.shacl.shapes import Constraint, Shape, ShapeRule, Shapes

_IRI_OR_STRING: Final = re.compile(r'"(?:[^"\\]|\\.)*"|<([^<>"{}|^`\\\s]*)>')
_LOCAL: Final = re.compile("[A-Za-z_][A-Za-z0-9_-]*")


def listings(
    graph: Iterable[Description],
    shapes: Shapes,
    results: Mapping[str, int],
    subclasses: Subclasses,
) -> dict[str, str]:
    """For shapes that a graph breaks so many times, a query whose rows are these results.

    Shapes are named by their IRIs. One of which SPARQL cannot tell just these results is left out.
    Of the graph all must be there that the queries ask for, but for shapes that are `told_alike`.
    """
    return dict(_listings(graph, shapes, results, subclasses))


def _listings(
    graph: Iterable[Description],
    shapes: Shapes,
    results: Mapping[str, int],
    subclasses: Subclasses,
) -> Iterator[tuple[str, str]]:
    store = cache(lambda: load(ntriples(graph)))
    for iri in sorted(results):
        rules = [rule for rule in shapes.rules if rule.shape.iri == iri]
        try:
            query = listing(rules, subclasses)
        except UsageError:  # there is no query for every constraint
            continue
        if is_told_alike(shapes.by_iri[iri]) or _count(store(), query) == results[iri]:
            yield iri, query


def is_told_alike(shape: Shape) -> bool:
    """Whether SPARQL and SHACL find the same nodes, each once: the shape has one constraint, on
    whether enough is there, or of values told by what both define alike."""
    return len(shape.constraints) == 1 and _is_told_alike(shape.constraints[0])


def load(pieces: Iterable[bytes]) -> ox.Store:
    """A store in memory of pieces of N-Triples."""
    store = ox.Store()
    for piece in pieces:
        store.bulk_load(BytesIO(piece), format=ox.RdfFormat.N_TRIPLES)
    return store


def listing(rules: Iterable[ShapeRule], subclasses: Subclasses) -> str:
    """One query for all nodes that may break one of some rules: ?focus, and ?value where it is a
    value that breaks it. Raises UsageError for a constraint that is no query."""
    compiler = QueryCompiler(subclasses)
    patterns = [
        f"{target} {broken.strip()}"
        for rule in rules
        for broken in compiler.broken(rule.shape)
        for target in compiler.targets(rule)
    ]
    several = " UNION ".join(f"{{ {pattern} }}" for pattern in patterns)
    pattern = several if len(patterns) > 1 else patterns[0]
    variables = f"{FOCUS} {VALUE}" if VALUE in pattern else FOCUS
    return _with_prefixes(f"SELECT DISTINCT {variables} WHERE {{ {pattern} }}")


def _count(store: ox.Store, query: str) -> int:
    found = store.query(query)
    assert isinstance(found, ox.QuerySolutions), query
    return sum(1 for _ in found)


def _is_told_alike(constraint: Constraint) -> bool:
    parameter, value = constraint
    if parameter == "qualifiedValueShape":
        qualified, _, most = value
        simple = not (qualified.path or qualified.properties)
        return most is None and simple and all(map(_is_alike, qualified.constraints))
    if parameter == "or":
        return all(map(_is_there_alike, value))
    return parameter == "minCount" or (parameter == "maxCount" and value == 0)


def _is_there_alike(shape: Shape) -> bool:
    """Whether the shape asks of some paths no more than that a value, or a certain thing, is at
    their end."""
    asked = [c for part in shape.properties for c in part.constraints]
    return not (shape.path or shape.constraints) and all(
        c == ("minCount", 1) or (c.parameter == "hasValue" and isinstance(c.value, URIRef))
        for c in asked
    )


def _is_alike(constraint: Constraint) -> bool:
    """Of regular expressions, "$" and the classes such as \\d differ between the engines."""
    if constraint.parameter == "pattern":
        regex, flags = constraint.value
        return not flags and re.search(r"[$]|\\[A-Za-z]", regex) is None
    return constraint.parameter in ("class", "nodeKind")


def _with_prefixes(query: str) -> str:
    """A query with its IRIs shortened, and the prefixes declared that it then uses."""
    used = {"xsd": XSD} if "xsd:" in query else {}

    def short(match: re.Match[str]) -> str:
        iri = match[1] or ""
        for prefix, namespace in VOCABULARIES.items():
            local = iri.removeprefix(namespace)
            if local != iri and _LOCAL.fullmatch(local):
                used[prefix] = namespace
                return f"{prefix}:{local}"
        return match[0]

    text = _IRI_OR_STRING.sub(short, query)
    return "".join(f"PREFIX {prefix}: <{used[prefix]}> " for prefix in sorted(used)) + text

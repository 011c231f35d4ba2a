"""Screening: who may break a rule, found for all nodes at once by SPARQL on pyoxigraph.

pySHACL takes minutes for a graph of a million statements, since it goes from node to node. Here
each constraint of each rule becomes SELECT queries that return the nodes that may break it. A
query may return a node in vain, never miss one: where SPARQL and pySHACL might judge a value
differently, the query takes the worse view. The verdict on the nodes returned is pySHACL's
(`check`), which needs no more than the statements that the rule's paths touch (`surroundings`).

Some queries are exact: those that ask only whether enough of something is there. `is_exact` says
of which rules this holds, so that `check` can read thousands of like warnings off the query.

One limit: the store keeps equal numbers once (1.5 and 1.50 are one value to it), so two such
values of one property count as one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import Final

import pyoxigraph as ox
from rdflib import Graph

from twingraph.namespaces import RDF_TYPE, RDFS
from twingraph.rdf.rdflib_terms import filled
from twingraph.rdf.terms import Statement, Term
from twingraph.shacl.constraint_queries import FOCUS, Compiler, Subclasses
from twingraph.shacl.shapes import Constraint, Path, Shape, ShapeRule, Shapes

_A: Final = ox.NamedNode(RDF_TYPE)
_SUBCLASS: Final = ox.NamedNode(f"{RDFS}subClassOf")

Nodes = set[ox.NamedNode | ox.Literal | ox.BlankNode | ox.Triple]
Quads = dict[ox.Quad, None]


def load(pieces: Iterable[bytes]) -> ox.Store:
    """A store in memory of pieces of N-Triples. Raises ValueError for a blank node."""
    store, looks_blank = ox.Store(), False
    for piece in pieces:
        looks_blank = looks_blank or b"_:" in piece
        store.bulk_load(BytesIO(piece), format=ox.RdfFormat.N_TRIPLES)
    if looks_blank and store.query("ASK { ?s ?p ?o FILTER(isBlank(?s) || isBlank(?o)) }"):
        raise ValueError("the graph has a blank node: everything in it must have a name")
    return store


def candidates(store: ox.Store, shapes: Shapes) -> Iterator[tuple[ShapeRule, list[str]]]:
    """Each rule that may be broken, and the IRIs of the nodes that may break it, in order.

    Raises UsageError for a constraint that cannot be screened.
    """
    compiler = Compiler(subclasses(store))
    for rule in shapes.rules:
        found: set[str] = set()
        anywhere: set[str] = set()
        for query in compiler.queries(rule):
            (anywhere if query.everywhere else found).update(_select(store, query.text))
        if anywhere - found:
            found |= _among(store, compiler.targets(rule), anywhere - found)
        if found:
            yield rule, sorted(found)


def is_exact(shape: Shape) -> bool:
    """Whether the nodes found are just those that break the rule, each once: it has one
    constraint, on the number of values, or of values told by what SPARQL and SHACL define alike."""
    return len(shape.constraints) == 1 and _is_exact(shape.constraints[0])


def subclasses(store: ox.Store) -> Subclasses:
    """The classes below each class, where the graph says so itself (SHACL, 1.1: class instance)."""
    query = f"SELECT ?above ?below WHERE {{ ?below <{RDFS}subClassOf>+ ?above }}"
    found: dict[str, frozenset[str]] = {}
    for above, below in _solutions(store, query):
        found[above.value] = found.get(above.value, frozenset()) | {below.value}
    return found


def count(store: ox.Store, query: str) -> int:
    """How many solutions a SELECT query has."""
    return sum(1 for _ in _solutions(store, query))


def surroundings(store: ox.Store, shape: Shape, focus: Iterable[str]) -> Graph:
    """The statements that pySHACL reads to judge a shape at some nodes, and no more."""
    quads: Quads = dict.fromkeys(store.quads_for_pattern(None, _SUBCLASS, None))
    _touch(store, shape, {ox.NamedNode(iri) for iri in focus}, quads)
    return filled(Graph(bind_namespaces="none"), quads)


def described(store: ox.Store, iri: str) -> list[Statement]:
    """What the store says of a thing."""
    quads = store.quads_for_pattern(ox.NamedNode(iri), None, None)
    return [(Term(str(quad.predicate)), Term(str(quad.object))) for quad in quads]


def _is_exact(constraint: Constraint) -> bool:
    parameter, value = constraint
    if parameter == "qualifiedValueShape":
        qualified, _, most = value
        simple = not (qualified.path or qualified.properties)
        return most is None and simple and all(map(_is_alike, qualified.constraints))
    return parameter == "minCount"


def _is_alike(constraint: Constraint) -> bool:
    """Of regular expressions, "$" and the classes such as \\d differ between the engines."""
    if constraint.parameter == "pattern":
        regex, flags = constraint.value
        return not flags and re.search(r"[$]|\\[A-Za-z]", regex) is None
    return constraint.parameter in ("class", "nodeKind")


def _among(store: ox.Store, targets: Iterable[str], nodes: set[str]) -> set[str]:
    """Those of the nodes that one of the targets is about."""
    listed = " ".join(f"<{node}>" for node in sorted(nodes))
    values = f"VALUES {FOCUS} {{ {listed} }}"
    queries = (f"SELECT DISTINCT {FOCUS} WHERE {{ {values} {target} }}" for target in targets)
    return {node for query in queries for node in _select(store, query)}


def _solutions(store: ox.Store, query: str) -> ox.QuerySolutions:
    found = store.query(query)
    assert isinstance(found, ox.QuerySolutions), query
    return found


def _select(store: ox.Store, query: str) -> Iterator[str]:
    for (node,) in _solutions(store, query):
        # A literal is found by an inverse step from something wrong, and no rule is about literals.
        if isinstance(node, ox.NamedNode):
            yield node.value


def _touch(store: ox.Store, shape: Shape, nodes: Nodes, quads: Quads) -> None:
    """Add what is read to judge a shape at these nodes."""
    values = _follow(store, shape.path, nodes, quads) if shape.path else nodes
    for parameter, value in shape.constraints:
        match parameter:
            case "class":
                _step(store, values, _A, False, quads)
            case "equals" | "disjoint" | "lessThan" | "lessThanOrEquals":
                _step(store, nodes, ox.NamedNode(value), False, quads)
            case "closed":
                _step(store, nodes, None, False, quads)
            case "node" | "not":
                _touch(store, value, values, quads)
            case "and" | "or":
                for part in value:
                    _touch(store, part, values, quads)
            case "qualifiedValueShape":
                _touch(store, value[0], values, quads)
    for part in shape.properties:
        _touch(store, part, values, quads)


def _follow(store: ox.Store, path: Path, nodes: Nodes, quads: Quads, back: bool = False) -> Nodes:
    """Where a path leads from these nodes, every statement on the way added."""
    match path.kind:
        case "predicate":
            return _step(store, nodes, ox.NamedNode(path.iri), back, quads)
        case "inverse":
            return _follow(store, path.parts[0], nodes, quads, not back)
        case "sequence":
            for part in reversed(path.parts) if back else path.parts:
                nodes = _follow(store, part, nodes, quads, back)
            return nodes
        case "alternative":
            return {n for part in path.parts for n in _follow(store, part, nodes, quads, back)}
        case "zeroOrOne":
            return nodes | _follow(store, path.parts[0], nodes, quads, back)
        case _:
            reached, new = set(nodes), nodes
            while new:
                new = _follow(store, path.parts[0], new, quads, back) - reached
                reached |= new
            return reached


def _step(
    store: ox.Store, nodes: Nodes, predicate: ox.NamedNode | None, back: bool, quads: Quads
) -> Nodes:
    reached: Nodes = set()
    for node in nodes:
        if back:
            found = list(store.quads_for_pattern(None, predicate, node))
            reached.update(quad.subject for quad in found)
        elif isinstance(node, ox.Literal):
            continue
        else:
            found = list(store.quads_for_pattern(node, predicate, None))
            reached.update(quad.object for quad in found)
        quads.update(dict.fromkeys(found))
    return reached

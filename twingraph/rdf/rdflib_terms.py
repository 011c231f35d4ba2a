"""Our terms (canonical N-Triples) and rdflib's, one made of the other."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyoxigraph as ox
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.term import Node

from twingraph.errors import UsageError
from twingraph.namespaces import XSD
from twingraph.rdf import terms
from twingraph.rdf.ntriples import ntriples
from twingraph.rdf.terms import Description, Term

_STRING = f"{XSD}string"


def graph_of(triples: Iterable[Description] | bytes) -> Graph:
    """An rdflib graph of descriptions or N-Triples, each literal in the form it was written in."""
    data = triples if isinstance(triples, bytes) else b"".join(ntriples(triples))
    return filled(Graph(bind_namespaces="none"), ox.parse(data, format=ox.RdfFormat.N_TRIPLES))


def turtle_graph(files: Iterable[Path]) -> Graph:
    """An rdflib graph of Turtle files, read by pyoxigraph (ten times as fast as by rdflib).

    Raises UsageError for a file that cannot be read or is no Turtle.
    """
    graph = Graph(bind_namespaces="none")
    known: dict[str, URIRef] = {}

    def node(value: object) -> Node:
        return BNode(value.value) if isinstance(value, ox.BlankNode) else _node(value, known)

    for file in files:
        try:
            for quad in ox.parse(path=file, format=ox.RdfFormat.TURTLE):
                graph.add((node(quad.subject), node(quad.predicate), node(quad.object)))
        except (OSError, SyntaxError) as error:
            raise UsageError(f"{file} is no Turtle: {error}") from error
    return graph


def filled(graph: Graph, quads: Iterable[ox.Quad | ox.Triple]) -> Graph:
    """The graph, with pyoxigraph's statements added to it (whatever graph they name).

    Raises ValueError for a blank node: there are none in what is published.
    """
    known: dict[str, URIRef] = {}
    with _without_warnings():
        for quad in quads:
            s, p, o = quad.subject, quad.predicate, quad.object
            graph.add((_node(s, known), _node(p, known), _node(o, known)))
    return graph


def term(node: Node) -> Term:
    """The term of an rdflib IRI or literal. Raises ValueError for a blank node."""
    if isinstance(node, URIRef):
        return Term(f"<{node}>")
    if isinstance(node, Literal):
        if node.language:
            return terms.text(str(node), node.language)
        datatype = str(node.datatype or _STRING)
        return terms.text(str(node)) if datatype == _STRING else terms.typed(str(node), datatype)
    raise ValueError(f"{node!r} is a blank node: everything in the graph has a name")


def _node(value: object, known: dict[str, URIRef]) -> Node:
    if isinstance(value, ox.NamedNode):
        found = known.get(value.value)
        if found is None:
            found = known[value.value] = URIRef(value.value)
        return found
    if isinstance(value, ox.Literal):
        if value.language:
            return Literal(value.value, lang=value.language)
        if value.datatype.value == _STRING:
            return Literal(value.value)
        datatype = _node(value.datatype, known)
        return Literal(value.value, datatype=str(datatype), normalize=False)
    raise ValueError(f"{value} is a blank node: everything in the graph has a name")


@contextmanager
def _without_warnings() -> Iterator[None]:
    """rdflib logs a traceback for each literal that its datatype does not allow: the shapes say
    the same in plain words."""
    logger = logging.getLogger("rdflib.term")
    logger.addFilter(_refuse)
    try:
        yield
    finally:
        logger.removeFilter(_refuse)


def _refuse(_: logging.LogRecord) -> bool:
    return False

"""Checking: SHACL speaks the verdict. The only module that imports pySHACL.

Up to `WHOLE` statements pySHACL sees the whole graph. Beyond that, `screen` finds, for each rule,
every node that may break it, and pySHACL looks at these alone, on the statements that the rule's
paths touch. A screen may name a node in vain but never overlooks one, so the verdict is the same.

One exception, for speed: a *warning* that something is missing is read off the screen's query
where that is exact, since whole countries lack the same thing. A violation is always pySHACL's
verdict.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain, islice
from typing import Final

import pyoxigraph as ox
import pyshacl
from rdflib import Graph, URIRef
from rdflib.term import Node

from twingraph.errors import UsageError
from twingraph.namespaces import BASE, SH
from twingraph.rdf.ntriples import ntriples
from twingraph.rdf.rdflib_terms import graph_of, term
from twingraph.rdf.terms import Description
from twingraph.shacl import prefilter as screen
from twingraph.shacl.listing_queries import listings
from twingraph.shacl.report import VIOLATION, Origins, Result, ValidationReport, label
from twingraph.shacl.shapes import Path, Shape, Shapes

WHOLE: Final = 5_000
"""Up to so many statements pySHACL sees the whole graph, in about a second."""

REPORT: Final = f"{BASE}shacl-report"

_PIECE: Final = 5_000
_COUNTED: Final = {"minCount": "MinCount", "qualifiedValueShape": "QualifiedMinCount"}


def check(
    triples: Iterable[Description] | bytes,
    shapes: Shapes,
    *,
    origins: Origins | None = None,
    iri: str = REPORT,
    whole: int = WHOLE,
) -> ValidationReport:
    """Check a graph, given as descriptions or as N-Triples, against shapes.

    `origins` says where in the data each IRI is spoken of, `iri` is the report's own, `whole` the
    size (in statements, roughly) up to which the graph is checked as a whole. Raises
    UsageError where the shapes hold what is not understood, ValueError for a blank node.
    """
    pieces = _pieces(triples)
    first = list(islice(pieces, whole // _PIECE))
    further = next(pieces, None)
    if further is None:
        store = screen.load(first)
        found = _verdict(graph_of(b"".join(first)), shapes)
    else:
        store = screen.load(chain(first, (further,), pieces))
        found = set(_screened(store, shapes))
    named = {focus: label(screen.described(store, focus)) for focus in {r.focus for r in found}}
    results = sorted(found, key=lambda result: result.order)
    return ValidationReport(
        tuple(replace(r, label=named[r.focus]) for r in results),
        iri,
        origins or {},
        listings(store, shapes, Counter(result.shape for result in results)),
    )


def _pieces(triples: Iterable[Description] | bytes) -> Iterator[bytes]:
    if not isinstance(triples, bytes):
        return ntriples(triples, _PIECE)
    lines = iter(triples.splitlines(keepends=True))
    return iter(lambda: b"".join(islice(lines, _PIECE)), b"")


def _screened(store: ox.Store, shapes: Shapes) -> Iterator[Result]:
    for rule, candidates in screen.candidates(store, shapes):
        shape = rule.shape
        if shape.severity != VIOLATION and screen.is_exact(shape):
            yield from (_missing(shape, focus) for focus in candidates)
        else:
            graph = screen.surroundings(store, shape, candidates)
            yield from _verdict(graph, shapes, shapes.alone(shape, candidates))


def _missing(shape: Shape, focus: str) -> Result:
    """What pySHACL would say of a node that lacks what a shape counts."""
    (constraint,) = shape.constraints
    component = _COUNTED[constraint.parameter]
    return Result(
        severity=shape.severity,
        focus=focus,
        shape=shape.iri,
        component=f"{SH}{component}ConstraintComponent",
        path=shape.path,
        value=None,
        rule=shape.name,
        message=shape.message,
    )


def _verdict(graph: Graph, shapes: Shapes, graph_of_shapes: Graph | None = None) -> set[Result]:
    """What pySHACL finds in a graph: by all shapes, or by those of another graph of shapes."""
    _, report, text = pyshacl.validate(
        graph,
        shacl_graph=shapes.graph if graph_of_shapes is None else graph_of_shapes,
        inference="none",
        advanced=False,
        inplace=True,
        allow_warnings=True,
    )
    if not isinstance(report, Graph):
        raise UsageError(f"the shapes cannot be evaluated: {text}")
    return {_result(report, node, shapes) for node in report.objects(None, _sh("result"))}


def _result(report: Graph, node: Node, shapes: Shapes) -> Result:
    said = {str(p): o for p, o in report.predicate_objects(node)}
    shape = shapes.by_iri[str(said[f"{SH}sourceShape"])]
    path, value = said.get(f"{SH}resultPath"), said.get(f"{SH}value")
    return Result(
        severity=str(said[f"{SH}resultSeverity"]).removeprefix(SH).lower(),
        focus=str(said[f"{SH}focusNode"]),
        shape=shape.iri,
        component=str(said[f"{SH}sourceConstraintComponent"]),
        path=Path("predicate", iri=str(path)) if isinstance(path, URIRef) else shape.path,
        value=None if value is None else term(value),
        rule=shape.name,
        message=shape.message,
    )


def _sh(name: str) -> URIRef:
    return URIRef(f"{SH}{name}")

"""The dumps of a release in RDF.

`twingraph.ttl`, `.jsonld` and `.nt.gz` hold the default graph: the merged view, the descriptions
of sources and graphs, the evidence, what is gone, and the concepts used. `.trig.gz` and `.nq.gz`
hold that and every source's graph.
"""

from __future__ import annotations

import json
from typing import Any, BinaryIO, cast

from twingraph import resources
from twingraph.rdf.jsonld.writer import JsonldWriter
from twingraph.rdf.ntriples import NTriplesWriter, write_nquads
from twingraph.rdf.turtle import TurtleWriter, write_graphs
from twingraph.release.content import Content
from twingraph.release.exporter import Exporter, GraphExporter, RecordExporter


def context() -> dict[str, Any]:
    """The JSON-LD context of the ontology."""
    path = resources.folder("ontology") / "context.jsonld"
    return cast(dict[str, Any], json.loads(path.read_text("utf-8")))


def _source_quads(content: Content, out: BinaryIO) -> None:
    for name, descriptions in content.graphs():
        write_nquads(descriptions, name, out)


def _source_graphs(content: Content, out: BinaryIO) -> None:
    write_graphs(content.graphs(), content.prefixes, out)


def dumps() -> tuple[Exporter, ...]:
    """Every dump, in the order a reader meets them."""
    return (
        GraphExporter(
            "twingraph.ttl",
            "Turtle, to read",
            "text/turtle",
            lambda content, out: TurtleWriter(content.prefixes, out),
        ),
        GraphExporter(
            "twingraph.jsonld",
            "JSON-LD, for web developers",
            "application/ld+json",
            lambda _, out: JsonldWriter(context(), out),
        ),
        GraphExporter(
            "twingraph.nt.gz",
            "N-Triples, line by line",
            "application/n-triples",
            lambda _, out: NTriplesWriter(out),
        ),
        RecordExporter(
            "twingraph.nq.gz",
            "N-Quads, with every source",
            "application/n-quads",
            _source_quads,
            extends="twingraph.nt.gz",
        ),
        RecordExporter(
            "twingraph.trig.gz",
            "TriG, with every source",
            "application/trig",
            _source_graphs,
            extends="twingraph.ttl",
        ),
    )

"""Descriptions as documents: the same statements in each format of RDF, ready to be sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from io import BytesIO
from typing import Any, Final

import orjson
from starlette.exceptions import HTTPException

from twingraph import namespaces as ns
from twingraph.rdf import concepts
from twingraph.rdf.jsonld.context import part_in_use
from twingraph.rdf.jsonld.writer import write_jsonld
from twingraph.rdf.ntriples import write_nquads, write_ntriples
from twingraph.rdf.rdfxml import NotInRdfXml, write_rdfxml
from twingraph.rdf.terms import Description, Term
from twingraph.rdf.turtle import Graph, write_trig, write_turtle
from twingraph.release.dumps import context
from twingraph.sparql.result_formats import (
    HTML,
    JSON_LD,
    N_QUADS,
    N_TRIPLES,
    RDF_XML,
    TRIG,
    TURTLE,
)

OF_GRAPHS: Final = (TRIG, N_QUADS)
"""The formats in which named graphs can stand."""

EXTENSIONS: Final[Mapping[str, str]] = {
    ".ttl": TURTLE,
    ".jsonld": JSON_LD,
    ".nt": N_TRIPLES,
    ".rdf": RDF_XML,
    ".trig": TRIG,
    ".nq": N_QUADS,
    ".html": HTML,
}
"""What a document's address ends in, and what that is; the one we prefer first."""

_NESTED: Final = tuple(
    Term(f"<{iri}>")
    for iri in (
        f"{ns.TG}signature",
        f"{ns.GEO}hasGeometry",
        f"{ns.OA}hasTarget",
        f"{ns.OA}hasSelector",
    )
)
"""Links whose target stands within, in JSON-LD: what hardly makes sense on its own."""


def serialize(
    descriptions: Sequence[Description],
    media_type: str,
    base: str,
    graphs: Sequence[Graph] = (),
) -> bytes:
    """Descriptions in a format of RDF, with named graphs where it holds some. Raises HTTPException
    (406) where RDF/XML cannot say them."""
    out = BytesIO()
    if media_type == TURTLE:
        write_turtle(descriptions, prefixes(base), out)
    elif media_type == JSON_LD:
        write_jsonld(descriptions, _context(), out, _NESTED)
        return _with_little_context(out.getvalue())
    elif media_type == N_TRIPLES:
        write_ntriples(descriptions, out)
    elif media_type == TRIG:
        write_trig(descriptions, graphs, prefixes(base), out)
    elif media_type == N_QUADS:
        write_nquads(descriptions, None, out)
        for name, of_graph in graphs:
            write_nquads(of_graph, name, out)
    elif media_type == RDF_XML:
        try:
            write_rdfxml(descriptions, prefixes(base), out)
        except NotInRdfXml as error:
            raise HTTPException(
                406, "RDF/XML cannot say this; take Turtle, JSON-LD or N-Triples"
            ) from error
    else:
        raise ValueError(f"{media_type} is no format of RDF")
    return out.getvalue()


def _with_little_context(document: bytes) -> bytes:
    """A JSON-LD document with what it needs of its context alone: all of it is ten times what is
    said of most things. To leave it at another address would want every client to fetch it."""
    read = orjson.loads(document)
    context = orjson.dumps(part_in_use(read["@context"], read["@graph"]))
    return b'{\n  "@context": ' + context + b",\n  " + document[document.index(b'"@graph"') :]


@cache
def prefixes(base: str) -> dict[str, str]:
    """The prefixes that documents are written with."""
    return ns.prefixes(base, concepts.schemes())


@cache
def _context() -> dict[str, Any]:
    return context()

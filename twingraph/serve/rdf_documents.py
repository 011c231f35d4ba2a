"""Descriptions as documents: the same statements in each format of RDF, ready to be sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from io import BytesIO
from typing import Any, Final

import pyoxigraph as ox

from twingraph import namespaces as ns
from twingraph.rdf import concepts
from twingraph.rdf.jsonld.writer import write_jsonld
from twingraph.rdf.ntriples import write_ntriples
from twingraph.rdf.rdfxml import NotInRdfXml, write_rdfxml
from twingraph.rdf.terms import TYPE, Description, Statement, Term
from twingraph.rdf.turtle import write_turtle
from twingraph.release.dumps import context
from twingraph.serve.messages import Refused
from twingraph.sparql.result_formats import HTML, JSON_LD, N_TRIPLES, RDF_XML, TURTLE

EXTENSIONS: Final[Mapping[str, str]] = {
    ".ttl": TURTLE,
    ".jsonld": JSON_LD,
    ".nt": N_TRIPLES,
    ".rdf": RDF_XML,
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


def described(triples: Iterable[ox.Triple], first: Sequence[str] = ()) -> list[Description]:
    """Triples by subject: those of `first` in their order, then the others by name."""
    said: dict[str, set[Statement]] = {}
    for subject, predicate, object_ in triples:
        statement = Term(str(predicate)), Term(str(object_))
        said.setdefault(str(subject), set()).add(statement)
    rank = {f"<{iri}>": place for place, iri in enumerate(first)}
    order = sorted(said, key=lambda subject: (rank.get(subject, len(rank)), subject))
    return [(Term(subject), sorted(said[subject], key=_type_first)) for subject in order]


def _type_first(statement: Statement) -> tuple[bool, Statement]:
    return statement[0] != TYPE, statement


def written(descriptions: Sequence[Description], media_type: str, base: str) -> bytes:
    """Descriptions in a format of RDF. Raises Refused (406) where RDF/XML cannot say them."""
    out = BytesIO()
    if media_type == TURTLE:
        write_turtle(descriptions, prefixes(base), out)
    elif media_type == JSON_LD:
        write_jsonld(descriptions, _context(), out, _NESTED)
    elif media_type == N_TRIPLES:
        write_ntriples(descriptions, out)
    elif media_type == RDF_XML:
        try:
            write_rdfxml(descriptions, prefixes(base), out)
        except NotInRdfXml as error:
            raise Refused(
                406, "RDF/XML cannot say this; take Turtle, JSON-LD or N-Triples"
            ) from error
    else:
        raise ValueError(f"{media_type} is no format of RDF")
    return out.getvalue()


@cache
def prefixes(base: str) -> dict[str, str]:
    """The prefixes that documents are written with."""
    return ns.prefixes(base, concepts.schemes())


@cache
def _context() -> dict[str, Any]:
    return context()

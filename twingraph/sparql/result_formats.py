"""The representations of query results: media types in the order we prefer them."""

from __future__ import annotations

from typing import Final

from pyoxigraph import QueryResultsFormat, RdfFormat

JSON: Final = "application/sparql-results+json"
XML: Final = "application/sparql-results+xml"
CSV: Final = "text/csv"
TSV: Final = "text/tab-separated-values"
TURTLE: Final = "text/turtle"
N_TRIPLES: Final = "application/n-triples"
JSON_LD: Final = "application/ld+json"
RDF_XML: Final = "application/rdf+xml"
TRIG: Final = "application/trig"
N_QUADS: Final = "application/n-quads"
HTML: Final = "text/html"

SOLUTIONS: Final[dict[str, QueryResultsFormat]] = {
    JSON: QueryResultsFormat.JSON,
    XML: QueryResultsFormat.XML,
    CSV: QueryResultsFormat.CSV,
    TSV: QueryResultsFormat.TSV,
    # What browsers and simple clients ask for: the same bytes under the general name, which is
    # true of them too.
    "application/json": QueryResultsFormat.JSON,
    "application/xml": QueryResultsFormat.XML,
    "text/xml": QueryResultsFormat.XML,
}
"""For SELECT and ASK."""

SOLUTION_NAMES: Final = {"csv": CSV, "tsv": TSV, "json": JSON, "xml": XML}
"""Short names of them, for commands."""

GRAPHS: Final[dict[str, RdfFormat]] = {
    TURTLE: RdfFormat.TURTLE,
    N_TRIPLES: RdfFormat.N_TRIPLES,
    JSON_LD: RdfFormat.JSON_LD,
    RDF_XML: RdfFormat.RDF_XML,
    "application/json": RdfFormat.JSON_LD,
    "application/xml": RdfFormat.RDF_XML,
    "text/xml": RdfFormat.RDF_XML,
}
"""For CONSTRUCT and DESCRIBE, and for descriptions of any resource."""

NAMED_FORMATS: Final = {
    **{name: (form,) for name, form in SOLUTION_NAMES.items()},
    "json": (JSON, JSON_LD),
    "xml": (XML, RDF_XML),
    **dict.fromkeys(("turtle", "ttl"), (TURTLE,)),
    **dict.fromkeys(("ntriples", "n-triples", "nt"), (N_TRIPLES,)),
    **dict.fromkeys(("jsonld", "json-ld"), (JSON_LD,)),
    **dict.fromkeys(("rdf", "rdfxml", "rdf+xml"), (RDF_XML,)),
    **{form: (form,) for form in (*SOLUTIONS, *GRAPHS)},
}
"""What the parameter `format` of a request may say, as at other endpoints, in place of Accept."""

SOLUTION_OFFERS: Final = tuple(SOLUTIONS)
GRAPH_OFFERS: Final = tuple(GRAPHS)


def content_type(media_type: str) -> str:
    """The Content-Type header: text/* says it is UTF-8, which it is not by default everywhere."""
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type

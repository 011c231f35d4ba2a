"""What the endpoint can do (SPARQL 1.1 Service Description): clients ask before they query."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Final
from urllib.parse import urljoin

import pyoxigraph as ox

from twingraph.namespaces import RDFS, VOID
from twingraph.sparql.datasets import ALL, MERGED
from twingraph.sparql.limits import Limits
from twingraph.sparql.result_formats import GRAPHS

EXAMPLES: Final = "/.well-known/sparql-examples"
_GEOF: Final = "http://www.opengis.net/def/function/geosparql/"
FUNCTIONS: Final = tuple(
    _GEOF + name
    for name in (
        *("distance", "sfContains", "sfCrosses", "sfDisjoint", "sfEquals", "sfIntersects"),
        *("sfOverlaps", "sfTouches", "sfWithin", "asGeoJSON", "centroid", "convexHull"),
        *("dimension", "envelope", "getSRID"),
    )
)
"""The functions of GeoSPARQL that the engine computes (a distance takes a unit of measure)."""
_PREFIXES: Final = {
    "sd": "http://www.w3.org/ns/sparql-service-description#",
    "format": "http://www.w3.org/ns/formats/",
    "rdfs": RDFS,
    "void": VOID,
}
# The parts are fragments of the endpoint's IRI: nothing is a blank node. The triples are those of
# all graphs together: clients use them to tell a large store from a small one.
_SERVICE: Final = """\
@base <{endpoint}> .
<#service> a sd:Service ;
    sd:endpoint <> ;
    sd:supportedLanguage sd:SPARQL11Query ;
    sd:resultFormat format:SPARQL_Results_JSON, format:SPARQL_Results_XML,
        format:SPARQL_Results_CSV, format:SPARQL_Results_TSV,
        format:Turtle, format:N-Triples, format:JSON-LD, format:RDF_XML ;
    sd:extensionFunction {functions} ;
    rdfs:comment {comment} ;
    rdfs:seeAlso <{examples}> ;
    sd:defaultDataset <#dataset> .
<#dataset> a sd:Dataset ;
    void:triples {quads} ;
    sd:defaultGraph <#dataset-merged> .
<#dataset-merged> a sd:Graph .
"""
# A graph's own IRI names it; the description of the pair needs another.
_NAMED_GRAPH: Final = """\
<#dataset> sd:namedGraph <#dataset-{key}> .
<#dataset-{key}> a sd:NamedGraph ; sd:name <{graph}> .
"""
_COMMENT: Final = (
    "The default graph is the merged view; each source's claims stand in a named graph. FROM "
    f"<{{base}}{ALL}> is the union of all sources' claims, FROM <{{base}}{MERGED}> the merged view "
    "again. SERVICE and updates are refused. A query may take {limits.seconds:g} s and answers "
    "with at most {limits.rows} rows or triples; the header Twingraph-Result-Cut says when there "
    "was more."
)


def describe(
    endpoint: str, base: str, sources: Iterable[str], quads: int, limits: Limits
) -> list[ox.Triple]:
    """The description of the endpoint at an IRI, over a dataset of so many quads."""
    comment = ox.Literal(_COMMENT.format(base=base, limits=limits), language="en")
    examples = urljoin(endpoint, EXAMPLES)
    turtle = [f"@prefix {name}: <{iri}> .\n" for name, iri in _PREFIXES.items()]
    turtle += _SERVICE.format(
        endpoint=endpoint, comment=comment, examples=examples, quads=quads,
        functions=", ".join(f"<{iri}>" for iri in FUNCTIONS),
    )  # fmt: skip
    turtle += (_NAMED_GRAPH.format(key=s.rpartition("/")[2], graph=s) for s in sources)
    return [quad.triple for quad in ox.parse("".join(turtle), format=ox.RdfFormat.TURTLE)]


@lru_cache(maxsize=64)
def serialized(
    media_type: str, endpoint: str, base: str, sources: tuple[str, ...], quads: int, limits: Limits
) -> bytes:
    """The description in one of the graph formats; made once, then remembered."""
    triples = describe(endpoint, base, sources, quads, limits)
    data = ox.serialize(triples, format=GRAPHS[media_type], prefixes=_PREFIXES)
    assert data is not None, "without an output the engine returns bytes"
    return data

"""What the endpoint can do (SPARQL 1.1 Service Description): clients ask before they query."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from urllib.parse import urljoin

from pyoxigraph import Literal, NamedNode, Triple, serialize

from twingraph.namespaces import RDF, RDF_TYPE, RDFS, XSD
from twingraph.sparql.datasets import ALL, MERGED
from twingraph.sparql.limits import Limits
from twingraph.sparql.result_formats import GRAPHS

SD = "http://www.w3.org/ns/sparql-service-description#"
VOID = "http://rdfs.org/ns/void#"
PREFIXES = {"sd": SD, "void": VOID, "rdf": RDF, "rdfs": RDFS, "xsd": XSD}
EXAMPLES = "/.well-known/sparql-examples"
_FORMATS = "http://www.w3.org/ns/formats/"
_RESULTS = (
    "SPARQL_Results_JSON",
    "SPARQL_Results_XML",
    "SPARQL_Results_CSV",
    "SPARQL_Results_TSV",
    "Turtle",
    "N-Triples",
    "JSON-LD",
    "RDF_XML",
)


def _say(subject: str, predicate: str, value: str | Literal) -> Triple:
    target = NamedNode(value) if isinstance(value, str) else value
    return Triple(NamedNode(subject), NamedNode(predicate), target)


def describe(
    endpoint: str, base: str, sources: Iterable[str], quads: int, limits: Limits
) -> Iterator[Triple]:
    """The description of the endpoint at an IRI. Its parts are fragments of that IRI: nothing is
    a blank node."""
    service, dataset = f"{endpoint}#service", f"{endpoint}#dataset"
    yield _say(service, RDF_TYPE, f"{SD}Service")
    yield _say(service, f"{SD}endpoint", endpoint)
    yield _say(service, f"{SD}supportedLanguage", f"{SD}SPARQL11Query")
    for name in _RESULTS:
        yield _say(service, f"{SD}resultFormat", _FORMATS + name)
    yield _say(service, f"{RDFS}comment", Literal(_bounds(limits, base), language="en"))
    # Examples of queries, in the form that editors read.
    yield _say(service, f"{RDFS}seeAlso", urljoin(endpoint, EXAMPLES))
    yield _say(service, f"{SD}defaultDataset", dataset)
    yield from _dataset(dataset, sources, quads)


def _bounds(limits: Limits, base: str) -> str:
    return (
        "The default graph is the merged view; each source's claims stand in a named graph. "
        f"FROM <{base}{ALL}> is the union of all sources' claims, FROM <{base}{MERGED}> the merged "
        "view again. SERVICE and updates are refused. "
        f"A query may take {limits.seconds:g} s and answers with at most {limits.rows} rows or "
        "triples; the header Twingraph-Result-Cut says when there was more."
    )


def _dataset(dataset: str, sources: Iterable[str], quads: int) -> Iterator[Triple]:
    merged = f"{dataset}-merged"
    yield _say(dataset, RDF_TYPE, f"{SD}Dataset")
    # Of all graphs together; clients use it to tell a large store from a small one.
    yield _say(dataset, f"{VOID}triples", Literal(str(quads), datatype=NamedNode(f"{XSD}integer")))
    yield _say(dataset, f"{SD}defaultGraph", merged)
    yield _say(merged, RDF_TYPE, f"{SD}Graph")
    for source in sources:
        # The graph's own IRI names it; the description of the pair needs another.
        named = f"{dataset}-{source.rsplit('/', 1)[-1]}"
        yield _say(dataset, f"{SD}namedGraph", named)
        yield _say(named, RDF_TYPE, f"{SD}NamedGraph")
        yield _say(named, f"{SD}name", source)


@lru_cache(maxsize=64)
def written(
    media_type: str, endpoint: str, base: str, sources: tuple[str, ...], quads: int, limits: Limits
) -> bytes:
    """The description in one of the graph formats; written once, then remembered."""
    triples = describe(endpoint, base, sources, quads, limits)
    data = serialize(triples, format=GRAPHS[media_type], prefixes=PREFIXES)
    assert data is not None, "without an output the engine returns bytes"
    return data

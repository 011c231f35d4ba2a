"""Twingraph: the open knowledge graph of town partnerships.

Each part imports from those above it alone:

errors         everything that can go wrong, with its exit status
identifiers    keys, and the IRIs made of them
namespaces     the namespaces of the graph, and their prefixes
written_dates  dates as people write them where EDTF is meant, for the cure of an error
dates          dates as sources state them: EDTF, precision, bounds
characters     which characters a text may hold
resources      where the ontology, the shapes and the cookbook are
retries        which failures over HTTP may pass, and how long to wait
authority      codes of the EU's authority tables
model          records, merging, look-up across things; knows no RDF
rdf            records to RDF; Turtle, N-Triples, JSON-LD, RDF/XML
shacl          the shapes' verdict on a graph
sources        what stands outside, read into records
reconcile      which Wikidata item a town is
web            what pages are made of: templates, translations, pictures, what browsers load
quality        what is complete, contradicts, is old
release        dumps, tables, catalogue, pages; published in one step
verify         a release held against its own files
build          the main job: data in, a release out
contributions  what people enter in sheets and forms, put into the data
sparql         queries, what answers them, and their results
serve          the service over HTTP
editor         the form over a data folder, on this machine
api            a release in Python
spark          the same functions on Apache Spark, for data beyond one machine
cli            the command line
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from twingraph.api import Release, open

__all__ = ["Release", "open"]


def __getattr__(name: str) -> Any:
    """`open` and `Release`, imported when they are used: commands do without rdflib."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from twingraph import api

    return getattr(api, name)

"""void.ttl: every number is what a SPARQL query over the dump counts."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from rdflib import DCTERMS, RDF, SKOS, VOID, URIRef

from twingraph.model.records import View
from twingraph.rdf.terms import Term
from twingraph.release.content import Content
from twingraph.release.dumps import dumps as exporters
from twingraph.release.files import File
from twingraph.release.void import FORMATS, LINKED, statistics, write_void

BASE = "https://w3id.org/twingraph/"
DATASET = URIRef(f"{BASE}catalog#dataset")


@pytest.fixture(scope="module")
def void(release: Path) -> rdflib.Graph:
    return rdflib.Graph().parse(release / "void.ttl")


@pytest.fixture(scope="module")
def store(release: Path) -> ox.Store:
    store = ox.Store()
    store.load(path=release / "twingraph.ttl")
    return store


def count(store: ox.Store, query: str) -> int:
    solutions = store.query(query)
    assert isinstance(solutions, ox.QuerySolutions)
    return int(next(solutions)["n"].value)


def test_the_whole_is_counted(void: rdflib.Graph, store: ox.Store) -> None:
    for name, what in {
        VOID.triples: "*",
        VOID.distinctSubjects: "DISTINCT ?s",
        VOID.properties: "DISTINCT ?p",
    }.items():
        expected = count(store, f"SELECT (COUNT({what}) AS ?n) {{ ?s ?p ?o }}")
        assert void.value(DATASET, name) == rdflib.Literal(expected), name


def test_every_class_is_counted(void: rdflib.Graph, store: ox.Store) -> None:
    partitions = list(void.objects(DATASET, VOID.classPartition))
    for partition in partitions:
        class_ = void.value(partition, VOID["class"])
        expected = count(store, f"SELECT (COUNT(DISTINCT ?s) AS ?n) {{ ?s a <{class_}> }}")
        assert void.value(partition, VOID.entities) == rdflib.Literal(expected), class_
    expected = count(store, "SELECT (COUNT(DISTINCT ?c) AS ?n) { ?s a ?c }")
    assert len(partitions) == expected > 10
    assert void.value(DATASET, VOID.classes) == rdflib.Literal(expected)


def test_every_property_is_counted(void: rdflib.Graph, store: ox.Store) -> None:
    partitions = list(void.objects(DATASET, VOID.propertyPartition))
    for partition in partitions:
        property_ = void.value(partition, VOID.property)
        for name, what in {VOID.triples: "*", VOID.distinctSubjects: "DISTINCT ?s"}.items():
            expected = count(store, f"SELECT (COUNT({what}) AS ?n) {{ ?s <{property_}> ?o }}")
            assert void.value(partition, name) == rdflib.Literal(expected), property_
    assert len(partitions) == count(store, "SELECT (COUNT(DISTINCT ?p) AS ?n) { ?s ?p ?o }")


def test_the_links_to_wikidata_and_geonames_are_counted(
    void: rdflib.Graph, store: ox.Store
) -> None:
    linksets = list(void.subjects(RDF.type, VOID.Linkset))
    for linkset in linksets:
        target = void.value(void.value(linkset, VOID.objectsTarget), VOID.uriSpace)
        property_ = void.value(linkset, VOID.linkPredicate)
        expected = count(
            store,
            f"SELECT (COUNT(*) AS ?n) {{ ?s <{property_}> ?o "
            f'FILTER(STRSTARTS(STR(?o), "{target}")) }}',
        )
        assert void.value(linkset, VOID.triples) == rdflib.Literal(expected)
        assert expected > 0
        assert (DATASET, VOID.subset, linkset) in void
    spaces = {str(space) for space in void.objects(None, VOID.uriSpace)}
    assert spaces == {BASE, *LINKED.values()}
    assert {void.value(s, VOID.linkPredicate) for s in linksets} == {
        SKOS.exactMatch,
        SKOS.closeMatch,
    }


def test_examples_and_dumps_are_there(void: rdflib.Graph, store: ox.Store, release: Path) -> None:
    examples = list(void.objects(DATASET, VOID.exampleResource))
    assert len(examples) == 4
    for example in examples:
        assert count(store, f"SELECT (COUNT(*) AS ?n) {{ <{example}> ?p ?o }}") > 5
    dumps = {str(dump).removeprefix(BASE) for dump in void.objects(DATASET, VOID.dataDump)}
    assert dumps == {dump.name for dump in exporters()}
    assert all((release / name).is_file() for name in dumps)
    assert {str(f) for f in void.objects(DATASET, VOID.feature)} == set(FORMATS.values())
    assert void.value(DATASET, VOID.sparqlEndpoint) == URIRef(f"{BASE}sparql")


def test_the_vocabularies_are_those_in_use(void: rdflib.Graph) -> None:
    vocabularies = {str(v) for v in void.objects(DATASET, VOID.vocabulary)}
    assert {"https://w3id.org/twingraph/ns#", str(DCTERMS), str(SKOS)} <= vocabularies
    assert "http://www.w3.org/ns/dcat#" not in vocabularies
    assert all(v.endswith(("#", "/")) for v in vocabularies)


def test_no_blank_nodes_and_every_node_described(void: rdflib.Graph) -> None:
    assert not [node for triple in void for node in triple if isinstance(node, rdflib.BNode)]
    for predicate in (VOID.classPartition, VOID.propertyPartition, VOID.subset):
        for node in void.objects(DATASET, predicate):
            assert (node, None, None) in void


def test_the_same_bytes_each_time(view: View, release: Path, tmp_path: Path) -> None:
    files = [File.of(release, dump) for dump in exporters()]
    write_void(tmp_path, Content(view), files)
    assert (tmp_path / "void.ttl").read_bytes() == (release / "void.ttl").read_bytes()


def test_a_term_of_an_unknown_vocabulary_is_named_too(view: View, tmp_path: Path) -> None:
    from twingraph.release.void import describe_void

    unknown = Term("<https://example.org/vocabulary/Thing>")
    rdf_type = Term(f"<{RDF.type}>")
    counted = statistics([(Term("<https://example.org/x>"), [(rdf_type, unknown)])])
    said = dict(describe_void(Content(view), counted, []))
    node = f"<{BASE}void#class-https-example-org-vocabulary-Thing>"
    assert (Term(f"<{VOID['class']}>"), unknown) in said[Term(node)]

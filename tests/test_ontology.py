"""The ontology, its alignments, the concepts and the JSON-LD context agree with each other."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

import pyoxigraph as ox
import pytest
from pyld import jsonld
from rdflib import Graph, Literal, URIRef
from rdflib.compare import isomorphic
from rdflib.namespace import (
    DCAT,
    DCTERMS,
    FOAF,
    GEO,
    ORG,
    OWL,
    PROV,
    RDF,
    RDFS,
    SDO,
    SH,
    SKOS,
    VANN,
    XSD,
    DefinedNamespace,
)
from rdflib.term import Node

from tests.conftest import ROOT

ONTOLOGY = ROOT / "ontology"
TG = "https://w3id.org/twingraph/ns#"
ONTOLOGY_IRI = URIRef("https://w3id.org/twingraph/ns")
CONCEPTS = "https://w3id.org/twingraph/concept/"
LANGUAGES = {"en", "pl", "sk", "nl", "de", "fr"}
DATES = (
    "since",
    "firstContact",
    "formedOn",
    "dissolvedOn",
    "signedOn",
    "signedAgainOn",
    "plannedFor",
    "validUntil",
    "start",
    "end",
    "changedOn",
)
BOUNDS = tuple(f"{date}{bound}" for date in DATES for bound in ("Earliest", "Latest"))

# Vocabularies whose terms rdflib knows, so that a misspelt one is found.
DEFINED: dict[str, type[DefinedNamespace]] = {
    str(namespace): namespace
    for namespace in (DCAT, DCTERMS, FOAF, GEO, ORG, OWL, PROV, RDF, RDFS, SH, SKOS, VANN, XSD)
}
# The terms used of vocabularies that rdflib does not know. cv is checked against SEMIC's releases
# of the core vocabularies, locn, oa and sf against the namespace documents.
LISTED = {
    "http://data.europa.eu/m8g/": {
        "Participation", "PublicOrganisation", "currency", "hasParticipation", "playsRole", "role",
        "sector",
    },
    "http://www.w3.org/ns/locn#": {"adminUnitL1", "adminUnitL2"},
    "http://www.w3.org/ns/oa#": {
        "Annotation", "SpecificResource", "TextQuoteSelector", "exact", "hasBody", "hasSelector",
        "hasSource", "hasTarget", "motivatedBy",
    },
    "http://www.opengis.net/ont/sf#": {"Point"},
    "http://www.wikidata.org/entity/": {"P190"},
}  # fmt: skip


@cache
def graph(name: str) -> Graph:
    return Graph().parse(ONTOLOGY / f"{name}.ttl")


@cache
def terms() -> frozenset[URIRef]:
    kinds = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty)
    return frozenset(
        subject
        for kind in kinds
        for subject in graph("twingraph").subjects(RDF.type, kind)
        if isinstance(subject, URIRef)
    )


@cache
def context() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ONTOLOGY / "context.jsonld").read_text("utf-8"))["@context"]
    return found


def definitions() -> dict[str, dict[str, Any]]:
    """The context's terms in expanded form, without keywords, aliases and prefixes."""
    expanded = {
        term: value if isinstance(value, dict) else {"@id": value}
        for term, value in context().items()
        if not term.startswith("@")
    }
    return {t: d for t, d in expanded.items() if d["@id"][0] != "@" and d["@id"][-1] not in "/#"}


def full(compact: str) -> str:
    """The absolute IRI of a compact IRI of the context."""
    prefix, local = compact.split(":", 1)
    return str(context()[prefix]) + local


def defined_elsewhere(iri: str) -> bool:
    if iri.startswith("http://schema.org/"):
        return URIRef(iri.replace("http:", "https:", 1)) in SDO
    for namespace, vocabulary in DEFINED.items():
        if iri.startswith(namespace):
            return URIRef(iri) in vocabulary
    return any(iri.removeprefix(base) in names for base, names in LISTED.items())


def language_tags(source: Graph, subject: Node, predicate: Node) -> Counter[str | None]:
    values = source.objects(subject, predicate)
    return Counter(value.language for value in values if isinstance(value, Literal))


def iris(source: Graph) -> Iterator[URIRef]:
    for triple in source:
        for node in triple:
            assert isinstance(node, URIRef | Literal), f"blank node in {triple}"
            if isinstance(node, URIRef):
                yield node


@pytest.mark.parametrize("name", ["twingraph", "alignments", "concepts"])
def test_two_parsers_read_the_same_graph_and_it_has_no_blank_node(name: str) -> None:
    path = ONTOLOGY / f"{name}.ttl"
    assert len(list(ox.parse(path=path, format=ox.RdfFormat.TURTLE))) == len(graph(name))
    assert list(iris(graph(name)))


# -- twingraph.ttl


def test_every_term_is_labelled_explained_and_defined_here() -> None:
    own = graph("twingraph")
    assert len(terms()) > 60
    for term in terms():
        assert term.startswith(TG)
        assert set(language_tags(own, term, RDFS.label)) == LANGUAGES, term
        assert max(language_tags(own, term, RDFS.label).values()) == 1, term
        assert language_tags(own, term, RDFS.comment)["en"] == 1, term
        assert list(own.objects(term, RDFS.isDefinedBy)) == [ONTOLOGY_IRI], term


def test_the_file_describes_own_terms_only() -> None:
    assert set(graph("twingraph").subjects()) == terms() | {ONTOLOGY_IRI}


def test_every_own_term_that_is_mentioned_is_declared() -> None:
    for name in ("twingraph", "alignments", "concepts"):
        mentioned = {iri for iri in iris(graph(name)) if iri.startswith(TG)}
        assert mentioned <= terms(), mentioned - terms()


def test_terms_named_in_a_comment_are_declared() -> None:
    for name in ("twingraph", "concepts"):
        for text in graph(name).objects():
            if isinstance(text, Literal) and text.language:
                for word in str(text).replace("\N{HORIZONTAL ELLIPSIS}", " ").split():
                    if "tg:" in word:
                        local = word.split("tg:")[1].rstrip(".,;:)'\"")
                        assert URIRef(TG + local) in terms(), text


def test_every_date_property_has_its_bounds() -> None:
    own = graph("twingraph")
    for date in DATES:
        for bound in (f"{date}Earliest", f"{date}Latest"):
            assert own.value(URIRef(TG + bound), RDFS.range) == XSD.date
            assert own.value(URIRef(TG + bound), RDFS.domain) == own.value(
                URIRef(TG + date), RDFS.domain
            )
        assert own.value(URIRef(TG + date), RDFS.range) is None, "the precision is the source's"


def test_inverses_mirror_domain_and_range() -> None:
    own = graph("twingraph")
    inverses = list(own.subject_objects(OWL.inverseOf))
    assert len(inverses) == 8
    for one, other in inverses:
        assert own.value(one, RDFS.domain) == own.value(other, RDFS.range)
        assert own.value(one, RDFS.range) == own.value(other, RDFS.domain)
    assert (URIRef(TG + "agreementOf"), OWL.inverseOf, None) not in own


def test_twinning_is_symmetric() -> None:
    assert (URIRef(TG + "twinnedWith"), RDF.type, OWL.SymmetricProperty) in graph("twingraph")


def test_see_also_leads_to_a_scheme_that_exists() -> None:
    own, schemes = graph("twingraph"), set(graph("concepts").subjects(RDF.type, SKOS.ConceptScheme))
    led_to = {scheme for term in terms() for scheme in own.objects(term, RDFS.seeAlso)}
    assert led_to == schemes
    to_concepts = set(own.subjects(RDFS.range, SKOS.Concept))
    assert to_concepts == {term for term in terms() if (term, RDFS.seeAlso, None) in own}


# -- alignments.ttl


def test_alignments_start_from_own_terms_and_lead_to_terms_that_exist() -> None:
    for subject, predicate, target in graph("alignments"):
        if subject == URIRef("https://w3id.org/twingraph/ns/alignments"):
            continue
        assert subject in terms()
        assert predicate in {
            RDFS.subClassOf, RDFS.subPropertyOf, SKOS.closeMatch, SKOS.relatedMatch,
        }  # fmt: skip
        assert defined_elsewhere(str(target)), target


def test_foreign_terms_in_the_ontology_exist() -> None:
    own = graph("twingraph")
    for predicate in set(own.predicates()):
        assert defined_elsewhere(str(predicate)), predicate
    for predicate in (RDFS.domain, RDFS.range, RDFS.subClassOf, RDFS.subPropertyOf, RDF.type):
        for target in set(own.objects(None, predicate)) - terms():
            assert defined_elsewhere(str(target)), target


def test_a_misspelt_foreign_term_would_be_found() -> None:
    assert not defined_elsewhere("http://www.w3.org/ns/org#OrganisationalCollaboration")
    assert not defined_elsewhere("http://schema.org/Programme")
    assert not defined_elsewhere("https://schema.org/Project"), "schema.org is written with http"


# -- concepts.ttl


def test_every_concept_is_in_exactly_one_scheme_as_its_iri_says() -> None:
    concepts = graph("concepts")
    found = set(concepts.subjects(RDF.type, SKOS.Concept))
    assert len(found) > 70
    for concept in found:
        scheme, name = str(concept).removeprefix(CONCEPTS).split("/")
        assert list(concepts.objects(concept, SKOS.inScheme)) == [URIRef(CONCEPTS + scheme)]
        assert list(concepts.objects(concept, SKOS.topConceptOf)) == [URIRef(CONCEPTS + scheme)]
        assert list(concepts.objects(concept, SKOS.notation)) == [Literal(name)]
        assert (URIRef(CONCEPTS + scheme), RDF.type, SKOS.ConceptScheme) in concepts


def test_concepts_and_schemes_are_labelled_in_four_languages_and_defined() -> None:
    concepts = graph("concepts")
    for subject in set(concepts.subjects()):
        tags = language_tags(concepts, subject, SKOS.prefLabel)
        assert set(tags) == LANGUAGES and max(tags.values()) == 1, subject
        assert language_tags(concepts, subject, SKOS.definition) == {"en": 1}, subject


def test_labels_are_unique_within_a_scheme_and_language() -> None:
    concepts = graph("concepts")
    seen: Counter[tuple[Node, Node]] = Counter()
    for label in (SKOS.prefLabel, SKOS.altLabel):
        for concept, text in concepts.subject_objects(label):
            scheme = concepts.value(concept, SKOS.inScheme)
            if scheme is not None:
                seen[scheme, text] += 1
    assert [key for key, count in seen.items() if count > 1] == []


def test_no_match_to_other_vocabularies_is_claimed() -> None:
    predicates = set(graph("concepts").predicates())
    assert not predicates & {SKOS.exactMatch, SKOS.closeMatch, SKOS.broadMatch, OWL.sameAs}


# -- context.jsonld


def test_every_context_term_stands_for_a_defined_term() -> None:
    for term, definition in definitions().items():
        iri = full(definition["@id"])
        assert URIRef(iri) in terms() or defined_elsewhere(iri), term


def test_every_own_term_is_in_the_context_under_its_local_name() -> None:
    for term in terms():
        assert full(definitions()[term.removeprefix(TG)]["@id"]) == str(term)


def test_no_two_terms_stand_for_the_same_iri() -> None:
    counts = Counter(definition["@id"] for definition in definitions().values())
    assert [iri for iri, count in counts.items() if count > 1] == []


def test_the_predicates_and_classes_of_the_concepts_are_in_the_context() -> None:
    known = {full(definition["@id"]) for definition in definitions().values()}
    concepts = graph("concepts")
    used = {str(p) for p in concepts.predicates()} | {
        str(o) for o in concepts.objects(None, RDF.type)
    }
    assert used - {str(RDF.type)} <= known


def test_links_are_coerced_to_iris_and_nothing_else_is() -> None:
    own = graph("twingraph")
    for term in terms():
        definition = definitions()[term.removeprefix(TG)]
        is_link = (term, RDF.type, OWL.ObjectProperty) in own
        assert (definition.get("@type") == "@id") == is_link, term


def test_literals_are_coerced_to_their_range_and_native_dates_are_not() -> None:
    own = graph("twingraph")
    for term in set(own.subjects(RDF.type, OWL.DatatypeProperty)):
        local = str(term).removeprefix(TG)
        datatype = own.value(term, RDFS.range)
        if datatype in (XSD.date, XSD.decimal, XSD.integer, XSD.boolean):
            assert full(definitions()[local]["@type"]) == str(datatype)
        else:
            assert "@type" not in definitions()[local]
    for date in DATES:
        assert definitions()[date] == {"@id": f"tg:{date}"}


SAMPLE_VALUES: dict[str, Any] = {
    "xsd:date": "2018-04-29",
    "xsd:dateTime": "2026-11-23T00:00:00Z",
    "xsd:decimal": "30296.38",
    "xsd:integer": 1,
    "xsd:boolean": True,
    "geo:wktLiteral": "POINT(22.6117 50.1777)",
    "@id": "https://example.org/thing",
}


def sample(term: str, definition: dict[str, Any]) -> Any:
    """A value as a release writes it."""
    container = definition.get("@container", ())
    if "@language" in container:
        one: Any = ["burmistrz"] if "@set" in container else "burmistrz"
        return {"pl": one, "@none": one}
    if term in DATES:
        return {"@value": "2018-04", "@type": "xsd:gYearMonth"}
    value = SAMPLE_VALUES.get(definition.get("@type", ""), "text")
    return [value] if "@set" in container else value


def sample_document() -> dict[str, Any]:
    """A document that uses every term of the context."""
    properties = {t: d for t, d in definitions().items() if t[0].islower()}
    classes = [term for term in definitions() if term[0].isupper()]
    return {
        "@context": context(),
        "id": "https://example.org/all",
        "type": classes,
        **{term: sample(term, definition) for term, definition in properties.items()},
    }


def n_quads(document: dict[str, Any]) -> str:
    found: str = jsonld.to_rdf(document, {"format": "application/n-quads"})
    return found


def test_a_document_of_all_terms_expands_and_compacts_back() -> None:
    document = sample_document()
    expanded = jsonld.expand(document)
    classes = len(expanded[0]["@type"])
    assert classes + len(expanded[0]) - 2 == len(definitions()), "no term was dropped"
    compacted = jsonld.compact(expanded, {"@context": context()})
    for term in definitions():
        if term[0].islower():
            assert term in compacted, term
    assert isinstance(compacted["partner"], list)
    assert compacted["role"] == {"pl": "burmistrz", "@none": "burmistrz"}
    assert compacted["altLabel"] == {"pl": ["burmistrz"], "@none": ["burmistrz"]}
    assert compacted["since"] == {"@value": "2018-04", "type": "xsd:gYearMonth"}
    assert compacted["totalBudget"] == "30296.38"


# rdflib 7 reads JSON-LD with a class of its own that it has deprecated.
@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
def test_three_readers_find_the_same_graph_in_a_document_of_all_terms() -> None:
    document = sample_document()
    text = json.dumps(document)
    by_pyld = Graph().parse(data=n_quads(document), format="nt")
    by_rdflib = Graph().parse(data=text, format="json-ld")
    by_pyoxigraph = Graph()
    for quad in ox.parse(input=text, format=ox.RdfFormat.JSON_LD):
        by_pyoxigraph.parse(data=f"{quad.triple} .", format="nt")
    assert len(by_pyld) > len(definitions())
    assert isomorphic(by_pyld, by_pyoxigraph)
    assert isomorphic(by_pyld, by_rdflib)


def test_decimals_booleans_and_bounds_get_their_datatypes() -> None:
    found = Graph().parse(data=n_quads(sample_document()), format="nt")
    subject = URIRef("https://example.org/all")
    for local, value in {
        "totalBudget": Literal("30296.38", datatype=XSD.decimal),
        "derived": Literal("true", datatype=XSD.boolean),
        "rank": Literal("1", datatype=XSD.integer),
        **{bound: Literal("2018-04-29", datatype=XSD.date) for bound in BOUNDS},
    }.items():
        assert (subject, URIRef(TG + local), value) in found, local


@pytest.mark.parametrize("prefix", ["tg", "wd", "xsd"])
def test_prefixes_serve_compact_iris(prefix: str) -> None:
    document = {"@context": context(), "id": f"{prefix}:x", "exactMatch": [f"{prefix}:y"]}
    expanded = jsonld.expand(document)
    assert expanded[0]["@id"] == f"{context()[prefix]}x"

"""The namespaces of the graph, and the prefixes it is written with."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from twingraph.identifiers import CONCEPT, PATHS

TG: Final = "https://w3id.org/twingraph/ns#"
RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDF_TYPE: Final = f"{RDF}type"
RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"
XSD: Final = "http://www.w3.org/2001/XMLSchema#"
OWL: Final = "http://www.w3.org/2002/07/owl#"
SKOS: Final = "http://www.w3.org/2004/02/skos/core#"
DCT: Final = "http://purl.org/dc/terms/"
FOAF: Final = "http://xmlns.com/foaf/0.1/"
ORG: Final = "http://www.w3.org/ns/org#"
PROV: Final = "http://www.w3.org/ns/prov#"
OA: Final = "http://www.w3.org/ns/oa#"
GEO: Final = "http://www.opengis.net/ont/geosparql#"
SF: Final = "http://www.opengis.net/ont/sf#"
SH: Final = "http://www.w3.org/ns/shacl#"
DCAT: Final = "http://www.w3.org/ns/dcat#"
DCATAP: Final = "http://data.europa.eu/r5r/"
VCARD: Final = "http://www.w3.org/2006/vcard/ns#"
# Both http: the namespaces of SPDX and VoID were never moved.
SPDX: Final = "http://spdx.org/rdf/terms#"
VOID: Final = "http://rdfs.org/ns/void#"
# schema.org is http here; rdflib's SDO is https, and the two must not be mixed.
SCHEMA: Final = "http://schema.org/"
WD: Final = "http://www.wikidata.org/entity/"
WIKIBASE: Final = "http://wikiba.se/ontology#"
GEONAMES: Final = "https://sws.geonames.org/"
COUNTRY: Final = "http://publications.europa.eu/resource/authority/country/"
CURRENCY: Final = "http://publications.europa.eu/resource/authority/currency/"
EU_KNOWLEDGE_GRAPH: Final = "https://linkedopendata.eu/entity/"
LANGUAGE: Final = "http://publications.europa.eu/resource/authority/language/"

BASE: Final = "https://w3id.org/twingraph/"
"""The default base of the graph's own IRIs; data/dataset.yaml may set another."""

VOCABULARIES: Final[dict[str, str]] = {
    "tg": TG,
    "rdf": RDF,
    "rdfs": RDFS,
    "xsd": XSD,
    "owl": OWL,
    "skos": SKOS,
    "dct": DCT,
    "foaf": FOAF,
    "org": ORG,
    "prov": PROV,
    "oa": OA,
    "geo": GEO,
    "sf": SF,
    "wd": WD,
    "country": COUNTRY,
    "currency": CURRENCY,
}
"""Prefixes for vocabularies and authorities of others, in the order they are written."""


def prefixes(base: str, schemes: Iterable[str] = ()) -> dict[str, str]:
    """The prefixes the graph is written and asked with: vocabularies, our own IRI paths under a
    base, and the concept schemes (`office:mayor`)."""
    own = {path: f"{base}{path}/" for path in PATHS if path != CONCEPT}
    concepts = {scheme: f"{base}{CONCEPT}/{scheme}/" for scheme in sorted(schemes)}
    return {**VOCABULARIES, **own, "scheme": f"{base}{CONCEPT}/", **concepts}

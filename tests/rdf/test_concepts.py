"""The concept schemes, as fields may name them and as the graph describes them."""

from __future__ import annotations

from pathlib import Path

import pytest

from twingraph import resources
from twingraph.errors import UsageError
from twingraph.identifiers import is_key
from twingraph.namespaces import BASE, RDF, SKOS
from twingraph.rdf import concepts
from twingraph.rdf.terms import iri
from twingraph.sources.curated.statements import RANKS

SCHEMES = {
    "agreement-kind", "authority-level", "field", "method", "office", "partnership-status",
    "purpose", "signature-basis", "source-kind", "wikidata-status",
}  # fmt: skip
OTHER = "https://example.org/"


def test_every_scheme_is_there_and_holds_something() -> None:
    assert set(concepts.schemes()) >= SCHEMES
    assert all(concepts.schemes()[scheme] for scheme in SCHEMES)


def test_names_are_keys() -> None:
    for scheme, names in concepts.schemes().items():
        assert is_key(scheme)
        assert all(map(is_key, names))


@pytest.mark.parametrize(
    ("scheme", "name"),
    [
        ("agreement-kind", "letter-of-intent"),
        ("partnership-status", "dormant"),
        ("office", "county-head"),
        ("authority-level", "municipality"),
        ("signature-basis", "proxy"),
    ],
)
def test_names_of_the_contract(scheme: str, name: str) -> None:
    assert name in concepts.schemes()[scheme]


def test_every_kind_of_source_has_a_rank() -> None:
    assert set(RANKS) == set(concepts.schemes()["source-kind"])


def test_descriptions_stand_in_order_and_have_no_blank_nodes() -> None:
    described = concepts.descriptions(BASE)
    assert list(described) == sorted(described)
    terms = {term for statements in described.values() for pair in statements for term in pair}
    assert not any(term.startswith("_:") for term in terms | set(described))


def test_another_base_moves_every_concept() -> None:
    moved = concepts.descriptions(OTHER)
    assert len(moved) == len(concepts.descriptions(BASE))
    assert all(term.startswith(f"<{OTHER}concept/") for term in moved)
    objects = {o for statements in moved.values() for _, o in statements}
    assert not any(o.startswith(f"<{BASE}concept/") for o in objects)


def test_what_is_used_comes_with_its_scheme() -> None:
    mayor = iri(f"{OTHER}concept/office/mayor")
    office = iri(f"{OTHER}concept/office")
    described = dict(concepts.described({mayor, iri("https://example.org/other")}, OTHER))
    assert set(described) == {office, mayor}
    assert (iri(f"{RDF}type"), iri(f"{SKOS}ConceptScheme")) in described[office]
    assert (iri(f"{SKOS}inScheme"), office) in described[mayor]


def test_an_incomplete_installation_says_so() -> None:
    with pytest.raises(UsageError, match="lacks its folder nothing/"):
        resources.folder("nothing")


def test_the_ontology_is_found() -> None:
    assert (resources.folder("ontology") / "concepts.ttl").is_file()
    assert isinstance(resources.folder("shapes"), Path)

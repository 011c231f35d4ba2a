"""Turtle and TriG: read alike by parsers that are not ours, and pleasant to read."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox
import pytest
from hypothesis import assume, given, settings

from tests.release import strategies
from tests.release.parsers import ntriples, oxigraph, statements, with_rapper, with_rdflib, written
from tests.release.strategies import BASE, PREFIXES
from twingraph.namespaces import RDF, RDFS, TG, XSD
from twingraph.rdf import terms
from twingraph.rdf.terms import Description, Term
from twingraph.rdf.turtle import write_trig, write_turtle

A = terms.iri(f"{RDF}type")
LABEL = terms.iri(f"{RDFS}label")
SINCE = terms.iri(f"{TG}since")
PARTNER = terms.iri(f"{TG}partner")


def turtle(said: Iterable[Description], prefixes: dict[str, str] = PREFIXES) -> bytes:
    return written(lambda out: write_turtle(said, prefixes, out))


def body(*said: Description) -> str:
    return turtle(said, PREFIXES).decode().partition("\n\n")[2]


def test_type_and_label_come_first_and_equal_predicates_together() -> None:
    town = terms.iri(f"{BASE}town/a")
    said = [
        (PARTNER, terms.iri(f"{BASE}town/b")),
        (SINCE, terms.typed("2010", f"{XSD}gYear")),
        (LABEL, terms.text("A", "pl")),
        (PARTNER, terms.iri(f"{BASE}town/c")),
        (A, terms.iri(f"{TG}Town")),
    ]
    assert body((town, said), (PARTNER, [(LABEL, terms.text("partner"))])) == (
        "town:a a tg:Town ;\n"
        '    rdfs:label "A"@pl ;\n'
        "    tg:partner town:b, town:c ;\n"
        '    tg:since "2010"^^xsd:gYear .\n'
        "\n"
        'tg:partner rdfs:label "partner" .\n'
    )


def test_long_lists_stand_one_below_the_other() -> None:
    many = [(PARTNER, terms.iri(f"{BASE}town/with-a-long-name-{n}")) for n in range(5)]
    lines = body((terms.iri(f"{BASE}town/a"), many)).splitlines()
    assert lines[1] == "        town:with-a-long-name-1,"
    assert max(map(len, lines)) <= 100


def test_prefixes_stand_first_in_the_order_given() -> None:
    lines = turtle([]).decode().splitlines()
    assert lines == [f"@prefix {name}: <{namespace}> ." for name, namespace in PREFIXES.items()]


@pytest.mark.parametrize(
    ("iri", "name"),
    [
        (f"{BASE}town/9lives", "town:9lives"),
        (f"{BASE}town/a.b", "town:a.b"),
        (f"{BASE}town/a_b--c", "town:a_b--c"),
        (f"{BASE}town/", "town:"),
        (f"{BASE}town/%C3%A9", "town:%C3%A9"),
        (f"{BASE}town/żółw", "town:żółw"),
        (f"{BASE}town/a:b", "town:a:b"),
        (f"{BASE}other", ":other"),
        (f"{BASE}town/a.", f"<{BASE}town/a.>"),
        (f"{BASE}town/-a", f"<{BASE}town/-a>"),
        (f"{BASE}town/.a", f"<{BASE}town/.a>"),
        (f"{BASE}town/b/c", f"<{BASE}town/b/c>"),
        (f"{BASE}town/b#c", f"<{BASE}town/b#c>"),
        (f"{BASE}town/b(c)'d", f"<{BASE}town/b(c)'d>"),
        ("urn:x:y", "<urn:x:y>"),
        ("town:a", "<town:a>"),
        ("https://elsewhere.example/", "<https://elsewhere.example/>"),
    ],
)
def test_names_are_short_where_the_grammar_allows(iri: str, name: str) -> None:
    term = terms.iri(iri)
    data = turtle([(term, [(term, term)])], PREFIXES)
    assert data.decode().endswith(f"\n{name} {name} {name} .\n")
    assert with_rapper(data, "turtle") == {f"{term} {term} {term}"}


@pytest.mark.parametrize(
    ("lexical", "datatype", "written_as"),
    [
        ("12", "integer", "12"),
        ("-3", "integer", "-3"),
        ("012", "integer", '"012"^^xsd:integer'),
        ("1.50", "decimal", "1.50"),
        ("1", "decimal", '"1"^^xsd:decimal'),
        ("1.", "decimal", '"1."^^xsd:decimal'),
        ("true", "boolean", "true"),
        ("1", "boolean", '"1"^^xsd:boolean'),
        ("1.5", "double", '"1.5"^^xsd:double'),
    ],
)
def test_numbers_lose_their_quotes_where_nothing_else_is_lost(
    lexical: str, datatype: str, written_as: str
) -> None:
    value = terms.typed(lexical, f"{XSD}{datatype}")
    assert body((PARTNER, [(SINCE, value)])) == f"tg:partner tg:since {written_as} .\n"


@pytest.mark.parametrize("prefix", ["1a", "a.", "-a", "a b"])
def test_a_prefix_that_the_grammar_forbids(prefix: str) -> None:
    with pytest.raises(ValueError, match="no Turtle prefix"):
        turtle([], {prefix: BASE})


@given(strategies.descriptions)
def test_oxigraph_reads_the_same(said: list[Description]) -> None:
    assert oxigraph(turtle(said), ox.RdfFormat.TURTLE) == statements(said)


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
@given(strategies.descriptions)
def test_rdflib_reads_the_same(said: list[Description]) -> None:
    assert with_rdflib(turtle(said), "turtle") == with_rdflib(ntriples(said), "nt")


@settings(max_examples=25)
@given(strategies.descriptions)
def test_rapper_reads_the_same(said: list[Description]) -> None:
    assume(b"\\uFFF" not in ntriples(said))  # Raptor refuses noncharacters.
    assert with_rapper(turtle(said), "turtle") == with_rapper(ntriples(said), "ntriples")


@given(strategies.descriptions, strategies.descriptions, strategies.iris)
def test_trig_holds_every_graph(
    default: list[Description], named: list[Description], name: Term
) -> None:
    data = written(lambda out: write_trig(default, [(name, named)], PREFIXES, out))
    expected = statements(default) | {f"{line} {name}" for line in statements(named)}
    assert oxigraph(data, ox.RdfFormat.TRIG) == expected


def test_trig_is_indented() -> None:
    said: list[Description] = [(PARTNER, [(A, A), (LABEL, terms.text("x"))])]
    name = terms.iri(f"{BASE}town/g")
    data = written(lambda out: write_trig([], [(name, said)], PREFIXES, out))
    block = data.decode().partition("\n\n")[2]
    rdf_type = f"<{RDF}type>"
    assert block == (f'town:g {{\n    tg:partner a {rdf_type} ;\n        rdfs:label "x" .\n}}\n')


def test_what_is_remembered_is_bounded() -> None:
    many = ((terms.iri(f"{BASE}town/x{n}"), [(A, PARTNER)]) for n in range(40_000))
    assert turtle(many).count(b"\n\ntown:x") == 40_000

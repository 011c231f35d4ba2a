"""Compact JSON-LD: what each term of a context makes of values, and that nothing is lost."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import ROOT
from tests.release import strategies
from tests.release.parsers import ntriples, oxigraph, statements, with_pyld, with_rdflib, written
from tests.release.strategies import BASE
from twingraph.namespaces import GEO, RDF, RDFS, TG, XSD
from twingraph.rdf import terms
from twingraph.rdf.jsonld.context import part_in_use
from twingraph.rdf.jsonld.writer import write_jsonld
from twingraph.rdf.terms import Description, Statement, Term

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")

CONTEXT: dict[str, Any] = {
    "@version": 1.1,
    "id": "@id",
    "type": "@type",
    "tg": TG,
    "rdfs": RDFS,
    "xsd": XSD,
    "town": f"{BASE}town/",
    "geo": {"@id": GEO, "@prefix": True},
    "Partnership": "tg:Partnership",
    "partner": {"@id": "tg:partner", "@type": "@id", "@container": "@set"},
    "status": {"@id": "tg:status", "@type": "@vocab"},
    "active": "tg:active",
    "since": "tg:since",
    "sinceEarliest": {"@id": "tg:sinceEarliest", "@type": "xsd:date"},
    "grant": {"@id": "tg:grant", "@type": "xsd:decimal"},
    "rank": {"@id": "tg:rank", "@type": "xsd:integer"},
    "derived": {"@id": "tg:derived", "@type": "xsd:boolean"},
    "signature": {"@id": "tg:signature", "@type": "@id", "@container": "@set"},
    "onBehalfOf": {"@id": "tg:onBehalfOf", "@type": "@id"},
    "motto": {"@id": "tg:motto", "@language": "la"},
    "label": {"@id": "rdfs:label", "@container": "@language"},
    "comment": {"@id": "rdfs:comment", "@container": ["@language", "@set"]},
    "unusable": {"@id": "tg:list", "@container": "@list"},
    "partnerOf": {"@reverse": "tg:partner"},
    "removed": None,
}
EVERY_CONTEXT: list[dict[str, Any]] = [
    CONTEXT,
    {},
    {"@language": "pl", "@vocab": TG, "label": {"@id": f"{RDFS}label", "@language": None}},
    {"type": {"@id": "@type", "@container": "@set"}, "id": "@id", "a": "http://e/", "tg": TG},
]
THING = terms.iri(f"{BASE}thing/a")
REAL = ROOT / "ontology" / "context.jsonld"


def tg(name: str) -> Term:
    return terms.iri(f"{TG}{name}")


def jsonld(said: Iterable[Description], context: Mapping[str, Any] = CONTEXT) -> bytes:
    return written(lambda out: write_jsonld(said, context, out))


def nodes(*said: Description, context: Mapping[str, Any] = CONTEXT) -> list[dict[str, Any]]:
    """The nodes as JSON, once every parser has found the same statements in them."""
    data = jsonld(said, context)
    assert oxigraph(data, ox.RdfFormat.JSON_LD) == with_pyld(data) == statements(said)
    assert with_rdflib(data, "json-ld") == with_rdflib(ntriples(said), "nt")
    found: list[dict[str, Any]] = json.loads(data)["@graph"]
    return found


def entry(*said: Statement, context: Mapping[str, Any] = CONTEXT) -> dict[str, Any]:
    """What a node says of the subject beside its id."""
    (node,) = nodes((THING, said), context=context)
    assert node.pop("id" if "id" in context else "@id") == THING[1:-1]
    return node


def typed(lexical: str, name: str) -> Term:
    return terms.typed(lexical, f"{XSD}{name}")


LABEL, COMMENT = terms.iri(f"{RDFS}label"), terms.iri(f"{RDFS}comment")
A = terms.iri(f"{RDF}type")


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ([(A, tg("Partnership"))], {"type": "Partnership"}),
        ([(A, tg("Other")), (A, tg("Partnership"))], {"type": ["tg:Other", "Partnership"]}),
        ([(tg("partner"), THING)], {"partner": [f"{BASE}thing/a"]}),
        ([(tg("partner"), terms.iri(f"{BASE}town/b"))], {"partner": ["town:b"]}),
        ([(tg("partner"), terms.text("b"))], {"partner": [{"@value": "b"}]}),
        ([(tg("onBehalfOf"), THING), (tg("onBehalfOf"), A)],
         {"onBehalfOf": [f"{BASE}thing/a", f"{RDF}type"]}),
        ([(tg("status"), tg("active"))], {"status": "active"}),
        ([(tg("status"), THING)], {"status": f"{BASE}thing/a"}),
        ([(tg("since"), typed("2010", "gYear"))],
         {"since": {"@value": "2010", "@type": "xsd:gYear"}}),
        ([(tg("since"), terms.text("x")), (tg("since"), THING)],
         {"since": ["x", {"id": f"{BASE}thing/a"}]}),
        ([(tg("sinceEarliest"), typed("2010-01-01", "date"))], {"sinceEarliest": "2010-01-01"}),
        ([(tg("grant"), typed("28781.50", "decimal"))], {"grant": "28781.50"}),
        ([(tg("rank"), typed("2", "integer"))], {"rank": 2}),
        ([(tg("rank"), typed("02", "integer"))], {"rank": "02"}),
        ([(tg("rank"), typed("9007199254740993", "integer"))], {"rank": "9007199254740993"}),
        ([(tg("derived"), terms.boolean(True))], {"derived": True}),
        ([(tg("derived"), typed("1", "boolean"))], {"derived": "1"}),
        ([(tg("motto"), terms.text("pax", "la")), (tg("motto"), terms.text("pax"))],
         {"motto": ["pax", {"@value": "pax"}]}),
        ([(LABEL, terms.text("A", "pl")), (LABEL, terms.text("B", "sk"))],
         {"label": {"pl": "A", "sk": "B"}}),
        ([(LABEL, terms.text("A", "pl")), (LABEL, terms.text("B", "pl"))],
         {"label": {"pl": ["A", "B"]}}),
        ([(LABEL, terms.text("A"))], {"label": {"@none": "A"}}),
        ([(LABEL, terms.text("A", "pl")), (LABEL, THING), (LABEL, typed("1", "gYear"))],
         {"label": {"pl": "A"},
          f"{RDFS}label": [{"id": f"{BASE}thing/a"}, {"@value": "1", "@type": "xsd:gYear"}]}),
        ([(COMMENT, terms.text("A", "pl"))], {"comment": {"pl": ["A"]}}),
        ([(COMMENT, terms.text("A", "pl")), (COMMENT, terms.text("B", "pl"))],
         {"comment": {"pl": ["A", "B"]}}),
        ([(tg("list"), THING)], {f"{TG}list": {"id": f"{BASE}thing/a"}}),
        ([(tg("elsewhere"), terms.text("x", "en"))],
         {f"{TG}elsewhere": {"@value": "x", "@language": "en"}}),
        ([(tg("since"), THING), (tg("rank"), THING), (tg("since"), A)],
         {"since": [{"id": f"{BASE}thing/a"}, {"id": f"{RDF}type"}],
          "rank": {"id": f"{BASE}thing/a"}}),
        ([(A, terms.text("no class"))], {f"{RDF}type": "no class"}),
    ],
)  # fmt: skip
def test_values(said: list[Statement], expected: dict[str, Any]) -> None:
    assert entry(*said) == expected


def test_the_type_comes_first() -> None:
    assert list(entry((tg("since"), THING), (A, tg("Partnership")))) == ["type", "since"]


def test_a_type_alias_that_is_a_set() -> None:
    context = {"type": {"@id": "@type", "@container": "@set"}, "id": "@id"}
    assert entry((A, THING), context=context) == {"type": [THING[1:-1]]}


def test_without_aliases() -> None:
    assert entry((A, A), (LABEL, A), context={}) == {
        "@type": [f"{RDF}type"][0],
        f"{RDFS}label": {"@id": f"{RDF}type"},
    }


# With the prefix "geo", nothing can be written as geo:1,2; with the term "since", not since:a.
CONFUSED = [terms.iri("geo:22.6,50.1"), terms.iri("since:a"), terms.iri("removed:a")]


@pytest.mark.parametrize("iri", CONFUSED)
def test_an_iri_that_looks_like_a_compact_one(iri: Term) -> None:
    plain = (THING, [(tg("since"), iri), (tg("partner"), iri), (tg("status"), iri), (A, iri)])
    nodes(plain, (iri, [(A, tg("Partnership")), (tg("rank"), typed("2", "integer"))]))
    nodes((THING, [(iri, THING), (iri, terms.text("x", "pl"))]))
    nodes((THING, [(tg("since"), terms.typed("x", iri[1:-1]))]))


def test_a_protected_context_cannot_be_left() -> None:
    context = {"@version": 1.1, "@protected": True, "tg": TG, "geo": GEO}
    with pytest.raises(ValueError, match="protected"):
        jsonld([(THING, [(tg("since"), CONFUSED[0])])], context)


def test_a_compact_iri_that_is_a_term_of_its_own() -> None:
    context = {"tg": TG, "tg:since": {"@id": f"{TG}since", "@type": "@id"}}
    assert entry((tg("since"), tg("since")), context=context) == {"tg:since": f"{TG}since"}


AGREEMENT, FIRST, SECOND = (terms.iri(f"{BASE}{name}") for name in ("agreement", "s1", "s2"))
SIGNATURES: list[Description] = [
    (FIRST, [(A, tg("Signature")), (tg("onBehalfOf"), THING)]),
    (SECOND, [(A, tg("Signature"))]),
]
SIGNED: Description = (
    AGREEMENT,
    [(A, tg("Agreement")), (tg("signature"), FIRST), (tg("signature"), SECOND)],
)


def test_signatures_that_follow_are_nested() -> None:
    (agreement,) = nodes(SIGNED, *SIGNATURES)
    assert [s["id"] for s in agreement["signature"]] == [f"{BASE}s1", f"{BASE}s2"]
    assert agreement["signature"][0]["onBehalfOf"] == f"{BASE}thing/a"


def test_a_signature_that_stands_elsewhere_is_a_link() -> None:
    agreement, other, second = nodes(SIGNED, SIGNATURES[0], (THING, [(A, THING)]), SIGNATURES[1])
    assert isinstance(agreement["signature"][0], dict)
    assert agreement["signature"][1] == f"{BASE}s2"
    assert second["id"] == f"{BASE}s2"


def test_a_signature_said_twice_is_nested_once() -> None:
    said = (AGREEMENT, [(tg("signature"), FIRST), (tg("signature"), FIRST)])
    agreement, again = nodes(said, SIGNATURES[0], SIGNATURES[0])
    assert agreement["signature"][1] == again["id"] == f"{BASE}s1"


def test_only_signatures_are_nested_unless_asked() -> None:
    said: list[Description] = [(THING, [(tg("partner"), FIRST)]), SIGNATURES[0]]
    assert len(nodes(*said)) == 2
    data = written(lambda out: write_jsonld(said, CONTEXT, out, nested=[tg("partner")]))
    assert len(json.loads(data)["@graph"]) == 1
    assert with_pyld(data) == statements(said)


def test_nesting_below_a_node_that_leaves_the_context() -> None:
    nodes((CONFUSED[0], [(tg("signature"), FIRST)]), SIGNATURES[0])
    nodes((AGREEMENT, [(tg("signature"), FIRST), (CONFUSED[0], A)]), SIGNATURES[0])
    odd = terms.typed("x", CONFUSED[0][1:-1])
    nodes((AGREEMENT, [(tg("signature"), FIRST), (tg("since"), odd)]), SIGNATURES[0])
    nodes((AGREEMENT, [(tg("signature"), CONFUSED[0])]), (CONFUSED[0], SIGNATURES[0][1]))


def test_a_description_with_very_many_statements() -> None:
    many = [(tg("partner"), terms.iri(f"{BASE}town/{n}")) for n in range(1000)]
    assert len(entry(*many)["partner"]) == 1000


def test_blank_nodes_of_an_answer() -> None:
    blank = Term("_:b0")
    data = json.loads(jsonld([(blank, [(tg("partner"), blank), (tg("since"), blank)])]))
    expected = {"id": "_:b0", "partner": ["_:b0"], "since": {"id": "_:b0"}}
    assert data["@graph"] == [expected]


def test_nothing_at_all() -> None:
    assert nodes() == nodes((THING, [])) == []


@pytest.mark.parametrize(
    "context", [{"@import": "x"}, {"@context": ["x"]}, {"@context": "https://e/"}]
)
def test_a_context_that_is_not_supported(context: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="one JSON object"):
        jsonld([], context)


@given(strategies.descriptions, st.sampled_from(EVERY_CONTEXT))
def test_oxigraph_and_pyld_read_the_same(said: list[Description], context: dict[str, Any]) -> None:
    data = jsonld(said, context)
    assert oxigraph(data, ox.RdfFormat.JSON_LD) == statements(said)
    assert with_pyld(data) == statements(said)


@given(strategies.descriptions, st.sampled_from(EVERY_CONTEXT))
def test_rdflib_reads_the_same(said: list[Description], context: dict[str, Any]) -> None:
    data = jsonld(said, context)
    assert with_rdflib(data, "json-ld") == with_rdflib(ntriples(said), "nt")


@given(strategies.descriptions)
def test_the_context_of_the_ontology(said: list[Description]) -> None:
    data = jsonld(said, json.loads(REAL.read_text("utf-8")))
    assert with_pyld(data) == statements(said)


def test_the_part_of_a_context_that_is_used_says_the_same() -> None:
    whole: dict[str, Any] = {
        "@version": 1.1,
        "id": "@id",
        "type": "@type",
        "ex": "https://e.org/",
        "other": "https://other.org/",
        "unused": "https://unused.org/",
        "name": {"@id": "ex:name", "@container": "@language"},
        "knows": {"@id": "other:knows", "@type": "@id"},
        "kind": {"@id": "ex:kind", "@type": "@vocab"},
        "good": "ex:good",
        "never": {"@id": "unused:never"},
    }
    graph = [{"id": "ex:one", "name": {"en": "One"}, "knows": "ex:two", "kind": "good"}]
    used = part_in_use(whole, graph)
    assert used.keys() == whole.keys() - {"unused", "never"}
    one, other = (
        with_pyld(json.dumps({"@context": context, "@graph": graph}).encode())
        for context in (whole, used)
    )
    assert one == other and one

"""Terms as canonical N-Triples: what other parsers read of them, and what is refused."""

from __future__ import annotations

import json

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import example, given
from hypothesis import strategies as st

from twingraph.namespaces import XSD
from twingraph.rdf import terms

texts = st.text(st.characters(exclude_categories=["Cs"]))
languages = st.from_regex(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?", fullmatch=True)


def line(term: str) -> str:
    return f"<http://example.org/s> <http://example.org/p> {term} .\n"


def read_by_oxigraph(term: str) -> ox.Literal:
    (quad,) = ox.parse(line(term), format=ox.RdfFormat.N_TRIPLES)
    assert isinstance(quad.object, ox.Literal)
    return quad.object


def read_by_rdflib(term: str) -> rdflib.Literal:
    graph = rdflib.Graph().parse(data=line(term), format="nt")
    ((_, _, read),) = graph
    assert isinstance(read, rdflib.Literal)
    return read


@given(texts)
@example("\x00\b\t\n\v\f\r\"\\\x7f\x85\u2028\ufffe\uffff😀'")
def test_a_text_comes_back_from_other_parsers(value: str) -> None:
    term = terms.text(value)
    assert read_by_oxigraph(term).value == value
    assert str(read_by_rdflib(term)) == value


@given(texts, languages)
def test_so_does_a_tagged_text(value: str, language: str) -> None:
    term = terms.text(value, language)
    read = read_by_oxigraph(term)
    assert (read.value, read.language) == (value, language.lower())
    other = read_by_rdflib(term)
    assert (str(other), other.language) == (value, language.lower())


@given(texts)
def test_the_form_is_the_canonical_one_that_oxigraph_writes(value: str) -> None:
    assert terms.text(value) == str(ox.Literal(value))


@given(texts)
def test_a_quoted_text_is_a_json_string(value: str) -> None:
    assert json.loads(terms.text(value)) == value


@given(texts, texts)
def test_equal_terms_are_equal_texts(a: str, b: str) -> None:
    assert (terms.text(a) == terms.text(b)) == (a == b)
    assert terms.text(a) != terms.text(a, "pl")


def test_half_a_character_is_refused() -> None:
    with pytest.raises(ValueError, match="half a character"):
        terms.text("a\ud800")


@pytest.mark.parametrize("tag", ["", "pl", "sr-latn", "de-1996", "x-private"])
def test_language_tags(tag: str) -> None:
    assert terms.text("a", tag) == ('"a"@' + tag if tag else '"a"')


@pytest.mark.parametrize("tag", ["p", "pl_PL", "pl-", "-", "1", "pl pl", "pl@", "abcdefghij"])
def test_what_is_no_language_tag(tag: str) -> None:
    with pytest.raises(ValueError, match="language tag"):
        terms.text("a", tag)


@pytest.mark.parametrize(
    "value",
    [
        "https://example.org/",
        "https://example.org/é?ö=ü#ß",
        "http://example.org/a%20b",
        "urn:uuid:0",
        "mailto:a@example.org",
    ],
)
def test_an_iri_comes_back_from_other_parsers(value: str) -> None:
    term = terms.iri(value)
    (quad,) = ox.parse(line(term), format=ox.RdfFormat.N_TRIPLES)
    assert quad.object == ox.NamedNode(value)
    ((_, _, read),) = rdflib.Graph().parse(data=line(term), format="nt")
    assert read == rdflib.URIRef(value)


@pytest.mark.parametrize(
    "value",
    ["", "example.org", "/path", "#a", "https://a b", "https://a/<b>", 'https://a/"', "https://a/{b}",
     "https://a/|", "https://a/^", "https://a/`", "https://a/\\", "https://a/\n", "https://a/%zz",
     "https://a/100%", "https://a/#b#c", "https://a/?b[c]=1", "https://a/\x85", "https://a/\U0001ffff"],
)  # fmt: skip
def test_what_is_no_iri(value: str) -> None:
    with pytest.raises(ValueError, match="is no (absolute )?IRI"):
        terms.iri(value)


@given(st.text(max_size=20))
def test_every_iri_that_is_made_can_be_read(value: str) -> None:
    try:
        term = terms.iri(f"https://example.org/{value}")
    except ValueError:
        return
    (quad,) = ox.parse(line(term), format=ox.RdfFormat.N_TRIPLES)
    assert str(quad.object) == term


@pytest.mark.parametrize(
    ("term", "literal"),
    [
        (terms.typed("2010", f"{XSD}gYear"), rdflib.Literal("2010", datatype=rdflib.XSD.gYear)),
        (terms.date("2018-04-29"), rdflib.Literal("2018-04-29", datatype=rdflib.XSD.date)),
        (terms.boolean(True), rdflib.Literal(True)),
        (terms.boolean(False), rdflib.Literal(False)),
        (terms.integer(-7), rdflib.Literal(-7)),
        (terms.typed("a", f"{XSD}string"), rdflib.Literal("a")),
    ],
)
def test_typed_literals(term: terms.Term, literal: rdflib.Literal) -> None:
    assert read_by_rdflib(term) == literal

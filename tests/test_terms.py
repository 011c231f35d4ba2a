"""Terms: canonical for another parser too, and refused where no parser would read them."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given

from tests.release import strategies
from twingraph import terms
from twingraph.namespaces import XSD
from twingraph.terms import Term


def reread(term: Term) -> ox.Literal | ox.NamedNode:
    (quad,) = ox.parse(f"<urn:s> <urn:p> {term} .", format=ox.RdfFormat.N_TRIPLES)
    assert isinstance(quad.object, ox.Literal | ox.NamedNode)
    return quad.object


@strategies.patiently
@given(strategies.texts)
def test_texts_are_canonical(text: str) -> None:
    term = terms.text(text)
    assert reread(term).value == text
    assert str(reread(term)) == term


def test_every_character_that_may_need_an_escape() -> None:
    for code in [*range(0x100), 0x2028, 0xD7FF, 0xE000, 0xFFFD, 0xFFFE, 0xFFFF, 0x10FFFF]:
        term = terms.text(chr(code))
        assert str(reread(term)) == term, hex(code)


@strategies.patiently
@given(strategies.iris)
def test_iris_are_canonical(iri: Term) -> None:
    assert str(reread(iri)) == iri


@pytest.mark.parametrize(
    ("iri", "why"),
    [
        ("www.sieniawa.pl", "no scheme"),
        ("", "no scheme"),
        ("https://e/a b", "' ', which must be percent-encoded"),
        ("https://e/?news[id]=1", r"'\[', which must"),
        ("https://e/100%", "'%', which must"),
        ("https://e/%zz", "'%', which must"),
        ("https://e/#a#b", "'#', which must"),
        ("https://e/\x85", "must be percent-encoded"),
        ("https://e/<", "'<', which must"),
    ],
)
def test_what_is_no_iri(iri: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        terms.iri(iri)


@pytest.mark.parametrize("tag", ["x", "en us", "en_US", "1a", "abcdefghi", "pl-", "en-abcdefghi"])
def test_what_is_no_language_tag(tag: str) -> None:
    with pytest.raises(ValueError, match="no language tag"):
        terms.text("a", tag)


def test_tags_are_lower_case() -> None:
    assert terms.text("a", "sr-Latn-RS") == '"a"@sr-latn-rs'


def test_half_a_character_is_refused() -> None:
    with pytest.raises(ValueError, match="half a character"):
        terms.text("a\ud83d")


def test_a_string_has_one_form() -> None:
    assert terms.typed("a", f"{XSD}string") == terms.text("a") == '"a"'

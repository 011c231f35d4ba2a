"""What may stand in a text: told apart, left out, or replaced where XML has no way to say it."""

from __future__ import annotations

import unicodedata
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twingraph.characters import UNFIT, first_odd, in_xml, publishable

ANY = st.text(st.characters(codec=None, categories=None))


@pytest.mark.parametrize(
    ("text", "published"),
    [
        ("Sävsjö", "Sävsjö"),
        ("Säv\u2028sjö", "Säv sjö"),
        ("Säv\u2029sjö\u0085", "Säv sjö"),
        ("Sävsjö\x7f\x9f", "Sävsjö"),
        ("\ufffeSävsjö\x00", "Sävsjö"),
        ("Säv\ud800sjö", "Sävsjö"),
        ("\u202eöjsväS", "öjsväS"),
        ("two\nlines\tkept", "two\nlines\tkept"),
        ("\x0b\x0c\x1b", ""),
    ],
)
def test_what_is_published(text: str, published: str) -> None:
    assert publishable(text) == published
    assert bool(first_odd(text)) == (text != published)


@given(ANY)
def test_what_is_published_is_fit_and_stays(text: str) -> None:
    made = publishable(text)
    assert not UNFIT.search(made)
    assert publishable(made) == made and not first_odd(made)
    letters = [c for c in text if unicodedata.category(c)[0] == "L"]
    assert [c for c in made if unicodedata.category(c)[0] == "L"] == letters


@given(ANY)
def test_xml_holds_it(text: str) -> None:
    shown = in_xml(text).translate(dict.fromkeys(map(ord, "&<>")))
    assert ElementTree.fromstring(f"<a>{shown}</a>").tag == "a"

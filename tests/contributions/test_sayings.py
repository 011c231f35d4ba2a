"""A sentence in English, and the same in a reader's language."""

from __future__ import annotations

from twingraph.contributions.sayings import ONE_OF, Saying
from twingraph.web.locale import locale_of


def test_a_sentence_is_english_until_a_language_is_asked_for() -> None:
    number = Saying("write its number in the table of documents")
    cure = Saying(ONE_OF, cure=number, ones=["1", "2", "100 %"])
    assert cure == "write its number in the table of documents: 1 or 2 or 100 %"
    assert {cure} == {str(cure)}
    assert cure.said(locale_of("en")) == (
        "write its number in the table of documents: 1, 2 or 100 %"
    )
    assert cure.said(locale_of("pl")) == "wpisz jego numer z tabeli dokumentów: 1, 2 lub 100 %"
    assert cure.said(locale_of("fr")).endswith("tableau des documents : 1, 2 ou 100 %")

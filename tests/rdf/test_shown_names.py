"""What a description calls its thing: the same as the record of it is called."""

from __future__ import annotations

import pytest

from tests.conftest import FOUNDING
from twingraph.build import read_view
from twingraph.model.names import town_name
from twingraph.model.records import Authority, Text, View
from twingraph.namespaces import COUNTRY
from twingraph.rdf import terms
from twingraph.rdf.mapping import LABEL, PREF_LABEL, TITLE, describe_view, tg
from twingraph.rdf.shown_names import shown_name
from twingraph.rdf.terms import Statement


def _said(*labels: str, own: str | None = None, country: str | None = None) -> list[Statement]:
    texts = (label.split(" ", 1) for label in labels)
    said = [(PREF_LABEL, terms.text(name, language)) for language, name in texts]
    said += [(tg("ownLanguage"), terms.text(own))] if own else []
    return said + ([(tg("country"), terms.iri(f"{COUNTRY}{country}"))] if country else [])


@pytest.mark.parametrize(
    ("said", "name"),
    [
        (_said("lt Sevšionas", "sv Sävsjö", own="sv"), "Sävsjö"),
        (_said("lt Sevšionas", "sv Sävsjö", country="SWE"), "Sävsjö"),
        (_said("en Warsaw", "pl Warszawa", own="pl"), "Warsaw"),
        (_said("de Lüttich", "fr Liège", country="BEL", own="fr"), "Liège"),
        (_said("bg Проект", "pl Projekt"), "Projekt"),
        ([(LABEL, terms.text("One – Two")), (TITLE, terms.text('A "title"', "en"))], 'A "title"'),
        ([(LABEL, terms.text("One – Two"))], "One – Two"),
        ([], ""),
    ],
)
def test_a_thing_is_called_by_its_description(said: list[Statement], name: str) -> None:
    assert shown_name(said) == name


def test_towns_are_called_as_their_records_are() -> None:
    view = read_view(FOUNDING)
    said = dict(describe_view(view))
    base = view.dataset.base
    for town in view.all(Authority).values():
        expected = town_name(town, ("en",)) or Text("")
        assert shown_name(said[terms.iri(town.ref.iri(base))]) == expected.value


def test_every_town_of_the_founding_data_is_there(view: View) -> None:
    assert len(view.all(Authority)) == 5

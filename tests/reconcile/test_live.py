"""Wikidata as the list to look in."""

from __future__ import annotations

from typing import Any

import pytest

from tests.reconcile.lists import WIKIBASE, Wikibase, item
from twingraph.reconcile.bodies import Body
from twingraph.reconcile.candidates import Query
from twingraph.reconcile.decide import Outcome
from twingraph.reconcile.live import WikidataFinder, body_of_class
from twingraph.sources.wikidata import entities

POLAND = frozenset(["PL"])


@pytest.fixture
def wikibase() -> Wikibase:
    return Wikibase(WIKIBASE)


@pytest.mark.parametrize(
    ("name", "country", "found"),
    [
        ("Trenčín", "SK", "Q145002"),
        ("Gmina Sieniawa", "PL", "Q3809"),
        ("Miasto Sieniawa", "PL", "Q377994"),
    ],
)
def test_matched(wikibase: Wikibase, name: str, country: str, found: str) -> None:
    decision = WikidataFinder(wikibase)(Query(name, frozenset([country])))
    assert decision.match and decision.match.wikidata == found, decision.reason


def test_a_bare_name_is_the_towns_and_the_communes(wikibase: Wikibase) -> None:
    decision = WikidataFinder(wikibase)(Query("Sieniawa", POLAND))
    assert decision.outcome is Outcome.CANDIDATES
    assert {c.wikidata for c in decision.candidates} == {"Q3809", "Q377994"}


@pytest.mark.parametrize(("code", "found"), [("1814073", "Q3809"), ("1814074", "Q377994")])
def test_a_code_tells_the_two_apart(wikibase: Wikibase, code: str, found: str) -> None:
    decision = WikidataFinder(wikibase)(Query("Sieniawa", POLAND, code=code))
    assert decision.match and decision.match.wikidata == found, decision.reason


def test_a_river_is_no_town(wikibase: Wikibase) -> None:
    decision = WikidataFinder(wikibase)(Query("Trenčín", frozenset(["SK"])))
    assert [c.wikidata for c in decision.candidates] == ["Q145002"]


def test_nothing_found(wikibase: Wikibase) -> None:
    assert WikidataFinder(wikibase)(Query("Atlantis", POLAND)).outcome is Outcome.NONE


def test_it_searches_in_the_countrys_languages(wikibase: Wikibase) -> None:
    WikidataFinder(wikibase)(Query("Trenčín", frozenset(["SK"])))
    assert wikibase.searches == [("Trenčín", "sk"), ("Trenčín", "hu"), ("Trenčín", "en")]


@pytest.mark.parametrize(
    ("label", "body"),
    [
        ("urban-rural gmina of Poland", Body.COMMUNE),
        ("municipality of Slovakia", Body.COMMUNE),
        ("district municipality of Lithuania", Body.COMMUNE),
        ("city district", Body.DISTRICT),
        ("powiat of Poland", Body.COUNTY),
        ("town", Body.TOWN),
        ("human settlement", Body.VILLAGE),
        ("river", None),
        ("", None),
    ],
)
def test_classes_by_their_labels(label: str, body: Body | None) -> None:
    assert body_of_class(label) is body


def test_of_the_statements_the_best_ones_that_hold_count() -> None:
    def country(**value: Any) -> dict[str, Any]:
        data = {"type": "wikibase-entityid", "value": value}
        return {"rank": "normal", "mainsnak": {"snaktype": "value", "datavalue": data}}

    document = {
        "id": "Q5",
        "claims": {
            "P17": [
                country(**{"numeric-id": 36}),
                {**country(id="Q1"), "rank": "deprecated"},
                {"rank": "normal", "mainsnak": {"snaktype": "somevalue"}},
                {**country(id="Q2"), "qualifiers": {"P582": [{"snaktype": "somevalue"}]}},
            ]
        },
    }
    assert entities.read(document).countries == ("Q36",)
    assert entities.read({"id": "Q5", "claims": []}).countries == ()


def test_an_item_without_labels_or_place_is_read_all_the_same() -> None:
    bare = item("Q5000", {}, P31="Q2", P17="Q36")
    wikibase = Wikibase({**WIKIBASE, "Q5000": bare})
    (entry,) = WikidataFinder(wikibase).entries([entities.read(bare)])
    assert entry.name == "Q5000" and entry.country == "PL" and entry.spots == ()

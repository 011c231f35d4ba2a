"""Names that other languages have for a town: which are sure enough to go by."""

from __future__ import annotations

from typing import Any

import pytest

from twingraph.reconcile.candidates import Query
from twingraph.reconcile.decide import Outcome, decide
from twingraph.reconcile.entries import ListEntry, Spot
from twingraph.reconcile.exonyms import GeoNames
from twingraph.reconcile.gazetteer import read_gazetteer
from twingraph.reconcile.index import Index


def _city(name: str, lat: float, lon: float, country: str, people: int, *names: str) -> Any:
    return {
        "name": name, "latitude": lat, "longitude": lon, "countrycode": country,
        "population": people, "alternatenames": list(names),
    }  # fmt: skip


# As GeoNames has them.
CITIES = {
    "3073803": _city("Karlovy Vary", 50.23, 12.87, "CZ", 45500, "Carlsbad", "Karlsbad"),
    "3181550": _city("Bressanone", 46.72, 11.66, "IT", 15868, "Brixen", "Brixen in Südtirol"),
    "3066759": _city("Rosice", 49.18, 16.39, "CZ", 6784, "Rosice u Brna", "Rositz"),
    "3066757": _city("Rosice", 49.92, 15.95, "CZ", 1368, "Rositz"),
    "3078545": _city("Bruntál", 49.99, 17.46, "CZ", 15037, "Freudenthal"),
}


def _entry(item: str, name: str, lat: float, lon: float, country: str, geonames: str) -> ListEntry:
    ids = frozenset([geonames])
    return ListEntry(item, item, (name,), country, (Spot(lat, lon),), geonames=ids)


TOWNS = (
    # The gazetteer's own ids, two of which lead elsewhere, or nowhere.
    _entry("Q384544", "Karlovy Vary", 50.2344, 12.8512, "CZ", "3073826"),
    _entry("Q185541", "Bressanone", 46.7091, 11.6531, "IT", "3181550"),
    _entry("Q1025213", "Rosice", 49.1832, 16.3914, "CZ", "3066757"),
    _entry("Q994280", "Bruntál", 49.9884, 17.4647, "CZ", "3078545"),
)


@pytest.mark.parametrize(
    ("name", "country", "item"),
    [
        ("Karlsbad", "CZ", "Q384544"),
        ("Carlsbad", "CZ", "Q384544"),
        ("Brixen", "IT", "Q185541"),
        ("Rosice u Brna", "CZ", "Q1025213"),
        ("Freudenthal", "CZ", None),  # the only source of it is a small town's list of odd names
        ("Rositz", "CZ", None),
        ("Karlsbad", "IT", None),
    ],
)
def test_a_name_in_another_language(name: str, country: str, item: str | None) -> None:
    index = Index(TOWNS, GeoNames(CITIES))
    decision = decide(Query(name, frozenset([country])), index)
    assert (decision.match and decision.match.wikidata) == item
    assert item or decision.outcome is not Outcome.MATCHED


def test_a_town_on_a_border_is_found_on_either_side(tmp_path: Any) -> None:
    path = tmp_path / "places.tsv"
    path.write_text(
        "name\tname_native\tqid\tlat\tlon\tcountry\n"
        "Szentgotthárd\tSzentgotthárd\tQ604516\t46.9659\t16.2663\tAT\n"
        "Szentgotthárd\tFarkasfa\tQ604516\t46.9537\t16.2788\tHU\n",
        "utf-8",
    )
    index = read_gazetteer(path).index()
    for country in ("HU", "AT"):
        found = decide(Query("Szentgotthárd", frozenset([country])), index)
        assert found.match and found.match.wikidata == "Q604516"

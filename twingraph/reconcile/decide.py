"""Whether a town's entry is found: matched, candidates to choose from, or none, and why.

A match needs more than a name: the name must be the only one of its kind in its country, or a
second signal (the place, a code, the kind of body) must single one out. In doubt: candidates.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final, NamedTuple

from twingraph.reconcile.bodies import APART, OTHER_LEVELS, SETTLEMENTS, Body
from twingraph.reconcile.candidates import FAR_KM, Query, Way, find
from twingraph.reconcile.codes import names_town
from twingraph.reconcile.entries import Spot
from twingraph.reconcile.index import Index
from twingraph.reconcile.places import Place, places

NEAR_KM: Final = 10.0
AS_LIKE: Final = 3.0
"""Names whose likeness differs by no more may both be meant."""
LIKE_ENOUGH: Final = 88.0
"""What a name must reach on its own."""
LIKE_WITH_SIGNAL: Final = 72.0
"""What a name must reach where the place is right, or the code."""
SIMILAR_WITHIN_KM: Final = 3.0
DOUBTFUL_KM: Final = 30.0
SAME_COORDINATES_KM: Final = 0.011
"""Four decimals of a degree. Wikidata places a commune at its seat, near the settlement's own
coordinates but not on them: only the very same ones say which of the two is meant."""
MOST_CANDIDATES: Final = 10
MOST_TOLD: Final = 5
"""Places of one name that are told apart in words."""


class Outcome(Enum):
    """What came of looking for a town."""

    MATCHED = "matched"
    CANDIDATES = "candidates"
    NONE = "none"


class Candidate(NamedTuple):
    """An item that may be the town's, its score (0 to 100) and what speaks for it."""

    wikidata: str
    name: str
    country: str
    score: float
    reason: str


@dataclass(frozen=True, slots=True)
class TownDecision:
    """What came of looking for a town, in words too. `match` is None unless matched."""

    outcome: Outcome
    reason: str
    candidates: tuple[Candidate, ...] = ()
    match: Candidate | None = None

    @property
    def score(self) -> float | None:
        """The score of the match, or of the best candidate."""
        best = self.match or next(iter(self.candidates), None)
        return best.score if best else None


def decide(query: Query, index: Index, *, settlements: bool = False) -> TownDecision:
    """Look for a town's item in an index, and decide.

    `settlements`: a bare name asks for the settlement, where that and the commune are two bodies.
    """
    found = places(find(query, index))
    if not found:
        return TownDecision(Outcome.NONE, "no entry has this name or one like it")
    chosen, why = _choose(query, found)
    doubt = why if chosen is None else _doubt(query, chosen, settlements)
    candidates = tuple(_candidate(query, p) for p in found if p.entry.wikidata)[:MOST_CANDIDATES]
    candidates = tuple(sorted(candidates, key=lambda c: -c.score))
    if chosen is not None and not doubt:
        return TownDecision(Outcome.MATCHED, why, candidates, _candidate(query, chosen))
    if candidates and not _other_level(found[0]):
        return TownDecision(Outcome.CANDIDATES, doubt, candidates)
    return TownDecision(Outcome.NONE, doubt)


def in_words(query: Query, decision: TownDecision) -> str:
    """A decision in a few lines: what was found, why, and what else there is to choose from."""
    where = f", {' or '.join(sorted(query.countries))}" if query.countries else ""
    match = decision.match
    outcome = "not decided" if decision.outcome is Outcome.CANDIDATES else "nothing found"
    found = f"{match.wikidata} {match.name} ({match.score:.0f})" if match else outcome
    others = (
        f"  {c.wikidata:>10} {c.score:3.0f}  {c.name}, {c.country}: {c.reason}"
        for c in decision.candidates
        if c != match
    )
    return "\n".join([f"{query.name}{where}: {found}", f"  because: {decision.reason}", *others])


def _choose(query: Query, found: Sequence[Place]) -> tuple[Place | None, str]:
    """The one place that is meant and why, or None and why none."""
    if query.code and (coded := _coded(query, found)):
        code = query.code.strip()
        if len(coded) == 1:
            return coded[0], f"{_way(coded[0])}, and the code {code} is its own"
        return None, f"the code {code} is that of {len(coded)} entries"
    if query.spot is not None:
        return _choose_by_spot(query, query.spot, found)
    named = _likest(query, found)
    if len(named) == 1:
        return named[0], f"{_way(named[0])}, {_alone(query, named[0])}"
    if len(governed := _governed(named)) == 1:
        return governed[0], f"{_way(governed[0])}, the only one that is a commune"
    return None, (
        f"{len(named)} places may be meant ({_way(named[0])}): {_told(named)}; "
        "coordinates or a code would tell them apart"
    )


def _told(named: Sequence[Place]) -> str:
    """Which places they are: those without an item are no candidates, and yet may be meant."""
    told = []
    for entry in (place.entry for place in named[:MOST_TOLD]):
        name = f"{entry.wikidata or 'no item:'} {entry.name}"
        spot = next(iter(entry.spots), None)
        told.append(f"{name} ({spot.latitude:.2f} {spot.longitude:.2f})" if spot else name)
    more = len(named) - len(told)
    return ", ".join(told) + (f" and {more} more" if more else "")


def _coded(query: Query, found: Sequence[Place]) -> list[Place]:
    """The places that the query's code is of: exactly, or else leaving out the kind of gmina."""
    code = query.code.strip()
    exactly = [p for p in found if code in p.entry.codes]
    return exactly or [p for p in found if p.has_code(query)]


def _likest(query: Query, found: Sequence[Place]) -> list[Place]:
    """The places whose names are likest, of the kind of body asked for if there are such."""
    best = max(place.likeness for place in found)
    named = [place for place in found if place.likeness >= best - AS_LIKE]
    fitting = [p for p in named if p.hit.asked.body and not _doubt_of_body(query, p)]
    return fitting or named


def _governed(named: Sequence[Place]) -> list[Place]:
    """The places, if but one is a commune and nothing is known of the others but where they lie.

    A commune has partners, a hamlet without an item, a GeoNames id and inhabitants has none.
    """
    known = [place for place in named if not place.is_bare]
    return known if all(place.is_governed for place in known) else []


def _choose_by_spot(query: Query, spot: Spot, found: Sequence[Place]) -> tuple[Place | None, str]:
    far = {id(place): place.km(spot) for place in found}
    near = [p for p in found if (km := far[id(p)]) is not None and km <= NEAR_KM]
    if not near:
        known = [km for km in far.values() if km is not None]
        if not known:
            return None, "the list has no coordinates to compare"
        return None, f"the nearest place of a like name is {min(known):.0f} km from the one given"
    named = _likest(query, near)
    if len(named) > 1:
        return None, f"{len(named)} places of that name lie near the one given"
    return named[0], f"{_way(named[0])}, {far[id(named[0])]:.1f} km from the place given"


def _doubt(query: Query, place: Place, settlements: bool) -> str:
    """What speaks against a match after all; "" for nothing."""
    return (
        _doubt_of_entry(place)
        or _doubt_of_body(query, place, settlements)
        or _doubt_of_name(query, place)
        or _doubt_of_country(query, place)
    )


def _doubt_of_entry(place: Place) -> str:
    if place.entry.wikidata is None:
        return f"{place.entry.name} is in the list, but without a Wikidata item"
    if (apart := place.entry.apart()) > DOUBTFUL_KM:
        return f"the list gives {place.entry.wikidata} to places {apart:.0f} km apart"
    return ""


def _other_level(place: Place) -> bool:
    asked = place.hit.asked.body
    return asked in OTHER_LEVELS and place.entry.body is not asked


def _doubt_of_body(query: Query, place: Place, settlements: bool = False) -> str:
    asked, entry = place.hit.asked, place.entry
    if asked.body is not None and _other_level(place):
        return f"{asked.word!r} asks for {asked.body.value}, {entry.name} is none"
    if entry.country not in APART or names_town(query.code, entry.country):
        return ""
    if asked.body is Body.COMMUNE and not entry.is_commune:
        return f"{asked.word!r} asks for the commune, {entry.wikidata} is the settlement"
    if asked.body in SETTLEMENTS and entry.is_commune:
        return f"{asked.word!r} asks for the settlement, {entry.wikidata} is the commune"
    if asked.body is None and place.commune and not (settlements or _is_its_spot(query, place)):
        return f"{entry.wikidata} is the settlement; the commune of that name is another body"
    return ""


def _is_its_spot(query: Query, place: Place) -> bool:
    km = place.entry.km(query.spot) if query.spot else None
    return km is not None and km <= SAME_COORDINATES_KM


def _doubt_of_name(query: Query, place: Place) -> str:
    if place.hit.contradicted:
        return f"a second name stands beside it, which is not known of {place.entry.name}"
    coded = place.has_code(query)
    if coded and not query.name.strip():
        return ""
    km = place.km(query.spot) if query.spot else None
    if place.hit.way is Way.SIMILAR and not coded and (km is None or km > SIMILAR_WITHIN_KM):
        return f"the name is only like {place.entry.name}"
    if place.likeness < (LIKE_WITH_SIGNAL if coded or km is not None else LIKE_ENOUGH):
        return f"{_way(place)} ({place.entry.name}): too little to go by alone"
    return ""


def _doubt_of_country(query: Query, place: Place) -> str:
    if query.spot or place.has_code(query):
        return ""
    if not place.entry.country:
        return f"the list does not say in which country {place.entry.name} lies"
    if query.countries or place.hit.asked.countries:
        return ""
    return "without a country, coordinates or a code a name may be that of another place"


def _alone(query: Query, place: Place) -> str:
    where = place.entry.country if query.countries or place.hit.asked.countries else "the list"
    kind = f" that is {place.hit.asked.body.value}" if place.hit.asked.body else ""
    return f"the only one{kind} in {where}"


def _way(place: Place) -> str:
    return place.hit.way.words


def _candidate(query: Query, place: Place) -> Candidate:
    km = place.km(query.spot) if query.spot else None
    return Candidate(
        wikidata=place.entry.wikidata or "",
        name=place.entry.name,
        country=place.entry.country,
        score=score(query, place),
        reason=_way(place) + (f", {km:.0f} km away" if km is not None else ""),
    )


def score(query: Query, place: Place) -> float:
    """How well a place fits, 0 to 100: by its name, then by distance, code and kind of body."""
    points = place.likeness
    if place.has_code(query):
        points = max(points, 90.0) + 5
    if query.spot is not None and (km := place.km(query.spot)) is not None:
        points += 5 if km <= NEAR_KM else -10 if km <= FAR_KM else -30
    if _doubt_of_body(query, place):
        points -= 10
    return round(min(100.0, max(0.0, points)), 1)

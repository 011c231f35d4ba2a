"""From a project partner to a body: an authority of ours, one of a gazetteer, or an organisation.

What the name says comes first (`partner_names`): what is no authority by its own words, or by what
the list says of its kind, is an organisation, and its town is no more than its seat. An authority
is looked for by the place in its name, in any of its languages; then the town beside it counts
only where it is called alike, since lists write counties and wrong towns there. It is linked where
one body alone has the name in its country, or one alone lies where the list puts it; where several
may be meant they are candidates.

In Poland, Slovakia and Belgium the gazetteer has every commune: there the commune is what is looked
for, and its settlement's item is only close to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final, NamedTuple

import pycountry
from rapidfuzz import fuzz

from twingraph import identifiers as ids
from twingraph.model.records import Authority, Point, Text
from twingraph.reconcile import towns
from twingraph.reconcile.bodies import APART, Body
from twingraph.reconcile.candidates import Query
from twingraph.reconcile.countries import country_code
from twingraph.reconcile.decide import Outcome, TownDecision, decide
from twingraph.reconcile.entries import ListEntry, Spot
from twingraph.reconcile.gazetteer import Gazetteer
from twingraph.reconcile.index import Exonyms, Index, no_exonyms
from twingraph.reconcile.names import folded, foldings, is_latin, romanised
from twingraph.reconcile.partner_names import authority, is_organization
from twingraph.sources.interreg.bodies import BodyCandidate, BodyFound, BodyOutcome
from twingraph.sources.interreg.rows import ListedPartner

WHOLE: Final = 500
"""Communes that a gazetteer has of a country, at least, to have them all."""
SAME_PLACE_KM: Final = 15.0
ALIKE: Final = 75.0
"""How like a town's name is to that in a partner's name, to be of the same place."""

_HIGHER: Final = frozenset({Body.COUNTY, Body.REGION})
_LEVELS: Final = {Body.COUNTY: "county", Body.REGION: "region"}
_NOT_TOWNS: Final = frozenset({Body.COUNTY, Body.REGION, Body.ASSOCIATION, Body.DISTRICT})


class _Asked(NamedTuple):
    """What is looked for: the place's names, the kind of body, and where."""

    places: tuple[str, ...]
    body: Body
    country: str
    spot: Spot | None
    postcode: str
    nuts3: str


class PartnerFinder:
    """Looks for partners among authorities of ours, and then in a gazetteer, if there is one."""

    def __init__(
        self,
        ours: Iterable[Authority],
        gazetteer: Gazetteer | None = None,
        exonyms: Exonyms = no_exonyms,
    ) -> None:
        self._ours: Mapping[str, Authority] = {a.key: a for a in ours}
        self._index = Index(map(towns.entry, self._ours.values()))
        self._items = _by_item(self._ours.values())
        self._gazetteer = gazetteer.index(exonyms) if gazetteer else None
        self._minted: dict[str, Authority] = {}
        self._postcodes: dict[tuple[str, str], set[str]] = {}
        self._known: dict[ListedPartner, BodyFound] = {}
        self._seats: dict[_Asked, BodyFound | None] = {}
        self._whole: dict[str, bool] = {}

    def __call__(self, partner: ListedPartner) -> BodyFound:
        """What came of looking for a partner's body; the same for each that is written alike."""
        asked = ListedPartner(
            partner.names, partner.country, partner.town, partner.postcode, partner.nuts3,
            partner.point, is_authority=partner.is_authority, wikidata=partner.wikidata,
        )  # fmt: skip
        if asked not in self._known:
            self._known[asked] = self._find(asked)
        return self._known[asked]

    def _find(self, partner: ListedPartner) -> BodyFound:
        alpha_2 = country_code(partner.country) or ""
        country = _alpha_3(alpha_2)
        names = [read for text in partner.names if (read := authority(text.value))]
        doubted = any(is_organization(text.value) for text in partner.names)
        if partner.is_authority is False or not names or (doubted and not partner.is_authority):
            return self._organization(partner, alpha_2)
        place = names[0]
        asked = _Asked(
            _unique(name.place for name in names), place.body, alpha_2,
            _spot(partner.point), partner.postcode.replace(" ", ""), partner.nuts3,
        )  # fmt: skip
        if place.body in _HIGHER:
            return self._higher(asked, country, partner)
        return self._town(_with_town(asked, partner.town), country, partner)

    # --- authorities -----------------------------------------------------------------------------

    def _town(self, asked: _Asked, country: str | None, partner: ListedPartner) -> BodyFound:
        found = self._listed(asked, country, partner)
        return found or self._mint(asked, country, partner, level="municipality")

    def _listed(
        self, asked: _Asked, country: str | None, partner: ListedPartner
    ) -> BodyFound | None:
        """The authority of a place, or those that may be it, where a list has any."""
        if known := self._by_item(partner.wikidata):
            return BodyFound(BodyOutcome.LINKED, "its Wikidata item is the list's", country, known)
        candidates: list[BodyCandidate] = []
        for look in (self._in_ours, self._in_gazetteer):
            for name in asked.places:
                found = look(asked, name, country, candidates)
                if found:
                    return self._remember(asked, found)
        if by_code := self._by_postcode(asked, candidates):
            return BodyFound(
                BodyOutcome.LINKED, "its postcode tells which", country, by_code, score=90.0
            )
        if candidates:
            told = f"{len(candidates)} bodies may be meant"
            return BodyFound(BodyOutcome.CANDIDATES, told, country, candidates=_unique(candidates))
        return None

    def _in_ours(
        self, asked: _Asked, name: str, country: str | None, candidates: list[BodyCandidate]
    ) -> BodyFound | None:
        decision = self._decide(self._index, asked, name)
        match = decision.match
        if match is None:
            candidates += self._other_candidates(decision)
            return None
        ours = self._ours[match.wikidata]
        if ours.level and towns.entry(ours).body in _NOT_TOWNS:
            return None
        if not asked.spot and self._are_several(asked, name):
            candidates.append(BodyCandidate(match.wikidata, match.name, decision.reason))
            return None
        return BodyFound(
            BodyOutcome.LINKED, decision.reason, country, match.wikidata,
            score=decision.score or 0.0,
            by_name_alone=not asked.spot and not self._lists_all(asked.country), point=ours.point,
        )  # fmt: skip

    def _other_candidates(self, decision: TownDecision) -> Iterator[BodyCandidate]:
        for one in decision.candidates:
            if one.score >= 90 and towns.entry(self._ours[one.wikidata]).body not in _NOT_TOWNS:
                yield BodyCandidate(one.wikidata, one.name, one.reason)

    def _decide(self, index: Index, asked: _Asked, name: str) -> TownDecision:
        """With the place where the list puts it; where nothing of the name lies there, without."""
        countries = frozenset([asked.country] if asked.country else [])
        if asked.spot:
            decision = decide(Query(name, countries, asked.spot), index, settlements=True)
            if decision.outcome is Outcome.MATCHED:
                return decision
        return decide(Query(name, countries), index, settlements=True)

    def _are_several(self, asked: _Asked, name: str) -> bool:
        """Whether the gazetteer has more than one commune of the name in the country."""
        return len(self._communes(asked, name)) > 1

    def _communes(self, asked: _Asked, name: str) -> list[ListEntry]:
        named = self._called(asked, name)
        return _apart(e for e in named if e.is_commune and not e.former and e.country)

    def _called(self, asked: _Asked, name: str) -> list[ListEntry]:
        """What the gazetteer has of exactly the name."""
        if self._gazetteer is None:
            return []
        indexes = self._gazetteer.of([asked.country] if asked.country else [])
        return [e for i in indexes for key in foldings(name) for e in i.folded.get(key, ())]

    def _in_gazetteer(
        self, asked: _Asked, name: str, country: str | None, candidates: list[BodyCandidate]
    ) -> BodyFound | None:
        if self._gazetteer is None or not asked.country:
            return None
        if self._has_all(asked.country):
            communes = self._communes(asked, name)
            near = [c for c in communes if asked.spot and (c.km(asked.spot) or 999) < SAME_PLACE_KM]
            if len(communes) == 1 or len(near) == 1:
                one = (near or communes)[0]
                reason = "the only commune of this name in the gazetteer"
                if len(communes) > 1:
                    reason = "the only commune of this name where the list puts it"
                return self._commune(asked, name, one, country, reason)
            if communes:
                candidates += (
                    BodyCandidate(c.id, c.name, "a commune of this name") for c in communes
                )
                return None
        decision = self._decide(self._gazetteer, asked, name)
        if decision.outcome is Outcome.NONE and (bare := self._without_item(asked, name)):
            reason = "the only one of this name in the gazetteer, which has no item of it"
            return self._authority(asked, name, bare, country, reason, 90.0, True)
        if decision.match is None or (decision.score or 0) < 88:
            candidates += (
                BodyCandidate(c.wikidata, c.name, c.reason)
                for c in decision.candidates
                if c.score > 90
            )
            return None
        entry = self._entry(asked, decision.match.wikidata)
        exact = asked.country not in APART or entry.is_commune
        found = self._authority(
            asked, name, entry, country, decision.reason, decision.score or 0.0, exact
        )
        alone = not asked.spot and not self._lists_all(asked.country)
        return replace(found, by_name_alone=alone)

    def _lists_all(self, country: str) -> bool:
        """Whether the gazetteer has places of the country without an item too: all of them."""
        if country not in self._whole:
            indexes = self._gazetteer.of([country]) if self._gazetteer else ()
            self._whole[country] = any(not e.wikidata for i in indexes for e in i.entries)
        return self._whole[country]

    def _without_item(self, asked: _Asked, name: str) -> ListEntry | None:
        """A place that is there alone under its name, without an item."""
        called = _apart(self._called(asked, name))
        return called[0] if len(called) == 1 and not called[0].wikidata else None

    def _has_all(self, country: str) -> bool:
        assert self._gazetteer is not None
        indexes = self._gazetteer.of([country])
        return any(_communes_in(i.entries) >= WHOLE for i in indexes if i.entries[0].country)

    def _entry(self, asked: _Asked, item: str) -> ListEntry:
        assert self._gazetteer is not None
        indexes = self._gazetteer.of([asked.country])
        return next(e for i in indexes for e in i.coded.get(item, ()))

    def _commune(
        self, asked: _Asked, name: str, commune: ListEntry, country: str | None, reason: str
    ) -> BodyFound:
        """A commune, with the item of the settlement of its name in it, if there is one."""
        settlements = [
            entry
            for entry in dict.fromkeys(self._called(asked, name))
            if entry.wikidata and not entry.is_commune and _near(entry, commune)
        ]
        if len(settlements) == 1 and not commune.wikidata:
            exact = asked.country not in APART
            return self._authority(
                asked, name, settlements[0], country, reason, 98.0, exact, commune
            )
        return self._authority(asked, name, commune, country, reason, 98.0, True)

    def _authority(
        self, asked: _Asked, name: str, entry: ListEntry, country: str | None, reason: str,
        score: float, exact: bool, commune: ListEntry | None = None,
    ) -> BodyFound:  # fmt: skip
        if known := self._by_item(entry.wikidata):
            point = self._ours[known].point
            return BodyFound(BodyOutcome.LINKED, reason, country, known, score=score, point=point)
        item = entry.wikidata
        place = commune or entry
        key = item if exact and item else self._key(asked.country, entry.name, place)
        if key is None:
            return BodyFound(BodyOutcome.CANDIDATES, reason, country)
        if key in self._ours and not item:
            return BodyFound(BodyOutcome.LINKED, reason, country, key, score=score)
        body = Authority(
            key,
            country=country,
            wikidata=item if exact else None,
            wikidata_close=None if exact else item,
        )
        # Where the list puts no kind, "municipality" is what the word before the name says.
        body = replace(body, level="municipality") if asked.body is not Body.VILLAGE else body
        placed = _placed(key, country, entry, place)
        return BodyFound(
            BodyOutcome.FOUND, reason, country, key, body, placed, score, point=placed.point
        )

    def _by_item(self, item: str | None) -> str | None:
        return self._items.get(item) if item else None

    def _remember(self, asked: _Asked, found: BodyFound) -> BodyFound:
        if asked.postcode and found.key:
            self._postcodes.setdefault((asked.country, asked.postcode), set()).add(found.key)
        return found

    def _by_postcode(self, asked: _Asked, candidates: Sequence[BodyCandidate]) -> str | None:
        """The one of our candidates that a partner of the same postcode was found to be."""
        known = self._postcodes.get((asked.country, asked.postcode), set())
        nuts = {c.id for c in candidates if asked.nuts3 and self._nuts3(c.id) == asked.nuts3}
        for fitting in ({c.id for c in candidates} & known, nuts):
            if len(fitting) == 1:
                return next(iter(fitting))
        return None

    def _nuts3(self, key: str) -> str | None:
        known = self._ours.get(key)
        return known.nuts3 if known else None

    # --- what no list has ------------------------------------------------------------------------

    def _higher(self, asked: _Asked, country: str | None, partner: ListedPartner) -> BodyFound:
        """A county or a region: by its whole name among ours, never by a town's."""
        for name in asked.places:
            for index in self._index.of([asked.country]):
                for entry in index.folded.get(folded(name), ()):
                    if entry.body in _HIGHER:
                        return BodyFound(BodyOutcome.LINKED, "the same name", country, entry.id)
        return self._mint(asked, country, partner, level=_LEVELS[asked.body])

    def _mint(
        self, asked: _Asked, country: str | None, partner: ListedPartner, level: str
    ) -> BodyFound:
        name = asked.places[0]
        latin = next(filter(is_latin, asked.places), name)
        key = self._key(asked.country, latin, None)
        if key is None:
            told = "its name is that of another body of ours"
            return BodyFound(BodyOutcome.CANDIDATES, told, country)
        labels = [Text(name, partner.names[0].language)]
        point = partner.point if _is_called(partner.town, asked.places) else None
        if key not in self._minted:
            self._minted[key] = Authority(
                key,
                labels=tuple(labels),
                alt_labels=tuple(t for t in partner.names if t.value != name),
                country=country,
                level=level,
                wikidata_status="unresolved",
                point=point,
            )
        reason = "no list at hand has it; its name says that it is an authority"
        return BodyFound(
            BodyOutcome.MINTED, reason, country, key, self._minted[key], score=0.0, point=point
        )

    def _key(self, country: str, name: str, entry: ListEntry | None) -> str | None:
        """`{country}-{slug}`, with a code where another body has that; None without a free one."""
        slug = ids.slug(romanised(name).replace("'", ""))
        if not slug or not country:
            return None
        key = f"{country.lower()}-{slug}"
        if key not in self._ours:
            return key
        ours = self._ours[key]
        if entry is not None and entry.codes & _codes(ours):
            return key
        code = next(iter(sorted(entry.codes)), "") if entry is not None else ""
        return f"{key}-{ids.slug(code)}" if code else None

    # --- organisations ---------------------------------------------------------------------------

    def _organization(self, partner: ListedPartner, alpha_2: str) -> BodyFound:
        country = _alpha_3(alpha_2)
        seat = self._seat(partner, alpha_2, country)
        if seat is None or not seat.is_authority:
            return BodyFound(BodyOutcome.ORGANIZATION, "its name is no authority's", country)
        reason = f"its seat: {seat.reason}"
        return replace(seat, outcome=BodyOutcome.ORGANIZATION, reason=reason)

    def _seat(self, partner: ListedPartner, alpha_2: str, country: str | None) -> BodyFound | None:
        if not partner.town or not alpha_2:
            return None
        asked = _Asked(
            (partner.town,), Body.TOWN, alpha_2, _spot(partner.point),
            partner.postcode.replace(" ", ""), partner.nuts3,
        )  # fmt: skip
        if asked not in self._seats:
            self._seats[asked] = self._listed(asked, country, replace(partner, wikidata=None))
        found = self._seats[asked]
        minted = self._minted.get(self._key(alpha_2, partner.town, None) or "")
        if found is None and minted:
            found = BodyFound(BodyOutcome.MINTED, "the same name", country, minted.key, minted)
        return found


def _unique(values: Iterable):  # type: ignore[no-untyped-def, type-arg]
    return tuple(dict.fromkeys(values))


def _by_item(authorities: Iterable[Authority]) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in authorities:
        for item in (one.wikidata, one.wikidata_close, one.key):
            if item and item.startswith("Q"):
                found.setdefault(item, one.key)
    return found


def _codes(one: Authority) -> frozenset[str]:
    return frozenset(filter(None, (one.national_code, one.lau)))


def _alpha_3(alpha_2: str) -> str | None:
    found = pycountry.countries.get(alpha_2=alpha_2) if alpha_2 else None
    return str(found.alpha_3) if found else {"XK": "XKX"}.get(alpha_2)


def _spot(point: Point | None) -> Spot | None:
    return Spot(float(point.latitude), float(point.longitude)) if point else None


def _is_called(town: str, places: Iterable[str]) -> bool:
    """Whether a town's name is like one of the names of the place."""
    written = romanised(town)
    return bool(town) and any(fuzz.ratio(written, romanised(place)) >= ALIKE for place in places)


def _with_town(asked: _Asked, town: str) -> _Asked:
    """The town's name as a further name of the place, where it is called alike: "Urząd Miasta
    Sanoka" is in Sanok. Where it is not, the coordinates may be the wrong town's as well."""
    if _is_called(town, asked.places):
        return asked._replace(places=_unique((*asked.places, town)))
    return asked


def _near(one: ListEntry, other: ListEntry) -> bool:
    spots = other.spots[:1]
    return any((km := one.km(spot)) is not None and km <= SAME_PLACE_KM for spot in spots)


def _apart(entries: Iterable[ListEntry]) -> list[ListEntry]:
    """Entries of different places: of several of one place the one with a code, or the first."""
    found: list[ListEntry] = []
    for entry in sorted(dict.fromkeys(entries), key=lambda e: (not e.codes, not e.wikidata)):
        if not any(_near(entry, other) for other in found):
            found.append(entry)
    return found


def _communes_in(entries: Sequence[ListEntry]) -> int:
    return sum(1 for entry in entries if entry.is_commune)


def _placed(key: str, country: str | None, entry: ListEntry, place: ListEntry) -> Authority:
    """What a gazetteer says of an authority: its name, its place, its codes."""
    spot = place.spots[0] if place.spots else None
    codes = sorted(c for c in place.codes if "_" in c)
    geonames = sorted(place.geonames)
    return Authority(
        key,
        labels=(Text(entry.name, "und"),),
        country=country,
        lau=codes[0] if codes else None,
        geonames=geonames[0] if geonames else None,
        point=Point(Decimal(str(spot.longitude)), Decimal(str(spot.latitude))) if spot else None,
    )

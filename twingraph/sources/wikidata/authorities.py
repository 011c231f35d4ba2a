"""The items on either side of a link as Authority records."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Final

from twingraph.model.records import Authority, Evidence, Text, Texts, WikidataRevision
from twingraph.sources.wikidata import levels
from twingraph.sources.wikidata import properties as p
from twingraph.sources.wikidata.countries import COUNTRIES
from twingraph.sources.wikidata.entities import Entity
from twingraph.sources.wikidata.known import CuratedKeys
from twingraph.sources.wikidata.links import Items, PartnerLink, number
from twingraph.sources.wikidata.report import Findings

LANGUAGES: Final = frozenset(
    {
        *("bg", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "ga", "hr", "hu", "is", "it"),
        *(
            "lt",
            "lv",
            "mk",
            "mt",
            "mul",
            "nb",
            "nl",
            "pl",
            "pt",
            "ro",
            "sk",
            "sl",
            "sq",
            "sr",
            "sv",
        ),
        *("tr", "uk"),
    }
)
"""The languages kept: the EU's, its neighbours', and `mul` (valid for all)."""

MUNICIPALITIES: Final = frozenset(
    {"Q493522", "Q15284", "Q70208", "Q328584", "Q856076", "Q667509", "Q2039348"}
)
"""Classes (P31) of communes, as published queries use them: of Belgium, in general, of
Switzerland, Slovenia, Finland, Austria, the Netherlands. Other classes leave it to the names."""

NO_LANGUAGE: Final = "zxx"
"""The tag of an item id that stands for a name: no linguistic content (RFC 5646, section 4.1)."""


def _is_wanted(language: str, there: Collection[str]) -> bool:
    if language in LANGUAGES or language == "und":
        return True
    main, region, _ = language.partition("-")
    return bool(region) and main in LANGUAGES and main not in there


_NUTS3 = re.compile(r"[A-Z]{2}[0-9A-Z]{3}")
_LANGUAGE = re.compile(r"[a-z]{2,8}(-[a-z0-9]{1,8})*")


class Authorities:
    """Makes the records. What had to be left open goes into the report."""

    def __init__(self, items: Items, known: CuratedKeys, report: Findings) -> None:
        self.entities = items.entities
        self.retrieved = items.retrieved
        self.known = known
        self.named = frozenset(known.authorities.values())
        self.report = report

    def all(self, found: Iterable[PartnerLink]) -> list[Authority]:
        """One for each side of a link, and for each item that curators know, in key order.

        The item of its settlement, if that was linked too, is the close one. That an item was read
        and has no link is worth knowing of those that curators write about.
        """
        by_key = self.by_key(found)
        return [self.authority(key, by_key[key]) for key in sorted(by_key)]

    def by_key(self, found: Iterable[PartnerLink]) -> dict[str, set[str]]:
        """The items of each authority that there is to be one of, by its key."""
        close: dict[str, set[str]] = {
            item: set() for item in self.known.authorities if item in self.entities
        }
        for link in found:
            for item in link.pair:
                close.setdefault(item, set())
            for pair in link.doubled:
                for kept, item in self._matched(link.pair, pair):
                    close[kept].add(item)
        by_key: dict[str, set[str]] = {}
        for item, others in close.items():
            by_key.setdefault(self.known.key(item), set()).update({item}, others)
        return by_key

    def _matched(
        self, kept: tuple[str, str], doubled: tuple[str, str]
    ) -> Iterator[tuple[str, str]]:
        """Which item of a doubled pair is the same place as which item of the pair that is kept."""
        for item in doubled:
            if item in kept:
                continue
            other = next((o for o in doubled if o in kept and o != item), None)
            sides = [side for side in kept if side != other]
            yield self._nearest(item, sides), item

    def _nearest(self, item: str, sides: list[str]) -> str:
        """The side an item belongs to: the one it shares a key with, or lies in, or is next to."""
        if len(sides) == 1:
            return sides[0]
        for side in sides:
            if self.known.key(side) == self.known.key(item):
                return side
        entity = self.entities.get(item)
        above = set(entity.located_in) if entity else set()
        return next((side for side in sides if side in above), sides[0])

    def authority(self, key: str, items: set[str]) -> Authority:
        """The record of an authority with these items."""
        exact = sorted(items - set(self.known.close), key=number)
        # Linked items of one authority: the commune is the one the others were folded into.
        entities = [e for item in exact if (e := self.entities.get(item))]
        inside = {parent for entity in entities for parent in entity.located_in}
        exact.sort(key=lambda item: (item not in inside, number(item)))
        settlements = sorted(items - set(exact[:1]), key=number)
        near = settlements[0] if len(settlements) == 1 else None
        if not exact:
            return Authority(key, wikidata_close=near)
        entity = self.entities.get(exact[0])
        if entity is None:
            self.report.add("not-fetched", exact[0])
            labels = self._stand_in(key, exact[0])
            return Authority(key, labels=labels, wikidata=exact[0], wikidata_close=near)
        return self._described(key, entity, near)

    def _described(self, key: str, entity: Entity, near: str | None) -> Authority:
        country = self._country(entity)
        is_municipality = MUNICIPALITIES.intersection(entity.instance_of)
        nuts3 = {v for name, v in entity.codes if name == p.NUTS and _NUTS3.fullmatch(v)}
        national = [name for name, land in p.NATIONAL_CODES.items() if land == country]
        return Authority(
            key,
            labels=self._labels(entity, key),
            alt_labels=self._wanted(entity.aliases),
            country=country,
            level="municipality" if is_municipality else levels.of(entity.labels),
            national_code=next(filter(None, (self._code(entity, c) for c in national)), None),
            lau=self._code(entity, p.LAU),
            nuts3=nuts3.pop() if len(nuts3) == 1 else None,
            wikidata=entity.id,
            wikidata_close=near,
            geonames=self._code(entity, p.GEONAMES),
            point=entity.point,
        )

    def _code(self, entity: Entity, prop: str) -> str | None:
        values = [value for name, value in entity.codes if name == prop]
        if len(values) > 1:
            self.report.add("several-codes", f"{entity.id} {prop}: {', '.join(values)}")
        return entity.code(prop)

    def _wanted(self, texts: Texts) -> Texts:
        """Texts in the languages kept. A region's (`en-gb`) serves where its language has none."""
        there = {text.language for text in texts}
        return tuple(t for t in texts if _is_wanted(t.language, there))

    def _labels(self, entity: Entity, key: str) -> Texts:
        wanted = self._wanted(entity.labels)
        if wanted:
            return wanted
        valid = [t for t in entity.labels if _LANGUAGE.fullmatch(t.language)]
        if valid:
            return (valid[0],)
        return self._stand_in(key, entity.id)

    def _stand_in(self, key: str, item: str) -> Texts:
        """The id for a name, unless curators have named the authority."""
        return () if key in self.named else (Text(item, NO_LANGUAGE),)

    def _country(self, entity: Entity) -> str | None:
        if not entity.countries:
            # What keeps names only says nothing of countries at all.
            if entity.instance_of or entity.codes:
                self.report.add("no-country", entity.id)
            return None
        codes = {self._alpha3(item) for item in entity.countries} - {None}
        if not codes:
            self.report.add("unknown-country", f"{entity.id}: {', '.join(entity.countries)}")
        elif len(codes) > 1:
            self.report.add("several-countries", f"{entity.id}: {', '.join(entity.countries)}")
        return codes.pop() if len(codes) == 1 else None

    def _alpha3(self, item: str) -> str | None:
        entity = self.entities.get(item)
        return (entity.code(p.ISO_ALPHA_3) if entity else None) or COUNTRIES.get(item)

    def revisions(
        self, authorities: Iterable[Authority], scope: Collection[str] | None
    ) -> Iterator[Evidence]:
        """Which revision each authority's item was read in. `scope` as in `links.links`."""
        for authority in authorities:
            entity = self.entities.get(authority.wikidata or "")
            if entity and entity.revision:
                read = WikidataRevision(
                    item=entity.id,
                    number=entity.revision,
                    modified=entity.modified,
                    retrieved=self.retrieved.get(entity.id),
                    in_part=scope is not None and entity.id not in scope,
                )
                yield Evidence(authority.ref, "wikidata", revision=read)

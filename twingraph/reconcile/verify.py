"""Whether the items that the register names are still right, and what has drifted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import Enum
from typing import Final, NamedTuple

from twingraph.model.records import Authority
from twingraph.reconcile.bodies import APART, OTHER_LEVELS, Body, asked
from twingraph.reconcile.codes import comparable
from twingraph.reconcile.countries import country_code
from twingraph.reconcile.entries import ListEntry, Spot
from twingraph.reconcile.gazetteer import Gazetteer
from twingraph.reconcile.live import WikibaseLookup, WikidataFinder
from twingraph.reconcile.names import foldings
from twingraph.sources.wikidata import entities

NEAR_KM: Final = 20.0


class Drift(Enum):
    """What may be wrong with an item; the value says it in words."""

    MISSING = "the item does not exist"
    REDIRECT = "the item has been merged into another"
    UNKNOWN = "the list does not have the item"
    COUNTRY = "the item lies in another country"
    DISTANCE = "the item lies elsewhere"
    BODY = "the item is of another kind of body"
    NAME = "the item has none of the names"
    CODE = "the item has another code"
    FORMER = "the item's body has been dissolved"


class Drifted(NamedTuple):
    """One thing that may be wrong with an item that the register names."""

    key: str
    wikidata: str
    drift: Drift
    detail: str

    def __str__(self) -> str:
        return f"{self.key}: {self.wikidata}: {self.drift.value}: {self.detail}"


class ListedItem(NamedTuple):
    """What a list has of an item: where it is now, and as what (None: it is not there)."""

    id: str
    entry: ListEntry | None
    exists: bool | None
    """None where the list cannot say."""


ItemsOf = Callable[[Iterable[str]], Mapping[str, ListedItem]]
"""Looks items up in a list, by the id asked for."""


def in_gazetteer(gazetteer: Gazetteer, ids: Iterable[str]) -> Mapping[str, ListedItem]:
    """What a gazetteer has of items: what it lacks may exist all the same."""
    known = {e.wikidata: e for e in gazetteer.entries if e.wikidata}
    return {i: ListedItem(i, known.get(i), True if i in known else None) for i in ids}


def in_wikidata(lookup: WikibaseLookup, ids: Iterable[str]) -> Mapping[str, ListedItem]:
    """What Wikidata has of items. Raises ServiceError where it does not answer."""
    items = {item.asked: item for item in lookup.items(ids)}
    read = [entities.read(item.document) for item in items.values() if item.document is not None]
    entries = {e.id: e for e in WikidataFinder(lookup).entries(read)}
    return {
        key: ListedItem(item.id, entries.get(item.id), item.document is not None)
        for key, item in items.items()
    }


def verify(authorities: Sequence[Authority], look_up: ItemsOf) -> list[Drifted]:
    """All that may be wrong with the authorities' items, in the order of the register."""
    asked_for = [(a, item, close) for a in authorities for item, close in _items(a)]
    found = look_up(dict.fromkeys(item for _, item, _ in asked_for))
    return [
        Drifted(authority.key, item, drift, detail)
        for authority, item, close in asked_for
        for drift, detail in _drifts(authority, item, close, found.get(item))
    ]


def _items(authority: Authority) -> Iterator[tuple[str, bool]]:
    if authority.wikidata:
        yield authority.wikidata, False
    if authority.wikidata_close:
        yield authority.wikidata_close, True


def _drifts(
    authority: Authority, item: str, close: bool, found: ListedItem | None
) -> Iterator[tuple[Drift, str]]:
    if found is None or found.exists is False:
        yield Drift.MISSING, "it may have been deleted"
        return
    if found.id != item:
        yield Drift.REDIRECT, f"it is {found.id} now"
    if found.entry is None:
        yield Drift.UNKNOWN if found.exists is None else Drift.BODY, "no town or authority"
        return
    yield from _compared(authority, found.entry, close)


def _compared(authority: Authority, entry: ListEntry, close: bool) -> Iterator[tuple[Drift, str]]:
    country = country_code(authority.country or "") or ""
    if country and entry.country and country != entry.country:
        yield Drift.COUNTRY, f"{entry.country} instead of {country}"
    km = entry.km(Spot.of(authority.point)) if authority.point else None
    if km is not None and km > NEAR_KM:
        yield Drift.DISTANCE, f"{km:.0f} km away"
    if _other_body(authority, entry, close, country):
        yield Drift.BODY, f"{entry.body.value if entry.body else 'a settlement'}"
    own = (text.value for text in (*authority.labels, *authority.alt_labels))
    if _keys(own).isdisjoint(_keys((*entry.names, *entry.other_names))):
        yield Drift.NAME, f"it is called {entry.name}"
    if _other_code(authority, entry, country):
        yield Drift.CODE, f"{', '.join(sorted(entry.codes))} instead of {authority.national_code}"
    if entry.former:
        yield Drift.FORMER, "it may have merged"


def _other_body(authority: Authority, entry: ListEntry, close: bool, country: str) -> bool:
    """Whether the item cannot be of this body. A list seldom tells a commune from its town."""
    if close:
        return entry.is_commune and country in APART
    if authority.level == "municipality":
        return entry.body in OTHER_LEVELS
    return authority.level == "county" and entry.body in (Body.COMMUNE, Body.DISTRICT)


def _keys(names: Iterable[str]) -> set[str]:
    return {key for name in names for n in (name, asked(name).name) for key in foldings(n)}


def _other_code(authority: Authority, entry: ListEntry, country: str) -> bool:
    codes = {comparable(code, country) for code in entry.codes}
    own = {comparable(c, country) for c in (authority.national_code, authority.lau) if c}
    alike = {code for code in codes if any(len(code) == len(mine) for mine in own)}
    return bool(alike) and bool(own) and not alike & own

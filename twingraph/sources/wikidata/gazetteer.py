"""Coordinates, country and codes of items from a gazetteer extract, as a source of its own.

The file is tab-separated with a header: `qid geonames_id lat lon country lau_or_nuts is_current`
and any others. Of an item that is only close to its authority (the settlement of a commune) the
GeoNames id alone is taken, as close too. Who's On First asks for credit: its claims stay apart from
Wikidata's, which are CC0.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Final

import pycountry

from twingraph.errors import UsageError
from twingraph.model.records import Authority, Claims, Point, Source, Text
from twingraph.sources.wikidata import places
from twingraph.sources.wikidata.entities import is_item, is_on_globe
from twingraph.sources.wikidata.known import Known
from twingraph.sources.wikidata.report import Report

WHOS_ON_FIRST: Final = Source(
    key="whosonfirst",
    titles=(Text("Who's On First: localities and local administrations", "en"),),
    kind="register",
    rank=95,
    url="https://whosonfirst.org/",
    publisher="Who's On First",
    rights=(
        "Data from Who's On First (https://whosonfirst.org/docs/licenses/): credit is required;"
        " mixed sources, several of them CC BY"
    ),
    rank_reason="mixed sources; single Wikidata ids in it are wrong",
)
"""The Source of whosonfirst-data-admin-<country>; its rights say the credit."""

APART: Final = 20.0
"""Kilometres that rows of one item may lie apart before it is unclear which place is meant."""

COLUMNS: Final = frozenset(
    {"qid", "geonames_id", "lat", "lon", "country", "lau_or_nuts", "is_current"}
)

_LAU = re.compile(r"[A-Z]{2}_\w+")
_NUTS3 = re.compile(r"[A-Z]{2}[0-9A-Z]{3}")
_CURRENT = {"1": 0, "-1": 1, "0": 2}

Row = Mapping[str, str]


def read(
    path: Path,
    items: Collection[str],
    report: Report,
    known: Known | None = None,
    source: Source = WHOS_ON_FIRST,
) -> Claims:
    """The claims of the gazetteer about the given items, in key order.

    A row with a broken item id is skipped; broken coordinates, country or GeoNames id are left
    out; both are counted. So is an item whose rows are in different countries or far apart.
    Raises UsageError for a file that cannot be read or lacks a column.
    """
    known, wanted = known or Known(), frozenset(items)
    rows: dict[str, list[Authority]] = defaultdict(list)
    for place, row in _rows(path):
        item = row["qid"].strip()
        if item and not is_item(item):
            report.add("bad-id", f"{place}: {item!r}")
        elif item in wanted:
            rows[item].append(_authority(known.key(item), place, row, report))
    chosen: dict[str, Authority] = {}
    # The authority's own item before one that is only close.
    for item in sorted(rows, key=lambda item: (item in known.close, item)):
        if not _fit(rows[item]):
            report.add("ambiguous-place", item)
            continue
        first = rows[item][0]
        if item in known.close:
            first = Authority(first.key, geonames_close=first.geonames)
        chosen.setdefault(first.key, first)
    return Claims(source, tuple(chosen[key] for key in sorted(chosen)))


def _rows(path: Path) -> Iterator[tuple[str, Row]]:
    """Where each row stands, and its cells; current places first."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE, restval="")
            lacking = COLUMNS - set(reader.fieldnames or ())
            if lacking:
                raise UsageError(f"{path} has no column {', '.join(sorted(lacking))}")
            rows = [(f"{path.name}:{number}", row) for number, row in enumerate(reader, start=2)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{path} cannot be read: {error}") from error
    yield from sorted(rows, key=lambda row: _CURRENT.get(row[1]["is_current"].strip(), 3))


def _authority(key: str, place: str, row: Row, report: Report) -> Authority:
    code = row["lau_or_nuts"].strip()
    geonames = row["geonames_id"].strip()
    if geonames and not re.fullmatch(r"[1-9][0-9]*", geonames):
        report.add("bad-id", f"{place}: GeoNames {geonames!r}")
        geonames = ""
    return Authority(
        key,
        country=_country(place, row["country"].strip(), report),
        lau=code if _LAU.fullmatch(code) else None,
        nuts3=code if _NUTS3.fullmatch(code) else None,
        geonames=geonames or None,
        point=_point(place, row, report),
    )


def _country(place: str, alpha2: str, report: Report) -> str | None:
    country = pycountry.countries.get(alpha_2=alpha2) if alpha2 else None
    if alpha2 and country is None:
        report.add("unknown-country", f"{place}: {alpha2!r}")
    return country.alpha_3 if country else None


def _point(place: str, row: Row, report: Report) -> Point | None:
    try:
        point = Point(Decimal(row["lon"].strip()), Decimal(row["lat"].strip()))
    except InvalidOperation:
        point = None
    # 0, 0 in the Gulf of Guinea is a place that was never filled in.
    if point and is_on_globe(point) and any(point):
        return point
    report.add("bad-coordinates", f"{place}: {row['lat']!r}, {row['lon']!r}")
    return None


def _fit(rows: list[Authority]) -> bool:
    """Whether all rows of an item are of one country and lie near the first."""
    first = rows[0]
    return all(
        row.country == first.country
        and not (row.point and first.point and places.distance(row.point, first.point) > APART)
        for row in rows[1:]
    )

"""Places and codes of towns from a Who's On First extract, as a source of its own.

Its claims stay apart from Wikidata's, which are CC0: Who's On First asks for credit. A few of the
items it names are wrong, so a row is passed over that lies far from where Wikidata has the item,
and an item is, whose rows are in different countries or far apart.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from twingraph.model.records import Authority, Claims, Point, Source, Text
from twingraph.sources.wikidata import twinning
from twingraph.sources.wikidata.entities import is_item
from twingraph.sources.wikidata.report import Findings
from world.tables import Row, rows
from world.towns import country, point

SOURCE: Final = Source(
    key="whosonfirst",
    titles=(Text("Who's On First: localities and local administrations", "en"),),
    kind="register",
    rank=95,
    url="https://whosonfirst.org/",
    publisher="Who's On First",
    rights=(
        "Data from Who's On First (http://whosonfirst.mapzen.com#License), parts of it from"
        " GeoNames, GeoPlanet and Quattroshapes (CC BY)"
    ),
    rank_reason="mixed sources; single Wikidata ids in it are wrong",
    note=(
        "github.com/whosonfirst-data, whosonfirst-data-admin-<country> for Austria, Belgium,"
        " Czechia, Hungary, Italy, Lithuania, the Netherlands, Poland, Romania, Slovakia and"
        " Ukraine. Only places that bear a Wikidata id of a town that is known from elsewhere."
    ),
)

APART: Final = 20.0
"""Kilometres that rows of one item may lie apart before it is unclear which place is meant."""

_COLUMNS: Final = ("qid", "geonames_id", "lat", "lon", "country", "lau_or_nuts", "is_current")
_LAU = re.compile(r"[A-Z]{2}_\w+")
_NUTS3 = re.compile(r"[A-Z]{2}[0-9A-Z]{3}")
_CURRENT = {"1": 0, "-1": 1, "0": 2}


def harvest(path: Path, towns: Mapping[str, Point | None]) -> twinning.Harvest:
    """What the extract has of towns, given by their items, with their places where known.

    Raises UsageError for a file that cannot be read or lacks a column.
    """
    report = Findings()
    found: dict[str, list[Authority]] = defaultdict(list)
    for row in _current_first(path, report):
        item = row[1]["qid"]
        if item and not is_item(item):
            report.add("bad-id", f"{row[0]}: {item!r}")
        elif item in towns:
            made = _authority(item, row, report)
            if _near(made.point, towns[item]):
                found[item].append(made)
            else:
                report.add("elsewhere", f"{row[0]}: {item}")
    chosen = [found[item][0] for item in sorted(found) if _fit(item, found[item], report)]
    return twinning.Harvest(Claims(SOURCE, tuple(chosen)), (), report)


def _current_first(path: Path, report: Findings) -> Iterator[Row]:
    yield from sorted(
        rows(path, _COLUMNS, report), key=lambda row: _CURRENT.get(row[1]["is_current"], 3)
    )


def _authority(item: str, row: Row, report: Findings) -> Authority:
    place, cells = row
    code, geonames = cells["lau_or_nuts"], cells["geonames_id"]
    if geonames and not re.fullmatch(r"[1-9][0-9]*", geonames):
        report.add("bad-id", f"{place}: GeoNames {geonames!r}")
        geonames = ""
    return Authority(
        item,
        country=country(row, report),
        lau=code if _LAU.fullmatch(code) else None,
        nuts3=code if _NUTS3.fullmatch(code) else None,
        geonames=geonames or None,
        point=point(row, report),
    )


def _near(one: Point | None, other: Point | None) -> bool:
    return one is None or other is None or one.km(other) <= APART


def _fit(item: str, found: list[Authority], report: Findings) -> bool:
    """Whether all rows of an item are of one country and lie near the first."""
    first = found[0]
    if all(row.country == first.country and _near(row.point, first.point) for row in found):
        return True
    report.add("ambiguous-place", item)
    return False

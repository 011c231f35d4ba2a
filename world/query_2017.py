"""The list of 2017: Wikidata's twinning in 25 countries of the EU, with places, without items.

Its ends were found among the items of the crawl of 2016 before: by a name and partners in common,
or by partners in common alone. Labels and places count as the list's only where that table took
them from it, not from a later list or a gazetteer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from twingraph.model.records import Authority, Claims, Evidence, Point, Source, Text, Texts
from twingraph.sources.wikidata import levels, twinning
from twingraph.sources.wikidata.report import Findings
from world.tables import Row, rows
from world.towns import country, items, pairs, point

SOURCE: Final = Source(
    key="wikidata-2017",
    titles=(Text("Wikidata's twinning in 25 countries of the EU, 29 May 2017", "en"),),
    kind="register",
    rank=88,
    url="https://github.com/rogorido/sistercities",
    publisher=twinning.PUBLISHER,
    # The day its files were put there; 28 July, which they were last changed on, took one empty
    # column away.
    retrieved="2017-05-29",
    complete=False,
    rights="CC0 1.0",
    rank_reason="a snapshot of 2017 without dates or references, and without items",
    note=(
        "github.com/rogorido/sistercities at 6bb5473, sparql/data: what Wikidata's query service"
        " answered. It has names and coordinates of both ends, but no items: an end was taken for"
        " an item of the crawl of 2016 that bears its name and has a partner in common with it, or"
        " most of its partners in common (tried on 954 known ones: one lay 28 km off). Partial: 25"
        " countries were asked, and only ends that were found are listed. That a partnership is"
        " not in it means nothing; which side states one is not known."
    ),
)

_NAMED: Final = {
    "Q1139384": "STP",
    "Q12245": "FLK",
    "Q1552353": "STP",
    "Q210636": "STP",
    "Q973656": "STP",
}
"""Towns whose country the list names (Falkland Islands; Sao Tomé and Príncipe), but in words that
the table of places had no code for. One stays open: "Prussia", of Beit Sira."""

_DENMARK: Final = ((54.5, 57.8, 8.0, 11.7), (54.5, 56.15, 11.7, 12.69), (54.9, 55.4, 14.6, 15.3))
"""Latitudes and longitudes, from and to, between which there is Denmark and nothing of Sweden."""

_PLACES: Final = ("qid", "label_2016", "label_en", "lat", "lon", "country", "source", "how")


def harvest(folder: Path) -> twinning.Harvest:
    """The claims of places.tsv and pairs-2017.tsv in a folder. Raises UsageError."""
    report = Findings()
    towns = items(rows(folder / "places.tsv", _PLACES, report), report)
    authorities = [made for item, row in towns.items() if (made := _town(item, row, report))]
    partnerships = pairs(rows(folder / "pairs-2017.tsv", ("qid1", "qid2"), report), towns, report)
    claims = Claims(SOURCE, (*authorities, *partnerships), tuple(_found_by_partners(towns)))
    return twinning.Harvest(claims, (), report)


def _town(item: str, row: Row, report: Findings) -> Authority | None:
    """What the list says of a town: a name, unless a later list's is given; perhaps a place."""
    _, cells = row
    if cells["source"] == "wikidata-2022" or not cells["label_en"]:
        return None
    labels: Texts = (Text(cells["label_en"], "en"),)
    if cells["source"] != SOURCE.key:
        return Authority(item, labels=labels, level=levels.of(labels))
    where = point(row, report)
    return Authority(
        item,
        labels=labels,
        level=levels.of(labels),
        country=_country(item, row, where, report),
        point=where,
    )


def _country(item: str, row: Row, where: Point | None, report: Findings) -> str | None:
    """The country that the list names.

    It asked for Sweden's towns (Q34) as "Denmark" and for Denmark's (Q35) as "Sweden", so of those
    two the place decides.
    """
    named = country(row, report) or _NAMED.get(item)
    if named not in ("DNK", "SWE") or where is None:
        return named
    danish = any(
        south <= where.latitude <= north and west <= where.longitude <= east
        for south, north, west, east in _DENMARK
    )
    return "DNK" if danish else "SWE"


def _found_by_partners(towns: Mapping[str, Row]) -> Iterator[Evidence]:
    """A note on each place that was found under another name than the item's."""
    for item, (_, cells) in towns.items():
        how, _, common = cells["how"].partition(":")
        if cells["source"] == SOURCE.key and how == "partners":
            note = f"under another name, by {common} partners in common"
            yield Evidence(Authority(item).ref, "point", derived=True, note=note)

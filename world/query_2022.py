"""The list of 2022: pairs of which one end is a city, and both have over 10,000 inhabitants."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from twingraph.model.records import Authority, Claims, Source, Text, Texts
from twingraph.reconcile.countries import country_code
from twingraph.sources.curated.codes import countries
from twingraph.sources.wikidata import levels, twinning
from twingraph.sources.wikidata.entities import is_item
from twingraph.sources.wikidata.report import Findings
from world.tables import Row, rows
from world.towns import items, pairs, point

SOURCE: Final = Source(
    key="wikidata-2022",
    titles=(Text("Wikidata's twinning of larger cities, 9 January 2022", "en"),),
    kind="register",
    rank=84,
    url="https://github.com/albertoursino/graphs-comparison",
    publisher=twinning.PUBLISHER,
    retrieved="2022-01-09",
    complete=False,
    rights="CC0 1.0",
    rank_reason="a snapshot of 2022 without dates or references",
    note=(
        "github.com/albertoursino/graphs-comparison at e6e3612,"
        " data/sister_cities_data/sister_cities.gexf: what Wikidata's query service answered."
        " Partial: at least one end is an item of the class city (Q515), and both have a place, a"
        " country and more than 10,000 inhabitants. That a partnership is not in it means nothing;"
        " which side states one is not known."
    ),
)

COUNTRIES: Final = {
    "Cape Verde": "CV",
    "Democratic Republic of the Congo": "CD",
    "Palestinian National Authority": "PS",
    "Republic of Ireland": "IE",
    "State of Palestine": "PS",
    "São Tomé and Príncipe": "ST",
    "The Bahamas": "BS",
    "The Gambia": "GM",
    "Turkey": "TR",
    "israel🇮🇱🇮🇱": "IL",  # a label that somebody had played with that day
}
"""Names that ISO 3166-1 has not, and the code that is meant. Left open, and counted, are what is no
state of today with a code: Gaza Strip, Kingdom of Romania, Mandatory Palestine, Prussia, Sahrawi
Arab Democratic Republic, Somaliland, Turkish Republic of Northern Cyprus, West Bank."""


def harvest(folder: Path) -> twinning.Harvest:
    """The claims of nodes.tsv and edges.tsv in a folder. Raises UsageError."""
    report = Findings()
    columns = ("qid", "label_en", "lat", "lon", "country_en")
    towns = items(rows(folder / "nodes.tsv", columns, report), report)
    authorities = [_town(item, row, report) for item, row in towns.items()]
    partnerships = pairs(rows(folder / "edges.tsv", ("qid1", "qid2"), report), towns, report)
    return twinning.Harvest(Claims(SOURCE, (*authorities, *partnerships)), (), report)


def _town(item: str, row: Row, report: Findings) -> Authority:
    _, cells = row
    labels: Texts = (Text(cells["label_en"], "en"),)
    if not cells["label_en"] or is_item(cells["label_en"]):
        # The query service gives the id where there is no label.
        report.add("no-label", item)
        labels = ()
    return Authority(
        item,
        labels=labels,
        country=_country(row, report),
        level=levels.of(labels),
        wikidata=item,
        point=point(row, report),
    )


def _country(row: Row, report: Findings) -> str | None:
    place, cells = row
    name = cells["country_en"]
    code = COUNTRIES.get(name) or country_code(name)
    if code is None:
        report.add("unknown-country", f"{place}: {name!r}")
        return None
    return countries()[code]

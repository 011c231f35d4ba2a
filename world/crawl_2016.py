"""The crawl of 2016: `from<TAB>to` and `item<TAB>name`, as items that state their partners.

It followed P190 from Weimar on until nothing was new, so it holds one connected part of the graph,
and in that part every statement: a link without its counterpart is one-sided in Wikidata. It kept
one name an item (the first of German, English, French, Italian, Spanish), and not in which
language: the labels are tagged `und`. No dates, no references, no statement ids.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from twingraph.model.records import Source, Text
from twingraph.sources.wikidata import twinning
from twingraph.sources.wikidata.entities import Entity, Statement, is_item
from twingraph.sources.wikidata.links import Items
from twingraph.sources.wikidata.report import Findings
from world.tables import rows

UNDETERMINED: Final = "und"
"""The tag of a name in a language that is not known, where a tag is required (RFC 5646, 4.1)."""

SOURCE: Final = Source(
    key="wikidata-2016",
    titles=(Text("Crawl of Wikidata's twinning statements (P190), 12 September 2016", "en"),),
    kind="register",
    rank=90,
    url="https://github.com/L3viathan/sister-cities",
    publisher=twinning.PUBLISHER,
    retrieved="2016-09-12",
    complete=False,
    rights="CC0 1.0",
    rank_reason="a snapshot of 2016 without dates or references",
    note=(
        "github.com/L3viathan/sister-cities at d3028c2. The towns that links lead to from Weimar,"
        " and all that these stated; of other towns it says nothing. The language of a name is"
        " not said."
    ),
)


def harvest(folder: Path) -> twinning.Harvest:
    """The claims of relations.tsv and names.tsv in a folder.

    Rows that cannot be read are counted in the report and skipped. Raises UsageError for a file
    that is missing or no UTF-8.
    """
    report = Findings()
    labels = _labels(folder / "names.tsv", report)
    partners = _partners(folder / "relations.tsv", labels, report)
    entities = {item: _entity(item, labels.get(item), tuple(partners[item])) for item in partners}
    return twinning.harvest(Items(entities), SOURCE, report=report)


def _labels(path: Path, report: Findings) -> dict[str, str]:
    labels: dict[str, str] = {}
    for place, row in rows(path, ("item", "name"), report, header=False):
        item, name = row["item"], row["name"]
        if not is_item(item):
            report.add("bad-id", f"{place}: {item!r}")
        elif labels.setdefault(item, name) != name:
            report.add("repeated-row", place)
    return labels


def _partners(path: Path, labels: dict[str, str], report: Findings) -> dict[str, dict[str, None]]:
    """What each item states, in the order of the rows."""
    stated: dict[str, dict[str, None]] = {item: {} for item in labels}
    for place, row in rows(path, ("one", "other"), report, header=False):
        one, other = row["one"], row["other"]
        bad = next((item for item in (one, other) if not is_item(item)), None)
        if bad is not None:
            report.add("bad-id", f"{place}: {bad!r}")
        elif other in stated.setdefault(one, {}):
            report.add("repeated-row", f"{place}: {one} to {other}")
        else:
            stated[one][other] = None
    return stated


def _entity(item: str, name: str | None, partners: tuple[str, ...]) -> Entity:
    return Entity(
        item,
        labels=(Text(name, UNDETERMINED),) if name else (),
        twinnings=tuple(Statement("", item, partner) for partner in partners),
    )

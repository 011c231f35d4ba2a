"""A crawl's edge list, `from<TAB>to` and `id<TAB>name`, as items that state their partners.

The crawl of 2016 followed P190 from item to item until nothing was new: every item in it was read,
so a link without its counterpart is one-sided in Wikidata, not only here. It kept one name an item
(the first of German, English, French, Italian, Spanish), and not in which language: the labels
are tagged `und`. No dates, no references, no statement ids.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from twingraph.errors import UsageError
from twingraph.model.records import Source, Text
from twingraph.sources.wikidata.entities import Entity, Statement, is_item
from twingraph.sources.wikidata.links import Items
from twingraph.sources.wikidata.report import Report

UNDETERMINED: Final = "und"
"""The tag of a name in a language that is not known, where a tag is required (RFC 5646, 4.1)."""

CRAWL_2016: Final = Source(
    key="wikidata-2016",
    titles=(Text("Crawl of Wikidata's twinning statements (P190), 12 September 2016", "en"),),
    kind="register",
    rank=90,
    url="https://github.com/L3viathan/sister-cities",
    publisher="Wikidata",
    retrieved="2016-09-12",
    rights="CC0 1.0",
    rank_reason="a snapshot of 2016 without dates or references",
)
"""The Source of github.com/L3viathan/sister-cities at d3028c2."""


def read(relations: Path, names: Path, report: Report) -> Items:
    """Read the two files. Rows that cannot be read are counted in the report and skipped.

    Raises UsageError for a file that is missing or no UTF-8.
    """
    labels: dict[str, str] = {}
    for row, item, name in _rows(names, report):
        if not is_item(item):
            report.add("bad-id", f"{row}: {item!r}")
        elif labels.setdefault(item, name) != name:
            report.add("repeated-row", row)
    stated: dict[str, dict[str, None]] = {item: {} for item in labels}
    for row, one, other in _rows(relations, report):
        bad = next((item for item in (one, other) if not is_item(item)), None)
        if bad is not None:
            report.add("bad-id", f"{row}: {bad!r}")
        elif other in stated.setdefault(one, {}):
            report.add("repeated-row", f"{row}: {one} to {other}")
        else:
            stated[one][other] = None
    return Items({item: _entity(item, labels.get(item), tuple(stated[item])) for item in stated})


def _entity(item: str, name: str | None, partners: tuple[str, ...]) -> Entity:
    return Entity(
        item,
        labels=(Text(name, UNDETERMINED),) if name else (),
        twinnings=tuple(Statement("", item, partner) for partner in partners),
    )


def _rows(path: Path, report: Report) -> Iterator[tuple[str, str, str]]:
    """Where a row stands, and its two cells."""
    for number, line in enumerate(_text(path).split("\n"), start=1):
        cells = line.rstrip("\r").split("\t")
        if len(cells) >= 2:
            yield f"{path.name}:{number}", cells[0].strip(), cells[1].strip()
        elif line.strip():
            report.add("bad-row", f"{path.name}:{number}: {line[:80]!r}")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}") from error

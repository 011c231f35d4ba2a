"""Wikidata's items as the claims of one source: authorities, partnerships, ends.

| Wikidata                      | here                                                          |
|-------------------------------|---------------------------------------------------------------|
| P190 between two items        | one Partnership however stated; statements as its evidence    |
| the item that P190 stands on  | `stated_by`; the other, if it was read and has none, is       |
|                               | `not_stated_by`                                               |
| P580                          | `since`: the best-ranked, most precise; others are evidence   |
| P582, also "unknown value"    | `ended`, with a StatusChange, unless it began again later     |
| P585                          | evidence with a date: what happened then is not said          |
| no P582                       | no status: that nothing has ended it is not said either       |
| labels, aliases               | in the languages wanted; if there is none, any one label      |
| no label at all               | the item id as label, tagged `zxx`                            |
| P17                           | country, if exactly one of today's has an ISO code            |
| P605 (5 letters), P782, P1566 | nuts3, lau, geonames, each only if there is one value         |

Items that curators know take the curated key, so that facts meet; all others are named by their
item id (identifiers.AUTHORITY_KEY).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain
from typing import Final

from twingraph import dates
from twingraph import identifiers as ids
from twingraph.dates import Date
from twingraph.model.records import (
    Claims,
    Evidence,
    Partnership,
    Record,
    Source,
    StatusChange,
    Text,
    WikidataStatement,
    ordered,
)
from twingraph.sources.wikidata.authorities import Authorities
from twingraph.sources.wikidata.entities import Moment, Statement
from twingraph.sources.wikidata.known import CuratedKeys
from twingraph.sources.wikidata.links import Items, PartnerLink, links, number
from twingraph.sources.wikidata.report import Findings

PUBLISHER: Final = "Wikidata"
"""What a source that was brought in from there names as its publisher."""

RANK: Final = 80
"""Below every document and register that curators read: anybody may edit Wikidata."""


@dataclass(frozen=True, slots=True)
class Harvest:
    """One source's claims, the links behind them, and what was met on the way."""

    claims: Claims
    links: tuple[PartnerLink, ...]
    report: Findings


def wikidata_source(
    retrieved: str, *, key: str = "wikidata", rank: int = RANK, complete: bool = False
) -> Source:
    """The Source for Wikidata as read on a day (YYYY-MM-DD), all of its twinning or a part."""
    return Source(
        key=key,
        titles=(Text("Wikidata: twinned administrative bodies (P190)", "en"),),
        kind="register",
        rank=rank,
        url="https://www.wikidata.org/wiki/Property:P190",
        publisher=PUBLISHER,
        retrieved=retrieved,
        complete=complete,
        rights="CC0 1.0",
        rank_reason="anybody may edit it; many statements have no reference",
    )


def harvest(
    items: Items,
    source: Source,
    *,
    known: CuratedKeys | None = None,
    scope: Collection[str] | None = None,
    report: Findings | None = None,
) -> Harvest:
    """Make the claims of a source from items.

    `scope` keeps the links of which at least one side is in it. `report` is added to, if given.
    Records come in key order: the same items give the same claims, in whatever order they were
    read.
    """
    known = known or CuratedKeys()
    report = report if report is not None else Findings()
    for item in sorted(items.entities, key=number):
        report.update(Findings(items.entities[item].findings))
    same = {**known.authorities, **items.same}
    found = links(replace(items, same=same), report, scope)
    maker = Authorities(items, known, report)
    authorities = maker.all(found)
    partnerships = Partnerships(known, report)
    made = sorted((partnerships.make(link) for link in found), key=lambda one: one[0][0].key)
    records = chain(authorities, *(records for records, _ in made))
    evidence = chain(maker.revisions(authorities, scope), *(more for _, more in made))
    return Harvest(Claims(source, tuple(records), tuple(evidence)), found, report)


_MOMENT: Final = "point in time (P585)"


class Partnerships:
    """Makes a link's records and their evidence."""

    def __init__(self, known: CuratedKeys, report: Findings) -> None:
        self.known = known
        self.report = report

    def make(self, link: PartnerLink) -> tuple[list[Record], list[Evidence]]:
        """The partnership first, then what ended it."""
        keys = sorted(self.known.key(item) for item in link.pair)
        key = self.known.partnership(keys)
        starts = _dated(link.statements, "start")
        since = starts[0] if starts else None
        end = self._end(link)
        silent = None if link.unchecked else link.silent
        partnership = Partnership(
            key,
            partners=tuple(keys),
            stated_by=tuple(sorted(self.known.key(item) for item in link.stated_by)),
            not_stated_by=(self.known.key(silent),) if silent else (),
            since=since[0] if since else None,
            status="ended" if end else None,
        )
        records: list[Record] = [partnership]
        if end:
            change = ids.nested_key(key, "wikidata-end")
            records.append(StatusChange(change, key, new_status="ended", changed_on=end[0]))
        evidence = [
            Evidence(partnership.ref, "partners", statement=_named(statement))
            for statement in link.statements
            if statement.id
        ]
        evidence += self._starts(partnership, starts)
        if end:
            date, statement = end[0].edtf if end[0] else None, _named(end[1])
            evidence.append(Evidence(records[-1].ref, "changed_on", date=date, statement=statement))
        evidence += [
            Evidence(
                partnership.ref, None, date=date.edtf, note=_MOMENT, statement=_named(statement)
            )
            for date, statement in _dated(link.statements, "point_in_time")
        ]
        return records, evidence

    def _starts(self, partnership: Partnership, starts: list[Dated]) -> Iterator[Evidence]:
        """The date that was taken, and each other that does not fit it."""
        for index, (date, statement) in enumerate(starts):
            taken = starts[0][0]
            if index and (taken.within(date) or date.within(taken)):
                continue
            if index:
                self.report.add(
                    "conflicting-start", f"{partnership.key}: {taken.edtf}, {date.edtf}"
                )
            yield Evidence(partnership.ref, "since", date=date.edtf, statement=_named(statement))

    def _end(self, link: PartnerLink) -> tuple[Date | None, Statement] | None:
        """The end, if it has ended: unknown when, or a date that no later start follows."""
        ended = [s for s in link.statements if s.end]
        if not ended:
            return None
        dated = _dated(ended, "end")
        end: tuple[Date | None, Statement] = dated[0] if dated else (None, ended[0])
        starts = [date for date, _ in _dated(link.statements, "start")]
        if end[0] and any(start.after(end[0]) for start in starts):
            return None
        speakers = {s.subject for s in ended}
        if speakers != {s.subject for s in link.statements}:
            name = end[1].id or f"stated by {end[1].subject}"
            self.report.add("ended-one-side", f"{' and '.join(link.pair)}: {name}")
        return end


Dated = tuple[Date, Statement]


def _dated(statements: Iterable[Statement], which: str) -> list[Dated]:
    """The dates of a qualifier: preferred rank first, then the most precise, then the earliest."""
    found: list[Dated] = []
    for statement in statements:
        moment: Moment | None = getattr(statement, which)
        if moment and moment.edtf:
            found.append((dates.parse(moment.edtf), statement))
    return sorted(found, key=_goodness)


def _goodness(dated: Dated) -> tuple[bool, int, str, str]:
    date, statement = dated
    return (
        statement.rank != "preferred",
        -len(date.value or ""),
        date.earliest or "",
        statement.id,
    )


def _named(statement: Statement) -> WikidataStatement:
    """Which statement it is, with rank and references, as evidence keeps it."""
    assert statement.target is not None
    references = statement.references
    return WikidataStatement(
        id=statement.id or None,
        item=statement.subject,
        value=statement.target,
        rank=statement.rank,
        reference_urls=ordered(url for one in references for url in one.urls),
        stated_in=ordered(item for one in references for item in one.stated_in),
        imported_from=ordered(item for one in references for item in one.imported_from),
    )

"""What curators have already named: harvested facts about the same things take the same keys.

A harvest takes the curated keys of its day. A town that was curated later stands in the harvest
file by its item id still; reading it, the id gives way to the key (`rekey`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from twingraph import identifiers as ids
from twingraph.identifiers import Ref
from twingraph.model.project_identity import participation_key
from twingraph.model.records import (
    Authority,
    Claims,
    Evidence,
    Organization,
    Origin,
    Participation,
    Partnership,
    Project,
    Record,
    StatusChange,
    ordered,
)


@dataclass(frozen=True, slots=True)
class CuratedKeys:
    """What curators have written down: item → authority key, and pair of keys → partnership key.

    `close` are the items that are only close to their authority (the settlement of a commune).
    """

    authorities: Mapping[str, str] = field(default_factory=dict)
    close: Collection[str] = frozenset()
    partnerships: Mapping[frozenset[str], str] = field(default_factory=dict)

    @classmethod
    def of(cls, records: Iterable[Record]) -> CuratedKeys:
        """What curated records name. An item that two authorities claim is the first one's."""
        authorities: dict[str, str] = {}
        close: dict[str, str] = {}
        partnerships: dict[frozenset[str], str] = {}
        for record in records:
            if isinstance(record, Authority):
                if record.wikidata:
                    authorities.setdefault(record.wikidata, record.key)
                if record.wikidata_close:
                    close.setdefault(record.wikidata_close, record.key)
            elif isinstance(record, Partnership):
                partnerships.setdefault(frozenset(record.partners), record.key)
        near = close.keys() - authorities.keys()
        return cls({**close, **authorities}, near, partnerships)

    def key(self, item: str) -> str:
        """The key of an item's authority: the curated one, or the item id."""
        return self.authorities.get(item, item)

    def partnership(self, partners: Iterable[str]) -> str:
        """The key of a partnership: the one once minted, or a new one."""
        keys = frozenset(partners)
        return self.partnerships.get(keys) or ids.partnership_key(keys)


def rekey(claims: Claims, known: CuratedKeys) -> Claims:
    """The claims with curated keys in place of item ids.

    Of two records that become one thing, the first in key order is kept; a partnership is stated
    by whoever states either. A partnership of two items that curators hold for one body is none,
    and is left out.
    """
    if not any(names_known(record, known) for record in claims.records):
        return claims
    renamed = {
        record.key: key
        for record in claims.records
        if isinstance(record, Partnership) and (key := key_of(record, known)) is not None
    }
    records: dict[Ref, Record] = {}
    origins: dict[Ref, Origin] = {}
    moved: dict[Ref, Ref] = {}
    # An item that is only close comes last: what the body's own item says is kept.
    for record in sorted(claims.records, key=lambda r: (r.key in known.close, r.ref)):
        ref = record.ref
        for new in rekeyed(record, known, renamed):
            new_ref = ref if new is record else new.ref
            moved[ref] = new_ref
            records[new_ref] = joined(records.get(new_ref), new)
            if ref in claims.origins:
                origins.setdefault(new_ref, claims.origins[ref])
    evidence = tuple(_moved(claims.evidence, moved))
    in_order = tuple(records[ref] for ref in sorted(records))
    return replace(claims, records=in_order, evidence=evidence, origins=origins)


def names_known(record: Record, known: CuratedKeys) -> bool:
    """Whether a record names an item that has a curated key: then its whole source is rekeyed."""
    return any(key in known.authorities for key in _named(record))


def _named(record: Record) -> tuple[str | None, ...]:
    """The authorities that a record speaks of; those of partnerships have records of their own."""
    match record:
        case Authority():
            return (record.key,)
        case Project():
            return record.partners
        case Participation():
            return (record.authority,)
        case Organization():
            return (record.seat,)
    return ()


def joined(first: Record | None, second: Record) -> Record:
    """Two records of one source that became one thing."""
    if isinstance(first, Partnership) and isinstance(second, Partnership):
        stated = ordered((*first.stated_by, *second.stated_by))
        silent = ordered({*first.not_stated_by, *second.not_stated_by}.difference(stated))
        return replace(first, stated_by=stated, not_stated_by=silent)
    return first or second


def key_of(record: Partnership, known: CuratedKeys) -> str | None:
    """The key that a partnership has from now on; one with itself has none."""
    partners = {known.key(key) for key in record.partners}
    if len(partners) < 2:
        return None
    return record.key if partners == set(record.partners) else known.partnership(partners)


def rekeyed(record: Record, known: CuratedKeys, renamed: Mapping[str, str]) -> Iterator[Record]:
    """A record under curated keys: none of a partnership that is not among the `renamed`, nor of
    its changes."""
    match record:
        case Authority() if record.key in known.close:
            key = known.key(record.key)
            yield Authority(key, wikidata_close=record.key, geonames_close=record.geonames)
        case Authority():
            key = known.key(record.key)
            yield record if key == record.key else replace(record, key=key)
        case Partnership() if record.key in renamed:
            before = record.partners, record.stated_by, record.not_stated_by
            partners, stated, silent = after = tuple(
                ordered(map(known.key, keys)) if keys else keys for keys in before
            )
            if after == before and renamed[record.key] == record.key:
                yield record
                return
            yield replace(
                record,
                key=renamed[record.key],
                partners=partners,
                stated_by=stated,
                not_stated_by=silent,
            )
        case StatusChange() if record.partnership in renamed:
            new = renamed[record.partnership]
            key = new + record.key.removeprefix(record.partnership)
            yield replace(record, key=key, partnership=new)
        case Partnership() | StatusChange():
            return
        case Project():
            lead = record.lead and known.key(record.lead)
            yield replace(record, partners=ordered(map(known.key, record.partners)), lead=lead)
        case Participation(authority=str(key)) if key in known.authorities:
            authority = known.key(key)
            key = participation_key(record.project, authority)
            yield replace(record, key=key, authority=authority)
        case Organization(seat=str(key)):
            yield replace(record, seat=known.key(key))
        case _:
            yield record


def _moved(evidence: tuple[Evidence, ...], moved: dict[Ref, Ref]) -> Iterator[Evidence]:
    for one in evidence:
        new = moved.get(one.subject)
        if new is not None:
            yield one if new == one.subject else replace(one, subject=new)

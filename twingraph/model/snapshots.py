"""When registers had a partnership, and which later complete one has it no more.

A register's day says nothing of when a partnership began or ended. One that a partial register
lacks may be in it all the same; one that a complete register lacks was not in it that day, though
an earlier reading of the same register may have had it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from twingraph.model.records import Authority, Claims, Partnership, Record, Source


def with_snapshots(
    partnerships: Mapping[str, Record],
    claims: Iterable[Claims],
    complete: Sequence[CompleteRegister] | None = None,
) -> dict[str, Record]:
    """The partnerships with the days they were seen, and the complete registers they are not in.

    `complete` are the newest complete registers, where the claims are only a part of theirs.
    """
    registers = [c for c in claims if _is_dated_register(c.source)]
    registers.sort(key=lambda c: _order(c.source))
    having: dict[str, list[Source]] = defaultdict(list)
    for read in registers:
        for record in read.records:
            if isinstance(record, Partnership):
                having[record.key].append(read.source)
    if complete is None:
        last = newest_complete(c.source for c in registers)
        complete = [CompleteRegister(c) for c in registers if c.source in last]
    found = dict(partnerships)
    for key, sources in having.items():
        record = found[key]
        assert isinstance(record, Partnership)
        absent = [one.source.key for one in complete if one.lacks(record, sources)]
        found[key] = replace(
            record,
            first_seen=sources[0].retrieved,
            last_seen=sources[-1].retrieved,
            absent_from=tuple(sorted(absent)),
        )
    return found


def newest_complete(sources: Iterable[Source]) -> list[Source]:
    """The complete registers that were read last: of those of one publisher one."""
    registers = sorted(filter(_is_dated_register, sources), key=_order)
    return list({_register(source): source for source in registers if source.complete}.values())


def _is_dated_register(source: Source) -> bool:
    return source.complete is not None and bool(source.retrieved)


def _order(source: Source) -> tuple[str, str]:
    return _day(source), source.key


def _register(source: Source) -> str:
    """Which register was read: what has one publisher is one."""
    return source.publisher or source.key


def _day(source: Source) -> str:
    return source.retrieved or ""


class CompleteRegister:
    """A complete register: its partnerships, and whose settlement it holds an item for."""

    def __init__(self, claims: Claims) -> None:
        self.source = claims.source
        self.keys: set[str] = set()
        self.partners: set[frozenset[str]] = set()
        self.body: dict[str, str] = {}
        for record in claims.records:
            if isinstance(record, Partnership):
                self.keys.add(record.key)
                self.partners.add(frozenset(record.partners))
            elif isinstance(record, Authority) and record.wikidata_close:
                self.body[record.wikidata_close] = record.key

    def lacks(self, record: Partnership, sources: Iterable[Source]) -> bool:
        """Whether earlier readings had it, and this one has not.

        What they had between settlements it may have between their communes.
        """
        earlier = [s for s in sources if _register(s) == _register(self.source)]
        if not earlier or _day(earlier[-1]) >= _day(self.source) or record.key in self.keys:
            return False
        bodies = frozenset(self.body.get(partner, partner) for partner in record.partners)
        return len(bodies) > 1 and bodies not in self.partners

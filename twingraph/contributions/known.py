"""What a data folder has already: what a contribution adds to, and is named beside."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from twingraph.contributions.contribution import NAMES
from twingraph.model.records import (
    Partnership,
    Record,
    Signature,
    Source,
)
from twingraph.sources.curated import folder
from twingraph.sources.curated.registers import RegisterEntry

R = TypeVar("R", bound=Record)


@dataclass(frozen=True)
class Known:
    """What the registers and the source files of a folder have; harvests are left aside.

    `partnerships` has the key of each by its partners, `signed_for` the towns that a person signed
    for by the person's key, `sources` each source by its key, `stated_by` the keys of the
    partnerships that a source states by the source's key.
    """

    data: Path
    entries: Sequence[RegisterEntry]
    sources: Mapping[str, Source]
    partnerships: Mapping[frozenset[str], str]
    signed_for: Mapping[str, frozenset[str]]
    stated_by: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, data: Path) -> Known:
        """What is in a folder. Raises DataError where it is faulty, UsageError where it is none."""
        read = folder.read(data, harvested=False)
        sources = {claims.source.key: claims.source for claims in read.claims}
        stated = [record for claims in read.claims for record in claims.records]
        stated_by = {
            claims.source.key: frozenset(
                r.key for r in claims.records if isinstance(r, Partnership)
            )
            for claims in read.claims
        }
        return replace(cls.stated(data, read.entries, sources, stated), stated_by=stated_by)

    @classmethod
    def stated(
        cls,
        data: Path,
        entries: Sequence[RegisterEntry],
        sources: Mapping[str, Source],
        records: Iterable[Record],
    ) -> Known:
        """What registers have, and some records that sources state."""
        partnerships: dict[frozenset[str], str] = {}
        signed: dict[str, set[str]] = defaultdict(set)
        for record in records:
            match record:
                case Partnership(key=key, partners=partners, unnamed_partners=()):
                    partnerships[frozenset(partners)] = key
                case Signature(signatory=str(person), on_behalf_of=str(town)):
                    signed[person].add(town)
        signed_for = {person: frozenset(towns) for person, towns in signed.items()}
        return cls(data, entries, sources, partnerships, signed_for)

    def without(self, rows: Collection[tuple[str, str]]) -> Known:
        """All but some rows of registers, by the registers' names in a contribution and keys."""
        left = (e for e in self.entries if (NAMES[e.record.path], e.record.key) not in rows)
        return replace(self, entries=tuple(left))

    def rows(self, of: type[R]) -> Iterator[tuple[R, str]]:
        """The rows of a register, each with the key of the source that it names."""
        for entry in self._by_class.get(of, ()):
            assert isinstance(entry.record, of)
            yield entry.record, entry.source

    @cached_property
    def _by_class(self) -> Mapping[type[Record], Sequence[RegisterEntry]]:
        """A release has 16,000 towns, which nobody who looks for a person goes through."""
        found: dict[type[Record], list[RegisterEntry]] = defaultdict(list)
        for entry in self.entries:
            found[type(entry.record)].append(entry)
        return found

    @cached_property
    def keys(self) -> Mapping[str, frozenset[str]]:
        """The keys of each register, by its name in a contribution."""
        return {
            name: frozenset(entry.record.key for entry in self.entries if entry.record.path == path)
            for path, name in NAMES.items()
        }

    def has(self, register: str, key: str) -> bool:
        """Whether a register, by its name in a contribution, has a key."""
        return key in self.keys[register]

"""What a data folder has already: what a contribution adds to, and is named beside."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from twingraph.model.records import (
    Authority,
    Organization,
    Partnership,
    Person,
    Programme,
    Project,
    Record,
    Signature,
    Source,
)
from twingraph.sources.curated import folder
from twingraph.sources.curated.registers import REGISTERS, RegisterEntry

R = TypeVar("R", bound=Record)


@dataclass(frozen=True)
class Known:
    """What the registers and the source files of a folder have; harvests are left aside.

    `partnerships` has the key of each by its partners, `signed_for` the towns that a person signed
    for by the person's key, `sources` each source by its key.
    """

    data: Path
    entries: Sequence[RegisterEntry]
    sources: Mapping[str, Source]
    partnerships: Mapping[frozenset[str], str]
    signed_for: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, data: Path) -> Known:
        """What is in a folder. Raises DataError where it is faulty, UsageError where it is none."""
        read = folder.read(data, harvested=False)
        records = [record for claims in read.claims for record in claims.records]
        signed: dict[str, set[str]] = defaultdict(set)
        for record in records:
            if isinstance(record, Signature) and record.signatory and record.on_behalf_of:
                signed[record.signatory].add(record.on_behalf_of)
        partnerships = [record for record in records if isinstance(record, Partnership)]
        return cls(
            data,
            read.entries,
            {claims.source.key: claims.source for claims in read.claims},
            {frozenset(p.partners): p.key for p in partnerships if not p.unnamed_partners},
            {key: frozenset(towns) for key, towns in signed.items()},
        )

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
            register.file.removesuffix(".csv"): frozenset(
                entry.record.key for entry in self.entries if entry.record.path == path
            )
            for path, register in REGISTERS.items()
        }

    def has(self, register: str, key: str) -> bool:
        """Whether a register, by its name in a contribution, has a key."""
        return key in self.keys[register]


def names(record: Record) -> Iterator[str]:
    """All names and titles of a thing in a register."""
    match record:
        case Authority():
            yield from (text.value for text in (*record.labels, *record.alt_labels))
        case Organization():
            yield from (text.value for text in record.labels)
        case Person(name=str(name)):
            yield name
        case Project() | Programme():
            yield from (text.value for text in record.titles)

"""What a data folder has already: what a contribution adds to, and is named beside."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Final, TypeVar

from twingraph.contributions.contribution import NAMES
from twingraph.errors import nearest
from twingraph.model.records import (
    Agreement,
    Partnership,
    Record,
    Signature,
    Source,
)
from twingraph.reconcile.names import tidy
from twingraph.sources.curated import folder
from twingraph.sources.curated.doubts import folded
from twingraph.sources.curated.registers import RegisterEntry, names

R = TypeVar("R", bound=Record)


@lru_cache(maxsize=10_000)
def spelt(name: str) -> str:
    """A name, the same for two ways to write it; one of signs alone as it is."""
    return folded(name) or tidy(name)


def source_file(data: Path, key: str) -> Path:
    """Where the source of a key stands in a data folder, or is to be put."""
    folder = data / "sources"
    found = (path for ending in (".yaml", ".yml") for path in folder.rglob(f"{key}{ending}"))
    return min(found, default=folder / f"{key}.yaml")


_NOBODY: Final = frozenset(
    ("unknown", "not known", "n/a", "nn", "n.n.", "nieznany", "nieznana", "nie wiadomo", "brak",
     "brak danych", "neznámy", "neznáma", "neznámi", "nie je známe", "nie je známy", "onbekend",
     "niet bekend", "unbekannt", "nicht bekannt", "keine angabe", "inconnu", "inconnue",
     "non connu", "pas connu")
)  # fmt: skip


def is_nobody(name: str) -> bool:
    """Whether what stands for a name says in a language of pages that it is not known."""
    text = tidy(name).casefold()
    return text in _NOBODY or not any(map(str.isalpha, text))


def alike(text: str, known: Iterable[str]) -> list[str]:
    """The names that one may be a misspelling of, the likeliest first; marks and case aside."""
    by_spelling = {spelt(name): name for name in sorted(known)}
    return [by_spelling[one] for one in nearest(spelt(text), by_spelling)]


@dataclass(frozen=True)
class Known:
    """What the registers and the source files of a folder have; harvests are left aside.

    `partnerships` has the key of each by its partners, `signed_for` the towns that a person signed
    for by the person's key, `sources` each source by its key, `stated_by` the keys of the
    partnerships that a source states by the source's key, `offices` the office that a person signed
    in for a town, by the keys of both, `statements` what each source says of partnerships and
    documents, by class and key, with the source's key, `referred` the sources that refer to a
    partnership or its documents by its key, which other sources' own statements of it do not.
    """

    data: Path
    entries: Sequence[RegisterEntry]
    sources: Mapping[str, Source]
    partnerships: Mapping[frozenset[str], str]
    signed_for: Mapping[str, frozenset[str]]
    stated_by: Mapping[str, frozenset[str]] = field(default_factory=dict)
    offices: Mapping[tuple[str, str], str] = field(default_factory=dict)
    statements: Mapping[tuple[type[Record], str], Sequence[tuple[Record, str]]] = field(
        default_factory=dict
    )
    referred: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, data: Path) -> Known:
        """What is in a folder. Raises DataError where it is faulty, UsageError where it is none."""
        read = folder.read(data, harvested=False)
        sources = {claims.source.key: claims.source for claims in read.claims}
        stated = [(one, claims.source.key) for claims in read.claims for one in claims.records]
        stated_by: dict[str, set[str]] = {key: set() for key in sources}
        statements: dict[tuple[type[Record], str], list[tuple[Record, str]]] = defaultdict(list)
        for record, source in stated:
            if isinstance(record, (Partnership, Agreement)):
                statements[type(record), record.key].append((record, source))
            if isinstance(record, Partnership):
                stated_by[source].add(record.key)
        referred: dict[str, set[str]] = defaultdict(set)
        for target, origin in read.references:
            if target.path in (Partnership.path, Agreement.path):
                referred[target.key.partition("_")[0]].add(Path(origin.file).stem)
        return replace(
            cls.stated(data, read.entries, sources, (record for record, _ in stated)),
            stated_by={key: frozenset(keys) for key, keys in stated_by.items()},
            statements=statements,
            referred={key: frozenset(files) for key, files in referred.items()},
        )

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
        offices: dict[tuple[str, str], str] = {}
        for record in records:
            match record:
                case Partnership(key=key, partners=partners, unnamed_partners=()):
                    partnerships[frozenset(partners)] = key
                case Signature(signatory=str(person), on_behalf_of=str(town), office=office):
                    signed[person].add(town)
                    offices.setdefault((person, town), office or "")
        signed_for = {person: frozenset(towns) for person, towns in signed.items()}
        return cls(data, entries, sources, partnerships, signed_for, offices=offices)

    def without(self, rows: Collection[tuple[str, str]]) -> Known:
        """All but some rows of registers, by the registers' names in a contribution and keys."""
        left = (e for e in self.entries if (NAMES[e.record.path], e.record.key) not in rows)
        return replace(self, entries=tuple(left))

    def rows(self, of: type[R]) -> Iterator[tuple[R, str]]:
        """The rows of a register, each with the key of the source that it names."""
        for entry in self._by_class.get(of, ()):
            assert isinstance(entry.record, of)
            yield entry.record, entry.source

    def called(self, of: type[R], name: str) -> Sequence[tuple[R, str]]:
        """The rows of a register that have a name, but for the way in which it is written."""
        if of not in self._by_name:
            found: dict[str, list[tuple[Record, str]]] = defaultdict(list)
            for record, source in self.rows(of):
                for one in {spelt(one) for one in names(record)}:
                    found[one].append((record, source))
            self._by_name[of] = found
        rows: Sequence[tuple[Any, str]] = self._by_name[of].get(spelt(name), ())
        return rows

    def name_of(self, of: type[Record], key: str) -> str:
        """The name of what a register has, or its key where it has none."""
        record = self.by_key.get((of, key))
        return next(iter(names(record)), key) if record else key

    @cached_property
    def partners(self) -> Mapping[str, frozenset[str]]:
        """The partners of each partnership, by its key."""
        return {key: towns for towns, key in self.partnerships.items()}

    @cached_property
    def by_key(self) -> Mapping[tuple[type[Record], str], Record]:
        """What the registers have, by class and key."""
        return {(type(entry.record), entry.record.key): entry.record for entry in self.entries}

    @cached_property
    def _by_name(self) -> dict[type[Record], Mapping[str, Sequence[tuple[Record, str]]]]:
        """The rows of those registers that were asked for a name."""
        return {}

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

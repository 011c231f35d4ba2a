"""What every task must know of all the data, before any of it is merged: broadcast once.

Most of it is small, whatever the size of the harvests: the sources, the keys of curators, the
projects that are one. What grows with the data is said beside it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace

from twingraph import identifiers as ids
from twingraph.identifiers import Ref
from twingraph.model.project_identity import renamed
from twingraph.model.records import (
    Dataset,
    Evidence,
    Partnership,
    Record,
    Source,
    StatusChange,
)
from twingraph.model.snapshots import CompleteRegister
from twingraph.sources.curated.redirects import Redirect
from twingraph.sources.wikidata.known import CuratedKeys, key_of, rekeyed
from twingraph.spark.rows import home, root, spread

Renamed = Mapping[str, str | None]
"""Partnerships that change their key, by the old one; None for one that is dropped."""


@dataclass(frozen=True)
class BuildPlan:
    """What is known of all.

    `touched` are the harvests that name things of curators, `renamed` their partnerships that
    change their key (they grow with what curators know), `moved` their participations that do;
    `programmes` and `projects` take another's key; `complete` are the newest complete registers
    (they grow with these); `hot` are the things that much evidence is about.
    """

    dataset: Dataset
    sources: Mapping[str, Source]
    partitions: int
    known: CuratedKeys = field(default_factory=CuratedKeys)
    touched: Collection[str] = frozenset()
    renamed: Mapping[str, Renamed] = field(default_factory=dict)
    moved: Mapping[str, Mapping[Ref, Ref]] = field(default_factory=dict)
    programmes: Mapping[str, str] = field(default_factory=dict)
    projects: Mapping[str, str] = field(default_factory=dict)
    complete: tuple[CompleteRegister, ...] = ()
    hot: frozenset[Ref] = frozenset()
    redirects: tuple[Redirect, ...] = ()

    @property
    def base(self) -> str:
        """The base of the dataset's own IRIs."""
        return self.dataset.base

    def record(self, record: Record, source: str) -> Iterator[Record]:
        """A record as the merge takes it: under the keys of curators, and of the first project."""
        for one in self._rekeyed(record, source):
            yield renamed(one, self.programmes, self.projects)

    def _rekeyed(self, record: Record, source: str) -> Iterator[Record]:
        if source not in self.touched:
            yield record
            return
        changed: dict[str, str] = {}
        if isinstance(record, Partnership):
            key = key_of(record, self.known)
            changed = {} if key is None else {record.key: key}
        elif isinstance(record, StatusChange):
            whole = self.renamed.get(source, {}).get(record.partnership, record.partnership)
            changed = {} if whole is None else {record.partnership: whole}
        yield from rekeyed(record, self.known, changed)

    def evidence(self, evidence: Evidence, source: str) -> Evidence | None:
        """Evidence with the key that its subject has in the merge; None where that is dropped."""
        subject: Ref | None = evidence.subject
        if source in self.touched:
            subject = self._subject(evidence.subject, source)
        if subject is None:
            return None
        if subject.path == ids.PROGRAMME:
            subject = Ref(subject.path, self.programmes.get(subject.key, subject.key))
        elif subject.path in (ids.PROJECT, ids.PARTICIPATION):
            whole, underscore, rest = subject.key.partition("_")
            key = f"{self.projects.get(whole, whole)}{underscore}{rest}"
            subject = Ref(subject.path, key)
        return evidence if subject == evidence.subject else replace(evidence, subject=subject)

    def _subject(self, subject: Ref, source: str) -> Ref | None:
        if subject.path == ids.MUNICIPALITY:
            return Ref(subject.path, self.known.key(subject.key))
        if subject.path in (ids.PARTNERSHIP, ids.STATUS_CHANGE):
            whole, underscore, rest = subject.key.partition("_")
            key = self.renamed.get(source, {}).get(whole, whole)
            return None if key is None else Ref(subject.path, f"{key}{underscore}{rest}")
        return self.moved.get(source, {}).get(subject, subject)

    def home_of_evidence(self, evidence: Evidence, source: str) -> int:
        """Where evidence is numbered and written: with its subject, unless that is a thing with so
        much of it that it is salted by its source. (Evidence of joint projects is added to later,
        where the partnership is.)"""
        whole = root(evidence.subject)
        if whole in self.hot and evidence.property != "projects":
            return spread(f"{'/'.join(whole)} {source}", self.partitions)
        return home(evidence.subject, self.partitions)

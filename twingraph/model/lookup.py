"""Look-up across things: what belongs together, joined in one place for all who ask.

A `Lookup` holds records: those of a merged view, those that one source states, or those that a
store is read for. What its things are called is in `labels`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import combinations
from typing import Final, TypeVar

from twingraph import identifiers as ids
from twingraph.identifiers import Ref
from twingraph.model.membership import NOT_TWINNED, Membership, membership
from twingraph.model.records import (
    RECORD_CLASSES,
    Agreement,
    Authority,
    Claims,
    Concept,
    Evidence,
    Keys,
    NetworkMembership,
    Organization,
    Participation,
    Partnership,
    Point,
    Project,
    R,
    Record,
    Signature,
    Source,
    StatusChange,
    View,
)

_CLASS_OF_PATH: Final[Mapping[str, type[Record]]] = {
    Concept.path: Concept,
    **{record_class.path: record_class for record_class in RECORD_CLASSES},
}

K = TypeVar("K")
V = TypeVar("V")


class Groups(dict[K, Sequence[V]]):
    """Several things under each key, and none under any other."""

    def __missing__(self, key: K) -> Sequence[V]:
        return ()


def grouped(things: Iterable[V], keys: Callable[[V], Iterable[K | None]]) -> Groups[K, V]:
    """Things under each of their keys, in their order."""
    groups: dict[K, list[V]] = defaultdict(list)
    for thing in things:
        for key in keys(thing):
            if key is not None:
                groups[key].append(thing)
    return Groups(groups)


class Lookup:
    """Records by class and key, in key order, and what stands in others than the one at hand.

    `sources_of` has the keys of the sources that state anything of a thing; where it is not
    given, it is what the `claims` tell. What belongs to a thing is in groups by its key:
    `documents[partnership.key]`.
    """

    def __init__(
        self,
        things: Mapping[type[Record], Mapping[str, Record]],
        sources: Mapping[str, Source],
        base: str = "",
        *,
        claims: Sequence[Claims] = (),
        sources_of: Groups[Ref, str] | None = None,
    ) -> None:
        self._things = things
        self.sources = sources
        self.base = base
        self.claims = claims
        if sources_of is not None:
            self.sources_of = sources_of

    @classmethod
    def of_view(cls, view: View) -> Lookup:
        """What a merged view holds."""
        return cls(view.things, view.sources, view.dataset.base, claims=view.claims)

    @classmethod
    def of_claims(cls, claims: Claims) -> Lookup:
        """What one source states."""
        things: dict[type[Record], dict[str, Record]] = defaultdict(dict)
        for record in claims.records:
            things[type(record)][record.key] = record
        return cls(things, {claims.source.key: claims.source}, claims=(claims,))

    def all(self, record_class: type[R]) -> Mapping[str, R]:
        """The records of a class by key."""
        return self._things.get(record_class, {})  # type: ignore[return-value]

    def get(self, ref: Ref) -> Record | Source | None:
        """The record of a thing."""
        if ref.path == ids.SOURCE:
            return self.sources.get(ref.key)
        record_class = _CLASS_OF_PATH.get(ref.path)
        return self.all(record_class).get(ref.key) if record_class else None

    @cached_property
    def authorities(self) -> Mapping[str, Authority]:
        """The towns and other bodies."""
        return self.all(Authority)

    @cached_property
    def partnerships(self) -> Mapping[str, Partnership]:
        """The partnerships."""
        return self.all(Partnership)

    @cached_property
    def agreements(self) -> Mapping[str, Agreement]:
        """The documents."""
        return self.all(Agreement)

    @cached_property
    def projects(self) -> Mapping[str, Project]:
        """The projects."""
        return self.all(Project)

    # --- what belongs to a thing -------------------------------------------------------------

    @cached_property
    def partnerships_of(self) -> Groups[str, Partnership]:
        """The partnerships that a town has or had."""
        return grouped(self.partnerships.values(), lambda p: p.partners)

    @cached_property
    def documents(self) -> Groups[str, Agreement]:
        """The documents of a partnership."""
        return grouped(self.agreements.values(), lambda a: (a.partnership,))

    @cached_property
    def changes(self) -> Groups[str, StatusChange]:
        """The changes of a partnership's status."""
        return grouped(self.all(StatusChange).values(), lambda c: (c.partnership,))

    @cached_property
    def signatures(self) -> Groups[str, Signature]:
        """The signatures of a document."""
        return grouped(self.all(Signature).values(), lambda s: (s.agreement,))

    @cached_property
    def signatures_by(self) -> Groups[str, Signature]:
        """The signatures of a person."""
        return grouped(self.all(Signature).values(), lambda s: (s.signatory,))

    @cached_property
    def projects_of(self) -> Groups[str, Project]:
        """The projects that a town is a partner in."""
        return grouped(self.projects.values(), lambda p: p.partners)

    @cached_property
    def participations(self) -> Groups[str, Participation]:
        """The parts that bodies have in a project."""
        return grouped(self.all(Participation).values(), lambda p: (p.project,))

    @property
    def parts(self) -> Mapping[type[Record], Mapping[str, Sequence[Record]]]:
        """What is a part of something, by its class and the key of the whole."""
        return {
            Agreement: self.documents,
            StatusChange: self.changes,
            Signature: self.signatures,
            Participation: self.participations,
            NetworkMembership: self.memberships,
        }

    @cached_property
    def with_project(self) -> Groups[str, Partnership]:
        """The partnerships that ran a project."""
        return grouped(self.partnerships.values(), lambda p: p.projects)

    @cached_property
    def involving(self) -> Groups[str, Partnership]:
        """The partnerships that a school or an association takes part in."""
        return grouped(self.partnerships.values(), lambda p: p.involves)

    @cached_property
    def memberships(self) -> Groups[str, NetworkMembership]:
        """A town's memberships of networks."""
        return grouped(self.all(NetworkMembership).values(), lambda m: (m.authority,))

    @cached_property
    def memberships_in(self) -> Groups[str, NetworkMembership]:
        """The memberships that towns have in a network."""
        return grouped(self.all(NetworkMembership).values(), lambda m: (m.network,))

    def towns_of(self, keys: Iterable[str]) -> Iterator[Authority]:
        """The towns that have a record, of some keys."""
        return (self.authorities[key] for key in keys if key in self.authorities)

    def points(self, partnership: Partnership) -> list[Point]:
        """The places of a partnership's towns, as far as they are known."""
        return [town.point for town in self.towns_of(partnership.partners) if town.point]

    def bodies(self, project: Project) -> Iterator[Authority | Participation]:
        """Who takes part in a project, each once: the towns, and the part of each other body."""
        yield from self.towns_of(project.partners)
        for part in self.participations[project.key]:
            if part.authority not in project.partners:
                yield part

    def sites(self, project: Project) -> Iterator[Authority]:
        """The towns of a project and the seats of its organisations, each once."""
        bodies = self.all(Organization)
        taking_part = (bodies.get(p.organization or "") for p in self.participations[project.key])
        seats = (body.seat for body in taking_part if body and body.seat)
        return self.towns_of(dict.fromkeys([*project.partners, *seats]))

    @cached_property
    def successors(self) -> Groups[str, Authority]:
        """The authorities that took the place of one."""
        return grouped(self.authorities.values(), lambda town: town.replaces)

    # --- who is twinned ----------------------------------------------------------------------

    def members(self, partnership: Partnership) -> list[Membership]:
        """A partnership's members, past ones included, in the order of its partners. One that was
        merged into another authority is none any more; the other is one if a source says so."""
        merged = self.successors
        return [
            membership(partnership, p, self._joining[partnership.key, p], p in merged)
            for p in partnership.partners
        ]

    def former(self, partnership: Partnership) -> Keys:
        """The partners that have left, or were merged into another authority."""
        return tuple(member.partner for member in self.members(partnership) if member.is_former)

    def twinned(self, partnership: Partnership) -> Iterator[tuple[str, str]]:
        """Every two partners that are members at the same time, of one not known to have ended."""
        if partnership.status not in NOT_TWINNED:
            members = self.members(partnership)
            yield from combinations((m.partner for m in members if m.is_current), 2)

    def is_current(self, partnership: Partnership) -> bool:
        """Whether its towns are twinned, as far as is known: two are left, and it has not ended."""
        return any(True for _ in self.twinned(partnership))

    @cached_property
    def twins(self) -> Groups[str, str]:
        """The towns that a town is twinned with, sorted."""
        twins: dict[str, set[str]] = defaultdict(set)
        for partnership in self.partnerships.values():
            for one, other in self.twinned(partnership):
                twins[one].add(other)
                twins[other].add(one)
        return Groups({key: sorted(others) for key, others in twins.items()})

    @cached_property
    def _joining(self) -> Groups[tuple[str, str], StatusChange]:
        """The changes of a partner's membership in a partnership."""
        changes = (c for c in self.all(StatusChange).values() if c.concerns)
        return grouped(changes, lambda c: ((c.partnership, c.concerns or ""),))

    # --- who states it -----------------------------------------------------------------------

    @cached_property
    def sources_of(self) -> Groups[Ref, str]:
        """Every source that states anything of a thing, sorted."""
        return sources_of((r.ref, c.source.key) for c in self.claims for r in c.records)

    @cached_property
    def stated_by(self) -> Groups[str, Ref]:
        """The things that a source states anything of, in the order of their IRIs."""
        order = sorted(self.sources_of, key=lambda ref: f"{ref.path}/{ref.key}")
        return grouped(order, lambda ref: self.sources_of[ref])

    @cached_property
    def quoted(self) -> frozenset[Ref]:
        """The things that some words of a source are quoted for: a signature's words are for its
        document too, a document's for its partnership. Words of a mention are for no claim, nor
        does a page say what was derived from its words."""
        quotes = (e for claims in self.claims for e in claims.evidence if _is_quoted(e))
        return frozenset(ref for evidence in quotes for ref in self._supported(evidence))

    @cached_property
    def quoted_sources(self) -> frozenset[str]:
        """The sources of which some words are quoted for a claim."""
        return frozenset(c.source.key for c in self.claims if any(map(_is_quoted, c.evidence)))

    def _supported(self, evidence: Evidence) -> Iterator[Ref]:
        ref: Ref | None = evidence.subject
        while ref:
            yield ref
            record = self.get(ref)
            if isinstance(record, Signature):
                ref = Ref(ids.AGREEMENT, record.agreement)
            elif isinstance(record, Agreement):
                ref = Ref(ids.PARTNERSHIP, record.partnership)
            elif isinstance(record, Participation):
                ref = Ref(ids.PROJECT, record.project)
            else:
                ref = None


def _is_quoted(evidence: Evidence) -> bool:
    return bool(evidence.quote and evidence.property and not evidence.derived)


def sources_of(stated: Iterable[tuple[Ref, str]]) -> Groups[Ref, str]:
    """The sources of each thing, sorted. Few combinations occur, so each is kept once."""
    groups: dict[Ref, Keys] = {}
    longer: dict[tuple[Keys, str], Keys] = {}
    for ref, source in stated:
        before = groups.get(ref, ())
        if (before, source) not in longer:
            longer[before, source] = tuple(sorted({*before, source}))
        groups[ref] = longer[before, source]
    return Groups(groups)

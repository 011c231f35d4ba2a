"""What all sources say of the things of one partition, merged; and what others must know of it.

Merging is `model.merge`, on the claims about these things alone. What a thing is called, who is
partner in which project, and how many there are of what, is told to the driver (`MergedIndex`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, TypeVar

from twingraph.identifiers import Ref
from twingraph.model.joint_projects import naming
from twingraph.model.merge import merge
from twingraph.model.names import preferred, town_name
from twingraph.model.records import (
    Authority,
    Claims,
    Evidence,
    Organization,
    Partnership,
    Person,
    Programme,
    Project,
    Record,
    StatusChange,
    Texts,
    View,
)
from twingraph.release.coverage import Coverage, coverage
from twingraph.sources.wikidata.known import joined
from twingraph.spark.plan import BuildPlan
from twingraph.spark.reading import QuotedEvidence, StatedRecord
from twingraph.spark.rows import EVERYONE, PackedRow, pack, unpack

T = TypeVar("T")


class Beside(Mapping[str, T]):
    """Records of a partition, and others that can be looked up beside them but are not walked."""

    def __init__(self, own: Mapping[str, T], others: Mapping[str, T]) -> None:
        self._own, self._others = own, others

    def __getitem__(self, key: str) -> T:
        return self._own[key] if key in self._own else self._others[key]

    def __contains__(self, key: object) -> bool:
        return key in self._own or key in self._others

    def __iter__(self) -> Iterator[str]:
        return iter(self._own)

    def __len__(self) -> int:
        return len(self._own)


@dataclass
class MergedIndex:
    """What is known of the merged things, as far as things elsewhere ask for it.

    Records hold their names alone, and of projects the partners: some 200 bytes each. `partners`
    counts each town's partnerships, `named_in` has the source that names a project's partners,
    `there` the things of redirects that there are, `twice` what a source states more than once.
    """

    towns: dict[str, Authority] = field(default_factory=dict)
    organizations: dict[str, Organization] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    programmes: dict[str, Programme] = field(default_factory=dict)
    projects: dict[str, Project] = field(default_factory=dict)
    partners: Counter[str] = field(default_factory=Counter)
    named_in: dict[str, str] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    covered: list[Coverage] = field(default_factory=list)
    conflicts: int = 0
    twice: list[tuple[str, str]] = field(default_factory=list)
    there: set[Ref] = field(default_factory=set)

    def update(self, other: MergedIndex) -> None:
        """Add what is known of another partition."""
        for one in fields(self):
            mine, more = getattr(self, one.name), getattr(other, one.name)
            if isinstance(mine, int):
                setattr(self, one.name, mine + more)
            elif isinstance(mine, list):
                mine.extend(more)
            else:
                mine.update(more)

    def around(self, view: View) -> View:
        """A partition's view in which the others can be looked up."""
        others: dict[type[Record], Mapping[str, Any]] = {
            Authority: self.towns, Organization: self.organizations, Person: self.people,
            Programme: self.programmes, Project: self.projects,
        }  # fmt: skip
        things = {
            record_class: Beside(of_class, others[record_class])
            if record_class in others
            else of_class
            for record_class, of_class in view.things.items()
        }
        return replace(view, things=things)

    def ordered(self) -> MergedIndex:
        """The same, its projects in the order of their keys, as joining wants them."""
        projects = {key: self.projects[key] for key in sorted(self.projects)}
        return replace(self, projects=projects)


def merged(to: int, rows: Iterable[PackedRow], plan: BuildPlan) -> Iterator[PackedRow]:
    """The view of a partition, and what is known of it."""
    twice: list[tuple[str, str]] = []
    claims = _claims(rows, plan, twice)
    view = merge(plan.dataset, claims, plan.complete)
    yield PackedRow(EVERYONE, "known", pack(_known(view, plan, twice)))
    yield PackedRow(to, "view", pack(view))


def _claims(
    rows: Iterable[PackedRow], plan: BuildPlan, twice: list[tuple[str, str]]
) -> list[Claims]:
    stated: dict[str, list[StatedRecord]] = defaultdict(list)
    quoted: dict[str, list[QuotedEvidence]] = defaultdict(list)
    for row in rows:
        for one in unpack(row.data):
            (stated if row.kind == "stated" else quoted)[one.source].append(one)
    return [
        _of_source(key, stated[key], quoted[key], plan, twice)
        for key in sorted(stated.keys() | quoted.keys())
    ]


def _of_source(
    source: str,
    stated: list[StatedRecord],
    quoted: list[QuotedEvidence],
    plan: BuildPlan,
    twice: list[tuple[str, str]],
) -> Claims:
    """One source's claims on these things, each record once, evidence in its order."""
    touched = source in plan.touched
    stated.sort(key=lambda s: (s.close, s.was, s.order) if touched else (False, "", s.order))
    records: dict[Ref, Record] = {}
    before: dict[Ref, str] = {}
    for one in stated:
        ref = one.record.ref
        if before.get(ref) == one.was:
            twice.append((source, one.was))
        before[ref] = one.was
        records[ref] = (
            joined(records.get(ref), one.record) if touched else records.get(ref, one.record)
        )
    evidence: Iterable[Evidence] = (q.evidence for q in sorted(quoted, key=lambda q: q.order))
    if touched:
        # Changes of a partnership that the source does not state are dropped, and evidence of what
        # it does not state. What is salted is not looked up.
        records = {ref: r for ref, r in records.items() if _is_of_stated(r, records)}
        evidence = (e for e in evidence if e.subject in records or e.subject in plan.hot)
    return Claims(
        plan.sources[source], tuple(records[ref] for ref in sorted(records)), tuple(evidence)
    )


def _is_of_stated(record: Record, records: Mapping[Ref, Record]) -> bool:
    return not isinstance(record, StatusChange) or (
        Ref(Partnership.path, record.partnership) in records
    )


def _known(view: View, plan: BuildPlan, twice: list[tuple[str, str]]) -> MergedIndex:
    languages = plan.dataset.languages
    partners = Counter(p for one in view.all(Partnership).values() for p in one.partners)
    with_partners = {k: p for k, p in view.all(Project).items() if len(p.partners) > 1}
    named = naming(view.claims)
    return MergedIndex(
        towns={key: _town(town, languages) for key, town in view.all(Authority).items()},
        organizations={
            key: Organization(key, labels=_chosen(body.labels, languages))
            for key, body in view.all(Organization).items()
        },
        people=dict(view.all(Person)),
        programmes={
            key: Programme(key, titles=_chosen(one.titles, languages), cci=one.cci)
            for key, one in view.all(Programme).items()
        },
        projects={
            key: Project(key, titles=one.titles[:1], partners=one.partners, start=one.start)
            for key, one in with_partners.items()
        },
        partners=partners,
        named_in={key: named[key] for key in with_partners if key in named},
        counts=Counter({r.path: len(of_class) for r, of_class in view.things.items()}),
        covered=[coverage(view)],
        conflicts=sum(not d.fits for d in view.disagreements),
        twice=twice,
        there={r for one in plan.redirects for r in (one.old, one.new) if r and _is_in(view, r)},
    )


def _is_in(view: View, ref: Ref) -> bool:
    return any(ref.path == c.path and ref.key in of for c, of in view.things.items())


def _town(town: Authority, languages: tuple[str, ...]) -> Authority:
    """A town with the names that it is called by: its own, and the one in the languages."""
    names = filter(None, (town_name(town), town_name(town, languages[:1])))
    return Authority(
        town.key,
        labels=tuple(dict.fromkeys(names)),
        own_language=town.own_language,
        country=town.country,
        replaces=town.replaces,
        point=town.point,
    )


def _chosen(texts: Texts, languages: tuple[str, ...]) -> Texts:
    chosen = preferred(texts, languages)
    return (chosen,) if chosen else ()


def covered(parts: Iterable[Coverage]) -> Coverage:
    """What several partitions cover together."""
    several = list(parts)
    boxes = [part.box for part in several if part.box]
    starts, ends = (
        [day for part in several if (day := getattr(part, name))] for name in ("start", "end")
    )
    box = (
        replace(
            boxes[0],
            west=min(b.west for b in boxes), south=min(b.south for b in boxes),
            east=max(b.east for b in boxes), north=max(b.north for b in boxes),
        )
        if boxes
        else None
    )  # fmt: skip
    return Coverage(
        countries=tuple(sorted({c for part in several for c in part.countries})),
        box=box,
        start=min(starts, default=None),
        end=max(ends, default=None),
    )

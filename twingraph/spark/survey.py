"""A first look at the harvests, for what every task must know of all: see `plan`.

Only lines that can tell it are looked at, and Spark drops the others before Python sees them: the
lines that name sources, the towns, projects and programmes, and one line of evidence in a hundred,
to find the things that very much is said about.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from twingraph.errors import DataError, Problem
from twingraph.identifiers import Ref
from twingraph.model.project_identity import renames
from twingraph.model.records import (
    Authority,
    Claims,
    Evidence,
    Participation,
    Partnership,
    Programme,
    Project,
    Record,
    Source,
)
from twingraph.model.snapshots import CompleteRegister, newest_complete
from twingraph.sources.curated.folder import Curated
from twingraph.sources.harvested import NOT_A_CLAIM
from twingraph.sources.wikidata.known import CuratedKeys, key_of, names_known, rekeyed
from twingraph.spark.plan import BuildPlan
from twingraph.spark.reading import SOURCE_LINE, SparkLine, lines_of
from twingraph.spark.rows import EVERYONE, PackedRow, pack, root, to_rows, unpack

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame


Found = dict[str, list[Any]]
Look = Callable[[Iterator[SparkLine]], Iterator[tuple[str, Any]]]
Gather = Callable[[Callable[[], "Column"], Look], Found]

SAMPLED: Final = 0.01
"""The share of evidence that is looked at."""
HOT: Final = 50_000
"""So many pieces of evidence about one thing are salted: some 20 MB packed."""

_PROJECTS: Final = ("Project", "Participation", "Programme")
_NAMING: Final = ("Authority", "Organization", "Partnership", *_PROJECTS)
"""The classes whose records say which items a harvest names, and what becomes of its keys."""


def survey(
    gather: Gather,
    curated: Curated,
    partitions: int,
    hot: int = HOT,
    sampled: float = SAMPLED,
) -> tuple[BuildPlan, Mapping[str, str]]:
    """What must be known, and the source of each file. Two passes over the lines' beginnings.

    `gather` is `gathered` with the lines.

    Raises DataError where a file names no source, or two the same.
    """
    first = gather(partial(_first_look, sampled), _look_first)
    source_of = _sources(first["source"], curated)
    of_key = {source.key: source for _, source in first["source"]}
    minted = [record for _, record in sorted(first["minted"], key=lambda one: one[0])]
    stated = (record for claims in curated.claims for record in claims.records)
    known = CuratedKeys.of((*stated, *minted))
    evidence: Counter[Ref] = Counter(first["evidence"])
    plan = BuildPlan(
        dataset=curated.dataset,
        sources={**{c.source.key: c.source for c in curated.claims}, **of_key},
        partitions=partitions,
        known=known,
        redirects=curated.redirects,
        hot=frozenset(ref for ref, count in evidence.items() if count >= max(hot * sampled, 1)),
    )
    return _second(gather, plan, source_of, curated), source_of


def _first_look(sampled: float) -> Column:
    from pyspark.sql import functions as f

    line = f.col("line")
    sample = line.startswith('{"evidence"') & (f.rand(0) < sampled)
    # An authority that is not named by its item (Q…) was minted.
    minted = line.startswith('{"Authority"') & ~line.startswith('{"Authority":{"key":"Q')
    return line.startswith(SOURCE_LINE) | minted | sample


def _look_first(lines: Iterator[SparkLine]) -> Iterator[tuple[str, Any]]:
    for line in lines:
        try:
            thing = line.thing()
        except NOT_A_CLAIM:
            continue  # told where it is placed
        if isinstance(thing, Source):
            yield "source", (line.file, thing)
        elif isinstance(thing, Evidence):
            yield "evidence", root(thing.subject)
        elif isinstance(thing, Authority) and thing.key[0] != "Q":
            yield "minted", ((line.file, line.order), thing)


def _sources(named: Iterable[tuple[str, Source]], curated: Curated) -> dict[str, str]:
    problems: list[Problem] = []
    seen = {claims.source.key: "sources/" for claims in curated.claims}
    found: dict[str, str] = {}
    for file, source in sorted(named, key=lambda one: one[0]):
        if source.key in seen:
            message = f"the source {source.key!r} is there twice, also in {seen[source.key]}"
            problems.append(Problem(file, 1, message, "keep one"))
        found[file] = source.key
        seen[source.key] = file
    if problems:
        raise DataError(problems)
    return found


class _Named(NamedTuple):
    """A record of a source, and its place in it."""

    source: str
    order: tuple[int, int]
    record: Record


def _second(
    gather: Gather, plan: BuildPlan, source_of: Mapping[str, str], curated: Curated
) -> BuildPlan:
    """The plan with what becomes of keys."""
    complete = _compared(plan.sources.values())
    look = partial(
        _look_again, source_of=source_of, known=plan.known, complete={s.key for s in complete}
    )
    found = gather(partial(_starts, _NAMING), look)
    touched = frozenset(found["touched"])
    renames_of: dict[str, dict[str, str | None]] = defaultdict(dict)
    for source, old, new in found["renamed"]:
        if source in touched:
            renames_of[source][old] = new
    moved: dict[str, dict[Ref, Ref]] = defaultdict(dict)
    projects = [
        *(_only(claims, (Project, Participation, Programme)) for claims in curated.claims),
        *_claims(found["project"], plan, touched, moved),
    ]
    programmes, one = renames(projects)
    registers = _claims(found["complete"], plan, touched, defaultdict(dict))
    registers += [
        _only(c, (Partnership, Authority)) for c in curated.claims if c.source in complete
    ]
    return BuildPlan(
        **{**vars(plan), "touched": touched, "renamed": dict(renames_of), "moved": dict(moved)}
        | {"programmes": programmes, "projects": one}
        | {
            "complete": tuple(
                CompleteRegister(c) for c in sorted(registers, key=lambda c: c.source.key)
            )
        }
    )


def _starts(classes: Sequence[str]) -> Column:
    from functools import reduce
    from operator import or_

    from pyspark.sql import functions as f

    return reduce(or_, (f.col("line").startswith(f'{{"{name}"') for name in classes))


def _compared(sources: Iterable[Source]) -> list[Source]:
    """The complete registers that another reading of the same register can be compared with."""
    several = list(sources)
    publishers = Counter(s.publisher or s.key for s in several if s.complete is not None)
    return [s for s in newest_complete(several) if publishers[s.publisher or s.key] > 1]


def _look_again(
    lines: Iterator[SparkLine],
    source_of: Mapping[str, str],
    known: CuratedKeys,
    complete: set[str],
) -> Iterator[tuple[str, Any]]:
    touched: set[str] = set()
    for line in lines:
        try:
            record = line.thing()
            source = source_of[line.file]
        except NOT_A_CLAIM:
            continue
        if isinstance(record, Source | Evidence):
            continue
        if source not in touched and names_known(record, known):
            touched.add(source)
            yield "touched", source
        if isinstance(record, Partnership):
            new = key_of(record, known)
            if new != record.key:
                yield "renamed", (source, record.key, new)
        if isinstance(record, Project | Participation | Programme):
            yield "project", _Named(source, line.order, record)
        if source in complete and isinstance(record, Partnership | Authority):
            yield "complete", _Named(source, line.order, record)


def _claims(
    named: Iterable[_Named],
    plan: BuildPlan,
    touched: frozenset[str],
    moved: dict[str, dict[Ref, Ref]],
) -> list[Claims]:
    """Some records of harvests, under the keys of curators; which of them moved is noted."""
    of_source: dict[str, list[_Named]] = defaultdict(list)
    for one in named:
        of_source[one.source].append(one)
    found = []
    for source in sorted(of_source):
        records: dict[Ref, Record] = {}
        for _, _, record in sorted(of_source[source], key=lambda one: one.order):
            new = record
            if source in touched:
                key = key_of(record, plan.known) if isinstance(record, Partnership) else None
                news = list(rekeyed(record, plan.known, {record.key: key} if key else {}))
                if not news:
                    continue
                (new,) = news
                if new.ref != record.ref:
                    moved[source][record.ref] = new.ref
            records.setdefault(new.ref, new)
        ordered = sorted(records) if source in touched else records
        found.append(Claims(plan.sources[source], tuple(records[ref] for ref in ordered)))
    return found


def _only(claims: Claims, classes: tuple[type[Record], ...]) -> Claims:
    return Claims(claims.source, tuple(r for r in claims.records if isinstance(r, classes)))


def gathered(lines: DataFrame, wanted: Callable[[], Column], look: Look) -> Found:
    """What is found in the wanted lines, by what it is: Spark drops the others. A look passes over
    lines that tell it nothing."""
    together: Found = defaultdict(list)

    def work(batches: Iterator[Any]) -> Iterable[PackedRow]:
        found: dict[str, list[Any]] = defaultdict(list)
        for kind, thing in look(lines_of(batches)):
            found[kind].append(thing)
        yield PackedRow(EVERYONE, "found", pack(dict(found)))

    binary = lines.where(wanted()).selectExpr("cast(line as binary)", "file", "start", "position")
    for row in to_rows(binary, work).toLocalIterator():
        for kind, things in unpack(row.data).items():
            together[kind] += things
    return together

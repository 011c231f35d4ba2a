"""A job's steps without Spark: what goes from partition to partition does so in this process.

The steps are those of `twingraph.spark.build`; only the shuffles are of lists. The rows of a
partition come in whatever order, as they do in Spark.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from twingraph.rdf import concepts, provenance, tombstones
from twingraph.rdf.terms import Description, Term
from twingraph.release.void import Statistics
from twingraph.shacl.report import Result
from twingraph.sources.curated.folder import Curated
from twingraph.sources.curated.redirects import gone_by
from twingraph.spark import checking, describing, merging, reading
from twingraph.spark.merging import MergedIndex
from twingraph.spark.plan import BuildPlan
from twingraph.spark.reading import BadLine, SparkLine
from twingraph.spark.rows import EVERYONE, PackedRow, pack, unpack
from twingraph.spark.survey import Found, Look, survey

Work = Callable[[int, list[PackedRow]], Iterable[PackedRow]]


@dataclass
class Job:
    """What a job made of some data."""

    plan: BuildPlan
    known: MergedIndex
    quads: list[str]
    statistics: Statistics
    results: list[Result]
    bad: list[BadLine]


def shuffled(rows: Iterable[PackedRow], work: Work, random: Random) -> list[PackedRow]:
    """Each partition's rows together, in some order."""
    of: dict[int, list[PackedRow]] = defaultdict(list)
    for row in rows:
        of[row.to].append(row)
    made = of.pop(EVERYONE, [])
    for to, held in of.items():
        random.shuffle(held)
        made += work(to, held)
    return made


def kinds(rows: Iterable[PackedRow], *names: str) -> list[PackedRow]:
    """The rows of some kinds."""
    return [row for row in rows if row.kind in names]


def lines_of(paths: Iterable[Path]) -> list[SparkLine]:
    """The lines of files, each file as if it were read by two tasks."""
    found = []
    for path in paths:
        lines = path.read_bytes().removesuffix(b"\n").split(b"\n")
        half = len(lines) // 2
        for number, data in enumerate(lines):
            start, rest = (0, number) if number < half else (half * 100, number - half)
            found.append(SparkLine(path.as_posix(), (start, rest), data))
    return found


def run(
    read: Curated,
    lines: list[SparkLine],
    partitions: int,
    *,
    seed: int = 0,
    hot: int = 50_000,
    sampled: float = 1.0,
) -> Job:
    """All steps of a job."""

    def gather(_: object, look: Look) -> Found:
        found: Found = defaultdict(list)
        for kind, thing in look(iter(lines)):
            found[kind].append(thing)
        return found

    random = Random(seed)
    plan, source_of = survey(gather, read, partitions, hot, sampled)
    placed = [row for claims in read.claims for row in reading.place_claims(claims, plan)]
    placed += reading.place(lines, plan, source_of)
    merged = shuffled(placed, lambda to, rows: merging.merged(to, rows, plan), random)
    known = MergedIndex()
    for row in kinds(merged, "known"):
        known.update(unpack(row.data))
    known = known.ordered()
    bad = [one for row in kinds(merged, "bad") for one in unpack(row.data)]
    described = [
        made for row in kinds(merged, "view") for made in describing.described(row, plan, known)
    ]
    common = _of_driver(read, plan, known, described)
    parts = [*kinds(described, "own", "links"), PackedRow(0, "own", pack(list(common)))]
    lines_out, statistics, results = checked(parts, plan, common, random)
    quads = [line for row in kinds(described, "quads") for line in row.data.decode().split("\n")]
    return Job(plan, known, sorted([*lines_out, *quads]), statistics, results, bad)


def _of_driver(
    read: Curated, plan: BuildPlan, known: MergedIndex, described: Iterable[PackedRow]
) -> tuple[Description, ...]:
    sources = [plan.sources[key] for key in sorted(plan.sources)]
    used = provenance.kinds_used(sources, plan.base)
    for row in kinds(described, "concepts"):
        used |= unpack(row.data)
    there = known.there | {source.ref for source in sources}
    return (
        *provenance.describe_sources(sources, plan.base),
        *tombstones.described(gone_by(read.redirects, there, plan.base)),
        *concepts.described(used, plan.base),
    )


def checked(
    parts: Iterable[PackedRow], plan: BuildPlan, common: tuple[Description, ...], random: Random
) -> tuple[list[str], Statistics, list[Result]]:
    """Descriptions and what others say of them → lines, numbers and the verdict."""
    subjects: frozenset[Term] = frozenset(subject for subject, _ in common)
    completed = shuffled(
        parts, lambda to, rows: checking.completed(to, rows, plan, subjects), random
    )
    letters = kinds(completed, "known", "ask", "back")
    stubs = shuffled(letters, lambda to, rows: checking.answered(to, rows, plan), random)
    around = [*kinds(completed, "whole", "back"), *stubs]
    found = shuffled(around, lambda to, rows: checking.checked(to, rows, plan, common), random)
    statistics = Statistics()
    for row in kinds(completed, "statistics"):
        statistics.update(unpack(row.data))
    lines = [line for row in kinds(completed, "triples") for line in row.data.decode().split("\n")]
    return lines, statistics, checking.results_of(kinds(found, "results"))

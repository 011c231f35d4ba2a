"""The main job on Spark: harvests of any size and the curators' folder → checked parts of a graph.

    lines ─► placed ─► merged ─► described ─► completed ─► checked ─► written
      reading  reading   merging   describing   checking     checking   here

Between the steps things go where they belong in a shuffle; each step is the very code that builds a
release on one machine, on a part of the data. What is written has no release around it: `twingraph
release --from` makes one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import orjson

from twingraph.errors import DataError, Problem, UsageError
from twingraph.model.records import Authority, Claims, View
from twingraph.rdf import concepts, provenance, tombstones
from twingraph.rdf.terms import Description
from twingraph.release.parquet import schema_of
from twingraph.release.tables import SOURCES, Table, tables
from twingraph.release.void import Statistics
from twingraph.shacl.report import Result, ValidationReport
from twingraph.sources.curated import folder as curated
from twingraph.sources.curated.folder import Curated
from twingraph.sources.curated.redirects import gone_by
from twingraph.sources.harvested import FOLDER
from twingraph.spark import checking, describing, merging, reading
from twingraph.spark.describing import QUADS, TABLE, TRIPLES
from twingraph.spark.manifest import Manifest, result_as_json
from twingraph.spark.merging import MergedIndex
from twingraph.spark.output import Output
from twingraph.spark.plan import BuildPlan
from twingraph.spark.reading import BadLine
from twingraph.spark.rows import (
    EVERYONE,
    SCHEMA,
    PackedRow,
    by_partition,
    pack,
    row_by_row,
    to_rows,
    unpack,
)
from twingraph.spark.session import located, spark_errors
from twingraph.spark.survey import HOT, SAMPLED, Found, gathered, survey

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame, SparkSession

Progress = Callable[[str], None]

BAD_PERCENT: Final = 0.1
"""The share of lines that may state nothing before the job fails, in percent."""
_PARTITION: Final = 8 << 20
"""Bytes of lines for a partition: described, they take some 200 MB of a worker's memory."""
_EXAMPLES: Final = 20
_AT_ONCE: Final = 4
"""So many small jobs are given to Spark at a time."""
_VIOLATIONS: Final = 1_000


@dataclass(frozen=True)
class JobSettings:
    """How a job is done. `partitions`: of the shuffles, or as many as the size of the harvests asks
    for; `max_bad` is in percent; `hot` and `sampled` as in `survey`."""

    partitions: int | None = None
    max_bad: float = BAD_PERCENT
    hot: int = HOT
    sampled: float = SAMPLED


@dataclass(frozen=True)
class JobResult:
    """What a job wrote, and where."""

    out: str
    manifest: Manifest
    bad: tuple[BadLine, ...] = field(default=())

    def summary(self) -> str:
        """A few lines for the person who ran it."""
        said = self.manifest
        counts = ", ".join(f"{number:,} {path}" for path, number in said.counts.items() if number)
        return (
            f"{self.out}: version {said.dataset.version}, {len(said.sources):,} sources\n"
            f"  {counts}\n"
            f"  {said.warnings:,} warnings, {said.conflicts:,} conflicts between sources, "
            f"{said.bad:,} of {said.read:,} lines state nothing\n"
            f"  {len(said.files):,} files; a release of them: twingraph release --from "
            f"{self.out}"
        )


def build(
    spark: SparkSession,
    data: Path,
    out: str,
    progress: Progress = lambda _: None,
    *,
    harvests: Sequence[str] = (),
    settings: JobSettings | None = None,
) -> JobResult:
    """Merge, map and check a data folder and further harvests, and write the parts of the graph.

    `harvests` are paths that Spark can read, beside those in the folder. Raises DataError (faults
    of the curators' files, or too many lines that state nothing), CheckFailed (violations of the
    shapes), UsageError (a folder that cannot be read or written), ServiceError (Spark gave up: a
    task that failed each time it was tried); then `out` is as it was.
    """
    settings = settings or JobSettings()
    progress(f"reading {data}")
    read = curated.read(data, harvested=False)
    checking.loaded(read.dataset.base)
    output = Output(spark, out)
    with spark_errors(), output.staged() as folder, _Job(spark, read, settings, progress) as job:
        job.read([*_harvests(data), *(str(located(spark, path)) for path in harvests)])
        job.merge()
        job.describe()
        results = job.check()
        _raise_for(results, job.plan)
        progress(f"writing {out}")
        job.write(folder)
        output.write("results.jsonl", b"".join(map(_as_line, results)))
        manifest = Manifest.of(output.publish(job.manifest(results).json()))
    return JobResult(out, manifest, tuple(job.bad[:_EXAMPLES]))


def _harvests(data: Path) -> list[str]:
    paths = sorted((data / FOLDER).glob("*.jsonl")) + sorted((data / FOLDER).glob("*.parquet"))
    return [path.absolute().as_uri() for path in paths]


def _raise_for(results: Sequence[Result], plan: BuildPlan) -> None:
    found = [result for result in results if result.severity == "violation"]
    if found:
        report = ValidationReport(tuple(found[:_VIOLATIONS]), f"{plan.base}shacl-report")
        report.raise_for_violations()


def _nothing(*_: object) -> Found:
    """What is found where there are no harvests."""
    return defaultdict(list)


class _Job:
    """The steps of one job. What a step made is kept on disk until all have ended."""

    def __init__(
        self, spark: SparkSession, read: Curated, settings: JobSettings, progress: Progress
    ) -> None:
        self._spark, self._curated = spark, read
        self._settings, self._progress = settings, progress
        self._kept: list[DataFrame] = []
        self.bad: list[BadLine] = []
        self.lines_read = 0

    def __enter__(self) -> _Job:
        return self

    def __exit__(self, *_: object) -> None:
        # Where the JVM is gone there is nothing to give back, and why it went is to be told.
        with suppress(Exception):
            for frame in self._kept:
                frame.unpersist()

    def read(self, paths: Sequence[str]) -> None:
        """Look at the harvests, and place what they and the curators say."""
        fitting = self._fitting(paths)
        number = self._settings.partitions or fitting
        lines = reading.open_lines(self._spark, paths) if paths else None
        self._spark.conf.set("spark.sql.shuffle.partitions", str(number))
        self._progress(f"looking at {len(paths)} harvests, for {number} partitions")
        hot, sampled = self._settings.hot, self._settings.sampled
        gather = partial(gathered, lines) if lines is not None else _nothing
        self.plan, source_of = survey(gather, self._curated, number, hot, sampled)
        plan = self._plan = self._spark.sparkContext.broadcast(self.plan)
        curated = self._curated.claims
        own = [row for claims in curated for row in reading.place_claims(claims, self.plan)]
        self._placed = self._rows(own)
        if lines is not None:
            binary = lines.selectExpr("cast(line as binary)", "file", "start", "position")

            def work(batches: Iterator[pa.RecordBatch]) -> Iterator[PackedRow]:
                return reading.place(reading.lines_of(batches), plan.value, source_of)

            self._placed = self._placed.unionAll(to_rows(binary, work))

    def merge(self) -> None:
        """Merge thing by thing; learn what they are called."""
        self._progress("merging")
        plan = self._plan
        self._merged = self._keep(
            by_partition(self._placed, lambda to, rows: merging.merged(to, rows, plan.value))
        )
        known = MergedIndex()
        for row in self._for_driver(self._merged):
            if row.kind == "known":
                known.update(unpack(row.data))
            elif row.kind == "bad":
                self.bad += unpack(row.data)
            else:
                self.lines_read += unpack(row.data)
        self.known = known.ordered()
        self._refuse_bad()
        if known.twice:
            said = [Problem(source, None, f"states {key!r} twice") for source, key in known.twice]
            raise DataError(said)

    def _refuse_bad(self) -> None:
        self.bad.sort()
        for line in self.bad[:_EXAMPLES]:
            self._progress(f"left out, since it is no claim: {line}")
        share = 100 * len(self.bad) / max(self.lines_read, 1)
        if share > self._settings.max_bad:
            problems = [
                Problem(one.file, None, f"{one.place} is no claim: {one.why}: {one.begins}")
                for one in self.bad[:_VIOLATIONS]
            ]
            raise DataError(
                [
                    *problems,
                    Problem(
                        "the harvests", None,
                        f"{len(self.bad):,} of {self.lines_read:,} lines are no claims, "
                        f"{share:.3g} %, where {self._settings.max_bad:g} % may be",
                        "harvest again, or take the rest with --max-bad",
                    ),
                ]
            )  # fmt: skip

    def describe(self) -> None:
        """Describe all things, and add what is said of them elsewhere."""
        self._progress("describing")
        plan, known = self._plan, self._spark.sparkContext.broadcast(self.known)
        self._described = self._keep(
            row_by_row(
                self._merged.where("kind = 'view'"),
                lambda row: describing.described(row, plan.value, known.value),
            )
        )
        own, shared = self._of_driver()
        common = self._spark.sparkContext.broadcast(shared)
        subjects = self._spark.sparkContext.broadcast(frozenset(s for s, _ in shared))
        self._common = common
        parts = self._described.where("kind in ('own', 'links')").unionAll(self._rows([own]))
        self._completed = self._keep(
            by_partition(
                parts, lambda to, rows: checking.completed(to, rows, plan.value, subjects.value)
            )
        )

    def _of_driver(self) -> tuple[PackedRow, tuple[Description, ...]]:
        """What belongs to no partition: sources, what is gone, concepts."""
        base, sources = self.plan.base, self.plan.sources
        in_order = [sources[key] for key in sorted(sources)]
        used = provenance.kinds_used(in_order, base)
        for row in self._for_driver(self._described):
            used |= unpack(row.data)
        there = self.known.there | {source.ref for source in in_order}
        self.gone = gone_by(self._curated.redirects, there, base)
        said = (
            *provenance.describe_sources(in_order, base),
            *tombstones.described(self.gone),
            *concepts.described(used, base),
        )
        return PackedRow(0, "own", pack(list(said))), said

    def check(self) -> list[Result]:
        """The results of the check, in the order of a report."""
        self._progress("checking the graph against the shapes")
        plan, common = self._plan, self._common
        letters = self._completed.where("kind in ('known', 'ask', 'back')")
        stubs = by_partition(letters, lambda to, rows: checking.answered(to, rows, plan.value))
        around = self._completed.where("kind in ('whole', 'back')").unionAll(stubs)
        found = by_partition(
            around, lambda to, rows: checking.checked(to, rows, plan.value, common.value)
        )
        results = checking.results_of(self._for_driver(found))
        self.statistics = Statistics()
        for row in self._for_driver(self._completed):
            self.statistics.update(unpack(row.data))
        return results

    def write(self, folder: str) -> None:
        """Write the lines of the graphs, and the tables."""
        # One after the other: to write both at once Spark would sort them, in Java's memory.
        for kind, made in ((QUADS, self._described), (TRIPLES, self._completed)):
            text = made.where(f"kind = '{kind}'").selectExpr("cast(data as string) as value")
            text.write.option("compression", "gzip").text(f"{folder}/graphs/graph={kind}")
        # Each table is a job of its own: they look through a copy of no more than tables.
        own = self._rows(list(_sources_table(self.plan, self.known)))
        rows = self._keep(self._described.where(f"kind like '{TABLE}%'").unionAll(own))

        def write(table: Table) -> None:
            data = rows.where(f"kind = '{TABLE}{table.name}'").select("data")
            schema = _spark_schema(schema_of(table, self.plan.dataset))
            data.mapInArrow(_batches, schema).write.parquet(f"{folder}/tables/{table.name}")

        with ThreadPoolExecutor(_AT_ONCE) as pool:
            list(pool.map(write, tables(self.plan.dataset.languages)))

    def manifest(self, results: Sequence[Result]) -> Manifest:
        """What a release says beside the files."""
        plan, known = self.plan, self.known
        return Manifest(
            dataset=plan.dataset,
            sources=tuple(plan.sources[key] for key in sorted(plan.sources)),
            counts=dict(known.counts),
            covered=merging.covered(known.covered),
            statistics=self.statistics,
            conflicts=known.conflicts,
            warnings=len(results),
            read=self.lines_read,
            bad=len(self.bad),
            examples=tuple(map(str, self.bad[:_EXAMPLES])),
        )

    def _fitting(self, paths: Sequence[str]) -> int:
        """As many partitions as the size of the harvests asks for, and no core idle. Raises
        UsageError for a harvest that is not there."""
        context: Any = self._spark.sparkContext
        jvm: Any = context._jvm
        size = 0
        for path in paths:
            at = jvm.org.apache.hadoop.fs.Path(path)
            files = at.getFileSystem(context._jsc.hadoopConfiguration())
            found = files.globStatus(at)
            if not found:
                raise UsageError(f"{path} cannot be read: there is no such file")
            size += sum(files.getContentSummary(one.getPath()).getLength() for one in found)
        return max(2 * int(context.defaultParallelism), -(-int(size) // _PARTITION))

    def _rows(self, rows: Sequence[PackedRow]) -> DataFrame:
        return self._spark.createDataFrame(rows, SCHEMA)

    def _keep(self, frame: DataFrame) -> DataFrame:
        from pyspark import StorageLevel

        kept = frame.persist(StorageLevel.DISK_ONLY)
        self._kept.append(kept)
        return kept

    def _for_driver(self, frame: DataFrame) -> list[PackedRow]:
        return [PackedRow(*row) for row in frame.where(f"to = {EVERYONE}").collect()]


def _sources_table(plan: BuildPlan, known: MergedIndex) -> Iterator[PackedRow]:
    claims = tuple(Claims(plan.sources[key], ()) for key in sorted(plan.sources))
    view = known.around(View(plan.dataset, {Authority: {}}, claims))
    others = {table.name for table in tables(())} - {SOURCES}
    return describing.table_rows(EVERYONE, view, known, others)


def _as_line(result: Result) -> bytes:
    return orjson.dumps(result_as_json(result)) + b"\n"


def _batches(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        for data in batch.column(0).to_pylist():
            yield from describing.batches_of(data)


def _spark_schema(schema: pa.Schema) -> Any:
    from pyspark.sql.pandas.types import from_arrow_schema

    return from_arrow_schema(schema)

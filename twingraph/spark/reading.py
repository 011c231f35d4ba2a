"""Harvests of any size, line by line: JSON Lines as `twingraph harvest` writes them, or Parquet.

Parquet holds the same lines: `line` (text), `source` (the key of the source) and `position` (a
number, in the order of the lines). Lines of one file may be read by many tasks, so that a place in
it is the byte where the task's part began, and the number of the line from there.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from twingraph.model.records import Claims, Evidence, Record, Source
from twingraph.sources.harvested import NOT_A_CLAIM, read_line
from twingraph.spark.plan import BuildPlan
from twingraph.spark.rows import EVERYONE, PackedRow, home, pack

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame, SparkSession

SOURCE_LINE: Final = '{"source"'
"""How the line begins that names a file's source."""

PARQUET: Final = ".parquet"
_AT_ONCE: Final = 5_000
"""Things that are packed together, at most, for each target."""


class StatedRecord(NamedTuple):
    """A record of a source, for the merge. `order` is its place in the source; `close` and `was`
    are how records that become one thing are told apart (see `known.rekey`)."""

    source: str
    order: tuple[int, int]
    close: bool
    was: str
    record: Record


class QuotedEvidence(NamedTuple):
    """Evidence of a source. `order` is its place in it."""

    source: str
    order: tuple[int, int]
    evidence: Evidence


class BadLine(NamedTuple):
    """A line that states nothing: where it is, why, and how it begins."""

    file: str
    place: str
    why: str
    begins: str

    def __str__(self) -> str:
        return f"{self.file}, {self.place}: {self.why}: {self.begins}"


@dataclass(frozen=True)
class SparkLine:
    """A line as Spark read it."""

    file: str
    order: tuple[int, int]
    data: bytes

    def thing(self) -> Source | Evidence | Record:
        """What it says. Raises one of NOT_A_CLAIM."""
        text = self.data.decode("utf-8-sig")
        if not text.isascii() and not unicodedata.is_normalized("NFC", text):
            text = unicodedata.normalize("NFC", text)
        return read_line(text)

    def bad(self, error: Exception) -> BadLine:
        """The line as one that states nothing."""
        start, number = self.order
        place = f"line {number + 1} from byte {start:,}" if start else f"line {number + 1}"
        begins = self.data[:80].decode("utf-8", "replace")
        return BadLine(self.file, place, f"{type(error).__name__}: {error}", begins)


def open_lines(spark: SparkSession, paths: Sequence[str]) -> DataFrame:
    """The lines of some paths, each with its file and its place: JSON Lines (plain, .gz, .bz2), and
    Parquet. Paths are whatever Spark can read, patterns and folders included."""
    from pyspark.sql import functions as f

    frames = []
    texts = [path for path in paths if PARQUET not in path]
    if texts:
        meta = f.col("_metadata")
        frames.append(
            spark.read.text(texts).select(
                f.col("value").alias("line"),
                meta["file_path"].alias("file"),
                meta["file_block_start"].alias("start"),
                f.lit(None).cast("long").alias("position"),
            )
        )
    if tables := [path for path in paths if PARQUET in path]:
        frames.append(
            spark.read.parquet(*tables).select(
                "line",
                f.col("source").alias("file"),
                f.lit(0).cast("long").alias("start"),
                "position",
            )
        )
    whole = frames[0]
    for more in frames[1:]:
        whole = whole.unionAll(more)
    return whole


def lines_of(batches: Iterable[pa.RecordBatch]) -> Iterator[SparkLine]:
    """The lines of a frame of `open_lines`; those of one part of a file are numbered."""
    numbers: dict[tuple[str, int], int] = defaultdict(int)
    for batch in batches:
        for data, file, start, position in zip(
            *(column.to_pylist() for column in batch.columns), strict=True
        ):
            number = numbers[file, start]
            numbers[file, start] += 1
            yield SparkLine(file, (start, number if position is None else position), data)


class Shelves:
    """Things on their way to partitions, packed some thousand at a time."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._held: dict[int, list[Any]] = defaultdict(list)

    def put(self, to: int, thing: Any) -> Iterator[PackedRow]:
        """Add a thing; a row comes back where its shelf is full."""
        held = self._held[to]
        held.append(thing)
        if len(held) >= _AT_ONCE:
            yield PackedRow(to, self._kind, pack(held))
            del self._held[to]

    def rest(self) -> Iterator[PackedRow]:
        """What is left."""
        for to, held in self._held.items():
            yield PackedRow(to, self._kind, pack(held))
        self._held.clear()


def place(
    lines: Iterable[SparkLine], plan: BuildPlan, source_of: Mapping[str, str]
) -> Iterator[PackedRow]:
    """Records and evidence, each to the partition of its thing. Lines that state nothing are told
    to the driver, with their number."""
    stated, quoted, bad = Shelves("stated"), Shelves("quoted"), Shelves("bad")
    read = 0
    for line in lines:
        read += 1
        try:
            thing = line.thing()
            if isinstance(thing, Source):
                continue
            key = source_of[line.file]
            if isinstance(thing, Evidence):
                yield from _quoted(thing, key, line.order, plan, quoted)
            else:
                yield from _stated(thing, key, line.order, plan, stated)
        except NOT_A_CLAIM as error:
            yield from bad.put(EVERYONE, line.bad(error))
    for shelves in (stated, quoted, bad):
        yield from shelves.rest()
    yield PackedRow(EVERYONE, "read", pack(read))


def place_claims(claims: Claims, plan: BuildPlan) -> Iterator[PackedRow]:
    """The same of claims that were read already: those of curators."""
    stated, quoted = Shelves("stated"), Shelves("quoted")
    key = claims.source.key
    for number, record in enumerate(claims.records):
        yield from _stated(record, key, (0, number), plan, stated)
    for number, evidence in enumerate(claims.evidence):
        yield from _quoted(evidence, key, (0, number), plan, quoted)
    yield from stated.rest()
    yield from quoted.rest()


def _stated(
    record: Record, source: str, order: tuple[int, int], plan: BuildPlan, shelves: Shelves
) -> Iterator[PackedRow]:
    close = record.key in plan.known.close
    for new in plan.record(record, source):
        one = StatedRecord(source, order, close, record.key, new)
        yield from shelves.put(home(new.ref, plan.partitions), one)


def _quoted(
    evidence: Evidence, source: str, order: tuple[int, int], plan: BuildPlan, shelves: Shelves
) -> Iterator[PackedRow]:
    new = plan.evidence(evidence, source)
    if new is not None:
        to = plan.home_of_evidence(new, source)
        yield from shelves.put(to, QuotedEvidence(source, order, new))

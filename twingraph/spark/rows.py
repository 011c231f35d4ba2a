"""What goes over the wire between tasks: a few large rows of packed things, each to one partition.

A row says which partition it is for (`to`), what it holds (`kind`) and holds it (`data`). Spark
moves and keeps bytes, and knows nothing of records: packing some thousand things at once costs a
tenth of a row for each.

Things that belong together (a partnership with its documents, a project with its participations)
have one root, by the keys: an underscore stands before a part's own end (`identifiers.nested_key`).
A root has one partition.
"""

from __future__ import annotations

import copyreg
import io
import pickle
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from zlib import crc32

from twingraph import identifiers as ids
from twingraph.dates import Date
from twingraph.identifiers import Ref
from twingraph.model.records import (
    RECORD_CLASSES,
    Claims,
    Evidence,
    Source,
    WikidataRevision,
    WikidataStatement,
)
from twingraph.rdf.terms import Term
from twingraph.release.parallel import without_collector

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame

SCHEMA: Final = "to int, kind string, data binary"
EVERYONE: Final = -1
"""The target of what the driver collects."""

_WHOLES: Final = {
    ids.AGREEMENT: ids.PARTNERSHIP,
    ids.SIGNATURE: ids.PARTNERSHIP,
    ids.STATUS_CHANGE: ids.PARTNERSHIP,
    ids.PARTICIPATION: ids.PROJECT,
    ids.MEMBERSHIP: ids.MUNICIPALITY,
}
_DESCRIBED_BY_THE_DRIVER: Final = frozenset({ids.SOURCE, ids.GRAPH, ids.CONCEPT})


class PackedRow(NamedTuple):
    """Something packed, and the partition that it is for."""

    to: int
    kind: str
    data: bytes


Work = Callable[[int, list[PackedRow]], Iterable[PackedRow]]
"""Makes rows of all rows of one partition."""


def root(ref: Ref) -> Ref:
    """The thing that a thing is a part of, or else itself."""
    whole = _WHOLES.get(ref.path)
    return ref if whole is None else Ref(whole, ref.key.partition("_")[0])


def home(ref: Ref, partitions: int) -> int:
    """The partition of a thing. What the driver describes is in the first."""
    if ref.path in _DESCRIBED_BY_THE_DRIVER:
        return 0
    return spread("/".join(root(ref)), partitions)


def home_of_term(term: Term, base: str, partitions: int) -> int:
    """The partition of a resource, by its IRI."""
    ref = Ref.of(term[1:-1].partition("#")[0], base)
    return spread(term, partitions) if ref is None else home(ref, partitions)


def spread(text: str, partitions: int) -> int:
    """A partition for a text: the same in every process, which Python's own hash is not."""
    return crc32(text.encode()) % partitions


# --- packing -------------------------------------------------------------------------------------


def _by_fields(thing_class: type[Any]) -> Callable[[Any], tuple[type[Any], tuple[Any, ...]]]:
    values = attrgetter(*(field.name for field in fields(thing_class)))
    return lambda thing: (thing_class, values(thing))


class _Packer(pickle.Pickler):
    """Records go as their values: a third of the time of what dataclasses with slots do."""

    dispatch_table = copyreg.dispatch_table | {
        thing_class: _by_fields(thing_class)
        for thing_class in (
            *RECORD_CLASSES, Claims, Date, Evidence, Source, WikidataRevision, WikidataStatement,
        )
    }  # fmt: skip


def pack(thing: object) -> bytes:
    """Anything of ours as bytes, for another process of the same version."""
    out = io.BytesIO()
    _Packer(out, pickle.HIGHEST_PROTOCOL).dump(thing)
    return out.getvalue()


def packed(to: int, kind: str, things: Sequence[object]) -> Iterator[PackedRow]:
    """A list as rows of some thousand of its things."""
    for start in range(0, len(things), _TOGETHER):
        yield PackedRow(to, kind, pack(things[start : start + _TOGETHER]))


unpack = pickle.loads
"""What `pack` packed. Spark's own workers do the same with all that passes between them: only
who runs the job can write what is read here."""


# --- in Spark ------------------------------------------------------------------------------------


def by_partition(frame: DataFrame, work: Work) -> DataFrame:
    """Each partition's rows together, in one call of `work`: a shuffle."""

    def run(table: pa.Table) -> pa.Table:
        import pyarrow as pa

        rows = list(_rows(table.to_batches()))
        to = rows[0].to
        with without_collector():
            # What is for the driver passes by.
            batches = list(_batches(rows if to == EVERYONE else work(to, rows)))
        return pa.Table.from_batches(batches, _arrow_schema())

    return frame.groupBy("to").applyInArrow(run, SCHEMA)


def row_by_row(frame: DataFrame, work: Callable[[PackedRow], Iterable[PackedRow]]) -> DataFrame:
    """Rows made of each row, where it is."""

    def run(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for row in _rows(batches):
            with without_collector():
                made = list(_batches(work(row)))
            yield from made

    return frame.select("to", "kind", "data").mapInArrow(run, SCHEMA)


def to_rows(frame: DataFrame, work: Callable[[Iterator[pa.RecordBatch]], Iterable[PackedRow]]) -> (
    DataFrame
):  # fmt: skip
    """Rows made of a frame's own columns."""

    def run(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        yield from _batches(work(batches))

    return frame.mapInArrow(run, SCHEMA)


def _rows(batches: Iterable[pa.RecordBatch]) -> Iterator[PackedRow]:
    for batch in batches:
        yield from map(PackedRow, *(column.to_pylist() for column in batch.columns))


_TOGETHER: Final = 5_000
"""So many descriptions are packed together."""
_AT_ONCE: Final = 64 << 20
"""Bytes of rows that go to Spark at once."""


def _batches(rows: Iterable[PackedRow]) -> Iterator[pa.RecordBatch]:
    some: list[PackedRow] = []
    size = 0
    for row in rows:
        some.append(row)
        size += len(row.data)
        if size >= _AT_ONCE:
            yield _batch(some)
            some, size = [], 0
    if some:
        yield _batch(some)


def _batch(rows: list[PackedRow]) -> pa.RecordBatch:
    import pyarrow as pa

    columns = list(zip(*rows, strict=True))
    schema = _arrow_schema()
    return pa.record_batch(
        [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)],
        schema=schema,
    )


def _arrow_schema() -> pa.Schema:
    import pyarrow as pa

    return pa.schema([("to", pa.int32()), ("kind", pa.string()), ("data", pa.binary())])

"""tables/*.parquet: the tables with typed columns, the towns as GeoParquet 1.1.

pyarrow is large (150 MB), so it is an extra of its own and read in only here: whoever only asks a
release or serves it need not have it.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from twingraph.model.records import Dataset
from twingraph.release.columns import Column, ColumnType
from twingraph.release.content import Content
from twingraph.release.coverage import Coverage, coverage
from twingraph.release.tables import MUNICIPALITIES, Table, tables
from twingraph.web.languages import ENGLISH, in_language

if TYPE_CHECKING:
    import pyarrow as pa

GEOMETRY: Final = "geometry"
_ROWS_AT_ONCE: Final = 16_384
"""Rows in a row group: what is in memory at a time."""
_DIGITS: Final = 38
_PLACES: Final = 6
_LITTLE_ENDIAN_POINT: Final = 1, 1


def available() -> bool:
    """Whether Parquet can be written here."""
    return find_spec("pyarrow") is not None


def write_parquet(name: str) -> Callable[[Content, BinaryIO], None]:
    """The writer of the table with a name."""

    def write(content: Content, out: BinaryIO) -> None:
        languages = content.labels.languages
        table = next(table for table in tables(languages) if table.name == name)
        _write(table, content, out)

    return write


def _write(table: Table, content: Content, out: BinaryIO) -> None:
    schema = schema_of(table, content.view.dataset, coverage(content.view))
    write_batches(record_batches(table, content), schema, out)


def write_batches(batches: Iterable[pa.RecordBatch], schema: pa.Schema, out: BinaryIO) -> None:
    """Write batches of rows, of a schema by `schema_of`, to a file in Parquet."""
    from pyarrow import parquet

    with parquet.ParquetWriter(out, schema, compression="zstd") as writer:
        for batch in batches:
            writer.write_batch(batch.cast(schema) if batch.schema != schema else batch)


def record_batches(table: Table, content: Content) -> Iterator[pa.RecordBatch]:
    """A table's rows in Arrow's form, some thousand at a time."""
    import pyarrow as pa

    # What the file as a whole says stands in its schema alone.
    schema = schema_of(table, content.view.dataset).remove_metadata()
    for columns in table.cells(content.labels, _ROWS_AT_ONCE):
        arrays = [
            pa.array(_converted(column.kind, values), type=field.type)
            for column, values, field in zip(table.columns, columns, schema, strict=False)
        ]
        if table.name == MUNICIPALITIES:
            arrays.append(pa.array(_points(table, columns), type=pa.binary()))
        yield pa.record_batch(arrays, schema=schema)


def schema_of(table: Table, dataset: Dataset, covered: Coverage | None = None) -> pa.Schema:
    """A table's columns in Arrow's form; with what is `covered`, also what the file as a whole
    says."""
    import pyarrow as pa

    types = {
        ColumnType.DAY: pa.date32(),
        ColumnType.DEGREES: pa.float64(),
        ColumnType.AMOUNT: pa.decimal128(_DIGITS, _PLACES),
        ColumnType.COUNT: pa.int64(),
        ColumnType.FLAG: pa.bool_(),
        ColumnType.LIST: pa.list_(pa.string()),
    }
    fields = [
        pa.field(
            column.name,
            types.get(column.kind, pa.string()),
            nullable=not column.required,
            metadata=_explained(column),
        )
        for column in table.columns
    ]
    said = _about(table, dataset)
    if table.name == MUNICIPALITIES:
        fields.append(pa.field(GEOMETRY, pa.binary(), metadata={"description": "the point"}))
        if covered:
            said["geo"] = json.dumps(_geo(covered))
    return pa.schema(fields, metadata=said)


def _explained(column: Column) -> dict[str, str]:
    said = {"description": column.means}
    if column.says:
        said["property"] = column.says
    return said


def _about(table: Table, about: Dataset) -> dict[str, str]:
    said = {
        "title": f"{in_language(about.titles, ENGLISH)}: {table.title}",
        "description": table.means,
        "licence": about.licence,
    }
    return said | ({"version": about.version} if about.version else {})


def _geo(covered: Coverage) -> dict[str, Any]:
    """The file metadata of GeoParquet 1.1. Without a `crs`, it is longitude and latitude in
    WGS 84 (OGC:CRS84)."""
    column: dict[str, Any] = {"encoding": "WKB", "geometry_types": []}
    if box := covered.box:
        column["geometry_types"] = ["Point"]
        column["bbox"] = [float(side) for side in (box.west, box.south, box.east, box.north)]
    return {"version": "1.1.0", "primary_column": GEOMETRY, "columns": {GEOMETRY: column}}


def _points(table: Table, columns: Sequence[Sequence[Any]]) -> Iterator[bytes | None]:
    names = [column.name for column in table.columns]
    longitudes, latitudes = columns[names.index("longitude")], columns[names.index("latitude")]
    for east, north in zip(longitudes, latitudes, strict=True):
        yield None if east is None else _wkb(float(east), float(north))


def _wkb(longitude: float, latitude: float) -> bytes:
    """A point as well-known binary (OGC 06-103r4, 8.2)."""
    return struct.pack("<BIdd", *_LITTLE_ENDIAN_POINT, longitude, latitude)


def _converted(kind: ColumnType, values: list[Any]) -> list[Any]:
    convert = _CELL.get(kind)
    if convert is None:
        return values
    return [None if value is None else convert(value) for value in values]


def _amount(value: Decimal) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-_PLACES))


_CELL: Final[dict[ColumnType, Callable[[Any], Any]]] = {
    ColumnType.DAY: date.fromisoformat,
    ColumnType.DEGREES: float,
    ColumnType.AMOUNT: _amount,
}
"""How values become what Arrow takes."""

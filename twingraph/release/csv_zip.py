"""twingraph.csv.zip: the tables as CSV (RFC 4180), with a data package that explains every column.

The archive is the same byte for byte each time: zipfile gives an entry that is opened by its name
the first day that zip can write.

A spreadsheet takes a cell that begins with =, +, -, @, a tab or a carriage return for a formula,
and runs it (OWASP, "CSV Injection"). Such a text gets an apostrophe in front; so does one that
begins with apostrophes before such a character, so that taking one away gives every text back.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Any, BinaryIO, Final, cast
from zipfile import ZIP_DEFLATED, ZipFile

from twingraph.model.labels import Labels
from twingraph.release.columns import LIST_SEPARATOR, ColumnType
from twingraph.release.content import Content
from twingraph.release.datapackage import DATAPACKAGE, CsvFile, datapackage
from twingraph.release.tables import Table, tables

_FORMULA: Final = re.compile("'*[=+\\-@\t\r]")
_SUSPICIOUS: Final = frozenset("'=+-@\t\r")
_TEXTS: Final = (ColumnType.TEXT, ColumnType.LIST)

_UNIX: Final = 3
_READABLE: Final = 0o100644 << 16
_FASTEST: Final = 1
_ROWS_AT_ONCE: Final = 1000


def write_csv_zip(content: Content, out: BinaryIO) -> None:
    """Write every table of a release, and datapackage.json after them, into a zip archive."""
    labels = content.labels
    with ZipFile(out, "w", ZIP_DEFLATED, compresslevel=_FASTEST) as archive:
        files = [_written(archive, table, labels) for table in tables(labels.languages)]
        with archive.open(DATAPACKAGE, "w") as file:
            file.write(datapackage(content.view.dataset, files))
        # These stand in the archive's directory alone, which is written when it is closed.
        for entry in archive.infolist():
            entry.create_system, entry.external_attr = _UNIX, _READABLE


def csv_text(table: Table, labels: Labels, rows: Iterable[Any] | None = None) -> Iterator[str]:
    """A table, or some rows of it, as CSV, in pieces of some thousand rows, after a line that
    names the columns."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow([column.name for column in table.columns])
    kinds = [column.kind for column in table.columns]
    special = [(place, _WRITE[kind]) for place, kind in enumerate(kinds) if kind in _WRITE]
    texts = [place for place, kind in enumerate(kinds) if kind in _TEXTS]
    for columns in table.cells(labels, _ROWS_AT_ONCE, rows):
        for place, write in special:
            columns[place] = [None if value is None else write(value) for value in columns[place]]
        for place in texts:
            columns[place] = [
                text if text is None or text[:1] not in _SUSPICIOUS else no_formula(text)
                for text in columns[place]
            ]
        writer.writerows(zip(*columns, strict=True))
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()


def no_formula(text: str) -> str:
    """A text as a cell that no spreadsheet takes for a formula.

    >>> no_formula("=1+1"), no_formula("'=1"), no_formula("'s-Hertogenbosch")
    ("'=1+1", "''=1", "'s-Hertogenbosch")
    """
    return f"'{text}" if _FORMULA.match(text) else text


def as_it_was(cell: str) -> str:
    """The text that `no_formula` made a cell of."""
    return cell[1:] if cell[:1] == "'" and _FORMULA.match(cell) else cell


def _decimal(value: Decimal) -> str:
    return f"{value:f}"


_WRITE: Final[dict[ColumnType, Callable[[Any], str]]] = {
    ColumnType.LIST: LIST_SEPARATOR.join,
    ColumnType.FLAG: {True: "true", False: "false"}.__getitem__,
    ColumnType.AMOUNT: _decimal,
    ColumnType.DEGREES: _decimal,
}
"""How values are written that csv would write otherwise."""


def _written(archive: ZipFile, table: Table, labels: Labels) -> CsvFile:
    digest, size = hashlib.sha256(), 0
    name = f"{table.name}.csv"
    with archive.open(name, "w") as file:
        for piece in csv_text(table, labels):
            data = piece.encode()
            digest.update(data)
            size += len(data)
            cast(BinaryIO, file).write(data)
    return CsvFile(name, table, size, digest.hexdigest())

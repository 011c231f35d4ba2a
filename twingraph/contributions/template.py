"""Sheets to be filled in, and filled in: .xlsx with notes and drop-downs, .ods with notes, .csv.

A workbook has a sheet for each table, a CSV file all of them side by side. The same rows give the
same bytes.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from twingraph.contributions import columns
from twingraph.contributions.cells import offered
from twingraph.contributions.columns import CellKind, SheetColumn, SheetTable
from twingraph.contributions.listing import Listed
from twingraph.contributions.sheet import LISTS
from twingraph.errors import UsageError, file_errors

LONGEST_CELL: Final = 32_767
"""Letters that a cell of a workbook holds (Excel's limit)."""
_LAST_ROW: Final = 500
"""Drop-downs go as far."""
_WRITTEN: Final = datetime(2026, 1, 1)
"""What a workbook says of when it was made: no clock is asked."""

Grid = Sequence[Sequence[str]]


def write_template(path: Path, language: str) -> None:
    """Write an empty sheet in a language. Raises UsageError for another ending than .xlsx, .ods or
    .csv, and for a file that cannot be written."""
    write_sheet(path, {}, language)


def write_sheet(path: Path, listed: Listed, language: str) -> None:
    """Write rows as a sheet, with the headings of a language. Raises UsageError as above, and for
    a text that no cell can hold."""
    writers: Mapping[str, Callable[[Path, Listed, str], bytes]] = {
        ".xlsx": _xlsx,
        ".ods": _ods,
        ".csv": _csv,
    }
    writer = writers.get(path.suffix.lower())
    if writer is None:
        raise UsageError(f"{path}: a sheet ends in {', '.join(writers)}")
    content = writer(path, listed, language)
    with file_errors(path, "written"):
        path.write_bytes(content)


def _columns(table: SheetTable, listed: Listed) -> list[SheetColumn]:
    """The columns that a sheet has: those for all, and what else has something in it."""
    used = {name for row in listed.get(table.name, ()) for name in row}
    return [column for column in table.columns if column.is_for_all or column.name in used]


def _tables(listed: Listed) -> list[SheetTable]:
    return [t for t in columns.TABLES.values() if t in columns.FOR_ALL or t.name in listed]


def _grid(path: Path, table: SheetTable, listed: Listed, language: str) -> Grid:
    own = _columns(table, listed)
    rows = [[row.get(column.name, "") for column in own] for row in listed.get(table.name, ())]
    for row in rows:
        if any(len(cell) > LONGEST_CELL for cell in row):
            raise UsageError(f"{path}: a text is longer than a cell may be ({LONGEST_CELL:,})")
    return [[columns.heading(column, language) for column in own], *rows]


# --- CSV ------------------------------------------------------------------------------------------


def _csv(path: Path, listed: Listed, language: str) -> bytes:
    """All tables side by side, each row in its own line. The byte order mark tells spreadsheets
    that it is UTF-8."""
    places = [(t, column) for t in _tables(listed) for column in _columns(t, listed)]
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\r\n")
    out.writerow(columns.side_by_side(table, column, language) for table, column in places)
    for name, rows in listed.items():
        for row in rows:
            out.writerow(
                row.get(column.name, "") if table.name == name else "" for table, column in places
            )
    return b"\xef\xbb\xbf" + text.getvalue().encode()


# --- xlsx -----------------------------------------------------------------------------------------


def _xlsx(path: Path, listed: Listed, language: str) -> bytes:
    # Loaded only where a workbook is written.
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False})
    book.set_properties({"created": _WRITTEN, "title": "Twingraph"})
    head = book.add_format({**_HEAD, "bg_color": "#DDE6EE"})
    needed = book.add_format({**_HEAD, "bg_color": "#F3D9B1"})
    plain = book.add_format({"num_format": "@", "valign": "top", "text_wrap": True})
    offered = _Offered(language)
    for table in _tables(listed):
        sheet = book.add_worksheet(columns.title(table, language)[:31])
        sheet.freeze_panes(1, 0)
        own = _columns(table, listed)
        for at, column in enumerate(own):
            sheet.set_column(at, at, _width(column), plain)
            if note := columns.note(column, language):
                sheet.write_comment(0, at, note, {"author": "Twingraph", "x_scale": 2})
            if source := offered.range(column):
                sheet.data_validation(1, at, _LAST_ROW, at, _choice(column, source))
        for number, row in enumerate(_grid(path, table, listed, language)):
            for at, cell in enumerate(row):
                heading = needed if own[at].is_needed else head
                if cell:
                    sheet.write_string(number, at, cell, plain if number else heading)
    offered.write(book.add_worksheet(LISTS))
    book.close()
    return out.getvalue()


_HEAD: Final = {"bold": True, "bottom": 1, "text_wrap": True}


def _width(column: SheetColumn) -> int:
    wide = {
        CellKind.TEXT: 30,
        CellKind.TEXTS: 40,
        CellKind.EVIDENCE: 40,
        CellKind.ADDRESS: 30,
        CellKind.WORDS: 24,
        CellKind.TOWN: 22,
    }
    return wide.get(column.kind, 16)


def _choice(column: SheetColumn, source: str) -> dict[str, Any]:
    """A drop-down. Of several values one is offered, and more may be typed."""
    error = "information" if column.kind is CellKind.CONCEPTS else "stop"
    return {"validate": "list", "source": source, "error_type": error}


class _Offered:
    """What drop-downs offer, on a hidden sheet: Excel holds no list of more than 255 letters."""

    def __init__(self, language: str) -> None:
        schemes = sorted({c.scheme for t in columns.FOR_ALL for c in t.columns if c.scheme})
        self._lists = [(scheme, offered(scheme, language)) for scheme in schemes]

    def range(self, column: SheetColumn) -> str:
        """The cells of a column's list; "" of a column without one."""
        for at, (scheme, labels) in enumerate(self._lists):
            if scheme == column.scheme:
                letter = chr(ord("A") + at)
                return f"={LISTS}!${letter}$1:${letter}${len(labels)}"
        return ""

    def write(self, sheet: Any) -> None:
        """Write the lists into their sheet, and hide it."""
        for at, (_, labels) in enumerate(self._lists):
            for number, text in enumerate(labels):
                sheet.write_string(number, at, text)
        sheet.hide()


# --- ods ------------------------------------------------------------------------------------------


def _ods(path: Path, listed: Listed, language: str) -> bytes:
    try:
        from odfdo import Annotation, Cell, Document, Row
        from odfdo import Table as OdsTable
    except ModuleNotFoundError as error:
        message = "writing .ods needs odfdo: pip install 'twingraph[ods]', or write .xlsx"
        raise UsageError(message) from error
    book = Document("spreadsheet")
    book.body.clear()
    for table in _tables(listed):
        made = OdsTable(columns.title(table, language))
        notes = [columns.note(column, language) for column in _columns(table, listed)]
        for cells in _grid(path, table, listed, language):
            row = Row()
            made_cells = [Cell(text=cell, value=cell) for cell in cells]
            for cell, note in zip(made_cells, notes, strict=True):
                if note:
                    annotation = Annotation(note, creator="Twingraph", date=_WRITTEN)
                    # A name is for texts, and counts all that were ever made.
                    annotation.del_attribute("office:name")
                    cell.insert(annotation, position=0)
            notes = [""] * len(notes)
            row.extend_cells(made_cells)
            made.append_row(row)
        book.body.append(made)
    out = io.BytesIO()
    book.save(out)
    return _without_times(out)


def _without_times(packed: io.BytesIO) -> bytes:
    """A packed file whose parts say nothing of when they were written."""
    out = io.BytesIO()
    with zipfile.ZipFile(packed) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.infolist():
            content = old.read(part)
            made = zipfile.ZipInfo(part.filename)
            made.compress_type = part.compress_type
            new.writestr(made, content)
    return out.getvalue()

"""Tables as lists of projects are published: CSV in any usual form, .xlsx, .ods, .xls.

A sheet is its name and its rows of cells, as they stand. Workbooks are read by python-calamine,
which is safe against entities and fast; it reads values and never computes. What is no table (a
page that says "404", saved as .xlsx), or would fill the memory, raises UsageError.
"""

from __future__ import annotations

import codecs
import csv
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from twingraph.errors import UsageError

WORKBOOKS: Final = frozenset({".xlsx", ".xlsm", ".ods", ".xls", ".xlsb"})
LARGEST: Final = 1 << 30
"""Bytes of a workbook, at most, once it is unpacked (1 GiB)."""
DENSEST: Final = 500
"""Times that a workbook may be larger unpacked, where that is more than a few megabytes."""
_SMALL: Final = 1 << 26
_LONGEST_CELL: Final = 1 << 20

Row = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: `rows` are read once; `merged` are the ranges of merged cells, as first row, first
    column, last row, last column, from zero; `start` is where in its file the first cell stands."""

    name: str
    rows: Iterator[Row]
    merged: Sequence[tuple[int, int, int, int]] = ()
    start: tuple[int, int] = (0, 0)


def sheets(path: Path, *, by_header: bool = False) -> Iterator[Sheet]:
    """The tables of a file; `by_header` as for `csv_rows`. Raises UsageError for one that cannot be
    read, or is no table."""
    head = _head(path)
    if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:5].lower() in (b"<html", b"<!doc", b"<?xml"):
        raise UsageError(f"{path} is a web page, not a table: open it, and look what it says")
    if head[:4] == b"PK\x03\x04" or path.suffix.lower() in WORKBOOKS:
        yield from _workbook(path, head)
    else:
        yield Sheet(path.stem, csv_rows(path, by_header=by_header))


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            head = file.read(4096)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error
    if not head.strip():
        raise UsageError(f"{path} is empty")
    return head


# --- workbooks -----------------------------------------------------------------------------------


def _workbook(path: Path, head: bytes) -> Iterator[Sheet]:
    # Loaded only where a workbook is read: most lists are CSV.
    from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum

    if head[:2] == b"PK":
        _check_size(path)
    try:
        book = CalamineWorkbook.from_path(str(path))
        names = [s.name for s in book.sheets_metadata if s.typ == SheetTypeEnum.WorkSheet]
    except (CalamineError, OSError, ValueError, zipfile.BadZipFile) as error:
        raise UsageError(f"{path} is no workbook that can be read: {error}") from error
    for name in names:
        try:
            sheet = book.get_sheet_by_name(name)
            merged = sheet.merged_cell_ranges or []
        except (CalamineError, ValueError) as error:
            raise UsageError(f"{path}: the sheet {name!r} cannot be read: {error}") from error
        first_row, first_column = sheet.start or (0, 0)
        ranges = [(a - first_row, b - first_column, c - first_row, d - first_column)
                  for (a, b), (c, d) in merged]  # fmt: skip
        start = first_row, first_column
        yield Sheet(name, iter(sheet.to_python(skip_empty_area=True)), ranges, start)


def _check_size(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as packed:
            whole = sum(member.file_size for member in packed.infolist())
    except (zipfile.BadZipFile, OSError) as error:
        raise UsageError(f"{path} is no workbook: {error}") from error
    size = path.stat().st_size
    if whole > LARGEST or (whole > _SMALL and whole > DENSEST * size):
        raise UsageError(
            f"{path} would be {whole / 1e6:,.0f} MB unpacked, of {size / 1e6:,.1f} MB: not read;"
            " save it as CSV if that is right"
        )


# --- CSV -----------------------------------------------------------------------------------------


def csv_rows(path: Path, *, by_header: bool = False) -> Iterator[list[str]]:
    """The rows of a CSV file; its encoding and its separator are told from its beginning, or
    `by_header` from its first line alone, where cells may hold anything.

    Raises UsageError for a file that cannot be read, and for a quote that is never closed.
    """
    encoding = _encoding(path)
    with path.open(encoding=encoding, newline="", errors="strict") as file:
        try:
            start = file.read(1 << 16)
            file.seek(0)
            csv.field_size_limit(_LONGEST_CELL)
            reader = csv.reader(file, delimiter=_delimiter(_header(start) if by_header else start))
            yield from _records(path, reader)
        except UnicodeError as error:
            raise UsageError(f"{path}: is not {encoding} throughout: save it as UTF-8") from error


def _records(path: Path, reader: Any) -> Iterator[list[str]]:
    try:
        yield from reader
    except csv.Error as error:
        raise UsageError(f"{path}:{reader.line_num}: is not CSV: {error}") from error


def _encoding(path: Path) -> str:
    """UTF-8 or UTF-16 by its mark; UTF-8 where the whole is; else the Windows code page that makes
    letters of it: of Central Europe, or of the West."""
    with path.open("rb") as file:
        head = file.read(4)
        if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return "utf-16"
        file.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8-sig")()
        while block := file.read(1 << 20):
            try:
                decoder.decode(block)
            except UnicodeDecodeError as error:
                return _code_page(block[max(error.start - 200, 0) : error.start + 4096])
    return "utf-8-sig"


_CENTRAL: Final = frozenset("ąćęłńśźżĄĆĘŁŃŚŹŻčďěľĺňřšťůžČĎĚĽŇŘŠŤŮŽőűŐŰăşţĂŞŢ")
_WESTERN: Final = frozenset("àâãäåæçèêëìîïñòôõöøùûüÿœÀÂÄÅÆÇÈÊËÎÏÑÔÕÖØÙÛÜŒß")


def _code_page(piece: bytes) -> str:
    central = sum(c in _CENTRAL for c in piece.decode("cp1250", errors="ignore"))
    western = sum(c in _WESTERN for c in piece.decode("cp1252", errors="ignore"))
    return "cp1250" if central >= western else "cp1252"


def _header(start: str) -> str:
    """The first line that says something; Excel's own names the separator, and all that counts."""
    return next((line for line in start.splitlines() if line.strip()), "")


def _delimiter(start: str) -> str:
    """What most of the first lines have equally often."""
    lines = [line for line in start.splitlines()[:20] if line.strip()]
    return max(";\t,|", key=lambda sign: sum(min(line.count(sign), 200) for line in lines))

"""How much of a date a cell of a workbook shows.

A spreadsheet makes a whole day of whatever looks like a date: "May 2019" becomes its first day,
and "12 May" one of this year. What was typed, the number format tells: it shows no more than that.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Final

_MOST_COLUMNS: Final = 500
"""All tables side by side have not half as many; a workbook may say that it has 16,384."""

Position = tuple[str, int, int]
"""A cell's sheet, row and column, from one."""

_NOT_SHOWN: Final = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
"""Words, escaped signs, spaces, colours and languages in a number format (ECMA-376, 18.8.31)."""


def formats(path: Path, most_rows: int) -> Mapping[Position, str] | None:
    """The number formats of the cells of a workbook that are dates, in its first rows; None where
    its kind, or its file, does not tell."""
    if path.suffix.lower() not in (".xlsx", ".xlsm"):
        return None
    # Loaded only where a workbook is read: it takes a quarter of a second.
    from openpyxl import load_workbook

    try:
        book = load_workbook(path, read_only=True)
        return {
            (sheet.title, cell.row, cell.column): str(cell.number_format)
            for sheet in book.worksheets
            for row in sheet.iter_rows(max_row=most_rows, max_col=_MOST_COLUMNS)
            for cell in row
            if cell.value is not None and cell.is_date
        }
    except Exception:
        # Of a damaged file openpyxl raises whatever it stumbles over (zlib.error, AttributeError
        # …); what is wrong with it is told by the reader of its values.
        return None


def as_shown(day: date, code: str) -> str:
    """A day as EDTF, as precisely as a number format shows it.

    >>> as_shown(date(2019, 5, 1), "mmm\\\\ yyyy"), as_shown(date(2026, 5, 12), 'd" "mmmm')
    ('2019-05', 'XXXX-05-12')
    """
    shown = set(_NOT_SHOWN.sub("", code.split(";")[0]).lower())
    is_time = bool(shown & {"h", "s"})
    if "d" in shown:
        return day.isoformat() if "y" in shown or is_time else f"XXXX-{day:%m-%d}"
    if "m" in shown and not is_time:
        return f"{day:%Y-%m}"
    return f"{day:%Y}" if "y" in shown else day.isoformat()

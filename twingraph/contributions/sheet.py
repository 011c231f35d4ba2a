"""A filled-in sheet as it stands in its file: its tables, their rows, and where each cell is.

A workbook has a sheet for each table; a CSV file, or a sheet alone, has all of them side by side.
Which one a sheet is, its headings say, in whichever of the languages. Nothing is passed over in
silence: a heading that is none, cells without one, and sheets that are no table are told. All else
is read nevertheless, so that what is wrong with it is told as well.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any, Final, NamedTuple

from twingraph.contributions import columns
from twingraph.contributions.cells import is_year, plain
from twingraph.contributions.date_formats import Position, as_shown, formats
from twingraph.contributions.sayings import Saying
from twingraph.errors import BadValue, DataError, Problem, UsageError, nearest, proposed
from twingraph.sources.interreg.tables import WORKBOOKS, Sheet, sheets
from twingraph.web.languages import ENGLISH
from twingraph.web.messages import N_

MOST_ROWS: Final = 20_000
"""No page of a town hall fills as many."""
_HEAD: Final = 10
"""In so many rows the headings are looked for: some people put a title above."""
_NUMBER: Final = re.compile(r"(?:n[°ºor]|č|num)?\.? ?([0-9]+)\.?", re.IGNORECASE)
LISTS: Final = "Lists"
"""The template's own sheet of what the drop-downs offer."""


class Cell(NamedTuple):
    """Where a cell is, as people say it: the file, its sheet ("" of CSV), the row from one, the
    heading of the column. `number` is which sheet of the file it is, `column` which column."""

    file: str
    sheet: str
    row: int
    heading: str = ""
    number: int = 0
    column: int = 0

    @property
    def said(self) -> Saying:
        """It as people say it: page.xlsx, Documents, row 3, “Signed on”."""
        sheet = ", ".join(filter(None, (self.file, self.sheet)))
        row = row_of(sheet, self.row)
        return (
            Saying("%(row)s, “%(heading)s”", row=row, heading=self.heading) if self.heading else row
        )

    @property
    def line(self) -> tuple[str, int]:
        """The row that it stands in."""
        return self.sheet, self.row

    @property
    def letter(self) -> str:
        """What spreadsheets call its column: A, B … AA."""
        high, low = divmod(self.column, 26)
        return (chr(ord("A") + high - 1) if high else "") + chr(ord("A") + low)

    def problem(self, message: str, cure: str = "") -> Problem:
        """A problem of this cell."""
        order = (self.number, self.row, self.column)
        return Problem(self.said, None, message, cure, order=order)


def row_of(sheet: str, row: int) -> Saying:
    """A row of a sheet, "" of the only one, in words."""
    if not sheet:
        return Saying(N_("row %(row)s"), row=row)
    return Saying(N_("%(sheet)s, row %(row)s"), sheet=sheet, row=row)


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row of a table: its cells as they stand, by the names of columns, but for empty ones;
    `places` is which column each is, `beside` the tables that have cells in the same row, `number`
    the one that a document has best which has none."""

    table: str
    cells: Mapping[str, Any]
    row: Cell
    headings: Mapping[str, str]
    beside: frozenset[str] = frozenset()
    places: Mapping[str, int] = field(default_factory=dict)
    number: str = ""

    def at(self, *names: str) -> Cell:
        """The cell of the first of some columns that the sheet has; the row where it has none."""
        known = next((name for name in names if name in self.headings), "")
        heading, column = self.headings.get(known, ""), self.places.get(known, 0)
        return self.row._replace(heading=heading, column=column)


@dataclass(slots=True)
class Filled:
    """A filled-in sheet: the rows of each table, the languages of its headings, what was passed
    over, and what is wrong. `incomplete` are the sheets that have a column which nobody knows, and
    lack one of the template's. `shows_days` says that a cell which is a day shows it, which is not
    known of each kind of file.
    """

    file: str
    rows: dict[str, list[TableRow]] = field(default_factory=dict)
    languages: tuple[str, ...] = ()
    passed_over: list[Problem] = field(default_factory=list)
    faults: list[Problem] = field(default_factory=list)
    incomplete: set[str] = field(default_factory=set)
    side_by_side: bool = False
    shows_days: bool = False

    def of(self, table: columns.SheetTable) -> Sequence[TableRow]:
        """The rows of a table."""
        return self.rows.get(table.name, ())


class _Head(NamedTuple):
    """The row of headings: which table and column each cell names, and what it says."""

    number: int
    names: Sequence[tuple[str, str] | None]
    said: Sequence[str]
    languages: Counter[str]


def read(path: Path) -> Filled:
    """Read a workbook (.xlsx, .ods …) or a CSV file; its `faults` are headings that are none, and
    cells without a heading.

    Raises UsageError for a file that cannot be read or has none of the tables, DataError where it
    has faults and no row to go on with.
    """
    filled, languages = Filled(path.name), Counter[str]()
    given = list(_sheets(path))
    shown = formats(path, MOST_ROWS)
    filled.shows_days = shown is not None
    for number, sheet in enumerate(given):
        _read_sheet(sheet, number, shown or {}, filled, languages)
    if filled.faults and not filled.rows:
        raise DataError(filled.faults)
    if not filled.rows and languages:
        raise UsageError(f"{path} has headings and nothing below them: fill it in")
    if not filled.rows:
        raise UsageError(
            f"{path} has none of the tables that are read: make one with "
            "`twingraph import --template sheet.xlsx`, and fill that in"
        )
    filled.languages = tuple(language for language, _ in languages.most_common(1))
    return filled


def _sheets(path: Path) -> Iterator[Sheet]:
    for sheet in sheets(path, by_header=True):
        is_alone = sheet.name == path.stem and path.suffix.lower() not in WORKBOOKS
        yield replace(sheet, name="") if is_alone else sheet


def _read_sheet(
    sheet: Sheet,
    at: int,
    shown: Mapping[Position, str],
    filled: Filled,
    languages: Counter[str],
) -> None:
    if sheet.name == LISTS:
        return
    rows = _numbered(sheet, shown, filled.file)
    first = list(islice(rows, _HEAD))
    heads = [head for number, row in first if (head := _head(sheet.name, number, row))]
    head = max(heads, key=lambda one: sum(name is not None for name in one.names), default=None)
    if head is None:
        if any(row for _, row in first):
            message = Saying(N_("is none of the tables that are read, and was passed over"))
            where = ", ".join(filter(None, (filled.file, sheet.name)))
            filled.passed_over.append(Problem(where, None, message))
        return
    languages.update(head.languages)
    filled.side_by_side |= len({name[0] for name in head.names if name}) > 1
    here = Cell(filled.file, sheet.name, head.number, number=at)
    head = _told(head, here, filled)
    below = [(number, row) for number, row in first if number > head.number]
    _read_rows(head, [*below, *rows], here, filled)


def _numbered(
    sheet: Sheet, shown: Mapping[Position, str], file: str
) -> Iterator[tuple[int, Sequence[Any]]]:
    """The rows with their numbers, from one. What stands left of the first cell is empty; a day is
    as precise as its cell shows it."""
    left = [""] * sheet.start[1]
    for number, row in enumerate(_unmerged(sheet), sheet.start[0] + 1):
        if number > MOST_ROWS:
            raise UsageError(f"{file} has more than {MOST_ROWS:,} rows: is it another list?")
        # Excel's own line, which names the separator.
        if number == 1 and re.fullmatch("sep=.?", str(row[0]) if len(row) else ""):
            continue
        cells = enumerate([*left, *row], 1)
        yield number, [_as_shown(cell, shown.get((sheet.name, number, at))) for at, cell in cells]


def _as_shown(cell: Any, code: str | None) -> Any:
    is_day = isinstance(cell, date) and not is_year(cell)
    return as_shown(cell, code) if code and is_day else cell


def _unmerged(sheet: Sheet) -> Iterator[Sequence[Any]]:
    """The rows, with what stands in cells that are merged over several rows in each of them."""
    tall = [one for one in sheet.merged if one[0] < one[2] and one[1] == one[3]]
    held: dict[int, Any] = {}
    for number, row in enumerate(sheet.rows):
        cells = list(row)
        for first, column, last, _ in tall:
            if number == first:
                held[column] = cells[column]
            elif first < number <= last:
                cells[column] = held[column]
        yield cells


def _said(cell: Any) -> str:
    try:
        return plain(cell)
    except BadValue:
        return ""


def _head(sheet: str, number: int, row: Sequence[Any]) -> _Head | None:
    """The headings that a row holds; None where it names fewer than two columns, or not one of
    its cells and no other."""
    said = [" ".join(_said(cell).split()) for cell in row]
    found = max(_readings(sheet, said), key=lambda names: sum(map(bool, names)))
    known = sum(map(bool, found))
    if known < 2 and not (known and sum(map(bool, said)) == known):
        return None
    names = [(name[0], name[1]) if name else None for name in found]
    languages = Counter(tag for name in found if name for tag in name[2])
    return _Head(number, names, said, languages)


_Name = tuple[str, str, frozenset[str]]


def _readings(sheet: str, said: Sequence[str]) -> Iterator[list[_Name | None]]:
    """The columns that headings name: side by side, of the table that the sheet is called by, or of
    any."""
    flat = columns.flat_headings()
    yield [flat.get(one.casefold()) for one in said]
    named = columns.titles().get(sheet.casefold())
    for table in [named] if named else columns.TABLES:
        own = columns.headings(table)
        yield [(table, *own[one.casefold()]) if one.casefold() in own else None for one in said]


def _told(head: _Head, place: Cell, filled: Filled) -> _Head:
    """The headings, those that are none told. One that can but be another's misspelling is read as
    that."""
    tables = {name[0] for name in head.names if name}
    flat = len(tables) > 1 or any(":" in one for one in head.said)
    alone = next(iter(tables))
    known: Mapping[str, tuple[str, str]] = (
        {said: (name[0], name[1]) for said, name in columns.flat_headings().items()}
        if flat
        else {said: (alone, name[0]) for said, name in columns.headings(alone).items()}
    )
    language = next(iter(head.languages.most_common(1)), (ENGLISH, 0))[0]
    seen: dict[tuple[str, str], Cell] = {}
    names: list[tuple[str, str] | None] = []
    unknown = False
    for number, (name, said) in enumerate(zip(head.names, head.said, strict=True)):
        at = place._replace(heading=said, column=number)
        if name is None and said:
            likely = dict.fromkeys(known[one] for one in nearest(said, known))
            near = likely.keys() - {*head.names, *seen}
            name = near.pop() if len(near) == 1 else None
            words = [called(one, flat, language) for one in likely]
            cure = Saying(N_("delete this column, or call it as the template does"))
            message = Saying(N_("is no heading of this table"))
            filled.faults.append(at.problem(message, proposed(words, cure)))
            unknown |= name is None
        elif name and name in seen:
            first, letters = seen[name], {"column": at.letter, "first": seen[name].letter}
            message = Saying(
                N_("stands twice: column %(column)s is the same as %(first)s"), **letters
            )
            if first.heading != said:
                message = Saying(
                    N_("(column %(column)s) is the same as “%(heading)s” (%(first)s)"),
                    heading=first.heading, **letters,
                )  # fmt: skip
            cure = Saying(N_("keep one of the two columns"))
            filled.faults.append(at.problem(message, cure))
            name = None
        if name:
            seen[name] = at
        names.append(name)
    # Beside all that the template has, a column that nobody knows is one more.
    if unknown and not all(
        (table, column.name) in seen
        for table in tables
        for column in columns.TABLES[table].columns
        if column.is_for_all
    ):
        filled.incomplete.add(place.sheet)
    return head._replace(names=names)


def called(name: tuple[str, str], flat: bool, language: str) -> str:
    """What the column of a table's and its own name is called in a sheet of a language; `flat` says
    that all tables stand side by side."""
    table = columns.TABLES[name[0]]
    column = table.column(name[1])
    if flat:
        return columns.side_by_side(table, column, language)
    return columns.heading(column, language)


def _read_rows(
    head: _Head,
    rows: Sequence[tuple[int, Sequence[Any]]],
    here: Cell,
    filled: Filled,
) -> None:
    by_table: dict[str, dict[str, int]] = {}
    for at, name in enumerate(head.names):
        if name:
            by_table.setdefault(name[0], {})[name[1]] = at
    before: dict[str, Mapping[str, Any]] = {}
    for number, row in rows:
        place = here._replace(row=number)
        for at, cell in enumerate(row):
            nameless = at >= len(head.said) or not head.said[at]
            if nameless and not _is_empty(cell):
                message = Saying(
                    N_("%(value)s stands in column %(column)s, which has no heading"),
                    value=repr(_said(cell)[:40]), column=place._replace(column=at).letter,
                )  # fmt: skip
                cure = Saying(N_("give the column a heading, or empty it"))
                filled.faults.append(place.problem(message, cure))
        stand = {table: _standing(table, row, places) for table, places in by_table.items()}
        beside = frozenset(table for table, cells in stand.items() if cells)
        new = {table for table, cells in stand.items() if cells and cells != before.get(table)}
        for table, cells in stand.items():
            # Side by side, what the row above says already is said again beside what is new.
            if cells and (table in new or not new):
                before[table] = cells
                headings = {name: head.said[at] for name, at in by_table[table].items()}
                made = TableRow(table, cells, place, headings, beside - {table}, by_table[table])
                filled.rows.setdefault(table, []).append(made)


def _standing(table: str, row: Sequence[Any], places: Mapping[str, int]) -> Mapping[str, Any]:
    """The cells of a table in a row that are not empty."""
    return {
        name: _number(row[at]) if columns.TABLES[table].column(name).is_number else row[at]
        for name, at in places.items()
        if at < len(row) and not _is_empty(row[at])
    }


def _number(cell: Any) -> Any:
    """A number without the word for it: "N° 1", "1."; all else as it is."""
    found = _NUMBER.fullmatch(cell.strip()) if isinstance(cell, str) else None
    return found[1] if found else cell


def _is_empty(cell: Any) -> bool:
    """Whether nothing is said in a cell; a dash says that there is nothing."""
    return cell is None or (isinstance(cell, str) and cell.strip() in ("", "-", "–", "—"))

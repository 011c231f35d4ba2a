"""A sheet of several sources as one sheet for each: what each page or paper says.

Partnerships, documents and projects name their source by its number; where they name none it is the
first one, or, where all tables stand side by side, the one above. A document of another source than
its partnership takes the partnership along, with its towns alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from twingraph.contributions import columns
from twingraph.contributions.naming import plain, towns_in
from twingraph.contributions.numbering import SAME_NUMBER
from twingraph.contributions.sayings import ONE_OF, Saying
from twingraph.contributions.sheet import Filled, TableRow
from twingraph.contributions.towns import apart
from twingraph.sources.curated.doubts import folded
from twingraph.web.messages import N_

_TOWNS: Final = ("number", "town_1", "country_1", "town_2", "country_2", "towns", "key")
"""What a partnership has in every source that speaks of it."""
_OWN_NUMBER: Final = Saying(N_("give each its own number"))
_BELOW: Final = (columns.DOCUMENTS, columns.STATUS_CHANGES, columns.SIGNATURES)


def parts(filled: Filled) -> Sequence[Filled]:
    """A sheet for each source; the one that is given where it has no more than one. What is wrong
    with the sheet as a whole, and what was passed over, the first has."""
    rows = filled.of(columns.SOURCE)
    return _Parts(filled, rows).made() if len(rows) > 1 else [filled]


class _Parts:
    def __init__(self, filled: Filled, sources: Sequence[TableRow]) -> None:
        self._filled, self._sources = filled, sources
        self._rows: list[dict[str, list[TableRow]]] = [{} for _ in sources]
        self._numbers = _numbers(sources)
        self._faults = list(filled.faults)
        numbers = _numbers(filled.of(columns.PARTNERSHIPS))
        # Each keeps the number that it has in the whole sheet.
        pairs = zip(filled.of(columns.PARTNERSHIPS), numbers, strict=True)
        self._partnerships = [_with(row, number=number) for row, number in pairs]
        self._of_partnership: dict[int, int] = {}
        self._of_document: dict[tuple[int, str], int] = {}

    def made(self) -> Sequence[Filled]:
        """The sheet of each source, with the rows that belong to it."""
        self._told_twice()
        for at, source in enumerate(self._sources):
            self._add(at, source)
        for number, row in enumerate(self._partnerships):
            at = self._of_partnership[number] = self._source_of(row)
            self._add(at, row)
        self._told_across()
        for table in _BELOW:
            for row in self._filled.of(table):
                self._below(row, table)
        done = {columns.SOURCE.name, columns.PARTNERSHIPS.name, *(table.name for table in _BELOW)}
        for table_name, rows in self._filled.rows.items():
            for row in rows if table_name not in done else ():
                self._elsewhere(row)
        first, *others = (replace(self._filled, rows=rows) for rows in self._rows)
        empty = [replace(one, faults=[], passed_over=[]) for one in others]
        return [replace(first, faults=self._faults), *empty]

    def _told_twice(self) -> None:
        for number, row in enumerate(self._sources):
            said = plain(row.cells.get("number", ""))
            if said and self._numbers.index(said) < number:
                message = Saying(N_("%(value)s is the number of another source, too"),
                                 value=repr(said))  # fmt: skip
                self._faults.append(row.at("number").problem(message, _OWN_NUMBER))

    def _told_across(self) -> None:
        """Numbers that partnerships of two sources have: those of one, its own sheet tells."""
        first: dict[str, int] = {}
        for number, row in enumerate(self._partnerships):
            there = first.setdefault(plain(row.cells["number"]), number)
            if self._of_partnership[there] != self._of_partnership[number]:
                same = self._partnerships[there].row.row
                message = Saying(SAME_NUMBER, value=repr(row.cells["number"]), row=same)
                self._faults.append(row.at("number").problem(message, _OWN_NUMBER))

    def _source_of(self, row: TableRow, otherwise: int | None = None) -> int:
        """Which source a row names; else `otherwise`, the one above, or the first."""
        said = plain(row.cells.get("source", ""))
        if said in self._numbers:
            return self._numbers.index(said)
        if said:
            message = Saying(N_("no source is called %(value)s"), value=repr(said))
            number = Saying(N_("write its number in the table of sources"))
            cure = Saying(ONE_OF, cure=number, ones=self._numbers)
            self._faults.append(row.at("source").problem(message, cure))
        if self._filled.side_by_side:
            above = [n for n, one in enumerate(self._sources) if one.row.row <= row.row.row]
            return above[-1] if above else 0
        return otherwise or 0

    def _below(self, row: TableRow, table: columns.SheetTable) -> None:
        """Put a row that belongs to a partnership into the sheet of its source."""
        partnership = self._partnership(row)
        if partnership is None:
            # The first tells it; most partnerships are there, and what else names the row.
            self._add(self._source_of(row) if self._filled.side_by_side else 0, row)
            return
        home = self._of_partnership[partnership]
        if table is columns.SIGNATURES:
            at = self._of_signature(row, partnership, home)
        else:
            at = self._source_of(row, home)
        if table is columns.DOCUMENTS:
            row = self._numbered(row, partnership, at)
        if self._partnerships[partnership] not in self._known(at):
            self._add(at, self._stub(partnership))
        self._add(at, row)

    def _numbered(self, row: TableRow, partnership: int, at: int) -> TableRow:
        """A document with the number that it has in the whole sheet."""
        taken = {number for of, number in self._of_document if of == partnership}
        free = next(str(n) for n in range(1, len(taken) + 2) if str(n) not in taken)
        number = plain(row.cells.get("key", "")) or free
        self._of_document.setdefault((partnership, number), at)
        return replace(row, number=number)

    def _of_signature(self, row: TableRow, partnership: int, home: int) -> int:
        said = plain(row.cells.get("document", ""))
        if said:
            return self._of_document.get((partnership, said), home)
        sources = {at for (of, _), at in self._of_document.items() if of == partnership}
        if len(sources) == 1:
            return sources.pop()
        return self._source_of(row, home) if self._filled.side_by_side else home

    def _elsewhere(self, row: TableRow) -> None:
        at = self._source_of(row)
        partnership = self._partnership(row) if row.table == columns.PROJECTS.name else None
        if partnership is not None:
            at = self._source_of(row, self._of_partnership[partnership])
            if self._partnerships[partnership] not in self._known(at):
                self._add(at, self._stub(partnership))
        self._add(at, row)

    def _partnership(self, row: TableRow) -> int | None:
        """Which partnership a row names; None where that is not sure, which is told later."""
        said = plain(row.cells.get("partnership", ""))
        known = list(enumerate(self._partnerships))
        if not said and self._filled.side_by_side:
            return next((n for n, one in reversed(known) if one.row.row <= row.row.row), None)
        found = [n for n, one in known if plain(one.cells["number"]) == said]
        wanted = folded(apart(said)[0])
        named = [n for n, one in known if wanted in {folded(apart(t)[0]) for t in towns_in(one)}]
        found = found or (named if said else [n for n, _ in known])
        return found[0] if len(found) == 1 else None

    def _stub(self, partnership: int) -> TableRow:
        row = self._partnerships[partnership]
        return replace(row, cells={name: c for name, c in row.cells.items() if name in _TOWNS})

    def _known(self, at: int) -> Iterator[TableRow]:
        """The partnerships that a source has, as they are in the whole sheet."""
        there = {row.row for row in self._rows[at].get(columns.PARTNERSHIPS.name, ())}
        return (row for row in self._partnerships if row.row in there)

    def _add(self, at: int, row: TableRow) -> None:
        self._rows[at].setdefault(row.table, []).append(row)


def _numbers(rows: Sequence[TableRow]) -> Sequence[str]:
    """The numbers of rows: what they say, or which of them they are."""
    return [plain(row.cells.get("number", "")) or str(at) for at, row in enumerate(rows, 1)]


def _with(row: TableRow, **cells: Any) -> TableRow:
    held: Mapping[str, Any] = {**row.cells, **cells}
    return replace(row, cells=held)

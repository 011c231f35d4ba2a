"""Which partnership the other tables of a sheet mean by its number, and where a number is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from twingraph.contributions import columns
from twingraph.contributions.naming import plain
from twingraph.contributions.sheet import Cell, Filled, TableRow
from twingraph.errors import Problem

NOT_SAID: Final = "does not say which partnership it belongs to"
NUMBER: Final = "write its number in the table of partnerships"


class Numbers:
    """The numbers of a sheet's partnerships, and what other tables call by one that is none."""

    def __init__(self, filled: Filled) -> None:
        self._rows = filled.of(columns.PARTNERSHIPS)
        self._is_complete = not (self._rows and self._rows[0].row.sheet in filled.incomplete)
        self._given = [plain(row.cells.get("number", "")) for row in self._rows]
        self._used: set[str] = set()
        self._unknown: dict[str, list[Cell]] = {}

    def of(self, at: int, row: TableRow) -> str:
        """The number of a partnership: the one that is given, or which of them it is."""
        own = self._given[at] or str(at + 1)
        return own if self._given[at] or own not in self._given else ""

    def used(self, number: str) -> None:
        """Note that another table means a partnership."""
        self._used.add(number)

    def unknown_is(self, said: str, at: Cell) -> None:
        """Note that another table calls a partnership as none is called."""
        self._unknown.setdefault(said, []).append(at)

    def twice(self) -> Iterator[Problem]:
        """Numbers that two partnerships have."""
        first: dict[str, Cell] = {}
        for number, row in zip(self._given, self._rows, strict=True):
            at = row.at("number")
            if number and first.setdefault(number, at) is not at:
                message = f"{number!r} is the number of row {first[number].row}, too"
                cure = f"write {self._free()}, which is free, in one of the two; then look which "
                yield at.problem(message, f"{cure}of them the other sheets mean by {number}")

    def _free(self) -> str:
        return next(str(n) for n in range(1, len(self._given) + 2) if str(n) not in self._given)

    def unknown(self) -> Iterator[Problem]:
        """What is called as no partnership is: once, where it is wrong."""
        if not self._is_complete:
            return
        unused = [(number, row) for number, row in zip(self._given, self._rows, strict=True)
                  if number and number not in self._used]  # fmt: skip
        for said, at in self._unknown.items():
            others = _places(at[1:])
            if len(self._unknown) == 1 and len(unused) == 1 and len(at) > 1:
                number, row = unused[0]
                message = f"{number!r} is a number that nothing else has; {_places(at)} "
                message += f"say{'s' if len(at) == 1 else ''} {said!r}, which is none"
                yield row.at("number").problem(message, f"write {said} here, or {number} there")
                continue
            message = f"no partnership is called {said!r}"
            message += f"; so in {others}" if others else ""
            known = sorted({self.of(n, row) for n, row in enumerate(self._rows)})
            cure = f"{NUMBER}: {' or '.join(filter(None, known))}" if len(known) < 10 else NUMBER
            yield at[0].problem(message, cure)


def _places(several: Sequence[Cell]) -> str:
    """Cells of other tables in a few words: Documents, row 3; Signatures, rows 2 and 3."""
    rows: dict[str, list[int]] = {}
    for cell in several:
        rows.setdefault(cell.sheet, []).append(cell.row)
    return "; ".join(
        ", ".join(filter(None, (sheet, f"row{'s' if len(found) > 1 else ''} {_list(found)}")))
        for sheet, found in rows.items()
    )


def _list(rows: Sequence[int]) -> str:
    *others, last = map(str, sorted(set(rows)))
    return f"{', '.join(others)} and {last}" if others else last

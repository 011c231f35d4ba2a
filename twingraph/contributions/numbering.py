"""Which partnership the other tables of a sheet mean by its number, and where a number is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from twingraph.contributions import columns
from twingraph.contributions.naming import plain
from twingraph.contributions.sayings import ONE_OF, Saying
from twingraph.contributions.sheet import Cell, Filled, TableRow, row_of
from twingraph.errors import Problem
from twingraph.web.messages import N_

SAME_NUMBER: Final = N_("%(value)s is the number of row %(row)s, too")
NOT_SAID: Final = Saying(N_("does not say which partnership it belongs to"))
NUMBER: Final = Saying(N_("write its number in the table of partnerships"))


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
                message = Saying(SAME_NUMBER, value=repr(number), row=first[number].row)
                cure = Saying(
                    N_("write %(free)s, which is free, in one of the two; then look which of them "
                       "the other sheets mean by %(number)s"),
                    free=self._free(), number=number,
                )  # fmt: skip
                yield at.problem(message, cure)

    def _free(self) -> str:
        return next(str(n) for n in range(1, len(self._given) + 2) if str(n) not in self._given)

    def unknown(self) -> Iterator[Problem]:
        """What is called as no partnership is: once, where it is wrong."""
        if not self._is_complete:
            return
        unused = [(number, row) for number, row in zip(self._given, self._rows, strict=True)
                  if number and number not in self._used]  # fmt: skip
        for said, at in self._unknown.items():
            if len(self._unknown) == 1 and len(unused) == 1 and len(at) > 1:
                number, row = unused[0]
                message = Saying(
                    N_("%(number)s is a number that nothing else has; %(value)s, which is none, "
                       "stands in %(places)s"),
                    number=repr(number), value=repr(said), places=_places(at),
                )  # fmt: skip
                cure = Saying(N_("write %(value)s here, or %(number)s there"),
                              value=said, number=number)  # fmt: skip
                yield row.at("number").problem(message, cure)
                continue
            message = Saying(N_("no partnership is called %(value)s"), value=repr(said))
            if others := at[1:]:
                message = Saying(N_("no partnership is called %(value)s; so in %(places)s"),
                                 value=repr(said), places=_places(others))  # fmt: skip
            known = sorted(filter(None, {self.of(n, row) for n, row in enumerate(self._rows)}))
            yield at[0].problem(
                message, Saying(ONE_OF, cure=NUMBER, ones=known) if len(known) < 10 else NUMBER
            )


def _places(several: Sequence[Cell]) -> Saying:
    """Cells of other tables in a few words: Documents, row 3; Signatures, rows 2, 3."""
    rows: dict[str, list[int]] = {}
    for cell in several:
        rows.setdefault(cell.sheet, []).append(cell.row)
    said = {f"at_{at}": _rows(sheet, sorted(set(found)))
            for at, (sheet, found) in enumerate(rows.items())}  # fmt: skip
    return Saying("; ".join(f"%({name})s" for name in said), **said)


def _rows(sheet: str, rows: Sequence[int]) -> Saying:
    if len(rows) == 1:
        return row_of(sheet, rows[0])
    message = N_("%(sheet)s, rows %(rows)s") if sheet else N_("rows %(rows)s")
    return Saying(message, sheet=sheet, rows=", ".join(map(str, rows)))

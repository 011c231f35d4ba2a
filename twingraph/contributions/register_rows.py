"""Rows put into a register's text, or taken out of it: in the order of keys, by the file's own
columns and line ends.

Lines that are there keep their bytes.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from twingraph.contributions.contribution import Row
from twingraph.reconcile.register import RegisterRow, as_cell, rows_of


class Standing(NamedTuple):
    """A row that a register has, by its columns, and its line."""

    cells: Row
    line: int


@dataclass(frozen=True, slots=True)
class RegisterText:
    """The text of a register, its rows, and which columns it has."""

    head: str
    columns: Sequence[str]
    rows: Sequence[RegisterRow]
    end: str

    @classmethod
    def of(cls, text: str, columns: Sequence[str]) -> RegisterText:
        """A text taken apart; of one that is empty a register with these columns."""
        rows = list(rows_of(text)) if text.strip("\ufeff\r\n") else []
        if not rows:
            return cls(",".join(columns) + "\n", columns, (), "\n")
        # Excel's own line, which names the separator.
        above = 1 if re.fullmatch("\ufeff?sep=.?", rows[0].cell(0)) else 0
        header = rows[above]
        names = [header.cell(at).lstrip("\ufeff").strip() for at in range(len(header.quoted))]
        head = "".join(row.text for row in rows[: above + 1])
        return cls(head, names, rows[above + 1 :], header.end or "\n")

    def standing(self) -> Mapping[str, Standing]:
        """The rows that are there, by their keys."""
        found: dict[str, Standing] = {}
        line = 1 + self.head.count("\n")
        for row in self.rows:
            cells = {name: row.cell(at).strip() for at, name in enumerate(self.columns) if name}
            if key := cells.get("key"):
                found.setdefault(key, Standing(cells, line))
            line += row.text.count("\n")
        return found

    def with_rows(
        self, new: Sequence[Row], gone: Collection[str] = ()
    ) -> tuple[str, Mapping[str, int]]:
        """The text with rows put in, and the line of each, by its key; without the rows that are
        `gone`, by their keys."""
        pending = sorted(new, key=lambda row: row["key"])
        at = self.columns.index("key")
        text, lines = _ended(self.head, self.end), dict[str, int]()
        for row in self.rows:
            while pending and row.cell(at).strip() > pending[0]["key"]:
                text = self._add(text, pending.pop(0), lines)
            text += "" if row.cell(at).strip() in gone else row.text
        for left in pending:
            text = self._add(_ended(text, self.end), left, lines)
        return text, lines

    def _add(self, text: str, row: Row, lines: dict[str, int]) -> str:
        lines[row["key"]] = text.count("\n") + 1
        return text + ",".join(as_cell(row.get(name, "")) for name in self.columns) + self.end


def _ended(text: str, end: str) -> str:
    return text if text.endswith("\n") else text + end

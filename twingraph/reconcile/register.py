"""Decisions written into a register (a CSV file), with who decided, when and why.

A person's decision is never overwritten: neither one that names its author, nor an item that
stands there without one. Lines that are not changed keep their bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from pathlib import Path
from typing import Final, NamedTuple

from twingraph.errors import UsageError, file_errors
from twingraph.reconcile.batch import replace_text
from twingraph.reconcile.decide import TownDecision

MACHINE: Final = "twingraph reconcile"
"""Who decides where nobody does: a decision of this name may be replaced."""

VERIFIED, UNRESOLVED = "verified", "unresolved"
"""The status of a town whose item has been decided, and where nobody has found one yet."""

KEY, ITEM, STATUS = "key", "wikidata", "wikidata_status"
BY, ON, WHY = "wikidata_by", "wikidata_on", "wikidata_note"
"""The register's columns that a decision is held against and written to."""

_CELL: Final = re.compile(r'("(?:[^"]|"")*"|[^,"\r\n]*)(,|\r?\n|$)')
_NEEDS_QUOTES: Final = re.compile(r'[,"\r\n]|^\s|\s$')


class Done(Enum):
    """What became of a decision."""

    WRITTEN = "written"
    UNCHANGED = "unchanged"
    KEPT = "kept"
    NO_MATCH = "no match"
    NO_ROW = "no row"


class Entered(NamedTuple):
    """What became of the decision about a town, in words too."""

    key: str
    done: Done
    detail: str = ""


def enter(
    path: Path,
    decisions: Mapping[str, TownDecision],
    on: date,
    *,
    by: str = MACHINE,
    unresolved: bool = False,
) -> list[Entered]:
    """Write the matches among decisions into a register's rows, by the rows' keys.

    `unresolved`: also where a person has noted, without an item, that it is not resolved.

    The file is replaced in one step, or left as it is where nothing changes. Raises UsageError
    for a file that cannot be read or written, or that lacks a column.
    """
    with file_errors(path):
        text = path.read_bytes().decode()
    rows = list(rows_of(text))
    if not rows:
        raise UsageError(f"{path}: is empty")
    at = _places(path, rows[0])
    entered, lines = [], [rows[0].text]
    for row in rows[1:]:
        cells = {column: row.cell(place) for column, place in at.items()}
        changes: Mapping[str, str] = {}
        if decision := decisions.get(cells[KEY]):
            done, changes = _change(cells, decision, by, on, unresolved)
            entered.append(done)
        lines.append(row.changed({at[column]: value for column, value in changes.items()}))
    known = {done.key for done in entered}
    entered += [Entered(key, Done.NO_ROW) for key in decisions if key not in known]
    if (changed := "".join(lines)) != text:
        replace_text(path, changed)
    return entered


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """A row as it stands there, and its cells, quotes and all."""

    text: str
    quoted: Sequence[str]
    end: str

    def cell(self, at: int) -> str:
        """The value of a cell; "" where the row has none there."""
        text = self.quoted[at] if at < len(self.quoted) else ""
        return text[1:-1].replace('""', '"') if text.startswith('"') else text

    def changed(self, changes: Mapping[int, str]) -> str:
        """The row's text with some cells replaced."""
        if not changes:
            return self.text
        cells = [*self.quoted, *[""] * (max(changes) + 1 - len(self.quoted))]
        for at, value in changes.items():
            cells[at] = as_cell(value)
        return ",".join(cells) + self.end


def as_cell(value: str) -> str:
    """A value as a cell of CSV, in quotes where it needs them."""
    return '"' + value.replace('"', '""') + '"' if _NEEDS_QUOTES.search(value) else value


def rows_of(text: str) -> Iterator[RegisterRow]:
    """The rows of a register as they stand there. Raises UsageError for what is no CSV."""
    at = 0
    while at < len(text):
        start, cells = at, list[str]()
        while True:
            cell = _CELL.match(text, at)
            if cell is None:
                line = text.count("\n", 0, at) + 1
                raise UsageError(f"line {line} is not CSV: a quote stands within a cell")
            cells.append(cell[1])
            at = cell.end()
            if cell[2] != ",":
                break
        yield RegisterRow(text[start:at], cells, cell[2])


def _places(path: Path, header: RegisterRow) -> Mapping[str, int]:
    """Where in a row each column stands."""
    names = [header.cell(at).lstrip("\ufeff") for at in range(len(header.quoted))]
    wanted = (KEY, ITEM, STATUS, BY, ON, WHY)
    if missing := [name for name in wanted if name not in names]:
        raise UsageError(f"{path}: the header lacks {', '.join(missing)}")
    return {name: names.index(name) for name in wanted}


def _change(
    row: Mapping[str, str], decision: TownDecision, by: str, on: date, unresolved: bool
) -> tuple[Entered, Mapping[str, str]]:
    key, item, author = row[KEY], row[ITEM], row[BY]
    if decision.match is None:
        return Entered(key, Done.NO_MATCH, decision.reason), {}
    new = decision.match.wikidata
    is_open = unresolved and not item and row[STATUS] == UNRESOLVED
    is_a_persons = author != MACHINE and bool(item or author)
    if is_a_persons and not is_open:
        who = author or "somebody"
        return Entered(key, Done.KEPT, f"{who} decided: {item or 'no item'}; found: {new}"), {}
    if item == new:
        return Entered(key, Done.UNCHANGED, new), {}
    changes = {ITEM: new, STATUS: VERIFIED, BY: by, ON: on.isoformat(), WHY: decision.reason}
    return Entered(key, Done.WRITTEN, new), changes

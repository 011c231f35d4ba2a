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
from twingraph.reconcile.decide import Decision

MACHINE: Final = "twingraph reconcile"
"""Who decides where nobody does: a decision of this name may be replaced."""

UNRESOLVED: Final = "unresolved"
"""The status of a town whose item nobody has found yet."""

_CELL: Final = re.compile(r'("(?:[^"]|"")*"|[^,"\r\n]*)(,|\r?\n|$)')
_NEEDS_QUOTES: Final = re.compile(r'[,"\r\n]|^\s|\s$')


@dataclass(frozen=True, slots=True)
class Columns:
    """What the register calls its columns."""

    key: str = "key"
    item: str = "wikidata"
    status: str = "wikidata_status"
    by: str = "wikidata_by"
    on: str = "wikidata_on"
    why: str = "wikidata_note"


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
    decisions: Mapping[str, Decision],
    on: date,
    *,
    by: str = MACHINE,
    columns: Columns | None = None,
    status: str = "verified",
    unresolved: bool = False,
) -> list[Entered]:
    """Write the matches among decisions into a register's rows, by the rows' keys.

    `unresolved`: also where a person has noted, without an item, that it is not resolved.

    The file is replaced in one step, or left as it is where nothing changes. Raises UsageError
    for a file that cannot be read or written, or that lacks a column.
    """
    text = _text(path)
    records = list(_records(text))
    if not records:
        raise UsageError(f"{path}: is empty")
    columns = columns or Columns()
    places = _places(path, records[0].cells, columns)
    lines, entered = [records[0].raw], []
    for record in records[1:]:
        key = record.cell(places.key)
        raw = record.raw
        if key in decisions:
            done, changes = _change(record, places, decisions[key], by, on, status, unresolved)
            raw = record.changed(changes)
            entered.append(done)
        lines.append(raw)
    known = {done.key for done in entered}
    entered += [Entered(key, Done.NO_ROW) for key in decisions if key not in known]
    if (changed := "".join(lines)) != text:
        replace_text(path, changed)
    return entered


class _Places(NamedTuple):
    key: int
    item: int
    status: int
    by: int
    on: int
    why: int


@dataclass(frozen=True, slots=True)
class _Record:
    """A row: its bytes as text, and its cells as they stand there, quotes and all."""

    raw: str
    quoted: Sequence[str]
    end: str

    @property
    def cells(self) -> list[str]:
        return [self.cell(i) for i in range(len(self.quoted))]

    def cell(self, at: int) -> str:
        text = self.quoted[at] if at < len(self.quoted) else ""
        return text[1:-1].replace('""', '"') if text.startswith('"') else text

    def changed(self, changes: Mapping[int, str]) -> str:
        """The row's text with some cells replaced."""
        if not changes:
            return self.raw
        cells = [*self.quoted, *[""] * (max(changes) + 1 - len(self.quoted))]
        for at, value in changes.items():
            cells[at] = _quoted(value)
        return ",".join(cells) + self.end


def _quoted(value: str) -> str:
    return '"' + value.replace('"', '""') + '"' if _NEEDS_QUOTES.search(value) else value


def _records(text: str) -> Iterator[_Record]:
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
        yield _Record(text[start:at], cells, cell[2])


def _text(path: Path) -> str:
    with file_errors(path):
        return path.read_bytes().decode()


def _places(path: Path, header: Sequence[str], columns: Columns) -> _Places:
    names = [name.lstrip("\ufeff") for name in header]
    wanted = (columns.key, columns.item, columns.status, columns.by, columns.on, columns.why)
    if missing := [name for name in wanted if name not in names]:
        raise UsageError(f"{path}: the header lacks {', '.join(missing)}")
    return _Places(*(names.index(name) for name in wanted))


def _change(
    record: _Record,
    at: _Places,
    decision: Decision,
    by: str,
    on: date,
    status: str,
    unresolved: bool,
) -> tuple[Entered, dict[int, str]]:
    key, item, author = (record.cell(i) for i in (at.key, at.item, at.by))
    if decision.match is None:
        return Entered(key, Done.NO_MATCH, decision.reason), {}
    new = decision.match.wikidata
    is_open = unresolved and not item and record.cell(at.status) == UNRESOLVED
    if _is_a_persons(item, author) and not is_open:
        who = author or "somebody"
        return Entered(key, Done.KEPT, f"{who} decided: {item or 'no item'}; found: {new}"), {}
    if item == new:
        return Entered(key, Done.UNCHANGED, new), {}
    changes = {at.item: new, at.status: status, at.by: by, at.on: on.isoformat()}
    return Entered(key, Done.WRITTEN, new), changes | {at.why: decision.reason}


def _is_a_persons(item: str, author: str) -> bool:
    return author != MACHINE and bool(item or author)

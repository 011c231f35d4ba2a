"""Rows of registers that the same source needed when it was imported before, and needs no more: a
name was corrected, or left out.

One that an import wrote, that nobody has edited since and that nothing else refers to goes. Any
other stays, and why is told.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from twingraph import identifiers as ids
from twingraph.contributions.contribution import FILES, NAMES, Contribution
from twingraph.contributions.register_rows import RegisterText, Standing
from twingraph.contributions.seals import RowKey, is_sealed, row_sum, rows_in
from twingraph.errors import DataError, Problem, file_errors
from twingraph.identifiers import Ref
from twingraph.sources.curated import folder
from twingraph.sources.curated.references import references_in
from twingraph.sources.curated.validation import field_names
from twingraph.sources.curated.yaml_reader import Document, read_yaml
from twingraph.sources.harvested import FOLDER as HARVEST


class Superseded(NamedTuple):
    """The rows that an import needs no more: those that go, and of those that stay, why."""

    gone: frozenset[RowKey] = frozenset()
    kept: tuple[Problem, ...] = ()
    all: frozenset[RowKey] = frozenset()


_NOTHING: Final = Superseded()


def superseded(
    data: Path, contribution: Contribution, source: Path, opened: bool = False
) -> Superseded:
    """The rows that a source's file refers to, and a contribution no more. `opened` says that the
    contribution was made of the file as it is.

    Of another file that was edited by hand, and of a folder with faults, none are: the check tells
    those.
    Raises UsageError for a file that cannot be read.
    """
    text = text_of(source)
    problems: list[Problem] = []
    is_base = opened or is_sealed(text or "")
    document = read_yaml(source, source.as_posix(), problems) if text and is_base else None
    if text is None or document is None:
        return _NOTHING
    left = _rows(document) - _rows(Document("", contribution.statements, {})) - _given(contribution)
    rows = {one: row for one, row in _standing(data, left) if row.cells["source"] == source.stem}
    if not rows:
        return _NOTHING
    try:
        users = _users(data, rows, source)
    except DataError:
        return _NOTHING
    sums = rows_in(text)
    edited = {one for one, row in rows.items() if sums.get(one) != row_sum(row.cells)}
    kept = (_kept(data, one, row, users.get(one, "")) for one, row in rows.items()
            if one in edited or one in users)  # fmt: skip
    gone = frozenset(rows) - edited - users.keys()
    return Superseded(gone, tuple(kept), frozenset(rows))


def text_of(path: Path) -> str | None:
    """What a file holds; None where there is none. Raises UsageError."""
    if not path.exists():
        return None
    with file_errors(path):
        return path.read_bytes().decode()


def _rows(document: Document) -> frozenset[RowKey]:
    """The rows that a document refers to."""
    return frozenset(filter(None, (_row(one.target) for one in references_in(document))))


def _row(target: Ref) -> RowKey | None:
    name = NAMES.get(target.path)
    return (name, target.key) if name else None


def _given(contribution: Contribution) -> frozenset[RowKey]:
    given = contribution.registers.items()
    return frozenset((name, row["key"]) for name, rows in given for row in rows)


def _standing(data: Path, wanted: Collection[RowKey]) -> Iterator[tuple[RowKey, Standing]]:
    for name in sorted({name for name, _ in wanted}):
        text = text_of(data / FILES[name].file) or ""
        rows = RegisterText.of(text, field_names(FILES[name].model)).standing()
        yield from (((name, key), row) for key, row in rows.items() if (name, key) in wanted)


def _users(data: Path, wanted: Collection[RowKey], source: Path) -> Mapping[RowKey, str]:
    """What else refers to rows: the first place of each. Raises DataError."""
    found: dict[RowKey, str] = {}
    for target, origin in folder.read(data, harvested=False).references:
        row = _row(target)
        if row and row in wanted and Path(origin.file) != source:
            found.setdefault(row, f"{origin.file}:{origin.line}")
    towns = {key for name, key in wanted if name == NAMES[ids.MUNICIPALITY]}
    for path in sorted((data / HARVEST).glob("*.jsonl")) if towns else ():
        text = path.read_bytes()
        for key in towns:
            if f'"{key}"'.encode() in text:
                found.setdefault((NAMES[ids.MUNICIPALITY], key), path.as_posix())
    return found


def _kept(data: Path, row: RowKey, standing: Standing, user: str) -> Problem:
    name, key = row
    why = f"{user} names it" if user else "it was edited by hand"
    message = f"{key!r} stays, though what was entered names it no more: {why}"
    cure = "if it is a wrong spelling, delete this row, and write the right key where it is named"
    return Problem((data / FILES[name].file).as_posix(), standing.line, message, cure)

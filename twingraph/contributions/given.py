"""A file that somebody gives: a filled-in sheet, a contribution, or a source file of the data."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Final

from twingraph.contributions import sheet
from twingraph.contributions.contribution import (
    FILES,
    REGISTERS,
    SOURCE,
    Contribution,
    Fault,
    Refused,
    contribution_of,
    load_document,
)
from twingraph.contributions.entry import enter
from twingraph.contributions.register_rows import RegisterText
from twingraph.contributions.seals import RowKey
from twingraph.contributions.superseded import superseded
from twingraph.contributions.towns import Found, Towns
from twingraph.contributions.writing import Plan, plan, source_file
from twingraph.errors import DataError, Problem, UsageError, file_errors
from twingraph.sources.curated.validation import field_names
from twingraph.sources.curated.yaml_reader import Document

YAML: Final = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Given:
    """A contribution as a file gives it.

    `problem` makes of a fault a problem of the line or the cell that it was entered in, `found` has
    what is known of new towns, by their keys, `passed_over` what in the file is no part of it.
    """

    contribution: Contribution
    problem: Callable[[Fault], Problem]
    found: Mapping[str, Found] = field(default_factory=dict)
    passed_over: Sequence[Problem] = ()


def read(path: Path, towns: Callable[[], Towns]) -> Given:
    """What a file gives: `towns` is asked for the towns that a sheet names.

    Raises UsageError for a file that cannot be read, DataError with every fault of what it holds.
    """
    if not path.exists():
        raise UsageError(f"there is no file {path}")
    if path.suffix.lower() in YAML:
        document = load_document(path)
        return Given(contribution_of(document), partial(_at_line, document))
    filled, known = sheet.read(path), towns()
    entry = enter(filled, known)
    # What nothing needs any more leaves its key to what is entered in its place.
    if gone := _superseded(entry.contribution, known):
        entry = enter(filled, known.without(gone))
    return Given(entry.contribution, entry.problem, entry.found, tuple(filled.passed_over))


def _superseded(contribution: Contribution, towns: Towns) -> Collection[RowKey]:
    data = towns.known.data
    return superseded(data, contribution, source_file(data, contribution.key)).gone


def _at_line(document: Document, fault: Fault) -> Problem:
    return document.problem(fault.place, fault.message, fault.cure)


def planned(data: Path, given: Given, today: date) -> Plan:
    """What it changes in a data folder. Raises as `writing.plan` does, but a fault is a problem of
    the given file, in a DataError."""
    try:
        return plan(data, given.contribution, today)
    except Refused as refused:
        raise DataError(map(given.problem, refused.faults)) from None


def from_data(data: Path, path: Path) -> Contribution:
    """What a source file of a data folder states, with the rows of the registers that name it.

    Raises DataError, UsageError.
    """
    document = load_document(path)
    if not isinstance(document.content, dict):
        raise DataError([document.problem((), "is no source file")])
    registers = {name: list(_rows(data, name, path.stem)) for name in FILES}
    content: dict[str, Any] = {REGISTERS: registers, SOURCE: {"key": path.stem, **document.content}}
    return Contribution.of(content)


def _rows(data: Path, name: str, source: str) -> Iterator[Mapping[str, str]]:
    path = data / FILES[name].file
    if path.exists():
        with file_errors(path):
            text = path.read_bytes().decode()
        known = RegisterText.of(text, field_names(FILES[name].model))
        for row in known.standing().values():
            if row.cells.get("source") == source:
                yield row.cells

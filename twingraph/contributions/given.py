"""A file that somebody gives: a filled-in sheet, a contribution, or a source file of the data."""

from __future__ import annotations

import re
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
from twingraph.contributions.entry import Faulty, enter
from twingraph.contributions.known import source_file
from twingraph.contributions.register_rows import RegisterText
from twingraph.contributions.seals import RowKey
from twingraph.contributions.struck import without
from twingraph.contributions.superseded import superseded
from twingraph.contributions.towns import Found, Towns
from twingraph.contributions.writing import Plan, plan
from twingraph.errors import DataError, Problem, UsageError, file_errors
from twingraph.sources.curated.validation import field_names
from twingraph.sources.curated.yaml_reader import Document

YAML: Final = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Given:
    """A contribution as a file gives it.

    `problem` makes of a fault a problem of the line or the cell that it was entered in, `found` has
    what is known of new towns, by their keys, `passed_over` what in the file is no part of it,
    `doubts` what hardly can be.
    """

    contribution: Contribution
    problem: Callable[[Fault], Problem]
    found: Mapping[str, Found] = field(default_factory=dict)
    passed_over: Sequence[Problem] = ()
    doubts: Sequence[Problem] = ()


def read(path: Path, towns: Callable[[], Towns], today: date) -> Given:
    """What a file gives: `towns` is asked for the towns that a sheet names.

    Raises UsageError for a file that cannot be read, DataError with every fault of what it holds, a
    sheet's with what `today` a check of the folder says of the rest of it.
    """
    if not path.exists():
        raise UsageError(f"there is no file {path}")
    if path.suffix.lower() in YAML:
        document = load_document(path)
        return Given(contribution_of(document), partial(_at_line, document))
    filled, known = sheet.read(path), towns()
    try:
        entry = enter(filled, known)
    except Faulty as faulty:
        further = faults_of_the_rest(known.known.data, faulty, today)
        raise DataError([*faulty.problems, *further]) from None
    # What nothing needs any more leaves its key to what is entered in its place.
    if gone := _superseded(entry.contribution, known):
        entry = enter(filled, known.without(gone))
    passed_over = tuple(filled.passed_over)
    return Given(entry.contribution, entry.problem, entry.found, passed_over, entry.doubts)


def faults_of_the_rest(data: Path, faulty: Faulty, today: date) -> Sequence[Problem]:
    """What else is wrong with a sheet, as far as it can be checked without what is told already."""
    if faulty.rest is None:
        return ()
    try:
        plan(data, faulty.rest.contribution, today)
    except Refused as refused:
        found = [*refused.faults, *_further(data, faulty.rest.contribution, refused, today)]
        return [faulty.problem(faulty.rest.whole(fault)) for fault in found]
    except DataError:
        pass
    return ()


def _further(
    data: Path, contribution: Contribution, refused: Refused, today: date
) -> Sequence[Fault]:
    """What is wrong with a contribution beside what it was refused for: what can be told only where
    it can be read, such as what breaks a shape."""
    rest = without(contribution.content, refused.faults)
    if rest is None:
        return ()
    try:
        plan(data, rest.contribution, today)
    except Refused as again:
        return [rest.whole(one) for one in again.faults if not _NAMES_ANOTHER.match(one.message)]
    except DataError:
        pass
    return ()


_NAMES_ANOTHER: Final = re.compile("no source states ")
"""What may be stated in a part that was left out."""


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
        faults = (*refused.faults, *_further(data, given.contribution, refused, today))
        raise DataError(map(given.problem, faults)) from None


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

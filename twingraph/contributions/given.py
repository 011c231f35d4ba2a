"""A file that somebody gives: a filled-in sheet, a contribution, or a source file of the data."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory
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
from twingraph.contributions.sayings import Saying
from twingraph.contributions.seals import RowKey
from twingraph.contributions.several import parts
from twingraph.contributions.sheet import Filled
from twingraph.contributions.struck import without
from twingraph.contributions.superseded import superseded
from twingraph.contributions.told import problem_in_words
from twingraph.contributions.towns import Found, Towns
from twingraph.contributions.writing import Plan, in_data, plan
from twingraph.errors import DataError, Problem, UsageError, file_errors
from twingraph.sources.curated.validation import field_names
from twingraph.sources.curated.yaml_reader import Document
from twingraph.web.languages import ENGLISH
from twingraph.web.locale import locale_of
from twingraph.web.messages import N_

YAML: Final = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Given:
    """A contribution as a file gives it.

    `problem` makes of a fault a problem of the line or the cell that it was entered in, `found` has
    what is known of new towns, by their keys, `passed_over` what in the file is no part of it,
    `doubts` what hardly can be, `language` is that of whoever entered it.
    """

    contribution: Contribution
    problem: Callable[[Fault], Problem]
    found: Mapping[str, Found] = field(default_factory=dict)
    passed_over: Sequence[Problem] = ()
    doubts: Sequence[Problem] = ()
    language: str = ENGLISH

    def told(self, problem: Problem) -> Problem:
        """A problem of the data in that language."""
        return problem_in_words(problem, locale_of(self.language))


class Rejected(DataError):
    """A file that is faulty, what else is doubtful in it, and the language in which that is
    told."""

    def __init__(
        self, problems: Iterable[Problem], doubts: Sequence[Problem] = (), language: str = ENGLISH
    ) -> None:
        super().__init__(problems)
        self.doubts = tuple(sorted(dict.fromkeys(doubts), key=lambda doubt: doubt.order))
        self.language = language

    @property
    def summary(self) -> str:
        """As of all faulty data, in the language of whoever entered it."""
        if self.language == ENGLISH:
            return super().summary
        nothing = Saying(N_("nothing was written"))
        counted = N_("problems: %(count)s; %(consequence)s")
        said = Saying(counted, count=len(self.problems), consequence=nothing)
        return said.said(locale_of(self.language))


Reader = Callable[[Callable[[], Towns], date], Given]
"""Gives a contribution, by what finds towns and the day. Raises DataError with every fault, a
sheet's with what a check of the folder says of the rest of it."""


def read(path: Path, towns: Callable[[], Towns], today: date) -> Given:
    """What a file of one source gives. Raises UsageError for a file that cannot be read, or has
    several sources, DataError as a Reader does."""
    reader, *others = _readers(path)
    if others:
        raise UsageError(f"{path} has {len(others) + 1} sources: name a file that has one")
    return reader(towns, today)


def imported(
    path: Path, data: Path, towns: Callable[[Path], Towns], today: date
) -> Sequence[tuple[Given, Plan]]:
    """What each source of a file gives, and what that changes in a data folder, each as if those
    before it were written. `towns` makes of a folder what finds its towns.

    Raises as `read` and `planned` do, but Rejected with the faults of all the sources.
    """
    readers, done = _readers(path), list[tuple[Given, Plan]]()
    problems, doubts, language = list[Problem](), list[Problem](), ENGLISH
    with _folder(data, is_copy=len(readers) > 1) as folder:
        for reader in readers:
            before = frozenset(given.contribution.key for given, _ in done)
            try:
                given = reader(lambda: towns(folder).beside(before), today)  # noqa: B023
                doubts += given.doubts
                made = planned(folder, given, today)
            except DataError as error:
                problems += [in_data(problem, folder, data) for problem in error.problems]
                if isinstance(error, Rejected):
                    doubts += error.doubts
                    language = error.language
                continue
            if given.contribution.key in before:
                cure = Saying(
                    N_("give each page its own title, or address, or write one row for both")
                )
                same = Saying(N_("is the same source as another row, %(key)s"),
                              key=repr(given.contribution.key))  # fmt: skip
                problems.append(given.problem(Fault((SOURCE, "key"), same, cure)))
            if len(readers) > 1:
                made.write()
            done.append((given, made.of(data)))
    if problems:
        raise Rejected(problems, doubts, language)
    return done


@contextmanager
def _folder(data: Path, is_copy: bool) -> Iterator[Path]:
    """A data folder, or a copy of it, to write into what only comes later to be written."""
    if not is_copy:
        yield data
        return
    with TemporaryDirectory() as place:
        copy = Path(place) / "data"
        with file_errors(data):
            copytree(data, copy)
        yield copy


def _readers(path: Path) -> Sequence[Reader]:
    """What reads each source that a file has."""
    if not path.exists():
        raise UsageError(f"there is no file {path}")
    if path.suffix.lower() in YAML:
        return [partial(_of_yaml, path)]
    return [partial(_of_sheet, part) for part in parts(sheet.read(path))]


def _of_yaml(path: Path, towns: Callable[[], Towns], today: date) -> Given:
    document = load_document(path)
    return Given(contribution_of(document), partial(_at_line, document))


def _of_sheet(filled: Filled, towns: Callable[[], Towns], today: date) -> Given:
    known, language = towns(), next(iter(filled.languages), ENGLISH)
    told = partial(problem_in_words, locale=locale_of(language))
    try:
        entry = enter(filled, known)
    except Faulty as faulty:
        further, doubts = _of_the_rest(known.known.data, faulty, today)
        faults, doubted = (*faulty.problems, *further), (*faulty.doubts, *doubts)
        raise Rejected(map(told, faults), list(map(told, doubted)), language) from None
    # What nothing needs any more leaves its key to what is entered in its place.
    if gone := _superseded(entry.contribution, known):
        entry = enter(filled, known.without(gone))
    return Given(
        entry.contribution,
        lambda fault: told(entry.problem(fault)),
        entry.found,
        list(map(told, filled.passed_over)),
        list(map(told, entry.doubts)),
        language,
    )


def _of_the_rest(
    data: Path, faulty: Faulty, today: date
) -> tuple[Sequence[Problem], Sequence[Problem]]:
    """What else is wrong with a sheet, and what is doubtful, as far as it can be checked without
    what is told already."""
    if (rest := faulty.rest) is None:
        return (), ()
    found, doubts = list[Fault](), list[Fault]()
    try:
        doubts += plan(data, rest.contribution, today).doubts
    except Refused as refused:
        found += [*refused.faults, *_further(data, rest.contribution, refused, today)]
    except DataError:
        pass

    def told(faults: Iterable[Fault]) -> Sequence[Problem]:
        whole = map(rest.whole, faults)
        return [faulty.problem(fault) for fault in whole if not faulty.is_told(fault)]

    return told(found), told(doubts)


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
    except DataError as error:
        raise DataError(map(given.told, error.problems)) from None


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

"""A contribution into a data folder: checked as `twingraph check` does, then written, or nothing.

What was edited by hand is never overwritten. A source file that is written here says so in its
head (`seals`): where somebody has edited the file since, it stays as it is. If the contribution is
still the one that was written then, nothing is to be done; if both have changed, that is told with
every place in which they differ. A row of a register is written anew, or goes (`superseded`), where
it came of the same source and nobody has touched it; any other stays, and what the contribution
says otherwise is told.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from shutil import copytree, ignore_patterns
from tempfile import TemporaryDirectory
from typing import Any, Final

import yaml

from twingraph.build import Lines, check_data
from twingraph.contributions.contribution import (
    FILES,
    REGISTERS,
    SOURCE,
    Contribution,
    Fault,
    Refused,
    Row,
    tidy,
)
from twingraph.contributions.known import source_file
from twingraph.contributions.quoted import differing_days
from twingraph.contributions.register_rows import RegisterText
from twingraph.contributions.sayings import Saying
from twingraph.contributions.seals import (
    RowKey,
    body_sum,
    is_sealed,
    row_sum,
    rows_in,
    seal_in,
    sealed,
    with_rows,
)
from twingraph.contributions.superseded import superseded, text_of
from twingraph.contributions.text_edit import NotEditable, edited
from twingraph.errors import DataError, Problem, UsageError, file_errors
from twingraph.reconcile.batch import replace_text
from twingraph.shacl.report import ValidationReport
from twingraph.sources.curated.validation import field_names
from twingraph.sources.curated.yaml_reader import Document, Place, read_yaml
from twingraph.sources.curated.yaml_writer import write_yaml
from twingraph.sources.harvested import FOLDER as HARVEST
from twingraph.web.messages import N_

NO_PLACE: Final = (
    "is written in a way in which the form cannot put this change into it: change it by hand"
)

_OF_A_DECISION: Final = re.compile("wikidata.*")
"""Columns of a register that are decided anew each day: no difference worth telling."""


@dataclass(frozen=True)
class Plan:
    """What a contribution changes in a data folder; `write` does it.

    `texts` has what the files that change will hold. `rows` are those that the registers get, each
    with the register's name; `replaced` has those that stood there under their keys, `removed`
    those that go. `kept` is what stands in the data otherwise than the contribution has it, and
    stays; `doubts` what can be but hardly is (as `twingraph check` tells it), by the places
    of the contribution.
    """

    data: Path
    contribution: Contribution
    source: Path
    texts: Mapping[Path, str] = field(default_factory=dict)
    rows: Sequence[tuple[str, Row]] = ()
    replaced: Mapping[RowKey, Row] = field(default_factory=dict)
    removed: Sequence[tuple[str, Row]] = ()
    kept: Sequence[Problem] = ()
    doubts: Sequence[Fault] = ()
    before: Mapping[Path, str | None] = field(default_factory=dict)

    @property
    def changes(self) -> Iterator[tuple[Place, str, str]]:
        """What the source's file says otherwise from now on: the place in the contribution, what
        stood there, what will."""
        before = self.before.get(self.source)
        if before is None or self.source not in self.texts:
            return
        # This loader makes nothing but texts.
        there = tidy(yaml.load(before, Loader=yaml.BaseLoader))
        for at, old, new in _changed(there, self.contribution.statements, ()):
            if at[-1:] != ("key",):  # Which nobody entered.
                yield (SOURCE, *at), _said(old), _said(new)

    def write(self) -> None:
        """Write all the files, or none. Raises UsageError where one cannot be written, or has
        changed since the plan was made."""
        for path, text in self.before.items():
            if path in self.texts and text_of(path) != text:
                raise UsageError(f"{path} has just been changed by somebody else: try again")
        done: list[Path] = []
        try:
            for path, text in self.texts.items():
                with file_errors(path.parent, "written"):
                    path.parent.mkdir(parents=True, exist_ok=True)
                replace_text(path, text)
                done.append(path)
        except UsageError:
            self._take_back(done)
            raise

    def take_back(self) -> None:
        """Put back all that was written."""
        self._take_back(self.texts)

    def _take_back(self, paths: Iterable[Path]) -> None:
        for path in paths:
            _put_back(path, self.before[path])

    def of(self, data: Path) -> Plan:
        """The plan for a folder that it was made in a copy of."""

        def moved(path: Path) -> Path:
            return data / path.relative_to(self.data)

        return replace(
            self,
            data=data,
            source=moved(self.source),
            texts={moved(path): text for path, text in self.texts.items()},
            before={moved(path): text for path, text in self.before.items()},
            kept=[in_data(one, self.data, data) for one in self.kept],
            doubts=[one._replace(message=_named(one.message, self.data, data),
                                 cure=_named(one.cure, self.data, data)) for one in self.doubts],
        )  # fmt: skip


def write_all(plans: Sequence[Plan]) -> None:
    """Write several plans, each of which was made as if those before it were written; or none.
    Raises UsageError as `Plan.write` does."""
    done: list[Plan] = []
    try:
        for made in plans:
            made.write()
            done.append(made)
    except UsageError:
        for made in reversed(done):
            made.take_back()
        raise


def in_data(problem: Problem, copy: Path, data: Path) -> Problem:
    """A problem of a copy of a folder with the names of the folder's files, in its words too."""
    file, message, cure = (
        _named(text, copy, data) for text in (problem.file, problem.message, problem.cure)
    )
    return replace(problem, file=file, message=message, cure=cure)


def _named(text: str, copy: Path, data: Path) -> str:
    if isinstance(text, Saying):  # Which names no files.
        return text
    return text.replace(copy.as_posix(), data.as_posix())


def plan(
    data: Path, contribution: Contribution, today: date, below: str = "", opened: str = ""
) -> Plan:
    """What a contribution changes in a data folder. Nothing is written. `below` are comments that
    the source's file ends with. `opened` is the sum of the source's file as it was when whoever
    made the contribution began with it: only what changed is then written into its text.

    Raises Refused (`faults` say what is wrong, in the contribution's own places), DataError for
    faults that the folder had before and for a source file that was edited by hand and is to be
    changed, UsageError for a folder that cannot be read or written.
    """
    if not data.is_dir():
        raise UsageError(f"there is no folder {data}: name one with --data")
    source = source_file(data, contribution.key)
    body = contribution.source_text(()) + below
    standing = text_of(source)
    if standing is not None and not opened and not is_sealed(standing):
        by_hand = _edited(source, standing, contribution, body)
        if by_hand is not None:
            return Plan(data, contribution, source, kept=tuple(by_hand))
    left = superseded(data, contribution, source, bool(opened))
    before: dict[Path, str | None] = {source: standing}
    texts: dict[Path, str] = {}
    came = rows_in(standing or "")
    registers = _Registers(data, contribution, came, left.gone, before, texts)
    still = {row: found for row, found in came.items() if row not in left.all}
    rows = {**still, **registers.sums}
    text = standing
    if opened and standing is not None:
        text = with_rows(_reopened(source, standing, contribution, opened), rows)
    elif standing is None or is_sealed(standing):
        text = sealed(body, rows)
    if text is not None and text != standing:
        texts[source] = text
    made = Plan(
        data, contribution, source, texts, tuple(registers.added), registers.replaced,
        tuple(registers.removed), (*registers.kept, *left.kept), (), before,
    )  # fmt: skip
    return _checked(made, registers.lines, today) if texts else made


def write(data: Path, contribution: Contribution, today: date) -> Plan:
    """Write a contribution into a data folder; returns what was done. Raises as `plan` does."""
    made = plan(data, contribution, today)
    made.write()
    return made


# --- the source's own file ----------------------------------------------------------------------


def _reopened(path: Path, text: str, contribution: Contribution, opened: str) -> str:
    """The text of a file that somebody began with, with what has changed. For an import it counts
    as edited by hand from now on. Raises UsageError where it is another text by now."""
    if body_sum(text) != opened:
        raise UsageError(f"{path} has just been changed by somebody else: open it again")
    try:
        return edited(text, contribution.statements)
    except NotEditable:
        raise UsageError(f"{path} {NO_PLACE}") from None


def _edited(path: Path, text: str, contribution: Contribution, body: str) -> list[Problem] | None:
    """Where a file that was edited by hand differs from a contribution that is the one that was
    written then; None where it says the same. Raises DataError where both have changed."""
    problems: list[Problem] = []
    document = read_yaml(path, path.as_posix(), problems)
    if document is None or problems:
        raise DataError(problems)
    differing = list(_differences(document, tidy(document.content), contribution.statements, ()))
    if not differing:
        return None
    if seal_in(text) == body_sum(body):
        return differing
    raise DataError(differing)


def _differences(document: Document, there: Any, here: Any, at: Place) -> Iterator[Problem]:
    """Each place in which a file says otherwise than a contribution."""
    for place, one, other in _changed(there, here, at):
        said = f"{_said(one)} stands here, and {_said(other)} in what was entered"
        message = f"{_name(place)}: this file was edited by hand, and stays as it is: {said}"
        yield document.problem(place, message, "write it the same in both")


def _changed(there: Any, here: Any, at: Place) -> Iterator[tuple[Place, Any, Any]]:
    if isinstance(there, Mapping) and isinstance(here, Mapping):
        for name in dict.fromkeys((*there, *here)):
            yield from _changed(there.get(name), here.get(name), (*at, name))
    elif isinstance(there, list) and isinstance(here, list) and len(there) == len(here):
        for number, (one, other) in enumerate(zip(there, here, strict=True)):
            yield from _changed(one, other, (*at, number))
    elif there != here:
        yield at, there, here


def _name(at: Place) -> str:
    return next((step for step in reversed(at) if isinstance(step, str)), "file")


def _said(value: Any) -> str:
    if isinstance(value, list):
        return f"a list of {len(value)}"
    if isinstance(value, Mapping):
        return "a block"
    if value is None:
        return Saying(N_("nothing"))
    return repr(value if len(value) < 60 else f"{value[:57]}…")


# --- the registers ------------------------------------------------------------------------------


class _Registers:
    """The rows that registers lack, and those that are written anew or go, in their texts."""

    def __init__(
        self,
        data: Path,
        contribution: Contribution,
        came: Mapping[RowKey, str],
        gone: Collection[RowKey],
        before: dict[Path, str | None],
        texts: dict[Path, str],
    ) -> None:
        self.added: list[tuple[str, Row]] = []
        self.replaced: dict[RowKey, Row] = {}
        self.removed: list[tuple[str, Row]] = []
        self.kept: list[Problem] = []
        self.lines: dict[Path, Mapping[str, int]] = {}
        self._came = came
        self._faults: list[Fault] = []
        for name in FILES:
            rows = contribution.registers.get(name, ())
            going = {key for register, key in gone if register == name}
            if not rows and not going:
                continue
            path = data / FILES[name].file
            before[path] = text_of(path)
            text = RegisterText.of(before[path] or "", field_names(FILES[name].model))
            new = list(self._lacking(name, path, text, rows))
            standing = text.standing()
            self.removed += [(name, standing[key].cells) for key in sorted(going)]
            going |= {key for register, key in self.replaced if register == name}
            if new or going:
                texts[path], self.lines[path] = text.with_rows(new, going)
                self.added += [(name, row) for row in new]
        if self._faults:
            raise Refused(self._faults)

    @property
    def sums(self) -> Mapping[RowKey, str]:
        """The sums of the rows that are written."""
        return {(name, row["key"]): row_sum(row) for name, row in self.added}

    def _lacking(
        self, name: str, path: Path, text: RegisterText, rows: Sequence[Row]
    ) -> Iterator[Row]:
        standing = text.standing()
        for at, row in enumerate(rows):
            there = standing.get(row["key"])
            if there and self._came.get((name, row["key"])) != row_sum(there.cells):
                self.kept += _otherwise(path, there.line, there.cells, row)
                continue
            if there and not any(_differing(there.cells, row)):
                continue
            for column in row.keys() - set(text.columns):
                message = f"{FILES[name].file} has no column {column!r}"
                cure = f"add {column} to its first line"
                self._faults.append(Fault((REGISTERS, name, at, column), message, cure))
            if there:
                self.replaced[name, row["key"]] = there.cells
                row = _anew(there.cells, row)
            yield row


def _anew(there: Row, row: Row) -> Row:
    """A row in the place of one of its key: what was decided for that holds where nothing else is
    decided now."""
    if row.get("wikidata") or not there.get("wikidata"):
        return row
    decided = (name for name in there if _OF_A_DECISION.fullmatch(name))
    return {**row, **{name: there[name] for name in decided}}


def _differing(there: Row, row: Row) -> Iterator[str]:
    """The columns in which a row says otherwise than the one that stands there."""
    for column, cell in row.items():
        decided = _OF_A_DECISION.fullmatch(column) or column == "source"
        if not decided and there.get(column, "") != cell:
            yield column


def _otherwise(path: Path, line: int, there: Row, row: Row) -> Iterator[Problem]:
    """What a register's row says otherwise than a contribution's of the same key."""
    for column in _differing(there, row):
        message = f"{column}: {row['key']!r} stays as it is: {_said(there.get(column) or None)}"
        cure = f"write {row[column]!r} here by hand if that is right"
        yield Problem(path.as_posix(), line, message, cure)


# --- the check ----------------------------------------------------------------------------------


def _checked(made: Plan, lines: Mapping[Path, Mapping[str, int]], today: date) -> Plan:
    """A plan with its doubts, checked in a copy of the folder without its harvests."""
    exploded = write_yaml(made.contribution.statements, (), open_=True)
    with copied(made.data, {**made.texts, made.source: exploded}) as copy:
        return _Check(made, lines, copy).run(today)


@contextmanager
def copied(data: Path, texts: Mapping[Path, str]) -> Iterator[Path]:
    """A copy of a data folder without its harvests, in which some files hold these texts. Raises
    UsageError where the folder cannot be read."""
    with TemporaryDirectory() as place:
        copy = Path(place) / "data"
        with file_errors(data):
            copytree(data, copy, ignore=ignore_patterns(HARVEST, ".*"))
        for path, text in texts.items():
            file = copy / path.relative_to(data)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text.encode())
        yield copy


class _Check:
    """A check of the copy, whose lines are told as the places of the contribution."""

    def __init__(self, made: Plan, lines: Mapping[Path, Mapping[str, int]], copy: Path) -> None:
        self._made, self._copy = made, copy
        self._source = copy / made.source.relative_to(made.data)
        problems: list[Problem] = []
        document = read_yaml(self._source, "", problems)
        self._of_line: dict[tuple[Path, int], list[Place]] = {}
        for place, line in (document.lines if document else {}).items():
            self._of_line.setdefault((self._source, line), []).append((SOURCE, *place))
        self._own: dict[Path, list[int] | None] = {self._source: None}
        for path, by_key in lines.items():
            self._add_rows(copy / path.relative_to(made.data), by_key)

    def _add_rows(self, path: Path, by_key: Mapping[str, int]) -> None:
        name = path.stem
        self._own[path] = list(by_key.values())
        for at, row in enumerate(self._made.contribution.registers.get(name, ())):
            if line := by_key.get(row["key"]):
                whole: Place = (REGISTERS, name, at)
                columns = [(*whole, column) for column in field_names(FILES[name].model)]
                self._of_line[path, line] = [whole, *columns]

    def run(self, today: date) -> Plan:
        """The plan with what is doubtful in it. Raises Refused, DataError."""
        only = Lines({path.resolve(): lines for path, lines in self._own.items()})
        try:
            found = check_data(self._copy, today, only=only)
            _own_first(found.report, only).raise_for_violations()
        except DataError as error:
            raise self._told(error) from None
        doubts = (*map(self._fault, found.doubts), *differing_days(self._made.contribution))
        return replace(self._made, doubts=doubts)

    def _told(self, error: DataError) -> DataError:
        faults = [self._fault(one) for one in error.problems if self._places(one)]
        if faults:
            return Refused(faults)
        return DataError([self._in_data(one) for one in error.problems])

    def _fault(self, problem: Problem) -> Fault:
        """A problem of the copy in the place that is meant: of those that share a line, the one
        whose name the message begins with, or whose value it quotes, or else the whole."""
        here = self._in_data(problem)
        places = self._places(problem)
        named = re.match(r"\w+", here.message)
        called = [place for place in places if named and place[-1] == named[0]]
        told = [place for place in places if self._is_told(place, here.message)]
        if here.message.startswith("this text"):
            told += [place for place in places if isinstance(self._value(place), str)]
        place = next(iter([*called, *told, *places]), (SOURCE,))
        block = self._value(place)
        if named and isinstance(block, Mapping) and named[0] in block:
            place = (*place, named[0])
        return Fault(place, here.message, here.cure)

    def _is_told(self, place: Place, message: str) -> bool:
        """Whether a message quotes the value that stands in a place."""
        value = self._value(place)
        return isinstance(value, str) and repr(value) in message

    def _value(self, place: Place) -> Any:
        value: Any = self._made.contribution.content
        for step in place:
            value = value.get(step) if isinstance(value, Mapping) else value[step]
        return value

    def _places(self, problem: Problem) -> Sequence[Place]:
        path = Path(problem.file)
        if problem.line is None:
            return [(SOURCE,)] if path == self._source else []
        return self._of_line.get((path, problem.line), ())

    def _in_data(self, problem: Problem) -> Problem:
        return in_data(problem, self._copy, self._made.data)


def _own_first(report: ValidationReport, only: Lines) -> ValidationReport:
    """A report that tells of each thing first where the contribution speaks of it."""
    origins = {
        iri: sorted(places, key=lambda place: not only.has(place))
        for iri, places in report.origins.items()
    }
    return replace(report, origins=origins)


# --- files --------------------------------------------------------------------------------------


def _put_back(path: Path, text: str | None) -> None:
    if text is None:
        path.unlink(missing_ok=True)
    else:
        replace_text(path, text)

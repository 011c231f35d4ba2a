"""A list of towns in, the same list with their Wikidata items out.

In: a CSV file (UTF-8; commas, semicolons or tabs) with the columns name and country, and where
known lat, lon, code and qid. Out: its rows in their order with all their columns, and outcome
(matched, candidates, none), qid, score (0 to 100), reason, candidates (ids separated by spaces).

A qid that is given, by whoever made the list or corrected the output of a run before, is kept;
what the list to look in says of it is in the reason. A column of the list's own is never written
over: where it has the name of one of ours, ours gets a number (score_2). Ours of a run before,
which stand last, are made anew.
"""

from __future__ import annotations

import csv
import io
import os
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain, count
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final

from twingraph.errors import Problem, UsageError, file_errors
from twingraph.reconcile.candidates import Query
from twingraph.reconcile.countries import country_code
from twingraph.reconcile.decide import Outcome, TownDecision, decide
from twingraph.reconcile.entries import spot
from twingraph.reconcile.exonyms import installed_exonyms
from twingraph.reconcile.gazetteer import read_gazetteer
from twingraph.reconcile.index import Exonyms
from twingraph.sources.wikidata.entities import is_item

NEEDED: Final = ("name", "country")
QID: Final = "qid"
ADDED: Final = ("outcome", QID, "score", "reason", "candidates")
_WITHOUT_QID: Final = tuple(name for name in ADDED if name != QID)

Finder = Callable[[Query], TownDecision]
"""Looks for a town: in a gazetteer, or live."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What came of a list: how many rows had which outcome, and what was wrong in the input."""

    outcomes: Mapping[Outcome, int]
    problems: Sequence[Problem] = ()

    def __str__(self) -> str:
        each = ", ".join(f"{self.outcomes.get(o, 0)} {o.value}" for o in Outcome)
        return f"{sum(self.outcomes.values())} rows: {each}"


def finder(
    gazetteer: Path, exonyms: Exonyms | None = None, *, settlements: bool = False
) -> tuple[Finder, Sequence[Problem]]:
    """What looks for towns in a gazetteer file, and the file's broken rows.

    Names in other languages are GeoNames' where its package is installed, unless others are given.
    `settlements` is explained at `decide`.
    """
    read = read_gazetteer(gazetteer)
    index = read.index(installed_exonyms() if exonyms is None else exonyms)
    return lambda query: decide(query, index, settlements=settlements), read.problems


def reconcile_file(
    input: Path,
    output: Path,
    gazetteer: Path | None = None,
    *,
    find: Finder | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Summary:
    """Find the item of every town of a list, in a gazetteer file or by what `find` does.

    `progress` is told how many rows are done, and of how many. The output is written whole or not
    at all. Raises UsageError where a file cannot be read or written, or a column is missing.
    """
    table = _read(input)
    problems: Sequence[Problem] = ()
    if find is None:
        if gazetteer is None:
            raise UsageError("to look towns up, give a gazetteer file")
        find, problems = finder(gazetteer)
    outcomes: Counter[Outcome] = Counter()
    found: list[list[str]] = []
    for done, (decision, given) in enumerate(_decisions(table, find), 1):
        outcomes[decision.outcome] += 1
        found.append(cells(decision, given))
        if progress:
            progress(done, len(table.rows))
    _write(output, table, found)
    return Summary(outcomes, problems)


@dataclass(frozen=True, slots=True)
class _Table:
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    delimiter: str

    @property
    def names(self) -> list[str]:
        """The columns' names as they are compared."""
        return [name.strip().lower() for name in self.header]

    def records(self) -> Iterator[dict[str, str]]:
        """Each row by its columns; the first of two of one name."""
        names = self.names
        return (dict(zip(reversed(names), reversed(row), strict=True)) for row in self.rows)

    @property
    def own(self) -> int:
        """How many of the columns are the list's own: those of a run before stand behind them."""
        bare = [re.sub("_[0-9]+$", "", name) for name in self.names]
        for ours in (ADDED, _WITHOUT_QID):
            own = len(bare) - len(ours)
            if tuple(bare[own:]) == ours and (QID in ours or QID in self.names[:own]):
                return own
        return len(bare)


def _read(path: Path) -> _Table:
    with file_errors(path):
        text = path.read_text(encoding="utf-8-sig")
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    header = next(reader, [])
    if missing := [n for n in NEEDED if n not in [h.strip().lower() for h in header]]:
        raise UsageError(f"{path}: the header lacks the column {' and '.join(missing)}")
    return _Table(header, list(_rows(path, reader, len(header))), delimiter)


def _rows(path: Path, reader: Iterable[list[str]], width: int) -> Iterator[list[str]]:
    for row in reader:
        if len(row) > width:
            line = getattr(reader, "line_num", "?")
            raise UsageError(f"{path}:{line}: {len(row)} cells where the header has {width}")
        if row:
            yield row + [""] * (width - len(row))


def _decisions(table: _Table, find: Finder) -> Iterator[tuple[TownDecision, str]]:
    """What is found for each row, and the item that is given in it."""
    find = cache(find)
    for record in table.records():
        given = record.get(QID, "").strip()
        try:
            query = as_query(record)
        except UsageError as error:
            yield TownDecision(Outcome.NONE, str(error)), given
        else:
            yield _checked(query, given, find) if given else find(query), given


def _checked(query: Query, given: str, find: Finder) -> TownDecision:
    """What is found for a row whose item is given: whether the list has it under that name."""
    by_name = find(query)
    if by_name.match and by_name.match.wikidata == given:
        return by_name
    if not is_item(given):
        why = f"{given!r} is no item id such as Q36, and is kept; {by_name.reason}"
        return TownDecision(Outcome.CANDIDATES, why, by_name.candidates)
    by_item = find(replace(query, code=given))
    if by_item.match and by_item.match.wikidata == given:
        why = f"{given} was given: {by_item.reason}"
        return TownDecision(Outcome.MATCHED, why, by_item.candidates, by_item.match)
    said = f"by its name it would be {by_name.match.wikidata}" if by_name.match else by_name.reason
    why = f"{given} was given, and is kept, but is not found under this name: {said}"
    return TownDecision(Outcome.CANDIDATES, why, by_name.candidates)


def as_query(record: Mapping[str, str]) -> Query:
    """A row as a query. Raises UsageError for an unknown country, no name, broken coordinates."""
    name, country, lat, lon, code = (
        record.get(column, "").strip() for column in ("name", "country", "lat", "lon", "code")
    )
    known = country_code(country)
    if country and not known:
        raise UsageError(f"the country {country!r} is not known; give its two-letter code")
    if not name:
        raise UsageError("there is no name to look for")
    try:
        place = spot(lat, lon) if lat or lon else None
    except ValueError as error:
        raise UsageError("lat and lon are not coordinates in degrees") from error
    return Query(name, frozenset([known] if known else []), place, code)


def cells(decision: TownDecision, given: str = "") -> list[str]:
    """A decision as the cells that are added to a row, in the order of ADDED; an item that was
    `given` stays."""
    return [
        decision.outcome.value,
        given or (decision.match.wikidata if decision.match else ""),
        "" if decision.score is None else f"{decision.score:.1f}",
        decision.reason,
        " ".join(candidate.wikidata for candidate in decision.candidates),
    ]


def _write(path: Path, table: _Table, found: Sequence[Sequence[str]]) -> None:
    own, names = table.own, table.names[: table.own]
    at = names.index(QID) if QID in names else None
    ours = [place for place, name in enumerate(ADDED) if at is None or name != QID]
    header = [*table.header[:own], *(_free(ADDED[place], names) for place in ours)]
    rows = []
    for row, added in zip(table.rows, found, strict=True):
        kept = list(row[:own])
        if at is not None:
            kept[at] = kept[at] if kept[at].strip() else added[ADDED.index(QID)]
        rows.append([*kept, *(added[place] for place in ours)])
    write_atomically(path, [header, *rows], table.delimiter)


def _free(name: str, taken: Collection[str]) -> str:
    """A name, with a number where a column of the list's own has it."""
    numbered = (f"{name}_{number}" for number in count(2))
    return next(one for one in chain([name], numbered) if one not in taken)


def write_atomically(path: Path, rows: Iterable[Sequence[str]], delimiter: str = ",") -> None:
    """Write a CSV file whole or not at all. Raises UsageError where that cannot be done."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows(rows)
    replace_text(path, text.getvalue())


def replace_text(path: Path, text: str) -> None:
    """Put a text in a file's place in one step. Raises UsageError where that cannot be done."""
    with file_errors(path, "written"):
        with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as staged:
            staged.write(text.encode())
        os.chmod(staged.name, path.stat().st_mode & 0o777 if path.exists() else 0o644)
        os.replace(staged.name, path)

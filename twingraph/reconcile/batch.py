"""A list of towns in, the same list with their Wikidata items out.

In: a CSV file (UTF-8; commas, semicolons or tabs) with the columns name and country, and where
known lat, lon and code. Out: its rows in their order with all their columns, and outcome (matched,
candidates, none), qid, score (0 to 100), reason, and candidates (ids separated by spaces).
"""

from __future__ import annotations

import csv
import io
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final

from twingraph.errors import Problem, UsageError, file_errors
from twingraph.reconcile.candidates import Query
from twingraph.reconcile.countries import country_code
from twingraph.reconcile.decide import Decision, Outcome, decide
from twingraph.reconcile.entries import spot
from twingraph.reconcile.exonyms import installed_exonyms
from twingraph.reconcile.gazetteer import read_gazetteer
from twingraph.reconcile.index import Exonyms

NEEDED: Final = ("name", "country")
ADDED: Final = ("outcome", "qid", "score", "reason", "candidates")

Finder = Callable[[Query], Decision]
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
    for done, decision in enumerate(_decisions(table, find), 1):
        outcomes[decision.outcome] += 1
        found.append(cells(decision))
        if progress:
            progress(done, len(table.rows))
    _write(output, table, found)
    return Summary(outcomes, problems)


@dataclass(frozen=True, slots=True)
class _Table:
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    delimiter: str

    def records(self) -> Iterator[dict[str, str]]:
        names = [name.strip().lower() for name in self.header]
        return (dict(zip(names, row, strict=True)) for row in self.rows)


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


def _decisions(table: _Table, find: Finder) -> Iterator[Decision]:
    known: dict[Query, Decision] = {}
    for record in table.records():
        try:
            query = as_query(record)
        except UsageError as error:
            yield Decision(Outcome.NONE, str(error))
        else:
            if query not in known:
                known[query] = find(query)
            yield known[query]


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


def cells(decision: Decision) -> list[str]:
    """A decision as the cells that are added to a row."""
    return [
        decision.outcome.value,
        decision.match.wikidata if decision.match else "",
        "" if decision.score is None else f"{decision.score:.1f}",
        decision.reason,
        " ".join(candidate.wikidata for candidate in decision.candidates),
    ]


def _write(path: Path, table: _Table, found: Sequence[Sequence[str]]) -> None:
    keep = [i for i, name in enumerate(table.header) if name not in ADDED]
    rows = ([*(row[i] for i in keep), *added] for row, added in zip(table.rows, found, strict=True))
    header = [*(table.header[i] for i in keep), *ADDED]
    write_atomically(path, [header, *rows], table.delimiter)


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

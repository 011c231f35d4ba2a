"""Import a filled-in sheet, or a contribution, into the data; write the template of a sheet."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

import click

from twingraph.cli.options import DATA, QUIET, Examples, progress
from twingraph.contributions import given as files
from twingraph.contributions.contribution import SCHEMA, Contribution, Fault, Row
from twingraph.contributions.given import Given, Rejected
from twingraph.contributions.known import Known
from twingraph.contributions.listing import listed
from twingraph.contributions.sayings import Saying
from twingraph.contributions.template import write_sheet, write_template
from twingraph.contributions.towns import Found, Towns
from twingraph.contributions.writing import Plan, write_all
from twingraph.errors import DataError, UsageError
from twingraph.reconcile.batch import finder
from twingraph.reconcile.exonyms import installed_exonyms
from twingraph.web.languages import ENGLISH, LANGUAGES
from twingraph.web.locale import locale_of
from twingraph.web.messages import N_


@click.command(
    "import",
    cls=Examples,
    examples=[
        "twingraph import --template sheet.xlsx --language pl",
        "twingraph import --review sheet.xlsx",
        "twingraph import sheet.xlsx",
        "twingraph import data/sources/sieniawa-partner-towns.yaml --sheet sieniawa.xlsx",
    ],
)
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--review", is_flag=True, help="Only show what would be added, with the keys.")
@click.option("--template", type=click.Path(path_type=Path), metavar="FILE",
              help="Write a sheet to be filled in: .xlsx, .ods or .csv.")  # fmt: skip
@click.option("--sheet", type=click.Path(path_type=Path), metavar="FILE",
              help="Import nothing: write what FILE says as a filled-in sheet.")  # fmt: skip
@click.option("--language", type=click.Choice(list(LANGUAGES)), default=ENGLISH,
              show_default=True, help="Of the headings that are written.")  # fmt: skip
@click.option("--gazetteer", type=click.Path(path_type=Path), metavar="FILE",
              help="Look for new towns' Wikidata items in a local file of places.")  # fmt: skip
@DATA
@QUIET
def enter(
    file: Path | None,
    review: bool,
    template: Path | None,
    sheet: Path | None,
    language: str,
    gazetteer: Path | None,
    data: Path,
    quiet: bool,
) -> None:
    """Put what a filled-in sheet says into the data: FILE is .xlsx, .ods or .csv, or a
    contribution (.yaml).

    Towns, people and projects get their keys and rows, the source its file. All is checked first;
    a fault is told with its sheet, row and column, and then nothing is written. The same sheet
    again changes nothing; of one that was corrected, rows that nothing names any more go, and what
    was edited by hand since is never overwritten.
    """
    for written in filter(None, (template, sheet)):
        if written.exists():
            raise UsageError(f"{written} is there already: name another file, or delete it")
    if template is not None:
        write_template(template, language)
        click.echo(f"{template}: fill it in, then: twingraph import {template}")
    if file is None:
        if template is None:
            raise UsageError("name the sheet to import, or --template FILE for an empty one")
        return
    today = datetime.now(UTC).date()
    with _writes_nothing_else(file):
        if sheet is not None:
            contribution = _stated(file, data, today, gazetteer)
            write_sheet(sheet, listed(contribution, language), language)
            click.echo(f"{sheet}: written")
            return
        say = progress(quiet)
        say(f"reading {file}, and checking it against {data}")
        done = files.imported(file, data, lambda folder: towns(folder, today, gazetteer), today)
        if not review:
            write_all([made for _, made in done])
    for given, made in done:
        locale = locale_of(given.language)
        for line in _told(made, given, review):
            click.echo(line.said(locale) if isinstance(line, Saying) else line)


@contextmanager
def _writes_nothing_else(file: Path) -> Iterator[None]:
    """What is faulty leaves everything as it was, and says so; of a contribution also where it is
    said what one may hold."""
    try:
        yield
    except DataError as error:
        locale = locale_of(error.language if isinstance(error, Rejected) else ENGLISH)
        for doubt in error.doubts if isinstance(error, Rejected) else ():
            click.echo(Saying(_DOUBT, problem=doubt).said(locale))
        form = f"; what may stand in such a file: {SCHEMA}" if file.suffix in files.YAML else ""
        error.consequence = f"nothing was written{form}"
        raise


def towns(data: Path, today: date, gazetteer: Path | None) -> Towns:
    """What finds towns in a data folder, and in a gazetteer where one is named."""
    find = finder(gazetteer)[0] if gazetteer else None
    return Towns(Known.of(data), today, find, installed_exonyms())


def _stated(file: Path, data: Path, today: date, gazetteer: Path | None) -> Contribution:
    """What a file says, which may be a source file of the data, too."""
    if (data / "sources").resolve() in file.resolve().parents:
        return files.from_data(data, file)
    return files.read(file, lambda: towns(data, today, gazetteer), today).contribution


_DOUBT: Final = N_("DOUBT: %(problem)s")


def _told(made: Plan, given: Given, review: bool) -> Iterator[Saying | str]:
    """What was done, or would be: the files, every new row, what changes, what stays, what is
    doubtful."""
    yield from map(str, given.passed_over)
    written = N_("%(file)s: would be written") if review else N_("%(file)s: written")
    yield from (Saying(written, file=path) for path in made.texts)
    for place, there, now in made.changes:
        change = Saying("%(there)s → %(now)s", there=there, now=now)
        yield f"  {given.problem(Fault(place, change))}"
    for name, row in made.removed:
        gone = Saying(N_("%(row)s: nothing names it any more"), row=_of(row))
        yield Saying("  %(register)s - %(gone)s", register=f"{made.data / name}.csv", gone=gone)
    for name, row in made.rows:
        before = made.replaced.get((name, row["key"]))
        line = f"  {made.data / name}.csv {'~' if before else '+'} {_of(row)}"
        instead = N_("%(row)s, instead of %(before)s")
        yield Saying(instead, row=line, before=in_short(before)) if before else line
        if found := given.found.get(row["key"]):
            yield from candidates(row["key"], found)
    yield from map(str, map(given.told, made.kept))
    doubts = (given.problem(Fault(one.place, one.message, one.cure)) for one in made.doubts)
    yield from (Saying(_DOUBT, problem=problem) for problem in (*given.doubts, *doubts))
    if not made.texts and not made.kept:
        nothing = N_("%(file)s: says all of it already, nothing is new")
        yield Saying(nothing, file=made.source)
    elif made.texts and not review:
        yield Saying(N_("next: %(command)s"), command=f"twingraph check {made.source}")


def _of(row: Row) -> str:
    return f"{row['key']}: {in_short(row)}"


_SHOWN = frozenset({"name", "title", "language", "country", "level", "wikidata"})


def in_short(row: Row) -> str:
    """A new row in a few words."""
    return ", ".join(cell for column, cell in row.items() if cell and column in _SHOWN)


def candidates(key: str, found: Found) -> Iterator[Saying]:
    """The items that a new town may be, and how to say which, line by line."""
    if found.row.get("wikidata"):
        return
    for known in found.registered:
        there = N_("may be %(key)s, which is there: if so, write %(key)s for its name")
        yield _indented(Saying(there, key=known))
    for one in found.candidates[:3]:
        item = f"{one.wikidata} {', '.join(filter(None, (one.name, one.country)))}"
        yield _indented(Saying(N_("may be %(item)s: %(why)s"), item=item, why=one.reason))
    if found.candidates:
        item = found.candidates[0].wikidata
        command = f"twingraph reconcile choose {key} {item} --why … --by …"
        yield _indented(Saying(N_("if so: %(command)s"), command=command))


def _indented(said: Saying) -> Saying:
    return Saying("      %(said)s", said=said)

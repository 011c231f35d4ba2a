"""The registers: CSV files, one thing a line, each row a record of the source it names."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import pycountry

from twingraph.errors import Problem, did_you_mean
from twingraph.identifiers import Ref
from twingraph.records import (
    Authority,
    Evidence,
    Organization,
    Origin,
    Person,
    Point,
    Programme,
    Project,
    Record,
    Text,
    Texts,
    ordered,
)
from twingraph.sources import format as f
from twingraph.sources.lines import Document, Place, read_text
from twingraph.sources.validation import field_names, validate

Row = TypeVar("Row", bound=f.Strict)


class Entry(NamedTuple):
    """A register's row: the record, the key of the source that states it, where it stands."""

    record: Record
    source: str
    origin: Origin
    refers: tuple[Ref, ...] = ()
    evidence: tuple[Evidence, ...] = ()


def read_registers(data: Path, problems: list[Problem]) -> list[Entry]:
    """All registers of a data folder. A register that is not there is an empty one."""
    entries = [
        *_read(data, "municipalities.csv", f.AuthorityRow, _authority, problems),
        *_read(data, "organizations.csv", f.OrganizationRow, _organization, problems),
        *_read(data, "people.csv", f.PersonRow, _person, problems),
        *_read(data, "programmes.csv", f.ProgrammeRow, _programme, problems),
        *_read(data, "projects.csv", f.ProjectRow, _project, problems),
    ]
    _report_duplicates(entries, problems)
    return entries


def _read(
    data: Path,
    name: str,
    model: type[Row],
    make: Callable[[Row, Document], Iterator[Entry]],
    problems: list[Problem],
) -> Iterator[Entry]:
    path = data / name
    if not path.exists():
        return
    shown = path.as_posix()
    text = read_text(path, shown, problems)
    for line, cells in _rows(text or "", shown, model, problems):
        places: dict[Place, int] = {(): line, **{(column,): line for column in cells}}
        document = Document(shown, cells, places)
        filled = {column: value for column, value in cells.items() if value}
        row = validate(model, filled, document, (), problems)
        if row is not None:
            try:
                yield from make(row, document)
            except ValueError as error:
                problems.append(Problem(shown, line, str(error)))


def _rows(
    text: str, shown: str, model: type[f.Strict], problems: list[Problem]
) -> Iterator[tuple[int, dict[str, str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = next(reader, [])
        if not _header_is_known(header, shown, model, problems):
            return
        start = reader.line_num + 1
        for cells in reader:
            if any(cells):
                if len(cells) == len(header):
                    yield start, dict(zip(header, (c.strip() for c in cells), strict=True))
                else:
                    problems.append(
                        Problem(shown, start, f"has {len(cells)} cells, the header {len(header)}",
                                "put a cell that holds a comma in double quotes")
                    )  # fmt: skip
            start = reader.line_num + 1
    except csv.Error as error:
        problems.append(Problem(shown, reader.line_num, f"is not CSV: {error}", "check the quotes"))


def _header_is_known(
    header: list[str], shown: str, model: type[f.Strict], problems: list[Problem]
) -> bool:
    known = field_names(model)
    if len(header) == 1 and ";" in header[0]:
        cure = "save it with commas between the cells (CSV UTF-8, comma delimited)"
        problems.append(Problem(shown, 1, "is separated by semicolons", cure))
        return False
    unknown = [column for column in header if column not in known]
    for column in unknown:
        cure = did_you_mean(column, known, f"known here: {', '.join(known)}")
        problems.append(Problem(shown, 1, f"unknown column {column!r}", cure))
    needed = [name for name, field in model.model_fields.items() if field.is_required()]
    missing = [column for column in needed if column not in header]
    for column in missing:
        problems.append(Problem(shown, 1, f"the column {column!r} is missing", "add it"))
    twice = {column for column in header if header.count(column) > 1}
    for column in sorted(twice):
        problems.append(Problem(shown, 1, f"the column {column!r} stands here twice"))
    return not (unknown or missing or twice)


def _report_duplicates(entries: list[Entry], problems: list[Problem]) -> None:
    first: dict[Any, Entry] = {}
    for entry in entries:
        earlier = first.setdefault(entry.record.ref, entry)
        if earlier is not entry:
            problems.append(
                Problem(*entry.origin, f"the key {entry.record.key!r} stands here twice "
                        f"(first in line {earlier.origin.line})", "give the new thing its own key")
            )  # fmt: skip


def country_code(alpha_2: str) -> str:
    """The ISO 3166-1 alpha-3 code of a country, which the EU's authority table uses too."""
    country = pycountry.countries.get(alpha_2=alpha_2)
    if country is None:
        raise ValueError(f"{alpha_2!r} is no ISO 3166-1 alpha-2 country code")
    return country.alpha_3


def other_texts(cell: str | None) -> Texts:
    """The texts of a cell such as `de: Schieniawa; en: Sieniawa`.

    Raises ValueError where a language is missing or unknown.
    """
    texts = []
    for part in filter(None, map(str.strip, (cell or "").split(";"))):
        language, colon, value = part.partition(":")
        if not colon or not value.strip():
            raise ValueError(f"{part!r} has no language: write it as `de: {part}`")
        texts.append(Text(value.strip(), f.check_language(language.strip())))
    return tuple(texts)


def _authority(row: f.AuthorityRow, document: Document) -> Iterator[Entry]:
    if (row.latitude is None) != (row.longitude is None):
        raise ValueError("latitude and longitude go together: give both or neither")
    if row.wikidata and row.wikidata_status != "verified":
        raise ValueError(
            f"wikidata holds {row.wikidata} but wikidata_status is {row.wikidata_status!r}: "
            "write verified, or leave wikidata empty"
        )
    if row.wikidata and row.wikidata == row.wikidata_close:
        raise ValueError(f"{row.wikidata} cannot be both the body's entry and the settlement's")
    point = None
    if row.latitude is not None and row.longitude is not None:
        point = Point(row.longitude, row.latitude)
    replaces = tuple(sorted((row.replaces or "").split()))
    other = other_texts(row.other_names)
    own = Text(row.name, row.language)
    labelled = {own.language} | {t.language for t in other}
    first = {lang: next(t for t in (own, *other) if t.language == lang) for lang in labelled}
    record = Authority(
        key=row.key,
        labels=tuple(sorted(first.values(), key=lambda t: t.language)),
        alt_labels=ordered(t for t in other if first[t.language] != t),
        country=country_code(row.country),
        level=row.level,
        national_code=row.national_code,
        lau=row.lau,
        nuts3=row.nuts3,
        wikidata=row.wikidata,
        wikidata_close=row.wikidata_close,
        wikidata_status=row.wikidata_status,
        geonames=row.geonames,
        geonames_close=row.geonames_close,
        point=point,
        replaces=replaces,
    )
    yield _entry(
        record,
        row.source,
        document,
        tuple(Ref(Authority.path, key) for key in replaces),
        _wikidata_evidence(row, record),
    )


def _wikidata_evidence(row: f.AuthorityRow, record: Authority) -> tuple[Evidence, ...]:
    decided = ", ".join(filter(None, (row.wikidata_by, row.wikidata_on)))
    note = ": ".join(filter(None, (decided, row.wikidata_note)))
    if not note:
        return ()
    about = "wikidata" if row.wikidata else "wikidata_status"
    return (Evidence(record.ref, about, note=note),)


def _organization(row: f.OrganizationRow, document: Document) -> Iterator[Entry]:
    country = country_code(row.country) if row.country else None
    labels = (Text(row.name, row.language),)
    yield _entry(Organization(row.key, labels, country, row.wikidata), row.source, document)


def _person(row: f.PersonRow, document: Document) -> Iterator[Entry]:
    yield _entry(Person(row.key, row.name, row.wikidata), row.source, document)


def _project(row: f.ProjectRow, document: Document) -> Iterator[Entry]:
    yield _entry(Project(row.key, (Text(row.title, row.language),)), row.source, document)


def _programme(row: f.ProgrammeRow, document: Document) -> Iterator[Entry]:
    titles = (Text(row.title, row.language), *other_texts(row.other_titles))
    titles = tuple(sorted(titles, key=lambda t: t.language))
    yield _entry(Programme(row.key, titles, row.cci, row.start, row.end), row.source, document)


def _entry(
    record: Record,
    source: str,
    document: Document,
    refers: tuple[Ref, ...] = (),
    evidence: tuple[Evidence, ...] = (),
) -> Entry:
    return Entry(record, source, Origin(document.file, document.line(())), refers, evidence)

"""The registers: CSV files, one thing a line, each row a record of the source it names."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple

from twingraph import identifiers as ids
from twingraph.errors import Problem, did_you_mean
from twingraph.identifiers import Ref
from twingraph.model.records import (
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
    ordered,
)
from twingraph.sources.curated import format as f
from twingraph.sources.curated.codes import CODE_FORMS, NATIONAL_CODE_DIGITS, nuts_prefix
from twingraph.sources.curated.validation import field_names, validate
from twingraph.sources.curated.yaml_reader import Document, Place, read_text

Fault = tuple[str, str]
"""A message and its cure."""


class RegisterEntry(NamedTuple):
    """A register's row: the record, the key of the source that states it, where it stands."""

    record: Record
    source: str
    origin: Origin
    refers: tuple[Ref, ...] = ()
    evidence: tuple[Evidence, ...] = ()


def names(record: Record) -> Iterator[str]:
    """All names and titles of a thing in a register."""
    match record:
        case Authority():
            yield from (text.value for text in (*record.labels, *record.alt_labels))
        case Organization():
            yield from (text.value for text in record.labels)
        case Person(name=str(name)):
            yield name
        case Project() | Programme():
            yield from (text.value for text in record.titles)


@dataclass(slots=True)
class Registers:
    """All registers: the good rows, and what can be said of the keys even where rows are faulty.

    `keys` holds the key of every row and where it stands; `broken` the paths of those registers
    whose rows could not all be told apart, so that a key may be in them unseen.
    """

    entries: list[RegisterEntry] = field(default_factory=list)
    keys: dict[Ref, Origin] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)


def read_registers(data: Path, problems: list[Problem]) -> Registers:
    """Read all registers of a data folder. A register that is not there is an empty one."""
    registers = Registers()
    for path, register in REGISTERS.items():
        file = data / register.file
        # A link that leads nowhere does not exist for Path.exists, but somebody meant a file.
        if file.exists() or file.is_symlink():
            _read(file, path, register, registers, problems)
    return registers


def _read(
    file: Path, path: str, register: Register, registers: Registers, problems: list[Problem]
) -> None:
    shown = file.as_posix()
    text = read_text(file, shown, problems)
    rows = None if text is None else read_rows(text, shown, register.model, problems)
    if rows is None:
        registers.broken.add(path)
        return
    for line, cells in rows:
        if cells is None or not ids.is_key(cells["key"], ids.AUTHORITY_KEY):
            registers.broken.add(path)
        if cells is not None:
            origin = Origin(shown, line)
            _register_key(Ref(path, cells["key"]), origin, registers, problems)
            registers.entries.extend(_entries(cells, origin, register, problems))


def _register_key(ref: Ref, origin: Origin, registers: Registers, problems: list[Problem]) -> None:
    first = registers.keys.setdefault(ref, origin)
    if first is not origin and ref.key:
        message = f"the key {ref.key!r} stands here twice (first in line {first.line})"
        cure = "give the new thing its own key, or delete one of the two rows"
        problems.append(Problem(*origin, message, cure))


def _entries(
    cells: dict[str, str], origin: Origin, register: Register, problems: list[Problem]
) -> Iterator[RegisterEntry]:
    places: dict[Place, int] = {(): origin.line or 1}
    places |= {(column,): origin.line or 1 for column in cells}
    document = Document(origin.file, cells, places, part="row")
    filled = {column: value for column, value in cells.items() if value}
    row = validate(register.model, filled, document, (), problems)
    if row is not None:
        faults = list(register.check(row))
        problems.extend(Problem(*origin, message, cure) for message, cure in faults)
        if not faults:
            yield register.make(row, origin)


def read_rows(
    text: str, shown: str, model: type[f.Strict], problems: list[Problem]
) -> Iterator[tuple[int, dict[str, str] | None]] | None:
    """Every row's line and cells (None where they cannot be told apart); None without a header."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = _header(reader)
    except csv.Error as error:
        problems.append(_not_csv(shown, 1, error))
        return None
    line = max(1, reader.line_num)
    if not _header_is_known(header, Origin(shown, line), model, problems):
        return None
    return _cells(reader, header, shown, problems)


def _header(reader: Any) -> list[str]:
    """The first row, without the empty columns that spreadsheets leave at the right, nor Excel's
    own line above it, which names the separator."""
    row: list[str] = next(reader, [])
    if row and re.fullmatch("sep=.?", row[0]):
        row = next(reader, [])
    header = [column.strip() for column in row]
    while header[1:] and not header[-1]:
        header.pop()
    return header


def _cells(
    reader: Any, header: list[str], shown: str, problems: list[Problem]
) -> Iterator[tuple[int, dict[str, str] | None]]:
    start = reader.line_num + 1
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            while len(cells) > len(header) and not cells[-1]:
                cells.pop()
            if len(cells) == len(header) and any(cells):
                yield start, dict(zip(header, cells, strict=True))
            elif any(cells):
                message = f"has {len(cells)} cells, the header {len(header)}"
                cure = "put a cell that holds a comma in double quotes; leave no comma out"
                problems.append(Problem(shown, start, message, cure))
                yield start, None
            start = reader.line_num + 1
    except csv.Error as error:
        problems.append(_not_csv(shown, start, error))
        yield start, None


def _not_csv(shown: str, line: int, error: csv.Error) -> Problem:
    """The reader says where it gave up; what helps is the line where the row begins."""
    if "unexpected end" in str(error) or "field limit" in str(error):
        message, cure = "a double quote that opens in this row is never closed", "close it"
    elif "expected after" in str(error):
        message = "a double quote stands inside a quoted cell"
        cure = 'double it: "the ""old"" town"'
    else:
        message, cure = str(error), "check the quotes"
    return Problem(shown, line, f"is not CSV: {message}", cure)


def _header_is_known(
    header: list[str], origin: Origin, model: type[f.Strict], problems: list[Problem]
) -> bool:
    known = field_names(model)
    faults = list(_header_faults(header, known, model))
    problems.extend(Problem(*origin, message, cure) for message, cure in faults)
    return not faults


def _header_faults(header: list[str], known: list[str], model: type[f.Strict]) -> Iterator[Fault]:
    columns = f"write in the first line: {','.join(known)}"
    if not any(header):
        yield "is empty", columns
        return
    for sign, name in ((";", "semicolons"), ("\t", "tabs")):
        if len(header) == 1 and sign in header[0]:
            cure = "save it with commas between the cells (CSV UTF-8, comma delimited)"
            yield f"is separated by {name}", cure
            return
    for column in dict.fromkeys(header):
        if column not in known:
            cure = did_you_mean(column, known, f"known here: {', '.join(known)}")
            yield f"unknown column {column!r}", cure
        if header.count(column) > 1:
            yield f"the column {column!r} stands here twice", "delete one of the two"
    for name, column_field in model.model_fields.items():
        if column_field.is_required() and name not in header:
            yield f"the column {name!r} is missing", columns


# --- rows into records ------------------------------------------------------------------------


def _authority(row: f.AuthorityRow, origin: Origin) -> RegisterEntry:
    own = Text(row.name, row.language)
    first = {text.language: text for text in (*reversed(row.other_names), own)}
    record = Authority(
        key=row.key,
        labels=tuple(sorted(first.values(), key=lambda t: t.language)),
        alt_labels=ordered(t for t in row.other_names if first[t.language] != t),
        own_language=row.language,
        country=row.country,
        level=row.level,
        national_code=row.national_code,
        lau=row.lau,
        nuts3=row.nuts3,
        wikidata=row.wikidata,
        wikidata_close=row.wikidata_close,
        wikidata_status=row.wikidata_status,
        geonames=row.geonames,
        geonames_close=row.geonames_close,
        point=_point(row),
        replaces=row.replaces,
    )
    refers = tuple(Ref(Authority.path, key) for key in record.replaces)
    return RegisterEntry(record, row.source, origin, refers, _wikidata_evidence(row, record))


def _authority_faults(row: f.AuthorityRow) -> Iterator[Fault]:
    if row.wikidata and row.wikidata_status != "verified":
        message = f"wikidata holds {row.wikidata} but wikidata_status is {row.wikidata_status!r}"
        yield message, "write verified if somebody checked it, or leave wikidata empty"
    if row.wikidata_status == "verified" and not (row.wikidata or row.wikidata_close):
        cure = "fill in wikidata, or write unresolved and in wikidata_note what was tried"
        yield "wikidata_status is 'verified' but there is no id", cure
    if row.wikidata and row.wikidata == row.wikidata_close:
        message = f"{row.wikidata} cannot be both the body's entry and the settlement's"
        yield message, "leave wikidata_close empty if there is but one entry"
    if row.latitude is None and row.longitude is not None:
        yield "longitude without latitude", "give both or neither"
    if row.longitude is None and row.latitude is not None:
        yield "latitude without longitude", "give both or neither"
    if row.latitude == row.longitude == 0:
        yield "latitude and longitude are 0, in the sea off Africa", "leave both empty: not known"
    prefix = nuts_prefix(row.country)
    if row.nuts3 and not row.nuts3.startswith(prefix):
        message = f"nuts3: {row.nuts3!r} lies in another country than {row.country}"
        yield message, f"the codes there begin with {prefix}: check it, and the country"
    digits = NATIONAL_CODE_DIGITS.get(row.country)
    code = row.national_code or ""
    if digits and row.level == "municipality" and len(code) == digits - 1:
        pattern, _, _ = CODE_FORMS[row.country]
        if re.fullmatch(pattern, f"0{code}"):
            message = f"national_code: {code!r} has lost its first digit, as in a spreadsheet"
            yield message, f"it has {digits} digits: did you mean '0{code}'?"
    if row.key in row.replaces:
        yield f"replaces: {row.key!r} cannot replace itself", "name the predecessors alone"


def _point(row: f.AuthorityRow) -> Point | None:
    if row.latitude is None or row.longitude is None:
        return None
    return Point(row.longitude, row.latitude)


def _wikidata_evidence(row: f.AuthorityRow, record: Authority) -> tuple[Evidence, ...]:
    decided = ", ".join(filter(None, (row.wikidata_by, row.wikidata_on)))
    note = ": ".join(filter(None, (decided, row.wikidata_note)))
    if not note:
        return ()
    about = "wikidata" if row.wikidata else "wikidata_status"
    return (
        Evidence(
            record.ref, about, note=note, decided_by=row.wikidata_by, decided_on=row.wikidata_on
        ),
    )


def _organization(row: f.OrganizationRow, origin: Origin) -> RegisterEntry:
    labels = (Text(row.name, row.language),)
    record = Organization(row.key, labels, row.country, wikidata=row.wikidata)
    return RegisterEntry(record, row.source, origin)


def _person(row: f.PersonRow, origin: Origin) -> RegisterEntry:
    return RegisterEntry(Person(row.key, row.name, row.wikidata), row.source, origin)


def _project(row: f.ProjectRow, origin: Origin) -> RegisterEntry:
    return RegisterEntry(Project(row.key, (Text(row.title, row.language),)), row.source, origin)


def _programme(row: f.ProgrammeRow, origin: Origin) -> RegisterEntry:
    titles = {Text(row.title, row.language), *row.other_titles}
    texts = tuple(sorted(titles, key=lambda t: t.language))
    return RegisterEntry(Programme(row.key, texts, row.cci, row.start, row.end), row.source, origin)


def _programme_faults(row: f.ProgrammeRow) -> Iterator[Fault]:
    if row.start and row.end and row.start.after(row.end):
        message = f"end: {row.end.edtf} lies before {row.start.edtf}, the start"
        yield message, "check the two dates"
    languages = [row.language, *(text.language for text in row.other_titles)]
    for language in sorted({code for code in languages if languages.count(code) > 1}):
        message = f"other_titles: there is already a title in the language {language!r}"
        yield message, "keep one title a language"


def _no_faults(row: f.Strict) -> Iterator[Fault]:
    return iter(())


class Register(NamedTuple):
    """A register's file, what a row may hold, and how a row becomes a record."""

    file: str
    model: type[f.Strict]
    make: Callable[[Any, Origin], RegisterEntry]
    check: Callable[[Any], Iterator[Fault]] = _no_faults


REGISTERS: Final[dict[str, Register]] = {
    ids.MUNICIPALITY: Register("municipalities.csv", f.AuthorityRow, _authority, _authority_faults),
    ids.ORGANIZATION: Register("organizations.csv", f.OrganizationRow, _organization),
    ids.PERSON: Register("people.csv", f.PersonRow, _person),
    ids.PROGRAMME: Register("programmes.csv", f.ProgrammeRow, _programme, _programme_faults),
    ids.PROJECT: Register("projects.csv", f.ProjectRow, _project),
}
"""Where a key is registered, by the path of its IRI."""

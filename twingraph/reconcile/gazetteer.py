"""A local file of places with their Wikidata items, in place of asking Wikidata.

Tab-separated (or a CSV file), UTF-8, with a header line. Needed: name, qid, lat, lon, country (ISO
3166-1 alpha-2). Read where there: name_native, placetype (localadmin: the commune itself), wof_id
or id, geonames_id, population, lau_or_nuts or code, is_current (0: not any more), other_names
(separated by "|"). A row with a broken id or broken coordinates is left out, and reported.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from twingraph.errors import Problem, UsageError
from twingraph.reconcile.bodies import Body, asked
from twingraph.reconcile.entries import Entry, Spot, spot
from twingraph.reconcile.index import Exonyms, Index
from twingraph.reconcile.names import tidy

NEEDED: Final = ("name", "qid", "lat", "lon", "country")
_QID: Final = re.compile(r"Q[1-9]\d*")
_NUMBER: Final = re.compile(r"\d*")
_COUNTRY: Final = re.compile(r"[A-Z]{2}")
_BOM: Final = b"\xef\xbb\xbf"
# Words that turn a gazetteer's own name into another body's: "Gmina Pisz" is not Pisz. Not
# towns and villages: Město Albrechtice is the town's name.
_OTHER_BODIES: Final = frozenset({Body.COMMUNE, Body.RURAL_AREA})


class Row(NamedTuple):
    """A good row: the line it stands in, and its fields by name."""

    line: int
    fields: dict[str, str]

    def get(self, *names: str) -> str:
        """The first field of these names that is there and not empty."""
        return next((self.fields[n].strip() for n in names if self.fields.get(n)), "")


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """A gazetteer read: its entries, its broken rows, and how many rows it has in all."""

    path: str
    entries: Sequence[Entry]
    problems: Sequence[Problem]
    rows: int

    def index(self, exonyms: Exonyms | None = None) -> Index:
        """The entries by name. Former places count only where they have an item."""
        return Index((e for e in self.entries if e.wikidata or not e.former), exonyms)

    def summary(self) -> str:
        """What was read and what was left out, in a sentence."""
        linked = sum(1 for e in self.entries if e.wikidata)
        told = f"{self.rows} rows, {linked} Wikidata items"
        return f"{told}, {len(self.problems)} rows left out" if self.problems else told


def read_gazetteer(path: Path) -> Gazetteer:
    """Read a gazetteer. Raises UsageError where the file cannot be read or lacks a column."""
    problems: list[Problem] = []
    entries: dict[str, Entry] = {}
    rows = 0
    for row in _rows(path, problems):
        rows += 1
        try:
            entry = _entry(row)
        except ValueError as error:
            problems.append(Problem(str(path), row.line, str(error), "the row is left out"))
            continue
        known = entries.get(entry.id)
        entries[entry.id] = _joined(known, entry) if known else entry
    return Gazetteer(str(path), tuple(entries.values()), tuple(problems), rows)


def _rows(path: Path, problems: list[Problem]) -> Iterator[Row]:
    try:
        lines = path.read_bytes().removeprefix(_BOM).splitlines()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error
    header, dialect = _header(path, lines)
    for number, line in enumerate(lines[1:], 2):
        if not line.strip():
            continue
        try:
            cells = _cells(line.decode(), dialect)
        except (UnicodeDecodeError, csv.Error) as error:
            problems.append(Problem(str(path), number, f"not readable: {error}", "save it as UTF-8"))
            continue
        yield Row(number, dict(zip(header, cells, strict=False)) | {"": str(len(cells))})


def _cells(line: str, delimiter: str) -> list[str]:
    return line.split("\t") if delimiter == "\t" else next(csv.reader([line]))


def _header(path: Path, lines: list[bytes]) -> tuple[list[str], str]:
    first = lines[0].decode(errors="replace") if lines else ""
    delimiter = "\t" if "\t" in first else ","
    header = [cell.strip() for cell in _cells(first, delimiter)] if first else []
    if missing := [name for name in NEEDED if name not in header]:
        raise UsageError(
            f"{path}: the header lacks {', '.join(missing)}; a gazetteer needs {', '.join(NEEDED)}"
        )
    return header, delimiter


def _entry(row: Row) -> Entry:
    name = asked(row.get("name") or row.get("name_native"))
    native = asked(row.get("name_native") or name.name)
    qid = _checked(row, _QID, "a Wikidata item", "qid")
    if not name.name:
        raise ValueError("the place has no name")
    is_admin = row.get("placetype") == "localadmin"
    body = name.body if name.body in _OTHER_BODIES else Body.COMMUNE if is_admin else None
    names = (native.name, name.name) if name.body in _OTHER_BODIES else _own_names(row)
    return Entry(
        id=qid or row.get("wof_id", "id") or f"line {row.line}",
        wikidata=qid or None,
        names=tuple(dict.fromkeys(names)),
        country=_checked(row, _COUNTRY, "a country's two letters", "country"),
        spots=(_spot(row),),
        body=body,
        codes=frozenset(filter(None, [row.get("lau_or_nuts", "code")])),
        geonames=frozenset(filter(None, [_checked(row, _NUMBER, "a GeoNames id", "geonames_id")])),
        population=int(row.get("population")) if row.get("population").isdigit() else None,
        former=row.get("is_current") == "0",
        other_names=tuple(filter(None, map(tidy, row.get("other_names").split("|")))),
    )


def _own_names(row: Row) -> tuple[str, ...]:
    return tuple(tidy(n) for n in (row.get("name_native"), row.get("name")) if n)


def _checked(row: Row, pattern: re.Pattern[str], what: str, *names: str) -> str:
    value = row.get(*names)
    if (value or names != ("qid",)) and not pattern.fullmatch(value):
        raise ValueError(f"{names[0]} is not {what}: {value!r}")
    return value


def _spot(row: Row) -> Spot:
    try:
        return spot(row.get("lat"), row.get("lon"))
    except ValueError as error:
        raise ValueError(
            f"broken coordinates: lat {row.get('lat')!r}, lon {row.get('lon')!r}"
        ) from error


def _joined(one: Entry, other: Entry) -> Entry:
    """Two rows of one id: the names, places and codes of both."""
    return Entry(
        id=one.id,
        wikidata=one.wikidata,
        names=tuple(dict.fromkeys((*one.names, *other.names))),
        country=one.country,
        spots=tuple(dict.fromkeys((*one.spots, *other.spots))),
        body=one.body if one.body == other.body else None,
        codes=one.codes | other.codes,
        geonames=one.geonames | other.geonames,
        population=max(filter(None, (one.population, other.population)), default=None),
        former=one.former and other.former,
        other_names=tuple(dict.fromkeys((*one.other_names, *other.other_names))),
    )

"""A local file of places with their Wikidata items, in place of asking Wikidata.

Tab-separated (or a CSV file), UTF-8, with a header line. Needed: name, qid, lat, lon, country (ISO
3166-1 alpha-2). Read where there: name_native, placetype (localadmin: the commune itself), wof_id
or id, geonames_id, population, lau_or_nuts or code, is_current (0: not any more), other_names
(separated by "|"). A row with a broken id or broken coordinates is left out, and reported.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
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
_COUNTRY: Final = re.compile(r"[A-Z]{2}")
_BOM: Final = b"\xef\xbb\xbf"
# Words that turn a gazetteer's own name into another body's: "Gmina Pisz" is not Pisz. Not
# towns and villages: Město Albrechtice is the town's name.
_OTHER_BODIES: Final = frozenset({Body.COMMUNE, Body.RURAL_AREA})


class _Columns(NamedTuple):
    """Where in a row each field stands; at the end of the row (an empty cell) if nowhere."""

    name: int
    name_native: int
    other_names: int
    placetype: int
    qid: int
    id: int
    geonames_id: int
    lat: int
    lon: int
    country: int
    population: int
    code: int
    is_current: int


_ALSO_CALLED: Final = {"id": "wof_id", "code": "lau_or_nuts"}


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
    lines = _lines(path)
    header, delimiter = _header(path, lines)
    columns = _columns(header)
    problems: list[Problem] = []
    entries: dict[str, Entry] = {}
    rows = 0
    for number, line in enumerate(lines[1:], 2):
        if not line.strip():
            continue
        rows += 1
        try:
            entry = _entry(_cells(line.decode(), delimiter, len(header)), columns, number)
        except (ValueError, csv.Error) as error:
            problems.append(Problem(str(path), number, str(error), "mend it: it is left out"))
            continue
        known = entries.get(entry.id)
        entries[entry.id] = _joined(known, entry) if known else entry
    return Gazetteer(str(path), tuple(entries.values()), tuple(problems), rows)


def _lines(path: Path) -> list[bytes]:
    try:
        return path.read_bytes().removeprefix(_BOM).split(b"\n")
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error


def _header(path: Path, lines: list[bytes]) -> tuple[list[str], str]:
    first = lines[0].decode(errors="replace").strip()
    delimiter = "\t" if "\t" in first else ","
    header = [cell.strip() for cell in first.split(delimiter)]
    if missing := [name for name in NEEDED if name not in header]:
        raise UsageError(
            f"{path}: the header lacks {', '.join(missing)}; a gazetteer needs {', '.join(NEEDED)}"
        )
    return header, delimiter


def _columns(header: Sequence[str]) -> _Columns:
    where = {name: i for i, name in enumerate(header)}
    end = len(header)
    return _Columns(
        *(where.get(name, where.get(_ALSO_CALLED.get(name, ""), end)) for name in _Columns._fields)
    )


def _cells(line: str, delimiter: str, width: int) -> list[str]:
    """The cells of a row, and an empty one at the end."""
    line = line.rstrip("\r\n")
    cells = line.split("\t") if delimiter == "\t" else next(csv.reader([line]))
    if len(cells) != width:
        raise ValueError(f"{len(cells)} cells where the header has {width}")
    return [*(cell.strip() for cell in cells), ""]


def _entry(cells: Sequence[str], at: _Columns, line: int) -> Entry:
    name = cells[at.name] or cells[at.name_native]
    names, body = _names_and_body(name, cells[at.name_native])
    if body is None and cells[at.placetype] == "localadmin":
        body = Body.COMMUNE
    qid, geonames, code = cells[at.qid], cells[at.geonames_id], cells[at.code]
    _check(not qid or _QID.fullmatch(qid), f"qid is not a Wikidata item: {qid!r}")
    _check(not geonames or geonames.isdigit(), f"geonames_id is not a number: {geonames!r}")
    country = cells[at.country]
    _check(_COUNTRY.fullmatch(country), f"country is not two capital letters: {country!r}")
    population = cells[at.population]
    return Entry(
        id=qid or cells[at.id] or f"line {line}",
        wikidata=qid or None,
        names=names,
        country=country,
        spots=(_spot(cells[at.lat], cells[at.lon]),),
        body=body,
        codes=frozenset([code]) if code else frozenset(),
        geonames=frozenset([geonames]) if geonames else frozenset(),
        population=int(population) if population.isdigit() else None,
        former=cells[at.is_current] == "0",
        other_names=tuple(filter(None, map(tidy, cells[at.other_names].split("|")))),
    )


def _names_and_body(name: str, native: str) -> tuple[tuple[str, ...], Body | None]:
    _check(name, "the place has no name")
    name, native = tidy(name), tidy(native or name)
    if " " in name and (stripped := asked(name)).body in _OTHER_BODIES:
        return tuple(dict.fromkeys((asked(native).name, stripped.name))), stripped.body
    return (native,) if native == name else (native, name), None


def _check(is_good: object, otherwise: str) -> None:
    if not is_good:
        raise ValueError(otherwise)


def _spot(latitude: str, longitude: str) -> Spot:
    try:
        return spot(latitude, longitude)
    except ValueError as error:
        raise ValueError(f"broken coordinates: lat {latitude!r}, lon {longitude!r}") from error


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

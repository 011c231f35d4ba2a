"""A local file of places with their Wikidata items, in place of asking Wikidata.

Tab-separated (or a CSV file), UTF-8, with a header line. Needed: name, qid, lat, lon, country (ISO
3166-1 alpha-2). Read where there: name_native, placetype (localadmin: the commune itself), wof_id
or id, geonames_id, population, lau_or_nuts or code, is_current (0: not any more), other_names
(separated by "|"). A row with a broken id or broken coordinates is left out, and reported.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from twingraph.errors import Problem, UsageError, file_errors
from twingraph.reconcile.bodies import Body, asked
from twingraph.reconcile.entries import ListEntry, Spot, spot
from twingraph.reconcile.index import Exonyms, Index, no_exonyms
from twingraph.reconcile.names import tidy

NEEDED: Final = ("name", "qid", "lat", "lon", "country")
_QID: Final = re.compile(r"Q[1-9]\d*")
_COUNTRY: Final = re.compile(r"[A-Z]{2}")
_BOM: Final = b"\xef\xbb\xbf"
# Words that turn a gazetteer's own name into another body's: "Gmina Pisz" is not Pisz. Not
# towns and villages: Město Albrechtice is the town's name.
_OTHER_BODIES: Final = frozenset({Body.COMMUNE, Body.RURAL_AREA})


_ALSO_CALLED: Final = {"wof_id": "id", "lau_or_nuts": "code"}


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """A gazetteer read: its entries, its broken rows, and how many rows it has in all."""

    path: str
    entries: Sequence[ListEntry]
    problems: Sequence[Problem]
    rows: int

    def index(self, exonyms: Exonyms = no_exonyms) -> Index:
        """The entries by name. Former places count only where they have an item."""
        return Index((e for e in self.entries if e.wikidata or not e.former), exonyms)

    def summary(self) -> str:
        """What was read and what was left out, in a sentence."""
        linked = sum(1 for e in self.entries if e.wikidata)
        read = f"{self.rows} rows, {linked} Wikidata items"
        return f"{read}, {len(self.problems)} rows left out" if self.problems else read


def read_gazetteer(path: Path) -> Gazetteer:
    """Read a gazetteer. Raises UsageError where the file cannot be read or lacks a column."""
    with file_errors(path):
        lines = path.read_bytes().removeprefix(_BOM).split(b"\n")
    header, delimiter = _header(path, lines)
    problems: list[Problem] = []
    entries: dict[str, ListEntry] = {}
    countries: dict[str, dict[str, None]] = defaultdict(dict)
    rows = 0
    for number, line in enumerate(lines[1:], 2):
        if not line.strip():
            continue
        rows += 1
        try:
            entry = _entry(_row(line.decode(), delimiter, header), number)
        except (ValueError, csv.Error) as error:
            problems.append(Problem(str(path), number, str(error), "mend it: it is left out"))
            continue
        known = entries.get(entry.id)
        entries[entry.id] = _joined(known, entry) if known else entry
        countries[entry.id][entry.country] = None
    # On a border, rows of one id may lie in two countries: it is found in both.
    found = (replace(e, country=country) for e in entries.values() for country in countries[e.id])
    return Gazetteer(str(path), tuple(found), tuple(problems), rows)


def _header(path: Path, lines: list[bytes]) -> tuple[list[str], str]:
    first = lines[0].decode(errors="replace").strip()
    delimiter = "\t" if "\t" in first else ","
    header = [cell.strip() for cell in first.split(delimiter)]
    if missing := [name for name in NEEDED if name not in header]:
        raise UsageError(
            f"{path}: the header lacks {', '.join(missing)}; a gazetteer needs {', '.join(NEEDED)}"
        )
    renamed = {also: name for also, name in _ALSO_CALLED.items() if name not in header}
    return [renamed.get(name, name) for name in header], delimiter


def _row(line: str, delimiter: str, header: Sequence[str]) -> defaultdict[str, str]:
    """The cells of a row by their columns, empty where there is no such column."""
    line = line.rstrip("\r\n")
    cells = line.split("\t") if delimiter == "\t" else next(csv.reader([line]))
    if len(cells) != len(header):
        raise ValueError(f"{len(cells)} cells where the header has {len(header)}")
    return defaultdict(str, zip(header, map(str.strip, cells), strict=True))


def _entry(row: Mapping[str, str], line: int) -> ListEntry:
    names, body = _names_and_body(row["name"] or row["name_native"], row["name_native"])
    if body is None and row["placetype"] == "localadmin":
        body = Body.COMMUNE
    qid, geonames, code = row["qid"], row["geonames_id"], row["code"]
    _check(not qid or _QID.fullmatch(qid), f"qid is not a Wikidata item: {qid!r}")
    _check(not geonames or geonames.isdigit(), f"geonames_id is not a number: {geonames!r}")
    country = row["country"]
    _check(_COUNTRY.fullmatch(country), f"country is not two capital letters: {country!r}")
    population = row["population"]
    return ListEntry(
        id=qid or row["id"] or f"line {line}",
        wikidata=qid or None,
        names=names,
        country=country,
        spots=(_spot(row["lat"], row["lon"]),),
        body=body,
        codes=frozenset([code]) if code else frozenset(),
        geonames=frozenset([geonames]) if geonames else frozenset(),
        population=int(population) if population.isdigit() else None,
        former=row["is_current"] == "0",
        other_names=tuple(filter(None, map(tidy, row["other_names"].split("|")))),
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


def _joined(one: ListEntry, other: ListEntry) -> ListEntry:
    """Two rows of one id: the names, places and codes of both."""
    return replace(
        one,
        names=tuple(dict.fromkeys((*one.names, *other.names))),
        spots=tuple(dict.fromkeys((*one.spots, *other.spots))),
        body=one.body if one.body == other.body else None,
        codes=one.codes | other.codes,
        geonames=one.geonames | other.geonames,
        population=max(filter(None, (one.population, other.population)), default=None),
        former=one.former and other.former,
        other_names=tuple(dict.fromkeys((*one.other_names, *other.other_names))),
    )

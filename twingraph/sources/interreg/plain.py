"""A plain table: projects.csv and partners.csv in a folder, and source.yaml that says whose it is.

docs/adding.md has the columns. Of a cell that holds nothing nothing is said; `title:sk` is a title
in Slovak, `name:en` a partner's name in English.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from twingraph.dates import Date
from twingraph.errors import UsageError, did_you_mean
from twingraph.model.records import Source, Text, Texts
from twingraph.sources.interreg import values
from twingraph.sources.interreg.list_source import ListSource, list_source
from twingraph.sources.interreg.report import Report
from twingraph.sources.interreg.rows import ROLES, ListedPartner, ListedProgramme, ListedProject
from twingraph.sources.interreg.tables import csv_rows

PROJECTS: Final = (
    *("id", "title", "number", "keep_id", "kohesio", "programme", "cci", "period", "start", "end"),
    *("total_budget", "grant", "cofinancing_rate", "currency", "status", "pages", "note"),
)
PARTNERS: Final = (
    *("project", "name", "role", "country", "town", "postcode", "nuts3", "lat", "lon"),
    *("total_budget", "grant", "cofinancing_rate", "currency", "kind", "wikidata"),
)
_IN_LANGUAGES: Final = ("title", "name")
_NEEDED: Final = {"projects.csv": ("id",), "partners.csv": ("project", "name")}
PLANNED: Final = "planned"

Cells = Mapping[str, str]


def read(folder: Path, report: Report) -> Iterator[ListedProject]:
    """The projects of a folder, in the order of projects.csv. Raises UsageError."""
    partners = _partners(folder / "partners.csv", report)
    known = set()
    for where, cells in _rows(folder / "projects.csv", PROJECTS, report):
        key = cells.get("id", "")
        known.add(key)
        if cells.get("status") == PLANNED:
            report.add("planned", where)
        else:
            yield _project(where, cells, partners.get(key, ()), report)
    for key in sorted(partners.keys() - known):
        report.add("no-project", f"partners.csv: {key!r}")


def source(folder: Path) -> ListSource:
    """What source.yaml says of the list; its key is the folder's name where the file gives none.

    Raises UsageError for a file that cannot be read and for a field that is not known.
    """
    key = folder.resolve().name
    otherwise = Source(key, (Text(f"Projects of {key}", "en"),), "register", 50, complete=False)
    path = folder / "source.yaml"
    return list_source(path if path.exists() else None, otherwise)


def _project(
    where: str, cells: Cells, partners: Sequence[ListedPartner], report: Report
) -> ListedProject:
    start, end = values.period(cells.get("start"), cells.get("end"), where, report)
    return ListedProject(
        where,
        _texts(cells, "title"),
        cells.get("number") or None,
        cells.get("keep_id") or None,
        cells.get("kohesio") or None,
        _programme(cells, where, report),
        start,
        end,
        values.money(
            cells.get("total_budget"), cells.get("grant"), cells.get("cofinancing_rate"),
            cells.get("currency") or None, where, report,
        ),
        tuple(partners),
        values.pages(cells.get("pages"), where, report),
        cells.get("note") or None,
    )  # fmt: skip


def _programme(cells: Cells, where: str, report: Report) -> ListedProgramme | None:
    title, cci = cells.get("programme"), cells.get("cci") or None
    if not title and not cci:
        return None
    start, end = period_of(cells.get("period", ""), where, report)
    return ListedProgramme((Text(title, "en"),) if title else (), cci, start, end)


def period_of(written: str, where: str, report: Report) -> tuple[Date | None, Date | None]:
    """A programme's period, such as 2014-2020: its first and its last year."""
    first, _, last = written.replace("\u2013", "-").replace(" ", "").partition("-")
    return values.period(first, last, where, report)


def _partners(path: Path, report: Report) -> dict[str, list[ListedPartner]]:
    found: dict[str, list[ListedPartner]] = defaultdict(list)
    for where, cells in _rows(path, PARTNERS, report):
        role = cells.get("role") or None
        if role not in (None, *ROLES):
            raise UsageError(f"{path.parent / where}: role {role!r}: {', '.join(ROLES)} are known")
        found[cells["project"]].append(
            ListedPartner(
                _texts(cells, "name"),
                cells.get("country", ""),
                cells.get("town", ""),
                cells.get("postcode", ""),
                cells.get("nuts3", ""),
                values.point(cells.get("lat"), cells.get("lon"), where, report),
                role,
                values.money(
                    cells.get("total_budget"), cells.get("grant"), cells.get("cofinancing_rate"),
                    cells.get("currency") or None, where, report,
                ),
                {"authority": True, "organization": False}.get(cells.get("kind", "")),
                cells.get("wikidata") or None,
            )
        )  # fmt: skip
    return found


def _texts(cells: Cells, name: str) -> Texts:
    """The texts of the columns `name` and `name:language`; the first says no language."""
    found = []
    for column, value in cells.items():
        field, _, language = column.partition(":")
        if field == name and value:
            found.append(Text(value, language.lower() or "und"))
    return tuple(found)


def _rows(path: Path, columns: Sequence[str], report: Report) -> Iterator[tuple[str, Cells]]:
    """Each row's place and its cells by column. Raises UsageError for an unknown column."""
    if not path.is_file():
        raise UsageError(f"there is no {path}: a plain table is projects.csv and partners.csv")
    rows = csv_rows(path)
    header = [cell.strip() for cell in next(rows, [])]
    _check(path, header, columns)
    for number, row in enumerate(rows, 2):
        where = f"{path.name}:{number}"
        if not any(cell.strip() for cell in row):
            report.add("empty-row", where)
        elif len(row) != len(header):
            report.add("bad-row", f"{where}: {len(row)} cells, the header {len(header)}")
        else:
            yield where, {n: values.text(c) for n, c in zip(header, row, strict=True)}


def _check(path: Path, header: Sequence[str], columns: Sequence[str]) -> None:
    for column in header:
        field, colon, language = column.partition(":")
        if column not in columns and not (colon and field in _IN_LANGUAGES and language):
            hint = did_you_mean(column, columns, f"known here: {', '.join(columns)}")
            raise UsageError(f"{path}: unknown column {column!r}: {hint}")
    if missing := [n for n in _NEEDED[path.name] if n not in header]:
        raise UsageError(f"{path}: the column {missing[0]!r} is missing")

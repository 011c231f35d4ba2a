"""Sheets as people fill them in: rows by the headings of a template, written as a workbook."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from twingraph.contributions import columns

Rows = Sequence[Mapping[str, Any]]

PAGE: Mapping[str, Rows] = {
    "Source": [
        {
            "Title": "Miasta i gminy partnerskie",
            "Kind of source": "publication of a local authority",
            "Address": "https://example.org/partnerzy",
            "Published by": "Gmina Moszczenica",
            "Publishing town": "Moszczenica",
            "Language": "pl",
            "Read on": "2026-11-20",
        }
    ],
    "Partnerships": [
        {
            "No.": 1,
            "Town": "Moszczenica",
            "Country": "Polska",
            "Partner town": "Abda",
            "Partner’s country": "Węgry",
            "Since": "maj 2019",
            "Fields": "sport; culture",
            "Who takes part": "Szkoła Podstawowa w Moszczenicy",
            "Evidence": "z węgierską gminą Abda",
        },
        {
            "No.": 2,
            "Town": "Moszczenica",
            "Country": "PL",
            "Partner town": "Тячів",
            "Partner’s country": "UA",
            "Since": 2008,
        },
    ],
    "Documents": [
        {
            "Partnership": 1,
            "Document no.": 1,
            "Kind of document": "partnership agreement",
            "Signed on": "12 maja 2019",
            "Place": "Abda",
            "Evidence": "12 maja 2019 r. podpisano umowę",
        },
        {"Partnership": "Тячів", "Kind of document": "letter of intent", "Signed on": 43232.0},
    ],
    "Signatures": [
        {
            "Partnership": 1,
            "Signed by": "Zsolt Szabó",
            "Role": "polgármester",
            "Office": "mayor",
            "Signed for": "Abda",
        },
        {
            "Partnership": 1,
            "Document no.": 1,
            "Signed by": "Anna Nowak",
            "Role": "Wójt Gminy",
            "Office": "mayor",
            "Signed for": "Moszczenica",
        },
        {"Partnership": 2, "Signed by": "Іван Ковач", "Signed for": "Тячів (Ukraina)"},
    ],
    "Projects": [
        {
            "Partnership": 1,
            "Title": "Wspólne boisko",
            "Programme": "Fundusz Wyszegradzki",
            "Project number": 123.0,
            "Partners": "Moszczenica; Abda",
            "Lead partner": "Moszczenica",
            "Start": 2020,
            "Total budget": "30 296,38 zł",
            "Currency": "zł",
        }
    ],
}
"""Two partnerships, three who signed and a project: a page as a clerk types it."""


def workbook(path: Path, tables: Mapping[str, Rows], code: str = "yyyy-mm-dd") -> Path:
    """Write tables as a workbook, each with the headings that its rows have; `code` is the number
    format of days."""
    book = xlsxwriter.Workbook(str(path))
    days = book.add_format({"num_format": code})
    for name, rows in tables.items():
        sheet = book.add_worksheet(name)
        headings = list(dict.fromkeys(heading for row in rows for heading in row))
        sheet.write_row(0, 0, headings)
        for number, row in enumerate(rows, 1):
            for at, heading in enumerate(headings):
                value = row.get(heading, "")
                if hasattr(value, "isoformat"):
                    sheet.write_datetime(number, at, value, days)
                elif value != "":
                    sheet.write(number, at, value)
    book.close()
    return path


def in_language(tables: Mapping[str, Rows], language: str) -> Mapping[str, Rows]:
    """Tables under the names and headings that a template of a language has."""
    made: dict[str, Rows] = {}
    for name, rows in tables.items():
        table = columns.TABLES[columns.titles()[name.casefold()]]
        known = columns.headings(table.name)

        def heading(said: str, table: Any = table, known: Any = known) -> str:
            column = known.get(said.casefold())
            return columns.heading(table.column(column[0]), language) if column else said

        made[columns.title(table, language)] = [
            {heading(said): cell for said, cell in row.items()} for row in rows
        ]
    return made


def side_by_side(path: Path, rows: Rows, delimiter: str = ";", above: str = "") -> Path:
    """Write rows as CSV."""
    headings = list(dict.fromkeys(heading for row in rows for heading in row))
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        out.write(above)
        writer = csv.DictWriter(out, headings, delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
    return path


def changed(table: str, row: int, **cells: Any) -> Mapping[str, Rows]:
    """The page with some cells of a row written otherwise: headings with _ for spaces."""
    rows = [dict(one) for one in PAGE[table]]
    rows[row] |= {heading.replace("_", " "): cell for heading, cell in cells.items()}
    return {**PAGE, table: rows}

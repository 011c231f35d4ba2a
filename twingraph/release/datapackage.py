"""datapackage.json: what each table and each of its columns is (Frictionless Data Package 1.0).

Table Schema's types are what a program reads the cells as; the columns' meaning is for people.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from twingraph import authority
from twingraph.model.records import Dataset, Texts
from twingraph.release.columns import LIST_SEPARATOR, Column, ColumnType
from twingraph.release.dcat import dataset_iri
from twingraph.release.tables import Table
from twingraph.web.languages import ENGLISH, in_language

DATAPACKAGE: Final = "datapackage.json"

TYPES: Final[Mapping[ColumnType, Mapping[str, Any]]] = {
    ColumnType.TEXT: {"type": "string"},
    ColumnType.IRI: {"type": "string", "format": "uri"},
    ColumnType.DATE: {"type": "string"},
    ColumnType.DAY: {"type": "date"},
    ColumnType.DEGREES: {"type": "number"},
    ColumnType.AMOUNT: {"type": "number"},
    ColumnType.COUNT: {"type": "integer"},
    ColumnType.FLAG: {"type": "boolean", "trueValues": ["true"], "falseValues": ["false"]},
    ColumnType.LIST: {"type": "string"},
}
"""What Table Schema calls the kinds of columns. Its own lists are JSON, which spreadsheets show as
it is, so ours are texts."""


_NO_FORMULA: Final = (
    "A text that a spreadsheet would take for a formula (it begins with =, +, -, @, a tab or a "
    "carriage return, or with apostrophes before one of them) has an apostrophe in front that is "
    "not part of it"
)


@dataclass(frozen=True)
class CsvFile:
    """A table as it was written: the file's name in the archive, its size and its SHA-256."""

    name: str
    table: Table
    size: int
    sha256: str


def datapackage(about: Dataset, files: Sequence[CsvFile]) -> bytes:
    """The description of the tables of a dataset, as JSON. Texts are in English where there is."""
    said = {
        "profile": "tabular-data-package",
        "name": "twingraph",
        "id": dataset_iri(about.base),
        "title": in_language(about.titles, ENGLISH),
        "description": in_language(about.descriptions, ENGLISH),
        "homepage": about.homepage or about.download_base,
        "version": about.version,
        "licenses": [_licence(about.licence)],
        "keywords": _keywords(about.keywords),
        "contributors": [
            {
                "title": in_language(about.publisher_name, ENGLISH),
                "path": about.publisher_url,
                "role": "publisher",
            }
        ],
        "resources": [_resource(file) for file in files],
    }
    kept = {name: value for name, value in said.items() if value}
    return (json.dumps(kept, ensure_ascii=False, indent=2) + "\n").encode()


def _licence(iri: str) -> Mapping[str, str]:
    code = authority.code(authority.LICENCE, iri)
    row = authority.table(authority.LICENCE)[code] if code else {}
    said = {"path": row.get("document") or iri, "title": row.get("label")}
    return {name: value for name, value in said.items() if value}


def _keywords(keywords: Texts) -> list[str]:
    english = [keyword.value for keyword in keywords if keyword.language == ENGLISH]
    return english or [keyword.value for keyword in keywords]


def _resource(file: CsvFile) -> dict[str, Any]:
    table = file.table
    return {
        "profile": "tabular-data-resource",
        "name": table.name,
        "path": file.name,
        "title": table.title,
        "description": f"{table.means}. {_NO_FORMULA}",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": file.size,
        "hash": f"sha256:{file.sha256}",
        "schema": schema(table),
    }


def schema(table: Table) -> dict[str, Any]:
    """A table's schema (Table Schema 1.0): columns, keys, what stands for a missing value."""
    said: dict[str, Any] = {
        "fields": [_field(column) for column in table.columns],
        "missingValues": [""],
    }
    if table.unique:
        said["primaryKey"] = list(table.unique)
    links = [column for column in table.columns if column.refers]
    if links:
        said["foreignKeys"] = [_foreign_key(column, table) for column in links]
    return said


def _field(column: Column) -> dict[str, Any]:
    means = column.means
    if column.kind is ColumnType.LIST:
        means += f" (several are separated by “{LIST_SEPARATOR}”)"
    said: dict[str, Any] = {"name": column.name, **TYPES[column.kind], "description": means}
    if column.says:
        said["rdfType"] = column.says
    constraints: dict[str, Any] = {}
    if column.required:
        constraints["required"] = True
    if column.allowed:
        constraints["enum"] = column.allowed
    if constraints:
        said["constraints"] = constraints
    return said


def _foreign_key(column: Column, table: Table) -> dict[str, Any]:
    # An empty name means the table itself (Table Schema, "Foreign Keys").
    of = "" if column.refers == table.name else column.refers
    return {"fields": [column.name], "reference": {"resource": of, "fields": ["key"]}}

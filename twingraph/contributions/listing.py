"""A contribution as the rows of a sheet: what `entry` reads back as the same contribution.

Keys stand where people write names: whoever gets the sheet sees what was minted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from twingraph.contributions import cells, columns
from twingraph.contributions.columns import SheetTable
from twingraph.contributions.contribution import Contribution

Listed = Mapping[str, Sequence[Mapping[str, str]]]
"""The rows of each table that has any: texts by the names of columns."""


def listed(contribution: Contribution, language: str) -> Listed:
    """The rows of all tables, in the order of the tables; concepts are called as in a language."""
    rows: dict[str, list[Mapping[str, str]]] = {}
    for table, block in _blocks(contribution):
        written = {
            column.name: cells.written(block[column.name], column, language)
            for column in table.columns
            if column.name in block
        }
        rows.setdefault(table.name, []).append(written)
    return {name: rows[name] for name in columns.TABLES if name in rows}


def _blocks(contribution: Contribution) -> Iterator[tuple[SheetTable, Mapping[str, Any]]]:
    """Every row, as its table and what stands in it, by the names of columns."""
    source = contribution.source
    yield columns.SOURCE, source
    for number, partnership in enumerate(source.get("partnerships", ()), 1):
        yield from _partnership(str(number), partnership)
    for project in source.get("projects", ()):
        yield columns.PROJECTS, project
    for authority in source.get("authorities", ()):
        yield columns.AUTHORITIES, authority
    for mention in source.get("mentions", ()):
        ((about, key),) = mention["about"].items()
        yield columns.MENTIONS, {**mention, "about": about, "about_key": key}
    for table in columns.EACH:
        if table.name in source:
            yield table, source[table.name]
    for table in columns.REGISTERS:
        for row in contribution.registers.get(table.name.removesuffix(".csv"), ()):
            yield table, row


def _partnership(
    number: str, block: Mapping[str, Any]
) -> Iterator[tuple[SheetTable, Mapping[str, Any]]]:
    first, *others = block["partners"]
    named = {"town_1": first, "town_2": next(iter(others), None), "towns": others[1:]}
    towns = {name: town for name, town in named.items() if town}
    yield columns.PARTNERSHIPS, {"number": number, **towns, **block}
    for document in block.get("agreements", ()):
        yield columns.DOCUMENTS, {"partnership": number, **document}
        for signature in document.get("signatures", ()):
            of = {"partnership": number, "document": document["key"]}
            yield columns.SIGNATURES, {**of, **signature}
    for change in block.get("status_changes", ()):
        yield columns.STATUS_CHANGES, {"partnership": number, **change}

"""The towns of our own registers, as towns to find: what is known of each is what is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from twingraph.errors import DataError, Problem, UsageError
from twingraph.model.records import Authority
from twingraph.reconcile import towns
from twingraph.reconcile.candidates import Query
from twingraph.sources.curated.registers import read_registers


def authorities(data: Path) -> list[Authority]:
    """The authorities of a data folder's register, by key. Raises UsageError, DataError.

    What pages say of them besides, such as a name in another language, is left aside.
    """
    if not data.is_dir():
        raise UsageError(f"there is no folder {data}: name one with --data")
    problems: list[Problem] = []
    entries = read_registers(data, problems).entries
    if problems:
        raise DataError(problems)
    found = [entry.record for entry in entries if isinstance(entry.record, Authority)]
    if not found:
        raise UsageError(f"{data} has no town in its registers")
    return sorted(found, key=lambda authority: authority.key)


def without_item(found: Iterable[Authority]) -> Iterator[tuple[str, Query]]:
    """Those that have no item of their own yet: the key, and what to look for."""
    for authority in found:
        if not authority.wikidata:
            yield authority.key, as_query(authority)


def as_query(authority: Authority) -> Query:
    """An authority as a town to find, by its first name, country, place and code."""
    entry = towns.entry(authority)
    return Query(
        towns.name(authority),
        frozenset([entry.country] if entry.country else []),
        entry.spots[0] if entry.spots else None,
        authority.national_code or authority.lau or authority.geonames or "",
    )

"""What a harvest notes in words beside a link or an item, written and read again."""

from __future__ import annotations

import re
from typing import NamedTuple

from twingraph.sources.wikidata.entities import Statement

_ONE_SIDED = re.compile(r"stated by (Q[1-9][0-9]*) only, not by (Q[1-9][0-9]*)")
_STATEMENT = re.compile(r"(([Qq][1-9][0-9]*)\$[0-9A-Za-z-]+) \(to (Q[1-9][0-9]*)(.*)")
_REVISION = re.compile(r"(Q[1-9][0-9]*), revision [0-9]+")

_PARTLY = "; of its links those to the towns asked for"


class Stated(NamedTuple):
    """A statement that a note tells of: its id, the item it is on, the item it names.

    `referenced`: it has a reference of its own, not merely an import from a Wikipedia.
    """

    id: str
    subject: str
    target: str
    referenced: bool


def one_sided(speaker: str, silent: str | None) -> str:
    """The note on a link that one of its two items alone states."""
    return f"stated by {speaker} only, not by {silent}"


def read_one_sided(note: str | None) -> tuple[str, str] | None:
    """From a note, the item that states a link and the one that does not; None if both do."""
    found = _ONE_SIDED.search(note or "")
    return (found[1], found[2]) if found else None


def statement(stated: Statement) -> str:
    """The note on a statement: its id, what it names, its rank and references."""
    details = [f"to {stated.target}"]
    details += [f"rank {stated.rank}"] if stated.rank != "normal" else []
    for reference in stated.references:
        details += reference.urls
        details += [f"stated in {item}" for item in reference.stated_in]
        details += [f"imported from {item}" for item in reference.imported_from]
    return f"{stated.id} ({', '.join(details)})"


def read_statements(note: str | None) -> list[Stated]:
    """The statements that a note on a link tells of."""
    found = (_STATEMENT.match(part) for part in (note or "").split("; "))
    return [
        Stated(m[1], m[2].upper(), m[3], "http" in m[4] or "stated in" in m[4]) for m in found if m
    ]


def revision(item: str, number: int, modified: str | None, read: str | None, whole: bool) -> str:
    """The note on an item that was read: which revision, of when, when it was read.

    `whole`: all its links were taken, not only those to the towns that were asked for.
    """
    note = f"{item}, revision {number}"
    note += f" of {modified}" if modified else ""
    note += f", read {read}" if read else ""
    return note if whole else f"{note}{_PARTLY}"


def read_revision(note: str | None) -> tuple[str, bool] | None:
    """From a note, the item of which a revision was read, and whether all its links were taken."""
    found = _REVISION.match(note or "")
    return (found[1], not str(note).endswith(_PARTLY)) if found else None

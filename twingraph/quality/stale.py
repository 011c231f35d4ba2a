"""Which sources were read too long ago, as seen from the day the dataset was last modified."""

from __future__ import annotations

from datetime import date
from typing import Final, NamedTuple

from twingraph.model.records import View

STALE_AFTER: Final = 365
"""Days after which a page should be read again."""


class Stale(NamedTuple):
    """A source, the day it was read, and how many days before the report's day that was."""

    source: str
    retrieved: str
    days: int


class Age(NamedTuple):
    """How old what was read is. `as_of` is the day it is counted from; None: nothing is dated."""

    as_of: str | None
    stale: tuple[Stale, ...]
    undated: tuple[str, ...]


def age(view: View) -> Age:
    """The sources read more than STALE_AFTER days before the dataset was modified, oldest first.

    A dataset that does not say when it was modified is as old as the source read last.
    """
    read = {key: s.retrieved for key, s in sorted(view.sources.items()) if s.retrieved}
    as_of = view.dataset.modified or max(read.values(), default=None)
    found: list[Stale] = []
    if as_of:
        day = date.fromisoformat(as_of)
        ages = {key: (day - date.fromisoformat(on)).days for key, on in read.items()}
        found = [Stale(key, read[key], days) for key, days in ages.items() if days > STALE_AFTER]
    undated = tuple(sorted(view.sources.keys() - read.keys()))
    return Age(as_of, tuple(sorted(found, key=lambda s: (-s.days, s.source))), undated)

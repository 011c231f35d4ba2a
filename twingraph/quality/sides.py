"""Which partners confirm a partnership themselves, and which are silent."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from twingraph.model.records import Partnership, Source, View

ALL: Final = "all"
SOME: Final = "some"
NONE: Final = "none"
CONFIRMED_BY: Final = (ALL, SOME, NONE)
"""Of the partners, how many a page of their own states the partnership of."""


class OneSided(NamedTuple):
    """A partnership that some of its partners state and others do not.

    `stated_by` and `silent` are keys of partners; `sources` the keys of the sources that say so.
    """

    partnership: str
    stated_by: tuple[str, ...]
    silent: tuple[str, ...]
    sources: tuple[str, ...]


class Sides(NamedTuple):
    """Who confirms what.

    `confirmed_by` counts partnerships by CONFIRMED_BY. `documents` are those confirmed by pages of
    some partners alone, `wikidata` those that the entry of one partner states and the other's
    does not.
    """

    confirmed_by: Mapping[str, int]
    documents: tuple[OneSided, ...]
    wikidata: tuple[OneSided, ...]


def sides(view: View) -> Sides:
    """Look at every partnership of a view."""
    stating = list(_stating(view))
    own: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for source, record in stating:
        for partner in record.stated_by if source.publisher_authority else ():
            own[record.key][partner].append(source.key)
    counts: Counter[str] = Counter()
    some: list[OneSided] = []
    for key, partnership in view.all(Partnership).items():
        confirming = own.get(key, {})
        silent = tuple(p for p in partnership.partners if p not in confirming)
        level = NONE if not confirming else SOME if silent else ALL
        counts[level] += 1
        if level == SOME:
            sources = tuple(sorted(source for of in confirming.values() for source in of))
            some.append(OneSided(key, tuple(sorted(confirming)), silent, sources))
    wikidata = tuple(
        sorted(
            OneSided(record.key, record.stated_by, record.not_stated_by, (source.key,))
            for source, record in stating
            if record.not_stated_by
        )
    )
    return Sides({level: counts[level] for level in CONFIRMED_BY}, tuple(some), wikidata)


def _stating(view: View) -> Iterator[tuple[Source, Partnership]]:
    """What each source states of each partnership."""
    for claims in view.claims:
        for record in claims.records:
            if isinstance(record, Partnership):
                yield claims.source, record

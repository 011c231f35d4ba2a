"""Which partners confirm a partnership themselves, and which are silent."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from twingraph.identifiers import PARTNERSHIP
from twingraph.model.records import Authority, Partnership, View
from twingraph.sources.wikidata.notes import read_one_sided

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
    stating = _stating(view)
    counts: Counter[str] = Counter()
    some: list[OneSided] = []
    for key, partnership in view.all(Partnership).items():
        partners = set(partnership.partners)
        own = {p: source for source, p in stating.get(key, ()) if p in partners}
        level = NONE if not own else ALL if own.keys() == partners else SOME
        counts[level] += 1
        if level == SOME:
            silent = tuple(sorted(partners - own.keys()))
            sources = tuple(sorted(s for s, p in stating[key] if p in partners))
            some.append(OneSided(key, tuple(sorted(own)), silent, sources))
    wikidata = tuple(sorted(_wikidata(view)))
    return Sides({level: counts[level] for level in CONFIRMED_BY}, tuple(some), wikidata)


def _stating(view: View) -> Mapping[str, list[tuple[str, str | None]]]:
    """By partnership: the sources that state it, each with the authority that published it."""
    found: dict[str, list[tuple[str, str | None]]] = defaultdict(list)
    for claims in view.claims:
        source = claims.source
        for record in claims.records:
            if isinstance(record, Partnership):
                found[record.key].append((source.key, source.publisher_authority))
    return found


def _wikidata(view: View) -> Iterator[OneSided]:
    """What harvests have noted. An item's key is the curated one, or the item itself."""
    keys: dict[str, str] = {}
    for authority in view.all(Authority).values():
        for item in filter(None, (authority.wikidata_close, authority.wikidata)):
            keys[item] = authority.key
    for claims in view.claims:
        for evidence in claims.evidence:
            path, key = evidence.subject
            found = read_one_sided(evidence.note) if path == PARTNERSHIP else None
            if found:
                speaker, silent = (keys.get(item, item) for item in found)
                yield OneSided(key, (speaker,), (silent,), (claims.source.key,))

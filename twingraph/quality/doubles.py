"""Towns that may stand in the graph twice: two of one name that have partners in common.

Registers hold a city and its municipality as two items, and partners link now to the one, now to
the other. Whether they are one body is for a curator to say; nothing is merged here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations
from typing import Final, NamedTuple

from twingraph.model.lookup import Lookup
from twingraph.model.records import Authority
from twingraph.reconcile.names import folded

NEAR_KM: Final = 50
"""Two of one name that lie farther apart are homonyms, or a town and the region named after it."""


class Double(NamedTuple):
    """Two authorities that may be one, and the partners that both have, all by their keys."""

    one: str
    other: str
    partners: tuple[str, ...]


def doubles(lookup: Lookup) -> tuple[Double, ...]:
    """The pairs of one name in any language, in one country and one place as far as either is
    known, that have a partner in common; those with most partners in common first."""
    found = (
        Double(one, other, shared)
        for one, other in sorted(set(_of_one_name(lookup)))
        if _may_be_one(lookup.authorities[one], lookup.authorities[other])
        and (shared := tuple(sorted(_partners(lookup, one) & _partners(lookup, other))))
    )
    return tuple(sorted(found, key=lambda double: (-len(double.partners), double)))


def _of_one_name(lookup: Lookup) -> Iterator[tuple[str, str]]:
    by_name: dict[str, set[str]] = defaultdict(set)
    for key, authority in lookup.authorities.items():
        for name in {folded(t.value) for t in (*authority.labels, *authority.alt_labels)}:
            by_name[name].add(key)
    for name, keys in by_name.items():
        if name:
            yield from combinations(sorted(keys), 2)


def _may_be_one(one: Authority, other: Authority) -> bool:
    if one.country and other.country and one.country != other.country:
        return False
    return not (one.point and other.point) or one.point.km(other.point) <= NEAR_KM


def _partners(lookup: Lookup, key: str) -> set[str]:
    return {p for of in lookup.partnerships_of[key] for p in of.partners if p != key}

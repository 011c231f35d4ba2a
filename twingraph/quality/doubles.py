"""What may stand in the graph twice: towns and people of one name, programmes of one border.

Registers hold a city and its municipality as two items, and partners link now to the one, now to
the other; a person is written in two ways; a programme is called by another name in each country.
Whether they are one is for a curator to say; nothing is
merged here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import Final, NamedTuple

from twingraph.identifiers import Ref
from twingraph.model.lookup import Lookup
from twingraph.model.records import Authority, Person, Programme
from twingraph.reconcile.names import folded

NEAR_KM: Final = 50
"""Two of one name that lie farther apart are homonyms, or a town and the region named after it."""

ONE_PLACE_KM: Final = 10
"""Two of one name in one country that lie so close may be one without a partner in common."""


class Double(NamedTuple):
    """Two things that may be one, and the keys of the partners that both have, where they are
    towns."""

    one: Ref
    other: Ref
    partners: tuple[str, ...] = ()


def doubles(lookup: Lookup) -> tuple[Double, ...]:
    """The pairs of one name; those with most partners in common first.

    A name is any that a thing has, whatever its case and marks. Two towns lie in one country, as
    far as it is known, and either have a partner in common or stand in one place. Two programmes
    pay projects of the same countries in the same years, and have not each a code (CCI) of its own.
    """
    names = ((key, (person.name or "",)) for key, person in lookup.all(Person).items())
    pairs = _of_one_name(names)
    people = (Double(Ref(Person.path, one), Ref(Person.path, other)) for one, other in pairs)
    found = (*_towns(lookup), *people, *_programmes(lookup))
    return tuple(sorted(found, key=lambda double: (-len(double.partners), double)))


def _towns(lookup: Lookup) -> Iterator[Double]:
    names = (
        (key, (text.value for text in (*town.labels, *town.alt_labels)))
        for key, town in lookup.authorities.items()
    )
    for one, other in _of_one_name(names):
        shared = _partners(lookup, one) & _partners(lookup, other)
        if _may_be_one(lookup.authorities[one], lookup.authorities[other], bool(shared)):
            path = Authority.path
            yield Double(Ref(path, one), Ref(path, other), tuple(sorted(shared)))


def _programmes(lookup: Lookup) -> Iterator[Double]:
    countries: dict[str, set[str]] = defaultdict(set)
    for project in lookup.projects.values():
        codes = {body.country for body in lookup.bodies(project) if body.country}
        countries[project.programme or ""] |= codes
    known = [p for p in lookup.all(Programme).values() if p.start and p.end]
    for one, other in combinations(known, 2):
        same_years = (one.start, one.end) == (other.start, other.end)
        same_border = len(countries[one.key]) > 1 and countries[one.key] == countries[other.key]
        if same_years and same_border and not (one.cci and other.cci):
            yield Double(one.ref, other.ref)


def _of_one_name(names: Iterable[tuple[str, Iterable[str]]]) -> list[tuple[str, str]]:
    """The pairs of keys that have a name in common, each pair once, sorted."""
    by_name: dict[str, set[str]] = defaultdict(set)
    for key, of_thing in names:
        for name in set(map(folded, of_thing)) - {""}:
            by_name[name].add(key)
    return sorted({pair for keys in by_name.values() for pair in combinations(sorted(keys), 2)})


def _may_be_one(one: Authority, other: Authority, partner_in_common: bool) -> bool:
    if one.country and other.country and one.country != other.country:
        return False
    if not one.point or not other.point:
        return partner_in_common
    apart = one.point.km(other.point)
    if partner_in_common:
        return apart <= NEAR_KM
    return bool(one.country and other.country) and apart <= ONE_PLACE_KM


def _partners(lookup: Lookup, key: str) -> set[str]:
    return {p for of in lookup.partnerships_of[key] for p in of.partners if p != key}

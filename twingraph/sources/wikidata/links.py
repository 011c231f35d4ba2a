"""From the twinning statements of items to pairs of places, each pair once.

A pair is one however many statements, directions or administrative levels state it. What makes no
link is counted: a deprecated statement, no or an unknown partner, a partner that was deleted, a
redirect that leads in a circle, an item twinned with itself (also by way of a redirect, or of its
own commune). Ranks `normal` and `preferred` both count: of several partners, one that is preferred
does not take anything from the others.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field

from twingraph.sources.wikidata import places
from twingraph.sources.wikidata.entities import Entity, Snak, Statement
from twingraph.sources.wikidata.report import Findings

Pair = tuple[str, str]
Group = dict[Pair, list[Statement]]
"""The statements of two places, by the pairs of items that they are of."""


@dataclass(frozen=True, slots=True)
class PartnerLink:
    """Two items that are partners.

    `pair` is sorted by item number. `stated_by` holds those of the pair that state it. `doubled`
    are the pairs of items on other levels that were taken for this one; their statements are
    here too. `unchecked`: stated by one side, and the other side's item was not read.
    """

    pair: Pair
    statements: tuple[Statement, ...]
    stated_by: tuple[str, ...]
    doubled: tuple[Pair, ...] = ()
    unchecked: bool = False

    @property
    def is_one_sided(self) -> bool:
        """Whether one side alone states it."""
        return len(self.stated_by) == 1

    @property
    def silent(self) -> str | None:
        """The side that does not state it."""
        return next((item for item in self.pair if item not in self.stated_by), None)


@dataclass(frozen=True, slots=True)
class Items:
    """What is known of items: those read, what redirects where, and what does not exist.

    `retrieved` says of items that were fetched when that was (ISO 8601). `same` says of items what
    place they are; items that are not in it are places by themselves. It is filled from outside
    (items that curators gave one key) and completed by `communes`.
    """

    entities: dict[str, Entity] = field(default_factory=dict)
    redirects: dict[str, str] = field(default_factory=dict)
    missing: set[str] = field(default_factory=set)
    same: Mapping[str, str] = field(default_factory=dict)
    retrieved: dict[str, str] = field(default_factory=dict)


def number(item: str) -> int:
    """Item ids in the order of their numbers."""
    return int(item[1:])


def links(
    items: Items, report: Findings, scope: Collection[str] | None = None
) -> tuple[PartnerLink, ...]:
    """All pairs, in the order of their items' numbers; what makes none goes into the report.

    `scope` leaves out, and does not count, what touches none of its items.
    """
    communes = places.communes(items.entities)
    place = with_places(communes, items.same)
    groups: dict[Pair, Group] = defaultdict(dict)
    for ends, pair, statement in stated(items, place, report, scope):
        groups[ends].setdefault(pair, []).append(statement)
    made = [link_of(group, place, set(communes.values()), items.entities, report)
            for group in groups.values()]  # fmt: skip
    found = tuple(sorted(made, key=lambda link: _order(link.pair)))
    names = {item: name_of(entity) for item, entity in items.entities.items()}
    count_same_names(found, names, report)
    return found


def with_places(communes: Mapping[str, str], same: Mapping[str, str]) -> dict[str, str]:
    """What place items are, by their communes and by what is known from outside; those that are
    places by themselves are left out."""
    place = {**communes, **same}
    for item, commune in communes.items():
        if item not in same and commune in same:
            place[item] = same[commune]
    return place


def stated(
    items: Items, place: Mapping[str, str], report: Findings, scope: Collection[str] | None
) -> Iterator[tuple[Pair, Pair, Statement]]:
    """Every statement that makes a link, with the two places, and its pair of items in order."""
    for pair, statement in _stated(items, report, scope):
        one, other = sorted(place.get(item, item) for item in pair)
        if one == other:
            report.add("self-link", f"{pair[0]} and {pair[1]} ({statement.id})")
        else:
            yield (one, other), pair, statement


def _stated(
    items: Items, report: Findings, scope: Collection[str] | None
) -> Iterator[tuple[Pair, Statement]]:
    inside = frozenset(scope or ())
    for item in sorted(items.entities, key=number):
        entity = items.entities[item]
        seen: Counter[str] = Counter()
        for statement in entity.twinnings:
            end = statement.target and _follow(statement.target, items.redirects)
            if scope is not None and inside.isdisjoint((item, end)):
                continue
            target = _target(statement, items, report)
            if target:
                seen[target] += 1
                one, other = sorted((item, target), key=number)
                yield (one, other), statement
        for target, times in seen.items():
            if times > 1:
                report.add("repeated", f"{item} to {target}: {times} statements")


def _target(statement: Statement, items: Items, report: Findings) -> str | None:
    """The partner that a statement names, if it makes a link."""
    name = statement.id or statement.subject
    if statement.rank == "deprecated":
        report.add("deprecated", name)
    elif statement.target is None:
        report.add("no-value" if statement.snak is Snak.NONE else "unknown-value", name)
    else:
        return _existing(statement.target, statement.subject, name, items, report)
    return None


def _existing(target: str, subject: str, name: str, items: Items, report: Findings) -> str | None:
    end = _follow(target, items.redirects)
    if end is None:
        report.add("redirect-loop", f"{name}: {target}")
    elif end in items.missing:
        report.add("deleted", f"{name}: {end}")
    elif end == subject:
        report.add("self-link", f"{subject} ({name})")
    else:
        if end != target:
            report.add("redirected", f"{name}: {target} to {end}")
        return end
    return None


def _follow(item: str, redirects: Mapping[str, str]) -> str | None:
    seen = {item}
    while item in redirects:
        item = redirects[item]
        if item in seen:
            return None
        seen.add(item)
    return item


def link_of(
    group: Mapping[Pair, list[Statement]],
    place: Mapping[str, str],
    communes: Collection[str],
    read: Collection[str],
    report: Findings,
) -> PartnerLink:
    """The one link of two places. Of items on several levels, the commune's is kept. `read` are
    the items that were read."""
    sides: dict[str, set[str]] = defaultdict(set)
    for pair in group:
        for item in pair:
            sides[place.get(item, item)].add(item)
    kept = {
        side: min(found, key=lambda item: (item not in communes, number(item)))
        for side, found in sides.items()
    }
    one, other = sorted(kept.values(), key=number)
    doubled = tuple(sorted((p for p in group if p != (one, other)), key=_order))
    statements = tuple(s for pair in sorted(group, key=_order) for s in group[pair])
    speakers = {kept[place.get(s.subject, s.subject)] for s in statements}
    link = PartnerLink(
        pair=(one, other),
        statements=statements,
        stated_by=tuple(item for item in (one, other) if item in speakers),
        doubled=doubled,
        unchecked=len(speakers) == 1 and not (one in read and other in read),
    )
    _count(link, report)
    return link


def _order(pair: Pair) -> tuple[int, int]:
    return number(pair[0]), number(pair[1])


def _count(link: PartnerLink, report: Findings) -> None:
    name = " and ".join(link.pair)
    if link.doubled:
        report.add("doubled", f"{name}: also {'; '.join(' and '.join(p) for p in link.doubled)}")
    if link.is_one_sided:
        kind = "one-sided-unchecked" if link.unchecked else "one-sided"
        report.add(kind, f"{name}: stated by {link.stated_by[0]}")


def count_same_names(
    found: Collection[PartnerLink],
    names: Mapping[str, str],
    report: Findings,
    counted: Callable[[str], bool] = lambda _: True,
) -> None:
    """Two partners of one item that bear one name (see `name_of`): perhaps one place on two
    levels. Only the items that are to be `counted` here are looked at."""
    partners: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for link in found:
        for item, partner in (link.pair, link.pair[::-1]):
            if counted(item) and (name := names.get(partner)):
                partners[item][name].append(partner)
    for item in sorted(partners, key=number):
        for same in partners[item].values():
            if len(same) > 1:
                report.add("maybe-doubled", f"{item}: {' and '.join(sorted(same, key=number))}")


def name_of(entity: Entity) -> str:
    """The name that partners are compared by; "" where there is none."""
    return places.name(_label(entity)) if entity.labels else ""


def _label(entity: Entity) -> str:
    return next((t.value for t in entity.labels if t.language == "en"), entity.labels[0].value)

"""What a list is narrowed by: what is chosen, what that leaves, and how much each choice would.

A filter's counts are of the things that all the other filters let through, so that a choice that
is offered never gives nothing.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from starlette.exceptions import HTTPException

from twingraph.dates import Date
from twingraph.model.labels import names
from twingraph.model.lookup import Lookup
from twingraph.model.membership import OVER
from twingraph.model.records import (
    Authority,
    Participation,
    Partnership,
    Programme,
    Project,
    Record,
    Source,
    Text,
)
from twingraph.reconcile.names import folded

UNKNOWN: Final = "unknown"
"""The choice of what has no country, as far as the sources say."""
ALL, LASTING = "all", "lasting"
"""For a status: whichever, as the map calls it; any but those of what is over."""

Counts = Mapping[str, Mapping[str, int]]
Choices = tuple[tuple[str, frozenset[str]], ...]
"""What may be chosen of a thing, by the names of the filters."""


class Filter(NamedTuple):
    """What is chosen; "" is no choice."""

    country: str = ""
    status: str = ""
    programme: str = ""
    first: str = ""
    last: str = ""
    other_country: str = ""
    period: str = ""
    """Years of programmes, such as 2014-2020."""
    name: str = ""
    """Part of a name, whatever its case and marks."""
    source: str = ""

    @classmethod
    def of(cls, parameters: Mapping[str, str]) -> Filter:
        """The filter in an address. Raises HTTPException (400) for what is no year or period."""
        chosen = cls(*(parameters.get(name, "") for name in _IN_ADDRESSES))
        if chosen.status == ALL:
            chosen = chosen._replace(status="")
        for year in (chosen.first, chosen.last):
            if year and not (year.isascii() and year.isdigit() and len(year) == 4):
                raise HTTPException(400, f"a year has four digits; {year[:20]!r} is none")
        if chosen.period and not re.fullmatch(r"[0-9]{4}-[0-9]{4}", chosen.period):
            raise HTTPException(400, f"a period is as 2014-2020; {chosen.period[:20]!r} is none")
        return chosen

    @property
    def query(self) -> str:
        """What of an address gives this filter, without a question mark; "" where all is chosen."""
        return urlencode([pair for pair in zip(_IN_ADDRESSES, self, strict=True) if pair[1]])

    @property
    def of_partnerships(self) -> bool:
        """Whether it chooses among partnerships by what only they have."""
        return bool(self.status or self.programme or self.first or self.last or self.source)

    def at(self, years: Years) -> bool:
        """Whether what happened in some years may have happened in those that are chosen."""
        if self.first and not (years.latest and years.latest >= self.first):
            return False
        return not self.last or bool(years.earliest and years.earliest <= self.last)

    def failed(self, choices: Choices) -> list[str]:
        """The filters that do not let through what has these choices."""
        asked = ((name, getattr(self, name), values) for name, values in choices)
        return [name for name, choice, values in asked if choice and choice not in values]


_IN_ADDRESSES: Final = tuple(
    {"first": "from", "last": "to"}.get(name, name) for name in Filter._fields
)


@dataclass(frozen=True)
class Selection:
    """The things that are chosen, in no order, and for each filter how many each choice gives."""

    things: Sequence[Any]
    counts: Counts = field(default_factory=dict)


class Years(NamedTuple):
    """The years in which something may have happened; "" where that is not known."""

    earliest: str = ""
    latest: str = ""

    @classmethod
    def of(cls, date: Date | None) -> Years:
        """The years of a date."""
        return cls((date.earliest or "")[:4], (date.latest or "")[:4]) if date else cls()


class Traits(NamedTuple):
    """What filters look at in a thing. Many things have the same, and are looked at together."""

    countries: tuple[str, ...]
    """Of each body, sorted."""
    years: Years
    choices: Choices

    def within(self, one: str, other: str) -> bool:
        """Whether a body is in the one country, and another one in the other."""
        if one and one == other:
            return self.countries.count(one) > 1
        return all(code in self.countries for code in (one, other) if code)


class Selector:
    """Chooses among the things of a release; what it has to know of all of them it gathers once."""

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup
        self._folded: dict[int, str] = {}

    # --- what is chosen --------------------------------------------------------------------------

    def partnerships(self, chosen: Filter) -> Selection:
        """The partnerships that are chosen."""
        return self._chosen(self._partnerships, chosen)

    def projects(self, chosen: Filter) -> Selection:
        """The projects that are chosen; a country is that of any body that takes part."""
        return self._chosen(self._projects, chosen)

    def towns(self, chosen: Filter) -> Selection:
        """The towns that are chosen: those with such a partnership, where one is asked for."""
        kept: list[Authority] = []
        counts = {name: Counter[str]() for name in Filter._fields}
        for (country, its), every in self._towns.items():
            towns = self._called(every, chosen)
            tried = [(one, chosen.failed(one.choices)) for one in its if chosen.at(one.years)]
            fits = not chosen.of_partnerships or any(not failed for _, failed in tried)
            counts["country"][country] += len(towns) * fits
            if chosen.country not in ("", country):
                continue
            for name in ("status", "programme", "source"):
                let_through = (dict(one.choices)[name] for one, by in tried if set(by) <= {name})
                for value in frozenset[str]().union(*let_through):
                    counts[name][value] += len(towns)
            kept += towns if fits else []
        return Selection(kept, counts)

    def all(self, record_class: type[Record], chosen: Filter) -> Selection:
        """Of the things of a class those with a name that is asked for."""
        return Selection(self._called(list(self._lookup.all(record_class).values()), chosen))

    def sources(self, chosen: Filter) -> Selection:
        """The sources with a title that is asked for."""
        return Selection(self._called(list(self._lookup.sources.values()), chosen))

    def _chosen(self, groups: Mapping[Traits, Sequence[Any]], chosen: Filter) -> Selection:
        kept: list[Any] = []
        counts = {name: Counter[str]() for name in Filter._fields}
        for traits, every in groups.items():
            failed = chosen.failed(traits.choices)
            if len(failed) > 1 or not chosen.at(traits.years):
                continue
            things = self._called(every, chosen)
            if not failed:
                for code in set(traits.countries):
                    there = traits.within(code, chosen.other_country)
                    counts["country"][code] += len(things) * there
                    there = traits.within(chosen.country, code)
                    counts["other_country"][code] += len(things) * there
            if traits.within(chosen.country, chosen.other_country):
                for name, values in traits.choices:
                    for value in values if failed in ([], [name]) else ():
                        counts[name][value] += len(things)
                kept += things if not failed else []
        return Selection(kept, counts)

    def _called(self, things: Sequence[Any], chosen: Filter) -> Sequence[Any]:
        wanted = folded(chosen.name)
        return [one for one in things if wanted in self._names(one)] if wanted else things

    def _names(self, thing: Record | Source) -> str:
        """The letters of a thing's names, and of its partners', a name a line."""
        if id(thing) not in self._folded:
            named: Iterable[Record | Source] = (thing,)
            if isinstance(thing, Partnership):
                named = self._lookup.towns_of(thing.partners)
            letters = (folded(name.value) for one in named for name in _names(one))
            self._folded[id(thing)] = "\n".join(letters)
        return self._folded[id(thing)]

    # --- what filters look at --------------------------------------------------------------------

    @cached_property
    def _partnerships(self) -> Mapping[Traits, Sequence[Partnership]]:
        groups: dict[Traits, list[Partnership]] = defaultdict(list)
        for partnership in self._lookup.partnerships.values():
            countries = _countries(self._lookup.towns_of(partnership.partners))
            groups[self._of(partnership)._replace(countries=countries)].append(partnership)
        return groups

    @cached_property
    def _projects(self) -> Mapping[Traits, Sequence[Project]]:
        lookup = self._lookup
        groups: dict[Traits, list[Project]] = defaultdict(list)
        for project in lookup.projects.values():
            programme, years = project.programme or "", period(lookup, project)
            choices = (("programme", frozenset([programme])), ("period", frozenset([years])))
            bodies = _countries(lookup.bodies(project))
            groups[Traits(bodies, Years.of(project.start), choices)].append(project)
        return groups

    @cached_property
    def _towns(self) -> Mapping[tuple[str, frozenset[Traits]], Sequence[Authority]]:
        """Towns by their country and by what may be chosen of their partnerships."""
        traits = {p.key: self._of(p) for p in self._lookup.partnerships.values()}
        groups: dict[tuple[str, frozenset[Traits]], list[Authority]] = defaultdict(list)
        for town in self._lookup.authorities.values():
            its = frozenset(traits[p.key] for p in self._lookup.partnerships_of[town.key])
            groups[town.country or UNKNOWN, its].append(town)
        return groups

    def _of(self, partnership: Partnership) -> Traits:
        projects = (self._lookup.projects.get(key) for key in partnership.projects)
        programmes = frozenset(one.programme for one in projects if one and one.programme)
        status = partnership.status or ""
        choices = (
            ("status", frozenset([status] if status in OVER else [status, LASTING])),
            ("programme", programmes),
            ("source", frozenset(self._lookup.sources_of[partnership.ref])),
        )
        return Traits((), Years.of(partnership.since), choices)


def period(lookup: Lookup, project: Project) -> str:
    """The years of a project's programme, such as 2014-2020; "" where they are not known."""
    programme = lookup.all(Programme).get(project.programme or "")
    if programme is None:
        return ""
    first, last = Years.of(programme.start).earliest, Years.of(programme.end).latest
    return f"{first}-{last}" if first and last else ""


def _countries(bodies: Iterable[Authority | Participation]) -> tuple[str, ...]:
    return tuple(sorted(body.country or UNKNOWN for body in bodies))


def _names(thing: Record | Source) -> Iterator[Text]:
    yield from names(thing)
    if isinstance(thing, Authority):
        yield from thing.alt_labels

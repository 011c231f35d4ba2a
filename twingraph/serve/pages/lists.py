"""Lists with filters: which things, in which order, with which columns."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from starlette.exceptions import HTTPException

from twingraph import identifiers as ids
from twingraph.dates import Date
from twingraph.identifiers import Ref
from twingraph.model.labels import Labels
from twingraph.model.lookup import Lookup
from twingraph.model.records import (
    Authority,
    Concept,
    Organization,
    Participation,
    Partnership,
    Person,
    Programme,
    Project,
    Record,
)
from twingraph.release import columns, tables
from twingraph.release.columns import Column, ColumnType
from twingraph.release.tables import Table
from twingraph.serve.pages.partnerships import STATUS, day
from twingraph.serve.pages.reader import Link, Reader
from twingraph.web.languages import LANGUAGES
from twingraph.web.messages import N_

ON_A_PAGE: Final = 50

Thing = Any
"""A record of the list's class."""


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

    @classmethod
    def of(cls, parameters: Mapping[str, str]) -> Filter:
        """The filter in an address. Raises HTTPException (400) for what is no year or period."""
        names = ("country", "status", "programme", "from", "to", "other_country", "period")
        chosen = cls(*(parameters.get(name, "") for name in names))
        for year in (chosen.first, chosen.last):
            if year and not (year.isascii() and year.isdigit() and len(year) == 4):
                raise HTTPException(400, f"a year has four digits; {year[:20]!r} is none")
        if chosen.period and not re.fullmatch(r"[0-9]{4}-[0-9]{4}", chosen.period):
            raise HTTPException(400, f"a period is as 2014-2020; {chosen.period[:20]!r} is none")
        return chosen

    @property
    def of_partnerships(self) -> bool:
        """Whether it chooses among partnerships by what only they have."""
        return bool(self.status or self.programme or self.first or self.last)

    def within(self, bodies: Iterable[Authority | Participation]) -> bool:
        """Whether one of the bodies is in the country, and another in the other country."""
        wanted = Counter(filter(None, (self.country, self.other_country)))
        return not wanted or wanted <= Counter(body.country for body in bodies)

    def at(self, date: Date | None) -> bool:
        """Whether a date may lie in the years."""
        earliest, latest = (date.earliest, date.latest) if date else (None, None)
        if self.first and not (latest and latest[:4] >= self.first):
            return False
        return not self.last or bool(earliest and earliest[:4] <= self.last)

    def towns(self, lookup: Lookup) -> list[Authority]:
        """The towns that are chosen: those with such a partnership."""
        anywhere = self._replace(country="")
        return [
            town
            for town in lookup.authorities.values()
            if (not self.country or town.country == self.country)
            and (
                not self.of_partnerships
                or any(anywhere.fits(lookup, p) for p in lookup.partnerships_of[town.key])
            )
        ]

    def partnerships(self, lookup: Lookup) -> list[Partnership]:
        """The partnerships that are chosen."""
        return [p for p in lookup.partnerships.values() if self.fits(lookup, p)]

    def fits(self, lookup: Lookup, partnership: Partnership) -> bool:
        """Whether a partnership is among those chosen."""
        projects = (lookup.projects.get(key) for key in partnership.projects)
        return (
            (not self.status or partnership.status == self.status)
            and (not self.programme or any(p and p.programme == self.programme for p in projects))
            and self.at(partnership.since)
            and self.within(lookup.towns_of(partnership.partners))
        )

    def projects(self, lookup: Lookup) -> list[Project]:
        """The projects that are chosen."""
        return [
            project
            for project in lookup.projects.values()
            if (not self.programme or project.programme == self.programme)
            and (not self.period or self.period == period(lookup, project))
            and self.at(project.start)
            and self.within(lookup.bodies(project))
        ]


def period(lookup: Lookup, project: Project) -> str:
    """The years of a project's programme, such as 2014-2020; "" where they are not known."""
    programme = lookup.all(Programme).get(project.programme or "")
    first = programme.start.earliest if programme and programme.start else None
    last = programme.end.latest if programme and programme.end else None
    return f"{first[:4]}-{last[:4]}" if first and last else ""


class ListColumn(NamedTuple):
    """A column of a list on its page: its name in addresses ("" where none sorts by it), its
    title, what stands in it (a text, or links), and what sorts it."""

    name: str
    title: str
    cell: Callable[[Reader, Thing], str | Sequence[Link]]
    order: Callable[[Reader, Thing], Any] | None = None

    def key(self, reader: Reader, thing: Thing) -> Any:
        """What sorts a thing by the column; what is empty comes last."""
        if self.order:
            return self.order(reader, thing)
        text = str(self.cell(reader, thing))
        return not text, reader.locale.sort_key(text)


class Row(NamedTuple):
    """A line of a list: its thing, and the cells of the columns after the first."""

    link: Link
    cells: Sequence[str | Sequence[Link]]


@dataclass(frozen=True)
class Listing:
    """A kind of list. `filters` are those that it can be narrowed by; `table` is the same as a
    table of the release, for its file."""

    path: str
    title: str
    columns: Sequence[ListColumn]
    filters: Sequence[str]
    things: Callable[[Filter, Lookup], Sequence[Thing]]
    table: Table

    @property
    def on_map(self) -> bool:
        """Whether its things have a place."""
        return self.path in ("towns", "partnerships", "projects")

    def row(self, reader: Reader, thing: Thing) -> Row:
        """A thing's line."""
        cells = [column.cell(reader, thing) for column in self.columns[1:]]
        return Row(reader.link(thing.ref), cells)

    def ordered(self, reader: Reader, chosen: Filter, column: str, down: bool) -> list[Thing]:
        """Its things in the order of a column; of equal ones, by name."""
        name = self.columns[0]
        by = next(one for one in self.columns if one.name == column)

        def key(thing: Thing) -> Any:
            named = name.key(reader, thing), thing.key
            return named if by is name else (by.key(reader, thing), *named)

        return sorted(self.things(chosen, reader.lookup), key=key, reverse=down)


# --- the columns ---------------------------------------------------------------------------------


def _all(record_class: type[Record]) -> Callable[[Filter, Lookup], Sequence[Record]]:
    return lambda chosen, lookup: list(lookup.all(record_class).values())


def _name(title: str) -> ListColumn:
    return ListColumn("name", title, lambda reader, thing: reader.label(thing.ref).value)


def _count(name: str, title: str, count: Callable[[Lookup, Thing], int]) -> ListColumn:
    """A number; the greatest come first."""
    return ListColumn(
        name,
        title,
        lambda reader, thing: reader.locale.number(count(reader.lookup, thing)),
        lambda reader, thing: -count(reader.lookup, thing),
    )


def _date(name: str, title: str) -> ListColumn:
    return ListColumn(
        name,
        title,
        lambda reader, thing: reader.when(getattr(thing, name)) or "",
        lambda reader, thing: day(getattr(thing, name)),
    )


def _countries(reader: Reader, thing: Partnership | Project) -> str:
    lookup = reader.lookup
    if isinstance(thing, Partnership):
        return reader.countries(lookup.towns_of(thing.partners))
    return reader.countries(lookup.bodies(thing))


def _programme(reader: Reader, project: Project) -> str:
    programme = project.programme
    return reader.label(Ref(ids.PROGRAMME, programme)).value if programme else ""


def _partners(reader: Reader, project: Project) -> list[Link]:
    return [reader.link(Ref(ids.MUNICIPALITY, key)) for key in project.partners]


def _scheme(reader: Reader, concept: Concept) -> str:
    scheme, _, own = concept.key.partition("/")
    return reader.label(Ref(ids.CONCEPT, scheme)).value if own else ""


# --- the tables ----------------------------------------------------------------------------------


def _table(name: str, title: str, means: str, *more: Column) -> Table:
    """A table of the things that the release's tables have no rows of."""

    def label(thing: Thing, labels: Labels) -> str:
        return labels.label(thing.ref).value

    named = Column("name", ColumnType.TEXT, "the name", label, True)
    return Table(name, title, means, lambda labels: (), (*columns.key(title), named, *more))


def _of_release(name: str) -> Table:
    return next(table for table in tables.tables(tuple(LANGUAGES)) if table.name == name)


LISTINGS: Final = {
    listing.path: listing
    for listing in (
        Listing(
            "towns", N_("Towns"),
            (
                _name(N_("Name")),
                ListColumn("country", N_("Country"), lambda r, town: r.country(town.country) or ""),
                _count("partnerships", N_("Partnerships"),
                       lambda lookup, town: len(lookup.partnerships_of[town.key])),
            ),
            ("country", "status", "programme", "year"),
            Filter.towns, _of_release(tables.MUNICIPALITIES),
        ),
        Listing(
            "partnerships", N_("Partnerships"),
            (
                _name(N_("Partners")),
                _date("since", N_("Since")),
                ListColumn("status", N_("Status"), lambda r, p: r.concept(STATUS, p.status) or ""),
                ListColumn("", N_("Countries"), _countries),
            ),
            ("country", "other_country", "status", "programme", "year"),
            Filter.partnerships, _of_release(tables.PARTNERSHIPS),
        ),
        Listing(
            "signatories", N_("Signatories"),
            (
                _name(N_("Name")),
                _count("signatures", N_("Signatures"),
                       lambda lookup, person: len(lookup.signatures_by[person.key])),
            ),
            (), _all(Person),
            _table("signatories", "Signatories", "A row is a person who signed.",
                   Column("signatures", ColumnType.COUNT, "how many documents the person signed",
                          lambda p, labels: len(labels.lookup.signatures_by[p.key]), True)),
        ),
        Listing(
            "projects", N_("Projects"),
            (
                _name(N_("Title")),
                ListColumn("programme", N_("Programme"), _programme),
                _date("start", N_("Start")),
                ListColumn("", N_("Countries"), _countries),
                ListColumn("", N_("Partners"), _partners),
            ),
            ("country", "other_country", "programme", "period", "year"),
            Filter.projects, _of_release(tables.PROJECTS),
        ),
        Listing(
            "programmes", N_("Programmes"), (_name(N_("Title")),), (), _all(Programme),
            _table("programmes", "Programmes", "A row is a programme that pays projects.",
                   columns.field(Programme, "cci", "the code in the EU's registers (CCI)")),
        ),
        Listing(
            "organizations", N_("Schools and associations"), (_name(N_("Name")),), (),
            _all(Organization), _of_release(tables.ORGANIZATIONS),
        ),
        Listing(
            "sources", N_("Sources"),
            (
                _name(N_("Title")),
                ListColumn("kind", N_("Kind"), lambda r, s: r.concept("source-kind", s.kind) or ""),
                ListColumn("read", N_("Read on"),
                      lambda r, s: r.locale.day(s.retrieved) if s.retrieved else "",
                      lambda r, s: s.retrieved or ""),
            ),
            (), lambda chosen, lookup: list(lookup.sources.values()), _of_release(tables.SOURCES),
        ),
        Listing(
            "concepts", N_("Concepts"),
            (_name(N_("Name")), ListColumn("scheme", N_("Scheme"), _scheme)), (), _all(Concept),
            _table("concepts", "Concepts", "A row is a concept, or a scheme of some."),
        ),
    )
}  # fmt: skip

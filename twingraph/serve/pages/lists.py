"""Lists: which things, in which order, with which columns, narrowed by which filters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from twingraph import identifiers as ids
from twingraph.identifiers import Ref
from twingraph.model.labels import Labels
from twingraph.model.lookup import Lookup
from twingraph.model.records import (
    Concept,
    Organization,
    Partnership,
    Person,
    Programme,
    Project,
    Record,
)
from twingraph.release import columns, tables
from twingraph.release.columns import Column, ColumnType
from twingraph.release.tables import Table
from twingraph.serve.pages.list_filters import Filter, Selection, Selector
from twingraph.serve.pages.partnerships import STATUS, day
from twingraph.serve.pages.reader import Link, Reader
from twingraph.web.languages import LANGUAGES
from twingraph.web.messages import N_

ON_A_PAGE: Final = (50, 200, 1000)
"""How many things a page may have; the first where nothing is said."""

Thing = Any
"""A record of the list's class."""


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


class ListRow(NamedTuple):
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
    select: Callable[[Selector, Filter], Selection]
    table: Table

    @property
    def on_map(self) -> bool:
        """Whether its things have a place."""
        return self.path in ("towns", "partnerships", "projects")

    def row(self, reader: Reader, thing: Thing) -> ListRow:
        """A thing's line."""
        cells = [column.cell(reader, thing) for column in self.columns[1:]]
        return ListRow(reader.link(thing.ref), cells)

    def ordered(self, reader: Reader, things: Sequence[Thing], column: str) -> list[Thing]:
        """Things in the order of a column; of equal ones, by name."""
        name = self.columns[0]
        by = next(one for one in self.columns if one.name == column)

        def key(thing: Thing) -> Any:
            named = name.key(reader, thing), thing.key
            return named if by is name else (by.key(reader, thing), *named)

        return sorted(things, key=key)


# --- the columns ---------------------------------------------------------------------------------


def _all(record_class: type[Record]) -> Callable[[Selector, Filter], Selection]:
    return lambda selector, chosen: selector.all(record_class, chosen)


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
            ("name", "country", "status", "programme", "source", "year"),
            Selector.towns, _of_release(tables.MUNICIPALITIES),
        ),
        Listing(
            "partnerships", N_("Partnerships"),
            (
                _name(N_("Partners")),
                _date("since", N_("Since")),
                ListColumn("status", N_("Status"), lambda r, p: r.concept(STATUS, p.status) or ""),
                ListColumn("", N_("Countries"), _countries),
            ),
            ("name", "country", "other_country", "status", "programme", "source", "year"),
            Selector.partnerships, _of_release(tables.PARTNERSHIPS),
        ),
        Listing(
            "signatories", N_("Signatories"),
            (
                _name(N_("Name")),
                _count("signatures", N_("Signatures"),
                       lambda lookup, person: len(lookup.signatures_by[person.key])),
            ),
            ("name",), _all(Person),
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
            ("name", "country", "other_country", "programme", "period", "year"),
            Selector.projects, _of_release(tables.PROJECTS),
        ),
        Listing(
            "programmes", N_("Programmes"), (_name(N_("Title")),), ("name",), _all(Programme),
            _table("programmes", "Programmes", "A row is a programme that pays projects.",
                   columns.field(Programme, "cci", "the code in the EU's registers (CCI)")),
        ),
        Listing(
            "organizations", N_("Schools and associations"), (_name(N_("Name")),), ("name",),
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
            ("name",), Selector.sources, _of_release(tables.SOURCES),
        ),
        Listing(
            "concepts", N_("Concepts"),
            (_name(N_("Name")), ListColumn("scheme", N_("Scheme"), _scheme)), ("name",),
            _all(Concept),
            _table("concepts", "Concepts", "A row is a concept, or a scheme of some."),
        ),
    )
}  # fmt: skip

"""What a column of a table is: its name, what it holds, what it means, how a row gets its value.

A column is described once, here and in `tables`; CSV, Parquet and the data package are made of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from operator import attrgetter
from typing import Any, Final

from twingraph.dates import Date
from twingraph.model.labels import Labels
from twingraph.model.records import Record, Texts
from twingraph.rdf import concepts
from twingraph.rdf.mapping import property_of

LIST_SEPARATOR: Final = "; "
"""What stands between the items of a list, where a cell can only hold text."""

Value = Callable[[Any, Labels], Any]
"""What a row says in a column: a text, a number, a day … or None where nothing is known."""


class ColumnType(Enum):
    """What the cells of a column hold."""

    TEXT = "text"
    IRI = "an IRI"
    DATE = "a date as its source writes it (EDTF)"
    DAY = "a day, YYYY-MM-DD"
    DEGREES = "degrees, WGS 84"
    AMOUNT = "an amount of money"
    COUNT = "a whole number"
    FLAG = "true or false"
    LIST = "texts"


@dataclass(frozen=True)
class Column:
    """A column. `means` is for whoever opens the table, in English.

    `refers` names the table whose `key` the column holds, `scheme` the concepts that it may hold,
    `says` the RDF property (an IRI) that says the same in the graph.
    """

    name: str
    kind: ColumnType
    means: str
    value: Value
    required: bool = False
    refers: str | None = None
    scheme: str | None = None
    says: str | None = None

    @property
    def allowed(self) -> list[str] | None:
        """The values that the column may hold, where they are few and fixed."""
        return sorted(concepts.schemes()[self.scheme]) if self.scheme else None

    def cells(self, rows: Sequence[Any], labels: Labels) -> list[Any]:
        """What some rows say in the column."""
        value = self.value
        if isinstance(value, Of):
            return list(map(value.of, rows))
        return [value(row, labels) for row in rows]


class Of:
    """A field of the row itself, which needs no other record: most columns are such."""

    def __init__(self, name: str) -> None:
        self.of = attrgetter(name)

    def __call__(self, row: Any, _: Labels) -> Any:
        return self.of(row)


def key(means: str) -> Iterator[Column]:
    """The key of a row's record, and its IRI."""
    yield Column("key", ColumnType.TEXT, f"{means}: its key, which never changes", Of("key"), True)
    yield Column("iri", ColumnType.IRI, "the same as an IRI, its name on the web", _iri, True)


def field(
    record_class: type[Record],
    name: str,
    means: str,
    kind: ColumnType = ColumnType.TEXT,
    *,
    required: bool = False,
    refers: str | None = None,
    scheme: str | None = None,
) -> Column:
    """A field of the row's record, as it is."""
    return Column(
        name, kind, means, Of(name), required, refers, scheme, _property(record_class, name)
    )


def parent(name: str, means: str, refers: str) -> Column:
    """The whole that the row's record is a part of."""
    return Column(name, ColumnType.TEXT, means, Of(name), True, refers)


def dated(record_class: type[Record], name: str, means: str) -> Iterator[Column]:
    """A date as written, with the first and the last day that it can mean."""
    of = attrgetter(name)

    def part(which: str) -> Value:
        part_of = attrgetter(which)

        def value(row: Any, _: Labels) -> str | None:
            date: Date | None = of(row)
            found: str | None = part_of(date) if date else None
            return found

        return value

    says = _property(record_class, name)
    yield Column(
        name,
        ColumnType.DATE,
        f"{means}, in the precision of the source: 2008, 2008-07, 2008-07-12, or as EDTF 197X (a "
        "decade), 2004~ (about), 2010/2012 (between), ../2012 (before), XXXX-07-04 (no year)",
        part("edtf"),
        says=says,
    )
    for bound, first in (("earliest", "the first"), ("latest", "the last")):
        yield Column(
            f"{name}_{bound}",
            ColumnType.DAY,
            f"{first} day that {name} can mean, to sort and compare by; empty where that end is "
            "open",
            part(bound),
            says=f"{says}{bound.capitalize()}",
        )


def text(name: str, of: str, means: str, required: bool = False) -> Iterator[Column]:
    """A text of several languages: the one chosen, and its language."""
    texts_of = attrgetter(of)

    def value(row: Any, labels: Labels) -> str | None:
        return labels.chosen(texts_of(row)).value or None

    def language(row: Any, labels: Labels) -> str | None:
        return labels.chosen(texts_of(row)).language or None

    yield Column(
        name,
        ColumnType.TEXT,
        f"{means}, in the first of the dataset's languages that a source gives it in",
        value,
        required,
    )
    yield Column(f"{name}_language", ColumnType.TEXT, f"the language of {name} (BCP 47)", language)


def in_languages(name: str, of: str, means: str, languages: Iterable[str]) -> Iterator[Column]:
    """A text of several languages: a column for each of some languages."""
    for language in languages:
        column = f"{name}_{language.replace('-', '_')}"
        yield Column(
            column, ColumnType.TEXT, f"{means}, in the language {language}", _in(of, language)
        )


def sources() -> Column:
    """The sources of what the row says."""

    def value(row: Record, labels: Labels) -> Sequence[str]:
        return labels.lookup.sources_of[row.ref]

    means = "every source that states anything of it: keys of the table sources"
    return Column("sources", ColumnType.LIST, means, value, True)


def _in(of: str, language: str) -> Value:
    texts_of = attrgetter(of)

    def value(row: Any, _: Labels) -> str | None:
        texts: Texts = texts_of(row)
        return next((text.value for text in texts if text.language == language), None)

    return value


def _iri(row: Any, labels: Labels) -> str:
    iri: str = row.ref.iri(labels.lookup.base)
    return iri


def _property(record_class: type[Record], name: str) -> str:
    return property_of(record_class, name)[1:-1]

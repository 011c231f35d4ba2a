"""The form as its template shows it: rows with their fields, values, choices and faults."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

import pycountry

from twingraph.contributions.form.composed import InputFault
from twingraph.contributions.form.fields import (
    ASKED,
    CHOICE,
    HIDDEN,
    LANGUAGE,
    MEMBER,
    PERSON,
    SEVERAL,
    WORDS_LABEL,
    FormField,
    FormPart,
)
from twingraph.contributions.form.typed import TypedRow, words_input
from twingraph.model.records import Person
from twingraph.rdf import concepts
from twingraph.sources.curated.codes import countries
from twingraph.sources.curated.format import AuthorityRow
from twingraph.web.languages import ENGLISH
from twingraph.web.locale import Locale, locale_of


@dataclass(frozen=True, slots=True)
class Option:
    """One of the values that a field may have."""

    value: str
    label: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class FieldView:
    """A field with what stands in it, and what that was found to be where it names something."""

    field: FormField
    input: str
    value: str
    options: Sequence[Option]
    faults: Sequence[InputFault]
    words: str
    words_input: str
    words_faults: Sequence[InputFault]
    found: FoundView | None = None

    @property
    def is_wrong(self) -> bool:
        """Whether what stands in it cannot stay."""
        return any(not fault.doubt for fault in self.faults)

    @property
    def is_open(self) -> bool:
        """Whether it must be seen though it is folded."""
        chosen = any(option.chosen and option.value for option in self.options)
        return bool(self.value or chosen or self.faults or self.words or self.words_faults)


@dataclass(frozen=True, slots=True)
class FoundView:
    """What somebody or something that was named is found to be, in words, and its key where it is
    known; `options` are those to choose from. `place` is the input or the row where that is told,
    `input` the one by which it is chosen, "" where it is not, `value` what stands in that."""

    text: str = ""
    key: str = ""
    options: Sequence[Option] = ()
    place: str = ""
    input: str = ""
    value: str = ""
    asked: tuple[str, str] = ("", "")
    """The input that carries the grounds on which it is asked, and what stands in that."""


@dataclass(slots=True)
class RowView:
    """A row: its heading, the same without names, its fields, and the parts in it. `above` is the
    row to go on with where this one is taken away."""

    part: FormPart
    name: str
    legend: str
    short: str
    fields: Sequence[FieldView]
    folded: Sequence[FieldView]
    hidden: Sequence[tuple[str, str]]
    parts: Sequence[PartView]
    faults: Sequence[InputFault]
    removable: bool
    above: str
    found: FoundView | None = None

    @property
    def is_open(self) -> bool:
        """Whether what is folded in it must be seen."""
        return any(one.is_open for one in self.folded)


@dataclass(slots=True)
class PartView:
    """The rows of a part; `add` is the value of the button for one more, "" where there is none."""

    part: FormPart
    rows: Sequence[RowView]
    add: str = ""

    @property
    def new(self) -> str:
        """What the row is called that the button adds."""
        return f"{self.add}.{len(self.rows)}"


@dataclass(frozen=True)
class FormView:
    """Makes views in a reader's language: what is wrong by input, what was found by the input or
    the row that names it."""

    locale: Locale
    faults: Mapping[str, Sequence[InputFault]] = field(default_factory=dict)
    found: Mapping[str, FoundView] = field(default_factory=dict)

    @classmethod
    def of(
        cls, locale: Locale, faults: Iterable[InputFault], found: Mapping[str, FoundView]
    ) -> FormView:
        """Views that show some faults."""
        by_input: dict[str, list[InputFault]] = defaultdict(list)
        for fault in faults:
            by_input[fault.input].append(fault)
        return cls(locale, by_input, found)

    def parts(self, root: TypedRow) -> list[PartView]:
        """The whole form."""
        return [self._part(root, part, ()) for part in root.part.parts]

    def labels(self, root: TypedRow) -> dict[str, str]:
        """What each input and each row is called, and in what it stands, to name it elsewhere on
        the page: "Partnership 1, Town 2: Name"."""
        gettext, named = self.locale.gettext, {"": ""}
        for row in root.walk():
            above = named[row.name]
            for n, below in ((n, one) for rows in row.rows.values() for n, one in enumerate(rows)):
                named[below.name] = f"{above}, " * bool(above) + self._short(below, n)
            for one in row.part.fields:
                field = f"{above}{self.locale.colon} {gettext(one.label)}" if one.label else above
                named[row.input(one.name)] = field
                named[words_input(row, one.name)] = f"{field}, {gettext(WORDS_LABEL)}"
        return {input: name for input, name in named.items() if name}

    def _part(self, row: TypedRow, part: FormPart, members: Sequence[Option]) -> PartView:
        rows = row.of(part.name)
        views = [self._row(one, n, len(rows), members) for n, one in enumerate(rows)]
        add = row.input(part.name) if part.most > max(part.least, len(rows)) else ""
        return PartView(part, views, add)

    def _row(self, row: TypedRow, number: int, of: int, members: Sequence[Option]) -> RowView:
        part = row.part
        if towns := row.of("partners"):
            members = [Option(str(n), self._town(town, n)) for n, town in enumerate(towns)]
        fields = [self._field(row, one, members) for one in part.fields if one.entry != HIDDEN]
        found = self._found_row(row)
        asked = {one.found.input for one in fields if one.found} | {found.input if found else ""}
        hidden = [
            (row.input(one.name), row.get(one.name))
            for one in part.fields
            if one.entry == HIDDEN and one.name != ASKED and row.input(one.name) not in asked
        ]
        return RowView(
            part,
            row.name,
            self._legend(row, number),
            self._short(row, number),
            [one for one in fields if not one.field.folded],
            [one for one in fields if one.field.folded],
            hidden,
            [self._part(row, below, members) for below in part.parts],
            [*self._faults_at(row.name), *self._faults_at(row.input("key"))],
            removable=of > part.least or (part.most > 1 and not row.is_blank),
            above=_above(row.name, of > 1 or part.least > 0),
            found=found,
        )

    def _found_row(self, row: TypedRow) -> FoundView | None:
        """What the town of a row was found to be; None for a row that is of none."""
        if row.part.model is not AuthorityRow:
            return None
        found, input = self.found.get(row.name, FoundView()), row.input("key")
        asked = (row.input(ASKED), row.get(ASKED))
        return replace(found, place=row.name, input=input, value=row.get("key"), asked=asked)

    def _found_field(self, row: TypedRow, one: FormField) -> FoundView | None:
        """What a field names was found to be; None for a field that names nothing."""
        if one.names is None:
            return None
        found, place = self.found.get(row.input(one.name), FoundView()), row.input(one.name)
        if one.names is not Person:
            return replace(found, place=place)
        input, asked = row.input(PERSON), (row.input(ASKED), row.get(ASKED))
        return replace(found, place=place, input=input, value=row.get(PERSON), asked=asked)

    def _faults_at(self, input: str) -> Sequence[InputFault]:
        return self.faults.get(input, ())

    def _legend(self, row: TypedRow, number: int) -> str:
        numbered = self._short(row, number)
        names = [town.get("name") for town in row.of("partners") if town.get("name")]
        return f"{numbered}{self.locale.colon} {' – '.join(names)}" if names else numbered

    def _short(self, row: TypedRow, number: int) -> str:
        title = self.locale.gettext(row.part.title)
        return title if row.part.most == 1 else f"{title} {self.locale.number(number + 1)}"

    def _town(self, town: TypedRow, number: int) -> str:
        return town.get("name") or self._short(town, number)

    def _field(self, row: TypedRow, one: FormField, members: Sequence[Option]) -> FieldView:
        input, words = row.input(one.name), words_input(row, one.name)
        return FieldView(
            one,
            input,
            row.get(one.name),
            self._options(row, one, members),
            self._faults_at(input),
            row.words.get(one.name, ""),
            words if one.quoted else "",
            self._faults_at(words),
            self._found_field(row, one),
        )

    def _options(self, row: TypedRow, one: FormField, members: Sequence[Option]) -> list[Option]:
        language, value = self.locale.language, row.get(one.name)
        chosen = row.chosen.get(one.name, ())
        match one.entry:
            case "choice" | "choices":
                known = concept_labels(one.scheme, language)
            case "language":
                known = language_names(language)
            case "member" | "members":
                known = tuple((option.value, option.label) for option in members)
            case _:
                return []
        options = [Option(v, label, v == value or v in chosen) for v, label in known]
        if one.entry in SEVERAL:
            return options
        # What was posted and is none of them is shown all the same, with what is wrong with it.
        if value and not any(option.chosen for option in options) and one.entry != MEMBER:
            options.append(Option(value, value, True))
        return [Option("", ""), *options] if one.entry in (CHOICE, LANGUAGE, MEMBER) else options


def _above(name: str, stays: bool) -> str:
    """The row before a row, or the one that comes to stand in the place of the first; where none
    `stays` the row that both are in."""
    part, _, number = name.rpartition(".")
    if stays:
        return f"{part}.{max(0, int(number) - 1)}"
    return part.rpartition(".")[0] or "main"


@cache
def concept_labels(scheme: str, language: str) -> tuple[tuple[str, str], ...]:
    """The concepts of a scheme by name, with what they are called in a language."""
    named = []
    for name in concepts.schemes()[scheme]:
        texts = {tag: text for text, tag in concepts.texts(f"{scheme}/{name}", "prefLabel")}
        named.append((name, texts.get(language) or texts.get(ENGLISH) or name))
    locale = locale_of(language)
    return tuple(sorted(named, key=lambda one: locale.sort_key(one[1])))


@cache
def language_names(language: str) -> tuple[tuple[str, str], ...]:
    """Languages by tag (of two letters, ISO 639-1), with what they are called."""
    locale = locale_of(language)
    tags = [one.alpha_2 for one in pycountry.languages if hasattr(one, "alpha_2")]
    named = [(tag, locale.babel.languages[tag]) for tag in tags if tag in locale.babel.languages]
    return tuple(sorted(named, key=lambda one: locale.sort_key(one[1])))


@cache
def country_names(language: str) -> tuple[str, ...]:
    """What countries are called."""
    locale = locale_of(language)
    names = (
        locale.babel.territories[code] for code in countries() if code in locale.babel.territories
    )
    return tuple(sorted(names, key=locale.sort_key))

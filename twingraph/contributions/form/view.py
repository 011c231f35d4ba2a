"""The form as its template shows it: rows with their fields, values, choices and faults."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

import pycountry

from twingraph.contributions.form.composed import InputFault
from twingraph.contributions.form.fields import (
    CHOICE,
    CHOICES,
    HIDDEN,
    LANGUAGE,
    MEMBER,
    WORDS_LABEL,
    FormField,
    Part,
)
from twingraph.contributions.form.typed import Row, words_input
from twingraph.rdf import concepts
from twingraph.sources.curated.codes import countries
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
    """A field with what stands in it."""

    field: FormField
    input: str
    value: str
    options: Sequence[Option]
    faults: Sequence[InputFault]
    words: str
    words_input: str
    words_faults: Sequence[InputFault]

    @property
    def is_open(self) -> bool:
        """Whether it must be seen though it is folded."""
        chosen = any(option.chosen and option.value for option in self.options)
        return bool(self.value or chosen or self.faults or self.words or self.words_faults)


@dataclass(frozen=True, slots=True)
class TownFound:
    """What a town was found to be, in words, and its key where it is known; `options` are those to
    choose from."""

    text: str
    key: str = ""
    options: Sequence[Option] = ()


@dataclass(slots=True)
class RowView:
    """A row: its heading, the same without names, its fields, and the parts in it."""

    part: Part
    name: str
    legend: str
    short: str
    fields: Sequence[FieldView]
    folded: Sequence[FieldView]
    hidden: Sequence[tuple[str, str]]
    parts: Sequence[PartView]
    faults: Sequence[InputFault]
    removable: bool
    found: TownFound | None = None

    @property
    def is_open(self) -> bool:
        """Whether what is folded in it must be seen."""
        return any(one.is_open for one in self.folded)


@dataclass(slots=True)
class PartView:
    """The rows of a part; `add` is the value of the button for one more, "" where there is none."""

    part: Part
    rows: Sequence[RowView]
    add: str = ""


@dataclass(frozen=True)
class FormView:
    """Makes views in a reader's language: what is wrong by input, what was found by town."""

    locale: Locale
    faults: Mapping[str, Sequence[InputFault]] = field(default_factory=dict)
    towns: Mapping[str, TownFound] = field(default_factory=dict)

    @classmethod
    def of(
        cls, locale: Locale, faults: Iterable[InputFault], towns: Mapping[str, TownFound]
    ) -> FormView:
        """Views that show some faults."""
        by_input: dict[str, list[InputFault]] = defaultdict(list)
        for fault in faults:
            by_input[fault.input].append(fault)
        return cls(locale, by_input, towns)

    def parts(self, root: Row) -> list[PartView]:
        """The whole form."""
        return [self._part(root, part, ()) for part in root.part.parts]

    def labels(self, root: Row) -> dict[str, str]:
        """What each input and each row is called, to name it elsewhere on the page."""
        gettext, named = self.locale.gettext, {}
        for row in root.walk():
            for n, below in ((n, one) for rows in row.rows.values() for n, one in enumerate(rows)):
                named[below.name] = self._legend(below, n)
            for one in row.part.fields:
                named[row.input(one.name)] = gettext(one.label) if one.label else ""
                named[words_input(row, one.name)] = gettext(WORDS_LABEL)
        return named

    def _part(self, row: Row, part: Part, members: Sequence[Option]) -> PartView:
        rows = row.of(part.name)
        views = [self._row(one, n, len(rows), members) for n, one in enumerate(rows)]
        add = row.input(part.name) if part.most > max(part.least, len(rows)) else ""
        return PartView(part, views, add)

    def _row(self, row: Row, number: int, of: int, members: Sequence[Option]) -> RowView:
        part = row.part
        if towns := row.of("partners"):
            members = [Option(str(n), self._town(town, n)) for n, town in enumerate(towns)]
        fields = [self._field(row, one, members) for one in part.fields if one.entry != HIDDEN]
        hidden = [(row.input(one.name), row.get(one.name)) for one in part.fields
                  if one.entry == HIDDEN]  # fmt: skip
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
            found=self.towns.get(row.name),
        )

    def _faults_at(self, input: str) -> Sequence[InputFault]:
        return self.faults.get(input, ())

    def _legend(self, row: Row, number: int) -> str:
        numbered = self._short(row, number)
        names = [town.get("name") for town in row.of("partners") if town.get("name")]
        return f"{numbered}{self.locale.colon} {' – '.join(names)}" if names else numbered

    def _short(self, row: Row, number: int) -> str:
        title = self.locale.gettext(row.part.title)
        return title if row.part.most == 1 else f"{title} {self.locale.number(number + 1)}"

    def _town(self, town: Row, number: int) -> str:
        return town.get("name") or self._short(town, number)

    def _field(self, row: Row, one: FormField, members: Sequence[Option]) -> FieldView:
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
        )

    def _options(self, row: Row, one: FormField, members: Sequence[Option]) -> list[Option]:
        language, value = self.locale.language, row.get(one.name)
        chosen = row.chosen.get(one.name, ())
        match one.entry:
            case "choice" | "choices":
                known = concept_labels(one.scheme, language)
            case "language":
                known = language_names(language)
            case "member":
                known = tuple((option.value, option.label) for option in members)
            case _:
                return []
        options = [Option(v, label, v == value or v in chosen) for v, label in known]
        if one.entry == CHOICES:
            return options
        # What was posted and is none of them is shown all the same, with what is wrong with it.
        if value and not any(option.chosen for option in options) and one.entry != MEMBER:
            options.append(Option(value, value, True))
        return [Option("", ""), *options] if one.entry in (CHOICE, LANGUAGE, MEMBER) else options


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

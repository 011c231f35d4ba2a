"""What a sheet calls by name, by its key: the one that it has, or one that is minted.

What is written as a key (small letters a to z, digits, single hyphens) is one; anything else is a
name. A town is named with its country, in the column beside it or as `Abda (HU)`, at least once in
a sheet, unless the registers have but one of the name.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from babel import Locale, localedata

from twingraph import identifiers as ids
from twingraph.contributions import cells, columns
from twingraph.contributions.columns import CellKind
from twingraph.contributions.known import is_nobody
from twingraph.contributions.minting import Minter
from twingraph.contributions.sayings import ONE_OF, Saying
from twingraph.contributions.sheet import Cell, Filled, TableRow
from twingraph.contributions.towns import Found, Town, Towns, apart, likely
from twingraph.errors import BadValue, Problem, proposed
from twingraph.model.records import Authority
from twingraph.reconcile.countries import (
    country_called,
    country_code,
    country_meant,
    is_abbreviation,
)
from twingraph.reconcile.names import spelling
from twingraph.sources.curated.doubts import folded
from twingraph.sources.curated.registers import names
from twingraph.web.languages import ENGLISH
from twingraph.web.messages import N_


class Told(BadValue):
    """What is told already, of the cell that has it."""


class Names:
    """The keys of what a sheet names.

    `minter` has the rows of what is new, `cells` where each was named first, by its register and
    key, `found` what is known of the new towns, and `called` how towns and people are written, by
    their keys. `page` is the language of the page. `doubts`
    are new towns that may be known ones, misspelt.
    """

    def __init__(self, filled: Filled, towns: Towns) -> None:
        self.minter = Minter(towns.known, "")
        self.cells: dict[tuple[str, str], Cell] = {}
        self.found: dict[str, Found] = {}
        self.called: dict[str, str] = {}
        self.page = "und"
        self.doubts: list[Problem] = []
        self._found: dict[tuple[str, str], str] = {}
        self._towns = towns
        self._languages = filled.languages
        self._countries = _countries(filled)
        self._own = _own_names(filled)
        self._paired = _paired(filled)
        self._failed: set[str] = set()

    def town(self, text: str, country: str, at: Cell, paired: bool = False) -> str:
        """The key of a town by its key, or by its name and country; `paired` says that the country
        has a cell beside it. Raises BadValue where it is not known which is meant, Told where that
        is told of another cell."""
        if ids.is_key(text, ids.AUTHORITY_KEY):
            return text
        name, inside = apart(text)
        code = country_meant(inside or country, self._asked) or self._country_of(name, paired)
        if key := self._own.get(("municipalities.csv", folded(name))):
            return key
        # A sheet that spells a town in two ways means one town.
        if (called := (folded(name), code)) not in self._found:
            self._found[called] = self._find(Town(name, code, page=self.page), at)
        self.called.setdefault(self._found[called], name)
        return self._found[called]

    @property
    def _asked(self) -> tuple[str, ...]:
        """The languages in which things are likely called: the sheet's, and the page's."""
        return *self._languages, self.page

    def towns(self, texts: Iterable[str], at: Cell) -> list[str]:
        """The keys of several towns; a comma parts them where each part is known. Raises as `town`
        does, and BadValue where it is not sure that they are several."""
        return [self.town(one, "", at) for text in texts for one in self._apart(text)]

    def _apart(self, text: str) -> Sequence[str]:
        by_comma = _pieces(text, [","])
        if len(by_comma) < 2 or self._is_known(text):
            self.is_one(text)
            return [text]
        if not all(map(self._is_known, by_comma)):
            message = Saying(N_("%(value)s may be several towns"), value=repr(text))
            raise BadValue(message, _semicolons(by_comma))
        return by_comma

    def is_one(self, text: str) -> None:
        """Raise BadValue for a text that names several towns, each of them known, as people say it:
        with a comma, or an "and"."""
        pieces = _pieces(text, [",", *_BETWEEN, *map(_and, self._asked)])
        if len(pieces) > 1 and all(map(self._is_known, pieces)) and not self._is_known(text):
            message = Saying(N_("%(value)s is several towns: %(count)s"),
                             value=repr(text), count=len(pieces))  # fmt: skip
            raise BadValue(message, _semicolons(pieces))

    def _is_known(self, text: str) -> bool:
        """Whether a text is a town's key, or its name that the registers or this sheet have."""
        name, inside = apart(text)
        # Folded, a name in two scripts is as one of its half.
        named = {spelling(one) for one in self._paired.values()}
        is_named = bool(inside) or spelling(name) in named or self.is_registered(name)
        return bool(ids.is_key(text, ids.AUTHORITY_KEY)) or is_named

    def is_placed(self, text: str) -> bool:
        """Whether it is known in which country a town lies, or told elsewhere."""
        name, inside = apart(text)
        here = folded(name) in self._countries or folded(name) in self._paired
        return bool(inside or self._is_known(text) or here or self._towns.countries_with(name))

    def is_registered(self, name: str) -> bool:
        """Whether the registers have a town of a name, spelt so."""
        rows = self._towns.known.called(Authority, name)
        return any(spelling(name) == spelling(one) for row, _ in rows for one in names(row))

    def failed(self, name: str) -> None:
        """Note a name that nobody knows the town of, which is told."""
        self._failed.add(folded(apart(name)[0]))

    def _find(self, town: Town, at: Cell) -> str:
        found = self._towns.find(town)
        if found.several:
            self._once(town.name)
            message = Saying(N_("several towns are called %(value)s"), value=repr(town.name))
            key = Saying(N_("write the key of the one that is meant"))
            raise BadValue(message, Saying(ONE_OF, cure=key, ones=found.several))
        if found.key:
            return self._known_town(town, found.key, at)
        if near := self._near(town, found):
            message = Saying(N_("%(value)s is new: did you mean %(ones)s?"),
                             value=repr(town.name), ones=list(map(repr, near)))  # fmt: skip
            cure = Saying(N_("if so, write it so; if it is another town, leave it as it is"))
            self.doubts.append(at.problem(message, cure))
        elif known := self._towns.elsewhere(town.name, town.country):
            where = [country_called(one, self._languages) for one in known]
            message = Saying(N_("%(value)s is known elsewhere: %(ones)s. Is that meant?"),
                             value=repr(town.name), ones=where)  # fmt: skip
            cure = Saying(N_("if so, write that country; if it is another town, leave it as it is"))
            self.doubts.append(at.problem(message, cure))
        return self._new_town(found, at)

    def _near(self, town: Town, found: Found) -> list[str]:
        """The names that a new town's may be a misspelling of, those of this sheet too."""
        rows = self.minter.rows["municipalities"]
        here = (row["name"] for row in rows if row.get("country") == town.country)
        return self._towns.near(town, found, here)

    def _once(self, name: str) -> None:
        """Raise Told where it is told of a name already that nobody knows the town of."""
        if folded(name) in self._failed:
            raise Told("")
        self.failed(name)

    def person(self, name: str, signing_for: str, at: Cell) -> str:
        """The key of a person by the key or the name, and by the key of the town signed for. Raises
        BadValue for what says that nobody is known."""
        if is_nobody(name):
            message = Saying(N_("%(value)s is nobody's name"), value=repr(name))
            raise BadValue(message, Saying(N_("leave it empty where the page names nobody")))
        if ids.is_key(name):
            return name
        if key := self._own.get(("people.csv", folded(name))):
            return key
        key = self.minter.person(name, [signing_for] if signing_for else [])
        self.called.setdefault(key, name)
        return self._note("people", key, at)

    def thing(self, text: str, register: str, at: Cell) -> str:
        """The key of an organisation, a project or a programme by its key, or its name."""
        return text if ids.is_key(text) else self.titled(text, register, self.page, at)

    def titled(self, title: str, register: str, language: str, at: Cell) -> str:
        """The key of such a thing by what is surely a name or a title."""
        if key := self._own.get((f"{register}.csv", folded(title))):
            return key
        mint: Mapping[str, Callable[[str, str], str]] = {
            "organizations": self.minter.organization,
            "projects": self.minter.project,
            "programmes": self.minter.programme,
        }
        return self._note(register, mint[register](title, language), at)

    def _known_town(self, town: Town, key: str, at: Cell) -> str:
        for record, source in self._towns.known.rows(Authority):
            if record.key == key and source == self.minter.source:
                self.minter.again(
                    "municipalities", record, town.name, lambda: self._towns.anew(town).row
                )
                self._note("municipalities", key, at)
        return key

    def _new_town(self, found: Found, at: Cell) -> str:
        key = self.minter.town(found.row)
        self.found.setdefault(key, found)
        return self._note("municipalities", key, at)

    def _note(self, register: str, key: str, at: Cell) -> str:
        self.cells.setdefault((register, key), at)
        return key

    def _country_of(self, name: str, paired: bool) -> str:
        """The one country that the sheet or the registers have a town of a name in."""
        known = self._countries.get(folded(name)) or self._towns.countries_with(name)
        if len(known) == 1:
            return next(iter(known))
        if not paired and folded(name) in self._paired:
            raise Told("")
        self._once(name)
        if not known:
            cure = Saying(N_("write the country's two letters beside it, or in brackets after it"))
            named = {*self._paired.values(), *self._towns.names_in("")}
            near = [] if paired else likely(name, named) or _within(name, named)
            message = Saying(N_("it is not said in which country this town lies: %(value)s"),
                             value=repr(name))  # fmt: skip
            raise BadValue(message, proposed(near, cure))
        message = Saying(N_("%(value)s may lie in %(ones)s"), value=repr(name), ones=sorted(known))
        cure = Saying(N_("write which is meant: %(town)s"), town=f"{name} ({sorted(known)[0]})")
        raise BadValue(message, cure)


_BETWEEN: Final = ("&", "+", "oraz", "sowie", "u.", "alsook")
"""What people put between two names beside a comma and the "and" of CLDR."""


def _within(text: str, names: Iterable[str]) -> list[str]:
    """The names that a text holds beside other words: of "Mairie de Paris" that is Paris."""
    return sorted(one for one in names if cells.is_part(one, text))[:3]


def _pieces(text: str, between: Iterable[str]) -> Sequence[str]:
    """A text taken apart at some words or signs."""
    pattern = "|".join(f"(?<!\\w){re.escape(one)}(?!\\w)" if one.isalpha() else re.escape(one)
                       for one in between)  # fmt: skip
    return [piece for one in re.split(pattern, text) if (piece := one.strip())]


def _and(language: str) -> str:
    """How a language says that the last of a list follows (CLDR)."""
    if not localedata.exists(language):
        language = ENGLISH
    of_two: str = Locale.parse(language).list_patterns["standard"]["2"]
    return of_two.format("", "").strip()


def _semicolons(pieces: Iterable[str]) -> Saying:
    return Saying(N_("put a semicolon between them: %(words)s"), words="; ".join(pieces))


def plain(cell: Any) -> str:
    """A cell as a text; "" for one that is none, which is told where it is read."""
    try:
        return cells.plain(cell)
    except BadValue:
        return ""


COUNTRIES: Final = ("country_1", "country_2")


def beside(column: str) -> str:
    """The column with the country of the town in a column: its own name where there is none."""
    return column.replace("town_", "country_")


def towns_in(row: TableRow) -> Iterator[str]:
    """The towns that a row of a partnership names, as they are written."""
    for name in ("town_1", "town_2", "towns"):
        yield from cells.parts(plain(row.cells.get(name, "")))


def _paired(filled: Filled) -> Mapping[str, str]:
    """The names that stand beside a country's cell: what is wrong with them is told there. With
    those that stand in such a cell and are no country."""
    found: dict[str, str] = {}
    for row in filled.of(columns.PARTNERSHIPS):
        for name in ("town_1", "town_2", "country_1", "country_2"):
            text = apart(plain(row.cells.get(name, "")))[0]
            is_country = country_code(text) is not None or is_abbreviation(text)
            if text and not (name in COUNTRIES and is_country):
                found.setdefault(folded(text), text)
    return found


def _countries(filled: Filled) -> Mapping[str, frozenset[str]]:
    """The countries that a sheet says of each name of a town, to know it elsewhere."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in (row for rows in filled.rows.values() for row in rows):
        for name, cell in row.cells.items():
            if columns.TABLES[row.table].column(name).kind in (CellKind.TOWN, CellKind.TOWNS):
                country = plain(row.cells.get(beside(name), "")) if beside(name) != name else ""
                for part in cells.parts(plain(cell)):
                    town, inside = apart(part)
                    if code := _meant(inside or country, filled.languages):
                        found[folded(town)].add(code)
    return {name: frozenset(codes) for name, codes in found.items()}


def _meant(country: str, languages: Collection[str]) -> str | None:
    """A country's code; None where it is not known, or not which is meant: that is told of it."""
    try:
        return country_meant(country, languages)
    except BadValue:
        return None


def _own_names(filled: Filled) -> Mapping[tuple[str, str], str]:
    """The keys of the rows that the sheet itself has for registers, by register and name."""
    return {
        (table.name, folded(plain(row.cells.get("name", row.cells.get("title", ""))))): plain(key)
        for table in columns.REGISTERS
        for row in filled.of(table)
        if (key := row.cells.get("key"))
    }

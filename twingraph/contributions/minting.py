"""Keys for what a contribution names: the one that a thing has already, or a new one.

A key is minted once and never changes (docs/model.md), so the same contribution has to get the
same keys when it is entered again: what the registers have from the same source is taken first; a
name that is spelt otherwise now is a row under the same key.
Names in other scripts are romanised as reconcile does it; a name that gives no letter at all gets
the thing's kind.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain, count
from typing import Any, Final
from unicodedata import normalize

from twingraph import identifiers as ids
from twingraph.contributions.contribution import Row
from twingraph.contributions.known import Known, spelt
from twingraph.errors import nearest
from twingraph.model.records import Organization, Person, Programme, Project, Record, Source
from twingraph.reconcile.names import is_latin, romanised, tidy
from twingraph.sources.curated.doubts import folded
from twingraph.sources.curated.registers import names

LONGEST: Final = 60
"""Letters of a key that is made of a title, at most; it ends with a whole word."""


def slug(name: str) -> str:
    """A name in any script as a key; "" where it has no letter or digit.

    >>> slug("Pečovská Nová Ves"), slug("Тячів"), slug("Κως")
    ('pecovska-nova-ves', 'tyachiv', 'kos')
    """
    # The sign of a soft consonant becomes an apostrophe, which parts no words.
    return ids.slug(name if is_latin(name) else re.sub("['’ʹʼ]", "", romanised(name)))


def as_written(name: str, register: str) -> str:
    """A name as a row of a register has it. Titles, and names of organisations, keep their dashes,
    as the source's own file has them; in a person's or a town's name each is a hyphen."""
    has_hyphens = register in ("people", "municipalities")
    return tidy(name) if has_hyphens else " ".join(normalize("NFC", name).split())


def short_slug(title: str) -> str:
    """The beginning of a title as a key of at most LONGEST letters."""
    whole = slug(title)
    if len(whole) <= LONGEST:
        return whole
    return whole[: LONGEST + 1].rpartition("-")[0] or whole[:LONGEST]


def free(key: str, taken: Callable[[str], bool]) -> str:
    """A key that nothing has: itself, or with a number from 2."""
    numbered = (f"{key}-{number}" for number in count(2))
    return next(one for one in chain([key], numbered) if not taken(one))


@dataclass
class Minter:
    """Gives keys to what one source names, and gathers the rows that the registers lack.

    `source` is the source's key, `rows` what was minted so far, by register, as
    `Contribution.of` takes them.
    """

    known: Known
    source: str
    rows: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    _named: set[tuple[str, str]] = field(default_factory=set)

    def person(self, name: str, signing_for: Iterable[str] = (), anew: bool = False) -> str:
        """The key of a person of this name.

        The same as a person of the registers is who is named by the same source, or signed for one
        of the same towns, but where somebody has said that it is another (`anew`). Another one of
        the name gets a key of its own, with the town that it is told apart by where one is known.
        """
        towns = frozenset(signing_for)

        def same(record: Record) -> bool:
            return not anew and bool(self.known.signed_for.get(record.key, frozenset()) & towns)

        other = "-".join([slug(name), *(town.partition("-")[2] for town in sorted(towns)[:1])])
        return self._key("people", Person, name, {}, same, other)

    def organization(self, name: str, language: str, country: str = "") -> str:
        """The key of an organisation of this name."""
        cells = {"language": language, "country": country}
        return self._key("organizations", Organization, name, cells, _any)

    def project(self, title: str, language: str) -> str:
        """The key of a project of this title."""
        return self._key("projects", Project, title, {"language": language}, _any)

    def programme(self, title: str, language: str) -> str:
        """The key of a programme of this title."""
        return self._key("programmes", Programme, title, {"language": language}, _any)

    def town(self, row: Row) -> str:
        """The key of a town that the registers lack; `row` has all its cells but key and source.

        `{country}-{name}`; where another town has that, the national code is put behind it, or a
        number where none is known.
        """
        own = [kept for kept in self.rows["municipalities"] if _same_cells(kept, row)]
        if own:
            return own[0]["key"]
        key = f"{row['country'].lower()}-{slug(row['name']) or 'town'}"
        if self._is_taken("municipalities", key) and (code := row.get("national_code")):
            key = f"{key}-{slug(code)}"
        return self._add("municipalities", key, row)

    def again(self, register: str, record: Record, name: str, row: Callable[[], Row]) -> str:
        """The key of a thing that the registers have of the same source, which is named again.
        Where the first name is spelt otherwise, `row` has its cells but key and source."""
        is_new = as_written(name, register) not in names(record)
        if (register, record.key) not in self._named and is_new:
            self.rows[register].append({"key": record.key, **row()})
        self._named.add((register, record.key))
        return record.key

    def partnership(self, partners: Iterable[str]) -> str:
        """The key of the partnership of these towns, by their keys: the one that it has already,
        or a new one, made of theirs."""
        towns = frozenset(partners)
        return self.known.partnerships.get(towns) or ids.partnership_key(towns)

    def _key(
        self,
        register: str,
        of: type[Record],
        name: str,
        cells: Row,
        same: Callable[[Record], bool],
        other: str = "",
    ) -> str:
        for row in self.rows[register]:
            if spelt(row.get("name") or row["title"]) == spelt(name):
                return row["key"]
        found = self.known.called(of, name)
        called = "title" if of in (Project, Programme) else "name"
        row = {
            called: as_written(name, register),
            **{column: cell for column, cell in cells.items() if cell},
        }
        for record, source in found:
            if source == self.source:
                return self.again(register, record, name, lambda: row)
        for record, _ in found:
            if same(record):
                return record.key
        key = short_slug(name) or ids.slug(of.__name__)
        if self._is_taken(register, key) and other:
            key = other
        return self._add(register, key, row)

    def _is_taken(self, register: str, key: str) -> bool:
        minted = (row["key"] for row in self.rows[register])
        return self.known.has(register, key) or key in minted

    def _add(self, register: str, key: str, row: Row) -> str:
        """Note a new row under a key that is free; returns that."""
        key = free(key, lambda one: self._is_taken(register, one))
        cells = {"key": key, **row}
        self.rows[register].append({name: cell for name, cell in cells.items() if cell})
        return key


def _any(record: Record) -> bool:
    return True


def _same_cells(one: Row, other: Row) -> bool:
    return all(one.get(name, "") == cell for name, cell in other.items())


def source_key(known: Known, title: str, url: str = "", of: str = "") -> str:
    """The key of a source: that of the source at the same address, or of the same title where
    neither has an address; else a new one.

    `of` is the key of the town whose page it is, by which a new key begins.
    """
    for key, source in known.sources.items():
        titles = {folded(text.value) for text in source.titles}
        same_title = not url and not source.url and folded(title) in titles
        if (url and source.url == url) or same_title:
            return key
    begins = f"{of}-" if of and (of.partition("-")[2] or of) not in slug(title) else ""
    new = short_slug(f"{begins}{title}") or "source"
    return free(new, lambda one: one in known.sources)


def corrected(
    known: Known, source: Mapping[str, Any], partnerships: Collection[str]
) -> Source | None:
    """The source of the folder that a new one may be, its title or its address corrected: one of
    much the same title, of the same kind and publisher, that states the same partnerships."""
    title = source.get("title", "")
    said = next(iter(title.values()), "") if isinstance(title, Mapping) else title
    for key, there in known.sources.items():
        alike = (there.kind, there.publisher_authority) == (
            source.get("kind"), source.get("publisher_authority"),
        )  # fmt: skip
        same = partnerships and known.stated_by.get(key) == frozenset(partnerships)
        titles = [folded(text.value) for text in there.titles]
        near = nearest(folded(said), titles) if alike and same else ()
        # Of two pages of two years, or two numbers, neither is the other misspelt.
        if any(re.findall("[0-9]+", title) == re.findall("[0-9]+", folded(said)) for title in near):
            return there
    return None

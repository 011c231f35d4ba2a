"""Where the form's towns are looked up: in the registers of a data folder, or in a release."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Final

from twingraph.contributions.contribution import Row
from twingraph.contributions.known import Known
from twingraph.contributions.towns import Found, Town, Towns
from twingraph.model.lookup import Lookup
from twingraph.model.names import town_name
from twingraph.model.records import (
    Authority,
    Organization,
    Origin,
    Person,
    Programme,
    Project,
    Record,
    Signature,
)
from twingraph.reconcile.index import Index
from twingraph.reconcile.names import foldings
from twingraph.reconcile.register import UNRESOLVED
from twingraph.sources.curated.codes import countries, short_countries
from twingraph.sources.curated.registers import RegisterEntry, names

CHOSEN: Final = "chosen among places of this name"
"""Why an item was entered that a person has chosen in the form."""


@dataclass(frozen=True)
class Registered(Towns):
    """Towns of a data folder's registers. `brought` are those of its harvests, which are proposed
    once they are read."""

    brought: Index | None = None

    @cached_property
    def harvested(self) -> Index:
        """The towns that harvests have, as far as they are read."""
        return self.brought or Index(())

    @cached_property
    def by_key(self) -> Mapping[str, Authority]:
        """The towns by their keys."""
        return {record.key: record for record, _ in self.known.rows(Authority)}

    @cached_property
    def by_name(self) -> Mapping[str, Sequence[Authority]]:
        """The towns by each folding of their names."""
        found: dict[str, dict[str, Authority]] = defaultdict(dict)
        for record in self.by_key.values():
            for name in names(record):
                for folded in foldings(name):
                    found[folded][record.key] = record
        return {folded: tuple(records.values()) for folded, records in found.items()}

    def find(self, town: Town) -> Found:
        """The town in the registers, or a row for it; with the towns whose names are near its own,
        one of which may be meant. Where one was chosen the others stay to be chosen."""
        found = super().find(town)
        if not found.row:
            return found
        if town.item:
            found = replace(found, candidates=self.choices(town))
        near = (key for name in self.near(town, found) for key in self._called(name, town.country))
        return replace(found, registered=tuple(dict.fromkeys((*found.registered, *near))))

    def _called(self, name: str, country: str) -> Iterator[str]:
        """The towns of a name in a country (ISO's two letters). Those that are known by their item
        alone are none of a data folder's."""
        return (key for key in self._in_country(name, country) if key[:1] != "Q")

    def _in_country(self, name: str, country: str) -> Iterator[str]:
        alpha_3 = countries().get(country)
        return (key for key, town in self._of_name(name).items() if town.country == alpha_3)

    def _of_name(self, name: str) -> Mapping[str, Authority]:
        """The towns of a name, by their keys."""
        return {r.key: r for one in foldings(name) for r in self.by_name.get(one, ())}

    def names_in(self, country: str) -> Set[str]:
        """As for all towns; each country's are gathered once."""
        if country not in self._names:
            self._names[country] = super().names_in(country)
        return self._names[country]

    @cached_property
    def _names(self) -> dict[str, Set[str]]:
        return {}

    def chosen(self, key: str, name: str) -> Found | None:
        """The town of a key that was chosen; None where the name that stands beside it is not (any
        more) one of the town's."""
        return Found(key=key) if key in self._of_name(name) else None


@dataclass(frozen=True)
class Released(Registered):
    """Towns of a release. One that only registers elsewhere have is, for a data folder, a new one
    with their item; which that is a reader has seen when she chose it."""

    by: str = ""

    def find(self, town: Town) -> Found:
        """The town in the release, or a row for it."""
        found = super().find(town)
        if found.row.get("wikidata_status") == UNRESOLVED:
            return replace(found, row=_not_looked_for(found.row))
        return self._as_row(found.key) if found.key[:1] == "Q" else found

    def chosen(self, key: str, name: str) -> Found | None:
        """As for registers."""
        found = super().chosen(key, name)
        return self._as_row(key) if found and key[:1] == "Q" else found

    def _as_row(self, key: str) -> Found:
        record = self.by_key[key]
        name = town_name(record)
        alpha_2 = short_countries().get(record.country or "", "")
        if name is None or not alpha_2:
            return Found(key=key)
        return self._new(
            Town(name.value, alpha_2, name.language, record.level or "", item=key, by=self.by,
                 why=CHOSEN)
        )  # fmt: skip

    def _with_item(self, items: Set[str]) -> Iterator[str]:
        # A town that is known by its item alone is none of a data folder's.
        found = super()._with_item(items) if items else ()
        return (key for key in found if key[:1] != "Q")

    def _registered(self, town: Town) -> Iterator[str]:
        return self._in_country(town.name, town.country)


def _not_looked_for(row: Row) -> Row:
    """A row of which nobody has said anything yet: a reader has named the town, no more."""
    kept = {name: cell for name, cell in row.items() if not name.startswith("wikidata")}
    return {**kept, "wikidata_status": UNRESOLVED, "wikidata_note": "not looked for yet"}


_REGISTERED: Final = (Authority, Organization, Person, Project, Programme)


def known_of(lookup: Lookup) -> Known:
    """What a release has, as if it were a data folder: nothing is read of a disk."""
    entries = [_entry(lookup, one) for kind in _REGISTERED for one in lookup.all(kind).values()]
    stated = (*lookup.partnerships.values(), *lookup.all(Signature).values())
    return Known.stated(Path(), entries, lookup.sources, stated)


def _entry(lookup: Lookup, record: Record) -> RegisterEntry:
    source = next(iter(lookup.sources_of[record.ref]), "")
    return RegisterEntry(record, source, Origin("", None))

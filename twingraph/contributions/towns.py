"""A town by its name and its country: one that the registers have, or else a row for it.

Where the registers lack it, its Wikidata item is looked for in a gazetteer or live, where one is
given, as `twingraph reconcile` does, and is entered if that decides for one. What the harvests of
the folder have under the name is proposed, never entered: they have the towns that somebody has
twinned, so that a name which is the only one there is not the only one in its country. A person
decides then, with `item` and `by`. No id is made up.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Final

from babel.core import get_global

from twingraph.contributions.contribution import Row
from twingraph.contributions.known import Known, alike, spelt
from twingraph.contributions.minting import slug
from twingraph.errors import nearest
from twingraph.model.names import own_languages
from twingraph.model.records import Authority
from twingraph.reconcile import towns as entries
from twingraph.reconcile.batch import Finder
from twingraph.reconcile.bodies import OTHER_LEVELS, asked
from twingraph.reconcile.candidates import Query, Way
from twingraph.reconcile.countries import country_code
from twingraph.reconcile.decide import LIKE_WITH_SIGNAL, Candidate, TownDecision, decide
from twingraph.reconcile.entries import ListEntry
from twingraph.reconcile.index import Exonyms, Index, no_exonyms
from twingraph.reconcile.names import folded, foldings, is_latin, sounds, spelling, tidy
from twingraph.reconcile.register import MACHINE, UNRESOLVED, VERIFIED
from twingraph.sources.curated.codes import countries
from twingraph.sources.curated.registers import names
from twingraph.sources.harvested import FOLDER, NOT_A_CLAIM, read_line

MUNICIPALITY: Final = "municipality"
"""The level of a town of which nothing else is said."""

SLIPS: Final = (Way.SIMILAR.words, Way.SOUND.words)
"""By what an entry is found whose name may be meant by one that is misspelt."""


@dataclass(frozen=True, slots=True)
class Town:
    """A town as it is written: its name, ISO's two letters of its country, and what else is known.

    `language` is that of the name, `page` that of the page that names it, `item` a Wikidata item
    that the person `by` decided for, for the reason `why`.
    """

    name: str
    country: str
    language: str = ""
    level: str = ""
    national_code: str = ""
    item: str = ""
    by: str = ""
    why: str = ""
    page: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What is known of a town.

    `key` is that of the registers' town, `row` the row for one that they lack, without its key: one
    of the two is given. With neither, the town is one of `several` of the registers' (their keys).
    `candidates` are items that a person may choose from, `registered` the registers' towns (their
    keys) that have one of these items.
    """

    key: str = ""
    row: Row = field(default_factory=dict)
    several: tuple[str, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    registered: tuple[str, ...] = ()


@dataclass(frozen=True)
class Towns:
    """Finds towns in a data folder, and in a gazetteer or live where `finder` is given.

    `on` is the day on which what is found is decided, `exonyms` gives names in other languages.
    """

    known: Known
    on: date
    finder: Finder | None = None
    exonyms: Exonyms = no_exonyms

    def find(self, town: Town) -> Found:
        """The town in the registers, or a row for it."""
        same = list(self._registered(town))
        if len(same) == 1:
            return Found(key=same[0])
        if same:
            return Found(several=tuple(same))
        return self._new(town)

    def _registered(self, town: Town) -> Iterator[str]:
        """The towns of the registers that may be meant: of this name, and not told apart."""
        bare = asked(town.name)
        # A county that is named like a town is not that town.
        name = town.name if bare.body in OTHER_LEVELS else bare.name
        wanted = {*foldings(town.name), *foldings(name)}
        alpha_3 = countries().get(town.country)
        for record, _ in self.known.rows(Authority):
            if record.country != alpha_3 or _differs(record, town):
                continue
            if any(wanted.intersection(foldings(name)) for name in names(record)):
                yield record.key

    def anew(self, town: Town) -> Found:
        """A row for a town, whether or not the registers have one of its name."""
        return self._new(town)

    def _new(self, town: Town) -> Found:
        if town.item:
            row = _row(town, _language(town))
            return self._decided(_filled(row, VERIFIED, self.on, town.by, town.why, town.item))
        query = _query(town)
        decision = self.finder(query) if self.finder else None
        if decision and decision.match:
            item, why = decision.match.wikidata, decision.reason
            row = _row(town, _language(town, [decision.match]))
            return self._decided(_filled(row, VERIFIED, self.on, MACHINE, why, item))
        harvested = decide(query, self.harvested)
        candidates = _choices(town, decision, harvested)
        row = _row(town, _language(town, candidates))
        reason = decision.reason if decision else _of_harvests(candidates)
        row = _filled(row, UNRESOLVED, self.on, MACHINE, reason)
        registered = tuple(self._with_item({one.wikidata for one in candidates}))
        return Found(row=row, candidates=candidates, registered=registered)

    def choices(self, town: Town) -> tuple[Candidate, ...]:
        """What the harvests have that a person may choose from."""
        return _choices(town, decide(_query(town), self.harvested))

    def _decided(self, row: Row) -> Found:
        """A town whose item is decided: one of the registers' that has it, or its row."""
        same = tuple(self._with_item({row["wikidata"]}))
        return Found(key=same[0]) if len(same) == 1 else Found(row=row)

    def _with_item(self, items: Set[str]) -> Iterator[str]:
        """The registers' towns that have one of some items."""
        for record, _ in self.known.rows(Authority):
            if not items.isdisjoint({record.wikidata, record.wikidata_close}):
                yield record.key

    def without(self, rows: Collection[tuple[str, str]]) -> Towns:
        """The same for a folder without some rows, as `Known.without` has it."""
        return replace(self, known=self.known.without(rows))

    def beside(self, sources: Set[str]) -> Towns:
        """The same, beside sources that are entered with the one that is to be: that is none of
        them, corrected."""
        stated_by = self.known.stated_by.items()
        others = {key: stated for key, stated in stated_by if key not in sources}
        return replace(self, known=replace(self.known, stated_by=others)) if sources else self

    def near(self, town: Town, found: Found, others: Iterable[str] = ()) -> list[str]:
        """The names that a new town's may be a misspelling of: of towns that the registers and the
        harvests have in its country, and of `others`."""
        if found.row.get("wikidata"):
            return []
        # A name in another language is proposed with the item, and is no misspelling.
        candidates = (one.name for one in found.candidates if one.reason in SLIPS)
        known = self.names_in(town.country)
        near = likely(town.name, {*known, *candidates, *others})
        near += [*self._of_its_key(town), *_sounding(town.name, known)]
        return [name for name in dict.fromkeys(near) if spelt(name) != spelt(town.name)]

    def _of_its_key(self, town: Town) -> Iterator[str]:
        """A name of the town that has the key which a new one of this name would get."""
        key = f"{town.country.lower()}-{slug(town.name)}"
        if record := self.known.by_key.get((Authority, key)):
            yield next(iter(names(record)))

    def elsewhere(self, name: str, country: str) -> list[str]:
        """The countries (ISO's two letters) in which the registers have a town of a name, where
        they have none in its own."""
        found = self.countries_with(name)
        return [] if country in found else sorted(found)

    def countries_with(self, name: str) -> frozenset[str]:
        """The countries (ISO's two letters) in which the registers have a town of a name."""
        found = (country_code(r.country or "") for r, _ in self.known.called(Authority, name))
        return frozenset(filter(None, found))

    def names_in(self, country: str) -> Set[str]:
        """The names of the registers' towns of a country (ISO's two letters), or of all ("")."""
        alpha_3 = countries().get(country)
        return {
            name
            for record, _ in self.known.rows(Authority)
            if not country or record.country == alpha_3
            for name in names(record)
        }

    @cached_property
    def harvested(self) -> Index:
        """The towns that the folder's harvests have, by name."""
        return by_name(towns_of_harvests(self.known.data), self.exonyms)


_WITH_COUNTRY: Final = re.compile(r"(?P<name>.*\S)\s*\((?P<country>[^()]+)\)")


def likely(name: str, known: Iterable[str]) -> list[str]:
    """The names of towns that one may be meant by: with or without the word for what it is (Gmina
    Baligród), or misspelt."""
    known, bare = sorted(known), _bare(name)
    same = (one for one in known if _bare(one) == bare and spelt(one) != spelt(name))
    return list(dict.fromkeys([*same, *alike(name, known)]))


@lru_cache(1 << 16)
def _bare(name: str) -> str:
    return spelt(asked(name).name)


def apart(text: str) -> tuple[str, str]:
    """A town's name, and the country that stands behind it in brackets, "" where none does.

    >>> apart("Abda (Hungary)"), apart("Frankfurt (Oder)")
    (('Abda', 'Hungary'), ('Frankfurt (Oder)', ''))
    """
    found = _WITH_COUNTRY.fullmatch(text)
    if found and country_code(found["country"]):
        return found["name"], found["country"]
    return text, ""


def _sounding(name: str, known: Iterable[str]) -> list[str]:
    """The names in another script that sound as one does: Tiaczów, Тячів."""
    others = (one for one in known if is_latin(one) != is_latin(name))
    by_sound = {sound: one for one in others for sound in sounds(folded(one))}
    return [by_sound[near] for mine in sounds(folded(name)) for near in nearest(mine, by_sound)]


def _row(town: Town, language: str) -> Row:
    return {
        "name": tidy(town.name),
        "language": language,
        "country": town.country,
        "level": town.level or MUNICIPALITY,
        "national_code": town.national_code,
    }


def _language(town: Town, candidates: Sequence[Candidate] = ()) -> str:
    """The language of a town's name: that of its country, but for a name in another script, and for
    one that those who have the town write otherwise. Such a name is of the page's language."""
    own = next(iter(own_languages(countries().get(town.country))), "")
    theirs = {spelling(candidate.name) for candidate in candidates}
    is_foreign = is_latin(town.name) != _is_in_latin(own) or (
        bool(theirs) and spelling(town.name) not in theirs
    )
    return town.language or (town.page if is_foreign else own) or own or town.page or "und"


def _is_in_latin(language: str) -> bool:
    """Whether a language is mostly written in Latin letters (CLDR's likely subtags)."""
    return "_Latn_" in get_global("likely_subtags").get(language, "_Latn_")


def _query(town: Town) -> Query:
    return Query(town.name, frozenset([town.country]), code=town.national_code)


def _differs(record: Authority, town: Town) -> bool:
    """Whether what is known of a town of the same name tells that it is another."""
    known = (record.level, record.national_code, record.wikidata)
    said = (town.level, town.national_code, town.item)
    return any(a and b and a != b for a, b in zip(known, said, strict=True))


def _filled(row: Row, status: str, on: date, by: str, why: str, item: str = "") -> Row:
    cells = {
        **row,
        "wikidata": item,
        "wikidata_status": status,
        "wikidata_by": by,
        "wikidata_on": on.isoformat() if by else "",
        "wikidata_note": why,
    }
    return {name: cell for name, cell in cells.items() if cell}


def _choices(town: Town, *decisions: TownDecision | None) -> tuple[Candidate, ...]:
    """What a person may choose from, each once."""
    found = (one for decision in decisions if decision for one in decision.candidates)
    return _once(one for one in found if _may_be(town.name, one))


def _may_be(name: str, candidate: Candidate) -> bool:
    """Whether a person may be asked about a candidate: its name is like enough, or is the town's
    with something added."""
    words, others = (set(spelt(one).split()) for one in (name, candidate.name))
    return candidate.score >= LIKE_WITH_SIGNAL or words <= others or others <= words


def _of_harvests(candidates: Sequence[Candidate]) -> str:
    """Why nothing was entered, where only harvests were looked in."""
    if candidates:
        items = " ".join(candidate.wikidata for candidate in candidates)
        return f"not decided; harvests have under this name: {items}"
    return "not decided; no harvest has a town of this name"


def _once(candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    return tuple({one.wikidata: one for one in reversed(list(candidates))}.values())[::-1]


def towns_of_harvests(data: Path) -> Iterator[Authority]:
    """The authorities of all harvests. A line that is broken is for the check to tell."""
    for path in sorted((data / FOLDER).glob("*.jsonl")):
        with path.open("rb") as lines:
            for line in lines:
                if line.startswith(b'{"Authority"'):
                    try:
                        record = read_line(line)
                    except NOT_A_CLAIM:
                        continue
                    if isinstance(record, Authority):
                        yield record


def by_name(authorities: Iterable[Authority], exonyms: Exonyms = no_exonyms) -> Index:
    """Authorities to be found by their names, as far as they have an item; those of one item are
    one."""
    by_item: dict[str, list[ListEntry]] = defaultdict(list)
    for authority in authorities:
        if authority.wikidata:
            by_item[authority.wikidata].append(entries.entry(authority))
    return Index((_joined(item, found) for item, found in by_item.items()), exonyms)


def _joined(item: str, found: Sequence[ListEntry]) -> ListEntry:
    """What several harvests have of one item, as one entry."""
    return ListEntry(
        id=item,
        wikidata=item,
        names=tuple(dict.fromkeys(name for one in found for name in one.names if name != item)),
        country=next((one.country for one in found if one.country), ""),
        spots=next((one.spots for one in found if one.spots), ()),
        body=next((one.body for one in found if one.body), None),
        codes=frozenset(code for one in found for code in one.codes),
        geonames=frozenset(code for one in found for code in one.geonames),
        other_names=tuple(dict.fromkeys(name for one in found for name in one.other_names)),
    )

"""Which entries a name may mean, and how like the name is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from twingraph.reconcile.bodies import Asked, Body, Form, readings
from twingraph.reconcile.codes import comparable
from twingraph.reconcile.entries import ListEntry, Spot
from twingraph.reconcile.index import CountryIndex, Index
from twingraph.reconcile.names import foldings, is_latin, is_plain, sounds, spelling

SHORTEST_BY_SOUND: Final = 4
SIMILAR: Final = 6
FAR_KM: Final = 30.0


class Way(Enum):
    """How an entry was found by a name, in words, and how like the two are by that (0 to 100)."""

    def __init__(self, words: str, worth: float) -> None:
        self.words = words
        self.worth = worth

    SPELLING = "the same name", 100.0
    WITHOUT_MARKS = "the same name without the marks on its letters", 98.0
    OTHER_MARKS = "the same name with other marks on its letters", 95.0
    FOREIGN = "its name in another language", 93.0
    RENDERING = "the same name in another script", 89.0
    UNSURE = "a name that GeoNames has for it", 86.0
    SOUND = "the same name in another spelling", 86.0
    SIMILAR = "a similar name", 85.0
    CODE = "its code", 60.0


_ONE_OF_TWO_NAMES: Final = 2.0


@dataclass(frozen=True, slots=True)
class Query:
    """A town to find: what a page or a list says of it. `countries` is empty where unknown."""

    name: str
    countries: frozenset[str] = frozenset()
    spot: Spot | None = None
    code: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Hit:
    """An entry that a name may mean. `likeness` is of the names alone, 0 to 100."""

    entry: ListEntry
    likeness: float
    way: Way
    asked: Asked
    contradicted: bool = False
    """A second name stands beside the one that was found, and does not fit the entry."""


def find(query: Query, index: Index) -> list[Hit]:
    """The entries that a town may be, the likest first; of equals the one first in its list."""
    countries = query.countries or _hinted(query) or index.countries
    indexes = index.of(countries)
    if not query.name.strip():
        return _best_of_each(_by_code(query, indexes))
    hits = [*_by_code(query, indexes), *_by_own_name(query, indexes)]
    if not _enough(hits, query):
        hits += _by_other_names(query, indexes)
    if not hits or query.spot and not _enough(hits, query):
        hits += _by_likeness(query, indexes)
    return _best_of_each(hits)


def _hinted(query: Query) -> frozenset[str]:
    """Countries whose own language the word for the body is of."""
    return next((a.countries for _, a in readings(query.name) if a.countries), frozenset())


def _enough(hits: Sequence[Hit], query: Query) -> bool:
    """Whether there is no need to look further: a hit, and none too far to be meant."""
    sure = [hit for hit in hits if hit.likeness > Way.FOREIGN.worth]
    if query.spot is None:
        return bool(sure)
    distances = [hit.entry.km(query.spot) for hit in sure]
    return any(km is None or km <= FAR_KM for km in distances)


def _by_code(query: Query, indexes: Iterable[CountryIndex]) -> list[Hit]:
    if not query.code:
        return []
    plain = Asked(query.name)
    return [
        Hit(entry, Way.CODE.worth, Way.CODE, plain)
        for index in indexes
        for country in {entry.country for entry in index.entries[:1]}
        for key in {comparable(query.code, country), query.code.strip()}
        for coded in index.coded.get(key, ())
        for entry in (coded, *_namesakes(coded, index))
    ]


def _namesakes(entry: ListEntry, index: CountryIndex) -> list[ListEntry]:
    """The entries of the same name, where the list knows no item of the one that has the code."""
    if entry.wikidata:
        return []
    return [e for name in entry.names for key in foldings(name) for e in index.folded.get(key, ())]


def _by_own_name(query: Query, indexes: Sequence[CountryIndex]) -> list[Hit]:
    """Of the readings, the first that finds something: "Město Albrechtice" is the town's name."""
    found: list[Hit] = []
    for form, asked in readings(query.name):
        hits = [h for i in indexes for h in _own(form, asked, i)]
        if any(hit.way is Way.SPELLING and asked.body is None for hit in hits):
            return hits
        found += hits if not found else [h for h in hits if h.asked.body == found[0].asked.body]
    return found


def _own(form: Form, asked: Asked, index: CountryIndex) -> list[Hit]:
    entries = {id(e): e for key in foldings(asked.name) for e in index.folded.get(key, ())}
    return [
        _hit(entry, form, asked, _own_way(asked.name, entry), index) for entry in entries.values()
    ]


def _own_way(name: str, entry: ListEntry) -> Way:
    if spelling(name) in map(spelling, entry.names):
        return Way.SPELLING
    if not _in_one_script(name, entry):
        return Way.RENDERING
    return Way.WITHOUT_MARKS if is_plain(name) else Way.OTHER_MARKS


def _in_one_script(name: str, entry: ListEntry) -> bool:
    """Whether all the entry's own names are written in the script of a name."""
    script = is_latin(name)
    return all(is_latin(own) == script for own in entry.names)


def _by_other_names(query: Query, indexes: Sequence[CountryIndex]) -> list[Hit]:
    for form, asked in readings(query.name):
        hits = [hit for index in indexes for hit in _foreign_or_sounding(form, asked, index)]
        if hits:
            return hits
    return []


def _foreign_or_sounding(form: Form, asked: Asked, index: CountryIndex) -> list[Hit]:
    found: dict[int, Hit] = {}
    for key in foldings(asked.name):
        for entry in index.foreign.get(key, ()):
            found.setdefault(id(entry), _hit(entry, form, asked, Way.FOREIGN, index))
        for sound in sounds(key):
            for entry in index.sounding.get(sound, ()) if len(sound) >= SHORTEST_BY_SOUND else ():
                # two spellings in one script may be two towns; in two scripts they must differ
                way = Way.SOUND if _in_one_script(asked.name, entry) else Way.RENDERING
                found.setdefault(id(entry), _hit(entry, form, asked, way, index))
        for entry in index.unsure.get(key, ()):
            found.setdefault(id(entry), _hit(entry, form, asked, Way.UNSURE, index))
    return list(found.values())


def _hit(entry: ListEntry, form: Form, asked: Asked, way: Way, index: CountryIndex) -> Hit:
    likeness = way.worth - (_ONE_OF_TWO_NAMES if form.others else 0.0)
    fits = all(_also_called(entry, other, index) for other in form.others)
    return Hit(entry, likeness, way, asked, contradicted=not fits)


def _also_called(entry: ListEntry, name: str, index: CountryIndex) -> bool:
    """Whether a name beside the one found is, or is like, a name of the same entry."""
    return any(
        entry in index.folded.get(key, ())
        or entry in index.foreign.get(key, ())
        or entry in index.unsure.get(key, ())
        or any(entry in index.sounding.get(sound, ()) for sound in sounds(key))
        or any(entry is near for near, _ in index.similar(key, SIMILAR))
        for key in foldings(name)
    )


def _by_likeness(query: Query, indexes: Sequence[CountryIndex]) -> list[Hit]:
    found = readings(query.name)
    _, asked = next(((f, a) for f, a in found if a.body), found[0])
    return [
        Hit(entry, Way.SIMILAR.worth * likeness / 100, Way.SIMILAR, asked)
        for index in indexes
        for key in foldings(asked.name)
        for entry, likeness in index.similar(key, SIMILAR)
    ]


def _best_of_each(hits: Iterable[Hit]) -> list[Hit]:
    best: dict[int, Hit] = {}
    for hit in sorted(hits, key=lambda h: (h.contradicted, -h.likeness)):
        best.setdefault(id(hit.entry), hit)
    named = [h for h in best.values() if h.entry.body is not Body.RURAL_AREA or h.asked.body]
    return sorted(named, key=lambda h: -h.likeness)

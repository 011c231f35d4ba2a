"""Search by name: forgiving about marks on letters ("pecovska" finds Pečovská) and about typos."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

from rapidfuzz import fuzz, process

from twingraph import identifiers as ids
from twingraph.identifiers import Ref
from twingraph.model.labels import names
from twingraph.model.lookup import Lookup
from twingraph.model.records import (
    Authority,
    Concept,
    Organization,
    Person,
    Programme,
    Project,
    Record,
    Source,
)
from twingraph.web.exonyms import NONE, Exonyms
from twingraph.web.locale import plain

LONGEST: Final = 100
"""Letters of a question that are looked at."""

_SOUGHT: Final[tuple[type[Record], ...]] = (
    Authority,
    Person,
    Project,
    Programme,
    Organization,
    Concept,
)
_ORDER: Final = (*(record_class.path for record_class in _SOUGHT[:-1]), Source.path, Concept.path)
_LIKE: Final = 72
"""Of 100: how alike a name must be to be found in spite of typos."""

_Place = tuple[int, int, int, int, str]
"""Where among the things found one stands: the smaller, the earlier."""
_AS_WRITTEN, _WHOLE, _START, _WORD, _INSIDE, _ALIKE = range(0, 12, 2)
"""How well a name fits what is sought, the best first; an exonym is next after a name so good."""


class Name(NamedTuple):
    """A name under which a thing is found."""

    plain: str
    text: str
    ref: Ref


@dataclass
class Finder:
    """Finds the things of a look-up by their names, and towns by their exonyms too."""

    lookup: Lookup
    exonyms: Exonyms = NONE

    @cached_property
    def _names(self) -> list[Name]:
        return sorted({name for thing in self._things() for name in _names_of(thing)})

    def _things(self) -> Iterator[Record | Source]:
        yield from self.lookup.sources.values()
        for record_class in _SOUGHT:
            yield from self.lookup.all(record_class).values()

    @cached_property
    def _plain(self) -> list[str]:
        return [name.plain for name in self._names]

    def find(self, words: str, most: int) -> list[Name]:
        """Things by how well a name of theirs fits; each once, under the name that fits best."""
        sought = plain(words[:LONGEST])
        if not sought:
            return []
        best: dict[Ref, tuple[_Place, Name]] = {}
        for name in self._names:
            if sought in name.plain:
                self._keep(best, name, self._place(_fit(words, sought, name), name))
        for name in self._exonyms(sought):
            self._keep(best, name, self._place(_fit(words, sought, name) + 1, name))
        if len(best) < most and len(sought) > 2:
            for name, score in self._alike(sought, most * 3):
                self._keep(best, name, (_ALIKE, -score, 0, 0, ""))
        return [name for _, name in sorted(best.values())][:most]

    def _alike(self, sought: str, most: int) -> Iterator[tuple[Name, int]]:
        """Names that look like what is sought, or hold a word that does."""
        for choices, worth in ((self._plain, 0), (self._words, -2)):
            alike = process.extract(
                sought, choices, scorer=fuzz.ratio, score_cutoff=_LIKE, limit=most
            )
            for text, score, number in alike:
                if choices is self._plain:
                    yield self._names[number], int(score)
                else:
                    for place in self._holding[text][:most]:
                        yield self._names[place], int(score) + worth

    @cached_property
    def _holding(self) -> dict[str, list[int]]:
        """The places of the names that hold a word."""
        places: dict[str, list[int]] = defaultdict(list)
        for place, name in enumerate(self._names):
            for word in set(name.plain.split()):
                if len(word) > 3 and word != name.plain:
                    places[word].append(place)
        return places

    @cached_property
    def _words(self) -> list[str]:
        return list(self._holding)

    def _exonyms(self, sought: str) -> Iterator[Name]:
        if len(sought) > 1:
            for text, key in self.exonyms.beginning_with(sought):
                yield Name(plain(text), text, Ref(ids.MUNICIPALITY, key))

    def _keep(self, best: dict[Ref, tuple[_Place, Name]], name: Name, place: _Place) -> None:
        if name.ref not in best or place < best[name.ref][0]:
            best[name.ref] = place, name

    def _place(self, fit: int, name: Name) -> _Place:
        """By how well the name fits; towns before people before the rest; the shorter name first,
        and of namesakes the town with more partnerships."""
        is_town = name.ref.path == ids.MUNICIPALITY
        partnerships = len(self.lookup.partnerships_of[name.ref.key]) if is_town else 0
        order = _ORDER.index(name.ref.path)
        return fit, order, len(name.plain), -partnerships, name.plain


def _fit(words: str, sought: str, name: Name) -> int:
    """The whole name first, best with its marks: Wiedeń is another town than Wieden; then its
    beginning, the beginning of a word, any place."""
    if name.plain == sought:
        return _AS_WRITTEN if name.text.casefold() == words.strip().casefold() else _WHOLE
    if name.plain.startswith(sought):
        return _START
    return _WORD if f" {sought}" in name.plain else _INSIDE


def _names_of(thing: Record | Source) -> Iterator[Name]:
    """All names of a thing; one that has none is found by its key."""
    texts = (*names(thing), *(thing.alt_labels if isinstance(thing, Authority) else ()))
    for text in texts:
        yield Name(plain(text.value), text.value, thing.ref)
    if not names(thing):
        last = thing.key.rpartition("/")[2]
        yield Name(plain(last.replace("-", " ")), last, thing.ref)

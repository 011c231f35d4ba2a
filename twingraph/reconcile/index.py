"""Entries by name, as a reader asks: exactly so, without marks, by sound, or nearly so.

An index of a country is made when a name of that country is first asked for.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Final, NamedTuple

from rapidfuzz import fuzz, process

from twingraph.reconcile.codes import comparable
from twingraph.reconcile.entries import ListEntry
from twingraph.reconcile.names import foldings, sounds

RAREST: Final = 6
"""How many of a name's rarest letter triples the search for similar names follows."""
MANY: Final = 400
"""How many names that share a triple are compared letter by letter."""
LIKENESS: Final = 72.0

ByKey = Mapping[str, Sequence[ListEntry]]


class Exonym(NamedTuple):
    """A further name of an entry. `sure`: enough to go by, where nothing else bears it."""

    name: str
    sure: bool = True


Exonyms = Callable[[ListEntry], Sequence[Exonym]]
"""Gives further names of an entry, in any language, its own among them or not."""


def no_exonyms(_: ListEntry) -> Sequence[Exonym]:
    """Nothing but the entries' own names."""
    return ()


def _by_key(pairs: Iterable[tuple[str, ListEntry]]) -> dict[str, list[ListEntry]]:
    found: dict[str, list[ListEntry]] = defaultdict(list)
    for key, entry in pairs:
        entries = found[key]
        if key and entry not in entries:
            entries.append(entry)
    return dict(found)


class CountryIndex:
    """The entries of one country."""

    def __init__(self, entries: Sequence[ListEntry], exonyms: Exonyms) -> None:
        self.entries = entries
        self._exonyms = exonyms

    @cached_property
    def folded(self) -> ByKey:
        """Entries by their own names, folded."""
        return _by_key(
            (key, entry) for entry in self.entries for name in entry.names for key in foldings(name)
        )

    @cached_property
    def sounding(self) -> ByKey:
        """Entries by the sounds of their own names."""
        return _by_key(
            (sound, entry)
            for key, entries in self.folded.items()
            for sound in sounds(key)
            for entry in entries
        )

    @cached_property
    def foreign(self) -> ByKey:
        """Entries by their names in other languages, folded."""
        known = ((key, e) for e in self.entries for n in e.other_names for key in foldings(n))
        return _by_key((*known, *((key, entry) for key, entry, sure in self._exonym_keys if sure)))

    @cached_property
    def unsure(self) -> ByKey:
        """Entries by names of which it is not sure that they mean the entry, folded."""
        return _by_key((key, entry) for key, entry, sure in self._exonym_keys if not sure)

    @cached_property
    def _exonym_keys(self) -> Sequence[tuple[str, ListEntry, bool]]:
        return [
            (key, entry, exonym.sure)
            for entry in self.entries
            for exonym in self._exonyms(entry)
            for key in foldings(exonym.name)
        ]

    @cached_property
    def coded(self) -> ByKey:
        """Entries by their administrative codes and their ids in other lists."""
        return _by_key(
            (key, entry)
            for entry in self.entries
            for key in (
                *(comparable(code, entry.country) for code in entry.codes),
                *entry.geonames,
                *([entry.wikidata] if entry.wikidata else ()),
            )
        )

    @cached_property
    def _triples(self) -> Mapping[str, Sequence[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for key in self.folded:
            for triple in _triples(key):
                found[triple].append(key)
        return found

    def similar(self, key: str, limit: int) -> Iterator[tuple[ListEntry, float]]:
        """Entries with nearly that folded name, the likest first, and the likeness in percent."""
        known = self._triples
        # In one order whatever the hash seed: where many names share a triple, it decides which are
        # compared.
        rarest = sorted((t for t in _triples(key) if t in known), key=lambda t: (len(known[t]), t))
        shared = Counter(name for triple in rarest[:RAREST] for name in known[triple])
        near = [name for name, _ in shared.most_common(MANY)]
        for name, likeness, _ in process.extract(
            key, near, scorer=fuzz.ratio, limit=limit, score_cutoff=LIKENESS
        ):
            yield from ((entry, likeness) for entry in self.folded[name])


def _triples(key: str) -> set[str]:
    padded = f"^{key}$"
    return {padded[i : i + 3] for i in range(len(padded) - 2)}


class Index:
    """Entries by country, and then by name."""

    def __init__(self, entries: Iterable[ListEntry], exonyms: Exonyms = no_exonyms) -> None:
        by_country: dict[str, list[ListEntry]] = defaultdict(list)
        for entry in entries:
            by_country[entry.country].append(entry)
        self._by_country = {
            country: CountryIndex(found, exonyms) for country, found in sorted(by_country.items())
        }

    @property
    def countries(self) -> frozenset[str]:
        """The countries that entries lie in."""
        return frozenset(self._by_country)

    def of(self, countries: Iterable[str]) -> list[CountryIndex]:
        """The indexes of some countries, and of the entries whose country is not known."""
        wanted = sorted({*countries, ""})
        return [self._by_country[c] for c in wanted if c in self._by_country]

"""Search by name: forgiving about marks on letters ("pecovska" finds Pečovská) and about typos."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

from rapidfuzz import fuzz, process

from twingraph import identifiers as ids
from twingraph.serve.pages.index import Index
from twingraph.web.locale import plain

LONGEST: Final = 100
"""Letters of a question that are looked at."""

_SOUGHT: Final = (
    ids.MUNICIPALITY,
    ids.PERSON,
    ids.PROJECT,
    ids.PROGRAMME,
    ids.ORGANIZATION,
    ids.SOURCE,
    ids.CONCEPT,
)
_LIKE: Final = 72
"""Of 100: how alike a name must be to be found in spite of typos."""


class Name(NamedTuple):
    """A name under which a thing is found."""

    plain: str
    text: str
    key: str


@dataclass
class Finder:
    """Finds things of an index by their names."""

    index: Index

    @cached_property
    def _names(self) -> list[Name]:
        return sorted(set(self._all()))

    def _all(self) -> Iterator[Name]:
        for names in (self.index.names, self.index.other_names):
            for key, texts in names.items():
                if key.partition("/")[0] in _SOUGHT and "#" not in key:
                    for text, _ in texts:
                        yield Name(plain(text), text, key)
                    if not texts:
                        last = key.rpartition("/")[2]
                        yield Name(plain(last.replace("-", " ")), last, key)

    @cached_property
    def _plain(self) -> list[str]:
        return [name.plain for name in self._names]

    def find(self, asked: str, most: int) -> list[Name]:
        """Things by how well a name of theirs fits; each once, under the name that fits best."""
        sought = plain(asked[:LONGEST])
        if not sought:
            return []
        found: dict[str, tuple[tuple[int, int, int, str], Name]] = {}
        for name in self._names:
            if sought in name.plain:
                self._keep(found, name, self._place(sought, name))
        if len(found) < most and len(sought) > 2:
            for name, score in self._alike(sought, most * 3):
                self._keep(found, name, (9, -score, 0, ""))
        return [name for _, name in sorted(found.values())][:most]

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
        found: dict[str, list[int]] = defaultdict(list)
        for place, name in enumerate(self._names):
            for word in set(name.plain.split()):
                if len(word) > 3 and word != name.plain:
                    found[word].append(place)
        return found

    @cached_property
    def _words(self) -> list[str]:
        return list(self._holding)

    def _keep(
        self,
        found: dict[str, tuple[tuple[int, int, int, str], Name]],
        name: Name,
        place: tuple[int, int, int, str],
    ) -> None:
        if name.key not in found or place < found[name.key][0]:
            found[name.key] = place, name

    def _place(self, sought: str, name: Name) -> tuple[int, int, int, str]:
        """The whole name first, then its beginning, the beginning of a word, any place; towns
        before people before the rest."""
        at = name.plain.find(sought)
        fit = 0 if name.plain == sought else 1 if at == 0 else 3
        if fit == 3 and f" {sought}" in name.plain:
            fit = 2
        return fit, _SOUGHT.index(name.key.partition("/")[0]), len(name.plain), name.plain

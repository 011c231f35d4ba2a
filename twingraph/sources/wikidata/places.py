"""Which items are one place on two administrative levels: a settlement and its commune.

Wikidata often has both, and twinning is stated of either. Two items count as one place when one is
located in the other (P131) today, they share a name in some language, leaving aside words such as
"Gmina" or "Stadt", and their coordinates lie within 15 km. All three are asked for: New York lies
in New York, and Modena in the province of Modena.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import chain
from typing import Final

from twingraph.sources.wikidata.entities import Entity

NEAR: Final = 15.0
"""Kilometres between the coordinates of a settlement and its commune, at most."""

_KIND_WORDS: Final = frozenset(
    {
        *("gmina", "miasto", "i", "wies", "miejska", "wiejska", "miejsko"),
        *("obec", "mesto", "mestys", "stadt", "gemeinde", "markt", "stadtgemeinde"),
        *("marktgemeinde", "landgemeinde", "commune", "ville", "de", "d", "la", "le"),
        *("of", "the", "city", "town", "municipality", "urban", "rural", "village"),
        *("comune", "di", "citta", "gemeente", "stad", "kozseg", "varos"),
        *("comuna", "oras", "municipiu", "hromada"),
    }
)


@lru_cache(maxsize=65536)
def name(label: str) -> str:
    """A name without marks, case, and words that only say what kind of body it is."""
    plain = unicodedata.normalize("NFKD", label.translate(_LETTERS)).casefold()
    words = re.findall(r"\w+", "".join(c for c in plain if not unicodedata.combining(c)))
    return " ".join([word for word in words if word not in _KIND_WORDS] or words)


_LETTERS = str.maketrans({"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D"})


def same_name(one: Entity, other: Entity) -> bool:
    """Whether two items share a label or an alias in some language."""
    names = {(t.language, name(t.value)) for t in chain(one.labels, one.aliases)}
    return any((t.language, name(t.value)) in names for t in chain(other.labels, other.aliases))


def communes(entities: Mapping[str, Entity]) -> Mapping[str, str]:
    """Settlement → commune, for the settlements whose commune is the same place.

    A chain (a part of a town, the town, its commune) leads to its end.
    """
    above = {item: parent for item in entities for parent in _same_above(item, entities)}
    return ends(above)


def ends(above: Mapping[str, str]) -> Mapping[str, str]:
    """Where each chain leads, of settlements and what is `above` each and the same place."""
    return {item: _end(item, above) for item in above}


def _same_above(item: str, entities: Mapping[str, Entity]) -> Iterator[str]:
    """The item's commune, if it is the same place: the first of those it is located in."""
    for parent in entities[item].located_in:
        above = entities.get(parent)
        if above is not None and is_same(entities[item], above):
            yield parent
            return


def is_same(entity: Entity, above: Entity) -> bool:
    """Whether an item and another that it is located in are the same place."""
    if above.id == entity.id or not entity.point or not above.point:
        return False
    return entity.point.km(above.point) <= NEAR and same_name(entity, above)


def _end(item: str, above: Mapping[str, str]) -> str:
    seen = {item}
    while (parent := above.get(item)) and parent not in seen:
        seen.add(parent)
        item = parent
    return item if item not in above else min(seen)

"""Which of its names a thing is called by: one in the reader's languages, else a town's own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Final, TypeVar

import pycountry
from babel.languages import get_official_languages

from twingraph.model.records import Authority, Text

T = TypeVar("T", bound=tuple[str, str])

_ANY_LANGUAGE: Final = "mul"
"""A name that holds in every language: on Wikidata mostly the town's own (ISO 639-2)."""

_LAST: Final = ("en", "und", "")
"""Of a town without a name in a language of its own country: one that many can read."""


def preferred(texts: Iterable[T], languages: Sequence[str]) -> T | None:
    """Of texts (value and language) the one in the first of some languages, or None of none.

    A region does not matter: `pt-br` serves a reader of `pt` where there is no `pt`. A text for
    all languages (`mul`) serves the first of them, unless its own place is given. Of those in no
    such language, one that has a language comes first.
    """
    place = {language: number for number, language in enumerate(languages)}
    for_all = place.get(_ANY_LANGUAGE, 0)

    def order(text: T) -> tuple[int, int, bool, str, str]:
        value, tag = text
        if tag in place:
            at, way = place[tag], 0
        elif (main := tag.partition("-")[0]) in place:
            at, way = place[main], 1
        elif tag == _ANY_LANGUAGE:
            at, way = for_all, 2
        else:
            at, way = len(place), 3
        return at, way, not tag, tag, value

    return min(texts, key=order, default=None)


def town_name(town: Authority, languages: Sequence[str] = ()) -> Text | None:
    """A town's name in the first of some languages, else its own; None without any.

    Its own is the one that its register gives, else one in a language of its country. A name is
    never chosen for coming first by its language tag, unless nothing else is known of it.
    """
    return preferred(town.labels, tuple(dict.fromkeys((*languages, *_own(town), *_LAST))))


def own_name(town: Authority) -> Text | None:
    """The name that a town's register gives it, or that it has in a language of its country."""
    own = tuple(_own(town))
    there = (t for t in town.labels if t.language in own or t.language.partition("-")[0] in own)
    return preferred(there, own)


def _own(town: Authority) -> Iterator[str]:
    if town.own_language:
        yield town.own_language
    yield _ANY_LANGUAGE
    yield from own_languages(town.country)


@cache
def own_languages(alpha_3: str | None) -> tuple[str, ...]:
    """The official languages of a country (ISO 3166-1 alpha-3), those of most speakers first.

    Source: CLDR's territory info.
    """
    known = pycountry.countries.get(alpha_3=alpha_3) if alpha_3 else None
    found = get_official_languages(known.alpha_2, de_facto=True) if known else ()
    return tuple(dict.fromkeys(language.partition("_")[0] for language in found))

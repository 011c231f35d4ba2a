"""The languages that pages are written in, and what stands in for one."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Final, TypeVar

from twingraph.model.names import preferred

LANGUAGES: Final = {
    "en": "English",
    "pl": "Polski",
    "sk": "Slovenčina",
    "nl": "Nederlands",
    "de": "Deutsch",
    "fr": "Français",
}
"""Each by its own name, in the order in which one stands in for another."""

ENGLISH: Final = "en"
"""The language that messages are written in."""


@lru_cache(maxsize=64)
def fallback(language: str) -> tuple[str, ...]:
    """The one order in which languages stand in for another: the reader's own, then those of the
    pages in their order. After these come the remaining ones by their tag, and text without one."""
    return (language, *(other for other in LANGUAGES if other != language))


_T = TypeVar("_T", bound=tuple[str, str])


def best(texts: Iterable[_T], language: str) -> _T | None:
    """Of texts (value and language tag) the one to show a reader, or None where there is none.

    A region does not matter: `pt-BR` serves a reader of `pt`.
    """
    return preferred(texts, fallback(language))


def in_language(texts: Iterable[_T], language: str) -> str:
    """The one of some texts to show a reader of a language, "" of none."""
    found = best(texts, language)
    return found[0] if found else ""


def in_order(texts: Iterable[_T], languages: Iterable[str]) -> tuple[_T, ...]:
    """Texts with those in some languages first, in their order: programs that know one language
    alone often take the first."""
    place = {language: number for number, language in enumerate(languages)}
    return tuple(sorted(texts, key=lambda text: place.get(text[1], len(place))))

"""What releases say of themselves in words, in the languages that the files of phrases have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files

import yaml

from twingraph.model.records import Text, Texts

ENGLISH = "en"
_FILES = ("phrases.yaml", "phrases_quality.yaml")


@cache
def _phrases() -> Mapping[str, Mapping[str, str]]:
    phrases: dict[str, Mapping[str, str]] = {}
    for name in _FILES:
        text = (files("twingraph.web") / name).read_text("utf-8")
        phrases |= yaml.load(text, yaml.CSafeLoader)
    return phrases


def translated(phrase: str, language: str) -> str | None:
    """An English phrase in another language; None where no file has it."""
    return phrase if language == ENGLISH else _phrases().get(phrase, {}).get(language)


def languages_of(phrase: str, languages: Iterable[str]) -> Texts:
    """A phrase in those of the languages that it is known in, or in English alone."""
    known = ((translated(phrase, language), language) for language in languages)
    found = tuple(Text(text, language) for text, language in known if text)
    return found or (Text(phrase, ENGLISH),)


def in_language(texts: Texts, language: str) -> str:
    """The text in a language; else in English, else the first there is ("" of none)."""
    by_language = {text.language: text.value for text in reversed(texts)}
    first = texts[0].value if texts else ""
    return by_language.get(language) or by_language.get(ENGLISH) or first


def in_order(texts: Texts, languages: Iterable[str]) -> Texts:
    """Texts with those in the dataset's languages first, in their order: readers that know one
    language alone often take the first."""
    place = {language: number for number, language in enumerate(languages)}
    return tuple(sorted(texts, key=lambda text: place.get(text.language, len(place))))

"""The languages that pages are written in: which one a reader gets, and what stands in for it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from http.cookies import CookieError, SimpleCookie
from typing import Final, TypeVar
from urllib.parse import parse_qs

from twingraph.model.names import preferred
from twingraph.serve.messages import Request

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

PARAMETER: Final = "lang"
"""In an address and as a cookie: the language chosen by the reader."""

_RANGE = re.compile(r"([A-Za-z]{1,8}|\*)(?:-[A-Za-z0-9-]*)?(?:\s*;\s*q=([01](?:\.\d{0,3})?))?")


def language_of(request: Request) -> str:
    """The address decides, then the cookie, then what the browser prefers (Accept-Language)."""
    asked = parse_qs(request.query.decode("latin-1")).get(PARAMETER, [])
    for choice in (*asked, _cookie(request.headers.get("cookie", ""))):
        if choice in LANGUAGES:
            return choice
    return _preferred(request.headers.get("accept-language", ""))


def chosen(request: Request) -> bool:
    """Whether this very address names a language: the choice is then remembered."""
    asked = parse_qs(request.query.decode("latin-1")).get(PARAMETER, [])
    return bool(asked) and asked[0] in LANGUAGES


def remembered(language: str) -> str:
    """The Set-Cookie header that keeps a choice for a year."""
    return f"{PARAMETER}={language}; Path=/; Max-Age=31536000; SameSite=Lax"


def _cookie(header: str) -> str:
    try:
        found = SimpleCookie(header).get(PARAMETER)
    except CookieError:
        return ""
    return found.value if found else ""


@lru_cache(maxsize=1024)
def _preferred(header: str) -> str:
    best, best_q = next(iter(LANGUAGES)), 0.0
    for element in header.split(","):
        match = _RANGE.fullmatch(element.strip())
        if match and match[1].lower() in LANGUAGES:
            q = float(match[2] or 1)
            if q > best_q:
                best, best_q = match[1].lower(), q
    return best


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

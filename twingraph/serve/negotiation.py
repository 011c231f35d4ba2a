"""What a request accepts: media types, content codings, languages (RFC 9110, section 12.5).

Werkzeug reads the headers. Cookies are read here: the parsers of the standard library, of Starlette
and of Werkzeug take quadratic time for some headers of the length that a head may have.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from werkzeug.http import parse_accept_header, parse_options_header

from twingraph.web.languages import ENGLISH, LANGUAGES

LANGUAGE: Final = "lang"
"""In an address and as a cookie: the language chosen by the reader."""

_LONGEST: Final = 4096
"""Characters of a header that are looked at: browsers and clients send some hundred."""
_LONGEST_TYPE: Final = 1000


def header(request: Request, name: str) -> str | None:
    """A header's value, that of several lines of one name joined; None without one."""
    values = request.headers.getlist(name)
    return ", ".join(values)[:_LONGEST] if values else None


def posted_type(request: Request) -> tuple[str, dict[str, str]]:
    """The media type of a request's body, in lower case, and its parameters. Raises HTTPException
    (400) for what is none: longer than any, or unreadable."""
    value = ", ".join(request.headers.getlist("content-type"))
    try:
        if len(value) > _LONGEST_TYPE:
            raise ValueError("too long")
        media_type, parameters = parse_options_header(value)
    except ValueError as error:
        raise HTTPException(400, "the Content-Type is no media type") from error
    return media_type.lower(), parameters


def accepted(request: Request, offers: tuple[str, ...]) -> str | None:
    """The offer that a request likes best, or None where it accepts none of them (406)."""
    return choose(header(request, "accept"), offers)


@lru_cache(maxsize=1024)
def choose(accept: str | None, offers: tuple[str, ...]) -> str | None:
    """The offer the client likes best, or None where it accepts none of them (406).

    `accept` is the header's value, None where the request has none (anything goes, as with an
    empty one); `offers` media types without parameters, best first: the order decides between
    offers of equal quality. The most specific range that matches gives an offer's quality.
    """
    if accept is None or not accept.strip():
        return offers[0] if offers else None
    ranges = media_ranges(accept)
    best = max(offers, key=lambda offer: _quality(ranges, offer), default=None)
    return best if best and _quality(ranges, best) else None


def media_ranges(accept: str) -> dict[str, float]:
    """The media ranges of an Accept header with their qualities. Parameters but q are not compared;
    an element that is malformed is left out: the others still say what the client wants."""
    elements = parse_accept_header(accept)
    if not elements:
        # A quote that is never closed spoils the element it is in, not those before.
        elements = parse_accept_header(accept.rpartition('"')[0].rpartition(",")[0])
    found: dict[str, float] = {}
    for element, quality in elements:  # The best first.
        found.setdefault(parse_options_header(element)[0].lower(), quality)
    return found


def _quality(ranges: Mapping[str, float], offer: str) -> float:
    matching = (offer, f"{offer.partition('/')[0]}/*", "*/*")
    return next((ranges[one] for one in matching if one in ranges), 0.0)


def accepted_codings(accept_encoding: str) -> set[str]:
    """The content codings that an Accept-Encoding header names and does not refuse. `*` is not
    taken at its word: the plain form is always right."""
    elements = parse_accept_header(accept_encoding)
    return {coding.lower() for coding, quality in elements if quality}


def language_of(request: Request) -> str:
    """The address decides, then the cookie, then what the browser prefers (Accept-Language)."""
    asked = request.query_params.getlist(LANGUAGE)
    for choice in (*asked, _cookie(request.headers.getlist("cookie"))):
        if choice in LANGUAGES:
            return choice
    return _preferred(header(request, "accept-language") or "")


def names_language(request: Request) -> bool:
    """Whether this very address names a language: the choice is then remembered."""
    asked = request.query_params.getlist(LANGUAGE)
    return bool(asked) and asked[0] in LANGUAGES


def language_cookie(language: str) -> str:
    """The Set-Cookie header that keeps a choice for a year."""
    return f"{LANGUAGE}={language}; Path=/; Max-Age=31536000; SameSite=Lax"


def _cookie(headers: list[str]) -> str:
    """The language in the Cookie header (RFC 6265, section 4.2.1), or ""."""
    pairs = (pair.partition("=") for line in headers for pair in line.split(";"))
    return next((value.strip() for name, _, value in pairs if name.strip() == LANGUAGE), "")


@lru_cache(maxsize=1024)
def _preferred(accept_language: str) -> str:
    for tag, quality in parse_accept_header(accept_language):  # The best first.
        language = tag.partition("-")[0].lower()
        if quality and language in LANGUAGES:
            return language
    return ENGLISH

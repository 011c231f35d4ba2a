"""Which country is meant: by its code, or by its name in one of many languages."""

from __future__ import annotations

import gettext
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from typing import Final

import pycountry
from babel import Locale, localedata

from twingraph.errors import BadValue

_LANGUAGES: Final = (
    *("be", "bg", "bs", "ca", "cs", "cy", "da", "de", "el", "es", "et", "eu", "fi", "fr", "ga"),
    *("gl", "hr", "hu", "is", "it", "lt", "lv", "mk", "mt", "nb", "nl", "pl", "pt", "ro", "ru"),
    *("sk", "sl", "sq", "sr", "sv", "tr", "uk"),
)
# Codes that the EU or common use write otherwise than ISO 3166-1.
_ALSO: Final = {
    "UK": "GB", "EL": "GR", "KOSOVO": "XK", "XKX": "XK", "XK": "XK", "TURKEY": "TR",
    **dict.fromkeys(("GREAT BRITAIN", "VEĽKÁ BRITÁNIA", "GRANDE-BRETAGNE", "GROSSBRITANNIEN",
                     "GROOT-BRITTANNIË"), "GB"),
}  # fmt: skip
_ABBREVIATIONS: Final = {
    **dict.fromkeys(("BRD", "RFN", "RFA", "NSR", "SRN"), ("DE", frozenset[str]())),
    "RP": ("PL", frozenset[str]()),
    **{
        code: (meant, frozenset({"sk", "cs"}))
        for code, meant in (("SR", "SK"), ("PR", "PL"), ("MR", "HU"))
    },
    "ČR": ("CZ", frozenset[str]()),
}
"""What papers write for a country's official name, which neither ISO nor CLDR has; and the
languages in which it is that country, where it is the code of another."""


@lru_cache(maxsize=1 << 12)
def country_code(text: str) -> str | None:
    """The ISO 3166-1 alpha-2 code of a country given by a code or a name; None if not known.

    >>> country_code("SVK"), country_code("Słowacja"), country_code("Atlantis")
    ('SK', 'SK', None)
    """
    text = text.strip()
    if also := _ALSO.get(text.upper()):
        return also
    try:
        return str(pycountry.countries.lookup(text).alpha_2) if text else None
    except LookupError:
        return _by_name().get(text.casefold())


def country_meant(text: str, languages: Iterable[str]) -> str | None:
    """The same where the languages of the page are known, which tell what an abbreviation means.

    Raises BadValue for one that is another country's code in other languages.

    >>> country_meant("SR", ["sk"]), country_meant("BRD", ["en"])
    ('SK', 'DE')
    """
    code, asked = country_code(text), tuple(languages)
    if (short := _ABBREVIATIONS.get(text.strip().upper())) is None:
        return code
    meant, said_in = short
    if code in (None, meant) or not said_in.isdisjoint(asked):
        return meant
    both = " or ".join(country_called(one, asked) for one in (meant, str(code)))
    raise BadValue(f"{text!r} may be {both}", "write the name of the one that is meant")


def is_abbreviation(text: str) -> bool:
    """Whether a text is what papers write for a country, whatever else it may be."""
    return text.upper() in _ABBREVIATIONS


def country_called(code: str, languages: Iterable[str]) -> str:
    """The name of a country in the first of some languages that is known, or in English."""
    asked = (Locale.parse(one) for one in (*languages, "en") if localedata.exists(one))
    return next((str(one.territories[code]) for one in asked if code in one.territories), code)


@cache
def _by_name() -> dict[str, str]:
    """Codes by names: those of ISO 3166-1 and its translations, the official ones, and those that
    people say (CLDR), which ISO has longer ones for: Rosja, Rusko, Russie."""
    said = {name.casefold(): code for name, code in _said()}
    official = {name.casefold(): code for name, code in _names("official_name")}
    return {
        **said, **official, **{n.casefold(): code for n, code in _names("name", "common_name")},
    }  # fmt: skip


def _said() -> Iterator[tuple[str, str]]:
    codes = {"XK", *(country.alpha_2 for country in pycountry.countries)}
    for language in _LANGUAGES:
        for code, name in Locale.parse(language).territories.items():
            if code in codes:
                yield str(name), code


def _names(*fields: str) -> Iterator[tuple[str, str]]:
    for language in _LANGUAGES:
        translated = gettext.translation(
            "iso3166-1", pycountry.LOCALES_DIR, languages=[language], fallback=True
        )
        for country in pycountry.countries:
            for field in fields:
                if name := getattr(country, field, ""):
                    yield translated.gettext(name), country.alpha_2

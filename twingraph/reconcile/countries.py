"""Which country is meant: by its code, or by its name in one of many languages."""

from __future__ import annotations

import gettext
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Final

import pycountry

_LANGUAGES: Final = (
    *("be", "bg", "bs", "ca", "cs", "cy", "da", "de", "el", "es", "et", "eu", "fi", "fr", "ga"),
    *("gl", "hr", "hu", "is", "it", "lt", "lv", "mk", "mt", "nb", "nl", "pl", "pt", "ro", "ru"),
    *("sk", "sl", "sq", "sr", "sv", "tr", "uk"),
)
# Codes that the EU or common use write otherwise than ISO 3166-1.
_ALSO: Final = {
    "UK": "GB", "EL": "GR", "KOSOVO": "XK", "XKX": "XK", "XK": "XK", "TURKEY": "TR",
}  # fmt: skip


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


@cache
def _by_name() -> dict[str, str]:
    return {name.casefold(): code for name, code in _names()}


def _names() -> Iterator[tuple[str, str]]:
    for language in _LANGUAGES:
        translated = gettext.translation(
            "iso3166-1", pycountry.LOCALES_DIR, languages=[language], fallback=True
        )
        for country in pycountry.countries:
            for name in (country.name, getattr(country, "common_name", "")):
                if name:
                    yield translated.gettext(name), country.alpha_2

"""The codes of others: languages (BCP 47), countries (ISO 3166-1), currencies (ISO 4217)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Final

import pycountry
import pyoxigraph as ox

from twingraph.errors import BadValue, did_you_mean


def check_language(tag: str) -> str:
    """A language tag (BCP 47) in lower case. Raises BadValue for one no registry knows."""
    primary = re.split("[-_]", tag)[0].lower()
    known = _languages()
    if primary in known and known[primary] == primary and _is_tag(tag):
        return tag.lower()

    def cure() -> str:
        meant = _MISTAKEN_LANGUAGES.get(primary) or known.get(primary)
        if meant and (meant != primary or "_" in tag):
            return f"did you mean {meant!r}?"
        otherwise = "write a tag such as pl, sk, nl, en or sr-Latn"
        return did_you_mean(primary, {c for c in known.values() if len(c) == 2}, otherwise)

    raise BadValue(f"{tag!r} is no language tag (BCP 47)", cure)


# Codes of countries that are written where those of their languages are meant.
_MISTAKEN_LANGUAGES: Final = {
    "al": "sq", "at": "de", "cn": "zh", "cz": "cs", "dk": "da", "gb": "en", "gr": "el", "jp": "ja",
    "rs": "sr", "ua": "uk", "us": "en",
}  # fmt: skip


@cache
def _languages() -> Mapping[str, str]:
    """Every code of a language (ISO 639), and the shortest one, which BCP 47 (2.2.1) asks for."""
    codes: dict[str, str] = {}
    for entry in pycountry.languages:
        short = getattr(entry, "alpha_2", entry.alpha_3)
        names = (entry.alpha_3, getattr(entry, "bibliographic", entry.alpha_3), short)
        codes.update(dict.fromkeys(names, short))
    return codes


def _is_tag(tag: str) -> bool:
    try:
        ox.Literal("", language=tag)
    except ValueError:
        return False
    return True


@cache
def countries() -> Mapping[str, str]:
    """The code of a country in the EU's authority table, by its ISO 3166-1 alpha-2 code.

    The table uses ISO's alpha-3 codes. Kosovo has none; as in the EU's tables its codes are the
    ones that ISO leaves to users, XK and XKX.
    """
    return {country.alpha_2: country.alpha_3 for country in pycountry.countries} | {"XK": "XKX"}


@cache
def short_countries() -> Mapping[str, str]:
    """ISO's alpha-2 code of a country, by its code in the EU's authority table."""
    return {long: short for short, long in countries().items()}


def nuts_prefix(country: str) -> str:
    """What the NUTS codes of a country begin with, given its code in the EU's authority table:
    ISO's two letters, but for Greece and the United Kingdom (Eurostat, NUTS)."""
    alpha_2 = short_countries()[country]
    return {"GR": "EL", "GB": "UK"}.get(alpha_2, alpha_2)


NATIONAL_CODE_DIGITS: Final = {"DEU": 8, "ESP": 5, "FRA": 5, "ITA": 6, "POL": 7}
"""How long the code of a commune is where it may begin with a zero, which spreadsheets drop:
AGS, INE, INSEE, ISTAT, TERYT."""


CODE_FORMS: Final[Mapping[str, tuple[str, str, str]]] = {
    "AUT": ("[1-9][0-9]{4}", "a Gemeindekennziffer", "31710"),
    "BEL": ("[1-9][0-9]{4}", "an NIS code", "24109"),
    "CZE": ("5[0-9]{5}", "a code of ČSÚ", "573965"),
    "DEU": ("[01][0-9]{7}", "an AGS", "08225109"),
    "DNK": ("[1-9][0-9]{2}", "a kommunekode", "101"),
    "ESP": ("[0-5][0-9]{4}", "an INE code", "28181"),
    "FRA": ("(?:[0-9]{2}|2[AB])[0-9]{3}", "an INSEE code", "74225"),
    "ITA": ("[01][0-9]{5}", "an ISTAT code", "058074"),
    "NLD": ("(?:GM)?[0-9]{4}", "a code of CBS", "0542"),
    "NOR": ("[0-9]{4}", "a kommunenummer", "0301"),
    "POL": ("(?:[0-2][02468]|3[02])[0-9]{5}", "a TERYT code", "1814043"),
    "SVK": ("5[0-9]{5}", "a code of LAU 2", "524824"),
    "SWE": ("[0-2][0-9]{3}", "a kommunkod", "0138"),
}
"""What the code of a commune looks like, by country: a pattern, its name, and one such."""


# What the EU's own institutions write, and what ISO says.
_MISTAKEN_COUNTRIES: Final = {"UK": "GB", "EL": "GR", "XKX": "XK", "KOSOVO": "XK", "KS": "XK"}


def check_country(code: str) -> str:
    """The EU's code of a country, given ISO's two letters. Raises BadValue for anything else."""
    if code in countries():
        return countries()[code]

    def cure() -> str:
        meant = _MISTAKEN_COUNTRIES.get(code.upper())
        try:
            meant = meant or pycountry.countries.lookup(code).alpha_2
        except LookupError:
            return "write its two capital letters: PL, SK, BE …"
        return f"did you mean {meant!r}?"

    raise BadValue(f"{code!r} is no country code (ISO 3166-1 alpha-2)", cure)


@cache
def currencies() -> frozenset[str]:
    """The currency codes of ISO 4217."""
    return frozenset(currency.alpha_3 for currency in pycountry.currencies)


_MISTAKEN_CURRENCIES: Final = {
    "€": "EUR", "EURO": "EUR", "ZŁ": "PLN", "ZL": "PLN", "KČ": "CZK", "FT": "HUF", "$": "USD",
    "£": "GBP",
}  # fmt: skip
_OTHER_CURRENCY: Final = (
    "write EUR, PLN, CZK …; a sum in a currency that is no more stands in a `mentions` entry"
)


def check_currency(code: str) -> str:
    """A currency code of ISO 4217, as it is. Raises BadValue for anything else."""
    if code not in currencies():
        # Not by letters: DKK is not what is meant by SKK, nor PLN by PLZ.
        known = _MISTAKEN_CURRENCIES.get(code.upper(), code.upper())
        cure = f"did you mean {known!r}?" if known in currencies() else _OTHER_CURRENCY
        raise BadValue(f"{code!r} is no currency code (ISO 4217)", cure)
    return code

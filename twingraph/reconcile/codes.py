"""Administrative codes in one form, so that what two lists write differently can be compared."""

from __future__ import annotations

import re
from typing import Final

# A Polish unit in Eurostat's list of local units until 2017: macro-region (2), voivodeship (2),
# subregion (3), powiat (2), gmina (2), after the digits "10". TERYT leaves out the first and the
# third, and adds a digit for the kind of gmina.
_POLISH_LOCAL_UNIT: Final = re.compile(r"(?:PL_?)?10\d{2}(\d{2})\d{3}(\d{2})(\d{2})\d?")
_COUNTRY_BEFORE: Final = re.compile(r"^[A-Z]{2}[_\s-]?(?=\d)")
_TERYT_LENGTH: Final = 7
_URBAN: Final = frozenset("14")


def comparable(code: str, country: str) -> str:
    """A code without its country and its separators, a Polish one as the six digits of TERYT.

    >>> comparable("PL_1006181341407", "PL"), comparable("1814073", "PL"), comparable("BE_24109", "BE")
    ('181407', '181407', '24109')
    """  # noqa: E501
    code = code.strip().upper()
    if country == "PL" and (unit := _POLISH_LOCAL_UNIT.fullmatch(code)):
        return "".join(unit.groups())
    digits = re.sub(r"[^0-9A-Z]", "", _COUNTRY_BEFORE.sub("", code))
    return digits[:6] if is_teryt(code, country) else digits


def is_teryt(code: str, country: str) -> bool:
    """Whether a code is a Polish one with its digit for the kind of gmina."""
    return country == "PL" and code.isdigit() and len(code) == _TERYT_LENGTH


def names_town(code: str, country: str) -> bool:
    """Whether a TERYT code names a town (an urban gmina, or the town in an urban-rural one)."""
    return is_teryt(code.strip(), country) and code.strip()[-1] in _URBAN

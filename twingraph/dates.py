"""Dates as sources state them: EDTF in, native precision and bounds out.

Curators write the Extended Date/Time Format (Library of Congress, 2019; ISO 8601-2), levels 0 and
1 and the sets of level 2. What comes out is a value in the precision of the source, never a
made-up day, and the earliest and latest day it can mean.

| written                    | value                | bounds                                       |
|----------------------------|----------------------|----------------------------------------------|
| `2018-04-29`               | xsd:date             | that day                                     |
| `2018-04`, `2018-04-XX`    | xsd:gYearMonth       | the month                                    |
| `2018`, `2018-XX`          | xsd:gYear            | the year                                     |
| `197X`, `2010/2012`, sets  | none                 | as they say; an open end has no bound        |
| `2004~`, `2004?`           | none                 | wider by a year (month, day) to either side  |
| `XXXX-07-04`               | none                 | none: a day without a year is evidence only  |
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from time import struct_time
from typing import Any, Final

from edtf import EDTFParseException, parse_edtf

from twingraph.namespaces import XSD

YEAR: Final = f"{XSD}gYear"
YEAR_MONTH: Final = f"{XSD}gYearMonth"
DAY: Final = f"{XSD}date"

_PLAIN = re.compile(r"([0-9]{4})(?:-([0-9]{2}|XX))?(?:-([0-9]{2}|XX))?")
_FIRST_YEAR, _LAST_YEAR = 1, 9999


@dataclass(frozen=True, slots=True)
class Date:
    """A date as stated.

    `edtf` is what was written. `value` is the lexical form in the source's own precision and
    `datatype` its XSD type (full IRI); both are None where the source gives no more than bounds.
    `earliest` and `latest` are days (YYYY-MM-DD), None where that end is open.
    """

    edtf: str
    value: str | None = None
    datatype: str | None = None
    earliest: str | None = None
    latest: str | None = None

    @property
    def is_evidence_only(self) -> bool:
        """True where nothing can be placed in time, such as a day without a year."""
        return self.earliest is None and self.latest is None

    def within(self, other: Date) -> bool:
        """Whether every day this date can mean is one that `other` can mean too."""
        return (other.earliest is None or (self.earliest or "") >= other.earliest) and (
            other.latest is None or (self.latest or "9999-99-99") <= other.latest
        )

    def after(self, other: Date) -> bool:
        """Whether this date certainly lies after the other: their bounds do not overlap."""
        return (
            self.earliest is not None and other.latest is not None and self.earliest > other.latest
        )


@lru_cache(maxsize=65536)
def parse(written: str) -> Date:
    """Read an EDTF string.

    Raises ValueError, with a message that says what is expected, for what is no EDTF date, for
    years outside 1 to 9999 and for an interval that ends before it starts.
    """
    plain = _PLAIN.fullmatch(written)
    return _plain(written, *plain.groups()) if plain else _extended(written)


def _plain(written: str, year: str, month: str | None, day: str | None) -> Date:
    if year == "0000":
        raise ValueError(f"{written!r} lies before the year 1")
    if month in (None, "XX"):
        if day not in (None, "XX"):
            raise ValueError(f"{written!r} names a day of an unknown month")
        return Date(written, year, YEAR, f"{year}-01-01", f"{year}-12-31")
    if not "01" <= str(month) <= "12":
        raise ValueError(f"{written!r} is no date: there is no month {month}")
    days = monthrange(int(year), int(str(month)))[1]
    if day in (None, "XX"):
        value = f"{year}-{month}"
        return Date(written, value, YEAR_MONTH, f"{value}-01", f"{value}-{days:02}")
    if not 1 <= int(str(day)) <= days:
        raise ValueError(f"{written!r} is no date: {year}-{month} has {days} days")
    return Date(written, written, DAY, written, written)


def _extended(written: str) -> Date:
    try:
        parsed = parse_edtf(written)
        fuzzy = re.search(r"[~?%]", written) is not None
        lower = parsed.lower_fuzzy() if fuzzy else parsed.lower_strict()
        upper = parsed.upper_fuzzy() if fuzzy else parsed.upper_strict()
    except (EDTFParseException, ValueError, TypeError, AttributeError) as error:
        raise ValueError(
            f"{written!r} is no EDTF date such as 2018-04-29, 2018-04, 2018, 197X or 2010/2012"
        ) from error
    if re.match(r"X{4}", written):
        return Date(written)
    earliest, latest = _day(written, lower), _day(written, upper)
    if earliest and latest and earliest > latest:
        raise ValueError(f"{written!r} ends before it starts")
    return Date(written, None, None, earliest, latest)


def _day(written: str, bound: struct_time | float | Any) -> str | None:
    if isinstance(bound, float):
        return None
    year, month, day = bound[:3]
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise ValueError(f"{written!r} lies outside the years 1 to 9999")
    return date(year, month, day).isoformat()

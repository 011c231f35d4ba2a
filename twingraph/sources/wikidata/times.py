"""Wikidata's time values as EDTF, in the precision and calendar they were written with.

Rules of the Wikibase data model (mediawiki.org, "Wikibase/DataModel", Dates and times): a time is
`±YYYY-MM-DDT00:00:00Z` with a precision (11 day, 10 month, 9 year, 8 decade, 7 century,
6 millennium), a calendar, and a margin `before` and `after` counted in units of the precision.
Parts below the precision mean nothing. The interface shows a century and a millennium as the one
that ends with the year: 1900 is in the 19th century.

| value                                 | EDTF                                                  |
|---------------------------------------|-------------------------------------------------------|
| day, month, year                      | `1967-06-27`, `1967-06`, `1967`                       |
| decade, century, millennium           | `196X`, `1801/1900`, `1001/2000`                      |
| finer than a day                      | the day                                               |
| precision day, but month or day is 00 | what is given: the year, the month                    |
| before or after not 0                 | an interval, widened by the margin                    |
| Julian day                            | that day in the Gregorian calendar                    |
| Julian, anything coarser              | an interval: first to last day in the Gregorian one   |
| year 0, BCE, coarser than millennium  | none: ValueError                                      |
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

from twingraph import dates

JULIAN: Final = "Q1985786"
GREGORIAN: Final = "Q1985727"

DAY, MONTH, YEAR, DECADE, CENTURY, MILLENNIUM = 11, 10, 9, 8, 7, 6
_SPAN = {YEAR: 1, DECADE: 10, CENTURY: 100, MILLENNIUM: 1000}

_TIME = re.compile(r"([+-]?)(\d{1,16})-(\d\d)-(\d\d)T\d\d:\d\d:\d\d(?:\.\d+)?Z")
# The Julian day number of the day whose date.toordinal() would be 0 (31 December of the year 0).
_ORDINAL_ZERO = 1721425


def edtf(value: Mapping[str, Any]) -> str:
    """The EDTF string of a time value of the JSON format; `twingraph.dates.parse` accepts it.

    Raises ValueError, saying what is wrong, for what the table above gives no date.
    """
    try:
        stamp, precision = str(value["time"]), int(value["precision"])
        margin = int(value.get("before") or 0), int(value.get("after") or 0)
    except (KeyError, TypeError) as error:
        raise ValueError(f"{value!r} is no time value") from error
    year, month, day = _parts(stamp)
    if precision >= MONTH and not month:
        precision = YEAR
    if precision >= DAY and not day:
        precision = MONTH
    if precision < MILLENNIUM:
        raise ValueError(f"{stamp} has precision {precision}: coarser than a millennium")
    julian = str(value.get("calendarmodel", "")).endswith(JULIAN)
    text = _as_edtf(year, month, day, min(precision, DAY), margin, julian)
    dates.parse(text)
    return text


def _parts(stamp: str) -> tuple[int, int, int]:
    match = _TIME.fullmatch(stamp)
    if not match:
        raise ValueError(f"{stamp!r} is no time of Wikidata's form")
    year = int(match[2])
    if match[1] == "-" or not 1 <= year <= 9999:
        raise ValueError(f"{stamp} lies outside the years 1 to 9999")
    month, day = int(match[3]), int(match[4])
    if month > 12 or day > 31:
        raise ValueError(f"{stamp} is no date")
    return year, month, day


def _as_edtf(
    year: int, month: int, day: int, precision: int, margin: tuple[int, int], julian: bool
) -> str:
    if margin == (0, 0) and not julian:
        if precision == DAY:
            return f"{year:04}-{month:02}-{day:02}"
        if precision == MONTH:
            return f"{year:04}-{month:02}"
        if precision == YEAR:
            return f"{year:04}"
        if precision == DECADE:
            return f"{year // 10:03}X"
        return "{:04}/{:04}".format(*_years(year, precision))
    first, last = _bounds(year, month, day, precision, margin, julian)
    return first.isoformat() if first == last else f"{first.isoformat()}/{last.isoformat()}"


def _years(year: int, precision: int) -> tuple[int, int]:
    """First and last year meant by a precision of a year or coarser."""
    span = _SPAN[precision]
    if precision in (YEAR, DECADE):
        first = year // span * span
        return max(first, 1), first + span - 1
    last = -(-year // span) * span
    return last - span + 1, last


def _bounds(
    year: int, month: int, day: int, precision: int, margin: tuple[int, int], julian: bool
) -> tuple[date, date]:
    before, after = margin
    try:
        if precision == DAY:
            exact = _day(year, month, day, julian)
            return exact - timedelta(days=before), exact + timedelta(days=after)
        if precision == MONTH:
            first, last = year * 12 + month - 1 - before, year * 12 + month + after
        else:
            start, end = _years(year, precision)
            span = _SPAN[precision]
            first, last = (start - before * span) * 12, (end + after * span + 1) * 12
        return (
            _day(first // 12, first % 12 + 1, 1, julian),
            _day(last // 12, last % 12 + 1, 1, julian) - timedelta(days=1),
        )
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{year:04}-{month:02}-{day:02} is no date that exists") from error


def _day(year: int, month: int, day: int, julian: bool) -> date:
    if not julian:
        return date(year, month, day)
    leap = year % 4 == 0
    if day > (31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1]:
        raise ValueError("no such day in the Julian calendar")
    # Richards' algorithm (Explanatory Supplement to the Astronomical Almanac, 2013, ch. 15):
    # years are counted from March, so that the leap day comes last.
    shift = (14 - month) // 12
    y, m = year + 4800 - shift, month + 12 * shift - 3
    julian_day = day + (153 * m + 2) // 5 + 365 * y + y // 4 - 32083
    return date.fromordinal(julian_day - _ORDINAL_ZERO)

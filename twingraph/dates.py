"""Dates as sources state them: EDTF in, native precision and bounds out.

Curators write the Extended Date/Time Format (Library of Congress, 2019; ISO 8601-2): levels 0 and
1, and of level 2 the sets, the unspecified digits, the qualified parts and the parts of a year.
What comes out is a value in the precision of the source, never a made-up day, and the earliest and
latest day it can mean.

| written                    | value                | bounds                                       |
|----------------------------|----------------------|----------------------------------------------|
| `2018-04-29`               | xsd:date             | that day                                     |
| `2018-04`, `2018-04-XX`    | xsd:gYearMonth       | the month                                    |
| `2018`, `2018-XX`          | xsd:gYear            | the year                                     |
| `197X`, `2018-1X`          | none                 | the first and last day that the digits fit   |
| `2010/2012`                | none                 | first to last day                            |
| `2010/..`, `../2012`       | none                 | one; an open (`..`) or unknown end has none  |
| `[2010,2012]`, `{2010..}`  | none                 | those of the earliest and the latest in it   |
| `2004~`, `2004?`, `2004%`  | none                 | wider by a year to either side               |
| `2004-06~`, `2004-06-11~`  | none                 | wider by a month, by a day                   |
| `197X~`                    | none                 | wider by ten years                           |
| `2010-21` … `2010-24`      | none                 | spring March to June, summer June to         |
|                            |                      | September, autumn September to December,     |
|                            |                      | winter January to the next March             |
| `2010-33` … `2010-41`      | none                 | quarter (33), third (37), half (40) of a year|
| `XXXX-07-04`               | xsd:gMonthDay        | none: it lies in no year                     |
| `XXXX-07`                  | xsd:gMonth           | none                                         |

Sources say "in spring" loosely, so a season's bounds hold both its meteorological and its
astronomical months, on the northern half of the globe, and winter holds the one that ends in the
year and the one that begins in it. Weeks (`2010-W05`) and times of day are no part of EDTF's dates
and are refused, as are years before 1 and after 9999, which xsd:date cannot compare.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

from twingraph.errors import BadValue, proposed
from twingraph.namespaces import XSD
from twingraph.written_dates import meant

YEAR: Final = f"{XSD}gYear"
YEAR_MONTH: Final = f"{XSD}gYearMonth"
DAY: Final = f"{XSD}date"
MONTH_DAY: Final = f"{XSD}gMonthDay"
MONTH: Final = f"{XSD}gMonth"

_POINT = r"[~?%]?[0-9X]{4}[~?%]?(?:-[~?%]?[0-9X]{2}[~?%]?){0,2}"
_SPAN = rf"(?:{_POINT}|(?:{_POINT})?\.\.(?:{_POINT})?)"
PATTERN: Final = (
    rf"(?:{_POINT}|(?:{_POINT}|\.\.)?/(?:{_POINT}|\.\.)?|[\[{{]{_SPAN}(?:, ?{_SPAN})*[\]}}])"
)
"""The shape of what can be written: all that is read has it, but `2018-13` has it too."""

_PLAIN = re.compile(r"[0-9]{4}(?:-XX(?:-XX)?|-[0-9]{2}(?:-XX|-[0-9]{2})?)?")
_YEARLESS = re.compile("XXXX-((?:0[1-9]|1[0-2])(?:-[0-3][0-9])?)")
# First and last month of a season, quarter, third or half (ISO 8601-2, 4.8); 13 is next January.
_PARTS_OF_YEAR = {
    "21": (3, 6), "22": (6, 9), "23": (9, 12), "24": (1, 15),
    "33": (1, 3), "34": (4, 6), "35": (7, 9), "36": (10, 12),
    "37": (1, 4), "38": (5, 8), "39": (9, 12), "40": (1, 6), "41": (7, 12),
}  # fmt: skip
_YEARS = range(1, 10_000)

_WITHOUT_END = re.compile(
    "neurčit|bezterminow|nieokreślon|nieoznaczon|unbefristet|unbestimmt|indéterminé|onbepaald"
    "|indefinite|unlimited|neobmedzen|neomezen|illimité|unbegrenzt|безстроков|невизначен"
    "|ongoing|laufend|heden|lopend|en cours|w trakcie|do dziś|nadal|prebieha|trvá|dodnes",
    re.IGNORECASE,
)
"""Words that say of a document that it runs without an end, in the languages of pages and forms."""

Bounds = tuple[date | None, date | None]


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
    def is_without_year(self) -> bool:
        """True where nothing can be placed in time, such as a day without a year."""
        return self.earliest is None and self.latest is None

    @property
    def is_evidence_only(self) -> bool:
        """True where it is no more than what was written: no value, no bounds."""
        return self.is_without_year and self.value is None

    @property
    def year(self) -> int | None:
        """The year, where every day it can mean lies in the same one."""
        if self.earliest and self.latest and self.earliest[:4] == self.latest[:4]:
            return int(self.earliest[:4])
        return None

    @property
    def first_day(self) -> str | None:
        """The day to sort by: the earliest it can mean, or where that is open the latest."""
        return self.earliest or self.latest

    def within(self, other: Date) -> bool:
        """Whether every day this date can mean is one that `other` can mean too."""
        if other.is_without_year and other.value:
            return f"-{self.value or ''}".endswith(other.value[1:])
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

    Raises BadValue, with a cure that says what to write, for what is no EDTF date, for a day that
    no calendar has, for years outside 1 to 9999 and for an interval that ends before it starts.
    """
    first, last = _bounds(written)
    if first and last and first > last:
        raise BadValue(f"{written!r} ends before it starts", "write the earlier date first")
    value, datatype = _value(written)
    earliest, latest = (day.isoformat() if day else None for day in (first, last))
    return Date(written, value, datatype, earliest, latest)


def _value(written: str) -> tuple[str, str] | tuple[None, None]:
    """The lexical form and the datatype, where year, month and day end in nothing but XX."""
    if yearless := _YEARLESS.fullmatch(written):
        return f"--{yearless[1]}", MONTH_DAY if "-" in yearless[1] else MONTH
    if not _PLAIN.fullmatch(written) or written[5:] in _PARTS_OF_YEAR:
        return None, None
    known = written.replace("-XX", "")
    return known, {4: YEAR, 7: YEAR_MONTH, 10: DAY}[len(known)]


def _bounds(written: str) -> Bounds:
    if re.fullmatch(_POINT, written):
        return _point(written)
    if not re.fullmatch(PATTERN, written) or written[0] + written[-1] in ("[}", "{]"):
        raise _no_date(written)
    if "/" in written:
        return _interval(written, "/")
    items = [_interval(i, "..") if ".." in i else _point(i) for i in re.split(", ?", written[1:-1])]
    firsts, lasts = zip(*items, strict=True)
    return (None if None in firsts else min(firsts), None if None in lasts else max(lasts))


def _interval(written: str, between: str) -> Bounds:
    start, end = ("" if side == ".." else side for side in written.split(between, 1))
    if not start and not end:
        raise BadValue(f"{written!r} is open at both ends and says nothing", "leave the date out")
    first, last = (_point(start)[0] if start else None), (_point(end)[1] if end else None)
    if first and last and first > last:
        raise BadValue(f"{written!r} ends before it starts", "write the earlier date first")
    return first, last


def _point(written: str) -> Bounds:
    year, month, day = [*re.findall(r"[0-9X]+", written), None, None][:3]
    if month in _PARTS_OF_YEAR and day is None:
        first, last = _part_of_year(written, year, *_PARTS_OF_YEAR[month])
    else:
        first, last = (_found(written, year, month, day, step) for step in (1, -1))
    if year == "XXXX":
        return None, None
    return _widened(written, first, last) if re.search("[~?%]", written) else (first, last)


def _found(written: str, year: str, month: str | None, day: str | None, step: int) -> date:
    """The first (step 1) or last (step -1) day that the written digits fit."""
    if not (years := _fitting(year, _YEARS)):
        raise BadValue(f"{written!r} lies before the year 1", "write a year from 0001 to 9999")
    if not (months := _fitting(month, range(1, 13))):
        message = f"{written!r} is no date: there is no month {month}"
        raise BadValue(message, lambda: _near(written) or "months are 01 to 12")
    for y in years[::step]:
        for m in months[::step]:
            if days := _fitting(day, range(1, monthrange(y, m)[1] + 1)):
                return date(y, m, days[::step][0])
    is_one = year.isdigit() and (month or "").isdigit()
    of = f"{date(y, m, 1):%B %Y} has {monthrange(y, m)[1]} days" if is_one else "no month has it"
    raise BadValue(f"{written!r} is no date: {of}", "check the day, or leave it out")


def _fitting(digits: str | None, numbers: range) -> Sequence[int]:
    """Those numbers that can be written so, an X standing for any digit."""
    if digits is None or not digits.strip("X"):
        return numbers
    if digits.isdigit():
        return [int(digits)] if int(digits) in numbers else []
    fits = re.compile(digits.replace("X", "[0-9]")).fullmatch
    low, high = (int(digits.replace("X", end)) for end in "09")
    return [n for n in range(low, high + 1) if n in numbers and fits(f"{n:0{len(digits)}}")]


def _part_of_year(written: str, year: str, start: int, end: int) -> tuple[date, date]:
    first, last = (_found(written, year, f"{start:02}", "01", step) for step in (1, -1))
    return first, _moved(written, last, end - start + 1) - timedelta(1)


def _widened(written: str, first: date, last: date) -> tuple[date, date]:
    """Bounds wider by the unit of the coarsest part that is marked uncertain or approximate."""
    parts = written.split("-")
    known = [i for i, part in enumerate(parts) if part.strip("~?%X")]
    marked = next(i for i, part in enumerate(parts) if re.search("[~?%]", part))
    unit = max(i for i in known if i <= marked)
    if unit == 2:
        return _moved(written, first, days=-1), _moved(written, last, days=1)
    months = 1 if unit else 12 * 10 ** parts[0].count("X")
    # Moved as the day after, the last day of a month becomes the last day of another.
    after = _moved(written, last, days=1)
    return _moved(written, first, -months), _moved(written, after, months) - timedelta(1)


def _moved(written: str, day: date, months: int = 0, days: int = 0) -> date:
    try:
        year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
        length = monthrange(year, month + 1)[1]
        return date(year, month + 1, min(day.day, length)) + timedelta(days)
    except (ValueError, OverflowError):
        message = f"{written!r} reaches outside the years 1 to 9999"
        raise BadValue(message, "write the year as it is, without a mark") from None


def _no_date(written: str) -> BadValue:
    message = f"{written!r} is no date in the form year-month-day"
    if near := _near(written):
        return BadValue(message, near)
    tidy = written.strip()
    if not re.search("[0-9]{4}", tidy) and re.search(r"(\w.*\W|[^\W\d_].*)\d\d$", tidy):
        return BadValue(message, "write the year with its four digits, and the month as a number")
    if _WITHOUT_END.search(tidy):
        return BadValue(message, "leave it empty where no end is set")
    if impossible := _impossible(tidy):
        return BadValue(f"{written!r} is no date: {impossible.message.partition(': ')[2]}",
                        impossible.cure)  # fmt: skip
    if re.fullmatch(r"Y?-?[0-9]{5,}.*|-[0-9]{4}.*", tidy):
        return BadValue(f"{written!r} is no date of the years 1 to 9999", "check the year")
    return BadValue(
        message,
        "write 2018-04-29, 2018-04, 2018, 197X, 2004~ (about), 2010/2012 (from, to) or ../2012",
    )


def understood(written: str, languages: Iterable[str]) -> str:
    """A date in words or numbers as EDTF, where one and only one is meant; else as it is written.
    `languages` are those that its months are likely named in.

    A day that its month has not is given all the same, for `parse` to say so: in Polish
    "31 listopada 2026" is 2026-11-31.
    """
    if _is_date(written):
        return written
    said = dict.fromkeys(one for one in meant(written, frozenset(languages)) if "/" not in one)
    there = [one for one in said if _is_date(one)]
    if not there and not re.fullmatch(PATTERN, written):
        there = [one for one in said if re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])-\d\d", one)]
    return there[0] if len(there) == 1 else written


def _near(written: str) -> str:
    """The cure that names the dates which may be meant; "" where none is known."""
    near = (one for one in meant(written) if one != written and _is_date(one))
    return proposed(dict.fromkeys(near))


def _impossible(written: str) -> BadValue | None:
    """What is wrong with a day that is written otherwise, and that no month has."""
    day = written if re.fullmatch(PATTERN, written) else understood(written, ())
    if day == written:
        return None
    try:
        parse(day)
    except BadValue as error:
        return error
    return None


def _is_date(written: str) -> bool:
    try:
        return re.fullmatch(PATTERN, written) is not None and bool(parse(written))
    except BadValue:
        return False

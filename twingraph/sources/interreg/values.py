"""Values as lists of projects write them: amounts, dates, rates, addresses, coordinates.

What is none is counted in a report and left out; nothing here raises for what a cell holds.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from twingraph import dates
from twingraph.dates import Date
from twingraph.errors import BadValue
from twingraph.model.records import Keys, Point
from twingraph.sources.interreg.report import Report
from twingraph.sources.interreg.rows import Money
from twingraph.written_dates import sheet_day

_NOTHING: Final = frozenset({"", "-", "–", "n/a", "na", "null", "none", "nan", "brak"})
_SYMBOLS: Final = {"€": "EUR", "$": "USD", "£": "GBP", "zł": "PLN", "Kč": "CZK", "Ft": "HUF"}
_WORDS: Final = {
    **dict.fromkeys(("euro", "euros", "euró", "eurá", "eura", "eur", "євро"), "EUR"),
    **dict.fromkeys(("zł", "pln", "złoty", "złote", "złotych"), "PLN"),
    **dict.fromkeys(("kč", "czk"), "CZK"),
}
"""What people write for a currency, in small letters."""
_CURRENCY: Final = re.compile(
    rf"\b([A-Z]{{3}})\b|€|\$|£|(?i:(?<![^\W\d])(?:{'|'.join(_WORDS)})(?!\w))\.?|zł|Kč|Ft"
)
_DMY: Final = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})\.?")
_YMD: Final = re.compile(r"(\d{4})[./-](\d{1,2})[./-](\d{1,2})(?:[T ].*)?")
_URL: Final = re.compile(r"https?://[^\s<>\"{}|\\^`]+")
_CENTS: Final = Decimal("0.01")
_NO_CENTS: Final = re.compile(r"([+-]?\d{1,3}(?:[.,]?\d{3})*)[.,][-\u2013\u2014=]{1,2}")


def text(cell: Any) -> str:
    """A cell's text, with single spaces; "" for an empty one and for what says so (N/A, -)."""
    if not cell and cell != 0:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    words = " ".join(str(cell).split())
    return "" if words.casefold() in _NOTHING else words


def number(cell: Any) -> Decimal | None:
    """A number: 30296.38, "30 296,38 €", "30.296,38", "1,234,567". None of an empty cell.

    Raises ValueError for what is none.
    """
    if isinstance(cell, bool):
        raise ValueError(f"{cell!r} is no number")
    if isinstance(cell, int | float | Decimal):
        return _finite(Decimal(str(cell)))
    written = without_currency(cell).replace("\u2212", "-")
    digits = re.sub(r"[\s'\u2019]", "", written)
    is_spaced = re.search(r"\d[\s'\u2019]+\d", written) is not None
    # "12.500,-" says that there are no cents, so that what is left groups thousands.
    if whole := _NO_CENTS.fullmatch(digits):
        digits = re.sub("[.,]", "", whole[1])
    if not digits:
        return None
    if not re.fullmatch(r"[+-]?\d[\d.,]*", digits):
        raise ValueError(f"{text(cell)!r} is no number")
    return _finite(Decimal(_with_point(digits, is_spaced)))


def without_currency(cell: Any) -> str:
    """What a cell says beside the currency that it names."""
    return _CURRENCY.sub("", text(cell)).strip()


def _finite(value: Decimal) -> Decimal:
    if not value.is_finite():
        raise ValueError(f"{value} is no amount")
    places = -value.as_tuple().exponent  # type: ignore[operator]
    return value if places <= 2 or len(value.as_tuple().digits) < 15 else value.quantize(_CENTS)


def _with_point(digits: str, is_spaced: bool) -> str:
    """The last of points and commas is the decimal one, but for one that only groups thousands,
    which none does where spaces do.

    Raises ValueError for groups that are none of thousands.
    """
    last = max(digits.rfind("."), digits.rfind(","))
    if last < 0:
        return digits
    sign, other = digits[last], "," if digits[last] == "." else "."
    is_group = other not in digits and not is_spaced and _is_group(digits, last, sign)
    groups = digits.count(sign) > 1 or is_group
    _, *thousands = digits.split(sign) if groups else digits[:last].split(other)
    if any(len(three) != 3 for three in thousands):
        raise ValueError(f"{digits!r} is no number")
    whole = digits.replace(other, "")
    return whole.replace(sign, "") if groups else whole.replace(sign, ".")


def _is_group(digits: str, last: int, sign: str) -> bool:
    """Three digits after a comma: 1,234 is a thousand and some; after a point: 1.234 is not."""
    return sign == "," and len(digits) - last == 4 and len(digits[:last].lstrip("+-")) < 4


def currency(cell: Any) -> str | None:
    """The currency that a cell names (ISO 4217): a code or a sign."""
    found = _CURRENCY.search(text(cell))
    if not found:
        return None
    sign = found[0].rstrip(".")
    return found[1] or _SYMBOLS.get(sign) or _WORDS[sign.casefold()]


def money(total: Any, grant: Any, rate: Any, unit: str | None, where: str, report: Report) -> Money:
    """Amounts and a rate. Without a currency there are no amounts."""
    budget, given = (_amount(cell, where, report) for cell in (total, grant))
    unit = unit or currency(total) or currency(grant)
    if (budget is not None or given is not None) and unit is None:
        report.add("no-currency", where)
        budget = given = None
    if budget is not None and given is not None and given > budget:
        report.add("grant-over-budget", f"{where}: {given} of {budget}")
        given = None
    known = budget is not None or given is not None
    share = _in_percent(_rate(rate, where, report), budget, given)
    return Money(budget, given, share, unit if known else None)


def _in_percent(
    rate: Decimal | None, budget: Decimal | None, given: Decimal | None
) -> Decimal | None:
    """A rate in percent; 0.85 is 85 where the amounts say that it is."""
    if rate is None or not 0 < rate <= 1 or not budget or given is None:
        return rate
    return rate * 100 if abs(given / budget - rate) < _CENTS else rate


def _amount(cell: Any, where: str, report: Report) -> Decimal | None:
    try:
        amount = number(cell)
    except (ValueError, InvalidOperation) as error:
        report.add("bad-amount", f"{where}: {error}")
        return None
    if amount is None:
        return None
    if amount < 0:
        report.add("negative-amount", f"{where}: {amount}")
        return None
    if amount == 0:
        report.add("zero-amount", where)
    return amount


def _rate(cell: Any, where: str, report: Report) -> Decimal | None:
    try:
        rate = number(text(cell).removesuffix("%") if isinstance(cell, str) else cell)
    except (ValueError, InvalidOperation) as error:
        report.add("bad-rate", f"{where}: {error}")
        return None
    if rate is not None and not 0 <= rate <= 100:
        report.add("bad-rate", f"{where}: {rate}")
        return None
    return rate


def day(cell: Any, where: str, report: Report) -> Date | None:
    """A date: of a cell, a day's number in Excel, 2018-04-29, 29.04.2018, or EDTF (2018-04)."""
    try:
        return _day(cell)
    except (ValueError, BadValue, OverflowError) as error:
        report.add("bad-date", f"{where}: {error}")
        return None


def _day(cell: Any) -> Date | None:
    if isinstance(cell, datetime):
        cell = cell.date()
    if isinstance(cell, date):
        return dates.parse(cell.isoformat())
    if number := sheet_day(cell):
        return dates.parse(number.isoformat())
    written = text(cell)
    if not written:
        return None
    if number := sheet_day(written):
        return dates.parse(number.isoformat())
    if found := _DMY.fullmatch(written):
        d, m, y = map(int, found.groups())
        return dates.parse(date(y, m, d).isoformat())
    if found := _YMD.fullmatch(written):
        y, m, d = map(int, found.groups())
        return dates.parse(date(y, m, d).isoformat())
    return dates.parse(written)


def period(start: Any, end: Any, where: str, report: Report) -> tuple[Date | None, Date | None]:
    """A start and an end; neither, where the end lies before the start."""
    first, last = day(start, where, report), day(end, where, report)
    if first and last and first.after(last):
        report.add("bad-period", f"{where}: {first.edtf} to {last.edtf}")
        return None, None
    return first, last


def pages(cell: Any, where: str, report: Report) -> Keys:
    """The addresses in a cell, separated by blanks."""
    found = []
    for word in text(cell).split():
        if _URL.fullmatch(word):
            found.append(word)
        else:
            report.add("bad-page", f"{where}: {word!r}")
    return tuple(sorted(set(found)))


def point(latitude: Any, longitude: Any, where: str, report: Report) -> Point | None:
    """A place; of zero and zero there is none."""
    try:
        north, east = number(latitude), number(longitude)
    except (ValueError, InvalidOperation) as error:
        report.add("bad-coordinates", f"{where}: {error}")
        return None
    if north is None or east is None or not (north or east):
        return None
    if abs(north) > 90 or abs(east) > 180:
        report.add("bad-coordinates", f"{where}: {north} {east}")
        return None
    return Point(east, north)

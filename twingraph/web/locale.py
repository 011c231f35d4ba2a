"""How pages speak one language: messages, plurals, dates, numbers, names of countries, quotes."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Final

import babel
import pycountry
from anyascii import anyascii
from babel.dates import format_date, format_skeleton
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal, format_percent
from babel.units import format_unit

from twingraph.web.messages import translations

# Opening and closing, as each language prints them; of CLDR's, which Babel does not carry.
_QUOTES: Final[dict[str, tuple[str, str]]] = {
    **dict.fromkeys(("bg", "cs", "de", "et", "lt", "sk", "sl"), ("„", "“")),
    **dict.fromkeys(("hr", "hu", "pl", "ro", "sr"), ("„", "”")),
    **dict.fromkeys(("el", "es", "it", "ru", "uk"), ("«", "»")),
    **dict.fromkeys(("fi", "sv"), ("”", "”")),
    "fr": ("«\u202f", "\u202f»"),
    "nl": ("‘", "’"),
}

_ARTICLES: Final = {"de": "dem ", "fr": "le "}
"""What a day has before it where a preposition stands before it."""


class Locale:
    """One language. All methods are pure; values that cannot be named come back as they are."""

    def __init__(self, language: str) -> None:
        self.language = language
        # English as Europe writes it: the day before the month.
        self.babel = babel.Locale.parse("en_GB" if language == "en" else language)
        messages = translations(language)
        self._gettext = messages.gettext
        self.ngettext = messages.ngettext

    @property
    def colon(self) -> str:
        """A colon with the space that French wants before it."""
        return "\u00a0:" if self.language == "fr" else ":"

    def gettext(self, message: str, **values: object) -> str:
        """A message with values put in: `_("since %(date)s", date=…)`."""
        text = self._gettext(message)
        return text % values if values else text

    def count(self, one: str, many: str, number: int) -> str:
        """A message in the plural form that a number wants; it may hold %(num)s."""
        return self.ngettext(one, many, number) % {"num": self.number(number)}

    def number(self, number: int | Decimal) -> str:
        """A number, its thousands grouped as the language does."""
        return format_decimal(number, locale=self.babel)

    def percent(self, share: float) -> str:
        """A share of one as per cent, to a tenth."""
        return format_percent(round(share, 3), locale=self.babel, decimal_quantization=False)

    def size(self, count: int) -> str:
        """A number of bytes in the unit that fits, not to be broken over two lines."""
        units = (("gigabyte", 10**9), ("megabyte", 10**6), ("kilobyte", 10**3))
        unit, of = next(((u, n) for u, n in units if count >= n), ("byte", 1))
        form = "0.0" if of > 1 else "0"
        said = format_unit(count / of, f"digital-{unit}", "short", form, locale=self.babel)
        # Some languages have no sign for a byte, only the word.
        sign = {"byte": "B", "Byte": "B"}
        return "\u00a0".join(sign.get(part, part) for part in said.split())

    def money(self, amount: Decimal, currency: str) -> str:
        """An amount of a currency (ISO 4217)."""
        return format_currency(amount, currency, locale=self.babel)

    def round_sum(self, amount: Decimal, currency: str) -> str:
        """The same of a sum that is not exact: without cents that nobody stated."""
        if not currency:
            return self.number(amount)
        pattern = copy(self.babel.currency_formats["standard"])
        pattern.frac_prec = (2, 2) if amount % 1 else (0, 0)
        return str(pattern.apply(amount, self.babel, currency=currency, currency_digits=False))

    def listing(self, items: Sequence[str]) -> str:
        """Several things in a row: "a, b and c"."""
        return format_list(list(items), locale=self.babel)

    def day(self, iso: str) -> str:
        """A day, month or year as people write it, to the precision it is known."""
        if iso.startswith("--"):
            return self._without_year(iso)
        # A year before 1000 keeps its zeros in XML Schema.
        parts = [int(part) for part in iso[:10].split("-")]
        if len(parts) == 1:
            return str(parts[0])
        when = date(parts[0], parts[1], parts[2] if len(parts) == 3 else 1)
        if len(parts) == 2:
            return str(format_skeleton("yMMMM", when, locale=self.babel))
        text = format_date(when, "long", locale=self.babel)
        # CLDR does not write the first of a month as French does.
        return f"1er {text[2:]}" if self.language == "fr" and when.day == 1 else text

    def _without_year(self, iso: str) -> str:
        """A month, or a day of one (--09, --07-04), and that its year is not known."""
        parts = [int(part) for part in iso[2:].split("-")]
        # 2000 has every day that there is.
        when = date(2000, parts[0], parts[1] if len(parts) == 2 else 1)
        if len(parts) == 2:
            shown = str(format_skeleton("MMMMd", when, locale=self.babel))
        else:
            shown = format_date(when, "LLLL", locale=self.babel)
        return self.gettext("%(day)s, year not given", day=shown)

    def _after_preposition(self, iso: str) -> str:
        """A date as it stands after "before" or "between"."""
        return _ARTICLES.get(self.language, "") * (len(iso) == 10) + self.day(iso)

    def when(self, value: str | None, earliest: str | None, latest: str | None) -> str | None:
        """A date as stated: its value where there is one, or else what its bounds allow."""
        if value:
            return self.day(value)
        if earliest and latest:
            return self._between(earliest, latest)
        if latest:
            bound = self._after_preposition(_next_plain(latest))
            return self.gettext("before %(date)s", date=bound)
        if earliest:
            bound = self._after_preposition(_plain(earliest, "-01-01"))
            return self.gettext("after %(date)s", date=bound)
        return None

    def _between(self, earliest: str, latest: str) -> str:
        first, last = int(earliest[:4]), int(latest[:4])
        whole_years = earliest[4:] == "-01-01" and latest[4:] == "-12-31"
        if whole_years and first % 10 == 0 and last == first + 9 and first % 100 >= 20:
            century = first // 100 + 1
            return self.gettext(
                "the %(decade)ss",
                decade=first, short=first % 100, century=century, roman=_roman(century),
            )  # fmt: skip
        if whole_years and first % 10 == 0 and last in (first + 9, first + 99):
            return self.gettext("the years %(first)s–%(last)s", first=first, last=last)
        if whole_years and last == first + 2:
            return self.gettext("about %(year)s", year=first + 1)
        if whole_years:
            return self.gettext("between %(first)s and %(last)s", first=first, last=last)
        return self.gettext(
            "between %(first)s and %(last)s",
            first=self._after_preposition(earliest),
            last=self._after_preposition(latest),
        )

    def country(self, alpha_3: str) -> str:
        """The name of a country of the EU's table, whose codes are ISO 3166-1 alpha-3."""
        known = pycountry.countries.get(alpha_3=alpha_3)
        name = self.babel.territories.get(known.alpha_2) if known else None
        return name or ("Kosovo" if alpha_3 == "XKX" else alpha_3)

    def language_name(self, tag: str) -> str:
        """The name of a language by its tag (BCP 47, or the ISO 639-3 code of the EU's table)."""
        main = tag.partition("-")[0].lower()
        if len(main) == 3:
            known = pycountry.languages.get(alpha_3=main)
            main = getattr(known, "alpha_2", main)
        return str(self.babel.languages.get(main, tag))

    def quoted(self, text: str, language: str = "") -> str:
        """Words in the quotation marks of the language they are written in."""
        opening, closing = _QUOTES.get(language.partition("-")[0] or self.language, ("“", "”"))
        return f"{opening}{text}{closing}"

    def sort_key(self, text: str) -> tuple[str, str]:
        """What to sort names by: letters with marks stand beside those without."""
        return plain(text), text


@cache
def locale_of(language: str) -> Locale:
    """The locale of a language that pages are written in."""
    return Locale(language)


def _roman(number: int) -> str:
    """A century as Polish counts it."""
    tens = "X" * (number // 10)
    return tens + ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")[number % 10]


def _plain(day: str, rest: str) -> str:
    """Only the year, where the day is no more than that year's bound."""
    return day[:4] if day.endswith(rest) else day


def _next_plain(day: str) -> str:
    """What something lies before whose last possible day this is."""
    return str(int(day[:4]) + 1) if day.endswith("-12-31") else day


def plain(text: str) -> str:
    """A text as search and sorting see it: lower case, without marks on its letters."""
    return anyascii(text).casefold().strip()

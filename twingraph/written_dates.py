"""Dates as people write them where EDTF is meant, and how EDTF says each: for the cure of an error;
and as spreadsheets have them, by the number of the day.

Months are known by name in the languages of Europe (Unicode CLDR, by Babel). Where it is not known
of which language the words are, nothing is read so: whoever wrote the date decides, for "listopad"
is October in Croatian and November in Polish.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import cache
from math import isfinite
from typing import Any, Final

from babel import Locale

_LANGUAGES: Final = (
    "be", "bg", "bs", "ca", "cs", "cy", "da", "de", "el", "en", "es", "et", "eu", "fi", "fr", "ga",
    "gl", "hr", "hu", "is", "it", "lb", "lt", "lv", "mk", "mt", "nb", "nl", "pl", "pt", "ro", "ru",
    "sk", "sl", "sq", "sr", "sr-Latn", "sv", "tr", "uk", "de-AT",
)  # fmt: skip
_SLAVIC: Final = frozenset(("be", "bs", "cs", "hr", "pl", "ru", "sk", "sl", "sr-Latn", "uk"))
"""Languages whose months have more cases than CLDR gives."""
_OWN_ENDING: Final = re.compile("(?:ego|ého|ega|oga|ого|[aeiouyíáаеиіоуыюя])$")
_ENDINGS: Final = ("u", "i", "e", "ie", "zie", "em", "iem", "ym", "í", "у", "ю", "і", "е", "ому")
"""Of the locative and the instrumental, behind the stem that the genitive has."""
# What stands beside day, month and year: articles, prepositions, "year", "of", endings of ordinals.
_BESIDE: Final = re.compile(
    "a|ab|am|an|anno|az|année|da?|dal|del?|dem|den|depuis|der|di|dia|dne|dnia|dniu|dn|dňa|du|dzień"
    "|en|from|g|gad[as]|god|godine|het|im?|in|jaar|jahre?|la?|lata?|les?|m|metai|nd|od|of|on|op"
    "|rd?|roce|rok|roku|rrugu|seit|since|sinds|st|the?|tag|u|van|vanaf|ve|vo|vom|v|we?|year|z[eo]?"
    "|в|г|год|года|году|година|з|р|рік|року|році|с|у"
)
ABOUT: Final = (
    "about|around|approx(?:imately)?|apie|asi|c|ca|cca|circa|cirka|environ|env|etwa|noin|około|ok|okolo"
    "|omkring|omstr|omstreeks|ongeveer|rond|rund|um|ungefähr|vers|zirka"
)
"""What stands before a year or a number that is not meant to be exact."""
_DASHES: Final = re.compile("[\u2010-\u2015\u2212]")

_ROMANS: Final = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
_ROMAN: Final = re.compile(rf"(?:^|(?<=\d)|(?<=\d\.))[. ]*({'|'.join(_ROMANS)})[. ]+(?=\d{{4}})")
_ROMAN_AND_YEAR: Final = re.compile(rf"({'|'.join(_ROMANS[4:])})/(?=\d{{4}}$)")
"""I to IV may be quarters of a year."""

_YMD = "{y}-{m:0>2}-{d:0>2}"
_FORMS: Final = (
    (r"(?P<y>.+)", "{y}"),
    (r"(?P<y>\d{4})\.", "{y}"),
    (r"(?P<d>\d{1,2})[./ -]+(?P<m>\d{1,2})[./ -]+(?P<y>\d{4})", _YMD),
    (r"(?P<m>\d{1,2})/(?P<d>\d{1,2})/(?P<y>\d{4})", _YMD),  # So it is written in America.
    (r"(?P<y>\d{4})[./ -]+(?P<m>\d{1,2})[./ -]+(?P<d>\d{1,2})\.?", _YMD),
    (r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})", _YMD),
    (r"(?P<y>\d{4})(?P<m>\d{2})", "{y}-{m}"),
    (r"(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})[T ].*", _YMD),
    (r"(?P<m>\d{1,2})[./ -]+(?P<y>\d{4})", "{y}-{m:0>2}"),
    (r"(?P<y>\d{4})[./ -]+(?P<m>\d{1,2})", "{y}-{m:0>2}"),
    (
        r"((?:od|von|de|van|from) )?(?P<y>\d{4}) ?(-|/|to|until|bis|do|až|t/m|tot|à) ?(?P<z>\d{4})",
        "{y}/{z}",
    ),
    (r"(the )?(?P<y>\d{3})0['’]?s", "{y}X"),
    (r"(?P<y>\d{3})0-?(er|e|te|ten|tych)( jahren?)?", "{y}X"),
    (r"(lata|années|anni|años|anos|roky) (?P<y>\d{3})0\.?", "{y}X"),
    (r"(w )?(lata|latach|roky|léta) (?P<y>\d)0(\.|-?te|-?tych)?", "19{y}X"),
    (r"(in den |die )?(?P<z>\d)0er([ -]jahren?)?|(the )?['’]?(?P<x>\d)0s", "19{y}X"),
    (
        r"(v )?(?P<y>\d)0(\.|-?te|-?tych|-?ych|-?er)? (lata|latach|roky|rokoch|léta|jahren?)",
        "19{y}X",
    ),
    (r"((in )?de )?jaren ['’]?(?P<y>\d)0|((dans )?les )?années ['’]?(?P<z>\d)0", "19{y}X"),
    (r"(?P<c>\d\d)(?P<y>\d\d) ?[/-] ?(?P<z>1[3-9]|[2-9]\d|0\d)", "{c}{y}/{c}{z}"),
    (r"(?P<y>\d{4})-(?P<d>\d{2})-(?P<m>\d{2})", _YMD),
    (rf"(?:{ABOUT})\.? ?(?P<y>\d{{4}})(?: (?:r|roku?)\.?)?", "{y}~"),
    (r"(?P<y>\d{4}.*)(~\?|\?~)", "{y}%"),
    (r"(before|until|till|to|przed|do|před|pred|vor|bis|avant|voor|tot) (?P<y>\d{4}.*)", "../{y}"),
    (r"(after|po|nach|après|na) (?P<y>\d{4}.*)", "{y}/.."),
    (r"(since|from|od|seit|ab|depuis|sinds|vanaf) (?P<y>\d{4}.*)", "{y}"),
)


SHEET_EPOCH: Final = date(1899, 12, 30)
"""Day 0 of a spreadsheet (ECMA-376, 18.17.4.1), which counts a leap day of 1900 that there was not:
days before March 1900 are not counted rightly."""
_SHEET_DAYS: Final = range(20_000, 80_000)
"""Numbers that are taken for days, 1954 to 2119: no year has as many digits."""


def sheet_day(cell: Any) -> date | None:
    """The day that a spreadsheet's number says, which may have been written as a text; None for
    what is no such number."""
    if isinstance(cell, str) and re.fullmatch("[0-9]{5}", cell):
        cell = int(cell)
    is_number = isinstance(cell, (int, float)) and not isinstance(cell, bool)
    if not is_number or not isfinite(cell) or int(cell) not in _SHEET_DAYS:
        return None
    return SHEET_EPOCH + timedelta(days=int(cell))


def meant(written: str, languages: frozenset[str] = frozenset()) -> Iterator[str]:
    """What may be meant, as EDTF would say it; not all of it need be a date. `languages` are those
    that months are named in, where that is known."""
    tidy = re.sub(r"\b1er\b", "1", _DASHES.sub("-", " ".join(written.split())))
    tidy = _ROMAN_AND_YEAR.sub(lambda month: f"{_ROMANS.index(month[1]) + 1}/", tidy)
    tidy = _ROMAN.sub(lambda month: f" {_ROMANS.index(month[1]) + 1} ", tidy).strip()
    day = sheet_day(number := tidy.removesuffix(".0"))
    # A digit too many may make the number of a year.
    if day and not any(1900 <= int(number[:i] + number[i + 1 :]) < 2100 for i in range(5)):
        yield day.isoformat()
    for form, edtf in _FORMS:
        if match := re.fullmatch(form, _bare(tidy), re.IGNORECASE):
            groups = {name: text for name, text in match.groupdict().items() if text}
            yield edtf.format(**{"y": next(iter(groups.values())), **groups})
    yield from _in_words(tidy, languages)


def _bare(tidy: str) -> str:
    """Numbers without the words beside them, such as "dňa 28.11.2026 r."; other text as it is."""
    numbers = re.fullmatch(r"((?:[^\W\d_]+[.,]? )*)(\d[\d./ -]*\d)((?: ?[^\W\d_]+\.?)*)", tidy)
    if not numbers or re.fullmatch(r"\d{1,3}", numbers[2]):
        return tidy
    words = re.findall(r"[^\W\d_]+", f"{numbers[1]} {numbers[3]}".casefold())
    # Of a year alone the words may say more: since, about.
    is_year = re.fullmatch(r"\d{4}", numbers[2]) is not None
    is_said = all(_BESIDE.fullmatch(word) or word in _weekdays() for word in words)
    return numbers[2] if is_said and not is_year else tidy


def _in_words(tidy: str, languages: frozenset[str]) -> Iterator[str]:
    """A year, and where they are there a day and a month by its name, in any order."""
    years = re.findall(r"(?<!\d)\d{4}(?!\d)", tidy)
    days = re.findall(r"(?<!\d)\d{1,2}(?!\d)", tidy)
    words = re.findall(r"[^\W\d_]+", tidy.casefold())
    if not words or len(years) != 1 or len(days) > 1:
        return
    others = [word for word in words if not _BESIDE.fullmatch(word) and word not in _weekdays()]
    if len(others) > 1 or (days and not others):
        return
    if not others:
        yield years[0]
        return
    for month in sorted(_month(others[0], languages)):
        yield "-".join([years[0], f"{month:02}", *(f"{int(day):02}" for day in days)])


def _month(word: str, languages: frozenset[str]) -> frozenset[int]:
    """The months that a word may be in some languages, or, where none of these knows it, in any:
    a Polish "listopad" is no Croatian one."""
    found = _months(languages).get(word) if languages else None
    return found or _months(frozenset()).get(word, frozenset())


@cache
def _weekdays() -> frozenset[str]:
    """The days of the week, of which a date says the same again: by name, and in the accusative
    that Slavic languages have them in ("w sobotę", "v stredu")."""
    names = {
        name.casefold()
        for language in _LANGUAGES
        for name in Locale.parse(language, sep="-").days["format"]["wide"].values()
    }
    accusatives = {re.sub("a$", end, name) for name in names for end in "uę"}
    return frozenset(names | accusatives | {"sonnabend"})


@cache
def _months(languages: frozenset[str]) -> Mapping[str, frozenset[int]]:
    """The months that a name means in any of some languages, or in any at all where none are given,
    in lower case without a full stop."""
    months: dict[str, set[int]] = defaultdict(set)
    for language in (one for one in _LANGUAGES if not languages or one in languages):
        locale = Locale.parse(language, sep="-")
        for form in locale.months.values():
            for width in ("wide", "abbreviated"):
                for number, name in form[width].items():
                    word = name.casefold().removesuffix(".")
                    if word.isdigit():
                        continue
                    months[word].add(number)
                    if width == "wide" and language in _SLAVIC:
                        for case in _cases(word):
                            months[case].add(number)
    return {name: frozenset(numbers) for name, numbers in months.items()}


def _cases(name: str) -> Iterator[str]:
    """The forms that a Slavic month may have behind a preposition: "w maju", "v máji"."""
    stem = _OWN_ENDING.sub("", name)
    return (f"{stem}{ending}" for ending in _ENDINGS)


def near_years(year: str, latest: int) -> list[str]:
    """The years since 1945 that a slip of the hand makes `year` of: one wrong digit, or two
    exchanged. None of more than three: then any is as likely."""
    wrong = {year[:i] + digit + year[i + 1 :] for i in range(4) for digit in "0123456789"}
    exchanged = {year[:i] + year[i + 1] + year[i] + year[i + 2 :] for i in range(3)}
    near = sorted(one for one in wrong | exchanged if 1945 <= int(one) <= latest and one != year)
    return near if len(near) <= 3 else []

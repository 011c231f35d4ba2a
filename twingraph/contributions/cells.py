"""What a cell of a sheet means: a number that a spreadsheet made of a text, a date in words, the
name of a country or of a concept in one of the languages.

Read is what leaves no doubt; anything else raises BadValue with its cure, or is left as it is for
the format to refuse. `written` is the way back: what stands in a cell for a value.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, Final

from babel import Locale, localedata

from twingraph import dates
from twingraph.characters import UNFIT
from twingraph.contributions.columns import CellKind, SheetColumn
from twingraph.contributions.contribution import tidy
from twingraph.contributions.known import alike, spelt
from twingraph.contributions.sayings import Saying
from twingraph.errors import BadValue, proposed
from twingraph.rdf import concepts
from twingraph.reconcile.countries import country_code, country_meant, is_abbreviation
from twingraph.sources.curated.codes import check_language, countries
from twingraph.sources.interreg import values as amounts
from twingraph.web.languages import ENGLISH, LANGUAGES
from twingraph.web.messages import N_
from twingraph.written_dates import SHEET_EPOCH, meant, sheet_day

_YEARS: Final = range(1900, 2100)
"""Years that a cell which is formatted as a day shows as one of 1905."""

_ESCAPED: Final = re.compile(r"'[{\['=+\-@]")
_MARKED: Final = re.compile(r"['{\[=+\-@]")
"""What a text may begin with that a cell has another meaning for, here or in a spreadsheet: an
apostrophe is put before it."""

_PARTS: Final = re.compile(r"[;\n]")

MAY_BE: Final = N_("%(value)s may be %(ones)s")


def plain(cell: Any) -> str:
    """A cell as a text. Whole numbers have no point, dates are EDTF, logical values true or false.

    Raises BadValue for a control character, and for what a formula failed to give.
    """
    match cell:
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case float() if cell.is_integer() and abs(cell) < 1e15:
            return str(int(cell))
        case float():
            return format(Decimal(repr(cell)), "f")
        case datetime():
            return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
        case date():
            return cell.isoformat()
        case timedelta() | time():
            cure = N_("format the cell as text, and type it again")
            raise _bad(N_("%(value)s is a time of day"), cure, value=cell)
    text = str(tidy(str(cell)))
    _check_characters(text)
    if re.fullmatch(r"#(REF|N/A|VALUE|NAME|DIV/0|NUM|NULL)[!?]?", text):
        raise _bad(N_("a formula failed here: %(value)s"), N_("write the value itself"), value=text)
    return text[1:] if _ESCAPED.match(text) else text


def _bad(message: str, cure: str, **values: Any) -> BadValue:
    return BadValue(Saying(message, **values), Saying(cure))


def _check_characters(text: str) -> None:
    if bad := UNFIT.search(text):
        raise _bad(N_("the text holds the control character U+%(code)s"), N_("delete it"),
                   code=f"{ord(bad[0]):04X}")  # fmt: skip


def read(cell: Any, column: SheetColumn, languages: Collection[str]) -> Any:
    """What stands in a cell: a text, a list of texts, or what JSON holds; "" of an empty one.

    `languages` are those that the sheet's headings and the page are in. Raises BadValue.
    """
    reader = _READERS.get(column.kind)
    if reader is not None:
        return reader(cell, column, languages)
    return plain(cell)


# --- dates and numbers ----------------------------------------------------------------------------


def is_year(day: date) -> bool:
    """Whether what a cell has as a day is the number of a year: 2008 is a day of 1905."""
    return _serial(day) in _YEARS


def _serial(day: date) -> int:
    return ((day.date() if isinstance(day, datetime) else day) - SHEET_EPOCH).days


def _date(cell: Any, column: SheetColumn, languages: Collection[str]) -> str:
    """A date as EDTF, where one and only one is meant."""
    if isinstance(cell, date):
        return str(_serial(cell)) if is_year(cell) else cell.isoformat()[:10]
    if number := sheet_day(cell):
        return number.isoformat()
    text = plain(cell)
    if not text or _is_date(text):
        return text
    if number := sheet_day(text):
        return number.isoformat()
    near = [one for one in dict.fromkeys(meant(text)) if _is_date(one)]
    if len(near) > 1 and re.fullmatch("[0-9/]+", text):
        raise _bad(MAY_BE, N_("write the one that is meant"), value=repr(text), ones=near)
    return dates.understood(text, languages)


def _is_date(text: str) -> bool:
    try:
        dates.parse(text)
    except BadValue:
        return False
    return True


def _money(cell: Any, column: SheetColumn, languages: Collection[str]) -> str:
    """An amount with a point; as it stands where it is none, for the format to refuse."""
    if isinstance(cell, (datetime, date)):
        raise _bad(N_("%(value)s is a date"), N_("format the cell as a number"), value=plain(cell))
    return amount(plain(cell))


def amount(text: str) -> str:
    """An amount of money with a point and without its currency: "124 350,50 €" is 124350.50. As it
    stands where it is none. Raises BadValue for one that may be a thousand times as much."""
    if re.fullmatch(r"[0-9]+(\.[0-9]{1,2})?", text):
        return text
    if re.fullmatch(r"\d{1,3}[.,]\d{3}", bare := amounts.without_currency(text)):
        whole, part = re.sub("[.,]", "", bare), bare.replace(",", ".")
        raise _bad(
            MAY_BE, N_("write it without a point in it"), value=repr(text), ones=[whole, part]
        )
    try:
        number = amounts.number(text)
    except (ValueError, InvalidOperation):
        return text
    if number is None:
        return ""
    written = format(number, "f")
    return text if re.search(r"\.\d{3}", written) else written


# --- codes and concepts -------------------------------------------------------------------------


def _country(cell: Any, column: SheetColumn, languages: Collection[str]) -> str:
    text = plain(cell)
    return country_meant(text, languages) or text


def is_country(text: str) -> bool:
    """Whether a text is the name of a country, in one of many languages; a code is none."""
    return len(text) > 3 and country_code(text) is not None


def country_names(languages: Collection[str]) -> frozenset[str]:
    """The names of countries in some languages, those of them that have any, and in English."""
    codes = countries()
    asked = (Locale.parse(one) for one in (*languages, ENGLISH) if localedata.exists(one))
    return frozenset(
        name for locale in asked for code, name in locale.territories.items() if code in codes
    )


def _currency(cell: Any, column: SheetColumn, languages: Collection[str]) -> str:
    text = plain(cell)
    return amounts.currency(text) or text


def _language(cell: Any, column: SheetColumn, languages: Collection[str]) -> str:
    return _language_named(plain(cell), languages)


def _languages(cell: Any, column: SheetColumn, languages: Collection[str]) -> list[str]:
    several = (one.strip() for one in re.split(r"[;,\n/]", plain(cell)))
    return [_language_named(one, languages) for one in several if one]


def _language_named(text: str, languages: Collection[str]) -> str:
    """The tag of a language by its name, or by itself. Raises BadValue for what is neither."""
    tag = _language_names().get(text.casefold(), text)
    try:
        if tag:
            check_language(tag)
        return tag
    except BadValue as error:
        asked = [Locale.parse(one) for one in (*languages, ENGLISH) if localedata.exists(one)]
        names = {str(name) for one in asked for code, name in one.languages.items()
                 if code in _language_names().values()}  # fmt: skip
        near = [one for one in names if is_part(one, text)] or alike(text, names)
        otherwise: str = Saying(N_("write its name, or its two letters: pl, sk, nl …"))
        if error.cure.startswith("did you mean"):
            otherwise = error.cure
        message = Saying(N_("%(value)s is no language"), value=repr(text))
        raise BadValue(message, proposed(sorted(near), otherwise)) from None


@cache
def _language_names() -> Mapping[str, str]:
    """The codes of languages of two letters by their names in the languages of pages."""
    return {
        name.casefold(): code
        for language in reversed(LANGUAGES)
        for code, name in Locale.parse(language).languages.items()
        if re.fullmatch("[a-z]{2}", code)
    }


def _concept(cell: Any, column: SheetColumn, languages: Collection[str]) -> str:
    text = plain(cell)
    return concept(text, column.scheme, languages) if text else ""


def _concepts(cell: Any, column: SheetColumn, languages: Collection[str]) -> list[str]:
    found = []
    for part in parts(plain(cell)):
        # Labels may hold commas; names do not.
        try:
            found.append(concept(part, column.scheme, languages))
        except BadValue:
            if "," not in part:
                raise
            several = (one.strip() for one in part.split(","))
            found += [concept(one, column.scheme, languages) for one in several if one]
    return found


def concept(text: str, scheme: str, languages: Collection[str]) -> str:
    """The name of the concept that is meant by a name or a label in one of some languages, or in
    English. Raises BadValue.

    Other languages are not asked: a "starosta" is a mayor in Slovak, a county head in Polish.
    """
    known = concepts.schemes()[scheme]
    if text in known:
        return text
    labels = _labels(scheme)
    wanted = text.casefold()
    asked = (*languages, ENGLISH)
    found = {name for language in asked for name in labels.get((language, wanted), ())}
    if len(found) == 1:
        return found.pop()
    language = next(iter(languages), ENGLISH)

    def these(names: Iterable[str]) -> list[str]:
        return sorted(label(name, scheme, language) for name in names)

    if found:
        raise _bad(MAY_BE, N_("write one of these"), value=repr(text), ones=these(found))
    elsewhere = {n for (_, said), names in labels.items() if said == wanted for n in names}
    if elsewhere:
        cure = N_("in another language it is %(ones)s: write which is meant")
        message = Saying(N_("%(value)s is no word of this column's list in this sheet's language"),
                         value=repr(text))  # fmt: skip
        raise BadValue(message, Saying(cure, ones=these(elsewhere)))
    near = {said for said, tag in _all(scheme) if tag in asked} or known
    otherwise = Saying(N_("one of: %(words)s"), words="; ".join(offered(scheme, language)))

    def mended() -> str:
        likely = alike(text, near) or [one for one in sorted(near) if is_part(text, one)]
        return proposed(likely, otherwise)

    message = Saying(N_("%(value)s is no word of this column's list"), value=repr(text))
    raise BadValue(message, mended)


def concepts_begun(text: str, scheme: str, languages: Collection[str]) -> frozenset[str]:
    """The concepts that a text begins with the label of, in one of some languages: starosta obce
    Abda. Of several labels the longest."""
    words, best = spelt(text), ("", frozenset[str]())
    for (language, label), names in _labels(scheme).items():
        begun = spelt(label)
        if language in languages and f"{words}-".startswith(f"{begun}-"):
            best = max(best, (begun, names), key=lambda one: len(one[0]))
    return best[1]


def is_part(text: str, label: str) -> bool:
    """Whether a label says a text in so many words, and more: an agreement, a "partnership
    agreement"."""
    return f"-{spelt(text)}-" in f"-{spelt(label)}-"


def _all(scheme: str) -> Iterator[tuple[str, str]]:
    return (said for labels in _described(scheme).values() for said in labels)


@cache
def offered(scheme: str, language: str) -> Sequence[str]:
    """The concepts of a scheme as they are called in a language, which `concept` reads."""
    return sorted(label(name, scheme, language) for name in concepts.schemes()[scheme])


@cache
def _labels(scheme: str) -> Mapping[tuple[str, str], frozenset[str]]:
    """The names of concepts by language and label, in small letters; other labels too."""
    found: dict[tuple[str, str], set[str]] = {}
    for name, said in _described(scheme).items():
        for label, language in said:
            found.setdefault((language, label.casefold()), set()).add(name)
    return {key: frozenset(names) for key, names in found.items()}


@cache
def _described(scheme: str) -> Mapping[str, list[tuple[str, str]]]:
    """The labels of each concept with their languages, the preferred ones first."""
    return {
        name: [
            said
            for word in ("prefLabel", "altLabel")
            for said in concepts.texts(f"{scheme}/{name}", word)
        ]
        for name in concepts.schemes()[scheme]
    }


def label(name: str, scheme: str, language: str) -> str:
    """What a concept is called in a language, where that leads back to it; else its name."""
    said = (text for text, tag in _described(scheme).get(name, ()) if tag == language)
    text = next(said, name)
    one = _labels(scheme).get((language, text.casefold())) == frozenset({name})
    other = text in concepts.schemes()[scheme] or _PARTS.search(text)
    return text if one and not other else name


# --- texts --------------------------------------------------------------------------------------


def parts(text: str) -> list[str]:
    """The parts of a list in a cell: semicolons or line ends stand between them."""
    return [part.strip() for part in _PARTS.split(text) if part.strip()]


def _parts(cell: Any, column: SheetColumn, languages: Collection[str]) -> list[str]:
    return parts(plain(cell))


def _text(cell: Any, column: SheetColumn, languages: Collection[str]) -> Any:
    """Words, or what JSON holds where a cell begins as that."""
    raw = "" if cell is None else str(cell).strip()
    if raw[:1] not in ("{", "["):
        return plain(cell)
    try:
        held = json.loads(raw, parse_int=str, parse_float=str)
    except (ValueError, RecursionError) as error:
        none = N_("what begins with %(sign)s is read as JSON, and this is none: %(error)s")
        message = Saying(none, sign=raw[0], error=error)
        cure = Saying(N_("put an apostrophe before it: '%(text)s"), text=raw[:20])
        raise BadValue(message, cure) from None
    return _as_texts(held)


def _as_texts(held: Any) -> Any:
    if isinstance(held, dict):
        return {plain(name): _as_texts(one) for name, one in held.items()}
    if isinstance(held, list):
        return [_as_texts(one) for one in held]
    return _in_json(held)


def _in_json(held: Any) -> str:
    text = plain(held) if not isinstance(held, str) else str(tidy(held))
    _check_characters(text)
    return text


_READERS: Final[Mapping[CellKind, Callable[[Any, SheetColumn, Collection[str]], Any]]] = {
    CellKind.TEXT: _text,
    CellKind.TEXTS: _text,
    CellKind.TEXT_LISTS: _text,
    CellKind.EVIDENCE: _text,
    CellKind.DATE: _date,
    CellKind.MONEY: _money,
    CellKind.CURRENCY: _currency,
    CellKind.COUNTRY: _country,
    CellKind.LANGUAGE: _language,
    CellKind.LANGUAGES: _languages,
    CellKind.CONCEPT: _concept,
    CellKind.CONCEPTS: _concepts,
    CellKind.KEYS: _parts,
    CellKind.TOWNS: _parts,
    CellKind.ORGANIZATIONS: _parts,
    CellKind.PROJECTS: _parts,
}


# --- the way back -------------------------------------------------------------------------------


def written(value: Any, column: SheetColumn, language: str) -> str:
    """What stands in a cell for a value: `read` gives it back."""
    if value is None:
        return ""
    if isinstance(value, list) and column.kind is not CellKind.EVIDENCE:
        return "; ".join(_word(one, column, language) for one in value)
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False)
    return escaped(_word(str(value), column, language))


def _word(word: str, column: SheetColumn, language: str) -> str:
    if column.kind is CellKind.COUNTRY and is_abbreviation(word):
        return str(Locale.parse(language).territories.get(word, word))
    is_concept = column.kind in (CellKind.CONCEPT, CellKind.CONCEPTS)
    return label(word, column.scheme, language) if is_concept and word else word


def escaped(text: str) -> str:
    """A text with an apostrophe before what a cell has another meaning for."""
    return f"'{text}" if _MARKED.match(text) else text

"""The values that a field may hold: how each is checked, and how an editor's schema says it.

Everything is read as text; a check may turn it into something better (a `Date`, a `Decimal`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Final, NamedTuple
from urllib.parse import quote

import pyoxigraph as ox
from pydantic import (
    BeforeValidator,
    Discriminator,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    Tag,
)
from pydantic_core import core_schema

from twingraph import dates, identifiers
from twingraph.characters import UNFIT, UNSEEN
from twingraph.dates import Date
from twingraph.errors import BadValue, did_you_mean
from twingraph.model.records import Text
from twingraph.rdf import concepts, terms
from twingraph.sources.curated.codes import (
    check_country,
    check_currency,
    check_language,
    countries,
    currencies,
)
from twingraph.written_dates import ABOUT, near_years

Schema = dict[str, Any]

# An editor takes an unquoted 2010 for a number; the reader takes every value as it is written.
_TEXT_OR_INTEGER: Final = ["string", "integer"]
_TEXT_OR_NUMBER: Final = ["string", "number"]


@dataclass(frozen=True)
class CheckedText:
    """A text that a function checks and may convert, and how an editor's schema says it.

    The function raises BadValue.
    """

    check: Callable[[str], Any]
    schema: Callable[[], Schema]

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        text = core_schema.str_schema(strip_whitespace=True)
        return core_schema.no_info_after_validator_function(self.check, text)

    def __get_pydantic_json_schema__(
        self, core: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> Schema:
        return self.schema()


# --- texts ------------------------------------------------------------------------------------


def _words(text: str) -> str:
    if not text:
        raise BadValue("an empty text", "write the text, or leave the field out")
    if bad := UNFIT.search(text):
        raise BadValue(f"a text with the control character U+{ord(bad[0]):04X}", "delete it")
    return text


def _name(text: str) -> str:
    if re.fullmatch(r"#(REF|N/A|VALUE|NAME|DIV/0|NUM|NULL)[!?]?", text):
        raise BadValue(f"a formula failed here: {text}", "write the value itself")
    if bad := UNSEEN.search(_words(text)):
        raise BadValue(
            f"a name with the invisible character U+{ord(bad[0]):04X}",
            "write the name on one line, without it",
        )
    return text


def _code(text: str) -> str:
    if re.fullmatch(r"[0-9]+\.0", _name(text)):
        message = f"{text!r} is a code that a spreadsheet took for a number"
        raise BadValue(message, f"did you mean {text[:-2]!r}? format the column as text")
    if re.fullmatch(r"[0-9][.,]?[0-9]*E\+?[0-9]+", text, re.IGNORECASE):
        message = f"{text!r} is a code that a spreadsheet has rounded"
        raise BadValue(message, "format the column as text, and copy the code again")
    return text


def _few_words(text: str) -> str:
    if len(text) > MAX_QUOTE:
        message = f"a quote of {len(text)} letters; at most {MAX_QUOTE} are kept as evidence"
        raise BadValue(message, "quote the few words that say it, not the page")
    return _words(text)


def _one_each(texts: Any) -> Any:
    """Refuses one language written in two ways (sr-Latn and sr-latn): one text would be lost."""
    if isinstance(texts, dict) and texts:
        language, times = max(Counter(map(str.lower, texts)).items(), key=lambda c: c[1])
        if times > 1:
            raise BadValue(f"the language {language!r} stands here twice", "keep one of the two")
    return texts


def other_texts(cell: str) -> tuple[Text, ...]:
    """The texts of a register's cell such as `de: Schieniawa; en: Sieniawa`.

    Raises BadValue where a language is missing or unknown.
    """
    texts = []
    for part in filter(None, map(str.strip, _words(cell).split(";"))):
        language, colon, value = part.partition(":")
        if not colon:
            raise BadValue(f"{part!r} has no language", _with_language(part))
        if not value.strip():
            raise BadValue(f"{part!r} has no name", "write it after the colon, or delete this")
        if re.search(_NEXT_LANGUAGE, value):
            parted = re.sub(_NEXT_LANGUAGE, r"; \1", part)
            raise BadValue(f"{part!r} holds several languages", f"part them so: `{parted}`")
        texts.append(Text(_name(value.strip()), check_language(language.strip())))
    return tuple(texts)


_NEXT_LANGUAGE: Final = r"\s*[,|/\n]\s*([a-z]{2,3}(?:-\w+)?\s*:\s)"


def _with_language(part: str) -> str:
    """The cure for a name without its language, which may stand before it with another sign."""
    if said := re.fullmatch(r"([a-z]{2})(?:\s*[-\u2013=]\s*|\s+)(.+)", part):
        return f"write `{said[1]}: {said[2]}`"
    return f"write its language before it, such as `de: {part}` of a German one"


def _authority_keys(cell: str) -> tuple[str, ...]:
    keys = cell.split()
    for key in keys:
        if not identifiers.is_key(key, identifiers.AUTHORITY_KEY):
            raise BadValue(f"{key!r} is not a key", "put spaces, and nothing else, between keys")
    return tuple(sorted(set(keys)))


# --- addresses and days -----------------------------------------------------------------------


def _address(what: str) -> Callable[[str], str]:
    def check(value: str) -> str:
        if not re.fullmatch(r"https?://[^/].*", value):
            within = re.search(r"(https?)(://[^/\s<>\"][^\s<>\"]*)", value, re.IGNORECASE)
            cure = f"write '{within[1].lower()}{within[2]}'" if within else "start it with https://"
            raise BadValue(f"{value!r} is not {what}", cure)
        if not _is_iri(value):
            message = f"{value!r} is not {what}: it holds a character that none may hold"
            # Browsers show some characters that an address may not hold, and copy them so.
            encoded = quote(re.sub("%(?![0-9A-Fa-f]{2})", "%25", value), safe=_KEPT)
            cure = f"write {encoded!r}" if _is_iri(encoded) else "copy it from the browser"
            raise BadValue(message, cure)
        return value

    return check


_KEPT: Final = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) not in '"<>[]\\^`{|}')


def _is_iri(value: str) -> bool:
    try:
        ox.NamedNode(value)
        terms.iri(value)
    except ValueError:
        return False
    return True


def _base(value: str) -> str:
    if not value.endswith("/") or "?" in value or "#" in value:
        raise BadValue(f"{value!r} is not a base address", "end it in a slash, with no ? or #")
    return _address("a base address")(value)


LAST_YEAR: Final = 2199
"""No document runs longer. What lies later is a slip of the hand: 2919, 3018."""


def _date(written: str) -> Date:
    read = dates.parse(written)
    year = (read.earliest or read.latest or "0000")[:4]
    if int(year) > LAST_YEAR:
        near = near_years(year, 2099)
        cure = f"did you mean {' or '.join(near)}?" if near else "check the year"
        raise BadValue(f"{written!r} lies centuries ahead", cure)
    return read


def _day(written: str) -> str:
    if dates.parse(written).datatype != dates.DAY:
        raise BadValue(f"{written!r} is not a full day", "write year, month, day: 2026-11-23")
    return written


# --- money ------------------------------------------------------------------------------------


class Amount(NamedTuple):
    """A sum of money; `about`: the source says that it is no more exact."""

    value: Decimal
    about: bool


_SUM: Final = r"[0-9]{1,15}(?:\.[0-9]{1,2})?~?"


def _sum(written: str) -> Amount:
    if re.fullmatch(_SUM, written):
        return Amount(Decimal(written.removesuffix("~")), written.endswith("~"))
    meant = _meant_sum(written)
    cure = (
        f"did you mean {meant!r}?"
        if meant
        else ("write digits with a point and without spaces: 30296.38; about 40000 is 40000~")
    )
    raise BadValue(f"{written!r} is not an amount of money", cure)


def _meant_sum(written: str) -> str:
    """The sum that is meant by `ca. 40 000 EUR`, `30.296,38 €`, where it is one: money has at most
    two digits after its point."""
    bare = re.sub(r"\b[A-Z]{3}\b|€|£|zł|Kč|Ft", "", written).strip()
    exact = re.sub(rf"^(?:(?:{ABOUT})\b\.?|[~≈])|~$", "", bare, flags=re.IGNORECASE)
    digits = re.sub(r"[\s'\u2019]", "", exact)
    form = r"(\d{1,3}(?:([.,])\d{3})(?:\2\d{3})*|\d+)(?:[.,](\d{1,2}))?"
    if not (match := re.fullmatch(form, digits, re.ASCII)):
        return ""
    whole, cents = re.sub("[.,]", "", match[1]), f".{match[3]}" if match[3] else ""
    return f"{whole}{cents}{'~' if exact != bare else ''}"


# --- kinds of check ---------------------------------------------------------------------------


def _schema(kind: str | list[str] = "string", **more: Any) -> Callable[[], Schema]:
    return lambda: {"type": kind, **more}


def _codes(known: Callable[[], Iterable[str]], example: str) -> Callable[[], Schema]:
    return lambda: {"type": "string", "enum": sorted(known()), "examples": [example]}


def _pattern(regex: str, what: str, cure: str, kind: str | list[str] = "string") -> CheckedText:
    def check(value: str) -> str:
        if not re.fullmatch(regex, value):
            # An address of the entry, a small letter: the one in it that is meant.
            within = rf"(?<![^\W_]){regex}(?![^\W_])"
            near = {*re.findall(within, value), *re.findall(within, value.upper())}
            meant = f"did you mean {near.pop()!r}?" if len(near) == 1 else cure
            raise BadValue(f"{value!r} is not {what}", meant)
        return value

    return CheckedText(check, _schema(kind, pattern=f"^{regex}$"))


def _key(pattern: str, example: str, kind: str | list[str] = "string") -> CheckedText:
    def check(value: str) -> str:
        if not identifiers.is_key(value, pattern):
            raise BadValue(f"{value!r} is not a key", _meant_key(value, pattern, example))
        return value

    return CheckedText(check, _schema(kind, pattern=f"^{pattern}$", examples=[example]))


def _meant_key(value: str, pattern: str, example: str) -> str:
    """The cure for a value that is no key: the key that it spells, where it spells one."""
    parts = [identifiers.slug(part) for part in value.rpartition("/")[2].split("--")]
    meant = "--".join(parts)
    if not identifiers.is_key(meant, pattern):
        return f"lower-case letters a to z, digits and single hyphens, such as {example}"
    # The key of a town begins with its country, which a name alone does not tell.
    of_towns = pattern in (identifiers.AUTHORITY_KEY, identifiers.PARTNERSHIP_KEY)
    if of_towns and not all(re.match("[a-z]{2}-", part) for part in parts):
        with_country = "--".join(f"pl-{part}" for part in parts)
        return f"put its country's two letters before it, such as {with_country!r} for Poland"
    return f"did you mean {meant!r}?"


def _one_of(known: Callable[[], Iterable[str]], what: str) -> CheckedText:
    def check(name: str) -> str:
        names = sorted(known())
        if name not in names:
            otherwise = f"one of {', '.join(names)}"
            raise BadValue(f"{name!r} is no {what}", lambda: did_you_mean(name, names, otherwise))
        return name

    return CheckedText(check, lambda: {"type": "string", "enum": sorted(known())})


def concept(scheme: str) -> CheckedText:
    """The name of a concept of a scheme in ontology/concepts.ttl."""
    return _one_of(lambda: concepts.schemes()[scheme], scheme.replace("-", " "))


def _decimal(regex: str, what: str, cure: str, low: int, high: int) -> CheckedText:
    def check(written: str) -> Decimal:
        if not re.fullmatch(regex, written):
            meant = _meant_degrees(written)
            near = f"did you mean {meant!r}?" if re.fullmatch(regex, meant) else cure
            raise BadValue(f"{written!r} is not {what}", near)
        value = Decimal(written)
        if not low <= value <= high:
            raise BadValue(
                f"{written!r} is not {what}: it must be from {low} to {high}", "check it"
            )
        return value

    schema = _schema(_TEXT_OR_NUMBER, pattern=f"^{regex}$", minimum=low, maximum=high)
    return CheckedText(check, schema)


_DEGREES_WRITTEN: Final = re.compile(
    r"(-?\d{1,3}(?:[.,]\d+)?)\s*°?\s*(?:(\d{1,2})\s*['′’]\s*)?"
    r"(?:(\d{1,2}(?:[.,]\d+)?)\s*(?:[\"″”]|'')\s*)?([NSEW]?)"
)


def _meant_degrees(written: str) -> str:
    """Degrees with a point, where they are written with a comma, in minutes and seconds, or with
    the side of the globe; "" where they are not."""
    if not (found := _DEGREES_WRITTEN.fullmatch(written.strip())):
        return ""
    numbers = ((part or "0").replace(",", ".") for part in found.groups()[:3])
    degrees, minutes, seconds = map(Decimal, numbers)
    whole = degrees + minutes / 60 + seconds / 3600
    if minutes or seconds:
        whole = whole.quantize(Decimal("0.0001"))
    return f"{-whole if found[4] in ('S', 'W') else whole:f}"


def _integer(low: int, high: int) -> CheckedText:
    def check(written: str) -> int:
        if not re.fullmatch("[0-9]{1,9}", written) or not low <= int(written) <= high:
            message = f"{written!r} is not a whole number from {low} to {high}"
            raise BadValue(message, f"write a number from {low} to {high}")
        return int(written)

    return CheckedText(check, _schema("integer", minimum=low, maximum=high))


def _truth(written: str) -> bool:
    if written.lower() not in ("true", "false"):
        raise BadValue(f"{written!r} is neither true nor false", "write true or false")
    return written.lower() == "true"


def _words_or_texts(value: Any) -> str:
    return "more" if isinstance(value, dict) else "words"


# --- the values -------------------------------------------------------------------------------

MAX_QUOTE: Final = 300
_COORDINATE = r"-?[0-9]{1,3}(?:\.[0-9]+)?"
_DEGREES = "write degrees with a point: 22.6117"

Words = Annotated[str, CheckedText(_words, _schema(_TEXT_OR_NUMBER, minLength=1))]
Name = Annotated[str, CheckedText(_name, _schema(_TEXT_OR_NUMBER, minLength=1))]
"""Words on one line."""
Code = Annotated[str, CheckedText(_code, _schema(_TEXT_OR_NUMBER, minLength=1))]
FewWords = Annotated[str, CheckedText(_few_words, _schema(minLength=1, maxLength=MAX_QUOTE))]
Truth = Annotated[bool, CheckedText(_truth, _schema("boolean"))]
Rank = Annotated[int, _integer(1, 100)]
Keep = Annotated[int, _integer(1, 1_000_000)]
Language = Annotated[
    str,
    CheckedText(
        check_language,
        _schema(pattern="^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*$", examples=["pl", "sr-Latn"]),
    ),
]
Country = Annotated[str, CheckedText(check_country, _codes(countries, "PL"))]
"""Written as ISO 3166-1 alpha-2, read as the EU's authority table says it: PL is POL."""

Currency = Annotated[str, CheckedText(check_currency, _codes(currencies, "EUR"))]
EdtfDate = Annotated[
    Date,
    CheckedText(
        _date,
        _schema(
            _TEXT_OR_INTEGER,
            pattern=f"^{dates.PATTERN}$",
            minimum=1000,
            maximum=9999,
            examples=["2018-04-29", "2018-04", "2018", "197X", "2004~", "2010/2012", "../2012"],
        ),
    ),
]
Day = Annotated[
    str, CheckedText(_day, _schema(pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$", examples=["2026-11-23"]))
]
Texts = Annotated[
    dict[Language, Words],
    Field(min_length=1, description="texts by language tag", examples=[{"pl": "Sieniawa"}]),
    BeforeValidator(_one_each),
]
Names = Annotated[
    dict[Language, Name],
    Field(min_length=1, description="names by language tag", examples=[{"pl": "Sieniawa"}]),
    BeforeValidator(_one_each),
]
NameLists = Annotated[dict[Language, tuple[Name, ...]], BeforeValidator(_one_each)]
WordLists = Annotated[dict[Language, tuple[Words, ...]], BeforeValidator(_one_each)]
NameOrNames = Annotated[
    Annotated[Name, Tag("words")] | Annotated[Names, Tag("more")],
    Discriminator(_words_or_texts),
    Field(description="in the source's language, or by language tag; on one line"),
]
Key = Annotated[str, _key(identifiers.KEY, "adam-wos")]
NetworkKey = Annotated[str, _key(identifiers.KEY, "euroregion-karpacki")]
SourceKey = Annotated[str, _key(identifiers.KEY, "pl-pisz-mustvee")]
"""The name of a file in data/sources/, without its ending."""

AuthorityKey = Annotated[str, _key(identifiers.AUTHORITY_KEY, "pl-sieniawa")]
PartnershipKey = Annotated[str, _key(identifiers.PARTNERSHIP_KEY, "be-tremelo--pl-sieniawa")]
LocalKey = Annotated[str, _key(identifiers.KEY, "1", _TEXT_OR_INTEGER)]
OtherTexts = Annotated[tuple[Text, ...], CheckedText(other_texts, _schema())]
AuthorityKeys = Annotated[tuple[str, ...], CheckedText(_authority_keys, _schema())]
WikidataId = Annotated[
    str, _pattern("Q[1-9][0-9]*", "a Wikidata item id", "write a capital Q and digits: Q3809")
]
GeonamesId = Annotated[
    str,
    _pattern("[1-9][0-9]*", "a GeoNames id", "write digits only: 759301", _TEXT_OR_INTEGER),
]
Url = Annotated[str, CheckedText(_address("an address"), _schema(pattern="^https?://[^/]"))]
BaseUrl = Annotated[str, CheckedText(_base, _schema(pattern="^https?://[^/][^?#]*/$"))]
Email = Annotated[
    str, _pattern(r"[^@\s]+@[^@\s]+", "an e-mail address", "write it as name@example.org")
]
Nuts3 = Annotated[
    str, _pattern("[A-Z]{2}[A-Z0-9]{3}", "a NUTS 3 code", "write two capitals, three more: PL822")
]
Sum = Annotated[
    Amount,
    CheckedText(
        _sum,
        _schema(_TEXT_OR_NUMBER, pattern=f"^{_SUM}$", minimum=0, examples=["30296.38", "40000~"]),
    ),
]
"""An amount of money, in the `currency` that stands beside it."""
Latitude = Annotated[Decimal, _decimal(_COORDINATE, "a latitude", _DEGREES, -90, 90)]
Longitude = Annotated[Decimal, _decimal(_COORDINATE, "a longitude", _DEGREES, -180, 180)]

AgreementKind = Annotated[str, concept("agreement-kind")]
AuthorityLevel = Annotated[str, concept("authority-level")]
Basis = Annotated[str, concept("signature-basis")]
FieldOfWork = Annotated[str, concept("field")]
Method = Annotated[str, concept("method")]
Office = Annotated[str, concept("office")]
Purpose = Annotated[str, concept("purpose")]
SourceKind = Annotated[str, concept("source-kind")]
Status = Annotated[str, concept("partnership-status")]
WikidataStatus = Annotated[str, concept("wikidata-status")]
_KINDS: Final = ("authority", "organization", "person", "partnership", "project", "agreement")
ThingPath = Annotated[str, _one_of(lambda: identifiers.THING_PATHS, "path of an IRI")]
ThingKey = Annotated[str, _key(identifiers.THING_KEY, "pl-sieniawa")]
AboutKind = Annotated[str, _one_of(lambda: _KINDS, "kind of thing")]

"""The curators' format: what may stand in dataset.yaml, in the registers and in a source file.

These classes are the one definition of it. Reading validates with them, and the JSON Schema that
editors use is made from them (`json_schema`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Literal

import pycountry
from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    Tag,
)
from pydantic_core import core_schema

from twingraph import concepts, dates, identifiers
from twingraph.dates import Date
from twingraph.errors import did_you_mean
from twingraph.namespaces import BASE

_TEXT_OR_NUMBER = ["string", "integer"]


class Strict(BaseModel):
    """Nothing unknown, nothing changed after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


@dataclass(frozen=True)
class _Checked:
    """A text that a function checks and may convert, and how an editor's schema says it."""

    check: Callable[[str], Any]
    schema: Callable[[], dict[str, Any]]

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, core_schema.str_schema())

    def __get_pydantic_json_schema__(
        self, core: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return self.schema()


def check_language(tag: str) -> str:
    """A language tag (BCP 47) in lower case. Raises ValueError for one no registry knows."""
    primary = tag.split("-")[0].lower()
    shape = re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*", tag)
    if not shape or not pycountry.languages.get(**{f"alpha_{len(primary)}": primary}):
        known = [code for entry in pycountry.languages if (code := getattr(entry, "alpha_2", None))]
        hint = did_you_mean(tag.lower(), known, "write a tag such as pl, sk, nl, en or sr-Latn")
        raise ValueError(f"{tag!r} is no language tag (BCP 47): {hint}")
    return tag.lower()


def _country(code: str) -> str:
    if not pycountry.countries.get(alpha_2=code):
        known = [country.alpha_2 for country in pycountry.countries]
        hint = did_you_mean(code.upper(), known, "write PL, SK, BE …")
        raise ValueError(f"{code!r} is no ISO 3166-1 alpha-2 country code: {hint}")
    return code


def _currency(code: str) -> str:
    if not pycountry.currencies.get(alpha_3=code):
        raise ValueError(f"{code!r} is no ISO 4217 currency code such as EUR or PLN")
    return code


def _day(written: str) -> str:
    if dates.parse(written).datatype != dates.DAY:
        raise ValueError(f"{written!r} must be a full day such as 2026-11-23")
    return written


def _like(schema: dict[str, Any]) -> Callable[[], dict[str, Any]]:
    return lambda: dict(schema)


def _pattern(regex: str, what: str) -> _Checked:
    def check(value: str) -> str:
        if not re.fullmatch(regex, value):
            raise ValueError(f"{value!r} is not {what}")
        return value

    return _Checked(check, _like({"type": "string", "pattern": f"^{regex}$"}))


def _key(pattern: str, example: str, kinds: str | list[str] = "string") -> _Checked:
    rule = "lower-case letters a to z, digits and single hyphens"
    checked = _pattern(pattern, f"a key ({rule}, such as {example})")
    schema = {"type": kinds, "pattern": f"^{pattern}$", "examples": [example]}
    return _Checked(checked.check, _like(schema))


def _concept(scheme: str) -> _Checked:
    def check(name: str) -> str:
        known = concepts.schemes().get(scheme, frozenset())
        if name not in known:
            hint = did_you_mean(name, known, f"one of {', '.join(sorted(known))}")
            raise ValueError(f"{name!r} is no concept of the scheme {scheme!r}: {hint}")
        return name

    def schema() -> dict[str, Any]:
        return {"type": "string", "enum": sorted(concepts.schemes()[scheme])}

    return _Checked(check, schema)


def _examples(*examples: str, **more: Any) -> Callable[[], dict[str, Any]]:
    return _like({"type": "string", "examples": list(examples), **more})


_DATES = ("2018-04-29", "2018-04", "2018", "197X", "2004~", "2010/2012", "../2012")

Language = Annotated[str, _Checked(check_language, _examples("pl", "sk"))]
Country = Annotated[str, _Checked(_country, _examples("PL", pattern="^[A-Z]{2}$"))]
Currency = Annotated[str, _Checked(_currency, _examples("EUR", pattern="^[A-Z]{3}$"))]
EdtfDate = Annotated[Date, _Checked(dates.parse, _examples(*_DATES, type=_TEXT_OR_NUMBER))]
Day = Annotated[str, _Checked(_day, _examples("2026-11-23"))]
Words = Annotated[str, Field(min_length=1)]
Texts = Annotated[
    dict[Language, Words],
    Field(min_length=1, description="texts by language tag", examples=[{"pl": "Sieniawa"}]),
]


def _shape(value: Any) -> str:
    return "words" if isinstance(value, str) else "more"


WordsOrTexts = Annotated[
    Annotated[Words, Tag("words")] | Annotated[Texts, Tag("more")],
    Discriminator(_shape),
    Field(description="in the source's language, or by language tag"),
]
Key = Annotated[str, _key(identifiers.KEY, "pl-sieniawa")]
AuthorityKey = Annotated[str, _key(identifiers.AUTHORITY_KEY, "pl-sieniawa")]
PartnershipKey = Annotated[str, _key(identifiers.PARTNERSHIP_KEY, "be-tremelo--pl-sieniawa")]
LocalKey = Annotated[str, _key(identifiers.KEY, "1", _TEXT_OR_NUMBER)]
WikidataId = Annotated[str, _pattern(r"Q[1-9][0-9]*", "a Wikidata item id such as Q3809")]
GeonamesId = Annotated[str, _pattern(r"[1-9][0-9]*", "a GeoNames id such as 759301")]
Url = Annotated[
    str, _pattern(r"https?://[^\s<>\"{}|\\^`]+", "an address that starts with https://")
]
BaseUrl = Annotated[
    str, _pattern(r"https?://[^\s<>\"{}|\\^`?#]+/", "a base address that ends in a slash")
]
Email = Annotated[str, _pattern(r"[^@\s]+@[^@\s]+", "an e-mail address")]
Nuts3 = Annotated[str, _pattern(r"[A-Z]{2}[A-Z0-9]{3}", "a NUTS 3 code such as PL822")]
Money = Annotated[Decimal, Field(ge=0, decimal_places=2)]
Latitude = Annotated[Decimal, Field(ge=-90, le=90)]
Longitude = Annotated[Decimal, Field(ge=-180, le=180)]

AgreementKind = Annotated[str, _concept("agreement-kind")]
AuthorityLevel = Annotated[str, _concept("authority-level")]
Basis = Annotated[str, _concept("signature-basis")]
FieldOfWork = Annotated[str, _concept("field")]
Method = Annotated[str, _concept("method")]
Office = Annotated[str, _concept("office")]
Purpose = Annotated[str, _concept("purpose")]
SourceKind = Annotated[str, _concept("source-kind")]
Status = Annotated[str, _concept("partnership-status")]
WikidataStatus = Annotated[str, _concept("wikidata-status")]


class Quote(Strict):
    """A few words of the source, and what they support."""

    quote: Words | None = Field(None, max_length=300, description="a few words, not the page")
    language: Language | None = Field(None, description="where the source has several languages")
    supports: tuple[str, ...] = Field(
        (), alias="for", description="the fields it supports; left out: all that stand in the block"
    )
    derived: bool = Field(False, description="true: the page does not print it, it was derived")
    note: Words | None = Field(None, description="what a reader should know about this evidence")


Quotes = Annotated[
    Annotated[Words, Tag("words")] | Annotated[tuple[Quote, ...], Tag("more")],
    Discriminator(_shape),
    Field(description="words that support all of the block, or a list of quotes"),
]


class Mention(Strict):
    """Something a source says that the model does not hold: evidence only."""

    about: dict[
        Literal["authority", "organization", "person", "partnership", "project", "agreement"], str
    ] = Field(min_length=1, max_length=1, description="which thing, such as {person: adam-wos}")
    date: EdtfDate | None = None
    note: Words = Field(description="what is said, in English and in your own words")
    quote: Words | None = Field(None, max_length=300)
    language: Language | None = None


class SignatureBlock(Strict):
    """One person's part in a document."""

    key: LocalKey | None = Field(None, description="needed where no person or body is named")
    signatory: Key | None = Field(None, description="a key of people.csv; left out: not named")
    role: WordsOrTexts | None = Field(None, description="as the source writes it")
    office: Office | None = None
    on_behalf_of: AuthorityKey | None = Field(None, description="one of the partners")
    basis: Basis = "signed"
    evidence: Quotes | None = None


class AgreementStatement(Strict):
    """What may be said of a document."""

    title: WordsOrTexts | None = None
    kind: AgreementKind | None = None
    signed_on: EdtfDate | None = Field(None, description="a council's resolution: the day adopted")
    valid_until: EdtfDate | None = None
    description: Texts | None = None
    evidence: Quotes | None = None


class AgreementBlock(AgreementStatement):
    """A document that prepares, approves, makes, renews or ends the partnership."""

    key: LocalKey = Field(description="minted once, within the partnership: 1, 2, renewal …")
    decided_by: AuthorityKey | None = Field(
        None, description="the one partner whose own act it is: a resolution, a notice"
    )
    replaces: tuple[LocalKey, ...] = Field((), description="keys of this partnership's documents")
    signatures: tuple[SignatureBlock, ...] = ()


class StatusChangeBlock(Strict):
    """A change of the partnership's status, or of one member's part in it."""

    key: LocalKey = Field(description="minted once, within the partnership")
    new_status: Status
    changed_on: EdtfDate | None = None
    concerns: AuthorityKey | None = Field(None, description="the one partner that joined or left")
    decided_by: AuthorityKey | None = Field(
        None, description="the one partner that decided it alone; left out: not known, or together"
    )
    agreement: LocalKey | None = Field(None, description="the document that did it")
    evidence: Quotes | None = None


class PartnershipStatement(Strict):
    """What may be said of a partnership."""

    since: EdtfDate | None = Field(None, description="start of co-operation, never a signing date")
    status: Status | None = None
    fields: tuple[FieldOfWork, ...] = ()
    methods: tuple[Method, ...] = ()
    purposes: tuple[Purpose, ...] = ()
    projects: tuple[Key, ...] = Field((), description="keys of projects.csv")
    involves: tuple[Key, ...] = Field((), description="keys of organizations.csv")
    description: Texts | None = None
    evidence: Quotes | None = None


class PartnershipBlock(PartnershipStatement):
    """What the source says of one partnership."""

    key: PartnershipKey
    partners: tuple[AuthorityKey, ...] = Field(min_length=2, description="two or more")
    agreements: tuple[AgreementBlock, ...] = ()
    status_changes: tuple[StatusChangeBlock, ...] = ()


class ProjectBlock(Strict):
    """What the source says of a joint project."""

    key: Key
    title: WordsOrTexts | None = None
    programme: Key | None = None
    number: Words | None = None
    partners: tuple[AuthorityKey, ...] = Field((), description="the lead included")
    lead: AuthorityKey | None = None
    start: EdtfDate | None = None
    end: EdtfDate | None = None
    total_budget: Money | None = None
    grant: Money | None = None
    currency: Currency | None = None
    evidence: Quotes | None = None


class AuthorityBlock(Strict):
    """What the source says of a body that the register knows."""

    key: AuthorityKey
    label: Texts | None = None
    alt_label: dict[Language, tuple[Words, ...]] | None = None
    country: Country | None = None
    level: AuthorityLevel | None = None
    replaces: tuple[AuthorityKey, ...] = Field((), description="predecessors that were merged")
    evidence: Quotes | None = None


class SourceFile(Strict):
    """One document and the claims it makes. The file's name is the source's key."""

    title: WordsOrTexts
    kind: SourceKind
    url: Url | None = None
    publisher: Words | None = None
    publisher_authority: AuthorityKey | None = None
    language: tuple[Language, ...] = Field(min_length=1)
    retrieved: Day | None = Field(None, description="the day it was read; empty: unknown")
    rights: Words | None = None
    rank: int | None = Field(None, ge=1, le=100, description="1 is best; left out: by kind")
    rank_reason: Words | None = None
    note: Words | None = None
    each_partnership: PartnershipStatement | None = None
    each_agreement: AgreementStatement | None = None
    partnerships: tuple[PartnershipBlock, ...] = ()
    projects: tuple[ProjectBlock, ...] = ()
    authorities: tuple[AuthorityBlock, ...] = ()
    mentions: tuple[Mention, ...] = ()


class Contact(Strict):
    """Whom to write to."""

    name: Words
    email: Email | None = None
    url: Url | None = None


class Publisher(Strict):
    """Who answers for the dataset."""

    name: Texts
    url: Url
    type: Words | None = None


class DatasetFile(Strict):
    """dataset.yaml: the whole, as catalogues describe it."""

    title: Texts
    description: Texts
    publisher: Publisher
    contact: Contact
    licence: Url
    base: BaseUrl
    languages: tuple[Language, ...] = Field(min_length=1)
    version: Words | None = None
    issued: Day | None = None
    modified: Day | None = None
    homepage: Url | None = None
    keywords: dict[Language, tuple[Words, ...]] = Field(default_factory=dict)
    themes: tuple[Words, ...] = ()
    frequency: Words | None = None


class AuthorityRow(Strict):
    """A row of municipalities.csv."""

    key: AuthorityKey
    name: Words
    language: Language
    other_names: str | None = None
    country: Country
    level: AuthorityLevel
    national_code: Words | None = None
    lau: Words | None = None
    nuts3: Nuts3 | None = None
    wikidata: WikidataId | None = None
    wikidata_close: WikidataId | None = None
    wikidata_status: WikidataStatus
    wikidata_by: Words | None = None
    wikidata_on: Day | None = None
    wikidata_note: Words | None = None
    geonames: GeonamesId | None = None
    geonames_close: GeonamesId | None = None
    latitude: Latitude | None = None
    longitude: Longitude | None = None
    replaces: str | None = None
    source: Key


class OrganizationRow(Strict):
    """A row of organizations.csv."""

    key: Key
    name: Words
    language: Language
    country: Country | None = None
    wikidata: WikidataId | None = None
    source: Key


class PersonRow(Strict):
    """A row of people.csv."""

    key: Key
    name: Words
    wikidata: WikidataId | None = None
    source: Key


class ProjectRow(Strict):
    """A row of projects.csv: its other facts are claims of the sources."""

    key: Key
    title: Words
    language: Language
    source: Key


class ProgrammeRow(Strict):
    """A row of programmes.csv."""

    key: Key
    title: Words
    language: Language
    other_titles: str | None = None
    cci: Words | None = None
    start: EdtfDate | None = None
    end: EdtfDate | None = None
    source: Key


def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a source file, every concept name written out."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{BASE}schema/source.json",
        **SourceFile.model_json_schema(),
        "title": "A twingraph source file",
    }

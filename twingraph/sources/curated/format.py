"""The curators' format: what may stand in dataset.yaml, in the registers and in a source file.

These classes are the one definition of it. Reading validates with them, and the JSON Schema that
editors use is made from them (`json_schema`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core.core_schema import DictSchema

from twingraph.namespaces import BASE
from twingraph.sources.curated.authorities import Frequency, Licence, PublisherType, Theme
from twingraph.sources.curated.values import (
    AboutKind,
    AgreementKind,
    AuthorityKey,
    AuthorityKeys,
    AuthorityLevel,
    BaseUrl,
    Basis,
    Code,
    Country,
    Currency,
    Day,
    EdtfDate,
    Email,
    FewWords,
    FieldOfWork,
    GeonamesId,
    Keep,
    Key,
    Language,
    Latitude,
    LocalKey,
    Longitude,
    Method,
    Name,
    NameLists,
    NameOrNames,
    Names,
    NetworkKey,
    Nuts3,
    Office,
    OtherTexts,
    PartnershipKey,
    Purpose,
    Rank,
    SourceKey,
    SourceKind,
    Status,
    Sum,
    Texts,
    ThingKey,
    ThingPath,
    Truth,
    Url,
    WikidataId,
    WikidataStatus,
    WordLists,
    Words,
)


def _means(description: str) -> dict[str, Any]:
    """What a block is, for editors. Pydantic would take it from the docstring, which Python can be
    told to leave out (PYTHONOPTIMIZE=2)."""
    return {"description": description}


class Strict(BaseModel):
    """Nothing unknown, nothing changed after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Quote(Strict, json_schema_extra=_means("A few words of the source, and what they support.")):
    quote: FewWords | None = Field(None, description="a few words, not the page")
    language: Language | None = Field(None, description="where the source has several languages")
    supports: tuple[Words, ...] = Field(
        (), alias="for", description="the fields it supports; left out: all that stand in the block"
    )
    derived: Truth = Field(False, description="true: the page does not print it, it was derived")
    note: Words | None = Field(None, description="what a reader should know about this evidence")


def _words_or_quotes(value: Any) -> str:
    return "words" if isinstance(value, str) else "more"


Quotes = Annotated[
    Annotated[FewWords, Tag("words")] | Annotated[tuple[Quote, ...], Tag("more")],
    Discriminator(_words_or_quotes),
    Field(description="words that support all of the block, or a list of quotes"),
]


class Mention(
    Strict,
    json_schema_extra=_means(
        "Something a source says that the model does not hold: evidence only."
    ),
):
    about: dict[AboutKind, Words] = Field(
        min_length=1, max_length=1, description="which thing, such as {person: adam-wos}"
    )
    date: EdtfDate | None = None
    note: Words = Field(description="what is said, in English and in your own words")
    quote: FewWords | None = None
    language: Language | None = None


class SignatureBlock(Strict, json_schema_extra=_means("One person's part in a document.")):
    key: LocalKey | None = Field(None, description="needed where no person or body is named")
    signatory: Key | None = Field(None, description="a key of people.csv; left out: not named")
    role: NameOrNames | None = Field(None, description="as the source writes it")
    office: Office | None = None
    on_behalf_of: AuthorityKey | None = Field(None, description="one of the partners")
    basis: Basis | None = Field(
        None, description="in what capacity, where the source says so: signed, proxy, witness …"
    )
    evidence: Quotes | None = None


class AgreementStatement(Strict, json_schema_extra=_means("What may be said of a document.")):
    title: NameOrNames | None = None
    kind: AgreementKind | None = None
    signed_on: EdtfDate | None = Field(None, description="a council's resolution: the day adopted")
    valid_until: EdtfDate | None = None
    description: Texts | None = None
    evidence: Quotes | None = None


class AgreementBlock(
    AgreementStatement,
    json_schema_extra=_means(
        "A document that prepares, approves, makes, renews or ends the partnership."
    ),
):
    key: LocalKey = Field(description="minted once, within the partnership: 1, 2, renewal …")
    signed_again_on: EdtfDate | None = Field(
        None, description="a second ceremony of the same document, mostly in the other town"
    )
    planned_for: EdtfDate | None = Field(
        None, description="a signing that is announced: the day meant; no `signed_on` then"
    )
    place: NameOrNames | None = Field(None, description="where it was signed, as the source says")
    decided_by: AuthorityKey | None = Field(
        None, description="the one partner whose own act it is: a resolution, a notice"
    )
    concluded_by: tuple[Key, ...] = Field(
        (), description="keys of organizations.csv: a school's agreement within the partnership"
    )
    replaces: tuple[LocalKey, ...] = Field((), description="keys of this partnership's documents")
    signatures: tuple[SignatureBlock, ...] = ()


class StatusChangeBlock(
    Strict,
    json_schema_extra=_means(
        "A change of the partnership's status, or of one member's part in it."
    ),
):
    key: LocalKey = Field(description="minted once, within the partnership")
    new_status: Status
    changed_on: EdtfDate | None = None
    concerns: AuthorityKey | None = Field(
        None,
        description="the one partner that joined (new_status: active) or left (ended); a member of "
        "a circle that joined later has its own date by this",
    )
    decided_by: AuthorityKey | None = Field(
        None, description="the one partner that decided it alone; left out: not known, or together"
    )
    agreement: LocalKey | None = Field(None, description="the document that did it")
    evidence: Quotes | None = None


class PartnershipStatement(Strict, json_schema_extra=_means("What may be said of a partnership.")):
    since: EdtfDate | None = Field(None, description="start of co-operation, never a signing date")
    first_contact: EdtfDate | None = Field(
        None, description="when the towns first met, where no document goes with it"
    )
    status: Status | None = None
    fields: tuple[FieldOfWork, ...] = ()
    methods: tuple[Method, ...] = ()
    purposes: tuple[Purpose, ...] = ()
    projects: tuple[Key, ...] = Field((), description="keys of projects.csv")
    involves: tuple[Key, ...] = Field((), description="keys of organizations.csv")
    involves_unnamed: NameOrNames | None = Field(
        None, description="who takes part and is not named: `three schools`, `about 40 pupils`"
    )
    description: Texts | None = None
    evidence: Quotes | None = None


class PartnershipBlock(
    PartnershipStatement,
    json_schema_extra={
        **_means("What the source says of one partnership."),
        "if": {"not": {"required": ["partner_unnamed"]}},
        "then": {"properties": {"partners": {"minItems": 2}}},
    },
):
    key: PartnershipKey
    partners: tuple[AuthorityKey, ...] = Field(min_length=1, description="two or more")
    partner_unnamed: NameOrNames | None = Field(
        None, description="a partner that is not named, or not so that one knows which it is"
    )
    agreements: tuple[AgreementBlock, ...] = ()
    status_changes: tuple[StatusChangeBlock, ...] = ()


class ProjectBlock(Strict, json_schema_extra=_means("What the source says of a joint project.")):
    key: Key
    title: NameOrNames | None = None
    programme: Key | None = None
    number: Words | None = None
    partners: tuple[AuthorityKey, ...] = Field((), description="the lead included")
    lead: AuthorityKey | None = None
    start: EdtfDate | None = None
    end: EdtfDate | None = None
    total_budget: Sum | None = Field(None, description="`40000~` is about 40000")
    grant: Sum | None = None
    currency: Currency | None = None
    evidence: Quotes | None = None


class MembershipBlock(
    Strict,
    json_schema_extra=_means("That a body is or was a member of a network of towns."),
):
    network: NetworkKey = Field(description="a key of organizations.csv: Cittaslow, a Euroregion")
    key: LocalKey | None = Field(None, description="needed where it joined the same one again")
    since: EdtfDate | None = Field(None, description="when it joined")
    until: EdtfDate | None = Field(None, description="when it left")
    evidence: Quotes | None = None


class AuthorityBlock(
    Strict, json_schema_extra=_means("What the source says of a body that the register knows.")
):
    key: AuthorityKey
    label: Names | None = None
    alt_label: NameLists | None = None
    country: Country | None = None
    level: AuthorityLevel | None = None
    replaces: tuple[AuthorityKey, ...] = Field((), description="predecessors that were merged")
    formed_on: EdtfDate | None = Field(None, description="when it came to be: merged, split off")
    dissolved_on: EdtfDate | None = Field(None, description="when it ceased to be: merged, split")
    evidence: Quotes | None = None
    memberships: tuple[MembershipBlock, ...] = Field(
        (), description="of networks of towns, never of partnerships"
    )


class SourceFile(
    Strict,
    json_schema_extra=_means(
        "One document and the claims it makes. The file's name is the source's key."
    ),
):
    title: NameOrNames
    kind: SourceKind
    url: Url | None = None
    publisher: Words | None = None
    publisher_authority: AuthorityKey | None = None
    language: tuple[Language, ...] = Field(min_length=1)
    retrieved: Day | None = Field(None, description="the day it was read; empty: unknown")
    rights: Words | None = None
    rank: Rank | None = Field(None, description="1 is best; left out: by kind")
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
    """Who answers for the dataset, or made it."""

    name: Texts
    url: Url
    type: PublisherType | None = None


class RedirectRow(Strict):
    """A row of redirects.csv: a thing that got a new key, or is gone."""

    path: ThingPath
    old: ThingKey
    new: ThingKey | None = Field(None, description="empty: gone, with nothing in its place")
    note: Words | None = None


class DatasetFile(Strict):
    """dataset.yaml: the whole, as catalogues describe it."""

    title: Texts
    description: Texts
    publisher: Publisher
    creator: Publisher | None = Field(
        None, description="who made the data, where that is to be told; DCAT-AP-NL asks for it"
    )
    contact: Contact
    licence: Licence = Field(description="a code of the EU's licence table, or its full IRI")
    base: BaseUrl
    downloads: BaseUrl | None = Field(None, description="where the files are; left out: the base")
    languages: tuple[Language, ...] = Field(min_length=1)
    version: Words | None = None
    issued: Day | None = None
    modified: Day | None = None
    homepage: Url | None = None
    keywords: WordLists = Field(default_factory=dict)
    themes: tuple[Theme, ...] = Field((), description="codes of the EU's data themes")
    frequency: Frequency | None = Field(None, description="a code of the EU's frequencies")
    keep: Keep | None = Field(None, description="so many releases are kept; left out: all")


class AuthorityRow(Strict, json_schema_extra=_means("A row of municipalities.csv.")):
    key: AuthorityKey
    name: Name = Field(description="as people write it")
    language: Language = Field(description="of the name")
    other_names: OtherTexts = Field((), description="each with its language: `de: A; en: B`")
    country: Country
    level: AuthorityLevel
    national_code: Code | None = Field(None, description="of the body at home: TERYT, INSEE, AGS …")
    lau: Code | None = Field(None, description="Eurostat's code of a local unit")
    nuts3: Nuts3 | None = Field(None, description="Eurostat's code of the region it lies in")
    wikidata: WikidataId | None = Field(None, description="the entry of this very body")
    wikidata_close: WikidataId | None = Field(
        None, description="the entry of its settlement, where that is another than the body's"
    )
    wikidata_status: WikidataStatus
    wikidata_by: Words | None = Field(None, description="who decided")
    wikidata_on: Day | None = Field(None, description="on which day")
    wikidata_note: Words | None = Field(None, description="by what, or what was tried in vain")
    geonames: GeonamesId | None = Field(None, description="the entry of this very body")
    geonames_close: GeonamesId | None = Field(None, description="the entry of its settlement")
    latitude: Latitude | None = Field(None, description="degrees north, WGS 84")
    longitude: Longitude | None = Field(None, description="degrees east")
    replaces: AuthorityKeys = Field((), description="keys of predecessors, parted by spaces")
    source: SourceKey = Field(description="in which it was found")


class OrganizationRow(Strict, json_schema_extra=_means("A row of organizations.csv.")):
    key: Key
    name: Name = Field(description="as people write it")
    language: Language
    country: Country | None = None
    wikidata: WikidataId | None = None
    source: SourceKey = Field(description="in which it was found")


class PersonRow(Strict, json_schema_extra=_means("A row of people.csv.")):
    key: Key
    name: Name = Field(description="as people write it")
    wikidata: WikidataId | None = None
    source: SourceKey = Field(description="in which it was found")


class ProjectRow(
    Strict,
    json_schema_extra=_means("A row of projects.csv: its other facts are claims of the sources."),
):
    key: Key
    title: Name = Field(description="as it is announced")
    language: Language
    source: SourceKey = Field(description="in which it was found")


class ProgrammeRow(Strict, json_schema_extra=_means("A row of programmes.csv.")):
    key: Key
    title: Name = Field(description="as it is announced")
    language: Language
    other_titles: OtherTexts = Field((), description="each with its language: `pl: A; sk: B`")
    cci: Code | None = Field(None, description="the code in the EU's registers")
    start: EdtfDate | None = None
    end: EdtfDate | None = None
    source: SourceKey = Field(description="in which it was found")


class KeyedSource(
    SourceFile,
    json_schema_extra=_means(
        "A source file's content, with the key that is otherwise the file's name."
    ),
):
    key: SourceKey


class RegisterRows(Strict, json_schema_extra=_means("Rows for the registers.")):
    municipalities: tuple[AuthorityRow, ...] = ()
    organizations: tuple[OrganizationRow, ...] = ()
    people: tuple[PersonRow, ...] = ()
    programmes: tuple[ProgrammeRow, ...] = ()
    projects: tuple[ProjectRow, ...] = ()


class ContributionFile(
    Strict,
    json_schema_extra=_means("What one source states, and the rows that the registers lack."),
):
    registers: RegisterRows = Field(default_factory=RegisterRows)
    source: KeyedSource


class _Schema(GenerateJsonSchema):
    """Refuses in the schema what reading refuses: a text under a name that is no language."""

    def dict_schema(self, schema: DictSchema) -> dict[str, Any]:
        made = super().dict_schema(schema)
        return {**made, "additionalProperties": False} if "patternProperties" in made else made


SOURCE_SCHEMA: Final = "schema/source.json"
CONTRIBUTION_SCHEMA: Final = "schema/contribution.json"
"""Where the schemas are in a release."""


def schema_texts() -> Mapping[str, str]:
    """The schemas as the texts of files, by where they are in a release."""
    made = {SOURCE_SCHEMA: json_schema(), CONTRIBUTION_SCHEMA: contribution_schema()}
    return {
        name: json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
        for name, schema in made.items()
    }


def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a source file, every concept name written out.

    It refuses no file that reading takes, and most of what reading refuses; what needs other
    files, a calendar or a register of languages is left to the reading.
    """
    return _schema(SOURCE_SCHEMA, SourceFile, "A twingraph source file")


def contribution_schema() -> dict[str, Any]:
    """The same of a contribution: a source file's content, and rows for the registers. A row may
    leave its source out: it is the contribution's own then."""
    schema = _schema(CONTRIBUTION_SCHEMA, ContributionFile, "A twingraph contribution")
    for name, made in schema["$defs"].items():
        if name.endswith("Row"):
            made["required"].remove("source")
    return schema


def _schema(name: str, model: type[BaseModel], title: str) -> dict[str, Any]:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{BASE}{name}",
        **model.model_json_schema(schema_generator=_Schema),
        "title": title,
    }

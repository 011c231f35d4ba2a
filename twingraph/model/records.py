"""What is said of towns and their partnerships, as frozen records that know no RDF.

A source yields `Claims`: records that hold only what that source states. Merging yields a `View`:
records of the same classes with every field decided. How a field is decided when several sources
state it stands beside the field, as its `Rule`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from enum import Enum
from math import asin, cos, radians, sin, sqrt
from typing import Any, ClassVar, Final, NamedTuple, TypeVar

from twingraph import identifiers as ids
from twingraph.dates import Date
from twingraph.identifiers import Ref

_EARTH_KM: Final = 6371.0088


class Rule(Enum):
    """How the merged view decides a field that several sources state."""

    BEST = "the best-ranked source's value"
    NEWEST = "the value of the source read last"
    DATE = "the most precise of the dates that fit the best-ranked source's"
    EACH_LANGUAGE = "the best-ranked source's text, language by language"
    ALL = "everything that any source states"
    NEAR = "the best-ranked source's place; a place near it is the same"
    SAME = "part of the key: all sources must agree"
    DERIVED = "made in merging: no source states it"


class Text(NamedTuple):
    """A text and its language (BCP 47, lower case; "" where it has none)."""

    value: str
    language: str = ""


def ordered(values: Iterable[Any]) -> tuple[Any, ...]:
    """Each value once, sorted; texts by language first, as they are read."""
    return tuple(sorted(set(values), key=lambda v: v[::-1] if isinstance(v, Text) else v))


class Point(NamedTuple):
    """A place in WGS 84: degrees east, degrees north. Decimals keep the source's digits."""

    longitude: Decimal
    latitude: Decimal

    def km(self, other: Point) -> float:
        """The distance along the surface, on a sphere of the Earth's mean radius (haversine)."""
        lat1, lat2 = radians(self.latitude), radians(other.latitude)
        half = radians(float(other.longitude) - float(self.longitude)) / 2
        chord = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin(half) ** 2
        return 2 * _EARTH_KM * asin(min(1.0, sqrt(chord)))


Texts = tuple[Text, ...]
Keys = tuple[str, ...]


def _best() -> Any:
    return field(default=None, metadata={"rule": Rule.BEST})


def _newest() -> Any:
    return field(default=None, metadata={"rule": Rule.NEWEST})


def _date() -> Any:
    return field(default=None, metadata={"rule": Rule.DATE})


def _texts() -> Any:
    return field(default=(), metadata={"rule": Rule.EACH_LANGUAGE})


def _near() -> Any:
    return field(default=None, metadata={"rule": Rule.NEAR})


def _derived(default: Any) -> Any:
    return field(default=default, metadata={"rule": Rule.DERIVED})


def _all() -> Any:
    return field(default=(), metadata={"rule": Rule.ALL})


def _same() -> Any:
    return field(metadata={"rule": Rule.SAME})


@dataclass(frozen=True, slots=True)
class Record:
    """A thing with a key. `path` is the first part of its IRI."""

    path: ClassVar[str]
    key: str = _same()

    @property
    def ref(self) -> Ref:
        """Which thing this record speaks of."""
        return Ref(self.path, self.key)


R = TypeVar("R", bound=Record)


def rules(record_class: type[Record]) -> Mapping[str, Rule]:
    """The merge rule of every field of a record class but its key."""
    return {f.name: f.metadata["rule"] for f in fields(record_class) if f.name != "key"}


@dataclass(frozen=True, slots=True)
class Authority(Record):
    """A body that can be a partner: a commune, a district, a county, a region.

    `replaces` are its predecessors: bodies that were merged into it, or that it was split off from;
    `formed_on` and `dissolved_on` say when a body came to be so and when it ceased to be.
    `own_language` is that of its own name, by its register (BCP 47). `country` is an ISO 3166-1
    alpha-3 code, `level` a concept. `wikidata` and `geonames` name the
    entries of the same body, `wikidata_close` and `geonames_close` those of the settlement.
    """

    path = ids.MUNICIPALITY
    labels: Texts = _texts()
    alt_labels: Texts = _all()
    own_language: str | None = _best()
    country: str | None = _best()
    level: str | None = _best()
    national_code: str | None = _best()
    lau: str | None = _best()
    nuts3: str | None = _best()
    wikidata: str | None = _best()
    wikidata_close: str | None = _best()
    wikidata_status: str | None = _best()
    geonames: str | None = _best()
    geonames_close: str | None = _best()
    point: Point | None = _near()
    replaces: Keys = _all()
    formed_on: Date | None = _date()
    dissolved_on: Date | None = _date()


@dataclass(frozen=True, slots=True)
class Organization(Record):
    """A school, an association: it takes part, but is never a partner of a partnership.

    `seat` is the authority in whose territory it has its seat.
    """

    path = ids.ORGANIZATION
    labels: Texts = _texts()
    country: str | None = _best()
    seat: str | None = _best()
    wikidata: str | None = _best()


@dataclass(frozen=True, slots=True)
class NetworkMembership(Record):
    """An authority's membership of a network of towns: an organisation such as a Euroregion.

    `since` is when it joined, `until` when it left; one that joined again has two.
    """

    path = ids.MEMBERSHIP
    authority: str = _same()
    network: str | None = _best()
    since: Date | None = _date()
    until: Date | None = _date()


@dataclass(frozen=True, slots=True)
class Person(Record):
    """Somebody who signed. Only the name is kept."""

    path = ids.PERSON
    name: str | None = _best()
    wikidata: str | None = _best()


@dataclass(frozen=True, slots=True)
class Programme(Record):
    """A funding programme; `cci` is its code in the EU's registers."""

    path = ids.PROGRAMME
    titles: Texts = _texts()
    cci: str | None = _best()
    start: Date | None = _date()
    end: Date | None = _date()


@dataclass(frozen=True, slots=True)
class Project(Record):
    """A joint project. `partners` are the authorities among its partners, a lead too; what is
    known of each partner, and of those that are no authorities, stands in `Participation`.

    `currency` is an ISO 4217 code; `cofinancing_rate` the grant's share of the budget in percent,
    as stated. `total_budget_about` and `grant_about` are what a source gives as "about" so much:
    another may have the exact sum. `keep_id` is the project's number on keep.eu, `kohesio` its item
    in the EU Knowledge Graph, `pages` are addresses of pages about it.
    """

    path = ids.PROJECT
    titles: Texts = _texts()
    programme: str | None = _best()
    number: str | None = _best()
    partners: Keys = _all()
    lead: str | None = _best()
    start: Date | None = _date()
    end: Date | None = _date()
    total_budget: Decimal | None = _best()
    grant: Decimal | None = _best()
    cofinancing_rate: Decimal | None = _best()
    currency: str | None = _best()
    keep_id: str | None = _best()
    kohesio: str | None = _best()
    pages: Keys = _all()
    total_budget_about: Decimal | None = _best()
    grant_about: Decimal | None = _best()


@dataclass(frozen=True, slots=True)
class Participation(Record):
    """One body's part in a project: an `authority`, or an `organization`, or, where it is not
    known which body is meant, no more than the `names` that the sources write.

    `role` is a concept. The budget, the grant and the rate are the partner's own.
    """

    path = ids.PARTICIPATION
    project: str = _same()
    authority: str | None = _best()
    organization: str | None = _best()
    names: Texts = _all()
    country: str | None = _best()
    role: str | None = _best()
    total_budget: Decimal | None = _best()
    grant: Decimal | None = _best()
    cofinancing_rate: Decimal | None = _best()
    currency: str | None = _best()


@dataclass(frozen=True, slots=True)
class Partnership(Record):
    """The relationship. `unnamed_partners` are those of which a source says no more than that it is
    a town in Austria, or a name that is not known whose. `since` is the start of the co-operation,
    never copied from a signing.

    `stated_by` are the partners whose own page or entry states it, `not_stated_by` those whose
    own was read and does not. Of a partner in neither nothing is known.
    `first_contact` is older than it: when the towns first met, without a document. `unnamed` are
    schools and the like that take part and are not named, in the source's words.
    `first_seen` and `last_seen`: the days on which registers that had it were read (YYYY-MM-DD);
    they say nothing of when it began. `absent_from`: complete registers read later that have it
    no more, by their sources' keys.
    `derived_projects`: those of `projects` that no source links to it; they follow from both towns
    being partners in the project. `earlier_projects`: those of them that began before it did.
    """

    path = ids.PARTNERSHIP
    partners: Keys = _all()
    unnamed_partners: Texts = _all()
    stated_by: Keys = _all()
    not_stated_by: Keys = _all()
    since: Date | None = _date()
    first_contact: Date | None = _date()
    status: str | None = _newest()
    fields: Keys = _all()
    methods: Keys = _all()
    purposes: Keys = _all()
    projects: Keys = _all()
    involves: Keys = _all()
    unnamed: Texts = _all()
    descriptions: Texts = _texts()
    first_seen: str | None = _derived(None)
    last_seen: str | None = _derived(None)
    absent_from: Keys = _derived(())
    derived_projects: Keys = _derived(())
    earlier_projects: Keys = _derived(())

    @property
    def is_one_sided(self) -> bool | None:
        """Whether some of the partners state it and others do not; None where it is not known
        that any of them does."""
        return not set(self.partners) <= set(self.stated_by) if self.stated_by else None


@dataclass(frozen=True, slots=True)
class Agreement(Record):
    """A document that prepares, approves, makes, renews or ends a partnership.

    `decided_by` is the one partner whose own act it is: a council's resolution, a notice.
    `concluded_by` are schools or associations whose agreement it is, within the partnership.
    `signed_again_on` is the second ceremony of one document, `places` is where it was signed, as
    the sources write it. `planned_for` is the day on which it was to be signed: whether it was,
    the sources do not say.
    """

    path = ids.AGREEMENT
    partnership: str = _same()
    titles: Texts = _texts()
    kind: str | None = _best()
    signed_on: Date | None = _date()
    signed_again_on: Date | None = _date()
    planned_for: Date | None = _date()
    places: Texts = _all()
    valid_until: Date | None = _date()
    decided_by: str | None = _best()
    concluded_by: Keys = _all()
    replaces: Keys = _all()
    descriptions: Texts = _texts()


DID_NOT_SIGN: Final = frozenset({"present", "planned"})
"""Bases of those who are named with a document and did not sign it, as far as is known."""


@dataclass(frozen=True, slots=True)
class Signature(Record):
    """One person's part in a document. `roles` are as the sources write them; `basis` says whether
    the person signed, or no more than attended."""

    path = ids.SIGNATURE
    agreement: str = _same()
    signatory: str | None = _best()
    roles: Texts = _texts()
    office: str | None = _best()
    on_behalf_of: str | None = _best()
    basis: str | None = _best()


@dataclass(frozen=True, slots=True)
class StatusChange(Record):
    """A change of a partnership, or of the membership of the one partner it `concerns`.

    `decided_by` is the partner that decided it alone.
    """

    path = ids.STATUS_CHANGE
    partnership: str = _same()
    new_status: str | None = _best()
    changed_on: Date | None = _date()
    concerns: str | None = _best()
    decided_by: str | None = _best()
    agreement: str | None = _best()


RECORD_CLASSES: tuple[type[Record], ...] = (
    Authority,
    Organization,
    NetworkMembership,
    Person,
    Programme,
    Project,
    Participation,
    Partnership,
    Agreement,
    Signature,
    StatusChange,
)


@dataclass(frozen=True, slots=True)
class Concept(Record):
    """A concept of a scheme, or a scheme: what the vocabulary says of it. No source states it.

    The key is the scheme's name, and of a concept its own after a slash: `field/culture`.
    """

    path = ids.CONCEPT
    labels: Texts = ()
    definitions: Texts = ()
    notation: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """The document that states things. `kind` is a concept; a lower `rank` is a better source.

    `complete` is of a register: whether it had, the day it was read, every partnership that there
    was in it (then one that is not among its claims was not in it), or only some. None elsewhere.
    """

    path: ClassVar[str] = ids.SOURCE
    key: str
    titles: Texts
    kind: str
    rank: int
    url: str | None = None
    publisher: str | None = None
    publisher_authority: str | None = None
    languages: Keys = ()
    retrieved: str | None = None
    complete: bool | None = None
    rights: str | None = None
    rank_reason: str | None = None
    note: str | None = None

    @property
    def ref(self) -> Ref:
        """Which thing this record speaks of."""
        return Ref(self.path, self.key)


@dataclass(frozen=True, slots=True)
class WikidataStatement:
    """A statement of Wikidata: its id, the item it stands on, the item it names.

    Old snapshots give no id. `reference_urls`, `stated_in` and `imported_from` are what its
    references name: addresses, and items (works; projects such as a Wikipedia).
    """

    id: str | None
    item: str
    value: str
    rank: str = "normal"
    reference_urls: Keys = ()
    stated_in: Keys = ()
    imported_from: Keys = ()

    @property
    def is_referenced(self) -> bool:
        """Whether it has a reference of its own, not merely an import from a Wikipedia."""
        return bool(self.reference_urls or self.stated_in)


@dataclass(frozen=True, slots=True)
class WikidataRevision:
    """The revision that an item of Wikidata was read in.

    `modified` is when that revision was saved, `retrieved` when it was read (ISO 8601).
    `in_part`: of its links only those to the towns that were asked for were taken.
    """

    item: str
    number: int
    modified: str | None = None
    retrieved: str | None = None
    in_part: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where in the source one claim stands: the subject's `property` (a field's name).

    A page is quoted in a few words; of Wikidata the statement, or the revision, is named. Without
    a property it says something of the subject that the model does not hold (an opening, a term
    of office). `derived`: the page does not print it. `date`: as the claim writes it, for dates
    that bounds alone do not tell. `value`: the thing that the claim links to, where the property
    links to several and the evidence is for one. `confidence`: from 0 to 1, how sure it is, where
    it was matched and not read. `decided_by` and `decided_on`: of an item that was decided for, who
    did and the day (YYYY-MM-DD); the `note` says why.
    """

    subject: Ref
    property: str | None
    quote: Text | None = None
    derived: bool = False
    date: str | None = None
    note: str | None = None
    statement: WikidataStatement | None = None
    revision: WikidataRevision | None = None
    value: Ref | None = None
    confidence: Decimal | None = None
    decided_by: str | None = None
    decided_on: str | None = None


class Origin(NamedTuple):
    """Where in the data a record was read."""

    file: str
    line: int | None


@dataclass(frozen=True, slots=True)
class Claims:
    """All that one source states: at most one record of a thing."""

    source: Source
    records: tuple[Record, ...]
    evidence: tuple[Evidence, ...] = ()
    origins: Mapping[Ref, Origin] = field(default_factory=dict)


class Claim(NamedTuple):
    """One source's value of a field, as a disagreement quotes it."""

    source: str
    value: Any


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Sources that state different things of one field; the merged view shows the first."""

    subject: Ref
    field: str
    shown: Claim
    others: tuple[Claim, ...]
    fits: bool
    """True where the others are less precise, or older; False where they conflict."""


@dataclass(frozen=True, slots=True)
class Agent:
    """Who made a dataset; `type` is a code of the EU's table of publishers' types."""

    names: Texts
    url: str
    type: str | None = None


@dataclass(frozen=True, slots=True)
class Dataset:
    """What data/dataset.yaml says of the whole.

    `licence` is the IRI in the EU's table; `publisher_type`, `themes` and `frequency` are codes
    (see `twingraph.authority`). `downloads` is where the files are, if not under the base.
    `keep` is how many releases are kept, the current one among them; None: all.
    """

    titles: Texts
    descriptions: Texts
    publisher_name: Texts
    publisher_url: str
    publisher_type: str | None
    contact_name: str
    contact_email: str | None
    contact_url: str | None
    licence: str
    base: str
    languages: Keys
    keywords: Texts = ()
    themes: Keys = ()
    homepage: str | None = None
    issued: str | None = None
    modified: str | None = None
    version: str | None = None
    frequency: str | None = None
    downloads: str | None = None
    keep: int | None = None
    creator: Agent | None = None

    @property
    def download_base(self) -> str:
        """What a file's name is appended to, to give its address."""
        return self.downloads or self.base


@dataclass(frozen=True, slots=True, order=True)
class Gone:
    """A thing that was published once and is there no more, by its IRI; `replaced_by` is the IRI
    of what it is now, where that is known."""

    iri: str
    replaced_by: str | None = None


@dataclass(frozen=True, slots=True)
class View:
    """Every thing once, every field decided, with the claims it was decided from."""

    dataset: Dataset
    things: Mapping[type[Record], Mapping[str, Record]]
    claims: tuple[Claims, ...]
    disagreements: tuple[Disagreement, ...] = ()
    gone: tuple[Gone, ...] = ()

    def all(self, record_class: type[R]) -> Mapping[str, R]:
        """The records of a class by key, in key order."""
        return self.things.get(record_class, {})  # type: ignore[return-value]

    def __iter__(self) -> Iterator[Record]:
        for records in self.things.values():
            yield from records.values()

    @property
    def sources(self) -> Mapping[str, Source]:
        """The sources by key."""
        return {claims.source.key: claims.source for claims in self.claims}

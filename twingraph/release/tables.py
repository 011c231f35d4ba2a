"""The tables of a release, for people who do not speak RDF: which there are, column by column.

They say what the merged view says. What a cell cannot hold is left to the graph: texts in further
languages than the dataset's, what a single source states, why a value was chosen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from twingraph.identifiers import ORGANIZATION, Ref
from twingraph.model.labels import Labels
from twingraph.model.membership import Membership
from twingraph.model.names import town_name
from twingraph.model.records import (
    Agreement,
    Authority,
    Evidence,
    Keys,
    NetworkMembership,
    Organization,
    Participation,
    Partnership,
    Person,
    Programme,
    Project,
    Record,
    Signature,
    Source,
    StatusChange,
    Text,
)
from twingraph.rdf.provenance import property_of_evidence
from twingraph.release.columns import (
    Column,
    ColumnType,
    Of,
    dated,
    field,
    in_languages,
    key,
    parent,
    sources,
    text,
)

MUNICIPALITIES: Final = "municipalities"
PARTNERSHIPS: Final = "partnerships"
AGREEMENTS: Final = "agreements"
PROJECTS: Final = "projects"
ORGANIZATIONS: Final = "organizations"
SOURCES: Final = "sources"

Row = Any
"""A record, or what a table with rows of its own makes of several."""


@dataclass(frozen=True)
class Table:
    """A table: what a row is, where the rows come from, and its columns.

    `unique` names the columns that no two rows have alike; none where rows have no key.
    """

    name: str
    title: str
    means: str
    rows: Callable[[Labels], Iterable[Row]]
    columns: tuple[Column, ...]
    unique: tuple[str, ...] = ("key",)

    def cells(
        self, labels: Labels, at_once: int, rows: Iterable[Row] | None = None
    ) -> Iterator[list[list[Any]]]:
        """The values column by column, of at most so many rows at once: all, or those given."""
        rest = iter(self.rows(labels) if rows is None else rows)
        while some := list(islice(rest, at_once)):
            yield [column.cells(some, labels) for column in self.columns]


def tables(languages: Keys) -> tuple[Table, ...]:
    """Every table, of a dataset in these languages (they have columns of their own)."""
    return (
        Table(
            PARTNERSHIPS,
            "Partnerships",
            "A row is a partnership of two or more towns or other local authorities.",
            _all(Partnership),
            tuple(_partnerships()),
        ),
        Table(
            "partners",
            "Partners",
            "A row is one town's part in one partnership: joins partnerships and municipalities.",
            _partners,
            tuple(_partner_columns()),
            ("partnership", "municipality"),
        ),
        Table(
            MUNICIPALITIES,
            "Municipalities",
            "A row is a town, or another body that can be a partner: a district, a county …",
            _all(Authority),
            tuple(_municipalities(languages)),
        ),
        Table(
            AGREEMENTS,
            "Agreements",
            "A row is a document that prepares, approves, makes, renews or ends a partnership.",
            _all(Agreement),
            tuple(_agreements()),
        ),
        Table(
            "signatures",
            "Signatures",
            "A row is one person's part in one document, in the office held that day.",
            _all(Signature),
            tuple(_signatures()),
        ),
        Table(
            "status_changes",
            "Status changes",
            "A row is a change in the standing of a partnership, or of one partner in it.",
            _all(StatusChange),
            tuple(_status_changes()),
        ),
        Table(
            PROJECTS,
            "Projects",
            "A row is a joint project, such as one paid by Interreg.",
            _all(Project),
            tuple(_projects(languages)),
        ),
        Table(
            "project_partners",
            "Project partners",
            "A row is one town's part in one project: joins projects and municipalities.",
            _project_partners,
            tuple(_project_partner_columns()),
            ("project", "municipality"),
        ),
        Table(
            "participations",
            "Participations",
            "A row is one body's part in one project, with the budget and the grant of its own.",
            _all(Participation),
            tuple(_participations()),
        ),
        Table(
            ORGANIZATIONS,
            "Organizations",
            "A row is a school, an association or a network of towns.",
            _all(Organization),
            tuple(_organizations()),
        ),
        Table(
            "memberships",
            "Memberships",
            "A row is one town's membership of one network of towns.",
            _all(NetworkMembership),
            tuple(_memberships()),
        ),
        Table(
            SOURCES,
            "Sources",
            "A row is a document that states what the other tables say.",
            lambda labels: labels.lookup.sources.values(),
            tuple(_sources()),
        ),
        Table(
            "evidence",
            "Evidence",
            "A row is a few words of one source, quoted for one claim.",
            _evidence,
            tuple(_evidence_columns()),
            (),
        ),
    )


def _all(record_class: type[Record]) -> Callable[[Labels], Iterable[Row]]:
    return lambda labels: labels.lookup.all(record_class).values()


def _coordinates(town: Authority) -> str:
    point = town.point
    return f"POINT({point.longitude} {point.latitude})" if point else "POINT EMPTY"


def _partnerships() -> Iterator[Column]:
    of = Partnership
    yield from key("the partnership")
    yield Column(
        "label",
        ColumnType.TEXT,
        "the names of the partners",
        lambda p, labels: labels.own.partners(p.partners),
        True,
    )
    yield field(
        of,
        "partners",
        "the partners: keys of the table municipalities, in the order of the keys",
        ColumnType.LIST,
        required=True,
    )
    yield Column(
        "countries",
        ColumnType.LIST,
        "the countries of the partners (ISO 3166-1 alpha-3), in their order; ? where not known",
        lambda p, labels: [town.country or "?" for town in labels.lookup.towns_of(p.partners)],
        True,
    )
    yield Column(
        "coordinates",
        ColumnType.LIST,
        "where the partners are, as well-known text (WGS 84), in their order; POINT EMPTY where "
        "that is not known",
        lambda p, labels: list(map(_coordinates, labels.lookup.towns_of(p.partners))),
        True,
    )
    yield Column(
        "former_partners",
        ColumnType.LIST,
        "those of the partners that have left, or were merged into another partner",
        lambda p, labels: labels.lookup.former(p),
    )
    yield field(
        of,
        "stated_by",
        "those of the partners whose own page or entry states it",
        ColumnType.LIST,
    )
    yield field(
        of,
        "not_stated_by",
        "those of the partners whose own page or entry was read and does not state it",
        ColumnType.LIST,
    )
    yield Column(
        "one_sided",
        ColumnType.FLAG,
        "true where some of the partners state it and others do not; empty where it is not known "
        "of any that it does",
        lambda p, _: p.is_one_sided,
    )
    yield from dated(of, "since", "the start of the co-operation, which is no date of a signing")
    yield from text("partner_unnamed", "unnamed_partners", "a partner that no source names")
    yield from dated(of, "first_contact", "when the towns first met, without a document")
    yield field(of, "status", "the standing, as of the newest source", scheme="partnership-status")
    yield Column(
        "current",
        ColumnType.FLAG,
        "false where it is known to have ended or expired, or is only intended, or fewer than two "
        "partners are left",
        lambda p, labels: labels.lookup.is_current(p),
        True,
    )
    yield field(of, "fields", "the fields of the co-operation: culture, sport …", ColumnType.LIST)
    yield field(
        of, "methods", "the methods of the co-operation: exchanges, meetings …", ColumnType.LIST
    )
    yield field(of, "purposes", "the purposes of the co-operation", ColumnType.LIST)
    yield field(of, "projects", "joint projects: keys of the table projects", ColumnType.LIST)
    yield field(
        of,
        "derived_projects",
        "those that no source links to it: two of its partners are partners in each",
        ColumnType.LIST,
    )
    yield field(of, "earlier_projects", "those of them that began before it did", ColumnType.LIST)
    yield field(
        of, "involves", "schools and associations: keys of the table organizations", ColumnType.LIST
    )
    yield Column(
        "involves_names",
        ColumnType.LIST,
        "the names of those schools and associations",
        lambda p, labels: [labels.label(Ref(ORGANIZATION, key)).value for key in p.involves],
    )
    yield from text("involves_unnamed", "unnamed", "who takes part and is not named")
    yield from text("description", "descriptions", "purpose and rules, in a few words")
    yield field(
        of,
        "first_seen",
        "when the first register that had it was read: no start of it",
        ColumnType.DAY,
    )
    yield field(
        of, "last_seen", "when the last register that had it was read: no end of it", ColumnType.DAY
    )
    yield field(
        of,
        "absent_from",
        "complete registers read later that have it no more: keys of the table sources",
        ColumnType.LIST,
    )
    yield sources()


def _partners(labels: Labels) -> Iterator[tuple[Partnership, Membership]]:
    for partnership in labels.lookup.partnerships.values():
        for member in labels.lookup.members(partnership):
            yield partnership, member


def _partner_columns() -> Iterator[Column]:
    yield Column(
        "partnership", ColumnType.TEXT, "the partnership", lambda r, _: r[0].key, True, PARTNERSHIPS
    )
    yield Column(
        "municipality",
        ColumnType.TEXT,
        "one of its partners",
        lambda r, _: r[1].partner,
        True,
        MUNICIPALITIES,
    )
    yield from _town("municipality", lambda r: r[1].partner)
    yield Column(
        "former",
        ColumnType.FLAG,
        "true where it has left, or was merged into another partner",
        lambda r, _: r[1].is_former,
        True,
    )
    yield Column(
        "since",
        ColumnType.DATE,
        "since when it is a member, as its source writes it: when it joined, or the start of all",
        lambda r, _: r[1].since.edtf if r[1].since else None,
    )
    yield Column(
        "until",
        ColumnType.DATE,
        "when it left, as its source writes it",
        lambda r, _: r[1].until.edtf if r[1].until else None,
    )
    yield Column(
        "states",
        ColumnType.FLAG,
        "true where its own page or entry states the partnership, false where that was read and "
        "does not",
        lambda r, _: _states(*r),
    )


def _states(partnership: Partnership, member: Membership) -> bool | None:
    if member.partner in partnership.stated_by:
        return True
    return False if member.partner in partnership.not_stated_by else None


def _town(of: str, key_of: Callable[[Row], str | None]) -> Iterator[Column]:
    """What is useful to see of a town beside its key."""

    def name(row: Row, labels: Labels) -> str | None:
        town = key_of(row)
        return labels.own.town(town) if town else None

    def country(row: Row, labels: Labels) -> str | None:
        town = labels.lookup.authorities.get(key_of(row) or "")
        return town.country if town else None

    yield Column(f"{of}_name", ColumnType.TEXT, f"the name of {of}", name)
    yield Column(
        f"{of}_country", ColumnType.TEXT, f"the country of {of} (ISO 3166-1 alpha-3)", country
    )


def _municipalities(languages: Keys) -> Iterator[Column]:
    of = Authority
    yield from key("the town or other body")
    yield Column("name", ColumnType.TEXT, "its own name", lambda town, _: _own(town).value or None)
    yield Column(
        "name_language",
        ColumnType.TEXT,
        "the language of name (BCP 47)",
        lambda town, _: _own(town).language or None,
    )
    yield from in_languages("name", "labels", "the name", languages)
    yield Column(
        "other_names",
        ColumnType.LIST,
        "further names, in whatever language; the columns before have those that are not here",
        lambda town, _: _other_names(town, languages),
    )
    yield field(of, "country", "the country (ISO 3166-1 alpha-3; XKX is Kosovo)")
    yield field(of, "level", "what sort of body it is", scheme="authority-level")
    yield field(of, "national_code", "the code in the country's own register")
    yield field(of, "lau", "the code of the local administrative unit (LAU)")
    yield field(of, "nuts3", "the code of the region (NUTS 3)")
    yield field(of, "wikidata", "the Wikidata item of the same body: Q and a number")
    yield field(
        of,
        "wikidata_close",
        "the Wikidata item of the settlement, where it is another one than the body's",
    )
    yield field(of, "wikidata_status", "how the Wikidata item was found", scheme="wikidata-status")
    yield field(of, "geonames", "the GeoNames number of the same body")
    yield field(of, "geonames_close", "the GeoNames number of the settlement")
    yield Column(
        "latitude",
        ColumnType.DEGREES,
        "degrees north (WGS 84)",
        lambda town, _: town.point.latitude if town.point else None,
    )
    yield Column(
        "longitude",
        ColumnType.DEGREES,
        "degrees east (WGS 84)",
        lambda town, _: town.point.longitude if town.point else None,
    )
    yield field(
        of, "replaces", "the bodies that were merged into it: keys of this table", ColumnType.LIST
    )
    yield from dated(of, "formed_on", "when it came to be: merged of others, or split off")
    yield from dated(of, "dissolved_on", "when it ceased to be")
    yield Column(
        "partnerships",
        ColumnType.COUNT,
        "how many partnerships it has or had",
        lambda town, labels: len(labels.lookup.partnerships_of[town.key]),
        True,
    )
    yield sources()


def _own(town: Authority) -> Text:
    return town_name(town) or Text("")


def _other_names(town: Authority, languages: Keys) -> list[str]:
    """Names that no other column has, each once."""
    shown = {label.value for label in town.labels if label.language in languages}
    labels = [*town.labels, *town.alt_labels]
    return [name for name in dict.fromkeys(t.value for t in labels) if name not in shown]


def _agreements() -> Iterator[Column]:
    of = Agreement
    yield from key("the document")
    yield Column(
        "label",
        ColumnType.TEXT,
        "what it is called here: its kind, its date, the names of the partners",
        lambda a, labels: labels.own.agreement(a),
        True,
    )
    yield parent("partnership", "the partnership it is about", PARTNERSHIPS)
    yield from text("title", "titles", "the title")
    yield field(of, "kind", "what sort of document it is", scheme="agreement-kind")
    yield from dated(of, "signed_on", "when it was signed (a resolution: adopted)")
    yield from dated(of, "signed_again_on", "a second ceremony of the same document")
    yield from dated(of, "planned_for", "when it was to be signed; whether it was is not known")
    yield from text("place", "places", "where it was signed, as the source writes it")
    yield from dated(of, "valid_until", "the end of its term")
    yield field(
        of,
        "decided_by",
        "the one partner whose own act it is: a council's resolution, a notice",
        refers=MUNICIPALITIES,
    )
    yield field(
        of,
        "concluded_by",
        "the schools or associations whose agreement it is",
        ColumnType.LIST,
        refers=ORGANIZATIONS,
    )
    yield field(of, "replaces", "the documents it replaces: keys of this table", ColumnType.LIST)
    yield from text("description", "descriptions", "what it says, in a few words")
    yield sources()


def _signatures() -> Iterator[Column]:
    of = Signature
    yield from key("the part in the document")
    yield parent("agreement", "the document", AGREEMENTS)
    yield Column(
        "partnership",
        ColumnType.TEXT,
        "the partnership the document is about",
        lambda s, labels: labels.lookup.agreements[s.agreement].partnership,
        True,
        PARTNERSHIPS,
    )
    yield field(of, "signatory", "the person: a key; empty where no source names the person")
    yield Column("signatory_name", ColumnType.TEXT, "the person's name", _person("name"))
    yield Column(
        "signatory_wikidata", ColumnType.TEXT, "the person's Wikidata item", _person("wikidata")
    )
    yield from text("role", "roles", "the office as the source writes it")
    yield field(of, "office", "what sort of office it is", scheme="office")
    yield field(of, "on_behalf_of", "the town signed for", refers=MUNICIPALITIES)
    yield from _town("on_behalf_of", lambda s: s.on_behalf_of)
    yield field(of, "basis", "in what capacity", scheme="signature-basis")
    yield sources()


def _person(name: str) -> Callable[[Signature, Labels], str | None]:
    def value(signature: Signature, labels: Labels) -> str | None:
        person: Person | None = labels.lookup.all(Person).get(signature.signatory or "")
        found: str | None = getattr(person, name) if person else None
        return found

    return value


def _status_changes() -> Iterator[Column]:
    of = StatusChange
    yield from key("the change")
    yield parent("partnership", "the partnership", PARTNERSHIPS)
    yield field(of, "new_status", "the standing after it", scheme="partnership-status")
    yield from dated(of, "changed_on", "when it changed")
    yield field(
        of,
        "concerns",
        "the one partner whose membership changed; empty where it is the whole partnership",
        refers=MUNICIPALITIES,
    )
    yield field(of, "decided_by", "the partner that decided it alone", refers=MUNICIPALITIES)
    yield field(of, "agreement", "the document that did it", refers=AGREEMENTS)
    yield sources()


def _projects(languages: Keys) -> Iterator[Column]:
    of = Project
    yield from key("the project")
    yield from text("title", "titles", "the title")
    yield from in_languages("title", "titles", "the title", languages)
    yield field(of, "programme", "the programme that paid it: a key")
    yield Column("programme_title", ColumnType.TEXT, "the title of the programme", _programme_title)
    yield Column(
        "programme_cci",
        ColumnType.TEXT,
        "the programme's code in the EU's registers (CCI)",
        lambda p, labels: programme.cci if (programme := _programme(p, labels)) else None,
    )
    yield field(of, "number", "the project's number in the programme")
    yield field(of, "lead", "the lead partner", refers=MUNICIPALITIES)
    yield from dated(of, "start", "the start")
    yield from dated(of, "end", "the end")
    yield field(of, "total_budget", "the whole budget, in `currency`", ColumnType.AMOUNT)
    yield field(
        of, "total_budget_about", "the same where a source has a round sum", ColumnType.AMOUNT
    )
    yield field(of, "grant", "the grant, in `currency`", ColumnType.AMOUNT)
    yield field(of, "grant_about", "the same where a source has a round sum", ColumnType.AMOUNT)
    yield field(
        of, "cofinancing_rate", "the grant's share in percent, as stated", ColumnType.AMOUNT
    )
    yield field(of, "currency", "the currency (ISO 4217)")
    yield field(of, "keep_id", "the project's number on keep.eu")
    yield field(of, "kohesio", "its item in the EU Knowledge Graph")
    yield field(of, "pages", "addresses of pages about it", ColumnType.LIST)
    yield sources()


def _programme_title(project: Project, labels: Labels) -> str | None:
    programme = _programme(project, labels)
    return labels.chosen(programme.titles).value if programme else None


def _programme(project: Project, labels: Labels) -> Programme | None:
    return labels.lookup.all(Programme).get(project.programme or "")


def _project_partners(labels: Labels) -> Iterator[tuple[Project, str]]:
    for project in labels.lookup.projects.values():
        for town in project.partners:
            yield project, town


def _project_partner_columns() -> Iterator[Column]:
    yield Column("project", ColumnType.TEXT, "the project", lambda r, _: r[0].key, True, PROJECTS)
    yield Column(
        "municipality",
        ColumnType.TEXT,
        "one of its partners",
        lambda r, _: r[1],
        True,
        MUNICIPALITIES,
    )
    yield from _town("municipality", lambda r: r[1])
    yield Column(
        "lead", ColumnType.FLAG, "true of the lead partner", lambda r, _: r[1] == r[0].lead, True
    )


def _organizations() -> Iterator[Column]:
    of = Organization
    yield from key("the organization")
    yield from text("name", "labels", "the name")
    yield field(of, "country", "the country (ISO 3166-1 alpha-3)")
    yield field(of, "seat", "the authority in whose territory it is", refers=MUNICIPALITIES)
    yield from _town("seat", lambda organization: organization.seat)
    yield field(of, "wikidata", "its Wikidata item")
    yield sources()


def _memberships() -> Iterator[Column]:
    of = NetworkMembership
    yield from key("the membership")
    yield parent("authority", "the town", MUNICIPALITIES)
    yield from _town("authority", lambda membership: membership.authority)
    yield field(of, "network", "the network", refers=ORGANIZATIONS)
    yield Column(
        "network_name",
        ColumnType.TEXT,
        "the network's name",
        lambda m, labels: labels.label(Ref(ORGANIZATION, m.network)).value if m.network else None,
    )
    yield from dated(of, "since", "when it joined")
    yield from dated(of, "until", "when it left")
    yield sources()


def _participations() -> Iterator[Column]:
    of = Participation
    yield from key("the part in the project")
    yield parent("project", "the project", PROJECTS)
    yield field(of, "authority", "the authority that takes part", refers=MUNICIPALITIES)
    yield field(of, "organization", "or the organisation", refers=ORGANIZATIONS)
    yield Column(
        "name",
        ColumnType.TEXT,
        "the body's name, or as a source writes it",
        lambda p, labels: labels.participant(p).value,
    )
    yield field(of, "country", "the country (ISO 3166-1 alpha-3)")
    yield field(of, "role", "what it is in the project", scheme="project-role")
    yield field(of, "total_budget", "its own budget, in `currency`", ColumnType.AMOUNT)
    yield field(of, "grant", "its own grant, in `currency`", ColumnType.AMOUNT)
    yield field(
        of, "cofinancing_rate", "the grant's share in percent, as stated", ColumnType.AMOUNT
    )
    yield field(of, "currency", "the currency (ISO 4217)")
    yield sources()


def _sources() -> Iterator[Column]:
    def plain(name: str, means: str, kind: ColumnType = ColumnType.TEXT, **more: Any) -> Column:
        return Column(name, kind, means, Of(name), **more)

    yield from key("the source")
    yield from text("title", "titles", "the title")
    yield plain("kind", "what sort of source it is", scheme="source-kind", required=True)
    yield plain(
        "rank", "how good it is: of two that conflict, the lower is shown", ColumnType.COUNT
    )
    yield plain("url", "where it is", ColumnType.IRI)
    yield Column(
        "publisher", ColumnType.TEXT, "who published it", lambda s, labels: labels.publisher(s)
    )
    yield plain("publisher_authority", "the town that published it", refers=MUNICIPALITIES)
    yield plain("languages", "the languages it is written in (BCP 47)", ColumnType.LIST)
    yield plain("retrieved", "when it was read", ColumnType.DAY)
    yield plain(
        "complete",
        "of a register: whether its claims are all partnerships that it had that day",
        ColumnType.FLAG,
    )
    yield plain("rights", "the rights in it, as it states them")
    yield plain("note", "what to know of it")


def _evidence(labels: Labels) -> Iterator[tuple[Source, Evidence]]:
    for claims in labels.lookup.claims:
        for evidence in claims.evidence:
            yield claims.source, evidence


def _evidence_columns() -> Iterator[Column]:
    def quoted(evidence: Evidence) -> Text:
        return evidence.quote or Text("")

    yield Column("source", ColumnType.TEXT, "the source", lambda r, _: r[0].key, True, SOURCES)
    yield Column(
        "about",
        ColumnType.IRI,
        "the thing it speaks of",
        lambda r, labels: r[1].subject.iri(labels.lookup.base),
        True,
    )
    yield Column(
        "about_kind",
        ColumnType.TEXT,
        "what sort of thing that is: partnership, agreement …",
        lambda r, _: r[1].subject.path,
        True,
    )
    yield Column("about_key", ColumnType.TEXT, "its key", lambda r, _: r[1].subject.key, True)
    yield Column(
        "property",
        ColumnType.IRI,
        "the RDF property of the claim; empty where the words say what no table holds",
        lambda r, _: _property(r[1]),
    )
    yield Column("quote", ColumnType.TEXT, "the words", lambda r, _: quoted(r[1]).value or None)
    yield Column(
        "quote_language",
        ColumnType.TEXT,
        "their language (BCP 47)",
        lambda r, _: quoted(r[1]).language or None,
    )
    yield Column(
        "derived",
        ColumnType.FLAG,
        "true where the source does not print the value, which follows from what it prints",
        lambda r, _: r[1].derived,
        True,
    )
    yield Column(
        "date", ColumnType.DATE, "a date as the claim writes it (EDTF)", lambda r, _: r[1].date
    )
    yield Column("note", ColumnType.TEXT, "what to know of it", lambda r, _: r[1].note)
    yield Column("wikidata", ColumnType.TEXT, "the Wikidata item it stands on", _item)
    yield Column(
        "statement",
        ColumnType.TEXT,
        "the id of the statement on that item",
        lambda r, _: r[1].statement.id if r[1].statement else None,
    )
    yield Column(
        "statement_rank",
        ColumnType.TEXT,
        "the rank of that statement",
        lambda r, _: r[1].statement.rank if r[1].statement else None,
    )
    yield Column(
        "revision",
        ColumnType.COUNT,
        "the revision in which that item was read",
        lambda r, _: r[1].revision.number if r[1].revision else None,
    )


def _item(row: tuple[Source, Evidence], _: Labels) -> str | None:
    found = row[1].statement or row[1].revision
    return found.item if found else None


def _property(evidence: Evidence) -> str | None:
    found = property_of_evidence(evidence)
    return found[1:-1] if found else None

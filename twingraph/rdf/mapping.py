"""Records → RDF: one table says how each field of each record is written.

Two graphs are made with it. A source's graph holds what that source states (`describe_claims`).
The merged view (`describe_view`) holds the decided records, and beside them only what these rules
derive:

1. A link has its inverse: tg:partner/tg:partnerIn, tg:agreement/tg:agreementOf,
   tg:signature/tg:signatureOf, tg:signatory/tg:signatoryOf, tg:statusChange/tg:statusChangeOf,
   tg:jointProject/tg:jointProjectOf, tg:projectPartner/tg:projectPartnerIn,
   tg:participation/tg:participationOf, tg:participant/tg:participantIn,
   org:hasMembership/org:member.
2. Every two partners that are members of a partnership at the same time are tg:twinnedWith each
   other, unless its status is ended, expired or intended. A partner that has left is not counted,
   nor is one that was merged into another authority (see `model.membership`).
3. A thing has dct:source: every source that states anything of it.
4. A partnership without a stated status has that of its last change (see `merge`).
5. tg:Municipality beside tg:LocalAuthority, by the level; geo:Feature, by the coordinates.
6. Partnerships and documents have an rdfs:label (see `model.labels`). It is a plain
   literal: names of several languages stand in it.
7. Who states a partnership is not silent on it: tg:notStatedBy gives way to tg:statedBy.
8. A partnership that registers had has the days of the first and the last of them, tg:firstSeen
   and tg:lastSeen, and tg:absentFrom a complete one read later that has it no more (see
   `model.snapshots`).
9. A project in which two partners of a partnership are partners is its tg:jointProject; where no
   source says so, it is its tg:derivedJointProject as well (see `model.joint_projects`).

No blank nodes: what has no name of its own gets a fragment of the thing it belongs to.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from operator import attrgetter
from typing import Any, NamedTuple, TypeAlias

from twingraph import identifiers as ids
from twingraph import namespaces as ns
from twingraph.dates import Date
from twingraph.model.labels import Labels
from twingraph.model.lookup import Lookup
from twingraph.model.records import (
    Agreement,
    Authority,
    Claims,
    NetworkMembership,
    Organization,
    Participation,
    Partnership,
    Person,
    Point,
    Programme,
    Project,
    Record,
    Signature,
    StatusChange,
    Texts,
    View,
)
from twingraph.rdf import terms
from twingraph.rdf.terms import Description, Statement, Term

_MUNICIPAL_LEVELS = frozenset({"municipality", "city"})

Emit: TypeAlias = Callable[[Any, list[Statement]], None]
"""Appends the statements that a field's value makes."""


def tg(name: str) -> Term:
    """A term of our own vocabulary."""
    return Term(f"<{ns.TG}{name}>")


def _of(namespace: str, name: str) -> Term:
    return Term(f"<{namespace}{name}>")


A = terms.TYPE
LABEL = _of(ns.RDFS, "label")
PREF_LABEL = _of(ns.SKOS, "prefLabel")
EXACT_MATCH = _of(ns.SKOS, "exactMatch")
CLOSE_MATCH = _of(ns.SKOS, "closeMatch")
TITLE = _of(ns.DCT, "title")
DESCRIPTION = _of(ns.DCT, "description")
REPLACES = _of(ns.DCT, "replaces")
SOURCE = _of(ns.DCT, "source")
NAME = _of(ns.FOAF, "name")
PAGE = _of(ns.FOAF, "page")
HAS_GEOMETRY = _of(ns.GEO, "hasGeometry")
AS_WKT = _of(ns.GEO, "asWKT")
_TWINNED_WITH = tg("twinnedWith")


class Field(NamedTuple):
    """How a record's field is written: under which property, by which of the writers below."""

    name: str
    property: Term
    write: str
    of: str = ""


FIELDS: Mapping[type[Record], tuple[Field, ...]] = {
    Authority: (
        Field("labels", PREF_LABEL, "texts"),
        Field("alt_labels", _of(ns.SKOS, "altLabel"), "texts"),
        Field("own_language", tg("ownLanguage"), "string"),
        Field("country", tg("country"), "within", ns.COUNTRY),
        Field("level", tg("level"), "concept", "authority-level"),
        Field("national_code", tg("nationalCode"), "string"),
        Field("lau", tg("lau"), "string"),
        Field("nuts3", tg("nuts3"), "string"),
        Field("wikidata", EXACT_MATCH, "within", ns.WD),
        Field("geonames", EXACT_MATCH, "geonames"),
        Field("wikidata_close", CLOSE_MATCH, "within", ns.WD),
        Field("geonames_close", CLOSE_MATCH, "geonames"),
        Field("wikidata_status", tg("wikidataStatus"), "concept", "wikidata-status"),
        Field("replaces", REPLACES, "links", ids.MUNICIPALITY),
        Field("formed_on", tg("formedOn"), "date"),
        Field("dissolved_on", tg("dissolvedOn"), "date"),
    ),
    Organization: (
        Field("labels", PREF_LABEL, "texts"),
        Field("country", tg("country"), "within", ns.COUNTRY),
        Field("seat", tg("seat"), "link", ids.MUNICIPALITY),
        Field("wikidata", EXACT_MATCH, "within", ns.WD),
    ),
    NetworkMembership: (
        Field("network", _of(ns.ORG, "organization"), "link", ids.ORGANIZATION),
        Field("since", tg("start"), "date"),
        Field("until", tg("end"), "date"),
    ),
    Person: (
        Field("name", NAME, "string"),
        Field("wikidata", EXACT_MATCH, "within", ns.WD),
    ),
    Programme: (
        Field("titles", TITLE, "texts"),
        Field("cci", tg("cci"), "string"),
        Field("start", tg("start"), "date"),
        Field("end", tg("end"), "date"),
    ),
    Project: (
        Field("titles", TITLE, "texts"),
        Field("programme", tg("programme"), "link", ids.PROGRAMME),
        Field("number", tg("projectNumber"), "string"),
        Field("partners", tg("projectPartner"), "links", ids.MUNICIPALITY),
        Field("lead", tg("leadPartner"), "link", ids.MUNICIPALITY),
        Field("start", tg("start"), "date"),
        Field("end", tg("end"), "date"),
        Field("total_budget", tg("totalBudget"), "decimal"),
        Field("total_budget_about", tg("totalBudgetAbout"), "decimal"),
        Field("grant", tg("grant"), "decimal"),
        Field("grant_about", tg("grantAbout"), "decimal"),
        Field("cofinancing_rate", tg("coFinancingRate"), "decimal"),
        Field("currency", tg("currency"), "within", ns.CURRENCY),
        Field("keep_id", tg("keepId"), "string"),
        Field("kohesio", EXACT_MATCH, "within", ns.EU_KNOWLEDGE_GRAPH),
        Field("pages", PAGE, "iris"),
    ),
    Participation: (
        Field("authority", tg("participant"), "link", ids.MUNICIPALITY),
        Field("organization", tg("participant"), "link", ids.ORGANIZATION),
        Field("names", tg("participantName"), "texts"),
        Field("country", tg("country"), "within", ns.COUNTRY),
        Field("role", tg("participantRole"), "concept", "project-role"),
        Field("total_budget", tg("totalBudget"), "decimal"),
        Field("grant", tg("grant"), "decimal"),
        Field("cofinancing_rate", tg("coFinancingRate"), "decimal"),
        Field("currency", tg("currency"), "within", ns.CURRENCY),
    ),
    Partnership: (
        Field("partners", tg("partner"), "links", ids.MUNICIPALITY),
        Field("unnamed_partners", tg("unnamedPartner"), "texts"),
        Field("stated_by", tg("statedBy"), "links", ids.MUNICIPALITY),
        Field("not_stated_by", tg("notStatedBy"), "links", ids.MUNICIPALITY),
        Field("since", tg("since"), "date"),
        Field("first_contact", tg("firstContact"), "date"),
        Field("status", tg("status"), "concept", "partnership-status"),
        Field("fields", tg("field"), "concepts", "field"),
        Field("methods", tg("method"), "concepts", "method"),
        Field("purposes", tg("purpose"), "concepts", "purpose"),
        Field("projects", tg("jointProject"), "links", ids.PROJECT),
        Field("involves", tg("involves"), "links", ids.ORGANIZATION),
        Field("unnamed", tg("involvesUnnamed"), "texts"),
        Field("descriptions", DESCRIPTION, "texts"),
        Field("first_seen", tg("firstSeen"), "day"),
        Field("last_seen", tg("lastSeen"), "day"),
        Field("absent_from", tg("absentFrom"), "links", ids.SOURCE),
        Field("derived_projects", tg("derivedJointProject"), "links", ids.PROJECT),
        Field("earlier_projects", tg("earlierJointProject"), "links", ids.PROJECT),
    ),
    Agreement: (
        Field("titles", TITLE, "texts"),
        Field("kind", tg("kind"), "concept", "agreement-kind"),
        Field("signed_on", tg("signedOn"), "date"),
        Field("signed_again_on", tg("signedAgainOn"), "date"),
        Field("planned_for", tg("plannedFor"), "date"),
        Field("places", tg("place"), "texts"),
        Field("valid_until", tg("validUntil"), "date"),
        Field("decided_by", tg("decidedBy"), "link", ids.MUNICIPALITY),
        Field("concluded_by", tg("concludedBy"), "links", ids.ORGANIZATION),
        Field("replaces", REPLACES, "links", ids.AGREEMENT),
        Field("descriptions", DESCRIPTION, "texts"),
    ),
    Signature: (
        Field("signatory", tg("signatory"), "link", ids.PERSON),
        Field("roles", tg("role"), "texts"),
        Field("office", tg("office"), "concept", "office"),
        Field("on_behalf_of", tg("onBehalfOf"), "link", ids.MUNICIPALITY),
        Field("basis", tg("basis"), "concept", "signature-basis"),
    ),
    StatusChange: (
        Field("new_status", tg("newStatus"), "concept", "partnership-status"),
        Field("changed_on", tg("changedOn"), "date"),
        Field("concerns", tg("concerns"), "link", ids.MUNICIPALITY),
        Field("decided_by", tg("decidedBy"), "link", ids.MUNICIPALITY),
        Field("agreement", tg("agreement"), "link", ids.AGREEMENT),
    ),
}
"""How every field becomes RDF. `point` (a thing of its own) and the parents follow below."""

_TYPES: Mapping[type[Record], Term] = {
    Authority: tg("LocalAuthority"),
    Organization: _of(ns.ORG, "Organization"),
    NetworkMembership: _of(ns.ORG, "Membership"),
    Person: _of(ns.FOAF, "Person"),
    Programme: tg("Programme"),
    Project: tg("Project"),
    Participation: tg("Participation"),
    Partnership: tg("Partnership"),
    Agreement: tg("Agreement"),
    Signature: tg("Signature"),
    StatusChange: tg("StatusChange"),
}

PARENTS: Mapping[type[Record], tuple[str, str, Term, Term]] = {
    NetworkMembership: (
        "authority",
        ids.MUNICIPALITY,
        _of(ns.ORG, "hasMembership"),
        _of(ns.ORG, "member"),
    ),
    StatusChange: ("partnership", ids.PARTNERSHIP, tg("statusChange"), tg("statusChangeOf")),
    Agreement: ("partnership", ids.PARTNERSHIP, tg("agreement"), tg("agreementOf")),
    Signature: ("agreement", ids.AGREEMENT, tg("signature"), tg("signatureOf")),
    Participation: ("project", ids.PROJECT, tg("participation"), tg("participationOf")),
}
"""A part's field that names the whole, the whole's path, the link down and the link up.

In this order the parts follow their whole."""

_INVERSES: Mapping[type[Record], tuple[tuple[str, str, Term], ...]] = {
    Partnership: (
        ("partners", ids.MUNICIPALITY, tg("partnerIn")),
        ("projects", ids.PROJECT, tg("jointProjectOf")),
    ),
    Project: (("partners", ids.MUNICIPALITY, tg("projectPartnerIn")),),
    Participation: (
        ("authority", ids.MUNICIPALITY, tg("participantIn")),
        ("organization", ids.ORGANIZATION, tg("participantIn")),
    ),
    Signature: (("signatory", ids.PERSON, tg("signatoryOf")),),
}
"""A field that links, the path of what it links to, and the inverse property (rule 1)."""


def record_type(record_class: type[Record]) -> Term:
    """The RDF class of a record class."""
    return _TYPES[record_class]


def property_of(record_class: type[Record], field: str) -> Term:
    """The RDF property under which a record's field is written."""
    if field == "point":
        return HAS_GEOMETRY
    return next(f.property for f in FIELDS[record_class] if f.name == field)


class Terms(dict[str, Term]):
    """The IRIs of things, by their keys. A thing is named often: its name is made once."""

    def __init__(self, start: str) -> None:
        super().__init__()
        self._start = start

    def __missing__(self, key: str) -> Term:
        term = self[key] = Term(f"<{self._start}{key}>")
        return term


class Writer:
    """Writes records as descriptions under one base IRI (which ends in a slash)."""

    def __init__(self, base: str) -> None:
        self.base = base
        self._names: dict[str, Terms] = {}
        self._concepts_of: list[Terms] = []
        self._emitters = {
            record_class: (attrgetter(*(f.name for f in fields)), list(map(self._emitter, fields)))
            for record_class, fields in FIELDS.items()
        }

    def names(self, path: str) -> Terms:
        """The IRIs of the things of a path."""
        if path not in self._names:
            self._names[path] = Terms(f"{self.base}{path}/")
        return self._names[path]

    def name(self, path: str, key: str) -> Term:
        """The IRI of a thing."""
        return (self._names.get(path) or self.names(path))[key]

    @property
    def concepts(self) -> set[Term]:
        """The concepts that were named so far."""
        return {term for names in self._concepts_of for term in names.values()}

    def statements(self, record: Record) -> list[Statement]:
        """A record's type and fields, in the order of `FIELDS`."""
        out: list[Statement] = [(A, _TYPES[type(record)])]
        if isinstance(record, Authority):
            self._authority(record, out)
        values_of, emitters = self._emitters[type(record)]
        for value, emit in zip(values_of(record), emitters, strict=True):
            if value is not None and value != ():
                emit(value, out)
        return out

    def geometry(self, record: Record) -> Description | None:
        """The description of an authority's point, where it has one."""
        if not isinstance(record, Authority) or record.point is None:
            return None
        wkt = terms.typed(_wkt(record.point), f"{ns.GEO}wktLiteral")
        return self._point(record), ((A, _of(ns.SF, "Point")), (AS_WKT, wkt))

    def _authority(self, record: Authority, out: list[Statement]) -> None:
        if record.level in _MUNICIPAL_LEVELS:
            out.append((A, tg("Municipality")))
        if record.point is not None:
            out.append((A, _of(ns.GEO, "Feature")))
            out.append((HAS_GEOMETRY, self._point(record)))

    def _point(self, record: Authority) -> Term:
        return Term(f"<{self.base}{record.path}/{record.key}#point>")

    def _emitter(self, field: Field) -> Emit:
        make: Callable[[Field], Emit] = getattr(self, f"_{field.write}")
        return make(field)

    def _link(self, field: Field) -> Emit:
        return _one_of(self.names(field.of), field.property)

    def _links(self, field: Field) -> Emit:
        return _some_of(self.names(field.of), field.property)

    def _concept(self, field: Field) -> Emit:
        return _one_of(self._concepts_in(field.of), field.property)

    def _concepts(self, field: Field) -> Emit:
        return _some_of(self._concepts_in(field.of), field.property)

    def _concepts_in(self, scheme: str) -> Terms:
        names = self.names(f"{ids.CONCEPT}/{scheme}")
        self._concepts_of.append(names)
        return names

    def _within(self, field: Field) -> Emit:
        return _one_of(Terms(field.of), field.property)

    def _iris(self, field: Field) -> Emit:
        def emit(iris: Iterable[str], out: list[Statement]) -> None:
            for iri in iris:
                out.append((field.property, terms.iri(iri)))

        return emit

    def _geonames(self, field: Field) -> Emit:
        def emit(number: str, out: list[Statement]) -> None:
            out.append((field.property, Term(f"<{ns.GEONAMES}{number}/>")))

        return emit

    def _string(self, field: Field) -> Emit:
        predicate = field.property

        def emit(value: str, out: list[Statement]) -> None:
            out.append((predicate, terms.text(value)))

        return emit

    def _texts(self, field: Field) -> Emit:
        predicate = field.property

        def emit(texts: Texts, out: list[Statement]) -> None:
            for value, language in texts:
                out.append((predicate, terms.text(value, language)))

        return emit

    def _decimal(self, field: Field) -> Emit:
        def emit(value: Decimal, out: list[Statement]) -> None:
            out.append((field.property, terms.typed(f"{value:f}", f"{ns.XSD}decimal")))

        return emit

    def _day(self, field: Field) -> Emit:
        def emit(day: str, out: list[Statement]) -> None:
            out.append((field.property, terms.date(day)))

        return emit

    def _date(self, field: Field) -> Emit:
        predicate = field.property
        earliest = Term(f"{predicate[:-1]}Earliest>")
        latest = Term(f"{predicate[:-1]}Latest>")

        def emit(date: Date, out: list[Statement]) -> None:
            if date.value is not None:
                out.append((predicate, Term(f'"{date.value}"^^<{date.datatype}>')))
            if date.earliest is not None:
                out.append((earliest, terms.date(date.earliest)))
            if date.latest is not None:
                out.append((latest, terms.date(date.latest)))

        return emit


def _one_of(names: Terms, predicate: Term) -> Emit:
    def emit(key: str, out: list[Statement]) -> None:
        out.append((predicate, names[key]))

    return emit


def _some_of(names: Terms, predicate: Term) -> Emit:
    def emit(keys: Iterable[str], out: list[Statement]) -> None:
        out += [(predicate, names[key]) for key in keys]

    return emit


def _wkt(point: Point) -> str:
    """Well-known text: longitude first (GeoSPARQL 1.1, the default CRS84)."""
    return f"POINT({point.longitude:f} {point.latitude:f})"


def describe_claims(
    claims: Claims, base: str, writer: Writer | None = None
) -> Iterator[Description]:
    """What one source states: the content of its named graph.

    A part's link stands in both directions, since a source that states one states the other. A
    `writer` of the base that was used before knows the names already.
    """
    writer = writer or Writer(base)
    links = _parts(claims.records, writer)
    for record in claims.records:
        subject = writer.name(record.path, record.key)
        yield from _described(record, subject, writer, links.get(subject, ()))


def describe_view(view: View, writer: Writer | None = None) -> Iterator[Description]:
    """The merged view: everything decided, and what the rules above derive from it.

    Towns, bodies, people, programmes and projects come first, then each partnership with its
    changes of status, its documents, and each document's signatures after it.
    """
    writer = writer or Writer(view.dataset.base)
    derived = _Derived(view, writer)
    for record in in_reading_order(view):
        subject = writer.name(record.path, record.key)
        yield from _described(record, subject, writer, derived.statements(record))


Links: TypeAlias = dict[Term, list[Statement]]
"""What is said of a thing beside its fields."""


def describe_elsewhere(view: View, writer: Writer | None = None) -> Iterator[Description]:
    """What the records of a view say, by the rules, of things that it does not hold: of those that
    are described with other views."""
    yield from _Derived(view, writer or Writer(view.dataset.base)).elsewhere(view)


def _described(
    record: Record, subject: Term, writer: Writer, links: Iterable[Statement]
) -> Iterator[Description]:
    statements = writer.statements(record)
    statements += links
    yield subject, statements
    geometry = writer.geometry(record)
    if geometry:
        yield geometry


def _parts(records: Iterable[Record], writer: Writer) -> Links:
    links: Links = defaultdict(list)
    for record in records:
        if type(record) in PARENTS:
            field, path, down, up = PARENTS[type(record)]
            whole = writer.name(path, getattr(record, field))
            part = writer.name(record.path, record.key)
            links[whole].append((down, part))
            links[part].append((up, whole))
    return links


class _Derived:
    """What the rules derive of a thing, beside its fields. Only keys are gathered before: of a
    thing the statements are made when its turn comes."""

    def __init__(self, view: View, writer: Writer) -> None:
        self._writer = writer
        self._lookup = Lookup.of_view(view)
        self._labels = Labels(self._lookup)
        self._sources = _Sources(view, writer.names(ids.SOURCE))
        self._towns = writer.names(ids.MUNICIPALITY)
        self._inward = {
            record_class: [*self._from_parts(view, path), *self._inverses(view, path)]
            for record_class, path in ((c, c.path) for c in _TYPES)
        }

    def statements(self, record: Record) -> list[Statement]:
        """What is derived of a thing."""
        key, record_class = record.key, type(record)
        out: list[Statement] = []
        if record_class in PARENTS:
            field, path, _, up = PARENTS[record_class]
            out.append((up, self._writer.name(path, getattr(record, field))))
        for predicate, names, others in self._inward[record_class]:
            if key in others:
                out += [(predicate, names[other]) for other in others[key]]
        if isinstance(record, Authority):
            twins, towns = self._lookup.twins.get(key, ()), self._towns
            out += [(_TWINNED_WITH, towns[other]) for other in twins]
        elif isinstance(record, Partnership):
            out.append((LABEL, terms.text(self._labels.partnership(record))))
        elif isinstance(record, Agreement):
            out.append((LABEL, terms.text(self._labels.agreement(record))))
        out += self._sources.of(record)
        return out

    def elsewhere(self, view: View) -> Iterator[Description]:
        """What is derived of things that the view does not hold."""
        for record_class, inward in self._inward.items():
            own = set(view.all(record_class).keys())
            more: dict[str, list[Statement]] = defaultdict(list)
            for predicate, names, others in inward:
                for key in others.keys() - own:
                    more[key] += ((predicate, names[other]) for other in others[key])
            if record_class is Authority:
                for key in self._lookup.twins.keys() - own:
                    twins = self._lookup.twins[key]
                    more[key] += ((_TWINNED_WITH, self._towns[other]) for other in twins)
            for key, statements in more.items():
                yield self._writer.name(record_class.path, key), statements

    def _from_parts(self, view: View, path: str) -> Iterator[_Inward]:
        for record_class in view.things:
            if record_class in PARENTS and PARENTS[record_class][1] == path:
                field, _, down, _ = PARENTS[record_class]
                yield down, self._writer.names(record_class.path), _keys(view, record_class, field)

    def _inverses(self, view: View, path: str) -> Iterator[_Inward]:
        for record_class, inverses in _INVERSES.items():
            for field, of, inverse in inverses:
                if of == path:
                    names = self._writer.names(record_class.path)
                    yield inverse, names, _keys(view, record_class, field)


_Inward: TypeAlias = tuple[Term, Terms, Mapping[str, Sequence[str]]]
"""An inverse property, the names of what it leads to, and the keys of these by a thing's key."""


def _keys(view: View, record_class: type[Record], field: str) -> Mapping[str, Sequence[str]]:
    """The keys of records, by what their field links to."""
    found: dict[str, list[str]] = defaultdict(list)
    value_of = attrgetter(field)
    for key, record in view.all(record_class).items():
        value = value_of(record)
        for other in (value,) if isinstance(value, str) else value or ():
            found[other].append(key)
    return {**found}


class _Sources:
    """Which sources state something of a thing. Few combinations occur: each is kept once."""

    def __init__(self, view: View, names: Terms) -> None:
        self._of: dict[type[Record], dict[str, tuple[Statement, ...]]] = defaultdict(dict)
        for claims in view.claims:
            statement = (SOURCE, names[claims.source.key])
            longer: dict[tuple[Statement, ...], tuple[Statement, ...]] = {}
            for record in claims.records:
                of_class = self._of[type(record)]
                before = of_class.get(record.key, ())
                if before not in longer:
                    longer[before] = (*before, statement)
                of_class[record.key] = longer[before]

    def of(self, record: Record) -> tuple[Statement, ...]:
        """A thing's sources."""
        return self._of[type(record)].get(record.key, ())


def in_reading_order(view: View) -> Iterator[Record]:
    """The view's records, each whole followed by its parts."""
    parts: Parts = defaultdict(list)
    for record_class, (field, path, _, _) in PARENTS.items():
        whole = attrgetter(field)
        for record in view.all(record_class).values():
            parts[path, whole(record)].append(record)
    for record_class in _TYPES:
        if record_class not in PARENTS:
            for record in view.all(record_class).values():
                yield record
                if (record.path, record.key) in parts:
                    yield from _parts_of(record, parts)


Parts: TypeAlias = dict[tuple[str, str], list[Record]]
"""The parts of each whole, by its path and key."""


def _parts_of(record: Record, parts: Parts) -> Iterator[Record]:
    for part in parts.get((record.path, record.key), ()):
        yield part
        yield from _parts_of(part, parts)

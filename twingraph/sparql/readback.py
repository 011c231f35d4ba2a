"""RDF → records: the tables of `rdf.mapping` and `rdf.provenance`, read the other way."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from twingraph import identifiers as ids
from twingraph import namespaces as ns
from twingraph.dates import Date
from twingraph.identifiers import Ref
from twingraph.model.lookup import Lookup, sources_of
from twingraph.model.records import (
    Authority,
    Concept,
    Evidence,
    Point,
    R,
    Record,
    Source,
    Text,
    WikidataRevision,
    WikidataStatement,
    ordered,
)
from twingraph.rdf.mapping import (
    AS_WKT,
    FIELDS,
    HAS_GEOMETRY,
    NAME,
    PARENTS,
    PREF_LABEL,
    SOURCE,
    TITLE,
    A,
    Field,
    record_type,
    tg,
)
from twingraph.rdf.provenance import (
    CREATED,
    DERIVED_FROM,
    MODIFIED,
    REFERENCES,
    language_tag,
    statement_iri,
)
from twingraph.rdf.terms import Term
from twingraph.rdf.triples import value
from twingraph.sparql.store import Store

Statements = Iterable[tuple[Term, Term, Term]]
Objects = Mapping[Term, Sequence[Term]]
"""What is said of one subject: its objects by predicate."""
Descriptions = Mapping[Term, Objects]
"""The same of several."""
Read = Callable[[Objects], Any]
"""Gives a field's value; called only where one of its properties is there."""
Fields = Mapping[Term, Sequence[tuple[str, Read]]]
"""The fields that a property tells, by name."""

_RANK: Final = tg("rank")
_COMPLETE: Final = tg("complete")
_PUBLISHER: Final = Term(f"<{ns.DCT}publisher>")
_NOTE: Final = Term(f"<{ns.SKOS}editorialNote>")
_COMMENT: Final = Term(f"<{ns.RDFS}comment>")
_LANGUAGE: Final = Term(f"<{ns.DCT}language>")
_PROPERTY: Final = tg("property")
_HAS_BODY, _HAS_TARGET, _HAS_SOURCE, _HAS_SELECTOR, _EXACT = (
    Term(f"<{ns.OA}{name}>")
    for name in ("hasBody", "hasTarget", "hasSource", "hasSelector", "exact")
)
# Longitude first (GeoSPARQL 1.1, the default CRS84); stores may write it their own way.
_WKT: Final = re.compile(
    r"\s*(?:<[^>]*>)?\s*POINT\s*\(\s*(-?[\d.]+)\s+(-?[\d.]+)\s*\)\s*", re.IGNORECASE
)

_RECORD_TYPES: Final[Mapping[Term, type[Record]]] = {
    **{record_type(record_class): record_class for record_class in FIELDS},
    Term(f"<{ns.SKOS}Concept>"): Concept,
    Term(f"<{ns.SKOS}ConceptScheme>"): Concept,
}
_FIELDS: Final[Mapping[type[Record], tuple[Field, ...]]] = {
    **FIELDS,
    **{
        part: (*FIELDS[part], Field(name, up, "link", path))
        for part, (name, path, _, up) in PARENTS.items()
    },
    Concept: (
        Field("labels", PREF_LABEL, "texts"),
        Field("definitions", Term(f"<{ns.SKOS}definition>"), "texts"),
        Field("notation", Term(f"<{ns.SKOS}notation>"), "string"),
    ),
}
_SOURCE_FIELDS: Final = (
    Field("titles", TITLE, "texts"),
    Field("kind", tg("sourceKind"), "concept", "source-kind"),
    Field("url", Term(f"<{ns.FOAF}page>"), "string"),
    Field("publisher_authority", _PUBLISHER, "link", ids.MUNICIPALITY),
    Field("languages", _LANGUAGE, "languages"),
    Field("retrieved", tg("retrieved"), "string"),
    Field("rights", Term(f"<{ns.DCT}rights>"), "string"),
)


_FIELD_OF: Final[Mapping[tuple[str, Term], str]] = {
    (record_class.path, field.property): field.name
    for record_class, fields in FIELDS.items()
    for field in (*reversed(fields), Field("point", HAS_GEOMETRY, ""))
}
"""A record's field by the property it is written under; of two the first."""


def _properties(field: Field) -> tuple[Term, ...]:
    """The properties that a field is written under."""
    name = field.property
    if field.write != "date":
        return (name,)
    return name, Term(f"{name[:-1]}Earliest>"), Term(f"{name[:-1]}Latest>")


TYPES: Final = (*_RECORD_TYPES, tg("Source"))
"""The classes of what is read."""

PROPERTIES: Final = tuple(
    dict.fromkeys(
        [
            *(p for of in (*_FIELDS.values(), _SOURCE_FIELDS) for f in of for p in _properties(f)),
            *(SOURCE, HAS_GEOMETRY, AS_WKT, NAME, _RANK, _COMPLETE, _NOTE),
        ]
    )
)
"""The properties that records are read from, beside the type."""


def records(store: Store, record_class: type[R], graph: str | None = None) -> Iterator[R]:
    """The records of a class in the merged view (or in a named graph), in key order.

    What comes out equals what the graph was written from, but for the way a date was written:
    `edtf` is its native value, or its bounds as an interval.
    """
    for record in all_records(store, graph):
        if isinstance(record, record_class):
            yield record


def all_records(store: Store, graph: str | None = None) -> Iterator[Record]:
    """All records of the merged view (or of a named graph), class by class, in key order."""
    quads = store.quads(graph)
    statements = ((Term(str(s)), Term(str(p)), Term(str(o))) for s, p, o, _ in quads)
    by_class = RecordReader(store.base).records(by_subject(statements))
    for record_class in FIELDS:
        yield from by_class.get(record_class, {}).values()


def lookup_of(statements: Statements, base: str) -> Lookup:
    """The records that a merged view describes, and who states them.

    Of a source the reason for its rank stands among its notes.
    """
    sourced: list[tuple[Term, Term, Term]] = []

    def described() -> Iterator[tuple[Term, Term, Term]]:
        for one in statements:
            if one[1] == SOURCE:
                sourced.append(one)
            else:
                yield one

    descriptions, reader = by_subject(described()), RecordReader(base)
    sources = {source.key: source for source in reader.sources(descriptions)}
    pairs = ((Ref.of(s[1:-1], base), Ref.of(o[1:-1], base)) for s, _, o in sourced)
    stated = sources_of((thing, source.key) for thing, source in pairs if thing and source)
    return Lookup(reader.records(descriptions), sources, base, sources_of=stated)


def by_subject(statements: Statements) -> Descriptions:
    """Statements by what they are about."""
    descriptions: dict[Term, dict[Term, list[Term]]] = {}
    for subject, predicate, object_ in statements:
        objects = descriptions.setdefault(subject, {})
        objects.setdefault(Term(sys.intern(predicate)), []).append(object_)
    return descriptions


class RecordReader:
    """Reads records from descriptions under one base IRI: `rdf.mapping.Writer`, turned round."""

    def __init__(self, base: str) -> None:
        self.base = base
        self._fields = {of: self._by_property(fields) for of, fields in _FIELDS.items()}
        self._source_fields = self._by_property(_SOURCE_FIELDS)

    def records(self, descriptions: Descriptions) -> dict[type[Record], dict[str, Record]]:
        """The records that are described, by class and key, in key order.

        What is no thing of ours is none, nor is a part that names no whole.
        """
        by_class: dict[type[Record], dict[str, Record]] = {}
        for subject in _in_order(descriptions):
            objects = descriptions[subject]
            types = (_RECORD_TYPES.get(one) for one in objects.get(A, ()))
            record_class = next(filter(None, types), None)
            if record_class and subject.startswith(f"<{self.base}{record_class.path}/"):
                key = subject[len(self.base) + len(record_class.path) + 2 : -1]
                values = _values(self._fields[record_class], objects)
                if record_class in PARENTS and PARENTS[record_class][0] not in values:
                    continue
                if record_class is Authority:
                    geometry = self._of(objects, HAS_GEOMETRY, descriptions)
                    values["point"] = _point(geometry)
                by_class.setdefault(record_class, {})[key] = record_class(key=key, **values)
        return by_class

    def sources(self, descriptions: Descriptions) -> Iterator[Source]:
        """The sources that are described, in key order."""
        for subject in _in_order(descriptions):
            objects, ref = descriptions[subject], Ref.of(subject[1:-1], self.base)
            rank = _first(objects, _RANK) or ""
            if ref and ref.path == ids.SOURCE and rank.isdecimal():
                values = _values(self._source_fields, objects)
                publisher = self._of(objects, _PUBLISHER, descriptions)
                yield Source(
                    ref.key,
                    **{"titles": (), "kind": "", **values},
                    rank=int(rank),
                    publisher=_first(publisher, NAME),
                    complete={"true": True, "false": False}.get(_first(objects, _COMPLETE) or ""),
                    note="\n".join(sorted(map(value, objects.get(_NOTE, ())))) or None,
                )

    def all(self, descriptions: Descriptions) -> tuple[Record, ...]:
        """The records that are described, of all classes."""
        return tuple(
            r for of_class in self.records(descriptions).values() for r in of_class.values()
        )

    def evidence(self, descriptions: Descriptions) -> Iterator[tuple[str, Evidence]]:
        """The annotations that are described, each with its source's key, in the order of their
        IRIs: the words that are quoted, what is noted of them, where in Wikidata it stands."""
        for annotation in _in_order(descriptions):
            objects = descriptions[annotation]
            subject = self._ref(objects, _HAS_BODY)
            target = self._of(objects, _HAS_TARGET, descriptions)
            source = self._ref(target, _HAS_SOURCE)
            about = objects.get(_PROPERTY, (None,))[0]
            if subject and source and (about is None or (subject.path, about) in _FIELD_OF):
                selector = self._of(target, _HAS_SELECTOR, descriptions)
                words, language = _first(selector, _EXACT), _first(selector, _LANGUAGE)
                tag = language_tag(language.removeprefix(ns.LANGUAGE)) if language else ""
                yield (
                    source.key,
                    Evidence(
                        subject,
                        _FIELD_OF[subject.path, about] if about else None,
                        Text(words, tag) if words else None,
                        derived=_first(objects, tg("derived")) in ("true", "1"),
                        date=_first(objects, tg("edtf")),
                        note=_first(objects, _COMMENT),
                        statement=_statement(target),
                        revision=_revision(target, _first(objects, CREATED)),
                        value=self._ref(objects, tg("claimedValue")),
                        confidence=_amount(_first(objects, tg("confidence"))),
                        decided_by=_first(objects, tg("matchedBy")),
                        decided_on=_first(objects, tg("matchedOn")),
                    ),
                )

    def _ref(self, objects: Objects, name: Term) -> Ref | None:
        iri = _first(objects, name)
        return Ref.of(iri, self.base) if iri else None

    @staticmethod
    def _of(objects: Objects, name: Term, descriptions: Descriptions) -> Objects:
        return descriptions.get(next(iter(objects.get(name, ())), A), {})

    def _by_property(self, fields: Iterable[Field]) -> Fields:
        by_property: dict[Term, list[tuple[str, Read]]] = {}
        for field in fields:
            make: Callable[[Field], Read] = getattr(self, f"_{field.write}")
            for name in _properties(field):
                by_property.setdefault(name, []).append((field.name, make(field)))
        return by_property

    def _string(self, field: Field) -> Read:
        return lambda objects: value(objects[field.property][0])

    def _day(self, field: Field) -> Read:
        return self._string(field)

    def _decimal(self, field: Field) -> Read:
        return lambda objects: Decimal(value(objects[field.property][0]))

    def _texts(self, field: Field) -> Read:
        return lambda objects: ordered(map(_text, objects[field.property]))

    def _links(self, field: Field) -> Read:
        return _after(f"<{self.base}{field.of}/", field)

    def _link(self, field: Field) -> Read:
        return _only(self._links(field))

    def _concepts(self, field: Field) -> Read:
        return _after(f"<{self.base}{ids.CONCEPT}/{field.of}/", field)

    def _concept(self, field: Field) -> Read:
        return _only(self._concepts(field))

    def _within(self, field: Field) -> Read:
        return _only(_after(f"<{field.of}", field))

    def _iris(self, field: Field) -> Read:
        return lambda objects: tuple(sorted(map(value, objects[field.property])))

    def _geonames(self, field: Field) -> Read:
        return _only(_after(f"<{ns.GEONAMES}", field))

    def _languages(self, field: Field) -> Read:
        codes = _after(f"<{ns.LANGUAGE}", field)
        return lambda objects: tuple(map(language_tag, codes(objects)))

    def _date(self, field: Field) -> Read:
        name, *ends = _properties(field)

        def read(objects: Objects) -> Date | None:
            first, last = (_first(objects, end) for end in ends)
            if name not in objects:
                bounds = f"{first or '..'}/{last or '..'}"
                return Date(bounds, None, None, first, last) if first or last else None
            literal = objects[name][0]
            lexical, _, datatype = literal[1:-1].rpartition('"^^<')
            written = f"XXXX{lexical[1:]}" if lexical.startswith("--") else lexical
            return Date(written, lexical, datatype, first, last)

        return read


def _in_order(descriptions: Descriptions) -> list[Term]:
    """The subjects in the order of their IRIs."""
    return sorted(descriptions, key=lambda subject: subject[:-1])


def _values(fields: Fields, objects: Objects) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name in objects:
        for field, read in fields.get(name, ()):
            if (one := read(objects)) not in (None, ()):
                values[field] = one
    return values


def _after(start: str, field: Field) -> Read:
    """What follows the start of those IRIs that begin so, sorted."""
    skip = len(start)

    def read(objects: Objects) -> tuple[str, ...]:
        iris = objects[field.property]
        return tuple(sorted(iri[skip:-1].rstrip("/") for iri in iris if iri.startswith(start)))

    return read


def _only(read: Read) -> Read:
    return lambda objects: next(iter(read(objects)), None)


def _text(literal: Term) -> Text:
    tag = literal[literal.rindex('"') + 1 :]
    return Text(value(literal), tag[1:].lower() if tag.startswith("@") else "")


def _first(objects: Objects, name: Term) -> str | None:
    return next(map(value, objects.get(name, ())), None)


def _statement(target: Objects) -> WikidataStatement | None:
    entry, names = _first(target, tg("entry")), _first(target, tg("statementValue"))
    if not entry or not names:
        return None
    identifier = _first(target, tg("statement")) or ""
    references = list(map(value, target.get(REFERENCES, ())))
    works = [one for one in references if one.startswith(ns.WD)]
    rank = _first(target, tg("statementRank")) or ""
    return WikidataStatement(
        identifier.removeprefix(statement_iri("")).replace("-", "$", 1) or None,
        _item(entry),
        _item(names),
        rank=rank.removeprefix(ns.WIKIBASE).removesuffix("Rank").lower(),
        reference_urls=ordered(one for one in references if one not in works),
        stated_in=ordered(map(_item, works)),
        imported_from=ordered(_item(value(one)) for one in target.get(DERIVED_FROM, ())),
    )


def _revision(target: Objects, retrieved: str | None) -> WikidataRevision | None:
    entry, number = _first(target, tg("entry")), _first(target, tg("revision"))
    if not entry or not number:
        return None
    in_part = _first(target, tg("readInPart")) in ("true", "1")
    modified = _first(target, MODIFIED)
    return WikidataRevision(_item(entry), int(number), modified, retrieved, in_part)


def _amount(lexical: str | None) -> Decimal | None:
    return Decimal(lexical) if lexical is not None else None


def _item(iri: str) -> str:
    return iri.removeprefix(ns.WD)


def _point(geometry: Objects) -> Point | None:
    match = _WKT.fullmatch(_first(geometry, AS_WKT) or "")
    return Point(Decimal(match[1]), Decimal(match[2])) if match else None

"""RDF → records: the table of `rdf.mapping`, read the other way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

import pyoxigraph as ox

from twingraph import namespaces as ns
from twingraph.dates import Date
from twingraph.model.records import Authority, Point, R, Record, Text, ordered
from twingraph.rdf.mapping import AS_WKT, FIELDS, HAS_GEOMETRY, PARENTS, Field, record_type
from twingraph.sparql.store import Store

Properties = Mapping[str, list[ox.NamedNode | ox.Literal]]
"""Of one subject: its objects by predicate IRI."""


def records(store: Store, record_class: type[R], graph: str | None = None) -> Iterator[R]:
    """The records of a class in the merged view (or in a named graph), in key order.

    What comes out equals what the graph was written from, but for the way a date was written:
    `edtf` is its native value, or its bounds as an interval.
    """
    return records_of(store.quads(graph), store.base, record_class)


def records_of(
    statements: Iterable[ox.Quad | ox.Triple], base: str, record_class: type[R]
) -> Iterator[R]:
    """The records of a class that statements describe, in key order, as `records` gives them."""
    wanted = str(record_type(record_class))[1:-1]
    by_subject: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for one in statements:
        subject: Any = one.subject
        by_subject[subject.value][one.predicate.value].append(one.object)
    start = f"{base}{record_class.path}/"
    of_class = [
        iri
        for iri, properties in by_subject.items()
        if any(t.value == wanted for t in properties.get(ns.RDF_TYPE, ()))
    ]
    for iri in sorted(of_class):
        yield _record(record_class, iri.removeprefix(start), by_subject[iri], by_subject, base)


def _record(
    record_class: type[R],
    key: str,
    properties: Properties,
    by_subject: Mapping[str, Properties],
    base: str,
) -> R:
    values: dict[str, Any] = {"key": key}
    for field in FIELDS[record_class]:
        value = _READ[field.write](properties, field, base)
        if value not in (None, ()):
            values[field.name] = value
    if record_class in PARENTS:
        name, path, _, up = PARENTS[record_class]
        values[name] = properties[up[1:-1]][0].value.removeprefix(f"{base}{path}/")
    if issubclass(record_class, Authority):
        values["point"] = _point(properties, by_subject)
    return record_class(**values)


def _objects(properties: Properties, field: Field) -> list[Any]:
    return properties.get(field.property[1:-1], [])


def _strings(properties: Properties, field: Field, base: str) -> str | None:
    return next((o.value for o in _objects(properties, field)), None)


def _decimal(properties: Properties, field: Field, base: str) -> Decimal | None:
    return next((Decimal(o.value) for o in _objects(properties, field)), None)


def _texts(properties: Properties, field: Field, base: str) -> tuple[Text, ...]:
    return ordered(Text(o.value, o.language or "") for o in _objects(properties, field))


def _after(start: str) -> Callable[[Properties, Field], tuple[str, ...]]:
    def read(properties: Properties, field: Field) -> tuple[str, ...]:
        values = (o.value for o in _objects(properties, field))
        return tuple(
            sorted(v.removeprefix(start).rstrip("/") for v in values if v.startswith(start))
        )

    return read


def _links(properties: Properties, field: Field, base: str) -> tuple[str, ...]:
    return _after(f"{base}{field.of}/")(properties, field)


def _concepts(properties: Properties, field: Field, base: str) -> tuple[str, ...]:
    return _after(f"{base}concept/{field.of}/")(properties, field)


def _first(many: Callable[[Properties, Field, str], tuple[str, ...]]) -> Any:
    def read(properties: Properties, field: Field, base: str) -> str | None:
        return next(iter(many(properties, field, base)), None)

    return read


def _within(properties: Properties, field: Field, base: str) -> tuple[str, ...]:
    return _after(field.of)(properties, field)


def _geonames(properties: Properties, field: Field, base: str) -> tuple[str, ...]:
    return _after(ns.GEONAMES)(properties, field)


def _date(properties: Properties, field: Field, base: str) -> Date | None:
    name = field.property[1:-1]
    literal: Any = next(iter(properties.get(name, ())), None)
    earliest: Any = next(iter(properties.get(f"{name}Earliest", ())), None)
    latest: Any = next(iter(properties.get(f"{name}Latest", ())), None)
    if not (earliest or latest):
        return None
    first, last = (bound.value if bound else None for bound in (earliest, latest))
    if literal is None:
        return Date(f"{first or '..'}/{last or '..'}", None, None, first, last)
    return Date(literal.value, literal.value, literal.datatype.value, first, last)


def _point(properties: Properties, by_subject: Mapping[str, Properties]) -> Point | None:
    geometry: Any = next(iter(properties.get(HAS_GEOMETRY[1:-1], ())), None)
    if geometry is None:
        return None
    wkt: Any = by_subject[geometry.value][AS_WKT[1:-1]][0]
    longitude, latitude = wkt.value.removeprefix("POINT(").removesuffix(")").split()
    return Point(Decimal(longitude), Decimal(latitude))


_READ: Mapping[str, Callable[[Properties, Field, str], Any]] = {
    "texts": _texts,
    "string": _strings,
    "decimal": _decimal,
    "link": _first(_links),
    "links": _links,
    "concept": _first(_concepts),
    "concepts": _concepts,
    "within": _first(_within),
    "geonames": _first(_geonames),
    "date": _date,
}


def all_records(store: Store, graph: str | None = None) -> Iterator[Record]:
    """All records of the merged view (or of a named graph), class by class."""
    for record_class in FIELDS:
        yield from records(store, record_class, graph)

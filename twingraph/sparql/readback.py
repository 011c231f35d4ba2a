"""RDF → records: the table of `graph`, read the other way."""

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

Said = Mapping[str, list[ox.NamedNode | ox.Literal]]
"""What is said of one subject: its objects by predicate IRI."""


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
    described: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for one in statements:
        subject: Any = one.subject
        described[subject.value][one.predicate.value].append(one.object)
    start = f"{base}{record_class.path}/"
    of_class = [
        iri
        for iri, said in described.items()
        if any(t.value == wanted for t in said.get(ns.RDF_TYPE, ()))
    ]
    for iri in sorted(of_class):
        yield _record(record_class, iri.removeprefix(start), described[iri], described, base)


def _record(
    record_class: type[R],
    key: str,
    said: Said,
    described: Mapping[str, Said],
    base: str,
) -> R:
    values: dict[str, Any] = {"key": key}
    for field in FIELDS[record_class]:
        value = _READ[field.write](said, field, base)
        if value not in (None, ()):
            values[field.name] = value
    if record_class in PARENTS:
        name, path, _, up = PARENTS[record_class]
        values[name] = said[up[1:-1]][0].value.removeprefix(f"{base}{path}/")
    if issubclass(record_class, Authority):
        values["point"] = _point(said, described)
    return record_class(**values)


def _objects(said: Said, field: Field) -> list[Any]:
    return said.get(field.property[1:-1], [])


def _strings(said: Said, field: Field, base: str) -> str | None:
    return next((o.value for o in _objects(said, field)), None)


def _decimal(said: Said, field: Field, base: str) -> Decimal | None:
    return next((Decimal(o.value) for o in _objects(said, field)), None)


def _texts(said: Said, field: Field, base: str) -> tuple[Text, ...]:
    return ordered(Text(o.value, o.language or "") for o in _objects(said, field))


def _after(start: str) -> Callable[[Said, Field], tuple[str, ...]]:
    def read(said: Said, field: Field) -> tuple[str, ...]:
        values = (o.value for o in _objects(said, field))
        return tuple(
            sorted(v.removeprefix(start).rstrip("/") for v in values if v.startswith(start))
        )

    return read


def _links(said: Said, field: Field, base: str) -> tuple[str, ...]:
    return _after(f"{base}{field.of}/")(said, field)


def _concepts(said: Said, field: Field, base: str) -> tuple[str, ...]:
    return _after(f"{base}concept/{field.of}/")(said, field)


def _first(many: Callable[[Said, Field, str], tuple[str, ...]]) -> Any:
    def read(said: Said, field: Field, base: str) -> str | None:
        return next(iter(many(said, field, base)), None)

    return read


def _within(said: Said, field: Field, base: str) -> tuple[str, ...]:
    return _after(field.of)(said, field)


def _geonames(said: Said, field: Field, base: str) -> tuple[str, ...]:
    return _after(ns.GEONAMES)(said, field)


def _date(said: Said, field: Field, base: str) -> Date | None:
    name = field.property[1:-1]
    literal: Any = next(iter(said.get(name, ())), None)
    earliest: Any = next(iter(said.get(f"{name}Earliest", ())), None)
    latest: Any = next(iter(said.get(f"{name}Latest", ())), None)
    if not (earliest or latest):
        return None
    first, last = (bound.value if bound else None for bound in (earliest, latest))
    if literal is None:
        return Date(f"{first or '..'}/{last or '..'}", None, None, first, last)
    return Date(literal.value, literal.value, literal.datatype.value, first, last)


def _point(said: Said, described: Mapping[str, Said]) -> Point | None:
    geometry: Any = next(iter(said.get(HAS_GEOMETRY[1:-1], ())), None)
    if geometry is None:
        return None
    wkt: Any = described[geometry.value][AS_WKT[1:-1]][0]
    longitude, latitude = wkt.value.removeprefix("POINT(").removesuffix(")").split()
    return Point(Decimal(longitude), Decimal(latitude))


_READ: Mapping[str, Callable[[Said, Field, str], Any]] = {
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
    "day": _strings,
}


def all_records(store: Store, graph: str | None = None) -> Iterator[Record]:
    """All records of the merged view (or of a named graph), class by class."""
    for record_class in FIELDS:
        yield from records(store, record_class, graph)

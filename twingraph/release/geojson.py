"""twingraph.geojson: towns as points, partnerships as lines (RFC 7946).

A feature's properties are those of the tables, shortened to what a map shows. What cannot be
placed (a town without coordinates, a partnership with fewer than two placed towns) is there all
the same, with no geometry (section 3.2). A line joins every two partners of a partnership.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, BinaryIO

import orjson

from twingraph.model.labels import Labels
from twingraph.model.records import Authority, Partnership
from twingraph.rdf.chunks import write_bytes
from twingraph.release.antimeridian import lines_between
from twingraph.release.content import Content
from twingraph.web.languages import ENGLISH, in_language


def write_geojson(content: Content, out: BinaryIO) -> None:
    """Write the towns and partnerships of a release as one FeatureCollection, a feature a line."""
    about = content.view.dataset
    head = {
        "title": in_language(about.titles, ENGLISH),
        "licence": about.licence,
        "version": about.version,
    }
    write_bytes(collection(features(content.labels), head), out)


def collection(features: Iterable[Mapping[str, Any]], head: Mapping[str, Any]) -> Iterator[bytes]:
    """A FeatureCollection in pieces; what it says of itself in the head has a value."""
    members = {"type": "FeatureCollection", **{k: v for k, v in head.items() if v}}
    yield orjson.dumps(members)[:-1] + b',"features":['
    between = b"\n"
    for one in features:
        yield between + orjson.dumps(one)
        between = b",\n"
    yield b"\n]}\n"


def features(labels: Labels) -> Iterator[dict[str, Any]]:
    """Every town, then every partnership."""
    for town in labels.lookup.authorities.values():
        yield feature(town, labels)
    for partnership in labels.lookup.partnerships.values():
        yield feature(partnership, labels)


def feature(record: Authority | Partnership, labels: Labels) -> dict[str, Any]:
    """A town or a partnership on the map."""
    if isinstance(record, Authority):
        geometry, properties = _point(record), _town(record, labels)
    else:
        geometry, properties = _lines(record, labels), _partnership(record, labels)
    iri = record.ref.iri(labels.lookup.base)
    return {"type": "Feature", "id": iri, "geometry": geometry, "properties": properties}


def _point(town: Authority) -> dict[str, Any] | None:
    if town.point is None:
        return None
    position = float(town.point.longitude), float(town.point.latitude)
    return {"type": "Point", "coordinates": position}


def _lines(partnership: Partnership, labels: Labels) -> dict[str, Any] | None:
    lines = lines_between(labels.lookup.points(partnership))
    if not lines:
        return None
    if len(lines) == 1:
        return {"type": "LineString", "coordinates": lines[0]}
    return {"type": "MultiLineString", "coordinates": lines}


def _town(town: Authority, labels: Labels) -> dict[str, Any]:
    return {
        "kind": "municipality",
        "key": town.key,
        "name": labels.own.town(town.key),
        "country": town.country,
        "level": town.level,
        "wikidata": town.wikidata,
        "partnerships": len(labels.lookup.partnerships_of[town.key]),
    }


def _partnership(partnership: Partnership, labels: Labels) -> dict[str, Any]:
    since = partnership.since
    return {
        "kind": "partnership",
        "key": partnership.key,
        "name": labels.own.partners(partnership.partners),
        "since": since.edtf if since else None,
        "since_earliest": since.earliest if since else None,
        "since_latest": since.latest if since else None,
        "status": partnership.status,
        "current": labels.lookup.is_current(partnership),
        "partners": list(map(labels.own.town, partnership.partners)),
        "sources": labels.lookup.sources_of[partnership.ref],
    }

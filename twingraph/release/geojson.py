"""twingraph.geojson: towns as points, partnerships as lines, projects as points of those who take
part (RFC 7946).

A feature's properties are those of the tables, shortened to what a map shows. What cannot be
placed (a town without coordinates, a partnership with fewer than two placed towns) is there all
the same, with no geometry (section 3.2). A line joins every two partners of a partnership.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, BinaryIO

import orjson

from twingraph import identifiers as ids
from twingraph.identifiers import Ref
from twingraph.model.labels import Labels
from twingraph.model.records import Authority, Partnership, Point, Project
from twingraph.rdf.chunks import write_bytes
from twingraph.release.antimeridian import lines_between
from twingraph.release.content import Content
from twingraph.web.languages import ENGLISH, in_language


def write_geojson(content: Content, out: BinaryIO) -> None:
    """Write a release's towns, partnerships and projects as one FeatureCollection, a feature a
    line."""
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
    """Every town, then every partnership, then every project."""
    lookup = labels.lookup
    for things in (lookup.authorities, lookup.partnerships, lookup.projects):
        for record in things.values():
            yield feature(record, labels)


def feature(record: Authority | Partnership | Project, labels: Labels) -> dict[str, Any]:
    """A town, a partnership or a project on the map."""
    geometry: dict[str, Any] | None
    match record:
        case Authority():
            geometry, properties = _point(record), _town(record, labels)
        case Partnership():
            geometry, properties = _lines(record, labels), _partnership(record, labels)
        case Project():
            geometry, properties = _points(record, labels), _project(record, labels)
    iri = record.ref.iri(labels.lookup.base)
    return {"type": "Feature", "id": iri, "geometry": geometry, "properties": properties}


def _point(town: Authority) -> dict[str, Any] | None:
    return {"type": "Point", "coordinates": _position(town.point)} if town.point else None


def _position(point: Point) -> tuple[float, float]:
    return float(point.longitude), float(point.latitude)


def _points(project: Project, labels: Labels) -> dict[str, Any] | None:
    sites = labels.lookup.sites(project)
    positions = [_position(town.point) for town in sites if town.point]
    if len(positions) == 1:
        return {"type": "Point", "coordinates": positions[0]}
    return {"type": "MultiPoint", "coordinates": positions} if positions else None


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


def _project(project: Project, labels: Labels) -> dict[str, Any]:
    start, end = project.start, project.end
    programme = Ref(ids.PROGRAMME, project.programme) if project.programme else None
    bodies = labels.lookup.bodies(project)
    return {
        "kind": "project",
        "key": project.key,
        "name": labels.label(project.ref).value,
        "number": project.number,
        "programme": labels.label(programme).value if programme else None,
        "start": start.edtf if start else None,
        "start_earliest": start.earliest if start else None,
        "end": end.edtf if end else None,
        "end_latest": end.latest if end else None,
        "total_budget": _amount(project.total_budget),
        "grant": _amount(project.grant),
        "currency": project.currency,
        "partners": list(map(labels.own.town, project.partners)),
        "countries": sorted({body.country for body in bodies if body.country}),
        "sources": labels.lookup.sources_of[project.ref],
    }


def _amount(amount: Decimal | None) -> float | None:
    return float(amount) if amount is not None else None

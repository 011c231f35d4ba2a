"""twingraph.geojson: towns as points, partnerships as lines (RFC 7946).

A feature's properties are those of the tables, shortened to what a map shows. What cannot be
placed (a town without coordinates, a partnership with fewer than two placed towns) is there all
the same, with no geometry (section 3.2). A line joins every two partners of a partnership.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

import orjson

from twingraph.model.records import Authority, Partnership
from twingraph.rdf.chunks import write_bytes
from twingraph.release.antimeridian import lines_between
from twingraph.release.content import Content
from twingraph.release.joined import Joined
from twingraph.web.phrases import ENGLISH, in_language


def write_geojson(content: Content, out: BinaryIO) -> None:
    """Write the towns and partnerships of a release as one FeatureCollection, a feature a line."""
    write_bytes(_pieces(content), out)


def _pieces(content: Content) -> Iterator[bytes]:
    about = content.view.dataset
    head = {
        "type": "FeatureCollection",
        "title": in_language(about.titles, ENGLISH),
        "licence": about.licence,
        "version": about.version,
    }
    said = orjson.dumps({name: value for name, value in head.items() if value})
    yield said[:-1] + b',"features":['
    between = b"\n"
    for feature in features(content.joined):
        yield between + orjson.dumps(feature)
        between = b",\n"
    yield b"\n]}\n"


def features(joined: Joined) -> Iterator[dict[str, Any]]:
    """Every town, then every partnership."""
    for town in joined.towns.values():
        yield _feature(town.ref.iri(joined.base), _point(town), _town(town, joined))
    for partnership in joined.view.all(Partnership).values():
        iri = partnership.ref.iri(joined.base)
        yield _feature(iri, _lines(partnership, joined), _partnership(partnership, joined))


def _feature(
    iri: str, geometry: Mapping[str, Any] | None, properties: Mapping[str, Any]
) -> dict[str, Any]:
    return {"type": "Feature", "id": iri, "geometry": geometry, "properties": properties}


def _point(town: Authority) -> dict[str, Any] | None:
    if town.point is None:
        return None
    position = float(town.point.longitude), float(town.point.latitude)
    return {"type": "Point", "coordinates": position}


def _lines(partnership: Partnership, joined: Joined) -> dict[str, Any] | None:
    towns = (joined.towns.get(key) for key in partnership.partners)
    lines = lines_between([town.point for town in towns if town and town.point])
    if not lines:
        return None
    if len(lines) == 1:
        return {"type": "LineString", "coordinates": lines[0]}
    return {"type": "MultiLineString", "coordinates": lines}


def _town(town: Authority, joined: Joined) -> dict[str, Any]:
    return {
        "kind": "municipality",
        "key": town.key,
        "name": joined.town(town.key),
        "country": town.country,
        "level": town.level,
        "wikidata": town.wikidata,
        "partnerships": joined.partnerships(town.key),
    }


def _partnership(partnership: Partnership, joined: Joined) -> dict[str, Any]:
    since = partnership.since
    return {
        "kind": "partnership",
        "key": partnership.key,
        "name": joined.label(partnership.partners),
        "since": since.edtf if since else None,
        "since_earliest": since.earliest if since else None,
        "since_latest": since.latest if since else None,
        "status": partnership.status,
        "current": joined.is_current(partnership),
        "partners": list(map(joined.town, partnership.partners)),
        "sources": joined.sources(partnership.ref),
    }

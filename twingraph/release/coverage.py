"""What a dataset covers: countries, a bounding box, a period; all computed from the records."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from twingraph.dates import Date
from twingraph.model.records import (
    Agreement,
    Authority,
    Partnership,
    Point,
    Project,
    StatusChange,
    View,
)


@dataclass(frozen=True)
class Box:
    """The smallest box that holds some points (WGS 84). It never crosses the antimeridian."""

    west: Decimal
    south: Decimal
    east: Decimal
    north: Decimal

    @property
    def polygon(self) -> str:
        """The box as well-known text: longitude first, counter-clockwise."""
        w, s, e, n = (f"{degrees:f}" for degrees in (self.west, self.south, self.east, self.north))
        return f"POLYGON(({w} {s},{e} {s},{e} {n},{w} {n},{w} {s}))"

    @property
    def centroid(self) -> Point:
        """The middle of the box."""
        return Point((self.west + self.east) / 2, (self.south + self.north) / 2)


@dataclass(frozen=True)
class Coverage:
    """What a view covers: countries (ISO 3166-1 alpha-3), sorted; days as YYYY-MM-DD.

    The period is that of what happened: partnerships begun, documents signed, changes, projects.
    The end of an agreement's term is a plan, and is left out.
    """

    countries: tuple[str, ...]
    box: Box | None
    start: str | None
    end: str | None


def coverage(view: View) -> Coverage:
    """What a merged view covers."""
    authorities = view.all(Authority).values()
    points = [a.point for a in authorities if a.point is not None]
    dates = list(_dates(view))
    return Coverage(
        countries=tuple(sorted({a.country for a in authorities if a.country})),
        box=_box(points) if points else None,
        start=min((d.earliest for d in dates if d.earliest), default=None),
        end=max((d.latest for d in dates if d.latest), default=None),
    )


def _box(points: list[Point]) -> Box:
    longitudes = [p.longitude for p in points]
    latitudes = [p.latitude for p in points]
    return Box(min(longitudes), min(latitudes), max(longitudes), max(latitudes))


def _dates(view: View) -> Iterator[Date]:
    for partnership in view.all(Partnership).values():
        yield from filter(None, (partnership.since,))
    for agreement in view.all(Agreement).values():
        yield from filter(None, (agreement.signed_on,))
    for change in view.all(StatusChange).values():
        yield from filter(None, (change.changed_on,))
    for project in view.all(Project).values():
        yield from filter(None, (project.start, project.end))

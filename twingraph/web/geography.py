"""Where things lie on a map: one projection, arcs of great circles, and outlines cut to a view.

The projection is Mercator's, because it is conformal: any part of the map, cut out and enlarged,
shows its towns in their true shape to each other. A unit is a hundredth of a degree of longitude,
so that whole numbers are precise enough to draw with.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from math import acos, asin, atan2, ceil, cos, degrees, log, pi, radians, sin, tan
from typing import Final, NamedTuple

from twingraph.web.outlines import outlines

UNITS: Final = 100
_HIGHEST: Final = 84.0
_WIDE: Final = 70 * UNITS
"""Windows that are wider have outlines of 1:110m, which is what their size on a page asks for:
those of 1:50m were nine tenths of such a page, 250 kB and 100 ms."""

Point = tuple[float, float]


def project(east: float, north: float) -> Point:
    """A place (degrees) in the units of the map, y downwards."""
    north = max(-_HIGHEST, min(_HIGHEST, north))
    return east * UNITS, -degrees(log(tan(pi / 4 + radians(north) / 2))) * UNITS


def great_circle(a: Point, b: Point, step: float = 1.0) -> list[list[Point]]:
    """The shortest way between two places (degrees) on the map, with a point at each `step` of
    degrees: one line, or two where it crosses the edge of the map."""
    lines: list[list[Point]] = [[]]
    before: float | None = None
    for east, north in _along(a, b, step):
        if before is not None and abs(east - before) > 180:
            lines.append([])
        lines[-1].append(project(east, north))
        before = east
    return [line for line in lines if len(line) > 1]


def _along(a: Point, b: Point, step: float) -> Iterator[Point]:
    one, other = _vector(a), _vector(b)
    angle = acos(max(-1.0, min(1.0, sum(p * q for p, q in zip(one, other, strict=True)))))
    steps = max(1, ceil(degrees(angle) / step))
    if angle < 1e-9 or pi - angle < 1e-9:
        yield from (a, b)
        return
    for number in range(steps + 1):
        share = number / steps
        p, q = sin((1 - share) * angle) / sin(angle), sin(share * angle) / sin(angle)
        x, y, z = (p * m + q * n for m, n in zip(one, other, strict=True))
        yield degrees(atan2(y, x)), degrees(asin(max(-1.0, min(1.0, z))))


def _vector(place: Point) -> tuple[float, float, float]:
    east, north = radians(place[0]), radians(place[1])
    return cos(north) * cos(east), cos(north) * sin(east), sin(north)


class Window(NamedTuple):
    """A part of the map."""

    left: int
    top: int
    width: int
    height: int

    @classmethod
    def around(
        cls,
        points: Iterable[Point],
        ratio: float,
        least: int = 900,
        most: float | None = 360 * UNITS * 1.02,
    ) -> Window:
        """The window of a shape (width by height) that holds some points with room to spare, at
        least and at most so wide: a map ends after 360 degrees."""
        places = list(points) or [project(-12, 62), project(32, 40)]
        xs, ys = [x for x, _ in places], [y for _, y in places]
        width = max(least, (max(xs) - min(xs)) * 1.3, (max(ys) - min(ys)) * 1.35 * ratio)
        width = min(width, most or width)
        height = width / ratio
        left = (max(xs) + min(xs) - width) / 2
        top = (max(ys) + min(ys) - height) / 2
        return cls(round(left), round(top), round(width), round(height))


def read_outlines() -> None:
    """Read the outlines, for which the first picture would wait a third of a second."""
    for is_coarse in (True, False):
        _rings(is_coarse)


@cache
def _rings(is_coarse: bool) -> list[tuple[float, float, float, float, list[Point]]]:
    """The rings of all countries on the map, each with its bounds."""
    rings = []
    for outline in outlines(is_coarse):
        if outline.name == "Antarctica":
            continue
        for polygon in outline.polygons:
            for ring in polygon:
                points = [project(*place) for place in unwrapped(ring)]
                xs, ys = [x for x, _ in points], [y for _, y in points]
                for shift in _turns(min(xs), max(xs)):
                    moved = [(x + shift, y) for x, y in points] if shift else points
                    rings.append((min(xs) + shift, min(ys), max(xs) + shift, max(ys), moved))
    return rings


def unwrapped(ring: Iterable[Point]) -> list[Point]:
    """A ring (degrees) that goes on beyond 180 degrees where it crosses that meridian."""
    points: list[Point] = []
    for east, north in ring:
        if points:
            east += 360 * round((points[-1][0] - east) / 360)
        points.append((east, north))
    return points


def _turns(left: float, right: float) -> Iterator[float]:
    """How far to move what is between two places so that its parts beyond an edge of the map are
    seen at the other."""
    yield 0
    if right > 180 * UNITS:
        yield -360 * UNITS
    if left < -180 * UNITS:
        yield 360 * UNITS


@lru_cache(maxsize=1024)
def land(window: Window, unit: int = 1) -> str:
    """The countries in a window as the data of an SVG path, its numbers whole units; "" where there
    are no outlines.

    What is smaller than a thousandth of the window across is left out.
    """
    margin = window.width * 0.25
    box = (
        window.left - margin,
        window.top - margin,
        window.left + window.width + margin,
        window.top + window.height + margin,
    )
    fine = window.width / 1000
    parts = []
    for left, top, right, bottom, points in _rings(window.width > _WIDE):
        if right < box[0] or left > box[2] or bottom < box[1] or top > box[3]:
            continue
        if right - left < fine * 2 and bottom - top < fine * 2:
            continue
        inside = left >= box[0] and right <= box[2] and top >= box[1] and bottom <= box[3]
        line = _thinned(points if inside else _cut(points, box), fine)
        if len(line) > 2:
            parts.append(path(line, unit) + "z")
    return "".join(parts)


def path(points: Sequence[Point], unit: int = 1) -> str:
    """A line as the data of an SVG path, its numbers whole units: a start, then steps from point
    to point."""
    x, y = round(points[0][0] / unit), round(points[0][1] / unit)
    parts = [f"M{x} {y}l"]
    for point in points[1:]:
        dx, dy = round(point[0] / unit) - x, round(point[1] / unit) - y
        parts.append(f"{dx} {dy} ")
        x, y = x + dx, y + dy
    return "".join(parts).rstrip()


def _thinned(points: Sequence[Point], fine: float) -> list[Point]:
    kept: list[Point] = []
    for x, y in points:
        if not kept or abs(x - kept[-1][0]) + abs(y - kept[-1][1]) > fine:
            kept.append((x, y))
    return kept


def _cut(points: list[Point], box: tuple[float, float, float, float]) -> list[Point]:
    """A ring cut to a box, edge by edge (Sutherland and Hodgman, 1974)."""
    for axis, bound, sign in ((0, box[0], 1), (0, box[2], -1), (1, box[1], 1), (1, box[3], -1)):
        kept: list[Point] = []
        before = points[-1] if points else (0.0, 0.0)
        for point in points:
            here, there = (point[axis] - bound) * sign, (before[axis] - bound) * sign
            if (here >= 0) != (there >= 0):
                share = there / (there - here)
                kept.append(
                    (
                        before[0] + share * (point[0] - before[0]),
                        before[1] + share * (point[1] - before[1]),
                    )
                )
            if here >= 0:
                kept.append(point)
            before = point
        points = kept
    return points

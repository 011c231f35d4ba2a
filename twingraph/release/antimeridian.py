"""A partnership on the map: lines between its towns, cut at the antimeridian (RFC 7946, 3.1.9)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from twingraph.model.records import Point

Position = tuple[float, float]
"""Degrees east, degrees north."""

Line = tuple[Position, ...]

_HALF = 180.0


def lines_between(points: Sequence[Point]) -> list[Line]:
    """A line for every two of the points; in two parts where it crosses the antimeridian."""
    places = [(float(point.longitude), float(point.latitude)) for point in points]
    return [part for one, other in combinations(places, 2) for part in line(one, other)]


def line(one: Position, other: Position) -> Iterator[Line]:
    """The shorter way round between two positions, straight on the map.

    What crosses the antimeridian is cut there: both ends of the cut have the same latitude, and
    neither part crosses. A position on the antimeridian itself takes the side of the other.
    """
    (x, y), (u, v) = one, other
    if abs(x - u) <= _HALF:
        yield one, other
        return
    # Unrolled, the line goes on past 180 degrees instead of starting again at -180.
    side = _HALF if x > 0 else -_HALF
    unrolled = u + 2 * side
    if x == side:
        yield (-side, y), other
    elif unrolled == side:
        yield one, (side, v)
    else:
        latitude = y + (v - y) * (side - x) / (unrolled - x)
        yield one, (side, latitude)
        yield (-side, latitude), other

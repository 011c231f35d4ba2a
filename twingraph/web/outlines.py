"""Outlines of the world's countries, to draw maps on: Natural Earth, public domain, at two scales.

Scripts load the finer file: asset("outlines.json"). frontend/build.mjs makes both and says what is
in them; they are TopoJSON (version 3 of its specification), which keeps a shared border once.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from twingraph.web.assets import assets

Point = tuple[float, float]
"""Longitude and latitude in degrees."""

Ring = tuple[Point, ...]
"""A closed line: the last point is the first. The first ring of a polygon is its outer border,
clockwise; the others are holes."""


@dataclass(frozen=True, slots=True)
class Outline:
    """A country: its number in ISO 3166-1 ("703"; "" for a few areas that have none), its name in
    English, its polygons."""

    number: str
    name: str
    polygons: tuple[tuple[Ring, ...], ...]


@cache
def outlines(is_coarse: bool = False) -> tuple[Outline, ...]:
    """All countries at 1:50m, or at 1:110m; none where the front end was not built."""
    text = assets().body("outlines-110m.json" if is_coarse else "outlines.json")
    return tuple(read(json.loads(text))) if text else ()


def read(topology: dict[str, Any]) -> Iterator[Outline]:
    """The countries of a TopoJSON text, parsed."""
    arcs = [_arc(arc, topology["transform"]) for arc in topology["arcs"]]
    for geometry in topology["objects"]["countries"]["geometries"]:
        parts = geometry.get("arcs", [])
        polygons = [parts] if geometry["type"] == "Polygon" else parts
        yield Outline(
            geometry.get("id", ""),
            geometry["properties"]["name"],
            tuple(tuple(_ring(ring, arcs) for ring in polygon) for polygon in polygons),
        )


def _arc(arc: Sequence[Sequence[int]], transform: dict[str, list[float]]) -> list[Point]:
    (kx, ky), (dx, dy) = transform["scale"], transform["translate"]
    x = y = 0
    points = []
    for step_x, step_y in arc:
        x, y = x + step_x, y + step_y
        points.append((round(x * kx + dx, 3), round(y * ky + dy, 3)))
    return points


def _ring(indexes: Sequence[int], arcs: Sequence[list[Point]]) -> Ring:
    """Arcs put together; one with a negative number runs backwards."""
    points: list[Point] = []
    for index in indexes:
        arc = arcs[index] if index >= 0 else arcs[~index][::-1]
        points += arc[1:] if points else arc
    return tuple(points)

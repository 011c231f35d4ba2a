"""What each side takes by size, as a picture: both axes grow by powers of ten (SVG)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from math import ceil, floor, log10
from typing import Final

from bench.scale import Scale

_WIDTH, _HEIGHT, _LEFT, _BELOW = 460, 340, 50, 40
_COLOURS: Final = ("#1b5e9b", "#c2521b", "#3b7d3b", "#7a4a9e", "#777777")


def plot(scales: Sequence[Scale]) -> str:
    """One panel for each operation, seconds of the processor by partnerships."""
    panels = "".join(
        f'<g transform="translate({number * _WIDTH} 0)">{"".join(_panel(scale))}</g>'
        for number, scale in enumerate(scales)
    )
    size = f'width="{_WIDTH * len(scales)}" height="{_HEIGHT}"'
    font = 'font-family="sans-serif" font-size="11"'
    back = '<rect width="100%" height="100%" fill="white"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} {font}>{back}{panels}</svg>\n'


def _panel(scale: Scale) -> Iterator[str]:
    points = {
        side: [(log10(size), log10(max(taken.seconds, 1e-3))) for size, taken in of.items()]
        for side, of in scale.taken.items()
    }
    xs, ys = zip(*(point for of in points.values() for point in of), strict=True)
    left, right, low, high = floor(min(xs)), ceil(max(xs)), floor(min(ys)), ceil(max(ys))

    def at(x: float, y: float) -> tuple[float, float]:
        across = (x - left) / (right - left or 1) * (_WIDTH - _LEFT - 130)
        return _LEFT + across, 30 + (high - y) / (high - low or 1) * (_HEIGHT - 30 - _BELOW)

    yield f'<text x="{_LEFT}" y="18" font-weight="bold">{escape(scale.operation)}</text>'
    for x in range(left, right + 1):
        across, down = at(x, low)
        yield f'<text x="{across:.0f}" y="{down + 16:.0f}" text-anchor="middle">{10**x:,}</text>'
        yield _line([(across, 30), (across, down)], "#dddddd", 1)
    for y in range(low, high + 1):
        across, down = at(left, y)
        label = f"{10.0**y:g} s"
        yield f'<text x="{across - 5:.0f}" y="{down + 4:.0f}" text-anchor="end">{label}</text>'
        yield _line([(across, down), at(right, y)], "#dddddd", 1)
    for (side, of), colour in zip(points.items(), _COLOURS, strict=False):
        places = [at(*point) for point in of]
        yield _line(places, colour, 2)
        yield from (f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in places)
        end, height = places[-1]
        yield f'<text x="{end + 6:.0f}" y="{height + 4:.0f}" fill="{colour}">{escape(side)}</text>'


def _line(places: Sequence[tuple[float, float]], colour: str, width: int) -> str:
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    return f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="{width}"/>'

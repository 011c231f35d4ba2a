"""Pictures as SVG: the map, the network, partnerships by year.

Each stands in a page or alone as a file: colours are attributes, which the style sheet of a page
overrides to follow light and dark. Dots and lines keep their width when a script enlarges them.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any, Final, NamedTuple, cast

import markupsafe
from markupsafe import Markup

from twingraph.characters import in_xml
from twingraph.web.geography import Point, Window, land, path

_SVG: Final = 'xmlns="http://www.w3.org/2000/svg"'
_STILL: Final = 'vector-effect="non-scaling-stroke"'
SINGLE: Final = 1500
"""Up to so many lines each is a link of its own; more are one line of many parts."""
NODES: Final = 300
"""The most towns in the network: the ones with most partnerships."""
_WIDE, _NARROW = 84, 30
"""How many letters of a name fit across a picture: on a wide screen, and on a narrow one."""


def escape(text: str) -> Markup:
    """A text as it may stand in SVG, which is XML."""
    return markupsafe.escape(in_xml(text))


class Dot(NamedTuple):
    """A place with a name; a greater `weight` comes first where there is no room for all names."""

    x: float
    y: float
    name: str
    href: str
    weight: int
    language: str = ""


class Line(NamedTuple):
    """A link between places."""

    parts: Sequence[Sequence[Point]]
    name: str
    href: str
    ends: tuple[str, ...] = ()


@dataclass
class Picture:
    """Dots and lines in a window."""

    window: Window
    title: str
    dots: list[Dot] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    outlines: bool = True
    here: str = ""
    """The address of the dot that the picture is about."""

    def svg(self, alone: bool = False) -> Markup:
        """The picture; `alone` as a file of its own, with what a page's style would give."""
        w = self.window
        size = f' width="1200" height="{round(1200 * w.height / w.width)}"' if alone else ""
        parts = [
            f'<svg {_SVG} viewBox="{w.left} {w.top} {w.width} {w.height}"{size} role="group" '
            f'class="atlas" aria-label="{escape(self.title)}" '
            'font-family="Georgia, serif">',
            f"<title>{escape(self.title)}</title>",
            f'<rect class="sea" x="{w.left - w.width}" y="{w.top - w.height}" '
            f'width="{3 * w.width}" height="{3 * w.height}" fill="#eaf0f1"/>'
            if self.outlines
            else "",
            self._land(),
            self._arcs(),
            self._dots(),
            *(
                self._names(letters, kind)
                for letters, kind in ((_WIDE, "wide-names"), (_NARROW, "narrow-names"))
                if not alone or kind == "wide-names"
            ),
            "</svg>",
        ]
        return Markup("".join(parts))

    def _land(self) -> str:
        data = land(self.window) if self.outlines else ""
        if not data:
            return ""
        return (
            f'<path class="land" d="{data}" fill="#fbf8ee" stroke="#b3b5a9" stroke-width=".7" '
            f'fill-rule="evenodd" {_STILL}/>'
        )

    def _arcs(self) -> str:
        # Thin and pale where there are many, so that what is frequent shows dark.
        number = len(self.lines)
        opacity = 0.85 if number < 40 else 0.5 if number < 1500 else 0.12
        style = (
            f'fill="none" stroke="#8a2d13" stroke-opacity="{opacity}" '
            f'stroke-width="{1.4 if number < 40 else 0.8}"'
        )
        if number > SINGLE:
            data = "".join(path(part) for line in self.lines for part in line.parts)
            return f'<path class="arc" {style} d="{data}" {_STILL}/>'
        return f'<g class="arcs" {style}>{"".join(map(self._arc, self.lines))}</g>'

    def _arc(self, line: Line) -> str:
        data = "".join(path(part) for part in line.parts)
        ends = f' data-ends="{escape(" ".join(line.ends))}"' if line.ends else ""
        return (
            f'<a href="{escape(line.href)}" tabindex="-1"{ends}><title>{escape(line.name)}</title>'
            f'<path class="arc" d="{data}" {_STILL}/></a>'
        )

    def _dots(self) -> str:
        few = len(self.dots) <= SINGLE
        width = 7 if len(self.dots) < 200 else 4 if few else 2.5
        style = f'stroke="#1d2327" stroke-linecap="round" stroke-width="{width}"'
        if not few:
            data = "".join(f"M{round(d.x)} {round(d.y)}h0" for d in self.dots)
            return f'<path class="dot" {style} d="{data}" {_STILL}/>'
        return f'<g class="dots" {style}>{"".join(map(self._dot, self.dots))}</g>'

    def _dot(self, dot: Dot) -> str:
        kind, colour = ("here", ' stroke="#8a2d13"') if dot.href == self.here else ("dot", "")
        return (
            f'<a href="{escape(dot.href)}" tabindex="-1" data-key="{escape(dot.href)}">'
            f'<title>{escape(dot.name)}</title><path class="{kind}"{colour} '
            f'd="M{round(dot.x)} {round(dot.y)}h0" {_STILL}/></a>'
        )

    def _names(self, letters: int, kind: str) -> str:
        """Names beside their dots, as many as have room; the weightiest first."""
        size = self.window.width / letters / 0.5
        taken: list[tuple[float, float, float, float]] = [
            (d.x - size * 0.2, d.y - size * 0.2, d.x + size * 0.2, d.y + size * 0.2)
            for d in self.dots[:SINGLE]
        ]
        parts = []
        order = sorted(self.dots[:SINGLE], key=lambda d: (d.href != self.here, -d.weight, d.name))
        for dot in order[:150]:
            placed = self._place(dot, size, taken)
            if placed is None:
                continue
            x, y, anchor, box = placed
            taken.append(box)
            language = f' lang="{escape(dot.language)}"' if dot.language else ""
            parts.append(
                f'<text x="{round(x)}" y="{round(y)}" text-anchor="{anchor}"{language}>'
                f"{escape(dot.name)}</text>"
            )
        return (
            f'<g class="name {kind}" font-size="{size:.1f}" fill="#1d2327" stroke="#fbf8ee" '
            f'stroke-width="{size / 6:.1f}" paint-order="stroke" stroke-linejoin="round" '
            f'aria-hidden="true">{"".join(parts)}</g>'
        )

    def _place(
        self, dot: Dot, size: float, taken: Sequence[tuple[float, float, float, float]]
    ) -> tuple[float, float, str, tuple[float, float, float, float]] | None:
        w, wide = self.window, size * 0.52 * len(dot.name)
        gap, up = size * 0.45, size * 0.33
        for x, y, anchor, left in (
            (dot.x + gap, dot.y + up, "start", dot.x + gap),
            (dot.x - gap, dot.y + up, "end", dot.x - gap - wide),
            (dot.x, dot.y - gap, "middle", dot.x - wide / 2),
            (dot.x, dot.y + gap + size * 0.75, "middle", dot.x - wide / 2),
            (dot.x + gap, dot.y + up + size, "start", dot.x + gap),
            (dot.x + gap, dot.y + up - size, "start", dot.x + gap),
            (dot.x - gap, dot.y + up + size, "end", dot.x - gap - wide),
            (dot.x - gap, dot.y + up - size, "end", dot.x - gap - wide),
        ):
            box = (left, y - size * 0.85, left + wide, y + size * 0.2)
            outside = box[0] < w.left or box[2] > w.left + w.width
            outside = outside or box[1] < w.top or box[3] > w.top + w.height
            if not outside and not any(_overlap(box, other) for other in taken):
                return x, y, anchor, box
        return None


def _overlap(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def network(
    degrees: Mapping[str, int], edges: Iterable[tuple[str, str, str]]
) -> tuple[dict[str, Point], list[tuple[str, str, str]]]:
    """Where the towns with most partnerships stand in a network drawn by forces (Fruchterman and
    Reingold, by igraph), and the links between them: (town, town, partnership)."""
    most = sorted(degrees, key=lambda key: (-degrees[key], key))[:NODES]
    if not most:
        return {}, []
    number = {key: n for n, key in enumerate(sorted(most))}
    kept = [edge for edge in edges if edge[0] in number and edge[1] in number]
    pairs = [(number[a], number[b]) for a, b, _ in kept]
    coordinates = _by_forces(len(number), pairs) if laid_out_by_forces() else _circle(len(number))
    return {key: (x * 100, y * 100) for key, (x, y) in zip(number, coordinates, strict=True)}, kept


def laid_out_by_forces() -> bool:
    """Whether igraph, an extra, is here; without it the towns of a network stand in a circle."""
    return find_spec("igraph") is not None


def _by_forces(count: int, pairs: list[tuple[int, int]]) -> Sequence[Point]:
    import igraph  # optional, and slow to import

    make: Any = igraph.Graph
    # The same release gives the same picture.
    seeded = random.Random(7)
    start = [(seeded.random() * 10, seeded.random() * 10) for _ in range(count)]
    igraph.set_random_number_generator(seeded)
    layout = make(count, pairs).layout_fruchterman_reingold(niter=600, seed=start, grid=False)
    return cast(Sequence[Point], layout.coords)


def _circle(count: int) -> Sequence[Point]:
    turn = [2 * math.pi * number / count for number in range(count)]
    return [(10 * math.cos(angle), 10 * math.sin(angle)) for angle in turn]


def years(counts: Counter[int], title: str, href: str, alone: bool = False) -> Markup:
    """Partnerships by the year they began, as bars, each a link: `href` with {year} in it."""
    if not counts:
        return Markup("")
    first, last = min(counts), max(counts)
    first, last = first - first % 10, max(last, first - first % 10 + 9)
    highest = max(counts.values())
    wide, high, foot, side = 960, 300, 34, 40
    step = (wide - side) / (last - first + 1)
    tick = _tick(highest)
    top = tick * -(-highest // tick)
    parts = [
        f'<svg {_SVG} viewBox="0 0 {wide} {high + foot}"'
        + (f' width="{wide}" height="{high + foot}"' if alone else "")
        + f' role="group" class="years" aria-label="{escape(title)}" font-family="Georgia, serif">',
        f"<title>{escape(title)}</title>",
    ]
    for value in range(0, top + 1, tick):
        y = high - value / top * (high - 16)
        parts.append(
            f'<path class="axis" stroke="#d5d1c4" fill="none" d="M{side} {y:.1f}H{wide}"/>'
            f'<text class="tick" fill="#565d61" x="{side - 6}" y="{y + 4:.1f}" '
            f'text-anchor="end" font-size="13">{value}</text>'
        )
    for year in range(first, last + 1):
        x, number = side + (year - first) * step, counts.get(year, 0)
        if year % 10 == 0:
            parts.append(
                f'<text class="tick" fill="#565d61" x="{x + step / 2:.1f}" y="{high + 20}" '
                f'text-anchor="middle" font-size="13">{year}</text>'
            )
        if number:
            tall = number / top * (high - 16)
            parts.append(
                f'<a href="{escape(href.format(year=year))}"><title>{year}: {number}</title>'
                f'<rect class="bar-of-year" fill="#8a2d13" x="{x + step * 0.1:.1f}" '
                f'y="{high - tall:.1f}" width="{step * 0.8:.1f}" height="{tall:.1f}"/></a>'
            )
    return Markup("".join([*parts, "</svg>"]))


def _tick(highest: int) -> int:
    """A round step that gives at most six lines."""
    size = 1
    while True:
        for factor in (1, 2, 5):
            if highest <= size * factor * 5:
                return size * factor
        size *= 10

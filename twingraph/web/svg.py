"""Pictures as SVG: the map, the network, partnerships by year.

Each stands in a page or alone as a file: colours are attributes, which the style sheet of a page
overrides to follow light and dark. Dots and lines keep their width when a script enlarges them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import markupsafe
from markupsafe import Markup

from twingraph.characters import in_xml
from twingraph.web.geography import Point, Window, land, path

_SVG: Final = 'xmlns="http://www.w3.org/2000/svg"'
_STILL: Final = 'vector-effect="non-scaling-stroke"'
SINGLE: Final = 1500
"""Up to so many dots or lines each is a link of its own; more are one line of many parts."""
GROUPS: Final = (
    "#33638d",
    "#b3541e",
    "#3f7d4e",
    "#86509b",
    "#8a6d00",
    "#a3325a",
    "#20797c",
    "#6b6257",
)
"""Colours of groups, which follow one another around: each has a contrast of 4.5 to 1 to paper."""
_WIDE, _NARROW, _MANY = 84, 30, 190
"""How many letters of a name fit across a picture: on a wide screen, on a narrow one, and where
there are many names."""
_RANKS: Final = ((60, 5.5, 1.0), (600, 3.2, 0.85), (None, 1.7, 0.55))
"""Of many dots: up to which rank, how wide, how dark. All of one size are a blot."""
_COARSE: Final = 12_000
"""Units of a window's width above which some twenty are no more than a pixel."""
_NAMED: Final = 150
_ALONE: Final = """<style>
@media (max-width: 600px) { .many-names { display: none } }
@media (prefers-color-scheme: dark) {
.sea { fill: #1a2126 } .land { fill: #232b2f; stroke: #4c575c } .arc { stroke: #e58d6c }
.tie, .axis { stroke: #a5acae } .dot { stroke: #e6e4dc } .tick { fill: #a5acae }
.name { fill: #e6e4dc; stroke: #232b2f } .bar-of-year { fill: #e58d6c }
.group-0 { stroke: #7fb2dd } .group-1 { stroke: #e99a62 } .group-2 { stroke: #86c795 }
.group-3 { stroke: #c79bd8 } .group-4 { stroke: #d6bb55 } .group-5 { stroke: #ea8bac }
.group-6 { stroke: #6cc3c6 } .group-7 { stroke: #b9b0a4 }
}</style>"""
"""What a picture by itself has of the style sheet: in the dark, and in a narrow window, where so
many names cannot be read."""

Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""


def escape(text: str) -> Markup:
    """A text as it may stand in SVG, which is XML."""
    return markupsafe.escape(in_xml(text))


class Dot(NamedTuple):
    """A place with a name; a greater `weight` comes first where there is no room for all names."""

    x: float
    y: float
    name: str
    href: str
    weight: float
    language: str = ""
    group: int | None = None


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
            _ALONE if alone else "",
            f'<rect class="sea" x="{w.left - w.width}" y="{w.top - w.height}" '
            f'width="{3 * w.width}" height="{3 * w.height}" fill="#eaf0f1"/>'
            if self.outlines
            else "",
            self._land(),
            self._arcs(),
            self._dots(),
            *self._all_names(alone),
            "</svg>",
        ]
        return Markup("".join(parts))

    @property
    def _is_many(self) -> bool:
        return max(len(self.dots), len(self.lines)) > SINGLE

    @property
    def _unit(self) -> int:
        return 20 if self._is_many and self.window.width > _COARSE else 1

    def _land(self) -> str:
        data = land(self.window, self._unit) if self.outlines else ""
        if not data:
            return ""
        return self._scaled(
            f'<path class="land" d="{data}" fill="#fbf8ee" stroke="#b3b5a9" stroke-width=".7" '
            f'fill-rule="evenodd" {_STILL}/>'
        )

    @property
    def _line_class(self) -> str:
        return "arc" if self.outlines else "tie"

    def _scaled(self, drawn: str) -> str:
        return drawn if self._unit == 1 else f'<g transform="scale({self._unit})">{drawn}</g>'

    def _arcs(self) -> str:
        # Thin and pale where there are many, so that what is frequent shows dark.
        number = len(self.lines)
        opacity = 0.85 if number < 40 else 0.5 if number < SINGLE else 0.07
        style = (
            f'fill="none" stroke="{"#8a2d13" if self.outlines else "#7d796c"}" '
            f'stroke-opacity="{opacity}" stroke-width="{1.4 if number < 40 else 0.8}"'
        )
        if self._is_many:
            parts = (path(part, self._unit) for line in self.lines for part in line.parts)
            data = "".join(dict.fromkeys(parts))
            return self._scaled(f'<path class="{self._line_class}" {style} d="{data}" {_STILL}/>')
        return f'<g class="arcs" {style}>{"".join(map(self._arc, self.lines))}</g>'

    def _arc(self, line: Line) -> str:
        data = "".join(path(part) for part in line.parts)
        ends = f' data-ends="{escape(" ".join(line.ends))}"' if line.ends else ""
        return (
            f'<a href="{escape(line.href)}" tabindex="-1"{ends}><title>{escape(line.name)}</title>'
            f'<path class="{self._line_class}" d="{data}" {_STILL}/></a>'
        )

    def _dots(self) -> str:
        if self._is_many:
            return self._scaled("".join(self._many_dots()))
        width = 7 if len(self.dots) < 200 else 4
        style = f'stroke="#1d2327" stroke-linecap="round" stroke-width="{width}"'
        return f'<g class="dots" {style}>{"".join(map(self._dot, self.dots))}</g>'

    def _many_dots(self) -> Iterator[str]:
        """Dots of a size and a colour as one line each, the greatest above the others."""
        ordered, start, drawn = self._by_weight(), 0, []
        for stop, width, opacity in _RANKS:
            groups: dict[int | None, list[Dot]] = defaultdict(list)
            for dot in ordered[start:stop]:
                groups[dot.group].append(dot)
            for group, dots in groups.items():
                points = (f"M{round(d.x / self._unit)} {round(d.y / self._unit)}h0" for d in dots)
                drawn.append(
                    f'<path class="{_group_class(group)}" stroke="{_group_colour(group)}" '
                    f'stroke-opacity="{opacity}" stroke-linecap="round" stroke-width="{width}" '
                    f'd="{"".join(dict.fromkeys(points))}" {_STILL}/>'
                )
            start = stop or 0
        yield from reversed(drawn)

    def _by_weight(self) -> list[Dot]:
        return sorted(self.dots, key=lambda d: (d.href != self.here, -d.weight, d.name))

    def _dot(self, dot: Dot) -> str:
        kind, colour = _group_class(dot.group), f' stroke="{_group_colour(dot.group)}"'
        if dot.href == self.here:
            kind, colour = "here", ' stroke="#8a2d13"'
        return (
            f'<a href="{escape(dot.href)}" tabindex="-1" data-key="{escape(dot.href)}">'
            f'<title>{escape(dot.name)}</title><path class="{kind}"{colour} '
            f'd="M{round(dot.x)} {round(dot.y)}h0" {_STILL}/></a>'
        )

    def _all_names(self, alone: bool) -> Iterator[str]:
        if self._is_many:
            yield self._names(_MANY, "many-names")
            return
        yield self._names(_WIDE, "wide-names")
        if not alone:
            yield self._names(_NARROW, "narrow-names")

    def _names(self, letters: int, kind: str) -> str:
        """Names beside their dots, as many as have room; the weightiest first."""
        size = self.window.width / letters / 0.5
        order = self._by_weight()[:_NAMED]
        taken = [] if self._is_many else [_around(d, size * 0.2) for d in order]
        if kind == "wide-names":
            taken.append(self._corner())
        parts = []
        for dot in order:
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

    def _corner(self) -> Box:
        """Where a script puts its buttons: above 1,000 pixels a twentieth across."""
        w = self.window
        return w.left + w.width * 0.95, w.top, w.left + w.width, w.top + w.height * 0.24

    def _place(
        self, dot: Dot, size: float, taken: Sequence[Box]
    ) -> tuple[float, float, str, Box] | None:
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


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _around(dot: Dot, far: float) -> Box:
    return dot.x - far, dot.y - far, dot.x + far, dot.y + far


def _group_class(group: int | None) -> str:
    return "dot" if group is None else f"group-{group % len(GROUPS)}"


def _group_colour(group: int | None) -> str:
    return "#1d2327" if group is None else GROUPS[group % len(GROUPS)]


def years(counts: Counter[int], title: str, href: str, alone: bool = False) -> Markup:
    """Partnerships by the year they began, as bars, each a link: `href` with {year} in it. Of none
    there is nothing, or, alone, a picture with nothing on it."""
    if not counts:
        nothing = f'<svg {_SVG} width="960" height="1"><title>{escape(title)}</title></svg>'
        return Markup(nothing if alone else "")
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

"""What is drawn of which things: the figures of everything, of a town, of a partnership; and the
pages of figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Final

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from twingraph import identifiers as ids
from twingraph.identifiers import Ref
from twingraph.model.lookup import Lookup
from twingraph.model.membership import OVER
from twingraph.model.records import Authority, Partnership, Point, Project
from twingraph.serve.pages.reader import Reader
from twingraph.serve.pages.site import render
from twingraph.web.geography import Window, great_circle, project
from twingraph.web.messages import N_
from twingraph.web.svg import NODES, SINGLE, Dot, Line, Picture, network, years

SVG: Final = "image/svg+xml"
_OF_YEAR: Final = "/partnerships?from={year}&to={year}&sort=since"
_TITLES: Final = {
    "map": N_("Map of towns and partnerships"),
    "network": N_("Network of partnerships"),
    "years": N_("Partnerships by the year they began"),
}
_SHAPE = 16 / 9


def whole_map(reader: Reader) -> Picture:
    """Every town whose place is known, and every partnership that has not ended."""
    title = reader.locale.gettext(_TITLES["map"])
    return _map(reader, reader.lookup.authorities.values(), _lasting(reader.lookup), title)


def map_of(reader: Reader, ref: Ref) -> Picture | None:
    """A town with its partners, a partnership's towns, or a project's and the seats of those who
    take part; None where no place is known."""
    lookup, link, _ = reader.lookup, reader.link(ref), reader.locale.gettext
    centre, record = None, lookup.get(ref)
    partnerships: Sequence[Partnership] = ()
    if isinstance(record, Authority):
        centre, partnerships = record.key, lookup.partnerships_of[record.key]
        title = _("Map: %(name)s and its partners", name=link.text)
    elif isinstance(record, Partnership):
        partnerships, title = [record], _("Map: %(name)s", name=link.text)
    elif isinstance(record, Project):
        title = _("Map: %(name)s", name=link.text)
    else:
        return None
    keys = dict.fromkeys([centre] if centre else [])
    keys |= dict.fromkeys(key for partnership in partnerships for key in partnership.partners)
    towns = lookup.sites(record) if isinstance(record, Project) else lookup.towns_of(keys)
    picture = _map(reader, towns, partnerships, title, centre)
    picture.here = link.href
    return picture if picture.dots else None


def _lasting(lookup: Lookup) -> list[Partnership]:
    return [p for p in lookup.partnerships.values() if p.status not in OVER]


def _map(
    reader: Reader,
    towns: Iterable[Authority],
    partnerships: Sequence[Partnership],
    title: str,
    centre: str | None = None,
) -> Picture:
    """With a centre, only lines from it are drawn: a circle of towns is seen from one of them."""
    placed = {town.key: _place(town.point) for town in towns if town.point}
    dots = [_dot(reader, key, project(*place)) for key, place in placed.items()]
    # Finer than the eye sees where they are few, coarse where they are too many to follow.
    step = 1.0 if len(partnerships) <= SINGLE else 5.0
    lines = [
        _line(reader, one, (a, b), great_circle(placed[a], placed[b], step))
        for one in partnerships
        for a, b in combinations(one.partners, 2)
        if a in placed and b in placed and (not centre or centre in (a, b))
    ]
    points = [(dot.x, dot.y) for dot in dots]
    points += [point for line in lines for part in line.parts for point in part]
    return Picture(Window.around(points, _SHAPE), title, dots, lines)


def _place(point: Point) -> tuple[float, float]:
    return float(point.longitude), float(point.latitude)


def _dot(reader: Reader, town: str, at: tuple[float, float]) -> Dot:
    link, weight = reader.link(Ref(ids.MUNICIPALITY, town)), reader.lookup.partnerships_of[town]
    return Dot(*at, link.text, link.href, len(weight), link.language)


def _line(
    reader: Reader,
    partnership: Partnership,
    ends: tuple[str, str],
    parts: Sequence[Sequence[tuple[float, float]]],
) -> Line:
    link = reader.link(partnership.ref)
    return Line(parts, link.text, link.href, tuple(f"/{ids.MUNICIPALITY}/{end}" for end in ends))


def whole_network(reader: Reader) -> Picture:
    """The towns with most partnerships, drawn near to their partners."""
    lookup = reader.lookup
    of_towns = lookup.partnerships_of
    degrees = {key: len(of_towns[key]) for key in lookup.authorities if of_towns[key]}
    edges = [(a, b, p.key) for p in _lasting(lookup) for a, b in combinations(p.partners, 2)]
    places, kept = network(degrees, edges)
    lines = [
        _line(reader, lookup.partnerships[key], (a, b), [[places[a], places[b]]])
        for a, b, key in kept
    ]
    dots = [_dot(reader, key, place) for key, place in places.items()]
    title = reader.locale.gettext(_TITLES["network"])
    window = Window.around(places.values(), _SHAPE, least=100)
    return Picture(window, title, dots, lines, outlines=False)


def by_year(lookup: Lookup) -> tuple[Counter[int], int]:
    """How many partnerships began in each year, and how many have no certain year."""
    dates = [partnership.since for partnership in lookup.partnerships.values()]
    counts = Counter(date.year for date in dates if date and date.year)
    return counts, len(dates) - sum(counts.values())


# --- their pages ---------------------------------------------------------------------------------


def map_or_image(reader: Reader) -> Markup:
    """The map of everything; where that is much, as a picture that is loaded by itself."""
    if max(len(reader.lookup.partnerships), len(reader.lookup.authorities)) <= SINGLE:
        return whole_map(reader).svg()
    title = Markup.escape(reader.locale.gettext(_TITLES["map"]))
    return Markup('<img src="/map.svg" alt="{}" width="1200" height="675">').format(title)


def picture(request: Request, reader: Reader, name: str) -> Response:
    """A figure with its page."""
    counts, undated = by_year(reader.lookup) if name == "years" else (Counter(), 0)
    values = {
        "title": reader.locale.gettext(_TITLES[name]),
        "name": name,
        "image": map_or_image(reader) if name == "map" else _figure(reader, name),
        "note": _note(reader, name, undated),
        "table": [(str(year), reader.locale.number(counts[year])) for year in sorted(counts)],
    }
    return render(request, "picture.html", values)


def _note(reader: Reader, name: str, undated: int) -> str | None:
    """What a figure does not show."""
    towns, count = reader.lookup.authorities.values(), reader.locale.count
    unplaced = sum(1 for town in towns if not town.point)
    if name == "map" and unplaced:
        return count(
            "The place of %(num)s town is not known: it is not on the map.",
            "The places of %(num)s towns are not known: they are not on the map.",
            unplaced,
        )
    if name == "network" and len(towns) > NODES:
        return count(
            "Shown is the %(num)s town with most partnerships.",
            "Shown are the %(num)s towns with most partnerships.",
            NODES,
        )
    if name == "years" and undated:
        return count(
            "The sources name no certain year for %(num)s partnership.",
            "The sources name no certain year for %(num)s partnerships.",
            undated,
        )
    return None


def _figure(reader: Reader, name: str, alone: bool = False) -> Markup:
    if name == "map":
        return whole_map(reader).svg(alone)
    if name == "network":
        return whole_network(reader).svg(alone)
    title = reader.locale.gettext(_TITLES[name])
    return years(by_year(reader.lookup)[0], title, _OF_YEAR, alone)


def file(reader: Reader, name: str) -> Response:
    """A figure as a file."""
    headers = {"Content-Type": SVG, "Vary": "Accept-Language, Cookie"}
    return Response(str(_figure(reader, name, alone=True)), headers=headers)

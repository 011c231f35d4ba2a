"""What is drawn of which things: the figures of everything, of a town, of a partnership; and the
pages of figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl, urlencode

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from twingraph import identifiers as ids
from twingraph.identifiers import Ref
from twingraph.model.lookup import Lookup
from twingraph.model.membership import OVER
from twingraph.model.records import Authority, Partnership, Point, Project
from twingraph.serve.pages.list_filters import LASTING
from twingraph.serve.pages.partnerships import STATUS
from twingraph.serve.pages.reader import Reader
from twingraph.serve.pages.site import render
from twingraph.serve.representations import Kept
from twingraph.web.assets import asset
from twingraph.web.geography import UNITS, Window, great_circle, project
from twingraph.web.graph_data import MapTown, Tie, graph_json, layout_json
from twingraph.web.messages import N_
from twingraph.web.network_layout import Layout
from twingraph.web.svg import GROUPS, SINGLE, Dot, Line, Picture, years

SVG: Final = "image/svg+xml"
JSON: Final = "application/json"
_OF_YEAR: Final = "/{listing}?from={{year}}&to={{year}}&sort={sort}{rest}"
_TITLES: Final = {
    "map": N_("Map of towns and partnerships"),
    "network": N_("Network of partnerships"),
    "years": N_("Partnerships by the year they began"),
    "projects-map": N_("Map of those who take part in the projects"),
    "projects-years": N_("Projects by the year they began"),
}
_SHAPE = 16 / 9


class Part(NamedTuple):
    """What is drawn of a release where not all is: the partnerships that an address chooses, and
    what it chooses them by (`country=POL&from=1990`)."""

    partnerships: Sequence[Partnership]
    query: str


def whole_map(reader: Reader, part: Part | None = None) -> Picture:
    """Every town whose place is known, and every partnership that has not ended; of a part its
    partnerships and their towns."""
    title = reader.locale.gettext(_TITLES["map"])
    towns = _towns(reader.lookup, part)
    return _map(reader, towns, part.partnerships if part else _lasting(reader.lookup), title)


def _towns(lookup: Lookup, part: Part | None) -> Iterable[Authority]:
    if part is None:
        return lookup.authorities.values()
    return lookup.towns_of(dict.fromkeys(key for p in part.partnerships for key in p.partners))


def _partnerships(lookup: Lookup, part: Part | None) -> Iterable[Partnership]:
    return part.partnerships if part else lookup.partnerships.values()


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


def map_between(
    reader: Reader, keys: Sequence[str], partnerships: Sequence[Partnership]
) -> Picture | None:
    """Some towns and the partnerships that link them; None where no place is known."""
    title = reader.locale.gettext("Map: %(name)s", name=_ends(reader, keys))
    picture = _map(reader, reader.lookup.towns_of(keys), partnerships, title)
    return picture if picture.dots else None


def _ends(reader: Reader, keys: Sequence[str]) -> str:
    names = (reader.label(Ref(ids.MUNICIPALITY, key)).value for key in (keys[0], keys[-1]))
    return " – ".join(names)


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
    step = 1.0 if len(partnerships) <= SINGLE else 12.0
    lines = [
        _line(reader, one, (a, b), great_circle(placed[a], placed[b], step))
        for one in partnerships
        for a, b in combinations(one.partners, 2)
        if a in placed and b in placed and (not centre or centre in (a, b))
    ]
    points = [(dot.x, dot.y) for dot in dots]
    if len(lines) <= SINGLE:  # Of many some go by way of the poles.
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


def order(lookup: Lookup) -> list[str]:
    """The towns by how many partnerships they have, the most first: their numbers in the data."""
    degrees = {key: len(lookup.partnerships_of[key]) for key in lookup.authorities}
    return sorted(degrees, key=lambda key: (-degrees[key], key))


def pairs(lookup: Lookup) -> list[tuple[int, int]]:
    """The links of the network: every two towns of a partnership, by number."""
    number = {key: place for place, key in enumerate(order(lookup))}
    lasting = (p.partners for p in _lasting(lookup))
    ends = (pair for partners in lasting for pair in combinations(partners, 2))
    return [(number[a], number[b]) for a, b in ends if a in number and b in number]


def whole_network(reader: Reader, layout: Layout) -> Picture:
    """All towns that have a partner, communities apart, in their colours."""
    lookup = reader.lookup
    linked = {number for pair in pairs(lookup) for number in pair}
    placed = {
        key: (layout.places[number][0] * UNITS, layout.places[number][1] * UNITS)
        for number, key in enumerate(order(lookup))
        if number in linked
    }
    numbers = {key: number for number, key in enumerate(order(lookup))}
    dots = [
        _dot(reader, key, place)._replace(
            weight=layout.weights[numbers[key]], group=layout.communities[numbers[key]]
        )
        for key, place in placed.items()
    ]
    lines = [
        _line(reader, one, (a, b), [[placed[a], placed[b]]])
        for one in _lasting(lookup)
        for a, b in combinations(one.partners, 2)
        if a in placed and b in placed
    ]
    title = reader.locale.gettext(_TITLES["network"])
    window = Window.around(placed.values(), _SHAPE, least=4 * UNITS, most=None)
    return Picture(window, title, dots, lines, outlines=False)


def by_year(lookup: Lookup, part: Part | None = None) -> tuple[Counter[int], int]:
    """How many partnerships began in each year, and how many have no certain year."""
    dates = [partnership.since for partnership in _partnerships(lookup, part)]
    counts = Counter(date.year for date in dates if date and date.year)
    return counts, len(dates) - sum(counts.values())


# --- as files ------------------------------------------------------------------------------------


def file(reader: Reader, name: str, layout: Layout, part: Part | None = None) -> Kept:
    """A figure as a file, or what scripts draw it of: `map.svg`, `map.json` and so on."""
    match name:
        case "map.json":
            return Kept(_graph(reader, part), JSON)
        case "network.json":
            return Kept(layout_json(*layout), JSON)
        case "map.svg":
            picture = whole_map(reader, part).svg(alone=True)
        case "network.svg":
            picture = whole_network(reader, layout).svg(alone=True)
        case _:
            picture = _years(reader, part, alone=True)
    return Kept(str(picture).encode(), SVG)


def _graph(reader: Reader, part: Part | None) -> bytes:
    lookup, _ = reader.lookup, reader.locale.gettext
    towns, shown = [], {town.key for town in _towns(lookup, part)}
    for key in filter(shown.__contains__, order(lookup)):
        town, link = lookup.authorities[key], reader.link(Ref(ids.MUNICIPALITY, key))
        at, degree = town.point and _place(town.point), len(lookup.partnerships_of[key])
        towns.append(MapTown(key, link.text, link.language, town.country or "", at, degree))
    ties = (
        Tie(p.key, p.partners, _year(p), p.status or "", tuple(lookup.sources_of[p.ref]))
        for p in _partnerships(lookup, part)
    )
    return graph_json(
        towns,
        ties,
        lambda code: reader.country(code) or _("not known"),
        lambda status: reader.concept(STATUS, status) or _("not stated"),
        lambda key: reader.label(Ref(ids.SOURCE, key)).value,
    )


def _year(partnership: Partnership) -> int | None:
    return partnership.since.year if partnership.since else None


def _years(reader: Reader, part: Part | None, alone: bool = False) -> Markup:
    title, query = reader.locale.gettext(_TITLES["years"]), part.query if part else ""
    href = _OF_YEAR.format(listing="partnerships", sort="since", rest=_rest(query))
    return years(by_year(reader.lookup, part)[0], title, href, alone)


def _rest(query: str) -> str:
    """What an address chooses besides years, to be put behind them."""
    pairs = [pair for pair in parse_qsl(query) if pair[0] not in ("from", "to")]
    return f"&{urlencode(pairs)}" if pairs else ""


def of_projects(reader: Reader, name: str, projects: Sequence[Project], query: str) -> Markup:
    """The `map` of the towns and seats that take part in projects, or their number by `years`;
    "" where no place or year is known. `query` is what chooses these projects."""
    title = reader.locale.gettext(_TITLES[f"projects-{name}"])
    if name == "years":
        began = Counter(one.start.year for one in projects if one.start and one.start.year)
        href = _OF_YEAR.format(listing="projects", sort="start", rest=_rest(query))
        return years(began, title, href)
    sites = {town.key: town for project in projects for town in reader.lookup.sites(project)}
    picture = _map(reader, sites.values(), (), title)
    return picture.svg() if picture.dots else Markup("")


# --- their pages ---------------------------------------------------------------------------------


def is_large(lookup: Lookup) -> bool:
    """Whether a picture of everything is loaded by itself."""
    return max(len(lookup.partnerships), len(lookup.authorities)) > SINGLE


def map_or_image(reader: Reader, part: Part | None = None) -> Markup:
    """The map of everything; where that is much, as a picture that is loaded by itself."""
    large = is_large(reader.lookup)
    return image(reader, "map", part) if large else whole_map(reader, part).svg()


def image(reader: Reader, name: str, part: Part | None = None) -> Markup:
    """A figure as a picture that is loaded by itself."""
    title = reader.locale.gettext(_TITLES[name])
    return Markup('<img src="/{0}.svg?{1}" alt="{2}" width="1200" height="675">').format(
        name, _address(reader, part), title
    )


def _address(reader: Reader, part: Part | None) -> str:
    """What stands behind the question mark of a figure's address."""
    return f"lang={reader.language}{f'&{part.query}' if part else ''}"


def page(
    request: Request,
    reader: Reader,
    name: str,
    layout: Layout,
    part: Part | None = None,
    told: Sequence[tuple[str, str]] = (),
) -> Response:
    """A figure with its page; of a part, `told` says in words which it is."""
    counts, undated = by_year(reader.lookup, part) if name == "years" else (Counter(), 0)
    drawn = {
        "map": lambda: map_or_image(reader, part),
        "network": lambda: (
            image(reader, name) if is_large(reader.lookup) else whole_network(reader, layout).svg()
        ),
        "years": lambda: _years(reader, part),
    }
    listed = part.query if part else f"status={LASTING}" if name == "map" else ""
    values = {
        "title": reader.locale.gettext(_TITLES[name]),
        "name": name,
        "image": drawn[name](),
        "note": _note(reader, name, undated, part),
        "address": _address(reader, part),
        "part": part.query if part else "",
        "told": told,
        "is_empty": part is not None and not part.partnerships,
        "listed": f"/partnerships?{listed}" if listed else "/partnerships",
        "table": [(str(year), reader.locale.number(counts[year])) for year in sorted(counts)],
        **explorer(reader, name, part),
    }
    return render(request, "picture.html", values)


def explorer(reader: Reader, name: str, part: Part | None = None) -> dict[str, Any]:
    """What a script needs to make a figure move, and the words that it says."""
    _ = reader.locale.gettext
    settings = {
        "figure": name,
        "graph": f"/map.json?{_address(reader, part)}",
        "part": part.query if part else "",
        "layout": "/network.json",
        "worker": asset("map-worker.js"),
        "outlines": asset("outlines.json"),
        "style": asset(f"{name}.css"),
        "words": {
            "title": _(_TITLES[name]),
            "shown": _("%(shown)s of %(all)s partnerships"),
            "town": _("Town"),
            "since": _("since %(year)s"),
            "partners": _("Partners"),
            "none": _("Nothing fits this choice."),
            "unknown": _("not known"),
            "close": _("Close"),
            "wheel": _("Hold Ctrl and turn the wheel to enlarge the map"),
            "wheel-mac": _("Hold ⌘ and turn the wheel to enlarge the map"),
            "fingers": _("Move the map with two fingers"),
            "partnerships": _("Partnerships"),
            "year": _("Year"),
        },
    }
    return {"script": asset(f"{name}.js"), "settings": settings, "groups": len(GROUPS)}


def _note(reader: Reader, name: str, undated: int, part: Part | None) -> str | None:
    """What a figure does not show."""
    count = reader.locale.count
    unplaced = sum(1 for town in _towns(reader.lookup, part) if not town.point)
    if name == "map" and unplaced:
        return count(
            "The place of %(num)s town is not known: it is not on the map.",
            "The places of %(num)s towns are not known: they are not on the map.",
            unplaced,
        )
    if name == "years" and undated:
        return count(
            "The sources name no certain year for %(num)s partnership.",
            "The sources name no certain year for %(num)s partnerships.",
            undated,
        )
    return None

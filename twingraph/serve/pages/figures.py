"""What is drawn of which things: the pictures of an index, of a town, of a partnership."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import combinations

from twingraph.serve.pages.attribution import Reader
from twingraph.serve.pages.geography import Window, great_circle, project
from twingraph.serve.pages.index import Index
from twingraph.serve.pages.svg import SINGLE, Dot, Line, Picture, network

_SHAPE = 16 / 9
_GONE = frozenset({"ended", "expired"})


def whole_map(reader: Reader) -> Picture:
    """Every town whose place is known, and every partnership that has not ended."""
    index = reader.index
    ties = [key for key, tie in index.ties.items() if not _gone(tie.status)]
    return _map(reader, index.towns, ties, reader.locale.gettext("Map of towns and partnerships"))


def map_of(reader: Reader, key: str) -> Picture | None:
    """A town with its partners, or a partnership's towns; None where no place is known."""
    index = reader.index
    if key in index.towns:
        ties = index.towns[key].partnerships
        title = reader.locale.gettext("Map: %(name)s and its partners", name=reader.name(key))
    elif key in index.ties:
        ties = [key]
        title = reader.locale.gettext("Map: %(name)s", name=reader.name(key))
    else:
        return None
    towns = dict.fromkeys([key] if key in index.towns else [])
    for tie in ties:
        towns |= dict.fromkeys(index.ties[tie].partners)
    picture = _map(reader, towns, ties, title, key if key in index.towns else None)
    picture.here = f"/{key}"
    return picture if picture.dots else None


def _gone(status: str | None) -> bool:
    return (status or "").rpartition("/")[2] in _GONE


def _map(
    reader: Reader,
    towns: Iterable[str],
    ties: Sequence[str],
    title: str,
    centre: str | None = None,
) -> Picture:
    """With a centre, only lines from it are drawn: a circle of towns is seen from one of them."""
    index, dots, lines = reader.index, [], []
    for key in towns:
        town = index.towns.get(key)
        if town and town.point:
            link = reader.link(key)
            x, y = project(*town.point)
            weight = len(town.partnerships)
            dots.append(Dot(x, y, link.text, link.href, weight, link.language))
    # Finer than the eye sees where they are few, coarse where they are too many to follow.
    step = 1.0 if len(ties) <= SINGLE else 5.0
    for tie in ties:
        partners = index.ties[tie].partners
        for a, b in combinations(partners, 2):
            if centre and centre not in (a, b):
                continue
            one, other = index.towns.get(a), index.towns.get(b)
            if one and other and one.point and other.point:
                parts = great_circle(one.point, other.point, step)
                lines.append(Line(parts, reader.name(tie), f"/{tie}", (f"/{a}", f"/{b}")))
    points = [(dot.x, dot.y) for dot in dots]
    points += [point for line in lines for part in line.parts for point in part]
    return Picture(Window.around(points, _SHAPE), title, dots, lines)


def whole_network(reader: Reader) -> Picture:
    """The towns with most partnerships, drawn near to their partners."""
    index = reader.index
    degrees = {key: len(town.partnerships) for key, town in index.towns.items()}
    degrees = {key: degree for key, degree in degrees.items() if degree}
    edges = [
        (a, b, key)
        for key, tie in index.ties.items()
        if not _gone(tie.status)
        for a, b in combinations(tie.partners, 2)
    ]
    places, kept = network(degrees, edges)
    dots = []
    for key, (x, y) in places.items():
        link = reader.link(key)
        dots.append(Dot(x, y, link.text, link.href, degrees[key], link.language))
    lines = [
        Line([[places[a], places[b]]], reader.name(tie), f"/{tie}", (f"/{a}", f"/{b}"))
        for a, b, tie in kept
    ]
    title = reader.locale.gettext("Network of partnerships")
    window = Window.around(places.values(), _SHAPE, least=100)
    return Picture(window, title, dots, lines, outlines=False)


def by_year(index: Index) -> tuple[Counter[int], int]:
    """How many partnerships began in each year, and how many have no certain year."""
    counts = Counter(year for tie in index.ties.values() if (year := tie.since.year))
    return counts, len(index.ties) - sum(counts.values())

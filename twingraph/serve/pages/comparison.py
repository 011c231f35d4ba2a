"""Two towns side by side: the chain of partnerships between them, and what they have in common."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from twingraph import identifiers as ids
from twingraph.identifiers import Ref
from twingraph.model.chains import shortest_chain
from twingraph.model.records import Authority, Partnership
from twingraph.serve.pages import figures
from twingraph.serve.pages.front import ReleaseCache
from twingraph.serve.pages.reader import Reader
from twingraph.serve.pages.site import parameters, render

ENDS: Final = ("one", "other")
"""In an address: the two towns, by key or by name."""
_LOOKED_AT: Final = 20


def page(request: Request, cache: ReleaseCache, reader: Reader) -> Response:
    """The form for two towns and, where both are found, what stands between them."""
    given = parameters(request)
    asked = [given.get(end, "").strip() for end in ENDS]
    towns = [_town(cache, text) for text in asked]
    links = [reader.link(town.ref) if town else None for town in towns]
    values: dict[str, Any] = {
        "title": reader.locale.gettext("Compare two towns"),
        "fields": [
            (end, link.text if link else text, town.key if town else "")
            for end, link, text, town in zip(ENDS, links, asked, towns, strict=True)
        ],
        "unknown": [text for text, town in zip(asked, towns, strict=True) if text and town is None],
        "towns": [],
    }
    if towns[0] and towns[1]:
        values |= {"towns": links, **_between(reader, towns[0], towns[1])}
    return render(request, "compare.html", values)


def _town(cache: ReleaseCache, text: str) -> Authority | None:
    """The town of a key, or the one that is called most like some words."""
    towns = cache.lookup.authorities
    if not text or text in towns:
        return towns.get(text)
    names = cache.finder.find(text, _LOOKED_AT)
    return next((towns[n.ref.key] for n in names if n.ref.path == ids.MUNICIPALITY), None)


def _between(reader: Reader, one: Authority, other: Authority) -> dict[str, Any]:
    lookup = reader.lookup
    chain = shortest_chain(lookup.twins, one.key, other.key)
    steps = [(_linking(reader, here, there), there) for here, there in pairwise(chain)]
    shared = set(lookup.twins[one.key]) & set(lookup.twins[other.key])
    of_other = {project.key for project in lookup.projects_of[other.key]}
    projects = [p.key for p in lookup.projects_of[one.key] if p.key in of_other]
    picture = figures.map_between(reader, chain or [one.key, other.key], [p for p, _ in steps])
    return {
        "same": one.key == other.key,
        "distance": len(steps),
        "chain": [
            (reader.link(partnership.ref), reader.link(Ref(ids.MUNICIPALITY, town)))
            for partnership, town in steps
        ],
        "shared": reader.links(ids.MUNICIPALITY, shared),
        "projects": reader.links(ids.PROJECT, projects),
        "map": picture.svg() if picture else "",
    }


def _linking(reader: Reader, here: str, there: str) -> Partnership:
    """The partnership in which two towns are twinned: the first of several."""
    return next(
        partnership
        for partnership in reader.lookup.partnerships_of[here]
        if any({here, there} == set(pair) for pair in reader.lookup.twinned(partnership))
    )

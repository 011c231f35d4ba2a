"""The pages that are about many things: home, lists, search, pictures."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode

import orjson
from markupsafe import Markup

from twingraph import identifiers as ids
from twingraph.serve.messages import Refused, Request, Response
from twingraph.serve.pages import figures as drawing
from twingraph.serve.pages import svg as pictures
from twingraph.serve.pages.attribution import Link, Reader
from twingraph.serve.pages.lists import (
    LISTINGS,
    ON_A_PAGE,
    Filter,
    Listing,
    as_csv,
    as_geojson,
    ordered,
)
from twingraph.serve.pages.paging import Paging, number_of
from twingraph.serve.pages.search import Finder, Name
from twingraph.serve.pages.site import address, parameters, render

GEOJSON: Final = "application/geo+json"
SVG: Final = "image/svg+xml"
SUGGESTED: Final = 8
_INLINE: Final = pictures.SINGLE
_OF_YEAR: Final = "/partnerships?from={year}&to={year}&sort=since"


def home(request: Request, reader: Reader, base: str) -> Response:
    """One sentence, a search field, the map, four figures, three doors."""
    index, _ = reader.index, reader.locale.gettext
    people = sum(1 for key in index.of(ids.PERSON) if "#" not in key)
    figures = [
        ("/towns", len(index.towns), reader.locale.ngettext("town", "towns", len(index.towns))),
        (
            "/partnerships",
            len(index.ties),
            reader.locale.ngettext("partnership", "partnerships", len(index.ties)),
        ),
        ("/signatories", people, reader.locale.ngettext("signatory", "signatories", people)),
        (
            "/projects",
            len(index.works),
            reader.locale.ngettext("project", "projects", len(index.works)),
        ),
    ]
    summary = _(
        "Which towns are partners, since when, which document says so, who signed it, and which "
        "projects they ran together: every fact with its source."
    )
    values = {
        "title": "Twingraph",
        "summary": summary,
        "canonical": base,
        "figures": [(href, reader.locale.number(n), text) for href, n, text in figures],
        "map": map_or_image(reader),
        "formats": [],
        "structured": {
            "@context": "https://schema.org/",
            "@type": "WebSite",
            "name": "Twingraph",
            "url": base,
            "description": summary,
            "inLanguage": reader.language,
            "potentialAction": {
                "@type": "SearchAction",
                "target": f"{request.origin}/search?q={{q}}",
                "query-input": "required name=q",
            },
        },
    }
    return render(request, "home.html", values)


def map_or_image(reader: Reader) -> Markup:
    """The map of everything; where that is much, as a picture that is loaded by itself."""
    if len(reader.index.ties) <= _INLINE and len(reader.index.towns) <= _INLINE:
        return drawing.whole_map(reader).svg()
    title = Markup.escape(reader.locale.gettext("Map of towns and partnerships"))
    return Markup('<img src="/map.svg" alt="{}" width="1200" height="675">').format(title)


# --- lists ---------------------------------------------------------------------------------------


Kept = dict[tuple[object, ...], list[str]]
"""Lists in their order, by what was chosen: sorting 50,000 names takes a second."""

_KEPT: Final = 100


def listing(request: Request, reader: Reader, name: str, extension: str, kept: Kept) -> Response:
    """A list as a page, or as a file. Raises Refused for what is no list, page or year."""
    kind = LISTINGS[name]
    chosen, given = Filter.of(parameters(request)), parameters(request)
    columns = [column for column, _ in kind.columns if column]
    column = given.get("sort", columns[0])
    if column not in columns:
        raise Refused(400, f"the list can be sorted by {', '.join(columns)}")
    down = given.get("order") == "down"
    place = (name, chosen, column, down, reader.language)
    keys = kept.get(place)
    if keys is None:
        keys = ordered(reader, kind, kind.keys(reader.index, chosen), column, down)
        if len(kept) >= _KEPT:
            kept.clear()
        kept[place] = keys
    if extension == "csv":
        return _file(as_csv(reader, kind, keys), "text/csv; charset=utf-8; header=present")
    if extension == "geojson":
        return _file(as_geojson(reader, kind, keys), GEOJSON)
    paging = Paging(number_of(request), len(keys), ON_A_PAGE)
    query = urlencode({k: v for k, v in given.items() if k not in ("page", "lang") and v})
    ask = urlencode({"query": kind.query(reader.index, chosen)})
    mark = f"?{query}" if query else ""
    values = {
        "title": reader.locale.gettext(kind.title),
        "listing": kind,
        "rows": [kind.row(reader, key) for key in keys[paging.start : paging.stop]],
        "paging": paging,
        "page_links": paging.links(request),
        "heads": _heads(request, reader, kind, column, down),
        "chosen": chosen,
        "sort": column,
        "down": down,
        "choices": _choices(reader, kind),
        "files": [
            ("CSV", f"/{name}.csv{mark}"),
            *([("GeoJSON", f"/{name}.geojson{mark}")] if name in ("towns", "partnerships") else []),
        ],
        "query_href": f"/query?{ask}",
    }
    return render(request, "list.html", values)


def _file(body: bytes, media_type: str) -> Response:
    return Response(200, {"Content-Type": media_type, "Vary": "Accept-Language, Cookie"}, body)


def _heads(
    request: Request, reader: Reader, kind: Listing, sorted_by: str, down: bool
) -> list[tuple[str, str | None, str | None]]:
    """Of each column: its title, where sorting by it is, and how it is sorted now."""
    found: list[tuple[str, str | None, str | None]] = []
    for column, title in kind.columns:
        now = column == sorted_by
        turned = "down" if now and not down else None
        href = address(request, {"sort": column, "order": turned, "page": None}) if column else None
        sense = ("descending" if down else "ascending") if now else None
        found.append((reader.locale.gettext(title), href, sense))
    return found


def _choices(reader: Reader, kind: Listing) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """The filters with a fixed choice: name, title, and the value and title of each choice."""
    index, _ = reader.index, reader.locale.gettext
    found = []
    if "country" in kind.filters:
        codes = {town.country for town in index.towns.values() if town.country}
        countries = [(code, reader.locale.country(code)) for code in codes]
        found.append(("country", _("Country"), countries))
    if "status" in kind.filters:
        statuses = {tie.status for tie in index.ties.values() if tie.status}
        named = [(status.rpartition("/")[2], reader.name(status)) for status in statuses]
        found.append(("status", _("Status"), named))
    if "programme" in kind.filters:
        programmes = {work.programme for work in index.works.values() if work.programme}
        titled = [(one.partition("/")[2], reader.name(one)) for one in programmes]
        found.append(("programme", _("Programme of a joint project"), titled))
    return [
        (name, title, sorted(choices, key=lambda choice: reader.locale.sort_key(choice[1])))
        for name, title, choices in found
    ]


# --- search --------------------------------------------------------------------------------------


def search(request: Request, reader: Reader, finder: Finder) -> Response:
    """What is called like what was asked for."""
    asked = parameters(request).get("q", "").strip()
    names = finder.find(asked, 100) if asked else []
    _ = reader.locale.gettext
    values = {
        "title": _("Search: %(q)s", q=asked) if asked else _("Search"),
        "q": asked,
        "found": [found(reader, name) for name in names],
    }
    return render(request, "search.html", values)


def suggest(request: Request, reader: Reader, finder: Finder) -> Response:
    """The first things that are called like what is being typed, as JSON."""
    names = finder.find(parameters(request).get("q", ""), SUGGESTED)
    answer = []
    for name in names:
        link, note = found(reader, name)
        answer.append({"href": link.href, "name": link.text, "lang": link.language, "note": note})
    headers = {"Content-Type": "application/json", "Vary": "Accept-Language, Cookie"}
    return Response(200, headers, orjson.dumps(answer))


def found(reader: Reader, name: Name) -> tuple[Link, str]:
    """A thing that was found: its name, and what tells it from its namesakes."""
    link = reader.link(name.key)
    town = reader.index.towns.get(name.key)
    _ = reader.locale.gettext
    kinds = {
        ids.MUNICIPALITY: _("Town"),
        ids.PERSON: _("Signatory"),
        ids.PROJECT: _("Joint project"),
        ids.PROGRAMME: _("Funding programme"),
        ids.ORGANIZATION: _("School or association"),
        ids.SOURCE: _("Source"),
        ids.CONCEPT: _("Concept"),
    }
    notes = [kinds.get(name.key.partition("/")[0], "")]
    if town:
        notes = [
            (reader.concept(town.level) if town.level else None) or notes[0],
            reader.locale.country(town.country) if town.country else "",
        ]
    if name.text != link.text:
        notes.insert(0, name.text)
    return link, ", ".join(filter(None, notes))


# --- pictures ------------------------------------------------------------------------------------


def picture(request: Request, reader: Reader, name: str) -> Response:
    """A picture with its page."""
    index, _ = reader.index, reader.locale.gettext
    extra: dict[str, Any] = {"table": [], "note": None}
    if name == "map":
        image, title = map_or_image(reader), _("Map of towns and partnerships")
        placed = sum(1 for town in index.towns.values() if town.point)
        if placed < len(index.towns):
            extra["note"] = reader.locale.count(
                "The place of %(num)s town is not known: it is not on the map.",
                "The places of %(num)s towns are not known: they are not on the map.",
                len(index.towns) - placed,
            )
    elif name == "network":
        image, title = drawing.whole_network(reader).svg(), _("Network of partnerships")
        if len(index.towns) > pictures.NODES:
            extra["note"] = reader.locale.count(
                "Shown is the %(num)s town with most partnerships.",
                "Shown are the %(num)s towns with most partnerships.",
                pictures.NODES,
            )
    else:
        title = _("Partnerships by the year they began")
        counts, unknown = drawing.by_year(index)
        image = pictures.years(counts, title, _OF_YEAR)
        extra["table"] = [
            (str(year), reader.locale.number(counts[year])) for year in sorted(counts)
        ]
        if unknown:
            extra["note"] = reader.locale.count(
                "The sources name no certain year for %(num)s partnership.",
                "The sources name no certain year for %(num)s partnerships.",
                unknown,
            )
    values = {"title": title, "name": name, "image": image, **extra}
    return render(request, "picture.html", values)


def file(request: Request, reader: Reader, name: str) -> Response:
    """A picture as a file."""
    if name == "map":
        image = drawing.whole_map(reader).svg(alone=True)
    elif name == "network":
        image = drawing.whole_network(reader).svg(alone=True)
    else:
        counts, _ = drawing.by_year(reader.index)
        title = reader.locale.gettext("Partnerships by the year they began")
        image = pictures.years(counts, title, _OF_YEAR, alone=True)
    headers = {"Content-Type": SVG, "Vary": "Accept-Language, Cookie"}
    return Response(200, headers, str(image).encode())

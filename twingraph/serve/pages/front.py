"""The pages that are about many things: home, lists, search, figures."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final
from urllib.parse import urlencode

import orjson
from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from twingraph import identifiers as ids
from twingraph.identifiers import Ref
from twingraph.model.records import Authority, Person
from twingraph.release.csv_zip import csv_text
from twingraph.release.geojson import collection, feature
from twingraph.serve.pages import figures, list_queries
from twingraph.serve.pages.lists import LISTINGS, ON_A_PAGE, Filter, Listing
from twingraph.serve.pages.partnerships import STATUS
from twingraph.serve.pages.reader import Link, Reader
from twingraph.serve.pages.search import Finder, Name
from twingraph.serve.pages.site import Paging, address, parameters, render
from twingraph.serve.representations import page_number
from twingraph.web import svg
from twingraph.web.messages import N_, ngettext_noop

GEOJSON: Final = "application/geo+json"
SVG: Final = "image/svg+xml"
SUGGESTED: Final = 8
_INLINE: Final = svg.SINGLE
_OF_YEAR: Final = "/partnerships?from={year}&to={year}&sort=since"


def home(request: Request, reader: Reader) -> Response:
    """One sentence, a search field, the map, four figures, three doors."""
    lookup, locale, _ = reader.lookup, reader.locale, reader.locale.gettext
    counts = (
        ("/towns", len(lookup.authorities), ngettext_noop("town", "towns")),
        ("/partnerships", len(lookup.partnerships), ngettext_noop("partnership", "partnerships")),
        ("/signatories", len(lookup.all(Person)), ngettext_noop("signatory", "signatories")),
        ("/projects", len(lookup.projects), ngettext_noop("project", "projects")),
    )
    summary = _(
        "Which towns are partners, since when, which document says so, who signed it, and which "
        "projects they ran together: every fact with its source."
    )
    values = {
        "title": "Twingraph",
        "summary": summary,
        "canonical": lookup.base,
        "figures": [(href, locale.number(n), locale.ngettext(*of, n)) for href, n, of in counts],
        "map": map_or_image(reader),
        "formats": [],
        "structured": {
            "@context": "https://schema.org/",
            "@type": "WebSite",
            "name": "Twingraph",
            "url": lookup.base,
            "description": summary,
            "inLanguage": reader.language,
            "potentialAction": {
                "@type": "SearchAction",
                "target": f"{request.base_url}search?q={{q}}",
                "query-input": "required name=q",
            },
        },
    }
    return render(request, "home.html", values)


def map_or_image(reader: Reader) -> Markup:
    """The map of everything; where that is much, as a picture that is loaded by itself."""
    if max(len(reader.lookup.partnerships), len(reader.lookup.authorities)) <= _INLINE:
        return figures.whole_map(reader).svg()
    title = Markup.escape(reader.locale.gettext(_TITLES["map"]))
    return Markup('<img src="/map.svg" alt="{}" width="1200" height="675">').format(title)


# --- lists ---------------------------------------------------------------------------------------


Kept = dict[tuple[object, ...], list[Any]]
"""Lists in their order, by what was chosen: sorting 50,000 names takes a second."""

_KEPT: Final = 100


def listing(request: Request, reader: Reader, name: str, extension: str, kept: Kept) -> Response:
    """A list as a page, or as a file. Raises HTTPException for what is no list, page or file."""
    kind, given = LISTINGS[name], parameters(request)
    chosen = Filter.of(given)
    columns = [column.name for column in kind.columns if column.name]
    column = given.get("sort", columns[0])
    if column not in columns:
        raise HTTPException(400, f"the list can be sorted by {', '.join(columns)}")
    down = given.get("order") == "down"
    place = (name, chosen, column, down, reader.language)
    things = kept.get(place)
    if things is None:
        things = kind.ordered(reader, chosen, column, down)
        if len(kept) >= _KEPT:
            kept.clear()
        kept[place] = things
    if extension == "csv":
        text = "".join(csv_text(kind.table, reader, things))
        return _file(text.encode(), "text/csv; charset=utf-8; header=present")
    if extension == "geojson":
        if not kind.on_map:
            raise HTTPException(404, "what is in this list has no place of its own")
        body = b"".join(collection((feature(thing, reader) for thing in things), {}))
        return _file(body, GEOJSON)
    paging = Paging(page_number(request), len(things), ON_A_PAGE)
    query = urlencode({k: v for k, v in given.items() if k not in ("page", "lang") and v})
    ask = urlencode({"query": list_queries.query(name, chosen, reader.lookup.base)})
    mark = f"?{query}" if query else ""
    values = {
        "title": reader.locale.gettext(kind.title),
        "listing": kind,
        "rows": [kind.row(reader, thing) for thing in things[paging.start : paging.stop]],
        "paging": paging,
        "page_links": paging.links(request),
        "heads": _heads(request, reader, kind, column, down),
        "chosen": chosen,
        "sort": column,
        "down": down,
        "choices": _choices(reader, kind),
        "files": [
            ("CSV", f"/{name}.csv{mark}"),
            *([("GeoJSON", f"/{name}.geojson{mark}")] if kind.on_map else []),
        ],
        "query_href": f"/query?{ask}",
    }
    return render(request, "list.html", values)


def _file(body: bytes, media_type: str) -> Response:
    headers = {"Content-Type": media_type, "Vary": "Accept-Language, Cookie"}
    return Response(body, headers=headers)


def _heads(
    request: Request, reader: Reader, kind: Listing, sorted_by: str, down: bool
) -> list[tuple[str, str | None, str | None]]:
    """Of each column: its title, where sorting by it is, and how it is sorted now."""
    heads: list[tuple[str, str | None, str | None]] = []
    for column, title, *_rest in kind.columns:
        now = column == sorted_by
        turned = "down" if now and not down else None
        href = address(request, {"sort": column, "order": turned, "page": None}) if column else None
        sense = ("descending" if down else "ascending") if now else None
        heads.append((reader.locale.gettext(title), href, sense))
    return heads


def _choices(reader: Reader, kind: Listing) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """The filters with a fixed choice: name, title, and the value and title of each choice."""
    lookup, _ = reader.lookup, reader.locale.gettext
    filters = []
    if "country" in kind.filters:
        codes = {town.country for town in lookup.authorities.values() if town.country}
        countries = [(code, reader.locale.country(code)) for code in codes]
        filters.append(("country", _("Country"), countries))
    if "status" in kind.filters:
        statuses = {p.status for p in lookup.partnerships.values() if p.status}
        named = [(status, reader.concept(STATUS, status) or "") for status in statuses]
        filters.append(("status", _("Status"), named))
    if "programme" in kind.filters:
        programmes = {p.programme for p in lookup.projects.values() if p.programme}
        titled = [(key, reader.label(Ref(ids.PROGRAMME, key)).value) for key in programmes]
        filters.append(("programme", _("Programme of a joint project"), titled))
    return [
        (name, title, sorted(choices, key=lambda choice: reader.locale.sort_key(choice[1])))
        for name, title, choices in filters
    ]


# --- search --------------------------------------------------------------------------------------


def search(request: Request, reader: Reader, finder: Finder) -> Response:
    """What is called like what is asked for."""
    words = parameters(request).get("q", "").strip()
    names = finder.find(words, 100) if words else []
    _ = reader.locale.gettext
    values = {
        "title": _("Search: %(q)s", q=words) if words else _("Search"),
        "q": words,
        "found": [hit(reader, finder, name) for name in names],
        "has_exonyms": bool(finder.exonyms.texts),
    }
    return render(request, "search.html", values)


def suggest(request: Request, reader: Reader, finder: Finder) -> Response:
    """The first things that are called like what is being typed, as JSON."""
    names = finder.find(parameters(request).get("q", ""), SUGGESTED)
    answer = [
        {"href": link.href, "name": link.text, "lang": link.language, "note": note}
        for link, note in (hit(reader, finder, name) for name in names)
    ]
    headers = {"Content-Type": "application/json", "Vary": "Accept-Language, Cookie"}
    return Response(orjson.dumps(answer), headers=headers)


def hit(reader: Reader, finder: Finder, name: Name) -> tuple[Link, str]:
    """A thing by its name, and what tells it from its namesakes."""
    link, record, _ = reader.link(name.ref), reader.lookup.get(name.ref), reader.locale.gettext
    kinds = {
        ids.MUNICIPALITY: _("Town"),
        ids.PERSON: _("Signatory"),
        ids.PROJECT: _("Joint project"),
        ids.PROGRAMME: _("Funding programme"),
        ids.ORGANIZATION: _("School or association"),
        ids.SOURCE: _("Source"),
        ids.CONCEPT: _("Concept"),
    }
    notes = [kinds.get(name.ref.path)]
    if isinstance(record, Authority):
        level = reader.concept("authority-level", record.level)
        region = finder.exonyms.regions.get(record.key)
        notes = [level or notes[0], region, reader.country(record.country)]
    if name.text != link.text:
        notes.insert(0, name.text)
    return link, ", ".join(filter(None, notes))


# --- figures -------------------------------------------------------------------------------------

_TITLES: Final = {
    "map": N_("Map of towns and partnerships"),
    "network": N_("Network of partnerships"),
    "years": N_("Partnerships by the year they began"),
}


def picture(request: Request, reader: Reader, name: str) -> Response:
    """A figure with its page."""
    counts, undated = figures.by_year(reader.lookup) if name == "years" else (Counter(), 0)
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
    if name == "network" and len(towns) > svg.NODES:
        return count(
            "Shown is the %(num)s town with most partnerships.",
            "Shown are the %(num)s towns with most partnerships.",
            svg.NODES,
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
        return figures.whole_map(reader).svg(alone)
    if name == "network":
        return figures.whole_network(reader).svg(alone)
    title = reader.locale.gettext(_TITLES[name])
    return svg.years(figures.by_year(reader.lookup)[0], title, _OF_YEAR, alone)


def file(reader: Reader, name: str) -> Response:
    """A figure as a file."""
    headers = {"Content-Type": SVG, "Vary": "Accept-Language, Cookie"}
    return Response(str(_figure(reader, name, alone=True)), headers=headers)

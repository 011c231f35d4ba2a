"""The pages that are about many things: home, lists, search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

import orjson
from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from twingraph import identifiers as ids
from twingraph.identifiers import Ref
from twingraph.model.lookup import Lookup
from twingraph.model.records import Authority, Person
from twingraph.release.csv_zip import csv_text
from twingraph.release.geojson import collection, feature
from twingraph.serve.pages import figures, list_queries
from twingraph.serve.pages.lists import LISTINGS, ON_A_PAGE, Filter, Listing, period
from twingraph.serve.pages.partnerships import STATUS
from twingraph.serve.pages.reader import Link, Reader
from twingraph.serve.pages.search import Finder, Name
from twingraph.serve.pages.site import Paging, address, parameters, render
from twingraph.serve.representations import page_number
from twingraph.web.locale import locale_of
from twingraph.web.messages import ngettext_noop

GEOJSON: Final = "application/geo+json"
SUGGESTED: Final = 8
_LISTS: Final = 100
_MAPS: Final = 2000
"""Maps of single things kept, some kilobytes each."""


@dataclass
class ReleaseCache:
    """What is made of one release for its pages, and kept while that is served."""

    lookup: Lookup
    finder: Finder
    readers: dict[str, Reader] = field(default_factory=dict)
    maps: dict[tuple[str, Ref], Markup] = field(default_factory=dict)
    lists: dict[tuple[object, ...], list[Any]] = field(default_factory=dict)
    """In their order, by what was chosen: sorting 50,000 names takes a second."""
    files: dict[tuple[str, str], Response] = field(default_factory=dict)

    def reader(self, language: str) -> Reader:
        """The reader of a language."""
        if language not in self.readers:
            self.readers[language] = Reader(self.lookup, locale_of(language))
        return self.readers[language]

    def map(self, reader: Reader, ref: Ref) -> Markup:
        """A thing's map, drawn once for each language."""
        place = (reader.language, ref)
        if place not in self.maps:
            drawn = figures.map_of(reader, ref)
            if len(self.maps) > _MAPS:
                self.maps.clear()
            self.maps[place] = drawn.svg() if drawn else Markup("")
        return self.maps[place]


def home(request: Request, cache: ReleaseCache, reader: Reader) -> Response:
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
        "map": figures.map_or_image(reader),
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


# --- lists ---------------------------------------------------------------------------------------


def nothing(
    request: Request,
    title: str,
    reason: str,
    nearest: Sequence[tuple[Link, str]],
    status: int = 404,
) -> Response:
    """The page that says why there is nothing, and leads to what is near."""
    values = {"title": title, "reason": reason, "nearest": nearest}
    return render(request, "nothing.html", values, status)


def listing(request: Request, cache: ReleaseCache, reader: Reader) -> Response:
    """A list as a page, or as a file. Raises HTTPException for what is no list or file."""
    name, _dot, extension = request.scope["path"].strip("/").partition(".")
    kind, given = LISTINGS[name], parameters(request)
    chosen = Filter.of(given)
    columns = [column.name for column in kind.columns if column.name]
    column = given.get("sort", columns[0])
    if column not in columns:
        raise HTTPException(400, f"the list can be sorted by {', '.join(columns)}")
    down = given.get("order") == "down"
    place = (name, chosen, column, down, reader.language)
    things = cache.lists.get(place)
    if things is None:
        things = kind.ordered(reader, chosen, column, down)
        if len(cache.lists) >= _LISTS:
            cache.lists.clear()
        cache.lists[place] = things
    if extension == "csv":
        text = "".join(csv_text(kind.table, reader, things))
        return _file(text.encode(), "text/csv; charset=utf-8; header=present")
    if extension == "geojson":
        if not kind.on_map:
            raise HTTPException(404, "what is in this list has no place of its own")
        body = b"".join(collection((feature(thing, reader) for thing in things), {}))
        return _file(body, GEOJSON)
    try:
        paging = Paging(page_number(request), len(things), ON_A_PAGE)
    except HTTPException:
        _ = reader.locale.gettext
        first = Link(f"/{name}", _(kind.title)), ""
        return nothing(request, _("Not found"), _("The list ends before this page."), [first])
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
        if "other_country" in kind.filters:
            filters.append(("other_country", _("and country"), countries))
    if "status" in kind.filters:
        statuses = {p.status for p in lookup.partnerships.values() if p.status}
        named = [(status, reader.concept(STATUS, status) or "") for status in statuses]
        filters.append(("status", _("Status"), named))
    if "programme" in kind.filters:
        programmes = {p.programme for p in lookup.projects.values() if p.programme}
        titled = [(key, reader.label(Ref(ids.PROGRAMME, key)).value) for key in programmes]
        of_projects = kind.path == "projects"
        title = _("Programme") if of_projects else _("Programme of a joint project")
        filters.append(("programme", title, titled))
    if "period" in kind.filters:
        periods = {period(lookup, p) for p in lookup.projects.values()} - {""}
        filters.append(("period", _("Period of the programme"), [(p, p) for p in periods]))
    return [
        (name, title, sorted(choices, key=lambda choice: reader.locale.sort_key(choice[1])))
        for name, title, choices in filters
    ]


# --- search --------------------------------------------------------------------------------------


def search(request: Request, cache: ReleaseCache, reader: Reader) -> Response:
    """What is called like what is asked for."""
    words = parameters(request).get("q", "").strip()
    finder = cache.finder
    names = finder.find(words, 100) if words else []
    _ = reader.locale.gettext
    values = {
        "title": _("Search: %(q)s", q=words) if words else _("Search"),
        "q": words,
        "found": [hit(reader, finder, name) for name in names],
        "has_exonyms": bool(finder.exonyms.texts),
    }
    return render(request, "search.html", values)


def suggest(request: Request, cache: ReleaseCache, reader: Reader) -> Response:
    """The first things that are called like what is being typed, as JSON."""
    names = cache.finder.find(parameters(request).get("q", ""), SUGGESTED)
    answer = [
        {"href": link.href, "name": link.text, "lang": link.language, "note": note}
        for link, note in (hit(reader, cache.finder, name) for name in names)
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

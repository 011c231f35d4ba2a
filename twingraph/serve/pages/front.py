"""The pages that are about many things: home, lists, search."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import islice
from typing import Any, Final
from urllib.parse import quote, urlencode

import orjson
from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from twingraph import identifiers as ids
from twingraph.contributions.form.public import PublicForm
from twingraph.identifiers import Ref
from twingraph.model.lookup import Lookup
from twingraph.model.records import (
    Agreement,
    Authority,
    Organization,
    Partnership,
    Person,
    Programme,
    Project,
)
from twingraph.release.csv_zip import csv_text
from twingraph.release.geojson import collection, feature
from twingraph.serve.negotiation import language_of
from twingraph.serve.pages import figures, list_queries
from twingraph.serve.pages.figures import Part
from twingraph.serve.pages.list_filters import ALL, LASTING, UNKNOWN, Counts, Filter, Selector
from twingraph.serve.pages.lists import LISTINGS, ON_A_PAGE, Listing
from twingraph.serve.pages.partnerships import STATUS
from twingraph.serve.pages.reader import Link, Reader
from twingraph.serve.pages.release_pages import dataset_of
from twingraph.serve.pages.search import Finder, Name
from twingraph.serve.pages.site import Paging, address, parameters, render
from twingraph.serve.release_folder import ReleaseFolder
from twingraph.serve.representations import Kept, page_number
from twingraph.web.locale import locale_of
from twingraph.web.messages import ngettext_noop
from twingraph.web.network_layout import Layout, layout_of

GEOJSON: Final = "application/geo+json"
SUGGESTED: Final = 8
_LISTS: Final = 100
_DRAWN: Final = ("map", "years")
_AT_ONCE: Final = 500
"""Rows of a file that are made and sent together."""
_MAPS: Final = 2000
"""Maps of single things kept, some kilobytes each."""
_PARTS: Final = 16
"""Figures of parts kept, a megabyte each at most."""


@dataclass
class ReleaseCache:
    """What is made of one release for its pages, and kept while that is served."""

    lookup: Lookup
    finder: Finder
    folder: ReleaseFolder | None = None
    readers: dict[str, Reader] = field(default_factory=dict)
    maps: dict[tuple[str, Ref], Markup] = field(default_factory=dict)
    lists: dict[tuple[object, ...], tuple[list[Any], Counts]] = field(default_factory=dict)
    """In their order, by what was chosen."""
    orders: dict[tuple[str, str, str], Sequence[Any]] = field(default_factory=dict)
    sitemaps: dict[str, Sequence[bytes]] = field(default_factory=dict)
    """By the address that the service is known by."""
    files: dict[tuple[str, str], asyncio.Task[Kept]] = field(default_factory=dict)
    parts: dict[tuple[str, str], Kept] = field(default_factory=dict)
    drawing: asyncio.Lock = field(default_factory=asyncio.Lock)
    network: asyncio.Task[Layout] | None = None
    datasets: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What search engines are told of the dataset, by language."""

    def dataset(self, language: str) -> dict[str, Any]:
        """The dataset in a reader's language; nothing where a store is served."""
        if language not in self.datasets:
            self.datasets[language] = dataset_of(self.folder, language)
        return self.datasets[language]

    def reader(self, language: str) -> Reader:
        """The reader of a language."""
        if language not in self.readers:
            self.readers[language] = Reader(self.lookup, locale_of(language))
        return self.readers[language]

    @cached_property
    def form(self) -> PublicForm:
        """The form for what a page states."""
        return PublicForm(self.lookup, self.folder.path if self.folder else None, date.today())

    @cached_property
    def selector(self) -> Selector:
        """What chooses among the things of the release."""
        return Selector(self.lookup)

    def order(self, reader: Reader, kind: Listing, column: str) -> Sequence[Any]:
        """All things of a list in the order of a column, put together once for each language:
        sorting 50,000 names takes a second."""
        place = (reader.language, kind.path, column)
        if place not in self.orders:
            everything = kind.select(self.selector, Filter()).things
            self.orders[place] = kind.ordered(reader, everything, column)
        return self.orders[place]

    async def layout(self) -> Layout:
        """Where the towns stand in the network: found once, whoever asks first."""
        if self.network is None or _has_failed(self.network):
            towns = len(self.lookup.authorities)
            self.network = asyncio.ensure_future(layout_of(towns, figures.pairs(self.lookup)))
        return await asyncio.shield(self.network)

    async def file(self, reader: Reader, name: str) -> Kept:
        """A figure as a file, made once for each language: drawing a large map takes a second."""
        layout = await self.layout() if name.startswith("network") else Layout()
        place = (reader.language, name)
        if place not in self.files or _has_failed(self.files[place]):
            made = asyncio.to_thread(figures.file, reader, name, layout)
            self.files[place] = asyncio.ensure_future(made)
        return await asyncio.shield(self.files[place])

    async def file_of(self, reader: Reader, name: str, part: Part) -> Kept:
        """A figure of a part as a file. One is made at a time, whoever asks for how many."""
        place = (reader.language, f"{name}?{part.query}")
        async with self.drawing:
            if place not in self.parts:
                made = await asyncio.to_thread(figures.file, reader, name, Layout(), part)
                if len(self.parts) >= _PARTS:
                    self.parts.clear()
                self.parts[place] = made
            return self.parts[place]

    def part(self, given: Mapping[str, str]) -> Part | None:
        """What the parameters of an address choose among partnerships; None where all are drawn."""
        chosen = Filter.of(given)._replace(period="")
        query = chosen.query or ("status=all" if given.get("status") == ALL else "")
        return Part(self.selector.partnerships(chosen).things, query) if query else None

    def map(self, reader: Reader, ref: Ref) -> Markup:
        """A thing's map, drawn once for each language."""
        place = (reader.language, ref)
        if place not in self.maps:
            drawn = figures.map_of(reader, ref)
            if len(self.maps) > _MAPS:
                self.maps.clear()
            self.maps[place] = drawn.svg() if drawn else Markup("")
        return self.maps[place]


def addresses(lookup: Lookup) -> Iterator[str]:
    """The pages that are worth finding, without what choices and languages make of them."""
    yield from ("", "map", "network", "years", "data", "quality", "query", "compare", *LISTINGS)
    for kind in (Authority, Partnership, Agreement, Person, Project, Programme, Organization):
        for key in lookup.all(kind):
            yield f"{kind.path}/{quote(key)}.html"
    for key in lookup.sources:
        yield f"{ids.SOURCE}/{quote(key)}.html"


def _has_failed(task: asyncio.Task[Any]) -> bool:
    return task.done() and (task.cancelled() or task.exception() is not None)


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
    site = {
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
    }
    dataset = cache.dataset(reader.language)
    values = {
        "title": "Twingraph",
        "summary": summary,
        "canonical": str(request.base_url),
        "figures": [
            (href, locale.number(n), locale.ngettext(*of, n)) for href, n, of in counts if n
        ],
        "map": figures.map_or_image(reader),
        "is_large": figures.is_large(lookup),
        "formats": [],
        "structured": [site, dataset] if dataset else site,
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
    size = given.get("rows", str(ON_A_PAGE[0]))
    if size not in map(str, ON_A_PAGE):
        raise HTTPException(400, f"a page has {' or '.join(map(str, ON_A_PAGE))} rows")
    column = given.get("sort", columns[0])
    if column not in columns:
        raise HTTPException(400, f"the list can be sorted by {', '.join(columns)}")
    down = given.get("order") == "down"
    if extension == "geojson" and not kind.on_map:
        raise HTTPException(404, "what is in this list has no place of its own")
    place = (name, chosen, column, down, reader.language)
    found = cache.lists.get(place)
    if found is None:
        selection = kind.select(cache.selector, chosen)
        kept = {thing.key for thing in selection.things}
        ordered = [one for one in cache.order(reader, kind, column) if one.key in kept]
        found = ordered[::-1] if down else ordered, selection.counts
        if len(cache.lists) >= _LISTS:
            cache.lists.clear()
        cache.lists[place] = found
    things, counts = found
    if extension == "csv":
        text = (row.encode() for row in csv_text(kind.table, reader, things))
        return _file(text, "text/csv; charset=utf-8; header=present")
    if extension == "geojson":
        return _file(collection((feature(thing, reader) for thing in things), {}), GEOJSON)
    try:
        paging = Paging(page_number(request), len(things), int(size))
    except HTTPException:
        _ = reader.locale.gettext
        first = Link(f"/{name}", _(kind.title)), ""
        return nothing(request, _("Not found"), _("The list ends before this page."), [first])
    query = urlencode({k: v for k, v in given.items() if k not in ("page", "lang") and v})
    drawn = given.get("drawn", "") if kind is LISTINGS["projects"] else ""
    if drawn not in ("", *_DRAWN):
        raise HTTPException(400, f"projects can be drawn as {' or '.join(_DRAWN)}")
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
        "choices": _choices(reader, kind, chosen, counts),
        "sizes": ON_A_PAGE,
        "files": [
            ("CSV", f"/{name}.csv{mark}"),
            *([("GeoJSON", f"/{name}.geojson{mark}")] if kind.on_map else []),
        ],
        "figures": _figures(request, reader, kind, chosen),
        "drawn_as": drawn,
        "drawn": drawn and figures.of_projects(reader, drawn, things, chosen.query),
        # SPARQL knows no letters without their marks.
        "query_href": None if chosen.name else f"/query?{ask}",
    }
    return render(request, "list.html", values)


def _figures(
    request: Request, reader: Reader, kind: Listing, chosen: Filter
) -> list[tuple[str, str]]:
    """Where what is chosen is drawn: partnerships on pages of their own, of which those that are
    over are on no map unless they are asked for; projects above their list."""
    _, query = reader.locale.gettext, chosen.query
    if kind is LISTINGS["projects"]:
        titles = zip(_DRAWN, (_("Map"), _("Projects by year")), strict=True)
        return [(title, address(request, {"drawn": name, "page": None})) for name, title in titles]
    if kind.path not in ("partnerships", "towns"):
        return []
    return [
        (_("Map"), f"/map?{query or 'status=all'}"),
        (_("Partnerships by year"), f"/years?{query}" if query else "/years"),
    ]


def _file(pieces: Iterable[bytes], media_type: str) -> Response:
    """A file that is made while it is sent, some rows at a time, and no longer than it is read."""
    headers = {"Content-Type": media_type, "Vary": "Accept-Language, Cookie"}
    return StreamingResponse(_together(pieces), headers=headers)


def _together(pieces: Iterable[bytes]) -> Iterator[bytes]:
    pieces = iter(pieces)
    while some := b"".join(islice(pieces, _AT_ONCE)):
        yield some


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


def _choices(
    reader: Reader, kind: Listing, chosen: Filter, counts: Counts
) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """The filters with a fixed choice: name, title, and the value and title of each choice that
    gives something; the title says how much."""
    _, number = reader.locale.gettext, reader.locale.number
    programme = _("Programme") if kind.path == "projects" else _("Programme of a joint project")
    titles = {
        "country": _("Country"),
        "other_country": _("and country"),
        "status": _("Status"),
        "programme": programme,
        "period": _("Period of the programme"),
        "source": _("Source"),
    }
    filters = []
    for name, title in titles.items():
        if name not in kind.filters:
            continue
        of_choices = {**dict.fromkeys(filter(None, [getattr(chosen, name)]), 0), **counts[name]}
        named = [
            (value, f"{_choice(reader, name, value)} ({number(count)})")
            for value, count in of_choices.items()
            if value and (count or value == getattr(chosen, name))
        ]
        # What is not known comes last.
        named.sort(key=lambda one: (one[0] == UNKNOWN, reader.locale.sort_key(one[1])))
        filters.append((name, title, named))
    return filters


def _choice(reader: Reader, name: str, value: str) -> str:
    """What a choice is called."""
    match name:
        case "country" | "other_country" if value == UNKNOWN:
            return reader.locale.gettext("Country not known")
        case "country" | "other_country":
            return reader.country(value) or value
        case "status" if value == LASTING:
            return reader.locale.gettext("not ended")
        case "source":
            return reader.label(Ref(ids.SOURCE, value)).value
        case "status":
            return reader.concept(STATUS, value) or value
        case "programme":
            return reader.label(Ref(ids.PROGRAMME, value)).value
    return value


def figure(request: Request, cache: ReleaseCache, name: str, layout: Layout) -> Response:
    """The page of a figure, of the part that its address chooses."""
    reader, given = cache.reader(language_of(request)), parameters(request)
    part = None if name == "network" else cache.part(given)
    told = words(reader, given) if part else []
    return figures.page(request, reader, name, layout, part, told)


def words(reader: Reader, given: Mapping[str, str]) -> list[tuple[str, str]]:
    """What the parameters of an address choose, as a reader is told: titles and values."""
    _, chosen = reader.locale.gettext, Filter.of(given)
    titles = {
        "name": _("Name"),
        "country": _("Country"),
        "other_country": _("and country"),
        "status": _("Status"),
        "programme": _("Programme of a joint project"),
        "source": _("Source"),
        "first": _("Started from year"),
        "last": _("to year"),
    }
    found = [(title, name, getattr(chosen, name)) for name, title in titles.items()]
    told = [(title, _choice(reader, name, value)) for title, name, value in found if value]
    return told or [(_("Status"), _("all"))]


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
    answer = [suggestion(reader, cache.finder, name) for name in names]
    headers = {"Content-Type": "application/json", "Vary": "Accept-Language, Cookie"}
    return Response(orjson.dumps(answer), headers=headers)


def suggestion(reader: Reader, finder: Finder, name: Name) -> dict[str, str]:
    """What is suggested for a name, as scripts take it; of a town its country too."""
    link, note = hit(reader, finder, name)
    record = reader.lookup.get(name.ref)
    country = reader.country(record.country) if isinstance(record, Authority) else None
    found = {"href": link.href, "name": link.text, "lang": link.language, "note": note}
    return {**found, "country": country} if country else found


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

"""Requests for pages: what is asked of which release, and what comes back."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlencode

from markupsafe import Markup

from twingraph import identifiers as ids
from twingraph.serve.app import Route
from twingraph.serve.messages import Refused, Request, Response, require_method
from twingraph.serve.pages import concepts, front, sources, things
from twingraph.serve.pages import figures as drawing
from twingraph.serve.pages.attribution import Link, Reader
from twingraph.serve.pages.index import Index, build
from twingraph.serve.pages.lists import LISTINGS
from twingraph.serve.pages.paging import number_of
from twingraph.serve.pages.search import Finder
from twingraph.serve.pages.site import render
from twingraph.serve.pages.thing_data import checked, reach
from twingraph.serve.read_model import ReadModel
from twingraph.serve.service import Service
from twingraph.sparql.query_engine import QueryEngine
from twingraph.sparql.result_formats import JSON_LD, N_TRIPLES, RDF_XML, TURTLE
from twingraph.web.languages import language_of
from twingraph.web.locale import locale_of

_READ: Final = ("GET", "HEAD")
_MAPS: Final = 2000
"""Maps of single things kept, some kilobytes each."""


@dataclass(frozen=True)
class Format:
    """A form in which a page's data is offered."""

    label: str
    media_type: str
    href: str


_FORMATS: Final = {
    "ttl": ("Turtle", TURTLE),
    "jsonld": ("JSON-LD", JSON_LD),
    "nt": ("N-Triples", N_TRIPLES),
    "rdf": ("RDF/XML", RDF_XML),
}


class Pages:
    """All pages over a service. What lists need is read once for each release it serves."""

    def __init__(self, service: Service, model: ReadModel) -> None:
        self._service = service
        service.preparations.append(self.index)
        self._index: Index | None = None
        self._generation = -1
        self._turn = asyncio.Lock()
        self._finder: Finder
        self._maps: dict[tuple[str, str], Markup] = {}
        self._lists: front.Kept = {}
        self._files: dict[tuple[str, str], Response] = {}

    async def index(self) -> Index:
        """What lists and names need of the release that is served now."""
        runs, generation = self._runs(), self._service.generation
        if self._index is None or self._generation != generation:
            async with self._turn:
                if self._index is None or self._generation != generation:
                    index = await build(runs, self._service.base)
                    self._finder = await asyncio.to_thread(Finder, index)
                    self._index = index
                    self._maps.clear()
                    self._files.clear()
                    self._lists.clear()
                    self._generation = generation
        return self._index

    def _runs(self) -> QueryEngine:
        if self._service.asked is None:
            raise Refused(503, "the service is starting up", {"Retry-After": "5"})
        return self._service.asked

    async def thing(self, request: Request, iri: str) -> Response:
        """The page of any thing. Raises Refused: 404, with the nearest names, for what is not in
        the graph."""
        require_method(request, (*_READ, "OPTIONS"))
        index, runs, locale = await self.index(), self._runs(), locale_of(language_of(request))
        path = (index.key(iri) or "").partition("/")[0]
        number = number_of(request)
        try:
            if path == ids.SOURCE and "#" not in iri:
                template = "source.html"
                values = await sources.page(runs, index, locale, iri, number)
            elif path == ids.CONCEPT:
                template = "concept.html"
                values = await concepts.page(runs, index, locale, iri, number)
            else:
                kind = things.KINDS.get(path, things.ANYTHING)
                template = kind.template
                found = await reach(runs, iri, kind.paths)
                values = kind.page(Reader(index, locale, found), iri)
        except Refused as refused:
            if refused.status != 404:
                raise
            return self.nothing(request, index, iri)
        return render(request, template, self._thing(request, index, iri, values))

    def _thing(
        self, request: Request, index: Index, iri: str, values: Mapping[str, Any]
    ) -> dict[str, Any]:
        """What the template of any thing shows beside its own values."""
        path = f"/{quote(index.key(iri) or '', safe='/')}"
        paging = values.get("paging")
        query = f"SELECT ?property ?value WHERE {{ <{checked(iri)}> ?property ?value }}"
        return {
            "title": values["name"].text,
            "iri": iri,
            "canonical": iri,
            "formats": [
                Format(label, media_type, f"{path}.{extension}")
                for extension, (label, media_type) in _FORMATS.items()
            ],
            "query_href": f"/query?{urlencode({'query': query})}",
            "page_links": paging.links(request) if paging else [],
            "map": self._map(Reader(index, locale_of(language_of(request))), index.key(iri) or ""),
            **values,
        }

    def _map(self, reader: Reader, key: str) -> Markup:
        """A thing's map, drawn once for each language."""
        place = (reader.language, key)
        if place not in self._maps:
            picture = drawing.map_of(reader, key)
            if len(self._maps) > _MAPS:
                self._maps.clear()
            self._maps[place] = picture.svg() if picture else Markup("")
        return self._maps[place]

    def nothing(self, request: Request, index: Index, iri: str, status: int = 404) -> Response:
        """The page for what is not there (404) or no more (410), with the nearest names."""
        reader = Reader(index, locale_of(language_of(request)))
        _ = reader.locale.gettext
        asked = re.sub(r"[-_/.]+", " ", (index.key(iri) or "").partition("/")[2])
        # A key begins with a country, which is no part of any name.
        words = asked.split()
        sought = " ".join(words[1:] if len(words) > 1 and len(words[0]) == 2 else words)
        if status == 410:
            title, reason = _("Removed"), _("This was in the dataset and has been removed.")
        else:
            title = _("Not found")
            reason = _("There is nothing under this address in the graph.")
        nearest = [front.found(reader, name) for name in self._finder.find(sought, 6)]
        values = {"title": title, "reason": reason, "nearest": nearest}
        return render(request, "nothing.html", values, status)

    async def missing(self, request: Request, iri: str, status: int) -> Response:
        """The page for an address under which there is nothing, or nothing any more."""
        return self.nothing(request, await self.index(), iri.removesuffix(".html"), status)

    def routes(self) -> list[Route]:
        """The routes of all pages but those of things, which linked data leads to."""
        names = "|".join(LISTINGS)
        return [
            Route("home", "/", self._home),
            Route("lists", rf"/({names})(\.csv|\.geojson)?", self._list),
            Route("search", "/search", self._search),
            Route("suggest", "/suggest", self._suggest),
            Route("pictures", r"/(map|network|years)(\.svg)?", self._picture),
        ]

    async def _reader(self, request: Request) -> Reader:
        require_method(request, (*_READ, "OPTIONS"))
        return Reader(await self.index(), locale_of(language_of(request)))

    async def _home(self, request: Request) -> Response:
        return front.home(request, await self._reader(request), self._service.base)

    async def _list(self, request: Request) -> Response:
        reader = await self._reader(request)
        name, __, extension = request.path.strip("/").partition(".")
        try:
            return front.listing(request, reader, name, extension, self._lists)
        except Refused as refused:
            if refused.status != 404 or extension:
                raise
            _ = reader.locale.gettext
            values = {
                "title": _("Not found"),
                "reason": _("The list ends before this page."),
                "nearest": [(Link(f"/{name}", _(LISTINGS[name].title)), "")],
            }
            return render(request, "nothing.html", values, 404)

    async def _search(self, request: Request) -> Response:
        return front.search(request, await self._reader(request), self._finder)

    async def _suggest(self, request: Request) -> Response:
        return front.suggest(request, await self._reader(request), self._finder)

    async def _picture(self, request: Request) -> Response:
        reader = await self._reader(request)
        name, _, extension = request.path.strip("/").partition(".")
        place = (reader.language, request.path)
        if extension:
            # Drawing a large map takes a second; it is the same until the next release.
            if place not in self._files:
                self._files[place] = await asyncio.to_thread(front.file, request, reader, name)
            return self._files[place]
        return front.picture(request, reader, name)

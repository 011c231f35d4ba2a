"""Requests for pages: what is asked of which release, and what comes back."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote, urlencode

from markupsafe import Markup

from twingraph.identifiers import Ref
from twingraph.model.lookup import Lookup
from twingraph.model.records import Concept, Record, Source
from twingraph.serve.app import Route
from twingraph.serve.exonyms import exonyms_of
from twingraph.serve.messages import Refused, Request, Response, require_method
from twingraph.serve.pages import concepts, figures, front, sources, things
from twingraph.serve.pages.attribution import Attribution
from twingraph.serve.pages.lists import LISTINGS
from twingraph.serve.pages.paging import number_of
from twingraph.serve.pages.reader import Link, Reader
from twingraph.serve.pages.search import Finder
from twingraph.serve.pages.site import render
from twingraph.serve.read_model import ReadModel
from twingraph.serve.service import Service
from twingraph.serve.things import claims, statements_about
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


@dataclass
class _Kept:
    """What is made of one release for its pages, and kept while that is served."""

    lookup: Lookup
    finder: Finder
    readers: dict[str, Reader] = field(default_factory=dict)
    maps: dict[tuple[str, Ref], Markup] = field(default_factory=dict)
    lists: front.Kept = field(default_factory=dict)
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
            picture = figures.map_of(reader, ref)
            if len(self.maps) > _MAPS:
                self.maps.clear()
            self.maps[place] = picture.svg() if picture else Markup("")
        return self.maps[place]


class Pages:
    """All pages over a service, made of its read model."""

    def __init__(self, service: Service, model: ReadModel) -> None:
        self._service = service
        self._model = model
        self._kept: _Kept | None = None
        service.preparations.append(self._with_exonyms)

    async def _current(self) -> _Kept:
        lookup = await self._model.current()
        if self._kept is None or self._kept.lookup is not lookup:
            self._kept = _Kept(lookup, Finder(lookup))
        return self._kept

    async def _with_exonyms(self) -> None:
        """Have towns found by other languages' names too, beside what is asked meanwhile."""
        kept = await self._current()
        kept.finder.exonyms = await exonyms_of(kept.lookup)

    async def thing(self, request: Request, iri: str) -> Response:
        """The page of any thing. Raises Refused: 404, with the nearest names, for what is not in
        the graph."""
        require_method(request, (*_READ, "OPTIONS"))
        kept = await self._current()
        reader = kept.reader(language_of(request))
        try:
            template, values = await self._values(request, reader, iri)
        except Refused as refused:
            if refused.status != 404:
                raise
            return self._nothing(request, kept, iri)
        return render(request, template, self._framed(request, kept, iri, values))

    async def _values(
        self, request: Request, reader: Reader, iri: str
    ) -> tuple[str, Mapping[str, Any]]:
        """The template of a thing, and what it shows."""
        lookup, engine = reader.lookup, self._service.asked
        assert engine is not None, "what a look-up was read from answers"
        ref, number = Ref.of(iri, lookup.base), number_of(request)
        match record := lookup.get(ref) if ref else None:
            case Source():
                return "source.html", await sources.page(engine, reader, record, number)
            case Concept():
                return "concept.html", concepts.page(reader, record, number)
            case Record():
                kind = things.KINDS[record.path]
                parts = [part.ref for part in kind.parts(lookup, record)]
                facts = Attribution(reader, await claims(engine, lookup, parts))
                return kind.template, {
                    "sources": reader.sources(record),
                    **kind.page(facts, record),
                }
        statements = await statements_about(engine, iri)
        if not statements:
            raise Refused(404, "there is nothing here")
        return "anything.html", things.anything(reader, iri, statements)

    def _framed(
        self, request: Request, kept: _Kept, iri: str, values: Mapping[str, Any]
    ) -> dict[str, Any]:
        """What the template of any thing shows beside its own values."""
        ref = Ref.of(iri, kept.lookup.base)
        path = f"/{quote(iri.removeprefix(kept.lookup.base), safe='/')}"
        paging = values.get("paging")
        query = f"SELECT ?property ?value WHERE {{ <{iri}> ?property ?value }}"
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
            "map": kept.map(kept.reader(language_of(request)), ref) if ref else "",
            **values,
        }

    def _nothing(self, request: Request, kept: _Kept, iri: str, status: int = 404) -> Response:
        """The page for what is not there (404) or no more (410), with the nearest names."""
        reader = kept.reader(language_of(request))
        _, ref = reader.locale.gettext, Ref.of(iri, kept.lookup.base)
        # A key begins with a country, which is no part of any name.
        words = re.sub(r"[-_/.]+", " ", ref.key if ref else "").split()
        name = " ".join(words[1:] if len(words) > 1 and len(words[0]) == 2 else words)
        if status == 410:
            title, reason = _("Removed"), _("This was in the dataset and has been removed.")
        else:
            title = _("Not found")
            reason = _("There is nothing under this address in the graph.")
        nearest = [front.hit(reader, kept.finder, one) for one in kept.finder.find(name, 6)]
        values = {"title": title, "reason": reason, "nearest": nearest}
        return render(request, "nothing.html", values, status)

    async def missing(self, request: Request, iri: str, status: int) -> Response:
        """The page for an address under which there is nothing, or nothing any more."""
        return self._nothing(request, await self._current(), iri.removesuffix(".html"), status)

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

    async def _asked(self, request: Request) -> tuple[_Kept, Reader]:
        require_method(request, (*_READ, "OPTIONS"))
        kept = await self._current()
        return kept, kept.reader(language_of(request))

    async def _home(self, request: Request) -> Response:
        _, reader = await self._asked(request)
        return front.home(request, reader)

    async def _list(self, request: Request) -> Response:
        kept, reader = await self._asked(request)
        name, _, extension = request.path.strip("/").partition(".")
        try:
            return front.listing(request, reader, name, extension, kept.lists)
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
        kept, reader = await self._asked(request)
        return front.search(request, reader, kept.finder)

    async def _suggest(self, request: Request) -> Response:
        kept, reader = await self._asked(request)
        return front.suggest(request, reader, kept.finder)

    async def _picture(self, request: Request) -> Response:
        kept, reader = await self._asked(request)
        name, _, extension = request.path.strip("/").partition(".")
        place = (reader.language, request.path)
        if extension:
            # Drawing a large map takes a second; it is the same until the next release.
            if place not in kept.files:
                kept.files[place] = await asyncio.to_thread(front.file, reader, name)
            return kept.files[place]
        return front.picture(request, reader, name)

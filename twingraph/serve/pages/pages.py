"""Requests for pages: what is asked of which release, and what comes back."""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final, TypeVar
from urllib.parse import quote, urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from twingraph.contributions.form.public import PATH, Doubted
from twingraph.contributions.form.typed import MOST_BYTES, MOST_FIELDS
from twingraph.identifiers import Ref
from twingraph.model.records import Concept, Record, Source
from twingraph.rdf.mapping import FIELDS
from twingraph.serve.negotiation import language_of
from twingraph.serve.pages import concepts, figures, front, sources, things, towns
from twingraph.serve.pages.attribution import Attribution
from twingraph.serve.pages.front import ReleaseCache
from twingraph.serve.pages.lists import LISTINGS
from twingraph.serve.pages.reader import Reader
from twingraph.serve.pages.search import Finder
from twingraph.serve.pages.site import form_response, parameters, render
from twingraph.serve.protocol import posted_pairs
from twingraph.serve.read_model import ReadModel
from twingraph.serve.representations import CACHE, Handler, page_number
from twingraph.serve.service import Service
from twingraph.serve.things import claims, statements_about
from twingraph.sparql.query_engine import CLIENT
from twingraph.sparql.result_formats import JSON_LD, N_TRIPLES, RDF_XML, TRIG, TURTLE
from twingraph.sparql.turns import Budgets, Places
from twingraph.web.exonyms import exonyms_of
from twingraph.web.geography import read_outlines
from twingraph.web.network_layout import Layout
from twingraph.web.sitemap import sitemaps

T = TypeVar("T")

_FORMATS: Final = (
    ("ttl", "Turtle", TURTLE),
    ("jsonld", "JSON-LD", JSON_LD),
    ("nt", "N-Triples", N_TRIPLES),
    ("rdf", "RDF/XML", RDF_XML),
    ("trig", "TriG", TRIG),
)


class Pages:
    """All pages over a service, made of its read model."""

    def __init__(self, service: Service, model: ReadModel) -> None:
        self._service = service
        self._model = model
        self._cache: ReleaseCache | None = None
        self._places, self._used = Places(1, 1), Budgets(service.limits.budget)
        service.preparations.append(self._prepare)

    async def _current(self) -> ReleaseCache:
        lookup = await self._model.current()
        if self._cache is None or self._cache.lookup is not lookup:
            self._cache = ReleaseCache(lookup, Finder(lookup), self._service.folder)
        return self._cache

    async def _prepare(self) -> None:
        """Have the outlines of maps read, towns found by other languages' names too, and the
        network laid out, beside what is asked meanwhile."""
        await asyncio.to_thread(read_outlines)
        cache = await self._current()
        cache.finder.exonyms = await exonyms_of(cache.lookup)
        await cache.layout()

    async def thing(self, request: Request, iri: str) -> Response:
        """The page of any thing; for what is not in the graph one that says so (404), with the
        nearest names."""
        cache = await self._current()
        reader = cache.reader(language_of(request))
        try:
            template, values = await self._values(request, reader, iri)
        except HTTPException as error:
            if error.status_code != 404:
                raise
            return self._nothing(request, cache, iri)
        return render(request, template, self._thing_values(request, cache, iri, values))

    async def _values(
        self, request: Request, reader: Reader, iri: str
    ) -> tuple[str, Mapping[str, Any]]:
        """The template of a thing, and what it shows."""
        lookup, engine = reader.lookup, self._service.engine
        ref, number = Ref.of(iri, lookup.base), page_number(request)
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
            raise HTTPException(404, "there is nothing here")
        return "anything.html", things.anything(reader, iri, statements)

    def _thing_values(
        self, request: Request, cache: ReleaseCache, iri: str, values: Mapping[str, Any]
    ) -> dict[str, Any]:
        """What the template of any thing shows beside its own values."""
        ref = Ref.of(iri, cache.lookup.base)
        path = f"/{quote(iri.removeprefix(cache.lookup.base), safe='/')}"
        paging = values.get("paging")
        query = f"SELECT ?property ?value WHERE {{ <{iri}> ?property ?value }}"
        return {
            "title": values["name"].text,
            "iri": iri,
            "canonical": f"{request.base_url}{path[1:]}.html",
            "formats": [
                {"label": label, "media_type": media_type, "href": f"{path}.{extension}"}
                for extension, label, media_type in _FORMATS
            ],
            "query_href": f"/query?{urlencode({'query': query})}",
            "page_links": paging.links(request) if paging else [],
            "map": cache.map(cache.reader(language_of(request)), ref) if ref else "",
            **values,
        }

    def _nothing(
        self, request: Request, cache: ReleaseCache, iri: str, status: int = 404
    ) -> Response:
        """The page for what is not there (404) or no more (410), with the nearest names."""
        reader = cache.reader(language_of(request))
        _, ref = reader.locale.gettext, Ref.of(iri, cache.lookup.base)
        # A key begins with a country, which is no part of any name.
        words = re.sub(r"[-_/.]+", " ", ref.key if ref else "").split()
        name = " ".join(words[1:] if len(words) > 1 and len(words[0]) == 2 else words)
        if status == 410:
            title, reason = _("Removed"), _("This was in the dataset and has been removed.")
        else:
            title = _("Not found")
            reason = _("There is nothing under this address in the graph.")
        nearest = [front.hit(reader, cache.finder, one) for one in cache.finder.find(name, 6)]
        return front.nothing(request, title, reason, nearest, status)

    async def missing(self, request: Request, iri: str, status: int) -> Response:
        """The page for an address under which there is nothing, or nothing any more."""
        return self._nothing(request, await self._current(), iri.removesuffix(".html"), status)

    def routes(self) -> list[Route]:
        """The routes of all pages but those of things, which linked data leads to."""
        lists = [f"/{name}{ending}" for name in LISTINGS for ending in ("", ".csv", ".geojson")]
        pictures = ["/map", "/network", "/years"]
        files = [*(f"{path}.svg" for path in pictures), "/map.json", "/network.json"]
        return [
            Route("/", self._handler(front.home), name="home"),
            *(Route(path, self._handler(front.listing), name="lists") for path in lists),
            Route("/search", self._handler(front.search), name="search"),
            Route("/compare", self._handler(towns.comparison), name="compare"),
            Route("/suggest", self._handler(front.suggest), name="suggest"),
            Route(PATH, self._contribute, methods=["GET", "POST"], name="contribute"),
            *(Route(path, self._picture, name="pictures") for path in pictures),
            *(Route(path, self._file, name="pictures") for path in files),
            Route("/sitemap.xml", self._sitemap, name="sitemap"),
            Route("/sitemap-{number:int}.xml", self._sitemap, name="part of the sitemap"),
        ]

    def _handler(self, answer: Callable[[Request, ReleaseCache, Reader], Response]) -> Handler:
        async def respond(request: Request) -> Response:
            cache = await self._current()
            # A long list takes a second to put in order: others are answered meanwhile.
            return await asyncio.to_thread(
                answer, request, cache, cache.reader(language_of(request))
            )

        return respond

    async def _contribute(self, request: Request) -> Response:
        """The form for what a page states. Nothing that is sent changes or leaves anything here."""
        cache = await self._current()
        reader = cache.reader(language_of(request))
        if request.method == "POST":
            # A page elsewhere has no words to put into this one.
            if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
                raise HTTPException(403, "the form is sent from its own page alone")
            posted = await posted_pairs(request, MOST_FIELDS, MOST_BYTES)
            shown = await self._in_turn(lambda: cache.form.press(posted, reader.locale))
        else:
            given, today = parameters(request), date.today()
            doubted = await self._doubted(reader, given.get("about", ""), given.get("field", ""))
            town = given.get("town", "")
            # A form that is the first over its release takes a second.
            shown = await asyncio.to_thread(
                lambda: cache.form.begin(reader.locale, today, doubted, town)
            )
        return form_response(request, shown)

    async def _in_turn(self, work: Callable[[], T]) -> T:
        """Do what takes a processor, as queries are answered: the clients in turn, and while others
        wait nobody beyond its seconds. Raises HTTPException (429, 504)."""
        client, now = CLIENT.get(), asyncio.get_running_loop().time
        if (over := self._used.wait(client, now())) and self._places.taken:
            later = {"Retry-After": str(math.ceil(over))}
            raise HTTPException(429, "you have used your seconds of this minute", later)
        try:
            async with asyncio.timeout(self._service.limits.seconds), self._places.one(client):
                begun = now()
                try:
                    return await asyncio.to_thread(work)
                finally:
                    self._used.charge(client, now() - begun, now())
        except TimeoutError as error:
            raise HTTPException(504, "this took too long, waiting included") from error

    async def _doubted(self, reader: Reader, about: str, name: str) -> Doubted | None:
        """A fact that a reader says is wrong, with who states it; None where there is none such."""
        path, _, key = about.partition("/")
        ref, lookup = Ref(path, key), reader.lookup
        record = lookup.get(ref)
        if not isinstance(record, Record) or name not in {
            f.name for f in FIELDS.get(type(record), ())
        }:
            return None
        said = await claims(self._service.engine, lookup, [ref])
        fact = Attribution(reader, said).fact(record, name)
        stated = fact.statements[0] if fact.statements else None
        source = lookup.sources.get(stated.source.key.partition("/")[2]) if stated else None
        words = next((q.text for q in stated.quotations if q.text), "") if stated else ""
        shown = {"what": fact.about, "thing": reader.link(ref), "fact": fact}
        records = (r for one in said if one.source == source for r in one.records if r.ref == ref)
        return Doubted(ref, name, source, words or "", shown, next(records, None))

    async def _sitemap(self, request: Request) -> Response:
        """Which pages there are; the part of a number, or the whole, or what leads to the parts."""
        cache, number = await self._current(), request.path_params.get("number", 0)
        site = str(request.base_url)
        if site not in cache.sitemaps:
            folder = self._service.folder
            day = folder.modified.date().isoformat() if folder else None
            addresses = [f"{site}{path}" for path in front.addresses(cache.lookup)]
            made = sitemaps(addresses, lambda part: f"{site}sitemap-{part}.xml", day)
            cache.sitemaps = {site: made}
        files = cache.sitemaps[site]
        if number >= len(files):
            raise HTTPException(404, f"the sitemap has {len(files) - 1} parts")
        headers = {"Content-Type": "application/xml; charset=utf-8", "Cache-Control": CACHE}
        return Response(files[number], headers=headers)

    async def _picture(self, request: Request) -> Response:
        cache, name = await self._current(), request.scope["path"].strip("/")
        # Where the picture is loaded by itself, its page need not wait for it.
        waits = name == "network" and not figures.is_large(cache.lookup)
        layout = await cache.layout() if waits else Layout()
        return await asyncio.to_thread(front.figure, request, cache, name, layout)

    async def _file(self, request: Request) -> Response:
        cache, name = await self._current(), request.scope["path"].strip("/")
        reader = cache.reader(language_of(request))
        part = None
        if not name.startswith("network"):
            part = await asyncio.to_thread(cache.part, parameters(request))
        kept = await (cache.file_of(reader, name, part) if part else cache.file(reader, name))
        return kept.respond(request)

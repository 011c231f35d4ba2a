"""Linked data: every IRI of the graph leads to what is known of it.

The base of the dataset's IRIs is mapped to the root of this service. A thing redirects (303) to a
document about it, whose address is the thing's with an extension (.ttl, .jsonld, .nt, .rdf, .html;
.trig and .nq, in which stands also what each source states); which one is negotiated. A thing that
was replaced redirects to the new one (301), one that was removed is 410, what is unknown 404. Files
of releases that are kept no longer are 410 as well.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator
from typing import Final
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from twingraph.rdf.terms import iri as iri_term
from twingraph.serve.negotiation import accepted
from twingraph.serve.rdf_documents import EXTENSIONS, OF_GRAPHS, serialize
from twingraph.serve.representations import (
    EXTENSION_OF,
    conditional,
    document,
    links_of,
    page_number,
    redirect,
    see_other,
)
from twingraph.serve.service import Service
from twingraph.serve.things import Thing, describe, state, stated
from twingraph.sparql.datasets import ALL, MERGED
from twingraph.sparql.query_engine import CUT_HEADER, QueryEngine
from twingraph.sparql.result_formats import HTML

Page = Callable[[Request, str], Awaitable[Response]]
"""The HTML of a thing, from a request and the thing's IRI."""

Absence = Callable[[Request, str, int], Awaitable[Response]]
"""The HTML of an address under which there is nothing (404), or nothing any more (410): from a
request, the IRI that a thing there would have, and the status."""

_DOCUMENT: Final = re.compile(f"(.+)({'|'.join(map(re.escape, EXTENSIONS))})")
_READERS: Final = ("text/plain", HTML)
_ABSENT: Final = (404, 410)
_IN_A_PATH: Final = "/%~!$&'()*+,;=:@"
_IN_AN_IRI: Final = f"#?{_IN_A_PATH}"


class Resources:
    """The things of a service's graph. `page` makes their HTML, `missing` that of an address under
    which there is none."""

    def __init__(self, service: Service, page: Page, missing: Absence) -> None:
        self._service = service
        self._page = page
        self._missing = missing

    def routes(self) -> list[Route]:
        """One route, to be the last: it takes every path."""
        return [Route("/{path:path}", self.respond, name="resource")]

    async def respond(self, request: Request) -> Response:
        """The response to a request for a thing or a document about it."""
        try:
            return await self._resource(request)
        except HTTPException as error:
            # Only who asks for HTML by name is a reader: machines get a line of plain text.
            read = error.status_code in _ABSENT and accepted(request, _READERS) == HTML
            if not read:
                raise
            iri = self._service.base + request.scope["path"][1:]
            return await self._missing(request, iri, error.status_code)

    async def _resource(self, request: Request) -> Response:
        engine = self._service.engine
        named = _DOCUMENT.fullmatch(request.scope["path"])
        if named and (iri := await self._known_iri(engine, request, named[2])):
            return await self._document(engine, request, iri, EXTENSIONS[named[2]])
        # The name of a thing may itself end as a document's does.
        if iri := await self._known_iri(engine, request, ""):
            return see_other(request, self._address(request, iri))
        folder = self._service.folder
        if folder and folder.past and folder.past.lost(request.scope["path"][1:]):
            raise HTTPException(410, "this was removed, and is kept no longer")
        raise HTTPException(404, "the graph does not know this")

    async def _known_iri(self, engine: QueryEngine, request: Request, extension: str) -> str | None:
        """The IRI that is asked for, or None. Raises HTTPException (301, 410) where it is no more
        what it was."""
        base = self._service.base
        for iri in _candidates(request, base, extension):
            found = await state(engine, iri, base)
            if found.replaced_by:
                raise HTTPException(
                    301, f"this is now {found.replaced_by}",
                    {"Location": self._address(request, found.replaced_by, extension)},
                )  # fmt: skip
            if found.removed:
                raise HTTPException(410, "this was removed from the dataset")
            if found.known:
                return iri
        return None

    def _address(self, request: Request, iri: str, extension: str = "") -> str:
        """Where a thing, or a document about it, is found; of another dataset's, its own IRI."""
        base = self._service.base
        if not iri.startswith(base):
            return iri
        path = iri.removeprefix(base).partition("#")[0]
        return f"{request.base_url}{quote(path, safe=_IN_A_PATH)}{extension}"

    async def _document(
        self, engine: QueryEngine, request: Request, iri: str, form: str
    ) -> Response:
        if form == HTML and iri.removeprefix(self._service.base) in (MERGED, ALL):
            # No page is about a graph that is made when asked for; how to get it, that one tells.
            return redirect(f"{request.base_url}data")
        if form == HTML:
            response = await self._page(request, iri)
            response.headers.setdefault("Link", ", ".join(self._links(request, iri, form)))
            # What a page says may hang on more than the release: on its templates.
            return conditional(request, response)
        page = page_number(request)
        thing = await describe(engine, iri, self._service.base, page)
        graphs = await stated(engine, thing) if form in OF_GRAPHS else ()
        body = serialize(thing.descriptions, form, self._service.base, graphs)
        links = [*self._links(request, iri, form), *self._pages(request, thing, page, form)]
        cut = {CUT_HEADER: thing.left_out} if thing.left_out else {}
        return document(self._service, request, body, form, links, cut)

    def _links(self, request: Request, iri: str, form: str) -> Iterator[str]:
        stem = self._address(request, iri)
        return links_of(self._service, request, quote(iri, safe=_IN_AN_IRI), stem, form)

    def _pages(self, request: Request, thing: Thing, page: int, form: str) -> Iterator[str]:
        address = self._address(request, thing.iri, EXTENSION_OF[form])
        if page > 1:
            yield f'<{address}?page={page - 1}>; rel="prev"'
        if thing.more:
            yield f'<{address}?page={page + 1}>; rel="next"'


def _candidates(request: Request, base: str, extension: str) -> Iterator[str]:
    """The IRIs that a path may mean: written with the characters themselves, or as it was sent.

    An IRI and its percent-encoded form are two names (RFC 3987, section 5.3.2.3), and a client
    sends the same for both.
    """
    sent = request.scope["raw_path"].decode("latin-1")
    readings = (request.scope["path"], re.sub("%..", lambda found: found[0].upper(), sent))
    for path in dict.fromkeys(readings):
        local = path[1:].removesuffix(extension)
        try:
            iri_term(base + local)
        except ValueError:
            continue
        if local and not {"#", "?"} & set(local):
            yield base + local

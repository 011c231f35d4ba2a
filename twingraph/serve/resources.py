"""Linked data: every IRI of the graph leads to what is known of it.

The base of the dataset's IRIs is mapped to the root of this service. A thing redirects (303) to a
document about it, whose address is the thing's with an extension (.ttl, .jsonld, .nt, .rdf, .html);
which one is negotiated. A thing that was replaced redirects to the new one (301), one that was
removed is 410, what is unknown 404.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator
from typing import Final
from urllib.parse import parse_qs, quote

from twingraph.rdf.terms import iri as iri_term
from twingraph.serve.app import Route
from twingraph.serve.conditional import conditional
from twingraph.serve.messages import Refused, Request, Response, require_method, text
from twingraph.serve.negotiate import choose
from twingraph.serve.rdf_documents import EXTENSIONS, written
from twingraph.serve.representations import CACHE, EXTENSION_OF, METHODS, links_of, see_other
from twingraph.serve.service import Service
from twingraph.serve.things import Thing, describe, state
from twingraph.sparql.datasets import ALL, MERGED
from twingraph.sparql.query_engine import CUT_HEADER, QueryEngine
from twingraph.sparql.result_formats import HTML, content_type

Page = Callable[[Request, str], Awaitable[Response]]
"""The HTML of a thing, from a request and the thing's IRI. Raises Refused (404) without one."""

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

    def __init__(self, service: Service, page: Page, missing: Absence | None = None) -> None:
        self._service = service
        self._page = page
        self._missing = missing

    def routes(self) -> list[Route]:
        """One route, to be the last: it takes every path."""
        return [Route("resource", "/.+", self.respond)]

    async def respond(self, request: Request) -> Response:
        """The response to a request for a thing or a document about it."""
        require_method(request, METHODS)
        try:
            return await self._found(request)
        except Refused as refused:
            accept = request.headers.get("accept")
            # Only who asks for HTML by name is a reader: machines get a line of plain text.
            read = refused.status in _ABSENT and choose(accept, _READERS) == HTML
            if read and self._missing:
                iri = self._service.base + request.path[1:]
                return await self._missing(request, iri, refused.status)
            if refused.status in _ABSENT:
                refused.headers["Vary"] = "Accept"
            raise

    async def _found(self, request: Request) -> Response:
        runs = self._service.asked
        if runs is None:
            raise Refused(503, "the service is starting up", {"Retry-After": "5"})
        document = _DOCUMENT.fullmatch(request.path)
        if document and (iri := await self._known(runs, request, document[2])):
            return await self._document(runs, request, iri, EXTENSIONS[document[2]])
        # The name of a thing may itself end as a document's does.
        if iri := await self._known(runs, request, ""):
            return see_other(request, self._address(request, iri))
        raise Refused(404, "the graph does not know this")

    async def _known(self, runs: QueryEngine, request: Request, extension: str) -> str | None:
        """The IRI that is asked for, or None. Raises Refused where it is no more what it was."""
        base = self._service.base
        for iri in _candidates(request, base, extension):
            found = await state(runs, iri, base)
            if found.replaced_by:
                raise Refused(
                    301, f"this is now {found.replaced_by}",
                    {"Location": self._address(request, found.replaced_by, extension)},
                )  # fmt: skip
            if found.removed:
                raise Refused(410, "this was removed from the dataset")
            if found.known:
                return iri
        return None

    def _address(self, request: Request, iri: str, extension: str = "") -> str:
        """Where a thing, or a document about it, is found; of another dataset's, its own IRI."""
        base = self._service.base
        if not iri.startswith(base):
            return iri
        path = iri.removeprefix(base).partition("#")[0]
        return f"{request.origin}/{quote(path, safe=_IN_A_PATH)}{extension}"

    async def _document(self, runs: QueryEngine, request: Request, iri: str, form: str) -> Response:
        folder = self._service.folder
        modified = folder.modified if folder else None
        if form == HTML and iri.removeprefix(self._service.base) in (MERGED, ALL):
            # No page is about a graph that is made when asked for; how to get it, that one tells.
            return text(303, "see the data page", {"Location": f"{request.origin}/data"})
        if form == HTML:
            response = await self._page(request, iri)
            response.headers.setdefault("Link", ", ".join(self._links(request, iri, form)))
            # What a page says may hang on more than the release: on its templates.
            return conditional(request, response)
        page = _page_number(request)
        thing = await describe(runs, iri, self._service.base, page)
        body = written(thing.descriptions, form, self._service.base)
        headers = {"Content-Type": content_type(form), "Cache-Control": CACHE}
        links = [*self._links(request, iri, form), *self._pages(request, thing, page, form)]
        headers["Link"] = ", ".join(links)
        if thing.left_out:
            headers[CUT_HEADER] = thing.left_out
        return conditional(request, Response(200, headers, body), modified)

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
    readings = (request.path, re.sub("%..", lambda found: found[0].upper(), request.raw_path))
    for path in dict.fromkeys(readings):
        local = path[1:].removesuffix(extension)
        try:
            iri_term(base + local)
        except ValueError:
            continue
        if local and not {"#", "?"} & set(local):
            yield base + local


def _page_number(request: Request) -> int:
    given = parse_qs(request.query.decode("latin-1")).get("page", ["1"])[-1]
    if not re.fullmatch("[1-9][0-9]{0,5}", given):
        raise Refused(404, "pages are numbered from 1")
    return int(given)

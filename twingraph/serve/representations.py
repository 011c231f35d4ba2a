"""Which document about a thing a request wants, how it tells of the others, and whether the client
has it already (RFC 9110, sections 8.8, 12 and 13)."""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from werkzeug.http import http_date
from werkzeug.sansio.http import is_resource_modified

from twingraph.serve.negotiation import accepted, accepted_codings, header
from twingraph.serve.rdf_documents import EXTENSIONS
from twingraph.serve.service import Service
from twingraph.sparql.result_formats import GRAPHS, HTML, TURTLE, content_type

Handler = Callable[[Request], Awaitable[Response]]
"""Answers a request. Raises HTTPException."""


def refusal(error: HTTPException) -> Response:
    """A refusal as a response, in plain text."""
    return PlainTextResponse(f"{error.detail}\n", error.status_code, error.headers)


CACHE: Final = "public, max-age=60"

OFFERS: Final = (*(form for form in EXTENSIONS.values() if form != HTML), HTML)
# What asks for JSON or XML in general gets the RDF that is written in it.
_ALIASES: Final = tuple(form for form in GRAPHS if form not in OFFERS)
EXTENSION_OF: Final = {form: extension for extension, form in EXTENSIONS.items()}

_OF_304: Final = frozenset(
    {"etag", "last-modified", "cache-control", "vary", "link", "content-location"}
)


def wanted_format(request: Request) -> str:
    """The format of OFFERS that a request wants. Raises HTTPException (406) where it takes none."""
    form = accepted(request, (*OFFERS, *_ALIASES))
    if form is None:
        raise HTTPException(406, f"this is there as {', '.join(OFFERS)}")
    if form in OFFERS:
        return form
    return next(offer for offer in OFFERS if GRAPHS.get(offer) == GRAPHS[form])


def see_other(request: Request, stem: str, page: str | None = None) -> Response:
    """The redirect (303) from a thing to the document that is wanted: at the address `stem` with
    its extension, or at `page` where that is the address for people."""
    form = wanted_format(request)
    query = request.scope["query_string"].decode("latin-1")
    location = f"{stem}{EXTENSION_OF[form]}{'?' if query else ''}{query}"
    if form == HTML and page:
        location = page
    links = [
        f'<{stem}{ending}>; rel="describedby"; type="{media_type}"'
        for ending, media_type in EXTENSIONS.items()
    ]
    headers = {"Vary": "Accept", "Link": ", ".join(links)}
    return redirect(location, headers)


def redirect(location: str, headers: dict[str, str] | None = None) -> Response:
    """The answer that the document is at another address (303)."""
    given = {"Location": location, "Cache-Control": CACHE, **(headers or {})}
    return PlainTextResponse(f"see {location}\n", 303, given)


def links_of(service: Service, request: Request, iri: str, stem: str, form: str) -> Iterator[str]:
    """What belongs to a document about an IRI, as typed links (RFC 8288). The IRI is ASCII."""
    yield f'<{iri}>; rel="describes"'
    for ending, media_type in EXTENSIONS.items():
        if media_type != form:
            yield f'<{stem}{ending}>; rel="alternate"; type="{media_type}"'
    yield from links_of_release(service, request)


def links_of_release(service: Service, request: Request) -> Iterator[str]:
    """What belongs to any part of a release: its description and its licence."""
    yield f'<{request.base_url}.well-known/void>; rel="describedby"; type="{TURTLE}"'
    if service.folder and service.folder.licence:
        yield f'<{service.folder.licence}>; rel="license"'


def document(
    service: Service,
    request: Request,
    body: bytes,
    form: str,
    links: Iterable[str],
    more: Mapping[str, str] | None = None,
) -> Response:
    """A document of the release in a format, with its links, more headers, and its validators; or
    304 where the client has it already."""
    headers = {
        "Content-Type": content_type(form),
        "Cache-Control": CACHE,
        "Link": ", ".join(links),
        **(more or {}),
    }
    modified = service.folder.modified if service.folder else None
    return conditional(request, Response(body, headers=headers), modified)


def conditional(request: Request, response: Response, modified: datetime | None = None) -> Response:
    """A response with its validators, or 304 where the client has it already."""
    if response.status_code != 200:
        return response
    response.headers.setdefault("ETag", tag_of(response.body))
    if modified is not None:
        response.headers.setdefault("Last-Modified", http_date(modified))
    return not_modified(request, response.headers) or response


class Kept:
    """Content made once of a release and kept, with its compressed form, to be sent many times.

    For `?download` it is sent as it is and as an attachment: Chromium cancels the download of a
    picture that it has to unpack, where another came before it from the same page.
    """

    def __init__(self, body: bytes, media_type: str) -> None:
        self._body = body
        # The slow way: once for a release, and a fifth smaller.
        self._gzipped = gzip.compress(body, mtime=0)
        self._media_type = media_type
        self._tag = tag_of(body)

    def respond(self, request: Request) -> Response:
        """The content as a client takes it; 304 where it has it already."""
        headers = {
            "Content-Type": self._media_type,
            "Cache-Control": CACHE,
            "Vary": "Accept-Encoding, Accept-Language, Cookie",
            "ETag": self._tag,
        }
        body = self._body
        if "download" in request.query_params:
            name = request.scope["path"].rpartition("/")[2]
            headers["Content-Disposition"] = f'attachment; filename="twingraph-{name}"'
        elif "gzip" in accepted_codings(header(request, "accept-encoding") or ""):
            body = self._gzipped
            headers |= {"ETag": f'{self._tag[:-1]}-gzip"', "Content-Encoding": "gzip"}
        response = Response(body, headers=headers)
        return not_modified(request, response.headers) or response


def page_number(request: Request) -> int:
    """The page of a document or a list that an address asks for, from 1. Raises HTTPException
    (404) for what is no number."""
    given = request.query_params.get("page", "1")
    if not re.fullmatch("[1-9][0-9]{0,5}", given):
        raise HTTPException(404, "pages are numbered from 1")
    return int(given)


def tag_of(content: bytes | memoryview) -> str:
    """A strong entity tag: the same for the same bytes."""
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def not_modified(request: Request, headers: MutableHeaders) -> Response | None:
    """304 where the client has the representation with these headers already: If-None-Match, and
    only without one If-Modified-Since (section 13.2.2). What is malformed asks for nothing."""
    if is_resource_modified(
        http_if_none_match=header(request, "if-none-match"),
        http_if_modified_since=header(request, "if-modified-since"),
        etag=headers["ETag"],
        last_modified=headers.get("Last-Modified"),
    ):
        return None
    kept = {name: value for name, value in headers.items() if name in _OF_304}
    return Response(status_code=304, headers=kept)

"""From a thing to a document about it: which one, and how it tells of the others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from twingraph.serve.messages import Refused, Request, Response
from twingraph.serve.negotiate import choose
from twingraph.serve.rdf_documents import EXTENSIONS
from twingraph.serve.service import Service
from twingraph.sparql.result_formats import GRAPHS, HTML, TURTLE

METHODS: Final = ("GET", "HEAD", "OPTIONS")
CACHE: Final = "public, max-age=60"

OFFERS: Final = (*(form for form in EXTENSIONS.values() if form != HTML), HTML)
# What asks for JSON or XML in general gets the RDF that is written in it.
_ALIASES: Final = tuple(form for form in GRAPHS if form not in OFFERS)
EXTENSION_OF: Final = {form: extension for extension, form in EXTENSIONS.items()}


def wanted(request: Request) -> str:
    """The format of OFFERS that a request wants. Raises Refused (406) where it takes none."""
    form = choose(request.headers.get("accept"), (*OFFERS, *_ALIASES))
    if form is None:
        raise Refused(406, f"this is there as {', '.join(OFFERS)}")
    if form in OFFERS:
        return form
    return next(offer for offer in OFFERS if GRAPHS.get(offer) == GRAPHS[form])


def see_other(request: Request, stem: str, page: str | None = None) -> Response:
    """The redirect (303) from a thing to the document that is wanted: at the address `stem` with
    its extension, or at `page` where that is the address for people."""
    form = wanted(request)
    query = f"?{request.query.decode('latin-1')}" if request.query else ""
    location = f"{stem}{EXTENSION_OF[form]}{query}"
    if form == HTML and page:
        location = page
    links = [
        f'<{stem}{ending}>; rel="describedby"; type="{media_type}"'
        for ending, media_type in EXTENSIONS.items()
    ]
    headers = {
        "Location": location,
        "Vary": "Accept",
        "Link": ", ".join(links),
        "Cache-Control": CACHE,
        "Content-Type": "text/plain; charset=utf-8",
    }
    return Response(303, headers, f"see {location}\n".encode())


def links_of(service: Service, request: Request, iri: str, stem: str, form: str) -> Iterator[str]:
    """What belongs to a document about an IRI, as typed links (RFC 8288). The IRI is ASCII."""
    yield f'<{iri}>; rel="describes"'
    for ending, media_type in EXTENSIONS.items():
        if media_type != form:
            yield f'<{stem}{ending}>; rel="alternate"; type="{media_type}"'
    yield f'<{request.origin}/.well-known/void>; rel="describedby"; type="{TURTLE}"'
    if service.folder and service.folder.licence:
        yield f'<{service.folder.licence}>; rel="license"'

"""Documents that are made of a release's files: what the graph is written in (ontology, alignments,
concepts, shapes), and what describes the release (catalogue, VoID, the report of the check).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyoxigraph as ox
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from twingraph import resources
from twingraph.namespaces import BASE
from twingraph.rdf.terms import descriptions_of
from twingraph.serve.rdf_documents import EXTENSIONS, serialize
from twingraph.serve.release_folder import ReleaseFolder
from twingraph.serve.representations import (
    EXTENSION_OF,
    Handler,
    conditional,
    document,
    links_of,
    redirect,
    see_other,
    wanted_format,
)
from twingraph.serve.service import Service
from twingraph.sparql.result_formats import HTML, TURTLE


@dataclass(frozen=True)
class FileDocument:
    """A document that stands in files: the path it is served at, the files' folder and pattern in
    a release, and the path of the page that shows it to people."""

    path: str
    folder: str
    pattern: str
    page: str

    def files(self, release: ReleaseFolder | None) -> Sequence[Path]:
        """The files of the release; where it has none of the vocabulary, as a store has none,
        those of the installation."""
        inside = sorted((release.path / self.folder).glob(self.pattern)) if release else []
        if inside or not self.folder:
            return inside
        return sorted(resources.folder(self.folder).glob(self.pattern))

    def turtle(self, folder: ReleaseFolder | None, base: str) -> bytes | None:
        """The files' own text, with the comments in it; None where the release lacks them.

        Turtle files one after the other are Turtle: a prefix may be declared again.
        """
        files = self.files(folder)
        if not files:
            return None
        text = b"\n".join(file.read_bytes() for file in files)
        # Concepts stand under the dataset's base, everything else keeps its name.
        return text.replace(f"<{BASE}concept/".encode(), f"<{base}concept/".encode())

    def serialized(self, folder: ReleaseFolder | None, base: str, media_type: str) -> bytes | None:
        """The document in a format of RDF; None where the release lacks it."""
        turtle = self.turtle(folder, base)
        if turtle is None or media_type == TURTLE:
            return turtle
        parsed = ox.parse(turtle, format=ox.RdfFormat.TURTLE)
        triples = _with_blank_nodes_numbered(quad.triple for quad in parsed)
        return serialize(descriptions_of(triples), media_type, base)

    @property
    def iri(self) -> str:
        """What the document is about, under the usual base."""
        return BASE + self.path


def _with_blank_nodes_numbered(triples: Iterator[ox.Triple]) -> Iterator[ox.Triple]:
    """Blank nodes by the order in which they come: a parser names them anew each time."""
    names: dict[str, ox.BlankNode] = {}

    def renamed(term: ox.NamedNode | ox.BlankNode) -> ox.NamedNode | ox.BlankNode:
        if not isinstance(term, ox.BlankNode):
            return term
        return names.setdefault(term.value, ox.BlankNode(f"b{len(names):04}"))

    for s, p, o in triples:
        object_ = renamed(o) if isinstance(o, ox.BlankNode) else o
        yield ox.Triple(renamed(s), p, object_)


DOCUMENTS: Final = {
    found.path: found
    for found in (
        FileDocument("ns", "ontology", "twingraph.ttl", "ns.html"),
        FileDocument("ns/alignments", "ontology", "alignments.ttl", "ns.html"),
        FileDocument("concept", "ontology", "concepts.ttl", "ns.html#concepts"),
        FileDocument("shapes", "shapes", "*.ttl", "ns.html#shapes"),
        FileDocument("void", "", "void.ttl", "data"),
        FileDocument("catalog", "", "catalog.ttl", "data"),
        FileDocument("shacl-report", "", "shacl-report.ttl", "data"),
    )
}
"""Every such document, by its path."""

_VERSION: Final = re.compile(rb"<([^>]*)> a owl:Ontology ;\s+owl:versionIRI <([^>]*)>")


class Vocabulary:
    """Such documents of a service. `page` makes the readable page of the ontology."""

    def __init__(self, service: Service, page: Handler) -> None:
        self._service = service
        self._page = page

    def routes(self) -> list[Route]:
        """Their routes; a file of the release with the same name is the same document."""
        paths = [f"/{stem}{ending}" for stem in DOCUMENTS for ending in ("", *EXTENSIONS)]
        return [
            Route("/.well-known/void", self._void, name="void"),
            Route("/ns.html", self._ontology, name="ontology"),
            Route("/ontology", self._to_ontology, name="ontology"),
            *(Route(path, self._respond, name="vocabulary") for path in paths),
            Route("/ns/{version:path}", self._version, name="vocabulary"),
        ]

    async def _ontology(self, request: Request) -> Response:
        return conditional(request, await self._page(request))

    async def _to_ontology(self, request: Request) -> Response:
        return see_other(request, f"{request.base_url}ns", f"{request.base_url}ns.html")

    async def _void(self, request: Request) -> Response:
        """VoID's well-known address (VoID, section 7.2) answers at once: clients may not follow."""
        form = wanted_format(request)
        if form == HTML:
            return see_other(request, f"{request.base_url}void", f"{request.base_url}data")
        return self._document(request, DOCUMENTS["void"], form)

    async def _respond(self, request: Request) -> Response:
        stem, dot, extension = request.scope["path"][1:].partition(".")
        found = DOCUMENTS[stem]
        page = f"{request.base_url}{found.page}"
        if not dot:
            return see_other(request, f"{request.base_url}{stem}", page)
        form = EXTENSIONS[dot + extension]
        if form == HTML:
            return redirect(page)
        return self._document(request, found, form)

    async def _version(self, request: Request) -> Response:
        """A version of the ontology: the current one leads to it, others are not kept."""
        for path in ("ns", "ns/alignments"):
            turtle = DOCUMENTS[path].turtle(self._service.folder, BASE) or b""
            version = _VERSION.search(turtle)
            if version and version[2].decode() == BASE + request.scope["path"][1:]:
                return see_other(request, f"{request.base_url}{path}")
        raise HTTPException(404, "no such version of the ontology is here")

    def _document(self, request: Request, found: FileDocument, form: str) -> Response:
        body = found.serialized(self._service.folder, self._service.base, form)
        if body is None:
            raise HTTPException(404, "the release that is served has no such document")
        stem = f"{request.base_url}{found.path}"
        links = links_of(self._service, request, found.iri, stem, form)
        location = {"Content-Location": f"{stem}{EXTENSION_OF[form]}"}
        return document(self._service, request, body, form, links, location)

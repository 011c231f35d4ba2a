"""Documents that are made of a release's files: what the graph is written in (ontology, alignments,
concepts, shapes), and what describes the release (catalogue, VoID, the report of the check).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from twingraph import resources
from twingraph.namespaces import BASE
from twingraph.serve.app import Route
from twingraph.serve.conditional import conditional
from twingraph.serve.folder import ReleaseFolder
from twingraph.serve.messages import Handler, Refused, Request, Response, require_method, text
from twingraph.serve.rdf_documents import EXTENSIONS, described, written
from twingraph.serve.representations import (
    CACHE,
    EXTENSION_OF,
    METHODS,
    links_of,
    see_other,
    wanted,
)
from twingraph.serve.service import Service
from twingraph.sparql.result_formats import HTML, TURTLE, content_type


@dataclass(frozen=True)
class Standing:
    """A document that stands in files: the path it is served at, and where its Turtle is.

    `page` is the path of the page that shows it to people.
    """

    path: str
    find: Callable[[ReleaseFolder | None], Sequence[Path]]
    page: str

    def turtle(self, folder: ReleaseFolder | None, base: str) -> bytes | None:
        """The files' own text, with the comments in it; None where the release lacks them.

        Turtle files one after the other are Turtle: a prefix may be declared again.
        """
        files = self.find(folder)
        if not files:
            return None
        text = b"\n".join(file.read_bytes() for file in files)
        # Concepts stand under the dataset's base, everything else keeps its name.
        return text.replace(f"<{BASE}concept/".encode(), f"<{base}concept/".encode())

    def written(self, folder: ReleaseFolder | None, base: str, media_type: str) -> bytes | None:
        """The document in a format of RDF; None where the release lacks it."""
        turtle = self.turtle(folder, base)
        if turtle is None or media_type == TURTLE:
            return turtle
        parsed = ox.parse(turtle, format=ox.RdfFormat.TURTLE)
        return written(described(_numbered(q.triple for q in parsed)), media_type, base)

    @property
    def iri(self) -> str:
        """What the document is about, under the usual base."""
        return BASE + self.path


def _numbered(triples: Iterator[ox.Triple]) -> Iterator[ox.Triple]:
    """Blank nodes by the order in which they come: a parser names them anew each time."""
    names: dict[str, ox.BlankNode] = {}

    def renamed(term: ox.NamedNode | ox.BlankNode) -> ox.NamedNode | ox.BlankNode:
        if not isinstance(term, ox.BlankNode):
            return term
        return names.setdefault(term.value, ox.BlankNode(f"b{len(names):04}"))

    for s, p, o in triples:
        object_ = renamed(o) if isinstance(o, ox.BlankNode) else o
        yield ox.Triple(renamed(s), p, object_)


def _of_vocabulary(folder: str, pattern: str) -> Callable[[ReleaseFolder | None], Sequence[Path]]:
    """Files of the release; of the installation where a release has none, as a store has none."""

    def find(release: ReleaseFolder | None) -> Sequence[Path]:
        inside = sorted((release.path / folder).glob(pattern)) if release else []
        return inside or sorted(resources.folder(folder).glob(pattern))

    return find


def _of_release(name: str) -> Callable[[ReleaseFolder | None], Sequence[Path]]:
    def find(release: ReleaseFolder | None) -> Sequence[Path]:
        file = release.path / name if release else None
        return [file] if file and file.is_file() else []

    return find


STANDING: Final = (
    Standing("ns", _of_vocabulary("ontology", "twingraph.ttl"), "ns.html"),
    Standing("ns/alignments", _of_vocabulary("ontology", "alignments.ttl"), "ns.html"),
    Standing("concept", _of_vocabulary("ontology", "concepts.ttl"), "ns.html#concepts"),
    Standing("shapes", _of_vocabulary("shapes", "*.ttl"), "ns.html#shapes"),
    Standing("void", _of_release("void.ttl"), "data"),
    Standing("catalog", _of_release("catalog.ttl"), "data"),
    Standing("shacl-report", _of_release("shacl-report.ttl"), "data"),
)
"""Every such document."""

_BY_PATH: Final = {standing.path: standing for standing in STANDING}
_VERSION: Final = re.compile(rb"<([^>]*)> a owl:Ontology ;\s+owl:versionIRI <([^>]*)>")


class Vocabulary:
    """The standing documents of a service. `page` makes the readable page of the ontology."""

    def __init__(self, service: Service, page: Handler) -> None:
        self._service = service
        self._page = page

    def routes(self) -> list[Route]:
        """Their routes; a file of the release with the same name is the same document."""
        names = "|".join(map(re.escape, _BY_PATH))
        endings = "|".join(map(re.escape, EXTENSIONS))
        return [
            Route("void", r"/\.well-known/void", self._void),
            Route("ontology", r"/ns\.html", self._ontology),
            Route("ontology", "/ontology", self._to_ontology),
            Route("vocabulary", f"/({names})({endings})?", self._respond),
            Route("vocabulary", r"/ns/(.+/)?[0-9][0-9.]*", self._version),
        ]

    async def _ontology(self, request: Request) -> Response:
        require_method(request, METHODS)
        return conditional(request, await self._page(request))

    async def _to_ontology(self, request: Request) -> Response:
        require_method(request, METHODS)
        return see_other(request, f"{request.origin}/ns", f"{request.origin}/ns.html")

    async def _void(self, request: Request) -> Response:
        """VoID's well-known address (VoID, section 7.2) answers at once: clients may not follow."""
        require_method(request, METHODS)
        form = wanted(request)
        if form == HTML:
            return see_other(request, f"{request.origin}/void", f"{request.origin}/data")
        return self._document(request, _BY_PATH["void"], form)

    async def _respond(self, request: Request) -> Response:
        require_method(request, METHODS)
        stem, dot, extension = request.path[1:].partition(".")
        standing = _BY_PATH[stem]
        page = f"{request.origin}/{standing.page}"
        if not dot:
            return see_other(request, f"{request.origin}/{stem}", page)
        form = EXTENSIONS[dot + extension]
        if form == HTML:
            headers = {"Location": page, "Cache-Control": CACHE}
            return text(303, f"see {page}", headers)
        return self._document(request, standing, form)

    async def _version(self, request: Request) -> Response:
        """A version of the ontology: the current one leads to it, others are not kept."""
        require_method(request, METHODS)
        for standing in (_BY_PATH["ns"], _BY_PATH["ns/alignments"]):
            turtle = standing.turtle(self._service.folder, BASE) or b""
            found = _VERSION.search(turtle)
            if found and found[2].decode() == BASE + request.path[1:]:
                return see_other(request, f"{request.origin}/{standing.path}")
        raise Refused(404, "no such version of the ontology is here")

    def _document(self, request: Request, standing: Standing, form: str) -> Response:
        folder = self._service.folder
        body = standing.written(folder, self._service.base, form)
        if body is None:
            raise Refused(404, "the release that is served has no such document")
        stem = f"{request.origin}/{standing.path}"
        links = links_of(self._service, request, standing.iri, stem, form)
        headers = {
            "Content-Type": content_type(form),
            "Content-Location": f"{stem}{EXTENSION_OF[form]}",
            "Cache-Control": CACHE,
            "Link": ", ".join(links),
        }
        modified = folder.modified if folder else None
        return conditional(request, Response(200, headers, body), modified)
